//! The victim-perpetrator file: its attributes, and its layout as data.
//!
//! A row is a victim with what is known of the perpetrators, condensed: a perpetrator's cell can hold
//! several values. Such a set is one value of its attribute (`female;male`), so that nothing is lost.
//!
//! # Sources
//! CTDC victim-perpetrator synthetic data set, dictionary of 1 December 2022.

use std::sync::LazyLock;

use ctdata_table::{Attribute, Domain, MissingKinds, Origin};

use super::layout::{Coding, LayoutAttribute, LayoutColumn, Token};
use crate::case::public;
use crate::codes::CodeList;
use crate::{Gender, Majority, PerpetratorAgeBand, PerpetratorRelation, RegisterPeriod, VpRegion};

/// One thing that the victim-perpetrator file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum VpAttribute {
    /// The period of registration.
    PeriodOfRegistration,
    /// The victim's gender.
    Gender,
    /// Whether the victim is a child.
    Majority,
    /// Forced labour.
    ForcedLabour,
    /// Sexual exploitation.
    SexualExploitation,
    /// The victim's region of origin.
    RegionOfOrigin,
    /// The region of exploitation.
    RegionOfExploitation,
    /// A perpetrator was an exploiter.
    PerpetratorExploiter,
    /// Genders of the perpetrators.
    PerpetratorGender,
    /// Ages of the perpetrators.
    PerpetratorAge,
    /// Regions of citizenship of the perpetrators.
    PerpetratorRegion,
    /// What the perpetrators were to the victim.
    PerpetratorRelation,
    /// Whether the victim paid the perpetrators.
    PerpetratorWasPaid,
    /// A perpetrator was a recruiter or broker.
    PerpetratorRecruiter,
    /// A perpetrator took part in the transaction: transport, transfer, harbouring, receipt.
    PerpetratorTransaction,
    /// A perpetrator controlled, abused or kidnapped the victim.
    PerpetratorControl,
}

fn subsets(codes: &[&str]) -> Domain {
    let sets = (1u32..1 << codes.len()).map(|mask| {
        let items: Vec<&str> =
            codes.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, code)| *code).collect();
        items.join(";")
    });
    public(Domain::nominal(sets, Origin::Public))
}

fn codes<L: CodeList>() -> Vec<&'static str> {
    L::ALL.iter().map(|value| value.code()).collect()
}

static PERIOD: LazyLock<Domain> = LazyLock::new(|| public(Domain::ordered(codes::<RegisterPeriod>(), Origin::Public)));
static GENDER: LazyLock<Domain> =
    LazyLock::new(|| public(Domain::nominal([Gender::Female.code(), Gender::Male.code()], Origin::Public)));
static MAJORITY: LazyLock<Domain> = LazyLock::new(|| public(Domain::ordered(codes::<Majority>(), Origin::Public)));
static REGION: LazyLock<Domain> = LazyLock::new(|| public(Domain::nominal(codes::<VpRegion>(), Origin::Public)));
static GENDERS: LazyLock<Domain> = LazyLock::new(|| subsets(&[Gender::Female.code(), Gender::Male.code()]));
static AGES: LazyLock<Domain> = LazyLock::new(|| subsets(&codes::<PerpetratorAgeBand>()));
static REGIONS: LazyLock<Domain> = LazyLock::new(|| subsets(&codes::<VpRegion>()));
static RELATIONS: LazyLock<Domain> = LazyLock::new(|| subsets(&codes::<PerpetratorRelation>()));
static YES_NO: LazyLock<Domain> = LazyLock::new(|| subsets(&["no", "yes"]));

impl VpAttribute {
    /// The name in the schema of victim-perpetrator rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PeriodOfRegistration => "period_of_registration",
            Self::Gender => "gender",
            Self::Majority => "majority_at_registration",
            Self::ForcedLabour => "form_forced_labour",
            Self::SexualExploitation => "form_sexual_exploitation",
            Self::RegionOfOrigin => "region_of_origin",
            Self::RegionOfExploitation => "region_of_exploitation",
            Self::PerpetratorExploiter => "perpetrator_exploiter",
            Self::PerpetratorGender => "perpetrator_gender",
            Self::PerpetratorAge => "perpetrator_age",
            Self::PerpetratorRegion => "perpetrator_region",
            Self::PerpetratorRelation => "perpetrator_relation",
            Self::PerpetratorWasPaid => "perpetrator_was_paid",
            Self::PerpetratorRecruiter => "perpetrator_recruiter",
            Self::PerpetratorTransaction => "perpetrator_transaction",
            Self::PerpetratorControl => "perpetrator_control",
        }
    }

    /// Its values. For sets, value `s` (from 0) holds item `i` of the list if bit `i` of `s + 1` is set.
    pub fn domain(self) -> Domain {
        match self {
            Self::PeriodOfRegistration => PERIOD.clone(),
            Self::Gender => GENDER.clone(),
            Self::Majority => MAJORITY.clone(),
            Self::RegionOfOrigin | Self::RegionOfExploitation => REGION.clone(),
            Self::PerpetratorGender => GENDERS.clone(),
            Self::PerpetratorAge => AGES.clone(),
            Self::PerpetratorRegion => REGIONS.clone(),
            Self::PerpetratorRelation => RELATIONS.clone(),
            Self::PerpetratorWasPaid => YES_NO.clone(),
            Self::ForcedLabour
            | Self::SexualExploitation
            | Self::PerpetratorExploiter
            | Self::PerpetratorRecruiter
            | Self::PerpetratorTransaction
            | Self::PerpetratorControl => Domain::flag(),
        }
    }

    /// The column description.
    pub fn attribute(self) -> Attribute {
        Attribute::new(self.name(), self.domain(), MissingKinds::NOT_RECORDED)
    }
}

const fn vp(name: &'static str, attribute: VpAttribute, coding: Coding) -> LayoutColumn {
    LayoutColumn { name, attribute: LayoutAttribute::VictimPerpetrator(attribute), coding }
}

const PERIOD_TOKENS: &[Token] = &[
    Token::Value("2005-2013", RegisterPeriod::From2005To2013 as u16),
    Token::Value("2014-2018", RegisterPeriod::From2014To2018 as u16),
    Token::Value("2019", RegisterPeriod::In2019 as u16),
    Token::Value("2020", RegisterPeriod::In2020 as u16),
    Token::Value("2021-2022", RegisterPeriod::From2021To2022 as u16),
];
const GENDER_TOKENS: &[Token] =
    &[Token::Value("Female", Gender::Female as u16), Token::Value("Male", Gender::Male as u16)];
const MAJORITY_TOKENS: &[Token] =
    &[Token::Value("Minor", Majority::Minor as u16), Token::Value("Adult", Majority::Adult as u16)];
const REGION_TOKENS: &[Token] = &[
    Token::Value("Africa", VpRegion::Africa as u16),
    Token::Value("Americas/Oceania", VpRegion::AmericasOrOceania as u16),
    Token::Value("Asia", VpRegion::Asia as u16),
    Token::Value("Europe", VpRegion::Europe as u16),
];
const AGE_TOKENS: &[Token] = &[
    Token::Value("0--29", PerpetratorAgeBand::From0To29 as u16),
    Token::Value("30--38", PerpetratorAgeBand::From30To38 as u16),
    Token::Value("39--47", PerpetratorAgeBand::From39To47 as u16),
    Token::Value("48+", PerpetratorAgeBand::From48 as u16),
];
const RELATION_TOKENS: &[Token] = &[
    Token::Value("FamilyIntimatePartner", PerpetratorRelation::FamilyOrIntimatePartner as u16),
    Token::Value("FriendAcquaintance", PerpetratorRelation::FriendOrAcquaintance as u16),
    Token::Value("StrangerUnknownOther", PerpetratorRelation::StrangerUnknownOrOther as u16),
];
const YES_NO_TOKENS: &[Token] = &[Token::Value("No", 0), Token::Value("Yes", 1)];

/// 16 columns.
pub(super) const VP: &[LayoutColumn] = &[
    vp("yearRegister", VpAttribute::PeriodOfRegistration, Coding::Tokens(PERIOD_TOKENS)),
    vp("gender", VpAttribute::Gender, Coding::Tokens(GENDER_TOKENS)),
    vp("majorityStatus", VpAttribute::Majority, Coding::Tokens(MAJORITY_TOKENS)),
    vp("isForcedLabour", VpAttribute::ForcedLabour, Coding::PositiveFlag),
    vp("isSexualExploit", VpAttribute::SexualExploitation, Coding::PositiveFlag),
    vp("UN_COO_Region", VpAttribute::RegionOfOrigin, Coding::Tokens(REGION_TOKENS)),
    vp("UN_COE_Region", VpAttribute::RegionOfExploitation, Coding::Tokens(REGION_TOKENS)),
    vp("IP_Exploiter", VpAttribute::PerpetratorExploiter, Coding::PositiveFlag),
    vp("IP_Gender", VpAttribute::PerpetratorGender, Coding::Set(GENDER_TOKENS)),
    vp("IP_ageBroad", VpAttribute::PerpetratorAge, Coding::Set(AGE_TOKENS)),
    vp("IP_citizen_UNRegion", VpAttribute::PerpetratorRegion, Coding::Set(REGION_TOKENS)),
    vp("IP_Relation", VpAttribute::PerpetratorRelation, Coding::Set(RELATION_TOKENS)),
    vp("IP_PayMoney", VpAttribute::PerpetratorWasPaid, Coding::Set(YES_NO_TOKENS)),
    vp("IP_RecruiterBroker", VpAttribute::PerpetratorRecruiter, Coding::PositiveFlag),
    vp("IP_TransactionProcess", VpAttribute::PerpetratorTransaction, Coding::PositiveFlag),
    vp("IP_ControlAbuseKidnap", VpAttribute::PerpetratorControl, Coding::PositiveFlag),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_named_by_their_items() {
        let domain = VpAttribute::PerpetratorGender.domain();
        assert_eq!(domain.labels().collect::<Vec<_>>(), ["female", "male", "female;male"]);
        assert_eq!(VpAttribute::PerpetratorAge.domain().len(), 15);
    }
}
