//! Which population imported rates are over: that of each part, or everybody.
//!
//! Published rates of a sex or an age are over the residents of that sex and age, or over all residents, and some
//! series change from one to the other without saying so. Rates over all residents add up to the total rate; rates over
//! the residents of each part average to it. Forms of exploitation have no residents of their own.

use crate::IndicatorError;
use crate::error::coded;
use crate::request::PopBase;

coded! {
    /// What the parts of a total rate are.
    pub enum PartsOf: "parts" {
        /// All sexes, or age groups that cover everybody.
        SexOrAge = "sex-or-age" / "sex or age",
        /// Forms of exploitation, each person in one.
        Form = "form" / "form of exploitation",
    }
}

/// Which population the parts of a published rate are over; `None` if the figures do not tell.
///
/// `decimals` is how many are printed: the parts may miss the total by half a unit of the last each.
///
/// ```
/// use ctdata_indicators::PopBase;
/// use ctdata_indicators::sdg::{PartsOf, population_base};
///
/// // Jamaica 2018: total 0.18, sexual exploitation 0.18, labour 0.00.
/// assert_eq!(population_base(0.18, &[0.18, 0.00], PartsOf::Form, 2)?, Some(PopBase::Total));
/// // Men 2.0 and women 4.0 of their own residents average to 3.0.
/// assert_eq!(population_base(3.0, &[2.0, 4.0], PartsOf::SexOrAge, 1)?, Some(PopBase::Own));
/// # Ok::<(), ctdata_indicators::IndicatorError>(())
/// ```
///
/// # Errors
/// [`IndicatorError::Figures`] for a rate that is negative or not finite, or fewer than two parts.
pub fn population_base(
    total: f64,
    parts: &[f64],
    kind: PartsOf,
    decimals: u8,
) -> Result<Option<PopBase>, IndicatorError> {
    let refuse = |rule: &'static str| IndicatorError::Figures { what: "rates of parts".to_owned(), rule: rule.into() };
    if parts.len() < 2 {
        return Err(refuse("a total is compared with two parts or more"));
    }
    if parts.iter().chain([&total]).any(|rate| !(rate.is_finite() && *rate >= 0.0)) {
        return Err(refuse("a rate is a finite number that is not negative"));
    }
    // Half a unit of the last digit for each printed number, and a little for binary fractions.
    let half = 0.5 * 10f64.powi(-i32::from(decimals));
    let each = |numbers: usize| half * (0..numbers).map(|_| 1.0).sum::<f64>() * (1.0 + 1e-9) + 1e-12 * total;
    let sum: f64 = parts.iter().sum();
    let adds_up = (sum - total).abs() <= each(parts.len() + 1);
    let least = parts.iter().copied().fold(f64::INFINITY, f64::min);
    let most = parts.iter().copied().fold(0.0, f64::max);
    let averages = kind == PartsOf::SexOrAge && least - each(2) <= total && total <= most + each(2);
    Ok(match (adds_up, averages) {
        (true, false) => Some(PopBase::Total),
        (false, true) => Some(PopBase::Own),
        _ => None,
    })
}

/// Rates of one year as published.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedRates {
    /// The year.
    pub year: u16,
    /// The total rate.
    pub total: f64,
    /// The rates of all parts.
    pub parts: Vec<f64>,
}

/// Which population a series is over, year by year.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SeriesBase {
    /// The years in order, with the base where the figures tell it.
    pub years: Vec<(u16, Option<PopBase>)>,
    /// The years in which the base is another than before: the series is none across them.
    pub switches: Vec<u16>,
}

impl SeriesBase {
    /// The base of the whole series, if at least one year tells and none contradicts.
    pub fn base(&self) -> Option<PopBase> {
        self.switches.is_empty().then(|| self.years.iter().find_map(|(_, base)| *base)).flatten()
    }
}

/// Which population each year of an imported series is over, and where that changes. See [`population_base`].
///
/// # Errors
/// Those of [`population_base`], and [`IndicatorError::Figures`] for a year given twice.
pub fn check_series(rates: &[ImportedRates], kind: PartsOf, decimals: u8) -> Result<SeriesBase, IndicatorError> {
    let mut years = Vec::with_capacity(rates.len());
    for of_year in rates {
        let base = population_base(of_year.total, &of_year.parts, kind, decimals).map_err(|error| match error {
            IndicatorError::Figures { what, rule } => {
                IndicatorError::Figures { what: format!("{what} of {}", of_year.year), rule }
            }
            other => other,
        })?;
        years.push((of_year.year, base));
    }
    years.sort_unstable();
    if let Some((year, _)) = years
        .windows(2)
        .find_map(|pair| pair.first().filter(|(year, _)| pair.last().is_some_and(|last| last.0 == *year)))
    {
        return Err(IndicatorError::Figures { what: format!("rates of {year}"), rule: "a year is given once".into() });
    }
    let told: Vec<(u16, PopBase)> = years.iter().filter_map(|(year, base)| Some((*year, (*base)?))).collect();
    let pairs = told.iter().zip(told.iter().skip(1));
    let switches = pairs.filter(|((_, before), (_, after))| before != after).map(|(_, (year, _))| *year).collect();
    Ok(SeriesBase { years, switches })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_that_add_up_are_over_everybody() {
        let base = |total, parts: &[f64]| population_base(total, parts, PartsOf::SexOrAge, 2).unwrap();
        assert_eq!(base(0.50, &[0.20, 0.30]), Some(PopBase::Total));
        // One unit away, which rounding of three numbers explains.
        assert_eq!(base(0.51, &[0.20, 0.30]), Some(PopBase::Total));
        assert_eq!(base(0.53, &[0.20, 0.30]), None);
        assert_eq!(base(0.25, &[0.20, 0.30]), Some(PopBase::Own));
        // Nobody of one sex: both readings fit.
        assert_eq!(base(0.18, &[0.18, 0.0]), None);
        assert_eq!(base(0.0, &[0.0, 0.0]), None);
        assert_eq!(population_base(0.18, &[0.18, 0.0], PartsOf::Form, 2).unwrap(), Some(PopBase::Total));
        assert_eq!(population_base(0.10, &[0.18, 0.0], PartsOf::Form, 2).unwrap(), None);
    }

    #[test]
    fn a_switch_within_a_series_is_found() {
        let year = |year, total, parts: [f64; 2]| ImportedRates { year, total, parts: parts.into() };
        let rates = [
            year(2018, 3.0, [2.0, 4.0]),
            year(2016, 3.0, [1.0, 2.0]),
            year(2017, 0.0, [0.0, 0.0]),
            year(2019, 5.0, [4.0, 6.0]),
        ];
        let check = check_series(&rates, PartsOf::SexOrAge, 1).unwrap();
        assert_eq!(
            check.years,
            [(2016, Some(PopBase::Total)), (2017, None), (2018, Some(PopBase::Own)), (2019, Some(PopBase::Own))]
        );
        assert_eq!((check.switches.as_slice(), check.base()), (&[2018][..], None));
        let later = check_series(&rates[2..], PartsOf::SexOrAge, 1).unwrap();
        assert_eq!((later.switches.len(), later.base()), (0, Some(PopBase::Own)));
        let twice = [rates[0].clone(), rates[0].clone()];
        assert_eq!(
            check_series(&twice, PartsOf::SexOrAge, 1).unwrap_err().to_string(),
            "rates of 2018: a year is given once"
        );
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        assert!(population_base(1.0, &[1.0], PartsOf::Form, 1).is_err());
        assert!(population_base(f64::NAN, &[1.0, 2.0], PartsOf::Form, 1).is_err());
        let negative = [ImportedRates { year: 2018, total: 1.0, parts: vec![-1.0, 2.0] }];
        assert_eq!(
            check_series(&negative, PartsOf::Form, 1).unwrap_err().to_string(),
            "rates of parts of 2018: a rate is a finite number that is not negative"
        );
    }

    proptest! {
        /// Rates made of counts and residents, printed with one decimal: never called the other base.
        #[test]
        fn the_base_that_was_used_is_never_contradicted(
            counts in [0u32..500, 0u32..500], residents in [1_000u32..9_000_000, 1_000u32..9_000_000],
        ) {
            let print = |count: u32, of: u32| (1e6 * f64::from(count) / f64::from(of)).round() / 10.0;
            let (count, all) = (counts[0] + counts[1], residents[0] + residents[1]);
            let total = print(count, all);
            let over_all = [print(counts[0], all), print(counts[1], all)];
            let own = [print(counts[0], residents[0]), print(counts[1], residents[1])];
            prop_assert_ne!(population_base(total, &over_all, PartsOf::SexOrAge, 1).unwrap(), Some(PopBase::Own));
            prop_assert_ne!(population_base(total, &own, PartsOf::SexOrAge, 1).unwrap(), Some(PopBase::Total));
        }
    }
}
