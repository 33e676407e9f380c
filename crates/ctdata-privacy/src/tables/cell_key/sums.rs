//! Sums of record keys, cell by cell: the same pass as counting, adding keys instead of ones.

use ctdata_table::{Column, Control, Table, Variable};
use rustc_hash::FxHashMap;

use super::RecordKeys;
use crate::PrivacyError;

/// Sums of the keys of the records in each cell of a table of counts, modulo 2⁶⁴: the cell keys.
///
/// Weights play no part: a key belongs to a record.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySums {
    /// Categories of each dimension.
    sizes: Vec<usize>,
    /// Places of cells, first dimension slowest, with their sums, in order; sums of zero are left out.
    sums: Vec<(u64, u64)>,
    total: u64,
}

impl KeySums {
    /// The cell key of these category positions; zero for a cell without records.
    pub fn get(&self, key: &[u16]) -> u64 {
        let Some(place) = self.place(key) else { return 0 };
        let found = self.sums.binary_search_by_key(&place, |(place, _)| *place);
        found.ok().and_then(|at| self.sums.get(at)).map_or(0, |(_, sum)| *sum)
    }

    /// The key of the whole table: the sum over all records, in whatever cell they fall.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The number of categories of each dimension.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    fn place(&self, key: &[u16]) -> Option<u64> {
        if key.len() != self.sizes.len() {
            return None;
        }
        key.iter().zip(&self.sizes).try_fold(0u64, |place, (&position, &size)| {
            (usize::from(position) < size).then(|| place * size as u64 + u64::from(position))
        })
    }
}

/// No key: whoever knows them can undo the noise.
impl std::fmt::Debug for KeySums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeySums").field("sizes", &self.sizes).field("cells", &self.sums.len()).finish_non_exhaustive()
    }
}

/// The category `yes` of [`Variable::AnyFlag`].
const YES: u16 = 0;
/// Up to so many cells a sum is kept for each, whether anybody is in it or not.
const DENSE: u64 = 1 << 20;

/// Adds up the keys of the records in each cell, by the variables that a table of counts is made by.
///
/// ```
/// use ctdata_privacy::tables::{RecordKeys, TableKey, tabulate_keys};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table, Variable};
/// let schema = Schema::try_new(vec![Attribute::flag("married")])?;
/// let table = Table::try_new(schema, vec![Column::from_u8(vec![1, 0, 1])])?;
/// let keys = RecordKeys::of(&table, &TableKey::from_bytes(b"32 bytes of a generator are best")?);
/// let sums = tabulate_keys(&table, &[Variable::attribute("married")], &keys, &Control::default())?;
/// assert_eq!(sums.get(&[0]), keys.get(1).unwrap());
/// assert_eq!(sums.total(), sums.get(&[0]).wrapping_add(sums.get(&[1])));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As many keys as rows are needed; more than one [`Variable::Flags`]; a variable that the table can not answer; more than
/// 2⁶⁴ cells; the memory cap or a stop by `control`.
pub fn tabulate_keys(
    table: &Table,
    variables: &[Variable],
    keys: &RecordKeys,
    control: &Control,
) -> Result<KeySums, PrivacyError> {
    let invalid = |parameter, rule: &str| PrivacyError::InvalidParameter { parameter, rule: rule.into() };
    if keys.len() != table.rows() {
        return Err(invalid("record keys", "there is one for each row"));
    }
    control.check()?;
    let sizes: Vec<usize> =
        variables.iter().map(|variable| Ok(variable.categories(table)?.len())).collect::<Result<_, PrivacyError>>()?;
    let size = sizes.iter().try_fold(1u64, |size, &next| size.checked_mul(next as u64));
    let size = size.ok_or_else(|| invalid("variables", "there are more than 2^64 cells"))?;

    control.reserve(table.rows() as u64 * 8)?;
    let mut places = vec![0u64; table.rows()];
    let mut flags = None;
    let mut stride = size;
    for (variable, &categories) in variables.iter().zip(&sizes) {
        stride /= (categories as u64).max(1);
        match (variable.column(table)?, variable) {
            (Some((_, column)), _) => {
                for (place, code) in places.iter_mut().zip(column.iter()) {
                    *place += u64::from(code) * stride;
                }
            }
            (None, Variable::Flags { members, .. }) if flags.is_none() => {
                flags = Some((columns_of(table, members)?, stride));
            }
            (None, _) => return Err(invalid("variables", "at most one of them is multi-valued")),
        }
        control.check()?;
    }
    let mut sums = Sums::new(size, control)?;
    match flags {
        None => places.iter().zip(keys.keys()).for_each(|(&place, &key)| sums.add(place, key)),
        Some((columns, stride)) => {
            for (member, column) in (0u64..).zip(&columns) {
                control.check()?;
                let yes = places.iter().zip(keys.keys()).zip(column.iter()).filter(|(_, answer)| *answer == YES);
                yes.for_each(|((&place, &key), _)| sums.add(place + member * stride, key));
            }
        }
    }
    let total = keys.keys().iter().fold(0u64, |total, &key| total.wrapping_add(key));
    Ok(KeySums { sizes, sums: sums.finish(), total })
}

/// The members of a multi-valued question, one column each, with the code 0 for yes.
fn columns_of(table: &Table, members: &[String]) -> Result<Vec<Column>, PrivacyError> {
    let mut columns = Vec::with_capacity(members.len());
    for member in members {
        let flag = Variable::AnyFlag { name: member.clone(), members: vec![member.clone()] };
        columns.extend(flag.column(table)?.map(|(_, column)| column));
    }
    Ok(columns)
}

/// Sums by place: all places where they are few, else those that occur.
enum Sums {
    Dense(Vec<u64>),
    Sparse(FxHashMap<u64, u64>),
}

impl Sums {
    fn new(size: u64, control: &Control) -> Result<Self, PrivacyError> {
        match usize::try_from(size) {
            Ok(places) if size <= DENSE => {
                control.reserve(size * 8)?;
                Ok(Self::Dense(vec![0; places]))
            }
            _ => Ok(Self::Sparse(FxHashMap::default())),
        }
    }

    fn add(&mut self, place: u64, key: u64) {
        let sum = match self {
            Self::Dense(sums) => usize::try_from(place).ok().and_then(|place| sums.get_mut(place)),
            Self::Sparse(sums) => Some(sums.entry(place).or_default()),
        };
        if let Some(sum) = sum {
            *sum = sum.wrapping_add(key);
        }
    }

    fn finish(self) -> Vec<(u64, u64)> {
        match self {
            Self::Dense(sums) => (0u64..).zip(sums).filter(|(_, sum)| *sum != 0).collect(),
            Self::Sparse(sums) => {
                let mut sums: Vec<(u64, u64)> = sums.into_iter().filter(|(_, sum)| *sum != 0).collect();
                sums.sort_unstable();
                sums
            }
        }
    }
}
