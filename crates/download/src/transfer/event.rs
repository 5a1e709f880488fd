//! What is told while a file is fetched, and in the end.

use std::time::Duration;

use crate::{DownloadError, FetchedFile, HttpUrl};

/// What happens meanwhile.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Bytes come from an address.
    Transfer {
        /// The address.
        url: &'a HttpUrl,
        /// Bytes that are there.
        bytes: u64,
        /// Length of the file, once known.
        total_bytes: Option<u64>,
    },
    /// A part that is there is of no use; the file is fetched from its beginning.
    Restart {
        /// Bytes given up.
        bytes: u64,
    },
    /// The checksum is computed.
    Check {
        /// Bytes read.
        bytes: u64,
        /// Size of the file.
        total_bytes: u64,
    },
    /// Something failed and is tried again after a pause.
    Pause {
        /// What failed.
        error: &'a DownloadError,
        /// How long.
        pause: Duration,
    },
    /// An address failed for good and the next is taken.
    NextUrl {
        /// What failed.
        error: &'a DownloadError,
    },
}

/// Takes what happens.
pub(crate) type Observer<'a> = dyn FnMut(Event<'_>) + 'a;

/// A file that is there and right.
#[derive(Debug)]
#[non_exhaustive]
pub struct Fetched {
    /// How it came there.
    pub outcome: Outcome,
    /// What the record holds of it.
    pub file: FetchedFile,
}

/// How a file came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was fetched.
    Fetched,
    /// An earlier run fetched it; its size is the same.
    AlreadyPresent,
    /// It was there and its checksum is right.
    Verified,
}
