//! Entries of a catalogue file, before validation.

use serde::Deserialize;

use super::Source;
use crate::file_name::is_file_name;
use crate::{Algorithm, Checksum, DownloadError, HttpUrl};

/// Source entry, before validation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceEntry {
    name: String,
    about: String,
    url: String,
    #[serde(default)]
    mirrors: Vec<String>,
    file: Option<String>,
    bytes: Option<u64>,
    about_bytes: Option<u64>,
    sha256: Option<String>,
    md5: Option<String>,
    checksums: Option<String>,
    listed_as: Option<String>,
    licence: String,
    citation: String,
    homepage: String,
    fetched: bool,
    note: Option<String>,
}

impl SourceEntry {
    /// Validated source.
    pub(super) fn into_source(self, origin: &str) -> Result<Source, DownloadError> {
        let entry = format!("source {}", self.name);
        let rejected = |field, problem: &str| rejected(origin, &entry, field, problem);
        let url_of = |field, text: &str| text.parse::<HttpUrl>().map_err(|error| rejected(field, &error.to_string()));
        if !is_plain_name(&self.name) {
            return Err(rejected("name", "expected letters, digits, - and _"));
        }
        for (field, text) in [("licence", &self.licence), ("citation", &self.citation), ("about", &self.about)] {
            if text.trim().is_empty() {
                return Err(rejected(field, "is empty"));
            }
        }
        let url = url_of("url", &self.url)?;
        let mut urls = vec![url.clone()];
        for mirror in &self.mirrors {
            urls.push(url_of("mirrors", mirror)?);
        }
        let last_of_url = || {
            let problem = "the URL ends without a file name; add the field file";
            url.file_name().map(str::to_owned).ok_or_else(|| rejected("file", problem))
        };
        let file = self.file.map_or_else(last_of_url, Ok)?;
        if !is_file_name(&file) {
            return Err(rejected("file", &format!("{file} is not a plain file name")));
        }
        if self.bytes == Some(0) {
            return Err(rejected("bytes", "is 0; omit the field if the size is not known"));
        }
        let digits = |field, algorithm: Algorithm, hex: &str| {
            let problem = || format!("is {hex}; expected {} hexadecimal digits", algorithm.digits());
            Checksum::new(algorithm, hex).ok_or_else(|| rejected(field, &problem()))
        };
        let md5 = self.md5.as_deref().map(|hex| digits("md5", Algorithm::Md5, hex)).transpose()?;
        let sha256 = self.sha256.as_deref().map(|hex| digits("sha256", Algorithm::Sha256, hex)).transpose()?;
        if md5.is_some() && sha256.is_some() {
            return Err(rejected("md5", "conflicts with sha256; keep one of them"));
        }
        let checksum = sha256.or(md5);
        if checksum.is_some() && self.checksums.is_some() {
            return Err(rejected("checksums", "conflicts with sha256 or md5; keep one of them"));
        }
        let lists = self.checksums.as_deref().map(|list| url_of("checksums", list)).transpose()?;
        if self.listed_as.is_some() && lists.is_none() {
            return Err(rejected("listed_as", "requires the field checksums"));
        }
        let listed_as = self.listed_as.or_else(|| url.file_name().map(str::to_owned)).unwrap_or_else(|| file.clone());
        Ok(Source {
            name: self.name,
            about: self.about,
            url,
            urls,
            file,
            bytes: self.bytes,
            about_bytes: self.about_bytes,
            checksum,
            checksum_lists: lists.into_iter().collect(),
            listed_as,
            licence: self.licence,
            citation: self.citation,
            homepage: self.homepage,
            fetched: self.fetched,
            note: self.note,
        })
    }
}

/// Error of a catalogue field.
pub(super) fn rejected(origin: &str, entry: &str, field: &'static str, problem: &str) -> DownloadError {
    let (origin, entry, problem) = (origin.to_owned(), entry.to_owned(), problem.to_owned());
    DownloadError::CatalogueField { origin, entry, field, problem }
}

/// Whether a name consists of letters, digits, - and _.
pub(super) fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}
