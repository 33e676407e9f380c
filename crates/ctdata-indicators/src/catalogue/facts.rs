//! What a reader of the catalogue asks of each entry: unit, numerator, denominator, source, limits.
//!
//! Whatever the definition says already is not said again: numerator and denominator are the two parts of its
//! sentence, limits are its notes. The tables here hold the rest.

use super::{Definition, Measure};
use crate::estimate::Unit;
use crate::framework::{DETECTION_NOT_PREVALENCE, SDG_INDICATORS};
use crate::people::PeopleMeasure;

const CODEBOOK: &str = "base of a question with several answers: CTDC, Global Dataset Codebook, section 6";
const METADATA_16_2_2: &str = "SDG metadata sheet of 16.2.2, update of 31 March 2023";
const PORTAL: &str = "IOM, Migration Data Portal: proportion of children among victims identified by CTDC partners";
const FOUR_GROUPS: &str = "women, men, girls and boys as in UNODC, Global Report on Trafficking in Persons";
const REGIONS: &str = "regions: United Nations, M49";
const RATE_OF_COMPANION: &str = "computed as 16.2.2 is: SDG metadata sheet of 16.2.2, update of 31 March 2023";
const HTCDS: &str = "fields: IOM, Human Trafficking Case Data Standard (HTCDS) 2.0; definition of this catalogue";
const VICTIM_PERPETRATOR: &str =
    "columns: CTDC, victim-perpetrator synthetic data set, dictionary of 1 December 2022; definition of this catalogue";
const OWN: &str = "definition of this catalogue";

/// Sources of single entries, by id; the others have those of what they count.
const SOURCES: &[(&str, &str)] = &[("children", PORTAL), ("sex-and-age", FOUR_GROUPS)];

/// Words that part a sentence into numerator and denominator.
const PARTS: [&str; 4] = [", among ", ", per ", " among ", " per "];

const NOT_A_SAMPLE: &str = "identified persons, no random sample of all victims";

impl Definition {
    /// The unit of its figures.
    pub fn unit(&self) -> Unit {
        match self.measure {
            Measure::Rate => Unit::Per100k,
            Measure::Quartiles => Unit::Months,
            Measure::People(measure) => measure.unit(),
            _ => Unit::Percent,
        }
    }

    /// Whom it counts: the sentence up to its base, or all of it.
    ///
    /// ```
    /// let forms = ctdata_indicators::indicator("V-EXP")?;
    /// assert_eq!(forms.numerator(), "Persons with each form of exploitation");
    /// assert_eq!(forms.denominator(), Some("persons with at least one form recorded"));
    /// # Ok::<(), ctdata_indicators::IndicatorError>(())
    /// ```
    pub fn numerator(&self) -> &'static str {
        self.parts().map_or(self.sentence, |(numerator, _)| numerator).trim_end_matches('.')
    }

    /// Among whom, or per how many; none where nothing is divided.
    pub fn denominator(&self) -> Option<&'static str> {
        self.parts().map(|(_, denominator)| denominator.trim_end_matches('.'))
    }

    fn parts(&self) -> Option<(&'static str, &'static str)> {
        PARTS.iter().find_map(|word| self.sentence.split_once(word))
    }

    /// Where the definition comes from.
    pub fn source(&self) -> &'static str {
        if let Some((_, source)) = SOURCES.iter().find(|(id, _)| *id == self.id) {
            return source;
        }
        match self.measure {
            Measure::Rate if self.official.is_some() => METADATA_16_2_2,
            Measure::Rate => RATE_OF_COMPANION,
            Measure::Group(_) | Measure::Flag(..) | Measure::People(PeopleMeasure::Control(..)) => CODEBOOK,
            Measure::People(measure) if measure.is_of_pairs() => VICTIM_PERPETRATOR,
            Measure::People(measure) if measure.is_of_records() => HTCDS,
            Measure::Movement | Measure::Origin | Measure::Exploitation | Measure::Flows => REGIONS,
            _ => OWN,
        }
    }

    /// What it does not say: its own notes, and what holds for all figures of its kind.
    pub fn limits(&self) -> Vec<&'static str> {
        let general = if self.needs_population() { DETECTION_NOT_PREVALENCE } else { NOT_A_SAMPLE };
        let mut limits = self.notes.to_vec();
        if !limits.contains(&general) {
            limits.push(general);
        }
        limits
    }

    /// The official indicators that need other data and beside which it may stand, `8.7.1`.
    pub fn stands_beside(&self) -> Vec<&'static str> {
        SDG_INDICATORS.iter().filter(|official| official.companion == Some(self.id)).map(|o| o.code).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CATALOGUE, Population, Request, compute_all, indicator};
    use ctdata_model::{Layout, Simulator};
    use ctdata_table::Control;

    #[test]
    fn the_tables_name_entries_that_there_are() {
        for (id, _) in SOURCES {
            assert!(CATALOGUE.iter().any(|definition| definition.id == *id), "{id}");
        }
    }

    #[test]
    fn every_share_and_rate_says_over_what() {
        for definition in CATALOGUE {
            let divided = matches!(definition.unit(), Unit::Percent | Unit::Per100k);
            assert!(!divided || definition.denominator().is_some(), "{}", definition.id);
            assert!(definition.sentence.starts_with(definition.numerator()));
            assert!(!definition.limits().is_empty() && !definition.source().is_empty());
        }
        assert_eq!(indicator("16.2.2").unwrap().denominator(), Some("100,000 residents"));
        assert_eq!(indicator("P-52").unwrap().stands_beside(), ["5.2.1", "5.2.2"]);
    }

    #[test]
    fn people_have_the_units_and_the_sources_of_what_they_count() {
        let facts = |id: &str| {
            let definition = indicator(id).unwrap();
            (definition.unit(), definition.source())
        };
        assert_eq!(facts("perpetrators-per-victim"), (Unit::Persons, HTCDS));
        assert_eq!(facts("time-to-first-service"), (Unit::Days, HTCDS));
        assert_eq!(facts("trafficking-duration-quartiles"), (Unit::Months, OWN));
        assert_eq!(facts("own-region"), (Unit::Percent, VICTIM_PERPETRATOR));
        assert_eq!(facts("payment-to-perpetrators"), (Unit::Percent, VICTIM_PERPETRATOR));
        assert_eq!(facts("debt-bondage-by-sector"), (Unit::Percent, CODEBOOK));
        // No standard has a field for it.
        assert_eq!(facts("recruitment-fee"), (Unit::Percent, OWN));
    }

    /// The unit of the catalogue is that of the figures, whatever entries are added.
    #[test]
    fn figures_have_the_unit_of_the_catalogue() {
        let layout = Layout::named("ctdc-synthetic-2024").unwrap();
        let cases = Simulator::new(5).cases(layout, 600).unwrap();
        let population = Population::new("a test", "1");
        let all = compute_all(cases.table(), &Request::new(""), Some(&population), &Control::default()).unwrap();
        assert!(all.results.len() > 15);
        for result in &all.results {
            for estimate in &result.estimates {
                assert_eq!(estimate.unit, result.indicator.unit(), "{}", result.indicator.id);
            }
        }
    }
}
