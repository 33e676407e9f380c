//! From objective 10 of the Global Compact for Migration to what case data can say: objectives,
//! targets and indicators as data, with a typed refusal for every indicator that case data cannot
//! give.
//!
//! The Compact itself has no numeric indicator for objective 10 (A/RES/73/195: its actions (a) to
//! (j) are policy actions). Three SDG targets name trafficking: 5.2, 8.7 and 16.2. Of their
//! indicators only 16.2.2 can be computed from administrative case data, and there only its detected
//! part; every other figure of this crate is a companion and never stands under an official code.
//!
//! # Sources
//! Titles of the objectives: A/RES/73/195; of the targets: A/RES/70/1; of the indicators: the global
//! indicator framework (A/RES/71/313 and its refinements). All titles are from general knowledge of
//! the published texts: compare them before quoting them as official. The three targets that name
//! trafficking: IOM Migration Data Portal, page on the SDGs. 16.2.2: SDG metadata sheet, update of
//! 31 March 2023, which also states its custodian and tier; custodians of other indicators are from general knowledge.
//!
//! ```
//! use ctdata_indicators::framework::connections;
//!
//! let objective = connections(10).ok_or("no such objective")?;
//! let targets: Vec<_> = objective.targets.iter().map(|target| target.target.code).collect();
//! assert_eq!(targets, ["5.2", "8.7", "16.2"]);
//! # Ok::<(), &str>(())
//! ```

mod connections;
mod data;
mod refusals;

use crate::error::{IndicatorError, coded};
use ctdata_table::nearest;

pub use connections::{Connections, TargetConnection, connections};
pub(crate) use data::{NOT_5_2, NOT_5_3_1, NOT_8_7_1};
pub use data::{OBJECTIVES, SDG_INDICATORS, TARGETS};
pub use refusals::{REFUSALS, Refusal, refusal};

coded! {
    /// What an official indicator is measured from.
    #[non_exhaustive]
    pub enum Evidence: "kind of evidence" {
        /// Records of assisted or detected persons: what this crate counts.
        CaseRecords = "case-records" / "case records",
        /// A representative survey of households.
        HouseholdSurvey = "household-survey" / "a household survey",
        /// A survey of victimization.
        VictimizationSurvey = "victimization-survey" / "a victimization survey",
        /// A survey of migrants on the cost of recruitment.
        RecruitmentCostSurvey = "recruitment-cost-survey" / "a survey on recruitment costs",
        /// A questionnaire on policies.
        PolicyQuestionnaire = "policy-questionnaire" / "a questionnaire on migration policies",
        /// Records of deaths and disappearances during migration (Missing Migrants Project).
        MissingMigrants = "missing-migrants" / "records of missing migrants",
        /// Registration of refugees.
        RefugeeRegistration = "refugee-registration" / "refugee registration",
    }
}

coded! {
    /// The tier of an indicator in the global framework, where a source states it.
    pub enum Tier: "tier" {
        /// An established method, and data of most countries.
        One = "I" / "tier I",
        /// An established method, and data of some countries.
        Two = "II" / "tier II",
        /// No established method.
        Three = "III" / "tier III",
    }
}

/// An objective of the Global Compact for Safe, Orderly and Regular Migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Objective {
    /// 1 to 23.
    pub number: u8,
    /// Its title.
    pub title: &'static str,
    /// Codes of the SDG targets that serve it, where a source states them: objective 10 only.
    pub targets: &'static [&'static str],
}

/// A target of the Sustainable Development Goals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Target {
    /// `16.2`.
    pub code: &'static str,
    /// Its wording.
    pub title: &'static str,
    /// Whether the wording names trafficking.
    pub names_trafficking: bool,
}

/// An official SDG indicator and its relation to case data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SdgIndicator {
    /// `16.2.2`.
    pub code: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The agencies that keep it.
    pub custodian: &'static str,
    /// Its tier, where a source states it: 16.2.2 only.
    pub tier: Option<Tier>,
    /// What it is measured from.
    pub needs: Evidence,
    /// The figure on detected cases that may stand beside it under its own name: an indicator id.
    pub companion: Option<&'static str>,
    /// All figures on detected cases that may stand beside it, that one first.
    pub companions: &'static [&'static str],
    /// The sentence printed with the companions, or with the indicator itself.
    pub label: &'static str,
    /// What case data can say.
    pub can_say: &'static str,
    /// What they cannot.
    pub cannot_say: &'static str,
}

impl SdgIndicator {
    /// The code of its target: `16.2` for `16.2.2`.
    pub fn target(&self) -> &'static str {
        self.code.rsplit_once('.').map_or(self.code, |(target, _)| target)
    }

    /// Whether case records (and a population) are enough.
    pub fn from_case_records(&self) -> bool {
        self.needs == Evidence::CaseRecords
    }
}

/// The plain rule for every rate of detected victims.
pub const DETECTION_NOT_PREVALENCE: &str =
    "detected victims: a measure of detection, not of prevalence; a rise may mean better identification";

/// The indicator with this code, if it is listed.
pub fn sdg_indicator(code: &str) -> Option<&'static SdgIndicator> {
    SDG_INDICATORS.iter().find(|indicator| indicator.code == code)
}

/// The indicator with this code, if case records can give it.
///
/// ```
/// use ctdata_indicators::{IndicatorError, framework::require_case_records};
///
/// assert!(require_case_records("16.2.2").is_ok());
/// assert!(matches!(
///     require_case_records("8.7.1"),
///     Err(IndicatorError::NeedsSurveyData { companion: Some("forced-labour"), .. })
/// ));
/// ```
///
/// # Errors
/// [`IndicatorError::NeedsSurveyData`] for an indicator that is measured from something else, and
/// [`IndicatorError::UnknownIndicator`] for a code that is not listed.
pub fn require_case_records(code: &str) -> Result<&'static SdgIndicator, IndicatorError> {
    let Some(indicator) = sdg_indicator(code) else {
        return Err(IndicatorError::UnknownIndicator {
            name: code.to_owned(),
            nearest: nearest(code, SDG_INDICATORS.iter().map(|i| i.code)).map(str::to_owned),
        });
    };
    if indicator.from_case_records() {
        Ok(indicator)
    } else {
        Err(IndicatorError::NeedsSurveyData {
            code: indicator.code,
            needs: indicator.needs,
            companion: indicator.companion,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list of the indicator notes: what case data cannot give.
    #[test]
    fn every_indicator_that_needs_other_data_is_refused() {
        for code in
            ["16.2.1", "16.2.3", "5.2.1", "5.2.2", "5.3.1", "8.7.1", "10.7.1", "10.7.2", "10.7.3", "10.7.4", "16.3.1"]
        {
            let refused = require_case_records(code);
            assert!(
                matches!(refused, Err(IndicatorError::NeedsSurveyData { code: named, .. }) if named == code),
                "{code}"
            );
        }
        assert_eq!(SDG_INDICATORS.iter().filter(|i| i.from_case_records()).count(), 1);
    }

    #[test]
    fn an_unlisted_code_is_unknown_and_not_refused_for_its_data() {
        let error = require_case_records("16.2.9").unwrap_err();
        assert!(matches!(error, IndicatorError::UnknownIndicator { nearest: Some(_), .. }), "{error}");
    }

    #[test]
    fn objectives_lead_to_targets_and_targets_to_indicators() {
        let numbers: Vec<u8> = OBJECTIVES.iter().map(|objective| objective.number).collect();
        assert_eq!(numbers, (1..=23).collect::<Vec<u8>>());
        let linked: Vec<&Objective> = OBJECTIVES.iter().filter(|o| !o.targets.is_empty()).collect();
        assert_eq!(linked.len(), 1);
        let trafficking: Vec<&str> = TARGETS.iter().filter(|t| t.names_trafficking).map(|t| t.code).collect();
        assert_eq!(linked[0].targets, trafficking);
        for target in TARGETS {
            assert!(SDG_INDICATORS.iter().any(|i| i.target() == target.code), "{}", target.code);
        }
        for indicator in SDG_INDICATORS {
            assert!(TARGETS.iter().any(|t| t.code == indicator.target()), "{}", indicator.code);
            // The companion is one of its companions, and every companion has a label to print.
            assert_eq!(indicator.companion, indicator.companions.first().copied());
            assert_eq!(indicator.companions.is_empty() && !indicator.from_case_records(), indicator.label.is_empty());
        }
    }
}
