//! Items of the public domain, and records as sets of them.

#![expect(clippy::indexing_slicing, reason = "items and offsets are numbered by this file")]

use ctdata_table::{Attribute, Constraint, Control, Origin, Schema, Table};

use crate::PrivacyError;

/// No item: blank, or the `no` of a flag.
const NONE: u32 = u32::MAX;

/// The items of a schema: an attribute with one of the values of its codebook. Missing is no item, and of a
/// flag only `yes` is.
pub(crate) struct Items {
    /// (Position of the attribute, code), ascending.
    codes: Vec<(u16, u16)>,
    /// Per attribute used: its position, the lowest code that is an item, and its first item.
    attributes: Vec<Used>,
    /// Public rules: of these sets of items no record has one of each.
    rules: Vec<Rule>,
}

struct Used {
    position: usize,
    lowest: u16,
    first: u32,
    values: u16,
}

/// A structural zero: one set of items per term.
struct Rule {
    /// How many attributes it speaks of: the length at which it begins to forbid.
    attributes: usize,
    /// Ascending items per term.
    terms: Vec<Vec<u32>>,
}

impl Items {
    /// The items of some attributes.
    ///
    /// # Errors
    /// [`PrivacyError::ObservedDomain`], and a constraint with a value that its attribute does not have.
    pub(crate) fn of(schema: &Schema, positions: &[usize], constraints: &[Constraint]) -> Result<Self, PrivacyError> {
        let mut items = Vec::new();
        let mut attributes = Vec::with_capacity(positions.len());
        for &position in positions {
            let Some((attribute, place)) = schema.get(position).zip(u16::try_from(position).ok()) else { continue };
            if attribute.domain().origin() != Origin::Public {
                return Err(PrivacyError::ObservedDomain { attribute: attribute.name().to_owned() });
            }
            let (lowest, end) = item_codes(attribute);
            let first = u32::try_from(items.len()).unwrap_or(NONE);
            attributes.push(Used { position, lowest, first, values: end - lowest });
            items.extend((lowest..end).map(|code| (place, code)));
        }
        let mut this = Self { codes: items, attributes, rules: Vec::new() };
        for constraint in constraints {
            if let Some(terms) = constraint.resolve(schema)? {
                let terms: Vec<(usize, Vec<u32>)> = terms
                    .iter()
                    .map(|term| {
                        let holds = (0u16..).zip(&term.holds).filter(|(_, holds)| **holds);
                        (term.position, holds.filter_map(|(code, _)| this.find(term.position, code)).collect())
                    })
                    .collect();
                let mut spoken: Vec<usize> = terms.iter().map(|(position, _)| *position).collect();
                spoken.sort_unstable();
                spoken.dedup();
                let terms = terms.into_iter().map(|(_, items)| items).collect();
                this.rules.push(Rule { attributes: spoken.len(), terms });
            }
        }
        Ok(this)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.codes.len()
    }

    /// How many attributes they belong to: the most items that one record has.
    pub(crate) fn attributes(&self) -> usize {
        self.attributes.len()
    }

    /// (Position of the attribute, code) of an item.
    pub(crate) fn get(&self, item: u32) -> (u16, u16) {
        self.codes[item as usize]
    }

    /// Whether two items are values of one attribute, so that no record has both.
    pub(crate) fn exclude(&self, one: u32, other: u32) -> bool {
        self.get(one).0 == self.get(other).0
    }

    /// How many items the attribute of an item has.
    pub(crate) fn siblings(&self, item: u32) -> usize {
        let after = self.attributes.partition_point(|used| used.first <= item);
        after.checked_sub(1).map_or(1, |at| usize::from(self.attributes[at].values))
    }

    fn find(&self, position: usize, code: u16) -> Option<u32> {
        self.attributes.iter().find(|used| used.position == position)?.item(code)
    }

    /// Whether a rule forbids these ascending items, and none of fewer of them.
    pub(crate) fn forbids(&self, combination: &[u32]) -> bool {
        self.rules
            .iter()
            .filter(|rule| rule.attributes == combination.len())
            .any(|rule| rule.terms.iter().all(|term| combination.iter().any(|item| term.binary_search(item).is_ok())))
    }
}

impl Used {
    fn item(&self, code: u16) -> Option<u32> {
        let offset = code.checked_sub(self.lowest).filter(|offset| *offset < self.values)?;
        Some(self.first + u32::from(offset))
    }
}

/// The codes of an attribute that are items: from, and up to before.
fn item_codes(attribute: &Attribute) -> (u16, u16) {
    let domain = attribute.domain();
    let is_flag = domain.len() == 2 && domain.code_of("no") == Some(0) && domain.code_of("yes") == Some(1);
    (u16::from(is_flag), u16::try_from(domain.len()).unwrap_or(u16::MAX))
}

/// Records as ascending lists of items; equal ones are kept once, with how many there are.
pub(crate) struct Records {
    items: Vec<u32>,
    /// Where each distinct record ends in `items`.
    ends: Vec<usize>,
    counts: Vec<i64>,
    rows: usize,
}

impl Records {
    /// The records of a table.
    ///
    /// # Errors
    /// Cancellation.
    pub(crate) fn of(table: &Table, items: &Items, control: &Control) -> Result<Self, PrivacyError> {
        let rows = table.rows();
        // No memory is reserved: a refusal would tell how many records there are, and this is of the size of the table.
        let mut columns: Vec<_> = items
            .attributes
            .iter()
            .filter_map(|used| table.column(used.position).map(|column| (used, column.iter())))
            .collect();
        let (mut lists, mut ends) = (Vec::new(), Vec::with_capacity(rows));
        for row in 0..rows {
            if row.is_multiple_of(1 << 16) {
                control.check()?;
            }
            lists.extend(columns.iter_mut().filter_map(|(used, codes)| used.item(codes.next()?)));
            ends.push(lists.len());
        }
        let list = |row: usize| &lists[row.checked_sub(1).map_or(0, |before| ends[before])..ends[row]];
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_unstable_by(|&a, &b| list(a).cmp(list(b)));
        let mut records = Self { items: Vec::new(), ends: Vec::new(), counts: Vec::new(), rows };
        for (place, &row) in order.iter().enumerate() {
            if let (true, Some(count)) = (place > 0 && list(order[place - 1]) == list(row), records.counts.last_mut()) {
                *count += 1;
            } else {
                records.items.extend_from_slice(list(row));
                records.ends.push(records.items.len());
                records.counts.push(1);
            }
        }
        Ok(records)
    }

    /// All records, equal ones counted.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// How many distinct ones there are.
    pub(crate) fn distinct(&self) -> usize {
        self.ends.len()
    }

    /// The items of a distinct record, and how many records are so.
    pub(crate) fn get(&self, place: usize) -> (&[u32], i64) {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        (&self.items[start..self.ends[place]], self.counts[place])
    }
}
