//! `ctdata mse` and `ctdata indicators --mse`, as a user meets them.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

/// The five-list table of the United Kingdom, 2013. Source: Silverman (2014), Modern slavery: an application of multiple
/// systems estimation, Home Office; the lists of police and National Crime Agency merged.
const UK: &str = "LA,NG,PFNCA,GO,GP,count\n1,0,0,0,0,54\n0,1,0,0,0,463\n0,0,1,0,0,995\n0,0,0,1,0,695\n0,0,0,0,1,316\n\
    1,1,0,0,0,15\n1,0,1,0,0,19\n1,0,0,1,0,3\n0,1,1,0,0,62\n0,1,0,1,0,19\n0,1,0,0,1,1\n0,0,1,1,0,76\n0,0,1,0,1,11\n\
    0,0,0,1,1,8\n1,1,1,0,0,1\n1,1,0,1,0,1\n0,1,1,1,0,4\n1,1,1,1,0,1\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

fn ctdata(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ctdata")).args(arguments).output().unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn near(value: &Value, expected: f64, tolerance: f64) {
    let found = value.as_f64().unwrap_or_else(|| panic!("{value} is no number"));
    assert!((found - expected).abs() <= tolerance, "{found} instead of {expected}");
}

/// Chan, Silverman and Vincent (2021); the notes on the method, section 11.
#[test]
fn the_united_kingdom_by_all_methods() {
    let folder = Folder::new();
    let table = folder.file("uk.csv", UK);
    let table = table.to_str().unwrap();
    let answer = json(&ctdata(&["mse", table, "--json", "--bootstrap", "200", "--no-sensitivity"]));
    assert_eq!((answer["format_version"].as_u64(), answer["seed"].as_u64()), (Some(1), Some(1)));
    let methods = answer["methods"].as_array().unwrap();
    let of = |name: &str| methods.iter().find(|method| method["method"] == name).unwrap();
    for method in methods {
        for field in ["method", "estimate", "low", "high", "interval", "model", "status"] {
            assert!(method.get(field).is_some(), "{method} has no {field}");
        }
    }
    near(&of("independence")["estimate"], 13_444.131, 5e-4);
    near(&of("chao")["estimate"], 17_616.73, 5e-3);
    let stepwise = of("stepwise");
    near(&stepwise["estimate"], 11_312.990, 5e-4);
    near(&stepwise["low"], 9_884.40, 5e-3);
    near(&stepwise["high"], 13_027.40, 5e-3);
    assert_eq!((&stepwise["interval"], &stepwise["status"]), (&"wald".into(), &"ok".into()));
    assert_eq!(of("chapman")["status"], "lists-out-of-range");
    assert!(answer["agreement"]["ratio"].as_f64().unwrap() > 1.5);
}

#[test]
fn the_seed_decides_and_the_number_of_threads_does_not() {
    let folder = Folder::new();
    let table = folder.file("uk.csv", UK);
    let run = |threads: &str, seed: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_ctdata"))
            .args(["mse", table.to_str().unwrap(), "--json", "--bootstrap", "100", "--no-sensitivity", "--seed", seed])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert!(output.status.success());
        output.stdout
    };
    let once = run("1", "7");
    assert_eq!(once, run("2", "7"));
    assert_ne!(once, run("2", "8"));
}

#[test]
fn report_and_pictures_are_written() {
    let folder = Folder::new();
    let table = folder.file("uk.csv", UK);
    let path = |name: &str| folder.0.path().join(name).to_str().unwrap().to_owned();
    let (report, plot, profile) = (path("r.md"), path("p.svg"), path("l.svg"));
    let output = ctdata(&[
        "mse",
        table.to_str().unwrap(),
        "--method",
        "stepwise",
        "--method",
        "chao",
        "--bootstrap",
        "100",
        "--report",
        &report,
        "--plot",
        &plot,
        "--profile",
        &profile,
    ]);
    assert!(output.status.success(), "{}", message(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("11,313") && text.contains("without GP"), "{text}");
    let markdown = fs::read_to_string(report).unwrap();
    assert!(markdown.contains("## To know before use") && markdown.contains("| stepwise | 11,313 | 9,884 to 13,027 |"));
    for picture in [plot, profile] {
        assert!(fs::read_to_string(picture).unwrap().starts_with("<svg"));
    }
}

#[test]
fn rows_of_persons_merged_lists_and_a_model_by_names() {
    let folder = Folder::new();
    let rows = "police,shelter,ngo\n".to_owned()
        + &"1,0,0\n".repeat(40)
        + &"0,1,0\n".repeat(30)
        + &"0,0,1\n".repeat(20)
        + &"1,1,0\n".repeat(6);
    let table = folder.file("rows.csv", &rows);
    let table = table.to_str().unwrap();
    let model = ["--model", "[police:ngo,shelter]", "--method", "fixed", "--bootstrap", "0", "--json"];
    let answer = json(&ctdata(&[&["mse", table][..], &model].concat()));
    near(&answer["methods"][0]["estimate"], 396.0, 1e-6);
    assert_eq!(answer["table"]["persons"], 96);
    let merged =
        ["mse", table, "--merge", "shelter,ngo=help", "--method", "lincoln-petersen", "--bootstrap", "0", "--json"];
    // 46 with the police, 56 helped, 6 both.
    near(&json(&ctdata(&merged))["methods"][0]["estimate"], 46.0 * 56.0 / 6.0, 1e-9);
}

/// Two groups and three persons without one, invented. The estimates of three independent lists without an overlap of all
/// three are compared with those of the files of each group.
#[test]
fn strata_stand_beside_their_sum_and_the_pooled_estimate() {
    let folder = Folder::new();
    let women = "1,0,0,200\n0,1,0,150\n0,0,1,90\n1,1,0,40\n1,0,1,20\n0,1,1,10\n";
    let men = "1,0,0,60\n0,1,0,50\n0,0,1,20\n1,1,0,3\n1,0,1,5\n0,1,1,9\n";
    let rows = |sex: &str, rows: &str| rows.lines().map(|row| format!("{sex},{row}\n")).collect::<Vec<_>>().concat();
    let text = format!("sex,A,B,C,count\n{}{},1,0,0,3\n", rows("women", women), rows("men", men));
    let table = folder.file("by-sex.csv", &text);
    let (table, report) = (table.to_str().unwrap(), folder.0.path().join("r.md"));
    let how =
        ["--method", "independence", "--bootstrap", "100", "--no-sensitivity", "--report", report.to_str().unwrap()];
    let by_sex = [&["mse", table, "--strata", "sex"][..], &how].concat();
    let answer = json(&ctdata(&[&by_sex[..], &["--json"]].concat()));
    let strata = &answer["strata"];
    assert_eq!((&strata["column"], &strata["method"]), (&"sex".into(), &"independence".into()));
    let names: Vec<&str> =
        strata["strata"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["men", "women", "not recorded"]);
    let alone = |rows: &str| {
        let path = folder.file("alone.csv", &format!("A,B,C,count\n{rows}"));
        let answer =
            json(&ctdata(&["mse", path.to_str().unwrap(), "--method", "independence", "--bootstrap", "0", "--json"]));
        answer["methods"][0]["estimate"].as_f64().unwrap()
    };
    near(&strata["strata"][0]["bootstrap"]["estimate"], alone(men), 1e-6);
    near(&strata["strata"][1]["bootstrap"]["estimate"], alone(women), 1e-6);
    assert_eq!(strata["strata"][2]["bootstrap"]["status"], "too-sparse");
    // The three go with the smaller group, and the sum is of everybody.
    assert_eq!(strata["summed"].to_string(), "[\"men + not recorded\",\"women\"]");
    near(&strata["sum"]["estimate"], alone(&format!("{men}1,0,0,3\n")) + alone(women), 1e-6);
    let low = strata["sum"]["percentile"]["low"].as_f64().unwrap();
    assert!(low < strata["sum"]["estimate"].as_f64().unwrap(), "{low}");
    near(&strata["pooled"]["estimate"], answer["methods"][0]["estimate"].as_f64().unwrap(), 1e-9);

    let output = ctdata(&by_sex);
    assert!(output.status.success(), "{}", message(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Strata of sex, by independence") && text.contains("the sum is"), "{text}");
    assert!(fs::read_to_string(report).unwrap().contains("## Strata of sex, by independence"));

    for wrong in [["mse", table, "--strata", "six"], ["mse", "uk-2013-five-lists", "--strata", "sex"]] {
        let output = ctdata(&wrong);
        assert_eq!(output.status.code(), Some(2), "{}", message(&output));
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_without_its_value() {
    let folder = Folder::new();
    let refused = |name: &str, text: &str, more: &[&str]| {
        let path = folder.file(name, text);
        let output = ctdata(&[&["mse", path.to_str().unwrap()][..], more].concat());
        assert_eq!(output.status.code(), Some(2), "{}", message(&output));
        assert!(output.stdout.is_empty());
        message(&output)
    };
    let text = refused("zero.csv", "A,B,count\n1,0,4\n0,0,7\n", &[]);
    assert!(text.contains("zero.csv") && text.contains("line 3"), "{text}");
    let text = refused("half.csv", "A,B,count\n1,0,4.5\n", &[]);
    assert!(text.contains("count") && !text.contains("4.5"), "{text}");
    let text = refused("minus.csv", "A,B,count\n1,0,-4711\n", &[]);
    assert!(!text.contains("4711"), "{text}");
    refused("one.csv", "A,count\n1,4\n", &[]);
    refused("empty.csv", "", &[]);
    let text = refused("uk.csv", UK, &["--method", "stepwize"]);
    assert!(text.contains("stepwise"), "{text}");
    let text = refused("uk.csv", UK, &["--omit", "GQ"]);
    assert!(text.contains("did you mean"), "{text}");
    refused("uk.csv", UK, &["--method", "fixed"]);
    let text = refused("blank.csv", "A,B,count\n1,,4\n", &[]);
    assert!(text.contains("column `B`") && text.contains("--skip-rows"), "{text}");
    let text = refused("n.csv", "A,B,n\n1,0,5\n", &[]);
    assert!(text.contains("--count") && text.contains("--each-row"), "{text}");
    let text = refused("words.csv", "A,B,count\nabcde,0,5\n", &[]);
    assert!(text.contains("--lists") && !text.contains("abcde"), "{text}");
    refused("uk.csv", UK, &["--bootstrap", "4294967295"]);
    refused("uk.csv", UK, &["--threshold", "-1"]);
    refused("uk.csv", UK, &["--model", "[12345]"]);
    refused("uk.csv", UK, &["--level", "95"]);
    refused("uk.csv", UK, &["--threshold", "2"]);
    assert_eq!(ctdata(&["mse", "there-is-no-such-file.csv"]).status.code(), Some(2));
    let output = ctdata(&["mse", "uk-2013"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(message(&output).contains("uk-2013-five-lists"), "{}", message(&output));
    assert_eq!(ctdata(&["mse", "uk-2013-five-lists", "--each-row"]).status.code(), Some(2));
}

/// Names of lists come from files: a terminal must not act on them. Without its models the table fits 80 columns.
#[test]
fn the_text_fits_a_terminal() {
    let folder = Folder::new();
    let table = folder.file("uk.csv", &UK.replacen("LA", "L\u{1b}[31mA", 1));
    let output = ctdata(&["mse", table.to_str().unwrap(), "--bootstrap", "50", "--no-sensitivity"]);
    assert!(output.status.success(), "{}", message(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\u{1b}'));
    let methods = text.split("\n\n").find(|part| part.starts_with("The number of all persons")).unwrap();
    let rows = methods.lines().filter(|line| !line.starts_with("- ") && !line.starts_with("  "));
    assert!(rows.clone().count() > 10 && rows.clone().all(|row| row.chars().count() <= 80), "{methods}");
    assert!(text.lines().any(|line| line.starts_with("- chao, chao-bias-corrected, chao-finite: ")), "{text}");
}

/// Nobody is on two lists: no method of log-linear kind has an answer, and the command says no.
#[test]
fn a_table_without_overlap_has_no_answer() {
    let folder = Folder::new();
    let table = folder.file("alone.csv", "A,B,C,count\n1,0,0,4\n0,1,0,7\n0,0,1,9\n");
    let arguments = [
        "mse",
        table.to_str().unwrap(),
        "--json",
        "--method",
        "independence",
        "--method",
        "stepwise",
        "--method",
        "bic",
    ];
    let output = ctdata(&arguments);
    assert_eq!(output.status.code(), Some(1), "{}", message(&output));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    for method in answer["methods"].as_array().unwrap() {
        assert!(method["estimate"].is_null() && method["status"] != "ok", "{method}");
    }
}

/// The notes on indicators, section 3: total = detected + undetected, the rate with the interval of the estimate over the
/// population. The residents are invented.
#[test]
fn undetected_victims_join_16_2_2() {
    let folder = Folder::new();
    let table = folder.file("uk.csv", UK);
    let population = folder.file("population.csv", "alpha3,year,persons\nGBR,2013,64000000\n");
    let (table, population) = (table.to_str().unwrap(), population.to_str().unwrap());
    let place = ["--where", "country=GBR", "--where", "year=2013", "--population", population];
    let how = ["--mse", table, "--mse-method", "stepwise", "--mse-bootstrap", "0", "--json"];
    let answer = json(&ctdata(&[&["indicators", "--id", "16.2.2"][..], &place, &how].concat()));
    let observations = answer["observations"].as_array().unwrap();
    let of = |name: &str| observations.iter().find(|one| one["indicator"] == name).unwrap();
    near(&of("victims-per-100k")["value"], 2_744.0 / 640.0, 1e-9);
    near(&of("all-victims-per-100k")["value"], 11_312.990 / 640.0, 1e-6);
    near(&of("all-victims-per-100k")["interval"]["low"], 9_884.40 / 640.0, 1e-5);
    near(&of("undetected-victims-per-100k")["value"], (11_312.990 - 2_744.0) / 640.0, 1e-6);
    near(&of("detection-ratio")["value"], 100.0 * 2_744.0 / 11_312.990, 1e-6);
    let notes = of("all-victims-per-100k")["notes"].to_string();
    assert!(notes.contains("stepwise") && notes.contains("other methods"), "{notes}");

    let refused = |arguments: &[&str]| {
        let output = ctdata(&[&["indicators"][..], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{}", message(&output));
        message(&output)
    };
    assert!(refused(&["--id", "16.2.2", "--mse", table, "--population", population]).contains("--where country="));
    assert!(refused(&[&["--id", "form-of-exploitation", "--mse", table][..], &place].concat()).contains("--id 16.2.2"));
    assert!(refused(&["--id", "16.2.2", "--mse", table]).contains("--population"));
    let plot = [&["--id", "16.2.2", "--mse", table, "--plot", "none.svg"][..], &place].concat();
    assert!(refused(&plot).contains("--out or --sdmx"));
}
