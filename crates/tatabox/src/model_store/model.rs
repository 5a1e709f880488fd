//! A trained model on a device.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

use tatabox_dataset::{Extent, sha256_bytes};
use tatabox_model::{
    DeviceChoice, EffectBackground, FolderChecksums, LoadedModel, ModelFiles, Predictor, SelectedDevice,
};
use tatabox_sequence::counted;

use super::bundled;
use crate::error::{Context, Error, Result};
use crate::remedy::Remedy;

/// A trained network, or an ensemble of networks, ready to predict.
///
/// # Examples
///
/// ```
/// use tatabox::Model;
///
/// let model = Model::bundled()?;
/// assert_eq!(model.name(), "human");
/// assert_eq!(model.expression_outputs().len(), 8);
/// assert_eq!(model.extent().total_bp(), 300);
/// # Ok::<(), tatabox::Error>(())
/// ```
pub struct Model {
    predictor: Predictor,
    /// `None` for the bundled model.
    folder: Option<PathBuf>,
    name: String,
    device: SelectedDevice,
}

impl Model {
    /// Loads the model that is embedded in the program to the CPU: an ensemble of five networks trained on human promoters.
    ///
    /// # Errors
    /// This build has no CPU backend.
    pub fn bundled() -> Result<Self> {
        Self::bundled_on(DeviceChoice::Cpu.select()?)
    }

    /// Loads the bundled model to a device.
    ///
    /// # Errors
    /// The device runs out of memory.
    pub fn bundled_on(device: SelectedDevice) -> Result<Self> {
        let files = ModelFiles::embedded(bundled::NAME, bundled::FILES);
        let model = LoadedModel::load_files(&files, &device.device).context("cannot use the bundled model")?;
        let predictor = Predictor::new(model, &device);
        Ok(Self { predictor, folder: None, name: bundled::NAME.to_owned(), device })
    }

    /// Loads the model in a folder to the CPU; `human` and `models/human` are the bundled model where no such folder exists.
    ///
    /// # Errors
    /// The folder does not hold a trained model, or a file of it is damaged.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Self::open_on(folder, DeviceChoice::Cpu.select()?)
    }

    /// Loads the model in a folder to a device.
    ///
    /// # Errors
    /// As [`Model::open`].
    pub fn open_on(folder: impl AsRef<Path>, device: SelectedDevice) -> Result<Self> {
        let folder = folder.as_ref();
        if Self::is_bundled(folder) {
            return Self::bundled_on(device);
        }
        let model = LoadedModel::load(folder, &device.device)
            .with_context(|| format!("cannot use model {}", folder.display()))?;
        let predictor = Predictor::new(model, &device);
        Ok(Self { predictor, folder: Some(folder.to_owned()), name: model_name(folder), device })
    }

    /// Whether a path names the bundled model: `human` or `models/human`, where no such folder exists.
    pub fn is_bundled(path: &Path) -> bool {
        bundled::path_within(path).is_some_and(|within| within.as_os_str().is_empty())
    }

    /// Folder with the files of the model that `path` names: `path` itself, or a copy in the cache folder if `path` is `human`
    /// or `models/human`, the bundled model, or a member of it, and no such folder exists.
    ///
    /// # Errors
    /// The bundled model is named, and there is no cache folder or it cannot be written.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::path::Path;
    /// use tatabox::Model;
    ///
    /// let cache = tempfile::tempdir()?;
    /// let folder = Model::folder_of(Path::new("models/human"), Some(cache.path()))?;
    /// assert!(folder.join("ensemble.json").is_file());
    /// assert_eq!(Model::folder_of(Path::new("models/k562"), None)?, Path::new("models/k562"));
    /// # Ok::<(), tatabox::Error>(())
    /// ```
    pub fn folder_of(path: &Path, cache: Option<&Path>) -> Result<PathBuf> {
        let Some(within) = bundled::path_within(path) else { return Ok(path.to_owned()) };
        let no_cache = || Error::input_with(Remedy::SetCacheFolder, "the bundled model cannot be unpacked");
        Ok(bundled::unpack(cache.ok_or_else(no_cache)?)?.join(within))
    }

    /// Name of the model: that of its folder, or `human` for the bundled model.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Folder of the model; `None` for the bundled model.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// SHA-256 of the file with the checksums of the model, where it has one.
    pub fn checksum(&self) -> Option<String> {
        let bytes = match &self.folder {
            Some(folder) => fs::read(folder.join(FolderChecksums::FILE)).ok()?,
            None => bundled::FILES.iter().find(|(name, _)| *name == FolderChecksums::FILE)?.1.to_vec(),
        };
        Some(sha256_bytes(&bytes))
    }

    /// Effects of random SNVs in promoters of the train genes, with which the effects of variants are compared; `None` where
    /// the model has no such file.
    ///
    /// # Errors
    /// The file is damaged or belongs to another model.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox::Model;
    ///
    /// let model = Model::bundled()?;
    /// if let Some(background) = model.effect_background()? {
    ///     assert!(background.rank(-30, 0, 5.0).percentile > 99.0, "few SNVs change the prediction 32-fold");
    /// }
    /// # Ok::<(), tatabox::Error>(())
    /// ```
    pub fn effect_background(&self) -> Result<Option<EffectBackground>> {
        let files = match &self.folder {
            Some(folder) => ModelFiles::folder(folder),
            None => ModelFiles::embedded(bundled::NAME, bundled::FILES),
        };
        Ok(EffectBackground::read(&files, &self.predictor)?)
    }

    /// The device that computes.
    pub fn device(&self) -> &SelectedDevice {
        &self.device
    }

    /// Names of the outputs: cell types, and outputs of assays where the model has any.
    pub fn cell_types(&self) -> &[String] {
        self.predictor.cell_types()
    }

    /// Bases that the model reads around the TSS.
    pub fn extent(&self) -> Extent {
        self.predictor.extent()
    }

    /// Indices of the requested cell types, in the order of the model; all for an empty request.
    ///
    /// # Errors
    /// The model does not have a requested cell type.
    pub fn select_cell_types(&self, requested: &[String]) -> Result<Vec<usize>> {
        let known = self.cell_types();
        if let Some(unknown) = requested.iter().find(|name| !known.contains(name)) {
            let problem = format!("{unknown} is not among those of the model: {}", known.join(", "));
            return Err(Error::request("cell_types", problem));
        }
        let is_requested = |index: &usize| requested.is_empty() || requested.contains(&known[*index]);
        Ok((0..known.len()).filter(is_requested).collect())
    }

    /// Number of networks; 1 unless the model is an ensemble.
    pub fn members(&self) -> usize {
        self.predictor.members().len()
    }

    /// Whether the model was trained on simulated data only, so that its predictions mean nothing for real genes.
    pub fn is_simulated(&self) -> bool {
        self.predictor.members().iter().any(|member| member.config.data.simulated)
    }

    /// The network or networks.
    pub fn predictor(&self) -> &Predictor {
        &self.predictor
    }

    /// The network or networks, without the folder.
    pub fn into_predictor(self) -> Predictor {
        self.predictor
    }

    /// The same model with another view of its predictor.
    pub(super) fn map_predictor(self, change: impl FnOnce(Predictor) -> Result<Predictor>) -> Result<Self> {
        Ok(Self { predictor: change(self.predictor)?, ..self })
    }

    /// One line on the model: its name, members, extent, auxiliary inputs and cell types.
    pub fn summary(&self) -> String {
        let ensemble = self.predictor.ensemble();
        let ensemble = ensemble.map(|ensemble| format!(", an ensemble of {},", ensemble.members.len()));
        let auxiliary = self.predictor.auxiliary_inputs();
        let auxiliary = if auxiliary.is_empty() { String::new() } else { format!(" and {auxiliary}") };
        format!(
            "{}{} reads {} around the TSS{auxiliary}, {}",
            self.name,
            ensemble.unwrap_or_default(),
            self.extent(),
            counted(self.cell_types().len(), "cell type")
        )
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Model").field("name", &self.name).field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Name of a model: that of its folder.
///
/// ```
/// use std::path::Path;
///
/// assert_eq!(tatabox::model_name(Path::new("models/k562")), "k562");
/// ```
pub fn model_name(folder: &Path) -> String {
    // `.` and `..` have no name until they are resolved.
    let resolved = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    resolved.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folder that the bundled files come from.
    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bundled");

    #[test]
    fn model_bundled_predicts_as_its_folder() {
        let (bundled, folder) = (Model::bundled().expect("embedded"), Model::open(FOLDER).expect("a model folder"));
        let window: Vec<u8> = (0..300).map(|index| (index * 7 % 11 % 4) as u8).collect();
        let predict = |model: &Model| model.predictor().predict_one(&window).expect("a whole window").log2_tpm;
        assert_eq!(predict(&bundled), predict(&folder));
        assert_eq!(bundled.checksum(), folder.checksum());
        assert!(bundled.checksum().is_some() && bundled.folder().is_none());
    }

    #[test]
    fn model_unknown_cell_type_is_refused() {
        let model = Model::bundled().expect("embedded");
        assert_eq!(model.select_cell_types(&[]).expect("all").len(), 14);
        let known = model.cell_types()[1].clone();
        assert_eq!(model.select_cell_types(&[known]).expect("known"), [1]);
        let message = model.select_cell_types(&["MCF8".to_owned()]).expect_err("unknown").to_string();
        assert!(message.starts_with("cell_types: MCF8 is not among"), "{message}");
    }
}
