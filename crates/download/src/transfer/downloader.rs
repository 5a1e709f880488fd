//! Fetching one file, whatever the servers do.

mod check;
mod expected;
mod transfer;

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{fmt, fs, io, thread};

use super::client::Client;
use super::disk::{FreeSpace, check_room, free_space};
use super::event::Observer;
use super::partial::{PartialDownload, PartialState};
use crate::integrity::Checksums;
use crate::{
    Algorithm, ChecksumOrigin, DownloadError, DownloadRecord, Event, Fetched, FetchedFile, HttpUrl, Network, Outcome,
    PlannedFile, RetryPolicy, Source,
};

/// Times that a damaged file is fetched from one address.
const CORRUPT_ATTEMPTS: u32 = 2;

/// How files are fetched.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How servers are spoken to.
    pub network: Network,
    /// When to try again.
    pub retry: RetryPolicy,
    /// Computes the checksum of files that are there already, too.
    pub verify: bool,
    /// Takes a file without a published checksum though it is not the one first fetched.
    pub accept_changed: bool,
}

/// Fetches files.
pub struct Downloader {
    client: Client,
    settings: Settings,
    free_space: FreeSpace,
    sleep: Box<dyn Fn(Duration) + Send + Sync>,
}

impl Downloader {
    /// A downloader with the disk and the clock of this machine.
    pub fn new(settings: Settings) -> Result<Self, DownloadError> {
        let client = Client::new(settings.network.clone())?;
        Ok(Self { client, settings, free_space: free_space(), sleep: Box::new(thread::sleep) })
    }

    /// Asks `free` for the free bytes of a folder's disk, in place of the system.
    #[must_use]
    pub fn with_free_space(mut self, free: impl Fn(&Path) -> io::Result<u64> + Send + Sync + 'static) -> Self {
        self.free_space = Box::new(free);
        self
    }

    /// Pauses by `sleep`, in place of waiting.
    #[must_use]
    pub fn with_sleep(mut self, sleep: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.sleep = Box::new(sleep);
        self
    }

    /// Refuses to begin files that cannot all be written. Sizes that are not known count nothing.
    pub fn check_room(&self, folder: &Path, files: &[PlannedFile]) -> Result<(), DownloadError> {
        check_room(&self.free_space, folder, files.iter().filter_map(PlannedFile::remaining_bytes).sum())
    }

    /// Sees to it that a file is whole and right in `folder`, which the caller holds the [`crate::FolderLock`] of.
    ///
    /// # Errors
    ///
    /// Where no address gives the file as it should be. Nothing stands under its name then, and what came is kept in
    /// `NAME.partial` to go on with, unless it was damaged.
    pub fn fetch(&self, source: &Source, folder: &Path, observer: &mut Observer<'_>) -> Result<Fetched, DownloadError> {
        let mut record = DownloadRecord::load(folder)?;
        let known = record.files.get(&source.file);
        let path = source.path_in(folder);
        if path.exists() {
            return self.look_at_what_is_there(source, folder, record, observer);
        }
        let expected = self.expected_checksum(source, observer)?;
        let first = known.filter(|known| known.published_at == source.url && !self.settings.accept_changed);
        let part = PartialDownload::of(&path);
        let mut failures = Vec::new();
        for url in &source.urls {
            let request = FetchRequest { source, folder, part: &part, expected: &expected, first };
            match self.fetch_from(url, &request, observer) {
                Ok((state, sums)) => {
                    part.finish(&path)?;
                    let file = fetched_file(source, &sums, expected, Some(state));
                    record.files.insert(source.file.clone(), file.clone());
                    record.save(folder)?;
                    return Ok(Fetched { outcome: Outcome::Fetched, file });
                }
                Err(error) if error.is_local() => return Err(error),
                Err(error) => {
                    if failures.len() + 1 < source.urls.len() {
                        observer(Event::NextUrl { error: &error });
                    }
                    failures.push(error);
                }
            }
        }
        Err(only_or_all(&source.name, failures))
    }

    /// A file under its final name is never written to: it is right, or it is refused.
    fn look_at_what_is_there(
        &self,
        source: &Source,
        folder: &Path,
        mut record: DownloadRecord,
        observer: &mut Observer<'_>,
    ) -> Result<Fetched, DownloadError> {
        let path = source.path_in(folder);
        let failed = |error| DownloadError::Io { path: path.clone(), source: error };
        let found_bytes = fs::metadata(&path).map_err(failed)?.len();
        let known = record.files.get(&source.file).cloned();
        if let Some(expected_bytes) = known.as_ref().map(|known| known.bytes).or(source.bytes)
            && expected_bytes != found_bytes
        {
            return Err(DownloadError::ExistingSizeMismatch { path, expected_bytes, found_bytes });
        }
        if let Some(known) = known.as_ref().filter(|known| known.published_at != source.url) {
            let (recorded, requested) = (known.published_at.clone(), source.url.clone());
            return Err(DownloadError::ExistingFileFromOtherUrl { path, recorded, requested });
        }
        if let Some(file) = known.as_ref().filter(|_| !self.settings.verify) {
            return Ok(Fetched { outcome: Outcome::AlreadyPresent, file: file.clone() });
        }
        let origin = match &known {
            Some(known) => known.checked_against.clone(),
            None => self.expected_checksum(source, observer)?,
        };
        let sums = Checksums::of_file(&path, needs_md5(&origin), &mut |bytes| {
            observer(Event::Check { bytes, total_bytes: found_bytes });
        })?;
        let published = origin.checksum().map(|checksum| (checksum, origin.describe()));
        let at_first = known.as_ref().map(|known| (&known.sha256, "when it was fetched".to_owned()));
        for (expected, origin) in [published, at_first].into_iter().flatten() {
            if let Some(found) = sums.by(expected.algorithm()).filter(|found| *found != expected) {
                let (expected, found) = (expected.clone(), found.clone());
                return Err(DownloadError::ExistingFileMismatch { path, origin, expected, found });
            }
        }
        let file = known.unwrap_or_else(|| fetched_file(source, &sums, origin, None));
        record.files.insert(source.file.clone(), file.clone());
        record.save(folder)?;
        Ok(Fetched { outcome: Outcome::Verified, file })
    }

    /// Fetches the file from one address and checks it; damaged files are fetched once more from the beginning.
    fn fetch_from(
        &self,
        url: &HttpUrl,
        request: &FetchRequest<'_>,
        observer: &mut Observer<'_>,
    ) -> Result<(PartialState, Checksums), DownloadError> {
        let mut tries = 0;
        loop {
            let state = self.persist(observer, &mut |observer, longest| {
                let transferred = self.transfer(url, request, observer);
                *longest = request.part.bytes();
                transferred
            })?;
            match check::check(url, request, observer) {
                Ok(sums) => return Ok((state, sums)),
                Err(error) if error.is_corruption() => {
                    request.part.discard()?;
                    tries += 1;
                    if tries == CORRUPT_ATTEMPTS {
                        return Err(error);
                    }
                    observer(Event::Pause { error: &error, pause: Duration::ZERO });
                }
                Err(error) => {
                    request.part.discard()?;
                    return Err(error);
                }
            }
        }
    }

    /// Does `work` until it succeeds, fails for good, or has failed too often without progress. `work` tells how many bytes
    /// are there.
    fn persist<T>(
        &self,
        observer: &mut Observer<'_>,
        work: &mut dyn FnMut(&mut Observer<'_>, &mut u64) -> Result<T, DownloadError>,
    ) -> Result<T, DownloadError> {
        let policy = &self.settings.retry;
        let mut rng = policy.rng();
        let (mut failures, mut max_bytes) = (0, 0);
        loop {
            let mut bytes = 0;
            let error = match work(observer, &mut bytes) {
                Err(error) if error.is_transient() => error,
                done => return done,
            };
            // Against the most that ever was there: a server that starts over each time makes no progress.
            if bytes >= max_bytes + policy.progress_bytes {
                (failures, max_bytes) = (0, bytes);
            }
            failures += 1;
            if failures >= policy.attempts {
                return Err(error);
            }
            let mut pause = policy.pause(failures, &mut rng);
            if let DownloadError::Status { url, status, retry_after: Some(wait) } = &error {
                if *wait > policy.max_pause {
                    let (url, max_wait) = (url.clone(), policy.max_pause);
                    return Err(DownloadError::RetryAfterTooLong { url, status: *status, wait: *wait, max_wait });
                }
                pause = pause.max(*wait);
            }
            tracing::debug!(%error, pause_s = pause.as_secs_f64(), "trying again");
            observer(Event::Pause { error: &error, pause });
            (self.sleep)(pause);
        }
    }
}

impl fmt::Debug for Downloader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Downloader").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What is fetched and what is known of it.
struct FetchRequest<'a> {
    source: &'a Source,
    folder: &'a Path,
    part: &'a PartialDownload,
    expected: &'a ChecksumOrigin,
    first: Option<&'a FetchedFile>,
}

fn needs_md5(origin: &ChecksumOrigin) -> bool {
    origin.checksum().is_some_and(|checksum| checksum.algorithm() == Algorithm::Md5)
}

fn fetched_file(
    source: &Source,
    sums: &Checksums,
    checked_against: ChecksumOrigin,
    state: Option<PartialState>,
) -> FetchedFile {
    let (fetched_from, etag, last_modified) =
        state.map_or((None, None, None), |state| (Some(state.url), state.etag, state.last_modified));
    FetchedFile {
        source: source.name.clone(),
        published_at: source.url.clone(),
        fetched_from,
        bytes: sums.bytes,
        sha256: sums.sha256.clone(),
        checked_against,
        etag,
        last_modified,
        fetched_unix_s: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
    }
}

/// The failure of the only address, or all of them.
fn only_or_all(name: &str, mut failures: Vec<DownloadError>) -> DownloadError {
    match failures.len() {
        1 => failures.remove(0),
        _ => DownloadError::AllUrlsFailed { name: name.to_owned(), failures },
    }
}
