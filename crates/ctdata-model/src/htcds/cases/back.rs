//! From cases to records, where the words of a case are those of HTCDS.

use super::account::{Account, FieldLoss, FieldLossKind as Kind};
use super::crosswalk::{CrosswalkRule, Fit, Statement, crosswalk};
use crate::htcds::lists::{
    ForcedLabourIndustry, Gender as HtcdsGender, ListMember, MethodsOfControl, TraffickingEventType, TraffickingStatus,
    TraffickingStatusDecisionMakingOrg, TypeOfExploitation, TypeOfSexExploitation,
};
use crate::htcds::{CaseId, CaseRecord, Listed, Person, PersonId, Records, TraffickingEvent, Victim};
use crate::{
    Case, CaseAttribute, CaseTable, ExploitationForm, Gender, LabourSector, LayoutAttribute, Recorded, Redacted,
};

/// Records from cases, with the account of what they do not say.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordConversion {
    /// One case with one victim for each row, in the order of the rows.
    pub records: Records,
    /// What was lost, in the order of the columns.
    pub losses: Vec<FieldLoss>,
}

/// Makes records of cases: one case, with one victim, for each row. Identifiers are made of the numbers of the rows.
///
/// What is said comes back only where a value of HTCDS says exactly that: a merged statement is not split, a sector
/// that is no section or division of ISIC is no industry, and an age band is no date of birth. "No" has no place.
///
/// ```
/// use ctdata_model::htcds::from_cases;
/// use ctdata_model::{Layout, Simulator};
/// let cases = Simulator::new(1).cases(Layout::named("ctdc-kanon-63").unwrap(), 100)?;
/// let back = from_cases(&cases);
/// assert_eq!(back.records.victims(), 100);
/// assert!(back.losses.iter().any(|loss| loss.field == "ageBroad"));
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
pub fn from_cases(cases: &CaseTable) -> RecordConversion {
    let mut account = Account::default();
    let mut records = Records::default();
    let plan = Plan::of(cases);
    for (row, case) in (1u64..).zip(cases.cases()) {
        account.next_victim();
        let (person, record) = plan.records(row, &case, &mut account);
        records.persons.push(person);
        records.cases.push(record);
    }
    RecordConversion { records, losses: account.losses() }
}

/// The columns of a table with what becomes of them.
struct Plan {
    columns: Vec<(CaseAttribute, &'static str)>,
    /// Whether the words are those of HTCDS, or those of CTDC.
    is_htcds: bool,
}

const NO_FIELD: &str = "HTCDS has no place for it";
const NOT_SPLIT: &str = "it is a statement that is broader than any value of HTCDS";

impl Plan {
    fn of(cases: &CaseTable) -> Self {
        let columns = cases.layout().columns.iter().filter_map(|column| match column.attribute {
            LayoutAttribute::Case(attribute) => Some((attribute, column.name)),
            LayoutAttribute::VictimPerpetrator(_) => None,
        });
        Self { columns: columns.collect(), is_htcds: cases.position(CaseAttribute::TraffickingStatus).is_some() }
    }

    fn records(&self, row: u64, case: &Case, account: &mut Account) -> (Person, CaseRecord) {
        let id = PersonId::new(format!("person-{row}"));
        let mut person = Person { id: id.clone(), ..Person::default() };
        let mut victim = Victim { person: id, ..Victim::default() };
        let mut record = CaseRecord { id: CaseId::new(format!("case-{row}")), ..CaseRecord::default() };
        if !self.is_htcds {
            // CTDC treats all of its rows as those of victims.
            victim.trafficking_status = Some(TraffickingStatus::ActualVictimOfTrafficking.into());
        }
        for (place, &(attribute, column)) in self.columns.iter().enumerate() {
            let mut lose = |kind, into, why| account.note(place, column, kind, into, why);
            if attribute.is_flag() {
                match case.code(attribute) {
                    Some(Recorded::Value(1)) => {}
                    Some(Recorded::Value(_)) => {
                        lose(Kind::Dropped, None, "HTCDS says what was chosen from a list, never what was not");
                        continue;
                    }
                    _ => continue,
                }
            }
            match attribute {
                CaseAttribute::YearOfRegistration => {
                    record.incoming_referral_date =
                        case.year_of_registration.and_then(Recorded::into_value).map(Into::into);
                }
                CaseAttribute::Gender => match gender(case.gender) {
                    Ok(gender) => person.gender = gender.map(Into::into),
                    Err(()) => lose(Kind::Ambiguous, Some("prs_Gender"), NOT_SPLIT),
                },
                CaseAttribute::Citizenship => match case.citizenship {
                    Some(Recorded::Value(country)) => person.citizenship.push(country.into()),
                    Some(Recorded::Unknown) => {
                        lose(Kind::Dropped, Some("prs_Citizenship"), "HTCDS has no value for unknown")
                    }
                    _ => {}
                },
                CaseAttribute::CountryOfExploitation => match case.country_of_exploitation {
                    Some(Recorded::Value(country)) => {
                        record.events.push(TraffickingEvent {
                            kind: Some(TraffickingEventType::Exploitation.into()),
                            country: Some(Redacted::new(country.alpha2().to_owned())),
                            ..TraffickingEvent::default()
                        });
                        if !self.is_htcds {
                            let why = "CTDC states the country where the person was identified if that of exploitation is not known";
                            lose(Kind::Approximated, Some("hte_Country"), why);
                        }
                    }
                    Some(Recorded::Unknown) => {
                        lose(Kind::Dropped, Some("hte_Country"), "HTCDS has no value for unknown")
                    }
                    _ => {}
                },
                CaseAttribute::Industry => {
                    // With the sectors, below.
                }
                CaseAttribute::TraffickerRelationship => {
                    victim.relationship_to_trafficker = stated(attribute, case).and_then(|code| read(attribute, code));
                }
                CaseAttribute::TraffickingStatus => {
                    victim.trafficking_status = stated(attribute, case).and_then(|code| read(attribute, code));
                }
                CaseAttribute::StatusDecidedBy => {
                    let decided: Option<Listed<TraffickingStatusDecisionMakingOrg>> =
                        stated(attribute, case).and_then(|code| read(attribute, code));
                    victim.trafficking_status_decision_making_org = decided;
                }
                CaseAttribute::Control(_) => match value_of::<MethodsOfControl>(attribute) {
                    Some(method) => victim.methods_of_control.push(method.into()),
                    None => lose(Kind::Ambiguous, Some("vic_MethodsOfControl"), NOT_SPLIT),
                },
                CaseAttribute::Form(form) => match self.form(form) {
                    Ok((kind, fit)) => {
                        victim.type_of_exploitation.push(kind.into());
                        if fit == Fit::Similar {
                            let why = "what is another form in CTDC may be a form of its own in HTCDS";
                            lose(Kind::Approximated, Some("vic_TypeOfExploitation"), why);
                        }
                    }
                    Err(why) => lose(Kind::Ambiguous, Some("vic_TypeOfExploitation"), why),
                },
                CaseAttribute::SexualType(_) => match value_of::<TypeOfSexExploitation>(attribute) {
                    Some(kind) => victim.type_of_sex_exploitation.push(kind.into()),
                    None => lose(Kind::Ambiguous, Some("vic_TypeOfSexExploitation"), NOT_SPLIT),
                },
                CaseAttribute::Sector(sector) => self.sector(sector, case, &mut victim, &mut lose),
                CaseAttribute::AgeBand => {
                    if case.age_band.is_some_and(|band| band.is_value()) {
                        lose(Kind::Dropped, Some("prs_Birthdate"), "a band is no date of birth");
                    }
                }
                // These repeat what other columns say.
                CaseAttribute::FormSexAndLabour => {}
                _ if attribute.is_list() => {}
                _ if case.code(attribute).is_some_and(|code| code.is_value()) => lose(Kind::Dropped, None, NO_FIELD),
                _ => {}
            }
        }
        // The section, more precisely where a sector is one of its divisions.
        if let Some(Listed::Known(section)) = stated(CaseAttribute::Industry, case)
            .and_then(|code| read::<ForcedLabourIndustry>(CaseAttribute::Industry, code))
        {
            let is_of_a = section == ForcedLabourIndustry::AgricultureForestryAndFishing;
            if !is_of_a || victim.forced_labour_industry.is_empty() {
                victim.forced_labour_industry = vec![section.into()];
            }
        }
        record.victims.push(victim);
        (person, record)
    }

    fn form(&self, form: ExploitationForm) -> Result<(TypeOfExploitation, Fit), &'static str> {
        let attribute = CaseAttribute::Form(form);
        match form {
            ExploitationForm::ForcedMilitary if !self.is_htcds => {
                Err("HTCDS restricts it to non-state actors, CTDC does not")
            }
            ExploitationForm::Other if !self.is_htcds => Ok((TypeOfExploitation::Other, Fit::Similar)),
            ExploitationForm::SlaveryAndSimilar => Err("HTCDS has servitude, which is not the same"),
            _ => value_of(attribute).map(|kind| (kind, Fit::Same)).ok_or(NOT_SPLIT),
        }
    }

    /// Two sectors of CTDC are forms in HTCDS; some are sections or divisions of ISIC.
    fn sector(
        &self,
        sector: LabourSector,
        case: &Case,
        victim: &mut Victim,
        lose: &mut impl FnMut(Kind, Option<&'static str>, &'static str),
    ) {
        use ForcedLabourIndustry as I;
        let form = match sector {
            LabourSector::Begging => Some(TypeOfExploitation::ForcedBegging),
            LabourSector::IllicitActivities => Some(TypeOfExploitation::ForcedCriminality),
            _ => None,
        };
        if let Some(form) = form {
            if !victim.type_of_exploitation.contains(&form.into()) {
                victim.type_of_exploitation.push(form.into());
            }
            return;
        }
        let industry = match sector {
            LabourSector::Agriculture => Some(I::CropAndAnimalProduction),
            LabourSector::Aquafarming => Some(I::FishingAndAquaculture),
            LabourSector::Construction => Some(I::Construction),
            LabourSector::DomesticWork => Some(I::ActivitiesOfHouseholdsAsEmployers),
            LabourSector::Hospitality => Some(I::AccommodationAndFoodServiceActivities),
            LabourSector::Manufacturing => Some(I::Manufacturing),
            LabourSector::MiningOrDrilling => Some(I::MiningAndQuarrying),
            LabourSector::Transportation => Some(I::TransportationAndStorage),
            _ => None,
        };
        match industry {
            Some(industry) => victim.forced_labour_industry.push(industry.into()),
            // Where the section is stated, the sector is no more than a part of it.
            None if case.industry.is_some_and(|industry| industry.is_value()) => {}
            None => lose(Kind::Ambiguous, Some("vic_ForcedLabourIndustry"), "it is no section or division of ISIC"),
        }
    }
}

fn gender(gender: Option<Recorded<Gender>>) -> Result<Option<HtcdsGender>, ()> {
    Ok(Some(match gender {
        Some(Recorded::Value(gender)) => match gender {
            Gender::Female => HtcdsGender::Feminine,
            Gender::Male => HtcdsGender::Masculine,
            Gender::TransgenderFeminine => HtcdsGender::TransgenderFeminine,
            Gender::TransgenderMasculine => HtcdsGender::TransgenderMasculine,
            Gender::NonConforming => HtcdsGender::NonConforming,
            Gender::TransgenderOrNonConforming => return Err(()),
        },
        Some(Recorded::Unknown) => HtcdsGender::NonSpecifiedUnknown,
        _ => return Ok(None),
    }))
}

/// The rule whose first statement, which says the same or less, holds.
fn rule_that(says: impl Fn(Statement) -> bool) -> Option<&'static CrosswalkRule> {
    crosswalk().iter().find(|rule| {
        rule.value.is_some()
            && rule.says.first().is_some_and(|&(statement, fit)| fit != Fit::Similar && says(statement))
    })
}

/// The value of a list that is this flag.
fn value_of<L: ListMember>(flag: CaseAttribute) -> Option<L> {
    L::read(rule_that(|statement| statement == Statement::Yes(flag))?.value?)
}

/// The code of an attribute that has a value.
fn stated(attribute: CaseAttribute, case: &Case) -> Option<u16> {
    case.code(attribute)?.into_value()
}

/// The value of a list that is a code of an attribute.
fn read<L: ListMember>(attribute: CaseAttribute, code: u16) -> Option<Listed<L>> {
    let domain = attribute.domain();
    let label = domain.label(code)?;
    let rule = rule_that(
        |statement| matches!(statement, Statement::Value(found, code) if found == attribute && code == label),
    );
    rule.and_then(|rule| L::read(rule.value?)).map(Listed::Known)
}
