//! What is aggregated, in groups of what size, and what replaces a value.

use ctdata_table::{Attribute, DomainKind, Hierarchy};

use crate::PrivacyError;
use crate::quasi::check_distinct;

/// How groups are formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum MicroaggregationMethod {
    /// Groups of k around the records that are farthest from the centre, in any number of columns.
    #[default]
    Mdav,
    /// The groups with the least sum of squares that there are, for exactly one column.
    Optimal,
}

/// What replaces the values of a group.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Replacement {
    /// The mean of numbers, ties of rounding to the even digit. Without rounding it would keep the mean
    /// of the column.
    Mean {
        /// Digits after those that the numbers of the column have. Zero rounds to the column's own.
        extra_digits: u8,
    },
    /// The lower median of numbers, dates or ordered names.
    Median,
    /// The most frequent value, the first in the order of codes among equals.
    Mode,
    /// The lowest value of a hierarchy that stands for all of the group. The hierarchy ends in one
    /// value for everything.
    CommonAncestor(Hierarchy),
}

/// A column to aggregate.
///
/// Distances are taken between numbers, days, or the codes of names; ranks where they are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct AggregatedColumn {
    pub(super) name: String,
    pub(super) replacement: Option<Replacement>,
    pub(super) by_rank: bool,
}

impl AggregatedColumn {
    /// A column whose values are replaced by the mean of numbers (rounded to the digits that the column
    /// has), the median of dates and ordered names, the mode of names without an order.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), replacement: None, by_rank: false }
    }

    /// The same with another replacement.
    #[must_use]
    pub fn replaced_by(mut self, replacement: Replacement) -> Self {
        self.replacement = Some(replacement);
        self
    }

    /// The same with distances between ranks of values among the records (equal values share the mean of
    /// their ranks), which tames long tails.
    #[must_use]
    pub fn by_rank(mut self) -> Self {
        self.by_rank = true;
        self
    }

    /// The name of the attribute.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What replaces values of this attribute.
    pub(super) fn replacement_for(&self, attribute: &Attribute) -> Result<Replacement, PrivacyError> {
        let kind = attribute.domain().kind();
        let replacement = self.replacement.clone().unwrap_or(match kind {
            DomainKind::Numeric => Replacement::Mean { extra_digits: 0 },
            DomainKind::Ordered | DomainKind::Date => Replacement::Median,
            _ => Replacement::Mode,
        });
        let rule = match &replacement {
            Replacement::Mean { extra_digits } => {
                let scale = attribute.domain().scale().unwrap_or(0);
                if kind != DomainKind::Numeric {
                    Some("is not numeric and has no mean")
                } else if scale.saturating_add(*extra_digits) > 18 {
                    Some("would have more than 18 digits after the point")
                } else {
                    None
                }
            }
            Replacement::Median if kind == DomainKind::Nominal => Some("has no order and no median"),
            Replacement::CommonAncestor(hierarchy) if hierarchy.leaves() != attribute.domain() => {
                Some("has other values than the leaves of its hierarchy")
            }
            Replacement::CommonAncestor(hierarchy)
                if hierarchy.level(hierarchy.height()).is_none_or(|top| top.domain().len() > 1) =>
            {
                Some("has a hierarchy that does not end in one value")
            }
            _ => None,
        };
        match rule {
            Some(rule) => Err(PrivacyError::InvalidParameter {
                parameter: "replacement",
                rule: format!("`{}` {rule}", attribute.name()),
            }),
            None => Ok(replacement),
        }
    }
}

/// Replaces values by those of groups of at least k similar records.
///
/// [MDAV](MicroaggregationMethod::Mdav) forms groups of exactly k records: while 3k or more remain, one
/// around the record that is farthest from the centroid, and one around the record that is farthest
/// from that; then a group around the farthest and the rest, or the rest alone if fewer than 2k
/// remain. Groups have k to 2k - 1 records. The
/// [optimal](MicroaggregationMethod::Optimal) method finds, for one column, the partition with the
/// least sum of squares.
///
/// Distances are Euclidean on columns that are divided by their standard deviation. They are exact
/// integers on a fine grid (the widest column spans about 2^25 steps with four columns, and the
/// centroid is rounded to a step), so that ties are ties on every machine. Ties go to the record with the
/// smallest codes, in the order of the table's columns. The output does not depend on the order of rows:
/// where records that agree in the aggregated columns part, the other columns, ids and weights decide
/// which goes where.
///
/// **Missing cells.** Groups never mix records with different patterns of missing cells (and of their
/// kinds), and missing cells stay. Records whose pattern is rarer than k lose all their aggregated cells
/// ([`Missing::NotRecorded`](ctdata_table::Missing::NotRecorded)); if these and the records that had none
/// are fewer than k together, the smallest group is blanked as well.
///
/// Ids are not used: groups count records, not persons. Weights are not used either.
///
/// ```
/// use ctdata_privacy::{AggregatedColumn, Microaggregation, MicroaggregationMethod, PerturbationDetails};
/// use ctdata_table::{Attribute, Column, Control, Domain, MissingKinds, Origin, Schema, Table};
/// let ages = Domain::numeric([1, 2, 3, 10, 11, 12, 50, 51, 52], 0, Origin::Observed)?;
/// let schema = Schema::try_new(vec![Attribute::new("age", ages, MissingKinds::NONE)])?;
/// let table = Table::try_new(schema, vec![Column::from_u8((0..9).collect())])?;
/// let plan = Microaggregation::try_new(3, [AggregatedColumn::new("age")])?
///     .with_method(MicroaggregationMethod::Optimal);
/// let output = plan.run(&table, &Control::default())?;
/// assert_eq!(output.table.text(0, 0).as_deref(), Some("2"));
/// let PerturbationDetails::Microaggregation(report) = &output.report.details else { panic!() };
/// assert_eq!((report.groups, report.columns[0].within), (3, 6.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// - Neighbours: none; this is a property of the output.
/// - Measure: each combination of values of the aggregated columns, missing cells included, is shared by at
///   least k records of the output. If they are all the quasi-identifiers, the table is
///   k-anonymous by records; if some quasi-identifiers are left out, or if columns are aggregated in
///   separate runs, it is not.
/// - Assumptions: each record is a person of its own.
/// - Not protected: other columns; what the members of a group have in common; an attacker who knows
///   most of a group learns from its mean about the rest.
///
/// # Sources
/// MDAV: J. Domingo-Ferrer and V. Torra (2005), "Ordinal, Continuous and Heterogeneous k-Anonymity
/// Through Microaggregation", *Data Mining and Knowledge Discovery* 11; one column: S. L. Hansen and
/// S. Mukherjee (2003), "A Polynomial Algorithm for Optimal Univariate Microaggregation", IEEE TKDE
/// 15(4).
#[derive(Debug, Clone, PartialEq)]
pub struct Microaggregation {
    pub(super) k: u64,
    pub(super) columns: Vec<AggregatedColumn>,
    pub(super) method: MicroaggregationMethod,
}

impl Microaggregation {
    /// Groups of at least `k` records, by MDAV, in these columns jointly.
    ///
    /// # Errors
    /// k = 0, no column, or a column given twice.
    pub fn try_new(k: u64, columns: impl IntoIterator<Item = AggregatedColumn>) -> Result<Self, PrivacyError> {
        let columns: Vec<AggregatedColumn> = columns.into_iter().collect();
        let invalid = |parameter, rule: &str| Err(PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() });
        if k == 0 {
            return invalid("k", "a group has at least one record");
        }
        if columns.is_empty() {
            return invalid("columns", "at least one is aggregated");
        }
        let names: Vec<&str> = columns.iter().map(AggregatedColumn::name).collect();
        check_distinct(&names)?;
        Ok(Self { k, columns, method: MicroaggregationMethod::Mdav })
    }

    /// The same with another method. [`Optimal`](MicroaggregationMethod::Optimal) needs exactly one
    /// column; [`run`](Self::run) refuses more.
    #[must_use]
    pub fn with_method(mut self, method: MicroaggregationMethod) -> Self {
        self.method = method;
        self
    }

    /// The records that a group has at least.
    pub fn k(&self) -> u64 {
        self.k
    }

    /// The aggregated columns.
    pub fn columns(&self) -> &[AggregatedColumn] {
        &self.columns
    }
}
