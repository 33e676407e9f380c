//! The weight of a graph and a number of unseen persons, up to a factor they all share.
//!
//! Of a set of lists A let g(A) persons be on none of them. With x persons unseen, the cell of A that is on no list
//! holds x + g(A). Cliques multiply the weight by Γ(x + g(A) + δ(A)) / Γ(x + n + 2^t δ), separators divide it; what
//! does not depend on x is a constant of the graph. So few functions of x, one per set of lists, serve all graphs.
//!
//! # Sources
//! Madigan and York (1997), Bayesian methods for estimation of the size of a closed population, *Biometrika* 84,
//! 19–31. Dawid and Lauritzen (1993), Hyper Markov laws in the statistical analysis of decomposable graphical models,
//! *Annals of Statistics* 21, 1272–1317.

#![expect(clippy::indexing_slicing, reason = "arrays of 64 over sets of six lists, indexed by sets of those lists")]

use super::graphs::{Graph, MOST_LISTS};
use super::log_gamma::{Top, digamma, ln_gamma};
use super::options::PopulationPrior;
use super::real;
use crate::mse::list_set::ListSet;
use crate::mse::sample::Sample;

/// Sets of six lists.
pub(super) const SETS: usize = 1 << MOST_LISTS;

/// Functions of the number of unseen persons x that the weights are made of.
#[derive(Debug, Clone)]
pub(super) struct Functions {
    /// By set of lists, what is added to x in the gamma function of the empty cell.
    offsets: Vec<f64>,
    /// The same of no list: all persons, seen and prior.
    all: f64,
    persons: f64,
    prior: PopulationPrior,
}

/// The functions at one x: by set of lists ln Γ(x + offset) − ln Γ(x + all), and at no list what all graphs share.
pub(super) type Values = [f64; SETS];

impl Functions {
    pub(super) fn of(sample: &Sample, delta: f64, prior: PopulationPrior) -> Self {
        let lists = sample.lists();
        let persons = real(sample.persons());
        let offsets = (0..1_usize << lists).map(|set| {
            let none: u64 =
                (1..1_usize << lists).filter(|cell| cell & set == 0).map(|cell| sample.counts()[cell]).sum();
            real(none) + cell_prior(delta, lists, set)
        });
        Self { offsets: offsets.collect(), all: persons + cell_prior(delta, lists, 0), persons, prior }
    }

    pub(super) fn values(&self, x: f64) -> Values {
        let mut values = [0.0; SETS];
        let top = Top::at(x + self.all);
        for (value, offset) in values.iter_mut().zip(&self.offsets).skip(1) {
            *value = top.below(x + offset);
        }
        let n = x + self.persons;
        let prior = match self.prior {
            PopulationPrior::Inverse => -n.ln(),
            PopulationPrior::Uniform => 0.0,
            PopulationPrior::GammaPoisson { shape, scale } => {
                let steps =
                    if shape < 1.0 { Top::at(n + 1.0).below(n + shape) } else { -Top::at(n + shape).below(n + 1.0) };
                steps - n * (1.0 / scale).ln_1p()
            }
        };
        values[0] = prior - Top::at(n + 1.0).below(x + 1.0);
        values
    }

    /// The logarithmic derivatives at x of the gamma functions: by set of lists, then the two that all graphs share.
    fn digammas(&self, x: f64) -> Digammas {
        let mut digammas = [0.0; SETS + 2];
        for (value, offset) in digammas.iter_mut().zip(&self.offsets) {
            *value = digamma(x + offset);
        }
        digammas[usize::from(ALL_SEEN)] = digamma(x + self.persons + 1.0);
        digammas[usize::from(UNSEEN)] = digamma(x + 1.0);
        digammas
    }

    /// Derivatives at x of two parts of the prior; each is monotone in x.
    fn prior_slopes(&self, x: f64) -> [f64; 2] {
        let n = x + self.persons;
        match self.prior {
            PopulationPrior::Inverse => [-1.0 / n, 0.0],
            PopulationPrior::Uniform => [0.0, 0.0],
            PopulationPrior::GammaPoisson { shape, scale } => {
                [digamma(n + shape) - digamma(n + 1.0), -(1.0 / scale).ln_1p()]
            }
        }
    }

    /// What is added to x in a gamma function of [`Functions::digammas`].
    fn offset(&self, function: u8) -> f64 {
        match function {
            ALL_SEEN => self.persons + 1.0,
            UNSEEN => 1.0,
            set => self.offsets[usize::from(set)],
        }
    }
}

type Digammas = [f64; SETS + 2];

/// Γ(x + n + 1) of the multinomial coefficient.
const ALL_SEEN: u8 = 64;

/// Γ(x + 1) below it.
const UNSEEN: u8 = 65;

/// Prior persons in a cell of the table over a set of lists.
fn cell_prior(delta: f64, lists: usize, set: usize) -> f64 {
    delta * real(1 << (lists - set.count_ones() as usize))
}

/// A graph as the functions it is made of.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) constant: f64,
    /// The cliques, then the separators.
    sets: [u8; 2 * MOST_LISTS],
    cliques: u8,
    all: u8,
    /// The gamma functions above and below the line, each paired with the one of nearest rank. Many cancel almost, and
    /// in pairs their bounds do so too.
    pairs: [(u8, u8); MOST_LISTS + 1],
}

impl Term {
    pub(super) fn cliques(&self) -> &[u8] {
        &self.sets[..usize::from(self.cliques)]
    }

    pub(super) fn separators(&self) -> &[u8] {
        &self.sets[usize::from(self.cliques)..usize::from(self.all)]
    }

    /// The logarithm of the weight, from the functions at some x.
    pub(super) fn value(&self, values: &Values) -> f64 {
        let sum = |sets: &[u8]| sets.iter().map(|set| values[usize::from(*set)]).sum::<f64>();
        self.constant + values[0] + sum(self.cliques()) - sum(self.separators())
    }
}

/// The graphs as terms. The constants are relative to that of independence.
pub(super) fn terms(sample: &Sample, delta: f64, graphs: &[Graph], functions: &Functions) -> Vec<Term> {
    let lists = sample.lists();
    let sets = 1_usize << lists;
    // The part of a set of lists that does not depend on x.
    let constants: Vec<f64> = (0..sets)
        .map(|set| {
            let prior = cell_prior(delta, lists, set);
            let mut cells = vec![0_u64; sets];
            for (cell, count) in sample.counts().iter().enumerate() {
                cells[cell & set] += count;
            }
            let seen = cells.iter().skip(1).filter(|count| **count > 0);
            let one = ln_gamma(prior);
            let counted: f64 = seen.map(|count| ln_gamma(real(*count) + prior) - one).sum();
            counted - one + ln_gamma(cell_prior(delta, lists, 0))
        })
        .collect();
    let constant = |sets: &[ListSet]| sets.iter().map(|set| constants[set.index()]).sum::<f64>();
    let independence: f64 = (0..lists).map(|list| constants[1 << list]).sum();
    let term = |graph: &Graph| {
        let mut sets = [0; 2 * MOST_LISTS];
        for (place, set) in sets.iter_mut().zip(graph.cliques.iter().chain(&graph.separators)) {
            *place = set.bits().to_le_bytes()[0];
        }
        Term {
            constant: constant(&graph.cliques) - constant(&graph.separators) - independence,
            sets,
            cliques: graph.cliques.len().to_le_bytes()[0],
            all: (graph.cliques.len() + graph.separators.len()).to_le_bytes()[0],
            pairs: pairs(graph, functions),
        }
    };
    graphs.iter().map(term).collect()
}

/// Above the line stand the cliques and the persons of the coefficient, below it the separators, the unseen, and all
/// persons once for each connected part of the graph.
fn pairs(graph: &Graph, functions: &Functions) -> [(u8, u8); MOST_LISTS + 1] {
    let bits = |set: &ListSet| set.bits().to_le_bytes()[0];
    let mut above: Vec<u8> = graph.cliques.iter().map(bits).chain([ALL_SEEN]).collect();
    let mut below: Vec<u8> = graph.separators.iter().map(bits).chain([UNSEEN]).collect();
    below.resize(above.len(), 0);
    for side in [&mut above, &mut below] {
        side.sort_by(|one, other| functions.offset(*one).total_cmp(&functions.offset(*other)));
    }
    let mut pairs = [(UNSEEN, UNSEEN); MOST_LISTS + 1];
    for (place, pair) in pairs.iter_mut().zip(above.into_iter().zip(below)) {
        *place = pair;
    }
    pairs
}

/// What is known of the functions on a range of x: enough to bound every weight there.
#[derive(Debug)]
pub(super) struct Range {
    values: Values,
    first: Digammas,
    last: Digammas,
    prior: [f64; 2],
    half: f64,
}

/// The logarithm of a weight on a range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    /// In the middle.
    pub(super) middle: f64,
    /// Nowhere more than this, but for rounding.
    pub(super) most: f64,
    /// Nowhere less than this.
    pub(super) least: f64,
    /// The least and the largest its slope can be.
    pub(super) slopes: [f64; 2],
}

impl Range {
    pub(super) fn of(functions: &Functions, from: f64, to: f64) -> Self {
        let (start, end) = (functions.prior_slopes(from), functions.prior_slopes(to));
        let ends = start.iter().zip(&end);
        Self {
            values: functions.values(0.5 * (from + to)),
            first: functions.digammas(from),
            last: functions.digammas(to),
            prior: ends.fold([0.0, 0.0], |[low, high], (a, b)| [low + a.min(*b), high + a.max(*b)]),
            half: 0.5 * (to - from),
        }
    }

    /// ψ(x + a) − ψ(x + b) is monotone in x: the slope of a pair lies between its slopes at the ends of the range.
    pub(super) fn bound(&self, term: &Term) -> Bound {
        let middle = term.value(&self.values);
        let [mut low, mut high] = self.prior;
        for (above, below) in term.pairs {
            let (above, below) = (usize::from(above), usize::from(below));
            let (first, last) = (self.first[above] - self.first[below], self.last[above] - self.last[below]);
            low += first.min(last);
            high += first.max(last);
        }
        let change = self.half * high.max(-low);
        Bound { middle, most: middle + change, least: middle - change, slopes: [low, high] }
    }
}
