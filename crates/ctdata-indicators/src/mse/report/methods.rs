//! The methods of a report, each with its finding and what else it has to say.

use super::options::MseOptions;
use super::words::{ReportTable, counted, persons, range};
use crate::estimate::Rounding;
use crate::mse::anchors::{chao, chao_bias_corrected, chao_finite, chapman, lincoln_petersen, sample_coverage};
use crate::mse::bayes_threshold::{BayesThreshold, BayesThresholdModel};
use crate::mse::bma::{Bma, BmaOptions};
use crate::mse::bootstrap::{
    Bootstrap, BootstrapOptions, ModelLadder, bootstrap_over_models, bootstrap_selector, models_kept,
};
use crate::mse::chains::Posterior;
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::latent_class::{LatentClass, LatentClassModel};
use crate::mse::loglinear::{LogLinear, fit_model};
use crate::mse::model::Model;
use crate::mse::outcome::{Finding, Method, Status};
use crate::mse::select::{
    AIC_SIGNIFICANCE, AicSelector, BicSearch, ChosenModel, Downhill, DownhillSearch, FixedSelector, ModelSearch,
    Selector, Stepwise, StepwiseAic, StepwiseSelector, bic_search, downhill, stepwise, stepwise_aic,
};
use ctdata_table::Control;

/// The best models of a search that a report names.
const MODELS_NAMED: usize = 10;
/// How the notes of a bootstrap begin among those of a finding.
pub(super) const BOOTSTRAP_NOTE: &str = "bootstrap: ";
/// The most lists of a changed table for Bayesian model averaging: with six, a table takes seconds.
const QUICK_BMA_LISTS: usize = 5;
/// Of more lists the model is not chosen again in thousands of replicates, unless a method is asked for by name: on eight
/// that takes seconds, on sixteen days.
const BOOTSTRAP_LISTS: usize = 8;
/// Of more lists Bayesian thresholding runs only if it is asked for by name.
const THRESHOLD_LISTS: usize = 12;

/// What one method says in a report.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MethodResult {
    /// The number of all persons, or why there is none.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub finding: Finding,
    /// How the method came there.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub details: Option<Details>,
    /// The bootstrap in which every replicate went through the choice of a model.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub bootstrap: Option<Bootstrap>,
    /// The bootstrap over more and more of the best models.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub ladder: Option<ModelLadder>,
}

/// How a method came to its finding.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
#[non_exhaustive]
pub enum Details {
    /// A model that was given, fitted.
    Fit(Box<LogLinear>),
    /// The interactions in the order of entry.
    Stepwise(Stepwise),
    /// The same by AIC.
    StepwiseAic(StepwiseAic),
    /// All models, ranked.
    Search(ModelSearch),
    /// Where each search ended.
    Downhill(Downhill),
    /// The posterior over graphs.
    Bma(Box<Bma>),
    /// The chains of latent classes.
    LatentClass(Box<LatentClass>),
    /// The interactions that matter.
    BayesThreshold(Box<BayesThreshold>),
}

impl MethodResult {
    fn of(finding: Finding, details: Option<Details>) -> Self {
        Self { finding, details, bootstrap: None, ladder: None }
    }

    /// The same with the intervals of a bootstrap among those of the finding.
    fn with_bootstrap(mut self, bootstrap: Bootstrap) -> Self {
        self.finding.others.extend(bootstrap.intervals());
        self.finding.notes.extend(bootstrap.notes.iter().map(|note| format!("{BOOTSTRAP_NOTE}{note}")));
        self.bootstrap = Some(bootstrap);
        self
    }

    /// The residual deviance and the number of parameters of the log-linear model that the estimate rests on.
    pub(super) fn deviance(&self) -> Option<(f64, usize)> {
        let chosen = match self.details.as_ref()? {
            Details::Fit(fit) => return Some((fit.deviance, fit.parameters)),
            Details::Stepwise(of) => of.chosen.as_ref(),
            Details::StepwiseAic(of) => of.chosen.as_ref(),
            Details::Search(of) => of.chosen.as_ref(),
            Details::Downhill(of) => of.chosen.as_ref(),
            Details::Bma(_) | Details::LatentClass(_) | Details::BayesThreshold(_) => None,
        };
        chosen.map(|chosen| (chosen.deviance, chosen.parameters))
    }

    /// The log-linear model that the estimate rests on, if it rests on one.
    pub fn model(&self) -> Option<Model> {
        let chosen = match self.details.as_ref()? {
            Details::Fit(fit) => return Some(fit.model.clone()),
            Details::Stepwise(of) => of.chosen.as_ref(),
            Details::StepwiseAic(of) => of.chosen.as_ref(),
            Details::Search(of) => of.chosen.as_ref(),
            Details::Downhill(of) => of.chosen.as_ref(),
            Details::Bma(_) | Details::LatentClass(_) | Details::BayesThreshold(_) => None,
        };
        chosen?.model().ok()
    }
}

/// Runs the methods asked for.
pub(super) fn run(
    histories: &CaptureHistories,
    options: &MseOptions,
    control: &Control,
) -> Result<Vec<MethodResult>, MseError> {
    let asked = asked(options);
    let total = asked.len() as u64;
    let run = Run { histories, options, control };
    let mut results = Vec::with_capacity(asked.len());
    for (done, method) in (0..).zip(asked) {
        control.check()?;
        control.report(method.label(), done, Some(total));
        results.push(run.method(method)?);
    }
    Ok(results)
}

/// The methods in the order of the report, each once.
fn asked(options: &MseOptions) -> Vec<Method> {
    let mut asked: Vec<Method> = Vec::new();
    let all = || Method::ALL.iter().copied().filter(|method| *method != Method::Fixed || options.model.is_some());
    let wanted = if options.methods.is_empty() { all().collect() } else { options.methods.clone() };
    for method in wanted {
        if !asked.contains(&method) {
            asked.push(method);
        }
    }
    asked
}

/// The quick methods on a changed table: those asked for, or a choice of them; without bootstrap. Model averaging is
/// [`Status::TooLarge`] from six lists on.
pub(super) fn quick(
    histories: &CaptureHistories,
    options: &MseOptions,
    control: &Control,
) -> Result<Vec<Finding>, MseError> {
    const CHOICE: [Method; 5] = [Method::Independence, Method::Stepwise, Method::Bic, Method::Chao, Method::Bma];
    let level = options.level;
    let mut findings = Vec::new();
    for method in CHOICE.into_iter().filter(|method| options.methods.is_empty() || options.methods.contains(method)) {
        control.check()?;
        findings.push(match method {
            Method::Independence => {
                let model = Model::main_effects(histories.lists().len());
                match fit_model(histories, &model, level) {
                    Ok(fit) => fit.finding(method),
                    Err(status) => Finding::refused(method, status, level),
                }
            }
            Method::Stepwise => stepwise(histories, options.threshold, control)?.finding(level),
            Method::Bic => {
                let search = BicSearch { order: options.max_order, ..BicSearch::default() };
                bic_search(histories, &search, control)?.finding(level)
            }
            Method::Bma if histories.lists().len() > QUICK_BMA_LISTS => {
                Finding::refused(method, Status::TooLarge, level)
            }
            // The grid of the whole table: points far apart make too much or too little of few unseen persons.
            Method::Bma => Bma::estimate(histories, &BmaOptions { level, ..BmaOptions::default() }, control)?.finding(),
            _ => chao(histories, level),
        });
    }
    Ok(findings)
}

struct Run<'a> {
    histories: &'a CaptureHistories,
    options: &'a MseOptions,
    control: &'a Control,
}

impl Run<'_> {
    fn method(&self, method: Method) -> Result<MethodResult, MseError> {
        let (histories, control, level, seed) = (self.histories, self.control, self.options.level, self.options.seed);
        let lists = histories.lists().len();
        let anchor = |finding: Finding| Ok(MethodResult::of(finding, None));
        match method {
            Method::Independence => self.given(method, Model::main_effects(lists)),
            Method::Fixed => {
                let notation = self.options.model.as_deref().ok_or(MseError::Option {
                    option: "model",
                    rule: "the method `fixed` needs the notation of a model",
                })?;
                self.given(method, model(notation, histories)?)
            }
            Method::Stepwise => {
                let found = stepwise(histories, self.options.threshold, control)?;
                let finding = self.fitted(found.finding(level), found.chosen.as_ref());
                let selector = StepwiseSelector::try_new(self.options.threshold)?;
                self.chosen(MethodResult::of(finding, Some(Details::Stepwise(found))), &selector)
            }
            Method::StepwiseAic => {
                let found = stepwise_aic(histories, AIC_SIGNIFICANCE, control)?;
                let finding = self.fitted(found.finding(level), found.chosen.as_ref());
                self.chosen(
                    MethodResult::of(finding, Some(Details::StepwiseAic(found))),
                    &AicSelector::try_new(AIC_SIGNIFICANCE)?,
                )
            }
            Method::Bic => self.bic(),
            Method::Downhill => {
                let search = DownhillSearch { order: self.options.max_order, seed, ..DownhillSearch::default() };
                let found = downhill(histories, &search, control)?;
                let finding = self.fitted(found.finding(level), found.chosen.as_ref());
                Ok(MethodResult::of(finding, Some(Details::Downhill(found))))
            }
            Method::LincolnPetersen => anchor(lincoln_petersen(histories, level)),
            Method::Chapman => anchor(chapman(histories, level)),
            Method::Chao => anchor(chao(histories, level)),
            Method::ChaoBiasCorrected => anchor(chao_bias_corrected(histories, level)),
            Method::ChaoFinite => anchor(chao_finite(histories, level)),
            Method::SampleCoverage => anchor(sample_coverage(histories, level)),
            Method::Bma => {
                let found = Bma::estimate(histories, &BmaOptions { level, ..BmaOptions::default() }, control)?;
                Ok(MethodResult::of(found.finding(), Some(Details::Bma(Box::new(found)))))
            }
            Method::LatentClass => {
                let model = LatentClassModel::builder().seed(seed).level(level).build()?;
                let mut found = model.estimate(histories, control)?;
                forget_draws(found.posterior.as_mut());
                Ok(MethodResult::of(found.finding(), Some(Details::LatentClass(Box::new(found)))))
            }
            Method::BayesThreshold if lists > THRESHOLD_LISTS && self.options.methods.is_empty() => {
                let rule = format!(
                    "with more than {THRESHOLD_LISTS} lists it takes long and is run only if it is asked for by name"
                );
                anchor(Finding::refused(method, Status::TooLarge, level).with_note(rule))
            }
            Method::BayesThreshold => {
                let model = BayesThresholdModel::builder().seed(seed).level(level).build()?;
                let mut found = model.estimate(histories, control)?;
                forget_draws(found.posterior.as_mut());
                Ok(MethodResult::of(found.finding(), Some(Details::BayesThreshold(Box::new(found)))))
            }
        }
    }

    /// A model that is not chosen by the data.
    fn given(&self, method: Method, model: Model) -> Result<MethodResult, MseError> {
        let level = self.options.level;
        let fit = match fit_model(self.histories, &model, level) {
            Ok(fit) => fit,
            Err(status) => {
                let mut finding = Finding::refused(method, status, level);
                finding.model = Some(model.named(self.histories.lists()));
                return Ok(MethodResult::of(finding, None));
            }
        };
        let fit = fit.clone().with_profile(self.histories).unwrap_or(fit);
        let result = MethodResult::of(fit.finding(method), Some(Details::Fit(Box::new(fit))));
        self.bootstrapped(result, &FixedSelector { model })
    }

    /// A chosen model with the profile interval and the note of its boundary terms.
    fn fitted(&self, finding: Finding, chosen: Option<&ChosenModel>) -> Finding {
        let fit = || -> Option<LogLinear> {
            let model = chosen?.model().ok()?;
            fit_model(self.histories, &model, self.options.level).ok()?.with_profile(self.histories).ok()
        };
        match fit() {
            Some(fit) => fit.finding(finding.method),
            None => finding,
        }
    }

    fn bic(&self) -> Result<MethodResult, MseError> {
        let search = BicSearch { order: self.options.max_order, ..BicSearch::default() };
        let mut found = bic_search(self.histories, &search, self.control)?;
        let finding = self.fitted(found.finding(self.options.level), found.chosen.as_ref());
        let lists = self.histories.lists().len();
        let kept = models_kept(lists).unwrap_or(usize::MAX);
        let ranked: Vec<Model> =
            found.ranked.iter().take(kept).map(|ranked| ranked.model(lists)).collect::<Result<_, _>>()?;
        found.ranked.truncate(MODELS_NAMED);
        let mut result = MethodResult::of(finding, Some(Details::Search(found)));
        if self.options.replicates == 0 || result.finding.estimate.is_none() {
            return Ok(result);
        }
        if ranked.is_empty() {
            result.finding.notes.push("no bootstrap: there are too many models to rank them all".to_owned());
            return Ok(result);
        }
        if self.is_wide() {
            return Ok(without_bootstrap(result));
        }
        let mut ladder = bootstrap_over_models(self.histories, &ranked, &self.bootstrap(), self.control)?;
        ladder.models.truncate(MODELS_NAMED);
        if let Some(last) = ladder.steps.last() {
            result = result.with_bootstrap(last.bootstrap.clone());
        }
        result.ladder = Some(ladder);
        Ok(result)
    }

    fn bootstrap(&self) -> BootstrapOptions {
        self.options.bootstrap()
    }

    /// Whether choosing a model anew in each replicate is left out.
    fn is_wide(&self) -> bool {
        self.options.methods.is_empty() && self.histories.lists().len() > BOOTSTRAP_LISTS
    }

    /// A model that was chosen, with its bootstrap.
    fn chosen(&self, result: MethodResult, selector: &dyn Selector) -> Result<MethodResult, MseError> {
        let left_out = self.is_wide() && self.options.replicates > 0 && result.finding.estimate.is_some();
        if left_out { Ok(without_bootstrap(result)) } else { self.bootstrapped(result, selector) }
    }

    fn bootstrapped(&self, result: MethodResult, selector: &dyn Selector) -> Result<MethodResult, MseError> {
        if self.options.replicates == 0 || result.finding.estimate.is_none() {
            return Ok(result);
        }
        let bootstrap = bootstrap_selector(self.histories, selector, &self.bootstrap(), self.control)?;
        Ok(result.with_bootstrap(bootstrap))
    }
}

/// A report says what the draws say; the thousands of them are for whoever runs the method alone.
fn forget_draws(posterior: Option<&mut Posterior>) {
    if let Some(posterior) = posterior {
        posterior.draws = Vec::new();
    }
}

fn without_bootstrap(mut result: MethodResult) -> MethodResult {
    result.finding.notes.push(format!(
        "no bootstrap: with more than {BOOTSTRAP_LISTS} lists, choosing the model in each replicate takes long and is done \
         only for methods that are asked for by name"
    ));
    result
}

/// A model by the numbers or by the names of its lists.
pub(super) fn model(notation: &str, histories: &CaptureHistories) -> Result<Model, MseError> {
    let lists = histories.lists().len();
    Model::from_notation(notation, lists).or_else(|error| match Model::from_names(notation, histories.lists()) {
        Ok(model) => Ok(model),
        // What looks like numbers is told of as such.
        Err(_) if !notation.contains(|letter: char| letter.is_alphabetic()) => Err(error),
        Err(other) => Err(other),
    })
}

/// How a method came to its finding, as a table; none where the finding says it all.
pub(super) fn table(result: &MethodResult) -> Option<ReportTable> {
    let decimals = |number: f64, decimals: usize| Rounding::default().format(number, decimals);
    match result.details.as_ref()? {
        Details::Stepwise(found) if !found.entries.is_empty() => {
            let header = ["interaction", "p-value at entry", "all persons then"];
            let mut table = ReportTable::new("Stepwise: interactions in the order of entry", &header, &[0]);
            for entry in &found.entries {
                table.rows.push(vec![entry.named.clone(), format!("{:.4e}", entry.p_value), persons(entry.estimate)]);
            }
            Some(table)
        }
        Details::Search(found) if !found.ranked.is_empty() => {
            let header = ["model", "all persons", "BIC", "weight", "parameters"];
            let mut table = ReportTable::new("The models of least BIC", &header, &[0]);
            for ranked in found.ranked.iter().take(MODELS_NAMED) {
                table.rows.push(vec![
                    ranked.named.clone(),
                    persons(ranked.estimate),
                    decimals(ranked.bic, 2),
                    decimals(ranked.weight, 3),
                    ranked.parameters.to_string(),
                ]);
            }
            let refused: u64 = found.refused.iter().map(|refused| refused.models).sum();
            let without = match refused {
                0 => "all of them have an estimate".to_owned(),
                _ => format!("{refused} of them without an estimate"),
            };
            let of = if found.order < 2 {
                "without interactions".to_owned()
            } else {
                format!("with interactions of at most {} lists", found.order)
            };
            table.notes.push(format!("{} {of}; {without}.", counted(found.models, "model")));
            if let Some(ladder) = &result.ladder {
                let steps: Vec<String> = (ladder.steps.iter())
                    .filter_map(|step| {
                        Some(format!("{} {}", counted(step.models as u64, "model"), range(step.bootstrap.percentile?)))
                    })
                    .collect();
                table.notes.push(format!("Percentile interval over the best of so many: {}.", steps.join("; ")));
            }
            Some(table)
        }
        Details::Bma(found) if !found.top_graphs.is_empty() => {
            let header = ["graph", "all persons", "probability"];
            let mut table = ReportTable::new("The most probable graphs", &header, &[0]);
            for graph in found.top_graphs.iter().take(MODELS_NAMED) {
                table.rows.push(vec![
                    graph.named.clone(),
                    persons(graph.summary.median),
                    decimals(graph.probability, 3),
                ]);
            }
            Some(table)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_asked_once_and_a_model_only_if_given() {
        let all = asked(&MseOptions::default());
        assert!(!all.contains(&Method::Fixed) && all.len() + 1 == Method::ALL.len());
        let twice = MseOptions { methods: vec![Method::Bic, Method::Bic], ..MseOptions::default() };
        assert_eq!(asked(&twice), [Method::Bic]);
        let given = MseOptions { model: Some("[12]".to_owned()), ..MseOptions::default() };
        assert!(asked(&given).contains(&Method::Fixed));
    }

    /// Three lists of the Netherlands: much of the posterior lies at a few unseen persons. A grid of 1,000 points from
    /// 1 to 30 times the persons seen gives 6,951, one person more than were seen; every integer gives 48,100.
    #[test]
    fn model_averaging_of_a_changed_table_is_that_of_the_method() {
        let histories = crate::mse::published_table("netherlands-2010-2015-five-lists").unwrap().histories();
        let changed = histories.without(["R", "Z"]).unwrap();
        let options = MseOptions { methods: vec![Method::Bma], ..MseOptions::default() };
        let found = quick(&changed, &options, &Control::default()).unwrap();
        let expected = Bma::estimate(&changed, &BmaOptions::default(), &Control::default()).unwrap().finding();
        assert_eq!(found, [expected]);
        assert!((found[0].estimate.unwrap() - 48_100.0).abs() < 0.5);
    }

    #[test]
    fn of_many_lists_what_takes_long_is_done_only_if_asked_for() {
        use crate::mse::ListSet;
        let table = |lists: usize| {
            let alone = (0..lists).map(|list| (ListSet::of([list]), 20));
            let pairs = (1..lists).map(|list| (ListSet::of([0, list]), 2));
            CaptureHistories::try_new((0..lists).map(|list| format!("L{list}")), alone.chain(pairs)).unwrap()
        };
        let of = |lists: usize, method: Method, methods: Vec<Method>| {
            let options = MseOptions { methods, replicates: 3, ..MseOptions::default() };
            let (histories, control) = (table(lists), Control::default());
            Run { histories: &histories, options: &options, control: &control }.method(method).unwrap()
        };
        let left_out = of(BOOTSTRAP_LISTS + 1, Method::Stepwise, Vec::new());
        assert!(left_out.finding.estimate.is_some() && left_out.bootstrap.is_none());
        assert!(left_out.finding.notes.iter().any(|note| note.starts_with("no bootstrap: ")));
        assert!(of(BOOTSTRAP_LISTS + 1, Method::Stepwise, vec![Method::Stepwise]).bootstrap.is_some());
        assert!(of(BOOTSTRAP_LISTS, Method::Stepwise, Vec::new()).bootstrap.is_some());
        let refused = of(THRESHOLD_LISTS + 1, Method::BayesThreshold, Vec::new());
        assert_eq!((refused.finding.status, refused.finding.estimate), (Status::TooLarge, None));
    }

    #[test]
    fn a_model_is_named_by_numbers_or_names() {
        let counts = [(crate::mse::ListSet::of([0, 1]), 3)];
        let histories = CaptureHistories::try_new(["LA", "NG", "GP"], counts).unwrap();
        for notation in ["[12,3]", "[LA:NG,GP]", "[LA:NG]", "[ng:la]"] {
            assert_eq!(model(notation, &histories).unwrap().to_string(), "[12,3]", "{notation}");
        }
        for wrong in ["[123]", "[LA:NG:GP]", "[LA:NX]", "[LA:LA]", "LA:NG", "[14]"] {
            assert!(matches!(model(wrong, &histories), Err(MseError::Notation { .. } | MseError::UnknownList { .. })));
        }
    }
}
