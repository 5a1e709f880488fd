//! Transfer of one HTTP response to a partial file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};

use super::{Downloader, Event, FetchRequest, Observer};
use crate::integrity::content;
use crate::transfer::disk::check_disk_space;
use crate::transfer::partial::PartialState;
use crate::{DownloadError, HttpUrl};

/// Bytes per read and write.
const CHUNK_BYTES: usize = 1 << 16;
/// Interval between checks of the free disk space for a file of unknown size, in bytes.
const SPACE_CHECK_BYTES: u64 = 64 << 20;

impl Downloader {
    /// Requests the remaining bytes from `url` and appends them to the partial file, or starts a new one.
    ///
    /// # Errors
    ///
    /// Network errors keep the partial file; a file that changed on the server or has a wrong size discards it.
    pub(super) fn transfer(
        &self,
        url: &HttpUrl,
        request: &FetchRequest<'_>,
        observer: &mut Observer<'_>,
    ) -> Result<PartialState, DownloadError> {
        let partial = request.partial;
        let existing = partial.state().map(|state| (partial.bytes(), state));
        let usable = existing.as_ref().filter(|(bytes, state)| *bytes > 0 && can_resume(url, state, request));
        if let Some((bytes, state)) = usable
            && state.total_bytes == Some(*bytes)
        {
            return Ok(state.clone());
        }
        let from = usable.map_or(0, |(bytes, _)| *bytes);
        let validator = usable.filter(|(_, state)| state.url == *url).and_then(|(_, state)| state.validator());
        let mut response = match self.client.get(url, from, validator) {
            Err(error @ (DownloadError::WrongRange { .. } | DownloadError::ChangedDuringDownload { .. })) => {
                // The next attempt requests the complete file.
                if from > 0 {
                    observer(Event::Restart { bytes: from });
                }
                partial.discard()?;
                return Err(error);
            }
            response => response?,
        };
        let total_bytes = response.state.total_bytes;
        if let (Some(expected_bytes), Some(found_bytes)) = (request.source.bytes, total_bytes)
            && expected_bytes != found_bytes
        {
            return Err(DownloadError::SizeMismatch { url: url.clone(), expected_bytes, found_bytes });
        }
        if let Some((bytes, state)) = usable.filter(|_| response.is_partial)
            && state.contradicts(&response.state)
        {
            observer(Event::Restart { bytes: *bytes });
            partial.discard()?;
            return Err(DownloadError::ChangedDuringDownload { url: url.clone() });
        }
        let expected_bytes = total_bytes.or(request.source.expected_bytes());
        check_disk_space(
            &self.free_space,
            request.folder,
            expected_bytes.unwrap_or(0).saturating_sub(response.offset),
        )?;

        let state = response.state.clone();
        let offset = response.offset;
        let mut body = response.reader();
        let mut position = offset;
        let mut read_error = None;
        let mut writer = if offset == 0 {
            // Checked before the partial file is discarded: a login page must not destroy it.
            let mut start = vec![0; content::START_BYTES];
            let (read, ended) = read_start(&mut body, &mut start);
            let start = &start[..read];
            if read == 0
                && let Some(error) = ended
            {
                return Err(self.client.read_failure(&state, 0, error));
            }
            content::check_start(start, &request.source.file, url)?;
            if let Some((bytes, _)) = existing.as_ref().filter(|(bytes, _)| *bytes > 0) {
                observer(Event::Restart { bytes: *bytes });
            }
            partial.discard()?;
            partial.save_state(&state)?;
            let mut file = File::create(partial.path()).map_err(|error| write_error(request, error))?;
            file.write_all(start).map_err(|error| write_error(request, error))?;
            position = read as u64;
            read_error = ended;
            file
        } else {
            // A mirror that resumes the download becomes the URL of the partial file.
            partial.save_state(&state)?;
            OpenOptions::new().append(true).open(partial.path()).map_err(|error| write_error(request, error))?
        };
        if let Some(error) = read_error {
            return Err(self.client.read_failure(&state, position, error));
        }
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut next_space_check = SPACE_CHECK_BYTES;
        loop {
            observer(Event::Transfer { url, bytes: position, total_bytes });
            let read = match body.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.client.read_failure(&state, position, error)),
            };
            writer.write_all(&chunk[..read]).map_err(|error| write_error(request, error))?;
            position += read as u64;
            let limit = total_bytes.or(request.source.bytes);
            if let Some(expected_bytes) = limit.filter(|limit| position > *limit) {
                partial.discard()?;
                return Err(DownloadError::SizeMismatch { url: url.clone(), expected_bytes, found_bytes: position });
            }
            if limit.is_none() && position >= next_space_check {
                check_disk_space(&self.free_space, request.folder, SPACE_CHECK_BYTES)?;
                next_space_check = position + SPACE_CHECK_BYTES;
            }
        }
        writer.sync_all().map_err(|error| write_error(request, error))?;
        if let Some(expected_bytes) = total_bytes.filter(|total| position < *total) {
            return Err(DownloadError::ConnectionClosed { url: url.clone(), received_bytes: position, expected_bytes });
        }
        Ok(state)
    }
}

/// Whether `url` can resume the partial file.
///
/// A published checksum detects any mismatch afterwards. Without one, only the same URL can resume, with a validator.
fn can_resume(url: &HttpUrl, state: &PartialState, request: &FetchRequest<'_>) -> bool {
    request.expected.checksum().is_some() || state.url == *url && state.validator().is_some()
}

/// Reads until `start` is full, the body ends or an error occurs.
fn read_start(body: &mut impl Read, start: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut read = 0;
    while read < start.len() {
        match body.read(&mut start[read..]) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (read, Some(error)),
        }
    }
    (read, None)
}

/// Error of writing the partial file.
fn write_error(request: &FetchRequest<'_>, source: io::Error) -> DownloadError {
    DownloadError::Io { path: request.partial.path().to_owned(), source }
}
