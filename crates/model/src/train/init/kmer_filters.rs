//! First-layer filters initialised from k-mers.

use burn::module::Param;
use burn::tensor::{Device, TensorData};

use super::enriched_kmers::EnrichedKmer;
use crate::nn::{MotifConv, NUCLEOTIDES};

/// Contribution of a matching base to the activation; a mismatch subtracts a third of it, so that random bases
/// contribute 0 on average.
const FIT: f32 = 0.75;
/// Activation of a perfect match: 1.5. One mismatch leaves 0.5, two leave nothing.
const PERFECT: f32 = 1.5;

/// Replaces the last filters of `stage`, which reads one-hot bases, by filters that detect `kmers`, or the first of
/// these where there are fewer filters. Filters with max pooling are the last ones of a stage and suit k-mers best. A
/// k-mer longer than a filter is trimmed at both ends.
///
/// The filters are only initialised: they are trained like all others, and start without weights on signal tracks.
pub(crate) fn init_filters_from_kmers(stage: &mut MotifConv, kmers: &[EnrichedKmer], device: &Device) {
    let [filters, channels, width] = stage.conv.weight.dims();
    assert!(channels >= NUCLEOTIDES, "the first stage reads bases");
    let mut weight: Vec<f32> = stage.conv.weight.val().into_data().iter::<f32>().collect();
    let Some(bias) = stage.conv.bias.take() else { return };
    let mut biases: Vec<f32> = bias.val().into_data().iter::<f32>().collect();
    let filter_values = channels * width;
    for (filter, kmer) in (0..filters).rev().zip(kmers) {
        let bases = middle(&kmer.bases, width);
        let start = (width - bases.len()) / 2;
        let values = &mut weight[filter * filter_values..(filter + 1) * filter_values];
        values.fill(0.0);
        for (place, &base) in bases.iter().enumerate() {
            for channel in 0..NUCLEOTIDES {
                let fits = channel == usize::from(base);
                values[channel * width + start + place] = if fits { FIT } else { -FIT / 3.0 };
            }
        }
        biases[filter] = PERFECT - FIT * bases.len() as f32;
    }
    stage.conv.weight = Param::from_data(TensorData::new(weight, [filters, channels, width]), device);
    stage.conv.bias = Some(Param::from_data(TensorData::new(biases, [filters]), device));
}

fn middle(bases: &[u8], width: usize) -> &[u8] {
    let surplus = bases.len().saturating_sub(width);
    &bases[surplus / 2..bases.len() - surplus.div_ceil(2)]
}

#[cfg(test)]
mod tests {
    use burn::tensor::Tensor;

    use super::*;
    use crate::device;
    use crate::nn::{DropoutMask, MotifConvConfig};

    /// Activations of one filter of the convolution at every position of a window.
    fn activations(stage: &MotifConv, codes: &[u8], filter: usize) -> Vec<f32> {
        let one_hot: Vec<f32> =
            (0..4).flat_map(|base| codes.iter().map(move |&code| f32::from(u8::from(code == base)))).collect();
        let one_hot = Tensor::<3>::from_data(TensorData::new(one_hot, [1, 4, codes.len()]), &device::cpu());
        let output = stage.conv.forward(one_hot);
        output.narrow(1, filter, 1).into_data().iter::<f32>().collect()
    }

    #[test]
    fn init_filters_from_kmers_last_filters_detect_them() {
        let device = device::cpu();
        let random = MotifConvConfig::new(3, 7, 1).init(NUCLEOTIDES, 0.0, &device);
        let mut stage = random.clone();
        let kmer = |bases: &[u8]| EnrichedKmer { bases: bases.to_vec() };
        init_filters_from_kmers(&mut stage, &[kmer(&[2, 0, 3, 3, 0, 1]), kmer(&[1, 1, 1, 1, 2, 2, 2, 2, 2])], &device);
        let window = [0, 0, 0, 2, 0, 3, 3, 0, 1, 0, 0, 0];
        let found = activations(&stage, &window, 2);
        // The filter is centred on the fourth of the six bases.
        let most = found.iter().copied().fold(f32::MIN, f32::max);
        assert!((most - PERFECT).abs() < 1e-5, "{found:?}");
        assert_eq!(found.iter().filter(|&&value| value > 0.0).count(), 1, "{found:?}");
        let wrong = [0, 0, 0, 2, 0, 3, 1, 0, 1, 0, 0, 0];
        let most = activations(&stage, &wrong, 2).into_iter().fold(f32::MIN, f32::max);
        assert!((most - 0.5).abs() < 1e-5, "{most}");
        // The first filter is unchanged; the second holds the middle seven bases of its k-mer.
        assert_eq!(activations(&stage, &window, 0), activations(&random, &window, 0));
        let most = activations(&stage, &[1, 1, 1, 2, 2, 2, 2], 1)[3];
        assert!((most - PERFECT).abs() < 1e-5, "{most}");
        assert_eq!(stage.forward(Tensor::zeros([1, 4, 7], &device), None, &mut DropoutMask::none()).dims(), [1, 3, 7]);
    }
}
