//! An audit of every mechanism of differential privacy and of the whole pipelines: how much epsilon is lost at least,
//! seen from outside, against what is claimed. Those broken on purpose must be found.
//!
//! `cargo run --release --example dp_audit` takes some seconds; `-- 20000` runs each pipeline that often on either of
//! two neighbouring inputs, and looks closer.

use std::error::Error;
use std::process::ExitCode;

use ctdata::privacy::dp::{
    Allowance, Budget, Charge, ContributionBound, Delta, Epsilon, NoiseSource, Payment, Rho, StabilityHistogram,
    epsilon_of_rho, rho_of_exponential, rho_of_pure_epsilon,
};
use ctdata::privacy::evaluate::{AuditReport, DpAudit, Neighbour};
use ctdata::privacy::synth::{Aim, DpAggregateSeeded, Mst};
use ctdata::privacy::{PrivacyError, PrivacyUnit, Released};
use ctdata::table::{Attribute, Column, Control, Domain, MissingKinds, Origin, Schema, Table};
use rand::Rng;
use rand::rngs::ChaCha20Rng;

/// Runs of each pipeline on each input, if no number is given.
const RUNS: u32 = 500;
/// So many times as often mechanisms are run, which take less time.
const MECHANISMS: u32 = 20;
/// The delta of all claims that are not pure.
const DELTA: f64 = 0.01;
/// A false accusation has a probability of 1 in 10,000 per audit, of which there are about 70 of what is not broken.
const CONFIDENCE: f64 = 0.9999;

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let runs = std::env::args().nth(1).map_or(Ok(RUNS), |runs| runs.parse())?;
    if runs < RUNS {
        return Err(format!("at least {RUNS} runs are needed to find what is broken").into());
    }
    let mut audits = Audits { runs, wrong: Vec::new() };
    println!("{:<58} {:>7} {:>6} {:>8}  outcome", "runs on either of two neighbours", "claimed", "delta", "at least");
    audits.mechanisms()?;
    audits.pipelines()?;
    println!("\n* broken on purpose: must be found. {runs} runs of each pipeline on either input.");
    if audits.wrong.is_empty() { Ok(()) } else { Err(format!("wrong: {}", audits.wrong.join("; ")).into()) }
}

/// Audits, one line each.
struct Audits {
    runs: u32,
    /// Those whose outcome is not what it should be.
    wrong: Vec<String>,
}

impl Audits {
    /// Prints the worst of some reports; a name with a star is broken on purpose.
    fn tell(&mut self, name: &str, reports: Vec<AuditReport>) {
        let worst = reports.into_iter().max_by(|a, b| a.epsilon_lower.total_cmp(&b.epsilon_lower));
        let Some(report) = worst else { return };
        let outcome = match (report.holds, name.starts_with('*')) {
            (true, false) => "holds",
            (false, true) => "found",
            (true, true) => "NOT FOUND",
            (false, false) => "ABOVE ITS CLAIM",
        };
        if report.holds == name.starts_with('*') {
            self.wrong.push(name.to_owned());
        }
        let (claimed, delta) = (report.claimed_epsilon.get(), report.claimed_delta);
        println!("{name:<58} {claimed:>7.3} {delta:>6} {:>8.3}  {outcome}", report.epsilon_lower);
    }

    fn mechanism<O: Ord + Clone>(
        &mut self,
        name: &str,
        (epsilon, delta): (Epsilon, f64),
        mechanism: impl FnMut(Neighbour, &mut ChaCha20Rng) -> Result<O, PrivacyError>,
    ) -> Result<(), PrivacyError> {
        let delta = if delta > 0.0 { Some(Delta::try_new(delta)?) } else { None };
        let runs = self.runs.saturating_mul(MECHANISMS);
        let audit = DpAudit { runs, confidence: CONFIDENCE, epsilon, delta };
        let report = audit.run(&mut NoiseSource::from_seed(1), &Control::default(), mechanism)?;
        self.tell(name, vec![report]);
        Ok(())
    }

    /// Mechanisms, each paid for what it claims.
    fn mechanisms(&mut self) -> Result<(), PrivacyError> {
        let counted = |neighbour| if neighbour == Neighbour::With { 101 } else { 100 };
        let rho = Rho::at_least(0.5)?;
        let of_rho = (epsilon_of_rho(rho, Delta::try_new(DELTA)?)?, DELTA);
        for (name, spent) in [("discrete Gaussian", rho), ("* discrete Gaussian with half the noise", rho.for_group(2))]
        {
            self.mechanism(name, of_rho, |neighbour, rng| {
                Ok(paid(spent, 1)?.gaussian(1)?.release(&[counted(neighbour)], rng).values)
            })?;
        }
        let one = Epsilon::try_new(1.0)?;
        for (name, spent) in [("discrete Laplace", 1.0), ("* discrete Laplace with half the noise", 2.0)] {
            let rho = rho_of_pure_epsilon(Epsilon::try_new(spent)?)?;
            self.mechanism(name, (one, 0.0), |neighbour, rng| {
                Ok(paid(rho, 1)?.laplace(1)?.release(&[counted(neighbour)], rng))
            })?;
        }

        // A person makes one score larger by one, as is claimed; broken, by five, and the other one smaller by four.
        let scores = |neighbour, step: i64| if neighbour == Neighbour::With { [step, 0] } else { [0, step - 1] };
        let choice = rho_of_exponential(one)?;
        let flip = rho_of_pure_epsilon(one)?;
        for (star, step) in [("", 1), ("* ", 5)] {
            let suffix = if step == 1 { "" } else { " of scores that move by more than said" };
            self.mechanism(&format!("{star}exponential choice{suffix}"), (one, 0.0), |neighbour, rng| {
                Ok(paid(choice, 1)?.exponential(1)?.choose(&scores(neighbour, step), rng))
            })?;
            self.mechanism(&format!("{star}permute and flip{suffix}"), (one, 0.0), |neighbour, rng| {
                Ok(paid(flip, 1)?.permute_and_flip(1)?.choose(&scores(neighbour, step), rng))
            })?;
        }
        // How wide records are, from 0 on: the range is public, or it ends at the widest record.
        for (name, range) in
            [("choice from a public range", Some(30)), ("* choice from a range read off the data", None)]
        {
            let epsilon = Epsilon::try_new(0.5)?;
            let rho = rho_of_exponential(epsilon)?;
            self.mechanism(name, (epsilon, 0.0), |neighbour, rng| {
                let widest = if neighbour == Neighbour::With { 20 } else { 1 };
                let scores = vec![0; range.unwrap_or(widest) + 1];
                Ok(paid(rho, 1)?.exponential(1)?.choose(&scores, rng))
            })?;
        }

        let histogram = StabilityHistogram::try_new(1)?;
        let spent = Rho::at_least(0.125)?;
        let of_both = (epsilon_of_rho(spent, Delta::try_new(DELTA)?)?, 2.0 * DELTA);
        for (name, delta) in [("unknown values above a threshold", DELTA), ("* threshold for another delta", 0.3)] {
            self.mechanism(name, of_both, |neighbour, rng| {
                let alone = (neighbour == Neighbour::With).then_some("nobody else");
                let mut allowance = Allowance::without_ledger_with_delta(spent, delta, 1);
                let charge = allowance.charge("values", spent)?;
                let delta = allowance.charge_delta("values", Delta::try_new(delta)?)?;
                let records = std::iter::repeat_n("many", 20).chain(alone).map(Some);
                let found = histogram.release(records, charge, delta, rng)?;
                Ok(found.counts.into_iter().map(|(value, _)| value).collect::<Vec<_>>())
            })?;
        }
        let [without, with] = person()?;
        let bound = ContributionBound::try_new(3)?;
        for name in ["three records of each person", "* all records of each person"] {
            self.mechanism(name, of_rho, |neighbour, rng| {
                let table = if neighbour == Neighbour::With { &with } else { &without };
                let bounded = if name.starts_with('*') {
                    table.clone()
                } else {
                    bound.apply(table, rng, &Control::default())?.into_table()
                };
                let rows = i64::try_from(bounded.rows()).unwrap_or(i64::MAX);
                Ok(paid(rho, 3)?.gaussian(1)?.release(&[rows], rng).values)
            })?;
        }
        Ok(())
    }

    /// Statistics of what a pipeline releases; all look at the same runs.
    fn pipeline(
        &mut self,
        name: &str,
        tables: &[Table; 2],
        mut pipeline: impl FnMut(&Table, &mut NoiseSource) -> Result<Seen, PrivacyError>,
    ) -> Result<(), PrivacyError> {
        let mut noise = NoiseSource::from_seed(2);
        let mut runs = [Vec::new(), Vec::new()];
        for _ in 0..self.runs {
            for (table, runs) in tables.iter().zip(&mut runs) {
                let mut key = [0; 32];
                noise.stream().fill_bytes(&mut key);
                runs.push(pipeline(table, &mut NoiseSource::from_entropy(key))?);
            }
        }
        let (epsilon, delta) = (Epsilon::try_new(1.0)?, Some(Delta::try_new(DELTA)?));
        let audit = DpAudit { runs: self.runs, confidence: CONFIDENCE, epsilon, delta };
        let mut reports = Vec::new();
        for statistic in STATISTICS {
            let [mut without, mut with] = runs.each_ref().map(|runs| runs.iter());
            let next = |neighbour, _: &mut ChaCha20Rng| {
                let run = if neighbour == Neighbour::With { with.next() } else { without.next() };
                Ok(run.map(statistic))
            };
            reports.push(audit.run(&mut NoiseSource::from_seed(0), &Control::default(), next)?);
        }
        self.tell(name, reports);
        Ok(())
    }

    /// From the table to the verified release, on the neighbours that are worst.
    fn pipelines(&mut self) -> Result<(), PrivacyError> {
        let wider = one_more([0, YES, YES, YES, YES], 4)?;
        let unique = one_more([3, NO, NO, NO, NO], 4)?;
        let person = person()?;
        for method in [Method::Mst, Method::Aim, Method::AggregateSeeded] {
            let run = |records_per_person| {
                move |table: &Table, source: &mut NoiseSource| method.run(table, records_per_person, source)
            };
            let name = format!("{method:?}");
            self.pipeline(&format!("{name}, a record wider than all others"), &wider, run(1))?;
            self.pipeline(&format!("{name}, a value that nobody else has"), &unique, run(1))?;
            self.pipeline(&format!("{name}, a person with forty records, one used"), &person, run(1))?;
            self.pipeline(&format!("{name}, a person with forty records, two used"), &person, run(2))?;
            self.pipeline(&format!("* {name}, as many rows as there are records"), &wider, |table, source| {
                Ok(Seen { rows: table.rows(), ..method.run(table, 1, source)? })
            })?;
            let listed = one_more([3, NO, NO, NO, NO], 3)?;
            self.pipeline(&format!("* {name}, a codebook read off the data"), &listed, run(1))?;
            self.pipeline(&format!("* {name}, ids thrown away"), &person, |table, source| {
                method.run(&table.clone().without_ids(), 1, source)
            })?;
        }
        Ok(())
    }
}

fn paid(rho: Rho, records_per_person: u32) -> Result<Charge, PrivacyError> {
    Allowance::without_ledger(rho, records_per_person).charge("audit", rho)
}

/// A region and four flags.
type Record = [u8; 5];

/// A flag that is set, and one that is not.
const YES: u8 = 1;
const NO: u8 = 2;

/// Twenty-four records with at most one flag set, in three of the four regions.
fn others() -> Vec<Record> {
    let record = |row: u8| {
        let flag = |flag: u8| if row % 5 == flag { YES } else { NO };
        [row % 3, flag(0), flag(1), flag(2), flag(3)]
    };
    (0..24).map(record).collect()
}

/// Over a codebook of so many regions.
fn table(records: &[Record], regions: usize) -> Result<Table, PrivacyError> {
    let labels = ["north", "east", "south", "west"].into_iter().take(regions);
    let region = Domain::nominal(labels, Origin::Public)?;
    let mut attributes = vec![Attribute::new("region", region, MissingKinds::NONE)];
    attributes.extend(["a", "b", "c", "d"].map(Attribute::flag));
    let mut columns: [Vec<u8>; 5] = Default::default();
    for record in records {
        columns.iter_mut().zip(record).for_each(|(column, code)| column.push(*code));
    }
    Ok(Table::try_new(Schema::try_new(attributes)?, columns.map(Column::from_u8).into())?)
}

/// Two tables, without one person over a codebook of so many regions, and with the person.
fn one_more(record: Record, regions: usize) -> Result<[Table; 2], PrivacyError> {
    let mut records = others();
    let without = table(&records, regions)?;
    records.push(record);
    Ok([without, table(&records, 4)?])
}

/// Two tables, without a person and with the forty records of the person.
fn person() -> Result<[Table; 2], PrivacyError> {
    let mut records = others();
    let mut ids: Vec<String> = (0..records.len()).map(|other| format!("other {other}")).collect();
    let without = table(&records, 4)?.with_ids(ids.iter().collect())?;
    records.extend(std::iter::repeat_n([3, YES, YES, YES, YES], 40));
    ids.extend(std::iter::repeat_n("one".to_owned(), 40));
    Ok([without, table(&records, 4)?.with_ids(ids.iter().collect())?])
}

/// A synthesizer with a guarantee of differential privacy.
#[derive(Debug, Clone, Copy)]
enum Method {
    Mst,
    Aim,
    AggregateSeeded,
}

impl Method {
    fn run(self, table: &Table, records_per_person: u32, source: &mut NoiseSource) -> Result<Seen, PrivacyError> {
        let control = Control::default();
        let budget = Budget { epsilon: Epsilon::try_new(1.0)?, delta: Delta::try_new(DELTA)? };
        let payment = Payment::without_ledger(budget, PrivacyUnit::of(table), records_per_person)?;
        let output = match self {
            Self::Mst => Mst::new().run(table, payment, source, &control)?.output,
            Self::Aim => Aim::new().run(table, payment, source, &control)?.output,
            Self::AggregateSeeded => DpAggregateSeeded::default().run(table, payment, source, &control)?.output,
        };
        Seen::of(&output.verify(&control)?)
    }
}

/// What is looked at in a release.
#[derive(Debug, Clone, Copy)]
struct Seen {
    rows: usize,
    /// Records with the value that nobody else has.
    unique: usize,
    /// Records with two flags or more, which nobody else has.
    pairs: usize,
    /// Flags of the widest record.
    widest: usize,
    /// Values that the schema lists.
    listed: usize,
}

/// The statistics that are audited, each by itself.
const STATISTICS: [fn(&Seen) -> usize; 5] =
    [|seen| seen.rows, |seen| seen.unique, |seen| seen.pairs, |seen| seen.widest, |seen| seen.listed];

impl Seen {
    fn of(released: &Released<Table>) -> Result<Self, PrivacyError> {
        let table = released.get();
        let (attribute, column) = table.named("region")?;
        let west = attribute.domain().code_of("west");
        let mut widths = vec![0; table.rows()];
        for flag in ["a", "b", "c", "d"] {
            let (_, column) = table.named(flag)?;
            widths
                .iter_mut()
                .zip(column.iter())
                .for_each(|(width, code)| *width += usize::from(code == u16::from(YES)));
        }
        Ok(Self {
            rows: table.rows(),
            unique: column.iter().filter(|code| Some(*code) == west).count(),
            pairs: widths.iter().filter(|width| **width >= 2).count(),
            widest: widths.into_iter().max().unwrap_or(0),
            listed: attribute.domain().len(),
        })
    }
}
