//! Replicates of a table: as many persons, drawn with replacement from those observed.

use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::number::real;
use crate::mse::parallel::try_map;
use crate::mse::random::Source;
use ctdata_table::Control;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// Replicates per piece of work: enough to make buffers worth their while, few enough to keep all threads busy.
const CHUNK: usize = 16;

/// Draws tables from a table.
#[derive(Debug, Clone)]
pub(crate) struct Resampler {
    /// The observed cells with their counts. In the order of the names of their lists, so that neither the order of
    /// the lists nor a list of nobody changes a replicate.
    cells: Vec<(usize, u64)>,
    persons: u64,
    /// Persons not seen who may be drawn, too, and are lost again.
    unseen: u64,
}

impl Resampler {
    pub(crate) fn of(histories: &CaptureHistories, unseen: u64) -> Self {
        let mut by_name: Vec<usize> = (0..histories.lists().len()).collect();
        by_name.sort_by_key(|list| histories.lists().get(*list));
        let mut cells: Vec<(Vec<usize>, usize, u64)> = histories
            .iter()
            .map(|(history, count)| {
                let ranks = by_name.iter().enumerate().filter(|(_, list)| history.contains(**list));
                (ranks.map(|(rank, _)| rank).collect(), history.index(), count)
            })
            .collect();
        cells.sort_unstable();
        let cells = cells.into_iter().map(|(_, cell, count)| (cell, count)).collect();
        Self { cells, persons: histories.persons(), unseen }
    }

    /// Draws the counts of a replicate into an array over all sets of lists that holds zeros.
    pub(crate) fn draw(&self, source: &mut Source, counts: &mut [u64]) {
        // The multinomial as binomials, each history against all that follow it.
        let mut trials = match self.unseen {
            0 => self.persons,
            unseen => source.binomial(self.persons + unseen, real(self.persons), real(unseen)),
        };
        let mut following = self.persons;
        for (cell, count) in &self.cells {
            following -= count;
            let drawn = source.binomial(trials, real(*count), real(following));
            trials -= drawn;
            if let Some(place) = counts.get_mut(*cell) {
                *place = drawn;
            }
            if trials == 0 {
                break;
            }
        }
    }
}

/// Does `each` once per replicate, each with a random stream of its own, in fixed chunks with a state of their own; the
/// results come in the order of the replicates, whatever the number of threads.
pub(crate) fn over_replicates<S, R: Send>(
    replicates: usize,
    seed: u64,
    control: &Control,
    start: impl Fn() -> S + Sync + Send,
    each: impl Fn(&mut S, &mut Source) -> Result<R, MseError> + Sync + Send,
) -> Result<Vec<R>, MseError> {
    let chunks: Vec<Range<usize>> =
        (0..replicates).step_by(CHUNK).map(|first| first..replicates.min(first + CHUNK)).collect();
    let done = AtomicU64::new(0);
    let parts = try_map(&chunks, |chunk| {
        let mut state = start();
        let mut results = Vec::with_capacity(chunk.len());
        for replicate in chunk.clone() {
            control.check()?;
            results.push(each(&mut state, &mut Source::new(seed, replicate as u64))?);
        }
        let before = done.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        control.report("bootstrap", before + chunk.len() as u64, Some(replicates as u64));
        Ok(results)
    })?;
    Ok(parts.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mse::ListSet;
    use proptest::prelude::*;

    fn table(lists: &[&str], counts: &[(&[usize], u64)]) -> CaptureHistories {
        let counts = counts.iter().map(|(lists, count)| (ListSet::of(lists.iter().copied()), *count));
        CaptureHistories::try_new(lists.iter().copied(), counts).unwrap()
    }

    /// 4,000 replicates: the mean count of each cell within 4.5 of its standard errors, and the covariance of two
    /// cells −n p q within 4.5 of its own (about n √(p q (1 + …)) / √4000); false-alarm rate below 1e-4. Fixed seed.
    #[test]
    fn replicates_have_the_moments_of_the_multinomial() {
        let table = table(&["a", "b", "c"], &[(&[0], 50), (&[1], 30), (&[0, 1], 15), (&[2], 4), (&[0, 2], 1)]);
        let resampler = Resampler::of(&table, 0);
        let draws = over_replicates(
            4_000,
            3,
            &Control::default(),
            || (),
            |(), source| {
                let mut counts = vec![0; 8];
                resampler.draw(source, &mut counts);
                Ok(counts)
            },
        )
        .unwrap();
        let mut cross = 0.0;
        for cell in 0..8u16 {
            let p = table.count(ListSet::from_bits(cell)) as f64 / 100.0;
            let mean = draws.iter().map(|counts| counts[usize::from(cell)] as f64).sum::<f64>() / 4_000.0;
            assert!((mean - 100.0 * p).abs() <= 4.5 * (100.0 * p * (1.0 - p) / 4_000.0).sqrt(), "{cell}: {mean}");
        }
        for counts in &draws {
            assert_eq!(counts.iter().sum::<u64>(), 100);
            cross += (counts[1] as f64 - 50.0) * (counts[2] as f64 - 30.0) / 4_000.0;
        }
        // Standard deviation of the product of two nearly normal variables: √(v₁ v₂ + c²).
        let spread = (25.0f64 * 21.0 + 15.0 * 15.0).sqrt() / 4_000f64.sqrt();
        assert!((cross + 15.0).abs() < 4.5 * spread, "{cross}");
    }

    #[test]
    fn the_order_of_lists_and_a_list_of_nobody_change_no_replicate() {
        let one = table(&["b", "a"], &[(&[0], 50), (&[1], 30), (&[0, 1], 15)]);
        let other = table(&["a", "aa", "b"], &[(&[2], 50), (&[0], 30), (&[0, 2], 15)]);
        for seed in 0..20 {
            let (mut first, mut second) = (vec![0; 4], vec![0; 8]);
            Resampler::of(&one, 0).draw(&mut Source::new(seed, 0), &mut first);
            Resampler::of(&other, 0).draw(&mut Source::new(seed, 0), &mut second);
            assert_eq!((first[1], first[2], first[3]), (second[4], second[1], second[5]));
        }
    }

    proptest! {
        #[test]
        fn all_persons_are_drawn_and_only_observed_histories(
            counts in proptest::collection::vec(0u64..=1_000_000_000_000, 7), seed: u64
        ) {
            let sets = (1..8).map(ListSet::from_bits);
            let table = CaptureHistories::try_new(["a", "b", "c"], sets.zip(counts.iter().copied())).unwrap();
            let mut drawn = vec![0; 8];
            Resampler::of(&table, 0).draw(&mut Source::new(seed, 0), &mut drawn);
            prop_assert_eq!(drawn.iter().sum::<u64>(), table.persons());
            prop_assert!(counts.iter().zip(&drawn[1..]).all(|(count, drawn)| *count > 0 || *drawn == 0));
        }
    }
}
