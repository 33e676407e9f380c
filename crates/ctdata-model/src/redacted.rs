//! Values that must not show by accident.

use std::fmt;

/// Text or an identifier that `Debug` and `Display` never show.
///
/// It protects logs and error messages, not files: with the feature `serde` the inner value is written
/// and read as it is, since a record without it could not be stored.
///
/// ```
/// use ctdata_model::Redacted;
///
/// let name = Redacted::new("Ada".to_owned());
/// assert_eq!(format!("{name} {name:?}"), "[redacted] [redacted]");
/// assert_eq!(name.expose(), "Ada");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Redacted<T>(T);

impl<T> Redacted<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for those who may see it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, for those who may see it.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Redacted<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl<T> fmt::Display for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_format_shows_the_value_or_its_length() {
        for text in ["", "a secret"] {
            let value = Redacted::from(text);
            for shown in [
                format!("{value}"),
                format!("{value:?}"),
                format!("{value:#?}"),
                format!("{value:3}"),
                format!("{:?}", Some(value)).replace("Some(", "").replace(')', ""),
            ] {
                assert_eq!(shown, "[redacted]");
            }
            assert_eq!((*value.expose(), value.into_exposed()), (text, text));
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn files_hold_the_inner_value() {
        let value = Redacted::new("x".to_owned());
        assert_eq!(serde_json::to_string(&value).unwrap(), "\"x\"");
        assert_eq!(serde_json::from_str::<Redacted<String>>("\"x\"").unwrap(), value);
    }
}
