//! Sharing the persons of a history between the classes.
//!
//! The shares are binomial counts, class by class, largest class first; the last few persons are placed one by one.

use super::Kernel;
use crate::mse::random::Source;

/// Up to this many persons are placed one by one.
const FEW: u64 = 6;

impl Kernel {
    /// Shares the persons seen between the classes.
    pub(super) fn share_seen(&mut self, source: &mut Source) {
        self.persons.fill(0);
        self.captures.fill(0);
        for row in 1..self.rows.len() {
            self.weigh(row);
            self.share_out(row, self.rows[row].count, source);
        }
    }

    /// Shares persons of a history that was weighed.
    pub(super) fn share_out(&mut self, row: usize, count: u64, source: &mut Source) {
        let last = self.prior.classes - 1;
        let (mut left, mut class) = (count, 0);
        while left > FEW && class < last {
            let placed = source.binomial(left, self.weight[class], self.tail[class + 1]);
            if placed > 0 {
                self.place(row, class, placed);
                left -= placed;
            }
            class += 1;
        }
        if class == last {
            self.place(row, last, left);
            return;
        }
        for _ in 0..left {
            let mut height = source.uniform() * self.tail[class];
            let mut at = class;
            while at < last && height >= self.weight[at] {
                height -= self.weight[at];
                at += 1;
            }
            self.place(row, at, 1);
        }
    }

    fn place(&mut self, row: usize, class: usize, count: u64) {
        self.persons[class] += count;
        let mut bits = self.rows[row].history.bits();
        while bits != 0 {
            let list = bits.trailing_zeros() as usize;
            self.captures[list * self.prior.classes + class] += count;
            bits &= bits - 1;
        }
    }
}
