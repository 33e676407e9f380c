//! Every method on one table, side by side, and how far they agree.
//!
//! # Sources
//! Binette and Steorts (2022), On the reliability of multiple systems estimation for the quantification of modern
//! slavery, *JRSS A* 185(2). Whitehead, Jackson, Balch and Francis (2021), On the unreliability of multiple systems
//! estimation for estimating the number of potential victims of modern slavery in the UK, *Journal of Human
//! Trafficking* 7(1).

mod agreement;
mod consistency;
mod methods;
mod options;
mod strata;
mod undetected;
mod variations;
mod warnings;
mod words;

use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::histories::{CaptureHistories, HistoryFacts};
use crate::mse::outcome::{Finding, Method, Status};
use crate::mse::strata::Strata;
use ctdata_table::Control;

pub use agreement::Agreement;
pub use consistency::{ConsistencyOfMethod, ListAsPopulation};
pub use methods::{Details, MethodResult};
pub use options::MseOptions;
pub use strata::report_by_strata;
pub use variations::Variation;
pub use words::ReportTable;

/// What all methods say of one table.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MseReport {
    /// Sizes and overlaps of the lists.
    pub table: HistoryFacts,
    /// The seed of everything random.
    pub seed: u64,
    /// The replicates of each bootstrap; 0 for none.
    pub replicates: u32,
    /// The level of all intervals.
    pub level: Level,
    /// The methods asked for, in their order.
    pub methods: Vec<MethodResult>,
    /// The spread of their estimates; none for fewer than two.
    pub agreement: Option<Agreement>,
    /// Without each list, and with each pair of lists merged.
    pub sensitivity: Vec<Variation>,
    /// With the first two lists, the first three, and so on.
    pub trajectory: Vec<Variation>,
    /// Each list in turn as a population of known size.
    pub consistency: Vec<ListAsPopulation>,
    /// How each method did at that.
    pub consistency_by_method: Vec<ConsistencyOfMethod>,
    /// Separate estimates of strata, their sum and the pooled estimate, if strata were asked for.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub strata: Option<Strata>,
    /// What a reader must know, in plain sentences.
    pub warnings: Vec<String>,
}

impl MseReport {
    /// The finding of a method, if it was asked for.
    pub fn finding(&self, method: Method) -> Option<&Finding> {
        self.methods.iter().map(|result| &result.finding).find(|finding| finding.method == method)
    }

    /// All findings, in order.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.methods.iter().map(|result| &result.finding)
    }
}

/// Runs every method asked for on a table.
///
/// A method that has no answer gives a [`Status`] instead; the others are not affected. The same table, options and
/// version give the same report on any number of threads.
///
/// # Errors
/// [`MseError::Table`] when cancelled; [`MseError::Option`] and [`MseError::Notation`] for options that do not fit the
/// table.
pub fn report(histories: &CaptureHistories, options: &MseOptions, control: &Control) -> Result<MseReport, MseError> {
    let table = histories.facts();
    let methods = methods::run(histories, options, control)?;
    let (mut sensitivity, mut trajectory, mut consistency) = (Vec::new(), Vec::new(), Vec::new());
    if options.sensitivity {
        let quick = |stage: &'static str, done: &mut u64, changed: &CaptureHistories| {
            control.report(stage, *done, None);
            *done += 1;
            methods::quick(changed, options, control)
        };
        let mut done = 0;
        sensitivity = variations::sensitivity(histories, |changed| quick("changed lists", &mut done, changed))?;
        trajectory = variations::trajectory(histories, |changed| quick("fewer lists", &mut done, changed))?;
        consistency =
            consistency::lists_as_populations(histories, |list| quick("lists as populations", &mut done, list))?;
    }
    let agreement = Agreement::of(methods.iter().map(|result| &result.finding));
    let mut report = MseReport {
        table,
        seed: options.seed,
        replicates: options.replicates,
        level: options.level,
        methods,
        agreement,
        sensitivity,
        trajectory,
        consistency_by_method: consistency::by_method(&consistency),
        consistency,
        strata: None,
        warnings: Vec::new(),
    };
    report.warnings = warnings::warnings(&report);
    Ok(report)
}

/// Whether a finding is an estimate and not a refusal.
fn is_answer(finding: &Finding) -> bool {
    finding.status == Status::Ok && finding.estimate.is_some()
}
