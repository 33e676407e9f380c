//! Published choices of models, and properties of all methods.

use super::tables::{PUBLISHED, published, table};
use super::*;
use crate::interval::Level;

fn silent() -> Control {
    Control::default()
}

/// Chan, Silverman and Vincent (2021), the UK five-list table: the path, each figure to its last printed digit.
#[test]
fn the_stepwise_path_of_the_uk_is_met() {
    let found = stepwise(&published("uk_2013_five_lists"), STEPWISE_THRESHOLD, &silent()).unwrap();
    let path = [
        ("LA:NG", 2.1845e-7, 5e-12, 14_217.810),
        ("NG:GP", 2.1828e-5, 5e-10, 13_477.493),
        ("PFNCA:GP", 1.1101e-4, 5e-9, 12_364.921),
        ("LA:PFNCA", 3.8675e-4, 5e-9, 13_100.843),
        ("GO:GP", 1.34263e-3, 5e-9, 12_262.412),
        ("NG:GO", 0.017_003_0, 5e-8, 11_312.990),
    ];
    assert_eq!(found.entries.len(), path.len());
    for (entry, (named, p_value, digit, estimate)) in found.entries.iter().zip(path) {
        assert_eq!(entry.named, named);
        assert!((entry.p_value - p_value).abs() <= digit, "{named}: p {}", entry.p_value);
        assert!((entry.estimate - estimate).abs() < 5e-4, "{named}: {}", entry.estimate);
    }
    let chosen = found.chosen.as_ref().unwrap();
    assert_eq!(chosen.parameters, 12);
    assert!((chosen.estimate - 11_312.990).abs() < 5e-4);
    assert!((chosen.aic - 127.5986).abs() < 5e-5 && (chosen.bic - 198.6047).abs() < 5e-5);
    assert!((chosen.deviance - 16.3514).abs() < 5e-5);
    let interval = found.finding(Level::P95).interval.unwrap();
    assert!((interval.low - 9_884.40).abs() < 5e-3 && (interval.high - 13_027.40).abs() < 5e-3);
}

/// Chan, Silverman and Vincent (2021), section 4, and the later table of New Orleans with one person more.
#[test]
fn other_published_stepwise_choices_are_met() {
    for (name, entered, estimate, digit) in [
        ("new_orleans_eight_lists_n185", &["D:E"][..], 1_184.0, 0.5),
        ("western_us_five_lists", &["A:E"], 2_483.0, 0.5),
        ("new_orleans_five_lists_n185", &[], 1_034.0, 0.5),
        ("new_orleans_eight_lists_n186", &["D:E"], 1_110.488, 5e-4),
        ("korea_three_lists", &["b:c"], 268.7778, 5e-5),
    ] {
        let found = stepwise(&published(name), STEPWISE_THRESHOLD, &silent()).unwrap();
        let names: Vec<&str> = found.entries.iter().map(|entry| entry.named.as_str()).collect();
        assert_eq!(names, entered, "{name}");
        let chosen = found.chosen.unwrap();
        assert!((chosen.estimate - estimate).abs() < digit, "{name}: {}", chosen.estimate);
    }
}
