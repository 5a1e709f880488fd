//! Parallel Gram matrices and Cholesky factors of thousands of features.
//!
//! Work is divided into blocks of fixed size, and each number is summed within one block, so results do not depend on the
//! number of threads. Only lower triangles are computed; values above the diagonal are undefined.
//!
//! Transposes are copied: nalgebra 0.35 writes out of bounds when it multiplies a small view with non-adjacent rows.

use nalgebra::{DMatrix, DMatrixViewMut, Dyn, MatrixViewMut};
use rayon::prelude::*;

/// Columns per parallel task.
const TASK_COLUMNS: usize = 256;
/// Columns per elimination step.
const PANEL: usize = 128;

type ViewMut<'a> = MatrixViewMut<'a, f64, Dyn, Dyn, Dyn, Dyn>;

/// Lower triangle of `features * transpose(features)`.
pub(crate) fn gram(features: &DMatrix<f64>) -> DMatrix<f64> {
    let size = features.nrows();
    let mut gram = DMatrix::zeros(size, size);
    gram.as_mut_slice().par_chunks_mut(size * TASK_COLUMNS).enumerate().for_each(|(task, columns)| {
        let (first, width) = (task * TASK_COLUMNS, columns.len() / size);
        let mut block = ViewMut::from_slice_with_strides_mut(&mut columns[first..], size - first, width, 1, size);
        block.gemm(1.0, &features.rows(first, size - first), &features.rows(first, width).transpose(), 0.0);
    });
    gram
}

/// Replaces the lower triangle of A by that of its Cholesky factor L, where A = L * transpose(L). Returns false if A is not
/// positive definite.
///
/// A leading block of L is the factor of the same block of A, so one factor serves every number of leading features.
pub(crate) fn factorise(matrix: &mut DMatrix<f64>) -> bool {
    let size = matrix.nrows();
    for first in (0..size).step_by(PANEL) {
        let width = PANEL.min(size - first);
        let next = first + width;
        let Some(diagonal) = matrix.view((first, first), (width, width)).clone_owned().cholesky() else {
            return false;
        };
        let diagonal = diagonal.unpack();
        matrix.view_mut((first, first), (width, width)).copy_from(&diagonal);
        if next == size {
            break;
        }
        // In the transpose, each row below the block is a contiguous column: L21 = A21 / transpose(L11).
        let mut across = matrix.view((next, first), (size - next, width)).transpose();
        across.as_mut_slice().par_chunks_mut(width * TASK_COLUMNS).for_each(|rows| {
            let count = rows.len() / width;
            diagonal.solve_lower_triangular_mut(&mut DMatrixViewMut::from_slice(rows, width, count));
        });
        let down = across.transpose();
        matrix.view_mut((next, first), (size - next, width)).copy_from(&down);
        subtract_product(matrix, next, &down, &across);
    }
    true
}

/// Subtracts `down * across` from the lower triangle that starts at row and column `first`.
fn subtract_product(matrix: &mut DMatrix<f64>, first: usize, down: &DMatrix<f64>, across: &DMatrix<f64>) {
    let size = matrix.nrows();
    matrix.as_mut_slice()[first * size..].par_chunks_mut(size * TASK_COLUMNS).enumerate().for_each(
        |(task, columns)| {
            let (done, width) = (task * TASK_COLUMNS, columns.len() / size);
            let height = size - first - done;
            let mut block = ViewMut::from_slice_with_strides_mut(&mut columns[first + done..], height, width, 1, size);
            block.gemm(-1.0, &down.rows(done, height), &across.columns(done, width), 1.0);
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(size: usize, genes: usize) -> DMatrix<f64> {
        DMatrix::from_fn(size, genes, |feature, gene| ((gene * 37 + feature * 11 + gene * gene * feature) % 17) as f64)
    }

    #[test]
    fn factorise_two_by_two_matches_hand_calculation() {
        // [[4, 2], [2, 10]] = L L' with L = [[2, 0], [1, 3]].
        let mut matrix = DMatrix::from_row_slice(2, 2, &[4.0, 2.0, 2.0, 10.0]);
        assert!(factorise(&mut matrix));
        assert_eq!(matrix.lower_triangle().as_slice(), [2.0, 1.0, 0.0, 3.0]);
        assert!(!factorise(&mut DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 1.0])), "eigenvalues 3 and -1");
    }

    #[test]
    fn gram_and_factorise_blocks_match_unblocked_results() {
        // nalgebra treats a last block of three columns differently from wide blocks.
        let x = features(2 * TASK_COLUMNS + 3, 300);
        let mut matrix = gram(&x);
        let whole = &x * x.transpose();
        assert!((matrix.lower_triangle() - whole.lower_triangle()).amax() < 1e-8);
        matrix.set_diagonal(&matrix.diagonal().add_scalar(50.0));
        let expected = (whole + DMatrix::identity(x.nrows(), x.nrows()) * 50.0).cholesky().expect("positive").unpack();
        assert!(factorise(&mut matrix));
        assert!((matrix.lower_triangle() - expected).amax() < 1e-8);
    }
}
