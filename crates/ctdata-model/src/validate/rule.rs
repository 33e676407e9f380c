//! The rules, as data.
//!
//! # Sources
//! CTDC Data Codebook version 6 (2017), CB6; data dictionaries of 2017 and 2018, Dict2017; Global Synthetic
//! Data Codebook version 2 (2024), CB2024; victim-perpetrator dictionary (2022), VPdict; counts made on the
//! public files of 2020, 2021 and 2022; field standards and guidance of HTCDS 2.0 (2021).

use super::Severity;

/// One rule that case data should keep.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The identifier by which findings cite it.
    pub id: &'static str,
    /// How grave a breach is.
    pub severity: Severity,
    /// What holds, in a sentence.
    pub sentence: &'static str,
    /// Who says so.
    pub source: &'static str,
}

impl Rule {
    /// The rule of an identifier.
    pub fn named(id: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.id.eq_ignore_ascii_case(id))
    }
}

macro_rules! rules {
    ($($id:literal $severity:ident $sentence:literal, $source:literal;)+) => {
        /// All rules.
        pub static RULES: &[Rule] = &[
            $(Rule { id: $id, severity: Severity::$severity, sentence: $sentence, source: $source },)+
        ];
    };
}

rules! {
    "text" Error "A cell is valid UTF-8 and a column holds no more values than can be coded.", "common sense";
    "code-list" Error "A coded cell holds a code of its list.", "CB6, CB2024";
    "cell" Error "A date, a number, a coordinate or a yes-or-no is written as one.", "HTCDS 2.0";
    "record" Error "A row has what it needs, and says nothing else than earlier rows about the same record.", "common sense";
    "duplicate-id" Error "An identifier is that of one record, and a person has a role in a case once.", "common sense";
    "unknown-id" Error "Who is connected with a case is in the records.", "common sense";
    "R1" Error "A flag is 0, 1 or the release's missing code; in a synthetic release 1 or empty.", "Dict2017, CB2024";
    "R2" Error "No words stand in a flag column: where they do, the cells of the row are shifted.", "seen in a public copy of the 2020 release";
    "R3" Error "A row has as many cells as the header.", "2021 release";
    "R4" Error "A sector of forced labour goes with forced labour.", "CB6";
    "R5" Error "A type of sexual exploitation goes with sexual exploitation.", "CB6";
    "R6" Error "isSexAndLabour is 1 if and only if both are, and 0 if either is.", "CB6";
    "R7" Warning "Forced marriage, forced military and organ removal are other exploitation.", "CB2024";
    "R8" Warning "No means of control is specified if and only if the source says so.", "CB6";
    "R9" Warning "A recruiter whose relation is unknown has no known relation.", "CB6, 2020 release";
    "R10" Warning "A concatenated list names the flags that are 1, and no others.", "Dict2017";
    "R11" Information "A case without a specified sector has no sector.", "2020 release";
    "R12" Error "Age band and majority status at registration agree.", "CB6";
    "R13" Error "Who is a child at registration was a child at entry and at the start of exploitation.", "CB6, 2021 synthetic release";
    "R14" Warning "Entry into trafficking is not later than exploitation.", "CB6";
    "R15" Error "The year of registration is one that the release covers.", "CB6, CB2024";
    "R16" Information "Registrations of one year do not stand out: in 2016 one contributor stamped all its older cases.", "CB6";
    "R17" Error "A country code is of the list and of the kind that the release uses.", "ISO 3166-1, CB6, CB2024";
    "R18" Information "What is collected since 2017 is not filled for earlier years.", "Dict2017";
    "R19" Warning "Duration bands are those of the release, fine and coarse ones not mixed.", "CB2024";
    "R20" Warning "A value is of its list: by name, by label or by a known spelling.", "HTCDS 2.0, field standards and toolkit";
    "R21" Information "Deprecated fields are empty.", "HTCDS 2.0, field standards";
    "R22" Warning "An industry goes with forced labour, forced begging, servitude or child labour.", "common sense";
    "R23" Warning "A type of sexual exploitation goes with sexual exploitation.", "common sense";
    "R24" Warning "Births, trafficking events, the incoming referral, then outgoing referrals and ends of support plans follow each other; none but a planned end is in the future.", "common sense";
    "R25" Warning "The age when trafficked is 0 to 120, and not above the age at the incoming referral.", "common sense";
    "R26" Warning "A case that is closed has a reason, one that is closed as referred an outgoing referral, and an active one no reason for its closure.", "common sense";
    "R27" Error "Latitude is -90 to 90, longitude -180 to 180 degrees, and there are both or neither.", "common sense";
    "R28" Warning "Phone numbers and e-mail addresses have their form.", "HTCDS 2.0, field standards; common sense";
    "R29" Warning "Who can be identified has consented.", "HTCDS 2.0, guidance on consent";
    "R30" Warning "Who is not a victim of trafficking was not exploited.", "HTCDS 2.0, field standards and definitions";
    "R31" Information "Nobody is both victim and perpetrator in one case; roles can overlap in practice.", "common sense";
    "R32" Information "A child needs no means of control: its absence is never a finding.", "Palermo Protocol, article 3(c)";
    "R33" Warning "A set of perpetrators' values is of the list, sorted and distinct.", "VPdict";
    "R34" Information "Identical rows are legal, and never merged.", "2020 release";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn identifiers_are_unique_and_complete() {
        let ids: HashSet<_> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), RULES.len());
        for number in 1..=34 {
            assert!(Rule::named(&format!("r{number}")).is_some(), "R{number}");
        }
    }
}
