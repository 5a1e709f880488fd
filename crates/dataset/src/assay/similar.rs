//! Similar sequences: groups of rows of assays, and the genes whose windows resemble a row.
//!
//! Two sequences are similar if the one with fewer k-mers shares at least [`MIN_CONTAINMENT`] of them with the other, on either
//! strand. The k-mers are those of the audit. The limit joins the two orientations of an insert, overlapping tiles, alleles and
//! scans of one promoter, and separates sequences that share one repeat or the adapters of a library.

use std::collections::HashMap;

use rayon::prelude::*;
use tatabox_sequence::{KmerIndex, KmerSimilarity, KmerSketcher, UNKNOWN};

use crate::storage::PackedWindows;

/// Minimum fraction of the k-mers of the shorter sequence that similar sequences share. It is 90% identity by 12-mers, as for the
/// near-duplicates of the audit (0.9^12 = 0.28), or an overlap of three tenths of the shorter sequence. For 86,000 reporters and
/// promoters of five studies, it finds every pair of a reporter and a promoter whose TSS it contains (4,252 pairs), and the
/// largest of 57,000 groups has 202 rows; at half of it, the largest has 1,650.
pub(crate) const MIN_CONTAINMENT: f64 = 0.28;

/// k of the k-mers that select candidates: long enough that unrelated promoters share none.
const CANDIDATE_K: usize = 16;

/// Minimum fraction of the candidate k-mers of the shorter sequence that candidates share. Sequences at the limit share at least
/// this fraction: with mismatches at regular intervals, 28% of 12-mers are 8% of 16-mers.
const MIN_CANDIDATE_FRACTION: f64 = 0.05;

/// Largest number of rows with a k-mer that are compared in pairs. Rows with a more frequent k-mer (adapters, repeats, large scans
/// of one sequence) are compared with the next row that has it.
const MAX_PAIRED_ROWS: usize = 500;

/// Largest number of indexed k-mers; beyond it, a fraction of them is used.
const MAX_INDEXED_KMERS: usize = 100_000_000;

/// Number of rows or genes compared between two progress reports.
const PART: usize = 1_024;

/// Similarities of the rows of all assays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Similarities {
    /// Group of each row, numbered in the order of the first rows.
    pub groups: Vec<u32>,
    /// Genes with a window similar to each row, ascending.
    pub genes: Vec<Vec<u32>>,
}

/// Compares the sequences of all rows with each other and with the windows of the genes; `progress` receives the number of
/// compared sequences and the total. The result does not depend on the number of threads.
pub(crate) fn compare(
    sequences: &[&[u8]],
    windows: &PackedWindows,
    progress: &mut dyn FnMut(usize, usize),
) -> Similarities {
    let total = sequences.len() + windows.len();
    let mut groups = DisjointSets::new(sequences.len());
    // Equal sequences are compared once.
    let mut first_of: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut distinct = Vec::new();
    for (row, sequence) in sequences.iter().enumerate() {
        let first = *first_of.entry(either_strand(sequence)).or_insert(row);
        if first == row {
            distinct.push(row);
        } else {
            groups.join(first, row);
        }
    }
    drop(first_of);
    let finder = Finder::new(sequences, distinct, windows.geometry().len());
    for part in (0..finder.rows.len()).collect::<Vec<_>>().chunks(PART) {
        let before = &groups;
        let similar: Vec<Vec<usize>> = part
            .par_iter()
            .map_init(|| vec![0; finder.rows.len()], |shared, &position| finder.similar_rows(position, before, shared))
            .collect();
        for (&position, others) in part.iter().zip(&similar) {
            for &other in others {
                groups.join(finder.rows[position], finder.rows[other]);
            }
        }
        progress(part[part.len() - 1] + 1, total);
    }
    let mut genes = vec![Vec::new(); sequences.len()];
    for part in (0..windows.len()).collect::<Vec<_>>().chunks(PART) {
        let similar: Vec<Vec<usize>> = part
            .par_iter()
            .map_init(
                || (vec![0; finder.rows.len()], vec![UNKNOWN; windows.geometry().len()]),
                |(shared, codes), &gene| {
                    windows.decode(gene, 0..codes.len(), codes);
                    finder.rows_similar_to(codes, shared)
                },
            )
            .collect();
        for (&gene, positions) in part.iter().zip(&similar) {
            for &position in positions {
                genes[finder.rows[position]].push(gene as u32);
            }
        }
        progress(sequences.len() + part[part.len() - 1] + 1, total);
    }
    // Equal sequences resemble the same genes.
    let mut first_of: HashMap<Vec<u8>, usize> = HashMap::new();
    for (row, sequence) in sequences.iter().enumerate() {
        let first = *first_of.entry(either_strand(sequence)).or_insert(row);
        if first != row {
            let (before, rest) = genes.split_at_mut(row);
            rest[0].clone_from(&before[first]);
        }
    }
    Similarities { groups: groups.numbers(), genes }
}

/// Whether two sequences are similar.
pub(crate) fn is_similar(sketcher: KmerSketcher, a: &[u8], b: &[u8]) -> bool {
    KmerSimilarity::new(sketcher, a, b).containment() >= MIN_CONTAINMENT
}

/// The smaller of a sequence and its reverse complement.
fn either_strand(codes: &[u8]) -> Vec<u8> {
    let complement = |&code: &u8| if code < UNKNOWN { UNKNOWN - 1 - code } else { code };
    let reverse: Vec<u8> = codes.iter().rev().map(complement).collect();
    if reverse.as_slice() < codes { reverse } else { codes.to_vec() }
}

/// Index of the distinct sequences.
struct Finder<'a> {
    sequences: &'a [&'a [u8]],
    /// Row of each indexed sequence.
    rows: Vec<usize>,
    sketches: Vec<Vec<u32>>,
    index: KmerIndex,
    candidate_sketcher: KmerSketcher,
    sketcher: KmerSketcher,
}

impl<'a> Finder<'a> {
    fn new(sequences: &'a [&'a [u8]], rows: Vec<usize>, window_bp: usize) -> Self {
        let bases: usize = rows.iter().map(|&row| sequences[row].len()).sum();
        let candidate_sketcher = KmerSketcher::new(CANDIDATE_K, bases.div_ceil(MAX_INDEXED_KMERS).max(1) as u32);
        let sketches: Vec<Vec<u32>> = rows.par_iter().map(|&row| candidate_sketcher.sketch(sequences[row])).collect();
        let index = KmerIndex::new(&sketches);
        let sketcher = KmerSketcher::for_windows(window_bp);
        Self { sequences, rows, sketches, index, candidate_sketcher, sketcher }
    }

    /// Positions of the similar rows after `position` that are not in its group yet. `shared` is zero before and after.
    fn similar_rows(&self, position: usize, groups: &DisjointSets, shared: &mut [u32]) -> Vec<usize> {
        let (mut candidates, mut next) = (Vec::new(), Vec::new());
        for &hash in &self.sketches[position] {
            let holders = self.index.sequences_with(hash);
            let after = &holders[holders.partition_point(|&other| other as usize <= position)..];
            if holders.len() > MAX_PAIRED_ROWS {
                next.extend(after.first().map(|&other| other as usize));
                continue;
            }
            count(after, shared, &mut candidates);
        }
        let enough = |&other: &usize| self.is_candidate(self.sketches[position].len(), other, shared[other]);
        next.extend(candidates.iter().copied().filter(enough));
        for other in candidates {
            shared[other] = 0;
        }
        next.sort_unstable();
        next.dedup();
        let codes = self.sequences[self.rows[position]];
        let root = groups.root(self.rows[position]);
        // Rows of one group need one comparison.
        let mut joined: Vec<usize> = vec![root];
        next.retain(|&other| {
            let other_root = groups.root(self.rows[other]);
            let is_new =
                !joined.contains(&other_root) && is_similar(self.sketcher, codes, self.sequences[self.rows[other]]);
            if is_new {
                joined.push(other_root);
            }
            is_new
        });
        next
    }

    /// Positions of the rows similar to a window. `shared` is zero before and after.
    fn rows_similar_to(&self, window: &[u8], shared: &mut [u32]) -> Vec<usize> {
        let sketch = self.candidate_sketcher.sketch(window);
        let mut candidates = Vec::new();
        for &hash in &sketch {
            count(self.index.sequences_with(hash), shared, &mut candidates);
        }
        let mut similar: Vec<usize> =
            candidates.iter().copied().filter(|&other| self.is_candidate(sketch.len(), other, shared[other])).collect();
        for other in candidates {
            shared[other] = 0;
        }
        similar.retain(|&other| is_similar(self.sketcher, window, self.sequences[self.rows[other]]));
        similar
    }

    /// Whether a sequence with `size` k-mers and the row at a position share enough of them to be compared.
    fn is_candidate(&self, size: usize, other: usize, shared: u32) -> bool {
        f64::from(shared) >= MIN_CANDIDATE_FRACTION * size.min(self.sketches[other].len()) as f64
    }
}

/// Counts a k-mer for each of its `holders`; those that had none are added to `counted`.
fn count(holders: &[u32], shared: &mut [u32], counted: &mut Vec<usize>) {
    for &holder in holders {
        let shared = &mut shared[holder as usize];
        if *shared == 0 {
            counted.push(holder as usize);
        }
        *shared += 1;
    }
}

/// Disjoint sets of rows.
struct DisjointSets {
    parents: Vec<usize>,
}

impl DisjointSets {
    fn new(count: usize) -> Self {
        Self { parents: (0..count).collect() }
    }

    fn root(&self, mut row: usize) -> usize {
        while self.parents[row] != row {
            row = self.parents[row];
        }
        row
    }

    /// Joins the sets of two rows; the root is the smallest row.
    fn join(&mut self, a: usize, b: usize) {
        let (a_root, b_root) = (self.root(a), self.root(b));
        let root = a_root.min(b_root);
        for (mut row, old) in [(a, a_root), (b, b_root)] {
            while row != old {
                row = std::mem::replace(&mut self.parents[row], root);
            }
            self.parents[old] = root;
        }
    }

    /// Number of the set of each row, in the order of the first rows.
    fn numbers(&self) -> Vec<u32> {
        let mut numbers: HashMap<usize, u32> = HashMap::new();
        let number = |row| {
            let next = numbers.len() as u32;
            *numbers.entry(self.root(row)).or_insert(next)
        };
        (0..self.parents.len()).map(number).collect()
    }
}

#[cfg(test)]
mod tests {
    use tatabox_sequence::{Sequence, WindowGeometry};

    use super::*;
    use crate::storage::PackedWindowWriter;

    /// Reproducible pseudorandom bases.
    fn bases(length: usize, seed: u64) -> Vec<u8> {
        let mut state = seed * 2 + 1;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 62) as u8
        };
        (0..length + 8).map(|_| next()).skip(8).collect()
    }

    fn compared(sequences: &[Vec<u8>], genes: &[Vec<u8>]) -> Similarities {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("w");
        let mut writer =
            PackedWindowWriter::create(&path, WindowGeometry::new(250, 50).expect("valid")).expect("created");
        for gene in genes {
            writer.push(gene).expect("written");
        }
        writer.finish().expect("finished");
        let sequences: Vec<&[u8]> = sequences.iter().map(Vec::as_slice).collect();
        compare(&sequences, &PackedWindows::open(&path).expect("opened"), &mut |_, _| {})
    }

    fn reverse_complement(codes: &[u8]) -> Vec<u8> {
        Sequence::from_codes(codes.to_vec()).reverse_complement().into_codes()
    }

    #[test]
    fn compare_joins_orientations_tiles_alleles_and_copies() {
        let locus = bases(600, 1);
        let mut allele = locus[..200].to_vec();
        allele[100] = (allele[100] + 1) % 4;
        let mut deletion = locus[..90].to_vec();
        deletion.extend_from_slice(&locus[100..200]);
        let sequences = [
            locus[..200].to_vec(),
            bases(200, 2),
            reverse_complement(&locus[..200]),
            locus[100..300].to_vec(),
            allele,
            deletion,
            bases(200, 2),
            reverse_complement(&bases(200, 2)),
            locus[400..600].to_vec(),
        ];
        assert_eq!(compared(&sequences, &[]).groups, [0, 1, 0, 0, 0, 0, 1, 1, 2]);
    }

    #[test]
    fn compare_shared_repeat_or_adapters_do_not_join() {
        let (repeat, adapters) = (bases(45, 9), [bases(15, 7), bases(15, 8)]);
        let with = |seed| {
            [adapters[0].clone(), bases(70, seed), repeat.clone(), bases(70, seed + 50), adapters[1].clone()].concat()
        };
        let sequences: Vec<Vec<u8>> = (100..140).map(with).collect();
        let groups = compared(&sequences, &[]).groups;
        assert_eq!(groups, (0..40).collect::<Vec<u32>>());
    }

    #[test]
    fn compare_large_scan_is_one_group_and_finds_its_gene() {
        // More rows with each k-mer than are compared in pairs; every row has separate substitutions.
        let gene = bases(300, 3);
        let variant = |at: usize| {
            let mut codes = gene[40..240].to_vec();
            codes[at % 200] = (codes[at % 200] + 1 + (at / 200 % 3) as u8) % 4;
            codes
        };
        let sequences: Vec<Vec<u8>> = (0..600).map(variant).chain([bases(200, 4)]).collect();
        let found = compared(&sequences, &[bases(300, 5), reverse_complement(&gene)]);
        assert!(found.groups[..600].iter().all(|&group| group == 0) && found.groups[600] == 1);
        assert!(found.genes[..600].iter().all(|genes| *genes == [1]) && found.genes[600].is_empty());
    }

    #[test]
    fn compare_copies_have_the_genes_of_the_first() {
        let gene = bases(300, 3);
        let sequences = [gene[..100].to_vec(), bases(100, 6), reverse_complement(&gene[..100])];
        let found = compared(&sequences, &[bases(300, 5), gene]);
        assert_eq!(found.genes, [vec![1], vec![], vec![1]]);
    }
}
