//! A perturbed column put together: its new values, and how many cells changed.

use std::collections::HashMap;

use ctdata_table::{Attribute, Cell, Column, Domain, DomainKind, Origin, TableError};

use super::PerturbedAttribute;

/// The attribute and column in which code `c` became the cell `new[c]` of `domain`.
pub(super) fn recode(
    attribute: &Attribute,
    column: &Column,
    domain: Domain,
    new: &[Cell],
) -> Result<(Attribute, Column), TableError> {
    if domain.is_empty() {
        return Ok(only_missing(attribute, column, domain));
    }
    let recoded = Attribute::new(attribute.shared_name(), domain, attribute.missing());
    let map = new.iter().map(|&cell| code(&recoded, cell)).collect::<Result<Vec<u16>, _>>()?;
    let column = column.recoded(&map);
    Ok((recoded, column))
}

/// The code of a cell that the attribute was made to have.
pub(super) fn code(attribute: &Attribute, cell: Cell) -> Result<u16, TableError> {
    attribute.code(cell).ok_or_else(|| TableError::Invalid {
        what: format!("column `{}`", attribute.name()),
        rule: "a perturbed cell is not in its domain".into(),
    })
}

/// A numeric column in which code `c` stands for `numbers[c]` (times `10^scale`), and codes past
/// `numbers` are kinds of missing that stay.
///
/// A public domain holds the numbers of all codes (what a codebook becomes tells nothing), an observed one
/// only those of cells that occur.
pub(super) fn renumber(
    attribute: &Attribute,
    column: &Column,
    numbers: &[i64],
    scale: u8,
    origin: Origin,
) -> Result<(Attribute, Column), TableError> {
    let occurs = count_codes(attribute, column);
    let kept = numbers.iter().zip(&occurs).filter(|(_, occurs)| origin == Origin::Public || **occurs > 0);
    let mut values: Vec<i64> = kept.map(|(&number, _)| number).collect();
    values.sort_unstable();
    values.dedup();
    let domain = Domain::numeric(values, scale, origin)?;
    let value = |number: &i64| Cell::Value(domain.code_of_number(*number).unwrap_or(0));
    let new: Vec<Cell> = numbers.iter().map(value).chain(attribute.missing().iter().map(Cell::Missing)).collect();
    recode(attribute, column, domain.clone(), &new)
}

/// The attribute and column without values that no cell has, where the domain was read off a file.
pub(super) fn forget_absent(attribute: &Attribute, column: &Column) -> Result<(Attribute, Column), TableError> {
    let old = attribute.domain();
    let occurs = count_codes(attribute, column);
    let kept: Vec<u16> = (0..=u16::MAX)
        .zip(&occurs)
        .filter(|(code, occurs)| **occurs > 0 && attribute.is_value(*code))
        .map(|(code, _)| code)
        .collect();
    if old.origin() == Origin::Public || kept.len() == old.len() {
        return Ok((attribute.clone(), column.clone()));
    }
    let labels = || kept.iter().map(|&code| old.label(code).unwrap_or_default().into_owned());
    let domain = match old.kind() {
        DomainKind::Numeric => {
            let numbers = kept.iter().filter_map(|&code| old.number(code));
            Domain::numeric(numbers, old.scale().unwrap_or(0), Origin::Observed)?
        }
        DomainKind::Date => Domain::dates(kept.iter().filter_map(|&code| old.date(code)), Origin::Observed)?,
        DomainKind::Ordered => Domain::ordered(labels(), Origin::Observed)?,
        _ => Domain::nominal(labels(), Origin::Observed)?,
    };
    let mut new = vec![Cell::Value(0); old.len()];
    for (&code, place) in kept.iter().zip(0u16..) {
        if let Some(cell) = new.get_mut(usize::from(code)) {
            *cell = Cell::Value(place);
        }
    }
    new.extend(attribute.missing().iter().map(Cell::Missing));
    recode(attribute, column, domain, &new)
}

/// No cell has a value: codes of values are mapped somewhere, and never met.
fn only_missing(attribute: &Attribute, column: &Column, domain: Domain) -> (Attribute, Column) {
    let kinds = attribute.missing();
    let values = std::iter::repeat_n(0, attribute.domain().len());
    let map: Vec<u16> = values.chain((0u16..).take(kinds.len())).collect();
    (Attribute::new(attribute.shared_name(), domain, kinds), column.recoded(&map))
}

/// How many rows have each code.
pub(super) fn count_codes(attribute: &Attribute, column: &Column) -> Vec<u64> {
    let mut counts = vec![0u64; attribute.code_count()];
    for code in column.iter() {
        if let Some(count) = counts.get_mut(usize::from(code)) {
            *count += 1;
        }
    }
    counts
}

/// How many cells say something else than before.
pub(super) fn changes(before: (&Attribute, &Column), after: (&Attribute, &Column)) -> PerturbedAttribute {
    let mut contents: HashMap<Content, u32> = HashMap::new();
    let numeric = before.0.domain().kind() == DomainKind::Numeric;
    let mut numbered = |attribute: &Attribute| -> Vec<u32> {
        let code_count = u16::try_from(attribute.code_count()).unwrap_or(u16::MAX);
        (0..code_count)
            .map(|code| {
                let next = u32::try_from(contents.len()).unwrap_or(u32::MAX);
                *contents.entry(content(attribute, code, numeric)).or_insert(next)
            })
            .collect()
    };
    let (old, new) = (numbered(before.0), numbered(after.0));
    let differs = |from: u16, to: u16| old.get(usize::from(from)) != new.get(usize::from(to));
    let changed_cells = before.1.iter().zip(after.1.iter()).filter(|&(from, to)| differs(from, to)).count() as u64;
    PerturbedAttribute { name: before.0.name().to_owned(), changed_cells }
}

#[derive(PartialEq, Eq, Hash)]
enum Content {
    Text(String),
    Missing(Option<ctdata_table::Missing>),
}

/// Where the old values were numbers, zeros at the end of decimals say nothing.
fn content(attribute: &Attribute, code: u16, numeric: bool) -> Content {
    match attribute.cell(code) {
        Some(Cell::Value(code)) => {
            let mut text = attribute.domain().label(code).unwrap_or_default().into_owned();
            if numeric && text.contains('.') {
                text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
            }
            Content::Text(text)
        }
        Some(Cell::Missing(kind)) => Content::Missing(Some(kind)),
        None => Content::Missing(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ctdata_table::MissingKinds;

    #[test]
    fn numbers_are_compared_as_numbers_and_names_as_names() {
        let attribute = |values: &[i64], scale| {
            Attribute::new(
                "x",
                Domain::numeric(values.to_vec(), scale, Origin::Observed).unwrap(),
                MissingKinds::NOT_RECORDED,
            )
        };
        let (before, after) = (attribute(&[40, 42], 0), attribute(&[420, 425], 1));
        let old = Column::from_u8(vec![0, 1, 1, 2]);
        let new = Column::from_u8(vec![0, 0, 1, 2]);
        assert_eq!(changes((&before, &old), (&after, &new)).changed_cells, 2);
        let names =
            Attribute::new("x", Domain::ordered(["40", "42+"], Origin::Observed).unwrap(), MissingKinds::NOT_RECORDED);
        assert_eq!(changes((&before, &old), (&names, &old)).changed_cells, 2);
    }

    #[test]
    fn absent_values_are_forgotten_where_they_were_observed() {
        let attribute =
            |origin| Attribute::new("x", Domain::nominal(["a", "b", "c"], origin).unwrap(), MissingKinds::NOT_RECORDED);
        let column = Column::from_u8(vec![2, 0, 3]);
        let (kept, codes) = forget_absent(&attribute(Origin::Observed), &column).unwrap();
        assert_eq!(kept.domain().labels().collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(codes.iter().collect::<Vec<_>>(), [1, 0, 2]);
        assert_eq!(forget_absent(&attribute(Origin::Public), &column).unwrap().0.domain().len(), 3);
        let (none, codes) = forget_absent(&attribute(Origin::Observed), &Column::from_u8(vec![3, 3])).unwrap();
        assert_eq!((none.domain().len(), codes.iter().collect::<Vec<_>>()), (0, vec![0, 0]));
    }
}
