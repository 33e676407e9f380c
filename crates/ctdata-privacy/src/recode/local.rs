//! Local recoding by full-domain recoding of what the round before suppressed.
//!
//! The classes of a round are kept as they are; the records that it suppressed are recoded anew, with
//! half the limit of suppression. Records of different rounds stand at different levels. Every class
//! of every round satisfies the models, and where classes of two rounds have the same values, so does
//! their union: which is why only models of single classes are taken ([`JudgeClasses`]). A model that
//! needs the whole table is no judge of a round.

use ctdata_table::{Attribute, Column, Control, Domain, Table, TableError};

use super::judge::{ClassesOnly, JudgeClasses};
use super::metric::Metric;
use super::problem::{Problem, solve};
use super::search::{Search, SearchReport, SuppressionLimit};
use super::{Meaning, QuasiIdentifier, RecodedColumn};
use crate::PrivacyError;
use crate::unit::Persons;

/// A local recoding problem.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalProblem<'a> {
    pub(crate) table: &'a Table,
    pub(crate) quasi: &'a [QuasiIdentifier],
    pub(crate) judge: &'a dyn JudgeClasses,
    /// The share of all records that may be dropped in the end.
    pub(crate) limit: SuppressionLimit,
    /// The share of its records that the first round may leave to the next one.
    pub(crate) first_round: SuppressionLimit,
    /// Rounds at the most.
    pub(crate) rounds: usize,
    pub(crate) metric: Metric,
    pub(crate) search: Search,
}

/// What one round recoded.
#[derive(Debug, Clone)]
pub(crate) struct LocalRound {
    /// The level of each quasi-identifier.
    pub(crate) levels: Vec<usize>,
    /// The rows that stand at these levels, ascending.
    pub(crate) rows: Vec<u32>,
    pub(crate) report: SearchReport,
}

/// The answer to a [`LocalProblem`].
#[derive(Debug, Clone)]
pub(crate) struct LocalSolution {
    pub(crate) rounds: Vec<LocalRound>,
    /// The rows that are kept, ascending.
    pub(crate) kept: Vec<u32>,
}

/// Recodes round by round until no record is left, no round can keep any, or the rounds are used up.
///
/// # Errors
/// As [`solve`]; [`PrivacyError::NoRecoding`] if more records remain than the limit allows.
pub(crate) fn solve_local(problem: &LocalProblem<'_>, control: &Control) -> Result<LocalSolution, PrivacyError> {
    let records = problem.table.rows() as u64;
    let limit = problem.limit.records(records);
    let mut left: Vec<u32> = (0u32..).take(problem.table.rows()).collect();
    let mut rounds = Vec::new();
    let mut share = problem.first_round.share();
    for round in 0..problem.rounds.max(1) {
        if left.is_empty() && round > 0 {
            break;
        }
        let part = problem.table.take(&left)?;
        let of_round = Problem {
            table: &part,
            quasi: problem.quasi,
            judge: &ClassesOnly(problem.judge),
            persons: &Persons::of(&part),
            population: None,
            limit: SuppressionLimit::try_new(share)?,
            metric: problem.metric,
            search: problem.search,
        };
        match solve(&of_round, control) {
            Ok(found) => {
                let kept_places = found.kept.iter().map(|&row| row as usize);
                let rows: Vec<u32> = kept_places.filter_map(|place| left.get(place).copied()).collect();
                left.retain(|row| rows.binary_search(row).is_err());
                rounds.push(LocalRound { levels: found.levels, rows, report: found.report });
            }
            // The records left over cannot be kept, or only with more of them left over.
            Err(PrivacyError::NoRecoding { .. }) => {}
            Err(error) => return Err(error),
        }
        share /= 2.0;
    }
    if left.len() as u64 > limit {
        return Err(PrivacyError::NoRecoding { records, limit });
    }
    let mut kept: Vec<u32> = rounds.iter().flat_map(|round| round.rows.iter().copied()).collect();
    kept.sort_unstable();
    Ok(LocalSolution { rounds, kept })
}

/// The columns of a table where each round stands at its own levels. A dropped row gets the code that the
/// last round would give it.
///
/// # Errors
/// As [`super::problem::recode`]; a label that stands for different values on two levels.
pub(crate) fn recode_local(
    table: &Table,
    quasi: &[QuasiIdentifier],
    rounds: &[LocalRound],
) -> Result<Vec<RecodedColumn>, PrivacyError> {
    quasi.iter().enumerate().map(|(at, quasi)| recode_attribute(table, quasi, at, rounds)).collect()
}

fn recode_attribute(
    table: &Table,
    quasi: &QuasiIdentifier,
    at: usize,
    rounds: &[LocalRound],
) -> Result<RecodedColumn, PrivacyError> {
    let (attribute, column) = table.named(quasi.name())?;
    let level_of = |round: &LocalRound| round.levels.get(at).copied().unwrap_or(0);
    let mut levels: Vec<usize> = rounds.iter().map(level_of).collect();
    levels.sort_unstable();
    levels.dedup();
    let values = Values::of(quasi, &levels)?;
    let domain = Domain::nominal(values.labels, attribute.domain().origin())?;
    let recoded = Attribute::new(attribute.shared_name(), domain, attribute.missing());

    // For each level that is used, from input codes to released ones.
    let mut maps = Vec::with_capacity(levels.len());
    for (&level, codes) in levels.iter().zip(&values.codes) {
        let mut map = Vec::with_capacity(attribute.code_count());
        for &over in quasi.hierarchy().level(level).map(ctdata_table::Level::of_leaf).unwrap_or_default() {
            map.push(codes.get(usize::from(over)).copied().unwrap_or(0));
        }
        map.extend(attribute.missing().iter().filter_map(|kind| recoded.missing_code(kind)));
        maps.push(map);
    }
    let map_of = |round: &LocalRound| levels.binary_search(&level_of(round)).ok().and_then(|place| maps.get(place));
    let rest = rounds.last().and_then(map_of);
    let new = |map: &[u16], code: u16| map.get(usize::from(code)).copied().unwrap_or(0);
    let mut codes: Vec<u16> = column.iter().map(|code| rest.map_or(0, |map| new(map, code))).collect();
    for round in rounds {
        let Some(map) = map_of(round) else { continue };
        for &row in &round.rows {
            if let (Some(slot), Some(code)) = (codes.get_mut(row as usize), column.get(row as usize)) {
                *slot = new(map, code);
            }
        }
    }
    let column = Column::from_codes(&codes, recoded.code_count());
    Ok(RecodedColumn { attribute: recoded, column, meanings: values.meanings })
}

/// The values of several levels of one hierarchy together.
#[derive(Default)]
struct Values {
    labels: Vec<Box<str>>,
    meanings: Vec<Meaning>,
    /// For each level and each of its codes the code among all values.
    codes: Vec<Vec<u16>>,
}

impl Values {
    fn of(quasi: &QuasiIdentifier, levels: &[usize]) -> Result<Self, PrivacyError> {
        let hierarchy = quasi.hierarchy();
        let leaves = |meaning: Meaning| -> Vec<usize> {
            let Meaning::Node { level, code } = meaning else { return Vec::new() };
            let of_leaf = hierarchy.level(level).map(ctdata_table::Level::of_leaf).unwrap_or_default();
            of_leaf.iter().enumerate().filter(|(_, over)| **over == code).map(|(leaf, _)| leaf).collect()
        };
        let mut values = Self::default();
        for &level in levels {
            let mut codes = Vec::new();
            for (code, label) in (0u16..).zip(hierarchy.level(level).iter().flat_map(|level| level.domain().labels())) {
                let meaning = Meaning::Node { level, code };
                let same = values.labels.iter().position(|known| **known == *label);
                let place = match same {
                    // A value that a level leaves as it is.
                    Some(place)
                        if values.meanings.get(place).is_some_and(|known| leaves(*known) == leaves(meaning)) =>
                    {
                        place
                    }
                    Some(_) => {
                        return Err(TableError::Invalid {
                            what: format!("hierarchy of `{}`", quasi.name()),
                            rule: format!("a label of level {level} stands for other values on a lower level"),
                        }
                        .into());
                    }
                    None => {
                        values.labels.push(label.into_owned().into_boxed_str());
                        values.meanings.push(meaning);
                        values.labels.len() - 1
                    }
                };
                codes.push(u16::try_from(place).unwrap_or(u16::MAX));
            }
            values.codes.push(codes);
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::recode::testing::{Dice, RandomTable, Rules, hierarchy, read};

    #[test]
    fn every_class_of_every_union_of_rounds_is_large_enough() {
        let (mut several, mut solved) = (0, 0);
        for seed in 0..400 {
            let mut dice = Dice(seed);
            let random = RandomTable::new(&mut dice, 60);
            let table = random.table.clone().without_ids();
            let rules = Rules::k(1 + dice.roll(4));
            let problem = LocalProblem {
                table: &table,
                quasi: &random.quasi,
                judge: &rules,
                limit: SuppressionLimit::try_new(1.0).unwrap(),
                first_round: SuppressionLimit::try_new(0.6).unwrap(),
                rounds: 5,
                metric: Metric::default(),
                search: Search::Optimal,
            };
            let Ok(found) = solve_local(&problem, &Control::default()) else { continue };
            let columns = recode_local(&table, &random.quasi, &found.rounds).unwrap();
            let mut sizes: BTreeMap<Vec<u16>, u64> = BTreeMap::new();
            for &row in &found.kept {
                let key = columns.iter().map(|column| column.column.get(row as usize).unwrap()).collect();
                *sizes.entry(key).or_insert(0) += 1;
            }
            assert!(sizes.values().all(|&size| size >= rules.k), "seed {seed}");
            assert!(found.kept.windows(2).all(|pair| pair[0] < pair[1]));
            for round in &found.rounds {
                for (at, column) in columns.iter().enumerate() {
                    for &row in &round.rows {
                        check_cell(&table, &random.quasi[at], column, row, round.levels[at]);
                    }
                }
            }
            solved += 1;
            several += usize::from(found.rounds.len() > 1);
        }
        assert!(solved > 200 && several > 15, "{solved} {several}");
    }

    /// A released value stands for the leaves under the input's value on the level of the round.
    fn check_cell(table: &Table, quasi: &QuasiIdentifier, column: &RecodedColumn, row: u32, level: usize) {
        let (attribute, input) = table.named(quasi.name()).unwrap();
        let (over, generalized) = quasi.hierarchy().generalize(attribute, input, level).unwrap();
        let released = column.column.get(row as usize).unwrap();
        let expected = generalized.get(row as usize).unwrap();
        if let ctdata_table::Cell::Missing(kind) = over.cell(expected).unwrap() {
            assert_eq!(column.attribute.cell(released), Some(ctdata_table::Cell::Missing(kind)));
        } else {
            assert_eq!(column.attribute.domain().label(released), over.domain().label(expected));
        }
    }

    #[test]
    fn rounds_keep_more_and_a_label_means_one_thing() {
        let rows = format!("q\n{}c\nd\n", "a\n".repeat(4) + &"b\n".repeat(4));
        let (table, quasi) = read(&rows, &[("q", hierarchy("a;x;*\nb;x;*\nc;y;*\nd;y;*\n"))]);
        let rules = Rules::k(2);
        let share = |share| SuppressionLimit::try_new(share).unwrap();
        let problem = LocalProblem {
            table: &table,
            quasi: &quasi,
            judge: &rules,
            limit: SuppressionLimit::NONE,
            first_round: share(0.2),
            rounds: 3,
            metric: Metric::default(),
            search: Search::Optimal,
        };
        let found = solve_local(&problem, &Control::default()).unwrap();
        let levels: Vec<_> = found.rounds.iter().map(|round| (round.levels.clone(), round.rows.len())).collect();
        assert_eq!(levels, [(vec![0], 8), (vec![1], 2)]);
        let columns = recode_local(&table, &quasi, &found.rounds).unwrap();
        let label =
            |row| columns[0].attribute.domain().label(columns[0].column.get(row).unwrap()).unwrap().into_owned();
        assert_eq!((label(0), label(4), label(8), label(9)), ("a".into(), "b".into(), "y".into(), "y".into()));
        let once = LocalProblem { rounds: 1, ..problem };
        assert!(matches!(
            solve_local(&once, &Control::default()),
            Err(PrivacyError::NoRecoding { records: 10, limit: 0 })
        ));
        let (table, quasi) = read("q\na\nb\n", &[("q", hierarchy("a;b\nb;b\n"))]);
        let rounds = [0, 1].map(|level| LocalRound {
            levels: vec![level],
            rows: vec![u32::try_from(level).unwrap()],
            report: found.rounds[0].report.clone(),
        });
        assert!(recode_local(&table, &quasi, &rounds).is_err());
    }
}
