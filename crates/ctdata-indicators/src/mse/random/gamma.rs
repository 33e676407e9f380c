//! Gamma and beta numbers.
//!
//! # Sources
//! Marsaglia and Tsang (2000), A simple method for generating gamma variables, *ACM Transactions on Mathematical Software*
//! 26(3).

use super::Source;
use crate::mse::number::real;
use rand::Rng;

impl<R: Rng> Source<R> {
    /// Gamma with this positive shape and scale 1.
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 { self.log_gamma(shape).exp() } else { self.gamma_from_one(shape) }
    }

    /// The logarithm of a gamma variable: of a small shape the variable itself may be too small for a float.
    pub(crate) fn log_gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            self.gamma_from_one(shape + 1.0).ln() - self.exponential() / shape
        } else {
            self.gamma_from_one(shape).ln()
        }
    }

    /// Gamma with shape 1 + `count`.
    pub(crate) fn gamma_after(&mut self, count: u64) -> f64 {
        if count == 0 { self.exponential() } else { self.gamma_from_one(1.0 + real(count)) }
    }

    /// Gamma with a shape of at least 1.
    fn gamma_from_one(&mut self, shape: f64) -> f64 {
        let scale = shape - 1.0 / 3.0;
        let spread = 1.0 / (9.0 * scale).sqrt();
        loop {
            let x = self.normal();
            let root = 1.0 + spread * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let (u, square) = (self.uniform(), x * x);
            if u < 1.0 - 0.0331 * square * square || u.ln() < 0.5 * square + scale * (1.0 - v + v.ln()) {
                return scale * v;
            }
        }
    }

    /// Beta with parameters 1 + `yes` and 1 + `no`, and its distance from 1, both to full relative precision.
    pub(crate) fn beta_after(&mut self, yes: u64, no: u64) -> (f64, f64) {
        if yes == 0 && no == 0 {
            let share = self.uniform();
            return (share, 1.0 - share);
        }
        let (x, y) = (self.gamma_after(yes), self.gamma_after(no));
        let both = 1.0 / (x + y);
        (x * both, y * both)
    }
}
