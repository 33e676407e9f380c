//! One case as a record of its own, for code and for JSON.

mod builder;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use ctdata_table::{Cell, Missing};

pub use builder::CaseTableBuilder;

use super::{CaseAttribute, CaseTable};
use crate::codes::CodeList;
use crate::{
    AgeBand, Country, DataSource, DurationBand, ExploitationForm, Gender, IsicSection, LabourSector, Layout, Majority,
    MeansOfControl, ModelError, Recorded, RecruiterRelation, SexualExploitationType, StatusDecisionMaker,
    TraffickerRelationship, TraffickingStatus, Year,
};

/// What is recorded of one trafficked person.
///
/// Fields have the names of the case schema, and so has JSON. `None`, and a flag that a map does not
/// have, means that the layout does not have the attribute: this is not the same as not recorded, and in
/// JSON it is left out. `Debug` shows how much is recorded, never what.
///
/// ```
/// use ctdata_model::{Case, Gender, MeansOfControl, Recorded};
/// let mut case = Case { gender: Some(Recorded::Value(Gender::Female)), ..Case::default() };
/// case.means_of_control.insert(MeansOfControl::Threats, Recorded::Value(true));
/// case.means_of_control.insert(MeansOfControl::Other, Recorded::NotRecorded);
/// assert_eq!(format!("{case:?}"), "Case { attributes: 3, recorded: 2 }");
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
pub struct Case {
    /// Year of registration.
    #[cfg_attr(feature = "serde", serde(rename = "year_of_registration", skip_serializing_if = "Option::is_none"))]
    pub year_of_registration: Option<Recorded<Year>>,
    /// Kind of source.
    #[cfg_attr(feature = "serde", serde(rename = "data_source", skip_serializing_if = "Option::is_none"))]
    pub data_source: Option<Recorded<DataSource>>,
    /// Gender, or sex where the source does not separate the two.
    #[cfg_attr(feature = "serde", serde(rename = "gender", skip_serializing_if = "Option::is_none"))]
    pub gender: Option<Recorded<Gender>>,
    /// Age at registration.
    #[cfg_attr(feature = "serde", serde(rename = "age_band", skip_serializing_if = "Option::is_none"))]
    pub age_band: Option<Recorded<AgeBand>>,
    /// Child or adult at registration.
    #[cfg_attr(feature = "serde", serde(rename = "majority_at_registration", skip_serializing_if = "Option::is_none"))]
    pub majority_at_registration: Option<Recorded<Majority>>,
    /// Child or adult when exploitation began.
    #[cfg_attr(feature = "serde", serde(rename = "majority_at_exploitation", skip_serializing_if = "Option::is_none"))]
    pub majority_at_exploitation: Option<Recorded<Majority>>,
    /// Child or adult on entry into the trafficking process.
    #[cfg_attr(feature = "serde", serde(rename = "majority_at_entry", skip_serializing_if = "Option::is_none"))]
    pub majority_at_entry: Option<Recorded<Majority>>,
    /// Citizenship.
    #[cfg_attr(feature = "serde", serde(rename = "citizenship", skip_serializing_if = "Option::is_none"))]
    pub citizenship: Option<Recorded<Country>>,
    /// Country of exploitation.
    #[cfg_attr(feature = "serde", serde(rename = "country_of_exploitation", skip_serializing_if = "Option::is_none"))]
    pub country_of_exploitation: Option<Recorded<Country>>,
    /// How long the trafficking lasted.
    #[cfg_attr(feature = "serde", serde(rename = "trafficking_duration", skip_serializing_if = "Option::is_none"))]
    pub trafficking_duration: Option<Recorded<DurationBand>>,
    /// Means of control.
    #[cfg_attr(feature = "serde", serde(rename = "means_of_control", skip_serializing_if = "BTreeMap::is_empty"))]
    pub means_of_control: BTreeMap<MeansOfControl, Recorded<bool>>,
    /// No means of control was specified.
    #[cfg_attr(feature = "serde", serde(rename = "control_not_specified", skip_serializing_if = "Option::is_none"))]
    pub control_not_specified: Option<Recorded<bool>>,
    /// Means of control, as published in one text.
    #[cfg_attr(feature = "serde", serde(rename = "control_list", skip_serializing_if = "Option::is_none"))]
    pub control_list: Option<Recorded<String>>,
    /// Forms of exploitation.
    #[cfg_attr(feature = "serde", serde(rename = "forms_of_exploitation", skip_serializing_if = "BTreeMap::is_empty"))]
    pub forms_of_exploitation: BTreeMap<ExploitationForm, Recorded<bool>>,
    /// Both forced labour and sexual exploitation, where the source says so.
    #[cfg_attr(feature = "serde", serde(rename = "form_sex_and_labour", skip_serializing_if = "Option::is_none"))]
    pub form_sex_and_labour: Option<Recorded<bool>>,
    /// Forms of exploitation, as published in one text.
    #[cfg_attr(feature = "serde", serde(rename = "form_list", skip_serializing_if = "Option::is_none"))]
    pub form_list: Option<Recorded<String>>,
    /// Sectors of forced labour.
    #[cfg_attr(feature = "serde", serde(rename = "labour_sectors", skip_serializing_if = "BTreeMap::is_empty"))]
    pub labour_sectors: BTreeMap<LabourSector, Recorded<bool>>,
    /// No sector was specified.
    #[cfg_attr(feature = "serde", serde(rename = "sector_not_specified", skip_serializing_if = "Option::is_none"))]
    pub sector_not_specified: Option<Recorded<bool>>,
    /// Sectors, as published in one text.
    #[cfg_attr(feature = "serde", serde(rename = "sector_list", skip_serializing_if = "Option::is_none"))]
    pub sector_list: Option<Recorded<String>>,
    /// Types of sexual exploitation.
    #[cfg_attr(
        feature = "serde",
        serde(rename = "sexual_exploitation_types", skip_serializing_if = "BTreeMap::is_empty")
    )]
    pub sexual_exploitation_types: BTreeMap<SexualExploitationType, Recorded<bool>>,
    /// Types of sexual exploitation, as published in one text.
    #[cfg_attr(feature = "serde", serde(rename = "sexual_list", skip_serializing_if = "Option::is_none"))]
    pub sexual_list: Option<Recorded<String>>,
    /// Whether the person was abducted.
    #[cfg_attr(feature = "serde", serde(rename = "abduction", skip_serializing_if = "Option::is_none"))]
    pub abduction: Option<Recorded<bool>>,
    /// What the recruiters were to the person.
    #[cfg_attr(feature = "serde", serde(rename = "recruiter_relations", skip_serializing_if = "BTreeMap::is_empty"))]
    pub recruiter_relations: BTreeMap<RecruiterRelation, Recorded<bool>>,
    /// The relation to the recruiter is not known.
    #[cfg_attr(feature = "serde", serde(rename = "recruiter_not_specified", skip_serializing_if = "Option::is_none"))]
    pub recruiter_not_specified: Option<Recorded<bool>>,
    /// Relations to the recruiter, as published in one text.
    #[cfg_attr(feature = "serde", serde(rename = "recruiter_list", skip_serializing_if = "Option::is_none"))]
    pub recruiter_list: Option<Recorded<String>>,
    /// HTCDS: the industry of forced labour.
    #[cfg_attr(feature = "serde", serde(rename = "industry", skip_serializing_if = "Option::is_none"))]
    pub industry: Option<Recorded<IsicSection>>,
    /// HTCDS: what the trafficker was to the person.
    #[cfg_attr(feature = "serde", serde(rename = "trafficker_relationship", skip_serializing_if = "Option::is_none"))]
    pub trafficker_relationship: Option<Recorded<TraffickerRelationship>>,
    /// HTCDS: possible or actual victim, or none.
    #[cfg_attr(feature = "serde", serde(rename = "trafficking_status", skip_serializing_if = "Option::is_none"))]
    pub trafficking_status: Option<Recorded<TraffickingStatus>>,
    /// HTCDS: who decided on the status.
    #[cfg_attr(feature = "serde", serde(rename = "status_decided_by", skip_serializing_if = "Option::is_none"))]
    pub status_decided_by: Option<Recorded<StatusDecisionMaker>>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut attributes, mut recorded) = (0, 0);
        for &attribute in CaseAttribute::all() {
            let is_value = match self.list(attribute) {
                Some(list) => list.as_ref().map(Recorded::is_value),
                None => self.code(attribute).map(|code| code.is_value()),
            };
            attributes += u32::from(is_value.is_some());
            recorded += u32::from(is_value == Some(true));
        }
        f.debug_struct("Case").field("attributes", &attributes).field("recorded", &recorded).finish()
    }
}

/// What can be in a cell: a value of a code list, a year, yes or no.
trait Coded: Copy {
    /// The code in the attribute's domain.
    fn to_code(self) -> u16;
    fn from_code(code: u16) -> Option<Self>;
}

impl<L: CodeList> Coded for L {
    #[expect(clippy::cast_possible_truncation, reason = "a list has at most MAX_VALUES values")]
    fn to_code(self) -> u16 {
        self.index() as u16
    }

    fn from_code(code: u16) -> Option<Self> {
        L::from_index(usize::from(code))
    }
}

impl Coded for bool {
    fn to_code(self) -> u16 {
        u16::from(self)
    }

    fn from_code(code: u16) -> Option<Self> {
        match code {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Coded for Year {
    fn to_code(self) -> u16 {
        (self.get() - Self::MIN.get()).unsigned_abs()
    }

    fn from_code(code: u16) -> Option<Self> {
        i16::try_from(code).ok().and_then(|code| Self::try_new(code + Self::MIN.get()).ok())
    }
}

fn to_codes<T: Coded>(cell: Recorded<T>) -> Recorded<u16> {
    cell.map(T::to_code)
}

fn from_codes<T: Coded>(cell: Recorded<u16>) -> Recorded<T> {
    cell.and_then(|code| T::from_code(code).into())
}

/// The fields of single attributes, the fields of groups, and the fields of lists.
macro_rules! fields {
    (
        single { $($single:ident => $field:ident;)+ }
        group { $($member:ident => $map:ident;)+ }
        list { $($list:ident => $text:ident;)+ }
    ) => {
        impl Case {
            /// What is recorded of an attribute, as a code of its domain; `None` if the case does not have it or
            /// it is a list.
            pub(crate) fn code(&self, attribute: CaseAttribute) -> Option<Recorded<u16>> {
                match attribute {
                    $(CaseAttribute::$single => self.$field.map(to_codes),)+
                    $(CaseAttribute::$member(value) => self.$map.get(&value).copied().map(to_codes),)+
                    $(CaseAttribute::$list => None,)+
                }
            }

            /// Records a code of an attribute that is no list.
            pub(crate) fn set_code(&mut self, attribute: CaseAttribute, cell: Recorded<u16>) {
                match attribute {
                    $(CaseAttribute::$single => self.$field = Some(from_codes(cell)),)+
                    $(CaseAttribute::$member(value) => {
                        self.$map.insert(value, from_codes(cell));
                    })+
                    $(CaseAttribute::$list => {})+
                }
            }

            /// The field of a list; `None` for an attribute that is none.
            fn list(&self, attribute: CaseAttribute) -> Option<&Option<Recorded<String>>> {
                match attribute {
                    $(CaseAttribute::$list => Some(&self.$text),)+
                    _ => None,
                }
            }

            fn list_mut(&mut self, attribute: CaseAttribute) -> Option<&mut Option<Recorded<String>>> {
                match attribute {
                    $(CaseAttribute::$list => Some(&mut self.$text),)+
                    _ => None,
                }
            }

            /// The names of all fields, in the order of the record.
            #[cfg(feature = "json")]
            pub(crate) const FIELDS: &[&str] =
                &[$(stringify!($field),)+ $(stringify!($map),)+ $(stringify!($text),)+];
        }
    };
}

fields! {
    single {
        YearOfRegistration => year_of_registration;
        DataSource => data_source;
        Gender => gender;
        AgeBand => age_band;
        MajorityAtRegistration => majority_at_registration;
        MajorityAtExploitation => majority_at_exploitation;
        MajorityAtEntry => majority_at_entry;
        Citizenship => citizenship;
        CountryOfExploitation => country_of_exploitation;
        TraffickingDuration => trafficking_duration;
        ControlNotSpecified => control_not_specified;
        FormSexAndLabour => form_sex_and_labour;
        SectorNotSpecified => sector_not_specified;
        Abduction => abduction;
        RecruiterNotSpecified => recruiter_not_specified;
        Industry => industry;
        TraffickerRelationship => trafficker_relationship;
        TraffickingStatus => trafficking_status;
        StatusDecidedBy => status_decided_by;
    }
    group {
        Control => means_of_control;
        Form => forms_of_exploitation;
        Sector => labour_sectors;
        SexualType => sexual_exploitation_types;
        Recruiter => recruiter_relations;
    }
    list {
        ControlList => control_list;
        FormList => form_list;
        SectorList => sector_list;
        SexualTypeList => sexual_list;
        RecruiterList => recruiter_list;
    }
}

const fn missing<T>(kind: Missing) -> Recorded<T> {
    match kind {
        Missing::NotRecorded => Recorded::NotRecorded,
        Missing::NotApplicable => Recorded::NotApplicable,
        Missing::Withheld => Recorded::Withheld,
        Missing::Unknown => Recorded::Unknown,
    }
}

fn cell<T>(recorded: &Recorded<T>, code: impl FnOnce(&T) -> u16) -> Cell {
    match recorded {
        Recorded::Value(value) => Cell::Value(code(value)),
        Recorded::NotRecorded => Cell::Missing(Missing::NotRecorded),
        Recorded::NotApplicable => Cell::Missing(Missing::NotApplicable),
        Recorded::Withheld => Cell::Missing(Missing::Withheld),
        Recorded::Unknown => Cell::Missing(Missing::Unknown),
    }
}

impl CaseTable {
    /// One case; `None` past the end.
    pub fn case(&self, row: usize) -> Option<Case> {
        if row >= self.rows() {
            return None;
        }
        let mut case = Case::default();
        for (position, &attribute) in self.attributes().iter().enumerate() {
            let recorded = match self.table().cell(row, position)? {
                Cell::Value(code) => Recorded::Value(code),
                Cell::Missing(kind) => missing(kind),
            };
            match case.list_mut(attribute) {
                Some(list) => {
                    let domain = self.table().schema().get(position)?.domain();
                    *list = Some(recorded.and_then(|code| domain.label(code).map(Cow::into_owned).into()));
                }
                None => case.set_code(attribute, recorded),
            }
        }
        Some(case)
    }

    /// All cases in the order of the rows.
    pub fn cases(&self) -> impl ExactSizeIterator<Item = Case> + '_ {
        (0..self.rows()).map(|row| self.case(row).unwrap_or_default())
    }

    /// A table of these cases in a layout. What a case does not have is not recorded in the table.
    ///
    /// # Errors
    /// As [`CaseTableBuilder::push`] and [`CaseTableBuilder::finish`].
    pub fn from_cases(layout: &'static Layout, cases: impl IntoIterator<Item = Case>) -> Result<Self, ModelError> {
        let mut builder = CaseTableBuilder::new(layout)?;
        for case in cases {
            builder.push(&case)?;
        }
        builder.finish()
    }
}
