//! From drafts to the columns of a layout: what the release merges, blanks or cannot say.

use std::collections::HashMap;

use ctdata_table::{Column, Domain, Missing, Origin, TableError};

use super::answers::{Set, state};
use super::draft::Draft;
use crate::codes::CodeList;
use crate::crosswalk::flag_label;
use crate::{
    CaseAttribute, CaseGroup, Coding, DataSource, DurationBand, ExploitationForm, LabourSector, Layout,
    LayoutAttribute, MeansOfControl, RecruiterRelation, SexualExploitationType, Token, TraffickingStatus,
};

/// How one column is made from a draft.
#[derive(Debug, Clone)]
enum Source {
    Narrow(fn(&Draft) -> u8),
    Wide(fn(&Draft) -> u16),
    /// Bands in the codes that the layout has.
    Duration([u8; DurationBand::ALL.len() + 1]),
    /// Yes if any of `parts` is; no if all of `whole` are and the layout can say so.
    Flag {
        set: Set,
        parts: u32,
        whole: u32,
        can_deny: bool,
    },
    /// The labels of the positive flags, as a mask.
    List {
        set: Set,
        members: u32,
        not_specified: Option<NotSpecified>,
    },
    /// The same in every row: not simulated, or the same for all.
    Constant(u16),
}

/// How a published list says that nothing was specified.
#[derive(Debug, Clone, Copy)]
struct NotSpecified {
    state: u32,
    /// Only in records of the hotline.
    hotline: bool,
}

/// The bit of a list's mask that stands for "not specified".
const NOT_SPECIFIED: u32 = 1 << 31;

/// Codes of one column, for some rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cells {
    U8(Vec<u8>),
    U16(Vec<u16>),
    /// Masks of a list, which become codes once all of them are known.
    Masks(Vec<u32>),
}

impl Cells {
    fn append(&mut self, other: Self) {
        match (self, other) {
            (Self::U8(all), Self::U8(more)) => all.extend(more),
            (Self::U16(all), Self::U16(more)) => all.extend(more),
            (Self::Masks(all), Self::Masks(more)) => all.extend(more),
            // One plan makes all parts of a column.
            _ => {}
        }
    }
}

/// The columns of a layout and how they are made.
#[derive(Debug)]
pub(super) struct Projection {
    columns: Vec<(CaseAttribute, Source, Coding)>,
    layout: &'static Layout,
}

impl Projection {
    pub(super) fn new(layout: &'static Layout) -> Self {
        let columns = layout.columns.iter().filter_map(|column| match column.attribute {
            LayoutAttribute::Case(attribute) => {
                Some((attribute, source(attribute, column.coding, layout), column.coding))
            }
            LayoutAttribute::VictimPerpetrator(_) => None,
        });
        Self { columns: columns.collect(), layout }
    }

    /// The columns of some drafts.
    pub(super) fn cells(&self, drafts: &[Draft]) -> Vec<Cells> {
        self.columns.iter().map(|(_, source, _)| source.cells(drafts)).collect()
    }

    /// Puts the parts together, in order; lists get the domains of the values that occur.
    pub(super) fn columns(
        &self,
        parts: Vec<Vec<Cells>>,
        rows: usize,
    ) -> Result<(Vec<Column>, HashMap<CaseAttribute, Domain>), TableError> {
        let mut whole: Vec<Cells> = self.columns.iter().map(|(_, source, _)| source.empty(rows)).collect();
        for part in parts {
            for (column, cells) in whole.iter_mut().zip(part) {
                column.append(cells);
            }
        }
        let mut domains = HashMap::new();
        let mut columns = Vec::with_capacity(whole.len());
        for ((attribute, _, coding), cells) in self.columns.iter().zip(whole) {
            columns.push(match cells {
                Cells::U8(codes) => Column::from_u8(codes),
                Cells::U16(codes) => Column::from_u16(codes),
                Cells::Masks(masks) => {
                    let (column, domain) = self.list(*attribute, *coding, &masks)?;
                    domains.insert(*attribute, domain);
                    column
                }
            });
        }
        Ok((columns, domains))
    }

    fn list(&self, attribute: CaseAttribute, coding: Coding, masks: &[u32]) -> Result<(Column, Domain), TableError> {
        let mut distinct: Vec<u32> = masks.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        distinct.retain(|&mask| mask != 0);
        let labels = self.labels(attribute, coding);
        let mut texts: Vec<(String, u32)> = distinct.iter().map(|&mask| (text(&labels, coding, mask), mask)).collect();
        texts.sort_unstable();
        let domain = Domain::nominal(texts.iter().map(|(text, _)| text.as_str()), Origin::Observed)?;
        let none = u16::try_from(domain.len()).unwrap_or(u16::MAX);
        let code_of: HashMap<u32, u16> = texts.iter().zip(0u16..).map(|((_, mask), code)| (*mask, code)).collect();
        let codes: Vec<u16> = masks.iter().map(|mask| code_of.get(mask).copied().unwrap_or(none)).collect();
        Ok((Column::from_codes(&codes, domain.len() + 1), domain))
    }

    /// The labels of a list with their bits, in the order in which the layout joins them.
    fn labels(&self, list: CaseAttribute, coding: Coding) -> Vec<(&'static str, u32)> {
        let group = CaseGroup::ALL.into_iter().find(|group| group.list() == list);
        let flags = self.columns.iter().filter(|(attribute, ..)| group.is_some() && attribute.group() == group);
        let mut labels: Vec<(&'static str, u32)> =
            flags.filter_map(|(attribute, ..)| Some((flag_label(*attribute)?, 1 << member(*attribute)?.1))).collect();
        // The release writes it with a capital in the list of recruiters only.
        labels.push((
            if group == Some(CaseGroup::Recruiters) { "Not Specified" } else { "Not specified" },
            NOT_SPECIFIED,
        ));
        if let Coding::List { alphabetical: true, .. } = coding {
            labels.sort_unstable_by_key(|(label, _)| *label);
        }
        labels
    }

    /// The layout.
    pub(super) fn layout(&self) -> &'static Layout {
        self.layout
    }
}

fn text(labels: &[(&'static str, u32)], coding: Coding, mask: u32) -> String {
    let separator = if let Coding::List { separator, .. } = coding { separator } else { ";" };
    let chosen: Vec<&str> = labels.iter().filter(|(_, bit)| mask & bit != 0).map(|(label, _)| *label).collect();
    chosen.join(separator)
}

impl Source {
    fn empty(&self, rows: usize) -> Cells {
        match self {
            Self::Wide(_) | Self::Constant(256..) => Cells::U16(Vec::with_capacity(rows)),
            Self::List { .. } => Cells::Masks(Vec::with_capacity(rows)),
            _ => Cells::U8(Vec::with_capacity(rows)),
        }
    }

    fn cells(&self, drafts: &[Draft]) -> Cells {
        match *self {
            Self::Narrow(code) => Cells::U8(drafts.iter().map(code).collect()),
            Self::Wide(code) => Cells::U16(drafts.iter().map(code).collect()),
            Self::Duration(map) => {
                let code = |draft: &Draft| map.get(usize::from(draft.duration)).copied().unwrap_or_default();
                Cells::U8(drafts.iter().map(code).collect())
            }
            Self::Flag { set, parts, whole, can_deny } => {
                let code = |draft: &Draft| {
                    let answers = draft.answers(set);
                    let is_denied = can_deny && answers.no & whole == whole;
                    match (answers.yes & parts != 0, is_denied) {
                        (true, _) => 1,
                        (false, true) => 0,
                        (false, false) => 2,
                    }
                };
                Cells::U8(drafts.iter().map(code).collect())
            }
            Self::List { set, members, not_specified } => {
                let mask = |draft: &Draft| {
                    let is_said = not_specified.is_some_and(|how| {
                        draft.answers(Set::States).yes & how.state != 0
                            && (!how.hotline || draft.source == DataSource::Hotline)
                    });
                    draft.answers(set).yes & members | if is_said { NOT_SPECIFIED } else { 0 }
                };
                Cells::Masks(drafts.iter().map(mask).collect())
            }
            Self::Constant(code) => match u8::try_from(code) {
                Ok(code) => Cells::U8(vec![code; drafts.len()]),
                Err(_) => Cells::U16(vec![code; drafts.len()]),
            },
        }
    }
}

/// Statements are merged and denied as [`convert`](crate::convert) does it.
fn source(attribute: CaseAttribute, coding: Coding, layout: &'static Layout) -> Source {
    use CaseAttribute as A;
    match attribute {
        A::YearOfRegistration => Source::Narrow(|draft| draft.year),
        A::DataSource => Source::Narrow(|draft| draft.source as u8),
        A::Gender => Source::Narrow(|draft| draft.gender),
        A::AgeBand => Source::Narrow(|draft| draft.age),
        A::MajorityAtRegistration => Source::Narrow(|draft| draft.majority_at_registration),
        A::MajorityAtExploitation => Source::Narrow(|draft| draft.majority_at_exploitation),
        A::MajorityAtEntry => Source::Narrow(|draft| draft.majority_at_entry),
        A::Citizenship => Source::Wide(|draft| draft.citizenship),
        A::CountryOfExploitation => Source::Wide(|draft| draft.exploitation),
        A::TraffickingDuration => Source::Duration(durations(coding)),
        // Simulated people are identified victims.
        A::TraffickingStatus => Source::Constant(TraffickingStatus::ActualVictim as u16),
        A::ControlList | A::FormList | A::SectorList | A::SexualTypeList | A::RecruiterList => list(attribute, layout),
        _ => match member(attribute) {
            Some((set, bit)) => {
                let (parts, whole) = merged(attribute, bit, layout);
                Source::Flag { set, parts, whole, can_deny: coding != Coding::PositiveFlag }
            }
            None => Source::Constant(attribute.attribute().missing_code(Missing::NotRecorded).unwrap_or(0)),
        },
    }
}

/// The set of a flag and its bit there.
fn member(attribute: CaseAttribute) -> Option<(Set, u32)> {
    use CaseAttribute as A;
    Some(match attribute {
        A::Control(value) => (Set::Controls, value as u32),
        A::Form(value) => (Set::Forms, value as u32),
        A::Sector(value) => (Set::Sectors, value as u32),
        A::SexualType(value) => (Set::SexualTypes, value as u32),
        A::Recruiter(value) => (Set::Recruiters, value as u32),
        A::ControlNotSpecified => (Set::States, state::CONTROL_NOT_SPECIFIED.trailing_zeros()),
        A::SectorNotSpecified => (Set::States, state::SECTOR_NOT_SPECIFIED.trailing_zeros()),
        A::RecruiterNotSpecified => (Set::States, state::RECRUITER_NOT_SPECIFIED.trailing_zeros()),
        A::FormSexAndLabour => (Set::States, state::SEX_AND_LABOUR.trailing_zeros()),
        A::Abduction => (Set::States, state::ABDUCTION.trailing_zeros()),
        _ => return None,
    })
}

/// What makes a flag yes, and what makes it no.
fn merged(attribute: CaseAttribute, bit: u32, layout: &'static Layout) -> (u32, u32) {
    fn bits<L: CodeList>(values: &[L]) -> u32 {
        values.iter().fold(0, |bits, value| bits | 1 << value.index())
    }
    let own = 1 << bit;
    let parts = match attribute {
        CaseAttribute::Control(value) => bits::<MeansOfControl>(value.merges()),
        CaseAttribute::Sector(value) => bits::<LabourSector>(value.merges()),
        CaseAttribute::SexualType(value) => bits::<SexualExploitationType>(value.merges()),
        CaseAttribute::Form(ExploitationForm::Other) => {
            let covered = |form: &ExploitationForm| {
                form.is_other_in_ctdc() && layout.column_of(CaseAttribute::Form(*form)).is_none()
            };
            let covered: Vec<ExploitationForm> = ExploitationForm::ALL.iter().copied().filter(covered).collect();
            return (own | bits(&covered), own);
        }
        _ => 0,
    };
    if parts == 0 { (own, own) } else { (parts, parts) }
}

fn list(attribute: CaseAttribute, layout: &'static Layout) -> Source {
    let (set, group, not_specified) = match attribute {
        CaseAttribute::ControlList => (
            Set::Controls,
            CaseGroup::MeansOfControl,
            Some(NotSpecified { state: state::CONTROL_NOT_SPECIFIED, hotline: true }),
        ),
        CaseAttribute::SectorList => (
            Set::Sectors,
            CaseGroup::Sectors,
            Some(NotSpecified { state: state::SECTOR_NOT_SPECIFIED, hotline: false }),
        ),
        CaseAttribute::RecruiterList => (
            Set::Recruiters,
            CaseGroup::Recruiters,
            Some(NotSpecified { state: state::RECRUITER_NOT_SPECIFIED, hotline: true }),
        ),
        CaseAttribute::SexualTypeList => (Set::SexualTypes, CaseGroup::SexualTypes, None),
        _ => (Set::Forms, CaseGroup::Forms, None),
    };
    let members = layout.columns.iter().filter_map(|column| match column.attribute {
        LayoutAttribute::Case(flag) if flag.group() == Some(group) => member(flag).map(|(_, bit)| 1 << bit),
        _ => None,
    });
    Source::List { set, members: members.fold(0, |all, bit: u32| all | bit), not_specified }
}

/// The code that the layout has for each band: the band itself, one that merges it, or not recorded.
fn durations(coding: Coding) -> [u8; DurationBand::ALL.len() + 1] {
    let can_write = |band: &DurationBand| match coding {
        Coding::Tokens(tokens) => {
            tokens.iter().any(|token| matches!(token, Token::Value(_, code) if usize::from(*code) == band.index()))
        }
        _ => false,
    };
    std::array::from_fn(|code| {
        let band = DurationBand::from_index(code);
        let whole = |band: DurationBand| DurationBand::ALL.iter().copied().find(|whole| whole.merges().contains(&band));
        let written = band.filter(can_write).or_else(|| band.and_then(whole).filter(can_write));
        u8::try_from(written.map_or(DurationBand::ALL.len(), DurationBand::index)).unwrap_or_default()
    })
}

const _: () = assert!(
    MeansOfControl::ALL.len() < 31 && RecruiterRelation::ALL.len() < 31,
    "a list's mask has 31 bits for labels"
);
