//! Expected checksum of a file.

use super::{Downloader, Observer, one_or_all};
use crate::integrity::content;
use crate::{ChecksumList, ChecksumOrigin, DownloadError, Event, Source};

/// Maximum size of a checksum list, in bytes.
const MAX_LIST_BYTES: u64 = 4 << 20;

impl Downloader {
    /// Expected checksum of a source: from the catalogue, else from the publisher's list, else unknown.
    ///
    /// # Errors
    ///
    /// If no URL provides a list that contains the file.
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
            let listed = self.retry(observer, &mut |_, _| self.client.get_text(url, MAX_LIST_BYTES)).and_then(|text| {
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
        Err(one_or_all(&format!("the checksum list of {}", source.name), failures))
    }
}
