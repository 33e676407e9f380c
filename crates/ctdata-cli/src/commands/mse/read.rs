//! The table of capture histories, from a file or from those embedded, with lists merged and left out.

use std::path::Path;

use ctdata::indicators::mse::{
    CaptureHistories, HistoryLayout, HistoryRules, MseError, OnUnusable, PublishedTable, StrataRead, published,
    published_table,
};

use super::ListOptions;
use crate::failure::Failure;
use crate::output::count;
use crate::session::Session;

/// Reads a table and changes its lists as asked for.
pub(crate) fn read(path: &Path, options: &ListOptions, session: &Session) -> Result<CaptureHistories, Failure> {
    let mut histories = if let Some(histories) = embedded(path) {
        of_embedded(histories, options)?
    } else {
        let is_word = !path.exists() && path.extension().is_none() && path.components().count() == 1;
        if is_word {
            return Err(neither_file_nor_table(&path.to_string_lossy()));
        }
        let read = CaptureHistories::read_path(path, &layout(options), &session.control).map_err(with_option)?;
        tell_left_out(read.missing, read.unlisted, session);
        read.histories
    };
    let gone = change_lists(&mut histories, options)?;
    tell_omitted(gone, options, session);
    Ok(histories)
}

/// The same by stratum.
pub(super) fn read_strata(
    path: &Path,
    column: &str,
    options: &ListOptions,
    session: &Session,
) -> Result<StrataRead, Failure> {
    if embedded(path).is_some() {
        return Err(Failure::usage("--strata: a published table has no column of strata"));
    }
    let read = CaptureHistories::read_strata_path(path, &layout(options), column, &session.control);
    let mut read = read.map_err(with_option)?;
    tell_left_out(read.missing, read.unlisted, session);
    let mut gone = 0;
    for (_, histories) in &mut read.strata {
        gone += change_lists(histories, options)?;
    }
    tell_omitted(gone, options, session);
    Ok(read)
}

/// The lists asked for of a published table, which has its counts.
fn of_embedded(histories: CaptureHistories, options: &ListOptions) -> Result<CaptureHistories, Failure> {
    if options.count.is_some() || options.each_row || options.skip_rows {
        return Err(Failure::usage("--count, --each-row and --skip-rows are about files; this is a published table"));
    }
    if options.lists.is_empty() { Ok(histories) } else { Ok(histories.selected(&options.lists)?) }
}

/// The published table of a name, if there is no file of it.
fn embedded(path: &Path) -> Option<CaptureHistories> {
    let table = path.to_str().filter(|_| !path.exists()).and_then(published_table)?;
    Some(table.histories())
}

/// A word that may have been meant as the name of a published table.
fn neither_file_nor_table(name: &str) -> Failure {
    let known: Vec<&str> = published().iter().map(PublishedTable::name).collect();
    Failure::usage(format!("{name}: there is no such file, and the published tables are {}", known.join(", ")))
}

/// The option that helps, behind what is wrong with a file.
fn with_option(error: MseError) -> Failure {
    let option = match &error {
        MseError::Row { rule, .. } if rule.contains("can be left out") => "; --skip-rows leaves them out",
        MseError::Row { rule, .. } if rule.contains("name the column of counts") => "; --count COLUMN or --each-row",
        MseError::Row { rule, .. } if rule.contains("name the columns") || rule.contains("name those") => {
            "; --lists A,B,C"
        }
        _ => "",
    };
    let failure = Failure::from(error);
    Failure { message: failure.message + option, ..failure }
}

fn layout(options: &ListOptions) -> HistoryLayout {
    let mut layout = HistoryLayout::default();
    if !options.lists.is_empty() {
        layout = layout.with_lists(&options.lists);
    }
    if let Some(column) = &options.count {
        layout = layout.with_counts(column);
    }
    if options.each_row {
        layout = layout.with_a_row_for_each_person();
    }
    if options.skip_rows {
        layout = layout.with_rules(HistoryRules { missing: OnUnusable::LeaveOut, unlisted: OnUnusable::LeaveOut });
    }
    layout
}

/// Merges and leaves out lists; how many persons are gone with those left out.
fn change_lists(histories: &mut CaptureHistories, options: &ListOptions) -> Result<u64, Failure> {
    for merge in &options.merge {
        let wrong =
            || Failure::usage(format!("--merge takes lists and the name of the new one, A,B=NAME, not `{merge}`"));
        let (lists, name) = merge.split_once('=').ok_or_else(wrong)?;
        *histories = histories.merged(lists.split(',').map(str::trim), name.trim())?;
    }
    if options.omit.is_empty() {
        return Ok(0);
    }
    let before = histories.persons();
    *histories = histories.without(&options.omit)?;
    Ok(before - histories.persons())
}

fn tell_left_out(missing: u64, unlisted: u64, session: &Session) {
    for (persons, why) in [(missing, "not recorded on which lists"), (unlisted, "on no list")] {
        if persons > 0 {
            session.remark(format!("note: persons left out, {why}: {}", count(persons)));
        }
    }
}

fn tell_omitted(gone: u64, options: &ListOptions, session: &Session) {
    if !options.omit.is_empty() {
        session.remark(format!("note: --omit: persons on no other list, left out with it: {}", count(gone)));
    }
}
