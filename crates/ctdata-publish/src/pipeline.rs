//! The pipeline: read, validate, measure, protect, verify, tabulate, write.

use std::io::Write;
use std::path::{Path, PathBuf};

use ctdata_model::validate::{Report, Severity, Validator};
use ctdata_model::{CaseReader, Dataset, Layout, ModelError, Outcome, PLAIN_LAYOUT, write_recoded};
use ctdata_privacy::{KAnonymity, RiskReport};
use ctdata_table::csv::OnError;
use ctdata_table::{Control, Hierarchy, Table};

use crate::account::{Account, AttributeAccount, RecodingAccount};
use crate::folder::{ReleaseFolder, files};
use crate::models::Models;
use crate::perturb::Preparations;
use crate::protect::Protected;
use crate::roles::Roles;
use crate::tables::{RecordsBeside, ReleasedTables};
use crate::{Clock, Method, Plan, PublishError, Quality, Randomness};

/// Makes a release folder, or a protected working copy, of a file.
#[derive(Debug, Clone, Default)]
pub struct Publisher {
    /// What to do; without a plan, [`Plan::for_cases`].
    pub plan: Option<Plan>,
    /// Whether a release folder that is there is replaced.
    pub replace: bool,
    /// The caller's clock, for plans with a deadline.
    pub clock: Option<Clock>,
    /// What random draws are made from, for plans that perturb by chance or make synthetic records.
    pub randomness: Option<Randomness>,
    /// The ledger of the dataset's privacy budget, for plans with an epsilon; that of the plan if none is named.
    pub ledger: Option<PathBuf>,
    /// The date and time that the ledger notes down, in the caller's words.
    pub at: Option<String>,
}

/// Protected records for work inside the house, with the account of them.
#[derive(Debug)]
pub struct Anonymized {
    /// What was done. Its outputs are for the caller to fill in.
    pub account: Account,
    table: Table,
    layout: Option<&'static Layout>,
}

impl Anonymized {
    /// The records.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// Writes the records as delimited text: with the column names, separator and texts of the input's
    /// layout, or as plain CSV. This is a working copy: a plain file without a statement.
    ///
    /// # Errors
    /// An output that fails; a stop by `control`.
    pub fn write(&self, output: impl Write, control: &Control) -> Result<(), PublishError> {
        match self.layout {
            Some(layout) => Ok(write_recoded(&self.table, layout, output, control)?),
            None => crate::plain::write(&self.table, output, control),
        }
    }
}

/// From this share of suppressed records on, the account advises against suppression alone.
const MUCH_SUPPRESSION: f64 = 0.05;

/// A file that was read and protected as its plan says.
struct Done {
    plan: Plan,
    dataset: Dataset,
    protected: Protected,
    account: Account,
    hierarchies: Vec<(String, Hierarchy)>,
}

impl Publisher {
    /// Reads a file, and writes the release folder `out` if everything holds.
    ///
    /// # Errors
    /// Input that cannot be read, is not valid or has no plan; a plan that does not fit; a guarantee that
    /// does not hold; an output that fails. Nothing is written then.
    pub fn publish(&self, input: &Path, out: &Path, control: &Control) -> Result<Account, PublishError> {
        keep_apart(input, out)?;
        let folder = ReleaseFolder::create(out, self.replace)?;
        let Done { plan, dataset, protected, mut account, hierarchies } = self.protect(input, control)?;
        control.report("counting", 0, None);
        let tables = match &dataset {
            Dataset::Cases(cases) => match &plan.protection {
                Some(_) => {
                    let records = RecordsBeside { released: &protected.released, hierarchies };
                    let tables = ReleasedTables::of_confidential(cases.table(), Some(&records), &plan, control);
                    tables.map_err(|error| error.of_plan(&plan.name))?
                }
                None => ReleasedTables::compute(&protected.released, &plan.tables, control)?,
            },
            _ if plan.tables.is_empty() => ReleasedTables::none(),
            _ => return Err(ModelError::NotCases { layout: dataset.format() }.into()),
        };
        if tables.known_from_records() > 0 {
            account.remarks.push(format!(
                "of {} small counts behind the tables, the released records and their number tell more than the rules of \
                 [tables] allow, whatever the tables withhold",
                tables.known_from_records()
            ));
        }
        account.remarks.extend(tables.remarks().iter().cloned());
        account.outputs = files(&tables).into_iter().map(|file| out.join(file).display().to_string()).collect();
        folder.write(&protected.released, &tables, dataset.layout(), control)?;
        Ok(account)
    }

    /// Reads a file and protects its records as the plan says, verified as a release is, but for further
    /// work inside the house.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    pub fn anonymize(&self, input: &Path, control: &Control) -> Result<Anonymized, PublishError> {
        let Done { dataset, protected, account, .. } = self.protect(input, control)?;
        Ok(Anonymized { account, layout: dataset.layout(), table: protected.released.into_inner() })
    }

    fn protect(&self, input: &Path, control: &Control) -> Result<Done, PublishError> {
        let (outcome, plan) = self.read(input, control)?;
        let name = plan.name.clone();
        if plan.synthesize.is_some() {
            let error = PublishError::plan("it makes synthetic records ([synthesize]), and protects none of the file");
            return Err(error.of_plan(&name));
        }
        self.protected(outcome, plan, input, control).map_err(|error| error.of_plan(&name))
    }

    fn protected(&self, outcome: Outcome, plan: Plan, input: &Path, control: &Control) -> Result<Done, PublishError> {
        let validation = validate(&outcome, &plan, input, control)?;
        let format = outcome.format();
        let of_records = of_records(&outcome);
        let dataset = match outcome.into_dataset()? {
            Dataset::Plain(table) => Dataset::Plain(crate::plain::typed(table, &plan)?),
            dataset => match plan.attributes.iter().find(|attribute| attribute.order.is_some()) {
                Some(entry) => {
                    let message = format!("attribute `{}`: values of a layout have an order of their own", entry.name);
                    return Err(PublishError::plan(message));
                }
                None => dataset,
            },
        };
        let preparations = Preparations::make(&plan, &dataset, self.randomness.as_ref(), control)?;
        let roles = Roles::resolve(&dataset, &preparations.table, &plan)?;
        let names = roles.quasi_names();
        let models = Models::of(&plan, &roles, &dataset, control)?;
        let model = KAnonymity::try_new(plan.k())?;
        let risk_before = RiskReport::measure(dataset.table(), &names, model, control)?;
        let protected =
            crate::protect::protect(&plan, &dataset, &preparations, &roles, models, self.clock.as_ref(), control)?;
        let risk_after = RiskReport::measure(&protected.with_ids, &names, model, control)?;
        let quality = Quality::measure(dataset.table(), &preparations, &roles, &protected.released, control)?;

        let statement = protected.released.statement();
        let attributes = AttributeAccount::all(&plan, &roles, &protected);
        let method = plan.anonymize.method(&plan.attributes);
        let levels = attributes.iter().filter_map(|account| Some((account.attribute.clone(), account.level?)));
        let account = Account {
            format,
            validation,
            method,
            perturbation: preparations.reports,
            risk_before,
            risk_after,
            levels: levels.collect(),
            suppressed: statement.records.as_ref().map_or(0, |records| records.suppressed),
            classes: statement.verified.classes,
            recoding: protected.found.as_ref().and_then(|found| RecodingAccount::of(&plan, found)),
            statement: statement.clone(),
            verified: true,
            quality,
            remarks: of_records.into_iter().chain(remarks(&protected, method, &attributes)).collect(),
            attributes,
            outputs: Vec::new(),
        };
        let hierarchies =
            roles.quasi.iter().map(|quasi| (quasi.name().to_owned(), quasi.hierarchy().clone())).collect();
        Ok(Done { plan, dataset, protected, account, hierarchies })
    }

    /// The rows, and the plan for them.
    pub(crate) fn read(&self, input: &Path, control: &Control) -> Result<(Outcome, Plan), PublishError> {
        let plan = self.plan.clone();
        let settings = plan.as_ref().map(|plan| &plan.input);
        let format = settings.and_then(|input| input.format.as_deref());
        let separator = crate::hierarchies::separator(settings.and_then(|input| input.separator));
        // With an epsilon, whether there is a row that cannot be read is a fact about the file.
        let leaves_out = plan.as_ref().is_some_and(|plan| {
            plan.input.accept_errors
                && plan.synthesize.as_ref().is_some_and(crate::SynthesizePlan::is_differentially_private)
        });
        let on_error = if leaves_out { OnError::Collect { limit: 0 } } else { OnError::Stop };
        let mut reader = CaseReader { separator, on_error, ..CaseReader::default() };
        if let Some((plan, records)) = plan.as_ref().and_then(|plan| Some((plan, plan.input.records.as_ref()?))) {
            records.apply(&plan.folder, &mut reader).map_err(|error| error.of_plan(&plan.name))?;
        }
        let is_plain = format.is_some_and(|format| format.trim().eq_ignore_ascii_case(PLAIN_LAYOUT));
        let outcome = match &plan {
            Some(plan) if is_plain => {
                let plain = crate::plain::reader(plan).map_err(|error| error.of_plan(&plan.name))?;
                reader.read_plain(input, plain, control)?
            }
            _ => match (reader.read_as(input, format, control), &plan) {
                (Err(error @ ModelError::NoSuchLayout { .. }), Some(plan)) => {
                    return Err(PublishError::from(error).at("input.format").of_plan(&plan.name));
                }
                (outcome, _) => outcome?,
            },
        };
        let plan = match (plan, outcome.usable()) {
            (Some(plan), _) => plan,
            (None, Dataset::Cases(cases)) => Plan::for_cases(cases),
            (None, _) => return Err(PublishError::PlanNeeded { file: input.display().to_string() }),
        };
        Ok((outcome, plan))
    }
}

/// Refuses an input inside the folder that is to be replaced: it would be gone.
pub(crate) fn keep_apart(input: &Path, out: &Path) -> Result<(), PublishError> {
    match (input.canonicalize(), out.canonicalize()) {
        (Ok(input), Ok(folder)) if input.starts_with(&folder) => Err(PublishError::HoldsInput { path: out.into() }),
        _ => Ok(()),
    }
}

pub(crate) fn validate(
    outcome: &Outcome,
    plan: &Plan,
    input: &Path,
    control: &Control,
) -> Result<Report, PublishError> {
    let validator = Validator::default();
    let report = match outcome.source() {
        Some(source) => validator.check_htcds(source.records(), control).all()?,
        None => validator.check_outcome(outcome, control).all()?,
    };
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

/// What became of HTCDS records on the way to cases.
pub(crate) fn of_records(outcome: &Outcome) -> Vec<String> {
    let Some(source) = outcome.source() else { return Vec::new() };
    let reasons = source.left_out().iter().filter(|reason| reason.victims > 0);
    let mut remarks: Vec<String> = reasons.map(ToString::to_string).collect();
    if source.records().made_ids().persons > 0 {
        remarks.push(
            "some people have no identifier in the file: nobody knows which of them are the same, and what is promised is \
             promised of records, not of people"
                .to_owned(),
        );
    }
    if !source.losses().is_empty() {
        remarks.push("cases say less than records: `ctdata convert` tells field by field what was lost".to_owned());
    }
    remarks
}

fn remarks(protected: &Protected, method: Method, attributes: &[AttributeAccount]) -> Vec<String> {
    let released = &protected.released;
    let records = &released.statement().records.clone().unwrap_or_default();
    let mut remarks = Vec::new();
    if released.statement().possible_matches <= 1 {
        remarks.push(
            "no model asks for more than one record of a kind: nobody is hidden among the others in the file; \
             k-anonymity with k of 2 or more would do that"
                .to_owned(),
        );
    }
    if released.statement().perturbed.iter().any(|entry| entry.repeatable) {
        remarks.push(
            "the perturbation drew from a seed: whoever knows or guesses it can undo it; leave the seed out for a release"
                .to_owned(),
        );
    }
    if records.input == 0 {
        remarks.push("there was no record to release".to_owned());
    }
    let stopped = protected.found.iter().flat_map(|found| &found.search).find(|search| !search.optimal);
    if stopped.is_some() {
        remarks.push("the search ended before it was proven that no solution loses less".to_owned());
    }
    for attribute in attributes.iter().filter(|attribute| attribute.is_one_value()) {
        remarks
            .push(format!("`{}` is one value wherever it is recorded: it tells nothing any more", attribute.attribute));
    }
    let suppresses = matches!(method, Method::RecordSuppression | Method::CellSuppression);
    if suppresses && records.share_suppressed > MUCH_SUPPRESSION {
        remarks.push(format!(
            "{:.1} % of the records were lost by suppression alone: generalization (coarser ages, years, regions) would lose \
             fewer, and those lost are the rare ones, so that shares in the release are not those of the input",
            records.share_suppressed * 100.0
        ));
    }
    remarks
}
