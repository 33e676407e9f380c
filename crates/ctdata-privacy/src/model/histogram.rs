//! The categories of a sensitive attribute, and how often a class has each.

use ctdata_table::{Attribute, Missing, Table};

/// The categories in which models count a sensitive attribute: each value of its domain, "not
/// applicable" (a genuine answer), and one blank for what is not recorded, withheld or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Categories {
    values: u16,
    not_applicable: Option<u16>,
}

impl Categories {
    pub(crate) fn of(attribute: &Attribute) -> Self {
        let values = u16::try_from(attribute.domain().len()).unwrap_or(u16::MAX);
        Self { values, not_applicable: attribute.missing_code(Missing::NotApplicable) }
    }

    /// Values of the domain; the categories after them are [`Self::not_applicable`] and [`Self::blank`].
    pub(crate) fn values(self) -> usize {
        self.values.into()
    }

    fn not_applicable(self) -> usize {
        self.values()
    }

    fn blank(self) -> usize {
        self.values() + 1
    }

    /// The histogram of (code, records), ascending by code.
    pub(crate) fn histogram(self, counts: &[(u16, u32)]) -> Histogram<'_> {
        let (values, rest) = counts.split_at(counts.partition_point(|&(code, _)| code < self.values));
        let (mut not_applicable, mut blank) = (0, 0);
        for &(code, count) in rest {
            if Some(code) == self.not_applicable {
                not_applicable += u64::from(count);
            } else {
                blank += u64::from(count);
            }
        }
        let records = values.iter().map(|&(_, count)| u64::from(count)).sum::<u64>() + not_applicable + blank;
        Histogram { values, categories: self, not_applicable, blank, records }
    }
}

/// The records of one class by category.
#[derive(Clone, Copy)]
pub(crate) struct Histogram<'a> {
    values: &'a [(u16, u32)],
    categories: Categories,
    not_applicable: u64,
    blank: u64,
    records: u64,
}

impl<'a> Histogram<'a> {
    /// (code, records) of the genuine values of the domain.
    pub(crate) fn values(&self) -> &'a [(u16, u32)] {
        self.values
    }

    /// Records that are not applicable, and blank.
    pub(crate) fn off_scale(&self) -> [u64; 2] {
        [self.not_applicable, self.blank]
    }

    /// All records.
    pub(crate) fn records(&self) -> u64 {
        self.records
    }

    /// (category, records) of the categories that occur.
    #[inline]
    pub(crate) fn counts(&self) -> impl Iterator<Item = (usize, u64)> + Clone + 'a {
        let rest = [(self.categories.not_applicable(), self.not_applicable), (self.categories.blank(), self.blank)];
        let values = self.values.iter().map(|&(code, count)| (usize::from(code), u64::from(count)));
        values.chain(rest).filter(|&(_, count)| count > 0)
    }
}

/// The distribution of a sensitive attribute over all records of the input: p.
#[derive(Clone)]
pub(crate) struct Distribution {
    counts: Vec<u64>,
    total: u64,
    categories: Categories,
}

impl std::fmt::Debug for Distribution {
    /// Shows how many categories, no counts.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Distribution over {} categories", self.counts.len())
    }
}

impl Distribution {
    /// Counts a column of a table; a position past its end counts as an empty column.
    pub(crate) fn of(table: &Table, position: usize) -> Option<Self> {
        let attribute = table.schema().get(position)?;
        let categories = Categories::of(attribute);
        let mut by_code = vec![0u32; attribute.code_count()];
        for code in table.column(position)?.iter() {
            if let Some(count) = by_code.get_mut(usize::from(code)) {
                *count += 1;
            }
        }
        let counts: Vec<(u16, u32)> = (0u16..).zip(by_code).collect();
        Some(Self::from_counts(categories, &counts))
    }

    pub(crate) fn from_counts(categories: Categories, by_code: &[(u16, u32)]) -> Self {
        let histogram = categories.histogram(by_code);
        let mut counts = vec![0; categories.blank() + 1];
        for (category, count) in histogram.counts() {
            if let Some(slot) = counts.get_mut(category) {
                *slot = count;
            }
        }
        Self { counts, total: histogram.records(), categories }
    }

    pub(crate) fn categories(&self) -> Categories {
        self.categories
    }

    /// Records of a category.
    #[inline]
    pub(crate) fn count(&self, category: usize) -> u64 {
        self.counts.get(category).copied().unwrap_or(0)
    }

    /// Records of each value of the domain, in the order of the codes.
    pub(crate) fn values(&self) -> &[u64] {
        self.counts.get(..self.categories.values()).unwrap_or_default()
    }

    /// Records that are not applicable, and blank.
    pub(crate) fn off_scale(&self) -> [u64; 2] {
        [self.count(self.categories.not_applicable()), self.count(self.categories.blank())]
    }

    /// All records.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Categories that occur.
    pub(crate) fn support(&self) -> usize {
        self.counts.iter().filter(|&&count| count > 0).count()
    }

    /// q/p of a category with this many of the class's records; p is above 0 if the class is part of
    /// the table.
    #[inline]
    pub(crate) fn ratio(&self, category: usize, count: u64, records: u64) -> f64 {
        let part = u128::from(count) * u128::from(self.total);
        let expected = u128::from(self.count(category)) * u128::from(records);
        quotient(part, expected)
    }
}

/// A quotient of whole numbers; the double next to it while both are below 2^53.
#[expect(clippy::cast_precision_loss, reason = "a relative error of 2^-52 does not matter")]
#[inline]
pub(crate) fn quotient(part: u128, whole: u128) -> f64 {
    match (u64::try_from(part), u64::try_from(whole)) {
        (Ok(part), Ok(whole)) => part as f64 / whole as f64,
        _ => part as f64 / whole as f64,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use ctdata_table::{Domain, MissingKinds, Origin};

    /// An ordered attribute of this many values, all kinds of missing.
    pub(crate) fn attribute(values: u16) -> Attribute {
        let labels = (0..values).map(|value| format!("v{value:02}"));
        Attribute::new("s", Domain::ordered(labels, Origin::Public).unwrap(), MissingKinds::ALL)
    }

    /// (code, records) of codes, ascending.
    pub(crate) fn tally(codes: &[u16]) -> Vec<(u16, u32)> {
        let mut counts = std::collections::BTreeMap::new();
        for &code in codes {
            *counts.entry(code).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    #[test]
    fn blanks_of_all_kinds_are_one_category_and_not_applicable_another() {
        let attribute = attribute(2);
        let code = |kind| attribute.missing_code(kind).unwrap();
        let codes = [0, 1, 1, code(Missing::Withheld), code(Missing::Unknown), code(Missing::NotApplicable)];
        let counts = tally(&codes);
        let histogram = Categories::of(&attribute).histogram(&counts);
        assert_eq!(histogram.counts().collect::<Vec<_>>(), [(0, 1), (1, 2), (2, 1), (3, 2)]);
        assert_eq!((histogram.records(), histogram.off_scale()), (6, [1, 2]));
        let all = Distribution::from_counts(Categories::of(&attribute), &counts);
        assert_eq!((all.total(), all.support(), all.values()), (6, 4, &[1, 2][..]));
        assert!((all.ratio(1, 1, 2) - 1.5).abs() < 1e-15);
    }
}
