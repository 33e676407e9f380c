//! From the text of cells to codes: one decoder per column, made from the layout.

use ctdata_table::csv::{Coder, Refusal};
use ctdata_table::{Domain, Missing};

use super::layout::{Coding, Layout, LayoutAttribute, LayoutColumn, Token};
use crate::codes::CodeList;
use crate::validate::Severity;
use crate::{CaseAttribute, Country, DurationBand, VpAttribute};

/// What is wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    /// The rule that it breaks.
    pub rule: &'static str,
    /// Errors keep the row out of the table; warnings come with a code.
    pub severity: Severity,
    /// What was expected.
    pub message: &'static str,
}

const fn error(rule: &'static str, message: &'static str) -> Fault {
    Fault { rule, severity: Severity::Error, message }
}

const fn warning(rule: &'static str, message: &'static str) -> Fault {
    Fault { rule, severity: Severity::Warning, message }
}

/// Words in a flag column.
pub(super) const SHIFTED: Fault = error("R2", "words stand in a flag column: the cells of the row are shifted");

/// Texts for "nothing recorded" that any CTDC file may hold.
const MISSING: [&str; 2] = ["", "-99"];
/// Texts for "unknown country" that any CTDC file may hold.
const UNKNOWN_COUNTRY: [&str; 3] = ["0", "00", "ZZ"];

/// Decodes the cells of one column.
#[derive(Debug)]
pub(super) struct Decoder {
    coder: Coder,
    column: &'static LayoutColumn,
    missing: u16,
}

impl Decoder {
    pub(super) fn new(column: &'static LayoutColumn) -> Self {
        let attribute = match column.attribute {
            LayoutAttribute::Case(attribute) => attribute.attribute(),
            LayoutAttribute::VictimPerpetrator(attribute) => attribute.attribute(),
        };
        let not_recorded = attribute.missing_code(Missing::NotRecorded).unwrap_or(0);
        if let Coding::List { .. } = column.coding {
            let coder = Coder::observed(MISSING.map(|text| (text, Missing::NotRecorded)));
            return Self { coder, column, missing: 0 };
        }
        let mut tokens: Vec<(String, u16)> = MISSING.iter().map(|text| ((*text).to_owned(), not_recorded)).collect();
        match column.coding {
            Coding::Year => tokens.extend(labels(attribute.domain())),
            Coding::Flag => tokens.extend([("0".to_owned(), 0), ("1".to_owned(), 1)]),
            Coding::PositiveFlag => tokens.push(("1".to_owned(), 1)),
            Coding::Alpha2 { .. } => {
                let unknown = attribute.missing_code(Missing::Unknown).unwrap_or(not_recorded);
                tokens.extend(UNKNOWN_COUNTRY.iter().map(|text| ((*text).to_owned(), unknown)));
                tokens.extend(countries().map(|(country, code)| (country.alpha2().to_owned(), code)));
            }
            Coding::Alpha3 => {
                tokens.extend(countries().filter_map(|(country, code)| Some((country.alpha3()?.to_owned(), code))));
            }
            Coding::Tokens(list) => tokens.extend(list.iter().map(|token| match *token {
                Token::Value(text, code) => (text.to_owned(), code),
                Token::Missing(text, kind) => (text.to_owned(), attribute.missing_code(kind).unwrap_or(not_recorded)),
            })),
            Coding::Set(list) => {
                let items: Vec<&str> = texts(list).collect();
                tokens.extend(subsets(&items).map(|(code, text)| (text, code)));
            }
            Coding::List { .. } => {}
        }
        Self { coder: Coder::known(tokens), column, missing: not_recorded }
    }

    /// The code of a cell, or what is wrong with it.
    #[inline]
    pub(super) fn code(&mut self, cell: &[u8]) -> Result<u16, (Fault, Option<u16>)> {
        self.coder.code(cell).or_else(|refusal| self.unusual(cell, refusal))
    }

    /// Whether a cell of a flag column holds words, which belong elsewhere.
    pub(super) fn is_shifted(&self, cell: &[u8]) -> bool {
        matches!(self.column.coding, Coding::Flag | Coding::PositiveFlag)
            && std::str::from_utf8(cell).is_ok_and(is_words)
    }

    /// Spellings other than the layout's own, and faults.
    #[cold]
    fn unusual(&mut self, cell: &[u8], refusal: Refusal) -> Result<u16, (Fault, Option<u16>)> {
        let refuse = |fault: Fault| Err((fault, None));
        match refusal {
            Refusal::Utf8 => return refuse(error("text", "the cell is not valid UTF-8")),
            Refusal::TooManyValues => {
                return refuse(error("text", "the column holds more distinct values than can be coded"));
            }
            _ => {}
        }
        let Ok(text) = std::str::from_utf8(cell) else {
            return refuse(error("text", "the cell is not valid UTF-8"));
        };
        let text = text.trim();
        if text.len() != cell.len()
            && let Ok(code) = self.coder.code(text.as_bytes())
        {
            return Ok(code);
        }
        match self.column.coding {
            Coding::Flag | Coding::PositiveFlag if is_words(text) => refuse(SHIFTED),
            Coding::Flag => refuse(error("R1", "a flag is 0, 1 or missing")),
            Coding::PositiveFlag => refuse(error("R1", "a flag of this release is 1 or empty")),
            Coding::Year => refuse(error("R15", "not a year from 1900 to 2099")),
            Coding::Alpha2 { .. } | Coding::Alpha3 => country(text),
            Coding::Tokens(_) => self.other_spelling(text),
            Coding::Set(list) => set(text, list),
            Coding::List { .. } => refuse(error("text", "the cell cannot be kept")),
        }
    }

    fn other_spelling(&self, text: &str) -> Result<u16, (Fault, Option<u16>)> {
        use CaseAttribute as A;
        use VpAttribute as V;
        let text = &text.replace(['–', '—'], "-").replace("--", "-");
        let code = match self.column.attribute {
            LayoutAttribute::Case(A::TraffickingDuration) => {
                return match index::<DurationBand>(text) {
                    Some(code) if self.is_of_layout(code) => Ok(code),
                    Some(code) => Err((warning("R19", "a duration band of another release"), Some(code))),
                    None => Err((error("R19", "not a duration band of any release"), None)),
                };
            }
            LayoutAttribute::Case(A::DataSource) => index::<crate::DataSource>(text),
            LayoutAttribute::Case(A::Gender) => index::<crate::Gender>(text),
            LayoutAttribute::Case(A::AgeBand) => index::<crate::AgeBand>(text),
            LayoutAttribute::Case(A::MajorityAtRegistration | A::MajorityAtExploitation | A::MajorityAtEntry)
            | LayoutAttribute::VictimPerpetrator(V::Majority) => index::<crate::Majority>(text),
            LayoutAttribute::VictimPerpetrator(V::PeriodOfRegistration) => index::<crate::RegisterPeriod>(text),
            LayoutAttribute::VictimPerpetrator(V::RegionOfOrigin | V::RegionOfExploitation) => {
                index::<crate::VpRegion>(text)
            }
            LayoutAttribute::VictimPerpetrator(V::Gender) => index::<crate::Gender>(text).filter(|code| *code < 2),
            _ => None,
        };
        code.ok_or((error("code-list", "not a code of the column's list"), None))
    }

    /// Whether the layout lists a value of the column.
    fn is_of_layout(&self, code: u16) -> bool {
        let Coding::Tokens(list) = self.column.coding else { return false };
        list.iter().any(|token| matches!(token, Token::Value(_, found) if *found == code))
    }

    /// The domain of a concatenated list and the map from codes while reading to its codes; `None` for
    /// other columns.
    pub(super) fn into_domain(
        self,
        is_used: impl Fn(u16) -> bool,
    ) -> Option<Result<(Domain, Vec<u16>), ctdata_table::TableError>> {
        let observed = self.coder.into_domain(is_used)?;
        Some(observed.map(|observed| (observed.domain, observed.map)))
    }

    /// The code of a cell that is not recorded.
    pub(super) fn missing(&self) -> u16 {
        self.missing
    }
}

fn labels(domain: &Domain) -> impl Iterator<Item = (String, u16)> + '_ {
    domain.labels().zip(0u16..).map(|(label, code)| (label.into_owned(), code))
}

fn countries() -> impl Iterator<Item = (Country, u16)> {
    Country::ALL.iter().copied().zip(0u16..)
}

fn texts(tokens: &'static [Token]) -> impl Iterator<Item = &'static str> {
    tokens.iter().map(|token| match *token {
        Token::Value(text, _) | Token::Missing(text, _) => text,
    })
}

/// The non-empty sets of items with their codes, joined as files join them.
pub(super) fn subsets<'a>(items: &'a [&'a str]) -> impl Iterator<Item = (u16, String)> + 'a {
    (1u16..1 << items.len()).map(|mask| {
        let chosen: Vec<&str> =
            items.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, item)| *item).collect();
        (mask - 1, chosen.join(";"))
    })
}

fn index<L: CodeList>(text: &str) -> Option<u16> {
    L::parse(text).ok().and_then(|value| u16::try_from(value.index()).ok())
}

fn is_words(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

fn country(text: &str) -> Result<u16, (Fault, Option<u16>)> {
    let is_code = (2..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match text.parse::<Country>() {
        Ok(country) if is_code => Err((
            warning("R17", "a country code of another kind or case than the release uses"),
            u16::try_from(country.index()).ok(),
        )),
        _ => Err((error("R17", "not a country code"), None)),
    }
}

fn set(text: &str, tokens: &'static [Token]) -> Result<u16, (Fault, Option<u16>)> {
    let items: Vec<&str> = texts(tokens).collect();
    let mask = text.split(';').map(str::trim).try_fold(0u16, |mask, item| {
        let bit = items.iter().position(|known| known.eq_ignore_ascii_case(item))?;
        Some(mask | 1 << bit)
    });
    match mask {
        Some(mask) if mask > 0 => Err((warning("R33", "a set is sorted and distinct"), Some(mask - 1))),
        _ => Err((error("R33", "not a set of values of the column's list"), None)),
    }
}

/// The text of each code of a column, as the layout writes it; `None` for a code that the layout cannot
/// write.
pub(super) fn tokens_of(
    layout: &'static Layout,
    column: &LayoutColumn,
    domain: &Domain,
    missing: ctdata_table::MissingKinds,
) -> Vec<Option<String>> {
    let mut tokens: Vec<Option<String>> = vec![None; domain.len()];
    let mut put = |code: u16, text: String| {
        if let Some(slot) = tokens.get_mut(usize::from(code)) {
            slot.get_or_insert(text);
        }
    };
    match column.coding {
        Coding::Year | Coding::List { .. } => labels(domain).for_each(|(text, code)| put(code, text)),
        Coding::Flag => {
            put(0, "0".to_owned());
            put(1, "1".to_owned());
        }
        Coding::PositiveFlag => put(1, "1".to_owned()),
        Coding::Alpha2 { .. } => countries().for_each(|(country, code)| put(code, country.alpha2().to_owned())),
        Coding::Alpha3 => countries().for_each(|(country, code)| {
            if let Some(alpha3) = country.alpha3() {
                put(code, alpha3.to_owned());
            }
        }),
        Coding::Tokens(list) => list.iter().for_each(|token| {
            if let Token::Value(text, code) = *token {
                put(code, text.to_owned());
            }
        }),
        Coding::Set(list) => {
            let items: Vec<&str> = texts(list).collect();
            subsets(&items).for_each(|(code, text)| put(code, text));
        }
    }
    for kind in missing.iter() {
        tokens.push(match (kind, column.coding) {
            (Missing::NotRecorded, _) => Some(layout.missing.to_owned()),
            (Missing::Unknown, Coding::Alpha2 { unknown }) => Some(unknown.to_owned()),
            (kind, Coding::Tokens(list)) => list.iter().find_map(|token| match *token {
                Token::Missing(text, found) if found == kind => Some(text.to_owned()),
                _ => None,
            }),
            _ => None,
        });
    }
    tokens
}
