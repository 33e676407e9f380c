//! Counting over all sets of attributes.

use ctdata_table::{Attribute, AttributeSet, BitmapIndex, Cell, Control, CountSource, Marginal, Table, TableError};

use super::KCombinations;
use super::cells::{BLANK, Cells, meanings, pack};
use super::persons::PersonCounter;
use super::report::{CombinationRisk, CombinationShare, CombinationSize};
use crate::quasi::is_blank;
use crate::unit::Persons;
use crate::{PrivacyError, PrivacyUnit};

/// Sets of attributes that are counted at once.
const BATCH: usize = 2048;

/// The chosen columns of one table, in the order of the names.
struct Side {
    table: Table,
    /// For each attribute and code, what it means in the released table.
    meanings: Vec<Vec<u16>>,
    /// For each attribute and code, whether it can be known as a value.
    values: Vec<Vec<bool>>,
    /// For each attribute the code of `no`, where that is never known.
    no: Vec<Option<u16>>,
    marked: Marked,
}

/// Rows that have some of the combinations found.
struct Marked {
    index: Option<BitmapIndex>,
    rows: Vec<u64>,
}

impl Side {
    fn new(params: &KCombinations, table: &Table, released: &Table) -> Result<Self, PrivacyError> {
        let chosen = table.select_named(params.attributes())?;
        // Units are rows or persons, never weights; persons are counted here.
        let table = Table::try_new(chosen.shared_schema(), chosen.columns().to_vec())?;
        let attributes = table.schema().attributes();
        let targets = params.attributes().iter().map(|name| released.schema().attribute(name));
        let targets = targets.collect::<Result<Vec<_>, _>>()?;
        let meanings = attributes.iter().zip(targets).map(|(attribute, target)| meanings(attribute, target)).collect();
        let is_value = |attribute: &Attribute, code: usize| {
            u16::try_from(code).ok().and_then(|code| attribute.cell(code)).is_some_and(|cell| !is_blank(cell))
        };
        let values =
            attributes.iter().map(|each| (0..each.code_count()).map(|code| is_value(each, code)).collect()).collect();
        let no = attributes.iter().map(|each| no_of_flag(each).filter(|_| params.only_yes())).collect();
        Ok(Self { table, meanings, values, no, marked: Marked { index: None, rows: Vec::new() } })
    }

    fn pack(&self, set: &AttributeSet, key: &[u16]) -> u128 {
        pack(set.positions().iter().zip(key).map(|(&position, &code)| {
            let meanings = self.meanings.get(usize::from(position));
            meanings.and_then(|meanings| meanings.get(usize::from(code))).copied().unwrap_or(BLANK)
        }))
    }

    fn all_values(&self, set: &AttributeSet, key: &[u16]) -> bool {
        set.positions().iter().zip(key).all(|(&position, &code)| {
            let values = self.values.get(usize::from(position));
            values.and_then(|values| values.get(usize::from(code))).is_some_and(|&is_value| is_value)
        })
    }

    /// Whether some cell is a `no` that nobody knows.
    fn has_no(&self, set: &AttributeSet, key: &[u16]) -> bool {
        let no = |position: u16| self.no.get(usize::from(position)).copied().flatten();
        set.positions().iter().zip(key).any(|(&position, &code)| no(position) == Some(code))
    }

    /// Marks the rows that have all these cells.
    fn mark(&mut self, set: &AttributeSet, key: &[u16], control: &Control) -> Result<(), TableError> {
        let Marked { index, rows } = &mut self.marked;
        let index = if let Some(index) = index {
            index
        } else {
            let positions: Vec<usize> = (0..self.table.schema().len()).collect();
            *rows = vec![0; self.table.rows().div_ceil(64)];
            index.insert(BitmapIndex::build(&self.table, &positions, control)?)
        };
        let bits: Vec<&[u64]> =
            set.positions().iter().zip(key).map(|(&position, &code)| index.bits(position.into(), code)).collect();
        match bits.as_slice() {
            [a] => rows.iter_mut().zip(*a).for_each(|(row, a)| *row |= a),
            [a, b] => rows.iter_mut().zip(a.iter().zip(*b)).for_each(|(row, (a, b))| *row |= a & b),
            [a, b, c] => {
                let words = a.iter().zip(*b).zip(*c);
                rows.iter_mut().zip(words).for_each(|(row, ((a, b), c))| *row |= a & b & c);
            }
            more => {
                for (word, row) in rows.iter_mut().enumerate() {
                    *row |= more.iter().fold(u64::MAX, |all, bits| all & bits.get(word).copied().unwrap_or(0));
                }
            }
        }
        Ok(())
    }

    fn marked(&self) -> u64 {
        BitmapIndex::count_ones(&self.marked.rows)
    }
}

pub(super) fn measure(
    params: &KCombinations,
    input: Option<&Table>,
    released: &Table,
    control: &Control,
) -> Result<CombinationRisk, PrivacyError> {
    let mut output = Side::new(params, released, released)?;
    // Without an input of its own the released table is seen twice: marks of the two kinds differ.
    let mut known = Side::new(params, input.unwrap_or(released), released)?;
    let persons = Persons::of(released);
    let width = u16::try_from(params.attributes().len()).unwrap_or(u16::MAX);
    let mut counter = Counter {
        k: params.k().into(),
        sizes: Vec::with_capacity(params.m()),
        attributes: params
            .attributes()
            .iter()
            .map(|name| CombinationShare { attribute: name.clone(), below_k: 0, exposed: 0 })
            .collect(),
        persons: if persons.repeat() {
            Some(PersonCounter::new(&output.table, &persons, &output.meanings, control)?)
        } else {
            None
        },
        control,
    };
    for size in 1..=params.m() {
        let sets = AttributeSet::all_of_size(width, size);
        counter.sizes.push(CombinationSize {
            size,
            sets: sets.len() as u64,
            combinations: 0,
            below_k: 0,
            smallest: None,
            exposed: 0,
            smallest_candidates: None,
        });
        for (batch, sets_of_batch) in sets.chunks(BATCH).enumerate() {
            let of_output = output.table.marginals(sets_of_batch, control)?;
            let of_known = input.map(|_| known.table.marginals(sets_of_batch, control)).transpose()?;
            let of_known = of_known.as_deref().unwrap_or(&of_output);
            for (released, known_cells) in of_output.iter().zip(of_known) {
                let entries = released.cells().map(|(key, rows)| (output.pack(released.set(), key), rows)).collect();
                let cells = Cells::new(released.set(), entries);
                counter.released(released, &cells, &mut output)?;
                counter.known(known_cells, &cells, &mut known)?;
            }
            control.check()?;
            control.report("combinations", ((batch + 1) * BATCH).min(sets.len()) as u64, Some(sets.len() as u64));
        }
    }
    let (below_k, exposed) =
        counter.sizes.iter().fold((0, 0), |(below, exposed), size| (below + size.below_k, exposed + size.exposed));
    Ok(CombinationRisk {
        k: params.k(),
        m: params.m(),
        only_yes: params.only_yes(),
        unit: PrivacyUnit::of(released),
        sizes: counter.sizes,
        attributes: counter.attributes,
        records: released.rows() as u64,
        records_below_k: output.marked(),
        records_exposed: known.marked(),
        holds: below_k == 0,
        attacker_view_holds: exposed == 0,
    })
}

struct Counter<'a> {
    k: u64,
    persons: Option<PersonCounter<'a>>,
    sizes: Vec<CombinationSize>,
    attributes: Vec<CombinationShare>,
    control: &'a Control,
}

impl Counter<'_> {
    /// Counts combinations of released values.
    fn released(&mut self, marginal: &Marginal, cells: &Cells<'_>, side: &mut Side) -> Result<(), TableError> {
        let Some(counts) = self.sizes.last_mut() else { return Ok(()) };
        let set = marginal.set();
        for (key, _) in marginal.cells() {
            if !side.all_values(set, key) || side.has_no(set, key) {
                continue;
            }
            // Past both k and the smallest so far, the exact number changes nothing.
            let limit = counts.smallest.map_or(u64::MAX, |smallest| smallest.max(self.k));
            let units = cells.exactly(side.pack(set, key), limit, self.persons.as_mut());
            counts.combinations += 1;
            counts.smallest = Some(counts.smallest.map_or(units, |smallest| smallest.min(units)));
            if units < self.k {
                counts.below_k += 1;
                for share in shares(&mut self.attributes, set) {
                    share.below_k += 1;
                }
                side.mark(set, key, self.control)?;
            }
        }
        Ok(())
    }

    /// Counts candidates of known cells.
    fn known(&mut self, marginal: &Marginal, cells: &Cells<'_>, side: &mut Side) -> Result<(), TableError> {
        let Some(counts) = self.sizes.last_mut() else { return Ok(()) };
        let set = marginal.set();
        for (key, _) in marginal.cells() {
            if side.has_no(set, key) {
                continue;
            }
            let known = side.pack(set, key);
            let limit = counts.smallest_candidates.map_or(u64::MAX, |smallest| smallest.max(self.k));
            let mut units = cells.candidates(known, limit, self.persons.as_mut());
            if units == 0 && cells.has_blank(known) {
                let smallest = cells.smallest_compatible(known, self.k, self.persons.as_mut());
                units = smallest.filter(|&smallest| smallest < self.k).unwrap_or(0);
            }
            if units == 0 {
                continue;
            }
            counts.smallest_candidates = Some(counts.smallest_candidates.map_or(units, |smallest| smallest.min(units)));
            if units < self.k {
                counts.exposed += 1;
                for share in shares(&mut self.attributes, set) {
                    share.exposed += 1;
                }
                side.mark(set, key, self.control)?;
            }
        }
        Ok(())
    }
}

/// The shares of the attributes of a set.
fn shares<'a>(
    attributes: &'a mut [CombinationShare],
    set: &'a AttributeSet,
) -> impl Iterator<Item = &'a mut CombinationShare> {
    let in_set = |position: usize| set.positions().iter().any(|&other| usize::from(other) == position);
    attributes.iter_mut().enumerate().filter(move |(position, _)| in_set(*position)).map(|(_, share)| share)
}

/// The code of `no` of a flag.
fn no_of_flag(attribute: &Attribute) -> Option<u16> {
    let domain = attribute.domain();
    let no = domain.code_of("no").filter(|_| domain.len() == 2 && domain.code_of("yes").is_some())?;
    matches!(attribute.cell(no), Some(Cell::Value(_))).then_some(no)
}
