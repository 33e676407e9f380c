//! The mapping file as it is written: TOML with the lines that messages name.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use toml::Spanned;

use crate::ModelError;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MapFile {
    pub(super) format_version: Spanned<u32>,
    #[serde(default)]
    pub(super) source: SourceTable,
    #[serde(default, rename = "column")]
    pub(super) columns: Vec<ColumnTable>,
    #[serde(default, rename = "constant")]
    pub(super) constants: Vec<ConstantTable>,
}

/// `[source]`: how the file is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceTable {
    pub(super) separator: Option<Spanned<String>>,
    pub(super) sheet: Option<Spanned<String>>,
    pub(super) header_row: Option<Spanned<u32>>,
    pub(super) missing: Option<Texts>,
    pub(super) split: Option<Spanned<String>>,
    pub(super) date: Option<Spanned<Texts>>,
    pub(super) yes: Option<Texts>,
    pub(super) no: Option<Texts>,
}

/// `[[column]]`: a column of the file, and where it goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnTable {
    pub(super) name: Spanned<String>,
    pub(super) nth: Option<Spanned<usize>>,
    pub(super) field: Option<Spanned<String>>,
    pub(super) fields: Option<Spanned<Vec<String>>>,
    pub(super) cut: Option<Spanned<String>>,
    pub(super) ignore: Option<Spanned<bool>>,
    pub(super) codes: Option<Spanned<BTreeMap<String, Spanned<Texts>>>>,
    pub(super) when_yes: Option<Spanned<String>>,
    pub(super) split: Option<Spanned<String>>,
    pub(super) date: Option<Spanned<Texts>>,
    pub(super) missing: Option<Texts>,
}

/// `[[constant]]`: what every row says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConstantTable {
    pub(super) field: Spanned<String>,
    pub(super) value: Spanned<Texts>,
}

/// A text or a list of texts.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;

        impl<'de> Visitor<'de> for OneOrSeveral {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = items.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }

        deserializer.deserialize_any(OneOrSeveral)
    }
}

/// Where a message points: the line of a place in the text, from 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Lines<'_> {
    /// The line of a value.
    pub(super) fn of<T>(self, value: &Spanned<T>) -> usize {
        self.line(value.span().start)
    }

    fn line(self, at: usize) -> usize {
        self.text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
    }

    /// An error at a value.
    pub(super) fn error<T>(self, value: &Spanned<T>, message: impl Into<String>) -> ModelError {
        self.error_at(self.of(value), message)
    }

    /// An error in a line.
    pub(super) fn error_at(self, line: usize, message: impl Into<String>) -> ModelError {
        ModelError::Map { file: self.file.to_owned(), line: Some(line), message: message.into() }
    }

    /// Reads the text.
    pub(super) fn parse(self) -> Result<MapFile, ModelError> {
        toml::from_str(self.text).map_err(|error| ModelError::Map {
            file: self.file.to_owned(),
            line: error.span().map(|span| self.line(span.start)),
            message: in_plain_words(error.message()),
        })
    }
}

/// The message of the parser without the types of a programming language, and with the nearest name there is.
fn in_plain_words(message: &str) -> String {
    let message = message.trim_end().replace('\n', ", ");
    let message = [
        ("expected u32", "expected a whole number from 0"),
        ("expected usize", "expected a whole number from 0"),
        ("expected a string", "expected a text"),
        ("expected a sequence", "expected a list"),
        ("expected a map", "expected a table"),
        ("invalid type: string", "invalid type: text"),
    ]
    .iter()
    .fold(message, |message, (kind, words)| message.replace(kind, words));
    let mut names = message.split('`').skip(1).step_by(2);
    let nearest = match names.next() {
        Some(name) if message.starts_with("unknown") => ctdata_table::nearest(name, names),
        _ => None,
    };
    match nearest {
        Some(nearest) => format!("{message}; did you mean `{nearest}`?"),
        None => message,
    }
}
