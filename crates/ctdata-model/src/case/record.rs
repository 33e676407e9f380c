//! One case as a record of its own, for code and for JSON.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use ctdata_table::{Cell, ColumnBuilder, Domain, MAX_ROWS, MAX_VALUES, Missing, Origin, TableError};

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
    #[cfg_attr(feature = "serde", serde(rename = "sexual_exploitation_types", skip_serializing_if = "BTreeMap::is_empty"))]
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
            fn code(&self, attribute: CaseAttribute) -> Option<Recorded<u16>> {
                match attribute {
                    $(CaseAttribute::$single => self.$field.map(to_codes),)+
                    $(CaseAttribute::$member(value) => self.$map.get(&value).copied().map(to_codes),)+
                    $(CaseAttribute::$list => None,)+
                }
            }

            /// Records a code of an attribute that is no list.
            fn set_code(&mut self, attribute: CaseAttribute, cell: Recorded<u16>) {
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
                    *list = Some(recorded.and_then(|code| domain.label(code).map(std::borrow::Cow::into_owned).into()));
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

/// Collects cases into a [`CaseTable`].
///
/// ```
/// use ctdata_model::{Case, CaseTableBuilder, Layout, Recorded, Year};
/// let mut builder = CaseTableBuilder::new(Layout::named("ctdc-synthetic-2024").unwrap())?;
/// builder.push(&Case { year_of_registration: Some(Recorded::Value(Year::try_new(2020)?)), ..Case::default() })?;
/// assert_eq!(builder.finish()?.rows(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CaseTableBuilder {
    layout: &'static Layout,
    columns: Vec<(CaseAttribute, ctdata_table::Attribute, ColumnBuilder)>,
    /// Attributes that the layout does not have.
    absent: Vec<CaseAttribute>,
    /// Texts of the lists; their codes while building begin after that of "not recorded".
    texts: HashMap<CaseAttribute, HashMap<String, u16>>,
    rows: u64,
}

/// Shows how many rows there are, nothing of them.
impl fmt::Debug for CaseTableBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseTableBuilder").field("layout", &self.layout.name).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl CaseTableBuilder {
    /// A builder for cases of a layout.
    ///
    /// # Errors
    /// [`ModelError::NotCases`] for a layout whose rows are something else.
    pub fn new(layout: &'static Layout) -> Result<Self, ModelError> {
        let schema = CaseTable::schema(layout, |_| None)?;
        let described = |attribute: CaseAttribute| {
            let found = schema.find(&attribute.name()).and_then(|position| schema.get(position))?.clone();
            let builder = ColumnBuilder::new(found.code_count());
            Some((attribute, found, builder))
        };
        let has = |attribute: &CaseAttribute| layout.column_of(*attribute).is_some();
        let columns = layout.columns.iter().filter_map(|column| match column.attribute {
            crate::LayoutAttribute::Case(attribute) => described(attribute),
            crate::LayoutAttribute::VictimPerpetrator(_) => None,
        });
        Ok(Self {
            layout,
            columns: columns.collect(),
            absent: CaseAttribute::all().iter().copied().filter(|attribute| !has(attribute)).collect(),
            texts: HashMap::new(),
            rows: 0,
        })
    }

    /// The number of cases so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a case.
    ///
    /// # Errors
    /// With row and attribute: a case that says something which the layout does not have, a kind of missing
    /// that the attribute does not have, too many texts of a list, or too many cases. The builder is
    /// unchanged then.
    pub fn push(&mut self, case: &Case) -> Result<(), ModelError> {
        let row = self.rows + 1;
        if row > MAX_ROWS {
            return Err(TableError::TooManyRows { limit: MAX_ROWS }.into());
        }
        let refuse = |attribute: CaseAttribute, rule: String| {
            TableError::Invalid { what: format!("case {row}, `{}`", attribute.name()), rule }.into()
        };
        for &attribute in &self.absent {
            let says = case.code(attribute).is_some_and(|found| found != Recorded::NotRecorded)
                || case.list(attribute).is_some_and(|list| {
                    list.as_ref().is_some_and(|found| *found != Recorded::NotRecorded)
                });
            if says {
                return Err(refuse(attribute, format!("the layout {} does not have it", self.layout.name)));
            }
        }
        let kind_of = |attribute: CaseAttribute, described: &ctdata_table::Attribute, found: Cell| match found {
            Cell::Missing(kind) if described.missing_code(kind).is_none() => {
                Err(refuse(attribute, format!("it is never {kind}")))
            }
            _ => Ok(()),
        };
        for (attribute, described, _) in &self.columns {
            match case.list(*attribute) {
                Some(list) => {
                    let found = list.as_ref().unwrap_or(&Recorded::NotRecorded);
                    kind_of(*attribute, described, cell(found, |_| 0))?;
                    let known = self.texts.get(attribute);
                    let is_new = found.value().is_some_and(|text| known.is_none_or(|known| !known.contains_key(text)));
                    if is_new && known.is_some_and(|known| known.len() >= MAX_VALUES) {
                        return Err(refuse(*attribute, format!("more than {MAX_VALUES} distinct texts")));
                    }
                }
                None => kind_of(*attribute, described, cell(&case.code(*attribute).unwrap_or_default(), |code| *code))?,
            }
        }
        for (attribute, described, builder) in &mut self.columns {
            builder.push(match case.list(*attribute) {
                Some(list) => match list.as_ref().and_then(Recorded::value) {
                    None => 0,
                    Some(text) => {
                        let texts = self.texts.entry(*attribute).or_default();
                        match texts.get(text) {
                            Some(&code) => code,
                            None => {
                                let code = u16::try_from(texts.len() + 1).unwrap_or(u16::MAX);
                                texts.insert(text.clone(), code);
                                code
                            }
                        }
                    }
                },
                None => {
                    described.code(cell(&case.code(*attribute).unwrap_or_default(), |code| *code)).unwrap_or_default()
                }
            });
        }
        self.rows = row;
        Ok(())
    }

    /// The table.
    ///
    /// # Errors
    /// None that pushed cases can cause; see [`CaseTable::from_columns`].
    pub fn finish(self) -> Result<CaseTable, ModelError> {
        let mut domains = HashMap::new();
        let mut columns = Vec::with_capacity(self.columns.len());
        let mut texts = self.texts;
        for (attribute, _, builder) in self.columns {
            let column = builder.finish();
            if !attribute.is_list() {
                columns.push(column);
                continue;
            }
            let mut sorted: Vec<(String, u16)> = texts.remove(&attribute).unwrap_or_default().into_iter().collect();
            sorted.sort_unstable();
            let mut map = vec![u16::try_from(sorted.len()).unwrap_or(u16::MAX); sorted.len() + 1];
            for (to, (_, from)) in (0..).zip(&sorted) {
                if let Some(slot) = map.get_mut(usize::from(*from)) {
                    *slot = to;
                }
            }
            domains.insert(attribute, Domain::nominal(sorted.into_iter().map(|(text, _)| text), Origin::Observed)?);
            columns.push(column.recoded(&map));
        }
        CaseTable::from_columns(self.layout, columns, |attribute| domains.remove(&attribute))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LAYOUTS, LayoutKind, Simulator};
    use proptest::prelude::*;

    fn layouts() -> impl Iterator<Item = &'static Layout> {
        LAYOUTS.iter().filter(|layout| layout.kind == LayoutKind::Cases)
    }

    /// Any case that a layout can hold, from one number per attribute.
    fn case_of(layout: &'static Layout, numbers: &[u16]) -> Case {
        let mut case = Case::default();
        let held = CaseAttribute::all().iter().filter(|attribute| layout.column_of(**attribute).is_some());
        for (&attribute, &number) in held.zip(numbers) {
            let described = attribute.attribute();
            match case.list_mut(attribute) {
                Some(list) if number % 3 == 0 => *list = Some(Recorded::NotRecorded),
                Some(list) => *list = Some(Recorded::Value(format!("{}\"\n;{}", number % 7, "é".repeat(usize::from(number % 2))))),
                None => {
                    let code = number % u16::try_from(described.code_count()).unwrap();
                    let cell = match described.cell(code).unwrap() {
                        Cell::Value(code) => Recorded::Value(code),
                        Cell::Missing(kind) => missing(kind),
                    };
                    case.set_code(attribute, cell);
                }
            }
        }
        case
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn cases_tables_and_json_hold_the_same(
            which in 0usize..5,
            rows in prop::collection::vec(prop::collection::vec(any::<u16>(), 80), 0..12),
        ) {
            let layout = layouts().nth(which).unwrap();
            let cases: Vec<Case> = rows.iter().map(|numbers| case_of(layout, numbers)).collect();
            let table = CaseTable::from_cases(layout, cases.clone()).unwrap();
            prop_assert_eq!(&table.cases().collect::<Vec<_>>(), &cases);
            #[cfg(feature = "json")]
            {
                let mut lines = Vec::new();
                crate::write_json_lines(&table, &mut lines).unwrap();
                prop_assert_eq!(crate::read_json_lines(lines.as_slice(), layout).unwrap(), table);
            }
        }
    }

    #[test]
    fn simulated_cases_survive_being_taken_apart() {
        for layout in layouts() {
            let table = Simulator::new(11).cases(layout, 300).unwrap();
            assert_eq!(CaseTable::from_cases(layout, table.cases()).unwrap(), table, "{}", layout.name);
            assert_eq!(table.case(300), None);
        }
    }

    #[test]
    fn what_a_layout_cannot_hold_is_refused_by_row_and_attribute() {
        let layout = Layout::named("ctdc-synthetic-2024").unwrap();
        let mut builder = CaseTableBuilder::new(layout).unwrap();
        builder.push(&Case::default()).unwrap();
        let mut finer = Case { gender: Some(Recorded::Value(Gender::Male)), ..Case::default() };
        finer.means_of_control.insert(MeansOfControl::Threats, Recorded::Value(true));
        let error = builder.push(&finer).unwrap_err();
        assert_eq!(error.to_string(), "case 2, `control_threats`: the layout ctdc-synthetic-2024 does not have it");
        let list = Case { control_list: Some(Recorded::Value("secret".to_owned())), ..Case::default() };
        let error = builder.push(&list).unwrap_err();
        assert_eq!(error.to_string(), "case 2, `control_list`: the layout ctdc-synthetic-2024 does not have it");
        let withheld = Case { age_band: Some(Recorded::Withheld), ..Case::default() };
        assert_eq!(builder.push(&withheld).unwrap_err().to_string(), "case 2, `age_band`: it is never withheld");
        // Nothing of a refused case stays.
        builder.push(&Case { citizenship: Some(Recorded::Unknown), ..Case::default() }).unwrap();
        let table = builder.finish().unwrap();
        assert_eq!((table.rows(), table.case(1).unwrap().gender), (2, Some(Recorded::NotRecorded)));
        assert_eq!(table.case(1).unwrap().citizenship, Some(Recorded::Unknown));
        let perpetrators = Layout::named("ctdc-victim-perpetrator").unwrap();
        assert!(matches!(CaseTableBuilder::new(perpetrators), Err(ModelError::NotCases { .. })));
    }

    #[test]
    fn debug_shows_no_value() {
        let layout = Layout::named("ctdc-kanon-63").unwrap();
        for case in Simulator::new(12).cases(layout, 50).unwrap().cases() {
            let shown = format!("{case:?}");
            let digits = shown.strip_prefix("Case { attributes: 63, recorded: ").and_then(|rest| rest.strip_suffix(" }"));
            assert!(digits.is_some_and(|digits| digits.parse::<u8>().is_ok()), "{shown}");
        }
    }

    /// A case with every field and every kind of missing.
    #[cfg(feature = "serde")]
    fn full() -> Case {
        let yes_no = |index: usize| match index % 3 {
            0 => Recorded::Value(true),
            1 => Recorded::Value(false),
            _ => Recorded::NotRecorded,
        };
        fn all<L: CodeList>(of: impl Fn(usize) -> Recorded<bool>) -> BTreeMap<L, Recorded<bool>> {
            L::ALL.iter().map(|&value| (value, of(value.index()))).collect()
        }
        let text = |text: &str| Some(Recorded::Value(text.to_owned()));
        Case {
            year_of_registration: Some(Recorded::Value(Year::try_new(2019).unwrap())),
            data_source: Some(Recorded::Value(DataSource::Hotline)),
            gender: Some(Recorded::Value(Gender::TransgenderOrNonConforming)),
            age_band: Some(Recorded::Value(AgeBand::From48)),
            majority_at_registration: Some(Recorded::Value(Majority::Adult)),
            majority_at_exploitation: Some(Recorded::Unknown),
            majority_at_entry: Some(Recorded::Withheld),
            citizenship: Some(Recorded::Value(Country::from_alpha2("NA").unwrap())),
            country_of_exploitation: Some(Recorded::Unknown),
            trafficking_duration: Some(Recorded::NotApplicable),
            means_of_control: all(yes_no),
            control_not_specified: Some(Recorded::Value(false)),
            control_list: text("Debt bondage;Threats"),
            forms_of_exploitation: all(yes_no),
            form_sex_and_labour: Some(Recorded::NotRecorded),
            form_list: text("Forced labour"),
            labour_sectors: all(yes_no),
            sector_not_specified: Some(Recorded::Value(true)),
            sector_list: Some(Recorded::NotRecorded),
            sexual_exploitation_types: all(yes_no),
            sexual_list: text("Prostitution"),
            abduction: Some(Recorded::Value(false)),
            recruiter_relations: all(yes_no),
            recruiter_not_specified: Some(Recorded::Value(false)),
            recruiter_list: text("Family/Relative; Other"),
            industry: Some(Recorded::Value(IsicSection::ALL[0])),
            trafficker_relationship: Some(Recorded::Value(TraffickerRelationship::ALL[0])),
            trafficking_status: Some(Recorded::Value(TraffickingStatus::ALL[0])),
            status_decided_by: Some(Recorded::Value(StatusDecisionMaker::ALL[0])),
        }
    }

    /// The file holds the representation that other programs rely on.
    #[cfg(feature = "serde")]
    #[test]
    fn json_is_as_it_was() {
        let golden = include_str!("../../tests/golden/case.json");
        let mut written = serde_json::to_string_pretty(&full()).unwrap();
        written.push('\n');
        assert_eq!(written, golden);
        assert_eq!(serde_json::from_str::<Case>(golden).unwrap(), full());
        assert_eq!(serde_json::to_string(&Case::default()).unwrap(), "{}");
        assert!(serde_json::from_str::<Case>("{\"sex\":\"female\"}").is_err());
    }
}
