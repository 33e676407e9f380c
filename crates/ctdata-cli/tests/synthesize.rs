//! `ctdata synthesize`, `ledger` and `evaluate` as a user meets them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

struct Desk {
    folder: TempDir,
}

/// A plan over a survey: its codebook, and what is asked of it.
fn plan(rest: &str) -> String {
    format!(
        "format_version = 1\n\
         [input]\nformat = \"csv\"\naccept_errors = true\n\
         [[attribute]]\nname = \"age\"\nrole = \"released\"\nrange = [17, 90]\n\
         [[attribute]]\nname = \"town\"\nrole = \"released\"\nvalues = [\"north\", \"south\", \"east\", \"west\", \"elsewhere\"]\n\
         other = \"elsewhere\"\n\
         [[attribute]]\nname = \"job\"\nrole = \"released\"\nvalues = [\"clerk\", \"smith\", \"baker\"]\n\
         {rest}"
    )
}

/// A plan that takes the values that the survey has.
fn plan_without_codebook(rest: &str) -> String {
    let attribute = |name: &str| format!("[[attribute]]\nname = \"{name}\"\nrole = \"released\"\n");
    let attributes = ["age", "town", "job"].map(attribute).concat();
    format!("format_version = 1\n[input]\nformat = \"csv\"\n{attributes}{rest}")
}

const MST: &str = "[synthesize]\nmethod = \"mst\"\nepsilon = 1.0\ndelta = 1e-9\n";
const BUDGET: &str = "[budget]\ndataset = \"survey\"\nepsilon = 1.2\ndelta = 1e-9\n";

impl Desk {
    /// A folder with a survey of 900 records.
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.write("survey.csv", &survey());
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ctdata"));
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}\n{}", String::from_utf8_lossy(&output.stderr));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["format_version"], 1);
        document
    }

    /// The sentence that a refusal consists of.
    fn refused(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{message}");
        assert!(output.stdout.is_empty());
        assert_eq!(message.lines().count(), 1, "{message}");
        message
    }
}

fn survey() -> String {
    let mut survey = String::from("age,town,job\n");
    for row in 0..900_usize {
        let age = 17 + (row * 37) % 71;
        let town = ["north", "south", "east", "west"][(row * row + row / 7) % 4];
        let job = ["clerk", "smith", "baker"][(row * 5 + row / 11) % 3];
        let _ = writeln!(survey, "{age},{town},{job}");
    }
    survey
}

#[test]
fn the_budget_is_paid_once_and_a_second_release_is_refused_with_what_is_left() {
    let desk = Desk::new();
    desk.write("plan.toml", &plan(&format!("{MST}{BUDGET}")));
    let run = ["synthesize", "survey.csv", "out.csv", "--plan", "plan.toml", "--ledger", "survey.ledger"];
    let document = desk.json(&run);
    assert_eq!((&document["verified"], &document["method"]), (&true.into(), &"mst".into()));
    assert_eq!(document["outputs"], serde_json::json!(["out.csv"]));
    let guarantee = &document["statement"]["synthetic"]["guarantee"]["differential-privacy"];
    assert_eq!((&guarantee["epsilon"], &guarantee["delta"]), (&1.0.into(), &1e-9.into()));
    assert_eq!(guarantee["ledger"]["dataset"], "survey");
    assert_eq!(guarantee.get("not_private"), None);
    let text = desk.read("out.csv");
    assert_eq!(text.lines().next(), Some("age,town,job"));
    assert_eq!(text.lines().count() as u64, document["rows"].as_u64().unwrap() + 1);

    let before = desk.read("out.csv");
    let message = desk.refused(&run, 1);
    assert!(message.contains("epsilon 1.000000 is asked for") && message.contains(" is left"), "{message}");
    assert_eq!(desk.read("out.csv"), before);

    let ledger = desk.json(&["ledger", "survey.ledger"]);
    assert_eq!(ledger["entries"].as_array().unwrap().len(), 1);
    assert!(ledger["remaining"]["epsilon"].as_f64().unwrap() < 0.7);
    let shown = String::from_utf8(desk.run(&["ledger", "survey.ledger"]).stdout).unwrap();
    assert!(shown.contains("synthetic records, mst") && shown.contains("left: one more release"), "{shown}");
}

#[test]
fn a_killed_run_has_spent_its_budget_and_leaves_nothing_else() {
    let desk = Desk::new();
    desk.run(&["sample", "cases.csv", "--rows", "30000"]);
    let plan = "format_version = 1\n[synthesize]\nmethod = \"aim\"\nepsilon = 1.0\ndelta = 1e-9\n\
        [budget]\ndataset = \"cases\"\nepsilon = 1.0\ndelta = 1e-9\n";
    desk.write("plan.toml", plan);
    let run = ["synthesize", "cases.csv", "out.csv", "--plan", "plan.toml", "--ledger", "cases.ledger"];
    let mut child = desk.command(&run).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    let is_paid = || fs::read_to_string(desk.path("cases.ledger")).is_ok_and(|text| text.lines().count() > 1);
    while !is_paid() && start.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let ledger = desk.json(&["ledger", "cases.ledger"]);
    assert_eq!(ledger["entries"].as_array().unwrap().len(), 1);
    assert_eq!(ledger["remaining"]["rho"], 0.0);
    assert!(!desk.path("out.csv").exists());
    assert!(desk.refused(&run, 1).contains("0.000000 is left"));
}

/// Two files that differ in one person, who has a value that nobody else has and more values than others.
#[test]
fn nothing_but_noisy_counts_depends_on_a_single_person() {
    let desk = Desk::new();
    desk.write("more.csv", &format!("{}999,moon base,astronaut\n", survey()));
    for method in ["mst", "aim", "aggregate-seeded"] {
        desk.write("plan.toml", &plan(&MST.replace("mst", method)));
        let of = |input: &str, out: &str| {
            let run = ["synthesize", input, out, "--plan", "plan.toml", "--seed", "7"];
            let output = desk.run(&run);
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let document = desk.json(&run);
            (output, document, desk.read(out))
        };
        let (one, one_document, one_text) = of("survey.csv", "one.csv");
        let (two, two_document, two_text) = of("more.csv", "two.csv");
        // Headers, names of values, messages.
        assert_eq!(one_text.lines().next(), two_text.lines().next());
        assert!(!two_text.contains("moon") && !two_text.contains("astronaut") && !two_text.contains("999"));
        assert_eq!(one.stderr, two.stderr);
        // Everything that is said of the release, but for the number of synthetic records and noisy choices.
        let said = |document: &Value| {
            let mut statement = document["statement"].clone();
            statement["synthetic"]["rows"] = Value::Null;
            let spent = statement["synthetic"]["guarantee"]["differential-privacy"]["spent"].take();
            let total: f64 = spent.as_array().unwrap().iter().map(|part| part["rho"].as_f64().unwrap()).sum();
            assert!(
                total <= statement["synthetic"]["guarantee"]["differential-privacy"]["rho"].as_f64().unwrap() + 1e-12
            );
            statement
        };
        assert_eq!(said(&one_document), said(&two_document));
        // The number of records is noisy: it is that of neither file in both cases.
        let rows = |document: &Value| document["rows"].as_u64().unwrap();
        assert!(rows(&one_document) != 900 || rows(&two_document) != 901, "{method}: the row count has no noise");
        assert!(rows(&one_document).abs_diff(900) < 400, "{method}: {}", rows(&one_document));
    }
}

#[test]
fn a_seed_repeats_the_release_and_marks_it_not_private() {
    let desk = Desk::new();
    desk.write("plan.toml", &plan(MST));
    let run = |out: &str| {
        desk.json(&["synthesize", "survey.csv", out, "--plan", "plan.toml", "--seed", "3", "--report", "r.md"])
    };
    let document = run("one.csv");
    run("two.csv");
    assert_eq!(desk.read("one.csv"), desk.read("two.csv"));
    assert_eq!(document["statement"]["synthetic"]["guarantee"]["differential-privacy"]["not_private"], true);
    assert!(desk.read("r.md").contains("**It is a trial and not private**"));
}

#[test]
fn methods_without_noise_keep_combinations_that_enough_people_have() {
    let desk = Desk::new();
    for method in ["row-seeded", "value-seeded", "unseeded", "aggregate-seeded"] {
        desk.write("plan.toml", &plan_without_codebook(&format!("[synthesize]\nmethod = \"{method}\"\nk = 5\n")));
        let document = desk.json(&["synthesize", "survey.csv", "out.csv", "--plan", "plan.toml", "--seed", "1"]);
        assert_eq!(document["statement"]["models"][0]["kind"], "k-anonymous-combinations", "{method}");
        assert_eq!(document["statement"]["models"][0]["required"], 5);
        assert!(document["rows"].as_u64().unwrap() > 0, "{method}");
    }
}

#[test]
fn what_cannot_be_done_is_said_in_one_sentence() {
    let desk = Desk::new();
    let refused = |rest: &str, code: i32, more: &[&str], words: &str| {
        desk.write("plan.toml", &plan(rest));
        let arguments = [&["synthesize", "survey.csv", "out.csv", "--plan", "plan.toml"], more].concat();
        let message = desk.refused(&arguments, code);
        assert!(message.contains(words), "{message}");
        assert!(!desk.path("out.csv").exists());
    };
    refused("", 2, &[], "values, range and other are for [synthesize]");
    refused("[synthesize]\nmethod = \"row-seeded\"\nk = 5\n", 2, &[], "are for plans with an epsilon");
    refused(&format!("{MST}{BUDGET}"), 2, &[], "the ledger that it is kept in is not named");
    refused(MST, 2, &["--ledger", "survey.ledger"], "a ledger needs [budget]");
    refused("[synthesize]\nmethod = \"row-seeded\"\n", 2, &[], "needs k");
    refused("[synthesize]\nmethod = \"aims\"\n", 2, &[], "did you mean `aim`?");
    refused(&format!("{MST}{BUDGET}"), 2, &["--ledger", "survey.csv"], "survey.csv");
    desk.write("not.ledger", "hello\n");
    refused(&format!("{MST}{BUDGET}"), 2, &["--ledger", "not.ledger"], "not a ledger");
    let plan = "format_version = 1\n[input]\nformat = \"csv\"\n[[attribute]]\nname = \"town\"\nrole = \"released\"\n";
    desk.write("plan.toml", &format!("{plan}{MST}"));
    let message = desk.refused(&["synthesize", "survey.csv", "out.csv", "--plan", "plan.toml"], 2);
    assert!(
        message.contains("attribute `town`: a release with an epsilon needs its values from a codebook"),
        "{message}"
    );
    assert!(desk.refused(&["ledger", "none.ledger"], 2).contains("none.ledger"));
}

#[test]
fn a_release_folder_of_synthetic_records_says_what_they_are() {
    let desk = Desk::new();
    desk.run(&["sample", "cases.csv", "--rows", "3000"]);
    let plan = "format_version = 1\n[synthesize]\nmethod = \"mst\"\nepsilon = 1.0\ndelta = 1e-9\n";
    desk.write("plan.toml", plan);
    let document = desk.json(&["publish", "cases.csv", "--plan", "plan.toml", "--out", "release"]);
    assert_eq!(document["verified"], true);
    let readme = desk.read("release/README.md");
    assert!(readme.contains("synthetic records in 37 columns") && readme.contains("differential privacy"), "{readme}");
    let statement: Value = serde_json::from_str(&desk.read("release/statement.json")).unwrap();
    assert_eq!(statement["released"], "synthetic-microdata");
    assert!(statement.get("records").is_none());
}

#[test]
fn released_records_are_compared_with_the_original() {
    let desk = Desk::new();
    desk.write("plan.toml", &plan(MST));
    desk.json(&["synthesize", "survey.csv", "out.csv", "--plan", "plan.toml", "--seed", "1"]);
    let document = desk.json(&[
        "evaluate",
        "survey.csv",
        "out.csv",
        "--format",
        "csv",
        "--targets",
        "50",
        "--report",
        "r.md",
        "--plots",
        "plots",
    ]);
    let lengths: Vec<u64> =
        document["marginals"].as_array().unwrap().iter().map(|m| m["length"].as_u64().unwrap()).collect();
    assert_eq!(lengths, [1, 2, 3]);
    for field in ["preservation", "fabricated", "leakage", "attacks"] {
        assert!(!document[field].is_null(), "{field}: {document}");
    }
    assert!(document["marginals"][0]["mean_tvd"].as_f64().unwrap() < 0.2);
    assert!(desk.read("r.md").starts_with("# "));
    let plots: Vec<_> = fs::read_dir(desk.path("plots")).unwrap().collect();
    assert!(plots.len() >= 2);
    let same = desk.json(&["evaluate", "survey.csv", "survey.csv", "--format", "csv", "--targets", "0"]);
    assert_eq!(same["marginals"][2]["max_tvd"], 0.0);
    assert!(desk.refused(&["evaluate", "survey.csv", "none.csv", "--format", "csv"], 2).contains("none.csv"));
}

/// What a run says and writes, in full.
fn told(desk: &Desk, input: &[u8]) -> (Option<i32>, Vec<u8>, Vec<u8>, Option<Vec<u8>>) {
    fs::write(desk.path("in.csv"), input).unwrap();
    let _ = fs::remove_file(desk.path("out.csv"));
    let output = desk.run(&["synthesize", "in.csv", "out.csv", "--plan", "plan.toml", "--seed", "7"]);
    (output.status.code(), output.stdout, output.stderr, fs::read(desk.path("out.csv")).ok())
}

/// The lines of a file with one more after the first record.
fn with_line(text: &str, line: &[u8]) -> Vec<u8> {
    let place = text.match_indices('\n').nth(1).unwrap().0 + 1;
    [&text.as_bytes()[..place], line, b"\n", &text.as_bytes()[place..]].concat()
}

/// With one seed, noise is the same if the records are: a row that is left out must change nothing at all.
#[test]
fn rows_of_a_layout_that_cannot_be_read_are_left_out_without_a_word() {
    let desk = Desk::new();
    desk.run(&["sample", "cases.csv", "--rows", "400"]);
    let text = desk.read("cases.csv");
    let plan = format!(
        "format_version = 1\n[input]\naccept_errors = true\n\
         [[attribute]]\nname = \"year_of_registration\"\nrole = \"released\"\n\
         [[attribute]]\nname = \"gender\"\nrole = \"released\"\n\
         [[attribute]]\nname = \"country_of_exploitation\"\nrole = \"dropped\"\n{MST}"
    );
    desk.write("plan.toml", &plan);
    let without = told(&desk, text.as_bytes());
    assert_eq!(without.0, Some(0), "{}", String::from_utf8_lossy(&without.2));

    let header: Vec<&str> = text.lines().next().unwrap().split([',', ';']).collect();
    let separator = if text.lines().next().unwrap().contains(';') { ";" } else { "," };
    let first: Vec<&str> = text.lines().nth(1).unwrap().split(separator).collect();
    assert_eq!(header.len(), first.len());
    let with = |name: &str, cell: &[u8]| {
        let place = header.iter().position(|column| column.eq_ignore_ascii_case(name)).unwrap();
        let cells: Vec<&[u8]> =
            (0..first.len()).map(|at| if at == place { cell } else { first[at].as_bytes() }).collect();
        cells.join(separator.as_bytes())
    };
    let odd = [
        with("yearOfRegistration", b"zzz"),
        with("gender", b"Astronaut"),
        with("gender", b"\xFF"),
        with("CountryOfExploitation", b"Moon"),
        first[1..].join(separator).into_bytes(),
        [&first[..], &["more"]].concat().join(separator).into_bytes(),
    ];
    for line in odd {
        assert_eq!(told(&desk, &with_line(&text, &line)), without, "{}", String::from_utf8_lossy(&line));
    }
    // A row that can be read does change the figures, so that the comparison sees something.
    let usual = told(&desk, &with_line(&text, first.join(separator).as_bytes()));
    assert_ne!((usual.0, usual.3), (without.0, without.3));
}

#[test]
fn rows_of_a_table_that_cannot_be_read_are_left_out_without_a_word() {
    let desk = Desk::new();
    desk.write("plan.toml", &plan(MST));
    let without = told(&desk, survey().as_bytes());
    assert_eq!(without.0, Some(0), "{}", String::from_utf8_lossy(&without.2));
    for line in [&b"30,north"[..], b"30,north,baker,more", b"30,\xFF,baker"] {
        assert_eq!(told(&desk, &with_line(&survey(), line)), without, "{}", String::from_utf8_lossy(line));
    }
    assert_ne!(told(&desk, &with_line(&survey(), b"30,north,baker")), without);
}

/// More values than a column can have, where the release does not look and where the codebook knows none of them.
#[test]
fn nothing_is_collected_from_a_file_that_records_with_an_epsilon_are_made_of() {
    const MANY: usize = 66_000;
    let desk = Desk::new();
    desk.write("plan.toml", &plan(MST));
    let file = |cells: &dyn Fn(usize) -> String| {
        let mut text = String::from("note,age,town,job\n");
        (0..MANY).for_each(|row| text.push_str(&cells(row)));
        text
    };
    let usual = told(&desk, file(&|_| "x,30,elsewhere,\n".to_owned()).as_bytes());
    assert_eq!(usual.0, Some(0), "{}", String::from_utf8_lossy(&usual.2));
    let many = told(&desk, file(&|row| format!("note {row}, 30 ,town {row},job {row}\n")).as_bytes());
    assert_eq!(many, usual);
}

#[test]
fn records_of_one_person_are_counted_once() {
    let desk = Desk::new();
    // Six bakers are six persons, six smiths are one.
    let mut text = String::from("id,note,job\n");
    (0..6).for_each(|row| writeln!(text, "p{row},n{row},baker\nq,m{row},smith").unwrap());
    desk.write("jobs.csv", &text);
    let plan = |role: &str| {
        format!(
            "format_version = 1\n[input]\nformat = \"csv\"\n[[attribute]]\nname = \"id\"\nrole = \"{role}\"\n\
             [[attribute]]\nname = \"job\"\nrole = \"released\"\n\
             [[attribute]]\nname = \"note\"\nrole = \"dropped\"\n\
             [synthesize]\nmethod = \"row-seeded\"\nk = 3\n"
        )
    };
    let run = ["synthesize", "jobs.csv", "out.csv", "--plan", "plan.toml", "--seed", "1"];
    desk.write("plan.toml", &plan("identifier"));
    let document = desk.json(&run);
    let statement = &document["statement"];
    assert_eq!((&statement["unit"], &statement["models"][0]["required"]), (&"person".into(), &3.into()));
    let description = statement["models"][0]["description"].as_str().unwrap();
    assert!(description.contains("at least 3 persons"), "{description}");
    let out = desk.read("out.csv");
    assert!(out.starts_with("job\n") && out.contains("baker") && !out.contains("smith"), "{out}");

    desk.write("plan.toml", &plan("dropped"));
    assert_eq!(desk.json(&run)["statement"]["unit"], "record");
    assert!(desk.read("out.csv").contains("smith"));

    desk.write("plan.toml", &plan("identifier").replace("\"id\"", "\"person\""));
    assert!(desk.refused(&run, 2).contains("person"));
}

#[test]
fn a_person_may_have_several_records_and_the_budget_is_the_same() {
    let desk = Desk::new();
    let mut text = String::from("id,age,town,job\n");
    for (row, line) in survey().lines().skip(1).enumerate() {
        let _ = writeln!(text, "p{},{line}", row / 2);
    }
    desk.write("persons.csv", &text);
    for method in ["mst", "aim", "aggregate-seeded"] {
        let guarantee = |records: u32| {
            let asked = MST.replace("mst", method).replace("epsilon = 1.0", "epsilon = 20.0");
            let asked = format!("{asked}records_per_person = {records}\n");
            let identifier = "[[attribute]]\nname = \"id\"\nrole = \"identifier\"\n";
            desk.write("plan.toml", &plan(&format!("{identifier}{asked}")));
            let document = desk.json(&["synthesize", "persons.csv", "out.csv", "--plan", "plan.toml", "--seed", "5"]);
            assert_eq!(document["statement"]["unit"], "person", "{method}");
            let of = document["statement"]["synthetic"]["guarantee"]["differential-privacy"].clone();
            assert_eq!(of["records_per_person"], records, "{method}");
            assert!(desk.read("out.csv").starts_with("age,town,job\n"));
            // One record of each person, or both; so large an epsilon leaves little noise.
            let rows = document["rows"].as_f64().unwrap();
            assert!((rows - 450.0 * f64::from(records)).abs() < 60.0, "{method}: {rows}");
            of
        };
        let (one, two) = (guarantee(1), guarantee(2));
        assert_eq!((&one["rho"], &one["epsilon"]), (&two["rho"], &two["epsilon"]), "{method}");
    }
}

#[test]
fn a_table_that_cannot_be_made_costs_nothing() {
    let desk = Desk::new();
    desk.run(&["sample", "cases.csv", "--rows", "300"]);
    for (table, words) in [
        ("indicator = \"nonsense\"\n", "there is no indicator `nonsense`"),
        ("indicator = \"form-of-exploitation\"\nby = [\"nonsense\"]\n", "no dimension `nonsense`"),
        ("indicator = \"victims-per-100k\"\n", "needs a population"),
    ] {
        let plan = format!("format_version = 1\n{MST}{}[[table]]\n{table}", BUDGET.replace("survey", "cases"));
        desk.write("plan.toml", &plan);
        let run = ["publish", "cases.csv", "--plan", "plan.toml", "--out", "release", "--ledger", "cases.ledger"];
        let output = desk.run(&run);
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && message.contains(words), "{message}");
        assert!(!desk.path("cases.ledger").exists() && !desk.path("release").exists());
    }
}
