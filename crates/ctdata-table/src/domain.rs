//! The values that an attribute can take.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::TableError;

/// The largest number of values of one domain: with the four kinds of missing, codes fit 16 bits.
pub const MAX_VALUES: usize = (1 << 16) - crate::Missing::ALL.len();

/// Where a domain comes from.
///
/// Differential privacy may use public domains only: an observed one tells what is in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum Origin {
    /// A codebook that is published, whatever a file holds.
    Public,
    /// The distinct values of one file.
    Observed,
}

/// How the values of a domain relate to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum DomainKind {
    /// Names without an order.
    Nominal,
    /// Names in a meaningful order, that of their codes.
    Ordered,
    /// Numbers, ascending: integers divided by a power of ten.
    Numeric,
    /// Calendar dates, ascending.
    Date,
}

#[derive(PartialEq)]
enum Values {
    Labels { ordered: bool, labels: Vec<Box<str>>, by_label: Vec<u16> },
    Numbers { values: Vec<i64>, scale: u8 },
    Dates(Vec<NaiveDate>),
}

#[derive(PartialEq)]
struct Inner {
    values: Values,
    origin: Origin,
}

/// An immutable dictionary from codes `0..len` to values. Cloning shares it.
///
/// ```
/// use ctdata_table::{Domain, Origin};
/// let gender = Domain::nominal(["female", "male"], Origin::Public)?;
/// assert_eq!(gender.code_of("male"), Some(1));
/// assert_eq!(gender.label(0).as_deref(), Some("female"));
/// # Ok::<(), ctdata_table::TableError>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Domain(Arc<Inner>);

impl Domain {
    /// Names without an order; codes follow the order given.
    ///
    /// # Errors
    /// A label given twice, or more than [`MAX_VALUES`].
    pub fn nominal<L: Into<Box<str>>>(labels: impl IntoIterator<Item = L>, origin: Origin) -> Result<Self, TableError> {
        Self::labelled(labels.into_iter().map(Into::into).collect(), false, origin)
    }

    /// Names in a meaningful order, ascending.
    ///
    /// # Errors
    /// As [`Domain::nominal`].
    pub fn ordered<L: Into<Box<str>>>(labels: impl IntoIterator<Item = L>, origin: Origin) -> Result<Self, TableError> {
        Self::labelled(labels.into_iter().map(Into::into).collect(), true, origin)
    }

    /// Numbers: each is `value / 10^scale`. They are sorted; duplicates are an error.
    ///
    /// # Errors
    /// A number given twice, a scale over 18, or more than [`MAX_VALUES`].
    pub fn numeric(values: impl IntoIterator<Item = i64>, scale: u8, origin: Origin) -> Result<Self, TableError> {
        let mut values: Vec<i64> = values.into_iter().collect();
        if scale > 18 {
            return Err(TableError::Invalid { what: "numeric domain".into(), rule: "a scale is at most 18".into() });
        }
        values.sort_unstable();
        check_size(values.len())?;
        check_distinct(&values)?;
        Ok(Self::from_values(Values::Numbers { values, scale }, origin))
    }

    /// Calendar dates. They are sorted; duplicates are an error.
    ///
    /// # Errors
    /// A date given twice, or more than [`MAX_VALUES`].
    pub fn dates(dates: impl IntoIterator<Item = NaiveDate>, origin: Origin) -> Result<Self, TableError> {
        let mut dates: Vec<NaiveDate> = dates.into_iter().collect();
        dates.sort_unstable();
        check_size(dates.len())?;
        check_distinct(&dates)?;
        Ok(Self::from_values(Values::Dates(dates), origin))
    }

    /// The public domain of a yes/no question: code 0 is `no`, code 1 is `yes`.
    pub fn flag() -> Self {
        let labels: Vec<Box<str>> = vec!["no".into(), "yes".into()];
        Self::from_values(Values::Labels { ordered: false, labels, by_label: vec![0, 1] }, Origin::Public)
    }

    fn labelled(labels: Vec<Box<str>>, ordered: bool, origin: Origin) -> Result<Self, TableError> {
        check_size(labels.len())?;
        #[expect(clippy::cast_possible_truncation, reason = "check_size keeps the length within 16 bits")]
        let mut by_label: Vec<u16> = (0..labels.len()).map(|code| code as u16).collect();
        by_label.sort_unstable_by_key(|&code| labels.get(usize::from(code)));
        if let Some(twice) = by_label.windows(2).find_map(|pair| match pair {
            [a, b] if labels.get(usize::from(*a)) == labels.get(usize::from(*b)) => Some(*b),
            _ => None,
        }) {
            let name = match origin {
                Origin::Public => labels.get(usize::from(twice)).map(ToString::to_string).unwrap_or_default(),
                Origin::Observed => format!("number {}", usize::from(twice) + 1),
            };
            return Err(TableError::Duplicate { what: "label", name });
        }
        Ok(Self::from_values(Values::Labels { ordered, labels, by_label }, origin))
    }

    fn from_values(values: Values, origin: Origin) -> Self {
        Self(Arc::new(Inner { values, origin }))
    }

    /// How the values relate to each other.
    pub fn kind(&self) -> DomainKind {
        match &self.0.values {
            Values::Labels { ordered: false, .. } => DomainKind::Nominal,
            Values::Labels { ordered: true, .. } => DomainKind::Ordered,
            Values::Numbers { .. } => DomainKind::Numeric,
            Values::Dates(_) => DomainKind::Date,
        }
    }

    /// Whether it is a codebook or was read off a file.
    pub fn origin(&self) -> Origin {
        self.0.origin
    }

    /// The number of values, missing not counted.
    pub fn len(&self) -> usize {
        match &self.0.values {
            Values::Labels { labels, .. } => labels.len(),
            Values::Numbers { values, .. } => values.len(),
            Values::Dates(dates) => dates.len(),
        }
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a value; `None` past the domain.
    pub fn label(&self, code: u16) -> Option<Cow<'_, str>> {
        let code = usize::from(code);
        match &self.0.values {
            Values::Labels { labels, .. } => labels.get(code).map(|label| Cow::Borrowed(&**label)),
            Values::Numbers { values, scale } => values.get(code).map(|value| Cow::Owned(decimal(*value, *scale))),
            Values::Dates(dates) => dates.get(code).map(|date| Cow::Owned(date.to_string())),
        }
    }

    /// The text of a run of values: `17-25` for integers that are not negative, `[0.5, 2.0]` for other
    /// numbers, else `first to last`; the label itself where the two are one. `None` past the domain
    /// or if `last` comes before `first`.
    ///
    /// ```
    /// use ctdata_table::{Domain, Origin};
    /// let age = Domain::numeric(0..=99, 0, Origin::Public)?;
    /// assert_eq!(age.span_label(17, 25).as_deref(), Some("17-25"));
    /// let band = Domain::ordered(["0-8", "9-17", "18+"], Origin::Public)?;
    /// assert_eq!(band.span_label(1, 2).as_deref(), Some("9-17 to 18+"));
    /// # Ok::<(), ctdata_table::TableError>(())
    /// ```
    pub fn span_label(&self, first: u16, last: u16) -> Option<String> {
        let (from, to) = (self.label(first)?, self.label(last)?);
        Some(match (&self.0.values, first.cmp(&last)) {
            (_, Ordering::Greater) => return None,
            (_, Ordering::Equal) => from.into_owned(),
            (Values::Numbers { scale: 0, .. }, _) if !from.starts_with('-') => format!("{from}-{to}"),
            (Values::Numbers { .. }, _) => format!("[{from}, {to}]"),
            _ => format!("{from} to {to}"),
        })
    }

    /// All texts in the order of codes.
    pub fn labels(&self) -> impl Iterator<Item = Cow<'_, str>> {
        #[expect(clippy::cast_possible_truncation, reason = "a domain has at most MAX_VALUES values")]
        (0..self.len()).map_while(|code| self.label(code as u16))
    }

    /// The code of a text, as [`label`](Self::label) writes it.
    pub fn code_of(&self, label: &str) -> Option<u16> {
        match &self.0.values {
            Values::Labels { labels, by_label, .. } => by_label
                .binary_search_by(|&code| labels.get(usize::from(code)).map_or("", |found| found).cmp(label))
                .ok()
                .and_then(|position| by_label.get(position).copied()),
            Values::Numbers { scale, .. } => self.code_of_number(parse_decimal(label, *scale)?),
            Values::Dates(_) => self.code_of_date(label.parse().ok()?),
        }
    }

    /// The code of a number times `10^scale`, as [`number`](Self::number) gives it.
    pub fn code_of_number(&self, number: i64) -> Option<u16> {
        match &self.0.values {
            Values::Numbers { values, .. } => values.binary_search(&number).ok().and_then(|code| code.try_into().ok()),
            _ => None,
        }
    }

    /// The code of a date.
    pub fn code_of_date(&self, date: NaiveDate) -> Option<u16> {
        match &self.0.values {
            Values::Dates(dates) => dates.binary_search(&date).ok().and_then(|code| code.try_into().ok()),
            _ => None,
        }
    }

    /// The number behind a code of a numeric domain, times `10^scale`.
    pub fn number(&self, code: u16) -> Option<i64> {
        match &self.0.values {
            Values::Numbers { values, .. } => values.get(usize::from(code)).copied(),
            _ => None,
        }
    }

    /// The power of ten by which the numbers of a numeric domain are divided.
    pub fn scale(&self) -> Option<u8> {
        match &self.0.values {
            Values::Numbers { scale, .. } => Some(*scale),
            _ => None,
        }
    }

    /// The date behind a code of a date domain.
    pub fn date(&self, code: u16) -> Option<NaiveDate> {
        match &self.0.values {
            Values::Dates(dates) => dates.get(usize::from(code)).copied(),
            _ => None,
        }
    }
}

impl fmt::Debug for Domain {
    /// Shows the shape, never the labels: an observed domain holds values of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?} domain of {} values", self.origin(), self.kind(), self.len())
    }
}

fn check_size(len: usize) -> Result<(), TableError> {
    if len > MAX_VALUES {
        return Err(TableError::TooManyValues { attribute: None, limit: MAX_VALUES });
    }
    Ok(())
}

fn check_distinct<T: PartialEq>(sorted: &[T]) -> Result<(), TableError> {
    match sorted.windows(2).position(|pair| pair.first() == pair.last()) {
        Some(at) => Err(TableError::Duplicate { what: "value", name: format!("number {}", at + 2) }),
        None => Ok(()),
    }
}

pub(crate) fn decimal(value: i64, scale: u8) -> String {
    if scale == 0 {
        return value.to_string();
    }
    let digits = format!("{:0width$}", value.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    format!("{}{whole}.{fraction}", if value < 0 { "-" } else { "" })
}

fn parse_decimal(text: &str, scale: u8) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > usize::from(scale) || (fraction.is_empty() && text.contains('.')) {
        return None;
    }
    format!("{whole}{fraction:0<width$}", width = usize::from(scale)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_keep_their_sign_and_zeros() {
        let domain = Domain::numeric([-5, 0, 1234, 50], 2, Origin::Public).unwrap();
        let labels: Vec<_> = domain.labels().map(Cow::into_owned).collect();
        assert_eq!(labels, ["-0.05", "0.00", "0.50", "12.34"]);
        assert_eq!(domain.code_of("0.5"), Some(2));
        assert_eq!(domain.code_of("0.505"), None);
    }

    #[test]
    fn dates_are_sorted_and_read_as_iso() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let domain = Domain::dates([day("2020-02-29"), day("2019-12-31")], Origin::Observed).unwrap();
        assert_eq!(domain.label(0).as_deref(), Some("2019-12-31"));
        assert_eq!(domain.code_of("2020-02-29"), Some(1));
        assert_eq!(domain.date(1), Some(day("2020-02-29")));
    }

    #[test]
    fn a_label_twice_is_named_only_when_public() {
        let public = Domain::nominal(["a", "b", "a"], Origin::Public).unwrap_err();
        assert_eq!(public.to_string(), "the label `a` is given twice");
        let observed = Domain::nominal(["a", "secret", "secret"], Origin::Observed).unwrap_err();
        assert!(!observed.to_string().contains("secret"));
    }

    #[test]
    fn debug_shows_no_label() {
        let domain = Domain::nominal(["Name of a person"], Origin::Observed).unwrap();
        assert_eq!(format!("{domain:?}"), "Observed Nominal domain of 1 values");
    }

    #[test]
    fn a_domain_is_bounded() {
        let too_many = (0..=MAX_VALUES).map(|value| value.to_string());
        assert!(matches!(Domain::nominal(too_many, Origin::Observed), Err(TableError::TooManyValues { .. })));
    }

    proptest! {
        #[test]
        fn every_label_finds_its_code(labels in prop::collection::hash_set(".{0,6}", 0..40)) {
            let domain = Domain::nominal(labels, Origin::Public).unwrap();
            for (code, label) in domain.labels().enumerate() {
                prop_assert_eq!(domain.code_of(&label).map(usize::from), Some(code));
            }
        }

        #[test]
        fn every_number_finds_its_code(values in prop::collection::btree_set(any::<i64>(), 0..40), scale in 0u8..=18) {
            let domain = Domain::numeric(values, scale, Origin::Public).unwrap();
            for (code, label) in domain.labels().enumerate() {
                prop_assert_eq!(domain.code_of(&label).map(usize::from), Some(code));
            }
        }
    }
}
