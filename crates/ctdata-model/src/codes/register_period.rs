//! Periods of registration in the victim-perpetrator file.

use std::ops::RangeInclusive;

use super::code_list;

code_list! {
    /// The period in which a case was registered, in calendar years.
    ///
    /// # Sources
    /// CTDC victim-perpetrator synthetic data set, dictionary of 1 December 2022, `yearRegister`.
    pub enum RegisterPeriod {
        From2005To2013 = "2005-2013", "2005 to 2013", also ["2005–2013"];
        From2014To2018 = "2014-2018", "2014 to 2018", also ["2014–2018"];
        In2019 = "2019", "Year 2019";
        In2020 = "2020", "Year 2020";
        From2021To2022 = "2021-2022", "2021 to 2022", also ["2021–2022"];
    }
}

impl RegisterPeriod {
    /// The calendar years of the period.
    pub const fn years(self) -> RangeInclusive<i16> {
        match self {
            Self::From2005To2013 => 2005..=2013,
            Self::From2014To2018 => 2014..=2018,
            Self::In2019 => 2019..=2019,
            Self::In2020 => 2020..=2020,
            Self::From2021To2022 => 2021..=2022,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_those_of_the_codes_and_leave_no_gap() {
        let mut next = 2005;
        for period in RegisterPeriod::ALL {
            let years = period.years();
            let code = if years.start() == years.end() {
                years.start().to_string()
            } else {
                format!("{}-{}", years.start(), years.end())
            };
            assert_eq!(code, period.code());
            assert_eq!(*years.start(), next);
            next = years.end() + 1;
        }
    }
}
