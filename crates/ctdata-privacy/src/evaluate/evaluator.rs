//! Parameters of an evaluation, and its run.

use ctdata_table::{Attribute, Control, DomainKind, Schema, Table};
use rand::Rng;

use super::alignment::align;
use super::attack::{self, Plan, Records, Space};
use super::report::Evaluation;
use super::{combinations, marginals, propensity};
use crate::PrivacyError;

/// The most attributes of a marginal or a combination.
const MAX_LENGTH: usize = 5;
/// The most attributes taken for keys when none are named.
const DEFAULT_KEYS: usize = 7;

/// Compares a released table with its original, and attacks it.
///
/// Tables may come from different files, with different domains and columns in another order; attributes
/// meet by name. A record is a row: weights and ids play no part.
///
/// ```
/// use ctdata_privacy::evaluate::Evaluator;
/// use ctdata_table::{Attribute, Column, Control, Schema, Table};
/// use rand::{SeedableRng, rngs::ChaCha20Rng};
/// let schema = Schema::try_new(vec![Attribute::flag("a"), Attribute::flag("b")])?;
/// let columns = |a: &[u8], b: &[u8]| vec![Column::from_u8(a.to_vec()), Column::from_u8(b.to_vec())];
/// let original = Table::try_new(schema.clone(), columns(&[1, 1, 1, 0], &[1, 1, 2, 2]))?;
/// let released = Table::try_new(schema, columns(&[1, 1, 1, 1], &[1, 1, 2, 2]))?;
/// let evaluator = Evaluator { k: 2, ..Evaluator::default() };
/// let mut rng = ChaCha20Rng::seed_from_u64(1);
/// let report = evaluator.run(&original, &released, None, &mut rng, &Control::default())?;
/// // Shares of `a`: 3/4 and 1/4 in the original, 1 and 0 released; `b` is the same.
/// assert_eq!((report.marginals[0].mean_tvd, report.marginals[0].max_tvd), (0.125, 0.25));
/// assert_eq!((report.preservation.preserved, report.fabricated), (Some(1.0), Some(0.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluator {
    /// The most attributes of a marginal or a combination, from 1 to 5. The default is 3.
    pub max_length: usize,
    /// The least count of a combination that is worth keeping; rarer ones can leak. The default is 10.
    pub k: u32,
    /// Attributes that an attacker knows of a person. By default up to seven attributes with more than two
    /// values, in the order of the original (if there are none, the first attributes but one); inference
    /// then knows all attributes but the secret.
    pub keys: Vec<String>,
    /// An attribute whose values make groups with a score of their own. By default there is none.
    pub group_by: Option<String>,
    /// Whether to attack. The default is yes.
    pub attacks: bool,
    /// The most targets per attack. The default is 500.
    pub attack_targets: usize,
    /// Records whose distance to the closest is measured. The default is 2,000.
    pub distance_targets: usize,
    /// Attributes in a description that is to single out, to begin with: if too few descriptions fit exactly one
    /// released record, they are doubled. The default is 3.
    pub described_attributes: usize,
    /// Nearest records per half in linkability. The default is 1.
    pub neighbours: usize,
}

impl Default for Evaluator {
    fn default() -> Self {
        Self {
            max_length: 3,
            k: 10,
            keys: Vec::new(),
            group_by: None,
            attacks: true,
            attack_targets: 500,
            distance_targets: 2_000,
            described_attributes: 3,
            neighbours: 1,
        }
    }
}

impl Evaluator {
    /// Evaluates `released` against `original`. The hold-out has people of the same population who are not
    /// in the original; without one, nobody can say how much of an attack's success is due to a person's
    /// being in the file, and the report says so.
    ///
    /// `rng` chooses targets; the same generator gives the same report on any number of threads.
    ///
    /// # Errors
    /// A parameter out of its range; a key or group that the tables do not have in common; no attribute in
    /// common; a stop or a memory cap of `control`.
    pub fn run<R: Rng + ?Sized>(
        &self,
        original: &Table,
        released: &Table,
        holdout: Option<&Table>,
        rng: &mut R,
        control: &Control,
    ) -> Result<Evaluation, PrivacyError> {
        self.check()?;
        let tables = align(original, released, holdout, control)?;
        let schema = tables.original.schema();
        let group_by = self.group_by.as_ref().map(|name| schema.position(name)).transpose()?;
        let keys = if self.keys.is_empty() { default_keys(schema) } else { positions(schema, &self.keys)? };

        let k = u64::from(self.k);
        let marginals = marginals::compare(&tables, self.max_length, group_by, k, control)?;
        let combinations = combinations::compare(&tables, self.max_length, k, control)?;
        let propensity = {
            let space = Space::of(&[&tables.original, &tables.released]);
            let original = Records::of(&tables.original, &space, control)?;
            let released = Records::of(&tables.released, &space, control)?;
            propensity::measure(&original, &released, schema.len(), control)?
        };
        let attacks = if self.attacks {
            let plan = Plan {
                keys: &keys,
                keys_given: !self.keys.is_empty(),
                targets: self.attack_targets,
                distance_targets: self.distance_targets,
                described_attributes: self.described_attributes,
                neighbours: self.neighbours,
            };
            Some(attack::run(&tables, &plan, rng, control)?)
        } else {
            None
        };
        Ok(Evaluation {
            notice: Evaluation::notice(),
            original_records: tables.original.rows() as u64,
            released_records: tables.released.rows() as u64,
            holdout_records: tables.holdout.as_ref().map(|table| table.rows() as u64),
            alignment: tables.alignment,
            marginals: marginals.distances,
            groups: marginals.groups,
            association: marginals.association,
            preservation: combinations.preservation,
            fabricated: combinations.fabricated,
            leakage: combinations.leakage,
            propensity,
            attacks,
        })
    }

    fn check(&self) -> Result<(), PrivacyError> {
        let ranges = [
            ("max_length", self.max_length, 1..=MAX_LENGTH),
            ("k", usize::try_from(self.k).unwrap_or(usize::MAX), 1..=usize::MAX),
            ("attack_targets", self.attack_targets, 1..=1_000_000),
            ("distance_targets", self.distance_targets, 1..=1_000_000),
            ("described_attributes", self.described_attributes, 1..=usize::MAX),
            ("neighbours", self.neighbours, 1..=1_000),
        ];
        match ranges.into_iter().find(|(_, value, range)| !range.contains(value)) {
            None => Ok(()),
            Some((parameter, _, range)) => {
                let rule = match *range.end() {
                    usize::MAX => format!("at least {}", range.start()),
                    end => format!("from {} to {end}", range.start()),
                };
                Err(PrivacyError::InvalidParameter { parameter, rule })
            }
        }
    }
}

/// The positions of names, ascending.
fn positions(schema: &Schema, names: &[String]) -> Result<Vec<usize>, PrivacyError> {
    let mut positions = names.iter().map(|name| schema.position(name)).collect::<Result<Vec<_>, _>>()?;
    positions.sort_unstable();
    if positions.windows(2).any(|pair| pair.first() == pair.last()) {
        let rule = "an attribute is named twice".to_owned();
        return Err(PrivacyError::InvalidParameter { parameter: "keys", rule });
    }
    Ok(positions)
}

/// Attributes with more than two values, but not all attributes; else the first ones but one.
fn default_keys(schema: &Schema) -> Vec<usize> {
    let wide = |attribute: &Attribute| attribute.domain().len() > 2 || attribute.domain().kind() == DomainKind::Numeric;
    let wide = schema.attributes().iter().enumerate().filter(|(_, attribute)| wide(attribute)).map(|(at, _)| at);
    let most = DEFAULT_KEYS.min(schema.len().saturating_sub(1)).max(1);
    let keys: Vec<usize> = wide.take(most).collect();
    if keys.is_empty() { (0..most.min(schema.len())).collect() } else { keys }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{flags, texts};
    use ctdata_table::StopReason;
    use rand::SeedableRng;
    use rand::rngs::ChaCha20Rng;

    fn run(evaluator: &Evaluator, control: &Control) -> Result<Evaluation, PrivacyError> {
        let table = flags(&[&[0, 1, 2], &[1, 1, 0]]);
        evaluator.run(&table, &table, None, &mut ChaCha20Rng::seed_from_u64(1), control)
    }

    #[test]
    fn parameters_are_checked_and_named() {
        let good = Evaluator::default();
        for (bad, message) in [
            (Evaluator { max_length: 6, ..good.clone() }, "max_length: from 1 to 5"),
            (Evaluator { k: 0, ..good.clone() }, "k: at least 1"),
            (Evaluator { neighbours: 0, ..good.clone() }, "neighbours: from 1 to 1000"),
            (Evaluator { keys: vec!["a".into(), "a".into()], ..good.clone() }, "keys: an attribute is named twice"),
            (Evaluator { group_by: Some("z".into()), ..good.clone() }, "there is no attribute `z`"),
        ] {
            assert!(run(&bad, &Control::default()).unwrap_err().to_string().starts_with(message), "{message}");
        }
        assert!(run(&Evaluator { attacks: false, ..good }, &Control::default()).unwrap().attacks.is_none());
    }

    #[test]
    fn it_stops_when_asked_to() {
        let control = Control::default().with_deadline(|| true);
        let stopped = run(&Evaluator::default(), &control);
        assert!(matches!(stopped, Err(PrivacyError::Cancelled(StopReason::Deadline))));
    }

    #[test]
    fn keys_are_never_all_attributes() {
        let names = |table: &Table| default_keys(table.schema());
        assert_eq!(names(&flags(&[&[0], &[1], &[1]])), [0, 1]);
        assert_eq!(names(&flags(&[&[0]])), [0]);
        let wide = ["1", "2", "3"];
        assert_eq!(names(&texts(&[("x", &["-", "-", "1"]), ("y", &wide), ("z", &wide)])), [1, 2]);
        assert_eq!(names(&texts(&[("y", &wide), ("z", &wide)])), [0]);
    }
}
