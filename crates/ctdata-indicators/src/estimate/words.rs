//! The closed lists an estimate is described with.

use crate::error::coded;

coded! {
    /// Who is in the base of a group of flags; each indicator of the catalogue states its default.
    pub enum Base: "base" {
        /// Persons with a "yes" in at least one flag of the group; their blanks count as "no".
        AnyInGroup = "any-in-group" / "at least one recorded in the group",
        /// Persons whose answer, "yes" or "no", is recorded.
        Answered = "answered" / "answer recorded",
        /// All persons.
        All = "all" / "all persons",
    }
}

coded! {
    /// Which country a case is counted for.
    pub enum Attribution: "attribution" {
        /// Where the victim was detected or first assisted: the country of 16.2.2.
        Detection = "detection" / "country of detection",
        /// Where the exploitation took place; in CTDC data a proxy for detection.
        Exploitation = "exploitation" / "country of exploitation",
        /// The victim's citizenship.
        Citizenship = "citizenship" / "country of citizenship",
    }
}

coded! {
    /// What makes a victim a child. The two statements are missing for different cases, so the
    /// choice moves published shares by tens of points and has no default.
    pub enum ChildBasis: "child basis" {
        /// Under 18 when registered.
        AgeAtRegistration = "age-at-registration" / "age at registration",
        /// A minor when exploited, by the case's own statement.
        MajorityAtExploitation = "majority-at-exploitation" / "majority at exploitation",
        /// Either of the two.
        Either = "either" / "age at registration or majority at exploitation",
    }
}

coded! {
    /// The unit of a value and of its interval.
    #[non_exhaustive]
    pub enum Unit: "unit" {
        /// Shares: 37.8154 is 37.8154 %.
        Percent = "percent" / "%",
        /// Rates per 100,000 residents.
        Per100k = "per-100k" / "per 100,000 population",
        /// Counts of persons.
        Persons = "persons" / "persons",
        /// A ratio of two counts or rates: 1.833 is 1.833 times.
        Ratio = "ratio" / "ratio",
        /// Events per 100 detected victims.
        Per100Victims = "per-100-victims" / "per 100 detected victims",
        /// Change per year: 17.01 is 17.01 % more each year.
        PercentPerYear = "percent-per-year" / "% per year",
        /// Days.
        Days = "days" / "days",
        /// Months.
        Months = "months" / "months",
    }
}

coded! {
    /// How a figure came about, as SDMX `NATURE` distinguishes it.
    #[derive(Default)]
    pub enum Nature: "nature" {
        /// Counted or computed from the data of the country or file; the default.
        #[default]
        Country = "country" / "country data",
        /// Estimated, for instance with unknown answers distributed.
        Estimated = "estimated" / "estimated",
        /// Modelled, for instance by multiple systems estimation.
        Modelled = "modelled" / "modelled",
        /// Produced by global monitoring.
        Global = "global" / "global monitoring data",
    }
}

impl Nature {
    /// The letter of the SDMX code list: C, E, M or G.
    pub const fn sdmx(self) -> char {
        match self {
            Self::Country => 'C',
            Self::Estimated => 'E',
            Self::Modelled => 'M',
            Self::Global => 'G',
        }
    }
}
