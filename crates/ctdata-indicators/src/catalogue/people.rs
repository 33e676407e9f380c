//! Recruitment, perpetrators, assistance and context: what victim-perpetrator files and records of cases say.

use super::Definition;

pub(super) const PEOPLE: &[Definition] = &[];
