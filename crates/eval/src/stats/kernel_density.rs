//! Two-dimensional kernel density estimate on a grid, for the colours of a scatter plot.

use super::rank::{quantile, sorted};

const GRID: usize = 128;
/// Radius of the Gaussian kernel, in standard deviations; less than 1e-4 of its weight is beyond.
const KERNEL_RADIUS_SD: f64 = 4.0;
/// Margin around the data, in bandwidths, which avoids truncated kernels at the edge.
const MARGIN_SD: f64 = 3.0;

/// Density at each point relative to the densest point, from 0 to 1: a Gaussian kernel with Scott's bandwidth per axis.
///
/// Points are binned linearly on a 128 x 128 grid, which is smoothed along each axis and interpolated bilinearly. The cost is
/// therefore linear in the number of points.
///
/// # Panics
///
/// If `x` and `y` differ in length.
///
/// # Source
///
/// Scott, Multivariate Density Estimation (1992): bandwidth = sd * n^(-1/6) in two dimensions. The spread is the smaller of
/// sd and IQR / 1.349, which Silverman (1986) recommends for long tails.
///
/// # Examples
///
/// ```
/// // Three points close together and one far away.
/// let density = tatabox_eval::relative_density(&[0.0, 0.1, 0.2, 9.0], &[0.0, 0.1, 0.0, 9.0]);
/// assert!(density[1] > 0.9 && density[3] < 0.6);
/// ```
pub fn relative_density(x: &[f64], y: &[f64]) -> Vec<f64> {
    assert_eq!(x.len(), y.len(), "x and y have one value per point");
    let (across, up) = (GridAxis::covering(x), GridAxis::covering(y));
    let mut grid = vec![0.0; GRID * GRID];
    for (&px, &py) in x.iter().zip(y) {
        for (cell, weight) in corners(&across, &up, px, py) {
            grid[cell] += weight;
        }
    }
    let smooth_x = smooth(&grid, &across.kernel(), 1);
    let smooth_xy = smooth(&smooth_x, &up.kernel(), GRID);
    let mut density: Vec<f64> = x
        .iter()
        .zip(y)
        .map(|(&px, &py)| corners(&across, &up, px, py).map(|(cell, weight)| weight * smooth_xy[cell]).iter().sum())
        .collect();
    let densest = density.iter().fold(0.0_f64, |m, d| m.max(*d));
    if densest > 0.0 {
        for value in &mut density {
            *value /= densest;
        }
    }
    density
}

struct GridAxis {
    start: f64,
    step: f64,
    bandwidth: f64,
}

impl GridAxis {
    fn covering(values: &[f64]) -> Self {
        let ascending = sorted(values);
        let (Some(&low), Some(&high)) = (ascending.first(), ascending.last()) else {
            return Self { start: 0.0, step: 1.0, bandwidth: 1.0 };
        };
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        let iqr = quantile(&ascending, 0.75).unwrap_or(high) - quantile(&ascending, 0.25).unwrap_or(low);
        let spread = if iqr > 0.0 { sd.min(iqr / 1.349) } else { sd };
        let bandwidth = if spread > 0.0 { spread * n.powf(-1.0 / 6.0) } else { 1.0 };
        let start = low - MARGIN_SD * bandwidth;
        let step = (high - low + 2.0 * MARGIN_SD * bandwidth) / (GRID - 1) as f64;
        Self { start, step, bandwidth }
    }

    /// Grid cell below a value, and the fraction of the distance to the next cell.
    fn locate(&self, value: f64) -> (usize, f64) {
        let position = ((value - self.start) / self.step).clamp(0.0, (GRID - 1) as f64 - 1e-9);
        (position as usize, position.fract())
    }

    fn kernel(&self) -> Vec<f64> {
        let sd = self.bandwidth / self.step;
        let radius = (KERNEL_RADIUS_SD * sd).ceil() as usize;
        let weights: Vec<f64> =
            (0..=2 * radius).map(|i| (-0.5 * ((i as f64 - radius as f64) / sd).powi(2)).exp()).collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|w| w / total).collect()
    }
}

fn corners(across: &GridAxis, up: &GridAxis, x: f64, y: f64) -> [(usize, f64); 4] {
    let ((column, right), (row, above)) = (across.locate(x), up.locate(y));
    let cell = row * GRID + column;
    [
        (cell, (1.0 - right) * (1.0 - above)),
        (cell + 1, right * (1.0 - above)),
        (cell + GRID, (1.0 - right) * above),
        (cell + GRID + 1, right * above),
    ]
}

/// Convolution along the axis whose neighbours are `stride` cells apart.
fn smooth(grid: &[f64], kernel: &[f64], stride: usize) -> Vec<f64> {
    let radius = kernel.len() / 2;
    let mut smoothed = vec![0.0; grid.len()];
    for (cell, &mass) in grid.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
        let position = (cell / stride) % GRID;
        for (offset, weight) in kernel.iter().enumerate() {
            let target = position + offset;
            if (radius..GRID + radius).contains(&target) {
                smoothed[cell + offset * stride - radius * stride] += weight * mass;
            }
        }
    }
    smoothed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_density_approximates_the_exact_kernel_sum() {
        let x: Vec<f64> = (1..=200).map(|i| f64::from((i * 37) % 101) / 10.0).collect();
        let y: Vec<f64> = (1..=200).map(|i| f64::from((i * i * 29) % 97) / 5.0).collect();
        let (hx, hy) = (GridAxis::covering(&x).bandwidth, GridAxis::covering(&y).bandwidth);
        let exact: Vec<f64> = (0..x.len())
            .map(|i| {
                let kernel = |j: usize| (-0.5 * (((x[i] - x[j]) / hx).powi(2) + ((y[i] - y[j]) / hy).powi(2))).exp();
                (0..x.len()).map(kernel).sum()
            })
            .collect();
        let densest = exact.iter().fold(0.0_f64, |m, d| m.max(*d));
        for (binned, exact) in relative_density(&x, &y).iter().zip(&exact) {
            assert!((binned - exact / densest).abs() < 0.01, "binned {binned}, exact {}", exact / densest);
        }
    }

    #[test]
    fn relative_density_of_single_points_and_constant_axes_is_defined() {
        assert_eq!(relative_density(&[2.0], &[3.0]), [1.0]);
        let density = relative_density(&[1.0, 1.0, 1.0], &[0.0, 0.0, 9.0]);
        assert!((density[0] - 1.0).abs() < 1e-12 && density[2] < 0.6, "{density:?}");
        assert!(relative_density(&[], &[]).is_empty());
    }
}
