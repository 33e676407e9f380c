//! The catalogue: every indicator that case data can give, described as data, one file per family.

mod facts;
mod people;
mod profile;
mod proxies;
mod rates;
mod table;

pub use table::{CatalogueEntry, catalogue_markdown, catalogue_table};

use crate::IndicatorError;
use crate::estimate::Base;
use crate::framework::{REFUSALS, SDG_INDICATORS, refusal, require_case_records, sdg_indicator};
use crate::people::{PeopleMeasure, Subject};
use ctdata_model::{CaseAttribute, CaseGroup};
use ctdata_table::nearest;
use std::borrow::Cow;

/// What an indicator counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// The answers of a multi-valued question.
    Group(CaseGroup),
    /// One answer of a multi-valued question.
    Flag(CaseGroup, CaseAttribute),
    /// The values of an attribute.
    Attribute(CaseAttribute),
    /// One value of an attribute.
    Value(CaseAttribute, &'static str),
    /// Children.
    Children,
    /// Children of each citizenship.
    ChildrenByCitizenship,
    /// Women, men, girls and boys.
    SexAndAge,
    /// Domestic and cross-border trafficking.
    Movement,
    /// Whatever is not domestic.
    CrossBorder,
    /// Nationals of the country and foreigners.
    Nationality,
    /// Places of origin.
    Origin,
    /// Places of exploitation.
    Exploitation,
    /// Places of origin by places of exploitation.
    Flows,
    /// Answers of a question that are recorded without the flag they belong to.
    Outside(CaseGroup, CaseAttribute),
    /// Quartiles of the duration of trafficking.
    Quartiles,
    /// How completely attributes are recorded.
    Completeness,
    /// What cases of CTDC do not have.
    People(PeopleMeasure),
    /// Persons per 100,000 residents, by country and year.
    Rate,
}

/// An entry of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Definition {
    /// The id, in kebab case.
    pub id: &'static str,
    /// A title.
    pub title: &'static str,
    /// What is divided by what, in a sentence.
    pub sentence: &'static str,
    /// The short code of the profile indicators, `V-EXP`.
    pub code: Option<&'static str>,
    /// The official code, `16.2.2`; companions of other official indicators have none.
    pub official: Option<&'static str>,
    /// The base when a request names none; none for rates.
    pub base: Option<Base>,
    /// The version of the definition; a change of figures changes it.
    pub version: &'static str,
    /// Conditions that belong to the definition, (dimension, category).
    pub within: &'static [(&'static str, &'static str)],
    /// Further codes it answers to.
    pub aliases: &'static [&'static str],
    pub(crate) measure: Measure,
    pub(crate) notes: &'static [&'static str],
}

impl Definition {
    /// The code printed with results: the official one, else the short one.
    pub fn printed_code(&self) -> Option<&'static str> {
        self.official.or(self.code)
    }

    /// The attributes and multi-valued questions that it reads, by their names in a case schema; of
    /// a question, at least one flag must be there, and of two statements of age one is enough.
    pub fn needs(&self) -> Vec<Cow<'static, str>> {
        use CaseAttribute as A;
        let attributes: &[A] = match self.measure {
            Measure::Group(group) => return vec![group.name().into()],
            Measure::Flag(group, flag) | Measure::Outside(group, flag) => {
                return vec![group.name().into(), flag.name()];
            }
            Measure::Attribute(attribute) | Measure::Value(attribute, _) => &[attribute],
            Measure::Children => &[A::AgeBand, A::MajorityAtExploitation],
            Measure::ChildrenByCitizenship => &[A::Citizenship, A::AgeBand, A::MajorityAtExploitation],
            Measure::Quartiles => &[A::TraffickingDuration],
            Measure::SexAndAge => &[A::Gender, A::AgeBand, A::MajorityAtExploitation],
            Measure::Movement | Measure::CrossBorder | Measure::Nationality | Measure::Flows => {
                &[A::Citizenship, A::CountryOfExploitation]
            }
            Measure::Origin => &[A::Citizenship],
            Measure::Exploitation => &[A::CountryOfExploitation],
            Measure::Completeness => &[],
            Measure::People(measure) => return measure.needs(),
            Measure::Rate => &[A::CountryOfExploitation, A::YearOfRegistration],
        };
        attributes.iter().map(|attribute| attribute.name()).collect()
    }

    /// Whom it counts: a table of others is refused.
    pub fn subject(&self) -> Subject {
        match self.measure {
            Measure::People(measure) => measure.subject(),
            _ => Subject::Victims,
        }
    }

    /// Whether it needs a population to divide by.
    pub fn needs_population(&self) -> bool {
        self.measure == Measure::Rate
    }

    fn answers_to(&self, name: &str) -> bool {
        self.names().any(|known| known.eq_ignore_ascii_case(name))
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.id].into_iter().chain(self.code).chain(self.official).chain(self.aliases.iter().copied())
    }
}

/// The indicator of an id, an official or a short code, in any case.
///
/// ```
/// use ctdata_indicators::{IndicatorError, indicator};
///
/// assert_eq!(indicator("V-EXP")?.id, "form-of-exploitation");
/// assert_eq!(indicator("16.2.2")?.id, "victims-per-100k");
/// assert!(matches!(indicator("8.7.1"), Err(IndicatorError::NeedsSurveyData { .. })));
/// assert_eq!(
///     indicator("form-of-exploitaton").unwrap_err().to_string(),
///     "there is no indicator `form-of-exploitaton`; did you mean `form-of-exploitation`?"
/// );
/// # Ok::<(), IndicatorError>(())
/// ```
///
/// # Errors
/// [`IndicatorError::NeedsSurveyData`] for an official indicator that case data cannot give,
/// [`IndicatorError::NotCollected`] for a question that they do not answer (`prevalence`), and
/// [`IndicatorError::UnknownIndicator`], with the most similar id, for anything else.
pub fn indicator(name: &str) -> Result<&'static Definition, IndicatorError> {
    let name = name.trim();
    let bare = name
        .strip_prefix("SDG")
        .or_else(|| name.strip_prefix("sdg"))
        .map_or(name, |rest| rest.trim_start_matches([' ', '-']));
    if let Some(found) = CATALOGUE.iter().find(|definition| definition.answers_to(bare)) {
        return Ok(found);
    }
    if sdg_indicator(bare).is_some() {
        require_case_records(bare)?;
    }
    if let Some(refused) = refusal(bare) {
        return Err(refused.error());
    }
    let official = SDG_INDICATORS.iter().map(|indicator| indicator.code);
    let refused = REFUSALS.iter().map(|refusal| refusal.id);
    let known = CATALOGUE.iter().flat_map(Definition::names).chain(official).chain(refused);
    Err(IndicatorError::UnknownIndicator { name: name.to_owned(), nearest: nearest(name, known).map(str::to_owned) })
}

const fn share(
    id: &'static str,
    title: &'static str,
    base: Base,
    measure: Measure,
    sentence: &'static str,
) -> Definition {
    Definition {
        id,
        title,
        sentence,
        code: None,
        official: None,
        base: Some(base),
        version: "1",
        within: &[],
        aliases: &[],
        measure,
        notes: &[],
    }
}

/// The families, in the order of the catalogue.
const FAMILIES: &[&[Definition]] = &[profile::PROFILE, people::PEOPLE, proxies::PROXIES, rates::RATES];

#[expect(clippy::indexing_slicing, reason = "an index past the end does not compile")]
const COUNT: usize = {
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

#[expect(clippy::indexing_slicing, reason = "an index past the end does not compile")]
const ALL: [Definition; COUNT] = {
    let mut all = [FAMILIES[0][0]; COUNT];
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut entry = 0;
        while entry < FAMILIES[family].len() {
            all[count] = FAMILIES[family][entry];
            count += 1;
            entry += 1;
        }
        family += 1;
    }
    all
};

/// All indicators, profile first.
///
#[doc = include_str!("../../docs/catalogue.md")]
pub static CATALOGUE: &[Definition] = &ALL;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_name_belongs_to_one_entry_and_finds_it() {
        let mut seen = HashSet::new();
        for definition in CATALOGUE {
            for name in definition.names() {
                assert!(seen.insert(name.to_ascii_lowercase()), "{name}");
                assert_eq!(indicator(&name.to_ascii_uppercase()).unwrap().id, definition.id);
            }
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(definition.id.chars().all(kebab));
            assert_eq!(definition.base.is_none(), definition.needs_population());
        }
        assert_eq!(indicator("SDG 16.2.2").unwrap().id, "victims-per-100k");
        // The share of children by citizenship is another figure than the share of all.
        assert_ne!(indicator("V-CHC").unwrap().id, indicator("V-CH").unwrap().id);
    }

    #[test]
    fn every_companion_of_an_official_indicator_is_in_the_catalogue() {
        for official in SDG_INDICATORS {
            if let Some(companion) = official.companion {
                let definition = indicator(companion).unwrap();
                assert_eq!(definition.official, None);
                assert!(definition.notes.contains(&official.label), "{companion}");
            }
        }
    }

    #[test]
    fn what_needs_a_survey_is_refused() {
        for code in ["16.2.1", "5.2.2", "8.7.1", "10.7.3"] {
            assert!(matches!(indicator(code), Err(IndicatorError::NeedsSurveyData { .. })), "{code}");
        }
        assert!(matches!(indicator("99.1"), Err(IndicatorError::UnknownIndicator { .. })));
    }
}
