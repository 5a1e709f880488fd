//! The list of what can be fetched.

mod entry;
pub(crate) mod source;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::DownloadError;
use entry::{SourceEntry, is_plain_name, refused};
pub use source::Source;

/// Sets of sources, read from TOML.
#[derive(Clone, Debug, Serialize)]
pub struct Catalogue {
    /// The sets, in the order of the file.
    pub sets: Vec<SourceSet>,
    /// The sources, in the order of the file.
    pub sources: Vec<Source>,
}

/// Sources that go together.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SourceSet {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// Names of its sources.
    pub sources: Vec<String>,
    /// The command to go on with: `{NAME}` stands for the path of a file, `{DEST}` for the folder.
    pub next: Option<String>,
}

impl Catalogue {
    /// Reads a list of sources; `origin` names it in errors.
    ///
    /// # Errors
    ///
    /// What is no TOML of this shape, with line and column; fields that cannot be right, with the entry's name.
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

    /// The sources of a set, all or those named in `only`.
    ///
    /// # Errors
    ///
    /// No such set, or a name in `only` that it lacks.
    pub fn select(&self, set: &str, only: &[String]) -> Result<(&SourceSet, Vec<Source>), DownloadError> {
        let found = self.sets.iter().find(|found| found.name == set).ok_or_else(|| DownloadError::UnknownSet {
            name: set.to_owned(),
            known: self.sets.iter().map(|set| set.name.clone()).collect(),
        })?;
        if let Some(name) = only.iter().find(|name| !found.sources.contains(name)) {
            let (set, known) = (set.to_owned(), found.sources.clone());
            return Err(DownloadError::UnknownSource { set, name: name.clone(), known });
        }
        let wanted = |name: &&String| only.is_empty() || only.contains(name);
        let sources = found.sources.iter().filter(wanted).filter_map(|name| self.source(name).cloned()).collect();
        Ok((found, sources))
    }

    fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }

    fn check(&self, origin: &str) -> Result<(), DownloadError> {
        let mut names = BTreeSet::new();
        for source in &self.sources {
            if !names.insert(&source.name) {
                return Err(refused(origin, &format!("source {}", source.name), "name", "stands there twice"));
            }
        }
        let mut sets = BTreeSet::new();
        for set in &self.sets {
            let entry = format!("set {}", set.name);
            let refused = |field, problem: &str| Err(refused(origin, &entry, field, problem));
            if !is_plain_name(&set.name) {
                return refused("name", "expected letters, digits, - and _");
            }
            if !sets.insert(&set.name) {
                return refused("name", "stands there twice");
            }
            if set.sources.is_empty() {
                return refused("sources", "expected one name or more");
            }
            let mut files = BTreeSet::new();
            for name in &set.sources {
                let Some(source) = self.source(name) else {
                    return refused("sources", &format!("no source is called {name}"));
                };
                if !files.insert(&source.file) {
                    return refused("sources", &format!("two of them are written to {}", source.file));
                }
            }
            for placeholder in placeholders(set.next.as_deref().unwrap_or_default()) {
                if placeholder != "DEST" && !set.sources.iter().any(|name| name == placeholder) {
                    return refused("next", &format!("{{{placeholder}}} is neither DEST nor a source of the set"));
                }
            }
        }
        Ok(())
    }
}

/// What stands between braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

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

    fn refused(text: &str) -> String {
        parse(text).expect_err("refused").to_string()
    }

    #[test]
    fn the_list_of_this_repository_is_right() {
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
    fn what_cannot_be_right_is_named_with_entry_and_field() {
        let with = |line: &str| refused(&format!("{SOURCE}\n{line}"));
        assert_eq!(
            with("sha256 = \"12\""),
            "sources.toml: source genes: sha256: is 12; expected 64 hexadecimal digits"
        );
        assert!(with("bytes = 0").contains("source genes: bytes: is 0"));
        assert!(with("bytes = -1").contains("bytes = -1"), "{}", with("bytes = -1"));
        assert!(with("file = \"../x\"").contains("file: ../x is no plain file name"));
        assert!(with("mirrors = [\"ftp://h/x\"]").contains("mirrors: ftp://h/x is no address"));
        assert!(with("listed_as = \"x\"").contains("listed_as"));
        assert!(with("size = 3").contains("unknown field `size`"));
        assert!(refused("[[source]]\nname = \"x\"").contains("missing field `about`"));
        assert!(refused(&SOURCE.repeat(2)).contains("source genes: name: stands there twice"));
        assert!(refused(&SOURCE.replace("genes.gtf.gz", "")).contains("file: the address ends without a name"));
        assert!(refused(&SOURCE.replace("\"free\"", "\" \"")).contains("licence: is empty"));
    }

    #[test]
    fn sets_name_sources_that_are_there() {
        let set = |line: &str| format!("{SOURCE}\n[[set]]\nname = \"s\"\nabout = \"a\"\n{line}");
        assert!(refused(&set("sources = []")).contains("set s: sources: expected one name"));
        assert!(refused(&set("sources = [\"x\"]")).contains("no source is called x"));
        assert!(refused(&set("sources = [\"genes\", \"genes\"]")).contains("two of them are written to genes.gtf.gz"));
        assert!(refused(&set("sources = [\"genes\"]\nnext = \"run {x}\"")).contains("{x} is neither DEST nor"));
        let catalogue = parse(&set("sources = [\"genes\"]\nnext = \"run {genes} {DEST}\"")).unwrap();
        assert!(catalogue.select("t", &[]).unwrap_err().to_string().contains("no set is called t; there are s"));
        let unknown = catalogue.select("s", &["x".to_owned()]).unwrap_err().to_string();
        assert_eq!(unknown, "the set s has no x; it has genes");
    }
}
