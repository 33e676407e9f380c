//! All models with two-list interactions of a table at once.
//!
//! A model that contains a failing one fails, so that the models of a table are known by the smallest failing ones:
//!
//! - Of two models with the same empty pairs of lists (those without overlap) the larger has more directions on the
//!   same cells. If the smaller has no estimate, or is not identifiable, neither has, or is, the larger.
//! - An empty pair takes cells away and leaves the directions as they are. A direction that is nowhere negative stays
//!   so. It is zero in all cells that remain only if the larger model is not identifiable, which is a failure too.
//! - A model with a pair of lists left out has the cell of these two lists, on which the value of a direction is minus
//!   its constant if it is zero on all terms: such a model is identifiable. So only the model of all pairs may not be,
//!   and lists without persons aside.
//!
//! # Sources
//! Chan, Silverman and Vincent (2021), Multiple systems estimation for sparse capture data, *JASA* 116(535):
//! the first statement for existence. The others are argued above and tested against all models of small tables.

use super::Checker;
use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;
use ctdata_table::Control;

/// The most work: the numbers that the checks write, and the failing models that are looked at. Some seconds.
const MOST_WORK: u64 = 1 << 30;

/// The work of a check that needs no look at the empty cells.
const EASY_CHECK: u64 = 256;

/// Which models with main effects and interactions of two lists have an estimate on a table.
///
/// A model that contains one of the smallest failing models fails too; all others are admissible.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PairModels {
    /// [`Status::Ok`], or [`Status::TooLarge`] if the search was given up.
    pub status: Status,
    /// How many models there are of each kind; nothing if the search was given up.
    pub counts: Option<PairModelCounts>,
    /// The smallest models that fail, by the pairs of lists in them, small ones first; none if the search was given
    /// up. A single one without pairs says that even main effects fail.
    pub smallest_failing: Vec<Vec<ListSet>>,
    /// Pairs of lists with persons in common.
    pub overlapping_pairs: Vec<ListSet>,
    /// Triples of lists of which each two have persons in common, not necessarily the same. Without one the model of all
    /// pairs is not identifiable.
    pub overlapping_triples: usize,
}

/// How many models with two-list interactions there are of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PairModelCounts {
    /// All models: two to the number of pairs; of two lists it is one.
    pub models: u128,
    /// The estimate exists and the parameters are identifiable.
    pub admissible: u128,
    /// The parameters are identifiable, but the estimate does not exist.
    pub no_existence: u128,
    /// The estimate exists, but the parameters are not identifiable.
    pub not_identifiable: u128,
    /// Neither.
    pub neither: u128,
}

/// Checks all models with main effects and two-list interactions of a table: existence of the extended maximum
/// likelihood estimate and identifiability, exactly.
///
/// There are 2^(t(t−1)/2) models of t lists. They are not looked at one by one: what contains a failing model fails. On
/// most tables the model of all pairs is admissible, and one check answers for all. The search is given up with
/// [`Status::TooLarge`] after some seconds of work: very sparse tables of
/// nine lists and more may have thousands of smallest failing models.
///
/// ```
/// use ctdata_indicators::mse::{CaptureHistories, ListSet, pairs_admissibility};
/// use ctdata_table::Control;
///
/// let histories = CaptureHistories::try_new(
///     ["A", "B", "C"],
///     [(ListSet::of([0]), 40), (ListSet::of([1]), 30), (ListSet::of([2]), 20), (ListSet::of([0, 1]), 6)],
/// )?;
/// let models = pairs_admissibility(&histories, &Control::default())?;
/// assert_eq!(models.smallest_failing, [[ListSet::of([0, 1])]]);
/// assert_eq!(models.counts.map(|counts| (counts.models, counts.admissible)), Some((8, 4)));
/// # Ok::<(), ctdata_indicators::mse::MseError>(())
/// ```
///
/// # Errors
/// [`MseError::Table`] when cancelled.
///
/// # Sources
/// Chan, Silverman and Vincent (2021), Multiple systems estimation for sparse capture data, *JASA* 116(535).
pub fn pairs_admissibility(histories: &CaptureHistories, control: &Control) -> Result<PairModels, MseError> {
    let lists = histories.lists().len();
    // A direction for each parameter at most, twice, of a word a cell.
    control.reserve((16 * (1 + lists as u64 * (lists as u64 + 1) / 2)) << lists)?;
    let sample = Sample::of(histories);
    let met = |lists: ListSet| sample.sums().get(lists.index()).is_some_and(|persons| *persons > 0);
    let couples = |lists: Vec<usize>| {
        let pairs = lists
            .iter()
            .enumerate()
            .flat_map(|(place, one)| lists.iter().skip(place + 1).map(move |other| ListSet::of([*one, *other])));
        pairs.collect::<Vec<_>>()
    };
    // Lists without persons leave the table; so do the pairs of such lists, which say nothing.
    let used: Vec<usize> = (0..lists).filter(|list| met(ListSet::single(*list))).collect();
    let triples = couples(used.clone()).into_iter().flat_map(|pair| {
        let later = used.iter().filter(move |list| pair.iter().all(|one| one < **list));
        later.map(move |list| [pair, pair.union(ListSet::single(*list))])
    });
    let is_triple = |pair: ListSet, triple: ListSet| {
        let last = triple.difference(pair);
        met(pair) && pair.iter().all(|list| met(last.union(ListSet::single(list))))
    };
    let overlapping_triples = triples.filter(|[pair, triple]| is_triple(*pair, *triple)).count();
    let overlapping_pairs: Vec<ListSet> = couples(used.clone()).into_iter().filter(|pair| met(*pair)).collect();

    let pairs = if lists > 2 { couples(used.clone()) } else { Vec::new() };
    let idle = if lists > 2 { lists * (lists - 1) / 2 - pairs.len() } else { 0 };
    let mut search = Search {
        checker: Checker::of(&sample),
        all: if pairs.is_empty() { 0 } else { u128::MAX >> (128 - pairs.len()) },
        pairs,
        failing: Vec::new(),
        left: MOST_WORK,
        steps: 0,
        control,
    };
    let mut found = PairModels {
        status: Status::TooLarge,
        counts: None,
        smallest_failing: Vec::new(),
        overlapping_pairs,
        overlapping_triples,
    };
    let top = search.status(search.all);
    if let Some(admissible) = search.admissible(0, search.all, &[], 0)? {
        let models = 1u128 << search.pairs.len();
        let mut counts =
            PairModelCounts { models, admissible, no_existence: models - admissible, not_identifiable: 0, neither: 0 };
        if matches!(top, Status::NotIdentifiable | Status::NeitherExistsNorIdentifiable) {
            counts.no_existence -= 1;
            counts.not_identifiable = u128::from(top == Status::NotIdentifiable);
            counts.neither = 1 - counts.not_identifiable;
        }
        found.status = Status::Ok;
        found.counts = Some(PairModelCounts {
            models: counts.models << idle,
            admissible: counts.admissible << idle,
            no_existence: counts.no_existence << idle,
            not_identifiable: counts.not_identifiable << idle,
            neither: counts.neither << idle,
        });
        found.smallest_failing = search.failing.iter().map(|set| search.model(*set).collect()).collect();
        found.smallest_failing.sort_unstable_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    }
    Ok(found)
}

/// The search for the smallest failing models. Models are sets of pairs of lists, by their places.
struct Search<'a> {
    checker: Checker,
    pairs: Vec<ListSet>,
    /// The model of all pairs.
    all: u128,
    /// The smallest failing models found so far.
    failing: Vec<u128>,
    /// Work that may still be done.
    left: u64,
    steps: u64,
    control: &'a Control,
}

impl Search<'_> {
    fn model(&self, set: u128) -> impl Iterator<Item = ListSet> {
        self.pairs.iter().enumerate().filter(move |(place, _)| set >> place & 1 == 1).map(|(_, pair)| *pair)
    }

    fn status(&mut self, set: u128) -> Status {
        let pairs = &self.pairs;
        let model = pairs.iter().enumerate().filter(|(place, _)| set >> place & 1 == 1).map(|(_, pair)| *pair);
        self.checker.check_terms(model).status()
    }

    /// Whether a model fails; nothing if the search is given up.
    fn fails(&mut self, set: u128) -> Option<bool> {
        let before = self.checker.work();
        let status = self.status(set);
        self.left = self.left.checked_sub(EASY_CHECK + self.checker.work() - before)?;
        match status {
            Status::Ok => Some(false),
            Status::TooLarge => None,
            _ => Some(true),
        }
    }

    /// How many models with all pairs of `with` and some of `open` are admissible; nothing if the search is given up.
    /// Of the failing models found before this step, the first `looked` of all, `near` are those within `with` and
    /// `open` of the step above. What was found of smallest failing models is complete in the end: the search descends to
    /// each of them.
    fn admissible(&mut self, with: u128, open: u128, near: &[u128], looked: usize) -> Result<Option<u128>, MseError> {
        self.control.check()?;
        self.steps += 1;
        if self.steps.is_multiple_of(1024) {
            self.control.report("two-list models", self.steps, None);
        }
        let most = with | open;
        let new = self.failing.iter().skip(looked);
        let mut near: Vec<u128> = near.iter().chain(new).copied().filter(|set| set & !most == 0).collect();
        let mut looked = self.failing.len();
        let Some(left) = self.left.checked_sub(near.len() as u64 + 1) else {
            return Ok(None);
        };
        self.left = left;
        if near.is_empty() {
            match self.fails(most) {
                None => return Ok(None),
                Some(false) => return Ok(Some(1 << open.count_ones())),
                Some(true) => {
                    let Some(failing) = self.smallest(most) else {
                        return Ok(None);
                    };
                    near.push(failing);
                    looked += 1;
                }
            }
        }
        let failing = near.iter().copied().min_by_key(|set| (set & open).count_ones()).unwrap_or_default();
        // Models that lack the first of its open pairs; that have it and lack the second; and so on.
        let (mut with, mut open, mut sum) = (with, open, 0);
        let mut rest = failing & open;
        while rest != 0 {
            let pair = rest & rest.wrapping_neg();
            rest ^= pair;
            open ^= pair;
            match self.admissible(with, open, &near, looked)? {
                Some(count) => sum += count,
                None => return Ok(None),
            }
            with |= pair;
        }
        Ok(Some(sum))
    }

    /// A smallest failing model within a failing one; nothing if the search is given up.
    fn smallest(&mut self, failing: u128) -> Option<u128> {
        let mut set = failing;
        for place in 0..self.pairs.len() {
            let without = set & !(1 << place);
            if without != set && self.fails(without)? {
                set = without;
            }
        }
        self.failing.push(set);
        Some(set)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{dense, published, sparse_table, three_lists};
    use super::*;
    use proptest::prelude::*;

    fn found(histories: &CaptureHistories) -> PairModels {
        pairs_admissibility(histories, &Control::default()).unwrap()
    }

    /// The same by looking at every model, with its checks.
    fn one_by_one(histories: &CaptureHistories) -> (PairModelCounts, Vec<Vec<ListSet>>) {
        let lists = histories.lists().len();
        let pairs: Vec<ListSet> =
            (1..1u16 << lists).map(ListSet::from_bits).filter(|pair| pair.len() == 2 && lists > 2).collect();
        let mut checker = Checker::of(&Sample::of(histories));
        let mut statuses = Vec::new();
        for set in 0..1usize << pairs.len() {
            let model = (0..pairs.len()).filter(|place| set >> place & 1 == 1).map(|place| pairs[place]);
            statuses.push(checker.check_terms(model).status());
        }
        let count = |status: Status| statuses.iter().filter(|found| **found == status).count() as u128;
        let counts = PairModelCounts {
            models: statuses.len() as u128,
            admissible: count(Status::Ok),
            no_existence: count(Status::NoExistence),
            not_identifiable: count(Status::NotIdentifiable),
            neither: count(Status::NeitherExistsNorIdentifiable),
        };
        let smaller =
            |set: usize| (0..pairs.len()).filter(move |place| set >> place & 1 == 1).map(move |p| set ^ 1 << p);
        let smallest = (0..statuses.len())
            .filter(|set| statuses[*set] != Status::Ok && smaller(*set).all(|set| statuses[set] == Status::Ok));
        let mut smallest: Vec<Vec<ListSet>> = smallest
            .map(|set| {
                let mut model: Vec<_> =
                    (0..pairs.len()).filter(|place| set >> place & 1 == 1).map(|place| pairs[place]).collect();
                model.sort_unstable();
                model
            })
            .collect();
        smallest.sort_unstable_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
        (counts, smallest)
    }

    /// Chan, Silverman and Vincent (2021), artificial three-list table.
    #[test]
    fn the_three_list_table_has_the_published_counts() {
        let found = found(&three_lists());
        let counts = PairModelCounts { models: 8, admissible: 4, no_existence: 3, not_identifiable: 1, neither: 0 };
        assert_eq!(found.counts, Some(counts));
        assert_eq!(found.smallest_failing, [[ListSet::of([0, 1])]]);
        assert_eq!((found.overlapping_pairs.len(), found.overlapping_triples), (1, 0));
    }

    /// Of two versions of the tables of New Orleans that differ by a person, the pattern of zeros is the same.
    #[test]
    fn the_search_finds_what_all_models_of_published_tables_say() {
        for (name, histories) in published() {
            let found = found(&histories);
            if histories.lists().len() <= 6 {
                let (counts, smallest) = one_by_one(&histories);
                assert_eq!(found.counts, Some(counts), "{name}");
                assert_eq!(found.smallest_failing, smallest, "{name}");
            }
        }
    }

    #[test]
    fn all_models_of_eight_lists_are_counted() {
        let published = published();
        let (_, histories) = published.iter().find(|(name, _)| *name == "New Orleans, eight lists").unwrap();
        let found = found(histories);
        assert_eq!(found.counts.unwrap().models, 1 << 28);
        assert_eq!(found.overlapping_pairs.len(), 10);
    }

    #[test]
    fn cancelling_stops_the_search() {
        let flag = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
        let control = Control::default().with_cancel(flag);
        assert!(matches!(pairs_admissibility(&three_lists(), &control), Err(MseError::Table(_))));
    }

    #[test]
    fn tables_of_few_lists_or_persons_are_counted() {
        for (lists, counts) in [(2, vec![3, 0, 0]), (2, vec![3, 4, 2]), (3, vec![0; 7]), (3, vec![1, 0, 0, 0, 0, 0, 0])]
        {
            let histories = dense(lists, &counts);
            assert_eq!(found(&histories).counts, Some(one_by_one(&histories).0), "{counts:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn the_search_finds_what_all_models_say(histories in sparse_table(3..=5)) {
            let found = found(&histories);
            let (counts, smallest) = one_by_one(&histories);
            prop_assert_eq!(found.counts, Some(counts));
            // Pairs with a list of nobody say nothing, and are in no smallest failing model.
            prop_assert_eq!(found.smallest_failing, smallest);
        }
    }
}
