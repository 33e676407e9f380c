//! Two releases of nearly the same file: what their figures would tell together is withheld in the second.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fs;
use std::path::Path;

use ctdata_model::{CaseTable, Layout, Simulator, write_cases};
use ctdata_publish::{Account, Plan, PublishError, Publisher};
use ctdata_table::Control;

/// Records that say nothing of what the tables count.
const TABLES: &str = "format_version = 1\n[[attribute]]\nname = \"citizenship\"\nrole = \"quasi-identifier\"\n\
    [[table]]\nindicator = \"sex\"\nby = [\"year\"]\n[[table]]\nindicator = \"children\"\nby = [\"year\"]\n";
/// Tables of released records.
const OF_RECORDS: &str = "format_version = 1\n[[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
    [[table]]\nindicator = \"sex\"\n";
const THRESHOLD: u64 = 10;

fn cases(rows: usize) -> CaseTable {
    let whole = Simulator::new(3).cases(Layout::named("ctdc-synthetic-2021").unwrap(), 3_000).unwrap();
    let layout = whole.layout();
    let rows: Vec<u32> = (0..u32::try_from(rows).unwrap()).collect();
    CaseTable::try_new(whole.into_table().take(&rows).unwrap(), layout).unwrap()
}

/// Publishes the first rows of one file into a folder; without a section, tables of the released records.
fn publish(folder: &Path, name: &str, rows: usize, section: &str) -> Result<Account, PublishError> {
    let input = folder.join("cases.csv");
    write_cases(&cases(rows), fs::File::create(&input).unwrap(), &Control::default()).unwrap();
    let rest = if section.is_empty() { OF_RECORDS } else { TABLES };
    let mut plan: Plan = format!("{rest}{section}").parse().unwrap();
    folder.clone_into(&mut plan.folder);
    let publisher = Publisher { plan: Some(plan), replace: true, ..Publisher::default() };
    publisher.publish(&input, &folder.join(name), &Control::default())
}

fn suppression(rest: &str) -> String {
    format!("[tables]\nmethod = \"suppression\"\nthreshold = {THRESHOLD}\n{rest}")
}

type Figures = std::collections::BTreeMap<Vec<String>, Option<u64>>;

/// The numerators by indicator, period, categories and filters, read by a reader of plain lines; no cell before the
/// numerators is quoted.
fn numerators(release: &Path) -> Figures {
    let text = fs::read_to_string(release.join("tables.csv")).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let at = header.iter().position(|name| *name == "numerator").unwrap();
    let rows = text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[..at].iter().map(|cell| (*cell).to_owned()).collect(), cells[at].parse().ok())
    });
    rows.collect()
}

/// How many figures that both publish differ by a few.
fn small_differences(older: &Figures, new: &Figures) -> usize {
    let both = new.iter().filter_map(|(name, value)| Some(((*value)?, (*older.get(name)?)?)));
    both.filter(|(new, old)| (1..THRESHOLD).contains(&new.abs_diff(*old))).count()
}

#[test]
fn figures_that_differ_by_a_few_persons_are_withheld() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    publish(folder, "first", 2_970, &suppression("")).unwrap();
    publish(folder, "alone", 3_000, &suppression("")).unwrap();
    let account = publish(folder, "second", 3_000, &suppression("older = [\"first\"]\n")).unwrap();
    let [first, alone, second] = ["first", "alone", "second"].map(|name| numerators(&folder.join(name)));
    // What happens to somebody who does not look back.
    assert!(small_differences(&first, &alone) > 10);
    assert_eq!(small_differences(&first, &second), 0);
    assert!(second.values().any(Option::is_some));
    let remark = account.remarks.iter().find(|remark| remark.contains("older releases as well")).unwrap();
    assert!(remark.contains("withheld"), "{remark}");
    let statement = fs::read_to_string(folder.join("second/tables.json")).unwrap();
    assert!(statement.contains("compared_with") && statement.contains("\"first\""));
    assert!(fs::read_to_string(folder.join("second/README.md")).unwrap().contains("with older releases (`first`)"));
}

#[test]
fn records_that_are_only_added_bound_what_is_withheld() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    publish(folder, "first", 2_970, &suppression("")).unwrap();
    let rest = "older = [\"first\"]\nonly_additions = true\n";
    publish(folder, "second", 3_000, &suppression(rest)).unwrap();
    assert_eq!(small_differences(&numerators(&folder.join("first")), &numerators(&folder.join("second"))), 0);
    // Fewer records than before: the plan says what is not so.
    let error = publish(folder, "third", 2_000, &suppression(rest)).unwrap_err();
    assert!(
        matches!(error, PublishError::Impossible { .. }) && error.to_string().contains("only_additions"),
        "{error}"
    );
}

#[test]
fn folders_that_cannot_be_compared_are_told_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    publish(folder, "rounded", 2_970, "[tables]\nmethod = \"controlled-rounding\"\nbase = 5\n").unwrap();
    publish(folder, "counted", 2_970, "").unwrap();
    let older = |names: &str| suppression(&format!("older = [{names}]\n"));
    let account = publish(folder, "second", 3_000, &older("\"rounded\", \"counted\"")).unwrap();
    let told = |words: &str| account.remarks.iter().any(|remark| remark.contains(words));
    assert!(told("rounded were changed (controlled-rounding)") && told("counted counts its released records"));
    let none = publish(folder, "third", 3_000, &older("\"nowhere\"")).unwrap_err().to_string();
    assert!(none.contains("older") && none.contains("nowhere"), "{none}");
    // A cell that is no count is named by row and column, and not quoted.
    let tables = folder.join("alone/tables.csv");
    publish(folder, "alone", 2_970, &suppression("")).unwrap();
    let text = fs::read_to_string(&tables).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = lines[0].split(',').position(|name| name == "numerator").unwrap();
    let mut cells: Vec<&str> = lines[2].split(',').collect();
    cells[at] = "many";
    lines[2] = cells.join(",");
    fs::write(&tables, lines.join("\n")).unwrap();
    let broken = publish(folder, "third", 3_000, &older("\"alone\"")).unwrap_err().to_string();
    assert!(broken.contains("row 2, column `numerator`") && !broken.contains("many"), "{broken}");
}
