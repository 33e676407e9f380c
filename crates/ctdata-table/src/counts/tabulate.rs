//! Tables of counts by variables.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::{
    Attribute, AttributeSet, Column, Control, CountSource, CountTable, Dimension, Marginal, Schema, Table, TableError,
    Variable,
};

/// Bytes of columns that are counted at once.
const BATCH_BYTES: usize = 1 << 28;
/// The category `yes` of [`Variable::AnyFlag`].
const YES: u16 = 0;

/// Counts the units of a table by the categories of some variables, at most one of them multi-valued.
///
/// With a [`Variable::Flags`], a unit is counted once for each of its flags that is `yes`, and not
/// at all where none is. The total is that of the table, whatever its units fall into.
///
/// ```
/// use ctdata_table::{Attribute, Column, Control, Schema, Table, Variable, tabulate};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let columns = vec![Column::from_u8(vec![1, 1, 1, 0]), Column::from_u8(vec![1, 1, 2, 1])];
/// let table = Table::try_new(schema, columns)?;
/// let counts = tabulate(&table, "a-by-b", &[Variable::attribute("a"), Variable::attribute("b")], &Control::default())?;
/// assert_eq!(counts.get(&[1, 1]), 2); // both yes
/// assert_eq!(counts.total(), 4);
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
///
/// # Errors
/// More than one [`Variable::Flags`], a variable that the table cannot answer (see
/// [`Variable::column`]), [`TableError::MemoryCap`], [`TableError::Cancelled`].
pub fn tabulate(table: &Table, id: &str, variables: &[Variable], control: &Control) -> Result<CountTable, TableError> {
    let mut batch = Batch::new(table);
    let planned = batch.plan(id, variables)?;
    planned.finish(&batch.count(control)?)
}

/// Counts many tables at once, as [`tabulate`] counts each: (id, variables). What they share is read once.
///
/// # Errors
/// Those of [`tabulate`].
pub fn tabulate_all<'a>(
    table: &'a Table,
    wanted: impl IntoIterator<Item = (&'a str, &'a [Variable])>,
    control: &Control,
) -> Result<Vec<CountTable>, TableError> {
    let mut wanted = wanted.into_iter().peekable();
    let mut tables = Vec::new();
    while wanted.peek().is_some() {
        let mut batch = Batch::new(table);
        let mut planned = Vec::new();
        while let Some((id, variables)) = wanted.next_if(|_| batch.bytes < BATCH_BYTES) {
            planned.push((batch.plan(id, variables)?, variables));
        }
        let several = planned.len() > 1;
        match batch.count(control) {
            Ok(marginals) => {
                for (planned, _) in planned {
                    tables.push(planned.finish(&marginals)?);
                }
            }
            // What does not fit together may fit one by one.
            Err(TableError::MemoryCap { .. }) if several => {
                for (planned, variables) in planned {
                    tables.push(tabulate(table, planned.id, variables, control)?);
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(tables)
}

/// Tables that are counted together.
struct Batch<'a> {
    table: &'a Table,
    /// What each column stands for; one twice only if a single table has it twice.
    variables: Vec<Cow<'a, Variable>>,
    /// Named by number: a variable and a member of the multi-valued one may have the same name.
    attributes: Vec<Attribute>,
    columns: Vec<Column>,
    /// Bytes of its columns.
    bytes: usize,
    /// The sets to count and their places in the order of counting.
    sets: BTreeMap<AttributeSet, usize>,
}

/// One table, planned.
struct Planned<'a> {
    id: &'a str,
    total: u64,
    dimensions: Vec<Dimension>,
    /// The place of the multi-valued variable.
    flags: Option<usize>,
    /// The marginals that it is made of, one for each flag or one in all.
    parts: Vec<Part>,
}

/// A marginal, and where it has the codes of a table's variables.
struct Part {
    marginal: usize,
    order: Vec<usize>,
}

impl<'a> Batch<'a> {
    fn new(table: &'a Table) -> Self {
        Self {
            table,
            variables: Vec::new(),
            attributes: Vec::new(),
            columns: Vec::new(),
            bytes: 0,
            sets: BTreeMap::new(),
        }
    }

    fn plan(&mut self, id: &'a str, variables: &'a [Variable]) -> Result<Planned<'a>, TableError> {
        let mut dimensions = Vec::with_capacity(variables.len());
        let mut positions = Vec::with_capacity(variables.len() + 1);
        let mut flags = None;
        for (place, variable) in variables.iter().enumerate() {
            dimensions.push(Dimension { variable: variable.clone(), categories: variable.categories(self.table)? });
            if let Variable::Flags { members, .. } = variable {
                if flags.is_some() {
                    return Err(TableError::Invalid {
                        what: format!("count table `{id}`"),
                        rule: "at most one of its variables is multi-valued".into(),
                    });
                }
                flags = Some((place, members));
            } else {
                let position = self.position(Cow::Borrowed(variable), &positions)?;
                positions.push(position);
            }
        }
        let mut parts = Vec::new();
        match flags {
            Some((_, members)) => {
                for member in members {
                    let flag = Variable::AnyFlag { name: member.clone(), members: vec![member.clone()] };
                    let position = self.position(Cow::Owned(flag), &positions)?;
                    positions.push(position);
                    parts.push(self.part(&positions)?);
                    positions.pop();
                }
            }
            None if !positions.is_empty() => parts.push(self.part(&positions)?),
            None => {}
        }
        let flags = flags.map(|(place, _)| place);
        Ok(Planned { id, total: self.table.total(), dimensions, flags, parts })
    }

    /// The column of an exclusive variable, none of those `taken`.
    fn position(&mut self, variable: Cow<'a, Variable>, taken: &[u16]) -> Result<u16, TableError> {
        let known = (0u16..).zip(&self.variables).find(|(at, known)| **known == variable && !taken.contains(at));
        if let Some((position, _)) = known {
            return Ok(position);
        }
        let Some((attribute, column)) = variable.column(self.table)? else {
            let rule = "it is multi-valued".into();
            return Err(TableError::Invalid { what: format!("variable `{}`", variable.name()), rule });
        };
        let position = u16::try_from(self.columns.len()).map_err(|_| TableError::Invalid {
            what: "count tables".into(),
            rule: "they have more than 65,535 variables".into(),
        })?;
        self.bytes += column.bytes();
        self.attributes.push(attribute.renamed(position.to_string()));
        self.columns.push(column);
        self.variables.push(variable);
        Ok(position)
    }

    fn part(&mut self, positions: &[u16]) -> Result<Part, TableError> {
        let set = AttributeSet::try_new(positions.iter().map(|&position| usize::from(position)))?;
        let place = |position: &u16| set.positions().binary_search(position).unwrap_or(0);
        let order = positions.iter().map(place).collect();
        let next = self.sets.len();
        Ok(Part { order, marginal: *self.sets.entry(set).or_insert(next) })
    }

    fn count(self, control: &Control) -> Result<Vec<Marginal>, TableError> {
        if self.columns.is_empty() {
            return Ok(Vec::new());
        }
        let mut counted = Table::try_new(Schema::try_new(self.attributes)?, self.columns)?;
        if let Some(weights) = self.table.weights() {
            counted = counted.with_weights(weights.clone())?;
        }
        let mut sets: Vec<(AttributeSet, usize)> = self.sets.into_iter().collect();
        sets.sort_unstable_by_key(|(_, place)| *place);
        let sets: Vec<AttributeSet> = sets.into_iter().map(|(set, _)| set).collect();
        counted.marginals(&sets, control)
    }
}

impl Planned<'_> {
    fn finish(self, marginals: &[Marginal]) -> Result<CountTable, TableError> {
        let Self { id, total, dimensions, flags, parts } = self;
        if dimensions.is_empty() {
            return CountTable::try_new(id, dimensions, [(Vec::new(), total)], total);
        }
        let mut cells: Vec<(Vec<u16>, u64)> = Vec::new();
        for (member, part) in (0u16..).zip(&parts) {
            let Some(marginal) = marginals.get(part.marginal) else {
                continue;
            };
            cells.reserve(marginal.len());
            for (codes, count) in marginal.cells() {
                let mut key: Vec<u16> = part.order.iter().filter_map(|&place| codes.get(place).copied()).collect();
                match flags {
                    Some(place) if key.pop() == Some(YES) => {
                        key.insert(place.min(key.len()), member);
                        cells.push((key, count));
                    }
                    Some(_) => {}
                    None => cells.push((key, count)),
                }
            }
        }
        CountTable::try_new(id, dimensions, cells, total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Category, Weights};
    use proptest::prelude::*;

    fn variables() -> Vec<Variable> {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let categories = |codes: &[&str]| codes.iter().map(|&code| Category::new(code, code)).collect::<Vec<_>>();
        vec![
            Variable::attribute("a"),
            Variable::attribute("b"),
            Variable::Recoded {
                name: "a".into(),
                attribute: "a".into(),
                categories: categories(&["known", "blank"]),
                map: vec![0, 0, 1],
            },
            Variable::AnyFlag { name: "any".into(), members: names(&["a", "c"]) },
            Variable::Flags { name: "all".into(), members: names(&["c", "a"]), categories: categories(&["c", "a"]) },
        ]
    }

    /// The category of a row, by the definition of the variables.
    fn category(variable: &Variable, row: &[u8]) -> u16 {
        let code = |name: &str| u16::from(row["abc".find(name).unwrap()]);
        match variable {
            Variable::Attribute { attribute } => code(attribute),
            Variable::Recoded { attribute, map, .. } => map[usize::from(code(attribute))],
            Variable::AnyFlag { members, .. } => {
                let given: Vec<u16> = members.iter().map(|member| code(member)).collect();
                if given.contains(&1) { 0 } else { 2 - u16::from(given.contains(&0)) }
            }
            _ => unreachable!(),
        }
    }

    /// Row by row.
    fn expected(rows: &[(Vec<u8>, u32)], variables: &[Variable]) -> BTreeMap<Vec<u16>, u64> {
        let mut cells = BTreeMap::new();
        for (row, weight) in rows {
            let mut keys = vec![Vec::new()];
            for variable in variables {
                let positions: Vec<u16> = match variable {
                    Variable::Flags { members, .. } => {
                        let yes = |member: &String| row["abc".find(member.as_str()).unwrap()] == 1;
                        (0u16..).zip(members).filter(|(_, member)| yes(member)).map(|(at, _)| at).collect()
                    }
                    variable => vec![category(variable, row)],
                };
                let longer =
                    |key: &Vec<u16>| positions.iter().map(|&at| [&key[..], &[at]].concat()).collect::<Vec<_>>();
                keys = keys.iter().flat_map(longer).collect();
            }
            for key in keys {
                *cells.entry(key).or_insert(0) += u64::from(*weight);
            }
        }
        cells.retain(|_, count| *count > 0);
        cells
    }

    proptest! {
        #[test]
        fn tables_counted_together_equal_a_loop_over_rows(
            rows in prop::collection::vec((prop::collection::vec(0u8..3, 3), 0u32..4), 0..30),
            wanted in prop::collection::vec(prop::collection::vec(0usize..5, 0..4), 1..8),
            weighted in any::<bool>(),
        ) {
            let rows: Vec<_> = rows.into_iter().map(|(row, weight)| (row, if weighted { weight } else { 1 })).collect();
            let schema = Schema::try_new(["a", "b", "c"].map(Attribute::flag).to_vec()).unwrap();
            let column = |at: usize| Column::from_u8(rows.iter().map(|(row, _)| row[at]).collect());
            let mut table = Table::try_new(schema, (0..3).map(column).collect()).unwrap();
            if weighted {
                let weights: Vec<u32> = rows.iter().map(|(_, weight)| *weight).collect();
                table = table.with_weights(Weights::new(weights)).unwrap();
            }
            let all = variables();
            let is_plain = |at: &usize| *at < 4;
            // One multi-valued variable at most; any other may stand twice.
            let wanted: Vec<Vec<Variable>> = wanted
                .into_iter()
                .map(|of| {
                    let mut several = false;
                    let of = of.into_iter().filter(|at| is_plain(at) || !std::mem::replace(&mut several, true));
                    of.map(|at| all[at].clone()).collect()
                })
                .collect();
            let control = Control::default();
            let together = tabulate_all(&table, wanted.iter().map(|of| ("t", &of[..])), &control).unwrap();
            prop_assert_eq!(together.len(), wanted.len());
            for (counted, variables) in together.iter().zip(&wanted) {
                let cells: BTreeMap<Vec<u16>, u64> = counted.cells().map(|(key, count)| (key.to_vec(), count)).collect();
                prop_assert_eq!(cells, expected(&rows, variables));
                prop_assert_eq!(counted.total(), table.total());
                prop_assert_eq!(counted, &tabulate(&table, "t", variables, &control).unwrap());
            }
        }
    }

    #[test]
    fn tables_that_do_not_fit_together_are_counted_one_by_one() {
        let schema = Schema::try_new(["a", "b", "c", "d"].map(Attribute::flag).to_vec()).unwrap();
        let table = Table::try_new(schema, vec![Column::from_u8(vec![1; 100]); 4]).unwrap();
        let wanted = ["a", "b", "c", "d"].map(|name| [Variable::attribute(name)]);
        let control = Control::default().with_memory_cap(250);
        let tables = tabulate_all(&table, wanted.iter().map(|of| ("t", &of[..])), &control).unwrap();
        assert!(tables.len() == 4 && tables.iter().all(|table| table.get(&[1]) == 100));
        let tight = Control::default().with_memory_cap(50);
        assert!(tabulate_all(&table, wanted.iter().map(|of| ("t", &of[..])), &tight).is_err());
    }

    #[test]
    fn two_questions_with_several_answers_are_refused() {
        let table =
            Table::try_new(Schema::try_new(vec![Attribute::flag("a")]).unwrap(), vec![Column::from_u8(vec![1])]);
        let flags =
            Variable::Flags { name: "q".into(), members: vec!["a".into()], categories: vec![Category::new("a", "A")] };
        let error = tabulate(&table.unwrap(), "t", &[flags.clone(), flags], &Control::default()).unwrap_err();
        assert_eq!(error.to_string(), "count table `t`: at most one of its variables is multi-valued");
    }
}
