//! Counting sets of attributes exactly and releasing the counts under charges.

use ctdata_table::{Attribute, AttributeSet, Control, CountSource, Origin, Schema, Table};

use super::compress::Coding;
use super::inference::Impossible;
use super::{FitOptions, GraphicalModel, MeasuredSet, Measurement, ModelledAttribute, Scope};
use crate::PrivacyError;
use crate::dp::{Allowance, NoiseSource, Noisy, Rho};

/// Noisy counts, for computing with.
#[derive(Debug, Clone)]
pub(super) struct Released {
    pub(super) values: Vec<f64>,
    /// The standard deviation of the noise of each.
    pub(super) sigma: f64,
}

impl Released {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
    fn new(noisy: &Noisy) -> Self {
        let values = noisy.values.iter().map(|&value| value as f64).collect();
        Self { values, sigma: noisy.variance.to_f64().sqrt() }
    }

    /// The count of a code.
    pub(super) fn at(&self, code: u16) -> f64 {
        self.values.get(usize::from(code)).copied().unwrap_or(0.0)
    }
}

/// The weight of a set of so many cells in a budget: the power 2/3 of the cells, in units of 2^-10. So the
/// sum of the expected errors of all cells of all sets is least.
pub(super) fn weight_of_cells(cells: u64) -> u64 {
    // The cube root of cells^2 2^30, by bisection on whole numbers: the same on every machine.
    let cells = u128::from(cells.min(1 << 32));
    let target = (cells * cells) << 30;
    let (mut low, mut high) = (0u128, 1 << 33);
    while high - low > 1 {
        let middle = u128::midpoint(low, high);
        if middle * middle * middle <= target { low = middle } else { high = middle }
    }
    u64::try_from(low).unwrap_or(u64::MAX)
}

/// Parts of a budget in proportion to weights; their sum is never above it.
pub(super) fn shares(budget: Rho, weights: &[u64]) -> Vec<Rho> {
    let all: u64 = weights.iter().sum();
    weights.iter().map(|&weight| budget.share(weight, all)).collect()
}

/// Standard deviation of the noise that rho buys on one marginal.
pub(super) fn sigma_of(rho: Rho, records_per_person: u32) -> f64 {
    f64::from(records_per_person) * (0.5 / rho.to_f64()).sqrt()
}

/// The exact counts of some sets, last attribute fastest. Confidential.
pub(super) fn exact(table: &Table, sets: &[Vec<usize>], control: &Control) -> Result<Vec<Vec<i64>>, PrivacyError> {
    let wanted: Vec<AttributeSet> =
        sets.iter().map(|set| AttributeSet::try_new(set.iter().copied())).collect::<Result<_, _>>()?;
    // What counting needs depends on the number of rows: neither a refusal nor its message may tell it.
    let uncapped = control.clone().with_memory_cap(u64::MAX);
    let marginals = table.marginals(&wanted, &uncapped)?;
    let dense = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Ok(marginals.iter().map(|marginal| marginal.to_dense().into_iter().map(dense).collect()).collect())
}

/// A constraint over modelled attributes: positions and, for each code, whether the term holds.
type Terms = Vec<(usize, Vec<bool>)>;

/// A table under measurement, what was released of it so far, and the model of that.
///
/// Only `coded` is confidential. Everything else is public or was paid for.
pub(super) struct Workbench {
    schema: Schema,
    coded: Table,
    codings: Vec<Coding>,
    shape: Vec<usize>,
    constraints: Vec<(String, Terms)>,
    pub(super) records_per_person: u32,
    pub(super) measurements: Vec<Measurement>,
    pub(super) measured: Vec<MeasuredSet>,
    pub(super) impossible: Vec<Impossible>,
    pub(super) total: f64,
}

impl Workbench {
    /// Releases the counts of every attribute under `budget` and merges rare values by them.
    ///
    /// # Errors
    /// A table with weights or with a domain that is not public; an attribute that it does not have; no attribute; an
    /// allowance that is too small; a stop by `control` before anything was spent.
    pub(super) fn open(
        table: &Table,
        scope: &Scope,
        budget: Rho,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Self, PrivacyError> {
        control.check()?;
        let table = scope.select(table)?;
        let schema = table.schema().clone();
        if let Some(observed) = schema.attributes().iter().find(|a| a.domain().origin() != Origin::Public) {
            return Err(PrivacyError::ObservedDomain { attribute: observed.name().to_owned() });
        }
        let mut constraints = Vec::new();
        for constraint in &scope.constraints {
            if let Some(terms) = constraint.resolve(&schema)? {
                let terms = terms.into_iter().map(|term| (term.position, term.holds)).collect();
                constraints.push((constraint.name().to_owned(), terms));
            }
        }
        let mut bench = Self {
            coded: table,
            codings: Vec::new(),
            shape: schema.attributes().iter().map(Attribute::code_count).collect(),
            schema,
            constraints,
            records_per_person: allowance.records_per_person(),
            measurements: Vec::new(),
            measured: Vec::new(),
            impossible: Vec::new(),
            total: 0.0,
        };
        bench.measure_attributes(budget, allowance, source, control)?;
        Ok(bench)
    }

    fn measure_attributes(
        &mut self,
        budget: Rho,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<(), PrivacyError> {
        let sets: Vec<Vec<usize>> = (0..self.shape.len()).map(|position| vec![position]).collect();
        let counts = exact(&self.coded, &sets, control)?;
        let weights: Vec<u64> = self.shape.iter().map(|&codes| weight_of_cells(codes as u64)).collect();
        let mut released = Vec::new();
        for ((set, counts), rho) in sets.iter().zip(&counts).zip(shares(budget, &weights)) {
            released.push(self.release(set, counts, rho, allowance, source)?);
        }
        self.total = total(&released);

        let roles = self.roles(|_| true);
        let forbidden = self.roles(|terms| terms.len() == 1);
        let attributes = self.schema.attributes().iter();
        self.codings = attributes
            .zip(&released)
            .zip(roles.iter().zip(&forbidden))
            .map(|((attribute, counts), (roles, forbidden))| Coding::by_counts(attribute, counts, roles, forbidden))
            .collect();
        self.shape = self.codings.iter().map(Coding::len).collect();
        for ((position, coding), released) in self.codings.iter().enumerate().zip(&released) {
            self.measurements.push(one_way(position, coding, released, self.total));
        }
        self.impossible = self.constraints.iter().map(|(_, terms)| self.cells_of(terms)).collect();
        self.coded = self.encode()?;
        Ok(())
    }

    /// Per attribute, the terms about it of those constraints that are wanted.
    fn roles(&self, wanted: impl Fn(&Terms) -> bool) -> Vec<Vec<Vec<bool>>> {
        let mut roles = vec![Vec::new(); self.shape.len()];
        for (position, holds) in self.constraints.iter().filter(|(_, terms)| wanted(terms)).flat_map(|(_, terms)| terms)
        {
            if let Some(of) = roles.get_mut(*position) {
                of.push(holds.clone());
            }
        }
        roles
    }

    /// The table in modelled codes.
    fn encode(&self) -> Result<Table, PrivacyError> {
        let mut attributes = Vec::new();
        let mut columns = Vec::new();
        for ((attribute, coding), column) in
            self.schema.attributes().iter().zip(&self.codings).zip(self.coded.columns())
        {
            let codes = i64::try_from(coding.len()).unwrap_or(i64::MAX);
            let domain = ctdata_table::Domain::numeric(0..codes, 0, Origin::Public)?;
            attributes.push(Attribute::new(attribute.shared_name(), domain, ctdata_table::MissingKinds::NONE));
            columns.push(coding.encode(column));
        }
        Ok(Table::try_new(Schema::try_new(attributes)?, columns)?)
    }

    /// The cells that a constraint excludes.
    fn cells_of(&self, terms: &Terms) -> Impossible {
        let mut attributes: Vec<usize> = terms.iter().map(|(position, _)| *position).collect();
        attributes.sort_unstable();
        attributes.dedup();
        // A modelled code stands for codes that take part in the same constraints; any of them tells.
        let holds = |position: usize, modelled: usize| {
            let code = self.codings.get(position).and_then(|coding| coding.members(modelled).next());
            terms
                .iter()
                .filter(|(of, _)| *of == position)
                .all(|(_, holds)| code.and_then(|code| holds.get(usize::from(code)).copied()).unwrap_or(false))
        };
        let mut cells = vec![true];
        for &position in &attributes {
            let codes: Vec<bool> = (0..self.codes(position)).map(|code| holds(position, code)).collect();
            cells = cells.iter().flat_map(|&before| codes.iter().map(move |&holds| before && holds)).collect();
        }
        Impossible { attributes, cells }
    }

    fn codes(&self, position: usize) -> usize {
        self.shape.get(position).copied().unwrap_or(1)
    }

    /// How many modelled codes each attribute has.
    pub(super) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Cells of a set, as far as they can be counted.
    pub(super) fn cells(&self, set: &[usize]) -> u64 {
        set.iter().fold(1, |cells: u64, &position| cells.saturating_mul(self.codes(position) as u64))
    }

    /// The exact counts of sets of modelled attributes. Confidential.
    pub(super) fn exact(&self, sets: &[Vec<usize>], control: &Control) -> Result<Vec<Vec<i64>>, PrivacyError> {
        let cells = sets.iter().fold(0, |sum: u64, set| sum.saturating_add(self.cells(set)));
        control.reserve(cells.saturating_mul(8))?;
        exact(&self.coded, sets, control)
    }

    /// Names of a set.
    pub(super) fn names(&self, set: &[usize]) -> Vec<String> {
        set.iter().filter_map(|&position| self.schema.get(position)).map(|a| a.name().to_owned()).collect()
    }

    fn release(
        &mut self,
        set: &[usize],
        counts: &[i64],
        rho: Rho,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
    ) -> Result<Released, PrivacyError> {
        let names = self.names(set);
        let charge = allowance.charge(format!("counts of {}", names.join(" × ")), rho)?;
        let released = Released::new(&charge.gaussian(1)?.release(counts, &mut source.stream()));
        self.measured.push(MeasuredSet { attributes: names, cells: counts.len() as u64, sigma: released.sigma, rho });
        Ok(released)
    }

    /// Releases the counts of a set of modelled attributes.
    pub(super) fn measure(
        &mut self,
        set: &[usize],
        counts: &[i64],
        rho: Rho,
        allowance: &mut Allowance,
        source: &mut NoiseSource,
    ) -> Result<(), PrivacyError> {
        let Released { values, sigma } = self.release(set, counts, rho, allowance, source)?;
        self.measurements.push(Measurement { attributes: set.to_vec(), values, variance: sigma * sigma });
        Ok(())
    }

    /// Fits the model of all that was released.
    pub(super) fn fit(
        &self,
        options: &FitOptions,
        warm: Option<&GraphicalModel>,
        control: &Control,
    ) -> Result<GraphicalModel, PrivacyError> {
        let total = Some(self.total.max(1.0));
        GraphicalModel::fit(&self.shape, &self.measurements, &self.impossible, total, options, warm, control)
    }

    /// Draws a table from a model, in the attributes' own codes.
    pub(super) fn draw(
        &self,
        model: &GraphicalModel,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Table, PrivacyError> {
        let columns = model.sample(rows_of(self.total), source, control)?;
        let columns = self.codings.iter().zip(&columns).map(|(coding, column)| {
            let mut rng = source.stream();
            coding.expand(column, &mut rng)
        });
        Ok(Table::try_new(self.schema.clone(), columns.collect())?)
    }

    /// The names of some constraints.
    pub(super) fn constraint_names(&self, places: &[usize]) -> Vec<String> {
        places.iter().filter_map(|&place| self.constraints.get(place)).map(|(name, _)| name.clone()).collect()
    }

    /// What the model tells apart of each attribute.
    pub(super) fn attributes(&self) -> Vec<ModelledAttribute> {
        let modelled = |(attribute, codes): (&Attribute, &usize)| ModelledAttribute {
            name: attribute.name().to_owned(),
            values: attribute.code_count() as u64,
            modelled: *codes as u64,
        };
        self.schema.attributes().iter().zip(&self.shape).map(modelled).collect()
    }
}

/// How many rows a synthetic table has: a noisy total.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "from 0 to the rows of a table"
)]
pub(super) fn rows_of(total: f64) -> u64 {
    total.round().clamp(0.0, ctdata_table::MAX_ROWS as f64) as u64
}

/// The error to expect in a set of so many cells from noise alone, in records.
#[expect(clippy::cast_precision_loss, reason = "cells are below 2^53")]
pub(super) fn expected_noise(sigma: f64, cells: u64) -> f64 {
    // The mean size of a normal variable: the root of 2 / pi.
    0.797_884_560_802_865_4 * sigma * cells as f64
}

/// The number of records by the sums of all released marginals, each weighed by the inverse of its variance.
#[expect(clippy::cast_precision_loss, reason = "codes of an attribute")]
fn total(released: &[Released]) -> f64 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for released in released {
        let precision = 1.0 / (released.sigma * released.sigma * released.values.len().max(1) as f64);
        sum += precision * released.values.iter().sum::<f64>();
        weight += precision;
    }
    if weight > 0.0 { sum / weight } else { 0.0 }
}

/// The measurement of one attribute in modelled codes. What its sum lacks of the total, which is known better, is
/// shared by the variances: a merged code has as many as it has members.
#[expect(clippy::cast_precision_loss, reason = "codes of an attribute")]
fn one_way(position: usize, coding: &Coding, released: &Released, total: f64) -> Measurement {
    let lacking = total - released.values.iter().sum::<f64>();
    let codes = released.values.len().max(1) as f64;
    let values = coding.gather(&released.values).into_iter();
    let values = values.map(|(sum, members)| sum + lacking * f64::from(members) / codes).collect();
    Measurement { attributes: vec![position], values, variance: released.sigma * released.sigma }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dp::{Delta, Epsilon, rho_of_epsilon};

    // The parameters of MST with even thirds at epsilon 1, delta 1e-9 and ten attributes: computed from McKenna, Miklau and
    // Sheldon (2021), section 4, with the conversion of Canonne, Kamath and Steinke (2020). Half a unit of the last digit.
    #[test]
    fn even_thirds_give_the_published_parameters() {
        let rho = rho_of_epsilon(Epsilon::try_new(1.0).unwrap(), Delta::try_new(1e-9).unwrap()).unwrap();
        assert!((rho.to_f64() - 0.014_973_06).abs() < 5e-9);
        let third = rho.share(1, 3);
        assert!((sigma_of(third, 1) - 10.0090).abs() < 5e-5);
        let ones = shares(third, &[1; 10]);
        assert!(ones.iter().all(|&rho| (sigma_of(rho, 1) - 31.6512).abs() < 5e-5));
        let pairs = shares(third, &[1; 9]);
        assert!(pairs.iter().all(|&rho| (sigma_of(rho, 1) - 30.0270).abs() < 5e-5));
        let epsilon = (8.0 * third.share(1, 9).to_f64()).sqrt();
        assert!((epsilon - 0.066_607).abs() < 5e-7);
        // Two records of a person: twice the noise.
        assert!((sigma_of(third, 2) - 20.0180).abs() < 1e-4);
    }

    #[test]
    fn larger_sets_weigh_by_the_power_two_thirds() {
        for (cells, weight) in [(0, 0), (1, 1024), (8, 4096), (27, 9216), (1000, 102_400), (1 << 32, 2_705_659_852)] {
            assert!(weight_of_cells(cells).abs_diff(weight) <= 1, "{cells}");
        }
        assert_eq!(weight_of_cells(u64::MAX), weight_of_cells(1 << 32));
    }

    #[test]
    fn shares_never_exceed_the_budget() {
        let budget = Rho::from_units(1_000_003);
        let parts = shares(budget, &[3, 5, 11, 0]);
        let sum = parts.iter().fold(Rho::ZERO, |sum, &part| sum.plus(part));
        assert!(sum <= budget && sum.units() >= budget.units() - 4);
        assert_eq!(parts[3], Rho::ZERO);
    }

    #[test]
    fn the_total_weighs_marginals_by_their_noise() {
        let released =
            [Released { values: vec![90.0, 20.0], sigma: 1.0 }, Released { values: vec![30.0; 4], sigma: 1.0 }];
        // Variances 2 and 4.
        assert!((total(&released) - (110.0 * 2.0 + 120.0) / 3.0).abs() < 1e-9);
        assert!(total(&[]).abs() < f64::EPSILON);
    }

    #[test]
    fn one_record_moves_one_count_of_every_set_by_one() {
        let table = crate::testing::flags(&[&[0, 1, 2, 1], &[1, 1, 0, 2], &[0, 0, 0, 1]]);
        let sets = vec![vec![0], vec![0, 1], vec![1, 2], vec![0, 1, 2]];
        let control = Control::default();
        let all = exact(&table, &sets, &control).unwrap();
        for left_out in 0..4u32 {
            let rows: Vec<u32> = (0..4).filter(|&row| row != left_out).collect();
            let fewer = exact(&table.take(&rows).unwrap(), &sets, &control).unwrap();
            for (all, fewer) in all.iter().zip(&fewer) {
                let squares: i64 = all.iter().zip(fewer).map(|(a, b)| (a - b) * (a - b)).sum();
                assert_eq!((all.len(), squares), (fewer.len(), 1));
            }
        }
    }
}
