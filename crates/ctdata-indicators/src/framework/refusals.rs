//! What is asked for and cannot come from case data, though no official indicator is named.

use crate::IndicatorError;

/// A question that case data do not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Refusal {
    /// The id under which it may be asked for: `prevalence`.
    pub id: &'static str,
    /// The question.
    pub title: &'static str,
    /// What would be needed, as in "needs …".
    pub needs: &'static str,
    /// What case data can say instead: ids of the catalogue.
    pub instead: &'static [&'static str],
}

impl Refusal {
    /// The refusal as an error.
    pub fn error(&self) -> IndicatorError {
        IndicatorError::NotCollected { indicator: self.id.to_owned(), needs: self.needs.into() }
    }
}

const DETECTED: &[&str] = &["victims-per-100k"];

/// All of them. Official indicators that need other data stand in [`SDG_INDICATORS`](super::SDG_INDICATORS).
///
/// # Sources
/// CTDC Global Synthetic Data Codebook, version 2 (2024), limitations: the cases are no random sample, contributors change
/// by year, and the records of one person at several organizations are not linked.
pub const REFUSALS: &[Refusal] = &[
    Refusal {
        id: "prevalence",
        title: "Number of victims of trafficking, detected or not",
        needs: "a survey, or an estimate from several linked lists: cases that were detected say nothing of the others",
        instead: DETECTED,
    },
    Refusal {
        id: "undetected-victims",
        title: "Number of victims who were not detected",
        needs: "several linked lists of the same population; public case files have no list membership",
        instead: DETECTED,
    },
    Refusal {
        id: "forced-labour-prevalence",
        title: "Number of people in forced labour",
        needs: "a survey of households and workers",
        instead: &["forced-labour", "forced-labour-per-100k"],
    },
    Refusal {
        id: "national-total",
        title: "Number of detected victims in a country as a whole",
        needs: "records of every organization that detects victims there, linked so that nobody counts twice",
        instead: DETECTED,
    },
    Refusal {
        id: "crime-trend",
        title: "Trend in the crime of trafficking",
        needs: "an estimate of prevalence in several years: detections also change with effort, law and contributors",
        instead: DETECTED,
    },
    Refusal {
        id: "population-shares",
        title: "Shares among all victims, such as of women or of sexual exploitation",
        needs: "a random sample of all victims; identified persons are none",
        instead: &["sex", "form-of-exploitation"],
    },
];

/// The refusal of this id, in any case.
pub fn refusal(id: &str) -> Option<&'static Refusal> {
    REFUSALS.iter().find(|refusal| refusal.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator;

    #[test]
    fn what_is_refused_has_a_reason_and_something_instead() {
        for refusal in REFUSALS {
            let error = indicator(refusal.id).unwrap_err();
            assert!(matches!(error, IndicatorError::NotCollected { .. }), "{}", refusal.id);
            for instead in refusal.instead {
                assert_eq!(indicator(instead).unwrap().id, *instead);
            }
        }
        assert_eq!(
            indicator("Undetected-Victims").unwrap_err().to_string(),
            "indicator `undetected-victims` needs several linked lists of the same population; public case files have no \
             list membership"
        );
    }
}
