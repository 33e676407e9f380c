//! Domestic and cross-border trafficking, and flows from origin to exploitation.

use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::Dimension;
use crate::profile::exclusive::{Listed, known, shares, single};
use crate::profile::{Frame, Sheet, Tables, Tally};
use crate::request::{Dim, Place, Scope};
use ctdata_model::Country;
use ctdata_table::{Category, Missing, Variable};

const CLASSES: [(&str, &str); 6] = [
    ("domestic", "Domestic"),
    ("within-sub-region", "Cross-border within the sub-region"),
    ("within-region", "Cross-border within the region"),
    ("across-regions", "Across regions"),
    ("unmapped", "Cross-border, in no region of M49"),
    (Missing::NotRecorded.code(), "not recorded"),
];
const NOT_RECORDED: u16 = 5;
pub(crate) const MOVEMENT: &str = "movement";
pub(crate) const NATIONALITY: &str = "nationality";

/// The class of a case by its two countries. Sub-regions and regions are those of M49.
fn class(origin: Country, exploitation: Country) -> u16 {
    if origin == exploitation {
        return 0;
    }
    match (origin.sub_region(), exploitation.sub_region()) {
        (Some(from), Some(to)) if from == to => 1,
        (Some(from), Some(to)) if from.region() == to.region() => 2,
        (Some(_), Some(_)) => 3,
        _ => 4,
    }
}

/// The table of the classes of movement.
pub(crate) fn movement_tables(frame: &Frame<'_>, scope: &Scope<'_>) -> Result<Vec<TableSpec>, IndicatorError> {
    let origin = scope.require(Place::Origin.attribute())?;
    let exploitation = scope.require(Place::Exploitation.attribute())?;
    let (from, to) = (scope.countries(origin)?, scope.countries(exploitation)?);
    let width = exploitation.code_count();
    let mut map = vec![NOT_RECORDED; origin.code_count() * width];
    for (row, &from) in map.chunks_mut(width.max(1)).zip(&from) {
        for (slot, &to) in row.iter_mut().zip(&to) {
            *slot = class(from, to);
        }
    }
    let movement = Variable::Paired {
        name: MOVEMENT.into(),
        first: origin.name().into(),
        second: exploitation.name().into(),
        categories: CLASSES.map(|(code, label)| Category::new(code, label)).into(),
        map,
    };
    Ok(vec![frame.spec(scope, MOVEMENT, [movement])?])
}

/// The shares of the classes of movement.
pub(crate) fn movement<T: Tally>(frame: &Frame<'_>, tables: Tables<'_>) -> Result<Vec<T::Figure>, IndicatorError> {
    let counted = frame.table(tables, MOVEMENT, 1)?;
    single::<T>(&Sheet::new(frame, counted), &Dim::Plain(MOVEMENT.to_owned()), Listed::Used)
}

/// The share of everything that is not domestic.
pub(crate) fn cross_border<T: Tally>(frame: &Frame<'_>, tables: Tables<'_>) -> Result<Vec<T::Figure>, IndicatorError> {
    let coordinate = |_| [Dimension::new(MOVEMENT, "cross-border", "Cross-border")];
    of_two::<T, _>(frame, tables, [1, 0], coordinate, Listed::Only(0))
}

/// The shares of nationals of the country and of foreigners.
pub(crate) fn nationality<T: Tally>(frame: &Frame<'_>, tables: Tables<'_>) -> Result<Vec<T::Figure>, IndicatorError> {
    let coordinate = |class| {
        let (code, label) = if class == 0 { ("nationals", "Nationals") } else { ("foreigners", "Foreigners") };
        [Dimension::new(NATIONALITY, code, label)]
    };
    of_two::<T, _>(frame, tables, [0, 1], coordinate, Listed::Used)
}

/// Shares of two classes: domestic, and all others.
fn of_two<T: Tally, C: IntoIterator<Item = Dimension>>(
    frame: &Frame<'_>,
    tables: Tables<'_>,
    [domestic, other]: [u32; 2],
    coordinate: impl Fn(u32) -> C,
    listed: Listed,
) -> Result<Vec<T::Figure>, IndicatorError> {
    let counted = frame.table(tables, MOVEMENT, 1)?;
    let (answers, home) = (counted.answers(0), counted.position(0, "domestic"));
    let class = |key: &[u16]| {
        known(&answers, key.first())?;
        Some(if key.first().copied() == home { domestic } else { other })
    };
    shares::<T, _>(&Sheet::new(frame, counted), class, coordinate, listed)
}

fn places(frame: &Frame<'_>) -> [Dim; 2] {
    [Place::Origin, Place::Exploitation].map(|place| Dim::place(place, frame.request.flow_level))
}

/// The table of origin by exploitation.
pub(crate) fn flow_tables(frame: &Frame<'_>, scope: &Scope<'_>) -> Result<Vec<TableSpec>, IndicatorError> {
    let [origin, exploitation] = places(frame);
    let variables = [scope.variable(&origin)?, scope.variable(&exploitation)?];
    Ok(vec![frame.spec(scope, frame.request.flow_level.code(), variables)?])
}

/// The share of each flow in the cases whose two places are recorded.
pub(crate) fn flows<T: Tally>(frame: &Frame<'_>, tables: Tables<'_>) -> Result<Vec<T::Figure>, IndicatorError> {
    let counted = frame.table(tables, frame.request.flow_level.code(), 2)?;
    let [origin, exploitation] = places(frame);
    let [origins, exploitations] = [counted.coordinates(0, &origin), counted.coordinates(1, &exploitation)];
    let [from, to] = [0, 1].map(|index| counted.answers(index));
    // Both positions in one number, if both are known.
    let class = |key: &[u16]| Some((known(&from, key.first())? << 16) | known(&to, key.get(1))?);
    let coordinates = |class: u32| {
        let at = |of: &[Dimension], place: u32| usize::try_from(place).ok().and_then(|place| of.get(place).cloned());
        at(&origins, class >> 16).into_iter().chain(at(&exploitations, class & 0xffff))
    };
    shares::<T, _>(&Sheet::new(frame, counted), class, coordinates, Listed::Found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// M49, September 2024, single rows.
    #[test]
    fn movement_is_told_by_sub_region_and_region() {
        let of = |from: &str, to: &str| CLASSES[usize::from(class(from.parse().unwrap(), to.parse().unwrap()))].0;
        assert_eq!(of("UA", "UA"), "domestic");
        assert_eq!(of("UA", "PL"), "within-sub-region"); // Eastern Europe
        assert_eq!(of("UA", "DE"), "within-region"); // Eastern and Western Europe
        assert_eq!(of("SD", "SS"), "within-region"); // Northern and sub-Saharan Africa
        assert_eq!(of("PH", "SA"), "within-region"); // South-eastern and Western Asia
        assert_eq!(of("NG", "IT"), "across-regions");
        assert_eq!(of("XK", "XK"), "domestic"); // Kosovo has no row in M49
        assert_eq!(of("XK", "AL"), "unmapped");
    }
}
