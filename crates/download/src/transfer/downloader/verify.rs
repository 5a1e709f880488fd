//! Verification of a complete download.

use super::{FetchRequest, Observer, needs_md5};
use crate::integrity::{Checksums, content};
use crate::{DownloadError, Event, HttpUrl};

/// Verifies size and checksum of a complete partial file; without a published checksum, its format and the checksum of the
/// first download.
pub(super) fn verify(
    url: &HttpUrl,
    request: &FetchRequest<'_>,
    observer: &mut Observer<'_>,
) -> Result<Checksums, DownloadError> {
    let (path, total_bytes) = (request.partial.path(), request.partial.bytes());
    if let Some(expected_bytes) = request.source.bytes.filter(|expected| *expected != total_bytes) {
        return Err(DownloadError::SizeMismatch { url: url.clone(), expected_bytes, found_bytes: total_bytes });
    }
    let checksums = Checksums::of_file(path, needs_md5(request.expected), &mut |bytes| {
        observer(Event::Check { bytes, total_bytes });
    })?;
    if let Some(expected) = request.expected.checksum() {
        let found = checksums.by(expected.algorithm()).unwrap_or(&checksums.sha256);
        if found != expected {
            let (url, expected, found) = (url.clone(), expected.clone(), found.clone());
            let origin = request.expected.describe();
            return Err(DownloadError::ChecksumMismatch { url, origin, expected, found });
        }
        return Ok(checksums);
    }
    content::check_gzip(path, &request.source.file, url)?;
    if let Some(first) = request.first.filter(|first| first.sha256 != checksums.sha256) {
        let (url, first, found) = (url.clone(), first.sha256.clone(), checksums.sha256.clone());
        return Err(DownloadError::ChangedSinceFirstDownload { url, first, found });
    }
    Ok(checksums)
}
