//! Published figures, closed forms, the formulas written out, and properties.

use super::graphs::{Graph, decomposable};
use super::*;
use crate::interval::Level;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::outcome::Status;
use ctdata_table::Control;
use proptest::prelude::*;
use statrs::function::gamma::ln_gamma;

fn table(lists: usize, counts: &[(u16, u64)]) -> CaptureHistories {
    let names = ["A", "B", "C", "D", "E", "F", "G"].into_iter().take(lists);
    CaptureHistories::try_new(names, counts.iter().map(|(bits, count)| (ListSet::from_bits(*bits), *count))).unwrap()
}

/// Spina bifida in upstate New York, three lists (Madigan and York 1997).
fn spina_bifida() -> CaptureHistories {
    table(3, &[(1, 60), (2, 49), (3, 4), (4, 247), (5, 112), (6, 142), (7, 12)])
}

/// The five-list example of Madigan and York (1997), as in the documentation of dga; the first list varies fastest.
fn five_lists() -> CaptureHistories {
    let counts =
        [0, 27, 37, 19, 4, 4, 1, 1, 97, 22, 37, 25, 2, 1, 3, 5, 83, 36, 34, 18, 3, 5, 0, 2, 30, 5, 23, 8, 0, 3, 0, 2];
    table(5, &(0..32).zip(counts).collect::<Vec<_>>())
}

/// United Kingdom 2013, five lists (Silverman 2014; package SparseMSE, `UKdat_5`).
fn uk() -> CaptureHistories {
    table(
        5,
        &[
            (1, 54),
            (2, 463),
            (4, 995),
            (8, 695),
            (16, 316),
            (3, 15),
            (5, 19),
            (9, 3),
            (6, 62),
            (10, 19),
            (18, 1),
            (12, 76),
            (20, 11),
            (24, 8),
            (7, 1),
            (11, 1),
            (14, 4),
            (15, 1),
        ],
    )
}

/// A made-up table of few persons: the posterior is wide.
fn few() -> CaptureHistories {
    table(3, &[(1, 11), (2, 8), (4, 5), (3, 3), (5, 2), (7, 1)])
}

fn estimate(histories: &CaptureHistories, options: &BmaOptions) -> Bma {
    Bma::estimate(histories, options, &Control::default()).unwrap()
}

fn on_integers(from: u64, to: u64) -> BmaOptions {
    BmaOptions { grid: BmaGrid::Integers { from, to }, extend: false, top_graphs: 1_000, ..BmaOptions::default() }
}

/// The spina bifida example with the prior of Madigan and York (1997), N Poisson with a gamma mean of shape 13.14 and
/// scale 55.17, δ = 1. Their figures, as repeated in the tests of dga 2.0.2: the most probable graph has 0.37, its
/// relative-error estimate 731 and its mode 729; the average over all graphs 731 and 728.
#[test]
fn the_figures_of_madigan_and_york_are_met() {
    let options = BmaOptions {
        population_prior: PopulationPrior::GammaPoisson { shape: 13.14, scale: 55.17 },
        delta: Some(1.0),
        ..on_integers(1, 300)
    };
    let adaptive = BmaOptions { grid: BmaGrid::Adaptive, ..options.clone() };
    for options in [options, adaptive] {
        let bma = estimate(&spina_bifida(), &options);
        let (summary, top) = (bma.summary.unwrap(), &bma.top_graphs[0]);
        assert_eq!(top.notation, "[12,3]");
        assert!((top.probability - 0.37).abs() < 0.005, "{}", top.probability);
        assert!((top.summary.relative_error_estimate - 731.0).abs() < 0.5);
        assert!((top.summary.mode - 729.0).abs() < 0.5);
        assert!((summary.relative_error_estimate - 731.0).abs() < 0.5);
        assert!((summary.mode - 728.0).abs() < 0.5);
        assert_eq!(bma.status, Status::Ok);
    }
}

/// ln of the weight of a graph and a number of unseen persons, written out term by term as in the paper: marginal
/// likelihoods of cliques over separators, the multinomial coefficient, the prior.
fn written_out(histories: &CaptureHistories, graph: &Graph, delta: f64, unseen: u64) -> f64 {
    let lists = i32::try_from(histories.lists().len()).unwrap();
    let (n, unseen) = (real(histories.persons()), real(unseen));
    let all = 2_f64.powi(lists) * delta;
    let marginal = |set: &ListSet| {
        let size = i32::try_from(set.len()).unwrap();
        let prior = delta * 2_f64.powi(lists - size);
        let mut sum = ln_gamma(all) - ln_gamma(unseen + n + all);
        let parts = (0..1_u16 << lists).map(ListSet::from_bits).filter(|part| part.is_subset(*set));
        for part in parts {
            let inside = histories.iter().filter(|(history, _)| history.intersection(*set) == part);
            let seen: u64 = inside.map(|(_, count)| count).sum();
            let count = real(seen) + if part.is_empty() { unseen } else { 0.0 };
            sum += ln_gamma(count + prior) - ln_gamma(prior);
        }
        sum
    };
    let cliques: f64 = graph.cliques.iter().map(marginal).sum();
    let separators: f64 = graph.separators.iter().map(marginal).sum();
    cliques - separators + ln_gamma(n + unseen + 1.0) - ln_gamma(unseen + 1.0) - (n + unseen).ln()
}

/// Probabilities by unseen number and by graph, by the formulas written out.
fn by_hand(histories: &CaptureHistories, delta: f64, to: u64) -> (Vec<f64>, Vec<(String, f64)>) {
    let graphs = decomposable(histories.lists().len());
    let weights: Vec<Vec<f64>> = graphs
        .iter()
        .map(|graph| (0..=to).map(|unseen| written_out(histories, graph, delta, unseen)).collect())
        .collect();
    let most = weights.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = weights.iter().flatten().map(|weight| (weight - most).exp()).sum();
    let share = |weight: &f64| (weight - most).exp() / sum;
    let numbers = (0..weights[0].len()).map(|at| weights.iter().map(|graph| share(&graph[at])).sum()).collect();
    let of_graph = |(graph, weights): (&Graph, &Vec<f64>)| (graph.notation(), weights.iter().map(share).sum());
    (numbers, graphs.iter().zip(&weights).map(of_graph).collect())
}

/// The first number whose cumulative probability exceeds another.
fn first_above(numbers: &[f64], probability: f64, persons: u64) -> f64 {
    let mut sum = 0.0;
    let at = numbers.iter().position(|share| {
        sum += share;
        sum > probability
    });
    real(persons + at.unwrap() as u64)
}

#[test]
fn the_formulas_written_out_give_the_same() {
    for (histories, delta, to) in [
        (few(), 0.125, 400),
        (few(), 1.0, 400),
        (spina_bifida(), 0.5, 400),
        (five_lists(), 0.5, 100),
        (uk(), 0.03125, 40),
        (table(2, &[(1, 4), (2, 3), (3, 2)]), 0.25, 500),
        (table(4, &[(1, 1), (2, 1), (4, 1), (8, 1)]), 0.0625, 60),
        (table(4, &[(1, 9), (3, 5), (7, 2), (15, 1)]), 0.0625, 60),
    ] {
        let (numbers, graphs) = by_hand(&histories, delta, to);
        let bma = estimate(&histories, &BmaOptions { delta: Some(delta), ..on_integers(0, to) });
        let summary = bma.summary.unwrap();
        let n = real(histories.persons());
        let mean: f64 = (0..).zip(&numbers).map(|(unseen, share)| (n + f64::from(unseen)) * share).sum();
        assert!((summary.mean / mean - 1.0).abs() < 1e-9);
        for (quantile, probability) in
            [(summary.interval.low, 0.025), (summary.median, 0.5), (summary.interval.high, 0.975)]
        {
            assert!((quantile - first_above(&numbers, probability, histories.persons())).abs() < 1e-9);
        }
        for graph in &bma.top_graphs {
            let (_, expected) = graphs.iter().find(|(notation, _)| *notation == graph.notation).unwrap();
            assert!((graph.probability - expected).abs() < 1e-9 * expected.max(1e-3), "{}", graph.notation);
        }
        assert!((bma.top_graphs.iter().map(|graph| graph.probability).sum::<f64>() - 1.0).abs() < 1e-9);
        let edge: f64 = numbers.iter().skip(usize::try_from(to * 99 / 100).unwrap() + 1).sum();
        assert!((bma.edge_mass.unwrap() - edge).abs() < 1e-9);
    }
}

/// Figures of an independent program: graphs by trying to eliminate vertices, weights as products along the
/// elimination order without cliques and separators, the gamma function of Python's standard library.
#[test]
fn a_second_program_gives_the_same() {
    let grid = BmaGrid::Points { from: 1, to: 82_320, points: 1_000 };
    let check =
        |bma: Bma, [low, median, high]: [f64; 3], mean: f64, relative: f64, top: (&str, f64), edges: [f64; 10]| {
            let summary = bma.summary.unwrap();
            let close = |one: f64, other: f64| (one / other - 1.0).abs() < 1e-9;
            assert!(
                close(summary.interval.low, low) && close(summary.median, median) && close(summary.interval.high, high)
            );
            assert!(close(summary.mean, mean) && close(summary.relative_error_estimate, relative));
            let first = &bma.top_graphs[0];
            assert!(first.notation == top.0 && (first.probability - top.1).abs() < 1e-8);
            for (edge, expected) in bma.edges.iter().zip(edges) {
                assert!((edge.probability - expected).abs() < 2e-9, "{edge:?}");
            }
        };
    check(
        estimate(&uk(), &BmaOptions { grid, ..on_integers(0, 1) }),
        [10_408.330_330_330_33, 23_015.744_744_744_745, 33_480.722_722_722_73],
        21_282.242_155_694_516,
        15_879.209_190_464_093,
        ("[123,25,34]", 0.443_433_225),
        [
            0.999_799_834,
            0.906_776_544,
            0.011_787_935,
            0.408_580_237,
            0.698_346_856,
            0.079_748_549,
            0.883_509_887,
            0.691_880_255,
            0.322_190_168,
            0.298_854_13,
        ],
    );
    check(
        estimate(&five_lists(), &BmaOptions { delta: Some(0.5), ..on_integers(1, 300) }),
        [588.0, 616.0, 655.0],
        617.815_890_761_469_5,
        616.870_336_785_999_8,
        ("[12,13,24,45]", 0.217_073_450_6),
        [
            0.896_069_33,
            0.999_705_76,
            0.244_385_222,
            0.088_958_407,
            0.122_331_956,
            0.464_207_19,
            0.105_679_376,
            0.135_235_456,
            0.099_900_841,
            0.999_954_557,
        ],
    );
}

/// Two lists with δ = 1/4: with one edge the cell of nobody is Beta-distributed, and with prior 1/N
/// P(M) ∝ Γ(M + 1/4) / (M! (M + n)), whatever the table; of the independent graph the weights are
/// Γ(M + b + ½) Γ(M + a + ½) / (Γ(M + n + 1) M! (M + n)) with a and b persons on one list only.
#[test]
fn two_lists_have_a_closed_form() {
    let (a, b, both, to) = (6_u32, 4_u32, 3_u32, 300_u32);
    let n = a + b + both;
    let histories = table(2, &[(1, u64::from(a)), (2, u64::from(b)), (3, u64::from(both))]);
    let bma = estimate(&histories, &on_integers(0, u64::from(to)));
    let mean = |weight: &dyn Fn(f64) -> f64| {
        let weights: Vec<f64> = (0..=to).map(|unseen| weight(f64::from(unseen)).exp()).collect();
        let numbers = (0..=to).map(|unseen| f64::from(n + unseen));
        numbers.zip(&weights).map(|(number, weight)| number * weight).sum::<f64>() / weights.iter().sum::<f64>()
    };
    let (a, b, n) = (f64::from(a), f64::from(b), f64::from(n));
    let joined = |m: f64| ln_gamma(m + 0.25) - ln_gamma(m + 1.0) - (m + n).ln();
    let apart = |m: f64| {
        ln_gamma(m + a + 0.5) + ln_gamma(m + b + 0.5) - ln_gamma(m + n + 1.0) - ln_gamma(m + 1.0) - (m + n).ln()
    };
    for (notation, expected) in [("[12]", mean(&joined)), ("[1,2]", mean(&apart))] {
        let graph = bma.top_graphs.iter().find(|graph| graph.notation == notation).unwrap();
        assert!((graph.summary.mean / expected - 1.0).abs() < 1e-10, "{notation}");
    }
    let edge = bma.edges.first().unwrap();
    let joined = bma.top_graphs.iter().find(|graph| graph.notation == "[12]").unwrap();
    assert!((edge.probability - joined.probability).abs() < 1e-12);
}

/// The adaptive grid against every integer, where the integers reach as far as the posterior.
#[test]
fn the_adaptive_grid_is_as_good_as_every_integer() {
    let prior = PopulationPrior::GammaPoisson { shape: 4.0, scale: 300.0 };
    for histories in [spina_bifida(), five_lists(), few()] {
        let integers = BmaOptions { population_prior: prior, ..on_integers(0, 20_000) };
        let adaptive = BmaOptions { grid: BmaGrid::Adaptive, ..integers.clone() };
        let (integers, adaptive) = (estimate(&histories, &integers), estimate(&histories, &adaptive));
        assert!(integers.edge_mass.unwrap() < 1e-9, "{:?}", integers.edge_mass);
        assert!(adaptive.grid_points < integers.grid_points, "{}", adaptive.grid_points);
        let (one, other) = (integers.summary.unwrap(), adaptive.summary.unwrap());
        let step = 1.0 + 1e-4 * (one.interval.high - one.interval.low);
        for (one, other) in [
            (one.median, other.median),
            (one.interval.low, other.interval.low),
            (one.interval.high, other.interval.high),
        ] {
            assert!((one - other).abs() <= step, "{one} {other}");
        }
        assert!((one.mean / other.mean - 1.0).abs() < 1e-6, "{} {}", one.mean, other.mean);
        assert!((one.relative_error_estimate / other.relative_error_estimate - 1.0).abs() < 1e-6);
        for (one, other) in integers.edges.iter().zip(&adaptive.edges) {
            assert!((one.probability - other.probability).abs() < 1e-6, "{one:?} {other:?}");
        }
    }
}

#[test]
fn a_finer_grid_comes_closer_to_every_integer() {
    let histories = five_lists();
    let every = estimate(&histories, &on_integers(0, 4_000)).summary.unwrap();
    let mut last = f64::INFINITY;
    for points in [21, 101, 501, 2_001] {
        let grid = BmaGrid::Points { from: 0, to: 4_000, points };
        let summary = estimate(&histories, &BmaOptions { grid, ..on_integers(0, 1) }).summary.unwrap();
        let off = (summary.mean - every.mean).abs().max(1e-9);
        assert!(off <= last && (summary.median - every.median).abs() <= 4_000.0 / real(points as u64 - 1), "{points}");
        last = off;
    }
    assert!(last < 1e-3);
    // Points at every integer are every integer.
    let grid = BmaGrid::Points { from: 0, to: 4_000, points: 4_001 };
    let points = estimate(&histories, &BmaOptions { grid, ..on_integers(0, 1) }).summary.unwrap();
    assert!((points.mean / every.mean - 1.0).abs() < 1e-12 && (points.median - every.median).abs() < 1e-9);
}

#[test]
fn a_short_grid_is_made_longer_and_says_so_if_it_may_not_be() {
    let short = BmaOptions { delta: Some(1.0), ..on_integers(0, 50) };
    let bma = estimate(&five_lists(), &short);
    assert!(bma.edge_mass.unwrap() > 1e-3 && bma.notes.iter().any(|note| note.contains("ends at 50 unseen")));
    assert_eq!(bma.status, Status::Ok);
    let longer = estimate(&five_lists(), &BmaOptions { extend: true, ..short.clone() });
    assert!(longer.edge_mass.unwrap() <= 1e-6 && longer.grid_points > 200);
    assert_eq!(longer.status, Status::Ok);
    let stopped = estimate(&five_lists(), &BmaOptions { extend: true, most_unseen: 120, ..short });
    assert_eq!((stopped.status, stopped.grid_points), (Status::NotConverged, 101));
    assert_eq!((stopped.finding().status, stopped.finding().estimate), (Status::NotConverged, None));
}

/// With δ = 1/8 the graph of all edges has weights in proportion to M^(−7/8): under a uniform prior no sum.
#[test]
fn a_posterior_without_end_is_not_converged() {
    let uniform = BmaOptions { population_prior: PopulationPrior::Uniform, ..BmaOptions::default() };
    let bma = estimate(&few(), &uniform);
    assert_eq!(bma.status, Status::NotConverged);
    assert!(bma.finding().notes.iter().any(|note| note.contains("last hundredth")));
    let gentle = BmaOptions { delta: Some(1.0), ..uniform };
    assert_eq!(estimate(&few(), &gentle).status, Status::Ok);
}

#[test]
fn without_overlap_the_answer_comes_with_a_warning() {
    for lists in 2..=5 {
        let counts: Vec<(u16, u64)> = (0..u16::try_from(lists).unwrap()).map(|list| (1 << list, 10)).collect();
        let bma = estimate(&table(lists, &counts), &BmaOptions::default());
        assert!(bma.notes.iter().any(|note| note.contains("the prior decides")));
        let finding = bma.finding();
        assert!(finding.notes.iter().any(|note| note.contains("last hundredth")));
        assert!(finding.estimate.unwrap() > 10.0 * real(lists as u64) && finding.interval.unwrap().high.is_finite());
    }
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let options = BmaOptions::default();
    let refused = |histories: &CaptureHistories| {
        let bma = estimate(histories, &options);
        assert!(bma.summary.is_none() && bma.finding().estimate.is_none() && !bma.notes.is_empty());
        bma.status
    };
    assert_eq!(refused(&table(7, &[(1, 5), (3, 2)])), Status::ListsOutOfRange);
    assert_eq!(refused(&table(3, &[])), Status::Undefined);
    assert_eq!(refused(&table(2, &[(1, 1 << 40), (3, 5)])), Status::TooLarge);
    let bad = BmaOptions { delta: Some(-1.0), ..options };
    assert!(Bma::estimate(&few(), &bad, &Control::default()).is_err());
    let cancelled = Control::default().with_deadline(|| true);
    assert!(Bma::estimate(&few(), &BmaOptions::default(), &cancelled).is_err());
}

/// Large and odd tables: an answer within bounds, and sums that are probabilities.
#[test]
fn hostile_tables_have_an_answer() {
    let billion = 1_000_000_000;
    for histories in [
        table(2, &[(1, billion), (2, billion), (3, billion)]),
        table(3, &[(1, 5 * billion), (2, billion), (4, billion), (3, 1_000), (6, 1_000), (7, 10)]),
        table(3, &[(1, 1)]),
        table(3, &[(7, 1)]),
        table(4, &[(3, 20), (7, 5)]),
        table(5, &[(31, billion)]),
    ] {
        let bma = estimate(&histories, &BmaOptions { top_graphs: 1_000, ..BmaOptions::default() });
        let summary = bma.summary.unwrap();
        let n = real(histories.persons());
        assert!(n <= summary.interval.low && summary.interval.low <= summary.median);
        assert!(summary.median <= summary.interval.high && summary.mean.is_finite() && summary.mode >= n);
        let sum: f64 = bma.top_graphs.iter().map(|graph| graph.probability).sum();
        assert!((sum - 1.0).abs() < 1e-9);
        assert!(bma.edges.iter().all(|edge| (0.0..=1.0 + 1e-9).contains(&edge.probability)));
        let binned: f64 = bma.posterior.iter().map(|bin| bin.probability).sum();
        assert!((0.985..=1.0 + 1e-9).contains(&binned), "{binned}");
        assert!(bma.posterior.windows(2).all(|pair| pair[0].high <= pair[1].low));
        assert!(bma.posterior.len() <= 500, "{}", bma.posterior.len());
    }
}

/// With 10^9 persons on each side and independent lists the posterior is close to the classical answer
/// n₁ n₂ / m, with a relative standard error of 1/√m · √((1 − p₁)(1 − p₂)).
#[test]
fn many_persons_give_the_classical_answer_of_two_lists() {
    let half = 500_000_000;
    let histories = table(2, &[(1, half), (2, half), (3, half)]);
    let bma = estimate(&histories, &BmaOptions { delta: Some(1.0), ..BmaOptions::default() });
    let apart = bma.top_graphs.iter().find(|graph| graph.notation == "[1,2]").unwrap();
    let (expected, sd) = (2e9, 2e9 / 5e8_f64.sqrt() * 0.5);
    assert!((apart.summary.median - expected).abs() < 0.1 * sd, "{}", apart.summary.median);
    let width = (apart.summary.interval.high - apart.summary.interval.low) / (2.0 * Level::P95.z() * sd);
    assert!((width - 1.0).abs() < 0.01, "{width}");
}

#[cfg(feature = "rayon")]
#[test]
fn threads_do_not_change_a_byte() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| estimate(&five_lists(), &on_integers(0, 3_000)))
    };
    let (one, two) = (on(1), on(2));
    assert_eq!(one, two);
    let mass = |bma: &Bma| bma.summary.as_ref().unwrap().mean.to_bits();
    assert_eq!(mass(&one), mass(&two));
}

#[cfg(feature = "serde")]
#[test]
fn results_and_options_are_read_back() {
    let bma = estimate(&few(), &BmaOptions::default());
    let text = serde_json::to_string(&bma).unwrap();
    let back: Bma = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (back.status, back.top_graphs.len(), back.grid_points),
        (bma.status, bma.top_graphs.len(), bma.grid_points)
    );
    let options: BmaOptions =
        serde_json::from_str(r#"{"grid": {"kind": "integers", "from": 0, "to": 9}, "extend": false}"#).unwrap();
    assert_eq!(options.grid, BmaGrid::Integers { from: 0, to: 9 });
    assert!(serde_json::from_str::<BmaOptions>(r#"{"girth": 1}"#).is_err());
}

fn relisted(histories: &CaptureHistories, order: &[usize]) -> CaptureHistories {
    let names: Vec<String> = order.iter().map(|list| histories.lists()[*list].clone()).collect();
    let place = |list: usize| order.iter().position(|other| *other == list).unwrap();
    let counts = histories.iter().map(|(history, count)| (ListSet::of(history.iter().map(place)), count));
    CaptureHistories::try_new(names, counts.collect::<Vec<_>>()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_order_of_lists_does_not_matter(
        counts in prop::collection::vec(0_u64..40, 15),
        order in Just(vec![0, 1, 2, 3]).prop_shuffle(),
    ) {
        prop_assume!(counts.iter().sum::<u64>() > 0);
        let histories = table(4, &(1..16).zip(counts).collect::<Vec<_>>());
        let options = BmaOptions { top_graphs: 1, ..BmaOptions::default() };
        let (one, other) = (estimate(&histories, &options), estimate(&relisted(&histories, &order), &options));
        let (a, b) = (one.summary.unwrap(), other.summary.unwrap());
        prop_assert!((a.mean / b.mean - 1.0).abs() < 1e-6);
        // A quantile on the border of two numbers may fall to either side.
        prop_assert!((a.median - b.median).abs() <= 1.0 + 1e-6 * a.median);
        for edge in &one.edges {
            let same = other.edges.iter().find(|other| {
                [&other.first, &other.second] == [&edge.first, &edge.second]
                    || [&other.first, &other.second] == [&edge.second, &edge.first]
            });
            prop_assert!((same.unwrap().probability - edge.probability).abs() < 1e-9);
        }
    }

    /// Nothing is known of what such a list depends on beyond the prior: no edge is impossible or certain.
    #[test]
    fn a_list_of_nobody_leaves_its_edges_open(counts in prop::collection::vec(0_u64..20, 7)) {
        prop_assume!(counts.iter().sum::<u64>() > 0);
        let histories = table(4, &(1..8).zip(counts).collect::<Vec<_>>());
        let bma = estimate(&histories, &BmaOptions::default());
        prop_assert!(bma.status == Status::Ok || bma.status == Status::NotConverged);
        for edge in bma.edges.iter().filter(|edge| edge.second == "D") {
            prop_assert!(edge.probability > 0.0 && edge.probability < 1.0);
        }
    }
}
