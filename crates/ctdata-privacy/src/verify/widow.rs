//! The blank that hides nobody: a record whose cell was blanked has many look-alikes by wildcard, and whoever
//! knows the true value still finds it alone.

use ctdata_table::{Control, Table};

use crate::anonymize::{Draft, DraftColumn, blanked};
use crate::recode::{Meaning, RecodedColumn};
use crate::statement::Mechanism;
use crate::testing::texts;
use crate::{MissingSemantics, Unverified, frequencies};

/// Five people, of whom the fifth is marked `fifth`; its cell is blanked.
fn released(fifth: &str) -> Unverified<Table> {
    let columns: [(&str, &[&str]); 3] = [
        ("region", &["A"; 5]),
        ("age", &["30-49"; 5]),
        ("marital", &["Single", "Married", "Married", "Single", fifth]),
    ];
    let input = texts(&columns);
    let column = |(position, (name, _)): (usize, &(&str, _))| {
        let (attribute, column) = (&input.schema().attributes()[position], &input.columns()[position]);
        let blank = [false, false, false, false, *name == "marital"];
        let (attribute, column) = blanked(attribute, column, &blank);
        let meanings = (0u16..).take(attribute.domain().len()).map(|code| Meaning::Node { level: 0, code }).collect();
        let hierarchy = ctdata_table::Hierarchy::of(attribute.domain().clone());
        let recoded = RecodedColumn { attribute, column, meanings };
        DraftColumn { name: (*name).to_owned(), hierarchy, recoded, level: Some(0), is_quasi: true }
    };
    let draft = Draft {
        mechanism: Mechanism::LocalSuppression,
        columns: columns.iter().enumerate().map(column).collect(),
        input: &input,
        combinations: Vec::new(),
        others: Vec::new(),
        blankable: vec!["region".into(), "age".into(), "marital".into()],
        kept: (0..5).collect(),
        models: Vec::new(),
        k: 2,
        mutual_k: None,
        population: None,
    };
    draft.finish(&Control::default()).unwrap()
}

/// The data of the thread sdcMicro #225, where it passes for 2-anonymous.
#[test]
fn the_widow_is_not_released() {
    let names = ["region", "age", "marital"].map(|name| (name, MissingSemantics::Wildcard));
    // The true value is in the source, or nobody recorded it.
    for fifth in ["Widow", "-"] {
        let output = released(fifth);
        let counted = frequencies(output.working_copy(), &names, &Control::default()).unwrap();
        assert_eq!(counted, [3.0, 3.0, 3.0, 3.0, 5.0]);
        let refused = output.verify(&Control::default()).unwrap_err().to_string();
        let message = "not verified: the attacker view requires 2 candidates or none, but 1 combinations of values have \
                       fewer, down to 1";
        assert_eq!(refused, message);
    }
    // Somebody who is married could be one of three.
    let verified = released("Married").verify(&Control::default()).unwrap();
    assert_eq!(verified.statement().verified.attacker_view_smallest, Some(3));
}

/// A column where all recorded values are the same says nothing of a value that was not recorded.
#[test]
fn a_single_known_value_is_not_that_of_everybody() {
    let input = texts(&[("marital", &["Married", "Married", "Married", "-"])]);
    let (attribute, column) = (&input.schema().attributes()[0], &input.columns()[0]);
    let recoded = RecodedColumn {
        attribute: attribute.clone(),
        column: column.clone(),
        meanings: vec![Meaning::Node { level: 0, code: 0 }],
    };
    let hierarchy = ctdata_table::Hierarchy::of(attribute.domain().clone());
    let draft = Draft {
        mechanism: Mechanism::LocalSuppression,
        columns: vec![DraftColumn { name: "marital".into(), hierarchy, recoded, level: Some(0), is_quasi: true }],
        input: &input,
        combinations: Vec::new(),
        others: Vec::new(),
        blankable: vec!["marital".into()],
        kept: (0..4).collect(),
        models: Vec::new(),
        k: 2,
        mutual_k: None,
        population: None,
    };
    let refused = draft.finish(&Control::default()).unwrap().verify(&Control::default()).unwrap_err().to_string();
    assert!(refused.contains("the attacker view requires 2 candidates or none"), "{refused}");
}
