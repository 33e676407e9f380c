//! What a table's columns are: attributes, their domains, and the questions that flags belong to.

use std::collections::HashMap;
use std::sync::Arc;

use crate::{Cell, Domain, Missing, MissingKinds, TableError, nearest};

/// One column of a table: a name, its values, and the kinds of missing it may have.
///
/// Codes run from 0: first the values of the domain, then the declared kinds of missing in the
/// order of [`Missing::ALL`].
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    name: Arc<str>,
    domain: Domain,
    missing: MissingKinds,
}

impl Attribute {
    /// An attribute with its domain and the kinds of missing that its cells may have.
    pub fn new(name: impl Into<Arc<str>>, domain: Domain, missing: MissingKinds) -> Self {
        Self { name: name.into(), domain, missing }
    }

    /// A yes/no question whose answer may be not recorded.
    pub fn flag(name: impl Into<Arc<str>>) -> Self {
        Self::new(name, Domain::flag(), MissingKinds::NOT_RECORDED)
    }

    /// The name, unique in its schema.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name, shared.
    pub fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// The values.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// The declared kinds of missing.
    pub fn missing(&self) -> MissingKinds {
        self.missing
    }

    /// How many codes there are: values and kinds of missing.
    pub fn code_count(&self) -> usize {
        self.domain.len() + self.missing.len()
    }

    /// The code of a kind of missing, if the attribute declares it.
    pub fn missing_code(&self, kind: Missing) -> Option<u16> {
        self.missing.position(kind).and_then(|position| u16::try_from(self.domain.len() + position).ok())
    }

    /// The code of a cell that says nothing: *not recorded* where it is declared, else the first other kind
    /// that is; *not applicable* never, since it says something.
    pub fn blank_code(&self) -> Option<u16> {
        let blank = self.missing.iter().find(|kind| *kind != Missing::NotApplicable);
        blank.and_then(|kind| self.missing_code(kind))
    }

    /// Whether a code stands for a value rather than for a kind of missing.
    pub fn is_value(&self, code: u16) -> bool {
        usize::from(code) < self.domain.len()
    }

    /// What a code stands for; `None` past the last one.
    pub fn cell(&self, code: u16) -> Option<Cell> {
        if self.is_value(code) {
            return Some(Cell::Value(code));
        }
        self.missing.iter().nth(usize::from(code) - self.domain.len()).map(Cell::Missing)
    }

    /// The code of a cell; `None` where the domain or the declared kinds do not have it.
    pub fn code(&self, cell: Cell) -> Option<u16> {
        match cell {
            Cell::Value(code) => self.is_value(code).then_some(code),
            Cell::Missing(kind) => self.missing_code(kind),
        }
    }

    /// The same attribute under another name.
    #[must_use]
    pub fn renamed(&self, name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), ..self.clone() }
    }
}

/// Flags that belong to one multi-valued question, such as the means of control.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    name: Arc<str>,
    members: Vec<usize>,
}

impl Group {
    /// The name, unique among the groups of its schema.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Positions of the member attributes, ascending.
    pub fn members(&self) -> &[usize] {
        &self.members
    }
}

/// The attributes of a table in order, and the groups they form.
///
/// ```
/// use ctdata_table::{Attribute, Domain, MissingKinds, Origin, Schema};
/// let schema = Schema::try_new(vec![
///     Attribute::new("year", Domain::numeric(2002..=2024, 0, Origin::Public)?, MissingKinds::NOT_RECORDED),
///     Attribute::flag("labour"),
///     Attribute::flag("sexual"),
/// ])?
/// .with_group("forms", &["labour", "sexual"])?;
/// assert_eq!(schema.position("sexual")?, 2);
/// assert_eq!(schema.group("forms")?.members(), [1, 2]);
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    attributes: Vec<Attribute>,
    groups: Vec<Group>,
    by_name: HashMap<Arc<str>, usize>,
}

impl Schema {
    /// A schema of these attributes, without groups.
    ///
    /// # Errors
    /// A name given twice.
    pub fn try_new(attributes: Vec<Attribute>) -> Result<Self, TableError> {
        let mut by_name = HashMap::with_capacity(attributes.len());
        for (position, attribute) in attributes.iter().enumerate() {
            if by_name.insert(attribute.shared_name(), position).is_some() {
                return Err(TableError::Duplicate { what: "attribute", name: attribute.name().to_owned() });
            }
        }
        Ok(Self { attributes, groups: Vec::new(), by_name })
    }

    /// The same schema with one more group.
    ///
    /// # Errors
    /// A group of that name, a member the schema does not have, or a member named twice.
    pub fn with_group(mut self, name: impl Into<Arc<str>>, members: &[&str]) -> Result<Self, TableError> {
        let name = name.into();
        if self.groups.iter().any(|group| group.name == name) {
            return Err(TableError::Duplicate { what: "group", name: name.to_string() });
        }
        let mut positions = members.iter().map(|member| self.position(member)).collect::<Result<Vec<_>, _>>()?;
        positions.sort_unstable();
        if let Some(twice) = positions.windows(2).find(|pair| pair.first() == pair.last()) {
            let member = twice.first().and_then(|&position| self.attributes.get(position));
            let name = member.map(|attribute| attribute.name().to_owned()).unwrap_or_default();
            return Err(TableError::Duplicate { what: "member of a group", name });
        }
        self.groups.push(Group { name, members: positions });
        Ok(self)
    }

    /// The attributes in the order of the columns.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The number of attributes.
    pub fn len(&self) -> usize {
        self.attributes.len()
    }

    /// Whether there is no attribute.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// The attribute at a position.
    pub fn get(&self, position: usize) -> Option<&Attribute> {
        self.attributes.get(position)
    }

    /// The position of a name, if the schema has it.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The position of a name.
    ///
    /// # Errors
    /// [`TableError::UnknownAttribute`] with the most similar name.
    pub fn position(&self, name: &str) -> Result<usize, TableError> {
        self.find(name).ok_or_else(|| TableError::UnknownAttribute {
            name: name.to_owned(),
            nearest: nearest(name, self.attributes.iter().map(Attribute::name)).map(str::to_owned),
        })
    }

    /// The attribute of a name.
    ///
    /// # Errors
    /// [`TableError::UnknownAttribute`] with the most similar name.
    pub fn attribute(&self, name: &str) -> Result<&Attribute, TableError> {
        self.position(name).and_then(|position| {
            self.get(position).ok_or_else(|| TableError::UnknownAttribute { name: name.to_owned(), nearest: None })
        })
    }

    /// The groups in the order they were declared.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The group of a name.
    ///
    /// # Errors
    /// [`TableError::UnknownAttribute`] with the most similar group name.
    pub fn group(&self, name: &str) -> Result<&Group, TableError> {
        self.groups.iter().find(|group| group.name() == name).ok_or_else(|| TableError::UnknownAttribute {
            name: name.to_owned(),
            nearest: nearest(name, self.groups.iter().map(Group::name)).map(str::to_owned),
        })
    }

    /// The schema of some of the attributes, in the order of `positions`; groups keep the members
    /// that remain, and vanish without any.
    ///
    /// # Errors
    /// A position past the end or given twice.
    pub fn select(&self, positions: &[usize]) -> Result<Self, TableError> {
        let attributes = positions
            .iter()
            .map(|&position| {
                self.get(position).cloned().ok_or_else(|| TableError::UnknownAttribute {
                    name: format!("number {}", position + 1),
                    nearest: None,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut selected = Self::try_new(attributes)?;
        for group in &self.groups {
            let mut members: Vec<usize> =
                group.members.iter().filter_map(|member| positions.iter().position(|kept| kept == member)).collect();
            members.sort_unstable();
            if !members.is_empty() {
                selected.groups.push(Group { name: Arc::clone(&group.name), members });
            }
        }
        Ok(selected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Origin;

    fn schema() -> Schema {
        let colour = Domain::nominal(["red", "blue"], Origin::Public).unwrap();
        let kinds = MissingKinds::of(&[Missing::Unknown, Missing::NotRecorded]);
        Schema::try_new(vec![Attribute::new("colour", colour, kinds), Attribute::flag("a"), Attribute::flag("b")])
            .unwrap()
            .with_group("letters", &["b", "a"])
            .unwrap()
    }

    #[test]
    fn codes_and_cells_are_inverse() {
        for attribute in schema().attributes() {
            for code in 0..u16::try_from(attribute.code_count()).unwrap() {
                assert_eq!(attribute.cell(code).and_then(|cell| attribute.code(cell)), Some(code));
            }
            assert_eq!(attribute.cell(u16::try_from(attribute.code_count()).unwrap()), None);
        }
        let schema = schema();
        let colour = &schema.attributes()[0];
        assert_eq!(colour.missing_code(Missing::NotRecorded), Some(2));
        assert_eq!(colour.missing_code(Missing::Unknown), Some(3));
        assert_eq!(colour.missing_code(Missing::Withheld), None);
    }

    #[test]
    fn an_unknown_name_suggests_the_nearest() {
        let error = schema().position("color").unwrap_err();
        assert_eq!(error.to_string(), "there is no attribute `color`; did you mean `colour`?");
    }

    #[test]
    fn a_selection_keeps_what_remains_of_a_group() {
        let selected = schema().select(&[2, 0]).unwrap();
        assert_eq!(selected.group("letters").unwrap().members(), [0]);
        assert!(schema().select(&[0]).unwrap().groups().is_empty());
        assert!(schema().select(&[0, 0]).is_err());
        assert!(schema().select(&[7]).is_err());
    }

    #[test]
    fn names_are_unique() {
        assert!(Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("a")]).is_err());
        assert!(schema().with_group("letters", &["a"]).is_err());
        assert!(schema().with_group("twice", &["a", "a"]).is_err());
    }
}
