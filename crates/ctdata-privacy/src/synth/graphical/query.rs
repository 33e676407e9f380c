//! Probabilities of any set of attributes, within a clique or across the tree.
//!
//! A set that no clique holds is found by conditioning: attributes are held at each of their values in turn, and
//! messages run from there along the tree; all other messages stay what they are.
#![expect(clippy::indexing_slicing, reason = "cliques and attributes are numbered by the network")]

use ctdata_table::Control;

use super::clique::{Clique, Work};
use super::factor::{cells, cells_wide, scale, strides};
use super::propagation::{Messages, Network};
use crate::PrivacyError;

impl Network {
    /// The probabilities of sets of ascending attributes.
    pub(super) fn probabilities(
        &self,
        sets: &[Vec<usize>],
        messages: &Messages,
        control: &Control,
    ) -> Result<Vec<Vec<f64>>, PrivacyError> {
        let mut found: Vec<Vec<f64>> = vec![Vec::new(); sets.len()];
        let mut within: Vec<Vec<usize>> = vec![Vec::new(); self.tree.cliques.len()];
        let mut pairs: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.sizes.len()];
        let mut others = Vec::new();
        for (number, set) in sets.iter().enumerate() {
            match (self.holder(set), &set[..]) {
                (Some(clique), _) => within[clique].push(number),
                // The smaller attribute is held: the first, as attributes are numbered by size.
                (None, &[held, other]) => pairs[held].push((other, number)),
                (None, _) => others.push(number),
            }
        }
        let jobs: Vec<usize> = (0..within.len()).filter(|&clique| !within[clique].is_empty()).collect();
        for (clique, tables) in jobs.iter().zip(each(&jobs, |&clique, work| {
            control.check()?;
            let wanted: Vec<Vec<usize>> = within[clique].iter().map(|&number| sets[number].clone()).collect();
            Ok(self.within(clique, &wanted, messages, work))
        })?) {
            for (&number, table) in within[*clique].iter().zip(tables) {
                found[number] = table;
            }
        }
        self.pairs_across(&pairs, &mut found, messages, control)?;
        for (&number, table) in
            others.iter().zip(each(&others, |&number, work| self.across(&sets[number], messages, work, control))?)
        {
            found[number] = table;
        }
        Ok(found)
    }

    /// The neighbours of a clique, its parent first, each with its port.
    pub(super) fn neighbours(&self, clique: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let first = self.tables[clique].len();
        let parent = self.tree.parent[clique].map(|parent| (parent, first));
        parent.into_iter().chain(self.children[clique].iter().copied().zip(first + 1..))
    }

    /// The message that comes from a neighbour.
    pub(super) fn incoming<'a>(&self, clique: usize, neighbour: usize, messages: &'a Messages) -> &'a [f64] {
        if self.tree.parent[clique] == Some(neighbour) { &messages.down[clique] } else { &messages.up[neighbour] }
    }

    /// Cliques in the order in which a run from `start` reaches them, and where from.
    pub(super) fn reached(&self, start: usize) -> Vec<(usize, Option<usize>)> {
        let mut order = vec![(start, None)];
        let mut next = 0;
        while let Some(&(clique, from)) = order.get(next) {
            let onward = self.neighbours(clique).map(|(neighbour, _)| neighbour);
            order
                .extend(onward.filter(|&neighbour| Some(neighbour) != from).map(|neighbour| (neighbour, Some(clique))));
            next += 1;
        }
        order
    }

    /// The message inward with attributes held at their values, or in the centre the sums of its part of the
    /// set. Not scaled, so that combinations compare; none if there is nothing.
    fn inward(
        &self,
        inward: &Inward,
        value: &dyn Fn(usize) -> usize,
        messages: &Messages,
        work: &mut Work,
    ) -> Option<Vec<f64>> {
        let mut inputs = self.inputs(inward.clique, messages);
        let indicators: Vec<Vec<f64>> = inward
            .held
            .iter()
            .map(|&attribute| {
                let mut indicator = vec![0.0; self.sizes[attribute]];
                indicator[value(attribute)] = 1.0;
                indicator
            })
            .collect();
        inputs.extend(indicators.iter().map(|indicator| Some(indicator.as_slice())));
        let onward =
            inward.from.and_then(|from| self.neighbours(inward.clique).find(|(neighbour, _)| *neighbour == from));
        let port = onward.map_or(inputs.len(), |(_, port)| port);
        inputs.resize(inputs.len().max(port + 1), None);
        inputs[port] = None;
        let mut sums = vec![0.0; inward.plan.port_cells(port)];
        let mut wanted: Vec<Option<&mut [f64]>> = Vec::new();
        wanted.resize_with(inputs.len(), || None);
        wanted[port] = Some(&mut sums);
        let sum = inward.plan.run(&inputs, &mut wanted, work);
        (sum > 0.0).then_some(sums)
    }

    /// The probabilities of a set that is spread over the tree: what one clique has of it, given each
    /// combination of the others.
    fn across(
        &self,
        set: &[usize],
        messages: &Messages,
        work: &mut Work,
        control: &Control,
    ) -> Result<Vec<f64>, PrivacyError> {
        let mut found = vec![0.0; cells(set, &self.sizes)];
        let share = |clique: &[usize]| cells_wide(set.iter().copied().filter(|a| clique.contains(a)), &self.sizes);
        let Some(centre) = (0..self.tree.cliques.len()).rev().max_by_key(|&clique| share(&self.tree.cliques[clique]))
        else {
            return Ok(found);
        };
        let (inside, held): (Vec<usize>, Vec<usize>) =
            set.iter().partition(|attribute| self.tree.cliques[centre].contains(attribute));
        // Each held attribute in the clique nearest to the centre; messages run from the outside in.
        let order = self.reached(centre);
        let mut holders: Vec<Vec<usize>> = vec![Vec::new(); self.tree.cliques.len()];
        for &attribute in &held {
            if let Some(&(clique, _)) = order.iter().find(|(clique, _)| self.tree.cliques[*clique].contains(&attribute))
            {
                holders[clique].push(attribute);
            }
        }
        let mut needed: Vec<bool> = holders.iter().map(|held| !held.is_empty()).collect();
        for &(clique, from) in order.iter().rev() {
            if let (true, Some(from)) = (needed[clique], from) {
                needed[from] = true;
            }
        }
        let run: Vec<Inward> = order
            .into_iter()
            .rev()
            .filter(|(clique, _)| needed[*clique])
            .map(|(clique, from)| {
                let held = std::mem::take(&mut holders[clique]);
                let mut ports: Vec<Vec<usize>> = held.iter().map(|&attribute| vec![attribute]).collect();
                if from.is_none() {
                    ports.push(inside.clone());
                }
                Inward { clique, from, plan: self.plan(clique, &ports), held }
            })
            .collect();

        let steps = strides(set, set, &self.sizes);
        let step = |attribute: usize| set.iter().position(|&a| a == attribute).map_or(0, |place| steps[place]);
        let places = offsets(&inside, &inside.iter().map(|&a| step(a)).collect::<Vec<_>>(), &self.sizes);
        let starts = offsets(&held, &held.iter().map(|&a| step(a)).collect::<Vec<_>>(), &self.sizes);
        let mut digits = vec![0; held.len()];
        let mut messages = messages.clone();
        for start in starts {
            control.check()?;
            let value = |attribute: usize| held.iter().position(|&a| a == attribute).map_or(0, |place| digits[place]);
            let mut kept = Vec::with_capacity(run.len());
            for inward in &run {
                let Some(sums) = self.inward(inward, &value, &messages, work) else { break };
                if let Some(from) = inward.from {
                    let down = self.tree.parent[inward.clique] != Some(from);
                    let edge = if down { from } else { inward.clique };
                    let slot = if down { &mut messages.down[edge] } else { &mut messages.up[edge] };
                    kept.push((edge, down, std::mem::replace(slot, sums)));
                } else {
                    for (&place, p) in places.iter().zip(&sums) {
                        found[start + place] = *p;
                    }
                }
            }
            for (edge, down, message) in kept.into_iter().rev() {
                *(if down { &mut messages.down[edge] } else { &mut messages.up[edge] }) = message;
            }
            for (digit, &attribute) in digits.iter_mut().zip(&held).rev() {
                *digit += 1;
                if *digit < self.sizes[attribute] {
                    break;
                }
                *digit = 0;
            }
        }
        let sum: f64 = found.iter().sum();
        if sum > 0.0 {
            scale(&mut found, 1.0 / sum);
        }
        Ok(found)
    }
}

/// One step of a run from the outside in: a clique, and the attributes that it holds.
struct Inward {
    clique: usize,
    /// The neighbour that is nearer to the centre.
    from: Option<usize>,
    plan: Clique,
    held: Vec<usize>,
}

/// Where the combinations of attributes are, the last one fastest, with these steps.
fn offsets(attributes: &[usize], steps: &[usize], sizes: &[usize]) -> Vec<usize> {
    attributes.iter().zip(steps).fold(vec![0], |places, (&attribute, &step)| {
        places.iter().flat_map(|&place| (0..sizes[attribute]).map(move |value| place + value * step)).collect()
    })
}

/// The results of all jobs in order, on all cores of the caller's pool.
#[cfg(feature = "rayon")]
pub(super) fn each<J: Sync, R: Send>(
    jobs: &[J],
    run: impl Fn(&J, &mut Work) -> Result<R, PrivacyError> + Sync + Send,
) -> Result<Vec<R>, PrivacyError> {
    use rayon::prelude::*;
    jobs.par_iter().map_init(Work::default, |work, job| run(job, work)).collect()
}

/// The results of all jobs in order.
#[cfg(not(feature = "rayon"))]
pub(super) fn each<J, R>(
    jobs: &[J],
    run: impl Fn(&J, &mut Work) -> Result<R, PrivacyError>,
) -> Result<Vec<R>, PrivacyError> {
    let mut work = Work::default();
    jobs.iter().map(|job| run(job, &mut work)).collect()
}
