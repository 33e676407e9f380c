//! Random tables, hierarchies, models and mechanisms.

use ctdata_table::{
    Attribute, Column, Control, Domain, Hierarchy, Ids, Missing, MissingKinds, Origin, Schema, Table, Weights,
};

use crate::testing::Dice;
use crate::{
    AbsentValues, AverageRisk, BetaBound, BetaLikeness, ClassModel, Concealment, DeltaDisclosure, DeltaPresence,
    DistinctLDiversity, EntropyEstimator, EntropyLDiversity, KAnonymity, KMap, LocalRecoder, LocalSuppression,
    Mondrian, MondrianMode, PrivacyError, PrivacyModel, Protection, QuasiIdentifier, Recoder, RecursiveCLDiversity,
    Requirement, SampleUniqueness, SampledClass, SamplingFraction, SensitiveDistance, SuppressedRecords,
    SuppressionLimit, TCloseness, Unverified,
};

pub(super) struct Case {
    pub(super) table: Table,
    pub(super) population: Table,
    pub(super) quasi: Vec<QuasiIdentifier>,
}

fn domain(dice: &mut Dice, values: u16) -> Domain {
    let origin = if dice.one_in(2) { Origin::Public } else { Origin::Observed };
    match dice.roll(3) {
        0 => Domain::nominal((0..values).map(|value| format!("n{}", values - value)), origin),
        1 => Domain::ordered((0..values).map(|value| format!("o{value}")), origin),
        _ => Domain::numeric((0..i64::from(values)).map(|value| 10 + 5 * value), 0, origin),
    }
    .unwrap()
}

fn hierarchy(dice: &mut Dice, leaves: Domain) -> Hierarchy {
    let mut hierarchy = Hierarchy::of(leaves);
    for level in 0..dice.roll(3) {
        let below = hierarchy.level(hierarchy.height()).unwrap().clone();
        let groups = 1 + dice.roll(below.domain().len() as u64) as u16;
        let map: Vec<u16> = (0..below.domain().len()).map(|_| dice.roll(groups.into()) as u16).collect();
        // A text may be there on several levels, for the same values or for others.
        let labels: Vec<String> = (0..groups)
            .map(|group| match map.iter().position(|code| *code == group) {
                Some(child) if dice.one_in(4) => below.domain().label(child as u16).unwrap().into_owned(),
                _ => format!("{level}.{group}"),
            })
            .collect();
        hierarchy = hierarchy
            .with_level(format!("level {level}"), labels, |leaf| map[usize::from(below.of_leaf()[usize::from(leaf)])])
            .unwrap();
    }
    if dice.one_in(2) { hierarchy.with_top("*").unwrap() } else { hierarchy }
}

impl Case {
    pub(super) fn new(dice: &mut Dice) -> Self {
        let rows = dice.roll(40) as usize;
        let more = dice.roll(20) as usize;
        let (mut attributes, mut codes, mut quasi) = (Vec::new(), Vec::new(), Vec::new());
        for at in 0..=dice.roll(3) {
            let values = 1 + dice.roll(5) as u16;
            let hierarchy = {
                let domain = domain(dice, values);
                hierarchy(dice, domain)
            };
            let kinds = match dice.roll(4) {
                0 => MissingKinds::of(&[Missing::NotRecorded, Missing::NotApplicable, Missing::Unknown]),
                1 => MissingKinds::NOT_RECORDED,
                _ => MissingKinds::NONE,
            };
            let name = format!("q{at}");
            attributes.push(Attribute::new(name.as_str(), hierarchy.leaves().clone(), kinds));
            quasi.push(QuasiIdentifier::new(name, hierarchy));
        }
        let observed = Domain::nominal(["c", "b", "a"], Origin::Observed).unwrap();
        attributes.push(Attribute::new("other", observed, MissingKinds::NONE));
        let kinds = MissingKinds::of(&[Missing::NotRecorded, Missing::NotApplicable]);
        attributes.push(Attribute::new("s", sensitive_domain(), kinds));
        for attribute in &attributes {
            let all = attribute.code_count() as u64;
            codes.push((0..rows + more).map(|_| dice.roll(all).min(dice.roll(all)) as u16).collect::<Vec<_>>());
        }
        let schema = std::sync::Arc::new(Schema::try_new(attributes).unwrap());
        let of = |rows: usize| {
            let columns = codes.iter().zip(schema.attributes());
            let columns = columns.map(|(codes, attribute)| Column::from_codes(&codes[..rows], attribute.code_count()));
            Table::try_new(std::sync::Arc::clone(&schema), columns.collect()).unwrap()
        };
        let (mut table, mut population) = (of(rows), of(rows + more));
        if dice.one_in(3) {
            let people = 1 + dice.roll(40);
            table =
                table.with_ids((0..rows).map(|_| format!("person {}", dice.roll(people))).collect::<Ids>()).unwrap();
        }
        if dice.one_in(4) {
            let weights: Vec<u32> = (0..rows + more).map(|_| 1 + dice.roll(3) as u32).collect();
            population = population.with_weights(Weights::new(weights)).unwrap();
        }
        Self { table, population, quasi }
    }

    pub(super) fn mechanism(&self, dice: &mut Dice) -> Result<Unverified<Table>, PrivacyError> {
        let control = Control::default();
        let method = dice.roll(6);
        if method >= 4 {
            return self.local_suppression(dice)?.run(&self.table, &["s", "other"], &control);
        }
        let mut models: Vec<ClassModel> = vec![KAnonymity::try_new(1 + dice.roll(4) as u32)?.into()];
        if dice.one_in(2) {
            models.push(class_model(dice));
        }
        if dice.one_in(4) {
            models.swap_remove(0);
        }
        let policy = if dice.one_in(3) { SuppressedRecords::AsClass } else { SuppressedRecords::Drop };
        let limit = SuppressionLimit::try_new(dice.roll(6) as f64 / 5.0)?;
        let of_classes = Protection::new(models)
            .quasi_identifiers(self.quasi.clone())
            .release(["s", "other"])
            .suppressed_records(policy)
            .population(self.population.clone());
        match method {
            0 => {
                let mut protection: Protection<PrivacyModel> = of_classes.into();
                if dice.one_in(3) {
                    protection = protection.model(AverageRisk::try_new(0.1 + dice.roll(9) as f64 / 10.03)?);
                    protection = protection.model(SampleUniqueness::try_new(dice.roll(9) as f64 / 10.03)?);
                }
                Ok(Recoder::new(protection.check()?).limit(limit).run(&self.table, &control)?.output)
            }
            1 => Ok(LocalRecoder::new(of_classes.check()?).limit(limit).run(&self.table, &control)?.output),
            2 => Mondrian::new(of_classes.check()?, MondrianMode::Strict).run(&self.table, &control),
            _ => Mondrian::new(of_classes.check()?, MondrianMode::Relaxed).run(&self.table, &control),
        }
    }

    fn local_suppression(&self, dice: &mut Dice) -> Result<LocalSuppression, PrivacyError> {
        let concealment = if dice.one_in(3) { Concealment::AttackerView } else { Concealment::Mutual };
        let mut builder = LocalSuppression::builder(1 + dice.roll(4) as u32).concealment(concealment);
        for quasi in &self.quasi {
            builder = builder.quasi_identifier(quasi.name(), 1 + dice.roll(3) as u32);
        }
        if dice.one_in(2) {
            let attributes: Vec<String> = self.quasi.iter().map(|quasi| quasi.name().to_owned()).collect();
            let up_to = 1 + dice.roll(attributes.len() as u64) as usize;
            builder = builder.require(Requirement { attributes, up_to, k: 1 + dice.roll(5) as u32 });
        }
        if dice.one_in(3) {
            builder = builder.drop_limit(0.3).record_importance(1);
        }
        builder.build()
    }
}

pub(super) fn sensitive_domain() -> Domain {
    Domain::ordered(["s0", "s1", "s2", "s3"], Origin::Public).unwrap()
}

/// A model with a threshold that no share of small numbers is exactly.
pub(super) fn class_model(dice: &mut Dice) -> ClassModel {
    let share = (dice.roll(12) as f64 + 0.573) / 12.7;
    match dice.roll(12) {
        0 => DistinctLDiversity::try_new("s", 1 + dice.roll(3) as u32).unwrap().into(),
        1 => EntropyLDiversity::try_new("s", 1.0 + 2.0 * share).unwrap().into(),
        2 => EntropyLDiversity::try_new("s", 1.0 + 3.0 * share)
            .unwrap()
            .with_estimator(EntropyEstimator::Grassberger)
            .into(),
        3 => RecursiveCLDiversity::try_new("s", 0.3 + 4.0 * share, 2 + dice.roll(2) as u32).unwrap().into(),
        4 => TCloseness::try_new("s", share, SensitiveDistance::Equal).unwrap().into(),
        5 => TCloseness::try_new("s", share, SensitiveDistance::Ordered).unwrap().into(),
        6 => {
            let hierarchy =
                Hierarchy::of(sensitive_domain()).with_level("halves", ["x", "y"], |code| code / 2).unwrap();
            let hierarchy = if dice.one_in(2) { hierarchy.with_top("*").unwrap() } else { hierarchy };
            TCloseness::try_new("s", share, SensitiveDistance::Hierarchical(hierarchy)).unwrap().into()
        }
        7 => {
            let absent = if dice.one_in(2) { AbsentValues::Strict } else { AbsentValues::PresentOnly };
            DeltaDisclosure::try_new("s", 3.0 * share, absent).unwrap().into()
        }
        8 => {
            let bound = if dice.one_in(2) { BetaBound::Basic } else { BetaBound::Enhanced };
            BetaLikeness::try_new("s", 4.0 * share, bound).unwrap().into()
        }
        9 => KMap::try_new(1 + dice.roll(8) as u32).unwrap().into(),
        10 => {
            let fraction = SamplingFraction::try_new(0.5).unwrap();
            KMap::estimated(5, fraction, 0.1, SampledClass::Poisson).unwrap().into()
        }
        _ => DeltaPresence::try_new(if dice.one_in(2) { 0.0 } else { 0.1 * share }, 0.1 + 0.9 * share).unwrap().into(),
    }
}

/// What a mechanism made of the case of a seed; none if it found no answer.
pub(super) fn output(seed: u64) -> Option<Unverified<Table>> {
    let mut dice = Dice(seed);
    let case = Case::new(&mut dice);
    match case.mechanism(&mut dice) {
        Ok(output) => Some(output),
        Err(
            PrivacyError::NoSolution { .. } | PrivacyError::NoRecoding { .. } | PrivacyError::InvalidParameter { .. },
        ) => None,
        Err(error) => panic!("seed {seed}: {error}"),
    }
}
