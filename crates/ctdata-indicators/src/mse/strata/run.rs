//! Strata through one bootstrap.

use super::result::{Strata, Stratum, is_fitted, overlapping_pairs};
use crate::mse::bootstrap::{
    Bootstrap, BootstrapOptions, Jackknife, ModelChoice, Resampler, bootstrap_selector, jackknife, over_replicates,
};
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::loglinear::Fitter;
use crate::mse::model::Model;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;
use crate::mse::select::{Selected, Selector};
use ctdata_table::Control;
use std::collections::BTreeSet;

/// Kept per replicate and part: an answer with its model, in bytes.
const BYTES_PER_DRAW: u64 = 128;

/// Estimates every stratum that is not too sparse, those too sparse together, the sum with a combined bootstrap, and all
/// strata pooled. In replicate i all parts are drawn from stream i, one after another by their names. No replicates give
/// the estimates alone.
///
/// ```
/// use ctdata_indicators::mse::{BootstrapOptions, CaptureHistories, ListSet, ModelChoice, estimate_strata};
/// use ctdata_table::Control;
///
/// let stratum = |counts: [u64; 6]| {
///     let histories = [0b001, 0b010, 0b100, 0b011, 0b101, 0b110].map(ListSet::from_bits);
///     CaptureHistories::try_new(["police", "shelters", "hotline"], histories.into_iter().zip(counts))
/// };
/// let women = stratum([200, 150, 90, 40, 20, 10])?;
/// let men = stratum([60, 50, 20, 3, 5, 9])?;
/// let strata = [("women".to_owned(), women), ("men".to_owned(), men)];
/// let options = BootstrapOptions { replicates: 200, ..BootstrapOptions::default() };
/// let found = estimate_strata(&strata, &ModelChoice::Independence, &options, &Control::default())?;
/// let separate: f64 = found.strata.iter().filter_map(|stratum| stratum.bootstrap.estimate).sum();
/// assert_eq!(found.sum.estimate.map(f64::round), Some(separate.round()));
/// assert!(found.pooled.estimate.map(f64::round) != Some(separate.round()));
/// # Ok::<(), ctdata_indicators::mse::MseError>(())
/// ```
///
/// # Errors
/// [`MseError::Option`] for no stratum, a name given twice or the number of replicates; [`MseError::Lists`] for strata
/// with other lists; [`MseError::Table`] when cancelled or past the cap of memory.
///
/// # Sources
/// Davison and Hinkley (1997), *Bootstrap Methods and their Application*, chapter 3 (several samples).
pub fn estimate_strata(
    strata: &[(String, CaptureHistories)],
    choice: &ModelChoice,
    options: &BootstrapOptions,
    control: &Control,
) -> Result<Strata, MseError> {
    options.check_some()?;
    let selector = &*choice.selector(check_strata(strata)?)?;
    let whole = pool(strata.iter().map(|(name, histories)| (name, histories)))?;
    let pooled = bootstrap_selector(&whole.histories, selector, options, control)?;
    let all: Vec<Candidate> =
        strata.iter().map(|(name, histories)| Candidate::of(name.clone(), histories.clone())).collect();
    let Plan { parts, sparse_pooled, apart, complete, mut notes } = Plan::of(&all)?;

    let summed: Vec<String> = parts.iter().map(|part| part.name.clone()).collect();
    let Combined { parts: mut estimated, mut sum } = combine(&parts, selector, options, control)?;
    if !complete {
        sum = Bootstrap::refused(Status::TooSparse, options);
    }
    let refused: Vec<&str> =
        estimated.iter().filter(|part| part.bootstrap.status != Status::Ok).map(|part| part.name.as_str()).collect();
    if !refused.is_empty() {
        notes.push(format!("no estimate for {}, and so no sum", refused.join(", ")));
    }
    if let Some(apart) = apart {
        estimated.push(apart.with(bootstrap_selector(&apart.histories, selector, options, control)?));
    }

    let find = |candidate: &Candidate| {
        let found = estimated.iter().find(|part| part.name == candidate.name).cloned();
        found.unwrap_or_else(|| candidate.with(Bootstrap::refused(Status::TooSparse, options)))
    };
    Ok(Strata {
        column: None,
        method: choice.method(),
        strata: all.iter().map(find).collect(),
        sparse_pooled: sparse_pooled.as_ref().map(find),
        sum,
        summed,
        pooled,
        notes,
    })
}

/// What is estimated, and of what the sum is.
struct Plan {
    /// The parts of the sum, by name.
    parts: Vec<Candidate>,
    /// The sparse strata with what they are pooled with.
    sparse_pooled: Option<Candidate>,
    /// A stratum that stands by itself, too, but is in the sum only with the sparse ones.
    apart: Option<Candidate>,
    /// Whether the parts make up the whole.
    complete: bool,
    notes: Vec<String>,
}

impl Plan {
    fn of(all: &[Candidate]) -> Result<Self, MseError> {
        let (mut parts, mut sparse): (Vec<_>, Vec<_>) = all.iter().cloned().partition(Candidate::is_fitted);
        let by_name = |one: &Candidate, other: &Candidate| one.name.cmp(&other.name);
        parts.sort_by(by_name);
        sparse.sort_by(by_name);
        let mut plan = Self { parts, sparse_pooled: None, apart: None, complete: true, notes: Vec::new() };
        let Some(first) = sparse.first() else { return Ok(plan) };
        let several = sparse.len() > 1;
        let rest = if several { joined(sparse.iter(), all)? } else { first.clone() };
        let smallest = (0..plan.parts.len()).min_by_key(|place| plan.parts.get(*place).map(Candidate::persons));
        let what = if rest.is_fitted() {
            plan.parts.push(rest.clone());
            plan.sparse_pooled = Some(rest);
            "they are estimated together".to_owned()
        } else if let Some(place) = smallest.filter(|_| plan.parts.len() > 1) {
            let smallest = plan.parts.remove(place);
            let joined = joined([&smallest, &rest].into_iter(), all)?;
            let what = format!("in the sum estimated together with the smallest other stratum, {}", smallest.name);
            plan.parts.push(joined.clone());
            plan.sparse_pooled = Some(joined);
            plan.apart = Some(smallest);
            what
        } else {
            plan.complete = false;
            plan.sparse_pooled = Some(rest).filter(|_| several);
            "too sparse together as well, so that there is no sum; the pooled estimate has them".to_owned()
        };
        plan.parts.sort_by(by_name);
        let names: Vec<String> = sparse
            .iter()
            .map(|one| format!("{} (persons {}, overlapping pairs {})", one.name, one.persons(), one.pairs))
            .collect();
        plan.notes.push(format!(
            "too few persons (fewer than 100) or overlapping pairs of lists (fewer than two) for an estimate of their \
             own: {}; {what}",
            names.join(", ")
        ));
        Ok(plan)
    }
}

/// A table that may be a part of the sum.
#[derive(Debug, Clone)]
struct Candidate {
    name: String,
    histories: CaptureHistories,
    pairs: usize,
}

impl Candidate {
    fn of(name: String, histories: CaptureHistories) -> Self {
        let pairs = overlapping_pairs(&histories);
        Self { name, histories, pairs }
    }

    fn persons(&self) -> u64 {
        self.histories.persons()
    }

    fn is_fitted(&self) -> bool {
        is_fitted(self.persons(), self.pairs)
    }

    fn with(&self, bootstrap: Bootstrap) -> Stratum {
        let lists = self.histories.lists();
        let model = bootstrap.model.as_deref().and_then(|notation| Model::from_notation(notation, lists.len()).ok());
        Stratum {
            name: self.name.clone(),
            persons: self.persons(),
            overlapping_pairs: self.pairs,
            model: model.map(|model| model.named(lists)),
            bootstrap,
        }
    }
}

/// The number of lists of all of them.
fn check_strata(strata: &[(String, CaptureHistories)]) -> Result<usize, MseError> {
    let Some((_, first)) = strata.first() else {
        return Err(MseError::Option { option: "strata", rule: "there is at least one" });
    };
    let mut names = BTreeSet::new();
    if !strata.iter().all(|(name, _)| names.insert(name)) {
        return Err(MseError::Option { option: "strata", rule: "each has a name of its own" });
    }
    if strata.iter().any(|(_, histories)| histories.lists() != first.lists()) {
        return Err(MseError::Lists("all strata have the same lists in the same order"));
    }
    Ok(first.lists().len())
}

/// Some strata as one, under a name that none of all strata has.
fn joined<'a>(parts: impl Iterator<Item = &'a Candidate> + Clone, all: &[Candidate]) -> Result<Candidate, MseError> {
    let mut joined = pool(parts.map(|one| (&one.name, &one.histories)))?;
    while all.iter().any(|one| one.name == joined.name) {
        joined.name.push_str(" (pooled)");
    }
    Ok(joined)
}

/// Several tables as one.
fn pool<'a>(parts: impl Iterator<Item = (&'a String, &'a CaptureHistories)> + Clone) -> Result<Candidate, MseError> {
    let names: Vec<&str> = parts.clone().map(|(name, _)| name.as_str()).collect();
    Ok(Candidate::of(names.join(" + "), CaptureHistories::pooled(parts.map(|(_, histories)| histories))?))
}

struct Combined {
    parts: Vec<Stratum>,
    sum: Bootstrap,
}

/// Separate estimates of the parts and their sum, from the same replicates.
fn combine(
    parts: &[Candidate],
    selector: &dyn Selector,
    options: &BootstrapOptions,
    control: &Control,
) -> Result<Combined, MseError> {
    let wholes: Vec<Sample> = parts.iter().map(|part| Sample::of(&part.histories)).collect();
    let mut fitter = Fitter::default();
    let mut selected: Vec<Result<Selected, Status>> = Vec::with_capacity(parts.len());
    for whole in &wholes {
        let found = selector.select(whole, &mut fitter, control)?;
        selected.push(
            found.and_then(|found| if found.estimate.is_finite() { Ok(found) } else { Err(Status::NotConverged) }),
        );
    }
    control.reserve((options.replicates as u64).saturating_mul(BYTES_PER_DRAW * parts.len() as u64))?;
    let resamplers = parts.iter().zip(&selected).map(|(part, selected)| {
        let unseen = selected.as_ref().map_or(0, |selected| options.unseen(part.persons(), selected.estimate));
        Resampler::of(&part.histories, unseen)
    });
    let resamplers: Vec<Resampler> = resamplers.collect();
    let start = || (wholes.clone(), Fitter::default());
    let draws = over_replicates(options.replicates, options.seed, control, start, |(samples, fitter), source| {
        let mut answers = Vec::with_capacity(samples.len());
        for ((sample, resampler), selected) in samples.iter_mut().zip(&resamplers).zip(&selected) {
            sample.refill(|counts| resampler.draw(source, counts));
            // A part without an answer has none in its replicates.
            answers.push(match selected {
                Ok(_) => selector.select(sample, fitter, control)?,
                Err(status) => Err(*status),
            });
        }
        Ok(answers)
    })?;

    let (mut estimated, mut jackknives) = (Vec::with_capacity(parts.len()), Vec::with_capacity(parts.len()));
    for (place, (part, selected)) in parts.iter().zip(&selected).enumerate() {
        let bootstrap = match selected {
            Err(status) => Bootstrap::refused(*status, options),
            Ok(selected) => {
                let jackknife = jackknife(&part.histories, selector, selected, options, control)?;
                let of_part = || draws.iter().filter_map(|answers| answers.get(place));
                let estimates =
                    of_part().map(|answer| answer.as_ref().map(|one| one.estimate).map_err(|status| *status));
                let models = of_part().flatten().filter(|one| one.estimate.is_finite()).map(|one| &one.model);
                let bootstrap = Bootstrap::of(selected.estimate, estimates, &jackknife, options);
                jackknives.push(jackknife);
                bootstrap.with_models(&selected.model, models, part.histories.lists())
            }
        };
        estimated.push(part.with(bootstrap));
    }
    let total = |answers: &[Result<Selected, Status>]| -> Result<f64, Status> {
        answers.iter().map(|answer| answer.as_ref().map(|one| one.estimate).map_err(|status| *status)).sum()
    };
    let sum = match total(&selected) {
        _ if parts.is_empty() => Bootstrap::refused(Status::TooSparse, options),
        Err(status) => Bootstrap::refused(status, options),
        Ok(estimate) => {
            let draws = draws.iter().map(|answers| total(answers));
            Bootstrap::of(estimate, draws, &Jackknife::join(jackknives), options)
        }
    };
    Ok(Combined { parts: estimated, sum })
}
