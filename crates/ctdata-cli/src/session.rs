//! What all commands share: the control with Ctrl-C and progress, and how answers are written.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use ctdata::table::csv::{Access, write_atomically};
use ctdata::table::{Control, Progress};
use flate2::Compression;
use flate2::write::GzEncoder;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use crate::failure::Failure;

/// The version of every JSON document that the command line writes.
const FORMAT_VERSION: u32 = 1;

pub(crate) struct Session {
    pub(crate) control: Control,
    pub(crate) json: bool,
    quiet: bool,
    bar: Option<ProgressBar>,
}

#[derive(Serialize)]
struct Document<'a, T> {
    format_version: u32,
    #[serde(flatten)]
    content: &'a T,
}

impl Session {
    /// Ctrl-C, a closed terminal or a request to end asks the work to stop, so that temporary files go; progress
    /// only on a terminal.
    pub(crate) fn start(json: bool, quiet: bool) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        // Without a handler Ctrl-C ends the process at once; the work does not depend on it.
        let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
        let mut control = Control::default().with_cancel(stop);
        let bar = (!quiet && io::stderr().is_terminal()).then(bar);
        if let Some(bar) = &bar {
            let (bar, stage) = (bar.clone(), Mutex::new(""));
            control = control.with_progress(move |progress| show(&bar, &stage, progress));
        }
        Self { control, json, quiet, bar }
    }

    /// Takes the progress bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// A remark on standard error.
    pub(crate) fn remark(&self, text: impl AsRef<str>) {
        if !self.quiet {
            self.finish();
            say(text.as_ref());
        }
    }

    /// One JSON document on standard output.
    pub(crate) fn document(&self, content: &impl Serialize) -> Result<(), Failure> {
        self.finish();
        let mut text = serde_json::to_string_pretty(&Document { format_version: FORMAT_VERSION, content })?;
        text.push('\n');
        self.text(&text)
    }

    /// Text on standard output. Whoever closes the pipe has read enough.
    pub(crate) fn text(&self, text: &str) -> Result<(), Failure> {
        self.finish();
        match io::stdout().write_all(text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// A line on standard error. What cannot be told there cannot be told at all, and does not undo the work.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Refuses to write over a file that is read, or twice over the same file.
pub(crate) fn keep_apart(read: &[&Path], written: &[&Path]) -> Result<(), Failure> {
    // A file that is not there yet is known by its folder.
    let in_folder = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    let known =
        |path: &Path| path.canonicalize().ok().or_else(|| in_folder(path)).unwrap_or_else(|| path.to_path_buf());
    let same = |one: &Path, other: &Path| known(one) == known(other);
    for (place, out) in written.iter().enumerate() {
        // A device or a pipe is no file that could be lost.
        if out.exists() && !out.is_file() {
            continue;
        }
        // A folder that is read is read as a whole.
        let holds = |input: &&Path| input.is_dir() && known(out).starts_with(known(input));
        if read.iter().any(|input| same(out, input) || holds(input)) {
            return Err(Failure::usage(format!(
                "{}: is read and would be written over; name another file",
                out.display()
            )));
        }
        if written.iter().take(place).any(|other| same(out, other)) {
            return Err(Failure::usage(format!("{}: would be written twice; name another file", out.display())));
        }
    }
    Ok(())
}

/// Errs if a file could not be written: no folder, no permission, or something else is there.
pub(crate) fn can_be_written(path: &Path) -> Result<(), Failure> {
    let refused = |error: io::Error| Failure::usage(format!("{}: {error}", path.display()));
    if path.is_dir() {
        return Err(refused(io::ErrorKind::IsADirectory.into()));
    }
    // A device or a pipe is written to as it is.
    if path.exists() && !path.is_file() {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".ctdata-").tempfile_in(folder).map(drop).map_err(refused)
}

/// Writes a working copy, whole or not at all, readable by its owner alone; compressed if it is named so.
pub(crate) fn working_copy<T>(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let is_gzip = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    let written = write_atomically(path, Access::OwnerOnly, |output| {
        if !is_gzip {
            return write(output);
        }
        let mut packed = GzEncoder::new(output, Compression::default());
        let value = write(&mut packed)?;
        packed.finish()?;
        Ok(value)
    });
    written.map_err(|failure: Failure| {
        let is_about_output = failure.code == Failure::USAGE;
        let message =
            if is_about_output { format!("{}: {}", path.display(), failure.message) } else { failure.message };
        Failure { code: failure.code, message }
    })
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {percent}%");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar
}

fn show(bar: &ProgressBar, last: &Mutex<&'static str>, progress: Progress) {
    if let Ok(mut last) = last.lock()
        && *last != progress.stage
    {
        *last = progress.stage;
        bar.reset();
        bar.set_message(progress.stage);
    }
    if let Some(total) = progress.total {
        bar.set_length(total);
    }
    bar.set_position(progress.done);
}
