//! Design problems: a start, and the sequences allowed in its place.

use tatabox_dataset::Extent;
use tatabox_model::{DesignObjective, DesignProblem, DesignSearch, occurrences};

use super::request::DesignRequest;
use super::starts::DesignStart;
use crate::error::{Result, bail};

/// The problem of a start.
///
/// # Errors
/// A protected range reaches beyond the extent, or no base may be edited.
pub(super) fn problem(
    start: &DesignStart,
    request: &DesignRequest,
    objective: &DesignObjective,
    extent: Extent,
) -> Result<DesignProblem> {
    let bases = &start.window.bases;
    let mut protected = vec![false; bases.len()];
    for range in &request.protected {
        protected[range.indices(extent, "protect")?].fill(true);
    }
    for motif in &request.protected_motifs {
        for site in occurrences(bases, motif).unwrap_or_default() {
            protected[site].fill(true);
        }
    }
    let problem = DesignProblem {
        start: bases.clone(),
        protected,
        max_edits: request.max_edits,
        limits: request.limits.clone(),
        objective: objective.clone(),
    };
    if problem.open_positions().is_empty() {
        bail!("{}: every base is protected or unknown; protect fewer bases", start.id);
    }
    Ok(problem)
}

/// Windows that are predicted if no search ends early.
pub(super) fn max_windows(request: &DesignRequest, problems: &[DesignProblem]) -> u64 {
    let of_problem = |problem: &DesignProblem| {
        let substitutions = 3 * problem.open_positions().len();
        match &request.search {
            DesignSearch::Greedy => request.max_edits * substitutions,
            // The first round has the start alone.
            DesignSearch::Beam { width } => substitutions * (1 + width * (request.max_edits - 1)),
            DesignSearch::Genetic(options) => options.population * (options.generations + 1),
        }
    };
    problems.iter().map(|problem| of_problem(problem) as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent { upstream_bp: 6, downstream_bp: 2 };

    fn request() -> DesignRequest {
        DesignRequest { max_edits: 2, ..DesignRequest::new(vec!["K562=high".parse().expect("a target")]) }
    }

    fn open(request: &DesignRequest) -> Result<Vec<usize>> {
        // TATAACGN
        let start = DesignStart::new("P", vec![3, 0, 3, 0, 0, 1, 2, 4]);
        let objective = DesignObjective { goals: Vec::new() };
        Ok(problem(&start, request, &objective, EXTENT)?.open_positions())
    }

    #[test]
    fn design_problem_protects_positions_motifs_and_n() {
        assert_eq!(open(&request()).expect("open"), [0, 1, 2, 3, 4, 5, 6]);
        let protected = vec!["-1..+1".parse().expect("a range")];
        let protected_motifs = vec!["TATAA".to_owned()];
        let protected = DesignRequest { protected, protected_motifs, ..request() };
        let message = open(&protected).expect_err("nothing to edit").to_string();
        assert!(message.contains("every base is protected"), "{message}");
        let beyond = DesignRequest { protected: vec!["-1..+3".parse().expect("a range")], ..request() };
        let message = open(&beyond).expect_err("outside").to_string();
        assert!(message.contains("protect: -1..+3 is outside -6..+2"), "{message}");
    }

    #[test]
    fn design_windows_are_bounded_by_the_search() {
        let start = DesignStart::new("P", vec![0; 8]);
        let objective = DesignObjective { goals: Vec::new() };
        let problem = problem(&start, &request(), &objective, EXTENT).expect("open");
        let windows = |search| max_windows(&DesignRequest { search, ..request() }, std::slice::from_ref(&problem));
        // 8 bases with 3 substitutions each, in two rounds.
        assert_eq!(windows(DesignSearch::Greedy), 48);
        assert_eq!(windows(DesignSearch::Beam { width: 3 }), 24 + 72);
    }
}
