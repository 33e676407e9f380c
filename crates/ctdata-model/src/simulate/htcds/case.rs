//! Cases: who is in them, what happened, and what is done.

use chrono::NaiveDate;

use super::MARKER;
use super::directory::Directory;
use super::draws::Draws;
use super::person::{self, country, reference};
use super::timeline::{self, Birth, Timeline, age_on, later, recorded};
use super::victim::{STATUSES, victim};
use super::words::{ACTIONS, CLOSURES, COMMENTS, DESCRIPTIONS, INCOMING, OBJECTIVES, OUTGOING, ROLES};
use crate::htcds::lists::{
    CaseStatus, ReferralReason, RoleInProcess as Role, SupportPlanType as Plan, TraffickingEventType as Event,
    TraffickingStatus,
};
use crate::htcds::{
    CaseComment, CaseId, CaseRecord, CaseRole, Connection, Listed, OutgoingReferral, Perpetrator, Person, PersonId,
    SupportPlan, TraffickingEvent,
};
use crate::simulate::draft::{Draft, Drafter};
use crate::{Country, Redacted};

const CASE_STATUSES: [(CaseStatus, u32); 4] = [
    (CaseStatus::Closed, 400),
    (CaseStatus::ClosedReferred, 120),
    (CaseStatus::FollowUp, 180),
    (CaseStatus::Active, 250),
];
const REASONS: [(ReferralReason, u32); 3] = [
    (ReferralReason::AdditionalServicesRequired, 400),
    (ReferralReason::MigrationOrChangeOfLocation, 120),
    (ReferralReason::Other, 80),
];
const ROLES_IN_PROCESS: [(Role, u32); 9] = [
    (Role::RecruiterOrIntermediary, 300),
    (Role::Exploiter, 220),
    (Role::Transporter, 90),
    (Role::ControlledIndividual, 90),
    (Role::HarbouredIndividual, 60),
    (Role::SoldIndividual, 40),
    (Role::BrokerTravelAgent, 40),
    (Role::Abuser, 40),
    (Role::Other, 30),
];
const PLANS: [Plan; 9] = [
    Plan::Health,
    Plan::SocialCare,
    Plan::Legal,
    Plan::Financial,
    Plan::Livelihood,
    Plan::Education,
    Plan::LabourExploitationRehabilitation,
    Plan::SexualExploitationRehabilitation,
    Plan::RightsBasedTraining,
];
/// The last day on which somebody is referred for the second time: what follows ends before 2025.
const LAST_RETURN: Option<NaiveDate> = NaiveDate::from_ymd_opt(2022, 12, 31);

/// Draws the cases of a chunk.
pub(super) struct Desk<'a> {
    drafter: &'a Drafter,
    directory: &'a Directory,
    /// Victims before this chunk.
    before: usize,
    draws: Draws<'a>,
    /// Victims who may come again.
    known: Vec<Known>,
    /// Perpetrators who may be found again.
    offenders: Vec<PersonId>,
}

#[derive(Clone)]
struct Known {
    person: PersonId,
    birth: Birth,
    referred: NaiveDate,
}

/// What all victims of a case share.
struct Story {
    draft: Draft,
    timeline: Timeline,
    is_year_known: bool,
    status: Option<TraffickingStatus>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(drafter: &'a Drafter, directory: &'a Directory, before: usize, draws: Draws<'a>) -> Self {
        Self { drafter, directory, before, draws, known: Vec::new(), offenders: Vec::new() }
    }

    /// A case whose first victim has this row of the chunk, with at most so many victims; and the people who are new
    /// with it, one for each victim first where there are several.
    pub(super) fn case(&mut self, row: usize, most: usize) -> (Vec<Person>, CaseRecord) {
        let row = self.before + row;
        let victims = (1 + self.more_victims()).min(most);
        let draft = self.draft();
        let (referred, is_year_known) = timeline::referral(&draft, &mut self.draws);
        let again = if victims == 1 && self.draws.happens(15) { self.returning() } else { None };
        let (birth, floor, referred) = if let Some((known, referred)) = &again {
            (known.birth, known.referred, *referred)
        } else {
            let birth = timeline::birth(&draft, referred, &mut self.draws);
            (birth, birth.date, referred)
        };
        let timeline = Timeline::draw(&draft, birth.date, floor, referred, &mut self.draws);
        let status = self.draws.shared(&STATUSES).filter(|status| victims == 1 || *status != NOT);
        let story = Story { draft, timeline, is_year_known, status };
        let mut case = CaseRecord { id: CaseId::new(format!("{MARKER}-C{:07}", row + 1)), ..CaseRecord::default() };
        let mut people = Vec::new();
        match again {
            Some((known, _)) => {
                self.add_victim(&mut case, known.person, birth, &story, &story.draft);
                // Whether this person consented is not at hand.
                case.victims.iter_mut().for_each(|victim| victim.details_of_vulnerabilities = None);
            }
            None => self.add_person(&mut case, &mut people, row, birth, &story, &story.draft),
        }
        for other in 1..victims {
            let draft = Draft { exploitation: story.draft.exploitation, ..self.draft() };
            let mut birth = timeline::birth(&draft, referred, &mut self.draws);
            if birth.date > timeline.recruited {
                birth.date = timeline::earlier(timeline.recruited, self.draws.below(4000));
            }
            self.add_person(&mut case, &mut people, row + other, birth, &story, &draft);
        }
        if victims == 1 && story.status != Some(NOT) {
            let person = PersonId::new(person_id(row));
            if people.len() == 1 {
                self.known.push(Known { person, birth, referred });
            }
        }
        self.file(&mut case, &story);
        if story.status != Some(NOT) {
            self.events(&mut case, &story);
            self.perpetrators(&mut case, &mut people, row, &story);
        }
        (people, case)
    }

    /// One draft; another one instead if the first says nothing of exploitation, which releases leave blank more often
    /// than case files do.
    fn draft(&mut self) -> Draft {
        use crate::simulate::answers::Set;
        let draft = self.drafter.draft(self.draws.0);
        if draft.answers(Set::Forms).yes == 0 { self.drafter.draft(self.draws.0) } else { draft }
    }

    fn more_victims(&mut self) -> usize {
        self.draws.shared(&[(1, 30), (2, 12), (3, 6), (5, 2)]).unwrap_or(0)
    }

    /// Somebody who was in an earlier case, with the date of the second referral.
    fn returning(&mut self) -> Option<(Known, NaiveDate)> {
        let at = self.draws.below(u32::try_from(self.known.len()).ok()?) as usize;
        let days = self.draws.between(150, 900);
        let returned = later(self.known.get(at)?.referred, days);
        // Nobody comes a third time.
        (Some(returned) <= LAST_RETURN).then(|| (self.known.swap_remove(at), returned))
    }

    fn add_person(
        &mut self,
        case: &mut CaseRecord,
        people: &mut Vec<Person>,
        row: usize,
        birth: Birth,
        story: &Story,
        draft: &Draft,
    ) {
        let id = PersonId::new(person_id(row));
        people.push(person::victim(id.clone(), draft, birth, story.timeline.referred, &mut self.draws));
        let consents = people.last().is_some_and(|person| person.consent.consent == Some(true));
        self.add_victim(case, id, birth, story, draft);
        // Without consent there is no text about the person (R29).
        if let Some(victim) = case.victims.last_mut().filter(|_| !consents) {
            victim.details_of_vulnerabilities = None;
        }
    }

    fn add_victim(&mut self, case: &mut CaseRecord, person: PersonId, birth: Birth, story: &Story, draft: &Draft) {
        let age = age_on(story.timeline.exploited, birth.date);
        case.victims.push(victim(person, draft, story.status, age, self.directory, &mut self.draws));
    }

    /// The work on a case: referrals, comments, plans, who is connected with it.
    fn file(&mut self, case: &mut CaseRecord, story: &Story) {
        let (draws, directory) = (&mut self.draws, self.directory);
        let referred = story.timeline.referred;
        let status = draws.shared(&CASE_STATUSES);
        case.status = status.map(Listed::Known);
        let has_reason = match status {
            Some(CaseStatus::Closed) => true,
            Some(CaseStatus::ClosedReferred) => draws.happens(600),
            _ => false,
        };
        if has_reason {
            case.reason_for_case_closure = draws.sentence(CLOSURES);
        }
        if draws.happens(900) {
            case.case_owner = draws.full_name();
        }
        if draws.happens(850) {
            case.referring_organisation = match draws.below(10) {
                0..9 => directory.helper(draws).map(|id| Redacted::new(id.expose().to_owned())),
                _ => draws.name_with("Hotline"),
            };
        }
        if story.is_year_known && draws.happens(970) {
            case.incoming_referral_date = recorded(referred, draws);
        }
        if draws.happens(450) {
            case.referring_primary_case_worker = reference(directory.worker(draws).map(PersonId::expose), draws);
        }
        case.reason_for_incoming_referral = draws.shared(&REASONS).map(Listed::Known);
        if draws.happens(350) {
            case.incoming_referral_details = draws.sentence(INCOMING);
        }
        let outgoing = match status {
            Some(CaseStatus::ClosedReferred) => 1 + draws.below(2),
            _ => draws.shared(&[(1, 220), (2, 50), (3, 10)]).unwrap_or(0),
        };
        for _ in 0..outgoing {
            case.outgoing_referrals.push(outgoing_referral(referred, directory, draws));
        }
        for _ in 0..draws.shared(&[(1, 250), (2, 100), (4, 30)]).unwrap_or(0) {
            case.comments.push(CaseComment { case_comment: draws.sentence(COMMENTS) });
        }
        for _ in 0..draws.shared(&[(1, 330), (2, 120)]).unwrap_or(0) {
            case.support_plans.push(support_plan(referred, draws));
        }
        if draws.happens(700) {
            let person = directory.worker(draws).cloned();
            case.connections.push(Connection { person, organization: None, role: CaseRole::CaseWorker });
        }
        if draws.happens(300) {
            let organization = directory.helper(draws).cloned();
            case.connections.push(Connection { person: None, organization, role: CaseRole::Organization });
        }
    }

    fn events(&mut self, case: &mut CaseRecord, story: &Story) {
        let draws = &mut self.draws;
        let Timeline { recruited, moved, exploited, .. } = story.timeline;
        let (home, place) = (country(story.draft.citizenship), country(story.draft.exploitation));
        let transit = draws.one(&["TR", "RU", "TH", "LY", "MX", "AE"]).and_then(Country::from_alpha2);
        let is_abroad = home.is_some() && place.is_some() && home != place;
        for (kind, date, country, per_mille) in [
            (Event::Recruitment, recruited, home, 400),
            (Event::Transit, moved, transit, if is_abroad { 250 } else { 0 }),
            (Event::Exploitation, exploited, place, 750),
        ] {
            if draws.happens(per_mille) {
                case.events.push(event(kind, date, country, draws));
            }
        }
    }

    fn perpetrators(&mut self, case: &mut CaseRecord, people: &mut Vec<Person>, row: usize, story: &Story) {
        let count = self.draws.shared(&[(1, 230), (2, 80), (3, 30)]).unwrap_or(0);
        for at in 0..count {
            let offenders = u32::try_from(self.offenders.len()).unwrap_or(0);
            let again = if self.draws.happens(120) {
                self.offenders.get(self.draws.below(offenders) as usize).cloned()
            } else {
                None
            };
            let is_new = again.is_none();
            let id = again.unwrap_or_else(|| PersonId::new(format!("{MARKER}-X{:07}-{}", row + 1, at + 1)));
            if case.perpetrators.iter().any(|other| other.person == id) {
                continue;
            }
            if is_new {
                let home = country(story.draft.citizenship);
                people.push(person::perpetrator(id.clone(), home, story.timeline.referred, &mut self.draws));
                self.offenders.push(id.clone());
            }
            case.perpetrators.push(perpetrator(id, &mut self.draws));
        }
        // Some victims were made to recruit others.
        if count > 0
            && self.draws.happens(10)
            && let Some(victim) = case.victims.first()
        {
            let role_in_process = vec![Listed::Known(Role::RecruiterOrIntermediary)];
            let person = victim.person.clone();
            case.perpetrators.push(Perpetrator { person, role_in_process, ..Perpetrator::default() });
        }
    }
}

const NOT: TraffickingStatus = TraffickingStatus::NotAVictimOfTrafficking;

fn person_id(row: usize) -> String {
    format!("{MARKER}-P{:07}", row + 1)
}

fn outgoing_referral(referred: NaiveDate, directory: &Directory, draws: &mut Draws<'_>) -> OutgoingReferral {
    OutgoingReferral {
        referred_organisation: match draws.below(10) {
            0..9 => directory.helper(draws).map(|id| Redacted::new(id.expose().to_owned())),
            _ => draws.name_with("Centre"),
        },
        referred_primary_case_worker: if draws.happens(250) {
            reference(directory.worker(draws).map(PersonId::expose), draws)
        } else {
            None
        },
        reason_for_outgoing_referral: draws.shared(&REASONS).map(Listed::Known),
        outgoing_referral_date: recorded(later(referred, draws.between(1, 300)), draws),
        outgoing_referral_details: if draws.happens(400) { draws.sentence(OUTGOING) } else { None },
    }
}

fn support_plan(referred: NaiveDate, draws: &mut Draws<'_>) -> SupportPlan {
    SupportPlan {
        objectives: if draws.happens(850) { draws.sentence(OBJECTIVES) } else { None },
        action_plan: if draws.happens(700) { draws.sentence(ACTIONS) } else { None },
        planned_end_date: if draws.happens(800) {
            recorded(later(referred, draws.between(30, 400)), draws)
        } else {
            None
        },
        actual_end_date: if draws.happens(450) {
            recorded(later(referred, draws.between(20, 500)), draws)
        } else {
            None
        },
        kind: draws.one(&PLANS).filter(|_| draws.happens(900)).map(Listed::Known),
    }
}

fn event(kind: Event, date: NaiveDate, country: Option<Country>, draws: &mut Draws<'_>) -> TraffickingEvent {
    let mut event = TraffickingEvent { kind: Some(Listed::Known(kind)), ..TraffickingEvent::default() };
    if draws.happens(850) {
        event.date = recorded(date, draws);
    }
    event.country = country.map(|country| Redacted::new(country.alpha2().to_owned()));
    if draws.happens(500) {
        event.city = draws.proper_name();
    }
    if draws.happens(120) {
        event.state = draws.proper_name();
    }
    if draws.happens(80) {
        event.street = draws.street();
        event.postal_code = draws.number("", 5);
    }
    if draws.happens(120) {
        [event.latitude, event.longitude] = draws.coordinates();
    }
    if draws.happens(350) {
        event.description = draws.sentence(DESCRIPTIONS);
    }
    event
}

fn perpetrator(person: PersonId, draws: &mut Draws<'_>) -> Perpetrator {
    let mut perpetrator = Perpetrator { person, ..Perpetrator::default() };
    for _ in 0..draws.between(1, 2) {
        if let Some(role) = draws.shared(&ROLES_IN_PROCESS).map(Listed::Known)
            && !perpetrator.role_in_process.contains(&role)
        {
            perpetrator.role_in_process.push(role);
        }
    }
    if draws.happens(200) {
        perpetrator.role_details = draws.sentence(ROLES);
    }
    if draws.happens(60) {
        perpetrator.organisation = draws.name_with("Agency");
    }
    perpetrator
}
