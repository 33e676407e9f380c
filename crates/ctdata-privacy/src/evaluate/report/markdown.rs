//! The report in Markdown.

use std::fmt::Write;

use super::tables::Section;

pub(super) fn write(sections: &[Section]) -> String {
    let mut text = String::new();
    for (number, section) in sections.iter().enumerate() {
        let _ = writeln!(text, "{} {}\n", if number == 0 { "#" } else { "\n##" }, section.title);
        for note in &section.notes {
            let _ = writeln!(text, "{}\n", escaped(note));
        }
        for grid in section.tables.iter().filter(|grid| !grid.rows.is_empty()) {
            let _ = writeln!(text, "| {} |", grid.header.join(" | "));
            let _ = writeln!(text, "|---{}|", "|---:".repeat(grid.header.len().saturating_sub(1)));
            for row in &grid.rows {
                let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
                let _ = writeln!(text, "| {} |", cells.join(" | "));
            }
            text.push('\n');
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Names of columns stay text: no markup, no new cell, no new line.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '~' => safe.extend(['\\', character]),
            character if character.is_control() => safe.push(' '),
            character => safe.push(character),
        }
    }
    safe
}
