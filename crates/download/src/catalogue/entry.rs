//! Entries of a catalogue file, before validation.

use serde::Deserialize;

use super::Source;
use crate::file_name::is_file_name;
use crate::{Algorithm, Checksum, DownloadError, HttpUrl};

/// A source as it is written.
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
    pub(super) fn into_source(self, origin: &str) -> Result<Source, DownloadError> {
        let entry = format!("source {}", self.name);
        let refused = |field, problem: &str| refused(origin, &entry, field, problem);
        let address = |field, text: &str| text.parse::<HttpUrl>().map_err(|error| refused(field, &error.to_string()));
        if !is_plain_name(&self.name) {
            return Err(refused("name", "expected letters, digits, - and _"));
        }
        for (field, text) in [("licence", &self.licence), ("citation", &self.citation), ("about", &self.about)] {
            if text.trim().is_empty() {
                return Err(refused(field, "is empty"));
            }
        }
        let url = address("url", &self.url)?;
        let mut urls = vec![url.clone()];
        for mirror in &self.mirrors {
            urls.push(address("mirrors", mirror)?);
        }
        let last_of_url = || {
            let problem = "the address ends without a name; say how the file is to be called";
            url.file_name().map(str::to_owned).ok_or_else(|| refused("file", problem))
        };
        let file = self.file.map_or_else(last_of_url, Ok)?;
        if !is_file_name(&file) {
            return Err(refused("file", &format!("{file} is no plain file name")));
        }
        if self.bytes == Some(0) {
            return Err(refused("bytes", "is 0; leave it out if it is not known"));
        }
        let digits = |field, algorithm: Algorithm, hex: &str| {
            let problem = || format!("is {hex}; expected {} hexadecimal digits", algorithm.digits());
            Checksum::new(algorithm, hex).ok_or_else(|| refused(field, &problem()))
        };
        let md5 = self.md5.as_deref().map(|hex| digits("md5", Algorithm::Md5, hex)).transpose()?;
        let sha256 = self.sha256.as_deref().map(|hex| digits("sha256", Algorithm::Sha256, hex)).transpose()?;
        if md5.is_some() && sha256.is_some() {
            return Err(refused("md5", "stands beside sha256; one is enough"));
        }
        let checksum = sha256.or(md5);
        if checksum.is_some() && self.checksums.is_some() {
            return Err(refused("checksums", "stands beside a checksum; one is enough"));
        }
        let lists = self.checksums.as_deref().map(|list| address("checksums", list)).transpose()?;
        if self.listed_as.is_some() && lists.is_none() {
            return Err(refused("listed_as", "names an entry of a list, but checksums names no list"));
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

pub(super) fn refused(origin: &str, entry: &str, field: &'static str, problem: &str) -> DownloadError {
    let (origin, entry, problem) = (origin.to_owned(), entry.to_owned(), problem.to_owned());
    DownloadError::CatalogueField { origin, entry, field, problem }
}

pub(super) fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}
