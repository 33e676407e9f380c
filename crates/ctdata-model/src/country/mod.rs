//! Countries and areas: ISO 3166-1, the user-assigned code of Kosovo, former codes and the internal
//! codes of CTDC's dictionaries.
//!
//! "Unknown country" (`0`, `00`, `ZZ`) and stateless persons are no countries; readers turn the former
//! into a kind of missing.
//!
//! # Sources
//! Codes, English names, regions and groups of the 249 official countries and areas: UN Statistics
//! Division, *Standard country or area codes for statistical use (M49)*, overview table, copy of
//! September 2024 (with a row for Taiwan, which some products of the table leave out). Former codes:
//! ISO 3166-3. Internal codes: CTDC data dictionaries of 2017 and 2022.

mod lookup;
mod table;
#[cfg(test)]
mod tests;

use std::fmt;

use isocountry::CountryCode;

use crate::codes::{CodeList, UnknownCode, code_text};
pub(crate) use table::Place;
use table::{Entry, LDC, LLDC, SIDS, TABLE};

/// A country or area.
///
/// Small, `Copy`, ordered by alpha-2 code. Text input takes the alpha-2 code, the alpha-3 code or the
/// three digits of M49, in any ASCII case, never a name. `NA` is Namibia. `Display` and serde write
/// alpha-2.
///
/// ```
/// use ctdata_model::Country;
///
/// let kenya: Country = "KEN".parse()?;
/// assert_eq!(kenya.alpha2(), "KE");
/// assert_eq!("404".parse(), Ok(kenya));
/// assert_eq!("na".parse::<Country>()?.name(), "Namibia");
/// # Ok::<(), ctdata_model::UnknownCode>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(u16);

/// Where a country code comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CountryStatus {
    /// Officially assigned in ISO 3166-1.
    Official,
    /// From the range that ISO 3166-1 leaves to its users.
    UserAssigned,
    /// Once official, now withdrawn (ISO 3166-3).
    Former,
    /// Internal to CTDC's contributors; not part of ISO 3166.
    CtdcInternal,
}

impl Country {
    /// All countries and areas, in the order of their alpha-2 codes.
    pub const ALL: &'static [Self] = &{
        let mut all = [Self(0); TABLE.len()];
        let mut i = 0;
        let mut index = 0;
        while i < all.len() {
            #[expect(clippy::indexing_slicing, reason = "bounded by the loop")]
            {
                all[i] = Self(index);
            }
            i += 1;
            index += 1;
        }
        all
    };

    #[expect(clippy::indexing_slicing, reason = "the field is always a position of the table")]
    pub(crate) const fn entry(self) -> &'static Entry {
        &TABLE[self.0 as usize]
    }

    /// The ISO 3166-1 alpha-2 code, or the code of the same shape for a code that is not official.
    pub const fn alpha2(self) -> &'static str {
        self.entry().alpha2
    }

    /// The alpha-3 code. CTDC's internal codes have none: it publishes them under another country's,
    /// see [`Country::published_as`].
    pub const fn alpha3(self) -> Option<&'static str> {
        let alpha3 = self.entry().alpha3;
        if alpha3.is_empty() { None } else { Some(alpha3) }
    }

    /// The M49 number, which is also the numeric code of ISO 3166-1. Official countries only: a former
    /// code may have shared the number of its successor.
    pub const fn m49(self) -> Option<u16> {
        match self.entry().m49 {
            0 => None,
            number => Some(number),
        }
    }

    /// The English name used by the United Nations.
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    /// Where the code comes from.
    pub const fn status(self) -> CountryStatus {
        self.entry().status
    }

    /// The position in [`Country::ALL`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The country at a position of [`Country::ALL`].
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// The country with this alpha-2 code, in any ASCII case.
    pub const fn from_alpha2(code: &str) -> Option<Self> {
        match *code.as_bytes() {
            [a, b] => lookup::alpha2(a, b),
            _ => None,
        }
    }

    /// The country with this alpha-3 code, in any ASCII case.
    pub const fn from_alpha3(code: &str) -> Option<Self> {
        match *code.as_bytes() {
            [a, b, c] => lookup::alpha3(a, b, c),
            _ => None,
        }
    }

    /// The country with this M49 number.
    pub const fn from_m49(number: u16) -> Option<Self> {
        lookup::m49(number)
    }

    /// The country with this alpha-2 code, alpha-3 code or three-digit M49 number, without surrounding
    /// space: what [`FromStr`](std::str::FromStr) does, for readers that hold bytes.
    pub const fn from_code_bytes(code: &[u8]) -> Option<Self> {
        match *code {
            [a, b] => lookup::alpha2(a, b),
            [a, b, c] if a.is_ascii_digit() => lookup::m49_digits(a, b, c),
            [a, b, c] => lookup::alpha3(a, b, c),
            _ => None,
        }
    }

    /// The country under whose code CTDC publishes this one: Serbia for Kosovo, China for the internal
    /// code `TB`, otherwise the country itself.
    ///
    /// # Sources
    /// CTDC Global Synthetic Data Codebook, version 2 (2024); victim-perpetrator dictionary (2022).
    #[must_use]
    pub const fn published_as(self) -> Self {
        let published = match self.alpha2().as_bytes() {
            b"XK" | b"Y1" => Self::from_alpha2("RS"),
            b"TB" => Self::from_alpha2("CN"),
            _ => None,
        };
        match published {
            Some(country) => country,
            None => self,
        }
    }

    /// Whether CTDC's data dictionary of 2017 lists the code.
    pub fn is_in_ctdc_2017(self) -> bool {
        match self.status() {
            CountryStatus::Official => !matches!(self.alpha2(), "AX" | "BL" | "BQ" | "GG" | "IM" | "JE" | "MF" | "SX"),
            _ => matches!(self.alpha2(), "AN" | "Y2" | "ZR"),
        }
    }

    /// Whether CTDC's data dictionary of 2022 lists the code.
    pub fn is_in_ctdc_2022(self) -> bool {
        match self.status() {
            CountryStatus::Official => !matches!(self.alpha2(), "AX" | "BL" | "BQ" | "GG" | "IM"),
            CountryStatus::UserAssigned => false,
            CountryStatus::CtdcInternal => true,
            CountryStatus::Former => self.alpha2() != "CS",
        }
    }

    /// Whether it is one of the least developed countries: 45 in September 2024. The group changes.
    pub const fn is_ldc(self) -> bool {
        self.entry().groups & LDC != 0
    }

    /// Whether it is one of the landlocked developing countries: 32 in September 2024. The group
    /// changes.
    pub const fn is_lldc(self) -> bool {
        self.entry().groups & LLDC != 0
    }

    /// Whether it is one of the small island developing States: 53 in September 2024. The group
    /// changes.
    pub const fn is_sids(self) -> bool {
        self.entry().groups & SIDS != 0
    }
}

/// The code is alpha-2, the label is the name.
impl CodeList for Country {
    const NAME: &'static str = "Country";
    const ALL: &'static [Self] = Country::ALL;

    fn code(self) -> &'static str {
        self.alpha2()
    }

    fn label(self) -> &'static str {
        self.name()
    }

    fn index(self) -> usize {
        Country::index(self)
    }

    /// Reads alpha-2, alpha-3 or three digits of M49; never a name, since names differ between files.
    fn parse(text: &str) -> Result<Self, UnknownCode> {
        Self::from_code_bytes(text.trim().as_bytes()).ok_or(UnknownCode { list: Self::NAME })
    }
}

code_text!(Country);

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({})", self.alpha2())
    }
}

impl TryFrom<CountryCode> for Country {
    type Error = UnknownCode;

    /// Fails only for a code that `isocountry` might add in future.
    fn try_from(code: CountryCode) -> Result<Self, UnknownCode> {
        Self::from_alpha2(code.alpha2()).ok_or(UnknownCode { list: Self::NAME })
    }
}

impl TryFrom<Country> for CountryCode {
    type Error = UnknownCode;

    /// Fails for codes that are not official.
    fn try_from(country: Country) -> Result<Self, UnknownCode> {
        Self::for_alpha2(country.alpha2()).map_err(|_| UnknownCode { list: "CountryCode" })
    }
}
