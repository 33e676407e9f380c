//! Combinations of values that cannot exist.

use std::sync::Arc;

use crate::{Schema, Table, TableError};

/// Part of a combination: an attribute and the values it would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The attribute's name.
    pub attribute: Arc<str>,
    /// Labels of the values, any of them.
    pub values: Vec<Arc<str>>,
}

/// A term in the positions and codes of one schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedTerm {
    /// The attribute's position.
    pub position: usize,
    /// For each code of the attribute, whether the term holds.
    pub holds: Vec<bool>,
}

/// A statement that all its terms never hold at once: a child (by age band) is not an adult (by
/// majority status). Missing cells satisfy no term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    name: Arc<str>,
    terms: Vec<Term>,
}

impl Constraint {
    /// A constraint from (attribute, values) pairs.
    pub fn new<'a, V: IntoIterator<Item = &'a str>>(
        name: impl Into<Arc<str>>,
        terms: impl IntoIterator<Item = (&'a str, V)>,
    ) -> Self {
        let terms = terms
            .into_iter()
            .map(|(attribute, values)| Term {
                attribute: attribute.into(),
                values: values.into_iter().map(Into::into).collect(),
            })
            .collect();
        Self { name: name.into(), terms }
    }

    /// The name by which reports cite it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The terms.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The terms by position and code; `None` when the schema lacks one of the attributes, so that the
    /// constraint says nothing there.
    ///
    /// # Errors
    /// A value that the attribute's domain does not have.
    pub fn resolve(&self, schema: &Schema) -> Result<Option<Vec<ResolvedTerm>>, TableError> {
        let mut resolved = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            let Some(position) = schema.find(&term.attribute) else { return Ok(None) };
            let Some(attribute) = schema.get(position) else { return Ok(None) };
            let mut holds = vec![false; attribute.code_count()];
            for value in &term.values {
                let slot = attribute.domain().code_of(value).and_then(|code| holds.get_mut(usize::from(code)));
                match slot {
                    Some(slot) => *slot = true,
                    None => {
                        return Err(TableError::Invalid {
                            what: format!("constraint `{}`", self.name),
                            rule: format!("attribute `{}` has no value `{value}`", term.attribute),
                        });
                    }
                }
            }
            resolved.push(ResolvedTerm { position, holds });
        }
        Ok(Some(resolved))
    }

    /// The rows (from 0) in which all terms hold.
    ///
    /// # Errors
    /// As [`Constraint::resolve`].
    pub fn violations(&self, table: &Table) -> Result<Vec<u32>, TableError> {
        let Some(terms) = self.resolve(table.schema())? else { return Ok(Vec::new()) };
        let mut rows: Vec<u32> = Vec::new();
        let mut first = true;
        for ResolvedTerm { position, holds } in terms {
            let Some(column) = table.column(position) else { return Ok(Vec::new()) };
            let holds_at = |row: u32| {
                column.get(row as usize).and_then(|code| holds.get(usize::from(code)).copied()).unwrap_or(false)
            };
            if first {
                rows = (0u32..).take(table.rows()).filter(|&row| holds_at(row)).collect();
                first = false;
            } else {
                rows.retain(|&row| holds_at(row));
            }
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attribute, Column, Domain, MissingKinds, Origin};

    #[test]
    fn violations_are_the_rows_where_every_term_holds() {
        let age = Domain::ordered(["child", "teen", "adult"], Origin::Public).unwrap();
        let schema =
            Schema::try_new(vec![Attribute::new("age", age, MissingKinds::NOT_RECORDED), Attribute::flag("votes")])
                .unwrap();
        let table =
            Table::try_new(schema, vec![Column::from_u8(vec![0, 1, 2, 3, 0]), Column::from_u8(vec![1, 1, 1, 1, 2])])
                .unwrap();
        let constraint = Constraint::new(
            "minors do not vote",
            [("age", ["child", "teen"].as_slice().iter().copied()), ("votes", ["yes"].as_slice().iter().copied())],
        );
        assert_eq!(constraint.violations(&table).unwrap(), [0, 1]);
        let elsewhere = Constraint::new("other", [("height", ["tall"])]);
        assert!(elsewhere.violations(&table).unwrap().is_empty());
        let wrong = Constraint::new("wrong", [("age", ["old"])]);
        assert_eq!(
            wrong.violations(&table).unwrap_err().to_string(),
            "constraint `wrong`: attribute `age` has no value `old`"
        );
    }
}
