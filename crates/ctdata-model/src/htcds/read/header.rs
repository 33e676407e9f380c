//! From header cells to the plan of a sheet.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use super::metadata::{Metadata, metadata};
use super::{AddressRow, ColumnPlan, SheetPlan, Target};
use crate::htcds::lists::{ListMember, fold};
use crate::htcds::owner::{Owner, Repeating};
use crate::htcds::value::trimmed;
use crate::htcds::{Cardinality, FIELDS, Field, ValueSource};
use crate::{Country, ModelError};

/// How a header is read, and what messages call it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeaderRules<'a> {
    /// The file, for messages.
    pub(crate) file: &'a str,
    /// The format, for messages: `htcds-csv`.
    pub(crate) format: &'static str,
    /// Whether it is of a survey tool: groups before names, one column per choice, columns that the tool adds, and
    /// spaces between the values of a cell.
    pub(crate) is_form: bool,
    /// Which row names the mailing address where names and labels disagree.
    pub(crate) address_row: AddressRow,
    /// Whether messages give the letters of columns beside their numbers, as spreadsheet programs show them.
    pub(crate) letters: bool,
}

impl Default for HeaderRules<'_> {
    fn default() -> Self {
        Self { file: "(input)", format: "htcds-csv", is_form: false, address_row: AddressRow::Labels, letters: false }
    }
}

/// Why a header cell is none.
enum Refusal {
    Unknown,
    /// A label that several fields have.
    Ambiguous(Vec<&'static Field>),
    /// Name and label are of different fields.
    Disagree(&'static Field, &'static Field),
    /// A number on a field that a case has only once.
    NoRepeat(&'static Field),
    /// A choice that the list of the field does not have.
    Choice(&'static Field),
}

/// What a name says.
enum Meaning {
    Target(Target),
    Submission(u8),
}

impl SheetPlan {
    /// The plan of a header in official names, names that tools use, own columns (`case_id`, `person_id`,
    /// `organization_id`, `role`), labels, or a row of names and a row of labels (empty if there is none). Of what
    /// repeats in a case, the second column is `hte_Date.2`, and so on.
    ///
    /// A label that several fields share needs its section before it: "Support Plan: Type".
    ///
    /// # Errors
    /// [`ModelError::WrongHeader`] with the positions of columns that are none of these, are there twice, or whose name
    /// and label disagree, see [`AddressRow`].
    pub(crate) fn from_header(
        names: &[impl AsRef<str>],
        labels: &[impl AsRef<str>],
        rules: HeaderRules<'_>,
    ) -> Result<Self, ModelError> {
        let width = names.len().max(labels.len());
        let cell = |row: &[&str], at: usize| row.get(at).copied().unwrap_or_default().to_owned();
        let names: Vec<&str> = names.iter().map(|name| trimmed(name.as_ref())).collect();
        let labels: Vec<&str> = labels.iter().map(|label| trimmed(label.as_ref())).collect();
        let mut columns = Vec::with_capacity(width);
        let mut refusals = Vec::new();
        let mut submission: Option<(u8, usize)> = None;
        for at in 0..width {
            let meaning = meaning(&cell(&names, at), &cell(&labels, at), rules);
            let target = match meaning {
                Ok(Meaning::Target(target)) => target,
                Ok(Meaning::Submission(rank)) => {
                    submission = Some(submission.map_or((rank, at), |best| best.min((rank, at))));
                    Target::Ignored
                }
                Err(refusal) => {
                    refusals.push((at, refusal));
                    Target::Ignored
                }
            };
            columns.push(target);
        }
        let refuse = |difference: String| {
            Err(ModelError::WrongHeader { file: rules.file.to_owned(), layout: rules.format, difference })
        };
        if let Some(difference) = differences(&refusals, rules) {
            return refuse(difference);
        }
        if let Some((_, at)) = submission.filter(|_| !columns.contains(&Target::CaseId))
            && let Some(column) = columns.get_mut(at)
        {
            *column = Target::CaseId;
        }
        close_gaps(&mut columns);
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (at, target) in columns.iter().enumerate() {
            let key = target_name(*target);
            if let Some(key) = key
                && let Some(first) = seen.insert(key.clone(), at)
            {
                return refuse(format!("{} and {} both hold `{key}`", place(first, rules), place(at, rules)));
            }
        }
        if columns.iter().all(|target| matches!(target, Target::Ignored | Target::Nameless)) {
            return refuse("no column is a field of HTCDS".to_owned());
        }
        let separator: Arc<str> = if rules.is_form { " " } else { ";" }.into();
        let plan = |(at, target): (usize, Target)| ColumnPlan {
            name: target_name(target).unwrap_or_else(|| (at + 1).to_string()).into(),
            target,
            separator: Arc::clone(&separator),
            date_format: None,
        };
        Ok(Self { columns: columns.into_iter().enumerate().map(plan).collect() })
    }
}

/// What a name and a label together say.
fn meaning(name: &str, label: &str, rules: HeaderRules<'_>) -> Result<Meaning, Refusal> {
    if name.is_empty() && label.is_empty() {
        return Ok(Meaning::Target(Target::Nameless));
    }
    if name.is_empty() {
        return named(label, rules);
    }
    let found = named(name, rules)?;
    let Meaning::Target(Target::Field { field, occurrence }) = found else { return Ok(found) };
    let others: Vec<&'static Field> = if label.is_empty() { Vec::new() } else { labelled(label) };
    if others.is_empty() || others.contains(&field) {
        // No label, that of the field, or one in words of the user's own.
        return Ok(found);
    }
    let swapped = others.iter().find(|other| ADDRESS.contains(&(field.name, other.name)));
    match (swapped, others.first()) {
        (Some(other), _) => {
            let field = if rules.address_row == AddressRow::Labels { other } else { field };
            Ok(Meaning::Target(Target::Field { field, occurrence }))
        }
        // The survey form of the toolkit gives this field the label of another.
        (None, Some(other)) if (field.name, other.name) == ("prs_Title", "prs_SecondName") => Ok(found),
        (None, Some(other)) => Err(Refusal::Disagree(field, other)),
        (None, None) => Ok(found),
    }
}

/// Names and labels of the mailing address that stand over each other in the toolkit's Excel templates.
const ADDRESS: [(&str, &str); 4] = [
    ("prs_MailingCity", "prs_MailingStreet"),
    ("prs_MailingCountry", "prs_MailingCity"),
    ("prs_MailingStreet", "prs_MailingPostalCode"),
    ("prs_MailingPostalCode", "prs_MailingCountry"),
];

/// The longest header that is looked into, in bytes: a record may stand where a header should.
const LONGEST: usize = 400;

/// What one text says: a name, a name with a number, a label; in a form also groups before them and choices after.
fn named(text: &str, rules: HeaderRules<'_>) -> Result<Meaning, Refusal> {
    if text.len() > LONGEST {
        return Err(Refusal::Unknown);
    }
    let known = plain(text);
    if !rules.is_form {
        return known.map(Meaning::Target);
    }
    match metadata(text) {
        None if !matches!(known, Err(Refusal::Unknown)) => return known.map(Meaning::Target),
        Some(Metadata::Submission(rank)) => return Ok(Meaning::Submission(rank)),
        Some(Metadata::Other) => return Ok(Meaning::Target(Target::Ignored)),
        None => {}
    }
    let cuts: Vec<usize> = text.match_indices(['/', ':', '.', '-']).map(|(at, _)| at).collect();
    let after = |cut: usize| text.get(cut + 1..).unwrap_or_default();
    if let Some(found) = cuts.iter().map(|cut| plain(after(*cut))).find(|found| !matches!(found, Err(Refusal::Unknown)))
    {
        return found.map(Meaning::Target);
    }
    // A question and one of its choices, the question perhaps after groups.
    for cut in cuts.iter().rev().copied() {
        let question = text.get(..cut).unwrap_or_default();
        let starts = std::iter::once(0).chain(cuts.iter().filter(|start| **start < cut).map(|start| start + 1));
        let field = starts.filter_map(|start| plain(question.get(start..)?).ok()?.field()).find(|field| is_many(field));
        if let Some(field) = field {
            return match choice(field, after(cut)) {
                Some(choice) => Ok(Meaning::Target(Target::Choice { field, choice })),
                None => Err(Refusal::Choice(field)),
            };
        }
    }
    Err(Refusal::Unknown)
}

/// Fields that a form asks with several choices; the industry is one in the standard and several in its survey form.
fn is_many(field: &Field) -> bool {
    field.cardinality == Cardinality::Many || field.name == "vic_ForcedLabourIndustry"
}

/// The name of a value of the field's list.
fn choice(field: &Field, text: &str) -> Option<&'static str> {
    if field.values == ValueSource::Countries {
        return Country::read(trimmed(text)).map(|country| ListMember::name(&country));
    }
    let text = fold(text);
    let is = |spelling: &str| fold(spelling) == text;
    field.list()?.values.iter().find(|value| is(value.name) || is(value.label)).map(|value| value.name)
}

/// What one text says without groups and choices.
fn plain(text: &str) -> Result<Target, Refusal> {
    match &*fold(text) {
        "" => return Err(Refusal::Unknown),
        "caseid" => return Ok(Target::CaseId),
        "personid" => return Ok(Target::PersonId),
        "organizationid" | "organisationid" => return Ok(Target::OrganizationId),
        "role" => return Ok(Target::Role),
        _ => {}
    }
    let (base, number) = numbered(text);
    if let Some(field) = Field::named(base) {
        let repeats = Owner::of(field).is_some_and(|owner| owner.repeating().is_some());
        return match number {
            None => Ok(Target::Field { field, occurrence: 0 }),
            Some(number) if repeats => Ok(Target::Field { field, occurrence: number - 1 }),
            Some(_) => Err(Refusal::NoRepeat(field)),
        };
    }
    let occurrence = number.map_or(0, |number| number - 1);
    match *labelled(base) {
        [] => Err(Refusal::Unknown),
        [field] if occurrence == 0 || Owner::of(field).is_some_and(|owner| owner.repeating().is_some()) => {
            Ok(Target::Field { field, occurrence })
        }
        [field] => Err(Refusal::NoRepeat(field)),
        ref several => Err(Refusal::Ambiguous(several.to_vec())),
    }
}

/// A text without the number after its last full stop, and the number, from 1.
fn numbered(text: &str) -> (&str, Option<usize>) {
    let parts = text.rsplit_once('.').filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
    match parts.and_then(|(base, number)| Some((base, number.parse().ok().filter(|number| *number > 0)?))) {
        Some((base, number)) => (base, Some(number)),
        None => (text, None),
    }
}

/// The fields with a label, alone or after the title of its section.
fn labelled(label: &str) -> Vec<&'static Field> {
    static LABELS: LazyLock<HashMap<String, Vec<&'static Field>>> = LazyLock::new(|| {
        let mut labels: HashMap<String, Vec<&'static Field>> = HashMap::new();
        for field in FIELDS.iter().filter(|field| !field.label.is_empty()) {
            labels.entry(fold(field.label).into_owned()).or_default().push(field);
        }
        for field in FIELDS.iter().filter(|field| !field.label.is_empty()) {
            let full = format!("{} {}", field.section.title(), field.label);
            labels.entry(fold(&full).into_owned()).or_insert_with(|| vec![field]);
        }
        labels
    });
    LABELS.get(&*fold(label)).cloned().unwrap_or_default()
}

/// What repeats is numbered without gaps, in the order of the numbers in the header: its numbers take no memory.
fn close_gaps(columns: &mut [Target]) {
    let repeating = |target: &Target| match target {
        Target::Field { field, occurrence } => Some((Owner::of(field)?.repeating()?, *occurrence)),
        _ => None,
    };
    let mut numbers: Vec<(Repeating, usize)> = columns.iter().filter_map(repeating).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let before = |key: (Repeating, usize)| numbers.partition_point(|number| *number < key);
    for target in columns {
        if let (Some((of, number)), Target::Field { occurrence, .. }) = (repeating(target), target) {
            *occurrence = before((of, number)) - before((of, 0));
        }
    }
}

/// What a column is called, where there may be only one of it.
pub(crate) fn target_name(target: Target) -> Option<String> {
    match target {
        Target::CaseId => Some("case_id".to_owned()),
        Target::PersonId => Some("person_id".to_owned()),
        Target::OrganizationId => Some("organization_id".to_owned()),
        Target::Role => Some("role".to_owned()),
        Target::Field { field, occurrence: 0 } => Some(field.name.to_owned()),
        Target::Field { field, occurrence } => Some(format!("{}.{}", field.name, occurrence + 1)),
        Target::Choice { field, choice } => Some(format!("{}/{choice}", field.name)),
        Target::Ignored | Target::Nameless => None,
    }
}

/// A column by its number, from 1, and its letters.
fn place(at: usize, rules: HeaderRules<'_>) -> String {
    if rules.letters { format!("column {} ({})", letters(at), at + 1) } else { format!("column {}", at + 1) }
}

/// How many columns a message names.
const SHOWN: usize = 8;

fn places(at: &[usize], rules: HeaderRules<'_>) -> String {
    let shown: Vec<String> = at.iter().take(SHOWN).map(|at| place(*at, rules)).collect();
    match at.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn letters(at: usize) -> String {
    let mut left = at + 1;
    let mut letters = Vec::new();
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// All that is wrong with a header, in words, without any text of it.
fn differences(refusals: &[(usize, Refusal)], rules: HeaderRules<'_>) -> Option<String> {
    let mut sentences = Vec::new();
    let unknown: Vec<usize> =
        refusals.iter().filter(|(_, refusal)| matches!(refusal, Refusal::Unknown)).map(|(at, _)| *at).collect();
    if !unknown.is_empty() {
        let is = if unknown.len() == 1 { "is no field" } else { "are no fields" };
        sentences.push(format!("{} {is} of HTCDS (rename, remove or map what stands there)", places(&unknown, rules)));
    }
    for (at, refusal) in refusals.iter().filter(|(_, refusal)| !matches!(refusal, Refusal::Unknown)).take(SHOWN) {
        let place = place(*at, rules);
        sentences.push(match refusal {
            Refusal::Unknown => continue,
            Refusal::Ambiguous(fields) => {
                let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
                format!("{place} has the label of {}: write the name of the one that is meant", names.join(", "))
            }
            Refusal::Disagree(name, label) => {
                format!("{place} has the name of `{}` and the label of `{}`", name.name, label.name)
            }
            Refusal::NoRepeat(field) => format!("{place} is numbered, and `{}` does not repeat", field.name),
            Refusal::Choice(field) => format!(
                "{place} is a choice that the list of `{}` does not have: export the answers in one column",
                field.name
            ),
        });
    }
    (!sentences.is_empty()).then(|| sentences.join("; "))
}

/// Whether a header shows that a survey tool wrote it.
pub(crate) fn is_form(header: &[impl AsRef<str>]) -> bool {
    const FORM_NAMES: [&str; 3] = ["prs_First_Name", "prs_Second_Name", "vic_Methods_of_Control"];
    let rules = HeaderRules { is_form: true, ..HeaderRules::default() };
    header.iter().map(|name| trimmed(name.as_ref())).any(|name| {
        let shows_metadata = metadata(name).is_some() && (name.starts_with('_') || name.contains(char::is_uppercase));
        let is_pathlike = !name.is_empty() && matches!(plain(name), Err(Refusal::Unknown));
        FORM_NAMES.contains(&name)
            || (is_pathlike
                && (shows_metadata
                    || matches!(named(name, rules), Ok(Meaning::Target(target)) if target.field().is_some())))
    })
}

/// Whether most named columns of a header are fields of HTCDS or own columns.
pub(crate) fn is_htcds(header: &[impl AsRef<str>]) -> bool {
    let rules = HeaderRules { is_form: is_form(header), ..HeaderRules::default() };
    let (mut named_fields, mut labels, mut own, mut others) = (0, 0, 0, 0);
    for text in header.iter().map(|name| trimmed(name.as_ref())).filter(|name| !name.is_empty()) {
        match named(text, rules) {
            Ok(Meaning::Target(Target::Ignored) | Meaning::Submission(_)) => {}
            Ok(Meaning::Target(Target::Field { .. } | Target::Choice { .. }))
            | Err(Refusal::NoRepeat(_) | Refusal::Choice(_)) => {
                // Names of the standard have a prefix; labels such as "City" stand in other files too.
                if text.contains('_') { named_fields += 1 } else { labels += 1 }
            }
            Ok(Meaning::Target(_)) => own += 1,
            Err(Refusal::Ambiguous(_)) => labels += 1,
            Err(_) => others += 1,
        }
    }
    let known = named_fields + labels;
    known + own > others && (named_fields > 0 || own == 4 || (others == 0 && labels >= 8))
}

#[cfg(test)]
mod tests;
