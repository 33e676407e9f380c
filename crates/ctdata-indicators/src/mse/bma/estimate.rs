//! The estimate: graphs, grid, posterior, and what to know of it.

use super::evaluate::{Scale, of_graphs, posterior};
use super::graphs::{Graph, MOST_LISTS, decomposable, pairs};
use super::grid::Grid;
use super::options::{BmaGrid, BmaOptions, MOST_POINTS, PopulationPrior};
use super::summary::{BmaBin, BmaSummary, Distribution};
use super::weights::{Functions, Term, terms};
use crate::interval::Level;
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::outcome::{Finding, Method, Status};
use crate::mse::sample::Sample;
use ctdata_table::Control;

/// The most persons seen: with more, ln Γ no longer has the digits that weights need.
const MOST_PERSONS: u64 = 1 << 34;

/// Graphs of a lower posterior probability have lost too much to what was passed over as negligible.
const LEAST_REPORTED: f64 = 1e-12;

/// From this share of the mean in the upper half of the grid on, the mean is said to depend on the grid.
const MEAN_SHARE: f64 = 1e-3;

/// The posterior of the number of all persons, averaged over the decomposable graphs on two to six lists.
///
/// # When not to use
/// The method never refuses for lack of overlap: with few overlaps the prior decides, and a note says so. A graph
/// that is not decomposable (four lists in a ring) and differences between persons that no list tells of are not in
/// the average.
///
/// ```
/// use ctdata_indicators::mse::{Bma, BmaOptions, CaptureHistories, ListSet};
/// use ctdata_table::Control;
///
/// // Spina bifida, three lists: Madigan and York (1997).
/// let counts = [(1, 60), (2, 49), (3, 4), (4, 247), (5, 112), (6, 142), (7, 12)];
/// let counts = counts.map(|(lists, count)| (ListSet::from_bits(lists), count));
/// let histories = CaptureHistories::try_new(["births", "deaths", "rehabilitation"], counts)?;
/// let bma = Bma::estimate(&histories, &BmaOptions::default(), &Control::default())?;
/// let summary = bma.summary.as_ref().unwrap();
/// assert!(summary.interval.low > 626.0 && summary.median < 800.0);
/// assert_eq!(bma.top_graphs[0].named, "[births:deaths,rehabilitation]");
/// # Ok::<(), ctdata_indicators::mse::MseError>(())
/// ```
///
/// # Sources
/// Madigan and York (1997), Bayesian methods for estimation of the size of a closed population, *Biometrika* 84,
/// 19–31. Johndrow, Lum and Ball (2015), *dga: Capture-Recapture Estimation using Bayesian Model Averaging*.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Bma {
    /// [`Status::Ok`]; [`Status::NotConverged`] if more posterior mass lies at the edge of the longest grid than the
    /// options allow, with figures that depend on where it ends; or why there are no figures.
    pub status: Status,
    /// The number of persons seen.
    pub persons: u64,
    /// The number of decomposable graphs on the lists.
    pub graphs: usize,
    /// Prior persons in each cell.
    pub delta: f64,
    /// The prior of the number of all persons.
    pub population_prior: PopulationPrior,
    /// The level of the intervals.
    pub level: Level,
    /// The posterior in figures, averaged over the graphs.
    pub summary: Option<BmaSummary>,
    /// The posterior probability that the number lies in the last hundredth of the grid.
    pub edge_mass: Option<f64>,
    /// The number of points of the grid.
    pub grid_points: usize,
    /// The largest number of unseen persons on the grid.
    pub most_unseen: f64,
    /// The graphs of largest posterior probability, the most probable first; none below 1e-12.
    pub top_graphs: Vec<BmaGraph>,
    /// The posterior probability that two lists are joined, for all pairs.
    pub edges: Vec<BmaEdge>,
    /// The posterior between its quantiles of 0.5 % and 99.5 %, thinned for a plot.
    pub posterior: Vec<BmaBin>,
    /// What to know, in plain sentences without a full stop at the end.
    pub notes: Vec<String>,
}

/// One graph and what it alone would say.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BmaGraph {
    /// Its cliques by the numbers of their lists: `[12,23]`.
    pub notation: String,
    /// Its cliques by the names of their lists: `[LA:NG,NG:GP]`.
    pub named: String,
    /// Its posterior probability.
    pub probability: f64,
    /// The posterior of the number of persons if this graph is right.
    pub summary: BmaSummary,
}

/// Two lists and whether they depend on each other directly.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BmaEdge {
    /// The one list.
    pub first: String,
    /// The other.
    pub second: String,
    /// The posterior probability of an edge between them.
    pub probability: f64,
}

impl Bma {
    /// Averages over all decomposable graphs on the lists of a table. All graphs are equally likely beforehand.
    ///
    /// Needs between two and six lists, somebody seen and at most 2^34 persons, else the status says why there are no
    /// figures. Results do not depend on the number of threads, nor, but for rounding, on the order of the lists.
    ///
    /// # Errors
    /// [`MseError::Option`] for options out of range; [`MseError::Table`] when cancelled.
    pub fn estimate(histories: &CaptureHistories, options: &BmaOptions, control: &Control) -> Result<Self, MseError> {
        options.check()?;
        let lists = histories.lists().len();
        let delta = options.delta.unwrap_or_else(|| 0.5_f64.powi(i32::try_from(lists).unwrap_or(i32::MAX)));
        let mut bma = Self {
            status: Status::Ok,
            persons: histories.persons(),
            graphs: 0,
            delta,
            population_prior: options.population_prior,
            level: options.level,
            summary: None,
            edge_mass: None,
            grid_points: 0,
            most_unseen: 0.0,
            top_graphs: Vec::new(),
            edges: Vec::new(),
            posterior: Vec::new(),
            notes: Vec::new(),
        };
        if lists > MOST_LISTS {
            return Ok(bma.refused(Status::ListsOutOfRange, "model averaging is for two to six lists"));
        }
        if bma.persons == 0 {
            return Ok(bma.refused(Status::Undefined, "nobody was seen"));
        }
        if bma.persons > MOST_PERSONS {
            return Ok(bma.refused(Status::TooLarge, "with more than 2^34 persons weights lose their digits"));
        }
        let sample = Sample::of(histories);
        let graphs = decomposable(lists);
        let functions = Functions::of(&sample, delta, options.population_prior);
        let terms = terms(&sample, delta, &graphs, &functions);
        bma.graphs = graphs.len();
        bma.fill(histories, options, &Ready { graphs, terms, functions }, control)?;
        if histories.iter().all(|(history, _)| history.len() < 2) {
            bma.notes.push("no person is on two lists: the prior decides, the table says little".to_owned());
        }
        Ok(bma)
    }

    /// What the method says, in the form of all methods: the median with its interval.
    pub fn finding(&self) -> Finding {
        let mut finding = match &self.summary {
            Some(summary) if self.status == Status::Ok => {
                let mut finding = Finding::of(Method::Bma, summary.median, self.level);
                finding.interval = Some(summary.interval);
                let top =
                    self.top_graphs.first().map(|top| format!(", {} first with {:.2}", top.named, top.probability));
                let top = top.unwrap_or_default();
                finding.model = Some(format!("average over {} decomposable graphs{top}", self.graphs));
                finding
            }
            _ => Finding::refused(Method::Bma, self.status, self.level),
        };
        finding.notes.clone_from(&self.notes);
        finding
    }

    fn refused(mut self, status: Status, why: &str) -> Self {
        self.status = status;
        self.notes.push(why.to_owned());
        self
    }

    fn fill(
        &mut self,
        histories: &CaptureHistories,
        options: &BmaOptions,
        ready: &Ready,
        control: &Control,
    ) -> Result<(), MseError> {
        let (functions, terms) = (&ready.functions, &ready.terms);
        let mut given = options.grid;
        let mut longer = None;
        let (grid, posterior) = loop {
            control.reserve(24 * given.points() + 64 * 8 * terms.len() as u64)?;
            let grid = match Grid::given(given) {
                Some(grid) => grid,
                None => Grid::adaptive(functions, terms, options.most_unseen, control)?,
            };
            let posterior = posterior(functions, terms, &grid, control)?;
            let edge = Distribution::of(&grid, &posterior.points, self.persons).edge_mass();
            if edge > options.most_edge_mass {
                longer = options.extend.then(|| given.twice(options.most_unseen)).flatten();
            }
            match longer.take() {
                Some(next) => given = next,
                None => break (grid, posterior),
            }
        };
        let distribution = Distribution::of(&grid, &posterior.points, self.persons);
        let summary = distribution.summary(self.level);
        let edge_mass = distribution.edge_mass();
        self.edge_mass = Some(edge_mass);
        self.grid_points = grid.points.len();
        self.most_unseen = grid.end;
        self.posterior = distribution.bins(options.posterior_bins);
        self.summary = Some(summary);
        self.notes.push(format!(
            "{} of the posterior lies in the last hundredth of the grid, which ends at {} unseen persons",
            if edge_mass < 1e-6 { "less than a millionth".to_owned() } else { format!("{edge_mass:.1e}") },
            if grid.end < 1e7 { grid.end.to_string() } else { format!("{:e}", grid.end) }
        ));
        // Only who asks for a grid that is not made longer has figures that rest on where it ends.
        let may_end = !options.extend && options.grid != BmaGrid::Adaptive;
        if edge_mass > options.most_edge_mass && !may_end {
            self.status = Status::NotConverged;
        }
        if distribution.share_of_mean_in_upper_half() > MEAN_SHARE {
            self.notes.push("the posterior mean depends on where the grid ends: read the median".to_owned());
        }
        let sum: f64 = posterior.graphs.iter().sum();
        let probabilities: Vec<f64> = posterior.graphs.iter().map(|mass| mass / sum).collect();
        self.edges = edges(histories, &ready.graphs, &probabilities);
        self.top_graphs = self.top(histories, options, ready, &grid, (&probabilities, posterior.scale), control)?;
        Ok(())
    }

    fn top(
        &self,
        histories: &CaptureHistories,
        options: &BmaOptions,
        ready: &Ready,
        grid: &Grid,
        (probabilities, scale): (&[f64], Scale),
        control: &Control,
    ) -> Result<Vec<BmaGraph>, MseError> {
        let mut top: Vec<(&Graph, &Term, f64)> = ready
            .graphs
            .iter()
            .zip(&ready.terms)
            .zip(probabilities)
            .map(|((graph, term), probability)| (graph, term, *probability))
            .filter(|(_, _, probability)| *probability > LEAST_REPORTED)
            .collect();
        top.sort_by(|one, other| other.2.total_cmp(&one.2));
        top.truncate(options.top_graphs);
        // So many at a time that their masses take 8 MB.
        let mut reported = Vec::with_capacity(top.len());
        for some in top.chunks(((1 << 20) / grid.points.len().max(1)).max(1)) {
            let terms: Vec<&Term> = some.iter().map(|(_, term, _)| *term).collect();
            let masses = of_graphs(&ready.functions, &terms, grid, scale, control)?;
            reported.extend(some.iter().zip(masses).map(|((graph, _, probability), masses)| BmaGraph {
                notation: graph.notation(),
                named: graph.named(histories.lists()),
                probability: *probability,
                summary: Distribution::of(grid, &masses, self.persons).summary(self.level),
            }));
        }
        Ok(reported)
    }
}

/// What does not depend on the grid.
struct Ready {
    graphs: Vec<Graph>,
    terms: Vec<Term>,
    functions: Functions,
}

fn edges(histories: &CaptureHistories, graphs: &[Graph], probabilities: &[f64]) -> Vec<BmaEdge> {
    let names = histories.lists();
    let name = |list: usize| names.get(list).cloned().unwrap_or_default();
    let edge = |(bit, [first, second]): (usize, [usize; 2])| {
        let with = graphs.iter().zip(probabilities).filter(|(graph, _)| graph.edges >> bit & 1 == 1);
        BmaEdge {
            first: name(first),
            second: name(second),
            probability: with.map(|(_, probability)| probability).sum(),
        }
    };
    pairs(names.len()).enumerate().map(edge).collect()
}

impl BmaGrid {
    /// How many points are asked for.
    fn points(self) -> u64 {
        match self {
            Self::Adaptive => 0,
            Self::Integers { from, to } => to - from + 1,
            Self::Points { points, .. } => points as u64,
        }
    }

    /// The same step, twice as far; `None` past the largest number or the most points, and for an adaptive grid,
    /// which ends where it must.
    fn twice(self, most_unseen: u64) -> Option<Self> {
        let double = |from: u64, to: u64| from.checked_add(2 * (to - from)).filter(|to| *to <= most_unseen);
        match self {
            Self::Adaptive => None,
            Self::Integers { from, to } => {
                let to = double(from, to)?;
                (to - from < MOST_POINTS).then_some(Self::Integers { from, to })
            }
            Self::Points { from, to, points } => {
                let (to, points) = (double(from, to)?, 2 * points - 1);
                (points as u64 <= MOST_POINTS).then_some(Self::Points { from, to, points })
            }
        }
    }
}
