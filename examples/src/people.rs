//! An invented survey of people with the attributes of the Adult census extract: nobody in it exists.
//!
//! The hierarchies have the heights of those that are usual for Adult, so that there are as many
//! combinations of levels, 12,960. The file is part of the benches too.

use ctdata::table::{Attribute, Column, Domain, Hierarchy, Intervals, MissingKinds, Origin, Schema, Table, TableError};

/// The attributes with names as values: one line per value, from it to ever coarser ones.
const NAMED: [(&str, &str); 8] = [
    ("sex", "female;*\nmale;*"),
    ("ethnicity", "majority;*\nminority 1;*\nminority 2;*\nminority 3;*\nother;*"),
    (
        "marital status",
        "married, together;with spouse;*\nnever married;without spouse;*\ndivorced;without spouse;*\n\
         separated;without spouse;*\nwidowed;without spouse;*\nmarried, spouse abroad;without spouse;*\n\
         married, spouse in service;with spouse;*",
    ),
    (
        "education",
        "upper secondary;secondary;school;*\nuniversity entry;college;higher;*\nbachelor;university;higher;*\n\
         master;university;higher;*\nvocational college;college;higher;*\nyear 11;secondary;school;*\n\
         academic college;college;higher;*\nyear 10;secondary;school;*\nyear 7 or 8;primary;school;*\n\
         professional school;doctoral;advanced;*\nyear 9;secondary;school;*\nyear 12;secondary;school;*\n\
         doctorate;doctoral;advanced;*\nyear 5 or 6;primary;school;*\nyear 1 to 4;primary;school;*\nnone;primary;school;*",
    ),
    (
        "country of birth",
        "United States;Americas;*\nMexico;Americas;*\nPhilippines;Asia;*\nGermany;Europe;*\nPuerto Rico;Americas;*\n\
         Canada;Americas;*\nEl Salvador;Americas;*\nIndia;Asia;*\nCuba;Americas;*\nUnited Kingdom;Europe;*\n\
         Jamaica;Americas;*\nChina;Asia;*\nItaly;Europe;*\nDominican Republic;Americas;*\nViet Nam;Asia;*\n\
         Guatemala;Americas;*\nJapan;Asia;*\nPoland;Europe;*\nColombia;Americas;*\nIran;Asia;*\nHaiti;Americas;*\n\
         Portugal;Europe;*\nNicaragua;Americas;*\nGreece;Europe;*\nFrance;Europe;*\nPeru;Americas;*\nEcuador;Americas;*\n\
         Ireland;Europe;*\nThailand;Asia;*\nCambodia;Asia;*\nTrinidad and Tobago;Americas;*\nYemen;Asia;*\n\
         Lao PDR;Asia;*\nEgypt;Africa;*\nKenya;Africa;*\nSerbia;Europe;*\nHonduras;Americas;*\nHungary;Europe;*\n\
         Ghana;Africa;*\nFiji;Oceania;*\nNetherlands;Europe;*",
    ),
    (
        "sector",
        "private;private;*\nown business;private;*\nlocal government;public;*\nregional government;public;*\n\
         own company;private;*\nnational government;public;*\nunpaid family work;unpaid;*\nvolunteer;unpaid;*",
    ),
    (
        "occupation",
        "professional;skilled;*\ncrafts;technical;*\nmanager;skilled;*\noffice;skilled;*\nsales;skilled;*\n\
         services;other;*\nmachine operator;technical;*\ntransport;technical;*\nlabourer;other;*\nfarming;other;*\n\
         technician;technical;*\nprotection;other;*\nprivate household;other;*\narmed forces;other;*",
    ),
    ("income", "lower;*\nhigher;*"),
];

/// A table of so many people, always the same, and the hierarchy of each attribute in its order.
///
/// # Errors
/// None: the values and hierarchies above are consistent.
pub fn invented(rows: usize) -> Result<(Table, Vec<(String, Hierarchy)>), TableError> {
    let mut hierarchies = Vec::new();
    for (name, lines) in NAMED {
        hierarchies.push((name.to_owned(), Hierarchy::from_rows(lines.lines().map(|line| line.split(';')))?));
    }
    let ages = Domain::numeric(17..=90, 0, Origin::Public)?;
    let ages = Hierarchy::intervals(ages, &Intervals::try_new([5, 10, 20])?)?.with_top("*")?;
    hierarchies.insert(1, ("age".to_owned(), ages));

    let mut draw = Draw(1);
    let mut codes = vec![Vec::with_capacity(rows); hierarchies.len()];
    for _ in 0..rows {
        // What people have in common with each other: the same trait pulls all attributes one way.
        let common = draw.unit();
        for ((name, hierarchy), codes) in hierarchies.iter().zip(&mut codes) {
            // Low codes are frequent; ages spread more evenly than names.
            let own = 0.4 * common + 0.6 * draw.unit();
            let skew = match name.as_str() {
                "age" => 1.3,
                "country of birth" => 9.0,
                "sex" | "income" | "occupation" => 1.0,
                _ => 3.0,
            };
            codes.push(code(own.powf(skew), hierarchy.leaves().len()));
        }
    }
    let attributes = hierarchies
        .iter()
        .map(|(name, hierarchy)| Attribute::new(name.as_str(), hierarchy.leaves().clone(), MissingKinds::NONE));
    let columns = codes.iter().zip(&hierarchies).map(|(codes, (_, h))| Column::from_codes(codes, h.leaves().len()));
    Ok((Table::try_new(Schema::try_new(attributes.collect())?, columns.collect())?, hierarchies))
}

/// SplitMix64 (G. L. Steele, D. Lea and C. H. Flood 2014): a fixed sequence for invented data.
struct Draw(u64);

impl Draw {
    /// A number in [0, 1).
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A code below a number of values, for a number in [0, 1].
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of a few values"
)]
fn code(share: f64, values: usize) -> u16 {
    ((share * values as f64) as usize).min(values.saturating_sub(1)) as u16
}
