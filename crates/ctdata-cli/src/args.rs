//! Commands and options.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
    /// Convert between layouts, plain CSV, JSON lines and (if built with it) Parquet; prints what was lost
    Convert(ConvertOptions),
    /// Compute indicators with intervals and bases
    Indicators(IndicatorsOptions),
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
    /// How many problems of single cells are listed with their places
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
    /// The layout of the output: one of `ctdata formats`; that of the input if left out
    #[arg(long, value_name = "LAYOUT")]
    pub(crate) to: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct IndicatorsOptions {
    #[command(flatten)]
    pub(crate) input: InputOptions,
    /// An indicator, by id or official code; repeat for several; all of the catalogue if left out
    #[arg(long, value_name = "ID")]
    pub(crate) id: Vec<String>,
    /// Dimensions to break down by
    #[arg(long, value_name = "DIM", value_delimiter = ',')]
    pub(crate) by: Vec<String>,
    /// Count only rows with this value; repeat for several
    #[arg(long = "where", value_name = "DIM=VALUE")]
    pub(crate) filter: Vec<String>,
    /// A population file: alpha3,year[,sex,age_group] and `persons` or `thousands`
    #[arg(long, value_name = "FILE")]
    pub(crate) population: Option<PathBuf>,
    /// The base of shares: any-in-group, answered or all; that of each indicator if left out
    #[arg(long)]
    pub(crate) base: Option<String>,
    /// Also write long CSV to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
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
