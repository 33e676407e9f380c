//! Intervals of shares where several persons belong to one case.
//!
//! Persons of one case were often recruited, moved and exploited together, so that a share of persons varies more than
//! the same share of as many independent persons. Cases are the sampling unit here: the variance of a share is that of
//! a ratio of two sums over cases.

use crate::IndicatorError;
use crate::catalogue::{Definition, indicator};
use crate::compute::{IndicatorResult, TableSpec, counted, plan, spanned, with_period};
use crate::interval::{Interval, IntervalMethod, Level, ShareInterval, as_f64};
use crate::request::Request;
use crate::trace::{CellRef, Traced};
use ctdata_table::{Column, Control, Ids, Table, TableError, Variable};
use statrs::distribution::{ContinuousCDF, StudentsT};
use std::collections::HashMap;
use std::sync::Arc;

const ONE_CASE: &str = "all persons of the base belong to one case: no interval";

/// Computes the shares of one indicator, with intervals for persons that come in clusters: `clusters` says to which
/// case each row belongs.
///
/// Numerators, bases and values are those of [`compute`](crate::compute). With *y* and *x* the persons of a case in
/// numerator and base, *p* = Σ*y* / Σ*x* and *C* cases in the base, the variance of *p* is by Taylor linearization
/// *C* / (*C* − 1) · Σ(*y* − *p* *x*)² / (Σ*x*)². Where each case is one person that is *p* (1 − *p*) / (*n* − 1), and the
/// ratio of the two is the design effect, which stands in a note with the number of cases.
///
/// The interval is that of Wilson for the effective base: the base divided by the design effect and adjusted to the
/// *C* − 1 degrees of freedom, but never larger than the base. Of a share of 0 or 1, which has no variance of its own,
/// the effective base is the number of cases. A base of a single case has no interval.
///
/// ```
/// use ctdata_indicators::{Request, compute_clustered};
/// use ctdata_table::{Attribute, Column, Control, Domain, Ids, MissingKinds, Origin, Schema, Table};
///
/// let sexes = Domain::nominal(["female", "male"], Origin::Public)?;
/// let schema = Schema::try_new(vec![Attribute::new("gender", sexes, MissingKinds::NONE)])?;
/// let table = Table::try_new(schema, vec![Column::from_u8(vec![0, 0, 1, 1, 0, 1])])?;
/// let cases: Ids = ["a", "a", "b", "b", "c", "d"].into_iter().collect();
/// let result = compute_clustered(&table, &cases, &Request::new("sex"), &Control::default())?;
/// assert_eq!(result.estimates[0].value.known(), Some(50.0));
/// assert!(result.estimates[0].notes.iter().any(|note| note.contains("design effect 1.85, 4 cases")));
/// # Ok::<(), ctdata_indicators::IndicatorError>(())
/// ```
///
/// # Errors
/// Those of [`compute`](crate::compute), another number of identifiers than rows, and [`IndicatorError::Request`] for
/// an indicator that gives no shares or the interval of Clopper and Pearson.
///
/// # Sources
/// W. G. Cochran (1977), *Sampling Techniques*, 3rd edition, sections 2.11 and 3.12 (ratios, proportions in clusters).
/// E. L. Korn and B. I. Graubard (1998), Confidence intervals for proportions with small expected number of positive
/// counts estimated from survey data, *Survey Methodology* 24, 193–201 (effective base and its degrees of freedom,
/// there with the exact interval).
pub fn compute_clustered(
    table: &Table,
    clusters: &Ids,
    request: &Request,
    control: &Control,
) -> Result<IndicatorResult, IndicatorError> {
    let definition = indicator(&request.id)?;
    check(definition, request)?;
    if clusters.len() != table.rows() {
        let what = "the list of cases".into();
        return Err(TableError::Length { what, expected: table.rows(), found: clusters.len() }.into());
    }
    let specs = plan(definition, table, request)?;
    let counts = counted(table, &specs, control)?;
    let figures = definition.trace(request, &counts, None, 0)?;
    let numbers = numbers(clusters);
    let cells = specs.iter().map(|spec| Cells::new(table, spec, &numbers, control)).collect::<Result<Vec<_>, _>>()?;

    let mut estimates = Vec::with_capacity(figures.len());
    let mut base = Base::default();
    for Traced { mut estimate, numerator, base: of_base, .. } in figures {
        control.check()?;
        if !Arc::ptr_eq(&base.cells, &of_base) && base.cells != of_base {
            base = Base::new(of_base, &cells);
        }
        if estimate.value.known().is_some() {
            let ratio = base.ratio(&numerator, &cells);
            estimate.interval = ratio.interval(request.level)?;
            estimate.notes.push(match estimate.interval {
                Some(_) => ratio.note().into(),
                None => ONE_CASE.into(),
            });
        }
        estimates.push(estimate);
    }
    with_period(&mut estimates, spanned(table));
    Ok(IndicatorResult { indicator: definition, estimates, counts })
}

fn check(definition: &Definition, request: &Request) -> Result<(), IndicatorError> {
    let refuse =
        |rule: &'static str| Err(IndicatorError::Request { indicator: definition.id.to_owned(), rule: rule.into() });
    if definition.base.is_none() {
        return refuse("intervals of persons in cases are computed of shares");
    }
    match request.share_interval {
        ShareInterval::Wilson => Ok(()),
        _ => refuse("intervals of persons in cases are those of Wilson"),
    }
}

/// The cases by number, row by row.
fn numbers(clusters: &Ids) -> Vec<u32> {
    let mut known: HashMap<&str, u32> = HashMap::new();
    let rows = (0..clusters.len()).map(|row| {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(clusters.get(row).unwrap_or("")).or_insert(next)
    });
    rows.collect()
}

/// The persons of each case in each cell of one count table.
struct Cells(HashMap<Vec<u16>, HashMap<u32, u64>>);

impl Cells {
    fn new(table: &Table, spec: &TableSpec, numbers: &[u32], control: &Control) -> Result<Self, IndicatorError> {
        const YES: u16 = 0;
        let mut columns: Vec<Column> = Vec::new();
        let mut flags: Option<(usize, Vec<Column>)> = None;
        for (place, variable) in spec.variables.iter().enumerate() {
            if let Variable::Flags { members, .. } = variable {
                let of = |name: &String| Variable::AnyFlag { name: name.clone(), members: vec![name.clone()] };
                let members = members.iter().filter_map(|name| of(name).column(table).transpose());
                flags = Some((place, members.map(|found| found.map(|(_, column)| column)).collect::<Result<_, _>>()?));
            } else if let Some((_, column)) = variable.column(table)? {
                columns.push(column);
            }
        }
        let mut cells: HashMap<Vec<u16>, HashMap<u32, u64>> = HashMap::new();
        let mut add = |key: &[u16], case: u32, units: u64| match cells.get_mut(key) {
            Some(cases) => *cases.entry(case).or_default() += units,
            None => {
                cells.insert(key.to_vec(), HashMap::from([(case, units)]));
            }
        };
        let mut key = Vec::with_capacity(spec.variables.len());
        for (row, &case) in numbers.iter().enumerate() {
            if row % (1 << 16) == 0 {
                control.check()?;
            }
            let weight = table.weights().and_then(|weights| weights.values().get(row).copied()).unwrap_or(1);
            key.clear();
            key.extend(columns.iter().filter_map(|column| column.get(row)));
            let Some((place, members)) = &flags else {
                add(&key, case, weight.into());
                continue;
            };
            for (member, _) in (0u16..).zip(members).filter(|(_, column)| column.get(row) == Some(YES)) {
                key.insert(*place, member);
                add(&key, case, weight.into());
                key.remove(*place);
            }
        }
        Ok(Self(cells))
    }
}

/// The persons of each case in some cells.
fn sum(cells: &[CellRef], tables: &[Cells]) -> HashMap<u32, u64> {
    let mut sum = HashMap::new();
    for cell in cells {
        let cases = tables.get(cell.table).and_then(|table| table.0.get(&cell.key));
        for (&case, &persons) in cases.into_iter().flatten() {
            *sum.entry(case).or_insert(0) += persons;
        }
    }
    sum.retain(|_, persons| *persons > 0);
    sum
}

/// A base, and the persons of each case in it.
#[derive(Default)]
struct Base {
    cells: Arc<[CellRef]>,
    cases: HashMap<u32, u64>,
    persons: u64,
    squares: u64,
}

impl Base {
    fn new(cells: Arc<[CellRef]>, tables: &[Cells]) -> Self {
        let cases = sum(&cells, tables);
        let persons = cases.values().sum();
        let squares = cases.values().fold(0u64, |sum, &x| sum.saturating_add(x.saturating_mul(x)));
        Self { cells, cases, persons, squares }
    }

    fn ratio(&self, numerator: &[CellRef], tables: &[Cells]) -> Ratio {
        // Whole numbers, so that the order of the cases does not matter.
        let (mut persons, mut squares, mut products) = (0u64, 0u64, 0u64);
        for (case, y) in sum(numerator, tables) {
            let x = self.cases.get(&case).copied().unwrap_or(0);
            persons = persons.saturating_add(y);
            squares = squares.saturating_add(y.saturating_mul(y));
            products = products.saturating_add(x.saturating_mul(y));
        }
        let (n, p) = (as_f64(self.persons), as_f64(persons) / as_f64(self.persons));
        let residuals = as_f64(squares) - 2.0 * p * as_f64(products) + p * p * as_f64(self.squares);
        let cases = as_f64(u64::try_from(self.cases.len()).unwrap_or(u64::MAX));
        Ratio { p, n, cases, variance: cases / (cases - 1.0) * residuals.max(0.0) / (n * n) }
    }
}

/// A share of persons in cases.
#[derive(Debug, Clone, Copy)]
struct Ratio {
    p: f64,
    /// Persons in the base.
    n: f64,
    /// Cases in the base.
    cases: f64,
    /// Taylor linearization; not finite for a single case.
    variance: f64,
}

impl Ratio {
    /// The variance over that of independent persons; none where that is zero.
    fn design_effect(&self) -> Option<f64> {
        let independent = self.p * (1.0 - self.p) / (self.n - 1.0);
        (independent > 0.0 && self.variance.is_finite()).then(|| self.variance / independent)
    }

    /// How many independent persons tell as much.
    fn effective_base(&self, level: Level) -> f64 {
        let base = match self.design_effect() {
            Some(effect) if effect > 0.0 => self.n / effect,
            // All cases are split alike: that is no reason to claim more than there are persons.
            Some(_) => self.n,
            None => self.cases,
        };
        let of_cases = base * freedom(self.n, self.cases, level);
        of_cases.min(self.n)
    }

    /// Wilson's interval for the effective base, in percent; none for a single case.
    #[expect(clippy::float_cmp, reason = "a share of nobody or of everybody is exactly 0 or 1")]
    fn interval(&self, level: Level) -> Result<Option<Interval>, IndicatorError> {
        if self.cases < 2.0 {
            return Ok(None);
        }
        let (p, n, z) = (self.p, self.effective_base(level), level.z());
        let z2 = z * z;
        let centre = n * p + 0.5 * z2;
        let half = z * (n * p * (1.0 - p) + 0.25 * z2).sqrt();
        let low = if p == 0.0 { 0.0 } else { ((centre - half) / (n + z2)).max(0.0) };
        let high = if p == 1.0 { 1.0 } else { ((centre + half) / (n + z2)).min(1.0) };
        Ok(Some(Interval::try_new(low, high, level, IntervalMethod::Wilson)?.scaled(100.0)?))
    }

    fn note(&self) -> String {
        let cases = self.cases;
        match self.design_effect() {
            Some(effect) => format!(
                "persons of one case belong together: design effect {effect:.2}, {cases} cases; the interval is for the \
                 effective base"
            ),
            None => format!("persons of one case belong together: the interval is for {cases} cases"),
        }
    }
}

/// The square of the ratio of Student's quantiles for independent persons and for cases, at most 1.
fn freedom(persons: f64, cases: f64, level: Level) -> f64 {
    // Beyond this many, Student's quantile is the normal one to five digits.
    const MANY: f64 = 100_000.0;
    if cases >= persons.min(MANY) {
        return 1.0;
    }
    let quantile = |freedom: f64| {
        let student = StudentsT::new(0.0, 1.0, freedom.min(MANY)).ok()?;
        Some(student.inverse_cdf(1.0 - level.tail())).filter(|quantile| quantile.is_finite())
    };
    let ratio = quantile(persons - 1.0).zip(quantile(cases - 1.0)).map(|(persons, cases)| persons / cases);
    ratio.map_or(1.0, |ratio| (ratio * ratio).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interval::wilson;

    fn ratio(pairs: &[(u64, u64)]) -> Ratio {
        let cell = |table| [CellRef { table, key: vec![] }];
        let cases = |of: fn(&(u64, u64)) -> u64| {
            let persons = (0u32..).zip(pairs).map(|(case, pair)| (case, of(pair)));
            Cells(HashMap::from([(vec![], persons.filter(|(_, persons)| *persons > 0).collect())]))
        };
        let tables = [cases(|pair| pair.0), cases(|pair| pair.1)];
        Base::new(cell(1).into(), &tables).ratio(&cell(0), &tables)
    }

    /// Of cases with one person each, everything is as without cases.
    #[test]
    fn single_persons_have_the_plain_variance_and_interval() {
        let pairs: Vec<(u64, u64)> = (0..27).map(|case| (u64::from(case < 9), 1)).collect();
        let ratio = ratio(&pairs);
        assert!((ratio.variance - (1.0 / 3.0) * (2.0 / 3.0) / 26.0).abs() < 1e-15);
        assert!((ratio.design_effect().unwrap() - 1.0).abs() < 1e-12);
        let (found, plain) = (ratio.interval(Level::P95).unwrap().unwrap(), wilson(9, 27, Level::P95).unwrap());
        assert!((found.low() - 100.0 * plain.low()).abs() < 1e-9 && (found.high() - 100.0 * plain.high()).abs() < 1e-9);
    }

    /// Cases of one size whose persons are all alike tell as much as one person each.
    #[test]
    fn cases_of_equal_persons_count_as_one_person_each() {
        let alike = ratio(&[(4, 4), (0, 4), (0, 4), (4, 4), (0, 4), (0, 4), (4, 4), (0, 4), (0, 4)]);
        let single = ratio(&[(1, 1), (0, 1), (0, 1), (1, 1), (0, 1), (0, 1), (1, 1), (0, 1), (0, 1)]);
        assert!((alike.variance - single.variance).abs() < 1e-15);
        // 4 · (36 - 1) / 36 · 9 / 8, from the two divisors n - 1.
        assert!((alike.design_effect().unwrap() - 4.375).abs() < 1e-12);
        assert!(alike.effective_base(Level::P95) < 9.0);
    }

    #[test]
    fn one_case_and_shares_without_variance_are_no_certainty() {
        assert_eq!(ratio(&[(2, 5)]).interval(Level::P95).unwrap(), None);
        let nobody = ratio(&[(0, 5), (0, 5)]);
        assert_eq!((nobody.design_effect(), nobody.effective_base(Level::P95) <= 2.0), (None, true));
        // Every case is split alike.
        let halves = ratio(&[(1, 2), (2, 4), (3, 6)]);
        assert!(halves.design_effect().unwrap() < 1e-12 && halves.effective_base(Level::P95) <= 12.0);
    }

    /// Student's quantiles at 97.5 %: any table, e.g. Abramowitz and Stegun (1964), table 26.10: 4 degrees 2.776,
    /// 10 degrees 2.228, 30 degrees 2.042, 120 degrees 1.980.
    #[test]
    fn few_cases_widen_the_interval_by_students_quantile() {
        for (persons, cases, expected) in
            [(121.0, 5.0, 1.980 / 2.776), (121.0, 11.0, 1.980 / 2.228), (31.0, 11.0, 2.042 / 2.228)]
        {
            assert!((freedom(persons, cases, Level::P95).sqrt() - expected).abs() < 5e-4, "{persons} in {cases}");
        }
        assert!((freedom(5e6, 121.0, Level::P95).sqrt() - 1.960 / 1.980).abs() < 5e-4);
    }
}
