//! Rounding of numbers to multiples of a base.

use std::cmp::Ordering;

use ctdata_table::{Attribute, Cell, Column, Control, Domain, DomainKind, Origin, Table};
use rand::Rng;

use super::column::{changes, code, forget_absent, renumber};
use super::{PerturbationDetails, PerturbationMethod, PerturbationReport, Perturbed};
use crate::PrivacyError;
use crate::draw::below;

/// What rounding did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RoundingReport {
    /// Released numbers are multiples of this, in units of the last digit of the column.
    pub base: u64,
}

/// Rounds the numbers of an attribute to multiples of a base.
///
/// ```
/// use ctdata_privacy::Rounding;
/// use ctdata_table::{Attribute, Column, Control, Domain, MissingKinds, Origin, Schema, Table};
/// let days = Domain::numeric([3, 44, 47], 0, Origin::Observed)?;
/// let schema = Schema::try_new(vec![Attribute::new("days", days, MissingKinds::NONE)])?;
/// let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 1, 2])])?;
/// let output = Rounding::try_new("days", 5)?.run_nearest(&table, &Control::default())?;
/// let texts: Vec<_> = (0..3).map(|row| output.table.text(row, 0).unwrap().into_owned()).collect();
/// assert_eq!(texts, ["5", "45", "45"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// - Measure: no cell of the output tells more than an interval of one base (nearest) or of two bases
///   (random) around the true number.
/// - Not protected: who is alone in an interval. This is no k-anonymity.
///
/// # Sources
/// A. Hundepool et al. (2012), *Statistical Disclosure Control*, Wiley, section 3.4; unbiased random rounding:
/// I. P. Fellegi (1975), "Controlled Random Rounding", *Survey Methodology* 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rounding {
    attribute: String,
    base: i64,
}

impl Rounding {
    /// Rounding to multiples of `base`, in units of the last digit of the column: with one digit after the
    /// point, 25 is 2.5.
    ///
    /// # Errors
    /// A base that is not positive.
    pub fn try_new(attribute: impl Into<String>, base: i64) -> Result<Self, PrivacyError> {
        if base < 1 {
            let rule = "it is a positive number".to_owned();
            return Err(PrivacyError::InvalidParameter { parameter: "base", rule });
        }
        Ok(Self { attribute: attribute.into(), base })
    }

    /// Rounds to the nearest multiple; halves go to the even one.
    ///
    /// # Errors
    /// An attribute that the table does not have or that is not numeric; multiples past 64 bits.
    pub fn run_nearest(&self, table: &Table, control: &Control) -> Result<Perturbed, PrivacyError> {
        control.check()?;
        let (attribute, column) = self.find(table)?;
        let multiples = self.multiples(attribute)?;
        let numbers: Vec<i64> = multiples
            .iter()
            .map(|multiple| {
                let is_even = (multiple.below / self.base) % 2 == 0;
                match (2 * i128::from(multiple.rest)).cmp(&i128::from(self.base)) {
                    Ordering::Greater => multiple.above,
                    Ordering::Equal if !is_even => multiple.above,
                    _ => multiple.below,
                }
            })
            .collect();
        let domain = attribute.domain();
        let new = renumber(attribute, column, &numbers, domain.scale().unwrap_or(0), domain.origin())?;
        self.finish(table, PerturbationMethod::NearestRounding, new)
    }

    /// Rounds each cell up or down by chance, so that the expected value is the true one: up with
    /// probability rest / base, decided by whole numbers, exactly. Multiples stay. One draw per cell with a
    /// rest, in the order of the table; a release takes a cryptographic generator.
    ///
    /// # Errors
    /// As [`run_nearest`](Self::run_nearest).
    pub fn run_random<R: Rng + ?Sized>(
        &self,
        table: &Table,
        rng: &mut R,
        control: &Control,
    ) -> Result<Perturbed, PrivacyError> {
        control.check()?;
        let (attribute, column) = self.find(table)?;
        let multiples = self.multiples(attribute)?;
        let mut values: Vec<i64> = multiples.iter().flat_map(|multiple| [multiple.below, multiple.above]).collect();
        values.sort_unstable();
        values.dedup();
        let origin = attribute.domain().origin();
        let domain = Domain::numeric(values, attribute.domain().scale().unwrap_or(0), origin)?;
        let new = Attribute::new(attribute.shared_name(), domain, attribute.missing());
        // For each old code: its cell below and above, as codes, and the chance of going up.
        let value = |number| code(&new, Cell::Value(new.domain().code_of_number(number).unwrap_or(u16::MAX)));
        let mut outcomes = Vec::with_capacity(attribute.code_count());
        for multiple in &multiples {
            outcomes.push((value(multiple.below)?, value(multiple.above)?, multiple.rest));
        }
        for kind in attribute.missing().iter() {
            let same = code(&new, Cell::Missing(kind))?;
            outcomes.push((same, same, 0));
        }
        let base = self.base.unsigned_abs();
        let codes: Vec<u16> = column
            .iter()
            .map(|old| match outcomes.get(usize::from(old)) {
                Some(&(low, _, 0)) => low,
                Some(&(low, high, rest)) => {
                    if below(rng, base) < rest {
                        high
                    } else {
                        low
                    }
                }
                None => old,
            })
            .collect();
        let rounded = Column::from_codes(&codes, new.code_count());
        let new = if origin == Origin::Observed { forget_absent(&new, &rounded)? } else { (new, rounded) };
        self.finish(table, PerturbationMethod::RandomRounding, new)
    }

    fn find<'a>(&self, table: &'a Table) -> Result<(&'a Attribute, &'a Column), PrivacyError> {
        let (attribute, column) = table.named(&self.attribute)?;
        if attribute.domain().kind() == DomainKind::Numeric {
            return Ok((attribute, column));
        }
        let rule = format!("`{}` is not numeric", attribute.name());
        Err(PrivacyError::InvalidParameter { parameter: "attribute", rule })
    }

    /// The multiples around each value of the domain.
    fn multiples(&self, attribute: &Attribute) -> Result<Vec<Multiples>, PrivacyError> {
        let too_large = || PrivacyError::InvalidParameter {
            parameter: "base",
            rule: format!("`{}` has numbers with no multiple of it near within 64 bits", attribute.name()),
        };
        (0..=u16::MAX)
            .take(attribute.domain().len())
            .map(|code| {
                let number = attribute.domain().number(code).unwrap_or(0);
                let rest = number.rem_euclid(self.base);
                let below = number.checked_sub(rest).ok_or_else(too_large)?;
                let above = if rest == 0 { below } else { below.checked_add(self.base).ok_or_else(too_large)? };
                Ok(Multiples { below, above, rest: rest.unsigned_abs() })
            })
            .collect()
    }

    fn finish(
        &self,
        table: &Table,
        method: PerturbationMethod,
        (attribute, column): (Attribute, Column),
    ) -> Result<Perturbed, PrivacyError> {
        let old = table.named(&self.attribute)?;
        let changed = changes(old, (&attribute, &column));
        let details = PerturbationDetails::Rounding(RoundingReport { base: self.base.unsigned_abs() });
        let position = table.schema().position(&self.attribute)?;
        Ok(Perturbed {
            table: table.with_replaced(position, attribute, column)?,
            report: PerturbationReport::new(method, vec![changed], details),
        })
    }
}

/// The multiples of the base around a number.
struct Multiples {
    below: i64,
    above: i64,
    /// The number less the multiple below.
    rest: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::{MissingKinds, Schema};
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    fn table(values: &[i64], codes: Vec<u8>) -> Table {
        let domain = Domain::numeric(values.to_vec(), 1, Origin::Observed).unwrap();
        let schema = Schema::try_new(vec![Attribute::new("x", domain, MissingKinds::NOT_RECORDED)]).unwrap();
        Table::try_new(schema, vec![Column::from_u8(codes)]).unwrap()
    }

    fn texts(table: &Table) -> Vec<String> {
        (0..table.rows()).map(|row| table.text(row, 0).map_or("-".into(), std::borrow::Cow::into_owned)).collect()
    }

    #[test]
    fn halves_go_to_the_even_multiple_on_both_sides_of_zero() {
        let table = table(&[-75, -25, 0, 24, 25, 26, 75], (0..8).collect());
        let output = Rounding::try_new("x", 50).unwrap().run_nearest(&table, &Control::default()).unwrap();
        assert_eq!(texts(&output.table), ["-10.0", "0.0", "0.0", "0.0", "0.0", "5.0", "10.0", "-"]);
        assert_eq!(output.table.schema().get(0).unwrap().domain().len(), 4);
        assert_eq!(output.report.changed_cells, 6);
    }

    #[test]
    fn random_rounding_is_unbiased_and_keeps_multiples() {
        // 0.3 goes to 1.0 with probability 3/10; -0.3 to 0.0 with 7/10.
        let n = 20_000usize;
        let codes: Vec<u8> = std::iter::repeat_n(0, n).chain(std::iter::repeat_n(2, n)).chain([1, 3]).collect();
        let table = table(&[-3, 0, 3], codes);
        let rounding = Rounding::try_new("x", 10).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let output = rounding.run_random(&table, &mut rng, &Control::default()).unwrap();
        let texts = texts(&output.table);
        assert_eq!(texts[2 * n..], ["0.0", "-"]);
        let ups = |part: &[String], up: &str| part.iter().filter(|text| *text == up).count();
        // Standard deviation sqrt(20000 * 0.21) = 65: four of these.
        assert!(ups(&texts[..n], "0.0").abs_diff(14_000) < 260);
        assert!(ups(&texts[n..2 * n], "1.0").abs_diff(6_000) < 260);
        assert!(texts[..n].iter().all(|text| text == "0.0" || text == "-1.0"));
    }

    #[test]
    fn a_column_without_numbers_stays_without() {
        let table = table(&[1, 2], vec![2, 2]);
        let rounding = Rounding::try_new("x", 10).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        for output in [
            rounding.run_nearest(&table, &Control::default()).unwrap(),
            rounding.run_random(&table, &mut rng, &Control::default()).unwrap(),
        ] {
            assert_eq!(texts(&output.table), ["-", "-"]);
            assert!(output.table.schema().get(0).unwrap().domain().is_empty());
        }
    }

    #[test]
    fn what_cannot_be_rounded_is_refused() {
        assert!(Rounding::try_new("x", 0).is_err());
        let far = table(&[i64::MAX], vec![0]);
        assert!(Rounding::try_new("x", 1000).unwrap().run_nearest(&far, &Control::default()).is_err());
        let flags = crate::testing::flags(&[&[0]]);
        let error = Rounding::try_new("a", 5).unwrap().run_nearest(&flags, &Control::default()).unwrap_err();
        assert_eq!(error.to_string(), "attribute: `a` is not numeric");
    }
}
