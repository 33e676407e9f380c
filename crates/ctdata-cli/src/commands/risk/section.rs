//! Tables with a title and notes, for the terminal and as Markdown.

use std::fmt::Write as _;

use crate::output::{Align, table};

/// A part of a report.
pub(super) struct Section {
    /// None for the part that comes first.
    pub(super) title: Option<String>,
    pub(super) header: Vec<(&'static str, Align)>,
    pub(super) rows: Vec<Vec<String>>,
    /// Sentences below the table.
    pub(super) notes: Vec<String>,
    /// Lines that stand as they are, below the notes.
    pub(super) lines: String,
}

impl Section {
    pub(super) fn new(title: impl Into<String>, header: &[(&'static str, Align)]) -> Self {
        Self {
            title: Some(title.into()),
            header: header.to_vec(),
            rows: Vec::new(),
            notes: Vec::new(),
            lines: String::new(),
        }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }
}

/// Aligned by spaces.
pub(super) fn text(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        if let Some(title) = &section.title {
            let _ = writeln!(text, "\n{title}");
        }
        if !section.rows.is_empty() {
            text.push_str(&table(&section.header, &section.rows));
        }
        for note in &section.notes {
            let _ = writeln!(text, "{note}");
        }
        text.push_str(&section.lines);
    }
    text
}

/// Headings, tables and paragraphs.
pub(super) fn markdown(title: &str, sections: &[Section]) -> String {
    let mut text = format!("# {title}\n");
    for section in sections {
        if let Some(title) = &section.title {
            let _ = writeln!(text, "\n## {title}");
        }
        if !section.rows.is_empty() {
            text.push('\n');
            line(&mut text, section.header.iter().map(|(name, _)| (*name).to_owned()));
            let rule = |align: &Align| if *align == Align::Right { "---:" } else { "---" }.to_owned();
            line(&mut text, section.header.iter().map(|(_, align)| rule(align)));
            for row in &section.rows {
                line(&mut text, row.iter().map(|cell| escaped(cell)));
            }
        }
        for note in &section.notes {
            let _ = writeln!(text, "\n{}", escaped(note));
        }
        if !section.lines.is_empty() {
            let _ = write!(text, "\n```text\n{}```\n", section.lines);
        }
    }
    text
}

fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    for cell in cells {
        let _ = write!(text, "| {cell} ");
    }
    text.push_str("|\n");
}

/// Text in which no character of a column's name changes the layout.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => escaped.push(' '),
            '|' | '*' | '<' | '\\' => escaped.extend(['\\', character]),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_a_table_in_both() {
        let mut section = Section::new("Blanks", &[("what", Align::Left), ("records", Align::Right)]);
        section.row(["a|b".to_owned(), "5".to_owned()]);
        section.note("A note.");
        section.lines.push_str("f = 1\n");
        let sections = [section];
        assert_eq!(text(&sections), "\nBlanks\nwhat  records\na|b         5\nA note.\nf = 1\n");
        let expected = "# Risk\n\n## Blanks\n\n| what | records |\n| --- | ---: |\n| a\\|b | 5 |\n\nA note.\n\n```text\nf = 1\n```\n";
        assert_eq!(markdown("Risk", &sections), expected);
    }
}
