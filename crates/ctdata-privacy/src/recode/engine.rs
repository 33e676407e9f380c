//! Verdicts on nodes, one after another.

use std::sync::Arc;

use ctdata_table::{Control, Table};

use super::attributes::SearchAttribute;
use super::classes::{Base, ClassTable, Coding, Key, Ladder, Members, Scratch, Wide, key_bits};
use super::judge::Judge;
use super::tally::{Tally, Teller, TellerBuffers, Wants, ordered_sum};
use crate::PrivacyError;
use crate::unit::Persons;

/// What counts the nodes of one table.
pub(crate) trait Nodes {
    /// The counts of a node; see [`Teller::tell`].
    fn tell(&mut self, levels: &[u16], wants: Wants) -> Tally;

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

struct Engine<'a, K> {
    input: EngineInput<'a>,
    coding: Coding<K>,
    base: Arc<ClassTable<K>>,
    class_of_row: Vec<u32>,
    members: Option<Members>,
    ladder: Ladder<K>,
    scratch: Scratch,
    node: ClassTable<K>,
    buffers: TellerBuffers,
}

impl<'a, K: Key> Engine<'a, K> {
    fn try_new(input: EngineInput<'a>, kept_bytes: usize, control: &Control) -> Result<Self, PrivacyError> {
        let coding = Coding::try_new(input.attributes, input.top)?;
        // Row numbers and keys of all rows at the worst.
        control.reserve((input.table.rows() * (size_of::<K>() + 12)) as u64)?;
        let base = Base::count(&input, &coding, control)?;
        let classes = Arc::new(base.classes);
        let ladder = Ladder::new(Arc::clone(&classes), joining_first(input.attributes, input.top), kept_bytes);
        Ok(Self {
            input,
            coding,
            base: classes,
            class_of_row: base.class_of_row,
            members: base.members,
            ladder,
            scratch: Scratch::default(),
            node: ClassTable::default(),
            buffers: TellerBuffers::default(),
        })
    }

    /// Writes the classes of a node, straight from the base where the classes of rows are wanted.
    fn write_node(&mut self, levels: &[u16], from_base: bool) {
        let Self { coding, base, ladder, scratch, node, .. } = self;
        if from_base || self.members.is_some() {
            let bottom = vec![0; levels.len()];
            scratch.roll_up(base, &coding.changes(&bottom, levels), node);
            if let Some(members) = &self.members {
                self.buffers.count_persons(members, &scratch.class_of, node.len());
            }
        } else {
            ladder.write_classes(levels, coding, scratch, node);
        }
    }

    fn tell_node(&mut self, levels: &[u16], wants: Wants) -> Tally {
        let EngineInput { attributes, judge, limit, .. } = self.input;
        let teller = Teller { attributes, coding: &self.coding, judge, limit };
        teller.tell(levels, &self.node, wants, &mut self.buffers)
    }
}

impl<K: Key> Nodes for Engine<'_, K> {
    fn tell(&mut self, levels: &[u16], wants: Wants) -> Tally {
        self.write_node(levels, false);
        self.tell_node(levels, wants)
    }

    fn kept_rows(&mut self, levels: &[u16]) -> Vec<u32> {
        self.write_node(levels, true);
        self.tell_node(levels, Wants::default());
        let class_of = &self.scratch.class_of;
        let fails = |class: u32| self.buffers.fails.get(class as usize).copied().unwrap_or(true);
        let kept = class_of.iter().map(|&class| !fails(class)).collect::<Vec<_>>();
        let rows = (0u32..).zip(&self.class_of_row);
        rows.filter(|(_, class)| kept.get(**class as usize).copied().unwrap_or(false)).map(|(row, _)| row).collect()
    }

    fn log_counts(&self) -> f64 {
        let counts = self.base.records.iter().filter(|&&records| records > 0);
        let mut terms: Vec<f64> = counts.map(|&records| f64::from(records) * f64::from(records).log2()).collect();
        ordered_sum(&mut terms)
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
