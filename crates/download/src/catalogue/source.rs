//! One file that its publisher gives away.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::{Checksum, DownloadError, HttpUrl};

/// A file with its addresses, and what is known of it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Source {
    /// Its name in the catalogue.
    pub name: String,
    /// What it holds.
    pub about: String,
    /// The publisher's address.
    pub url: HttpUrl,
    /// Every address of the file, the publisher's among them, in the order in which they are tried.
    pub urls: Vec<HttpUrl>,
    /// Name on disk.
    pub file: String,
    /// Exact size; a file of another size is refused.
    pub bytes: Option<u64>,
    /// Size as far as known; only to plan with.
    pub about_bytes: Option<u64>,
    /// Its checksum.
    pub checksum: Option<Checksum>,
    /// Addresses of the publisher's list of checksums, in the order in which they are tried.
    pub checksum_lists: Vec<HttpUrl>,
    /// Its name in that list.
    pub listed_as: String,
    /// What one may do with it.
    pub licence: String,
    /// What to cite.
    pub citation: String,
    /// Page of the publisher.
    pub homepage: String,
    /// Whether the makers of the catalogue ever fetched it from this address.
    pub fetched: bool,
    /// What to know before using it.
    pub note: Option<String>,
}

impl Source {
    /// Size to plan with: the exact one, else the estimate.
    pub fn expected_bytes(&self) -> Option<u64> {
        self.bytes.or(self.about_bytes)
    }

    /// The file in `folder`.
    pub fn path_in(&self, folder: &Path) -> PathBuf {
        folder.join(&self.file)
    }

    /// Tries `mirror` before every other address, for the list of checksums too.
    pub fn prefer_mirror(&mut self, mirror: &HttpUrl) -> Result<(), DownloadError> {
        self.urls.insert(0, self.url.on_mirror(mirror)?);
        if let Some(published) = self.checksum_lists.last() {
            let mirrored = published.on_mirror(mirror)?;
            self.checksum_lists.insert(0, mirrored);
        }
        Ok(())
    }

    /// Takes the file from another address alone. Whatever lies there is another file: size, checksum and list of the
    /// catalogue no longer hold, and its name on disk is that at the end of the address.
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

    /// A source of nothing but an address.
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
    fn mirrors_stand_before_the_publisher() {
        let mut source = plain("https://h/pub/a.gz");
        source.checksum_lists = vec!["https://h/pub/sums".parse().unwrap()];
        source.prefer_mirror(&"http://m1".parse().unwrap()).unwrap();
        source.prefer_mirror(&"http://m2".parse().unwrap()).unwrap();
        let texts = |urls: &[HttpUrl]| urls.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(texts(&source.urls), ["http://m2/pub/a.gz", "http://m1/pub/a.gz", "https://h/pub/a.gz"]);
        assert_eq!(texts(&source.checksum_lists), ["http://m2/pub/sums", "http://m1/pub/sums", "https://h/pub/sums"]);
    }

    #[test]
    fn another_address_is_another_file() {
        let mut source = plain("https://h/v49.gz");
        source.bytes = Some(7);
        source.checksum_lists = vec!["https://h/sums".parse().unwrap()];
        source.replace_url("https://h/v50.gz".parse().unwrap(), None);
        assert_eq!(source.file, "v50.gz");
        assert!(source.bytes.is_none() && source.checksum_lists.is_empty());
    }
}
