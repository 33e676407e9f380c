//! stub

/// Combinations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Combinations { max_length: usize, min_support: u64, items: Vec<(u16, u16)>, entries: Vec<(Vec<u32>, u64)> }

impl Combinations {
    pub(crate) fn stub(max_length: usize, min_support: u64) -> Self { Self { max_length, min_support, items: vec![], entries: vec![] } }
    /// The items: (position of the attribute, code), ascending.
    pub fn items(&self) -> &[(u16, u16)] { &self.items }
    /// The number of combinations.
    pub fn len(&self) -> usize { self.entries.len() }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool { self.entries.is_empty() }
    /// The combinations by length, then items: (indices into [`items`](Self::items), count).
    pub fn iter(&self) -> impl Iterator<Item = (&[u32], u64)> { self.entries.iter().map(|(k, c)| (k.as_slice(), *c)) }
    /// The longest length asked for.
    pub fn max_length(&self) -> usize { self.max_length }
    /// The least count.
    pub fn min_support(&self) -> u64 { self.min_support }
}
