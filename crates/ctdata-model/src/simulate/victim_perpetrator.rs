//! Simulated victim-perpetrator rows.
//!
//! # Sources
//! Counts of the release of December 2022: each of year, gender, status and regions is missing in 17 to
//! 19 % of 21,195 rows, 1,815 rows say nothing of a perpetrator, 4,373 hold a set of several values, and
//! no set has more than two. The other shares are assumed.

use ctdata_table::Column;
use rand::Rng;

use super::pick::{Chance, Pick};
use crate::{Layout, LayoutAttribute, LayoutKind, ModelError, VpAttribute, VpTable};

/// The layout of these rows.
pub(super) fn layout() -> Result<&'static Layout, ModelError> {
    let found = crate::LAYOUTS.iter().find(|layout| layout.kind == LayoutKind::VictimPerpetrator);
    found.ok_or(ModelError::NotOfLayout { layout: "ctdc-victim-perpetrator" })
}

/// How one column is drawn.
#[derive(Debug)]
enum Source {
    /// One value, or nothing.
    One { recorded: Chance, values: Pick, missing: u8 },
    /// Yes, or nothing.
    Flag(Chance),
    /// One value or two of them, by position; only where something is known of a perpetrator.
    Set { recorded: Chance, values: Pick, missing: u8 },
    /// Yes, or nothing; only where something is known of a perpetrator.
    Act(Chance),
}

#[derive(Debug)]
pub(super) struct Drafter {
    columns: Vec<Source>,
}

const RECORDED: Chance = Chance::per_mille(820);
const ANY_PERPETRATOR: Chance = Chance::per_mille(920);
const TWO: Chance = Chance::per_mille(140);

impl Drafter {
    pub(super) fn new(layout: &Layout) -> Self {
        let columns = layout.columns.iter().filter_map(|column| match column.attribute {
            LayoutAttribute::VictimPerpetrator(attribute) => Some(source(attribute)),
            LayoutAttribute::Case(_) => None,
        });
        Self { columns: columns.collect() }
    }

    /// Appends the codes of a row.
    fn row(&self, rng: &mut impl Rng, cells: &mut [Vec<u8>]) {
        let knows_perpetrator = ANY_PERPETRATOR.hits(rng.next_u32());
        for (source, cells) in self.columns.iter().zip(cells) {
            cells.push(match source {
                Source::One { recorded, values, missing } => {
                    let value = values.class(rng.next_u32());
                    if recorded.hits(rng.next_u32()) { u8::try_from(value).unwrap_or(*missing) } else { *missing }
                }
                Source::Flag(chance) => flag(chance.hits(rng.next_u32())),
                Source::Act(chance) => flag(chance.hits(rng.next_u32()) && knows_perpetrator),
                Source::Set { recorded, values, missing } => {
                    let mut mask = 1u8 << values.class(rng.next_u32());
                    if TWO.hits(rng.next_u32()) {
                        mask |= 1 << values.class(rng.next_u32());
                    }
                    // A set is coded by its mask, from 1.
                    if recorded.hits(rng.next_u32()) && knows_perpetrator { mask - 1 } else { *missing }
                }
            });
        }
    }

    pub(super) fn rows(&self, rng: &mut impl Rng, rows: usize) -> Vec<Vec<u8>> {
        let mut cells = vec![Vec::with_capacity(rows); self.columns.len()];
        for _ in 0..rows {
            self.row(rng, &mut cells);
        }
        cells
    }

    /// Puts parts together, in order.
    pub(super) fn table(
        &self,
        layout: &'static Layout,
        parts: Vec<Vec<Vec<u8>>>,
        rows: usize,
    ) -> Result<VpTable, ModelError> {
        let mut whole: Vec<Vec<u8>> = self.columns.iter().map(|_| Vec::with_capacity(rows)).collect();
        for part in parts {
            for (column, cells) in whole.iter_mut().zip(part) {
                column.extend(cells);
            }
        }
        VpTable::from_columns(layout, whole.into_iter().map(Column::from_u8).collect())
    }
}

/// Yes, or not recorded.
const fn flag(holds: bool) -> u8 {
    if holds { 1 } else { 2 }
}

fn source(attribute: VpAttribute) -> Source {
    use VpAttribute as V;
    let missing = u8::try_from(attribute.domain().len()).unwrap_or(u8::MAX);
    let one = |weights: &[u32]| Source::One { recorded: RECORDED, values: Pick::of(weights.iter().copied()), missing };
    let set = |share: u32, weights: &[u32]| Source::Set {
        recorded: Chance::per_mille(share),
        values: Pick::of(weights.iter().copied()),
        missing,
    };
    let share = Chance::per_mille;
    match attribute {
        V::PeriodOfRegistration => one(&[250, 400, 120, 110, 120]),
        V::Gender => one(&[620, 380]),
        V::Majority => one(&[180, 820]),
        V::ForcedLabour => Source::Flag(share(560)),
        V::SexualExploitation => Source::Flag(share(250)),
        V::RegionOfOrigin => one(&[180, 100, 330, 390]),
        V::RegionOfExploitation => one(&[150, 100, 350, 400]),
        V::PerpetratorExploiter => Source::Act(share(400)),
        V::PerpetratorGender => set(750, &[350, 650]),
        V::PerpetratorAge => set(450, &[200, 350, 300, 150]),
        V::PerpetratorRegion => set(700, &[180, 100, 330, 390]),
        V::PerpetratorRelation => set(600, &[150, 350, 500]),
        V::PerpetratorWasPaid => set(500, &[650, 350]),
        V::PerpetratorRecruiter => Source::Act(share(550)),
        V::PerpetratorTransaction => Source::Act(share(350)),
        V::PerpetratorControl => Source::Act(share(250)),
    }
}
