//! The released records of one set of attributes, by what is known.

use ctdata_table::{Attribute, AttributeSet, Cell, Missing};

use super::persons::PersonCounter;
use crate::quasi::is_blank;

/// Bits of one attribute in a packed combination.
const BITS: usize = 16;
/// Meanings that are no codes of values; a domain has fewer values than the least of them.
pub(super) const BLANK: u16 = u16::MAX;
pub(super) const ABSENT: u16 = u16::MAX - 1;
pub(super) const NOT_APPLICABLE: u16 = u16::MAX - 2;

/// For each code of an attribute its meaning in the codes of the released attribute.
pub(super) fn meanings(attribute: &Attribute, released: &Attribute) -> Vec<u16> {
    let same = attribute.domain() == released.domain();
    let meaning = |code: usize| match u16::try_from(code).ok().and_then(|code| attribute.cell(code)) {
        Some(Cell::Value(value)) if same => value,
        Some(Cell::Value(value)) => {
            // A number has other spellings than its label, which are other values.
            let label = attribute.domain().label(value);
            let code = label.as_deref().and_then(|label| released.domain().code_of(label));
            code.filter(|&code| released.domain().label(code) == label).unwrap_or(ABSENT)
        }
        Some(Cell::Missing(Missing::NotApplicable)) => NOT_APPLICABLE,
        Some(cell) if is_blank(cell) => BLANK,
        Some(_) | None => ABSENT,
    };
    (0..attribute.code_count()).map(meaning).collect()
}

/// The meanings of a combination in one integer, at most eight.
pub(super) fn pack(meanings: impl Iterator<Item = u16>) -> u128 {
    meanings.fold(0, |packed, meaning| packed << BITS | u128::from(meaning))
}

/// The meaning at a place, counted from the last attribute.
pub(super) fn part(packed: u128, place: usize) -> u16 {
    #[expect(clippy::cast_possible_truncation, reason = "one attribute's bits are wanted")]
    let meaning = (packed >> (place * BITS)) as u16;
    meaning
}

fn blanked(packed: u128, place: usize) -> u128 {
    packed | u128::from(BLANK) << (place * BITS)
}

/// Released records by their meanings on one set of attributes, sorted.
pub(super) struct Cells<'a> {
    set: &'a AttributeSet,
    entries: Vec<(u128, u64)>,
    /// Places, from the last attribute, where some entry is blank.
    blanks: Vec<usize>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(set: &'a AttributeSet, mut entries: Vec<(u128, u64)>) -> Self {
        entries.sort_unstable_by_key(|(packed, _)| *packed);
        // Several kinds of missing are one blank.
        entries.dedup_by(|later, first| {
            let equal = later.0 == first.0;
            if equal {
                first.1 += later.1;
            }
            equal
        });
        let blank_at = |place: &usize| entries.iter().any(|(packed, _)| part(*packed, *place) == BLANK);
        let blanks = (0..set.len()).filter(blank_at).collect();
        Self { set, entries, blanks }
    }

    fn find(&self, packed: u128) -> u64 {
        let at = self.entries.binary_search_by_key(&packed, |(packed, _)| *packed).ok();
        at.and_then(|at| self.entries.get(at)).map_or(0, |(_, records)| *records)
    }

    pub(super) fn has_blank(&self, packed: u128) -> bool {
        (0..self.set.len()).any(|place| part(packed, place) == BLANK)
    }

    /// Units that have exactly these cells; exact below `limit`, else at least it.
    pub(super) fn exactly(&self, packed: u128, limit: u64, persons: Option<&mut PersonCounter<'_>>) -> u64 {
        self.units(self.find(packed), packed, false, limit, persons)
    }

    /// Units compatible with what is known; exact below `limit`, else at least it.
    pub(super) fn candidates(&self, known: u128, limit: u64, persons: Option<&mut PersonCounter<'_>>) -> u64 {
        let enough = |records: u64| persons.as_ref().map_or(records, |persons| persons.least(records)) >= limit;
        // A blank in what is known is compatible with blanks only, which `find` sees to.
        let open = self.blanks.iter().copied().filter(|&place| part(known, place) != BLANK);
        let open: Vec<usize> = open.collect();
        let mut records = 0;
        for blanks in 0..1u32 << open.len() {
            let set = open.iter().enumerate().filter(|(bit, _)| blanks >> bit & 1 == 1);
            records += self.find(set.fold(known, |packed, (_, &place)| blanked(packed, place)));
            if enough(records) {
                break;
            }
        }
        self.units(records, known, true, limit, persons)
    }

    /// The units of the smallest group that is compatible with the known part of a combination;
    /// exact below `limit`.
    pub(super) fn smallest_compatible(
        &self,
        known: u128,
        limit: u64,
        mut persons: Option<&mut PersonCounter<'_>>,
    ) -> Option<u64> {
        let fits = |packed: u128| {
            (0..self.set.len()).all(|place| {
                let (known, released) = (part(known, place), part(packed, place));
                known == BLANK || released == BLANK || known == released
            })
        };
        let groups = self.entries.iter().filter(|(packed, _)| fits(*packed));
        groups.map(|&(packed, records)| self.units(records, packed, false, limit, persons.as_deref_mut())).min()
    }

    fn units(
        &self,
        records: u64,
        packed: u128,
        open: bool,
        limit: u64,
        persons: Option<&mut PersonCounter<'_>>,
    ) -> u64 {
        match persons {
            None => records,
            Some(persons) if records == 0 || persons.least(records) >= limit => persons.least(records),
            Some(persons) => persons.distinct(self.set, packed, open),
        }
    }
}
