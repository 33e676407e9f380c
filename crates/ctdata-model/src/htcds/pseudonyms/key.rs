//! The key of pseudonyms.

use std::fmt;
use std::path::Path;

use ctdata_table::TableError;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{IdKind, Split, divide};
use crate::ModelError;
use crate::htcds::Records;

/// A secret key for pseudonyms.
///
/// It comes from a file or from the environment, never from a command line, which other users can see. `Debug` does not
/// show it, and there is no way to get it back. It stays in memory until it is dropped, like the records themselves;
/// memory is not wiped.
///
/// ```
/// use ctdata_model::Simulator;
/// use ctdata_model::htcds::MARKER;
/// use ctdata_model::htcds::pseudonyms::{Key, join};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let key = Key::from_bytes(b"of 16 bytes or more, best random")?;
/// let records = Simulator::new(1).htcds(50)?;
/// let split = key.split(&records);
/// assert!(!serde_json::to_string(&split.cases)?.contains(MARKER));
/// assert_eq!(join(&split.cases, &split.identities)?, records);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key([redacted])")
    }
}

/// What every hash begins with, so that no other use of the same key makes the same ones.
const DOMAIN: &[u8] = b"ctdata pseudonym 1";

impl Key {
    /// The shortest key, in bytes.
    pub const MIN_BYTES: usize = 16;

    /// A key of these bytes. How well they are chosen cannot be checked: take 32 from a generator of random numbers.
    ///
    /// # Errors
    /// [`ModelError::Key`] for fewer than 16 bytes, or if all of them are the same.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        Self::checked(bytes, || "these bytes".to_owned())
    }

    /// The key in a file: hexadecimal digits, at least 32 of them and an even number; or else the bytes of the file.
    /// Line breaks at the end do not count.
    ///
    /// # Errors
    /// A file that cannot be read; as [`Key::from_bytes`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ModelError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| ModelError::Table(TableError::io(path, error)))?;
        Self::written(&bytes, || path.display().to_string())
    }

    /// The key in a variable of the environment, written as in a file.
    ///
    /// # Errors
    /// [`ModelError::Key`] if there is no such variable; as [`Key::from_bytes`].
    pub fn from_env(variable: &str) -> Result<Self, ModelError> {
        let place = || format!("the environment variable {variable}");
        let text = std::env::var_os(variable).ok_or_else(|| ModelError::Key { place: place(), rule: "is not set" })?;
        Self::written(text.as_encoded_bytes(), place)
    }

    fn written(bytes: &[u8], place: impl Fn() -> String) -> Result<Self, ModelError> {
        let end = bytes.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n')).map_or(0, |last| last + 1);
        let bytes = bytes.get(..end).unwrap_or_default();
        match decoded(bytes) {
            Some(decoded) => Self::checked(&decoded, place),
            None => Self::checked(bytes, place),
        }
    }

    fn checked(bytes: &[u8], place: impl Fn() -> String) -> Result<Self, ModelError> {
        let refused = |rule| ModelError::Key { place: place(), rule };
        if bytes.len() < Self::MIN_BYTES {
            return Err(refused("has fewer than 16 bytes"));
        }
        if bytes.windows(2).all(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(refused("is one byte over and over"));
        }
        // Keys of any length are taken.
        let keyed = Hmac::new_from_slice(bytes).map_err(|_| refused("cannot be used"))?;
        Ok(Self(keyed))
    }

    /// Splits records: see the table of this module for what goes where.
    #[must_use]
    pub fn split(&self, records: &Records) -> Split {
        divide::split(self, records)
    }

    /// The pseudonym of an identifier: 128 bits in 32 hexadecimal digits.
    pub fn pseudonym(&self, kind: IdKind, id: &str) -> String {
        // The kinds and the domain are of fixed spelling; with their lengths no two inputs run into each other.
        let hash = self.hash(&[DOMAIN, kind.code().as_bytes(), id.as_bytes()]);
        hash.iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
            for half in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(half.into(), 16));
            }
            text
        })
    }

    /// HMAC-SHA-256 of the parts, each after its length in eight bytes.
    fn hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hmac = self.0.clone();
        for part in parts {
            hmac.update(&(part.len() as u64).to_be_bytes());
            hmac.update(part);
        }
        hmac.finalize().into_bytes().into()
    }
}

/// The bytes of at least 32 hexadecimal digits.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_chunks::<2>();
    if text.len() < 2 * Key::MIN_BYTES || !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        halves.map(|half| char::from_digit(half.into(), 16).unwrap()).collect()
    }

    /// RFC 4231 (2005), sections 4.2 to 4.4, 4.7 and 4.8: the HMAC is the one of the standard. Keys that are shorter than
    /// this module takes, or one byte over and over, are used directly.
    #[test]
    fn the_hash_is_hmac_sha_256() {
        for (key, message, expected) in [
            (vec![0x0b; 20], &b"Hi There"[..], "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (vec![0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            let mut hmac = Key(Hmac::new_from_slice(&key).unwrap()).0;
            hmac.update(message);
            assert_eq!(hex(&hmac.finalize().into_bytes()), expected);
        }
    }

    /// Computed with Python 3's `hmac` and `hashlib`, from the description of the message in the docs.
    #[test]
    fn a_pseudonym_is_the_same_for_ever() {
        let key = Key::from_bytes(&(0..32).collect::<Vec<u8>>()).unwrap();
        assert_eq!(key.pseudonym(IdKind::Person, "P-1"), "5905baac0c9611a08d847e9e408971d8");
        assert_eq!(key.pseudonym(IdKind::Case, "P-1"), "550b8bf809ee9dee13f475bf7717a49f");
        assert_eq!(key.pseudonym(IdKind::Organization, ""), "14d3148704f3dc63b57fae6b8fc0c441");
        let other = Key::from_bytes(&(1..33).collect::<Vec<u8>>()).unwrap();
        assert_ne!(key.pseudonym(IdKind::Person, "P-1"), other.pseudonym(IdKind::Person, "P-1"));
    }

    #[test]
    fn keys_are_read_as_digits_or_as_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let key = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            Key::from_file(&path).map(|key| key.pseudonym(IdKind::Case, "1")).map_err(|error| error.to_string())
        };
        let of = |bytes: &[u8]| Ok(Key::from_bytes(bytes).unwrap().pseudonym(IdKind::Case, "1"));
        assert_eq!(key(b"000102030405060708090A0b0c0d0e0f\r\n"), of(&(0..16).collect::<Vec<u8>>()));
        assert_eq!(key(b"a phrase of some length\n"), of(b"a phrase of some length"));
        // An odd number of digits is a text.
        assert_eq!(key(b"000102030405060708090a0b0c0d0e0f1"), of(b"000102030405060708090a0b0c0d0e0f1"));
        let place = path.display();
        assert_eq!(key(b"0001020304050607"), of(b"0001020304050607"));
        assert_eq!(key(b"secret\n"), Err(format!("{place}: the key has fewer than 16 bytes")));
        assert_eq!(key(&[0; 32]), Err(format!("{place}: the key is one byte over and over")));
        let missing = Key::from_env("CTDATA_NO_SUCH_VARIABLE").unwrap_err().to_string();
        assert_eq!(missing, "the environment variable CTDATA_NO_SUCH_VARIABLE: the key is not set");
        assert!(matches!(Key::from_file(folder.path().join("none")), Err(ModelError::Table(TableError::Io { .. }))));
        assert_eq!(format!("{:?}", Key::from_bytes(b"a phrase of some length")), "Ok(Key([redacted]))");
    }
}
