//! The claim that a table of counts is what its microdata say, checked row by row.

use std::collections::BTreeMap;

use ctdata_table::{Attribute, Category, Column, Control, CountTable, Table, Variable};

use crate::release::Claim;
use crate::{BrokenGuarantee, PrivacyError, Statement, Summary};

/// What a table of counts is claimed to be computed from.
#[derive(Clone)]
pub(crate) struct CountingClaim {
    microdata: Table,
    statement: Statement,
    variables: Vec<Variable>,
    summary: Summary,
}

impl CountingClaim {
    /// A count of released microdata, which have their statement.
    pub(crate) fn new(microdata: &Table, statement: &Statement, variables: &[Variable]) -> Self {
        Self {
            microdata: microdata.clone(),
            variables: variables.to_vec(),
            summary: Summary {
                unit: statement.unit,
                records: statement
                    .records
                    .clone()
                    .unwrap_or_else(|| crate::RecordCounts::synthetic(microdata.rows() as u64)),
                blanked: statement.blanked.clone(),
                generalized: statement.generalized.clone(),
                classes: statement.verified.classes,
                smallest_class: statement.verified.smallest_class,
            },
            statement: statement.clone(),
        }
    }
}

impl Claim<CountTable> for CountingClaim {
    fn summary(&self) -> &Summary {
        &self.summary
    }

    #[cfg(test)]
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn verify(&self, output: &CountTable, control: &Control) -> Result<Statement, PrivacyError> {
        control.check()?;
        let readers: Vec<Reader<'_>> = self
            .variables
            .iter()
            .enumerate()
            .map(|(place, variable)| {
                Reader::of(&self.microdata, variable).ok_or(BrokenGuarantee::Dimension { position: place + 1 })
            })
            .collect::<Result<_, _>>()?;
        for place in 0..output.dimensions().len().max(readers.len()) {
            let (dimension, reader) = (output.dimensions().get(place), readers.get(place));
            let same =
                dimension.zip(reader).zip(self.variables.get(place)).is_some_and(|((dimension, reader), variable)| {
                    dimension.variable == *variable && codes_of(&dimension.categories) == reader.codes
                });
            if !same {
                return Err(BrokenGuarantee::Dimension { position: place + 1 }.into());
            }
        }
        if output.total() != self.microdata.rows() as u64 {
            return Err(BrokenGuarantee::Total.into());
        }

        let mut recount: BTreeMap<Vec<u16>, u64> = BTreeMap::new();
        let mut categories: Vec<Vec<u16>> = vec![Vec::new(); readers.len()];
        let mut key = Vec::with_capacity(readers.len());
        for row in 0..self.microdata.rows() {
            if row % 65_536 == 0 {
                control.check()?;
                control.report("recounting a table", row as u64, Some(self.microdata.rows() as u64));
            }
            for (reader, found) in readers.iter().zip(&mut categories) {
                found.clear();
                reader.categories(row, found);
            }
            count_combinations(&categories, &mut key, &mut recount);
        }

        let mut differing = 0;
        for (key, count) in output.cells() {
            differing += u64::from(recount.remove(key) != Some(count));
        }
        differing += recount.len() as u64;
        if differing > 0 {
            return Err(BrokenGuarantee::Counts { cells: differing }.into());
        }
        let dimensions = self.variables.iter().map(|variable| variable.name().to_owned()).collect();
        Ok(self.statement.of_counts(output.id(), dimensions))
    }
}

fn codes_of(categories: &[Category]) -> Vec<String> {
    categories.iter().map(|category| category.code.clone()).collect()
}

/// Adds one to every combination of the categories that a row falls into.
fn count_combinations(categories: &[Vec<u16>], key: &mut Vec<u16>, cells: &mut BTreeMap<Vec<u16>, u64>) {
    match categories.get(key.len()) {
        Some(choices) => {
            for &choice in choices {
                key.push(choice);
                count_combinations(categories, key, cells);
                key.pop();
            }
        }
        None => match cells.get_mut(key.as_slice()) {
            Some(count) => *count += 1,
            None => {
                cells.insert(key.clone(), 1);
            }
        },
    }
}

/// How the rows of a table fall into the categories of a variable.
struct Reader<'a> {
    codes: Vec<String>,
    how: How<'a>,
}

enum How<'a> {
    Code(&'a Column),
    Mapped { column: &'a Column, map: &'a [u16] },
    Paired { first: &'a Column, second: &'a Column, width: usize, map: &'a [u16] },
    Flags(Vec<&'a Column>),
    AnyFlag(Vec<&'a Column>),
}

impl<'a> Reader<'a> {
    /// None where the variable does not fit the table or is of a kind that nobody recounts here.
    fn of(table: &'a Table, variable: &'a Variable) -> Option<Self> {
        let named = |name: &str| table.named(name).ok();
        let flags = |members: &[String]| -> Option<Vec<&'a Column>> {
            members.iter().map(|name| named(name).filter(|(flag, _)| is_flag(flag)).map(|(_, column)| column)).collect()
        };
        Some(match variable {
            Variable::Attribute { attribute } => {
                let (attribute, column) = named(attribute)?;
                let values = attribute.domain().labels().map(std::borrow::Cow::into_owned);
                let codes = values.chain(attribute.missing().iter().map(|kind| kind.code().to_owned())).collect();
                Self { codes, how: How::Code(column) }
            }
            Variable::Recoded { attribute, categories, map, .. } => {
                let (_, column) = named(attribute)?;
                Self { codes: codes_of(categories), how: How::Mapped { column, map } }
            }
            Variable::Paired { first, second, categories, map, .. } => {
                let ((_, first), (attribute, second)) = (named(first)?, named(second)?);
                let width = attribute.code_count();
                Self { codes: codes_of(categories), how: How::Paired { first, second, width, map } }
            }
            Variable::Flags { members, categories, .. } => {
                Self { codes: codes_of(categories), how: How::Flags(flags(members)?) }
            }
            Variable::AnyFlag { members, .. } => Self {
                codes: ["yes", "no", "not-recorded"].map(str::to_owned).to_vec(),
                how: How::AnyFlag(flags(members)?),
            },
            _ => return None,
        })
    }

    fn categories(&self, row: usize, found: &mut Vec<u16>) {
        match &self.how {
            How::Code(column) => found.extend(column.get(row)),
            How::Mapped { column, map } => {
                found.extend(column.get(row).and_then(|code| map.get(usize::from(code))));
            }
            How::Paired { first, second, width, map } => {
                let pair = first.get(row).zip(second.get(row));
                found.extend(pair.and_then(|(a, b)| map.get(usize::from(a) * width + usize::from(b))));
            }
            How::Flags(flags) => {
                let yes = (0u16..).zip(flags).filter(|(_, flag)| flag.get(row) == Some(YES));
                found.extend(yes.map(|(member, _)| member));
            }
            How::AnyFlag(flags) => {
                let any = |code: u16| flags.iter().any(|flag| flag.get(row) == Some(code));
                found.push(if any(YES) {
                    0
                } else if any(NO) {
                    1
                } else {
                    2
                });
            }
        }
    }
}

const NO: u16 = 0;
const YES: u16 = 1;

fn is_flag(attribute: &Attribute) -> bool {
    attribute.domain().labels().eq(["no", "yes"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::Unverified;
    use crate::testing::{any_table, flags};
    use crate::{KAnonymity, KAnonymizer, Released};
    use ctdata_table::Dimension;
    use proptest::prelude::*;

    fn released(table: &Table, names: &[&str]) -> Released<Table> {
        let anonymizer = KAnonymizer::builder(KAnonymity::try_new(1).unwrap())
            .quasi_identifiers(names.iter().copied())
            .build()
            .unwrap();
        anonymizer.run(table, &Control::default()).unwrap().verify(&Control::default()).unwrap()
    }

    fn category(code: &str) -> Category {
        Category::new(code, code)
    }

    fn every_kind() -> Vec<Variable> {
        let members = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()];
        vec![
            Variable::attribute("a"),
            Variable::Recoded {
                name: "known".into(),
                attribute: "b".into(),
                categories: vec![category("yes"), category("no")],
                map: vec![0, 0, 1],
            },
            Variable::Paired {
                name: "same".into(),
                first: "a".into(),
                second: "c".into(),
                categories: vec![category("same"), category("other"), category("open")],
                map: vec![0, 1, 2, 1, 0, 2, 2, 2, 2],
            },
            Variable::Flags {
                name: "which".into(),
                members: members.clone(),
                categories: members.iter().map(|name| category(name)).collect(),
            },
            Variable::AnyFlag { name: "any".into(), members },
        ]
    }

    #[test]
    fn two_rows_are_counted_as_by_hand() {
        let table = flags(&[&[1, 2], &[1, 2], &[0, 2]]);
        let released = released(&table, &["a", "b", "c"]);
        let counts = released.tabulate("t", &every_kind(), &Control::default()).unwrap();
        let cells: Vec<_> = counts.working_copy().cells().map(|(key, count)| (key.to_vec(), count)).collect();
        // Yes, yes, no: two flags; nothing recorded: no flag, hence in no cell.
        assert_eq!(cells, [(vec![1, 0, 1, 0, 0], 1), (vec![1, 0, 1, 1, 0], 1)]);
        assert_eq!(counts.verify(&Control::default()).unwrap().get().total(), 2);
    }

    fn claim(variables: &[Variable]) -> (CountingClaim, CountTable) {
        let released = released(&flags(&[&[1, 1, 0]]), &["a"]);
        let counts = released.tabulate("t", variables, &Control::default()).unwrap().working_copy().clone();
        (CountingClaim::new(released.get(), released.statement(), variables), counts)
    }

    fn refusal(claim: CountingClaim, counts: CountTable) -> String {
        Unverified::new(counts, claim).verify(&Control::default()).unwrap_err().to_string()
    }

    #[test]
    fn tampered_tables_are_refused() {
        let (claim, counts) = claim(&[Variable::attribute("a")]);
        let make = |dimensions: Vec<Dimension>, cells: Vec<(Vec<u16>, u64)>, total| {
            CountTable::try_new("t", dimensions, cells, total).unwrap()
        };
        let dimensions = counts.dimensions().to_vec();
        let moved = make(dimensions.clone(), vec![(vec![0], 2), (vec![1], 1)], 3);
        assert_eq!(refusal(claim.clone(), moved), "not verified: 2 cells of the table differ from the recount");
        let more = make(dimensions.clone(), vec![(vec![0], 1), (vec![1], 2), (vec![2], 1)], 4);
        assert_eq!(refusal(claim.clone(), more), "not verified: the total of the table differs from the recount");
        let added = make(vec![dimensions[0].clone(), dimensions[0].clone()], vec![(vec![0, 0], 1), (vec![1, 1], 2)], 3);
        assert_eq!(refusal(claim.clone(), added), "not verified: dimension 2 of the table is not the one claimed");
        let mut renamed = dimensions;
        renamed[0].categories.swap(0, 1);
        let renamed = make(renamed, vec![(vec![0], 1), (vec![1], 2)], 3);
        assert_eq!(refusal(claim.clone(), renamed), "not verified: dimension 1 of the table is not the one claimed");
        assert!(Unverified::new(counts, claim).verify(&Control::default()).is_ok());
    }

    #[test]
    fn a_missing_cell_of_overlapping_categories_is_noticed() {
        let flags = Variable::Flags { name: "f".into(), members: vec!["a".into()], categories: vec![category("a")] };
        let (claim, counts) = claim(&[flags]);
        let fewer = CountTable::try_new("t", counts.dimensions().to_vec(), [], 3).unwrap();
        assert_eq!(refusal(claim, fewer), "not verified: 1 cells of the table differ from the recount");
    }

    #[test]
    fn a_table_is_counted_by_something() {
        let released = released(&flags(&[&[1]]), &["a"]);
        assert!(matches!(released.tabulate("t", &[], &Control::default()), Err(PrivacyError::InvalidParameter { .. })));
        assert!(released.tabulate("t", &[Variable::attribute("height")], &Control::default()).is_err());
    }

    proptest! {
        #[test]
        fn counting_agrees_with_the_recount(table in any_table(30)) {
            let released = released(&table, &["x", "w"]);
            let w = vec!["w".to_owned()];
            let variables = [
                Variable::attribute("x"),
                Variable::AnyFlag { name: "any".into(), members: w.clone() },
                Variable::Flags { name: "f".into(), members: w, categories: vec![category("w")] },
            ];
            for variables in [&variables[..1], &variables[..2], &variables[..]] {
                let counts = released.tabulate("t", variables, &Control::default()).unwrap();
                prop_assert!(counts.verify(&Control::default()).is_ok());
            }
        }
    }
}
