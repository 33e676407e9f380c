//! From records to rows of cases.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use super::account::{Account, FieldLoss, FieldLossKind as Kind};
use super::age::{ages, band, duration, majority};
use super::crosswalk::{Fit, SECTION_A, Statement, rule};
use super::options::{CaseOptions, CitizenshipChoice, SectionAChoice, Statuses};
use super::shared::{Exploited, Shared, Sources, collect, position_of};
use crate::htcds::lists::{ForcedLabourIndustry, ListMember, RoleInProcess, TraffickingStatus};
use crate::htcds::{CaseRecord, FIELDS, Listed, Person, Records, Victim};
use crate::{
    AgeBand, Case, CaseAttribute, CaseTable, CaseTableBuilder, Country, IsicSection, LabourSector, Layout, Majority,
    ModelError, Period, Recorded,
};

/// Where a row of cases comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CaseRow {
    /// The position of the case in [`Records::cases`], from 0.
    pub case: usize,
    /// The position of the victim in [`CaseRecord::victims`], from 0.
    pub victim: usize,
}

/// Why a victim became no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum LeftOutReason {
    /// Found not to be a victim: never a row.
    NotAVictim,
    /// A possible victim, and these were not asked for.
    PossibleVictim,
    /// There is no status, and these were not asked for.
    StatusNotRecorded,
    /// The status is a text that is not in the list: never a row, since it may say anything.
    StatusUnlisted,
}

/// How many victims became no row for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LeftOut {
    /// The reason.
    pub reason: LeftOutReason,
    /// How many.
    pub victims: u64,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.reason {
            LeftOutReason::NotAVictim => "found not to be a victim",
            LeftOutReason::PossibleVictim => "a possible victim, not an actual one",
            LeftOutReason::StatusNotRecorded => "without a trafficking status",
            LeftOutReason::StatusUnlisted => "with a trafficking status that is not in the list",
        };
        let people = if self.victims == 1 { "record of a person makes" } else { "records of people make" };
        write!(f, "{} {people} no case: {why}", self.victims)
    }
}

/// Cases from records, with the account of what they do not say.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseConversion {
    /// The cases, in the layout `htcds-cases`: in the order of the records' cases, then of their victims.
    pub cases: CaseTable,
    /// What was lost, in the order of the fields of the standard.
    pub losses: Vec<FieldLoss>,
    /// Who became no row.
    pub left_out: Vec<LeftOut>,
    /// Where each row comes from.
    pub rows: Vec<CaseRow>,
    /// Rows of a person who has an earlier row, as a victim of another case. CTDC counts people.
    pub repeated: u64,
}

/// Makes cases of records: one row for each victim of each case.
///
/// Flags are yes or not recorded: what was not chosen from a list is not denied.
///
/// ```
/// use ctdata_model::htcds::{CaseOptions, CaseRecord, Records, Victim, lists::TraffickingStatus, to_cases};
/// let victim = Victim {
///     trafficking_status: Some(TraffickingStatus::ActualVictimOfTrafficking.into()),
///     age_when_trafficked: Some(16),
///     ..Victim::default()
/// };
/// let case = CaseRecord { victims: vec![victim, Victim::default()], ..CaseRecord::default() };
/// let conversion = to_cases(&Records { cases: vec![case], ..Records::default() }, &CaseOptions::default())?;
/// assert_eq!(conversion.cases.rows(), 1);
/// assert_eq!(conversion.left_out[0].victims, 1);
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
///
/// # Errors
/// More victims than a table has rows; see [`CaseTableBuilder::push`].
pub fn to_cases(records: &Records, options: &CaseOptions) -> Result<CaseConversion, ModelError> {
    let layout = super::layout()?;
    let mut builder = CaseTableBuilder::new(layout)?;
    let sources = Sources::of(records);
    let mut account = Account::default();
    let mut left_out: BTreeMap<LeftOutReason, u64> = BTreeMap::new();
    let mut rows = Vec::new();
    let (mut seen, mut repeated) = (HashSet::new(), 0);
    for (at, case) in records.cases.iter().enumerate() {
        let shared = Shared::of(case, &sources);
        for (position, victim) in case.victims.iter().enumerate() {
            if let Some(reason) = reason_to_leave_out(victim, options.statuses) {
                *left_out.entry(reason).or_default() += 1;
                continue;
            }
            account.next_victim();
            let person = sources.persons.get(victim.person.expose()).copied();
            let mut row = Row { layout, options, account: &mut account, case: Case::default() };
            row.person(person, case);
            row.victim(victim, oldest_age(person, case));
            row.shared(victim, &shared);
            row.dropped(person, victim, &shared);
            builder.push(&row.case)?;
            rows.push(CaseRow { case: at, victim: position });
            repeated += u64::from(!victim.person.expose().is_empty() && !seen.insert(victim.person.expose()));
        }
    }
    let left_out = left_out.into_iter().map(|(reason, victims)| LeftOut { reason, victims }).collect();
    Ok(CaseConversion { cases: builder.finish()?, losses: account.losses(), left_out, rows, repeated })
}

fn reason_to_leave_out(victim: &Victim, statuses: Statuses) -> Option<LeftOutReason> {
    match &victim.trafficking_status {
        None if statuses.not_recorded => None,
        None => Some(LeftOutReason::StatusNotRecorded),
        Some(Listed::Unlisted(_)) => Some(LeftOutReason::StatusUnlisted),
        Some(Listed::Known(status)) => match status {
            TraffickingStatus::ActualVictimOfTrafficking => None,
            TraffickingStatus::PossibleVictimOfTrafficking if statuses.possible => None,
            TraffickingStatus::PossibleVictimOfTrafficking => Some(LeftOutReason::PossibleVictim),
            TraffickingStatus::NotAVictimOfTrafficking => Some(LeftOutReason::NotAVictim),
        },
    }
}

const NO_PLACE: &str = "a case has no place for it";
const NO_MOMENT: &str = "there is no date of an incoming referral to reckon the age from";
const TWO_AGES: &str = "the dates leave more than one band possible, or contradict each other";
const ONE_BAND: &str = "a case holds an age band";
const SEVERAL_VICTIMS: &str = "the case has several victims, and the record does not say to whom it happened";

/// One row in the making.
struct Row<'r> {
    layout: &'static Layout,
    options: &'r CaseOptions,
    account: &'r mut Account,
    case: Case,
}

impl Row<'_> {
    fn lose(&mut self, field: &'static str, kind: Kind, into: Option<CaseAttribute>, why: &'static str) {
        let into = into.and_then(|attribute| self.layout.column_of(attribute)).map(|column| column.name);
        self.account.note(position_of(field).unwrap_or(FIELDS.len()), field, kind, into, why);
    }

    /// What the table says of a value.
    fn apply(&mut self, field: &'static str, value: &'static str) {
        let Some(rule) = rule(field, value) else {
            self.lose(field, Kind::Dropped, None, NO_PLACE);
            return;
        };
        for &(statement, fit) in rule.says {
            if matches!(statement.attribute(), CaseAttribute::Recruiter(_)) && !self.options.recruiters {
                continue;
            }
            state(&mut self.case, statement);
            let kind = match fit {
                Fit::Same | Fit::Follows => continue,
                Fit::Coarser => Kind::Coarsened,
                Fit::Similar => Kind::Approximated,
            };
            self.lose(field, kind, Some(statement.attribute()), rule.note);
        }
    }

    fn apply_listed<L: ListMember>(&mut self, field: &'static str, into: CaseAttribute, value: &Listed<L>) {
        match value.known() {
            Some(value) => self.apply(field, value.name()),
            None => self.lose(field, Kind::Unlisted, Some(into), "a text stands in place of a value of the list"),
        }
    }

    /// Several values of a list, each of which is a flag.
    fn apply_all<L: ListMember>(&mut self, field: &'static str, values: &[Listed<L>]) {
        for value in values {
            match value.known() {
                Some(value) => self.apply(field, value.name()),
                None => self.lose(field, Kind::Unlisted, None, "a text stands in place of a value of the list"),
            }
        }
    }

    fn person(&mut self, person: Option<&Person>, case: &CaseRecord) {
        let referred = case.incoming_referral_date;
        if let Some(date) = referred {
            self.case.year_of_registration = Some(Recorded::Value(date.year()));
            if date.month().is_some() {
                let into = Some(CaseAttribute::YearOfRegistration);
                self.lose("cas_IncomingReferralDate", Kind::Coarsened, into, "a case holds a year");
            }
        }
        let Some(person) = person else { return };
        if let Some(birth) = person.birthdate {
            self.age(birth, referred);
        }
        if let Some(gender) = &person.gender {
            self.apply_listed("prs_Gender", CaseAttribute::Gender, gender);
        }
        self.citizenship(&person.citizenship);
    }

    fn age(&mut self, birth: Period, referred: Option<Period>) {
        const FIELD: &str = "prs_Birthdate";
        let (age, grown) = (Some(CaseAttribute::AgeBand), Some(CaseAttribute::MajorityAtRegistration));
        let Some(at) = referred else {
            self.lose(FIELD, Kind::Uncertain, age, NO_MOMENT);
            self.lose(FIELD, Kind::Uncertain, grown, NO_MOMENT);
            return;
        };
        let ages = ages(birth, at);
        let majority: Option<Majority> = ages.as_ref().and_then(majority);
        let band: Option<AgeBand> = ages.as_ref().and_then(band);
        self.case.age_band = band.map(Recorded::Value);
        self.case.majority_at_registration = majority.map(Recorded::Value);
        match band {
            Some(_) => self.lose(FIELD, Kind::Coarsened, age, ONE_BAND),
            None => self.lose(FIELD, Kind::Uncertain, age, TWO_AGES),
        }
        if majority.is_none() {
            self.lose(FIELD, Kind::Uncertain, grown, "the dates leave both possible, or contradict each other");
        }
    }

    fn citizenship(&mut self, recorded: &[Listed<Country>]) {
        const FIELD: &str = "prs_Citizenship";
        let into = Some(CaseAttribute::Citizenship);
        let mut known: Vec<Country> = Vec::new();
        for country in recorded.iter().filter_map(Listed::known) {
            if !known.contains(&country) {
                known.push(country);
            }
        }
        let has_text = recorded.iter().any(|country| country.known().is_none());
        if has_text {
            self.lose(FIELD, Kind::Unlisted, into, "a text stands in place of a country");
        }
        match (known.as_slice(), self.options.citizenship) {
            ([], _) => {}
            ([only], _) if !has_text => self.case.citizenship = Some(Recorded::Value(*only)),
            // The first is the text, which no later one replaces.
            (_, CitizenshipChoice::First) if recorded.first().is_some_and(|first| first.known().is_none()) => {}
            ([first, ..], CitizenshipChoice::First) => {
                self.case.citizenship = Some(Recorded::Value(*first));
                self.lose(FIELD, Kind::Coarsened, into, "of several citizenships the first was chosen");
            }
            _ => self.lose(FIELD, Kind::Ambiguous, into, "a case holds one citizenship, and there are several"),
        }
    }

    /// What is said of the victim; `oldest` is the oldest age that the dates allow.
    fn victim(&mut self, victim: &Victim, oldest: Option<u32>) {
        if let Some(status) = &victim.trafficking_status {
            self.apply_listed("vic_TraffickingStatus", CaseAttribute::TraffickingStatus, status);
        }
        if let Some(decided) = &victim.trafficking_status_decision_making_org {
            self.apply_listed("vic_TraffickingStatusDecisionMakingOrg", CaseAttribute::StatusDecidedBy, decided);
        }
        if let Some(relationship) = &victim.relationship_to_trafficker {
            let into = CaseAttribute::TraffickerRelationship;
            self.apply_listed("vic_RelationshipToTrafficker", into, relationship);
        }
        if let Some(age) = victim.age_when_trafficked {
            let into = Some(CaseAttribute::MajorityAtEntry);
            if age > super::age::OLDEST {
                self.lose("vic_AgeWhenTrafficked", Kind::Uncertain, into, "nobody is so old");
            } else if oldest.is_some_and(|oldest| age > oldest) {
                let why = "the dates of birth and of the incoming referral allow no such age";
                self.lose("vic_AgeWhenTrafficked", Kind::Uncertain, into, why);
            } else {
                let majority = if age < 18 { Majority::Minor } else { Majority::Adult };
                self.case.majority_at_entry = Some(Recorded::Value(majority));
                self.lose(
                    "vic_AgeWhenTrafficked",
                    Kind::Coarsened,
                    into,
                    "a case says whether it was a minor or an adult",
                );
            }
        }
        self.apply_all("vic_MethodsOfControl", &victim.methods_of_control);
        self.apply_all("vic_TypeOfExploitation", &victim.type_of_exploitation);
        self.apply_all("vic_TypeOfSexExploitation", &victim.type_of_sex_exploitation);
        self.industry(&victim.forced_labour_industry);
    }

    /// Each industry says its sector; the section itself is recorded if there is one.
    fn industry(&mut self, recorded: &[Listed<ForcedLabourIndustry>]) {
        use ForcedLabourIndustry as I;
        const FIELD: &str = "vic_ForcedLabourIndustry";
        self.apply_all(FIELD, recorded);
        let known: Vec<I> = recorded.iter().filter_map(Listed::known).collect();
        let sections = known.iter().filter_map(|industry| section(*industry));
        let sections: HashSet<IsicSection> = sections.collect();
        if sections.len() > 1 || (sections.len() == 1 && known.len() < recorded.len()) {
            self.case.industry = None;
            let into = Some(CaseAttribute::Industry);
            self.lose(
                FIELD,
                Kind::Ambiguous,
                into,
                "a case holds one industry, and there are several; sectors are kept",
            );
        }
        let is_division = |industry: &I| {
            matches!(industry, I::CropAndAnimalProduction | I::ForestryAndLogging | I::FishingAndAquaculture)
        };
        if known.contains(&I::AgricultureForestryAndFishing) && !known.iter().any(is_division) {
            let sector = CaseAttribute::Sector(LabourSector::Agriculture);
            match self.options.section_a {
                SectionAChoice::NotRecorded => self.lose(FIELD, Kind::Ambiguous, Some(sector), SECTION_A),
                SectionAChoice::Agriculture => {
                    state(&mut self.case, Statement::Yes(sector));
                    self.lose(FIELD, Kind::Approximated, Some(sector), SECTION_A);
                }
            }
        }
    }

    /// What happened in the case.
    fn shared(&mut self, victim: &Victim, shared: &Shared<'_, '_>) {
        self.country(victim, shared);
        if !shared.dates.is_empty() {
            let into = Some(CaseAttribute::TraffickingDuration);
            if shared.is_of_several {
                self.lose("hte_Date", Kind::Ambiguous, into, SEVERAL_VICTIMS);
            } else if shared.is_out_of_order {
                self.lose("hte_Date", Kind::Uncertain, into, "an event comes after the incoming referral");
            } else if let Some(band) = duration(&shared.dates) {
                self.case.trafficking_duration = Some(Recorded::Value(band));
                self.lose("hte_Date", Kind::Coarsened, into, "a case holds a band of months");
            } else {
                let why = "one date is no duration, and dates that leave more than one band possible give none";
                self.lose("hte_Date", Kind::Uncertain, into, why);
            }
        }
        if shared.kidnapped {
            if shared.is_of_several {
                self.lose("per_RoleInProcess", Kind::Ambiguous, Some(CaseAttribute::Abduction), SEVERAL_VICTIMS);
            } else {
                self.apply("per_RoleInProcess", RoleInProcess::Kidnapper.code());
            }
        }
    }

    fn country(&mut self, victim: &Victim, shared: &Shared<'_, '_>) {
        const FIELD: &str = "hte_Country";
        const LOCATION: &str = "vic_LocationOfExploitation";
        let into = Some(CaseAttribute::CountryOfExploitation);
        let by_location = matches!(shared.exploited, Exploited::Nowhere);
        match shared.exploited {
            Exploited::Nowhere => {}
            Exploited::In(_) if shared.is_of_several => self.lose(FIELD, Kind::Ambiguous, into, SEVERAL_VICTIMS),
            Exploited::In(country) => self.case.country_of_exploitation = Some(Recorded::Value(country)),
            Exploited::Several => {
                let why = "there are several countries of exploitation, and no dates say which was the last";
                self.lose(FIELD, Kind::Ambiguous, into, why);
            }
            Exploited::Unlisted => self.lose(FIELD, Kind::Unlisted, into, "a text stands in place of a country"),
        }
        let Some(location) = &victim.location_of_exploitation else { return };
        if !by_location {
            self.lose(LOCATION, Kind::Dropped, None, "events of exploitation say the country; a case holds no place");
            return;
        }
        let organization = shared.sources.organization(location);
        match organization.and_then(|organization| organization.shipping_country.as_ref()).map(Listed::known) {
            Some(Some(country)) => {
                self.case.country_of_exploitation = Some(Recorded::Value(country));
                self.lose(LOCATION, Kind::Approximated, into, "the country of the organization's address is taken");
            }
            Some(None) => {
                self.lose(LOCATION, Kind::Unlisted, into, "a text stands in place of the organization's country");
            }
            None => self.lose(LOCATION, Kind::Dropped, into, "it names no organization of the records with a country"),
        }
    }

    /// Fields that hold something for which a case has no place, once each.
    fn dropped(&mut self, person: Option<&Person>, victim: &Victim, shared: &Shared<'_, '_>) {
        let mut filled = Vec::new();
        if let Some(person) = person {
            collect(person, &mut filled);
            collect(&person.consent, &mut filled);
        }
        collect(victim, &mut filled);
        for position in filled.into_iter().chain(shared.filled.iter().copied()) {
            if let Some(field) = FIELDS.get(position) {
                self.account.note(position, field.name, Kind::Dropped, None, NO_PLACE);
            }
        }
    }
}

/// The oldest age that a person can have had at the incoming referral (R25); `None` if nothing can be said, as where
/// the referral came before birth.
fn oldest_age(person: Option<&Person>, case: &CaseRecord) -> Option<u32> {
    case.incoming_referral_date?.end().years_since(person?.birthdate?.start())
}

/// Records a statement.
fn state(case: &mut Case, statement: Statement) {
    let cell = match statement {
        Statement::Yes(_) => Recorded::Value(1),
        Statement::Value(attribute, code) => attribute.domain().code_of(code).into(),
        Statement::Unknown(_) => Recorded::Unknown,
        // Worked out by itself.
        Statement::From(_) => return,
    };
    case.set_code(statement.attribute(), cell);
}

/// The section of an industry.
fn section(industry: ForcedLabourIndustry) -> Option<IsicSection> {
    rule("vic_ForcedLabourIndustry", industry.code())?.says.iter().find_map(|(statement, _)| match statement {
        Statement::Value(CaseAttribute::Industry, code) => code.parse().ok(),
        _ => None,
    })
}
