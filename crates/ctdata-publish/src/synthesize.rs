//! The pipeline of synthetic records: read, take the budget, draw, verify.

use std::io::Write;
use std::path::{Path, PathBuf};

use ctdata_model::{
    CaseAttribute, Dataset, Layout, ModelError, Outcome, PLAIN_LAYOUT, case_constraints, write_recoded,
};
use ctdata_privacy::dp::{Budget, Delta, Epsilon, Ledger, NoiseSource, Payment, ReleaseNote};
use ctdata_privacy::synth::{
    AggregateOptions, AggregateSeeded, Aim, CombinationCounts, DpAggregateSeeded, Mst, ReportableAggregates, RowSeeded,
    Synthetic, Unseeded, ValueSeeded,
};
use ctdata_privacy::{PrivacyUnit, Released, Statement, SynthesisMethod};
use ctdata_table::{Attribute, Constraint, Control, Origin, Table};
use serde::Serialize;

use crate::folder::{ReleaseFolder, files};
use crate::tables::ReleasedTables;
use crate::{AttributePlan, Clock, Plan, PublishError, Publisher, Role, SynthesizePlan, TablePlan};

/// Synthetic records for work inside the house, with the account of them.
#[derive(Debug)]
pub struct Synthesized {
    /// What was done. Its outputs are for the caller to fill in.
    pub account: SynthesisAccount,
    released: Released<Table>,
    counts: Counts,
    layout: Option<&'static Layout>,
}

/// Where the counts of combinations come from.
#[derive(Debug)]
enum Counts {
    /// The records were drawn from them.
    Of(CombinationCounts),
    /// They are counted if they are asked for.
    In(Table, u64),
    /// They would have to be paid for.
    None,
}

/// What was made of a file. With an epsilon, nothing in it depends on the file but through noise that was
/// paid for.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct SynthesisAccount {
    /// The layout of the input.
    pub format: &'static str,
    /// How the records were made.
    pub method: SynthesisMethod,
    /// How many there are.
    pub rows: u64,
    /// What the method says of its work: rounds, counts and their noise.
    pub details: serde_json::Value,
    /// The statement of the output.
    pub statement: Statement,
    /// Whether the verifier checked all that is claimed; an output that is not verified does not come to exist.
    pub verified: bool,
    /// Remarks on the outcome.
    pub remarks: Vec<String>,
    /// The files written.
    pub outputs: Vec<String>,
}

impl Synthesized {
    /// The records.
    pub fn table(&self) -> &Table {
        self.released.get()
    }

    /// Writes the records as delimited text: with the column names, separator and texts of the input's
    /// layout, or as plain CSV. This is a working copy: a plain file without a statement.
    ///
    /// # Errors
    /// An output that fails; a stop by `control`.
    pub fn write(&self, output: impl Write, control: &Control) -> Result<(), PublishError> {
        match self.layout {
            Some(layout) => Ok(write_recoded(self.released.get(), layout, output, control)?),
            None => crate::plain::write(self.released.get(), output, control),
        }
    }

    /// Writes the counts of combinations of up to three values (or as long as the plan says) as delimited text: those
    /// that the records were drawn from, or for methods without an epsilon those of the file, none below k and
    /// rounded down to multiples of it.
    ///
    /// # Errors
    /// A method that has none; an output that fails; a stop by `control`.
    pub fn write_aggregates(&self, output: impl Write, control: &Control) -> Result<(), PublishError> {
        let written = match &self.counts {
            Counts::Of(counts) => counts.write_csv(output),
            Counts::In(table, k) => {
                let options = AggregateOptions { max_length: LENGTH, ..AggregateOptions::default() };
                ReportableAggregates::count(table, &options, *k, control)?.write_csv(output)
            }
            Counts::None => {
                let message = format!(
                    "`{}` makes no counts of combinations: with an epsilon they would have to be paid for, and \
                     `aggregate-seeded` does",
                    self.account.method.name()
                );
                return Err(PublishError::plan(message));
            }
        };
        written.map_err(|error| PublishError::io("aggregates", error))
    }
}

/// The longest combinations that are counted, if the plan does not say.
const LENGTH: usize = 3;

/// Records that were drawn and verified.
struct Drawn {
    released: Released<Table>,
    details: serde_json::Value,
    counts: Option<CombinationCounts>,
}

impl Drawn {
    fn of<R: Serialize>(synthetic: Synthetic<R>, control: &Control) -> Result<Self, PublishError> {
        let details = serde_json::to_value(&synthetic.report)?;
        control.report("verifying", 0, None);
        Ok(Self { released: synthetic.output.verify(control)?, details, counts: synthetic.counts })
    }
}

impl Publisher {
    /// Reads a file and makes synthetic records as its plan says, verified as a release is, but for further work
    /// inside the house.
    ///
    /// With an epsilon, the budget is taken from the ledger after the file was read and before any noise is drawn.
    /// A run that is stopped after that has spent it.
    ///
    /// # Errors
    /// Input that cannot be read or has no plan; a plan that does not fit; a budget that is not there; a guarantee
    /// that does not hold.
    ///
    /// With an epsilon and `accept_errors`, rows that cannot be read are left out without a word, and only what is
    /// wrong with the file as a whole is an error: it is not there or not text with a header of the layout, a quote is
    /// never closed, there is a NUL byte, a record of more than 16 MiB or more rows than a table can have, or the
    /// compression is broken. A single record can cause these: whoever sees such an error should be allowed to see the
    /// file.
    pub fn synthesize(&self, input: &Path, control: &Control) -> Result<Synthesized, PublishError> {
        let (outcome, plan) = self.read(input, control)?;
        let name = plan.name.clone();
        self.synthesized(outcome, &plan, &[], (input, control)).map_err(|error| error.of_plan(&name))
    }

    /// Reads a file, and writes a release folder of synthetic records.
    ///
    /// # Errors
    /// As [`synthesize`](Self::synthesize); a folder that is there; an output that fails. Nothing is written then.
    pub fn publish_synthetic(
        &self,
        input: &Path,
        out: &Path,
        control: &Control,
    ) -> Result<SynthesisAccount, PublishError> {
        crate::pipeline::keep_apart(input, out)?;
        let folder = ReleaseFolder::create(out, self.replace)?;
        let (outcome, plan) = self.read(input, control)?;
        let are_cases = matches!(outcome.usable(), Dataset::Cases(_));
        if !are_cases && !plan.tables.is_empty() {
            return Err(ModelError::NotCases { layout: outcome.usable().format() }.into());
        }
        let name = plan.name.clone();
        let made =
            self.synthesized(outcome, &plan, &plan.tables, (input, control)).map_err(|error| error.of_plan(&name))?;
        control.report("counting", 0, None);
        let tables = if are_cases {
            ReleasedTables::compute(&made.released, &plan.tables, control)?
        } else {
            ReleasedTables::none()
        };
        let mut account = made.account;
        account.outputs = files(&tables).into_iter().map(|file| out.join(file).display().to_string()).collect();
        folder.write(&made.released, &tables, made.layout, control)?;
        Ok(account)
    }

    fn synthesized(
        &self,
        outcome: Outcome,
        plan: &Plan,
        tables: &[TablePlan],
        (input, control): (&Path, &Control),
    ) -> Result<Synthesized, PublishError> {
        let settings = plan
            .synthesize
            .as_ref()
            .ok_or_else(|| PublishError::plan("there is no [synthesize] that says how records are made"))?;
        let randomness = self
            .randomness
            .as_ref()
            .ok_or_else(|| PublishError::plan("drawing needs randomness, which the caller gives"))?;
        if settings.is_differentially_private() && outcome.source().is_some() {
            return Err(PublishError::plan(
                "an epsilon over HTCDS records would not hide a person: events, referrals and perpetrators belong to a case, \
                 so that whether somebody is in it changes what is said of the others; k-anonymous methods do not \
                 claim that (without epsilon)",
            ));
        }
        if !(settings.is_differentially_private() && plan.input.accept_errors) {
            crate::pipeline::validate(&outcome, plan, input, control)?;
        }
        let dataset = if settings.is_differentially_private() && plan.input.accept_errors {
            // Whether there were rows that could not be used is a fact about the file.
            outcome.usable().clone()
        } else {
            outcome.into_dataset()?
        };
        let (table, rules) = columns(dataset.table(), &dataset, plan, settings)?;
        // What cannot be tabulated is found out before the budget is paid.
        ReleasedTables::check(&table, tables)?;
        let cells: u64 = table.schema().attributes().iter().map(|attribute| attribute.code_count() as u64).sum();
        if settings.max_cells.is_some_and(|most| most < cells) {
            return Err(PublishError::plan(format!(
                "synthesize.max_cells is at least {cells}, the values of all columns; some millions are usual"
            )));
        }
        let mut source = randomness.noise_source();
        let limited = limited(settings, self.clock.as_ref(), control)?;
        let drawn = if settings.is_differentially_private() {
            let payment = self.pay(plan, settings, &table, &source)?;
            private(settings, &dataset, (&table, rules), payment, &mut source, (&limited, control))?
        } else {
            k_anonymous(settings, &table, &mut source, (&limited, control))?
        };
        let Drawn { released, details, counts } = drawn;
        let counts = match (counts, settings.k) {
            (Some(counts), _) => Counts::Of(counts),
            (None, Some(k)) => Counts::In(table, k.into()),
            (None, None) => Counts::None,
        };
        let account = SynthesisAccount {
            format: dataset.format(),
            method: settings.method,
            rows: released.get().rows() as u64,
            statement: released.statement().clone(),
            verified: true,
            remarks: [left_out(&dataset, plan, &released), remarks(&released, settings, &dataset, &details)].concat(),
            details,
            outputs: Vec::new(),
        };
        Ok(Synthesized { account, released, counts, layout: dataset.layout() })
    }

    /// The ledger that a plan is paid from, if there is one.
    pub fn ledger_of(&self, plan: &Plan) -> Option<PathBuf> {
        let of_plan = || Some(plan.folder.join(plan.budget.as_ref()?.ledger.as_ref()?));
        self.ledger.clone().or_else(of_plan)
    }

    fn pay(
        &self,
        plan: &Plan,
        settings: &SynthesizePlan,
        table: &Table,
        source: &NoiseSource,
    ) -> Result<Payment, PublishError> {
        let budget = budget(settings.epsilon.unwrap_or_default(), settings.delta.unwrap_or_default())?;
        let unit = PrivacyUnit::of(table);
        let records = settings.records_per_person.unwrap_or(1);
        match (self.ledger_of(plan), &plan.budget) {
            (None, None) => Ok(Payment::without_ledger(budget, unit, records)?),
            (None, Some(_)) => Err(PublishError::plan(
                "budget: the ledger that it is kept in is not named: `ledger` in [budget], or --ledger",
            )),
            (Some(_), None) => Err(PublishError::plan(
                "a ledger needs [budget]: the dataset, and the epsilon and delta of all its releases",
            )),
            (Some(path), Some(all)) => {
                let mut ledger = Ledger::open_or_create(&path, &all.dataset, self::budget(all.epsilon, all.delta)?)?;
                let note = ReleaseNote {
                    purpose: format!("synthetic records, {}", settings.method.name()),
                    at: self.at.clone(),
                };
                Ok(Payment::from_ledger(&mut ledger, budget, (unit, records), source, note)?)
            }
        }
    }
}

fn budget(epsilon: f64, delta: f64) -> Result<Budget, PublishError> {
    Ok(Budget { epsilon: Epsilon::try_new(epsilon)?, delta: Delta::try_new(delta)? })
}

/// The columns that records are made of: those with a role that is released; and what their codebooks say can not be.
fn columns(
    table: &Table,
    dataset: &Dataset,
    plan: &Plan,
    settings: &SynthesizePlan,
) -> Result<(Table, Vec<Constraint>), PublishError> {
    let all: Vec<AttributePlan> = match dataset.layout() {
        // The columns of a layout are public, and all of them are wanted where none is named. Lists of values are known
        // only from a file, so that noise cannot hide which there are.
        Some(_) if plan.attributes.is_empty() => {
            let may_be = |attribute: &&Attribute| {
                !settings.is_differentially_private() || attribute.domain().origin() == Origin::Public
            };
            let attributes = table.schema().attributes().iter().filter(may_be);
            attributes.map(|attribute| AttributePlan::new(attribute.name(), Role::Released)).collect()
        }
        _ => plan.attributes.clone(),
    };
    let mut entries = Vec::new();
    for entry in &all {
        let at = || format!("attribute `{}`", entry.name);
        match (entry.role, dataset.layout()) {
            (Role::QuasiIdentifier | Role::Sensitive | Role::Released, _) => {
                let name = dataset.resolve(&entry.name).map_err(|error| PublishError::from(error).at(at()))?;
                if entries.iter().any(|(_, other)| *other == name) {
                    return Err(PublishError::plan(format!("the attribute `{}` is given twice", entry.name)));
                }
                entries.push((entry, name));
            }
            (Role::Identifier, Some(layout)) => {
                return Err(PublishError::plan(format!(
                    "{}: the layout `{}` has no identifiers; read the file as `{PLAIN_LAYOUT}` to count persons",
                    at(),
                    layout.name
                )));
            }
            (Role::Dropped, Some(_)) => {
                dataset.resolve(&entry.name).map_err(|error| PublishError::from(error).at(at()))?;
            }
            // The reader took the identifiers out, and reads no other column of a plain table.
            (Role::Identifier | Role::Dropped, None) => {}
        }
    }
    if entries.is_empty() {
        return Err(PublishError::plan("no attribute has a role that is released, so that there is nothing to make"));
    }
    if settings.is_differentially_private() {
        return crate::codebook::of_plan(table, dataset.layout(), &entries, plan);
    }
    let typed = match dataset {
        Dataset::Plain(table) => crate::plain::typed(table.clone(), plan)?,
        _ => table.clone(),
    };
    let names: Vec<&str> = entries.iter().map(|(_, name)| name.as_str()).collect();
    let mut chosen = typed.select_named(&names)?;
    if let (Some(ids), None) = (typed.ids(), chosen.ids()) {
        chosen = chosen.with_ids(ids.clone())?;
    }
    Ok((chosen, Vec::new()))
}

/// The control of a draw that may have a deadline and a memory cap.
fn limited(settings: &SynthesizePlan, clock: Option<&Clock>, control: &Control) -> Result<Control, PublishError> {
    let mut limited = control.clone();
    if let Some(megabytes) = settings.memory_megabytes {
        limited = limited.with_memory_cap(megabytes.saturating_mul(1_000_000));
    }
    match settings.deadline_seconds {
        Some(seconds) => crate::protect::with_deadline(&limited, seconds, clock),
        None => Ok(limited),
    }
}

/// Records from noisy counts, paid for.
fn private(
    settings: &SynthesizePlan,
    dataset: &Dataset,
    (table, rules): (&Table, Vec<Constraint>),
    payment: Payment,
    source: &mut NoiseSource,
    (limited, control): (&Control, &Control),
) -> Result<Drawn, PublishError> {
    // What a file of the layout cannot hold is never drawn; what cannot be true of a case, unless the plan wants it.
    let mut constraints = rules;
    constraints.extend(dataset.layout().into_iter().flat_map(|layout| layout.unwritable(table.schema())));
    if matches!(dataset, Dataset::Cases(_)) && settings.structural_zeros != Some(false) {
        constraints.extend(case_constraints());
    }
    match settings.method {
        SynthesisMethod::Mst => {
            let mut method = Mst::new().constraints(constraints);
            if let Some(cells) = settings.max_cells {
                method = method.max_cells(cells);
            }
            Drawn::of(method.run(table, payment, source, limited)?, control)
        }
        SynthesisMethod::Aim => {
            let mut method = Aim::new().constraints(constraints);
            if let Some(cells) = settings.max_cells {
                method = method.max_cells(cells);
            }
            Drawn::of(method.run(table, payment, source, limited)?, control)
        }
        _ => {
            let length = settings.length.and_then(|length| u8::try_from(length).ok());
            let mut method = DpAggregateSeeded::default();
            method.marginals.constraints = constraints;
            method.marginals.length = length.unwrap_or(method.marginals.length);
            Drawn::of(method.run(table, payment, source, limited)?, control)
        }
    }
}

/// Records whose combinations enough people have.
fn k_anonymous(
    settings: &SynthesizePlan,
    table: &Table,
    source: &mut NoiseSource,
    (limited, control): (&Control, &Control),
) -> Result<Drawn, PublishError> {
    let k = u64::from(settings.k.unwrap_or_default());
    match settings.method {
        SynthesisMethod::RowSeeded => Drawn::of(RowSeeded::try_new(k)?.run(table, source, limited)?, control),
        SynthesisMethod::ValueSeeded => Drawn::of(ValueSeeded::try_new(k)?.run(table, source, limited)?, control),
        SynthesisMethod::Unseeded => Drawn::of(Unseeded::try_new(k)?.run(table, source, limited)?, control),
        _ => {
            let max_length = settings.length.unwrap_or(LENGTH);
            let options = AggregateOptions { max_length, ..AggregateOptions::default() };
            Drawn::of(AggregateSeeded::new().run(table, &options, k, source, limited)?, control)
        }
    }
}

/// Columns of a layout that no plan left out and that are not there all the same.
fn left_out(dataset: &Dataset, plan: &Plan, released: &Released<Table>) -> Vec<String> {
    if !plan.attributes.is_empty() {
        return Vec::new();
    }
    let attributes = dataset.table().schema().attributes().iter().map(Attribute::name);
    let names: Vec<&str> = attributes.filter(|name| released.get().schema().find(name).is_none()).collect();
    match names.as_slice() {
        [] => Vec::new(),
        names => vec![format!("left out, since no codebook lists their values: {}", names.join(", "))],
    }
}

/// What a reader of the account should know. With an epsilon it depends on the plan alone.
fn remarks(
    released: &Released<Table>,
    settings: &SynthesizePlan,
    dataset: &Dataset,
    details: &serde_json::Value,
) -> Vec<String> {
    let mut remarks = Vec::new();
    if released.get().rows() == 0 {
        remarks.push("there is no record that could be released".to_owned());
    }
    if details.get("stopped").is_some_and(|stopped| !stopped.is_null()) {
        remarks.push(
            "the deadline ended the search: all of the budget is spent, and the model could have been better"
                .to_owned(),
        );
    }
    if settings.delta.is_some_and(|delta| delta >= MUCH) {
        remarks.push(
            "delta is the probability that nothing is promised: it should be far below 1 in the number of records"
                .to_owned(),
        );
    }
    let guarantee = released.statement().synthetic.as_ref().and_then(|synthetic| synthetic.differential_privacy());
    if let Some(guarantee) = guarantee {
        if guarantee.not_private {
            remarks.push(
                "a trial: the noise follows from a seed, so that it protects nobody; leave the seed out for a release"
                    .to_owned(),
            );
        }
        if guarantee.ledger.as_ref().is_some_and(|ledger| ledger.entry == 1) {
            remarks.push(
                "this is the first entry of its ledger: what was released of these people before is not counted"
                    .to_owned(),
            );
        }
        if guarantee.ledger.is_none() {
            remarks.push(
                "no ledger counts what other releases of these people spend; [budget] and --ledger do".to_owned(),
            );
        }
        let has_years = released.get().schema().find(&CaseAttribute::YearOfRegistration.name()).is_some();
        if let Some(layout) = dataset.layout().filter(|_| has_years) {
            let (first, last) = layout.years;
            remarks.push(format!(
                "years of registration outside {first} to {last}, which the layout covers, are taken for blank; a `range` of that \
                 attribute in the plan says otherwise"
            ));
        }
        if guarantee.epsilon > WEAK {
            remarks.push(format!(
                "epsilon {} is a weak promise: whoever thinks that somebody is in the file with 10 % may be sure afterwards",
                guarantee.epsilon
            ));
        }
    }
    let follows_the_number = settings.method == SynthesisMethod::Unseeded;
    if settings.k.is_some() && !follows_the_number {
        remarks.push(
            "the number of synthetic records, and of blanks, is not that of the people in the file: compare shares of what is \
             recorded"
                .to_owned(),
        );
    }
    if settings.k == Some(1) {
        remarks.push("k = 1 hides nobody: combinations of one person are kept".to_owned());
    }
    remarks
}

/// From this delta on, the account says that it is large.
const MUCH: f64 = 1e-4;

/// From this epsilon on, the account says that it is a weak promise.
const WEAK: f64 = 4.0;
