//! Downhill search by BIC among hierarchical models, from several starts.
//!
//! # Sources
//! B. W. Silverman, L. Chan and K. Vincent (2024), Bootstrapping multiple systems estimates to account for model
//! selection, *Statistics and Computing* 34, article 44.

use super::result::{ChosenModel, chosen, finding};
use super::score::{Score, Scorer, is_smaller};
use super::stepwise::{STEPWISE_THRESHOLD, StepwiseSelector};
use super::{BicSearch, Selected, Selector, pairs, starts};
use crate::error::coded;
use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::Fitter;
use crate::mse::model::Model;
use crate::mse::outcome::{Finding, Method, Status};
use crate::mse::sample::Sample;
use ctdata_table::Control;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use std::collections::HashMap;

/// From this many lists on, with thousands of cells for each fit, only the two starts near their end are taken.
const MANY_LISTS: usize = 11;

/// Where to search downhill, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct DownhillSearch {
    /// Interactions have at most this many lists; `None`, the default: as in [`BicSearch`].
    pub order: Option<usize>,
    /// Starts from random two-list models, besides main effects, all pairs and stepwise; 4 by default. From eleven
    /// lists on there are only main effects and stepwise: the others are some hundred slow moves from an end.
    pub random_starts: u32,
    /// The seed of the random starts; 1 by default.
    pub seed: u64,
}

impl Default for DownhillSearch {
    fn default() -> Self {
        Self { order: None, random_starts: 4, seed: 1 }
    }
}

coded! {
    /// Where a search starts.
    #[non_exhaustive]
    pub enum SearchStart: "start" {
        /// No interaction.
        MainEffects = "main-effects" / "main effects",
        /// All two-list interactions, if that model has an estimate.
        AllPairs = "all-pairs" / "all pairs",
        /// What the stepwise choice gives.
        Stepwise = "stepwise" / "stepwise",
        /// Two-list interactions at random, fewer until the model has an estimate.
        Random = "random" / "random pairs",
    }
}

/// What a downhill search found.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Downhill {
    /// Interactions have at most this many lists.
    pub order: usize,
    /// Whether there is an answer.
    pub status: Status,
    /// The best model reached.
    pub chosen: Option<ChosenModel>,
    /// Where each start ended. Starts without an estimate are left out.
    pub starts: Vec<DownhillStart>,
    /// The models that were looked at, over all starts.
    pub models: u64,
}

/// One start and its end.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DownhillStart {
    /// What it was.
    pub start: SearchStart,
    /// The model it started from, with the names of the lists.
    pub from: String,
    /// The model it ended at.
    pub to: String,
    /// The moves between them.
    pub steps: u32,
    /// The BIC at the end.
    pub bic: f64,
    /// All persons, seen and unseen, at the end.
    pub estimate: f64,
}

/// Moves from a model to the neighbour of the least BIC until none is better; a neighbour has one interaction more,
/// all parts of which are there, or one less, of which no whole is there. The best end of several starts is chosen.
/// An end is the best of its neighbours, not of all models: where [`super::bic_search`] is possible it is never worse.
///
/// # Errors
/// [`MseError::Option`] for an order of 0, [`MseError::Table`] when cancelled.
///
/// # Sources
/// B. W. Silverman, L. Chan and K. Vincent (2024), Bootstrapping multiple systems estimates to account for model
/// selection, *Statistics and Computing* 34, article 44.
///
/// ```
/// use ctdata_indicators::mse::{CaptureHistories, DownhillSearch, ListSet, downhill};
/// use ctdata_table::Control;
///
/// // Korean women held at Palembang, on three lists (Ball, Shin and Yang 2018).
/// let counts = [(0b001, 5), (0b010, 5), (0b100, 41), (0b011, 54), (0b101, 6), (0b111, 12)];
/// let counts = counts.map(|(lists, count)| (ListSet::from_bits(lists), count));
/// let histories = CaptureHistories::try_new(["b", "c", "d"], counts)?;
/// let found = downhill(&histories, &DownhillSearch::default(), &Control::default())?;
/// assert_eq!(found.chosen.ok_or("no estimate")?.notation, "[12,23]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn downhill(
    histories: &CaptureHistories,
    search: &DownhillSearch,
    control: &Control,
) -> Result<Downhill, MseError> {
    let selector = DownhillSelector::try_new(search, histories.lists().len())?;
    let (sample, mut fitter) = (Sample::of(histories), Fitter::default());
    let mut result =
        Downhill { order: selector.order, status: Status::Ok, chosen: None, starts: Vec::new(), models: 0 };
    let report = |done, total| control.report("searching downhill", done, Some(total));
    let (ends, models) = match selector.descend(&sample, &mut fitter, control, report)? {
        Ok(found) => found,
        Err(status) => {
            result.status = status;
            return Ok(result);
        }
    };
    result.models = models;
    let terms = best(&ends).map(|end| end.to.terms().to_vec()).ok_or(Status::NoExistence);
    (result.chosen, result.status) = chosen(histories, &sample, &mut fitter, terms);
    let named = |model: &Model| model.named(histories.lists());
    let start = |end: &End| DownhillStart {
        start: end.start,
        from: named(&end.from),
        to: named(&end.to),
        steps: end.steps,
        bic: end.bic,
        estimate: end.estimate,
    };
    result.starts = ends.iter().map(start).collect();
    Ok(result)
}

impl Downhill {
    /// The estimate of the best model with its Wald interval, or why there is none.
    pub fn finding(&self, level: Level) -> Finding {
        finding(Method::Downhill, self.chosen.as_ref(), self.status, level)
    }
}

/// The same as a way to choose on any sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DownhillSelector {
    order: usize,
    random_starts: u32,
    seed: u64,
}

/// Where a start ended.
struct End {
    start: SearchStart,
    from: Model,
    to: Model,
    steps: u32,
    bic: f64,
    estimate: f64,
}

impl DownhillSelector {
    /// # Errors
    /// [`MseError::Option`] for an order of 0.
    pub(crate) fn try_new(search: &DownhillSearch, lists: usize) -> Result<Self, MseError> {
        let same = BicSearch { order: search.order, ..BicSearch::default() };
        let order = super::bic::checked_order(&same, lists)?;
        Ok(Self { order, random_starts: search.random_starts, seed: search.seed })
    }

    /// The end of each start that has an estimate, and how many models were looked at; tells `report` how many starts
    /// are done, of how many.
    fn descend(
        self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
        report: impl Fn(u64, u64),
    ) -> Result<Result<(Vec<End>, u64), Status>, MseError> {
        let lists = sample.lists();
        let mut scorer = Scorer::new(sample, fitter);
        if let Err(status) = starts::independence(&mut scorer) {
            return Ok(Err(status));
        }
        let mut beginnings = vec![(SearchStart::MainEffects, Vec::new())];
        if self.order >= 2 {
            let far = lists < MANY_LISTS;
            if far {
                beginnings.extend(starts::all_pairs(&mut scorer).map(|(terms, _)| (SearchStart::AllPairs, terms)));
            }
            let stepwise = StepwiseSelector::try_new(STEPWISE_THRESHOLD)?;
            let stepwise = stepwise.walk(&mut scorer, control, |_| ())?;
            beginnings.extend(stepwise.ok().map(|(terms, _)| (SearchStart::Stepwise, terms)));
            for start in 0..if far { self.random_starts } else { 0 } {
                beginnings.push((SearchStart::Random, self.random(&mut scorer, start)));
            }
        }
        let mut known = Known { scorer, control, scores: HashMap::new() };
        let total = beginnings.len() as u64;
        let mut ends = Vec::new();
        for (done, (start, terms)) in (1..).zip(beginnings) {
            ends.extend(self.walk(&mut known, start, Model::closed(lists, terms))?);
            report(done, total);
        }
        Ok(Ok((ends, known.scores.len() as u64)))
    }

    /// The estimate at the end of the search from main effects, the one that is published.
    #[cfg(test)]
    pub(super) fn estimate_from_main_effects(
        self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
    ) -> Result<Option<f64>, MseError> {
        let mut known = Known { scorer: Scorer::new(sample, fitter), control, scores: HashMap::new() };
        let end = self.walk(&mut known, SearchStart::MainEffects, Model::main_effects(sample.lists()))?;
        Ok(end.map(|end| end.estimate))
    }

    /// Downhill from one model; `None` if it has no estimate.
    fn walk(self, known: &mut Known<'_>, start: SearchStart, from: Model) -> Result<Option<End>, MseError> {
        let Ok(first) = known.score(&from)? else { return Ok(None) };
        let persons = known.scorer.sample().persons();
        let mut at = (from.clone(), first.bic(from.parameters(), persons), first);
        let mut steps = 0;
        loop {
            let mut best = None;
            for neighbour in self.neighbours(&at.0) {
                if let Ok(found) = known.score(&neighbour)? {
                    let bic = found.bic(neighbour.parameters(), persons);
                    let least = best.as_ref().map_or(at.1, |(_, least, _)| *least);
                    if is_smaller(bic, least) {
                        best = Some((neighbour, bic, found));
                    }
                }
            }
            match best {
                Some(better) => at = better,
                None => break,
            }
            steps += 1;
        }
        let (to, bic, found) = at;
        Ok(Some(End { start, from, to, steps, bic, estimate: found.estimate }))
    }

    /// Models with one interaction more or less, in the order of the interactions.
    fn neighbours(self, model: &Model) -> Vec<Model> {
        let lists = model.lists();
        let all = ListSet::all(lists);
        // What may be added has a part that is there, or is a pair.
        let mut more: Vec<ListSet> = pairs(lists).filter(|pair| self.order >= 2 && !model.has(*pair)).collect();
        for term in model.terms().iter().filter(|term| term.len() < self.order) {
            let wider = all.difference(*term).iter().map(|list| term.union(ListSet::single(list)));
            more.extend(wider.filter(|wider| {
                let mut parts = wider.iter().map(|list| wider.difference(ListSet::single(list)));
                wider.len() < lists && !model.has(*wider) && parts.all(|part| model.has(part))
            }));
        }
        let less = model
            .terms()
            .iter()
            .copied()
            .filter(|term| !model.terms().iter().any(|whole| whole != term && term.is_subset(*whole)));
        let mut changes: Vec<ListSet> = more.into_iter().chain(less).collect();
        changes.sort_unstable();
        changes.dedup();
        let change = |term: ListSet| if model.has(term) { Some(model.without(term)) } else { model.with(term).ok() };
        changes.into_iter().filter_map(change).collect()
    }

    /// Each pair with probability one half; then fewer, until the model has an estimate.
    fn random(self, scorer: &mut Scorer<'_>, start: u32) -> Vec<ListSet> {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        random.set_stream(u64::from(start));
        let mut terms: Vec<ListSet> = pairs(scorer.sample().lists()).filter(|_| random.next_u32() & 1 == 1).collect();
        while !terms.is_empty() && !scorer.is_admissible(&terms) {
            terms.retain(|_| random.next_u32() & 1 == 1);
        }
        terms
    }
}

impl Selector for DownhillSelector {
    fn select(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
    ) -> Result<Result<Selected, Status>, MseError> {
        let ends = self.descend(sample, fitter, control, |_, _| ())?;
        Ok(ends.and_then(|(ends, _)| {
            let end = best(&ends).ok_or(Status::NoExistence)?;
            Ok(Selected { model: end.to.clone(), estimate: end.estimate })
        }))
    }
}

/// The first of the least BIC.
fn best(ends: &[End]) -> Option<&End> {
    ends.iter().reduce(|best, end| if is_smaller(end.bic, best.bic) { end } else { best })
}

/// The models that were looked at, each once.
struct Known<'a> {
    scorer: Scorer<'a>,
    control: &'a Control,
    scores: HashMap<Model, Result<Score, Status>>,
}

impl Known<'_> {
    fn score(&mut self, model: &Model) -> Result<Result<Score, Status>, MseError> {
        if let Some(known) = self.scores.get(model) {
            return Ok(*known);
        }
        self.control.check()?;
        let found = self.scorer.score(model.terms());
        self.scores.insert(model.clone(), found);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::published::published_table;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn the_search_tells_how_far_it_is_and_a_selector_does_not() {
        let histories = published_table("uk-2013-five-lists").unwrap().histories();
        let told = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&told);
        let control = Control::default().with_progress(move |_| {
            seen.fetch_add(1, Ordering::Relaxed);
        });
        let search = DownhillSearch::default();
        let selector = DownhillSelector::try_new(&search, histories.lists().len()).unwrap();
        selector.select(&Sample::of(&histories), &mut Fitter::default(), &control).unwrap().unwrap();
        assert_eq!(told.load(Ordering::Relaxed), 0);
        let found = downhill(&histories, &search, &control).unwrap();
        assert_eq!(told.load(Ordering::Relaxed), found.starts.len() as u64);
    }
}
