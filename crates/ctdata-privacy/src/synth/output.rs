//! What a synthesizer hands back, and how differentially private ones are run.

use ctdata_table::{Attribute, Control, Table};

use crate::anonymize::assemble;
use crate::dp::{Allowance, ContributionBound, NoiseSource, Payment};
use crate::synth::Aggregates;
use crate::verify::PaidClaim;
use crate::{PrivacyError, PrivacyUnit, SynthesisMethod, Unverified};

/// Synthetic records that are to be verified, and how they were made.
#[derive(Debug)]
#[non_exhaustive]
pub struct Synthetic<R> {
    /// The records: columns of the input, no ids and no weights, in an order that follows from their content.
    pub output: Unverified<Table>,
    /// How they were made. Of a differentially private method it may be published with the records; of
    /// others it holds figures of the input.
    pub report: R,
    /// The counts of combinations that the records were made from, as they may be published beside them; none where
    /// the method has none.
    pub aggregates: Option<Aggregates>,
}

/// Rows in an order that follows from their content, observed domains without values that do not occur.
pub(super) fn canonical(table: &Table) -> Result<Table, PrivacyError> {
    let positions: Vec<usize> = (0..table.schema().len()).collect();
    let rows: Vec<u32> = (0u32..).take(table.rows()).collect();
    Ok(assemble(table, &positions, &rows)?.0)
}

/// Runs a mechanism on the records that a payment allows, and claims what was paid for.
///
/// At most so many records of each person are used as the payment says; the mechanism sees no ids.
pub(super) fn paid<D>(
    table: &Table,
    method: SynthesisMethod,
    mut payment: Payment,
    source: &mut NoiseSource,
    draw: impl FnOnce(&Table, &mut Allowance, &mut NoiseSource) -> Result<(Table, D), PrivacyError>,
) -> Result<(Unverified<Table>, D), PrivacyError> {
    let unit = PrivacyUnit::of(table);
    if unit != payment.unit {
        return Err(PrivacyError::InvalidParameter {
            parameter: "unit",
            rule: format!("the payment protects each {}, and the table knows each {}", payment.unit.code(), unit.code()),
        });
    }
    let most = payment.allowance.records_per_person();
    let bounded = ContributionBound::try_new(most)?.apply(table, &mut source.stream())?;
    let (drawn, details) = draw(&bounded, &mut payment.allowance, source)?;
    let output = canonical(&drawn)?;
    let names: Vec<&str> = drawn.schema().attributes().iter().map(Attribute::name).collect();
    let claimed = table.select_named(&names)?;
    let claim = PaidClaim::new(claimed.schema(), method, payment, source, &output);
    Ok((Unverified::new(output, claim), details))
}
