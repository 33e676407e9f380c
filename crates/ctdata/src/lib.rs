//! Placeholder.
pub use ctdata_model as model;
pub use ctdata_table as table;
#[cfg(feature = "indicators")]
pub use ctdata_indicators as indicators;
#[cfg(feature = "privacy")]
pub use ctdata_privacy as privacy;
#[cfg(feature = "publish")]
pub use ctdata_publish as publish;
