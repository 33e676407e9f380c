//! Inference: the rest of a record tells a secret.

use std::collections::BTreeMap;

use ctdata_table::{Attribute, Control, Table};
use rand::rngs::ChaCha20Rng;

use super::rate::{AttackResult, SuccessRate};
use super::records::{Target, UNIT};
use super::{Sides, in_batches, sample};
use crate::PrivacyError;

/// How often an attacker who knows other attributes of a person guesses one right.
///
/// The guess is the most frequent value among all the released records nearest by what is known. A number
/// is right within 5 % of the true one; else the code must be the same, missing being a value. The
/// baseline always guesses the most frequent value of the released column.
///
/// # Sources
/// M. Giomi, F. Boenisch, C. Wehmeyer and B. Tasnádi (2023), "A unified framework for quantifying privacy
/// risk in synthetic data", PoPETs 2023(2); taking all nearest records instead of any one is ours.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct InferenceRisk {
    /// The secret.
    pub attribute: String,
    /// How often it is guessed.
    pub result: AttackResult,
}

opaque_debug!(InferenceRisk);

/// Attacks every attribute that is no key, by the keys; without keys every attribute, by all others.
pub(super) fn attack(
    sides: &Sides<'_>,
    keys: &[usize],
    targets: usize,
    mut rng: ChaCha20Rng,
    control: &Control,
) -> Result<Vec<InferenceRisk>, PrivacyError> {
    let attributes = sides.original_table.schema().attributes();
    let secrets: Vec<usize> = (0..attributes.len()).filter(|secret| !keys.contains(secret)).collect();
    let known = if keys.is_empty() { secrets.clone() } else { keys.to_vec() };
    if known.len() + usize::from(!keys.is_empty()) < 2 || sides.released.len() == 0 {
        return Ok(Vec::new());
    }
    // Leaving the secret out brings a record nearer by one unit at most.
    let slack = if keys.is_empty() { UNIT } else { 0 };
    let mut guesses = |table: &Table| {
        let targets: Vec<Target> = sample(table.rows(), targets, &mut rng)
            .into_iter()
            .map(|row| Target::of(table, row, known.clone()))
            .collect();
        let guessed = in_batches(&targets, control, |some| guess(sides, some, &secrets, slack))?;
        let right = (0..secrets.len()).map(|at| {
            let right =
                targets.iter().zip(&guessed).filter(|(target, guessed)| match (secrets.get(at), guessed.get(at)) {
                    (Some(&secret), Some(&guess)) => is_right(target, attributes, secret, guess),
                    _ => false,
                });
            right.count()
        });
        Ok::<_, PrivacyError>((right.collect::<Vec<_>>(), targets))
    };
    let (right, attacked) = guesses(sides.original_table)?;
    let held = sides.holdout.as_ref().map(|(table, _)| guesses(table)).transpose()?;
    let mut risks = Vec::new();
    for (at, &secret) in secrets.iter().enumerate() {
        let common = commonest(sides, secret);
        let by_chance = attacked.iter().filter(|target| is_right(target, attributes, secret, common));
        let rate = |right: &[usize], targets: &[Target]| SuccessRate::of(*right.get(at)?, targets.len());
        let result = AttackResult::new(
            rate(&right, &attacked),
            SuccessRate::of(by_chance.count(), attacked.len()),
            held.as_ref().and_then(|(right, targets)| rate(right, targets)),
        );
        if let (Some(result), Some(attribute)) = (result, attributes.get(secret)) {
            risks.push(InferenceRisk { attribute: attribute.name().to_owned(), result });
        }
    }
    Ok(risks)
}

/// For each target and secret, the most frequent code among the nearest records.
fn guess(sides: &Sides<'_>, targets: &[Target], secrets: &[usize], slack: u32) -> Vec<Vec<u16>> {
    // The smallest distance, and the records that are within `slack` of it.
    let mut near: Vec<(u32, Vec<(usize, u32)>)> = vec![(u32::MAX, Vec::new()); targets.len()];
    sides.released.scan(
        targets,
        &mut near,
        |(least, _)| least.saturating_add(slack),
        |(least, near), record, distance| {
            if distance < *least {
                *least = distance;
                near.retain(|&(_, other)| other <= distance.saturating_add(slack));
            }
            near.push((record, distance));
        },
    );
    let one = |target: &Target, near: &[(usize, u32)], secret: usize| {
        let Some(&mine) = target.codes.get(secret) else { return 0 };
        let space = sides.space;
        let of = |&(record, distance): &(usize, u32)| {
            let code = sides.released.code(record, secret);
            let own = if slack > 0 { space.distance(secret, mine, code) } else { 0 };
            (distance.saturating_sub(own), code, record)
        };
        let least = near.iter().map(|one| of(one).0).min().unwrap_or(0);
        let mut votes: BTreeMap<u16, u64> = BTreeMap::new();
        for (_, code, record) in near.iter().map(of).filter(|(distance, ..)| *distance == least) {
            *votes.entry(code).or_default() += u64::from(sides.released.rows(record));
        }
        // The smallest code of equally many votes.
        votes.into_iter().rev().max_by_key(|(_, votes)| *votes).map_or(0, |(code, _)| code)
    };
    targets
        .iter()
        .zip(&near)
        .map(|(target, (_, near))| secrets.iter().map(|&secret| one(target, near, secret)).collect())
        .collect()
}

fn is_right(target: &Target, attributes: &[Attribute], secret: usize, guess: u16) -> bool {
    let (Some(&truth), Some(attribute)) = (target.codes.get(secret), attributes.get(secret)) else { return false };
    let domain = attribute.domain();
    match (domain.number(truth), domain.number(guess)) {
        (Some(truth), Some(guess)) => i128::from(truth).abs_diff(guess.into()) * 20 <= truth.unsigned_abs().into(),
        _ => truth == guess,
    }
}

/// The most frequent code of a released column, the smallest of equals.
fn commonest(sides: &Sides<'_>, attribute: usize) -> u16 {
    let mut counts: BTreeMap<u16, u64> = BTreeMap::new();
    for record in 0..sides.released.len() {
        *counts.entry(sides.released.code(record, attribute)).or_default() += u64::from(sides.released.rows(record));
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(0, |(code, _)| code)
}
