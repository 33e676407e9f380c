//! Whether a released table is what it says of the table it was made from: columns, domains, rows,
//! cells, order.

use ctdata_table::{Attribute, Cell, Domain, DomainKind, Missing, Origin, Table};

use crate::BrokenGuarantee;

/// The codes of a released column, and for each code of the input column the released one.
pub(super) struct ColumnPair {
    pub(super) input: usize,
    pub(super) output: usize,
    /// None where the released domain no longer has the value.
    pub(super) map: Vec<Option<u16>>,
    /// The code of a suppressed cell, where cells of this column may be suppressed.
    pub(super) blank: Option<u16>,
}

/// Checks that nothing names persons or weighs records.
pub(super) fn no_identity(output: &Table) -> Result<(), BrokenGuarantee> {
    if output.ids().is_some() {
        return Err(BrokenGuarantee::Identifiers);
    }
    if output.weights().is_some() {
        return Err(BrokenGuarantee::Weights);
    }
    Ok(())
}

/// Checks that the released columns are the claimed ones, with domains that say nothing more than
/// the rows do.
pub(super) fn columns(
    input: &Table,
    output: &Table,
    claimed: &[&str],
    blankable: &[String],
) -> Result<Vec<ColumnPair>, BrokenGuarantee> {
    no_identity(output)?;
    let attributes = output.schema().attributes();
    let mut pairs = Vec::with_capacity(claimed.len());
    for position in 0..attributes.len().max(claimed.len()) {
        let wrong = BrokenGuarantee::Columns { position: position + 1 };
        let (Some(new), Some(name)) = (attributes.get(position), claimed.get(position)) else {
            return Err(wrong);
        };
        let found = input.schema().find(name).and_then(|at| Some((at, input.schema().get(at)?)));
        let Some(old) = found.filter(|_| new.name() == *name) else {
            return Err(wrong);
        };
        let may_blank = blankable.iter().any(|blankable| blankable == name);
        let domain = BrokenGuarantee::Domain { column: (*name).to_owned() };
        pairs.push(pair(old, (position, new), may_blank, output).ok_or(domain)?);
    }
    Ok(pairs)
}

/// A column of the input and the released one that is the same but for blanks; none if the released
/// domain or its kinds of missing are not what they may be.
pub(super) fn pair(
    (input, old): (usize, &Attribute),
    (position, new): (usize, &Attribute),
    may_blank: bool,
    output: &Table,
) -> Option<ColumnPair> {
    let kinds_fit =
        new.missing() == old.missing() || (may_blank && new.missing() == old.missing().with(Missing::NotRecorded));
    (kinds_fit && domain_fits(old.domain(), new.domain(), output, position)).then(|| ColumnPair {
        input,
        output: position,
        map: released_codes(old, new),
        blank: if may_blank { new.missing_code(Missing::NotRecorded) } else { None },
    })
}

fn released_codes(old: &Attribute, new: &Attribute) -> Vec<Option<u16>> {
    let same = |label: &str| {
        // A number has other spellings than its label, which are other values.
        new.domain().code_of(label).filter(|&code| new.domain().label(code).as_deref() == Some(label))
    };
    let values = old.domain().labels().map(|label| same(&label));
    values.chain(old.missing().iter().map(|kind| new.code(Cell::Missing(kind)))).collect()
}

/// A public domain stays; an observed one keeps exactly the values that are still there, in an
/// order that says nothing of the input. Names that are all integers are numbers, as they would be if
/// they had been alone.
pub(super) fn domain_fits(old: &Domain, new: &Domain, output: &Table, position: usize) -> bool {
    if old.origin() == Origin::Public {
        return old == new;
    }
    let mut used = vec![false; new.len()];
    for code in output.column(position).into_iter().flat_map(ctdata_table::Column::iter) {
        if let Some(used) = used.get_mut(usize::from(code)) {
            *used = true;
        }
    }
    let labels: Vec<_> = new.labels().map(|label| (label.clone(), old.code_of(&label))).collect();
    let is_integer = |label: &str| label.parse::<i64>().is_ok_and(|number| number.to_string() == label);
    let numbers =
        old.kind() == DomainKind::Nominal && !labels.is_empty() && labels.iter().all(|(label, _)| is_integer(label));
    let in_order = |pair: &[_]| match (old.kind(), pair) {
        (DomainKind::Nominal, [(a, _), (b, _)]) => numbers || a < b,
        (_, [(_, a), (_, b)]) => a < b,
        _ => true,
    };
    let (kind, scale) = if numbers { (DomainKind::Numeric, Some(0)) } else { (old.kind(), old.scale()) };
    new.origin() == Origin::Observed
        && new.kind() == kind
        && new.scale() == scale
        && used.iter().all(|used| *used)
        && labels.iter().all(|(_, old)| old.is_some())
        && labels.windows(2).all(in_order)
}

/// Checks that every released row has an input row of its own.
pub(super) fn origins(input: &Table, output: &Table, origin: &[u32]) -> Result<(), BrokenGuarantee> {
    let mut used = vec![false; input.rows()];
    for (row, &from) in origin.iter().enumerate() {
        match used.get_mut(from as usize) {
            Some(used) if !*used => *used = true,
            _ => return Err(BrokenGuarantee::Origin { row: row + 1 }),
        }
    }
    if origin.len() != output.rows() {
        return Err(BrokenGuarantee::Origin { row: origin.len().min(output.rows()) + 1 });
    }
    Ok(())
}

/// Checks that a released column is the input column with allowed blanks, and counts those.
pub(super) fn cells(input: &Table, output: &Table, origin: &[u32], pair: &ColumnPair) -> Result<u64, BrokenGuarantee> {
    let (Some(old), Some(new)) = (input.column(pair.input), output.column(pair.output)) else {
        return Err(BrokenGuarantee::Columns { position: pair.output + 1 });
    };
    let mut blanked = 0;
    for (row, (&from, found)) in origin.iter().zip(new.iter()).enumerate() {
        let expected = old.get(from as usize).and_then(|code| pair.map.get(usize::from(code)).copied().flatten());
        if expected == Some(found) {
            continue;
        }
        if pair.blank != Some(found) {
            let column = output.schema().get(pair.output).map(|attribute| attribute.name().to_owned());
            return Err(BrokenGuarantee::Cell { row: row + 1, column: column.unwrap_or_default() });
        }
        blanked += 1;
    }
    Ok(blanked)
}

/// Checks that no row sorts before the one above it.
pub(super) fn order(output: &Table) -> Result<(), BrokenGuarantee> {
    let columns = output.columns();
    let code = |row: usize| columns.iter().map(move |column| column.get(row));
    match (1..output.rows()).find(|&row| code(row - 1).gt(code(row))) {
        Some(row) => Err(BrokenGuarantee::Order { row: row + 1 }),
        None => Ok(()),
    }
}
