//! A tree of measured pairs.

use ctdata_table::{Constraint, Control, StopReason, Table};

use super::draft::Scope;
use super::measure::{Workbench, expected_noise, shares, sigma_of, weight_of_cells};
use super::score::{choose, distance, score};
use super::{FitOptions, GraphicalDraft, GraphicalMethod, GraphicalModel, GraphicalReport};
use crate::PrivacyError;
use crate::dp::{Allowance, NoiseSource, Rho};

/// How a budget is split, in thousandths: on single attributes and on choosing; the rest is for counts of sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) attributes: u64,
    pub(super) choices: u64,
}

impl Split {
    /// The three parts: single attributes, choices, sets. Nothing is lost to rounding.
    pub(super) fn of(self, rho: Rho) -> (Rho, Rho, Rho) {
        let attributes = rho.share(self.attributes, 1000);
        let choices = rho.share(self.choices, 1000);
        let sets = rho.minus(attributes).and_then(|left| left.minus(choices)).unwrap_or(Rho::ZERO);
        (attributes, choices, sets)
    }
}

/// Synthetic records from a tree: the pairs of attributes that tell most, and nothing else.
///
/// It counts each attribute with noise and merges rare values, chooses pairs that join all attributes (each time the pair
/// whose counts are farthest from what the model says, by the exponential mechanism), counts these with
/// noise, fits the tree and draws records from it. Pairs whose counts would be lost in noise are left
/// out, and their attributes stay independent. What depends on more than a tree is lost: [`Aim`](super::Aim) keeps more
/// and takes longer.
///
/// # Guarantee
/// rho-zero-concentrated differential privacy for the rho of the allowance, neighbours differing in all records
/// of one person; see [`proofs::mst`](crate::proofs::mst).
///
/// # Sources
/// R. McKenna, G. Miklau and D. Sheldon (2021), "Winning the NIST Contest: A Scalable and General Approach to
/// Differentially Private Synthetic Data", Journal of Privacy and Confidentiality 11(3).
#[derive(Debug, Clone, PartialEq)]
pub struct Mst {
    scope: Scope,
    max_cells: u64,
    split: Split,
}

impl Default for Mst {
    fn default() -> Self {
        Self::new()
    }
}

impl Mst {
    /// All attributes of the table, no constraints, up to ten million cells.
    pub fn new() -> Self {
        Self { scope: Scope::default(), max_cells: 10_000_000, split: Split { attributes: 150, choices: 50 } }
    }

    /// Only these attributes.
    #[must_use]
    pub fn attributes<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.scope.attributes = names.into_iter().map(Into::into).collect();
        self
    }

    /// Combinations that cannot exist, known without the data. They are never drawn, as far as the
    /// model can hold them.
    #[must_use]
    pub fn constraints(mut self, constraints: impl IntoIterator<Item = Constraint>) -> Self {
        self.scope.constraints = constraints.into_iter().collect();
        self
    }

    /// The most cells that the model may have.
    #[must_use]
    pub fn max_cells(mut self, cells: u64) -> Self {
        self.max_cells = cells;
        self
    }

    /// Spends all that is left of an allowance on a synthetic table.
    ///
    /// # Errors
    /// Those of the workbench; a model that does not fit the cap; a stop by `control` before anything was
    /// spent, or a cancellation at any time.
    pub(crate) fn draw(
        &self,
        table: &Table,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<GraphicalDraft, PrivacyError> {
        let (attributes, choices, sets) = self.split.of(allowance.left());
        let mut bench = Workbench::open(table, &self.scope, attributes, allowance, source, control)?;
        let patient = control.clone().without_deadline();
        let options = FitOptions { max_cells: self.max_cells.into(), iterations: 200, tolerance: 1e-5 };
        let alone = bench.fit(&options, None, &patient)?;
        let tree = Tree { bench: &bench, max_cells: self.max_cells, choices, sets };
        let mut stopped = None;
        let chosen = tree.choose(&alone, allowance, source, control);
        let mut model = None;
        if let Some(chosen) = before_deadline(chosen, &mut stopped)? {
            chosen.measure(&mut bench, sets, allowance, source)?;
            model = Some(bench.fit(&options, Some(&alone), &patient)?);
        }
        let model = model.unwrap_or(alone);
        draft(GraphicalMethod::Mst, &bench, &model, 1, stopped, allowance, source, &patient)
    }
}

/// What came before the deadline; the deadline is noted, other errors are errors.
pub(super) fn before_deadline<T>(
    result: Result<T, PrivacyError>,
    stopped: &mut Option<StopReason>,
) -> Result<Option<T>, PrivacyError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(PrivacyError::Cancelled(StopReason::Deadline)) => {
            *stopped = Some(StopReason::Deadline);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The table drawn from a model, with the account of it.
#[expect(clippy::too_many_arguments, reason = "the end of both methods")]
pub(super) fn draft(
    method: GraphicalMethod,
    bench: &Workbench,
    model: &GraphicalModel,
    rounds: u32,
    stopped: Option<StopReason>,
    allowance: &Allowance,
    source: &mut NoiseSource,
    control: &Control,
) -> Result<GraphicalDraft, PrivacyError> {
    let table = bench.draw(model, source, control)?;
    let report = GraphicalReport {
        method,
        rows: table.rows() as u64,
        attributes: bench.attributes(),
        measured: bench.measured.clone(),
        rounds,
        cells: u64::try_from(model.cells()).unwrap_or(u64::MAX),
        not_enforced: bench.constraint_names(model.unenforced()),
        expenses: allowance.expenses().to_vec(),
        stopped,
    };
    Ok(GraphicalDraft { table, report })
}

/// Sets that were chosen, with their exact counts, which are confidential.
pub(super) struct Chosen {
    pub(super) sets: Vec<Vec<usize>>,
    pub(super) counts: Vec<Vec<i64>>,
}

impl Chosen {
    /// Releases the counts, larger sets for more of the budget.
    pub(super) fn measure(
        &self,
        bench: &mut Workbench,
        budget: Rho,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
    ) -> Result<(), PrivacyError> {
        let weights: Vec<u64> = self.sets.iter().map(|set| weight_of_cells(bench.cells(set))).collect();
        for ((set, counts), rho) in self.sets.iter().zip(&self.counts).zip(shares(budget, &weights)) {
            bench.measure(set, counts, rho, allowance, source)?;
        }
        Ok(())
    }
}

/// Pairs that join all attributes, chosen one by one.
struct Tree<'a> {
    bench: &'a Workbench,
    max_cells: u64,
    /// For all choices.
    choices: Rho,
    /// For the counts of all chosen pairs.
    sets: Rho,
}

impl Tree<'_> {
    fn choose(
        &self,
        alone: &GraphicalModel,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Chosen, PrivacyError> {
        let attributes = self.bench.shape().len();
        let all = (0..attributes).flat_map(|a| (a + 1..attributes).map(move |b| vec![a, b]));
        let pairs: Vec<Vec<usize>> = all.filter(|pair| self.bench.cells(pair) <= self.max_cells).collect();
        let mut counts = self.bench.exact(&pairs, control)?;
        let model = alone.marginals(&pairs, control)?;
        let handicap = self.handicaps(&pairs);
        let scores: Vec<i64> = counts
            .iter()
            .zip(&model)
            .zip(&handicap)
            .map(|((counts, model), &handicap)| score(1, distance(counts, model), handicap))
            .collect();
        let places = self.span(&pairs, &scores, allowance, source)?;
        let counts = places.iter().filter_map(|&place| counts.get_mut(place).map(std::mem::take)).collect();
        let sets = places.iter().filter_map(|&place| pairs.get(place).cloned()).collect();
        Ok(Chosen { sets, counts })
    }

    /// The error to expect of each pair from noise alone, in records: what measuring it costs in accuracy.
    fn handicaps(&self, pairs: &[Vec<usize>]) -> Vec<f64> {
        let weights: Vec<u64> = pairs.iter().map(|pair| weight_of_cells(self.bench.cells(pair))).collect();
        let mean = weights.iter().sum::<u64>() / (weights.len() as u64).max(1);
        let others = mean * (self.bench.shape().len() as u64).saturating_sub(2);
        pairs
            .iter()
            .zip(&weights)
            .map(|(pair, &weight)| {
                let sigma = sigma_of(self.sets.share(weight, weight + others), self.bench.records_per_person);
                expected_noise(sigma, self.bench.cells(pair))
            })
            .collect()
    }

    /// Cells that a pair adds to the junction tree.
    fn added(&self, pair: &[usize], alone: &[bool]) -> u64 {
        let single = |&&position: &&usize| alone.get(position).copied().unwrap_or(false);
        let instead = pair.iter().filter(single).map(|&position| self.bench.cells(&[position]));
        self.bench.cells(pair).saturating_sub(instead.sum())
    }

    /// Chooses pairs until all attributes are joined or none is worth its noise: places in `pairs`.
    ///
    /// Only pairs between attributes that are not joined yet are candidates, and beside them the candidate to stop, of
    /// score 0.
    fn span(
        &self,
        pairs: &[Vec<usize>],
        scores: &[i64],
        allowance: &mut Allowance,
        source: &mut NoiseSource,
    ) -> Result<Vec<usize>, PrivacyError> {
        let attributes = self.bench.shape().len();
        let rounds = (attributes as u64).saturating_sub(1);
        let mut joined: Vec<usize> = (0..attributes).collect();
        // Cells beside those of single attributes, which a pair takes the place of.
        let singles = self.bench.shape().iter().fold(0, |sum: u64, &codes| sum.saturating_add(codes as u64));
        let mut left = self.max_cells.saturating_sub(singles);
        let mut alone = vec![true; attributes];
        let mut chosen = Vec::new();
        for _ in 0..rounds {
            let component = |pair: &[usize]| {
                let of = |place: usize| pair.get(place).and_then(|&position| joined.get(position)).copied();
                (of(0), of(1))
            };
            let candidates: Vec<(Option<usize>, i64)> = pairs
                .iter()
                .zip(scores)
                .enumerate()
                .filter(|(_, (pair, _))| {
                    let (a, b) = component(pair);
                    a != b && self.added(pair, &alone) <= left
                })
                .map(|(place, (_, &score))| (Some(place), score))
                .chain([(None, 0)])
                .collect();
            let of_candidates: Vec<i64> = candidates.iter().map(|(_, score)| *score).collect();
            let purpose = "choice of a pair";
            let rho = self.choices.share(1, rounds);
            let place = choose(&of_candidates, 1, purpose, rho, allowance, source)?;
            let Some(Some(place)) = place.and_then(|place| candidates.get(place)).map(|(place, _)| *place) else {
                break;
            };
            chosen.push(place);
            let Some(pair) = pairs.get(place) else { break };
            left = left.saturating_sub(self.added(pair, &alone));
            for &position in pair {
                if let Some(alone) = alone.get_mut(position) {
                    *alone = false;
                }
            }
            if let (Some(a), Some(b)) = component(pair) {
                joined.iter_mut().filter(|of| **of == b).for_each(|of| *of = a);
            }
        }
        Ok(chosen)
    }
}
