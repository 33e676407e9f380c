//! What a mechanism proposes, made into a table whose claim can be verified.

use ctdata_table::{AttributeSet, Cell, Classes, Control, Hierarchy, Missing, Table};

use super::assemble;
use crate::model::PrivacyModel;
use crate::recode::{Meaning, RecodedColumn};
use crate::statement::Mechanism;
use crate::unit::Persons;
use crate::verify::{ClaimedColumn, ClaimedCombinations, RecodingClaim};
use crate::{
    BlankedCells, GeneralizedColumn, PrivacyError, PrivacyUnit, QuasiIdentifier, RecordCounts, Summary, Unverified,
};

/// A column that an attacker may know of, as a mechanism recoded it.
pub(crate) struct DraftColumn {
    pub(crate) name: String,
    pub(crate) hierarchy: Hierarchy,
    pub(crate) recoded: RecodedColumn,
    /// The level, if it is the same for all records.
    pub(crate) level: Option<usize>,
    /// Whether it is a quasi-identifier; else it is known in combinations only.
    pub(crate) is_quasi: bool,
}

impl DraftColumn {
    pub(crate) fn of(quasi: &QuasiIdentifier, recoded: RecodedColumn, level: Option<usize>) -> Self {
        let (name, hierarchy) = (quasi.name().to_owned(), quasi.hierarchy().clone());
        Self { name, hierarchy, recoded, level, is_quasi: true }
    }
}

/// What a mechanism proposes to release.
pub(crate) struct Draft<'a> {
    pub(crate) mechanism: Mechanism,
    /// The input; its quasi-identifiers are over the leaves of their hierarchies.
    pub(crate) input: &'a Table,
    pub(crate) columns: Vec<DraftColumn>,
    pub(crate) combinations: Vec<ClaimedCombinations>,
    /// Released columns that are not in `columns`, as they are.
    pub(crate) others: Vec<String>,
    /// Columns whose cells may be blanked.
    pub(crate) blankable: Vec<String>,
    /// The input rows that stay.
    pub(crate) kept: Vec<u32>,
    pub(crate) models: Vec<PrivacyModel>,
    /// The least number of possible matches of anyone who has any.
    pub(crate) k: u64,
    pub(crate) population: Option<Table>,
}

impl Draft<'_> {
    /// The table that would be released, with its claim.
    pub(crate) fn finish(self, control: &Control) -> Result<Unverified<Table>, PrivacyError> {
        control.check()?;
        let schema = self.input.schema();
        let mut working = self.input.clone();
        let mut positions = Vec::new();
        for column in &self.columns {
            let position = schema.position(&column.name)?;
            let RecodedColumn { attribute, column, .. } = &column.recoded;
            working = working.with_replaced(position, attribute.clone(), column.clone())?;
            positions.push(position);
        }
        for name in &self.others {
            positions.push(schema.position(name)?);
        }
        positions.sort_unstable();
        let (output, origin) = assemble(&working, &positions, &self.kept)?;

        let quasi: Vec<&str> =
            self.columns.iter().filter(|column| column.is_quasi).map(|column| column.name.as_str()).collect();
        let set = AttributeSet::named(output.schema(), &quasi)?;
        let sizes = match self.input.ids() {
            None => Classes::count(&output, &set, control)?.sizes().collect(),
            Some(ids) => {
                let with_ids = output.clone().with_ids(ids.take(&origin))?;
                let persons = Persons::of(&with_ids);
                persons.class_sizes(&Classes::with_members(&with_ids, &set, control)?)
            }
        };
        let is_recoding = self.mechanism == Mechanism::Recoding;
        let summary = Summary {
            unit: PrivacyUnit::of(self.input),
            records: RecordCounts::new(self.input.rows() as u64, self.kept.len() as u64),
            blanked: self.blankable.iter().map(|name| self.count_blanked(&working, name)).collect::<Result<_, _>>()?,
            generalized: if is_recoding { self.columns.iter().map(|c| self.count_coarse(c)).collect() } else { Vec::new() },
            classes: sizes.len() as u64,
            smallest_class: sizes.iter().copied().min(),
        };
        let claimed = |column: DraftColumn| ClaimedColumn {
            name: column.name,
            hierarchy: column.hierarchy,
            attribute: column.recoded.attribute,
            meanings: column.recoded.meanings,
            level: column.level,
            is_quasi: column.is_quasi,
        };
        // What is known in combinations only is released beside the quasi-identifiers.
        let mut released = self.others;
        released.extend(self.columns.iter().filter(|column| !column.is_quasi).map(|column| column.name.clone()));
        let claim = RecodingClaim {
            input: self.input.clone(),
            mechanism: self.mechanism,
            known: self.columns.into_iter().map(claimed).collect(),
            combinations: self.combinations,
            released,
            blankable: self.blankable,
            models: self.models,
            k: self.k,
            population: self.population,
            origin,
            summary,
        };
        Ok(Unverified::new(output, claim))
    }

    fn count_blanked(&self, working: &Table, name: &str) -> Result<BlankedCells, PrivacyError> {
        let ((before, old), (after, new)) = (self.input.named(name)?, working.named(name)?);
        let blank = Cell::Missing(Missing::NotRecorded);
        let (was, is) = (before.code(blank), after.code(blank));
        let blanked = |row: &&u32| {
            is.is_some() && new.get(**row as usize) == is && (was.is_none() || old.get(**row as usize) != was)
        };
        Ok(BlankedCells { attribute: name.to_owned(), cells: self.kept.iter().filter(blanked).count() as u64 })
    }

    fn count_coarse(&self, column: &DraftColumn) -> GeneralizedColumn {
        let coarse: Vec<bool> = column
            .recoded
            .meanings
            .iter()
            .map(|meaning| match meaning {
                Meaning::Node { level, code } => *level > 0 && column.hierarchy.leaves_under(*level, *code) > 1,
                Meaning::Interval { first, last } => first < last,
                Meaning::Missing(_) => false,
            })
            .collect();
        let is_coarse = |row: &&u32| {
            let code = column.recoded.column.get(**row as usize);
            code.and_then(|code| coarse.get(usize::from(code))).copied().unwrap_or(false)
        };
        let named = column.level.and_then(|level| column.hierarchy.level(level));
        GeneralizedColumn {
            attribute: column.name.clone(),
            level: column.level,
            level_name: named.map(|level| level.name().to_owned()),
            height: column.hierarchy.height(),
            cells: self.kept.iter().filter(is_coarse).count() as u64,
        }
    }
}
