//! Events and result of a download.

use std::time::Duration;

use crate::{DownloadError, FetchedFile, HttpUrl};

/// Event during a download.
///
/// # Examples
///
/// ```
/// use tatabox_download::Event;
///
/// let describe = |event: &Event<'_>| match event {
///     Event::Check { bytes, total_bytes } => format!("checksum {bytes}/{total_bytes}"),
///     _ => String::new(),
/// };
/// assert_eq!(describe(&Event::Check { bytes: 5, total_bytes: 10 }), "checksum 5/10");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Progress of a transfer.
    Transfer {
        /// URL of the transfer.
        url: &'a HttpUrl,
        /// Size of the partial file.
        bytes: u64,
        /// Size of the complete file, if known.
        total_bytes: Option<u64>,
    },
    /// Discarded partial file; the download restarts from the first byte.
    Restart {
        /// Discarded bytes.
        bytes: u64,
    },
    /// Progress of a checksum.
    Check {
        /// Bytes read.
        bytes: u64,
        /// Size of the file.
        total_bytes: u64,
    },
    /// Failed attempt, to be repeated after a pause.
    Pause {
        /// Error of the attempt.
        error: &'a DownloadError,
        /// Duration of the pause.
        pause: Duration,
    },
    /// Permanently failed URL; the next URL is tried.
    NextUrl {
        /// Error of the attempt.
        error: &'a DownloadError,
    },
}

/// Callback for events.
pub(crate) type Observer<'a> = dyn FnMut(Event<'_>) + 'a;

/// Verified file.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fetched {
    /// Action that was required.
    pub outcome: Outcome,
    /// Entry of the download record.
    pub file: FetchedFile,
}

/// Action that a file required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The file was downloaded and verified.
    Fetched,
    /// The file exists with the recorded size; its checksum was not computed.
    AlreadyPresent,
    /// The file exists and its checksum was verified.
    Verified,
}
