//! Predictor of a single model or an ensemble.

use std::collections::BTreeMap;
use std::ops::Range;

use tatabox_dataset::{Extent, PreparedDataset};
use tatabox_sequence::{Sequence, UNKNOWN};

use super::engine::{Batching, Crops, PredictionEngine};
use super::member_predictions::MemberPredictions;
use super::output_map::OutputMap;
use super::window_prediction::{MemberMean, WindowPrediction};
use crate::bundle::{AssayTraining, Ensemble, LoadedModel, RunRecord, TrainedModel, TrainingOverlap};
use crate::device::SelectedDevice;
use crate::error::ModelError;
use crate::input::{AuxiliaryInputs, ModelWindow, WindowView};

/// Preferred batch size per thread.
const WINDOWS_PER_THREAD: usize = 16;

/// Number of crop lengths per window. Coarse steps let windows with similar known ranges share a batch.
const CROP_STEPS: usize = 16;

/// Group size of cropped windows in batch-invariant prediction. Smaller groups are filled up, so a single window costs
/// as much as this many.
const CROPPED_GROUP_SIZE: usize = 4;

/// Model or ensemble that is ready to predict on a device.
///
/// # Examples
/// The predictor of an untrained network:
/// ```
/// use tatabox_dataset::{Extent, TargetTransform};
/// use tatabox_model::{
///     DeviceChoice, NetworkConfig, Predictor, Preset, RunRecord, TrainedModel, TrainingConfig, TrainingData,
/// };
/// use tatabox_sequence::{Sequence, WindowGeometry};
///
/// let data = TrainingData {
///     name: "example".to_owned(),
///     checksum: String::new(),
///     geometry: WindowGeometry::new(50, 10)?,
///     extent: Extent { upstream_bp: 50, downstream_bp: 10 },
///     simulated: true,
/// };
/// let network = NetworkConfig::preset(Preset::Small, 60, 1);
/// let config = TrainingConfig::new(network, vec!["K562".to_owned()], data);
/// let device = DeviceChoice::Cpu.select()?;
/// let network = config.network.init(config.seed, &device.device)?;
/// let transform = TargetTransform { cell_types: config.cell_types.clone(), mean: vec![2.0], sd: vec![1.5] };
/// let model = TrainedModel { config, transform, metrics: None, record: RunRecord::default(), network };
/// let predictor = Predictor::new(model, &device);
///
/// // 40 bases with the TSS at index 30, padded with N to 50 bases upstream and 10 bases downstream.
/// let promoter = Sequence::from_ascii(b"TATAAAAGGCGCGCTATAAAAGGCGCGCTATAAAAGGCGC")?;
/// let window = predictor.window(&promoter, 30);
/// assert_eq!(window.len(), 60);
/// let prediction = predictor.predict_one(&window)?;
/// assert_eq!(prediction.log2_tpm.len(), predictor.cell_types().len());
///
/// let error = predictor.predict_one(&window[..59].to_vec()).expect_err("one base too few");
/// assert_eq!(error.to_string(), "window 0 has 59 bases; the model reads 60");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Predictor {
    model: LoadedModel,
    /// One engine per member.
    engines: Vec<PredictionEngine>,
    /// Names of the outputs.
    outputs: Vec<String>,
    /// Places of the outputs in each member.
    output_maps: Vec<OutputMap>,
}

impl Predictor {
    /// Predictor of a loaded model on a device.
    pub fn new(model: impl Into<LoadedModel>, device: &SelectedDevice) -> Self {
        let model = model.into();
        let engines = model.members().iter().map(|member| PredictionEngine::new(member, device)).collect();
        let outputs = model.outputs();
        let output_maps = model.members().iter().map(|member| OutputMap::of(&outputs, member)).collect();
        Self { model, engines, outputs, output_maps }
    }

    /// The same predictor with these outputs, in this order. Members without any of them are excluded, so that they
    /// take no time.
    ///
    /// # Errors
    /// [`ModelError::Mismatch`] for an empty list and for an output that the model lacks.
    pub fn with_outputs(mut self, outputs: &[String]) -> Result<Self, ModelError> {
        let unknown = outputs.iter().find(|output| !self.outputs.contains(output));
        if outputs.is_empty() || unknown.is_some() {
            let (name, known) = (unknown.map_or("no output", String::as_str), self.outputs.join(", "));
            return Err(ModelError::Mismatch(format!("{name} was requested; the outputs of the model are {known}")));
        }
        let has_output = |member: &TrainedModel| outputs.iter().any(|name| member.config.cell_types.contains(name));
        let kept: Vec<bool> = self.members().iter().map(has_output).collect();
        self.model.retain(&kept);
        let mut index = 0;
        self.engines.retain(|_| {
            index += 1;
            kept[index - 1]
        });
        self.outputs = outputs.to_vec();
        self.output_maps = self.members().iter().map(|member| OutputMap::of(outputs, member)).collect();
        Ok(self)
    }

    /// Whether every network has exactly the outputs of the predictor.
    pub fn members_share_outputs(&self) -> bool {
        self.members().iter().all(|member| member.config.cell_types == self.outputs)
    }

    /// The same predictor with expression in cell types alone; all outputs where it has only outputs of assays.
    ///
    /// # Errors
    /// Errors of [`with_outputs`](Self::with_outputs).
    pub fn of_expression(self) -> Result<Self, ModelError> {
        let expression = self.expression_outputs();
        let is_restricted = !expression.is_empty() && expression.len() < self.outputs.len();
        if is_restricted { self.with_outputs(&expression) } else { Ok(self) }
    }

    /// Assay that an output belongs to, given by its index; `None` for expression in a cell type.
    pub fn assay_of_output(&self, output: usize) -> Option<&AssayTraining> {
        let (member, own) = self.first_with(output)?;
        member.config.outputs_by_assay().into_iter().find(|(_, group)| group.contains(&own))?.0
    }

    /// A predicted value of an output, given by its index, as a z-score over the train rows of the first network that has it.
    pub fn to_z(&self, output: usize, log2_value: f64) -> f64 {
        self.first_with(output).map_or(f64::NAN, |(member, own)| member.transform.to_z(own, log2_value))
    }

    /// First network that has an output, and the index of the output in it.
    fn first_with(&self, output: usize) -> Option<(&TrainedModel, usize)> {
        self.members().iter().zip(&self.output_maps).find_map(|(member, map)| Some((member, map.own(output)?)))
    }

    /// Names of the outputs that are expression in cell types.
    pub fn expression_outputs(&self) -> Vec<String> {
        let is_expression = |&index: &usize| self.assay_of_output(index).is_none();
        (0..self.outputs.len()).filter(is_expression).map(|index| self.outputs[index].clone()).collect()
    }

    /// Whether a network was trained on assays in addition to expression, or began from another model.
    pub fn trains_on_more_than_expression(&self) -> bool {
        self.members().iter().any(|member| !member.config.assays.is_empty() || member.config.transfer.is_some())
    }

    /// Outputs that the model designates for variant effects; empty for expression.
    pub fn effect_outputs(&self) -> &[String] {
        self.model.effect_outputs()
    }

    /// Places of the outputs in each member, in order.
    pub(crate) fn output_maps(&self) -> &[OutputMap] {
        &self.output_maps
    }

    /// The single network, or the first member of an ensemble.
    pub fn model(&self) -> &TrainedModel {
        self.model.first()
    }

    /// Members of the ensemble; one for a single network.
    pub fn members(&self) -> &[TrainedModel] {
        self.model.members()
    }

    /// The ensemble; `None` for a single network.
    pub fn ensemble(&self) -> Option<&Ensemble> {
        self.model.ensemble()
    }

    /// Run record of the single network or of the ensemble.
    pub fn record(&self) -> &RunRecord {
        self.model.record()
    }

    /// Whether every member was trained on the data set; its inputs may have had other paths.
    pub fn was_trained_on(&self, dataset: &PreparedDataset) -> bool {
        self.members().iter().all(|member| member.was_trained_on(dataset))
    }

    /// Whether the splits of the data set are those in the training of every member, on these or on other measurements of its
    /// genes.
    pub fn has_split_of(&self, dataset: &PreparedDataset) -> bool {
        self.members().iter().all(|member| member.was_trained_on(dataset) || member.record.has_split_of(dataset))
    }

    /// Held-out genes of the data set that a member was trained on; `None` if a record does not list the chromosomes of its
    /// splits, or those of the data set are unknown.
    pub fn training_overlap(&self, dataset: &PreparedDataset) -> Option<TrainingOverlap> {
        let others = self.members().iter().filter(|member| !member.was_trained_on(dataset));
        TrainingOverlap::of_runs(others.map(|member| &member.record), dataset)
    }

    /// Names of the outputs: cell types and outputs of assays.
    pub fn cell_types(&self) -> &[String] {
        &self.outputs
    }

    /// Bases around the TSS that the model reads.
    pub fn extent(&self) -> Extent {
        self.model().config.data.extent
    }

    /// Auxiliary inputs of the model. All members of an ensemble have the same inputs, but each has its own scaling;
    /// this is the scaling of the first.
    pub fn auxiliary_inputs(&self) -> &AuxiliaryInputs {
        self.model().config.auxiliary_inputs()
    }

    /// Checks that a window has the auxiliary inputs of the model. `whose` names the window in the message.
    ///
    /// # Errors
    /// [`ModelError::MissingAuxiliaryInputs`]
    pub fn check_window<W: ModelWindow + ?Sized>(&self, window: &W, whose: &str) -> Result<(), ModelError> {
        let (features, tracks) = self.auxiliary_inputs().counts();
        let view = WindowView::of(window);
        let found = (view.gene_features.map_or(0, <[f32]>::len), view.track_count().unwrap_or(0));
        let is_lacking = |required: usize, found: usize| required > 0 && required != found;
        if !is_lacking(features, found.0) && !is_lacking(tracks, found.1) {
            return Ok(());
        }
        Err(ModelError::MissingAuxiliaryInputs {
            inputs: self.auxiliary_inputs().to_string(),
            found: format!("{whose} has {} gene features and {} tracks", found.0, found.1),
            hint: "use a gene of a data set that was prepared with them",
        })
    }

    /// Returns an error if the model reads signal tracks, for tasks that are undefined with them.
    pub(crate) fn refuse_tracks(&self, task: &'static str, reason: &'static str) -> Result<(), ModelError> {
        let tracks = self.auxiliary_inputs().track_names().join(", ");
        if tracks.is_empty() { Ok(()) } else { Err(ModelError::NotWithTracks { task, tracks, reason }) }
    }

    /// Bases per attention weight.
    pub fn bin_bp(&self) -> usize {
        self.model().config.network.total_pool()
    }

    /// Window of a promoter: the bases within the extent of the model, padded with N where the sequence is shorter.
    /// `tss_offset` is the 0-based index of the TSS base.
    pub fn window(&self, promoter: &Sequence, tss_offset: usize) -> Vec<u8> {
        self.extent().cut(promoter.codes(), tss_offset)
    }

    /// Number of windows per call that keeps all threads busy.
    pub fn preferred_batch_size(&self) -> usize {
        WINDOWS_PER_THREAD * rayon::current_num_threads().max(2)
    }

    /// Predicts windows, in order.
    ///
    /// [`window`](Self::window) creates windows of bases, and [`gene_window`](Self::gene_window) windows with auxiliary
    /// inputs. Padding is cropped and takes no time.
    ///
    /// # Errors
    /// [`ModelError::WrongWindowLength`], [`ModelError::InvalidBase`] or [`ModelError::MissingAuxiliaryInputs`] with
    /// the index of the window.
    pub fn predict<W: ModelWindow>(&self, windows: &[W]) -> Result<Vec<WindowPrediction>, ModelError> {
        self.by_known_range(windows, |crops, start| self.predict_crops(crops, start, Batching::Fast))
    }

    /// Predicts windows as [`predict`](Self::predict) does, independently of the batch.
    ///
    /// On the CPU, the prediction of a window is bit-identical whatever other windows are predicted with it, and
    /// whatever the number of threads. A table predicted in parts therefore equals one predicted at once.
    ///
    /// # Errors
    /// Errors of [`predict`](Self::predict).
    pub fn predict_batch_invariant<W: ModelWindow>(&self, windows: &[W]) -> Result<Vec<WindowPrediction>, ModelError> {
        let full_length = self.extent().total_bp() as usize;
        self.by_known_range(windows, |crops, start| {
            // Cropped windows may all have different known ranges, so their groups are small.
            let at_most = if crops[0].bases.len() == full_length { usize::MAX } else { CROPPED_GROUP_SIZE };
            let mut predictions =
                self.predict_crops(&self.filled_up(crops, at_most), start, Batching::BatchInvariant { at_most });
            predictions.truncate(crops.len());
            predictions
        })
    }

    /// Predicts windows with each member separately, in log2(TPM + 1). [`predict`](Self::predict) returns their mean.
    ///
    /// Predictions are batch invariant, as those of [`predict_batch_invariant`](Self::predict_batch_invariant), so that
    /// differences between windows contain no rounding differences of the batch.
    ///
    /// # Errors
    /// Errors of [`predict`](Self::predict).
    pub fn predict_members<W: ModelWindow>(&self, windows: &[W]) -> Result<Vec<MemberPredictions>, ModelError> {
        self.by_known_range(windows, |crops, start| {
            let mut by_window = vec![Vec::with_capacity(self.engines.len()); crops.len()];
            let at_most = usize::MAX;
            let filled = self.filled_up(crops, at_most);
            self.each_member(&filled, start, Batching::BatchInvariant { at_most }, |predictions| {
                let log2_tpm = predictions.into_iter().map(|prediction| prediction.log2_tpm);
                by_window.iter_mut().zip(log2_tpm).for_each(|(members, log2_tpm)| members.push(log2_tpm));
            });
            by_window.into_iter().map(MemberPredictions::new).collect()
        })
    }

    /// The windows, with the last one repeated up to the minimum number for batch-invariant prediction.
    fn filled_up<'a>(&self, crops: &[WindowView<'a>], at_most: usize) -> Vec<WindowView<'a>> {
        let minimum = |engine: &PredictionEngine| engine.batch_invariant_windows(crops[0].bases.len(), at_most);
        let minimum = self.engines.iter().map(minimum).max().unwrap_or(0);
        crops.iter().chain(crops.last().into_iter().cycle()).take(crops.len().max(minimum)).copied().collect()
    }

    /// Predicts windows grouped by known range, and returns the results in the order of `windows`.
    fn by_known_range<W: ModelWindow, T: Clone>(
        &self,
        windows: &[W],
        mut predict: impl FnMut(&[WindowView], usize) -> Vec<T>,
    ) -> Result<Vec<T>, ModelError> {
        self.check_windows(windows)?;
        let mut by_range: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for (index, window) in windows.iter().enumerate() {
            let range = self.known_range(window.bases());
            by_range.entry((range.start, range.end)).or_default().push(index);
        }
        let mut predictions = vec![None; windows.len()];
        for ((start, end), indices) in by_range {
            let crop = |&index: &usize| WindowView::of(&windows[index]).crop(start..end);
            let crops: Vec<WindowView> = indices.iter().map(crop).collect();
            for (index, prediction) in indices.into_iter().zip(predict(&crops, start)) {
                predictions[index] = Some(prediction);
            }
        }
        Ok(predictions.into_iter().flatten().collect())
    }

    /// Checks the length, nucleotide codes and auxiliary inputs of windows.
    pub(crate) fn check_windows<W: ModelWindow>(&self, windows: &[W]) -> Result<(), ModelError> {
        let expected = self.extent().total_bp() as usize;
        for (index, window) in windows.iter().enumerate() {
            WindowView::of(window).check_bases(index, expected)?;
            self.check_window(window, &format!("window {index}"))?;
        }
        Ok(())
    }

    /// Checks the index of a cell type.
    pub(crate) fn check_output(&self, index: usize) -> Result<(), ModelError> {
        let outputs = self.cell_types().len();
        if index < outputs { Ok(()) } else { Err(ModelError::UnknownOutput { index, outputs }) }
    }

    /// Predicts one window.
    ///
    /// # Errors
    /// Errors of [`predict`](Self::predict).
    pub fn predict_one<W: ModelWindow + ?Sized>(&self, window: &W) -> Result<WindowPrediction, ModelError> {
        Ok(self.predict(&[window])?.swap_remove(0))
    }

    /// Engines of the members, in order.
    pub(crate) fn engines(&self) -> &[PredictionEngine] {
        &self.engines
    }

    /// Range from the first to the last known base, rounded outwards to crop steps.
    pub(crate) fn known_range(&self, window: &[u8]) -> Range<usize> {
        let step = (window.len() / CROP_STEPS).max(1).next_multiple_of(self.bin_bp());
        let first = window.iter().position(|&base| base != UNKNOWN).unwrap_or(0);
        let last = window.iter().rposition(|&base| base != UNKNOWN).unwrap_or(0);
        // Pooled positions are aligned to the end of the window, so crops are counted from there.
        let from_end = |index: usize| window.len() - index;
        let start = window.len().saturating_sub(from_end(first).next_multiple_of(step));
        let end = window.len() - from_end(last + 1) / step * step;
        start..end
    }

    fn predict_crops(&self, crops: &[WindowView], start: usize, batching: Batching) -> Vec<WindowPrediction> {
        let mut means: Vec<MemberMean> = Vec::new();
        self.each_member(crops, start, batching, |predictions| {
            if means.is_empty() {
                means = predictions.into_iter().map(MemberMean::of).collect();
            } else {
                means.iter_mut().zip(&predictions).for_each(|(mean, prediction)| mean.add(prediction));
            }
        });
        means.into_iter().map(MemberMean::finish).collect()
    }

    /// Passes the predictions of one member after another to `take`, so that memory does not grow with their number.
    fn each_member(
        &self,
        crops: &[WindowView],
        start: usize,
        batching: Batching,
        mut take: impl FnMut(Vec<WindowPrediction>),
    ) {
        let mut crops = Crops::new(crops, i64::from(self.extent().upstream_bp) - start as i64);
        for ((member, engine), map) in self.members().iter().zip(&self.engines).zip(&self.output_maps) {
            let mut predictions = engine.predict(member, &mut crops, batching);
            for prediction in &mut predictions {
                prediction.log2_tpm = map.spread(std::mem::take(&mut prediction.log2_tpm));
            }
            take(predictions);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::bundle::untrained_model;
    use crate::device::DeviceChoice;
    use crate::input::{PromoterWindow, with_random_inputs};
    use crate::nn::{Architecture, NetworkConfig, Preset};

    /// Model with random weights, two cell types and the identity as target transform.
    pub(crate) fn untrained(
        architecture: Architecture,
        preset: Preset,
        upstream: usize,
        downstream: usize,
    ) -> Predictor {
        untrained_with(architecture, preset, (upstream, downstream), (0, 0))
    }

    /// Untrained model with gene features and tracks as auxiliary inputs.
    pub(crate) fn untrained_with(
        architecture: Architecture,
        preset: Preset,
        (upstream, downstream): (usize, usize),
        (gene_features, tracks): (usize, usize),
    ) -> Predictor {
        let network =
            NetworkConfig::preset(preset, upstream + downstream, 2).with_auxiliary_inputs(gene_features, tracks);
        let network = network.with_architecture(architecture);
        let device = DeviceChoice::Cpu.select().expect("the CPU is always available");
        let extent = Extent { upstream_bp: upstream as u32, downstream_bp: downstream as u32 };
        Predictor::new(untrained_model(network, extent, &device.device).expect("valid"), &device)
    }

    #[test]
    fn predictor_missing_auxiliary_inputs_returns_error() {
        let predictor = untrained_with(Architecture::Hybrid, Preset::Small, (200, 100), (2, 1));
        let mut window = with_random_inputs(vec![0; 300], predictor.auxiliary_inputs(), 1, 0);
        assert!(predictor.check_window(&window, "a window").is_ok());
        let original = predictor.predict_one(&window).expect("predicts").log2_tpm;
        let of_features = PromoterWindow { gene_features: Some(Arc::from([1.0, -1.0])), ..window.clone() };
        assert_ne!(predictor.predict_one(&of_features).expect("predicts").log2_tpm, original);
        let mut raised: Vec<f32> = window.tracks.as_deref().expect("a track").to_vec();
        raised[100..110].fill(3.0);
        let of_tracks = PromoterWindow { tracks: Some(Arc::from(raised)), ..window.clone() };
        assert_ne!(predictor.predict_one(&of_tracks).expect("predicts").log2_tpm, original);

        window.gene_features = Some(Arc::from([1.0]));
        let message = predictor.check_window(&window, "gene G").expect_err("one of two").to_string();
        assert!(
            message.starts_with(
                "the model requires gene features feature 1, feature 2 and tracks track 1 as auxiliary inputs; gene G has 1 \
                 gene features and 1 tracks; "
            ),
            "{message}"
        );
        assert!(predictor.check_window(&vec![0; 300], "bases").is_err());
        let of_bases = untrained(Architecture::Hybrid, Preset::Small, 200, 100);
        assert!(of_bases.check_window(&window, "a window").is_ok(), "unused auxiliary inputs are an error");
        assert_eq!(
            of_bases.predict_one(&window).expect("predicts").log2_tpm,
            of_bases.predict_one(&window.bases).expect("predicts").log2_tpm
        );
    }

    #[test]
    fn predict_invalid_window_returns_error() {
        let predictor = untrained_with(Architecture::Cnn, Preset::Small, (200, 100), (2, 0));
        let error = predictor.predict_one(&vec![0; 300]).expect_err("no features");
        assert!(matches!(error, ModelError::MissingAuxiliaryInputs { .. }), "{error}");
        let predictor = untrained(Architecture::Hybrid, Preset::Small, 200, 100);
        let error = predictor.predict(&[vec![0; 300], vec![0; 299]]).expect_err("one base too few");
        assert_eq!(error.to_string(), "window 1 has 299 bases; the model reads 300");
        let mut window = vec![0; 300];
        window[7] = 5;
        let message = predictor.predict_members(&[window]).expect_err("no base").to_string();
        assert!(message.starts_with("window 0, base 7: 5 is no nucleotide code"), "{message}");
        assert!(predictor.predict::<Vec<u8>>(&[]).expect("nothing to predict").is_empty());
    }

    #[test]
    fn predict_signal_at_unknown_bases_is_ignored() {
        for architecture in [Architecture::Hybrid, Architecture::GruAttention] {
            let predictor = untrained_with(architecture, Preset::Small, (200, 100), (0, 2));
            let mut window = with_random_inputs(vec![1; 300], predictor.auxiliary_inputs(), 1, 0);
            window.bases[..70].fill(UNKNOWN);
            let mut tracks: Vec<f32> = window.tracks.as_deref().expect("two tracks").to_vec();
            let before = predictor.predict_one(&window).expect("predicts").log2_tpm;
            tracks[..70].fill(9.0);
            tracks[300..370].fill(-9.0);
            let other = PromoterWindow { tracks: Some(Arc::from(tracks.clone())), ..window.clone() };
            assert_eq!(predictor.predict_one(&other).expect("predicts").log2_tpm, before, "{architecture}");
            tracks[70] += 1.0;
            let other = PromoterWindow { tracks: Some(Arc::from(tracks)), ..window };
            assert_ne!(predictor.predict_one(&other).expect("predicts").log2_tpm, before, "{architecture}");
        }
    }

    #[test]
    fn predict_batch_invariant_result_does_not_depend_on_batch() {
        let predictor = untrained(Architecture::Hybrid, Preset::Small, 200, 100);
        // Windows of several known ranges, with groups larger and smaller than a batch.
        let window = |seed: usize| -> Vec<u8> {
            let bases = (0..300).map(|base| if base < 40 * (seed % 3) { UNKNOWN } else { (base * seed % 7 % 4) as u8 });
            bases.collect()
        };
        let windows: Vec<Vec<u8>> = (1..=50).map(window).collect();
        let together = predictor.predict_batch_invariant(&windows).expect("predicts");
        for (index, expected) in together.iter().enumerate() {
            let alone = predictor.predict_batch_invariant(&windows[index..=index]).expect("predicts");
            assert_eq!(alone.len(), 1);
            assert_eq!(alone[0].log2_tpm, expected.log2_tpm, "window {index}");
            assert_eq!(alone[0].attention, expected.attention, "window {index}");
        }
        let fast = predictor.predict(&windows).expect("predicts");
        let differences = together.iter().zip(&fast).map(|(one, other)| (one.log2_tpm[0] - other.log2_tpm[0]).abs());
        assert!(differences.fold(0.0, f64::max) < 1e-5);
    }
}
