//! The three ways to ask about records.

use std::collections::HashSet;

use chrono::NaiveDate;
use ctdata_table::Control;

use super::breach::{Breach, Breaches, Look};
use super::people::People;
use super::{consent, contact, dates, exploitation, lists, status};
use crate::ModelError;
use crate::htcds::{Person, Records};
use crate::validate::{Finding, Report, Rule, Severity, Validator};

/// What records in memory are called in a report.
const IN_MEMORY: &str = "htcds";

/// Records between two looks at the control.
const RECORDS_PER_CHECK: usize = 1 << 12;

/// A check of records to be made: ask whether they are valid, for the gravest finding, or for all.
///
/// Made by [`Validator::check_records`] and, of what was read, `Validator::check_htcds`.
///
/// ```
/// use chrono::NaiveDate;
/// use ctdata_model::htcds::{CaseRecord, Person, PersonId, Records, Victim};
/// use ctdata_model::validate::{Severity, Validator};
///
/// let id = PersonId::new("7");
/// let person = Person { id: id.clone(), birthdate: Some("2004-05".parse()?), ..Person::default() };
/// let victim = Victim { person: id, age_when_trafficked: Some(17), ..Victim::default() };
/// let case = CaseRecord {
///     incoming_referral_date: Some("2021".parse()?),
///     victims: vec![victim],
///     ..CaseRecord::default()
/// };
/// let mut records = Records { persons: vec![person], cases: vec![case], ..Records::default() };
///
/// let (validator, control) = (Validator::default(), Default::default());
/// let today = NaiveDate::from_ymd_opt(2025, 6, 15).ok_or("no such day")?;
/// assert!(validator.check_records(&records, &control).on(today).first()?.is_none());
///
/// records.cases[0].incoming_referral_date = Some("2020".parse()?);
/// let report = validator.check_records(&records, &control).on(today).all()?;
/// let finding = report.by_rule("R25").next().ok_or("who was 16 at most was not 17")?;
/// assert_eq!((finding.severity, finding.count), (Severity::Warning, 1));
/// assert_eq!((report.cases[0].case, report.cases[0].findings.len()), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # When rules fire
/// Only on what is recorded; dates that are known as a month or a year only if they break the rule on all their days.
/// - R20: a name, label or known spelling is none of the field's list, languages and countries among them. Extensions
///   of the lists are no finding, and fields of which the standard says "picklist or text" take any text. Several
///   industries, of which the standard has one and its survey form several, are information.
/// - R21: a deprecated field holds something.
/// - R22 and R23: forms of exploitation are recorded, and none that the detail belongs to. Where no form is recorded,
///   it is information.
/// - R24: births of victims, trafficking events, the incoming referral, then outgoing referrals and ends of support
///   plans, planned or actual, each against all that precede it, also where what lies between has no date. In a case
///   with several victims a date before the birth of some of them is information: it may be about another. No date
///   but a planned end is after the day of [`RecordCheck::on`].
/// - R25: the age is above 120, or above the oldest age that birth date and incoming referral allow.
/// - R26: closed as referred without an outgoing referral, closed without a reason, active with one.
/// - R27: outside -90 to 90 and -180 to 180 degrees, or one without the other.
/// - R28: after spaces, hyphens, dots and parentheses are taken away, a phone number is not as the standard's pattern
///   `^\+?[1-9]\d{1,14}$` says; an e-mail address is no name, `@` and domain.
/// - R29: consent is refused or not recorded, and a name, identity number, e-mail address, phone number or part of an
///   address is filled; of victims and of people in no case, since perpetrators and case workers are not asked.
/// - R30: the status is "not a victim", and form, industry, type, location or websites of exploitation are filled.
/// - R31: one person has both roles in one case.
/// - duplicate-id: two organizations, persons or cases with one identifier, or a person twice in one role of a case.
/// - unknown-id: a case names a person or an organization without a record. Records without any person, or without
///   any organization, are only a part of the whole, and nobody is missed there.
#[derive(Debug, Clone, Copy)]
#[must_use = "nothing is checked until one of its questions is asked"]
pub struct RecordCheck<'a> {
    validator: &'a Validator,
    records: &'a Records,
    format: &'static str,
    rows: u64,
    places: Rows<'a>,
    #[cfg(feature = "csv")]
    outcome: Option<&'a crate::htcds::HtcdsOutcome>,
    today: Option<NaiveDate>,
    cases: usize,
    control: &'a Control,
}

/// From which rows records come.
#[derive(Debug, Clone, Copy, Default)]
struct Rows<'a> {
    organizations: &'a [u64],
    persons: &'a [u64],
    cases: &'a [u64],
    victims: &'a [Vec<u64>],
}

#[cfg(feature = "csv")]
impl<'a> From<&'a crate::htcds::Places> for Rows<'a> {
    fn from(places: &'a crate::htcds::Places) -> Self {
        let crate::htcds::Places { organizations, persons, cases, victims } = places;
        Self { organizations, persons, cases, victims }
    }
}

/// The row of a record if it is known, else its position, both from 1.
fn row(rows: &[u64], at: usize) -> u64 {
    rows.get(at).copied().filter(|row| *row > 0).unwrap_or(at as u64 + 1)
}

impl Validator {
    /// Prepares to check HTCDS records: rules R20 to R31, and identifiers. Rows are positions in the records, see
    /// [`RecordCheck::at`].
    pub fn check_records<'a>(&'a self, records: &'a Records, control: &'a Control) -> RecordCheck<'a> {
        RecordCheck {
            validator: self,
            records,
            format: IN_MEMORY,
            rows: records.cases.len() as u64,
            places: Rows::default(),
            #[cfg(feature = "csv")]
            outcome: None,
            today: None,
            cases: RecordCheck::CASES,
            control,
        }
    }

    /// Prepares to check what was read: the reader's findings are included, rows that it left out are counted, and
    /// places are those of the file.
    #[cfg(feature = "csv")]
    pub fn check_htcds<'a>(&'a self, outcome: &'a crate::htcds::HtcdsOutcome, control: &'a Control) -> RecordCheck<'a> {
        RecordCheck {
            format: outcome.format(),
            rows: outcome.rows(),
            outcome: Some(outcome),
            ..self.check_records(outcome.usable(), control).at(outcome.places())
        }
    }
}

impl<'a> RecordCheck<'a> {
    /// How many cases a report lists unless another number is asked for.
    pub const CASES: usize = 100;

    /// The last day that is not in the future. Without it no date is.
    pub fn on(self, today: NaiveDate) -> Self {
        Self { today: Some(today), ..self }
    }

    /// From which rows of a file the records come. Without it, and where a row is 0, findings name the position of
    /// the case, from 1; about a person or an organization, theirs. What belongs to a case (referrals, events, plans,
    /// perpetrators) has the row of the case.
    #[cfg(feature = "csv")]
    pub fn at(self, places: &'a crate::htcds::Places) -> Self {
        Self { places: places.into(), ..self }
    }

    /// How many cases the report lists, the gravest first. The default is [`RecordCheck::CASES`].
    pub fn cases(self, limit: usize) -> Self {
        Self { cases: limit, ..self }
    }

    /// Whether no finding is an error. Stops at the first.
    ///
    /// # Errors
    /// [`ModelError::Cancelled`], or finding who is who needs more memory than the control grants.
    pub fn is_valid(self) -> Result<bool, ModelError> {
        let by_reader = self.reader_findings().iter().any(|finding| finding.severity == Severity::Error);
        Ok(!by_reader && self.visit(Some(Severity::Error), true, 0)?.is_empty())
    }

    /// The first finding of [`all`](Self::all): of the gravest severity that there is, under the first rule. Less
    /// grave ones are not looked for.
    ///
    /// # Errors
    /// As [`is_valid`](Self::is_valid).
    pub fn first(self) -> Result<Option<Finding>, ModelError> {
        for severity in [Severity::Error, Severity::Warning, Severity::Information] {
            let (findings, ..) = self.visit(Some(severity), false, 0)?.into_findings();
            let report = self.report(findings, Some(severity));
            if let Some(first) = report.findings.into_iter().next() {
                return Ok(Some(first));
            }
        }
        Ok(None)
    }

    /// All findings, over all records and by case.
    ///
    /// # Errors
    /// As [`is_valid`](Self::is_valid).
    pub fn all(self) -> Result<Report, ModelError> {
        let (findings, cases, with_findings) = self.visit(None, false, self.cases)?.into_findings();
        let mut report = self.report(findings, None);
        if (cases.len() as u64) < with_findings && !cases.is_empty() {
            report
                .notes
                .push(format!("{with_findings} cases have findings; the {} with the gravest are listed.", cases.len()));
        }
        if self.today.is_none() && Rule::named("R24").is_some_and(|rule| self.validator.rules.contains(rule)) {
            report.notes.push("Dates in the future were not looked for: the date of today was not given.".to_owned());
        }
        let has_roles = self.records.cases.iter().any(|case| !case.victims.is_empty() || !case.perpetrators.is_empty());
        if self.records.persons.is_empty() && has_roles {
            report
                .notes
                .push("The people of the cases are not in the records: what they are was not checked.".to_owned());
        }
        report.cases = cases;
        Ok(report)
    }

    fn report(self, mut findings: Vec<Finding>, asked: Option<Severity>) -> Report {
        let mut by_reader = self.reader_findings();
        by_reader.retain(|finding| asked.is_none_or(|asked| asked == finding.severity));
        findings.splice(..0, by_reader);
        Report::new(self.format, self.rows, findings)
    }

    /// What the reader found, as far as it was selected; its errors in any case, since they left rows out.
    fn reader_findings(self) -> Vec<Finding> {
        #[cfg(feature = "csv")]
        let mut findings = self.outcome.map(|outcome| outcome.problems().findings()).unwrap_or_default();
        #[cfg(not(feature = "csv"))]
        let mut findings = Vec::<Finding>::new();
        let rules = &self.validator.rules;
        findings.retain(|finding| {
            finding.severity == Severity::Error || Rule::named(finding.rule).is_some_and(|rule| rules.contains(rule))
        });
        findings
    }

    /// Runs the rules over the records. `stop` ends the work at the first finding.
    fn visit(self, asked: Option<Severity>, stop: bool, cases: usize) -> Result<Breaches, ModelError> {
        let Self { records, places, today, control, .. } = self;
        let mut breaches = Breaches::new(&self.validator.rules, asked, cases);
        let mut people = People::of(records, control)?;
        let total = records.organizations.len() + records.persons.len() + records.cases.len();
        let mut done = 0;
        let mut next = |breaches: &Breaches| {
            if done % RECORDS_PER_CHECK == 0 {
                control.check()?;
                control.report("validating", done as u64, Some(total as u64));
            }
            done += 1;
            Ok::<_, ModelError>(stop && !breaches.is_empty())
        };

        let mut ids = HashSet::with_capacity(records.organizations.len().max(records.cases.len()));
        for (at, organization) in records.organizations.iter().enumerate() {
            let look = &mut breaches.look(row(places.organizations, at));
            if !ids.insert(organization.id.expose()) {
                look.record(Breach::IdTwice);
            }
            lists::organization(organization, look);
            contact::organization(organization, look);
            if next(&breaches)? {
                return Ok(breaches);
            }
        }
        for (at, person) in records.persons.iter().enumerate() {
            self::person(person, at, &people, today, &mut breaches.look(row(places.persons, at)));
            if next(&breaches)? {
                return Ok(breaches);
            }
        }
        ids.clear();
        let mut roles = 0..0;
        for ((at, case), number) in records.cases.iter().enumerate().zip(1u32..) {
            let case_row = row(places.cases, at);
            breaches.enter_case();
            let look = &mut breaches.look(case_row);
            if !ids.insert(case.id.expose()) {
                look.record(Breach::IdTwice);
            }
            roles = roles.end..roles.end + case.victims.len() + case.perpetrators.len();
            people.meet(case, roles.clone(), number, look);
            lists::case(case, look);
            status::case(case, look);
            contact::case(case, look);
            for perpetrator in &case.perpetrators {
                lists::perpetrator(perpetrator, look);
            }
            let mut births = dates::Births::default();
            let rows = places.victims.get(at).map_or(&[][..], Vec::as_slice);
            for ((nth, victim), role) in case.victims.iter().enumerate().zip(roles.clone()) {
                let person = people.person(role).map(|(_, person)| person);
                let birth = person.and_then(|person| person.birthdate);
                births.add(birth);
                let row = rows.get(nth).copied().filter(|row| *row > 0).unwrap_or(case_row);
                let look = &mut breaches.look(row);
                lists::victim(victim, look);
                lists::deprecated(victim, look);
                exploitation::victim(victim, look);
                dates::age(victim, birth, case.incoming_referral_date, look);
                if let Some(person) = person {
                    consent::victim(victim, person, look);
                }
            }
            dates::case(case, births, today, &mut breaches.look(case_row));
            if breaches.lists_cases() {
                breaches.enter_counted();
                for role in roles.clone() {
                    if let Some((at, person)) = people.person_once(role, number) {
                        self::person(person, at, &people, today, &mut breaches.look(row(places.persons, at)));
                    }
                }
            }
            breaches.leave_case(number.into(), case_row);
            if next(&breaches)? {
                return Ok(breaches);
            }
        }
        Ok(breaches)
    }
}

/// All rules about a person.
fn person(person: &Person, at: usize, people: &People<'_>, today: Option<NaiveDate>, look: &mut Look<'_>) {
    if people.is_repeated(at) {
        look.record(Breach::IdTwice);
    }
    lists::person(person, look);
    contact::person(person, look);
    dates::person(person, today, look);
    if people.is_client(at) {
        consent::person(person, look);
    }
}
