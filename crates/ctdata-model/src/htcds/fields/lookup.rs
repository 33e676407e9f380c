//! Fields by name, by alias and by label.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::field::Field;
use super::table::FIELDS;
use crate::htcds::lists::fold;

/// Names that files use instead of the official ones.
///
/// # Sources
/// Toolkit of HTCDS 2.0: XLSForm, XForm and Excel templates.
const ALIASES: &[(&str, &str)] = &[
    ("prs_First_Name", "prs_FirstName"),
    ("prs_Second_Name", "prs_SecondName"),
    ("vic_Methods_of_Control", "vic_MethodsOfControl"),
    ("vic_TraffickinStatusDecisionMakingOrg", "vic_TraffickingStatusDecisionMakingOrg"),
    // Written out, as in its label.
    ("vic_TraffickingStatusDecisionMakingOrganization", "vic_TraffickingStatusDecisionMakingOrg"),
];

/// What the spellings of a name or label have in common: letters and digits in lower case, in British spelling. The
/// standard itself has "organisation" and "organization".
fn key(text: &str) -> Cow<'_, str> {
    let folded = fold(text);
    if folded.contains("organization") || folded.contains("labor") {
        return Cow::Owned(folded.replace("organization", "organisation").replace("labor", "labour"));
    }
    folded
}

static BY_NAME: LazyLock<HashMap<String, &'static Field>> = LazyLock::new(|| {
    let official = FIELDS.iter().map(|field| (field.name, field));
    let aliases = ALIASES
        .iter()
        .filter_map(|(alias, name)| FIELDS.iter().find(|field| field.name == *name).map(|field| (*alias, field)));
    official.chain(aliases).map(|(name, field)| (key(name).into_owned(), field)).collect()
});

static BY_LABEL: LazyLock<HashMap<String, Vec<&'static Field>>> = LazyLock::new(|| {
    let mut labels: HashMap<String, Vec<&'static Field>> = HashMap::new();
    for field in FIELDS.iter().filter(|field| !field.label.is_empty()) {
        let with_section = format!("{}{}", field.section.title(), field.label);
        for label in [field.label, &with_section] {
            labels.entry(key(label).into_owned()).or_default().push(field);
        }
    }
    labels
});

/// All fields, in the order of the standard.
pub fn fields() -> impl ExactSizeIterator<Item = &'static Field> {
    FIELDS.iter()
}

/// The core fields: the minimum set of a case record.
pub fn core() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(|field| field.core)
}

impl Field {
    /// The field of an official name, or of a name that a known tool uses for it, without regard to case, punctuation
    /// and American or British spelling.
    ///
    /// ```
    /// use ctdata_model::htcds::Field;
    /// let field = Field::named("vic_Methods_of_Control").ok_or("no such field")?;
    /// assert_eq!(field.name, "vic_MethodsOfControl");
    /// assert!(field.core);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn named(name: &str) -> Option<&'static Self> {
        BY_NAME.get(&*key(name)).copied()
    }

    /// The fields with a label, without regard to case, punctuation and American or British spelling, in the order of
    /// the standard. They are several where the standard uses a label more than once (Longitude and Latitude: 3, Type:
    /// 3); after the title of the section ("Support Plan: Type") each label has one field.
    ///
    /// The survey form labels two questions "Second Name": the second of them is `prs_Title`, which only its name tells.
    pub fn labelled(label: &str) -> impl Iterator<Item = &'static Self> + use<> {
        BY_LABEL.get(&*key(label)).into_iter().flatten().copied()
    }
}
