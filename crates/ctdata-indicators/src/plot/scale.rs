//! From values to pixels.

/// A linear scale from values to pixels, with ticks at round values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: i32,
    to: i32,
    step: f64,
}

impl Scale {
    /// A scale over `low` to `high`, widened to round values, that maps to the pixels `from` to `to`.
    pub(super) fn new(low: f64, high: f64, from: i32, to: i32) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let step = round_step((high - low) / 5.0);
        let low = (low / step).floor() * step;
        let high = ((high / step).ceil() * step).max(low + step);
        Self { low, high, from, to, step }
    }

    /// The pixel of a value; values outside are drawn at the edge.
    pub(super) fn pixel(&self, value: f64) -> i32 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        #[expect(clippy::cast_possible_truncation, reason = "between two pixels of the picture")]
        let pixel = (f64::from(self.from) + share * f64::from(self.to - self.from)).round() as i32;
        pixel
    }

    /// Whether a value lies on the scale.
    pub(super) fn covers(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Round values from the lowest to the highest.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let mut ticks = Vec::new();
        let mut count = 0_u32;
        loop {
            let tick = self.low + f64::from(count) * self.step;
            if tick > self.high + self.step / 1000.0 || count > 20 {
                return ticks;
            }
            ticks.push(tick);
            count += 1;
        }
    }

    /// The text of a tick, with the digits that its step needs.
    pub(super) fn text(&self, tick: f64) -> String {
        let decimals = (0..12).find(|digits| {
            let scaled = self.step * 10_f64.powi(*digits);
            (scaled - scaled.round()).abs() < 1e-6
        });
        let decimals = usize::try_from(decimals.unwrap_or(0)).unwrap_or(0);
        let text = crate::estimate::Rounding::default().format(tick, decimals);
        if decimals == 0 { super::label::grouped(&text) } else { text }
    }
}

/// The next step of 1, 2 or 5 times a power of ten.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let digit = step / power;
    let digit = match digit {
        ..=1.0 => 1.0,
        ..=2.0 => 2.0,
        ..=5.0 => 5.0,
        _ => 10.0,
    };
    digit * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_values() {
        let scale = Scale::new(0.0, 37.8, 0, 100);
        assert_eq!(scale.ticks(), [0.0, 10.0, 20.0, 30.0, 40.0]);
        assert_eq!((scale.pixel(0.0), scale.pixel(20.0), scale.pixel(40.0), scale.pixel(99.0)), (0, 50, 100, 100));
        let small = Scale::new(0.0, 0.42, 0, 100);
        assert_eq!(small.text(0.1), "0.1");
        let below = Scale::new(-12.0, 31.0, 100, 0);
        assert!(below.ticks().contains(&0.0) && below.ticks()[0] <= -12.0);
        assert_eq!(Scale::new(0.0, 0.0, 0, 10).ticks().len(), 6);
        assert_eq!(Scale::new(0.0, 5000.0, 0, 10).text(1000.0), "1,000");
    }
}
