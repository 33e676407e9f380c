//! A first draft of a mapping, from the header of a file and some of its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use ctdata_table::csv::{ScanOptions, Scanner, Separator, open};
use ctdata_table::{Control, TableError};

use super::Mapping;
use super::apply::column_number;
use super::cells::split_at;
use super::csv::header;
use super::dates::DateForm;
use super::holds::{Holds, accepted, accepted_run, is_closed, name_of, repeats, target_named};
use super::map::{FORMAT_VERSION, UNDECIDED, Words, key};
use super::synonyms::{NO, YES, headers, place_of, plain, value_of};
use crate::htcds::read::Target;
use crate::htcds::value::trimmed;
use crate::htcds::{FIELDS, Field, VALUE_LISTS};
use crate::{ModelError, Period, Redacted};

/// Rows that a draft looks at.
pub(super) const SAMPLE: usize = 1000;
/// Different codes of a column that a draft counts.
const MOST_CODES: usize = 200;
/// Forms of dates that a draft tries.
const DATE_FORMS: &[&str] = &[
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%d %m %Y", "%d %b %Y", "%d-%b-%Y", "%m/%Y",
];
/// What may separate values, the usual one first.
const BETWEEN_VALUES: &[&str] = &[";", ",", "|", "/", " "];

/// How sure a draft is of where a column goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Likeness {
    /// The header is the name of a field, a name that a known tool uses for it, or a label of several words.
    Certain,
    /// The header is a label of one word, or a usual word for the field. Look at it.
    Likely,
    /// Nothing fits, the header is only similar to what does, or the field is taken by another column. To be decided.
    Unknown,
}

/// What a draft says of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftColumn {
    /// Its position, from 1.
    pub position: usize,
    /// Its header. A file without a header has a record there: `Debug` does not show it.
    pub header: Redacted<String>,
    /// The field, or one of our own columns such as `case_id`.
    pub field: Option<String>,
    /// How sure that is.
    pub likeness: Likeness,
    /// Why, in words.
    pub why: String,
    /// Different codes in the sample that are neither names nor labels of the field's list, up to 200.
    pub codes: usize,
    nth: usize,
    values: Vec<(Option<&'static str>, Redacted<String>)>,
    split: Option<&'static str>,
    dates: Vec<&'static str>,
    candidates: Vec<&'static str>,
}

/// A first draft of a mapping.
///
/// ```
/// use ctdata_model::htcds::mapping::{Likeness, Mapping};
///
/// let draft = Mapping::draft(["prs_FirstName", "Sexe", "Coul."], [["Ada", "F", "x"]]);
/// let likeness: Vec<Likeness> = draft.columns().iter().map(|column| column.likeness).collect();
/// assert_eq!(likeness, [Likeness::Certain, Likeness::Likely, Likeness::Unknown]);
/// let text = draft.to_toml(false);
/// assert!(text.contains("field = \"prs_Gender\"") && !text.contains("Ada"));
/// // Somebody has to decide about the third column first.
/// assert!(Mapping::parse(&text, "map.toml").unwrap_err().to_string().contains("undecided"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapDraft {
    columns: Vec<DraftColumn>,
    rows: usize,
    separator: Option<Separator>,
    sheet: Option<String>,
    header_row: Option<u32>,
}

impl Mapping {
    /// Drafts a mapping from a header and some rows, which may be none. What the cells hold is counted, and shown only
    /// by [`MapDraft::to_toml`] when asked.
    pub fn draft<H, R, C>(header: impl IntoIterator<Item = H>, rows: impl IntoIterator<Item = R>) -> MapDraft
    where
        H: AsRef<str>,
        R: IntoIterator<Item = C>,
        C: AsRef<str>,
    {
        let header: Vec<String> = header.into_iter().map(|name| name.as_ref().to_owned()).collect();
        let mut samples: Vec<BTreeSet<String>> = vec![BTreeSet::new(); header.len()];
        let mut count = 0;
        for row in rows.into_iter().take(SAMPLE) {
            count += 1;
            for (sample, cell) in samples.iter_mut().zip(row) {
                let cell = trimmed(cell.as_ref());
                if !cell.is_empty() && !sample.contains(cell) {
                    sample.insert(cell.to_owned());
                }
            }
        }
        let mut columns = guesses(&header);
        settle(&mut columns);
        for column in &mut columns {
            if let Some(sample) = samples.get(column.position - 1) {
                column.look_at(sample);
            }
        }
        MapDraft { columns, rows: count, separator: None, sheet: None, header_row: None }
    }
}

/// Drafts a mapping from the first rows of delimited text.
///
/// # Errors
/// A file that cannot be read or is not text.
pub fn draft_csv(path: &Path, separator: Option<Separator>, control: &Control) -> Result<MapDraft, ModelError> {
    control.check()?;
    let file = path.display().to_string().into();
    let input = open(path).map_err(|error| TableError::io(path, error))?;
    let mut scanner = Scanner::new(input, ScanOptions { separator, ..ScanOptions::default() });
    let header = header(&mut scanner, 1, &file)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    while rows.len() < SAMPLE {
        let Some(record) = scanner.next().map_err(|error| error.in_file(Some(&file)))? else { break };
        rows.push(record.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect());
    }
    let mut draft = Mapping::draft(header, rows);
    draft.separator = scanner.separator().filter(|separator| *separator != Separator::Comma);
    Ok(draft)
}

/// Whether names of columns hold what only records hold: a date, an e-mail address, a long number, or two values of lists.
fn is_record<'a>(names: impl Iterator<Item = &'a str> + Clone) -> bool {
    let is_of_record = |cell: &str| {
        let cell = trimmed(cell);
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        let is_date = cell.len() > 4 && cell.parse::<Period>().is_ok()
            || DATE_FORMS.iter().any(|form| DateForm::new(form).is_ok_and(|form| form.read(cell).is_some()));
        is_date || digits >= 6 || (cell.contains('@') && cell.contains('.'))
    };
    let is_value = |cell: &&str| {
        let cell = trimmed(cell);
        Field::named(cell).is_none()
            && FIELDS.iter().filter(|field| field.label.eq_ignore_ascii_case(cell)).count() == 0
            && VALUE_LISTS.iter().any(|list| list.values.iter().any(|value| value.name == cell || value.label == cell))
    };
    names.clone().any(is_of_record) || names.filter(is_value).count() > 1
}

impl MapDraft {
    /// What it says of each column that has a header.
    pub fn columns(&self) -> &[DraftColumn] {
        &self.columns
    }

    /// Whether the first row may hold a record, or a part of one, rather than names: none of its cells is known; some
    /// hold what only records hold; or of ten or more at least half are certain and another is unknown, as where the
    /// header of an official file is damaged. A draft shows the names of columns, and of such a file it should not be
    /// shown unasked.
    pub fn is_doubtful(&self) -> bool {
        let (columns, unknown) = (self.columns.len(), self.count(Likeness::Unknown));
        let is_damaged = columns >= 10 && 2 * self.count(Likeness::Certain) >= columns && unknown > 0;
        unknown == columns || is_damaged || is_record(self.columns.iter().map(|column| column.header.expose().as_str()))
    }

    /// How many columns it is so sure of.
    pub fn count(&self, likeness: Likeness) -> usize {
        self.columns.iter().filter(|column| column.likeness == likeness).count()
    }

    /// The same draft for a sheet of a workbook.
    #[cfg(feature = "xlsx")]
    pub(super) fn with_sheet(self, sheet: Option<String>, header_row: Option<u32>) -> Self {
        Self { sheet, header_row, ..self }
    }

    /// The draft as a mapping file with comments. With `show_values` it lists codes that were found in the sample:
    /// they are confidential. Undecided columns and codes have a `?`, which [`Mapping::parse`] refuses.
    pub fn to_toml(&self, show_values: bool) -> String {
        let mut text = format!(
            "# A first draft of a mapping to HTCDS 2.0, of {} columns: {} certain, {} likely, {} undecided.\n\
             # Look at what is likely, and decide what has a `?`: it is refused as long as one is left.\n\
             format_version = {FORMAT_VERSION}\n\n[source]\n",
            self.columns.len(),
            self.count(Likeness::Certain),
            self.count(Likeness::Likely),
            self.count(Likeness::Unknown),
        );
        match self.separator {
            Some(Separator::Tab) => text.push_str("separator = \"tab\"\n"),
            Some(separator) => {
                let _ = writeln!(text, "separator = \"{}\"", char::from(separator.byte()));
            }
            None => {}
        }
        if let Some(sheet) = &self.sheet {
            let _ = writeln!(text, "sheet = {}", quoted(sheet));
        }
        if let Some(row) = self.header_row {
            let _ = writeln!(text, "header_row = {row}");
        }
        let (yes, no): (Vec<_>, Vec<_>) =
            (YES.iter().map(|word| quoted(word)).collect(), NO.iter().map(|word| quoted(word)).collect());
        let _ = writeln!(
            text,
            "# missing = [\"n/a\", \"-\"]      # texts that stand for nothing, besides the empty cell\n\
             # yes = [{}]\n# no = [{}]",
            yes.join(", "),
            no.join(", ")
        );
        for column in &self.columns {
            column.write(&mut text, show_values, self.rows);
        }
        text
    }
}

impl DraftColumn {
    fn target(&self) -> Option<Target> {
        target_named(self.field.as_deref()?).ok()
    }

    /// Compares the cells of a sample with what the field takes.
    fn look_at(&mut self, sample: &BTreeSet<String>) {
        let Some(target) = self.target() else { return };
        let holds = Holds::of(target);
        match holds {
            Holds::Date => {
                let is_iso = |text: &String| text.parse::<Period>().is_ok() || is_iso_with_time(text);
                if sample.is_empty() || sample.iter().all(is_iso) {
                    return;
                }
                let fits = |form: &&&str| {
                    DateForm::new(form).is_ok_and(|form| sample.iter().all(|text| form.read(text).is_some()))
                };
                self.dates = DATE_FORMS.iter().filter(fits).copied().collect();
                if self.dates.is_empty() {
                    self.dates = vec![UNDECIDED];
                }
            }
            Holds::One | Holds::Role if holds == Holds::Role || is_closed(target) => {
                self.take_codes(target, sample.iter().filter(|text| accepted(target, text).is_none()).cloned());
            }
            Holds::Many => {
                let cut = |between: &'static str| {
                    let (mut known, mut codes) = (0, BTreeSet::new());
                    for text in sample {
                        let (values, missed) = split_at(text, between, |part| accepted_run(target, part, between));
                        known += values.len();
                        codes.extend(missed);
                    }
                    (between, known, codes)
                };
                // The usual separator, unless another leaves fewer codes, or as many and more values.
                let is_better = |(_, known, codes): &(_, usize, BTreeSet<String>),
                                 best: &(_, usize, BTreeSet<String>)| {
                    codes.len() < best.2.len() || (codes.len() == best.2.len() && *known > best.1)
                };
                let all = BETWEEN_VALUES.iter().map(|between| cut(between));
                let best = all.reduce(|best, other| if is_better(&other, &best) { other } else { best });
                if let Some((between, _, codes)) = best {
                    self.split = Some(between).filter(|between| Some(between) != BETWEEN_VALUES.first());
                    self.take_codes(target, codes.into_iter());
                }
            }
            Holds::Flag => {
                let words = Words::usual();
                self.take_codes(target, sample.iter().filter(|text| words.read(text).is_none()).cloned());
            }
            _ => {}
        }
    }

    fn take_codes(&mut self, target: Target, codes: impl Iterator<Item = String>) {
        let guess = |code: &str| match target {
            Target::Field { .. } if Holds::of(target) == Holds::Flag => {
                let plain = plain(code);
                let is_in = |words: &[&str]| words.contains(&plain.as_str());
                if is_in(YES) { Some("yes") } else { is_in(NO).then_some("no") }
            }
            Target::Field { field, .. } => value_of(field.name, &plain(code)),
            _ => None,
        };
        let guessed = |code: String| (guess(&code), Redacted::new(code));
        self.values = codes.take(MOST_CODES).map(guessed).collect();
        self.codes = self.values.len();
    }

    fn write(&self, text: &mut String, show_values: bool, rows: usize) {
        let place = column_number(self.position - 1);
        let sure = match self.likeness {
            Likeness::Certain => "certain",
            Likeness::Likely => "likely",
            Likeness::Unknown => "undecided",
        };
        let _ = writeln!(text, "\n[[column]]\n# Column {place}: {sure}, {}.", self.why);
        if !self.candidates.is_empty() {
            let _ = writeln!(text, "# Perhaps: {}", self.candidates.join(", "));
        }
        let _ = writeln!(text, "name = {}", quoted(self.header.expose()));
        if self.nth > 1 {
            let _ = writeln!(text, "nth = {}", self.nth);
        }
        let Some(target) = self.target() else {
            text.push_str("field = \"?\"                   # a field, or instead of this line: ignore = true\n");
            return;
        };
        let _ = writeln!(text, "field = {}", quoted(&name_of(target)));
        match self.dates.as_slice() {
            [] => {}
            [UNDECIDED] => text.push_str("# date = \"%d/%m/%Y\"         # none of the usual forms fits the sample\n"),
            [form] => {
                let _ = writeln!(text, "date = {}", quoted(form));
            }
            forms => {
                let forms: Vec<String> = forms.iter().map(|form| quoted(form)).collect();
                let _ = writeln!(text, "date = \"?\"                    # the sample fits {}", forms.join(" and "));
            }
        }
        if let Some(split) = self.split {
            let _ = writeln!(text, "split = {}", quoted(split));
        }
        if self.codes == 0 {
            return;
        }
        let of_rows = format!("the first {rows} row{}", if rows == 1 { "" } else { "s" });
        let plural = if self.codes == 1 { "code" } else { "codes" };
        if let Target::Field { field, .. } = target
            && let Some(list) = field.list()
        {
            let values: Vec<&str> = list.values.iter().map(|value| value.name).collect();
            let _ = writeln!(text, "# Values: {}", values.join(", "));
        }
        if show_values {
            let codes = self
                .values
                .iter()
                .map(|(guess, code)| format!("{} = {}", quoted(code.expose()), quoted(guess.unwrap_or(UNDECIDED))));
            let _ = writeln!(
                text,
                "# {} {plural} in {of_rows}; `[]` stands for nothing. Where a value stands, it is a guess.\n\
                 [column.codes]\n{}",
                self.codes,
                codes.collect::<Vec<_>>().join("\n")
            );
        } else {
            let _ = writeln!(
                text,
                "# {} {plural} in {of_rows} {} no value of the field. Write what each means:\n# codes = {{ \"…\" = \"…\" }}",
                self.codes,
                if self.codes == 1 { "is" } else { "are" },
            );
        }
    }
}

fn is_iso_with_time(text: &str) -> bool {
    text.get(..10).is_some_and(|day| day.parse::<Period>().is_ok())
        && matches!(text.as_bytes().get(10), Some(b'T' | b' '))
}

/// What each header may mean, each on its own.
fn guesses(header: &[String]) -> Vec<DraftColumn> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let named = header.iter().enumerate().filter(|(_, name)| !key(name).is_empty());
    named
        .map(|(at, name)| {
            let nth = seen.entry(key(name)).or_default();
            *nth += 1;
            let Guess { target, likeness, why, candidates } = guess(name);
            DraftColumn {
                position: at + 1,
                header: Redacted::new(name.trim().to_owned()),
                field: target.map(name_of),
                likeness,
                why,
                codes: 0,
                nth: *nth,
                values: Vec::new(),
                split: None,
                dates: Vec::new(),
                candidates,
            }
        })
        .collect()
}

/// What a header may mean.
struct Guess {
    target: Option<Target>,
    likeness: Likeness,
    why: String,
    candidates: Vec<&'static str>,
}

impl Guess {
    fn certain(target: Target, why: &str) -> Self {
        Self { target: Some(target), likeness: Likeness::Certain, why: why.to_owned(), candidates: Vec::new() }
    }

    fn likely(target: Target, why: String) -> Self {
        Self { target: Some(target), likeness: Likeness::Likely, why, candidates: Vec::new() }
    }
}

fn guess(name: &str) -> Guess {
    let name = trimmed(name);
    if let Ok(target) = target_named(name) {
        return Guess::certain(target, "the name of a field");
    }
    // Survey tools put the names of groups before the name.
    let last = name.rsplit(['/', ':', '-']).next().unwrap_or(name);
    if let Ok(target) = target_named(last) {
        return Guess::certain(target, "the name of a field after that of a group");
    }
    let labelled: Vec<&'static Field> = Field::labelled(name).collect();
    let plain = plain(name);
    let is_short = !plain.contains(' ');
    match labelled.as_slice() {
        [field] if !is_short => return Guess::certain(Target::Field { field, occurrence: 0 }, "the label of a field"),
        // What a word such as "Date" is the label of need not be what it heads here.
        [field] if place_of(&plain).is_none_or(|place| place == field.name) => {
            return Guess::likely(Target::Field { field, occurrence: 0 }, "a label of one word".to_owned());
        }
        _ => {}
    }
    if let Some(target) = place_of(&plain).and_then(|place| target_named(place).ok()) {
        return Guess::likely(target, "a usual word for the field".to_owned());
    }
    if labelled.len() > 1 {
        let candidates = labelled.iter().map(|field| field.name).collect();
        let why = "the standard uses this label for several fields".to_owned();
        return Guess { target: None, likeness: Likeness::Unknown, why, candidates };
    }
    match similar(&plain) {
        // Similar words may mean something else: "Deuda" is no "Deceased".
        Some((place, to)) => Guess {
            target: None,
            likeness: Likeness::Unknown,
            why: format!("no field has such a name, and it is similar to \"{to}\""),
            candidates: vec![place],
        },
        None => Guess {
            target: None,
            likeness: Likeness::Unknown,
            why: "no field has such a name".to_owned(),
            candidates: Vec::new(),
        },
    }
}

/// The place whose label or usual word is similar to a header: but for a letter in five or so, or having most words in
/// common.
fn similar(plain_header: &str) -> Option<(&'static str, String)> {
    if plain_header.chars().count() < 4 {
        return None;
    }
    let labels = FIELDS.iter().filter(|field| !field.label.is_empty()).map(|field| (plain(field.label), field.name));
    let known: Vec<(String, &'static str)> =
        labels.chain(headers().map(|(header, place)| (header.to_owned(), place))).collect();
    let is_near = |a: &str, b: &str| {
        // `nearest` allows a third of the letters; a header needs to be closer.
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        long.len() - short.len() <= long.len() / 5
            && ctdata_table::nearest(a, [b]).is_some()
            && shares_most_letters(a, b)
    };
    let words: BTreeSet<&str> = plain_header.split(' ').filter(|word| !LITTLE.contains(word)).collect();
    let in_common = |text: &str| {
        let others: BTreeSet<&str> = text.split(' ').filter(|word| !LITTLE.contains(word)).collect();
        let common = words.intersection(&others).count();
        // Of two or more words, at least two thirds of all.
        (common >= 2 && 3 * common >= 2 * words.union(&others).count()).then_some(common)
    };
    let near = known.iter().find(|(text, _)| is_near(plain_header, text));
    let best = near.or_else(|| {
        known
            .iter()
            .filter_map(|known| Some((in_common(&known.0)?, known)))
            .max_by_key(|(common, known)| (*common, std::cmp::Reverse(known.0.len())))
            .map(|(_, known)| known)
    });
    best.map(|(text, place)| (*place, text.clone()))
}

/// Whether at most a fifth of the letters differ, wherever they stand.
fn shares_most_letters(a: &str, b: &str) -> bool {
    let mut counts: BTreeMap<char, i32> = BTreeMap::new();
    a.chars().for_each(|letter| *counts.entry(letter).or_default() += 1);
    b.chars().for_each(|letter| *counts.entry(letter).or_default() -= 1);
    let differing: u32 = counts.values().map(|count| count.unsigned_abs()).sum();
    differing as usize * 5 <= a.len() + b.len()
}

/// Little words that say nothing of what a column holds.
const LITTLE: &[&str] =
    &["of", "the", "a", "de", "la", "le", "du", "des", "l", "d", "el", "los", "las", "del", "en", "s"];

/// Gives each place to one column: the surest, and of these the first.
fn settle(columns: &mut [DraftColumn]) {
    for likeness in [Likeness::Certain, Likeness::Likely] {
        for at in 0..columns.len() {
            let Some(column) = columns.get(at).filter(|column| column.likeness == likeness) else { continue };
            let Some(target) = column.target() else { continue };
            let taken = columns.iter().enumerate().find(|(other, found)| {
                let is_before = *other < at && found.likeness == likeness;
                let is_surer = likeness == Likeness::Likely && found.likeness == Likeness::Certain;
                (is_before || is_surer) && found.field == column.field
            });
            let Some((_, taken)) = taken.filter(|_| Holds::of(target) != Holds::Many) else { continue };
            let mut why = format!("column {} goes into {} already", column_number(taken.position - 1), name_of(target));
            if let Target::Field { field, .. } = target
                && repeats(field)
            {
                let _ = write!(why, "; the second of a case is `{}.2`", field.name);
            }
            if let Some(column) = columns.get_mut(at) {
                column.field = None;
                column.likeness = Likeness::Unknown;
                column.why = why;
            }
        }
    }
}

/// A text as TOML writes it, on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            letter if letter.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}
