//! Tables of counts, with enough said about their dimensions for anyone to recount or protect them.

use crate::{Category, Missing, TableError, Variable};

/// One dimension of a table of counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// How rows are put into its categories.
    pub variable: Variable,
    /// The categories, in the order of their positions.
    pub categories: Vec<Category>,
}

impl Dimension {
    /// The dimension's name.
    pub fn name(&self) -> &str {
        self.variable.name()
    }

    /// Whether each row falls into exactly one category, so that the categories add up.
    pub fn is_exclusive(&self) -> bool {
        self.variable.is_exclusive()
    }

    /// The position of a category code.
    pub fn position(&self, code: &str) -> Option<u16> {
        self.categories
            .iter()
            .position(|category| category.code == code)
            .and_then(|position| u16::try_from(position).ok())
    }

    /// Whether a category stands for a kind of missing.
    pub fn is_missing(&self, position: u16) -> bool {
        self.categories
            .get(usize::from(position))
            .is_some_and(|category| Missing::ALL.iter().any(|kind| kind.code() == category.code))
    }
}

/// Counts of units by the categories of one or more dimensions. Cells that are absent are zero.
///
/// Cells are kept in the order of their keys (positions of categories, first dimension slowest).
#[derive(Debug, Clone, PartialEq)]
pub struct CountTable {
    id: String,
    dimensions: Vec<Dimension>,
    keys: Vec<u16>,
    counts: Vec<u64>,
    total: u64,
}

impl CountTable {
    /// A table of these cells: (positions, count) in any order; zeros are left out.
    ///
    /// `total` is the number of units that were looked at, in whatever category they fall.
    ///
    /// # Errors
    /// A key of the wrong length or past its categories, a key given twice, or exclusive
    /// dimensions whose cells do not add up to the total.
    pub fn try_new(
        id: impl Into<String>,
        dimensions: Vec<Dimension>,
        cells: impl IntoIterator<Item = (Vec<u16>, u64)>,
        total: u64,
    ) -> Result<Self, TableError> {
        let id = id.into();
        let invalid = |rule: &str| TableError::Invalid { what: format!("count table `{id}`"), rule: rule.to_owned() };
        let mut cells: Vec<(Vec<u16>, u64)> = cells.into_iter().filter(|(_, count)| *count > 0).collect();
        cells.sort_unstable();
        if cells.windows(2).any(|pair| matches!(pair, [a, b] if a.0 == b.0)) {
            return Err(invalid("a cell is given twice"));
        }
        let fits = |key: &[u16]| {
            key.len() == dimensions.len()
                && key
                    .iter()
                    .zip(&dimensions)
                    .all(|(&position, dimension)| usize::from(position) < dimension.categories.len())
        };
        if cells.iter().any(|(key, _)| !fits(key)) {
            return Err(invalid("a cell lies outside the dimensions"));
        }
        let sum = cells.iter().try_fold(0u64, |sum, (_, count)| sum.checked_add(*count));
        if dimensions.iter().all(Dimension::is_exclusive) && sum != Some(total) {
            return Err(invalid("its cells do not add up to its total"));
        }
        let counts = cells.iter().map(|(_, count)| *count).collect();
        let keys = cells.into_iter().flat_map(|(key, _)| key).collect();
        Ok(Self { id, dimensions, keys, counts, total })
    }

    /// The name by which reports and links cite it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The dimensions.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// The number of units that were looked at.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The number of cells that are not zero.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether every cell is zero.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The cells that are not zero, in the order of their keys.
    pub fn cells(&self) -> impl Iterator<Item = (&[u16], u64)> {
        self.counts.iter().enumerate().map(|(cell, &count)| (self.key(cell), count))
    }

    /// The cells that are not zero and those that could be: every combination of categories that are used
    /// somewhere in the table, zeros included, in the order of their keys. `None` if there are more than
    /// `limit` of them.
    pub fn cells_with_zeros(&self, limit: usize) -> Option<Vec<(Vec<u16>, u64)>> {
        let used: Vec<Vec<u16>> = (0..self.dimensions.len())
            .map(|at| {
                let positions: std::collections::BTreeSet<u16> =
                    self.cells().filter_map(|(key, _)| key.get(at).copied()).collect();
                positions.into_iter().collect()
            })
            .collect();
        let size = used.iter().try_fold(1usize, |size, positions| size.checked_mul(positions.len()))?;
        if size > limit {
            return None;
        }
        let mut keys = vec![Vec::with_capacity(self.dimensions.len())];
        for positions in &used {
            let longer = keys.iter().flat_map(|key| {
                positions.iter().map(move |&position| key.iter().copied().chain([position]).collect::<Vec<u16>>())
            });
            keys = longer.collect();
        }
        Some(keys.into_iter().map(|key| (self.get(&key), key)).map(|(count, key)| (key, count)).collect())
    }

    /// The count of one cell; zero where it is absent.
    pub fn get(&self, key: &[u16]) -> u64 {
        if key.len() != self.dimensions.len() {
            return 0;
        }
        let mut range = 0..self.counts.len();
        while !range.is_empty() {
            let middle = range.start + range.len() / 2;
            match self.key(middle).cmp(key) {
                std::cmp::Ordering::Less => range.start = middle + 1,
                std::cmp::Ordering::Greater => range.end = middle,
                std::cmp::Ordering::Equal => return self.counts.get(middle).copied().unwrap_or(0),
            }
        }
        0
    }

    fn key(&self, cell: usize) -> &[u16] {
        let width = self.dimensions.len();
        self.keys.get(cell * width..(cell + 1) * width).unwrap_or_default()
    }

    /// The margin over the named dimensions, in the order of this table.
    ///
    /// # Errors
    /// A name that is no dimension, or a dimension left out whose categories are not exclusive:
    /// summing over it would count units more than once or not at all.
    pub fn margin(&self, kept: &[&str]) -> Result<Self, TableError> {
        let invalid = |rule: String| TableError::Invalid { what: format!("margin of count table `{}`", self.id), rule };
        if let Some(name) = kept.iter().find(|name| !self.dimensions.iter().any(|dimension| dimension.name() == **name))
        {
            return Err(invalid(format!("there is no dimension `{name}`")));
        }
        let keep: Vec<bool> = self.dimensions.iter().map(|dimension| kept.contains(&dimension.name())).collect();
        if let Some((dimension, _)) =
            self.dimensions.iter().zip(&keep).find(|(dimension, keep)| !**keep && !dimension.is_exclusive())
        {
            return Err(invalid(format!("the categories of `{}` overlap", dimension.name())));
        }
        let project = |key: &[u16]| {
            key.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(&position, _)| position).collect::<Vec<_>>()
        };
        let mut cells = std::collections::BTreeMap::<Vec<u16>, u64>::new();
        for (key, count) in self.cells() {
            *cells.entry(project(key)).or_default() += count;
        }
        let dimensions = self
            .dimensions
            .iter()
            .zip(&keep)
            .filter(|(_, keep)| **keep)
            .map(|(dimension, _)| dimension.clone())
            .collect();
        Self::try_new(self.id.clone(), dimensions, cells, self.total)
    }

    /// The dimensions that two tables share: the link along which one could be used to undo the
    /// protection of the other.
    pub fn link(&self, other: &Self) -> Vec<&str> {
        self.dimensions
            .iter()
            .filter(|dimension| other.dimensions.iter().any(|found| found.variable == dimension.variable))
            .map(Dimension::name)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dimension(name: &str, codes: &[&str]) -> Dimension {
        Dimension {
            variable: Variable::attribute(name),
            categories: codes.iter().map(|code| Category::new(*code, *code)).collect(),
        }
    }

    fn table() -> CountTable {
        let dimensions = vec![dimension("sex", &["f", "m"]), dimension("age", &["child", "adult", "not-recorded"])];
        let cells = [(vec![1, 2], 4), (vec![0, 0], 1), (vec![0, 1], 2), (vec![1, 0], 0)];
        CountTable::try_new("t", dimensions, cells, 7).unwrap()
    }

    #[test]
    fn cells_are_found_and_absent_ones_are_zero() {
        let table = table();
        assert_eq!((table.get(&[0, 1]), table.get(&[1, 0]), table.get(&[1, 2]), table.get(&[9, 9])), (2, 0, 4, 0));
        assert_eq!(table.len(), 3);
        assert!(table.dimensions()[1].is_missing(2));
    }

    #[test]
    fn zeros_among_used_categories_are_listed() {
        let cells = table().cells_with_zeros(6).unwrap();
        assert_eq!(cells.len(), 6);
        assert_eq!(cells.iter().map(|(_, count)| count).sum::<u64>(), 7);
        assert!(cells.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(table().cells_with_zeros(5), None);
        // Nobody is an adult: the category is not used.
        let dimensions = vec![dimension("age", &["child", "adult"])];
        let children = CountTable::try_new("c", dimensions, [(vec![0], 7)], 7).unwrap();
        assert_eq!(children.cells_with_zeros(9), Some(vec![(vec![0], 7)]));
    }

    #[test]
    fn margins_add_up_and_refuse_overlaps() {
        let margin = table().margin(&["sex"]).unwrap();
        assert_eq!(
            margin.cells().map(|(key, count)| (key.to_vec(), count)).collect::<Vec<_>>(),
            [(vec![0], 3), (vec![1], 4)]
        );
        // Over no dimension it is the total.
        let whole = table().margin(&[]).unwrap();
        assert_eq!((whole.len(), whole.get(&[]), whole.cells().collect::<Vec<_>>()), (1, 7, vec![(&[][..], 7)]));
        let flags = Dimension {
            variable: Variable::Flags {
                name: "forms".into(),
                members: vec!["a".into()],
                categories: vec![Category::new("a", "A")],
            },
            categories: vec![Category::new("a", "A")],
        };
        let overlapping =
            CountTable::try_new("o", vec![dimension("sex", &["f"]), flags], [(vec![0, 0], 3)], 5).unwrap();
        assert!(overlapping.margin(&["sex"]).is_err());
        assert!(overlapping.margin(&["forms"]).is_ok());
        assert_eq!(overlapping.link(&table()), ["sex"]);
    }

    #[test]
    fn exclusive_cells_must_add_up() {
        assert!(CountTable::try_new("t", vec![dimension("sex", &["f", "m"])], [(vec![0], 3)], 4).is_err());
        assert!(CountTable::try_new("t", vec![dimension("sex", &["f"])], [(vec![1], 3)], 3).is_err());
        assert!(CountTable::try_new("t", vec![dimension("sex", &["f"])], [(vec![0], 1), (vec![0], 2)], 3).is_err());
        assert!(CountTable::try_new("t", vec![], [(vec![], 3)], 4).is_err());
        let overflowing = [(vec![0], u64::MAX), (vec![1], 1)];
        assert!(CountTable::try_new("t", vec![dimension("sex", &["f", "m"])], overflowing, 0).is_err());
    }
}
