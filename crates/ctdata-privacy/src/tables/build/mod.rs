//! From count tables to a system of cells and relations.

mod feature;
mod lattice;
mod link;
mod possible;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use ctdata_table::{CountTable, Variable};

use self::feature::Feature;
use self::lattice::{Lattice, Node, invalid};
use self::possible::PossiblePairs;
use super::{CellId, Standing, SystemCell, TableSystem};
use crate::PrivacyError;

/// A table of a [`SystemBuilder`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableIndex(pub usize);

/// Makes a [`TableSystem`] of count tables over the same records.
///
/// Every cell of an added table becomes an inner cell, zeros among used categories included, but for combinations that
/// no record can have (a country in another region). What is printed is named afterwards: cells and sums with
/// [`figure`](Self::figure), a whole table with its totals with [`margins`](Self::margins).
///
/// # Links
/// Tables over the same records agree on every margin over what they have in common, and these agreements are all the
/// linear relations that there are between them (each table is a margin of the joint counts, and margins with a common
/// margin always extend to joint counts, if not to non-negative ones: the decomposition of the analysis of variance).
/// [`finish`](Self::finish) adds them, as few as needed. What tables have in common is found by what their variables
/// read: a table by country and one by region of the same country agree by region; two sets of age bands agree on the
/// finest bands coarser than both; a variable of two attributes agrees with a table by both, and "any flag" with a
/// table by all its flags.
///
/// The categories of [`Variable::Flags`] overlap, so they have no sum. Each is linked to other tables of its flag, and
/// is at most the total of its other coordinates (and of those with any flag, where a table says how many these are);
/// the difference is an inner cell of weight 0, which primary rules do not mark.
///
/// # Limits
/// That joint counts are not negative can narrow cells further than that margins are not. Where the crossing of all
/// variables is small, count it too and add it: see [`joint_variables`](Self::joint_variables).
///
/// ```
/// use ctdata_privacy::tables::{PrimaryRules, SystemBuilder, mark, suppress};
/// use ctdata_table::{Category, Control, CountTable, Dimension, Variable};
/// let dimension = |name: &str, codes: &[&str]| Dimension {
///     variable: Variable::attribute(name),
///     categories: codes.iter().map(|code| Category::new(*code, *code)).collect(),
/// };
/// let dimensions = vec![dimension("sex", &["f", "m"]), dimension("form", &["a", "b", "c"])];
/// let counts = [2, 10, 8, 9, 12, 7];
/// let cells = (0u16..).zip(counts).map(|(at, count)| (vec![at / 3, at % 3], count));
/// let table = CountTable::try_new("forms", dimensions, cells, 48)?;
/// let mut builder = SystemBuilder::new();
/// let forms = builder.add(&table)?;
/// builder.margins(forms)?;
/// let cell = builder.cell(forms, &[0, 0]).expect("it is among the cells");
/// let mut system = builder.finish()?;
/// mark(&mut system, &PrimaryRules::default())?;
/// let pattern = suppress(&system, &Control::default())?;
/// // The cell of two people, another of its row, another of its column, and where these two meet.
/// assert!(pattern.withholds(cell) && pattern.len() == 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Sources
/// A. Hundepool, J. Domingo-Ferrer, L. Franconi, S. Giessing, E. Schulte Nordholt, K. Spicer, P.-P. de Wolf,
/// Statistical Disclosure Control (2012), chapter 4: linked and hierarchical tables; R. A. Fisher, Statistical Methods
/// for Research Workers (1925), for the decomposition.
#[derive(Debug)]
pub struct SystemBuilder {
    zeros_limit: usize,
    lattice: Lattice,
    tables: Vec<Added>,
    figures: HashMap<Vec<CellId>, CellId>,
}

/// A table that was added.
#[derive(Debug)]
struct Added {
    total: u64,
    variables: Vec<Variable>,
    /// The slot in the keys of its node and the block of each category, for each dimension; `None` for flags.
    places: Vec<Option<(usize, Vec<u16>)>>,
    /// The features of the exclusive dimensions, in the order of their slots.
    features: Vec<usize>,
    /// Features of the levels above the categories, for each slot.
    levels: Vec<Vec<usize>>,
    /// One node, or one for each flag.
    nodes: Vec<usize>,
}

impl Default for SystemBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl SystemBuilder {
    /// Zeros of tables up to this many cells are cells of the system, by default.
    pub const ZEROS_LIMIT: usize = 200_000;

    /// A builder without tables.
    pub fn new() -> Self {
        Self {
            zeros_limit: Self::ZEROS_LIMIT,
            lattice: Lattice::default(),
            tables: Vec::new(),
            figures: HashMap::new(),
        }
    }

    /// Above this many cells with their zeros, the zeros of a table count as known to everyone. That is the safe side
    /// for all other cells; the zeros themselves are not protected then.
    #[must_use]
    pub fn with_zeros_limit(mut self, cells: usize) -> Self {
        self.zeros_limit = cells;
        self
    }

    /// Adds a table. A table with the same variables as one before shares its cells.
    ///
    /// # Errors
    /// Two multi-valued dimensions, a map of a variable that does not fit, or counts that contradict those of a table
    /// with the same variables.
    pub fn add(&mut self, table: &CountTable) -> Result<TableIndex, PrivacyError> {
        let mut read = Vec::with_capacity(table.dimensions().len());
        let mut members: Option<&[String]> = None;
        for dimension in table.dimensions() {
            if let Variable::Flags { members: flags, .. } = &dimension.variable {
                if members.replace(flags).is_some() {
                    return Err(invalid("a table has at most one multi-valued dimension"));
                }
                read.push(None);
            } else {
                let (feature, block_of) = Feature::of(dimension).ok_or_else(|| invalid("a dimension is too large"))?;
                read.push(Some((self.lattice.intern(feature), block_of)));
            }
        }
        let mut features: Vec<usize> = read.iter().flatten().map(|(feature, _)| *feature).collect();
        features.sort_unstable();
        features.dedup();
        let places = read.into_iter().map(|read| {
            let (feature, block_of) = read?;
            Some((features.binary_search(&feature).ok()?, block_of))
        });
        let mut added = Added {
            total: table.total(),
            variables: table.dimensions().iter().map(|dimension| dimension.variable.clone()).collect(),
            places: places.collect(),
            levels: vec![Vec::new(); features.len()],
            features,
            nodes: Vec::new(),
        };
        let conditions = match members {
            None => vec![None],
            Some(members) => {
                let yes = |member: &String| Some((self.lattice.intern(Feature::flag(member)), 1));
                members.iter().map(yes).collect()
            }
        };
        let mut counted = vec![BTreeMap::<Vec<u16>, u64>::new(); conditions.len()];
        let pairs = PossiblePairs::of(table.dimensions());
        let with_zeros = table.cells_with_zeros(self.zeros_limit);
        let cells = with_zeros.unwrap_or_else(|| table.cells().map(|(key, count)| (key.to_vec(), count)).collect());
        for (key, count) in cells {
            if count == 0 && !pairs.iter().all(|pairs| pairs.allow(&key)) {
                continue;
            }
            if let Some((part, key)) = added.locate(&key)
                && let Some(counts) = counted.get_mut(part)
            {
                *counts.entry(key).or_default() += count;
            }
        }
        for (condition, counts) in conditions.into_iter().zip(counted) {
            added.nodes.push(self.leaf(&added.features, condition, counts)?);
        }
        self.tables.push(added);
        Ok(TableIndex(self.tables.len() - 1))
    }

    /// The node of the counts of a table.
    fn leaf(
        &mut self,
        features: &[usize],
        condition: lattice::Condition,
        counts: BTreeMap<Vec<u16>, u64>,
    ) -> Result<usize, PrivacyError> {
        let lattice = &mut self.lattice;
        if let Some(node) = lattice.find(features, condition) {
            let known = lattice.nodes.get(node).map(|node| &node.cells);
            for (key, count) in counts {
                let cell = known.and_then(|cells| cells.get(&key)).and_then(|&cell| lattice.system.cell(cell));
                if cell.map_or(0, |cell| cell.count) != count {
                    return Err(invalid("two tables by the same variables differ"));
                }
            }
            return Ok(node);
        }
        let mut cells = BTreeMap::new();
        for (key, count) in counts {
            cells.insert(key, lattice.system.push(SystemCell::inner(count))?);
        }
        lattice.nodes.push(Node { features: features.to_vec(), condition, cells });
        Ok(lattice.nodes.len() - 1)
    }

    /// The cell of a table by the positions of its categories; `None` if it is known to be zero.
    pub fn cell(&self, table: TableIndex, key: &[u16]) -> Option<CellId> {
        let added = self.tables.get(table.0)?;
        let (part, key) = added.locate(key)?;
        self.lattice.nodes.get(*added.nodes.get(part)?)?.cells.get(&key).copied()
    }

    /// The variables of a table.
    pub(super) fn variables(&self, table: TableIndex) -> impl Iterator<Item = &Variable> {
        self.tables.get(table.0).into_iter().flat_map(|table| &table.variables)
    }

    /// A printed sum of cells, with what withholding it costs. The same sum is the same figure, and keeps the larger
    /// weight. Cells that are known to be zero add nothing.
    ///
    /// # Errors
    /// A table that is not there.
    pub fn figure(&mut self, terms: &[(TableIndex, &[u16])], weight: f64) -> Result<CellId, PrivacyError> {
        if terms.iter().any(|(table, _)| table.0 >= self.tables.len()) {
            return Err(invalid("a table is not there"));
        }
        let mut cells: Vec<CellId> = terms.iter().filter_map(|(table, key)| self.cell(*table, key)).collect();
        cells.sort_unstable();
        let known = match cells.as_slice() {
            [cell] => Some(*cell),
            _ => self.figures.get(&cells).copied(),
        };
        let system = &mut self.lattice.system;
        if let Some(figure) = known {
            if let Some(cell) = system.cell_mut(figure) {
                cell.weight = if cell.standing == Standing::Inner { weight } else { cell.weight.max(weight) };
                if cell.standing == Standing::Inner {
                    cell.standing = Standing::Figure;
                }
            }
            return Ok(figure);
        }
        let count = cells.iter().filter_map(|&cell| Some(system.cell(cell)?.count)).sum();
        let figure = system.push(SystemCell { weight, ..SystemCell::figure(count) })?;
        system.sum(figure, cells.iter().copied())?;
        self.figures.insert(cells, figure);
        Ok(figure)
    }

    /// Puts the categories of a dimension into the groups of one more level, whose sub-totals
    /// [`margins`](Self::margins) then publishes too: for each category the number of its group. Levels go from the
    /// finest up.
    ///
    /// # Errors
    /// A table or an exclusive dimension that is not there, a group for each category that is not given, or groups that
    /// cut through those of the level below.
    pub fn hierarchy(&mut self, table: TableIndex, dimension: &str, groups: &[u16]) -> Result<(), PrivacyError> {
        let added = self.tables.get_mut(table.0).ok_or_else(|| invalid("a table is not there"))?;
        let place = added.variables.iter().position(|variable| variable.name() == dimension);
        let place = place.and_then(|at| added.places.get(at)?.as_ref());
        let (slot, block_of) = place.ok_or_else(|| invalid("there is no such exclusive dimension"))?;
        let leaf = added.features.get(*slot).and_then(|&feature| self.lattice.features.get(feature));
        let leaf = leaf.ok_or_else(|| invalid("there is no such exclusive dimension"))?;
        let mut group_of_block = vec![0; leaf.size()];
        if groups.len() != block_of.len() {
            return Err(invalid("each category of a level has a group"));
        }
        for (&group, &block) in groups.iter().zip(block_of) {
            if let Some(slot) = group_of_block.get_mut(usize::from(block)) {
                *slot = group;
            }
        }
        let levels = added.levels.get_mut(*slot).ok_or_else(|| invalid("there is no such exclusive dimension"))?;
        let (grouped, _) = leaf.grouped(&group_of_block).ok_or_else(|| invalid("each category has a group"))?;
        let below = levels.last().and_then(|&below| self.lattice.features.get(below)).unwrap_or(leaf);
        if below.map_to(&grouped).is_none() {
            return Err(invalid("a group is made of whole groups of the level below"));
        }
        levels.push(self.lattice.intern(grouped));
        Ok(())
    }

    /// Publishes every cell of a table and every margin: its totals, and the sub-totals of its hierarchies. A margin
    /// that another table has too is the same figures. Each costs its count to withhold.
    ///
    /// # Errors
    /// A table that is not there, or tables that do not agree.
    pub fn margins(&mut self, table: TableIndex) -> Result<(), PrivacyError> {
        let added = self.tables.get(table.0).ok_or_else(|| invalid("a table is not there"))?;
        let (leaves, features) = (added.nodes.clone(), added.features.clone());
        let mut chains: Vec<(usize, Vec<Option<usize>>)> = features
            .iter()
            .zip(&added.levels)
            .enumerate()
            .map(|(slot, (&leaf, levels))| {
                (slot, [leaf].into_iter().chain(levels.iter().copied()).map(Some).chain([None]).collect())
            })
            .collect();
        // Sub-totals of the deepest hierarchies first: then each cell of a table with at most two dimensions and one
        // hierarchy is in at most two sums, and suppression can work on a graph.
        chains.sort_by_key(|(slot, chain)| (std::cmp::Reverse(chain.len()), *slot));
        for leaf in leaves {
            let condition = self.lattice.nodes.get(leaf).and_then(|node| node.condition);
            let mut made = BTreeMap::from([(vec![0; chains.len()], leaf)]);
            for levels in combinations(&chains) {
                let step = levels.iter().position(|&level| level > 0);
                let Some(step) = step else { continue };
                let mut finer = levels.clone();
                if let Some(level) = finer.get_mut(step) {
                    *level -= 1;
                }
                let finer = made.get(&finer).copied().ok_or_else(|| invalid("a margin has no finer one"))?;
                let mut features: Vec<usize> =
                    chains.iter().zip(&levels).filter_map(|((_, chain), &level)| *chain.get(level)?).collect();
                features.sort_unstable();
                features.dedup();
                let node = self.lattice.connect(finer, &features, condition)?;
                made.insert(levels, node);
            }
            for node in made.into_values() {
                let cells = self.lattice.nodes.get(node).map(|node| node.cells.values().copied().collect::<Vec<_>>());
                for cell in cells.unwrap_or_default() {
                    if let Some(cell) =
                        self.lattice.system.cell_mut(cell).filter(|cell| cell.standing == Standing::Inner)
                    {
                        *cell = SystemCell {
                            level: cell.level,
                            least: cell.least,
                            most: cell.most,
                            ..SystemCell::figure(cell.count)
                        };
                    }
                }
            }
        }
        Ok(())
    }

    /// What anybody knows of a cell without the tables.
    ///
    /// # Errors
    /// A cell that is not there, or whose count lies outside.
    pub fn bounds(&mut self, cell: CellId, least: u64, most: Option<u64>) -> Result<(), PrivacyError> {
        let cell = self.lattice.system.cell_mut(cell).ok_or_else(|| invalid("a cell is not there"))?;
        if cell.count < least || most.is_some_and(|most| most < cell.count) {
            return Err(invalid("the count of a cell lies outside its bounds"));
        }
        (cell.least, cell.most) = (least, most);
        Ok(())
    }

    /// The system so far, without the links between tables.
    pub fn system(&self) -> &TableSystem {
        &self.lattice.system
    }

    /// The variables of all tables, if their crossing has at most `limit` cells: count a table by them and
    /// [`add`](Self::add) it, so that the audit knows that joint counts are not negative either. A limit of some ten
    /// thousand cells is about what an audit takes.
    ///
    /// `None` also where that table would tell nothing new: there are fewer than two, or one has all variables already.
    pub fn joint_variables(&self, limit: usize) -> Option<Vec<Variable>> {
        let mut joint: Vec<&Variable> = Vec::new();
        let mut size = 1usize;
        for table in &self.tables {
            for (variable, place) in table.variables.iter().zip(&table.places) {
                let Some((_, block_of)) = place else { continue };
                if !joint.contains(&variable) {
                    joint.push(variable);
                    size = size.checked_mul(block_of.len())?;
                }
            }
        }
        let has_all = |table: &Added| joint.iter().all(|variable| table.variables.contains(variable));
        let is_new = self.tables.len() > 1 && !self.tables.iter().any(has_all);
        (size <= limit && is_new).then(|| joint.into_iter().cloned().collect())
    }

    /// Links the tables and gives the system; ids of cells stay as they are.
    ///
    /// # Errors
    /// Tables that do not agree, so that they are not over the same records.
    pub fn finish(mut self) -> Result<TableSystem, PrivacyError> {
        self.link()?;
        Ok(self.lattice.system)
    }
}

impl Added {
    /// The node of a key, by its place among the nodes, and the blocks; `None` if no record can have it.
    fn locate(&self, key: &[u16]) -> Option<(usize, Vec<u16>)> {
        if key.len() != self.places.len() {
            return None;
        }
        let mut part = 0;
        let mut blocks = vec![u16::MAX; self.features.len()];
        for (place, &position) in self.places.iter().zip(key) {
            match place {
                None => part = usize::from(position),
                Some((slot, block_of)) => {
                    let block = *block_of.get(usize::from(position))?;
                    let slot = blocks.get_mut(*slot)?;
                    if *slot != u16::MAX && *slot != block {
                        return None;
                    }
                    *slot = block;
                }
            }
        }
        blocks.iter().all(|&block| block != u16::MAX).then_some((part, blocks))
    }
}

/// All combinations of levels, finer ones before coarser ones.
fn combinations(chains: &[(usize, Vec<Option<usize>>)]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for (_, chain) in chains {
        let longer = all.iter().flat_map(|levels: &Vec<usize>| {
            (0..chain.len()).map(move |level| levels.iter().copied().chain([level]).collect::<Vec<_>>())
        });
        all = longer.collect();
    }
    all
}
