use super::*;

fn plan(names: &[&str], labels: &[&str], rules: HeaderRules<'_>) -> Result<Vec<String>, String> {
    let plan = SheetPlan::from_header(names, labels, rules).map_err(|error| error.to_string())?;
    Ok(plan.columns.iter().map(|column| target_name(column.target).unwrap_or_default()).collect())
}

#[test]
fn every_name_and_every_full_label_is_a_column() {
    for field in FIELDS {
        let names = [field.name, &field.name.to_uppercase(), &format!(" {}\u{a0}", field.name)];
        for name in names {
            assert_eq!(plan(&[name], &[], HeaderRules::default()).unwrap(), [field.name]);
        }
        if !field.label.is_empty() {
            let label = format!("{}: {}", field.section.title(), field.label);
            let found = plan(&[&label], &[], HeaderRules::default()).unwrap();
            let unique = labelled(field.label).len() == 1;
            // Two fields of one section may share a label only if one of them is alone with it elsewhere.
            assert_eq!(found, [field.name], "{label} {unique}");
        }
    }
}

#[test]
fn labels_that_several_fields_have_need_their_section() {
    for label in ["Type", "Longitude", "Latitude"] {
        let error =
            plan(&["prs_Title", label], &[], HeaderRules { letters: true, ..HeaderRules::default() }).unwrap_err();
        assert!(error.contains("column B (2) has the label of"), "{error}");
    }
    assert_eq!(plan(&["Support Plan - Type"], &[], HeaderRules::default()).unwrap(), ["spl_Type"]);
}

#[test]
fn names_and_labels_of_the_templates_agree_or_are_the_known_disorder() {
    let names =
        ["prs_MailingCity", "prs_MailingCountry", "prs_MailingState", "prs_MailingStreet", "prs_MailingPostalCode"];
    let labels =
        ["Mailing Street", "Mailing City", "Mailing State/Province", "Mailing Zip/Postal Code", "Mailing Country"];
    let by_label = plan(&names, &labels, HeaderRules::default()).unwrap();
    let expected =
        ["prs_MailingStreet", "prs_MailingCity", "prs_MailingState", "prs_MailingPostalCode", "prs_MailingCountry"];
    assert_eq!(by_label, expected);
    let rules = HeaderRules { address_row: AddressRow::Names, ..HeaderRules::default() };
    assert_eq!(plan(&names, &labels, rules).unwrap(), names);
    // Any other order is refused.
    let error = plan(&names[..2], &["Mailing Country", "Mailing Street"], HeaderRules::default()).unwrap_err();
    assert!(
        error.contains("column 1 has the name of `prs_MailingCity` and the label of `prs_MailingCountry`"),
        "{error}"
    );
    // Labels in other words say nothing; a label alone does; the form's label of the title is another field's.
    let found = plan(
        &["prs_Title", "", "prs_Gender"],
        &["Second Name", "Reason for Outgoing Referral", "Genre"],
        HeaderRules::default(),
    );
    assert_eq!(found.unwrap(), ["prs_Title", "cas_ReasonForOutgoingReferral", "prs_Gender"]);
}

#[test]
fn what_repeats_is_numbered_without_gaps() {
    let header =
        ["hte_Date.7", "hte_City", "hte_Date", "hte_City.7", "cco_CaseComment.3", "spl_Type.999999999", "Date.8"];
    let found = plan(&header, &[], HeaderRules::default()).unwrap();
    let expected = ["hte_Date.2", "hte_City", "hte_Date", "hte_City.2", "cco_CaseComment", "spl_Type", "hte_Date.3"];
    assert_eq!(found, expected);
}

#[test]
fn letters_are_those_of_spreadsheets() {
    assert_eq!([0, 25, 26, 51, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "ZZ", "AAA"]);
}

#[test]
fn messages_stay_short() {
    let names = vec!["secret"; 1000];
    let error = plan(&names, &[], HeaderRules::default()).unwrap_err();
    assert!(error.contains("and 992 more") && error.len() < 300 && !error.contains("secret"), "{error}");
    let types = vec!["Type"; 1000];
    assert!(plan(&types, &[], HeaderRules::default()).unwrap_err().len() < 1200);
}
