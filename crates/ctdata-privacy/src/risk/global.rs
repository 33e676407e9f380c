//! Risk of a whole file from a log-linear model of its population.

use ctdata_table::{AttributeSet, Classes, Control, CountSource, Marginal, Table, TableError};

use super::report::ratio;
use crate::PrivacyError;
use crate::quasi::QuasiIdentifiers;

/// Which associations between the quasi-identifiers the model knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum LogLinearModel {
    /// None: main effects only. It tends to underestimate large cells and so to overestimate risk
    /// where attributes are associated.
    #[default]
    Independence,
    /// All between two attributes, fitted by iterative proportional fitting. It needs time and memory
    /// for every combination of codes whose pairs all occur.
    TwoWay,
}

/// How many records that are unique in the file are unique in the population, or rightly matched
/// to it, if people fall into classes by a log-linear model.
///
/// The population count of class j is Poisson with mean λ, of which a share π is sampled; the model
/// fits µ = π λ to the file. Given that a record is alone in the file, the rest of its class in the
/// population is Poisson with mean r = µ (1-π)/π. Missing is a value of its own; records are
/// counted, without weights.
///
/// ```
/// use ctdata_privacy::{LogLinearModel, LogLinearRisk};
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let columns = vec![Column::from_u8(vec![0, 0, 0, 1, 1]), Column::from_u8(vec![0, 1, 1, 1, 1])];
/// let table = Table::try_new(schema, columns)?;
/// let model = LogLinearModel::Independence;
/// let risk = LogLinearRisk::measure(&table, &["a", "b"], model, 0.5, &Control::default())?;
/// // One unique, a = no and b = no: µ = 3/5 · 1/5 · 5.
/// assert_eq!(risk.uniques, 1);
/// assert!((risk.population_uniques - (-0.6_f64).exp()).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # When not to use
/// Where the file is no random sample of a population, or the model does not fit: the figures depend
/// on the model more than on the file, so compare both.
///
/// # Sources
/// C. J. Skinner and D. J. Holmes (1998), "Estimating the re-identification risk per record in
/// microdata", Journal of Official Statistics 14(4); C. J. Skinner and N. Shlomo (2008), "Assessing
/// identification risk in survey microdata using log-linear models", JASA 103; W. E. Deming and F. F.
/// Stephan (1940), "On a least squares adjustment of a sampled frequency table", Annals of
/// Mathematical Statistics 11(4).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LogLinearRisk {
    /// The model.
    pub model: LogLinearModel,
    /// The share π of the population that the file holds.
    pub sampling_fraction: f64,
    /// Records that are unique in the file.
    pub uniques: u64,
    /// τ1, the expected number of them that are unique in the population: the sum of exp(-r).
    pub population_uniques: f64,
    /// τ2, the expected number of right matches if each of them is matched at random to its class in
    /// the population: the sum of (1 - exp(-r)) / r.
    pub expected_matches: f64,
    /// Rounds of fitting; 0 where there is a closed form.
    pub iterations: u32,
    /// Whether the fitted margins are those of the file, up to a millionth of a record. If not, the
    /// figures are those of the last round.
    pub converged: bool,
}

/// The most rounds of fitting.
const ROUNDS: u32 = 1_000;
/// Margins closer than this are equal, in records.
const TOLERANCE: f64 = 1e-6;

impl LogLinearRisk {
    /// Fits the model and sums the risks.
    ///
    /// # Errors
    /// No quasi-identifier, one that the table lacks or that is named twice; a sampling fraction
    /// that is not above 0 and at most 1; a memory cap that is too small; a stop by `control`.
    pub fn measure<S: AsRef<str>>(
        table: &Table,
        quasi_identifiers: &[S],
        model: LogLinearModel,
        sampling_fraction: f64,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        super::suda::check_fraction(sampling_fraction)?;
        let quasi = QuasiIdentifiers::find(table.schema(), quasi_identifiers)?;
        let records = Table::try_new(table.shared_schema(), table.columns().to_vec())?;
        let classes = Classes::count(&records, &quasi.set, control)?;
        let positions = quasi.set.positions();
        let sets: Vec<AttributeSet> =
            positions.iter().map(|&position| AttributeSet::try_new([position.into()])).collect::<Result<_, _>>()?;
        let margins = records.marginals(&sets, control)?;
        let uniques = (0..classes.len()).filter(|&class| classes.rows(class) == 1).map(|class| classes.key(class));

        let mut risk = Self {
            model,
            sampling_fraction,
            uniques: 0,
            population_uniques: 0.0,
            expected_matches: 0.0,
            iterations: 0,
            converged: true,
        };
        if model == LogLinearModel::TwoWay && margins.len() > 2 {
            let mut fit = TwoWay::new(&records, positions, &margins, control)?;
            (risk.iterations, risk.converged) = fit.run(control)?;
            uniques.for_each(|key| risk.add(fit.expected(key)));
        } else if model == LogLinearModel::TwoWay {
            // With up to two attributes the model has as many parameters as cells.
            uniques.for_each(|_| risk.add(1.0));
        } else {
            let rows = ratio(records.rows() as u64, 1);
            let share = |(margin, &code): (&Marginal, &u16)| ratio(margin.get(&[code]), 1) / rows;
            uniques.for_each(|key| risk.add(rows * margins.iter().zip(key).map(share).product::<f64>()));
        }
        Ok(risk)
    }

    /// Adds a unique record whose class has `mean` records by the model.
    fn add(&mut self, mean: f64) {
        let rest = mean * (1.0 - self.sampling_fraction) / self.sampling_fraction;
        self.uniques += 1;
        self.population_uniques += (-rest).exp();
        self.expected_matches += if rest > 0.0 { -(-rest).exp_m1() / rest } else { 1.0 };
    }
}

/// All two-way margins, and the cells that are fitted to them.
///
/// A cell with a margin of zero is zero itself, so only the others are kept. They are found depth
/// first, attribute by attribute, in the order of their codes.
struct TwoWay {
    /// For each attribute the codes in use, ascending; cells hold places in these lists.
    codes: Vec<Vec<u16>>,
    /// Two attributes, ascending, and their margin, the second faster.
    margins: Vec<(usize, usize, Vec<f64>)>,
    /// For each attribute the place of its code in each cell.
    places: Vec<Vec<u16>>,
    values: Vec<f64>,
}

impl TwoWay {
    fn new(table: &Table, positions: &[u16], singles: &[Marginal], control: &Control) -> Result<Self, PrivacyError> {
        let codes: Vec<Vec<u16>> =
            singles.iter().map(|margin| margin.cells().filter_map(|(key, _)| key.first().copied()).collect()).collect();
        let pairs: Vec<(usize, usize)> =
            (0..codes.len()).flat_map(|second| (0..second).map(move |first| (first, second))).collect();
        let position = |place: usize| positions.get(place).copied().map_or(0, usize::from);
        let sets = pairs.iter().map(|&(first, second)| AttributeSet::try_new([position(first), position(second)]));
        let counted = table.marginals(&sets.collect::<Result<Vec<_>, _>>()?, control)?;
        let margin = |(&(first, second), marginal): (&(usize, usize), &Marginal)| {
            let codes = |place: usize| codes.get(place).map(Vec::as_slice).unwrap_or_default();
            let pairs = codes(first).iter().flat_map(|&a| codes(second).iter().map(move |&b| [a, b]));
            (first, second, pairs.map(|key| ratio(marginal.get(&key), 1)).collect())
        };
        let margins = pairs.iter().zip(&counted).map(margin).collect();
        let mut fit = Self { places: vec![Vec::new(); codes.len()], codes, margins, values: Vec::new() };
        fit.list_cells(control)?;
        Ok(fit)
    }

    /// Lists the cells whose margins are all above zero.
    fn list_cells(&mut self, control: &Control) -> Result<(), TableError> {
        let width = self.codes.len();
        let mut cell: Vec<u16> = vec![0];
        while let Some(last) = cell.last().copied() {
            let place = cell.len() - 1;
            if usize::from(last) >= self.codes.get(place).map_or(0, Vec::len) {
                cell.pop();
            } else if !self.is_possible(&cell) {
                // Goes on with the next code of this attribute.
            } else if cell.len() < width {
                cell.push(0);
                continue;
            } else {
                self.places.iter_mut().zip(&cell).for_each(|(places, &place)| places.push(place));
                self.values.push(1.0);
                if self.values.len().is_multiple_of(1 << 16) {
                    control.check()?;
                    control.reserve(self.values.len() as u64 * (2 * width as u64 + 8))?;
                }
            }
            if let Some(last) = cell.last_mut() {
                *last += 1;
            }
        }
        control.reserve(self.values.len() as u64 * (2 * width as u64 + 8))
    }

    /// Whether the margins of the last attribute of a beginning of a cell with those before are
    /// above zero.
    fn is_possible(&self, cell: &[u16]) -> bool {
        let Some((&last, before)) = cell.split_last() else { return true };
        // The margins of attribute s with those before it start at s (s-1) / 2.
        let start = before.len() * before.len().saturating_sub(1) / 2;
        let codes = self.codes.get(before.len()).map_or(0, Vec::len);
        before.iter().zip(self.margins.iter().skip(start)).all(|(&place, (.., margin))| {
            margin.get(usize::from(place) * codes + usize::from(last)).is_some_and(|&records| records > 0.0)
        })
    }

    /// Scales the cells to each margin in turn; rounds, and whether they fit in the end.
    fn run(&mut self, control: &Control) -> Result<(u32, bool), TableError> {
        let Self { codes, margins, places, values } = self;
        let column = |place: usize| places.get(place).map(Vec::as_slice).unwrap_or_default();
        for round in 1..=ROUNDS {
            control.report("fitting", round.into(), None);
            let mut difference: f64 = 0.0;
            for (first, second, margin) in &*margins {
                control.check()?;
                let width = codes.get(*second).map_or(0, Vec::len);
                let cells = || {
                    let pairs = column(*first).iter().zip(column(*second));
                    pairs.map(|(&a, &b)| usize::from(a) * width + usize::from(b))
                };
                let mut factors = vec![0.0; margin.len()];
                for (cell, value) in cells().zip(&*values) {
                    if let Some(sum) = factors.get_mut(cell) {
                        *sum += value;
                    }
                }
                for (factor, &observed) in factors.iter_mut().zip(margin) {
                    difference = difference.max((observed - *factor).abs());
                    *factor = if *factor > 0.0 { observed / *factor } else { 0.0 };
                }
                for (cell, value) in cells().zip(&mut *values) {
                    *value *= factors.get(cell).copied().unwrap_or(0.0);
                }
            }
            if difference < TOLERANCE {
                return Ok((round, true));
            }
        }
        Ok((ROUNDS, false))
    }

    /// The fitted number of records with a key.
    fn expected(&self, key: &[u16]) -> f64 {
        let places = self.codes.iter().zip(key).map(|(codes, code)| codes.binary_search(code).ok());
        let Some(wanted) = places.collect::<Option<Vec<_>>>() else { return 0.0 };
        let cell = |at: usize| self.places.iter().filter_map(move |places| places.get(at).copied().map(usize::from));
        let (mut low, mut high) = (0, self.values.len());
        while low < high {
            let middle = low.midpoint(high);
            if cell(middle).lt(wanted.iter().copied()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if cell(low).eq(wanted) { self.values.get(low).copied().unwrap_or(0.0) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{any_table, flags};
    use proptest::prelude::*;

    fn measure(table: &Table, names: &[&str], model: LogLinearModel, fraction: f64) -> LogLinearRisk {
        LogLinearRisk::measure(table, names, model, fraction, &Control::default()).unwrap()
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-6, "{found} is not {expected}");
    }

    /// Rows of flags from counts of (a, b, …), the last fastest.
    fn of_counts(width: usize, counts: &[usize]) -> Table {
        let mut columns = vec![Vec::new(); width];
        for (cell, &count) in counts.iter().enumerate() {
            for (place, column) in columns.iter_mut().enumerate() {
                column.extend(std::iter::repeat_n(u8::from(cell >> (width - 1 - place) & 1 == 1), count));
            }
        }
        flags(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn a_table_of_two_by_two_by_hand() {
        // 1 2 / 3 4: rows 3 and 7, columns 4 and 6; the unique has mean 3 · 4 / 10 = 1.2.
        let table = of_counts(2, &[1, 2, 3, 4]);
        let risk = measure(&table, &["a", "b"], LogLinearModel::Independence, 0.5);
        assert_eq!((risk.uniques, risk.iterations, risk.converged), (1, 0, true));
        close(risk.population_uniques, 0.301_194);
        close(risk.expected_matches, 0.582_338);
        // π = 0.2: r = 4.8.
        let risk = measure(&table, &["a", "b"], LogLinearModel::Independence, 0.2);
        close(risk.population_uniques, 0.008_230);
        close(risk.expected_matches, 0.206_619);
        // The model of all two-way associations is saturated: the mean is 1.
        let risk = measure(&table, &["b", "a"], LogLinearModel::TwoWay, 0.5);
        close(risk.population_uniques, 0.367_879);
        close(risk.expected_matches, 0.632_121);
    }

    #[test]
    fn a_file_that_is_its_population_has_its_own_uniques() {
        let risk = measure(&of_counts(2, &[1, 2, 1, 4]), &["a", "b"], LogLinearModel::Independence, 1.0);
        close(risk.population_uniques, 2.0);
        close(risk.expected_matches, 2.0);
    }

    #[test]
    fn fitting_reproduces_a_table_without_three_way_association() {
        // Both layers have the odds ratio 4: 1 2 / 2 16 and 2 2 / 1 4 are their own fit.
        let table = of_counts(3, &[1, 2, 2, 16, 2, 2, 1, 4]);
        let risk = measure(&table, &["a", "b", "c"], LogLinearModel::TwoWay, 0.5);
        assert!(risk.converged && risk.iterations > 0);
        close(risk.population_uniques, 2.0 * (-1.0f64).exp());
    }

    #[test]
    fn fitting_keeps_to_margins_of_zero() {
        // Nobody has a and b; c is independent of both.
        let table = of_counts(3, &[1, 1, 2, 2, 3, 3, 0, 0]);
        let risk = measure(&table, &["a", "b", "c"], LogLinearModel::TwoWay, 0.5);
        assert_eq!((risk.uniques, risk.converged), (2, true));
        close(risk.population_uniques, 2.0 * (-1.0f64).exp());
    }

    #[test]
    fn parameters_are_checked_and_an_empty_table_is_safe() {
        let table = of_counts(3, &[0; 8]);
        let risk = measure(&table, &["a", "b", "c"], LogLinearModel::TwoWay, 0.5);
        assert_eq!((risk.uniques, risk.population_uniques.to_bits(), risk.converged), (0, 0, true));
        for fraction in [0.0, 1.1, f64::NAN] {
            let control = Control::default();
            assert!(LogLinearRisk::measure(&table, &["a"], LogLinearModel::Independence, fraction, &control).is_err());
        }
        let small = Control::default().with_memory_cap(10);
        let table = of_counts(3, &[1, 2, 2, 16, 2, 2, 1, 4]);
        assert!(LogLinearRisk::measure(&table, &["a", "b", "c"], LogLinearModel::TwoWay, 0.5, &small).is_err());
    }

    proptest! {
        #[test]
        fn risks_are_shares_of_the_uniques(table in any_table(40), fraction in 0.01f64..1.0) {
            for model in [LogLinearModel::Independence, LogLinearModel::TwoWay] {
                let risk = measure(&table, &["z", "x", "y"], model, fraction);
                let uniques = ratio(risk.uniques, 1);
                prop_assert!(risk.population_uniques >= 0.0 && risk.population_uniques <= risk.expected_matches + 1e-12);
                prop_assert!(risk.expected_matches <= uniques + 1e-12);
            }
        }
    }
}
