//! Greedy and beam search: one substitution per round.

use std::collections::BTreeSet;

use super::edit::BaseEdit;
use super::pareto::DesignPoint;
use super::problem::DesignProblem;
use super::{Design, DesignStep, WindowScorer, check_count, predict_all};
use crate::error::ModelError;

/// Minimum gain in the objective; smaller gains are rounding errors.
const MIN_GAIN: f64 = 1e-6;

/// Sequence with its prediction and the steps that lead to it.
#[derive(Clone)]
struct State {
    window: Vec<u8>,
    objective: f64,
    log2_tpm: Vec<f64>,
    steps: Vec<DesignStep>,
}

/// Beam search; a width of 1 is a greedy search.
///
/// Each round predicts all allowed substitutions of the sequences kept in the previous round, and keeps the best
/// `width`. The search ends after the maximum number of edits, or when no substitution improves on the best sequence.
pub(super) fn beam_search(
    problem: &DesignProblem,
    width: usize,
    scorer: &mut dyn WindowScorer,
) -> Result<Design, ModelError> {
    let allowance = problem.allowance();
    let start = State::of_start(problem, scorer)?;
    let mut points = vec![start.point(problem, 0)];
    let (mut best, mut beam) = (start.clone(), vec![start.clone()]);
    for round in 1..=problem.max_edits {
        let mut candidates: Vec<(f64, usize, BaseEdit)> = Vec::new();
        for (parent, state) in beam.iter().enumerate() {
            let edits = problem.edits_of(&state.window, &allowance);
            let predictions = scorer.predict_edits(&state.window, &edits)?;
            check_count(&predictions, edits.len())?;
            let scored = edits.into_iter().zip(predictions);
            candidates.extend(scored.map(|(edit, log2_tpm)| (problem.objective.of(&log2_tpm), parent, edit)));
        }
        if scorer.is_cancelled() {
            break;
        }
        candidates.retain(|(objective, ..)| objective.is_finite());
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
        let mut chosen: Vec<(usize, BaseEdit, Vec<u8>)> = Vec::new();
        for (_, parent, edit) in candidates {
            let window = edit.applied_to(&beam[parent].window)?;
            if seen.insert(window.clone()) {
                chosen.push((parent, edit, window));
            }
            if chosen.len() == width {
                break;
            }
        }
        let windows: Vec<Vec<u8>> = chosen.iter().map(|(.., window)| window.clone()).collect();
        // Predicted again in full, because predictions of single edits may differ from these by rounding.
        let predictions = predict_all(scorer, &windows)?;
        let next: Vec<State> = chosen
            .into_iter()
            .zip(predictions)
            .map(|((parent, edit, window), log2_tpm)| beam[parent].after(edit, window, log2_tpm, problem))
            .collect();
        let leader = next.iter().fold(None, |leader: Option<&State>, state| match leader {
            Some(leader) if leader.objective >= state.objective => Some(leader),
            _ => Some(state),
        });
        let Some(leader) = leader.filter(|leader| leader.objective > best.objective + MIN_GAIN) else { break };
        best = leader.clone();
        points.extend(next.iter().map(|state| state.point(problem, round)));
        beam = next;
    }
    Ok(Design {
        start_objective: start.objective,
        start_log2_tpm: start.log2_tpm,
        window: best.window,
        objective: best.objective,
        log2_tpm: best.log2_tpm,
        steps: best.steps,
        points,
    })
}

impl State {
    fn of_start(problem: &DesignProblem, scorer: &mut dyn WindowScorer) -> Result<Self, ModelError> {
        let window = problem.start.clone();
        let log2_tpm = predict_all(scorer, std::slice::from_ref(&window))?.swap_remove(0);
        problem.check_outputs(&log2_tpm)?;
        Ok(Self { objective: problem.objective.of(&log2_tpm), window, log2_tpm, steps: Vec::new() })
    }

    fn after(&self, edit: BaseEdit, window: Vec<u8>, log2_tpm: Vec<f64>, problem: &DesignProblem) -> Self {
        let objective = problem.objective.of(&log2_tpm);
        let step = DesignStep {
            edit,
            objective_before: self.objective,
            objective_after: objective,
            log2_tpm: log2_tpm.clone(),
        };
        Self { window, objective, log2_tpm, steps: [&self.steps[..], &[step]].concat() }
    }

    fn point(&self, problem: &DesignProblem, round: usize) -> DesignPoint {
        DesignPoint {
            round,
            difference: BaseEdit::between(&problem.start, &self.window),
            objective: self.objective,
            log2_tpm: self.log2_tpm.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{KmerScorer, codes, problem};
    use super::super::{DesignSearch, design};

    #[test]
    fn beam_search_respects_limits_and_protection() {
        // The objective is the number of G. Runs are limited to two, and the first four bases are protected.
        let mut problem = problem("AAAAAACACACACACACACA", 12);
        problem.objective.goals[0].cell_type = 1;
        problem.protected[..4].fill(true);
        problem.limits.longest_run = Some(2);
        problem.limits.gc = Some(0.2..=0.8);
        let found = design(&problem, &DesignSearch::Greedy, 42, 0, &mut KmerScorer::new("G")).expect("valid");
        assert_eq!(found.window[..4], codes("AAAA"));
        // The start has a run of six, so runs of up to six are allowed; 16 of 20 bases may be G or C.
        let strong = found.window.iter().filter(|&&base| base == 1 || base == 2).count();
        assert!(strong <= 16, "{strong}");
        assert_eq!((found.objective, found.steps.len()), (12.0, 12));
    }

    #[test]
    fn beam_search_predicts_every_substitution_once_per_round() {
        let mut scorer = KmerScorer::new("TTTTTTTT");
        design(&problem("ACACACAC", 2), &DesignSearch::Greedy, 42, 0, &mut scorer).expect("valid");
        // The start, then two rounds of 24 substitutions and the selected one.
        assert_eq!(scorer.windows, 1 + 2 * 25);
    }
}
