//! How far a system is from the standard: which fields it has, how often they are filled, and with what.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{
    CaseComment, CaseRecord, Consent, Entity, FIELDS, Field, FieldStatus, FieldValue, HtcdsOutcome, Organization,
    OutgoingReferral, Perpetrator, Person, Records, SupportPlan, TraffickingEvent, Victim,
};
use crate::validate::{is_email, is_phone};

/// What a share is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum GapBase {
    /// Organizations.
    Organizations,
    /// People who are a victim in some case.
    People,
    /// All people, where no case has a victim.
    AllPeople,
    /// Victims: a person in each of their cases.
    Victims,
    /// Perpetrators: a person in each of their cases.
    Perpetrators,
    /// Cases.
    Cases,
    /// Outgoing referrals of all cases.
    OutgoingReferrals,
    /// Comments of all cases.
    Comments,
    /// Trafficking events of all cases.
    Events,
    /// Support plans of all cases.
    SupportPlans,
}

impl GapBase {
    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Organizations => "organizations",
            Self::People => "people who are victims",
            Self::AllPeople => "people",
            Self::Victims => "victims",
            Self::Perpetrators => "perpetrators",
            Self::Cases => "cases",
            Self::OutgoingReferrals => "outgoing referrals",
            Self::Comments => "comments",
            Self::Events => "trafficking events",
            Self::SupportPlans => "support plans",
        }
    }

    /// What a field is recorded of.
    fn of(field: &Field) -> Self {
        let is_in = |fields: &[&str]| fields.contains(&field.name);
        match field.name {
            _ if is_in(Organization::FIELDS) => Self::Organizations,
            _ if is_in(Victim::FIELDS) => Self::Victims,
            _ if is_in(Perpetrator::FIELDS) => Self::Perpetrators,
            _ if is_in(CaseRecord::FIELDS) => Self::Cases,
            _ if is_in(OutgoingReferral::FIELDS) => Self::OutgoingReferrals,
            _ if is_in(CaseComment::FIELDS) => Self::Comments,
            _ if is_in(TraffickingEvent::FIELDS) => Self::Events,
            _ if is_in(SupportPlan::FIELDS) => Self::SupportPlans,
            _ => Self::People,
        }
    }
}

/// How it stands with one field.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[expect(clippy::struct_excessive_bools, reason = "facts about a field, which do not exclude each other")]
pub struct FieldGap {
    /// Its official name.
    pub field: &'static str,
    /// Its official label.
    pub label: &'static str,
    /// The section of the standard.
    pub section: &'static str,
    /// Whether it belongs to the minimum set.
    pub core: bool,
    /// Whether the standard keeps it for old data only.
    pub deprecated: bool,
    /// Whether the file has a place for it.
    pub present: bool,
    /// What it is recorded of.
    pub of: GapBase,
    /// How many of these there are.
    pub base: u64,
    /// In how many of them it is filled.
    pub filled: u64,
    /// In how many of those all it holds is of its list or shape.
    pub valid: u64,
    /// Filled of the base, in percent; `None` if there are none.
    pub filled_share: Option<f64>,
    /// Valid of the filled, in percent; `None` if none is filled.
    pub valid_share: Option<f64>,
    /// The columns that are mapped to it, if there was a mapping.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub mapped_from: Vec<String>,
    /// Whether the mapping fills it with the same in all rows.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "std::ops::Not::not"))]
    pub constant: bool,
}

/// How it stands with the core fields together.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CoreGap {
    /// How many there are.
    pub fields: usize,
    /// For how many the file has a place.
    pub present: usize,
    /// How many are filled at least once.
    pub filled: usize,
    /// How many are filled at least once, and only with what is of their list or shape.
    pub valid: usize,
    /// The mean of their filled shares, in percent: 0 for those that the file has no place for; those it has a place
    /// for and nothing to record of are left out. `None` if all are.
    pub filled_mean: Option<f64>,
}

/// How far records are from the standard. It has counts of a confidential file and is for those who may see it: small
/// counts in it are not protected.
///
/// ```
/// use ctdata_model::Redacted;
/// use ctdata_model::htcds::{CaseRecord, GapReport, Person, PersonId, Records, Victim};
///
/// let person = Person { id: PersonId::new("1"), first_name: Some(Redacted::new("Ada".into())), ..Default::default() };
/// let victim = Victim { person: PersonId::new("1"), ..Default::default() };
/// let case = CaseRecord { victims: vec![victim], ..Default::default() };
/// let records = Records { persons: vec![person], cases: vec![case], ..Default::default() };
/// let report = GapReport::of_records(&records);
/// assert_eq!((report.core.fields, report.core.filled), (40, 1));
/// let name = report.field("prs_FirstName").ok_or("no such field")?;
/// assert_eq!((name.filled, name.base, name.valid_share), (1, 1, Some(100.0)));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct GapReport {
    /// The file, as the caller named it; `None` for records from elsewhere.
    pub file: Option<String>,
    /// The sheet, in a workbook.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub sheet: Option<String>,
    /// Cases.
    pub cases: u64,
    /// Victims in all cases.
    pub victims: u64,
    /// Rows that could not be used, and are not in the counts.
    pub rows_left_out: u64,
    /// The core fields together.
    pub core: CoreGap,
    /// All fields, in the order of the standard.
    pub fields: Vec<FieldGap>,
}

impl GapReport {
    /// How it stands with the records of a file.
    pub fn of(outcome: &HtcdsOutcome) -> Self {
        let present = |field: &Field| outcome.fields().iter().any(|found| found.name == field.name);
        Self {
            file: Some(outcome.file().to_owned()),
            sheet: outcome.sheet().map(str::to_owned),
            rows_left_out: outcome.problems().rows_left_out(),
            ..Self::new(outcome.usable(), present)
        }
    }

    /// How it stands with records: a field is present if it is filled.
    pub fn of_records(records: &Records) -> Self {
        Self::new(records, |_| false)
    }

    /// With the columns that a mapping takes each field from.
    #[cfg(feature = "mapping")]
    #[must_use]
    pub fn with_mapping(mut self, mapping: &super::mapping::Mapping) -> Self {
        for gap in &mut self.fields {
            gap.mapped_from = mapping.sources(gap.field).map(str::to_owned).collect();
            gap.constant = mapping.is_constant(gap.field);
        }
        self
    }

    /// One field, by its official name.
    pub fn field(&self, name: &str) -> Option<&FieldGap> {
        self.fields.iter().find(|gap| gap.field == name)
    }

    /// The core fields, in the order of the standard.
    pub fn core_fields(&self) -> impl Iterator<Item = &FieldGap> {
        self.fields.iter().filter(|gap| gap.core)
    }

    fn new(records: &Records, is_present: impl Fn(&Field) -> bool) -> Self {
        let tallies = Tallies::of(records);
        let fields: Vec<FieldGap> = FIELDS
            .iter()
            .map(|field| {
                let of = match GapBase::of(field) {
                    GapBase::People if tallies.base(GapBase::Victims) == 0 => GapBase::AllPeople,
                    of => of,
                };
                let (base, Tally { filled, valid }) = (tallies.base(of), tallies.field(field));
                FieldGap {
                    field: field.name,
                    label: field.label,
                    section: field.section.title(),
                    core: field.core,
                    deprecated: field.status == FieldStatus::Deprecated,
                    present: filled > 0 || is_present(field),
                    of,
                    base,
                    filled,
                    valid,
                    filled_share: share(filled, base),
                    valid_share: share(valid, filled),
                    mapped_from: Vec::new(),
                    constant: false,
                }
            })
            .collect();
        Self {
            file: None,
            sheet: None,
            cases: tallies.base(GapBase::Cases),
            victims: tallies.base(GapBase::Victims),
            rows_left_out: 0,
            core: CoreGap::of(fields.iter().filter(|gap| gap.core)),
            fields,
        }
    }

    /// A table for people: the core fields, or all of them. The first row names the columns.
    pub fn rows(&self, all: bool) -> Vec<[String; 7]> {
        let head = ["field", "label", "present", "filled", "of", "valid", "mapped from"].map(str::to_owned);
        let rows = self.fields.iter().filter(|gap| all || gap.core).map(|gap| {
            let mut mapped = gap.mapped_from.clone();
            if gap.constant {
                mapped.push("a constant".to_owned());
            }
            let note = if gap.deprecated { " (deprecated)" } else { "" };
            [
                gap.field.to_owned(),
                format!("{}{note}", gap.label),
                if gap.present { "yes" } else { "no" }.to_owned(),
                percent(gap.filled_share.filter(|_| gap.present)),
                format!("{} {}", gap.base, gap.of.label()),
                percent(gap.valid_share),
                mapped.join(", "),
            ]
        });
        std::iter::once(head).chain(rows).collect()
    }

    /// The report in Markdown: the core fields, or all of them.
    pub fn to_markdown(&self, all: bool) -> String {
        let mut text = String::from("# Gap to HTCDS 2.0\n\n");
        if let Some(file) = &self.file {
            let sheet = self.sheet.as_ref().map(|sheet| format!(", sheet {}", cell(sheet))).unwrap_or_default();
            let _ = writeln!(text, "File: {}{sheet}\n", cell(file));
        }
        let _ = writeln!(text, "{}\n", self.summary());
        for (at, row) in self.rows(all).iter().enumerate() {
            let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
            if at == 0 {
                text.push_str("|---|---|---|---:|---:|---:|---|\n");
            }
        }
        text.push_str(
            "\nFilled: the share of what the field is recorded of. Valid: the share of the filled ones that hold only \
             what is of their list or shape. The counts are of a confidential file.\n",
        );
        text
    }

    /// The report in one sentence.
    pub fn summary(&self) -> String {
        let CoreGap { fields, present, filled, filled_mean, .. } = self.core;
        let mean = filled_mean.map(|mean| format!("; they are filled to {mean:.1} % on average")).unwrap_or_default();
        let left_out = match self.rows_left_out {
            0 => String::new(),
            1 => " One row could not be used and is not counted.".to_owned(),
            rows => format!(" {rows} rows could not be used and are not counted."),
        };
        format!(
            "{} cases, {} victims. Of {fields} core fields {present} have a place and {filled} are filled{mean}.{left_out}",
            self.cases, self.victims
        )
    }
}

impl CoreGap {
    fn of<'a>(fields: impl Iterator<Item = &'a FieldGap> + Clone) -> Self {
        let shares: Vec<f64> =
            fields.clone().filter_map(|gap| if gap.present { gap.filled_share } else { Some(0.0) }).collect();
        #[expect(clippy::cast_precision_loss, reason = "at most 84")]
        let mean = (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64);
        Self {
            fields: fields.clone().count(),
            present: fields.clone().filter(|gap| gap.present).count(),
            filled: fields.clone().filter(|gap| gap.filled > 0).count(),
            valid: fields.filter(|gap| gap.filled > 0 && gap.valid == gap.filled).count(),
            filled_mean: mean,
        }
    }
}

/// How often a field is filled.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    filled: u64,
    valid: u64,
}

/// How many there are of what fields are recorded of, and how often each field is filled.
struct Tallies {
    bases: Vec<(GapBase, u64)>,
    /// By the position of the field in the standard.
    fields: Vec<Tally>,
}

impl Tallies {
    fn of(records: &Records) -> Self {
        let mut tallies = Self { bases: Vec::new(), fields: vec![Tally::default(); FIELDS.len()] };
        let cases = &records.cases;
        let victims: BTreeSet<&str> =
            cases.iter().flat_map(|case| &case.victims).map(|victim| victim.person.expose()).collect();
        let people = || {
            let is_counted = |person: &&Person| victims.is_empty() || victims.contains(person.id.expose());
            records.persons.iter().filter(is_counted)
        };
        tallies.add(GapBase::Organizations, records.organizations.iter());
        let base = if victims.is_empty() { GapBase::AllPeople } else { GapBase::People };
        tallies.add(base, people());
        tallies.add::<Consent>(base, people().map(|person| &person.consent));
        tallies.add(GapBase::Victims, cases.iter().flat_map(|case| &case.victims));
        tallies.add(GapBase::Perpetrators, cases.iter().flat_map(|case| &case.perpetrators));
        tallies.add(GapBase::Cases, cases.iter());
        tallies.add(GapBase::OutgoingReferrals, cases.iter().flat_map(|case| &case.outgoing_referrals));
        tallies.add(GapBase::Comments, cases.iter().flat_map(|case| &case.comments));
        tallies.add(GapBase::Events, cases.iter().flat_map(|case| &case.events));
        tallies.add(GapBase::SupportPlans, cases.iter().flat_map(|case| &case.support_plans));
        tallies
    }

    fn add<'a, E: Entity + 'a>(&mut self, base: GapBase, entities: impl Iterator<Item = &'a E>) {
        let places: Vec<Option<usize>> = E::FIELDS.iter().map(|name| Field::named(name).map(Field::index)).collect();
        let mut count = 0;
        for entity in entities {
            count += 1;
            for (position, place) in places.iter().enumerate() {
                let value = entity.value(position);
                let (false, Some(tally)) = (value.is_empty(), place.and_then(|place| self.fields.get_mut(place)))
                else {
                    continue;
                };
                tally.filled += 1;
                let name = E::FIELDS.get(position).copied().unwrap_or_default();
                tally.valid += u64::from(is_valid(name, &value));
            }
        }
        if !self.bases.iter().any(|(known, _)| *known == base) {
            self.bases.push((base, count));
        }
    }

    fn base(&self, base: GapBase) -> u64 {
        self.bases.iter().find(|(known, _)| *known == base).map_or(0, |(_, count)| *count)
    }

    fn field(&self, field: &Field) -> Tally {
        self.fields.get(field.index()).copied().unwrap_or_default()
    }
}

/// Whether all that a field holds is of its list or shape. What the records could not hold was left out before.
fn is_valid(field: &str, value: &FieldValue<'_>) -> bool {
    match value {
        FieldValue::Values(values) => values.iter().all(|value| value.is_listed),
        FieldValue::Coordinate(degrees) => {
            let most = if field.ends_with("Latitude") { 90.0 } else { 180.0 };
            degrees.expose().abs() <= most
        }
        FieldValue::Number(number) if field == "vic_AgeWhenTrafficked" => *number <= 120,
        FieldValue::Text(text) if field.ends_with("Phone") => is_phone(text.expose()),
        FieldValue::Text(text) if field.ends_with("Email") => is_email(text.expose()),
        _ => true,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of records")]
fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| 100.0 * part as f64 / of as f64)
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{share:.1} %"))
}

/// A text in a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Redacted;
    use crate::htcds::lists::{Gender, MethodsOfControl};
    use crate::htcds::{CaseId, Listed, PersonId};

    fn text(text: &str) -> Redacted<String> {
        Redacted::new(text.to_owned())
    }

    /// Two cases; three people, of whom one is a victim in both, one in one, and one is a perpetrator.
    fn records() -> Records {
        let person = |id: &str| Person { id: PersonId::new(id), ..Person::default() };
        let victim = |id: &str| Victim { person: PersonId::new(id), ..Victim::default() };
        Records {
            organizations: Vec::new(),
            persons: vec![
                Person {
                    gender: Some(Gender::Feminine.into()),
                    email: Some(text("zq@example.org")),
                    mobile_phone: Some(text("+33123456789")),
                    consent: Consent { consent: Some(false) },
                    ..person("a")
                },
                Person {
                    gender: Some(Listed::Unlisted(Redacted::new("zq".to_owned()))),
                    email: Some(text("zq at example.org")),
                    mobile_phone: Some(text("0123")),
                    mailing_latitude: Some(Redacted::new(91.0)),
                    ..person("b")
                },
                Person { gender: Some(Gender::Masculine.into()), ..person("c") },
            ],
            cases: vec![
                CaseRecord {
                    id: CaseId::new("1"),
                    victims: vec![
                        Victim {
                            age_when_trafficked: Some(121),
                            methods_of_control: vec![
                                MethodsOfControl::DebtBondage.into(),
                                Listed::Unlisted(Redacted::new("zq".to_owned())),
                            ],
                            ..victim("a")
                        },
                        victim("b"),
                    ],
                    perpetrators: vec![Perpetrator { person: PersonId::new("c"), ..Perpetrator::default() }],
                    outgoing_referrals: vec![
                        OutgoingReferral { referred_organisation: Some(text("zq")), ..OutgoingReferral::default() },
                        OutgoingReferral { outgoing_referral_details: Some(text("zq")), ..OutgoingReferral::default() },
                    ],
                    ..CaseRecord::default()
                },
                CaseRecord { id: CaseId::new("2"), victims: vec![victim("a")], ..CaseRecord::default() },
            ],
        }
    }

    #[test]
    fn each_field_is_counted_on_what_it_is_recorded_of() {
        let report = GapReport::of_records(&records());
        assert_eq!((report.cases, report.victims, report.fields.len()), (2, 3, 84));
        for (field, of, base, filled, valid) in [
            // Not the perpetrator, whose gender is known too.
            ("prs_Gender", GapBase::People, 2, 2, 1),
            ("prs_Email", GapBase::People, 2, 2, 1),
            ("prs_MobilePhone", GapBase::People, 2, 2, 1),
            ("prs_MailingLatitude", GapBase::People, 2, 1, 0),
            ("prs_FirstName", GapBase::People, 2, 0, 0),
            // A no is an answer.
            ("con_Consent", GapBase::People, 2, 1, 1),
            ("vic_AgeWhenTrafficked", GapBase::Victims, 3, 1, 0),
            ("vic_MethodsOfControl", GapBase::Victims, 3, 1, 0),
            ("per_RoleInProcess", GapBase::Perpetrators, 1, 0, 0),
            ("cas_Status", GapBase::Cases, 2, 0, 0),
            ("cas_ReferredOrganisation", GapBase::OutgoingReferrals, 2, 1, 1),
            ("cco_CaseComment", GapBase::Comments, 0, 0, 0),
            ("hte_Date", GapBase::Events, 0, 0, 0),
            ("spl_Type", GapBase::SupportPlans, 0, 0, 0),
            ("org_Name", GapBase::Organizations, 0, 0, 0),
        ] {
            let gap = report.field(field).unwrap();
            assert_eq!((gap.of, gap.base, gap.filled, gap.valid), (of, base, filled, valid), "{field}");
            assert_eq!(gap.present, filled > 0, "{field}");
        }
        assert_eq!(report.field("cas_Status").unwrap().filled_share, Some(0.0));
        assert_eq!(report.field("org_Name").unwrap().filled_share, None);
        assert_eq!(report.field("org_Name").unwrap().valid_share, None);
    }

    #[test]
    fn without_victims_fields_of_people_are_those_of_all_people() {
        let mut records = records();
        records.cases.iter_mut().for_each(|case| case.victims.clear());
        let report = GapReport::of_records(&records);
        let gender = report.field("prs_Gender").unwrap();
        let of_all = u64::try_from(records.persons.len()).unwrap();
        assert_eq!((gender.of, gender.of.label(), gender.base), (GapBase::AllPeople, "people", of_all));
        assert_eq!(report.field("con_Consent").unwrap().of, GapBase::AllPeople);
        let age = report.field("vic_AgeWhenTrafficked").unwrap();
        assert_eq!((age.of, age.base, age.filled_share), (GapBase::Victims, 0, None));
        // The other way round, nobody else is counted.
        assert_eq!(GapReport::of_records(&Records::default()).field("prs_Gender").unwrap().base, 0);
    }

    #[test]
    fn every_field_is_recorded_of_something_that_has_it() {
        // Every field of the standard counts its own values: fill one field at a time.
        let of = |field: &Field| GapBase::of(field);
        let count = |base| FIELDS.iter().filter(|field| of(field) == base).count();
        // The sections of the standard: 10 organization, 25 person and 1 consent, 16 victim, 3 perpetrator, 3 case
        // and 5 incoming referral, 5 outgoing referral, 1 comment, 10 events, 5 support plan.
        assert_eq!(count(GapBase::Organizations), 10);
        assert_eq!(count(GapBase::People), 26);
        assert_eq!(count(GapBase::Victims), 16);
        assert_eq!(count(GapBase::Perpetrators), 3);
        assert_eq!(count(GapBase::Cases), 8);
        assert_eq!(count(GapBase::OutgoingReferrals), 5);
        assert_eq!(count(GapBase::Comments), 1);
        assert_eq!(count(GapBase::Events), 10);
        assert_eq!(count(GapBase::SupportPlans), 5);
    }

    #[test]
    fn the_core_together_counts_places_and_shares() {
        let report = GapReport::of_records(&records());
        let filled = ["prs_Gender", "prs_Email", "prs_MobilePhone", "con_Consent", "vic_MethodsOfControl"];
        let filled = filled.into_iter().chain(["cas_ReferredOrganisation", "cas_OutgoingReferralDetails"]);
        let names: Vec<&str> = report.core_fields().filter(|gap| gap.filled > 0).map(|gap| gap.field).collect();
        let mut expected: Vec<&str> = filled.collect();
        expected.sort_by_key(|name| Field::named(name).unwrap().index());
        assert_eq!(names, expected);
        assert_eq!((report.core.fields, report.core.present, report.core.filled, report.core.valid), (40, 7, 7, 3));
        // 100 % three times, 50 % three times, a third once, nothing 33 times.
        let mean = (300.0 + 150.0 + 100.0 / 3.0) / 40.0;
        assert!((report.core.filled_mean.unwrap() - mean).abs() < 1e-9);
        let empty = GapReport::of_records(&Records::default());
        assert_eq!((empty.core.filled, empty.core.filled_mean), (0, Some(0.0)));
    }

    #[test]
    fn the_report_shows_counts_and_no_value() {
        let report =
            GapReport { file: Some("a|b.csv".to_owned()), rows_left_out: 1, ..GapReport::of_records(&records()) };
        let text = report.to_markdown(true);
        assert!(!text.contains("zq") && !text.contains("example"));
        assert!(text.starts_with(
            "# Gap to HTCDS 2.0\n\nFile: a\\|b.csv\n\n2 cases, 3 victims. Of 40 core fields 7 have a place"
        ));
        assert!(text.contains("One row could not be used and is not counted."));
        assert!(text.contains("| prs_Gender | Gender | yes | 100.0 % | 2 people who are victims | 50.0 % |  |\n"));
        assert!(text.contains("| vic_Vulnerabilities | Vulnerabilities (deprecated) | no | - | 3 victims | - |  |\n"));
        assert_eq!(report.rows(true).len(), 85);
        assert_eq!(report.rows(false).len(), 41);
    }

    #[cfg(feature = "json")]
    #[test]
    fn names_in_json_are_a_promise() {
        let report = GapReport::of_records(&records());
        let json = serde_json::to_value(&report).unwrap();
        let keys = |value: &serde_json::Value| {
            let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
            keys.sort_unstable();
            keys.join(" ")
        };
        assert_eq!(keys(&json), "cases core fields file rows_left_out victims");
        assert_eq!(keys(&json["core"]), "fields filled filled_mean present valid");
        assert_eq!(
            keys(&json["fields"][0]),
            "base core deprecated field filled filled_share label of present section valid valid_share"
        );
        assert_eq!(json["fields"][15]["field"], "prs_Gender");
        assert_eq!(json["fields"][15]["of"], "people");
        assert_eq!(json["fields"][15]["valid_share"], 50.0);
    }
}
