use ctdata_table::{Control, StopReason, Table};

use super::*;
use crate::model::evaluator::Monotonicity;
use crate::recode::QuasiIdentifier;
use crate::recode::metric::{Aggregate, Metric, MetricFamily};
use crate::recode::problem::{Problem, Solution, solve, solve_sweeping};
use crate::recode::testing::{Dice, RandomTable, Rule, Rules, hierarchy, read};
use crate::unit::Persons;

fn random_metric(dice: &mut Dice) -> Metric {
    let metric = if dice.one_in(2) {
        Metric::default().with_aggregate(Aggregate::ALL[dice.roll(5) as usize])
    } else {
        Metric::new(MetricFamily::ALL[dice.roll(10) as usize])
    };
    let factor = if dice.one_in(2) { 0.5 } else { dice.roll(11) as f64 / 10.0 };
    metric.with_factor(factor).unwrap()
}

fn random_limit(dice: &mut Dice) -> SuppressionLimit {
    let share = match dice.roll(4) {
        0 => 0.0,
        1 => 1.0,
        _ => dice.roll(100) as f64 / 100.0,
    };
    SuppressionLimit::try_new(share).unwrap()
}

#[test]
fn optimal_is_exhaustive_on_random_problems() {
    let (mut solved, mut left_out) = (0, 0);
    for seed in 0..3000 {
        let mut dice = Dice(seed);
        let random = RandomTable::new(&mut dice, 40);
        let (rules, populated) = random.rules(&mut dice);
        let problem = Problem {
            table: &random.table,
            quasi: &random.quasi,
            judge: &rules,
            persons: &Persons::of(&random.table),
            population: populated.then_some(&random.population),
            limit: random_limit(&mut dice),
            metric: random_metric(&mut dice),
            search: Search::Exhaustive,
        };
        let solve = |search, swept| solve_sweeping(&Problem { search, ..problem }, swept, &Control::default());
        let exhaustive = solve(Search::Exhaustive, SWEPT);
        for swept in [SWEPT, 0] {
            match (&exhaustive, solve(Search::Optimal, swept)) {
                (Ok(all), Ok(best)) => {
                    assert_eq!(best.levels, all.levels, "seed {seed}, {swept}: {:?} {:?}", best.report, all.report);
                    assert_eq!((best.report.score, &best.kept), (all.report.score, &all.kept), "seed {seed}");
                    assert_eq!((best.report.bound, best.report.gap), (all.report.score, 0.0));
                    assert!(best.report.optimal && all.report.optimal);
                    left_out += u128::from(all.report.checked) - u128::from(best.report.checked).min(u128::from(all.report.checked));
                    solved += 1;
                }
                (Err(all), Err(best)) => assert_eq!(all.to_string(), best.to_string()),
                (all, best) => panic!("seed {seed}: {all:?} but {best:?}"),
            }
        }
        match (&exhaustive, solve(Search::Heuristic, SWEPT)) {
            (Ok(all), Ok(some)) => {
                assert!(some.report.score >= all.report.score && some.report.bound <= all.report.score, "seed {seed}");
            }
            (Err(_), Ok(some)) => panic!("seed {seed}: {some:?}"),
            // Where models are not monotone, the way down from the top may meet no solution.
            (_, Err(_)) => {}
        }
    }
    assert!(solved > 3000 && left_out > 30_000, "{solved} {left_out}");
}
