//! Downloadable file of a catalogue.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{Checksum, DownloadError, HttpUrl};

/// Downloadable file: URLs, size, checksum, licence and citation.
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
/// let source = &catalogue.sources[0];
/// assert_eq!(source.url.as_str(), "https://example.org/genes.gtf.gz");
/// assert_eq!(source.path_in("data".as_ref()), std::path::Path::new("data/genes.gtf.gz"));
/// # Ok::<(), tatabox_download::DownloadError>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Source {
    /// Name in the catalogue.
    pub name: String,
    /// Content of the file.
    pub about: String,
    /// URL of the publisher.
    pub url: HttpUrl,
    /// URLs of the publisher and the mirrors, in the order in which they are tried.
    pub urls: Vec<HttpUrl>,
    /// File name on disk.
    pub file: String,
    /// Exact size in bytes; a file of another size is rejected.
    pub bytes: Option<u64>,
    /// Approximate size in bytes, for planning only.
    pub about_bytes: Option<u64>,
    /// Checksum, if the catalogue lists one.
    pub checksum: Option<Checksum>,
    /// URLs of the publisher's checksum list, in the order in which they are tried.
    pub checksum_lists: Vec<HttpUrl>,
    /// Name in that list.
    pub listed_as: String,
    /// Licence.
    pub licence: String,
    /// Citation.
    pub citation: String,
    /// Web page of the publisher.
    pub homepage: String,
    /// Whether the authors of the catalogue have downloaded the file from this URL.
    pub fetched: bool,
    /// Remark for users.
    pub note: Option<String>,
}

impl Source {
    /// Size for planning: the exact size, or the approximate one.
    pub fn expected_bytes(&self) -> Option<u64> {
        self.bytes.or(self.about_bytes)
    }

    /// Path of the file in `folder`.
    pub fn path_in(&self, folder: &Path) -> PathBuf {
        folder.join(&self.file)
    }

    /// Adds `mirror` before all other URLs of the file and of the checksum list.
    ///
    /// # Errors
    ///
    /// [`DownloadError::InvalidUrl`] if a path cannot be combined with the mirror.
    pub fn prefer_mirror(&mut self, mirror: &HttpUrl) -> Result<(), DownloadError> {
        self.urls.insert(0, self.url.on_mirror(mirror)?);
        if let Some(published) = self.checksum_lists.last() {
            let mirrored = published.on_mirror(mirror)?;
            self.checksum_lists.insert(0, mirrored);
        }
        Ok(())
    }

    /// Replaces all URLs by `url`.
    ///
    /// The new URL may refer to another file, so size, checksum and checksum list of the catalogue are removed, and the file
    /// name is the last segment of the new path.
    pub fn replace_url(&mut self, url: HttpUrl, checksum: Option<Checksum>) {
        if let Some(name) = url.file_name() {
            name.clone_into(&mut self.file);
        }
        self.urls = vec![url.clone()];
        self.url = url;
        self.checksum = checksum;
        self.checksum_lists.clear();
        self.bytes = None;
        self.fetched = false;
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Source with a URL only.
    pub(crate) fn plain(url: &str) -> Source {
        let url: HttpUrl = url.parse().unwrap();
        Source {
            name: "plain".to_owned(),
            about: String::new(),
            file: url.file_name().unwrap().to_owned(),
            urls: vec![url.clone()],
            listed_as: url.file_name().unwrap().to_owned(),
            url,
            bytes: None,
            about_bytes: None,
            checksum: None,
            checksum_lists: Vec::new(),
            licence: String::new(),
            citation: String::new(),
            homepage: String::new(),
            fetched: false,
            note: None,
        }
    }

    #[test]
    fn prefer_mirror_last_mirror_is_tried_first() {
        let mut source = plain("https://h/pub/a.gz");
        source.checksum_lists = vec!["https://h/pub/sums".parse().unwrap()];
        source.prefer_mirror(&"http://m1".parse().unwrap()).unwrap();
        source.prefer_mirror(&"http://m2".parse().unwrap()).unwrap();
        let texts = |urls: &[HttpUrl]| urls.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts(&source.urls), ["http://m2/pub/a.gz", "http://m1/pub/a.gz", "https://h/pub/a.gz"]);
        assert_eq!(texts(&source.checksum_lists), ["http://m2/pub/sums", "http://m1/pub/sums", "https://h/pub/sums"]);
    }

    #[test]
    fn replace_url_removes_size_and_checksums() {
        let mut source = plain("https://h/v49.gz");
        source.bytes = Some(7);
        source.checksum_lists = vec!["https://h/sums".parse().unwrap()];
        source.replace_url("https://h/v50.gz".parse().unwrap(), None);
        assert_eq!(source.file, "v50.gz");
        assert!(source.bytes.is_none() && source.checksum_lists.is_empty());
    }
}
