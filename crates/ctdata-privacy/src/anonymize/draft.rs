//! What a mechanism proposes, made into a table whose claim can be verified.

use ctdata_table::{AttributeSet, Cell, Classes, Control, Hierarchy, Missing, Table};

use super::{assemble, blanked};
use crate::model::{PrivacyModel, measure_models};
use crate::recode::{Meaning, RecodedColumn};
use crate::statement::Mechanism;
use crate::unit::Persons;
use crate::verify::{ClaimedColumn, ClaimedCombinations, RecodingClaim};
use crate::{
    BlankedCells, GeneralizedColumn, KCombinations, PrivacyError, PrivacyUnit, QuasiIdentifier, RecordCounts, Summary,
    SuppressedRecords, Unverified,
};

/// A column that an attacker may know of, as a mechanism recoded it.
#[derive(Clone)]
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
#[derive(Clone)]
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
    /// The least number of input units that each released record may be of, where that is claimed.
    pub(crate) mutual_k: Option<u64>,
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
            generalized: if is_recoding {
                self.columns.iter().filter(|c| c.is_quasi).map(|c| self.count_coarse(c)).collect()
            } else {
                Vec::new()
            },
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
            mutual_k: self.mutual_k,
            population: self.population,
            origin,
            summary,
        };
        Ok(Unverified::new(output, claim))
    }

    /// Deals with the records that would be dropped as asked.
    pub(crate) fn with_suppressed(self, policy: SuppressedRecords, control: &Control) -> Result<Self, PrivacyError> {
        match policy {
            SuppressedRecords::Drop => Ok(self),
            SuppressedRecords::AsClass => {
                let with_class = self.clone().with_blanked_records();
                // A class of blanks stands for the whole population, which no model of it is asked about.
                let asks_population = self.models.iter().any(PrivacyModel::needs_population);
                Ok(if !asks_population && with_class.holds(control)? { with_class } else { self })
            }
            SuppressedRecords::KeepUnchecked => Ok(self.with_blanked_records()),
        }
    }

    /// Keeps the records that would be dropped, with all quasi-identifiers blank.
    fn with_blanked_records(mut self) -> Self {
        let mut blank = vec![true; self.input.rows()];
        for &row in &self.kept {
            if let Some(blank) = blank.get_mut(row as usize) {
                *blank = false;
            }
        }
        for column in self.columns.iter_mut().filter(|column| column.is_quasi) {
            let RecodedColumn { attribute, column: codes, .. } = &column.recoded;
            let (attribute, codes) = blanked(attribute, codes, &blank);
            (column.recoded.attribute, column.recoded.column) = (attribute, codes);
            self.blankable.push(column.name.clone());
        }
        self.kept = (0u32..).take(self.input.rows()).collect();
        self
    }

    /// Whether the models hold of what would be released.
    fn holds(&self, control: &Control) -> Result<bool, PrivacyError> {
        let mut working = self.input.clone();
        for column in &self.columns {
            let position = self.input.schema().position(&column.name)?;
            let RecodedColumn { attribute, column, .. } = &column.recoded;
            working = working.with_replaced(position, attribute.clone(), column.clone())?;
        }
        let quasi: Vec<&str> =
            self.columns.iter().filter(|column| column.is_quasi).map(|column| column.name.as_str()).collect();
        let reports = measure_models(&working.take(&self.kept)?, &quasi, &self.models, None, control)?;
        Ok(reports.iter().all(|report| report.holds))
    }

    /// Adds what is known in combinations, as it is released, with what is claimed of it: more than is
    /// asked where of flags only `yes` is known, since `no` is not left out.
    pub(crate) fn with_combinations(mut self, asked: &[KCombinations]) -> Result<Self, PrivacyError> {
        for combinations in asked {
            for name in combinations.attributes() {
                if self.columns.iter().any(|column| column.name == *name) {
                    continue;
                }
                if !self.others.contains(name) {
                    let rule = format!("`{name}` is not released");
                    return Err(PrivacyError::InvalidParameter { parameter: "combinations", rule });
                }
                let (attribute, column) = self.input.named(name)?;
                let codes = (0u16..).take(attribute.domain().len());
                let meanings = codes.map(|code| Meaning::Node { level: 0, code }).collect();
                let recoded = RecodedColumn { attribute: attribute.clone(), column: column.clone(), meanings };
                let hierarchy = Hierarchy::of(attribute.domain().clone());
                self.columns.push(DraftColumn {
                    name: name.clone(),
                    hierarchy,
                    recoded,
                    level: Some(0),
                    is_quasi: false,
                });
                self.others.retain(|other| other != name);
            }
            self.combinations.push(ClaimedCombinations {
                attributes: combinations.attributes().to_vec(),
                up_to: combinations.m(),
                k: combinations.k().into(),
                mutual: false,
            });
        }
        Ok(self)
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
        let levels: Vec<Vec<f64>> =
            (0..=column.hierarchy.height()).map(|level| column.hierarchy.share(level)).collect();
        let leaf = levels.first().and_then(|shares| shares.first()).copied().unwrap_or(1.0);
        let coarse: Vec<bool> = column
            .recoded
            .meanings
            .iter()
            .map(|meaning| match meaning {
                Meaning::Node { level, code } => {
                    let share = levels.get(*level).and_then(|shares| shares.get(usize::from(*code)));
                    // Of two leaves it is twice that of one.
                    share.is_some_and(|share| *share > 1.5 * leaf)
                }
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
