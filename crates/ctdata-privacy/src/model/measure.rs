//! How a table as it stands relates to privacy models.

use ctdata_table::{Attribute, Cell, Classes, Column, Control, Table};

use super::evaluator::{ClassView, Evaluator, Judge, Test};
use super::sample_uniqueness::units;
use super::{AverageRisk, Measure, ModelReport, PrivacyModel, SampleUniqueness, TableModel};
use crate::PrivacyError;
use crate::quasi::QuasiIdentifiers;
use crate::unit::Persons;

/// Measures a table as it stands against privacy models: for each, what it requires and what the worst
/// class, or the whole table, achieves.
///
/// A class is the set of rows that agree on all quasi-identifiers, kinds of missing being values of their
/// own. Distributions of sensitive attributes are those of this table. Levels achieved are: units
/// (k-anonymity, estimated k-map), people of the population (k-map), different values (distinct
/// l-diversity), e^H, the number of equally frequent values with the entropy of the class (entropy
/// l-diversity), r_1 / (r_l + .. + r_d) (recursive (c,l)-diversity), the distance (t-closeness), bits
/// (delta-disclosure), the relative gain (beta-likeness), the range of presence, and shares (models of
/// the table). `holds` says whether the model itself holds: l-diversity also asks for l units.
///
/// A population table has the same quasi-identifiers, matched by name and by label; its weights, where
/// it has some, count people.
///
/// ```
/// use ctdata_privacy::{DistinctLDiversity, KAnonymity, Measure, measure_models};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("married"), Attribute::flag("ill")])?;
/// let table = Table::try_new(schema, vec![
///     Column::from_u8(vec![0, 0, 1, 1]),
///     Column::from_u8(vec![0, 1, 1, 1]),
/// ])?;
/// let models = [KAnonymity::try_new(2)?.into(), DistinctLDiversity::try_new("ill", 2)?.into()];
/// let reports = measure_models(&table, &["married"], &models, None, &Control::default())?;
/// assert!(reports[0].holds);
/// // Both who are married are ill.
/// assert_eq!((reports[1].achieved, reports[1].holds), (Some(Measure::Count(1)), false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// No quasi-identifier; an attribute that is not there, named twice, or sensitive and a quasi-identifier
/// at once; a distance that does not fit its attribute; no population where a model counts in one;
/// a stop by `control`.
pub fn measure_models<S: AsRef<str>>(
    table: &Table,
    quasi_identifiers: &[S],
    models: &[PrivacyModel],
    population: Option<&Table>,
    control: &Control,
) -> Result<Vec<ModelReport>, PrivacyError> {
    let quasi = QuasiIdentifiers::find(table.schema(), quasi_identifiers)?;
    let evaluator = Evaluator::new(models, table, population)?;
    check_apart(&quasi, models, table)?;
    let persons = Persons::of(table);
    let classes = if persons.repeat() || !evaluator.sensitive().is_empty() {
        Classes::with_members(table, &quasi.set, control)?
    } else {
        Classes::count(table, &quasi.set, control)?
    };
    let sizes = persons.class_sizes(&classes);
    let population = match population {
        Some(table_of_all) if models.iter().any(PrivacyModel::needs_population) => {
            Some(Population::of(table_of_all, quasi_identifiers, (table, &quasi, &classes), control)?)
        }
        _ => None,
    };
    let histograms: Vec<Histograms> = evaluator
        .sensitive()
        .iter()
        .filter_map(|&position| Some(Histograms::of(table.schema().get(position)?, table.column(position)?, &classes)))
        .collect();

    let mut worst = vec![Worst::default(); evaluator.judges().len()];
    let mut sensitive: Vec<&[(u16, u32)]> = Vec::with_capacity(histograms.len());
    for (class, &size) in sizes.iter().enumerate() {
        if class % 65_536 == 0 {
            control.check()?;
        }
        sensitive.clear();
        sensitive.extend(histograms.iter().map(|histograms| histograms.of_class(class)));
        let population = population.as_ref().map(|population| population.of_class(class));
        let view = ClassView { size, population, sensitive: &sensitive };
        for (judge, worst) in evaluator.judges().iter().zip(&mut worst) {
            worst.add(judge, &view);
        }
    }
    let missed = population.is_some_and(|population| population.missed);
    let kept = by_size(&sizes);
    let mut judged = evaluator.judges().iter().zip(&worst);
    Ok(models
        .iter()
        .filter_map(|model| match model {
            PrivacyModel::Class(_) => judged.next().map(|(judge, worst)| worst.report(model, judge, missed)),
            PrivacyModel::Table(table_model) => Some(report_table(model, table_model, &kept, evaluator.input_units())),
        })
        .collect())
}

/// Refuses a sensitive attribute that an attacker is said to know.
fn check_apart(quasi: &QuasiIdentifiers, models: &[PrivacyModel], table: &Table) -> Result<(), PrivacyError> {
    let known: Vec<&str> = quasi.attributes(table.schema()).into_iter().map(Attribute::name).collect();
    match models.iter().filter_map(PrivacyModel::attribute).find(|name| known.contains(name)) {
        Some(name) => {
            let rule = format!("`{name}` is a quasi-identifier");
            Err(PrivacyError::InvalidParameter { parameter: "sensitive attribute", rule })
        }
        None => Ok(()),
    }
}

/// (size, classes), ascending.
fn by_size(sizes: &[u64]) -> Vec<(u64, u64)> {
    let mut sorted = sizes.to_vec();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).filter_map(|run| Some((*run.first()?, run.len() as u64))).collect()
}

/// The codes of a sensitive attribute in each class.
struct Histograms {
    counts: Vec<(u16, u32)>,
    ends: Vec<usize>,
}

impl Histograms {
    fn of(attribute: &Attribute, column: &Column, classes: &Classes) -> Self {
        let mut counts: Vec<(u16, u32)> = Vec::with_capacity(classes.len());
        let mut ends = Vec::with_capacity(classes.len());
        let mut tally = vec![0u32; attribute.code_count()];
        let mut touched: Vec<u16> = Vec::new();
        for class in 0..classes.len() {
            for &row in classes.members(class) {
                let code = column.get(row as usize).unwrap_or_default();
                if let Some(count) = tally.get_mut(usize::from(code)) {
                    if *count == 0 {
                        touched.push(code);
                    }
                    *count += 1;
                }
            }
            touched.sort_unstable();
            for code in touched.drain(..) {
                if let Some(count) = tally.get_mut(usize::from(code)) {
                    counts.push((code, std::mem::take(count)));
                }
            }
            ends.push(counts.len());
        }
        Self { counts, ends }
    }

    fn of_class(&self, class: usize) -> &[(u16, u32)] {
        let start = class.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(class).copied().unwrap_or(start);
        self.counts.get(start..end).unwrap_or_default()
    }
}

/// How many people of the population belong to each class.
struct Population {
    people: Vec<u64>,
    /// Whether some class of the population has no record in the table.
    missed: bool,
}

impl Population {
    fn of<S: AsRef<str>>(
        all: &Table,
        names: &[S],
        (table, quasi, classes): (&Table, &QuasiIdentifiers, &Classes),
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        let theirs = QuasiIdentifiers::find(all.schema(), names)?;
        let maps: Vec<Vec<Option<u16>>> = quasi
            .attributes(table.schema())
            .into_iter()
            .zip(theirs.attributes(all.schema()))
            .map(|(ours, theirs)| translate(ours, theirs))
            .collect();
        let persons = Persons::of(all);
        let of_all = if persons.repeat() {
            Classes::with_members(all, &theirs.set, control)?
        } else {
            Classes::count(all, &theirs.set, control)?
        };
        let people: Vec<u64> =
            if all.ids().is_some() { persons.class_sizes(&of_all) } else { of_all.sizes().collect() };
        let mut hits = 0;
        let mut key = vec![0u16; names.len()];
        let mut found = Vec::with_capacity(classes.len());
        for class in 0..classes.len() {
            let ours = classes.key(class);
            let mut known = true;
            for ((map, &place), &to) in maps.iter().zip(&quasi.place_in_key).zip(&theirs.place_in_key) {
                let code = ours.get(place).and_then(|&code| map.get(usize::from(code)).copied().flatten());
                match (code, key.get_mut(to)) {
                    (Some(code), Some(slot)) => *slot = code,
                    _ => known = false,
                }
            }
            let position = if known { of_all.find(&key) } else { None };
            hits += usize::from(position.is_some());
            found.push(position.and_then(|position| people.get(position).copied()).unwrap_or(0));
        }
        Ok(Self { people: found, missed: hits < of_all.len() })
    }

    fn of_class(&self, class: usize) -> u64 {
        self.people.get(class).copied().unwrap_or(0)
    }
}

/// For each code of one attribute, that of the same label or kind of missing in another.
fn translate(from: &Attribute, to: &Attribute) -> Vec<Option<u16>> {
    (0u16..)
        .take(from.code_count())
        .map(|code| match from.cell(code)? {
            Cell::Value(value) => to.domain().code_of(&from.domain().label(value)?),
            Cell::Missing(kind) => to.missing_code(kind),
        })
        .collect()
}

/// The extreme levels of the classes.
#[derive(Debug, Clone, Copy, Default)]
struct Worst {
    levels: Option<(f64, f64)>,
    fails: bool,
}

impl Worst {
    fn add(&mut self, judge: &Judge, class: &ClassView<'_>) {
        let level = judge.level(class);
        let (least, most) = self.levels.unwrap_or((level, level));
        self.levels = Some((least.min(level), most.max(level)));
        self.fails = self.fails || class.size < judge.least_size() || !judge.holds(class);
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "these levels are counts")]
    fn report(self, model: &PrivacyModel, judge: &Judge, missed: bool) -> ModelReport {
        let least = self.levels.map(|(least, _)| least);
        let most = self.levels.map(|(_, most)| most);
        let count = |level: f64| Measure::Count(level as u64);
        let mut holds = !self.fails;
        let (required, achieved) = match &judge.test {
            Test::Size(required) | Test::Population(required) | Test::Distinct(required) => {
                (Measure::Count(*required), least.map(count))
            }
            Test::Entropy { l, .. } => (Measure::Real(*l), least.map(Measure::real)),
            Test::Recursive(model) => (Measure::Real(model.c()), most.map(Measure::real)),
            Test::Closeness { t, .. } => (Measure::Real(*t), most.map(Measure::real)),
            Test::Disclosure { model, .. } => (Measure::Real(model.delta()), most.map(Measure::real)),
            Test::Likeness { model, .. } => (Measure::Real(model.beta()), most.map(Measure::real)),
            Test::Presence(model) => {
                holds = holds && !(missed && model.lowest() > 0.0);
                let range = self.levels.map(|(least, most)| {
                    let least = if missed { 0.0 } else { least };
                    if most.is_finite() { Measure::Range(least, most) } else { Measure::Unbounded }
                });
                (Measure::Range(model.lowest(), model.highest()), range)
            }
        };
        let attribute = model.attribute().map(ToOwned::to_owned);
        ModelReport { model: model.name().to_owned(), attribute, required, achieved, holds }
    }
}

fn report_table(model: &PrivacyModel, of: &TableModel, kept: &[(u64, u64)], input_units: u64) -> ModelReport {
    let some = (units(kept) > 0).then_some(());
    let (required, achieved, holds) = match of {
        TableModel::SampleUniqueness(model) => {
            (model.highest_share(), some.map(|()| SampleUniqueness::share(kept)), model.holds(kept))
        }
        TableModel::AverageRisk(model) => (model.average(), some.map(|()| AverageRisk::mean(kept)), model.holds(kept)),
        TableModel::PopulationUniqueness(model) => {
            let share = model.estimate(kept, input_units).ok().map(|estimate| estimate.share);
            (model.highest_share(), share, model.holds(kept, input_units))
        }
    };
    ModelReport {
        model: model.name().to_owned(),
        attribute: None,
        required: Measure::Real(required),
        achieved: achieved.map(Measure::real),
        holds,
    }
}
