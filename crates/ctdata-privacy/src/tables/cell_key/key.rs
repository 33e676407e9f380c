//! The secret key of noise on tables, and the record keys that come from it.

use std::fmt;

use ctdata_table::Table;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{PrivacyError, PrivacyUnit};

/// A secret key for noise on tables, the same for all tables and releases of the same records.
///
/// Another key for a second release would let readers average two noises out; a key that is known undoes the noise. The
/// caller keeps it. `Debug` does not show it, and there is no way to get it back.
///
/// ```
/// use ctdata_privacy::tables::TableKey;
/// let key = TableKey::from_bytes(b"32 bytes of a generator are best")?;
/// assert_eq!(format!("{key:?}"), "TableKey([redacted])");
/// assert!(TableKey::from_bytes(b"short").is_err());
/// # Ok::<(), ctdata_privacy::PrivacyError>(())
/// ```
#[derive(Clone)]
pub struct TableKey(Hmac<Sha256>);

impl fmt::Debug for TableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TableKey([redacted])")
    }
}

/// What the hash of a record with an id begins with.
const OF_ID: &[u8] = b"ctdata record key 1";
/// What the hash of a record without one begins with.
const OF_PLACE: &[u8] = b"ctdata row key 1";
/// What the hash of a coin of random rounding begins with.
const OF_COIN: &[u8] = b"ctdata rounding 1";

impl TableKey {
    /// The shortest key, in bytes.
    pub const MIN_BYTES: usize = 16;

    /// A key of these bytes. How well they are chosen cannot be checked: take 32 from a generator of random numbers.
    ///
    /// # Errors
    /// Fewer than 16 bytes, or all of them the same.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PrivacyError> {
        let invalid = |rule: &str| PrivacyError::InvalidParameter { parameter: "key", rule: rule.into() };
        if bytes.len() < Self::MIN_BYTES {
            return Err(invalid("it has fewer than 16 bytes"));
        }
        if bytes.windows(2).all(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(invalid("it is one byte over and over"));
        }
        Ok(Self(Hmac::new_from_slice(bytes).map_err(|_| invalid("it can not be used"))?))
    }

    /// 64 bits of HMAC-SHA-256 of a message. Every kind of message begins with words of its own, of fixed length, so that
    /// no two kinds meet.
    fn word(&self, kind: &[u8], message: &[u8]) -> u64 {
        let mut hmac = self.0.clone();
        hmac.update(kind);
        hmac.update(message);
        let hash: [u8; 32] = hmac.finalize().into_bytes().into();
        hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
    }

    /// The key of a record with this id.
    pub fn record(&self, id: &str) -> u64 {
        self.word(OF_ID, id.as_bytes())
    }

    /// A number below `bound`, for the cell with this key: each as likely as the others, and always the same one.
    pub(in crate::tables) fn below(&self, bound: u64, cell_key: u64) -> u64 {
        // Words past the last multiple of the bound are passed over, so that there is no bias.
        let excess = (u64::MAX % bound.max(1) + 1) % bound.max(1);
        let mut word = 0;
        // Each try fails with a probability below bound / 2^64.
        for attempt in 0u64..64 {
            let message = [bound.to_be_bytes(), cell_key.to_be_bytes(), attempt.to_be_bytes()].concat();
            word = self.word(OF_COIN, &message);
            if word <= u64::MAX - excess {
                break;
            }
        }
        word % bound.max(1)
    }
}

/// A key for each record of a table: 64 bits that nobody can guess without the secret key.
///
/// A record with an id (a case or person id that stays the same for the life of the record) has its key from the id,
/// whatever row it is in, so that counts which lose a record and get it back are as before. Records of one person share
/// a key. Without ids a record has its key from its row: then the noise stays the same only as long as rows are neither
/// moved nor taken out, and a release of a changed file can be compared with an older one to average noise out.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordKeys {
    keys: Vec<u64>,
    from: PrivacyUnit,
}

impl RecordKeys {
    /// The keys of the records of a table.
    ///
    /// ```
    /// use ctdata_privacy::tables::{RecordKeys, TableKey};
    /// use ctdata_table::{Attribute, Column, Schema, Table};
    /// let schema = Schema::try_new(vec![Attribute::flag("married")])?;
    /// let table = Table::try_new(schema, vec![Column::from_u8(vec![1, 0])])?;
    /// let key = TableKey::from_bytes(b"32 bytes of a generator are best")?;
    /// let there = RecordKeys::of(&table.clone().with_ids(["a", "b"].into_iter().collect())?, &key);
    /// let back = RecordKeys::of(&table.with_ids(["b", "a"].into_iter().collect())?, &key);
    /// assert_eq!(there.get(0), back.get(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(table: &Table, key: &TableKey) -> Self {
        if let Some(ids) = table.ids() {
            let keys = (0..table.rows()).map(|row| key.record(ids.get(row).unwrap_or_default())).collect();
            Self { keys, from: PrivacyUnit::Person }
        } else {
            let keys = (0..table.rows() as u64).map(|row| key.word(OF_PLACE, &row.to_be_bytes())).collect();
            Self { keys, from: PrivacyUnit::Record }
        }
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key of a row. Confidential.
    pub fn get(&self, row: usize) -> Option<u64> {
        self.keys.get(row).copied()
    }

    /// Whether keys come from ids, so that they go with the records and not with the rows.
    pub fn are_stable(&self) -> bool {
        self.from == PrivacyUnit::Person
    }

    pub(super) fn keys(&self) -> &[u64] {
        &self.keys
    }
}

/// No key: whoever knows them can undo the noise.
impl fmt::Debug for RecordKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordKeys of {} rows [redacted]", self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> TableKey {
        TableKey::from_bytes(&(0..32).collect::<Vec<u8>>()).unwrap()
    }

    /// HMAC-SHA-256 of the description in this file, computed with Python 3's `hmac`; the second is the first word below
    /// the last multiple of 3.
    #[test]
    fn keys_are_the_first_bytes_of_hmac_sha_256() {
        assert_eq!(key().record("case-1"), u64::from_str_radix(RECORD, 16).unwrap());
        assert_eq!(key().below(3, 7), u64::from_str_radix(COIN, 16).unwrap() % 3);
        let schema = ctdata_table::Schema::try_new(vec![ctdata_table::Attribute::flag("a")]).unwrap();
        let table = Table::try_new(schema, vec![ctdata_table::Column::from_u8(vec![0, 1])]).unwrap();
        let keys = RecordKeys::of(&table, &key());
        assert_eq!((keys.get(1), keys.are_stable()), (Some(u64::from_str_radix(ROW_1, 16).unwrap()), false));
        assert_eq!(format!("{keys:?}"), "RecordKeys of 2 rows [redacted]");
    }

    const RECORD: &str = "3ad8cfe133860bc2";
    const COIN: &str = "fd3ec9a546896bb0";
    const ROW_1: &str = "f8a88ad67285dcb8";

    #[test]
    fn weak_keys_are_refused() {
        for bytes in [&[1u8, 2, 3][..], &[7; 40]] {
            assert!(TableKey::from_bytes(bytes).is_err());
        }
    }

    #[test]
    fn numbers_below_a_bound_are_uniform() {
        let mut seen = [0u32; 5];
        for cell in 0..5_000u64 {
            seen[usize::try_from(key().below(5, cell)).unwrap()] += 1;
        }
        // Chi-square with four degrees of freedom: above 18.5 with probability 0.001.
        let chi: f64 = seen.iter().map(|&n| (f64::from(n) - 1_000.0).powi(2) / 1_000.0).sum();
        assert!(chi < 18.5, "{chi}");
        assert_eq!((key().below(1, 3), key().below(0, 3)), (0, 0));
        assert!(key().below(u64::MAX, 1) < u64::MAX);
    }
}
