//! Counter-trafficking data: case records in, indicators and verified releases out.
//!
//! The whole job, from a file to a folder that can be published:
//!
//! ```
//! use ctdata::prelude::*;
//!
//! # let folder = std::env::temp_dir().join(format!("ctdata-front-page-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let (path, out) = (folder.join("cases.csv"), folder.join("release"));
//! let control = Control::default();
//!
//! // Data to try this on: simulated cases in a layout that CTDC publishes. The same seed makes the same cases.
//! let layout = Layout::named("ctdc-synthetic-2021").ok_or("no such layout")?;
//! let sample = Simulator::new(1).cases(layout, 3_000)?;
//! write_cases(&sample, std::fs::File::create(&path)?, &control)?;
//!
//! // Read. The header tells the layout; a row that cannot be used would be an error with its place.
//! let outcome = CaseReader::default().read_path(&path, &control)?;
//! assert_eq!(outcome.usable().format(), "ctdc-synthetic-2021");
//!
//! // Check. Findings are by rule, with counts and first places, and never show a value.
//! let report = Validator::default().check_outcome(&outcome, &control).all()?;
//! assert!(report.is_valid());
//! let cases = outcome.into_cases()?;
//!
//! // Count. Every share says what it is a share of: here, of cases with any form of exploitation recorded.
//! let request = Request::new("form-of-exploitation");
//! let forms = compute(cases.table(), &request, None, &control)?;
//! let labour = &forms.estimates[0];
//! println!("{:?} of {:?} in forced labour, {:?}", labour.numerator, labour.base, labour.interval);
//!
//! // How exposed are the people in it? Unique by four attributes, many of them.
//! let known = ["year_of_registration", "gender", "age_band", "citizenship"];
//! let risk = RiskReport::measure(cases.table(), &known, KAnonymity::try_new(11)?, &control)?;
//! assert!(risk.uniques > 0);
//!
//! // Publish: protect at k = 11 what CTDC protects, recount it by other code, write the folder.
//! let published = Publisher::default().publish(&path, &out, &control)?;
//! assert!(published.verified);
//! assert!(published.statement.verified.smallest_class.is_none_or(|class| class >= 11));
//! assert!(out.join("statement.json").is_file());
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Three ideas
//! **Missing is never "no".** A cell is a value or says why there is none ([`Missing`](table::Missing)); flags have
//! three states; every base is named.
//!
//! **Everything after reading is columns of small integers.** A file of any [`Layout`](model::Layout) becomes a
//! [`Table`](table::Table); what differs between releases ends in the reader.
//!
//! **Only what was verified can be published.** Mechanisms make `Unverified`; a verifier that shares no code with them
//! makes `Released`; the release folder takes nothing else.
//!
//! # Map
//! | crate | question |
//! |---|---|
//! | [`table`] | what is in a table, and how many? |
//! | [`model`] | what is a case, which layouts are there, is a file consistent? |
//! | `indicators` | what do the cases say toward SDG and GCM targets? |
//! | `privacy` | how exposed are the people, and what can be released? |
//! | `publish` | from a file to a release folder, by a plan |
//!
//! [`guide`] has a glossary and the way from a pandas notebook.
//!
//! # What it does not do
//! It does not tell how many victims there are: case data count the detected. k-anonymity protects against somebody
//! who knows the quasi-identifiers, not against every attacker; each statement says what it does not protect.
//!
//! # Features
//! `indicators`, `privacy` and `publish` bring the crates of these names; `plot` draws indicators as SVG, and comes
//! with `publish`; `htcds` reads and writes HTCDS workbooks and
//! mapping files, makes JSON Schemas and pseudonyms; `rayon` uses all cores of the caller's
//! thread pool with the same results. All are on by default. `parquet`, off by default, reads and
//! writes Parquet files. The minimum Rust version is 1.89.

#[cfg(feature = "indicators")]
pub use ctdata_indicators as indicators;
pub use ctdata_model as model;
#[cfg(feature = "privacy")]
pub use ctdata_privacy as privacy;
#[cfg(feature = "publish")]
pub use ctdata_publish as publish;
pub use ctdata_table as table;

pub mod guide;
pub mod prelude;
