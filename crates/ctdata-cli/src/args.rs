//! Commands and options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::commands::mse::HiddenOptions;
use crate::commands::risk::RiskOptions;

/// Counter-trafficking data: read, check, count, protect, publish.
#[derive(Debug, Parser)]
#[command(
    name = "ctdata",
    version,
    after_help = "Exit codes: 0 success; 1 the data or a check says no; \
    2 usage, unreadable input or unwritable output; 3 cancelled."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Write one JSON document to standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// No progress and no remarks on standard error
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the layouts that are read and written
    Formats,
    /// Write realistic simulated cases
    Sample(SampleOptions),
    /// Check a file: findings by rule, with counts and first places
    Validate(ValidateOptions),
    /// Convert between layouts, HTCDS files, plain CSV, JSON lines and (if built with it) Parquet; prints what was lost
    Convert(ConvertOptions),
    /// See how far a file is from HTCDS: which core fields are there, filled and valid
    Gap(GapOptions),
    /// Draft a mapping from a file's own columns to HTCDS
    Map(MapOptions),
    /// Print the JSON Schema of a record type
    Schema(SchemaOptions),
    /// Split HTCDS records into cases and identities, linked by pseudonyms
    Pseudonymize(PseudonymizeOptions),
    /// Compute indicators with intervals and bases
    Indicators(Box<IndicatorsOptions>),
    /// Estimate how many persons there are, seen and unseen, by all methods of multiple systems estimation
    Mse(Box<HiddenOptions>),
    /// Measure the disclosure risk of a file as it stands
    Risk(Box<RiskOptions>),
    /// Protect a file as a plan says; verified, written as a working copy
    Anonymize(AnonymizeOptions),
    /// Make synthetic records as a plan says; verified, written as a working copy
    Synthesize(SynthesizeOptions),
    /// Compare released records with the original: how useful they are, and what an attacker learns
    Evaluate(EvaluateOptions),
    /// Show what was spent of the privacy budget of a dataset, and what is left
    Ledger(LedgerOptions),
    /// Make a release folder: data, tables, statement, report
    Publish(PublishOptions),
}

/// How a file of cases is read.
#[derive(Debug, Args)]
pub(crate) struct InputOptions {
    /// The file, gzip or not
    pub(crate) file: PathBuf,
    /// Its layout (see `ctdata formats`); detected from the header if left out
    #[arg(long, value_name = "LAYOUT")]
    pub(crate) format: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SampleOptions {
    /// The file to write; gzip if its name ends in .gz
    pub(crate) out: PathBuf,
    /// How many cases
    #[arg(long, default_value_t = 20_000)]
    pub(crate) rows: usize,
    /// The seed: the same seed gives the same file
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// The layout
    #[arg(long, value_name = "LAYOUT", default_value = "ctdc-synthetic-2021")]
    pub(crate) format: String,
}

#[derive(Debug, Args)]
pub(crate) struct ValidateOptions {
    #[command(flatten)]
    pub(crate) input: InputOptions,
    #[command(flatten)]
    pub(crate) records: RecordOptions,
    /// How many problems of single cells, and how many cases of HTCDS records, are listed with their places
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub(crate) list: usize,
    /// Show the confidential text of cells that cannot be read, on standard error
    #[arg(long)]
    pub(crate) show_values: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConvertOptions {
    /// The file to read
    pub(crate) input: PathBuf,
    /// The file to write: a working copy, readable by you alone on Unix; gzip if its name ends in .gz
    pub(crate) out: PathBuf,
    /// The layout of the input; detected if left out. `json-lines` needs `--to`; `parquet` is never detected
    #[arg(long, value_name = "LAYOUT")]
    pub(crate) from: Option<String>,
    /// The layout of the output: one of `ctdata formats`. Left out: what the name of the output says (.xlsx, .json,
    /// .jsonl, .parquet), else that of the input
    #[arg(long, value_name = "LAYOUT")]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) records: RecordOptions,
    #[command(flatten)]
    pub(crate) cases: CaseChoices,
    /// Keep values that HTCDS does not have (such as restricted movement) instead of writing what stands in for them
    #[arg(long)]
    pub(crate) keep_extensions: bool,
    /// Show the confidential text of cells and codes that cannot be read, on standard error
    #[arg(long)]
    pub(crate) show_values: bool,
}

/// How a file of HTCDS records is read.
#[derive(Debug, Args, Default)]
pub(crate) struct RecordOptions {
    /// What the file's own columns and codes mean in HTCDS
    #[arg(long, value_name = "MAP.toml")]
    pub(crate) map: Option<PathBuf>,
    /// The sheet of a workbook; the one with the records if left out
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
}

/// What becomes of HTCDS records where a case has less room.
#[derive(Debug, Args, Default)]
pub(crate) struct CaseChoices {
    /// Who becomes a case besides actual victims: possible (victims), not-recorded (people without a status)
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub(crate) include: Vec<Included>,
    /// Which of several citizenships is taken
    #[arg(long, value_enum, default_value_t)]
    pub(crate) citizenship: Citizenship,
    /// What section A of ISIC says of the sector where no division is given
    #[arg(long, value_enum, default_value_t)]
    pub(crate) section_a: SectionA,
    /// Leave the recruiter's relation empty: the standard only knows that of the trafficker
    #[arg(long)]
    pub(crate) no_recruiters: bool,
}

/// Who becomes a case besides actual victims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Included {
    Possible,
    NotRecorded,
}

/// Which of several citizenships is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Citizenship {
    #[default]
    OnlyIfOne,
    First,
}

/// What section A of ISIC says of the sector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum SectionA {
    #[default]
    NotRecorded,
    Agriculture,
}

#[derive(Debug, Args)]
pub(crate) struct GapOptions {
    /// The file
    pub(crate) file: PathBuf,
    /// Its format (see `ctdata formats`); detected if left out
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    #[command(flatten)]
    pub(crate) records: RecordOptions,
    /// All fields, not only the core ones
    #[arg(long)]
    pub(crate) all: bool,
    /// Also write the report in Markdown to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Show the confidential text of cells and codes that cannot be read, on standard error
    #[arg(long)]
    pub(crate) show_values: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MapOptions {
    /// The file whose header is matched
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) init: PathBuf,
    /// The mapping file to write; standard output if left out
    #[arg(long, value_name = "MAP.toml")]
    pub(crate) out: Option<PathBuf>,
    /// List the confidential codes that were found, so that each can be given its meaning, and take the first row for
    /// a header even if it looks like a record
    #[arg(long)]
    pub(crate) show_values: bool,
    /// The sheet of a workbook; the only one with a text in it if left out
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaOptions {
    /// The record type; left out, their names are listed
    pub(crate) name: Option<String>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("key").required(true))]
pub(crate) struct PseudonymizeOptions {
    /// The file of HTCDS records
    pub(crate) input: PathBuf,
    /// The file to write cases to: without names, texts and full birth dates; a working copy
    pub(crate) cases: PathBuf,
    /// The file to write identities to, as JSON: pseudonyms, and what is not in the cases; a working copy
    pub(crate) identities: PathBuf,
    /// The file that holds the key: at least 16 bytes, as they are or in hexadecimal digits
    #[arg(long, value_name = "FILE", group = "key")]
    pub(crate) key_file: Option<PathBuf>,
    /// The environment variable that holds the key
    #[arg(long, value_name = "NAME", group = "key")]
    pub(crate) key_env: Option<String>,
    /// The format of the input; detected if left out
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// The format of the cases; what the name of the file says, or htcds-json, if left out
    #[arg(long, value_name = "FORMAT")]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) records: RecordOptions,
}

#[derive(Debug, Args)]
pub(crate) struct IndicatorsOptions {
    /// The file, gzip or not
    #[arg(required_unless_present_any = ["list", "framework", "mse"])]
    pub(crate) file: Option<PathBuf>,
    /// Its layout (see `ctdata formats`); detected from the header if left out
    #[arg(long, value_name = "LAYOUT")]
    pub(crate) format: Option<String>,
    /// List the indicators: id, code, what is divided by what, base, unit, source, limits
    #[arg(long, conflicts_with = "file")]
    pub(crate) list: bool,
    /// Show how the Global Compact, the SDG targets and their indicators are connected, and what case data can say of each
    #[arg(long, conflicts_with_all = ["file", "list"])]
    pub(crate) framework: bool,
    /// An indicator, by id or official code; repeat for several; all of the catalogue if left out
    #[arg(long, value_name = "ID")]
    pub(crate) id: Vec<String>,
    /// Dimensions to break down by
    #[arg(long, value_name = "DIM", value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Count only rows with this value; repeat for several
    #[arg(long = "where", value_name = "DIM=VALUE")]
    pub(crate) filter: Vec<String>,
    /// A population file with the columns alpha3, year, persons or thousands, and optionally sex and age_group
    #[arg(long, value_name = "FILE")]
    pub(crate) population: Option<PathBuf>,
    /// Also sum rates of countries to regions: world, region, sub-region, intermediate-region, sdg-region or
    /// development-group
    #[arg(long, value_name = "LEVEL", requires = "population")]
    pub(crate) regions: Option<String>,
    /// The share of a region's residents that must live in reporting countries, for `--regions`
    #[arg(long, value_name = "SHARE", default_value_t = 0.5, requires = "regions")]
    pub(crate) coverage: f64,
    /// Also give change, trend and slope of the yearly counts and rates
    #[arg(long)]
    pub(crate) trend: bool,
    #[command(flatten, next_help_heading = "Victims who were not detected")]
    pub(crate) hidden: HiddenChoices,
    #[command(flatten, next_help_heading = "Choices that move figures")]
    pub(crate) choices: IndicatorChoices,
    #[command(flatten, next_help_heading = "HTCDS records and victim-perpetrator files")]
    pub(crate) people: PeopleChoices,
    #[command(flatten, next_help_heading = "HTCDS records and victim-perpetrator files")]
    pub(crate) records: RecordOptions,
    #[command(flatten, next_help_heading = "HTCDS records and victim-perpetrator files")]
    pub(crate) cases: CaseChoices,
    #[command(flatten, next_help_heading = "Files to write")]
    pub(crate) outputs: IndicatorOutputs,
}

/// 16.2.2 with the victims who were not detected.
#[derive(Debug, Args)]
pub(crate) struct HiddenChoices {
    /// A table of capture histories (see `ctdata mse`) of one country and year, given with --where: adds to 16.2.2 the
    /// victims who were not detected, estimated by multiple systems estimation. Without a file of cases, the detected
    /// are those of the table
    #[arg(long, value_name = "TABLE", requires = "population", conflicts_with_all = ["list", "framework"])]
    pub(crate) mse: Option<PathBuf>,
    /// The method whose estimate is taken; what the others give is told beside it
    #[arg(long, value_name = "METHOD", default_value = "bic", requires = "mse")]
    pub(crate) mse_method: String,
    /// Bootstrap replicates; 0 for none
    #[arg(long, value_name = "N", default_value_t = 5_000, requires = "mse", value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    pub(crate) mse_bootstrap: u32,
    /// The seed of everything random
    #[arg(long, value_name = "N", default_value_t = 1, requires = "mse")]
    pub(crate) mse_seed: u64,
}

/// What HTCDS records and victim-perpetrator files leave open.
#[derive(Debug, Args)]
pub(crate) struct PeopleChoices {
    /// The day on which the records were taken, as 2025-06-30: the time to the first service is measured until then
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// When several perpetrators match their victim: any of them does, or all do; both figures if left out
    #[arg(long = "match", value_name = "HOW")]
    pub(crate) matching: Option<String>,
    /// Count what was done in a case with several victims for each of them; left out, it is not recorded for any
    #[arg(long)]
    pub(crate) services_of_groups: bool,
}

/// Choices that move published figures.
#[derive(Debug, Args)]
pub(crate) struct IndicatorChoices {
    /// The base of shares: any-in-group, answered or all; that of each indicator if left out
    #[arg(long)]
    pub(crate) base: Option<String>,
    /// The country of a rate: detection, exploitation or citizenship
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) attribution: Option<String>,
    /// What makes a child: age-at-registration, majority-at-exploitation or either
    #[arg(long, value_name = "BASIS")]
    pub(crate) child: Option<String>,
    /// How coarse origins and destinations are: country, sub-region, region or sdg-region
    #[arg(long, value_name = "LEVEL")]
    pub(crate) places: Option<String>,
    /// How several forms of one person count: multi-response or exclusive
    #[arg(long, value_name = "CODING")]
    pub(crate) forms: Option<String>,
    /// Whose residents rates of a sex or an age are over: own or total
    #[arg(long, value_name = "WHOSE")]
    pub(crate) population_base: Option<String>,
    /// Persons of unknown category in rates: never in one, or proportional, which is an estimate
    #[arg(long, value_name = "HOW")]
    pub(crate) unknown: Option<String>,
    /// The interval: wilson or clopper-pearson for shares, garwood or byar for rates; repeat for both
    #[arg(long, value_name = "METHOD")]
    pub(crate) interval: Vec<String>,
    /// The confidence level, 0.95 if left out
    #[arg(long, value_name = "SHARE")]
    pub(crate) level: Option<f64>,
}

/// Where figures go.
#[derive(Debug, Args)]
pub(crate) struct IndicatorOutputs {
    /// Also write long CSV, with every field, to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Also write a CSV as Open SDG sites take it, of one indicator, and its metadata beside it with the ending .md
    #[arg(long, value_name = "FILE")]
    pub(crate) open_sdg: Option<PathBuf>,
    /// Also write SDMX-CSV 2.0 rows of the SDG data flow, as far as it has series for the figures
    #[arg(long, value_name = "FILE")]
    pub(crate) sdmx: Option<PathBuf>,
    /// Also draw the figures of one indicator as SVG: a series, shares or a matrix of flows
    #[arg(long, value_name = "FILE")]
    pub(crate) plot: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AnonymizeOptions {
    /// The file to protect
    pub(crate) input: PathBuf,
    /// The file to write: a working copy, readable by you alone on Unix; gzip if its name ends in .gz
    pub(crate) out: PathBuf,
    /// What must hold, and how it is reached
    #[arg(long, value_name = "PLAN.toml")]
    pub(crate) plan: PathBuf,
    /// A seed for perturbation, to try it out: whoever knows the seed can undo it. Left out, the operating
    /// system's generator is asked
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Also write a report in Markdown to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Show confidential values that a hierarchy misses, on standard error
    #[arg(long)]
    pub(crate) show_values: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SynthesizeOptions {
    /// The file to make synthetic records of
    pub(crate) input: PathBuf,
    /// The file to write: a working copy, readable by you alone on Unix; gzip if its name ends in .gz
    pub(crate) out: PathBuf,
    /// How they are made: its [synthesize]
    #[arg(long, value_name = "PLAN.toml")]
    pub(crate) plan: PathBuf,
    /// The ledger of the dataset's privacy budget; made if it is not there. It may be named in the plan instead
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Also write the counts of combinations that the records are made from
    #[arg(long, value_name = "FILE")]
    pub(crate) aggregates: Option<PathBuf>,
    /// Also write the statement in plain words (Markdown) to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// A seed, to try it out: noise that follows from a seed protects nobody, and the statement says so. Left out, the
    /// operating system's generator is asked
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct EvaluateOptions {
    /// The confidential file that the records were made from
    pub(crate) original: PathBuf,
    /// The released records, or a working copy of them
    pub(crate) released: PathBuf,
    /// The layout of both files (see `ctdata formats`); detected from the headers if left out
    #[arg(long, value_name = "LAYOUT")]
    pub(crate) format: Option<String>,
    /// Records of the same kind that the released ones were not made from: the control group of attacks
    #[arg(long, value_name = "FILE")]
    pub(crate) holdout: Option<PathBuf>,
    /// Combinations that fewer than so many records have are rare
    #[arg(long, default_value_t = 10, value_name = "K")]
    pub(crate) k: u32,
    /// Attributes to compare; all that both files have if left out
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub(crate) attributes: Vec<String>,
    /// Attributes that an attacker knows of a person; the most telling ones if left out
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub(crate) keys: Vec<String>,
    /// How many people each attack is tried on; 0 leaves attacks out
    #[arg(long, default_value_t = 500, value_name = "N")]
    pub(crate) targets: usize,
    /// The seed by which these people are chosen
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// Also write the report in Markdown to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Also write plots (SVG) into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) plots: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerOptions {
    /// The ledger
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct PublishOptions {
    /// The file to publish
    pub(crate) input: PathBuf,
    /// The plan; without one, the columns that CTDC protects, at k = 11, and no others
    #[arg(long, value_name = "PLAN.toml")]
    pub(crate) plan: Option<PathBuf>,
    /// A seed for perturbation, to try it out: whoever knows the seed can undo it, and the release says so. Left
    /// out, the operating system's generator is asked
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// The release folder to make
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The ledger of the dataset's privacy budget, for plans with an epsilon; made if it is not there
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Replace a release folder that is there
    #[arg(long)]
    pub(crate) replace: bool,
}
