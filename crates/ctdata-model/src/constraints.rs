//! Combinations of values that no case can have.
//!
//! These are the definite contradictions of rules R4, R5, R6, R12 and R13: an algorithm that draws or
//! edits cases can leave them out from the start. They hold of persons, not of the rows of synthetic
//! releases, which are sampled.

use ctdata_table::Constraint;

use crate::{AgeBand, CaseAttribute as A, ExploitationForm as F, LabourSector, Majority, SexualExploitationType};

const YES: &[&str] = &["yes"];
const NO: &[&str] = &["no"];
const MINOR: &[&str] = &[Majority::Minor.code()];
const ADULT: &[&str] = &[Majority::Adult.code()];

/// Combinations that cannot exist, each named by its rule and what is wrong.
///
/// Those about an attribute that a table lacks say nothing there.
///
/// ```
/// use ctdata_model::case_constraints;
/// let names: Vec<_> = case_constraints().iter().map(|constraint| constraint.name().to_owned()).collect();
/// assert!(names.contains(&"R4 sector_agriculture".to_owned()));
/// ```
pub fn case_constraints() -> Vec<Constraint> {
    let (labour, sexual, both) = (A::Form(F::ForcedLabour), A::Form(F::SexualExploitation), A::FormSexAndLabour);
    let sectors = LabourSector::ALL.iter().copied().map(A::Sector).chain([A::SectorNotSpecified]);
    let types = SexualExploitationType::ALL.iter().copied().map(A::SexualType);
    let mut all = Vec::new();
    all.extend(sectors.map(|sector| never("R4", &sector.name(), &[(sector, YES), (labour, NO)])));
    all.extend(types.map(|kind| never("R5", &kind.name(), &[(kind, YES), (sexual, NO)])));
    all.push(never("R6", "without labour", &[(both, YES), (labour, NO)]));
    all.push(never("R6", "without sexual exploitation", &[(both, YES), (sexual, NO)]));
    all.push(never("R6", "denied", &[(both, NO), (labour, YES), (sexual, YES)]));

    let (registered, age) = (A::MajorityAtRegistration, A::AgeBand);
    let (child, grown) = (bands(Majority::Minor), bands(Majority::Adult));
    all.push(never("R12", "child and adult", &[(age, &child), (registered, ADULT)]));
    all.push(never("R12", "grown and minor", &[(age, &grown), (registered, MINOR)]));
    for (earlier, name) in [(A::MajorityAtExploitation, "exploitation"), (A::MajorityAtEntry, "entry")] {
        all.push(never("R13", &format!("minor, adult at {name}"), &[(registered, MINOR), (earlier, ADULT)]));
        all.push(never("R13", &format!("child, adult at {name}"), &[(age, &child), (earlier, ADULT)]));
    }
    all
}

/// Codes of the age bands of minors or of adults.
fn bands(majority: Majority) -> Vec<&'static str> {
    AgeBand::ALL.iter().filter(|band| band.majority() == majority).map(|band| band.code()).collect()
}

fn never(rule: &str, what: &str, terms: &[(A, &[&str])]) -> Constraint {
    let terms: Vec<_> = terms.iter().map(|(attribute, values)| (attribute.name(), *values)).collect();
    Constraint::new(
        format!("{rule} {what}"),
        terms.iter().map(|(attribute, values)| (&**attribute, values.iter().copied())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CaseTable, LAYOUTS, LayoutKind};
    use std::collections::HashSet;

    #[test]
    fn names_are_distinct_and_every_value_exists() {
        let constraints = case_constraints();
        let names: HashSet<_> = constraints.iter().map(Constraint::name).collect();
        assert_eq!(names.len(), constraints.len());
        for layout in LAYOUTS.iter().filter(|layout| layout.kind == LayoutKind::Cases) {
            let schema = CaseTable::schema(layout, |_| None).unwrap();
            let resolved =
                constraints.iter().filter(|constraint| constraint.resolve(&schema).unwrap().is_some()).count();
            // 13 sector and 4 type columns, 3 on both forms, 2 on age, 4 on earlier moments; 5 sectors, 3 types
            // and age against exploitation; 4 sectors and 2 types.
            let expected = match layout.name {
                "ctdc-synthetic-2021" => 9,
                "ctdc-synthetic-2024" => 6,
                // 12 sectors, 4 types, 2 on age, 2 on entry.
                "htcds-cases" => 20,
                _ => 26,
            };
            assert_eq!(resolved, expected, "{}", layout.name);
        }
    }
}
