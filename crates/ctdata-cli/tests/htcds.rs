//! HTCDS records on the command line: from a workbook to a release, and no identifying word on the way.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ctdata::model::htcds::{MARKER, PHONE_MARKER};
use serde_json::Value;
use tempfile::TempDir;

/// A folder to work in. Whatever is said in it is searched for the marker of identifying fields.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_ctdata"))
            .args(arguments)
            .env("CTDATA_TEST_KEY", "0123456789abcdef0123456789abcdef")
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        for said in [&output.stdout, &output.stderr] {
            keeps_quiet(said, &format!("{arguments:?}"));
        }
        output
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let document: Value = serde_json::from_str(&self.ok(&[arguments, &["--json"]].concat())).unwrap();
        assert_eq!(document["format_version"], 1);
        document
    }

    /// Runs, expects this exit code, and gives what was said on standard error.
    fn refused(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        said
    }

    fn sample(&self, name: &str, format: &str) {
        self.ok(&["sample", name, "--rows", "400", "--seed", "7", "--format", format]);
    }
}

fn keeps_quiet(bytes: &[u8], whose: &str) {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    for marker in [MARKER, PHONE_MARKER] {
        assert!(!text.contains(&marker.to_lowercase()), "{whose}: a marker of identifying fields got out");
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_in(&path)) } else { files.push(path) }
    }
    files
}

const FORMATS: [(&str, &str); 5] = [
    ("htcds-excel", "records.xlsx"),
    ("htcds-csv", "records.csv"),
    ("htcds-xlsform", "form.csv"),
    ("htcds-json", "records.json"),
    ("htcds-json-lines", "records.jsonl"),
];

#[test]
fn from_a_workbook_to_a_release_without_an_identifying_word() {
    let desk = Desk::new();
    desk.ok(&["sample", "records.xlsx", "--rows", "4000", "--seed", "7", "--format", "htcds-excel"]);
    let report = desk.json(&["validate", "records.xlsx"]);
    assert_eq!((report["format"].as_str(), report["valid"].as_bool()), (Some("htcds-excel"), Some(true)));
    let gap = desk.json(&["gap", "records.xlsx"]);
    assert_eq!(gap["fields"].as_array().unwrap().len(), 40);
    let converted = desk.json(&["convert", "records.xlsx", "cases.csv", "--to", "ctdc-synthetic-2024"]);
    assert_eq!(converted["from"], "htcds-excel");
    assert!(!converted["losses"].as_array().unwrap().is_empty());
    assert!(converted["records"]["left_out"].as_array().is_some_and(|reasons| !reasons.is_empty()));
    desk.json(&["publish", "records.xlsx", "--out", "release"]);
    // The plan for records that the examples have, run as its first lines say.
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/plans/htcds.toml");
    let account = desk.json(&["publish", "records.xlsx", "--plan", plan, "--out", "release/with-plan"]);
    assert!(account["statement"]["records"]["kept"].as_u64() > Some(2_500), "{}", account["statement"]["records"]);
    let published = files_in(&desk.path("release"));
    assert!(published.len() >= 4);
    for file in published.iter().chain([&desk.path("cases.csv")]) {
        keeps_quiet(&fs::read(file).unwrap(), &file.display().to_string());
    }
    // The records themselves do have it: the search above could have found it.
    desk.ok(&["convert", "records.xlsx", "records.csv", "--to", "htcds-csv"]);
    assert!(fs::read_to_string(desk.path("records.csv")).unwrap().contains(MARKER));
    // What was published is a file of a known layout again.
    desk.ok(&["validate", "cases.csv"]);
}

#[test]
fn every_format_is_written_recognized_and_read_with_nothing_lost() {
    let desk = Desk::new();
    desk.sample("first.json", "htcds-json");
    let original = fs::read(desk.path("first.json")).unwrap();
    for (format, name) in FORMATS {
        if format == "htcds-xlsform" {
            continue; // It has no place for what repeats.
        }
        desk.ok(&["convert", "first.json", name, "--to", format, "--keep-extensions"]);
        let report = desk.json(&["validate", name]);
        assert_eq!(report["format"], format);
        desk.ok(&["convert", name, "again.json", "--to", "htcds-json", "--keep-extensions"]);
        assert!(fs::read(desk.path("again.json")).unwrap() == original, "{format}");
    }
    desk.sample("form.csv", "htcds-xlsform");
    assert_eq!(desk.json(&["validate", "form.csv"])["format"], "htcds-xlsform");
}

#[test]
fn people_who_are_no_cases_or_several_are_told_and_no_input_is_written_over() {
    let desk = Desk::new();
    desk.sample("records.csv", "htcds-csv");
    for arguments in [&["indicators", "records.csv"][..], &["risk", "records.csv", "--quasi", "gender"]] {
        let output = desk.run(arguments);
        assert!(String::from_utf8_lossy(&output.stderr).contains("make no case: found not to be a victim"));
    }
    let one = "person_id,case_id,prs_Gender,vic_TraffickingStatus\n";
    let rows: Vec<String> = (1..=15).map(|case| format!("P1,C{case},Feminine,ActualVictimOfTrafficking\n")).collect();
    fs::write(desk.path("one.csv"), one.to_owned() + &rows.concat()).unwrap();
    let converted = desk.json(&["convert", "one.csv", "cases.csv", "--to", "ctdc-synthetic-2021"]);
    assert_eq!(converted["records"]["repeated"], 14);
    assert!(desk.refused(&["publish", "one.csv", "--out", "release"], 1).contains("no solution"));
    // An epsilon would promise of persons what records of cases cannot keep.
    let plan = "format_version = 1\n[[attribute]]\nname = \"gender\"\nrole = \"released\"\n\
        [synthesize]\nmethod = \"mst\"\nepsilon = 1.0\ndelta = 1e-6\n";
    fs::write(desk.path("dp.toml"), plan).unwrap();
    let said = desk.refused(&["synthesize", "records.csv", "dp.csv", "--plan", "dp.toml", "--seed", "1"], 2);
    assert!(said.contains("HTCDS records"), "{said}");

    fs::write(desk.path("map.toml"), "format_version = 1\n").unwrap();
    let said = desk.refused(&["gap", "records.csv", "--map", "map.toml", "--report", "map.toml"], 2);
    assert!(said.contains("written over"), "{said}");
    desk.ok(&["convert", "records.csv", "folder", "--to", "htcds-csv-folder"]);
    let said = desk.refused(&["convert", "folder", "folder/persons.csv", "--to", "htcds-csv"], 2);
    assert!(said.contains("written over"), "{said}");
}

#[test]
fn extensions_give_way_to_the_standard_unless_they_are_to_be_kept() {
    let desk = Desk::new();
    desk.sample("records.json", "htcds-json");
    assert!(fs::read_to_string(desk.path("records.json")).unwrap().contains("RestrictsMovement"));
    let converted = desk.json(&["convert", "records.json", "standard.csv", "--to", "htcds-csv"]);
    assert!(!fs::read_to_string(desk.path("standard.csv")).unwrap().contains("RestrictsMovement"));
    let degraded = converted["records"]["degraded"].as_array().unwrap();
    assert!(degraded.iter().any(|entry| entry["value"] == "RestrictsMovement" && entry["stand_in"] == "Other"));
}

#[test]
fn damaged_files_are_refused_in_words_that_give_nothing_away() {
    let desk = Desk::new();
    for (format, name) in FORMATS {
        desk.sample(name, format);
        let whole = fs::read(desk.path(name)).unwrap();
        let lines: Vec<&[u8]> = whole.split_inclusive(|&byte| byte == b'\n').collect();
        let without_header = lines[1.min(lines.len() - 1)..].concat();
        let broken_text: Vec<u8> = whole.iter().map(|&byte| if byte == b'-' { 0xff } else { byte }).collect();
        let shifted: Vec<u8> = whole
            .iter()
            .enumerate()
            .map(|(at, &byte)| if at % 97 == 96 && byte == b',' { b';' } else { byte })
            .collect();
        let without_digits: Vec<u8> =
            whole.iter().map(|&byte| if byte.is_ascii_digit() { b'x' } else { byte }).collect();
        let names_as_dates = String::from_utf8_lossy(&whole).replace("19", MARKER).replace("20", MARKER).into_bytes();
        for damaged in [
            without_header,
            broken_text,
            shifted,
            without_digits,
            names_as_dates,
            whole[..whole.len() / 2].to_vec(),
            whole[whole.len() / 2..].to_vec(),
            Vec::new(),
        ] {
            fs::write(desk.path("damaged"), damaged).unwrap();
            for arguments in [
                &["validate", "damaged", "--format", format][..],
                &["validate", "damaged"],
                &["gap", "damaged"],
                &["convert", "damaged", "out.csv", "--to", "ctdc-synthetic-2024"],
                &["map", "--init", "damaged"],
            ] {
                let output = desk.run(arguments);
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.code().is_some_and(|code| code <= 2), "{format} {arguments:?}: {said}");
                assert!(!said.contains("panicked"), "{format} {arguments:?}: {said}");
            }
        }
    }
}

#[test]
fn what_is_no_workbook_is_told_plainly() {
    let desk = Desk::new();
    desk.sample("records.csv", "htcds-csv");
    fs::copy(desk.path("records.csv"), desk.path("renamed.xlsx")).unwrap();
    // A renamed CSV is read for what it is, unless the format is named.
    assert_eq!(desk.json(&["validate", "renamed.xlsx"])["format"], "htcds-csv");
    let said = desk.refused(&["validate", "renamed.xlsx", "--format", "htcds-excel"], 2);
    assert!(said.contains("workbook"), "{said}");
    let ole = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    fs::write(desk.path("locked.xlsx"), [&ole[..], &[0; 4096]].concat()).unwrap();
    assert!(desk.refused(&["validate", "locked.xlsx"], 2).contains("locked.xlsx"));
}

#[test]
fn pseudonyms_separate_identities_from_cases() {
    let desk = Desk::new();
    desk.sample("records.xlsx", "htcds-excel");
    let split = ["pseudonymize", "records.xlsx", "cases.json", "identities.json", "--key-env", "CTDATA_TEST_KEY"];
    desk.ok(&split);
    keeps_quiet(&fs::read(desk.path("cases.json")).unwrap(), "cases.json");
    assert!(fs::read_to_string(desk.path("identities.json")).unwrap().contains(MARKER));
    assert!(desk.json(&["validate", "cases.json"])["valid"].as_bool().unwrap());
    // A short key, none, or one that is not there.
    fs::write(desk.path("short"), "0123").unwrap();
    let said = desk.refused(&["pseudonymize", "records.xlsx", "c.json", "i.json", "--key-file", "short"], 2);
    assert!(!said.contains("0123"), "{said}");
    desk.refused(&["pseudonymize", "records.xlsx", "c.json", "i.json"], 2);
    desk.refused(&["pseudonymize", "records.xlsx", "c.json", "i.json", "--key-env", "CTDATA_NO_SUCH_KEY"], 2);
    assert!(!desk.path("c.json").exists() && !desk.path("i.json").exists());
}

#[test]
fn schemas_are_listed_and_printed() {
    let desk = Desk::new();
    let names = desk.ok(&["schema"]);
    for name in names.lines() {
        let schema: Value = serde_json::from_str(&desk.ok(&["schema", name])).unwrap();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
    }
    assert!(names.lines().count() >= 13);
    assert!(desk.refused(&["schema", "htcds-persons"], 2).contains("htcds-person"));
}
