//! An invented population.

use ctdata_indicators::population::{AgeGroup, PopulationKey, PopulationSex};
use ctdata_indicators::{Persons, Population};
use ctdata_model::Country;

/// A million women, two million men, of whom a tenth are under 18, everywhere and always.
pub(crate) fn population() -> Population {
    let mut population = Population::new("invented", "1");
    for &country in Country::ALL {
        for year in 1995..2030 {
            for (sex, persons) in [(PopulationSex::Female, 1e6), (PopulationSex::Male, 2e6)] {
                let key = PopulationKey::total(country, year).of_sex(sex);
                for (ages, share) in [(AgeGroup::UNDER_18, 0.1), (AgeGroup::ADULTS, 0.9)] {
                    population.insert(key.of_ages(ages), Persons::try_new(persons * share).unwrap()).unwrap();
                }
            }
        }
    }
    population
}
