//! Logarithms of factorials and of their ratios.

use crate::mse::number::whole;

/// ln Γ(x) − ln Γ(y) of whole numbers from 1 on, precise also where both are large and close.
pub(super) fn log_gamma_ratio(x: f64, y: f64) -> f64 {
    (x - y) * y.ln() + log_gamma_rest(x, y)
}

/// The same without (x − y) ln y.
pub(super) fn log_gamma_rest(x: f64, y: f64) -> f64 {
    let step = x - y;
    (x - 0.5) * (step / y).ln_1p() - step + stirling(x) - stirling(y)
}

/// What Stirling's formula (x − ½) ln x − x + ½ ln 2π leaves of ln Γ(x), of a whole number from 1 on.
pub(super) fn stirling(x: f64) -> f64 {
    // Exact values where the series is not precise.
    const SMALL: [f64; 10] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_093,
        0.016_644_691_189_821_193,
        0.013_876_128_823_070_748,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_096,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
    ];
    if let Some(exact) = usize::try_from(whole(x)).ok().and_then(|place| SMALL.get(place.wrapping_sub(1))) {
        return *exact;
    }
    let square = 1.0 / (x * x);
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - square / 1680.0) * square) * square) / x
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::function::gamma::ln_gamma;

    #[test]
    fn log_gamma_of_whole_numbers_is_precise() {
        for x in [1.0, 2.0, 7.0, 10.0, 11.0, 12.0, 40.0, 1000.0] {
            for y in [1.0, 3.0, 10.0, 11.0, 900.0] {
                let exact = ln_gamma(x) - ln_gamma(y);
                assert!((log_gamma_ratio(x, y) - exact).abs() < 1e-10 * (1.0 + exact.abs()), "{x} {y}");
            }
        }
        // Γ(x + 1) / Γ(x) = x.
        assert!((log_gamma_ratio(1e15 + 1.0, 1e15) - 1e15f64.ln()).abs() < 1e-12);
    }
}
