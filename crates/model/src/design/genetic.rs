//! Search by crossing and mutating sequences.

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

/// Individuals from which the best is taken as a parent.
const TOURNAMENT: usize = 3;
/// Times a child is made anew that is not allowed.
const TRIALS: usize = 20;

/// Settings of a genetic search.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneticOptions {
    /// Sequences of a generation.
    pub population: usize,
    /// Generations.
    pub generations: usize,
    /// Mean number of mutations of a child.
    pub mutation_rate: f64,
    /// Share of children with two parents.
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

/// What is known of a sequence.
#[derive(Clone)]
struct Scored {
    window: Vec<u8>,
    objective: f64,
    log2_tpm: Vec<f64>,
}

/// The first generation is the start and random edits of it. Each other keeps the best sequence so far; its children
/// have parents that won a tournament of three, take each edited base from either, and are mutated.
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

/// Makes sequences that are allowed.
struct Breeder<'a> {
    problem: &'a DesignProblem,
    allowance: Allowance<'a>,
    open: Vec<usize>,
    mutation_rate: f64,
    crossover: f64,
}

impl Breeder<'_> {
    /// The start with one to as many edits as are allowed.
    fn first(&self, rng: &mut ChaCha8Rng) -> Vec<u8> {
        let start = &self.problem.start;
        if self.open.is_empty() || self.problem.most_edits == 0 {
            return start.clone();
        }
        let make = |rng: &mut ChaCha8Rng| {
            let mut window = start.clone();
            for _ in 0..rng.random_range(1..=self.problem.most_edits) {
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
            // A whole number of mutations whose mean is the rate.
            let certain = self.mutation_rate.floor();
            let mutations = certain as usize + usize::from(rng.random_bool(self.mutation_rate - certain));
            for _ in 0..mutations {
                self.mutate(&mut window, rng);
            }
            window
        };
        self.allowed(make, parent, rng)
    }

    /// What `make` makes, with edits taken back where there are too many; `otherwise` where none of it is allowed.
    fn allowed(&self, make: impl Fn(&mut ChaCha8Rng) -> Vec<u8>, otherwise: &[u8], rng: &mut ChaCha8Rng) -> Vec<u8> {
        for _ in 0..TRIALS {
            let mut window = make(rng);
            let mut edits = BaseEdit::between(&self.problem.start, &window);
            while edits.len() > self.problem.most_edits {
                let edit = edits.swap_remove(rng.random_range(0..edits.len()));
                window[edit.index] = edit.from;
            }
            if self.allowance.admits(&window) {
                return window;
            }
        }
        otherwise.to_vec()
    }

    /// Another base at a random place; at an edited place, this may be the base of the start.
    fn mutate(&self, window: &mut [u8], rng: &mut ChaCha8Rng) {
        let index = self.open[rng.random_range(0..self.open.len())];
        window[index] = (window[index] + rng.random_range(1..UNKNOWN)) % UNKNOWN;
    }
}

fn tournament<'a>(population: &'a [Scored], rng: &mut ChaCha8Rng) -> &'a Scored {
    let mut draw = || &population[rng.random_range(0..population.len())];
    let first = draw();
    (1..TOURNAMENT).fold(first, |best, _| {
        let next = draw();
        if next.objective > best.objective { next } else { best }
    })
}

/// Predicts what was not predicted before.
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
        // What cannot be scored never wins.
        Scored { objective: if objective.is_finite() { objective } else { f64::NEG_INFINITY }, window, log2_tpm }
    };
    Ok(windows.into_iter().map(scored).collect())
}

/// The first of the best.
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

/// The sequences that are better than any before with as few edits.
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

/// The edits of the best sequence by position, each predicted on top of those before.
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
    use super::super::tests::{WordScorer, problem};
    use super::super::{DesignSearch, design};
    use super::*;

    #[test]
    fn limits_budget_and_protection_hold() {
        let mut problem = problem("ACACACACACACACACACAC", 8);
        problem.objective.goals[0].cell_type = 1;
        problem.protected[10..].fill(true);
        problem.limits.longest_run = Some(2);
        let options = GeneticOptions { population: 30, generations: 30, ..GeneticOptions::default() };
        let found = design(&problem, &DesignSearch::Genetic(options), 42, 0, &mut WordScorer::new("G")).expect("valid");
        assert_eq!(found.window[10..], problem.start[10..]);
        assert!(problem.limits.hold(&found.window));
        // Ten open bases, runs of two at most: seven may be G.
        assert!((found.objective - 7.0).abs() < 1e-12, "{}", found.objective);
        assert!(found.points.iter().all(|point| point.edits() <= 8));
    }

    #[test]
    fn nothing_open_leaves_the_start() {
        let mut problem = problem("ACGT", 2);
        problem.protected.fill(true);
        let search = DesignSearch::Genetic(GeneticOptions::default());
        let found = design(&problem, &search, 42, 0, &mut WordScorer::new("TTTT")).expect("valid");
        assert_eq!(found.window, problem.start);
        assert!(found.steps.is_empty());
    }
}
