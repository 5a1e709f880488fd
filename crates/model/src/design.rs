//! Promoters edited towards a wanted expression.
//!
//! The search knows a model only as something that [predicts windows](WindowScorer).

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

/// What predicts windows for a search.
pub trait WindowScorer {
    /// log2(TPM + 1) in every cell type, a list a window.
    fn predict(&mut self, windows: &[Vec<u8>]) -> Result<Vec<Vec<f64>>, ModelError>;

    /// The same of `window` after each of `edits` alone.
    fn predict_edits(&mut self, window: &[u8], edits: &[BaseEdit]) -> Result<Vec<Vec<f64>>, ModelError> {
        let windows = edits.iter().map(|edit| edit.applied_to(window)).collect::<Result<Vec<_>, _>>()?;
        self.predict(&windows)
    }

    /// Whether to end the search with what it has.
    fn is_cancelled(&self) -> bool {
        false
    }
}

/// How a better sequence is looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum DesignSearch {
    /// In each round the best of all single substitutions is made.
    Greedy,
    /// In each round the best of all single substitutions of several sequences go on.
    Beam {
        /// Sequences that go on.
        width: usize,
    },
    /// Sequences are crossed and mutated; finds edits that help only together.
    Genetic(GeneticOptions),
}

/// One edit on the way to a design.
#[derive(Clone, Debug, PartialEq)]
pub struct DesignStep {
    /// The substitution.
    pub edit: BaseEdit,
    /// The objective before it.
    pub objective_before: f64,
    /// The objective after it.
    pub objective_after: f64,
    /// log2(TPM + 1) in every cell type after it.
    pub log2_tpm: Vec<f64>,
}

/// What a search has found from one start.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// The best sequence; the start where nothing is better.
    pub window: Vec<u8>,
    /// Its objective.
    pub objective: f64,
    /// Its log2(TPM + 1) in every cell type.
    pub log2_tpm: Vec<f64>,
    /// The objective of the start.
    pub start_objective: f64,
    /// log2(TPM + 1) of the start in every cell type.
    pub start_log2_tpm: Vec<f64>,
    /// From the start to the best sequence, an edit a step.
    pub steps: Vec<DesignStep>,
    /// Sequences on the way, the start first: for each round those that went on.
    pub points: Vec<DesignPoint>,
}

/// Looks for the best sequence that the problem allows. The same seed gives the same design; only a
/// [genetic](DesignSearch::Genetic) search draws anything. `stream` tells designs of one seed apart.
///
/// # Errors
/// [`ModelError::InvalidConfig`] for a problem or a search with a value outside its range; [`ModelError::InvalidBase`];
/// [`ModelError::UnknownOutput`] where a goal names a cell type that the scorer does not predict; those of the scorer.
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

/// Predicts windows and checks that each has a prediction.
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

    /// Scores a window by the letters that it shares with a word at the best place, and by its share of G.
    pub(crate) struct WordScorer {
        pub(crate) word: Vec<u8>,
        pub(crate) windows: usize,
    }

    impl WordScorer {
        pub(crate) fn new(word: &str) -> Self {
            Self { word: codes(word), windows: 0 }
        }

        pub(crate) fn letters(&self, window: &[u8]) -> f64 {
            let shared = |place: &[u8]| place.iter().zip(&self.word).filter(|(a, b)| a == b).count();
            window.windows(self.word.len()).map(shared).max().unwrap_or(0) as f64
        }
    }

    impl WindowScorer for WordScorer {
        fn predict(&mut self, windows: &[Vec<u8>]) -> Result<Vec<Vec<f64>>, ModelError> {
            self.windows += windows.len();
            let guanines = |window: &Vec<u8>| window.iter().map(|&base| f64::from(u8::from(base == 2))).sum::<f64>();
            Ok(windows.iter().map(|window| vec![self.letters(window), guanines(window)]).collect())
        }
    }

    pub(crate) fn codes(letters: &str) -> Vec<u8> {
        Sequence::from_ascii(letters.as_bytes()).expect("DNA").into_codes()
    }

    /// The first output high, and nothing forbidden.
    pub(crate) fn problem(start: &str, most_edits: usize) -> DesignProblem {
        DesignProblem {
            start: codes(start),
            protected: vec![false; start.len()],
            most_edits,
            limits: DesignLimits::default(),
            objective: DesignObjective {
                goals: vec![DesignGoal { cell_type: 0, objective: CellTypeObjective::Maximize, weight: 1.0 }],
            },
        }
    }

    #[test]
    fn every_search_writes_the_word_and_no_more() {
        // No letter of the word is there, and each edit can bring one of its six.
        let start = "CCCCCCCCCCCCCCCCCCCCCCCC";
        let genetic = GeneticOptions { population: 60, generations: 60, ..GeneticOptions::default() };
        for search in [DesignSearch::Greedy, DesignSearch::Beam { width: 3 }, DesignSearch::Genetic(genetic)] {
            let mut scorer = WordScorer::new("TATAAA");
            let found = design(&problem(start, 6), &search, 42, 0, &mut scorer).expect("valid");
            assert_eq!((found.start_objective, found.objective), (0.0, 6.0), "{search:?}");
            assert!((scorer.letters(&found.window) - 6.0).abs() < 1e-12);
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
    fn a_budget_too_small_gets_as_far_as_it_goes() {
        let found = design(&problem("CCCCCCCCCCCC", 4), &DesignSearch::Greedy, 42, 0, &mut WordScorer::new("TATAAA"))
            .expect("valid");
        assert_eq!((found.objective, found.steps.len()), (4.0, 4));
        let objectives: Vec<(usize, f64)> = found.points.iter().map(|point| (point.edits(), point.objective)).collect();
        assert_eq!(objectives, [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)]);
    }

    #[test]
    fn a_start_that_nothing_improves_is_its_own_design() {
        let found = design(&problem("GGTATAAAGG", 5), &DesignSearch::Greedy, 42, 0, &mut WordScorer::new("TATAAA"))
            .expect("valid");
        assert_eq!(found.window, codes("GGTATAAAGG"));
        assert!(found.steps.is_empty());
    }

    #[test]
    fn the_same_seed_gives_the_same_design() {
        let options = GeneticOptions { population: 20, generations: 5, ..GeneticOptions::default() };
        let run = |seed, stream| {
            let search = DesignSearch::Genetic(options.clone());
            design(&problem("ACGTACGTACGTACGTACGT", 4), &search, seed, stream, &mut WordScorer::new("GGGGCCCC"))
                .expect("valid")
        };
        assert_eq!(run(42, 0), run(42, 0));
        assert_ne!(run(42, 0).points, run(43, 0).points);
        assert_ne!(run(42, 0).points, run(42, 1).points);
    }

    #[test]
    fn design_invalid_problem_returns_error() {
        let run = |problem: &DesignProblem, search: &DesignSearch| {
            design(problem, search, 42, 0, &mut WordScorer::new("TATAAA")).expect_err("refused").to_string()
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
