//! Rank swapping: records of similar rank exchange their values.

use ctdata_table::{Attribute, Column, Control, DomainKind, Table};
use rand::Rng;

use super::unswapped::Unswapped;
use crate::PrivacyError;
use crate::draw::{below, shuffle};
use crate::perturb::column::changes;
use crate::perturb::{PerturbationDetails, PerturbationMethod, PerturbationReport, Perturbed};
use crate::quasi::check_distinct;

/// What rank swapping did.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RankSwappingReport {
    /// The largest difference of ranks, in percent of the records with a value.
    pub percent: f64,
    /// Per attribute, in the order asked for.
    pub columns: Vec<SwappedColumn>,
}

/// What rank swapping did to one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SwappedColumn {
    /// Its name.
    pub name: String,
    /// The largest difference of ranks, in records.
    pub window: u64,
    /// Pairs that exchanged their values, equal ones included.
    pub pairs: u64,
}

/// Exchanges each value with one of a record whose rank differs by at most p percent of the records, each
/// attribute on its own.
///
/// Every attribute keeps exactly its own distribution; relations between attributes are blurred, little for a
/// small p. Equal values are ranked in random order. From the lowest rank up, each value that is
/// not swapped yet takes as partner one of the unswapped values within the window above it, each with the same
/// probability; one without a partner stays. Missing cells stay. With the same table and seed the
/// output is the same; a release takes a cryptographic generator.
///
/// ```
/// use ctdata_privacy::RankSwapping;
/// use ctdata_table::{Attribute, Column, Control, Domain, MissingKinds, Origin, Schema, Table};
/// use rand::{SeedableRng, rngs::ChaCha20Rng};
/// let days = Domain::numeric(0..20, 0, Origin::Observed)?;
/// let schema = Schema::try_new(vec![Attribute::new("days", days, MissingKinds::NONE)])?;
/// let table = Table::try_new(schema, vec![Column::from_u8((0..20).collect())])?;
/// let mut rng = ChaCha20Rng::seed_from_u64(1); // for tests; a release asks the operating system
/// let output = RankSwapping::try_new(["days"], 10.0)?.run(&table, &mut rng, &Control::default())?;
/// for (before, after) in table.columns()[0].iter().zip(output.table.columns()[0].iter()) {
///     assert!(before.abs_diff(after) <= 2);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// None that is proven. It makes matching records by these attributes uncertain. All values of the input stand
/// in the output: one that identifies a person by itself still does. This is no k-anonymity.
///
/// # Sources
/// R. A. Moore (1996), "Controlled Data-Swapping Techniques for Masking Public Use Microdata Sets", US
/// Bureau of the Census, Research Report RR 96-04.
#[derive(Debug, Clone, PartialEq)]
pub struct RankSwapping {
    attributes: Vec<String>,
    percent: f64,
}

impl RankSwapping {
    /// Swaps these attributes (numbers, dates or ordered names) within `percent` of the ranks.
    ///
    /// # Errors
    /// No attribute, one given twice, or a percentage that is not above 0 and at most 100.
    pub fn try_new<S: Into<String>>(
        attributes: impl IntoIterator<Item = S>,
        percent: f64,
    ) -> Result<Self, PrivacyError> {
        let attributes: Vec<String> = attributes.into_iter().map(Into::into).collect();
        let invalid = |parameter, rule: &str| Err(PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() });
        if attributes.is_empty() {
            return invalid("attributes", "at least one is swapped");
        }
        check_distinct(&attributes)?;
        if !(percent > 0.0 && percent <= 100.0) {
            return invalid("percent", "it is above 0 and at most 100");
        }
        Ok(Self { attributes, percent })
    }

    /// Swaps values of a table. Domains stay as they are.
    ///
    /// # Errors
    /// An attribute that the table does not have or that has no order; memory or time that `control` does not
    /// grant.
    pub fn run<R: Rng + ?Sized>(
        &self,
        table: &Table,
        rng: &mut R,
        control: &Control,
    ) -> Result<Perturbed, PrivacyError> {
        control.reserve((table.rows() as u64).saturating_mul(12))?;
        let mut output = table.clone();
        let (mut attributes, mut columns) = (Vec::new(), Vec::new());
        for name in &self.attributes {
            control.check()?;
            let (attribute, column) = table.named(name)?;
            if attribute.domain().kind() == DomainKind::Nominal {
                let rule = format!("`{name}` has no order");
                return Err(PrivacyError::InvalidParameter { parameter: "attribute", rule });
            }
            let (swapped, account) = self.swap(attribute, column, rng);
            attributes.push(changes((attribute, column), (attribute, &swapped)));
            columns.push(account);
            output = output.with_replaced(table.schema().position(name)?, attribute.clone(), swapped)?;
        }
        let details = PerturbationDetails::RankSwapping(RankSwappingReport { percent: self.percent, columns });
        let report = PerturbationReport::new(PerturbationMethod::RankSwapping, attributes, details);
        Ok(Perturbed { table: output, report })
    }

    fn swap<R: Rng + ?Sized>(&self, attribute: &Attribute, column: &Column, rng: &mut R) -> (Column, SwappedColumn) {
        let mut codes: Vec<u16> = column.iter().collect();
        let mut ranked: Vec<(u16, u32)> =
            codes.iter().copied().zip(0u32..).filter(|(code, _)| attribute.is_value(*code)).collect();
        shuffle(rng, &mut ranked);
        ranked.sort_by_key(|&(code, _)| code);
        let window = self.window(ranked.len());
        let mut unswapped = Unswapped::new(ranked.len());
        let mut pairs = 0;
        let (mut rank, mut done) = (0, vec![false; ranked.len()]);
        while rank < ranked.len() {
            if done.get(rank) == Some(&false) {
                let before = unswapped.below(rank + 1);
                let partners = unswapped.below((rank + 1).saturating_add(window)) - before;
                if partners > 0 {
                    let partner = unswapped.nth(before + below(rng, partners));
                    if let (Some(&(one, row)), Some(&(other, other_row))) = (ranked.get(rank), ranked.get(partner)) {
                        for (row, code) in [(row, other), (other_row, one)] {
                            if let Some(cell) = codes.get_mut(row as usize) {
                                *cell = code;
                            }
                        }
                        pairs += 1;
                    }
                    for rank in [rank, partner] {
                        unswapped.remove(rank);
                        if let Some(done) = done.get_mut(rank) {
                            *done = true;
                        }
                    }
                }
            }
            rank += 1;
        }
        let account = SwappedColumn { name: attribute.name().to_owned(), window: window as u64, pairs };
        (Column::from_codes(&codes, attribute.code_count()), account)
    }

    /// The largest difference of ranks: p percent of the records with a value, rounded down.
    fn window(&self, records: usize) -> usize {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "fewer than 2^32 records, times at most 100 percent"
        )]
        let window = (records as f64 * self.percent / 100.0).floor() as usize;
        window
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::{Domain, MissingKinds, Origin, Schema};
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    fn table(codes: Vec<u8>, values: i64) -> Table {
        let domain = Domain::numeric(0..values, 0, Origin::Public).unwrap();
        let schema = Schema::try_new(vec![Attribute::new("x", domain, MissingKinds::NOT_RECORDED)]).unwrap();
        Table::try_new(schema, vec![Column::from_u8(codes)]).unwrap()
    }

    fn run(table: &Table, percent: f64, seed: u64) -> (Vec<u16>, SwappedColumn) {
        let plan = RankSwapping::try_new(["x"], percent).unwrap();
        let output = plan.run(table, &mut ChaCha20Rng::seed_from_u64(seed), &Control::default()).unwrap();
        let PerturbationDetails::RankSwapping(report) = output.report.details else { panic!("not swapping") };
        (output.table.columns()[0].iter().collect(), report.columns[0].clone())
    }

    #[test]
    fn two_neighbours_swap_and_a_third_is_left() {
        let (codes, account) = run(&table(vec![2, 0, 1, 3], 3), 34.0, 1);
        assert_eq!((codes, account.pairs, account.window), (vec![2, 1, 0, 3], 1, 1));
    }

    #[test]
    fn partners_are_drawn_from_the_whole_window() {
        let seen: std::collections::BTreeSet<u16> =
            (0..60).map(|seed| run(&table(vec![0, 1, 2, 3], 4), 75.0, seed).0[0]).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn parameters_without_meaning_are_refused() {
        for percent in [0.0, -1.0, 100.1, f64::NAN] {
            assert!(RankSwapping::try_new(["x"], percent).is_err());
        }
        let plan = RankSwapping::try_new(["a"], 5.0).unwrap();
        let flags = crate::testing::flags(&[&[0, 1]]);
        let error = plan.run(&flags, &mut ChaCha20Rng::seed_from_u64(1), &Control::default()).unwrap_err();
        assert_eq!(error.to_string(), "attribute: `a` has no order");
    }

    proptest! {
        #[test]
        fn the_distribution_stays_and_ranks_move_little(
            codes in prop::collection::vec(0u8..41, 0..60), percent in 1.0f64..50.0, seed in any::<u64>(),
        ) {
            let table = table(codes.clone(), 40); // 40 is not recorded
            let (swapped, account) = run(&table, percent, seed);
            let before: Vec<u16> = codes.iter().copied().map(u16::from).collect();
            let sorted = |codes: &[u16]| { let mut codes = codes.to_vec(); codes.sort_unstable(); codes };
            prop_assert_eq!(sorted(&swapped), sorted(&before));
            let values = sorted(&before.iter().copied().filter(|&code| code < 40).collect::<Vec<_>>());
            for (&old, &new) in before.iter().zip(&swapped) {
                prop_assert_eq!(old == 40, new == 40);
                if old < 40 {
                    // Ties have random ranks: the closest ranks of both values differ by the window at most.
                    let (low, high) = (old.min(new), old.max(new));
                    let gap = values.partition_point(|&v| v < high).saturating_sub(values.partition_point(|&v| v <= low) - 1);
                    prop_assert!(low == high || gap as u64 <= account.window);
                }
            }
        }
    }
}
