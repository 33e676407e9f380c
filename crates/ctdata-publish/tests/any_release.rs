//! Releases of random small tables by random plans, held against their input by comparing rows.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ctdata_publish::{DATA_FILE, PublishError, Publisher};
use ctdata_table::Control;
use proptest::prelude::*;

const COLUMNS: [&str; 4] = ["a", "b", "c", "d"];

/// Cells of a row; an empty one is not recorded. Each text names its column, so that it is found wherever it leaks.
type Row = Vec<String>;

#[derive(Debug, Clone)]
struct Case {
    persons: Option<Vec<u8>>,
    rows: Vec<Row>,
    /// Per column: quasi-identifier that may be blanked, quasi-identifier, released, dropped.
    roles: Vec<u8>,
    k: usize,
}

impl Case {
    fn with_role(&self, wanted: impl Fn(u8) -> bool) -> Vec<usize> {
        self.roles.iter().enumerate().filter(|(_, role)| wanted(**role)).map(|(column, _)| column).collect()
    }

    fn text(&self) -> String {
        let mut text = String::from("person,a,b,c,d\n");
        for (row, cells) in self.rows.iter().enumerate() {
            let person = self.persons.as_ref().map_or(row, |persons| usize::from(persons[row]));
            let _ = writeln!(text, "person-{person},{}", cells.join(","));
        }
        text
    }

    fn plan(&self) -> String {
        let mut plan = String::from("format_version = 1\n[input]\nformat = \"csv\"\nseparator = \",\"\n");
        let role = if self.persons.is_some() { "identifier" } else { "dropped" };
        let mut attribute = |name: &str, role: &str| {
            let _ = write!(plan, "[[attribute]]\nname = \"{name}\"\nrole = \"{role}\"\n");
        };
        attribute("person", role);
        for (name, role) in COLUMNS.iter().zip(&self.roles) {
            attribute(name, ["quasi-identifier", "quasi-identifier", "released", "dropped"][usize::from(*role)]);
        }
        let blank: Vec<String> =
            self.with_role(|role| role == 0).iter().map(|at| format!("{:?}", COLUMNS[*at])).collect();
        if !blank.is_empty() {
            let _ = write!(plan, "[anonymize]\nmethod = \"cell-suppression\"\nblank = [{}]\n", blank.join(","));
        }
        let _ = write!(plan, "[[anonymize.model]]\nkind = \"k-anonymity\"\nk = {}\n", self.k);
        plan
    }

    fn publish(&self, folder: &Path) -> Result<(), PublishError> {
        let input = folder.join("survey.csv");
        fs::write(&input, self.text()).unwrap();
        let publisher = Publisher { plan: Some(self.plan().parse().unwrap()), ..Publisher::default() };
        publisher.publish(&input, &folder.join("release"), &Control::default()).map(drop)
    }

    /// Whether a row of the input may have become a released one.
    fn may_be(&self, columns: &[usize], from: &Row, released: &[String]) -> bool {
        columns
            .iter()
            .zip(released)
            .all(|(&column, cell)| *cell == from[column] || (cell.is_empty() && self.roles[column] == 0))
    }

    /// Whether each released row can be given an input row of its own, by augmenting paths.
    fn has_origins(&self, columns: &[usize], data: &[Row]) -> bool {
        fn place(at: usize, fits: &[Vec<usize>], seen: &mut BTreeSet<usize>, of: &mut BTreeMap<usize, usize>) -> bool {
            for &from in &fits[at] {
                if seen.insert(from) && of.get(&from).copied().is_none_or(|other| place(other, fits, seen, of)) {
                    of.insert(from, at);
                    return true;
                }
            }
            false
        }
        let fits: Vec<Vec<usize>> = data
            .iter()
            .map(|row| (0..self.rows.len()).filter(|&from| self.may_be(columns, &self.rows[from], row)).collect())
            .collect();
        let mut of = BTreeMap::new();
        (0..data.len()).all(|at| place(at, &fits, &mut BTreeSet::new(), &mut of))
    }
}

fn any_case() -> impl Strategy<Value = Case> {
    let row = prop::collection::vec(0u8..4, 4);
    let rows = prop::collection::vec(row, 0..30).prop_map(|rows: Vec<Vec<u8>>| {
        let cell = |(column, value): (&str, u8)| if value == 0 { String::new() } else { format!("{column}<{value}>") };
        rows.into_iter().map(|row| COLUMNS.into_iter().zip(row).map(cell).collect::<Row>()).collect::<Vec<_>>()
    });
    let persons = prop::option::of(prop::collection::vec(0u8..20, 30));
    (rows, persons, prop::collection::vec(0u8..4, 4), 1usize..6).prop_map(|(rows, persons, roles, k)| Case {
        persons,
        rows,
        roles,
        k,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_release_is_k_anonymous_and_holds_nothing_else(case in any_case()) {
        let folder = tempfile::tempdir().unwrap();
        let columns = case.with_role(|role| role < 3);
        let quasi = case.with_role(|role| role < 2);
        let result = case.publish(folder.path());
        if let Err(error) = &result {
            // Nothing to protect, or nothing that could stay.
            prop_assert!(quasi.is_empty() || matches!(error, PublishError::Privacy(_) | PublishError::Impossible { .. }), "{error}");
            prop_assert!(!folder.path().join("release").exists());
            return Ok(());
        }
        let text = fs::read_to_string(folder.path().join("release").join(DATA_FILE)).unwrap();
        let mut lines = text.lines();
        let header: Vec<&str> = columns.iter().map(|&column| COLUMNS[column]).collect();
        prop_assert_eq!(lines.next().unwrap(), header.join(","));
        let data: Vec<Row> = lines.map(|line| line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect()).collect();

        // Rows are input rows, each used once, with blanks where blanks are allowed.
        prop_assert!(case.has_origins(&columns, &data));

        // Someone who knows a row of the input finds nobody, or at least k.
        let place = |column: usize| columns.iter().position(|&other| other == column).unwrap();
        for truth in &case.rows {
            let known = quasi.iter().all(|&column| !truth[column].is_empty());
            let possible = |row: &&Row| quasi.iter().all(|&column| {
                let cell = &row[place(column)];
                cell.is_empty() || *cell == truth[column]
            });
            let found = data.iter().filter(possible).count();
            prop_assert!(!known || found == 0 || found >= case.k);
        }
        let mut classes: BTreeMap<Vec<&String>, usize> = BTreeMap::new();
        for row in &data {
            *classes.entry(quasi.iter().map(|&column| &row[place(column)]).collect()).or_default() += 1;
        }
        prop_assert!(classes.values().all(|&size| size >= case.k));

        // No file says a value that no released row has.
        let kept: BTreeSet<&String> = data.iter().flatten().collect();
        for file in fs::read_dir(folder.path().join("release")).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            prop_assert!(!text.contains("person-"));
            for gone in case.rows.iter().flatten().filter(|cell| !cell.is_empty() && !kept.contains(cell)) {
                prop_assert!(!text.contains(gone.as_str()), "{gone}");
            }
        }
        let names: BTreeSet<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        prop_assert_eq!(names.len(), 2);
    }
}
