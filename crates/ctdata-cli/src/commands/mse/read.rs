//! The table of capture histories, from a file or from those embedded, with lists merged and left out.

use std::path::Path;

use ctdata::indicators::mse::{CaptureHistories, HistoryLayout, HistoryRules, OnUnusable, StrataRead, published_table};

use super::ListOptions;
use crate::failure::Failure;
use crate::output::count;
use crate::session::Session;

/// Reads a table and changes its lists as asked for.
pub(crate) fn read(path: &Path, options: &ListOptions, session: &Session) -> Result<CaptureHistories, Failure> {
    let mut histories = if let Some(histories) = embedded(path) {
        histories
    } else {
        let read = CaptureHistories::read_path(path, &layout(options), &session.control)?;
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
    let mut read = CaptureHistories::read_strata_path(path, &layout(options), column, &session.control)?;
    tell_left_out(read.missing, read.unlisted, session);
    let mut gone = 0;
    for (_, histories) in &mut read.strata {
        gone += change_lists(histories, options)?;
    }
    tell_omitted(gone, options, session);
    Ok(read)
}

/// The published table of a name, if there is no file of it.
fn embedded(path: &Path) -> Option<CaptureHistories> {
    let table = path.to_str().filter(|_| !path.exists()).and_then(published_table)?;
    Some(table.histories())
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
