//! `convert` to and from Parquet, in a program built with the feature `parquet` and in one built without.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ctdata")).args(arguments).current_dir(folder).output().unwrap()
}

fn is_listed(folder: &Path) -> bool {
    String::from_utf8(run(folder, &["formats"]).stdout).unwrap().lines().any(|line| line.starts_with("parquet"))
}

#[cfg(feature = "parquet")]
#[test]
fn tables_go_there_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let ok = |arguments: &[&str]| {
        let output = run(folder.path(), arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let bytes = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert!(is_listed(folder.path()));
    for layout in
        ["ctdc-kanon-62", "ctdc-synthetic-2021", "ctdc-synthetic-2024", "ctdc-victim-perpetrator", "htcds-cases"]
    {
        ok(&["sample", "cases.csv", "--rows", "500", "--format", layout]);
        ok(&["convert", "cases.csv", "plain.csv", "--to", "csv"]);
        ok(&["convert", "cases.csv", "cases.parquet", "--to", "Parquet"]);
        assert_eq!(bytes("cases.parquet")[..4], *b"PAR1");
        ok(&["convert", "cases.parquet", "plain-back.csv", "--from", "parquet", "--to", "csv"]);
        assert_eq!(bytes("plain-back.csv"), bytes("plain.csv"), "{layout}");
        // The file says which layout it is of, so that cases come back as cases.
        ok(&["convert", "cases.parquet", "back.csv", "--from", "parquet"]);
        assert_eq!(bytes("back.csv"), bytes("cases.csv"), "{layout}");
    }

    let broken = &bytes("cases.parquet")[..900];
    std::fs::write(folder.path().join("broken.parquet"), broken).unwrap();
    for file in ["broken.parquet", "cases.csv", "missing.parquet"] {
        let output = run(folder.path(), &["convert", file, "no.csv", "--from", "parquet"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(file), "{said}");
    }
    assert!(!folder.path().join("no.csv").exists());
}

#[cfg(not(feature = "parquet"))]
#[test]
fn without_the_feature_the_way_to_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert!(!is_listed(folder.path()));
    // Told before any file is looked for.
    for option in ["--to", "--from"] {
        let output = run(folder.path(), &["convert", "missing", "out", option, "parquet"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("--features parquet"));
    }
}
