//! What must hold for every list, and the published spellings that each must accept.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use proptest::prelude::*;

use super::*;
use crate::{IntermediateRegion, Region, SdgRegion, SubRegion};

/// Runs a check on every list.
macro_rules! on_every_list {
    ($check:ident $(, $argument:expr)*) => {
        on_every_list!(@ $check ($($argument),*) AgeBand DataSource DurationBand ExploitationForm Gender
            IntermediateRegion IsicSection LabourSector Majority MeansOfControl PerpetratorAgeBand
            PerpetratorRelation PerpetratorRole RecruiterRelation Region RegisterPeriod SdgRegion
            SexualExploitationType StatusDecisionMaker SubRegion TraffickerRelationship
            TraffickingStatus VpRegion)
    };
    (@ $check:ident $arguments:tt $($list:ident)+) => {
        $($check::<$list> $arguments;)+
    };
}

fn well_formed<L>()
where
    L: CodeList + Display + FromStr<Err = UnknownCode> + for<'a> TryFrom<&'a str>,
{
    let mut owner = BTreeMap::new();
    for (position, &value) in L::ALL.iter().enumerate() {
        assert_eq!(value.index(), position);
        assert_eq!(L::from_index(position), Some(value));
        assert_eq!(value.to_string(), value.code());
        assert_eq!(value.to_string().parse(), Ok(value));

        let mut own: Vec<String> = [value.code(), value.label()]
            .iter()
            .chain(value.aliases())
            .map(|spelling| spelling.to_ascii_lowercase())
            .collect();
        for spelling in &own {
            assert_eq!(spelling.trim(), spelling);
            for text in [spelling.clone(), spelling.to_ascii_uppercase(), format!("\t{spelling}\u{a0}")] {
                assert_eq!(text.parse(), Ok(value), "{text}");
                assert_eq!(L::try_from(&text).ok(), Some(value), "{text}");
            }
        }
        // A code may also be the label; an alias must add something.
        let aliases = own.split_off(2);
        own.dedup();
        for spelling in own.into_iter().chain(aliases) {
            let other = owner.insert(spelling.clone(), value);
            assert_eq!(other, None, "{spelling:?} stands twice in {}", L::NAME);
        }

        assert_ne!(value.merges().len(), 1);
        assert!(value.merges().iter().all(|part| part.merges().is_empty()));
    }
    assert_eq!(L::from_index(L::ALL.len()), None);
    for text in ["", "unknown", "not specified", "-99"] {
        assert_eq!(text.parse::<L>(), Err(UnknownCode { list: L::NAME }));
    }
}

#[test]
fn every_list_is_well_formed() {
    on_every_list!(well_formed);
}

fn reads_only_its_spellings<L: CodeList>(text: &str) {
    if let Ok(value) = L::parse(text) {
        let own = [value.code(), value.label()];
        let mut spellings = own.iter().chain(value.aliases());
        assert!(spellings.any(|spelling| spelling.eq_ignore_ascii_case(text.trim())));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), near in "[ -~–]{0,12}") {
        on_every_list!(reads_only_its_spellings, &text);
        on_every_list!(reads_only_its_spellings, &near);
    }
}

#[cfg(feature = "serde")]
mod json {
    use super::*;
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    fn is_the_code<L: CodeList + Serialize + DeserializeOwned>() {
        for &value in L::ALL {
            let json = serde_json::to_string(&value).unwrap();
            assert_eq!(json, format!("{:?}", value.code()));
            assert_eq!(serde_json::from_str::<L>(&json).unwrap(), value);
        }
        for json in ["\"sesame\"", "4711", "-4711", "47.11", "[4711]", "true", "null"] {
            let error = serde_json::from_str::<L>(json).unwrap_err().to_string();
            assert!(!["sesame", "47", "true"].iter().any(|value| error.contains(value)), "{error}");
        }
    }

    #[test]
    fn of_every_list_is_the_code_and_errors_do_not_quote_the_input() {
        on_every_list!(is_the_code);
    }
}

/// Each line is read as one value, and no two lines as the same.
fn reads<L: CodeList>(lines: &[&[&str]]) {
    let mut seen: Vec<L> = Vec::new();
    for line in lines {
        let values: Vec<L> = line.iter().map(|text| L::parse(text).expect(text)).collect();
        assert!(values.windows(2).all(|pair| pair[0] == pair[1]), "{line:?}");
        assert!(!seen.contains(&values[0]), "{line:?}");
        seen.push(values[0]);
    }
}

// Value names and labels of HTCDS Field Standards 2.0, with the oddities of its files: no-break spaces
// after the labels of Gender, a blank after "Debt bondage".
#[test]
fn htcds_names_and_labels_are_read() {
    reads::<Gender>(&[
        &["Feminine", "Feminine\u{a0}"],
        &["Masculine", "Masculine\u{a0}"],
        &["TransgenderFeminine", "Transgender Feminine\u{a0}"],
        &["TransgenderMasculine", "Transgender Masculine\u{a0}"],
        &["NonConforming", "Non-Conforming\u{a0}"],
    ]);
    reads::<TraffickingStatus>(&[
        &["PossibleVictimOfTrafficking", "Possible victim of trafficking"],
        &["ActualVictimOfTrafficking", "Actual victim of trafficking"],
        &["NotAVictimOfTrafficking", "Not a victim of trafficking"],
    ]);
    reads::<StatusDecisionMaker>(&[
        &["Police"],
        &["NGO"],
        &["CourtOrProsecution", "Court or prosecution"],
        &["NonPoliceGovernmentalOrganization", "Non-police governmental organization"],
        &["Other"],
    ]);
    reads::<TraffickerRelationship>(&[&["Familial"], &["Acquainted"], &["Unaquainted", "Unacquainted"]]);
    reads::<MeansOfControl>(&[
        &["PhysicalThreats", "Physical threats"],
        &["ThreatsLawEnforcement", "Threats of law enforcement"],
        &["ThreatensChildrenFamily", "Threatens children/family"],
        &["DebtBondage ", "Debt bondage "],
        &["FalsePromises", "False promises"],
        &["PhysicalAbuse", "Physical abuse"],
        &["SexualAbuse", "Sexual abuse"],
        &["TakesEarnings", "Takes earnings"],
        &["RestrictsFinancialAccess", "Restricts financial access"],
        &["RestrictsMedicalCare", "Restricts medical care"],
        &["WithholdsNecessities", "Withholds necessities"],
        &["PsychologicalAbuse", "Psychological abuse"],
        &["PsychoactiveSubstance", "Psychoactive substance"],
        &["ExcessiveWorkingHours", "Excessive working hours"],
        &["WithholdsDocuments", "Withholds documents"],
        &["Other"],
    ]);
    reads::<ExploitationForm>(&[
        &["ForcedLabour", "Forced labour"],
        &["SexualExploitation", "Sexual exploitation"],
        &["ChildLabour", "Child labour"],
        &["ForcedMarriage", "Forced marriage"],
        &["Servitude"],
        &["ForcedMilitaryByNonStateActors", "Forced military (by non-state actors)"],
        &["OrganRemoval", "Organ removal"],
        &["ForcedBegging", "Forced begging"],
        &["ForcedAdoption", "Forced adoption"],
        &["Surrogacy"],
        &["Other"],
    ]);
    reads::<SexualExploitationType>(&[
        &["Prostitution"],
        &["Pornography"],
        &["RemoteInteractiveServices", "Remote Interactive Services"],
        &["PrivateSexualServices", "Private Sexual Services"],
    ]);
    reads::<PerpetratorRole>(&[
        &["TravellingPartner", "Travelling Partner"],
        &["Transporter"],
        &["RecruiterOrIntermediary", "Recruiter Or Intermediary"],
        &["BrokerTravelAgent", "Broker Travel Agent"],
        &["TransferredIndividual", "Transferred Individual"],
        &["HarbouredIndividual", "Harboured Individual"],
        &["SoldIndividual", "Sold Individual"],
        &["BoughtIndividual", "Bought Individual"],
        &["ReceivedIndividual", "Received Individual"],
        &["ControlledIndividual", "Controlled Individual"],
        &["Smuggler"],
        &["Abuser"],
        &["Kidnapper"],
        &["Exploiter"],
        &["Other"],
    ]);
}

#[test]
fn htcds_industries_are_isic_sections() {
    let industries: &[[&str; 2]] = &[
        ["A_AgricultureForestryAndFishing", "Agriculture, forestry and fishing"],
        ["B_MiningAndQuarrying", "Mining and quarrying"],
        ["C_Manufacturing", "Manufacturing"],
        ["D_ElectricityGasSteamAndAirConditioningSupply", "Electricity, gas, steam and air conditioning supply"],
        ["E_WaterSupplySewerageWasteManagement", "Water supply; sewerage, waste management and remediation"],
        ["F_Construction", "Construction"],
        [
            "G_WholesaleAndRetailTradeRepairOfMotorVehicles",
            "Wholesale and retail trade; repair of motor vehicles and motorcycles",
        ],
        ["H_TransportationAndStorage", "Transportation and storage"],
        ["I_AccommodationAndFoodServiceActivities", "Accommodation and food service activities"],
        ["J_InformationAndCommunication", "Information and communication"],
        ["K_FinancialAndInsuranceActivities", "Financial and insurance activities"],
        ["L_RealEstateActivities", "Real estate activities"],
        ["M_ProfessionalScientificAndTechnicalActivities", "Professional, scientific and technical activities"],
        ["N_AdministrativeAndSupportServiceActivities", "Administrative and support service activities"],
        ["O_PublicAdministrationAndDefence", "Public administration and defence; compulsory social security"],
        ["P_Education", "Education"],
        ["Q_HumanHealthAndSocialWorkActivities", "Human health and social work activities"],
        ["R_ArtsEntertainmentAndRecreation", "Arts, entertainment and recreation"],
        ["S_OtherServiceActivities", "Other service activities"],
        [
            "T_ActivitiesOfHouseholdsAsEmployers",
            "Activities of households as employers; undifferentiated goods- and services- producing activities of households for own use",
        ],
        ["U_ActivitiesOfExtraterritorialOrganizations", "Activities of extraterritorial organizations and bodies"],
    ];
    assert_eq!(industries.len(), IsicSection::ALL.len());
    for (spellings, &section) in industries.iter().zip(IsicSection::ALL) {
        for text in spellings {
            assert_eq!(text.parse(), Ok(section), "{text}");
        }
        assert_eq!(spellings[0][..1], *section.code());
    }
}

// Cells of the CTDC releases of 2017 to 2025, from their codebooks and files.
#[test]
fn ctdc_cells_are_read() {
    reads::<AgeBand>(&[
        &["0--8", "0–8"],
        &["9--17", "09--17", "9-17", "9–17"],
        &["18--20"],
        &["21--23"],
        &["24--26"],
        &["27--29"],
        &["30--38"],
        &["39--47"],
        &["48+"],
    ]);
    reads::<DurationBand>(&[
        &["0--12 (0-1 yr)"],
        &["13--24 (1-2 yrs)"],
        &["25--60 (2-5 yrs)"],
        &["61+ (5+ yrs)"],
        &["25+ (2+ yrs)"],
    ]);
    reads::<Gender>(&[
        &["Female", "Woman"],
        &["Male", "Man"],
        &["Transgender/NonConforming", "Trans/Transgender/NonConforming"],
    ]);
    reads::<Majority>(&[&["Minor"], &["Adult"]]);
    reads::<DataSource>(&[&["Case Management"], &["Hotline"]]);
    reads::<RegisterPeriod>(&[&["2005-2013"], &["2014-2018"], &["2019"], &["2020"], &["2021-2022"]]);
    reads::<VpRegion>(&[&["Africa"], &["Americas/Oceania"], &["Asia"], &["Europe"]]);
    reads::<PerpetratorAgeBand>(&[&["0--29"], &["30--38"], &["39--47"], &["48+"]]);
    reads::<PerpetratorRelation>(&[&["FamilyIntimatePartner"], &["FriendAcquaintance"], &["StrangerUnknownOther"]]);
}

/// Each is the label, letter by letter, of the value at its position, so that a writer can use labels.
fn labels<L: CodeList>(items: &[&str]) {
    let labels: Vec<_> = L::ALL.iter().take(items.len()).map(|value| value.label()).collect();
    assert_eq!(labels, items);
}

// Items of CTDC's concatenated columns in the order of the flag columns, and the longer labels that the
// codebook of 2017 prints.
#[test]
fn items_of_concatenated_columns_are_the_labels() {
    labels::<MeansOfControl>(&[
        "Debt bondage",
        "Takes earnings",
        "Restricts financial access",
        "Threats",
        "Psychological abuse",
        "Physical abuse",
        "Sexual abuse",
        "False promises",
        "Psychoactive substances",
        "Restricts movement",
        "Restricts medical care",
        "Excessive working hours",
        "Uses children",
        "Threat of law enforcement",
        "Withholds necessities",
        "Withholds documents",
        "Other",
    ]);
    reads::<MeansOfControl>(&[
        &["Physical Abuse", "Physical abuse"],
        &["Takes/Withholds Earnings", "Takes earnings"],
        &["Denied freedom of movement/kept in isolation", "Restricts movement"],
    ]);
    labels::<ExploitationForm>(&["Forced labour", "Sexual exploitation", "Other", "Forced marriage"]);
    reads::<ExploitationForm>(&[
        &["Forced labour and/or services", "Forced labour"],
        &["Slavery and similar practices"],
    ]);
    labels::<LabourSector>(&["Agriculture", "Aquafarming", "Begging", "Construction", "Domestic work", "Hospitality"]);
    reads::<LabourSector>(&[&["Manufacturing"], &["Peddling"], &["Other"]]);
    labels::<SexualExploitationType>(&[
        "Prostitution",
        "Pornography",
        "Remote interactive services",
        "Private sexual services",
    ]);
    labels::<RecruiterRelation>(&["Intimate Partner", "Friend/Acquaintance", "Family/Relative", "Other"]);
}

fn parts<L: CodeList + Debug>(merged: L, expected: &[&str]) {
    let codes: Vec<_> = merged.merges().iter().map(|part| part.code()).collect();
    assert_eq!(codes, expected, "{merged:?}");
}

// CTDC Global Synthetic Data Codebook, version 2 (2024), appendix II, for the means.
#[test]
fn merged_statements_name_their_parts() {
    parts(MeansOfControl::DebtBondageOrTakesEarnings, &["debt-bondage", "takes-earnings"]);
    parts(MeansOfControl::AnyThreats, &["threats", "uses-children", "threat-of-law-enforcement"]);
    parts(MeansOfControl::AnyAbuse, &["psychological-abuse", "physical-abuse", "sexual-abuse"]);
    parts(
        MeansOfControl::DeniesBasicNeeds,
        &["restricts-financial-access", "restricts-movement", "restricts-medical-care", "withholds-necessities"],
    );
    parts(DurationBand::From25, &["25-60", "61+"]);
    parts(SexualExploitationType::OtherTypes, &["remote-interactive-services", "private-sexual-services"]);
    parts(Gender::TransgenderOrNonConforming, &["transgender-feminine", "transgender-masculine", "non-conforming"]);
    let main_four = ["agriculture", "construction", "domestic-work", "hospitality"];
    let rest: Vec<_> = LabourSector::ALL
        .iter()
        .filter(|sector| sector.merges().is_empty())
        .map(|sector| sector.code())
        .filter(|code| !main_four.contains(code))
        .collect();
    parts(LabourSector::OtherThanMainFour, &rest);
}

#[test]
fn other_in_ctdc_includes_the_nested_flags() {
    let nested = ["Other", "Forced marriage", "ForcedMilitary", "OrganRemoval", "slavery-and-similar"];
    for form in nested {
        assert!(form.parse::<ExploitationForm>().unwrap().is_other_in_ctdc());
    }
    for form in ["Forced labour", "Sexual exploitation"] {
        assert!(!form.parse::<ExploitationForm>().unwrap().is_other_in_ctdc());
    }
}

#[test]
fn regions_of_the_victim_perpetrator_file_follow_m49() {
    for &region in Region::ALL {
        assert!(VpRegion::from(region).label().contains(region.label()));
    }
}
