//! The key of pseudonyms.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
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
/// What the hash of a fingerprint is of.
const FINGERPRINT: &[u8] = b"ctdata key fingerprint 1";
/// The longest key file, in bytes: what is longer is some other file.
const MAX_FILE: u64 = 64 * 1024;

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

    /// The key in a file: hexadecimal digits, at least 32 of them and an even number, with or without `0x` before them;
    /// or else the bytes of the file. A byte order mark and white space at both ends do not count.
    ///
    /// # Errors
    /// A file that cannot be read; [`ModelError::Key`] for one of more than 64 KiB, an odd number of digits, or more than
    /// 24 characters of which all but one or two are digits, which is a slip rather than a text; as [`Key::from_bytes`].
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ModelError> {
        let path = path.as_ref();
        let place = || path.display().to_string();
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes))
            .map_err(|error| ModelError::Table(TableError::io(path, error)))?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(ModelError::Key { place: place(), rule: "is longer than 64 KiB" });
        }
        Self::written(&bytes, place)
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
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii();
        match Written::of(text) {
            Written::Digits(bytes) => Self::checked(&bytes, place),
            Written::Text => Self::checked(text, place),
            Written::Slip(rule) => Err(ModelError::Key { place: place(), rule }),
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
        digits(&self.hash(&[DOMAIN, kind.code().as_bytes(), id.as_bytes()]), 16)
    }

    /// Tells this key from others, to see which one a file was made with: 32 bits in 8 hexadecimal digits, of the
    /// HMAC-SHA-256 of a fixed text that is part of no pseudonym. Two keys have the same one with a probability of
    /// 2^-32. Of a random key it tells nothing else; who guesses at a weak one can check guesses with it, as with any
    /// pseudonym of a known identifier.
    pub fn fingerprint(&self) -> String {
        digits(&self.hash(&[FINGERPRINT]), 4)
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

/// The first bytes of a hash in hexadecimal digits.
fn digits(hash: &[u8], bytes: usize) -> String {
    let halves = hash.iter().take(bytes).flat_map(|byte| [byte >> 4, byte & 15]);
    halves.filter_map(|half| char::from_digit(half.into(), 16)).collect()
}

/// How a key is written.
enum Written {
    /// In hexadecimal digits, which are these bytes.
    Digits(Vec<u8>),
    /// As its own bytes.
    Text,
    /// In digits, but for what is wrong with them.
    Slip(&'static str),
}

impl Written {
    fn of(text: &[u8]) -> Self {
        let prefixed = text.strip_prefix(b"0x").or_else(|| text.strip_prefix(b"0X"));
        let digits = prefixed.unwrap_or(text);
        let value = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        // Characters: bytes that do not continue one.
        let is_first = |byte: &&u8| **byte & 0xc0 != 0x80;
        let characters = digits.iter().filter(is_first).count();
        let others = digits.iter().filter(is_first).filter(|byte| !byte.is_ascii_hexdigit()).count();
        match others {
            0 if digits.len() % 2 == 1 => Self::Slip("has an odd number of hexadecimal digits"),
            0 if digits.len() >= 2 * Key::MIN_BYTES || prefixed.is_some() => {
                let (pairs, _) = digits.as_chunks::<2>();
                Self::Digits(pairs.iter().filter_map(|&[high, low]| Some(value(high)? << 4 | value(low)?)).collect())
            }
            1 | 2 if characters > 24 => {
                Self::Slip("is hexadecimal digits but for one or two characters, which is probably a slip")
            }
            _ => Self::Text,
        }
    }
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

    /// Computed with Python 3's `hmac`: the first four bytes of HMAC-SHA-256 of the length of the text, 24 in eight bytes,
    /// and the text.
    #[test]
    fn a_fingerprint_is_the_same_for_ever_and_no_pseudonym() {
        let key = Key::from_bytes(&(0..32).collect::<Vec<u8>>()).unwrap();
        assert_eq!(key.fingerprint(), "fd4f642e");
        let other = Key::from_bytes(&(1..33).collect::<Vec<u8>>()).unwrap();
        assert_ne!(key.fingerprint(), other.fingerprint());
        for kind in IdKind::ALL {
            for id in ["", "ctdata key fingerprint 1", "P-1"] {
                assert!(!key.pseudonym(*kind, id).starts_with(&key.fingerprint()));
            }
        }
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
        let counted = of(&(0..16).collect::<Vec<u8>>());
        assert_eq!(key(b"\xef\xbb\xbf 0x000102030405060708090a0b0c0d0e0f \t\r\n"), counted);
        assert_eq!(key(b"\n0X000102030405060708090a0b0c0d0e0f"), counted);
        assert_eq!(key(b"  a phrase of some length\t"), of(b"a phrase of some length"));
        let place = path.display();
        let refused = |rule: &str| Err(format!("{place}: the key {rule}"));
        let odd = refused("has an odd number of hexadecimal digits");
        assert_eq!(key(b"000102030405060708090a0b0c0d0e0f1"), odd);
        assert_eq!(key(b"0x000102030405060708090a0b0c0d0e0f1"), odd);
        assert_eq!(key(b"0x00010203040506"), refused("has fewer than 16 bytes"));
        let slip = refused("is hexadecimal digits but for one or two characters, which is probably a slip");
        assert_eq!(key(b"000102030405060708090a0b0c0d0e0O"), slip);
        assert_eq!(key(b"0001020304050607 08090a0b0c0d0e0f"), slip);
        assert_eq!(key("000102030405060708090a0b0c0d0e\u{2026}".as_bytes()), slip);
        assert_eq!(key(b"00010203-0405-0607-0809-0a0b0c0d0e0f"), of(b"00010203-0405-0607-0809-0a0b0c0d0e0f"));
        assert_eq!(key(b"000102030405060708090a0O"), of(b"000102030405060708090a0O"), "24 characters are a text");
        let long = b"of some length, ".repeat(4096);
        assert_eq!(key(&long), of(long.trim_ascii()));
        assert_eq!(key(&[long, vec![b'x']].concat()), refused("is longer than 64 KiB"));
        assert_eq!(key(b"0001020304050607"), of(b"0001020304050607"));
        assert_eq!(key(b"secret\n"), Err(format!("{place}: the key has fewer than 16 bytes")));
        assert_eq!(key(&[0; 32]), Err(format!("{place}: the key is one byte over and over")));
        let missing = Key::from_env("CTDATA_NO_SUCH_VARIABLE").unwrap_err().to_string();
        assert_eq!(missing, "the environment variable CTDATA_NO_SUCH_VARIABLE: the key is not set");
        assert!(matches!(Key::from_file(folder.path().join("none")), Err(ModelError::Table(TableError::Io { .. }))));
        assert_eq!(format!("{:?}", Key::from_bytes(b"a phrase of some length")), "Ok(Key([redacted]))");
    }
}
