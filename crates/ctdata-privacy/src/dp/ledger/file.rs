//! The file of a ledger: opened by one at a time, and written before anything is handed out.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::chain::{Chain, Tail};
use super::line::{Header, LedgerEntry, is_plain};
use super::view::{holds, remaining};
use super::{LedgerFault, LedgerView, Receipt, Remaining};
use crate::dp::{Allowance, Budget, Rho, epsilon_of_rho, rho_of_epsilon};
use crate::{PrivacyError, PrivacyUnit};

/// More than any ledger will have: half a million releases.
const MOST_BYTES: u64 = 1 << 26;

/// What a release asks of a ledger. All of it is written down, and may be published: nothing in it may depend
/// on confidential data.
#[derive(Debug, Clone, PartialEq)]
pub struct Reservation {
    /// What for: 1 to 200 characters in one line.
    pub purpose: String,
    /// How much, for all records of one person.
    pub rho: Rho,
    /// What mechanisms with a delta of their own may use; 0 for most releases.
    pub delta: f64,
    /// Whom the guarantee counts.
    pub unit: PrivacyUnit,
    /// How many records one person has at most: 1 at least.
    pub records_per_person: u32,
    /// Whether the noise will come from a seed that somebody chose.
    pub repeatable: bool,
    /// When, in the caller's words; this library reads no clock.
    pub at: Option<String>,
}

/// Where entries are written. A write that returns without error is on the disk.
pub(super) trait Store: fmt::Debug + Send + Sync {
    fn append(&mut self, line: &[u8]) -> io::Result<()>;
}

impl Store for File {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        self.write_all(line)?;
        self.sync_all()
    }
}

/// The budget of a data set over all its releases, kept in a file.
///
/// The file has one line per release and is meant to be read by people. It is locked while it is open, and only
/// ever becomes longer. Each line carries a hash that covers all lines before it: a line that was changed,
/// removed or moved is found when the ledger is opened.
///
/// ```
/// use ctdata_privacy::dp::{Budget, Delta, Epsilon, Ledger, Reservation, rho_of_epsilon};
/// use ctdata_privacy::PrivacyUnit;
/// # let folder = std::env::temp_dir().join(format!("ctdata-ledger-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let file = folder.join("cases.ledger");
/// let budget = Budget { epsilon: Epsilon::try_new(2.0)?, delta: Delta::try_new(1e-9)? };
/// let mut ledger = Ledger::open_or_create(&file, "cases", budget)?;
/// let ask = Reservation {
///     purpose: "release of 2026".to_owned(),
///     rho: rho_of_epsilon(Epsilon::try_new(1.5)?, budget.delta)?,
///     delta: 0.0,
///     unit: PrivacyUnit::Person,
///     records_per_person: 1,
///     repeatable: false,
///     at: Some("2026-11-22".to_owned()),
/// };
/// let allowance = ledger.reserve(ask.clone())?;
/// assert!(allowance.receipt().is_some_and(|receipt| ledger.holds(receipt)));
/// assert!(ledger.reserve(ask).is_err());
/// # drop(ledger);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Guarantee
/// All releases that were paid from one ledger together are (epsilon, delta)-differentially private with the
/// epsilon and delta of its budget, whatever was stopped or killed on the way; neighbours differ in all records
/// of one person (of one record where an entry says so). It does not know of releases that were not paid from
/// it, and who can write to the file can put an older copy in its place: keep the last [`Receipt`] elsewhere,
/// and ask whether the ledger [`holds`](Self::holds) it.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    chain: Chain,
    /// None after a write that failed: what is on the disk is not known then.
    store: Option<Box<dyn Store>>,
}

impl Ledger {
    /// Opens a ledger that exists.
    ///
    /// # Errors
    /// [`PrivacyError::Ledger`]: the file is not there, is open elsewhere, is no ledger, was changed, or is that
    /// of another data set or budget.
    pub fn open(path: impl AsRef<Path>, dataset: &str, budget: Budget) -> Result<Self, PrivacyError> {
        Self::with(path.as_ref(), OpenOptions::new().read(true).write(true), dataset, budget, false)
    }

    /// Makes a new ledger.
    ///
    /// # Errors
    /// As [`open`](Self::open), and where the file exists. A data set without a name, or a budget that is too
    /// large to protect anybody.
    pub fn create(path: impl AsRef<Path>, dataset: &str, budget: Budget) -> Result<Self, PrivacyError> {
        Self::with(path.as_ref(), OpenOptions::new().read(true).write(true).create_new(true), dataset, budget, true)
    }

    /// Opens a ledger, or makes a new one where there is none, or only an empty file or one whose creation was
    /// interrupted.
    ///
    /// # Errors
    /// As [`open`](Self::open) and [`create`](Self::create).
    pub fn open_or_create(path: impl AsRef<Path>, dataset: &str, budget: Budget) -> Result<Self, PrivacyError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        Self::with(path.as_ref(), &options, dataset, budget, true)
    }

    /// Reads a ledger to show it, open elsewhere or not.
    ///
    /// # Errors
    /// As [`LedgerView::read`].
    pub fn read(path: impl AsRef<Path>) -> Result<LedgerView, PrivacyError> {
        LedgerView::read(path)
    }

    fn with(
        path: &Path,
        options: &OpenOptions,
        dataset: &str,
        budget: Budget,
        may_create: bool,
    ) -> Result<Self, PrivacyError> {
        if !is_plain(dataset) {
            return Err(not_plain("dataset"));
        }
        rho_of_epsilon(budget.epsilon, budget.delta)?;
        let header = Header { dataset: dataset.to_owned(), budget };
        let opened = regular(path).and_then(|()| Ok(options.open(path)?));
        let (file, chain) =
            opened.and_then(|file| take(file, path, header, may_create)).map_err(|fault| refused(path, fault))?;
        Ok(Self { path: path.to_owned(), chain, store: Some(Box::new(file)) })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The data set.
    pub fn dataset(&self) -> &str {
        &self.chain.header.dataset
    }

    /// What all releases may spend together.
    pub fn budget(&self) -> Budget {
        self.chain.header.budget
    }

    /// What is left.
    ///
    /// # Errors
    /// None in practice: a conversion of what is left past the range of numbers.
    pub fn remaining(&self) -> Result<Remaining, PrivacyError> {
        remaining(&self.chain)
    }

    /// What stands in it.
    ///
    /// # Errors
    /// As [`remaining`](Self::remaining).
    pub fn view(&self) -> Result<LedgerView, PrivacyError> {
        LedgerView::of(&self.chain, Tail::Whole)
    }

    /// Whether the entry of a receipt stands in it.
    pub fn holds(&self, receipt: &Receipt) -> bool {
        self.chain.header.dataset == receipt.dataset && holds(&self.chain.entries, receipt)
    }

    /// Writes off what a release asks for, and hands it out once it is on the disk. It stays spent, whatever
    /// becomes of the release.
    ///
    /// # Errors
    /// [`PrivacyError::BudgetExceeded`] where less is left: nothing is written then.
    /// [`PrivacyError::Ledger`] where the file can not be written: nothing is handed out then, though it may be
    /// counted as spent, and the ledger must be opened again.
    pub fn reserve(&mut self, ask: Reservation) -> Result<Allowance, PrivacyError> {
        let Reservation { purpose, rho, delta, unit, records_per_person, repeatable, at } = ask;
        if !is_plain(&purpose) {
            return Err(not_plain("purpose"));
        }
        if at.as_deref().is_some_and(|at| !is_plain(at)) {
            return Err(not_plain("at"));
        }
        if records_per_person == 0 {
            return Err(invalid("records_per_person", "is at least 1"));
        }
        if !(0.0..1.0).contains(&delta) {
            return Err(invalid("delta", "is from 0 to below 1"));
        }
        if rho == Rho::ZERO {
            return Err(invalid("rho", "is above 0"));
        }
        // Minus zero is written differently.
        let delta = if delta > 0.0 { delta } else { 0.0 };
        if self.chain.rho_left(delta).is_none_or(|left| left < rho) {
            return Err(self.refusal(rho, delta));
        }
        let interrupted = || refused(&self.path, LedgerFault::Interrupted);
        let mut store = self.store.take().ok_or_else(interrupted)?;
        let previous = self.chain.head();
        let number = self.chain.next_number();
        let mut entry =
            LedgerEntry { number, purpose, rho, delta, unit, records_per_person, repeatable, at, hash: previous };
        let (line, hash) = entry.line(previous);
        entry.hash = hash;
        // A store whose write failed is not put back.
        store.append(line.as_bytes()).map_err(|error| refused(&self.path, error.into()))?;
        self.store = Some(store);
        self.chain.push(entry);
        let receipt = Receipt { dataset: self.dataset().to_owned(), entry: number, rho, delta, hash };
        Ok(Allowance::from_ledger(receipt, records_per_person))
    }

    /// What is asked for and what is left, as epsilons at the delta that would be left.
    fn refusal(&self, rho: Rho, delta: f64) -> PrivacyError {
        let Some(at) = self.chain.delta_left(delta) else {
            let left = self.chain.delta_left(0.0).map_or(0.0, crate::dp::Delta::get);
            return PrivacyError::DeltaOverdrawn { asked: delta, left };
        };
        let epsilon = |rho: Rho| {
            if rho == Rho::ZERO { Ok(0.0) } else { epsilon_of_rho(rho, at).map(crate::dp::Epsilon::get) }
        };
        let left = self.chain.rho_left(delta).unwrap_or(Rho::ZERO);
        match (epsilon(rho), epsilon(left)) {
            (Ok(asked), Ok(left)) => PrivacyError::BudgetExceeded { asked, left, delta: at.get() },
            _ => PrivacyError::Overdrawn { asked: rho, left },
        }
    }

    #[cfg(test)]
    pub(super) fn set_store(&mut self, store: Box<dyn Store>) {
        self.store = Some(store);
    }
}

/// Refuses what is there and is no file: a pipe would wait for ever.
pub(super) fn regular(path: &Path) -> Result<(), LedgerFault> {
    match path.metadata() {
        Ok(found) if found.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory).into()),
        Ok(found) if !found.is_file() => Err(LedgerFault::NotALedger),
        _ => Ok(()),
    }
}

/// Locks a file, reads it, and leaves it at the end of its last whole line; a new one gets its first line.
fn take(mut file: File, path: &Path, header: Header, may_create: bool) -> Result<(File, Chain), LedgerFault> {
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(LedgerFault::InUse),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    // Read only now: before the lock, somebody else may still have been writing.
    let content = content_of(&mut file)?;
    let (chain, tail) = match Chain::read(&content) {
        // Entries are written after the first line was synced, so that there can have been none.
        Err(LedgerFault::Unfinished) if may_create => {
            let line = header.line().0;
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.append(line.as_bytes())?;
            sync_folder(path)?;
            return Ok((file, Chain::new(header)));
        }
        other => other?,
    };
    if chain.header.dataset != header.dataset {
        return Err(LedgerFault::OtherDataset { found: chain.header.dataset, expected: header.dataset });
    }
    if chain.header.budget != header.budget {
        return Err(LedgerFault::OtherBudget { found: chain.header.budget, expected: header.budget });
    }
    match tail {
        Tail::Whole => {}
        Tail::Torn(whole) => {
            file.set_len(whole as u64)?;
            file.sync_all()?;
        }
        Tail::Unbroken(whole) => {
            file.set_len(whole as u64)?;
            file.seek(SeekFrom::End(0))?;
            file.append(b"\n")?;
        }
    }
    file.seek(SeekFrom::End(0))?;
    // Whoever created it may have been killed before the folder was synced.
    sync_folder(path)?;
    Ok((file, chain))
}

/// Puts the name of a new file on the disk, not only its content.
#[cfg_attr(not(unix), expect(clippy::unnecessary_wraps, reason = "other systems do not sync folders"))]
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// All that stands in a file.
pub(super) fn content_of(file: &mut File) -> Result<Vec<u8>, LedgerFault> {
    let mut content = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MOST_BYTES { Err(LedgerFault::TooLarge) } else { Ok(content) }
}

pub(super) fn refused(path: &Path, fault: LedgerFault) -> PrivacyError {
    PrivacyError::Ledger { path: path.to_owned(), fault }
}

fn invalid(parameter: &'static str, rule: &str) -> PrivacyError {
    PrivacyError::InvalidParameter { parameter, rule: rule.to_owned() }
}

fn not_plain(parameter: &'static str) -> PrivacyError {
    invalid(parameter, "is a text of 1 to 200 characters without line breaks or other control characters")
}
