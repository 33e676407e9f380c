//! Children, and the four-way split by sex and age.

use super::exclusive::{Listed, known, shares};
use super::notes::moment;
use super::{Counted, Frame, Sheet, Tables, Tally};
use crate::IndicatorError;
use crate::catalogue::Measure;
use crate::compute::TableSpec;
use crate::estimate::{ChildBasis, Dimension, Estimate};
use crate::request::{Dim, Scope};
use ctdata_model::{CaseAttribute, Gender};
use ctdata_table::Variable;

const FEW_VICTIMS: &str = "fewer than 10 victims with this citizenship: the Migration Data Portal leaves such countries \
                           out";

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

/// The shares of every basis that there is a table for.
pub(crate) fn figures<T: Tally>(frame: &Frame<'_>, tables: Tables<'_>) -> Result<Vec<T::Figure>, IndicatorError> {
    let bases: Vec<ChildBasis> = match frame.request.child_basis {
        Some(basis) => vec![basis],
        None => ChildBasis::ALL.iter().copied().filter(|basis| frame.find(tables, basis.code()).is_some()).collect(),
    };
    if bases.is_empty() {
        return Err(frame.refuse("there is no count table of any child basis".into()));
    }
    let mut figures = Vec::new();
    for basis in bases {
        let sexes = usize::from(is_by_sex(frame));
        let counted = frame.table(tables, basis.code(), sexes + statements(basis).len())?;
        let sheet = Sheet::new(frame, counted).with_note(moment(basis));
        figures.extend(if sexes > 0 { sex_and_age::<T>(&sheet, basis)? } else { children::<T>(&sheet, basis)? });
    }
    if frame.definition.measure == Measure::ChildrenByCitizenship && !T::IS_PROTECTED {
        figures.iter_mut().map(T::estimate).filter(|estimate| is_few(estimate)).for_each(|estimate| {
            estimate.notes.push(FEW_VICTIMS.into());
        });
    }
    Ok(figures)
}

/// Whether the portal would leave the country out.
fn is_few(estimate: &Estimate) -> bool {
    const SHOWN_FROM: u64 = 10;
    let victims = [estimate.base, estimate.unknown].into_iter().flatten().fold(0, u64::saturating_add);
    victims < SHOWN_FROM
}

fn is_by_sex(frame: &Frame<'_>) -> bool {
    frame.definition.measure == Measure::SexAndAge
}

/// The statements that a basis reads.
const fn statements(basis: ChildBasis) -> &'static [ChildBasis] {
    match basis {
        ChildBasis::AgeAtRegistration => &[ChildBasis::AgeAtRegistration],
        ChildBasis::MajorityAtExploitation => &[ChildBasis::MajorityAtExploitation],
        ChildBasis::Either => &[ChildBasis::AgeAtRegistration, ChildBasis::MajorityAtExploitation],
    }
}

/// What the statements of a table say together.
struct Statements {
    /// The positions of child and adult in each counted dimension.
    codes: Vec<[Option<u16>; 2]>,
    /// The first dimension that holds one.
    first: usize,
}

impl Statements {
    fn new(counted: &Counted<'_>, first: usize, basis: ChildBasis) -> Self {
        let codes = |index| ["child", "adult"].map(|code| counted.position(index, code));
        Self { codes: (first..).take(statements(basis).len()).map(codes).collect(), first }
    }

    fn age(&self, key: &[u16]) -> Option<Age> {
        let (mut child, mut adult) = (false, false);
        for (position, codes) in key.get(self.first..)?.iter().zip(&self.codes) {
            let [is_child, is_adult] = codes.map(|code| code == Some(*position));
            child |= is_child;
            adult |= is_adult;
        }
        match (child, adult) {
            (true, false) => Some(Age::Child),
            (false, true) => Some(Age::Adult),
            (true, true) => Some(Age::Conflict),
            (false, false) => None,
        }
    }
}

fn basis_coordinate(basis: ChildBasis) -> Dimension {
    Dimension::new("child-basis", basis.code(), basis.label())
}

fn children<T: Tally>(sheet: &Sheet<'_, '_, '_>, basis: ChildBasis) -> Result<Vec<T::Figure>, IndicatorError> {
    const CHILD: u32 = 0;
    let statements = Statements::new(&sheet.counted, 0, basis);
    let coordinates = |code: &'static str, label: &'static str| {
        move |_| [basis_coordinate(basis), Dimension::new(Dim::Child.name(), code, label)]
    };
    let child = |key: &[u16]| statements.age(key).map(|age| if age == Age::Adult { 1 } else { CHILD });
    let mut figures = shares::<T, _>(sheet, child, coordinates("child", "Child (under 18)"), Listed::Only(CHILD))?;
    if basis == ChildBasis::Either {
        let conflict = |key: &[u16]| statements.age(key).map(|age| u32::from(age != Age::Conflict));
        let label = "Child by one statement, adult by the other";
        figures.extend(shares::<T, _>(sheet, conflict, coordinates("conflict", label), Listed::Only(0))?);
    }
    Ok(figures)
}

fn sex_and_age<T: Tally>(sheet: &Sheet<'_, '_, '_>, basis: ChildBasis) -> Result<Vec<T::Figure>, IndicatorError> {
    const SPLIT: [(&str, &str); 5] =
        [("women", "Women"), ("men", "Men"), ("girls", "Girls"), ("boys", "Boys"), ("other", "Other gender")];
    let statements = Statements::new(&sheet.counted, 1, basis);
    let [female, male] = [Gender::Female, Gender::Male].map(|sex| sheet.counted.position(0, sex.code()));
    let sexes = sheet.counted.answers(0);
    let class = |key: &[u16]| {
        let sex = key.first().copied();
        let child = statements.age(key)? != Age::Adult;
        known(&sexes, sex.as_ref())?;
        Some(match (sex == female, sex == male) {
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
    shares::<T, _>(sheet, class, coordinates, Listed::Used)
}
