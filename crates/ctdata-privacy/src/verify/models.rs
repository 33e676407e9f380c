//! Privacy models, recomputed from released rows and input straight from their definitions.
//!
//! Shares are plain divisions and categories are texts here, so that nothing is shared with the code
//! that searches; verdicts allow for a rounding error of 1e-9.

use std::collections::{BTreeMap, BTreeSet};

use ctdata_table::{Attribute, Cell, Control, DomainKind, Hierarchy, Missing, Table};

use super::coverage::Coverage;
use super::possible::{Groups, Rows};
use crate::model::{
    AbsentValues, BetaBound, ClassModel, ClassSizes, EntropyEstimator, PrivacyModel, SensitiveDistance, TableModel,
};
use crate::{BrokenGuarantee, PrivacyError};

/// What models are recomputed from.
pub(super) struct Evidence<'a> {
    pub(super) input: &'a Table,
    pub(super) output: &'a Table,
    pub(super) groups: &'a Groups,
    /// The quasi-identifiers: position in the input, and what released codes stand for.
    pub(super) known: &'a [(usize, &'a Coverage<'a>)],
    pub(super) population: Option<&'a Table>,
    pub(super) control: &'a Control,
}

const TOLERANCE: f64 = 1e-9;

/// An answer, as a text that no other answer has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Value(u16, String),
    NotApplicable,
    Blank,
}

fn answer(attribute: &Attribute, reference: &Attribute, code: u16) -> Answer {
    match attribute.cell(code) {
        Some(Cell::Value(value)) => {
            let label = attribute.domain().label(value).unwrap_or_default().into_owned();
            Answer::Value(reference.domain().code_of(&label).unwrap_or(u16::MAX), label)
        }
        Some(Cell::Missing(Missing::NotApplicable)) => Answer::NotApplicable,
        _ => Answer::Blank,
    }
}

type Counts = BTreeMap<Answer, f64>;

/// The answers of a sensitive attribute in the whole input, and in each released class.
struct Sensitive<'a> {
    attribute: &'a Attribute,
    all: Counts,
    classes: Vec<Counts>,
}

fn total(counts: &Counts) -> f64 {
    counts.values().sum()
}

impl<'a> Evidence<'a> {
    fn sensitive(&self, name: &str) -> Result<Sensitive<'a>, PrivacyError> {
        let (attribute, column) = self.input.named(name)?;
        let mut all = Counts::new();
        for code in column.iter() {
            *all.entry(answer(attribute, attribute, code)).or_default() += 1.0;
        }
        let (released, column) = self.output.named(name)?;
        let mut classes = vec![Counts::new(); self.groups.len()];
        for (code, &class) in column.iter().zip(self.groups.of_rows()) {
            if let Some(counts) = classes.get_mut(class as usize) {
                *counts.entry(answer(released, attribute, code)).or_default() += 1.0;
            }
        }
        Ok(Sensitive { attribute, all, classes })
    }

    /// The people of the population that belong to each released class: distinct persons where it has
    /// person ids, else the sum of its weights, else its rows.
    ///
    /// A row belongs to a class if recoding could make the class's cells of it; a blank is that of a
    /// blank only, so that no more people are counted than an attacker would.
    fn population(&self) -> Result<Population, PrivacyError> {
        let Some(table) = self.population else {
            return Err(BrokenGuarantee::Account.into());
        };
        let (mut readers, mut input_codes) = (Vec::new(), Vec::new());
        for (position, _) in self.known {
            let input = self.input.schema().get(*position).ok_or(BrokenGuarantee::Account)?;
            let at = table.schema().position(input.name())?;
            let attribute = table.schema().get(at).ok_or(BrokenGuarantee::Account)?;
            input_codes.push(same_cells(attribute, input));
            readers.push((at, |code: u16| code));
        }
        let rows: Vec<u32> = (0u32..).take(table.rows()).collect();
        let (person, bound) = super::person_of_rows(table, &rows);
        let rows = Rows::read(table, &readers);
        let strata = Groups::of(&rows, &person, bound);
        let mut people = strata.sizes().to_vec();
        if let (None, Some(weights)) = (table.ids(), table.weights()) {
            people.fill(0);
            for (&stratum, &weight) in strata.of_rows().iter().zip(weights.values()) {
                if let Some(sum) = people.get_mut(stratum as usize) {
                    *sum += u64::from(weight);
                }
            }
        }
        let mut stratum_of: BTreeMap<&[u16], usize> = BTreeMap::new();
        for (row, &stratum) in rows.iter().zip(strata.of_rows()) {
            stratum_of.insert(row, stratum as usize);
        }
        let (targets, strata_of_targets): (Vec<&[u16]>, Vec<usize>) = stratum_of.into_iter().unzip();
        let mut found = Population { people: vec![0; self.groups.len()], without_class: 0, in_several: 0 };
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); self.groups.len()];
        let fits = |place: usize, theirs: u16, cell: u16| {
            let ours = input_codes.get(place).and_then(|codes| codes.get(usize::from(theirs)).copied().flatten());
            ours.zip(self.known.get(place)).is_some_and(|(ours, (_, coverage))| coverage.stands_for(cell, ours))
        };
        self.groups.matching(&targets, fits, self.control, |number, groups| {
            let stratum = strata_of_targets.get(number).copied().unwrap_or_default();
            let count = people.get(stratum).copied().unwrap_or(0);
            match groups.len() {
                0 => found.without_class += count,
                1 => {}
                _ => found.in_several += count,
            }
            for &group in groups {
                if let (Some(sum), Some(members)) = (found.people.get_mut(group), members.get_mut(group)) {
                    *sum += count;
                    members.extend_from_slice(strata.persons(stratum));
                }
            }
        })?;
        if table.ids().is_some() {
            for (sum, members) in found.people.iter_mut().zip(&mut members) {
                members.sort_unstable();
                members.dedup();
                *sum = members.len() as u64;
            }
        }
        Ok(found)
    }
}

/// People of a population by the classes of a release.
struct Population {
    /// Of each class.
    people: Vec<u64>,
    /// People who belong to no class.
    without_class: u64,
    /// People who belong to more than one.
    in_several: u64,
}

/// For each code of an attribute, that of the same cell of another one.
fn same_cells(from: &Attribute, to: &Attribute) -> Vec<Option<u16>> {
    let same = |code| match from.cell(code)? {
        Cell::Value(value) => {
            let label = from.domain().label(value)?;
            to.domain().code_of(&label).filter(|&code| to.domain().label(code).as_deref() == Some(&*label))
        }
        missing @ Cell::Missing(_) => to.code(missing),
    };
    (0..=u16::MAX).take(from.code_count()).map(same).collect()
}

/// Whether a model holds of the released rows.
pub(super) fn check(model: &PrivacyModel, evidence: &Evidence<'_>) -> Result<(), PrivacyError> {
    match model {
        PrivacyModel::Class(model) => check_class_model(model, evidence),
        PrivacyModel::Table(model) => check_table_model(model, evidence),
    }
}

fn check_class_model(model: &ClassModel, evidence: &Evidence<'_>) -> Result<(), PrivacyError> {
    let sizes = evidence.groups.sizes();
    let at_least = |sizes: &[u64], required: u64| {
        let small = sizes.iter().filter(|&&size| size < required).count() as u64;
        match sizes.iter().min() {
            Some(&achieved) if small > 0 => {
                Err(BrokenGuarantee::SmallClasses { model: model.name(), required, achieved, classes: small }.into())
            }
            _ => Ok(()),
        }
    };
    let each = |name: &str, holds: &dyn Fn(&Sensitive<'_>, &Counts) -> bool| {
        let sensitive = evidence.sensitive(name)?;
        let failing = sensitive.classes.iter().filter(|class| !holds(&sensitive, class)).count() as u64;
        if failing > 0 { Err(BrokenGuarantee::Model { model: model.name(), classes: failing }.into()) } else { Ok(()) }
    };
    match model {
        ClassModel::KAnonymity(model) => at_least(sizes, model.k().into()),
        ClassModel::KMap(model) => match model.least_records() {
            Some(records) => at_least(sizes, records.into()),
            None => at_least(&evidence.population()?.people, model.k().into()),
        },
        ClassModel::DistinctLDiversity(model) => {
            at_least(sizes, model.l().into())?;
            each(model.attribute(), &|_, class| class.len() >= model.l() as usize)
        }
        ClassModel::EntropyLDiversity(model) => {
            let reaches = |counts: &mut dyn Iterator<Item = f64>, n: f64| {
                let entropy: f64 = match model.estimator() {
                    EntropyEstimator::Shannon => counts.map(|count| -count / n * (count / n).ln()).sum(),
                    EntropyEstimator::Grassberger => digamma(n) - counts.map(|c| c * digamma(c)).sum::<f64>() / n,
                };
                entropy + TOLERANCE >= model.l().ln()
            };
            // So many units as records are needed: those of one person are not as many persons.
            let is_enough = |units: u64| match model.estimator() {
                EntropyEstimator::Shannon => real(units).ln() + TOLERANCE >= model.l().ln(),
                EntropyEstimator::Grassberger => reaches(&mut (0..units).map(|_| 1.0), real(units)),
            };
            let smallest = sizes.iter().copied().min();
            if let Some(smallest) = smallest.filter(|&units| !is_enough(units)) {
                let required = (smallest + 1..1 << 32).find(|&units| is_enough(units)).unwrap_or(u64::MAX);
                return at_least(sizes, required);
            }
            each(model.attribute(), &|_, class| reaches(&mut class.values().copied(), total(class)))
        }
        ClassModel::RecursiveCLDiversity(model) => {
            at_least(sizes, model.l().into())?;
            each(model.attribute(), &|_, class| {
                let mut counts: Vec<f64> = class.values().copied().collect();
                counts.sort_by(|a, b| b.total_cmp(a));
                let tail: f64 = counts.iter().skip(model.l() as usize - 1).sum();
                counts.first().is_some_and(|largest| *largest < model.c() * tail)
            })
        }
        ClassModel::TCloseness(model) => each(model.attribute(), &|sensitive, class| {
            let distance = match model.distance() {
                SensitiveDistance::Equal => equal_distance(&sensitive.all, class),
                SensitiveDistance::Ordered => ordered_distance(sensitive, class),
                SensitiveDistance::Hierarchical(hierarchy) => tree_distance(hierarchy, sensitive, class),
            };
            distance <= model.t() + TOLERANCE
        }),
        ClassModel::DeltaDisclosure(model) => each(model.attribute(), &|sensitive, class| {
            let compared = sensitive
                .all
                .keys()
                .filter(|answer| model.absent() == AbsentValues::Strict || class.contains_key(*answer));
            let within = |answer: &Answer| {
                let (q, p) = shares(&sensitive.all, class, answer);
                (q / p).log2().abs() < model.delta() + TOLERANCE
            };
            compared.into_iter().all(within)
        }),
        ClassModel::BetaLikeness(model) => each(model.attribute(), &|sensitive, class| {
            class.keys().all(|answer| {
                let (q, p) = shares(&sensitive.all, class, answer);
                let allowed = match model.bound() {
                    BetaBound::Basic => model.beta(),
                    BetaBound::Enhanced => model.beta().min(-p.ln()),
                };
                q <= p || (q - p) / p <= allowed + TOLERANCE
            })
        }),
        ClassModel::DeltaPresence(model) => {
            let population = evidence.population()?;
            let outside = |(&size, &people): (&u64, &u64)| {
                let share = if people == 0 { f64::INFINITY } else { real(size) / real(people) };
                share + TOLERANCE < model.lowest() || share > model.highest() + TOLERANCE
            };
            // Classes that people share say too little of each of them.
            let failing = sizes.iter().zip(&population.people).filter(|pair| outside(*pair)).count() as u64
                + u64::from(population.without_class > 0 && model.lowest() > 0.0)
                + u64::from(population.in_several > 0);
            if failing > 0 {
                return Err(BrokenGuarantee::Model { model: "delta-presence", classes: failing }.into());
            }
            Ok(())
        }
    }
}

fn check_table_model(model: &TableModel, evidence: &Evidence<'_>) -> Result<(), PrivacyError> {
    let mut histogram: BTreeMap<u64, u64> = BTreeMap::new();
    for &size in evidence.groups.sizes() {
        *histogram.entry(size).or_default() += 1;
    }
    let histogram: Vec<(u64, u64)> = histogram.into_iter().collect();
    let units: u64 = histogram.iter().map(|(size, classes)| size * classes).sum();
    let share = |part: u64| if units == 0 { 0.0 } else { real(part) / real(units) };
    let of_units = |risky: &dyn Fn(f64) -> bool| -> u64 {
        let risky = histogram.iter().filter(|(size, _)| risky(1.0 / real(*size)));
        risky.map(|(size, classes)| size * classes).sum()
    };
    let holds = match model {
        TableModel::SampleUniqueness(model) => {
            share(of_units(&|risk| risk > 0.75)) <= model.highest_share() + TOLERANCE
        }
        TableModel::AverageRisk(model) => {
            share(evidence.groups.len() as u64) <= model.average() + TOLERANCE
                && model.highest().is_none_or(|highest| of_units(&|risk| risk > highest + TOLERANCE) == 0)
                && model
                    .share_above()
                    .is_none_or(|(bound, most)| share(of_units(&|risk| risk > bound + TOLERANCE)) <= most + TOLERANCE)
        }
        TableModel::PopulationUniqueness(model) => {
            let rows: Vec<u32> = (0u32..).take(evidence.input.rows()).collect();
            let (persons, _) = super::person_of_rows(evidence.input, &rows);
            let persons = persons.into_iter().collect::<BTreeSet<_>>().len() as u64;
            let sizes = ClassSizes::of_population(&histogram, model.fraction().population_of(persons));
            let estimate = sizes.and_then(|sizes| model.estimator().estimate(&sizes));
            units == 0 || estimate.is_ok_and(|estimate| estimate.share <= model.highest_share() + TOLERANCE)
        }
    };
    if holds {
        return Ok(());
    }
    Err(BrokenGuarantee::Model { model: model.name(), classes: evidence.groups.len() as u64 }.into())
}

#[expect(clippy::cast_precision_loss, reason = "tables have fewer than 2^32 rows")]
fn real(count: u64) -> f64 {
    count as f64
}

/// (q, p): the shares of an answer in a class and in all.
fn shares(all: &Counts, class: &Counts, answer: &Answer) -> (f64, f64) {
    let share = |counts: &Counts| counts.get(answer).copied().unwrap_or(0.0) / total(counts);
    (share(class), share(all))
}

/// psi(n) of a whole number: -gamma plus the harmonic number below it.
fn digamma(n: f64) -> f64 {
    const EULER_MASCHERONI: f64 = 0.577_215_664_901_532_9;
    let mut harmonic = 0.0;
    let mut i = 1.0;
    while i < n {
        harmonic += 1.0 / i;
        i += 1.0;
    }
    harmonic - EULER_MASCHERONI
}

/// Half the sum of all differences of shares.
fn equal_distance(all: &Counts, class: &Counts) -> f64 {
    let answers: BTreeSet<&Answer> = all.keys().chain(class.keys()).collect();
    let difference = |answer: &Answer| {
        let (q, p) = shares(all, class, answer);
        (q - p).abs()
    };
    answers.into_iter().map(difference).sum::<f64>() / 2.0
}

/// What must be moved to or from the answers that are off every scale and tree.
fn off_scale(all: &Counts, class: &Counts) -> f64 {
    let difference = |answer: &Answer| {
        let (q, p) = shares(all, class, answer);
        (q - p).abs()
    };
    difference(&Answer::NotApplicable) + difference(&Answer::Blank)
}

/// The earth mover's distance on a line from 0 to 1 whose middle has two branches of length 1/2.
fn ordered_distance(sensitive: &Sensitive<'_>, class: &Counts) -> f64 {
    let domain = sensitive.attribute.domain();
    if domain.kind() == DomainKind::Nominal {
        return f64::INFINITY;
    }
    let on_scale: Vec<f64> = (0u16..)
        .zip(domain.labels())
        .map(|(code, label)| {
            let (q, p) = shares(&sensitive.all, class, &Answer::Value(code, label.into_owned()));
            q - p
        })
        .collect();
    let steps = on_scale.len().saturating_sub(1);
    // Half steps, so that the middle is an end of one.
    let half_step = 1.0 / (2.0 * real(steps.max(1) as u64));
    let mut distance = off_scale(&sensitive.all, class) / 2.0;
    for half in 0..2 * steps {
        let left: f64 = on_scale.iter().take(half / 2 + 1).sum();
        let right: f64 = on_scale.iter().skip(half / 2 + 1).sum();
        distance += half_step * if half < steps { left.abs() } else { right.abs() };
    }
    distance
}

/// The earth mover's distance on a tree of height 1; each edge carries what the leaves under it differ by.
/// Infinite where an answer is no leaf.
fn tree_distance(hierarchy: &Hierarchy, sensitive: &Sensitive<'_>, class: &Counts) -> f64 {
    let all = &sensitive.all;
    let leaf = |label: &str| {
        let code = hierarchy.leaves().code_of(label)?;
        (hierarchy.leaves().label(code)? == label).then_some(usize::from(code))
    };
    let differences: Option<Vec<(usize, f64)>> = (all.keys().chain(class.keys()))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|answer| match answer {
            Answer::Value(_, label) => Some((leaf(label), shares(all, class, answer))),
            Answer::NotApplicable | Answer::Blank => None,
        })
        .map(|(leaf, (q, p))| Some((leaf?, q - p)))
        .collect();
    let Some(differences) = differences else { return f64::INFINITY };
    let mut levels: Vec<_> = hierarchy.levels().collect();
    if levels.len() > 1 && levels.last().is_some_and(|top| top.domain().len() <= 1) {
        levels.pop();
    }
    let edge = 1.0 / (2.0 * real(levels.len() as u64));
    let mut distance = off_scale(all, class) / 2.0;
    for level in levels {
        let mut surplus: BTreeMap<u16, f64> = BTreeMap::new();
        for &(leaf, difference) in &differences {
            *surplus.entry(level.of_leaf().get(leaf).copied().unwrap_or(u16::MAX)).or_default() += difference;
        }
        distance += edge * surplus.values().map(|surplus| surplus.abs()).sum::<f64>();
    }
    distance
}
