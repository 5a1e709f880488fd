//! Promoter design: search for edits of a promoter that reach a target expression.
//!
//! Searches work with any [`WindowScorer`], such as a model.

mod beam;
mod edit;
mod genetic;
mod limits;
mod objective;
mod pareto;
mod problem;
mod protection;
mod random_start;

use beam::beam_search;
pub use edit::BaseEdit;
pub use genetic::GeneticOptions;
use genetic::genetic_search;
pub use limits::{DesignLimits, gc_fraction, longest_run};
pub use objective::{CellTypeObjective, DesignGoal, DesignObjective};
pub use pareto::{DesignPoint, pareto_front};
pub use problem::DesignProblem;
pub use protection::occurrences;
pub use random_start::random_start;

use crate::error::ModelError;

/// Predictor of windows for a design search.
pub trait WindowScorer {
    /// Predicts windows in log2(TPM + 1): one list per window, with one value per cell type.
    ///
    /// # Errors
    /// Any error of the prediction; it ends the search.
    fn predict(&mut self, windows: &[Vec<u8>]) -> Result<Vec<Vec<f64>>, ModelError>;

    /// Predicts `window` after each of `edits` alone.
    ///
    /// # Errors
    /// Any error of the prediction; it ends the search.
    fn predict_edits(&mut self, window: &[u8], edits: &[BaseEdit]) -> Result<Vec<Vec<f64>>, ModelError> {
        let windows = edits.iter().map(|edit| edit.applied_to(window)).collect::<Result<Vec<_>, _>>()?;
        self.predict(&windows)
    }

    /// Whether to end the search early, with the best sequence found so far.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Search algorithm of a design.
#[derive(Clone, Debug, PartialEq)]
pub enum DesignSearch {
    /// Greedy search: each round makes the best single substitution.
    Greedy,
    /// Beam search: each round keeps the best single substitutions of several sequences.
    Beam {
        /// Number of sequences kept per round.
        width: usize,
    },
    /// Genetic search with crossover and mutation, which can find edits that improve the objective only in combination.
    Genetic(GeneticOptions),
}

/// One edit from the start to a design.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignStep {
    /// Substitution.
    pub edit: BaseEdit,
    /// Objective before the substitution.
    pub objective_before: f64,
    /// Objective after the substitution.
    pub objective_after: f64,
    /// log2(TPM + 1) per cell type after the substitution.
    pub log2_tpm: Vec<f64>,
}

/// Result of a design search from one start.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// Best sequence; the start if no other sequence is better.
    pub window: Vec<u8>,
    /// Objective of the best sequence.
    pub objective: f64,
    /// log2(TPM + 1) of the best sequence per cell type.
    pub log2_tpm: Vec<f64>,
    /// Objective of the start.
    pub start_objective: f64,
    /// log2(TPM + 1) of the start per cell type.
    pub start_log2_tpm: Vec<f64>,
    /// Edits from the start to the best sequence, one per step.
    pub steps: Vec<DesignStep>,
    /// Sequences of the search: the start, then those kept in each round.
    pub points: Vec<DesignPoint>,
}

/// Searches for the best sequence that the problem allows.
///
/// The same seed gives the same design. Only the [genetic](DesignSearch::Genetic) search is random; `stream`
/// distinguishes designs with the same seed.
///
/// # Examples
/// A scorer that counts G, in place of a model:
/// ```
/// use tatabox_model::{
///     CellTypeObjective, DesignGoal, DesignLimits, DesignObjective, DesignProblem, DesignSearch, ModelError,
///     WindowScorer, design,
/// };
///
/// struct CountG;
///
/// impl WindowScorer for CountG {
///     fn predict(&mut self, windows: &[Vec<u8>]) -> Result<Vec<Vec<f64>>, ModelError> {
///         Ok(windows.iter().map(|window| vec![window.iter().filter(|&&base| base == 2).count() as f64]).collect())
///     }
/// }
///
/// let problem = DesignProblem {
///     start: vec![0, 1, 3, 0, 1, 3],
///     protected: vec![false; 6],
///     max_edits: 3,
///     limits: DesignLimits { longest_run: Some(2), ..DesignLimits::default() },
///     objective: DesignObjective {
///         goals: vec![DesignGoal { cell_type: 0, objective: CellTypeObjective::Maximize, weight: 1.0 }],
///     },
/// };
/// let found = design(&problem, &DesignSearch::Greedy, 42, 0, &mut CountG)?;
/// assert_eq!((found.start_objective, found.objective), (0.0, 3.0));
/// assert_eq!(found.steps.len(), 3);
/// # Ok::<(), ModelError>(())
/// ```
///
/// # Errors
/// [`ModelError::InvalidConfig`] for a value of the problem or the search outside its range;
/// [`ModelError::InvalidBase`]; [`ModelError::UnknownOutput`] for a goal of a cell type that the scorer does not
/// predict; errors of the scorer.
pub fn design(
    problem: &DesignProblem,
    search: &DesignSearch,
    seed: u64,
    stream: usize,
    scorer: &mut dyn WindowScorer,
) -> Result<Design, ModelError> {
    problem.validate()?;
    match search {
        DesignSearch::Beam { width: 0 } => Err(at_least_one("width")),
        DesignSearch::Greedy => beam_search(problem, 1, scorer),
        DesignSearch::Beam { width } => beam_search(problem, *width, scorer),
        DesignSearch::Genetic(options) => genetic_search(problem, options, seed, stream, scorer),
    }
}

/// Predicts windows and checks the number of predictions.
fn predict_all(scorer: &mut dyn WindowScorer, windows: &[Vec<u8>]) -> Result<Vec<Vec<f64>>, ModelError> {
    let predictions = scorer.predict(windows)?;
    check_count(&predictions, windows.len())?;
    Ok(predictions)
}

fn check_count(predictions: &[Vec<f64>], windows: usize) -> Result<(), ModelError> {
    if predictions.len() == windows {
        return Ok(());
    }
    Err(ModelError::Mismatch(format!("the scorer returned {} predictions for {windows} windows", predictions.len())))
}

fn at_least_one(field: &'static str) -> ModelError {
    ModelError::InvalidConfig { field, value: "0".to_owned(), expected: "at least 1".to_owned() }
}

#[cfg(test)]
pub(crate) mod tests {
    use tatabox_sequence::Sequence;

    use super::*;

    /// Scorer with two outputs: the number of matching bases at the best match of a k-mer, and the number of G.
    pub(crate) struct KmerScorer {
        pub(crate) kmer: Vec<u8>,
        pub(crate) windows: usize,
    }

    impl KmerScorer {
        pub(crate) fn new(kmer: &str) -> Self {
            Self { kmer: codes(kmer), windows: 0 }
        }

        pub(crate) fn matches(&self, window: &[u8]) -> f64 {
            let matches = |bases: &[u8]| bases.iter().zip(&self.kmer).filter(|(a, b)| a == b).count();
            window.windows(self.kmer.len()).map(matches).max().unwrap_or(0) as f64
        }
    }

    impl WindowScorer for KmerScorer {
        fn predict(&mut self, windows: &[Vec<u8>]) -> Result<Vec<Vec<f64>>, ModelError> {
            self.windows += windows.len();
            let guanines = |window: &Vec<u8>| window.iter().map(|&base| f64::from(u8::from(base == 2))).sum::<f64>();
            Ok(windows.iter().map(|window| vec![self.matches(window), guanines(window)]).collect())
        }
    }

    pub(crate) fn codes(letters: &str) -> Vec<u8> {
        Sequence::from_ascii(letters.as_bytes()).expect("DNA").into_codes()
    }

    /// Problem that maximises the first output without limits.
    pub(crate) fn problem(start: &str, max_edits: usize) -> DesignProblem {
        DesignProblem {
            start: codes(start),
            protected: vec![false; start.len()],
            max_edits,
            limits: DesignLimits::default(),
            objective: DesignObjective {
                goals: vec![DesignGoal { cell_type: 0, objective: CellTypeObjective::Maximize, weight: 1.0 }],
            },
        }
    }

    #[test]
    fn design_every_search_reaches_the_optimum() {
        // The start matches no base of the k-mer, and each edit can add one of six matches.
        let start = "CCCCCCCCCCCCCCCCCCCCCCCC";
        let genetic = GeneticOptions { population: 60, generations: 60, ..GeneticOptions::default() };
        for search in [DesignSearch::Greedy, DesignSearch::Beam { width: 3 }, DesignSearch::Genetic(genetic)] {
            let mut scorer = KmerScorer::new("TATAAA");
            let found = design(&problem(start, 6), &search, 42, 0, &mut scorer).expect("valid");
            assert_eq!((found.start_objective, found.objective), (0.0, 6.0), "{search:?}");
            assert!((scorer.matches(&found.window) - 6.0).abs() < 1e-12);
            assert_eq!(found.steps.len(), 6, "{search:?}");
            let steps = found
                .steps
                .iter()
                .fold(codes(start), |window, step| step.edit.applied_to(&window).expect("within the window"));
            assert_eq!(steps, found.window);
            assert!((found.steps[5].objective_after - found.objective).abs() < 1e-12);
        }
    }

    #[test]
    fn design_few_edits_improves_as_far_as_possible() {
        let found = design(&problem("CCCCCCCCCCCC", 4), &DesignSearch::Greedy, 42, 0, &mut KmerScorer::new("TATAAA"))
            .expect("valid");
        assert_eq!((found.objective, found.steps.len()), (4.0, 4));
        let objectives: Vec<(usize, f64)> = found.points.iter().map(|point| (point.edits(), point.objective)).collect();
        assert_eq!(objectives, [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)]);
    }

    #[test]
    fn design_optimal_start_is_returned_unchanged() {
        let found = design(&problem("GGTATAAAGG", 5), &DesignSearch::Greedy, 42, 0, &mut KmerScorer::new("TATAAA"))
            .expect("valid");
        assert_eq!(found.window, codes("GGTATAAAGG"));
        assert!(found.steps.is_empty());
    }

    #[test]
    fn design_same_seed_gives_same_result() {
        let options = GeneticOptions { population: 20, generations: 5, ..GeneticOptions::default() };
        let run = |seed, stream| {
            let search = DesignSearch::Genetic(options.clone());
            design(&problem("ACGTACGTACGTACGTACGT", 4), &search, seed, stream, &mut KmerScorer::new("GGGGCCCC"))
                .expect("valid")
        };
        assert_eq!(run(42, 0), run(42, 0));
        assert_ne!(run(42, 0).points, run(43, 0).points);
        assert_ne!(run(42, 0).points, run(42, 1).points);
    }

    #[test]
    fn design_invalid_problem_returns_error() {
        let run = |problem: &DesignProblem, search: &DesignSearch| {
            design(problem, search, 42, 0, &mut KmerScorer::new("TATAAA")).expect_err("invalid").to_string()
        };
        let valid = problem("CCCCCCCC", 2);
        assert_eq!(run(&valid, &DesignSearch::Beam { width: 0 }), "width is 0; expected at least 1");
        let genetic = |options| DesignSearch::Genetic(options);
        let options = GeneticOptions { population: 0, ..GeneticOptions::default() };
        assert_eq!(run(&valid, &genetic(options)), "population is 0; expected at least 1");
        let options = GeneticOptions { crossover: 1.5, ..GeneticOptions::default() };
        assert_eq!(run(&valid, &genetic(options)), "crossover is 1.5; expected from 0 to 1");
        let options = GeneticOptions { mutation_rate: -1.0, ..GeneticOptions::default() };
        assert_eq!(run(&valid, &genetic(options)), "mutation_rate is -1; expected at least 0");
        let short = DesignProblem { protected: vec![false; 3], ..valid.clone() };
        assert_eq!(run(&short, &DesignSearch::Greedy), "protected is 3 flags; expected 8, one per base");
        let mut other = valid.clone();
        other.start[2] = 9;
        assert!(run(&other, &DesignSearch::Greedy).contains("9 is no nucleotide code"));
        let mut other = valid;
        other.objective.goals[0].cell_type = 2;
        assert_eq!(
            run(&other, &DesignSearch::Greedy),
            "cell type 2 does not exist; the model has 2 outputs, counted from 0"
        );
    }
}
