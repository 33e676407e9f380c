//! Code lists: one `Copy` enum per list, one file per enum.
//!
//! Every list has the same set of functions: `code()`, `label()`, `aliases()`, `merges()`, `ALL`,
//! `index()`, `from_index()`, `FromStr`, `TryFrom<&str>`, `Display` (the code) and, with the feature
//! `serde`, a representation by code. [`CodeList`] offers the same to generic code.
//!
//! Codes are in kebab case, or the published code where a standard has one (ISIC). Input also takes
//! labels and aliases, that is the spellings of CTDC releases and of HTCDS, without regard to ASCII
//! case and surrounding white space. "Unknown" and "not specified" are not values of any list: they
//! are kinds of missing, see [`Recorded`](crate::Recorded).
//!
//! Some releases publish merged statements ("any threats"). Such a statement is a value of its own;
//! `merges()` names its parts, none of which the source stated.
//!
//! # Sources
//! HTCDS Field Standards 2.0 (UNMigration, 2021, CC BY 4.0); CTDC Data Codebook, version 6 (2017);
//! CTDC Global Synthetic Data Codebook, version 2 (2024); CTDC victim-perpetrator dictionary (2022).

mod list;
#[cfg(test)]
mod tests;
#[cfg(feature = "serde")]
pub(crate) mod wire;

mod age_band;
mod data_source;
mod duration_band;
mod exploitation_form;
mod gender;
mod isic_section;
mod labour_sector;
mod majority;
mod means_of_control;
mod perpetrator_age_band;
mod perpetrator_relation;
mod perpetrator_role;
mod recruiter_relation;
mod register_period;
mod sexual_exploitation_type;
mod status_decision_maker;
mod trafficker_relationship;
mod trafficking_status;
mod vp_region;

pub use list::{CodeList, UnknownCode};
pub(crate) use list::{code_list, code_text};

pub use age_band::AgeBand;
pub use data_source::DataSource;
pub use duration_band::DurationBand;
pub use exploitation_form::ExploitationForm;
pub use gender::Gender;
pub use isic_section::IsicSection;
pub use labour_sector::LabourSector;
pub use majority::Majority;
pub use means_of_control::MeansOfControl;
pub use perpetrator_age_band::PerpetratorAgeBand;
pub use perpetrator_relation::PerpetratorRelation;
pub use perpetrator_role::PerpetratorRole;
pub use recruiter_relation::RecruiterRelation;
pub use register_period::RegisterPeriod;
pub use sexual_exploitation_type::SexualExploitationType;
pub use status_decision_maker::StatusDecisionMaker;
pub use trafficker_relationship::TraffickerRelationship;
pub use trafficking_status::TraffickingStatus;
pub use vp_region::VpRegion;
