//! Local recoding by rounds of full-domain generalization.

use ctdata_table::{Control, StopReason, Table};

use super::{Draft, DraftColumn, Protection, Recoded};
use crate::model::evaluator::Evaluator;
use crate::model::{ClassModel, PrivacyModel};
use crate::recode::{Problem, recode_by_row, solve};
use crate::statement::Mechanism;
use crate::unit::Persons;
use crate::{Metric, PrivacyError, Quality, Search, SearchReport, SuppressionLimit};

/// Generalizes in rounds: the best levels for all records, then again for the records that the round
/// before left out, until nobody is left or no more can be kept.
///
/// Common records stay detailed and rare ones get coarse, which costs less than one level for all. A
/// round may leave out as many records as its score makes worthwhile; the limit is on what is left at
/// the end. Only models that look at one class at a time can be reached so, and the type takes no others:
/// the union of parts that satisfy such a model satisfies it (for Grassberger's estimate and
/// delta-disclosure of present values it need not; where it does not, the output is not verified).
///
/// ```
/// use ctdata_privacy::{KAnonymity, LocalRecoder, Protection, QuasiIdentifier};
/// use ctdata_table::{Attribute, Column, Control, Domain, Hierarchy, MissingKinds, Origin, Schema, Table};
/// let place = Domain::nominal(["north", "south", "east", "west"], Origin::Public)?;
/// let table = Table::try_new(
///     Schema::try_new(vec![Attribute::new("place", place.clone(), MissingKinds::NONE)])?,
///     vec![Column::from_u8(vec![0, 0, 0, 0, 0, 1, 2, 3])],
/// )?;
/// let protection = Protection::new([KAnonymity::try_new(3)?])
///     .quasi_identifiers([QuasiIdentifier::new("place", Hierarchy::of(place).with_top("any")?)])
///     .check()?;
/// let control = Control::default();
/// let released = LocalRecoder::new(protection).run(&table, &control)?.output.verify(&control)?;
/// let north = (0..8).filter(|&row| released.get().text(row, 0).as_deref() == Some("north")).count();
/// assert_eq!((north, released.get().rows()), (5, 8));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// As that of [`Recoder`](super::Recoder).
///
/// # Sources
/// F. Prasser, J. Eicher, H. Spengler, R. Bild and K. A. Kuhn (2020), "Flexible data anonymization using
/// ARX", *Software: Practice and Experience* 50(7) (local recoding by iteration).
#[derive(Debug, Clone)]
pub struct LocalRecoder {
    protection: Protection<ClassModel>,
    limit: SuppressionLimit,
    metric: Metric,
    search: Search,
}

/// What one round found.
struct Round {
    /// Rows of the input, ascending.
    kept: Vec<u32>,
    levels: Vec<usize>,
    report: SearchReport,
    quality: Quality,
}

/// The share that allows so many of so many records, whatever is rounded.
#[expect(clippy::cast_precision_loss, reason = "tables have fewer than 2^32 rows")]
fn limit_of(records: u64, of: usize) -> Result<SuppressionLimit, PrivacyError> {
    SuppressionLimit::try_new(((records as f64 + 0.5) / of.max(1) as f64).min(1.0))
}

/// More rounds than any table needs: each keeps at least one class.
const MOST_ROUNDS: usize = 64;

impl LocalRecoder {
    /// Without records left out at the end, by loss, each round optimal.
    pub fn new(protection: Protection<ClassModel>) -> Self {
        Self { protection, limit: SuppressionLimit::NONE, metric: Metric::default(), search: Search::Optimal }
    }

    /// How many records may be left out at the end. Default: none.
    #[must_use]
    pub fn limit(mut self, limit: SuppressionLimit) -> Self {
        self.limit = limit;
        self
    }

    /// What each round makes as small as possible. Default: loss.
    #[must_use]
    pub fn metric(mut self, metric: Metric) -> Self {
        self.metric = metric;
        self
    }

    /// How levels are searched. Default: the proven optimum of each round.
    #[must_use]
    pub fn search(mut self, search: Search) -> Self {
        self.search = search;
        self
    }

    /// Finds levels round by round and makes the output. A deadline of `control` ends the search that it
    /// falls into with its best solution so far, and no further round is begun.
    ///
    /// # Errors
    /// As [`Recoder::run`](super::Recoder::run); a model of presence, since people of the population
    /// would belong to classes of several rounds; [`PrivacyError::NoRecoding`] if more records than the
    /// limit are left at the end.
    pub fn run(&self, table: &Table, control: &Control) -> Result<Recoded, PrivacyError> {
        let protection = &self.protection;
        let is_presence = |model: &&ClassModel| matches!(model, ClassModel::DeltaPresence(_));
        if let Some(model) = protection.models().iter().find(is_presence) {
            let rule = format!("{model} is a share of people, who would belong to classes of several rounds");
            return Err(PrivacyError::InvalidParameter { parameter: "model", rule });
        }
        let input = protection.adopt(table)?;
        let population = protection.adopted_population()?;
        let models: Vec<PrivacyModel> = protection.models().iter().cloned().map(Into::into).collect();
        protection.check_models(&models)?;
        let evaluator = Evaluator::new(&models, &input, population.as_ref())?;
        let records = input.rows() as u64;

        let rounds = self.rounds(&input, &evaluator, population.as_ref(), control)?;
        let limit = self.limit.records(records);
        let control = control.clone().without_deadline();
        let Some(quality) = rounds.first().map(|round| round.quality.clone()) else {
            return Err(PrivacyError::NoRecoding { records, limit });
        };
        let level_of_row = levels_of_rows(&rounds, protection.quasi().len(), input.rows());
        let mut kept: Vec<u32> = rounds.iter().flat_map(|round| round.kept.iter().copied()).collect();
        kept.sort_unstable();
        let search = rounds.into_iter().map(|round| round.report).collect();

        let columns = protection
            .quasi()
            .iter()
            .zip(&level_of_row)
            .map(|(quasi, levels)| Ok(DraftColumn::of(quasi, recode_by_row(&input, quasi, levels)?, None)));
        let draft = Draft {
            mechanism: Mechanism::Recoding,
            input: &input,
            columns: columns.collect::<Result<_, PrivacyError>>()?,
            combinations: Vec::new(),
            others: protection.released().to_vec(),
            blankable: Vec::new(),
            kept,
            models,
            k: evaluator.least_class_size(),
            mutual_k: None,
            population,
        };
        let draft = draft.with_suppressed(protection.suppressed(), &control)?;
        let draft = draft.with_combinations(protection.combinations_asked())?;
        Ok(Recoded { output: draft.finish(&control)?, search, quality })
    }

    /// The rounds; no more records than the limit are in none of them.
    fn rounds(
        &self,
        input: &Table,
        evaluator: &Evaluator,
        population: Option<&Table>,
        control: &Control,
    ) -> Result<Vec<Round>, PrivacyError> {
        let protection = &self.protection;
        let records = input.rows() as u64;
        let solve_for = |rows: &[u32], limit: SuppressionLimit, control: &Control| -> Result<Round, PrivacyError> {
            let part = input.take(rows)?;
            let solution = solve(
                &Problem {
                    table: &part,
                    quasi: protection.quasi(),
                    judge: evaluator,
                    persons: &Persons::of(&part),
                    population,
                    limit,
                    metric: self.metric,
                    search: self.search,
                },
                control,
            )?;
            Ok(Round {
                kept: solution.kept.iter().filter_map(|&row| rows.get(row as usize).copied()).collect(),
                levels: solution.levels,
                report: solution.report,
                quality: solution.quality,
            })
        };
        let mut rest: Vec<u32> = (0u32..).take(input.rows()).collect();
        let mut rounds: Vec<Round> = Vec::new();
        while rounds.len() < MOST_ROUNDS && (rounds.is_empty() || !rest.is_empty()) {
            let round = match solve_for(&rest, SuppressionLimit::try_new(1.0)?, control) {
                // What is left satisfies the models on no level.
                Err(PrivacyError::NoRecoding { .. }) => break,
                Err(PrivacyError::Cancelled(StopReason::Deadline)) if !rounds.is_empty() => break,
                solved => solved?,
            };
            rest.retain(|row| round.kept.binary_search(row).is_err());
            let ends = round.kept.is_empty() || control.stopped() == Some(StopReason::Deadline);
            rounds.push(round);
            if ends {
                break;
            }
        }
        // Where too many are left, they join the records of the rounds before, the last ones first, until
        // there are levels for them all: in the end one level for everybody.
        let limit = self.limit.records(records);
        let control = control.clone().without_deadline();
        while rest.len() as u64 > limit {
            let Some(last) = rounds.pop() else { return Err(PrivacyError::NoRecoding { records, limit }) };
            rest.extend(last.kept);
            rest.sort_unstable();
            match solve_for(&rest, limit_of(limit, rest.len())?, &control) {
                Err(PrivacyError::NoRecoding { .. }) => {}
                solved => {
                    let round = solved?;
                    rest.retain(|row| round.kept.binary_search(row).is_err());
                    rounds.push(round);
                }
            }
        }
        Ok(rounds)
    }
}

/// The level of each row for each quasi-identifier; past every hierarchy where no round keeps the row, so
/// that its value needs no text.
fn levels_of_rows(rounds: &[Round], quasi: usize, rows: usize) -> Vec<Vec<usize>> {
    let mut level_of_row = vec![vec![usize::MAX; rows]; quasi];
    for round in rounds {
        for (levels, &level) in level_of_row.iter_mut().zip(&round.levels) {
            for &row in &round.kept {
                if let Some(slot) = levels.get_mut(row as usize) {
                    *slot = level;
                }
            }
        }
    }
    level_of_row
}
