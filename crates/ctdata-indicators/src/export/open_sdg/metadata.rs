//! The metadata of an indicator: front matter in YAML, then Markdown for people.

use std::fmt::Write as _;

use super::OpenSdgOptions;
use crate::estimate::{Attribution, Base, Estimate, Nature, Rounding, Unit};
use crate::export::Metadata;
use crate::framework::{SdgIndicator, TARGETS, sdg_indicator};
use crate::{Definition, indicator};

/// The official metadata sheet of 16.2.2 and its tier, as national sites name them.
const SHEET_16_2_2: &str = "https://unstats.un.org/sdgs/metadata/files/Metadata-16-02-02.pdf";
const SHEET_TITLE: &str = "United Nations Sustainable Development Goals Metadata (PDF)";
const TIER_16_2_2: &str = "2";

/// What is known of an indicator beside its estimates.
pub(super) struct Described<'a> {
    pub(super) number: &'a str,
    pub(super) place: Option<String>,
    pub(super) units: &'a [Unit],
    pub(super) withheld: u64,
    pub(super) options: &'a OpenSdgOptions,
}

impl Described<'_> {
    /// The file.
    pub(super) fn write(&self, estimates: &[&Estimate]) -> String {
        let metadata = Metadata::of(estimates.iter().copied());
        let definition = metadata.definitions.first().and_then(|used| indicator(&used.indicator).ok());
        let official = sdg_indicator(self.number);
        let mut front = Front(String::from("---\n"));
        self.identify(&mut front, official, definition, &metadata);
        self.explain(&mut front, definition, &metadata);
        self.sources(&mut front, &metadata);
        front.0.push_str("---\n");
        front.0 + &body(&metadata)
    }

    fn identify(
        &self,
        front: &mut Front,
        official: Option<&SdgIndicator>,
        definition: Option<&Definition>,
        metadata: &Metadata,
    ) {
        let name = official.map(|official| official.title).or(definition.map(|definition| definition.title));
        let graph = definition.map_or(self.number, |definition| definition.title);
        let several_years = metadata.period.is_some_and(|period| period.first() != period.last());
        front.word("data_non_statistical", "false");
        front.text("indicator_number", self.number);
        front.text("indicator_name", name.unwrap_or(self.number));
        front.text("indicator_sort_order", &sort_order(self.number));
        front.word("published", "true");
        front.word("reporting_status", "complete");
        front.text("graph_title", graph);
        front.word("graph_type", if several_years { "line" } else { "bar" });
        front.text("national_geographical_coverage", self.place.as_deref().unwrap_or(""));
        let Some(official) = official else { return };
        front.text("indicator_available", graph);
        front.text("sdg_goal", official.code.split('.').next().unwrap_or_default());
        front.text("target_id", official.target());
        if let Some(target) = TARGETS.iter().find(|target| target.code == official.target()) {
            front.text("target_name", target.title);
        }
        front.text("un_custodian_agency", official.custodian);
        if official.code == "16.2.2" {
            front.text("un_designated_tier", TIER_16_2_2);
            front.text("goal_meta_link", SHEET_16_2_2);
            front.text("goal_meta_link_text", SHEET_TITLE);
        }
    }

    fn explain(&self, front: &mut Front, definition: Option<&Definition>, metadata: &Metadata) {
        let units: Vec<&str> = self.units.iter().map(|unit| unit.label()).collect();
        front.text("computation_units", &units.join("; "));
        if let Some(definition) = definition {
            front.text("computation_calculations", definition.sentence);
            front.text("computation_numerator", definition.numerator());
            if let Some(denominator) = definition.denominator() {
                front.text("computation_denominator", denominator);
            }
        }
        let limits = definition.map(Definition::limits).unwrap_or_default();
        front.text("comments_limitations", &limits.join("; "));
        front.text("data_footnote", &self.footnote(metadata));
        if let Some(decimals) = self.options.decimals {
            let _ = writeln!(front.0, "precision:\n  - decimals: {decimals}");
        }
    }

    fn sources(&self, front: &mut Front, metadata: &Metadata) {
        let cases = self.options.source.as_deref();
        let populations =
            metadata.populations.iter().map(|from| format!("Population: {}, {}", from.source, from.vintage));
        for (number, source) in (1..).zip(cases.map(str::to_owned).into_iter().chain(populations)) {
            front.word(&format!("source_active_{number}"), "true");
            front.text(&format!("source_organisation_{number}"), &source);
        }
    }

    fn footnote(&self, metadata: &Metadata) -> String {
        let mut parts: Vec<String> = Vec::new();
        for filter in &metadata.filters {
            if !matches!(filter.dimension.as_ref(), "country" | "year") {
                parts.push(format!("Cases with {}: {}.", filter.dimension, filter.codes.join(", ")));
            }
        }
        match self.withheld {
            0 => {}
            1 => parts.push("1 figure is withheld to protect persons; its cell is blank.".to_owned()),
            more => parts.push(format!("{more} figures are withheld to protect persons; their cells are blank.")),
        }
        let others = metadata.without_value.iter().filter(|without| without.reason != super::NotAvailable::Suppressed);
        for without in others {
            parts.push(format!("Blank for another reason, {}: {}.", without.reason.label(), without.estimates));
        }
        parts.join(" ")
    }
}

/// How the figures were made, as a table.
fn body(metadata: &Metadata) -> String {
    let mut rows: Vec<(&str, String)> = Vec::new();
    let mut add = |name, text: String| {
        if !text.is_empty() {
            rows.push((name, text));
        }
    };
    add("Years", metadata.period.map_or_else(String::new, |years| years.to_string()));
    add("Country", joined(metadata.attributions.iter().map(|attribution| Attribution::label(*attribution))));
    add("Base", joined(metadata.base_rules.iter().map(|base| Base::label(*base))));
    let intervals = metadata.intervals.iter().map(|used| {
        let percent = Rounding::default().round(used.level.value() * 100.0, 3);
        format!("{percent} %, {}", used.method.label())
    });
    add("Interval (computed, not in the data file)", joined(intervals));
    add("Population", joined(metadata.populations.iter().map(|from| format!("{}, {}", from.source, from.vintage))));
    let coverage = metadata.coverage.map(|coverage| {
        let percent = |share: f64| Rounding::default().format(share * 100.0, 1);
        format!("{} to {} % of the population of the region", percent(coverage.low), percent(coverage.high))
    });
    add("Coverage", joined(coverage));
    add("Nature", joined(metadata.natures.iter().map(|nature| Nature::label(*nature))));
    add(
        "Definition",
        joined(metadata.definitions.iter().map(|used| {
            let source = used.source.as_deref().unwrap_or("");
            used.version.as_deref().map_or_else(|| source.to_owned(), |version| format!("version {version}; {source}"))
        })),
    );
    add("Made with", format!("{} {}", metadata.tool, metadata.tool_version));
    let mut body = String::from("\n| | |\n| --- | --- |\n");
    for (name, text) in rows {
        let _ = writeln!(body, "| {name} | {} |", text.replace('|', "\\|").replace(['\n', '\r'], " "));
    }
    if !metadata.notes.is_empty() {
        body.push('\n');
        for note in &metadata.notes {
            let _ = writeln!(body, "- {}", note.replace(['\n', '\r'], " "));
        }
    }
    body
}

fn joined<T: AsRef<str>>(parts: impl IntoIterator<Item = T>) -> String {
    let mut all = String::new();
    for part in parts {
        if !all.is_empty() {
            all.push_str("; ");
        }
        all.push_str(part.as_ref());
    }
    all
}

/// `16-02-02` for `16.2.2`; other numbers as they are.
fn sort_order(number: &str) -> String {
    let pad = |part: &str| part.parse::<u8>().map_or_else(|_| part.to_owned(), |number| format!("{number:02}"));
    number.split('.').map(pad).collect::<Vec<_>>().join("-")
}

/// Front matter under way: one `name: value` per line.
struct Front(String);

impl Front {
    /// A word of YAML, `true` or `complete`.
    fn word(&mut self, name: &str, word: &str) {
        let _ = writeln!(self.0, "{name}: {word}");
    }

    /// A text in double quotes, with the escapes that YAML shares with JSON.
    fn text(&mut self, name: &str, text: &str) {
        let _ = write!(self.0, "{name}: \"");
        for letter in text.chars() {
            match letter {
                '"' => self.0.push_str("\\\""),
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                // Line separators end a line of YAML.
                '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                    let _ = write!(self.0, "\\u{:04x}", u32::from(letter));
                }
                other => self.0.push(other),
            }
        }
        self.0.push_str("\"\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_as_numbers() {
        assert_eq!(sort_order("16.2.2"), "16-02-02");
        assert_eq!(sort_order("P-87"), "P-87");
    }

    #[test]
    fn texts_are_read_back_by_a_parser_of_json() {
        for text in ["plain", "say \"no\"", "a: b # c", "back\\slash", "tab\tline\nend", "\u{2028}\u{85}", "Türkiye"] {
            let mut front = Front(String::new());
            front.text("name", text);
            let value = front.0.strip_prefix("name: ").and_then(|line| line.strip_suffix('\n')).unwrap();
            assert!(!value.contains(['\n', '\u{2028}', '\u{85}']));
            assert_eq!(serde_json::from_str::<String>(value).unwrap(), text);
        }
    }
}
