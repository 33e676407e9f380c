use super::super::Evaluator;
use super::svg::escaped;
use crate::testing::{flags, texts};
use ctdata_table::{Control, Table};
use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;

use super::Evaluation;

fn evaluated(original: &Table, released: &Table, holdout: Option<&Table>) -> Evaluation {
    let evaluator = Evaluator { k: 2, attack_targets: 20, distance_targets: 20, ..Evaluator::default() };
    evaluator.run(original, released, holdout, &mut ChaCha20Rng::seed_from_u64(3), &Control::default()).unwrap()
}

fn tables() -> (Table, Table) {
    (
        texts(&[("a|<b>", &["x", "x", "y", "z", "-"]), ("c&\"d\"", &["1", "1", "2", "2", "1"])]),
        texts(&[("a|<b>", &["x", "y", "y", "w"]), ("c&\"d\"", &["1", "1", "-", "2"])]),
    )
}

/// Checks that a document is one element of balanced tags with quoted attributes and escaped text.
fn check_xml(document: &str) -> Result<usize, String> {
    let mut open: Vec<String> = Vec::new();
    let mut elements = 0;
    let mut rest = document.trim_end();
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        if text.contains('>') || (open.is_empty() && !text.trim().is_empty()) {
            return Err(format!("stray text {text:?}"));
        }
        for entity in text.split('&').skip(1) {
            if !["amp;", "lt;", "gt;", "quot;"].iter().any(|known| entity.starts_with(known)) {
                return Err(format!("a bare ampersand before {entity:?}"));
            }
        }
        let end = start + rest[start..].find('>').ok_or("a tag without end")?;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop().as_deref() != Some(name) {
                return Err(format!("unbalanced {name}"));
            }
        } else {
            elements += 1;
            if !tag.matches('"').count().is_multiple_of(2) || tag.contains('<') {
                return Err(format!("an open quote in {tag:?}"));
            }
            let name = tag.split_whitespace().next().unwrap_or_default();
            if !tag.ends_with('/') {
                open.push(name.to_owned());
            }
        }
        if open.is_empty() && !rest.is_empty() {
            return Err("more than one element".to_owned());
        }
    }
    if open.is_empty() { Ok(elements) } else { Err(format!("not closed: {open:?}")) }
}

#[test]
fn the_checker_finds_what_is_broken() {
    assert_eq!(check_xml("<a><b x=\"1\"/>t &amp; u</a>"), Ok(2));
    for broken in ["<a>", "<a></b>", "<a x=\"1></a>", "<a>&</a>", "<a/><b/>", "<a>></a>"] {
        assert!(check_xml(broken).is_err(), "{broken}");
    }
}

#[test]
fn plots_are_well_formed_and_have_figures() {
    let (original, released) = tables();
    let none = texts(&[("a|<b>", &[]), ("c&\"d\"", &[])]);
    for (original, released) in [(&original, &released), (&original, &none), (&none, &released), (&none, &none)] {
        for plot in evaluated(original, released, None).plots() {
            assert!(check_xml(&plot.svg).unwrap() > 10, "{}", plot.name);
            assert!(!plot.svg.contains("NaN") && !plot.svg.contains("inf"), "{}", plot.name);
        }
    }
    assert_eq!(escaped("a<b> & \"c\"\u{1}"), "a&lt;b&gt; &amp; &quot;c&quot; ");
}

#[test]
fn reports_say_that_they_are_internal_and_keep_values_to_themselves() {
    let (original, released) = tables();
    let report = evaluated(&original, &released, None);
    let (text, markdown) = (report.to_plain_text(), report.to_markdown());
    for report in [&text, &markdown] {
        assert!(report.contains("internal: holds figures of the original"));
        assert!(report.contains("not a privacy guarantee") && report.contains("no hold-out"));
        assert!(!report.contains("NaN"));
    }
    assert!(markdown.contains("a\\|\\<b\\>") && markdown.starts_with("# Evaluation\n"));
    // Every row of a table has as many cells as its header.
    let mut cells = 0;
    for line in markdown.lines() {
        let bars = line.replace("\\|", "").matches('|').count();
        assert!(cells == 0 || bars == 0 || bars == cells, "{line}");
        cells = bars;
    }
    assert_eq!(
        format!("{report:?} {:?}", report.marginals),
        "Evaluation { .. } [MarginalDistance { .. }, MarginalDistance { .. }]"
    );
}

#[cfg(feature = "serde")]
#[test]
fn the_promised_fields_are_there() {
    let (original, released) = tables();
    let report = evaluated(&original, &released, Some(&original));
    let json = serde_json::to_value(&report).unwrap();
    for field in ["length", "mean_tvd", "max_tvd"] {
        assert!(json["marginals"][0].get(field).is_some(), "{field}");
    }
    for field in ["preservation", "fabricated", "leakage", "attacks", "notice"] {
        assert!(json.get(field).is_some_and(|value| !value.is_null()), "{field}");
    }
    assert_eq!(serde_json::from_value::<Evaluation>(json).unwrap(), report);
}

#[test]
#[expect(clippy::float_cmp, reason = "equal shares have no rounding")]
fn a_table_and_itself_are_as_near_as_can_be() {
    let table = flags(&[&[1, 1, 1, 0, 2, 1], &[1, 1, 2, 1, 2, 1], &[0, 0, 1, 1, 1, 0]]);
    let report = evaluated(&table, &table, None);
    assert!(report.marginals.iter().all(|one| one.max_tvd == 0.0 && one.score == 1000.0));
    assert_eq!((report.preservation.preserved, report.fabricated), (Some(1.0), Some(0.0)));
    let attacks = report.attacks.unwrap();
    let closeness = attacks.closeness.unwrap();
    assert_eq!((closeness.released.median, closeness.released.share_zero), (0.0, 1.0));
    assert_eq!(attacks.disclosure.exact_matches.share, Some(1.0));
}
