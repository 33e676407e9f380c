//! Attribute and identity disclosure by keys: DiSCO, repU, exact and apparent matches.

use ctdata_table::{AttributeSet, Classes, Control, Table};

use super::super::real;
use super::{Sides, count_codes};
use crate::PrivacyError;
use crate::risk::ratio;

/// What the keys of a person tell: whether the person can be pointed at, and what else is learned.
///
/// # Sources
/// G. M. Raab, B. Nowok and C. Dibben (2024), "Practical privacy metrics for synthetic data" (DiSCO and
/// repU); the trivial baselines deducted here are ours. NIST, *SDNist* (unique exact matches and apparent
/// matches): C. Task et al. (2023), *Deidentified Data Report Tool*.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct KeyDisclosure {
    /// What the attacker knows of a person.
    pub keys: Vec<String>,
    /// Uniques of the original that are unique in the release.
    pub identity: ReplicatedUniques,
    /// For each attribute that is no key, what the release tells of it.
    pub attributes: Vec<AttributeDisclosure>,
    /// Records that are unique by all attributes and stand in the release word for word.
    pub exact_matches: ExactMatches,
    /// How alike the records behind replicated uniques are otherwise.
    pub apparent_matches: ApparentMatches,
}

/// repU: records whose keys are unique in the original and unique in the release.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ReplicatedUniques {
    /// Original records that are unique by their keys.
    pub uniques: u64,
    /// Those whose keys are unique in the release as well.
    pub replicated: u64,
    /// repU: the replicated as a share of the original records.
    pub rep_u: f64,
    /// What it would be, in expectation, if a release of that size had the shares of the released columns
    /// but no connection between them.
    pub baseline: f64,
    /// repU less the baseline.
    pub excess: f64,
    /// repU of the hold-out: what a release replicates of people it never saw. None without one.
    pub holdout: Option<f64>,
}

/// DiSCO: records whose keys have one single value in the release, and it is theirs.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AttributeDisclosure {
    /// The attribute.
    pub attribute: String,
    /// Share of the original records, missing being a value.
    pub disco: f64,
    /// Share of the original records for which the single value is the most frequent one of the released
    /// column: guessing that needs no keys.
    pub baseline: f64,
    /// DiSCO less the baseline.
    pub excess: f64,
    /// DiSCO of the hold-out; none without one.
    pub holdout: Option<f64>,
}

/// Records that nobody else has, found in the release.
#[derive(Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ExactMatches {
    /// Original records that differ from all others in some attribute.
    pub uniques: u64,
    /// Those of which the release has at least one copy.
    pub found: u64,
    /// The found as a share of the uniques; none without any.
    pub share: Option<f64>,
}

/// For people unique by their keys in both tables: how many of the other attributes agree.
#[derive(Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ApparentMatches {
    /// Such pairs of records.
    pub pairs: u64,
    /// Mean share of the other attributes that agree; none without pairs or other attributes.
    pub mean_agreement: Option<f64>,
    /// Pairs by the share that agrees: up to 10 %, 20 %, …, 100 %, each less the ones before.
    pub by_tenth: Vec<u64>,
    /// Pairs that agree in everything.
    pub complete: u64,
}

opaque_debug!(KeyDisclosure, ReplicatedUniques, AttributeDisclosure, ExactMatches, ApparentMatches);

/// Classes by keys, and for each class of one table the class of the release with the same keys.
struct Keyed {
    classes: Classes,
    in_release: Vec<Option<usize>>,
}

pub(super) fn attack(sides: &Sides<'_>, keys: &[usize], control: &Control) -> Result<KeyDisclosure, PrivacyError> {
    let original = sides.original_table;
    let attributes = original.schema().attributes();
    let set = AttributeSet::try_new(keys.iter().copied())?;
    let released = Classes::with_members(sides.released_table, &set, control)?;
    let keyed = |table: &Table| -> Result<Keyed, PrivacyError> {
        let classes = Classes::with_members(table, &set, control)?;
        let in_release = (0..classes.len()).map(|class| released.find(classes.key(class))).collect();
        Ok(Keyed { classes, in_release })
    };
    let side = keyed(original)?;
    let held = sides.holdout.as_ref().map(|(table, _)| Ok((*table, keyed(table)?))).transpose();
    let held: Option<(&Table, Keyed)> =
        held.map_err(|error: PrivacyError| error)?.filter(|(table, _)| table.rows() > 0);

    let others: Vec<usize> = (0..attributes.len()).filter(|other| !keys.contains(other)).collect();
    let mut disclosures = Vec::with_capacity(others.len());
    for &attribute in &others {
        control.check()?;
        let single = single_codes(&released, sides.released_table, attribute);
        let counts = count_codes(sides.released_table, attribute);
        let most = counts.iter().enumerate().rev().max_by_key(|(_, count)| **count);
        let common = most.and_then(|(code, _)| u16::try_from(code).ok());
        let share = |table: &Table, side: &Keyed, meant: &dyn Fn(u16) -> bool| {
            ratio(disclosed(table, attribute, side, &single, meant), table.rows() as u64)
        };
        let disco = share(original, &side, &|_| true);
        let baseline = share(original, &side, &|code| Some(code) == common);
        disclosures.push(AttributeDisclosure {
            attribute: attributes.get(attribute).map(|attribute| attribute.name().to_owned()).unwrap_or_default(),
            disco,
            baseline,
            excess: disco - baseline,
            holdout: held.as_ref().map(|(table, side)| share(table, side, &|_| true)),
        });
    }
    Ok(KeyDisclosure {
        keys: keys.iter().filter_map(|&key| Some(attributes.get(key)?.name().to_owned())).collect(),
        identity: identity(sides, keys, &side, &released, held.as_ref()),
        attributes: disclosures,
        exact_matches: exact_matches(sides),
        apparent_matches: apparent_matches(sides, &others, &side, &released),
    })
}

/// The one code that all members of each class share.
fn single_codes(classes: &Classes, table: &Table, attribute: usize) -> Vec<Option<u16>> {
    let mut single: Vec<Option<Option<u16>>> = vec![None; classes.len()];
    let codes = table.column(attribute).into_iter().flat_map(ctdata_table::Column::iter);
    for (&class, code) in classes.class_of_row().iter().zip(codes) {
        if let Some(slot) = single.get_mut(class as usize) {
            *slot = match *slot {
                None => Some(Some(code)),
                Some(Some(other)) if other == code => continue,
                Some(_) => Some(None),
            };
        }
    }
    single.into_iter().map(Option::flatten).collect()
}

/// The rows whose keys have one single code in the release, which is theirs and is `meant`.
fn disclosed(
    table: &Table,
    attribute: usize,
    side: &Keyed,
    single: &[Option<u16>],
    meant: &dyn Fn(u16) -> bool,
) -> u64 {
    let told: Vec<Option<u16>> = side
        .in_release
        .iter()
        .map(|class| class.and_then(|class| single.get(class).copied().flatten()).filter(|&code| meant(code)))
        .collect();
    let codes = table.column(attribute).into_iter().flat_map(ctdata_table::Column::iter);
    let rows = side.classes.class_of_row().iter().zip(codes);
    rows.filter(|(class, code)| told.get(**class as usize).copied().flatten() == Some(*code)).count() as u64
}

fn identity(
    sides: &Sides<'_>,
    keys: &[usize],
    side: &Keyed,
    released: &Classes,
    held: Option<&(&Table, Keyed)>,
) -> ReplicatedUniques {
    let replicated = |side: &Keyed| {
        let unique = (0..side.classes.len()).zip(&side.in_release).filter(|(class, _)| side.classes.rows(*class) == 1);
        unique.filter(|(_, class)| class.is_some_and(|class| released.rows(class) == 1)).count() as u64
    };
    let rows = sides.original_table.rows() as u64;
    let released_rows = sides.released_table.rows() as u64;
    let shares: Vec<Vec<u64>> = keys.iter().map(|&key| count_codes(sides.released_table, key)).collect();
    let mut uniques = 0;
    let mut expected = 0.0;
    for class in (0..side.classes.len()).filter(|&class| side.classes.rows(class) == 1) {
        uniques += 1;
        let share = |(counts, &code): (&Vec<u64>, &u16)| {
            ratio(counts.get(usize::from(code)).copied().unwrap_or(0), released_rows)
        };
        let share: f64 = shares.iter().zip(side.classes.key(class)).map(share).product();
        if released_rows > 0 && share > 0.0 {
            let others = if share >= 1.0 {
                f64::from(u8::from(released_rows == 1))
            } else {
                (real(released_rows - 1) * (-share).ln_1p()).exp()
            };
            expected += real(released_rows) * share * others;
        }
    }
    let found = replicated(side);
    let baseline = if rows == 0 { 0.0 } else { expected / real(rows) };
    ReplicatedUniques {
        uniques,
        replicated: found,
        rep_u: ratio(found, rows),
        baseline,
        excess: ratio(found, rows) - baseline,
        holdout: held.map(|(table, side)| ratio(replicated(side), table.rows() as u64)),
    }
}

fn exact_matches(sides: &Sides<'_>) -> ExactMatches {
    let (original, released) = (&sides.original, &sides.released);
    let (mut uniques, mut found, mut next) = (0, 0, 0);
    // Both are in the order of their codes.
    for record in (0..original.len()).filter(|&record| original.rows(record) == 1) {
        uniques += 1;
        while next < released.len() && released.codes(next).lt(original.codes(record)) {
            next += 1;
        }
        found += u64::from(next < released.len() && released.codes(next).eq(original.codes(record)));
    }
    ExactMatches { uniques, found, share: (uniques > 0).then(|| ratio(found, uniques)) }
}

fn apparent_matches(sides: &Sides<'_>, others: &[usize], side: &Keyed, released: &Classes) -> ApparentMatches {
    let mut matches = ApparentMatches { pairs: 0, mean_agreement: None, by_tenth: vec![0; 10], complete: 0 };
    let mut sum = 0.0;
    for class in (0..side.classes.len()).filter(|&class| side.classes.rows(class) == 1) {
        let twin = side.in_release.get(class).copied().flatten().filter(|&twin| released.rows(twin) == 1);
        let rows = twin.and_then(|twin| side.classes.members(class).first().zip(released.members(twin).first()));
        let Some((&one, &other)) = rows else { continue };
        let code = |table: &Table, row: u32, at: usize| table.column(at).and_then(|column| column.get(row as usize));
        let agree = others
            .iter()
            .filter(|&&at| code(sides.original_table, one, at) == code(sides.released_table, other, at))
            .count();
        matches.pairs += 1;
        let tenth = (agree * 10).div_ceil(others.len().max(1)).saturating_sub(1);
        if let Some(count) = matches.by_tenth.get_mut(tenth) {
            *count += 1;
        }
        matches.complete += u64::from(agree == others.len());
        sum += ratio(agree as u64, others.len() as u64);
    }
    matches.mean_agreement = (matches.pairs > 0 && !others.is_empty()).then(|| sum / real(matches.pairs));
    matches
}
