//! What all code lists share: the trait, the parse error and the macro that makes them.

use std::fmt::Debug;
use std::hash::Hash;

/// A text is neither a code nor a label nor an alias of its list. The text itself is not kept: it may
/// be a confidential cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a code of {list}")]
pub struct UnknownCode {
    /// The name of the list.
    pub list: &'static str,
}

/// A closed list of codes, in a fixed order.
///
/// Each list has all of this as inherent functions too; the trait serves code that is generic over
/// lists.
///
/// ```
/// use ctdata_model::{CodeList, Gender};
///
/// fn codes<L: CodeList>() -> Vec<&'static str> {
///     L::ALL.iter().map(|value| value.code()).collect()
/// }
/// assert_eq!(codes::<Gender>()[0], "female");
/// ```
pub trait CodeList: Copy + Ord + Hash + Debug + Send + Sync + 'static {
    /// The name of the list: that of the type.
    const NAME: &'static str;

    /// All values, in the order of the list.
    const ALL: &'static [Self];

    /// The wire code.
    fn code(self) -> &'static str;

    /// The label for people, in English.
    fn label(self) -> &'static str;

    /// Other spellings that input may use.
    fn aliases(self) -> &'static [&'static str] {
        &[]
    }

    /// The parts of a merged statement; empty for any other value.
    fn merges(self) -> &'static [Self] {
        &[]
    }

    /// The position in [`CodeList::ALL`].
    fn index(self) -> usize;

    /// The value at a position of [`CodeList::ALL`].
    fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// The value with this code, label or alias, without regard to ASCII case and surrounding white
    /// space.
    ///
    /// # Errors
    /// [`UnknownCode`] if there is none.
    fn parse(text: &str) -> Result<Self, UnknownCode> {
        let text = text.trim();
        let is = |spelling: &&str| spelling.eq_ignore_ascii_case(text);
        Self::ALL
            .iter()
            .copied()
            .find(|v| is(&v.code()) || is(&v.label()) || v.aliases().iter().any(is))
            .ok_or(UnknownCode { list: Self::NAME })
    }
}

/// Makes a code list: `Variant = "code", "Label", also ["alias", …], merges [Part, …];`, where the
/// last two are optional. The documentation of a variant begins with its label and code.
macro_rules! code_list {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(
                $(#[$doc:meta])*
                $variant:ident = $code:literal, $label:literal
                    $(, also [$($alias:literal),+ $(,)?])?
                    $(, merges [$($part:ident),+ $(,)?])?;
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum $name {
            $(
                #[doc = concat!($label, " (`", $code, "`).")]
                #[doc = ""]
                $(#[$doc])*
                $variant,
            )+
        }

        impl $name {
            /// All values, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The wire code.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The label for people, in English.
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)+
                }
            }

            /// Other spellings that input may use.
            pub const fn aliases(self) -> &'static [&'static str] {
                match self {
                    $(Self::$variant => &[$($($alias),+)?],)+
                }
            }

            /// The parts of a merged statement; empty for any other value.
            pub const fn merges(self) -> &'static [Self] {
                match self {
                    $(Self::$variant => &[$($(Self::$part),+)?],)+
                }
            }

            /// The position in `ALL`.
            pub const fn index(self) -> usize {
                self as usize
            }

            /// The value at a position of `ALL`.
            pub fn from_index(index: usize) -> Option<Self> {
                Self::ALL.get(index).copied()
            }
        }

        impl $crate::codes::CodeList for $name {
            const NAME: &'static str = stringify!($name);
            const ALL: &'static [Self] = $name::ALL;

            fn code(self) -> &'static str {
                $name::code(self)
            }

            fn label(self) -> &'static str {
                $name::label(self)
            }

            fn aliases(self) -> &'static [&'static str] {
                $name::aliases(self)
            }

            fn merges(self) -> &'static [Self] {
                $name::merges(self)
            }

            fn index(self) -> usize {
                $name::index(self)
            }
        }

        $crate::codes::code_text!($name);
    };
}

/// Text in and out of a [`CodeList`]: `Display`, `FromStr`, `TryFrom<&str>`, serde by code.
macro_rules! code_text {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad($crate::codes::CodeList::code(*self))
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::codes::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::codes::CodeList::parse(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::codes::UnknownCode;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                $crate::codes::CodeList::parse(text)
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($crate::codes::CodeList::code(*self))
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::codes::wire::text(deserializer, $crate::codes::CodeList::parse)
            }
        }
    };
}

pub(crate) use {code_list, code_text};
