//! Perturbs the table of a dataset as a plan says, before it is protected.

use ctdata_model::Dataset;
use ctdata_privacy::{
    AggregatedColumn, BottomCode, CodedReplacement, Microaggregation, MicroaggregationMethod, PerturbationDetails,
    PerturbationReport, Perturbed, Pram, PramColumn, Preparation, PrivacyError, RankSwapping, Replacement, Rounding,
    TopBottomCoding, TopCode, Transition, TransitionMatrix,
};
use ctdata_table::{Attribute, Control, Origin, Table, TableError};
use rand::rngs::ChaCha20Rng;

use crate::plan::{CodingPlan, PerturbPlan, ReplacementPlan, Role};
use crate::{ModelPlan, Plan, PublishError, Randomness};

/// A table that was perturbed, and what is to be said of it. Without perturbation, the table itself.
pub(crate) struct Preparations {
    pub(crate) table: Table,
    pub(crate) reports: Vec<PerturbationReport>,
    pub(crate) notes: Vec<Preparation>,
}

/// The fewest records whose mean is released, whatever the models ask for.
const FEWEST_IN_A_MEAN: u32 = 3;

impl Preparations {
    /// Does what the plan says, step by step.
    pub(crate) fn make(
        plan: &Plan,
        dataset: &Dataset,
        randomness: Option<&Randomness>,
        control: &Control,
    ) -> Result<Self, PublishError> {
        let mut made = Self { table: dataset.table().clone(), reports: Vec::new(), notes: Vec::new() };
        if plan.perturbations.is_empty() {
            return Ok(made);
        }
        let mut generator = randomness.map(Randomness::generator);
        let repeatable = randomness.is_some_and(Randomness::is_repeatable);
        for (step, number) in plan.perturbations.iter().zip(1..) {
            control.report("perturbing", number - 1, Some(plan.perturbations.len() as u64));
            let place = format!("perturbation {number} ({})", step.method());
            let step = Step::resolve(step, plan, dataset, &place)?;
            let outputs = step.run(&made.table, generator.as_mut(), control).map_err(|error| match error {
                Failure::NoRandomness => {
                    PublishError::plan(format!("{place} draws by chance and needs randomness, which the caller gives"))
                }
                Failure::Plan(rule) => PublishError::plan(format!("{place}: {rule}")),
                Failure::Privacy(PrivacyError::InvalidParameter { parameter, rule }) => {
                    PublishError::plan(format!("{place}: {parameter}: {rule}"))
                }
                Failure::Privacy(error) => error.into(),
            })?;
            for output in outputs {
                step.check_means(&output, plan.k().max(FEWEST_IN_A_MEAN))
                    .map_err(|rule| PublishError::impossible(format!("{place}: {rule}")))?;
                let note = Preparation::of(&output);
                made.notes.push(if repeatable { note.repeatable() } else { note });
                made.reports.push(output.report);
                made.table = output.table;
            }
        }
        made.check_models(plan, dataset)?;
        made.check_hierarchies(plan, dataset)?;
        Ok(made)
    }

    /// Whether an attribute of this name was perturbed.
    pub(crate) fn changes(&self, name: &str) -> bool {
        self.reports.iter().flat_map(|report| &report.attributes).any(|attribute| attribute.name == name)
    }

    /// A population holds true values, to which perturbed ones are not comparable.
    fn check_models(&self, plan: &Plan, dataset: &Dataset) -> Result<(), PublishError> {
        let has_population = |model: &ModelPlan| {
            matches!(model, ModelPlan::KMap { population: Some(_), .. } | ModelPlan::DeltaPresence { .. })
        };
        if !plan.anonymize.models.iter().any(has_population) {
            return Ok(());
        }
        for name in plan.names(Role::QuasiIdentifier) {
            if self.changes(&dataset.resolve(name)?) {
                return Err(PublishError::plan(format!(
                    "`{name}` is perturbed, and cannot be compared with the true values of a population"
                )));
            }
        }
        Ok(())
    }

    /// Hierarchies have to hold the values that perturbation made.
    fn check_hierarchies(&self, plan: &Plan, dataset: &Dataset) -> Result<(), PublishError> {
        for attribute in &plan.attributes {
            let Some(described) = &attribute.hierarchy else { continue };
            let name = dataset.resolve(&attribute.name)?;
            if !self.changes(&name) {
                continue;
            }
            let (new, codes) = self.table.named(&name)?;
            let hierarchy = crate::hierarchies::build(described, new, &plan.folder);
            let part = format!("attribute `{}`: hierarchy", attribute.name);
            let hierarchy = hierarchy.map_err(|error| match error.at(part) {
                PublishError::Plan { message, .. } => {
                    PublishError::plan(format!("{message}; the hierarchy is of the values after perturbation"))
                }
                error => error,
            })?;
            let Err(error) = hierarchy.adopt(new, codes) else { continue };
            let TableError::HierarchyMisses(misses) = &error else { return Err(error.into()) };
            // Values that it misses anyway are reported as ever.
            let (old, codes) = dataset.table().named(&name)?;
            hierarchy.adopt(old, codes)?;
            return Err(PublishError::plan(format!(
                "`{}`: perturbation makes {} {} that its hierarchy does not have; let its hierarchy be one of \
                 intervals, which take any number, or give it none",
                attribute.name,
                misses.distinct(),
                if misses.distinct() == 1 { "value" } else { "values" }
            )));
        }
        Ok(())
    }
}

enum Failure {
    NoRandomness,
    Plan(String),
    Privacy(PrivacyError),
}

impl From<PrivacyError> for Failure {
    fn from(error: PrivacyError) -> Self {
        Self::Privacy(error)
    }
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        Self::Privacy(error.into())
    }
}

/// One perturbation, its names being those of the table.
struct Step<'a> {
    plan: &'a PerturbPlan,
    names: Vec<String>,
    within: Option<String>,
}

impl<'a> Step<'a> {
    fn resolve(step: &'a PerturbPlan, plan: &Plan, dataset: &Dataset, place: &str) -> Result<Self, PublishError> {
        let released = [Role::QuasiIdentifier, Role::Sensitive, Role::Released].into_iter();
        let released = released.flat_map(|role| plan.names(role)).map(|name| Ok(dataset.resolve(name)?));
        let released = released.collect::<Result<Vec<String>, PublishError>>()?;
        let resolve = |name: &String| {
            let resolved = dataset.resolve(name)?;
            if released.contains(&resolved) {
                return Ok(resolved);
            }
            Err(PublishError::plan(format!(
                "{place}: `{name}` has no role that is released (quasi-identifier, sensitive, released)"
            )))
        };
        let names = step.attributes().iter().map(resolve).collect::<Result<Vec<_>, _>>()?;
        let within = match step {
            PerturbPlan::Pram { within: Some(strata), .. } => Some(resolve(strata)?),
            _ => None,
        };
        Ok(Self { plan: step, names, within })
    }

    fn run(&self, table: &Table, rng: Option<&mut ChaCha20Rng>, control: &Control) -> Result<Vec<Perturbed>, Failure> {
        let names = self.names.iter();
        Ok(match self.plan {
            PerturbPlan::Microaggregation { k, replacement, digits, .. } => {
                let columns = names.map(|name| aggregated(name, *replacement, *digits));
                vec![Microaggregation::try_new(*k, columns)?.run(table, control)?]
            }
            PerturbPlan::OptimalMicroaggregation { k, replacement, digits, .. } => {
                let columns = names.map(|name| aggregated(name, *replacement, *digits));
                let optimal = Microaggregation::try_new(*k, columns)?.with_method(MicroaggregationMethod::Optimal);
                vec![optimal.run(table, control)?]
            }
            PerturbPlan::Pram { missing, .. } => {
                let rng = rng.ok_or(Failure::NoRandomness)?;
                for name in &self.names {
                    if table.named(name)?.0.domain().origin() == Origin::Observed {
                        // Its draws and its matrix would name values that only left-out records have.
                        let rule =
                            format!("`{name}` takes its values from the file; `order` names them all in the plan");
                        return Err(Failure::Plan(rule));
                    }
                }
                let columns = names.map(|name| Ok(PramColumn::new(name, self.transition(table.named(name)?.0)?)));
                let mut pram = Pram::try_new(columns.collect::<Result<Vec<_>, Failure>>()?)?
                    .with_missing(missing.unwrap_or_default());
                if let Some(strata) = &self.within {
                    pram = pram.within(strata)?;
                }
                vec![pram.run(table, rng, control)?]
            }
            PerturbPlan::TopCoding { from, replacement, label, .. } => {
                let replacement = coded(*replacement, label.as_ref());
                let top = TopCode { from: from.to_string(), replacement };
                one_by_one(names, table, |name, table| TopBottomCoding::top(name, top.clone()).run(table, control))?
            }
            PerturbPlan::BottomCoding { to, replacement, label, .. } => {
                let replacement = coded(*replacement, label.as_ref());
                let bottom = BottomCode { to: to.to_string(), replacement };
                one_by_one(names, table, |name, table| {
                    TopBottomCoding::bottom(name, bottom.clone()).run(table, control)
                })?
            }
            PerturbPlan::Rounding { base, random: false, .. } => {
                one_by_one(names, table, |name, table| Rounding::try_new(name, *base)?.run_nearest(table, control))?
            }
            PerturbPlan::Rounding { base, random: true, .. } => {
                let rng = rng.ok_or(Failure::NoRandomness)?;
                one_by_one(names, table, |name, table| Rounding::try_new(name, *base)?.run_random(table, rng, control))?
            }
            PerturbPlan::RankSwapping { percent, .. } => {
                let rng = rng.ok_or(Failure::NoRandomness)?;
                vec![RankSwapping::try_new(names, *percent)?.run(table, rng, control)?]
            }
        })
    }

    /// Refuses the mean of so few records that it gives their values away.
    fn check_means(&self, output: &Perturbed, fewest: u32) -> Result<(), String> {
        let mean = matches!(
            self.plan,
            PerturbPlan::TopCoding { replacement: Some(CodingPlan::Mean), .. }
                | PerturbPlan::BottomCoding { replacement: Some(CodingPlan::Mean), .. }
        );
        let PerturbationDetails::Coding(coding) = &output.report.details else { return Ok(()) };
        let few = |records: u64| records > 0 && records < u64::from(fewest);
        if mean && (few(coding.top_coded) || few(coding.bottom_coded)) {
            return Err(format!("the mean of fewer than {fewest} records gives their values away"));
        }
        Ok(())
    }

    /// The transition of an attribute. A matrix of the plan is put into the order of the domain.
    fn transition(&self, attribute: &Attribute) -> Result<Transition, Failure> {
        match self.plan {
            PerturbPlan::Pram { matrix: Some(rows), values: Some(values), .. } => {
                let mut order = Vec::with_capacity(values.len());
                for label in attribute.domain().labels() {
                    let place = values.iter().position(|value| *value == label).ok_or_else(|| {
                        Failure::Plan(format!("`{}` has values that the matrix does not name", attribute.name()))
                    })?;
                    order.push(place);
                }
                let unknown = values.iter().enumerate().find(|(place, _)| !order.contains(place));
                if let Some((_, value)) = unknown {
                    let rule = format!("`{}` has no value `{value}` that the matrix names", attribute.name());
                    return Err(Failure::Plan(rule));
                }
                let entry = |row: &Vec<f64>, place: &usize| row.get(*place).copied().unwrap_or_default();
                let rows = order.iter().filter_map(|place| rows.get(*place));
                let rows = rows.map(|row| order.iter().map(|place| entry(row, place)).collect()).collect();
                Ok(Transition::Given(TransitionMatrix::try_new(rows)?))
            }
            PerturbPlan::Pram { retention: Some(retention), mixing: Some(mixing), .. } => {
                Ok(Transition::Invariant { retention: *retention, mixing: *mixing })
            }
            PerturbPlan::Pram { retention: Some(retention), .. } => Ok(Transition::Uniform { retention: *retention }),
            _ => Err(Failure::Plan("either matrix, or retention with or without mixing".to_owned())),
        }
    }
}

/// Each attribute on its own, on what the one before left.
fn one_by_one<'a>(
    names: impl Iterator<Item = &'a String>,
    table: &Table,
    mut run: impl FnMut(&str, &Table) -> Result<Perturbed, PrivacyError>,
) -> Result<Vec<Perturbed>, Failure> {
    let mut outputs: Vec<Perturbed> = Vec::new();
    for name in names {
        let output = run(name, outputs.last().map_or(table, |output| &output.table))?;
        outputs.push(output);
    }
    Ok(outputs)
}

fn aggregated(name: &str, replacement: Option<ReplacementPlan>, digits: Option<u8>) -> AggregatedColumn {
    let column = AggregatedColumn::new(name);
    match (replacement, digits) {
        (None, None) => column,
        (None | Some(ReplacementPlan::Mean), digits) => {
            column.replaced_by(Replacement::Mean { extra_digits: digits.unwrap_or_default() })
        }
        (Some(ReplacementPlan::Median), _) => column.replaced_by(Replacement::Median),
        (Some(ReplacementPlan::Mode), _) => column.replaced_by(Replacement::Mode),
    }
}

fn coded(replacement: Option<CodingPlan>, label: Option<&String>) -> CodedReplacement {
    match replacement.unwrap_or_default() {
        CodingPlan::Category => CodedReplacement::Category { label: label.cloned() },
        CodingPlan::Threshold => CodedReplacement::Threshold,
        CodingPlan::Mean => CodedReplacement::Mean,
    }
}
