//! How long the work takes on data that others were measured on: Adult, and CTDC's synthetic file of 2021.
//!
//! `CTDATA_SHARED=folder cargo run --release --example bench_adult` looks for them in that folder; `-- 10` makes ten
//! runs of each instead of five. One thread; reading files is not counted. Times are processor time: the fastest run
//! and the one in the middle, in one process.
//!
//! The figures of ARX 3.9.2, sdcMicro 5.8, anonypy and pycanon are processor time on a machine with two cores, of the
//! kind that ours were first taken on; on another machine compare proportions, or measure them again.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ctdata::prelude::*;
use ctdata::privacy::{
    AbsentValues, AggregatedColumn, AttackerView, BetaBound, BetaLikeness, DeltaDisclosure, DistinctLDiversity,
    KCombinations, LocalSuppression, Microaggregation, Mondrian, MondrianMode, PrivacyModel, Protection,
    QuasiIdentifier, Recoder, SearchReport, SensitiveDistance, Suda, SuppressionLimit, TCloseness, measure_models,
};
use ctdata::table::csv::{CsvReader, Separator};
use ctdata::table::{Attribute, Hierarchy};
use ctdata_examples::count;
use ctdata_examples::data::{self, Hierarchical};
use ctdata_examples::timing::{Times, forget_peak, measure, peak_memory};
use rand::rngs::ChaCha20Rng;
use rand::{RngExt, SeedableRng};

fn main() -> ExitCode {
    ctdata_examples::exit_code(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let Some(folder) = data::folder() else {
        println!("not run: there is no data folder");
        return Ok(());
    };
    let runs = std::env::args().nth(1).map_or(Ok(5), |runs| runs.parse())?;
    // One thread, whatever the machine has. What runs in the pool may say anything as an error that is sent.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let outcome = pool.install(|| {
        let bench = Bench { runs, control: Control::default() };
        bench.heading();
        bench.adult(&folder).and_then(|()| bench.ctdc(&folder)).map_err(|error| error.to_string())
    });
    Ok(outcome?)
}

struct Bench {
    runs: usize,
    control: Control,
}

/// A line of the table.
struct Line<'a> {
    task: &'a str,
    /// What others take.
    peer: &'a str,
    /// What this library is to take, in milliseconds.
    target: Option<u32>,
}

fn line<'a>(task: &'a str, peer: &'a str, target: impl Into<Option<u32>>) -> Line<'a> {
    Line { task, peer, target: target.into() }
}

fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1e3;
    if milliseconds < 10.0 { format!("{milliseconds:.2}") } else { format!("{milliseconds:.0}") }
}

/// One row of the table.
fn tell(line: &Line<'_>, times: Times, result: &str) {
    let target = line.target.map(|target| target.to_string()).unwrap_or_default();
    let missed = line.target.is_some_and(|target| times.least >= Duration::from_millis(target.into()));
    let least = if missed { format!("**{}**", milliseconds(times.least)) } else { milliseconds(times.least) };
    println!("| {} | {} | {target} | {least} | {} | {result} |", line.task, line.peer, milliseconds(times.median));
}

impl Bench {
    fn heading(&self) {
        println!("one thread, {} runs of each, milliseconds\n", self.runs);
        println!("| task | others | target | least | median | result |");
        println!("|---|---:|---:|---:|---:|---|");
    }

    fn adult(&self, folder: &Path) -> Result<(), Box<dyn Error>> {
        if !folder.join("adult").is_dir() {
            println!("| Adult: not run, it is not in the data folder | | | | | |");
            return Ok(());
        }
        let adult = data::adult(folder)?;
        self.optimal_searches(&adult)?;
        self.large_lattice(&adult)?;
        self.measures(&adult)?;
        self.other_mechanisms(&adult, folder)
    }

    /// The search alone: from the table in memory to the levels, with the coding of the table for it.
    fn levels(&self, data: &Hierarchical, k: u32, limit: f64, line: &Line<'_>) -> Result<SearchReport, Box<dyn Error>> {
        let recoder = recoder(&data.quasi, k, limit)?;
        forget_peak();
        let (times, (report, _)) = measure(self.runs, || Ok(recoder.levels(&data.table, &self.control)?))?;
        let memory = peak_memory().map(|bytes| format!(", peak {} MB", bytes / 1_000_000)).unwrap_or_default();
        let SearchReport { levels, score, suppressed, .. } = &report;
        let proven = if report.optimal { "optimal" } else { "NOT proven optimal" };
        tell(line, times, &format!("{levels:?} loss {score:.6}, {suppressed} suppressed, {proven}{memory}"));
        Ok(report)
    }

    fn optimal_searches(&self, adult: &Hierarchical) -> Result<(), Box<dyn Error>> {
        self.levels(adult, 5, 0.0, &line("optimal levels, 9 attributes, k = 5, no suppression", "ARX 190", 10))?;
        let once = self.levels(adult, 5, 0.02, &line("the same, 2 % suppression", "ARX 1250 to 1800", 40))?;
        self.levels(adult, 5, 0.05, &line("the same, 5 % suppression", "ARX 1500 to 2300", 50))?;

        // The output and its verification.
        let recoder = recoder(&adult.quasi, 5, 0.02)?;
        let (times, _) = measure(self.runs, || Ok(recoder.run(&adult.table, &self.control)?))?;
        tell(&line("levels and output, 2 % suppression", "", None), times, "");
        self.verified("verification of that", || Ok(recoder.run(&adult.table, &self.control)?.output))?;

        let rows = u32::try_from(adult.table.rows())?;
        let repeated: Vec<u32> = (0..33).flat_map(|_| 0..rows).collect();
        let copies = Hierarchical { table: adult.table.take(&repeated)?, quasi: adult.quasi.clone() };
        let task = format!("33 copies, {} rows, k = 165, 2 %", count(copies.table.rows() as u64));
        let many = self.levels(&copies, 165, 0.02, &line(&task, "ARX 4400, up to 1300 MB", 200))?;
        if many.levels != once.levels {
            return Err("33 copies have other levels than one".into());
        }
        drop(copies);
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let drawn: Vec<u32> = (0..1_000_000).map(|_| rng.random_range(0..rows)).collect();
        let resampled = Hierarchical { table: adult.table.take(&drawn)?, quasi: adult.quasi.clone() };
        // Drawn 33 times each, few people are fewer than 5: the second k asks for more.
        self.levels(&resampled, 5, 0.02, &line("a million rows drawn from it, k = 5, 2 %", "", None))?;
        self.levels(&resampled, 165, 0.02, &line("the same, k = 165", "", None))?;
        Ok(())
    }

    /// The nine attributes and six more: three of them again, with finer hierarchies.
    fn large_lattice(&self, adult: &Hierarchical) -> Result<(), Box<dyn Error>> {
        let mut data = adult.clone();
        for (name, width) in
            [("age", 1), ("age", 3), ("age", 5), ("native-country", 1), ("native-country", 3), ("education", 1)]
        {
            let (attribute, column) = adult.table.named(name)?;
            let copy = format!("{name} by {width}");
            let hierarchy = halved(Hierarchy::of(attribute.domain().clone()), width)?;
            let attribute = Attribute::new(copy.as_str(), attribute.domain().clone(), attribute.missing());
            data.table = data.table.with_column(attribute, column.clone())?;
            data.quasi.push(QuasiIdentifier::new(copy, hierarchy));
        }
        let recoder = recoder(&data.quasi, 5, 0.02)?;
        let start = Instant::now();
        let hurried = Control::default().with_deadline(move || start.elapsed() >= Duration::from_secs(10));
        let (times, recoded) = measure(1, || Ok(recoder.run(&data.table, &hurried)?))?;
        let report = recoded.search.first().cloned().ok_or("no search")?;
        recoded.output.verify(&self.control)?;
        let task = format!("15 attributes, {:.2e} nodes, 10 s to search", to_real(report.lattice));
        let result = format!(
            "{:?} loss {:.6}, bound {:.6}, gap {:.1} %, {} nodes looked at, {} suppressed, verified",
            report.levels,
            report.score,
            report.bound,
            report.gap * 100.0,
            count(report.checked),
            report.suppressed
        );
        tell(&line(&task, "", None), times, &result);
        Ok(())
    }

    fn measures(&self, adult: &Hierarchical) -> Result<(), Box<dyn Error>> {
        let sensitive = "occupation";
        let known: Vec<&str> =
            adult.quasi.iter().map(QuasiIdentifier::name).filter(|name| *name != sensitive).collect();
        let models: [PrivacyModel; 5] = [
            KAnonymity::try_new(5)?.into(),
            DistinctLDiversity::try_new(sensitive, 3)?.into(),
            TCloseness::try_new(sensitive, 0.2, SensitiveDistance::Equal)?.into(),
            DeltaDisclosure::try_new(sensitive, 1.0, AbsentValues::Strict)?.into(),
            BetaLikeness::try_new(sensitive, 1.0, BetaBound::Basic)?.into(),
        ];
        let (times, reports) =
            measure(self.runs, || Ok(measure_models(&adult.table, &known, &models, None, &self.control)?))?;
        let held = reports.iter().filter(|report| report.holds).count();
        let peer = "pycanon 55000 (t alone)";
        tell(&line("k, l, t, delta and beta at once", peer, 20), times, &format!("{held} of 5 hold of the raw file"));

        let six = ["sex", "age", "race", "marital-status", "education", "native-country"];
        let (times, scores) = measure(self.runs, || Ok(Suda::new().run(&adult.table, &six, &self.control)?))?;
        let special = scores.scores().iter().filter(|score| **score > 0.0).count();
        tell(&line("SUDA2, 6 keys", "sdcMicro 280", 20), times, &format!("{special} special records"));
        let nine: Vec<&str> = adult.quasi.iter().map(QuasiIdentifier::name).collect();
        let suda = Suda::new().with_max_size(4)?;
        let (times, scores) = measure(self.runs, || Ok(suda.run(&adult.table, &nine, &self.control)?))?;
        let special = scores.scores().iter().filter(|score| **score > 0.0).count();
        tell(&line("SUDA2, 9 keys, size up to 4", "", 500), times, &format!("{special} special records"));
        Ok(())
    }

    fn other_mechanisms(&self, adult: &Hierarchical, folder: &Path) -> Result<(), Box<dyn Error>> {
        // Numbers for ages, codes in order of appearance for names.
        let plain = CsvReader::new().separator(Separator::Semicolon);
        let plain = plain.read_path(&folder.join("adult").join("adult.csv"), &self.control)?.into_table()?;
        let columns = ["age", "education", "occupation", "workclass"].map(AggregatedColumn::new);
        let aggregation = Microaggregation::try_new(5, columns)?;
        let (times, output) = measure(self.runs, || Ok(aggregation.run(&plain, &self.control)?))?;
        let result = format!("{} cells changed", count(output.report.changed_cells));
        tell(&line("MDAV, 4 columns, k = 5", "sdcMicro 3900", 400), times, &result);

        let protection = Protection::new([KAnonymity::try_new(5)?]).quasi_identifiers(adult.quasi.clone()).check()?;
        let mondrian = Mondrian::new(protection, MondrianMode::Strict);
        let (times, output) = measure(self.runs, || Ok(mondrian.run(&adult.table, &self.control)?))?;
        let result = format!("{} classes, output included", count(output.summary().classes));
        tell(&line("Mondrian, 9 attributes, k = 5", "anonypy 46000", 50), times, &result);
        self.verified("verification of that", || Ok(mondrian.run(&adult.table, &self.control)?))?;

        let keys = ["sex", "age", "race", "marital-status"];
        self.local_suppression(&plain, &keys, 5, &line("local suppression, 4 keys, k = 5", "sdcMicro 22000", 200))
    }

    fn local_suppression(&self, table: &Table, keys: &[&str], k: u32, line: &Line<'_>) -> Result<(), Box<dyn Error>> {
        let builder = keys.iter().fold(LocalSuppression::builder(k), |builder, key| builder.quasi_identifier(*key, 1));
        let suppression = builder.build()?;
        let none: [&str; 0] = [];
        let (times, output) = measure(self.runs, || Ok(suppression.run(table, &none, &self.control)?))?;
        let cells: u64 = output.summary().blanked.iter().map(|blanked| blanked.cells).sum();
        let model = KAnonymity::try_new(k)?;
        let view = AttackerView::between(table, output.working_copy(), keys, model, &self.control)?;
        let result =
            format!("{} cells blanked, {} people exposed, output included", count(cells), view.exposed_records);
        tell(line, times, &result);
        self.verified("verification of that", || Ok(suppression.run(table, &none, &self.control)?))
    }

    /// Times the verification alone.
    fn verified(
        &self,
        task: &str,
        make: impl Fn() -> Result<Unverified<Table>, Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let mut made: Vec<Unverified<Table>> = (0..self.runs).map(|_| make()).collect::<Result<_, _>>()?;
        let (times, released) =
            measure(self.runs, || Ok(made.pop().ok_or("verified already")?.verify(&self.control)?))?;
        let smallest = released.statement().verified.smallest_class.unwrap_or(0);
        tell(&line(task, "", None), times, &format!("smallest class {smallest}"));
        Ok(())
    }

    fn ctdc(&self, folder: &Path) -> Result<(), Box<dyn Error>> {
        let path = folder.join("ctdc").join("ctdc_global_synthetic_2021.csv.gz");
        if !path.is_file() {
            println!("| CTDC's file of 2021: not run, it is not in the data folder | | | | | |");
            return Ok(());
        }
        let cases = CaseReader::default().read_path(&path, &self.control)?.into_cases()?;
        let table = cases.table();
        let all: Vec<&str> = table.schema().attributes().iter().map(Attribute::name).collect();
        let combinations = KCombinations::try_new(11, 3, all.iter().copied())?;
        let ((times, view), (more, risk)) = (
            measure(1, || Ok(AttackerView::of_file(table, &all, KAnonymity::try_new(11)?, &self.control)?))?,
            measure(1, || Ok(combinations.measure(table, &self.control)?))?,
        );
        let task = format!("attacker view of {} columns, {} cases", all.len(), count(table.rows() as u64));
        tell(&line(&task, "", None), times, &format!("{} records exposed at k = 11", count(view.exposed_records)));
        let result =
            format!("{} combinations below 11, {} records exposed", count(risk.below_k()), count(risk.records_exposed));
        tell(&line("combinations of up to 3 of them", "", None), more, &result);
        let both = Times { least: times.least + more.least, median: times.median + more.median };
        tell(&line("both", "", 3000), both, "");

        let keys = [
            "year_of_registration",
            "gender",
            "age_band",
            "citizenship",
            "country_of_exploitation",
            "form_forced_labour",
            "form_sexual_exploitation",
            "form_other",
        ];
        self.local_suppression(table, &keys, 11, &line("local suppression, 8 attributes, k = 11", "", 5000))
    }
}

fn recoder(quasi: &[QuasiIdentifier], k: u32, limit: f64) -> Result<Recoder, Box<dyn Error>> {
    let protection = Protection::new([KAnonymity::try_new(k)?]).quasi_identifiers(quasi.to_vec()).check()?;
    Ok(Recoder::new(protection).limit(SuppressionLimit::try_new(limit)?))
}

/// Groups of neighbouring codes, each level twice as wide as that below, up to one value for all.
fn halved(mut hierarchy: Hierarchy, width: u16) -> Result<Hierarchy, Box<dyn Error>> {
    let values = u16::try_from(hierarchy.leaves().len())?;
    let mut width = if width == 1 { 2 } else { width };
    while width < values {
        let groups = values.div_ceil(width);
        let labels: Vec<String> = (0..groups).map(|group| format!("{width}: {group}")).collect();
        hierarchy = hierarchy.with_level(format!("by {width}"), labels, |code| code / width)?;
        width *= 2;
    }
    Ok(hierarchy.with_top("any")?)
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
fn to_real(number: u128) -> f64 {
    number as f64
}
