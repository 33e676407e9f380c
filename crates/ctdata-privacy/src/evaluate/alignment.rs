//! Tables of different files on one schema.

use std::borrow::Cow;

use ctdata_table::{
    Attribute, Cell, Control, Domain, DomainKind, MAX_VALUES, Missing, MissingKinds, Origin, Schema, Table, TableError,
};

use crate::PrivacyError;

/// What could be compared, and what could not.
///
/// Attributes are the same where their names are. Values are the same where their texts are, or their
/// numbers, or their dates; so a released `30-39` that the original does not have is a value of its own.
/// Kinds of missing are compared as they are.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Alignment {
    /// The attributes compared, in the order of the original.
    pub attributes: Vec<String>,
    /// Attributes that only the original has; left out.
    pub only_in_original: Vec<String>,
    /// Attributes that only the released table has; left out.
    pub only_in_released: Vec<String>,
    /// Attributes of both that the hold-out lacks: where one is given they are left out everywhere.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub not_in_holdout: Vec<String>,
}

opaque_debug!(Alignment);

/// The tables, each with the common attributes in the original's order, on one schema. Ids and weights
/// are gone: evaluation is of records.
pub(super) struct Aligned {
    pub(super) original: Table,
    pub(super) released: Table,
    pub(super) holdout: Option<Table>,
    pub(super) alignment: Alignment,
}

/// Puts the tables on one schema.
pub(super) fn align(
    original: &Table,
    released: &Table,
    holdout: Option<&Table>,
    control: &Control,
) -> Result<Aligned, PrivacyError> {
    let names = |table: &Table| -> Vec<String> {
        table.schema().attributes().iter().map(|attribute| attribute.name().to_owned()).collect()
    };
    let shared = |names: Vec<String>, table: &Table| -> (Vec<String>, Vec<String>) {
        names.into_iter().partition(|name| table.schema().find(name).is_some())
    };
    let (mut common, only_in_original) = shared(names(original), released);
    let (_, only_in_released) = shared(names(released), original);
    let mut not_in_holdout = Vec::new();
    if let Some(holdout) = holdout {
        (common, not_in_holdout) = shared(common, holdout);
    }
    if common.is_empty() {
        let rule = "it has no attribute in common with the original (and the hold-out)".to_owned();
        return Err(PrivacyError::InvalidParameter { parameter: "released", rule });
    }

    let mut tables = [Some(original), Some(released), holdout]
        .into_iter()
        .flatten()
        .map(|table| Ok(table.clone().without_ids().select_named(&common)?))
        .collect::<Result<Vec<Table>, PrivacyError>>()?;
    let mut attributes = Vec::with_capacity(common.len());
    let mut columns = vec![Vec::with_capacity(common.len()); tables.len()];
    for position in 0..common.len() {
        control.check()?;
        let sides: Vec<_> =
            tables.iter().filter_map(|table| table.schema().get(position).zip(table.column(position))).collect();
        let joint = joint(&sides.iter().map(|(attribute, _)| *attribute).collect::<Vec<_>>())?;
        for ((attribute, column), columns) in sides.into_iter().zip(&mut columns) {
            let same = attribute.domain() == joint.domain() && attribute.missing() == joint.missing();
            columns.push(if same { column.clone() } else { column.recoded(&recoding(attribute, &joint)) });
        }
        attributes.push(joint);
    }
    // Made anew: no weights.
    let schema = std::sync::Arc::new(Schema::try_new(attributes)?);
    tables = columns
        .into_iter()
        .map(|columns| Table::try_new(std::sync::Arc::clone(&schema), columns))
        .collect::<Result<_, TableError>>()?;
    let mut tables = tables.into_iter();
    let (Some(original), Some(released)) = (tables.next(), tables.next()) else {
        return Err(PrivacyError::InvalidParameter { parameter: "released", rule: "there is none".to_owned() });
    };
    let alignment = Alignment { attributes: common, only_in_original, only_in_released, not_in_holdout };
    Ok(Aligned { original, released, holdout: tables.next(), alignment })
}

/// An attribute with every value and every kind of missing of these.
fn joint(sides: &[&Attribute]) -> Result<Attribute, TableError> {
    let name = sides.first().map_or("", |attribute| attribute.name());
    let missing: MissingKinds = sides.iter().flat_map(|attribute| attribute.missing().iter()).collect();
    let mut domain = sides.first().map_or_else(Domain::flag, |attribute| attribute.domain().clone());
    for other in sides.iter().skip(1) {
        domain = joined(&domain, other.domain())?;
    }
    Ok(Attribute::new(name, domain, missing))
}

/// The values of the first domain, then those that only the second has, in the richest kind that holds both.
fn joined(first: &Domain, second: &Domain) -> Result<Domain, TableError> {
    if first == second || second.labels().all(|label| first.code_of(&label).is_some()) {
        return Ok(first.clone());
    }
    if let (Some(scale), Some(other)) = (first.scale(), second.scale()) {
        let scale = scale.max(other);
        let numbers: Option<Vec<i64>> = [first, second]
            .into_iter()
            .flat_map(|domain| (0..domain.len()).map(move |code| (domain, code)))
            .map(|(domain, code)| rescaled(domain, u16::try_from(code).ok()?, scale))
            .collect();
        if let Some(mut numbers) = numbers {
            numbers.sort_unstable();
            numbers.dedup();
            return Domain::numeric(numbers, scale, Origin::Observed);
        }
    }
    if (first.kind(), second.kind()) == (DomainKind::Date, DomainKind::Date) {
        let dates = |domain: &Domain| -> Vec<_> {
            (0..domain.len()).filter_map(|code| domain.date(u16::try_from(code).ok()?)).collect()
        };
        let mut dates = [dates(first), dates(second)].concat();
        dates.sort_unstable();
        dates.dedup();
        return Domain::dates(dates, Origin::Observed);
    }
    let extra = second.labels().filter(|label| first.code_of(label).is_none());
    let labels: Vec<Cow<'_, str>> = first.labels().chain(extra).collect();
    if labels.len() > MAX_VALUES {
        return Err(TableError::TooManyValues { attribute: None, limit: MAX_VALUES });
    }
    let mut sorted: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
    sorted.sort_unstable();
    // So that of a yes/no question that one file answers in part only `yes` counts as an item.
    if sorted == ["no", "yes"] {
        return Ok(Domain::flag());
    }
    Domain::nominal(labels.into_iter().map(Cow::into_owned), Origin::Observed)
}

/// The number of a code, times 10^scale.
fn rescaled(domain: &Domain, code: u16, scale: u8) -> Option<i64> {
    let factor = 10i64.checked_pow(u32::from(scale.checked_sub(domain.scale()?)?))?;
    domain.number(code)?.checked_mul(factor)
}

/// For each code of an attribute, that of the joint one.
fn recoding(attribute: &Attribute, joint: &Attribute) -> Vec<u16> {
    let code = |code: u16| -> Option<u16> {
        let domain = attribute.domain();
        match attribute.cell(code)? {
            Cell::Missing(kind) => joint.missing_code(kind),
            Cell::Value(code) => match joint.domain().scale() {
                Some(scale) if domain.scale().is_some() => {
                    joint.domain().code_of_number(rescaled(domain, code, scale)?)
                }
                _ => joint.domain().code_of(&domain.label(code)?),
            },
        }
    };
    let blank = joint.missing_code(Missing::NotRecorded).unwrap_or(0);
    (0..attribute.code_count()).map(|old| u16::try_from(old).ok().and_then(code).unwrap_or(blank)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{flags, texts};
    use ctdata_table::Column;

    fn numbers(values: &[i64], scale: u8, codes: &[u8]) -> Table {
        let domain = Domain::numeric(values.iter().copied(), scale, Origin::Observed).unwrap();
        let schema = Schema::try_new(vec![Attribute::new("n", domain, MissingKinds::NOT_RECORDED)]).unwrap();
        Table::try_new(schema, vec![Column::from_u8(codes.to_vec())]).unwrap()
    }

    fn aligned(original: &Table, released: &Table) -> Aligned {
        align(original, released, None, &Control::default()).unwrap()
    }

    fn cells(table: &Table) -> Vec<String> {
        (0..table.rows()).map(|row| table.text(row, 0).map_or_else(|| "-".to_owned(), Cow::into_owned)).collect()
    }

    #[test]
    fn labels_meet_whatever_their_codes() {
        let original = texts(&[("x", &["a", "b", "-"]), ("only here", &["1", "1", "1"])]);
        let released = texts(&[("new", &["1", "1"]), ("x", &["c", "b"])]);
        let both = aligned(&original, &released);
        assert_eq!(
            (cells(&both.original), cells(&both.released)),
            (vec!["a".into(), "b".into(), "-".into()], vec!["c".into(), "b".into()])
        );
        assert_eq!(both.original.schema(), both.released.schema());
        assert_eq!(both.original.column(0).unwrap().get(1), both.released.column(0).unwrap().get(1));
        assert_eq!(both.alignment.only_in_original, ["only here"]);
        assert_eq!(both.alignment.only_in_released, ["new"]);
    }

    #[test]
    fn numbers_meet_by_value_and_intervals_are_values_of_their_own() {
        let (half, two) = (numbers(&[5, 20], 1, &[0, 1, 2]), numbers(&[50, 300], 2, &[0, 1]));
        let both = aligned(&half, &two);
        assert_eq!(cells(&both.original), ["0.50", "2.00", "-"]);
        assert_eq!(cells(&both.released), ["0.50", "3.00"]);
        assert_eq!(both.original.schema().attributes()[0].domain().kind(), DomainKind::Numeric);

        let both = aligned(&numbers(&[30, 31], 0, &[0, 1]), &texts(&[("n", &["30-39", "31"])]));
        assert_eq!(both.original.schema().attributes()[0].domain().len(), 3);
        assert_eq!(both.original.column(0).unwrap().get(1), both.released.column(0).unwrap().get(1));
        // Text that the original reads as numbers stays numeric.
        let both = aligned(&numbers(&[30, 31], 0, &[0, 1]), &texts(&[("n", &["31", "30"])]));
        assert_eq!(both.released.schema().attributes()[0].domain().kind(), DomainKind::Numeric);
    }

    #[test]
    fn a_joint_yes_no_question_is_a_flag() {
        let yes_only = texts(&[("x", &["yes", "-"])]);
        let both = aligned(&yes_only, &texts(&[("x", &["no", "yes"])]));
        assert_eq!(*both.original.schema().attributes()[0].domain(), Domain::flag());
        assert_eq!(cells(&both.original), ["yes", "-"]);
    }

    #[test]
    fn equal_schemas_share_their_columns() {
        let table = flags(&[&[0, 1, 2]]);
        let both = aligned(&table, &table);
        assert!(both.released.column(0).unwrap().is_shared_with(table.column(0).unwrap()));
    }

    #[test]
    fn kinds_of_missing_are_kept_apart() {
        let kinds = [MissingKinds::of(&[Missing::Unknown]), MissingKinds::NOT_RECORDED];
        let [one, other] = kinds.map(|kinds| {
            let schema = Schema::try_new(vec![Attribute::new("x", Domain::flag(), kinds)]).unwrap();
            Table::try_new(schema, vec![Column::from_u8(vec![1, 2])]).unwrap()
        });
        let both = aligned(&one, &other);
        assert_eq!(both.original.cell(1, 0), Some(Cell::Missing(Missing::Unknown)));
        assert_eq!(both.released.cell(1, 0), Some(Cell::Missing(Missing::NotRecorded)));
    }

    #[test]
    fn tables_without_a_common_attribute_are_refused() {
        let error = align(&flags(&[&[0]]), &texts(&[("x", &["a"])]), None, &Control::default()).err().unwrap();
        assert_eq!(error.to_string(), "released: it has no attribute in common with the original (and the hold-out)");
        let (table, holdout) = (flags(&[&[0], &[1]]), flags(&[&[0]]));
        let both = align(&table, &table, Some(&holdout), &Control::default()).unwrap();
        assert_eq!(
            (both.alignment.attributes, both.alignment.not_in_holdout),
            (vec!["a".to_owned()], vec!["b".to_owned()])
        );
    }
}
