//! Victims whose perpetrators are of their own region.
//!
//! # Sources
//! CTDC victim-perpetrator synthetic data set, dictionary of 1 December 2022: a victim's perpetrators can be of several
//! regions. Regions of records are those of UN M49; the file has the Americas and Oceania as one.

use super::measure::require;
use super::question::UNMAPPED;
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::error::coded;
use crate::estimate::Dimension;
use crate::profile::exclusive::{Listed, known, shares};
use crate::profile::{Frame, Sheet, Tables, Tally};
use crate::request::Scope;
use ctdata_table::{Attribute, Category, Missing, Variable};

coded! {
    /// When the perpetrators of a victim match, where several are known.
    pub enum Match: "match" {
        /// At least one known perpetrator does.
        Any = "any" / "any known perpetrator",
        /// All known perpetrators do.
        All = "all" / "all known perpetrators",
    }
}

/// The victim's region.
pub(super) const VICTIM: &str = "region_of_origin";
/// The regions of the perpetrators.
pub(super) const PERPETRATORS: &str = "perpetrator_region";
/// The coordinates.
pub(super) const DIMENSIONS: [&str; 2] = ["match", "region-of-perpetrators"];

const ROLE: &str = "match-";
const OWN: u16 = 0;
const OTHER: u16 = 1;
const UNMAPPED_CLASS: u16 = 2;
const NOT_RECORDED: u16 = 3;
const CLASSES: [(&str, &str); 4] = [
    ("own-region", "The victim's own region"),
    ("other-region", "Another region"),
    (UNMAPPED, "A country in no region of M49"),
    (Missing::NotRecorded.code(), "not recorded"),
];

/// The class of a victim. Countries in no region leave open what would have matched.
fn class(own: &str, perpetrators: &[&str], matching: Match) -> u16 {
    if own == UNMAPPED {
        return UNMAPPED_CLASS;
    }
    let has = |region: &str| perpetrators.contains(&region);
    let has_other = perpetrators.iter().any(|&region| region != own && region != UNMAPPED);
    match matching {
        Match::Any if has(own) => OWN,
        Match::All if has_other => OTHER,
        _ if has(UNMAPPED) => UNMAPPED_CLASS,
        Match::Any => OTHER,
        Match::All => OWN,
    }
}

/// Those asked for; both where the request does not say.
fn asked(frame: &Frame<'_>) -> Vec<Match> {
    frame.request.matching.map_or_else(|| Match::ALL.to_vec(), |one| vec![one])
}

/// One table for each way to match.
pub(super) fn tables(frame: &Frame<'_>, scope: &Scope<'_>) -> Result<Vec<TableSpec>, IndicatorError> {
    let (victim, perpetrators) = (require(scope, VICTIM)?, require(scope, PERPETRATORS)?);
    let labels = |attribute: &Attribute| -> Vec<Option<String>> {
        let values = attribute.domain().labels().map(|label| Some(label.into_owned()));
        values.chain(attribute.missing().iter().map(|_| None)).collect()
    };
    let (own, sets) = (labels(victim), labels(perpetrators));
    let table = |matching: Match| {
        let class = |(own, set): (&Option<String>, &Option<String>)| match (own, set) {
            (Some(own), Some(set)) => class(own, &set.split(';').collect::<Vec<_>>(), matching),
            _ => NOT_RECORDED,
        };
        let map = own.iter().flat_map(|own| sets.iter().map(move |set| (own, set))).map(class).collect();
        let variable = Variable::Paired {
            name: format!("{ROLE}{matching}"),
            first: victim.name().into(),
            second: perpetrators.name().into(),
            categories: CLASSES.map(|(code, label)| Category::new(code, label)).into(),
            map,
        };
        frame.spec(scope, &format!("{ROLE}{matching}"), [variable])
    };
    asked(frame).into_iter().map(table).collect()
}

/// The shares of the classes, for each way to match.
pub(super) fn figures<T: Tally>(frame: &Frame<'_>, tables: Tables<'_>) -> Result<Vec<T::Figure>, IndicatorError> {
    let [how, which] = DIMENSIONS;
    let mut figures = Vec::new();
    for matching in asked(frame) {
        let counted = frame.table(tables, &format!("{ROLE}{matching}"), 1)?;
        let answers = counted.answers(0);
        let class = |key: &[u16]| known(&answers, key.first());
        let coordinates = |class: u32| {
            let place = usize::try_from(class).ok().and_then(|at| CLASSES.get(at));
            let (code, label) = place.copied().unwrap_or_default();
            [Dimension::new(how, matching.code(), matching.label()), Dimension::new(which, code, label)]
        };
        figures.extend(shares::<T, _>(&Sheet::new(frame, counted), class, coordinates, Listed::Used)?);
    }
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand.
    #[test]
    fn any_and_all_differ_where_perpetrators_are_of_several_regions() {
        let of =
            |perpetrators: &[&str]| Match::ALL.iter().map(|&how| class("asia", perpetrators, how)).collect::<Vec<_>>();
        assert_eq!(of(&["asia"]), [OWN, OWN]);
        assert_eq!(of(&["asia", "europe"]), [OWN, OTHER]);
        assert_eq!(of(&["europe"]), [OTHER, OTHER]);
        assert_eq!(of(&["asia", UNMAPPED]), [OWN, UNMAPPED_CLASS]);
        assert_eq!(of(&["europe", UNMAPPED]), [UNMAPPED_CLASS, OTHER]);
        assert_eq!(of(&[UNMAPPED]), [UNMAPPED_CLASS; 2]);
        assert_eq!(class(UNMAPPED, &["asia"], Match::Any), UNMAPPED_CLASS);
    }
}
