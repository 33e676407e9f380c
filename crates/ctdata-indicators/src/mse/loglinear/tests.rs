use super::*;
use crate::mse::sample::Sample;
use crate::mse::{CaptureHistories, ListSet, Model};

fn table(lists: usize, counts: impl IntoIterator<Item = (&'static [usize], u64)>) -> CaptureHistories {
    let names = (1..=lists).map(|list| format!("list {list}"));
    let counts = counts.into_iter().map(|(on, count)| (ListSet::of(on.iter().map(|list| list - 1)), count));
    CaptureHistories::try_new(names, counts).unwrap()
}

/// UK 2013, five lists: LA, NG, PFNCA, GO, GP (Silverman 2014; SparseMSE `UKdat_5`).
fn uk() -> CaptureHistories {
    table(
        5,
        [
            (&[1][..], 54),
            (&[2], 463),
            (&[3], 995),
            (&[4], 695),
            (&[5], 316),
            (&[1, 2], 15),
            (&[1, 3], 19),
            (&[1, 4], 3),
            (&[2, 3], 62),
            (&[2, 4], 19),
            (&[2, 5], 1),
            (&[3, 4], 76),
            (&[3, 5], 11),
            (&[4, 5], 8),
            (&[1, 2, 3], 1),
            (&[1, 2, 4], 1),
            (&[2, 3, 4], 4),
            (&[1, 2, 3, 4], 1),
        ],
    )
}

#[test]
#[ignore]
fn timing() {
    use std::time::Instant;
    let sample = Sample::of(&uk());
    let mut f = Fitter::default();
    for m in ["[1,2,3,4,5]", "[12,23,13,24,25,34,45]", "[12,25,35,13,45,24]"] {
        let m = Model::from_notation(m, 5).unwrap();
        let mut best = f64::INFINITY;
        for _ in 0..50 {
            let t = Instant::now();
            for _ in 0..200 {
                std::hint::black_box(f.fit(&sample, &m).unwrap());
            }
            best = best.min(t.elapsed().as_secs_f64() / 200.0);
        }
        let fit = f.fit(&sample, &m).unwrap();
        let par: Vec<_> = f.parameters().collect();
        let mut best2 = f64::INFINITY;
        for _ in 0..50 {
            let t = Instant::now();
            for _ in 0..200 {
                std::hint::black_box(f.solve(&sample, m.terms(), Start::Cold).unwrap());
            }
            best2 = best2.min(t.elapsed().as_secs_f64() / 200.0);
        }
        let mut best3 = f64::INFINITY;
        for _ in 0..50 {
            let t = Instant::now();
            for _ in 0..200 {
                std::hint::black_box(f.solve(&sample, m.terms(), Start::Warm(&par)).unwrap());
            }
            best3 = best3.min(t.elapsed().as_secs_f64() / 200.0);
        }
        println!(
            "{m} fit {:.2} us solve {:.2} warm-at-optimum {:.2}; N {:.6} dev {:.6} aic {:.6}",
            best * 1e6,
            best2 * 1e6,
            best3 * 1e6,
            fit.estimate(2744),
            fit.deviance,
            fit.aic()
        );
        let mut best4 = f64::INFINITY;
        for _ in 0..50 {
            let t = Instant::now();
            for _ in 0..50 {
                std::hint::black_box(
                    Profile::try_new(&mut f, &sample, m.terms())
                        .unwrap()
                        .interval(crate::interval::Level::P95)
                        .unwrap(),
                );
            }
            best4 = best4.min(t.elapsed().as_secs_f64() / 50.0);
        }
        let iv = Profile::try_new(&mut f, &sample, m.terms()).unwrap().interval(crate::interval::Level::P95).unwrap();
        println!("profile {:.2} us {:?} wald {:?}", best4 * 1e6, iv, fit.wald(2744, crate::interval::Level::P95));
    }
}
