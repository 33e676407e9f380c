//! Local suppression: the output of the algorithm, with its claim.

use ctdata_table::{Control, Hierarchy, Table};

use super::{Draft, DraftColumn};
use crate::perturb::suppress;
use crate::recode::{Meaning, RecodedColumn};
use crate::statement::Mechanism;
use crate::verify::ClaimedCombinations;
use crate::{Concealment, LocalSuppression, PrivacyError, Unverified};

impl LocalSuppression {
    /// Blanks what must be blank. The output holds the quasi-identifiers and the columns of `released`,
    /// without ids and weights, in canonical order.
    ///
    /// # Errors
    /// A column that the table lacks; [`PrivacyError::NoSolution`] if there are records but fewer units
    /// than some combination needs; a stop by `control`.
    pub fn run<S: AsRef<str>>(
        &self,
        table: &Table,
        released: &[S],
        control: &Control,
    ) -> Result<Unverified<Table>, PrivacyError> {
        let suppressed = suppress(table, self, control)?;
        let mut columns = Vec::new();
        for (place, name) in self.quasi_identifiers().iter().enumerate() {
            let (attribute, column) = suppressed.column(table, self, place)?;
            let codes = (0u16..).take(attribute.domain().len());
            let meanings = codes.map(|code| Meaning::Node { level: 0, code }).collect();
            let hierarchy = Hierarchy::of(attribute.domain().clone());
            let recoded = RecodedColumn { attribute, column, meanings };
            columns.push(DraftColumn { name: name.clone(), hierarchy, recoded, level: Some(0), is_quasi: true });
        }
        let mutual = self.concealment() == Concealment::Mutual;
        let combinations = self.requirements().iter().map(|requirement| ClaimedCombinations {
            attributes: requirement.attributes.clone(),
            up_to: requirement.up_to,
            k: requirement.k.into(),
            mutual,
        });
        let rows = (0u32..).take(table.rows());
        let draft = Draft {
            mechanism: Mechanism::LocalSuppression,
            input: table,
            columns,
            combinations: combinations.collect(),
            others: released.iter().map(|name| name.as_ref().to_owned()).collect(),
            blankable: self.quasi_identifiers().to_vec(),
            kept: rows.filter(|row| suppressed.dropped.binary_search(row).is_err()).collect(),
            models: Vec::new(),
            k: self.k().into(),
            mutual_k: mutual.then_some(self.k().into()),
            population: None,
        };
        draft.finish(control)
    }
}
