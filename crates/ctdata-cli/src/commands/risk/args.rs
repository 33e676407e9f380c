//! The options of `ctdata risk`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ctdata::privacy::{LogLinearModel, SudaWeighting};

use crate::args::InputOptions;

#[derive(Debug, Args)]
pub(crate) struct RiskOptions {
    #[command(flatten)]
    pub(crate) input: InputOptions,
    /// Attributes that somebody who looks for a person may know
    #[arg(long, value_name = "A,B,C", value_delimiter = ',', required = true)]
    pub(crate) quasi: Vec<String>,
    /// The smallest class that would be acceptable
    #[arg(long, default_value_t = 11)]
    pub(crate) k: u32,
    /// Records with a risk above this are counted; 0.09 is usual for public data
    #[arg(long, value_name = "RISK", default_value_t = 0.09)]
    pub(crate) threshold: f64,
    /// Also write everything as Markdown to this file
    #[arg(long, value_name = "FILE.md")]
    pub(crate) report: Option<PathBuf>,
    /// The column of identifiers: persons are counted, not records. The file is read as a plain table
    #[arg(long, value_name = "COLUMN", help_heading = "Plain tables")]
    pub(crate) id: Option<String>,
    /// The column of weights, whole numbers of people that a record stands for: adds the risk after Benedetti
    /// and Franconi. The file is read as a plain table
    #[arg(long, value_name = "COLUMN", help_heading = "Plain tables")]
    pub(crate) weight: Option<String>,
    #[command(flatten)]
    pub(crate) sensitive: SensitiveOptions,
    #[command(flatten)]
    pub(crate) special: SpecialOptions,
    #[command(flatten)]
    pub(crate) population: PopulationOptions,
    #[command(flatten)]
    pub(crate) blanks: BlankOptions,
    #[command(flatten)]
    pub(crate) releases: ReleaseOptions,
}

/// What finding somebody's class tells of sensitive attributes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sensitive attributes")]
pub(crate) struct SensitiveOptions {
    /// Attributes that finding somebody's class must not tell: l-diversity, t-closeness, delta-disclosure and
    /// beta-likeness of each, as achieved by the worst class
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub(crate) sensitive: Vec<String>,
    /// The l asked of distinct, entropy and recursive l-diversity
    #[arg(long, default_value_t = 2)]
    pub(crate) l: u32,
    /// The c asked of recursive (c,l)-diversity
    #[arg(long, default_value_t = 3.0)]
    pub(crate) c: f64,
    /// The t asked of t-closeness
    #[arg(long, default_value_t = 0.2)]
    pub(crate) t: f64,
    /// The delta asked of delta-disclosure privacy, in bits
    #[arg(long, default_value_t = 1.0)]
    pub(crate) delta: f64,
    /// The beta asked of beta-likeness
    #[arg(long, default_value_t = 1.0)]
    pub(crate) beta: f64,
}

/// Which few values are enough.
#[derive(Debug, Args)]
#[command(next_help_heading = "Special records")]
pub(crate) struct SpecialOptions {
    /// Look for minimal sample uniques (SUDA); with --sampling-fraction, DIS-SUDA too
    #[arg(long)]
    pub(crate) suda: bool,
    /// The largest minimal sample uniques that are looked for
    #[arg(long, value_name = "M", default_value_t = 4)]
    pub(crate) suda_size: usize,
    /// How minimal sample uniques are weighted
    #[arg(long, value_name = "WEIGHTING", value_enum, default_value_t = Weighting::Original)]
    pub(crate) suda_weighting: Weighting,
    /// Count every combination of up to M values that fewer than k have
    #[arg(long, value_name = "M")]
    pub(crate) combinations: Option<usize>,
    /// The attributes that are combined; all of the file if left out
    #[arg(long, value_name = "A,B,C", value_delimiter = ',', requires = "combinations")]
    pub(crate) of: Vec<String>,
    /// Of flags only `yes` is ever known
    #[arg(long, requires = "combinations")]
    pub(crate) only_yes: bool,
    /// Explain the risk of a record, from 1: the formulas with their numbers; repeat for several
    #[arg(long, value_name = "ROW")]
    pub(crate) explain: Vec<usize>,
}

/// The population outside the file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Population")]
pub(crate) struct PopulationOptions {
    /// A file with the quasi-identifiers of everybody: journalist and marketer risk
    #[arg(long, value_name = "FILE")]
    pub(crate) population: Option<PathBuf>,
    /// The share of the population that the file holds, above 0 and at most 1: for --suda and --log-linear
    #[arg(long, value_name = "F")]
    pub(crate) sampling_fraction: Option<f64>,
    /// Population uniques and right matches by a log-linear model
    #[arg(
        long,
        value_name = "MODEL",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "independence",
        requires = "sampling_fraction"
    )]
    pub(crate) log_linear: Option<Associations>,
    /// Population uniqueness by four estimators, for a file that is this share of its population
    #[arg(long, value_name = "F")]
    pub(crate) uniqueness: Option<f64>,
    /// Whoever finds one record finds all with the same value of this column, or the same --id
    #[arg(long, value_name = "COLUMN")]
    pub(crate) household: Option<String>,
}

/// What blanks match.
#[derive(Debug, Args)]
#[command(next_help_heading = "Blanks")]
pub(crate) struct BlankOptions {
    /// Count how many records match each, by what the blanks of an attribute match: own-category,
    /// wildcard, never-matches or discount:0.5; repeat for several. Others are own-category
    #[arg(long, value_name = "ATTRIBUTE=SEMANTICS", value_delimiter = ',')]
    pub(crate) missing: Vec<String>,
}

/// Several releases of the file.
#[derive(Debug, Args)]
#[command(next_help_heading = "Several releases")]
pub(crate) struct ReleaseOptions {
    /// A protected file made of the input, that is about to be released
    #[arg(long, value_name = "FILE", requires = "earlier")]
    pub(crate) released: Option<PathBuf>,
    /// A protected file made of the input, that has been released before: whom do both expose together?
    /// Repeat for several
    #[arg(long, value_name = "FILE", requires = "released")]
    pub(crate) earlier: Vec<PathBuf>,
    /// The plan that says by what hierarchies their values were made coarser; without one, the case
    /// hierarchies for cases, and values as they are for other tables
    #[arg(long, value_name = "PLAN.toml", requires = "released")]
    pub(crate) plan: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Weighting {
    /// (M - s)!
    Original,
    /// That of the International Household Survey Network
    Ihsn,
}

impl From<Weighting> for SudaWeighting {
    fn from(weighting: Weighting) -> Self {
        match weighting {
            Weighting::Original => Self::Original,
            Weighting::Ihsn => Self::Ihsn,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Associations {
    /// Main effects only
    Independence,
    /// All associations of two attributes
    TwoWay,
}

impl From<Associations> for LogLinearModel {
    fn from(associations: Associations) -> Self {
        match associations {
            Associations::Independence => Self::Independence,
            Associations::TwoWay => Self::TwoWay,
        }
    }
}
