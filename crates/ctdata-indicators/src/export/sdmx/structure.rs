//! The components of the structure.

use crate::sdg::Standing::{self, Seen};

/// The version of the structure that components and codes follow: that of its CSV of April 2026.
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
}
