//! The bootstrap over the best models of the table: in each replicate the best of them is chosen anew.
//!
//! Two observations keep it quick. Whether a model is admissible depends on a table only through which histories have
//! persons, and most replicates share that with others. And a model cannot be the best if the bound on its BIC from the
//! deviance of a larger model, fitted before, is not.
//!
//! # Sources
//! Silverman, Chan and Vincent (2024), Bootstrapping multiple systems estimates to account for model selection,
//! *Statistics and Computing* 34, article 44.

use super::bca::{Jackknife, leave_one_out};
use super::options::BootstrapOptions;
use super::resample::{Resampler, over_replicates};
use super::result::Bootstrap;
use crate::mse::error::MseError;
use crate::mse::existence::{Admissibility, check};
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::{Fitter, Start};
use crate::mse::model::Model;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;
use ctdata_table::Control;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// What is remembered of admissibility has at most so many bytes.
const MOST_REMEMBERED: usize = 64 << 20;

/// Only so many of the best models give bounds for others.
const MOST_BOUNDS: usize = 256;

/// Values of BIC nearer to each other than this share are equal.
const TIE: f64 = 1e-10;

/// Bootstrap intervals over more and more of the best models of a table, from the same replicates. Where they stop
/// changing, enough models have been kept.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ModelLadder {
    /// The models kept, best first, in notation.
    pub models: Vec<String>,
    /// From the best model alone to all that are kept.
    pub steps: Vec<LadderStep>,
}

/// The bootstrap over so many models.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LadderStep {
    /// The number of models among which every replicate chooses.
    pub models: usize,
    /// Its intervals.
    pub bootstrap: Bootstrap,
}

/// The number of best models kept for a table of so many lists: 20 of four lists, 100 of more; all (`None`) of fewer.
pub fn models_kept(lists: usize) -> Option<usize> {
    match lists {
        0..=3 => None,
        4 => Some(20),
        _ => Some(100),
    }
}

/// Bootstrap intervals in which every replicate chooses the model of least BIC among the first 1, 2, 5, 10, 20, 50, …
/// of these models, the best first. The acceleration chooses anew, too, whatever the options say.
///
/// ```
/// use ctdata_indicators::mse::{
///     BicSearch, BootstrapOptions, Model, bic_search, bootstrap_over_models, models_kept, published_table,
/// };
/// use ctdata_table::Control;
///
/// let histories = published_table("uk-2013-four-lists").ok_or("a published table")?.histories();
/// let lists = histories.lists().len();
/// let search = BicSearch { top: models_kept(lists).unwrap_or(usize::MAX), ..BicSearch::default() };
/// let ranked = bic_search(&histories, &search, &Control::default())?.ranked;
/// let models: Vec<Model> =
///     ranked.iter().map(|one| Model::from_notation(&one.notation, lists)).collect::<Result<_, _>>()?;
/// let options = BootstrapOptions { replicates: 200, ..BootstrapOptions::default() };
/// let ladder = bootstrap_over_models(&histories, &models, &options, &Control::default())?;
/// assert_eq!(ladder.steps.iter().map(|step| step.models).collect::<Vec<_>>(), [1, 2, 5, 10, 20]);
/// // A choice among more models is less certain.
/// let width = |step: usize| Some(ladder.steps.get(step)?.bootstrap.percentile?).map(|one| one.high - one.low);
/// assert!(width(4) >= width(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`MseError::Option`] for the number of replicates or no model; [`MseError::Table`] when cancelled or past the cap of
/// memory.
///
/// # Sources
/// Silverman, Chan and Vincent (2024), Bootstrapping multiple systems estimates to account for model selection,
/// *Statistics and Computing* 34, article 44.
pub fn bootstrap_over_models(
    histories: &CaptureHistories,
    ranked: &[Model],
    options: &BootstrapOptions,
    control: &Control,
) -> Result<ModelLadder, MseError> {
    options.check()?;
    if ranked.is_empty() || ranked.iter().any(|model| model.lists() != histories.lists().len()) {
        return Err(MseError::Option { option: "models", rule: "at least one, of the lists of the table" });
    }
    let whole = Sample::of(histories);
    let contest = Contest::of(ranked, &whole, histories.iter().map(|(history, _)| history.index()).collect(), control)?;
    control.reserve((options.replicates as u64).saturating_mul(32 * contest.steps.len() as u64))?;
    let on_table = contest.winners(&whole, &mut Fitter::default(), control)?;
    // All steps share the replicates, and so the number of persons they are drawn from.
    let estimate = on_table.last().and_then(|winner| winner.ok()).map(|winner| winner.estimate);
    let unseen = estimate.map_or(0, |estimate| options.unseen(histories.persons(), estimate));
    let resampler = Resampler::of(histories, unseen);
    let start = || (whole.clone(), Fitter::default());
    let draws = over_replicates(options.replicates, options.seed, control, start, |(sample, fitter), source| {
        sample.refill(|counts| resampler.draw(source, counts));
        contest.winners(sample, fitter, control)
    })?;
    let left_out = leave_one_out(histories, control, |sample, fitter| contest.winners(sample, fitter, control))?;

    let mut steps = Vec::with_capacity(contest.steps.len());
    for (step, models) in contest.steps.iter().enumerate() {
        let bootstrap = match at(&on_table, step) {
            Err(status) => Bootstrap::refused(status, options),
            Ok(winner) => {
                let left_out: Vec<(u64, Result<f64, Status>)> = left_out
                    .iter()
                    .map(|(count, winners)| (*count, at(winners, step).map(|winner| winner.estimate)))
                    .collect();
                let draws = || draws.iter().map(|winners| at(winners, step));
                let estimates = draws().map(|winner| winner.map(|winner| winner.estimate));
                let chosen = draws().flatten().filter_map(|winner| ranked.get(winner.model));
                let bootstrap = Bootstrap::of(
                    winner.estimate,
                    estimates,
                    &Jackknife::of(&left_out, unseen, winner.estimate),
                    options,
                );
                match ranked.get(winner.model) {
                    Some(model) => bootstrap.with_models(model, chosen, histories.lists()),
                    None => bootstrap,
                }
            }
        };
        steps.push(LadderStep { models: *models, bootstrap });
    }
    Ok(ModelLadder { models: ranked.iter().map(ToString::to_string).collect(), steps })
}

/// The best model of a table among the first few.
#[derive(Debug, Clone, Copy)]
struct Winner {
    model: usize,
    estimate: f64,
}

/// What happened up to a step.
fn at(winners: &[Result<Winner, Status>], step: usize) -> Result<Winner, Status> {
    winners.get(step).copied().unwrap_or(Err(Status::Undefined))
}

/// Finds the best of ranked models on tables with the same possible histories.
struct Contest<'a> {
    models: &'a [Model],
    /// For each model those of the first that contain it: their deviance is not larger.
    containing: Vec<Vec<usize>>,
    /// The numbers of first models that are asked for.
    steps: Vec<usize>,
    /// The parameters of each on the table itself, as far as it has any: near those on a replicate.
    parameters: Vec<Vec<(ListSet, f64)>>,
    /// The cells that can have persons.
    cells: Vec<usize>,
    /// By which of these have persons, what is known of the models.
    known: Mutex<HashMap<Vec<u64>, Known>>,
}

/// Whether each model is admissible on the tables of one set of histories, as far as it was asked.
type Known = Arc<[OnceLock<Admissibility>]>;

impl<'a> Contest<'a> {
    fn of(models: &'a [Model], table: &Sample, cells: Vec<usize>, control: &Control) -> Result<Self, MseError> {
        let mut fitter = Fitter::default();
        let mut parameters = Vec::with_capacity(models.len());
        for model in models {
            control.check()?;
            let solved = check(table, model).is_admissible() && fitter.solve(table, model.terms(), Start::Cold).is_ok();
            parameters.push(if solved { fitter.parameters().collect() } else { Vec::new() });
        }
        let contains = |large: &Model, small: &Model| small.terms().iter().all(|term| large.has(*term));
        let containing = models.iter().enumerate().map(|(place, model)| {
            let earlier = models.iter().enumerate().take(place.min(MOST_BOUNDS));
            earlier.filter(|(_, large)| contains(large, model)).map(|(large, _)| large).collect()
        });
        Ok(Self {
            containing: containing.collect(),
            steps: ladder(models.len()),
            parameters,
            models,
            cells,
            known: Mutex::default(),
        })
    }

    /// For each step the best model.
    fn winners(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        control: &Control,
    ) -> Result<Vec<Result<Winner, Status>>, MseError> {
        let per_parameter = (sample.persons() as f64).ln();
        let known = self.known(sample);
        let mut deviances = vec![0.0f64; self.models.len()];
        let mut best: Option<(f64, Winner)> = None;
        let mut refusal = Status::Undefined;
        let mut winners = Vec::with_capacity(self.steps.len());
        for (place, (model, containing)) in self.models.iter().zip(&self.containing).enumerate() {
            control.check()?;
            let least =
                containing.iter().filter_map(|large| deviances.get(*large)).fold(0.0f64, |most, one| most.max(*one));
            let penalty = model.parameters() as f64 * per_parameter;
            if best.is_none_or(|(best, _)| penalty + least < best) {
                match self.fit(place, sample, &known, fitter) {
                    Ok((deviance, estimate)) => {
                        if let Some(place) = deviances.get_mut(place) {
                            *place = deviance;
                        }
                        // Of equals the one ranked first: rounding must not decide.
                        if best.is_none_or(|(best, _)| penalty + deviance < best - TIE * (1.0 + best.abs())) {
                            best = Some((penalty + deviance, Winner { model: place, estimate }));
                        }
                    }
                    Err(status) if place == 0 => refusal = status,
                    Err(_) => {}
                }
            }
            if self.steps.get(winners.len()).is_some_and(|step| *step == place + 1) {
                winners.push(best.map(|(_, winner)| winner).ok_or(refusal));
            }
        }
        Ok(winners)
    }

    /// What is known of the models on tables whose persons have the same histories as this.
    fn known(&self, sample: &Sample) -> Known {
        let mut support = vec![0u64; self.cells.len().div_ceil(64)];
        for (word, cells) in support.iter_mut().zip(self.cells.chunks(64)) {
            for (bit, cell) in cells.iter().enumerate() {
                *word |= u64::from(sample.counts().get(*cell).is_some_and(|count| *count > 0)) << bit;
            }
        }
        let fresh = || self.models.iter().map(|_| OnceLock::new()).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() * 8 * (self.models.len() + support.len()) < MOST_REMEMBERED {
            Arc::clone(known.entry(support).or_insert_with(fresh))
        } else {
            known.get(&support).map_or_else(fresh, Arc::clone)
        }
    }

    /// The deviance and the estimate of a model, if it is admissible.
    fn fit(
        &self,
        place: usize,
        sample: &Sample,
        known: &[OnceLock<Admissibility>],
        fitter: &mut Fitter,
    ) -> Result<(f64, f64), Status> {
        let (Some(model), Some(start), Some(known)) =
            (self.models.get(place), self.parameters.get(place), known.get(place))
        else {
            return Err(Status::Undefined);
        };
        let admissible = *known.get_or_init(|| check(sample, model));
        if !admissible.is_admissible() {
            return Err(admissible.status());
        }
        let start = if start.is_empty() { Start::Cold } else { Start::Warm(start) };
        let log_unseen = fitter.solve(sample, model.terms(), start)?;
        let estimate = sample.persons() as f64 + log_unseen.exp();
        if estimate.is_finite() { Ok((fitter.deviance(sample), estimate)) } else { Err(Status::NotConverged) }
    }
}

/// 1, 2, 5, 10, 20, 50, … and the number of all.
fn ladder(all: usize) -> Vec<usize> {
    let tens = std::iter::successors(Some(1usize), |ten| ten.checked_mul(10));
    let mut steps: Vec<usize> =
        tens.flat_map(|ten| [1, 2, 5].map(|one| ten.saturating_mul(one))).take_while(|step| *step < all).collect();
    steps.push(all);
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::bootstrap::testing::table;
    use proptest::prelude::*;

    #[test]
    fn the_ladder_ends_with_all() {
        assert_eq!(ladder(1), [1]);
        assert_eq!(ladder(5), [1, 2, 5]);
        assert_eq!(ladder(8), [1, 2, 5, 8]);
        assert_eq!(ladder(100), [1, 2, 5, 10, 20, 50, 100]);
        assert_eq!((models_kept(3), models_kept(4), models_kept(6)), (None, Some(20), Some(100)));
    }

    /// Each model by itself, no bound and no memory.
    fn plainly(models: &[Model], sample: &Sample) -> Option<(usize, f64)> {
        let mut fitter = Fitter::default();
        let mut best: Option<(f64, usize, f64)> = None;
        for (place, model) in models.iter().enumerate() {
            if !check(sample, model).is_admissible() {
                continue;
            }
            let Ok(fit) = fitter.fit(sample, model) else { continue };
            let bic = fit.bic(sample.persons());
            if best.is_none_or(|(best, ..)| bic < best - 1e-9) {
                best = Some((bic, place, fit.estimate(sample.persons())));
            }
        }
        best.map(|(_, place, estimate)| (place, estimate))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// With bounds, memory and starts from the table the winner is that of the plain way.
        #[test]
        fn the_winner_is_that_of_the_plain_way(
            counts in proptest::collection::vec(1u64..40, 7), draws in proptest::collection::vec(0u64..40, 7)
        ) {
            let sets = ["1", "2", "12", "3", "13", "23", "123"];
            let counts: Vec<(&str, u64)> = sets.into_iter().zip(counts).collect();
            let whole = Sample::of(&table(&["a", "b", "c"], &counts));
            // Largest first, so that bounds are used.
            let notations = ["[12,13,23]", "[13,23]", "[12,23]", "[12,13]", "[23]", "[12]", "[13]", "[]"];
            let models = notations.map(|notation| Model::from_notation(notation, 3).unwrap());
            let contest = Contest::of(&models, &whole, (1..8).collect(), &Control::default()).unwrap();
            let mut sample = whole.clone();
            sample.refill(|cells| cells[1..].copy_from_slice(&draws));
            let mut fitter = Fitter::default();
            for _again in 0..2 {
                let winners = contest.winners(&sample, &mut fitter, &Control::default()).unwrap();
                for (step, first) in contest.steps.iter().enumerate() {
                    let plain = plainly(&models[..*first], &sample);
                    let found = winners[step].ok();
                    prop_assert_eq!(found.is_some(), plain.is_some());
                    if let (Some(found), Some((place, estimate))) = (found, plain) {
                        // Of models that fit equally well either may win.
                        prop_assert!(found.model == place || models[found.model].parameters() == models[place].parameters());
                        prop_assert!(found.model != place || (found.estimate / estimate - 1.0).abs() < 1e-7);
                    }
                }
            }
        }
    }
}
