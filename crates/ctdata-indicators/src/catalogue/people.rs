//! Recruitment, perpetrators, assistance and context: what victim-perpetrator files and records of cases say.

use super::{Definition, Measure, share};
use crate::estimate::Base;
use crate::people::{PeopleMeasure, Question};
use ctdata_model::{CaseGroup, MeansOfControl};

const NOT_CONVICTED: &str = "perpetrators as those who assisted the victims recorded them, whether or not a court did";
const ONE_CASE: &str = "perpetrators are linked with victims through cases: those of a case with all of its victims";
const AGE_OF_PERPETRATOR: &str = "age: at the first incoming referral of a victim; dates that leave two bands possible \
                                  give none";
const REGIONS: &str = "perpetrators of unknown citizenship are left out; regions of M49, in victim-perpetrator files \
                       with the Americas and Oceania as one";
const SETS: &str = "a victim counts for each of the perpetrators' values: shares can add to more than 100 %";
const UNKNOWN_RELATION: &str = "the group of strangers also holds unknown and other relations";
const NO_OFFICIAL: &str = "no official indicator";
const SEVERAL_VICTIMS: &str = "from records of a case with several victims only where asked, since they do not say \
                               whom it served";
const PLANS: &str = "from HTCDS records: support that is planned, whether or not it was given";
const CLOSED: &str = "from HTCDS records: an outgoing referral, or a case closed as referred";
const BLANK_IS_NOT_NO: &str = "a context that is not recorded is not a no: contexts are asked one by one";
const DEPRECATED: &str = "from HTCDS records: of a field that the standard has deprecated";
const TRAFFICKER: &str = "from HTCDS records: the relation of the trafficker stands for that of the recruiter";
const SECTOR_WITHOUT_FORM: &str =
    "a sector can be recorded without forced labour: filter by `form` to have those alone";
const PRODUCT_LIMIT: &str = "product-limit (Kaplan-Meier) estimate: who had no service by the day the records were \
                             taken counts as waiting until then";
const FIRST_REFERRAL: &str = "from HTCDS records: from the incoming referral to the first outgoing one, the only \
                              service with a date of its own; dates not known to the day are left out";
const NO_FIELD: &str = "no field of HTCDS and no layout of CTDC says it: an added column does";

const fn of(
    id: &'static str,
    title: &'static str,
    base: Base,
    measure: PeopleMeasure,
    sentence: &'static str,
    notes: &'static [&'static str],
) -> Definition {
    Definition { notes, ..share(id, title, base, Measure::People(measure), sentence) }
}

pub(super) const PEOPLE: &[Definition] = &[
    of(
        "recruitment-method",
        "Method of recruitment",
        Base::AnyInGroup,
        PeopleMeasure::Answers(Question::Recruitment),
        "Persons recruited by each method, among persons with at least one method recorded.",
        &[],
    ),
    of(
        "recruitment-fee",
        "Recruitment fees",
        Base::Answered,
        PeopleMeasure::Yes("recruitment_fee"),
        "Persons who paid a fee for being recruited, among persons of whom it is recorded.",
        &["not the recruitment cost of 10.7.1", NO_FIELD],
    ),
    of(
        "payment-to-perpetrators",
        "Payment to perpetrators",
        Base::Answered,
        PeopleMeasure::Items("perpetrator_was_paid"),
        "Persons who paid perpetrators, and who did not, among persons of whom it is recorded.",
        &["not the recruitment cost of 10.7.1", SETS],
    ),
    of(
        "debt-bondage-by-recruiter",
        "Debt bondage by relation of the recruiter",
        Base::AnyInGroup,
        PeopleMeasure::Control(MeansOfControl::DebtBondage, CaseGroup::Recruiters),
        "Persons in debt bondage, among persons with a recruiter of this relation and at least one means of control \
         recorded.",
        &[TRAFFICKER],
    ),
    of(
        "debt-bondage-by-sector",
        "Debt bondage by sector of labour",
        Base::AnyInGroup,
        PeopleMeasure::Control(MeansOfControl::DebtBondage, CaseGroup::Sectors),
        "Persons in debt bondage, among persons in this sector with at least one means of control recorded.",
        &[SECTOR_WITHOUT_FORM],
    ),
    of(
        "withheld-documents-by-recruiter",
        "Withheld documents by relation of the recruiter",
        Base::AnyInGroup,
        PeopleMeasure::Control(MeansOfControl::WithholdsDocuments, CaseGroup::Recruiters),
        "Persons whose documents were withheld, among persons with a recruiter of this relation and at least one means \
         of control recorded.",
        &[TRAFFICKER],
    ),
    of(
        "withheld-documents-by-sector",
        "Withheld documents by sector of labour",
        Base::AnyInGroup,
        PeopleMeasure::Control(MeansOfControl::WithholdsDocuments, CaseGroup::Sectors),
        "Persons whose documents were withheld, among persons in this sector with at least one means of control \
         recorded.",
        &[SECTOR_WITHOUT_FORM],
    ),
    Definition {
        code: Some("P-REG"),
        ..of(
            "own-region",
            "Perpetrators of the victim's own region",
            Base::Answered,
            PeopleMeasure::OwnRegion,
            "Persons whose perpetrators (any or all of the known ones) are citizens of a country of the person's own \
             region, among persons whose region and at least one perpetrator's are recorded.",
            &[REGIONS, "unmapped: a citizenship that M49 puts in no region leaves it open; inside the base"],
        )
    },
    of(
        "victims-by-perpetrator-sex",
        "Victims by sex of the perpetrators",
        Base::Answered,
        PeopleMeasure::Items("perpetrator_gender"),
        "Persons with a perpetrator of each sex or gender, among persons of whom at least one is recorded.",
        &[SETS],
    ),
    of(
        "victims-by-perpetrator-age",
        "Victims by age of the perpetrators",
        Base::Answered,
        PeopleMeasure::Items("perpetrator_age"),
        "Persons with a perpetrator in each age band, among persons of whom at least one is recorded.",
        &[SETS],
    ),
    of(
        "victims-by-perpetrator-region",
        "Victims by region of the perpetrators",
        Base::Answered,
        PeopleMeasure::Items("perpetrator_region"),
        "Persons with a perpetrator of each region of citizenship, among persons of whom at least one is recorded.",
        &[SETS],
    ),
    of(
        "victims-by-perpetrator-relation",
        "Victims by relation of the perpetrators",
        Base::Answered,
        PeopleMeasure::Items("perpetrator_relation"),
        "Persons with a perpetrator of each relation, among persons of whom at least one is recorded.",
        &[SETS, UNKNOWN_RELATION],
    ),
    of(
        "victims-by-perpetrator-part",
        "Victims by what the perpetrators did",
        Base::AnyInGroup,
        PeopleMeasure::Answers(Question::Part),
        "Persons with a perpetrator in each part, among persons with at least one part recorded.",
        &[],
    ),
    Definition {
        code: Some("P-PER"),
        ..of(
            "perpetrators-per-victim",
            "Perpetrators per victim",
            Base::Answered,
            PeopleMeasure::Number("perpetrators"),
            "Mean and median number of perpetrators of a person, among persons with at least one recorded.",
            &[ONE_CASE],
        )
    },
    of(
        "victims-per-perpetrator",
        "Victims per perpetrator",
        Base::Answered,
        PeopleMeasure::Number("victims"),
        "Mean and median number of victims of a perpetrator, among perpetrators with at least one recorded.",
        &[ONE_CASE, NOT_CONVICTED],
    ),
    Definition {
        code: Some("P-SEX"),
        ..of(
            "perpetrator-sex",
            "Sex of perpetrators",
            Base::Answered,
            PeopleMeasure::Values("perpetrator_sex"),
            "Perpetrators of each sex or gender, among perpetrators whose sex or gender is recorded.",
            &[NOT_CONVICTED],
        )
    },
    Definition {
        code: Some("P-AGE"),
        ..of(
            "perpetrator-age",
            "Age of perpetrators",
            Base::Answered,
            PeopleMeasure::Values("perpetrator_age_band"),
            "Perpetrators in each age band, among perpetrators whose age is recorded.",
            &[AGE_OF_PERPETRATOR, NOT_CONVICTED],
        )
    },
    of(
        "perpetrator-citizenship",
        "Citizenship of perpetrators",
        Base::Answered,
        PeopleMeasure::Values("perpetrator_citizenship"),
        "Perpetrators of each citizenship, among perpetrators with one recorded.",
        &["of perpetrators with several citizenships none is taken", NOT_CONVICTED],
    ),
    of(
        "perpetrator-region",
        "Region of perpetrators",
        Base::Answered,
        PeopleMeasure::Values("perpetrator_origin"),
        "Perpetrators by region of citizenship, among perpetrators whose citizenship is recorded.",
        &[NOT_CONVICTED],
    ),
    of(
        "perpetrator-role",
        "Role of perpetrators",
        Base::AnyInGroup,
        PeopleMeasure::Answers(Question::Role),
        "Perpetrators in each role, among perpetrators with at least one role recorded.",
        &[NOT_CONVICTED],
    ),
    of(
        "prosecuted-perpetrators",
        "Prosecuted perpetrators",
        Base::Answered,
        PeopleMeasure::Yes("prosecuted"),
        "Perpetrators who were prosecuted, among perpetrators of whom it is recorded.",
        &[NO_FIELD],
    ),
    of(
        "convicted-perpetrators",
        "Convicted perpetrators",
        Base::Answered,
        PeopleMeasure::Yes("convicted"),
        "Perpetrators who were convicted, among perpetrators of whom it is recorded.",
        &[NO_FIELD],
    ),
    of(
        "data-consent",
        "Consent to keep data",
        Base::Answered,
        PeopleMeasure::Yes("consent"),
        "Persons who agreed that data on them are kept, among persons whose answer is recorded.",
        &[],
    ),
    Definition {
        code: Some("A-REF"),
        ..of(
            "referral",
            "Coverage of referral",
            Base::All,
            PeopleMeasure::Yes("referred"),
            "Persons referred to another organization, among all persons identified.",
            &[NO_OFFICIAL, CLOSED, SEVERAL_VICTIMS],
        )
    },
    of(
        "support",
        "Coverage of support by type",
        Base::All,
        PeopleMeasure::Answers(Question::Support),
        "Persons with support of each type, among all persons identified.",
        &[NO_OFFICIAL, PLANS, SEVERAL_VICTIMS],
    ),
    Definition {
        code: Some("A-RET"),
        ..of(
            "assisted-return",
            "Coverage of assisted return",
            Base::All,
            PeopleMeasure::Yes("assisted_return"),
            "Persons assisted to return, among all persons identified.",
            &[NO_OFFICIAL, NO_FIELD],
        )
    },
    Definition {
        code: Some("A-REI"),
        ..of(
            "reintegration",
            "Coverage of reintegration support",
            Base::All,
            PeopleMeasure::Yes("reintegration_support"),
            "Persons supported after their return, among all persons identified.",
            &[NO_OFFICIAL, NO_FIELD],
        )
    },
    Definition {
        code: Some("A-TIM"),
        ..of(
            "time-to-first-service",
            "Days from identification to the first service",
            Base::Answered,
            PeopleMeasure::Wait,
            "Median and 90th percentile of the days from identification to the first service, among persons whose dates \
             are recorded to the day; the numerator is how many of them had a service.",
            &[NO_OFFICIAL, PRODUCT_LIMIT, FIRST_REFERRAL],
        )
    },
    Definition {
        code: Some("D-VUL"),
        ..of(
            "crisis-context",
            "Context of crisis",
            Base::Answered,
            PeopleMeasure::Answers(Question::Context),
            "Persons trafficked in each context of crisis, among persons of whom it is recorded whether they were.",
            &[BLANK_IS_NOT_NO, NO_FIELD],
        )
    },
    of(
        "vulnerability",
        "Vulnerability",
        Base::AnyInGroup,
        PeopleMeasure::Answers(Question::Vulnerability),
        "Persons with each vulnerability, among persons with at least one recorded.",
        &[DEPRECATED],
    ),
];
