//! Genetic search: crossover and mutation of a population of sequences.

use std::collections::BTreeMap;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use tatabox_sequence::UNKNOWN;

use super::edit::BaseEdit;
use super::limits::Allowance;
use super::pareto::DesignPoint;
use super::problem::DesignProblem;
use super::{Design, DesignStep, WindowScorer, at_least_one, predict_all};
use crate::error::ModelError;
use crate::random_stream::{Purpose, random_stream};

/// Tournament size of the parent selection.
const TOURNAMENT: usize = 3;
/// Maximum number of attempts to create a child within the limits.
const MAX_ATTEMPTS: usize = 20;

/// Settings of a genetic search.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneticOptions {
    /// Sequences per generation.
    pub population: usize,
    /// Number of generations.
    pub generations: usize,
    /// Mean number of mutations per child.
    pub mutation_rate: f64,
    /// Fraction of children with two parents.
    pub crossover: f64,
}

impl GeneticOptions {
    fn validate(&self) -> Result<(), ModelError> {
        let invalid = |field, value: f64, expected: &str| {
            Err(ModelError::InvalidConfig { field, value: value.to_string(), expected: expected.to_owned() })
        };
        if self.population == 0 {
            return Err(at_least_one("population"));
        }
        if !(self.mutation_rate >= 0.0 && self.mutation_rate.is_finite()) {
            return invalid("mutation_rate", self.mutation_rate, "at least 0");
        }
        if !(0.0..=1.0).contains(&self.crossover) {
            return invalid("crossover", self.crossover, "from 0 to 1");
        }
        Ok(())
    }
}

impl Default for GeneticOptions {
    fn default() -> Self {
        Self { population: 100, generations: 50, mutation_rate: 1.0, crossover: 0.7 }
    }
}

/// Sequence with its prediction.
#[derive(Clone)]
struct Scored {
    window: Vec<u8>,
    objective: f64,
    log2_tpm: Vec<f64>,
}

/// Genetic search.
///
/// The first generation consists of the start and random edits of it. Every following generation keeps the best
/// sequence so far. The parents of the other sequences are selected by tournament; a child inherits each differing base
/// from either parent and is mutated.
pub(super) fn genetic_search(
    problem: &DesignProblem,
    options: &GeneticOptions,
    seed: u64,
    stream: usize,
    scorer: &mut dyn WindowScorer,
) -> Result<Design, ModelError> {
    options.validate()?;
    let breeder = Breeder {
        problem,
        allowance: problem.allowance(),
        open: problem.open_positions(),
        mutation_rate: options.mutation_rate,
        crossover: options.crossover,
    };
    let mut known: BTreeMap<Vec<u8>, Vec<f64>> = BTreeMap::new();
    let mut rng = random_stream(seed, Purpose::Design, 0, stream);
    let mut windows = vec![problem.start.clone()];
    windows.extend((1..options.population).map(|_| breeder.first(&mut rng)));
    let mut population = score(windows, problem, &mut known, scorer)?;
    let start = population[0].clone();
    problem.check_outputs(&start.log2_tpm)?;
    let mut best = leader(&population).clone();
    let mut points: Vec<DesignPoint> = vec![point(&start, problem, 0)];
    points.extend(improvements(&population, &points, problem, 0));
    for generation in 1..=options.generations {
        if breeder.open.is_empty() || scorer.is_cancelled() {
            break;
        }
        let mut rng = random_stream(seed, Purpose::Design, generation, stream);
        let mut windows = vec![best.window.clone()];
        windows.extend((1..options.population).map(|_| breeder.child(&population, &mut rng)));
        population = score(windows, problem, &mut known, scorer)?;
        if leader(&population).objective > best.objective {
            best = leader(&population).clone();
        }
        let better = improvements(&population, &points, problem, generation);
        points.extend(better);
    }
    let steps = steps_to(&best, &start, problem, scorer)?;
    Ok(Design {
        start_objective: start.objective,
        start_log2_tpm: start.log2_tpm,
        window: best.window,
        objective: best.objective,
        log2_tpm: best.log2_tpm,
        steps,
        points,
    })
}

/// Generator of sequences that satisfy the constraints of the problem.
struct Breeder<'a> {
    problem: &'a DesignProblem,
    allowance: Allowance<'a>,
    open: Vec<usize>,
    mutation_rate: f64,
    crossover: f64,
}

impl Breeder<'_> {
    /// Start with a random number of random edits, at least one.
    fn first(&self, rng: &mut ChaCha8Rng) -> Vec<u8> {
        let start = &self.problem.start;
        if self.open.is_empty() || self.problem.max_edits == 0 {
            return start.clone();
        }
        let make = |rng: &mut ChaCha8Rng| {
            let mut window = start.clone();
            for _ in 0..rng.random_range(1..=self.problem.max_edits) {
                self.mutate(&mut window, rng);
            }
            window
        };
        self.allowed(make, start, rng)
    }

    fn child(&self, population: &[Scored], rng: &mut ChaCha8Rng) -> Vec<u8> {
        let parent = &tournament(population, rng).window;
        let make = |rng: &mut ChaCha8Rng| {
            let mut window = parent.clone();
            if rng.random_bool(self.crossover) {
                let other = &tournament(population, rng).window;
                for (base, &others) in window.iter_mut().zip(other) {
                    if *base != others && rng.random_bool(0.5) {
                        *base = others;
                    }
                }
            }
            // Random integer whose mean is the mutation rate.
            let certain = self.mutation_rate.floor();
            let mutations = certain as usize + usize::from(rng.random_bool(self.mutation_rate - certain));
            for _ in 0..mutations {
                self.mutate(&mut window, rng);
            }
            window
        };
        self.allowed(make, parent, rng)
    }

    /// Sequence of `make` that satisfies the constraints; surplus edits are reverted at random. `fallback` if no
    /// attempt satisfies the limits.
    fn allowed(&self, make: impl Fn(&mut ChaCha8Rng) -> Vec<u8>, fallback: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
        for _ in 0..MAX_ATTEMPTS {
            let mut window = make(rng);
            let mut edits = BaseEdit::between(&self.problem.start, &window);
            while edits.len() > self.problem.max_edits {
                let edit = edits.swap_remove(rng.random_range(0..edits.len()));
                window[edit.index] = edit.from;
            }
            if self.allowance.admits(&window) {
                return window;
            }
        }
        fallback.to_vec()
    }

    /// Replaces the base at a random open position. At an edited position, the new base may be that of the start.
    fn mutate(&self, window: &mut [u8], rng: &mut ChaCha8Rng) {
        let index = self.open[rng.random_range(0..self.open.len())];
        window[index] = (window[index] + rng.random_range(1..UNKNOWN)) % UNKNOWN;
    }
}

fn tournament<'a>(population: &'a [Scored], rng: &mut ChaCha8Rng) -> &'a Scored {
    let mut random_individual = || &population[rng.random_range(0..population.len())];
    let first = random_individual();
    (1..TOURNAMENT).fold(first, |best, _| {
        let next = random_individual();
        if next.objective > best.objective { next } else { best }
    })
}

/// Scores windows; only those that are not in `known` are predicted.
fn score(
    windows: Vec<Vec<u8>>,
    problem: &DesignProblem,
    known: &mut BTreeMap<Vec<u8>, Vec<f64>>,
    scorer: &mut dyn WindowScorer,
) -> Result<Vec<Scored>, ModelError> {
    let mut new: Vec<Vec<u8>> = windows.iter().filter(|window| !known.contains_key(*window)).cloned().collect();
    new.sort();
    new.dedup();
    let predictions = predict_all(scorer, &new)?;
    known.extend(new.into_iter().zip(predictions));
    let scored = |window: Vec<u8>| {
        let log2_tpm = known[&window].clone();
        let objective = problem.objective.of(&log2_tpm);
        // A sequence without a finite objective never wins.
        Scored { objective: if objective.is_finite() { objective } else { f64::NEG_INFINITY }, window, log2_tpm }
    };
    Ok(windows.into_iter().map(scored).collect())
}

/// Individual with the highest objective; the first one among ties.
fn leader(population: &[Scored]) -> &Scored {
    population.iter().fold(&population[0], |best, next| if next.objective > best.objective { next } else { best })
}

fn point(scored: &Scored, problem: &DesignProblem, round: usize) -> DesignPoint {
    DesignPoint {
        round,
        difference: BaseEdit::between(&problem.start, &scored.window),
        objective: scored.objective,
        log2_tpm: scored.log2_tpm.clone(),
    }
}

/// Sequences that are better than all previous ones with at most as many edits.
fn improvements(
    population: &[Scored],
    points: &[DesignPoint],
    problem: &DesignProblem,
    round: usize,
) -> Vec<DesignPoint> {
    let mut found: Vec<DesignPoint> = Vec::new();
    for scored in population {
        let next = point(scored, problem, round);
        let beaten = |other: &DesignPoint| other.edits() <= next.edits() && other.objective >= next.objective;
        if !points.iter().chain(&found).any(beaten) {
            found.push(next);
        }
    }
    found
}

/// Edits of the best sequence by position, each predicted in addition to the previous ones.
fn steps_to(
    best: &Scored,
    start: &Scored,
    problem: &DesignProblem,
    scorer: &mut dyn WindowScorer,
) -> Result<Vec<DesignStep>, ModelError> {
    let edits = BaseEdit::between(&start.window, &best.window);
    let mut window = start.window.clone();
    let windows: Vec<Vec<u8>> = edits
        .iter()
        .map(|edit| {
            window[edit.index] = edit.to;
            window.clone()
        })
        .collect();
    let mut objective_before = start.objective;
    let step = |(edit, log2_tpm): (BaseEdit, Vec<f64>)| {
        let objective_after = problem.objective.of(&log2_tpm);
        let step = DesignStep { edit, objective_before, objective_after, log2_tpm };
        objective_before = objective_after;
        step
    };
    Ok(edits.into_iter().zip(predict_all(scorer, &windows)?).map(step).collect())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{KmerScorer, problem};
    use super::super::{DesignSearch, design};
    use super::*;

    #[test]
    fn genetic_search_respects_limits_edits_and_protection() {
        let mut problem = problem("ACACACACACACACACACAC", 8);
        problem.objective.goals[0].cell_type = 1;
        problem.protected[10..].fill(true);
        problem.limits.longest_run = Some(2);
        let options = GeneticOptions { population: 30, generations: 30, ..GeneticOptions::default() };
        let found = design(&problem, &DesignSearch::Genetic(options), 42, 0, &mut KmerScorer::new("G")).expect("valid");
        assert_eq!(found.window[10..], problem.start[10..]);
        assert!(problem.limits.hold(&found.window));
        // With ten open bases and runs of at most two, up to seven bases can be G.
        assert!((found.objective - 7.0).abs() < 1e-12, "{}", found.objective);
        assert!(found.points.iter().all(|point| point.edits() <= 8));
    }

    #[test]
    fn genetic_search_all_bases_protected_returns_start() {
        let mut problem = problem("ACGT", 2);
        problem.protected.fill(true);
        let search = DesignSearch::Genetic(GeneticOptions::default());
        let found = design(&problem, &search, 42, 0, &mut KmerScorer::new("TTTT")).expect("valid");
        assert_eq!(found.window, problem.start);
        assert!(found.steps.is_empty());
    }
}
