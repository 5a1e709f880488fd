//! Gaussian (RBF) kernel between genes.

use nalgebra::{DMatrix, DMatrixView, DMatrixViewMut};
use rayon::prelude::*;

/// Genes per parallel task.
const TASK_GENES: usize = 128;

/// Kernel matrix exp(-gamma * |x_i - x_j|^2) between genes i of `left` and genes j of `right`.
///
/// # Shapes
///
/// `left` and `right` are `[features, genes]`, the result is `[left genes, right genes]`.
pub(crate) fn rbf_kernel(left: &DMatrix<f32>, right: &DMatrixView<'_, f32>, gamma: f32) -> DMatrix<f32> {
    let genes = left.ncols();
    let squares: Vec<f32> = left.column_iter().map(|gene| gene.norm_squared()).collect();
    let transposed = left.transpose();
    let mut kernel = DMatrix::zeros(genes, right.ncols());
    kernel.as_mut_slice().par_chunks_mut(genes * TASK_GENES).enumerate().for_each(|(task, columns)| {
        let count = columns.len() / genes;
        let right = right.columns(task * TASK_GENES, count);
        let mut block = DMatrixViewMut::from_slice(columns, genes, count);
        block.gemm(1.0, &transposed, &right, 0.0);
        for (mut column, gene) in block.column_iter_mut().zip(right.column_iter()) {
            let square = gene.norm_squared();
            for (product, left_square) in column.iter_mut().zip(&squares) {
                // Rounding can make the distance of a gene to itself negative.
                *product = (-gamma * (square + left_square - 2.0 * *product).max(0.0)).exp();
            }
        }
    });
    kernel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rbf_kernel_small_matrix_matches_hand_calculation() {
        // (0, 0) and (3, 4) have distance 5; (3, 4) and (3, 2) have distance 2.
        let left = DMatrix::from_column_slice(2, 2, &[0.0, 0.0, 3.0, 4.0]);
        let right = DMatrix::from_column_slice(2, 2, &[3.0, 4.0, 3.0, 2.0]);
        let kernel = rbf_kernel(&left, &right.as_view(), 0.1);
        let expected = [-2.5_f32, 0.0, -1.3, -0.4].map(f32::exp);
        assert!(kernel.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{kernel}");
    }

    #[test]
    fn rbf_kernel_tasks_match_direct_distances() {
        let genes = DMatrix::from_fn(7, TASK_GENES + 9, |feature, gene| ((gene * 5 + feature * 3) % 11) as f32);
        let kernel = rbf_kernel(&genes, &genes.as_view(), 0.05);
        let (i, j) = (3, TASK_GENES + 4);
        let expected = (-0.05 * (genes.column(i) - genes.column(j)).norm_squared()).exp();
        assert!((kernel[(i, j)] - expected).abs() < 1e-5 && (kernel[(j, i)] - expected).abs() < 1e-5);
    }
}
