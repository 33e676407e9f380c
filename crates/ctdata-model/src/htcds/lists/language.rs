//! Languages, ISO 639-2.

use std::fmt;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::ListMember;
use super::language_table::{Entry, TABLE};
use super::plain::plain;
use crate::htcds::value::trimmed;

/// A language or a group of languages, by its code of three letters (ISO 639-2/T): 486, with the special codes `mis`,
/// `mul`, `und` and `zxx`.
///
/// Input may also be the bibliographic code (639-2/B), the code of two letters (639-1), an English name of the list, or
/// one of a few names in common use, without regard to case, accents and punctuation. A name that the list does not
/// have ("Mandarin") is unlisted: the nearest group would say less than the text. In text of two or three letters a
/// code goes before a name, except that `Ga` written so is the language Ga and not Irish.
///
/// # Sources
/// Library of Congress, registration authority of ISO 639-2, *Codes for the Representation of Names of Languages*.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(u16);

/// Names in common use that the list writes otherwise.
const COMMON: &[(&str, &str)] = &[
    ("Greek", "ell"),
    ("Modern Greek", "ell"),
    ("Ancient Greek", "grc"),
    ("Farsi", "fas"),
    ("Bangla", "ben"),
    ("Burmese (Myanmar)", "mya"),
    ("Myanmar", "mya"),
    ("Khmer", "khm"),
    ("Cambodian", "khm"),
    ("Kiswahili", "swa"),
    ("Creole (Haitian)", "hat"),
    ("Interlingua", "ina"),
    ("Occitan", "oci"),
    ("Southern Sotho", "sot"),
    ("Sesotho", "sot"),
    ("Setswana", "tsn"),
    ("isiZulu", "zul"),
    ("isiXhosa", "xho"),
    ("Oriya (Odia)", "ori"),
    ("Odia", "ori"),
    ("Sign language", "sgn"),
];

static SPELLINGS: LazyLock<Spellings> = LazyLock::new(Spellings::new);

struct Spellings {
    /// Codes and names as the list writes them; names before codes.
    exact: FxHashMap<&'static str, Language>,
    /// All spellings in plain letters; codes before names.
    plain: FxHashMap<String, Language>,
}

impl Spellings {
    fn new() -> Self {
        let codes = || Language::all().flat_map(|language| language.codes().map(move |code| (code, language)));
        let names = || Language::all().flat_map(|language| language.names().map(move |name| (name, language)));
        let common = COMMON.iter().filter_map(|&(name, code)| Some((name, Language::from_code(code)?)));
        let (mut exact, mut folded) = (FxHashMap::default(), FxHashMap::default());
        for (spelling, language) in names().chain(codes()) {
            exact.entry(spelling).or_insert(language);
        }
        for (spelling, language) in codes().chain(names()).chain(common) {
            folded.entry(plain(spelling)).or_insert(language);
        }
        Self { exact, plain: folded }
    }
}

impl Language {
    fn entry(self) -> Option<&'static Entry> {
        TABLE.get(usize::from(self.0))
    }

    /// All languages, in the order of their codes.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        #[expect(clippy::cast_possible_truncation, reason = "the table has some 490 rows")]
        const LAST: u16 = TABLE.len() as u16;
        (0..LAST).map(Self)
    }

    /// The language of a code of three letters (ISO 639-2/T), in small letters.
    fn from_code(code: &str) -> Option<Self> {
        let at = TABLE.binary_search_by(|entry| entry.code.cmp(code)).ok()?;
        u16::try_from(at).ok().map(Self)
    }

    /// Its bibliographic code (ISO 639-2/B), which is the other code of three letters for 20 of the languages.
    pub fn bibliographic(self) -> &'static str {
        self.entry().map_or("", |entry| if entry.bibliographic.is_empty() { entry.code } else { entry.bibliographic })
    }

    /// Its code of two letters (ISO 639-1), if it has one.
    pub fn alpha2(self) -> Option<&'static str> {
        self.entry().map(|entry| entry.alpha2).filter(|code| !code.is_empty())
    }

    /// Its codes: three letters, bibliographic, two letters.
    fn codes(self) -> impl Iterator<Item = &'static str> {
        let entry = self.entry();
        entry
            .into_iter()
            .flat_map(|entry| [entry.code, entry.bibliographic, entry.alpha2])
            .filter(|code| !code.is_empty())
    }

    /// Its English names: all of them as the list writes them, then each.
    fn names(self) -> impl Iterator<Item = &'static str> {
        let entry = self.entry();
        entry.into_iter().flat_map(|entry| [entry.name].into_iter().chain(entry.name.split("; ")))
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.name())
    }
}

impl ListMember for Language {
    fn read(text: &str) -> Option<Self> {
        let text = trimmed(text);
        let spellings = &*SPELLINGS;
        spellings.exact.get(text).or_else(|| spellings.plain.get(&plain(text))).copied()
    }

    fn name(&self) -> &'static str {
        self.entry().map_or("", |entry| entry.code)
    }

    fn label(&self) -> &'static str {
        self.entry().map_or("", |entry| entry.name)
    }

    fn most_parts(separator: &str) -> usize {
        if separator == ";" { 6 } else { 11 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn read(text: &str) -> Option<&'static str> {
        Language::read(text).map(|language| language.name())
    }

    /// Library of Congress, ISO 639-2: the languages with two codes of three letters.
    const TWO_CODES: [(&str, &str); 20] = [
        ("alb", "sqi"),
        ("arm", "hye"),
        ("baq", "eus"),
        ("bur", "mya"),
        ("chi", "zho"),
        ("cze", "ces"),
        ("dut", "nld"),
        ("fre", "fra"),
        ("geo", "kat"),
        ("ger", "deu"),
        ("gre", "ell"),
        ("ice", "isl"),
        ("mac", "mkd"),
        ("mao", "mri"),
        ("may", "msa"),
        ("per", "fas"),
        ("rum", "ron"),
        ("slo", "slk"),
        ("tib", "bod"),
        ("wel", "cym"),
    ];

    #[test]
    fn the_table_is_the_whole_list() {
        assert_eq!(Language::all().len(), 486);
        let codes: Vec<_> = Language::all().map(|language| language.name()).collect();
        assert!(codes.is_sorted_by(|a, b| a < b));
        assert!(codes.iter().all(|code| code.len() == 3 && code.bytes().all(|sign| sign.is_ascii_lowercase())));
        let alpha2: BTreeSet<_> = Language::all().filter_map(Language::alpha2).collect();
        // Every language of ISO 639-1 is in ISO 639-2; 184 codes of two letters are.
        assert_eq!(alpha2.len(), 184);
        let two: Vec<_> = Language::all()
            .filter(|language| language.bibliographic() != language.name())
            .map(|language| (language.bibliographic(), language.name()))
            .collect();
        assert_eq!(two.into_iter().collect::<BTreeSet<_>>(), TWO_CODES.into_iter().collect());
    }

    #[test]
    fn each_code_and_name_is_read_as_its_own() {
        for language in Language::all() {
            for spelling in [language.name(), language.bibliographic(), language.label()] {
                assert_eq!(Language::read(spelling), Some(language), "{spelling}");
                assert_eq!(Language::read(&format!("\u{a0}{spelling} ")), Some(language), "{spelling}");
            }
            for spelling in language.codes().chain(language.names()) {
                assert_eq!(Language::read(spelling), Some(language), "{spelling}");
                if spelling != "Ga" {
                    assert_eq!(Language::read(&spelling.to_uppercase()), Some(language), "{spelling}");
                }
            }
        }
    }

    #[test]
    fn no_spelling_is_that_of_two_languages() {
        let mut owners: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        let common = COMMON.iter().filter_map(|&(name, code)| Some((name, Language::from_code(code)?)));
        let listed = Language::all()
            .flat_map(|language| language.codes().chain(language.names()).map(move |text| (text, language)));
        for (spelling, language) in listed.chain(common) {
            owners.entry(plain(spelling)).or_default().insert(language.name());
        }
        owners.retain(|_, languages| languages.len() > 1);
        // The code of Irish and the name of the language of Accra.
        assert_eq!(owners, BTreeMap::from([("ga".to_owned(), BTreeSet::from(["gaa", "gle"]))]));
        assert_eq!((read("ga"), read("GA"), read("Ga")), (Some("gle"), Some("gle"), Some("gaa")));
        assert!(!owners.contains_key(""));
    }

    #[test]
    fn labels_are_cut_into_no_more_parts_than_said() {
        for separator in [";", " "] {
            let most = Language::all().map(|language| language.label().split(separator).count()).max();
            assert_eq!(most, Some(Language::most_parts(separator)), "{separator:?}");
        }
    }

    #[test]
    fn names_in_common_use_have_a_language() {
        for (name, code) in COMMON {
            assert_eq!(read(name), Some(*code), "{name}");
        }
        for (text, code) in [
            ("English", "eng"),
            ("en", "eng"),
            ("ENG", "eng"),
            ("Castilian", "spa"),
            ("Norwegian Bokmal", "nob"),
            ("Flemish", "nld"),
            ("Kyrgyz", "kir"),
            ("Filipino", "fil"),
            ("Haitian Creole", "hat"),
            ("sw", "swa"),
            ("tir", "tir"),
            ("Multiple languages", "mul"),
            ("und", "und"),
            ("Not applicable", "zxx"),
            ("mis", "mis"),
        ] {
            assert_eq!(read(text), Some(code), "{text}");
        }
        for text in ["", " ", "-", "Mandarin", "qaa", "qaa-qtz", "sh", "xx", "English and French", "unknown"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
