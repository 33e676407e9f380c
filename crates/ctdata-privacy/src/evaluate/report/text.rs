//! The report in columns of text.

use std::fmt::Write;

use super::tables::{Grid, Section};

pub(super) fn write(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = writeln!(text, "{}\n{}", section.title, "=".repeat(section.title.chars().count()));
        for note in &section.notes {
            let _ = writeln!(text, "{note}");
        }
        for grid in section.tables.iter().filter(|grid| !grid.rows.is_empty()) {
            text.push('\n');
            columns(grid, &mut text);
        }
    }
    text
}

/// The first column to the left, the others to the right.
fn columns(grid: &Grid, text: &mut String) {
    let header: Vec<String> = grid.header.iter().map(|&title| title.to_owned()).collect();
    let lines: Vec<&Vec<String>> = std::iter::once(&header).chain(&grid.rows).collect();
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    for line in lines {
        let cells = line.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
