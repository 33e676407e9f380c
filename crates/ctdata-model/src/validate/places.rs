//! R17: countries are those of CTDC's dictionaries. What is no country code at all, or one of another
//! kind than the release uses, is found by the reader.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use super::chunk::Chunk;
use super::visitor::Visitor;
use super::{RowRule, Severity};
use crate::{CaseAttribute as A, Country};

pub(super) const RULES: &[(&str, RowRule)] = &[("R17", listed)];

/// Whether the dictionary of 2017 or that of 2022 lists a country: which of the two a release follows
/// is not stated anywhere.
static LISTED: LazyLock<Vec<bool>> = LazyLock::new(|| {
    Country::ALL.iter().map(|country| country.is_in_ctdc_2017() || country.is_in_ctdc_2022()).collect()
});

fn listed(chunk: &Chunk<'_>, visitor: &mut Visitor) -> ControlFlow<()> {
    const MESSAGE: &str = "The code is of no country in CTDC's dictionaries.";
    let listed: &[bool] = &LISTED;
    visitor.rows(chunk, Severity::Error, MESSAGE, || {
        [A::Citizenship, A::CountryOfExploitation].map(|attribute| {
            (attribute, chunk.values(attribute, |code| !listed.get(usize::from(code)).copied().unwrap_or(false)))
        })
    })
}
