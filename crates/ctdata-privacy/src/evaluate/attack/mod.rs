//! Attacks on a release, each beside guessing and, where a hold-out is given, a control group.

mod closeness;
mod control_size;
mod disclosure;
mod inference;
mod linkability;
mod rate;
mod records;
mod singling_out;
#[cfg(test)]
mod tests;

pub use closeness::{Closeness, DistanceSummary};
pub use disclosure::{ApparentMatches, AttributeDisclosure, ExactMatches, KeyDisclosure, ReplicatedUniques};
pub use inference::InferenceRisk;
pub use rate::{AttackResult, AttackRisk, SuccessRate};
use records::Target;
pub(super) use records::{Records, Space};
pub use singling_out::SinglingOut;

use ctdata_table::{Control, Table};
use rand::rngs::ChaCha20Rng;
use rand::{Rng, SeedableRng};

use super::alignment::Aligned;
use super::parallel::try_map;
use crate::PrivacyError;
use crate::draw::below;

/// Targets that go through the records together.
const BATCH: usize = 16;

/// What attacks on the release achieve.
///
/// An attack is made on random people of the original (the attack), without the release (the baseline), and
/// on people who are not in the original (the control group, from the hold-out). Only what the first
/// achieves beyond the third is due to somebody's being in the file. Attacks that fail prove nothing: a
/// better one may succeed.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Attacks {
    /// The most targets per attack.
    pub targets: u64,
    /// Whether there was a hold-out, so that risks could be told from what the release says of anybody.
    pub with_holdout: bool,
    /// Descriptions that fit one person.
    pub singling_out: SinglingOut,
    /// Halves of a record put together; none for a single attribute or an empty release.
    pub linkability: Option<AttackResult>,
    /// Secrets guessed from the rest, by attribute.
    pub inference: Vec<InferenceRisk>,
    /// What the keys of a person tell.
    pub disclosure: KeyDisclosure,
    /// Distance to the closest record; none without records on both sides. Not a privacy guarantee.
    pub closeness: Option<Closeness>,
}

opaque_debug!(Attacks);

/// The tables as attacks see them.
struct Sides<'a> {
    space: &'a Space,
    original_table: &'a Table,
    released_table: &'a Table,
    original: Records<'a>,
    released: Records<'a>,
    holdout: Option<(&'a Table, Records<'a>)>,
    /// For each attribute, the codes that the release has, ascending.
    occurring: Vec<Vec<u16>>,
}

/// How much is attacked, and what attackers know.
pub(super) struct Plan<'a> {
    pub(super) keys: &'a [usize],
    /// Whether the caller named the keys.
    pub(super) keys_given: bool,
    pub(super) targets: usize,
    pub(super) distance_targets: usize,
    pub(super) described_attributes: usize,
    pub(super) neighbours: usize,
}

/// Runs all attacks. Each draws from a stream of its own, so that none changes the targets of another.
pub(super) fn run<R: Rng + ?Sized>(
    tables: &Aligned,
    plan: &Plan<'_>,
    rng: &mut R,
    control: &Control,
) -> Result<Attacks, PrivacyError> {
    let mut key = [0; 32];
    rng.fill_bytes(&mut key);
    let stream = |number: u64| {
        let mut rng = ChaCha20Rng::from_seed(key);
        rng.set_stream(number);
        rng
    };
    let all: Vec<&Table> =
        [Some(&tables.original), Some(&tables.released), tables.holdout.as_ref()].into_iter().flatten().collect();
    let space = Space::of(&all);
    let released_table = &tables.released;
    let occurring = (0..released_table.schema().len()).map(|attribute| {
        let counts = count_codes(released_table, attribute);
        (0u16..).zip(counts).filter(|(_, count)| *count > 0).map(|(code, _)| code).collect()
    });
    let holdout =
        tables.holdout.as_ref().map(|table| Ok::<_, PrivacyError>((table, Records::of(table, &space, control)?)));
    let sides = Sides {
        space: &space,
        original_table: &tables.original,
        released_table,
        original: Records::of(&tables.original, &space, control)?,
        released: Records::of(released_table, &space, control)?,
        holdout: holdout.transpose()?,
        occurring: occurring.collect(),
    };
    let done = |step: u64| control.report("attacks", step, Some(5));
    let streams = [stream(0), stream(1)];
    let singling_out = singling_out::attack(&sides, plan.targets, plan.described_attributes, streams, control)?;
    done(1);
    let linkability = linkability::attack(&sides, plan.targets, plan.neighbours, stream(2), control)?;
    done(2);
    let known = if plan.keys_given { plan.keys } else { &[] };
    let inference = inference::attack(&sides, known, plan.targets, stream(3), control)?;
    done(3);
    let disclosure = disclosure::attack(&sides, plan.keys, control)?;
    done(4);
    let closeness = closeness::measure(&sides, plan.distance_targets, stream(4), control)?;
    done(5);
    Ok(Attacks {
        targets: plan.targets as u64,
        with_holdout: tables.holdout.is_some(),
        singling_out,
        linkability,
        inference,
        disclosure,
        closeness,
    })
}

/// Runs batches of targets on all cores; the results are those of one after the other.
fn in_batches<R: Send>(
    targets: &[Target],
    control: &Control,
    attack: impl Fn(&[Target]) -> Vec<R> + Sync + Send,
) -> Result<Vec<R>, PrivacyError> {
    let batches: Vec<&[Target]> = targets.chunks(BATCH).collect();
    let found = try_map(&batches, |batch| {
        control.check()?;
        Ok(attack(batch))
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// Different rows, in random order: as many as wanted, or all.
fn sample<R: Rng + ?Sized>(rows: usize, wanted: usize, rng: &mut R) -> Vec<u32> {
    let mut all: Vec<u32> = (0..u32::try_from(rows).unwrap_or(u32::MAX)).collect();
    let wanted = wanted.min(all.len());
    for place in 0..wanted {
        let other = usize::try_from(below(rng, (all.len() - place) as u64)).unwrap_or(0);
        all.swap(place, place + other);
    }
    all.truncate(wanted);
    all
}

/// The rows with each code of an attribute.
fn count_codes(table: &Table, attribute: usize) -> Vec<u64> {
    let codes = table.schema().get(attribute).map_or(0, ctdata_table::Attribute::code_count);
    let mut counts = vec![0; codes];
    table.column(attribute).into_iter().flat_map(ctdata_table::Column::iter).for_each(|code| {
        if let Some(count) = counts.get_mut(usize::from(code)) {
            *count += 1;
        }
    });
    counts
}
