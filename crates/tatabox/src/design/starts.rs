//! Sequences that designs start from.

use std::collections::BTreeSet;

use tatabox_model::{DesignLimits, Predictor, PromoterWindow, random_start};
use tatabox_sequence::{Shuffle, UNKNOWN};

use super::designs::DESIGN;
use super::request::DesignRequest;
use crate::error::{Error, Result, bail, ensure};
use crate::inputs::{AuxiliarySources, PromoterSource, check_window, open_promoters};
use crate::observer::Observer;
use crate::remedy::Remedy;

/// Window that a design starts from.
///
/// # Examples
///
/// ```
/// use tatabox::design::DesignStart;
///
/// let start = DesignStart::new("P1", vec![0, 1, 2, 3]);
/// assert_eq!(start.window.len(), 4);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DesignStart {
    /// Identifier, unique among the starts.
    pub id: String,
    /// Nucleotide codes of the model's extent, and the gene features of the promoter, for models that read them.
    pub window: PromoterWindow,
}

/// Source of starts.
///
/// # Examples
///
/// ```
/// use tatabox::design::StartSource;
/// use tatabox::inputs::PromoterSource;
///
/// let starts = StartSource::Shuffled { promoters: PromoterSource::fasta("promoters.fa"), count: 3 };
/// assert!(matches!(starts, StartSource::Shuffled { count: 3, .. }));
/// ```
pub enum StartSource {
    /// Promoters.
    Promoters(PromoterSource),
    /// Dinucleotide shuffles of promoters.
    Shuffled {
        /// The promoters.
        promoters: PromoterSource,
        /// Number of shuffles per promoter.
        count: usize,
    },
    /// Random sequences.
    Random {
        /// Number of sequences.
        count: usize,
        /// Fraction of G and C.
        gc: f64,
    },
}

impl DesignStart {
    /// A start with this identifier.
    pub fn new(id: impl Into<String>, window: impl Into<PromoterWindow>) -> Self {
        Self { id: id.into(), window: window.into() }
    }

    /// A dinucleotide shuffle of the start; the same number and seed give the same shuffle.
    ///
    /// ```
    /// use tatabox::design::DesignStart;
    ///
    /// let start = DesignStart::new("P1", [0, 1, 2, 3, 0, 2].repeat(10));
    /// assert_eq!(start.shuffled(1, 42).id, "P1_shuffle1");
    /// ```
    #[must_use]
    pub fn shuffled(&self, number: usize, seed: u64) -> Self {
        let id = format!("{}_shuffle{number}", self.id);
        let mut window = self.window.clone();
        Shuffle::Dinucleotide.apply(&mut window.bases, seed, &id);
        Self { id, window }
    }
}

/// Starts of a source.
///
/// # Errors
/// A promoter cannot be read or has no known base, or the model reads gene features and the starts are random.
pub(super) fn read(
    source: StartSource,
    auxiliary: &AuxiliarySources,
    request: &DesignRequest,
    predictor: &Predictor,
    observer: &dyn Observer,
) -> Result<Vec<DesignStart>> {
    let is_counted = |count: usize| match count {
        0 => Err(Error::request("random", "0; expected 1 or more")),
        count => Ok(1..=count),
    };
    match source {
        StartSource::Promoters(promoters) => of_promoters(promoters, auxiliary, predictor, observer),
        StartSource::Shuffled { promoters, count } => {
            let numbers = is_counted(count)?;
            let starts = of_promoters(promoters, auxiliary, predictor, observer)?;
            let shuffles = starts.iter().flat_map(|start| numbers.clone().map(move |number| (start, number)));
            Ok(shuffles.map(|(start, number)| start.shuffled(number, request.seed)).collect())
        }
        StartSource::Random { count, gc } => random(is_counted(count)?, gc, request, predictor),
    }
}

fn random(
    numbers: impl Iterator<Item = usize>,
    gc: f64,
    request: &DesignRequest,
    predictor: &Predictor,
) -> Result<Vec<DesignStart>> {
    if !(0.0..=1.0).contains(&gc) {
        return Err(Error::request("gc", format!("{gc}; expected a fraction from 0 to 1")));
    }
    let features = predictor.auxiliary_inputs().feature_names();
    if !features.is_empty() {
        let message =
            format!("the model reads gene features ({}), which a random sequence does not have", features.join(", "));
        return Err(Error::input_with(Remedy::ChooseGeneStarts, message));
    }
    let length = predictor.extent().total_bp() as usize;
    let window = |number: usize| random_start(length, gc, &request.limits, request.seed, number);
    numbers.map(|number| Ok(DesignStart::new(format!("random{number}"), window(number)?))).collect()
}

fn of_promoters(
    promoters: PromoterSource,
    auxiliary: &AuxiliarySources,
    predictor: &Predictor,
    observer: &dyn Observer,
) -> Result<Vec<DesignStart>> {
    let mut starts = Vec::new();
    for promoter in open_promoters(promoters, auxiliary, None, predictor, observer)? {
        let promoter = promoter?;
        if promoter.lacks_input {
            bail!("{}: {}", promoter.id, promoter.notes.join("; "));
        }
        if let Some(known) = promoter.shortfall.filter(|_| promoter.n_acgt > 0) {
            let extent = predictor.extent();
            observer.warn(&format!("{}: known over {known} of {extent}; the rest stays N", promoter.id));
        }
        starts.push(DesignStart::new(promoter.id, promoter.window));
    }
    Ok(starts)
}

/// Checks that starts can be predicted and have distinct names; warns of starts outside the limits.
///
/// # Errors
/// A start does not fit the model, has no known base, or has the identifier of another.
pub(super) fn check(
    starts: &[DesignStart],
    limits: &DesignLimits,
    predictor: &Predictor,
    observer: &dyn Observer,
) -> Result<()> {
    let all: BTreeSet<&str> = starts.iter().map(|start| start.id.as_str()).collect();
    let mut ids = BTreeSet::new();
    for DesignStart { id, window } in starts {
        ensure!(ids.insert(id), "two starts have the identifier {id}; each needs its own");
        let design = format!("{id}{DESIGN}");
        ensure!(
            !all.contains(&*design),
            "start {design} has the identifier of the design of start {id}; rename one of them"
        );
        check_window(window, id, predictor)?;
        ensure!(
            window.bases.iter().any(|&base| base != UNKNOWN),
            "{id}: no known base in {}, which the model reads",
            predictor.extent()
        );
        if !limits.hold(&window.bases) {
            observer.warn(&format!("{id}: the start is outside the limits; edits do not move it further outside"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn design_start_shuffle_keeps_dinucleotides_and_is_reproducible() {
        let start = DesignStart::new("P", [0, 1, 2, 3, 0, 2, 1, 3].repeat(20));
        let [first, second] = [1, 2].map(|number| start.shuffled(number, 42));
        assert_eq!(first.id, "P_shuffle1");
        assert_ne!(first.window, second.window);
        assert_eq!(first, start.shuffled(1, 42));
        let count = |start: &DesignStart| start.window.bases.windows(2).filter(|pair| pair == &[1, 2]).count();
        assert_eq!(count(&first), count(&start));
    }
}
