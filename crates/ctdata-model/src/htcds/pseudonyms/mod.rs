//! Records in two parts: cases under pseudonyms, and who the people are.
//!
//! [`Key::split`] replaces every identifier by a keyed hash of it and moves what identifies to a second set of
//! records, so that the case table can travel without names. [`join`] puts both together again, without the key.
//!
//! | | case side | identity side |
//! |---|---|---|
//! | identifiers | pseudonyms | in the clear, with their pseudonyms |
//! | other identifying fields ([`Field::is_identifying`](super::Field::is_identifying)): names, addresses, contact, free text, coordinates | none | as they were |
//! | references to people and organizations | pseudonyms, where they name an identifier of the records | any other text |
//! | birth date | the year | as precisely as known |
//! | country of an event | its code, if it is a country | the text, if it is not that code |
//! | values of lists | if the list has them | all values of the field, if it holds a text that the list lacks |
//! | numbers, yes and no, other dates | as they were | none |
//!
//! # Guarantee
//! A pseudonym is the first 128 bits of HMAC-SHA-256 of the kind and the identifier. Without the key, pseudonyms tell
//! nothing of identifiers but which are equal, as far as HMAC-SHA-256 cannot be told from a random function; two
//! identifiers share one with a probability of about n²/2^129 for n identifiers. Equal identifiers of one kind have
//! equal pseudonyms under one key, in all files; under another key nothing matches.
//!
//! What is *not* protected: this is pseudonymization, not anonymization. The case side stays confidential personal
//! data. Sex, year of birth, citizenship, dates and what happened can single out a person to somebody who knows them,
//! and who has the key can try identifiers out. A release is made by the privacy models, never by this.
//!
//! Pseudonyms link files only as well as identifiers do: those that readers make up for rows without any are equal in
//! files that have nothing to do with each other.
//!
//! # Sources
//! NIST FIPS 198-1 (2008), HMAC; RFC 4231 (2005), test vectors. Regulation (EU) 2016/679, article 4 (5). ENISA,
//! *Pseudonymisation techniques and best practices* (2019), 5.

mod divide;
mod join;
mod key;
#[cfg(test)]
#[cfg(all(feature = "csv", feature = "json"))]
mod tests;

use std::fmt;

use super::records::Records;
use crate::Redacted;
use crate::codes::code_list;
pub use join::join;
pub use key::Key;

code_list! {
    /// What an identifier identifies. Pseudonyms of different kinds never match.
    pub enum IdKind {
        Organization = "organization", "Organization";
        Person = "person", "Person";
        Case = "case", "Case";
    }
}

/// Records in two parts.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Split {
    /// The case side: under pseudonyms, without anything that identifies directly. Still confidential.
    pub cases: Records,
    /// The identity side.
    pub identities: Identities,
}

/// Who is behind the pseudonyms: to be kept apart from the cases, under stricter access.
#[derive(Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Identities {
    /// The fingerprint of the key of the pseudonyms ([`Key::fingerprint`]); empty if it is not known.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "String::is_empty"))]
    pub key: String,
    /// Every identifier with its pseudonym, by kind and identifier.
    pub pseudonyms: Vec<Pseudonym>,
    /// What was moved, under the identifiers in the clear: everybody and every case in the order of the records.
    pub records: Records,
    /// The parts of cases of which nothing stayed: the case side does not have them at all.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub removed: Vec<RemovedPart>,
}

/// Shows the fingerprint of the key, and how many there are, nothing of them.
impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identities")
            .field("key", &self.key)
            .field("pseudonyms", &self.pseudonyms.len())
            .field("records", &self.records)
            .field("removed", &self.removed.len())
            .finish()
    }
}

code_list! {
    /// What repeats in a case and has no identifier.
    pub enum PartKind {
        OutgoingReferral = "outgoing-referral", "Outgoing referral";
        Comment = "comment", "Comment";
        Event = "event", "Trafficking event";
        SupportPlan = "support-plan", "Support plan";
    }
}

/// A part of a case of which nothing stayed with the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct RemovedPart {
    /// The position of the case among the cases of the identities, from 0.
    pub case: usize,
    /// What part.
    pub part: PartKind,
    /// Its position among the parts of this kind in the case, as it was before the split, from 0.
    pub position: usize,
}

/// An identifier and its pseudonym.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Pseudonym {
    /// What it identifies.
    pub kind: IdKind,
    /// The identifier.
    pub id: Redacted<String>,
    /// The pseudonym: 32 hexadecimal digits.
    pub pseudonym: Redacted<String>,
}
