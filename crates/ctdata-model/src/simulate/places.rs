//! Citizenship and country of exploitation: where people come from, and the corridors they are taken
//! along.
//!
//! # Sources
//! Shares computed from CTDC's Global Synthetic Dataset of September 2021 (ctdatacollaborative.org),
//! rounded to two digits, with cases in the United States standing for those of the hotline. The long
//! tails are in the order of that release; their weights fall with the square of the rank.

use super::pick::{Chance, Pick};
use crate::{Country, SubRegion};

/// Countries by alpha-2 code with their shares in a thousand.
type Shares = &'static [(&'static str, u32)];

const HOTLINE_LABOUR: Shares = &[
    ("MX", 660),
    ("US", 140),
    ("JM", 48),
    ("PH", 35),
    ("GT", 28),
    ("FM", 28),
    ("IN", 10),
    ("HN", 6),
    ("MN", 6),
    ("VN", 5),
    ("HT", 5),
    ("SV", 4),
    ("KR", 4),
    ("CN", 4),
    ("TH", 4),
    ("LA", 3),
    ("CO", 2),
];
const HOTLINE_OTHER: Shares = &[
    ("US", 880),
    ("CN", 47),
    ("MX", 24),
    ("CU", 10),
    ("KR", 8),
    ("GT", 4),
    ("HN", 3),
    ("CO", 3),
    ("RU", 2),
    ("BR", 2),
    ("VN", 2),
    ("SV", 2),
    ("TH", 2),
    ("PH", 2),
    ("UA", 2),
    ("IL", 1),
    ("CA", 1),
    ("LR", 1),
];
const MANAGED_LABOUR: Shares = &[
    ("UA", 330),
    ("PH", 150),
    ("ID", 120),
    ("MM", 83),
    ("KG", 52),
    ("BY", 51),
    ("CM", 37),
    ("GH", 31),
    ("KH", 23),
    ("BD", 19),
    ("HT", 16),
    ("NG", 15),
    ("KE", 12),
    ("UZ", 10),
    ("AF", 10),
    ("TM", 8),
    ("MD", 6),
    ("LK", 3),
    ("SL", 3),
    ("RO", 3),
    ("ET", 3),
    ("TH", 2),
    ("UG", 2),
    ("GW", 2),
    ("US", 1),
    ("BG", 1),
];
const MANAGED_SEXUAL: Shares = &[
    ("UA", 230),
    ("MD", 140),
    ("BY", 130),
    ("KH", 100),
    ("RO", 98),
    ("NG", 73),
    ("PH", 47),
    ("BG", 30),
    ("VN", 23),
    ("CO", 16),
    ("AL", 15),
    ("US", 14),
    ("UG", 12),
    ("RU", 11),
    ("TH", 9),
    ("KG", 8),
    ("KZ", 7),
    ("CM", 6),
    ("ID", 5),
    ("KE", 4),
    ("UZ", 4),
    ("IN", 3),
    ("RS", 2),
    ("VE", 1),
    ("MX", 1),
    ("HN", 1),
];
const MANAGED_OTHER: Shares = &[
    ("PH", 870),
    ("KH", 51),
    ("ER", 12),
    ("UA", 11),
    ("VN", 9),
    ("KE", 7),
    ("HT", 6),
    ("ID", 6),
    ("ET", 6),
    ("BY", 4),
    ("NG", 4),
    ("RO", 3),
    ("LA", 3),
    ("IN", 3),
    ("UG", 2),
    ("MD", 2),
    ("SD", 1),
    ("AL", 1),
    ("BD", 1),
];
const MANAGED_NONE: Shares = &[
    ("UA", 190),
    ("MD", 160),
    ("NG", 45),
    ("BY", 36),
    ("KH", 35),
    ("ID", 34),
    ("UZ", 33),
    ("PH", 32),
    ("RO", 25),
    ("KG", 23),
    ("BG", 18),
    ("MX", 17),
    ("US", 16),
    ("TH", 14),
    ("ET", 12),
    ("RU", 11),
    ("KZ", 11),
    ("TJ", 11),
    ("CO", 11),
    ("GT", 10),
    ("UG", 10),
    ("CN", 10),
    ("KE", 9),
    ("BD", 9),
    ("CI", 8),
    ("MM", 8),
];
const ORIGINS_TAIL: &str = "GH CM VN HT AF TM HN AL LK SL BI BO IN RS SV CD NP SD BR ER HU LA GW MG DO SO SN ZA GN VE \
    KR CA BF ML SK PE PY AR NE AZ JM TG GM MR PK BA PT MA BJ CU TR TZ JP MZ PL LR EC NI TD SY GE GB ZM ZW CZ DE MN TW \
    LS AU RW ES MK LT LV EE UY MW CG MY GY CR YE AE EG BT DZ IR IQ GR AM IT FR NL CL IL PA BZ HK LY JO FM";

/// Who comes from where goes where: the share exploited at home, and the shares of other countries among
/// all. The rest is spread over the tail.
struct Corridor {
    from: From,
    home: u32,
    to: Shares,
}

enum From {
    Country(&'static str),
    Area(SubRegion),
}

#[rustfmt::skip]
const CORRIDORS: &[Corridor] = &[
    Corridor { from: From::Country("UA"), home: 40, to: &[("RU", 690), ("PL", 160), ("TR", 43), ("CZ", 13), ("AE", 12), ("IQ", 7)] },
    Corridor { from: From::Country("PH"), home: 650, to: &[("KW", 90), ("JP", 70), ("MY", 57), ("HK", 30), ("QA", 26), ("SA", 20)] },
    Corridor { from: From::Country("MD"), home: 20, to: &[("UA", 340), ("RS", 270), ("TR", 250), ("RU", 53), ("AE", 24), ("BA", 23)] },
    Corridor { from: From::Country("BY"), home: 130, to: &[("RU", 620), ("PL", 96), ("AE", 64), ("TR", 37), ("CY", 23), ("DE", 11)] },
    Corridor { from: From::Country("ID"), home: 200, to: &[("MY", 310), ("AE", 130), ("SA", 83), ("QA", 61), ("TT", 41), ("OM", 37)] },
    Corridor { from: From::Country("KH"), home: 410, to: &[("MY", 160), ("CN", 150), ("ID", 140), ("TH", 120), ("MU", 9)] },
    Corridor { from: From::Country("NG"), home: 130, to: &[("ML", 320), ("LY", 280), ("MA", 78), ("RU", 59), ("LB", 37), ("NE", 21)] },
    Corridor { from: From::Country("RO"), home: 290, to: &[("BA", 150), ("MK", 150), ("IT", 130), ("RS", 78), ("AL", 49), ("DE", 43)] },
    Corridor { from: From::Country("KG"), home: 30, to: &[("RU", 440), ("KZ", 430), ("TR", 99)] },
    Corridor { from: From::Country("UZ"), home: 370, to: &[("KZ", 350), ("RU", 99), ("UA", 87), ("TR", 49), ("KG", 28), ("GE", 9)] },
    Corridor { from: From::Country("MM"), home: 10, to: &[("ID", 810), ("BD", 150), ("TH", 30)] },
    Corridor { from: From::Area(SubRegion::EasternEurope), home: 100, to: &[("RU", 500), ("PL", 110), ("TR", 54), ("RS", 29), ("DE", 22), ("MK", 22), ("BA", 21), ("IT", 20)] },
    Corridor { from: From::Area(SubRegion::SouthEasternAsia), home: 340, to: &[("ID", 160), ("MY", 140), ("TH", 54), ("CN", 42), ("AE", 33), ("JP", 26), ("ZA", 26), ("SA", 25)] },
    Corridor { from: From::Area(SubRegion::CentralAsia), home: 360, to: &[("KZ", 250), ("RU", 170), ("TR", 120), ("UA", 32), ("AE", 24)] },
    Corridor { from: From::Area(SubRegion::SouthernAsia), home: 430, to: &[("JO", 140), ("MY", 110), ("VU", 61), ("LB", 60), ("SA", 50), ("KE", 29), ("IQ", 26)] },
    Corridor { from: From::Area(SubRegion::WesternAsia), home: 150, to: &[("MD", 560), ("DZ", 150), ("TR", 110), ("LB", 30)] },
    Corridor { from: From::Area(SubRegion::EasternAsia), home: 550, to: &[("NO", 280), ("MK", 140), ("KZ", 26)] },
    Corridor { from: From::Area(SubRegion::SubSaharanAfrica), home: 260, to: &[("LY", 170), ("ML", 90), ("SN", 80), ("SA", 70), ("EG", 60), ("MA", 40), ("LB", 40), ("TN", 30), ("SD", 30), ("UG", 30)] },
    Corridor { from: From::Area(SubRegion::NorthernAfrica), home: 10, to: &[("ET", 580), ("LY", 260), ("EG", 90), ("TR", 60)] },
    Corridor { from: From::Area(SubRegion::LatinAmericaAndCaribbean), home: 480, to: &[("AR", 210), ("MX", 50), ("ES", 50), ("CH", 50), ("EC", 36), ("PT", 29), ("IT", 27), ("DO", 26)] },
    Corridor { from: From::Area(SubRegion::SouthernEurope), home: 520, to: &[("DE", 180), ("IT", 140), ("ES", 70), ("BA", 30), ("RS", 25), ("GR", 22)] },
    Corridor { from: From::Area(SubRegion::NorthernAmerica), home: 900, to: &[] },
];

/// Where someone is exploited whose corridor is not listed, if not at home.
const HOME_ELSEWHERE: u32 = 500;

const DESTINATIONS_TAIL: &str = "RU ID PL MY PH TR LY KZ UA KH TH AE SA ML GH RS IT LB CN AR BD DE SN UZ ZA BY RO EG \
    KW HT MK BA BG UG TJ NG JP KE MD JO CZ IQ ES GR AL MX QA OM MA SD HK IN PT CH TN AF SE ET NE KG TM GB CI NL DK SL \
    NO EC CO IL CY TT SG ZM IE AT FI SY VN FR GT VU MG BI BE TZ GE DO MW TW BH KR BF GA SO LT MU CL CM DZ AZ MR DJ TK \
    SK TD PE NP PK PA BR CR HN YE AM HU GY PY MZ LK SS ME SI CD BN IR HR SV PG GN UY TL LA KP MN CW AU VE BJ BS";

/// A choice among countries, by their positions in the code list.
#[derive(Debug)]
struct Countries {
    pick: Pick,
    of: Box<[u16]>,
}

impl Countries {
    /// Shares in a thousand, with a tail for the rest.
    fn new(shares: &[(u16, u32)], tail: &[u16]) -> Self {
        let head: u32 = shares.iter().map(|(_, share)| share).sum();
        let falls = |rank: u64| 1_000_000 / ((rank + 8) * (rank + 8));
        let total: u64 = (0..).zip(tail).map(|(rank, _)| falls(rank)).sum::<u64>().max(1);
        let rest = u64::from(1000u32.saturating_sub(head));
        // In millionths, so that the end of the tail does not vanish.
        let tail_weights =
            (0..).zip(tail).map(|(rank, _)| u32::try_from(falls(rank) * rest * 1000 / total).unwrap_or(0));
        Self {
            pick: Pick::of(shares.iter().map(|(_, share)| share * 1000).chain(tail_weights)),
            of: shares.iter().map(|(country, _)| *country).chain(tail.iter().copied()).collect(),
        }
    }

    #[inline]
    fn draw(&self, draw: u32) -> u16 {
        self.of.get(self.pick.class(draw)).copied().unwrap_or(0)
    }
}

/// The choices, ready to draw from.
#[derive(Debug)]
pub(super) struct Places {
    united_states: u16,
    hotline_labour: Countries,
    hotline_other: Countries,
    managed: [Countries; 4],
    corridors: Vec<(Chance, Countries)>,
    elsewhere: (Chance, Countries),
    /// By country of origin, the position of its corridor.
    corridor_of: Vec<Option<usize>>,
}

impl Places {
    pub(super) fn new() -> Self {
        let origins = codes(ORIGINS_TAIL);
        let destinations = codes(DESTINATIONS_TAIL);
        let from = |shares: Shares| Countries::new(&coded(shares), &origins);
        // A corridor's shares are of all cases; its choice is among those abroad.
        let abroad = |home: u32, to: Shares| {
            let rest = 1000u32.saturating_sub(home).max(1);
            let shares: Vec<(u16, u32)> =
                coded(to).into_iter().map(|(country, share)| (country, share * 1000 / rest)).collect();
            (Chance::per_mille(home), Countries::new(&shares, &destinations))
        };
        let corridor_of = Country::ALL
            .iter()
            .map(|country| {
                let area = country.sub_region();
                let own =
                    |corridor: &Corridor| matches!(corridor.from, From::Country(code) if code == country.alpha2());
                let shared = |corridor: &Corridor| matches!(corridor.from, From::Area(found) if Some(found) == area);
                CORRIDORS.iter().position(own).or_else(|| CORRIDORS.iter().position(shared))
            })
            .collect();
        Self {
            united_states: Country::from_alpha2("US").map_or(0, position),
            hotline_labour: from(HOTLINE_LABOUR),
            hotline_other: from(HOTLINE_OTHER),
            managed: [MANAGED_LABOUR, MANAGED_SEXUAL, MANAGED_OTHER, MANAGED_NONE].map(from),
            corridors: CORRIDORS.iter().map(|corridor| abroad(corridor.home, corridor.to)).collect(),
            elsewhere: abroad(HOME_ELSEWHERE, &[]),
            corridor_of,
        }
    }

    /// Citizenship of a hotline case; exploitation is in the United States.
    #[inline]
    pub(super) fn hotline(&self, labour: bool, draw: u32) -> (u16, u16) {
        let countries = if labour { &self.hotline_labour } else { &self.hotline_other };
        (countries.draw(draw), self.united_states)
    }

    /// Citizenship and country of exploitation of another case; `kind` is that of the years too.
    #[inline]
    pub(super) fn managed(&self, kind: usize, draws: [u32; 3]) -> (u16, u16) {
        let [origin, home, abroad] = draws;
        let origin = self.managed.get(kind).map_or(0, |countries| countries.draw(origin));
        let corridor = self.corridor_of.get(usize::from(origin)).copied().flatten();
        let (at_home, to) = corridor.and_then(|at| self.corridors.get(at)).unwrap_or(&self.elsewhere);
        (origin, if at_home.hits(home) { origin } else { to.draw(abroad) })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "there are fewer than 2^16 countries")]
fn position(country: Country) -> u16 {
    country.index() as u16
}

fn codes(list: &str) -> Vec<u16> {
    list.split_ascii_whitespace().filter_map(Country::from_alpha2).map(position).collect()
}

fn coded(shares: Shares) -> Vec<(u16, u32)> {
    shares.iter().filter_map(|(code, share)| Some((position(Country::from_alpha2(code)?), *share))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_is_that_of_an_official_country_with_an_alpha3_code() {
        let lists = [HOTLINE_LABOUR, HOTLINE_OTHER, MANAGED_LABOUR, MANAGED_SEXUAL, MANAGED_OTHER, MANAGED_NONE];
        let named = lists.iter().copied().chain(CORRIDORS.iter().map(|corridor| corridor.to));
        let tails = ORIGINS_TAIL.split_ascii_whitespace().chain(DESTINATIONS_TAIL.split_ascii_whitespace());
        for code in named.flatten().map(|(code, _)| *code).chain(tails) {
            let country = Country::from_alpha2(code).expect(code);
            assert_eq!(country.status(), crate::CountryStatus::Official, "{code}");
            assert!(country.alpha3().is_some());
        }
        for corridor in CORRIDORS {
            let sum: u32 = corridor.to.iter().map(|(_, share)| share).sum::<u32>() + corridor.home;
            assert!(sum <= 1000, "{sum}");
        }
    }

    /// The release of September 2021 has 128 citizenships outside the United States and 142 countries of
    /// exploitation, "not recorded" included.
    #[test]
    fn tails_name_as_many_countries_as_the_release() {
        let all: HashSet<u16> =
            codes(ORIGINS_TAIL).into_iter().chain(coded(MANAGED_NONE).iter().map(|(code, _)| *code)).collect();
        assert!((125..=135).contains(&all.len()), "{}", all.len());
        let destinations: HashSet<u16> = codes(DESTINATIONS_TAIL).into_iter().collect();
        assert_eq!(destinations.len(), 140);
    }
}
