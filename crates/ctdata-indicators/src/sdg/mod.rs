//! SDG 16.2.2 beyond the counting of cases: rates of published counts, victims who were not detected, codes of the
//! official series, and a check of the population that imported rates are over.
//!
//! The rates of a table of cases are the indicator `victims-per-100k` of the [catalogue](crate::CATALOGUE).
//!
//! | question | where |
//! |---|---|
//! | what is the rate of a count that somebody published, perhaps as `<5`? | [`rate_of`], [`PublishedRate`] |
//! | is an imported series over all residents or over those of each sex and age? | [`population_base`], [`check_series`] |
//! | and with the victims who were not detected? | [`Undetected`], [`with_undetected`] |
//! | which official series does a figure belong to? | [`series_of`], [`SERIES`] |

mod denominator;
mod parts;
mod published;
pub(crate) mod rate;
mod series_codes;
mod undetected;

pub use parts::{ImportedRates, PartsOf, SeriesBase, check_series, population_base};
pub use published::{PublishedRate, RateBounds, RateOptions, rate_of};
pub(crate) use published::{groups, interval_of_range};
pub use series_codes::{Counted, FormOfSeries, SERIES, SERIES_VERSION, Series, Standing, series, series_of};
#[cfg(feature = "csv")]
pub(crate) use series_codes::{INDICATOR, is_official, series_of_form};
pub use undetected::{MethodEstimate, Undetected, WithUndetected, with_undetected};
