//! What detected cases say beside official indicators that need a survey.

use super::{Definition, Measure, share};
use crate::estimate::Base;
use ctdata_model::{CaseAttribute, CaseGroup, ExploitationForm, Gender};

const NOT_8_7_1: &str = "detected; not the ILO forced-labour prevalence; not 8.7.1";
const NOT_5_2: &str = "detected female victims; not 5.2.1 or 5.2.2";
const NOT_5_3_1: &str = "detected victims trafficked for forced marriage; not 5.3.1";

pub(super) const PROXIES: &[Definition] = &[
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
];
