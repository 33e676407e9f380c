//! Verdicts on nodes, one after another.

use std::sync::Arc;

use ctdata_table::{Control, Table};

use super::attributes::SearchAttribute;
use super::classes::{Base, ClassTable, Coding, Key, Ladder, Members, Scratch, Sieve, Wide, key_bits};
use super::judge::Judge;
use super::tally::{Tally, Teller, TellerBuffers, Wants};
use crate::PrivacyError;
use crate::unit::Persons;

/// What counts the nodes of one table.
pub(crate) trait Nodes {
    /// The counts of a node; see [`Teller::tell`].
    fn tell(&mut self, levels: &[u16], wants: Wants) -> Tally;

    /// The counts of at most [`AHEAD`] nodes, on all cores of the caller's thread pool.
    #[cfg(feature = "rayon")]
    fn tell_all(&mut self, nodes: &[Vec<u16>], wants: Wants) -> Vec<Tally>;

    /// Records in classes of too few units at a node, at the least: often enough to exclude it, and
    /// faster than all counts.
    fn small_at_least(&mut self, levels: &[u16]) -> u64;

    /// The rows that a solution keeps, ascending.
    fn kept_rows(&mut self, levels: &[u16]) -> Vec<u32>;

    /// Sum of c log2 c over distinct records of the input that occur c times.
    fn log_counts(&self) -> f64;
}

/// What is searched in: a table, its judge, and how much may be suppressed.
#[derive(Clone, Copy)]
pub(crate) struct EngineInput<'a> {
    pub(crate) table: &'a Table,
    pub(crate) population: Option<(&'a Table, &'a [SearchAttribute])>,
    pub(crate) attributes: &'a [SearchAttribute],
    /// The most general node of the search.
    pub(crate) top: &'a [u16],
    pub(crate) judge: &'a dyn Judge,
    pub(crate) persons: &'a Persons,
    /// Records that may be suppressed.
    pub(crate) limit: u64,
}

/// Counts the rows once, in keys as narrow as they can be.
pub(crate) fn engine<'a>(input: EngineInput<'a>, control: &Control) -> Result<Box<dyn Nodes + 'a>, PrivacyError> {
    let bits = key_bits(input.attributes, input.top, u128::WORD);
    Ok(if bits <= u32::BITS {
        Box::new(Engine::<u32>::try_new(input, KEPT_BYTES, control)?)
    } else if bits <= u64::BITS {
        Box::new(Engine::<u64>::try_new(input, KEPT_BYTES, control)?)
    } else if bits <= u128::BITS {
        Box::new(Engine::<u128>::try_new(input, KEPT_BYTES, control)?)
    } else {
        Box::new(Engine::<Wide>::try_new(input, KEPT_BYTES, control)?)
    })
}

/// Bytes of class tables that are kept to be used again.
const KEPT_BYTES: usize = 96 << 20;

/// What all workers read.
struct Counted<'a, K> {
    input: EngineInput<'a>,
    coding: Coding<K>,
    base: Arc<ClassTable<K>>,
    class_of_row: Vec<u32>,
    members: Option<Members>,
}

/// What one thread counts nodes with.
struct Worker<K> {
    ladder: Ladder<K>,
    scratch: Scratch,
    node: ClassTable<K>,
    buffers: TellerBuffers,
}

struct Engine<'a, K> {
    counted: Counted<'a, K>,
    worker: Worker<K>,
    /// One for each node that is counted at the same time.
    #[cfg(feature = "rayon")]
    helpers: Vec<Worker<K>>,
    sieve: Option<Sieve>,
}

impl<K: Key> Worker<K> {
    fn new(counted: &Counted<'_, K>, kept_bytes: usize) -> Self {
        let order = joining_first(counted.input.attributes, counted.input.top);
        Self {
            ladder: Ladder::new(Arc::clone(&counted.base), order, kept_bytes),
            scratch: Scratch::default(),
            node: ClassTable::default(),
            buffers: TellerBuffers::default(),
        }
    }

    /// Writes the classes of a node, straight from the base where the classes of rows are wanted. A node
    /// that a quick look excludes is not written: the answer is how many records are in small classes, at
    /// the least.
    fn write_node(&mut self, counted: &Counted<'_, K>, levels: &[u16], from_base: bool) -> Option<u64> {
        let Self { ladder, scratch, node, buffers } = self;
        let Counted { coding, base, members, .. } = counted;
        if from_base || members.is_some() {
            let bottom = vec![0; levels.len()];
            scratch.roll_up(base, &coding.changes(&bottom, levels), node);
            if let Some(members) = members {
                buffers.count_persons(members, &scratch.class_of, node.len());
            }
            None
        } else {
            let EngineInput { judge, limit, .. } = counted.input;
            ladder.write_classes(levels, coding, (judge.least_class_size(), limit), scratch, node)
        }
    }

    fn tell_node(&mut self, counted: &Counted<'_, K>, levels: &[u16], wants: Wants) -> Tally {
        let EngineInput { attributes, judge, limit, .. } = counted.input;
        let teller = Teller { attributes, coding: &counted.coding, judge, limit };
        teller.tell(levels, &self.node, wants, &mut self.buffers)
    }

    fn tell(&mut self, counted: &Counted<'_, K>, levels: &[u16], wants: Wants) -> Tally {
        match self.write_node(counted, levels, false) {
            Some(small) => Tally { small, suppressed: small, table_holds: true, ..Tally::default() },
            None => self.tell_node(counted, levels, wants),
        }
    }
}

impl<'a, K: Key> Engine<'a, K> {
    fn try_new(input: EngineInput<'a>, kept_bytes: usize, control: &Control) -> Result<Self, PrivacyError> {
        let coding = Coding::try_new(input.attributes, input.top)?;
        // Row numbers and keys of all rows at the worst.
        control.reserve((input.table.rows() * (size_of::<K>() + 12)) as u64)?;
        let base = Base::count(&input, &coding, control)?;
        let counted = Counted {
            input,
            coding,
            base: Arc::new(base.classes),
            class_of_row: base.class_of_row,
            members: base.members,
        };
        Ok(Self {
            worker: Worker::new(&counted, kept_bytes),
            #[cfg(feature = "rayon")]
            helpers: (0..AHEAD).map(|_| Worker::new(&counted, kept_bytes / AHEAD)).collect(),
            counted,
            sieve: None,
        })
    }
}

/// Nodes that are counted at the same time, at the most.
#[cfg(feature = "rayon")]
pub(crate) const AHEAD: usize = 8;

impl<K: Key> Nodes for Engine<'_, K> {
    fn tell(&mut self, levels: &[u16], wants: Wants) -> Tally {
        self.worker.tell(&self.counted, levels, wants)
    }

    #[cfg(feature = "rayon")]
    fn tell_all(&mut self, nodes: &[Vec<u16>], wants: Wants) -> Vec<Tally> {
        use rayon::prelude::{
            IndexedParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator,
        };
        let counted = &self.counted;
        let helpers = self.helpers.par_iter_mut().zip(nodes.par_iter());
        helpers.map(|(helper, levels)| helper.tell(counted, levels, wants)).collect()
    }

    fn small_at_least(&mut self, levels: &[u16]) -> u64 {
        let Counted { input, base, coding, .. } = &self.counted;
        let sieve = self.sieve.get_or_insert_with(|| {
            let cells = (base.len() * 4).clamp(1 << 12, 1 << 20);
            Sieve::new(base, coding, input.attributes, input.top, cells)
        });
        // A class has no more persons than records.
        sieve.small(levels, input.judge.least_class_size())
    }

    fn kept_rows(&mut self, levels: &[u16]) -> Vec<u32> {
        let Self { counted, worker, .. } = self;
        let _ = worker.write_node(counted, levels, true);
        worker.tell_node(counted, levels, Wants::default());
        let class_of = &worker.scratch.class_of;
        let fails = |class: u32| worker.buffers.fails.get(class as usize).copied().unwrap_or(true);
        let kept = class_of.iter().map(|&class| !fails(class)).collect::<Vec<_>>();
        let rows = (0u32..).zip(&counted.class_of_row);
        rows.filter(|(_, class)| kept.get(**class as usize).copied().unwrap_or(false)).map(|(row, _)| row).collect()
    }

    fn log_counts(&self) -> f64 {
        let mut counts: Vec<u32> = self.counted.base.records.iter().copied().filter(|&records| records > 1).collect();
        // The terms ascend with their counts.
        counts.sort_unstable();
        let same = counts.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len())));
        let terms = same.flat_map(|(count, times)| {
            let term = f64::from(count) * f64::from(count).log2();
            std::iter::repeat_n(term, times)
        });
        terms.sum()
    }
}

/// The attributes in the order of what generalizing them to the top can join: bits of their values.
fn joining_first(attributes: &[SearchAttribute], top: &[u16]) -> Vec<usize> {
    let lost: Vec<f64> = attributes
        .iter()
        .zip(top)
        .map(|(attribute, &highest)| attribute.bits(0) - attribute.bits(highest.into()))
        .collect();
    let mut order: Vec<usize> = (0..attributes.len()).collect();
    order.sort_by(|a, b| lost.get(*b).unwrap_or(&0.0).total_cmp(lost.get(*a).unwrap_or(&0.0)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recode::QuasiIdentifier;
    use crate::recode::lattice::Lattice;
    use crate::recode::testing::{Dice, RandomTable};

    #[test]
    fn keys_of_every_width_and_kept_tables_or_none_count_the_same() {
        for seed in 0..200 {
            let mut dice = Dice(seed ^ 0xE261);
            let random = RandomTable::new(&mut dice, 60);
            let (rules, populated) = random.rules(&mut dice);
            let of = |table: &Table| -> Vec<SearchAttribute> {
                random.quasi.iter().map(|quasi| SearchAttribute::of(table, quasi).unwrap()).collect()
            };
            let (attributes, of_population) = (of(&random.table), of(&random.population));
            let lattice = Lattice::try_new(random.quasi.iter().map(QuasiIdentifier::levels)).unwrap();
            let persons = Persons::of(&random.table);
            let input = EngineInput {
                table: &random.table,
                population: populated.then_some((&random.population, &of_population[..])),
                attributes: &attributes,
                top: lattice.top(),
                judge: &rules,
                persons: &persons,
                limit: random.table.rows() as u64,
            };
            let control = Control::default();
            let mut engines: [Box<dyn Nodes + '_>; 5] = [
                Box::new(Engine::<u32>::try_new(input, KEPT_BYTES, &control).unwrap()),
                Box::new(Engine::<u64>::try_new(input, KEPT_BYTES, &control).unwrap()),
                Box::new(Engine::<u64>::try_new(input, 0, &control).unwrap()),
                Box::new(Engine::<u128>::try_new(input, KEPT_BYTES, &control).unwrap()),
                Box::new(Engine::<Wide>::try_new(input, 200, &control).unwrap()),
            ];
            for _ in 0..12 {
                let id = u128::from(dice.roll(1 << 40)) % lattice.size();
                let levels = lattice.levels(id);
                let answers = engines
                    .each_mut()
                    .map(|engine| (format!("{:?}", engine.tell(&levels, Wants::ALL)), engine.kept_rows(&levels)));
                assert!(answers.iter().all(|answer| *answer == answers[0]), "seed {seed}: {answers:?}");
            }
        }
    }
}
