//! From cases to a table.

use std::collections::HashMap;
use std::fmt;

use ctdata_table::{Attribute, Cell, ColumnBuilder, Domain, MAX_ROWS, MAX_VALUES, Origin, TableError};

use super::{Case, cell};
use crate::{CaseAttribute, CaseTable, Layout, LayoutAttribute, ModelError, Recorded};

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
    columns: Vec<(CaseAttribute, Attribute, ColumnBuilder)>,
    /// Attributes that the layout does not have.
    absent: Vec<CaseAttribute>,
    /// Texts of the lists; their codes while building begin after that of "not recorded".
    texts: HashMap<CaseAttribute, HashMap<String, u16>>,
    rows: u64,
}

/// Shows how many rows there are, nothing of them.
impl fmt::Debug for CaseTableBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CaseTableBuilder")
            .field("layout", &self.layout.name)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
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
            LayoutAttribute::Case(attribute) => described(attribute),
            LayoutAttribute::VictimPerpetrator(_) => None,
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
                || case
                    .list(attribute)
                    .is_some_and(|list| list.as_ref().is_some_and(|found| *found != Recorded::NotRecorded));
            if says {
                return Err(refuse(attribute, format!("the layout {} does not have it", self.layout.name)));
            }
        }
        let kind_of = |attribute: CaseAttribute, described: &Attribute, found: Cell| match found {
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
                        if let Some(&code) = texts.get(text) {
                            code
                        } else {
                            let code = u16::try_from(texts.len() + 1).unwrap_or(u16::MAX);
                            texts.insert(text.clone(), code);
                            code
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
