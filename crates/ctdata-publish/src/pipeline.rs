//! The pipeline: read, validate, measure, protect, verify, tabulate, write.

use std::collections::HashSet;
use std::path::Path;

use ctdata_model::validate::{Report, Severity, Validator};
use ctdata_model::{CaseReader, Dataset, ModelError, Outcome, PLAIN_LAYOUT};
use ctdata_privacy::{KAnonymity, KAnonymizer, PrivacyUnit, Released, RiskReport, Statement};
use ctdata_table::csv::Separator;
use ctdata_table::{Control, Table};
use serde::Serialize;

use crate::folder::{FILES, ReleaseFolder};
use crate::tables::ReleasedTables;
use crate::{Method, Plan, PublishError, Quality, Role};

/// Makes a release folder of a file.
#[derive(Debug, Clone, Default)]
pub struct Publisher {
    /// What to do; without a plan, [`Plan::for_cases`].
    pub plan: Option<Plan>,
    /// Whether a release folder that is there is replaced.
    pub replace: bool,
}

/// What was published, and the account of it. The account is for the house: it holds figures of the
/// confidential input.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Published {
    /// The layout of the input.
    pub format: &'static str,
    /// What validation found.
    pub validation: Report,
    /// The risk of the input as it stood.
    pub risk_before: RiskReport,
    /// The risk of the release.
    pub risk_after: RiskReport,
    /// The statement that went into the folder.
    pub statement: Statement,
    /// Whether the verifier recounted all of it; a release that is not verified does not come to exist.
    pub verified: bool,
    /// How much of the input was kept.
    pub quality: Quality,
    /// Remarks on the outcome.
    pub remarks: Vec<String>,
    /// The files written.
    pub outputs: Vec<String>,
}

/// From this share of suppressed records on, the account advises against suppression alone.
const MUCH_SUPPRESSION: f64 = 0.05;

impl Publisher {
    /// Reads a file, and writes the release folder `out` if everything holds.
    ///
    /// # Errors
    /// Input that cannot be read, is not valid or has no plan; a plan that does not fit; a guarantee that
    /// does not hold; an output that fails. Nothing is written then.
    pub fn publish(&self, input: &Path, out: &Path, control: &Control) -> Result<Published, PublishError> {
        let folder = ReleaseFolder::create(out, self.replace)?;
        let (outcome, plan) = self.read(input, control)?;
        let validation = validate(&outcome, &plan, input, control)?;
        let dataset = outcome.into_dataset()?;
        let names = Names::resolve(&dataset, &plan)?;
        let model = KAnonymity::try_new(plan.k())?;
        let risk_before = RiskReport::measure(dataset.table(), &names.quasi, model, control)?;

        control.report("protecting", 0, None);
        let released = anonymizer(&names, model)?.run(dataset.table(), control)?;
        control.report("verifying", 0, None);
        let released: Released<Table> = released.verify(control)?;
        let risk_after = RiskReport::measure(released.get(), &names.quasi, model, control)?;
        let quality = Quality::measure(dataset.table(), &released, control)?;
        control.report("counting", 0, None);
        let tables = match &dataset {
            Dataset::Cases(_) => ReleasedTables::compute(&released, &plan.tables, control)?,
            _ if plan.tables.is_empty() => ReleasedTables::none(),
            _ => return Err(ModelError::NotCases { layout: dataset.format() }.into()),
        };

        let layout = dataset.layout();
        let published = Published {
            format: dataset.format(),
            validation,
            risk_before,
            risk_after,
            statement: released.statement().clone(),
            verified: true,
            remarks: remarks(&released),
            quality,
            outputs: FILES.iter().map(|file| out.join(file).display().to_string()).collect(),
        };
        folder.write(&released, &tables, layout, control)?;
        Ok(published)
    }

    /// The rows, and the plan for them.
    fn read(&self, input: &Path, control: &Control) -> Result<(Outcome, Plan), PublishError> {
        let plan = self.plan.clone();
        let settings = plan.as_ref().map(|plan| &plan.input);
        let format = settings.and_then(|input| input.format.as_deref());
        let wanted = settings.and_then(|input| input.separator);
        let separator =
            wanted.and_then(|wanted| Separator::ALL.into_iter().find(|known| char::from(known.byte()) == wanted));
        let reader = CaseReader { separator, ..CaseReader::default() };
        let is_plain = format.is_some_and(|format| format.trim().eq_ignore_ascii_case(PLAIN_LAYOUT));
        let outcome = match &plan {
            Some(plan) if is_plain => reader.read_plain(input, crate::plain::reader(plan)?, control)?,
            _ => reader.read_as(input, format, control)?,
        };
        let plan = match (plan, outcome.usable()) {
            (Some(plan), _) => plan,
            (None, Dataset::Cases(cases)) => Plan::for_cases(cases),
            (None, _) => return Err(PublishError::PlanNeeded { file: input.display().to_string() }),
        };
        Ok((outcome, plan))
    }
}

fn validate(outcome: &Outcome, plan: &Plan, input: &Path, control: &Control) -> Result<Report, PublishError> {
    let report = Validator::default().check_outcome(outcome, control).all()?;
    let mut errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    match errors.next() {
        Some(first) if !plan.input.accept_errors => Err(PublishError::Invalid {
            file: input.display().to_string(),
            first: first.to_string(),
            errors: 1 + errors.count(),
        }),
        _ => Ok(report),
    }
}

/// The attributes of a plan, by their names in the table's schema.
struct Names {
    quasi: Vec<String>,
    blank: Vec<String>,
    others: Vec<String>,
    method: Method,
}

impl Names {
    fn resolve(dataset: &Dataset, plan: &Plan) -> Result<Self, PublishError> {
        let resolve = |name: &str| Ok::<_, PublishError>(dataset.resolve(name)?);
        let with = |role: Role| plan.names(role).map(resolve).collect::<Result<Vec<_>, _>>();
        let mut others = with(Role::Sensitive)?;
        others.extend(with(Role::Released)?);
        // Dropped attributes are looked up too: a misspelt name is an error, not a column that stays away.
        let dropped = with(Role::Dropped)?;
        if let Some(name) = plan.names(Role::Identifier).next().filter(|_| dataset.table().ids().is_none()) {
            return Err(PublishError::plan(format!(
                "`{name}`: the layout `{}` has no identifiers; read the file as `{PLAIN_LAYOUT}` to count persons",
                dataset.format()
            )));
        }
        // An attribute has one role. It may have two names, so that the plan alone cannot tell.
        let quasi = with(Role::QuasiIdentifier)?;
        let mut seen = HashSet::new();
        if let Some(name) = quasi.iter().chain(&others).chain(&dropped).find(|name| !seen.insert(name.as_str())) {
            return Err(PublishError::plan(format!("the attribute `{name}` is given twice")));
        }
        Ok(Self {
            quasi,
            blank: plan.anonymize.blank.iter().map(|name| resolve(name)).collect::<Result<Vec<_>, _>>()?,
            others,
            method: plan.anonymize.method,
        })
    }
}

fn anonymizer(names: &Names, model: KAnonymity) -> Result<KAnonymizer, PublishError> {
    let mut builder = KAnonymizer::builder(model)
        .quasi_identifiers(names.quasi.iter().cloned())
        .release(names.others.iter().cloned());
    if names.method == Method::CellSuppression {
        builder = builder.blank_first(names.blank.iter().cloned());
    }
    Ok(builder.build()?)
}

fn remarks(released: &Released<Table>) -> Vec<String> {
    let records = &released.statement().records;
    let mut remarks = Vec::new();
    if released.statement().possible_matches <= 1 {
        remarks.push("k = 1 holds for every table: nobody is hidden among others".to_owned());
    }
    if released.statement().unit == PrivacyUnit::Person {
        remarks.push(
            "the risk before counts persons, the risk after counts records: the release has no identifiers".to_owned(),
        );
    }
    if records.input == 0 {
        remarks.push("there was no record to release".to_owned());
    }
    if records.share_suppressed > MUCH_SUPPRESSION {
        remarks.push(format!(
            "{:.1} % of the records were lost by suppression alone: generalization (coarser ages, years, regions) would lose \
             fewer, and those lost are the rare ones, so that shares in the release are not those of the input",
            records.share_suppressed * 100.0
        ));
    }
    remarks
}
