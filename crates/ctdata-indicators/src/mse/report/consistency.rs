//! Internal consistency: each list in turn is a population of known size, which the other lists are asked for.
//!
//! Persons on the list and on no other are taken away, the number of all on it is estimated from the rest and compared.
//! A list is no sample of the hidden population: what works here may fail there, what fails here is no good sign.
//!
//! # Sources
//! Binette and Steorts (2022), On the reliability of multiple systems estimation for the quantification of modern
//! slavery, *JRSS A* 185(2).

use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::outcome::{Finding, Method, Status};

/// What methods say of the size of one list, judged by it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ListAsPopulation {
    /// The list.
    pub list: String,
    /// The persons on it: the true number.
    pub persons: u64,
    /// Those of them who are on another list too: what the methods see.
    pub seen: u64,
    /// What the methods say of the true number.
    pub findings: Vec<Finding>,
}

/// How a method did over all lists.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConsistencyOfMethod {
    /// The method.
    pub method: Method,
    /// The lists of which it gave an estimate.
    pub answered: usize,
    /// The mean of ln(estimate / true number): below zero it finds too few.
    pub mean_log_bias: Option<f64>,
    /// The lists whose true number lay in its interval.
    pub covered: usize,
}

/// The persons of a list as the other lists see them; none if fewer than two other lists see anybody.
///
/// # Errors
/// [`MseError::Lists`] if fewer than two lists would be left.
pub(super) fn as_population(histories: &CaptureHistories, list: usize) -> Result<CaptureHistories, MseError> {
    let names = histories.lists().iter().enumerate().filter(|(place, _)| *place != list).map(|(_, name)| name.as_str());
    let without = |history: ListSet| {
        let below = history.iter().filter(|other| *other < list);
        let above = history.iter().filter(|other| *other > list).map(|other| other - 1);
        ListSet::of(below.chain(above))
    };
    let counts = histories
        .iter()
        .filter(|(history, _)| history.contains(list) && history.len() > 1)
        .map(|(history, count)| (without(history), count));
    CaptureHistories::try_new(names, counts)
}

/// Asks every list for the size of each, with these estimators.
///
/// # Errors
/// What the estimators give, and cancellation.
pub(super) fn lists_as_populations(
    histories: &CaptureHistories,
    mut estimate: impl FnMut(&CaptureHistories) -> Result<Vec<Finding>, MseError>,
) -> Result<Vec<ListAsPopulation>, MseError> {
    if histories.lists().len() < 3 {
        return Ok(Vec::new());
    }
    let mut found = Vec::with_capacity(histories.lists().len());
    for (list, name) in histories.lists().iter().enumerate() {
        let population = as_population(histories, list)?;
        let persons = histories.iter().filter(|(history, _)| history.contains(list)).map(|(_, count)| count).sum();
        let (list, seen) = (name.clone(), population.persons());
        found.push(ListAsPopulation { list, persons, seen, findings: estimate(&population)? });
    }
    Ok(found)
}

/// How each method did, in the order of the findings.
pub(super) fn by_method(lists: &[ListAsPopulation]) -> Vec<ConsistencyOfMethod> {
    let mut methods: Vec<Method> = Vec::new();
    for finding in lists.iter().flat_map(|list| &list.findings) {
        if !methods.contains(&finding.method) {
            methods.push(finding.method);
        }
    }
    methods.into_iter().map(|method| of_method(lists, method)).collect()
}

fn of_method(lists: &[ListAsPopulation], method: Method) -> ConsistencyOfMethod {
    let (mut answered, mut covered, mut sum) = (0_u32, 0, 0.0);
    for list in lists {
        let own = |finding: &&Finding| finding.method == method && finding.status == Status::Ok;
        let Some(finding) = list.findings.iter().find(own) else { continue };
        let Some(estimate) = finding.estimate.filter(|estimate| *estimate > 0.0 && list.persons > 0) else { continue };
        #[expect(clippy::cast_precision_loss, reason = "a table has at most 2^53 persons")]
        let persons = list.persons as f64;
        answered += 1;
        sum += (estimate / persons).ln();
        covered += usize::from(finding.interval.is_some_and(|of| of.low <= persons && persons <= of.high));
    }
    let mean_log_bias = (answered > 0).then(|| sum / f64::from(answered));
    ConsistencyOfMethod { method, answered: answered as usize, mean_log_bias, covered }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::Level;
    use crate::mse::{IntervalKind, NumberInterval};

    /// By hand: of the 17 on the first list, 7 are on another too.
    #[test]
    fn a_list_is_seen_by_the_others() {
        let set = |lists: &[usize]| ListSet::of(lists.iter().copied());
        let counts = [(set(&[0]), 10), (set(&[0, 1]), 4), (set(&[0, 2]), 2), (set(&[0, 1, 2]), 1), (set(&[1, 2]), 50)];
        let histories = CaptureHistories::try_new(["a", "b", "c"], counts).unwrap();
        let population = as_population(&histories, 0).unwrap();
        assert_eq!(population.lists(), ["b", "c"]);
        assert_eq!(population.iter().collect::<Vec<_>>(), [(set(&[0]), 4), (set(&[1]), 2), (set(&[0, 1]), 1)]);

        // An estimator that always says what it sees finds 7 of 17, 55 of 55 and 53 of 53.
        let seen = |histories: &CaptureHistories| {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let estimate = histories.persons() as f64;
            let mut finding = Finding::of(Method::Independence, estimate, Level::P95);
            finding.interval = Some(NumberInterval { kind: IntervalKind::Wald, low: estimate, high: estimate });
            Ok(vec![finding])
        };
        let lists = lists_as_populations(&histories, seen).unwrap();
        let numbers: Vec<(u64, u64)> = lists.iter().map(|list| (list.persons, list.seen)).collect();
        assert_eq!(numbers, [(17, 7), (55, 55), (53, 53)]);
        let summary = by_method(&lists);
        assert_eq!((summary[0].answered, summary[0].covered), (3, 2));
        assert!((summary[0].mean_log_bias.unwrap() - (7.0_f64 / 17.0).ln() / 3.0).abs() < 1e-12);
    }
}
