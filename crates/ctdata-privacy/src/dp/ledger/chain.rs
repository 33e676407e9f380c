//! The entries of a ledger in their order, and what they spend together.

use super::LedgerFault;
use super::line::{EntryHash, Fault, Header, LedgerEntry, VERSION, version_of};
use crate::dp::{Delta, Rho, rho_of_epsilon};

/// What a ledger says.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub(super) header: Header,
    pub(super) entries: Vec<LedgerEntry>,
    head: EntryHash,
    spent: Rho,
    spent_delta: f64,
}

/// How a file ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    /// With a whole line.
    Whole,
    /// With the beginning of a line, after so many bytes of whole ones.
    Torn(usize),
    /// With an entry that lacks only its line break, so many bytes from the start.
    Unbroken(usize),
}

/// The sum, rounded up.
fn sum_up(a: f64, b: f64) -> f64 {
    if a > 0.0 && b > 0.0 { (a + b).next_up() } else { a + b }
}

impl Chain {
    pub(super) fn new(header: Header) -> Self {
        let head = header.line().1;
        Self { header, entries: Vec::new(), head, spent: Rho::ZERO, spent_delta: 0.0 }
    }

    /// Reads a file.
    ///
    /// A line is written and synced as a whole before anything is handed out for it. So the beginning of a line
    /// at the very end is one that was never acted on, and is left out; the same beginning followed by zeros,
    /// which file systems leave where a file grew before its content was there. Anything else that is not a
    /// line was not left there by a kill.
    pub(super) fn read(content: &[u8]) -> Result<(Self, Tail), LedgerFault> {
        let mut lines = content.split_inclusive(|&byte| byte == b'\n');
        let first = lines.next().unwrap_or_default();
        let Some(line) = first.strip_suffix(b"\n") else {
            let line = without_zeros(first);
            return Err(match Header::parse(line) {
                Err(Fault::End) => LedgerFault::Unfinished,
                // Only the line break is missing.
                Ok(header) if header.line().0.strip_suffix('\n').is_some_and(|whole| whole.as_bytes() == line) => {
                    LedgerFault::Unfinished
                }
                Ok(_) => LedgerFault::HeaderChanged,
                Err(Fault::Wrong) => not_a_header(first),
            });
        };
        let header = Header::parse(line).map_err(|_| not_a_header(line))?;
        if header.line().0.as_bytes() != first {
            return Err(LedgerFault::HeaderChanged);
        }
        let mut chain = Self::new(header);
        let mut whole = first.len();
        for line in lines {
            let entry = chain.next_number();
            let changed = LedgerFault::Changed { entry };
            if let Some(line) = line.strip_suffix(b"\n") {
                chain.push(LedgerEntry::parse(line, entry, chain.head).map_err(|_| changed)?);
                whole += line.len() + 1;
                continue;
            }
            let line = without_zeros(line);
            let tail = match LedgerEntry::parse(line, entry, chain.head) {
                Ok(parsed) => {
                    // It is all there, so it counts as spent.
                    chain.push(parsed);
                    Tail::Unbroken(whole + line.len())
                }
                Err(Fault::End) => Tail::Torn(whole),
                Err(Fault::Wrong) => return Err(changed),
            };
            chain.check_budget()?;
            return Ok((chain, tail));
        }
        chain.check_budget()?;
        Ok((chain, Tail::Whole))
    }

    /// The number of the next entry.
    pub(super) fn next_number(&self) -> u64 {
        self.entries.len() as u64 + 1
    }

    /// The hash that the next entry follows.
    pub(super) fn head(&self) -> EntryHash {
        self.head
    }

    pub(super) fn push(&mut self, entry: LedgerEntry) {
        self.head = entry.hash;
        self.spent = self.spent.plus(entry.rho);
        self.spent_delta = sum_up(self.spent_delta, entry.delta);
        self.entries.push(entry);
    }

    /// All that was spent: rho and delta add.
    pub(super) fn spent(&self) -> (Rho, f64) {
        (self.spent, self.spent_delta)
    }

    /// The delta that is left for the conversion when so much more is taken from it.
    pub(super) fn delta_left(&self, more: f64) -> Option<Delta> {
        let gone = sum_up(self.spent_delta, more);
        let delta = self.header.budget.delta.get();
        Delta::try_new(if gone > 0.0 { (delta - gone).next_down() } else { delta }).ok()
    }

    /// The rho that is left when so much more delta is taken.
    pub(super) fn rho_left(&self, more: f64) -> Option<Rho> {
        rho_of_epsilon(self.header.budget.epsilon, self.delta_left(more)?).ok()?.minus(self.spent)
    }

    fn check_budget(&self) -> Result<(), LedgerFault> {
        if self.rho_left(0.0).is_some() {
            return Ok(());
        }
        // Which entry it was, for the message.
        let mut chain = Self::new(self.header.clone());
        for entry in &self.entries {
            chain.push(entry.clone());
            if chain.rho_left(0.0).is_none() {
                break;
            }
        }
        Err(LedgerFault::Overspent { entry: chain.entries.len() as u64 })
    }
}

fn without_zeros(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    line.split_at(end).0
}

fn not_a_header(line: &[u8]) -> LedgerFault {
    match version_of(line) {
        Some(VERSION) => LedgerFault::HeaderChanged,
        Some(found) => LedgerFault::Version { found },
        None => LedgerFault::NotALedger,
    }
}
