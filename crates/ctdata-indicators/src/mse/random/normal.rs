//! Normal numbers, by the ziggurat.
//!
//! # Sources
//! Marsaglia and Tsang (2000), The ziggurat method for generating random variables, *Journal of Statistical Software*
//! 5(8). Doornik (2005), An improved ziggurat method to generate normal random samples, University of Oxford.

#![expect(clippy::indexing_slicing, reason = "arrays of 257, indexed by a byte and the byte plus one")]

use super::{Source, one_to_two};
use rand::Rng;
use std::sync::LazyLock;

/// Where the lowest of the 256 layers of the ziggurat ends and the tail begins.
pub(super) const TAIL: f64 = 3.654_152_885_361_009;

/// The ziggurat under exp(−x²/2): widths of the layers from the lowest up, and the heights at these widths.
#[derive(Debug)]
pub(super) struct Layers {
    width: [f64; 257],
    height: [f64; 257],
}

impl Layers {
    fn new() -> Self {
        let density = |x: f64| (-0.5 * x * x).exp();
        let beyond =
            (0.5 * std::f64::consts::PI).sqrt() * statrs::function::erf::erfc(TAIL * std::f64::consts::FRAC_1_SQRT_2);
        let area = TAIL * density(TAIL) + beyond;
        let (mut width, mut height) = ([0.0; 257], [1.0; 257]);
        width[0] = area / density(TAIL);
        height[0] = 0.0;
        width[1] = TAIL;
        height[1] = density(TAIL);
        for layer in 2..256 {
            height[layer] = height[layer - 1] + area / width[layer - 1];
            width[layer] = (-2.0 * height[layer].ln()).sqrt();
        }
        Self { width, height }
    }
}

/// The one ziggurat.
pub(super) fn layers() -> &'static Layers {
    static LAYERS: LazyLock<Layers> = LazyLock::new(Layers::new);
    &LAYERS
}

impl<R: Rng> Source<R> {
    /// Normal with mean 0 and variance 1.
    pub(crate) fn normal(&mut self) -> f64 {
        loop {
            // The top 52 bits place the point, the lowest byte is the layer, the next bit the sign.
            let word = self.words.next_u64();
            let layer = usize::from(word.to_le_bytes()[0]);
            let x = (one_to_two(word) - 1.0) * self.layers.width[layer];
            let signed = if word & 0x100 == 0 { x } else { -x };
            if x < self.layers.width[layer + 1] {
                return signed;
            }
            if layer == 0 {
                let x = self.beyond_the_tail();
                return if word & 0x100 == 0 { x } else { -x };
            }
            let (low, high) = (self.layers.height[layer], self.layers.height[layer + 1]);
            if low + (high - low) * self.uniform() < (-0.5 * x * x).exp() {
                return signed;
            }
        }
    }

    #[cold]
    fn beyond_the_tail(&mut self) -> f64 {
        loop {
            let x = self.exponential() / TAIL;
            if 2.0 * self.exponential() > x * x {
                return TAIL + x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layers_close_at_the_top() {
        let layers = Layers::new();
        let area = layers.width[0] * layers.height[1];
        assert!((layers.height[255] + area / layers.width[255] - 1.0).abs() < 1e-9);
        assert!(layers.width.windows(2).all(|pair| pair[0] > pair[1]));
    }
}
