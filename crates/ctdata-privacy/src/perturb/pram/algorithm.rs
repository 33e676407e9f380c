//! The draws, and the matrices that are published with them.

use ctdata_table::{Attribute, Column, Control, Table};
use rand::Rng;

use super::matrix::{Draws, check_size};
use super::{MissingInPram, Pram, PramColumn, Transition, TransitionMatrix};
use crate::PrivacyError;
use crate::perturb::column::changes;
use crate::perturb::{PerturbationDetails, PerturbationMethod, PerturbationReport, Perturbed};

/// What PRAM did. The matrices are for publication; who reads the data needs them.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PramReport {
    /// Whether missing cells were categories.
    pub missing: MissingInPram,
    /// The attribute whose codes are strata.
    pub strata: Option<String>,
    /// One matrix per attribute, in the order asked for, and per stratum that has records, in the order of
    /// its codes.
    pub matrices: Vec<ReleasedMatrix>,
    /// Whether all matrices were fixed without looking at the data, so that the epsilons hold as they
    /// stand.
    pub independent_of_data: bool,
    /// The largest [`TransitionMatrix::local_epsilon`] of a cell; `None` if one is infinite. Cells of one
    /// person add up.
    pub local_epsilon: Option<f64>,
}

/// A transition matrix as it was used.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ReleasedMatrix {
    /// The attribute that was randomized.
    pub attribute: String,
    /// The code of the stratum, if there are strata.
    pub stratum: Option<u16>,
    /// The matrix. Rows and columns are the codes of the attribute in the output.
    pub matrix: TransitionMatrix,
}

/// The records of each stratum: its code for each row, and which codes have records.
struct Strata<'a> {
    of_row: Option<&'a Column>,
    count: usize,
}

impl Strata<'_> {
    fn of(&self, row: usize) -> usize {
        self.of_row.and_then(|column| column.get(row)).map_or(0, usize::from)
    }
}

impl Pram {
    /// Randomizes a table. Domains stay as they are.
    ///
    /// # Errors
    /// An attribute that the table does not have, a given matrix of another size than the attribute has
    /// categories, an attribute with more than 4,096, memory or time that `control` does not grant.
    pub fn run<R: Rng + ?Sized>(
        &self,
        table: &Table,
        rng: &mut R,
        control: &Control,
    ) -> Result<Perturbed, PrivacyError> {
        let strata = match &self.strata {
            Some(name) => {
                let (attribute, column) = table.named(name)?;
                Strata { of_row: Some(column), count: attribute.code_count() }
            }
            None => Strata { of_row: None, count: 1 },
        };
        let mut output = table.clone();
        let mut attributes = Vec::with_capacity(self.columns.len());
        let mut matrices = Vec::new();
        for wanted in &self.columns {
            control.check()?;
            let (attribute, column) = table.named(&wanted.name)?;
            let of_stratum = self.matrices(wanted, attribute, column, &strata, control)?;
            let randomized = self.draw(attribute, column, &strata, &of_stratum, rng);
            attributes.push(changes((attribute, column), (attribute, &randomized)));
            let position = table.schema().position(&wanted.name)?;
            output = output.with_replaced(position, attribute.clone(), randomized)?;
            matrices.extend((0u16..).zip(of_stratum).filter_map(|(stratum, matrix)| {
                Some(ReleasedMatrix {
                    attribute: wanted.name.clone(),
                    stratum: self.strata.is_some().then_some(stratum),
                    matrix: matrix?,
                })
            }));
        }
        let report = PramReport {
            missing: self.missing,
            strata: self.strata.clone(),
            local_epsilon: matrices
                .iter()
                .map(|released| released.matrix.local_epsilon())
                .try_fold(0.0, |most: f64, epsilon| Some(most.max(epsilon?))),
            matrices,
            independent_of_data: self
                .columns
                .iter()
                .all(|column| matches!(column.transition, Transition::Given(_) | Transition::Uniform { .. })),
        };
        let details = PerturbationDetails::Pram(report);
        Ok(Perturbed { table: output, report: PerturbationReport::new(PerturbationMethod::Pram, attributes, details) })
    }

    fn categories(&self, attribute: &Attribute) -> usize {
        match self.missing {
            MissingInPram::Keep => attribute.domain().len(),
            MissingInPram::Perturb => attribute.code_count(),
        }
    }

    /// The matrix of each stratum with records that are randomized.
    fn matrices(
        &self,
        wanted: &PramColumn,
        attribute: &Attribute,
        column: &Column,
        strata: &Strata<'_>,
        control: &Control,
    ) -> Result<Vec<Option<TransitionMatrix>>, PrivacyError> {
        let categories = self.categories(attribute);
        if let Transition::Given(matrix) = &wanted.transition
            && matrix.size() != categories
        {
            let rule = format!("it has {} categories, but `{}` has {categories}", matrix.size(), attribute.name());
            return Err(PrivacyError::InvalidParameter { parameter: "transition matrix", rule });
        }
        if categories == 0 {
            return Ok(vec![None; strata.count]);
        }
        check_size(categories)?;
        control.reserve((strata.count * categories * 8) as u64)?;
        let mut frequencies = vec![0u64; strata.count * categories];
        for (row, code) in column.iter().enumerate() {
            let code = usize::from(code);
            if code < categories
                && let Some(count) = frequencies.get_mut(strata.of(row) * categories + code)
            {
                *count += 1;
            }
        }
        let occupied = frequencies.chunks(categories).filter(|counts| counts.iter().any(|&count| count > 0)).count();
        control.reserve((occupied * categories * categories).saturating_mul(48) as u64)?;
        frequencies
            .chunks(categories)
            .map(|counts| {
                if counts.iter().all(|&count| count == 0) {
                    return Ok(None);
                }
                Ok(Some(match &wanted.transition {
                    Transition::Given(matrix) => matrix.clone(),
                    Transition::Uniform { retention } => TransitionMatrix::uniform(categories, *retention)?,
                    Transition::Proportional { retention } => TransitionMatrix::proportional(counts, *retention)?,
                    Transition::Invariant { retention, mixing } => {
                        TransitionMatrix::uniform(categories, *retention)?.invariant(counts, *mixing)?
                    }
                }))
            })
            .collect()
    }

    fn draw<R: Rng + ?Sized>(
        &self,
        attribute: &Attribute,
        column: &Column,
        strata: &Strata<'_>,
        matrices: &[Option<TransitionMatrix>],
        rng: &mut R,
    ) -> Column {
        let categories = self.categories(attribute);
        let draws: Vec<Option<Draws>> =
            matrices.iter().map(|matrix| matrix.as_ref().map(TransitionMatrix::draws)).collect();
        let codes: Vec<u16> = column
            .iter()
            .enumerate()
            .map(|(row, code)| match draws.get(strata.of(row)) {
                Some(Some(draws)) if usize::from(code) < categories => draws.next(code, rng),
                _ => code,
            })
            .collect();
        Column::from_codes(&codes, attribute.code_count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::{Domain, Missing, MissingKinds, Origin, Schema};
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    /// Codes 0 to 2 are values, 3 is not recorded; the flag `s` alternates.
    fn table(counts: [usize; 4]) -> Table {
        let domain = Domain::nominal(["a", "b", "c"], Origin::Public).unwrap();
        let schema =
            Schema::try_new(vec![Attribute::new("x", domain, MissingKinds::NOT_RECORDED), Attribute::flag("s")]);
        let x: Vec<u8> = (0u8..).zip(counts).flat_map(|(code, n)| std::iter::repeat_n(code, n)).collect();
        let s = (0..x.len()).map(|row| u8::from(row % 3 == 0)).collect();
        Table::try_new(schema.unwrap(), vec![Column::from_u8(x), Column::from_u8(s)]).unwrap()
    }

    fn run(pram: &Pram, table: &Table, seed: u64) -> (Table, PramReport) {
        let output = pram.run(table, &mut ChaCha20Rng::seed_from_u64(seed), &Control::default()).unwrap();
        let PerturbationDetails::Pram(report) = output.report.details else { panic!("not PRAM") };
        (output.table, report)
    }

    fn counts(table: &Table) -> [u64; 4] {
        let mut counts = [0; 4];
        table.columns()[0].iter().for_each(|code| counts[usize::from(code)] += 1);
        counts
    }

    fn pram(transition: Transition) -> Pram {
        Pram::try_new([PramColumn::new("x", transition)]).unwrap()
    }

    #[test]
    fn invariant_matrices_keep_frequencies_in_the_long_run() {
        let truth = [30_000.0, 15_000.0, 5_000.0];
        let table = table([30_000, 15_000, 5_000, 1_000]);
        let plan = pram(Transition::Invariant { retention: 0.8, mixing: 0.5 });
        let (output, report) = run(&plan, &table, 3);
        let seen = counts(&output);
        assert_eq!(seen[3], 1_000);
        assert_ne!(output, table);
        // Multinomial variance would be larger than that of mostly fixed cells, so that the statistic is
        // well below chi-square with two degrees of freedom: above 13.8 with probability under 0.001.
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let chi: f64 = seen.iter().zip(truth).map(|(&n, e)| (n as f64 - e).powi(2) / e).sum();
        assert!(chi < 13.8, "{chi}");
        assert!(!report.independent_of_data);
        assert_eq!(report.matrices[0].matrix.size(), 3);
    }

    #[test]
    fn each_stratum_has_the_matrix_of_its_own_frequencies() {
        let table = table([40, 20, 12, 3]);
        let plan = pram(Transition::Invariant { retention: 0.8, mixing: 1.0 }).within("s").unwrap();
        let (_, report) = run(&plan, &table, 3);
        assert_eq!(report.matrices.iter().map(|released| released.stratum).collect::<Vec<_>>(), [Some(0), Some(1)]);
        for released in &report.matrices {
            let mut own = [0u64; 3];
            for (code, stratum) in table.columns()[0].iter().zip(table.columns()[1].iter()) {
                if Some(stratum) == released.stratum && code < 3 {
                    own[usize::from(code)] += 1;
                }
            }
            let expected = TransitionMatrix::uniform(3, 0.8).unwrap().invariant(&own, 1.0).unwrap();
            assert_eq!(released.matrix, expected);
        }
        assert!(pram(Transition::Uniform { retention: 0.5 }).within("x").is_err());
    }

    #[test]
    fn the_estimate_undoes_the_perturbation_on_average() {
        let table = table([700, 200, 100, 0]);
        let plan = pram(Transition::Uniform { retention: 0.7 });
        let runs = 200u32;
        let mut mean = [0.0; 3];
        for seed in 0..runs {
            let (output, report) = run(&plan, &table, seed.into());
            let estimate = report.matrices[0].matrix.estimate_true_counts(&counts(&output)[..3]).unwrap();
            mean.iter_mut().zip(estimate).for_each(|(mean, estimate)| *mean += estimate / f64::from(runs));
        }
        // Each estimate has a standard deviation below 25, their mean below 1.8: five of these.
        for (mean, truth) in mean.iter().zip([700.0, 200.0, 100.0]) {
            assert!((mean - truth).abs() < 9.0, "{mean} {truth}");
        }
    }

    #[test]
    fn missing_cells_are_randomized_only_when_asked() {
        let table = table([50, 50, 50, 400]);
        let plan = pram(Transition::Uniform { retention: 0.4 });
        let kept = run(&plan, &table, 5).0;
        for row in 0..table.rows() {
            let missing = |table: &Table| table.cell(row, 0) == Some(ctdata_table::Cell::Missing(Missing::NotRecorded));
            assert_eq!(missing(&kept), missing(&table));
        }
        let (perturbed, report) = run(&plan.with_missing(MissingInPram::Perturb), &table, 5);
        assert!(counts(&perturbed)[3] < 250);
        assert_eq!(report.matrices[0].matrix.size(), 4);
        assert!((report.local_epsilon.unwrap() - 2f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn a_given_matrix_must_fit_and_a_seed_decides_all() {
        let table = table([5, 5, 5, 5]);
        let given = pram(Transition::Given(TransitionMatrix::uniform(2, 0.9).unwrap()));
        let error = given.run(&table, &mut ChaCha20Rng::seed_from_u64(1), &Control::default()).unwrap_err();
        assert_eq!(error.to_string(), "transition matrix: it has 2 categories, but `x` has 3");
        let plan = pram(Transition::Uniform { retention: 0.5 });
        assert_eq!(run(&plan, &table, 9), run(&plan, &table, 9));
        // A fixed stream: a change of these codes is a change of what a seed means.
        let codes: Vec<u16> = run(&plan, &table, 9).0.columns()[0].iter().collect();
        assert_eq!(codes, STREAM);
    }

    const STREAM: [u16; 20] = [0, 0, 0, 1, 0, 2, 0, 1, 1, 2, 1, 1, 2, 1, 2, 3, 3, 3, 3, 3];
}
