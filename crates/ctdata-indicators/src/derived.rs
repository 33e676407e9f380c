//! What is computed from figures instead of cases, described as data: changes, trends, standardized rates, the justice
//! side.

use crate::estimate::Unit;

/// A computation over figures. Its results are estimates that carry its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Derived {
    /// The id, in kebab case.
    pub id: &'static str,
    /// A title.
    pub title: &'static str,
    /// What is computed from what, in a sentence.
    pub sentence: &'static str,
    /// The unit; none for a probability and where it is the unit of the figures.
    pub unit: Option<Unit>,
    /// The method's source.
    pub source: &'static str,
    /// What it cannot say.
    pub limits: &'static str,
}

const DETECTION: &str = "Describes detection: a rise may mean better identification.";
const STAGES: &str = "Different persons at different stages of the same year; can exceed 1; years of detection differ.";
const UNODC: &str = "UNODC, Global Report on Trafficking in Persons (persons in formal contact, prosecuted, convicted)";

/// All of them: series first, then standardization, then the justice side.
pub static DERIVED: &[Derived] = &[
    Derived {
        id: "rate-ratio",
        title: "Change between two years",
        sentence: "The rate or count of a year over that of an earlier year, with its exact conditional interval.",
        unit: Some(Unit::Ratio),
        source: "Przyborowski and Wilenski (1940), Biometrika 31",
        limits: DETECTION,
    },
    Derived {
        id: "trend",
        title: "Trend per year",
        sentence: "The yearly change of a Poisson log-linear trend, per resident where the population is known; \
                   quasi-Poisson interval where the dispersion is above 1.",
        unit: Some(Unit::PercentPerYear),
        source: "McCullagh and Nelder (1989), Generalized Linear Models",
        limits: "Needs three years, independent given the trend; not across breaks unless asked for. \
                 Describes detection: a rise may mean better identification.",
    },
    Derived {
        id: "sen-slope",
        title: "Typical change per year",
        sentence: "The median of the slopes between all pairs of years, with the slopes that the Mann–Kendall test does \
                   not reject.",
        unit: None,
        source: "Sen (1968), Journal of the American Statistical Association 63",
        limits: DETECTION,
    },
    Derived {
        id: "mann-kendall",
        title: "Test of a monotone trend",
        sentence: "The two-sided probability of as many rising or falling pairs of years if their order is random; exact \
                   up to ten years.",
        unit: None,
        source: "Mann (1945), Econometrica 13; Kendall (1975), Rank Correlation Methods",
        limits: "A probability, not a size; takes years for independent.",
    },
    Derived {
        id: "constant-contributors",
        title: "Series of the organizations present throughout",
        sentence: "Yearly counts of the sources that have records in every year.",
        unit: Some(Unit::Persons),
        source: "restriction of the records; no estimate",
        limits: "The organizations stay the same; their size, region and way of working may not.",
    },
    Derived {
        id: "standardized-rate",
        title: "Directly standardized rate per 100,000",
        sentence: "The weighted mean of the rates of strata, weights from a standard population, with Fay and Feuer's \
                   interval.",
        unit: Some(Unit::Per100k),
        source: "Fay and Feuer (1997), Statistics in Medicine 16; Dobson and others (1991), Statistics in Medicine 10",
        limits: "Not SDG 16.2.2, which is the crude rate; comparable only over the same standard population.",
    },
    Derived {
        id: "convictions-per-100-victims",
        title: "Convictions per 100 detected victims",
        sentence: "Persons convicted of trafficking in a year, per 100 victims detected in that year or an earlier one.",
        unit: Some(Unit::Per100Victims),
        source: UNODC,
        limits: "From aggregate counts: case files of victims hold no convictions. Years of detection and conviction differ.",
    },
    Derived {
        id: "convictions-per-100k",
        title: "Convictions per 100,000 population",
        sentence: "Persons convicted of trafficking in a year, per 100,000 residents.",
        unit: Some(Unit::Per100k),
        source: UNODC,
        limits: "From aggregate counts. Measures proceedings, not trafficking.",
    },
    Derived {
        id: "prosecutions-per-contact",
        title: "Prosecutions per person in formal contact",
        sentence: "Persons prosecuted in a year over persons in formal contact with the justice system in it.",
        unit: Some(Unit::Ratio),
        source: UNODC,
        limits: STAGES,
    },
    Derived {
        id: "convictions-per-prosecution",
        title: "Convictions per prosecution",
        sentence: "Persons convicted in a year over persons prosecuted in it.",
        unit: Some(Unit::Ratio),
        source: UNODC,
        limits: STAGES,
    },
    Derived {
        id: "convictions-per-contact",
        title: "Convictions per person in formal contact",
        sentence: "Persons convicted in a year over persons in formal contact with the justice system in it.",
        unit: Some(Unit::Ratio),
        source: UNODC,
        limits: STAGES,
    },
];

/// The computation of an id, in any case.
pub fn derived(id: &str) -> Option<&'static Derived> {
    DERIVED.iter().find(|entry| entry.id.eq_ignore_ascii_case(id.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::Estimate;
    use crate::interval::Level;
    use crate::justice::JusticeYear;
    use crate::population::Persons;
    use crate::series::{Point, Series, TrendOptions};
    use crate::standardize::{StandardizedInterval, Stratum, standardized};
    use crate::{CATALOGUE, indicator};

    #[test]
    fn ids_are_unique_and_no_indicator_has_one() {
        for (at, entry) in DERIVED.iter().enumerate() {
            assert!(DERIVED.iter().skip(at + 1).all(|other| other.id != entry.id), "{}", entry.id);
            assert!(indicator(entry.id).is_err() && CATALOGUE.iter().all(|known| known.title != entry.title));
            assert_eq!(derived(&entry.id.to_uppercase()), Some(entry));
            for text in [entry.sentence, entry.limits] {
                assert!(text.ends_with('.') && !text.contains("  "), "{}", entry.id);
            }
        }
        assert_eq!(derived("form-of-exploitation"), None);
    }

    /// Every estimate that these modules make is described here, with its unit.
    #[test]
    fn results_are_described() {
        let series =
            Series::try_new("detected-victims", [1, 2, 4].map(|n| Point::new(2000 + n, u64::from(n)))).unwrap();
        let stratum = Stratum { events: 3, residents: Persons::try_new(1e5).unwrap(), weight: 1.0 };
        let rate = standardized(&[stratum], StandardizedInterval::FayFeuer, Level::P95).unwrap();
        let mut estimates: Vec<Estimate> = JusticeYear::new("", 2020).estimates(Level::P95).unwrap();
        estimates.extend([
            series.change_estimate(2001, 2004, Level::P95).unwrap(),
            series.trend_estimate(&TrendOptions::default()).unwrap(),
            series.sen_slope_estimate(Level::P95).unwrap(),
            rate.estimate("invented", None).unwrap(),
        ]);
        for estimate in estimates {
            let entry = derived(&estimate.indicator).unwrap_or_else(|| panic!("{}", estimate.indicator));
            assert!(entry.unit.is_none_or(|unit| unit == estimate.unit), "{}", entry.id);
        }
    }
}
