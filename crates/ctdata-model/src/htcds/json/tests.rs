//! Records go through JSON unchanged, whatever is lenient is read, and what is wrong is named by its place alone.

use std::collections::HashSet;

use ctdata_table::csv::OnError;
use ctdata_table::{Control, TableError};
use proptest::prelude::*;

use super::sample::full_records;
use super::*;
use crate::ModelError;
use crate::htcds::{
    CaseRecord, Consent, Entity, FIELDS, FieldValue, HtcdsOutcome, Organization, Person, ReadOptions, Records,
};

const STYLES: [JsonStyle; 3] = [JsonStyle::Pretty, JsonStyle::Compact, JsonStyle::Lines];

fn text(records: &Records, style: JsonStyle) -> String {
    let mut text = Vec::new();
    write_json(records, style, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn read(text: &str) -> Result<HtcdsOutcome, ModelError> {
    read_json(text.as_bytes(), "f.json", &ReadOptions::default(), &Control::default())
}

fn records(text: &str) -> Records {
    read(text).unwrap().into_records().unwrap()
}

fn error(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

fn person(fields: &str) -> Person {
    let comma = if fields.is_empty() { "" } else { "," };
    records(&format!("{{\"person\":{{\"person_id\":\"P1\"{comma}{fields}}}}}")).persons.remove(0)
}

#[test]
fn all_84_fields_round_trip_in_every_style() {
    let all = full_records();
    for style in STYLES {
        let outcome = read(&text(&all, style)).unwrap();
        assert_eq!(outcome.usable(), &all);
        assert_eq!((outcome.rows(), outcome.problems().count()), (5, 0));
        let fields: Vec<_> = outcome.fields().iter().map(|field| field.name).collect();
        assert_eq!(fields, FIELDS.iter().map(|field| field.name).collect::<Vec<_>>());
        assert_eq!(fields.len(), 84);
        assert_eq!(text(outcome.usable(), style), text(&all, style));
    }
    let outcome = read(&text(&all, JsonStyle::Lines)).unwrap();
    assert_eq!(outcome.format(), "htcds-json-lines");
    assert_eq!((outcome.places().cases.as_slice(), outcome.places().persons.as_slice()), (&[4, 5][..], &[2, 3][..]));
    let outcome = read(&text(&all, JsonStyle::Pretty)).unwrap();
    assert_eq!(outcome.format(), "htcds-json");
    assert_eq!(
        (outcome.places().cases.as_slice(), outcome.places().victims.as_slice()),
        (&[1, 2][..], &[vec![1], vec![]][..])
    );
}

/// The names and labels of the fields that lists have, in the record that has them.
#[test]
fn every_value_is_read_by_name_and_by_label() {
    let mut walked = HashSet::new();
    for field in FIELDS {
        let Some(list) = field.list() else { continue };
        for value in list.values {
            for spelling in
                [value.name.to_owned(), value.label.to_owned(), format!(" {}\u{a0}", value.label.to_uppercase())]
            {
                let cell = serde_json::to_string(&spelling).unwrap();
                for cell in [cell.clone(), format!("[{cell}]")] {
                    assert_eq!(recorded(field.name, &cell), [value.name], "{} {spelling}", field.name);
                }
            }
            walked.insert((list.name, value.name));
        }
    }
    let standard =
        crate::htcds::VALUE_LISTS.iter().flat_map(|list| list.standard().map(|value| (list.name, value.name)));
    assert_eq!(standard.filter(|value| walked.contains(value)).count(), 164);
}

/// What a record of the field's kind holds after its JSON was read.
fn recorded(field: &str, cell: &str) -> Vec<String> {
    fn names<E: Entity>(entity: &E, field: &str) -> Vec<String> {
        match entity.recorded().find(|(name, _)| *name == field).unwrap().1 {
            FieldValue::Values(values) => values.iter().map(|value| value.name.to_owned()).collect(),
            _ => panic!("no value of a list"),
        }
    }
    let person = "{\"person\":{\"person_id\":\"P1\"}}\n";
    match field.get(..4).unwrap() {
        "org_" => {
            let read = records(&format!("{{\"organization\":{{\"organization_id\":\"O1\",\"{field}\":{cell}}}}}"));
            names(&read.organizations[0], field)
        }
        "prs_" => names(&self::person(&format!("\"{field}\":{cell}")), field),
        "vic_" | "per_" => {
            let part = if field.starts_with("vic_") { "victims" } else { "perpetrators" };
            let case =
                format!("{{\"case\":{{\"case_id\":\"C1\",\"{part}\":[{{\"person_id\":\"P1\",\"{field}\":{cell}}}]}}}}");
            let read = records(&format!("{person}{case}"));
            if part == "victims" {
                names(&read.cases[0].victims[0], field)
            } else {
                names(&read.cases[0].perpetrators[0], field)
            }
        }
        _ => {
            let case = |fields: &str| records(&format!("{{\"case\":{{\"case_id\":\"C1\",{fields}}}}}")).cases.remove(0);
            let part = |part: &str| case(&format!("\"{part}\":[{{\"{field}\":{cell}}}]"));
            if field.starts_with("hte_") {
                names(&part("events").events[0], field)
            } else if field.starts_with("spl_") {
                names(&part("support_plans").support_plans[0], field)
            } else if field == "cas_ReasonForOutgoingReferral" {
                names(&part("outgoing_referrals").outgoing_referrals[0], field)
            } else {
                names(&case(&format!("\"{field}\":{cell}")), field)
            }
        }
    }
}

#[test]
fn what_is_not_recorded_may_be_said_in_many_ways() {
    let blank = person("");
    for fields in [
        "\"prs_FirstName\":\"\"",
        "\"prs_FirstName\":\" \\u00a0\"",
        "\"prs_FirstName\":null,\"prs_Birthdate\":\"\"",
        "\"prs_Citizenship\":[]",
        "\"prs_Citizenship\":[\"\",null]",
        "\"prs_Citizenship\":null,\"prs_Gender\":\"\",\"prs_NumberOfChildren\":\" \",\"prs_Deceased\":\"\"",
        "\"consent\":{}",
        "\"consent\":null",
    ] {
        assert!(person(fields) == blank, "{fields}");
    }
    let case = "{\"case\":{\"case_id\":\"C1\",\"events\":[{},{\"hte_City\":\"\"}],\"victims\":null}}";
    assert_eq!(records(case).cases[0].events.len(), 0);
}

#[test]
fn other_spellings_types_and_names_are_read() {
    let read = person(concat!(
        "\"prs_First_Name\":\" Ada \",\"prs_Birthdate\":2001,\"prs_Deceased\":\"no\",\"prs_NumberOfChildren\":\"2\",",
        "\"prs_Citizenship\":[\"KE\",\"KEN\",\"Na\",\"nowhere\"],\"prs_MobilePhone\":4711123456789012345,",
        "\"PRS_GENDER\":[\"feminine\"],\"prs_MailingLatitude\":\"-1.25\"",
    ));
    let expected = person(concat!(
        "\"prs_FirstName\":\"Ada\",\"prs_Birthdate\":\"2001\",\"prs_Deceased\":false,\"prs_NumberOfChildren\":2,",
        "\"prs_Citizenship\":[\"KE\",\"NA\",\"nowhere\"],\"prs_MobilePhone\":\"4711123456789012345\",",
        "\"prs_Gender\":\"Feminine\",\"prs_MailingLatitude\":-1.25",
    ));
    assert!(read == expected);
    assert_eq!(read.recorded().count(), 8);
    let methods = "Threats;Debt bondage ;Threats";
    let case = format!(
        "{{\"case\":{{\"case_id\":7,\"victims\":[{{\"person_id\":\"P1\",\"vic_Methods_of_Control\":\"{methods}\"}}]}}}}"
    );
    let read = records(&format!("{{\"person\":{{\"person_id\":\"P1\"}}}}\n{case}"));
    assert_eq!(read.cases[0].victims[0].methods_of_control.len(), 2);
    assert_eq!(read.cases[0].id.expose(), "7");
}

#[test]
fn errors_of_lines_name_line_and_field_and_no_value() {
    let known = "{\"person\":{\"person_id\":\"P1\"}}\n";
    for (line, expected) in [
        (
            "{\"person\":{\"person_id\":\"P2\",\"prs_Birthdate\":\"sEcret\"}}",
            "column `prs_Birthdate`: not a date: expected 2019-03-05, 2019-03 or 2019, or a date cell (cell)",
        ),
        (
            "{\"person\":{\"person_id\":\"P2\",\"prs_NumberOfChildren\":-4711}}",
            "column `prs_NumberOfChildren`: not a whole number (cell)",
        ),
        (
            "{\"person\":{\"person_id\":\"P2\",\"prs_Deceased\":{\"sEcret\":4711}}}",
            "column `prs_Deceased`: not a value that this field can have (record)",
        ),
        (
            "{\"person\":{\"person_id\":\"P2\",\"prs_Gender\":[\"sEcret\",\"4711\"]}}",
            "column `prs_Gender`: not a value that this field can have (record)",
        ),
        (
            "{\"person\":{\"person_id\":\"P2\",\"sEcret\":true}}",
            "column `field 2`: a field that a record of this kind does not have (record)",
        ),
        (
            "{\"person\":{\"person_id\":\"P2\",\"hte_City\":\"sEcret\"}}",
            "column `hte_City`: a field that a record of this kind does not have (record)",
        ),
        (
            "{\"person\":{\"person_id\":\"P2\",\"consent\":{\"con_Consent\":\"sEcret\"}}}",
            "column `consent.con_Consent`: neither yes nor no (cell)",
        ),
        (
            "{\"person\":{\"person_id\":\"P2\",\"prs_Title\":\"sEcret\",\"prs_Title\":\"4711\"}}",
            "column `prs_Title`: it is given twice (record)",
        ),
        (
            "{\"person\":{\"person_id\":\"P2\",\"prs_FirstName\":\"sEcret\",\"prs_First_Name\":\"4711\"}}",
            "column `prs_FirstName`: it is given twice (record)",
        ),
        ("{\"person\":{\"prs_Title\":\"sEcret\"}}", "column `person_id`: an identifier is missing (record)"),
        ("{\"person\":{\"person_id\":\" \"}}", "column `person_id`: an identifier is missing (record)"),
        ("{\"person\":{\"person_id\":[4711]}}", "column `person_id`: not a value that this field can have (record)"),
        (
            "{\"person\":{\"person_id\":\"P1\"}}",
            "column `person_id`: the identifier is that of an earlier record (record)",
        ),
        ("{\"person\":\"sEcret\"}", ": not an object (record)"),
        ("{\"sEcret\":{}}", ": not a JSON object of one organization, person or case (record)"),
        (
            "{\"person\":{\"person_id\":\"P2\"},\"case\":{\"case_id\":\"C1\"}}",
            ": not a JSON object of one organization, person or case (record)",
        ),
        ("[\"sEcret\"]", ": not a JSON object of one organization, person or case (record)"),
        ("{\"person\":{\"person_id\":\"sEcret\"", ": not a JSON object of one organization, person or case (record)"),
        (
            "{\"case\":{\"case_id\":\"C1\",\"victims\":[{\"person_id\":\"P1\"},{\"person_id\":\"sEcret\"}]}}",
            "column `victims[2].person_id`: no person in the file has this identifier (record)",
        ),
        (
            "{\"case\":{\"case_id\":\"C1\",\"perpetrators\":[{\"person_id\":\"P1\"},{\"person_id\":\"P1\"}]}}",
            "column `perpetrators[2].person_id`: the same person stands there twice (record)",
        ),
        (
            "{\"case\":{\"case_id\":\"C1\",\"connections\":[{\"organization_id\":\"sEcret\",\"role\":\"other\"}]}}",
            "column `connections[1].organization_id`: no organization in the file has this identifier (record)",
        ),
        (
            "{\"case\":{\"case_id\":\"C1\",\"connections\":[{\"role\":\"other\"}]}}",
            "column `connections[1]`: neither a person nor an organization (record)",
        ),
        (
            "{\"case\":{\"case_id\":\"C1\",\"connections\":[{\"person_id\":\"P1\",\"role\":\"sEcret\"}]}}",
            "column `connections[1].role`: the role is none of victim, perpetrator, case-worker, organization, other (cell)",
        ),
        (
            "{\"case\":{\"case_id\":\"C1\",\"victims\":{\"person_id\":\"P1\"}}}",
            "column `victims`: not a list of objects (record)",
        ),
        ("{\"case\":{\"case_id\":\"C1\",\"events\":[{},4711]}}", "column `events[2]`: not an object (record)"),
        (
            "{\"case\":{\"case_id\":\"C1\",\"events\":[{\"hte_Longitude\":\"sEcret\"}]}}",
            "column `events[1].hte_Longitude`: not a number of degrees (cell)",
        ),
        (
            "{\"case\":{\"case_id\":\"C1\",\"events\":[{\"hte_Date\":[\"sEcret\"]}]}}",
            "column `events[1].hte_Date`: not a date: expected 2019-03-05, 2019-03 or 2019, or a date cell (cell)",
        ),
    ] {
        let found = error(&format!("{known}\n{line}\n"));
        let comma = if expected.starts_with(':') { "" } else { ", " };
        assert_eq!(
            found,
            format!("f.json: 1 row could not be read; the first problem: line 3, row 2{comma}{expected}")
        );
        assert!(!found.contains("sEcret") && !found.contains("4711"));
    }
}

#[test]
fn errors_of_documents_name_list_position_and_field() {
    let document = |rest: &str| format!("{{\"format\":\"htcds\",\"format_version\":1{rest}}}");
    let found =
        error(&document(",\"persons\":[{\"person_id\":\"P1\"},{\"person_id\":\"P2\",\"prs_Deceased\":\"sEcret\"}]"));
    assert_eq!(
        found,
        "f.json: 1 row could not be read; the first problem: row 2, column `persons.prs_Deceased`: neither yes nor no (cell)"
    );
    let found = error(&document(",\"cases\":[{\"case_id\":\"C1\",\"victims\":[{\"person_id\":\"sEcret\"}]}]"));
    assert_eq!(
        found,
        "f.json: 1 row could not be read; the first problem: row 1, column `cases.victims[1].person_id`: no person in the file has this identifier (record)"
    );
    let found = error(&document(",\"cases\":[4711]"));
    assert_eq!(
        found,
        "f.json: 1 row could not be read; the first problem: row 1, column `cases`: not an object (record)"
    );
    let shape = "f.json: not a document of `format`, `format_version`, `organizations`, `persons`, `cases`";
    for (text, expected) in [
        (document(",\"sEcret\":1"), shape),
        (document(",\"persons\":4711"), shape),
        ("{}".to_owned(), shape),
        ("[4711]".to_owned(), shape),
        ("{\"format\":\"sEcret\",\"format_version\":1}".to_owned(), "f.json, `format`: it is not `htcds`"),
        (
            "{\"format\":\"htcds\",\"format_version\":4711}".to_owned(),
            "f.json, `format_version`: only version 1 is known",
        ),
        (document(",\"standard\":\"4711\""), "f.json, `standard`: only version 2.0 is known"),
        ("\n{\"format\":\n\"sEcret\n".to_owned(), "f.json, line 4: not JSON from here on"),
        (format!("{} 4711", document("")), "f.json, line 1: not JSON from here on"),
        ("sEcret".to_owned(), "f.json, line 1: not JSON from here on"),
        (format!("{}4711", "[".repeat(1 << 17)), shape),
    ] {
        let found = error(&text);
        assert!(found == expected, "{found}");
    }
    let deep = format!("\u{feff}{{\"person\":{{\"person_id\":\"P1\",\"prs_Title\":{}", "[".repeat(1 << 17));
    assert!(error(&deep).ends_with("line 1, row 1: not a JSON object of one organization, person or case (record)"));
    let deep =
        format!("{{\"person\":{{\"person_id\":\"P1\",\"prs_Title\":{}{}}}}}", "[".repeat(1 << 17), "]".repeat(1 << 17));
    assert!(error(&deep).ends_with("line 1, row 1: not an object (record)"));
}

#[test]
fn all_problems_are_collected_and_the_rest_is_usable() {
    let text = concat!(
        "{\"person\":{\"person_id\":\"P1\",\"prs_Birthdate\":\"sEcret\"}}\n",
        "{\"person\":{\"person_id\":\"P2\"}}\n",
        "{\"case\":{\"case_id\":\"C1\",\"victims\":[{\"person_id\":\"P1\"}]}}\n",
        "not JSON\n",
        "{\"case\":{\"case_id\":\"C2\",\"victims\":[{\"person_id\":\"P2\"}]}}\n",
    );
    let options = ReadOptions { on_error: OnError::Collect { limit: 2 }, keep_values: true, ..ReadOptions::default() };
    let outcome = read_json(text.as_bytes(), "f.json", &options, &Control::default()).unwrap();
    assert_eq!((outcome.rows(), outcome.problems().count(), outcome.problems().rows_left_out()), (5, 3, 3));
    assert_eq!(outcome.problems().kept().len(), 2);
    assert_eq!(outcome.problems().kept()[0].value.as_ref().map(|value| value.expose().as_str()), Some("sEcret"));
    assert!(!format!("{outcome:?}").contains("sEcret"));
    assert_eq!((outcome.usable().persons.len(), outcome.usable().cases.len()), (1, 1));
    assert_eq!((outcome.places().cases.as_slice(), outcome.places().victims.as_slice()), (&[5][..], &[vec![5]][..]));
    assert!(outcome.into_records().is_err());
}

#[test]
fn size_is_bounded_and_work_can_be_stopped() {
    let endless = std::io::Read::chain(&b"{\"person\":{\"person_id\":\""[..], std::io::repeat(b'x'));
    let outcome = read_json(endless, "f.json", &ReadOptions::default(), &Control::default());
    assert_eq!(outcome.unwrap_err().to_string(), "f.json, line 1: the line is too long for a record");
    let endless = std::io::Read::chain(&b"{\"format\":\""[..], std::io::repeat(b'x'));
    let capped = Control::default().with_memory_cap(4 << 20);
    let outcome = read_json(endless, "f.json", &ReadOptions::default(), &capped);
    assert!(matches!(outcome, Err(ModelError::Table(TableError::MemoryCap { .. }))));
    let stopped = Control::default().with_deadline(|| true);
    let lines: String = (0..2000).map(|id| format!("{{\"person\":{{\"person_id\":\"{id}\"}}}}\n")).collect();
    for text in [lines, text(&full_records(), JsonStyle::Pretty)] {
        let outcome = read_json(text.as_bytes(), "f.json", &ReadOptions::default(), &stopped);
        assert!(matches!(outcome, Err(ModelError::Cancelled(_))));
    }
}

#[test]
fn nothing_is_read_as_no_records() {
    for text in [
        "",
        "\n \n",
        "\u{feff}",
        &text(&Records::default(), JsonStyle::Pretty),
        "{\"format\":\"htcds\",\"format_version\":1}",
    ] {
        let outcome = read(text).unwrap();
        assert_eq!((outcome.usable(), outcome.rows(), outcome.fields().len()), (&Records::default(), 0, 0));
    }
}

#[test]
fn files_are_told_apart_by_their_beginning() {
    for style in STYLES {
        assert!(is_htcds_json(text(&full_records(), style).as_bytes()));
        assert!(is_htcds_json(format!("\u{feff} \n{}", text(&full_records(), style)).as_bytes()));
    }
    for other in ["", "case_id,person_id", "{\"gender\":\"female\"}", "{\"cases\":[]}", "[\"person\"]"] {
        assert!(!is_htcds_json(other.as_bytes()), "{other}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Any choice of fields, in any number of records, goes through every style.
    #[test]
    fn records_round_trip(
        picks in proptest::collection::vec(proptest::bits::u64::ANY, 1..4),
        word in "[^\\s\u{feff}\u{200b}]([^\\x00]{0,20}[^\\s\u{feff}\u{200b}])?",
        degrees in -180.0..180.0_f64,
    ) {
        fn thin<E: Entity>(entity: &mut E, pick: u64) {
            for position in 0..E::FIELDS.len() {
                if pick >> (position % 64) & 1 == 0 {
                    entity.clear(position);
                }
            }
        }
        let mut all = full_records();
        for (at, pick) in picks.iter().enumerate() {
            let mut more = full_records();
            let mut person: Person = more.persons.remove(0);
            let mut organization: Organization = more.organizations.remove(0);
            let mut case: CaseRecord = more.cases.remove(0);
            thin(&mut person, *pick);
            person.consent = Consent { consent: Some(pick & 1 == 1) };
            person.first_name = Some(word.clone().into());
            person.mailing_longitude = Some(degrees.into());
            thin(&mut organization, pick.rotate_left(7));
            thin(&mut case, pick.rotate_left(13));
            thin(&mut case.victims[0], pick.rotate_left(19));
            thin(&mut case.perpetrators[0], pick.rotate_left(23));
            thin(&mut case.events[0], pick | 1 << 9);
            person.id = crate::htcds::PersonId::new(format!("{word}-{at}"));
            case.victims[0].person = person.id.clone();
            case.id = crate::htcds::CaseId::new(format!("{word}-{at}"));
            organization.id = crate::htcds::OrganizationId::new(format!("{word}-{at}"));
            all.persons.push(person);
            all.organizations.push(organization);
            all.cases.push(case);
        }
        for style in STYLES {
            prop_assert_eq!(&records(&text(&all, style)), &all);
        }
    }

    /// Nothing that is damaged makes the reader fail other than by an error, and no error shows what was written.
    #[test]
    fn damaged_text_is_read_or_refused(at in any::<proptest::sample::Index>(), byte: u8, style in 0..3_usize) {
        let mut text = text(&full_records(), STYLES[style]).replace("a text for", "sEcret").into_bytes();
        let at = at.index(text.len());
        text[at] = byte;
        for text in [&text[..], &text[..at]] {
            if let Err(error) = read_json(text, "f.json", &ReadOptions::default(), &Control::default()) {
                prop_assert!(!error.to_string().contains("sEcret"));
            }
        }
    }
}
