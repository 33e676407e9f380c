//! An attacker at work on one component: the network or the simplex, and the tables that it finds.

use ctdata_table::Control;

use super::network::Network;
use super::reduce::{Component, UNLIMITED};
use super::tableau::{Tableau, gcd};
use super::{Reach, Stop};
use crate::tables::{CellId, Direction, Witness};

/// How a component is solved.
enum Method {
    /// Flows in a network.
    Network(Network),
    /// The simplex.
    Tableau(Box<Tableau>),
}

/// An attacker on one component.
pub(super) struct Attack<'a> {
    component: &'a Component,
    method: Method,
}

impl<'a> Attack<'a> {
    /// An attacker who knows the relations of a component.
    pub(super) fn new(component: &'a Component, control: &Control) -> Result<Self, Stop> {
        let method = match Network::new(component) {
            Some(network) => Method::Network(network),
            None => Method::Tableau(Box::new(Tableau::new(component, control)?)),
        };
        Ok(Self { component, method })
    }

    /// Whether the component is a network.
    pub(super) fn is_network(&self) -> bool {
        matches!(self.method, Method::Network(_))
    }

    /// Pivots of the simplex so far.
    pub(super) fn pivots(&self) -> u64 {
        match &self.method {
            Method::Network(_) => 0,
            Method::Tableau(tableau) => tableau.pivots,
        }
    }

    /// Moves a column from the true count as far as it goes, or until it is `goal` away.
    pub(super) fn push(
        &mut self,
        column: usize,
        direction: Direction,
        goal: Option<u64>,
        control: &Control,
    ) -> Result<Reach, Stop> {
        match &mut self.method {
            Method::Network(network) => {
                network.reset();
                network.push(column, direction, goal, control)
            }
            Method::Tableau(tableau) => {
                tableau.reset();
                tableau.push(column, direction, goal, control)
            }
        }
    }

    /// The table that the last push came to, in which the first cell of `column` is at least `goal` away from its true
    /// count; in whole persons if a shorter step of the same direction is whole and long enough.
    pub(super) fn witness(&self, column: usize, goal: u64) -> Result<Witness, Stop> {
        let points: Vec<(usize, i128, i64)> = match &self.method {
            Method::Network(network) => network.point().collect(),
            Method::Tableau(tableau) => tableau.point().collect(),
        };
        let mut denominator = 1u64;
        let mut fractions = Vec::with_capacity(points.len());
        for (column, top, bottom) in points {
            let bottom = bottom.unsigned_abs().max(1);
            let common = gcd(bottom, u64::try_from(top.unsigned_abs() % u128::from(bottom))?);
            let (top, bottom) = (top / i128::from(common), bottom / common);
            denominator = denominator.checked_mul(bottom / gcd(denominator, bottom)).ok_or(Stop::Overflow)?;
            fractions.push((column, top, bottom));
        }
        let mut values: Vec<(usize, i64)> = Vec::with_capacity(fractions.len());
        for (column, top, bottom) in fractions {
            let value = top.checked_mul(i128::from(denominator / bottom)).ok_or(Stop::Overflow)?;
            values.push((column, i64::try_from(value)?));
        }
        // The same direction in lowest terms, as often as it fits into the step.
        let common = values.iter().fold(0, |common, (_, value)| gcd(common, value.unsigned_abs()));
        let times = common / denominator;
        let target = values.iter().find(|(other, _)| *other == column).map_or(0, |(_, value)| value.unsigned_abs());
        if times > 0 && target / common >= goal.div_ceil(times) {
            let (divisor, factor) = (i64::try_from(common)?, i64::try_from(times)?);
            for (_, value) in &mut values {
                *value = *value / divisor * factor;
            }
            denominator = 1;
        }
        let columns = &self.component.columns;
        let cell = columns.get(column).and_then(|column| column.members.first()).map_or(CellId(0), |(cell, _)| *cell);
        let mut differences = Vec::with_capacity(values.len());
        let scale = i64::try_from(denominator)?;
        for (column, mut left) in values {
            let Some(column) = columns.get(column) else { continue };
            for (cell, room) in &column.members {
                let high = if room.high == UNLIMITED { UNLIMITED } else { room.high.saturating_mul(scale) };
                let part = left.clamp(room.low.saturating_mul(scale), high);
                if part != 0 {
                    differences.push((*cell, part));
                    left -= part;
                }
            }
        }
        Ok(Witness { cell, differences, denominator })
    }
}
