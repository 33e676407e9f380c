//! Tables of people from HTCDS records: one row per victim, one row per perpetrator.
//!
//! A victim's row holds the attributes of the first case, as [`to_cases`] makes them, and what all the person's cases say
//! of consent, recruitment, support, referrals and perpetrators. What is not recorded is not recorded: an empty list is
//! never "no".

use super::columns::Columns;
use super::extension::{DAYS, FIRST_SERVICE};
use super::facts::{self, People};
use super::question::Question;
use super::{Extension, Subject};
use crate::IndicatorError;
use ctdata_model::htcds::lists::{CaseStatus, ListMember, RoleInProcess, SupportPlanType};
use ctdata_model::htcds::{CaseOptions, CaseRecord, Listed, Person, Records, Victim, to_cases};
use ctdata_model::{Period, PerpetratorRole, VpAttribute};
use ctdata_table::{Ids, Table};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How records become tables of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct PeopleOptions {
    /// Whose records are taken, and how they become cases.
    pub cases: CaseOptions,
    /// The day on which the records were taken: persons without a dated service by then are still waiting. Without it
    /// the time to the first service is not computed; the clock is never asked.
    pub as_of: Option<Period>,
    /// Whether the referrals and plans of a case with several victims are those of each of them. By default they are
    /// not recorded for any, since the record does not say for whom they were.
    pub services_of_groups: bool,
}

/// A person as a victim: the row of the first case, and all the cases.
struct Appearances<'r> {
    row: usize,
    cases: Vec<(&'r CaseRecord, &'r Victim)>,
}

/// One row for each victim: the attributes of the case, then extension attributes. Rows carry the identifiers of the
/// persons; a person without one is a row of their own in each case.
///
/// A person who is a victim in several cases has the case attributes of the one with the earliest incoming referral. The
/// perpetrators of a case are those of each of its victims, except for a victim who is among them.
///
/// ```
/// use ctdata_indicators::people::{PeopleOptions, victims};
/// use ctdata_model::Simulator;
/// let table = victims(&Simulator::new(3).htcds(200)?, &PeopleOptions::default())?;
/// assert!(table.schema().find("support_legal").is_some());
/// assert_eq!(table.ids().map(|ids| ids.max_rows_per_id()), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// More victims than a table has rows.
pub fn victims(records: &Records, options: &PeopleOptions) -> Result<Table, IndicatorError> {
    let conversion = to_cases(records, &options.cases)?;
    let people = People::of(records);
    let persons = appearances(records, &conversion.rows);
    let kept: Vec<u32> = persons.iter().filter_map(|person| u32::try_from(person.row).ok()).collect();
    let cases = conversion.cases.into_table().take(&kept)?;
    let mut columns = Columns::new(persons.len());
    for person in &persons {
        victim(&mut columns, person, &people, options)?;
    }
    let ids: Ids = persons.iter().map(|person| identifier(person.row, &person.cases)).collect();
    let mut names = vec!["consent", "recruitment", "vulnerability", "referred", "support"];
    if options.as_of.is_some() {
        names.extend([FIRST_SERVICE, DAYS]);
    }
    names.extend([
        "region_of_origin",
        "perpetrators",
        VpAttribute::PerpetratorGender.name(),
        VpAttribute::PerpetratorAge.name(),
        VpAttribute::PerpetratorRegion.name(),
        VpAttribute::PerpetratorRelation.name(),
        "perpetrator",
    ]);
    Ok(columns.onto(Some(cases), &names)?.with_ids(ids)?)
}

/// The persons of the rows, in the order of their first rows.
fn appearances<'r>(records: &'r Records, rows: &[ctdata_model::htcds::CaseRow]) -> Vec<Appearances<'r>> {
    let mut persons: Vec<Appearances<'r>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut earliest: Vec<Option<Period>> = Vec::new();
    for (row, place) in rows.iter().enumerate() {
        let Some(case) = records.cases.get(place.case) else { continue };
        let Some(victim) = case.victims.get(place.victim) else { continue };
        let id = victim.person.expose();
        let at = match known.get(id) {
            Some(&at) if !id.is_empty() => at,
            _ => {
                known.insert(id, persons.len());
                earliest.push(case.incoming_referral_date);
                persons.push(Appearances { row, cases: Vec::new() });
                persons.len() - 1
            }
        };
        if let (Some(person), Some(first)) = (persons.get_mut(at), earliest.get_mut(at)) {
            person.cases.push((case, victim));
            // A case whose date is not recorded is the first only if none has one.
            let starts = |date: &Option<Period>| date.map(Period::start);
            let date = case.incoming_referral_date;
            if date.is_some() && (first.is_none() || starts(&date) < starts(first)) {
                (*first, person.row) = (date, row);
            }
        }
    }
    persons
}

/// The person's identifier; one that no person has where the record gives none.
fn identifier(row: usize, cases: &[(&CaseRecord, &Victim)]) -> String {
    match cases.first().map(|(_, victim)| victim.person.expose()) {
        Some(id) if !id.is_empty() => id.to_owned(),
        _ => format!("\u{0}row {row}"),
    }
}

fn victim(
    columns: &mut Columns,
    person: &Appearances<'_>,
    people: &People<'_>,
    options: &PeopleOptions,
) -> Result<(), IndicatorError> {
    let cases = &person.cases;
    let own = cases.first().and_then(|(_, victim)| people.person(&victim.person));
    columns.flag("consent", own.and_then(|person| person.consent.consent))?;
    let each = || cases.iter().map(|(_, victim)| *victim);
    columns.answers(Question::Recruitment, each().flat_map(|victim| known(&victim.method_of_recruitment)))?;
    columns.answers(Question::Vulnerability, each().flat_map(|victim| known(&victim.vulnerabilities)))?;
    // What was done in a case with several victims may have been done for another.
    let served: Vec<&CaseRecord> = cases
        .iter()
        .map(|(case, _)| *case)
        .filter(|case| options.services_of_groups || case.victims.len() == 1)
        .collect();
    let plans = served.iter().flat_map(|case| &case.support_plans);
    let types = plans.filter_map(|plan| plan.kind.as_ref().and_then(Listed::known)).map(SupportPlanType::label);
    columns.answers(Question::Support, types)?;
    columns.flag("referred", served.iter().any(|case| was_referred(case)).then_some(true))?;
    if let Some(as_of) = options.as_of {
        let all: Vec<&CaseRecord> = cases.iter().map(|(case, _)| *case).collect();
        let wait = facts::wait(&all, served.len() == cases.len(), as_of);
        columns.value(FIRST_SERVICE, wait.map(|wait| if wait.served { "served" } else { "awaited" }))?;
        columns.number(DAYS, wait.map(|wait| wait.days))?;
    }
    columns.value("region_of_origin", own.and_then(facts::region))?;
    perpetrators_of(columns, person, people)
}

/// The labels of the values that their list has.
fn known<L: ListMember>(values: &[Listed<L>]) -> impl Iterator<Item = &'static str> {
    values.iter().filter_map(Listed::known).map(|value| value.label())
}

fn was_referred(case: &CaseRecord) -> bool {
    let closed = case.status.as_ref().and_then(Listed::known);
    !case.outgoing_referrals.is_empty() || closed == Some(CaseStatus::ClosedReferred)
}

/// What the perpetrators of a victim's cases are, as sets.
fn perpetrators_of(columns: &mut Columns, person: &Appearances<'_>, people: &People<'_>) -> Result<(), IndicatorError> {
    let (mut unnamed, mut ids) = (0usize, BTreeSet::new());
    let (mut sexes, mut bands, mut regions) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut parts = BTreeSet::new();
    let mut relations = BTreeSet::new();
    for (case, victim) in &person.cases {
        let relation = victim.relationship_to_trafficker.as_ref().and_then(Listed::known);
        relations.extend(relation.and_then(facts::relation));
        for perpetrator in &case.perpetrators {
            let id = perpetrator.person.expose();
            if id.is_empty() {
                unnamed += 1;
            } else if id == victim.person.expose() {
                continue; // made to recruit others, not one's own perpetrator
            } else {
                ids.insert(id);
            }
            let roles = perpetrator.role_in_process.iter().filter_map(Listed::known);
            parts.extend(roles.filter_map(facts::part));
            if let Some(found) = people.person(&perpetrator.person) {
                sexes.extend(facts::sex(found));
                bands.extend(facts::age_band(found, case.incoming_referral_date));
                regions.extend(facts::region(found));
            }
        }
    }
    let count = unnamed + ids.len();
    columns.number("perpetrators", (count > 0).then_some(count))?;
    columns.set(VpAttribute::PerpetratorGender.name(), &sexes)?;
    columns.set(VpAttribute::PerpetratorAge.name(), &bands)?;
    columns.set(VpAttribute::PerpetratorRegion.name(), &regions)?;
    columns.set(VpAttribute::PerpetratorRelation.name(), &relations)?;
    columns.answers(Question::Part, parts)
}

/// A person as a perpetrator in cases of victims who are counted.
#[derive(Default)]
struct Offender<'r> {
    person: Option<&'r Person>,
    roles: BTreeSet<&'static str>,
    /// Persons, and where they have no identifier their places.
    victims: BTreeSet<(&'r str, usize, usize)>,
    first: Option<Period>,
}

/// One row for each perpetrator of the cases whose victims are counted, with the identifiers of the persons; a
/// perpetrator without one is a row of their own in each case.
///
/// ```
/// use ctdata_indicators::people::{PeopleOptions, Subject, perpetrators};
/// use ctdata_model::Simulator;
/// let table = perpetrators(&Simulator::new(3).htcds(200)?, &PeopleOptions::default())?;
/// assert_eq!(Subject::of(table.schema()), Some(Subject::Perpetrators));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`victims`].
pub fn perpetrators(records: &Records, options: &PeopleOptions) -> Result<Table, IndicatorError> {
    let conversion = to_cases(records, &options.cases)?;
    let people = People::of(records);
    let mut by_case: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for row in &conversion.rows {
        by_case.entry(row.case).or_default().push(row.victim);
    }
    let mut offenders: Vec<(String, Offender<'_>)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (at, positions) in by_case {
        let Some(case) = records.cases.get(at) else { continue };
        for (number, perpetrator) in case.perpetrators.iter().enumerate() {
            let id = perpetrator.person.expose();
            let place = match known.get(id) {
                Some(&place) if !id.is_empty() => place,
                _ => {
                    let name = if id.is_empty() { format!("\u{0}case {at} {number}") } else { id.to_owned() };
                    known.insert(id, offenders.len());
                    offenders.push((name, Offender::default()));
                    offenders.len() - 1
                }
            };
            let Some((_, offender)) = offenders.get_mut(place) else { continue };
            offender.person = people.person(&perpetrator.person);
            offender.roles.extend(perpetrator.role_in_process.iter().filter_map(Listed::known).map(role));
            let victims = positions.iter().filter_map(|&position| Some((position, case.victims.get(position)?)));
            offender.victims.extend(victims.filter_map(|(position, victim)| match victim.person.expose() {
                "" => Some(("", at, position)),
                own if own == id => None,
                other => Some((other, 0, 0)),
            }));
            let date = case.incoming_referral_date;
            if date.is_some()
                && (offender.first.is_none() || date.map(Period::start) < offender.first.map(Period::start))
            {
                offender.first = date;
            }
        }
    }
    let mut columns = Columns::new(offenders.len());
    for (_, offender) in &offenders {
        let person = offender.person;
        columns.value("perpetrator_sex", person.and_then(facts::sex))?;
        columns.value("perpetrator_age_band", person.and_then(|found| facts::age_band(found, offender.first)))?;
        columns.value("perpetrator_citizenship", person.and_then(facts::citizenship))?;
        columns.value("perpetrator_origin", person.and_then(facts::region))?;
        columns.answers(Question::Role, offender.roles.iter().copied())?;
        let victims = offender.victims.len();
        columns.number("victims", (victims > 0).then_some(victims))?;
    }
    let ids: Ids = offenders.iter().map(|(id, _)| id.as_str()).collect();
    let names =
        ["perpetrator_sex", "perpetrator_age_band", "perpetrator_citizenship", "perpetrator_origin", "role", "victims"];
    let table = columns.onto(None, &names)?;
    let marker = ctdata_table::Column::from_u8(vec![0; table.rows()]);
    Ok(table.with_column(Subject::Perpetrators.attribute()?, marker)?.with_ids(ids)?)
}

/// The label of the same role in our list.
fn role(role: RoleInProcess) -> &'static str {
    role.name().parse().map_or("", PerpetratorRole::label)
}

/// The same table with the public values of the extension attributes that it carries: a column read from a plain file
/// holds the values found there, and a flag that is never "no" would be none.
///
/// Values are read by their codes, flags also as true or false and 1 or 0.
///
/// # Errors
/// [`IndicatorError::Figures`] for a column with a value that its extension does not have.
pub fn adopt(table: &Table) -> Result<Table, IndicatorError> {
    let mut adopted = table.clone();
    for (position, found) in table.schema().attributes().iter().enumerate() {
        let Some(extension) = Extension::named(found.name()) else { continue };
        let attributes = extension.attributes()?;
        let Some(attribute) = attributes.into_iter().find(|attribute| attribute.name() == found.name()) else {
            continue;
        };
        let is_flag = attribute.domain().code_of("no") == Some(0) && attribute.domain().len() == 2;
        let code = |label: &str| {
            let text = label.trim();
            let text = match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" if is_flag => "yes",
                "false" | "0" | "no" if is_flag => "no",
                _ => text,
            };
            attribute.domain().code_of(text)
        };
        let mut map: Vec<u16> = Vec::with_capacity(found.code_count());
        for label in found.domain().labels() {
            map.push(code(&label).ok_or_else(|| IndicatorError::Figures {
                what: format!("column `{}`", found.name()),
                rule: format!("it holds a value that the attribute does not have ({})", extension.meaning).into(),
            })?);
        }
        for kind in found.missing().iter() {
            map.push(attribute.missing_code(kind).or_else(|| attribute.blank_code()).unwrap_or_default());
        }
        let Some(column) = table.column(position) else { continue };
        adopted = adopted.with_replaced(position, attribute, column.recoded(&map))?;
    }
    Ok(adopted)
}
