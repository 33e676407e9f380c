//! The coordinates of an estimate.

use std::borrow::Cow;

/// One coordinate of an estimate: `sex` = `female`, "Female".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dimension {
    /// The dimension's name.
    pub name: Cow<'static, str>,
    /// The category's code.
    pub code: Cow<'static, str>,
    /// The category's name for people.
    pub label: Cow<'static, str>,
}

impl Dimension {
    /// A coordinate.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { name: name.into(), code: code.into(), label: label.into() }
    }
}

/// The coordinates of an estimate, in the order of the table it belongs to; names do not repeat.
///
/// Stored as two objects in that order: `dimensions` (name to code), which is always there, and
/// `labels` (name to label), without those that equal their code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "wire::Dimensions", from = "wire::Dimensions")
)]
pub struct Dimensions(Vec<Dimension>);

impl Dimensions {
    /// Adds a coordinate at the end, or replaces the one of the same name in its place.
    pub fn set(&mut self, dimension: Dimension) {
        match self.0.iter_mut().find(|d| d.name == dimension.name) {
            Some(same) => *same = dimension,
            None => self.0.push(dimension),
        }
    }

    /// The coordinate of this name.
    pub fn get(&self, name: &str) -> Option<&Dimension> {
        self.0.iter().find(|d| d.name == name)
    }

    /// All coordinates, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Dimension> {
        self.0.iter()
    }

    /// Whether the estimate is a total.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a Dimensions {
    type Item = &'a Dimension;
    type IntoIter = std::slice::Iter<'a, Dimension>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Dimension> for Dimensions {
    fn from_iter<I: IntoIterator<Item = Dimension>>(items: I) -> Self {
        let mut dimensions = Self::default();
        for item in items {
            dimensions.set(item);
        }
        dimensions
    }
}

#[cfg(feature = "serde")]
mod wire {
    use super::{Cow, Dimension};
    use serde::de::{MapAccess, Visitor};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::fmt;

    type Pairs = Vec<(Cow<'static, str>, Cow<'static, str>)>;

    #[derive(Serialize, Deserialize)]
    pub(super) struct Dimensions {
        #[serde(default)]
        dimensions: Object,
        #[serde(default, skip_serializing_if = "Object::is_empty")]
        labels: Object,
    }

    impl From<super::Dimensions> for Dimensions {
        fn from(dimensions: super::Dimensions) -> Self {
            let (mut codes, mut labels) = (Pairs::new(), Pairs::new());
            for Dimension { name, code, label } in dimensions.0 {
                if label != code {
                    labels.push((name.clone(), label));
                }
                codes.push((name, code));
            }
            Self { dimensions: Object(codes), labels: Object(labels) }
        }
    }

    impl From<Dimensions> for super::Dimensions {
        fn from(wire: Dimensions) -> Self {
            let label = |name: &str| wire.labels.0.iter().find(|(key, _)| key == name).map(|(_, label)| label);
            wire.dimensions
                .0
                .into_iter()
                .map(|(name, code)| {
                    let label = label(&name).cloned().unwrap_or_else(|| code.clone());
                    Dimension { name, code, label }
                })
                .collect()
        }
    }

    /// A JSON object that keeps its order.
    #[derive(Default)]
    struct Object(Pairs);

    impl Object {
        fn is_empty(&self) -> bool {
            self.0.is_empty()
        }
    }

    impl Serialize for Object {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.0.iter().map(|(name, text)| (name, text)))
        }
    }

    impl<'de> Deserialize<'de> for Object {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Entries;

            impl<'de> Visitor<'de> for Entries {
                type Value = Object;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an object of texts")
                }

                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                    let mut pairs = Pairs::new();
                    while let Some((name, text)) = map.next_entry::<String, String>()? {
                        pairs.push((name.into(), text.into()));
                    }
                    Ok(Object(pairs))
                }
            }

            deserializer.deserialize_map(Entries)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_once_and_keeps_its_place() {
        let mut dimensions: Dimensions =
            [Dimension::new("sex", "female", "Female"), Dimension::new("year", "2019", "2019")].into_iter().collect();
        dimensions.set(Dimension::new("sex", "male", "Male"));
        let codes: Vec<&str> = dimensions.iter().map(|d| d.code.as_ref()).collect();
        assert_eq!(codes, ["male", "2019"]);
        assert_eq!(dimensions.get("year").map(|d| d.label.as_ref()), Some("2019"));
        assert!(dimensions.get("age").is_none());
    }

    #[cfg(feature = "serde")]
    #[test]
    fn labels_equal_to_their_code_are_not_stored() {
        let dimensions: Dimensions = [Dimension::new("year", "2019", "2019")].into_iter().collect();
        let text = serde_json::to_string(&dimensions).unwrap();
        assert_eq!(text, r#"{"dimensions":{"year":"2019"}}"#);
        assert_eq!(serde_json::from_str::<Dimensions>(&text).unwrap(), dimensions);
    }
}
