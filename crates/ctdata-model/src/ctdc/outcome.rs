//! What came of reading a file: the rows that could be used, and everything that was noticed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ctdata_table::{Ids, Location};

use crate::htcds::{CaseOptions, CaseRow, FieldLoss, HtcdsOutcome, LeftOut, to_cases};
use crate::validate::{Finding, Place, Severity};
use crate::{CaseTable, Dataset, ModelError, Redacted};

/// One cell or row that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule that it breaks.
    pub rule: &'static str,
    /// Errors keep the row out of the table; warnings do not.
    pub severity: Severity,
    /// What was expected.
    pub message: &'static str,
    /// Where.
    pub at: Location,
    /// The text found there, if the reader was asked to keep it. Confidential.
    pub value: Option<Redacted<String>>,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({})", self.at, self.message, self.rule)
    }
}

/// Everything that a reader noticed.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    pub(super) kept: Vec<Problem>,
    pub(super) counts: BTreeMap<(&'static str, Severity), (u64, Problem)>,
    pub(super) rows_left_out: u64,
}

impl Problems {
    /// Problems kept in detail, in the order of the file.
    pub fn kept(&self) -> &[Problem] {
        &self.kept
    }

    /// How many errors and warnings there were, kept or not.
    pub fn count(&self) -> u64 {
        self.counts.values().map(|(count, _)| count).sum()
    }

    /// Rows that are not in the table.
    pub fn rows_left_out(&self) -> u64 {
        self.rows_left_out
    }

    /// The same as findings: one per rule and severity.
    pub fn findings(&self) -> Vec<Finding> {
        self.counts
            .values()
            .map(|(count, first)| Finding {
                rule: first.rule,
                severity: first.severity,
                count: *count,
                message: first.message.to_owned(),
                first: Some(Place {
                    row: first.at.row.unwrap_or(0),
                    column: first.at.column.as_ref().map(ToString::to_string),
                }),
            })
            .collect()
    }

    pub(crate) fn first_error(&self) -> Option<&Problem> {
        let errors = self.counts.values().map(|(_, first)| first).filter(|first| first.severity == Severity::Error);
        errors.min_by_key(|first| first.at.row)
    }

    /// Counts a row that is not in the table.
    pub(crate) fn left_out_one(&mut self) {
        self.rows_left_out += 1;
    }

    pub(crate) fn add(&mut self, problem: Problem, limit: usize) {
        let entry = self.counts.entry((problem.rule, problem.severity)).or_insert_with(|| (0, problem.clone()));
        entry.0 += 1;
        if self.kept.len() < limit {
            self.kept.push(problem);
        }
    }
}

/// What came of reading a file.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub(super) dataset: Dataset,
    pub(super) problems: Problems,
    pub(super) file: Arc<str>,
    /// Rows left out, numbered from 1, ascending.
    pub(super) left_out: Vec<u64>,
    /// The records that cases were made from.
    pub(super) source: Option<Arc<Source>>,
}

/// Records of HTCDS, and the account of the cases that were made from them.
#[derive(Debug)]
pub struct Source {
    pub(super) records: HtcdsOutcome,
    pub(super) losses: Vec<FieldLoss>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) repeated: u64,
    /// The row of the file of each case.
    pub(super) rows: Vec<u64>,
}

impl Source {
    /// The records, as they were read.
    pub fn records(&self) -> &HtcdsOutcome {
        &self.records
    }

    /// What the records say and cases do not.
    pub fn losses(&self) -> &[FieldLoss] {
        &self.losses
    }

    /// Cases of a person who has an earlier one.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    /// Victims in the records who are no cases, by reason.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }
}

impl Outcome {
    /// The cases that records make. Who has several cases has one number in the table's ids, which is the position of
    /// the person in the records. If the file has no identifier for some person, the table has no ids: nobody knows
    /// which rows are the same person.
    ///
    /// # Errors
    /// As [`to_cases`](crate::htcds::to_cases).
    pub fn of_records(records: HtcdsOutcome, options: &CaseOptions) -> Result<Self, ModelError> {
        let made = to_cases(records.usable(), options)?;
        let persons: HashMap<&str, usize> =
            records.usable().persons.iter().enumerate().map(|(at, person)| (person.id.expose(), at)).collect();
        let mut ids = Vec::with_capacity(made.rows.len());
        let mut rows = Vec::with_capacity(made.rows.len());
        for &CaseRow { case, victim } in &made.rows {
            let found = records.usable().cases.get(case).and_then(|case| case.victims.get(victim));
            let person = found.and_then(|victim| persons.get(victim.person.expose()).copied());
            // Somebody who is not among the persons is nobody else.
            ids.push(person.map_or_else(|| format!("-{}", rows.len() + 1), |at| (at + 1).to_string()));
            rows.push(records.places().victims.get(case).and_then(|rows| rows.get(victim)).copied().unwrap_or(0));
        }
        let layout = made.cases.layout();
        let mut table = made.cases.into_table();
        if records.made_ids().persons == 0 {
            table = table.with_ids(Ids::from_iter(ids))?;
        }
        let cases = CaseTable::try_new(table, layout)?;
        Ok(Self {
            dataset: Dataset::Cases(cases),
            problems: records.problems().clone(),
            file: records.file().into(),
            left_out: Vec::new(),
            source: Some(Arc::new(Source {
                losses: made.losses,
                left_out: made.left_out,
                repeated: made.repeated,
                rows,
                records,
            })),
        })
    }

    /// The rows that could be used.
    pub fn usable(&self) -> &Dataset {
        &self.dataset
    }

    /// What was noticed.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// The format of the file: that of the rows, or of the HTCDS records that cases were made from.
    pub fn format(&self) -> &'static str {
        self.source.as_ref().map_or_else(|| self.dataset.format(), |source| source.records.format())
    }

    /// Where the file holds HTCDS records: these, and what making cases of them lost.
    pub fn source(&self) -> Option<&Source> {
        self.source.as_deref()
    }

    /// Rows of the file, also those that could not be used.
    pub fn rows(&self) -> u64 {
        match &self.source {
            Some(source) => source.records.rows(),
            None => self.dataset.table().rows() as u64 + self.problems.rows_left_out,
        }
    }

    /// The row in the file (from 1) of a row of the table (from 0).
    pub fn row_in_file(&self, row: u64) -> u64 {
        if let Some(source) = &self.source {
            return usize::try_from(row).ok().and_then(|row| source.rows.get(row)).copied().unwrap_or(row + 1);
        }
        let mut number = row + 1;
        // Each row left out before it moves it one further down.
        let mut from = 0;
        loop {
            let before = self.left_out.partition_point(|&left_out| left_out <= number);
            if before == from {
                return number;
            }
            number += (before - from) as u64;
            from = before;
        }
    }

    /// The rows, all of them.
    ///
    /// # Errors
    /// [`ModelError::Unreadable`] if a row had to be left out: nothing is lost silently.
    pub fn into_dataset(self) -> Result<Dataset, ModelError> {
        match self.problems.first_error() {
            None => Ok(self.dataset),
            Some(first) => Err(ModelError::Unreadable {
                file: self.file.to_string(),
                rows: self.problems.rows_left_out,
                first: format!("{} ({})", without_file(first), first.rule),
            }),
        }
    }

    /// The cases, all of them.
    ///
    /// # Errors
    /// As [`Outcome::into_dataset`]; and rows that are no cases.
    pub fn into_cases(self) -> Result<CaseTable, ModelError> {
        self.into_dataset()?.into_cases()
    }
}

pub(crate) fn without_file(problem: &Problem) -> String {
    let at = Location { file: None, ..problem.at.clone() };
    format!("{at}: {}", problem.message)
}

#[cfg(test)]
mod tests {
    use ctdata_table::Control;

    use super::*;
    use crate::htcds::{ReadOptions, read_flat};

    #[test]
    fn cases_have_ids_where_the_file_identifies_every_person() {
        let has_ids = |rows: &str| {
            let file = format!("case_id,person_id,prs_Gender,vic_TraffickingStatus\n{rows}");
            let options = ReadOptions::default();
            let records = read_flat(file.as_bytes(), "x.csv", None, &options, &Control::default()).unwrap();
            let cases = Outcome::of_records(records, &CaseOptions::default()).unwrap().into_cases().unwrap();
            assert_eq!(cases.table().rows(), 2);
            cases.table().ids().is_some()
        };
        let status = "Feminine,ActualVictimOfTrafficking";
        assert!(has_ids(&format!("c1,p1,{status}\nc2,p1,{status}\n")));
        assert!(!has_ids(&format!("c1,p1,{status}\nc2,,{status}\n")));
        assert!(!has_ids(&format!(",,{status}\n,,{status}\n").replace(",,", "c1,,")));
    }
}
