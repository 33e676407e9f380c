//! What is chosen where records leave a choice.

/// How records become cases. By default nothing is guessed, and only actual victims are taken.
///
/// ```
/// use ctdata_model::htcds::{CaseOptions, CitizenshipChoice};
/// let options = CaseOptions { citizenship: CitizenshipChoice::First, ..CaseOptions::default() };
/// assert!(!options.statuses.possible);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct CaseOptions {
    /// Whose records become cases. By default those of actual victims alone.
    pub statuses: Statuses,
    /// Which of several citizenships is taken. By default none.
    pub citizenship: CitizenshipChoice,
    /// What section A of ISIC says of the sector where no division is given. By default nothing.
    pub section_a: SectionAChoice,
    /// Whether what the trafficker was to the victim also fills what the recruiter was. By default it does, as in the
    /// crosswalk, and the account says that it is an approximation: the two are different roles.
    pub recruiters: bool,
}

impl Default for CaseOptions {
    fn default() -> Self {
        Self {
            statuses: Statuses::default(),
            citizenship: CitizenshipChoice::default(),
            section_a: SectionAChoice::default(),
            recruiters: true,
        }
    }
}

/// Whose records become cases, besides those of actual victims. People who were found not to be victims never do, nor
/// do those whose status is a text that is not in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Statuses {
    /// Possible victims, of whom details need not be verified.
    pub possible: bool,
    /// People without a status.
    pub not_recorded: bool,
}

/// Which citizenship a person with several has in a case, which holds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum CitizenshipChoice {
    /// None: it is recorded only if there is one.
    #[default]
    OnlyIfOne,
    /// The one that the record names first; none if that is a text that is no country.
    First,
}

/// What section A of ISIC (agriculture, forestry and fishing) says of the sector where no division is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum SectionAChoice {
    /// Nothing: the sector is not recorded.
    #[default]
    NotRecorded,
    /// Agriculture, as an approximation.
    Agriculture,
}
