//! Mondrian: the public face of local recoding by regions.

use ctdata_table::{Control, Table};

use super::{Draft, DraftColumn, Protection};
use crate::model::evaluator::Evaluator;
use crate::model::{ClassModel, PrivacyModel};
use crate::recode::{MondrianOutcome, mondrian};
use crate::statement::Mechanism;
use crate::unit::Persons;
use crate::{MondrianMode, PrivacyError, Unverified};

/// Divides the records into regions that are as small as the models allow, and gives each region values
/// of its own: intervals of ordered values, and the nearest common value of a hierarchy.
///
/// Records are first divided by which of their cells are missing; groups that fail the models are dropped,
/// and there is no limit on how many. It keeps more detail where there are many records. Values of different records may overlap
/// (`17-25` and `20-23`), which makes the output harder to tabulate than that of a
/// [`Recoder`](super::Recoder). Only models that look at one class at a time can be reached so; the type
/// takes no others.
///
/// ```
/// use ctdata_privacy::{KAnonymity, Mondrian, MondrianMode, Protection, QuasiIdentifier};
/// use ctdata_table::{Attribute, Column, Control, Domain, Hierarchy, MissingKinds, Origin, Schema, Table};
/// let age = Domain::numeric([20, 21, 40, 45], 0, Origin::Observed)?;
/// let table = Table::try_new(
///     Schema::try_new(vec![Attribute::new("age", age.clone(), MissingKinds::NONE)])?,
///     vec![Column::from_u8(vec![0, 1, 2, 3])],
/// )?;
/// let protection = Protection::new([KAnonymity::try_new(2)?])
///     .quasi_identifiers([QuasiIdentifier::new("age", Hierarchy::of(age))])
///     .check()?;
/// let control = Control::default();
/// let released = Mondrian::new(protection, MondrianMode::Strict).run(&table, &control)?.verify(&control)?;
/// assert_eq!(released.get().text(0, 0).as_deref(), Some("20-21"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// As that of [`Recoder`](super::Recoder): the models hold of the classes of equal released rows, and
/// K(r) = 0 or K(r) ≥ the least class size for every input record.
///
/// # Sources
/// K. LeFevre, D. J. DeWitt and R. Ramakrishnan (2006), "Mondrian multidimensional k-anonymity", ICDE.
#[derive(Debug, Clone)]
pub struct Mondrian {
    protection: Protection<ClassModel>,
    mode: MondrianMode,
}

impl Mondrian {
    /// What must hold, and how regions are divided.
    pub fn new(protection: Protection<ClassModel>, mode: MondrianMode) -> Self {
        Self { protection, mode }
    }

    /// Divides the records and makes the output.
    ///
    /// # Errors
    /// A column that the table lacks or whose values its hierarchy misses; a model that does not fit the
    /// table; [`PrivacyError::NoSolution`] if not even all records together satisfy the models; a stop by
    /// `control`.
    pub fn run(&self, table: &Table, control: &Control) -> Result<Unverified<Table>, PrivacyError> {
        let protection = &self.protection;
        let input = protection.adopt(table)?;
        let models: Vec<PrivacyModel> = protection.models().iter().cloned().map(Into::into).collect();
        protection.check_models(&models)?;
        if let Some(model) = models.iter().find(|model| model.needs_population()) {
            let rule = format!("{model} counts in a population, and regions of a population are not divided");
            return Err(PrivacyError::InvalidParameter { parameter: "model", rule });
        }
        let evaluator = Evaluator::new(&models, &input, None)?;
        let persons = Persons::of(&input);
        let MondrianOutcome { columns, dropped, .. } =
            mondrian(&input, protection.quasi(), &evaluator, &persons, self.mode, control)?;
        let rows = (0u32..).take(input.rows());
        let kept = rows.filter(|row| dropped.binary_search(row).is_err()).collect();
        let columns = protection
            .quasi()
            .iter()
            .zip(columns)
            .map(|(quasi, column)| DraftColumn::of(quasi, column, None))
            .collect();
        let draft = Draft {
            mechanism: Mechanism::Recoding,
            input: &input,
            columns,
            combinations: Vec::new(),
            others: protection.released().to_vec(),
            blankable: Vec::new(),
            kept,
            models,
            k: evaluator.least_class_size(),
            mutual_k: None,
            population: None,
        };
        let draft = draft.with_suppressed(protection.suppressed(), control)?;
        draft.with_combinations(protection.combinations_asked())?.finish(control)
    }
}
