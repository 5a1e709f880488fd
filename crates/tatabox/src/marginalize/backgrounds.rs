//! Background promoters.

use std::path::{Path, PathBuf};

use tatabox_dataset::{PreparedDataset, Split};
use tatabox_model::{GeneSelection, Predictor, PromoterWindow};
use tatabox_sequence::{Shuffle, counted, is_or_are};

use super::request::MarginalizeRequest;
use crate::error::{Error, Result, bail};
use crate::inputs::{AuxiliarySources, PromoterSource, check_window, open_promoters};
use crate::observer::Observer;
use crate::remedy::Remedy;
use crate::variants::MalformedRecordPolicy;

/// Source of background promoters. Promoters of files and data sets that are not known over the model's extent are excluded.
///
/// # Examples
///
/// ```
/// use tatabox::marginalize::Backgrounds;
///
/// let backgrounds = Backgrounds::Fasta { path: "promoters.fa".into(), tss_offset: Some(500) };
/// assert!(matches!(backgrounds, Backgrounds::Fasta { .. }));
/// ```
#[derive(Debug)]
pub enum Backgrounds {
    /// Windows with the model's extent.
    Windows(Vec<PromoterWindow>),
    /// Promoters of randomly selected genes of a data set.
    Genes {
        /// The data set.
        dataset: Box<PreparedDataset>,
        /// Split of the genes.
        split: Split,
        /// Whether dinucleotides are shuffled, which keeps the composition of a promoter and removes its motifs.
        is_shuffled: bool,
    },
    /// The first records of a FASTA file.
    Fasta {
        /// FASTA (plain or gzip); `-` for standard input.
        path: PathBuf,
        /// 0-based index of the TSS base in records whose header has no `tss_offset=`.
        tss_offset: Option<usize>,
    },
}

impl Backgrounds {
    /// Windows of the backgrounds; one or more.
    ///
    /// # Errors
    /// There is none, or one cannot be read.
    pub(super) fn windows(
        &self,
        request: &MarginalizeRequest,
        predictor: &Predictor,
        observer: &dyn Observer,
    ) -> Result<Vec<PromoterWindow>> {
        match self {
            Self::Windows(windows) => of_windows(windows, request, predictor),
            Self::Genes { dataset, split, is_shuffled } => {
                of_genes(dataset, *split, *is_shuffled, request, predictor, observer)
            }
            Self::Fasta { path, tss_offset } => of_fasta(path, *tss_offset, request, predictor, observer),
        }
    }
}

fn of_windows(
    windows: &[PromoterWindow],
    request: &MarginalizeRequest,
    predictor: &Predictor,
) -> Result<Vec<PromoterWindow>> {
    if windows.is_empty() {
        return Err(Error::request("backgrounds", "none; expected one or more windows"));
    }
    let windows = &windows[..windows.len().min(request.max_backgrounds)];
    for (index, window) in windows.iter().enumerate() {
        check_window(window, &format!("background {index}"), predictor)?;
    }
    Ok(windows.to_vec())
}

fn of_genes(
    dataset: &PreparedDataset,
    split: Split,
    is_shuffled: bool,
    request: &MarginalizeRequest,
    predictor: &Predictor,
    observer: &dyn Observer,
) -> Result<Vec<PromoterWindow>> {
    predictor.check_geometry(dataset)?;
    let extent = predictor.extent();
    let selection = GeneSelection::of_split(dataset, split, extent, predictor.auxiliary_inputs());
    let genes = selection.sample(request.max_backgrounds, request.seed);
    if genes.is_empty() {
        let message = format!("no {split} gene of {} is known over {extent}", dataset.name());
        return Err(Error::input_with(Remedy::ChooseBackgrounds, message));
    }
    let shuffled = if is_shuffled { ", dinucleotides shuffled" } else { "" };
    observer.note(&format!(
        "backgrounds: {} of {} promoters of {split} genes{shuffled}",
        genes.len(),
        selection.genes.len()
    ));
    let window = |gene: usize| {
        let mut window = predictor.gene_window(dataset, gene)?;
        if is_shuffled {
            Shuffle::Dinucleotide.apply(&mut window.bases, request.seed, &dataset.genes()[gene].gene_id);
        }
        Ok(window)
    };
    genes.into_iter().map(window).collect()
}

fn of_fasta(
    path: &Path,
    tss_offset: Option<usize>,
    request: &MarginalizeRequest,
    predictor: &Predictor,
    observer: &dyn Observer,
) -> Result<Vec<PromoterWindow>> {
    let malformed = MalformedRecordPolicy::Error;
    let source = PromoterSource::Fasta { path: path.to_owned(), tss_offset, malformed };
    let (path, extent) = (path.display(), predictor.extent());
    let mut windows = Vec::new();
    let mut shorter = 0;
    for promoter in open_promoters(source, &AuxiliarySources::default(), None, predictor, observer)? {
        let promoter = promoter?;
        if promoter.shortfall.is_some() {
            shorter += 1;
        } else if windows.len() < request.max_backgrounds {
            windows.push(promoter.window);
        } else {
            break;
        }
    }
    if shorter > 0 {
        observer.warn(&format!(
            "{path}: {} excluded, which {} not known over all of {extent}",
            counted(shorter, "record"),
            is_or_are(shorter)
        ));
    }
    if windows.is_empty() {
        bail!("{path}: no record is known over {extent}, which the model reads");
    }
    observer.note(&format!("backgrounds: {} of {path}", counted(windows.len(), "record")));
    Ok(windows)
}
