//! Regions of the victim-perpetrator file.

use super::code_list;
use crate::Region;

code_list! {
    /// The regions of the victim-perpetrator file: those of UN M49, with the Americas and Oceania as one.
    ///
    /// # Sources
    /// CTDC victim-perpetrator synthetic data set, dictionary of 1 December 2022, `UN_COO_Region`.
    pub enum VpRegion {
        Africa = "africa", "Africa";
        AmericasOrOceania = "americas-or-oceania", "Americas or Oceania", also ["Americas/Oceania"];
        Asia = "asia", "Asia";
        Europe = "europe", "Europe";
    }
}

impl From<Region> for VpRegion {
    fn from(region: Region) -> Self {
        match region {
            Region::Africa => Self::Africa,
            Region::Americas | Region::Oceania => Self::AmericasOrOceania,
            Region::Asia => Self::Asia,
            Region::Europe => Self::Europe,
        }
    }
}
