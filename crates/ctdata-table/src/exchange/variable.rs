//! Variables computed from attributes: what tables are counted by.

use crate::column::CodeSlice;
use crate::{Attribute, Column, Domain, Missing, MissingKinds, Origin, Table, TableError};

/// One category of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Category {
    /// The wire code, unique in its variable.
    pub code: String,
    /// The words for people.
    pub label: String,
}

impl Category {
    /// A category.
    pub fn new(code: impl Into<String>, label: impl Into<String>) -> Self {
        Self { code: code.into(), label: label.into() }
    }
}

/// A way to put each row into categories, described as data so that anyone can recount it.
///
/// All but [`Variable::Flags`] put each row into exactly one category.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Variable {
    /// The attribute itself; its categories are its codes, kinds of missing last.
    Attribute {
        /// The attribute's name.
        attribute: String,
    },
    /// A coarser reading of one attribute.
    Recoded {
        /// The variable's name.
        name: String,
        /// The attribute's name.
        attribute: String,
        /// The categories.
        categories: Vec<Category>,
        /// For each code of the attribute (kinds of missing too), the position of its category.
        map: Vec<u16>,
    },
    /// A reading of two attributes together, such as domestic or cross-border.
    Paired {
        /// The variable's name.
        name: String,
        /// The first attribute's name.
        first: String,
        /// The second attribute's name.
        second: String,
        /// The categories.
        categories: Vec<Category>,
        /// For `code of first * codes of second + code of second`, the position of the category.
        map: Vec<u16>,
    },
    /// A multi-valued question: a row is counted in the category of each flag that is `yes`.
    Flags {
        /// The variable's name.
        name: String,
        /// The flags' attribute names, one per category.
        members: Vec<String>,
        /// One category per member.
        categories: Vec<Category>,
    },
    /// What a group of flags says as a whole: `yes` if any flag is yes, `no` if none is but one is
    /// no, `not-recorded` if nothing is recorded.
    AnyFlag {
        /// The variable's name.
        name: String,
        /// The flags' attribute names.
        members: Vec<String>,
    },
}

impl Variable {
    /// The attribute itself.
    pub fn attribute(name: impl Into<String>) -> Self {
        Self::Attribute { attribute: name.into() }
    }

    /// The variable's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Attribute { attribute } => attribute,
            Self::Recoded { name, .. }
            | Self::Paired { name, .. }
            | Self::Flags { name, .. }
            | Self::AnyFlag { name, .. } => name,
        }
    }

    /// Whether each row falls into exactly one category.
    pub fn is_exclusive(&self) -> bool {
        !matches!(self, Self::Flags { .. })
    }

    /// Names of the attributes that it reads.
    pub fn attributes(&self) -> Vec<&str> {
        match self {
            Self::Attribute { attribute } | Self::Recoded { attribute, .. } => vec![attribute],
            Self::Paired { first, second, .. } => vec![first, second],
            Self::Flags { members, .. } | Self::AnyFlag { members, .. } => members.iter().map(String::as_str).collect(),
        }
    }

    /// The categories, in the order of their positions.
    ///
    /// # Errors
    /// An attribute that the table lacks.
    pub fn categories(&self, table: &Table) -> Result<Vec<Category>, TableError> {
        Ok(match self {
            Self::Attribute { attribute } => {
                let (attribute, _) = table.named(attribute)?;
                let values = attribute.domain().labels().map(|label| Category::new(label.clone(), label));
                values
                    .chain(attribute.missing().iter().map(|kind| Category::new(kind.code(), missing_label(kind))))
                    .collect()
            }
            Self::Recoded { categories, .. } | Self::Paired { categories, .. } | Self::Flags { categories, .. } => {
                categories.clone()
            }
            Self::AnyFlag { .. } => vec![
                Category::new("yes", "yes"),
                Category::new("no", "no"),
                Category::new(Missing::NotRecorded.code(), missing_label(Missing::NotRecorded)),
            ],
        })
    }

    /// The variable as a column of category positions; `None` for a multi-valued one.
    ///
    /// # Errors
    /// An attribute that the table lacks, a flag that is not yes/no, or a map of the wrong size.
    pub fn column(&self, table: &Table) -> Result<Option<(Attribute, Column)>, TableError> {
        let column = match self {
            Self::Attribute { attribute } => {
                let (attribute, column) = table.named(attribute)?;
                return Ok(Some((attribute.clone(), column.clone())));
            }
            Self::Recoded { attribute, map, .. } => {
                let (attribute, column) = table.named(attribute)?;
                self.check_map(map, attribute.code_count())?;
                column.recoded(map)
            }
            Self::Paired { first, second, map, .. } => {
                let (first, left) = table.named(first)?;
                let (second, right) = table.named(second)?;
                self.check_map(map, first.code_count() * second.code_count())?;
                let width = second.code_count();
                let codes: Vec<u16> = left
                    .iter()
                    .zip(right.iter())
                    .map(|(a, b)| map.get(usize::from(a) * width + usize::from(b)).copied().unwrap_or(0))
                    .collect();
                Column::from_codes(&codes, self.categories(table)?.len())
            }
            Self::AnyFlag { members, .. } => any_flag(table, members)?,
            Self::Flags { .. } => return Ok(None),
        };
        let codes = self.categories(table)?.into_iter().map(|category| category.code);
        let domain = Domain::nominal(codes.map(String::into_boxed_str), Origin::Public)?;
        Ok(Some((Attribute::new(self.name(), domain, MissingKinds::NONE), column)))
    }

    fn check_map(&self, map: &[u16], codes: usize) -> Result<(), TableError> {
        let categories = match self {
            Self::Recoded { categories, .. } | Self::Paired { categories, .. } => categories.len(),
            _ => 0,
        };
        if map.len() != codes || map.iter().any(|&category| usize::from(category) >= categories) {
            return Err(TableError::Invalid {
                what: format!("variable `{}`", self.name()),
                rule: format!("its map needs {codes} entries, each below {categories}"),
            });
        }
        Ok(())
    }
}

/// Checks that an attribute is a flag and gives the column of its codes (0 no, 1 yes, then missing).
pub(crate) fn flag_column<'a>(table: &'a Table, name: &str) -> Result<&'a Column, TableError> {
    let (attribute, column) = table.named(name)?;
    let domain = attribute.domain();
    if domain.len() != 2 || domain.code_of("no") != Some(0) || domain.code_of("yes") != Some(1) {
        return Err(TableError::Invalid {
            what: format!("attribute `{name}`"),
            rule: "it is not a yes/no flag".into(),
        });
    }
    Ok(column)
}

fn any_flag(table: &Table, members: &[String]) -> Result<Column, TableError> {
    const NOT_RECORDED: u8 = 2;
    let mut whole = vec![NOT_RECORDED; table.rows()];
    // yes beats no beats not recorded: 1, 0, 2 are merged as bits 2, 1, 0 of a mask.
    let mut seen = vec![0u8; table.rows()];
    for member in members {
        match flag_column(table, member)?.codes() {
            CodeSlice::U8(codes) => {
                for (seen, &code) in seen.iter_mut().zip(codes) {
                    *seen |= if code < NOT_RECORDED { code + 1 } else { 0 };
                }
            }
            CodeSlice::U16(codes) => {
                for (seen, &code) in seen.iter_mut().zip(codes) {
                    *seen |= match code {
                        0 => 1,
                        1 => 2,
                        _ => 0,
                    };
                }
            }
        }
    }
    for (code, seen) in whole.iter_mut().zip(seen) {
        *code = match seen {
            0 => NOT_RECORDED,
            1 => 1,
            _ => 0,
        };
    }
    Ok(Column::from_u8(whole))
}

/// The words for a kind of missing.
fn missing_label(kind: Missing) -> &'static str {
    match kind {
        Missing::NotRecorded => "not recorded",
        Missing::NotApplicable => "not applicable",
        Missing::Withheld => "withheld",
        Missing::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Schema;

    fn table() -> Table {
        let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")]).unwrap();
        let a = Column::from_u8(vec![0, 0, 0, 1, 1, 2, 2]);
        let b = Column::from_u16(vec![0, 1, 2, 1, 2, 0, 2]);
        Table::try_new(schema, vec![a, b]).unwrap()
    }

    #[test]
    fn any_flag_is_three_valued() {
        let any = Variable::AnyFlag { name: "any".into(), members: vec!["a".into(), "b".into()] };
        let (attribute, column) = any.column(&table()).unwrap().unwrap();
        let words: Vec<_> = column.iter().map(|code| attribute.domain().label(code).unwrap().into_owned()).collect();
        assert_eq!(words, ["no", "yes", "no", "yes", "yes", "no", "not-recorded"]);
    }

    #[test]
    fn a_pair_is_read_row_by_row() {
        let same = Variable::Paired {
            name: "same".into(),
            first: "a".into(),
            second: "b".into(),
            categories: vec![Category::new("same", "Same"), Category::new("other", "Other")],
            map: vec![0, 1, 1, 1, 0, 1, 1, 1, 0],
        };
        let (_, column) = same.column(&table()).unwrap().unwrap();
        assert_eq!(column.iter().collect::<Vec<_>>(), [0, 1, 1, 0, 1, 1, 0]);
    }

    #[test]
    fn a_map_of_the_wrong_size_is_refused() {
        let short = Variable::Recoded {
            name: "r".into(),
            attribute: "a".into(),
            categories: vec![Category::new("x", "X")],
            map: vec![0],
        };
        assert!(short.column(&table()).is_err());
        let wild = Variable::Recoded {
            name: "r".into(),
            attribute: "a".into(),
            categories: vec![Category::new("x", "X")],
            map: vec![0, 0, 1],
        };
        assert!(wild.column(&table()).is_err());
    }
}
