//! Tables of counts by variables.

use crate::{
    Attribute, AttributeSet, Column, Control, CountSource, CountTable, Dimension, Schema, Table, TableError, Variable,
};

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
    let mut dimensions = Vec::with_capacity(variables.len());
    // Columns by number: a variable and a member of the multi-valued one may have the same name.
    let mut attributes = Vec::new();
    let mut columns: Vec<Column> = Vec::new();
    let mut add = |attribute: &Attribute, column: Column| {
        attributes.push(attribute.renamed(columns.len().to_string()));
        columns.push(column);
    };
    let mut flags = None;
    for (place, variable) in variables.iter().enumerate() {
        dimensions.push(Dimension { variable: variable.clone(), categories: variable.categories(table)? });
        match (variable.column(table)?, variable) {
            (Some((attribute, column)), _) => add(&attribute, column),
            (None, Variable::Flags { members, .. }) if flags.is_none() => {
                flags = Some((place, members));
            }
            (None, _) => {
                return Err(TableError::Invalid {
                    what: format!("count table `{id}`"),
                    rule: "at most one of its variables is multi-valued".into(),
                });
            }
        }
    }
    let exclusive = variables.len() - usize::from(flags.is_some());
    for member in flags.map_or(&[][..], |(_, members)| members) {
        let flag = Variable::AnyFlag { name: member.clone(), members: vec![member.clone()] };
        if let Some((attribute, column)) = flag.column(table)? {
            add(&attribute, column);
        }
    }

    let total = table.total();
    if columns.is_empty() {
        let cells = variables.is_empty().then(|| (Vec::new(), total));
        return CountTable::try_new(id, dimensions, cells, total);
    }
    let mut counted = Table::try_new(Schema::try_new(attributes)?, columns)?;
    if let Some(weights) = table.weights() {
        counted = counted.with_weights(weights.clone())?;
    }
    let Some((place, members)) = flags else {
        let marginal = one(&counted, AttributeSet::try_new(0..exclusive)?, control)?;
        return CountTable::try_new(id, dimensions, marginal, total);
    };
    let sets = (0..members.len())
        .map(|member| AttributeSet::try_new((0..exclusive).chain([exclusive + member])))
        .collect::<Result<Vec<_>, _>>()?;
    let marginals = counted.marginals(&sets, control)?;
    let cells = (0u16..).zip(&marginals).flat_map(|(member, marginal)| {
        marginal.cells().filter_map(move |(key, count)| {
            let (&answer, others) = key.split_last()?;
            let (before, after) = others.split_at_checked(place)?;
            (answer == YES).then(|| ([before, &[member], after].concat(), count))
        })
    });
    CountTable::try_new(id, dimensions, cells, total)
}

/// The category `yes` of [`Variable::AnyFlag`].
const YES: u16 = 0;

/// The cells of one marginal.
fn one(table: &Table, set: AttributeSet, control: &Control) -> Result<Vec<(Vec<u16>, u64)>, TableError> {
    let marginals = table.marginals(&[set], control)?;
    Ok(marginals.iter().flat_map(|marginal| marginal.cells().map(|(key, count)| (key.to_vec(), count))).collect())
}
