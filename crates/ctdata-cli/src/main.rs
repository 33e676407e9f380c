//! The command line of ctdata: thin over the library, with the same words.
//!
//! Answers go to standard output (with `--json` one JSON document), messages and progress to standard
//! error. Exit codes: 0 success; 1 the data or a check says no; 2 usage, unreadable input or unwritable
//! output; 3 cancelled.

mod args;
mod commands;
mod failure;
mod output;
mod session;

use std::process::ExitCode;
use std::sync::Mutex;

use clap::Parser;

use crate::args::{Arguments, Command};
use crate::failure::Failure;
use crate::session::Session;

fn main() -> ExitCode {
    // What a panic has to say may quote what is read; a reader may catch it and say what is wrong with the file.
    static PLACE: Mutex<String> = Mutex::new(String::new());
    std::panic::set_hook(Box::new(|panic| {
        if let (Some(location), Ok(mut place)) = (panic.location(), PLACE.lock()) {
            *place = format!(" at {}:{}", location.file(), location.line());
        }
    }));
    std::panic::catch_unwind(run).unwrap_or_else(|_| {
        let place = PLACE.lock().map(|place| place.clone()).unwrap_or_default();
        session::say(&format!("ctdata: internal error{place}; please report it"));
        ExitCode::from(Failure::INTERNAL)
    })
}

fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let is_answer = !error.use_stderr();
            // Nothing is left to tell if even this cannot be written.
            let _ = error.print();
            return if is_answer { ExitCode::SUCCESS } else { ExitCode::from(Failure::USAGE) };
        }
    };
    let session = Session::start(arguments.json, arguments.quiet);
    let outcome = match &arguments.command {
        Command::Formats => commands::formats::run(&session),
        Command::Sample(options) => commands::sample::run(options, &session),
        Command::Validate(options) => commands::validate::run(options, &session),
        Command::Convert(options) => commands::convert::run(options, &session),
        Command::Gap(options) => commands::gap::run(options, &session),
        Command::Map(options) => commands::map::run(options, &session),
        Command::Schema(options) => commands::schema::run(options, &session),
        Command::Pseudonymize(options) => commands::pseudonymize::run(options, &session),
        Command::Indicators(options) => commands::indicators::run(options, &session),
        Command::Mse(options) => commands::mse::run(options, &session),
        Command::Risk(options) => commands::risk::run(options, &session),
        Command::Anonymize(options) => commands::anonymize::run(options, &session),
        Command::Synthesize(options) => commands::synthesize::run(options, &session),
        Command::Evaluate(options) => commands::evaluate::run(options, &session),
        Command::Ledger(options) => commands::ledger::run(options, &session),
        Command::Publish(options) => commands::publish::run(options, &session),
    };
    session.finish();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                session::say(&format!("ctdata: {}", failure.message));
            }
            ExitCode::from(failure.code)
        }
    }
}
