//! A table of counts with noise.

use ctdata_table::{CountTable, Dimension};

use super::{KeySums, PerturbationTable};
use crate::PrivacyError;

/// A table of counts with noise, cell by cell. Cells do not add up to the total or to other tables.
#[derive(Clone, PartialEq)]
pub struct PerturbedCounts {
    id: String,
    dimensions: Vec<Dimension>,
    /// In the order of their keys, zeros left out.
    cells: Vec<(Vec<u16>, u64)>,
    total: u64,
}

impl PerturbationTable {
    /// A table of counts with noise by its cell keys, which were added up by the same variables. Zeros stay zeros.
    ///
    /// # Errors
    /// Keys of another table: other dimensions, or another number of categories.
    pub fn perturb_counts(&self, counts: &CountTable, keys: &KeySums) -> Result<PerturbedCounts, PrivacyError> {
        let sizes = counts.dimensions().iter().map(|dimension| dimension.categories.len());
        if !sizes.eq(keys.sizes().iter().copied()) {
            let rule = format!("they are not those of count table `{}`", counts.id());
            return Err(PrivacyError::InvalidParameter { parameter: "cell keys", rule });
        }
        let cells = counts.cells().map(|(key, count)| (key.to_vec(), self.perturb(count, keys.get(key))));
        Ok(PerturbedCounts {
            id: counts.id().to_owned(),
            dimensions: counts.dimensions().to_vec(),
            cells: cells.filter(|(_, figure)| *figure > 0).collect(),
            total: self.perturb(counts.total(), keys.total()),
        })
    }
}

impl PerturbedCounts {
    /// The id of the table.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its dimensions.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The cells that are not zero, in the order of their keys.
    pub fn cells(&self) -> impl Iterator<Item = (&[u16], u64)> {
        self.cells.iter().map(|(key, figure)| (key.as_slice(), *figure))
    }

    /// The figure of one cell.
    pub fn get(&self, key: &[u16]) -> u64 {
        let found = self.cells.binary_search_by(|(other, _)| other.as_slice().cmp(key));
        found.ok().and_then(|at| self.cells.get(at)).map_or(0, |(_, figure)| *figure)
    }

    /// The total with a noise of its own.
    pub fn total(&self) -> u64 {
        self.total
    }
}

/// No figure: nobody has verified them.
impl std::fmt::Debug for PerturbedCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PerturbedCounts").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use ctdata_table::{Control, Table, Variable, tabulate};
    use proptest::prelude::*;

    use super::super::{NoiseDesign, RecordKeys, TableKey, tabulate_keys};
    use super::*;
    use crate::testing::{any_table, flags, mixed};

    fn key() -> TableKey {
        TableKey::from_bytes(b"of no consequence, being a test!").unwrap()
    }

    fn table() -> PerturbationTable {
        PerturbationTable::solve(NoiseDesign { max_noise: 3, variance: 1.5, never_up_to: 0 }).unwrap()
    }

    fn noisy(records: &Table, variables: &[Variable]) -> (CountTable, PerturbedCounts) {
        let control = Control::default();
        let counts = tabulate(records, "t", variables, &control).unwrap();
        let keys = tabulate_keys(records, variables, &RecordKeys::of(records, &key()), &control).unwrap();
        let figures = table().perturb_counts(&counts, &keys).unwrap();
        (counts, figures)
    }

    fn ids(table: Table) -> Table {
        let ids = (0..table.rows()).map(|row| format!("id-{row}")).collect();
        table.with_ids(ids).unwrap()
    }

    proptest! {
        /// Rows in another order, and a record added and removed again, leave every figure as it is.
        #[test]
        fn figures_go_with_the_records(records in any_table(40), seed: u64) {
            let records = ids(records);
            let variables = [Variable::attribute("x"), Variable::attribute("y")];
            let (counts, before) = noisy(&records, &variables);
            let rows = u32::try_from(records.rows()).unwrap();
            let mut order: Vec<u32> = (0..rows).collect();
            order.sort_by_key(|row| seed.wrapping_mul(u64::from(*row) + 1));
            let shuffled = records.take(&order).unwrap().with_ids(records.ids().unwrap().take(&order)).unwrap();
            prop_assert_eq!(&noisy(&shuffled, &variables).1, &before);
            // Within the bound, zeros zero, and the same figure for the same records in a margin.
            for (key, count) in counts.cells() {
                prop_assert!(before.get(key).abs_diff(count) <= 3);
            }
            for (key, figure) in before.cells() {
                prop_assert!(counts.get(key) > 0 && figure > 0);
            }
            prop_assert_eq!(noisy(&records, &[]).1.get(&[]), before.total());
        }

        /// The keys of every kind of variable are the sums over the rows that are counted, found row by row.
        #[test]
        fn key_sums_are_those_of_the_rows_counted(
            answers in proptest::collection::vec((0u8..3, 0u8..3), 0..40),
        ) {
            let (a, b): (Vec<u8>, Vec<u8>) = answers.iter().copied().unzip();
            let records = flags(&[&a, &b]);
            let keys = RecordKeys::of(&records, &key());
            let members = vec!["a".to_owned(), "b".to_owned()];
            let category = |code: &str| ctdata_table::Category::new(code, code);
            let variables = [
                Variable::Flags { name: "which".into(), members: members.clone(), categories: vec![category("a"), category("b")] },
                Variable::AnyFlag { name: "any".into(), members },
            ];
            let sums = tabulate_keys(&records, &variables, &keys, &Control::default()).unwrap();
            let total = |wanted: &dyn Fn(u8, u8) -> bool| {
                (0usize..)
                    .zip(&answers)
                    .filter(|(_, (a, b))| wanted(*a, *b))
                    .fold(0u64, |sum, (row, _)| sum.wrapping_add(keys.get(row).unwrap()))
            };
            // Whoever has a flag answers the whole question with yes, category 0.
            prop_assert_eq!(sums.get(&[0, 0]), total(&|a, _| a == 1));
            prop_assert_eq!(sums.get(&[1, 0]), total(&|_, b| b == 1));
            prop_assert_eq!((sums.get(&[0, 1]), sums.get(&[1, 2]), sums.get(&[2, 0]), sums.get(&[0])), (0, 0, 0, 0));
            prop_assert_eq!(sums.total(), total(&|_, _| true));
        }
    }

    #[test]
    fn a_record_that_comes_and_goes_leaves_no_trace() {
        let row = [0, 1, 0, 1];
        let two = mixed(&[row, row], Some(&[1, 2]));
        let three = mixed(&[row, row, row], Some(&[1, 3, 2]));
        let variables = [Variable::attribute("x")];
        let back = three.take(&[0, 2]).unwrap().with_ids(three.ids().unwrap().take(&[0, 2])).unwrap();
        assert_eq!(noisy(&two, &variables).1, noisy(&back, &variables).1);
        assert!(!format!("{:?}", noisy(&two, &variables).1).contains('2'));
    }

    /// Over 4,000 keys the noise of one count has the mean and the variance asked for.
    #[test]
    fn the_noise_is_unbiased_over_keys() {
        let noise = (0..4_000u64).map(|id| table().noise(5, key().record(&id.to_string())));
        let noise: Vec<f64> = noise.map(|noise| f64::from(i32::try_from(noise).unwrap())).collect();
        let mean = noise.iter().sum::<f64>() / 4_000.0;
        let second = noise.iter().map(|v| v * v).sum::<f64>() / 4_000.0;
        // Normal approximation: further than 3.3 standard errors with probability 0.001 each. The fourth moment is at
        // most 9 times the second.
        assert!(mean.abs() < 3.3 * (1.5f64 / 4_000.0).sqrt(), "{mean}");
        assert!((second - 1.5).abs() < 3.3 * ((9.0 * 1.5 - 2.25) / 4_000.0f64).sqrt(), "{second}");
    }

    #[test]
    fn keys_of_another_table_are_refused() {
        let records = flags(&[&[1, 0], &[1, 1]]);
        let control = Control::default();
        let counts = tabulate(&records, "t", &[Variable::attribute("a")], &control).unwrap();
        let keys = RecordKeys::of(&records, &key());
        let other = tabulate_keys(&records, &[], &keys, &control).unwrap();
        assert!(table().perturb_counts(&counts, &other).is_err());
        let fewer = RecordKeys::of(&flags(&[&[1]]), &key());
        assert!(tabulate_keys(&records, &[Variable::attribute("a")], &fewer, &control).is_err());
        let multi = Variable::Flags { name: "f".into(), members: vec![], categories: vec![] };
        assert!(tabulate_keys(&records, &[multi.clone(), multi], &keys, &control).is_err());
    }
}
