//! Flags of a simulated case as sets of bits: bits are positions in the code list.

use super::shares::CONTROLS;
use crate::{ExploitationForm, LabourSector, RecruiterRelation, SexualExploitationType};

/// Sets of flags of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Controls,
    Forms,
    Sectors,
    SexualTypes,
    Recruiters,
    /// Flags that are no answer of a group: see [`state`].
    States,
}

/// Bits of [`Set::States`].
pub(super) mod state {
    pub(in super::super) const CONTROL_NOT_SPECIFIED: u32 = 1;
    pub(in super::super) const SECTOR_NOT_SPECIFIED: u32 = 2;
    pub(in super::super) const RECRUITER_NOT_SPECIFIED: u32 = 4;
    pub(in super::super) const SEX_AND_LABOUR: u32 = 8;
    pub(in super::super) const ABDUCTION: u32 = 16;
}

/// Which flags of a set are yes and which are no; the others are not recorded. Bits are positions in
/// the code list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Answers {
    pub(super) yes: u32,
    pub(super) no: u32,
}

impl Answers {
    /// Says no to those of `asked` that are not yes.
    pub(super) fn deny(&mut self, asked: u32) {
        self.no |= asked & !self.yes;
    }
}

pub(super) const fn form(form: ExploitationForm) -> u32 {
    1 << form as u32
}

pub(super) const LABOUR: u32 = form(ExploitationForm::ForcedLabour);
pub(super) const SEXUAL: u32 = form(ExploitationForm::SexualExploitation);
pub(super) const OTHER: u32 = form(ExploitationForm::Other);
pub(super) const MAIN_FORMS: u32 = LABOUR | SEXUAL | OTHER;
pub(super) const RARE_FORMS: [u32; 4] = [
    form(ExploitationForm::ForcedMarriage),
    form(ExploitationForm::ForcedMilitary),
    form(ExploitationForm::OrganRemoval),
    form(ExploitationForm::SlaveryAndSimilar),
];
pub(super) const ALL_FORMS: u32 = MAIN_FORMS | RARE_FORMS[0] | RARE_FORMS[1] | RARE_FORMS[2] | RARE_FORMS[3];
pub(super) const ALL_CONTROLS: u32 = (1 << CONTROLS) - 1;
pub(super) const ALL_RECRUITERS: u32 = (1 << RecruiterRelation::ALL.len()) - 1;

pub(super) const fn sector(sector: LabourSector) -> u32 {
    1 << sector as u32
}

pub(super) const MAIN_SECTORS: [u32; 4] = [
    sector(LabourSector::Agriculture),
    sector(LabourSector::Construction),
    sector(LabourSector::DomesticWork),
    sector(LabourSector::Hospitality),
];
pub(super) const REST_SECTORS: [u32; 8] = [
    sector(LabourSector::Aquafarming),
    sector(LabourSector::Begging),
    sector(LabourSector::IllicitActivities),
    sector(LabourSector::Manufacturing),
    sector(LabourSector::MiningOrDrilling),
    sector(LabourSector::Peddling),
    sector(LabourSector::Transportation),
    sector(LabourSector::Other),
];
/// The twelve fine sectors.
pub(super) const ALL_SECTORS: u32 = sector(LabourSector::OtherThanMainFour) - 1;

pub(super) const fn sexual_type(kind: SexualExploitationType) -> u32 {
    1 << kind as u32
}

pub(super) const PROSTITUTION: u32 = sexual_type(SexualExploitationType::Prostitution);
pub(super) const OLD_TYPES: u32 = PROSTITUTION | sexual_type(SexualExploitationType::Pornography);
/// Collected since 2017.
pub(super) const NEW_TYPES: [u32; 2] = [
    sexual_type(SexualExploitationType::RemoteInteractiveServices),
    sexual_type(SexualExploitationType::PrivateSexualServices),
];
