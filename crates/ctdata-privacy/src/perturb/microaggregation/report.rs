//! What microaggregation did: groups and the error it made.

/// Groups and errors of a microaggregation. Internal: computed from the input.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MicroaggregationReport {
    /// The records that each group has at least.
    pub k: u64,
    /// The number of groups, not counting blanked records.
    pub groups: u64,
    /// How many groups there are of each size, ascending.
    pub sizes: Vec<GroupSizes>,
    /// Records all of whose aggregated cells are blank in the output, since their pattern of missing
    /// cells was too rare, to hide those, or from the start.
    pub blanked_records: u64,
    /// Cells that had a value and are blank now.
    pub blanked_cells: u64,
    /// Errors per column, in the order asked for.
    pub columns: Vec<AggregatedColumnReport>,
    /// The mean over the columns of within / total: 0 says that nothing was lost, 1 everything.
    /// Columns without variation do not count; 0 if there are no others.
    pub information_loss: f64,
}

/// Groups of one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GroupSizes {
    /// Records of a group.
    pub records: u64,
    /// Groups with so many records.
    pub groups: u64,
}

/// The error made in one column.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AggregatedColumnReport {
    /// The name of the attribute.
    pub name: String,
    /// SSE: squared distances from values to the unrounded mean of their group, in squared units of the
    /// column (numbers, days; for names, codes). A blanked cell counts as if it were replaced by the mean of
    /// the column.
    pub within: f64,
    /// SST: squared distances to the mean of the column.
    pub total: f64,
}
