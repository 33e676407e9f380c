//! The options of `ctdata mse`.

use std::path::PathBuf;

use clap::Args;
use ctdata::indicators::mse::{Method, MseOptions};
use ctdata::indicators::{Level, UnknownCode};

use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct HiddenOptions {
    #[command(flatten)]
    pub(crate) table: TableOptions,
    #[command(flatten, next_help_heading = "Estimation")]
    pub(super) estimation: EstimationOptions,
    /// Also estimate by the values of this column, which is not a list: each stratum with 100 persons or more and two
    /// overlapping pairs of lists, the sum with its interval, and all pooled; by the first --method that fits a
    /// log-linear model, else stepwise
    #[arg(long, value_name = "COLUMN", help_heading = "Estimation")]
    pub(super) strata: Option<String>,
    /// Leave out what is computed on changed tables: lists left out, merged (of at most ten), added, taken for populations
    #[arg(long)]
    pub(crate) no_sensitivity: bool,
    /// Also write everything as Markdown to this file
    #[arg(long, value_name = "FILE.md", help_heading = "Files to write")]
    pub(crate) report: Option<PathBuf>,
    /// Also draw all estimates with their intervals as SVG
    #[arg(long, value_name = "FILE.svg", help_heading = "Files to write")]
    pub(crate) plot: Option<PathBuf>,
    /// Also draw the profile likelihood of the stepwise model (with --model: of that model) as SVG
    #[arg(long, value_name = "FILE.svg", help_heading = "Files to write")]
    pub(crate) profile: Option<PathBuf>,
}

/// The table of capture histories, and how it is read.
#[derive(Debug, Args)]
pub(crate) struct TableOptions {
    /// The table: a 0/1 column for each list and a column of counts, or without counts a row for each person; gzip or
    /// not. The name of a published table (uk-2013-five-lists, …) does too; a name that there is not lists them all
    pub(crate) table: PathBuf,
    #[command(flatten)]
    pub(crate) lists: ListOptions,
}

/// Which columns are lists, and what becomes of the lists.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Lists")]
pub(crate) struct ListOptions {
    /// The columns that are lists; all but the counts if left out
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub(crate) lists: Vec<String>,
    /// The column of counts; `count` if left out
    #[arg(long, value_name = "COLUMN", conflicts_with = "each_row")]
    pub(crate) count: Option<String>,
    /// There are no counts: each row is a person
    #[arg(long)]
    pub(crate) each_row: bool,
    /// Leave out rows of persons on no list, and rows in which it is not recorded whether a person is on a list;
    /// their numbers are told
    #[arg(long)]
    pub(crate) skip_rows: bool,
    /// Merge lists: a person on any of them is on the merged one; repeat for several
    #[arg(long, value_name = "A,B=NAME")]
    pub(crate) merge: Vec<String>,
    /// Leave out a list: persons on no other list go with it; repeat for several
    #[arg(long, value_name = "LIST")]
    pub(crate) omit: Vec<String>,
}

/// How is estimated.
#[derive(Debug, Args)]
pub(super) struct EstimationOptions {
    /// A method; repeat for several; all if left out: independence, stepwise, stepwise-aic, bic, downhill, fixed,
    /// lincoln-petersen, chapman, chao, chao-bias-corrected, chao-finite, sample-coverage, bma, latent-class,
    /// bayes-threshold
    #[arg(long, value_name = "METHOD")]
    pub(crate) method: Vec<String>,
    /// The model of the method `fixed`, by the numbers of the lists ([12,3]) or by their names ([LA:NG,GP])
    #[arg(long, value_name = "MODEL")]
    pub(crate) model: Option<String>,
    /// Bootstrap replicates, in each of which the model is chosen again; 0 for no bootstrap. Of more than eight lists
    /// only for methods named with --method: there it takes long
    #[arg(long, value_name = "N", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    pub(crate) bootstrap: u32,
    /// The seed of everything random: the same seed gives the same answer
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// The p-value below which stepwise selection adds an interaction
    #[arg(long, value_name = "P", default_value_t = 0.02, allow_negative_numbers = true)]
    pub(crate) threshold: f64,
    /// The largest interaction that the search by BIC tries; by the number of lists if left out
    #[arg(long, value_name = "LISTS")]
    pub(crate) max_order: Option<usize>,
    /// The level of intervals
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    pub(crate) level: f64,
}

impl EstimationOptions {
    /// The same in the words of the library.
    pub(super) fn read(&self) -> Result<MseOptions, Failure> {
        let usage = |error: UnknownCode| Failure::usage(format!("--method: {error}"));
        let mut methods =
            self.method.iter().map(|name| name.parse::<Method>()).collect::<Result<Vec<_>, _>>().map_err(usage)?;
        if methods.contains(&Method::Fixed) && self.model.is_none() {
            return Err(Failure::usage("--method fixed needs --model"));
        }
        if self.model.is_some() && !methods.is_empty() && !methods.contains(&Method::Fixed) {
            methods.push(Method::Fixed);
        }
        let level = Level::try_new(self.level).map_err(|error| Failure::usage(format!("--level: {error}")))?;
        Ok(MseOptions {
            methods,
            level,
            model: self.model.clone(),
            threshold: self.threshold,
            max_order: self.max_order,
            replicates: self.bootstrap,
            seed: self.seed,
            ..MseOptions::default()
        })
    }
}
