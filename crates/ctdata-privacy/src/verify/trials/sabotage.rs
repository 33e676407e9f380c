//! Honest outputs, and every way to spoil them.
#![expect(clippy::unnecessary_wraps, reason = "some ways to spoil an output do not fit all outputs")]

use ctdata_table::{Attribute, Column, Control, Domain, DomainKind, Missing, Origin, Table, Weights};

use super::cases::output;
use super::cells::stands_for;
use crate::release::Unverified;
use crate::testing::Dice;
use crate::verify::{ClaimedCombinations, RecodingClaim};
use crate::{DistinctLDiversity, KAnonymity, PrivacyError};

fn verified(output: &Table, claim: &RecodingClaim) -> Result<(), PrivacyError> {
    Unverified::new(output.clone(), claim.clone()).verify(&Control::default()).map(|_| ())
}

#[test]
fn every_output_is_verified() {
    let (mut found, mut dropped, mut blanked) = (0, 0, 0);
    for seed in 0..3000 {
        let Some(output) = output(seed) else { continue };
        dropped += usize::from(output.summary().records.suppressed > 0);
        blanked += usize::from(output.summary().blanked.iter().any(|blanked| blanked.cells > 0));
        let claim: RecodingClaim = output.claim::<RecodingClaim>().unwrap().clone();
        // Presence counts records, and someone's weight may be more than 1.
        let weighs = claim.population.as_ref().is_some_and(|population| population.weights().is_some());
        let weighs = weighs && claim.models.iter().any(crate::PrivacyModel::needs_population);
        match output.verify(&Control::default()) {
            Ok(_) => found += 1,
            Err(_) if weighs => {}
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    assert!(found > 1500 && dropped > 100 && blanked > 300, "{found} {dropped} {blanked}");
}

type Spoiled = Option<(Table, RecodingClaim)>;

fn with_codes(table: &Table, position: usize, codes: &[u16]) -> Table {
    let attribute = table.schema().attributes()[position].clone();
    let column = Column::from_codes(codes, attribute.code_count());
    table.with_replaced(position, attribute, column).unwrap()
}

/// A cell gets another code of its column, which does not stand for the true value.
fn changed_cell(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let position = dice.roll(table.schema().attributes().len() as u64) as usize;
    let attribute = &table.schema().attributes()[position];
    let row = dice.roll(table.rows() as u64) as usize;
    let mut codes: Vec<u16> = table.columns()[position].iter().collect();
    let new = dice.roll(attribute.code_count() as u64) as u16;
    if codes[row] == new || stands_for(claim, attribute, new, claim.origin[row]) {
        return None;
    }
    codes[row] = new;
    Some((with_codes(table, position, &codes), claim.clone()))
}

/// A blanked cell gets a value that stands for the true one.
fn restored_cell(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let name = claim.blankable.get(dice.roll(claim.blankable.len().max(1) as u64) as usize)?;
    let position = table.schema().find(name)?;
    let attribute = &table.schema().attributes()[position];
    let blank = attribute.missing_code(Missing::NotRecorded)?;
    let mut codes: Vec<u16> = table.columns()[position].iter().collect();
    let values = 0..attribute.domain().len() as u16;
    let (row, value) = (0..table.rows()).filter(|&row| codes[row] == blank).find_map(|row| {
        let value = values.clone().find(|&value| stands_for(claim, attribute, value, claim.origin[row]))?;
        Some((row, value))
    })?;
    codes[row] = value;
    Some((with_codes(table, position, &codes), claim.clone()))
}

fn duplicated_record(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let row = dice.roll(table.rows() as u64) as u32;
    let mut rows: Vec<u32> = (0..table.rows() as u32).collect();
    rows.insert(row as usize, row);
    let mut claim = claim.clone();
    // Said to be the same row of the input, or one that was dropped.
    let dropped = (0..claim.input.rows() as u32).find(|row| !claim.origin.contains(row));
    let from = dropped.filter(|_| dice.one_in(2)).unwrap_or(claim.origin[row as usize]);
    claim.origin.insert(row as usize, from);
    Some((table.take(&rows).unwrap(), claim))
}

fn lost_record(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let row = dice.roll(table.rows() as u64) as u32;
    let rows: Vec<u32> = (0..table.rows() as u32).filter(|other| *other != row).collect();
    let mut claim = claim.clone();
    if dice.one_in(2) {
        claim.origin.remove(row as usize);
    }
    Some((table.take(&rows).unwrap(), claim))
}

fn shared_origin(table: &Table, claim: &RecodingClaim, _: &mut Dice) -> Spoiled {
    let mut claim = claim.clone();
    *claim.origin.get_mut(1)? = claim.origin[0];
    Some((table.clone(), claim))
}

fn reordered_rows(table: &Table, claim: &RecodingClaim, _: &mut Dice) -> Spoiled {
    let codes = |row: usize| table.columns().iter().map(move |column| column.get(row));
    let at = (1..table.rows()).find(|&row| !codes(row - 1).eq(codes(row)))?;
    let mut rows: Vec<u32> = (0..table.rows() as u32).collect();
    rows.swap(at - 1, at);
    let mut claim = claim.clone();
    claim.origin.swap(at - 1, at);
    Some((table.take(&rows).unwrap(), claim))
}

fn swapped_columns(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let mut positions: Vec<usize> = (0..table.schema().attributes().len()).collect();
    let at = dice.roll(positions.len() as u64 - 1) as usize;
    positions.swap(at, at + 1);
    Some((table.select(&positions).unwrap(), claim.clone()))
}

fn lost_column(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let mut positions: Vec<usize> = (0..table.schema().attributes().len()).collect();
    positions.remove(dice.roll(positions.len() as u64) as usize);
    Some((table.select(&positions).unwrap(), claim.clone()))
}

fn with_domain(table: &Table, position: usize, labels: Vec<String>, ordered: bool, origin: Origin) -> Table {
    let old = &table.schema().attributes()[position];
    let domain = if ordered { Domain::ordered(labels, origin) } else { Domain::nominal(labels, origin) }.unwrap();
    let new = Attribute::new(old.name(), domain, old.missing());
    let map: Vec<u16> = (0..old.code_count() as u16).map(|code| new.code(old.cell(code).unwrap()).unwrap()).collect();
    let column = table.columns()[position].recoded(&map);
    table.with_replaced(position, new, column).unwrap()
}

/// A text of an observed column that nobody has any more, or a public one that was not there.
fn unused_label(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let position = dice.roll(table.schema().attributes().len() as u64) as usize;
    let domain = table.schema().attributes()[position].domain();
    let mut labels: Vec<String> = domain.labels().map(std::borrow::Cow::into_owned).collect();
    let known = claim.known.iter().find(|known| known.name == table.schema().attributes()[position].name());
    let candidates: Vec<String> = match known {
        Some(known) => known.attribute.domain().labels().map(std::borrow::Cow::into_owned).collect(),
        None => vec!["d".into()],
    };
    labels.push(candidates.into_iter().find(|label| !labels.contains(label)).unwrap_or_else(|| "more".into()));
    labels.sort();
    let ordered = domain.kind() == DomainKind::Ordered;
    Some((with_domain(table, position, labels, ordered, domain.origin()), claim.clone()))
}

/// A text with a remark that says more.
fn remarked_label(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let position = dice.roll(claim.known.len() as u64) as usize;
    let position = table.schema().find(&claim.known[position].name)?;
    let domain = table.schema().attributes()[position].domain();
    let mut labels: Vec<String> = domain.labels().map(std::borrow::Cow::into_owned).collect();
    labels.first_mut()?.push_str([" (known to the police)", " (1)", " (level 0 07)", "x"][dice.roll(4) as usize]);
    let ordered = domain.kind() == DomainKind::Ordered;
    let spoiled = with_domain(table, position, labels, ordered, domain.origin());
    let mut claim = claim.clone();
    if dice.one_in(2) {
        let known = claim.known.iter_mut().find(|known| known.name == spoiled.schema().attributes()[position].name());
        known?.attribute = spoiled.schema().attributes()[position].clone();
    }
    Some((spoiled, claim))
}

fn attached(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let rows = table.rows();
    let table = match dice.roll(2) {
        0 => table.clone().with_ids((0..rows).map(|row| row.to_string()).collect()).unwrap(),
        _ => table.clone().with_weights(Weights::new(vec![1; rows])).unwrap(),
    };
    Some((table, claim.clone()))
}

/// Another level, with all that belongs to it but the account.
fn other_level(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let mut claim = claim.clone();
    let at = dice.roll(claim.known.len() as u64) as usize;
    let known = &mut claim.known[at];
    let level = dice.roll(known.hierarchy.height() as u64 + 2) as usize;
    if known.level == Some(level) {
        known.level = None;
    } else {
        known.level = Some(level);
        let domain =
            known.hierarchy.level(level).map_or_else(|| known.attribute.domain().clone(), |l| l.domain().clone());
        known.meanings = (0..domain.len() as u16).map(|code| crate::recode::Meaning::Node { level, code }).collect();
        known.attribute = Attribute::new(known.name.as_str(), domain, known.attribute.missing());
    }
    Some((table.clone(), claim))
}

fn wrong_account(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let mut claim = claim.clone();
    let summary = &mut claim.summary;
    match dice.roll(8) {
        0 => summary.records.kept += 1,
        1 => summary.records.input += 1,
        2 => summary.records.share_suppressed += 0.01,
        3 => summary.classes += 1,
        4 => summary.smallest_class = Some(summary.smallest_class.unwrap_or(0) + 1),
        5 => summary.blanked.first_mut()?.cells += 1,
        6 => summary.generalized.first_mut()?.cells += 1,
        _ => summary.generalized.first_mut()?.level_name = Some("other".into()),
    }
    Some((table.clone(), claim))
}

/// More than holds: for classes, for the attacker view, for combinations, for origins, or of a column.
fn stronger_claim(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let mut claim = claim.clone();
    let rows = table.rows() as u64 + 1;
    match dice.roll(7) {
        0 => {
            let k = claim.summary.smallest_class? as u32 + 1;
            claim.models.push(KAnonymity::try_new(k).unwrap().into());
        }
        1 => claim.k = rows,
        2 => {
            let attributes = vec![claim.known[0].name.clone()];
            claim.combinations.push(ClaimedCombinations { attributes, up_to: 1, k: rows, mutual: false });
        }
        3 => claim.mutual_k = Some(claim.input.rows() as u64 + 1),
        4 => {
            let attributes = vec![claim.known[0].name.clone()];
            let k = claim.input.rows() as u64 + 1;
            claim.combinations.push(ClaimedCombinations { attributes, up_to: 1, k: 1, mutual: false });
            claim.combinations.push(ClaimedCombinations { k, mutual: true, ..claim.combinations[0].clone() });
        }
        5 => claim.models.push(DistinctLDiversity::try_new("s", 6 + 1).unwrap().into()),
        _ => claim.models.push(DistinctLDiversity::try_new(&*claim.known[0].name.clone(), 1).unwrap().into()),
    }
    Some((table.clone(), claim))
}

/// Claims that do not say what an attacker knows, or speak of a column in two ways.
fn crooked_claim(table: &Table, claim: &RecodingClaim, dice: &mut Dice) -> Spoiled {
    let mut claim = claim.clone();
    match dice.roll(6) {
        0 => claim.known.iter_mut().for_each(|known| known.is_quasi = false),
        1 => claim.known.push(claim.known[0].clone()),
        2 => claim.released.push(claim.known[0].name.clone()),
        3 => claim.released.push("s".into()),
        4 => claim.blankable.push("s".into()),
        _ => claim.released.retain(|name| name != "other"),
    }
    Some((table.clone(), claim))
}

#[test]
fn every_sabotage_is_refused() {
    type Spoil = fn(&Table, &RecodingClaim, &mut Dice) -> Spoiled;
    let all: [(&str, Spoil); 17] = [
        ("changed cell", changed_cell),
        ("restored cell", restored_cell),
        ("duplicated record", duplicated_record),
        ("lost record", lost_record),
        ("shared origin", shared_origin),
        ("reordered rows", reordered_rows),
        ("swapped columns", swapped_columns),
        ("lost column", lost_column),
        ("unused label", unused_label),
        ("remarked label", remarked_label),
        ("attached", attached),
        ("other level", other_level),
        ("wrong account", wrong_account),
        ("stronger claim", stronger_claim),
        ("crooked claim", crooked_claim),
        ("restored cell again", restored_cell),
        ("changed cell again", changed_cell),
    ];
    let mut tried = [0; 17];
    for seed in 0..1200 {
        let Some(output) = output(seed) else { continue };
        let claim: RecodingClaim = output.claim::<RecodingClaim>().unwrap().clone();
        let table = output.working_copy().clone();
        if table.rows() == 0 || verified(&table, &claim).is_err() {
            continue;
        }
        let mut dice = Dice(seed ^ 0x5AB0_7A6E);
        for ((name, spoil), tried) in all.iter().zip(&mut tried) {
            let Some((table, claim)) = spoil(&table, &claim, &mut dice) else { continue };
            *tried += 1;
            let refused = verified(&table, &claim);
            assert!(matches!(refused, Err(PrivacyError::GuaranteeFails(_))), "seed {seed}, {name}: {refused:?}");
        }
    }
    assert!(tried.iter().all(|&tried| tried > 90), "{tried:?}");
}
