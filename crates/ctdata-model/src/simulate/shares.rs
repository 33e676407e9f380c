//! What the simulation is calibrated on: shares in a thousand, by where a record comes from and which
//! forms of exploitation it states.
//!
//! # Sources
//! Shares computed from CTDC's Global Synthetic Dataset of September 2021 (ctdatacollaborative.org),
//! rounded to two digits. That release does not name the source of a record; cases in the United States
//! stand for those of the hotline. What the release does not say is assumed, and marked so below.

use crate::DataSource;

/// Cases that have a source and stated forms of exploitation in common.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) source: DataSource,
    /// The stated forms.
    pub(super) labour: bool,
    pub(super) sexual: bool,
    pub(super) other: bool,
    /// Weight among the segments.
    pub(super) share: u32,
    /// Female, male, transgender or non-conforming; the rest is not recorded.
    pub(super) gender: [u32; 3],
    pub(super) recorded: Recorded,
    pub(super) ages: Ages,
    /// 0 to 12, 13 to 24, 25 to 60 months, longer; the rest is not recorded.
    pub(super) durations: [u32; 4],
    /// Means of control, in the order of the k-anonymised columns.
    pub(super) controls: [u32; CONTROLS],
    /// Levels of intensity: the share of cases, and by what percentage a case of that level multiplies
    /// the shares of `controls`. The rest has no means of control. Fitted to the numbers of means per case.
    pub(super) intensity: [(u32, u32); 3],
    /// Agriculture, construction, domestic work, hospitality, another sector.
    pub(super) sectors: [u32; 5],
    /// Prostitution, pornography, another type.
    pub(super) sexual_types: [u32; 3],
    /// Intimate partner, friend, family, other.
    pub(super) recruiters: [u32; 4],
    pub(super) minors: Minors,
}

/// Shares of cases in which something is recorded.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) age: u32,
    pub(super) year: u32,
    pub(super) citizenship: u32,
    pub(super) exploitation: u32,
}

/// Weights of the nine age bands: female and other, male.
pub(super) type Ages = [[u32; 9]; 2];

/// The status when exploitation began, by age at registration.
#[derive(Debug)]
pub(super) struct Minors {
    /// Minor, of those who are children at registration.
    pub(super) child: u32,
    /// Minor and adult, of those who are adults at registration.
    pub(super) adult: [u32; 2],
    /// Minor and adult, of those whose age is not recorded.
    pub(super) unknown: [u32; 2],
}

/// Means of control that are simulated: those of the k-anonymised releases.
pub(super) const CONTROLS: usize = 17;

/// A second sector or recruiter, given a first.
pub(super) const SECOND_ANSWER: u32 = 6;

const HOTLINE_LABOUR: Ages = [[1, 35, 12, 6, 5, 5, 20, 6, 10], [1, 63, 12, 9, 2, 1, 4, 3, 5]];
const HOTLINE_SEXUAL: Ages = [[2, 41, 15, 10, 8, 5, 12, 4, 2], [20, 64, 4, 2, 2, 1, 4, 2, 1]];
const HOTLINE_NONE: Ages = [[2, 26, 17, 12, 9, 7, 16, 7, 5], [4, 45, 18, 8, 4, 1, 12, 4, 4]];
const MANAGED_LABOUR: Ages = [[2, 12, 5, 7, 9, 10, 34, 13, 8], [2, 9, 4, 7, 8, 10, 36, 17, 8]];
const MANAGED_SEXUAL: Ages = [[1, 11, 22, 24, 18, 10, 13, 1, 0], [9, 63, 9, 8, 7, 1, 2, 1, 0]];
const MANAGED_OTHER: Ages = [[6, 23, 22, 13, 9, 6, 16, 4, 1], [1, 41, 6, 3, 4, 5, 25, 15, 1]];
const MANAGED_NONE: Ages = [[5, 13, 13, 14, 13, 10, 19, 7, 5], [9, 15, 5, 6, 7, 8, 25, 15, 10]];

/// The segments. Shares of restricted financial access and of used children are assumed: the release
/// does not have them.
pub(super) static SEGMENTS: [Segment; 9] = [
    // hotline labour
    Segment {
        source: DataSource::Hotline,
        labour: true,
        sexual: false,
        other: false,
        share: 68,
        gender: [270, 400, 0],
        recorded: Recorded { age: 96, year: 880, citizenship: 290, exploitation: 990 },
        ages: HOTLINE_LABOUR,
        durations: [0, 0, 0, 0],
        controls: [180, 410, 100, 360, 300, 89, 25, 180, 12, 250, 32, 290, 18, 320, 240, 170, 250],
        intensity: [(480, 64), (210, 150), (220, 170)],
        sectors: [280, 33, 77, 65, 350],
        sexual_types: [0, 0, 0],
        recruiters: [14, 14, 27, 410],
        minors: Minors { child: 880, adult: [19, 270], unknown: [61, 210] },
    },
    // hotline sexual
    Segment {
        source: DataSource::Hotline,
        labour: false,
        sexual: true,
        other: false,
        share: 231,
        gender: [870, 42, 2],
        recorded: Recorded { age: 390, year: 950, citizenship: 180, exploitation: 990 },
        ages: HOTLINE_SEXUAL,
        durations: [0, 0, 0, 0],
        controls: [20, 48, 12, 170, 180, 150, 91, 15, 140, 160, 2, 4, 8, 5, 27, 12, 120],
        intensity: [(360, 110), (220, 130), (83, 370)],
        sectors: [0, 0, 0, 0, 0],
        sexual_types: [310, 45, 20],
        recruiters: [85, 16, 62, 51],
        minors: Minors { child: 920, adult: [76, 180], unknown: [210, 86] },
    },
    // hotline both
    Segment {
        source: DataSource::Hotline,
        labour: true,
        sexual: true,
        other: false,
        share: 14,
        gender: [810, 48, 6],
        recorded: Recorded { age: 160, year: 880, citizenship: 140, exploitation: 990 },
        ages: HOTLINE_SEXUAL,
        durations: [0, 0, 0, 0],
        controls: [84, 140, 35, 270, 190, 160, 120, 79, 150, 220, 16, 31, 13, 40, 69, 21, 140],
        intensity: [(380, 81), (240, 170), (79, 370)],
        sectors: [0, 0, 56, 62, 250],
        sexual_types: [220, 6, 4],
        recruiters: [38, 1, 20, 140],
        minors: Minors { child: 940, adult: [19, 41], unknown: [150, 89] },
    },
    // hotline none
    Segment {
        source: DataSource::Hotline,
        labour: false,
        sexual: false,
        other: false,
        share: 28,
        gender: [680, 120, 3],
        recorded: Recorded { age: 350, year: 960, citizenship: 150, exploitation: 990 },
        ages: HOTLINE_NONE,
        durations: [0, 0, 0, 0],
        controls: [22, 23, 5, 80, 110, 62, 33, 12, 38, 89, 7, 3, 4, 19, 33, 22, 100],
        intensity: [(320, 160), (75, 420), (26, 620)],
        sectors: [7, 1, 2, 2, 8],
        sexual_types: [6, 1, 1],
        recruiters: [55, 8, 40, 47],
        minors: Minors { child: 910, adult: [54, 150], unknown: [120, 54] },
    },
    // managed labour
    Segment {
        source: DataSource::CaseManagement,
        labour: true,
        sexual: false,
        other: false,
        share: 132,
        gender: [460, 500, 0],
        recorded: Recorded { age: 590, year: 700, citizenship: 680, exploitation: 570 },
        ages: MANAGED_LABOUR,
        durations: [130, 120, 76, 48],
        controls: [120, 390, 97, 310, 360, 240, 10, 400, 4, 360, 210, 380, 15, 120, 170, 310, 43],
        intensity: [(84, 53), (280, 150), (210, 250)],
        sectors: [32, 120, 140, 7, 130],
        sexual_types: [0, 0, 0],
        recruiters: [0, 91, 13, 270],
        minors: Minors { child: 210, adult: [2, 250], unknown: [15, 270] },
    },
    // managed sexual
    Segment {
        source: DataSource::CaseManagement,
        labour: false,
        sexual: true,
        other: false,
        share: 78,
        gender: [900, 54, 0],
        recorded: Recorded { age: 690, year: 800, citizenship: 610, exploitation: 460 },
        ages: MANAGED_SEXUAL,
        durations: [78, 12, 14, 11],
        controls: [63, 76, 19, 100, 110, 96, 100, 140, 26, 100, 25, 44, 5, 15, 27, 53, 45],
        intensity: [(190, 140), (74, 450), (56, 740)],
        sectors: [0, 0, 20, 19, 2],
        sexual_types: [110, 16, 8],
        recruiters: [6, 50, 17, 38],
        minors: Minors { child: 580, adult: [35, 140], unknown: [210, 210] },
    },
    // managed both
    Segment {
        source: DataSource::CaseManagement,
        labour: true,
        sexual: true,
        other: false,
        share: 4,
        gender: [930, 22, 0],
        recorded: Recorded { age: 430, year: 560, citizenship: 390, exploitation: 200 },
        ages: MANAGED_LABOUR,
        durations: [97, 28, 6, 0],
        controls: [88, 220, 55, 280, 360, 280, 250, 360, 49, 340, 110, 290, 14, 9, 180, 200, 86],
        intensity: [(320, 66), (200, 160), (180, 260)],
        sectors: [0, 0, 300, 19, 96],
        sexual_types: [91, 1, 23],
        recruiters: [13, 29, 9, 200],
        minors: Minors { child: 690, adult: [16, 370], unknown: [71, 320] },
    },
    // managed other
    Segment {
        source: DataSource::CaseManagement,
        labour: false,
        sexual: false,
        other: true,
        share: 53,
        gender: [610, 260, 0],
        recorded: Recorded { age: 120, year: 940, citizenship: 910, exploitation: 290 },
        ages: MANAGED_OTHER,
        durations: [32, 21, 12, 1],
        controls: [5, 3, 0, 26, 25, 29, 16, 28, 0, 17, 18, 8, 1, 1, 22, 5, 32],
        intensity: [(58, 280), (44, 650), (19, 2900)],
        sectors: [1, 0, 100, 2, 18],
        sexual_types: [3, 0, 0],
        recruiters: [0, 100, 63, 140],
        minors: Minors { child: 310, adult: [89, 220], unknown: [11, 24] },
    },
    // managed none
    Segment {
        source: DataSource::CaseManagement,
        labour: false,
        sexual: false,
        other: false,
        share: 392,
        gender: [340, 200, 4],
        recorded: Recorded { age: 720, year: 690, citizenship: 730, exploitation: 470 },
        ages: MANAGED_NONE,
        durations: [55, 25, 22, 13],
        controls: [31, 19, 4, 24, 25, 25, 23, 30, 15, 27, 19, 19, 1, 16, 21, 25, 18],
        intensity: [(62, 480), (20, 1300), (19, 2300)],
        sectors: [15, 11, 22, 16, 24],
        sexual_types: [8, 9, 11],
        recruiters: [10, 31, 15, 18],
        minors: Minors { child: 74, adult: [3, 48], unknown: [14, 50] },
    },
];

/// Sectors other than the main four, in the order of the code list: aquafarming, begging, illicit
/// activities, manufacturing, mining, peddling, transportation, other. Assumed.
pub(super) const OTHER_SECTORS: [u32; 8] = [40, 150, 60, 200, 20, 90, 40, 400];

/// Remote interactive and private sexual services, of the other types. Assumed.
pub(super) const OTHER_TYPES: [u32; 2] = [25, 75];

/// Forced marriage, forced military, organ removal, slavery, of the other forms; the rest is none of
/// these. Assumed.
pub(super) const OTHER_FORMS: [u32; 4] = [50, 10, 5, 80];

/// The first year of registration of any release.
pub(super) const FIRST_YEAR: i16 = 2002;

/// Weights of the years from 2002 on: those of the hotline, which begins in 2015.
pub(super) const HOTLINE_YEARS: [u32; 22] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 75, 120, 160, 300, 350, 0, 0, 0, 0];

/// The same for case management: forced labour, sexual exploitation, other, no form. What follows 2021
/// is assumed to continue the level of 2020.
pub(super) const MANAGED_YEARS: [[u32; 22]; 4] = [
    [1, 2, 7, 50, 33, 26, 8, 8, 18, 11, 20, 30, 120, 150, 210, 65, 92, 88, 54, 7, 54, 54],
    [94, 48, 55, 140, 81, 64, 19, 10, 15, 6, 1, 4, 6, 33, 68, 72, 160, 120, 6, 1, 6, 6],
    [1, 0, 0, 8, 5, 4, 1, 1, 7, 0, 0, 7, 19, 6, 830, 72, 22, 6, 8, 2, 8, 8],
    [13, 7, 16, 25, 32, 35, 38, 36, 60, 72, 48, 65, 67, 70, 99, 91, 67, 66, 57, 36, 57, 57],
];

/// Case-management records of k-anonymised releases that a migration of records stamped 2016. Chosen so
/// that a third of all records are of 2016, as in the release of April 2020 (16,399 of 48,773).
pub(super) const STAMPED_2016: u32 = 320;
