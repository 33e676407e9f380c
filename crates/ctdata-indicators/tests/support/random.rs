//! Random tables of cases.

use ctdata_model::{CaseTable, Layout};
use ctdata_table::{Cell, Missing, Schema, Table, TableBuilder};

/// A table of rows of codes in the 37 columns of 2021, from weights of a small generator.
pub(crate) fn synthetic(rows: usize, mut state: u64) -> Table {
    let layout = Layout::named("ctdc-synthetic-2021").unwrap();
    random(&CaseTable::schema(layout, |_| None).unwrap(), rows, &mut state)
}

/// Few distinct values per attribute, so that cells fill up; a quarter missing.
pub(crate) fn random(schema: &Schema, rows: usize, state: &mut u64) -> Table {
    let mut draw = |below: u64| {
        // Steele, Lea and Flood (2014), SplitMix64.
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    };
    let mut builder = TableBuilder::new(schema.clone());
    for _ in 0..rows {
        let row: Vec<Cell> = schema
            .attributes()
            .iter()
            .map(|attribute| {
                let values = attribute.domain().len() as u64;
                let missing: Vec<Missing> = attribute.missing().iter().collect();
                if values == 0 || draw(4) == 0 {
                    let kind = usize::try_from(draw(missing.len() as u64)).unwrap();
                    return Cell::Missing(*missing.get(kind).unwrap());
                }
                let few = draw(6) * (values / 6).max(1) % values;
                Cell::Value(u16::try_from(few).unwrap())
            })
            .collect();
        builder.push_row(&row).unwrap();
    }
    builder.finish().unwrap()
}
