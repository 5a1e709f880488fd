//! One stage of the trunk, forward and backward: convolution, ReLU, pooling, and normalisation of each position.

use rayon::prelude::*;

use super::motif_tables::{MotifTables, PooledMotifs, PooledMotifsGradient, Trimers};
use crate::cpu::StageWeights;
use crate::cpu::array::{
    Existing, Matrix, Strip, add_scaled, dot, keep_highest, multiply, reset, sum, vectorised, widest,
};

/// Values of the forward pass that the backward pass needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct StageActivations {
    /// `[strip rows, channels_in]` with zeros around the windows; empty for a first stage with tables.
    pub input: Vec<f32>,
    /// `[convolved rows, filters]` after the ReLU; empty for a first stage with tables, which recomputes them.
    rectified: Vec<f32>,
    /// `[pooled positions, filters]`: mean 0 and standard deviation 1 over the filters of each position.
    normalised: Vec<f32>,
    /// `[pooled positions]`: factors that multiplied the deviations from the mean.
    inverse_sd: Vec<f32>,
    /// `[pooled positions, filters]`: factors of the output, for dropout and for positions that hold only N.
    pub keep_mask: Option<Vec<f32>>,
}

/// Source of a stage's input.
#[derive(Clone, Copy)]
pub(crate) enum StageInput<'a> {
    /// Bases, read from tables.
    Bases(&'a MotifTables, &'a Trimers),
    /// Output of the previous stage, in [`StageActivations::input`].
    Features,
}

impl StageWeights {
    /// Layout of `windows` windows of `positions` positions for this stage.
    pub fn strip(&self, windows: usize, positions: usize) -> Strip {
        Strip::for_kernel(windows, positions, self.kernel)
    }

    /// Runs the stage and writes its output into the rows of `out` that `out_strip` assigns to each window. Each window
    /// is divided among `threads`.
    pub fn forward(
        &self,
        strip: Strip,
        input: StageInput,
        activations: &mut StageActivations,
        out: &mut [f32],
        out_strip: Strip,
        threads: usize,
    ) {
        let (filters, positions) = (self.filters, out_strip.positions);
        reset(&mut activations.normalised, out_strip.all_positions() * filters);
        reset(&mut activations.inverse_sd, out_strip.all_positions());
        if let StageInput::Features = input {
            self.convolve(strip, activations, threads);
        }
        let StageActivations { rectified, normalised, inverse_sd, keep_mask, .. } = activations;
        let keep_mask = keep_mask.as_deref();
        let block = positions.div_ceil(threads);
        for window in 0..strip.windows {
            let pooled = window * positions..(window + 1) * positions;
            let row = strip.convolved_row(window);
            let out = &mut out[out_strip.row(window) * filters..][..positions * filters];
            normalised[pooled.start * filters..pooled.end * filters]
                .par_chunks_mut(block * filters)
                .zip(inverse_sd[pooled.clone()].par_chunks_mut(block))
                .zip(out.par_chunks_mut(block * filters))
                .enumerate()
                .for_each(|(index, ((normalised, inverse_sd), out))| {
                    let row = row + index * block * self.pool;
                    match input {
                        StageInput::Bases(tables, trimers) => widest(PooledMotifs {
                            tables,
                            trimers: trimers.starting_at(row),
                            pool: self.pool,
                            pooled: normalised,
                        }),
                        StageInput::Features => {
                            pool_rows(normalised, &rectified[row * filters..], filters, self.pool, self.counters);
                        }
                    }
                    normalise(self, normalised, inverse_sd, out);
                    if let Some(keep_mask) = keep_mask {
                        multiply_by(out, &keep_mask[(pooled.start + index * block) * filters..]);
                    }
                });
        }
    }

    /// Convolution, bias and ReLU.
    fn convolve(&self, strip: Strip, activations: &mut StageActivations, threads: usize) {
        let StageActivations { input, rectified, .. } = activations;
        let rows = strip.convolved_rows();
        reset(rectified, rows * self.filters);
        let kernel = Matrix::new(&self.motifs, self.kernel * self.channels_in, self.filters);
        let block = rows.div_ceil(threads);
        rectified.par_chunks_mut(block * self.filters).enumerate().for_each(|(index, rectified)| {
            let rows = rectified.len() / self.filters;
            let input = &input[index * block * self.channels_in..];
            let input = Matrix::strided(input, rows, self.kernel * self.channels_in, self.channels_in);
            multiply(rectified, self.filters, input, kernel, Existing::Replace);
            rectify(rectified, &self.bias);
        });
    }
}

/// Parts of windows: the positions that a substitution affects.
impl StageWeights {
    /// Convolution, ReLU and pooling of `stretches` parts of windows with `positions` pooled positions each.
    ///
    /// # Shapes
    /// `input` is `[stretches, positions * pool + kernel - 1, channels_in]`; `pooled` becomes `[stretches, positions,
    /// filters]`.
    pub fn pool_stretches(
        &self,
        input: &[f32],
        positions: usize,
        stretches: usize,
        rectified: &mut Vec<f32>,
        pooled: &mut Vec<f32>,
    ) {
        let (filters, width) = (self.filters, self.kernel * self.channels_in);
        let stretch = positions * self.pool + self.kernel - 1;
        let rows = stretches * stretch + 1 - self.kernel;
        reset(rectified, rows * filters);
        let kernel = Matrix::new(&self.motifs, width, filters);
        let input = Matrix::strided(input, rows, width, self.channels_in);
        multiply(rectified, filters, input, kernel, Existing::Replace);
        rectify(rectified, &self.bias);
        reset(pooled, stretches * positions * filters);
        for (index, pooled) in pooled.chunks_exact_mut(positions * filters).enumerate() {
            pool_rows(pooled, &rectified[index * stretch * filters..], filters, self.pool, self.counters);
        }
    }

    /// Normalises the pooled positions of parts at the same place in their windows. Positions where `known` is 0 hold
    /// only N and become zeros.
    pub fn normalise_stretches(&self, pooled: &mut [f32], known: Option<&[f32]>) {
        let mut out = vec![0.0; pooled.len()];
        let mut inverse_sd = vec![0.0; pooled.len() / self.filters];
        normalise(self, pooled, &mut inverse_sd, &mut out);
        pooled.copy_from_slice(&out);
        if let Some(known) = known {
            for (position, known) in pooled.chunks_exact_mut(self.filters).zip(known.iter().cycle()) {
                for value in position {
                    *value *= known;
                }
            }
        }
    }
}

vectorised! {
    /// Adds the bias and applies the ReLU.
    fn rectify<'a>(rows: &'a mut [f32], bias: &'a [f32]) {
        for row in rows.chunks_exact_mut(bias.len()) {
            row.iter_mut().zip(bias).for_each(|(value, bias)| *value = (*value + bias).max(0.0));
        }
    }
}

vectorised! {
    /// Pools each `pool` rows of nonnegative values into a row of `pooled`, which holds zeros: mean of the first
    /// `counters` values, maximum of the others.
    fn pool_rows<'a>(pooled: &'a mut [f32], rectified: &'a [f32], filters: usize, pool: usize, counters: usize) {
        let pool_scale = 1.0 / pool as f32;
        let positions = rectified.chunks_exact(pool * filters);
        for (pooled, rectified) in pooled.chunks_exact_mut(filters).zip(positions) {
            let (counted, detected) = pooled.split_at_mut(counters);
            for row in rectified.chunks_exact(filters) {
                add_scaled(counted, &row[..counters], pool_scale);
                keep_highest(detected, &row[counters..]);
            }
        }
    }
}

vectorised! {
    /// Normalises `values` in place and writes them, scaled and offset, to `out`.
    fn normalise<'a>(
        weights: &'a StageWeights,
        values: &'a mut [f32],
        inverse_sd: &'a mut [f32],
        out: &'a mut [f32],
    ) {
        let filters = weights.filters;
        let filter_scale = 1.0 / filters as f32;
        let positions = values.chunks_exact_mut(filters).zip(out.chunks_exact_mut(filters));
        for ((values, out), inverse_sd) in positions.zip(inverse_sd) {
            let mean = sum(values) * filter_scale;
            for value in &mut *values {
                *value -= mean;
            }
            *inverse_sd = 1.0 / (dot(values, values) * filter_scale + weights.epsilon).sqrt();
            let channels = values.iter_mut().zip(out).zip(weights.scale.iter().zip(&weights.offset));
            for ((value, out), (scale, offset)) in channels {
                *value *= *inverse_sd;
                *out = *value * scale + offset;
            }
        }
    }
}

vectorised! {
    fn multiply_by<'a>(values: &'a mut [f32], factors: &'a [f32]) {
        values.iter_mut().zip(factors).for_each(|(value, factor)| *value *= factor);
    }
}

/// Backward pass of a stage, which needs the motifs reversed.
#[derive(Clone, Debug)]
pub(crate) struct StageGradient {
    /// `[kernel, filters, channels_in]`, taps from last to first: the weights that propagate a gradient to the input.
    turned: Vec<f32>,
}

impl StageGradient {
    /// Backward pass for the stage of these weights.
    pub fn of(weights: &StageWeights) -> Self {
        let StageWeights { channels_in, filters, kernel, .. } = *weights;
        let mut turned = vec![0.0; weights.motifs.len()];
        for tap in 0..kernel {
            for channel in 0..channels_in {
                for filter in 0..filters {
                    turned[(tap * filters + filter) * channels_in + channel] =
                        weights.motifs[((kernel - 1 - tap) * channels_in + channel) * filters + filter];
                }
            }
        }
        Self { turned }
    }

    /// Propagates the gradient of the pooled positions to the input of the convolution.
    ///
    /// `pooled` is the result of [`StageWeights::through_normalisation`]. Adds to `gradient`, and returns the gradient
    /// of the input, `[convolved rows, channels_in]`, of which the rows of [`Strip::convolved_row`] are valid.
    pub fn backward(
        &self,
        weights: &StageWeights,
        strip: Strip,
        activations: &StageActivations,
        pooled: &[f32],
        gradient: &mut StageWeights,
    ) -> Vec<f32> {
        let StageWeights { channels_in, filters, kernel, .. } = *weights;
        let convolved = weights.backward_to_motifs(strip, activations, pooled, gradient);
        let rows = strip.convolved_rows();
        let mut input = vec![0.0; rows * channels_in];
        let around = Matrix::strided(&convolved, rows, kernel * filters, filters);
        let turned = Matrix::new(&self.turned, kernel * filters, channels_in);
        multiply(&mut input, channels_in, around, turned, Existing::Replace);
        input
    }
}

impl StageWeights {
    /// Propagates the gradient of the pooled positions, as returned by
    /// [`through_normalisation`](Self::through_normalisation), to the output of the convolution: `[convolved rows,
    /// filters]` with a halo of zeros on either side. Adds the gradients of motifs and bias to `gradient`.
    pub fn backward_to_motifs(
        &self,
        strip: Strip,
        activations: &StageActivations,
        pooled: &[f32],
        gradient: &mut Self,
    ) -> Vec<f32> {
        let Self { channels_in, filters, kernel, pool, .. } = *self;
        // Zeros surround it, as they surround the input, so that the reversed motifs can run over it.
        let mut convolved = vec![0.0; (strip.convolved_rows() + 2 * strip.halo) * filters];
        let own_rows = strip.halo * filters..(strip.halo + strip.convolved_rows()) * filters;
        let windows = pooled.chunks_exact(strip.positions / pool * filters).enumerate();
        for (window, pooled) in windows {
            let row = strip.convolved_row(window);
            let convolved = &mut convolved[own_rows.start + row * filters..];
            let rectified = &activations.rectified[row * filters..];
            spread(convolved, pooled, rectified, &mut gradient.bias, pool, self.counters);
        }
        let rows = strip.convolved_rows();
        let width = kernel * channels_in;
        let input = Matrix::strided(&activations.input, rows, width, channels_in);
        let own = Matrix::new(&convolved[own_rows], rows, filters);
        multiply(&mut gradient.motifs, filters, input.transposed(), own, Existing::Add);
        convolved
    }
}

vectorised! {
    /// Propagates the gradient of the pooled values to the positions that passed the ReLU, and adds it to the gradient
    /// of the bias. The gradient of a mean goes to all of them, that of a maximum to the first position that attains
    /// it.
    fn spread<'a>(
        convolved: &'a mut [f32],
        pooled: &'a [f32],
        rectified: &'a [f32],
        bias: &'a mut [f32],
        pool: usize,
        counters: usize,
    ) {
        let filters = bias.len();
        let pool_scale = 1.0 / pool as f32;
        let mut highest = vec![0.0; filters - counters];
        let steps = rectified.chunks_exact(pool * filters).zip(convolved.chunks_exact_mut(pool * filters));
        for (pooled, (rectified, convolved)) in pooled.chunks_exact(filters).zip(steps) {
            // Above zero, so that no position attains a maximum of zero, which did not pass the ReLU.
            highest.fill(f32::MIN_POSITIVE);
            rectified.chunks_exact(filters).for_each(|row| keep_highest(&mut highest, &row[counters..]));
            for (rectified, convolved) in rectified.chunks_exact(filters).zip(convolved.chunks_exact_mut(filters)) {
                let (counted, detected) = convolved.split_at_mut(counters);
                let values = rectified.iter().zip(pooled);
                for (convolved, (rectified, pooled)) in counted.iter_mut().zip(values) {
                    *convolved = if *rectified > 0.0 { pooled * pool_scale } else { 0.0 };
                }
                let values = rectified[counters..].iter().zip(&pooled[counters..]);
                for ((convolved, highest), (rectified, pooled)) in detected.iter_mut().zip(&mut highest).zip(values) {
                    let is_reached = *rectified >= *highest;
                    *convolved = if is_reached { *pooled } else { 0.0 };
                    *highest = if is_reached { f32::INFINITY } else { *highest };
                }
                add_scaled(bias, convolved, 1.0);
            }
        }
    }
}

impl StageWeights {
    /// Propagates the gradient of the stage's output, in the rows of a convolution's output that `out_strip` assigns to
    /// each window, to the pooled positions before normalisation. Adds to `gradient`.
    ///
    /// # Source
    /// Ba et al. 2016, <https://arxiv.org/abs/1607.06450>.
    pub fn through_normalisation(
        &self,
        activations: &StageActivations,
        out: &[f32],
        out_strip: Strip,
        gradient: &mut Self,
    ) -> Vec<f32> {
        let (filters, positions) = (self.filters, out_strip.positions);
        let mut pooled = vec![0.0; out_strip.all_positions() * filters];
        for window in 0..out_strip.windows {
            let own = window * positions * filters..(window + 1) * positions * filters;
            pooled[own.clone()].copy_from_slice(&out[out_strip.convolved_row(window) * filters..][..own.len()]);
        }
        if let Some(keep_mask) = &activations.keep_mask {
            multiply_by(&mut pooled, keep_mask);
        }
        unnormalise(&mut pooled, self, &activations.normalised, &activations.inverse_sd, gradient);
        pooled
    }

    /// Adds the gradient of the first stage to the gradient of its tables.
    pub fn backward_to_tables(
        &self,
        strip: Strip,
        tables: &MotifTables,
        trimers: &Trimers,
        pooled: &[f32],
        gradient: &mut MotifTables,
    ) {
        let positions = strip.positions / self.pool;
        for (window, pooled) in pooled.chunks_exact(positions * self.filters).enumerate() {
            let trimers = trimers.starting_at(strip.convolved_row(window));
            widest(PooledMotifsGradient { tables, trimers, pool: self.pool, pooled, gradient });
        }
    }
}

vectorised! {
    fn unnormalise<'a>(
        values: &'a mut [f32],
        weights: &'a StageWeights,
        normalised: &'a [f32],
        inverse_sd: &'a [f32],
        gradient: &'a mut StageWeights,
    ) {
        let filters = weights.filters;
        let filter_scale = 1.0 / filters as f32;
        let rows = values.chunks_exact_mut(filters).zip(normalised.chunks_exact(filters));
        for ((values, normalised), inverse_sd) in rows.zip(inverse_sd) {
            let channels = values.iter_mut().zip(normalised).zip(&weights.scale);
            let into = gradient.scale.iter_mut().zip(gradient.offset.iter_mut());
            for (((value, normalised), scale), (scale_gradient, offset_gradient)) in channels.zip(into) {
                *scale_gradient += *value * normalised;
                *offset_gradient += *value;
                *value *= scale;
            }
            let (mean, along) = (sum(values) * filter_scale, dot(values, normalised) * filter_scale);
            for (value, normalised) in values.iter_mut().zip(normalised) {
                *value = inverse_sd * (*value - mean - normalised * along);
            }
        }
    }
}
