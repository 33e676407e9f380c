//! Files of every layout: written, found out, read, converted, and spoiled in the usual ways.
#![cfg(feature = "csv")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;

use ctdata_model::{
    CaseAttribute as A, CaseReader, CaseTable, Conversion, Dataset, ExploitationForm, LAYOUTS, LabourSector, Layout,
    LayoutKind, Loss, LossKind, MeansOfControl as M, ModelError, OnError, Outcome, Simulator, convert, write_cases,
    write_table,
};
use ctdata_table::{Control, TableError, TextRule};
use proptest::prelude::*;

const ROWS: usize = 2_000;

fn layout(name: &str) -> &'static Layout {
    Layout::named(name).unwrap()
}

fn simulated(layout: &'static Layout, rows: usize) -> Dataset {
    Simulator::new(2024).dataset(layout, rows).unwrap()
}

fn written(dataset: &Dataset) -> Vec<u8> {
    let mut file = Vec::new();
    match dataset {
        Dataset::Cases(cases) => write_cases(cases, &mut file, &Control::default()).unwrap(),
        other => write_table(other.table(), other.layout().unwrap(), &mut file, &Control::default()).unwrap(),
    }
    file
}

fn read(file: &[u8]) -> Result<Outcome, ModelError> {
    CaseReader::default().read(file, "file.csv", &Control::default())
}

fn collect(file: &[u8], limit: usize) -> Outcome {
    let reader = CaseReader { on_error: OnError::Collect { limit }, ..CaseReader::default() };
    reader.read(file, "file.csv", &Control::default()).unwrap()
}

/// The cells of a file that this crate wrote: quotes stand only around whole cells, and none holds a quote.
fn cells(file: &[u8], separator: char) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(file).unwrap();
    let split = |line: &str| {
        let (mut cells, mut is_quoted) = (vec![String::new()], false);
        for character in line.chars() {
            match character {
                '"' => is_quoted = !is_quoted,
                other if other == separator && !is_quoted => cells.push(String::new()),
                other => cells.last_mut().unwrap().push(other),
            }
        }
        cells
    };
    text.lines().map(split).collect()
}

/// The same cells with another separator and line end, every cell in quotes.
fn joined(cells: &[Vec<String>], separator: &str, line_end: &str) -> Vec<u8> {
    let line = |cells: &Vec<String>| {
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\"")).collect();
        quoted.join(separator) + line_end
    };
    cells.iter().map(line).collect::<String>().into_bytes()
}

#[test]
fn every_layout_is_found_out_and_comes_back_byte_for_byte() {
    for layout in LAYOUTS {
        let dataset = simulated(layout, ROWS);
        let file = written(&dataset);
        let outcome = read(&file).unwrap();
        assert_eq!(outcome.usable().format(), layout.name);
        assert_eq!((outcome.rows(), outcome.problems().count()), (ROWS as u64, 0), "{}", layout.name);
        let again = outcome.into_dataset().unwrap();
        assert_eq!(again, dataset, "{}", layout.name);
        assert_eq!(written(&again), file, "{}", layout.name);
    }
}

#[test]
fn no_rows_are_a_header_and_come_back_too() {
    for layout in LAYOUTS {
        let dataset = simulated(layout, 0);
        let file = written(&dataset);
        assert_eq!(cells(&file, char::from(layout.separator)).len(), 1);
        assert_eq!(read(&file).unwrap().into_dataset().unwrap(), dataset, "{}", layout.name);
    }
}

#[test]
fn separators_line_ends_marks_and_gzip_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    for layout in LAYOUTS {
        let dataset = simulated(layout, ROWS);
        let file = written(&dataset);
        let cells = cells(&file, char::from(layout.separator));
        let mut marked = b"\xef\xbb\xbf".to_vec();
        marked.extend_from_slice(&file);
        let same = [
            joined(&cells, ",", "\n"),
            joined(&cells, ";", "\r\n"),
            joined(&cells, "\t", "\n"),
            joined(&cells, "\t", "\r\n"),
            marked,
            // The last line without its end.
            file.strip_suffix(b"\n").unwrap().to_vec(),
        ];
        for (at, same) in same.iter().enumerate() {
            let outcome = read(same).unwrap();
            assert_eq!(outcome.into_dataset().unwrap(), dataset, "{}, variant {at}", layout.name);
        }
        let path = folder.path().join(format!("{}.csv.gz", layout.name));
        std::fs::write(&path, gzip(&file)).unwrap();
        let outcome = CaseReader::default().read_path(&path, &Control::default()).unwrap();
        assert_eq!(outcome.into_dataset().unwrap(), dataset, "{}, gzip", layout.name);
        let mut broken = gzip(&file);
        broken.truncate(broken.len() / 2);
        std::fs::write(&path, broken).unwrap();
        assert!(CaseReader::default().read_path(&path, &Control::default()).is_err(), "{}, half a gzip", layout.name);
    }
}

/// A gzip file whose blocks are stored as they are (RFC 1952, RFC 1951 section 3.2.4).
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let blocks = bytes.chunks(0xffff).count();
    for (at, block) in bytes.chunks(0xffff).enumerate() {
        let length = u16::try_from(block.len()).unwrap();
        file.push(u8::from(at + 1 == blocks));
        file.write_all(&length.to_le_bytes()).unwrap();
        file.write_all(&(!length).to_le_bytes()).unwrap();
        file.write_all(block).unwrap();
    }
    let mut crc = !0u32;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    file.write_all(&(!crc).to_le_bytes()).unwrap();
    file.write_all(&u32::try_from(bytes.len()).unwrap().to_le_bytes()).unwrap();
    file
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn columns_come_in_any_order_and_case(which in 0usize..7, keys in prop::collection::vec(any::<u32>(), 64), upper: bool) {
        let layout = &LAYOUTS[which];
        let dataset = simulated(layout, 60);
        let mut cells = cells(&written(&dataset), char::from(layout.separator));
        if upper {
            cells[0].iter_mut().for_each(|name| *name = name.to_uppercase());
        }
        let mut order: Vec<usize> = (0..cells[0].len()).collect();
        order.sort_by_key(|&at| keys[at]);
        let shuffled: Vec<Vec<String>> =
            cells.iter().map(|row| order.iter().map(|&at| row[at].clone()).collect()).collect();
        let outcome = read(&joined(&shuffled, ",", "\n")).unwrap();
        prop_assert_eq!(outcome.into_dataset().unwrap(), dataset);
    }
}

fn cases(name: &str, rows: usize) -> CaseTable {
    Simulator::new(2024).cases(layout(name), rows).unwrap()
}

fn yes(cases: &CaseTable, attribute: A) -> Vec<bool> {
    cases.column(attribute).unwrap().iter().map(|code| code == 1).collect()
}

fn loss<'a>(conversion: &'a Conversion, column: &str, kind: LossKind) -> Option<&'a Loss> {
    conversion.losses.iter().find(|loss| loss.column == column && loss.kind == kind)
}

/// Merges of the Global Synthetic Data Codebook version 2 (2024), appendix II, as far as the release of 2021
/// has their parts; what the release of 2024 dropped.
#[test]
fn the_2024_layout_merges_and_the_account_says_so() {
    let fine = cases("ctdc-synthetic-2021", ROWS);
    let conversion = convert(&fine, layout("ctdc-synthetic-2024")).unwrap();
    for (whole, column, parts) in [
        (M::DebtBondageOrTakesEarnings, "meansDebtBondageEarnings", &[M::DebtBondage, M::TakesEarnings][..]),
        (M::AnyThreats, "meansThreats", &[M::Threats, M::ThreatOfLawEnforcement]),
        (M::AnyAbuse, "meansAbusePsyPhySex", &[M::PsychologicalAbuse, M::PhysicalAbuse, M::SexualAbuse]),
        (
            M::DeniesBasicNeeds,
            "meansDenyBasicNeeds",
            &[M::RestrictsMovement, M::RestrictsMedicalCare, M::WithholdsNecessities],
        ),
    ] {
        let merged = yes(&conversion.cases, A::Control(whole));
        let parts: Vec<(&str, Vec<bool>)> = parts
            .iter()
            .map(|&part| (fine.column_name(A::Control(part)).unwrap(), yes(&fine, A::Control(part))))
            .collect();
        assert!(merged.contains(&true));
        for (row, merged) in merged.iter().enumerate() {
            assert_eq!(*merged, parts.iter().any(|(_, part)| part[row]), "{column}, row {row}");
        }
        for (name, part) in parts {
            let lost = loss(&conversion, name, LossKind::Merged).unwrap();
            assert_eq!(lost.into, Some(column));
            assert_eq!(lost.rows, part.iter().filter(|yes| **yes).count() as u64, "{name}");
        }
    }
    for dropped in ["majorityStatusAtExploit", "meansOfControlOther", "typeOfLabourOther", "typeOfSexOther"] {
        assert!(loss(&conversion, dropped, LossKind::Dropped).is_some_and(|lost| lost.rows > 0), "{dropped}");
    }
    let long = fine.column(A::TraffickingDuration).unwrap().iter().filter(|code| (2..=3).contains(code)).count() as u64;
    assert_eq!(loss(&conversion, "traffickMonths", LossKind::Coarsened).unwrap().rows, long);
    // What the layout can say by itself, it can write.
    assert_eq!(
        read(&written(&Dataset::Cases(conversion.cases.clone()))).unwrap().into_cases().unwrap(),
        conversion.cases
    );
}

/// "No" to a part is no "no" to the whole; where it vanishes in a merge, the account says so.
#[test]
fn a_no_that_a_merge_cannot_keep_is_in_the_account() {
    let fine = cases("ctdc-kanon-63", ROWS);
    let no = |cases: &CaseTable, form| -> Vec<bool> {
        cases.column(A::Form(form)).unwrap().iter().map(|code| code == 0).collect()
    };
    let (other, slavery) = (no(&fine, ExploitationForm::Other), no(&fine, ExploitationForm::SlaveryAndSimilar));
    for target in ["ctdc-kanon-62", "ctdc-synthetic-2021"] {
        let conversion = convert(&fine, layout(target)).unwrap();
        let merged = conversion.cases.column(A::Form(ExploitationForm::Other)).unwrap();
        let is_empty = merged.iter().map(|code| code == 2);
        let parts = other.iter().zip(&slavery).map(|(other, slavery)| *other || *slavery);
        let lost = is_empty.zip(parts).filter(|&(empty, no)| empty && no).count() as u64;
        let told = loss(&conversion, "isOtherExploit", LossKind::NoBecameEmpty).map_or(0, |loss| loss.rows);
        assert!(lost > 0 && told >= lost, "{target}: {told} of {lost}");
    }
}

#[test]
fn the_way_back_leaves_the_finer_columns_empty_and_says_so() {
    let start = cases("ctdc-kanon-63", ROWS);
    let to_2021 = convert(&start, layout("ctdc-synthetic-2021")).unwrap();
    assert!(loss(&to_2021, "isForcedLabour", LossKind::NoBecameEmpty).is_some_and(|lost| lost.rows > 0));
    assert!(loss(&to_2021, "citizenship", LossKind::UnknownBecameEmpty).is_some_and(|lost| lost.rows > 0));
    assert!(loss(&to_2021, "Datasource", LossKind::Dropped).is_some_and(|lost| lost.rows == ROWS as u64));
    for (part, whole) in [
        (A::Sector(LabourSector::Manufacturing), A::Sector(LabourSector::OtherThanMainFour)),
        (A::Form(ExploitationForm::SlaveryAndSimilar), A::Form(ExploitationForm::Other)),
    ] {
        let (part, whole) = (yes(&start, part), yes(&to_2021.cases, whole));
        assert!(part.contains(&true) && part.iter().zip(&whole).all(|(part, whole)| *whole || !part));
    }
    let to_2024 = convert(&to_2021.cases, layout("ctdc-synthetic-2024")).unwrap();
    let back_2021 = convert(&to_2024.cases, layout("ctdc-synthetic-2021")).unwrap();
    let back = convert(&back_2021.cases, layout("ctdc-kanon-63")).unwrap();
    for (conversion, finer, attribute) in [
        (&back_2021, "meansOfControlThreats", A::Control(M::Threats)),
        (&back_2021, "meansOfControlDebtBondage", A::Control(M::DebtBondage)),
        (&back_2021, "typeOfLabourOther", A::Sector(LabourSector::OtherThanMainFour)),
        (&back_2021, "majorityStatusAtExploit", A::MajorityAtExploitation),
        (&back, "Datasource", A::DataSource),
        (&back, "typeOfLabourManufacturing", A::Sector(LabourSector::Manufacturing)),
    ] {
        let described = attribute.attribute();
        let column = conversion.cases.column(attribute).unwrap();
        assert!(column.iter().all(|code| !described.is_value(code)), "{finer}");
        assert_eq!(loss(conversion, finer, LossKind::LeftEmpty).map(|lost| lost.rows), Some(ROWS as u64), "{finer}");
    }
    // What every layout has comes through.
    for kept in
        [A::YearOfRegistration, A::AgeBand, A::Form(ExploitationForm::ForcedLabour), A::Control(M::FalsePromises)]
    {
        let described = kept.attribute();
        let (before, after) = (start.column(kept).unwrap(), back.cases.column(kept).unwrap());
        let is_lost = |code: u16| !described.is_value(code) || (kept.is_flag() && code == 0);
        assert!(
            before.iter().zip(after.iter()).all(|(before, after)| before == after || is_lost(before)),
            "{}",
            kept.name()
        );
    }
}

#[test]
fn simulation_and_conversion_merge_alike() {
    // The detail that one layout shows is the merged statement that the other shows.
    for (attribute, parts) in [
        (A::Control(M::AnyAbuse), vec![M::PsychologicalAbuse, M::PhysicalAbuse, M::SexualAbuse]),
        (A::Control(M::DebtBondageOrTakesEarnings), vec![M::DebtBondage, M::TakesEarnings]),
    ] {
        let (fine, coarse) = (cases("ctdc-synthetic-2021", 20_000), cases("ctdc-synthetic-2024", 20_000));
        let parts: Vec<Vec<bool>> = parts.into_iter().map(|part| yes(&fine, A::Control(part))).collect();
        let any = (0..20_000).filter(|&row| parts.iter().any(|part| part[row])).count();
        let merged = yes(&coarse, attribute).into_iter().filter(|yes| *yes).count();
        assert_eq!(any, merged, "{}", attribute.name());
    }
}

#[test]
fn victims_with_perpetrators_are_no_cases_and_cases_no_such_rows() {
    let rows = simulated(layout("ctdc-victim-perpetrator"), 10);
    assert!(matches!(rows.cases(), Err(ModelError::NotCases { layout: "ctdc-victim-perpetrator" })));
    let outcome = read(&written(&rows)).unwrap();
    assert!(matches!(outcome.into_cases(), Err(ModelError::NotCases { .. })));
    let error = convert(&cases("ctdc-synthetic-2021", 10), layout("ctdc-victim-perpetrator")).unwrap_err();
    assert!(matches!(error, ModelError::NoConversion { from: "ctdc-synthetic-2021", .. }), "{error}");
}

/// The file of the layout with one cell of one row (from 0) replaced.
fn spoiled(name: &str, rows: usize, spoil: impl FnOnce(&mut Vec<Vec<String>>)) -> Vec<u8> {
    let layout = layout(name);
    let mut cells = cells(&written(&simulated(layout, rows)), char::from(layout.separator));
    spoil(&mut cells);
    joined(&cells, ",", "\n")
}

fn position(name: &str, column: &str) -> usize {
    let layout = layout(name);
    let notice = usize::from(layout.notice.is_some());
    layout.columns.iter().position(|found| found.name == column).unwrap() + notice
}

/// Rules, places and counts of what a reader noticed; and that none of it holds a secret.
fn findings(outcome: &Outcome) -> Vec<(&'static str, u64, u64, Option<String>)> {
    for problem in outcome.problems().kept() {
        assert!(!format!("{problem} {problem:?}").contains("sEcret"));
    }
    let findings = outcome.problems().findings();
    assert!(!format!("{findings:?}").contains("sEcret"));
    findings
        .into_iter()
        .map(|finding| {
            let first = finding.first.unwrap();
            (finding.rule, finding.count, first.row, first.column)
        })
        .collect()
}

const S2021: &str = "ctdc-synthetic-2021";

#[test]
fn short_and_long_rows_are_named_and_left_out() {
    let file = spoiled(S2021, 20, |cells| {
        cells[3].truncate(20);
        cells[7].push("sEcret".to_owned());
        cells[8].pop();
    });
    let outcome = collect(&file, 10);
    assert_eq!(findings(&outcome), [("R3", 3, 3, None)]);
    assert_eq!((outcome.rows(), outcome.problems().rows_left_out(), outcome.usable().table().rows()), (20, 3, 17));
    assert_eq!([0, 2, 5, 6, 16].map(|row| outcome.row_in_file(row)), [1, 4, 9, 10, 20]);
    let places: Vec<_> = outcome.problems().kept().iter().map(|problem| (problem.at.row, problem.at.line)).collect();
    assert_eq!(places, [(Some(3), Some(4)), (Some(7), Some(8)), (Some(8), Some(9))]);
    let error = read(&file).unwrap_err();
    assert!(matches!(error, ModelError::Unreadable { .. }) && error.to_string().contains("line 4, row 3"), "{error}");
    assert!(matches!(outcome.into_cases(), Err(ModelError::Unreadable { rows: 3, .. })));
}

#[test]
fn unknown_codes_are_named_by_column() {
    for (name, column, value, rule) in [
        (S2021, "gender", "sEcret", "code-list"),
        (S2021, "ageBroad", "17", "code-list"),
        (S2021, "traffickMonths", "sEcret", "R19"),
        (S2021, "citizenship", "sEcret", "R17"),
        (S2021, "citizenship", "QQQ", "R17"),
        (S2021, "yearOfRegistration", "20 19", "R15"),
        (S2021, "isForcedLabour", "0", "R1"),
        (S2021, "isForcedLabour", "2", "R1"),
        ("ctdc-kanon-63", "isForcedLabour", "1.5", "R1"),
        ("ctdc-kanon-63", "isForcedLabour", "sEcret", "R2"),
        ("ctdc-victim-perpetrator", "IP_Gender", "Female;sEcret", "R33"),
    ] {
        let file = spoiled(name, 5, |cells| {
            cells[2][position(name, column)] = value.to_owned();
        });
        let outcome = collect(&file, 10);
        assert_eq!(findings(&outcome), [(rule, 1, 2, Some(column.to_owned()))], "{column}");
        let shown = read(&file).unwrap_err().to_string();
        assert!(shown.contains(column) && !shown.contains("sEcret"), "{shown}");
    }
}

/// What a public copy of the release of 2020 went through: a list was split at its separators.
#[test]
fn a_shifted_row_is_one_problem_and_named_as_such() {
    let name = "ctdc-kanon-63";
    let first = position(name, "meansOfControlConcatenated");
    // As long as the header, or longer by the items that were split off.
    for length in [63, 65] {
        let file = spoiled(name, 30, |cells| {
            cells[4].insert(first, "Threats".to_owned());
            cells[4].insert(first, "False promises".to_owned());
            cells[4].truncate(length);
        });
        let outcome = collect(&file, 10);
        assert_eq!(findings(&outcome), [("R2", 1, 4, Some("isForcedLabour".to_owned()))], "{length}");
        assert_eq!(outcome.problems().rows_left_out(), 1);
    }
}

/// The same copy has columns without a name after those of the release.
#[test]
fn columns_without_a_name_are_read_past_where_they_are_empty() {
    let name = "ctdc-kanon-63";
    let width = layout(name).columns.len();
    let file = spoiled(name, 30, |cells| {
        for row in cells.iter_mut() {
            row.extend(vec![String::new(); 13]);
        }
        cells[3][width + 2] = "sEcret".to_owned();
        cells[3][width + 5] = "sEcret".to_owned();
        cells[4].insert(position(name, "meansOfControlConcatenated"), "Threats".to_owned());
        cells[4].truncate(width + 13);
        // Of the list of means, none is left for the flag after it.
        cells[4][position(name, "isForcedLabour")] = "Threats".to_owned();
    });
    let outcome = collect(&file, 10);
    let expected = [("R2", 1, 4, Some("isForcedLabour".to_owned())), ("R3", 1, 3, None)];
    assert_eq!(findings(&outcome), expected);
    assert_eq!((outcome.usable().format(), outcome.usable().table().rows()), (name, 28));
    // Between columns with names it is no column of any layout.
    let file = spoiled(name, 5, |cells| {
        for row in cells.iter_mut() {
            row.insert(3, String::new());
        }
    });
    assert!(matches!(read(&file), Err(ModelError::UnknownLayout { .. })));
}

#[test]
fn another_kind_of_country_code_is_a_warning_and_keeps_the_row() {
    let file = spoiled(S2021, 10, |cells| {
        cells[6][position(S2021, "citizenship")] = "NA".to_owned();
    });
    let outcome = collect(&file, 10);
    assert_eq!(findings(&outcome), [("R17", 1, 6, Some("citizenship".to_owned()))]);
    let cases = outcome.into_cases().unwrap();
    assert_eq!(cases.table().text(5, 5).as_deref(), Some("NA"), "Namibia is not a missing value");
    let file = spoiled("ctdc-kanon-63", 10, |cells| {
        cells[6][position("ctdc-kanon-63", "citizenship")] = "nam".to_owned();
    });
    let cases = collect(&file, 10).into_cases().unwrap();
    assert_eq!(cases.table().text(5, 7).as_deref(), Some("NA"));
}

#[test]
fn spellings_of_other_releases_are_read() {
    for (column, value, expected) in [
        ("gender", "Woman", "female"),
        ("ageBroad", "9--17", "9-17"),
        ("ageBroad", "09—17", "9-17"),
        ("traffickMonths", "0–12 (0-1 yr)", "0-12"),
        ("traffickMonths", "0–12 (0–1 yr)", "0-12"),
        ("majorityStatusAtExploit", " Minor ", "minor"),
        ("citizenship", "-99", ""),
    ] {
        let at = position(S2021, column);
        let file = spoiled(S2021, 3, |cells| cells[1][at] = value.to_owned());
        let outcome = collect(&file, 10);
        assert_eq!(outcome.problems().count(), 0, "{column}");
        assert_eq!(outcome.usable().table().text(0, at).unwrap_or_default(), expected, "{column}");
    }
    let file = spoiled(S2021, 3, |cells| {
        cells[1][position(S2021, "traffickMonths")] = "25+ (2+ yrs)".to_owned();
    });
    assert_eq!(findings(&collect(&file, 10)), [("R19", 1, 1, Some("traffickMonths".to_owned()))]);
}

#[test]
fn headers_that_are_wrong_are_refused_without_their_cells() {
    assert!(matches!(read(b"").unwrap_err(), ModelError::Table(TableError::Text { rule: TextRule::Empty, .. })));
    let error = read(b"sEcret name,age\nx,1\n").unwrap_err();
    assert!(matches!(error, ModelError::UnknownLayout { closest: None, .. }), "{error}");
    let renamed = spoiled(S2021, 2, |cells| cells[0][5] = "sEcret".to_owned());
    let error = read(&renamed).unwrap_err().to_string();
    assert!(error.contains(S2021) && error.contains("`citizenship`") && !error.contains("sEcret"), "{error}");
    let reader = CaseReader { layout: Some(layout("ctdc-synthetic-2024")), ..CaseReader::default() };
    let error = reader.read(written(&simulated(layout(S2021), 1)).as_slice(), "file.csv", &Control::default());
    assert!(matches!(error, Err(ModelError::WrongHeader { layout: "ctdc-synthetic-2024", .. })));
    let repeated = spoiled(S2021, 2, |cells| cells[0][36] = "GENDER".to_owned());
    let error = read(&repeated).unwrap_err();
    assert!(
        matches!(
            error,
            ModelError::Table(TableError::Text { rule: TextRule::RepeatedColumn { first: 2, second: 37 }, .. })
        ),
        "{error}"
    );
    let unclosed = [&written(&simulated(layout(S2021), 2))[..], b"\"2019,Female"].concat();
    let error = read(&unclosed).unwrap_err();
    assert!(matches!(error, ModelError::Table(TableError::Text { rule: TextRule::UnclosedQuote, .. })), "{error}");
    let binary = [&written(&simulated(layout(S2021), 2))[..], b"\0\x01\x02"].concat();
    assert!(read(&binary).is_err());
}

#[test]
fn a_hundred_thousand_problems_are_counted_and_a_thousand_kept() {
    let name = "ctdc-synthetic-2024";
    let [year, gender] = ["yearOfRegistration", "gender"].map(|column| position(name, column));
    let file = spoiled(name, 50_000, |cells| {
        for row in &mut cells[1..] {
            row[year] = "sEcret".to_owned();
            row[gender] = "sEcret".to_owned();
        }
    });
    let outcome = collect(&file, 1_000);
    assert_eq!(outcome.problems().kept().len(), 1_000);
    assert_eq!((outcome.problems().count(), outcome.problems().rows_left_out()), (100_000, 50_000));
    assert_eq!(outcome.usable().table().rows(), 0);
    assert_eq!(
        findings(&outcome),
        [
            ("R15", 50_000, 1, Some("yearOfRegistration".to_owned())),
            ("code-list", 50_000, 1, Some("gender".to_owned())),
        ]
    );
}

#[test]
fn every_case_layout_converts_to_every_other() {
    for from in LAYOUTS.iter().filter(|layout| layout.kind == LayoutKind::Cases) {
        let cases = Simulator::new(5).cases(from, 300).unwrap();
        for to in LAYOUTS.iter().filter(|layout| layout.kind == LayoutKind::Cases) {
            let conversion = convert(&cases, to).unwrap();
            let file = written(&Dataset::Cases(conversion.cases.clone()));
            let reader = CaseReader { layout: Some(to), ..CaseReader::default() };
            let again = reader.read(file.as_slice(), "file.csv", &Control::default()).unwrap().into_cases().unwrap();
            assert_eq!(again, conversion.cases, "{} to {}", from.name, to.name);
            assert_eq!(conversion.losses.is_empty(), from.columns == to.columns, "{} to {}", from.name, to.name);
        }
    }
}
