//! The first convolution, read from tables.
//!
//! A base is one of four, so that a kernel over one-hot input adds one of four rows of weights a tap. Three taps have
//! 125 outcomes, N counted in: with their sums in tables, a motif of 15 bases is five rows to add and no
//! multiplication, a sixtieth of the arithmetic.

use pulp::{Simd, WithSimd};
use tatabox_sequence::UNKNOWN;

use crate::batch::NUCLEOTIDES;
use crate::fused::strip::Strip;
use crate::fused::weights::StageWeights;

/// Taps that share a table.
const TAPS: usize = 3;

/// Letters: A, C, G, T, N.
const LETTERS: usize = NUCLEOTIDES + 1;

/// Words of three letters.
const TRIMERS: usize = LETTERS * LETTERS * LETTERS;

/// Rows are padded to whole vectors of any processor.
const ROW_MULTIPLE: usize = 16;

/// For each three taps of the motifs, what each trimer under them adds to each filter.
#[derive(Clone, Debug)]
pub(crate) struct MotifTables {
    filters: usize,
    /// Values of a row, of which `filters` count.
    row: usize,
    kernel: usize,
    /// `[kernel / 3, 125, row]`; the bias stands in every row of the first table.
    values: Vec<f32>,
}

impl MotifTables {
    /// The tables of a stage that reads one-hot bases.
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

    /// Tables of that size, for a gradient to be added up in.
    pub fn zeros(weights: &StageWeights) -> Self {
        let row = weights.filters.next_multiple_of(ROW_MULTIPLE);
        let values = vec![0.0; weights.kernel.div_ceil(TAPS) * TRIMERS * row];
        Self { filters: weights.filters, row, kernel: weights.kernel, values }
    }

    /// Adds tables of the same size.
    pub fn add(&mut self, other: &Self) {
        self.values.iter_mut().zip(&other.values).for_each(|(sum, value)| *sum += value);
    }

    /// Adds a gradient of the tables to the gradient of the motifs and biases that they were made of.
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

/// Rows of `[kernel, channels]` weights that a row of the tables adds up: one a tap that lies on a known base.
fn motif_rows(table_row: usize, kernel: usize) -> impl Iterator<Item = usize> {
    let (table, trimer) = (table_row / TRIMERS, table_row % TRIMERS);
    let letters = [trimer / (LETTERS * LETTERS), trimer / LETTERS % LETTERS, trimer % LETTERS];
    letters.into_iter().enumerate().filter_map(move |(tap, letter)| {
        let tap = table * TAPS + tap;
        (tap < kernel && letter < NUCLEOTIDES).then_some(tap * NUCLEOTIDES + letter)
    })
}

/// The trimer that begins at each position of a strip of windows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trimers(Vec<u16>);

impl Trimers {
    /// Reads windows that follow on each other and lays them as `strip` says, N around them.
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

    /// From the first trimer under the kernel that is centred on a position of the convolution's output.
    pub fn from_row(&self, convolved_row: usize) -> &[u16] {
        &self.0[convolved_row..]
    }
}

/// Convolution, ReLU and average pooling of consecutive positions of one window.
pub(crate) struct PooledMotifs<'a> {
    pub tables: &'a MotifTables,
    /// From the first trimer under the kernel at the first position.
    pub trimers: &'a [u16],
    pub pool: usize,
    /// `[pooled positions, filters]`, written.
    pub pooled: &'a mut [f32],
}

impl WithSimd for PooledMotifs<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { tables, trimers, pool, pooled } = self;
        let (rows, _) = S::as_simd_f32s(&tables.values);
        let vectors = tables.row / S::F32_LANES;
        let share = simd.splat_f32s(1.0 / pool as f32);
        let mut mean = vec![0.0; tables.row];
        for (position, pooled) in pooled.chunks_exact_mut(tables.filters).enumerate() {
            let trimers = &trimers[position * pool..];
            let (sums, _) = S::as_mut_simd_f32s(&mut mean);
            let mut first = 0;
            while first + 4 <= vectors {
                let sum = rectified_sum::<S, 4>(simd, rows, vectors, first, trimers, pool);
                sums[first..first + 4].iter_mut().zip(sum).for_each(|(mean, sum)| *mean = simd.mul_f32s(sum, share));
                first += 4;
            }
            for first in first..vectors {
                let [sum] = rectified_sum::<S, 1>(simd, rows, vectors, first, trimers, pool);
                sums[first] = simd.mul_f32s(sum, share);
            }
            pooled.copy_from_slice(&mean[..tables.filters]);
        }
    }
}

/// The sum over `pool` positions of what passes the ReLU, for `V` vectors of filters.
#[inline(always)]
fn rectified_sum<S: Simd, const V: usize>(
    simd: S,
    rows: &[S::f32s],
    vectors: usize,
    first: usize,
    trimers: &[u16],
    pool: usize,
) -> [S::f32s; V] {
    let zero = simd.splat_f32s(0.0);
    let mut sums = [zero; V];
    for position in 0..pool {
        let activation = motif_sum::<S, V>(simd, rows, vectors, first, &trimers[position..]);
        for (sum, value) in sums.iter_mut().zip(activation) {
            *sum = simd.add_f32s(*sum, simd.max_f32s(value, zero));
        }
    }
    sums
}

/// What the tables say of one position.
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

/// Adds the gradient of [`PooledMotifs`] to that of its tables.
pub(crate) struct PooledMotifsGradient<'a> {
    pub tables: &'a MotifTables,
    pub trimers: &'a [u16],
    pub pool: usize,
    /// `[pooled positions, filters]`, the gradient of what was put out.
    pub pooled: &'a [f32],
    pub gradient: &'a mut MotifTables,
}

impl WithSimd for PooledMotifsGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { tables, trimers, pool, pooled, gradient } = self;
        let (rows, _) = S::as_simd_f32s(&tables.values);
        let (gradient_rows, _) = S::as_mut_simd_f32s(&mut gradient.values);
        let vectors = tables.row / S::F32_LANES;
        let mut shares = vec![0.0; tables.row];
        for (position, pooled) in pooled.chunks_exact(tables.filters).enumerate() {
            shares.iter_mut().zip(pooled).for_each(|(share, value)| *share = value / pool as f32);
            let (shares, _) = S::as_simd_f32s(&shares);
            for position in position * pool..(position + 1) * pool {
                let trimers = &trimers[position..];
                let mut first = 0;
                while first + 4 <= vectors {
                    let share = &shares[first..first + 4];
                    add_passed::<S, 4>(simd, rows, gradient_rows, vectors, first, trimers, share);
                    first += 4;
                }
                for first in first..vectors {
                    let share = &shares[first..=first];
                    add_passed::<S, 1>(simd, rows, gradient_rows, vectors, first, trimers, share);
                }
            }
        }
    }
}

/// Adds `share` to the rows that made this position, where the sum of them passes the ReLU.
#[inline(always)]
fn add_passed<S: Simd, const V: usize>(
    simd: S,
    rows: &[S::f32s],
    gradient_rows: &mut [S::f32s],
    vectors: usize,
    first: usize,
    trimers: &[u16],
    share: &[S::f32s],
) {
    let zero = simd.splat_f32s(0.0);
    let activation = motif_sum::<S, V>(simd, rows, vectors, first, trimers);
    let mut passed = [zero; V];
    for ((passed, value), share) in passed.iter_mut().zip(activation).zip(share) {
        *passed = simd.select_f32s(simd.greater_than_f32s(value, zero), *share, zero);
    }
    let tables = gradient_rows.chunks_exact_mut(TRIMERS * vectors);
    for (table, &trimer) in tables.zip(trimers.iter().step_by(TAPS)) {
        let row = &mut table[trimer as usize * vectors + first..][..V];
        for (sum, value) in row.iter_mut().zip(passed) {
            *sum = simd.add_f32s(*sum, value);
        }
    }
}
