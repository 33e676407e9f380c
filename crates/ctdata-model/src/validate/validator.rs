//! The three ways to ask.

use std::fmt::Debug;

use ctdata_table::Control;

use super::chunk::{CHUNK, Cases};
use super::visitor::Visitor;
use super::{FileRule, Finding, Report, RowRule, Rule, Severity, age, answers, forms, lists, places, repeats, time};
use crate::{Dataset, ModelError};

const ROW_RULES: [&[(&str, RowRule)]; 6] =
    [forms::RULES, answers::RULES, lists::RULES, age::RULES, time::RULES, places::RULES];
const FILE_RULES: [&[(&str, FileRule)]; 2] = [time::FILE_RULES, repeats::FILE_RULES];

/// Rows between two looks at the control.
const ROWS_PER_CHECK: usize = CHUNK * 16;

/// Which rules are checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RuleSelection {
    /// All.
    #[default]
    All,
    /// Only these.
    Only(Vec<&'static Rule>),
    /// All but these.
    Except(Vec<&'static Rule>),
}

impl RuleSelection {
    /// Whether a rule is checked.
    pub fn contains(&self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            Self::Only(rules) => rules.contains(&rule),
            Self::Except(rules) => !rules.contains(&rule),
        }
    }
}

/// Checks the consistency of cases: rules R4 to R19 and R34; what a reader finds (R1 to R3, R17, R33,
/// codes outside their lists) is included where what it read is given with it.
///
/// Rows of victims and perpetrators are checked for R34 only, plain tables for nothing. R32 is never a
/// finding. HTCDS records have rules of their own, R20 to R31: see [`RecordCheck`](super::RecordCheck).
///
/// ```
/// use ctdata_model::validate::{Severity, Validator};
/// use ctdata_model::{CaseReader, Layout};
/// let layout = Layout::named("ctdc-synthetic-2021").unwrap();
/// let header: Vec<&str> = layout.columns.iter().map(|column| column.name).collect();
/// let cell = |name: &str| match name {
///     "ageBroad" => "09--17",
///     "majorityStatusAtExploit" => "Adult",
///     _ => "",
/// };
/// let row: Vec<&str> = header.iter().map(|name| cell(name)).collect();
/// let text = format!("{}\n{}\n", header.join(","), row.join(","));
/// let outcome = CaseReader::default().read(text.as_bytes(), "inline", &Default::default())?;
///
/// let control = Default::default();
/// let report = Validator::default().check_outcome(&outcome, &control).all()?;
/// assert!(report.valid); // the rows of this release are sampled
/// let finding = report.by_rule("R13").next().unwrap();
/// assert_eq!((finding.severity, finding.count), (Severity::Information, 1));
///
/// let strict = Validator { synthetic: Some(false), ..Validator::default() };
/// assert!(!strict.check_outcome(&outcome, &control).is_valid()?);
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
///
/// # When rules fire
/// - R4 and R5: where the form is denied, an error; where it is not recorded, information. "Sector not
///   specified" counts as a sector.
/// - R6: only where all that is recorded contradicts it.
/// - R8: "not specified" is yes and a means is, or it is no and no means is yes.
/// - R10: as a set, a list names other flags than those that are yes. An empty list names none, except
///   that rows that are not from a hotline may leave it empty where only "not specified" is yes.
/// - R12: the age band is a child's and the status at registration an adult's, or the reverse.
/// - R13: a child at registration, by status or by age band, was an adult at entry or at exploitation.
/// - R15: the year lies outside [`Layout::years`](crate::Layout::years).
/// - R16, in k-anonymised layouts of releases: one year holds more than a quarter of the rows that have a year, when
///   there are at least 100 such rows and five such years.
/// - R17: the country is neither in CTDC's dictionary of 2017 nor in that of 2022.
/// - R18, in layouts of releases: the year is before 2017, and one of the three columns is yes or no.
/// - R19: a band that the layout does not list.
/// - R34: a row equals an earlier one in all columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validator {
    /// The rules to check; the default is all. A reader's errors are findings in any case: they left
    /// rows out.
    pub rules: RuleSelection,
    /// Whether rows are synthetic, hence sampled, so that their cells need not agree: R4 to R14 are then
    /// at most information. `None`, the default, takes it from the layout.
    pub synthetic: Option<bool>,
}

impl Validator {
    /// Prepares to check rows as they stand.
    pub fn check<'a>(&'a self, dataset: &'a Dataset, control: &'a Control) -> Check<'a> {
        Check { validator: self, source: dataset, control }
    }

    /// Prepares to check what was read: the reader's findings are included, rows that it left out are
    /// counted, and places are those of the file.
    #[cfg(feature = "csv")]
    pub fn check_outcome<'a>(&'a self, outcome: &'a crate::Outcome, control: &'a Control) -> Check<'a> {
        Check { validator: self, source: outcome, control }
    }
}

/// Where rows come from.
trait Source: Debug {
    fn dataset(&self) -> &Dataset;

    /// Rows, also those that are not in the dataset.
    fn rows(&self) -> u64 {
        self.dataset().table().rows() as u64
    }

    /// The row of the file (from 1) of a row of the dataset (from 0).
    fn row_in_file(&self, row: u64) -> u64 {
        row + 1
    }

    /// What was found before.
    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }
}

impl Source for Dataset {
    fn dataset(&self) -> &Dataset {
        self
    }
}

#[cfg(feature = "csv")]
impl Source for crate::Outcome {
    fn dataset(&self) -> &Dataset {
        self.usable()
    }

    fn rows(&self) -> u64 {
        self.rows()
    }

    fn row_in_file(&self, row: u64) -> u64 {
        self.row_in_file(row)
    }

    fn findings(&self) -> Vec<Finding> {
        self.problems().findings()
    }
}

/// A check to be made: ask whether the rows are valid, for the gravest finding, or for all.
#[derive(Debug, Clone, Copy)]
#[must_use = "nothing is checked until one of its questions is asked"]
pub struct Check<'a> {
    validator: &'a Validator,
    source: &'a dyn Source,
    control: &'a Control,
}

impl Check<'_> {
    /// Whether no finding is an error. Stops at the first.
    ///
    /// # Errors
    /// [`ModelError::Cancelled`].
    pub fn is_valid(self) -> Result<bool, ModelError> {
        let by_reader = self.reader_findings().iter().any(|finding| finding.severity == Severity::Error);
        Ok(!by_reader && self.visit(Some(Severity::Error), true)?.is_empty())
    }

    /// The first finding of [`all`](Self::all): of the gravest severity that there is, under the first
    /// rule. Less grave ones are not looked for.
    ///
    /// # Errors
    /// [`ModelError::Cancelled`], or counting repeated rows needs more memory than the control grants.
    pub fn first(self) -> Result<Option<Finding>, ModelError> {
        for severity in [Severity::Error, Severity::Warning, Severity::Information] {
            let report = self.report(Some(severity))?;
            if let Some(first) = report.findings.into_iter().next() {
                return Ok(Some(first));
            }
        }
        Ok(None)
    }

    /// All findings.
    ///
    /// # Errors
    /// As [`first`](Self::first).
    pub fn all(self) -> Result<Report, ModelError> {
        self.report(None)
    }

    fn report(self, asked: Option<Severity>) -> Result<Report, ModelError> {
        let visitor = self.visit(asked, false)?;
        let mut findings = visitor.into_findings(self.source.dataset().layout(), |row| self.source.row_in_file(row));
        let by_reader = self.reader_findings();
        for finding in by_reader.into_iter().filter(|finding| asked.is_none_or(|asked| asked == finding.severity)) {
            join(&mut findings, finding);
        }
        Ok(Report::new(self.source.dataset().format(), self.source.rows(), findings))
    }

    /// Runs the selected rules over the rows.
    fn visit(self, asked: Option<Severity>, stop: bool) -> Result<Visitor, ModelError> {
        let dataset = self.source.dataset();
        let layout = dataset.layout();
        let synthetic = self.validator.synthetic.unwrap_or_else(|| layout.is_some_and(|layout| layout.synthetic));
        let mut visitor = Visitor::new(asked, stop, synthetic);
        if layout.is_none() {
            return Ok(visitor);
        }
        if let Dataset::Cases(cases) = dataset {
            let rules: Vec<_> = self.selected(ROW_RULES).collect();
            let (cases, rows) = (Cases::new(cases), cases.rows());
            for start in (0..rows).step_by(CHUNK) {
                if start % ROWS_PER_CHECK == 0 {
                    self.control.check()?;
                    self.control.report("validating", start as u64, Some(rows as u64));
                }
                let chunk = cases.chunk(start);
                for &(rule, check) in &rules {
                    visitor.enter(rule);
                    if check(&chunk, &mut visitor).is_break() {
                        return Ok(visitor);
                    }
                }
            }
        }
        for (rule, check) in self.selected(FILE_RULES) {
            self.control.check()?;
            visitor.enter(rule);
            check(dataset, &mut visitor, self.control)?;
        }
        Ok(visitor)
    }

    fn selected<const N: usize, F: Copy>(
        self,
        families: [&'static [(&'static str, F)]; N],
    ) -> impl Iterator<Item = (&'static Rule, F)> {
        let rules = &self.validator.rules;
        let all = families.into_iter().flatten().filter_map(|&(id, check)| Some((Rule::named(id)?, check)));
        all.filter(|(rule, _)| rules.contains(rule))
    }

    /// What the reader found and the rows do not show, as far as it was selected.
    fn reader_findings(self) -> Vec<Finding> {
        let mut findings = self.source.findings();
        findings.retain(|finding| match finding.severity {
            Severity::Error => true,
            // Bands of another release were kept, so that they are counted in the rows.
            _ if finding.rule == "R19" => false,
            _ => Rule::named(finding.rule).is_some_and(|rule| self.validator.rules.contains(rule)),
        });
        findings
    }
}

/// Adds a finding of the reader. Under the rule and severity of another one it is about rows that were
/// left out, hence other ones.
fn join(findings: &mut Vec<Finding>, by_reader: Finding) {
    let same = |finding: &&mut Finding| finding.rule == by_reader.rule && finding.severity == by_reader.severity;
    match findings.iter_mut().find(same) {
        Some(finding) => {
            finding.count += by_reader.count;
            let row = |finding: &Finding| finding.first.as_ref().map_or(u64::MAX, |first| first.row);
            if row(&by_reader) < row(finding) {
                finding.first = by_reader.first;
            }
        }
        None => findings.push(by_reader),
    }
}
