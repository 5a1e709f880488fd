//! Members of an ensemble: their records and their folders.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::ModelFiles;
use super::trained_model::TrainedModel;
use crate::error::ModelError;

/// File that marks a folder as an ensemble.
pub(crate) const ENSEMBLE: &str = "ensemble.json";
/// Folder of the members: `members/1`, `members/2` and so on, each a model folder.
pub(crate) const MEMBERS: &str = "members";
/// Version of the folder layout.
const FORMAT_VERSION: u32 = 1;

/// Members of an ensemble in order, stored in ensemble.json.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnsembleRecord {
    /// Version of the folder layout.
    pub format_version: u32,
    /// One record per member folder, `members/1` first.
    pub members: Vec<MemberRecord>,
    /// Outputs whose variant effects are reported unless others are requested; empty for expression.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effect_outputs: Vec<String>,
}

/// Member of an ensemble.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRecord {
    /// Training seed.
    pub seed: u64,
    /// SHA-256 of the weights; empty until the member is trained.
    pub weights_sha256: String,
}

impl EnsembleRecord {
    /// Reads ensemble.json.
    pub(crate) fn read(files: &ModelFiles) -> Result<Self, ModelError> {
        let record: Self = files.read_json(ENSEMBLE)?;
        if record.format_version == FORMAT_VERSION {
            return Ok(record);
        }
        Err(ModelError::InvalidFile {
            path: files.path(ENSEMBLE),
            reason: format!(
                "format_version is {}; expected {FORMAT_VERSION}; use the tatabox version that wrote the file",
                record.format_version
            ),
        })
    }

    /// Record of members that will be trained from these seeds.
    pub(crate) fn planned(seeds: impl Iterator<Item = u64>) -> Self {
        let member = |seed| MemberRecord { seed, weights_sha256: String::new() };
        Self { format_version: FORMAT_VERSION, members: seeds.map(member).collect(), effect_outputs: Vec::new() }
    }

    /// Record of trained members.
    pub(crate) fn of(members: &[TrainedModel]) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            members: members.iter().map(MemberRecord::of).collect(),
            effect_outputs: Vec::new(),
        }
    }

    /// SHA-256 of the members' checksums, one per line.
    pub(crate) fn weights_sha256(&self) -> String {
        let lines: Vec<&str> = self.members.iter().flat_map(|member| [member.weights_sha256.as_str(), "\n"]).collect();
        tatabox_dataset::sha256_bytes(lines.concat().as_bytes())
    }
}

impl MemberRecord {
    /// Record of a trained member.
    pub(crate) fn of(model: &TrainedModel) -> Self {
        Self { seed: model.config.seed, weights_sha256: model.record.weights_sha256.clone() }
    }
}

/// Folder of the first member of the ensemble in folder `path`; `None` if the folder is not an ensemble.
pub fn first_member(path: &Path) -> Option<PathBuf> {
    is_ensemble(path).then(|| member_path(path, 1))
}

/// Whether folder `path` is an ensemble, finished or in training.
pub(crate) fn is_ensemble(path: &Path) -> bool {
    path.join(ENSEMBLE).is_file()
}

/// Files of a member, counted from 1.
pub(crate) fn member_files(files: &ModelFiles, number: usize) -> ModelFiles {
    files.below(MEMBERS).below(&number.to_string())
}

/// Folder of a member, counted from 1.
pub(crate) fn member_path(path: &Path, number: usize) -> PathBuf {
    path.join(MEMBERS).join(number.to_string())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn ensemble_checksum_of_members_matches_sha256sum() {
        let member = |weights_sha256: &str| MemberRecord { seed: 1, weights_sha256: weights_sha256.to_owned() };
        let record = EnsembleRecord {
            format_version: FORMAT_VERSION,
            members: vec![member("a"), member("b")],
            effect_outputs: Vec::new(),
        };
        // printf 'a\nb\n' | sha256sum
        let expected = "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2";
        assert_eq!(record.weights_sha256(), expected);
    }

    #[test]
    fn ensemble_record_newer_format_version_is_rejected() {
        let folder = tempfile::tempdir().expect("temporary folder");
        assert!(!is_ensemble(folder.path()));
        fs::write(folder.path().join(ENSEMBLE), "{\"format_version\": 2, \"members\": []}").expect("written");
        assert!(is_ensemble(folder.path()));
        let message = EnsembleRecord::read(&ModelFiles::folder(folder.path())).expect_err("too new").to_string();
        assert!(message.contains("format_version is 2; expected 1"), "{message}");
    }
}
