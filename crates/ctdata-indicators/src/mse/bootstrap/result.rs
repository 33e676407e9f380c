//! What a bootstrap found.

use super::bca::{Jackknife, adjusted_levels, bias_correction};
use super::options::BootstrapOptions;
use super::quantile::{quantile, standard_deviation};
use crate::interval::Level;
use crate::mse::model::Model;
use crate::mse::outcome::{IntervalKind, NumberInterval, Status};
use std::collections::BTreeMap;

/// So many models are named with their share of the replicates.
const MODELS_NAMED: usize = 10;
/// An end that is read from fewer replicates than these is not stable.
const STABLE: f64 = 5.0;

/// Intervals of a bootstrap in which every replicate went through the whole choice of a model.
///
/// BCa intervals of sparse tables are often read far out in the tail, where they are hardly more than the smallest or
/// largest replicate: see [`Bootstrap::adjusted_levels`], and the percentile interval beside them. The two can differ
/// by a factor of two to four at the upper end.
///
/// # When not to use
/// Replicates of the persons seen ([`Resampling::Seen`](super::Resampling::Seen)) leave the chance in how many are seen out of the
/// intervals. No bootstrap makes up for a set of models that does not hold the truth.
///
/// # Sources
/// Efron and Tibshirani (1993), *An Introduction to the Bootstrap*, chapters 13 and 14. Chan, Silverman and Vincent
/// (2021), Multiple systems estimation for sparse capture data, *Journal of the American Statistical Association* 116.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Bootstrap {
    /// Whether the table itself has an answer; if not, there are no replicates.
    pub status: Status,
    /// The estimate of all persons, seen and unseen, from the table itself.
    pub estimate: Option<f64>,
    /// The model chosen on the table itself, in notation.
    pub model: Option<String>,
    /// The level of the intervals.
    pub level: Level,
    /// The seed.
    pub seed: u64,
    /// The replicates asked for.
    pub replicates_asked: usize,
    /// Those with an answer; the intervals rest on them.
    pub replicates_answered: usize,
    /// Why the others have none.
    pub unanswered: Vec<StatusCount>,
    /// Between quantiles of the replicates.
    pub percentile: Option<NumberInterval>,
    /// Between quantiles at the adjusted levels. `None` if all replicates with an answer lie on one side of the
    /// estimate, or the acceleration is too strong: the percentile interval then stands.
    pub bca: Option<NumberInterval>,
    /// The bias correction: the normal quantile of the share of replicates below the estimate. `None` if infinite.
    pub z0: Option<f64>,
    /// The acceleration, from leaving out one person at a time; free of chance.
    pub acceleration: Option<f64>,
    /// The levels of the quantiles that are the ends of the BCa interval.
    pub adjusted_levels: Option<[f64; 2]>,
    /// The median of the replicates.
    pub median: Option<f64>,
    /// Their standard deviation; large where some replicates choose models with huge estimates.
    pub standard_deviation: Option<f64>,
    /// The models chosen most often in the replicates, at most ten.
    pub models: Vec<ModelShare>,
    /// What to know, in plain sentences without a full stop at the end.
    pub notes: Vec<String>,
    /// The estimates of all replicates with an answer, sorted, for a histogram. Not written by serde.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub replicates: Vec<f64>,
}

/// A model and how often replicates chose it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ModelShare {
    /// In notation, `[12,3]`.
    pub model: String,
    /// With the names of the lists, `[LA:NG,GP]`.
    pub named: String,
    /// Replicates.
    pub replicates: usize,
    /// Their share of the replicates with an answer.
    pub share: f64,
}

/// Why replicates have no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StatusCount {
    /// The reason.
    pub status: Status,
    /// Replicates.
    pub replicates: usize,
}

impl Bootstrap {
    /// No answer on the table itself.
    pub(crate) fn refused(status: Status, options: &BootstrapOptions) -> Self {
        Self {
            status,
            estimate: None,
            model: None,
            level: options.level,
            seed: options.seed,
            replicates_asked: options.replicates,
            replicates_answered: 0,
            unanswered: Vec::new(),
            percentile: None,
            bca: None,
            z0: None,
            acceleration: None,
            adjusted_levels: None,
            median: None,
            standard_deviation: None,
            models: Vec::new(),
            notes: Vec::new(),
            replicates: Vec::new(),
        }
    }

    /// The intervals, from the estimate on the table and those on its replicates.
    pub(crate) fn of(
        estimate: f64,
        draws: impl IntoIterator<Item = Result<f64, Status>>,
        jackknife: &Jackknife,
        options: &BootstrapOptions,
    ) -> Self {
        let mut result = Self { estimate: Some(estimate), ..Self::refused(Status::Ok, options) };
        let mut reasons: BTreeMap<Status, usize> = BTreeMap::new();
        for draw in draws {
            match draw {
                Ok(value) if value.is_finite() => result.replicates.push(value),
                Ok(_) => *reasons.entry(Status::NotConverged).or_default() += 1,
                Err(status) => *reasons.entry(status).or_default() += 1,
            }
        }
        result.replicates.sort_unstable_by(f64::total_cmp);
        result.replicates_answered = result.replicates.len();
        result.unanswered =
            reasons.into_iter().map(|(status, replicates)| StatusCount { status, replicates }).collect();
        result.note_unanswered(jackknife);
        result.median = quantile(&result.replicates, 0.5);
        result.standard_deviation = standard_deviation(&result.replicates);
        result.percentile =
            result.between(IntervalKind::Percentile, [options.level.tail(), 1.0 - options.level.tail()]);
        result.acceleration = Some(jackknife.acceleration());
        result.z0 = bias_correction(&result.replicates, estimate);
        result.adjusted_levels = result
            .z0
            .zip(result.acceleration)
            .and_then(|(bias, acceleration)| adjusted_levels(bias, acceleration, options.level));
        result.bca = result.adjusted_levels.and_then(|levels| result.between(IntervalKind::Bca, levels));
        result.note_ends();
        result
    }

    /// The same with the model of the table and those of its replicates.
    pub(crate) fn with_models<'a>(
        mut self,
        of_table: &Model,
        of_replicates: impl IntoIterator<Item = &'a Model>,
        names: &[String],
    ) -> Self {
        self.model = Some(of_table.to_string());
        let mut chosen: BTreeMap<&Model, usize> = BTreeMap::new();
        for model in of_replicates {
            *chosen.entry(model).or_default() += 1;
        }
        let mut chosen: Vec<(&Model, usize)> = chosen.into_iter().collect();
        // Stable: models chosen equally often stay in their own order.
        chosen.sort_by_key(|(_, replicates)| std::cmp::Reverse(*replicates));
        let answered = self.replicates_answered.max(1) as f64;
        self.models = chosen
            .into_iter()
            .take(MODELS_NAMED)
            .map(|(model, replicates)| ModelShare {
                model: model.to_string(),
                named: model.named(names),
                replicates,
                share: replicates as f64 / answered,
            })
            .collect();
        self
    }

    /// The intervals there are, BCa first.
    pub fn intervals(&self) -> impl Iterator<Item = NumberInterval> {
        self.bca.into_iter().chain(self.percentile)
    }

    fn between(&self, kind: IntervalKind, levels: [f64; 2]) -> Option<NumberInterval> {
        let [low, high] = levels.map(|level| quantile(&self.replicates, level));
        Some(NumberInterval { kind, low: low?, high: high? })
    }

    fn note_unanswered(&mut self, jackknife: &Jackknife) {
        let (asked, missing) = (self.replicates_asked, self.replicates_asked - self.replicates_answered);
        if missing > 0 {
            let share = 100.0 * missing as f64 / asked.max(1) as f64;
            self.notes.push(format!("{missing} of {asked} replicates ({share:.1} %) have no answer and are left out"));
        }
        if jackknife.unanswered > 0 {
            self.notes.push(format!(
                "without one person, {} of {} histories leave no answer; the acceleration rests on the others",
                jackknife.unanswered, jackknife.histories
            ));
        }
    }

    fn note_ends(&mut self) {
        let tail = self.level.tail();
        let unstable = |levels: [f64; 2]| {
            let edge = STABLE / self.replicates_answered.max(1) as f64;
            levels.iter().any(|level| *level < edge || *level > 1.0 - edge)
        };
        let note = match (self.replicates_answered, self.z0, self.adjusted_levels) {
            (0, ..) => "no replicate has an answer, so that there is no interval".to_owned(),
            (_, None, _) => {
                "all replicates lie on one side of the estimate: BCa is not defined, the percentile interval \
                             stands"
                    .to_owned()
            }
            (_, Some(_), None) => "the acceleration is too strong for BCa, the percentile interval stands".to_owned(),
            (answered, Some(_), Some(levels)) if unstable(levels) => format!(
                "BCa reads its lower end at the level {:.2e} and its upper end at {:.2e} from the top of {answered} \
                 replicates: an end that rests on fewer than {STABLE} replicates depends on their number and on the seed",
                levels[0],
                1.0 - levels[1]
            ),
            _ => String::new(),
        };
        if self.replicates_answered > 0 && unstable([tail, 1.0 - tail]) {
            self.notes.push(format!(
                "{} replicates are too few for the percentile interval at {}",
                self.replicates_answered, self.level
            ));
        }
        if !note.is_empty() {
            self.notes.push(note);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn options(replicates: usize) -> BootstrapOptions {
        BootstrapOptions { replicates, ..BootstrapOptions::default() }
    }

    /// By hand: 999 replicates 1, 2, … 999. The estimate 500.5 has 500 below, z₀ = Φ⁻¹(500/999) = 0.00125457; without
    /// acceleration the levels are Φ(2 z₀ ∓ 1.959964) = 0.02514701 and 0.97514629; place (999 + 1/3) p + 1/3 is the value.
    #[test]
    fn a_small_example_is_met() {
        let draws = (1..=999).map(|value| Ok(f64::from(value)));
        let found = Bootstrap::of(500.5, draws, &Jackknife::default(), &options(999));
        let place = |level: f64| (999.0 + 1.0 / 3.0) * level + 1.0 / 3.0;
        let percentile = found.percentile.unwrap();
        assert!((percentile.low - place(0.025)).abs() < 1e-9 && (percentile.high - place(0.975)).abs() < 1e-9);
        assert!((found.z0.unwrap() - 0.001_254_57).abs() < 1e-7, "{:?}", found.z0);
        let [low, high] = found.adjusted_levels.unwrap();
        assert!((low - 0.025_147_01).abs() < 5e-9 && (high - 0.975_146_29).abs() < 5e-9, "{low} {high}");
        let bca = found.bca.unwrap();
        assert!((bca.low - place(low)).abs() < 1e-9 && (bca.high - place(high)).abs() < 1e-9);
        assert_eq!((found.median, found.notes.len()), (Some(500.0), 0));
    }

    #[test]
    fn replicates_on_one_side_leave_the_percentile_interval() {
        let found =
            Bootstrap::of(0.5, (1..=999).map(|value| Ok(f64::from(value))), &Jackknife::default(), &options(999));
        assert_eq!((found.z0, found.bca, found.adjusted_levels), (None, None, None));
        assert!(found.percentile.is_some());
        assert!(found.notes[0].contains("one side"), "{:?}", found.notes);
    }

    #[test]
    fn replicates_without_an_answer_are_counted_and_named() {
        let draws = (0..1000).map(|value| match value % 10 {
            0 => Err(Status::NoExistence),
            1 => Ok(f64::INFINITY),
            _ => Ok(f64::from(value)),
        });
        let found = Bootstrap::of(500.0, draws, &Jackknife::default(), &options(1000));
        assert_eq!(found.replicates_answered, 800);
        let counts: Vec<(Status, usize)> = found.unanswered.iter().map(|one| (one.status, one.replicates)).collect();
        assert_eq!(counts, [(Status::NoExistence, 100), (Status::NotConverged, 100)]);
        assert_eq!(found.notes, ["200 of 1000 replicates (20.0 %) have no answer and are left out"]);
        let none = Bootstrap::of(5.0, [Err(Status::NoOverlap)], &Jackknife::default(), &options(1));
        assert_eq!((none.percentile, none.bca, none.median), (None, None, None));
        assert!(none.notes.iter().any(|note| note.contains("no interval")));
    }

    #[test]
    fn ends_that_rest_on_few_replicates_are_named() {
        // 30 of 999 below: z₀ = −1.88, and the lower end stands at Φ(−5.7).
        let draws = || (1..=999).map(|value| Ok(f64::from(value)));
        let found = Bootstrap::of(30.5, draws(), &Jackknife::default(), &options(999));
        assert!(found.adjusted_levels.unwrap()[0] < 1e-6);
        assert!(found.notes.len() == 1 && found.notes[0].contains("depends on their number"), "{:?}", found.notes);
        assert!((found.bca.unwrap().low - 1.0).abs() < 1e-12);
        let few = Bootstrap::of(50.5, draws().take(100), &Jackknife::default(), &options(100));
        assert!(few.notes[0].contains("too few for the percentile interval at 95 %"), "{:?}", few.notes);
    }

    proptest! {
        /// The order of the replicates, and a larger unit, change nothing.
        #[test]
        fn intervals_do_not_depend_on_the_order(mut values in proptest::collection::vec(1.0f64..1e6, 40..80), at in 0usize..40) {
            let estimate = values[at];
            let of = |values: &[f64], estimate| {
                Bootstrap::of(estimate, values.iter().map(|value| Ok(*value)), &Jackknife::default(), &options(values.len()))
            };
            let forward = of(&values, estimate);
            values.reverse();
            prop_assert_eq!(&forward, &of(&values, estimate));
            let doubled: Vec<f64> = values.iter().map(|value| 2.0 * value).collect();
            let double = of(&doubled, 2.0 * estimate);
            prop_assert_eq!(forward.z0, double.z0);
            let (one, two) = (forward.percentile.unwrap(), double.percentile.unwrap());
            prop_assert!((2.0 * one.low - two.low).abs() < 1e-6 && (2.0 * one.high - two.high).abs() < 1e-6);
        }
    }
}
