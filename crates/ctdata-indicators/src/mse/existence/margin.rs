//! How far the sufficient statistics are from the edge of their cone: the linear program of Fienberg and Rinaldo,
//! solved without rounding.
//!
//! It asks for other expected counts x of the cells of the reduced table with the same sufficient statistics, the
//! smallest of them as large as can be: maximize s subject to Aᵀx = AᵀN, x ≥ s, s ≥ 0. This is another path to the
//! answer than that of the checks, which never look at the counts.

#![expect(
    clippy::indexing_slicing,
    reason = "rows of one tableau, all of the same length, indexed by its columns; rows by the basis"
)]

use super::exact::{Exact, Stop, shorten};
use crate::mse::histories::CaptureHistories;
use crate::mse::list_set::ListSet;
use crate::mse::model::Model;
use crate::mse::outcome::Status;
use num_bigint::BigInt;
use std::fmt;

/// The most numbers of the tableau that are written, over all steps: seconds, not minutes.
const MOST_WORK: usize = 1 << 28;

/// How far a table is from one on which a model has no estimate: the largest s so that some expected counts of at
/// least s in every cell have the sufficient statistics of the table. It is a fraction in lowest terms, in persons.
/// The extended maximum likelihood estimate exists if and only if it is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExistenceMargin {
    /// Above the line.
    pub numerator: u128,
    /// Below it, never zero.
    pub denominator: u128,
}

impl ExistenceMargin {
    /// Whether the estimate exists.
    pub fn exists(self) -> bool {
        self.numerator > 0
    }

    /// The margin as a number, in persons.
    #[expect(clippy::cast_precision_loss, reason = "rounded to the nearest number on purpose")]
    pub fn value(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

impl fmt::Display for ExistenceMargin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            f.pad(&self.numerator.to_string())
        } else {
            f.pad(&format!("{}/{}", self.numerator, self.denominator))
        }
    }
}

/// How far a table is from one on which a model has no estimate, exactly, by the simplex method in integers.
///
/// Whether the parameters are identifiable is another question, which the margin does not answer.
///
/// ```
/// use ctdata_indicators::mse::{CaptureHistories, ListSet, Model, existence_margin};
///
/// let histories = CaptureHistories::try_new(
///     ["A", "B", "C"],
///     [(ListSet::of([0]), 40), (ListSet::of([1]), 30), (ListSet::of([2]), 20), (ListSet::of([0, 1]), 6)],
/// )?;
/// let margin = |notation| Model::from_notation(notation, 3).map(|model| existence_margin(&histories, &model));
/// assert_eq!(margin("[1,2,3]")?.map(|margin| margin.to_string()).as_deref(), Ok("6/5"));
/// assert_eq!(margin("[12,3]")?.map(|margin| margin.exists()), Ok(false));
/// # Ok::<(), ctdata_indicators::mse::MseError>(())
/// ```
///
/// # Errors
/// [`Status::Undefined`] for a table without persons, or a model for another number of lists; [`Status::TooLarge`]
/// when the program is too large to be solved in seconds, from about twelve lists on, or the fraction too long.
///
/// # Sources
/// Fienberg and Rinaldo (2012), Maximum likelihood estimation in log-linear models, *Annals of Statistics* 40(2);
/// Chan, Silverman and Vincent (2021), Multiple systems estimation for sparse capture data, *JASA* 116(535).
pub fn existence_margin(histories: &CaptureHistories, model: &Model) -> Result<ExistenceMargin, Status> {
    if histories.persons() == 0 || model.lists() != histories.lists().len() {
        return Err(Status::Undefined);
    }
    let program = Program::of(histories, model);
    if program.terms.len().saturating_mul(program.cells.len()) > MOST_WORK >> 6 {
        return Err(Status::TooLarge);
    }
    match program.solve::<i64>() {
        Err(Stop::Overflow) => program.solve::<BigInt>().map_err(|_| Status::TooLarge),
        found => found.map_err(|_| Status::TooLarge),
    }
}

/// The linear program, in words of the table.
struct Program {
    /// Terms of the reduced model with their sufficient statistics.
    terms: Vec<(ListSet, u64)>,
    /// Cells of the reduced table.
    cells: Vec<ListSet>,
}

impl Program {
    fn of(histories: &CaptureHistories, model: &Model) -> Self {
        let overlap = |term: ListSet| {
            histories.iter().filter(|(history, _)| term.is_subset(*history)).map(|(_, count)| count).sum::<u64>()
        };
        let mains = (0..model.lists()).map(ListSet::single);
        let terms = std::iter::once(ListSet::EMPTY).chain(mains).chain(model.terms().iter().copied());
        let (terms, without): (Vec<_>, Vec<_>) =
            terms.map(|term| (term, overlap(term))).partition(|(_, persons)| *persons > 0);
        let all = ListSet::all(model.lists()).bits();
        let cells = (1..=all).map(ListSet::from_bits);
        let cells = cells.filter(|cell| !without.iter().any(|(term, _)| term.is_subset(*cell))).collect();
        Self { terms, cells }
    }

    fn solve<T: Exact>(&self) -> Result<ExistenceMargin, Stop> {
        let mut tableau = Tableau::<T>::of(self).ok_or(Stop::Overflow)?;
        tableau.find_start()?;
        let (numerator, denominator) = tableau.maximize_margin()?;
        // In lowest terms; a fraction that is too long is refused like too much work.
        let divisor = numerator.gcd(&denominator);
        let whole = |number: &T| number.quotient(&divisor).to_u128().ok_or(Stop::Work);
        Ok(ExistenceMargin { numerator: whole(&numerator)?, denominator: whole(&denominator)? })
    }
}

/// Equations in integers. The columns are the cells (what x has above s), then s, the objective, the right side. Each
/// row may be multiplied by a positive number, so that all are kept as short as can be; the coefficient of the basic
/// variable of a row is positive and need not be 1.
struct Tableau<T> {
    rows: Vec<Vec<T>>,
    /// By row, the column of its basic variable; none while it is the error of the row.
    basis: Vec<Option<usize>>,
    cells: usize,
    work: usize,
}

impl<T: Exact> Tableau<T> {
    fn of(program: &Program) -> Option<Self> {
        let cells = program.cells.len();
        let mut rows = Vec::with_capacity(program.terms.len());
        for (term, persons) in &program.terms {
            let mut row = Vec::with_capacity(cells + 3);
            row.extend(program.cells.iter().map(|cell| T::of(i64::from(term.is_subset(*cell)))));
            let inside = program.cells.iter().filter(|cell| term.is_subset(**cell)).count();
            row.push(T::of(i64::try_from(inside).ok()?));
            row.push(T::of(0));
            row.push(T::of(i64::try_from(*persons).ok()?));
            rows.push(row);
        }
        Some(Self { basis: vec![None; rows.len()], rows, cells, work: 0 })
    }

    /// Finds expected counts with the sufficient statistics: makes the errors of the rows zero. There are some, the
    /// counts themselves.
    fn find_start(&mut self) -> Result<(), Stop> {
        // The objective less its variables is constant: minus the sum of errors.
        let mut errors = vec![T::of(0); self.cells + 3];
        for row in &self.rows {
            for (sum, value) in errors.iter_mut().zip(row) {
                *sum = T::combination(&T::of(1), sum, &T::of(-1), value).ok_or(Stop::Overflow)?;
            }
        }
        errors[self.cells + 1] = T::of(1);
        self.improve(&mut errors)?;
        // An error that is still basic is zero. It is exchanged for any variable, or its row says nothing.
        let mut row = 0;
        while row < self.rows.len() {
            if self.basis[row].is_some() {
                row += 1;
            } else if let Some(column) = (0..=self.cells).find(|column| self.rows[row][*column].sign() != 0) {
                if self.rows[row][column].sign() < 0 {
                    for value in &mut self.rows[row] {
                        *value = value.negated().ok_or(Stop::Overflow)?;
                    }
                }
                self.exchange(row, column, &mut errors)?;
            } else {
                self.rows.swap_remove(row);
                self.basis.swap_remove(row);
            }
        }
        Ok(())
    }

    /// Maximizes s: a fraction, not in lowest terms.
    fn maximize_margin(&mut self) -> Result<(T, T), Stop> {
        let mut objective = vec![T::of(0); self.cells + 3];
        objective[self.cells] = T::of(-1);
        objective[self.cells + 1] = T::of(1);
        if let Some(row) = self.basis.iter().position(|basic| *basic == Some(self.cells)) {
            reduce(&mut objective, &self.rows[row], self.cells).ok_or(Stop::Overflow)?;
        }
        self.improve(&mut objective)?;
        Ok((objective[self.cells + 2].clone(), objective[self.cells + 1].clone()))
    }

    /// Exchanges variables until no coefficient of the objective is negative (Bland's rule).
    fn improve(&mut self, objective: &mut [T]) -> Result<(), Stop> {
        while let Some(column) = (0..=self.cells).find(|column| objective[*column].sign() < 0) {
            let mut leaving: Option<usize> = None;
            for row in (0..self.rows.len()).filter(|row| self.rows[*row][column].sign() > 0) {
                let smaller = match leaving {
                    None => true,
                    Some(best) => match self.compare(row, best, column).ok_or(Stop::Overflow)? {
                        0 => self.basis[row] < self.basis[best],
                        sign => sign < 0,
                    },
                };
                if smaller {
                    leaving = Some(row);
                }
            }
            // The counts are bounded by the persons, so that there is a row.
            let row = leaving.ok_or(Stop::Work)?;
            self.exchange(row, column, objective)?;
        }
        Ok(())
    }

    /// The sign of the difference of two rows in how far a column can go.
    fn compare(&self, row: usize, other: usize, column: usize) -> Option<i32> {
        let (row, other, right) = (&self.rows[row], &self.rows[other], self.cells + 2);
        let with = other[right].negated()?;
        Some(T::combination(&row[right], &other[column], &with, &row[column])?.sign())
    }

    /// Makes a column basic in a row, where its coefficient is positive.
    fn exchange(&mut self, row: usize, column: usize, objective: &mut [T]) -> Result<(), Stop> {
        self.work += (self.rows.len() + 1) * (self.cells + 3);
        if self.work > MOST_WORK / T::COST {
            return Err(Stop::Work);
        }
        let (before, rest) = self.rows.split_at_mut(row);
        if let Some((pivot, after)) = rest.split_first_mut() {
            for other in before.iter_mut().chain(after) {
                reduce(other, pivot, column).ok_or(Stop::Overflow)?;
            }
            reduce(objective, pivot, column).ok_or(Stop::Overflow)?;
        }
        self.basis[row] = Some(column);
        Ok(())
    }
}

/// Makes a column of a row zero with another row, where it is positive.
fn reduce<T: Exact>(row: &mut [T], pivot: &[T], column: usize) -> Option<()> {
    if row[column].sign() == 0 {
        return Some(());
    }
    let divisor = row[column].gcd(&pivot[column]);
    let own = pivot[column].quotient(&divisor);
    let with = row[column].quotient(&divisor).negated()?;
    T::combine(row, &own, &with, pivot)?;
    shorten(row);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::super::tests::{table, table_and_model, three_lists, uk_five_lists};
    use super::*;
    use crate::mse::sample::Sample;
    use microlp::{ComparisonOp, OptimizationDirection, Problem};
    use proptest::prelude::*;

    fn margin(histories: &CaptureHistories, notation: &str) -> ExistenceMargin {
        let model = Model::from_notation(notation, histories.lists().len()).unwrap();
        existence_margin(histories, &model).unwrap()
    }

    /// Chan, Silverman and Vincent (2021), artificial three-list table.
    #[test]
    fn the_three_list_table_has_the_published_margins() {
        for (notation, text) in [
            ("[1,2,3]", "6/5"),
            ("[12,3]", "0"),
            ("[13,2]", "3"),
            ("[23,1]", "3"),
            ("[12,13]", "0"),
            ("[12,23]", "0"),
            ("[13,23]", "6"),
            ("[12,13,23]", "6"),
        ] {
            assert_eq!(margin(&three_lists(), notation).to_string(), text, "{notation}");
        }
    }

    /// The end of the stepwise path on the UK table: LA:NG, NG:GP, PFNCA:GP, LA:PFNCA, GO:GP, NG:GO.
    #[test]
    fn the_stepwise_model_of_the_united_kingdom_has_a_margin_of_an_eighth() {
        let found = margin(&uk_five_lists(), "[12,25,35,13,45,24]");
        assert_eq!((found.numerator, found.denominator), (1, 8));
    }

    /// Multiplying all counts multiplies the margin, also when words overflow on the way.
    #[test]
    fn the_margin_grows_with_the_counts() {
        let million = 1_000_000_007;
        let large = uk_five_lists();
        let large = CaptureHistories::try_new(
            large.lists().to_vec(),
            large.iter().map(|(history, count)| (history, count * million)),
        );
        let found = margin(&large.unwrap(), "[12,25,35,13,45,24]");
        assert_eq!((found.numerator, found.denominator), (u128::from(million), 8));
    }

    #[test]
    fn a_table_without_persons_has_no_margin() {
        let nobody = table([("100", 0)]);
        assert_eq!(existence_margin(&nobody, &Model::main_effects(3)), Err(Status::Undefined));
        assert_eq!(existence_margin(&three_lists(), &Model::main_effects(4)), Err(Status::Undefined));
        let sixteen = table([("1000000000000000", 5), ("0111111111111111", 1)]);
        let pairs = (0..16).flat_map(|one| (0..one).map(move |other| ListSet::of([one, other])));
        assert_eq!(existence_margin(&sixteen, &Model::try_new(16, pairs).unwrap()), Err(Status::TooLarge));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn the_margin_is_positive_where_the_checks_say_that_the_estimate_exists(
            (histories, model) in table_and_model(),
        ) {
            prop_assume!(histories.persons() > 0);
            let found = existence_margin(&histories, &model).unwrap();
            prop_assert_eq!(found.exists(), check(&Sample::of(&histories), &model).exists);
            let long = Program::of(&histories, &model).solve::<BigInt>().ok();
            prop_assert_eq!(long, Some(found));
        }

        #[test]
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        fn the_margin_is_that_of_another_solver((histories, model) in table_and_model()) {
            prop_assume!(histories.persons() > 0);
            let program = Program::of(&histories, &model);
            let mut problem = Problem::new(OptimizationDirection::Maximize);
            let margin = problem.add_var(1.0, (0.0, f64::INFINITY));
            let counts: Vec<_> = program.cells.iter().map(|_| problem.add_var(0.0, (0.0, f64::INFINITY))).collect();
            for (term, persons) in &program.terms {
                let inside = counts.iter().zip(&program.cells).filter(|(_, cell)| term.is_subset(**cell));
                let row: Vec<_> = inside.map(|(count, _)| (*count, 1.0)).collect();
                problem.add_constraint(row, ComparisonOp::Eq, *persons as f64);
            }
            for count in &counts {
                problem.add_constraint([(*count, 1.0), (margin, -1.0)], ComparisonOp::Ge, 0.0);
            }
            let other = problem.solve().unwrap().into_solution().unwrap().objective();
            let found = existence_margin(&histories, &model).unwrap().value();
            prop_assert!((found - other).abs() < 1e-6 * (1.0 + other), "{found} and {other}");
        }
    }
}
