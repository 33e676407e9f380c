//! The JSON document of estimates.

use super::Metadata;
use crate::estimate::Estimate;

/// The version of the document; it moves when a field is renamed or changes its meaning.
pub const FORMAT_VERSION: u32 = 1;

/// Estimates as one JSON document: `format_version`, `metadata` if it is given, and `observations`, each as
/// [`estimate`](crate::estimate) describes.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Observations {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// What the estimates have in common; documents of before may lack it.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub metadata: Option<Metadata>,
    /// The estimates.
    pub observations: Vec<Estimate>,
}

impl Observations {
    /// A document of these estimates alone.
    pub fn new(observations: Vec<Estimate>) -> Self {
        Self { format_version: FORMAT_VERSION, metadata: None, observations }
    }

    /// A document of these estimates, with their metadata.
    pub fn with_metadata(observations: Vec<Estimate>) -> Self {
        let metadata = Some(Metadata::of(&observations));
        Self { format_version: FORMAT_VERSION, metadata, observations }
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_its_version() {
        let document = Observations::new(vec![Estimate::count("sex", 3)]);
        let text = serde_json::to_string(&document).unwrap();
        assert!(text.starts_with(r#"{"format_version":1,"observations":[{"indicator":"sex","#));
        assert_eq!(serde_json::from_str::<Observations>(&text).unwrap(), document);
    }

    #[test]
    fn metadata_stand_before_the_figures() {
        let document = Observations::with_metadata(vec![Estimate::count("sex", 3)]);
        let text = serde_json::to_string(&document).unwrap();
        assert!(text.starts_with(r#"{"format_version":1,"metadata":{"tool":"ctdata-indicators","tool_version":"#));
        assert_eq!(serde_json::from_str::<Observations>(&text).unwrap(), document);
    }
}
