//! The objectives, targets and indicators themselves. Sources as in the [module](super).

use super::{Evidence, Objective, SdgIndicator, Target, Tier};

/// The targets that matter here: the three that name trafficking, and three neighbours whose
/// indicators are asked for and refused.
pub const TARGETS: &[Target] = &[
    Target {
        code: "5.2",
        title: "Eliminate all forms of violence against all women and girls in the public and private spheres, including trafficking and sexual and other types of exploitation",
        names_trafficking: true,
    },
    Target {
        code: "5.3",
        title: "Eliminate all harmful practices, such as child, early and forced marriage and female genital mutilation",
        names_trafficking: false,
    },
    Target {
        code: "8.7",
        title: "Take immediate and effective measures to eradicate forced labour, end modern slavery and human trafficking and secure the prohibition and elimination of the worst forms of child labour, including recruitment and use of child soldiers, and by 2025 end child labour in all its forms",
        names_trafficking: true,
    },
    Target {
        code: "10.7",
        title: "Facilitate orderly, safe, regular and responsible migration and mobility of people, including through the implementation of planned and well-managed migration policies",
        names_trafficking: false,
    },
    Target {
        code: "16.2",
        title: "End abuse, exploitation, trafficking and all forms of violence against and torture of children",
        names_trafficking: true,
    },
    Target {
        code: "16.3",
        title: "Promote the rule of law at the national and international levels and ensure equal access to justice for all",
        names_trafficking: false,
    },
];

const fn refused(code: &'static str, title: &'static str, custodian: &'static str, needs: Evidence) -> SdgIndicator {
    SdgIndicator {
        code,
        title,
        custodian,
        tier: None,
        needs,
        companion: None,
        companions: &[],
        label: "",
        can_say: NOTHING,
        cannot_say: "the indicator itself",
    }
}

const NOTHING: &str = "nothing";

/// Printed with the companions of 5.2.1 and 5.2.2.
pub(crate) const NOT_5_2: &str = "detected female victims; not 5.2.1 or 5.2.2";
/// Printed with the companions of 5.3.1.
pub(crate) const NOT_5_3_1: &str = "detected victims trafficked for forced marriage; not 5.3.1";
/// Printed with the companions of 8.7.1.
pub(crate) const NOT_8_7_1: &str = "detected; not the ILO forced-labour prevalence; not 8.7.1";

const WOMEN: &[&str] = &[
    "female-victims",
    "female-victims-per-100k",
    "female-victims-of-sexual-exploitation",
    "female-victims-of-sexual-exploitation-per-100k",
];
const WOMEN_CAN: &str = "women and girls among detected victims of trafficking, and among those of sexual exploitation: \
                         number, share and rate per 100,000 females";
const WOMEN_CANNOT: &str = "the share of all women and girls who were subjected to violence";

/// The indicators of these targets that case data are asked for.
pub const SDG_INDICATORS: &[SdgIndicator] = &[
    SdgIndicator {
        companion: Some("female-victims"),
        companions: WOMEN,
        label: NOT_5_2,
        can_say: WOMEN_CAN,
        cannot_say: WOMEN_CANNOT,
        ..refused(
            "5.2.1",
            "Proportion of ever-partnered women and girls aged 15 years and older subjected to physical, sexual or psychological violence by a current or former intimate partner in the previous 12 months",
            "WHO, UN Women, UNICEF, UNFPA, UNODC",
            Evidence::HouseholdSurvey,
        )
    },
    SdgIndicator {
        companion: Some("female-victims"),
        companions: WOMEN,
        label: NOT_5_2,
        can_say: WOMEN_CAN,
        cannot_say: WOMEN_CANNOT,
        ..refused(
            "5.2.2",
            "Proportion of women and girls aged 15 years and older subjected to sexual violence by persons other than an intimate partner in the previous 12 months",
            "WHO, UN Women, UNICEF, UNFPA, UNODC",
            Evidence::HouseholdSurvey,
        )
    },
    SdgIndicator {
        companion: Some("forced-marriage"),
        companions: &["forced-marriage", "children-in-forced-marriage", "female-victims-of-forced-marriage"],
        label: NOT_5_3_1,
        can_say: "detected victims trafficked for forced marriage, by sex and under 18, where the file tells that form apart",
        cannot_say: "how many women married before 15 or 18",
        ..refused(
            "5.3.1",
            "Proportion of women aged 20–24 years who were married or in a union before age 15 and before age 18",
            "UNICEF",
            Evidence::HouseholdSurvey,
        )
    },
    SdgIndicator {
        companion: Some("forced-labour"),
        companions: &[
            "forced-labour",
            "forced-labour-per-100k",
            "children-in-forced-labour",
            "children-in-forced-labour-per-100k",
            "sector-of-detected-forced-labour",
        ],
        label: NOT_8_7_1,
        can_say: "detected victims of forced labour and the children among them, by sector: number, share and rate per 100,000",
        cannot_say: "how many children work, or how many people are in forced labour",
        ..refused(
            "8.7.1",
            "Proportion and number of children aged 5–17 years engaged in child labour, by sex and age",
            "ILO, UNICEF",
            Evidence::HouseholdSurvey,
        )
    },
    refused(
        "10.7.1",
        "Recruitment cost borne by employee as a proportion of monthly income earned in country of destination",
        "ILO, World Bank",
        Evidence::RecruitmentCostSurvey,
    ),
    refused(
        "10.7.2",
        "Proportion of countries with migration policies that facilitate orderly, safe, regular and responsible migration and mobility of people",
        "IOM, DESA",
        Evidence::PolicyQuestionnaire,
    ),
    refused(
        "10.7.3",
        "Number of people who died or disappeared in the process of migration towards an international destination",
        "IOM",
        Evidence::MissingMigrants,
    ),
    refused(
        "10.7.4",
        "Proportion of the population who are refugees, by country of origin",
        "UNHCR",
        Evidence::RefugeeRegistration,
    ),
    refused(
        "16.2.1",
        "Proportion of children aged 1–17 years who experienced any physical punishment and/or psychological aggression by caregivers in the past month",
        "UNICEF",
        Evidence::HouseholdSurvey,
    ),
    SdgIndicator {
        tier: Some(Tier::Two),
        label: super::DETECTION_NOT_PREVALENCE,
        can_say: "detected victims per 100,000 residents by country, year, sex, age and form of exploitation",
        cannot_say: "victims who were not detected, unless their number is estimated from several lists and given with its models",
        ..refused(
            "16.2.2",
            "Number of victims of human trafficking per 100,000 population, by sex, age and form of exploitation",
            "UNODC",
            Evidence::CaseRecords,
        )
    },
    refused(
        "16.2.3",
        "Proportion of young women and men aged 18–29 years who experienced sexual violence by age 18",
        "UNICEF",
        Evidence::HouseholdSurvey,
    ),
    refused(
        "16.3.1",
        "Proportion of victims of violence in the previous 12 months who reported their victimization to competent authorities or other officially recognized conflict resolution mechanisms",
        "UNODC",
        Evidence::VictimizationSurvey,
    ),
];

const fn objective(number: u8, title: &'static str) -> Objective {
    Objective { number, title, targets: &[] }
}

/// The 23 objectives of the Compact, in order.
pub const OBJECTIVES: &[Objective] = &[
    objective(1, "Collect and utilize accurate and disaggregated data as a basis for evidence-based policies"),
    objective(
        2,
        "Minimize the adverse drivers and structural factors that compel people to leave their country of origin",
    ),
    objective(3, "Provide accurate and timely information at all stages of migration"),
    objective(4, "Ensure that all migrants have proof of legal identity and adequate documentation"),
    objective(5, "Enhance availability and flexibility of pathways for regular migration"),
    objective(6, "Facilitate fair and ethical recruitment and safeguard conditions that ensure decent work"),
    objective(7, "Address and reduce vulnerabilities in migration"),
    objective(8, "Save lives and establish coordinated international efforts on missing migrants"),
    objective(9, "Strengthen the transnational response to smuggling of migrants"),
    Objective {
        targets: &["5.2", "8.7", "16.2"],
        ..objective(
            10,
            "Prevent, combat and eradicate trafficking in persons in the context of international migration",
        )
    },
    objective(11, "Manage borders in an integrated, secure and coordinated manner"),
    objective(
        12,
        "Strengthen certainty and predictability in migration procedures for appropriate screening, assessment and referral",
    ),
    objective(13, "Use migration detention only as a measure of last resort and work towards alternatives"),
    objective(14, "Enhance consular protection, assistance and cooperation throughout the migration cycle"),
    objective(15, "Provide access to basic services for migrants"),
    objective(16, "Empower migrants and societies to realize full inclusion and social cohesion"),
    objective(
        17,
        "Eliminate all forms of discrimination and promote evidence-based public discourse to shape perceptions of migration",
    ),
    objective(
        18,
        "Invest in skills development and facilitate mutual recognition of skills, qualifications and competences",
    ),
    objective(
        19,
        "Create conditions for migrants and diasporas to fully contribute to sustainable development in all countries",
    ),
    objective(
        20,
        "Promote faster, safer and cheaper transfer of remittances and foster financial inclusion of migrants",
    ),
    objective(
        21,
        "Cooperate in facilitating safe and dignified return and readmission, as well as sustainable reintegration",
    ),
    objective(22, "Establish mechanisms for the portability of social security entitlements and earned benefits"),
    objective(
        23,
        "Strengthen international cooperation and global partnerships for safe, orderly and regular migration",
    ),
];
