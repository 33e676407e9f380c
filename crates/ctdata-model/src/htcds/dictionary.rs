#![doc = include_str!("dictionary.md")]

use std::fmt::Write;

use super::lists::Language;
use super::{FIELDS, Field, Section, VALUE_LISTS, ValueSource};
use crate::{Country, CountryStatus};

/// The dictionary as a page in Markdown: all fields by section, then all lists with their values. It is what the module
/// docs show.
pub fn dictionary_markdown() -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut page);
    page
}

fn write(page: &mut String) -> std::fmt::Result {
    writeln!(page, "# Dictionary of HTCDS 2.0")?;
    writeln!(page)?;
    writeln!(
        page,
        "The fields and values of the *Human Trafficking Case Data Standard* 2.0 (IOM, 24 December 2021, CC BY 4.0), with \
         descriptions of our own. {} fields, {} of them core, {} deprecated; {} lists with {} values, to which this \
         library adds {} (marked as extensions, with the standard value that stands in for each). No field is mandatory, \
         and an empty cell means that nothing is recorded, which is never \"no\".",
        FIELDS.len(),
        FIELDS.iter().filter(|field| field.core).count(),
        FIELDS.iter().filter(|field| field.is_deprecated()).count(),
        VALUE_LISTS.len(),
        VALUE_LISTS.iter().map(|list| list.standard().count()).sum::<usize>(),
        VALUE_LISTS.iter().map(|list| list.values.len() - list.standard().count()).sum::<usize>(),
    )?;
    writeln!(page)?;
    writeln!(page, "## Fields")?;
    for section in Section::ALL {
        writeln!(page)?;
        writeln!(page, "### {}", section.title())?;
        writeln!(page)?;
        writeln!(page, "| name | label | type | values | core | description |")?;
        writeln!(page, "|---|---|---|---|---|---|")?;
        for field in FIELDS.iter().filter(|field| field.section == section) {
            let core = if field.core { "core" } else { "" };
            writeln!(
                page,
                "| `{}` | {} | {} {} | {} | {core} | {}{} |",
                field.name,
                field.label,
                escaped(field.kind.name()),
                field.cardinality.range(),
                values(field),
                escaped(field.description()),
                if field.is_identifying() { " *Identifying.*" } else { "" },
            )?;
        }
    }
    writeln!(page)?;
    writeln!(page, "## Lists")?;
    for list in VALUE_LISTS {
        writeln!(page)?;
        writeln!(page, "### {}", list.name)?;
        writeln!(page)?;
        writeln!(page, "| name | label | extension |")?;
        writeln!(page, "|---|---|---|")?;
        for value in list.values {
            let stand_in = value.stand_in.map(|name| format!("stands in: `{name}`")).unwrap_or_default();
            writeln!(page, "| `{}` | {} | {stand_in} |", value.name, escaped(value.label))?;
        }
    }
    writeln!(page)?;
    writeln!(page, "## Lists of others")?;
    writeln!(page)?;
    writeln!(
        page,
        "- Countries: ISO 3166-1, written as alpha-2. {} are official; former codes and Kosovo are read too.",
        Country::ALL.iter().filter(|country| country.status() == CountryStatus::Official).count(),
    )?;
    writeln!(
        page,
        "- Languages: ISO 639-2, written as the terminological code of three letters. {}.",
        Language::all().len()
    )
}

fn values(field: &Field) -> &'static str {
    match field.values {
        ValueSource::None => "",
        ValueSource::List(name) => name,
        ValueSource::Countries => "ISO 3166-1",
        ValueSource::Languages => "ISO 639-2",
    }
}

/// Text as it stands, in a cell of a table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('[', "\\[").replace(']', "\\]").replace('*', "\\*")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// To renew the page after a change, run this test with `CTDATA_WRITE_DICTIONARY` set.
    #[test]
    fn the_page_is_what_the_dictionary_says() {
        let page = dictionary_markdown();
        if std::env::var_os("CTDATA_WRITE_DICTIONARY").is_some() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/htcds/dictionary.md"), &page).unwrap();
            return;
        }
        assert!(page == include_str!("dictionary.md"), "dictionary.md is out of date: see the doc of this test");
    }

    #[test]
    fn the_page_has_every_field_and_every_value() {
        let page = dictionary_markdown();
        let rows = page.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, FIELDS.len() + VALUE_LISTS.iter().map(|list| list.values.len()).sum::<usize>());
        assert!(page.lines().filter(|line| line.starts_with("| `")).all(|line| [4, 7].contains(&bars(line))));
    }

    /// Bars that separate cells.
    fn bars(line: &str) -> usize {
        line.matches('|').count() - line.matches("\\|").count()
    }
}
