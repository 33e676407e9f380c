//! Which targets an objective of the Compact is connected with, and how each is measured.

use super::{OBJECTIVES, Objective, REFUSALS, Refusal, SDG_INDICATORS, SdgIndicator, TARGETS, Target};
use std::fmt::Write;

/// On the text of the Compact.
const NO_INDICATOR_OF_ITS_OWN: &str = "The Compact has no numeric indicator for its objectives: their actions are policy \
                                       actions (A/RES/73/195).";
/// On target 17.18.
const DISAGGREGATION: &str = "Target 17.18 asks for figures by income, sex, age, race, ethnicity, migratory status, disability and \
                              place. Of these, case data have sex, age, citizenship (and with the country of \
                              detection, whether a person is a national) and place, where they are recorded; every \
                              indicator can be broken down by them.";

/// An SDG target and its indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TargetConnection {
    /// The target.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub target: &'static Target,
    /// How it is measured.
    pub indicators: Vec<&'static SdgIndicator>,
}

/// An objective of the Compact, the targets it is connected with, and the neighbours that are asked for beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Connections {
    /// The objective: `number`, `title` and the codes of its `targets`.
    pub objective: &'static Objective,
    /// The targets that a source connects with it, and how each is measured.
    pub targets: Vec<TargetConnection>,
    /// Targets that no source connects with it, whose indicators are asked for all the same.
    pub neighbours: Vec<TargetConnection>,
    /// Other questions that case data do not answer.
    pub refusals: &'static [Refusal],
    /// What holds of all.
    pub notes: &'static [&'static str],
}

/// Which SDG targets an objective (1 to 23) is connected with, how each is measured, and what case data can say.
///
/// Sources state the targets of objective 10 only; the other objectives have none here, and no neighbours.
pub fn connections(objective: u8) -> Option<Connections> {
    let objective = OBJECTIVES.iter().find(|found| found.number == objective)?;
    let is_connected = |target: &Target| objective.targets.contains(&target.code);
    let of = |connected: bool| {
        let targets = TARGETS.iter().filter(move |target| is_connected(target) == connected);
        targets.map(|target| TargetConnection {
            target,
            indicators: SDG_INDICATORS.iter().filter(|indicator| indicator.target() == target.code).collect(),
        })
    };
    let has_links = !objective.targets.is_empty();
    Some(Connections {
        objective,
        targets: of(true).collect(),
        neighbours: if has_links { of(false).collect() } else { Vec::new() },
        refusals: if has_links { REFUSALS } else { &[] },
        notes: &[NO_INDICATOR_OF_ITS_OWN, DISAGGREGATION],
    })
}

impl Connections {
    /// As Markdown: one table per target, one row per indicator.
    pub fn to_markdown(&self) -> String {
        let mut text = format!("# Objective {}: {}\n", self.objective.number, self.objective.title);
        if self.targets.is_empty() {
            text.push_str("\nNo source that this list rests on connects it with a target of the SDGs.\n");
        } else {
            text.push_str("\n## Which targets are connected, and how is each measured?\n");
        }
        for target in &self.targets {
            target.write_markdown(&mut text);
        }
        if !self.neighbours.is_empty() {
            text.push_str("\n## Neighbouring targets, not connected by a source\n");
        }
        for target in &self.neighbours {
            target.write_markdown(&mut text);
        }
        if !self.refusals.is_empty() {
            text.push_str("\n## What case data cannot say\n\n| asked for | needs | instead |\n|---|---|---|\n");
        }
        for refusal in self.refusals {
            line(&mut text, &[refusal.title, refusal.needs, &codes(refusal.instead)]);
        }
        text.push_str("\n## Notes\n\n");
        for note in self.notes {
            // Writing to a string does not fail.
            let _ = writeln!(text, "- {note}");
        }
        text
    }

    /// As plain text for a terminal: one block per indicator.
    pub fn to_text(&self) -> String {
        let mut text = format!("Objective {}: {}\n", self.objective.number, self.objective.title);
        for (title, targets) in [("connected target", &self.targets), ("neighbouring target", &self.neighbours)] {
            for TargetConnection { target, indicators } in targets {
                let _ = writeln!(text, "\n{} ({title}): {}", target.code, target.title);
                for indicator in indicators {
                    let _ = writeln!(text, "\n  {}  {}", indicator.code, indicator.title);
                    for (name, said) in indicator.rows() {
                        let _ = writeln!(text, "    {name:<18} {said}");
                    }
                }
            }
        }
        if !self.refusals.is_empty() {
            text.push_str("\nCase data cannot say\n");
        }
        for refusal in self.refusals {
            let _ = writeln!(text, "  {}: needs {}", refusal.title, refusal.needs);
        }
        text.push('\n');
        for note in self.notes {
            let _ = writeln!(text, "{note}");
        }
        text
    }
}

impl TargetConnection {
    fn write_markdown(&self, text: &mut String) {
        let _ = write!(text, "\n### {}: {}\n\n", self.target.code, self.target.title);
        text.push_str(
            "| indicator | custodian | tier | measured by | case data can say | and cannot say | figures | label |\n",
        );
        text.push_str("|---|---|---|---|---|---|---|---|\n");
        for indicator in &self.indicators {
            let name = format!("{} {}", indicator.code, indicator.title);
            let tier = indicator.tier.map_or("not stated here", super::Tier::code);
            let figures = codes(indicator.figures());
            line(
                text,
                &[
                    &name,
                    indicator.custodian,
                    tier,
                    indicator.needs.label(),
                    indicator.can_say,
                    indicator.cannot_say,
                    &figures,
                    indicator.label,
                ],
            );
        }
    }
}

impl SdgIndicator {
    /// Ids of the catalogue: the indicator itself, else its companions.
    pub fn figures(&self) -> &'static [&'static str] {
        if self.from_case_records() { &["victims-per-100k"] } else { self.companions }
    }

    fn rows(&self) -> impl Iterator<Item = (&'static str, String)> {
        let rows = [
            ("custodian", self.custodian.to_owned()),
            ("tier", self.tier.map_or("", super::Tier::code).to_owned()),
            ("measured by", self.needs.label().to_owned()),
            ("case data can say", self.can_say.to_owned()),
            ("and cannot say", self.cannot_say.to_owned()),
            ("figures", self.figures().join(", ")),
            ("label", self.label.to_owned()),
        ];
        rows.into_iter().filter(|(_, said)| !said.is_empty())
    }
}

fn codes(ids: &[&str]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

/// A row of a table; none of the texts here has a bar or a line break.
fn line(text: &mut String, cells: &[&str]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicator;

    #[test]
    fn objective_10_is_connected_with_three_targets() {
        let ten = connections(10).unwrap();
        assert_eq!(ten.targets.iter().map(|target| target.target.code).collect::<Vec<_>>(), ["5.2", "8.7", "16.2"]);
        let codes = |connections: &[TargetConnection]| -> Vec<&str> {
            connections.iter().flat_map(|target| &target.indicators).map(|indicator| indicator.code).collect()
        };
        assert_eq!(codes(&ten.targets), ["5.2.1", "5.2.2", "8.7.1", "16.2.1", "16.2.2", "16.2.3"]);
        assert_eq!(codes(&ten.targets).len() + codes(&ten.neighbours).len(), SDG_INDICATORS.len());
        assert_eq!((connections(0), connections(24)), (None, None));
        // A link that no source states is not made up.
        let one = connections(1).unwrap();
        assert!(one.targets.is_empty() && one.neighbours.is_empty() && one.refusals.is_empty());
    }

    #[test]
    fn every_figure_named_is_in_the_catalogue_and_prints_the_label() {
        for official in SDG_INDICATORS {
            for id in official.figures() {
                let definition = indicator(id).unwrap();
                assert_eq!(definition.id, *id);
                assert!(official.from_case_records() || definition.notes.contains(&official.label), "{id}");
                assert_eq!(definition.official, official.from_case_records().then_some(official.code));
            }
        }
    }

    #[test]
    fn texts_say_everything() {
        let ten = connections(10).unwrap();
        for text in [ten.to_markdown(), ten.to_text()] {
            for indicator in SDG_INDICATORS {
                for said in [indicator.code, indicator.title, indicator.custodian, indicator.can_say, indicator.label] {
                    assert!(text.contains(said), "{said}");
                }
            }
            assert!(REFUSALS.iter().all(|refusal| text.contains(refusal.needs)));
        }
        let markdown = ten.to_markdown();
        let rows = markdown.lines().filter(|line| line.starts_with("| ") && line.matches(" | ").count() == 7).count();
        assert_eq!(rows, SDG_INDICATORS.len() + ten.targets.len() + ten.neighbours.len());
        assert!(connections(3).unwrap().to_markdown().contains("No source"));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn the_stored_form_answers_both_questions() {
        let json = serde_json::to_value(connections(10).unwrap()).unwrap();
        let target = &json["targets"][2];
        assert_eq!((target["code"].as_str(), target["names_trafficking"].as_bool()), (Some("16.2"), Some(true)));
        let measured = &target["indicators"][1];
        assert_eq!((measured["code"].as_str(), measured["needs"].as_str()), (Some("16.2.2"), Some("case-records")));
        assert_eq!(measured["tier"].as_str(), Some("II"));
        assert_eq!(json["objective"]["number"].as_u64(), Some(10));
    }
}
