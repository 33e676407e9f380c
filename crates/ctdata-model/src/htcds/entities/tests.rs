use std::fs;
use std::path::Path;

use ctdata_table::Control;
use ctdata_table::csv::OnError;
use proptest::prelude::*;

use super::{FILES, read_folder, write_folder};
use crate::htcds::arbitrary::records;
use crate::htcds::read::target_name;
use crate::htcds::{ReadOptions, Records};

fn read(path: &Path) -> Result<Records, String> {
    let outcome = read_folder(path, &ReadOptions::default(), &Control::default());
    // Where the folder lies is not part of the sentence.
    let local =
        |text: String| text.replace(&format!("{}/", path.display()), "").replace(&path.display().to_string(), ".");
    outcome.and_then(crate::htcds::HtcdsOutcome::into_records).map_err(|error| local(error.to_string()))
}

/// A folder with these files; the others have a header alone.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in &FILES {
        let ids: Vec<String> = file.ids.iter().filter_map(|id| target_name(*id)).collect();
        fs::write(folder.path().join(file.name), ids.join(",") + "\n").unwrap();
    }
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn what_is_written_is_read_as_the_same_records(records in records()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records");
        write_folder(&records, &path, &Control::default()).unwrap();
        prop_assert_eq!(fs::read_dir(&path).unwrap().count(), 10);
        prop_assert!(read(&path).unwrap() == records);
    }
}

#[test]
fn a_file_may_have_no_rows_and_those_of_other_kinds_are_left_alone() {
    let folder = folder(&[
        ("cases.csv", "case_id,cas_Status\nc1,Active\n"),
        ("comments.csv", "case_id,cco_CaseComment\nc1,twice\nc1,twice\n"),
        ("readme.txt", "notes"),
    ]);
    let records = read(folder.path()).unwrap();
    assert_eq!((records.persons.len(), records.cases.len()), (0, 1));
    assert_eq!(records.cases[0].comments.len(), 2);
}

#[test]
fn what_is_wrong_is_named_by_file_row_and_column() {
    let cases = ("cases.csv", "case_id,cas_Status\nc1,Active\n");
    let persons = ("persons.csv", "person_id,prs_Title\np1,a\n");
    let header = "victims.csv: the header is not that of htcds-csv-folder: ";
    let first = "victims.csv: 1 row could not be read; the first problem: line 2, row 1, column ";
    for (name, text, expected) in [
        ("victims.csv", "case_id,person_id\nsecret,p1\n", format!("{first}`case_id`: no row of cases.csv has this identifier (record)")),
        ("victims.csv", "case_id,person_id\nc1,secret\n", format!("{first}`person_id`: no row of persons.csv has this identifier (record)")),
        ("victims.csv", "case_id,person_id\n,p1\n", format!("{first}`case_id`: the row needs an identifier here (record)")),
        ("victims.csv", "case_id,person_id,vic_TypeOfExploitation\nc1,,Other\n", format!("{first}`person_id`: the row needs an identifier here (record)")),
        ("victims.csv", "case_id\nc1\n", format!("{header}lacks `person_id`")),
        ("victims.csv", "case_id,person_id,prs_Title\nc1,p1,a\n", format!("{header}column 3 does not belong into victims.csv")),
        ("victim.csv", "case_id,person_id\nc1,p1\n", "victim.csv: not a file of htcds-csv-folder".to_owned()),
        (
            "connections.csv",
            "case_id,person_id,organization_id,role\nc1,,secret,other\n",
            "connections.csv: 1 row could not be read; the first problem: line 2, row 1, column `organization_id`: no row of \
             organizations.csv has this identifier (record)"
                .to_owned(),
        ),
        (
            "connections.csv",
            "case_id,person_id,organization_id,role\nc1,p1,,\n",
            "connections.csv: 1 row could not be read; the first problem: line 2, row 1, column `role`: a connection needs a \
             role, other than victim or perpetrator (record)"
                .to_owned(),
        ),
        (
            "organizations.csv",
            "organization_id,org_Name\n,secret\n",
            "organizations.csv: 1 row could not be read; the first problem: line 2, row 1, column `organization_id`: the row \
             needs an identifier here (record)"
                .to_owned(),
        ),
    ] {
        let folder = folder(&[cases, persons, (name, text)]);
        assert_eq!(read(folder.path()).unwrap_err(), expected);
    }
    for file in &FILES {
        let folder = folder(&[cases, persons]);
        fs::remove_file(folder.path().join(file.name)).unwrap();
        let rule = "this file of htcds-csv-folder is not in the folder: one without rows has its header all the same";
        assert_eq!(read(folder.path()).unwrap_err(), format!("{}: {rule}", file.name));
    }
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join("readme.txt"), "notes").unwrap();
    assert_eq!(read(empty.path()).unwrap_err(), ".: none of the files of htcds-csv-folder is in the folder");
}

#[test]
fn a_message_about_a_folder_names_the_file() {
    let folder = folder(&[("cases.csv", "case_id,cas_IncomingReferralDate\nc1,soon\n")]);
    let options = ReadOptions { on_error: OnError::Collect { limit: 5 }, ..ReadOptions::default() };
    let outcome = read_folder(folder.path(), &options, &Control::default()).unwrap();
    let error = outcome.into_records().unwrap_err().to_string();
    let file = folder.path().join("cases.csv").display().to_string();
    assert!(error.starts_with(&format!("{}: 1 row", folder.path().display())));
    assert!(
        error.contains(&format!("{file}, line 2, row 1, column `cas_IncomingReferralDate`: not a date")),
        "{error}"
    );
}

#[test]
fn a_folder_appears_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records");
    let names = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    let stopped = write_folder(&Records::default(), &path, &Control::default().with_deadline(|| true));
    assert!(stopped.is_err());
    let bad = Records { persons: vec![crate::htcds::Person::default()], ..Records::default() };
    assert!(write_folder(&bad, &path, &Control::default()).is_err());
    assert!(names().is_empty());
    // An empty folder is taken, one with something in it is not.
    fs::create_dir(&path).unwrap();
    write_folder(&Records::default(), &path, &Control::default()).unwrap();
    assert_eq!(names(), ["records"]);
    assert_eq!(read(&path).unwrap(), Records::default());
    assert!(write_folder(&Records::default(), &path, &Control::default()).is_err());
}

#[cfg(unix)]
#[test]
fn a_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records");
    write_folder(&Records::default(), &path, &Control::default()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&path.join("persons.csv")), 0o600);
}
