//! The command line as a user meets it: answers, JSON fields, exit codes, and what bad input leads to.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

struct Shell {
    folder: TempDir,
}

impl Shell {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ctdata")).args(arguments).current_dir(self.folder.path()).output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> Output {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.ok(&[arguments, &["--json"]].concat());
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["format_version"], 1);
        document
    }

    /// Runs, expects this exit code, and gives what was said on standard error.
    fn refused(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    fn sample(&self, name: &str, format: &str) {
        self.ok(&["sample", name, "--rows", "600", "--seed", "3", "--format", format]);
    }

    /// Nothing but these files is in the folder: nothing temporary, nothing half-written.
    fn holds(&self, expected: &[&str]) {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, expected);
    }
}

const LAYOUTS: [&str; 7] = [
    "ctdc-kanon-62",
    "ctdc-kanon-63",
    "ctdc-kanon-64",
    "ctdc-synthetic-2021",
    "ctdc-synthetic-2024",
    "ctdc-victim-perpetrator",
    "htcds-cases",
];

#[test]
fn every_layout_is_made_detected_found_valid_and_written_back() {
    let shell = Shell::new();
    let formats = shell.json(&["formats"]);
    let names: Vec<&str> =
        formats["formats"].as_array().unwrap().iter().map(|format| format["name"].as_str().unwrap()).collect();
    assert_eq!(names[..7], LAYOUTS);
    for layout in LAYOUTS {
        shell.sample("cases.csv", layout);
        let report = shell.json(&["validate", "cases.csv"]);
        assert_eq!(
            (report["format"].as_str(), report["rows"].as_u64(), report["valid"].as_bool()),
            (Some(layout), Some(600), Some(true))
        );
        let converted = shell.json(&["convert", "cases.csv", "back.csv", "--to", layout]);
        assert_eq!(converted["losses"].as_array().unwrap().len(), 0);
        assert_eq!(fs::read(shell.path("cases.csv")).unwrap(), fs::read(shell.path("back.csv")).unwrap(), "{layout}");
    }
}

#[test]
fn conversion_merges_lists_losses_and_refuses_rows_of_another_kind() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-synthetic-2021");
    let converted = shell.json(&["convert", "cases.csv", "out.csv", "--to", "ctdc-synthetic-2024"]);
    let losses = converted["losses"].as_array().unwrap();
    assert!(losses.iter().any(|loss| loss["kind"] == "merged" && loss["into"] == "meansThreats"));
    assert!(losses.iter().any(|loss| loss["kind"] == "dropped" && loss["column"] == "majorityStatusAtExploit"));
    assert_eq!(shell.json(&["validate", "out.csv"])["format"], "ctdc-synthetic-2024");

    shell.ok(&["convert", "cases.csv", "cases.jsonl", "--to", "json-lines"]);
    shell.ok(&["convert", "cases.jsonl", "again.csv", "--from", "json-lines", "--to", "ctdc-synthetic-2021"]);
    assert_eq!(fs::read(shell.path("cases.csv")).unwrap(), fs::read(shell.path("again.csv")).unwrap());

    shell.sample("vp.csv", "ctdc-victim-perpetrator");
    assert!(
        shell.refused(&["convert", "vp.csv", "no.csv", "--to", "ctdc-kanon-63"], 1).contains("rows outnumber victims")
    );
    assert!(
        shell
            .refused(&["convert", "cases.csv", "no.csv", "--to", "ctdc-victim-perpetrator"], 1)
            .contains("perpetrators")
    );
    assert!(
        shell
            .refused(&["convert", "cases.csv", "no.csv", "--to", "ctdc-kanon-65"], 2)
            .contains("did you mean `ctdc-kanon-6")
    );
    assert!(!shell.path("no.csv").exists());
}

#[test]
fn indicators_have_the_fields_that_tools_rely_on() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-synthetic-2021");
    let answer = shell.json(&[
        "indicators",
        "cases.csv",
        "--id",
        "V-EXP",
        "--base",
        "any-in-group",
        "--by",
        "gender",
        "--out",
        "long.csv",
    ]);
    let observation = &answer["observations"][0];
    for field in
        ["indicator", "code", "dimensions", "numerator", "base", "unknown", "value", "unit", "interval", "notes"]
    {
        assert!(!observation[field].is_null(), "{field} in {observation}");
    }
    for field in ["low", "high", "level", "method"] {
        assert!(!observation["interval"][field].is_null(), "{field}");
    }
    let long = fs::read_to_string(shell.path("long.csv")).unwrap();
    assert_eq!(long.lines().count(), answer["observations"].as_array().unwrap().len() + 1);

    assert!(shell.refused(&["indicators", "cases.csv", "--id", "8.7.1"], 1).contains("survey"));
    assert!(
        shell.refused(&["indicators", "cases.csv", "--id", "form-of-exploitatio"], 2).contains("form-of-exploitation")
    );
    assert!(shell.refused(&["indicators", "cases.csv", "--id", "sex", "--by", "heigth"], 2).contains("heigth"));
    assert!(shell.refused(&["indicators", "cases.csv", "--where", "gender"], 2).contains("DIM=VALUE"));
    assert!(shell.refused(&["indicators", "cases.csv", "--base", "some"], 2).contains("base"));
    // The whole catalogue, each with its default base.
    let all = shell.json(&["indicators", "cases.csv"]);
    assert!(all["observations"].as_array().unwrap().len() > 50);
    assert!(!all["skipped"].as_array().unwrap().is_empty());
}

#[test]
fn rates_need_a_population_and_name_it() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-synthetic-2021");
    let years = (2002..=2021).map(|year| format!("USA,{year},300000000\n"));
    let population = ["alpha3,year,persons\n".to_owned()].into_iter().chain(years).collect::<String>();
    fs::write(shell.path("population.csv"), population).unwrap();
    let answer = shell.json(&[
        "indicators",
        "cases.csv",
        "--id",
        "16.2.2",
        "--population",
        "population.csv",
        "--where",
        "country=USA",
    ]);
    let observations = answer["observations"].as_array().unwrap();
    let known: Vec<_> = observations.iter().filter(|observation| observation["value"].is_number()).collect();
    assert!(!known.is_empty());
    for observation in known {
        let expected = observation["numerator"].as_f64().unwrap() / 300e6 * 1e5;
        assert!((observation["value"].as_f64().unwrap() - expected).abs() < 1e-9);
        assert_eq!(observation["interval"]["method"], "garwood");
    }
    shell.refused(&["indicators", "cases.csv", "--id", "16.2.2", "--population", "missing.csv"], 2);
    shell.refused(&["indicators", "cases.csv", "--id", "16.2.2"], 1);
}

#[test]
fn risk_is_of_the_names_of_either_schema() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-kanon-63");
    let by_column = shell.json(&["risk", "cases.csv", "--quasi", "gender,ageBroad,citizenship", "--k", "5"]);
    let by_schema = shell.json(&["risk", "cases.csv", "--quasi", "gender,age_band,citizenship", "--k", "5"]);
    assert_eq!(by_column, by_schema);
    for field in ["rows", "classes", "uniques", "smallest_class", "share_below_k", "attacker_view", "models"] {
        assert!(!by_column[field].is_null(), "{field}");
    }
    let model = &by_column["models"][0];
    assert_eq!((model["required"].as_f64(), model["holds"].is_boolean()), (Some(5.0), true));
    assert!(shell.refused(&["risk", "cases.csv", "--quasi", "agebroda"], 2).contains("did you mean `ageBroad`"));
    shell.refused(&["risk", "cases.csv", "--quasi", "gender", "--k", "0"], 2);

    fs::write(shell.path("other.csv"), "town,age\nA,1\nA,1\nB,2\n").unwrap();
    let detected = shell.json(&["risk", "other.csv", "--quasi", "town", "--k", "2"]);
    let plain = shell.json(&["risk", "other.csv", "--quasi", "town", "--format", "csv", "--k", "2"]);
    assert_eq!(detected, plain);
    assert_eq!((plain["classes"].as_u64(), plain["uniques"].as_u64()), (Some(2), Some(1)));
}

#[test]
fn a_release_is_a_folder_that_holds_what_it_says() {
    let shell = Shell::new();
    shell.ok(&["sample", "cases.csv", "--rows", "5000"]);
    let answer = shell.json(&["publish", "cases.csv", "--out", "release"]);
    assert_eq!(answer["verified"], true);
    assert!(answer["statement"]["records"]["kept"].as_u64().unwrap() > 0);
    assert!(!answer["quality"].is_null());
    for file in answer["outputs"].as_array().unwrap() {
        assert!(shell.path(file.as_str().unwrap()).is_file());
    }
    assert!(shell.refused(&["publish", "cases.csv", "--out", "release"], 2).contains("exists already"));
    shell.ok(&["publish", "cases.csv", "--out", "release", "--replace"]);
    // A folder that is no release is never replaced.
    fs::create_dir(shell.path("mine")).unwrap();
    fs::write(shell.path("mine/work.txt"), "keep").unwrap();
    assert!(shell.refused(&["publish", "cases.csv", "--out", "mine", "--replace"], 2).contains("not a release folder"));
    assert!(shell.path("mine/work.txt").exists());
    shell.holds(&["cases.csv", "mine", "release"]);
}

#[test]
fn plans_are_read_strictly() {
    let shell = Shell::new();
    shell.ok(&["sample", "cases.csv", "--rows", "5000"]);
    fs::write(
        shell.path("plan.toml"),
        "format_version = 1\n[[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
         [[attribute]]\nname = \"citizenship\"\nrole = \"quasi-identifier\"\n\
         [[attribute]]\nname = \"isForcedLabour\"\nrole = \"released\"\n\
         [anonymize]\nmethod = \"cell-suppression\"\nblank = [\"citizenship\"]\n\
         [[anonymize.model]]\nkind = \"k-anonymity\"\nk = 5\n\
         [[table]]\nindicator = \"sex\"\n",
    )
    .unwrap();
    let answer = shell.json(&["publish", "cases.csv", "--plan", "plan.toml", "--out", "release"]);
    assert_eq!(answer["statement"]["models"][0]["required"], 5);
    let data = fs::read_to_string(shell.path("release/data.csv")).unwrap();
    assert_eq!(data.lines().next(), Some("gender,citizenship,isForcedLabour"));
    fs::write(shell.path("bad.toml"), "format_version = 1\nk = 5\n").unwrap();
    assert!(shell.refused(&["publish", "cases.csv", "--plan", "bad.toml", "--out", "no"], 2).contains("bad.toml"));
    fs::write(
        shell.path("typo.toml"),
        "format_version = 1\n[[attribute]]\nname = \"gendr\"\nrole = \"quasi-identifier\"\n",
    )
    .unwrap();
    assert!(
        shell
            .refused(&["publish", "cases.csv", "--plan", "typo.toml", "--out", "no"], 2)
            .contains("did you mean `gender`")
    );
    fs::write(shell.path("none.toml"), "format_version = 1\n").unwrap();
    shell.refused(&["publish", "cases.csv", "--plan", "none.toml", "--out", "no"], 2);
    assert!(!shell.path("no").exists());
}

#[test]
fn unreadable_input_is_named_and_nothing_is_left_behind() {
    let shell = Shell::new();
    shell.sample("good.csv", "ctdc-synthetic-2024");
    let good = fs::read(shell.path("good.csv")).unwrap();
    let header = good.split(|&byte| byte == b'\n').next().unwrap();
    let with = |name: &str, bytes: &[u8]| fs::write(shell.path(name), bytes).unwrap();
    with("empty.csv", b"");
    with("binary.csv", b"\x00\x01\x02\x03");
    with("wrong.csv", b"Name,Phone\nA Person,555\n");
    with("unclosed.csv", &[header, b"\n2019,\"Woman,,,\n"].concat());
    with("utf8.csv", &[header, b"\n2019,W\xFFman,,,,,,,,,,,,,,,,,,,,,,,,,\n"].concat());
    with("repeated.csv", &[header, b",gender\n"].concat());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&good).unwrap();
    let gzip = gzip.finish().unwrap();
    with("broken.csv.gz", &gzip[..gzip.len() / 2]);
    for (file, code, says) in [
        ("missing.csv", 2, "missing.csv"),
        ("empty.csv", 2, "empty"),
        ("binary.csv", 2, "not a text file"),
        ("wrong.csv", 2, "no known layout"),
        ("unclosed.csv", 2, "never closed"),
        ("utf8.csv", 1, "UTF-8"),
        ("repeated.csv", 2, "column 28 of the header repeats the name of column 2"),
        ("broken.csv.gz", 2, "gzip"),
    ] {
        let said = shell.refused(&["convert", file, "out.csv", "--to", "ctdc-synthetic-2024"], code);
        assert!(said.contains(says), "{file}: {said}");
        assert!(!said.contains("Person") && !said.contains("555"), "{said}");
        assert!(!shell.path("out.csv").exists());
        shell.refused(&["publish", file, "--out", "release"], code);
        assert!(!shell.path("release").exists());
    }
    // Gzip, whole, is read like the file itself.
    with("good.csv.gz", &gzip);
    assert_eq!(shell.json(&["validate", "good.csv.gz"])["rows"], 600);
}

#[test]
fn rows_that_cannot_be_used_are_counted_and_their_values_kept_back() {
    let shell = Shell::new();
    shell.sample("good.csv", "ctdc-synthetic-2024");
    let good = fs::read_to_string(shell.path("good.csv")).unwrap();
    let (header, _) = good.split_once('\n').unwrap();
    let mut bad = format!("{header}\n");
    for _ in 0..100_000 {
        bad.push_str("2019,Secret name,,,,,,,,,,,,,,,,,,,,,,,,,\n");
    }
    bad.push_str("2019,Woman\n");
    fs::write(shell.path("bad.csv"), bad).unwrap();
    let output = shell.run(&["validate", "bad.csv", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((report["rows"].as_u64(), report["valid"].as_bool()), (Some(100_001), Some(false)));
    let find = |rule: &str| {
        report["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == rule).unwrap().clone()
    };
    assert_eq!(find("code-list")["count"], 100_000);
    assert_eq!(find("code-list")["first"], serde_json::json!({"row": 1, "column": "gender"}));
    assert_eq!(find("R3")["first"]["row"], 100_001);
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(!said.contains("Secret"));
    let shown = shell.refused(&["validate", "bad.csv", "--show-values", "--list", "2"], 1);
    assert_eq!(shown.matches("Secret name").count(), 2);
}

/// A file that never ends, so that the signal always comes in the middle.
#[test]
#[cfg(unix)]
fn a_signal_stops_the_work_and_leaves_nothing_behind() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-synthetic-2024");
    let cases = fs::read(shell.path("cases.csv")).unwrap();
    let header = cases.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    assert!(Command::new("mkfifo").arg(shell.path("endless")).status().unwrap().success());
    for signal in ["-INT", "-TERM", "-HUP"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ctdata"))
            .args(["publish", "endless", "--out", "release"])
            .current_dir(shell.folder.path())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut endless = fs::OpenOptions::new().write(true).open(shell.path("endless")).unwrap();
        endless.write_all(&cases).unwrap();
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        // The pipe breaks when the reader is gone.
        while endless.write_all(&cases[header..]).is_ok() {}
        assert_eq!(child.wait().unwrap().code(), Some(3), "{signal}");
        shell.holds(&["cases.csv", "endless"]);
    }
}

#[test]
fn outputs_that_cannot_be_written_are_named() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-synthetic-2024");
    fs::write(shell.path("file"), "x").unwrap();
    for out in ["no/such/folder/out.csv", "file/out.csv"] {
        let said = shell.refused(&["convert", "cases.csv", out], 2);
        assert!(said.contains("out.csv") || said.contains("folder"), "{said}");
    }
    shell.refused(&["publish", "cases.csv", "--out", "file/release"], 2);
    if Path::new("/dev/full").exists() {
        assert!(shell.refused(&["convert", "cases.csv", "/dev/full"], 2).contains("/dev/full"));
    }
    shell.holds(&["cases.csv", "file"]);
}

#[test]
fn working_copies_are_for_their_owner_alone() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-synthetic-2024");
    shell.ok(&["convert", "cases.csv", "copy.csv"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for name in ["cases.csv", "copy.csv"] {
            let mode = fs::metadata(shell.path(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}

#[test]
fn what_cannot_be_told_does_not_undo_the_work() {
    let shell = Shell::new();
    // A full disk, or a pipe that nobody reads.
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ctdata"));
        command.args(arguments).current_dir(shell.folder.path()).stderr(full.try_clone().unwrap());
        command.stdout(std::process::Stdio::null()).status().unwrap().code()
    };
    assert_eq!(run(&["sample", "cases.csv", "--rows", "5000"]), Some(0));
    assert_eq!(run(&["publish", "cases.csv", "--out", "release"]), Some(0));
    assert_eq!(run(&["validate", "missing.csv"]), Some(2));
}

#[test]
fn a_name_that_ends_in_gz_is_written_as_gzip() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-synthetic-2024");
    for name in ["copy.csv.gz", "again.csv.gz"] {
        shell.ok(&["convert", "cases.csv", name]);
    }
    let packed = fs::read(shell.path("copy.csv.gz")).unwrap();
    assert_eq!(packed, fs::read(shell.path("again.csv.gz")).unwrap());
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut text).unwrap();
    assert_eq!(text, fs::read(shell.path("cases.csv")).unwrap());
}

#[test]
fn rows_of_victims_and_perpetrators_are_asked_about_by_column_or_schema() {
    let shell = Shell::new();
    shell.sample("vp.csv", "ctdc-victim-perpetrator");
    let by_column = shell.json(&["risk", "vp.csv", "--quasi", "yearRegister,gender,IP_Gender"]);
    assert_eq!(by_column["rows"], 600);
    let by_schema = shell.json(&["risk", "vp.csv", "--quasi", "period_of_registration,gender,perpetrator_gender"]);
    assert_eq!(by_column, by_schema);
    assert!(shell.refused(&["risk", "vp.csv", "--quasi", "height"], 2).contains("height"));
}

#[test]
fn what_is_asked_for_twice_is_answered_once() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-synthetic-2021");
    let once = shell.json(&["indicators", "cases.csv", "--id", "form-of-exploitation"]);
    let twice = shell.json(&["indicators", "cases.csv", "--id", "V-EXP", "--id", "form-of-exploitation"]);
    assert_eq!(once, twice);
}

#[test]
fn a_question_that_makes_no_sense_is_a_usage_error() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-synthetic-2021");
    for options in [["--by", "gender"], ["--where", "year=20x"], ["--where", "gender=Womn"], ["--base", "any"]] {
        shell.refused(&[&["indicators", "cases.csv", "--id", "sex"], &options[..]].concat(), 2);
    }
    // Names are told to be wrong before a file is read.
    for arguments in [
        &["indicators", "missing.csv", "--id", "sxe"][..],
        &["convert", "missing.csv", "out.csv", "--to", "nonsense"],
        &["sample", "out.csv", "--format", "nonsense"],
    ] {
        assert!(shell.refused(arguments, 2).contains("there is no"), "{arguments:?}");
    }
    assert!(shell.refused(&["sample", "out.csv", "--format", "nonsense"], 2).contains("ctdata formats"));
    shell.holds(&["cases.csv"]);
}

#[test]
fn a_figure_that_is_missing_has_its_reason_beside_it() {
    let shell = Shell::new();
    shell.ok(&["sample", "none.csv", "--rows", "0"]);
    let said = |id: &str| String::from_utf8(shell.ok(&["indicators", "none.csv", "--id", id]).stdout).unwrap();
    assert!(said("form-of-exploitation").contains("not available: nobody is in the base"));
    assert_eq!(said("sex"), "nothing to count\n");
}

#[test]
fn a_conversion_names_formats_as_they_are_spelt_and_the_file_that_is_wrong() {
    let shell = Shell::new();
    shell.sample("cases.csv", "ctdc-synthetic-2021");
    assert_eq!(shell.json(&["convert", "cases.csv", "out.csv", "--to", "CTDC-Kanon-63"])["to"], "ctdc-kanon-63");
    fs::write(shell.path("bad.jsonl"), "{}\nnonsense\n").unwrap();
    let arguments = ["convert", "bad.jsonl", "no.csv", "--from", "json-lines", "--to", "ctdc-kanon-63"];
    assert!(shell.refused(&arguments, 2).contains("bad.jsonl, line 2"));
    assert!(!shell.path("no.csv").exists());
}

#[test]
fn usage_errors_and_answers_have_their_codes() {
    let shell = Shell::new();
    shell.refused(&[], 2);
    shell.refused(&["publsh"], 2);
    shell.refused(&["risk", "cases.csv"], 2);
    let help = String::from_utf8(shell.ok(&["--help"]).stdout).unwrap();
    assert!(help.starts_with("Counter-trafficking data: read, check, count, protect, publish"), "{help}");
    shell.ok(&["--version"]);
    shell.ok(&["publish", "--help"]);
}
