//! The bootstrap of one way to choose a model.

use super::bca::{Jackknife, leave_one_out};
use super::choice::ModelChoice;
use super::options::{Acceleration, BootstrapOptions};
use super::resample::{Resampler, over_replicates};
use super::result::Bootstrap;
use crate::mse::error::MseError;
use crate::mse::existence::check;
use crate::mse::histories::CaptureHistories;
use crate::mse::loglinear::Fitter;
use crate::mse::model::Model;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;
use crate::mse::select::{Selected, Selector};
use ctdata_table::Control;

/// A model or an estimate per replicate: what is kept of it, in bytes.
const BYTES_PER_REPLICATE: u64 = 128;

/// Bootstrap intervals of the number of all persons, seen and unseen, with the model chosen anew on every replicate.
///
/// By default a replicate has as many persons as were seen; its intervals hold the number of persons less often than
/// their level says, 95 % ones nine times in ten where two thirds were seen ([`super::Resampling::Seen`]). Those of
/// [`super::Resampling::Population`] hold it about as often as they say.
///
/// Replicates without an estimate are counted, named and left out. A table without an estimate gives a result with its
/// status and nothing else.
///
/// ```
/// use ctdata_indicators::mse::{BootstrapOptions, CaptureHistories, ListSet, ModelChoice, bootstrap};
/// use ctdata_table::Control;
///
/// // Korean women held at Palembang, on three lists (Ball, Shin and Yang 2018).
/// let counts = [(0b001, 5), (0b010, 5), (0b100, 41), (0b011, 54), (0b101, 6), (0b111, 12)];
/// let counts = counts.map(|(lists, count)| (ListSet::from_bits(lists), count));
/// let histories = CaptureHistories::try_new(["b", "c", "d"], counts)?;
/// let options = BootstrapOptions { replicates: 500, ..BootstrapOptions::default() };
/// let found = bootstrap(&histories, &ModelChoice::Stepwise { threshold: 0.02 }, &options, &Control::default())?;
/// let percentile = found.percentile.ok_or("no interval")?;
/// assert!(percentile.low < 268.8 && 268.8 < percentile.high);
/// assert_eq!((found.seed, found.replicates_asked), (1, 500));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`MseError::Option`] for the number of replicates, a threshold that is no p-value or a model of other lists;
/// [`MseError::Table`] when cancelled or past the cap of memory.
///
/// # Sources
/// Efron and Tibshirani (1993), *An Introduction to the Bootstrap*, chapters 13 and 14. Chan, Silverman and Vincent
/// (2021), Multiple systems estimation for sparse capture data, *Journal of the American Statistical Association* 116.
pub fn bootstrap(
    histories: &CaptureHistories,
    choice: &ModelChoice,
    options: &BootstrapOptions,
    control: &Control,
) -> Result<Bootstrap, MseError> {
    options.check()?;
    bootstrap_selector(histories, &*choice.selector(histories.lists().len())?, options, control)
}

/// The same for any way to choose. Without replicates there is the estimate alone.
pub(crate) fn bootstrap_selector(
    histories: &CaptureHistories,
    selector: &dyn Selector,
    options: &BootstrapOptions,
    control: &Control,
) -> Result<Bootstrap, MseError> {
    options.check_some()?;
    let whole = Sample::of(histories);
    let selected = match selector.select(&whole, &mut Fitter::default(), control)? {
        Ok(selected) if selected.estimate.is_finite() => selected,
        Ok(_) => return Ok(Bootstrap::refused(Status::NotConverged, options)),
        Err(status) => return Ok(Bootstrap::refused(status, options)),
    };
    control.reserve(options.replicates as u64 * BYTES_PER_REPLICATE)?;
    let resampler = Resampler::of(histories, options.unseen(histories.persons(), selected.estimate));
    let start = || (whole.clone(), Fitter::default());
    let draws = over_replicates(options.replicates, options.seed, control, start, |(sample, fitter), source| {
        sample.refill(|counts| resampler.draw(source, counts));
        selector.select(sample, fitter, control)
    })?;
    let jackknife = jackknife(histories, selector, &selected, options, control)?;
    let estimates = draws.iter().map(|draw| draw.as_ref().map(|selected| selected.estimate).map_err(|status| *status));
    let models = draws.iter().flatten().filter(|selected| selected.estimate.is_finite());
    Ok(Bootstrap::of(selected.estimate, estimates, &jackknife, options).with_models(
        &selected.model,
        models.map(|selected| &selected.model),
        histories.lists(),
    ))
}

/// The estimates without one person. Nothing without replicates, for which it would be of no use.
pub(crate) fn jackknife(
    histories: &CaptureHistories,
    selector: &dyn Selector,
    selected: &Selected,
    options: &BootstrapOptions,
    control: &Control,
) -> Result<Jackknife, MseError> {
    if options.replicates == 0 {
        return Ok(Jackknife::default());
    }
    let estimates = leave_one_out(histories, control, |sample, fitter| match options.acceleration {
        Acceleration::Reselected => {
            Ok(selector.select(sample, fitter, control)?.map(|selected| selected.estimate).and_then(finite))
        }
        Acceleration::FixedModel => Ok(estimate_of(sample, &selected.model, fitter)),
    })?;
    Ok(Jackknife::of(&estimates, options.unseen(histories.persons(), selected.estimate), selected.estimate))
}

/// The estimate of a model on a table, if it has one.
pub(super) fn estimate_of(sample: &Sample, model: &Model, fitter: &mut Fitter) -> Result<f64, Status> {
    let admissible = check(sample, model);
    if !admissible.is_admissible() {
        return Err(admissible.status());
    }
    finite(fitter.fit(sample, model)?.estimate(sample.persons()))
}

fn finite(estimate: f64) -> Result<f64, Status> {
    if estimate.is_finite() { Ok(estimate) } else { Err(Status::NotConverged) }
}
