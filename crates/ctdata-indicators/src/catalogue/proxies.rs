//! What detected cases say beside official indicators that need a survey. Each figure prints the label of
//! the framework and none has an official code; numbers of persons are the numerators of shares and rates.

use super::{Definition, Measure, share};
use crate::estimate::Base;
use crate::framework::{NOT_5_2, NOT_5_3_1, NOT_8_7_1};
use ctdata_model::{CaseAttribute, CaseGroup, ExploitationForm, Gender};

const IN_FORCED_LABOUR: (&str, &str) = ("form_forced_labour", "yes");
const IN_SEXUAL_EXPLOITATION: (&str, &str) = ("form_sexual_exploitation", "yes");
const WOMEN_AND_GIRLS: (&str, &str) = ("sex", "female");
const CHILDREN: (&str, &str) = ("child-or-adult", "child");

/// A rate per residents, without an official code.
const fn rate(
    id: &'static str,
    title: &'static str,
    within: &'static [(&'static str, &'static str)],
    sentence: &'static str,
) -> Definition {
    Definition { base: None, within, ..share(id, title, Base::All, Measure::Rate, sentence) }
}

/// One form of exploitation.
const fn form(form: ExploitationForm) -> Measure {
    Measure::Flag(CaseGroup::Forms, CaseAttribute::Form(form))
}

pub(super) const PROXIES: &[Definition] = &[
    Definition {
        code: Some("P-87"),
        notes: &[NOT_8_7_1],
        ..share(
            "forced-labour",
            "Detected victims of forced labour",
            Base::AnyInGroup,
            form(ExploitationForm::ForcedLabour),
            "Persons in forced labour, among persons with at least one form of exploitation recorded.",
        )
    },
    Definition {
        code: Some("P-87-RATE"),
        notes: &[NOT_8_7_1],
        ..rate(
            "forced-labour-per-100k",
            "Detected victims of forced labour per 100,000 population",
            &[IN_FORCED_LABOUR],
            "Detected victims of forced labour of a country and year, per 100,000 residents.",
        )
    },
    Definition {
        code: Some("P-87-CH"),
        within: &[IN_FORCED_LABOUR],
        notes: &[NOT_8_7_1],
        ..share(
            "children-in-forced-labour",
            "Children among detected victims of forced labour",
            Base::Answered,
            Measure::Children,
            "Persons under 18, among persons in forced labour of whom it is known whether they are.",
        )
    },
    Definition {
        code: Some("P-87-CH-RATE"),
        notes: &[NOT_8_7_1],
        ..rate(
            "children-in-forced-labour-per-100k",
            "Detected child victims of forced labour per 100,000 children",
            &[IN_FORCED_LABOUR, CHILDREN],
            "Detected victims of forced labour under 18 of a country and year, per 100,000 residents under 18.",
        )
    },
    Definition {
        code: Some("P-87-SEC"),
        within: &[IN_FORCED_LABOUR],
        notes: &[NOT_8_7_1],
        ..share(
            "sector-of-detected-forced-labour",
            "Detected victims of forced labour by sector",
            Base::AnyInGroup,
            Measure::Group(CaseGroup::Sectors),
            "Persons with each sector, among persons in forced labour with at least one sector recorded.",
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
        code: Some("P-52-RATE"),
        notes: &[NOT_5_2],
        ..rate(
            "female-victims-per-100k",
            "Detected female victims per 100,000 females",
            &[WOMEN_AND_GIRLS],
            "Women and girls detected as victims in a country and year, per 100,000 female residents.",
        )
    },
    Definition {
        code: Some("P-52-SX"),
        within: &[WOMEN_AND_GIRLS],
        notes: &[NOT_5_2],
        ..share(
            "female-victims-of-sexual-exploitation",
            "Detected women and girls in sexual exploitation",
            Base::AnyInGroup,
            form(ExploitationForm::SexualExploitation),
            "Women and girls in sexual exploitation, among women and girls with at least one form recorded.",
        )
    },
    Definition {
        code: Some("P-52-SX-RATE"),
        notes: &[NOT_5_2],
        ..rate(
            "female-victims-of-sexual-exploitation-per-100k",
            "Detected women and girls in sexual exploitation per 100,000 females",
            &[WOMEN_AND_GIRLS, IN_SEXUAL_EXPLOITATION],
            "Women and girls detected as victims of sexual exploitation in a country and year, per 100,000 female \
             residents.",
        )
    },
    Definition {
        code: Some("P-53"),
        notes: &[NOT_5_3_1],
        ..share(
            "forced-marriage",
            "Detected victims of forced marriage",
            Base::AnyInGroup,
            form(ExploitationForm::ForcedMarriage),
            "Persons in forced marriage, among persons with at least one form of exploitation recorded.",
        )
    },
    Definition {
        code: Some("P-53-CH"),
        within: &[CHILDREN],
        notes: &[NOT_5_3_1],
        ..share(
            "children-in-forced-marriage",
            "Detected child victims of forced marriage",
            Base::AnyInGroup,
            form(ExploitationForm::ForcedMarriage),
            "Children in forced marriage, among children with at least one form of exploitation recorded.",
        )
    },
    Definition {
        code: Some("P-53-FEM"),
        within: &[WOMEN_AND_GIRLS],
        notes: &[NOT_5_3_1],
        ..share(
            "female-victims-of-forced-marriage",
            "Detected women and girls in forced marriage",
            Base::AnyInGroup,
            form(ExploitationForm::ForcedMarriage),
            "Women and girls in forced marriage, among women and girls with at least one form recorded.",
        )
    },
];
