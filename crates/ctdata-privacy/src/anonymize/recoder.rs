//! Full-domain generalization with record suppression: the public face of the search.

use ctdata_table::{Control, Table};

use super::{Draft, DraftColumn, Protection};
use crate::model::PrivacyModel;
use crate::model::evaluator::Evaluator;
use crate::recode::{Problem, Solution, recode, solve};
use crate::statement::Mechanism;
use crate::unit::Persons;
use crate::{Metric, PrivacyError, Quality, QuasiIdentifier, Search, SearchReport, SuppressionLimit, Unverified};

/// The output of a recoding, how it was found and what it costs.
#[derive(Debug)]
#[non_exhaustive]
pub struct Recoded {
    /// The table, which must be verified before it is released.
    pub output: Unverified<Table>,
    /// How the levels were found: one search, or one per round of local recoding.
    pub search: Vec<SearchReport>,
    /// What the levels of the first search cost, by every metric.
    pub quality: Quality,
}

/// Generalizes each quasi-identifier to one level of its hierarchy, drops records up to a limit, and
/// loses as little as possible under a metric.
///
/// Classes that break a model that looks at one class at a time are suppressed as a whole; the levels are
/// a solution if no more records are suppressed than the limit allows and every model of the whole
/// table holds on what is left.
///
/// ```
/// use ctdata_privacy::{KAnonymity, Protection, QuasiIdentifier, Recoder, SuppressionLimit};
/// use ctdata_table::{Attribute, Column, Control, Domain, Hierarchy, MissingKinds, Origin, Schema, Table};
/// let age = Domain::ordered(["0-8", "9-17", "18-20", "21+"], Origin::Public)?;
/// let hierarchy = Hierarchy::of(age.clone())
///     .with_level("majority", ["child", "adult"], |code| u16::from(code >= 2))?
///     .with_top("any")?;
/// let table = Table::try_new(
///     Schema::try_new(vec![Attribute::new("age", age, MissingKinds::NONE)])?,
///     vec![Column::from_u8(vec![0, 1, 1, 2, 3, 3])],
/// )?;
/// let protection = Protection::new([KAnonymity::try_new(2)?])
///     .quasi_identifiers([QuasiIdentifier::new("age", hierarchy)])
///     .check()?;
/// let control = Control::default();
/// let recoded = Recoder::new(protection).limit(SuppressionLimit::NONE).run(&table, &control)?;
/// assert!(recoded.search[0].optimal);
/// let released = recoded.output.verify(&control)?;
/// assert_eq!(released.get().text(0, 0).as_deref(), Some("child"));
/// assert_eq!(released.statement().generalized[0].level, Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// - Neighbours: none; this is a property of the table, not a bound on what one record changes.
/// - Measure: every model holds of the released rows; for every input record with true values r,
///   K(r) = 0 or K(r) ≥ the least class size that the models ask for ([`AttackerView`](crate::AttackerView)).
/// - Assumptions and what is not protected: those of each model, see [`which`](crate::which); several
///   releases of the same persons can be compared with each other.
///
/// # Sources
/// P. Samarati (2001), "Protecting respondents' identities in microdata release", IEEE TKDE 13(6);
/// F. Kohlmayer et al. (2012), "Flash: efficient, stable and optimal k-anonymity", PASSAT.
#[derive(Debug, Clone)]
pub struct Recoder {
    protection: Protection<PrivacyModel>,
    limit: SuppressionLimit,
    metric: Metric,
    search: Search,
    avoid_full: bool,
}

/// What is searched: the tables over the leaves of the hierarchies, and what must hold.
struct Given<'a> {
    input: &'a Table,
    population: Option<&'a Table>,
    evaluator: &'a Evaluator,
}

impl Recoder {
    /// Without suppression, by loss, optimal.
    pub fn new(protection: impl Into<Protection<PrivacyModel>>) -> Self {
        Self {
            protection: protection.into(),
            limit: SuppressionLimit::NONE,
            metric: Metric::default(),
            search: Search::Optimal,
            avoid_full: false,
        }
    }

    /// How many records may be suppressed. Default: none.
    #[must_use]
    pub fn limit(mut self, limit: SuppressionLimit) -> Self {
        self.limit = limit;
        self
    }

    /// What is made as small as possible. Default: loss.
    #[must_use]
    pub fn metric(mut self, metric: Metric) -> Self {
        self.metric = metric;
        self
    }

    /// How the levels are searched. Default: the proven optimum.
    #[must_use]
    pub fn search(mut self, search: Search) -> Self {
        self.search = search;
        self
    }

    /// Solutions that keep something of every attribute come first, whatever they cost: levels on which
    /// everything is one value are tried only if there is no solution without them.
    #[must_use]
    pub fn avoiding_full_generalization(mut self) -> Self {
        self.avoid_full = true;
        self
    }

    /// Finds the levels and makes the output. A deadline of `control` ends the search with its best
    /// solution so far; everything after it has no deadline.
    ///
    /// # Errors
    /// A column that the table lacks or whose values its hierarchy misses; a model that does not fit the
    /// table, or is of an attribute that is not released; no solution; a stop by `control` before one was found.
    pub fn run(&self, table: &Table, control: &Control) -> Result<Recoded, PrivacyError> {
        let protection = &self.protection;
        let input = protection.adopt(table)?;
        let population = protection.adopted_population()?;
        protection.check_models(protection.models())?;
        let evaluator = Evaluator::new(protection.models(), &input, population.as_ref())?;
        let Solution { levels, kept, report, quality } =
            self.solve(&Given { input: &input, population: population.as_ref(), evaluator: &evaluator }, control)?;
        let control = control.clone().without_deadline();
        let columns = recode(&input, protection.quasi(), &levels)?;
        let columns = protection.quasi().iter().zip(columns).zip(&levels);
        let columns = columns.map(|((quasi, column), &level)| DraftColumn::of(quasi, column, Some(level))).collect();
        let draft = Draft {
            mechanism: Mechanism::Recoding,
            input: &input,
            columns,
            combinations: Vec::new(),
            others: protection.released().to_vec(),
            blankable: Vec::new(),
            kept,
            models: protection.models().to_vec(),
            k: evaluator.least_class_size(),
            mutual_k: None,
            population,
        };
        let draft = draft.with_suppressed(protection.suppressed(), &control)?;
        let draft = draft.with_combinations(protection.combinations_asked())?;
        Ok(Recoded { output: draft.finish(&control)?, search: vec![report], quality })
    }

    /// Finds the levels without making the output: how a table could be generalized, and at what cost.
    /// A deadline of `control` ends the search with its best solution so far.
    ///
    /// The figures are those of the confidential table; nothing is verified, and nothing is to be released.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn levels(&self, table: &Table, control: &Control) -> Result<(SearchReport, Quality), PrivacyError> {
        self.protection.check_models(self.protection.models())?;
        let input = self.protection.adopt(table)?;
        let population = self.protection.adopted_population()?;
        let evaluator = Evaluator::new(self.protection.models(), &input, population.as_ref())?;
        let given = Given { input: &input, population: population.as_ref(), evaluator: &evaluator };
        let Solution { report, quality, .. } = self.solve(&given, control)?;
        Ok((report, quality))
    }

    fn solve(&self, given: &Given<'_>, control: &Control) -> Result<Solution, PrivacyError> {
        let persons = Persons::of(given.input);
        let solve_with = |quasi: &[QuasiIdentifier]| {
            solve(
                &Problem {
                    table: given.input,
                    quasi,
                    judge: given.evaluator,
                    persons: &persons,
                    population: given.population,
                    limit: self.limit,
                    metric: self.metric,
                    search: self.search,
                },
                control,
            )
        };
        if let Some(quasi) = self.below_the_top()? {
            match solve_with(&quasi) {
                Err(PrivacyError::NoRecoding { .. }) => {}
                solved => return solved,
            }
        }
        solve_with(self.protection.quasi())
    }

    /// The quasi-identifiers without the levels on which everything is one value; none if that is not
    /// asked for or leaves an attribute without any level.
    fn below_the_top(&self) -> Result<Option<Vec<QuasiIdentifier>>, PrivacyError> {
        if !self.avoid_full {
            return Ok(None);
        }
        let mut restricted = Vec::new();
        for quasi in self.protection.quasi() {
            let is_full = |level: &usize| {
                *level > 0 && quasi.hierarchy().level(*level).is_some_and(|level| level.domain().len() <= 1)
            };
            let (lowest, mut highest) = quasi.levels().into_inner();
            while highest > lowest && is_full(&highest) {
                highest -= 1;
            }
            restricted.push(quasi.clone().with_levels(lowest..=highest)?);
        }
        Ok(Some(restricted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DeltaPresence, KAnonymity};
    use ctdata_table::{Attribute, Column, Domain, Hierarchy, MissingKinds, Origin, Schema};

    #[test]
    fn levels_are_those_of_the_output() {
        let table = crate::testing::flags(&[&[0, 0, 0, 1, 1, 0], &[1, 1, 1, 0, 0, 1], &[0, 1, 0, 1, 0, 1]]);
        let hierarchy =
            |name: &str| Hierarchy::of(table.named(name).unwrap().0.domain().clone()).with_top("any").unwrap();
        let quasi = ["a", "b", "c"].map(|name| QuasiIdentifier::new(name, hierarchy(name)));
        let protection = Protection::new([KAnonymity::try_new(2).unwrap()]).quasi_identifiers(quasi);
        for recoder in [Recoder::new(protection.clone()), Recoder::new(protection).avoiding_full_generalization()] {
            let (report, quality) = recoder.levels(&table, &Control::default()).unwrap();
            let recoded = recoder.run(&table, &Control::default()).unwrap();
            assert_eq!((&recoded.search, &recoded.quality), (&vec![report.clone()], &quality));
            // Two levels of c are needed to join the records of 0 and 1 in it.
            assert_eq!(report.levels, [0, 0, 1]);
        }
    }

    /// Two of four people at a are in the file, and one of five at b: 1/5 is too little, and leaving the one out
    /// would leave all five missed.
    #[test]
    fn people_of_a_class_that_is_left_out_are_missed() {
        let place = || Domain::nominal(["a", "b"], Origin::Public).unwrap();
        let of = |codes: &[u8]| {
            let attribute = Attribute::new("place", place(), MissingKinds::NONE);
            let schema = Schema::try_new(vec![attribute]).unwrap();
            Table::try_new(schema, vec![Column::from_u8(codes.to_vec())]).unwrap()
        };
        let hierarchy = Hierarchy::of(place()).with_top("any").unwrap();
        let protection = Protection::new([DeltaPresence::try_new(0.3, 0.8).unwrap()])
            .quasi_identifiers([QuasiIdentifier::new("place", hierarchy)])
            .population(of(&[0, 0, 0, 0, 1, 1, 1, 1, 1]))
            .check()
            .unwrap();
        let control = Control::default();
        for search in Search::ALL {
            let limit = SuppressionLimit::try_new(0.4).unwrap();
            let recoded = Recoder::new(protection.clone()).limit(limit).search(search).run(&of(&[0, 0, 1]), &control);
            let recoded = recoded.unwrap();
            assert_eq!((recoded.search[0].levels.as_slice(), recoded.search[0].suppressed), (&[1][..], 0), "{search}");
            assert!(recoded.output.verify(&control).is_ok());
        }
    }
}
