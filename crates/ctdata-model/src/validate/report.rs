//! What validation found.

use std::fmt;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Severity {
    /// Worth knowing; legal.
    Information,
    /// Suspicious.
    Warning,
    /// Impossible in any source.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A place in a file, without its value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Place {
    /// The row, from 1, without the header.
    pub row: u64,
    /// The column as the layout names it; none where the whole row is meant.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub column: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "row {}, column `{column}`", self.row),
            None => write!(f, "row {}", self.row),
        }
    }
}

/// The findings of one case of HTCDS records, its people among them. Cases are named by their place alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct CaseFindings {
    /// The position of the case among the cases that were read, from 1.
    pub case: u64,
    /// The row of the file that the case starts in, where that is known; else the position.
    pub row: u64,
    /// Its findings, gravest first, then in the order of the rules.
    pub findings: Vec<Finding>,
}

/// All breaches of one rule at one severity; in HTCDS records, all that are of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Finding {
    /// The rule's identifier.
    pub rule: &'static str,
    /// How grave they are in this file.
    pub severity: Severity,
    /// How many rows (or cells, for rules about cells) break it; in HTCDS records, how many fields or relations.
    pub count: u64,
    /// What was found, in a sentence.
    pub message: String,
    /// The first place; none where the file as a whole is meant.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub first: Option<Place>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {} ({})", self.rule, self.severity, self.message, self.count)?;
        match &self.first {
            Some(first) => write!(f, ", first at {first}"),
            None => Ok(()),
        }
    }
}

/// The findings of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Report {
    /// The layout of the file.
    pub format: &'static str,
    /// Rows in the file, also those that could not be used.
    pub rows: u64,
    /// Findings, gravest first, then in the order of the rules.
    pub findings: Vec<Finding>,
    /// Whether no finding is an error.
    pub valid: bool,
    /// What was not checked, and what is not listed.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub notes: Vec<String>,
    /// The same findings by case, those with the gravest first, then in the order of the file. Of HTCDS records only.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub cases: Vec<CaseFindings>,
}

impl Report {
    /// A report of these findings, put in order.
    pub fn new(format: &'static str, rows: u64, mut findings: Vec<Finding>) -> Self {
        let order = |id: &str| super::RULES.iter().position(|rule| rule.id == id);
        findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| order(a.rule).cmp(&order(b.rule))));
        let valid = findings.iter().all(|finding| finding.severity < Severity::Error);
        Self { format, rows, findings, valid, notes: Vec::new(), cases: Vec::new() }
    }

    /// Findings under one rule.
    pub fn by_rule<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.rule.eq_ignore_ascii_case(id))
    }

    /// Whether no finding is an error.
    pub fn is_valid(&self) -> bool {
        self.valid
    }
}
