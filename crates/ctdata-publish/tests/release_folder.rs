//! A release folder, checked from the outside: every figure of its tables is recomputed from its own data file,
//! and its guarantee recounted, by code that shares nothing with the project but the list of countries.

#![expect(clippy::unwrap_used, clippy::panic, clippy::cast_precision_loss, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use ctdata_model::{Country, Layout, Simulator, write_cases, write_table};
use ctdata_publish::{
    Account, DATA_FILE, PACKAGE_FILE, Plan, PublishError, Publisher, README_FILE, STATEMENT_FILE, TABLES_FILE,
};
use ctdata_table::Control;

type Row = HashMap<String, String>;

/// A small reader of delimited text with quotes.
fn rows(path: &Path) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap();
    let split = |line: &str| {
        let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if quoted && letters.peek() == Some(&'"') => cell.push(letters.next().unwrap()),
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(std::mem::take(&mut cell)),
                other => cell.push(other),
            }
        }
        cells.push(cell);
        cells
    };
    let mut lines = text.lines();
    let header = split(lines.next().unwrap());
    lines.map(|line| header.iter().cloned().zip(split(line)).collect()).collect()
}

fn publish(folder: &Path, layout: &str, rows: usize, plan: Option<&str>) -> Result<Account, PublishError> {
    let control = Control::default();
    let cases = Simulator::new(5).cases(Layout::named(layout).unwrap(), rows).unwrap();
    let input = folder.join("cases.csv");
    write_cases(&cases, fs::File::create(&input).unwrap(), &control).unwrap();
    // Tables of the released records alone, so that they can be recomputed from those.
    let plan = match plan {
        Some(plan) => plan.parse::<Plan>().unwrap(),
        None => Plan { protection: None, ..Plan::for_cases(&cases) },
    };
    Publisher { plan: Some(plan), ..Publisher::default() }.publish(&input, &folder.join("release"), &control)
}

fn filled(row: &Row, column: &str) -> bool {
    !row[column].is_empty()
}

fn gender(row: &Row) -> Option<&'static str> {
    match row["gender"].as_str() {
        "Female" => Some("female"),
        "Male" => Some("male"),
        "Transgender/NonConforming" => Some("transgender-or-non-conforming"),
        _ => None,
    }
}

fn age(row: &Row) -> Option<String> {
    filled(row, "ageBroad").then(|| row["ageBroad"].replace("--", "-").replace("09-", "9-"))
}

fn child(row: &Row) -> Option<bool> {
    age(row).map(|age| age == "0-8" || age == "9-17")
}

fn country(row: &Row, column: &str) -> Option<Country> {
    filled(row, column).then(|| Country::from_alpha3(&row[column]).unwrap())
}

fn region(row: &Row, column: &str) -> Option<String> {
    country(row, column)
        .map(|country| country.region().map_or("unmapped".to_owned(), |region| format!("{:03}", region.m49())))
}

fn movement(row: &Row) -> Option<&'static str> {
    let (from, to) = (country(row, "citizenship")?, country(row, "CountryOfExploitation")?);
    Some(if from == to {
        "domestic"
    } else if from.sub_region().is_some() && from.sub_region() == to.sub_region() {
        "within-sub-region"
    } else if from.region().is_some() && from.region() == to.region() {
        "within-region"
    } else if from.region().is_some() && to.region().is_some() {
        "across-regions"
    } else {
        "unmapped"
    })
}

/// Tables that the indicators crate recounts row by row in its own tests, and this one does not.
const OF_OTHER_TESTS: [&str; 6] = [
    "children-by-citizenship",
    "children-in-forced-labour",
    "children-in-forced-marriage",
    "female-victims-of-forced-marriage",
    "female-victims-of-sexual-exploitation",
    "nationals-and-foreigners",
];

/// Whether a row is in the base of a figure, and in its numerator.
fn judge(figure: &Row, row: &Row) -> (bool, bool) {
    let is = |answer: Option<&str>, dimension: &str| (answer.is_some(), answer == Some(figure[dimension].as_str()));
    match figure["indicator"].as_str() {
        "form-of-exploitation" | "forced-labour" => {
            let column = if figure["form"] == "forced-labour" { "isForcedLabour" } else { "isSexualExploit" };
            (filled(row, "isForcedLabour") || filled(row, "isSexualExploit"), filled(row, column))
        }
        "sex" | "female-victims" => is(gender(row), "sex"),
        "age-band" => is(age(row).as_deref(), "age"),
        "children" => is(child(row).map(|child| if child { "child" } else { "adult" }), "child-or-adult"),
        "sex-and-age" => {
            let known = gender(row).is_some() && child(row).is_some();
            let class = match (gender(row), child(row)) {
                (Some("female"), Some(false)) => "women",
                (Some("male"), Some(false)) => "men",
                (Some("female"), Some(true)) => "girls",
                (Some("male"), Some(true)) => "boys",
                _ => "other",
            };
            (known, class == figure["sex-and-age"])
        }
        "domestic-and-cross-border" => is(movement(row), "movement"),
        "cross-border" => (movement(row).is_some(), movement(row).is_some_and(|movement| movement != "domestic")),
        "region-of-origin" => is(region(row, "citizenship").as_deref(), "region-of-origin"),
        "region-of-exploitation" => is(region(row, "CountryOfExploitation").as_deref(), "region-of-exploitation"),
        "flows" => {
            let (from, to) = (region(row, "citizenship"), region(row, "CountryOfExploitation"));
            let hit = from.as_ref() == Some(&figure["region-of-origin"])
                && to.as_ref() == Some(&figure["region-of-exploitation"]);
            (from.is_some() && to.is_some(), hit)
        }
        "completeness" => {
            let column = match figure["attribute"].as_str() {
                "year_of_registration" => "yearOfRegistration",
                "age_band" => "ageBroad",
                "country_of_exploitation" => "CountryOfExploitation",
                "form_forced_labour" => "isForcedLabour",
                "form_sexual_exploitation" => "isSexualExploit",
                same => same,
            };
            (true, filled(row, column))
        }
        other => panic!("a table that this test does not know: {other}"),
    }
}

#[test]
fn every_figure_of_the_tables_is_recomputed_from_the_data_file() {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), "ctdc-synthetic-2021", 20_000, None).unwrap();
    let data = rows(&folder.path().join("release").join(DATA_FILE));
    let figures = rows(&folder.path().join("release").join(TABLES_FILE));
    assert!(figures.len() > 30, "{}", figures.len());
    for figure in figures.iter().filter(|figure| !OF_OTHER_TESTS.contains(&figure["indicator"].as_str())) {
        let judged: Vec<(bool, bool)> = data.iter().map(|row| judge(figure, row)).collect();
        let base = judged.iter().filter(|(base, _)| *base).count();
        let numerator = judged.iter().filter(|(base, hit)| *base && *hit).count();
        let context = format!("{figure:?}");
        // The four-way split leaves out persons of other genders; they are known, and so in the base or beside it.
        if figure["indicator"] == "sex-and-age" {
            assert_eq!(figure["numerator"], numerator.to_string(), "{context}");
            continue;
        }
        assert_eq!((&figure["numerator"], &figure["base"]), (&numerator.to_string(), &base.to_string()), "{context}");
        assert_eq!(figure["unknown"], (data.len() - base).to_string(), "{context}");
        if base > 0 {
            let value: f64 = figure["value"].parse().unwrap();
            assert!((value - 100.0 * numerator as f64 / base as f64).abs() < 1e-9, "{context}");
        }
    }
}

#[test]
fn every_combination_in_the_data_file_occurs_at_least_eleven_times() {
    for layout in ["ctdc-synthetic-2021", "ctdc-synthetic-2024"] {
        let folder = tempfile::tempdir().unwrap();
        let published = publish(folder.path(), layout, 20_000, None).unwrap();
        let data = fs::read_to_string(folder.path().join("release").join(DATA_FILE)).unwrap();
        let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
        for line in data.lines().skip(1) {
            *classes.entry(line).or_default() += 1;
        }
        assert!(classes.values().all(|&size| size >= 11), "{layout}");
        assert_eq!(classes.values().min().map(|&size| size as u64), published.statement.verified.smallest_class);
        assert_eq!(classes.values().sum::<usize>() as u64, published.statement.records.as_ref().unwrap().kept);
        assert_eq!(published.statement.records.as_ref().unwrap().input, 20_000);
        let mut sorted: Vec<&str> = data.lines().skip(1).collect();
        let order = sorted.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), classes.len());
        // Identical rows stand together: the order of the input cannot be read from the order of the output.
        let changes = order.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(changes + 1, classes.len());
    }
}

#[test]
fn a_plan_releases_its_columns_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let plan = "format_version = 1\n\
        [[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
        [[attribute]]\nname = \"citizenship\"\nrole = \"quasi-identifier\"\n\
        [[attribute]]\nname = \"typeOfLabourAgriculture\"\nrole = \"sensitive\"\n\
        [[attribute]]\nname = \"traffickMonths\"\nrole = \"dropped\"\n\
        [anonymize]\nmethod = \"cell-suppression\"\nblank = [\"citizenship\"]\n\
        [[anonymize.model]]\nkind = \"k-anonymity\"\nk = 20\n\
        [[table]]\nindicator = \"sex\"\n";
    let published = publish(folder.path(), "ctdc-synthetic-2021", 5_000, Some(plan)).unwrap();
    let release = folder.path().join("release");
    let data = rows(&release.join(DATA_FILE));
    let mut columns: Vec<&str> = data[0].keys().map(String::as_str).collect();
    columns.sort_unstable();
    assert_eq!(columns, ["citizenship", "gender", "typeOfLabourAgriculture"]);
    let mut classes: HashMap<(&str, &str), usize> = HashMap::new();
    for row in &data {
        *classes.entry((&row["gender"], &row["citizenship"])).or_default() += 1;
    }
    assert!(classes.values().all(|&size| size >= 20));
    // Blanking the rare citizenships keeps their records.
    assert!(published.statement.records.as_ref().unwrap().share_suppressed < 0.02, "{:?}", published.statement.records);
    assert!(published.statement.blanked.iter().any(|blanked| blanked.attribute == "citizenship" && blanked.cells > 0));
    let figures = rows(&release.join(TABLES_FILE));
    assert!(figures.iter().all(|figure| figure["indicator"] == "sex"));
    let package: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(release.join(PACKAGE_FILE)).unwrap()).unwrap();
    assert_eq!(package["resources"][0]["schema"]["fields"].as_array().unwrap().len(), 3);
    let statement: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(release.join(STATEMENT_FILE)).unwrap()).unwrap();
    assert_eq!(statement["models"][0]["required"], 20);
    let readme = fs::read_to_string(release.join(README_FILE)).unwrap();
    assert!(readme.contains("k = 20") && readme.contains("not protected"));
}

#[test]
fn what_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let plan = |k: u32| {
        format!(
            "format_version = 1\n[[attribute]]\nname = \"citizenship\"\nrole = \"quasi-identifier\"\n\
             [[anonymize.model]]\nkind = \"k-anonymity\"\nk = {k}\n"
        )
    };
    // No class is that large, so that no record could stay.
    let error = publish(folder.path(), "ctdc-synthetic-2021", 500, Some(&plan(400))).unwrap_err();
    assert!(matches!(error, PublishError::Privacy(_)), "{error}");
    let error = publish(folder.path(), "ctdc-synthetic-2021", 500, Some(&plan(501))).unwrap_err();
    assert!(matches!(error, PublishError::Impossible { .. }), "{error}");
    let stop = Control::default().with_deadline(|| true);
    let error = Publisher::default().publish(&folder.path().join("cases.csv"), &folder.path().join("release"), &stop);
    assert!(matches!(error, Err(PublishError::Cancelled(_))));
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["cases.csv"]);
}

#[test]
fn a_table_of_another_subject_is_released_by_its_plan() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("survey.csv");
    let mut text = String::from("household;town;size;income\n");
    for number in 0..300 {
        let town = ["north", "south", "east"][number % 3];
        text.extend([&format!("H{number};"), town, &format!(";{};{number}\n", number % 2 + 1)]);
    }
    text.push_str("H300;far;9;1\n");
    fs::write(&input, text).unwrap();
    let plan = "format_version = 1\n[input]\nformat = \"csv\"\n\
        [[attribute]]\nname = \"household\"\nrole = \"identifier\"\n\
        [[attribute]]\nname = \"town\"\nrole = \"quasi-identifier\"\n\
        [[attribute]]\nname = \"size\"\nrole = \"quasi-identifier\"\n\
        [[anonymize.model]]\nkind = \"k-anonymity\"\nk = 5\n";
    let publisher = Publisher { plan: Some(plan.parse().unwrap()), ..Publisher::default() };
    let out = folder.path().join("release");
    let published = publisher.publish(&input, &out, &Control::default()).unwrap();
    assert_eq!(published.statement.records.as_ref().unwrap().suppressed, 1);
    let data = fs::read_to_string(out.join(DATA_FILE)).unwrap();
    assert_eq!(data.lines().next(), Some("town,size"));
    assert!(!data.contains("far") && !data.contains('H'));
    // Nothing in the folder names a value that was suppressed.
    for file in [TABLES_FILE, STATEMENT_FILE, README_FILE, PACKAGE_FILE] {
        assert!(!fs::read_to_string(out.join(file)).unwrap().contains("\"far\""), "{file}");
    }
}

#[test]
fn victim_perpetrator_rows_are_released_by_their_plan() {
    let folder = tempfile::tempdir().unwrap();
    let control = Control::default();
    let layout = Layout::named("ctdc-victim-perpetrator").unwrap();
    let dataset = Simulator::new(2).dataset(layout, 3_000).unwrap();
    let input = folder.path().join("vp.csv");
    write_table(dataset.table(), layout, fs::File::create(&input).unwrap(), &control).unwrap();
    let out = folder.path().join("release");
    let error = Publisher::default().publish(&input, &out, &control).unwrap_err();
    assert!(matches!(error, PublishError::PlanNeeded { .. }));
    let plan = "format_version = 1\n\
        [[attribute]]\nname = \"yearRegister\"\nrole = \"quasi-identifier\"\n\
        [[attribute]]\nname = \"IP_Gender\"\nrole = \"quasi-identifier\"\n";
    let publisher = Publisher { plan: Some(plan.parse().unwrap()), ..Publisher::default() };
    publisher.publish(&input, &out, &control).unwrap();
    assert!(fs::read_to_string(out.join(DATA_FILE)).unwrap().starts_with("yearRegister,IP_Gender\n"));
}

fn survey(folder: &Path, rows: &str, roles: &[(&str, &str)]) -> Result<Account, PublishError> {
    let input = folder.join("survey.csv");
    fs::write(&input, rows).unwrap();
    let mut plan = "format_version = 1\n[input]\nformat = \"csv\"\nseparator = \",\"\n".to_owned();
    for (name, role) in roles {
        plan.extend(["[[attribute]]\nname = \"", name, "\"\nrole = \"", role, "\"\n"]);
    }
    plan.push_str("[[anonymize.model]]\nkind = \"k-anonymity\"\nk = 2\n");
    let publisher = Publisher { plan: Some(plan.parse()?), replace: true, ..Publisher::default() };
    publisher.publish(&input, &folder.join("release"), &Control::default())
}

#[test]
fn an_attribute_has_one_role() {
    let folder = tempfile::tempdir().unwrap();
    for role in ["quasi-identifier", "released", "sensitive", "dropped"] {
        let error = survey(folder.path(), "age\n1\n1\n", &[("age", role), ("age", "dropped")]).unwrap_err();
        assert_eq!(error.to_string(), "plan: the attribute `age` is given twice");
    }
    assert!(survey(folder.path(), "age\n1\n1\n", &[("age", "quasi-identifier"), ("age", "identifier")]).is_err());
    // By the name in the file and by the name in the schema.
    let plan = "format_version = 1\n[[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
        [[attribute]]\nname = \"ageBroad\"\nrole = \"released\"\n\
        [[attribute]]\nname = \"age_band\"\nrole = \"dropped\"\n";
    let error = publish(folder.path(), "ctdc-synthetic-2021", 100, Some(plan)).unwrap_err();
    assert_eq!(error.to_string(), "plan: the attribute `age_band` is given twice");
}

#[test]
fn persons_that_a_layout_does_not_tell_apart_are_not_promised() {
    let folder = tempfile::tempdir().unwrap();
    let plan = "format_version = 1\n[[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
        [[attribute]]\nname = \"case_number\"\nrole = \"identifier\"\n";
    let error = publish(folder.path(), "ctdc-synthetic-2021", 100, Some(plan)).unwrap_err();
    assert!(
        error.to_string().contains("`case_number`: the layout `ctdc-synthetic-2021` has no identifiers"),
        "{error}"
    );
}

#[test]
fn the_type_of_a_column_does_not_tell_of_values_that_are_gone() {
    let folder = tempfile::tempdir().unwrap();
    let package = |rows: &str| {
        survey(folder.path(), rows, &[("age", "quasi-identifier")]).unwrap();
        let file = |name: &str| fs::read_to_string(folder.path().join("release").join(name)).unwrap();
        (file(DATA_FILE), file(PACKAGE_FILE))
    };
    assert_eq!(package("age\n9\n9\n10\n10\nabout 40\n"), package("age\n9\n9\n10\n10\n40\n"));
}

#[test]
fn only_a_release_folder_with_nothing_else_in_it_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let release = folder.path().join("release");
    let again = || survey(folder.path(), "age\n1\n1\n", &[("age", "quasi-identifier")]);
    again().unwrap();
    again().unwrap();
    fs::write(release.join("notes.txt"), "mine").unwrap();
    assert!(matches!(again(), Err(PublishError::NotARelease { .. })));
    assert_eq!(fs::read_to_string(release.join("notes.txt")).unwrap(), "mine");
    fs::remove_file(release.join("notes.txt")).unwrap();
    fs::remove_file(release.join(STATEMENT_FILE)).unwrap();
    assert!(matches!(again(), Err(PublishError::NotARelease { .. })));
    #[cfg(unix)]
    {
        fs::rename(&release, folder.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &release).unwrap();
        assert!(matches!(again(), Err(PublishError::NotARelease { .. })));
    }
}

#[test]
fn the_readme_says_how_a_missing_value_is_written() {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), "ctdc-kanon-62", 3_000, None).unwrap();
    let release = folder.path().join("release");
    let readme = fs::read_to_string(release.join(README_FILE)).unwrap();
    assert!(readme.contains("`-99` in a cell says that no value is released there"), "{readme}");
    assert!(fs::read_to_string(release.join(DATA_FILE)).unwrap().contains(",-99"));
}

#[test]
fn a_guarantee_that_hides_nobody_is_remarked_on() {
    let folder = tempfile::tempdir().unwrap();
    let plan = |k: u32| {
        format!(
            "format_version = 1\n[[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
             [[anonymize.model]]\nkind = \"k-anonymity\"\nk = {k}\n"
        )
    };
    let remarks = |k: u32| {
        let folder = tempfile::tempdir_in(folder.path()).unwrap();
        publish(folder.path(), "ctdc-synthetic-2021", 500, Some(&plan(k))).unwrap().remarks
    };
    assert!(remarks(1)[0].contains("nobody is hidden"));
    assert!(!remarks(2).iter().any(|remark| remark.contains("nobody is hidden")));
}

#[test]
fn a_stop_at_any_moment_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    publish(folder.path(), "ctdc-synthetic-2021", 500, None).unwrap();
    let (input, out) = (folder.path().join("cases.csv"), folder.path().join("stopped"));
    let mut stopped = 0;
    loop {
        let checks = AtomicUsize::new(0);
        let control = Control::default().with_deadline(move || checks.fetch_add(1, Ordering::Relaxed) >= stopped);
        match Publisher::default().publish(&input, &out, &control) {
            Err(error) => assert!(matches!(error, PublishError::Cancelled(_)), "{stopped}: {error}"),
            Ok(_) => break,
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "{stopped}");
        // Every moment of the beginning, and then ever fewer: the search for what to withhold asks often.
        stopped += 1 + stopped / 40;
    }
    assert!(stopped > 10, "{stopped}");
}

#[test]
fn generalized_columns_are_published_as_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let plan = "format_version = 1\n\
        [[attribute]]\nname = \"yearOfRegistration\"\nrole = \"quasi-identifier\"\n\
        hierarchy = { case = \"year_of_registration\" }\nlevels = [1, 2]\n\
        [[attribute]]\nname = \"citizenship\"\nrole = \"quasi-identifier\"\n\
        hierarchy = { case = \"citizenship\" }\nlevels = [2, 2]\n\
        [[attribute]]\nname = \"ageBroad\"\nrole = \"quasi-identifier\"\nhierarchy = { case = \"age_band\" }\nlevels = [1, 1]\n\
        [[attribute]]\nname = \"gender\"\nrole = \"quasi-identifier\"\n\
        [anonymize]\nsuppression_limit = 0.5\n\
        [[anonymize.model]]\nkind = \"k-anonymity\"\nk = 11\n";
    let account = publish(folder.path(), "ctdc-synthetic-2021", 6_000, Some(plan)).unwrap();
    assert_eq!((account.levels["citizenship"], account.levels["ageBroad"]), (2, 1));
    let release = folder.path().join("release");
    let read = |file: &str| fs::read_to_string(release.join(file)).unwrap();

    let data = rows(&release.join(DATA_FILE));
    let mut classes = HashMap::<[&str; 4], usize>::new();
    for row in &data {
        *classes
            .entry(["yearOfRegistration", "citizenship", "ageBroad", "gender"].map(|name| &*row[name]))
            .or_default() += 1;
    }
    assert!(classes.values().all(|size| *size >= 11));
    let regions = ["", "Africa", "Americas", "Asia", "Europe", "Oceania", "no region"];
    assert!(data.iter().all(|row| regions.contains(&&*row["citizenship"])));
    assert!(data.iter().any(|row| row["citizenship"] == "Asia" && row["yearOfRegistration"].contains('-')));

    let package: serde_json::Value = serde_json::from_str(&read(PACKAGE_FILE)).unwrap();
    for field in package["resources"][0]["schema"]["fields"].as_array().unwrap() {
        let (name, listed) = (field["name"].as_str().unwrap(), &field["constraints"]["enum"]);
        assert_eq!(field["type"], "string", "{name}");
        // What a field may hold is listed rightly or not at all.
        for row in &data {
            let may =
                row[name].is_empty() || listed.is_null() || listed.as_array().unwrap().contains(&(*row[name]).into());
            assert!(may, "{name}: {} is not in {listed}", row[name]);
        }
    }
    let statement: serde_json::Value = serde_json::from_str(&read(STATEMENT_FILE)).unwrap();
    let levels: BTreeMap<&str, u64> = statement["generalized"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| (column["attribute"].as_str().unwrap(), column["level"].as_u64().unwrap()))
        .collect();
    assert_eq!((levels["citizenship"], levels["age_band"]), (2, 1));

    // Indicators that need countries or age bands are not computed, and it is said why.
    let readme = read(README_FILE);
    let figures = rows(&release.join(TABLES_FILE));
    assert!(figures.iter().any(|figure| figure["indicator"] == "sex"));
    assert!(!figures.iter().any(|figure| figure["indicator"] == "sex-and-age" || figure["indicator"] == "flows"));
    assert!(
        readme.contains("`sex-and-age`") && readme.contains("lacks the columns, or has them in coarser values"),
        "{readme}"
    );
    assert!(readme.contains("| `citizenship` | citizenship | region |"), "{readme}");
    assert!(readme.contains("| `gender` | gender | as in the source |"), "{readme}");
}
