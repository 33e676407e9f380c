//! What an indicator of people counts, and the tables it is counted in.

use super::extension::{DAYS, FIRST_SERVICE};
use super::question::{Question, Values};
use super::{EXTENSIONS, Extension, Subject, numbers, own_region, shares};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{Base, Estimate, Unit};
use crate::profile::{Frame, Tables, Tally};
use crate::request::{Dim, Scope};
use ctdata_model::{CaseAttribute, CaseGroup, MeansOfControl};
use ctdata_table::Attribute;
use std::borrow::Cow;

/// What is counted, by the names of extension attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeopleMeasure {
    /// The values of an attribute.
    Values(&'static str),
    /// Who answered a question with yes.
    Yes(&'static str),
    /// The answers of a question that can have several.
    Answers(Question),
    /// The items of a set: a person counts in each.
    Items(&'static str),
    /// Whether perpetrators are of the victim's region.
    OwnRegion,
    /// A means of control by the answers of another question.
    Control(MeansOfControl, CaseGroup),
    /// Mean and median of a number of persons.
    Number(&'static str),
    /// Median and 90th percentile of the days to the first service.
    Wait,
}

/// The coordinate that tells a mean from a median.
pub(super) const STATISTIC: &str = "statistic";

impl PeopleMeasure {
    /// The extension that it counts by.
    fn extension(self) -> Option<&'static Extension> {
        let name = match self {
            Self::Values(name) | Self::Yes(name) | Self::Items(name) | Self::Number(name) => name,
            Self::Answers(question) => question.name(),
            Self::OwnRegion => own_region::PERPETRATORS,
            Self::Wait => DAYS,
            Self::Control(..) => return None,
        };
        EXTENSIONS.iter().find(|extension| extension.name == name)
    }

    /// Whom it counts.
    pub(crate) fn subject(self) -> Subject {
        self.extension().map(|extension| extension.subject).unwrap_or_default()
    }

    /// The attributes that it reads.
    pub(crate) fn needs(self) -> Vec<Cow<'static, str>> {
        match self {
            Self::OwnRegion => vec![own_region::VICTIM.into(), own_region::PERPETRATORS.into()],
            Self::Wait => vec![FIRST_SERVICE.into(), DAYS.into()],
            Self::Control(means, group) => vec![CaseAttribute::Control(means).name(), group.name().into()],
            _ => self.extension().map(|extension| extension.name.into()).into_iter().collect(),
        }
    }

    /// The unit of its figures.
    pub(crate) const fn unit(self) -> Unit {
        match self {
            Self::Number(_) => Unit::Persons,
            Self::Wait => Unit::Days,
            _ => Unit::Percent,
        }
    }

    /// Whether it follows the columns of victim-perpetrator files.
    pub(crate) const fn is_of_pairs(self) -> bool {
        matches!(self, Self::Items(_) | Self::OwnRegion | Self::Answers(Question::Part))
    }

    /// Whether fields of HTCDS say it.
    pub(crate) fn is_of_records(self) -> bool {
        self.extension().is_some_and(|extension| !extension.htcds.is_empty())
    }

    /// Names of the coordinates that it sets, also as attributes are named.
    pub(crate) fn measured(self) -> Vec<Cow<'static, str>> {
        match self {
            Self::Values(name) | Self::Yes(name) | Self::Items(name) => vec![name.into(), dimension(name).into()],
            Self::Answers(question) => vec![question.dimension().into()],
            Self::OwnRegion => own_region::DIMENSIONS.map(Cow::Borrowed).into(),
            Self::Control(means, group) => {
                vec![Dim::Group(group).name(), Dim::Attribute(CaseAttribute::Control(means)).name()]
            }
            Self::Number(name) => vec![name.into(), STATISTIC.into()],
            Self::Wait => vec![DAYS.into(), FIRST_SERVICE.into(), STATISTIC.into()],
        }
    }

    /// The bases that it can have.
    pub(crate) const fn bases(self) -> &'static [Base] {
        match self {
            // Of a crisis, a blank is not "no", and neither does another crisis say "no" to this one.
            Self::Answers(Question::Context) | Self::Number(_) | Self::Wait => &[Base::Answered],
            Self::Answers(_) => Base::ALL,
            Self::Control(..) => &[Base::AnyInGroup, Base::All],
            Self::Values(_) | Self::Yes(_) | Self::Items(_) | Self::OwnRegion => &[Base::Answered, Base::All],
        }
    }

    /// Whether its table has a question with several answers.
    pub(crate) fn is_multiple(self, base: Option<Base>) -> bool {
        match self {
            Self::Answers(_) => base != Some(Base::Answered),
            Self::Control(..) => true,
            _ => false,
        }
    }

    /// Whether its figures are shares, which are sums of cells over sums of cells.
    pub(crate) const fn is_share(self) -> bool {
        !matches!(self, Self::Number(_) | Self::Wait)
    }

    /// Whether one person can count in several of its categories.
    pub(crate) const fn has_several_answers(self) -> bool {
        matches!(self, Self::Answers(_) | Self::Items(_) | Self::Control(..))
    }
}

/// An attribute's name as a dimension of the output.
pub(super) fn dimension(name: &str) -> String {
    name.replace('_', "-")
}

/// The refusal of what a table does not hold.
pub(super) fn not_collected(scope: &Scope<'_>, extension: &Extension) -> IndicatorError {
    IndicatorError::NotCollected { indicator: scope.indicator.to_owned(), needs: extension.need().into() }
}

/// The attribute of an extension that has one.
pub(super) fn require<'s>(scope: &Scope<'s>, name: &str) -> Result<&'s Attribute, IndicatorError> {
    let found = scope.schema.find(name).and_then(|position| scope.schema.get(position));
    found.ok_or_else(|| match Extension::named(name) {
        Some(extension) => not_collected(scope, extension),
        None => scope.unavailable(name),
    })
}

/// The words for a value of an extension attribute.
pub(super) fn label(name: &str, code: &str) -> String {
    let values: Option<Values> = Extension::named(name).map(|extension| extension.values);
    values.and_then(|values| values.label(code)).unwrap_or(code).to_owned()
}

/// The tables of a measure.
pub(crate) fn tables(
    frame: &Frame<'_>,
    scope: &Scope<'_>,
    measure: PeopleMeasure,
) -> Result<Vec<TableSpec>, IndicatorError> {
    use PeopleMeasure as P;
    match measure {
        P::Values(name) | P::Items(name) => shares::value_tables(frame, scope, name),
        P::Number(name) => numbers::tables(frame, scope, &[name]),
        P::Wait => numbers::tables(frame, scope, &[FIRST_SERVICE, DAYS]),
        P::Yes(name) => shares::yes_tables(frame, scope, name),
        P::Answers(question) => shares::answer_tables(frame, scope, question),
        P::OwnRegion => own_region::tables(frame, scope),
        P::Control(means, group) => shares::control_tables(frame, scope, means, group),
    }
}

/// The shares of a measure.
pub(crate) fn figures<T: Tally>(
    frame: &Frame<'_>,
    measure: PeopleMeasure,
    tables: Tables<'_>,
) -> Result<Vec<T::Figure>, IndicatorError> {
    use PeopleMeasure as P;
    match measure {
        P::Values(name) => shares::values::<T>(frame, name, tables),
        P::Items(name) => shares::items::<T>(frame, name, tables),
        P::Yes(name) => shares::yes::<T>(frame, name, tables),
        P::Answers(question) => shares::answers::<T>(frame, question, tables),
        P::OwnRegion => own_region::figures::<T>(frame, tables),
        P::Control(means, group) => shares::control::<T>(frame, means, group, tables),
        P::Number(_) | P::Wait => Err(frame.refuse("it is not a share".into())),
    }
}

/// The figures of a measure that are no shares.
pub(crate) fn statistics(
    frame: &Frame<'_>,
    measure: PeopleMeasure,
    tables: Tables<'_>,
) -> Result<Vec<Estimate>, IndicatorError> {
    match measure {
        PeopleMeasure::Number(name) => numbers::mean_and_median(frame, name, tables),
        PeopleMeasure::Wait => numbers::wait(frame, tables),
        _ => Err(frame.refuse("it is a share".into())),
    }
}
