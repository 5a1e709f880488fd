//! Comparison of data sets whose inputs have other paths.

use std::collections::BTreeMap;
use std::fs;

use super::PreparedDataset;
use crate::io::checksum::{InputFile, sha256_bytes};
use crate::schema::MANIFEST_FILE;

impl PreparedDataset {
    /// Whether `checksum` is that of this data set, or that of one which differs only in the paths and file names of its
    /// inputs. Their contents, the settings, and the version that prepared it have to be the same. `inputs` are those of
    /// the other data set.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use tatabox_dataset::PreparedDataset;
    ///
    /// let dataset = PreparedDataset::open("data/human300".as_ref())?;
    /// assert!(dataset.is_same_as(dataset.checksum(), &dataset.manifest().inputs));
    /// # Ok::<(), tatabox_dataset::DatasetError>(())
    /// ```
    pub fn is_same_as(&self, checksum: &str, inputs: &[InputFile]) -> bool {
        if self.checksum == checksum {
            return true;
        }
        let Some(renamed) = renamed(&self.manifest.inputs, inputs) else { return false };
        let Ok(manifest) = fs::read_to_string(self.directory.join(MANIFEST_FILE)) else { return false };
        // A view has another checksum than its manifest.
        sha256_bytes(manifest.as_bytes()) == self.checksum
            && sha256_bytes(with_texts(&manifest, &renamed).as_bytes()) == checksum
    }
}

/// Paths and file names that differ between lists of the same files, as JSON; `None` for other files.
fn renamed(inputs: &[InputFile], others: &[InputFile]) -> Option<BTreeMap<String, String>> {
    let is_same = |(one, other): (&InputFile, &InputFile)| one.role == other.role && one.sha256 == other.sha256;
    if inputs.len() != others.len() || !inputs.iter().zip(others).all(is_same) {
        return None;
    }
    let json = |text: &str| serde_json::Value::from(text).to_string();
    let name = |path: &str| path.rsplit(['/', '\\']).next().map(str::to_owned).unwrap_or_default();
    let mut renamed = BTreeMap::new();
    for (input, other) in inputs.iter().zip(others).filter(|(input, other)| input.path != other.path) {
        renamed.insert(json(&name(&input.path)), json(&name(&other.path)));
    }
    // A path may be a file name.
    for (input, other) in inputs.iter().zip(others) {
        renamed.insert(json(&input.path), json(&other.path));
    }
    Some(renamed)
}

/// JSON text in which texts, with their quotes, are replaced.
fn with_texts(json: &str, replaced: &BTreeMap<String, String>) -> String {
    let mut changed = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let mut is_escaped = false;
        let is_end = |character: char| {
            let is_end = character == '"' && !is_escaped;
            is_escaped = character == '\\' && !is_escaped;
            is_end
        };
        let Some(length) = rest[start + 1..].find(is_end) else { break };
        let end = start + 1 + length + 1;
        let text = &rest[start..end];
        changed.push_str(&rest[..start]);
        changed.push_str(replaced.get(text).map_or(text, String::as_str));
        rest = &rest[end..];
    }
    changed + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(role: &str, path: &str, sha256: &str) -> InputFile {
        InputFile { role: role.to_owned(), path: path.to_owned(), sha256: sha256.to_owned(), bytes: 1 }
    }

    #[test]
    fn with_texts_replaces_whole_texts_only() {
        let inputs = [input("genome", "/data/g.fa", "1"), input("track", "C:\\x \"1\".bw", "2")];
        let others = [input("genome", "g.fa", "1"), input("track", "y.bw", "2")];
        let json =
            r#"{"genome": "/data/g.fa", "name": "/data/g.fa.gz", "file": "x \"1\".bw", "path": "C:\\x \"1\".bw"}"#;
        let expected = r#"{"genome": "g.fa", "name": "/data/g.fa.gz", "file": "y.bw", "path": "y.bw"}"#;
        assert_eq!(with_texts(json, &renamed(&inputs, &others).expect("the same files")), expected);
        assert_eq!(renamed(&inputs, &others[..1]), None);
        assert_eq!(renamed(&inputs, &[input("genome", "g.fa", "3"), others[1].clone()]), None);
        assert_eq!(with_texts(r#"{"open": "no end"#, &BTreeMap::new()), r#"{"open": "no end"#);
    }
}
