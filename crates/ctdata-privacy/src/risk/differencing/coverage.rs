//! A release as the world sees it: which input values each released value may stand for.

use std::borrow::Cow;

use ctdata_table::{Attribute, Cell, Hierarchy, Table, TableError};

use crate::PrivacyError;
use crate::quasi::is_blank;

/// Which values of an input attribute each value of its released attribute covers.
///
/// A released blank (not recorded, withheld, unknown) covers everything; a released "not applicable"
/// covers that answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// For each input code the released codes that cover it, ascending.
    by_input: Vec<Vec<u16>>,
    released_codes: usize,
}

impl Coverage {
    /// The coverage in which the released value `r` covers the input value `i` if `covers(r, i)`, by
    /// their codes.
    pub fn new(input: &Attribute, released: &Attribute, covers: impl Fn(u16, u16) -> bool) -> Self {
        let cells = |attribute: &Attribute| -> Vec<(u16, Cell)> {
            (0u16..).map_while(|code| Some((code, attribute.cell(code)?))).collect()
        };
        let released_cells = cells(released);
        let fits = |released: Cell, input: Cell| match (released, input) {
            (blank, _) if is_blank(blank) => true,
            (Cell::Value(released), Cell::Value(input)) => covers(released, input),
            (released, input) => released == input,
        };
        let covering = |(_, input): (u16, Cell)| {
            released_cells.iter().filter(|(_, cell)| fits(*cell, input)).map(|(code, _)| *code).collect()
        };
        let by_input = cells(input).into_iter().map(covering).collect();
        Self { by_input, released_codes: released.code_count() }
    }

    /// Values as they are, some blanked: a released value covers the input value of the same label.
    pub fn of_values(input: &Attribute, released: &Attribute) -> Self {
        let place = |label: Option<Cow<'_, str>>| label.and_then(|label| released.domain().code_of(&label));
        let same: Vec<Option<u16>> = input.domain().labels().map(|label| place(Some(label))).collect();
        Self::new(input, released, |code, value| same.get(usize::from(value)).copied().flatten() == Some(code))
    }

    /// Values on a level of a hierarchy, some blanked: a released value covers the leaves under the
    /// value of the same label.
    ///
    /// # Errors
    /// No such level, or leaves that are not the input's values.
    pub fn of_level(
        input: &Attribute,
        released: &Attribute,
        hierarchy: &Hierarchy,
        level: usize,
    ) -> Result<Self, PrivacyError> {
        let invalid = |rule: &str| TableError::Invalid {
            what: format!("hierarchy of `{}`", input.name()),
            rule: rule.to_owned(),
        };
        if input.domain() != hierarchy.leaves() {
            return Err(invalid("its leaves are not the values of the attribute").into());
        }
        let level = hierarchy.level(level).ok_or_else(|| invalid("there is no such level"))?;
        let place: Vec<Option<u16>> = level.domain().labels().map(|label| released.domain().code_of(&label)).collect();
        let of_leaf = |leaf: u16| {
            let code = level.of_leaf().get(usize::from(leaf))?;
            place.get(usize::from(*code)).copied().flatten()
        };
        Ok(Self::new(input, released, |code, leaf| of_leaf(leaf) == Some(code)))
    }

    /// The released codes that cover an input code.
    pub(super) fn covering(&self, input: u16) -> &[u16] {
        self.by_input.get(usize::from(input)).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn fits(&self, input: &Attribute, released: &Attribute) -> bool {
        self.by_input.len() == input.code_count() && self.released_codes == released.code_count()
    }
}

/// A released table with what its quasi-identifiers cover.
#[derive(Debug, Clone)]
pub struct ReleaseView<'a> {
    pub(super) table: &'a Table,
    pub(super) attributes: Vec<(String, Coverage)>,
    pub(super) members: Option<Vec<bool>>,
}

impl<'a> ReleaseView<'a> {
    /// A release, so far without quasi-identifiers.
    pub fn new(table: &'a Table) -> Self {
        Self { table, attributes: Vec::new(), members: None }
    }

    /// The same with one more quasi-identifier; the input has an attribute of the same name.
    #[must_use]
    pub fn with_attribute(mut self, name: impl Into<String>, coverage: Coverage) -> Self {
        self.attributes.push((name.into(), coverage));
        self
    }

    /// The same with what is known of who is in it: for each input row, whether a record of the
    /// release comes from it. Without, a row is taken to be in it if any released record may be its.
    #[must_use]
    pub fn with_members(mut self, members: Vec<bool>) -> Self {
        self.members = Some(members);
        self
    }
}
