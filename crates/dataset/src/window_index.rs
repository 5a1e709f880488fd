//! Windows of a data set by the k-mers in them, to find which is most like which.

use std::ops::Range;

use rayon::prelude::*;
use tatabox_sequence::{KmerIndex, KmerSimilarity, KmerSketcher};

use crate::prepared::PreparedDataset;

/// Windows compared base for base with each query, of those that share most of their sketch with it.
const CANDIDATES: usize = 16;

/// Windows sketched between two reports.
const REPORT_EVERY: usize = 512;

/// Some genes of a data set, findable by what their windows share.
#[derive(Debug, Clone)]
pub struct WindowIndex {
    sketcher: KmerSketcher,
    range: Range<usize>,
    genes: Vec<usize>,
    sketches: Vec<Vec<u32>>,
    index: KmerIndex,
}

/// The gene whose window is most like another's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Index of the gene in the data set.
    pub gene: usize,
    /// How alike the two windows are.
    pub similarity: KmerSimilarity,
}

impl WindowIndex {
    /// Sketches the bases at `range` of the windows of `genes`; now and then told how many are done.
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

    /// How windows are turned into k-mers.
    pub fn sketcher(&self) -> KmerSketcher {
        self.sketcher
    }

    /// Part of each window that is read, as window indices.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// K-mers in the sketch of the gene at `position` among those of the index.
    pub fn sketch_len(&self, position: usize) -> usize {
        self.sketches[position].len()
    }

    /// Positions, among the genes of the index, of windows that may hold everything that the one at `position` holds,
    /// itself included; none is left out that does.
    pub fn may_hold(&self, position: usize) -> impl Iterator<Item = usize> {
        self.index.sequences_with_rarest(&self.sketches[position]).iter().map(|&holder| holder as usize)
    }

    /// The `wanted` gene of the index whose window shares the largest part of its k-mers with that of `gene`, any gene of
    /// the data set; none where none shares a k-mer.
    ///
    /// Sketches choose the candidates, the whole sets of k-mers decide among them. Of equals the one with more shared
    /// k-mers is taken, then the earlier gene.
    pub fn nearest(&self, dataset: &PreparedDataset, gene: usize, wanted: impl Fn(usize) -> bool) -> Option<Neighbour> {
        let (mut codes, mut other) = (Vec::new(), Vec::new());
        dataset.window_codes(gene, self.range.clone(), &mut codes);
        let sketch = self.sketcher.sketch(&codes);
        let candidates = self.index.most_similar(&sketch, CANDIDATES, |position| wanted(self.genes[position]));
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
