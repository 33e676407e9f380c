//! Bad input: a sentence for each, without any text of the file.

use super::*;

fn sentence(file: &[u8]) -> String {
    let options = ReadOptions::default();
    read_flat(file, "cases.csv", None, &options, &Control::default()).unwrap_err().to_string()
}

#[test]
fn texts_that_are_no_table_are_refused() {
    assert_eq!(sentence(b""), "cases.csv: the file is empty");
    assert_eq!(sentence(b"prs_Title\n\"secret"), "cases.csv, line 2: a quoted cell is opened here and never closed");
    assert_eq!(sentence(b"prs_Title\n\0"), "cases.csv, line 2: not a text file (it holds a zero byte)");
    assert_eq!(sentence(b"prs_Title,\xff\n"), "cases.csv, line 1: not valid UTF-8");
}

#[test]
fn cells_and_rows_that_cannot_be_read_are_named_by_their_place() {
    let first = "cases.csv: 1 row could not be read; the first problem: ";
    for (file, expected) in [
        (&b"prs_Title,prs_Gender\n\nsecret\n"[..], "line 3, row 1: the row is too short for the header (R3)"),
        (b"prs_Title\nsecret,more\n", "line 2, row 1: the row is too long for the header (R3)"),
        (b"prs_Title,prs_Gender\nsecret\xff,\n", "line 2, row 1, column `prs_Title`: not valid UTF-8 (cell)"),
        (
            b"prs_Birthdate\n5 March 2019\n",
            "line 2, row 1, column `prs_Birthdate`: not a date: expected 2019-03-05, 2019-03 or 2019, or a date cell (cell)",
        ),
        (
            b"prs_Birthdate\n2019-02-30\n",
            "line 2, row 1, column `prs_Birthdate`: not a date: expected 2019-03-05, 2019-03 or 2019, or a date cell (cell)",
        ),
        (
            b"prs_NumberOfChildren\n99999999999\n",
            "line 2, row 1, column `prs_NumberOfChildren`: not a whole number from 0 to 4294967295 (cell)",
        ),
        (
            b"vic_AgeWhenTrafficked\n-4\n",
            "line 2, row 1, column `vic_AgeWhenTrafficked`: not a whole number from 0 to 4294967295 (cell)",
        ),
        (b"hte_Latitude\nnorth\n", "line 2, row 1, column `hte_Latitude`: not a number of degrees (cell)"),
        (b"con_Consent\nmaybe\n", "line 2, row 1, column `con_Consent`: neither yes nor no (cell)"),
        (
            b"prs_Title,role\na,secret\n",
            "line 2, row 1, column `role`: the role is none of victim, perpetrator, case-worker, organization, other (cell)",
        ),
        (
            b"case_id,prs_Title,cas_Status\n,a,Active\n",
            "line 2, row 1: a row about a case needs the identifier of the case (record)",
        ),
        (
            b"case_id,role\nc,victim\n",
            "line 2, row 1: the role is that of a person or an organization, and the row has none (record)",
        ),
        (
            b"case_id,organization_id,role\nc,o,victim\n",
            "line 2, row 1: only a person is a victim or perpetrator, and the row has none (record)",
        ),
        (b"case_id,person_id,role\n,p,victim\n", "line 2, row 1: a role needs the identifier of the case (record)"),
        (
            b"case_id,person_id,role,vic_TypeOfExploitation\nc,p,case-worker,Servitude\n",
            "line 2, row 1: the row has fields of a victim or perpetrator, and its role is another (record)",
        ),
        (
            b"case_id,person_id,prs_Title\nc1,p,secret\nc2,p,other secret\n",
            "line 3, row 2, column `prs_Title`: it says otherwise than an earlier row about the same person, case or \
             organization (record)",
        ),
        (b"prs_Title,\na,secret\n", "line 2, row 1, column `2`: the cell stands under no header (cell)"),
        (
            b"_uuid,vic_MethodsOfControl/DebtBondage\nu,secret\n",
            "line 2, row 1, column `vic_MethodsOfControl/DebtBondage`: neither yes nor no (cell)",
        ),
    ] {
        let found = sentence(file);
        assert_eq!(found, format!("{first}{expected}"));
        assert!(!found.contains("secret"));
    }
}

#[test]
fn headers_that_cannot_be_read_are_named_by_position() {
    for (header, expected) in [
        (
            "prs_Title,secret,,also secret",
            "column 2, column 4 are no fields of HTCDS (rename, remove or map what stands there)",
        ),
        ("prs_Title,start", "column 2 is no field of HTCDS (rename, remove or map what stands there)"),
        (
            "prs_FirstName,prs_Title,prs_First_Name.x",
            "column 3 is no field of HTCDS (rename, remove or map what stands there)",
        ),
        ("prs_Title,TITLE", "column 1 and column 2 both hold `prs_Title`"),
        ("prs_Title,First Name,First Name", "column 2 and column 3 both hold `prs_FirstName`"),
        (
            "prs_Title,Type",
            "column 2 has the label of org_Type, hte_Type, spl_Type: write the name of the one that is meant",
        ),
        ("prs_Title,cas_Status.2", "column 2 is numbered, and `cas_Status` does not repeat"),
        ("prs_Title,hte_Date.0", "column 2 is no field of HTCDS (rename, remove or map what stands there)"),
    ] {
        let found = sentence(format!("{header}\n").as_bytes());
        assert_eq!(found, format!("cases.csv: the header is not that of htcds-csv: {expected}"));
    }
    assert_eq!(
        sentence(b"_uuid,vic_MethodsOfControl/secret\n"),
        "cases.csv: the header is not that of htcds-xlsform: column 2 is a choice that the list of \
         `vic_MethodsOfControl` does not have: export the answers in one column"
    );
    let rows = "prs_FirstName,prs_Gender,prs_Title\nGender,First Name,Title\n";
    assert_eq!(
        sentence(rows.as_bytes()),
        "cases.csv: the header is not that of htcds-csv: column 1 has the name of `prs_FirstName` and the label of \
         `prs_Gender`; column 2 has the name of `prs_Gender` and the label of `prs_FirstName`"
    );
}

#[test]
fn problems_are_collected_with_their_places() {
    let file = "case_id,prs_Birthdate,con_Consent\nc1,x,y\nc2,2001,\nc3,,maybe\n";
    let options = ReadOptions { on_error: OnError::Collect { limit: 10 }, ..ReadOptions::default() };
    let outcome = read_flat(file.as_bytes(), "cases.csv", None, &options, &Control::default()).unwrap();
    assert_eq!((outcome.rows(), outcome.usable().cases.len()), (3, 1));
    assert_eq!(outcome.problems().rows_left_out(), 2);
    assert!(outcome.problems().kept().iter().all(|problem| problem.value.is_none()));
    assert_eq!(
        outcome.into_records().unwrap_err().to_string(),
        "cases.csv: 2 rows could not be read; the first problem: line 2, row 1, column `prs_Birthdate`: not a date: \
         expected 2019-03-05, 2019-03 or 2019, or a date cell (cell)"
    );
    let options = ReadOptions { keep_values: true, ..options };
    let outcome = read_flat(file.as_bytes(), "cases.csv", None, &options, &Control::default()).unwrap();
    let kept: Vec<&str> = (outcome.problems().kept().iter())
        .filter_map(|problem| problem.value.as_ref().map(|value| value.expose().as_str()))
        .collect();
    assert_eq!(kept, ["x", "maybe"]);
    assert!(!format!("{outcome:?}").contains("maybe"));
}

#[test]
fn a_cancelled_read_stops() {
    let control = Control::default().with_deadline(|| true);
    let error = read_flat(&b"prs_Title\na\n"[..], "x", None, &ReadOptions::default(), &control).unwrap_err();
    assert!(matches!(error, ModelError::Cancelled(_)));
}

#[test]
fn other_formats_are_not_read_here() {
    let format = Some(HtcdsFormat::Json);
    let error = read_flat(&b"{}"[..], "x", format, &ReadOptions::default(), &Control::default());
    assert!(error.is_err());
    let error = read_flat(&b"prs_Title\n"[..], "x", format, &ReadOptions::default(), &Control::default()).unwrap_err();
    assert_eq!(error.to_string(), "x: htcds-json is not a format of one text file");
}
