//! Age bands of CTDC.

use super::{Majority, code_list};

code_list! {
    /// The nine age bands of CTDC, in completed years. The moment at which the age holds (registration,
    /// entry, exploitation) belongs to the attribute, not to the band.
    ///
    /// ```
    /// use ctdata_model::AgeBand;
    ///
    /// let band: AgeBand = "09--17".parse()?;
    /// assert_eq!(band, AgeBand::From9To17);
    /// assert!(band.is_child());
    /// # Ok::<(), ctdata_model::UnknownCode>(())
    /// ```
    ///
    /// # Sources
    /// CTDC Data Codebook, version 6 (2017), `ageBroad`.
    pub enum AgeBand {
        From0To8 = "0-8", "0 to 8 years", also ["0--8", "0–8", "00--08", "00-08"];
        From9To17 = "9-17", "9 to 17 years", also ["9--17", "9–17", "09--17", "09-17", "09–17"];
        From18To20 = "18-20", "18 to 20 years", also ["18--20", "18–20"];
        From21To23 = "21-23", "21 to 23 years", also ["21--23", "21–23"];
        From24To26 = "24-26", "24 to 26 years", also ["24--26", "24–26"];
        From27To29 = "27-29", "27 to 29 years", also ["27--29", "27–29"];
        From30To38 = "30-38", "30 to 38 years", also ["30--38", "30–38"];
        From39To47 = "39-47", "39 to 47 years", also ["39--47", "39–47"];
        From48 = "48+", "48 years and over";
    }
}

impl AgeBand {
    /// The lowest age of the band.
    pub const fn lower(self) -> u8 {
        match self {
            Self::From0To8 => 0,
            Self::From9To17 => 9,
            Self::From18To20 => 18,
            Self::From21To23 => 21,
            Self::From24To26 => 24,
            Self::From27To29 => 27,
            Self::From30To38 => 30,
            Self::From39To47 => 39,
            Self::From48 => 48,
        }
    }

    /// The highest age of the band; `None` for the open one.
    pub fn upper(self) -> Option<u8> {
        Self::from_index(self.index() + 1).map(|next| next.lower() - 1)
    }

    /// The band of an age in completed years.
    pub fn of_age(years: u8) -> Self {
        let after = Self::ALL.partition_point(|band| band.lower() <= years);
        Self::from_index(after.saturating_sub(1)).unwrap_or(Self::From48)
    }

    /// Under 18.
    pub const fn is_child(self) -> bool {
        self.lower() < 18
    }

    /// Minor or adult, at the moment of which the band speaks.
    pub const fn majority(self) -> Majority {
        if self.is_child() { Majority::Minor } else { Majority::Adult }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_hold_the_ages_of_their_codes() {
        for age in 0..=u8::MAX {
            let band = AgeBand::of_age(age);
            let code = band.code();
            let (low, high) = match code.split_once('-') {
                Some((low, high)) => (low.parse().unwrap(), Some(high.parse().unwrap())),
                None => (code.trim_end_matches('+').parse().unwrap(), None),
            };
            assert_eq!((band.lower(), band.upper()), (low, high));
            assert!(low <= age && high.is_none_or(|high| age <= high), "{age}");
            assert_eq!(band.is_child(), age < 18);
            assert_eq!(band.majority() == Majority::Minor, age < 18);
        }
    }
}
