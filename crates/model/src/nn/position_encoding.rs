//! Position encoding relative to the TSS.

/// Channels per position that [`encode_positions`] writes.
pub const POSITION_CHANNELS: usize = 6;

/// Length scales, in bp, of the exponential decays with the distance from the TSS: core promoter, proximal promoter,
/// distal promoter, long range.
const DECAY_BP: [f64; 4] = [30.0, 150.0, 700.0, 4000.0];

/// Distance, in bp, at which the logarithmic channel reaches 1.
const LOG_SCALE_BP: f64 = 20_000.0;

/// Encodes the centre of each pooled position as signed functions of its distance to the TSS.
///
/// Pooling and attention alone do not preserve the position of the TSS; these channels provide it in the same units for
/// any window length and any crop.
///
/// # Shapes
/// Returns `[positions, POSITION_CHANNELS]`, row-major: side of the TSS (-1 upstream, 1 downstream), signed logarithm
/// of the distance, and one exponential decay per length scale.
pub fn encode_positions(positions: usize, bin_bp: usize, tss_index: i64) -> Vec<f32> {
    let mut encoded = Vec::with_capacity(positions * POSITION_CHANNELS);
    for position in 0..positions {
        let distance_bp = bin_centre_bp(position, bin_bp, tss_index);
        let side = if distance_bp < 0.0 { -1.0 } else { 1.0 };
        encoded.push(side as f32);
        encoded.push((side * distance_bp.abs().ln_1p() / LOG_SCALE_BP.ln_1p()) as f32);
        encoded.extend(DECAY_BP.iter().map(|scale_bp| (-distance_bp.abs() / scale_bp).exp() as f32));
    }
    encoded
}

/// Distance, in bp, up to which [`log_distances`] is nearly linear.
const NEAR_BP: f64 = 100.0;

/// ln(1 + distance / 100 bp) of the centre of each pooled position from the TSS.
pub fn log_distances(positions: usize, bin_bp: usize, tss_index: i64) -> Vec<f32> {
    (0..positions).map(|position| (bin_centre_bp(position, bin_bp, tss_index).abs() / NEAR_BP).ln_1p() as f32).collect()
}

/// Centre of a pooled position, in bp from the TSS base; negative upstream.
///
/// # Examples
/// ```
/// // Bins of 4 bp, TSS base at index 8: bin 2 covers bases 8 to 11, with centre 9.5.
/// assert_eq!(tatabox_model::bin_centre_bp(2, 4, 8), 1.5);
/// ```
pub fn bin_centre_bp(position: usize, bin_bp: usize, tss_index: i64) -> f64 {
    (position * bin_bp) as f64 + (bin_bp as f64 - 1.0) / 2.0 - tss_index as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bin_centre_bp_of_bin_at_tss_is_downstream() {
        // Bins of 4 bp, TSS base at index 8: bin 2 covers bases 8..12, centre 9.5, that is +1.5.
        assert!((bin_centre_bp(2, 4, 8) - 1.5).abs() < 1e-12);
        assert!((bin_centre_bp(1, 4, 8) + 2.5).abs() < 1e-12);
    }

    #[test]
    fn encode_positions_is_independent_of_the_crop() {
        // The same bases, cropped by two bins more upstream.
        let long = encode_positions(6, 4, 16);
        let short = encode_positions(4, 4, 8);
        assert_eq!(long[2 * POSITION_CHANNELS..], short[..]);
    }
}
