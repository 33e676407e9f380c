//! Merged cells: only one of them has content in the file, and it is anybody's guess for which records it stands.

use calamine::Dimensions;

/// Merged regions of a sheet, asked for row by row.
#[derive(Default)]
pub(super) struct Merged {
    /// Those that begin in later rows, the next one last.
    later: Vec<Dimensions>,
    /// Those that reach the current row; and whether they hold something.
    current: Vec<(Dimensions, bool)>,
}

impl Merged {
    pub(super) fn new(mut regions: Vec<Dimensions>) -> Self {
        regions.retain(|region| region.start < region.end);
        regions.sort_unstable_by_key(|region| std::cmp::Reverse(region.start));
        Self { later: regions, current: Vec::new() }
    }

    /// Goes on to a row, counted from 0.
    pub(super) fn enter(&mut self, row: u32) {
        if self.later.is_empty() && self.current.is_empty() {
            return;
        }
        while self.later.last().is_some_and(|region| region.start.0 <= row) {
            self.current.extend(self.later.pop().map(|region| (region, false)));
        }
        self.current.retain(|(region, _)| region.end.0 >= row);
    }

    /// Notes that a cell of the row holds something.
    pub(super) fn fill(&mut self, column: u32) {
        for (region, is_filled) in &mut self.current {
            *is_filled |= (region.start.1..=region.end.1).contains(&column);
        }
    }

    /// The columns of the row that are merged with others and stand for something.
    pub(super) fn columns(&self) -> impl Iterator<Item = std::ops::RangeInclusive<u32>> {
        self.current.iter().filter(|(_, is_filled)| *is_filled).map(|(region, _)| region.start.1..=region.end.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_in_force_from_their_first_row_to_their_last() {
        let region = |start, end| Dimensions { start, end };
        let mut merged = Merged::new(vec![region((5, 1), (6, 1)), region((2, 3), (2, 4)), region((1, 0), (1, 0))]);
        let mut seen = Vec::new();
        for row in 1..8 {
            merged.enter(row);
            for column in 0..6 {
                // What fills a merged region stands in its first cell.
                if (row, column) == (5, 1) || (row, column) == (2, 3) || column == 5 {
                    merged.fill(column);
                }
            }
            seen.extend(merged.columns().map(|columns| (row, columns)));
        }
        assert_eq!(seen, [(2, 3..=4), (5, 1..=1), (6, 1..=1)]);
    }
}
