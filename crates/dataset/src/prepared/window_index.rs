//! K-mer index of windows for finding similar windows.

use std::ops::Range;

use rayon::prelude::*;
use tatabox_sequence::{KmerIndex, KmerSimilarity, KmerSketcher};

use super::PreparedDataset;

/// Number of windows with the most shared sketch k-mers that are compared in full with a query.
const CANDIDATES: usize = 16;

/// Number of windows sketched between two progress reports.
const REPORT_EVERY: usize = 512;

/// K-mer index of the windows of some genes of a data set.
#[derive(Debug, Clone)]
pub struct WindowIndex {
    sketcher: KmerSketcher,
    range: Range<usize>,
    genes: Vec<usize>,
    sketches: Vec<Vec<u32>>,
    index: KmerIndex,
}

/// Gene with the most similar window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Index of the gene in the data set.
    pub gene: usize,
    /// Similarity of the two windows.
    pub similarity: KmerSimilarity,
}

impl WindowIndex {
    /// Builds an index of the bases at `range` of the windows of `genes`; `progress` receives the number of windows
    /// done.
    pub fn build(
        dataset: &PreparedDataset,
        range: Range<usize>,
        genes: &[usize],
        progress: &mut dyn FnMut(usize),
    ) -> Self {
        let sketcher = KmerSketcher::for_windows(range.len());
        let mut sketches = Vec::with_capacity(genes.len());
        for part in genes.chunks(REPORT_EVERY) {
            let sketch = |codes: &mut Vec<u8>, &gene: &usize| {
                dataset.window_codes(gene, range.clone(), codes);
                sketcher.sketch(codes)
            };
            let of_part: Vec<Vec<u32>> = part.par_iter().map_init(Vec::new, sketch).collect();
            sketches.extend(of_part);
            progress(sketches.len());
        }
        let index = KmerIndex::new(&sketches);
        Self { sketcher, range, genes: genes.to_vec(), sketches, index }
    }

    /// Sketcher that converts windows to k-mers.
    pub fn sketcher(&self) -> KmerSketcher {
        self.sketcher
    }

    /// Indexed part of each window.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Number of k-mers in the sketch of the gene at `position` in the index.
    pub fn sketch_len(&self, position: usize) -> usize {
        self.sketches[position].len()
    }

    /// Positions in the index of windows that may contain the sequence of the window at `position`, including itself.
    /// Every window that contains the sequence is among them.
    pub fn containment_candidates(&self, position: usize) -> impl Iterator<Item = usize> {
        self.index.sequences_with_rarest(&self.sketches[position]).iter().map(|&holder| holder as usize)
    }

    /// Gene of the index, among those that `accept` admits, whose window shares the largest fraction of its k-mers with
    /// the window of `gene`; `None` if no window shares a k-mer. `gene` may be any gene of the data set.
    ///
    /// Sketches select the candidates, complete k-mer sets decide. Ties are resolved by the number of shared k-mers,
    /// then by the order of the genes.
    pub fn nearest(&self, dataset: &PreparedDataset, gene: usize, accept: impl Fn(usize) -> bool) -> Option<Neighbour> {
        let (mut codes, mut other) = (Vec::new(), Vec::new());
        dataset.window_codes(gene, self.range.clone(), &mut codes);
        let sketch = self.sketcher.sketch(&codes);
        let candidates = self.index.most_similar(&sketch, CANDIDATES, |position| accept(self.genes[position]));
        let mut best: Option<Neighbour> = None;
        for position in candidates {
            let gene = self.genes[position];
            dataset.window_codes(gene, self.range.clone(), &mut other);
            let similarity = KmerSimilarity::new(self.sketcher, &codes, &other);
            let rank = |neighbour: &Neighbour| (neighbour.similarity.containment(), neighbour.similarity.shared);
            let candidate = Neighbour { gene, similarity };
            if best.is_none_or(|best| rank(&candidate) > rank(&best)) {
                best = Some(candidate);
            }
        }
        best.filter(|neighbour| neighbour.similarity.shared > 0)
    }
}
