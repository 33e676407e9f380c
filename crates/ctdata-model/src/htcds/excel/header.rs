//! Telling header cells from others.

use crate::htcds::Field;
use crate::htcds::lists::fold;
use crate::htcds::read::is_htcds;

/// Columns of our own, since the standard has no identifiers: name and label.
pub(super) const OWN: [(&str, &str); 4] =
    [("case_id", "Case ID"), ("person_id", "Person ID"), ("organization_id", "Organization ID"), ("role", "Role")];

fn is_own(text: &str) -> bool {
    OWN.iter().any(|(name, _)| fold(name) == fold(text))
}

/// Whether a header cell is the name of a field, as the standard or a known tool writes it, or of a column of our own.
pub(super) fn is_name(text: &str) -> bool {
    is_own(text) || is_htcds(&[text])
}

/// Whether a text is the label of some field.
pub(super) fn is_label(text: &str) -> bool {
    Field::labelled(text).next().is_some()
}

/// Whether a text is the label of the field of a name (`hte_Date`, `hte_Date.2`); of any field if there is no name.
pub(super) fn is_label_of(name: &str, label: &str) -> bool {
    if name.is_empty() {
        return is_label(label);
    }
    let field = Field::named(name).or_else(|| Field::named(name.rsplit_once('.')?.0));
    match field {
        Some(field) => Field::labelled(label).any(|labelled| labelled == field),
        None => is_own(name) && fold(name) == fold(label),
    }
}

/// The letters of a column, counted from 0.
pub(super) fn letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.push(char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        let pairs = [(0, "A"), (25, "Z"), (26, "AA"), (38, "AM"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")];
        for (column, name) in pairs {
            assert_eq!(letters(column), name);
        }
    }

    #[test]
    fn names_and_labels_are_told_from_other_texts() {
        for name in ["prs_Gender", "prs_First_Name", "vic_TraffickinStatusDecisionMakingOrg", "hte_Date.2", "case_id"] {
            assert!(is_name(name), "{name}");
        }
        for text in ["Gender", "Type", "name", "Feminine", ""] {
            assert!(!is_name(text), "{text}");
        }
        assert!(is_label_of("prs_Gender", "Gender") && is_label_of("hte_Date.2", "Date") && is_label_of("", "Gender"));
        assert!(is_label_of("case_id", "Case ID") && !is_label_of("prs_Gender", "Feminine"));
    }
}
