//! Writes capture histories as delimited text.

use super::CaptureHistories;
use crate::mse::error::MseError;
use ctdata_table::TableError;
use ctdata_table::csv::{Access, CsvWriter, LineEnd, Separator, write_atomically};
use std::io::{self, Write};
use std::path::Path;

/// The column of the counts.
const COUNT: &str = "count";

impl CaptureHistories {
    /// Writes the table with commas: a column of 1 and 0 for each list, then `count`; histories in the order of
    /// [`crate::mse::ListSet`], those of nobody left out.
    ///
    /// The counts are as confidential as the cases they are of.
    ///
    /// ```
    /// use ctdata_indicators::mse::{CaptureHistories, ListSet};
    ///
    /// let table = CaptureHistories::try_new(["a", "b"], [(ListSet::of([1]), 30), (ListSet::of([0, 1]), 6)])?;
    /// let mut text = Vec::new();
    /// table.write_csv(&mut text)?;
    /// assert_eq!(text, b"a,b,count\n0,1,30\n1,1,6\n");
    /// # Ok::<(), ctdata_indicators::mse::MseError>(())
    /// ```
    ///
    /// # Errors
    /// [`MseError::Lists`] if a list is called `count`; [`MseError::Table`] if the output fails.
    pub fn write_csv(&self, output: impl Write) -> Result<(), MseError> {
        self.check_names()?;
        self.write(output).map_err(|error| TableError::io("(output)", error).into())
    }

    /// Writes a file, whole or not at all; see [`CaptureHistories::write_csv`].
    ///
    /// # Errors
    /// As for [`CaptureHistories::write_csv`].
    pub fn write_csv_file(&self, path: &Path, access: Access) -> Result<(), MseError> {
        self.check_names()?;
        let written = write_atomically(path, access, |file| self.write(file));
        written.map_err(|error: io::Error| TableError::io(path, error).into())
    }

    fn check_names(&self) -> Result<(), MseError> {
        if self.lists().iter().any(|list| list.to_lowercase() == COUNT) {
            return Err(MseError::Lists("a list called `count` could not be told from the counts: rename it"));
        }
        Ok(())
    }

    fn write(&self, output: impl Write) -> io::Result<()> {
        let mut writer = CsvWriter::new(output, Separator::Comma, LineEnd::Lf);
        writer.record(self.lists().iter().map(String::as_str).chain([COUNT]))?;
        for (history, count) in self.iter() {
            for list in 0..self.lists().len() {
                writer.cell(if history.contains(list) { b"1" } else { b"0" });
            }
            writer.cell(count.to_string().as_bytes());
            writer.end_record()?;
        }
        writer.finish().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::ListSet;

    #[test]
    fn a_list_called_count_is_not_written() {
        let table = CaptureHistories::try_new(["a", "Count"], [(ListSet::of([0]), 1)]).unwrap();
        assert!(matches!(table.write_csv(Vec::new()), Err(MseError::Lists(_))));
    }
}
