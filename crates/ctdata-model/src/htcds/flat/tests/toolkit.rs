//! What the toolkit, ODK and KoboToolbox write.

use super::*;

/// The names of the toolkit's survey form, as they stand in the published form.
const FORM: &str = "con_Consent,prs_Salutation,prs_First_Name,prs_Second_Name,prs_Birthdate,prs_Gender,prs_Citizenship,\
    prs_Title,prs_Email,prs_HomePhone,prs_MobilePhone,prs_MailingCity,prs_MailingCountry,prs_MailingState,\
    prs_MailingStreet,prs_MailingPostalCode,vic_MethodOfRecruitment,vic_LocationOfRecruitment,vic_TraffickingStatus,\
    vic_TraffickingStatusDecisionMakingOrg,vic_Methods_of_Control,vic_TypeOfExploitation,vic_ForcedLabourIndustry,\
    vic_TypeOfSexExploitation,vic_LocationOfExploitation,cas_Status,cas_ReferringOrganisation,\
    cas_IncomingReferralDate,cas_ReferringPrimaryCaseWorker,cas_ReasonForIncomingReferral,\
    cas_IncomingReferralDetails";

#[test]
fn the_survey_form_is_read_with_groups_and_metadata() {
    for (separator, before, after) in [
        ("", "start,end,", ",__version__,_id,_uuid,_submission_time,_validation_status,_notes,_index"),
        ("victim/", "start,end,today,username,deviceid,", ",formhub/uuid,meta/instanceID,meta/rootUuid"),
        ("data.victim.", "start,end,", ",meta.instanceID"),
        ("data-victim-", "SubmissionDate,", ",meta-instanceID,KEY,SubmitterID,AttachmentsPresent,FormVersion"),
    ] {
        let questions: Vec<String> = FORM.split(',').map(|name| format!("{separator}{name}")).collect();
        let header = format!("{before}{}{after}", questions.join(","));
        let columns: Vec<&str> = header.split(',').collect();
        assert_eq!(HtcdsFormat::of_header(&columns), Some(HtcdsFormat::XlsForm), "{header}");
        let cells: Vec<&str> = columns
            .iter()
            .map(|name| match name.rsplit(['/', '.', '-']).next().unwrap() {
                "con_Consent" => "FALSE",
                "prs_First_Name" => "Aa",
                "prs_Birthdate" => "1990-02-03",
                "vic_Methods_of_Control" => "DebtBondage  FalsePromises Other",
                "vic_ForcedLabourIndustry" => "A_AgricultureForestryAndFishing C_Manufacturing",
                "cas_ReasonForIncomingReferral" => "in words of their own",
                "prs_Gender" => "NonSpecifiedUnknown",
                "prs_Citizenship" => "NA",
                "start" => "2024-01-01T10:00:00.000+02:00",
                "_uuid" | "instanceID" | "KEY" => "uuid:1",
                _ => "",
            })
            .collect();
        let outcome = read(&format!("{header}\n{}\n", cells.join(","))).unwrap();
        assert_eq!(outcome.format(), "htcds-xlsform");
        assert_eq!(outcome.fields().len(), 31);
        let records = outcome.into_records().unwrap();
        let (person, case) = (&records.persons[0], &records.cases[0]);
        assert_eq!(case.id.expose(), "uuid:1");
        assert_eq!(person.consent.consent, Some(false));
        assert_eq!(names(person, "prs_Gender"), ["NonSpecifiedUnknown"]);
        assert_eq!(names(person, "prs_Citizenship"), ["NA"]);
        let victim = &case.victims[0];
        assert_eq!(names(victim, "vic_MethodsOfControl"), ["DebtBondage", "FalsePromises", "Other"]);
        assert_eq!(victim.forced_labour_industry.len(), 2);
        assert_eq!(names(case, "cas_ReasonForIncomingReferral"), ["in words of their own"]);
    }
}

#[test]
fn one_column_per_choice_is_read_beside_the_answer_or_without_it() {
    let with = "_uuid,vic_MethodsOfControl,vic_MethodsOfControl/DebtBondage,g/vic_MethodsOfControl/TakesEarnings\n\
                1,DebtBondage,1,0\n2,,TRUE,true\n3,TakesEarnings Other,0,1\n4,,,\n";
    let found: Vec<Vec<String>> = records_of(with)
        .cases
        .iter()
        .map(|case| case.victims.first().map(|victim| names(victim, "vic_MethodsOfControl")).unwrap_or_default())
        .collect();
    let expected: [&[&str]; 4] =
        [&["DebtBondage"], &["DebtBondage", "TakesEarnings"], &["TakesEarnings", "Other"], &[]];
    assert_eq!(found, expected);
    let countries = "_id,prs_Citizenship/FR,prs_Citizenship/NA\n9,1,1\n";
    assert_eq!(names(&records_of(countries).persons[0], "prs_Citizenship"), ["FR", "NA"]);
    let labels = "_id,Methods of Control/Threatens children/family,Methods of Control/Debt bondage \n9,1,0\n";
    let victim = records_of(labels).cases.remove(0).victims.remove(0);
    assert_eq!(names(&victim, "vic_MethodsOfControl"), ["ThreatensChildrenFamily"]);
}

#[test]
fn labels_in_the_cells_of_a_form_are_found_between_spaces() {
    let file = "_uuid,vic_MethodsOfControl\n1,Debt bondage  Threatens children/family False promises\n";
    let victim = records_of(file).cases.remove(0).victims.remove(0);
    let expected = ["DebtBondage", "ThreatensChildrenFamily", "FalsePromises"];
    assert_eq!(names(&victim, "vic_MethodsOfControl"), expected);
}

#[test]
fn the_same_form_exported_twice_is_one_case() {
    let records = records_of("_uuid,prs_Gender\nu1,Feminine\nu2,Masculine\n");
    assert_eq!(records.cases.len(), 2);
    let own = records_of("_uuid,case_id,prs_Gender\nu1,c1,Feminine\n");
    assert_eq!(own.cases[0].id.expose(), "c1");
}

#[test]
fn the_address_of_the_interviewer_is_not_that_of_the_victim() {
    let records = records_of("_uuid,email,phonenumber,prs_Gender\n1,a@b.org,1234,Feminine\n");
    assert_eq!(records.persons[0].recorded().count(), 1);
}

#[test]
fn spellings_of_the_toolkit_are_values() {
    let file = "prs_Gender,vic_MethodsOfControl,cas_Status,cas_ReasonForIncomingReferral,vic_TraffickinStatusDecisionMakingOrg,\
                vic_RelationshipToTrafficker\n\
                Not Specified/Unknown\u{a0},Debt bondage ;DebtBondage ,Follow up,Migration Or Change Of Location,NGO,Unacquainted\n";
    let records = records_of(file);
    let (person, case) = (&records.persons[0], &records.cases[0]);
    assert_eq!(names(person, "prs_Gender"), ["NonSpecifiedUnknown"]);
    assert_eq!(names(&case.victims[0], "vic_MethodsOfControl"), ["DebtBondage"]);
    assert_eq!(names(&case.victims[0], "vic_RelationshipToTrafficker"), ["Unaquainted"]);
    assert_eq!(names(case, "cas_Status"), ["FollowUp"]);
    assert_eq!(names(case, "cas_ReasonForIncomingReferral"), ["MigrationOrChangeOfLocation"]);
    assert!(case.victims[0].trafficking_status_decision_making_org.is_some());
}

#[test]
fn a_template_saved_as_text_is_read_by_name_and_label() {
    // The first column numbers the rows and has no header; one column has a label only.
    let file = ";cas_CaseOwner;prs_FirstName;;cas_OutgoingReferralDate\n\
                ;Case Owner;First Name;Reason for Outgoing Referral;Outgoing Referral Date\n\
                1;Somebody;Aa;Other;2020-01\n2;;;;\n3;;;;\n";
    let outcome = read(file).unwrap();
    assert_eq!(outcome.rows(), 1);
    let case = outcome.into_records().unwrap().cases.remove(0);
    assert_eq!(names(&case.outgoing_referrals[0], "cas_ReasonForOutgoingReferral"), ["Other"]);
}
