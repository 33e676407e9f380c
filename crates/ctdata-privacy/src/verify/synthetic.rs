//! The claims of synthetic records.

use ctdata_table::{Attribute, Control, Missing, Origin, Schema, Table};

use super::microdata;
use super::support::least_support;
use super::support_up_to::least_support_up_to;
use crate::dp::{NoiseSource, Payment, Rho, rho_of_epsilon};
use crate::release::Claim;
use crate::statement::RecordCounts;
use crate::{
    BrokenGuarantee, DifferentialPrivacy, LedgerCharge, PrivacyError, PrivacyUnit, Statement, Summary, SynthesisMethod,
    SyntheticGuarantee, SyntheticRecords,
};

/// What a mechanism says of synthetic records: how many there are.
fn summary(unit: PrivacyUnit, output: &Table) -> Summary {
    Summary {
        unit,
        records: RecordCounts::synthetic(output.rows() as u64),
        blanked: Vec::new(),
        generalized: Vec::new(),
        classes: 0,
        smallest_class: None,
    }
}

fn names(schema: &Schema) -> Vec<String> {
    schema.attributes().iter().map(|attribute| attribute.name().to_owned()).collect()
}

/// An attribute with a blank, which a synthesizer of sparse records gives to those that have none.
fn with_blank(claimed: &Attribute) -> Attribute {
    let missing = claimed.missing().with(Missing::NotRecorded);
    Attribute::new(claimed.shared_name(), claimed.domain().clone(), missing)
}

/// The claim that records were drawn from noisy counts that were paid for.
///
/// Noise cannot be recognized in an output, so that what is checked is the account: that everything was
/// charged, that no more was charged than the guarantee allows, that it stands in the ledger, and that nothing
/// else of the source is in the release.
#[derive(Debug)]
pub(crate) struct PaidClaim {
    /// The columns over public domains, before anything was read.
    schema: Schema,
    method: SynthesisMethod,
    payment: Payment,
    not_private: bool,
    summary: Summary,
}

impl PaidClaim {
    pub(crate) fn new(
        schema: &Schema,
        method: SynthesisMethod,
        payment: Payment,
        source: &NoiseSource,
        output: &Table,
    ) -> Self {
        let summary = summary(payment.unit, output);
        Self { schema: schema.clone(), method, payment, not_private: source.is_repeatable(), summary }
    }

    /// Adds up what was spent, again.
    fn check_spending(&self) -> Result<(), PrivacyError> {
        let allowance = &self.payment.allowance;
        let spent = allowance.expenses().iter().fold(Rho::ZERO, |sum, expense| sum.plus(expense.rho));
        let no_delta = allowance.expenses().iter().all(|expense| expense.delta == 0.0);
        let allowed = rho_of_epsilon(self.payment.budget.epsilon, self.payment.budget.delta)?;
        if spent > allowance.total() || allowance.total() > allowed || !no_delta {
            return Err(BrokenGuarantee::Spending { spent, allowed }.into());
        }
        if !self.payment.stands()? {
            return Err(BrokenGuarantee::NotInLedger.into());
        }
        Ok(())
    }
}

impl Claim<Table> for PaidClaim {
    fn summary(&self) -> &Summary {
        &self.summary
    }

    #[cfg(test)]
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn verify(&self, output: &Table, control: &Control) -> Result<Statement, PrivacyError> {
        control.check()?;
        microdata::no_identity(output)?;
        let pairs = self.schema.attributes().iter().zip(output.schema().attributes());
        if let Some(at) = pairs.clone().position(|(claimed, found)| claimed != found && with_blank(claimed) != *found) {
            return Err(BrokenGuarantee::Columns { position: at + 1 }.into());
        }
        if self.schema.len() != output.schema().len() {
            let position = self.schema.len().min(output.schema().len()) + 1;
            return Err(BrokenGuarantee::Columns { position }.into());
        }
        if let Some(column) = self.schema.attributes().iter().find(|a| a.domain().origin() != Origin::Public) {
            return Err(BrokenGuarantee::Domain { column: column.name().to_owned() }.into());
        }
        microdata::order(output)?;
        self.check_spending()?;
        let ledger = self.payment.ledger.as_ref().zip(self.payment.allowance.receipt());
        let has_ledger = ledger.is_some();
        let ledger = ledger.map(|(ledger, receipt)| LedgerCharge {
            dataset: receipt.dataset.clone(),
            entry: receipt.entry,
            hash: receipt.hash.to_string(),
            epsilon_of_all: ledger.budget.epsilon.get(),
            delta_of_all: ledger.budget.delta.get(),
        });
        let budget = (self.payment.budget.epsilon, self.payment.budget.delta);
        let guarantee = DifferentialPrivacy::of(budget, &self.payment.allowance, ledger, self.not_private);
        let mut checks = vec![
            "That noise was drawn cannot be seen from the release. What was checked is the account: all charges were added \
             up again, and stay within the epsilon and delta stated. That each was made before its noise was drawn follows \
             from how the program is built."
                .to_owned(),
            "The columns are those that were asked for, over domains that are declared public; there are no identifiers and no \
             weights, and the order of the rows follows from their content alone."
                .to_owned(),
        ];
        if has_ledger {
            checks.push("The ledger was read again: the entry that paid for this release stands in it.".to_owned());
        }
        let synthetic = SyntheticRecords {
            method: self.method,
            rows: output.rows() as u64,
            guarantee: SyntheticGuarantee::DifferentialPrivacy(guarantee),
        };
        Ok(Statement::of_synthetic(names(&self.schema), self.payment.unit, synthetic, checks))
    }
}

/// The claim that every combination of values in synthetic records is that of at least k units of the source.
#[derive(Debug)]
pub(crate) struct SupportClaim {
    input: Table,
    method: SynthesisMethod,
    k: u64,
    /// Up to which length, if not any.
    length: Option<usize>,
    /// Whether no value occurs more often than in the source, rounded down to a multiple of k.
    is_capped: bool,
    summary: Summary,
}

impl SupportClaim {
    /// The claim of records that were drawn from those of `input`, which has the same columns.
    pub(crate) fn new(input: Table, method: SynthesisMethod, k: u64, is_capped: bool, output: &Table) -> Self {
        let summary = summary(PrivacyUnit::of(&input), output);
        Self { input, method, k, length: None, is_capped, summary }
    }

    /// The same of combinations up to a length only.
    pub(crate) fn up_to(self, length: usize) -> Self {
        Self { length: Some(length), ..self }
    }
}

impl Claim<Table> for SupportClaim {
    fn summary(&self) -> &Summary {
        &self.summary
    }

    #[cfg(test)]
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn verify(&self, output: &Table, control: &Control) -> Result<Statement, PrivacyError> {
        microdata::no_identity(output)?;
        let claimed = names(self.input.schema());
        let found = names(output.schema());
        if let Some(at) = (0..claimed.len().max(found.len())).find(|&at| claimed.get(at) != found.get(at)) {
            return Err(BrokenGuarantee::Columns { position: at + 1 }.into());
        }
        microdata::order(output)?;
        let achieved = match self.length {
            None => {
                let support = least_support(&self.input, output, self.k, control)?;
                if self.is_capped && support.too_frequent > 0 {
                    return Err(BrokenGuarantee::Frequency { values: support.too_frequent }.into());
                }
                support.least
            }
            Some(length) => least_support_up_to(&self.input, output, length, control)?,
        };
        if let Some(achieved) = achieved.filter(|achieved| *achieved < self.k) {
            return Err(BrokenGuarantee::Support { required: self.k, achieved }.into());
        }
        if self.method == SynthesisMethod::Unseeded && output.rows() != self.input.rows() {
            return Err(BrokenGuarantee::Account.into());
        }
        let mut checks = vec![match self.length {
            None => {
                "Each synthetic record was looked for in the source, and the units that have all of its values were \
                     counted: at least k. So every combination of them, of any length, is that of at least k."
                    .to_owned()
            }
            Some(length) => format!(
                "Every combination of up to {length} values in the synthetic records was looked for in the source, and the \
                 units that have it were counted: at least k."
            ),
        }];
        if self.is_capped {
            checks.push(
                "No value occurs more often than in the source, that count being rounded down to a multiple of k."
                    .to_owned(),
            );
        }
        checks.push(
            "The columns are those that were asked for; there are no identifiers and no weights, and the order of the rows follows \
             from their content alone."
                .to_owned(),
        );
        let synthetic = SyntheticRecords {
            method: self.method,
            rows: output.rows() as u64,
            guarantee: SyntheticGuarantee::KAnonymousCombinations { k: self.k, length: self.length },
        };
        Ok(Statement::of_synthetic(claimed, PrivacyUnit::of(&self.input), synthetic, checks))
    }
}
