//! Codes and labels of the categories of case attributes.

use ctdata_model::{
    AgeBand, CaseAttribute, CodeList, Country, DataSource, DurationBand, Gender, IsicSection, Majority,
    StatusDecisionMaker, TraffickerRelationship, TraffickingStatus,
};
use ctdata_table::Missing;
use std::sync::LazyLock;

use super::Dim;
use super::variable::CHILD_CATEGORIES;

/// The code and label of a category.
pub(crate) type Words = (&'static str, &'static str);

/// Years in which a case can be registered, written once: figures by year are many.
static YEARS: LazyLock<Vec<String>> = LazyLock::new(|| (FIRST_YEAR..=2100).map(|year| year.to_string()).collect());
const FIRST_YEAR: u16 = 1900;

/// The code and label of a category of any dimension, where they are of a list and not of the file.
pub(crate) fn static_words(dim: &Dim, code: &str) -> Option<Words> {
    let of_list = match dim {
        Dim::Attribute(CaseAttribute::YearOfRegistration) => year(code),
        Dim::Attribute(attribute) => words(*attribute, code),
        Dim::Group(group) => group.member(code).and_then(flag_words),
        Dim::Place(_, level) => level.places().into_iter().find(|(known, _)| *known == code),
        Dim::Child => CHILD_CATEGORIES.into_iter().find(|(known, _)| *known == code),
        Dim::Plain(_) => None,
    };
    of_list.or_else(|| Missing::ALL.iter().find(|kind| kind.code() == code).map(|&kind| (kind.code(), missing(kind))))
}

fn year(code: &str) -> Option<Words> {
    let index = code.parse::<u16>().ok()?.checked_sub(FIRST_YEAR)?;
    YEARS.get(usize::from(index)).map(|year| (year.as_str(), year.as_str()))
}

const fn missing(kind: Missing) -> &'static str {
    match kind {
        Missing::NotRecorded => "not recorded",
        Missing::NotApplicable => "not applicable",
        Missing::Withheld => "withheld",
        Missing::Unknown => "unknown",
    }
}

/// The code and label of a value of an attribute, given as code, label or CTDC spelling; for
/// countries also by name.
pub(crate) fn words(attribute: CaseAttribute, text: &str) -> Option<Words> {
    use CaseAttribute as A;
    match attribute {
        A::DataSource => of::<DataSource>(text),
        A::Gender => of::<Gender>(text),
        A::AgeBand => of::<AgeBand>(text),
        A::MajorityAtRegistration | A::MajorityAtExploitation | A::MajorityAtEntry => of::<Majority>(text),
        A::Citizenship | A::CountryOfExploitation => of::<Country>(text).or_else(|| {
            let named = |country: &&Country| country.name().eq_ignore_ascii_case(text.trim());
            Country::ALL.iter().find(named).map(|country| (country.alpha2(), country.name()))
        }),
        A::TraffickingDuration => of::<DurationBand>(text),
        A::Industry => of::<IsicSection>(text),
        A::TraffickerRelationship => of::<TraffickerRelationship>(text),
        A::TraffickingStatus => of::<TraffickingStatus>(text),
        A::StatusDecidedBy => of::<StatusDecisionMaker>(text),
        flag if flag.is_flag() => match text.trim().to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" => Some(("yes", "yes")),
            "no" | "false" | "0" => Some(("no", "no")),
            _ => None,
        },
        _ => None,
    }
}

fn of<L: CodeList>(text: &str) -> Option<Words> {
    L::parse(text).ok().map(|value| (value.code(), value.label()))
}

/// The answer that a flag of a multi-valued question stands for.
pub(crate) fn flag_words(flag: CaseAttribute) -> Option<Words> {
    use CaseAttribute as A;
    match flag {
        A::Control(value) => Some((value.code(), value.label())),
        A::Form(value) => Some((value.code(), value.label())),
        A::Sector(value) => Some((value.code(), value.label())),
        A::SexualType(value) => Some((value.code(), value.label())),
        A::Recruiter(value) => Some((value.code(), value.label())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_labels_and_published_spellings_are_understood() {
        let gender = |text| words(CaseAttribute::Gender, text);
        assert_eq!(gender("Woman"), Some(("female", "Female")));
        assert_eq!(gender("FEMALE"), gender("Woman"));
        for text in ["ke", "KEN", "404", " kenya "] {
            assert_eq!(words(CaseAttribute::Citizenship, text), Some(("KE", "Kenya")), "{text}");
        }
        assert_eq!(words(CaseAttribute::AgeBand, "09--17"), Some(("9-17", "9 to 17 years")));
        assert_eq!(words(CaseAttribute::Abduction, "1"), Some(("yes", "yes")));
        assert_eq!(gender("wombat"), None);
    }

    #[test]
    fn every_flag_of_a_question_has_words() {
        for &attribute in CaseAttribute::all() {
            assert_eq!(flag_words(attribute).is_some(), attribute.group().is_some());
        }
    }
}
