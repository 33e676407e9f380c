//! R26: the status of a case agrees with how it ended.

use super::breach::{Breach, Look};
use crate::htcds::lists::CaseStatus;
use crate::htcds::{CaseRecord, Entity, Listed};

pub(super) fn case(case: &CaseRecord, look: &mut Look<'_>) {
    const FIELD: &str = "cas_Status";
    let has_reason = case.reason_for_case_closure.is_some();
    match case.status {
        Some(Listed::Known(CaseStatus::ClosedReferred)) => {
            let is_referred = case.outgoing_referrals.iter().any(|referral| !referral.is_blank());
            look.field_if(!is_referred, Breach::ReferredToNobody, FIELD);
        }
        Some(Listed::Known(CaseStatus::Closed)) => look.field_if(!has_reason, Breach::ClosedWithoutReason, FIELD),
        Some(Listed::Known(CaseStatus::Active)) => {
            look.field_if(has_reason, Breach::ActiveWithReason, "cas_ReasonForCaseClosure");
        }
        _ => {}
    }
}
