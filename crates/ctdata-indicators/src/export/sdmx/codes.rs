//! Code lists, with the categories of ours that each code stands for.

use crate::sdg::Standing::{self, Inferred, Seen};

/// A code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Code {
    /// The code.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Our code for the same, if we have one.
    pub ours: Option<&'static str>,
    /// How it is known.
    pub standing: Standing,
}

const fn code(id: &'static str, name: &'static str, ours: &'static str, standing: Standing) -> Code {
    let ours = if ours.is_empty() { None } else { Some(ours) };
    Code { id, name, ours, standing }
}

/// A list of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CodeList {
    /// The id of the list.
    pub id: &'static str,
    /// Its codes: those that can be needed here, not all of them.
    pub codes: &'static [Code],
}

impl CodeList {
    /// The code for one of our categories.
    pub fn of(&self, ours: &str) -> Option<&'static Code> {
        self.codes.iter().find(|code| code.ours == Some(ours))
    }

    /// The code with this id.
    pub fn get(&self, id: &str) -> Option<&'static Code> {
        self.codes.iter().find(|code| code.id == id)
    }
}

/// Sex. Categories of gender other than female and male are not in the structure of the indicator.
pub const SEX: CodeList = CodeList {
    id: "CL_SEX",
    codes: &[
        code("_T", "Both sexes, or no breakdown by sex", "", Seen),
        code("F", "Female", "female", Seen),
        code("M", "Male", "male", Seen),
        code("_O", "Other", "", Inferred),
        code("_U", "Unknown", "", Inferred),
    ],
};

/// Age, the two groups of the indicator, read with another series of the same database (`VC_DTH_TOTN`). Others follow
/// the pattern of the list, see [`age_code`].
pub const AGE: CodeList = CodeList {
    id: "CL_AGE",
    codes: &[
        code("_T", "All ages, or no breakdown by age", "", Seen),
        code("Y0T17", "Under 18 years", "child", Seen),
        code("Y_GE18", "18 years and over", "adult", Seen),
    ],
};

/// The code of an age band written `9-17` or `48+`: `Y9T17`, `Y_GE48`.
///
/// ```
/// use ctdata_indicators::export::sdmx::age_code;
///
/// assert_eq!(age_code("9-17").as_deref(), Some("Y9T17"));
/// assert_eq!(age_code("48+").as_deref(), Some("Y_GE48"));
/// assert_eq!(age_code("adult"), None);
/// ```
///
/// # Sources
/// SDMX, *Code list for age* (`CL_AGE`): the pattern of its codes, `Y15T19`, `Y_GE15`. Whether the SDG structure lists
/// a band is not known here: inferred.
pub fn age_code(band: &str) -> Option<String> {
    let number = |text: &str| text.parse::<u8>().ok();
    if let Some(from) = band.strip_suffix('+') {
        return Some(format!("Y_GE{}", number(from)?));
    }
    let (from, to) = band.split_once('-')?;
    let (from, to) = (number(from)?, number(to)?);
    (from <= to).then(|| format!("Y{from}T{to}"))
}

/// Units.
pub const UNIT_MEASURE: CodeList = CodeList {
    id: "CL_UNIT_MEASURE",
    codes: &[
        code("NUMBER", "Number", "persons", Seen),
        code("PER_100000_POP", "Per 100,000 population", "per-100k", Seen),
        code("PT", "Percentage", "percent", Seen),
    ],
};

/// How a figure came about.
pub const NATURE: CodeList = CodeList {
    id: "CL_NATURE",
    codes: &[
        code("C", "Country data", "country", Inferred),
        code("E", "Estimated", "estimated", Inferred),
        code("M", "Modelled", "modelled", Inferred),
        code("G", "Global monitoring data", "global", Seen),
    ],
};

/// The status of an observation. A figure that is withheld is `Q` without a value, and never zero.
///
/// # Sources
/// SDMX, *Code list for observation status* (`CL_OBS_STATUS`).
pub const OBS_STATUS: CodeList = CodeList {
    id: "CL_OBS_STATUS",
    codes: &[
        code("A", "Normal value", "", Seen),
        code("Q", "Missing value; suppressed", "suppressed", Seen),
        code("O", "Missing value", "", Seen),
    ],
};

/// Who reports.
pub const REPORTING_TYPE: CodeList = CodeList {
    id: "CL_REPORTING_TYPE",
    codes: &[code("N", "National", "national", Seen), code("G", "Global", "global", Seen)],
};

/// All lists. Reference areas are M49 numbers, and series stand in [`sdg::SERIES`](crate::sdg::SERIES).
pub const CODE_LISTS: [CodeList; 6] = [SEX, AGE, UNIT_MEASURE, NATURE, OBS_STATUS, REPORTING_TYPE];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Nature, NotAvailable, Unit};
    use crate::sdg::SERIES;
    use ctdata_model::{AgeBand, Gender};
    use std::collections::BTreeSet;

    #[test]
    fn codes_do_not_repeat_and_stand_for_words_that_there_are() {
        for list in CODE_LISTS {
            let codes: BTreeSet<&str> = list.codes.iter().map(|code| code.id).collect();
            assert_eq!(codes.len(), list.codes.len(), "{}", list.id);
        }
        for sex in SEX.codes.iter().filter_map(|code| code.ours) {
            assert!(sex.parse::<Gender>().is_ok());
        }
        for unit in UNIT_MEASURE.codes.iter().filter_map(|code| code.ours) {
            assert!(unit.parse::<Unit>().is_ok());
        }
        for status in OBS_STATUS.codes.iter().filter_map(|code| code.ours) {
            assert!(status.parse::<NotAvailable>().is_ok());
        }
        for series in SERIES {
            assert_eq!(UNIT_MEASURE.of(series.unit.code()).map(|code| code.id), Some(series.unit_code));
        }
        for nature in Nature::ALL {
            assert_eq!(NATURE.of(nature.code()).unwrap().id, nature.sdmx().to_string());
        }
    }

    #[test]
    fn every_band_of_the_case_has_a_code() {
        for band in AgeBand::ALL {
            assert!(age_code(band.code()).is_some(), "{}", band.code());
        }
        for bad in ["", "17", "17-9", "x-9", "9-", "-9", "999+"] {
            assert_eq!(age_code(bad), None, "{bad}");
        }
    }
}
