//! A log-linear model fitted to a table, with all that a reader may ask of it.

#![expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons, and few cells and parameters")]

use super::fit::Fitter;
use super::profile::Profile;
use crate::interval::Level;
use crate::mse::existence;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::model::Model;
use crate::mse::outcome::{Finding, Method, NumberInterval, Status};
use crate::mse::sample::Sample;

/// The most points of a [`profile_curve`].
const MOST_POINTS: usize = 10_001;

/// A log-linear model fitted to a table by extended maximum likelihood.
///
/// The counts of the histories are independent and Poisson; the log of each mean is the sum of the parameters of the
/// terms whose lists are all in the history. The constant is the log of the number of persons on no list. A term
/// whose lists nobody shares has its parameter at −∞, exactly: the histories with all of its lists leave the table
/// ([`LogLinear::boundary`]).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LogLinear {
    /// The model.
    pub model: Model,
    /// Its notation with the names of the lists.
    pub named: String,
    /// The persons seen, n.
    pub persons: u64,
    /// All persons, seen and unseen.
    pub estimate: f64,
    /// The persons not seen.
    pub unseen: f64,
    /// The standard error of ln of the number not seen, from the information matrix.
    pub standard_error: f64,
    /// The level of the intervals.
    pub level: Level,
    /// n + N₀ exp(± z · standard error).
    pub wald: NumberInterval,
    /// The values that the likelihood does not reject, if asked for ([`LogLinear::with_profile`]).
    pub profile: Option<NumberInterval>,
    /// The maximum of the log-likelihood, with the ln N! terms.
    pub log_likelihood: f64,
    /// Twice the difference to the log-likelihood of the saturated model.
    pub deviance: f64,
    /// Of the deviance: the histories left in the table less the parameters that are finite. A term at −∞ takes itself
    /// and its histories away and is in neither number.
    pub residual_degrees_of_freedom: usize,
    /// The number of parameters p, the constant and those at −∞ included.
    pub parameters: usize,
    /// 2 p less twice the log-likelihood.
    pub aic: f64,
    /// p ln n less twice the log-likelihood, with n the number of persons.
    pub bic: f64,
    /// The same with the number of histories, 2^lists − 1, in place of persons: as for a regression on the cells.
    pub bic_cells: f64,
    /// The terms at −∞: lists of nobody and interactions of lists that nobody shares.
    pub boundary: Vec<ListSet>,
    /// The parameters in the order of [`ListSet`]: the constant, the lists, the interactions.
    pub coefficients: Vec<Coefficient>,
    /// The histories in the order of [`ListSet`], all 2^lists − 1.
    pub cells: Vec<FittedCell>,
}

/// A parameter of a log-linear model, on the log scale.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Coefficient {
    /// The term; the empty set for the constant.
    pub term: ListSet,
    /// The names of its lists with colons between; empty for the constant.
    pub named: String,
    /// The estimate; `None` for −∞.
    pub value: Option<f64>,
    /// Its standard error; `None` where the estimate is −∞.
    pub standard_error: Option<f64>,
}

/// A history with the number of persons seen and the number that a model expects.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FittedCell {
    /// The lists.
    pub history: ListSet,
    /// The persons on exactly these.
    pub observed: u64,
    /// The persons expected on exactly these; 0 where the history left the table.
    pub expected: f64,
    /// The Pearson residual, (observed − expected) / √expected; `None` where the history left the table.
    pub residual: Option<f64>,
}

/// The profile likelihood of the number of all persons, as points of a curve.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProfileCurve {
    /// The notation of the model with the names of the lists.
    pub named: String,
    /// All persons, seen and unseen.
    pub estimate: f64,
    /// The level of the interval.
    pub level: Level,
    /// The quantile of χ² with one degree of freedom at this level.
    pub quantile: f64,
    /// Where the curve is below the quantile.
    pub interval: NumberInterval,
    /// Numbers of all persons, in order, and by how much the deviance there exceeds its least.
    pub points: Vec<(f64, f64)>,
}

/// Fits a model to a table, if its estimate exists and is identifiable.
///
/// ```
/// use ctdata_indicators::interval::Level;
/// use ctdata_indicators::mse::{CaptureHistories, ListSet, Model, Status, fit_model};
///
/// // Chan, Silverman and Vincent (2021): three lists, of which only the first two overlap.
/// let histories = CaptureHistories::try_new(
///     ["A", "B", "C"],
///     [(ListSet::of([0]), 40), (ListSet::of([1]), 30), (ListSet::of([2]), 20), (ListSet::of([0, 1]), 6)],
/// )?;
/// let fit = fit_model(&histories, &Model::main_effects(3), Level::P95).unwrap().with_profile(&histories).unwrap();
/// assert!((fit.estimate - 539.094).abs() < 5e-4);
/// assert!(fit.wald.low > 96.0 && fit.profile.unwrap().low < fit.estimate);
///
/// let refused = fit_model(&histories, &Model::from_notation("[12,3]", 3)?, Level::P95);
/// assert_eq!(refused.unwrap_err(), Status::NoExistence);
/// # Ok::<(), ctdata_indicators::mse::MseError>(())
/// ```
///
/// # Errors
/// [`Status::ListsOutOfRange`] for a model of another number of lists; [`Status::NoOverlap`] if nobody is on two
/// lists; [`Status::NoExistence`], [`Status::NotIdentifiable`] or both; [`Status::TooLarge`] for more than 512
/// finite parameters; [`Status::NotConverged`], also where the likelihood is so flat that the Wald interval has no
/// finite upper end.
///
/// # Sources
/// Chan, Silverman and Vincent (2021), Multiple systems estimation for sparse capture data: inferential challenges
/// when there are nonoverlapping lists, *Journal of the American Statistical Association* 116(535).
/// Fienberg and Rinaldo (2012), Maximum likelihood estimation in log-linear models, *Annals of Statistics* 40(2).
pub fn fit_model(histories: &CaptureHistories, model: &Model, level: Level) -> Result<LogLinear, Status> {
    let sample = admissible(histories, model)?;
    let mut fitter = Fitter::default();
    let fit = fitter.fit(&sample, model)?;
    let persons = histories.persons();
    let wald = fit.wald(persons, level);
    let variances = fitter.variances()?;
    let name = |set: ListSet| {
        let names: Vec<&str> = set.iter().filter_map(|list| histories.lists().get(list)).map(String::as_str).collect();
        names.join(":")
    };
    let value = fitter.parameters().zip(variances).map(|((term, value), variance)| Coefficient {
        term,
        named: name(term),
        value: Some(value),
        standard_error: Some(variance.sqrt()),
    });
    let infinite = fit.boundary.iter().map(|term| Coefficient {
        term: *term,
        named: name(*term),
        value: None,
        standard_error: None,
    });
    let mut coefficients: Vec<Coefficient> = value.chain(infinite).collect();
    coefficients.sort_unstable_by_key(|coefficient| coefficient.term);
    let mut cells: Vec<FittedCell> = (0..=u16::MAX)
        .map(ListSet::from_bits)
        .zip(sample.counts().iter().zip(fitter.expected()))
        .skip(1)
        .map(|(history, (observed, expected))| {
            let inside = *expected > 0.0;
            let residual = inside.then(|| (*observed as f64 - expected) / expected.sqrt());
            FittedCell { history, observed: *observed, expected: *expected, residual }
        })
        .collect();
    cells.sort_unstable_by_key(|cell| cell.history);
    let left = cells.iter().filter(|cell| cell.residual.is_some()).count();
    let (estimate, unseen) = (fit.estimate(persons), fit.log_unseen.exp());
    if ![estimate, wald.high, fit.standard_error].into_iter().all(f64::is_finite) {
        return Err(Status::NotConverged);
    }
    Ok(LogLinear {
        model: model.clone(),
        named: model.named(histories.lists()),
        persons,
        estimate,
        unseen,
        standard_error: fit.standard_error,
        level,
        wald,
        profile: None,
        log_likelihood: fit.log_likelihood,
        deviance: fit.deviance,
        residual_degrees_of_freedom: left.saturating_sub(fit.free.len()),
        parameters: fit.parameters,
        aic: fit.aic(),
        bic: fit.bic(persons),
        bic_cells: fit.parameters as f64 * (cells.len() as f64).ln() - 2.0 * fit.log_likelihood,
        boundary: fit.boundary,
        coefficients,
        cells,
    })
}

impl LogLinear {
    /// The same with the profile-likelihood interval, on the table that was fitted. The better one for small counts; it
    /// takes some ten further fits.
    ///
    /// Both ends are finite: where the extended estimate exists the likelihood falls without end on both sides, and the
    /// lower end lies above the number seen, if only by a fraction of a person.
    ///
    /// # Errors
    /// As [`fit_model`].
    ///
    /// # Sources
    /// Cormack (1992), Interval estimation for mark-recapture studies of closed populations, *Biometrics* 48(2).
    pub fn with_profile(mut self, histories: &CaptureHistories) -> Result<Self, Status> {
        let sample = admissible(histories, &self.model)?;
        let mut fitter = Fitter::default();
        self.profile = Some(Profile::try_new(&mut fitter, &sample, self.model.terms())?.interval(self.level)?);
        Ok(self)
    }

    /// What it says of the table, as the finding of a method that chose or was given this model: the Wald interval
    /// stands for it, the profile one follows.
    pub fn finding(&self, method: Method) -> Finding {
        let mut finding = Finding::of(method, self.estimate, self.level);
        finding.interval = Some(self.wald);
        finding.others.extend(self.profile);
        finding.model = Some(self.named.clone());
        let infinite: Vec<&str> = (self.coefficients.iter())
            .filter(|coefficient| coefficient.value.is_none())
            .map(|coefficient| coefficient.named.as_str())
            .collect();
        if infinite.is_empty() {
            return finding;
        }
        finding.with_note(format!(
            "nobody is on all lists of a term, and its parameter is minus infinity: {}",
            infinite.join(", ")
        ))
    }
}

/// The profile likelihood of the number of all persons under a model, for a picture: about `points` of them (3 to
/// 10,001, an odd number), the estimate in the middle, out to where the deviance is half as much again as the
/// quantile that limits the interval; on each side in equal steps of the log of the number not seen.
///
/// # Errors
/// As [`fit_model`].
pub fn profile_curve(
    histories: &CaptureHistories,
    model: &Model,
    level: Level,
    points: usize,
) -> Result<ProfileCurve, Status> {
    let sample = admissible(histories, model)?;
    let mut fitter = Fitter::default();
    let mut profile = Profile::try_new(&mut fitter, &sample, model.terms())?;
    let interval = profile.interval(level)?;
    let quantile = level.z() * level.z();
    let half = points.clamp(3, MOST_POINTS) / 2;
    let points = profile.curve((1.5 * quantile).sqrt(), half)?;
    let estimate = points.get(half).map_or(f64::NAN, |(number, _)| *number);
    Ok(ProfileCurve { named: model.named(histories.lists()), estimate, level, quantile, interval, points })
}

/// The table for the kernels, if the model is one for it.
fn admissible(histories: &CaptureHistories, model: &Model) -> Result<Sample, Status> {
    if model.lists() != histories.lists().len() {
        return Err(Status::ListsOutOfRange);
    }
    if histories.iter().all(|(history, _)| history.len() < 2) {
        return Err(Status::NoOverlap);
    }
    let sample = Sample::of(histories);
    let admissibility = existence::check(&sample, model);
    if admissibility.is_admissible() { Ok(sample) } else { Err(admissibility.status()) }
}
