//! The claim of k-anonymity by suppression, checked by comparing rows.
//!
//! Nothing here uses the counting of the mechanism: classes are groups of equal rows, possible
//! matches are found by comparison, and each released row is held against its input row.

use std::collections::HashMap;

use ctdata_table::{Control, Missing, Table};

use super::attacker;
use super::microdata::{self, ColumnPair};
use super::possible::{Groups, Rows};
use crate::release::Claim;
use crate::statement::{Facts, Mechanism};
use crate::{BlankedCells, BrokenGuarantee, KAnonymity, PrivacyError, PrivacyUnit, RecordCounts, Statement, Summary};

/// What a suppressed table is claimed to be.
#[derive(Clone)]
pub(crate) struct SuppressionClaim {
    pub(crate) input: Table,
    pub(crate) model: KAnonymity,
    pub(crate) quasi_identifiers: Vec<String>,
    pub(crate) blanked: Vec<String>,
    pub(crate) released: Vec<String>,
    /// The input row of each output row.
    pub(crate) origin: Vec<u32>,
    pub(crate) summary: Summary,
}

/// Stands for values that only a blank is compatible with. As a code it can only be a blank itself,
/// the last kind of missing of the largest domain.
const UNKNOWN: u16 = u16::MAX;

impl Claim<Table> for SuppressionClaim {
    fn summary(&self) -> &Summary {
        &self.summary
    }

    fn persons(&self) -> Option<ctdata_table::Ids> {
        self.input.ids().map(|ids| ids.take(&self.origin))
    }

    #[cfg(test)]
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn verify(&self, output: &Table, control: &Control) -> Result<Statement, PrivacyError> {
        let input = &self.input;
        let names = input.schema().attributes().iter().map(ctdata_table::Attribute::name);
        let claimed: Vec<&str> = names.filter(|name| self.is_claimed(name)).collect();
        let pairs = microdata::columns(input, output, &claimed, &self.blanked)?;
        microdata::origins(input, output, &self.origin)?;
        let mut cells_blanked: HashMap<&str, u64> = HashMap::new();
        for (pair, name) in pairs.iter().zip(&claimed) {
            control.check()?;
            cells_blanked.insert(name, microdata::cells(input, output, &self.origin, pair)?);
        }
        microdata::order(output)?;

        control.check()?;
        let known: Vec<&ColumnPair> = pairs
            .iter()
            .zip(&claimed)
            .filter(|(_, name)| self.quasi_identifiers.iter().any(|quasi| quasi == *name))
            .map(|(pair, _)| pair)
            .collect();
        let (person, population) = super::person_of_rows(input, &self.origin);
        let released = Rows::read(output, &known.iter().map(|pair| (pair.output, |code| code)).collect::<Vec<_>>());
        let groups = Groups::of(&released, &person, population);
        let smallest_class = self.check_classes(&groups)?;
        let attacker_view_smallest = self.check_attacker_view(output, &known, &groups, control)?;

        let blanked = |name: &String| BlankedCells {
            attribute: name.clone(),
            cells: cells_blanked.get(name.as_str()).copied().unwrap_or(0),
        };
        let summary = Summary {
            unit: if input.ids().is_some() { PrivacyUnit::Person } else { PrivacyUnit::Record },
            records: RecordCounts::new(input.rows() as u64, output.rows() as u64),
            blanked: self.blanked.iter().map(blanked).collect(),
            generalized: Vec::new(),
            classes: groups.len() as u64,
            smallest_class,
        };
        if summary != self.summary {
            return Err(BrokenGuarantee::Account.into());
        }
        let only_suppressed = |blanked: &&BlankedCells| {
            let declared = input.schema().attribute(&blanked.attribute).map(ctdata_table::Attribute::missing);
            blanked.cells > 0 && declared.is_ok_and(|kinds| !kinds.contains(Missing::NotRecorded))
        };
        let only_suppressed = summary.blanked.iter().filter(only_suppressed).map(|b| b.attribute.clone()).collect();
        Ok(Statement::of_microdata(Facts {
            mechanism: Mechanism::Suppression,
            k: self.model.k().into(),
            models: vec![self.model.into()],
            combinations: Vec::new(),
            mutual_k: None,
            columns: claimed.iter().map(ToString::to_string).collect(),
            quasi_identifiers: self.quasi_identifiers.clone(),
            others: &self.released,
            only_suppressed,
            summary,
            attacker_view_smallest,
        }))
    }
}

impl SuppressionClaim {
    fn is_claimed(&self, name: &str) -> bool {
        self.quasi_identifiers.iter().chain(&self.released).any(|claimed| claimed == name)
    }

    fn check_classes(&self, groups: &Groups) -> Result<Option<u64>, BrokenGuarantee> {
        let required = u64::from(self.model.k());
        let smallest = groups.sizes().iter().copied().min();
        match smallest {
            Some(achieved) if achieved < required => Err(BrokenGuarantee::SmallClasses {
                model: KAnonymity::NAME,
                required,
                achieved,
                classes: groups.sizes().iter().filter(|&&size| size < required).count() as u64,
            }),
            _ => Ok(smallest),
        }
    }

    fn check_attacker_view(
        &self,
        output: &Table,
        known: &[&ColumnPair],
        groups: &Groups,
        control: &Control,
    ) -> Result<Option<u64>, PrivacyError> {
        let blank_kinds = [Missing::NotRecorded, Missing::Withheld, Missing::Unknown];
        let attributes = output.schema().attributes();
        let blanks: Vec<Vec<u16>> = known
            .iter()
            .filter_map(|pair| attributes.get(pair.output))
            .map(|attribute| blank_kinds.iter().filter_map(|&kind| attribute.missing_code(kind)).collect())
            .collect();
        let meaning = |(pair, blanks): (&&ColumnPair, &Vec<u16>)| {
            let meanings: Vec<u16> =
                pair.map.iter().map(|code| code.filter(|code| !blanks.contains(code)).unwrap_or(UNKNOWN)).collect();
            (pair.input, move |code: u16| meanings.get(usize::from(code)).copied().unwrap_or(UNKNOWN))
        };
        let truths = Rows::read(&self.input, &known.iter().zip(&blanks).map(meaning).collect::<Vec<_>>());
        let targets = truths.distinct();

        let fits = |place: usize, known: u16, cell: u16| {
            cell == known || blanks.get(place).is_some_and(|blanks| blanks.contains(&cell))
        };
        let is_open = |target: &[u16]| target.contains(&UNKNOWN);
        attacker::check(&targets, is_open, groups, self.model.k().into(), fits, control)
    }
}
