//! Controlled rounding: figures are multiples of a base and still add up.
//!
//! # Sources
//! L. H. Cox, L. R. Ernst (1982), "Controlled Rounding", INFOR 20 (two-way tables as network flow, always solvable).
//! J. J. Salazar-González (2006), "Controlled rounding and cell perturbation: statistical disclosure limitation methods
//! for tabular data", Mathematical Programming 105 (linked tables; relaxing to multiples further away).

mod flow;
mod problem;
mod search;

use ctdata_table::Control;

use super::random::check_base;
use crate::PrivacyError;
use crate::tables::{CellId, Standing, TableMethod, TableSystem};
use problem::{Problem, Variable};

/// How controlled rounding is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct ControlledRoundingOptions {
    /// Whether figures may be further multiples, less than two bases away, where the next ones do not add up (by default).
    pub relax: bool,
    /// Steps of the search, for each group of tables that hang together and are no two-way table; 200,000 by default.
    pub steps: u64,
}

impl Default for ControlledRoundingOptions {
    fn default() -> Self {
        Self { relax: true, steps: 200_000 }
    }
}

/// Multiples of a base for all cells of a system of tables, for which every relation holds.
#[derive(Clone, PartialEq, Eq)]
pub struct ControlledRounding {
    base: u64,
    relaxed: bool,
    least_change: bool,
    values: Vec<u64>,
}

impl ControlledRounding {
    /// The base.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// Whether some cell is not one of the two multiples next to its count.
    pub fn is_relaxed(&self) -> bool {
        self.relaxed
    }

    /// Whether no other choice is known to exist that changes figures less in all; a search that was cut off does not know.
    pub fn is_least_change(&self) -> bool {
        self.least_change
    }

    /// The rounded count of a cell.
    pub fn value(&self, cell: CellId) -> Option<u64> {
        self.values.get(cell.index()).copied()
    }

    /// What a statement says of it.
    pub fn method(&self) -> TableMethod {
        TableMethod::ControlledRounding { base: self.base, relaxed: self.relaxed }
    }
}

/// No figure: nobody has verified them.
impl std::fmt::Debug for ControlledRounding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ControlledRounding")
            .field("base", &self.base)
            .field("relaxed", &self.relaxed)
            .field("cells", &self.values.len())
            .finish_non_exhaustive()
    }
}

/// Rounds every cell, printed or not, to a multiple of a base, so that all relations hold and the figures change as little
/// as possible in all.
///
/// A count that is not a multiple becomes one of the two next to it; multiples stay. Two-way tables with totals, also with
/// one hierarchy, are solved as a flow through a network, which always has a solution, with the least change. Other tables
/// are searched; if the next multiples do not add up, others less than two bases away are tried. Zeros always stay.
///
/// ```
/// use ctdata_privacy::tables::{ControlledRoundingOptions, SystemCell, TableSystem, round_controlled};
/// use ctdata_table::Control;
/// let mut system = TableSystem::new();
/// let mut figure = |count| system.push(SystemCell::figure(count));
/// let (parts, total) = ([figure(4)?, figure(4)?, figure(4)?], figure(12)?);
/// system.sum(total, parts)?;
/// let rounded = round_controlled(&system, 3, ControlledRoundingOptions::default(), &Control::default())?;
/// // 3 + 3 + 3 would not be 12: one of the parts goes up.
/// assert_eq!(rounded.value(total), Some(12));
/// assert_eq!(parts.iter().filter_map(|part| rounded.value(*part)).sum::<u64>(), 12);
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
///
/// # Guarantee
/// - Every figure is a multiple of the base, less than the base (relaxed: two bases) away from the count; relations hold.
/// - Measure: a figure tells the counts that near to it, and all figures together tell that some table of such counts adds
///   up and is rounded to them; how many there are is not bounded.
/// - Not protected: there is no chance in it; the choice of least change depends on the counts.
///
/// # Errors
/// [`PrivacyError::NoRounding`]; a base below 2 or above 2³²; a count above 2⁶²; a cell known to everybody that is not a
/// multiple; a stop by `control`.
pub fn round_controlled(
    system: &TableSystem,
    base: u64,
    options: ControlledRoundingOptions,
    control: &Control,
) -> Result<ControlledRounding, PrivacyError> {
    check_base(base)?;
    let invalid = |rule: &str| PrivacyError::InvalidParameter { parameter: "cell", rule: rule.into() };
    let mut variables = Vec::with_capacity(system.cells().len());
    for cell in system.cells() {
        if cell.standing == Standing::Fixed && cell.count % base != 0 {
            return Err(invalid("known to everybody, but not a multiple of the base"));
        }
        let count = i64::try_from(cell.count).ok().filter(|count| *count < 1 << 62);
        let count = count.ok_or_else(|| invalid("its count is above 2^62"))?;
        let base = i64::try_from(base).unwrap_or(i64::MAX);
        let up = i64::from(count % base != 0);
        variables.push(Variable {
            low: count / base,
            high: count / base + up,
            count,
            base,
            is_figure: cell.standing == Standing::Figure,
            may_relax: count > 0 && cell.standing != Standing::Fixed,
        });
    }
    let relations = system.relations().iter().map(|relation| {
        relation.terms.iter().map(|(cell, coefficient)| (cell.index(), i64::from(*coefficient))).collect()
    });
    let whole = Problem::new(variables, relations.collect());

    let mut values = vec![0u64; system.cells().len()];
    let (mut relaxed, mut least_change) = (false, true);
    for part in whole.parts() {
        control.check()?;
        let found = part.solve(options.steps, control)?;
        let (solution, is_relaxed) = match found {
            problem::Outcome::Found(solution) => (solution, false),
            problem::Outcome::None { .. } if options.relax => match part.relaxed().solve(options.steps, control)? {
                problem::Outcome::Found(solution) => (solution, true),
                problem::Outcome::None { searched_all } => return Err(part.no_rounding(base, searched_all)),
            },
            problem::Outcome::None { searched_all } => return Err(part.no_rounding(base, searched_all)),
        };
        relaxed |= is_relaxed;
        least_change &= solution.is_best;
        for (&cell, &multiple) in part.cells().iter().zip(&solution.multiples) {
            if let Some(value) = values.get_mut(cell) {
                *value = u64::try_from(multiple).unwrap_or(0).saturating_mul(base);
            }
        }
    }
    Ok(ControlledRounding { base, relaxed, least_change, values })
}

#[cfg(test)]
mod tests;
