//! Count tables as figures read them: filters first, then the breakdown, then what is counted.

use crate::estimate::Dimension;
use crate::request::{Dim, static_words};
use ctdata_table::CountTable;
use std::borrow::Cow;

/// A cell with its key.
pub(crate) type Listed = (Vec<u16>, u64);

/// The count tables handed in, in their order.
#[derive(Clone, Copy)]
pub(crate) struct Tables<'t> {
    counts: &'t [CountTable],
    /// The cells to read of each table, zeros included; none where zeros do not matter.
    listed: &'t [Vec<Listed>],
}

impl<'t> Tables<'t> {
    /// Tables whose cells are read as listed, table by table.
    pub(crate) fn listed(counts: &'t [CountTable], listed: &'t [Vec<Listed>]) -> Self {
        Self { counts, listed }
    }

    /// The tables whose ids pass, each as if it had no filters and no breakdown.
    pub(crate) fn find(self, id: impl Fn(&str) -> bool) -> impl Iterator<Item = Counted<'t>> {
        let found = self.counts.iter().enumerate().filter(move |(_, table)| id(table.id()));
        found.map(move |(number, table)| Counted {
            table,
            number,
            listed: self.listed.get(number).map(Vec::as_slice),
            filters: 0,
            by: 0,
        })
    }
}

impl<'t> From<&'t [CountTable]> for Tables<'t> {
    fn from(counts: &'t [CountTable]) -> Self {
        Self { counts, listed: &[] }
    }
}

/// One cell that the filters let through, or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'t> {
    /// The position of its table.
    pub(crate) table: usize,
    /// The whole key.
    pub(crate) key: &'t [u16],
    /// Its part for the breakdown.
    pub(crate) by: &'t [u16],
    /// Its part for what is counted.
    pub(crate) counted: &'t [u16],
    pub(crate) count: u64,
}

/// The cells of one combination of the breakdown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice<'e, 't> {
    pub(crate) by: &'t [u16],
    pub(crate) cells: &'e [Entry<'t>],
}

/// The cells that the filters let through, in the order of the breakdown.
#[derive(Debug)]
pub(crate) struct Selected<'t> {
    entries: Vec<Entry<'t>>,
    is_broken_down: bool,
}

impl<'t> Selected<'t> {
    /// All of them.
    pub(crate) fn cells(&self) -> &[Entry<'t>] {
        &self.entries
    }

    /// The cells by breakdown, without combinations that nobody is in; an empty table still has its total.
    pub(crate) fn slices(&self) -> impl Iterator<Item = Slice<'_, 't>> {
        let whole = (!self.is_broken_down).then_some(Slice { by: &[], cells: &self.entries });
        let parts = if self.is_broken_down { self.entries.as_slice() } else { &[] };
        let parts = parts.chunk_by(|one, next| one.by == next.by);
        let parts = parts.map(|cells| Slice { by: cells.first().map_or(&[][..], |cell| cell.by), cells });
        whole.into_iter().chain(parts.filter(|slice| slice.cells.iter().any(|cell| cell.count > 0)))
    }
}

/// One cell: whether the filters let it through, its breakdown, what is counted, the count.
pub(crate) type Cell<'t> = (bool, &'t [u16], &'t [u16], u64);

/// A table of counts whose dimensions are known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted<'t> {
    pub(crate) table: &'t CountTable,
    /// Its position among the tables handed in.
    pub(crate) number: usize,
    listed: Option<&'t [Listed]>,
    pub(crate) filters: usize,
    by: usize,
}

impl<'t> Counted<'t> {
    /// The same table, read with so many filters and dimensions of a breakdown.
    pub(crate) fn with(self, filters: usize, by: usize) -> Self {
        Self { filters, by, ..self }
    }

    /// A dimension that is counted, from 0.
    pub(crate) fn dimension(&self, index: usize) -> Option<&'t ctdata_table::Dimension> {
        self.table.dimensions().get(self.filters + self.by + index)
    }

    /// The position of a category of a counted dimension.
    pub(crate) fn position(&self, index: usize, code: &str) -> Option<u16> {
        self.dimension(index).and_then(|dimension| dimension.position(code))
    }

    /// Whether each category of a counted dimension is an answer, and no kind of missing.
    pub(crate) fn answers(&self, index: usize) -> Vec<bool> {
        let dimension = self.dimension(index);
        let categories = dimension.map_or(0, |dimension| dimension.categories.len());
        (0u16..).take(categories).map(|at| dimension.is_some_and(|dimension| !dimension.is_missing(at))).collect()
    }

    /// Whether a category of the breakdown stands for a kind of missing.
    pub(crate) fn any_missing(&self, by: &[u16]) -> bool {
        let dimensions = self.table.dimensions().iter().skip(self.filters);
        dimensions.zip(by).any(|(dimension, &position)| dimension.is_missing(position))
    }

    /// All cells that are not zero.
    pub(crate) fn cells(&self) -> impl Iterator<Item = Cell<'t>> + use<'t> {
        let (filters, by) = (self.filters, self.by);
        self.table.cells().filter_map(move |(key, count)| {
            let (filtered, rest) = key.split_at_checked(filters)?;
            let (by, counted) = rest.split_at_checked(by)?;
            Some((filtered.iter().all(|&position| position == 0), by, counted, count))
        })
    }

    /// What is counted in the cells that meet the filters marked, whatever the other filters say.
    pub(crate) fn counted_where(&self, marked: &[bool]) -> impl Iterator<Item = &'t [u16]> {
        let start = self.filters + self.by;
        self.table.cells().filter_map(move |(key, _)| {
            let mut filters = key.iter().zip(marked);
            filters.all(|(&position, &marked)| !marked || position == 0).then(|| key.get(start..)).flatten()
        })
    }

    /// The cells that the filters let through, zeros included where they are listed.
    pub(crate) fn selected(&self) -> Selected<'t> {
        let entry = |key: &'t [u16], count: u64| {
            let (filtered, rest) = key.split_at_checked(self.filters)?;
            let (by, counted) = rest.split_at_checked(self.by)?;
            let selected = filtered.iter().all(|&position| position == 0);
            selected.then_some(Entry { table: self.number, key, by, counted, count })
        };
        // The category let through is the first of each filter: its cells stand at the front, in order.
        let entries = match self.listed {
            Some(listed) => listed.iter().map_while(|(key, count)| entry(key, *count)).collect(),
            None => self.table.cells().map_while(|(key, count)| entry(key, count)).collect(),
        };
        Selected { entries, is_broken_down: self.by > 0 }
    }

    /// The coordinate of a position in a counted dimension.
    pub(crate) fn counted(&self, index: usize, dim: &Dim, position: u16) -> Dimension {
        self.coordinate(self.filters + self.by + index, dim, position)
    }

    /// The coordinates of all positions in a counted dimension.
    pub(crate) fn coordinates(&self, index: usize, dim: &Dim) -> Vec<Dimension> {
        self.all_coordinates(self.filters + self.by + index, dim)
    }

    /// The coordinates of all positions in any dimension.
    pub(crate) fn all_coordinates(&self, index: usize, dim: &Dim) -> Vec<Dimension> {
        let categories = self.table.dimensions().get(index).map_or(0, |dimension| dimension.categories.len());
        (0u16..).take(categories).map(|position| self.coordinate(index, dim, position)).collect()
    }

    pub(crate) fn coordinate(&self, index: usize, dim: &Dim, position: u16) -> Dimension {
        let dimension = self.table.dimensions().get(index);
        let category = dimension.and_then(|dimension| dimension.categories.get(usize::from(position)));
        let (code, label) = category.map_or(("", ""), |category| (&category.code, &category.label));
        let known = static_words(dim, code);
        // The words of the list, unless the table has words of its own.
        let label = known.filter(|known| code == label || known.1 == label).map(|known| known.1).ok_or(label);
        let code = known.filter(|known| known.0 == code).map(|known| known.0).ok_or(code);
        let text = |text: Result<&'static str, &str>| match text {
            Ok(text) => Cow::Borrowed(text),
            Err(text) => Cow::Owned(text.to_owned()),
        };
        Dimension::new(dim.name(), text(code), text(label))
    }
}
