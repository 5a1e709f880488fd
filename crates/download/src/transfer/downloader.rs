//! Download of one file, with retries, mirrors and verification.

mod expected;
mod transfer;
mod verify;

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{fmt, fs, io, thread};

use super::client::Client;
use super::disk::{FreeSpace, check_disk_space, free_space};
use super::event::Observer;
use super::partial::{PartialDownload, PartialState};
use crate::integrity::Checksums;
use crate::{
    Algorithm, ChecksumOrigin, DownloadError, DownloadRecord, Event, Fetched, FetchedFile, HttpUrl, Network, Outcome,
    PlannedFile, RetryPolicy, Source,
};

/// Downloads per URL of a file that fails verification.
const CORRUPT_ATTEMPTS: u32 = 2;

/// Settings of a downloader.
///
/// # Examples
///
/// ```
/// use tatabox_download::{RetryPolicy, Settings};
///
/// let settings = Settings { retry: RetryPolicy { attempts: 3, ..RetryPolicy::default() }, ..Settings::default() };
/// assert!(!settings.verify);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Timeouts, redirects, proxy and certificates.
    pub network: Network,
    /// Number of attempts and pauses between them.
    pub retry: RetryPolicy,
    /// Whether the checksums of existing files are verified.
    pub verify: bool,
    /// Whether a file without a published checksum is accepted if it differs from the first download.
    pub accept_changed: bool,
}

/// Downloader of catalogue sources.
///
/// # Examples
///
/// An existing file with the expected checksum is verified and not downloaded again:
///
/// ```
/// use tatabox_download::{Catalogue, Downloader, Outcome, Settings};
///
/// let text = r#"
///     [[set]]
///     name = "test"
///     about = "test data"
///     sources = ["abc"]
///
///     [[source]]
///     name = "abc"
///     about = "three letters"
///     url = "https://example.org/abc.txt"
///     md5 = "900150983cd24fb0d6963f7d28e17f72"
///     licence = "CC0"
///     citation = "RFC 1321"
///     homepage = "https://example.org"
///     fetched = false
/// "#;
/// let folder = tempfile::tempdir()?;
/// std::fs::write(folder.path().join("abc.txt"), "abc")?;
/// let catalogue = Catalogue::parse(text, "test.toml")?;
/// let (_, sources) = catalogue.select("test", &[])?;
/// let downloader = Downloader::new(Settings::default())?;
/// let fetched = downloader.fetch(&sources[0], folder.path(), &mut |_| {})?;
/// assert_eq!(fetched.outcome, Outcome::Verified);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Downloader {
    client: Client,
    settings: Settings,
    free_space: FreeSpace,
    sleep: Box<dyn Fn(Duration) + Send + Sync>,
}

impl Downloader {
    /// Downloader that uses the disk and the clock of this machine.
    ///
    /// # Errors
    ///
    /// [`DownloadError::InvalidCertificates`] if the certificate file cannot be read.
    pub fn new(settings: Settings) -> Result<Self, DownloadError> {
        let client = Client::new(settings.network.clone())?;
        Ok(Self { client, settings, free_space: free_space(), sleep: Box::new(thread::sleep) })
    }

    /// Replaces the source of the free disk space, in bytes per folder; for tests.
    #[must_use]
    pub fn with_free_space(mut self, free: impl Fn(&Path) -> io::Result<u64> + Send + Sync + 'static) -> Self {
        self.free_space = Box::new(free);
        self
    }

    /// Replaces the function that waits between attempts; for tests.
    #[must_use]
    pub fn with_sleep(mut self, sleep: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.sleep = Box::new(sleep);
        self
    }

    /// Checks that the disk has space for the remaining bytes of all files; unknown sizes count as 0.
    ///
    /// # Errors
    ///
    /// [`DownloadError::DiskFull`] if the space is insufficient.
    pub fn check_disk_space(&self, folder: &Path, files: &[PlannedFile]) -> Result<(), DownloadError> {
        check_disk_space(&self.free_space, folder, files.iter().filter_map(PlannedFile::remaining_bytes).sum())
    }

    /// Downloads a source into `folder` and verifies it. The caller holds the [`crate::FolderLock`] of the folder.
    ///
    /// An existing file is verified and never overwritten.
    ///
    /// # Errors
    ///
    /// The error of the URL, or [`DownloadError::AllUrlsFailed`] with one error per URL. No file with the final name exists
    /// then; `NAME.partial` keeps the received bytes for the next attempt unless they are corrupt.
    pub fn fetch(&self, source: &Source, folder: &Path, observer: &mut Observer<'_>) -> Result<Fetched, DownloadError> {
        let mut record = DownloadRecord::load(folder)?;
        let known = record.files.get(&source.file);
        let path = source.path_in(folder);
        if path.exists() {
            return self.check_existing(source, folder, record, observer);
        }
        let expected = self.expected_checksum(source, observer)?;
        let first = known.filter(|known| known.published_at == source.url && !self.settings.accept_changed);
        let partial = PartialDownload::of(&path);
        let mut failures = Vec::new();
        for url in &source.urls {
            let request = FetchRequest { source, folder, partial: &partial, expected: &expected, first };
            match self.fetch_from_url(url, &request, observer) {
                Ok((state, checksums)) => {
                    partial.finish(&path)?;
                    let file = fetched_file(source, &checksums, expected, Some(state));
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
        Err(one_or_all(&source.name, failures))
    }

    /// Verifies an existing file, without changing it.
    fn check_existing(
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
        let checksums = Checksums::of_file(&path, needs_md5(&origin), &mut |bytes| {
            observer(Event::Check { bytes, total_bytes: found_bytes });
        })?;
        let published = origin.checksum().map(|checksum| (checksum, origin.describe()));
        let at_first = known.as_ref().map(|known| (&known.sha256, "recorded at the download".to_owned()));
        for (expected, origin) in [published, at_first].into_iter().flatten() {
            if let Some(found) = checksums.by(expected.algorithm()).filter(|found| *found != expected) {
                let (expected, found) = (expected.clone(), found.clone());
                return Err(DownloadError::ExistingFileMismatch { path, origin, expected, found });
            }
        }
        let file = known.unwrap_or_else(|| fetched_file(source, &checksums, origin, None));
        record.files.insert(source.file.clone(), file.clone());
        record.save(folder)?;
        Ok(Fetched { outcome: Outcome::Verified, file })
    }

    /// Downloads a file from one URL and verifies it; a corrupt file is downloaded a second time from its start.
    fn fetch_from_url(
        &self,
        url: &HttpUrl,
        request: &FetchRequest<'_>,
        observer: &mut Observer<'_>,
    ) -> Result<(PartialState, Checksums), DownloadError> {
        let mut tries = 0;
        loop {
            let state = self.retry(observer, &mut |observer, size| {
                let transferred = self.transfer(url, request, observer);
                *size = request.partial.bytes();
                transferred
            })?;
            match verify::verify(url, request, observer) {
                Ok(checksums) => return Ok((state, checksums)),
                Err(error) if error.is_corruption() => {
                    request.partial.discard()?;
                    tries += 1;
                    if tries == CORRUPT_ATTEMPTS {
                        return Err(error);
                    }
                    observer(Event::Pause { error: &error, pause: Duration::ZERO });
                }
                Err(error) => {
                    request.partial.discard()?;
                    return Err(error);
                }
            }
        }
    }

    /// Repeats `work` until it succeeds, fails permanently, or fails too often without progress. `work` returns the size of
    /// the partial file through its second argument.
    fn retry<T>(
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
            // Compared with the largest size so far: a server that restarts each time makes no progress.
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
            tracing::debug!(%error, pause_s = pause.as_secs_f64(), "retrying");
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

/// Download of one source: its target, expected checksum and first download.
struct FetchRequest<'a> {
    source: &'a Source,
    folder: &'a Path,
    partial: &'a PartialDownload,
    expected: &'a ChecksumOrigin,
    first: Option<&'a FetchedFile>,
}

/// Whether the expected checksum is an MD5 checksum.
fn needs_md5(origin: &ChecksumOrigin) -> bool {
    origin.checksum().is_some_and(|checksum| checksum.algorithm() == Algorithm::Md5)
}

/// Record entry of a downloaded or verified file.
fn fetched_file(
    source: &Source,
    checksums: &Checksums,
    checked_against: ChecksumOrigin,
    state: Option<PartialState>,
) -> FetchedFile {
    let (fetched_from, etag, last_modified) =
        state.map_or((None, None, None), |state| (Some(state.url), state.etag, state.last_modified));
    FetchedFile {
        source: source.name.clone(),
        published_at: source.url.clone(),
        fetched_from,
        bytes: checksums.bytes,
        sha256: checksums.sha256.clone(),
        checked_against,
        etag,
        last_modified,
        fetched_unix_s: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
    }
}

/// The error of a single URL, or all errors.
fn one_or_all(name: &str, mut failures: Vec<DownloadError>) -> DownloadError {
    match failures.len() {
        1 => failures.remove(0),
        _ => DownloadError::AllUrlsFailed { name: name.to_owned(), failures },
    }
}
