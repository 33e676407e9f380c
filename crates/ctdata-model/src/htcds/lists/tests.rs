//! The lists against the official ones, and what must hold for the spellings of every list.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::htcds::value::{FieldValue, Input, Listed, Reading, Slot};
use crate::htcds::{FIELDS, Field, ValueSource};

/// HTCDS 2.0, `HTCDS Field Standards 2.0.ods` and choices of the XLSForm (24 December 2021), CC BY 4.0: every value of
/// every list, with the two of the checkbox `con_Consent` at the end. Space at the ends of names and labels is left out.
const OFFICIAL: &str = include_str!("../../../tests/htcds/htcds-values.csv");

/// HTCDS 2.0, `Field Definitions.md`: methods of control that it defines, optional sub-industries.
const OPTIONAL: &str = include_str!("../../../tests/htcds/htcds-optional-values.csv");

/// Runs a check on every list.
macro_rules! on_every_list {
    ($check:ident $(, $argument:expr)*) => {
        on_every_list!(@ $check ($($argument),*) OrganisationType Gender MaritalStatus HighestLevelOfEducation
            TraffickingStatus TraffickingStatusDecisionMakingOrg RelationshipToTrafficker WebsitesAndApps
            MethodOfRecruitment MethodsOfControl TypeOfExploitation ForcedLabourIndustry TypeOfSexExploitation
            Vulnerabilities RoleInProcess CaseStatus ReferralReason TraffickingEventType SupportPlanType)
    };
    (@ $check:ident $arguments:tt $($list:ident)+) => {
        [$($check::<$list> $arguments),+]
    };
}

/// Rows of a CSV whose cells may be quoted.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for line in text.lines().skip(1) {
        let (mut cells, mut quoted) = (vec![String::new()], false);
        for sign in line.chars() {
            match sign {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                sign => cells.last_mut().unwrap().push(sign),
            }
        }
        rows.push(cells);
    }
    rows
}

#[test]
fn the_lists_are_the_official_ones() {
    let rows = rows(OFFICIAL);
    let (checkbox, official): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row[0] == "boolean");
    // 19 lists, 164 values.
    assert_eq!(official.len(), 164);
    let ours: Vec<_> = VALUE_LISTS
        .iter()
        .flat_map(|list| list.standard().map(|value| [list.name, value.name, value.label].map(str::to_owned).to_vec()))
        .collect();
    assert_eq!(ours.iter().collect::<Vec<_>>(), official);
    assert_eq!(VALUE_LISTS.len(), 19);
    // The values of a checkbox, by name and by label.
    for (row, expected) in checkbox.iter().zip([true, false]) {
        for text in &row[1..] {
            let mut flag = None;
            flag.read(Input::Text(text), Reading::default()).ok().unwrap();
            assert_eq!(flag, Some(expected), "{text}");
        }
    }
    assert_eq!(checkbox.len(), 2);
}

#[test]
fn each_list_has_a_field_and_each_field_its_list() {
    let used: BTreeSet<_> = FIELDS.iter().filter_map(Field::list).map(|list| list.name).collect();
    assert_eq!(used, VALUE_LISTS.iter().map(|list| list.name).collect());
    assert!(FIELDS.iter().all(|field| matches!(field.values, ValueSource::List(_)) == field.list().is_some()));
}

/// Reads a text as every list does: the names of the lists that have it, with the name of the value.
fn readings(text: &str) -> BTreeMap<&'static str, &'static str> {
    fn read<L: CodeList + ListMember>(text: &str) -> Option<(&'static str, &'static str)> {
        L::read(text).map(|value| (L::NAME, value.name()))
    }
    on_every_list!(read, text).into_iter().flatten().collect()
}

#[test]
fn all_official_names_and_labels_are_read_however_they_are_typed() {
    for row in rows(OFFICIAL).iter().filter(|row| row[0] != "boolean") {
        let (list, name) = (row[0].as_str(), row[1].as_str());
        for text in &row[1..] {
            for typed in [
                text.clone(),
                format!("{text} "),
                format!("\u{a0}{text}\u{a0}"),
                text.to_uppercase(),
                text.to_lowercase(),
                text.replace(' ', "\u{a0}"),
                text.replace('’', "'"),
                text.replace([' ', '-'], "_"),
            ] {
                assert_eq!(readings(&typed).get(list), Some(&name), "{list}: {typed:?}");
            }
        }
    }
}

/// Differences of the toolkit from the standard, and misspellings of the standard that people put right.
#[test]
fn known_misspellings_are_read() {
    for (list, text, name) in [
        ("MethodsOfControl", "DebtBondage ", "DebtBondage"),
        ("MethodsOfControl", "Debt bondage ", "DebtBondage"),
        ("Gender", "Not Specified/Unknown\u{a0}", "NonSpecifiedUnknown"),
        ("Gender", "NotSpecifiedUnknown", "NonSpecifiedUnknown"),
        ("CaseStatus", "Follow up", "FollowUp"),
        ("ReferralReason", "Migration Or Change Of Location", "MigrationOrChangeOfLocation"),
        ("RelationshipToTrafficker", "Unacquainted", "Unaquainted"),
        ("TypeOfExploitation", "forced labor", "ForcedLabour"),
        ("ForcedLabourIndustry", "A", "A_AgricultureForestryAndFishing"),
        ("ForcedLabourIndustry", "A - Agriculture, forestry and fishing", "A_AgricultureForestryAndFishing"),
        ("ForcedLabourIndustry", " U ", "U_ActivitiesOfExtraterritorialOrganizations"),
    ] {
        assert_eq!(readings(text).get(list), Some(&name), "{list}: {text:?}");
        assert_eq!(ValueList::named(list).unwrap().find(text).map(|value| value.name), Some(name), "{text:?}");
    }
    // A small letter is a word, and nothing is read into what holds no letter.
    for text in ["a", "i", "V", "", " ", "-", "/", "?"] {
        assert_eq!(readings(text), BTreeMap::new(), "{text:?}");
        assert!(VALUE_LISTS.iter().all(|list| list.find(text).is_none()), "{text:?}");
    }
}

#[test]
fn sections_of_isic_are_read_by_letter_and_title() {
    for value in ForcedLabourIndustry::ALL.iter().filter(|value| value.stand_in().is_none()) {
        let letter = &value.code()[..1];
        for text in [letter.to_owned(), format!("{letter} - {}", value.label()), format!("{letter}: {}", value.label())]
        {
            assert_eq!(ForcedLabourIndustry::read(&text), Some(*value), "{text}");
        }
    }
}

#[test]
fn optional_values_of_the_field_definitions_lose_nothing() {
    let sections: BTreeMap<_, _> =
        ForcedLabourIndustry::LIST.standard().map(|value| (value.label, value.name)).collect();
    let (mut divisions, mut methods) = (0, 0);
    for row in rows(OPTIONAL) {
        let (kind, parent, label) = (row[0].as_str(), row[1].as_str(), row[2].as_str());
        match kind {
            "ForcedLabourIndustry.tier2" => {
                let value = ForcedLabourIndustry::read(label).unwrap();
                assert_eq!(value.label(), label);
                // The parent is a section, under its label or a longer one.
                let section = ForcedLabourIndustry::read(parent).unwrap();
                assert_eq!(value.stand_in(), Some(section), "{label}");
                assert!(sections.values().any(|name| *name == section.name()));
                assert!(value.name().starts_with(&section.name()[..2]));
                divisions += 1;
            }
            // The finest tier has no value: the text is kept as it is.
            "ForcedLabourIndustry.tier3" => assert_eq!(ForcedLabourIndustry::read(label), None, "{label}"),
            _ => {
                // One definition of threats serves two values of the list, so that it is none of them.
                let expected = label != "MethodsOfControlThreats";
                assert_eq!(MethodsOfControl::read(label).is_some(), expected, "{label}");
                methods += 1;
            }
        }
    }
    assert_eq!((divisions, methods), (40, 17));
    assert_eq!(ForcedLabourIndustry::LIST.values.len(), 21 + 40);
}

#[test]
fn extensions_have_a_standard_value_that_stands_in_for_them() {
    let mut extensions = BTreeSet::new();
    for list in VALUE_LISTS {
        for value in list.values {
            if let Some(stand_in) = value.stand_in {
                assert!(list.standard().any(|standard| standard.name == stand_in), "{}", value.name);
                if list.name != "ForcedLabourIndustry" {
                    extensions.insert((list.name, value.name, stand_in));
                }
            }
        }
        // The standard's own come first.
        assert!(list.values.is_sorted_by_key(|value| value.stand_in.is_some()));
    }
    assert_eq!(
        extensions.into_iter().collect::<Vec<_>>(),
        [
            ("MethodsOfControl", "RestrictsMovement", "Other"),
            ("MethodsOfControl", "UsesChildren", "Other"),
            ("RelationshipToTrafficker", "IntimatePartner", "Familial"),
            ("TypeOfExploitation", "ForcedCriminality", "Other"),
        ]
    );
}

/// The type and its view as data say the same, and no spelling is that of two values.
fn well_formed<L: CodeList + ListMember>() {
    let list = ValueList::named(L::NAME).unwrap();
    assert_eq!(list.values.len(), L::ALL.len());
    let mut owners: BTreeMap<String, L> = BTreeMap::new();
    for (&value, data) in L::ALL.iter().zip(list.values) {
        assert_eq!((value.name(), ListMember::label(&value)), (data.name, data.label));
        assert_eq!(value.stand_in().map(|value| value.name()), data.stand_in);
        for spelling in [value.code(), CodeList::label(value)].iter().chain(value.aliases()) {
            assert_eq!(L::read(spelling), Some(value), "{spelling}");
            assert_eq!(list.find(spelling), Some(data), "{spelling}");
            assert_eq!(spelling.trim(), *spelling);
            let folded = fold(spelling).into_owned();
            assert!(!folded.is_empty());
            assert!(*owners.entry(folded).or_insert(value) == value, "{spelling:?} is two values of {}", L::NAME);
        }
    }
}

#[test]
fn every_list_is_well_formed() {
    on_every_list!(well_formed);
}

/// All values of a list in one cell: by name as survey forms write them, by label as the Excel templates do.
fn several_in_one_cell<L: CodeList + ListMember>() {
    let names: Vec<&str> = L::ALL.iter().map(|value| value.code()).collect();
    let labels: Vec<&str> = L::ALL.iter().map(|value| CodeList::label(*value)).collect();
    let all: Vec<Listed<L>> = L::ALL.iter().copied().map(Listed::Known).collect();
    for (cell, separator) in
        [(names.join(" "), " "), (names.join(";"), ";"), (labels.join(";"), ";"), (labels.join("; "), ";")]
    {
        let mut read: Vec<Listed<L>> = Vec::new();
        read.read(Input::Text(&cell), Reading { separator, date_format: None }).ok().unwrap();
        assert_eq!(read.len(), all.len(), "{} {separator:?}", L::NAME);
        assert!(read == all);
        assert!(matches!(read.value(), FieldValue::Values(values) if values.iter().all(|value| value.is_listed)));
    }
}

#[test]
fn several_values_share_a_cell() {
    on_every_list!(several_in_one_cell);
}
