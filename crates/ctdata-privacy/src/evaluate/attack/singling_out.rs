//! Singling out: a description that fits exactly one person.

use ctdata_table::{Control, Table};
use rand::Rng;
use rand::rngs::ChaCha20Rng;

use super::Sides;
use super::control_size::singled_out_at;
use super::rate::{AttackResult, SuccessRate};
use super::records::{Condition, Records};
use crate::PrivacyError;
use crate::draw::{below, shuffle};
use crate::evaluate::parallel::try_map;

/// What singling out achieves.
///
/// An attacker finds descriptions that fit exactly one released record and bets that they fit exactly one
/// person. *Univariate*: a value that occurs once in its column, and the ends of numeric columns.
/// *Multivariate*: random attributes of a random released record, numbers as "at least" or "at most",
/// whichever is the shorter way out from the median; if too few such descriptions fit one released record,
/// they get twice as many attributes, and so on. The baseline is as many descriptions at random.
///
/// # Sources
/// M. Giomi, F. Boenisch, C. Wehmeyer and B. Tasnádi (2023), "A unified framework for quantifying privacy
/// risk in synthetic data", PoPETs 2023(2); singling out after A. Cohen and K. Nissim (2020), "Towards
/// formalizing the GDPR's notion of singling out", PNAS 117(15).
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SinglingOut {
    /// By one attribute; none where no value of the release is unique.
    pub univariate: Option<AttackResult>,
    /// By several attributes; none where no such description fits one released record.
    pub multivariate: Option<AttackResult>,
    /// Attributes of a multivariate description, as it was in the end.
    pub attributes: usize,
}

opaque_debug!(SinglingOut);

/// Candidates per description wanted: many fit more than one released record.
const CANDIDATES: usize = 10;

pub(super) fn attack(
    sides: &Sides<'_>,
    targets: usize,
    attributes: usize,
    mut streams: [ChaCha20Rng; 2],
    control: &Control,
) -> Result<SinglingOut, PrivacyError> {
    let released = sides.released_table;
    let mut attributes = attributes.min(released.schema().len());
    let [univariate, multivariate] = &mut streams;
    let mut predicates = unique_values(released);
    shuffle(univariate, &mut predicates);
    predicates.truncate(targets);
    let random: Vec<_> = predicates
        .iter()
        .map(|_| {
            let attribute = index(univariate, released.schema().len());
            vec![Condition::equal(attribute, random_code(sides, attribute, univariate))]
        })
        .collect();
    let univariate = judge(sides, &predicates, &random, control)?;

    let mut predicates = Vec::new();
    while released.rows() > 0 {
        predicates = fitting_one(sides, targets, attributes, multivariate, control)?;
        if predicates.len() >= targets || attributes >= released.schema().len() {
            break;
        }
        attributes = (attributes * 2).min(released.schema().len());
    }
    let random: Vec<_> = predicates
        .iter()
        .map(|predicate: &Vec<Condition>| {
            let chosen = predicate.iter().map(|condition| condition.attribute);
            chosen.map(|attribute| Condition::equal(attribute, random_code(sides, attribute, multivariate))).collect()
        })
        .collect();
    let multivariate = judge(sides, &predicates, &random, control)?;
    Ok(SinglingOut { univariate, multivariate, attributes })
}

impl Condition {
    fn equal(attribute: usize, code: u16) -> Self {
        Self { attribute, low: code, high: code }
    }
}

/// Descriptions by so many attributes that fit exactly one released record: as many as wanted, if enough
/// candidates do.
fn fitting_one(
    sides: &Sides<'_>,
    targets: usize,
    attributes: usize,
    rng: &mut ChaCha20Rng,
    control: &Control,
) -> Result<Vec<Vec<Condition>>, PrivacyError> {
    let medians = medians(sides);
    let mut predicates = Vec::new();
    for _ in 0..CANDIDATES {
        let candidates: Vec<_> =
            (0..targets).map(|_| describe(sides.released_table, attributes, &medians, rng)).collect();
        let counts = try_map(&candidates, |one| {
            control.check()?;
            Ok(sides.released.count(one))
        })?;
        let unique = candidates.into_iter().zip(counts).filter(|(_, count)| *count == 1);
        predicates.extend(unique.map(|(candidate, _)| candidate));
        if predicates.len() >= targets {
            break;
        }
    }
    predicates.truncate(targets);
    Ok(predicates)
}

/// The values that occur once in their column, and the ends of numeric columns.
fn unique_values(released: &Table) -> Vec<Vec<Condition>> {
    let mut predicates = Vec::new();
    for (at, (attribute, column)) in released.schema().attributes().iter().zip(released.columns()).enumerate() {
        let mut counts = vec![0u32; attribute.code_count()];
        column.iter().for_each(|code| {
            if let Some(count) = counts.get_mut(usize::from(code)) {
                *count += 1;
            }
        });
        let codes = (0u16..).zip(&counts);
        predicates
            .extend(codes.clone().filter(|(_, count)| **count == 1).map(|(code, _)| vec![Condition::equal(at, code)]));
        if attribute.domain().scale().is_some() {
            let mut occurring =
                codes.filter(|&(code, &count)| count > 0 && attribute.is_value(code)).map(|(code, _)| code);
            if let Some(low) = occurring.next() {
                let last = u16::try_from(attribute.domain().len() - 1).unwrap_or(u16::MAX);
                predicates.push(vec![Condition { attribute: at, low: 0, high: low }]);
                predicates.push(vec![Condition { attribute: at, low: occurring.last().unwrap_or(low), high: last }]);
            }
        }
    }
    predicates
}

/// The median code of each numeric column of the release; none for names and where all is missing.
fn medians(sides: &Sides<'_>) -> Vec<Option<u16>> {
    let table = sides.released_table;
    let columns = table.schema().attributes().iter().zip(table.columns());
    columns
        .map(|(attribute, column)| {
            attribute.domain().scale()?;
            let mut codes: Vec<u16> = column.iter().filter(|&code| attribute.is_value(code)).collect();
            let middle = codes.len() / 2;
            (middle < codes.len()).then(|| *codes.select_nth_unstable(middle).1)
        })
        .collect()
}

/// Random attributes of a random released record.
fn describe(released: &Table, attributes: usize, medians: &[Option<u16>], rng: &mut ChaCha20Rng) -> Vec<Condition> {
    let row = index(rng, released.rows());
    let mut chosen: Vec<usize> = (0..released.schema().len()).collect();
    shuffle(rng, &mut chosen);
    chosen.truncate(attributes);
    chosen.sort_unstable();
    let condition = |at: usize| {
        let attribute = released.schema().get(at)?;
        let code = released.column(at)?.get(row)?;
        let last = u16::try_from(attribute.domain().len()).ok()?.saturating_sub(1);
        Some(match medians.get(at).copied().flatten().filter(|_| attribute.is_value(code)) {
            None => Condition::equal(at, code),
            Some(median) if code > median => Condition { attribute: at, low: code, high: last },
            Some(_) => Condition { attribute: at, low: 0, high: code },
        })
    };
    chosen.into_iter().filter_map(condition).collect()
}

/// A code that occurs in the release, each with the same probability.
fn random_code(sides: &Sides<'_>, attribute: usize, rng: &mut ChaCha20Rng) -> u16 {
    let codes = sides.occurring.get(attribute).map_or(&[][..], Vec::as_slice);
    codes.get(index(rng, codes.len())).copied().unwrap_or(0)
}

fn index<R: Rng + ?Sized>(rng: &mut R, bound: usize) -> usize {
    usize::try_from(below(rng, bound as u64)).unwrap_or(0)
}

/// Counts how often the predicates single out.
fn judge(
    sides: &Sides<'_>,
    predicates: &[Vec<Condition>],
    random: &[Vec<Condition>],
    control: &Control,
) -> Result<Option<AttackResult>, PrivacyError> {
    let count = |records: &Records<'_>, predicates: &[Vec<Condition>]| {
        try_map(predicates, |predicate| {
            control.check()?;
            Ok(records.count(predicate))
        })
    };
    let singles = |counts: Vec<u64>| counts.into_iter().filter(|&count| count == 1).count();
    let attack = SuccessRate::of(singles(count(&sides.original, predicates)?), predicates.len());
    let baseline = SuccessRate::of(singles(count(&sides.original, random)?), random.len());
    let held = match &sides.holdout {
        Some((table, records)) if table.rows() > 0 => {
            let matches = count(records, predicates)?;
            let singled = singled_out_at(&matches, table.rows() as u64, sides.original_table.rows() as u64);
            SuccessRate::wilson(singled, predicates.len() as u64)
        }
        _ => None,
    };
    Ok(AttackResult::new(attack, baseline, held))
}
