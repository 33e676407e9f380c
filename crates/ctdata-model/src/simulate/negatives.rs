//! What a simulated record says no to, by the kind of source: a k-anonymised release shows it.
//!
//! # Sources
//! CTDC data dictionary (2017) and Data Codebook version 6 (2017); which cells are 0 and which are blank in
//! rows of the k-anonymised releases of 2020 and 2021.

use rand::Rng;

use super::answers::{
    ALL_CONTROLS, ALL_FORMS, ALL_RECRUITERS, ALL_SECTORS, Answers, LABOUR, MAIN_FORMS, NEW_TYPES, OLD_TYPES, OTHER,
    PROSTITUTION, RARE_FORMS, SEXUAL, state,
};
use super::draft::Draft;

/// What a hotline record says no to. It never denies a means of control; it denies the sectors it does
/// not state, and forms once it states one.
pub(super) fn hotline_negatives(draft: &mut Draft, rng: &mut impl Rng) {
    let coins = rng.next_u32();
    let since_2017 = draft.is_since_2017();
    let [controls, forms, sectors, types, recruiters, states] = &mut draft.answers;
    forms.deny(if forms.yes == 0 { OTHER } else { MAIN_FORMS });
    sectors.deny(ALL_SECTORS);
    states.no |= state::SECTOR_NOT_SPECIFIED;
    let new_types = if since_2017 { NEW_TYPES[0] | NEW_TYPES[1] } else { 0 };
    if types.yes != 0 || forms.yes == 0 {
        types.deny(OLD_TYPES | new_types);
    }
    if !since_2017 {
        states.yes &= !state::ABDUCTION;
    } else if coins & 1 == 0 {
        states.deny(state::ABDUCTION);
    }
    specify(states, state::CONTROL_NOT_SPECIFIED, controls.yes != 0);
    specify(states, state::RECRUITER_NOT_SPECIFIED, recruiters.yes != 0);
    if recruiters.yes != 0 {
        recruiters.deny(ALL_RECRUITERS);
    }
}

/// What a case-management record says no to: a means of control only since 2017, in some records.
pub(super) fn managed_negatives(draft: &mut Draft, rng: &mut impl Rng) {
    let coins = rng.next_u32();
    let since_2017 = draft.is_since_2017();
    let coin = |bit: u32| coins >> bit & 1 == 1;
    let [controls, forms, sectors, types, recruiters, states] = &mut draft.answers;
    if since_2017 && coin(0) {
        controls.deny(ALL_CONTROLS);
    }
    if controls.yes != 0 || coin(1) || coin(2) {
        specify(states, state::CONTROL_NOT_SPECIFIED, controls.yes != 0);
    }
    if forms.yes != 0 {
        forms.deny(ALL_FORMS);
    } else if coin(3) && coin(4) && coin(5) {
        forms.deny(ALL_FORMS & !RARE_FORMS[3]);
    }
    if sectors.yes != 0 || coin(6) {
        sectors.deny(ALL_SECTORS);
        specify(states, state::SECTOR_NOT_SPECIFIED, sectors.yes != 0 || forms.yes & LABOUR == 0);
    }
    if types.yes != 0 {
        types.deny(OLD_TYPES);
    } else if coin(6) {
        types.deny(PROSTITUTION);
    }
    if !since_2017 {
        states.yes &= !state::ABDUCTION;
    } else if coin(7) {
        states.deny(state::ABDUCTION);
    }
    if recruiters.yes != 0 || coin(8) {
        recruiters.deny(ALL_RECRUITERS);
        specify(states, state::RECRUITER_NOT_SPECIFIED, recruiters.yes != 0);
    }
}

/// Answers a question of the form "was nothing specified?".
fn specify(states: &mut Answers, state: u32, is_specified: bool) {
    if is_specified {
        states.no |= state;
    } else {
        states.yes |= state;
    }
}

/// Details are never contradicted: a form that they imply is not denied. Both forms together follow.
pub(super) fn settle_forms(draft: &mut Draft) {
    let [_, forms, sectors, types, _, states] = &mut draft.answers;
    if sectors.yes != 0 {
        forms.no &= !LABOUR;
    }
    if types.yes != 0 {
        forms.no &= !SEXUAL;
    }
    if forms.yes & (LABOUR | SEXUAL) == LABOUR | SEXUAL {
        states.yes |= state::SEX_AND_LABOUR;
    } else if forms.no & (LABOUR | SEXUAL) != 0 {
        states.no |= state::SEX_AND_LABOUR;
    }
}
