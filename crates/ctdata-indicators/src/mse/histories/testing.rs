//! Tables for property tests.

use super::CaptureHistories;
use crate::mse::list_set::ListSet;
use proptest::prelude::*;

/// Tables of two to six lists, some of them sparse or of nobody.
pub(in crate::mse) fn tables() -> impl Strategy<Value = CaptureHistories> {
    (2_usize..=6).prop_flat_map(|lists| {
        let history = 1..(1_u16 << lists);
        proptest::collection::vec((history, 0_u64..40), 0..24).prop_map(move |rows| {
            let names = (0..lists).map(|list| format!("list {list}"));
            let rows = rows.into_iter().map(|(bits, count)| (ListSet::from_bits(bits), count));
            CaptureHistories::try_new(names, rows).unwrap()
        })
    })
}
