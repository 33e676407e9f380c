//! The components of the structure and the series of 16.2.2.

use super::Standing;
use super::Standing::{Inferred, Seen};

/// The version of the structure that components, codes and series follow: that of its CSV of April 2026.
pub const STRUCTURE_VERSION: &str = "1.24";

/// The dataflow in the form of SDMX-CSV, agency, id and version. The version moves about every year.
pub const DATAFLOW: &str = "IAEG-SDGs:DF_SDG_GLH(1.24)";

/// A component of the data structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Component {
    /// Its id, the name of the column.
    pub id: &'static str,
    /// What it says.
    pub title: &'static str,
    /// The value when an estimate says nothing of it: `_T` is the total.
    pub default: &'static str,
    /// How it is known.
    pub standing: Standing,
}

const fn component(id: &'static str, title: &'static str, default: &'static str) -> Component {
    Component { id, title, default, standing: Seen }
}

/// The dimensions of a key, in the order of the structure. The time is [`TIME`].
pub const DIMENSIONS: [Component; 15] = [
    component("FREQ", "Frequency of observation", "A"),
    component("REPORTING_TYPE", "Reporting type", "N"),
    component("SERIES", "Series", ""),
    component("REF_AREA", "Reference area: its M49 number, without leading zeros", ""),
    component("SEX", "Sex", "_T"),
    component("AGE", "Age", "_T"),
    component("URBANISATION", "Degree of urbanization", "_T"),
    component("INCOME_WEALTH_QUANTILE", "Quantile of income or wealth", "_T"),
    component("EDUCATION_LEV", "Level of education", "_T"),
    component("OCCUPATION", "Occupation", "_T"),
    component("CUST_BREAKDOWN", "Custom breakdown", "_T"),
    component("COMPOSITE_BREAKDOWN", "Composite breakdown", "_T"),
    component("DISABILITY_STATUS", "Disability", "_T"),
    component("ACTIVITY", "Economic activity", "_T"),
    component("PRODUCT", "Product", "_T"),
];

/// The dimension of time.
pub const TIME: Component = component("TIME_PERIOD", "Calendar year", "");

/// The measure.
pub const MEASURE: Component = component("OBS_VALUE", "Value of the observation", "");

/// The attributes that are written, in the order of the structure. Of those that it has besides (`BASE_PER`,
/// `TIME_COVERAGE`, `COMMENT_TS`, `GEO_INFO_URL`, `GEO_INFO_TYPE`, `CUST_BREAKDOWN_LB`, `DATA_LAST_UPDATE`) an
/// estimate says nothing.
pub const ATTRIBUTES: [Component; 9] = [
    component("OBS_STATUS", "Status of the observation", ""),
    component("UNIT_MULT", "Power of ten that the value is multiplied by", "0"),
    component("UNIT_MEASURE", "Unit of measure", ""),
    component("NATURE", "How the figure came about", ""),
    component("TIME_DETAIL", "The time that the observation refers to", ""),
    component("COMMENT_OBS", "What a reader must know", ""),
    component("UPPER_BOUND", "Upper bound of the interval", ""),
    component("LOWER_BOUND", "Lower bound of the interval", ""),
    component("SOURCE_DETAIL", "Source", ""),
];

/// A series: what is counted, in which unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Series {
    /// Its code.
    pub code: &'static str,
    /// What it counts.
    pub title: &'static str,
    /// The official indicator.
    pub indicator: &'static str,
    /// The form of exploitation that it is restricted to, by our code; none for the total.
    pub form: Option<&'static str>,
    /// Its unit, a code of [`UNIT_MEASURE`](super::UNIT_MEASURE).
    pub unit: &'static str,
    /// How code and meaning are known.
    pub standing: Standing,
}

const fn victims(
    code: &'static str,
    title: &'static str,
    form: Option<&'static str>,
    unit: &'static str,
    standing: Standing,
) -> Series {
    Series { code, title, indicator: "16.2.2", form, unit, standing }
}

const NUMBER: &str = "NUMBER";
const RATE: &str = "PER_100000_POP";
const LABOUR: Option<&str> = Some("forced-labour");
const SEXUAL: Option<&str> = Some("sexual-exploitation");
const ORGAN: Option<&str> = Some("organ-removal");
const OTHER: Option<&str> = Some("other");

/// The series of detected victims. A person with several forms counts in several of them: they do not add to the total.
pub const SERIES: [Series; 10] = [
    victims("VC_HTF_DETV", "Detected victims of human trafficking", None, NUMBER, Seen),
    victims("VC_HTF_DETVSX", "Detected victims, for sexual exploitation", SEXUAL, NUMBER, Seen),
    victims("VC_HTF_DETVFL", "Detected victims, for forced labour, servitude and slavery", LABOUR, NUMBER, Inferred),
    victims("VC_HTF_DETVOG", "Detected victims, for removal of organ", ORGAN, NUMBER, Inferred),
    victims("VC_HTF_DETVOP", "Detected victims, for other purposes", OTHER, NUMBER, Seen),
    victims("VC_HTF_DETVR", "Detected victims of human trafficking, rate", None, RATE, Seen),
    victims("VC_HTF_DETVSXR", "Detected victims, for sexual exploitation, rate", SEXUAL, RATE, Seen),
    victims(
        "VC_HTF_DETVFLR",
        "Detected victims, for forced labour, servitude and slavery, rate",
        LABOUR,
        RATE,
        Inferred,
    ),
    victims("VC_HTF_DETVOGR", "Detected victims, for removal of organ, rate", ORGAN, RATE, Inferred),
    victims("VC_HTF_DETVOPR", "Detected victims, for other purposes, rate", OTHER, RATE, Seen),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_key_has_fifteen_positions_and_no_name_repeats() {
        let time_and_value = [TIME, MEASURE];
        let all = DIMENSIONS.iter().chain(&time_and_value).chain(&ATTRIBUTES);
        let names: BTreeSet<&str> = all.map(|component| component.id).collect();
        assert_eq!(names.len(), 15 + 2 + 9);
        assert!(DATAFLOW.ends_with(&format!("({STRUCTURE_VERSION})")));
    }

    #[test]
    fn each_form_has_a_number_and_a_rate() {
        for number in SERIES.iter().filter(|series| series.unit == NUMBER) {
            let rate = SERIES.iter().find(|other| other.form == number.form && other.unit == RATE).unwrap();
            assert_eq!(rate.code, format!("{}R", number.code));
        }
        let codes: BTreeSet<&str> = SERIES.iter().map(|series| series.code).collect();
        assert_eq!(codes.len(), 10);
    }
}
