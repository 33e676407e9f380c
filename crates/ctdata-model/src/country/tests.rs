//! Official codes are checked against `isocountry`, everything else against ISO 3166-3 and CTDC.

use proptest::prelude::*;

use super::*;

fn with_status(status: CountryStatus) -> Vec<&'static str> {
    let all = Country::ALL.iter();
    all.filter(|country| country.status() == status).map(|country| country.alpha2()).collect()
}

#[test]
fn official_codes_are_those_of_iso_3166_1() {
    let mut iso: Vec<_> = CountryCode::iter().collect();
    iso.sort_by_key(|code| code.alpha2());
    let official = with_status(CountryStatus::Official);
    assert_eq!(official.len(), 249);
    assert_eq!(official, iso.iter().map(|code| code.alpha2()).collect::<Vec<_>>());
    for code in iso {
        let country = Country::try_from(*code).unwrap();
        assert_eq!(country.alpha3(), Some(code.alpha3()));
        assert_eq!(country.m49().map(u32::from), Some(code.numeric_id()));
        assert_eq!(CountryCode::try_from(country), Ok(*code));
    }
}

#[test]
fn other_codes_are_marked_as_such() {
    assert_eq!(with_status(CountryStatus::UserAssigned), ["XK"]);
    assert_eq!(with_status(CountryStatus::Former), ["AN", "CS", "TP", "YU", "ZR"]);
    assert_eq!(with_status(CountryStatus::CtdcInternal), ["TB", "Y1", "Y2", "Y3"]);
    for (alpha2, alpha3) in [("XK", "XKX"), ("AN", "ANT"), ("CS", "SCG"), ("TP", "TMP"), ("YU", "YUG"), ("ZR", "ZAR")] {
        let country = Country::from_alpha2(alpha2).unwrap();
        assert_eq!(country.alpha3(), Some(alpha3));
        assert_eq!(Country::from_alpha3(alpha3), Some(country));
        assert_eq!(country.m49(), None);
        assert!(CountryCode::try_from(country).is_err());
    }
}

#[test]
fn each_code_is_read_in_any_case_and_its_own_only() {
    for (position, &country) in Country::ALL.iter().enumerate() {
        assert_eq!((country.index(), Country::from_index(position)), (position, Some(country)));
        let digits = country.m49().map(|number| format!("{number:03}"));
        for code in [Some(country.alpha2()), country.alpha3(), digits.as_deref()].into_iter().flatten() {
            for text in [code.to_owned(), code.to_lowercase(), format!(" {code} ")] {
                assert_eq!(text.parse(), Ok(country), "{text}");
            }
            assert_eq!(Country::from_code_bytes(code.as_bytes()), Some(country));
            assert_eq!(Country::from_code_bytes(format!(" {code}").as_bytes()), None);
        }
        assert_eq!(country.to_string(), country.alpha2());
        assert_eq!(Country::from_alpha2(country.alpha2()), Some(country));
        assert_eq!(country.alpha3().and_then(Country::from_alpha3), country.alpha3().map(|_| country));
        assert_eq!(country.m49().and_then(Country::from_m49), country.m49().map(|_| country));
        assert!(country.name().parse::<Country>().is_err(), "{}", country.name());
    }
    assert_eq!(Country::from_index(Country::ALL.len()), None);
    assert!(Country::ALL.is_sorted_by_key(|country| country.alpha2()));
    for text in ["", "K", "ZZ", "00", "0", "-99", "000", "999", "4", "04", "KÉ", "1AB", "K1", "XXA"] {
        assert_eq!(text.parse::<Country>(), Err(UnknownCode { list: "Country" }), "{text}");
    }
    assert_eq!((Country::from_m49(0), Country::from_m49(1000), Country::from_m49(u16::MAX)), (None, None, None));
}

#[test]
fn names_are_current_and_na_is_namibia() {
    let name = |code: &str| code.parse::<Country>().unwrap().name();
    assert_eq!(name("NA"), "Namibia");
    assert_eq!(name("SZ"), "Eswatini");
    assert_eq!(name("MK"), "North Macedonia");
    assert_eq!(name("TR"), "Türkiye");
    assert_eq!(name("CZE"), "Czechia");
    assert_eq!(name("XKX"), "Kosovo");
}

// Rows of the two dictionaries: 245 in 2017 with one for "unknown", 252 in 2022.
#[test]
fn dictionaries_of_ctdc_have_their_size() {
    let count = |is: fn(Country) -> bool| Country::ALL.iter().filter(|country| is(**country)).count();
    assert_eq!(count(Country::is_in_ctdc_2017), 244);
    assert_eq!(count(Country::is_in_ctdc_2022), 252);
}

#[test]
fn kosovo_and_internal_codes_are_published_under_another_country() {
    let published = |code: &str| code.parse::<Country>().unwrap().published_as().alpha2();
    assert_eq!(["XK", "Y1", "TB", "RS", "AN"].map(published), ["RS", "RS", "CN", "RS", "AN"]);
}

// Sizes in the M49 overview table of September 2024.
#[test]
fn groups_of_developing_countries_have_their_size() {
    let count = |is: fn(Country) -> bool| Country::ALL.iter().filter(|country| is(**country)).count();
    assert_eq!(count(Country::is_ldc), 45);
    assert_eq!(count(Country::is_lldc), 32);
    assert_eq!(count(Country::is_sids), 53);
    let nepal = Country::from_alpha2("NP").unwrap();
    assert!(nepal.is_ldc() && nepal.is_lldc() && !nepal.is_sids());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), short in "[A-Za-z0-9é]{0,4}") {
        let _ = text.parse::<Country>();
        let _ = Country::from_code_bytes(text.as_bytes());
        let read = short.parse::<Country>().ok();
        let brute = Country::ALL.iter().copied().find(|country| {
            let digits = country.m49().map(|number| format!("{number:03}"));
            let codes = [Some(country.alpha2()), country.alpha3(), digits.as_deref()];
            codes.into_iter().flatten().any(|code| code.eq_ignore_ascii_case(&short))
        });
        prop_assert_eq!(read, brute);
    }
}

#[cfg(feature = "serde")]
#[test]
fn json_is_alpha_2_and_reads_alpha_3() {
    for &country in Country::ALL {
        let json = serde_json::to_string(&country).unwrap();
        assert_eq!(json, format!("\"{}\"", country.alpha2()));
        assert_eq!(serde_json::from_str::<Country>(&json).unwrap(), country);
    }
    let kenya = serde_json::from_str::<Country>("\"KEN\"").unwrap();
    assert_eq!(kenya.alpha2(), "KE");
    for json in ["\"Q7\"", "4711"] {
        let error = serde_json::from_str::<Country>(json).unwrap_err().to_string();
        assert!(!error.contains("Q7") && !error.contains("4711"), "{error}");
    }
}
