//! The attributes that an attacker may know, found in a schema.

use ctdata_table::{Attribute, AttributeSet, Cell, Missing, Schema, TableError};

use crate::PrivacyError;

/// Quasi-identifiers of one table.
#[derive(Debug)]
pub(crate) struct QuasiIdentifiers {
    pub(crate) set: AttributeSet,
    /// For each name, in the order given, its place in a key of the set.
    pub(crate) place_in_key: Vec<usize>,
}

impl QuasiIdentifiers {
    pub(crate) fn find<S: AsRef<str>>(schema: &Schema, names: &[S]) -> Result<Self, PrivacyError> {
        if names.is_empty() {
            return Err(PrivacyError::NoQuasiIdentifiers);
        }
        check_distinct(names)?;
        let set = AttributeSet::named(schema, names)?;
        let mut place_in_key = Vec::with_capacity(names.len());
        for name in names {
            let position = schema.position(name.as_ref())?;
            place_in_key.push(set.positions().partition_point(|&other| usize::from(other) < position));
        }
        Ok(Self { set, place_in_key })
    }

    /// The attributes in the order of the names.
    pub(crate) fn attributes<'a>(&self, schema: &'a Schema) -> Vec<&'a Attribute> {
        let position = |place: &usize| self.set.positions().get(*place).copied().map(usize::from);
        self.place_in_key.iter().filter_map(|place| schema.get(position(place)?)).collect()
    }
}

/// Refuses a name that is given twice.
pub(crate) fn check_distinct<S: AsRef<str>>(names: &[S]) -> Result<(), PrivacyError> {
    let mut sorted: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(twice) => {
            let name = twice.first().map(ToString::to_string).unwrap_or_default();
            Err(TableError::Duplicate { what: "attribute", name }.into())
        }
        None => Ok(()),
    }
}

/// Whether a cell leaves open what the true value is.
///
/// Not applicable is an answer, not a blank: taking it for a value of its own can only lower the
/// number of records that are compatible with it.
pub(crate) fn is_blank(cell: Cell) -> bool {
    matches!(cell, Cell::Missing(Missing::NotRecorded | Missing::Withheld | Missing::Unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_the_order_of_the_names() {
        let table = crate::testing::flags(&[&[0], &[1], &[2]]);
        let quasi = QuasiIdentifiers::find(table.schema(), &["c", "a"]).unwrap();
        assert_eq!(quasi.set.positions(), [0, 2]);
        assert_eq!(quasi.place_in_key, [1, 0]);
        let names: Vec<_> = quasi.attributes(table.schema()).iter().map(|attribute| attribute.name()).collect();
        assert_eq!(names, ["c", "a"]);
    }

    #[test]
    fn names_are_checked() {
        let table = crate::testing::flags(&[&[0], &[1]]);
        let find = |names: &[&str]| QuasiIdentifiers::find(table.schema(), names).unwrap_err().to_string();
        assert_eq!(find(&[]), "no quasi-identifier is named");
        assert_eq!(find(&["a", "b", "a"]), "the attribute `a` is given twice");
        assert!(find(&["height"]).starts_with("there is no attribute `height`"));
    }
}
