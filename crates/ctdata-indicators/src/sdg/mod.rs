//! Indicators of the Sustainable Development Goals that case records can give: 16.2.2.

pub(crate) mod rate;
