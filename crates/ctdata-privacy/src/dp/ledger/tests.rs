//! A ledger is killed at every byte, changed at every bit, opened twice and overdrawn.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use super::chain::{Chain, Tail};
use super::file::Store;
use super::{Ledger, LedgerFault, Reservation};
use crate::dp::{Budget, Delta, Epsilon, Rho, epsilon_of_rho, rho_of_epsilon};
use crate::{PrivacyError, PrivacyUnit};

fn budget() -> Budget {
    Budget { epsilon: Epsilon::try_new(4.0).unwrap(), delta: Delta::try_new(1e-6).unwrap() }
}

fn ask(purpose: &str, rho: f64) -> Reservation {
    Reservation {
        purpose: purpose.to_owned(),
        rho: Rho::at_least(rho).unwrap(),
        delta: 0.0,
        unit: PrivacyUnit::Person,
        records_per_person: 1,
        repeatable: false,
        at: None,
    }
}

fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cases.ledger");
    (folder, path)
}

/// Three entries with texts that need escapes; the bytes, and the length of the file after each line.
fn written(path: &Path) -> (Vec<u8>, Vec<usize>) {
    let mut ledger = Ledger::create(path, "cases \"2026\" \\ é", budget()).unwrap();
    let mut ends = vec![fs::read(path).unwrap().len()];
    let mut second = ask("a \"second\" \\ release, é", 0.01);
    second.delta = 1e-7;
    second.at = Some("2026-11-22T01:00:00Z".to_owned());
    second.repeatable = true;
    for entry in [ask("first", 0.05), second, ask("third", 1e-9)] {
        let allowance = ledger.reserve(entry).unwrap();
        assert!(ledger.holds(allowance.receipt().unwrap()));
        ends.push(fs::read(path).unwrap().len());
    }
    (fs::read(path).unwrap(), ends)
}

fn reopened(path: &Path) -> Result<Ledger, PrivacyError> {
    Ledger::open_or_create(path, "cases \"2026\" \\ é", budget())
}

fn fault(result: Result<Ledger, PrivacyError>) -> LedgerFault {
    match result {
        Err(PrivacyError::Ledger { fault, .. }) => fault,
        other => panic!("{other:?}"),
    }
}

/// Rho of the first entries of [`written`].
fn spent_by(entries: usize) -> Rho {
    [0.05, 0.01, 1e-9].iter().take(entries).fold(Rho::ZERO, |sum, &rho| sum.plus(Rho::at_least(rho).unwrap()))
}

/// Entries that were handed out when so many bytes were written: those with their line break.
fn used(ends: &[usize], length: usize) -> usize {
    ends.iter().filter(|&&end| end <= length).count().saturating_sub(1)
}

#[test]
fn killed_at_any_byte_no_less_is_spent_than_was_handed_out() {
    let (_folder, path) = place();
    let (bytes, ends) = written(&path);
    for length in 0..=bytes.len() {
        // With and without the zeros that a file system may leave for what did not arrive.
        for zeros in [0, 7] {
            let mut content = bytes[..length].to_vec();
            content.resize(length + if ends.contains(&length) { 0 } else { zeros }, 0);
            if length < ends[0] {
                assert!(matches!(Chain::read(&content), Err(LedgerFault::Unfinished)), "{length}");
                continue;
            }
            let (chain, tail) = Chain::read(&content).unwrap();
            let used = used(&ends, length);
            assert!(chain.spent().0 >= spent_by(used), "{length}");
            assert_eq!(tail == Tail::Whole, ends.contains(&length), "{length}");
            // Only where no more than the line break is missing, one more counts.
            let unbroken = usize::from(ends.contains(&(length + 1)));
            assert_eq!(chain.entries.len(), used + unbroken, "{length}");
        }
    }
}

#[test]
fn a_killed_ledger_opens_and_goes_on() {
    let (_folder, path) = place();
    let (bytes, ends) = written(&path);
    let near_ends = ends.iter().flat_map(|&end| [end - 2, end - 1, end, end + 1]);
    for length in (0..bytes.len()).step_by(97).chain(near_ends).filter(|&length| length <= bytes.len()) {
        fs::write(&path, &bytes[..length]).unwrap();
        let mut ledger = reopened(&path).unwrap();
        let before = ledger.view().unwrap();
        assert!(before.spent >= spent_by(used(&ends, length)), "{length}");
        let receipt = ledger.reserve(ask("after", 0.001)).unwrap().receipt().cloned().unwrap();
        drop(ledger);
        let ledger = reopened(&path).unwrap();
        assert!(ledger.holds(&receipt) && Ledger::read(&path).unwrap().holds(&receipt));
        assert_eq!(ledger.view().unwrap().spent, before.spent.plus(receipt.rho), "{length}");
    }
}

#[test]
fn a_ledger_that_exists_is_not_made_anew_by_opening_it() {
    let (_folder, path) = place();
    let (bytes, ends) = written(&path);
    for length in 0..ends[0] {
        fs::write(&path, &bytes[..length]).unwrap();
        assert!(matches!(fault(Ledger::open(&path, "cases", budget())), LedgerFault::Unfinished), "{length}");
    }
    assert!(matches!(fault(Ledger::create(&path, "cases", budget())), LedgerFault::Io(error)
        if error.kind() == io::ErrorKind::AlreadyExists));
}

#[test]
fn a_changed_bit_is_refused_wherever_it_is() {
    let (_folder, path) = place();
    let (bytes, ends) = written(&path);
    for place in 0..bytes.len() {
        // The first line is 0, the entries count from 1.
        let line = ends.iter().filter(|&&end| end <= place).count() as u64;
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << bit;
            match Chain::read(&changed).unwrap_err() {
                LedgerFault::Changed { entry } => assert!(entry == line && line > 0, "{place}: {entry}, {line}"),
                LedgerFault::HeaderChanged | LedgerFault::NotALedger | LedgerFault::Version { .. } => {
                    assert_eq!(line, 0, "{place}");
                }
                other => panic!("{place}: {other}"),
            }
        }
    }
    let mut changed = bytes;
    changed[ends[0] + 20] ^= 1;
    fs::write(&path, &changed).unwrap();
    assert!(matches!(fault(reopened(&path)), LedgerFault::Changed { entry: 1 }));
    assert_eq!(fs::read(&path).unwrap(), changed);
}

#[test]
fn removed_moved_doubled_and_foreign_entries_are_refused_by_number() {
    let (_folder, path) = place();
    let (bytes, ends) = written(&path);
    let line = |n: usize| if n == 0 { &bytes[..ends[0]] } else { &bytes[ends[n - 1]..ends[n]] };
    for (order, broken) in [([0, 2, 3], 1), ([0, 1, 3], 2), ([0, 2, 1], 1), ([0, 1, 1], 2)] {
        fs::write(&path, order.map(line).concat()).unwrap();
        assert!(matches!(fault(reopened(&path)), LedgerFault::Changed { entry } if entry == broken));
    }
    // An entry of another data set's ledger, with the same number and content.
    let other = path.with_file_name("other");
    drop(Ledger::create(&other, "others", budget()).unwrap().reserve(ask("first", 0.05)).unwrap());
    let foreign = fs::read(&other).unwrap();
    let foreign = foreign.splitn(2, |&byte| byte == b'\n').nth(1).unwrap();
    fs::write(&path, [line(0), foreign].concat()).unwrap();
    assert!(matches!(fault(reopened(&path)), LedgerFault::Changed { entry: 1 }));
}

#[test]
fn the_last_entry_taken_off_is_seen_by_who_kept_its_receipt() {
    let (_folder, path) = place();
    let mut ledger = reopened(&path).unwrap();
    drop(ledger.reserve(ask("first", 0.05)).unwrap());
    let before = fs::read(&path).unwrap();
    let receipt = ledger.reserve(ask("second", 0.05)).unwrap().receipt().cloned().unwrap();
    drop(ledger);
    fs::write(&path, before).unwrap();
    assert!(!reopened(&path).unwrap().holds(&receipt));
    // Another entry in its place is not it.
    drop(reopened(&path).unwrap().reserve(ask("another", 0.05)).unwrap());
    assert!(!Ledger::read(&path).unwrap().holds(&receipt));
}

#[test]
fn only_one_may_have_it_open_and_anybody_may_read_it() {
    let (_folder, path) = place();
    let mut ledger = reopened(&path).unwrap();
    assert!(matches!(fault(reopened(&path)), LedgerFault::InUse));
    drop(ledger.reserve(ask("first", 0.05)).unwrap());
    assert_eq!(Ledger::read(&path).unwrap(), ledger.view().unwrap());
    drop(ledger);
    assert!(reopened(&path).is_ok());
}

#[test]
fn another_data_set_or_budget_is_refused_with_both() {
    let (_folder, path) = place();
    drop(Ledger::create(&path, "cases", budget()).unwrap());
    let text = fault(Ledger::open(&path, "others", budget())).to_string();
    assert_eq!(text, "it is that of data set `cases`, not of `others`");
    let more = Budget { epsilon: Epsilon::try_new(8.0).unwrap(), ..budget() };
    let text = fault(Ledger::open(&path, "cases", more)).to_string();
    assert_eq!(text, "its budget is epsilon 4.0 at delta 1e-6, not epsilon 8.0 at delta 1e-6");
}

#[test]
fn what_is_no_ledger_is_left_as_it_is() {
    let (folder, path) = place();
    for content in [&b"year,sex\n2020,f\n"[..], b"{}", b"\n", b"{\"ctdata_ledger\":2,\"new\":1}\n"] {
        fs::write(&path, content).unwrap();
        let fault = fault(reopened(&path));
        let expected = if content.len() > 20 { "its format version 2 is not known" } else { "it is not a ledger" };
        assert_eq!(fault.to_string(), expected);
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    assert!(matches!(fault(reopened(folder.path())), LedgerFault::Io(_)));
    assert!(matches!(fault(reopened(&folder.path().join("missing/cases.ledger"))), LedgerFault::Io(_)));
    assert!(matches!(fault(Ledger::open(folder.path().join("none"), "cases", budget())), LedgerFault::Io(_)));
}

#[test]
fn a_file_that_may_only_be_read_is_refused_and_can_be_shown() {
    let (_folder, path) = place();
    drop(reopened(&path).unwrap());
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    // Who may do everything, may do this too.
    let everything = fs::OpenOptions::new().write(true).open(&path).is_ok();
    assert_eq!(reopened(&path).is_ok(), everything);
    assert!(Ledger::read(&path).is_ok());
}

/// A disk with room for so many more bytes.
#[derive(Debug)]
struct FullDisk {
    file: fs::File,
    room: usize,
}

impl Store for FullDisk {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let fits = line.len().min(self.room);
        self.file.write_all(&line[..fits])?;
        self.room -= fits;
        if fits < line.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

#[test]
fn on_a_full_disk_nothing_is_handed_out_until_it_was_opened_again() {
    let (_folder, path) = place();
    for room in [0, 1, 100, 360] {
        let _ = fs::remove_file(&path);
        let mut ledger = reopened(&path).unwrap();
        let file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        ledger.set_store(Box::new(FullDisk { file, room }));
        let refused = |result: Result<_, _>| matches!(result, Err(PrivacyError::Ledger { .. }));
        assert!(refused(ledger.reserve(ask(&"long ".repeat(40), 0.05))));
        // The second would fit in the file, but not in a chain.
        assert!(refused(ledger.reserve(ask("short", 0.05))));
        drop(ledger);
        let mut ledger = reopened(&path).unwrap();
        assert_eq!(ledger.view().unwrap().spent, Rho::ZERO);
        assert!(ledger.reserve(ask("short", 0.05)).is_ok());
    }
}

#[test]
fn the_last_unit_can_be_spent_and_not_one_more() {
    let (_folder, path) = place();
    let mut ledger = reopened(&path).unwrap();
    let all = rho_of_epsilon(budget().epsilon, budget().delta).unwrap();
    assert_eq!(ledger.remaining().unwrap().rho, all);
    let asks = |rho| Reservation { rho, ..ask("part", 1.0) };
    drop(ledger.reserve(asks(all.share(1, 3))).unwrap());
    drop(ledger.reserve(asks(all.share(1, 3))).unwrap());
    let left = all.minus(all.share(1, 3)).unwrap().minus(all.share(1, 3)).unwrap();
    assert_eq!(ledger.remaining().unwrap().rho, left);
    let length = fs::metadata(&path).unwrap().len();
    let error = ledger.reserve(asks(left.plus(Rho::from_units(1)))).unwrap_err();
    let PrivacyError::BudgetExceeded { left: said, .. } = error else { panic!("{error}") };
    assert_eq!(said.to_bits(), epsilon_of_rho(left, budget().delta).unwrap().get().to_bits());
    assert_eq!(fs::metadata(&path).unwrap().len(), length);
    drop(ledger.reserve(asks(left)).unwrap());
    let remaining = ledger.remaining().unwrap();
    assert_eq!((remaining.rho, remaining.epsilon), (Rho::ZERO, None));
    assert!(matches!(
        ledger.reserve(asks(Rho::from_units(1))),
        Err(PrivacyError::BudgetExceeded { left, .. }) if left.to_bits() == 0
    ));
    drop(ledger);
    assert_eq!(reopened(&path).unwrap().remaining().unwrap(), remaining);
}

#[test]
fn extra_delta_makes_the_rest_smaller() {
    let (_folder, path) = place();
    let mut ledger = reopened(&path).unwrap();
    let asks = |delta| Reservation { delta, ..ask("unknown domain", 0.01) };
    let mut allowance = ledger.reserve(asks(4e-7)).unwrap();
    // The allowance hands out no more than was written off.
    assert!(allowance.charge_delta("a", Delta::try_new(3e-7).unwrap()).is_ok());
    assert!(matches!(
        allowance.charge_delta("b", Delta::try_new(1.1e-7).unwrap()),
        Err(PrivacyError::DeltaOverdrawn { .. })
    ));
    let remaining = ledger.remaining().unwrap();
    assert!(remaining.delta.get() < 6e-7 && remaining.delta.get() > 5.999_999e-7);
    let at_less = rho_of_epsilon(budget().epsilon, remaining.delta).unwrap();
    assert_eq!(remaining.rho, at_less.minus(Rho::at_least(0.01).unwrap()).unwrap());
    // All of the delta leaves nothing for the conversion.
    let error = ledger.reserve(asks(6.000_001e-7)).unwrap_err();
    assert!(matches!(error, PrivacyError::DeltaOverdrawn { .. }), "{error}");
    // Nearly all of it leaves too little rho.
    let error = ledger.reserve(Reservation { rho: remaining.rho, ..asks(5.99e-7) }).unwrap_err();
    assert!(matches!(error, PrivacyError::BudgetExceeded { .. }), "{error}");
}

#[test]
fn entries_past_the_budget_are_not_ours() {
    let (_folder, path) = place();
    // A forged ledger: hashes in order, but more than the budget.
    let header = super::line::Header { dataset: "cases \"2026\" \\ é".to_owned(), budget: budget() };
    let (mut text, mut hash) = header.line();
    for number in 1..=3 {
        let entry = super::LedgerEntry {
            number,
            purpose: "forged".to_owned(),
            rho: Rho::at_least(0.15).unwrap(),
            delta: 0.0,
            unit: PrivacyUnit::Person,
            records_per_person: 1,
            repeatable: false,
            at: None,
            hash,
        };
        let (line, next) = entry.line(hash);
        text.push_str(&line);
        hash = next;
    }
    fs::write(&path, text).unwrap();
    assert!(matches!(fault(reopened(&path)), LedgerFault::Overspent { entry: 3 }));
}

#[test]
fn what_can_not_stand_in_a_line_is_refused() {
    let (_folder, path) = place();
    assert!(matches!(Ledger::create(&path, "two\nlines", budget()), Err(PrivacyError::InvalidParameter { .. })));
    assert!(!path.exists());
    let mut ledger = reopened(&path).unwrap();
    let long = "x".repeat(201);
    for wrong in [
        ask("", 0.1),
        ask("two\nlines", 0.1),
        ask(&long, 0.1),
        ask("nothing", 0.0),
        Reservation { at: Some(String::new()), ..ask("when", 0.1) },
        Reservation { records_per_person: 0, ..ask("nobody", 0.1) },
        Reservation { delta: -1e-9, ..ask("less", 0.1) },
        Reservation { delta: f64::NAN, ..ask("what", 0.1) },
    ] {
        assert!(matches!(ledger.reserve(wrong), Err(PrivacyError::InvalidParameter { .. })));
    }
    assert!(ledger.view().unwrap().entries.is_empty());
}

/// The file is a promise: what an older version wrote must open. The file was written by another program (Python's
/// `hashlib`).
#[test]
fn the_format_is_this() {
    let (_folder, path) = place();
    let mut ledger = Ledger::create(&path, "cases", budget()).unwrap();
    let first = Reservation { at: Some("2026-11-22".to_owned()), delta: 1e-7, ..ask("synthetic \"data\"", 0.125) };
    drop(ledger.reserve(first).unwrap());
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text, include_str!("golden.ledger"));
}

#[cfg(feature = "serde")]
#[test]
fn the_report_names_what_people_ask() {
    let (_folder, path) = place();
    let mut ledger = Ledger::create(&path, "cases", budget()).unwrap();
    let receipt = ledger.reserve(ask("first", 0.125)).unwrap().receipt().cloned().unwrap();
    let json = serde_json::to_value(ledger.view().unwrap()).unwrap();
    assert_eq!(json["dataset"], "cases");
    assert_eq!(json["budget"]["epsilon"], 4.0);
    assert_eq!(json["spent"], 0.125);
    assert_eq!(json["entries"][0]["unit"], "person");
    assert_eq!(json["entries"][0]["hash"], serde_json::to_value(&receipt).unwrap()["hash"]);
    assert_eq!(json["unfinished_entry"], false);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_text_and_amount_reads_back_and_sums_are_exact(
        asks in prop::collection::vec(("[^\\pC]{1,40}", 1u64..1 << 40, 0.0..1e-9f64, 1u32.., any::<bool>()), 1..6),
    ) {
        let (_folder, path) = place();
        let mut ledger = reopened(&path).unwrap();
        let mut sum = Rho::ZERO;
        for (purpose, units, delta, records_per_person, repeatable) in asks {
            let rho = Rho::from_units(u128::from(units));
            sum = sum.plus(rho);
            let at = Some(purpose.clone());
            let unit = if repeatable { PrivacyUnit::Record } else { PrivacyUnit::Person };
            let ask = Reservation { purpose, rho, delta, unit, records_per_person, repeatable, at };
            let allowance = ledger.reserve(ask).unwrap();
            prop_assert_eq!((allowance.total(), allowance.records_per_person()), (rho, records_per_person));
        }
        let view = ledger.view().unwrap();
        prop_assert_eq!(view.spent, sum);
        drop(ledger);
        prop_assert_eq!(reopened(&path).unwrap().view().unwrap(), view);
    }
}
