//! The claim that figures are the true counts, perturbed as it is said: worked out again one by one.

use ctdata_table::Control;

use super::suppression::summary;
use super::{ProtectedTables, Shown, TableCertificate, TableMethod, TableRules};
use crate::release::{Claim, Unverified};
use crate::statement::TableFacts;
use crate::tables::{
    CellId, ControlledRounding, FigureKeys, NoiseDesign, PerturbationTable, RandomRounding, Standing, TableSystem,
};
use crate::{BrokenGuarantee, PrivacyError, Statement, Summary};

/// How figures are perturbed, with all that is needed to do it again.
enum Noise {
    Random(RandomRounding, FigureKeys),
    Controlled(ControlledRounding),
    CellKey(PerturbationTable, FigureKeys),
}

/// What perturbed tables are claimed to be.
struct NoiseClaim {
    system: TableSystem,
    noise: Noise,
    rules: TableRules,
    summary: Summary,
}

impl ProtectedTables {
    /// All figures rounded up or down by chance ([`RandomRounding`]), by their cell keys, to be verified. Cells that are
    /// known to everybody are printed as they are.
    pub fn randomly_rounded(
        system: TableSystem,
        rounding: RandomRounding,
        keys: FigureKeys,
        rules: TableRules,
    ) -> Unverified<Self> {
        let figure = |cell, count| keys.get(cell).map(|key| rounding.round(count, key));
        let output = Self::perturbed(&system, rounding.method(), figure);
        output.claimed(system, Noise::Random(rounding, keys), rules)
    }

    /// All figures as [`round_controlled`](crate::tables::round_controlled) rounded them, to be verified.
    pub fn rounded_to_add_up(system: TableSystem, rounding: ControlledRounding, rules: TableRules) -> Unverified<Self> {
        let output = Self::perturbed(&system, rounding.method(), |cell, _| rounding.value(cell));
        output.claimed(system, Noise::Controlled(rounding), rules)
    }

    /// All figures with noise by their cell keys ([`PerturbationTable`]), to be verified. Cells that are known to everybody
    /// are printed as they are.
    pub fn with_cell_key_noise(
        system: TableSystem,
        table: PerturbationTable,
        keys: FigureKeys,
        rules: TableRules,
    ) -> Unverified<Self> {
        let figure = |cell, count| keys.get(cell).map(|key| table.perturb(count, key));
        let output = Self::perturbed(&system, table.method(), figure);
        output.claimed(system, Noise::CellKey(table, keys), rules)
    }

    fn perturbed(system: &TableSystem, method: TableMethod, figure: impl Fn(CellId, u64) -> Option<u64>) -> Self {
        let cells = system.ids().zip(system.cells());
        let shown: Vec<Shown> = cells
            .map(|(id, cell)| match cell.standing {
                Standing::Inner => Shown::Nothing,
                Standing::Fixed => Shown::Value(cell.count),
                Standing::Figure => figure(id, cell.count).map_or(Shown::Withheld, Shown::Value),
            })
            .collect();
        let figures = shown.iter().filter(|shown| **shown != Shown::Nothing).count() as u64;
        Self { shown, certificate: TableCertificate::perturbed(method, figures) }
    }

    fn claimed(self, system: TableSystem, noise: Noise, rules: TableRules) -> Unverified<Self> {
        let summary = summary(&rules);
        Unverified::new(self, NoiseClaim { system, noise, rules, summary })
    }
}

impl Claim<ProtectedTables> for NoiseClaim {
    fn summary(&self) -> &Summary {
        &self.summary
    }

    #[cfg(test)]
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn verify(&self, output: &ProtectedTables, control: &Control) -> Result<Statement, PrivacyError> {
        control.check()?;
        self.check_design()?;
        let cells = self.system.cells();
        let mut figures = 0;
        let mut wrong = cells.len().abs_diff(output.shown.len()) as u64;
        for ((id, cell), shown) in self.system.ids().zip(cells).zip(&output.shown) {
            figures += u64::from(cell.standing != Standing::Inner);
            let right = match (cell.standing, shown) {
                (Standing::Inner, Shown::Nothing) => true,
                (Standing::Fixed, Shown::Value(value)) => *value == cell.count,
                (Standing::Figure, Shown::Value(value)) => self.is_right(id, cell.count, *value),
                _ => false,
            };
            wrong += u64::from(!right);
        }
        if wrong > 0 {
            return Err(BrokenGuarantee::Figures { figures: wrong }.into());
        }
        self.recount_relations()?;
        let method = match &self.noise {
            Noise::Random(rounding, _) => rounding.method(),
            Noise::Controlled(rounding) => rounding.method(),
            Noise::CellKey(table, _) => table.method(),
        };
        let certificate = TableCertificate::perturbed(method, figures);
        if certificate != output.certificate {
            return Err(BrokenGuarantee::Account.into());
        }
        Ok(Statement::of_tables(TableFacts {
            unit: self.rules.unit,
            dimensions: self.rules.dimensions.clone(),
            certificate,
        }))
    }
}

impl NoiseClaim {
    /// Whether a number is what the method makes of a count, worked out in another way than it was made.
    fn is_right(&self, cell: CellId, count: u64, value: u64) -> bool {
        match &self.noise {
            Noise::Random(rounding, keys) => {
                let base = rounding.base();
                // Rounding is monotone for one cell key: the figure is that of the count if the coin of a count with the
                // same remainder below one base says so.
                let small = keys.get(cell).map(|key| rounding.round(count % base, key));
                value.is_multiple_of(base)
                    && value.abs_diff(count) < base
                    && small.is_some_and(|small| value.checked_sub(small) == Some(count - count % base))
            }
            Noise::Controlled(rounding) => {
                let base = rounding.base();
                let near = if rounding.is_relaxed() { 2 * base } else { base };
                value.is_multiple_of(base)
                    && value.abs_diff(count) < near
                    && (count > 0 || value == 0)
                    && rounding.value(cell) == Some(value)
            }
            Noise::CellKey(table, keys) => {
                let Some(key) = keys.get(cell) else { return false };
                let steps = table.row(count).iter();
                let noise = steps.rev().take_while(|step| key <= step.last).last().map(|step| step.noise);
                let wanted = noise.and_then(|noise| count.checked_add_signed(noise.into()));
                wanted == Some(value) && (count > 0 || value == 0)
            }
        }
    }

    /// The rows of a perturbation table have the mean, the variance and the bounds that are stated.
    #[expect(clippy::cast_precision_loss, reason = "the sums are exact before")]
    fn check_design(&self) -> Result<(), BrokenGuarantee> {
        let Noise::CellKey(table, _) = &self.noise else { return Ok(()) };
        let NoiseDesign { max_noise, variance, never_up_to } = table.design();
        for count in 1..=table.last_row() {
            let (mut first, mut second, mut before) = (0i128, 0i128, 0i128);
            for step in table.row(count) {
                let until = i128::from(step.last) + 1;
                let figure = i128::from(count) + i128::from(step.noise);
                if until <= before
                    || step.noise.unsigned_abs() > max_noise
                    || figure < 0
                    || (1..=i128::from(never_up_to)).contains(&figure)
                {
                    return Err(BrokenGuarantee::Account);
                }
                first += (until - before) * i128::from(step.noise);
                second += (until - before) * i128::from(step.noise) * i128::from(step.noise);
                before = until;
            }
            let moment = |sum: i128| sum as f64 / 2f64.powi(64);
            // Rounding to 64 bits is below a part in 10^12 of the largest square.
            let tolerance = 1e-12 * f64::from(max_noise * max_noise).max(1.0);
            if before != 1 << 64 || moment(first).abs() > tolerance || (moment(second) - variance).abs() > tolerance {
                return Err(BrokenGuarantee::Account);
            }
        }
        Ok(())
    }

    /// The relations hold: of keys modulo 2⁶⁴, so that equal records have equal figures, or of the figures themselves.
    fn recount_relations(&self) -> Result<(), BrokenGuarantee> {
        let broken = self.system.relations().iter().filter(|relation| {
            let mut of_counts = 0i128;
            let mut of_figures = Some(0i128);
            let mut of_keys = Some(0u64);
            for &(cell, coefficient) in &relation.terms {
                let count = self.system.cell(cell).map_or(0, |cell| cell.count);
                of_counts += i128::from(coefficient) * i128::from(count);
                match &self.noise {
                    Noise::Controlled(rounding) => {
                        let value = rounding.value(cell).map(|value| i128::from(coefficient) * i128::from(value));
                        of_figures = of_figures.zip(value).map(|(sum, value)| sum + value);
                    }
                    Noise::Random(_, keys) | Noise::CellKey(_, keys) => {
                        let by = i64::from(coefficient).cast_unsigned();
                        let key = keys.get(cell).map(|key| key.wrapping_mul(by));
                        of_keys = of_keys.zip(key).map(|(sum, key)| sum.wrapping_add(key));
                    }
                }
            }
            of_counts != 0 || of_figures != Some(0) || of_keys.is_some_and(|sum| sum != 0)
        });
        let relations = broken.count() as u64;
        if relations > 0 { Err(BrokenGuarantee::Relations { relations }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PrivacyUnit;
    use crate::tables::{ControlledRoundingOptions, SystemCell, TableKey, round_controlled};

    fn system() -> TableSystem {
        let mut system = TableSystem::new();
        let parts = [4, 7, 0].map(|count| system.push(SystemCell::figure(count)).unwrap());
        let inner = system.push(SystemCell::inner(2)).unwrap();
        let total = system.push(SystemCell::figure(13)).unwrap();
        system.sum(total, parts.into_iter().chain([inner])).unwrap();
        system
    }

    fn keys(system: &TableSystem) -> FigureKeys {
        let secret = TableKey::from_bytes(b"of no consequence, being a test!").unwrap();
        let known = [(0, "a"), (1, "b"), (3, "c")].map(|(cell, id)| (CellId(cell), secret.record(id)));
        FigureKeys::complete(system, known.into_iter().chain([(CellId(2), 0)])).unwrap()
    }

    fn rules() -> TableRules {
        TableRules::new(PrivacyUnit::Record, [])
    }

    fn outputs() -> Vec<Unverified<ProtectedTables>> {
        let secret = TableKey::from_bytes(b"of no consequence, being a test!").unwrap();
        let rounding = RandomRounding::try_new(5, secret).unwrap();
        let design = NoiseDesign { max_noise: 3, variance: 1.2, never_up_to: 0 };
        let table = PerturbationTable::solve(design).unwrap();
        let controlled =
            round_controlled(&system(), 5, ControlledRoundingOptions::default(), &Control::default()).unwrap();
        vec![
            ProtectedTables::randomly_rounded(system(), rounding, keys(&system()), rules()),
            ProtectedTables::rounded_to_add_up(system(), controlled, rules()),
            ProtectedTables::with_cell_key_noise(system(), table, keys(&system()), rules()),
        ]
    }

    #[test]
    fn perturbed_tables_are_released_with_their_method() {
        let released: Vec<_> =
            outputs().into_iter().map(|output| output.verify(&Control::default()).unwrap()).collect();
        for (released, name) in released.iter().zip(["random-rounding", "controlled-rounding", "cell-key"]) {
            let tables = released.get();
            assert_eq!(tables.method().name(), name);
            assert_eq!((tables.certificate().figures, tables.withheld().count()), (4, 0));
            assert_eq!((tables.value(CellId(2)), tables.value(CellId(3))), (Some(0), None));
            assert!(tables.value(CellId(4)).unwrap().abs_diff(13) < 5);
        }
    }

    #[test]
    fn a_figure_that_is_not_worked_out_again_is_refused() {
        for output in outputs() {
            let mut tables = output.working_copy().clone();
            tables.shown[0] = match tables.shown[0] {
                Shown::Value(value) => Shown::Value(value + 5),
                other => other,
            };
            let refused = output.with_output(tables).verify(&Control::default());
            let wrong = BrokenGuarantee::Figures { figures: 1 };
            assert!(matches!(refused, Err(PrivacyError::GuaranteeFails(broken)) if broken == wrong));
        }
    }

    #[test]
    fn keys_that_do_not_add_up_are_refused() {
        let known = (0u32..5).map(|cell| (CellId(cell), 1));
        let keys = FigureKeys::complete(&system(), known).unwrap();
        let design = NoiseDesign { max_noise: 3, variance: 1.2, never_up_to: 0 };
        let table = PerturbationTable::solve(design).unwrap();
        let output = ProtectedTables::with_cell_key_noise(system(), table, keys, rules());
        let refused = output.verify(&Control::default());
        let wrong = BrokenGuarantee::Relations { relations: 1 };
        assert!(matches!(refused, Err(PrivacyError::GuaranteeFails(broken)) if broken == wrong));
    }
}
