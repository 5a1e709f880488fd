//! Windows of one length, side by side.

/// How windows lie in one array of rows, a row a position: zeros before, between and after them, as many as a kernel
/// reaches beyond the position it is centred on, so that one pass of a convolution serves all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Strip {
    /// Windows in the array.
    pub windows: usize,
    /// Positions of each.
    pub positions: usize,
    /// Rows of zeros on either side of a window.
    pub halo: usize,
}

impl Strip {
    /// Windows that follow on each other.
    pub fn dense(windows: usize, positions: usize) -> Self {
        Self { windows, positions, halo: 0 }
    }

    /// Windows set apart for kernels of this width.
    pub fn for_kernel(windows: usize, positions: usize, kernel: usize) -> Self {
        Self { windows, positions, halo: kernel / 2 }
    }

    /// Rows of the array.
    pub fn rows(self) -> usize {
        self.windows * (self.positions + self.halo) + self.halo
    }

    /// Rows that a convolution over the array puts out; those between windows mean nothing.
    pub fn convolved_rows(self) -> usize {
        self.rows() - 2 * self.halo
    }

    /// Row of a window's first position in what a convolution puts out.
    pub fn convolved_row(self, window: usize) -> usize {
        window * (self.positions + self.halo)
    }

    /// Row of a window's first position in the array.
    pub fn row(self, window: usize) -> usize {
        self.convolved_row(window) + self.halo
    }

    /// Positions of all windows.
    pub fn all_positions(self) -> usize {
        self.windows * self.positions
    }
}

/// Makes `values` an array of zeros of this length, in the memory that it has.
pub(crate) fn reset(values: &mut Vec<f32>, length: usize) {
    values.clear();
    values.resize(length, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_windows_of_three_positions_share_the_zeros_between_them() {
        // Kernel of 5: 00 abc 00 def 00.
        let strip = Strip::for_kernel(2, 3, 5);
        assert_eq!((strip.rows(), strip.row(0), strip.row(1)), (12, 2, 7));
        // The convolution is centred on rows 2 to 9.
        assert_eq!((strip.convolved_rows(), strip.convolved_row(1)), (8, 5));
    }
}
