use std::fmt::Write as _;

use super::label::{TEXT, width};
use super::*;
use crate::estimate::{Base, Dimension, Filter, Years};
use crate::interval::{Level, RateInterval, ShareInterval};
use crate::population::Persons;
use crate::{Request, compute_all};
use ctdata_model::{Layout, Simulator};
use ctdata_table::Control;

/// An element of a picture: its name, its attributes, its text.
#[derive(Debug, Clone, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name).unwrap().parse().unwrap()
    }
}

/// The elements of a well-formed document of one level, read strictly: anything else fails the test.
fn elements(svg: &str) -> Vec<Element> {
    let unescaped = |text: &str| {
        let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
        let bare = entities.iter().fold(text.to_owned(), |text, (entity, _)| text.replace(entity, ""));
        assert!(!bare.contains(['&', '<', '>']), "not escaped: {text}");
        entities.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
    };
    let mut found = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        let text = rest[..start].trim();
        if !text.is_empty() {
            let element: &mut Element = found.last_mut().unwrap();
            assert!(open.len() == 2 && element.text.is_empty(), "text outside an element: {text}");
            element.text = unescaped(text);
        }
        let end = start + rest[start..].find('>').unwrap();
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut element = Element { name: name.to_owned(), ..Element::default() };
        while let Some((key, more)) = attributes.trim_start().split_once("=\"") {
            let (value, more) = more.split_once('"').unwrap();
            element.attributes.push((key.to_owned(), unescaped(value)));
            attributes = more;
        }
        assert!(attributes.trim().is_empty());
        found.push(element);
        if !closed {
            open.push(name.to_owned());
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty());
    found
}

/// The elements of a picture of which every text and shape lies within the view box.
fn checked(svg: &str) -> Vec<Element> {
    let elements = elements(svg);
    let box_of: Vec<f64> =
        elements[0].get("viewBox").unwrap().split(' ').map(|number| number.parse().unwrap()).collect();
    assert_eq!((elements[0].name.as_str(), elements[0].get("role")), ("svg", Some("img")));
    assert_eq!((elements[1].name.as_str(), elements[2].name.as_str()), ("title", "desc"));
    let inside = |x: f64, y: f64, element: &Element| {
        assert!((0.0..=box_of[2]).contains(&x) && (0.0..=box_of[3]).contains(&y), "{element:?}");
    };
    for element in &elements[3..] {
        match element.name.as_str() {
            "text" => {
                let (x, y) = (element.number("x"), element.number("y"));
                let wide = f64::from(width(&element.text, element.number("font-size")));
                let left = match element.get("text-anchor").unwrap() {
                    "start" => x,
                    "middle" => x - wide / 2.0,
                    _ => x - wide,
                };
                inside(left, y - 8.0, element);
                inside(left + wide, y + 8.0, element);
            }
            "rect" => {
                let (x, y) = (element.number("x"), element.number("y"));
                inside(x, y, element);
                inside(x + element.number("width"), y + element.number("height"), element);
            }
            "line" => {
                inside(element.number("x1"), element.number("y1"), element);
                inside(element.number("x2"), element.number("y2"), element);
            }
            "circle" => inside(element.number("cx"), element.number("cy"), element),
            "polyline" | "polygon" => {
                for point in element.get("points").unwrap().split_whitespace() {
                    let (x, y) = point.split_once(',').unwrap();
                    inside(x.parse().unwrap(), y.parse().unwrap(), element);
                }
            }
            other => panic!("{other}"),
        }
    }
    elements
}

fn texts(elements: &[Element]) -> Vec<&str> {
    elements.iter().filter(|element| element.name == "text").map(|element| element.text.as_str()).collect()
}

fn share(label: &'static str, count: u64) -> Estimate {
    let mut share = Estimate::share("form-of-exploitation", count, 200, ShareInterval::Wilson, Level::P95).unwrap();
    share.base_rule = Some(Base::AnyInGroup);
    share.unknown = Some(1_234);
    share.dimensions.set(Dimension::new("form", label, label));
    share
}

fn withheld(mut estimate: Estimate) -> Estimate {
    estimate.value = Value::NotAvailable(NotAvailable::Suppressed);
    (estimate.suppressed, estimate.numerator, estimate.interval) = (true, None, None);
    estimate
}

fn rate(year: u16, count: u64, sex: Option<&'static str>) -> Estimate {
    let residents = Persons::try_new(1_000_000.0).unwrap();
    let mut rate = Estimate::rate("victims-per-100k", count, residents, RateInterval::Garwood, Level::P95).unwrap();
    rate.dimensions.set(Dimension::new("year", year.to_string(), year.to_string()));
    if let Some(sex) = sex {
        rate.dimensions.set(Dimension::new("sex", sex, sex));
    }
    rate
}

fn flow(from: &'static str, to: &'static str, count: u64) -> Estimate {
    let mut flow = Estimate::share("flows", count, 500, ShareInterval::Wilson, Level::P95).unwrap();
    flow.dimensions.set(Dimension::new("region-of-origin", from, from));
    flow.dimensions.set(Dimension::new("region-of-exploitation", to, to));
    flow
}

#[test]
fn bars_are_as_long_as_their_shares_and_the_largest_is_first() {
    let svg = shares(&[share("Small", 30), share("Large", 120), share("None", 0)]).unwrap();
    let elements = checked(&svg);
    let bars: Vec<f64> =
        elements.iter().filter(|e| e.get("fill") == Some("#0072B2")).map(|e| e.number("width")).collect();
    assert_eq!(bars.len(), 3);
    // 60 % and 15 %, to a pixel.
    assert!((bars[0] - 4.0 * bars[1]).abs() <= 4.0 && bars[1] > 20.0 && bars[2] == 0.0, "{bars:?}");
    let texts = texts(&elements);
    let place = |text: &str| texts.iter().position(|known| *known == text).unwrap();
    assert!(place("Large") < place("Small") && place("Small") < place("None"));
    assert!(texts.iter().any(|text| text.starts_with("60.0 % (53.1 to 66.5)")), "{texts:?}");
    let caption =
        "Base: 200 persons, at least one recorded in the group. Not known: 1,234. Whiskers: 95 % interval, Wilson.";
    assert!(elements[2].text.ends_with(caption), "{}", elements[2].text);
}

#[test]
fn what_is_withheld_is_said_and_has_no_length() {
    let svg = shares(&[share("Shown", 100), withheld(share("Hidden", 4))]).unwrap();
    let elements = checked(&svg);
    assert!(texts(&elements).contains(&"withheld to protect persons"));
    assert_eq!(elements.iter().filter(|e| e.get("fill") == Some("#0072B2")).count(), 1);
    assert!(elements[2].text.contains("Hidden: withheld to protect persons"));
    // Whatever the figure was, the picture is the same.
    assert_eq!(svg, shares(&[share("Shown", 100), withheld(share("Hidden", 150))]).unwrap());
}

#[test]
fn labels_are_escaped_and_cut() {
    let svg = shares(&[share("<b>\"Q\" & 'A'</b>\u{7}", 10), share("A label that is much too long for its room", 20)])
        .unwrap();
    let elements = checked(&svg);
    let texts = texts(&elements);
    assert!(texts.contains(&"<b>\"Q\" & 'A'</b>"), "{texts:?}");
    assert!(texts.iter().any(|text| text.starts_with("A label that is") && text.ends_with('…')));
    assert!(elements[2].text.contains("A label that is much too long for its room"));
    assert_eq!(elements[1].text, "Form of exploitation");
}

#[test]
fn a_series_has_a_line_with_a_band_and_gaps() {
    let rates = [rate(2010, 10, None), rate(2011, 20, None), withheld(rate(2012, 3, None)), rate(2013, 30, None)];
    let svg = series(&rates).unwrap();
    let elements = checked(&svg);
    let named = |name: &str| elements.iter().filter(|element| element.name == name).count();
    // One stretch of two years with a band, one year alone with a whisker.
    assert_eq!((named("polyline"), named("polygon"), named("circle")), (1, 1, 3));
    let circles: Vec<(f64, f64)> =
        elements.iter().filter(|e| e.name == "circle").map(|e| (e.number("cx"), e.number("cy"))).collect();
    // 1, 2 and 3 per 100,000 at equal steps; 2013 is two years after 2011.
    assert!((circles[0].1 - 2.0 * circles[1].1 + circles[2].1).abs() <= 2.0, "{circles:?}");
    assert!(((circles[2].0 - circles[1].0) - 2.0 * (circles[1].0 - circles[0].0)).abs() <= 2.0);
    assert!(elements[2].text.contains("2012 withheld") && elements[2].text.contains("2013 3.00 (2.02 to 4.28)"));
    assert!(!elements[2].text.contains("Not drawn"));
    for year in ["2010", "2011", "2012", "2013"] {
        assert!(texts(&elements).contains(&year));
    }
}

#[test]
fn figures_without_a_year_are_told_and_not_drawn() {
    let mut unrecorded = rate(2010, 5, None);
    unrecorded.dimensions.set(Dimension::new("year", "not-recorded", "not recorded"));
    let elements = checked(&series(&[rate(2010, 10, None), unrecorded]).unwrap());
    assert_eq!(elements.iter().filter(|element| element.name == "circle").count(), 1);
    assert!(elements[2].text.contains("Not drawn: figures of cases whose year is not recorded, 1."));
}

#[test]
fn groups_are_lines_of_other_colours_and_shapes() {
    let mut rates: Vec<Estimate> = Vec::new();
    for year in 2002..=2021 {
        rates.extend([rate(year, 40, None), rate(year, 30, Some("Female")), rate(year, 10, Some("Male"))]);
    }
    let elements = checked(&series(&rates).unwrap());
    let colours: BTreeSet<&str> =
        elements.iter().filter(|e| e.name == "polyline").map(|e| e.get("stroke").unwrap()).collect();
    assert_eq!(colours.len(), 3);
    for label in ["All", "Female", "Male"] {
        assert!(texts(&elements).contains(&label));
    }
}

#[test]
fn breaks_and_other_series_are_drawn_too() {
    let point = |year, value, break_before| Point { year, shown: Shown::Value(value), interval: None, break_before };
    let line = Line { label: String::new(), points: vec![point(2010, -5.0, false), point(2011, 12.0, true)] };
    let svg = series_lines("Change", Unit::PercentPerYear, &[line], "").unwrap();
    let elements = checked(&svg);
    assert!(elements[2].text.contains("break, 2011 12.0 % per year"));
    assert!(texts(&elements).iter().any(|text| text.starts_with("Dashed: the series breaks")));
    let svg = series_points("Totals", Unit::Persons, &[2019, 2020], &[Some(1234.0), None], &[None, None]).unwrap();
    let elements = checked(&svg);
    assert!(texts(&elements).contains(&"1,234") && elements[2].text.contains("2020 no figure"));
    let uneven = series_points("Totals", Unit::Persons, &[2019], &[], &[]);
    assert_eq!(uneven, Err(PlotError::Lengths));
}

#[test]
fn flows_are_shaded_numbers_and_withheld_ones_hatched() {
    let all = [flow("Asia", "Asia", 250), flow("Asia", "Europe", 40), withheld(flow("Europe", "Asia", 3))];
    let elements = checked(&flows(&all).unwrap());
    let texts = texts(&elements);
    assert!(texts.contains(&"250") && texts.contains(&"40") && !texts.contains(&"3") && !texts.contains(&"0"));
    let shades: Vec<f64> =
        elements.iter().filter(|e| e.get("fill") == Some("#0072B2")).map(|e| e.number("opacity")).collect();
    // By the root of the size: 0.85 and 0.85 * sqrt(40 / 250).
    assert!((shades[0] - 0.85).abs() < 1e-9 && (shades[1] - 0.34).abs() < 1e-9, "{shades:?}");
    assert!(elements[2].text.contains("Europe to Asia: withheld") && !elements[2].text.contains("Europe to Europe"));
    assert!(elements.iter().filter(|element| element.name == "line").count() > 5);
}

#[test]
fn of_many_places_the_largest_are_drawn_and_the_rest_is_told() {
    let mut all = Vec::new();
    for number in 0..30_u16 {
        let mut name = String::new();
        write!(name, "Place number {number}").unwrap();
        let mut flow = flow("x", "Somewhere", 30 - u64::from(number));
        flow.dimensions.set(Dimension::new("region-of-origin", name.clone(), name));
        all.push(flow);
    }
    let elements = checked(&flows(&all).unwrap());
    assert!(elements[2].text.contains("Not drawn: 6 flows of smaller places."));
    assert!(texts(&elements).contains(&"Place number 23") && !texts(&elements).contains(&"Place number 24"));
}

#[test]
fn the_picture_follows_from_the_figures_or_is_refused() {
    let is = |svg: Result<String, PlotError>, what: &str| assert!(svg.unwrap().contains(&format!("<desc>{what}")));
    is(auto(&[flow("Asia", "Europe", 1)]), "Matrix of flows");
    is(auto(&[rate(2010, 1, None), rate(2011, 1, None)]), "Lines over years");
    is(auto(&[share("a", 1), share("b", 2)]), "Horizontal bars");
    assert_eq!(auto(&[]), Err(PlotError::Nothing));
    assert_eq!(auto(&[share("a", 1), rate(2010, 1, None)]), Err(PlotError::SeveralIndicators(2)));
    assert_eq!(series(&[share("a", 1)]), Err(PlotError::NoYears));
    assert_eq!(flows(&[share("a", 1)]), Err(PlotError::NoFlows));
    assert_eq!(flows(&[flow("a", "b", 1), flow("a", "b", 2)]), Err(PlotError::Twice));
    assert_eq!(series(&[rate(2010, 1, None), rate(2010, 2, None)]), Err(PlotError::Twice));
    let mut other = share("a", 1);
    other.unit = Unit::Persons;
    assert_eq!(shares(&[share("b", 1), other]), Err(PlotError::SeveralUnits));
    let many: Vec<Estimate> = (0..=MOST_BARS).map(|_| share("a", 1)).collect();
    assert!(matches!(shares(&many), Err(PlotError::TooMany { count: 61, most: 60, .. })));
}

#[test]
fn a_picture_says_years_and_conditions_of_its_cases() {
    let mut one = share("a", 1);
    one.period = Some(Years::between(2002, 2021));
    one.filters = vec![Filter { dimension: "country".into(), codes: vec!["KE".into(), "UG".into()] }];
    let elements = checked(&shares(&[one]).unwrap());
    assert!(elements[2].text.contains("Years: 2002/2021. Cases with country: KE or UG."));
    assert!(elements.iter().any(|e| e.name == "text" && (e.number("font-size") - TEXT).abs() < 1e-6));
}

/// Real labels and sizes: whatever is not drawn is refused for its number of bars or its units.
#[test]
fn the_catalogue_of_simulated_cases_is_drawn() {
    let layout = Layout::named("ctdc-synthetic-2024").unwrap();
    let cases = Simulator::new(9).cases(layout, 500).unwrap();
    for by in [None, Some("sex"), Some("year")] {
        let request = by.into_iter().fold(Request::new(""), Request::by);
        let all = compute_all(cases.table(), &request, None, &Control::default()).unwrap();
        let mut drawn = 0;
        for result in &all.results {
            match auto(&result.estimates) {
                Ok(svg) => {
                    checked(&svg);
                    assert_eq!(auto(&result.estimates).unwrap(), svg);
                    drawn += 1;
                }
                Err(refused) => {
                    assert!(
                        matches!(refused, PlotError::TooMany { .. } | PlotError::SeveralUnits | PlotError::NoYears),
                        "{}: {refused}",
                        result.indicator.id
                    );
                }
            }
        }
        let least = if by == Some("year") { 5 } else { 10 };
        assert!(drawn >= least, "{by:?}: {drawn} of {}", all.results.len());
    }
}

/// Writes examples, to be looked at.
#[test]
#[ignore = "writes files to the folder named by CTDATA_PICTURES"]
fn examples() {
    let Ok(folder) = std::env::var("CTDATA_PICTURES") else { return };
    let write = |name: &str, svg: String| std::fs::write(format!("{folder}/{name}.svg"), svg).unwrap();
    let bars = [
        share("Forced labour", 120),
        share("Sexual exploitation", 70),
        withheld(share("Organ removal", 2)),
        share("Other", 31),
    ];
    write("shares", shares(&bars).unwrap());
    let mut rates: Vec<Estimate> =
        (2009..=2021).map(|year| rate(year, 20 + u64::from(year - 2009).pow(2), None)).collect();
    rates[5] = withheld(rates[5].clone());
    write("series", series(&rates).unwrap());
    let mut groups = Vec::new();
    for year in 2009..=2021 {
        groups.extend([
            rate(year, 60 + u64::from(year % 7), None),
            rate(year, 40, Some("Female")),
            rate(year, 15, Some("Male")),
        ]);
    }
    write("groups", series(&groups).unwrap());
    let regions = ["Africa", "Americas", "Asia", "Europe", "Oceania"];
    let mut all = Vec::new();
    for (row, from) in regions.iter().enumerate() {
        for (column, to) in regions.iter().enumerate() {
            if (row + 2 * column) % 4 != 3 {
                all.push(flow(from, to, 400 / (1 + 3 * row.abs_diff(column) as u64 + row as u64)));
            }
        }
    }
    all[3] = withheld(all[3].clone());
    write("flows", flows(&all).unwrap());
}

/// Findings as in a report: one with two intervals, one whose interval is far too long, one refusal.
#[test]
fn hidden_numbers_are_drawn_with_their_intervals_and_refusals_with_their_reason() {
    use crate::mse::{Finding, IntervalKind, Method, NumberInterval, Status};
    let mut stepwise = Finding::of(Method::Stepwise, 11_312.99, Level::P95);
    stepwise.interval = Some(NumberInterval { kind: IntervalKind::Wald, low: 9_884.4, high: 13_027.4 });
    stepwise.others.push(NumberInterval { kind: IntervalKind::Percentile, low: 9_000.0, high: 15_000.0 });
    let mut long = Finding::of(Method::Bma, 20_000.0, Level::P95);
    long.interval = Some(NumberInterval { kind: IntervalKind::Posterior, low: 10_000.0, high: 1e9 });
    let refused = Finding::refused(Method::Chapman, Status::ListsOutOfRange, Level::P95);
    let svg = hidden_numbers("Victims <all>", 2_744, &[stepwise, long, refused]).unwrap();
    let elements = checked(&svg);
    let texts: Vec<&str> = elements.iter().map(|element| element.text.as_str()).collect();
    assert!(texts.contains(&"11,313 (9,884 to 13,027)") && texts.contains(&"not for this number of lists"));
    assert!(svg.contains("An arrow: the interval goes on.") && svg.contains("the 2,744 persons seen"));
    assert!(matches!(hidden_numbers("none", 1, &[]), Err(PlotError::Nothing)));
}

#[test]
fn the_profile_is_a_line_with_its_quantile() {
    let curve: Vec<(f64, f64)> =
        (0..50).map(|step| f64::from(step) - 25.0).map(|x| (1_000.0 + x, x * x / 10.0)).collect();
    let svg = profile_likelihood("Profile", &curve, 3.841_459).unwrap();
    checked(&svg);
    assert!(svg.contains("At or below 3.841 between 994 and 1,006."));
    assert!(matches!(profile_likelihood("Profile", &curve[..1], 3.84), Err(PlotError::Nothing)));
}
