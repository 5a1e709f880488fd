//! First convolution as sums of table rows.
//!
//! A kernel over one-hot input adds one of four rows of weights per tap. Three taps have 125 outcomes, including N.
//! With their sums in tables, a motif of 15 bases takes five row additions and no multiplication, a sixtieth of the
//! operations.

use std::ops::Range;

use pulp::{Simd, WithSimd};
use tatabox_sequence::UNKNOWN;

use crate::cpu::StageWeights;
use crate::cpu::array::Strip;
use crate::nn::NUCLEOTIDES;

/// Taps per table.
const TAPS: usize = 3;

/// Letters: A, C, G, T, N.
const LETTERS: usize = NUCLEOTIDES + 1;

/// Number of 3-mers over these letters.
const TRIMERS: usize = LETTERS * LETTERS * LETTERS;

/// Rows are padded to whole vectors of any processor.
const ROW_MULTIPLE: usize = 16;

/// Tables: per three taps of the motifs and per 3-mer under them, the contribution to each filter.
#[derive(Clone, Debug)]
pub(crate) struct MotifTables {
    filters: usize,
    /// Filters that are pooled by their mean; the others are pooled by their maximum.
    counters: usize,
    /// Values per row, of which the first `filters` are used.
    row: usize,
    kernel: usize,
    /// `[kernel / 3, 125, row]`; every row of the first table includes the bias.
    values: Vec<f32>,
}

impl MotifTables {
    /// Tables of a stage that reads one-hot bases.
    pub fn of(weights: &StageWeights) -> Self {
        let mut tables = Self::zeros(weights);
        for (index, row) in tables.values.chunks_exact_mut(tables.row).enumerate() {
            if index < TRIMERS {
                row[..weights.filters].copy_from_slice(&weights.bias);
            }
            for motif_row in motif_rows(index, weights.kernel) {
                let motif = &weights.motifs[motif_row * weights.filters..(motif_row + 1) * weights.filters];
                row.iter_mut().zip(motif).for_each(|(sum, weight)| *sum += weight);
            }
        }
        tables
    }

    /// Zero tables of the same size, for the sum of gradients.
    pub fn zeros(weights: &StageWeights) -> Self {
        let row = weights.filters.next_multiple_of(ROW_MULTIPLE);
        let values = vec![0.0; weights.kernel.div_ceil(TAPS) * TRIMERS * row];
        Self { filters: weights.filters, counters: weights.counters, row, kernel: weights.kernel, values }
    }

    /// Adds tables of the same size.
    pub fn add(&mut self, other: &Self) {
        self.values.iter_mut().zip(&other.values).for_each(|(sum, value)| *sum += value);
    }

    /// Adds the gradient of the tables to the gradient of the motifs and biases from which they are computed.
    pub fn add_to(&self, gradient: &mut StageWeights) {
        let filters = self.filters;
        for (index, row) in self.values.chunks_exact(self.row).enumerate() {
            if index < TRIMERS {
                gradient.bias.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
            for motif_row in motif_rows(index, self.kernel) {
                let motif = &mut gradient.motifs[motif_row * filters..(motif_row + 1) * filters];
                motif.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
        }
    }
}

/// Rows of the `[kernel, channels]` weights that a table row sums: one per tap on a known base.
fn motif_rows(table_row: usize, kernel: usize) -> impl Iterator<Item = usize> {
    let (table, trimer) = (table_row / TRIMERS, table_row % TRIMERS);
    let letters = [trimer / (LETTERS * LETTERS), trimer / LETTERS % LETTERS, trimer % LETTERS];
    letters.into_iter().enumerate().filter_map(move |(tap, letter)| {
        let tap = table * TAPS + tap;
        (tap < kernel && letter < NUCLEOTIDES).then_some(tap * NUCLEOTIDES + letter)
    })
}

/// 3-mer that starts at each position of a strip of windows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trimers(Vec<u16>);

impl Trimers {
    /// Reads contiguous windows into the layout `strip`, with N around them.
    pub fn read(&mut self, codes: &[u8], strip: Strip) {
        let mut letters = vec![UNKNOWN; strip.rows() + TAPS];
        for (window, codes) in codes.chunks_exact(strip.positions).enumerate() {
            letters[strip.row(window)..][..codes.len()].copy_from_slice(codes);
        }
        self.0.clear();
        let trimers = letters.iter().zip(&letters[1..]).zip(&letters[2..]);
        self.0.extend(trimers.map(|((&first, &second), &third)| {
            [first, second, third].into_iter().fold(0, |word, letter| word * LETTERS as u16 + u16::from(letter))
        }));
    }

    /// 3-mers under the kernels centred on `rows` of the convolution's output, with another base at index `letter` of
    /// the strip.
    pub fn substituted(&self, rows: Range<usize>, kernel: usize, letter: usize, base: u8, into: &mut Vec<u16>) {
        let trimers = rows.start..(rows.end + kernel.next_multiple_of(TAPS)).min(self.0.len());
        into.clear();
        into.extend_from_slice(&self.0[trimers.clone()]);
        for (place, weight) in [1, LETTERS as u16, (LETTERS * LETTERS) as u16].into_iter().enumerate() {
            // The letter is the last one of the 3-mer that starts two letters earlier, and the first one of its own.
            let Some(index) = (letter + place).checked_sub(TAPS - 1).filter(|index| trimers.contains(index)) else {
                continue;
            };
            let trimer = &mut into[index - trimers.start];
            let old = *trimer / weight % LETTERS as u16;
            *trimer = *trimer - old * weight + u16::from(base) * weight;
        }
    }

    /// 3-mers from the first one under the kernel centred on a position of the convolution's output.
    pub fn starting_at(&self, convolved_row: usize) -> &[u16] {
        &self.0[convolved_row..]
    }
}

/// Convolution, ReLU and pooling of consecutive positions of one window.
pub(crate) struct PooledMotifs<'a> {
    pub tables: &'a MotifTables,
    /// 3-mers from the first one under the kernel at the first position.
    pub trimers: &'a [u16],
    pub pool: usize,
    /// `[pooled positions, filters]`, output.
    pub pooled: &'a mut [f32],
}

impl WithSimd for PooledMotifs<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { tables, trimers, pool, pooled } = self;
        let MotifTables { filters, counters, .. } = *tables;
        let (rows, _) = S::as_simd_f32s(&tables.values);
        let vectors = tables.row / S::F32_LANES;
        let pool_scale = simd.splat_f32s(1.0 / pool as f32);
        let (mut mean, mut highest) = (vec![0.0; tables.row], vec![0.0; tables.row]);
        for (position, pooled) in pooled.chunks_exact_mut(filters).enumerate() {
            let trimers = &trimers[position * pool..];
            let (means, _) = S::as_mut_simd_f32s(&mut mean);
            let (maxima, _) = S::as_mut_simd_f32s(&mut highest);
            let mut first = 0;
            while first + 4 <= vectors {
                let (sums, highest) = rectified::<S, 4>(simd, rows, vectors, first, trimers, pool);
                means[first..first + 4]
                    .iter_mut()
                    .zip(sums)
                    .for_each(|(mean, sum)| *mean = simd.mul_f32s(sum, pool_scale));
                maxima[first..first + 4].copy_from_slice(&highest);
                first += 4;
            }
            for first in first..vectors {
                let ([sum], [highest]) = rectified::<S, 1>(simd, rows, vectors, first, trimers, pool);
                means[first] = simd.mul_f32s(sum, pool_scale);
                maxima[first] = highest;
            }
            pooled[..counters].copy_from_slice(&mean[..counters]);
            pooled[counters..].copy_from_slice(&highest[counters..filters]);
        }
    }
}

/// Sum and maximum of the rectified activations over `pool` positions, for `V` vectors of filters.
#[inline(always)]
fn rectified<S: Simd, const V: usize>(
    simd: S,
    rows: &[S::f32s],
    vectors: usize,
    first: usize,
    trimers: &[u16],
    pool: usize,
) -> ([S::f32s; V], [S::f32s; V]) {
    let zero = simd.splat_f32s(0.0);
    let (mut sums, mut highest) = ([zero; V], [zero; V]);
    for position in 0..pool {
        let activation = motif_sum::<S, V>(simd, rows, vectors, first, &trimers[position..]);
        for ((sum, highest), value) in sums.iter_mut().zip(&mut highest).zip(activation) {
            *sum = simd.add_f32s(*sum, simd.max_f32s(value, zero));
            *highest = simd.max_f32s(*highest, value);
        }
    }
    (sums, highest)
}

/// Sum of the table rows of one position.
#[inline(always)]
fn motif_sum<S: Simd, const V: usize>(
    simd: S,
    rows: &[S::f32s],
    vectors: usize,
    first: usize,
    trimers: &[u16],
) -> [S::f32s; V] {
    let mut sums = [simd.splat_f32s(0.0); V];
    let tables = rows.chunks_exact(TRIMERS * vectors);
    for (table, &trimer) in tables.zip(trimers.iter().step_by(TAPS)) {
        let row = &table[trimer as usize * vectors + first..][..V];
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum = simd.add_f32s(*sum, *value);
        }
    }
    sums
}

/// Backward pass of [`PooledMotifs`]: adds to the gradient of its tables.
pub(crate) struct PooledMotifsGradient<'a> {
    pub tables: &'a MotifTables,
    pub trimers: &'a [u16],
    pub pool: usize,
    /// `[pooled positions, filters]`, the gradient of the output.
    pub pooled: &'a [f32],
    pub gradient: &'a mut MotifTables,
}

impl WithSimd for PooledMotifsGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { tables, trimers, pool, pooled, gradient } = self;
        let MotifTables { filters, counters, .. } = *tables;
        let (rows, _) = S::as_simd_f32s(&tables.values);
        let (gradient_rows, _) = S::as_mut_simd_f32s(&mut gradient.values);
        let vectors = tables.row / S::F32_LANES;
        let (mut counted, mut detected) = (vec![0.0; tables.row], vec![0.0; tables.row]);
        for (position, pooled) in pooled.chunks_exact(filters).enumerate() {
            counted.iter_mut().zip(&pooled[..counters]).for_each(|(counted, value)| *counted = value / pool as f32);
            detected[counters..filters].copy_from_slice(&pooled[counters..]);
            let (counted, _) = S::as_simd_f32s(&counted);
            let (detected, _) = S::as_simd_f32s(&detected);
            let mut way = WayBack { simd, rows, gradient_rows, vectors, trimers: &trimers[position * pool..], pool };
            // Vectors that hold only mean-pooled filters need no maximum.
            let first_detecting = counters / S::F32_LANES;
            let mut first = 0;
            while first + 4 <= vectors {
                way.add::<4>(first, counted, detected, first + 4 > first_detecting && counters < filters);
                first += 4;
            }
            for first in first..vectors {
                way.add::<1>(first, counted, detected, first >= first_detecting && counters < filters);
            }
        }
    }
}

/// Backward pass of one pooled position.
struct WayBack<'a, S: Simd> {
    simd: S,
    rows: &'a [S::f32s],
    gradient_rows: &'a mut [S::f32s],
    vectors: usize,
    trimers: &'a [u16],
    pool: usize,
}

impl<S: Simd> WayBack<'_, S> {
    /// Adds to the table rows of each position: the gradient of a mean where the activation is positive, and the
    /// gradient of a maximum at the first position that attains it.
    #[inline(always)]
    fn add<const V: usize>(&mut self, first: usize, counted: &[S::f32s], detected: &[S::f32s], detects: bool) {
        let simd = self.simd;
        let zero = simd.splat_f32s(0.0);
        let reached = simd.splat_f32s(f32::INFINITY);
        let mut highest = [reached; V];
        if detects {
            // Above zero, so that no position attains a maximum of zero, which did not pass the ReLU.
            (_, highest) = rectified::<S, V>(simd, self.rows, self.vectors, first, self.trimers, self.pool);
            highest = highest.map(|highest| simd.max_f32s(highest, simd.splat_f32s(f32::MIN_POSITIVE)));
        }
        for position in 0..self.pool {
            let trimers = &self.trimers[position..];
            let activation = motif_sum::<S, V>(simd, self.rows, self.vectors, first, trimers);
            let mut passed = [zero; V];
            for index in 0..V {
                let value = activation[index];
                passed[index] = simd.select_f32s(simd.greater_than_f32s(value, zero), counted[first + index], zero);
                if detects {
                    let is_highest = simd.greater_than_or_equal_f32s(value, highest[index]);
                    let detected = simd.select_f32s(is_highest, detected[first + index], zero);
                    passed[index] = simd.add_f32s(passed[index], detected);
                    highest[index] = simd.select_f32s(is_highest, reached, highest[index]);
                }
            }
            let tables = self.gradient_rows.chunks_exact_mut(TRIMERS * self.vectors);
            for (table, &trimer) in tables.zip(trimers.iter().step_by(TAPS)) {
                let row = &mut table[trimer as usize * self.vectors + first..][..V];
                for (sum, value) in row.iter_mut().zip(passed) {
                    *sum = simd.add_f32s(*sum, value);
                }
            }
        }
    }
}
