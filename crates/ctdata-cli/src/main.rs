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

use clap::Parser;

use crate::args::{Arguments, Command};
use crate::failure::Failure;
use crate::session::Session;

fn main() -> ExitCode {
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
