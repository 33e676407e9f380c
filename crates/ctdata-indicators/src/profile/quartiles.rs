//! Quartiles of a duration that is recorded in bands.
//!
//! Durations are interval-censored: of each only the band is known. Within a band they are taken as evenly spread, so
//! that the distribution function is linear between the ends of the bands. A statement that merges bands (`25+`) is
//! divided among them in proportion to what is in them, which is where the maximum of the likelihood lies. A quartile
//! in the open band has no value: it is at least the lower end of that band.
//!
//! # Sources
//! B. W. Turnbull (1976), The empirical distribution function with arbitrarily grouped, censored and truncated data,
//! *Journal of the Royal Statistical Society B* 38, 290–295. The ends of the bands are those of their labels in years:
//! 12, 24 and 60 months.

use super::exclusive::known;
use super::{Frame, Sheet, Tables};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{Dimension, Estimate, NotAvailable, Unit, Value};
use crate::interval::as_f64;
use crate::request::{Dim, Scope};
use ctdata_model::{CaseAttribute, DurationBand};

const MONTHS: &str = "months";
/// The ends of the bands, in months; the last band is open.
const ENDS: [f64; 4] = [0.0, 12.0, 24.0, 60.0];
const QUARTILES: [(&str, &str, f64); 3] =
    [("lower-quartile", "Lower quartile", 0.25), ("median", "Median", 0.5), ("upper-quartile", "Upper quartile", 0.75)];

const fn dim() -> Dim {
    Dim::Attribute(CaseAttribute::TraffickingDuration)
}

/// The table of durations.
pub(crate) fn tables(frame: &Frame<'_>, scope: &Scope<'_>) -> Result<Vec<TableSpec>, IndicatorError> {
    Ok(vec![frame.spec(scope, MONTHS, [scope.variable(&dim())?])?])
}

/// The quartiles of each combination of the breakdown.
pub(crate) fn estimates(frame: &Frame<'_>, tables: Tables<'_>) -> Result<Vec<Estimate>, IndicatorError> {
    let counted = frame.table(tables, MONTHS, 1)?;
    let answers = counted.answers(0);
    let codes = counted.coordinates(0, &dim());
    let bands: Vec<Option<DurationBand>> = codes.iter().map(|band| band.code.parse().ok()).collect();
    if bands.iter().zip(&answers).any(|(band, answer)| *answer && band.is_none()) {
        return Err(frame.refuse("the attribute does not hold bands of months".into()));
    }
    let sheet = Sheet::new(frame, counted);
    let mut estimates = Vec::new();
    for slice in counted.selected().slices() {
        let mut durations = Durations::default();
        let mut unknown = 0u64;
        for cell in slice.cells {
            let band = known(&answers, cell.counted.first()).and_then(|at| *bands.get(usize::try_from(at).ok()?)?);
            match band {
                Some(band) => durations.add(band, cell.count),
                None => unknown = unknown.saturating_add(cell.count),
            }
        }
        for (code, label, share) in QUARTILES {
            let mut estimate = sheet.blank(slice.by, [Dimension::new("quantile", code, label)]);
            estimate.unit = Unit::Months;
            (estimate.base, estimate.unknown) = (Some(durations.known), Some(unknown));
            match durations.quantile(share) {
                Quantile::At(months) => estimate.value = Value::from(months),
                Quantile::AtLeast(months) => {
                    estimate.value = Value::NotAvailable(NotAvailable::NotSeparable);
                    estimate.notes.push(format!("it lies in the open band: at least {months} months").into());
                }
                Quantile::OfNobody => {}
            }
            estimates.push(estimate);
        }
    }
    Ok(estimates)
}

/// Persons by duration.
#[derive(Debug, Default)]
struct Durations {
    /// Persons in each of the bands between [`ENDS`], and in the open one.
    bands: [u64; 4],
    /// Persons of whom it is only known that they are in one of the last two.
    merged: u64,
    known: u64,
}

#[derive(Debug, PartialEq)]
enum Quantile {
    At(f64),
    AtLeast(f64),
    OfNobody,
}

impl Durations {
    fn add(&mut self, band: DurationBand, count: u64) {
        let [first, second, third, open] = &mut self.bands;
        let slot = match band {
            DurationBand::From0To12 => first,
            DurationBand::From13To24 => second,
            DurationBand::From25To60 => third,
            DurationBand::From61 => open,
            _ => &mut self.merged,
        };
        *slot = slot.saturating_add(count);
        self.known = self.known.saturating_add(count);
    }

    /// The months that the given share of persons does not exceed.
    fn quantile(&self, share: f64) -> Quantile {
        if self.known == 0 {
            return Quantile::OfNobody;
        }
        let [first, second, third, open] = self.bands.map(as_f64);
        let long = third + open;
        let merged = as_f64(self.merged);
        // Where no band of the merged ones is in use, nothing says how its persons are spread.
        let third = if long > 0.0 { third + merged * third / long } else { 0.0 };
        let wanted = share * as_f64(self.known);
        let mut below = 0.0;
        for (ends, persons) in ENDS.windows(2).zip([first, second, third]) {
            if let [from, to] = ends
                && persons > 0.0
                && below + persons >= wanted
            {
                return Quantile::At(from + (to - from) * (wanted - below) / persons);
            }
            below += persons;
        }
        Quantile::AtLeast(if third > 0.0 || open > 0.0 { 60.0 } else { 24.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn durations(bands: [u64; 5]) -> Durations {
        let mut durations = Durations::default();
        let all = ["0-12", "13-24", "25-60", "61+", "25+"].map(|code| code.parse().unwrap());
        all.into_iter().zip(bands).for_each(|(band, count)| durations.add(band, count));
        durations
    }

    /// Grouped data by hand: 40 of 100 up to 12 months, 20 more up to 24, so that the median lies halfway.
    #[test]
    fn a_quartile_is_read_off_a_line_within_its_band() {
        let grouped = durations([40, 20, 30, 10, 0]);
        assert_eq!(grouped.quantile(0.25), Quantile::At(7.5));
        assert_eq!(grouped.quantile(0.5), Quantile::At(18.0));
        assert_eq!(grouped.quantile(0.75), Quantile::At(42.0));
        assert_eq!(grouped.quantile(0.95), Quantile::AtLeast(60.0));
    }

    #[test]
    fn a_merged_statement_is_divided_or_open() {
        // 10 of the 20 merged persons join the 15 of 30 in the band up to 60 months.
        assert_eq!(durations([40, 10, 15, 15, 20]).quantile(0.75), Quantile::At(60.0));
        assert_eq!(durations([40, 20, 0, 0, 40]).quantile(0.75), Quantile::AtLeast(24.0));
        assert_eq!(durations([0; 5]).quantile(0.5), Quantile::OfNobody);
    }

    proptest! {
        /// The division of a merged statement is a fixed point of the self-consistency equations of Turnbull (1976):
        /// repeating their step from any start leads to the same quartile.
        #[test]
        fn the_division_is_that_of_the_likelihood(bands in prop::array::uniform5(1u64..50)) {
            let total: f64 = bands.iter().map(|&count| as_f64(count)).sum();
            let [a, b, c, d, merged] = bands.map(as_f64);
            let mut shares = [0.1, 0.2, 0.3, 0.4];
            for _ in 0..5_000 {
                let long = shares[2] + shares[3];
                let step = [a, b, c + merged * shares[2] / long, d + merged * shares[3] / long];
                shares = step.map(|persons| persons / total);
            }
            for wanted in [0.25, 0.5, 0.75] {
                let (mut below, mut expected) = (0.0, Quantile::AtLeast(60.0));
                for (at, share) in shares.iter().take(3).enumerate() {
                    if below + share >= wanted {
                        expected = Quantile::At(ENDS[at] + (ENDS[at + 1] - ENDS[at]) * (wanted - below) / share);
                        break;
                    }
                    below += share;
                }
                match (durations(bands).quantile(wanted), expected) {
                    (Quantile::At(found), Quantile::At(expected)) => prop_assert!((found - expected).abs() < 1e-6),
                    // At an end of the bands either side is right.
                    (Quantile::At(found), _) | (_, Quantile::At(found)) => prop_assert!((found - 60.0).abs() < 1e-6),
                    (found, expected) => prop_assert_eq!(found, expected),
                }
            }
        }
    }
}
