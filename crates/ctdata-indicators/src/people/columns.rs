//! Columns of extension attributes in the making, row by row.

use super::question::{Question, Values};
use crate::IndicatorError;
use ctdata_table::{Attribute, Column, Schema, Table};
use std::collections::{BTreeSet, HashMap};

/// Columns by name. A cell that is not set is not recorded.
pub(super) struct Columns {
    rows: usize,
    columns: HashMap<&'static str, Made>,
}

fn values(name: &str) -> Option<Values> {
    super::EXTENSIONS.iter().find(|extension| extension.name == name).map(|extension| extension.values)
}

/// The columns of one extension: one, or one for each answer.
struct Made {
    attributes: Vec<Attribute>,
    codes: Vec<Vec<u16>>,
    /// Labels of the answers, or codes of the items of a set.
    words: Vec<&'static str>,
}

impl Made {
    fn push(&mut self, code: impl Fn(usize, &Attribute) -> Option<u16>) {
        for (at, (attribute, codes)) in self.attributes.iter().zip(&mut self.codes).enumerate() {
            codes.push(code(at, attribute).or_else(|| attribute.blank_code()).unwrap_or_default());
        }
    }
}

impl Columns {
    pub(super) fn new(rows: usize) -> Self {
        Self { rows, columns: HashMap::new() }
    }

    fn column(&mut self, name: &'static str) -> Result<&mut Made, IndicatorError> {
        use std::collections::hash_map::Entry;
        match self.columns.entry(name) {
            Entry::Occupied(made) => Ok(made.into_mut()),
            Entry::Vacant(place) => {
                let values = values(name);
                let attributes = match super::EXTENSIONS.iter().find(|extension| extension.name == name) {
                    Some(extension) => extension.attributes()?,
                    None => Vec::new(),
                };
                let codes = attributes.iter().map(|_| Vec::with_capacity(self.rows)).collect();
                let words = match values {
                    Some(Values::Answers(question)) => {
                        question.answers().into_iter().map(|answer| answer.label).collect()
                    }
                    Some(Values::Set(set)) => set.items().into_iter().map(|(code, _)| code).collect(),
                    _ => Vec::new(),
                };
                Ok(place.insert(Made { attributes, codes, words }))
            }
        }
    }

    /// The next cell of a flag.
    pub(super) fn flag(&mut self, name: &'static str, answer: Option<bool>) -> Result<(), IndicatorError> {
        self.column(name)?.push(|_, _| answer.map(u16::from));
        Ok(())
    }

    /// The next cell of an attribute with one value.
    pub(super) fn value(&mut self, name: &'static str, code: Option<&str>) -> Result<(), IndicatorError> {
        self.column(name)?.push(|_, attribute| attribute.domain().code_of(code?));
        Ok(())
    }

    /// The next cell of a number; a larger one than there is is the largest.
    pub(super) fn number(&mut self, name: &'static str, number: Option<usize>) -> Result<(), IndicatorError> {
        self.column(name)?.push(|_, attribute| {
            let last = u16::try_from(attribute.domain().len()).ok()?.checked_sub(1)?;
            let most = attribute.domain().number(last)?;
            attribute.domain().code_of_number(i64::try_from(number?).unwrap_or(most).min(most))
        });
        Ok(())
    }

    /// The next cell of a set; an empty one is not recorded.
    pub(super) fn set(&mut self, name: &'static str, items: &BTreeSet<&'static str>) -> Result<(), IndicatorError> {
        let made = self.column(name)?;
        let bits = made.words.iter().enumerate().filter(|(_, word)| items.contains(*word));
        let mask = bits.fold(0u16, |mask, (bit, _)| mask | 1 << bit);
        made.push(|_, _| mask.checked_sub(1));
        Ok(())
    }

    /// The next cells of a question's flags: yes for the labels given, which say no to nothing else.
    pub(super) fn answers(
        &mut self,
        question: Question,
        labels: impl IntoIterator<Item = &'static str>,
    ) -> Result<(), IndicatorError> {
        let given: BTreeSet<&str> = labels.into_iter().collect();
        let made = self.column(question.name())?;
        let answers: Vec<bool> = made.words.iter().map(|word| given.contains(word)).collect();
        made.push(|at, _| answers.get(at).copied().unwrap_or(false).then_some(1));
        Ok(())
    }

    /// The columns of these names behind those of a table.
    pub(super) fn onto(mut self, table: Option<Table>, names: &[&'static str]) -> Result<Table, IndicatorError> {
        let (mut attributes, mut columns, mut groups) = (Vec::new(), Vec::new(), Vec::new());
        if let Some(table) = table {
            attributes.extend(table.schema().attributes().iter().cloned());
            columns.extend(table.columns().iter().cloned());
            for group in table.schema().groups() {
                let members = group.members().iter().filter_map(|&member| table.schema().get(member));
                groups.push((group.name().to_owned(), members.map(|member| member.name().to_owned()).collect()));
            }
        }
        for &name in names {
            let made = self.column(name)?;
            for (attribute, codes) in made.attributes.drain(..).zip(made.codes.drain(..)) {
                columns.push(Column::from_codes(&codes, attribute.code_count()));
                attributes.push(attribute);
            }
            if let Some(Values::Answers(question)) = values(name) {
                let members: Vec<String> = question.answers().into_iter().map(|answer| answer.attribute).collect();
                groups.push((name.to_owned(), members));
            }
        }
        let mut schema = Schema::try_new(attributes)?;
        for (name, members) in groups {
            let members: Vec<&str> = members.iter().map(String::as_str).collect();
            schema = schema.with_group(name, &members)?;
        }
        Ok(Table::try_new(schema, columns)?)
    }
}
