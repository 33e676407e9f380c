//! Where values lie: positions of codes, standardized and put on a grid of whole numbers.
//!
//! Sums of squared differences on the grid stay below 2^53, so that `f64` holds them exactly and the
//! order of summation does not matter.

use ctdata_table::{Attribute, DomainKind};

/// Where the values of one column lie, by code; missing codes are left out.
#[derive(Debug)]
pub(super) struct Positions {
    /// Numbers, days or codes, from the smallest as zero.
    pub(super) values: Vec<f64>,
    /// What distances are taken between: the same, or ranks. Whole numbers from zero.
    pub(super) places: Vec<f64>,
    /// How many rows have each code.
    pub(super) counts: Vec<u64>,
    /// What `values` are to be divided by, to have units of the column.
    pub(super) unit: f64,
}

impl Positions {
    /// `counts` has the rows of each code of the attribute.
    pub(super) fn of(attribute: &Attribute, counts: &[u64], by_rank: bool) -> Self {
        let domain = attribute.domain();
        let codes = (0..=u16::MAX).take(domain.len());
        let raw: Vec<i128> = match domain.kind() {
            DomainKind::Numeric => codes.map(|code| domain.number(code).unwrap_or(0).into()).collect(),
            DomainKind::Date => {
                let days = |code| Some(domain.date(code)?.signed_duration_since(domain.date(0)?).num_days());
                codes.map(|code| days(code).unwrap_or(0).into()).collect()
            }
            _ => codes.map(i128::from).collect(),
        };
        let counts: Vec<u64> = counts.iter().copied().take(raw.len()).collect();
        // Zero is the smallest value that occurs: a codebook may reach far below.
        let first =
            raw.iter().zip(&counts).filter(|(_, count)| **count > 0).map(|(&value, _)| value).min().unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "positions past 2^53 are rounded")]
        let values: Vec<f64> = raw.iter().map(|&value| (value - first) as f64).collect();
        let places = if by_rank { ranks(&counts) } else { values.clone() };
        let unit = 10f64.powi(domain.scale().unwrap_or(0).into());
        Self { values, places, counts, unit }
    }

    /// The mean and the sum of squares around it of a column whose code `c` lies at `positions[c]`.
    pub(super) fn spread(&self, positions: &[f64]) -> (f64, f64) {
        let pairs = positions.iter().copied().zip(self.counts.iter().copied()).filter(|(_, count)| *count > 0);
        spread(pairs)
    }

    /// The largest place that occurs.
    fn range(&self) -> f64 {
        self.places
            .iter()
            .zip(&self.counts)
            .filter(|(_, count)| **count > 0)
            .fold(0.0, |most, (&place, _)| place.max(most))
    }

    fn rows(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// The mean and the sum of squares around it.
#[expect(clippy::cast_precision_loss, reason = "a table has fewer than 2^32 rows")]
pub(super) fn spread(pairs: impl Iterator<Item = (f64, u64)> + Clone) -> (f64, f64) {
    let (sum, rows) =
        pairs.clone().fold((0.0, 0u64), |(sum, rows), (value, count)| (sum + value * count as f64, rows + count));
    if rows == 0 {
        return (0.0, 0.0);
    }
    let mean = sum / rows as f64;
    let squares = pairs.fold(0.0, |squares, (value, count)| squares + (value - mean) * (value - mean) * count as f64);
    (mean, squares)
}

/// Twice the mean rank of each code, from zero: records before, twice, and those of the code once.
#[expect(clippy::cast_precision_loss, reason = "a table has fewer than 2^32 rows")]
fn ranks(counts: &[u64]) -> Vec<f64> {
    let mut before = 0;
    let ranks: Vec<u64> = counts
        .iter()
        .map(|&count| {
            let rank = 2 * before + count;
            before += count;
            rank
        })
        .collect();
    let first = ranks.iter().zip(counts).find(|(_, count)| **count > 0).map_or(0, |(&rank, _)| rank);
    ranks.iter().map(|&rank| rank.saturating_sub(first) as f64).collect()
}

/// Grid positions per column and code: whole numbers whose squared distances are exact.
///
/// Each column is divided by its standard deviation; the widest then spans 2^b steps, with the largest b
/// for which sums of squares stay exact. Where one unit of a column is 4,096 steps or more, it is made
/// a whole number of steps, so that equal differences stay equal (the standard deviation is
/// then off by less than 1 in 4,096).
#[expect(clippy::cast_precision_loss, reason = "a table has fewer than 2^32 rows")]
pub(super) fn standardized<'a>(columns: impl Iterator<Item = &'a Positions> + Clone) -> Vec<Vec<f64>> {
    let deviations: Vec<f64> = columns
        .clone()
        .map(|column| {
            let (_, squares) = column.spread(&column.places);
            (squares / column.rows().max(1) as f64).sqrt()
        })
        .collect();
    let widest = columns
        .clone()
        .zip(&deviations)
        .filter(|(_, deviation)| **deviation > 0.0)
        .map(|(column, deviation)| column.range() / deviation)
        .fold(0.0, f64::max);
    let steps = span(deviations.len());
    columns
        .zip(&deviations)
        .map(|(column, &deviation)| {
            let scale = if deviation > 0.0 { steps / (widest * deviation) } else { 0.0 };
            let scale = if scale >= 4096.0 { scale.floor() } else { scale };
            // Places of codes without rows may lie far off; they are never looked at.
            column.places.iter().map(|&place| (place * scale).round().clamp(0.0, steps)).collect()
        })
        .collect()
}

/// The widest range for which the squared distance of two points with so many columns is exact.
fn span(columns: usize) -> f64 {
    let bits = usize::BITS - columns.saturating_sub(1).leading_zeros();
    2f64.powi(26 - i32::try_from(bits.div_ceil(2)).unwrap_or(26).min(26))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::{Domain, MissingKinds, Origin};

    fn numeric(values: &[i64], counts: &[u64], by_rank: bool) -> Positions {
        let domain = Domain::numeric(values.to_vec(), 1, Origin::Public).unwrap();
        Positions::of(&Attribute::new("x", domain, MissingKinds::NONE), counts, by_rank)
    }

    #[test]
    fn squared_distances_are_exact_whatever_the_number_of_columns() {
        for columns in [1usize, 2, 3, 4, 5, 100, 65_536] {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let most = span(columns) * span(columns) * columns as f64;
            assert!(most <= 2f64.powi(53), "{columns}");
        }
        assert_eq!(span(4).to_bits(), 2f64.powi(25).to_bits());
    }

    #[test]
    fn values_that_do_not_occur_do_not_stretch_the_grid() {
        let close = numeric(&[100, 110, 120], &[1, 1, 1], false);
        let far =
            numeric(&[-9_000_000_000_000_000_000, 100, 110, 120, 9_000_000_000_000_000_000], &[0, 1, 1, 1, 0], false);
        let (close, far) = (standardized([&close].into_iter()), standardized([&far].into_iter()));
        assert_eq!(far[0][1..4], close[0][..]);
        assert!(close[0].iter().all(|place| place.fract().abs() < f64::EPSILON));
        assert!((close[0][2] - 2.0 * close[0][1]).abs() < f64::EPSILON, "equal steps stay equal");
    }

    #[test]
    fn dates_lie_on_their_days() {
        let days = ["2020-02-27", "2020-02-28", "2020-03-01"].map(|day| day.parse().unwrap());
        let attribute = Attribute::new("day", Domain::dates(days, Origin::Observed).unwrap(), MissingKinds::NONE);
        assert_eq!(Positions::of(&attribute, &[1, 1, 1], false).values, [0.0, 1.0, 3.0]);
        assert_eq!(Positions::of(&attribute, &[0, 1, 1], false).values, [-1.0, 0.0, 2.0]);
    }

    #[test]
    fn equal_values_share_their_rank() {
        // Ranks 1, 2.5, 2.5, 4: twice these, from zero.
        assert_eq!(numeric(&[1, 5, 9], &[1, 2, 1], true).places, [0.0, 3.0, 6.0]);
    }

    #[test]
    fn a_constant_column_has_no_distances() {
        assert_eq!(standardized([&numeric(&[1, 5], &[0, 3], false)].into_iter()), [[0.0, 0.0]]);
    }
}
