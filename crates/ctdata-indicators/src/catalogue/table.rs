//! The catalogue as a table: for `ctdata indicators --list`, for JSON, and for the page in the docs.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{CATALOGUE, Definition};
use crate::estimate::{Base, Unit};

/// An entry of the catalogue with everything that a reader asks of it.
///
/// As JSON the fields stand under their names; what an entry does not have is null or an empty list.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CatalogueEntry {
    /// The id, in kebab case.
    pub id: &'static str,
    /// The short code, `V-EXP`.
    pub code: Option<&'static str>,
    /// The official code, `16.2.2`.
    pub official: Option<&'static str>,
    /// A title.
    pub title: &'static str,
    /// What is divided by what, in a sentence.
    pub definition: &'static str,
    /// Whom it counts.
    pub numerator: &'static str,
    /// Among whom, or per how many.
    pub denominator: Option<&'static str>,
    /// The base when a request names none.
    pub base: Option<Base>,
    /// The unit of its figures.
    pub unit: Unit,
    /// Whether it needs a population to divide by.
    pub needs_population: bool,
    /// The attributes and questions that it reads.
    pub needs: Vec<Cow<'static, str>>,
    /// Conditions that belong to the definition, (dimension, category).
    pub within: Vec<(&'static str, &'static str)>,
    /// Where the definition comes from.
    pub source: &'static str,
    /// What it does not say.
    pub limits: Vec<&'static str>,
    /// Official indicators that need other data, beside which it may stand.
    pub stands_beside: Vec<&'static str>,
    /// Further codes it answers to.
    pub aliases: Vec<&'static str>,
    /// The version of the definition.
    pub version: &'static str,
}

impl From<&'static Definition> for CatalogueEntry {
    fn from(definition: &'static Definition) -> Self {
        Self {
            id: definition.id,
            code: definition.code,
            official: definition.official,
            title: definition.title,
            definition: definition.sentence,
            numerator: definition.numerator(),
            denominator: definition.denominator(),
            base: definition.base,
            unit: definition.unit(),
            needs_population: definition.needs_population(),
            needs: definition.needs(),
            within: definition.within.to_vec(),
            source: definition.source(),
            limits: definition.limits(),
            stands_beside: definition.stands_beside(),
            aliases: definition.aliases.to_vec(),
            version: definition.version,
        }
    }
}

/// Every entry of the catalogue, in its order.
///
/// ```
/// use ctdata_indicators::{CATALOGUE, catalogue_table};
///
/// let table = catalogue_table();
/// assert_eq!(table.len(), CATALOGUE.len());
/// assert!(table.iter().any(|entry| entry.official == Some("16.2.2") && entry.needs_population));
/// ```
pub fn catalogue_table() -> Vec<CatalogueEntry> {
    CATALOGUE.iter().map(CatalogueEntry::from).collect()
}

/// The catalogue as a page of Markdown: a table to look up, then each entry in full.
pub fn catalogue_markdown() -> String {
    let table = catalogue_table();
    let mut page = String::from(
        "# Indicators\n\n\
         Made from the catalogue in the code. Each figure comes with numerator, base and the number of persons \
         outside the base; the base printed here is the one when a request names none.\n\n\
         | id | code | title | unit | base |\n| --- | --- | --- | --- | --- |\n",
    );
    for entry in &table {
        let code = entry.official.or(entry.code).unwrap_or("");
        let base = entry.base.map_or("", Base::code);
        // Writing to a string does not fail.
        let _ = writeln!(page, "| `{}` | {code} | {} | {} | {base} |", entry.id, entry.title, entry.unit.label());
    }
    for entry in &table {
        let _ = write!(page, "\n## {}\n\n{}\n\n", entry.title, entry.definition);
        for (name, text) in lines(entry) {
            let _ = writeln!(page, "- {name}: {text}");
        }
    }
    page
}

/// What stands under the title of an entry: name and text.
fn lines(entry: &CatalogueEntry) -> Vec<(&'static str, String)> {
    let mut lines = vec![("id", format!("`{}`", entry.id))];
    let codes: Vec<&str> = entry.official.iter().chain(&entry.code).chain(&entry.aliases).copied().collect();
    let mut add = |name, text: String| {
        if !text.is_empty() {
            lines.push((name, text));
        }
    };
    add("codes", codes.join(", "));
    add("numerator", entry.numerator.to_owned());
    add("denominator", entry.denominator.unwrap_or("").to_owned());
    add("base", entry.base.map_or_else(String::new, |base| format!("`{base}`, {}", base.label())));
    add("unit", entry.unit.label().to_owned());
    let conditions: Vec<String> = entry.within.iter().map(|(name, value)| format!("`{name}` is {value}")).collect();
    add("within", conditions.join(", "));
    let needs: Vec<String> = entry.needs.iter().map(|name| format!("`{name}`")).collect();
    add("reads", needs.join(", "));
    if entry.needs_population {
        add("needs", "a population file".to_owned());
    }
    add("beside", entry.stands_beside.join(", "));
    add("source", entry.source.to_owned());
    add("limits", entry.limits.join("; "));
    add("version", entry.version.to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::PathBuf;

    fn file() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/catalogue.md")
    }

    #[test]
    fn the_page_is_what_the_code_makes() {
        let page = fs::read_to_string(file()).unwrap();
        assert!(page == catalogue_markdown(), "renew with `cargo test -p ctdata-indicators renew_page -- --ignored`");
    }

    #[test]
    #[ignore = "writes the page"]
    fn renew_page() {
        fs::write(file(), catalogue_markdown()).unwrap();
    }

    #[test]
    fn every_row_of_the_page_has_its_five_cells() {
        let page = catalogue_markdown();
        let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
        assert_eq!(rows.len(), CATALOGUE.len());
        assert!(rows.iter().all(|row| row.matches('|').count() == 6), "a text has a bar in it");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn as_json_each_entry_has_all_fields() {
        let table = serde_json::to_value(catalogue_table()).unwrap();
        let rate = table.as_array().unwrap().iter().find(|entry| entry["official"] == "16.2.2").unwrap();
        assert_eq!(rate["unit"], "per-100k");
        assert_eq!(rate["base"], serde_json::Value::Null);
        assert_eq!(rate["denominator"], "100,000 residents");
        assert_eq!(rate.as_object().unwrap().len(), 17);
    }
}
