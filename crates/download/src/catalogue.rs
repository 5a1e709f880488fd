//! Catalogue of downloadable files.

mod entry;
mod next_command;
pub(crate) mod source;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::DownloadError;
use entry::{SourceEntry, is_plain_name, rejected};
pub use source::Source;

/// Downloadable files and named sets of them, read from TOML.
///
/// # Examples
///
/// ```
/// use tatabox_download::Catalogue;
///
/// let text = r#"
///     [[set]]
///     name = "annotation"
///     about = "gene annotation"
///     sources = ["genes"]
///
///     [[source]]
///     name = "genes"
///     about = "gene annotation"
///     url = "https://example.org/genes.gtf.gz"
///     licence = "CC0"
///     citation = "none"
///     homepage = "https://example.org"
///     fetched = false
/// "#;
/// let catalogue = Catalogue::parse(text, "sources.toml")?;
/// let (set, sources) = catalogue.select("annotation", &[])?;
/// assert_eq!(set.about, "gene annotation");
/// assert_eq!(sources[0].file, "genes.gtf.gz");
/// # Ok::<(), tatabox_download::DownloadError>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Catalogue {
    /// Sets, in the order of the catalogue.
    pub sets: Vec<SourceSet>,
    /// Sources, in the order of the catalogue.
    pub sources: Vec<Source>,
}

/// Named set of sources.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SourceSet {
    /// Name of the set.
    pub name: String,
    /// Purpose of the set.
    pub about: String,
    /// Names of the sources.
    pub sources: Vec<String>,
    /// Command to run after the download: `{NAME}` is replaced by the path of a file, `{DEST}` by the folder.
    pub next: Option<String>,
}

impl Catalogue {
    /// Catalogue from TOML text; `origin` names the text in errors.
    ///
    /// # Errors
    ///
    /// [`DownloadError::CatalogueSyntax`] with line and column if the text is not TOML of this format,
    /// [`DownloadError::CatalogueField`] with entry and field if a value is invalid.
    pub fn parse(text: &str, origin: &str) -> Result<Self, DownloadError> {
        let file: CatalogueFile = toml::from_str(text).map_err(|error| DownloadError::CatalogueSyntax {
            origin: origin.to_owned(),
            message: error.to_string().trim_end().to_owned(),
        })?;
        let sources: Vec<Source> =
            file.source.into_iter().map(|entry| entry.into_source(origin)).collect::<Result<_, _>>()?;
        let catalogue = Self { sets: file.set, sources };
        catalogue.check(origin)?;
        Ok(catalogue)
    }

    /// Set with the given name and its sources: all of them, or those listed in `only`.
    ///
    /// # Errors
    ///
    /// [`DownloadError::UnknownSet`] if there is no such set, [`DownloadError::UnknownSource`] if the set has no source of a
    /// name in `only`.
    pub fn select(&self, set: &str, only: &[String]) -> Result<(&SourceSet, Vec<Source>), DownloadError> {
        let found = self.sets.iter().find(|found| found.name == set).ok_or_else(|| DownloadError::UnknownSet {
            name: set.to_owned(),
            known: self.sets.iter().map(|set| set.name.clone()).collect(),
        })?;
        if let Some(name) = only.iter().find(|name| !found.sources.contains(name)) {
            let (set, known) = (set.to_owned(), found.sources.clone());
            return Err(DownloadError::UnknownSource { set, name: name.clone(), known });
        }
        let requested = |name: &&String| only.is_empty() || only.contains(name);
        let sources = found.sources.iter().filter(requested).filter_map(|name| self.source(name).cloned()).collect();
        Ok((found, sources))
    }

    fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }

    /// Checks names, file names and placeholders.
    fn check(&self, origin: &str) -> Result<(), DownloadError> {
        let mut names = BTreeSet::new();
        for source in &self.sources {
            if !names.insert(&source.name) {
                return Err(rejected(origin, &format!("source {}", source.name), "name", "is not unique"));
            }
        }
        let mut sets = BTreeSet::new();
        for set in &self.sets {
            let entry = format!("set {}", set.name);
            let rejected = |field, problem: &str| Err(rejected(origin, &entry, field, problem));
            if !is_plain_name(&set.name) {
                return rejected("name", "expected letters, digits, - and _");
            }
            if !sets.insert(&set.name) {
                return rejected("name", "is not unique");
            }
            if set.sources.is_empty() {
                return rejected("sources", "expected at least one name");
            }
            let mut files = BTreeSet::new();
            for name in &set.sources {
                let Some(source) = self.source(name) else {
                    return rejected("sources", &format!("the source {name} does not exist"));
                };
                if !files.insert(&source.file) {
                    return rejected("sources", &format!("two sources have the file name {}", source.file));
                }
            }
            for placeholder in placeholders(set.next.as_deref().unwrap_or_default()) {
                if placeholder != "DEST" && !set.sources.iter().any(|name| name == placeholder) {
                    return rejected("next", &format!("{{{placeholder}}} is neither DEST nor a source of the set"));
                }
            }
        }
        Ok(())
    }
}

/// Names between braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

/// Contents of a catalogue file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    #[serde(default)]
    set: Vec<SourceSet>,
    #[serde(default)]
    source: Vec<SourceEntry>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
        [[source]]
        name = "genes"
        about = "genes"
        url = "https://h/genes.gtf.gz"
        licence = "free"
        citation = "nobody 2020"
        homepage = "https://h"
        fetched = false
    "#;

    fn parse(text: &str) -> Result<Catalogue, DownloadError> {
        Catalogue::parse(text, "sources.toml")
    }

    fn rejected(text: &str) -> String {
        parse(text).expect_err("rejected").to_string()
    }

    #[test]
    fn parse_catalogue_of_the_repository_is_valid() {
        let catalogue = parse(include_str!("../../../data/sources.toml")).unwrap();
        let (set, sources) = catalogue.select("hg38", &[]).unwrap();
        assert_eq!(sources.len(), 5);
        assert!(set.next.as_deref().unwrap().contains("tatabox prepare"));
        let roadmap = sources.iter().find(|source| source.name == "roadmap-rpkm").unwrap();
        assert_eq!(roadmap.bytes, Some(2_677_594));
        assert!(sources.iter().all(|source| !source.fetched));
        let fasta = catalogue.select("hg38-fasta", &["genome-fasta".to_owned()]).unwrap().1;
        assert_eq!(fasta[0].file, "hg38.fa.gz");
        assert_eq!(fasta[0].listed_as, "hg38.fa.gz");
    }

    #[test]
    fn parse_invalid_value_names_entry_and_field() {
        let with = |line: &str| rejected(&format!("{SOURCE}\n{line}"));
        assert_eq!(
            with("sha256 = \"12\""),
            "sources.toml: source genes: sha256: is 12; expected 64 hexadecimal digits"
        );
        assert!(with("bytes = 0").contains("source genes: bytes: is 0"));
        assert!(with("bytes = -1").contains("bytes = -1"), "{}", with("bytes = -1"));
        assert!(with("file = \"../x\"").contains("file: ../x is not a plain file name"));
        assert!(with("mirrors = [\"ftp://h/x\"]").contains("mirrors: ftp://h/x is not a URL"));
        assert!(with("listed_as = \"x\"").contains("listed_as"));
        assert!(with("size = 3").contains("unknown field `size`"));
        assert!(rejected("[[source]]\nname = \"x\"").contains("missing field `about`"));
        assert!(rejected(&SOURCE.repeat(2)).contains("source genes: name: is not unique"));
        assert!(rejected(&SOURCE.replace("genes.gtf.gz", "")).contains("file: the URL ends without a file name"));
        assert!(rejected(&SOURCE.replace("\"free\"", "\" \"")).contains("licence: is empty"));
    }

    #[test]
    fn parse_and_select_unknown_names_are_rejected() {
        let set = |line: &str| format!("{SOURCE}\n[[set]]\nname = \"s\"\nabout = \"a\"\n{line}");
        assert!(rejected(&set("sources = []")).contains("set s: sources: expected at least one name"));
        assert!(rejected(&set("sources = [\"x\"]")).contains("the source x does not exist"));
        assert!(
            rejected(&set("sources = [\"genes\", \"genes\"]")).contains("two sources have the file name genes.gtf.gz")
        );
        assert!(rejected(&set("sources = [\"genes\"]\nnext = \"run {x}\"")).contains("{x} is neither DEST nor"));
        let catalogue = parse(&set("sources = [\"genes\"]\nnext = \"run {genes} {DEST}\"")).unwrap();
        assert!(catalogue.select("t", &[]).unwrap_err().to_string().contains("unknown set t; use one of: s"));
        let unknown = catalogue.select("s", &["x".to_owned()]).unwrap_err().to_string();
        assert_eq!(unknown, "unknown source x in set s; use one of: genes");
    }
}
