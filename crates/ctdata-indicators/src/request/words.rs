//! Codes and labels of the categories of case attributes.

use ctdata_model::{
    AgeBand, CaseAttribute, CodeList, Country, DataSource, DurationBand, Gender, IsicSection, Majority,
    StatusDecisionMaker, TraffickerRelationship, TraffickingStatus,
};

/// The code and label of a category.
pub(crate) type Words = (&'static str, &'static str);

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
