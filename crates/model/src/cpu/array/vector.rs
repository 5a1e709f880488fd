//! Arithmetic on rows of numbers, written for automatic vectorisation.

use pulp::{Arch, Simd, WithSimd};

/// Defines a function whose loops are compiled for each vector width and run with the widest one of the processor.
///
/// A closure does not guarantee this: it is compiled for wide vectors only where the compiler inlines it.
macro_rules! vectorised {
    ($(#[$attribute:meta])* fn $name:ident<$lifetime:lifetime>($($argument:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$attribute])*
        fn $name<$lifetime>($($argument: $type),*) {
            struct Operation<$lifetime> {
                $($argument: $type),*
            }
            impl<$lifetime> pulp::WithSimd for Operation<$lifetime> {
                type Output = ();

                #[inline(always)]
                fn with_simd<S: pulp::Simd>(self, _simd: S) {
                    let Self { $($argument),* } = self;
                    $body
                }
            }
            $crate::cpu::array::widest(Operation { $($argument),* });
        }
    };
}

pub(crate) use vectorised;

/// Number of partial sums. It is fixed, so that a sum is the same on processors of any vector width.
const LANES: usize = 16;

/// Runs `operation` with the widest vectors of the processor.
#[inline]
pub(crate) fn widest<W: WithSimd>(operation: W) -> W::Output {
    Arch::new().dispatch(operation)
}

/// Sum of the values.
#[inline(always)]
pub(crate) fn sum(values: &[f32]) -> f32 {
    let mut partial = [0.0; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().sum();
    for chunk in chunks {
        for (partial, value) in partial.iter_mut().zip(chunk) {
            *partial += value;
        }
    }
    partial.iter().sum::<f32>() + rest
}

/// Sum of the products of two rows.
#[inline(always)]
pub(crate) fn dot(one: &[f32], other: &[f32]) -> f32 {
    let mut partial = [0.0; LANES];
    let (ones, others) = (one.chunks_exact(LANES), other.chunks_exact(LANES));
    let rest: f32 = ones.remainder().iter().zip(others.remainder()).map(|(one, other)| one * other).sum();
    for (ones, others) in ones.zip(others) {
        for ((partial, one), other) in partial.iter_mut().zip(ones).zip(others) {
            *partial += one * other;
        }
    }
    partial.iter().sum::<f32>() + rest
}

/// Adds `scale` times `values` to `into`.
#[inline(always)]
pub(crate) fn add_scaled(into: &mut [f32], values: &[f32], scale: f32) {
    for (into, value) in into.iter_mut().zip(values) {
        *into += scale * value;
    }
}

/// Keeps the larger of each two values.
#[inline(always)]
pub(crate) fn keep_highest(highest: &mut [f32], values: &[f32]) {
    for (highest, value) in highest.iter_mut().zip(values) {
        *highest = highest.max(*value);
    }
}

/// e^x with a relative error of about 10^-7, without branches. The argument is clamped to ±87.
///
/// # Source
/// Cephes `expf`: <https://www.netlib.org/cephes/>. 2^n from the bits of a float, e^r from a polynomial.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    /// Adding it rounds to an integer, which is then in the lowest bits.
    const ROUNDER: f32 = 12_582_912.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    const ONE_BITS: u32 = 0x3F80_0000;
    let x = x.clamp(-87.0, 87.0);
    let rounded = x * std::f32::consts::LOG2_E + ROUNDER;
    let n = rounded - ROUNDER;
    let r = x - n * LN_2_HIGH - n * LN_2_LOW;
    let mut polynomial = 1.987_569_1e-4;
    for coefficient in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5, 1.0, 1.0] {
        polynomial = polynomial * r + coefficient;
    }
    f32::from_bits((rounded.to_bits() << 23).wrapping_add(ONE_BITS)) * polynomial
}

/// 1 / (1 + e^-x)
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// Hyperbolic tangent, with an absolute error of about 10^-7.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    1.0 - 2.0 / (1.0 + exp(2.0 * x))
}

/// Adds `left` times `right` to `out`, for matrices of few rows: `[rows, inner]`, `[inner, columns]`, `[rows,
/// columns]`.
///
/// Used for the recurrent step of a GRU, where a general product would spend most of its time on packing.
#[inline(always)]
pub(crate) fn add_small_product<S: Simd>(simd: S, out: &mut [f32], left: &[f32], right: &[f32], columns: usize) {
    let inner = right.len() / columns;
    let rows = left.len() / inner;
    let (fours, single) = (rows / 4 * 4, rows % 4);
    for row in (0..fours).step_by(4) {
        let (out, left) = (&mut out[row * columns..], &left[row * inner..]);
        add_row_block::<S, 4, 3>(simd, out, left, right, columns);
    }
    for row in fours..fours + single {
        let (out, left) = (&mut out[row * columns..], &left[row * inner..]);
        add_row_block::<S, 1, 6>(simd, out, left, right, columns);
    }
}

#[inline(always)]
fn add_row_block<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    out: &mut [f32],
    left: &[f32],
    right: &[f32],
    columns: usize,
) {
    let wide = VECTORS * S::F32_LANES;
    let mut column = 0;
    while column + wide <= columns {
        add_block::<S, ROWS, VECTORS>(simd, out, left, right, columns, column);
        column += wide;
    }
    while column + S::F32_LANES <= columns {
        add_block::<S, ROWS, 1>(simd, out, left, right, columns, column);
        column += S::F32_LANES;
    }
    let inner = right.len() / columns;
    for row in 0..ROWS {
        for column in column..columns {
            let products = (0..inner).map(|index| left[row * inner + index] * right[index * columns + column]);
            out[row * columns + column] += products.sum::<f32>();
        }
    }
}

/// Product of `ROWS` rows and `VECTORS` vectors, highest in registers over the whole sum.
#[inline(always)]
fn add_block<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    out: &mut [f32],
    left: &[f32],
    right: &[f32],
    columns: usize,
    column: usize,
) {
    let wide = VECTORS * S::F32_LANES;
    let inner = right.len() / columns;
    let rows: [&[f32]; ROWS] = std::array::from_fn(|row| &left[row * inner..(row + 1) * inner]);
    let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
    for (index, weights) in right.chunks_exact(columns).enumerate() {
        let (weights, _) = S::as_simd_f32s(&weights[column..column + wide]);
        for (sums, row) in sums.iter_mut().zip(rows) {
            let value = simd.splat_f32s(row[index]);
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = simd.mul_add_e_f32s(value, *weight, *sum);
            }
        }
    }
    for (row, sums) in sums.iter().enumerate() {
        let (out, _) = S::as_mut_simd_f32s(&mut out[row * columns + column..][..wide]);
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = simd.add_f32s(*out, *sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_tanh_and_sigmoid_equal_the_standard_library() {
        for step in -870..=870 {
            let x = step as f32 / 10.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 2e-7, "{x}");
            assert!((tanh(x) - x.tanh()).abs() < 2e-7, "{x}");
            assert!((sigmoid(x) - 1.0 / (1.0 + (-x).exp())).abs() < 2e-7, "{x}");
        }
        assert!(exp(1000.0).is_finite() && exp(-1000.0) > 0.0);
    }

    #[test]
    fn sum_and_dot_include_the_remainder() {
        let values: Vec<f32> = (1..=37).map(|value| value as f32).collect();
        // 37 * 38 / 2, and 37 * 38 * 75 / 6.
        assert!((sum(&values) - 703.0).abs() < f32::EPSILON);
        assert!((dot(&values, &values) - 17_575.0).abs() < f32::EPSILON);
    }

    struct SmallProduct<'a>(&'a mut [f32], &'a [f32], &'a [f32], usize);

    impl WithSimd for SmallProduct<'_> {
        type Output = ();

        fn with_simd<S: Simd>(self, simd: S) {
            add_small_product(simd, self.0, self.1, self.2, self.3);
        }
    }

    #[test]
    fn add_small_product_of_any_shape_equals_the_definition() {
        for (rows, inner, columns) in [(1, 3, 5), (4, 7, 96), (6, 5, 131), (9, 64, 192)] {
            let values = |count: usize, seed: usize| -> Vec<f32> {
                (0..count).map(|index| ((index * 7 + seed) % 11) as f32 - 5.0).collect()
            };
            let (left, right) = (values(rows * inner, 1), values(inner * columns, 4));
            let mut out = vec![1.0; rows * columns];
            widest(SmallProduct(&mut out, &left, &right, columns));
            for (index, value) in out.iter().enumerate() {
                let (row, column) = (index / columns, index % columns);
                let expected: f32 = (0..inner).map(|i| left[row * inner + i] * right[i * columns + column]).sum();
                assert!((value - 1.0 - expected).abs() < 1e-4, "{rows}x{inner}x{columns} at {row}, {column}");
            }
        }
    }
}
