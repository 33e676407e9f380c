//! Sets of outcomes that tell two inputs apart, and how to choose one.

/// A set of outcomes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event<O> {
    Is(O),
    AtMost(O),
    AtLeast(O),
}

impl<O: Ord> Event<O> {
    pub(super) fn holds(&self, outcome: &O) -> bool {
        match self {
            Self::Is(value) => outcome == value,
            Self::AtMost(value) => outcome <= value,
            Self::AtLeast(value) => outcome >= value,
        }
    }
}

/// The bounds of Wilson's interval: near enough to choose by. Three standard errors.
fn wilson(successes: usize, trials: usize) -> (f64, f64) {
    let as_f64 = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    let (n, z) = (as_f64(trials).max(1.0), 3.0);
    let share = as_f64(successes) / n;
    let middle = share + z * z / (2.0 * n);
    let reach = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    ((middle - reach) / (1.0 + z * z / n), (middle + reach) / (1.0 + z * z / n))
}

/// The events that seem to show most: one that is more frequent in `with`, one that is so in `without`.
pub(super) fn best<O: Ord + Clone>(without: &[O], with: &[O], delta: f64) -> [Option<Event<O>>; 2] {
    let mut sorted = [without.to_vec(), with.to_vec()];
    for outcomes in &mut sorted {
        outcomes.sort_unstable();
    }
    let mut values: Vec<&O> = sorted.iter().flatten().collect();
    values.sort_unstable();
    values.dedup();
    let mut chosen = [(0.0, None), (0.0, None)];
    for value in values {
        let [without, with] = sorted.each_ref().map(|outcomes| {
            let below = outcomes.partition_point(|outcome| outcome < value);
            let up_to = outcomes.partition_point(|outcome| outcome <= value);
            [up_to - below, up_to, outcomes.len() - below]
        });
        let trials = [sorted[0].len(), sorted[1].len()];
        let events = [Event::Is, Event::AtMost, Event::AtLeast];
        for ((without, with), event) in without.into_iter().zip(with).zip(events) {
            let (without, with) = (wilson(without, trials[0]), wilson(with, trials[1]));
            for (slot, (more, less)) in chosen.iter_mut().zip([(with, without), (without, with)]) {
                let score = (more.0 - delta) / less.1;
                if score > slot.0 {
                    *slot = (score, Some(event(value.clone())));
                }
            }
        }
    }
    chosen.map(|(_, event)| event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_that_separates_is_found_in_both_directions() {
        let low: Vec<u32> = (0..1_000).collect();
        let high: Vec<u32> = (600..1_600).collect();
        let [to_with, to_without] = best(&low, &high, 0.0);
        assert_eq!(to_with, Some(Event::AtLeast(1_000)));
        assert_eq!(to_without, Some(Event::AtMost(599)));
        // Neither end tells the two apart, only the middle does.
        let middle = [vec![1u32; 50], vec![2; 900], vec![3; 50]].concat();
        let ends = [vec![1u32; 500], vec![3; 500]].concat();
        assert_eq!(best(&middle, &ends, 0.0)[1], Some(Event::Is(2)));
    }

    #[test]
    fn what_is_the_same_shows_nothing_above_one() {
        let same = vec![1u8; 100];
        for event in best(&same, &same, 0.0).into_iter().flatten() {
            assert!(event.holds(&1));
        }
        assert_eq!(best::<u8>(&[], &[], 0.0), [None, None]);
        // Where delta explains it all, there is no event.
        assert_eq!(best(&same, &same, 0.999_999), [None, None]);
    }
}
