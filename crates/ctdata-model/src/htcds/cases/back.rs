//! From cases to records, where the words of a case are those of HTCDS.

use super::account::{Account, FieldLoss, FieldLossKind as Kind};
use super::crosswalk::{CrosswalkRule, Fit, Statement, crosswalk};
use crate::htcds::lists::{
    ForcedLabourIndustry, Gender as HtcdsGender, ListMember, MethodsOfControl, TraffickingEventType, TraffickingStatus,
    TypeOfExploitation, TypeOfSexExploitation,
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
    let columns = cases.layout().columns.iter().filter_map(|column| match column.attribute {
        LayoutAttribute::Case(attribute) => Some((attribute, column.name)),
        LayoutAttribute::VictimPerpetrator(_) => None,
    });
    let columns: Vec<(CaseAttribute, &'static str)> = columns.collect();
    let is_htcds = cases.position(CaseAttribute::TraffickingStatus).is_some();
    for (row, case) in (1u64..).zip(cases.cases()) {
        account.next_victim();
        let mut making = Making::of(row, &case, is_htcds, &mut account);
        for (place, &(attribute, column)) in columns.iter().enumerate() {
            (making.place, making.column) = (place, column);
            making.take(attribute);
        }
        let (person, record) = making.finish();
        records.persons.push(person);
        records.cases.push(record);
    }
    RecordConversion { records, losses: account.losses() }
}

const NO_FIELD: &str = "HTCDS has no place for it";
const NO_UNKNOWN: &str = "HTCDS has no value for what is unknown";
const NOT_SPLIT: &str = "it is a statement that is broader than any value of HTCDS";

/// The records of one row in the making.
struct Making<'a> {
    case: &'a Case,
    /// Whether the words are those of HTCDS, or those of CTDC.
    is_htcds: bool,
    account: &'a mut Account,
    /// The column in hand.
    place: usize,
    column: &'static str,
    person: Person,
    victim: Victim,
    record: CaseRecord,
}

impl<'a> Making<'a> {
    fn of(row: u64, case: &'a Case, is_htcds: bool, account: &'a mut Account) -> Self {
        let id = PersonId::new(format!("person-{row}"));
        let person = Person { id: id.clone(), ..Person::default() };
        let mut victim = Victim { person: id, ..Victim::default() };
        if !is_htcds {
            // CTDC treats all of its rows as those of victims.
            victim.trafficking_status = Some(TraffickingStatus::ActualVictimOfTrafficking.into());
        }
        let record = CaseRecord { id: CaseId::new(format!("case-{row}")), ..CaseRecord::default() };
        Self { case, is_htcds, account, place: 0, column: "", person, victim, record }
    }

    fn lose(&mut self, kind: Kind, into: Option<&'static str>, why: &'static str) {
        self.account.note(self.place, self.column, kind, into, why);
    }

    fn take(&mut self, attribute: CaseAttribute) {
        use CaseAttribute as A;
        let case = self.case;
        let stated = case.code(attribute).unwrap_or_default();
        if attribute.is_flag() && stated != Recorded::Value(1) {
            if stated.is_value() {
                self.lose(Kind::Dropped, None, "HTCDS says what was chosen from a list, never what was not");
            }
            return;
        }
        match attribute {
            A::YearOfRegistration => {
                let year = case.year_of_registration.and_then(Recorded::into_value);
                self.record.incoming_referral_date = year.map(Into::into);
            }
            A::Gender => match gender(case.gender) {
                Ok(gender) => self.person.gender = gender.map(Into::into),
                Err(()) => self.lose(Kind::Ambiguous, Some("prs_Gender"), NOT_SPLIT),
            },
            A::Citizenship => match case.citizenship {
                Some(Recorded::Value(country)) => self.person.citizenship.push(country.into()),
                Some(Recorded::Unknown) => self.lose(Kind::Dropped, Some("prs_Citizenship"), NO_UNKNOWN),
                _ => {}
            },
            A::CountryOfExploitation => self.country(),
            A::TraffickerRelationship => self.victim.relationship_to_trafficker = read(attribute, stated),
            A::TraffickingStatus => self.victim.trafficking_status = read(attribute, stated),
            A::StatusDecidedBy => self.victim.trafficking_status_decision_making_org = read(attribute, stated),
            A::Control(_) => match value_of::<MethodsOfControl>(attribute) {
                Some(method) => self.victim.methods_of_control.push(method.into()),
                None => self.lose(Kind::Ambiguous, Some("vic_MethodsOfControl"), NOT_SPLIT),
            },
            A::Form(form) => self.form(form),
            A::SexualType(_) => match value_of::<TypeOfSexExploitation>(attribute) {
                Some(kind) => self.victim.type_of_sex_exploitation.push(kind.into()),
                None => self.lose(Kind::Ambiguous, Some("vic_TypeOfSexExploitation"), NOT_SPLIT),
            },
            A::Sector(sector) => self.sector(sector),
            A::AgeBand if stated.is_value() => {
                self.lose(Kind::Dropped, Some("prs_Birthdate"), "a band is no date of birth");
            }
            // Taken with the sectors.
            A::Industry => {}
            // These repeat what other columns say.
            _ if attribute.is_list() || attribute == A::FormSexAndLabour => {}
            _ if stated.is_value() => self.lose(Kind::Dropped, None, NO_FIELD),
            _ => {}
        }
    }

    fn country(&mut self) {
        const INTO: Option<&str> = Some("hte_Country");
        match self.case.country_of_exploitation {
            Some(Recorded::Value(country)) => {
                self.record.events.push(TraffickingEvent {
                    kind: Some(TraffickingEventType::Exploitation.into()),
                    country: Some(Redacted::new(country.alpha2().to_owned())),
                    ..TraffickingEvent::default()
                });
                if !self.is_htcds {
                    let why = "where that of exploitation is not known, CTDC states the country of identification";
                    self.lose(Kind::Approximated, INTO, why);
                }
            }
            Some(Recorded::Unknown) => self.lose(Kind::Dropped, INTO, NO_UNKNOWN),
            _ => {}
        }
    }

    fn form(&mut self, form: ExploitationForm) {
        const INTO: Option<&str> = Some("vic_TypeOfExploitation");
        match (form, value_of::<TypeOfExploitation>(CaseAttribute::Form(form))) {
            (ExploitationForm::ForcedMilitary, _) if !self.is_htcds => {
                self.lose(Kind::Ambiguous, INTO, "HTCDS restricts it to non-state actors, CTDC does not");
            }
            (ExploitationForm::SlaveryAndSimilar, _) => {
                self.lose(Kind::Ambiguous, INTO, "HTCDS has servitude, which is not the same");
            }
            (_, Some(kind)) => {
                self.victim.type_of_exploitation.push(kind.into());
                if kind == TypeOfExploitation::Other && !self.is_htcds {
                    let why = "what is another form in CTDC may be a form of its own in HTCDS";
                    self.lose(Kind::Approximated, INTO, why);
                }
            }
            (_, None) => self.lose(Kind::Ambiguous, INTO, NOT_SPLIT),
        }
    }

    /// Two sectors of CTDC are forms in HTCDS; some are sections or divisions of ISIC.
    fn sector(&mut self, sector: LabourSector) {
        use ForcedLabourIndustry as I;
        let industry = match sector {
            LabourSector::Begging => return self.implied_by(TypeOfExploitation::ForcedBegging),
            LabourSector::IllicitActivities => return self.implied_by(TypeOfExploitation::ForcedCriminality),
            LabourSector::Agriculture => I::CropAndAnimalProduction,
            LabourSector::Aquafarming => I::FishingAndAquaculture,
            LabourSector::Construction => I::Construction,
            LabourSector::DomesticWork => I::ActivitiesOfHouseholdsAsEmployers,
            LabourSector::Hospitality => I::AccommodationAndFoodServiceActivities,
            LabourSector::Manufacturing => I::Manufacturing,
            LabourSector::MiningOrDrilling => I::MiningAndQuarrying,
            LabourSector::Transportation => I::TransportationAndStorage,
            // Where the section is stated, the sector is no more than a part of it.
            _ if self.case.industry.is_some_and(|industry| industry.is_value()) => return,
            _ => {
                let why = "it is no section or division of ISIC";
                return self.lose(Kind::Ambiguous, Some("vic_ForcedLabourIndustry"), why);
            }
        };
        self.victim.forced_labour_industry.push(industry.into());
    }

    fn implied_by(&mut self, form: TypeOfExploitation) {
        if !self.victim.type_of_exploitation.contains(&form.into()) {
            self.victim.type_of_exploitation.push(form.into());
        }
    }

    /// The section that is stated takes the place of sectors, except of those that are its divisions.
    fn finish(mut self) -> (Person, CaseRecord) {
        let stated = self.case.code(CaseAttribute::Industry).unwrap_or_default();
        if let Some(Listed::Known(section)) = read::<ForcedLabourIndustry>(CaseAttribute::Industry, stated) {
            let is_of_a = section == ForcedLabourIndustry::AgricultureForestryAndFishing;
            if !is_of_a || self.victim.forced_labour_industry.is_empty() {
                self.victim.forced_labour_industry = vec![section.into()];
            }
        }
        self.record.victims.push(self.victim);
        (self.person, self.record)
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

/// The value of a list that is a code of an attribute.
fn read<L: ListMember>(attribute: CaseAttribute, stated: Recorded<u16>) -> Option<Listed<L>> {
    let domain = attribute.domain();
    let label = domain.label(stated.into_value()?)?;
    let is_said = |statement| matches!(statement, Statement::Value(found, code) if found == attribute && code == label);
    L::read(rule_that(is_said)?.value?).map(Listed::Known)
}
