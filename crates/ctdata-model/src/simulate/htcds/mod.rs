//! Simulated HTCDS records with invented people, in which every identifying text carries a marker.
//!
//! What is said of trafficking comes from the same drafts as the cases of a release, so form, sector, means of control,
//! sex, age, countries and recruiter go together. What no release has (dates, referrals, support, consent) is assumed.
//!
//! # Sources
//! IOM, HTCDS 2.0, field standards and guidance. Telephone numbers: Ofcom, *Telephone numbers for use in TV and radio
//! drama programmes*. Domain of e-mail addresses: RFC 2606.

mod case;
mod directory;
mod draws;
mod person;
#[cfg(test)]
mod tests;
mod timeline;
mod victim;
mod words;

use rand::SeedableRng;
use rand::rngs::ChaCha20Rng;

use super::draft::{Drafter, Release};
use super::{CHUNK, Simulator};
use crate::ModelError;
use crate::htcds::{CaseRecord, Person, Records};
use case::Desk;
use directory::Directory;
use draws::Draws;

/// A word that every simulated identifying text holds, in this spelling, and no ordinary text: identifiers, names,
/// addresses, e-mail, identity numbers, free text, what stands for a person or an organization, and the names and
/// addresses of organizations. Where it turns up in an output, something identifying has passed.
///
/// It is not in telephone numbers (they have [`PHONE_MARKER`]), coordinates, dates, and countries of events, which
/// are ISO codes.
pub const MARKER: &str = "Zzyzxq";

/// Digits that every simulated telephone number holds: +44 7700 900000 to 900999, a range that is kept free for fiction.
pub const PHONE_MARKER: &str = "447700900";

/// The stream of random numbers of the directory: no chunk has it.
const DIRECTORY_STREAM: u64 = u64::MAX;

impl Simulator {
    /// HTCDS records with this many victims: cases, their people, and a few dozen organizations with their staff.
    ///
    /// A few cases have several victims, and a few people are in two cases. Fields are missing as often as in real
    /// systems, some dates are known by year or month only, and values that the standard lacks occur. Dates are
    /// consistent, and none is after 2024. Validation finds nothing but information (rules R21 and R31).
    ///
    /// The same seed gives the same records with any number of threads. Those of fewer victims are the first of those
    /// of more; the last case may have more victims then. Organizations and staff are always the same; without victims
    /// there are no records at all.
    ///
    /// Every identifying text carries [`MARKER`].
    ///
    /// ```
    /// use ctdata_model::Simulator;
    /// use ctdata_model::htcds::MARKER;
    /// let records = Simulator::new(7).htcds(100)?;
    /// assert_eq!(records.victims(), 100);
    /// assert!(records.cases.iter().all(|case| case.id.expose().contains(MARKER)));
    /// # Ok::<(), ctdata_model::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// More than [`MAX_ROWS`](ctdata_table::MAX_ROWS) victims.
    pub fn htcds(&self, victims: usize) -> Result<Records, ModelError> {
        if victims == 0 {
            return Ok(Records::default());
        }
        let drafter = Drafter::new(Release::none());
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        rng.set_stream(DIRECTORY_STREAM);
        let directory = Directory::draw(&mut Draws(&mut rng));
        let parts = self.chunks(victims, |index, rng, rows| {
            let mut desk = Desk::new(&drafter, &directory, index * CHUNK, Draws(rng));
            let mut part = Part::default();
            let mut row = 0;
            while row < rows {
                // A case is drawn whole, also if only its first victims are wanted.
                let (mut people, mut case) = desk.case(row, CHUNK - row);
                let of_case = case.victims.len();
                let wanted = of_case.min(rows - row);
                if wanted < of_case {
                    people.drain(wanted..of_case);
                    case.victims.truncate(wanted);
                }
                row += wanted;
                part.people.append(&mut people);
                part.cases.push(case);
            }
            part
        })?;
        let Directory { organizations, staff } = directory;
        let mut records = Records { organizations, persons: staff, cases: Vec::new() };
        for mut part in parts {
            records.persons.append(&mut part.people);
            records.cases.append(&mut part.cases);
        }
        Ok(records)
    }
}

/// The records of a chunk.
#[derive(Default)]
struct Part {
    people: Vec<Person>,
    cases: Vec<CaseRecord>,
}
