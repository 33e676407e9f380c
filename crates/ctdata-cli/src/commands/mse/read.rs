//! The table of capture histories, from a file or from those embedded, with lists merged and left out.

use std::path::Path;

use ctdata::indicators::mse::{CaptureHistories, HistoryLayout, HistoryRules, OnUnusable, published_table};

use super::ListOptions;
use crate::failure::Failure;
use crate::output::count;
use crate::session::Session;

/// Reads a table and changes its lists as asked for.
pub(crate) fn read(path: &Path, options: &ListOptions, session: &Session) -> Result<CaptureHistories, Failure> {
    let mut histories = match embedded(path) {
        Some(histories) => histories,
        None => of_file(path, options, session)?,
    };
    for merge in &options.merge {
        let wrong =
            || Failure::usage(format!("--merge takes lists and the name of the new one, A,B=NAME, not `{merge}`"));
        let (lists, name) = merge.split_once('=').ok_or_else(wrong)?;
        histories = histories.merged(lists.split(',').map(str::trim), name.trim())?;
    }
    if !options.omit.is_empty() {
        let before = histories.persons();
        histories = histories.without(&options.omit)?;
        let gone = before - histories.persons();
        session.remark(format!("note: --omit: persons on no other list, left out with it: {}", count(gone)));
    }
    Ok(histories)
}

/// The published table of a name, if there is no file of it.
fn embedded(path: &Path) -> Option<CaptureHistories> {
    let table = path.to_str().filter(|_| !path.exists()).and_then(published_table)?;
    Some(table.histories())
}

fn of_file(path: &Path, options: &ListOptions, session: &Session) -> Result<CaptureHistories, Failure> {
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
    let read = CaptureHistories::read_path(path, &layout, &session.control)?;
    for (persons, why) in [(read.missing, "not recorded on which lists"), (read.unlisted, "on no list")] {
        if persons > 0 {
            session.remark(format!("note: persons left out, {why}: {}", count(persons)));
        }
    }
    Ok(read.histories)
}
