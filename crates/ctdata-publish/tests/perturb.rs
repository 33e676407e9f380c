//! Each method of perturbation through a plan, on a small table, and what its statement says.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ctdata_model::{Layout, Simulator, write_cases};
use ctdata_privacy::{PerturbationDetails, PerturbationMethod};
use ctdata_publish::{Account, Plan, PublishError, Publisher, Randomness};
use ctdata_table::Control;

/// Nine ages in three groups, days from 1 to 9, two regions, and who was in debt.
const ROWS: [(u32, u32, &str, &str); 9] = [
    (1, 4, "north", "yes"),
    (2, 9, "south", "no"),
    (3, 2, "north", "no"),
    (10, 7, "south", "yes"),
    (11, 5, "north", "no"),
    (12, 1, "north", "yes"),
    (50, 8, "south", "no"),
    (51, 3, "north", "no"),
    (52, 6, "south", "yes"),
];

fn input() -> String {
    let mut text = String::from("age,days,region,debt\n");
    for (age, days, region, debt) in ROWS {
        let _ = writeln!(text, "{age},{days},{region},{debt}");
    }
    text
}

/// A plan that takes the columns named here for quasi-identifiers, and releases the others.
fn plan(quasi: &[&str], k: u32, perturb: &str) -> String {
    let mut text = String::from("format_version = 1\n[input]\nformat = \"csv\"\n");
    for name in ["age", "days", "region", "debt"] {
        let role = if quasi.contains(&name) { "quasi-identifier" } else { "released" };
        let _ = write!(text, "[[attribute]]\nname = \"{name}\"\nrole = \"{role}\"\n");
        // Values that are drawn are values of the plan.
        match name {
            _ if !perturb.contains("pram") => {}
            "region" => text.push_str("order = [\"north\", \"south\"]\n"),
            "debt" => text.push_str("order = [\"no\", \"yes\"]\n"),
            _ => {}
        }
    }
    let _ = write!(text, "[[anonymize.model]]\nkind = \"k-anonymity\"\nk = {k}\n{perturb}\n");
    text
}

/// The account, and the columns of the output.
type Made = (Account, BTreeMap<String, Vec<String>>);

fn run_on(input: &str, plan: &str, randomness: Option<Randomness>) -> Result<Made, PublishError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("survey.csv");
    fs::write(&path, input).unwrap();
    let publisher = Publisher { plan: Some(plan.parse()?), randomness, ..Publisher::default() };
    let made = publisher.anonymize(&path, &Control::default())?;
    let mut output = Vec::new();
    made.write(&mut output, &Control::default()).unwrap();
    let text = String::from_utf8(output).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let rows: Vec<Vec<&str>> = lines.collect();
    let column = |at: usize| rows.iter().map(|row| row[at].to_owned()).collect();
    let columns = header.iter().enumerate().map(|(at, name)| ((*name).to_owned(), column(at))).collect();
    Ok((made.account, columns))
}

fn run(plan: &str, randomness: Option<Randomness>) -> Result<Made, PublishError> {
    run_on(&input(), plan, randomness)
}

fn seeded(plan: &str) -> Made {
    run(plan, Some(Randomness::from_seed(7))).unwrap()
}

fn sorted(values: &[String]) -> Vec<String> {
    let mut values = values.to_vec();
    values.sort();
    values
}

#[test]
fn both_kinds_of_microaggregation_find_the_groups_of_the_example() {
    for method in ["microaggregation", "optimal-microaggregation"] {
        let perturb = format!("[[perturb]]\nmethod = \"{method}\"\nattributes = [\"age\"]\nk = 3\n");
        let (account, columns) = run(&plan(&["age"], 3, &perturb), None).unwrap();
        assert_eq!(sorted(&columns["age"]), ["11", "11", "11", "2", "2", "2", "51", "51", "51"], "{method}");
        // Without perturbation each age is alone; with it nobody is left out.
        assert_eq!((account.risk_before.uniques, account.suppressed), (9, 0));
        assert_eq!(account.perturbation[0].changed_cells, 6);
        let words = account.statement.to_plain_words();
        assert!(words.contains("whoever knows age (as perturbed) of a person"), "{words}");
        assert!(words.contains("group of at least 3 similar records"), "{words}");
        assert!(words.contains("What someone finds who knows the true ones was not counted"), "{words}");
    }
    let median = "[[perturb]]\nmethod = \"microaggregation\"\nattributes = [\"age\", \"days\"]\nk = 9\n\
        replacement = \"median\"\n";
    let (_, columns) = run(&plan(&["age"], 3, median), None).unwrap();
    assert_eq!((&columns["age"][0], &columns["days"][0]), (&"11".to_owned(), &"5".to_owned()));
    let digits = "[[perturb]]\nmethod = \"microaggregation\"\nattributes = [\"age\"]\nk = 9\ndigits = 2\n";
    // 192 / 9
    assert_eq!(run(&plan(&["age"], 3, digits), None).unwrap().1["age"][0], "21.33");
}

#[test]
fn top_and_bottom_coding_join_extreme_values_one_after_the_other() {
    let perturb = "[[perturb]]\nmethod = \"top-coding\"\nattributes = [\"age\"]\nfrom = 50\n\
        replacement = \"threshold\"\n\
        [[perturb]]\nmethod = \"bottom-coding\"\nattributes = [\"age\"]\nto = \"3\"\nlabel = \"young\"\n";
    let (account, columns) = run(&plan(&["region"], 2, perturb), None).unwrap();
    assert_eq!(sorted(&columns["age"]), ["10", "11", "12", "50", "50", "50", "young", "young", "young"]);
    let changed: Vec<_> = account.perturbation.iter().map(|report| report.changed_cells).collect();
    assert_eq!(changed, [2, 3]);
    let descriptions: Vec<_> = account.statement.perturbed.iter().map(|entry| entry.description.as_str()).collect();
    assert_eq!(descriptions, ["Values of age from 50 on were joined.", "Values of age up to 3 were joined."]);
    // No quasi-identifier is perturbed: possible matches are counted with true values.
    assert!(!account.statement.to_plain_words().contains("as perturbed"));
    assert!(account.statement.verified.checks[0].starts_with("Values of age were perturbed before all else"));
}

#[test]
fn rounding_leaves_multiples_and_draws_only_if_asked_to() {
    let perturb = |random: bool| {
        let text = format!(
            "[[perturb]]\nmethod = \"rounding\"\nattributes = [\"age\", \"days\"]\nbase = 5\nrandom = {random}\n"
        );
        plan(&["region"], 2, &text)
    };
    let (account, columns) = run(&perturb(false), None).unwrap();
    assert_eq!(sorted(&columns["age"]), ["0", "0", "10", "10", "10", "5", "50", "50", "50"]);
    assert_eq!(account.perturbation.len(), 2);
    let (account, columns) = seeded(&perturb(true));
    assert!(columns["age"].iter().chain(&columns["days"]).all(|cell| cell.parse::<u32>().unwrap() % 5 == 0));
    assert!(account.statement.perturbed.iter().all(|entry| entry.method == PerturbationMethod::RandomRounding));
}

#[test]
fn rank_swapping_keeps_the_values_of_a_column() {
    let perturb = "[[perturb]]\nmethod = \"rank-swapping\"\nattributes = [\"age\", \"days\"]\npercent = 50.0\n";
    let (account, columns) = seeded(&plan(&["region"], 2, perturb));
    let before = |of: fn(&(u32, u32, &str, &str)) -> u32| {
        sorted(&ROWS.iter().map(|row| of(row).to_string()).collect::<Vec<_>>())
    };
    assert_eq!(sorted(&columns["age"]), before(|row| row.0));
    assert_eq!(sorted(&columns["days"]), before(|row| row.1));
    assert!(account.perturbation[0].changed_cells > 0);
    assert!(account.statement.perturbed[0].description.contains("differ by at most 50 %"));
}

#[test]
fn a_matrix_of_the_plan_names_its_values_in_any_order() {
    let matrix = |rows: &str| {
        let text = format!(
            "[[perturb]]\nmethod = \"pram\"\nattributes = [\"region\"]\nvalues = [\"south\", \"north\"]\nmatrix = {rows}\n"
        );
        plan(&["region"], 1, &text)
    };
    // Everything becomes the first value named, which is the second of the domain.
    let (_, columns) = seeded(&matrix("[[1, 0], [1, 0]]"));
    assert!(columns["region"].iter().all(|cell| cell == "south"));
    let (account, columns) = seeded(&matrix("[[0.0, 1.0], [1.0, 0.0]]"));
    assert_eq!(columns["region"].iter().filter(|cell| *cell == "south").count(), 5);
    let published = &account.statement.perturbed[0].matrices[0];
    assert_eq!(published.categories.len(), 2);
    assert!((published.matrix.probability(0, 1) - 1.0).abs() < 1e-12);
    assert!(account.statement.to_plain_words().contains("## Probabilities of region"));
}

#[test]
fn a_matrix_from_frequencies_stays_in_the_house() {
    let perturb =
        "[[perturb]]\nmethod = \"pram\"\nattributes = [\"debt\"]\nretention = 0.8\nmixing = 0.5\nwithin = \"region\"\n";
    let (account, _) = seeded(&plan(&["region"], 2, perturb));
    let entry = &account.statement.perturbed[0];
    assert!(entry.matrices.is_empty() && entry.description.contains("not released"), "{entry:?}");
    let PerturbationDetails::Pram(report) = &account.perturbation[0].details else { panic!() };
    assert_eq!((report.matrices.len(), report.independent_of_data), (2, false));
}

#[test]
fn values_are_drawn_from_what_the_plan_names_not_from_the_file() {
    let rare = format!("{}70,2,islet,no\n", input());
    let perturb = "[[perturb]]\nmethod = \"pram\"\nattributes = [\"region\"]\nretention = 0.5\n";
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("survey.csv"), folder.path().join("release"));
    fs::write(&path, rare).unwrap();
    let publish = |order: &str| {
        let text = plan(&["region"], 2, perturb).replace("order = [\"north\", \"south\"]\n", order);
        let randomness = Some(Randomness::from_entropy([3; 32]));
        let publisher = Publisher { plan: Some(text.parse()?), replace: true, randomness, ..Publisher::default() };
        publisher.publish(&path, &out, &Control::default())
    };
    let error = publish("").unwrap_err().to_string();
    assert!(error.ends_with("`region` takes its values from the file; `order` names them all in the plan"), "{error}");
    assert!(!error.contains("islet") && !out.exists());
    let account = publish("order = [\"north\", \"south\", \"islet\"]\n").unwrap();
    assert_eq!(account.statement.perturbed[0].matrices[0].categories.len(), 3);
    assert!(fs::read_to_string(out.join("README.md")).unwrap().contains("| islet |"));
}

#[test]
fn the_mean_of_one_extreme_value_is_not_released() {
    let coding = |from: u32| {
        let perturb = format!(
            "[[perturb]]\nmethod = \"top-coding\"\nattributes = [\"age\"]\nfrom = {from}\nreplacement = \"mean\"\n"
        );
        run(&plan(&["region"], 2, &perturb), None)
    };
    let error = coding(52).unwrap_err().to_string();
    assert!(error.ends_with("the mean of fewer than 3 records gives their values away"), "{error}");
    assert!(coding(50).is_ok());
}

#[test]
fn the_same_randomness_gives_the_same_bytes_and_a_seed_is_told() {
    let perturb = "[[perturb]]\nmethod = \"pram\"\nattributes = [\"region\", \"debt\"]\nretention = 0.5\n\
        [[perturb]]\nmethod = \"rank-swapping\"\nattributes = [\"age\"]\npercent = 100\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("survey.csv");
    fs::write(&path, input()).unwrap();
    let plan: Plan = plan(&["region"], 2, perturb).parse().unwrap();
    let publish = |name: &str, randomness| {
        let out = folder.path().join(name);
        let publisher = Publisher { plan: Some(plan.clone()), randomness: Some(randomness), ..Publisher::default() };
        let account = publisher.publish(&path, &out, &Control::default()).unwrap();
        let read = |file: &str| fs::read(out.join(file)).unwrap();
        (account, [read("data.csv"), read("statement.json"), read("README.md")])
    };
    let (account, first) = publish("a", Randomness::from_seed(1));
    assert_eq!(first, publish("b", Randomness::from_seed(1)).1);
    assert_ne!(first[0], publish("c", Randomness::from_seed(2)).1[0]);
    assert!(account.remarks.iter().any(|remark| remark.contains("seed")), "{:?}", account.remarks);
    let readme = String::from_utf8(first[2].clone()).unwrap();
    assert!(readme.contains("follows from a seed"), "{readme}");
    let statement = String::from_utf8(first[1].clone()).unwrap();
    assert!(statement.contains("\"repeatable\": true"));

    let (account, drawn) = publish("d", Randomness::from_entropy([9; 32]));
    assert_eq!(drawn, publish("e", Randomness::from_entropy([9; 32])).1);
    assert!(!String::from_utf8(drawn[2].clone()).unwrap().contains("seed"));
    assert!(!account.remarks.iter().any(|remark| remark.contains("seed")));
    assert!(!format!("{:?}", Randomness::from_entropy([213; 32])).contains("213"));
}

#[test]
fn the_account_tells_what_was_perturbed() {
    let perturb = "[[perturb]]\nmethod = \"rounding\"\nattributes = [\"age\"]\nbase = 10\n";
    let (account, _) = run(&plan(&["region"], 2, perturb), None).unwrap();
    let markdown = account.to_markdown();
    assert!(markdown.contains("| nearest-rounding | age | 7 |"), "{markdown}");
    let json = serde_json::to_value(&account).unwrap();
    assert_eq!(json["perturbation"][0]["details"]["rounding"]["base"], 10);
    let (account, _) = run(&plan(&["region"], 2, ""), None).unwrap();
    let json = serde_json::to_value(&account).unwrap();
    assert!(json.get("perturbation").is_none() && json["statement"].get("perturbed").is_none());
    assert!(!account.to_markdown().contains("perturbed"));
}

#[test]
fn values_that_perturbation_made_need_a_hierarchy_that_takes_them() {
    let with = |hierarchy: &str, method: &str| {
        format!(
            "format_version = 1\n[input]\nformat = \"csv\"\n[[attribute]]\nname = \"age\"\nrole = \"quasi-identifier\"\n\
             hierarchy = {hierarchy}\n[anonymize]\nsuppression_limit = 0.1\n[[anonymize.model]]\n\
             kind = \"k-anonymity\"\nk = 3\n[[perturb]]\nattributes = [\"age\"]\n{method}\n"
        )
    };
    let leaves: Vec<String> = ROWS.iter().map(|row| format!("[\"{}\", \"*\"]", row.0)).collect();
    let tree = format!("{{ tree = [{}] }}", leaves.join(","));
    let error = run(&with(&tree, "method = \"rounding\"\nbase = 7"), None).unwrap_err().to_string();
    assert_eq!(
        error,
        "plan: `age`: perturbation makes 4 values that its hierarchy does not have; let its hierarchy be one of \
         intervals, which take any number, or give it none"
    );
    let intervals = "{ intervals = [10, 20, 60] }";
    let (account, columns) = run(&with(intervals, "method = \"rounding\"\nbase = 7"), None).unwrap();
    assert_eq!((account.suppressed, columns["age"].len()), (0, 9));
    // Swapped values are values of the file.
    let swap = with(&tree, "method = \"rank-swapping\"\npercent = 50");
    assert!(run(&swap, Some(Randomness::from_seed(1))).is_ok());
    // Names have no intervals.
    let error = run(&with(intervals, "method = \"top-coding\"\nfrom = 50"), None).unwrap_err().to_string();
    assert!(
        error.starts_with("plan: attribute `age`: hierarchy: ") && error.ends_with("of the values after perturbation"),
        "{error}"
    );
    // What the hierarchy misses anyway is reported as ever.
    let error = run(&with("{ tree = [[\"1\", \"*\"]] }", "method = \"rounding\"\nbase = 7"), None).unwrap_err();
    assert!(matches!(error, PublishError::Table(ctdata_table::TableError::HierarchyMisses(_))), "{error}");
}

#[test]
fn what_makes_no_sense_is_refused_in_a_sentence() {
    let cases = [
        ("method = \"noise\"\nattributes = [\"age\"]", "unknown variant `noise`"),
        ("method = \"rounding\"\nattributes = [\"age\"]\nbase = 5\npercent = 2.0", "unknown field `percent`"),
        ("method = \"rounding\"\nattributes = [\"age\"]", "missing field `base`"),
        ("method = \"rounding\"\nattributes = []\nbase = 5", "1 (rounding): attributes names at least one"),
        ("method = \"rounding\"\nattributes = [\"age\", \"age\"]\nbase = 5", "`age` is given twice"),
        ("method = \"rounding\"\nattributes = [\"age\"]\nbase = 0", "1 (rounding): base: it is a positive number"),
        ("method = \"rounding\"\nattributes = [\"region\"]\nbase = 2", "1 (rounding): attribute: `region`"),
        ("method = \"rounding\"\nattributes = [\"agge\"]\nbase = 2", "`agge`"),
        ("method = \"rounding\"\nattributes = [\"secret\"]\nbase = 2", "`secret` has no role that is released"),
        ("method = \"microaggregation\"\nattributes = [\"age\"]\nk = 0", "k: a group has at least one record"),
        ("method = \"microaggregation\"\nattributes = [\"region\"]\nk = 2\nreplacement = \"mean\"", "is not numeric"),
        ("method = \"microaggregation\"\nattributes = [\"age\"]\nk = 2\nreplacement = \"mode\"\ndigits = 1", "digits"),
        ("method = \"optimal-microaggregation\"\nattributes = [\"age\", \"days\"]\nk = 2", "for one attribute"),
        ("method = \"pram\"\nattributes = [\"region\"]", "either matrix, or retention"),
        ("method = \"pram\"\nattributes = [\"region\"]\nmixing = 0.5", "either matrix, or retention"),
        ("method = \"pram\"\nattributes = [\"region\"]\nretention = 1.5", "1 (pram): retention"),
        ("method = \"pram\"\nattributes = [\"region\"]\nretention = 0.5\nwithin = \"region\"", "is randomized itself"),
        ("method = \"pram\"\nattributes = [\"region\"]\nretention = 0.5\nwithin = \"secret\"", "`secret` has no role"),
        ("method = \"pram\"\nattributes = [\"region\"]\nmatrix = [[1.0]]", "needs values"),
        ("method = \"pram\"\nattributes = [\"region\"]\nmatrix = [[0.5]]\nvalues = [\"north\"]", "does not sum to 1"),
        ("method = \"pram\"\nattributes = [\"region\"]\nmatrix = [[1.0]]\nvalues = [\"a\", \"b\"]", "names 2"),
        ("method = \"pram\"\nattributes = [\"region\"]\nmatrix = [[1.0]]\nvalues = [\"north\"]", "does not name"),
        (
            "method = \"pram\"\nattributes = [\"region\"]\nvalues = [\"north\", \"south\", \"east\"]\n\
             matrix = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]",
            "has no value `east`",
        ),
        ("method = \"top-coding\"\nattributes = [\"region\"]\nfrom = \"north\"", "`region` has no order"),
        ("method = \"top-coding\"\nattributes = [\"age\"]\nfrom = \"old\"", "threshold: `old` is not written"),
        ("method = \"top-coding\"\nattributes = [\"age\"]\nfrom = 50\nreplacement = \"mean\"\nlabel = \"x\"", "label"),
        ("method = \"top-coding\"\nattributes = [\"age\"]\nto = 50", "unknown field `to`"),
        ("method = \"rank-swapping\"\nattributes = [\"age\"]\npercent = 0.0", "percent: it is above 0"),
    ];
    let secret: String = input()
        .lines()
        .zip(0..)
        .map(|(line, at)| match at {
            0 => format!("{line},secret\n"),
            _ => format!("{line},{at}\n"),
        })
        .collect();
    for (perturb, expected) in cases {
        let text = plan(
            &["region"],
            2,
            &format!("[[attribute]]\nname = \"secret\"\nrole = \"dropped\"\n[[perturb]]\n{perturb}\n"),
        );
        let error = run_on(&secret, &text, Some(Randomness::from_seed(1))).unwrap_err().to_string();
        assert!(error.contains(expected), "{perturb}: {error}");
    }
}

#[test]
fn chance_needs_randomness_and_nothing_else_does() {
    for method in ["pram\"\nretention = 0.5", "rank-swapping\"\npercent = 10", "rounding\"\nbase = 5\nrandom = true"] {
        let perturb = format!("[[perturb]]\nattributes = [\"age\"]\nmethod = \"{method}\n");
        let error = run(&plan(&["region"], 2, &perturb), None).unwrap_err().to_string();
        assert!(error.contains("draws by chance and needs randomness"), "{error}");
    }
}

#[test]
fn a_population_is_not_compared_with_perturbed_values() {
    let text = plan(&["age"], 2, "[[perturb]]\nmethod = \"rounding\"\nattributes = [\"age\"]\nbase = 5\n")
        .replacen("[[attribute]]", "[anonymize]\nmethod = \"generalization\"\n[[attribute]]", 1)
        .replace("[[perturb]]", "[[anonymize.model]]\nkind = \"k-map\"\nk = 2\npopulation = \"all.csv\"\n[[perturb]]");
    let error = run(&text, None).unwrap_err().to_string();
    assert_eq!(error, "plan: `age` is perturbed, and cannot be compared with the true values of a population");
}

#[test]
fn perturbed_case_attributes_are_written_by_their_labels_and_not_counted() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("cases.csv"), folder.path().join("release"));
    let control = Control::default();
    let cases = Simulator::new(1).cases(Layout::named("ctdc-synthetic-2021").unwrap(), 2_000).unwrap();
    write_cases(&cases, fs::File::create(&input).unwrap(), &control).unwrap();
    let publish = |perturb: &str, out: &Path| {
        let plan = format!(
            "format_version = 1\n[[attribute]]\nname = \"yearOfRegistration\"\nrole = \"quasi-identifier\"\n\
             [[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n{perturb}"
        );
        let publisher = Publisher {
            plan: Some(plan.parse().unwrap()),
            randomness: Some(Randomness::from_seed(4)),
            ..Publisher::default()
        };
        publisher.publish(&input, out, &control).unwrap()
    };
    let top = "[[perturb]]\nmethod = \"top-coding\"\nattributes = [\"yearOfRegistration\"]\nfrom = 2010\n";
    let account = publish(top, &out);
    assert_eq!(account.statement.perturbed[0].attributes, ["year_of_registration"]);
    assert!(fs::read_to_string(out.join("data.csv")).unwrap().contains("2010+"));
    let tables = fs::read_to_string(out.join("tables.csv")).unwrap();
    assert!(!tables.contains("2010") && tables.contains("gender"), "{tables}");
    // PRAM keeps the domain, so that figures are computed from the released values.
    let pram = "[[perturb]]\nmethod = \"pram\"\nattributes = [\"gender\"]\nretention = 0.9\n";
    let account = publish(pram, &folder.path().join("pram"));
    let matrix = &account.statement.perturbed[0].matrices[0];
    assert_eq!(matrix.categories.len(), matrix.matrix.size());
}
