//! From one layout to another: what goes where, and what is lost.
//!
//! To a coarser layout, statements are merged as the release itself merged them; to a finer one, columns
//! are left empty. Nothing is expanded into parts that a source did not state. What cases from HTCDS say twice, in the
//! words of HTCDS and in those of CTDC, is lost only where the second is not there. A person who was found not to be a
//! victim never enters a layout of CTDC.
//!
//! # Sources
//! Global Synthetic Data Codebook version 2 (2024), section 6 and appendix II, for the merges of 2024; the
//! columns of the 2021 synthetic release, for what its "other" columns stand for (inferred).

use std::collections::HashMap;

use ctdata_table::{Cell, Column, Domain, Missing, Origin};

use crate::{
    AgeBand, CaseAttribute, CaseGroup, CaseTable, Coding, DurationBand, ExploitationForm, Gender, Layout,
    LayoutAttribute, LayoutKind, Majority, MeansOfControl, ModelError, Token, TraffickingStatus,
};

/// What became of a column, or of some of its cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
pub enum LossKind {
    /// The target has no place for it.
    Dropped,
    /// It became part of a broader statement.
    Merged,
    /// Some values became coarser.
    Coarsened,
    /// Some values have no equivalent and are not recorded in the target.
    Emptied,
    /// "No" cannot be told from nothing in the target, or is not known of all that was merged.
    NoBecameEmpty,
    /// "Unknown" cannot be told from nothing in the target.
    UnknownBecameEmpty,
    /// The target's column is empty: the source does not say it.
    LeftEmpty,
    /// The target's column was derived from others of the source.
    Derived,
}

/// One entry of the account of a conversion.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Loss {
    /// The column concerned: of the source, or of the target where it was left empty or derived.
    pub column: &'static str,
    /// What became of it.
    pub kind: LossKind,
    /// The column of the target that it went into.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub into: Option<&'static str>,
    /// How many rows are concerned.
    pub rows: u64,
}

/// Cases in another layout, with the account of what was lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// The cases.
    pub cases: CaseTable,
    /// What was lost, in the order of the source's columns, then of the target's.
    pub losses: Vec<Loss>,
    /// Rows of people who were found not to be victims: they are in no layout that does not say so. The other rows
    /// keep their order.
    pub left_out: u64,
}

/// Converts cases to another layout.
///
/// ```
/// use ctdata_model::{Layout, LossKind, Simulator, convert};
/// let cases = Simulator::new(1).cases(Layout::named("ctdc-synthetic-2021").unwrap(), 100)?;
/// let coarser = convert(&cases, Layout::named("ctdc-synthetic-2024").unwrap())?;
/// assert!(coarser.losses.iter().any(|loss| {
///     loss.column == "meansOfControlThreats" && loss.kind == LossKind::Merged && loss.into == Some("meansThreats")
/// }));
/// # Ok::<(), ctdata_model::ModelError>(())
/// ```
///
/// # Errors
/// [`ModelError::NoConversion`] to a layout whose rows are not cases.
pub fn convert(cases: &CaseTable, target: &'static Layout) -> Result<Conversion, ModelError> {
    if target.kind != LayoutKind::Cases {
        return Err(ModelError::NoConversion {
            from: cases.layout().name,
            to: target.name,
            reason: "its rows join a victim with perpetrators, who are not in case rows",
        });
    }
    let victims = victims(cases, target)?;
    let left_out = victims.as_ref().map_or(0, |victims| (cases.rows() - victims.rows()) as u64);
    let cases = victims.as_ref().unwrap_or(cases);
    let mut work = Work { cases, target, losses: Vec::new(), used: Vec::new(), lists: HashMap::new() };
    let mut columns = Vec::with_capacity(target.columns.len());
    for column in target.columns {
        if let LayoutAttribute::Case(attribute) = column.attribute {
            columns.push(work.column(attribute, column.name, column.coding));
        }
    }
    let Work { mut losses, used, mut lists, .. } = work;
    for &attribute in cases.attributes() {
        if used.contains(&attribute) {
            continue;
        }
        let (rows, is_said_again) = match said_again(attribute) {
            [] => (rows_that_say(cases, attribute), false),
            again => (rows_that_say_alone(cases, attribute, again), true),
        };
        if rows > 0 || !is_said_again {
            losses.push(Loss { column: name_in(cases, attribute), kind: LossKind::Dropped, into: None, rows });
        }
    }
    let position = |loss: &Loss| {
        let in_source = cases.layout().columns.iter().position(|column| column.name == loss.column);
        let in_target = target.columns.iter().position(|column| column.name == loss.column);
        match loss.kind {
            LossKind::LeftEmpty | LossKind::Derived => (1, in_target),
            _ => (0, in_source),
        }
    };
    losses.sort_by_key(|loss| (position(loss), loss.kind));
    let cases = CaseTable::from_columns(target, columns, |attribute| lists.remove(&attribute))?;
    Ok(Conversion { cases, losses, left_out })
}

/// The rows without those of people who are no victims; `None` if all may stay.
fn victims(cases: &CaseTable, target: &Layout) -> Result<Option<CaseTable>, ModelError> {
    if target.column_of(CaseAttribute::TraffickingStatus).is_some() {
        return Ok(None);
    }
    let Some(column) = cases.column(CaseAttribute::TraffickingStatus) else { return Ok(None) };
    let is_victim = |code: u16| code != TraffickingStatus::NotAVictim as u16;
    let kept: Vec<u32> = (0u32..).zip(column.iter()).filter(|&(_, code)| is_victim(code)).map(|(row, _)| row).collect();
    if kept.len() == cases.rows() { Ok(None) } else { cases.take(&kept).map(Some) }
}

/// What cases from HTCDS say again in the words of CTDC, which every layout of CTDC has or accounts for.
fn said_again(attribute: CaseAttribute) -> &'static [CaseAttribute] {
    use crate::{LabourSector as S, RecruiterRelation as R};
    use CaseAttribute::{Form, Recruiter, Sector};
    match attribute {
        CaseAttribute::Industry => &[
            Sector(S::Agriculture),
            Sector(S::Aquafarming),
            Sector(S::Construction),
            Sector(S::DomesticWork),
            Sector(S::Hospitality),
            Sector(S::Manufacturing),
            Sector(S::MiningOrDrilling),
            Sector(S::Transportation),
            Sector(S::Other),
        ],
        Form(ExploitationForm::ForcedBegging) => &[Sector(S::Begging)],
        Form(ExploitationForm::ForcedCriminality) => &[Sector(S::IllicitActivities)],
        CaseAttribute::TraffickerRelationship => {
            &[Recruiter(R::IntimatePartner), Recruiter(R::Friend), Recruiter(R::Family), Recruiter(R::Other)]
        }
        _ => &[],
    }
}

/// Rows that say something of an attribute and none of these flags.
fn rows_that_say_alone(cases: &CaseTable, attribute: CaseAttribute, again: &[CaseAttribute]) -> u64 {
    let Some(column) = cases.column(attribute) else { return 0 };
    let flags: Vec<&Column> = again.iter().filter_map(|flag| cases.column(*flag)).collect();
    let is_said_again = any_yes(&flags, cases.rows());
    let described = attribute.attribute();
    let says = |code: u16| if attribute.is_flag() { code == 1 } else { described.is_value(code) };
    column.iter().zip(is_said_again.iter()).filter(|&(code, again)| says(code) && again != 1).count() as u64
}

struct Work<'a> {
    cases: &'a CaseTable,
    target: &'static Layout,
    losses: Vec<Loss>,
    used: Vec<CaseAttribute>,
    lists: HashMap<CaseAttribute, Domain>,
}

impl Work<'_> {
    fn column(&mut self, attribute: CaseAttribute, name: &'static str, coding: Coding) -> Column {
        let parts: Vec<CaseAttribute> = parts_of(attribute)
            .into_iter()
            .filter(|part| self.cases.position(*part).is_some() && self.target.column_of(*part).is_none())
            .collect();
        let own = self.cases.column(attribute).cloned();
        if own.is_some() {
            self.used.push(attribute);
        }
        for &part in &parts {
            self.used.push(part);
            self.losses.push(Loss {
                column: name_in(self.cases, part),
                kind: LossKind::Merged,
                into: Some(name),
                rows: rows_that_say(self.cases, part),
            });
        }
        let merged: Vec<&Column> = own.iter().chain(parts.iter().filter_map(|part| self.cases.column(*part))).collect();
        match (own.as_ref(), merged.as_slice()) {
            (Some(only), [_]) => self.recoded(attribute, only, name, coding),
            (_, []) => self.derived(attribute, name, coding),
            _ => {
                let source = if own.is_some() { attribute } else { parts.first().copied().unwrap_or(attribute) };
                self.merged_flag(&merged, source, name, coding)
            }
        }
    }

    /// A column that the source has, in the codes that the target can write.
    fn recoded(&mut self, attribute: CaseAttribute, column: &Column, name: &'static str, coding: Coding) -> Column {
        if attribute.is_list() {
            if let Some(found) = self.cases.position(attribute).and_then(|at| self.cases.table().schema().get(at)) {
                self.lists.insert(attribute, found.domain().clone());
            }
            return column.clone();
        }
        let described = attribute.attribute();
        let mut map: Vec<u16> = Vec::with_capacity(described.code_count());
        let not_recorded = described.missing_code(Missing::NotRecorded).unwrap_or(0);
        let mut counts = vec![0u64; described.code_count()];
        for code in column.iter() {
            if let Some(count) = counts.get_mut(usize::from(code)) {
                *count += 1;
            }
        }
        for (code, &rows) in (0u16..).zip(&counts) {
            let (to, kind) = match described.cell(code) {
                Some(Cell::Value(value)) if self.published_as(attribute, value).is_some_and(|to| to != value) => {
                    (self.published_as(attribute, value).unwrap_or(code), Some(LossKind::Coarsened))
                }
                Some(cell) if can_write(coding, cell) => (code, None),
                Some(Cell::Value(0)) if coding == Coding::PositiveFlag => (not_recorded, Some(LossKind::NoBecameEmpty)),
                Some(Cell::Value(value)) => match coarser(attribute, value) {
                    Some(to) if can_write(coding, Cell::Value(to)) => (to, Some(LossKind::Coarsened)),
                    _ => (not_recorded, Some(LossKind::Emptied)),
                },
                _ => (not_recorded, Some(LossKind::UnknownBecameEmpty)),
            };
            map.push(to);
            if let Some(kind) = kind.filter(|_| rows > 0) {
                self.lose(name_in(self.cases, attribute), kind, Some(name), rows);
            }
        }
        if map.iter().zip(0u16..).all(|(&to, code)| to == code) { column.clone() } else { column.recoded(&map) }
    }

    /// The country under whose code CTDC publishes another, where cases that no release had become those of one.
    fn published_as(&self, attribute: CaseAttribute, value: u16) -> Option<u16> {
        let is_country = matches!(attribute, CaseAttribute::Citizenship | CaseAttribute::CountryOfExploitation);
        if !is_country || self.cases.layout().is_release() || !self.target.is_release() {
            return None;
        }
        let country = crate::Country::from_index(usize::from(value))?;
        u16::try_from(country.published_as().index()).ok()
    }

    /// A merged flag, in the codes that the target can write.
    fn merged_flag(&mut self, parts: &[&Column], source: CaseAttribute, name: &'static str, coding: Coding) -> Column {
        const NOT_RECORDED: u16 = 2;
        let rows = self.cases.rows();
        let mut merged = any_yes(parts, rows);
        if coding == Coding::PositiveFlag {
            // no becomes not recorded; yes and not recorded stay.
            merged = merged.recoded(&[NOT_RECORDED]);
        }
        let mut said_no = vec![false; rows];
        for part in parts {
            said_no.iter_mut().zip(part.iter()).for_each(|(no, code)| *no |= code == 0);
        }
        let lost = said_no.iter().zip(merged.iter()).filter(|&(&no, code)| no && code == NOT_RECORDED).count();
        if lost > 0 {
            self.lose(name_in(self.cases, source), LossKind::NoBecameEmpty, Some(name), lost as u64);
        }
        merged
    }

    /// A column that the source does not have.
    fn derived(&mut self, attribute: CaseAttribute, name: &'static str, coding: Coding) -> Column {
        let derived = match attribute {
            CaseAttribute::FormSexAndLabour => self.both_forms(),
            CaseAttribute::MajorityAtRegistration => self.majority_of_age(),
            CaseAttribute::ControlList
            | CaseAttribute::FormList
            | CaseAttribute::SectorList
            | CaseAttribute::SexualTypeList
            | CaseAttribute::RecruiterList => self.list(attribute, coding),
            _ => None,
        };
        let described = attribute.attribute();
        let (column, kind) = if let Some(column) = derived {
            (column, LossKind::Derived)
        } else {
            let code = if attribute.is_list() { 0 } else { described.missing_code(Missing::NotRecorded).unwrap_or(0) };
            (Column::from_codes(&vec![code; self.cases.rows()], described.code_count()), LossKind::LeftEmpty)
        };
        self.lose(name, kind, None, self.cases.rows() as u64);
        column
    }

    /// 1 if both forms are, 0 if either is, else not recorded.
    fn both_forms(&self) -> Option<Column> {
        let labour = self.cases.column(CaseAttribute::Form(ExploitationForm::ForcedLabour))?;
        let sexual = self.cases.column(CaseAttribute::Form(ExploitationForm::SexualExploitation))?;
        let both = labour.iter().zip(sexual.iter()).map(|pair| match pair {
            (1, 1) => 1,
            (0, _) | (_, 0) => 0,
            _ => 2,
        });
        Some(Column::from_u8(both.collect()))
    }

    /// Both are stated at registration, so that the band decides.
    fn majority_of_age(&self) -> Option<Column> {
        let ages = self.cases.column(CaseAttribute::AgeBand)?;
        let majority = CaseAttribute::MajorityAtRegistration.attribute();
        let not_recorded = majority.missing_code(Missing::NotRecorded)?;
        let codes: Vec<u16> = ages
            .iter()
            .map(|code| match AgeBand::from_index(usize::from(code)) {
                Some(band) if band.is_child() => Majority::Minor as u16,
                Some(_) => Majority::Adult as u16,
                None => not_recorded,
            })
            .collect();
        Some(Column::from_codes(&codes, majority.code_count()))
    }

    /// The labels of the positive flags that the target has, joined as its files join them.
    fn list(&mut self, attribute: CaseAttribute, coding: Coding) -> Option<Column> {
        let Coding::List { separator, alphabetical } = coding else { return None };
        let group = CaseGroup::ALL.into_iter().find(|group| group.list() == attribute)?;
        let mut flags: Vec<(&'static str, &Column)> = self
            .target
            .columns
            .iter()
            .filter_map(|column| match column.attribute {
                LayoutAttribute::Case(flag) if flag.group() == Some(group) => {
                    Some((flag_label(flag)?, self.cases.column(flag)?))
                }
                _ => None,
            })
            .collect();
        if flags.is_empty() {
            return None;
        }
        if alphabetical {
            flags.sort_by_key(|(label, _)| *label);
        }
        let mut masks = vec![0u32; self.cases.rows()];
        for (bit, (_, column)) in flags.iter().enumerate() {
            for (mask, code) in masks.iter_mut().zip(column.iter()) {
                *mask |= u32::from(code == 1) << bit;
            }
        }
        let mut distinct: Vec<u32> = masks.clone();
        distinct.sort_unstable();
        distinct.dedup();
        distinct.retain(|&mask| mask > 0);
        let texts: Vec<String> = distinct
            .iter()
            .map(|mask| {
                let chosen: Vec<&str> = flags
                    .iter()
                    .enumerate()
                    .filter(|(bit, _)| mask >> bit & 1 == 1)
                    .map(|(_, (label, _))| *label)
                    .collect();
                chosen.join(separator)
            })
            .collect();
        let mut sorted: Vec<usize> = (0..texts.len()).collect();
        sorted.sort_by_key(|&at| texts.get(at));
        let domain =
            Domain::nominal(sorted.iter().filter_map(|&at| texts.get(at)).map(String::as_str), Origin::Observed)
                .ok()?;
        let code_of: HashMap<u32, u16> =
            sorted.iter().zip(0u16..).filter_map(|(&at, code)| Some((*distinct.get(at)?, code))).collect();
        let none = u16::try_from(domain.len()).ok()?;
        let codes: Vec<u16> = masks.iter().map(|mask| code_of.get(mask).copied().unwrap_or(none)).collect();
        let column = Column::from_codes(&codes, domain.len() + 1);
        self.lists.insert(attribute, domain);
        Some(column)
    }

    fn lose(&mut self, column: &'static str, kind: LossKind, into: Option<&'static str>, rows: u64) {
        match self.losses.iter_mut().find(|loss| loss.column == column && loss.kind == kind && loss.into == into) {
            Some(loss) => loss.rows += rows,
            None => self.losses.push(Loss { column, kind, into, rows }),
        }
    }
}

/// The narrower statements that a broader one merges.
fn parts_of(attribute: CaseAttribute) -> Vec<CaseAttribute> {
    match attribute {
        CaseAttribute::Control(MeansOfControl::Threats) => {
            [MeansOfControl::PhysicalThreats, MeansOfControl::ThreatensChildrenOrFamily]
                .map(CaseAttribute::Control)
                .into()
        }
        CaseAttribute::Control(means) => {
            let parts = means.merges().iter().copied().map(CaseAttribute::Control);
            // What is narrower than a part is a part too.
            parts.flat_map(|part| std::iter::once(part).chain(parts_of(part))).collect()
        }
        CaseAttribute::Form(ExploitationForm::Other) => ExploitationForm::ALL
            .iter()
            .copied()
            .filter(|form| *form != ExploitationForm::Other && form.is_other_in_ctdc())
            .map(CaseAttribute::Form)
            .collect(),
        CaseAttribute::Sector(sector) => sector.merges().iter().copied().map(CaseAttribute::Sector).collect(),
        CaseAttribute::SexualType(kind) => kind.merges().iter().copied().map(CaseAttribute::SexualType).collect(),
        _ => Vec::new(),
    }
}

/// Yes if any part is, no if all are, else not recorded.
fn any_yes(parts: &[&Column], rows: usize) -> Column {
    let mut whole = vec![0u8; rows];
    for part in parts {
        for (whole, code) in whole.iter_mut().zip(part.iter()) {
            *whole = match (*whole, code) {
                (1, _) | (_, 1) => 1,
                (0, 0) => 0,
                _ => 2,
            };
        }
    }
    Column::from_u8(whole)
}

/// The broader value that another layout has for a value.
fn coarser(attribute: CaseAttribute, value: u16) -> Option<u16> {
    let value = usize::from(value);
    let broader = match attribute {
        CaseAttribute::TraffickingDuration => {
            let band = DurationBand::from_index(value)?;
            DurationBand::ALL.iter().find(|whole| whole.merges().contains(&band))?.index()
        }
        CaseAttribute::Gender => {
            let gender = Gender::from_index(value)?;
            Gender::ALL.iter().find(|whole| whole.merges().contains(&gender))?.index()
        }
        _ => return None,
    };
    u16::try_from(broader).ok()
}

fn can_write(coding: Coding, cell: Cell) -> bool {
    match (coding, cell) {
        (_, Cell::Missing(Missing::NotRecorded)) => true,
        (Coding::Tokens(list) | Coding::Set(list), cell) => list.iter().any(|token| match *token {
            Token::Value(_, code) => cell == Cell::Value(code),
            Token::Missing(_, kind) => cell == Cell::Missing(kind),
        }),
        (Coding::PositiveFlag, Cell::Value(code)) => code == 1,
        (Coding::Alpha2 { .. }, Cell::Missing(kind)) => kind == Missing::Unknown,
        (Coding::Alpha3, Cell::Value(code)) => {
            crate::Country::from_index(usize::from(code)).is_some_and(|country| country.alpha3().is_some())
        }
        (_, Cell::Value(_)) => true,
        (_, Cell::Missing(_)) => false,
    }
}

fn name_in(cases: &CaseTable, attribute: CaseAttribute) -> &'static str {
    cases.column_name(attribute).unwrap_or_default()
}

/// Rows in which a flag is yes, or another attribute has a value.
fn rows_that_say(cases: &CaseTable, attribute: CaseAttribute) -> u64 {
    let Some(position) = cases.position(attribute) else { return 0 };
    let (Some(column), Some(described)) = (cases.table().column(position), cases.table().schema().get(position)) else {
        return 0;
    };
    if attribute == CaseAttribute::TraffickingStatus {
        // That they are actual victims is what CTDC says of all.
        return column.iter().filter(|&code| code == TraffickingStatus::PossibleVictim as u16).count() as u64;
    }
    column.iter().filter(|&code| if attribute.is_flag() { code == 1 } else { described.is_value(code) }).count() as u64
}

/// The label of a flag in the concatenated lists.
pub(crate) fn flag_label(flag: CaseAttribute) -> Option<&'static str> {
    Some(match flag {
        CaseAttribute::Control(value) => value.label(),
        CaseAttribute::Form(value) => value.label(),
        CaseAttribute::Sector(value) => value.label(),
        CaseAttribute::SexualType(value) => value.label(),
        CaseAttribute::Recruiter(value) => value.label(),
        _ => return None,
    })
}
