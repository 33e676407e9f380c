//! Bands of the duration of trafficking.

use super::code_list;

code_list! {
    /// How long the trafficking lasted, in months. The order is that of the list: the merged band comes
    /// last, although it covers two others.
    ///
    /// # Sources
    /// CTDC synthetic releases of 2021 (four bands) and 2024 (three), `traffickMonths`.
    pub enum DurationBand {
        From0To12 = "0-12", "0 to 12 months",
            also ["0--12 (0-1 yr)", "0-12 (0-1 yr)", "0–12 (0–1 yr)", "0--12", "0–12"];
        From13To24 = "13-24", "13 to 24 months",
            also ["13--24 (1-2 yrs)", "13-24 (1-2 yrs)", "13–24 (1–2 yrs)", "13--24", "13–24"];
        From25To60 = "25-60", "25 to 60 months",
            also ["25--60 (2-5 yrs)", "25-60 (2-5 yrs)", "25–60 (2–5 yrs)", "25--60", "25–60"];
        From61 = "61+", "61 months and over", also ["61+ (5+ yrs)"];
        /// The coarser statement of the releases since 2024.
        From25 = "25+", "25 months and over", also ["25+ (2+ yrs)"], merges [From25To60, From61];
    }
}
