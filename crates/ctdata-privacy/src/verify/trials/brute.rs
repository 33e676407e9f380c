//! The verifier's counts against counting all pairs, and its verdicts on models against the other code's.

use std::collections::HashSet;

use ctdata_table::{Control, Table};

use super::cases::{Case, class_model, output};
use super::cells::{Truth, fits, truths};
use crate::anonymize::{Draft, DraftColumn};
use crate::recode::recode;
use crate::statement::Mechanism;
use crate::testing::Dice;
use crate::verify::{ClaimedColumn, RecodingClaim};
use crate::{
    AverageRisk, KAnonymity, PopulationEstimator, PopulationUniqueness, PrivacyError, PrivacyModel, SampleUniqueness,
    SamplingFraction, measure_models,
};

/// Persons of the released records that fit all truths.
fn matches(claim: &RecodingClaim, output: &Table, known: &[&ClaimedColumn], truths: &[Truth]) -> u64 {
    let person = |row: u32| match claim.input.ids() {
        Some(ids) => ids.get(row as usize).unwrap_or_default().to_owned(),
        None => row.to_string(),
    };
    let is_match = |row: usize| {
        known.iter().zip(truths).all(|(known, truth)| {
            let (attribute, column) = output.named(&known.name).unwrap();
            fits(known, attribute, column.get(row).unwrap(), *truth)
        })
    };
    let found: HashSet<String> =
        (0..output.rows()).filter(|row| is_match(*row)).map(|row| person(claim.origin[row])).collect();
    found.len() as u64
}

/// All that may be true of a row of the input.
fn all_truths(claim: &RecodingClaim, known: &[&ClaimedColumn], row: usize) -> Vec<Vec<Truth>> {
    let mut all = vec![Vec::new()];
    for known in known {
        let (attribute, column) = claim.input.named(&known.name).unwrap();
        let of_cell = truths(attribute, column.get(row).unwrap());
        all = all
            .into_iter()
            .flat_map(|one: Vec<Truth>| {
                of_cell.iter().map(move |&t| {
                    let mut one = one.clone();
                    one.push(t);
                    one
                })
            })
            .collect();
    }
    all
}

#[test]
fn nobody_is_exposed_whatever_is_behind_the_blanks() {
    let (mut compared, mut with_blanks, mut combined) = (0, 0, 0);
    for seed in 10_000..11_000 {
        let Some(output) = output(seed) else { continue };
        let claim: RecodingClaim = output.claim::<RecodingClaim>().unwrap().clone();
        let Ok(released) = output.verify(&Control::default()) else { continue };
        let table = released.get();
        let known: Vec<&ClaimedColumn> = claim.known.iter().filter(|known| known.is_quasi).collect();
        let (mut smallest, mut is_open) = (None::<u64>, false);
        for row in 0..claim.input.rows() {
            let all = all_truths(&claim, &known, row);
            is_open |= all.len() > 1;
            for truth in &all {
                let found = matches(&claim, table, &known, truth);
                assert!(found == 0 || found >= claim.k, "seed {seed}: {found}");
                if found > 0 {
                    smallest = Some(smallest.map_or(found, |smallest| smallest.min(found)));
                }
            }
            for combinations in &claim.combinations {
                let named = |name: &String| claim.known.iter().find(|known| known.name == *name).unwrap();
                let of: Vec<&ClaimedColumn> = combinations.attributes.iter().map(named).collect();
                for set in 1u32..1 << of.len() {
                    if set.count_ones() as usize > combinations.up_to {
                        continue;
                    }
                    let part: Vec<&ClaimedColumn> =
                        (0..of.len()).filter(|bit| set >> bit & 1 == 1).map(|bit| of[bit]).collect();
                    for truth in all_truths(&claim, &part, row) {
                        let found = matches(&claim, table, &part, &truth);
                        assert!(found == 0 || found >= combinations.k, "seed {seed}: {found} in combination");
                        combined += 1;
                    }
                }
            }
        }
        if is_open {
            with_blanks += 1;
            // What the input does not know is counted low.
            let said = released.statement().verified.attacker_view_smallest;
            assert!(said.is_none() || said >= Some(claim.k), "seed {seed}");
        } else {
            assert_eq!(smallest, released.statement().verified.attacker_view_smallest, "seed {seed}");
            compared += 1;
        }
    }
    assert!(compared > 150 && with_blanks > 150 && combined > 1000, "{compared} {with_blanks} {combined}");
}

fn table_model(dice: &mut Dice) -> PrivacyModel {
    let share = (dice.roll(12) as f64 + 0.573) / 12.7;
    match dice.roll(3) {
        0 => SampleUniqueness::try_new(share).unwrap().into(),
        1 => AverageRisk::try_new(share).unwrap().with_highest(0.3 + 0.7 * share).unwrap().into(),
        _ => {
            let fraction = SamplingFraction::try_new(0.3).unwrap();
            PopulationUniqueness::try_new(share, fraction, PopulationEstimator::Zayatz).unwrap().into()
        }
    }
}

/// Two codes that share nothing come to the same verdict.
#[test]
fn models_are_judged_as_by_the_other_code() {
    let (mut holding, mut failing) = ([0; 12], [0; 12]);
    let control = Control::default();
    for seed in 20_000..26_000 {
        let mut dice = Dice(seed);
        let case = Case::new(&mut dice);
        if case.table.rows() == 0 {
            continue;
        }
        let model: PrivacyModel = match dice.roll(5) {
            0 => table_model(&mut dice),
            1 => KAnonymity::try_new(1 + dice.roll(4) as u32).unwrap().into(),
            _ => class_model(&mut dice).into(),
        };
        let levels: Vec<usize> =
            case.quasi.iter().map(|quasi| dice.roll(quasi.hierarchy().height() as u64 + 1) as usize).collect();
        let recoded = recode(&case.table, &case.quasi, &levels).unwrap();
        let (mut table, mut population) = (case.table.clone(), case.population.clone());
        for (at, (ours, theirs)) in recoded.iter().zip(recode(&population, &case.quasi, &levels).unwrap()).enumerate() {
            table = table.with_replaced(at, ours.attribute.clone(), ours.column.clone()).unwrap();
            population = population.with_replaced(at, theirs.attribute, theirs.column).unwrap();
        }
        let names: Vec<&str> = case.quasi.iter().map(crate::QuasiIdentifier::name).collect();
        let measured =
            measure_models(&table, &names, std::slice::from_ref(&model), Some(&population), &control).unwrap();
        let columns = case.quasi.iter().zip(recoded).zip(&levels);
        let draft = Draft {
            mechanism: Mechanism::Recoding,
            input: &case.table,
            columns: columns.map(|((quasi, column), &level)| DraftColumn::of(quasi, column, Some(level))).collect(),
            combinations: Vec::new(),
            others: vec!["s".into(), "other".into()],
            blankable: Vec::new(),
            kept: (0..case.table.rows() as u32).collect(),
            models: vec![model.clone()],
            k: 1,
            mutual_k: None,
            population: Some(case.population.clone()),
        };
        let verified = match draft.finish(&control).unwrap().verify(&control) {
            Ok(_) => true,
            Err(PrivacyError::GuaranteeFails(_)) => false,
            Err(error) => panic!("seed {seed}: {error}"),
        };
        assert_eq!(verified, measured[0].holds, "seed {seed}: {model}");
        let kind = NAMES.iter().position(|name| *name == model.name()).unwrap();
        if verified { holding[kind] += 1 } else { failing[kind] += 1 }
    }
    assert!(holding.iter().chain(&failing).all(|&cases| cases > 10), "{holding:?} {failing:?}");
}

const NAMES: [&str; 12] = [
    "k-anonymity",
    "k-map",
    "distinct-l-diversity",
    "entropy-l-diversity",
    "recursive-c-l-diversity",
    "t-closeness",
    "delta-disclosure",
    "beta-likeness",
    "delta-presence",
    "sample-uniqueness",
    "average-risk",
    "population-uniqueness",
];
