//! What extension attributes hold: values, sets of values, and the answers of questions.

use ctdata_model::htcds::lists::{MethodOfRecruitment, SupportPlanType, Vulnerabilities};
use ctdata_model::{
    CodeList, Country, Gender, PerpetratorAgeBand, PerpetratorRelation, PerpetratorRole, Region, VpRegion,
};
use ctdata_table::{Domain, Origin, TableError};

/// The code of a country that M49 puts in no region.
pub(super) const UNMAPPED: &str = "unmapped";

/// What the cells of an extension attribute hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Values {
    /// Yes or no.
    Flag,
    /// A flag for each answer of a question that can have several.
    Answers(Question),
    /// A sex or gender.
    Sex,
    /// An age band of perpetrators.
    PerpetratorAge,
    /// A country.
    Country,
    /// A region by its M49 code, or `unmapped`.
    Region,
    /// `served` or `awaited`.
    FirstService,
    /// Several values in one, joined by semicolons in the order of the list.
    Set(VpSet),
    /// A whole number.
    Number {
        /// The smallest.
        first: i64,
        /// The largest; what is more is counted as this.
        last: i64,
    },
}

/// What a set is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum VpSet {
    /// Sexes or genders.
    Sex,
    /// Age bands of perpetrators.
    Age,
    /// Regions by their M49 codes, or `unmapped`.
    Region,
    /// What perpetrators were to the victim.
    Relation,
    /// No and yes.
    YesNo,
}

/// A code and the words for people.
pub(super) type Word = (&'static str, &'static str);

fn words<L: CodeList>() -> Vec<Word> {
    L::ALL.iter().map(|value| (value.code(), value.label())).collect()
}

/// Sexes or genders that a record states one by one.
fn sexes() -> Vec<Word> {
    let single = Gender::ALL.iter().filter(|gender| gender.merges().is_empty());
    single.map(|gender| (gender.code(), gender.label())).collect()
}

fn regions() -> Vec<Word> {
    let mut regions = words::<Region>();
    regions.push((UNMAPPED, "in no region of M49"));
    regions
}

impl VpSet {
    /// The items, in the order of the bits.
    pub(super) fn items(self) -> Vec<Word> {
        match self {
            Self::Sex => sexes(),
            Self::Age => words::<PerpetratorAgeBand>(),
            Self::Region => regions(),
            Self::Relation => words::<PerpetratorRelation>(),
            Self::YesNo => vec![("no", "no"), ("yes", "yes")],
        }
    }

    /// The words of an item, also of those that only victim-perpetrator files have.
    pub(super) fn word(self, code: &str) -> Option<Word> {
        let more = if self == Self::Region { words::<VpRegion>() } else { Vec::new() };
        let merged = if self == Self::Sex { words::<Gender>() } else { Vec::new() };
        self.items().into_iter().chain(more).chain(merged).find(|(known, _)| *known == code)
    }
}

impl Values {
    /// The values of a single one; empty for flags, sets and numbers.
    fn words(self) -> Vec<Word> {
        match self {
            Self::Sex => words::<Gender>(),
            Self::PerpetratorAge => words::<PerpetratorAgeBand>(),
            Self::Country => words::<Country>(),
            Self::Region => regions(),
            Self::FirstService => vec![("served", "served"), ("awaited", "still awaited")],
            Self::Flag | Self::Answers(_) | Self::Set(_) | Self::Number { .. } => Vec::new(),
        }
    }

    /// The words for a value.
    pub(super) fn label(self, code: &str) -> Option<&'static str> {
        let found = match self {
            Self::Set(set) => set.word(code),
            Self::Region => VpSet::Region.word(code),
            _ => self.words().into_iter().find(|(known, _)| *known == code),
        };
        found.map(|(_, label)| label)
    }

    /// The public values.
    pub(super) fn domain(self) -> Result<Domain, TableError> {
        match self {
            Self::Flag | Self::Answers(_) => Ok(Domain::flag()),
            Self::Number { first, last } => Domain::numeric(first..=last, 0, Origin::Public),
            Self::PerpetratorAge => Domain::ordered(self.words().into_iter().map(|(code, _)| code), Origin::Public),
            Self::Set(set) => {
                let items = set.items();
                let sets = (1u32..1 << items.len()).map(|mask| {
                    let chosen = items.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
                    chosen.map(|(_, (code, _))| *code).collect::<Vec<_>>().join(";")
                });
                Domain::nominal(sets, Origin::Public)
            }
            _ => Domain::nominal(self.words().into_iter().map(|(code, _)| code), Origin::Public),
        }
    }
}

/// A question that can have several answers, each a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// How a victim was recruited: the methods of HTCDS.
    Recruitment,
    /// What made a victim vulnerable: the vulnerabilities of HTCDS.
    Vulnerability,
    /// Climate or disaster, conflict, displacement.
    Context,
    /// What support is planned: the types of HTCDS.
    Support,
    /// What a perpetrator did: the roles of HTCDS.
    Role,
    /// What the perpetrators of a victim did: the four groups of the victim-perpetrator file.
    Part,
}

/// An answer of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The name of its flag.
    pub attribute: String,
    /// The code in the output.
    pub code: String,
    /// The words for people.
    pub label: &'static str,
}

/// `AtWork` to `at-work`.
fn kebab(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

impl Question {
    /// The prefix of its flags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recruitment => "recruitment",
            Self::Vulnerability => "vulnerability",
            Self::Context => "context",
            Self::Support => "support",
            Self::Role => "role",
            Self::Part => "perpetrator",
        }
    }

    /// The name of the dimension in results.
    pub(crate) const fn dimension(self) -> &'static str {
        match self {
            Self::Recruitment => "recruitment-method",
            Self::Part => "perpetrator-part",
            Self::Role => "perpetrator-role",
            other => other.name(),
        }
    }

    /// Its answers, in the order of the list they are from.
    pub fn answers(self) -> Vec<Answer> {
        fn listed<L: CodeList>() -> Vec<(String, &'static str)> {
            L::ALL.iter().map(|value| (kebab(value.code()), value.label())).collect()
        }
        let own = |words: &[Word]| words.iter().map(|&(code, label)| (code.to_owned(), label)).collect();
        let words: Vec<(String, &'static str)> = match self {
            Self::Recruitment => listed::<MethodOfRecruitment>(),
            Self::Vulnerability => listed::<Vulnerabilities>(),
            Self::Support => listed::<SupportPlanType>(),
            Self::Role => listed::<PerpetratorRole>(),
            Self::Context => own(&[
                ("climate-or-disaster", "Climate or disaster"),
                ("conflict", "Conflict"),
                ("displacement", "Displacement"),
            ]),
            Self::Part => own(&[
                ("exploiter", "Exploiter"),
                ("recruiter", "Recruiter or broker"),
                ("transaction", "Transport, transfer, harbouring or receipt"),
                ("control", "Control, abuse or kidnapping"),
            ]),
        };
        let answer = |(code, label): (String, &'static str)| Answer {
            attribute: format!("{}_{}", self.name(), code.replace('-', "_")),
            code,
            label,
        };
        words.into_iter().map(answer).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_named_after_the_lists() {
        let names = |question: Question| question.answers().into_iter().map(|answer| answer.attribute).next();
        assert_eq!(names(Question::Recruitment).unwrap(), "recruitment_at_a_place_of_business");
        assert_eq!(names(Question::Role).unwrap(), "role_travelling_partner");
        assert_eq!(names(Question::Support).unwrap(), "support_education");
        assert_eq!(Question::Support.answers().len(), 9);
    }

    #[test]
    fn sets_are_coded_by_their_bits() {
        let domain = Values::Set(VpSet::Region).domain().unwrap();
        assert_eq!(domain.len(), 63);
        assert_eq!(domain.label(2).unwrap(), "002;019");
    }
}
