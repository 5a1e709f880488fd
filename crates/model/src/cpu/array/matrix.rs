//! Products of matrices in plain arrays.

use gemm::Parallelism;

/// Read-only matrix. Its rows may overlap: the input rows under the kernel of a convolution are one row, and the next
/// row starts one position later, so a convolution is a product without copying.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Rows of `columns` values, each starting `row_stride` values after the previous one.
    ///
    /// # Panics
    /// If `values` is shorter than the matrix.
    pub fn strided(values: &'a [f32], rows: usize, columns: usize, row_stride: usize) -> Self {
        assert!(rows == 0 || (rows - 1) * row_stride + columns <= values.len(), "the matrix is within its array");
        Self { values, rows, columns, row_stride, column_stride: 1 }
    }

    /// Matrix of contiguous rows.
    pub fn new(values: &'a [f32], rows: usize, columns: usize) -> Self {
        Self::strided(values, rows, columns, columns)
    }

    /// Transposed matrix.
    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// Treatment of the existing values of the output of a product.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// The product replaces them.
    Replace,
    /// The product is added to them.
    Add,
}

/// Writes `left` times `right` into `out`, whose rows start `row_stride` values apart.
///
/// # Panics
/// If the shapes do not match.
pub(crate) fn multiply(out: &mut [f32], row_stride: usize, left: Matrix, right: Matrix, existing: Existing) {
    let (rows, inner, columns) = (left.rows, left.columns, right.columns);
    assert_eq!(inner, right.rows, "columns of the left matrix equal rows of the right one");
    if rows == 0 || columns == 0 {
        return;
    }
    assert!(columns <= row_stride && (rows - 1) * row_stride + columns <= out.len(), "the product is within its array");
    // SAFETY: every matrix was checked to be within its array, rows of `out` do not overlap, and `out` is borrowed
    // mutably, so nothing that is read can be written.
    #[allow(unsafe_code)]
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            out.as_mut_ptr(),
            1,
            row_stride as isize,
            existing == Existing::Add,
            left.values.as_ptr(),
            left.column_stride as isize,
            left.row_stride as isize,
            right.values.as_ptr(),
            right.column_stride as isize,
            right.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiply_overlapping_rows_is_a_convolution() {
        // Sums and differences of neighbours of 1, 2, 3, 4.
        let (signal, kernels) = ([1.0, 2.0, 3.0, 4.0], [1.0, -1.0, 1.0, 1.0]);
        let mut out = [0.0; 6];
        multiply(&mut out, 2, Matrix::strided(&signal, 3, 2, 1), Matrix::new(&kernels, 2, 2), Existing::Replace);
        assert_eq!(out.map(|value| value as i32), [3, 1, 5, 1, 7, 1]);
    }

    #[test]
    fn multiply_adds_to_strided_rows() {
        let left = [1.0, 2.0, 3.0, 4.0];
        let mut out = [10.0; 6];
        // The transpose of (1 2; 3 4) times (1; 1) is (4; 6).
        multiply(&mut out, 3, Matrix::new(&left, 2, 2).transposed(), Matrix::new(&[1.0, 1.0], 2, 1), Existing::Add);
        assert_eq!(out.map(|value| value as i32), [14, 10, 10, 16, 10, 10]);
    }

    #[test]
    #[should_panic(expected = "the matrix is within its array")]
    fn matrix_longer_than_its_array_panics() {
        Matrix::strided(&[0.0; 5], 2, 3, 3);
    }
}
