//! Which sets are counted together, and how.

#![expect(clippy::indexing_slicing, reason = "columns of a set are positions in the list of parts")]

use std::collections::BTreeMap;

use super::compact::Part;
use super::items::MAX_CODES;
use super::tally::is_dense;

/// One set of a group: its number in the request and the columns counted by bitmaps.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) set: usize,
    /// One or two columns, in the order of the set.
    pub(super) inner: Vec<usize>,
}

/// Sets that share the columns by which the rows are put into segments.
#[derive(Debug)]
pub(super) struct Group {
    /// In the order of the set.
    pub(super) outer: Vec<usize>,
    pub(super) tasks: Vec<Task>,
}

/// How each set of a request is counted.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Rows ordered by some columns, the others as bitmaps.
    pub(super) groups: Vec<Group>,
    /// Row by row, each set on its own.
    pub(super) single: Vec<usize>,
}

/// Nanoseconds on a common server core: only their ratios matter.
mod cost {
    /// Putting a row into its segment.
    pub(super) const ORDER: f64 = 2.0;
    /// Gathering and transposing the bits of a row.
    pub(super) const GATHER: f64 = 5.0;
    /// One word of two bitmaps: and, population count.
    pub(super) const WORD: f64 = 1.2;
    /// Starting a segment.
    pub(super) const SEGMENT: f64 = 4.0;
    /// Adding a digit to the cell number of a row.
    pub(super) const DIGIT: f64 = 0.5;
    /// Counting a row in its cell.
    pub(super) const COUNT: f64 = 1.2;
}

impl Plan {
    /// A plan for sets of columns, each set ascending. `sets` may repeat.
    #[expect(clippy::cast_precision_loss, reason = "costs are estimates")]
    pub(super) fn new(parts: &[Part<'_>], sets: &[Vec<usize>], rows: usize) -> Self {
        let ranks: Vec<(bool, u64)> = parts.iter().map(|part| rank(part, rows)).collect();
        let mut by_outer: BTreeMap<Vec<usize>, Vec<Task>> = BTreeMap::new();
        let mut plan = Self::default();
        for (set, columns) in sets.iter().enumerate() {
            match split(parts, &ranks, columns, rows) {
                Some((outer, inner)) => {
                    by_outer.entry(outer).or_default().push(Task { set, inner });
                }
                None => plan.single.push(set),
            }
        }

        let n = rows as f64;
        let (mut together, mut apart) = (0.0, 0.0);
        let mut inner = vec![false; parts.len()];
        for (outer, tasks) in by_outer {
            let segments = outer.iter().map(|&column| parts[column].count()).product::<usize>().min(rows) as f64;
            let passes: usize = tasks
                .iter()
                .map(|task| task.inner.iter().map(|&column| parts[column].count() - 1).product::<usize>())
                .sum();
            let pass = (n / 64.0 + segments) * cost::WORD + segments * cost::SEGMENT;
            let grouped = n * (cost::ORDER + cost::GATHER) + passes as f64 * pass;
            let digits: usize = tasks.iter().map(|task| sets[task.set].len()).sum();
            let alone = n * (digits as f64 * cost::DIGIT + tasks.len() as f64 * cost::COUNT);
            if grouped < alone {
                together += grouped;
                apart += alone;
                tasks.iter().flat_map(|task| &task.inner).for_each(|&column| inner[column] = true);
                plan.groups.push(Group { outer, tasks });
            } else {
                plan.single.extend(tasks.iter().map(|task| task.set));
            }
        }
        let items = inner.iter().filter(|wanted| **wanted).count() as f64;
        if together + n * (items * cost::DIGIT + cost::GATHER) >= apart {
            plan.single.extend(plan.groups.drain(..).flat_map(|group| group.tasks).map(|task| task.set));
        }
        plan.single.sort_unstable();
        plan
    }
}

/// Columns that order rows come first: those too wide for bitmaps, then those that leave the fewest
/// rows, outside their most frequent code, for each bitmap that they spare.
fn rank(part: &Part<'_>, rows: usize) -> (bool, u64) {
    let rest = (rows as u64).saturating_sub(part.rows().iter().copied().max().map_or(0, u64::from));
    (part.count() <= MAX_CODES, rest * 1000 / part.count().saturating_sub(1).max(1) as u64)
}

/// The columns that order the rows and the one or two that become bitmaps; `None` where rows are
/// better counted one by one.
fn split(
    parts: &[Part<'_>],
    ranks: &[(bool, u64)],
    columns: &[usize],
    rows: usize,
) -> Option<(Vec<usize>, Vec<usize>)> {
    let cells = columns.iter().try_fold(1usize, |cells, &column| cells.checked_mul(parts[column].count()));
    is_dense(cells, rows)?;
    let mut ranked = columns.to_vec();
    ranked.sort_unstable_by_key(|&column| (ranks[column], column));
    let inner =
        ranked.iter().rev().take(2).take_while(|&&column| ranks[column].0).count().min(ranked.len().saturating_sub(1));
    let mut inner = ranked.split_off(ranked.len() - inner);
    ranked.sort_unstable();
    inner.sort_unstable();
    (!inner.is_empty()).then_some((ranked, inner))
}
