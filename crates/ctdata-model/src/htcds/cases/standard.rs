//! Records in the values of the standard alone.

use std::collections::BTreeMap;
use std::fmt;

use crate::htcds::lists::ListMember;
use crate::htcds::{FIELDS, Listed, Records};

/// What became of a field that says more than the standard can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum DegradedKind {
    /// A value that the standard lacks was replaced by the one that stands in for it.
    Replaced,
    /// There are several values where the standard has one; they were left.
    SeveralKept,
}

/// One entry of the account of [`standard`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Degraded {
    /// The official name of the field.
    pub field: &'static str,
    /// What became of it.
    pub kind: DegradedKind,
    /// The value that the standard lacks.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub value: Option<&'static str>,
    /// The value that stands in for it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub stand_in: Option<&'static str>,
    /// How many victims are concerned.
    pub victims: u64,
}

/// What became of the field, in words.
impl fmt::Display for Degraded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.value, self.stand_in) {
            (DegradedKind::Replaced, Some(value), Some(stand_in)) => {
                write!(f, "{value} is not in the standard: replaced by {stand_in}")
            }
            _ => f.write_str("several values where the standard has one: kept"),
        }
    }
}

/// The same records with values of the standard alone, and what was replaced, in the order of the fields.
///
/// Values that the standard lacks are replaced by those that stand in for them, once where these are there already.
/// Texts that are in no list are left: they are the source's. Several industries, which the survey form of the standard
/// allows and its field list does not, are left and reported.
///
/// ```
/// use ctdata_model::htcds::{CaseRecord, Records, Victim, lists::MethodsOfControl, standard};
/// let victim = Victim { methods_of_control: vec![MethodsOfControl::RestrictsMovement.into()], ..Victim::default() };
/// let records = Records {
///     cases: vec![CaseRecord { victims: vec![victim], ..CaseRecord::default() }],
///     ..Records::default()
/// };
/// let (records, degraded) = standard(&records);
/// assert_eq!(records.cases[0].victims[0].methods_of_control, [MethodsOfControl::Other.into()]);
/// assert_eq!((degraded[0].value, degraded[0].stand_in), (Some("RestrictsMovement"), Some("Other")));
/// ```
pub fn standard(records: &Records) -> (Records, Vec<Degraded>) {
    let mut records = records.clone();
    let mut account = Account::default();
    for victim in records.cases.iter_mut().flat_map(|case| &mut case.victims) {
        if let Some(relationship) = &mut victim.relationship_to_trafficker {
            account.replace("vic_RelationshipToTrafficker", relationship);
        }
        account.replace_all("vic_MethodsOfControl", &mut victim.methods_of_control);
        account.replace_all("vic_TypeOfExploitation", &mut victim.type_of_exploitation);
        account.replace_all("vic_ForcedLabourIndustry", &mut victim.forced_labour_industry);
        if victim.forced_labour_industry.len() > 1 {
            account.count("vic_ForcedLabourIndustry", DegradedKind::SeveralKept, None, None);
        }
    }
    (records, account.entries())
}

/// Position of the field, kind, value and what stands in for it.
type Key = (usize, DegradedKind, Option<&'static str>, Option<&'static str>);

#[derive(Default)]
struct Account(BTreeMap<Key, u64>);

impl Account {
    fn count(
        &mut self,
        field: &'static str,
        kind: DegradedKind,
        value: Option<&'static str>,
        stand_in: Option<&'static str>,
    ) {
        let position = FIELDS.iter().position(|found| found.name == field).unwrap_or(FIELDS.len());
        *self.0.entry((position, kind, value, stand_in)).or_default() += 1;
    }

    fn replace<L: ListMember>(&mut self, field: &'static str, value: &mut Listed<L>) {
        let Some(known) = value.known() else { return };
        if let Some(stand_in) = known.stand_in() {
            self.count(field, DegradedKind::Replaced, Some(known.name()), Some(stand_in.name()));
            *value = Listed::Known(stand_in);
        }
    }

    fn replace_all<L: ListMember>(&mut self, field: &'static str, values: &mut Vec<Listed<L>>) {
        let is_extension = |value: &Listed<L>| value.known().and_then(|value| value.stand_in()).is_some();
        if !values.iter().any(is_extension) {
            return;
        }
        let mut kept: Vec<Listed<L>> = Vec::with_capacity(values.len());
        for mut value in values.drain(..) {
            self.replace(field, &mut value);
            if !kept.contains(&value) {
                kept.push(value);
            }
        }
        *values = kept;
    }

    fn entries(self) -> Vec<Degraded> {
        let entry = |((position, kind, value, stand_in), victims): (Key, u64)| {
            let field = FIELDS.get(position)?.name;
            Some(Degraded { field, kind, value, stand_in, victims })
        };
        self.0.into_iter().filter_map(entry).collect()
    }
}
