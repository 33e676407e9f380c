//! What was made and what may be published: [`Unverified`] and [`Released`].

use std::fmt;

use ctdata_table::{Control, CountTable, Ids, Table, Variable, tabulate};

use crate::verify::CountingClaim;
use crate::{PrivacyError, Statement, Summary};

/// What an output is claimed to be, with all that is needed to check it.
pub(crate) trait Claim<T>: Send + Sync {
    /// The account of what was done, not verified.
    fn summary(&self) -> &Summary;

    /// The person of each row, where the input knows them: for measuring, never for the output.
    fn persons(&self) -> Option<Ids> {
        None
    }

    /// The claim itself, to try the verifiers.
    #[cfg(test)]
    fn as_any(&self) -> &dyn std::any::Any;

    /// Checks the output against the claim, by a code path that the mechanism does not share.
    fn verify(&self, output: &T, control: &Control) -> Result<Statement, PrivacyError>;
}

/// An output that claims to be safe, together with the input that the claim is about.
///
/// It cannot be published: [`verify`](Self::verify) first. It holds confidential data (columns are
/// shared with the input, not copied), and `Debug` shows none of it.
pub struct Unverified<T> {
    output: T,
    claim: Box<dyn Claim<T>>,
}

impl<T> Unverified<T> {
    pub(crate) fn new(output: T, claim: impl Claim<T> + 'static) -> Self {
        Self { output, claim: Box::new(claim) }
    }

    /// The same claim about another output, to try the verifiers.
    #[cfg(test)]
    pub(crate) fn with_output(self, output: T) -> Self {
        Self { output, ..self }
    }

    /// The claim, where it is of this type.
    #[cfg(test)]
    pub(crate) fn claim<C: 'static>(&self) -> Option<&C> {
        self.claim.as_any().downcast_ref()
    }

    /// What was done, as the mechanism says.
    pub fn summary(&self) -> &Summary {
        self.claim.summary()
    }

    /// The output as it is, for work inside the house: comparing, plotting, a second look. Nothing
    /// has been verified; a file written from it carries no statement.
    pub fn working_copy(&self) -> &T {
        &self.output
    }

    /// Recomputes everything that is claimed from input and output and, if it all holds, releases
    /// the output with a statement of what was found.
    ///
    /// # Errors
    /// [`PrivacyError::GuaranteeFails`] with the first part of the claim that is broken; a stop by
    /// `control`.
    pub fn verify(self, control: &Control) -> Result<Released<T>, PrivacyError> {
        let statement = self.claim.verify(&self.output, control)?;
        Ok(Released { value: self.output, statement })
    }
}

impl Unverified<Table> {
    /// The output with the person ids of its input, if it has some, so that risk counts persons before and
    /// after alike. It is as confidential as the input.
    ///
    /// # Errors
    /// None in practice: there is one id per row.
    pub fn working_copy_with_ids(&self) -> Result<Table, PrivacyError> {
        match self.claim.persons() {
            Some(ids) => Ok(self.output.clone().with_ids(ids)?),
            None => Ok(self.output.clone()),
        }
    }
}

impl<T> fmt::Debug for Unverified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("summary", self.summary()).finish_non_exhaustive()
    }
}

/// Something that a verifier has found to be what it claims to be, with the statement that says so.
///
/// Only [`Unverified::verify`] makes one. It cannot be built from its parts,
/// ```compile_fail,E0451
/// # fn f(table: ctdata_table::Table, statement: ctdata_privacy::Statement) {
/// let released = ctdata_privacy::Released { value: table, statement };
/// # }
/// ```
/// nor by default,
/// ```compile_fail,E0599
/// let released = ctdata_privacy::Released::<u32>::default();
/// ```
/// nor from another value,
/// ```compile_fail,E0277
/// # fn f(table: ctdata_table::Table) {
/// let released: ctdata_privacy::Released<ctdata_table::Table> = table.into();
/// # }
/// ```
/// nor read from a file,
/// ```compile_fail,E0277
/// fn readable<'de, T: serde::Deserialize<'de>>() {}
/// readable::<ctdata_privacy::Released<u32>>();
/// ```
/// nor changed in place,
/// ```compile_fail,E0596
/// # fn f(mut released: ctdata_privacy::Released<Vec<u32>>) {
/// released.get().clear();
/// # }
/// ```
/// ```compile_fail,E0614
/// # fn f(mut released: ctdata_privacy::Released<Vec<u32>>) {
/// *released = Vec::new();
/// # }
/// ```
/// nor turned into something else that counts as released.
/// ```compile_fail,E0599
/// # fn f(released: ctdata_privacy::Released<Vec<u32>>) {
/// let longer = released.map(|mut values| { values.push(1); values });
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Released<T> {
    value: T,
    statement: Statement,
}

impl<T> Released<T> {
    /// What is released.
    pub fn get(&self) -> &T {
        &self.value
    }

    /// What was done, what was verified, and what is not protected.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Adds to the statement; the callers in this crate take nothing from it.
    pub(crate) fn annotate(&mut self, add: impl FnOnce(&mut Statement)) {
        add(&mut self.statement);
    }

    /// The plain value, which no longer counts as released.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl Released<Table> {
    /// Counts the released microdata by some variables. The result says nothing that the microdata
    /// do not say already.
    ///
    /// ```
    /// # use ctdata_privacy::{KAnonymity, KAnonymizer};
    /// # use ctdata_table::{Attribute, Column, Control, Schema, Table, Variable};
    /// # let control = Control::default();
    /// # let schema = Schema::try_new(vec![Attribute::flag("married")])?;
    /// # let table = Table::try_new(schema, vec![Column::from_u8(vec![1, 1, 0])])?;
    /// # let kept = KAnonymizer::builder(KAnonymity::try_new(2)?).quasi_identifiers(["married"]).build()?;
    /// let released = kept.run(&table, &control)?.verify(&control)?;
    /// let counts = released.tabulate("marital", &[Variable::attribute("married")], &control)?.verify(&control)?;
    /// assert_eq!(counts.get().get(&[1]), 2);
    /// assert_eq!(counts.statement().computed_from.as_deref(), Some("computed from the released microdata"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// No variable, or one that the table does not fit; a stop by `control`.
    pub fn tabulate(
        &self,
        id: &str,
        variables: &[Variable],
        control: &Control,
    ) -> Result<Unverified<CountTable>, PrivacyError> {
        if variables.is_empty() {
            return Err(PrivacyError::InvalidParameter {
                parameter: "variables",
                rule: "at least one is counted by".into(),
            });
        }
        let counts = tabulate(&self.value, id, variables, control)?;
        Ok(Unverified::new(counts, CountingClaim::new(&self.value, &self.statement, variables)))
    }
}
