//! How differentially private synthesizers are run: paid, bounded, drawn, and claimed for the verifier.

use ctdata_table::{Control, Table};

use super::output::{CombinationCounts, Synthetic, canonical, same_columns};
use super::{AggregateSeededReport, Aim, DpAggregateSeeded, GraphicalReport, Mst};
use crate::dp::{Allowance, ContributionBound, NoiseSource, NoisyLength, Payment};
use crate::verify::PaidClaim;
use crate::{PrivacyError, PrivacyUnit, SynthesisMethod, Unverified};

/// Runs a mechanism on the records that a payment allows, and claims what was paid for.
///
/// At most so many records of each person are used as the payment says; the mechanism sees no ids.
fn paid<D>(
    table: &Table,
    method: SynthesisMethod,
    mut payment: Payment,
    source: &mut NoiseSource,
    control: &Control,
    draw: impl FnOnce(&Table, &mut Allowance, &mut NoiseSource) -> Result<(Table, D), PrivacyError>,
) -> Result<(Unverified<Table>, D), PrivacyError> {
    let unit = PrivacyUnit::of(table);
    if unit != payment.unit {
        return Err(PrivacyError::InvalidParameter {
            parameter: "unit",
            rule: format!(
                "the payment protects each {}, and the table knows each {}",
                payment.unit.code(),
                unit.code()
            ),
        });
    }
    if payment.ledger.as_ref().is_some_and(|ledger| ledger.repeatable != source.is_repeatable()) {
        return Err(PrivacyError::InvalidParameter {
            parameter: "source",
            rule: "is the one that the ledger was told of".to_owned(),
        });
    }
    let most = payment.allowance.records_per_person();
    let bounded = ContributionBound::try_new(most)?.apply(table, &mut source.stream(), control)?.into_table();
    let drawn = draw(&bounded, &mut payment.allowance, source);
    let (drawn, details) = drawn.map_err(PrivacyError::without_figures)?;
    let output = canonical(&drawn)?;
    let claim = PaidClaim::new(same_columns(table, &drawn)?.schema(), method, payment, source, &output);
    Ok((Unverified::new(output, claim), details))
}

impl Mst {
    /// Synthetic records, to be verified. All of the payment is spent.
    ///
    /// # Guarantee
    /// Differential privacy with the epsilon and delta of the payment, whatever is done with the result.
    ///
    /// # Errors
    /// A payment for another unit than the table has; an attribute that the table does not have or whose domain is
    /// not public; weights; memory or time that `control` does not grant.
    pub fn run(
        &self,
        table: &Table,
        payment: Payment,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Synthetic<GraphicalReport>, PrivacyError> {
        let (output, report) =
            paid(table, SynthesisMethod::Mst, payment, source, control, |table, allowance, source| {
                let draft = self.draw(table, allowance, source, control)?;
                Ok((draft.table, draft.report))
            })?;
        Ok(Synthetic { output, report, counts: None })
    }
}

impl Aim {
    /// Synthetic records, to be verified. All of the payment is spent.
    ///
    /// # Guarantee
    /// As [`Mst::run`].
    ///
    /// # Errors
    /// As [`Mst::run`].
    pub fn run(
        &self,
        table: &Table,
        payment: Payment,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Synthetic<GraphicalReport>, PrivacyError> {
        let (output, report) =
            paid(table, SynthesisMethod::Aim, payment, source, control, |table, allowance, source| {
                let draft = self.draw(table, allowance, source, control)?;
                Ok((draft.table, draft.report))
            })?;
        Ok(Synthetic { output, report, counts: None })
    }
}

/// How records were made of noisy counts of combinations. All of it may be published.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct NoisyAggregatesReport {
    /// The number of records, with noise.
    pub records: u64,
    /// How combinations of each length were measured.
    pub lengths: Vec<NoisyLength>,
    /// How records were made of them.
    pub sampling: AggregateSeededReport,
}

impl DpAggregateSeeded {
    /// Synthetic records, to be verified, and the counts that they were drawn from. All of the payment is spent.
    ///
    /// # Guarantee
    /// As [`Mst::run`], for records and counts together.
    ///
    /// # Errors
    /// As [`Mst::run`].
    pub fn run(
        &self,
        table: &Table,
        payment: Payment,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Synthetic<NoisyAggregatesReport>, PrivacyError> {
        let method = SynthesisMethod::AggregateSeeded;
        let (output, (report, counts)) = paid(table, method, payment, source, control, |table, allowance, source| {
            let drawn = self.draw(table, allowance, source, control)?;
            let counts = CombinationCounts::of_noisy(
                drawn.table.schema(),
                drawn.aggregates.records,
                drawn.aggregates.combinations,
            );
            let report = NoisyAggregatesReport {
                records: drawn.aggregates.records,
                lengths: drawn.aggregates.lengths,
                sampling: drawn.sampling,
            };
            Ok((drawn.table, (report, counts)))
        })?;
        Ok(Synthetic { output, report, counts: Some(counts) })
    }
}
