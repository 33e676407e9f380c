//! Partitions of distinct records by the attributes of a set, without those that are decided.
//!
//! As the stripped partitions of Huhtala, Kärkkäinen, Porkka and Toivonen (1999), "TANE", The
//! Computer Journal 42(2): a record alone in its group is unique on the set, and on all supersets,
//! so it is left out. Here a group in which every record has a copy goes too.

#![expect(clippy::indexing_slicing, reason = "records are numbered by the caller, codes are below its code counts")]

/// Groups of records that agree on a set of attributes, one after the other.
#[derive(Debug, Default, Clone)]
pub(super) struct Partition {
    records: Vec<u32>,
    ends: Vec<u32>,
}

/// What refining needs to know of all records.
pub(super) struct Records<'a> {
    /// Per attribute the code of each record.
    pub(super) codes: &'a [Vec<u16>],
    /// Per record one, and in the upper half one more if it has no copy.
    pub(super) steps: &'a [u64],
}

/// A record without a copy that is alone.
const ALONE: u64 = 1 << 32 | 1;
/// In place of the next place of a group: its records are unique, or all copies.
const UNIQUE: u32 = u32::MAX;
const COPIES: u32 = u32::MAX - 1;

/// Per code, zero between uses.
pub(super) struct Scratch {
    counts: Vec<u64>,
    places: Vec<u32>,
    touched: Vec<u16>,
}

impl Scratch {
    pub(super) fn new(codes: usize) -> Self {
        Self { counts: vec![0; codes], places: vec![0; codes], touched: Vec::new() }
    }
}

impl Partition {
    /// All records in one group.
    pub(super) fn whole(records: u32) -> Self {
        Self { records: (0..records).collect(), ends: if records > 0 { vec![records] } else { Vec::new() } }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn groups(&self) -> impl Iterator<Item = &[u32]> {
        self.ends.iter().scan(0, |start, &end| {
            let group = &self.records[*start..end as usize];
            *start = end as usize;
            Some(group)
        })
    }

    /// Splits the groups by one more attribute into `finer` and tells who is unique now.
    pub(super) fn refine(
        &self,
        of: &Records<'_>,
        attribute: usize,
        scratch: &mut Scratch,
        finer: &mut Self,
        mut unique: impl FnMut(u32),
    ) {
        let (codes, steps) = (&of.codes[attribute], of.steps);
        let Scratch { counts, places, touched } = scratch;
        finer.records.clear();
        finer.records.resize(self.records.len(), 0);
        finer.ends.clear();
        let mut end = 0;
        for group in self.groups() {
            count(group, codes, steps, counts, touched);
            for &code in &*touched {
                let found = std::mem::take(&mut counts[usize::from(code)]);
                #[expect(clippy::cast_possible_truncation, reason = "the lower half is a count of records")]
                let records = found as u32;
                places[usize::from(code)] = if found == ALONE {
                    UNIQUE
                } else if records == 1 || found >> 32 == 0 {
                    COPIES
                } else {
                    end += records;
                    finer.ends.push(end);
                    end - records
                };
            }
            touched.clear();
            for &record in group {
                let place = &mut places[usize::from(codes[record as usize])];
                match *place {
                    UNIQUE => unique(record),
                    COPIES => {}
                    at => {
                        finer.records[at as usize] = record;
                        *place += 1;
                    }
                }
            }
        }
        finer.records.truncate(end as usize);
    }

    /// Tells who is unique if one more attribute is known.
    pub(super) fn uniques(
        &self,
        of: &Records<'_>,
        attribute: usize,
        scratch: &mut Scratch,
        mut unique: impl FnMut(u32),
    ) {
        let (codes, steps) = (&of.codes[attribute], of.steps);
        let Scratch { counts, touched, .. } = scratch;
        for group in self.groups() {
            count(group, codes, steps, counts, touched);
            for &record in group {
                if counts[usize::from(codes[record as usize])] == ALONE {
                    unique(record);
                }
            }
            for code in touched.drain(..) {
                counts[usize::from(code)] = 0;
            }
        }
    }
}

fn count(group: &[u32], codes: &[u16], steps: &[u64], counts: &mut [u64], touched: &mut Vec<u16>) {
    for &record in group {
        let code = codes[record as usize];
        let count = &mut counts[usize::from(code)];
        if *count == 0 {
            touched.push(code);
        }
        *count += steps[record as usize];
    }
}
