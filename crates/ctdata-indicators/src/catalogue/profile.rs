//! Profile indicators: shares among identified persons.

use super::{Definition, Measure, share};
use crate::estimate::Base;
use ctdata_model::{CaseAttribute, CaseGroup, ExploitationForm};

const MERGED_DURATION: &str = "the band `25+` is a statement of its own: its persons are in no finer band";
const QUARTILE: &str = "within a band of months durations are taken as evenly spread; persons in a merged band are \
                        divided among its parts in proportion";
const DOMESTIC: &str =
    "domestic: the country of exploitation is that of citizenship; the other classes are cross-border";
const SYNTHETIC_FORMS: &str = "in CTDC data `other` covers forced marriage, forced military use, \
                               organ removal and slavery-like practices";
const SECTOR_WITHOUT_FORM: &str = "a sector can be recorded without forced labour: compare \
                                   `labour-sector` with `labour-sector-of-forced-labour`";
const TYPE_WITHOUT_FORM: &str = "a type can be recorded without sexual exploitation: compare \
    `sexual-exploitation-type` with `sexual-exploitation-type-of-sexual-exploitation`";
const NO_IS_BLANK: &str = "in files whose flags are yes or empty, an empty flag counts as not recorded";

pub(super) const PROFILE: &[Definition] = &[
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
    share(
        "labour-sector-without-forced-labour",
        "Sector of labour recorded without forced labour",
        Base::AnyInGroup,
        Measure::Outside(CaseGroup::Sectors, CaseAttribute::Form(ExploitationForm::ForcedLabour)),
        "Persons whose record does not say forced labour, among persons with at least one sector recorded.",
    ),
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
    share(
        "sexual-exploitation-type-without-sexual-exploitation",
        "Type of sexual exploitation recorded without sexual exploitation",
        Base::AnyInGroup,
        Measure::Outside(CaseGroup::SexualTypes, CaseAttribute::Form(ExploitationForm::SexualExploitation)),
        "Persons whose record does not say sexual exploitation, among persons with at least one type recorded.",
    ),
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
    Definition {
        notes: &[QUARTILE],
        ..share(
            "trafficking-duration-quartiles",
            "Quartiles of the duration of trafficking",
            Base::Answered,
            Measure::Quartiles,
            "Months that a quarter, half and three quarters of the persons whose duration is recorded did not exceed.",
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
        code: Some("V-CHC"),
        notes: &["cumulative: all years of the file together, unless years are asked for"],
        ..share(
            "children-by-citizenship",
            "Share of children by country of citizenship",
            Base::Answered,
            Measure::ChildrenByCitizenship,
            "Persons under 18, among persons of a citizenship of whom it is known whether they are.",
        )
    },
    Definition {
        code: Some("V-DOM"),
        notes: &[DOMESTIC, "unmapped: cross-border with a country that M49 puts in no region; inside the base"],
        ..share(
            "domestic-and-cross-border",
            "Domestic and cross-border trafficking",
            Base::Answered,
            Measure::Movement,
            "Persons exploited in their country of citizenship, in another of its sub-region, of its \
             region and of another region, among persons with both countries recorded.",
        )
    },
    Definition {
        code: Some("V-XB"),
        notes: &[DOMESTIC],
        ..share(
            "cross-border",
            "Cross-border trafficking",
            Base::Answered,
            Measure::CrossBorder,
            "Persons exploited in another country than that of their citizenship, among persons with both countries \
             recorded.",
        )
    },
    Definition {
        code: Some("V-NAT"),
        notes: &["country of detection: the file's country of exploitation stands for it"],
        ..share(
            "nationals-and-foreigners",
            "Nationals and foreigners among detected victims",
            Base::Answered,
            Measure::Nationality,
            "Persons who are citizens of the country that detected them, and others, among persons with both \
             countries recorded.",
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
];
