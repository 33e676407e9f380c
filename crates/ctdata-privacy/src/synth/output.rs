//! What a synthesizer hands back, and how each is run: drawn, and claimed for the verifier.

use std::io::{self, Write};
use std::sync::Arc;

use ctdata_table::{Attribute, Combinations, Control, Schema, Table};

use super::aggregates::{AggregateEntry, write_counts};
use super::{
    AggregateOptions, AggregateSeeded, AggregateSeededReport, ReportableAggregates, RowSeeded, SynthesisReport,
    Synthesized, Unseeded, ValueSeeded,
};
use crate::anonymize::assemble;
use crate::dp::NoiseSource;
use crate::verify::SupportClaim;
use crate::{PrivacyError, SynthesisMethod, Unverified};

/// Synthetic records that are to be verified, and how they were made.
#[derive(Debug)]
#[non_exhaustive]
pub struct Synthetic<R> {
    /// The records: columns of the input, no ids and no weights, in an order that follows from their content.
    pub output: Unverified<Table>,
    /// How they were made. Of a differentially private method it may be published with the records; of
    /// others it holds figures of the input.
    pub report: R,
    /// The counts of combinations that the records were drawn from; none where the method has none.
    pub counts: Option<CombinationCounts>,
}

/// Counts of combinations that were protected before records were drawn from them: a product beside the records, which
/// agrees with them as far as the draws do.
#[derive(Clone, PartialEq)]
pub struct CombinationCounts {
    schema: Arc<Schema>,
    units: u64,
    combinations: Combinations,
}

impl CombinationCounts {
    /// Noisy counts over a public schema.
    pub(super) fn of_noisy(schema: &Schema, units: u64, combinations: Combinations) -> Self {
        Self { schema: Arc::new(schema.clone()), units, combinations }
    }

    /// The attributes that the combinations speak of.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The number of records or persons, as protected as the counts are.
    pub fn units(&self) -> u64 {
        self.units
    }

    /// The combinations with their counts.
    pub fn combinations(&self) -> &Combinations {
        &self.combinations
    }

    /// The combinations by length, then by attributes and values.
    pub fn entries(&self) -> impl Iterator<Item = AggregateEntry<'_>> {
        AggregateEntry::all(&self.schema, &self.combinations)
    }

    /// Writes a table of two columns, `combination` and `count`. The first row is the empty combination with the
    /// number of units.
    ///
    /// # Errors
    /// What the writer gives.
    pub fn write_csv(&self, out: impl Write) -> io::Result<()> {
        write_counts(self.entries(), self.units, out)
    }
}

impl std::fmt::Debug for CombinationCounts {
    /// Shows how many, never which.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CombinationCounts of {:?}", self.combinations)
    }
}

impl From<ReportableAggregates> for CombinationCounts {
    fn from(aggregates: ReportableAggregates) -> Self {
        Self {
            schema: Arc::new(aggregates.schema().clone()),
            units: aggregates.units(),
            combinations: aggregates.combinations().clone(),
        }
    }
}

/// Rows in an order that follows from their content, observed domains without values that do not occur.
pub(super) fn canonical(table: &Table) -> Result<Table, PrivacyError> {
    let positions: Vec<usize> = (0..table.schema().len()).collect();
    let rows: Vec<u32> = (0u32..).take(table.rows()).collect();
    Ok(assemble(table, &positions, &rows)?.0)
}

/// The columns of a table that another has, in the order of that one, with its ids.
pub(super) fn same_columns(table: &Table, drawn: &Table) -> Result<Table, PrivacyError> {
    let names: Vec<&str> = drawn.schema().attributes().iter().map(Attribute::name).collect();
    let mut chosen = table.select_named(&names)?;
    if let (Some(ids), None) = (table.ids(), chosen.ids()) {
        chosen = chosen.with_ids(ids.clone())?;
    }
    Ok(chosen)
}

fn supported(
    table: &Table,
    drawn: Synthesized,
    method: SynthesisMethod,
    is_capped: bool,
) -> Result<Synthetic<SynthesisReport>, PrivacyError> {
    let Synthesized { table: output, report } = drawn;
    let claim = SupportClaim::new(same_columns(table, &output)?, method, report.k, is_capped, &output);
    Ok(Synthetic { output: Unverified::new(output, claim), report, counts: None })
}

impl RowSeeded {
    /// Synthetic records, to be verified.
    ///
    /// # Errors
    /// An attribute that the table does not have or that is named twice, weights, or memory or time that `control`
    /// does not grant.
    pub fn run(
        &self,
        table: &Table,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Synthetic<SynthesisReport>, PrivacyError> {
        supported(table, self.draw(table, source, control)?, SynthesisMethod::RowSeeded, true)
    }
}

impl ValueSeeded {
    /// Synthetic records, to be verified.
    ///
    /// # Errors
    /// As [`RowSeeded::run`].
    pub fn run(
        &self,
        table: &Table,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Synthetic<SynthesisReport>, PrivacyError> {
        supported(table, self.draw(table, source, control)?, SynthesisMethod::ValueSeeded, true)
    }
}

impl Unseeded {
    /// Synthetic records, to be verified.
    ///
    /// # Errors
    /// As [`RowSeeded::run`].
    pub fn run(
        &self,
        table: &Table,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Synthetic<SynthesisReport>, PrivacyError> {
        supported(table, self.draw(table, source, control)?, SynthesisMethod::Unseeded, false)
    }
}

impl AggregateSeeded {
    /// Counts the combinations of a table that at least k units have, and draws synthetic records from these counts
    /// alone, to be verified.
    ///
    /// # Errors
    /// A k of zero; options that do not fit the table; memory or time that `control` does not grant.
    pub fn run(
        &self,
        table: &Table,
        options: &AggregateOptions,
        k: u64,
        source: &mut NoiseSource,
        control: &Control,
    ) -> Result<Synthetic<AggregateSeededReport>, PrivacyError> {
        let counts = CombinationCounts::from(ReportableAggregates::count(table, options, k, control)?);
        let (output, report) = self.draw(counts.schema(), counts.combinations(), source, control)?;
        let output = canonical(&output)?;
        let claim =
            SupportClaim::new(same_columns(table, &output)?, SynthesisMethod::AggregateSeeded, k, false, &output)
                .up_to(options.max_length);
        Ok(Synthetic { output: Unverified::new(output, claim), report, counts: Some(counts) })
    }
}
