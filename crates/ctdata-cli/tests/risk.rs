//! `ctdata risk` as a user meets it: each section, its figures by hand, and what bad input leads to.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

struct Shell {
    folder: TempDir,
}

impl Shell {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ctdata")).args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn text(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.ok(arguments).stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_slice(&self.ok(&[arguments, &["--json"]].concat()).stdout).unwrap()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn refused(&self, arguments: &[&str], code: i32, says: &str) {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}

fn near(found: &Value, expected: f64) -> bool {
    found.as_f64().is_some_and(|found| (found - expected).abs() < 5e-6)
}

/// Rows of the practice guide of the IHSN (Templ et al., "Introduction to SDC"; the input of sdcMicro #226 and
/// #227), with weights.
const GUIDE: &str = "residence,gender,education,labour,people\n\
    U,F,SI,E,10\nU,F,SI,E,10\nU,F,PI,N,10\nU,M,SC,E,10\nR,F,SC,X,10\n\
    U,M,SC,E,10\nU,F,PC,N,10\nU,M,PS,X,10\nU,F,SI,N,10\nU,F,SI,N,10\n";
const GUIDE_QUASI: &str = "residence,gender,education,labour";

#[test]
fn the_output_of_anonymize_is_read_and_confirmed() {
    let shell = Shell::with(&[(
        "plan.toml",
        "format_version = 1\n\
         [[attribute]]\nname = \"yearOfRegistration\"\nrole = \"quasi-identifier\"\n\
         hierarchy = { case = \"year_of_registration\" }\n\
         [[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
         [[attribute]]\nname = \"citizenship\"\nrole = \"quasi-identifier\"\nhierarchy = { case = \"citizenship\" }\n\
         [anonymize]\nmethod = \"generalization\"\nsuppression_limit = 0.05\n\
         [[anonymize.model]]\nkind = \"k-anonymity\"\nk = 7\n",
    )]);
    for layout in ["ctdc-synthetic-2021", "ctdc-kanon-63"] {
        shell.ok(&["sample", "cases.csv", "--rows", "3000", "--seed", "4", "--format", layout]);
        let account = shell.json(&["anonymize", "cases.csv", "anon.csv", "--plan", "plan.toml"]);
        let risk = ["risk", "anon.csv", "--quasi", "yearOfRegistration,gender,citizenship", "--k", "7"];
        let output = shell.ok(&[&risk[..], &["--json"]].concat());
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["models"][0]["holds"], true, "{layout}");
        assert_eq!(found["attacker_view"]["holds"], true, "{layout}");
        // Blanks are blanks in both, whatever they were blank for: the attacker view is the one that was verified.
        for figure in ["rows", "attacker_view"] {
            assert_eq!(found[figure], account["risk_after"][figure], "{layout}: {figure}");
        }
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("read as a plain table"), "{said}");
        assert!(shell.ok(&[&risk[..], &["--quiet"]].concat()).stderr.is_empty());
    }
}

#[test]
fn sensitive_attributes_have_the_levels_of_their_worst_class() {
    // A: yes, no. B: yes, yes. In all 3/4 yes, 1/4 no; ages 1 to 4.
    let shell = Shell::with(&[("t.csv", "town,ill,age\nA,yes,1\nA,no,2\nB,yes,3\nB,yes,4\n")]);
    let found = shell.json(&["risk", "t.csv", "--quasi", "town", "--sensitive", "ill,age", "--k", "2", "--t", "0.3"]);
    let level = |attribute: &str, description: &str| {
        let models = found["sensitive"].as_array().unwrap();
        let model = models.iter().find(|model| {
            let words = model["description"].as_str().unwrap();
            model["attribute"] == attribute && words.contains(description)
        });
        (model.unwrap()["achieved"].clone(), model.unwrap()["holds"].as_bool().unwrap())
    };
    assert_eq!(level("ill", "distinct"), (Value::from(1), false));
    assert_eq!(level("ill", "entropy"), (Value::from(1.0), false));
    assert_eq!(level("ill", "recursive"), (Value::from("unbounded"), false));
    assert_eq!(level("ill", "equal distance"), (Value::from(0.25), true));
    assert_eq!(level("ill", "with delta = 1").0, "unbounded");
    let (bits, holds) = level("ill", "present values only");
    assert!(near(&bits, 1.0) && !holds, "1/2 instead of 1/4 is one bit, which is not under 1");
    assert_eq!(level("ill", "beta"), (Value::from(1.0), true));
    // A moves 1/4 from 3 to 1 and from 4 to 2: two steps of three.
    let (ordered, _) = level("age", "ordered distance");
    assert!(near(&ordered, 1.0 / 3.0), "{ordered}");
    assert!(found["sensitive"].as_array().unwrap().iter().all(|model| model["attribute"] != "town"));
}

#[test]
fn special_uniques_weights_and_a_record_are_explained() {
    let shell = Shell::with(&[("guide.csv", GUIDE)]);
    let asked = ["risk", "guide.csv", "--quasi", GUIDE_QUASI, "--weight", "people", "--suda", "--k", "2"];
    let more = ["--sampling-fraction", "0.1", "--explain", "8"];
    let found = shell.json(&[&asked[..], &more].concat());
    // The guide's scores: 12 for the fifth record, 10 for the eighth.
    assert_eq!((found["suda"]["scored"].as_u64(), found["suda"]["highest"].as_f64()), (Some(4), Some(12.0)));
    assert_eq!(found["individual"]["method"], "benedetti-franconi");
    assert!(near(&found["individual"]["highest"], 0.255_843));
    let why = &found["explanations"][0];
    assert_eq!((why["record"].as_u64(), why["row"].as_u64(), why["class_size"].as_u64()), (Some(8), Some(7), Some(1)));
    assert_eq!(why["suda"]["score"], 10.0);
    assert!(near(&why["suda"]["dis"]["score"], 0.092_367));
    assert!(near(&why["weighted"]["risk"], 0.255_843));

    let text = shell.text(&[&asked[..], &more].concat());
    assert!(text.contains("record 8 of 10, by residence, gender, education, labour"));
    assert!(text.contains("unique by {education}: (M-1)! = 3! = 6"));
    assert!(text.contains("1/(1 + (U/theta - U)/(s^Q A))"));
    assert!(!["PS", "SC"].iter().any(|value| text.contains(value)), "values are nowhere");

    let capped = shell.json(&[&asked[..], &["--suda-size", "1", "--suda-weighting", "ihsn"]].concat());
    assert_eq!((capped["suda"]["max_size"].as_u64(), capped["suda"]["weighting"].as_str()), (Some(1), Some("ihsn")));
    assert!(capped["suda"].get("dis").is_none());
    assert!(capped.get("explanations").is_none(), "what is not asked for is not there");
}

#[test]
fn a_population_counts_people_outside_the_file() {
    let shell = Shell::with(&[
        ("t.csv", "a,n\nx,1\nx,1\ny,1\ny,2\n"),
        ("all.csv", "n,a,other\n2,y,0\n1,x,0\n1,x,0\n1,x,0\n1,x,0\n1,y,0\n1,y,0\n"),
        ("short.csv", "n\n1\n"),
    ]);
    // x 1 has four people, y 1 two, y 2 one: 1/4 + 1/4 + 1/2 + 1.
    let found = shell.json(&["risk", "t.csv", "--quasi", "a,n", "--population", "all.csv", "--threshold", "0.3"]);
    assert!(near(&found["journalist"]["expected_reidentifications"], 2.0));
    assert_eq!(
        (found["journalist"]["marketer"].as_f64(), found["journalist"]["records_above"].as_u64()),
        (Some(0.5), Some(2))
    );
    shell.refused(&["risk", "t.csv", "--quasi", "a,n", "--population", "short.csv"], 2, "there is no column `a`");
}

#[test]
fn households_fall_together_by_a_column_or_by_the_identifier() {
    let shell = Shell::with(&[("t.csv", "id,a,house\np,x,1\nq,x,1\nq,y,2\nr,y,2\n")]);
    let by = |more: &[&str]| {
        let found = shell.json(&[&["risk", "t.csv", "--quasi", "a", "--k", "2"], more].concat());
        (found["unit"].as_str().unwrap().to_owned(), found["individual"]["mean"].as_f64().unwrap())
    };
    // Every class has two: a risk of 1/2 each, 3/4 for two records together.
    assert_eq!(by(&["--household", "house"]), ("record".to_owned(), 0.75));
    assert_eq!(by(&["--id", "id", "--household", "id"]), ("person".to_owned(), 0.625));
}

#[test]
fn combinations_are_of_all_columns_or_of_some() {
    let shell = Shell::with(&[("t.csv", "a,b,c\n0,0,u\n0,0,u\n1,1,u\n1,,u\n")]);
    let found = shell.json(&["risk", "t.csv", "--quasi", "a", "--k", "2", "--combinations", "2"]);
    let combinations = &found["combinations"];
    assert_eq!((combinations["m"].as_u64(), combinations["sizes"][0]["sets"].as_u64()), (Some(2), Some(3)));
    // One has b = 1: alone, with a = 1, and with c.
    let below: Vec<u64> =
        combinations["sizes"].as_array().unwrap().iter().map(|size| size["below_k"].as_u64().unwrap()).collect();
    assert_eq!((below, combinations["records_below_k"].as_u64()), (vec![1, 2], Some(1)));
    let some = shell.json(&["risk", "t.csv", "--quasi", "a", "--k", "2", "--combinations", "2", "--of", "a,c"]);
    assert_eq!(
        (some["combinations"]["holds"].as_bool(), some["combinations"]["attributes"].as_array().unwrap().len()),
        (Some(true), 2)
    );
    assert!(shell.text(&["risk", "t.csv", "--quasi", "a", "--combinations", "2"]).contains("Attributes of rare"));
}

#[test]
fn blanks_are_counted_under_each_semantics() {
    // Matches of each record: own category 1 2 2 1, wildcard 2 3 3 4, half 1.5 2.5 2.5 2.5.
    let shell = Shell::with(&[("t.csv", "married,x\nno,1\nyes,1\nyes,1\n,1\n")]);
    let found = shell.json(&["risk", "t.csv", "--quasi", "married", "--k", "2", "--missing", "married=discount:0.5"]);
    let rows: Vec<(&str, f64, u64)> = found["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let below = row["records_below_k"].as_u64().unwrap();
            (row["semantics"].as_str().unwrap(), row["smallest"].as_f64().unwrap(), below)
        })
        .collect();
    let expected = [
        ("as asked", 1.5, 1),
        ("own category", 1.0, 2),
        ("never matches", 1.0, 2),
        ("wildcard counted as 0.5", 1.5, 1),
        ("wildcard", 2.0, 0),
    ];
    assert_eq!(rows, expected);
    assert!(near(&found["missing"][1]["share_below_k"], 0.5));
    let text = shell.text(&["risk", "t.csv", "--quasi", "married", "--missing", "married=wildcard"]);
    assert!(text.contains("attacker view"));
}

#[test]
fn the_population_is_estimated_by_models() {
    let shell = Shell::with(&[("t.csv", "a,b\n0,0\n0,1\n0,1\n1,1\n1,1\n")]);
    let asked = ["risk", "t.csv", "--quasi", "a,b", "--sampling-fraction", "0.5", "--uniqueness", "0.5"];
    let found = shell.json(&[&asked[..], &["--log-linear"]].concat());
    // One unique with a mean of 3/5 · 1/5 · 5 in the file, and as much outside.
    assert!(near(&found["log_linear"]["population_uniques"], (-0.6_f64).exp()));
    assert_eq!(found["log_linear"]["model"], "independence");
    let names: Vec<&str> = found["uniqueness"]["estimates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|estimate| estimate["asked"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["zayatz", "pitman", "slide-negative-binomial", "dankar"]);
    assert_eq!(
        (found["uniqueness"]["population"].as_u64(), found["uniqueness"]["sample_uniques"].as_u64()),
        (Some(10), Some(1))
    );
    let two_way = shell.json(&[&asked[..], &["--log-linear=two-way"]].concat());
    assert_eq!(two_way["log_linear"]["model"], "two-way");
}

#[test]
fn two_releases_are_subtracted() {
    // a alone leaves two or more, b too; both together single out the first record.
    let shell = Shell::with(&[
        ("input.csv", "a,b\n1,1\n1,0\n1,0\n0,1\n0,1\n"),
        ("old.csv", "a,b\n1,*\n1,*\n1,*\n0,*\n0,*\n"),
        ("new.csv", "b,a\n1,*\n0,*\n0,*\n1,*\n1,*\n"),
        (
            "plan.toml",
            "format_version = 1\n\
             [[attribute]]\nname = \"a\"\nrole = \"quasi-identifier\"\nhierarchy = { tree = [[\"0\", \"*\"], [\"1\", \"*\"]] }\n\
             [[attribute]]\nname = \"b\"\nrole = \"quasi-identifier\"\nhierarchy = { tree = [[\"0\", \"*\"], [\"1\", \"*\"]] }\n",
        ),
    ]);
    let asked = ["risk", "input.csv", "--quasi", "a,b", "--k", "2", "--earlier", "old.csv", "--released"];
    let found = shell.json(&[&asked[..], &["new.csv", "--plan", "plan.toml"]].concat());
    let risk = &found["differencing"];
    assert_eq!((risk["exposed_records"].as_u64(), risk["smallest_group"].as_u64()), (Some(1), Some(1)));
    assert_eq!((risk["holds"].as_bool(), risk["exposed_alone"].as_u64()), (Some(false), Some(0)));
    let same = shell.json(&[&asked[..], &["old.csv", "--plan", "plan.toml"]].concat());
    assert_eq!(same["differencing"]["holds"], true);
    shell.refused(&[&asked[..], &["new.csv"]].concat(), 1, "1 values of `b` are on no level of its hierarchy");
    shell.refused(&["risk", "input.csv", "--quasi", "a", "--released", "new.csv"], 2, "--earlier");
}

#[test]
fn cases_are_compared_with_what_was_released_of_them() {
    let shell = Shell::with(&[]);
    shell.ok(&["sample", "cases.csv", "--rows", "3000", "--seed", "4"]);
    let plan = |level: u32| {
        format!(
            "format_version = 1\n[[attribute]]\nname = \"ageBroad\"\nrole = \"quasi-identifier\"\n\
             hierarchy = {{ case = \"age_band\" }}\nlevels = [{level}, {level}]\n[[attribute]]\nname = \"isForcedLabour\"\nrole = \"quasi-identifier\"\n\
             [anonymize]\nmethod = \"generalization\"\nsuppression_limit = 0.05\n\
             [[anonymize.model]]\nkind = \"k-anonymity\"\nk = 5\n"
        )
    };
    for (name, level) in [("old", 1), ("new", 2)] {
        fs::write(shell.folder.path().join("plan.toml"), plan(level)).unwrap();
        shell.ok(&["anonymize", "cases.csv", &format!("{name}.csv"), "--plan", "plan.toml"]);
    }
    assert_ne!(shell.read("old.csv"), shell.read("new.csv"));
    let asked = ["risk", "cases.csv", "--quasi", "ageBroad,isForcedLabour", "--k", "5"];
    let found = shell.json(&[&asked[..], &["--earlier", "old.csv", "--released", "new.csv"]].concat());
    // The coarser release adds nothing to the finer one.
    assert_eq!(
        (found["differencing"]["exposed_records"].as_u64(), found["differencing"]["exposed_alone"].as_u64()),
        (Some(0), Some(0))
    );
}

#[test]
fn a_report_is_written_beside_the_answer() {
    let shell = Shell::with(&[("t.csv", "town|name,ill\nA,yes\nA,no\nB,yes\n")]);
    let asked = ["risk", "t.csv", "--quasi", "town|name", "--suda", "--explain", "3", "--report", "risk.md"];
    let text = shell.text(&asked);
    assert!(text.starts_with("measure") && text.contains("Special uniques"));
    let report = shell.read("risk.md");
    assert!(report.starts_with("# Disclosure risk of t.csv\n\n| measure | value |\n| --- | ---: |\n| records | 3 |\n"));
    assert!(report.contains("| town\\|name | 100.00 % |") && report.contains("## Record 3\n\n```text\nrecord 3 of 3"));
    let document = shell.json(&asked);
    for field in ["rows", "classes", "uniques", "smallest_class", "share_below_k", "attacker_view", "models"] {
        assert!(!document[field].is_null(), "{field}");
    }
    shell.refused(&["risk", "t.csv", "--quasi", "ill", "--report", "no/risk.md"], 2, "no/risk.md");
}

#[test]
fn what_is_asked_wrongly_is_one_sentence() {
    let shell = Shell::with(&[("t.csv", "a,b,w\nx,1,3\ny,2,4\n")]);
    let of_a = |more: &[&str], says: &str| {
        shell.refused(&[&["risk", "t.csv", "--quasi", "a", "--quiet"], more].concat(), 2, says);
    };
    shell.refused(&["risk", "t.csv", "--quasi", "nobody"], 2, "there is no attribute `nobody`");
    of_a(&["--sensitive", "nobody"], "there is no attribute `nobody`");
    of_a(&["--sensitive", "a"], "`a` is a quasi-identifier");
    of_a(&["--household", "nobody"], "there is no attribute `nobody`");
    of_a(&["--combinations", "1", "--of", "nobody"], "there is no attribute `nobody`");
    of_a(&["--missing", "nobody=wildcard"], "there is no attribute `nobody`");
    of_a(&["--missing", "b=wildcard"], "`b` is not one of --quasi");
    of_a(&["--missing", "a=anything"], "own-category, wildcard");
    of_a(&["--missing", "a"], "ATTRIBUTE=SEMANTICS");
    of_a(&["--missing", "a=discount:1.5"], "from 0 to 1");
    of_a(&["--explain", "0"], "counted from 1");
    of_a(&["--explain", "3"], "the table has 2");
    of_a(&["--combinations", "0"], "--combinations 0");
    of_a(&["--combinations", "2", "--of", "a,a"], "twice");
    of_a(&["--uniqueness", "0"], "--uniqueness 0");
    of_a(&["--uniqueness", "1.5"], "above 0 and at most 1");
    of_a(&["--suda", "--sampling-fraction", "2"], "above 0 and at most 1");
    of_a(&["--suda", "--suda-size", "0"], "at least 1");
    of_a(&["--log-linear"], "--sampling-fraction");
    of_a(&["--threshold", "2"], "from 0 to 1");
    of_a(&["--sensitive", "b", "--t", "7"], "from 0 to 1");
    of_a(&["--sensitive", "b", "--l", "0"], "at least 1");
    of_a(&["--population", "none.csv"], "none.csv");
    of_a(&["--weight", "nobody"], "nobody");
    of_a(&["--weight", "w", "--format", "ctdc-kanon-63"], "is a layout of cases");
    let wide: String = ["c1,", "c2,", "c3,", "c4,", "c5,", "c6,", "c7,", "c8,", "c9,"].concat();
    fs::write(shell.folder.path().join("wide.csv"), format!("{wide}last\n{}1\n", "1,".repeat(9))).unwrap();
    shell.refused(
        &["risk", "wide.csv", "--quasi", "c1", "--combinations", "9"],
        2,
        "--combinations 9: m: it is from 1 to 8",
    );
}
