//! Background distribution of variant effects: its file in the model folder, and the rank of an effect in it.

use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;

use super::computation::BackgroundSettings;
use super::distance_bin::DistanceBin;
use super::distribution::{EffectDistribution, probabilities};
use crate::bundle::{EFFECT_BACKGROUND, ModelFiles, atomic_write};
use crate::error::ModelError;
use crate::predict::Predictor;

const FORMAT_VERSION: u32 = 1;

/// Effects of random SNVs in promoters of train genes, by distance to the TSS and cell type.
///
/// The distribution belongs to one model: it is stored in the model folder as effect_background.json, and refused for other
/// weights. SNVs are spread evenly over the distance bins; within a bin, promoters, positions and alternate bases are
/// uniform. Effects are means over shifts of the window and over the members of an ensemble.
///
/// # Examples
/// ```no_run
/// use std::path::Path;
/// use tatabox_model::{DeviceChoice, EffectBackground, LoadedModel, ModelFiles, Predictor};
///
/// let device = DeviceChoice::Cpu.select()?;
/// let folder = Path::new("models/human");
/// let predictor = Predictor::new(LoadedModel::load(folder, &device.device)?, &device);
/// if let Some(background) = EffectBackground::read(&ModelFiles::folder(folder), &predictor)? {
///     // An effect of -0.3 on the first cell type, 30 bp upstream of the TSS.
///     let rank = background.rank(-30, 0, -0.3);
///     println!("larger than {:.1}% of random SNVs", rank.percentile);
/// }
/// # Ok::<(), tatabox_model::ModelError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct EffectBackground {
    format_version: u32,
    weights_sha256: String,
    dataset: String,
    dataset_sha256: String,
    pub(super) seed: u64,
    pub(super) snvs: usize,
    pub(super) promoters: usize,
    pub(super) shifts_bp: Vec<i64>,
    cell_types: Vec<String>,
    pub(super) probabilities: Vec<f64>,
    /// `[bins, cell types]`, by ascending distance.
    pub(super) distributions: Vec<EffectDistribution>,
}

/// Rank of an effect among those of random SNVs at a similar distance to the TSS.
///
/// # Examples
/// ```
/// use tatabox_model::EffectRank;
///
/// let rank = EffectRank { percentile: 99.5, z: Some(-3.1) };
/// assert!(rank.percentile > 99.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EffectRank {
    /// Percentage of the SNVs with a smaller absolute effect, from 0 to 100; 100 is larger than all of them.
    pub percentile: f64,
    /// The effect divided by the standard deviation of the SNVs; `None` where it is 0.
    pub z: Option<f64>,
}

impl EffectBackground {
    /// Name of the file in a model folder.
    pub const FILE: &str = EFFECT_BACKGROUND;

    /// A background without promoters and distributions, which are added.
    pub(super) fn empty(predictor: &Predictor, settings: &BackgroundSettings, dataset: &str, sha256: &str) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            weights_sha256: predictor.record().weights_sha256.clone(),
            dataset: dataset.to_owned(),
            dataset_sha256: sha256.to_owned(),
            seed: settings.seed,
            snvs: settings.snvs,
            promoters: 0,
            shifts_bp: settings.shifts_bp.clone(),
            cell_types: predictor.cell_types().to_vec(),
            probabilities: probabilities(),
            distributions: Vec::new(),
        }
    }

    /// Name of the data set whose train genes it was computed on.
    pub fn dataset(&self) -> &str {
        &self.dataset
    }

    /// Seed of the SNVs.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Number of sampled SNVs; a distribution counts those that replaced a known base.
    pub fn snvs(&self) -> usize {
        self.snvs
    }

    /// Number of promoters with an SNV.
    pub fn promoters(&self) -> usize {
        self.promoters
    }

    /// Shifts of the window, in bases, over which effects are averaged.
    pub fn shifts_bp(&self) -> &[i64] {
        &self.shifts_bp
    }

    /// Distributions by ascending distance, and for each distance by cell type.
    pub fn distributions(&self) -> &[EffectDistribution] {
        &self.distributions
    }

    /// Probabilities of the quantiles of each distribution, ascending from 0 to 1.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// The background of some cell types, given by their indices, in the order of the indices.
    #[must_use]
    pub fn select(&self, cell_types: &[usize]) -> Self {
        let of_bin = |bin: &[EffectDistribution]| -> Vec<EffectDistribution> {
            cell_types.iter().map(|&index| bin[index].clone()).collect()
        };
        Self {
            cell_types: cell_types.iter().map(|&index| self.cell_types[index].clone()).collect(),
            distributions: self.distributions.chunks(self.cell_types.len()).flat_map(of_bin).collect(),
            ..self.clone()
        }
    }

    /// Rank of an effect, a difference of log2(TPM + 1), in a cell type given by its index, at a distance to the TSS in the
    /// direction of transcription. Distances beyond the bins belong to the first or the last one.
    pub fn rank(&self, distance_bp: i64, cell_type: usize, effect: f64) -> EffectRank {
        let mut bins = self.distributions.chunks(self.cell_types.len()).rev();
        let bin = bins.find(|bin| bin[0].start_bp <= distance_bp).unwrap_or(&self.distributions);
        let distribution = &bin[cell_type];
        EffectRank { percentile: distribution.percentile(&self.probabilities, effect), z: distribution.z(effect) }
    }

    /// Reads the background of a model for the outputs of its predictor; `None` if its folder has none.
    ///
    /// # Errors
    /// [`ModelError::Io`]; [`ModelError::InvalidFile`] if the file is damaged, or belongs to other weights, outputs or
    /// training data than those of the model.
    pub fn read(files: &ModelFiles, predictor: &Predictor) -> Result<Option<Self>, ModelError> {
        if !files.contains(Self::FILE) {
            return Ok(None);
        }
        let background: Self = files.read_json(Self::FILE)?;
        match background.problem(predictor) {
            None => {
                let place = |name: &String| background.cell_types.iter().position(|known| known == name);
                let selected: Vec<usize> = predictor.cell_types().iter().filter_map(place).collect();
                Ok(Some(background.select(&selected)))
            }
            Some(problem) => Err(ModelError::InvalidFile {
                path: files.path(Self::FILE),
                reason: format!("{problem}; remove the file, or record it again with the training data of the model"),
            }),
        }
    }

    /// Mismatch with the model; `None` if there is none.
    fn problem(&self, predictor: &Predictor) -> Option<String> {
        if self.format_version != FORMAT_VERSION {
            return Some(format!("format_version is {}; expected {FORMAT_VERSION}", self.format_version));
        }
        let outputs = predictor.cell_types();
        if outputs.iter().any(|name| !self.cell_types.contains(name)) {
            let [found, expected] = [&self.cell_types[..], outputs].map(|names| names.join(", "));
            return Some(format!("it has the outputs {found}; the model has {expected}"));
        }
        if self.weights_sha256 != predictor.record().weights_sha256 {
            return Some("it was computed with other weights than those of the model".to_owned());
        }
        if predictor.members().iter().any(|member| member.config.data.checksum != self.dataset_sha256) {
            return Some(format!("it was computed on {}, but the model was trained on another data set", self.dataset));
        }
        let is_ascending = self.probabilities.windows(2).all(|pair| pair[0] < pair[1]);
        if !is_ascending || self.probabilities.first() != Some(&0.0) || self.probabilities.last() != Some(&1.0) {
            return Some("the probabilities do not ascend from 0 to 1".to_owned());
        }
        self.problem_with_bins(predictor)
            .or_else(|| self.distributions.iter().find_map(|found| found.problem(&self.probabilities)))
    }

    /// Gap between the bins, or a missing cell type.
    fn problem_with_bins(&self, predictor: &Predictor) -> Option<String> {
        let (first, last) = DistanceBin::ends(predictor.extent());
        let mut next = first;
        for bin in self.distributions.chunks(self.cell_types.len()) {
            let is_bin = |found: &EffectDistribution| (found.start_bp, found.end_bp) == (next, bin[0].end_bp);
            if !bin.iter().map(|found| &found.cell_type).eq(&self.cell_types)
                || !bin.iter().all(is_bin)
                || bin[0].end_bp <= next
            {
                return Some(format!("the distributions from {next} bp on are not those of the cell types in order"));
            }
            next = bin[0].end_bp;
        }
        (next != last).then(|| format!("the distances end at {next} bp; expected {last} bp, as far as the model reads"))
    }

    /// Writes the file to a model folder, one distribution per line.
    ///
    /// # Errors
    /// [`ModelError::Io`]
    pub fn write(&self, folder: &Path) -> Result<(), ModelError> {
        let path = folder.join(Self::FILE);
        let text = self.to_json().map_err(|error| ModelError::Io {
            action: "write",
            path: path.clone(),
            source: error.into(),
        })?;
        atomic_write(&path, text.as_bytes())
    }

    fn to_json(&self) -> serde_json::Result<String> {
        let mut text = "{\n".to_owned();
        for (name, value) in [
            ("format_version", serde_json::to_string(&self.format_version)?),
            ("weights_sha256", serde_json::to_string(&self.weights_sha256)?),
            ("dataset", serde_json::to_string(&self.dataset)?),
            ("dataset_sha256", serde_json::to_string(&self.dataset_sha256)?),
            ("seed", serde_json::to_string(&self.seed)?),
            ("snvs", serde_json::to_string(&self.snvs)?),
            ("promoters", serde_json::to_string(&self.promoters)?),
            ("shifts_bp", serde_json::to_string(&self.shifts_bp)?),
            ("cell_types", serde_json::to_string(&self.cell_types)?),
            ("probabilities", serde_json::to_string(&self.probabilities)?),
        ] {
            // Writing into a String cannot fail.
            let _ = writeln!(text, "  \"{name}\": {value},");
        }
        let rows: Result<Vec<String>, _> = self.distributions.iter().map(serde_json::to_string).collect();
        let _ = writeln!(text, "  \"distributions\": [\n    {}\n  ]\n}}", rows?.join(",\n    "));
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::nn::{Architecture, Preset};
    use crate::predict::tests::untrained;

    /// Predictor of 60 bases, and a background of it in two bins, uniform on -1..1 and on -0.1..0.1.
    fn predictor_and_background() -> (Predictor, EffectBackground) {
        let predictor = untrained(Architecture::Hybrid, Preset::Small, 40, 20);
        let settings = BackgroundSettings { snvs: 200, ..BackgroundSettings::new(&[0]) };
        let mut background = EffectBackground::empty(&predictor, &settings, "example", "");
        background.probabilities = vec![0.0, 0.5, 1.0];
        background.promoters = 7;
        for (start_bp, end_bp, size) in [(-40, 0, 1.0), (0, 20, 0.1)] {
            background.distributions.extend(predictor.cell_types().iter().map(|cell_type| EffectDistribution {
                start_bp,
                end_bp,
                cell_type: cell_type.clone(),
                snvs: 100,
                mean: 0.0,
                sd: size / 2.0,
                quantiles: vec![-size, 0.0, size],
            }));
        }
        (predictor, background)
    }

    #[test]
    fn background_rank_is_that_of_the_bin_of_the_distance() {
        let (_, background) = predictor_and_background();
        let rank = |distance_bp| background.rank(distance_bp, 1, -0.05);
        for (distance_bp, percentile, z) in
            [(-90, 5.0, -0.1), (-40, 5.0, -0.1), (-1, 5.0, -0.1), (0, 50.0, -1.0), (99, 50.0, -1.0)]
        {
            let found = rank(distance_bp);
            assert!((found.percentile - percentile).abs() < 1e-9, "{distance_bp}: {found:?}");
            assert!((found.z.expect("spread") - z).abs() < 1e-9, "{distance_bp}: {found:?}");
        }
        let mut selected = background.select(&[1]);
        assert_eq!(selected.rank(-5, 0, 0.5), background.rank(-5, 1, 0.5));
        assert_eq!((selected.cell_types.len(), selected.distributions.len()), (1, 2));
        selected.distributions[1].sd = 0.0;
        assert_eq!(selected.rank(5, 0, 0.5), EffectRank { percentile: 100.0, z: None });
    }

    #[test]
    fn background_file_round_trips_and_is_absent_without_a_file() {
        let (predictor, background) = predictor_and_background();
        let folder = tempfile::tempdir().expect("folder");
        let read = || EffectBackground::read(&ModelFiles::folder(folder.path()), &predictor);
        assert_eq!(read().expect("no file"), None);
        background.write(folder.path()).expect("written");
        assert_eq!(read().expect("readable"), Some(background));
        let text = fs::read_to_string(folder.path().join(EffectBackground::FILE)).expect("text");
        assert_eq!(text.lines().filter(|line| line.contains("quantiles")).count(), 4, "one line per distribution");
    }

    #[test]
    fn background_of_another_model_or_a_damaged_one_is_refused() {
        let (predictor, background) = predictor_and_background();
        let folder = tempfile::tempdir().expect("folder");
        let refused = |change: &dyn Fn(&mut EffectBackground), part: &str| {
            let mut changed = background.clone();
            change(&mut changed);
            changed.write(folder.path()).expect("written");
            let error = EffectBackground::read(&ModelFiles::folder(folder.path()), &predictor).expect_err(part);
            let message = error.to_string();
            assert!(message.contains("effect_background.json: ") && message.contains(part), "{message}");
        };
        refused(
            &|changed| *changed = changed.select(&[0]),
            "it has the outputs output 1; the model has output 1, output 2",
        );
        refused(&|changed| changed.weights_sha256 = "0".to_owned(), "other weights");
        refused(&|changed| changed.dataset_sha256 = "0".to_owned(), "trained on another data set");
        refused(&|changed| changed.format_version = 2, "format_version is 2; expected 1");
        refused(&|changed| changed.probabilities[2] = 0.9, "do not ascend from 0 to 1");
        refused(&|changed| changed.distributions.truncate(2), "the distances end at 0 bp; expected 20 bp");
        refused(&|changed| changed.distributions.truncate(3), "the distributions from 0 bp on");
        refused(&|changed| changed.distributions[2].start_bp = 1, "the distributions from 0 bp on");
        refused(&|changed| changed.distributions[1].quantiles[0] = 0.5, "not in ascending order");

        let path = folder.path().join(EffectBackground::FILE);
        background.write(folder.path()).expect("written");
        let text = fs::read_to_string(&path).expect("text");
        fs::write(&path, &text[..text.len() / 2]).expect("written");
        let error = EffectBackground::read(&ModelFiles::folder(folder.path()), &predictor).expect_err("cut off");
        assert!(error.to_string().contains("edited or written by another"), "{error}");
    }
}
