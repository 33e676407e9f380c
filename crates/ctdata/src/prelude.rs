//! What most programs need.

#[cfg(feature = "indicators")]
pub use ctdata_indicators::{Base, Estimate, Population, Request, compute};
pub use ctdata_model::validate::Validator;
pub use ctdata_model::{
    Case, CaseAttribute, CaseReader, CaseTable, Country, Dataset, Layout, OnError, Recorded, Simulator, convert,
    write_cases,
};
#[cfg(feature = "privacy")]
pub use ctdata_privacy::{KAnonymity, KAnonymizer, Released, RiskReport, Unverified};
#[cfg(feature = "publish")]
pub use ctdata_publish::{Account, Plan, Publisher};
pub use ctdata_table::{AttributeSet, Control, CountSource, Missing, Table, Variable, tabulate};
