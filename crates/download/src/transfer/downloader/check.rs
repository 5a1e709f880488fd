//! Whether what came is what was meant.

use super::{FetchRequest, Observer, needs_md5};
use crate::integrity::{Checksums, content};
use crate::{DownloadError, Event, HttpUrl};

/// Holds the part that is said to be whole against size, checksum, its own format and the file first fetched.
pub(super) fn check(
    url: &HttpUrl,
    request: &FetchRequest<'_>,
    observer: &mut Observer<'_>,
) -> Result<Checksums, DownloadError> {
    let (path, total_bytes) = (request.part.path(), request.part.bytes());
    if let Some(expected_bytes) = request.source.bytes.filter(|expected| *expected != total_bytes) {
        return Err(DownloadError::SizeMismatch { url: url.clone(), expected_bytes, found_bytes: total_bytes });
    }
    let sums = Checksums::of_file(path, needs_md5(request.expected), &mut |bytes| {
        observer(Event::Check { bytes, total_bytes });
    })?;
    if let Some(expected) = request.expected.checksum() {
        let found = sums.by(expected.algorithm()).unwrap_or(&sums.sha256);
        if found != expected {
            let (url, expected, found) = (url.clone(), expected.clone(), found.clone());
            let origin = request.expected.describe();
            return Err(DownloadError::ChecksumMismatch { url, origin, expected, found });
        }
        return Ok(sums);
    }
    content::check_whole(path, &request.source.file, url)?;
    if let Some(first) = request.first.filter(|first| first.sha256 != sums.sha256) {
        let (url, first, found) = (url.clone(), first.sha256.clone(), sums.sha256.clone());
        return Err(DownloadError::ChangedSinceFirstDownload { url, first, found });
    }
    Ok(sums)
}
