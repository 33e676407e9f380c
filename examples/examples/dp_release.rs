//! A differentially private release from code: budget, ledger, noise, verification, statement.
//!
//! `cargo run --release --example dp_release` simulates 20,000 cases; `-- cases.csv` takes your file. The same by a plan:
//! `ctdata synthesize cases.csv dp.csv --plan examples/plans/dp.toml --ledger cases.ledger`.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use ctdata::model::case_constraints;
use ctdata::prelude::*;
use ctdata::privacy::dp::{Budget, Delta, Epsilon, Ledger, NoiseSource, Payment, ReleaseNote};
use ctdata::privacy::synth::Mst;
use ctdata::privacy::{PrivacyError, PrivacyUnit};
use ctdata_examples::{count, percent};
use rand::TryRng;
use rand::rngs::SysRng;

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let control = Control::default();
    let cases = match std::env::args().nth(1) {
        Some(path) => CaseReader::default().read_path(Path::new(&path), &control)?.into_cases()?,
        None => Simulator::new(1).cases(Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?, 20_000)?,
    };

    // 1. What may all releases of these cases spend together? It is fixed once, in a file that is kept beside them.
    let folder = Path::new("target").join("dp-release");
    fs::create_dir_all(&folder)?;
    let file = folder.join("example.ledger");
    // This is an example that is run again and again: the ledger of real cases is never deleted.
    if file.exists() {
        fs::remove_file(&file)?;
    }
    let of_all = Budget { epsilon: Epsilon::try_new(1.2)?, delta: Delta::try_new(1e-9)? };
    let mut ledger = Ledger::open_or_create(&file, "example cases", of_all)?;

    // 2. Where does noise come from? From the operating system, drawn for this run, told to nobody.
    let mut key = [0; 32];
    SysRng.try_fill_bytes(&mut key)?;
    let mut source = NoiseSource::from_entropy(key);

    // 3. What does this release spend? It is written off before anything is drawn.
    let of_this = Budget { epsilon: Epsilon::try_new(1.0)?, ..of_all };
    let whom = (PrivacyUnit::of(cases.table()), 1);
    let note = || ReleaseNote { purpose: "example of synthetic cases".to_owned(), at: None };
    let payment = Payment::from_ledger(&mut ledger, of_this, whom, &source, note())?;

    // 4. Synthetic cases from noisy counts. Combinations that cannot exist are public, and left out for free.
    let mst = Mst::new().constraints(case_constraints());
    let synthetic = mst.run(cases.table(), payment, &mut source, &control)?;
    println!("{} pairs of attributes were counted with noise", count(synthetic.report.measured.len() as u64));

    // 5. Nothing can be published before the account was added up again and found in the ledger.
    let released = synthetic.output.verify(&control)?;
    println!("\n{}", released.statement().to_plain_words());

    // 6. How near is it? This looks at the original, so that it stays in the house.
    println!("{:<24} {:>10} {:>10}", "form of exploitation", "original", "synthetic");
    for name in ["form_forced_labour", "form_sexual_exploitation"] {
        let (original, drawn) = (share(cases.table(), name)?, share(released.get(), name)?);
        println!("{name:<24} {:>10} {:>10}", percent(original), percent(drawn));
    }

    // 7. What is left is not enough for another one like it.
    match Payment::from_ledger(&mut ledger, of_this, whom, &source, note()) {
        Err(error @ PrivacyError::BudgetExceeded { .. }) => println!("\nOnce more: {error}"),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("the ledger gave more than it has".into()),
    }
    Ok(())
}

/// The percentage of records with a flag set.
#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn share(table: &Table, name: &str) -> Result<f64, Box<dyn Error>> {
    let (attribute, column) = table.named(name)?;
    let yes = attribute.domain().code_of("yes");
    let with = column.iter().filter(|code| Some(*code) == yes).count();
    Ok(100.0 * with as f64 / table.rows().max(1) as f64)
}
