//! How a set of privacy models judges classes and tables, in the form that searches ask for.
//!
//! A mechanism counts; this judges. Verifiers do not use it: they have code of their own.

use ctdata_table::{Attribute, Table, TableError};

pub(crate) use super::Monotonicity;
use super::earth_mover::EarthMover;
use super::entropy_l_diversity::EntropyJudge;
use super::histogram::{Categories, Distribution, Histogram};
use super::{
    BetaLikeness, ClassModel, DeltaDisclosure, DeltaPresence, DistinctLDiversity, PrivacyModel, RecursiveCLDiversity,
    TableModel,
};
use crate::PrivacyError;
use crate::unit::Persons;

/// What a model may look at of one equivalence class.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClassView<'a> {
    /// Units in the class: distinct persons, or records.
    pub(crate) size: u64,
    /// Records of the population table that generalize to the class; none without such a table.
    pub(crate) population: Option<u64>,
    /// For each attribute of [`Evaluator::sensitive`], the codes that occur in the class with their
    /// records, ascending by code. Kinds of missing are codes after the values.
    pub(crate) sensitive: &'a [&'a [(u16, u32)]],
}

/// A set of models, ready to judge the classes of one input table.
#[derive(Debug)]
pub(crate) struct Evaluator {
    sensitive: Vec<usize>,
    judges: Vec<Judge>,
    table_models: Vec<TableModel>,
    least_class_size: u64,
    monotonicity: Monotonicity,
    input_units: u64,
}

/// One class model with what it needs of the input.
#[derive(Debug)]
pub(crate) struct Judge {
    /// The place of its attribute in [`Evaluator::sensitive`].
    at: usize,
    categories: Option<Categories>,
    pub(super) test: Test,
}

#[derive(Debug)]
pub(super) enum Test {
    Size(u64),
    Population(u64),
    Presence(DeltaPresence),
    Distinct(u64),
    Entropy { l: f64, judge: EntropyJudge },
    Recursive(RecursiveCLDiversity),
    Closeness { t: f64, mover: EarthMover },
    Disclosure { model: DeltaDisclosure, table: Distribution, support: usize },
    Likeness { model: BetaLikeness, table: Distribution },
}

impl Evaluator {
    /// Models for one input. The distribution of each sensitive attribute is that of all its records.
    ///
    /// # Errors
    /// A sensitive attribute that the input lacks; a distance that does not fit its attribute; a model
    /// that counts in a population where there is none.
    pub(crate) fn new(
        models: &[PrivacyModel],
        input: &Table,
        population: Option<&Table>,
    ) -> Result<Self, PrivacyError> {
        let mut evaluator = Self {
            sensitive: Vec::new(),
            judges: Vec::new(),
            table_models: Vec::new(),
            least_class_size: 1,
            monotonicity: Monotonicity::FULL,
            input_units: Persons::of(input).count() as u64,
        };
        for model in models {
            evaluator.monotonicity = evaluator.monotonicity.and(model.monotonicity());
            match model {
                PrivacyModel::Table(model) => evaluator.table_models.push(model.clone()),
                PrivacyModel::Class(model) => {
                    if population.is_none() && model.needs_population() {
                        let rule = format!("{model} counts in a population table, and there is none");
                        return Err(PrivacyError::InvalidParameter { parameter: "population", rule });
                    }
                    let judge = evaluator.judge(model, input)?;
                    evaluator.least_class_size = evaluator.least_class_size.max(judge.least_size());
                    evaluator.judges.push(judge);
                }
            }
        }
        Ok(evaluator)
    }

    fn judge(&mut self, model: &ClassModel, input: &Table) -> Result<Judge, PrivacyError> {
        let (attribute, test): (Option<Sensitive<'_>>, Test) = match model {
            ClassModel::KAnonymity(model) => (None, Test::Size(model.k().into())),
            ClassModel::KMap(model) => match model.least_records() {
                Some(records) => (None, Test::Size(records.into())),
                None => (None, Test::Population(model.k().into())),
            },
            ClassModel::DeltaPresence(model) => (None, Test::Presence(*model)),
            ClassModel::DistinctLDiversity(model) => {
                (Some(Sensitive::find(model.attribute(), input)?), Test::Distinct(model.l().into()))
            }
            ClassModel::EntropyLDiversity(model) => {
                let test = Test::Entropy { l: model.l(), judge: model.ready() };
                (Some(Sensitive::find(model.attribute(), input)?), test)
            }
            ClassModel::RecursiveCLDiversity(model) => {
                (Some(Sensitive::find(model.attribute(), input)?), Test::Recursive(model.clone()))
            }
            ClassModel::TCloseness(model) => {
                let sensitive = Sensitive::find(model.attribute(), input)?;
                let mover = EarthMover::new(model.distance(), sensitive.attribute, sensitive.table.clone())?;
                (Some(sensitive), Test::Closeness { t: model.t(), mover })
            }
            ClassModel::DeltaDisclosure(model) => {
                let sensitive = Sensitive::find(model.attribute(), input)?;
                let (table, support) = (sensitive.table.clone(), sensitive.table.support());
                (Some(sensitive), Test::Disclosure { model: model.clone(), table, support })
            }
            ClassModel::BetaLikeness(model) => {
                let sensitive = Sensitive::find(model.attribute(), input)?;
                let table = sensitive.table.clone();
                (Some(sensitive), Test::Likeness { model: model.clone(), table })
            }
        };
        let Some(Sensitive { position, table, .. }) = attribute else {
            return Ok(Judge { at: 0, categories: None, test });
        };
        let at = self.sensitive.iter().position(|&known| known == position).unwrap_or_else(|| {
            self.sensitive.push(position);
            self.sensitive.len() - 1
        });
        Ok(Judge { at, categories: Some(table.categories()), test })
    }

    /// Positions in the input's schema of the attributes whose counts are wanted in a [`ClassView`].
    pub(crate) fn sensitive(&self) -> &[usize] {
        &self.sensitive
    }

    /// Classes of fewer units fail, whatever else is in them: the monotone part of every set of models.
    pub(crate) fn least_class_size(&self) -> u64 {
        self.least_class_size
    }

    /// Whether a class of at least [`least_class_size`](Self::least_class_size) units always holds.
    pub(crate) fn is_size_only(&self) -> bool {
        self.judges.iter().all(|judge| matches!(judge.test, Test::Size(_)))
    }

    /// Whether a class satisfies all models that look at one class at a time.
    #[inline]
    pub(crate) fn class_holds(&self, class: &ClassView<'_>) -> bool {
        class.size >= self.least_class_size && self.judges.iter().all(|judge| judge.holds(class))
    }

    /// Whether the population may have classes of which no record is kept: without a `ClassView`, since
    /// there is no class.
    pub(crate) fn allows_missed_population(&self) -> bool {
        self.judges.iter().all(|judge| !matches!(&judge.test, Test::Presence(model) if model.lowest() > 0.0))
    }

    /// What the search may conclude from the classes that records belong to. Where the other classes of
    /// the population count too, that is nothing: a class that holds may be merged with one of them.
    pub(crate) fn monotonicity(&self) -> Monotonicity {
        if self.allows_missed_population() { self.monotonicity } else { Monotonicity::NONE }
    }

    /// Whether there are models that look at all kept classes together.
    pub(crate) fn has_table_models(&self) -> bool {
        !self.table_models.is_empty()
    }

    /// Whether these models hold of the classes that are kept: (units, classes of that many units),
    /// ascending.
    pub(crate) fn table_holds(&self, kept: &[(u64, u64)]) -> bool {
        self.table_models.iter().all(|model| match model {
            TableModel::SampleUniqueness(model) => model.holds(kept),
            TableModel::AverageRisk(model) => model.holds(kept),
            TableModel::PopulationUniqueness(model) => model.holds(kept, self.input_units),
        })
    }

    /// The class models, in the order given.
    pub(super) fn judges(&self) -> &[Judge] {
        &self.judges
    }

    /// Units of the input.
    pub(super) fn input_units(&self) -> u64 {
        self.input_units
    }
}

impl Judge {
    /// The least class that may hold. Models of diversity ask for as many units as records, so that
    /// several records of one person do not count as several persons.
    pub(super) fn least_size(&self) -> u64 {
        match &self.test {
            Test::Size(least) | Test::Distinct(least) => *least,
            Test::Entropy { judge, .. } => judge.least_size(),
            Test::Recursive(model) => model.l().into(),
            Test::Presence(_)
            | Test::Population(_)
            | Test::Closeness { .. }
            | Test::Disclosure { .. }
            | Test::Likeness { .. } => 1,
        }
    }

    #[inline]
    fn histogram<'a>(&self, class: &ClassView<'a>) -> Option<Histogram<'a>> {
        Some(self.categories?.histogram(class.sensitive.get(self.at)?))
    }

    /// Whether a class of enough units holds. Without the counts that a model needs, it does not.
    #[inline]
    pub(super) fn holds(&self, class: &ClassView<'_>) -> bool {
        let counted =
            |holds: &dyn Fn(&Histogram<'_>) -> bool| self.histogram(class).is_some_and(|histogram| holds(&histogram));
        match &self.test {
            Test::Size(least) => class.size >= *least,
            Test::Population(least) => class.population.is_some_and(|people| people >= *least),
            Test::Presence(model) => class.population.is_some_and(|people| model.holds(class.size, people)),
            Test::Distinct(least) => counted(&|histogram| DistinctLDiversity::distinct(histogram) >= *least),
            Test::Entropy { judge, .. } => counted(&|histogram| judge.holds(histogram)),
            Test::Recursive(model) => counted(&|histogram| model.holds(histogram)),
            Test::Closeness { t, mover } => counted(&|histogram| mover.distance(histogram) <= *t),
            Test::Disclosure { model, table, support } => {
                counted(&|histogram| model.level(table, *support, histogram) < model.delta())
            }
            Test::Likeness { model, table } => counted(&|histogram| model.gain(table, histogram).1),
        }
    }

    /// The level of a class: units or people, different values, e^H, r_1 / (r_l + ..), distance, bits,
    /// gain, or presence.
    #[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
    pub(super) fn level(&self, class: &ClassView<'_>) -> f64 {
        let people = class.population.unwrap_or(0);
        let counted = |level: &dyn Fn(&Histogram<'_>) -> f64| {
            self.histogram(class).map_or(f64::NAN, |histogram| level(&histogram))
        };
        match &self.test {
            Test::Size(_) => class.size as f64,
            Test::Population(_) => people as f64,
            Test::Presence(_) => DeltaPresence::presence(class.size, people),
            Test::Distinct(_) => counted(&|histogram| DistinctLDiversity::distinct(histogram) as f64),
            Test::Entropy { judge, .. } => counted(&|histogram| judge.effective_values(histogram)),
            Test::Recursive(model) => counted(&|histogram| match model.head_and_tail(histogram) {
                (_, 0) => f64::INFINITY,
                (head, tail) => head as f64 / tail as f64,
            }),
            Test::Closeness { mover, .. } => counted(&|histogram| mover.distance(histogram)),
            Test::Disclosure { model, table, support } => counted(&|histogram| model.level(table, *support, histogram)),
            Test::Likeness { model, table } => counted(&|histogram| model.gain(table, histogram).0),
        }
    }
}

/// A sensitive attribute found in the input.
struct Sensitive<'a> {
    position: usize,
    attribute: &'a Attribute,
    table: Distribution,
}

impl<'a> Sensitive<'a> {
    fn find(name: &str, input: &'a Table) -> Result<Self, PrivacyError> {
        let position = input.schema().position(name)?;
        let found = input.schema().get(position).zip(Distribution::of(input, position));
        let (attribute, table) =
            found.ok_or_else(|| TableError::UnknownAttribute { name: name.to_owned(), nearest: None })?;
        Ok(Self { position, attribute, table })
    }
}
