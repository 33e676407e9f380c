//! Countries by name.
//!
//! The standard asks for codes of two letters but leaves them optional, so that codes of three letters and names occur
//! too. Names are read here and in no layout of CTDC, whose files have codes throughout.
//!
//! # Sources
//! Names: UN Statistics Division, *M49* (as [`Country::name`]); ISO 3166-1 and its former names (ISO 3166-3); choices of
//! citizenship in the XLSForm of HTCDS 2.0; CTDC data dictionaries of 2017 and 2022; World Bank, list of economies.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::ListMember;
use super::plain::plain;
use crate::htcds::value::trimmed;
use crate::{Country, CountryStatus};

/// Other names of countries, by alpha-2 code. Each is the name of one country only: what may be two ("Korea", "Virgin
/// Islands", "Saint Martin") or is a part of one ("Scotland") is not here.
const NAMES: &[(&str, &[&str])] = &[
    ("AE", &["UAE", "Emirates"]),
    ("AG", &["Antigua"]),
    ("BA", &["Bosnia-Herzegovina", "Bosnia Hercegovina"]),
    ("BN", &["Brunei"]),
    ("BO", &["Bolivia"]),
    ("BQ", &["Bonaire, Saint Eustatius and Saba", "Caribbean Netherlands"]),
    ("CC", &["Cocos Islands", "Keeling Islands"]),
    (
        "CD",
        &[
            "Congo, Democratic Republic of the",
            "Congo (Democratic Republic)",
            "Congo, Dem. Rep.",
            "Congo (Kinshasa)",
            "DR Congo",
            "D.R. Congo",
            "DRC",
            "DR of the Congo",
            "Zaire",
        ],
    ),
    ("CG", &["Republic of the Congo", "Congo, Republic of the", "Congo, Rep.", "Congo (Brazzaville)"]),
    ("CI", &["Côte d'Ivoire", "Ivory Coast"]),
    ("CN", &["People's Republic of China", "China, People's Republic of"]),
    ("CV", &["Cape Verde", "Cabo Verde"]),
    ("CZ", &["Czech Republic"]),
    ("DO", &["Dominican Rep."]),
    ("EG", &["Egypt, Arab Rep.", "Arab Republic of Egypt"]),
    ("FK", &["Falkland Islands (Malvinas)"]),
    ("FM", &["Federated States of Micronesia", "Micronesia, Federated States of", "Micronesia, Fed. Sts."]),
    ("FO", &["Faeroe Islands"]),
    ("GB", &["United Kingdom", "UK", "Great Britain"]),
    ("GN", &["Guinea-Conakry", "Guinea Conakry"]),
    ("GM", &["Republic of The Gambia"]),
    ("HK", &["Hong Kong", "Hong Kong, SAR of China", "Hong Kong SAR, China", "China, Hong Kong SAR"]),
    ("IR", &["Iran", "Iran, Islamic Republic of", "Iran, Islamic Rep.", "Islamic Republic of Iran"]),
    (
        "KP",
        &[
            "North Korea",
            "Korea (Democratic People's Republic of)",
            "Korea, Democratic Peoples Republic of",
            "Korea, Dem. People's Rep.",
            "Korea, North",
            "DPRK",
        ],
    ),
    ("KR", &["South Korea", "Korea (Republic of)", "Korea, Rep.", "Korea, South"]),
    ("KG", &["Kyrgyz Republic"]),
    ("KN", &["St. Kitts & Nevis"]),
    ("LA", &["Laos", "Lao PDR", "Lao"]),
    ("LY", &["Libyan Arab Jamahiriya"]),
    ("MD", &["Moldova", "Moldova, Republic of"]),
    (
        "MK",
        &[
            "Macedonia",
            "Republic of North Macedonia",
            "Macedonia, the former Yugoslav Republic of",
            "The former Yugoslav Republic of Macedonia",
            "FYROM",
            "FYR Macedonia",
            "Macedonia, FYR",
        ],
    ),
    ("MM", &["Burma", "Myanmar (Burma)", "Burma (Myanmar)"]),
    ("MO", &["Macao", "Macau", "Macau, SAR of China", "Macao SAR, China", "China, Macao SAR"]),
    ("NL", &["Holland"]),
    ("PN", &["Pitcairn Islands"]),
    (
        "PS",
        &[
            "Palestine",
            "Palestinian Territory",
            "Palestinian Territories",
            "Palestine, State of",
            "Palestinian Territory, Occupied",
            "Occupied Palestinian Territory",
            "West Bank and Gaza",
        ],
    ),
    ("RU", &["Russia"]),
    ("SH", &["Saint Helena, Ascension and Tristan da Cunha"]),
    ("SJ", &["Svalbard and Jan Mayen"]),
    ("SK", &["Slovak Republic"]),
    ("SX", &["Sint Maarten", "St. Maarten"]),
    ("SY", &["Syria"]),
    ("SZ", &["Swaziland"]),
    ("TL", &["East Timor"]),
    ("TR", &["Turkey"]),
    ("TW", &["Taiwan, Province of China", "Taiwan, China"]),
    ("TZ", &["Tanzania", "Tanzania, United Republic of"]),
    ("US", &["United States", "USA", "U.S.A.", "U.S.", "US of America"]),
    ("VA", &["Vatican", "Vatican City", "Vatican City State", "Holy See (Vatican City State)"]),
    ("VC", &["St. Vincent & the Grenadines"]),
    ("VE", &["Venezuela", "Venezuela, RB"]),
    ("VG", &["Virgin Islands (British)", "Virgin Islands, British"]),
    ("VI", &["Virgin Islands (U.S.)", "US Virgin Islands", "Virgin Islands of the United States"]),
    ("VN", &["Vietnam"]),
    ("WF", &["Wallis and Futuna"]),
    ("WS", &["Western Samoa"]),
    ("YE", &["Yemen, Rep."]),
];

/// Names in plain letters. A name that a former code shares with a country of today is that country's: East Timor
/// and Zaire were only renamed.
static BY_NAME: LazyLock<FxHashMap<String, Country>> = LazyLock::new(|| {
    let mut names = FxHashMap::default();
    for (name, country) in spellings() {
        names.entry(plain(name)).or_insert(country);
    }
    names
});

/// All names that are read: the official ones, others, those of codes that are not official.
fn spellings() -> impl Iterator<Item = (&'static str, Country)> {
    let official = |country: &Country| country.status() == CountryStatus::Official;
    let own = move |is_official: bool| {
        let countries = Country::ALL.iter().filter(move |country| official(country) == is_official);
        countries.map(|country| (Country::name(*country), *country))
    };
    let others = NAMES.iter().filter_map(|(code, names)| Some((names, Country::from_alpha2(code)?)));
    own(true)
        .chain(others.flat_map(|(names, country)| names.iter().map(move |name| (*name, country))))
        .chain(own(false))
}

/// In fields of HTCDS a country is read from its alpha-2 code, alpha-3 code or three digits of M49, or from a name: the
/// one that the United Nations use, that of the standard's form, or one in common or former use, without regard to
/// case, accents and punctuation. It is written as alpha-2.
///
/// `NA` is Namibia. `Congo` alone is the Republic of the Congo, as in the United Nations' list and the standard's form.
/// Names that may be two countries (`Korea`), parts of countries (`Scotland`) and states that no longer exist and have
/// no code (`Czechoslovakia`) are unlisted.
impl ListMember for Country {
    fn read(text: &str) -> Option<Self> {
        let text = trimmed(text);
        Self::from_code_bytes(text.as_bytes()).or_else(|| BY_NAME.get(&plain(text)).copied())
    }

    fn name(&self) -> &'static str {
        self.alpha2()
    }

    fn label(&self) -> &'static str {
        Country::name(*self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn read(text: &str) -> Option<&'static str> {
        Country::read(text).map(Country::alpha2)
    }

    #[test]
    fn codes_and_names_are_read_as_their_own() {
        for &country in Country::ALL {
            assert_eq!(Country::read(country.alpha2()), Some(country));
            assert!(country.alpha3().is_none_or(|code| Country::read(code) == Some(country)));
            assert!(country.m49().is_none_or(|number| Country::read(&format!("{number:03}")) == Some(country)));
            // What has only been renamed is read as the country of today.
            let expected = match country.alpha2() {
                "TP" => "TL",
                "ZR" => "CD",
                code => code,
            };
            for text in [country.name().to_owned(), country.name().to_uppercase(), format!(" {}\u{a0}", country.name())]
            {
                assert_eq!(read(&text), Some(expected), "{text}");
            }
        }
        assert!(NAMES.iter().all(|(code, _)| Country::from_alpha2(code).is_some()));
        for (name, country) in spellings().filter(|(_, country)| country.status() == CountryStatus::Official) {
            assert_eq!(Country::read(name), Some(country), "{name}");
        }
    }

    #[test]
    fn no_name_is_that_of_two_countries() {
        let mut owners: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (name, country) in spellings() {
            owners.entry(plain(name)).or_default().insert(country.alpha2());
        }
        owners.retain(|_, countries| countries.len() > 1);
        let renamed = BTreeMap::from([
            ("easttimor".to_owned(), BTreeSet::from(["TL", "TP"])),
            ("zaire".to_owned(), BTreeSet::from(["CD", "ZR"])),
        ]);
        assert_eq!(owners, renamed);
        // A name of two or three letters is never the code of another country.
        for (name, country) in spellings() {
            assert!(Country::from_code_bytes(plain(name).as_bytes()).is_none_or(|other| other == country), "{name}");
        }
    }

    #[test]
    fn names_are_cut_into_no_more_parts_than_said() {
        for separator in [";", " "] {
            let most = spellings().map(|(name, _)| name.split(separator).count()).max();
            assert!(most <= Some(Country::most_parts(separator)), "{separator:?}");
        }
    }

    /// Labels of the citizenship choices of the XLSForm of HTCDS 2.0 and of CTDC's dictionaries that differ from the
    /// names of the United Nations.
    #[test]
    fn names_of_the_form_and_of_ctdc_are_read() {
        for (code, name) in [
            ("BO", "BOLIVIA"),
            ("CD", "Congo, Democratic Republic of the"),
            ("CD", "CONGO, THE DEMOCRATIC REPUBLIC OF THE"),
            ("CD", "Congo (Democratic Republic of the)"),
            ("CG", "Congo"),
            ("CI", "Côte d'Ivoire"),
            ("CI", "COTE DIVOIRE"),
            ("CW", "CURACAO"),
            ("CZ", "CZECH REPUBLIC"),
            ("FK", "Falkland Islands (Malvinas)"),
            ("GB", "UNITED KINGDOM"),
            ("HK", "HONG KONG, SAR OF CHINA"),
            ("KP", "KOREA, DEMOCRATIC PEOPLES REPUBLIC OF"),
            ("KP", "Korea (Democratic People's Republic of)"),
            ("KR", "Korea, Republic of"),
            ("KR", "Korea (Republic of)"),
            ("MD", "Moldova, Republic of"),
            ("MK", "MACEDONIA, THE FORMER YUGOSLAV REPUBLIC OF"),
            ("MO", "MACAU, SAR OF CHINA"),
            ("PS", "Palestine, State of"),
            ("RE", "REUNION"),
            ("SH", "Saint Helena, Ascension and Tristan da Cunha"),
            ("SH", "SAINT HELENA"),
            ("SJ", "Svalbard and Jan Mayen"),
            ("SZ", "SWAZILAND"),
            ("TR", "Turkey"),
            ("TW", "Taiwan, Province of China"),
            ("TZ", "Tanzania, United Republic of"),
            ("VA", "HOLY SEE (VATICAN CITY STATE)"),
            ("VE", "Venezuela (Bolivarian Republic of)"),
            ("VG", "Virgin Islands (British)"),
            ("VI", "VIRGIN ISLANDS, U.S."),
            ("WF", "Wallis and Futuna"),
        ] {
            assert_eq!(read(name), Some(code), "{name}");
        }
    }

    #[test]
    fn common_and_former_names_are_read() {
        for (code, name) in [
            ("CV", "Cape Verde"),
            ("CI", "Ivory Coast"),
            ("MK", "Macedonia"),
            ("TL", "Timor Leste"),
            ("GM", "The Gambia"),
            ("BS", "Bahamas, The"),
            ("LC", "St. Lucia"),
            ("ST", "São Tomé & Príncipe"),
            ("GW", "Guinea Bissau"),
            ("US", "U.S.A."),
            ("GB", "uk"),
            ("NA", "na"),
            ("XK", "Kosovo"),
            ("VN", "Viet Nam"),
        ] {
            assert_eq!(read(name), Some(code), "{name}");
        }
    }

    #[test]
    fn what_is_not_one_country_is_unlisted() {
        for text in [
            "",
            " ",
            "N/A",
            "n.a.",
            "Korea",
            "Virgin Islands",
            "Saint Martin",
            "Scotland",
            "Czechoslovakia",
            "Africa",
            "America",
            "Kenya, Nairobi",
            "Kenya or Uganda",
            "0",
            "00",
            "ZZ",
            "-99",
            "unknown",
            "stateless",
            "4",
            "0404",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
