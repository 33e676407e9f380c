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
//! 31 March 2023.

use crate::error::{IndicatorError, coded};
use ctdata_table::nearest;

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

/// An objective of the Global Compact for Safe, Orderly and Regular Migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[non_exhaustive]
pub struct SdgIndicator {
    /// `16.2.2`.
    pub code: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The agencies that keep it.
    pub custodian: &'static str,
    /// What it is measured from.
    pub needs: Evidence,
    /// The figure on detected cases that may stand beside it under its own name: an indicator id.
    pub companion: Option<&'static str>,
    /// The sentence printed with the companion, or with the indicator itself.
    pub label: &'static str,
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

/// The targets that matter here: the three that name trafficking, and three neighbours whose
/// indicators are asked for and refused.
pub const TARGETS: &[Target] = &[
    Target {
        code: "5.2",
        title: "Eliminate all forms of violence against all women and girls in the public and private spheres, including trafficking and sexual and other types of exploitation",
        names_trafficking: true,
    },
    Target {
        code: "5.3",
        title: "Eliminate all harmful practices, such as child, early and forced marriage and female genital mutilation",
        names_trafficking: false,
    },
    Target {
        code: "8.7",
        title: "Take immediate and effective measures to eradicate forced labour, end modern slavery and human trafficking and secure the prohibition and elimination of the worst forms of child labour, including recruitment and use of child soldiers, and by 2025 end child labour in all its forms",
        names_trafficking: true,
    },
    Target {
        code: "10.7",
        title: "Facilitate orderly, safe, regular and responsible migration and mobility of people, including through the implementation of planned and well-managed migration policies",
        names_trafficking: false,
    },
    Target {
        code: "16.2",
        title: "End abuse, exploitation, trafficking and all forms of violence against and torture of children",
        names_trafficking: true,
    },
    Target {
        code: "16.3",
        title: "Promote the rule of law at the national and international levels and ensure equal access to justice for all",
        names_trafficking: false,
    },
];

const fn refused(code: &'static str, title: &'static str, custodian: &'static str, needs: Evidence) -> SdgIndicator {
    SdgIndicator { code, title, custodian, needs, companion: None, label: "" }
}

const WOMEN: &str = "detected female victims; not 5.2.1 or 5.2.2";

/// The indicators of these targets that case data are asked for.
pub const SDG_INDICATORS: &[SdgIndicator] = &[
    SdgIndicator {
        companion: Some("female-victims"),
        label: WOMEN,
        ..refused(
            "5.2.1",
            "Proportion of ever-partnered women and girls aged 15 years and older subjected to physical, sexual or psychological violence by a current or former intimate partner in the previous 12 months",
            "WHO, UN Women, UNICEF, UNFPA, UNODC",
            Evidence::HouseholdSurvey,
        )
    },
    SdgIndicator {
        companion: Some("female-victims"),
        label: WOMEN,
        ..refused(
            "5.2.2",
            "Proportion of women and girls aged 15 years and older subjected to sexual violence by persons other than an intimate partner in the previous 12 months",
            "WHO, UN Women, UNICEF, UNFPA, UNODC",
            Evidence::HouseholdSurvey,
        )
    },
    SdgIndicator {
        companion: Some("forced-marriage"),
        label: "detected victims trafficked for forced marriage; not 5.3.1",
        ..refused(
            "5.3.1",
            "Proportion of women aged 20–24 years who were married or in a union before age 15 and before age 18",
            "UNICEF",
            Evidence::HouseholdSurvey,
        )
    },
    SdgIndicator {
        companion: Some("forced-labour"),
        label: "detected; not the ILO forced-labour prevalence; not 8.7.1",
        ..refused(
            "8.7.1",
            "Proportion and number of children aged 5–17 years engaged in child labour, by sex and age",
            "ILO, UNICEF",
            Evidence::HouseholdSurvey,
        )
    },
    refused(
        "10.7.1",
        "Recruitment cost borne by employee as a proportion of monthly income earned in country of destination",
        "ILO, World Bank",
        Evidence::RecruitmentCostSurvey,
    ),
    refused(
        "10.7.2",
        "Proportion of countries with migration policies that facilitate orderly, safe, regular and responsible migration and mobility of people",
        "IOM, DESA",
        Evidence::PolicyQuestionnaire,
    ),
    refused(
        "10.7.3",
        "Number of people who died or disappeared in the process of migration towards an international destination",
        "IOM",
        Evidence::MissingMigrants,
    ),
    refused(
        "10.7.4",
        "Proportion of the population who are refugees, by country of origin",
        "UNHCR",
        Evidence::RefugeeRegistration,
    ),
    refused(
        "16.2.1",
        "Proportion of children aged 1–17 years who experienced any physical punishment and/or psychological aggression by caregivers in the past month",
        "UNICEF",
        Evidence::HouseholdSurvey,
    ),
    SdgIndicator {
        label: DETECTION_NOT_PREVALENCE,
        ..refused(
            "16.2.2",
            "Number of victims of human trafficking per 100,000 population, by sex, age and form of exploitation",
            "UNODC",
            Evidence::CaseRecords,
        )
    },
    refused(
        "16.2.3",
        "Proportion of young women and men aged 18–29 years who experienced sexual violence by age 18",
        "UNICEF",
        Evidence::HouseholdSurvey,
    ),
    refused(
        "16.3.1",
        "Proportion of victims of violence in the previous 12 months who reported their victimization to competent authorities or other officially recognized conflict resolution mechanisms",
        "UNODC",
        Evidence::VictimizationSurvey,
    ),
];

const fn objective(number: u8, title: &'static str) -> Objective {
    Objective { number, title, targets: &[] }
}

/// The 23 objectives of the Compact, in order.
pub const OBJECTIVES: &[Objective] = &[
    objective(1, "Collect and utilize accurate and disaggregated data as a basis for evidence-based policies"),
    objective(
        2,
        "Minimize the adverse drivers and structural factors that compel people to leave their country of origin",
    ),
    objective(3, "Provide accurate and timely information at all stages of migration"),
    objective(4, "Ensure that all migrants have proof of legal identity and adequate documentation"),
    objective(5, "Enhance availability and flexibility of pathways for regular migration"),
    objective(6, "Facilitate fair and ethical recruitment and safeguard conditions that ensure decent work"),
    objective(7, "Address and reduce vulnerabilities in migration"),
    objective(8, "Save lives and establish coordinated international efforts on missing migrants"),
    objective(9, "Strengthen the transnational response to smuggling of migrants"),
    Objective {
        targets: &["5.2", "8.7", "16.2"],
        ..objective(
            10,
            "Prevent, combat and eradicate trafficking in persons in the context of international migration",
        )
    },
    objective(11, "Manage borders in an integrated, secure and coordinated manner"),
    objective(
        12,
        "Strengthen certainty and predictability in migration procedures for appropriate screening, assessment and referral",
    ),
    objective(13, "Use migration detention only as a measure of last resort and work towards alternatives"),
    objective(14, "Enhance consular protection, assistance and cooperation throughout the migration cycle"),
    objective(15, "Provide access to basic services for migrants"),
    objective(16, "Empower migrants and societies to realize full inclusion and social cohesion"),
    objective(
        17,
        "Eliminate all forms of discrimination and promote evidence-based public discourse to shape perceptions of migration",
    ),
    objective(
        18,
        "Invest in skills development and facilitate mutual recognition of skills, qualifications and competences",
    ),
    objective(
        19,
        "Create conditions for migrants and diasporas to fully contribute to sustainable development in all countries",
    ),
    objective(
        20,
        "Promote faster, safer and cheaper transfer of remittances and foster financial inclusion of migrants",
    ),
    objective(
        21,
        "Cooperate in facilitating safe and dignified return and readmission, as well as sustainable reintegration",
    ),
    objective(22, "Establish mechanisms for the portability of social security entitlements and earned benefits"),
    objective(
        23,
        "Strengthen international cooperation and global partnerships for safe, orderly and regular migration",
    ),
];

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
        }
    }
}
