//! Identifiers of our own: the standard has none.

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {
        $(
            $(#[$meta])*
            ///
            /// Any text that is not empty. It is confidential: `Debug` never shows it.
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
            pub struct $name(crate::Redacted<std::sync::Arc<str>>);

            impl $name {
                /// An identifier.
                pub fn new(id: impl Into<std::sync::Arc<str>>) -> Self {
                    Self(crate::Redacted::new(id.into()))
                }

                /// The text, for those who may see it.
                pub fn expose(&self) -> &str {
                    self.0.expose()
                }
            }
        )+
    };
}

ids! {
    /// Identifies an organization in a set of records.
    OrganizationId;
    /// Identifies a person in a set of records.
    PersonId;
    /// Identifies a case in a set of records.
    CaseId;
}
