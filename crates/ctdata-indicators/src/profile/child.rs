//! Children, and the four-way split by sex and age.

use super::exclusive::{Listed, shares};
use super::notes::moment;
use super::{Counted, Frame};
use crate::IndicatorError;
use crate::compute::TableSpec;
use crate::estimate::{ChildBasis, Dimension, Estimate};
use crate::request::{Dim, Scope};
use ctdata_model::{CaseAttribute, Gender};
use ctdata_table::{CountTable, Variable};

/// Whether a person is a child, by one or two statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Age {
    Child,
    Adult,
    /// Child by one statement, adult by the other.
    Conflict,
}

/// The tables of every basis asked for; without a choice, of those that the file has.
pub(crate) fn tables(frame: &Frame<'_>, scope: &Scope<'_>) -> Result<Vec<TableSpec>, IndicatorError> {
    let spec = |basis: ChildBasis| {
        let mut variables: Vec<Variable> = Vec::new();
        if is_by_sex(frame) {
            variables.push(scope.variable(&Dim::Attribute(CaseAttribute::Gender))?);
        }
        for &moment in statements(basis) {
            variables.push(scope.child(moment)?);
        }
        frame.spec(scope, basis.code(), variables)
    };
    if let Some(basis) = frame.request.child_basis {
        return Ok(vec![spec(basis)?]);
    }
    let mut specs = Vec::new();
    let mut lacking = None;
    for &basis in ChildBasis::ALL {
        match spec(basis) {
            Ok(spec) => specs.push(spec),
            Err(error @ IndicatorError::Unavailable { .. }) => {
                lacking.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
    match lacking {
        Some(error) if specs.is_empty() => Err(error),
        _ => Ok(specs),
    }
}

/// The estimates of every basis that there is a table for.
pub(crate) fn estimates(frame: &Frame<'_>, tables: &[CountTable]) -> Result<Vec<Estimate>, IndicatorError> {
    let bases: Vec<ChildBasis> = match frame.request.child_basis {
        Some(basis) => vec![basis],
        None => ChildBasis::ALL.iter().copied().filter(|basis| frame.find(tables, basis.code()).is_some()).collect(),
    };
    if bases.is_empty() {
        return Err(frame.refuse("there is no count table of any child basis".into()));
    }
    let mut estimates = Vec::new();
    for basis in bases {
        let sexes = usize::from(is_by_sex(frame));
        let counted = frame.table(tables, basis.code(), sexes + statements(basis).len())?;
        let mut of_basis =
            if sexes > 0 { sex_and_age(frame, &counted, basis)? } else { children(frame, &counted, basis)? };
        for estimate in &mut of_basis {
            estimate.notes.push(moment(basis).into());
        }
        estimates.append(&mut of_basis);
    }
    Ok(estimates)
}

fn is_by_sex(frame: &Frame<'_>) -> bool {
    frame.definition.measure == crate::catalogue::Measure::SexAndAge
}

/// The statements that a basis reads.
const fn statements(basis: ChildBasis) -> &'static [ChildBasis] {
    match basis {
        ChildBasis::AgeAtRegistration => &[ChildBasis::AgeAtRegistration],
        ChildBasis::MajorityAtExploitation => &[ChildBasis::MajorityAtExploitation],
        ChildBasis::Either => &[ChildBasis::AgeAtRegistration, ChildBasis::MajorityAtExploitation],
    }
}

/// What the statements from `first` on say together.
fn age(counted: &Counted<'_>, first: usize, key: &[u16]) -> Option<Age> {
    let says = |code: &str| {
        let mut statements = (first..).zip(key.get(first..).unwrap_or_default());
        statements.any(|(index, &position)| counted.position(index, code) == Some(position))
    };
    match (says("child"), says("adult")) {
        (true, false) => Some(Age::Child),
        (false, true) => Some(Age::Adult),
        (true, true) => Some(Age::Conflict),
        (false, false) => None,
    }
}

fn basis_coordinate(basis: ChildBasis) -> Dimension {
    Dimension::new("child-basis", basis.code(), basis.label())
}

fn children(frame: &Frame<'_>, counted: &Counted<'_>, basis: ChildBasis) -> Result<Vec<Estimate>, IndicatorError> {
    const CHILD: u32 = 0;
    let coordinates = |code: &'static str, label: &'static str| {
        move |_| [basis_coordinate(basis), Dimension::new(Dim::Child.name(), code, label)]
    };
    let child = |key: &[u16]| age(counted, 0, key).map(|age| if age == Age::Adult { 1 } else { CHILD });
    let mut estimates = shares(frame, counted, child, coordinates("child", "Child (under 18)"), Listed::Only(CHILD))?;
    if basis == ChildBasis::Either {
        let conflict = |key: &[u16]| age(counted, 0, key).map(|age| u32::from(age != Age::Conflict));
        let label = "Child by one statement, adult by the other";
        estimates.extend(shares(frame, counted, conflict, coordinates("conflict", label), Listed::Only(0))?);
    }
    Ok(estimates)
}

fn sex_and_age(frame: &Frame<'_>, counted: &Counted<'_>, basis: ChildBasis) -> Result<Vec<Estimate>, IndicatorError> {
    const SPLIT: [(&str, &str); 5] =
        [("women", "Women"), ("men", "Men"), ("girls", "Girls"), ("boys", "Boys"), ("other", "Other gender")];
    let [female, male] = [Gender::Female, Gender::Male].map(|sex| counted.position(0, sex.code()));
    let class = |key: &[u16]| {
        let sex = key.first().copied()?;
        let child = age(counted, 1, key)? != Age::Adult;
        super::exclusive::known(counted, 0, sex)?;
        Some(match (Some(sex) == female, Some(sex) == male) {
            (true, _) => 2 * u32::from(child),
            (_, true) => 2 * u32::from(child) + 1,
            _ => 4,
        })
    };
    let coordinates = |class: u32| {
        let index = usize::try_from(class).unwrap_or(usize::MAX);
        let (code, label) = SPLIT.get(index).copied().unwrap_or_default();
        [basis_coordinate(basis), Dimension::new("sex-and-age", code, label)]
    };
    shares(frame, counted, class, coordinates, Listed::Used)
}
