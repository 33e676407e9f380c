//! The attributes of a case: their names, values and kinds of missing.

use std::borrow::Cow;
use std::sync::LazyLock;

use ctdata_table::{Attribute, Domain, Missing, MissingKinds, Origin};

use crate::codes::CodeList;
use crate::{
    AgeBand, Country, DataSource, DurationBand, ExploitationForm, Gender, IsicSection, LabourSector, Majority,
    MeansOfControl, RecruiterRelation, SexualExploitationType, StatusDecisionMaker, TraffickerRelationship,
    TraffickingStatus, Year,
};

/// One thing that can be said of a case.
///
/// A layout has some of them; those it does not have are absent from its tables, which is not the
/// same as not recorded. Flags are three-valued: yes, no, not recorded.
///
/// ```
/// use ctdata_model::{CaseAttribute, MeansOfControl};
/// let threats = CaseAttribute::Control(MeansOfControl::Threats);
/// assert_eq!(threats.name(), "control_threats");
/// assert_eq!(CaseAttribute::from_name("control_threats"), Some(threats));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CaseAttribute {
    /// Year in which the case was registered; its meaning differs by contributor, and it is never the
    /// year of trafficking.
    YearOfRegistration,
    /// What kind of organization the record comes from.
    DataSource,
    /// Gender, or sex where the source does not separate the two.
    Gender,
    /// Age at registration.
    AgeBand,
    /// Child or adult at registration.
    MajorityAtRegistration,
    /// Child or adult when exploitation began.
    MajorityAtExploitation,
    /// Child or adult on entry into the trafficking process, which may precede exploitation.
    MajorityAtEntry,
    /// Citizenship; country of origin for some contributors.
    Citizenship,
    /// Last country of exploitation, else the country where the person was first identified or assisted.
    CountryOfExploitation,
    /// How long the trafficking lasted.
    TraffickingDuration,
    /// A means of control.
    Control(MeansOfControl),
    /// The source says that no means of control was specified: a statement about the answer.
    ControlNotSpecified,
    /// A form of exploitation.
    Form(ExploitationForm),
    /// Both forced labour and sexual exploitation, as k-anonymised releases state it.
    FormSexAndLabour,
    /// A sector of forced labour.
    Sector(LabourSector),
    /// The source says that no sector was specified.
    SectorNotSpecified,
    /// A type of sexual exploitation.
    SexualType(SexualExploitationType),
    /// Whether the person was abducted.
    Abduction,
    /// What the recruiter was to the person.
    Recruiter(RecruiterRelation),
    /// The source says that the relation to the recruiter is not known.
    RecruiterNotSpecified,
    /// The concatenated list of means of control, as published.
    ControlList,
    /// The concatenated list of forms of exploitation, as published.
    FormList,
    /// The concatenated list of sectors, as published.
    SectorList,
    /// The concatenated list of types of sexual exploitation, as published.
    SexualTypeList,
    /// The concatenated list of relations to the recruiter, as published.
    RecruiterList,
    /// HTCDS: the industry of forced labour by section of ISIC Rev. 4.
    Industry,
    /// HTCDS: what the trafficker (not the recruiter) was to the person.
    TraffickerRelationship,
    /// HTCDS: whether the person is a possible or actual victim, or none.
    TraffickingStatus,
    /// HTCDS: who decided on the status.
    StatusDecidedBy,
}

/// A multi-valued question: its flags are the possible answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CaseGroup {
    /// By what means the person was controlled.
    MeansOfControl,
    /// How the person was exploited.
    Forms,
    /// In which sector the person was forced to work.
    Sectors,
    /// How the person was sexually exploited.
    SexualTypes,
    /// What the recruiters were to the person.
    Recruiters,
}

impl CaseGroup {
    /// All groups.
    pub const ALL: [Self; 5] = [Self::MeansOfControl, Self::Forms, Self::Sectors, Self::SexualTypes, Self::Recruiters];

    /// The name of the group in a case schema.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MeansOfControl => "means_of_control",
            Self::Forms => "forms_of_exploitation",
            Self::Sectors => "labour_sectors",
            Self::SexualTypes => "sexual_exploitation_types",
            Self::Recruiters => "recruiter_relations",
        }
    }

    /// The words for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::MeansOfControl => "Means of control",
            Self::Forms => "Form of exploitation",
            Self::Sectors => "Sector of forced labour",
            Self::SexualTypes => "Type of sexual exploitation",
            Self::Recruiters => "Relation of the recruiter",
        }
    }

    /// The attribute that keeps the published list of the answers.
    pub const fn list(self) -> CaseAttribute {
        match self {
            Self::MeansOfControl => CaseAttribute::ControlList,
            Self::Forms => CaseAttribute::FormList,
            Self::Sectors => CaseAttribute::SectorList,
            Self::SexualTypes => CaseAttribute::SexualTypeList,
            Self::Recruiters => CaseAttribute::RecruiterList,
        }
    }

    /// The attribute that says that no answer was specified, for the groups that have one.
    pub const fn not_specified(self) -> Option<CaseAttribute> {
        match self {
            Self::MeansOfControl => Some(CaseAttribute::ControlNotSpecified),
            Self::Sectors => Some(CaseAttribute::SectorNotSpecified),
            Self::Recruiters => Some(CaseAttribute::RecruiterNotSpecified),
            Self::Forms | Self::SexualTypes => None,
        }
    }

    /// The flag for a label of a published list; `None` for a label that no list has.
    pub fn member(self, label: &str) -> Option<CaseAttribute> {
        match self {
            Self::MeansOfControl => label.parse().ok().map(CaseAttribute::Control),
            Self::Forms => label.parse().ok().map(CaseAttribute::Form),
            Self::Sectors => label.parse().ok().map(CaseAttribute::Sector),
            Self::SexualTypes => label.parse().ok().map(CaseAttribute::SexualType),
            Self::Recruiters => label.parse().ok().map(CaseAttribute::Recruiter),
        }
    }
}

macro_rules! domains {
    ($($name:ident: $list:ty, $make:ident;)+) => {
        $(
            static $name: LazyLock<Domain> = LazyLock::new(|| {
                public(Domain::$make(<$list>::ALL.iter().map(|value| value.code()), Origin::Public))
            });
        )+
    };
}

domains! {
    DATA_SOURCE: DataSource, nominal;
    GENDER: Gender, nominal;
    AGE_BAND: AgeBand, ordered;
    MAJORITY: Majority, ordered;
    DURATION: DurationBand, nominal;
    INDUSTRY: IsicSection, nominal;
    TRAFFICKER: TraffickerRelationship, nominal;
    STATUS: TraffickingStatus, nominal;
    DECIDED_BY: StatusDecisionMaker, nominal;
    COUNTRY: Country, nominal;
}

static YEAR: LazyLock<Domain> = LazyLock::new(|| {
    public(Domain::numeric(i64::from(Year::MIN.get())..=i64::from(Year::MAX.get()), 0, Origin::Public))
});
static FLAG: LazyLock<Domain> = LazyLock::new(Domain::flag);
static EMPTY: LazyLock<Domain> = LazyLock::new(|| public(Domain::nominal([""; 0], Origin::Observed)));

#[expect(clippy::expect_used, reason = "code lists are distinct and short; their tests prove it")]
pub(crate) fn public(domain: Result<Domain, ctdata_table::TableError>) -> Domain {
    domain.expect("a code list makes a domain")
}

static ALL: LazyLock<Vec<CaseAttribute>> = LazyLock::new(|| {
    use CaseAttribute as A;
    let mut all = vec![
        A::YearOfRegistration,
        A::DataSource,
        A::Gender,
        A::AgeBand,
        A::MajorityAtRegistration,
        A::MajorityAtExploitation,
        A::MajorityAtEntry,
        A::Citizenship,
        A::CountryOfExploitation,
        A::TraffickingDuration,
    ];
    all.extend(MeansOfControl::ALL.iter().copied().map(A::Control));
    all.extend([A::ControlNotSpecified, A::ControlList]);
    all.extend(ExploitationForm::ALL.iter().copied().map(A::Form));
    all.extend([A::FormSexAndLabour, A::FormList]);
    all.extend(LabourSector::ALL.iter().copied().map(A::Sector));
    all.extend([A::SectorNotSpecified, A::SectorList]);
    all.extend(SexualExploitationType::ALL.iter().copied().map(A::SexualType));
    all.extend([A::SexualTypeList, A::Abduction]);
    all.extend(RecruiterRelation::ALL.iter().copied().map(A::Recruiter));
    all.extend([
        A::RecruiterNotSpecified,
        A::RecruiterList,
        A::Industry,
        A::TraffickerRelationship,
        A::TraffickingStatus,
        A::StatusDecidedBy,
    ]);
    all
});

impl CaseAttribute {
    /// All attributes, in the order of the case schema.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// The name in a case schema.
    pub fn name(self) -> Cow<'static, str> {
        let flag = |prefix: &str, code: &str| Cow::Owned(format!("{prefix}_{}", code.replace('-', "_")));
        Cow::Borrowed(match self {
            Self::YearOfRegistration => "year_of_registration",
            Self::DataSource => "data_source",
            Self::Gender => "gender",
            Self::AgeBand => "age_band",
            Self::MajorityAtRegistration => "majority_at_registration",
            Self::MajorityAtExploitation => "majority_at_exploitation",
            Self::MajorityAtEntry => "majority_at_entry",
            Self::Citizenship => "citizenship",
            Self::CountryOfExploitation => "country_of_exploitation",
            Self::TraffickingDuration => "trafficking_duration",
            Self::Control(value) => return flag("control", value.code()),
            Self::ControlNotSpecified => "control_not_specified",
            Self::ControlList => "control_list",
            Self::Form(value) => return flag("form", value.code()),
            Self::FormSexAndLabour => "form_sex_and_labour",
            Self::FormList => "form_list",
            Self::Sector(value) => return flag("sector", value.code()),
            Self::SectorNotSpecified => "sector_not_specified",
            Self::SectorList => "sector_list",
            Self::SexualType(value) => return flag("sexual", value.code()),
            Self::SexualTypeList => "sexual_list",
            Self::Abduction => "abduction",
            Self::Recruiter(value) => return flag("recruiter", value.code()),
            Self::RecruiterNotSpecified => "recruiter_not_specified",
            Self::RecruiterList => "recruiter_list",
            Self::Industry => "industry",
            Self::TraffickerRelationship => "trafficker_relationship",
            Self::TraffickingStatus => "trafficking_status",
            Self::StatusDecidedBy => "status_decided_by",
        })
    }

    /// The attribute of a name, without regard to case.
    pub fn from_name(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|attribute| attribute.name().eq_ignore_ascii_case(name))
    }

    /// The multi-valued question that a flag answers.
    pub const fn group(self) -> Option<CaseGroup> {
        match self {
            Self::Control(_) => Some(CaseGroup::MeansOfControl),
            Self::Form(_) => Some(CaseGroup::Forms),
            Self::Sector(_) => Some(CaseGroup::Sectors),
            Self::SexualType(_) => Some(CaseGroup::SexualTypes),
            Self::Recruiter(_) => Some(CaseGroup::Recruiters),
            _ => None,
        }
    }

    /// Whether it is a yes/no/not-recorded flag.
    pub const fn is_flag(self) -> bool {
        self.group().is_some()
            || matches!(
                self,
                Self::ControlNotSpecified
                    | Self::FormSexAndLabour
                    | Self::SectorNotSpecified
                    | Self::Abduction
                    | Self::RecruiterNotSpecified
            )
    }

    /// Whether it keeps a concatenated list as published, with values that are only known from a file.
    pub const fn is_list(self) -> bool {
        matches!(
            self,
            Self::ControlList | Self::FormList | Self::SectorList | Self::SexualTypeList | Self::RecruiterList
        )
    }

    /// Its values. Those of a concatenated list are observed in a file: here the domain is empty.
    pub fn domain(self) -> Domain {
        let shared: &LazyLock<Domain> = match self {
            Self::YearOfRegistration => &YEAR,
            Self::DataSource => &DATA_SOURCE,
            Self::Gender => &GENDER,
            Self::AgeBand => &AGE_BAND,
            Self::MajorityAtRegistration | Self::MajorityAtExploitation | Self::MajorityAtEntry => &MAJORITY,
            Self::Citizenship | Self::CountryOfExploitation => &COUNTRY,
            Self::TraffickingDuration => &DURATION,
            Self::Industry => &INDUSTRY,
            Self::TraffickerRelationship => &TRAFFICKER,
            Self::TraffickingStatus => &STATUS,
            Self::StatusDecidedBy => &DECIDED_BY,
            list if list.is_list() => &EMPTY,
            _ => &FLAG,
        };
        Domain::clone(shared)
    }

    /// The kinds of missing that its cells may have: `Unknown` where sources state it.
    pub const fn missing(self) -> MissingKinds {
        match self {
            Self::Gender
            | Self::MajorityAtRegistration
            | Self::MajorityAtExploitation
            | Self::MajorityAtEntry
            | Self::Citizenship
            | Self::CountryOfExploitation
            | Self::TraffickerRelationship => MissingKinds::of(&[Missing::NotRecorded, Missing::Unknown]),
            _ => MissingKinds::NOT_RECORDED,
        }
    }

    /// The column description of a case schema.
    pub fn attribute(self) -> Attribute {
        Attribute::new(self.name(), self.domain(), self.missing())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_distinct_and_found_again() {
        let names: HashSet<_> = CaseAttribute::all().iter().map(|attribute| attribute.name()).collect();
        assert_eq!(names.len(), CaseAttribute::all().len());
        for &attribute in CaseAttribute::all() {
            assert_eq!(CaseAttribute::from_name(&attribute.name().to_uppercase()), Some(attribute));
        }
    }

    #[test]
    fn a_country_is_coded_by_its_index() {
        let domain = CaseAttribute::Citizenship.domain();
        for country in Country::ALL {
            assert_eq!(domain.code_of(country.code()).map(usize::from), Some(country.index()));
        }
    }

    #[test]
    fn answer_states_are_no_answers() {
        assert_eq!(CaseAttribute::ControlNotSpecified.group(), None);
        assert_eq!(CaseAttribute::FormSexAndLabour.group(), None);
        assert!(CaseAttribute::ControlNotSpecified.is_flag());
        assert!(CaseAttribute::ControlList.is_list());
        for group in CaseGroup::ALL {
            assert!(group.list().is_list());
        }
    }
}
