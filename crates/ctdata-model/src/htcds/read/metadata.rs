//! Columns that ODK and KoboToolbox add to the answers of a form.

/// What a column that a survey tool adds is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metadata {
    /// It identifies the filled form. Of several such columns the one with the lowest number is the case identifier: a
    /// filled form is a case, and is the same case when it is exported again.
    Submission(u8),
    /// About the filling of the form, not about the case.
    Other,
}

/// The columns, by their names without groups, in the spelling of the tools: `email` is that of the interviewer, while
/// "Email" is the label of a field.
///
/// # Sources
/// ODK documentation, *Form metadata* and *Submissions: downloading as CSV*; KoboToolbox documentation, *Exporting and
/// downloading your data*; names as these tools write them.
const COLUMNS: &[(&str, Metadata)] = &[
    ("_uuid", Metadata::Submission(0)),
    ("KEY", Metadata::Submission(1)),
    ("instanceID", Metadata::Submission(2)),
    ("start", Metadata::Other),
    ("end", Metadata::Other),
    ("today", Metadata::Other),
    ("username", Metadata::Other),
    ("deviceid", Metadata::Other),
    ("subscriberid", Metadata::Other),
    ("simserial", Metadata::Other),
    ("phonenumber", Metadata::Other),
    ("email", Metadata::Other),
    ("audit", Metadata::Other),
    ("instanceName", Metadata::Other),
    ("rootUuid", Metadata::Other),
    ("deprecatedID", Metadata::Other),
    ("uuid", Metadata::Other),
    ("version", Metadata::Other),
    ("__version__", Metadata::Other),
    ("_version_", Metadata::Other),
    ("_version", Metadata::Other),
    ("_id", Metadata::Other),
    ("_index", Metadata::Other),
    ("_parent_index", Metadata::Other),
    ("_parent_table_name", Metadata::Other),
    ("_submission_time", Metadata::Other),
    ("_submitted_by", Metadata::Other),
    ("_validation_status", Metadata::Other),
    ("_status", Metadata::Other),
    ("_notes", Metadata::Other),
    ("_tags", Metadata::Other),
    ("_attachments", Metadata::Other),
    ("_geolocation", Metadata::Other),
    ("_xform_id_string", Metadata::Other),
    ("_bamboo_dataset_id", Metadata::Other),
    ("_duration", Metadata::Other),
    ("SubmissionDate", Metadata::Other),
    ("SubmitterID", Metadata::Other),
    ("SubmitterName", Metadata::Other),
    ("AttachmentsPresent", Metadata::Other),
    ("AttachmentsExpected", Metadata::Other),
    ("ReviewState", Metadata::Other),
    ("DeviceID", Metadata::Other),
    ("Edits", Metadata::Other),
    ("FormVersion", Metadata::Other),
    ("PARENT_KEY", Metadata::Other),
];

/// What a header of a survey tool is, if it is no question; groups before it do not matter.
pub(super) fn metadata(header: &str) -> Option<Metadata> {
    let name = header.rsplit(['/', ':', '.']).next().unwrap_or(header);
    // ODK writes `meta-instanceID`, with a hyphen after the group.
    let of = |name: &str| COLUMNS.iter().find(|(column, _)| *column == name).map(|(_, metadata)| *metadata);
    of(name).or_else(|| of(name.rsplit('-').next()?))
}

/// Whether a header of a survey tool is no question.
#[cfg(feature = "xlsx")]
pub(crate) fn is_metadata(header: &str) -> bool {
    metadata(header).is_some()
}
