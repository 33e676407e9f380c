//! One simulated case in full detail, before a layout decides what of it is published.

use rand::Rng;

use super::answers::{
    ALL_RECRUITERS, Answers, LABOUR, MAIN_SECTORS, NEW_TYPES, OTHER, RARE_FORMS, REST_SECTORS, SEXUAL, Set, state,
};
use super::negatives::{hotline_negatives, managed_negatives, settle_forms};
use super::pick::{Chance, Pick};
use super::places::Places;
use super::shares::{
    CONTROLS, FIRST_YEAR, HOTLINE_YEARS, MANAGED_YEARS, OTHER_FORMS, OTHER_SECTORS, OTHER_TYPES, SECOND_ANSWER,
    SEGMENTS, STAMPED_2016, Segment,
};
use crate::{AgeBand, Country, DataSource, DurationBand, Gender, Layout, Majority, Year};

/// A case as codes of its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) year: u8,
    pub(super) source: DataSource,
    pub(super) gender: u8,
    pub(super) age: u8,
    pub(super) majority_at_registration: u8,
    pub(super) majority_at_exploitation: u8,
    pub(super) majority_at_entry: u8,
    pub(super) duration: u8,
    pub(super) citizenship: u16,
    pub(super) exploitation: u16,
    /// By [`Set`].
    pub(super) answers: [Answers; 6],
}

impl Draft {
    /// Whether it is known to be registered in 2017 or later: some questions were first asked then.
    pub(super) const fn is_since_2017(&self) -> bool {
        self.year > YEAR_2016 && self.year != NO_YEAR
    }

    #[inline]
    pub(super) fn answers(&self, set: Set) -> Answers {
        self.answers.get(set as usize).copied().unwrap_or_default()
    }
}

/// The code of "not recorded" after a list's values, and that of "unknown" where an attribute has it.
#[expect(clippy::cast_possible_truncation, reason = "lists have fewer than 255 values; their tests prove it")]
const fn not_recorded(values: usize) -> u8 {
    values as u8
}

const YEARS: usize = Year::MAX.get().abs_diff(Year::MIN.get()) as usize + 1;
const NO_YEAR: u8 = not_recorded(YEARS);
const NO_GENDER: u8 = not_recorded(Gender::ALL.len());
const NO_AGE: u8 = not_recorded(AgeBand::ALL.len());
const NO_MAJORITY: u8 = not_recorded(Majority::ALL.len());
const NO_DURATION: u8 = not_recorded(DurationBand::ALL.len());
#[expect(clippy::cast_possible_truncation, reason = "there are fewer than 2^16 countries")]
const NO_COUNTRY: u16 = Country::ALL.len() as u16;
const MINOR: u8 = Majority::Minor as u8;
const ADULT: u8 = Majority::Adult as u8;
const YEAR_2016: u8 = 116;
const _: () = assert!(Year::MIN.get() + YEAR_2016 as i16 == 2016, "years are coded from the first one");

/// What a release does to what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Release {
    /// A k-anonymised release: it blanks fewer cells than a synthetic one, and it says "no" and "unknown".
    k_anonymised: bool,
    /// It has a text for countries that the source does not know.
    says_unknown_country: bool,
    /// The year of registration of many cases is that of the transfer to CTDC, 2016.
    stamps_2016: bool,
    /// Its last year.
    last_year: i16,
}

impl Release {
    pub(super) fn of(layout: &Layout) -> Self {
        Self {
            k_anonymised: !layout.synthetic,
            says_unknown_country: !layout.synthetic && !layout.missing.is_empty(),
            stamps_2016: !layout.synthetic,
            last_year: layout.last_year(),
        }
    }

    /// No release: what a case file holds, as far as the drafts know it.
    pub(super) const fn none() -> Self {
        Self { k_anonymised: true, says_unknown_country: false, stamps_2016: false, last_year: 2022 }
    }

    /// Years may be blank in the k-anonymised release of 2021, not in the earlier ones.
    fn years_recorded(self, share: u32) -> u32 {
        match (self.k_anonymised, self.last_year) {
            (false, _) => share,
            (true, ..2020) => 1000,
            (true, _) => 950,
        }
    }
}

/// How the years of registration are distributed.
fn years_of(segment: &Segment) -> usize {
    match (segment.source, segment.labour, segment.sexual, segment.other) {
        (_, true, _, _) => 0,
        (_, false, true, _) => 1,
        (_, false, false, true) => 2,
        _ => 3,
    }
}

/// A segment, ready to draw from.
#[derive(Debug)]
struct Ready {
    source: DataSource,
    labour: bool,
    forms: u32,
    /// The kind of years and of places.
    kind: usize,
    gender: Pick,
    gender_recorded: Chance,
    age_recorded: Chance,
    year_recorded: Chance,
    citizenship_recorded: Chance,
    exploitation_recorded: Chance,
    years: Pick,
    ages: [Pick; 2],
    durations: Pick,
    intensity: Pick,
    controls: [[Chance; CONTROLS]; 3],
    sectors: Pick,
    sexual_types: Pick,
    recruiters: Pick,
    minor_child: Chance,
    minor_adult: Pick,
    minor_unknown: Pick,
}

impl Ready {
    fn new(segment: &Segment, release: Release) -> Self {
        let kind = years_of(segment);
        let years = match segment.source {
            DataSource::Hotline => HOTLINE_YEARS,
            DataSource::CaseManagement => MANAGED_YEARS.get(kind).copied().unwrap_or_default(),
        };
        let covered = usize::try_from(release.last_year - FIRST_YEAR + 1).unwrap_or(0);
        let at_level = |(_, percent): (u32, u32)| {
            segment.controls.map(|share| Chance::per_mille((share * percent / 100).min(970)))
        };
        let yes = |holds: bool, form: u32| if holds { form } else { 0 };
        Self {
            source: segment.source,
            labour: segment.labour,
            forms: yes(segment.labour, LABOUR) | yes(segment.sexual, SEXUAL) | yes(segment.other, OTHER),
            kind,
            gender: Pick::of(segment.gender),
            gender_recorded: Chance::per_mille(segment.gender.iter().sum()),
            age_recorded: Chance::per_mille(segment.recorded.age),
            year_recorded: Chance::per_mille(release.years_recorded(segment.recorded.year)),
            citizenship_recorded: Chance::per_mille(segment.recorded.citizenship),
            exploitation_recorded: Chance::per_mille(segment.recorded.exploitation),
            years: Pick::of(years.into_iter().take(covered)),
            ages: segment.ages.map(Pick::of),
            durations: Pick::with_rest(segment.durations),
            intensity: Pick::with_rest(segment.intensity.map(|(share, _)| share)),
            controls: segment.intensity.map(at_level),
            sectors: Pick::with_rest(segment.sectors),
            sexual_types: Pick::with_rest(segment.sexual_types),
            recruiters: Pick::with_rest(segment.recruiters),
            minor_child: Chance::per_mille(segment.minors.child),
            minor_adult: Pick::with_rest(segment.minors.adult),
            minor_unknown: Pick::with_rest(segment.minors.unknown),
        }
    }
}

/// Everything that drawing cases for a release needs.
#[derive(Debug)]
pub(super) struct Drafter {
    release: Release,
    segment: Pick,
    segments: [Ready; SEGMENTS.len()],
    places: Places,
    other_sectors: Pick,
    other_types: Pick,
    other_forms: Pick,
    genders: [u8; 3],
}

const STAMPED: Chance = Chance::per_mille(STAMPED_2016);
const SECOND: Chance = Chance::per_mille(SECOND_ANSWER);
const HALF: Chance = Chance::per_mille(500);
const QUARTER: Chance = Chance::per_mille(250);
const EIGHTH: Chance = Chance::per_mille(125);
/// Of the countries that a synthetic release leaves blank, those that a k-anonymised one does not state
/// either: for citizenship about 24 % of all cases, for exploitation about 4 %.
const CITIZENSHIP_HIDDEN: Chance = Chance::per_mille(520);
const EXPLOITATION_HIDDEN: Chance = Chance::per_mille(120);
/// Of these, those that are stated as unknown: 18 % and 1.7 % of all cases in the release of April 2020.
const CITIZENSHIP_UNKNOWN: Chance = Chance::per_mille(760);
const EXPLOITATION_UNKNOWN: Chance = Chance::per_mille(400);
const ENTRY_RECORDED: Chance = Chance::per_mille(150);
const ABDUCTED: Chance = Chance::per_mille(15);

impl Drafter {
    pub(super) fn new(release: Release) -> Self {
        Self {
            release,
            segment: Pick::of(SEGMENTS.iter().map(|segment| segment.share)),
            segments: SEGMENTS.each_ref().map(|segment| Ready::new(segment, release)),
            places: Places::new(),
            other_sectors: Pick::of(OTHER_SECTORS),
            other_types: Pick::of(OTHER_TYPES),
            other_forms: Pick::with_rest(OTHER_FORMS),
            genders: [Gender::Female, Gender::Male, Gender::TransgenderOrNonConforming].map(|gender| gender as u8),
        }
    }

    /// Draws a case.
    pub(super) fn draft(&self, rng: &mut impl Rng) -> Draft {
        let at = self.segment.class(rng.next_u32());
        #[expect(clippy::indexing_slicing, reason = "the choice has as many classes as there are segments")]
        let segment = &self.segments[at];
        let mut draft = Draft {
            year: self.year(segment, rng),
            source: segment.source,
            gender: NO_GENDER,
            age: NO_AGE,
            majority_at_registration: NO_MAJORITY,
            majority_at_exploitation: NO_MAJORITY,
            majority_at_entry: NO_MAJORITY,
            duration: NO_DURATION,
            citizenship: NO_COUNTRY,
            exploitation: NO_COUNTRY,
            answers: Default::default(),
        };
        self.person(segment, &mut draft, rng);
        self.countries(segment, &mut draft, rng);
        if let Ok(band @ 0..=3) = u8::try_from(segment.durations.class(rng.next_u32())) {
            draft.duration = band;
        }
        let [controls, forms, sectors, types, recruiters, states] = &mut draft.answers;
        controls.yes = means_of_control(segment, rng);
        forms.yes = segment.forms;
        if segment.forms & OTHER != 0 {
            forms.yes |= RARE_FORMS.get(self.other_forms.class(rng.next_u32())).copied().unwrap_or(0);
        }
        sectors.yes = self.sectors(segment, rng);
        types.yes = self.sexual_types(segment, rng);
        recruiters.yes = recruiter_relations(segment, rng);
        states.yes = if ABDUCTED.hits(rng.next_u32()) { state::ABDUCTION } else { 0 };
        match segment.source {
            DataSource::Hotline => hotline_negatives(&mut draft, rng),
            DataSource::CaseManagement => managed_negatives(&mut draft, rng),
        }
        settle_forms(&mut draft);
        draft
    }

    fn year(&self, segment: &Ready, rng: &mut impl Rng) -> u8 {
        let [recorded, year, stamped] = [rng.next_u32(), rng.next_u32(), rng.next_u32()];
        if !segment.year_recorded.hits(recorded) {
            return NO_YEAR;
        }
        let is_stamped = self.release.stamps_2016 && segment.source == DataSource::CaseManagement;
        if is_stamped && STAMPED.hits(stamped) {
            return YEAR_2016;
        }
        u8::try_from(segment.years.class(year) + usize::from((FIRST_YEAR - Year::MIN.get()).unsigned_abs()))
            .unwrap_or(NO_YEAR)
    }

    fn person(&self, segment: &Ready, draft: &mut Draft, rng: &mut impl Rng) {
        let k_anonymised = self.release.k_anonymised;
        let gender = segment.gender.class(rng.next_u32());
        let [recorded, hidden, unknown] = [rng.next_u32(), rng.next_u32(), rng.next_u32()];
        if segment.gender_recorded.hits(recorded) || (k_anonymised && !EIGHTH.hits(hidden)) {
            draft.gender = self.genders.get(gender).copied().unwrap_or(NO_GENDER);
        } else if k_anonymised && HALF.hits(unknown) {
            draft.gender = NO_GENDER + 1;
        }
        let [ages, male_ages] = &segment.ages;
        let ages = if gender == 1 { male_ages } else { ages };
        let age = u8::try_from(ages.class(rng.next_u32())).unwrap_or(NO_AGE);
        let mut is_child = AgeBand::from_index(usize::from(age)).is_some_and(AgeBand::is_child);
        let [recorded, began] = [rng.next_u32(), rng.next_u32()];
        let is_recorded = segment.age_recorded.hits(recorded);
        // Of an age that is not recorded only the status is kept, which must not contradict the other two.
        let status = match (is_recorded, is_child) {
            (true, true) => usize::from(!segment.minor_child.hits(began)) * 2,
            (true, false) => segment.minor_adult.class(began),
            (false, _) => segment.minor_unknown.class(began),
        };
        if is_recorded {
            draft.age = age;
        } else if status < 2 {
            is_child = status == 0 && !QUARTER.hits(rng.next_u32());
        }
        draft.majority_at_exploitation = match status {
            0 => MINOR,
            1 => ADULT,
            _ => NO_MAJORITY,
        };
        if k_anonymised {
            let [registered, unknown, entry, earlier] =
                [rng.next_u32(), rng.next_u32(), rng.next_u32(), rng.next_u32()];
            let now = if is_child { MINOR } else { ADULT };
            draft.majority_at_registration = match (is_recorded, HALF.hits(registered), EIGHTH.hits(unknown)) {
                (true, _, _) | (false, true, _) => now,
                (false, false, true) => NO_MAJORITY + 1,
                (false, false, false) => NO_MAJORITY,
            };
            if ENTRY_RECORDED.hits(entry) {
                // Entry is not later than exploitation, and exploitation not later than registration.
                let was_minor = is_child || status == 0 || EIGHTH.hits(earlier);
                draft.majority_at_entry = if was_minor { MINOR } else { ADULT };
            }
        }
    }

    fn countries(&self, segment: &Ready, draft: &mut Draft, rng: &mut impl Rng) {
        let draws = [rng.next_u32(), rng.next_u32(), rng.next_u32()];
        let (citizenship, exploitation) = match segment.source {
            DataSource::Hotline => self.places.hotline(segment.labour, draws[0]),
            DataSource::CaseManagement => self.places.managed(segment.kind, draws),
        };
        let mut state = |country: u16, recorded: Chance, hidden: Chance, unknown: Chance| {
            let draws = [rng.next_u32(), rng.next_u32(), rng.next_u32()];
            if recorded.hits(draws[0]) || (self.release.k_anonymised && !hidden.hits(draws[1])) {
                country
            } else {
                NO_COUNTRY + u16::from(self.release.says_unknown_country && unknown.hits(draws[2]))
            }
        };
        draft.citizenship = state(citizenship, segment.citizenship_recorded, CITIZENSHIP_HIDDEN, CITIZENSHIP_UNKNOWN);
        draft.exploitation =
            state(exploitation, segment.exploitation_recorded, EXPLOITATION_HIDDEN, EXPLOITATION_UNKNOWN);
    }

    fn sectors(&self, segment: &Ready, rng: &mut impl Rng) -> u32 {
        let mut draw = |rng: &mut dyn FnMut() -> u32| {
            let class = segment.sectors.class(rng());
            match MAIN_SECTORS.get(class) {
                Some(main) => *main,
                None if class == MAIN_SECTORS.len() => {
                    REST_SECTORS.get(self.other_sectors.class(rng())).copied().unwrap_or(0)
                }
                None => 0,
            }
        };
        with_second(&mut || rng.next_u32(), &mut draw)
    }

    fn sexual_types(&self, segment: &Ready, rng: &mut impl Rng) -> u32 {
        match segment.sexual_types.class(rng.next_u32()) {
            class @ (0 | 1) => 1 << class,
            2 => NEW_TYPES.get(self.other_types.class(rng.next_u32())).copied().unwrap_or(0),
            _ => 0,
        }
    }
}

fn means_of_control(segment: &Ready, rng: &mut impl Rng) -> u32 {
    let Some(chances) = segment.controls.get(segment.intensity.class(rng.next_u32())) else {
        return 0;
    };
    chances.iter().enumerate().fold(0, |yes, (bit, chance)| yes | u32::from(chance.hits(rng.next_u32())) << bit)
}

fn recruiter_relations(segment: &Ready, rng: &mut impl Rng) -> u32 {
    let mut draw = |rng: &mut dyn FnMut() -> u32| (1 << segment.recruiters.class(rng())) & ALL_RECRUITERS;
    with_second(&mut || rng.next_u32(), &mut draw)
}

/// An answer, and rarely a second one if there is a first.
fn with_second(rng: &mut dyn FnMut() -> u32, draw: &mut dyn FnMut(&mut dyn FnMut() -> u32) -> u32) -> u32 {
    let first = draw(rng);
    if first != 0 && SECOND.hits(rng()) { first | draw(rng) } else { first }
}
