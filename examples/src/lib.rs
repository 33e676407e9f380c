#![doc = include_str!("../../README.md")]

pub mod data;
pub mod people;
pub mod timing;

use std::error::Error;
use std::process::ExitCode;

/// What the program tells the shell; an error is told in words on standard error.
pub fn exit_code(outcome: Result<(), Box<dyn Error>>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// A count with thousands separated.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A percentage with one decimal.
pub fn percent(value: f64) -> String {
    format!("{value:.1} %")
}
