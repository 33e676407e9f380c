//! The sentences printed with an estimate.

use super::Frame;
use crate::catalogue::Measure;
use crate::estimate::{Base, ChildBasis};
use crate::framework::DETECTION_NOT_PREVALENCE;
use crate::interval::PROCESS_NOT_SAMPLING;
use crate::request::{Dim, FormCoding, Place};
use ctdata_model::CaseAttribute;
use std::borrow::Cow;

const ANY_IN_GROUP: &str = "base: persons with a yes to at least one answer of the question; their blanks count as no, \
                            persons without any yes are outside the base";
const ANSWERED: &str = "base: persons whose answer is recorded";
const ALL: &str = "base: all persons, also those whose answer is not recorded";
const SEVERAL_ANSWERS: &str = "a person can have several answers: shares can add to more than 100 %";
const SEVERAL_CATEGORIES: &str = "a person can be in several categories of the breakdown: they do not add to the total";
const MIXED: &str = "several forms of one person are counted once, as mixed";
const NOT_A_SAMPLE: &str = "identified persons, not a random sample of all victims";
const AGE_AT_REGISTRATION: &str = "age: at registration, not when exploited";
const AGE_AT_EXPLOITATION: &str = "child or adult: when exploitation began";
const EITHER_AGE: &str = "child: at registration or when exploited, by either statement; conflicting statements are \
                          counted beside";
const EXPLOITATION: &str = "country of exploitation: in CTDC data the last one, or else the country where the person \
                            was first identified, assisted or referred";
const CITIZENSHIP: &str = "citizenship: for some contributors the country of origin";
const YEAR: &str = "year: of registration, not of exploitation";

/// What a reader must know, whatever the figures are.
pub(super) fn notes(frame: &Frame<'_>) -> Vec<Cow<'static, str>> {
    let measure = frame.definition.measure;
    let dims = || frame.by.iter().chain(frame.filters.iter().map(|(dim, _)| dim));
    let mut notes = vec![match frame.base {
        Some(Base::AnyInGroup) => ANY_IN_GROUP,
        Some(Base::Answered) => ANSWERED,
        Some(Base::All) => ALL,
        None => DETECTION_NOT_PREVALENCE,
    }];
    match measure {
        Measure::Group(_) if frame.is_exclusive_forms() => notes.push(MIXED),
        Measure::Group(_) => notes.push(SEVERAL_ANSWERS),
        Measure::People(measure) if measure.has_several_answers() => notes.push(SEVERAL_ANSWERS),
        Measure::Rate => notes.push(PROCESS_NOT_SAMPLING),
        _ => {}
    }
    if frame.by.iter().any(Dim::is_multiple) {
        notes.push(SEVERAL_CATEGORIES);
    }
    notes.extend(frame.definition.notes);
    let places = |place| dims().any(|dim| dim.of_place() == Some(place)) || frame.counts(place);
    if places(Place::Origin) {
        notes.push(CITIZENSHIP);
    }
    if places(Place::Exploitation) && measure != Measure::Rate {
        notes.push(EXPLOITATION);
    }
    let of = |attribute| move |dim: &Dim| *dim == Dim::Attribute(attribute);
    if measure == Measure::Rate || dims().any(of(CaseAttribute::YearOfRegistration)) {
        notes.push(YEAR);
    }
    let dim_child = dims().any(|dim| *dim == Dim::Child);
    if dims().any(of(CaseAttribute::AgeBand))
        || measure == Measure::Attribute(CaseAttribute::AgeBand)
        || (dim_child && frame.basis() == ChildBasis::AgeAtRegistration)
    {
        notes.push(AGE_AT_REGISTRATION);
    }
    if dim_child && frame.basis() != ChildBasis::AgeAtRegistration {
        notes.push(AGE_AT_EXPLOITATION);
    }
    notes.push(NOT_A_SAMPLE);
    notes.into_iter().map(Cow::Borrowed).collect()
}

/// The moment at which a person is called a child.
pub(crate) const fn moment(basis: ChildBasis) -> &'static str {
    match basis {
        ChildBasis::AgeAtRegistration => AGE_AT_REGISTRATION,
        ChildBasis::MajorityAtExploitation => AGE_AT_EXPLOITATION,
        ChildBasis::Either => EITHER_AGE,
    }
}

impl Frame<'_> {
    /// Whether forms are counted once per person.
    pub(crate) fn is_exclusive_forms(&self) -> bool {
        self.definition.measure == Measure::Group(ctdata_model::CaseGroup::Forms)
            && self.request.forms == FormCoding::Exclusive
    }

    fn counts(&self, place: Place) -> bool {
        match self.definition.measure {
            Measure::Movement | Measure::CrossBorder | Measure::Nationality | Measure::Flows => true,
            Measure::Origin | Measure::ChildrenByCitizenship => place == Place::Origin,
            Measure::Exploitation => place == Place::Exploitation,
            _ => false,
        }
    }
}
