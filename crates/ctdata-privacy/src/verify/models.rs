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
    /// The input row of each released row.
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

    /// Rows of the population that each released class stands for.
    fn population(&self) -> Result<(Vec<u64>, u64), PrivacyError> {
        let Some(table) = self.population else {
            return Err(BrokenGuarantee::Account.into());
        };
        let mut readers = Vec::new();
        for (position, coverage) in self.known {
            let input = self.input.schema().get(*position).ok_or(BrokenGuarantee::Account)?;
            let at = table.schema().position(input.name())?;
            let attribute = table.schema().get(at).ok_or(BrokenGuarantee::Account)?;
            let codes = u16::try_from(attribute.code_count()).unwrap_or(u16::MAX);
            let targets: Vec<u16> = (0..codes)
                .map(|code| {
                    let cell = match attribute.cell(code) {
                        Some(Cell::Value(value)) => {
                            let label = attribute.domain().label(value);
                            label.and_then(|label| input.domain().code_of(&label)).map(Cell::Value)
                        }
                        other => other,
                    };
                    cell.and_then(|cell| input.code(cell)).map_or(u16::MAX, |code| coverage.target(code))
                })
                .collect();
            readers.push((at, move |code: u16| targets.get(usize::from(code)).copied().unwrap_or(u16::MAX)));
        }
        let rows = Rows::read(table, &readers);
        let mut copies: BTreeMap<&[u16], u64> = BTreeMap::new();
        for row in rows.iter() {
            *copies.entry(row).or_default() += 1;
        }
        let (targets, counts): (Vec<&[u16]>, Vec<u64>) = copies.into_iter().unzip();
        let mut members = vec![0; self.groups.len()];
        let mut without_class = 0;
        let fits = |place: usize, known: u16, cell: u16| {
            self.known.get(place).is_some_and(|(_, coverage)| coverage.fits(known, cell))
        };
        self.groups.matching(None, &targets, fits, self.control, |number, groups| {
            let count = counts.get(number).copied().unwrap_or(0);
            without_class += if groups.is_empty() { count } else { 0 };
            for &group in groups {
                if let Some(members) = members.get_mut(group) {
                    *members += count;
                }
            }
        })?;
        Ok((members, without_class))
    }
}

/// Whether a model holds of the released rows.
pub(super) fn check(model: &PrivacyModel, evidence: &Evidence<'_>) -> Result<(), PrivacyError> {
    match model {
        PrivacyModel::Class(model) => check_class_model(model, evidence),
        PrivacyModel::Table(model) => check_table_model(model, evidence),
    }
}

fn check_class_model(model: &ClassModel, evidence: &Evidence<'_>) -> Result<(), PrivacyError> {
    let sizes: Vec<u64> = evidence.groups.sizes().collect();
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
        ClassModel::KAnonymity(model) => at_least(&sizes, model.k().into()),
        ClassModel::KMap(model) => match model.least_records() {
            Some(records) => at_least(&sizes, records.into()),
            None => at_least(&evidence.population()?.0, model.k().into()),
        },
        ClassModel::DistinctLDiversity(model) => {
            at_least(&sizes, model.l().into())?;
            each(model.attribute(), &|_, class| class.len() >= model.l() as usize)
        }
        ClassModel::EntropyLDiversity(model) => each(model.attribute(), &|_, class| {
            let n = total(class);
            let entropy: f64 = match model.estimator() {
                EntropyEstimator::Shannon => class.values().map(|count| -count / n * (count / n).ln()).sum(),
                EntropyEstimator::Grassberger => digamma(n) - class.values().map(|c| c * digamma(*c)).sum::<f64>() / n,
            };
            entropy + TOLERANCE >= model.l().ln()
        }),
        ClassModel::RecursiveCLDiversity(model) => each(model.attribute(), &|_, class| {
            let mut counts: Vec<f64> = class.values().copied().collect();
            counts.sort_by(|a, b| b.total_cmp(a));
            let tail: f64 = counts.iter().skip(model.l() as usize - 1).sum();
            counts.first().is_some_and(|largest| *largest < model.c() * tail)
        }),
        ClassModel::TCloseness(model) => each(model.attribute(), &|sensitive, class| {
            let distance = match model.distance() {
                SensitiveDistance::Equal => equal_distance(&sensitive.all, class),
                SensitiveDistance::Ordered => ordered_distance(sensitive, class),
                SensitiveDistance::Hierarchical(hierarchy) => tree_distance(hierarchy, &sensitive.all, class),
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
            let (population, without_class) = evidence.population()?;
            let outside = |(&size, &members): (&u64, &u64)| {
                let share = if members == 0 { f64::INFINITY } else { real(size) / real(members) };
                share + TOLERANCE < model.lowest() || share > model.highest() + TOLERANCE
            };
            let failing = sizes.iter().zip(&population).filter(|pair| outside(*pair)).count() as u64
                + u64::from(without_class > 0 && model.lowest() > 0.0);
            if failing > 0 {
                return Err(BrokenGuarantee::Model { model: "delta-presence", classes: failing }.into());
            }
            Ok(())
        }
    }
}

fn check_table_model(model: &TableModel, evidence: &Evidence<'_>) -> Result<(), PrivacyError> {
    let mut histogram: BTreeMap<u64, u64> = BTreeMap::new();
    for size in evidence.groups.sizes() {
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
fn tree_distance(hierarchy: &Hierarchy, all: &Counts, class: &Counts) -> f64 {
    let mut levels: Vec<_> = hierarchy.levels().collect();
    if levels.len() > 1 && levels.last().is_some_and(|top| top.domain().len() <= 1) {
        levels.pop();
    }
    let edge = 1.0 / (2.0 * real(levels.len() as u64));
    let mut distance = off_scale(all, class) / 2.0;
    for level in levels {
        let mut surplus: BTreeMap<u16, f64> = BTreeMap::new();
        for (label, &node) in hierarchy.leaves().labels().zip(level.of_leaf()) {
            let code = hierarchy.leaves().code_of(&label).unwrap_or(u16::MAX);
            let (q, p) = shares(all, class, &Answer::Value(code, label.into_owned()));
            *surplus.entry(node).or_default() += q - p;
        }
        distance += edge * surplus.values().map(|surplus| surplus.abs()).sum::<f64>();
    }
    distance
}
