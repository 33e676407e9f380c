//! The order in which records with the same quasi-identifiers are shared out.

use std::cmp::Ordering;

use ctdata_table::{Classes, Column, Table, Weights};

/// The rows by the classes of the quasi-identifiers. Within a class they are mixed: in the order of other
/// columns, those alike in a sensitive attribute would come to lie in one region. The mixture depends on
/// what the rows hold alone, not on where they are in the table.
pub(super) fn order(table: &Table, classes: &Classes) -> Vec<u32> {
    let contents = Contents::of(table, classes);
    let class = |row: u32| classes.class_of_row().get(row as usize).copied();
    let mut rows: Vec<u32> = (0u32..).take(table.rows()).collect();
    rows.sort_unstable_by(|&a, &b| class(a).cmp(&class(b)).then_with(|| contents.compare(a, b)));

    let mut copy = 0u64;
    let mut before: Option<u32> = None;
    let mut keyed: Vec<(Option<u32>, u64, u32, u32)> = Vec::with_capacity(rows.len());
    for (place, row) in (0u32..).zip(rows) {
        // Rows that are the same in everything can stand for each other; their copies are mixed too.
        let again = before.is_some_and(|before| class(before) == class(row) && contents.compare(before, row).is_eq());
        copy = if again { copy + 1 } else { 0 };
        before = Some(row);
        keyed.push((class(row), mixed(contents.hash(row) ^ mixed(copy)), place, row));
    }
    keyed.sort_unstable();
    keyed.into_iter().map(|(.., row)| row).collect()
}

/// All that rows hold besides quasi-identifiers.
struct Contents<'a> {
    table: &'a Table,
    columns: Vec<&'a Column>,
    weights: &'a [u32],
}

impl<'a> Contents<'a> {
    fn of(table: &'a Table, classes: &Classes) -> Self {
        let is_quasi = |at: usize| classes.set().positions().iter().any(|&position| usize::from(position) == at);
        let columns = table.columns().iter().enumerate().filter(|(at, _)| !is_quasi(*at)).map(|(_, column)| column);
        let weights = table.weights().map(Weights::values).unwrap_or_default();
        Self { table, columns: columns.collect(), weights }
    }

    fn id(&self, row: u32) -> &str {
        self.table.ids().and_then(|ids| ids.get(row as usize)).unwrap_or_default()
    }

    fn weight(&self, row: u32) -> u32 {
        self.weights.get(row as usize).copied().unwrap_or_default()
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let codes = |column: &&Column| column.get(a as usize).cmp(&column.get(b as usize));
        let columns = self.columns.iter().map(codes).find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
        columns.then_with(|| self.id(a).cmp(self.id(b))).then_with(|| self.weight(a).cmp(&self.weight(b)))
    }

    fn hash(&self, row: u32) -> u64 {
        let codes = self.columns.iter().map(|column| u64::from(column.get(row as usize).unwrap_or_default()));
        let id = self.id(row).bytes().map(u64::from);
        codes.chain(id).chain([u64::from(self.weight(row))]).fold(0, |hash, part| mixed(hash ^ part))
    }
}

/// The finalizer of SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, 2014). It hides nothing.
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::{AttributeSet, Control};

    #[test]
    fn rows_alike_in_another_column_do_not_lie_together() {
        // One class of 200 rows, half of them with each code of the other column.
        let codes: Vec<u8> = (0..200).map(|row| u8::from(row >= 100)).collect();
        let table = crate::testing::flags(&[&[0; 200], &codes]);
        let set = AttributeSet::try_new([0]).unwrap();
        let classes = Classes::with_members(&table, &set, &Control::default()).unwrap();
        let order = order(&table, &classes);
        let ones = order.iter().take(100).filter(|row| **row >= 100).count();
        // 50 in the mean, standard deviation 3.5; the mixture is fixed.
        assert!((36..=64).contains(&ones), "{ones}");
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..200));
    }

    #[test]
    fn classes_come_in_order() {
        let table = crate::testing::flags(&[&[1, 0, 1, 0], &[0, 1, 1, 0]]);
        let set = AttributeSet::try_new([0]).unwrap();
        let classes = Classes::with_members(&table, &set, &Control::default()).unwrap();
        let first: Vec<u32> = order(&table, &classes).into_iter().map(|row| row % 2).collect();
        assert_eq!(first, [1, 1, 0, 0]);
    }
}
