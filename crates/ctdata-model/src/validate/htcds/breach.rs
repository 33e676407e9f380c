//! The ways to break a rule about records, and where breaches are counted.

use crate::validate::{CaseFindings, Finding, Place, Rule, RuleSelection, Severity};

macro_rules! breaches {
    ($($name:ident $rule:literal $severity:ident $message:literal;)+) => {
        /// A way to break a rule. Findings of one rule and severity come in this order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Breach {
            $($name,)+
        }

        impl Breach {
            pub(super) const ALL: &[Self] = &[$(Self::$name,)+];

            pub(super) const fn rule(self) -> &'static str {
                match self {
                    $(Self::$name => $rule,)+
                }
            }

            pub(super) const fn severity(self) -> Severity {
                match self {
                    $(Self::$name => Severity::$severity,)+
                }
            }

            const fn message(self) -> &'static str {
                match self {
                    $(Self::$name => $message,)+
                }
            }
        }
    };
}

breaches! {
    IdTwice "duplicate-id" Error "An identifier is that of an earlier record of the same kind.";
    RoleTwice "duplicate-id" Error "A person is twice a victim, or twice a perpetrator, of one case.";
    UnknownId "unknown-id" Error "A case names a person or an organization that is not in the records.";
    UnlistedValue "R20" Warning "A value is neither a name nor a label of its list.";
    SeveralValues "R20" Information "Several values stand where the standard has one; its survey form allows it.";
    Deprecated "R21" Information "A deprecated field is filled: use `con_Consent` and the assessments instead.";
    IndustryOfAnother "R22" Warning "An industry is recorded, and none of the forms of exploitation that have one.";
    IndustryAlone "R22" Information "An industry is recorded, and no form of exploitation.";
    SexTypeOfAnother "R23" Warning "A type of sexual exploitation is recorded, and sexual exploitation is not among the forms.";
    SexTypeAlone "R23" Information "A type of sexual exploitation is recorded, and no form of exploitation.";
    BeforeBirth "R24" Warning "A date of the case is before the birth of its victim.";
    BeforeBirthOfOne "R24" Information "A date of the case is before the birth of one of its victims: it may be about another.";
    OutOfOrder "R24" Warning "Dates do not follow each other: events, incoming referral, outgoing referrals and ends of support plans.";
    InFuture "R24" Warning "A date is in the future.";
    AgeOutOfRange "R25" Warning "An age when trafficked is above 120.";
    AgeAboveOwn "R25" Warning "An age when trafficked is above the age at the incoming referral.";
    ReferredToNobody "R26" Warning "A case is closed as referred, and has no outgoing referral.";
    ClosedWithoutReason "R26" Warning "A case is closed without a reason.";
    ActiveWithReason "R26" Warning "An active case has a reason for its closure.";
    NotOnEarth "R27" Error "A latitude is outside -90 to 90, or a longitude outside -180 to 180 degrees.";
    HalfPlace "R27" Error "A latitude stands without a longitude, or the reverse.";
    PhoneForm "R28" Warning "A phone number is not in international form: country code and number, 2 to 15 digits that do not start with 0, with or without + before them.";
    EmailForm "R28" Warning "An e-mail address does not have the form name@domain.";
    ConsentRefused "R29" Warning "Identifying fields are filled, and consent is refused.";
    ConsentMissing "R29" Warning "Identifying fields are filled, and consent is not recorded.";
    ExploitedNoVictim "R30" Warning "Exploitation is recorded for a person who is not a victim of trafficking.";
    VictimAndPerpetrator "R31" Information "A person is both victim and perpetrator in one case.";
}

const COUNT: usize = Breach::ALL.len();
// A set of them is a word.
const _: () = assert!(COUNT <= 64);

/// A set of breaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Set(u64);

impl Set {
    fn insert(&mut self, breach: Breach) {
        self.0 |= 1 << breach as u32;
    }

    fn contains(self, breach: Breach) -> bool {
        self.0 & 1 << breach as u32 != 0
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Breaches of one kind.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    count: u64,
    row: u64,
    column: Option<&'static str>,
}

/// What was found, in all records or in one case.
#[derive(Debug)]
struct Tally {
    kinds: Set,
    found: [Found; COUNT],
}

impl Tally {
    fn new() -> Self {
        Self { kinds: Set::default(), found: [Found::default(); COUNT] }
    }

    fn add(&mut self, breach: Breach, row: u64, column: Option<&'static str>) {
        let is_first = !self.kinds.contains(breach);
        self.kinds.insert(breach);
        if let Some(found) = self.found.get_mut(breach as usize) {
            if is_first {
                *found = Found { count: 0, row, column };
            }
            found.count += 1;
            if row < found.row {
                (found.row, found.column) = (row, column);
            }
        }
    }

    fn kinds(&self) -> impl Iterator<Item = (Breach, &Found)> {
        Breach::ALL.iter().copied().zip(&self.found).filter(|(breach, _)| self.kinds.contains(*breach))
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |(breach, found): (Breach, &Found)| Finding {
            rule: breach.rule(),
            severity: breach.severity(),
            count: found.count,
            message: breach.message().to_owned(),
            first: Some(Place { row: found.row, column: found.column.map(str::to_owned) }),
        };
        self.kinds().map(finding).collect()
    }
}

/// What breaches are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// All records.
    All,
    /// All records, and the case at hand.
    AllAndCase,
    /// The case at hand: the record was counted before.
    Case,
}

/// Counts breaches over all records, and lists cases with them.
#[derive(Debug)]
pub(super) struct Breaches {
    asked: Set,
    scope: Scope,
    all: Tally,
    case: Tally,
    /// How many cases are listed.
    limit: usize,
    /// Cases with findings, by how grave the gravest is.
    listed: [Vec<CaseFindings>; 3],
    cases: u64,
}

impl Breaches {
    /// Counts breaches of the selected rules, of one severity or of all, and lists up to `limit` cases.
    pub(super) fn new(rules: &RuleSelection, severity: Option<Severity>, limit: usize) -> Self {
        let mut asked = Set::default();
        for &breach in Breach::ALL {
            let is_selected = Rule::named(breach.rule()).is_some_and(|rule| rules.contains(rule));
            if is_selected && severity.is_none_or(|severity| severity == breach.severity()) {
                asked.insert(breach);
            }
        }
        Self {
            asked,
            scope: Scope::All,
            all: Tally::new(),
            case: Tally::new(),
            limit,
            listed: Default::default(),
            cases: 0,
        }
    }

    /// Whether a breach is asked for.
    pub(super) fn asks(&self, breach: Breach) -> bool {
        self.asked.contains(breach)
    }

    /// Whether cases are listed.
    pub(super) fn lists_cases(&self) -> bool {
        self.limit > 0
    }

    /// Whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.all.kinds.is_empty()
    }

    /// A look at a record that comes from a row.
    pub(super) fn look(&mut self, row: u64) -> Look<'_> {
        Look { breaches: self, row }
    }

    /// What follows is about one case.
    pub(super) fn enter_case(&mut self) {
        self.scope = if self.lists_cases() { Scope::AllAndCase } else { Scope::All };
        self.case.kinds = Set::default();
    }

    /// What follows are records of the case that were counted before.
    pub(super) fn enter_counted(&mut self) {
        self.scope = Scope::Case;
    }

    /// Ends a case: its position from 1, and the row that it comes from.
    pub(super) fn leave_case(&mut self, case: u64, row: u64) {
        self.scope = Scope::All;
        let Some(gravest) = self.case.kinds().map(|(breach, _)| breach.severity()).max() else {
            return;
        };
        self.cases += 1;
        if let Some(listed) = self.listed.get_mut(gravest as usize)
            && listed.len() < self.limit
        {
            let mut findings = self.case.findings();
            findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
            listed.push(CaseFindings { case, row, findings });
        }
    }

    /// The findings in the order of the rules; cases with findings, the gravest first; and how many there are.
    pub(super) fn into_findings(self) -> (Vec<Finding>, Vec<CaseFindings>, u64) {
        let findings = self.all.findings();
        let listed = self.listed.into_iter().rev().flatten().take(self.limit).collect();
        (findings, listed, self.cases)
    }
}

/// A look at one record: where its breaches go.
#[derive(Debug)]
pub(super) struct Look<'b> {
    breaches: &'b mut Breaches,
    row: u64,
}

impl Look<'_> {
    /// Counts a breach that a field shows.
    pub(super) fn field(&mut self, breach: Breach, field: &'static str) {
        self.add(breach, Some(field));
    }

    /// Counts a breach that the record as a whole shows.
    pub(super) fn record(&mut self, breach: Breach) {
        self.add(breach, None);
    }

    /// Counts a breach if it is one.
    pub(super) fn field_if(&mut self, is_breach: bool, breach: Breach, field: &'static str) {
        if is_breach {
            self.add(breach, Some(field));
        }
    }

    fn add(&mut self, breach: Breach, column: Option<&'static str>) {
        if !self.breaches.asks(breach) {
            return;
        }
        if self.breaches.scope != Scope::Case {
            self.breaches.all.add(breach, self.row, column);
        }
        if self.breaches.scope != Scope::All {
            self.breaches.case.add(breach, self.row, column);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_is_no_graver_than_its_rule() {
        for breach in Breach::ALL {
            let rule = Rule::named(breach.rule()).unwrap();
            assert_eq!(rule.id, breach.rule());
            assert!(breach.severity() <= rule.severity, "{}", rule.id);
            assert!(breach.message().ends_with('.'));
        }
        for rule in (20..=31).map(|number| format!("R{number}")) {
            let severities = Breach::ALL.iter().filter(|breach| breach.rule() == rule).map(|breach| breach.severity());
            assert_eq!(severities.max(), Rule::named(&rule).map(|rule| rule.severity), "{rule}");
        }
    }
}
