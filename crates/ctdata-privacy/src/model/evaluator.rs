//! How a set of privacy models judges classes and tables, in the form that searches ask for.
//!
//! A mechanism counts; this judges. Verifiers do not use it: they have code of their own.

use ctdata_table::{Schema, TableError};

use super::KAnonymity;

/// What a model may look at of one equivalence class.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClassView<'a> {
    /// Units in the class: distinct persons, or records.
    pub(crate) size: u64,
    /// Records of the population table that generalize to the class; none without such a table.
    pub(crate) population: Option<u64>,
    /// For each attribute of [`Evaluator::sensitive`], the codes that occur in the class with their
    /// records, ascending by code. Kinds of missing are codes after the values.
    pub(crate) sensitive: &'a [&'a [(u16, u32)]],
}

/// What may be concluded for nodes above a solution (more general) and below a non-solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Monotonicity {
    /// Ancestors of a solution are solutions if nothing may be suppressed.
    pub(crate) without_suppression: bool,
    /// Ancestors of a solution are solutions under any limit of suppression.
    pub(crate) with_suppression: bool,
}

/// A set of models, ready to judge the classes of one input table.
#[derive(Debug)]
pub(crate) struct Evaluator {
    k: u64,
}

impl Evaluator {
    pub(crate) fn of_k_anonymity(model: KAnonymity, _schema: &Schema) -> Result<Self, TableError> {
        Ok(Self { k: model.k().into() })
    }

    /// Positions in the input's schema of the attributes whose counts are wanted in a [`ClassView`].
    pub(crate) fn sensitive(&self) -> &[usize] {
        &[]
    }

    /// Classes of fewer units fail, whatever else is in them: the monotone part of every set of models.
    pub(crate) fn least_class_size(&self) -> u64 {
        self.k
    }

    /// Whether a class of at least [`least_class_size`](Self::least_class_size) units always holds.
    pub(crate) fn is_size_only(&self) -> bool {
        true
    }

    /// Whether a class satisfies all models that look at one class at a time.
    pub(crate) fn class_holds(&self, class: &ClassView<'_>) -> bool {
        class.size >= self.k
    }

    /// What the search may conclude.
    pub(crate) fn monotonicity(&self) -> Monotonicity {
        Monotonicity { without_suppression: true, with_suppression: true }
    }

    /// Whether there are models that look at all kept classes together.
    pub(crate) fn has_table_models(&self) -> bool {
        false
    }

    /// Whether these models hold of the classes that are kept: (units, classes of that many units),
    /// ascending.
    pub(crate) fn table_holds(&self, _kept: &[(u64, u64)]) -> bool {
        true
    }
}
