//! Request to design promoters.

use std::path::PathBuf;

use tatabox_model::{DEFAULT_SEED, DesignLimits, DesignSearch, GeneticOptions, occurrences};

use super::starts::StartSource;
use super::target::DesignTarget;
use crate::error::{Error, Result};
use crate::inputs::{AuxiliarySources, TssRange};

/// Bases that may differ from a start, unless requested otherwise.
const DEFAULT_MAX_EDITS: usize = 20;

/// Targets, constraints and search of designs.
///
/// # Examples
///
/// ```
/// use tatabox::design::{DesignLimits, DesignRequest};
///
/// let mut request = DesignRequest::new(vec!["K562=high".parse()?, "HepG2=low:0.5".parse()?]);
/// request.protected = vec!["-35..+5".parse()?];
/// request.limits = DesignLimits { gc: Some(0.3..=0.7), longest_run: Some(5) };
/// request.validate()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DesignRequest {
    /// Targets, at most one per cell type.
    pub targets: Vec<DesignTarget>,
    /// Largest number of bases that may differ from a start.
    pub max_edits: usize,
    /// Positions that are not edited.
    pub protected: Vec<TssRange>,
    /// Motifs in IUPAC letters whose occurrences, on either strand, are not edited.
    pub protected_motifs: Vec<String>,
    /// Limits that every tried sequence keeps. A start outside a limit is edited, but not moved further outside.
    pub limits: DesignLimits,
    /// Search algorithm.
    pub search: DesignSearch,
    /// Seed of random starts, shuffles and the genetic search.
    pub seed: u64,
}

impl DesignRequest {
    /// Greedy search with up to 20 edits, without constraints.
    pub fn new(targets: Vec<DesignTarget>) -> Self {
        Self {
            targets,
            max_edits: DEFAULT_MAX_EDITS,
            protected: Vec::new(),
            protected_motifs: Vec::new(),
            limits: DesignLimits::default(),
            search: DesignSearch::Greedy,
            seed: DEFAULT_SEED,
        }
    }

    /// Checks what does not depend on model and starts.
    ///
    /// # Errors
    /// [`Error::InvalidRequest`] names the field.
    pub fn validate(&self) -> Result<()> {
        if self.targets.is_empty() {
            return Err(Error::request("target", "none; expected one or more"));
        }
        at_least("edits", self.max_edits, 1)?;
        if let Some(longest_run) = self.limits.longest_run {
            at_least("max_homopolymer", longest_run, 1)?;
        }
        if let Some(gc) = &self.limits.gc
            && !(0.0 <= *gc.start() && gc.start() <= gc.end() && *gc.end() <= 1.0)
        {
            let problem = format!("{}..{}; expected two fractions from 0 to 1, such as 0.3..0.7", gc.start(), gc.end());
            return Err(Error::request("gc", problem));
        }
        if let Some(motif) = self.protected_motifs.iter().find(|motif| occurrences(&[], motif).is_none()) {
            return Err(Error::request("protect_motif", format!("{motif}; expected IUPAC letters, such as TATAWA")));
        }
        match &self.search {
            DesignSearch::Greedy => Ok(()),
            DesignSearch::Beam { width } => at_least("beam_width", *width, 1),
            DesignSearch::Genetic(options) => check_genetic(options),
        }
    }
}

fn at_least(field: &'static str, value: usize, least: usize) -> Result<()> {
    if value < least {
        return Err(Error::request(field, format!("{value}; expected {least} or more")));
    }
    Ok(())
}

fn check_genetic(options: &GeneticOptions) -> Result<()> {
    at_least("population", options.population, 2)?;
    at_least("generations", options.generations, 1)?;
    let rate = options.mutation_rate;
    if !(rate.is_finite() && rate >= 0.0) {
        return Err(Error::request("mutation_rate", format!("{rate}; expected 0 or more")));
    }
    let fraction = options.crossover;
    if !(0.0..=1.0).contains(&fraction) {
        return Err(Error::request("crossover", format!("{fraction}; expected a fraction from 0 to 1")));
    }
    Ok(())
}

/// Starts to design from, and the folder of the designs.
///
/// # Examples
///
/// ```
/// use tatabox::design::{DesignFolderRequest, DesignRequest, StartSource};
///
/// let design = DesignRequest::new(vec!["K562=high".parse().unwrap()]);
/// let starts = StartSource::Random { count: 5, gc: 0.5 };
/// let request = DesignFolderRequest { overwrite: true, ..DesignFolderRequest::new(starts, design, "design") };
/// assert!(request.command.is_empty());
/// ```
pub struct DesignFolderRequest {
    /// Sequences that the designs start from.
    pub starts: StartSource,
    /// Files with auxiliary inputs of starts from files.
    pub auxiliary: AuxiliarySources,
    /// Targets, constraints and search.
    pub design: DesignRequest,
    /// The folder.
    pub folder: PathBuf,
    /// Whether designs in the folder may be replaced.
    pub overwrite: bool,
    /// Command line or call to store in `run.json`.
    pub command: Vec<String>,
}

impl DesignFolderRequest {
    /// A request without auxiliary inputs that replaces nothing.
    pub fn new(starts: StartSource, design: DesignRequest, folder: impl Into<PathBuf>) -> Self {
        Self {
            starts,
            auxiliary: AuxiliarySources::default(),
            design,
            folder: folder.into(),
            overwrite: false,
            command: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> DesignRequest {
        DesignRequest::new(vec!["K562=high".parse().expect("a target")])
    }

    fn refused(request: &DesignRequest) -> String {
        request.validate().expect_err("refused").to_string()
    }

    #[test]
    fn design_request_values_out_of_range_name_their_field() {
        assert!(request().validate().is_ok());
        assert!(refused(&DesignRequest { targets: Vec::new(), ..request() }).starts_with("target: "));
        assert!(refused(&DesignRequest { max_edits: 0, ..request() }).starts_with("edits: 0"));
        let limits = DesignLimits { gc: None, longest_run: Some(0) };
        assert!(refused(&DesignRequest { limits, ..request() }).starts_with("max_homopolymer: 0"));
        let limits = DesignLimits { gc: Some(0.2..=1.2), longest_run: None };
        assert!(refused(&DesignRequest { limits, ..request() }).starts_with("gc: 0.2..1.2"));
        let protected_motifs = vec!["TATAX".to_owned()];
        assert!(refused(&DesignRequest { protected_motifs, ..request() }).starts_with("protect_motif: TATAX"));
    }

    #[test]
    fn design_request_search_settings_are_checked() {
        let with = |search| refused(&DesignRequest { search, ..request() });
        assert!(with(DesignSearch::Beam { width: 0 }).contains("1 or more"));
        let genetic = |change: fn(&mut GeneticOptions)| {
            let mut options = GeneticOptions::default();
            change(&mut options);
            with(DesignSearch::Genetic(options))
        };
        assert!(genetic(|options| options.population = 1).contains("2 or more"));
        assert!(genetic(|options| options.crossover = 2.0).contains("0 to 1"));
        assert!(genetic(|options| options.mutation_rate = f64::NAN).contains("0 or more"));
    }
}
