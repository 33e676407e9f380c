//! Sets chosen one after the other where the model is farthest from the counts.

use ctdata_table::{Constraint, Control, Table};

use super::draft::Scope;
use super::measure::{Workbench, expected_noise, sigma_of, weight_of_cells};
use super::mst::{Chosen, Split, before_deadline, draft};
use super::score::{self, distance, score};
use super::{FitOptions, GraphicalDraft, GraphicalMethod, GraphicalModel, junction_tree_cells};
use crate::PrivacyError;
use crate::dp::{Allowance, NoiseSource, Rho};

/// What the synthetic table is wanted for: sets of attributes whose counts are to be right.
#[derive(Debug, Clone, PartialEq)]
enum Workload {
    /// All sets of so many attributes.
    AllOfSize(usize),
    /// These sets, each with its weight.
    Sets(Vec<(Vec<String>, u32)>),
}

/// Synthetic records from a model that grows where it is farthest from the counts, for a workload of sets of attributes.
///
/// It counts each attribute with noise and merges rare values; joins the attributes to a tree as [`Mst`](super::Mst)
/// does; then chooses, some at a time, further sets of the workload or parts of them whose counts are farthest from
/// the model's, weighed by how much of the workload they serve and less what their noise would cost, as long as the junction tree
/// stays within the cap. Each is counted with a part of the budget at once, and with all that is left at the
/// end; larger sets get more. Sets that promise less than their noise end the search.
///
/// # Guarantee
/// rho-zero-concentrated differential privacy for the rho of the allowance, neighbours differing in all records
/// of one person; see [`proofs::aim`](crate::proofs::aim).
///
/// # Sources
/// R. McKenna, B. Mullins, D. Sheldon and G. Miklau (2022), "AIM: An Adaptive and Iterative Mechanism for
/// Differentially Private Synthetic Data", Proceedings of the VLDB Endowment 15(11).
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    scope: Scope,
    workload: Workload,
    max_cells: u64,
    split: Split,
    pace: Pace,
}

/// How the search goes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pace {
    /// Sets chosen at most, per attribute.
    sets_per_attribute: usize,
    /// Rounds after the tree.
    rounds: u64,
    /// Thousandths of the budget for counts that are spent while choosing; the rest at the end.
    early: u64,
    /// Steps of each fit on the way.
    steps: u32,
}

impl Default for Aim {
    fn default() -> Self {
        Self::new()
    }
}

/// A set that may be measured.
struct Candidate {
    set: Vec<usize>,
    /// How much of the workload it serves.
    weight: u32,
    /// The weight of its cells in a budget.
    share: u64,
    /// Confidential.
    counts: Vec<i64>,
    chosen: bool,
}

impl Aim {
    /// All attributes, all pairs as workload, no constraints, up to ten million cells.
    pub fn new() -> Self {
        Self {
            scope: Scope::default(),
            workload: Workload::AllOfSize(2),
            max_cells: 10_000_000,
            split: Split { attributes: 150, choices: 40 },
            pace: Pace { sets_per_attribute: 5, rounds: 8, early: 350, steps: 60 },
        }
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

    /// All sets of so many attributes are wanted; 2 by default, from 1 to 4.
    #[must_use]
    pub fn all_of_size(mut self, attributes: usize) -> Self {
        self.workload = Workload::AllOfSize(attributes);
        self
    }

    /// These sets are wanted, each with how much it matters.
    #[must_use]
    pub fn workload(mut self, sets: impl IntoIterator<Item = (Vec<String>, u32)>) -> Self {
        self.workload = Workload::Sets(sets.into_iter().collect());
        self
    }

    /// The most cells that the junction tree may have.
    #[must_use]
    pub fn max_cells(mut self, cells: u64) -> Self {
        self.max_cells = cells;
        self
    }

    /// Spends all that is left of an allowance on a synthetic table.
    ///
    /// # Errors
    /// Those of the workbench; a workload that names an attribute that is not there; a stop by `control` before
    /// anything was spent, or a cancellation at any time.
    pub(crate) fn draw(
        &self,
        table: &Table,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<GraphicalDraft, PrivacyError> {
        let wanted = self.wanted(&self.scope.select(table)?)?;
        let (attributes, choices, sets) = self.split.of(allowance.left());
        let mut bench = Workbench::open(table, &self.scope, attributes, allowance, source, control)?;
        let patient = control.clone().without_deadline();
        let options = self.options(self.pace.steps);
        let mut search = Search {
            candidates: Vec::new(),
            model: bench.fit(&options, None, &patient)?,
            wanted: &wanted,
            max_cells: self.max_cells,
            pace: self.pace,
            early_left: sets.share(self.pace.early, 1000),
            sets,
            choices,
            rounds: 0,
        };
        let mut stopped = None;
        before_deadline(search.run(&mut bench, &options, allowance, source, control), &mut stopped)?;
        search.finish(&mut bench, allowance, source)?;
        let last = self.options(if stopped.is_some() { 10 } else { 4 * self.pace.steps });
        let model = bench.fit(&last, Some(&search.model), &patient)?;
        draft(GraphicalMethod::Aim, &bench, &model, search.rounds, stopped, allowance, source, &patient)
    }

    fn options(&self, steps: u32) -> FitOptions {
        FitOptions { max_cells: self.max_cells.into(), iterations: steps, tolerance: 1e-5 }
    }

    /// The sets of the workload by position, with weights.
    fn wanted(&self, table: &Table) -> Result<Wanted, PrivacyError> {
        let invalid = |rule: &str| PrivacyError::InvalidParameter { parameter: "workload", rule: rule.to_owned() };
        let attributes = table.schema().len();
        match &self.workload {
            Workload::AllOfSize(size @ 1..=4) => Ok(Wanted::AllOfSize((*size).min(attributes), attributes)),
            Workload::AllOfSize(_) => Err(invalid("sets have 1 to 4 attributes")),
            Workload::Sets(sets) if sets.is_empty() => Err(invalid("at least one set is wanted")),
            Workload::Sets(sets) => {
                let mut wanted = Vec::new();
                for (names, weight) in sets {
                    let positions = names.iter().map(|name| table.schema().position(name));
                    let mut positions: Vec<usize> = positions.collect::<Result<_, _>>()?;
                    positions.sort_unstable();
                    positions.dedup();
                    if !(1..=6).contains(&positions.len()) {
                        return Err(invalid("sets have 1 to 6 attributes"));
                    }
                    wanted.push((positions, *weight));
                }
                Ok(Wanted::Sets(wanted))
            }
        }
    }
}

/// A workload by positions.
enum Wanted {
    /// All sets of so many of so many attributes.
    AllOfSize(usize, usize),
    Sets(Vec<(Vec<usize>, u32)>),
}

impl Wanted {
    /// All sets of two attributes or more that are part of a wanted set.
    fn parts(&self) -> Vec<Vec<usize>> {
        let mut parts = Vec::new();
        match self {
            Self::AllOfSize(size, attributes) => {
                let all: Vec<usize> = (0..*attributes).collect();
                (2..=*size).for_each(|of| subsets(&all, of, &mut parts));
            }
            Self::Sets(sets) => {
                for (set, _) in sets {
                    (2..=set.len()).for_each(|of| subsets(set, of, &mut parts));
                }
                parts.sort_unstable_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
                parts.dedup();
            }
        }
        parts
    }

    /// How much of the workload a set serves: the sum over wanted sets of what they share.
    fn weight(&self, set: &[usize]) -> u32 {
        match self {
            // Each attribute is in as many wanted sets as every other: what counts is how many there are.
            Self::AllOfSize(..) => u32::try_from(set.len()).unwrap_or(u32::MAX),
            Self::Sets(sets) => sets.iter().fold(0, |sum: u32, (wanted, weight)| {
                let shared = set.iter().filter(|position| wanted.contains(position)).count();
                sum.saturating_add(weight.saturating_mul(u32::try_from(shared).unwrap_or(u32::MAX)))
            }),
        }
    }
}

/// All sets of `of` of some positions, in order.
fn subsets(positions: &[usize], of: usize, all: &mut Vec<Vec<usize>>) {
    fn extend(rest: &[usize], of: usize, set: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
        if of == 0 {
            all.push(set.clone());
            return;
        }
        for (place, &position) in rest.iter().enumerate() {
            set.push(position);
            extend(rest.get(place + 1..).unwrap_or_default(), of - 1, set, all);
            set.pop();
        }
    }
    extend(positions, of, &mut Vec::with_capacity(of), all);
}

/// One round of choices.
struct Round {
    batch: u64,
    /// Cells that the junction tree may have after it.
    cap: u128,
    /// Whether it is the first, which joins all attributes to a tree.
    joining: bool,
    /// For each choice.
    rho: Rho,
}

/// The search for sets.
struct Search<'a> {
    candidates: Vec<Candidate>,
    /// The last fitted model.
    model: GraphicalModel,
    wanted: &'a Wanted,
    max_cells: u64,
    pace: Pace,
    /// For counts while choosing.
    early_left: Rho,
    /// For counts in all.
    sets: Rho,
    /// For all choices.
    choices: Rho,
    rounds: u32,
}

impl Search<'_> {
    fn run(
        &mut self,
        bench: &mut Workbench,
        options: &FitOptions,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<(), PrivacyError> {
        self.count(bench, control)?;
        // Room to choose all candidates, and to stop twice.
        let most = (self.candidates.len() + 2).min(self.pace.sets_per_attribute * bench.shape().len()) as u64;
        let tree = (bench.shape().len() as u64).saturating_sub(1).min(most);
        let per_round = (most - tree).div_ceil(self.pace.rounds.max(1)).max(1);
        let mut made = 0;
        let mut wide = false;
        while made < most {
            control.check()?;
            control.report("choosing what to measure", made, Some(most));
            let scores = self.scores(bench, most, control)?;
            let joining = self.rounds == 0;
            let batch = if joining { tree } else { per_round.min(most - made) };
            // The junction tree grows as choices are made, so that the first ones do not take all room.
            let share = u128::from(self.max_cells) * u128::from(made + batch) / u128::from(most);
            let cap = if wide { self.max_cells.into() } else { share };
            let round = Round { batch, cap, joining, rho: self.choices.share(1, most) };
            let (places, ended) = self.choose(&round, &scores, bench, allowance, source)?;
            if !places.is_empty() {
                self.measure(&places, made, most, bench, allowance, source)?;
                self.model = bench.fit(options, Some(&self.model), control)?;
            }
            made += places.len() as u64 + u64::from(ended);
            self.rounds += 1;
            // Nothing more is worth its noise: all room is given once, then the search is over.
            if ended && !joining {
                if wide {
                    break;
                }
                wide = true;
            }
        }
        Ok(())
    }

    /// The choices of one round: places of candidates, and whether it ended by choosing to stop.
    fn choose(
        &mut self,
        round: &Round,
        scores: &[i64],
        bench: &Workbench,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
    ) -> Result<(Vec<usize>, bool), PrivacyError> {
        let heaviest = self.candidates.iter().map(|candidate| candidate.weight).max().unwrap_or(1);
        let mut joined: Vec<usize> = (0..bench.shape().len()).collect();
        let mut open: Vec<usize> = (0..self.candidates.len()).collect();
        let mut places = Vec::new();
        for _ in 1..=round.batch {
            open = self.open(&open, bench, round.cap, round.joining.then_some(&joined));
            // To stop is a candidate too, of score 0.
            let of_open = open.iter().filter_map(|&place| scores.get(place).copied()).chain([0]);
            let of_open: Vec<i64> = of_open.collect();
            let purpose = "choice of a set";
            let chosen = score::choose(&of_open, heaviest, purpose, round.rho, allowance, source)?;
            let Some(&place) = chosen.and_then(|chosen| open.get(chosen)) else { return Ok((places, true)) };
            if let Some(candidate) = self.candidates.get_mut(place) {
                candidate.chosen = true;
                join(&mut joined, &candidate.set);
                places.push(place);
            }
        }
        Ok((places, false))
    }

    /// Counts all candidates once.
    fn count(&mut self, bench: &Workbench, control: &Control) -> Result<(), PrivacyError> {
        let sets: Vec<Vec<usize>> =
            self.wanted.parts().into_iter().filter(|set| bench.cells(set) <= self.max_cells).collect();
        let counts = bench.exact(&sets, control)?;
        let candidates = sets.into_iter().zip(counts).map(|(set, counts)| Candidate {
            weight: self.wanted.weight(&set),
            share: weight_of_cells(bench.cells(&set)),
            set,
            counts,
            chosen: false,
        });
        self.candidates = candidates.collect();
        Ok(())
    }

    /// What a candidate may cost of a budget when `most` of middling size are chosen.
    fn rho(&self, candidate: &Candidate, budget: Rho, most: u64) -> Rho {
        let all: u64 = self.candidates.iter().map(|candidate| candidate.share).sum();
        let mean = (all / (self.candidates.len() as u64).max(1)).max(1);
        budget.share(candidate.share, candidate.share.saturating_add(mean.saturating_mul(most.saturating_sub(1))))
    }

    /// The scores of all candidates, from exact counts: confidential.
    fn scores(&self, bench: &Workbench, most: u64, control: &Control) -> Result<Vec<i64>, PrivacyError> {
        let sets: Vec<Vec<usize>> = self.candidates.iter().map(|candidate| candidate.set.clone()).collect();
        let model = self.model.marginals(&sets, control)?;
        let score = |(candidate, model): (&Candidate, &Vec<f64>)| {
            let sigma = sigma_of(self.rho(candidate, self.sets, most), bench.records_per_person);
            let handicap = expected_noise(sigma, bench.cells(&candidate.set));
            score(candidate.weight, distance(&candidate.counts, model), handicap)
        };
        Ok(self.candidates.iter().zip(&model).map(score).collect())
    }

    /// Those of some candidates that may be chosen: not chosen yet, within the cap, and for the tree between attributes
    /// that are not joined yet. All of this is public.
    fn open(&self, of: &[usize], bench: &Workbench, cap: u128, joined: Option<&Vec<usize>>) -> Vec<usize> {
        let chosen = self.candidates.iter().filter(|candidate| candidate.chosen);
        let chosen: Vec<Vec<usize>> = chosen.map(|candidate| candidate.set.clone()).collect();
        let fits = |place: &usize| {
            let Some(candidate) = self.candidates.get(*place).filter(|candidate| !candidate.chosen) else {
                return false;
            };
            let apart = joined.is_none_or(|joined| match candidate.set[..] {
                [a, b] => joined.get(a) != joined.get(b),
                _ => false,
            });
            apart && {
                let mut cliques = chosen.clone();
                cliques.push(candidate.set.clone());
                junction_tree_cells(bench.shape(), &cliques) <= cap
            }
        };
        of.iter().copied().filter(fits).collect()
    }

    /// Counts what was chosen, with a part of the budget.
    fn measure(
        &mut self,
        places: &[usize],
        picked: u64,
        most: u64,
        bench: &mut Workbench,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
    ) -> Result<(), PrivacyError> {
        let mut early_left = self.early_left;
        for (picked, candidate) in (picked..).zip(places.iter().filter_map(|&place| self.candidates.get(place))) {
            // Of what is left, so that large sets make later ones cost less, and nothing is overdrawn.
            let rho = self.rho(candidate, early_left, most.saturating_sub(picked).max(1)).min(early_left.share(1, 4));
            early_left = early_left.minus(rho).unwrap_or(Rho::ZERO);
            bench.measure(&candidate.set, &candidate.counts, rho, allowance, source)?;
        }
        self.early_left = early_left;
        Ok(())
    }

    /// Counts all that was chosen once more, with all that is left.
    fn finish(
        &mut self,
        bench: &mut Workbench,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
    ) -> Result<(), PrivacyError> {
        let (sets, counts) = self
            .candidates
            .iter_mut()
            .filter(|candidate| candidate.chosen)
            .map(|candidate| (candidate.set.clone(), std::mem::take(&mut candidate.counts)))
            .unzip();
        let chosen = Chosen { sets, counts };
        if chosen.sets.is_empty() { Ok(()) } else { chosen.measure(bench, allowance.left(), allowance, source) }
    }
}

/// Notes that the attributes of a set are joined.
fn join(joined: &mut [usize], set: &[usize]) {
    let Some(first) = set.first().and_then(|&position| joined.get(position)).copied() else { return };
    for &position in set {
        if let Some(other) = joined.get(position).copied() {
            joined.iter_mut().filter(|of| **of == other).for_each(|of| *of = first);
        }
    }
}
