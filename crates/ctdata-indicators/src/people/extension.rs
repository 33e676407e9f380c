//! Attributes that cases of CTDC do not have: what they are called, what they mean and what they hold.

use super::Subject;
use super::question::{Question, Values, VpSet};
use ctdata_model::VpAttribute;
use ctdata_table::{Attribute, Missing, MissingKinds, TableError};

/// An attribute that a table may carry beside those of the case, with its meaning and its public values.
///
/// Indicators find it by its name. [`victims`](super::victims) and [`perpetrators`](super::perpetrators) fill those that
/// HTCDS has; a column of any other source may be added under the name, with the attribute of
/// [`Extension::attributes`] or through [`adopt`](super::adopt).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extension {
    /// The name of the attribute; of a question with several answers, what the names of its flags begin with.
    pub name: &'static str,
    /// What it says.
    pub meaning: &'static str,
    /// What its cells hold.
    pub values: Values,
    /// Whom it is said of.
    pub subject: Subject,
    /// The fields of HTCDS that say it; none if no field does.
    pub htcds: &'static [&'static str],
}

impl Extension {
    /// The extension of an attribute's name, be it that of a flag of a question.
    pub fn named(attribute: &str) -> Option<&'static Self> {
        EXTENSIONS.iter().find(|extension| match extension.values {
            Values::Answers(question) => question.answers().iter().any(|answer| answer.attribute == attribute),
            _ => extension.name == attribute,
        })
    }

    /// The attributes of a table that carries it, with their public values: one, or one flag for each answer.
    ///
    /// ```
    /// use ctdata_indicators::people::Extension;
    /// let fee = Extension::named("recruitment_fee").ok_or("no such extension")?;
    /// assert!(fee.htcds.is_empty()); // no field of the standard says it
    /// assert_eq!(fee.attributes()?[0].domain().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// None that its values can cause.
    pub fn attributes(&self) -> Result<Vec<Attribute>, TableError> {
        let missing = match self.values {
            Values::Sex => MissingKinds::of(&[Missing::NotRecorded, Missing::Unknown]),
            _ => MissingKinds::NOT_RECORDED,
        };
        match self.values {
            Values::Answers(question) => {
                Ok(question.answers().into_iter().map(|answer| Attribute::flag(answer.attribute)).collect())
            }
            values => Ok(vec![Attribute::new(self.name, values.domain()?, missing)]),
        }
    }

    /// What a table must have for it, in words.
    pub(crate) fn need(&self) -> String {
        let attribute = match self.values {
            Values::Answers(_) => format!("flags `{}_…`", self.name),
            _ => format!("an attribute `{}`", self.name),
        };
        let place = match (self.htcds, self.name) {
            ([], _) if VP_ONLY.contains(&self.name) => "victim-perpetrator files have it",
            ([], _) => "no layout has it, a column of that name may be added",
            (_, DAYS | FIRST_SERVICE) => {
                "HTCDS records give it where the day on which they were taken is told (`as_of`)"
            }
            (_, name) if VP_SETS.contains(&name) => "HTCDS records and victim-perpetrator files give it",
            _ => "HTCDS records give it",
        };
        format!("{attribute} ({}); {place}", self.meaning)
    }
}

/// Days from identification to the first service, or to the end of the observation.
pub(super) const DAYS: &str = "days_to_first_service";
/// Whether those days end with a service.
pub(super) const FIRST_SERVICE: &str = "first_service";
/// Longer times are cut here: ten years.
pub(super) const MOST_DAYS: i64 = 3652;
/// More persons are counted as so many.
pub(super) const MOST_PERSONS: i64 = 999;

const VP_ONLY: &[&str] = &[VpAttribute::PerpetratorWasPaid.name()];
const VP_SETS: &[&str] = &[
    "region_of_origin",
    VpAttribute::PerpetratorGender.name(),
    VpAttribute::PerpetratorAge.name(),
    VpAttribute::PerpetratorRegion.name(),
    VpAttribute::PerpetratorRelation.name(),
    "perpetrator",
];

const fn of_victims(
    name: &'static str,
    values: Values,
    htcds: &'static [&'static str],
    meaning: &'static str,
) -> Extension {
    Extension { name, meaning, values, subject: Subject::Victims, htcds }
}

const fn of_perpetrators(
    name: &'static str,
    values: Values,
    htcds: &'static [&'static str],
    meaning: &'static str,
) -> Extension {
    Extension { name, meaning, values, subject: Subject::Perpetrators, htcds }
}

/// All extension attributes: first those of victims, then those of perpetrators.
pub static EXTENSIONS: &[Extension] = &[
    of_victims("consent", Values::Flag, &["con_Consent"], "the person agreed that data are kept"),
    of_victims(
        "recruitment",
        Values::Answers(Question::Recruitment),
        &["vic_MethodOfRecruitment"],
        "how the person was recruited",
    ),
    of_victims("recruitment_fee", Values::Flag, &[], "the person paid a fee for being recruited"),
    of_victims(
        "vulnerability",
        Values::Answers(Question::Vulnerability),
        &["vic_Vulnerabilities"],
        "what made the person vulnerable, of a deprecated field",
    ),
    of_victims(
        "context",
        Values::Answers(Question::Context),
        &[],
        "the crisis in whose context the person was trafficked",
    ),
    of_victims(
        "referred",
        Values::Flag,
        &["cas_ReferredOrganisation", "cas_OutgoingReferralDate", "cas_ReasonForOutgoingReferral", "cas_Status"],
        "the person was referred to another organization",
    ),
    of_victims(
        "support",
        Values::Answers(Question::Support),
        &["spl_Type"],
        "the types of support planned for the person",
    ),
    of_victims("assisted_return", Values::Flag, &[], "the person was assisted to return"),
    of_victims("reintegration_support", Values::Flag, &[], "the person was supported after the return"),
    of_victims(
        FIRST_SERVICE,
        Values::FirstService,
        &["cas_IncomingReferralDate", "cas_OutgoingReferralDate"],
        "whether a first service is dated, or was still awaited when the observation ended",
    ),
    of_victims(
        DAYS,
        Values::Number { first: 0, last: MOST_DAYS },
        &["cas_IncomingReferralDate", "cas_OutgoingReferralDate"],
        "days from identification to the first service, or to the end of the observation",
    ),
    of_victims("region_of_origin", Values::Region, &["prs_Citizenship"], "the region of the person's citizenship"),
    of_victims(
        "perpetrators",
        Values::Number { first: 1, last: MOST_PERSONS },
        &["per_RoleInProcess"],
        "the number of perpetrators of the person's cases",
    ),
    of_victims(
        VpAttribute::PerpetratorGender.name(),
        Values::Set(VpSet::Sex),
        &["prs_Gender"],
        "the sexes or genders of the perpetrators",
    ),
    of_victims(
        VpAttribute::PerpetratorAge.name(),
        Values::Set(VpSet::Age),
        &["prs_Birthdate"],
        "the age bands of the perpetrators",
    ),
    of_victims(
        VpAttribute::PerpetratorRegion.name(),
        Values::Set(VpSet::Region),
        &["prs_Citizenship"],
        "the regions of the perpetrators' citizenships",
    ),
    of_victims(
        VpAttribute::PerpetratorRelation.name(),
        Values::Set(VpSet::Relation),
        &["vic_RelationshipToTrafficker"],
        "what the perpetrators were to the person",
    ),
    of_victims(
        VpAttribute::PerpetratorWasPaid.name(),
        Values::Set(VpSet::YesNo),
        &[],
        "whether the person paid the perpetrators",
    ),
    of_victims(
        "perpetrator",
        Values::Answers(Question::Part),
        &["per_RoleInProcess"],
        "what the perpetrators did, in the groups of the victim-perpetrator file",
    ),
    of_perpetrators("perpetrator_sex", Values::Sex, &["prs_Gender"], "the perpetrator's sex or gender"),
    of_perpetrators(
        "perpetrator_age_band",
        Values::PerpetratorAge,
        &["prs_Birthdate", "cas_IncomingReferralDate"],
        "the perpetrator's age at the first incoming referral of a victim",
    ),
    of_perpetrators("perpetrator_citizenship", Values::Country, &["prs_Citizenship"], "the perpetrator's citizenship"),
    of_perpetrators(
        "perpetrator_origin",
        Values::Region,
        &["prs_Citizenship"],
        "the region of the perpetrator's citizenship",
    ),
    of_perpetrators("role", Values::Answers(Question::Role), &["per_RoleInProcess"], "what the perpetrator did"),
    of_perpetrators(
        "victims",
        Values::Number { first: 1, last: MOST_PERSONS },
        &["vic_TraffickingStatus"],
        "the number of victims in the perpetrator's cases",
    ),
    of_perpetrators("prosecuted", Values::Flag, &[], "the perpetrator was prosecuted"),
    of_perpetrators("convicted", Values::Flag, &[], "the perpetrator was convicted"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_model::CaseAttribute;
    use ctdata_model::htcds::FIELDS;
    use std::collections::HashSet;

    #[test]
    fn names_are_distinct_found_again_and_none_of_the_case() {
        let mut seen = HashSet::new();
        for extension in EXTENSIONS {
            for attribute in extension.attributes().unwrap() {
                assert!(seen.insert(attribute.name().to_owned()), "{}", attribute.name());
                assert_eq!(Extension::named(attribute.name()), Some(extension));
                assert_eq!(CaseAttribute::from_name(attribute.name()), None);
            }
            assert!(extension.htcds.iter().all(|name| FIELDS.iter().any(|field| field.name == *name)));
        }
        assert_eq!(Extension::named("support"), None);
    }

    /// What the victim-perpetrator file holds can be read with the values that we give the same names.
    #[test]
    fn sets_of_the_victim_perpetrator_file_are_sets_of_ours() {
        use VpAttribute as V;
        for attribute in [V::PerpetratorGender, V::PerpetratorAge, V::PerpetratorRelation, V::PerpetratorWasPaid] {
            let ours = Extension::named(attribute.name()).unwrap().attributes().unwrap();
            for label in attribute.domain().labels() {
                assert!(ours[0].domain().code_of(&label).is_some(), "{} {label}", attribute.name());
            }
        }
        for attribute in
            [V::PerpetratorExploiter, V::PerpetratorRecruiter, V::PerpetratorTransaction, V::PerpetratorControl]
        {
            assert_eq!(Extension::named(attribute.name()).map(|found| found.name), Some("perpetrator"));
        }
    }
}
