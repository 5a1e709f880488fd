//! Layout of several windows of one length in one array.

/// Layout of windows in one array with one row per position. Zeros separate and surround the windows, as many as a
/// kernel reaches beyond its centre, so one pass of a convolution covers all windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Strip {
    /// Number of windows.
    pub windows: usize,
    /// Positions per window.
    pub positions: usize,
    /// Rows of zeros on either side of a window.
    pub halo: usize,
}

impl Strip {
    /// Contiguous windows.
    pub fn dense(windows: usize, positions: usize) -> Self {
        Self { windows, positions, halo: 0 }
    }

    /// Windows separated by halos for kernels of this width.
    pub fn for_kernel(windows: usize, positions: usize, kernel: usize) -> Self {
        Self { windows, positions, halo: kernel / 2 }
    }

    /// Rows of the array.
    pub fn rows(self) -> usize {
        self.windows * (self.positions + self.halo) + self.halo
    }

    /// Rows of the output of a convolution over the array; those between windows are meaningless.
    pub fn convolved_rows(self) -> usize {
        self.rows() - 2 * self.halo
    }

    /// Row of a window's first position in the output of a convolution.
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

/// Fills `values` with `length` zeros, reusing its memory.
pub(crate) fn reset(values: &mut Vec<f32>, length: usize) {
    values.clear();
    values.resize(length, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strip_of_two_windows_shares_the_zeros_between_them() {
        // Kernel of 5: 00 abc 00 def 00.
        let strip = Strip::for_kernel(2, 3, 5);
        assert_eq!((strip.rows(), strip.row(0), strip.row(1)), (12, 2, 7));
        // The convolution is centred on rows 2 to 9.
        assert_eq!((strip.convolved_rows(), strip.convolved_row(1)), (8, 5));
    }
}
