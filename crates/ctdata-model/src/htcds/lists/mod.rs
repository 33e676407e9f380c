//! The 19 value lists of HTCDS, each a type; and the two lists that it borrows, countries and languages.
//!
//! Codes are the official value names, also where they are misspelt; labels are the official ones. A value marked as
//! an extension is not in the standard: practice needs it, and it has a standard value that stands in for it.
//!
//! # Sources
//! IOM, *Human Trafficking Case Data Standard* 2.0 (24 December 2021), CC BY 4.0.

mod case;
mod country_names;
mod industry;
mod language;
mod language_table;
mod organization;
mod perpetrator;
mod person;
mod plain;
#[cfg(test)]
mod tests;
mod victim;
mod websites;

use std::borrow::Cow;

use rustc_hash::FxHashMap;

pub use case::{CaseStatus, ReferralReason, SupportPlanType, TraffickingEventType};
pub use industry::ForcedLabourIndustry;
pub use language::Language;
pub use organization::OrganisationType;
pub use perpetrator::RoleInProcess;
pub use person::{Gender, HighestLevelOfEducation, MaritalStatus};
pub use victim::{
    MethodOfRecruitment, MethodsOfControl, RelationshipToTrafficker, TraffickingStatus,
    TraffickingStatusDecisionMakingOrg, TypeOfExploitation, TypeOfSexExploitation, Vulnerabilities,
};
pub use websites::WebsitesAndApps;

use crate::codes::CodeList;
use crate::htcds::value::trimmed;

/// A value that a field can have, of a list of HTCDS or of one that it borrows.
pub trait ListMember: Copy + PartialEq + Send + Sync + 'static {
    /// The value of a name, a label or another known spelling, without regard to case, spaces and punctuation.
    fn read(text: &str) -> Option<Self>;

    /// The name: what is written in data.
    fn name(&self) -> &'static str;

    /// The label: what people read.
    fn label(&self) -> &'static str;

    /// For a value that is not in the standard, the standard value that stands in for it.
    fn stand_in(&self) -> Option<Self> {
        None
    }

    /// Whether a text is its name, its label or a spelling of the list, letter by letter.
    fn is_spelt(&self, text: &str) -> bool {
        text == self.name() || text == self.label()
    }

    /// Into how many parts a separator can cut a label, at most: where several values stand in one text, so many parts
    /// are tried as one value.
    fn most_parts(separator: &str) -> usize {
        // No name of a country has a semicolon.
        if separator == ";" { 1 } else { 12 }
    }
}

/// One value of a list, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListValue {
    /// The name: what is written in data.
    pub name: &'static str,
    /// The label: what people read.
    pub label: &'static str,
    /// Other spellings that are read.
    pub aliases: &'static [&'static str],
    /// For an extension, the name of the standard value that stands in for it.
    pub stand_in: Option<&'static str>,
}

/// A list of HTCDS, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueList {
    /// The name of the list.
    pub name: &'static str,
    /// Its values: first those of the standard in its order, then extensions.
    pub values: &'static [ListValue],
}

impl ValueList {
    /// The list of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        VALUE_LISTS.iter().find(|list| list.name == name)
    }

    /// Into how many parts a byte cuts the label that has most of it.
    #[expect(clippy::indexing_slicing, reason = "positions are below the lengths")]
    pub(crate) const fn most_parts(&self, separator: u8) -> usize {
        let (mut most, mut value) = (1, 0);
        while value < self.values.len() {
            let label = self.values[value].label.as_bytes();
            let (mut parts, mut at) = (1, 0);
            while at < label.len() {
                if label[at] == separator {
                    parts += 1;
                }
                at += 1;
            }
            if parts > most {
                most = parts;
            }
            value += 1;
        }
        most
    }

    /// The value of a name, a label or another known spelling, as [`ListMember::read`] of its type finds it.
    pub fn find(&self, text: &str) -> Option<&'static ListValue> {
        let (text, folded) = (trimmed(text), fold(text));
        let spellings =
            |value: &'static ListValue| [value.name, value.label].into_iter().chain(value.aliases.iter().copied());
        let is_exact = |value: &&'static ListValue| spellings(value).any(|spelling| spelling == text);
        let is_folded = |value: &&'static ListValue| {
            spellings(value).any(|spelling| is_foldable(spelling) && fold(spelling) == folded)
        };
        self.values.iter().find(is_exact).or_else(|| self.values.iter().find(is_folded))
    }

    /// The values of the standard: without extensions.
    pub fn standard(&self) -> impl Iterator<Item = &'static ListValue> {
        self.values.iter().filter(|value| value.stand_in.is_none())
    }
}

/// Makes a list of HTCDS: as `code_list!`, with extensions and what stands in for them.
macro_rules! htcds_list {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($variant:ident = $code:literal, $label:literal $(, also [$($alias:literal),+])?;)+
        }
        $(extension {
            $(
                $(#[$doc:meta])*
                $extra:ident = $extra_code:literal, $extra_label:literal $(, also [$($extra_alias:literal),+])?
                    => $stand_in:ident;
            )+
        })?
    ) => {
        $crate::codes::code_list! {
            $(#[$meta])*
            pub enum $name {
                $($variant = $code, $label $(, also [$($alias),+])?;)+
                $($(
                    /// Not in the standard.
                    $(#[$doc])*
                    $extra = $extra_code, $extra_label $(, also [$($extra_alias),+])?;
                )+)?
            }
        }

        impl $name {
            /// The list as data.
            pub const LIST: $crate::htcds::lists::ValueList = $crate::htcds::lists::ValueList {
                name: stringify!($name),
                values: &[
                    $($crate::htcds::lists::ListValue {
                        name: $code,
                        label: $label,
                        aliases: $name::$variant.aliases(),
                        stand_in: None,
                    },)+
                    $($($crate::htcds::lists::ListValue {
                        name: $extra_code,
                        label: $extra_label,
                        aliases: $name::$extra.aliases(),
                        stand_in: Some($name::$stand_in.code()),
                    },)+)?
                ],
            };
        }

        impl $crate::htcds::lists::ListMember for $name {
            fn read(text: &str) -> Option<Self> {
                static SPELLINGS: std::sync::LazyLock<$crate::htcds::lists::Spellings<$name>> =
                    std::sync::LazyLock::new($crate::htcds::lists::Spellings::of);
                SPELLINGS.find(text)
            }

            fn name(&self) -> &'static str {
                self.code()
            }

            fn is_spelt(&self, text: &str) -> bool {
                text == self.code() || text == self.label() || self.aliases().contains(&text)
            }

            fn label(&self) -> &'static str {
                $name::label(*self)
            }

            fn most_parts(separator: &str) -> usize {
                const SEMICOLON: usize = $name::LIST.most_parts(b';');
                const SPACE: usize = $name::LIST.most_parts(b' ');
                match separator {
                    ";" => SEMICOLON,
                    " " => SPACE,
                    _ => SPACE.max(SEMICOLON),
                }
            }

            fn stand_in(&self) -> Option<Self> {
                const STAND_INS: &[($name, $name)] = &[$($(($name::$extra, $name::$stand_in),)+)?];
                STAND_INS.iter().find(|(extra, _)| extra == self).map(|(_, stand_in)| *stand_in)
            }
        }
    };
}

pub(crate) use htcds_list;

/// All lists of HTCDS, in the order of the fields that use them.
pub static VALUE_LISTS: &[ValueList] = &[
    OrganisationType::LIST,
    Gender::LIST,
    MaritalStatus::LIST,
    HighestLevelOfEducation::LIST,
    TraffickingStatus::LIST,
    TraffickingStatusDecisionMakingOrg::LIST,
    RelationshipToTrafficker::LIST,
    WebsitesAndApps::LIST,
    MethodOfRecruitment::LIST,
    MethodsOfControl::LIST,
    TypeOfExploitation::LIST,
    ForcedLabourIndustry::LIST,
    TypeOfSexExploitation::LIST,
    Vulnerabilities::LIST,
    RoleInProcess::LIST,
    CaseStatus::LIST,
    ReferralReason::LIST,
    TraffickingEventType::LIST,
    SupportPlanType::LIST,
];

/// Whether a spelling is read in any case. One letter, the section of an industry, is not: a small "a" is a word.
fn is_foldable(spelling: &str) -> bool {
    spelling.len() > 1
}

/// The spellings of a list: exact ones are found without touching the text, others by their letters and digits. All
/// keys are ours, so that a hash without a seed serves.
pub(crate) struct Spellings<L> {
    exact: FxHashMap<&'static str, L>,
    folded: FxHashMap<String, L>,
}

impl<L: CodeList> Spellings<L> {
    pub(crate) fn of() -> Self {
        let (mut exact, mut folded) = (FxHashMap::default(), FxHashMap::default());
        for &value in L::ALL {
            for &spelling in [value.code(), value.label()].iter().chain(value.aliases()) {
                exact.entry(spelling).or_insert(value);
                if is_foldable(spelling) {
                    folded.entry(fold(spelling).into_owned()).or_insert(value);
                }
            }
        }
        Self { exact, folded }
    }

    pub(crate) fn find(&self, text: &str) -> Option<L> {
        self.exact.get(trimmed(text)).or_else(|| self.folded.get(&*fold(text))).copied()
    }
}

/// The letters and digits of a text in lower case: what two spellings of a value or of a field have in common.
pub(crate) fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect())
}
