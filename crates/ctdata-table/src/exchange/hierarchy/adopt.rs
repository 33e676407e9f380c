//! Fitting a column to the leaves of a hierarchy.

use std::borrow::Cow;
use std::fmt;

use super::{Hierarchy, missing_codes};
use crate::{Attribute, Column, Domain, TableError};

/// The values of a column that a hierarchy lacks: how many and where. What they are is confidential
/// and shown by [`show_values`](Self::show_values) alone.
#[derive(Clone, PartialEq, Eq)]
pub struct HierarchyMisses {
    attribute: String,
    rows: u64,
    first_rows: Vec<u64>,
    values: Vec<Box<str>>,
}

impl HierarchyMisses {
    /// The attribute.
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// How many distinct values.
    pub fn distinct(&self) -> usize {
        self.values.len()
    }

    /// How many rows have one of them.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The first of these rows, from 1; at most five.
    pub fn first_rows(&self) -> &[u64] {
        &self.first_rows
    }

    /// The values themselves, in the order of their codes. Confidential: only for who may see the file
    /// itself.
    pub fn show_values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(AsRef::as_ref)
    }
}

impl fmt::Display for HierarchyMisses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        let (values, rows) = (self.values.len() as u64, self.rows);
        let (s, t) = (plural(values), plural(rows));
        write!(f, "the hierarchy of `{}` lacks {values} value{s} of the column, which {rows} row{t} ", self.attribute)?;
        f.write_str(if rows == 1 { "has: row" } else { "have: row" })?;
        f.write_str(t)?;
        for (place, row) in self.first_rows.iter().enumerate() {
            write!(f, "{} {row}", if place == 0 { "" } else { "," })?;
        }
        if rows > self.first_rows.len() as u64 { f.write_str(", …") } else { Ok(()) }
    }
}

impl fmt::Debug for HierarchyMisses {
    /// Shows places and counts, never the values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HierarchyMisses")
            .field("attribute", &self.attribute)
            .field("distinct", &self.values.len())
            .field("rows", &self.rows)
            .field("first_rows", &self.first_rows)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for HierarchyMisses {}

impl From<HierarchyMisses> for TableError {
    fn from(misses: HierarchyMisses) -> Self {
        Self::HierarchyMisses(Box::new(misses))
    }
}

impl Hierarchy {
    /// The column with the leaves of this hierarchy as its domain; values are the same by their labels,
    /// numbers by their value, dates by their day. Kinds of missing stay what they are.
    ///
    /// Values of the attribute's domain that no row has need no leaf, and leaves that no row has stay.
    ///
    /// ```
    /// use ctdata_table::{Attribute, Column, Domain, Hierarchy, MissingKinds, Origin};
    /// let found = Domain::nominal(["Asia", "Europe"], Origin::Observed)?;
    /// let attribute = Attribute::new("continent", found, MissingKinds::NOT_RECORDED);
    /// let column = Column::from_u8(vec![0, 1, 2]);
    /// let hierarchy = Hierarchy::from_rows([["Africa", "*"], ["Europe", "*"], ["Asia", "*"]])?;
    /// let (attribute, column) = hierarchy.adopt(&attribute, &column)?;
    /// assert_eq!(attribute.domain().origin(), Origin::Public);
    /// assert_eq!(column.iter().collect::<Vec<_>>(), [2, 1, 3]);
    /// # Ok::<(), ctdata_table::TableError>(())
    /// ```
    ///
    /// # Errors
    /// [`TableError::HierarchyMisses`] if rows have values that are no leaves,
    /// [`TableError::CodeOutOfRange`] if the column is not one of the attribute.
    pub fn adopt(&self, attribute: &Attribute, column: &Column) -> Result<(Attribute, Column), TableError> {
        let adopted = Attribute::new(attribute.shared_name(), self.leaves().clone(), attribute.missing());
        if attribute.domain() == self.leaves() {
            return Ok((adopted, column.clone()));
        }
        let values: Vec<Option<u16>> =
            (0u16..).take(attribute.domain().len()).map(|code| self.leaf_of(attribute.domain(), code)).collect();
        let mut misses: Vec<u16> = Vec::new();
        let mut rows = 0;
        let mut first_rows = Vec::new();
        let mut missed = vec![false; values.len()];
        for (row, code) in (1u64..).zip(column.iter()) {
            match values.get(usize::from(code)) {
                Some(Some(_)) => {}
                Some(None) => {
                    rows += 1;
                    if first_rows.len() < 5 {
                        first_rows.push(row);
                    }
                    if let Some(seen) = missed.get_mut(usize::from(code))
                        && !std::mem::replace(seen, true)
                    {
                        misses.push(code);
                    }
                }
                None if usize::from(code) < attribute.code_count() => {}
                None => {
                    let row = usize::try_from(row).unwrap_or(usize::MAX);
                    return Err(TableError::CodeOutOfRange { attribute: attribute.name().to_owned(), row });
                }
            }
        }
        if rows > 0 {
            misses.sort_unstable();
            let values = misses.iter().filter_map(|&code| attribute.domain().label(code).map(Box::from)).collect();
            return Err(HierarchyMisses { attribute: attribute.name().to_owned(), rows, first_rows, values }.into());
        }
        // Values without a leaf occur in no row, so that their code does not matter.
        let map: Vec<u16> = values
            .into_iter()
            .map(Option::unwrap_or_default)
            .chain(missing_codes(&adopted, attribute.missing()))
            .collect();
        let column = column.recoded(&map);
        Ok((adopted, column))
    }

    /// The leaf that is a value of another domain.
    fn leaf_of(&self, domain: &Domain, code: u16) -> Option<u16> {
        let leaves = self.leaves();
        if let (Some(number), Some(scale), Some(leaf_scale)) = (domain.number(code), domain.scale(), leaves.scale()) {
            return leaves.code_of_number(rescaled(number, scale, leaf_scale)?);
        }
        let label = domain.label(code)?;
        let same = |label: &str| {
            // Numbers and dates are found under other spellings too, which are other labels.
            leaves.code_of(label).filter(|&leaf| leaves.label(leaf).as_deref() == Some(label))
        };
        same(&label).or_else(|| same(&shortest(&label, domain.scale()?)))
    }
}

/// The number at another scale, if it is one there.
fn rescaled(number: i64, from: u8, to: u8) -> Option<i64> {
    if to >= from {
        return number.checked_mul(10i64.checked_pow(u32::from(to - from))?);
    }
    let factor = 10i64.checked_pow(u32::from(from - to))?;
    (number % factor == 0).then(|| number / factor)
}

/// A decimal number without the zeros at its end.
fn shortest(label: &str, scale: u8) -> Cow<'_, str> {
    if scale == 0 {
        return label.into();
    }
    let short = label.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".into() } else { short.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Missing, MissingKinds, Origin};

    fn ages() -> Hierarchy {
        Hierarchy::from_rows((0..=9).map(|age| [age.to_string(), "*".to_owned()])).unwrap()
    }

    #[test]
    fn numbers_match_by_value_and_names_by_label() {
        let hierarchy = ages();
        let tenths = Domain::numeric([10, 25, 90], 1, Origin::Observed).unwrap();
        let attribute = Attribute::new("age", tenths, MissingKinds::NONE);
        let (_, column) = hierarchy.adopt(&attribute, &Column::from_u8(vec![2, 0])).unwrap();
        assert_eq!(column.iter().collect::<Vec<_>>(), [9, 1]);
        assert!(hierarchy.adopt(&attribute, &Column::from_u8(vec![1])).is_err());
        let names = Domain::nominal(["9", "07", "7"], Origin::Observed).unwrap();
        let attribute = Attribute::new("age", names, MissingKinds::NONE);
        let (_, column) = hierarchy.adopt(&attribute, &Column::from_u8(vec![0, 2])).unwrap();
        assert_eq!(column.iter().collect::<Vec<_>>(), [9, 7]);
        assert!(hierarchy.adopt(&attribute, &Column::from_u8(vec![1])).is_err());
        let names = Hierarchy::from_rows([["1.5", "*"], ["x", "*"], ["2", "*"]]).unwrap();
        let attribute =
            Attribute::new("n", Domain::numeric([150, 200], 2, Origin::Public).unwrap(), MissingKinds::NONE);
        let (_, column) = names.adopt(&attribute, &Column::from_u8(vec![0, 1])).unwrap();
        assert_eq!(column.iter().collect::<Vec<_>>(), [0, 2]);
    }

    #[test]
    fn kinds_of_missing_stay() {
        let kinds = MissingKinds::of(&[Missing::NotRecorded, Missing::Withheld]);
        let attribute = Attribute::new("age", Domain::numeric([3], 0, Origin::Observed).unwrap(), kinds);
        let (adopted, column) = ages().adopt(&attribute, &Column::from_u8(vec![0, 1, 2])).unwrap();
        let cells: Vec<_> = column.iter().map(|code| adopted.cell(code).unwrap()).collect();
        let missing = crate::Cell::Missing;
        assert_eq!(cells, [crate::Cell::Value(3), missing(Missing::NotRecorded), missing(Missing::Withheld)]);
    }

    #[test]
    fn misses_are_counted_and_placed_but_not_shown() {
        let found = Domain::nominal(["secret", "1", "hidden", "unused"], Origin::Observed).unwrap();
        let attribute = Attribute::new("age", found, MissingKinds::NOT_RECORDED);
        let column = Column::from_u8(vec![1, 2, 0, 4, 2, 2, 2, 2, 2]);
        let TableError::HierarchyMisses(misses) = ages().adopt(&attribute, &column).unwrap_err() else { panic!() };
        assert_eq!(
            misses.to_string(),
            "the hierarchy of `age` lacks 2 values of the column, which 7 rows have: rows 2, 3, 5, 6, 7, …"
        );
        assert_eq!((misses.distinct(), misses.rows(), misses.attribute()), (2, 7, "age"));
        assert_eq!(misses.show_values().collect::<Vec<_>>(), ["secret", "hidden"]);
        let shown = format!("{misses:?} {misses}");
        assert!(!shown.contains("secret") && !shown.contains("hidden"));
        let one = ages().adopt(&attribute, &Column::from_u8(vec![1, 0])).unwrap_err();
        assert_eq!(one.to_string(), "the hierarchy of `age` lacks 1 value of the column, which 1 row has: row 2");
        assert!(matches!(
            ages().adopt(&attribute, &Column::from_u8(vec![5])),
            Err(TableError::CodeOutOfRange { row: 1, .. })
        ));
    }
}
