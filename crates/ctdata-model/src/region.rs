//! Regions of the world: UN M49 and the SDG grouping built on it.
//!
//! Codes are the three digits of M49. Each sub-region lies in one region and in one SDG region; an
//! intermediate region lies in one sub-region, and most countries outside Africa and Latin America
//! have none.
//!
//! # Sources
//! UN Statistics Division, *Standard country or area codes for statistical use (M49)*, overview table,
//! copy of September 2024. SDG regions follow the published rule on M49 sub-regions, and agree with
//! *World Population Prospects 2022* on all 236 areas that both list.

use crate::codes::code_list;
use crate::country::{Country, Place};

code_list! {
    /// The five regions of M49 (continents).
    pub enum Region {
        Africa = "002", "Africa";
        Americas = "019", "Americas";
        Asia = "142", "Asia";
        Europe = "150", "Europe";
        Oceania = "009", "Oceania";
    }
}

code_list! {
    /// The 17 sub-regions of M49.
    pub enum SubRegion {
        NorthernAfrica = "015", "Northern Africa";
        SubSaharanAfrica = "202", "Sub-Saharan Africa";
        LatinAmericaAndCaribbean = "419", "Latin America and the Caribbean";
        NorthernAmerica = "021", "Northern America";
        CentralAsia = "143", "Central Asia";
        EasternAsia = "030", "Eastern Asia";
        SouthEasternAsia = "035", "South-eastern Asia";
        SouthernAsia = "034", "Southern Asia";
        WesternAsia = "145", "Western Asia";
        EasternEurope = "151", "Eastern Europe";
        NorthernEurope = "154", "Northern Europe";
        SouthernEurope = "039", "Southern Europe";
        WesternEurope = "155", "Western Europe";
        AustraliaAndNewZealand = "053", "Australia and New Zealand";
        Melanesia = "054", "Melanesia";
        Micronesia = "057", "Micronesia";
        Polynesia = "061", "Polynesia";
    }
}

code_list! {
    /// The seven intermediate regions of M49, parts of sub-Saharan Africa and of Latin America and the
    /// Caribbean.
    pub enum IntermediateRegion {
        EasternAfrica = "014", "Eastern Africa";
        MiddleAfrica = "017", "Middle Africa";
        SouthernAfrica = "018", "Southern Africa";
        WesternAfrica = "011", "Western Africa";
        Caribbean = "029", "Caribbean";
        CentralAmerica = "013", "Central America";
        SouthAmerica = "005", "South America";
    }
}

code_list! {
    /// The eight regions of the Sustainable Development Goals reports.
    pub enum SdgRegion {
        SubSaharanAfrica = "202", "Sub-Saharan Africa";
        NorthernAfricaAndWesternAsia = "747", "Northern Africa and Western Asia";
        CentralAndSouthernAsia = "062", "Central and Southern Asia";
        EasternAndSouthEasternAsia = "753", "Eastern and South-Eastern Asia";
        LatinAmericaAndCaribbean = "419", "Latin America and the Caribbean";
        OceaniaExceptAustraliaAndNewZealand = "543", "Oceania excluding Australia and New Zealand";
        AustraliaAndNewZealand = "053", "Australia and New Zealand";
        EuropeAndNorthernAmerica = "513", "Europe and Northern America";
    }
}

/// The M49 number beside the code.
macro_rules! m49_number {
    ($($name:ident)+) => {$(
        impl $name {
            /// The M49 number: that of the code.
            pub const fn m49(self) -> u16 {
                let [hundreds, tens, units] = *self.code().as_bytes() else {
                    return 0;
                };
                (hundreds - b'0') as u16 * 100 + (tens - b'0') as u16 * 10 + (units - b'0') as u16
            }

            /// The value with this M49 number.
            pub fn from_m49(number: u16) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.m49() == number)
            }
        }
    )+};
}

m49_number!(Region SubRegion IntermediateRegion SdgRegion);

impl SubRegion {
    /// The region in which it lies.
    pub const fn region(self) -> Region {
        match self {
            Self::NorthernAfrica | Self::SubSaharanAfrica => Region::Africa,
            Self::LatinAmericaAndCaribbean | Self::NorthernAmerica => Region::Americas,
            Self::CentralAsia | Self::EasternAsia | Self::SouthEasternAsia | Self::SouthernAsia | Self::WesternAsia => {
                Region::Asia
            }
            Self::EasternEurope | Self::NorthernEurope | Self::SouthernEurope | Self::WesternEurope => Region::Europe,
            Self::AustraliaAndNewZealand | Self::Melanesia | Self::Micronesia | Self::Polynesia => Region::Oceania,
        }
    }

    /// The SDG region in which it lies.
    pub const fn sdg_region(self) -> SdgRegion {
        match self {
            Self::SubSaharanAfrica => SdgRegion::SubSaharanAfrica,
            Self::NorthernAfrica | Self::WesternAsia => SdgRegion::NorthernAfricaAndWesternAsia,
            Self::CentralAsia | Self::SouthernAsia => SdgRegion::CentralAndSouthernAsia,
            Self::EasternAsia | Self::SouthEasternAsia => SdgRegion::EasternAndSouthEasternAsia,
            Self::LatinAmericaAndCaribbean => SdgRegion::LatinAmericaAndCaribbean,
            Self::Melanesia | Self::Micronesia | Self::Polynesia => SdgRegion::OceaniaExceptAustraliaAndNewZealand,
            Self::AustraliaAndNewZealand => SdgRegion::AustraliaAndNewZealand,
            Self::NorthernAmerica
            | Self::EasternEurope
            | Self::NorthernEurope
            | Self::SouthernEurope
            | Self::WesternEurope => SdgRegion::EuropeAndNorthernAmerica,
        }
    }
}

impl IntermediateRegion {
    /// The sub-region in which it lies.
    pub const fn sub_region(self) -> SubRegion {
        match self {
            Self::EasternAfrica | Self::MiddleAfrica | Self::SouthernAfrica | Self::WesternAfrica => {
                SubRegion::SubSaharanAfrica
            }
            Self::Caribbean | Self::CentralAmerica | Self::SouthAmerica => SubRegion::LatinAmericaAndCaribbean,
        }
    }
}

/// Regions. `None` for Antarctica, which M49 puts in no region, and for every code that is not
/// official, Kosovo among them, since M49 has no row for it.
impl Country {
    /// The M49 region.
    pub const fn region(self) -> Option<Region> {
        match self.sub_region() {
            Some(sub_region) => Some(sub_region.region()),
            None => None,
        }
    }

    /// The M49 sub-region.
    pub const fn sub_region(self) -> Option<SubRegion> {
        match self.entry().place {
            Place::Nowhere => None,
            Place::Sub(sub_region) => Some(sub_region),
            Place::Mid(region) => Some(region.sub_region()),
        }
    }

    /// The M49 intermediate region, where there is one.
    pub const fn intermediate_region(self) -> Option<IntermediateRegion> {
        match self.entry().place {
            Place::Mid(region) => Some(region),
            Place::Nowhere | Place::Sub(_) => None,
        }
    }

    /// The SDG region.
    pub const fn sdg_region(self) -> Option<SdgRegion> {
        match self.sub_region() {
            Some(sub_region) => Some(sub_region.sdg_region()),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country::CountryStatus;

    fn official() -> impl Iterator<Item = Country> {
        Country::ALL.iter().copied().filter(|c| c.status() == CountryStatus::Official)
    }

    fn counts<T: PartialEq + Copy>(all: &[T], of: impl Fn(Country) -> Option<T>) -> Vec<usize> {
        all.iter().map(|r| official().filter(|c| of(*c) == Some(*r)).count()).collect()
    }

    // Rows per group in the M49 overview table of September 2024 (249 rows), in the order of `ALL`.
    #[test]
    fn each_region_has_as_many_countries_as_in_m49() {
        assert_eq!(counts(Region::ALL, Country::region), [60, 57, 51, 51, 29]);
        assert_eq!(
            counts(SubRegion::ALL, Country::sub_region),
            [7, 53, 52, 5, 5, 8, 11, 9, 18, 10, 16, 16, 9, 6, 5, 8, 10]
        );
        assert_eq!(counts(IntermediateRegion::ALL, Country::intermediate_region), [22, 9, 5, 17, 28, 8, 16]);
        assert_eq!(counts(SdgRegion::ALL, Country::sdg_region), [53, 25, 14, 19, 52, 23, 6, 56]);
    }

    #[test]
    fn only_antarctica_of_the_official_countries_has_no_region() {
        let outside: Vec<_> = official().filter(|c| c.region().is_none()).collect();
        assert_eq!(outside.iter().map(|c| c.alpha2()).collect::<Vec<_>>(), ["AQ"]);
        for country in Country::ALL {
            assert_eq!(country.region().is_some(), country.sdg_region().is_some());
            if country.status() != CountryStatus::Official {
                assert_eq!(country.region(), None, "{country}");
            }
        }
    }

    // Single rows of the M49 table, chosen where neighbouring groups are easily confused.
    #[test]
    fn known_countries_lie_where_m49_puts_them() {
        let at = |code: &str| {
            let c: Country = code.parse().unwrap();
            (c.sub_region().unwrap().code(), c.intermediate_region().map(IntermediateRegion::code))
        };
        assert_eq!(at("SD"), ("015", None)); // Sudan: Northern Africa
        assert_eq!(at("SS"), ("202", Some("014"))); // South Sudan: Eastern Africa
        assert_eq!(at("NA"), ("202", Some("018"))); // Namibia: Southern Africa
        assert_eq!(at("MX"), ("419", Some("013")));
        assert_eq!(at("BM"), ("021", None));
        assert_eq!(at("CY"), ("145", None));
        assert_eq!(at("IR"), ("034", None));
        assert_eq!(at("KZ"), ("143", None));
        assert_eq!(at("CX"), ("053", None));
        assert_eq!(at("GB"), ("154", None));
        assert_eq!(at("GU"), ("057", None));
    }

    // M49 numbers of the SDG groups: UN Statistics Division, M49, "Sustainable Development Goal regions".
    #[test]
    fn numbers_and_codes_say_the_same() {
        assert_eq!(Region::Africa.m49(), 2);
        assert_eq!(SdgRegion::EasternAndSouthEasternAsia.m49(), 753);
        assert_eq!(Region::from_m49(9), Some(Region::Oceania));
        assert_eq!(Region::from_m49(900), None);
        for region in SubRegion::ALL {
            assert_eq!(format!("{:03}", region.m49()), region.code());
        }
        for region in IntermediateRegion::ALL {
            assert_eq!(format!("{:03}", region.m49()), region.code());
        }
        for region in SdgRegion::ALL {
            assert_eq!(format!("{:03}", region.m49()), region.code());
        }
    }
}
