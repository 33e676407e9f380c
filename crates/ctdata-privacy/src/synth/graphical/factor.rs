//! Dense tables over sets of attributes, the last attribute fastest: one multiplied into another, and sums.
//!
//! Attributes are ascending in every set, so that the order of cells agrees between tables.
#![expect(clippy::indexing_slicing, reason = "offsets are made from the sizes of both tables")]

/// The number of cells of a table over these attributes.
pub(super) fn cells(attributes: &[usize], sizes: &[usize]) -> usize {
    attributes.iter().map(|&a| sizes[a]).product()
}

/// The number of cells, or the largest number there is.
pub(super) fn cells_wide(attributes: impl IntoIterator<Item = usize>, sizes: &[usize]) -> u128 {
    attributes.into_iter().fold(1u128, |cells, a| cells.saturating_mul(sizes[a] as u128))
}

/// Whether all of `part`, ascending, is in `whole`, ascending.
pub(super) fn contains(whole: &[usize], part: &[usize]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|a| rest.any(|b| a == b))
}

/// How far apart in a table over `part` the neighbours in each attribute of `whole` are; 0 for attributes
/// that it does not have.
pub(super) fn strides(whole: &[usize], part: &[usize], sizes: &[usize]) -> Vec<usize> {
    let mut stride = 1;
    let mut found = vec![0; whole.len()];
    for &a in part.iter().rev() {
        if let Some(place) = whole.iter().position(|&b| a == b) {
            found[place] = stride;
        }
        stride *= sizes[a];
    }
    found
}

/// Where the cells of a table are found in a table over a part of its attributes.
#[derive(Debug, Clone)]
pub(super) struct Projection {
    /// Sizes and strides of merged attributes, without the last.
    outer: Vec<(usize, usize)>,
    /// Cells in a row that are neighbours in the part too, or one and the same cell there.
    run: usize,
    constant: bool,
}

impl Projection {
    pub(super) fn new(whole: &[usize], part: &[usize], sizes: &[usize]) -> Self {
        let mut outer: Vec<(usize, usize)> = Vec::with_capacity(whole.len());
        for (&a, stride) in whole.iter().zip(strides(whole, part, sizes)) {
            let size = sizes[a];
            match outer.last_mut() {
                _ if size == 1 => {}
                // Both absent, or neighbours: one longer axis.
                Some(last) if last.1 == size * stride => *last = (last.0 * size, stride),
                _ => outer.push((size, stride)),
            }
        }
        let (run, stride) = outer.pop().unwrap_or((1, 1));
        Self { outer, run, constant: stride == 0 }
    }

    /// Whether both tables have the same cells.
    pub(super) fn is_identity(&self) -> bool {
        self.outer.is_empty() && !self.constant
    }

    /// The place in the part of each run, in order.
    #[inline]
    fn runs(&self, mut visit: impl FnMut(usize)) {
        let Some((&(inner, step), outer)) = self.outer.split_last() else {
            visit(0);
            return;
        };
        let mut at = vec![0; outer.len()];
        let mut offset = 0;
        loop {
            for v in 0..inner {
                visit(offset + v * step);
            }
            let mut level = outer.len();
            loop {
                if level == 0 {
                    return;
                }
                level -= 1;
                at[level] += 1;
                offset += outer[level].1;
                if at[level] < outer[level].0 {
                    break;
                }
                offset -= outer[level].0 * outer[level].1;
                at[level] = 0;
            }
        }
    }

    /// `whole *= part`, cell by cell.
    pub(super) fn multiply(&self, whole: &mut [f64], part: &[f64]) {
        let mut start = 0;
        self.runs(|offset| {
            let cells = &mut whole[start..start + self.run];
            if self.constant {
                scale(cells, part[offset]);
            } else {
                cells.iter_mut().zip(&part[offset..offset + self.run]).for_each(|(cell, factor)| *cell *= factor);
            }
            start += self.run;
        });
    }

    /// `part += ` the sums of `whole`.
    pub(super) fn sum(&self, whole: &[f64], part: &mut [f64]) {
        let mut start = 0;
        self.runs(|offset| {
            let cells = &whole[start..start + self.run];
            if self.constant {
                part[offset] += total(cells);
            } else {
                add(&mut part[offset..offset + self.run], cells);
            }
            start += self.run;
        });
    }
}

/// `cells *= factor`.
#[inline]
pub(super) fn scale(cells: &mut [f64], factor: f64) {
    for cell in cells {
        *cell *= factor;
    }
}

/// `sums += cells`.
#[inline]
pub(super) fn add(sums: &mut [f64], cells: &[f64]) {
    sums.iter_mut().zip(cells).for_each(|(sum, cell)| *sum += cell);
}

/// The sum, in four parts side by side.
#[inline]
pub(super) fn total(cells: &[f64]) -> f64 {
    let (fours, rest) = cells.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for four in fours {
        for (sum, cell) in sums.iter_mut().zip(four) {
            *sum += cell;
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest.iter().sum::<f64>()
}

/// The table with its attributes in ascending order of `rank`: the new attributes, and the cells.
pub(super) fn reordered<T: Copy>(
    attributes: &[usize],
    values: &[T],
    rank: &[usize],
    sizes: &[usize],
) -> (Vec<usize>, Vec<T>) {
    let mut order: Vec<usize> = (0..attributes.len()).collect();
    order.sort_unstable_by_key(|&place| rank[attributes[place]]);
    let renamed = order.iter().map(|&place| rank[attributes[place]]).collect();
    if order.is_sorted() {
        return (renamed, values.to_vec());
    }
    let mut strides = vec![1; attributes.len()];
    for place in (1..attributes.len()).rev() {
        strides[place - 1] = strides[place] * sizes[attributes[place]];
    }
    let axes: Vec<(usize, usize)> = order.iter().map(|&place| (sizes[attributes[place]], strides[place])).collect();
    let mut cells = Vec::with_capacity(values.len());
    let mut at = vec![0; axes.len()];
    let mut offset = 0;
    for _ in 0..values.len() {
        cells.push(values[offset]);
        for (digit, &(size, stride)) in at.iter_mut().zip(&axes).rev() {
            *digit += 1;
            offset += stride;
            if *digit < size {
                break;
            }
            offset -= size * stride;
            *digit = 0;
        }
    }
    (renamed, cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The cell of the part for a cell of the whole, digit by digit.
    fn place(mut cell: usize, whole: &[usize], part: &[usize], sizes: &[usize]) -> usize {
        let mut digits = vec![0; sizes.len()];
        for &a in whole.iter().rev() {
            digits[a] = cell % sizes[a];
            cell /= sizes[a];
        }
        part.iter().fold(0, |offset, &a| offset * sizes[a] + digits[a])
    }

    proptest! {
        #[test]
        #[expect(clippy::float_cmp, reason = "whole numbers")]
        fn projections_agree_with_digits(sizes in prop::collection::vec(1usize..4, 1..6), mask in 0u8..32) {
            let whole: Vec<usize> = (0..sizes.len()).collect();
            let part: Vec<usize> = whole.iter().copied().filter(|&a| mask >> a & 1 == 1).collect();
            let projection = Projection::new(&whole, &part, &sizes);
            let values: Vec<f64> = (0..u16::try_from(cells(&whole, &sizes)).unwrap()).map(|v| f64::from(v) + 1.0).collect();
            let mut sums = vec![0.0; cells(&part, &sizes)];
            let mut expected = sums.clone();
            projection.sum(&values, &mut sums);
            for (cell, value) in values.iter().enumerate() {
                expected[place(cell, &whole, &part, &sizes)] += value;
            }
            prop_assert_eq!(&sums, &expected);
            let mut product = values.clone();
            projection.multiply(&mut product, &sums);
            for (cell, value) in product.iter().enumerate() {
                prop_assert_eq!(*value, values[cell] * sums[place(cell, &whole, &part, &sizes)]);
            }
            // Attributes turned round: the sums over the same attributes are the same.
            let rank: Vec<usize> = (0..sizes.len()).rev().collect();
            let turned_sizes: Vec<usize> = sizes.iter().rev().copied().collect();
            let (turned, turned_values) = reordered(&whole, &values, &rank, &sizes);
            prop_assert!(turned.is_sorted());
            let (turned_part, turned_sums) = reordered(&part, &sums, &rank, &sizes);
            let mut again = vec![0.0; sums.len()];
            Projection::new(&turned, &turned_part, &turned_sizes).sum(&turned_values, &mut again);
            prop_assert_eq!(again, turned_sums);
        }
    }

    #[test]
    fn a_set_holds_its_parts() {
        assert!(contains(&[1, 3, 5], &[1, 5]) && contains(&[1], &[]));
        assert!(!contains(&[1, 3], &[2]) && !contains(&[], &[1]));
    }
}
