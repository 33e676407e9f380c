//! The JSON document of estimates.

use crate::estimate::Estimate;

/// The version of the document; it moves when a field is renamed or changes its meaning.
pub const FORMAT_VERSION: u32 = 1;

/// Estimates as one JSON document: `format_version` and `observations`, each as
/// [`estimate`](crate::estimate) describes.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Observations {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The estimates.
    pub observations: Vec<Estimate>,
}

impl Observations {
    /// A document of these estimates.
    pub fn new(observations: Vec<Estimate>) -> Self {
        Self { format_version: FORMAT_VERSION, observations }
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
}
