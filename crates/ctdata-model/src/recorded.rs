//! Missing is not one thing.

/// A value, or the reason why there is none.
///
/// How a file spells a missing value (`-99`, an empty cell) is a matter of its reader. A missing value
/// is never "no": flags are `Recorded<bool>`.
///
/// With the feature `serde` a value is written as itself and a missing one as an object such as
/// `{"missing": "not-recorded"}`. A `T` that could itself be written as such an object would be
/// ambiguous.
///
/// ```
/// use ctdata_model::Recorded;
///
/// let age = Recorded::Value(17);
/// assert_eq!(age.map(|years| years < 18), Recorded::Value(true));
/// assert_eq!(Recorded::<u8>::default(), Recorded::NotRecorded);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Recorded<T> {
    /// The source states this value.
    Value(T),
    /// The source says nothing.
    #[default]
    NotRecorded,
    /// The question does not apply to this case.
    NotApplicable,
    /// The source has a value and does not give it.
    Withheld,
    /// The source states that the value is unknown.
    Unknown,
}

impl<T> Recorded<T> {
    /// The value, if there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The value itself, if there is one.
    pub fn into_value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Whether there is a value.
    pub const fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// Applies a function to the value; a missing one stays missing for the same reason.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Recorded<U> {
        self.and_then(|value| Recorded::Value(f(value)))
    }

    /// Applies a function that may find the value missing; a missing one stays missing for the same
    /// reason.
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Recorded<U>) -> Recorded<U> {
        match self {
            Self::Value(value) => f(value),
            Self::NotRecorded => Recorded::NotRecorded,
            Self::NotApplicable => Recorded::NotApplicable,
            Self::Withheld => Recorded::Withheld,
            Self::Unknown => Recorded::Unknown,
        }
    }

    /// The same with a reference to the value.
    pub const fn as_ref(&self) -> Recorded<&T> {
        match self {
            Self::Value(value) => Recorded::Value(value),
            Self::NotRecorded => Recorded::NotRecorded,
            Self::NotApplicable => Recorded::NotApplicable,
            Self::Withheld => Recorded::Withheld,
            Self::Unknown => Recorded::Unknown,
        }
    }
}

impl<T> From<T> for Recorded<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

/// Nothing is read as not recorded.
impl<T> From<Option<T>> for Recorded<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::NotRecorded, Self::Value)
    }
}

#[cfg(feature = "serde")]
mod wire {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Recorded;

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        NotRecorded,
        NotApplicable,
        Withheld,
        Unknown,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Missing {
        missing: Kind,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(untagged, expecting = "not a value of the type and not an object with `missing`")]
    enum Wire<T> {
        Missing(Missing),
        Value(T),
    }

    impl<T: Serialize> Serialize for Recorded<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let missing = match self {
                Self::Value(value) => return value.serialize(serializer),
                Self::NotRecorded => Kind::NotRecorded,
                Self::NotApplicable => Kind::NotApplicable,
                Self::Withheld => Kind::Withheld,
                Self::Unknown => Kind::Unknown,
            };
            Missing { missing }.serialize(serializer)
        }
    }

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Recorded<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Ok(match Wire::deserialize(deserializer)? {
                Wire::Value(value) => Self::Value(value),
                Wire::Missing(Missing { missing }) => match missing {
                    Kind::NotRecorded => Self::NotRecorded,
                    Kind::NotApplicable => Self::NotApplicable,
                    Kind::Withheld => Self::Withheld,
                    Kind::Unknown => Self::Unknown,
                },
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISSING: [Recorded<u8>; 4] =
        [Recorded::NotRecorded, Recorded::NotApplicable, Recorded::Withheld, Recorded::Unknown];

    #[test]
    fn a_missing_value_keeps_its_reason() {
        for missing in MISSING {
            assert_eq!(missing.map(|v| v + 1), missing);
            assert_eq!(missing.as_ref().map(|v| v + 1), missing);
            assert_eq!((missing.value(), missing.into_value(), missing.is_value()), (None, None, false));
        }
        assert_eq!(Recorded::Value(1).map(|v| v + 1), Recorded::Value(2));
        assert_eq!(Recorded::Value(1).and_then(|_| Recorded::<u8>::Unknown), Recorded::Unknown);
        assert_eq!(Recorded::Value(1).value(), Some(&1));
        assert_eq!(Recorded::from(Some(3)), Recorded::Value(3));
        assert_eq!(Recorded::<u8>::from(None), Recorded::NotRecorded);
    }

    #[test]
    fn the_default_asks_nothing_of_the_type() {
        struct Plain;
        assert!(!Recorded::<Plain>::default().is_value());
    }

    #[cfg(feature = "serde")]
    #[test]
    fn json_holds_the_value_or_names_the_reason() {
        let all = [Recorded::Value(7), MISSING[0], MISSING[1], MISSING[2], MISSING[3]];
        let json = serde_json::to_string(&all).unwrap();
        assert_eq!(
            json,
            r#"[7,{"missing":"not-recorded"},{"missing":"not-applicable"},{"missing":"withheld"},{"missing":"unknown"}]"#
        );
        assert_eq!(serde_json::from_str::<[Recorded<u8>; 5]>(&json).unwrap(), all);

        let flags = [Recorded::Value(false), Recorded::Unknown];
        let json = serde_json::to_string(&flags).unwrap();
        assert_eq!(serde_json::from_str::<[Recorded<bool>; 2]>(&json).unwrap(), flags);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn errors_do_not_quote_the_input() {
        for json in ["4711", "\"secret\"", r#"{"missing":"secret"}"#, r#"{"missing":"unknown","x":1}"#] {
            let error = serde_json::from_str::<Recorded<u8>>(json).unwrap_err().to_string();
            assert!(!error.contains("4711") && !error.contains("secret"), "{error}");
        }
    }
}
