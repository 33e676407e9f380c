//! What excludes nodes, against counts of the nodes themselves; and where it would be wrong.

#![expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small numbers of tests")]

use std::cmp::Ordering;

use ctdata_table::{Control, Table};

use super::searcher::Searcher;
use super::*;
use crate::recode::QuasiIdentifier;
use crate::recode::attributes::SearchAttribute;
use crate::recode::engine::{EngineInput, Nodes, engine};
use crate::recode::judge::JudgeClasses;
use crate::recode::lattice::Lattice;
use crate::recode::metric::{Aggregate, Cost, CostInput, Least, Metric, MetricFamily, cost_of};
use crate::recode::problem::{Problem, solve};
use crate::recode::tally::Wants;
use crate::recode::testing::{Dice, RandomTable, Rules};
use crate::unit::Persons;

/// A random problem made ready for a search.
struct Ready<'a> {
    random: &'a RandomTable,
    rules: &'a Rules,
    populated: bool,
    attributes: &'a [SearchAttribute],
    lattice: &'a Lattice,
    nodes: &'a mut dyn Nodes,
    cost: &'a dyn Cost,
    records: u64,
    limit: u64,
    dice: &'a mut Dice,
}

fn with_problem(dice: &mut Dice, metric: Metric, share: SuppressionLimit, call: impl FnOnce(Ready<'_>)) {
    let random = RandomTable::new(dice, 40);
    let (mut rules, populated) = random.rules(dice);
    rules.average_risk = None;
    let of = |table: &Table| -> Vec<SearchAttribute> {
        random.quasi.iter().map(|quasi| SearchAttribute::of(table, quasi).unwrap()).collect()
    };
    let (attributes, of_population) = (of(&random.table), of(&random.population));
    let lattice = Lattice::try_new(random.quasi.iter().map(QuasiIdentifier::levels)).unwrap();
    let records = random.table.rows() as u64;
    let limit = if share.share() < 1.0 { share.records(records) } else { records };
    let input = EngineInput {
        table: &random.table,
        population: populated.then_some((&random.population, &of_population[..])),
        attributes: &attributes,
        top: lattice.top(),
        judge: &rules,
        persons: &Persons::of(&random.table),
        limit,
    };
    let mut nodes = engine(input, &Control::default()).unwrap();
    let cost = cost_of(metric, CostInput { attributes: &attributes, records, limit, log_counts: nodes.log_counts() });
    let (attributes, nodes, cost) = (&attributes[..], &mut *nodes, &*cost);
    let (random, rules, lattice) = (&random, &rules, &lattice);
    call(Ready { random, rules, populated, attributes, lattice, nodes, cost, records, limit, dice });
}

/// Any number of records, all of them too.
fn everything() -> SuppressionLimit {
    SuppressionLimit::try_new(1.0).unwrap()
}

fn random_node(lattice: &Lattice, dice: &mut Dice) -> Vec<u16> {
    lattice.levels(u128::from(dice.roll(1 << 40)) % lattice.size())
}

/// What a node suppresses, the nodes below it suppress too, and their loss is at least that of these
/// records; for every factor and aggregate. Where parts of a failing class may hold, it is not so.
#[test]
fn a_bound_from_the_records_that_a_solution_suppresses_is_kept_by_all_nodes_below() {
    let (mut held, mut nearer, mut broken) = (0, 0, 0);
    for seed in 0..6000 {
        let mut dice = Dice(seed ^ 0x1EA5);
        let metric = Metric::default()
            .with_aggregate(Aggregate::ALL[dice.roll(5) as usize])
            .with_factor(dice.roll(11) as f64 / 10.0)
            .unwrap();
        with_problem(&mut dice, metric, everything(), |ready| {
            let Ready { rules, lattice, nodes, cost, dice, .. } = ready;
            let above = random_node(lattice, dice);
            let below: Vec<u16> = above
                .iter()
                .zip(lattice.bottom())
                .map(|(&level, &lowest)| lowest + dice.roll(u64::from(level - lowest) + 1) as u16)
                .collect();
            let (over, under) = (nodes.tell(&above, cost.wants()), nodes.tell(&below, cost.wants()));
            if !over.table_holds || !under.table_holds || over.suppressed == 0 {
                return;
            }
            let least = Least { records: over.suppressed, leaves: over.leaves.clone() };
            let (bound, score) = (cost.bound_below(&below, &least), cost.score(&below, &under));
            if rules.monotonicity().with_suppression {
                assert_ne!(bound.compare(&score), Ordering::Greater, "seed {seed}: {bound:?} {score:?}");
                let count_alone = cost.bound(&below, over.suppressed);
                assert_ne!(count_alone.compare(&bound), Ordering::Greater, "seed {seed}");
                held += 1;
                nearer += u32::from(count_alone.compare(&bound).is_lt());
            } else {
                broken += u32::from(bound.compare(&score).is_gt());
            }
        });
    }
    assert!(held > 500 && nearer > 100 && broken > 5, "{held} {nearer} {broken}");
}

/// Records in small classes of a projection are in small classes; where persons have several records,
/// there may be more of them, and models may exclude more.
#[test]
fn what_fails_at_sight_fails() {
    let (mut all, mut some, mut fewer) = (0, 0, 0);
    for seed in 0..3000 {
        let mut dice = Dice(seed ^ 0x51E7E);
        with_problem(&mut dice, Metric::default(), everything(), |ready| {
            let Ready { random, lattice, nodes, dice, .. } = ready;
            for _ in 0..4 {
                let levels = random_node(lattice, dice);
                let (small, least) = (nodes.tell(&levels, Wants::default()).small, nodes.small_at_least(&levels));
                assert!(least <= small, "seed {seed}");
                if Persons::of(&random.table).repeat() {
                    fewer += u32::from(least < small);
                } else {
                    // Small tables have few cells: no attribute is left out.
                    assert_eq!(least, small, "seed {seed}");
                    all += 1;
                    some += u32::from(least > 0);
                }
            }
        });
    }
    assert!(all > 1000 && some > 500 && fewer > 50, "{all} {some} {fewer}");
}

/// With room for a few boxes only, some are left out: either the answer is still proven, or it is not
/// said to be, and the bound is true.
#[test]
fn boxes_that_are_left_out_are_not_forgotten() {
    let (mut proven, mut open) = (0, 0);
    for seed in 0..1500 {
        let mut dice = Dice(seed ^ 0xB0C5);
        let metric = Metric::new(MetricFamily::ALL[dice.roll(10) as usize]);
        let share = SuppressionLimit::try_new(dice.roll(60) as f64 / 100.0).unwrap();
        let most = dice.roll(4) as usize;
        with_problem(&mut dice, metric, share, |ready| {
            let Ready { random, rules, populated, attributes, lattice, nodes, cost, records, limit, .. } = ready;
            let control = Control::default();
            let input =
                SearchInput { attributes, lattice, nodes, judge: rules, cost, records, limit, control: &control };
            let mut searcher = Searcher::new(input);
            assert!(boxes::run(&mut searcher, most).is_ok());
            let found = searcher.finish(true, None);
            let problem = Problem {
                table: &random.table,
                quasi: &random.quasi,
                judge: rules,
                persons: &Persons::of(&random.table),
                population: populated.then_some(&random.population),
                limit: share,
                metric,
                search: Search::Exhaustive,
            };
            match (solve(&problem, &control), found) {
                (Ok(all), Ok(found)) if found.report.optimal => {
                    assert_eq!(all.report.levels, found.report.levels, "seed {seed}");
                    proven += 1;
                }
                (Ok(all), Ok(found)) => {
                    assert!(found.report.bound <= all.report.score && found.report.score >= all.report.score);
                    open += 1;
                }
                (Err(all), Err(found)) => assert_eq!(all.to_string(), found.to_string()),
                (all, found) => panic!("seed {seed}: {all:?} {found:?}"),
            }
        });
    }
    assert!(proven > 200 && open > 20, "{proven} {open}");
}

/// All that is reported is the same on any number of threads.
#[cfg(feature = "rayon")]
#[test]
fn the_number_of_threads_plays_no_part() {
    let pools = [1, 2, 3].map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap());
    let mut solved = 0;
    for seed in 0..400 {
        let mut dice = Dice(seed ^ 0x0741_2EAD);
        let random = RandomTable::new(&mut dice, 60);
        let (rules, populated) = random.rules(&mut dice);
        let share = dice.roll(100) as f64 / 100.0;
        let metric = Metric::new(MetricFamily::ALL[dice.roll(10) as usize]);
        for search in Search::ALL {
            let answers = pools.each_ref().map(|pool| {
                let problem = Problem {
                    table: &random.table,
                    quasi: &random.quasi,
                    judge: &rules,
                    persons: &Persons::of(&random.table),
                    population: populated.then_some(&random.population),
                    limit: SuppressionLimit::try_new(share).unwrap(),
                    metric,
                    search,
                };
                let found = pool.install(|| solve(&problem, &Control::default()));
                found.map(|found| (found.report, found.kept, found.quality)).map_err(|error| error.to_string())
            });
            solved += u32::from(answers[0].is_ok());
            assert!(answers.iter().all(|answer| *answer == answers[0]), "seed {seed}");
        }
    }
    assert!(solved > 300, "{solved}");
}
