//! Indicators from a table in memory: a breakdown, a filter, another base, and a rate.

use std::error::Error;
use std::process::ExitCode;

use ctdata::indicators::IndicatorError;
use ctdata::prelude::*;

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let layout = Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?;
    let cases = Simulator::new(1).cases(layout, 10_000)?;

    println!("Form of exploitation by sex (base: any form recorded)");
    show(&cases, &Request::new("form-of-exploitation").by("sex"), &control)?;

    println!("\nThe same among children by age at registration, of all cases");
    let children =
        Request { base: Some(Base::All), ..Request::new("form-of-exploitation").filter("child-or-adult", "child") };
    show(&cases, &children, &control)?;

    println!("\nDomestic and cross-border");
    show(&cases, &Request::new("domestic-and-cross-border"), &control)?;

    // What case data cannot give is refused with the reason, not answered with a number.
    match compute(cases.table(), &Request::new("8.7.1"), None, &control) {
        Err(error @ IndicatorError::NeedsSurveyData { .. }) => println!("\n8.7.1: {error}"),
        other => return Err(format!("8.7.1 was expected to be refused: {other:?}").into()),
    }
    Ok(())
}

fn show(cases: &CaseTable, request: &Request, control: &Control) -> Result<(), Box<dyn Error>> {
    for estimate in compute(cases.table(), request, None, control)?.estimates {
        let coordinates: Vec<&str> = estimate.dimensions.iter().map(|coordinate| coordinate.label.as_ref()).collect();
        let value = estimate.value.known().map_or_else(|| "not available".to_owned(), |value| format!("{value:.1} %"));
        let interval = estimate
            .interval
            .map(|interval| format!("[{:.1}, {:.1}]", interval.low(), interval.high()))
            .unwrap_or_default();
        println!(
            "  {:<45} {value:>8} {interval:<14} {} of {}",
            coordinates.join(", "),
            estimate.numerator.unwrap_or(0),
            estimate.base.unwrap_or(0)
        );
    }
    Ok(())
}
