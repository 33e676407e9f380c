//! `ctdata convert`

use std::fs::File;
use std::path::Path;

use ctdata::model::htcds::{Degraded, FieldLoss, HtcdsFormat, LeftOut, RecordReader, from_cases, standard};
use ctdata::model::{
    CaseTable, Dataset, LayoutKind, Loss, LossKind, ModelError, OnError, Outcome, PLAIN_LAYOUT, convert,
    read_json_lines, write_cases, write_json_lines, write_table,
};
use ctdata::table::TableError;
use ctdata::table::csv::{WriteOptions, write_csv};
use serde::Serialize;

use super::parquet::{self, PARQUET};
use super::{JSON_LINES, records};
use crate::args::ConvertOptions;
use crate::failure::Failure;
use crate::output::{Align, count, table};
use crate::session::{Session, keep_apart, working_copy};

#[derive(Serialize)]
struct Converted<'a> {
    from: &'static str,
    to: &'static str,
    rows: usize,
    losses: Vec<Loss>,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<RecordsAccount<'a>>,
    output: String,
}

/// What became of HTCDS records on the way.
#[derive(Serialize, Default)]
struct RecordsAccount<'a> {
    /// Cases of people who have an earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    repeated: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    left_out: &'a [LeftOut],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    losses: &'a [FieldLoss],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    degraded: Vec<Degraded>,
}

fn is(name: &str, format: &str) -> bool {
    name.trim().eq_ignore_ascii_case(format)
}

/// The format of this name, as `ctdata formats` spells it.
fn target(name: &str) -> Result<&'static str, Failure> {
    if let Some(format) = HtcdsFormat::named(name) {
        return Ok(format.name());
    }
    match [PLAIN_LAYOUT, JSON_LINES, PARQUET].into_iter().find(|format| is(name, format)) {
        Some(PARQUET) => parquet::check().map(|()| PARQUET),
        Some(format) => Ok(format),
        None => Ok(super::layout(name)?.name),
    }
}

/// The format that the name of the output tells, if it is unmistakable.
fn by_name(out: &Path) -> Result<Option<&'static str>, Failure> {
    if out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(PARQUET)) {
        return parquet::check().map(|()| Some(PARQUET));
    }
    Ok(records::by_name(out).map(HtcdsFormat::name))
}

pub(crate) fn run(options: &ConvertOptions, session: &Session) -> Result<(), Failure> {
    keep_apart(&records::read_of(&options.input, &options.records), &[&options.out])?;
    // A wrong name is told before a large file is read.
    let to = match options.to.as_deref() {
        Some(name) => Some(target(name)?),
        None => by_name(&options.out)?,
    };
    let from_lines = options.from.as_deref().is_some_and(|name| is(name, JSON_LINES));
    let from_parquet = options.from.as_deref().is_some_and(|name| is(name, PARQUET));
    if !from_lines && !from_parquet && holds_records(options)? {
        match to {
            None => return convert_records(options, None, session),
            Some(name) => {
                if let Some(format) = HtcdsFormat::named(name) {
                    return convert_records(options, Some(format), session);
                }
            }
        }
    }
    let mut outcome = None;
    let dataset = if from_lines {
        Dataset::Cases(json_cases(&options.input, to)?)
    } else if from_parquet {
        parquet::read(&options.input, session)?
    } else {
        let how = (OnError::Stop, options.show_values);
        let from = options.from.as_deref();
        let read = records::outcome(&options.input, from, &options.records, &options.cases, how, session)?;
        outcome.insert(read).clone().into_dataset()?
    };
    let source = outcome.as_ref().and_then(Outcome::source);
    let rows = dataset.table().rows();
    let from = match (from_lines, from_parquet, &outcome) {
        (true, ..) => JSON_LINES,
        (_, true, _) => PARQUET,
        (.., Some(outcome)) => outcome.format(),
        _ => dataset.format(),
    };
    let to = to.unwrap_or_else(|| dataset.format());
    let mut account = source.map(|source| RecordsAccount {
        repeated: Some(source.repeated()),
        left_out: source.left_out(),
        losses: source.losses(),
        degraded: Vec::new(),
    });
    let made;
    let losses = if let Some(format) = HtcdsFormat::named(to) {
        made = from_cases(dataset.cases()?);
        records::write(&made.records, format, &options.out, session)?;
        account = Some(RecordsAccount { losses: &made.losses, ..RecordsAccount::default() });
        Vec::new()
    } else {
        let (losses, no_cases) = write(&dataset, to, &options.out, session)?;
        if no_cases > 0 {
            session.remark(format!("{} rows are of people who are no victims, and are left out", count(no_cases)));
        }
        losses
    };
    let output = options.out.display().to_string();
    if session.json {
        return session.document(&Converted { from, to, rows, losses, records: account, output });
    }
    session.remark(format!("{} rows from {from} to {to} in {output}", count(rows as u64)));
    if let Some(account) = &account {
        session.text(&account.words())?;
    }
    if losses.is_empty() {
        return if account.is_some() { Ok(()) } else { session.text("nothing was lost\n") };
    }
    session.text(&words(&losses))
}

/// Whether the input is a file of HTCDS records.
fn holds_records(options: &ConvertOptions) -> Result<bool, Failure> {
    if options.records.map.is_some() {
        return Ok(true);
    }
    match options.from.as_deref() {
        Some(name) => Ok(HtcdsFormat::named(name).is_some()),
        None => Ok(RecordReader::recognize(&options.input)?.is_some()),
    }
}

/// Records in another format, or in their own: nothing is lost but values that the standard does not have.
fn convert_records(options: &ConvertOptions, to: Option<HtcdsFormat>, session: &Session) -> Result<(), Failure> {
    let from = options.from.as_deref();
    let outcome = records::read(&options.input, from, &options.records, options.show_values, session)?;
    let from = outcome.format();
    let is_csv = options.out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let own = || HtcdsFormat::named(from).filter(|_| !is_csv);
    let to = to.or_else(own).unwrap_or(HtcdsFormat::Csv);
    let records = outcome.into_records()?;
    let (records, degraded) = if options.keep_extensions { (records, Vec::new()) } else { standard(&records) };
    records::write(&records, to, &options.out, session)?;
    let account = RecordsAccount { degraded, ..RecordsAccount::default() };
    let output = options.out.display().to_string();
    let (to, rows) = (to.name(), records.victims());
    if session.json {
        return session.document(&Converted { from, to, rows, losses: Vec::new(), records: Some(account), output });
    }
    let (cases, victims) = (count(records.cases.len() as u64), count(rows as u64));
    session.remark(format!("{cases} cases with {victims} victims from {from} to {to} in {output}"));
    session.text(&account.words())
}

impl RecordsAccount<'_> {
    fn words(&self) -> String {
        let repeated = self.repeated.filter(|cases| *cases > 0);
        if repeated.is_none() && self.left_out.is_empty() && self.losses.is_empty() && self.degraded.is_empty() {
            return "nothing was lost\n".to_owned();
        }
        let mut text = repeated.map(|cases| super::repeated(cases) + "\n").unwrap_or_default();
        for reason in self.left_out {
            text.extend([&reason.to_string(), "\n"]);
        }
        let entries = self.losses.iter().map(|loss| {
            let into = loss.into.unwrap_or_default().to_owned();
            vec![loss.field.to_owned(), into, count(loss.victims), format!("{}: {}", loss.kind.words(), loss.why)]
        });
        let degraded = self
            .degraded
            .iter()
            .map(|entry| vec![entry.field.to_owned(), entry.field.to_owned(), count(entry.victims), entry.to_string()]);
        let rows: Vec<Vec<String>> = entries.chain(degraded).collect();
        if rows.is_empty() {
            return text;
        }
        let header = [
            ("field", Align::Left),
            ("into", Align::Left),
            ("people", Align::Right),
            ("what became of it", Align::Left),
        ];
        text + &table(&header, &rows)
    }
}

fn json_cases(input: &Path, to: Option<&str>) -> Result<CaseTable, Failure> {
    let to =
        to.ok_or_else(|| Failure::usage(format!("`--from {JSON_LINES}` needs `--to`: the layout of the cases")))?;
    let layout = super::layout(to)?;
    let file = File::open(input).map_err(|error| TableError::io(input, error))?;
    read_json_lines(file, layout).map_err(|error| {
        let Failure { code, message } = error.into();
        Failure { code, message: format!("{}, {message}", input.display()) }
    })
}

/// Writes in the format of this name and gives the account of what was lost, and how many rows were left out.
fn write(dataset: &Dataset, to: &str, out: &Path, session: &Session) -> Result<(Vec<Loss>, u64), Failure> {
    let control = &session.control;
    if to == PLAIN_LAYOUT {
        working_copy(out, |output| Ok(write_csv(dataset.table(), &WriteOptions::default(), output)?))?;
        return Ok((Vec::new(), 0));
    }
    if to == PARQUET {
        parquet::write(dataset, out, session)?;
        return Ok((Vec::new(), 0));
    }
    if to == JSON_LINES {
        let cases = dataset.cases()?;
        working_copy(out, |output| Ok(write_json_lines(cases, output)?))?;
        return Ok((Vec::new(), 0));
    }
    let target = super::layout(to)?;
    let Dataset::Cases(cases) = dataset else {
        if dataset.layout() == Some(target) {
            working_copy(out, |output| Ok(write_table(dataset.table(), target, output, control)?))?;
            return Ok((Vec::new(), 0));
        }
        let reason = match dataset.layout().map(|layout| layout.kind) {
            Some(LayoutKind::VictimPerpetrator) => "a row joins a victim with perpetrators, and rows outnumber victims",
            _ => "a table of any subject says nothing of cases",
        };
        return Err(ModelError::NoConversion { from: dataset.format(), to: target.name, reason }.into());
    };
    if cases.layout() == target {
        working_copy(out, |output| Ok(write_cases(cases, output, control)?))?;
        return Ok((Vec::new(), 0));
    }
    let converted = convert(cases, target)?;
    working_copy(out, |output| Ok(write_cases(&converted.cases, output, control)?))?;
    Ok((converted.losses, converted.left_out))
}

fn words(losses: &[Loss]) -> String {
    let rows: Vec<Vec<String>> = losses
        .iter()
        .map(|loss| {
            let what = match loss.kind {
                LossKind::Dropped => "dropped: the target has no place for it",
                LossKind::Merged => "merged into a broader statement",
                LossKind::Coarsened => "some values became coarser",
                LossKind::Emptied => "some values have no equivalent and are now not recorded",
                LossKind::NoBecameEmpty => "\"no\" became empty",
                LossKind::UnknownBecameEmpty => "\"unknown\" became empty",
                LossKind::LeftEmpty => "left empty: the source does not say it",
                LossKind::Derived => "derived from other columns",
            };
            vec![loss.column.to_owned(), loss.into.unwrap_or_default().to_owned(), count(loss.rows), what.to_owned()]
        })
        .collect();
    table(
        &[("column", Align::Left), ("into", Align::Left), ("rows", Align::Right), ("what became of it", Align::Left)],
        &rows,
    )
}
