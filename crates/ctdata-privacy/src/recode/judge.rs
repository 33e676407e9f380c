//! What searches ask of a set of privacy models.

use std::fmt;

use crate::model::evaluator::{ClassView, Evaluator, Monotonicity};

/// Models that look at one equivalence class at a time. Local recoding takes no others.
pub(crate) trait JudgeClasses: fmt::Debug + Sync {
    /// Positions in the input's schema of the attributes whose counts are wanted.
    fn sensitive(&self) -> &[usize];

    /// Classes of fewer units fail, whatever else is in them.
    fn least_class_size(&self) -> u64;

    /// Whether a class of at least that many units always holds.
    fn is_size_only(&self) -> bool;

    /// Whether a class with records satisfies all models.
    fn class_holds(&self, class: &ClassView<'_>) -> bool;

    /// Whether a class that has members in the population and no record satisfies all models. Where
    /// one does not, the generalization is no solution: there is nothing to suppress.
    fn absent_class_holds(&self, _population: u64) -> bool {
        true
    }

    /// What a search may conclude from the verdict on a node.
    fn monotonicity(&self) -> Monotonicity;
}

/// Models that look at all kept classes together.
pub(crate) trait JudgeTable {
    /// Whether there are such models.
    fn has_table_models(&self) -> bool;

    /// Whether they hold of the classes that are kept: (units, classes of that many units), ascending.
    fn table_holds(&self, kept: &[(u64, u64)]) -> bool;
}

/// A set of models, as full-domain searches see it.
pub(crate) trait Judge: JudgeClasses + JudgeTable {}

impl<J: JudgeClasses + JudgeTable> Judge for J {}

impl JudgeClasses for Evaluator {
    fn sensitive(&self) -> &[usize] {
        Evaluator::sensitive(self)
    }

    fn least_class_size(&self) -> u64 {
        Evaluator::least_class_size(self)
    }

    fn is_size_only(&self) -> bool {
        Evaluator::is_size_only(self)
    }

    fn class_holds(&self, class: &ClassView<'_>) -> bool {
        Evaluator::class_holds(self, class)
    }

    fn absent_class_holds(&self, _population: u64) -> bool {
        Evaluator::allows_missed_population(self)
    }

    fn monotonicity(&self) -> Monotonicity {
        Evaluator::monotonicity(self)
    }
}

impl JudgeTable for Evaluator {
    fn has_table_models(&self) -> bool {
        Evaluator::has_table_models(self)
    }

    fn table_holds(&self, kept: &[(u64, u64)]) -> bool {
        Evaluator::table_holds(self, kept)
    }
}
