//! Languages, ISO 639-2.

use std::fmt;

use super::{ListMember, fold};

/// A language, by its code of three letters (ISO 639-2/T). Input may also be the bibliographic code, the code of two
/// letters (ISO 639-1) or the English name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(u16);

struct Entry {
    code: &'static str,
    bibliographic: &'static str,
    alpha2: &'static str,
    name: &'static str,
}

const fn entry(code: &'static str, bibliographic: &'static str, alpha2: &'static str, name: &'static str) -> Entry {
    Entry { code, bibliographic, alpha2, name }
}

static TABLE: &[Entry] = &[
    entry("ara", "", "ar", "Arabic"),
    entry("deu", "ger", "de", "German"),
    entry("eng", "", "en", "English"),
    entry("fra", "fre", "fr", "French"),
    entry("rus", "", "ru", "Russian"),
    entry("spa", "", "es", "Spanish"),
    entry("zho", "chi", "zh", "Chinese"),
];

impl Language {
    fn entry(self) -> Option<&'static Entry> {
        TABLE.get(usize::from(self.0))
    }

    /// All languages, in the order of their codes.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        (0u16..).zip(TABLE).map(|(at, _)| Self(at)).collect::<Vec<_>>().into_iter()
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.name())
    }
}

impl ListMember for Language {
    fn read(text: &str) -> Option<Self> {
        let text = fold(text);
        let is = |spelling: &str| !spelling.is_empty() && fold(spelling) == text;
        let found = TABLE
            .iter()
            .position(|entry| is(entry.code) || is(entry.bibliographic) || is(entry.alpha2) || is(entry.name));
        found.and_then(|at| u16::try_from(at).ok()).map(Self)
    }

    fn name(&self) -> &'static str {
        self.entry().map_or("", |entry| entry.code)
    }

    fn label(&self) -> &'static str {
        self.entry().map_or("", |entry| entry.name)
    }
}
