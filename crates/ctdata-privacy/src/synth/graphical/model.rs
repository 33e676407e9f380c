//! The fitted model: potentials on measured sets over a junction tree.
#![expect(clippy::indexing_slicing, reason = "attributes are checked against the shape")]

use ctdata_table::Control;

use super::clique::Work;
use super::factor::{cells_wide, contains, reordered, scale};
use super::inference::{Fit, FitOptions, FitReport, Impossible, Measurement, Target};
use super::junction_tree::{JunctionTree, by_size};
use super::propagation::{Messages, Network};
use crate::PrivacyError;

/// A distribution over all combinations of some attributes, times a total.
///
/// Inside, attributes are numbered by size, the smallest first, so that rows of cells are long.
#[derive(Clone)]
pub(crate) struct GraphicalModel {
    pub(super) shape: Vec<usize>,
    /// The number inside of each attribute, and back.
    pub(super) rank: Vec<usize>,
    pub(super) position: Vec<usize>,
    pub(super) network: Network,
    pub(super) messages: Messages,
    /// Logarithms, by measured set.
    pub(super) potentials: Vec<Vec<f64>>,
    /// What the potentials were drawn to in the last step of the fit.
    centres: Vec<Vec<f64>>,
    pub(super) total: f64,
    unenforced: Vec<usize>,
    report: FitReport,
}

impl std::fmt::Debug for GraphicalModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GraphicalModel")
            .field("shape", &self.shape)
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}

fn invalid(parameter: &'static str, rule: impl Into<String>) -> PrivacyError {
    PrivacyError::InvalidParameter { parameter, rule: rule.into() }
}

/// Whether a set of attributes is ascending and has so many cells.
fn check(parameter: &'static str, shape: &[usize], attributes: &[usize], found: usize) -> Result<(), PrivacyError> {
    if !attributes.is_sorted_by(|a, b| a < b) || attributes.iter().any(|&a| a >= shape.len()) {
        return Err(invalid(parameter, "names attributes in ascending order"));
    }
    if cells_wide(attributes.iter().copied(), shape) != found as u128 {
        return Err(invalid(parameter, "has one value per cell"));
    }
    Ok(())
}

impl GraphicalModel {
    /// Fits a model to noisy counts. `shape` gives the codes of each attribute; attributes of which nothing was
    /// measured are uniform. Without a `total` it is taken from the sums of the counts. Cells that cannot exist
    /// have no probability, as far as the sets that they are about fit into the junction tree; see
    /// [`unenforced`](Self::unenforced). A model of other sets of the same attributes is a warm start.
    ///
    /// # Errors
    /// Sets that are not ascending, tables of other sizes, variances that are not above 0; a junction tree
    /// past `max_cells` or past the memory cap (refused before anything is allocated); no cell that can exist; cancelled.
    /// A deadline is no error: the fit ends there.
    pub(crate) fn fit(
        shape: &[usize],
        measurements: &[Measurement],
        impossible: &[Impossible],
        total: Option<f64>,
        options: &FitOptions,
        warm: Option<&Self>,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        if shape.contains(&0) {
            return Err(invalid("shape", "has at least one code per attribute"));
        }
        for measurement in measurements {
            check("measurements", shape, &measurement.attributes, measurement.values.len())?;
            let finite = measurement.values.iter().all(|value| value.is_finite());
            if !finite || measurement.variance <= 0.0 || !measurement.variance.is_finite() {
                return Err(invalid("measurements", "are finite, with a variance above 0"));
            }
        }
        if total.is_some_and(|total| !total.is_finite()) {
            return Err(invalid("total", "is finite"));
        }
        for zeros in impossible {
            check("impossible", shape, &zeros.attributes, zeros.cells.len())?;
        }
        let (rank, position) = by_size(shape);
        let sizes: Vec<usize> = position.iter().map(|&a| shape[a]).collect();

        let (mut sets, measured) = merged(measurements, &rank, shape);
        let mut tree = JunctionTree::new(&sizes, &sets);
        let too_large = |cells: u128| {
            invalid("max_cells", format!("is at least {cells}, the cells of the junction tree of the measured sets"))
        };
        if tree.cells(&sizes) > options.max_cells {
            return Err(too_large(tree.cells(&sizes)));
        }
        let mut zeros: Vec<(Vec<usize>, Vec<bool>)> = Vec::new();
        let mut unenforced = Vec::new();
        let mut joined: Vec<Vec<usize>> = sets.clone();
        for (number, table) in impossible.iter().enumerate() {
            let (set, cells) = reordered(&table.attributes, &table.cells, &rank, shape);
            joined.push(set.clone());
            if !tree.cliques.iter().any(|clique| contains(clique, &set)) {
                let larger = JunctionTree::new(&sizes, &joined);
                if larger.cells(&sizes) > options.max_cells {
                    joined.pop();
                    unenforced.push(number);
                    continue;
                }
                tree = larger;
            }
            zeros.push((set, cells));
        }
        sets.extend(zeros.iter().map(|(set, _)| set.clone()));
        let network = Network::new(&sizes, tree, sets);
        control.reserve(u64::try_from(network.bytes()).unwrap_or(u64::MAX))?;
        let possible = |cells: &Vec<bool>| cells.iter().map(|&zero| if zero { 0.0 } else { 1.0 }).collect();
        let mut factors = vec![Vec::new(); measured.len()];
        factors.extend(zeros.iter().map(|(_, cells)| possible(cells)));
        let mut messages = Messages { factors, ..Messages::default() };
        let dead =
            if zeros.is_empty() { vec![None; measured.len()] } else { dead(&network, &measured, &mut messages)? };
        let total = total.unwrap_or_else(|| estimated_total(&measured, &dead)).max(1.0);
        let targets: Vec<Target> = measured
            .into_iter()
            .zip(dead)
            .map(|((values, variance), dead)| target(values, variance, dead, total))
            .collect();

        let mut fit = Fit::new(&network, &targets, total, messages);
        let known = |table: usize| {
            let warm = warm.filter(|warm| warm.shape == shape)?;
            let place =
                warm.network.sets.iter().take(warm.potentials.len()).position(|set| *set == network.sets[table])?;
            Some((warm.potentials.get(place)?.as_slice(), warm.centres.get(place)?.as_slice()))
        };
        let start =
            fit.start(&(0..targets.len()).map(|table| known(table).map(|(theta, _)| theta)).collect::<Vec<_>>());
        let mut centre = start.clone();
        fit.recall(
            &mut centre,
            &(0..targets.len()).map(|table| known(table).map(|(_, centre)| centre)).collect::<Vec<_>>(),
        );
        let (theta, centre) = fit.run(start, centre, options, control)?;
        let (messages, report) = (fit.messages, fit.report);
        let tables = |mut rest: &[f64]| -> Vec<Vec<f64>> {
            let split = targets.iter().map(|target| {
                let (table, after) = rest.split_at(target.counts.len());
                rest = after;
                table.to_vec()
            });
            split.collect()
        };
        let (potentials, centres) = (tables(&theta), tables(&centre));
        Ok(Self {
            shape: shape.to_vec(),
            rank,
            position,
            network,
            messages,
            potentials,
            centres,
            total,
            unenforced,
            report,
        })
    }

    /// The number of records that the counts speak of: as given, or the mean of the measured sums by inverse
    /// variance; 1 at the least.
    pub(crate) fn total(&self) -> f64 {
        self.total
    }

    /// Cells of all cliques of the junction tree.
    pub(crate) fn cells(&self) -> u128 {
        self.network.tree.cells(&self.network.sizes)
    }

    /// How the fit went.
    pub(crate) fn report(&self) -> &FitReport {
        &self.report
    }

    /// Which of the sets of impossible cells did not fit into the junction tree, by their place.
    pub(crate) fn unenforced(&self) -> &[usize] {
        &self.unenforced
    }

    /// The expected counts of a set of attributes, ascending, the last one fastest.
    ///
    /// # Errors
    /// A set that is not ascending or not of this model, cancelled, past the memory cap.
    pub(crate) fn marginal(&self, attributes: &[usize], control: &Control) -> Result<Vec<f64>, PrivacyError> {
        let mut all = self.marginals(&[attributes.to_vec()], control)?;
        Ok(all.pop().unwrap_or_default())
    }

    /// The expected counts of many sets, with the work that they share done once.
    ///
    /// # Errors
    /// As [`marginal`](Self::marginal).
    pub(crate) fn marginals(&self, sets: &[Vec<usize>], control: &Control) -> Result<Vec<Vec<f64>>, PrivacyError> {
        let mut bytes = 0u128;
        for set in sets {
            if !set.is_sorted_by(|a, b| a < b) || set.iter().any(|&a| a >= self.shape.len()) {
                return Err(invalid("attributes", "are those of the model in ascending order"));
            }
            bytes = bytes.saturating_add(cells_wide(set.iter().copied(), &self.shape).saturating_mul(8));
        }
        control.reserve(u64::try_from(bytes).unwrap_or(u64::MAX))?;
        let inner: Vec<Vec<usize>> = sets
            .iter()
            .map(|set| {
                let mut inner: Vec<usize> = set.iter().map(|&a| self.rank[a]).collect();
                inner.sort_unstable();
                inner
            })
            .collect();
        let tables = self.network.probabilities(&inner, &self.messages, control)?;
        let ranks = &self.position;
        Ok(inner
            .iter()
            .zip(tables)
            .map(|(set, table)| {
                let (_, mut counts) = reordered(set, &table, ranks, &self.network.sizes);
                scale(&mut counts, self.total);
                counts
            })
            .collect())
    }
}

/// Measured counts and the variance of each.
type Table = (Vec<f64>, f64);

/// One table per measured set, by inverse variance, with attributes as numbered inside.
fn merged(measurements: &[Measurement], rank: &[usize], shape: &[usize]) -> (Vec<Vec<usize>>, Vec<Table>) {
    let mut sets: Vec<Vec<usize>> = Vec::new();
    let mut tables: Vec<Table> = Vec::new();
    for measurement in measurements {
        let (set, values) = reordered(&measurement.attributes, &measurement.values, rank, shape);
        if let Some(place) = sets.iter().position(|known| *known == set) {
            let (known, variance) = &mut tables[place];
            let share = *variance / (*variance + measurement.variance);
            known.iter_mut().zip(values).for_each(|(known, value)| *known += share * (value - *known));
            *variance *= 1.0 - share;
        } else {
            sets.push(set);
            tables.push((values, measurement.variance));
        }
    }
    (sets, tables)
}

/// The cells of each measured set that no possible combination is in.
fn dead(
    network: &Network,
    measured: &[Table],
    messages: &mut Messages,
) -> Result<Vec<Option<Vec<bool>>>, PrivacyError> {
    let even: Vec<Vec<f64>> = measured.iter().map(|(values, _)| vec![0.0; values.len()]).collect();
    let even: Vec<&[f64]> = even.iter().map(Vec::as_slice).collect();
    let mut probabilities = vec![Vec::new(); measured.len()];
    if network.propagate(&even, messages, &mut probabilities, &mut Work::default()).is_none() {
        return Err(invalid("impossible", "leaves cells that can exist"));
    }
    let dead = |table: Vec<f64>| table.iter().any(|&p| p <= 0.0).then(|| table.iter().map(|&p| p <= 0.0).collect());
    Ok(probabilities.into_iter().map(dead).collect())
}

/// The mean of the measured sums by inverse variance.
#[expect(clippy::cast_precision_loss, reason = "numbers of cells")]
fn estimated_total(measured: &[Table], dead: &[Option<Vec<bool>>]) -> f64 {
    let (mut sum, mut precision) = (0.0, 0.0);
    for ((values, variance), dead) in measured.iter().zip(dead) {
        let alive = |cell: usize| !dead.as_ref().is_some_and(|dead| dead[cell]);
        let cells = (0..values.len()).filter(|&cell| alive(cell)).count().max(1);
        let counted: f64 = values.iter().enumerate().filter(|(cell, _)| alive(*cell)).map(|(_, value)| value).sum();
        let weight = 1.0 / (variance * cells as f64);
        sum += weight * counted;
        precision += weight;
    }
    if precision > 0.0 { sum / precision } else { 1.0 }
}

/// Counts that add up to the total: what is missing is spread evenly, as the nearest such table has it.
#[expect(clippy::cast_precision_loss, reason = "numbers of cells")]
fn target(mut values: Vec<f64>, variance: f64, dead: Option<Vec<bool>>, total: f64) -> Target {
    if let Some(dead) = &dead {
        values.iter_mut().zip(dead).for_each(|(value, &dead)| *value = if dead { 0.0 } else { *value });
    }
    let alive = dead.as_ref().map_or(values.len(), |dead| dead.iter().filter(|&&dead| !dead).count()).max(1);
    let missing = (total - values.iter().sum::<f64>()) / alive as f64;
    for (cell, value) in values.iter_mut().enumerate() {
        if !dead.as_ref().is_some_and(|dead| dead[cell]) {
            *value += missing;
        }
    }
    Target { counts: values, variance, dead }
}
