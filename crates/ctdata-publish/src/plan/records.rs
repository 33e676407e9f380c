//! What a plan says of HTCDS records.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ctdata_model::CaseReader;
use ctdata_model::htcds::CaseOptions;
use ctdata_model::htcds::mapping::Mapping;
use serde::{Deserialize, Serialize};

use crate::PublishError;

/// How HTCDS records are read, and which of them become cases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordsPlan {
    /// A mapping file: what the input's own columns and codes mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map: Option<PathBuf>,
    /// The sheet of a workbook; the one with records if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Whose records become cases, and how.
    #[serde(default)]
    pub cases: CaseOptions,
}

impl RecordsPlan {
    /// Tells a reader.
    pub(crate) fn apply(&self, folder: &Path, reader: &mut CaseReader) -> Result<(), PublishError> {
        reader.sheet.clone_from(&self.sheet);
        if let Some(map) = &self.map {
            let mapping = Mapping::read(&folder.join(map))?;
            reader.mapping = Some(Arc::new(mapping));
        }
        reader.cases = self.cases;
        Ok(())
    }
}
