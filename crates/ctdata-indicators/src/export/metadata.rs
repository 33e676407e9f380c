//! What a set of figures has in common, for those who publish it: definitions, methods, sources, gaps.

use std::borrow::Cow;

use crate::catalogue::CATALOGUE;
use crate::estimate::{Attribution, Base, Estimate, Filter, Nature, NotAvailable, Unit, Value, Years};
use crate::interval::{IntervalMethod, Level};

/// The name of this crate, as the tool that made the figures.
const TOOL: &str = env!("CARGO_PKG_NAME");

/// The metadata of a set of estimates. Everything is gathered from the estimates; lists are in the order of first
/// appearance and without repetitions.
///
/// ```
/// use ctdata_indicators::{Estimate, Level, export::Metadata, interval::ShareInterval};
///
/// let share = Estimate::share("children", 9, 27, ShareInterval::Wilson, Level::P95)?;
/// let metadata = Metadata::of(&[share]);
/// assert_eq!(metadata.definitions[0].title.as_deref(), Some("Share of children"));
/// assert_eq!(metadata.intervals[0].level.value(), 0.95);
/// # Ok::<(), ctdata_indicators::interval::IntervalError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Metadata {
    /// The tool that made the figures.
    pub tool: String,
    /// Its version.
    pub tool_version: String,
    /// The indicators and the versions of their definitions.
    pub definitions: Vec<DefinitionUsed>,
    /// The years covered, from the first to the last.
    pub period: Option<Years>,
    /// Which country the cases are counted for.
    pub attributions: Vec<Attribution>,
    /// The conditions that all counted cases meet, where they are the same for all estimates.
    pub filters: Vec<Filter>,
    /// Who is in the bases.
    pub base_rules: Vec<Base>,
    /// Methods and levels of the intervals.
    pub intervals: Vec<IntervalUsed>,
    /// Publications and editions of the populations.
    pub populations: Vec<PopulationUsed>,
    /// The lowest and the highest coverage of regional figures, 0 to 1.
    pub coverage: Option<Coverage>,
    /// How the figures came about.
    pub natures: Vec<Nature>,
    /// How many estimates there are.
    pub estimates: u64,
    /// How many of them have no value, by reason.
    pub without_value: Vec<WithoutValue>,
    /// How many figures were withheld or coarsened to protect persons.
    pub suppressed: u64,
    /// What a reader must know; each note once.
    pub notes: Vec<Cow<'static, str>>,
}

/// An indicator and the definition it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DefinitionUsed {
    /// Its id.
    pub indicator: Cow<'static, str>,
    /// Its official or short code.
    pub code: Option<Cow<'static, str>>,
    /// Its title, where the catalogue has it.
    pub title: Option<Cow<'static, str>>,
    /// Its definition in a sentence.
    pub definition: Option<Cow<'static, str>>,
    /// The source of the definition.
    pub source: Option<Cow<'static, str>>,
    /// The version of the definition.
    pub version: Option<Cow<'static, str>>,
    /// The unit of its figures.
    pub unit: Unit,
}

/// A method and a level.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct IntervalUsed {
    /// The method.
    pub method: IntervalMethod,
    /// The level.
    pub level: Level,
}

/// A population by publication and edition.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PopulationUsed {
    /// The publication.
    pub source: Cow<'static, str>,
    /// Its edition.
    pub vintage: Cow<'static, str>,
}

/// Lowest and highest coverage.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Coverage {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

/// How many estimates have no value for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct WithoutValue {
    /// The reason.
    pub reason: NotAvailable,
    /// How many.
    pub estimates: u64,
}

impl Metadata {
    /// The metadata of these estimates.
    pub fn of<'a>(estimates: impl IntoIterator<Item = &'a Estimate>) -> Self {
        let mut all = Self {
            tool: TOOL.to_owned(),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            definitions: Vec::new(),
            period: None,
            attributions: Vec::new(),
            filters: Vec::new(),
            base_rules: Vec::new(),
            intervals: Vec::new(),
            populations: Vec::new(),
            coverage: None,
            natures: Vec::new(),
            estimates: 0,
            without_value: Vec::new(),
            suppressed: 0,
            notes: Vec::new(),
        };
        for estimate in estimates {
            all.add(estimate);
        }
        all
    }

    fn add(&mut self, estimate: &Estimate) {
        if self.estimates == 0 {
            self.filters.clone_from(&estimate.filters);
        } else {
            self.filters.retain(|filter| estimate.filters.contains(filter));
        }
        self.estimates += 1;
        self.suppressed += u64::from(estimate.suppressed);
        keep(&mut self.definitions, DefinitionUsed::of(estimate));
        let years = estimate.year().map(Years::single).or(estimate.period);
        self.period = match (self.period, years) {
            (Some(one), Some(other)) => {
                Some(Years::between(one.first().min(other.first()), one.last().max(other.last())))
            }
            (one, other) => one.or(other),
        };
        if let Some(attribution) = estimate.attribution {
            keep(&mut self.attributions, attribution);
        }
        if let Some(base) = estimate.base_rule {
            keep(&mut self.base_rules, base);
        }
        if let Some(interval) = estimate.interval {
            keep(&mut self.intervals, IntervalUsed { method: interval.method(), level: interval.level() });
        }
        if let Some(from) = &estimate.population {
            let used = PopulationUsed { source: from.source.clone(), vintage: from.vintage.clone() };
            keep(&mut self.populations, used);
        }
        if let Some(coverage) = estimate.coverage {
            let known = self.coverage.unwrap_or(Coverage { low: coverage, high: coverage });
            self.coverage = Some(Coverage { low: known.low.min(coverage), high: known.high.max(coverage) });
        }
        keep(&mut self.natures, estimate.nature);
        if let Value::NotAvailable(reason) = estimate.value {
            match self.without_value.iter_mut().find(|known| known.reason == reason) {
                Some(known) => known.estimates += 1,
                None => self.without_value.push(WithoutValue { reason, estimates: 1 }),
            }
        }
        for note in &estimate.notes {
            if !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
    }
}

impl DefinitionUsed {
    fn of(estimate: &Estimate) -> Self {
        let entry = CATALOGUE.iter().find(|definition| definition.id == estimate.indicator);
        Self {
            indicator: estimate.indicator.clone(),
            code: estimate.code.clone(),
            title: entry.map(|entry| entry.title.into()),
            definition: entry.map(|entry| entry.sentence.into()),
            source: entry.map(|entry| entry.source().into()),
            version: estimate.definition_version.clone(),
            unit: estimate.unit,
        }
    }
}

fn keep<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::ShareInterval;

    #[test]
    fn everything_is_gathered_once() {
        let mut one = Estimate::share("children", 9, 27, ShareInterval::Wilson, Level::P95).unwrap();
        one.period = Some(Years::between(2010, 2012));
        one.filters = vec![
            Filter { dimension: "country".into(), codes: vec!["KE".into()] },
            Filter { dimension: "sex".into(), codes: vec!["female".into()] },
        ];
        one.notes = vec!["a".into(), "b".into()];
        one.coverage = Some(0.75);
        let mut two = one.clone();
        two.period = Some(Years::single(2019));
        two.filters.pop();
        two.value = Value::NotAvailable(NotAvailable::Suppressed);
        (two.suppressed, two.interval, two.coverage) = (true, None, Some(0.5));
        two.notes = vec!["b".into(), "c".into()];
        let metadata = Metadata::of([&one, &two]);
        assert_eq!((metadata.estimates, metadata.suppressed), (2, 1));
        assert_eq!(metadata.period, Some(Years::between(2010, 2019)));
        assert_eq!(metadata.filters, one.filters[..1]);
        assert_eq!(metadata.notes, ["a", "b", "c"]);
        assert_eq!(metadata.without_value, [WithoutValue { reason: NotAvailable::Suppressed, estimates: 1 }]);
        assert_eq!(metadata.coverage, Some(Coverage { low: 0.5, high: 0.75 }));
        assert_eq!((metadata.definitions.len(), metadata.intervals.len()), (1, 1));
        assert_eq!(Metadata::of([]).estimates, 0);
    }
}
