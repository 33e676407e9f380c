//! The claim that a table was recoded: every released value stands for the true one, every model
//! holds, and nobody who knows true values finds too few possible matches.
//!
//! Nothing here uses the counting or judging of the mechanisms.

use std::collections::{HashMap, HashSet};

use ctdata_table::{Attribute, Cell, Control, Missing, Table};

use super::attacker;
use super::coverage::{ClaimedColumn, Coverage};
use super::microdata::{self, ColumnPair};
use super::models::{self, Evidence};
use super::possible::{Groups, Rows, projected};
use crate::model::PrivacyModel;
use crate::release::Claim;
use crate::statement::{Facts, Mechanism, ReleasedCombinations};
use crate::{
    BlankedCells, BrokenGuarantee, GeneralizedColumn, PrivacyError, PrivacyUnit, RecordCounts, Statement, Summary,
};

/// Combinations of known values that are claimed to have enough possible matches.
#[derive(Clone)]
pub(crate) struct ClaimedCombinations {
    /// Names of known columns.
    pub(crate) attributes: Vec<String>,
    /// How many of them are known at once, at most.
    pub(crate) up_to: usize,
    pub(crate) k: u64,
    /// Whether each released record is claimed to be of at least k input units in each combination.
    pub(crate) mutual: bool,
}

impl From<&ClaimedCombinations> for ReleasedCombinations {
    fn from(claimed: &ClaimedCombinations) -> Self {
        Self { attributes: claimed.attributes.clone(), up_to: claimed.up_to, possible_matches: claimed.k }
    }
}

/// What a recoded table is claimed to be.
#[derive(Clone)]
pub(crate) struct RecodingClaim {
    /// The input; its quasi-identifiers are over the leaves of their hierarchies.
    pub(crate) input: Table,
    pub(crate) mechanism: Mechanism,
    /// Quasi-identifiers, and columns that are known in combinations only.
    pub(crate) known: Vec<ClaimedColumn>,
    pub(crate) combinations: Vec<ClaimedCombinations>,
    /// Released columns that are not quasi-identifiers.
    pub(crate) released: Vec<String>,
    /// Columns whose cells may be blanked.
    pub(crate) blankable: Vec<String>,
    pub(crate) models: Vec<PrivacyModel>,
    /// The least number of possible matches of anyone who has any.
    pub(crate) k: u64,
    /// The least number of input units that each released record may be of, where that is claimed.
    pub(crate) mutual_k: Option<u64>,
    pub(crate) population: Option<Table>,
    /// The input row of each output row.
    pub(crate) origin: Vec<u32>,
    pub(crate) summary: Summary,
}

impl Claim<Table> for RecodingClaim {
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
        self.is_sound()?;
        let columns = self.columns(output)?;
        microdata::origins(&self.input, output, &self.origin)?;
        let mut summary = self.recount(output, &columns, control)?;
        microdata::order(output)?;

        control.check()?;
        let (person, population) = super::person_of_rows(&self.input, &self.origin);
        let quasi: Vec<&KnownColumn<'_>> = columns.known.iter().filter(|known| known.claimed.is_quasi).collect();
        let released = released_rows(output, &quasi);
        let groups = Groups::of(&released, &person, population);
        summary.classes = groups.len() as u64;
        summary.smallest_class = groups.sizes().iter().copied().min();
        let evidence = Evidence {
            input: &self.input,
            output,
            groups: &groups,
            known: &quasi.iter().map(|quasi| (quasi.input, &quasi.coverage)).collect::<Vec<_>>(),
            population: self.population.as_ref(),
            control,
        };
        for model in &self.models {
            control.check()?;
            // What is not released, or is part of what an attacker knows, has no place in a class.
            if model.attribute().is_some_and(|name| !self.released.iter().any(|other| other == name)) {
                return Err(BrokenGuarantee::Model { model: model.name(), classes: summary.classes }.into());
            }
            models::check(model, &evidence)?;
        }
        let truths = self.truths(&quasi);
        let attacker_view_smallest = check_attacker_view(&quasi, &truths.distinct(), &groups, self.k, control)?;
        if let Some(k) = self.mutual_k {
            let truths = self.groups_of_input(&truths);
            check_origins_of_records(&quasi, &released.distinct(), &truths, k, control)?;
        }
        for combinations in &self.combinations {
            self.check_combinations(combinations, output, &columns, (&person, population), control)?;
        }
        if summary != self.summary {
            return Err(BrokenGuarantee::Account.into());
        }
        let only_suppressed = |blanked: &&BlankedCells| {
            let declared = self.input.schema().attribute(&blanked.attribute).map(Attribute::missing);
            blanked.cells > 0 && declared.is_ok_and(|kinds| !kinds.contains(Missing::NotRecorded))
        };
        let only_suppressed = summary.blanked.iter().filter(only_suppressed).map(|b| b.attribute.clone()).collect();
        Ok(Statement::of_microdata(Facts {
            mechanism: self.mechanism,
            k: self.k,
            models: self.models.iter().map(Into::into).collect(),
            combinations: self.combinations.iter().map(Into::into).collect(),
            mutual_k: self.mutual_k,
            columns: columns.names,
            quasi_identifiers: quasi.iter().map(|quasi| quasi.claimed.name.clone()).collect(),
            others: &self.released,
            only_suppressed,
            summary,
            attacker_view_smallest,
        }))
    }
}

/// The columns of an output that were found to be those of the claim.
struct Columns<'a> {
    names: Vec<String>,
    known: Vec<KnownColumn<'a>>,
    others: Vec<(&'a str, ColumnPair)>,
}

struct KnownColumn<'a> {
    claimed: &'a ClaimedColumn,
    input: usize,
    output: usize,
    coverage: Coverage<'a>,
}

impl RecodingClaim {
    /// Checks that the claim speaks of what an attacker knows, of each column in one way, and accounts for
    /// all that may differ.
    fn is_sound(&self) -> Result<(), BrokenGuarantee> {
        let known: HashMap<&str, &ClaimedColumn> =
            self.known.iter().map(|known| (known.name.as_str(), known)).collect();
        let released: HashSet<&str> = self.released.iter().map(String::as_str).collect();
        let blankable: HashSet<&str> = self.blankable.iter().map(String::as_str).collect();
        // Only quasi-identifiers of a recoding are generalized, as only of these an account is given.
        let is_told = |known: &ClaimedColumn| {
            known.is_quasi != released.contains(known.name.as_str())
                && (known.level == Some(0) || (known.is_quasi && self.mechanism == Mechanism::Recoding))
        };
        let once = known.len() == self.known.len()
            && released.len() == self.released.len()
            && blankable.len() == self.blankable.len();
        let is_sound = once
            && self.known.iter().any(|known| known.is_quasi)
            && self.known.iter().all(is_told)
            && blankable.iter().all(|name| known.contains_key(name));
        if is_sound { Ok(()) } else { Err(BrokenGuarantee::Account) }
    }

    /// Checks names, order, domains and labels of the columns; quasi-identifiers come in the order of
    /// the claim.
    fn columns<'a>(&'a self, output: &'a Table) -> Result<Columns<'a>, BrokenGuarantee> {
        microdata::no_identity(output)?;
        let names = self.input.schema().attributes().iter().map(Attribute::name);
        let known = |name: &str| self.known.iter().find(|known| known.name == name);
        let claimed: Vec<&'a str> =
            names.filter(|name| known(name).is_some() || self.released.iter().any(|other| other == name)).collect();
        let found = output.schema().attributes();
        let mut columns =
            Columns { names: claimed.iter().map(ToString::to_string).collect(), known: Vec::new(), others: Vec::new() };
        for position in 0..found.len().max(claimed.len()) {
            let wrong = BrokenGuarantee::Columns { position: position + 1 };
            let (Some(new), Some(&name)) = (found.get(position), claimed.get(position)) else { return Err(wrong) };
            let old = self.input.schema().find(name).and_then(|at| Some((at, self.input.schema().get(at)?)));
            let Some((at, old)) = old.filter(|_| new.name() == name) else { return Err(wrong) };
            let domain = || BrokenGuarantee::Domain { column: name.to_owned() };
            let blankable = self.blankable.iter().any(|blankable| blankable == name);
            match known(name) {
                None => {
                    let pair = microdata::pair((at, old), (position, new), blankable, output).ok_or_else(domain)?;
                    columns.others.push((name, pair));
                }
                Some(quasi) => {
                    let kinds = new.missing() == old.missing()
                        || (blankable && new.missing() == old.missing().with(Missing::NotRecorded));
                    if !kinds || !quasi.domain_fits(new, output, position) || old.domain() != quasi.hierarchy.leaves() {
                        return Err(domain());
                    }
                    let coverage = Coverage::new(quasi, old, new).ok_or_else(domain)?;
                    columns.known.push(KnownColumn { claimed: quasi, input: at, output: position, coverage });
                }
            }
        }
        let place = |column: &KnownColumn<'_>| self.known.iter().position(|known| known.name == column.claimed.name);
        columns.known.sort_by_key(place);
        Ok(columns)
    }

    /// Holds every released cell against its input cell, and counts what was changed. Classes are not
    /// counted here.
    fn recount(&self, output: &Table, columns: &Columns<'_>, control: &Control) -> Result<Summary, PrivacyError> {
        let mut blanked: HashMap<&str, u64> = HashMap::new();
        for (name, pair) in &columns.others {
            control.check()?;
            blanked.insert(name, microdata::cells(&self.input, output, &self.origin, pair)?);
        }
        let mut generalized = Vec::new();
        for column in &columns.known {
            control.check()?;
            let name = column.claimed.name.as_str();
            let (cells, coarse) = self.check_cells(output, column)?;
            blanked.insert(name, cells);
            if !column.claimed.is_quasi {
                continue;
            }
            let level = column.claimed.level;
            let named = level.and_then(|level| column.claimed.hierarchy.level(level));
            generalized.push(GeneralizedColumn {
                attribute: name.to_owned(),
                level,
                level_name: named.map(|level| level.name().to_owned()),
                height: column.claimed.hierarchy.height(),
                cells: coarse,
            });
        }
        let cells = |name: &String| BlankedCells {
            attribute: name.clone(),
            cells: blanked.get(name.as_str()).copied().unwrap_or(0),
        };
        Ok(Summary {
            unit: if self.input.ids().is_some() { PrivacyUnit::Person } else { PrivacyUnit::Record },
            records: RecordCounts::new(self.input.rows() as u64, output.rows() as u64),
            blanked: self.blankable.iter().map(cells).collect(),
            generalized: if self.mechanism == Mechanism::Recoding { generalized } else { Vec::new() },
            classes: 0,
            smallest_class: None,
        })
    }

    /// Blanked cells and coarse cells of a quasi-identifier.
    fn check_cells(&self, output: &Table, column: &KnownColumn<'_>) -> Result<(u64, u64), BrokenGuarantee> {
        let (Some(old), Some(new)) = (self.input.column(column.input), output.column(column.output)) else {
            return Err(BrokenGuarantee::Columns { position: column.output + 1 });
        };
        let released = output.schema().get(column.output);
        let blank = released
            .filter(|_| self.blankable.contains(&column.claimed.name))
            .and_then(|attribute| attribute.code(Cell::Missing(Missing::NotRecorded)));
        let on_level = |code: u16| match column.claimed.level {
            Some(level) => column.coverage.is_on_level(code, level),
            None => true,
        };
        let (mut blanked, mut coarse) = (0, 0);
        for (row, (&from, found)) in self.origin.iter().zip(new.iter()).enumerate() {
            let stands = old.get(from as usize).is_some_and(|code| column.coverage.stands_for(found, code));
            if stands && on_level(found) {
                coarse += u64::from(column.coverage.is_coarse(found));
            } else if blank == Some(found) {
                blanked += 1;
            } else {
                return Err(BrokenGuarantee::Cell { row: row + 1, column: column.claimed.name.clone() });
            }
        }
        Ok((blanked, coarse))
    }

    /// The true values of all input records, as an attacker can tell them apart in the release.
    fn truths(&self, known: &[&KnownColumn<'_>]) -> Rows {
        let readers: Vec<_> =
            known.iter().map(|known| (known.input, |code: u16| known.coverage.target(code))).collect();
        Rows::read(&self.input, &readers)
    }

    fn groups_of_input(&self, truths: &Rows) -> Groups {
        let rows: Vec<u32> = (0u32..).take(self.input.rows()).collect();
        let (person, population) = super::person_of_rows(&self.input, &rows);
        Groups::of(truths, &person, population)
    }

    /// Checks the possible matches of every combination of up to so many of the attributes.
    fn check_combinations(
        &self,
        combinations: &ClaimedCombinations,
        output: &Table,
        columns: &Columns<'_>,
        (person, population): (&[u32], usize),
        control: &Control,
    ) -> Result<(), PrivacyError> {
        let find = |name: &String| columns.known.iter().find(|known| known.claimed.name == *name);
        let known: Vec<&KnownColumn<'_>> =
            combinations.attributes.iter().map(find).collect::<Option<_>>().ok_or(BrokenGuarantee::Account)?;
        // Each combination is counted from the distinct rows of all the attributes.
        let released = released_rows(output, &known);
        let groups = Groups::of(&released, person, population);
        let truths = self.truths(&known);
        let groups_of_input = combinations.mutual.then(|| self.groups_of_input(&truths));
        let (released, truths) = (released.distinct(), truths.distinct());
        let mut chosen: Vec<usize> = Vec::new();
        while next_subset(&mut chosen, known.len(), combinations.up_to) {
            control.check()?;
            let subset: Vec<&KnownColumn<'_>> = chosen.iter().filter_map(|&place| known.get(place).copied()).collect();
            let targets = projected(&truths, &chosen);
            check_attacker_view(&subset, &targets, &groups.project(&chosen), combinations.k, control)?;
            if let Some(groups_of_input) = &groups_of_input {
                let released = projected(&released, &chosen);
                let truths = groups_of_input.project(&chosen);
                check_origins_of_records(&subset, &released, &truths, combinations.k, control)?;
            }
        }
        Ok(())
    }
}

/// The next set of at most `up_to` of the numbers below `of`, after the empty one in the order of words;
/// false after the last.
fn next_subset(chosen: &mut Vec<usize>, of: usize, up_to: usize) -> bool {
    let next = chosen.last().map_or(0, |last| last + 1);
    if next < of && chosen.len() < up_to {
        chosen.push(next);
        return true;
    }
    if next >= of {
        chosen.pop();
    }
    // The last one is below the highest now.
    match chosen.last_mut() {
        Some(last) => *last += 1,
        None => return false,
    }
    true
}

/// The smallest number of possible matches above 0 of anyone whose values of these columns are known.
fn check_attacker_view<T: AsRef<[u16]>>(
    known: &[&KnownColumn<'_>],
    targets: &[T],
    groups: &Groups,
    k: u64,
    control: &Control,
) -> Result<Option<u64>, PrivacyError> {
    let fits =
        |place: usize, value: u16, cell: u16| known.get(place).is_some_and(|known| known.coverage.fits(value, cell));
    let open: Vec<_> = known.iter().map(|known| known.coverage.open_target()).collect();
    let is_open = |target: &[u16]| target.iter().zip(&open).any(|(value, open)| Some(*value) == *open);
    attacker::check(targets, is_open, groups, k, fits, control)
}

/// Checks that every released record may be that of at least k units of the input.
fn check_origins_of_records<T: AsRef<[u16]>>(
    known: &[&KnownColumn<'_>],
    released: &[T],
    truths: &Groups,
    k: u64,
    control: &Control,
) -> Result<(), PrivacyError> {
    let fits =
        |place: usize, cell: u16, value: u16| known.get(place).is_some_and(|known| known.coverage.fits(value, cell));
    let (mut records, mut smallest) = (0, u64::MAX);
    truths.possible(released, fits, control, |_, units| {
        records += u64::from(units < k);
        smallest = smallest.min(units);
        u64::MAX
    })?;
    if records > 0 {
        return Err(BrokenGuarantee::Origins { required: k, achieved: smallest, tuples: records }.into());
    }
    Ok(())
}

fn released_rows(output: &Table, known: &[&KnownColumn<'_>]) -> Rows {
    Rows::read(output, &known.iter().map(|known| (known.output, |code| code)).collect::<Vec<_>>())
}
