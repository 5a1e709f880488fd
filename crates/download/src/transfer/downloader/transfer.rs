//! The bytes of one answer, on their way to the disk.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};

use super::{Downloader, Event, FetchRequest, Observer};
use crate::transfer::disk::check_room;
use crate::transfer::partial::PartialState;
use crate::{DownloadError, HttpUrl, integrity::content};

/// Bytes read and written at once.
const CHUNK_BYTES: usize = 1 << 16;
/// The room on the disk is looked at again after so many bytes, where the length of the file is not known.
const ROOM_CHECK_BYTES: u64 = 64 << 20;

impl Downloader {
    /// Makes one request for what is missing and writes what comes.
    pub(super) fn transfer(
        &self,
        url: &HttpUrl,
        request: &FetchRequest<'_>,
        observer: &mut Observer<'_>,
    ) -> Result<PartialState, DownloadError> {
        let part = request.part;
        let had = part.state().map(|state| (part.bytes(), state));
        let usable = had.as_ref().filter(|(bytes, state)| *bytes > 0 && can_resume(url, state, request));
        if let Some((bytes, state)) = usable
            && state.total_bytes == Some(*bytes)
        {
            return Ok(state.clone());
        }
        let from = usable.map_or(0, |(bytes, _)| *bytes);
        let validator = usable.filter(|(_, state)| state.url == *url).and_then(|(_, state)| state.validator());
        let mut response = match self.client.get(url, from, validator) {
            Err(error @ (DownloadError::WrongRange { .. } | DownloadError::ChangedDuringDownload { .. })) => {
                // The next attempt is for the whole file.
                if from > 0 {
                    observer(Event::Restart { bytes: from });
                }
                part.discard()?;
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
            part.discard()?;
            return Err(DownloadError::ChangedDuringDownload { url: url.clone() });
        }
        let expected_bytes = total_bytes.or(request.source.expected_bytes());
        check_room(&self.free_space, request.folder, expected_bytes.unwrap_or(0).saturating_sub(response.offset))?;

        let state = response.state.clone();
        let offset = response.offset;
        let mut body = response.reader();
        let mut have = offset;
        let mut ended_early = None;
        let mut writer = if offset == 0 {
            // Looked at before anything on disk is given up: a login page must not cost the part that is there.
            let mut start = vec![0; content::START_BYTES];
            let (read, ended) = read_start(&mut body, &mut start);
            let start = &start[..read];
            if read == 0
                && let Some(error) = ended
            {
                return Err(self.client.read_failure(&state, 0, error));
            }
            content::check_start(start, &request.source.file, url)?;
            if let Some((bytes, _)) = had.as_ref().filter(|(bytes, _)| *bytes > 0) {
                observer(Event::Restart { bytes: *bytes });
            }
            part.discard()?;
            part.keep(&state)?;
            let mut file = File::create(part.path()).map_err(|error| on_disk(request, error))?;
            file.write_all(start).map_err(|error| on_disk(request, error))?;
            have = read as u64;
            ended_early = ended;
            file
        } else {
            // The mirror that goes on with another's part is the one to ask next time.
            part.keep(&state)?;
            OpenOptions::new().append(true).open(part.path()).map_err(|error| on_disk(request, error))?
        };
        if let Some(error) = ended_early {
            return Err(self.client.read_failure(&state, have, error));
        }
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut next_look = ROOM_CHECK_BYTES;
        loop {
            observer(Event::Transfer { url, bytes: have, total_bytes });
            let read = match body.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.client.read_failure(&state, have, error)),
            };
            writer.write_all(&chunk[..read]).map_err(|error| on_disk(request, error))?;
            have += read as u64;
            let limit = total_bytes.or(request.source.bytes);
            if let Some(expected_bytes) = limit.filter(|limit| have > *limit) {
                part.discard()?;
                return Err(DownloadError::SizeMismatch { url: url.clone(), expected_bytes, found_bytes: have });
            }
            if limit.is_none() && have >= next_look {
                check_room(&self.free_space, request.folder, ROOM_CHECK_BYTES)?;
                next_look = have + ROOM_CHECK_BYTES;
            }
        }
        writer.sync_all().map_err(|error| on_disk(request, error))?;
        if let Some(expected_bytes) = total_bytes.filter(|total| have < *total) {
            return Err(DownloadError::ConnectionClosed { url: url.clone(), received_bytes: have, expected_bytes });
        }
        Ok(state)
    }
}

/// Whether a part can be gone on with from `url`. From where it came, a validator or the checksum of the whole tells
/// whether the file is still the same; from elsewhere the checksum alone.
fn can_resume(url: &HttpUrl, state: &PartialState, request: &FetchRequest<'_>) -> bool {
    request.expected.checksum().is_some() || state.url == *url && state.validator().is_some()
}

/// Reads until `start` is full or the body ends; an error ends it too.
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

fn on_disk(request: &FetchRequest<'_>, source: io::Error) -> DownloadError {
    DownloadError::Io { path: request.part.path().to_owned(), source }
}
