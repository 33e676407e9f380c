//! Tables and a way to choose a model for the tests of the bootstrap.

use crate::mse::error::MseError;
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::loglinear::Fitter;
use crate::mse::model::Model;
use crate::mse::outcome::Status;
use crate::mse::sample::Sample;
use crate::mse::select::{Selected, Selector};
use ctdata_table::Control;

/// The same model on every table.
pub(crate) struct Always(pub(crate) Model);

impl Selector for Always {
    fn select(
        &self,
        sample: &Sample,
        fitter: &mut Fitter,
        _control: &Control,
    ) -> Result<Result<Selected, Status>, MseError> {
        let estimate = super::run::estimate_of(sample, &self.0, fitter);
        Ok(estimate.map(|estimate| Selected { model: self.0.clone(), estimate }))
    }
}

/// A table from lists numbered from 1 and counts.
pub(crate) fn table(lists: &[&str], counts: &[(&str, u64)]) -> CaptureHistories {
    let set = |digits: &str| ListSet::of(digits.chars().map(|digit| digit.to_digit(10).unwrap() as usize - 1));
    CaptureHistories::try_new(lists.iter().copied(), counts.iter().map(|(digits, count)| (set(digits), *count)))
        .unwrap()
}

/// United Kingdom 2013, police forces and the National Crime Agency merged (Silverman 2014; CRAN SparseMSE 2.0.1).
pub(crate) fn uk_five() -> CaptureHistories {
    let counts = [
        ("1", 54),
        ("2", 463),
        ("3", 995),
        ("4", 695),
        ("5", 316),
        ("12", 15),
        ("13", 19),
        ("14", 3),
        ("23", 62),
        ("24", 19),
        ("25", 1),
        ("34", 76),
        ("35", 11),
        ("45", 8),
        ("123", 1),
        ("124", 1),
        ("234", 4),
        ("1234", 1),
    ];
    table(&["LA", "NG", "PFNCA", "GO", "GP"], &counts)
}
