//! Linkability: two halves of what is known of a person, put together.

use ctdata_table::{Control, Table};
use rand::rngs::ChaCha20Rng;

use super::rate::{AttackResult, SuccessRate};
use super::records::{Records, Target};
use super::{Sides, in_batches, sample};
use crate::PrivacyError;
use crate::draw::{below, shuffle};

/// How often the released records nearest to one half of a target's attributes and those nearest to the
/// other half have one in common.
///
/// The halves are drawn anew for each target. Neighbours are distinct records; ties are broken by one
/// random order of them. The baseline draws both sets of neighbours at random. None for fewer than two
/// attributes or an empty table.
pub(super) fn attack(
    sides: &Sides<'_>,
    targets: usize,
    neighbours: usize,
    mut rng: ChaCha20Rng,
    control: &Control,
) -> Result<Option<AttackResult>, PrivacyError> {
    let attributes = sides.original_table.schema().len();
    if attributes < 2 || sides.released.len() == 0 {
        return Ok(None);
    }
    let mut order: Vec<u32> = (0..u32::try_from(sides.released.len()).unwrap_or(u32::MAX)).collect();
    shuffle(&mut rng, &mut order);
    let mut attacked = |table: &Table| -> Result<Option<SuccessRate>, PrivacyError> {
        let mut halves = Vec::new();
        for row in sample(table.rows(), targets, &mut rng) {
            let mut one: Vec<usize> = (0..attributes).collect();
            shuffle(&mut rng, &mut one);
            let other = one.split_off(attributes / 2);
            halves.extend([Target::of(table, row, one), Target::of(table, row, other)]);
        }
        let nearest = in_batches(&halves, control, |some| nearest(&sides.released, some, neighbours, &order))?;
        let linked = nearest.chunks_exact(2).filter(|pair| match pair {
            [one, other] => one.iter().any(|record| other.contains(record)),
            _ => false,
        });
        Ok(SuccessRate::of(linked.count(), halves.len() / 2))
    };
    let attack = attacked(sides.original_table)?;
    let held = sides.holdout.as_ref().map(|(table, _)| attacked(table)).transpose()?.flatten();
    let guesses = usize::try_from(attack.map_or(0, |attack| attack.attempts)).unwrap_or(0);
    let mut guess = || -> Vec<u64> { (0..neighbours).map(|_| below(&mut rng, sides.released.len() as u64)).collect() };
    let guessed = (0..guesses).filter(|_| {
        let (one, other) = (guess(), guess());
        one.iter().any(|record| other.contains(record))
    });
    let guessed = guessed.count();
    Ok(AttackResult::new(attack, SuccessRate::of(guessed, guesses), held))
}

/// For each target the distinct records nearest to it, ties by `order`.
fn nearest(records: &Records<'_>, targets: &[Target], neighbours: usize, order: &[u32]) -> Vec<Vec<usize>> {
    // Kept in order of distance, then of `order`.
    let mut found: Vec<Vec<(u32, u32, usize)>> = vec![Vec::new(); targets.len()];
    records.scan(
        targets,
        &mut found,
        |found| match found.last() {
            Some(worst) if found.len() >= neighbours => worst.0,
            _ => u32::MAX,
        },
        |found, record, distance| {
            let key = (distance, order.get(record).copied().unwrap_or(u32::MAX), record);
            let place = found.partition_point(|other| *other < key);
            if place < neighbours {
                found.truncate(neighbours.saturating_sub(1));
                found.insert(place.min(found.len()), key);
            }
        },
    );
    found.into_iter().map(|found| found.into_iter().map(|(_, _, record)| record).collect()).collect()
}
