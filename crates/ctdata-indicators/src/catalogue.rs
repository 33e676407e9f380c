//! The catalogue: every indicator that case data can give, described as data.

use crate::IndicatorError;
use crate::estimate::Base;
use crate::framework::{SDG_INDICATORS, require_case_records, sdg_indicator};
use ctdata_model::{CaseAttribute, CaseGroup, ExploitationForm, Gender};
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
    /// Women, men, girls and boys.
    SexAndAge,
    /// Domestic and cross-border trafficking.
    Movement,
    /// Places of origin.
    Origin,
    /// Places of exploitation.
    Exploitation,
    /// Places of origin by places of exploitation.
    Flows,
    /// How completely attributes are recorded.
    Completeness,
    /// Persons per 100,000 residents, by country and year.
    Rate,
}

/// An entry of the catalogue.
#[derive(Debug, PartialEq, Eq)]
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
            Measure::Flag(group, flag) => return vec![group.name().into(), flag.name()],
            Measure::Attribute(attribute) | Measure::Value(attribute, _) => &[attribute],
            Measure::Children => &[A::AgeBand, A::MajorityAtExploitation],
            Measure::SexAndAge => &[A::Gender, A::AgeBand, A::MajorityAtExploitation],
            Measure::Movement | Measure::Flows => &[A::Citizenship, A::CountryOfExploitation],
            Measure::Origin => &[A::Citizenship],
            Measure::Exploitation => &[A::CountryOfExploitation],
            Measure::Completeness => &[],
            Measure::Rate => &[A::CountryOfExploitation, A::YearOfRegistration],
        };
        attributes.iter().map(|attribute| attribute.name()).collect()
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
/// [`IndicatorError::NeedsSurveyData`] for an official indicator that case data cannot give, and
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
    let official = SDG_INDICATORS.iter().map(|indicator| indicator.code);
    let known = CATALOGUE.iter().flat_map(Definition::names).chain(official);
    Err(IndicatorError::UnknownIndicator { name: name.to_owned(), nearest: nearest(name, known).map(str::to_owned) })
}

const MERGED_DURATION: &str = "the band `25+` is a statement of its own: its persons are in no finer band";
const SYNTHETIC_FORMS: &str = "in CTDC data `other` covers forced marriage, forced military use, \
                               organ removal and slavery-like practices";
const SECTOR_WITHOUT_FORM: &str = "a sector can be recorded without forced labour: compare \
                                   `labour-sector` with `labour-sector-of-forced-labour`";
const TYPE_WITHOUT_FORM: &str = "a type can be recorded without sexual exploitation: compare \
    `sexual-exploitation-type` with `sexual-exploitation-type-of-sexual-exploitation`";
const NO_IS_BLANK: &str = "in files whose flags are yes or empty, an empty flag counts as not recorded";
const NOT_8_7_1: &str = "detected; not the ILO forced-labour prevalence; not 8.7.1";
const NOT_5_2: &str = "detected female victims; not 5.2.1 or 5.2.2";
const NOT_5_3_1: &str = "detected victims trafficked for forced marriage; not 5.3.1";

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

/// All indicators, profile first.
pub static CATALOGUE: &[Definition] = &[
    Definition {
        code: Some("V-EXP"),
        notes: &[SYNTHETIC_FORMS],
        ..share(
            "form-of-exploitation",
            "Form of exploitation",
            Base::AnyInGroup,
            Measure::Group(CaseGroup::Forms),
            "Persons with each form of exploitation, among persons with at least one form recorded.",
        )
    },
    Definition {
        notes: &[SECTOR_WITHOUT_FORM],
        ..share(
            "labour-sector",
            "Sector of labour",
            Base::AnyInGroup,
            Measure::Group(CaseGroup::Sectors),
            "Persons with each sector of labour, among persons with at least one sector recorded.",
        )
    },
    Definition {
        code: Some("V-SEC"),
        within: &[("form_forced_labour", "yes")],
        notes: &[SECTOR_WITHOUT_FORM],
        ..share(
            "labour-sector-of-forced-labour",
            "Sector of forced labour",
            Base::AnyInGroup,
            Measure::Group(CaseGroup::Sectors),
            "Persons with each sector, among persons in forced labour with at least one sector recorded.",
        )
    },
    Definition {
        notes: &[TYPE_WITHOUT_FORM],
        ..share(
            "sexual-exploitation-type",
            "Type of sexual exploitation",
            Base::AnyInGroup,
            Measure::Group(CaseGroup::SexualTypes),
            "Persons with each type of sexual exploitation, among persons with at least one type recorded.",
        )
    },
    Definition {
        code: Some("V-SEX"),
        within: &[("form_sexual_exploitation", "yes")],
        notes: &[TYPE_WITHOUT_FORM],
        ..share(
            "sexual-exploitation-type-of-sexual-exploitation",
            "Type of sexual exploitation, sexual exploitation recorded",
            Base::AnyInGroup,
            Measure::Group(CaseGroup::SexualTypes),
            "Persons with each type, among persons in sexual exploitation with at least one type recorded.",
        )
    },
    Definition {
        code: Some("V-MOC"),
        ..share(
            "means-of-control",
            "Means of control",
            Base::AnyInGroup,
            Measure::Group(CaseGroup::MeansOfControl),
            "Persons with each means of control, among persons with at least one means recorded.",
        )
    },
    Definition {
        code: Some("V-REC"),
        ..share(
            "recruiter-relation",
            "Relation of the recruiter",
            Base::AnyInGroup,
            Measure::Group(CaseGroup::Recruiters),
            "Persons with each relation to the recruiter, among persons with at least one relation recorded.",
        )
    },
    Definition {
        code: Some("V-DUR"),
        notes: &[MERGED_DURATION],
        ..share(
            "trafficking-duration",
            "Duration of trafficking",
            Base::Answered,
            Measure::Attribute(CaseAttribute::TraffickingDuration),
            "Persons in each band of months, among persons whose duration is recorded.",
        )
    },
    share(
        "sex",
        "Sex",
        Base::Answered,
        Measure::Attribute(CaseAttribute::Gender),
        "Persons of each sex or gender, among persons whose sex or gender is recorded.",
    ),
    share(
        "age-band",
        "Age band",
        Base::Answered,
        Measure::Attribute(CaseAttribute::AgeBand),
        "Persons in each age band at registration, among persons whose age is recorded.",
    ),
    Definition {
        code: Some("V-FEM"),
        ..share(
            "sex-and-age",
            "Women, men, girls and boys",
            Base::Answered,
            Measure::SexAndAge,
            "Women, men, girls and boys, among persons whose sex and age are recorded.",
        )
    },
    Definition {
        code: Some("V-CH"),
        ..share(
            "children",
            "Share of children",
            Base::Answered,
            Measure::Children,
            "Persons under 18, among persons of whom it is known whether they are.",
        )
    },
    Definition {
        code: Some("V-DOM"),
        aliases: &["V-XB", "V-NAT"],
        notes: &[
            "domestic: the country of exploitation is that of citizenship; the other classes are cross-border",
            "unmapped: cross-border with a country that M49 puts in no region; inside the base",
        ],
        ..share(
            "domestic-and-cross-border",
            "Domestic and cross-border trafficking",
            Base::Answered,
            Measure::Movement,
            "Persons exploited in their country of citizenship, in another of its sub-region, of its \
             region and of another region, among persons with both countries recorded.",
        )
    },
    share(
        "region-of-origin",
        "Region of origin",
        Base::Answered,
        Measure::Origin,
        "Persons by region of citizenship, among persons whose citizenship is recorded.",
    ),
    share(
        "region-of-exploitation",
        "Region of exploitation",
        Base::Answered,
        Measure::Exploitation,
        "Persons by region of exploitation, among persons whose country of exploitation is recorded.",
    ),
    Definition {
        code: Some("V-REG"),
        notes: &["flows that are not listed are zero"],
        ..share(
            "flows",
            "Flows from origin to exploitation",
            Base::Answered,
            Measure::Flows,
            "Persons by place of citizenship and place of exploitation, among persons with both recorded.",
        )
    },
    Definition {
        code: Some("Q-COM"),
        notes: &[NO_IS_BLANK],
        ..share(
            "completeness",
            "Completeness",
            Base::All,
            Measure::Completeness,
            "Persons with a value recorded, among all persons, for each attribute.",
        )
    },
    Definition {
        code: Some("P-87"),
        notes: &[NOT_8_7_1],
        ..share(
            "forced-labour",
            "Detected victims of forced labour",
            Base::AnyInGroup,
            Measure::Flag(CaseGroup::Forms, CaseAttribute::Form(ExploitationForm::ForcedLabour)),
            "Persons in forced labour, among persons with at least one form of exploitation recorded.",
        )
    },
    Definition {
        code: Some("P-52"),
        notes: &[NOT_5_2],
        ..share(
            "female-victims",
            "Detected female victims",
            Base::Answered,
            Measure::Value(CaseAttribute::Gender, Gender::Female.code()),
            "Women and girls, among persons whose sex or gender is recorded.",
        )
    },
    Definition {
        code: Some("P-53"),
        notes: &[NOT_5_3_1],
        ..share(
            "forced-marriage",
            "Detected victims of forced marriage",
            Base::AnyInGroup,
            Measure::Flag(CaseGroup::Forms, CaseAttribute::Form(ExploitationForm::ForcedMarriage)),
            "Persons in forced marriage, among persons with at least one form of exploitation recorded.",
        )
    },
    Definition {
        id: "victims-per-100k",
        title: "Detected victims of human trafficking per 100,000 population",
        sentence: "Detected victims of a country and year, per 100,000 residents.",
        code: None,
        official: Some("16.2.2"),
        base: None,
        version: "1",
        within: &[],
        aliases: &["detected-victims"],
        measure: Measure::Rate,
        notes: &[],
    },
];

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
        assert!(matches!(indicator("V-CHC"), Err(IndicatorError::UnknownIndicator { .. })));
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
