//! Every plan of the page on plans and of the examples is read, and runs on data that suit it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use ctdata_model::htcds::{FlatOptions, write_flat};
use ctdata_model::{Layout, Simulator, write_cases};
use ctdata_privacy::SynthesisMethod;
use ctdata_publish::{Account, Clock, Plan, Publisher, Randomness, TABLES_FILE, TABLES_STATEMENT_FILE};
use ctdata_table::Control;

const PAGE: &str = include_str!("../src/plans.md");

/// A folder with simulated cases, a survey of 400 persons, the hierarchy of its towns and a register.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let cases = Simulator::new(4).cases(Layout::named("ctdc-synthetic-2021").unwrap(), 30_000).unwrap();
    let file = fs::File::create(folder.path().join("cases.csv")).unwrap();
    write_cases(&cases, file, &Control::default()).unwrap();
    let file = fs::File::create(folder.path().join("records.csv")).unwrap();
    write_flat(&Simulator::new(4).htcds(5_000).unwrap(), file, &FlatOptions::default(), &Control::default()).unwrap();
    fs::write(folder.path().join("map.toml"), identity_map(folder.path())).unwrap();
    let header = "person;age;town;job;income;joined;postcode\n";
    let mut rows = String::new();
    for row in 0..400_usize {
        let pick = |list: &[&'static str], at: usize| *list.get(at % list.len()).unwrap();
        let town = pick(&["north", "south", "east", "west"], row * row + row / 7);
        let job = pick(&["clerk", "smith", "baker"], row * 5 + row / 11);
        let income = pick(&["low", "mid", "high"], row / 3);
        let (age, month, code) = (17 + row * 37 % 71, 1 + row % 9, 1000 + row % 40);
        let _ = writeln!(rows, "P{row};{age};{town};{job};{income};2019-0{month}-11;{code}");
    }
    fs::write(folder.path().join("survey.csv"), format!("{header}{rows}")).unwrap();
    fs::write(folder.path().join("register.csv"), format!("{header}{}", rows.repeat(4))).unwrap();
    fs::write(folder.path().join("tables.key"), "of no consequence, being a test").unwrap();
    fs::write(folder.path().join("towns.csv"), "north,upper,any\nsouth,lower,any\neast,upper,any\nwest,lower,any\n")
        .unwrap();
    folder
}

/// A mapping of the records that says of each column that it is what it is called.
fn identity_map(folder: &Path) -> String {
    let records = fs::read_to_string(folder.join("records.csv")).unwrap();
    let column = |name: &str| format!("[[column]]\nname = \"{name}\"\nfield = \"{name}\"\n");
    let columns: String = records.lines().next().unwrap().split(',').map(column).collect();
    format!("format_version = 1\n{columns}")
}

fn run(folder: &Path, text: &str, rest: &str) -> Account {
    let path = folder.join("plan.toml");
    fs::write(&path, format!("{text}{rest}")).unwrap();
    let plan = Plan::read(&path).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let input = folder.join(match (&plan.input.format, &plan.input.records) {
        (Some(_), _) => "survey.csv",
        (None, Some(_)) => "records.csv",
        (None, None) => "cases.csv",
    });
    let start = Instant::now();
    let clock = Some(Clock::new(move || start.elapsed()));
    let publisher = Publisher { plan: Some(plan), clock, ..Publisher::default() };
    let done = publisher.anonymize(&input, &Control::default()).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let mut written = Vec::new();
    done.write(&mut written, &Control::default()).unwrap();
    assert_eq!(String::from_utf8(written).unwrap().lines().count(), done.table().rows() + 1, "{text}");
    assert!(done.table().rows() > 0, "{text}");
    if publisher.plan.as_ref().is_some_and(|plan| plan.protection.is_some()) {
        let out = folder.join("release");
        let account = Publisher { replace: true, ..publisher }.publish(&input, &out, &Control::default());
        let account = account.unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(account.outputs.iter().any(|file| file.ends_with(TABLES_STATEMENT_FILE)), "{text}");
        assert!(fs::read_to_string(out.join(TABLES_FILE)).unwrap().lines().count() > 1, "{text}");
    }
    done.account
}

/// Runs a plan of synthetic records with a ledger of its own; a quick method stands in for a slow one.
fn synthesize(folder: &Path, mut plan: Plan) {
    if let Some(settings) = plan.synthesize.as_mut().filter(|settings| settings.method == SynthesisMethod::Aim) {
        settings.method = SynthesisMethod::Mst;
    }
    let start = Instant::now();
    let clock = Some(Clock::new(move || start.elapsed()));
    let ledger = plan.budget.is_some().then(|| folder.join("cases.ledger"));
    let randomness = Some(Randomness::from_seed(1));
    let publisher = Publisher { plan: Some(plan), clock, randomness, ledger, ..Publisher::default() };
    let made = publisher.synthesize(&folder.join("cases.csv"), &Control::default()).unwrap();
    assert!(made.account.verified && made.table().rows() > 0);
}

const SURVEY: &str = "format_version = 1\n[input]\nformat = \"csv\"\nseparator = \";\"\n";

#[test]
fn every_plan_of_the_page_runs() {
    let folder = folder();
    let blocks: Vec<&str> = PAGE.split("```toml\n").skip(1).map(|rest| rest.split_once("```").unwrap().0).collect();
    assert!(blocks.len() > 20, "{}", blocks.len());
    let mut methods = std::collections::BTreeSet::new();
    let mut kinds = std::collections::BTreeSet::new();
    for block in blocks {
        // A whole plan, an attribute, or models: what is left out of the page is put around them.
        let account = if block.starts_with("format_version") {
            run(folder.path(), block, "")
        } else if block.starts_with("[[attribute]]") {
            run(folder.path(), &format!("{SURVEY}{block}"), "[[anonymize.model]]\nkind = \"k-anonymity\"\nk = 3\n")
        } else {
            let attributes = "[[attribute]]\nname = \"age\"\nrole = \"quasi-identifier\"\n\
                hierarchy = { intervals = [10, 30] }\n\
                [[attribute]]\nname = \"town\"\nrole = \"quasi-identifier\"\nhierarchy = { file = \"towns.csv\" }\n\
                [[attribute]]\nname = \"job\"\nrole = \"sensitive\"\n[anonymize]\nsuppression_limit = 0.1\n";
            run(folder.path(), &format!("{SURVEY}{attributes}{block}"), "")
        };
        methods.insert(account.method.name());
        kinds.extend(account.statement.models.iter().map(|model| model.kind.clone()));
    }
    // The page leaves no method and no model without an example.
    assert_eq!(
        methods.into_iter().collect::<Vec<_>>(),
        ["cell-suppression", "generalization", "local-recoding", "local-suppression", "mondrian", "record-suppression"]
    );
    assert_eq!(kinds.len(), 12, "{kinds:?}");
}

#[test]
fn every_example_plan_is_read_and_runs() {
    let folder = folder();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/plans");
    let mut names = Vec::new();
    for entry in fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        let plan = Plan::read(&path).unwrap();
        names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        if plan.synthesize.is_some() {
            synthesize(folder.path(), plan);
            continue;
        }
        assert!(plan.k() >= 2, "{}", path.display());
        // The data of the others are not simulated.
        if plan.input.format.is_none() {
            let account = run(folder.path(), &fs::read_to_string(&path).unwrap(), "");
            assert!(account.statement.possible_matches >= u64::from(plan.k()), "{}", path.display());
        }
    }
    names.sort();
    assert_eq!(
        names,
        [
            "adult.toml",
            "ctdc.toml",
            "dp.toml",
            "htcds.toml",
            "local-suppression.toml",
            "mondrian.toml",
            "row-seeded.toml"
        ]
    );
}
