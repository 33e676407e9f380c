//! Reading values from text through serde without ever quoting the text in an error.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{Error, Visitor};

/// Reads a string and parses it. Serde's own errors quote a value of the wrong type; these do not.
pub(crate) fn text<'de, D, T, E>(deserializer: D, parse: fn(&str) -> Result<T, E>) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    let visitor = Text { parse, value: PhantomData };
    // A self-describing format would report a wrong type by itself, with the value.
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(visitor)
    } else {
        deserializer.deserialize_str(visitor)
    }
}

struct Text<T, E> {
    parse: fn(&str) -> Result<T, E>,
    value: PhantomData<T>,
}

impl<T, E: fmt::Display> Visitor<'_> for Text<T, E> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<F: Error>(self, text: &str) -> Result<T, F> {
        (self.parse)(text).map_err(F::custom)
    }

    fn visit_bool<F: Error>(self, _: bool) -> Result<T, F> {
        Err(wrong_type())
    }

    fn visit_i64<F: Error>(self, _: i64) -> Result<T, F> {
        Err(wrong_type())
    }

    fn visit_u64<F: Error>(self, _: u64) -> Result<T, F> {
        Err(wrong_type())
    }

    fn visit_i128<F: Error>(self, _: i128) -> Result<T, F> {
        Err(wrong_type())
    }

    fn visit_u128<F: Error>(self, _: u128) -> Result<T, F> {
        Err(wrong_type())
    }

    fn visit_f64<F: Error>(self, _: f64) -> Result<T, F> {
        Err(wrong_type())
    }
}

fn wrong_type<F: Error>() -> F {
    F::custom("expected a string")
}
