//! Rates of regions: victims of the reporting countries over the residents of the same countries.
//!
//! A region's rate is the sum of the counts of its countries that report, divided by the population of these countries
//! in the same year. Its coverage is their population over that of the region; below a threshold (half, by default) the
//! sum is no figure of the region, and is not called one. A country that does not report is missing and not zero; a
//! count in a range makes the sum a range.
//!
//! ```
//! use ctdata_indicators::Count;
//! use ctdata_indicators::population::{Persons, Population, PopulationKey};
//! use ctdata_indicators::region_aggregate::{CountryFigure, RegionalOptions, regional_rates};
//!
//! let mut population = Population::new("invented", "1");
//! let key = |country: &str| country.parse().map(|country| PopulationKey::total(country, 2019));
//! for (country, persons) in [("AU", 25e6), ("NZ", 5e6)] {
//!     population.insert(key(country)?, Persons::try_new(persons)?)?;
//! }
//! let figures = [CountryFigure::new(key("AU")?, Count::Exact(50)), CountryFigure::new(key("NZ")?, Count::Missing)];
//! let rates = regional_rates(&figures, &population, None, &RegionalOptions::default())?;
//! // The other four countries and areas of the SDG region have no population in this table.
//! assert_eq!((rates[0].code.as_ref(), rates[0].reporting, rates[0].is_regional), ("053", 1, true));
//! assert_eq!(rates[0].estimate.value.known(), Some(0.2));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Sources
//! Regions: UN Statistics Division, *Standard country or area codes for statistical use (M49)*, September 2024; SDG
//! regions as in [`ctdata_model::SdgRegion`]. The threshold of one half is this crate's choice.

mod figure;
mod places;
mod rates;

pub use figure::CountryFigure;
pub use places::{RegionLevel, Regions};
pub use rates::{RegionPopulation, RegionalOptions, RegionalRate, regional_rates};
