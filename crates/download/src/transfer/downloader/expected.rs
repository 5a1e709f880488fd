//! What a file has to be, by its publisher.

use super::{Downloader, Observer, only_or_all};
use crate::{ChecksumList, ChecksumOrigin, DownloadError, Event, Source, integrity::content};

/// A list of checksums is not longer.
const MAX_LIST_BYTES: u64 = 4 << 20;

impl Downloader {
    /// What the file is to be compared with.
    pub(super) fn expected_checksum(
        &self,
        source: &Source,
        observer: &mut Observer<'_>,
    ) -> Result<ChecksumOrigin, DownloadError> {
        if let Some(checksum) = source.checksum.clone() {
            return Ok(ChecksumOrigin::Catalogue { checksum });
        }
        let mut failures = Vec::new();
        for url in &source.checksum_lists {
            let listed =
                self.persist(observer, &mut |_, _| self.client.get_text(url, MAX_LIST_BYTES)).and_then(|text| {
                    if content::is_web_page(text.as_bytes()) {
                        let title = content::title(text.as_bytes());
                        return Err(DownloadError::WebPage { url: url.clone(), title });
                    }
                    ChecksumList::parse(&text, url)?.find(&source.listed_as)
                });
            match listed {
                Ok(checksum) => return Ok(ChecksumOrigin::PublishersList { url: url.clone(), checksum }),
                Err(error) => {
                    if failures.len() + 1 < source.checksum_lists.len() {
                        observer(Event::NextUrl { error: &error });
                    }
                    failures.push(error);
                }
            }
        }
        if failures.is_empty() {
            return Ok(ChecksumOrigin::FirstSeen);
        }
        Err(only_or_all(&format!("the checksums of {}", source.name), failures))
    }
}
