//! A full-domain recoding problem and its solution.

use ctdata_table::{Control, Table};

use super::attributes::SearchAttribute;
use super::engine::{EngineInput, engine};
use super::judge::Judge;
use super::lattice::Lattice;
use super::metric::{CostInput, Metric, cost_of};
use super::quality::Quality;
use super::search::{SWEPT, Search, SearchInput, SearchReport, SuppressionLimit, run};
use super::tally::Wants;
use super::{Meaning, QuasiIdentifier, RecodedColumn};
use crate::PrivacyError;
use crate::unit::Persons;

/// What is to be recoded, what must hold of it, and what is to be as small as possible.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem<'a> {
    pub(crate) table: &'a Table,
    pub(crate) quasi: &'a [QuasiIdentifier],
    pub(crate) judge: &'a dyn Judge,
    pub(crate) persons: &'a Persons,
    /// A table with the same quasi-identifiers, of which the first is a sample.
    pub(crate) population: Option<&'a Table>,
    pub(crate) limit: SuppressionLimit,
    pub(crate) metric: Metric,
    pub(crate) search: Search,
}

/// The answer to a [`Problem`].
#[derive(Debug, Clone)]
pub(crate) struct Solution {
    /// The level of each quasi-identifier.
    pub(crate) levels: Vec<usize>,
    /// The rows that are kept, ascending.
    pub(crate) kept: Vec<u32>,
    pub(crate) report: SearchReport,
    pub(crate) quality: Quality,
}

/// Solves a problem.
///
/// # Errors
/// No quasi-identifier, one that a table lacks or whose values are not the leaves of its hierarchy, a lattice past
/// 128 bits; [`PrivacyError::NoRecoding`]; a stop by `control` before anything was found, and any
/// cancellation.
pub(crate) fn solve(problem: &Problem<'_>, control: &Control) -> Result<Solution, PrivacyError> {
    solve_sweeping(problem, SWEPT, control)
}

/// The same with lattices swept up to another size.
pub(super) fn solve_sweeping(problem: &Problem<'_>, swept: u128, control: &Control) -> Result<Solution, PrivacyError> {
    if problem.quasi.is_empty() {
        return Err(PrivacyError::NoQuasiIdentifiers);
    }
    let names: Vec<&str> = problem.quasi.iter().map(QuasiIdentifier::name).collect();
    crate::quasi::check_distinct(&names)?;
    let attributes = attributes(problem.table, problem.quasi)?;
    let of_population = problem.population.map(|population| attributes_of(population, problem)).transpose()?;
    let lattice = Lattice::try_new(problem.quasi.iter().map(QuasiIdentifier::levels))?;
    let records = problem.table.rows() as u64;
    let limit = problem.limit.records(records);
    let mut nodes = engine(
        EngineInput {
            table: problem.table,
            population: problem.population.zip(of_population.as_deref()),
            attributes: &attributes,
            top: lattice.top(),
            judge: problem.judge,
            persons: problem.persons,
            limit,
        },
        control,
    )?;
    let cost_input = CostInput { attributes: &attributes, records, limit, log_counts: nodes.log_counts() };
    let cost = cost_of(problem.metric, cost_input);
    let found = run(
        problem.search,
        swept,
        SearchInput {
            attributes: &attributes,
            lattice: &lattice,
            nodes: &mut *nodes,
            judge: problem.judge,
            cost: &*cost,
            records,
            limit,
            control,
        },
    )?;
    let tally = nodes.tell(&found.levels, Wants::ALL);
    let names = names.into_iter().map(str::to_owned);
    let quality = Quality::of(problem.metric, cost_input, names, &found.levels, &tally);
    let kept = nodes.kept_rows(&found.levels);
    Ok(Solution { levels: found.report.levels.clone(), kept, report: found.report, quality })
}

fn attributes(table: &Table, quasi: &[QuasiIdentifier]) -> Result<Vec<SearchAttribute>, PrivacyError> {
    quasi.iter().map(|quasi| SearchAttribute::of(table, quasi)).collect()
}

/// The quasi-identifiers of the population; its kinds of missing must have the codes of the sample's.
fn attributes_of(population: &Table, problem: &Problem<'_>) -> Result<Vec<SearchAttribute>, PrivacyError> {
    for quasi in problem.quasi {
        let (sample, _) = problem.table.named(quasi.name())?;
        let (attribute, _) = population.named(quasi.name())?;
        if sample.missing() != attribute.missing() {
            let rule = format!("its column `{}` declares the kinds of missing of the sample", quasi.name());
            return Err(PrivacyError::InvalidParameter { parameter: "population", rule });
        }
    }
    attributes(population, problem.quasi)
}

/// The columns of a table at these levels, one per quasi-identifier.
///
/// # Errors
/// As [`solve`]; a level above the top of a hierarchy.
pub(crate) fn recode(
    table: &Table,
    quasi: &[QuasiIdentifier],
    levels: &[usize],
) -> Result<Vec<RecodedColumn>, PrivacyError> {
    quasi
        .iter()
        .zip(levels)
        .map(|(quasi, &level)| {
            let (attribute, column) = table.named(quasi.name())?;
            let (attribute, column) = quasi.hierarchy().generalize(attribute, column, level)?;
            let codes = (0u16..).take(attribute.domain().len());
            let meanings = codes.map(|code| Meaning::Node { level, code }).collect();
            Ok(RecodedColumn { attribute, column, meanings })
        })
        .collect()
}
