//! The released units of one set of attributes, by what is known.

use std::collections::HashSet;

use ctdata_table::{Attribute, Cell, Missing};

use crate::quasi::is_blank;

/// Bits of one attribute in a packed combination.
const BITS: usize = 16;
/// Meanings that are no codes of values; a domain has fewer values than the least of them.
pub(super) const BLANK: u16 = u16::MAX;
const ABSENT: u16 = u16::MAX - 1;
const NOT_APPLICABLE: u16 = u16::MAX - 2;

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

fn part(packed: u128, place: usize) -> u16 {
    #[expect(clippy::cast_possible_truncation, reason = "one attribute's bits are wanted")]
    let meaning = (packed >> (place * BITS)) as u16;
    meaning
}

fn blanked(packed: u128, place: usize) -> u128 {
    packed | u128::from(BLANK) << (place * BITS)
}

/// Who has a combination of cells.
pub(super) enum Units {
    /// So many records, each a person of its own.
    Records(u64),
    /// These persons, who may have other records too.
    Persons(Vec<u32>),
}

/// Released units by their meanings on one set of attributes, sorted.
pub(super) struct Cells {
    width: usize,
    entries: Vec<(u128, Units)>,
    /// Places, from the last attribute, where some entry is blank.
    blanks: Vec<usize>,
}

impl Cells {
    pub(super) fn new(width: usize, mut entries: Vec<(u128, Units)>) -> Self {
        entries.sort_by_key(|(packed, _)| *packed);
        // Several kinds of missing are one blank.
        entries.dedup_by(|later, first| {
            let equal = later.0 == first.0;
            if equal {
                match (&mut first.1, &mut later.1) {
                    (Units::Records(sum), Units::Records(more)) => *sum += *more,
                    (Units::Persons(all), Units::Persons(more)) => all.append(more),
                    _ => {}
                }
            }
            equal
        });
        let blank_at = |place: &usize| entries.iter().any(|(packed, _)| part(*packed, *place) == BLANK);
        let blanks = (0..width).filter(blank_at).collect();
        Self { width, entries, blanks }
    }

    fn find(&self, packed: u128) -> Option<&Units> {
        let at = self.entries.binary_search_by_key(&packed, |(packed, _)| *packed).ok()?;
        self.entries.get(at).map(|(_, units)| units)
    }

    pub(super) fn has_blank(&self, packed: u128) -> bool {
        (0..self.width).any(|place| part(packed, place) == BLANK)
    }

    /// Released units compatible with what is known; exact below `limit`, else at least it.
    pub(super) fn candidates(&self, known: u128, limit: u64) -> u64 {
        let mut count = Count::default();
        // A blank in what is known is compatible with blanks only, which `find` sees to.
        let open: Vec<usize> = self.blanks.iter().copied().filter(|&place| part(known, place) != BLANK).collect();
        for blanks in 0..1u32 << open.len() {
            let set = open.iter().enumerate().filter(|(bit, _)| blanks >> bit & 1 == 1);
            let packed = set.fold(known, |packed, (_, &place)| blanked(packed, place));
            if let Some(units) = self.find(packed) {
                count.add(units);
                if count.units() >= limit {
                    break;
                }
            }
        }
        count.units()
    }

    /// The units of the smallest group that is compatible with the known part of a combination.
    pub(super) fn smallest_compatible(&self, known: u128) -> Option<u64> {
        let fits = |packed: u128| {
            (0..self.width).all(|place| {
                let (known, released) = (part(known, place), part(packed, place));
                known == BLANK || released == BLANK || known == released
            })
        };
        self.entries.iter().filter(|(packed, _)| fits(*packed)).map(|(_, units)| size(units)).min()
    }

    /// The units that have exactly these cells.
    pub(super) fn exactly(&self, packed: u128) -> u64 {
        self.find(packed).map_or(0, size)
    }
}

fn size(units: &Units) -> u64 {
    let mut count = Count::default();
    count.add(units);
    count.units()
}

/// Units of several groups, persons once.
#[derive(Default)]
struct Count {
    records: u64,
    persons: HashSet<u32>,
}

impl Count {
    fn add(&mut self, units: &Units) {
        match units {
            Units::Records(records) => self.records += records,
            Units::Persons(persons) => self.persons.extend(persons),
        }
    }

    fn units(&self) -> u64 {
        self.records + self.persons.len() as u64
    }
}
