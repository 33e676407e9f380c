//! Round trips, headers of the toolkit, and bad input.

use ctdata_table::Control;
use ctdata_table::csv::{LineEnd, OnError, Separator};
use proptest::prelude::*;

use super::{FlatOptions, Words, read_flat, write_flat, write_xlsform};
use crate::htcds::arbitrary::records;
use crate::htcds::lists::MethodsOfControl;
use crate::htcds::{
    AddressRow, CaseRole, Entity, FIELDS, HtcdsFormat, HtcdsOutcome, Listed, ReadOptions, Records, VALUE_LISTS,
    ValueSource,
};
use crate::{Country, ModelError};

mod bad_input;
mod toolkit;

fn read(text: &str) -> Result<HtcdsOutcome, ModelError> {
    read_flat(text.as_bytes(), "cases.csv", None, &ReadOptions::default(), &Control::default())
}

fn records_of(text: &str) -> Records {
    read(text).and_then(HtcdsOutcome::into_records).unwrap()
}

fn written(records: &Records, options: FlatOptions) -> String {
    let mut file = Vec::new();
    write_flat(records, &mut file, &options, &Control::default()).unwrap();
    String::from_utf8(file).unwrap()
}

/// What one entity holds in a field, by names.
fn names<E: Entity>(entity: &E, field: &str) -> Vec<String> {
    let at = E::FIELDS.iter().position(|name| *name == field).unwrap();
    match entity.value(at) {
        crate::htcds::FieldValue::Values(values) => values.iter().map(|value| value.name.to_owned()).collect(),
        crate::htcds::FieldValue::Text(text) => vec![text.expose().clone()],
        crate::htcds::FieldValue::Flag(flag) => vec![flag.to_string()],
        crate::htcds::FieldValue::Number(number) => vec![number.to_string()],
        crate::htcds::FieldValue::Date(date) => vec![date.to_string()],
        crate::htcds::FieldValue::Coordinate(degrees) => vec![degrees.expose().to_string()],
        crate::htcds::FieldValue::Empty => Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_written_is_read_as_the_same_records(
        records in records(),
        labels: bool,
        all_core: bool,
        separator in prop::sample::select(&Separator::ALL[..]),
        crlf: bool,
    ) {
        let options = FlatOptions {
            words: if labels { Words::Labels } else { Words::Names },
            all_core,
            separator,
            line_end: if crlf { LineEnd::CrLf } else { LineEnd::Lf },
        };
        let file = written(&records, options);
        let options = ReadOptions { separator: Some(separator), ..ReadOptions::default() };
        let read = read_flat(file.as_bytes(), "cases.csv", None, &options, &Control::default()).unwrap();
        prop_assert_eq!(read.format(), "htcds-csv");
        prop_assert!(read.into_records().unwrap() == records, "{file}");
    }

    #[test]
    fn what_is_written_as_a_form_is_read_as_the_same_records(records in records()) {
        let mut file = Vec::new();
        write_xlsform(&records, &mut file, &FlatOptions::default(), &Control::default()).unwrap();
        let read = read_flat(&file[..], "form.csv", None, &ReadOptions::default(), &Control::default()).unwrap();
        prop_assert_eq!(read.format(), "htcds-xlsform");
        prop_assert!(read.into_records().unwrap() == records, "{}", String::from_utf8_lossy(&file));
    }

    #[test]
    fn any_bytes_are_records_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..60), header: bool) {
        let mut file = if header { b"case_id,role,vic_MethodsOfControl,prs_Birthdate\n".to_vec() } else { Vec::new() };
        file.extend(bytes);
        let options = ReadOptions { on_error: OnError::Collect { limit: 10 }, ..ReadOptions::default() };
        if let Ok(outcome) = read_flat(&file[..], "x", None, &options, &Control::default()) {
            prop_assert!(outcome.usable().cases.len() as u64 <= outcome.rows());
        }
    }
}

#[test]
fn every_value_of_every_list_is_read_by_name_and_label() {
    // The 164 values of the standard, and our extensions.
    assert_eq!(VALUE_LISTS.iter().map(|list| list.standard().count()).sum::<usize>(), 164);
    for field in FIELDS.iter().filter(|field| matches!(field.values, ValueSource::List(_))) {
        for value in field.list().unwrap().values {
            for spelling in [value.name, value.label, &format!(" {}\u{a0}", value.label.to_uppercase())] {
                let file = format!("case_id,person_id,organization_id,{}\nc,p,o,\"{spelling}\"\n", field.name);
                let records = records_of(&file);
                let back = written(&records, FlatOptions { all_core: false, ..FlatOptions::default() });
                let last = back.lines().rev().find_map(|line| line.rsplit_once(',').map(|(_, last)| last.to_owned()));
                let found = back.lines().skip(1).any(|line| line.ends_with(&format!(",{}", value.name)));
                assert!(found, "{} {spelling}: {last:?}", field.name);
                assert_eq!(records_of(&back), records);
            }
        }
    }
}

#[test]
fn every_field_has_a_place_in_a_flat_file() {
    for field in FIELDS {
        let value = match (field.values, field.kind.name()) {
            (ValueSource::List(_), _) => field.list().unwrap().values[0].name,
            (ValueSource::Countries, _) => "FR",
            (ValueSource::Languages, _) => "fra",
            (_, "Date") => "2019-03",
            (_, "Checkbox") => "FALSE",
            (_, "Geolocation" | "Number") => "7",
            _ => "some text",
        };
        let file = format!("case_id,person_id,organization_id,role,{}\nc,p,o,victim,{value}\n", field.name);
        let file = if field.name.starts_with("per_") { file.replace("victim", "perpetrator") } else { file };
        let back = written(&records_of(&file), FlatOptions { all_core: false, ..FlatOptions::default() });
        let (header, rows) = back.split_once('\n').unwrap();
        assert_eq!(header, format!("case_id,person_id,organization_id,role,{}", field.name));
        assert!(rows.lines().any(|row| row.ends_with(&format!(",{value}"))), "{back}");
    }
}

#[test]
fn rows_say_who_is_what_in_which_case() {
    let records = records_of(
        "case_id,person_id,organization_id,role,prs_FirstName,org_Name,cas_Status,hte_City,hte_City.2\n\
         c1,p1,,victim,Aa,,Active,X,Y\n\
         c1,p2,,perpetrator,Bb,,Active,,\n\
         c1,p3,o1,case-worker,Cc,Shelter,,Z,X\n\
         c2,p1,,,Aa,,Closed,,\n\
         ,p4,,,Dd,,,,\n\
         ,,o2,,,Police,,,\n",
    );
    assert_eq!((records.persons.len(), records.organizations.len(), records.cases.len()), (4, 2, 2));
    let first = &records.cases[0];
    assert_eq!((first.victims.len(), first.perpetrators.len(), first.connections.len()), (1, 1, 1));
    assert_eq!(first.connections[0].role, CaseRole::CaseWorker);
    assert!(first.connections[0].person.is_some() && first.connections[0].organization.is_some());
    // The third row repeats an event of the first.
    let cities: Vec<String> = first.events.iter().flat_map(|event| names(event, "hte_City")).collect();
    assert_eq!(cities, ["X", "Y", "Z"]);
    assert_eq!(records.cases[1].victims[0].person, records.persons[0].id);
    let back = written(&records, FlatOptions { all_core: false, ..FlatOptions::default() });
    assert_eq!(records_of(&back), records);
}

#[test]
fn without_identifiers_each_row_is_a_case() {
    let outcome =
        read("prs_Gender,vic_TypeOfExploitation,org_Name\nFeminine,,\n,,\n , ,\t\n,Servitude,\n,,Shelter\n").unwrap();
    assert_eq!(outcome.rows(), 3);
    assert_eq!(outcome.places().cases, [1, 4]);
    assert_eq!(outcome.places().organizations, [5]);
    let records = outcome.into_records().unwrap();
    assert_eq!((records.persons.len(), records.victims()), (2, 2));
}

#[test]
fn a_person_may_be_victim_and_perpetrator() {
    for role in ["", "victim", "perpetrator"] {
        let file = format!(
            "case_id,person_id,role,vic_TypeOfExploitation,per_RoleInProcess\nc,p,{role},Servitude,Recruiter\n"
        );
        let records = records_of(&file);
        assert_eq!((records.cases[0].victims.len(), records.cases[0].perpetrators.len()), (1, 1), "{role}");
    }
}

#[test]
fn made_identifiers_do_not_meet_given_ones() {
    let records = records_of("case_id,person_id,prs_Title\nc1,row:2,a\nc1,,b\n");
    assert_eq!(records.persons.len(), 2);
    assert_ne!(records.persons[0].id, records.persons[1].id);
    let error = read("case_id,person_id,prs_Title\nc1,,a\nc1,row:1,b\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cases.csv: 1 row could not be read; the first problem: line 3, row 2: the identifier is one that was made for an \
         earlier row without identifier (record)"
    );
}

#[test]
fn labels_with_the_separator_in_them_are_one_value() {
    let text = "Water supply; sewerage, waste management and remediation";
    let label = "Wholesale and retail trade; repair of motor vehicles and motorcycles";
    let file = format!("vic_ForcedLabourIndustry\n\"{label};something; else;Construction;{label}\"\n");
    let victim = records_of(&file).cases.remove(0).victims.remove(0);
    let found = names(&victim, "vic_ForcedLabourIndustry");
    assert_eq!(found.len(), 4, "{found:?} {text}");
    assert_eq!(found[0], "G_WholesaleAndRetailTradeRepairOfMotorVehicles");
    assert_eq!(found[1..3], ["something", "else"]);
}

#[test]
fn values_that_together_spell_a_label_stay_apart() {
    let victim = records_of("vic_MethodsOfControl\nDebt;bondage;Debt bondage\n").cases.remove(0).victims.remove(0);
    let known: Vec<_> = victim.methods_of_control.iter().map(Listed::known).collect();
    assert_eq!(known, [None, None, Some(MethodsOfControl::DebtBondage)]);
}

#[test]
fn a_sentence_is_no_list_of_countries() {
    let found = |cell: &str| {
        let file = format!("_uuid,prs_Citizenship,vic_MethodsOfControl\nu,{cell},DebtBondage {cell}\n");
        let outcome =
            read_flat(file.as_bytes(), "x", Some(HtcdsFormat::XlsForm), &ReadOptions::default(), &Control::default());
        let records = outcome.unwrap().into_records().unwrap();
        let known: Vec<_> =
            records.persons[0].citizenship.iter().filter_map(Listed::known).map(Country::alpha2).collect();
        (known, records.cases[0].victims[0].methods_of_control.iter().filter_map(Listed::known).count())
    };
    assert_eq!(found("born in a village AND to be in it again as a man"), (vec![], 1));
    assert_eq!(found("UA MD"), (vec!["UA", "MD"], 1));
    assert_eq!(found("Ukraine Republic of Moldova"), (vec!["UA", "MD"], 1));
    // One word alone is what somebody chose.
    assert_eq!(found("UKR"), (vec!["UA"], 1));
    assert_eq!(found("SexualAbuse False promises"), (vec![], 3));
}

#[test]
fn records_that_no_file_can_hold_are_refused() {
    let good = records_of("case_id,person_id,prs_Title\nc1,p1,a\nc2,p2,b\n");
    let refused = |change: &dyn Fn(&mut Records)| {
        let mut records = good.clone();
        change(&mut records);
        write_flat(&records, Vec::new(), &FlatOptions::default(), &Control::default()).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&|records| records.cases[1].id = records.cases[0].id.clone()),
        "case 2 of the records: the identifier is that of an earlier one"
    );
    assert_eq!(
        refused(&|records| drop(records.persons.pop())),
        "case 2 of the records: a victim is none of the people in the records"
    );
    assert_eq!(
        refused(&|records| records.persons[0].id = crate::htcds::PersonId::new(" ")),
        "person 1 of the records: the identifier is empty, or has white space around it"
    );
    assert_eq!(
        refused(&|records| records.persons[0].title = Some(crate::Redacted::new("a\0".to_owned()))),
        "row 1, column `prs_Title`: not a text file (it holds a zero byte)"
    );
}

#[test]
fn no_records_are_a_header() {
    let file = written(&Records::default(), FlatOptions::default());
    assert_eq!(file.lines().count(), 1);
    assert_eq!(file.split(',').count(), 4 + 40);
    let outcome = read(&file).unwrap();
    assert_eq!(outcome.fields().len(), 40);
    assert_eq!(outcome.into_records().unwrap(), Records::default());
    assert_eq!(HtcdsFormat::of_header(&file.trim().split(',').collect::<Vec<_>>()), Some(HtcdsFormat::Csv));
}

#[test]
fn the_address_rows_of_the_toolkit_are_read_as_asked() {
    let file = "prs_FirstName,prs_MailingCity,prs_MailingCountry,prs_MailingState,prs_MailingStreet,prs_MailingPostalCode\n\
                First Name,Mailing Street,Mailing City,Mailing State/Province,Mailing Zip/Postal Code,Mailing Country\n\
                Aa,1 Road,Town,State,Zip 1,FR\n";
    let person = records_of(file).persons.remove(0);
    assert_eq!(names(&person, "prs_MailingStreet"), ["1 Road"]);
    assert_eq!(names(&person, "prs_MailingCountry"), ["FR"]);
    let options = ReadOptions { address_row: AddressRow::Names, ..ReadOptions::default() };
    let outcome = read_flat(file.as_bytes(), "x", None, &options, &Control::default()).unwrap();
    let person = outcome.into_records().unwrap().persons.remove(0);
    assert_eq!(names(&person, "prs_MailingCity"), ["1 Road"]);
}
