//! What can go wrong between an address and a file.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::{Checksum, HttpUrl};

/// Why a file could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// A list of sources that is no TOML of the expected shape.
    #[error("{origin}: {message}")]
    CatalogueSyntax {
        /// Name of the list.
        origin: String,
        /// What the parser says, with line and column.
        message: String,
    },
    /// A field of a list of sources that cannot be right.
    #[error("{origin}: {entry}: {field}: {problem}")]
    CatalogueField {
        /// Name of the list.
        origin: String,
        /// The set or source, as `source gencode`.
        entry: String,
        /// The field.
        field: &'static str,
        /// What was found and what was expected.
        problem: String,
    },
    /// No such set.
    #[error("no set is called {name}; there are {}", known.join(", "))]
    UnknownSet {
        /// What was asked for.
        name: String,
        /// The sets there are.
        known: Vec<String>,
    },
    /// No such source in the set.
    #[error("the set {set} has no {name}; it has {}", known.join(", "))]
    UnknownSource {
        /// The set.
        set: String,
        /// What was asked for.
        name: String,
        /// The sources of the set.
        known: Vec<String>,
    },
    /// Text that is no address.
    #[error("{text} is no address: {problem}; expected https://HOST/PATH or http://HOST/PATH")]
    InvalidUrl {
        /// The text.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of ours cannot be read.
    #[error("{}: {message}; delete it to begin a new one", path.display())]
    CorruptRecord {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        message: String,
    },
    /// Certificates that cannot be read.
    #[error("{}: no certificates: {message}; expected PEM", path.display())]
    InvalidCertificates {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        message: String,
    },
    /// Another run fetches into the folder.
    #[error("{}: another download into this folder is under way; wait for it or choose another folder", folder.display())]
    FolderLocked {
        /// The folder.
        folder: PathBuf,
    },
    /// The disk has too little room.
    #[error("{}: {needed_bytes} more bytes are needed, {free_bytes} are free; make room or choose another folder", folder.display())]
    DiskFull {
        /// The folder.
        folder: PathBuf,
        /// What is still to be written, with a reserve.
        needed_bytes: u64,
        /// What is free.
        free_bytes: u64,
    },
    /// The server could not be reached, or the connection broke.
    #[error("{url}: {message}")]
    Connection {
        /// The address.
        url: HttpUrl,
        /// What the network said.
        message: String,
    },
    /// Nothing came for too long.
    #[error("{url}: nothing came for {:.0} s", waited.as_secs_f64().ceil())]
    Stalled {
        /// The address.
        url: HttpUrl,
        /// How long.
        waited: Duration,
    },
    /// The connection ended before the file did.
    #[error("{url}: the connection ended after {received_bytes} of {expected_bytes} bytes")]
    ConnectionClosed {
        /// The address.
        url: HttpUrl,
        /// Length so far.
        received_bytes: u64,
        /// Length that the server told.
        expected_bytes: u64,
    },
    /// The server refuses.
    #[error("{url}: the server answers {status}{}", describe_status(*status))]
    Status {
        /// The address.
        url: HttpUrl,
        /// The status code.
        status: u16,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The server asks for more patience than was granted.
    #[error(
        "{url}: the server answers {status} and asks to wait {} s, longer than the {} s that are granted; try again later",
        wait.as_secs(), max_wait.as_secs()
    )]
    RetryAfterTooLong {
        /// The address.
        url: HttpUrl,
        /// The status code.
        status: u16,
        /// How long the server asks to wait.
        wait: Duration,
        /// The longest pause.
        max_wait: Duration,
    },
    /// Redirects without an end.
    #[error("{url}: more than {limit} redirects; the address leads nowhere")]
    TooManyRedirects {
        /// The address.
        url: HttpUrl,
        /// How many were followed.
        limit: u32,
    },
    /// The server sends another part of the file than it was asked for.
    #[error("{url}: requested bytes from {requested} on, but the server sends {sent}")]
    WrongRange {
        /// The address.
        url: HttpUrl,
        /// Offset asked for.
        requested: u64,
        /// What came, in the server's words.
        sent: String,
    },
    /// The server says the file is longer or shorter than it is known to be.
    #[error("{url}: the file has {found_bytes} bytes, expected {expected_bytes}; it was changed or is another file")]
    SizeMismatch {
        /// The address.
        url: HttpUrl,
        /// Size as listed.
        expected_bytes: u64,
        /// Size as found.
        found_bytes: u64,
    },
    /// A web page in place of the file: a login page of the network, or an error page.
    #[error(
        "{url}: the server sends a web page ({title}) in place of the file; open the address in a browser and see whether the network asks for a login"
    )]
    WebPage {
        /// The address.
        url: HttpUrl,
        /// How the page begins.
        title: String,
    },
    /// The content is not of the format that the name tells.
    #[error("{url}: not a {format} file: it begins with {found}")]
    WrongFormat {
        /// The address.
        url: HttpUrl,
        /// Format by the file's name.
        format: &'static str,
        /// Its first bytes.
        found: String,
    },
    /// A compressed file that does not unpack.
    #[error("{url}: the gzip stream is damaged: {message}")]
    CorruptGzip {
        /// The address.
        url: HttpUrl,
        /// What the decompressor says.
        message: String,
    },
    /// The file changed on the server between two parts of it.
    #[error("{url}: the file changed on the server while it was fetched")]
    ChangedDuringDownload {
        /// The address.
        url: HttpUrl,
    },
    /// The server could not be trusted to be who it says it is.
    #[error(
        "{url}: no secure connection: {message}; behind a proxy that opens TLS, name its certificates in SSL_CERT_FILE"
    )]
    Tls {
        /// The address.
        url: HttpUrl,
        /// What the TLS library says.
        message: String,
    },
    /// The bytes are not those of the publisher.
    #[error("{url}: the {} is {}, expected {} ({origin}); the file was deleted", found.algorithm(), found.hex(), expected.hex())]
    ChecksumMismatch {
        /// The address.
        url: HttpUrl,
        /// Where the expected checksum is from.
        origin: String,
        /// The checksum expected.
        expected: Checksum,
        /// The checksum found.
        found: Checksum,
    },
    /// A file on disk is another than expected.
    #[error(
        "{}: the file is there, but its {} is {}, expected {} ({origin}); move or delete it to fetch it again",
        path.display(), found.algorithm(), found.hex(), expected.hex()
    )]
    ExistingFileMismatch {
        /// The file.
        path: PathBuf,
        /// Where the expected checksum is from.
        origin: String,
        /// The checksum expected.
        expected: Checksum,
        /// The checksum found.
        found: Checksum,
    },
    /// A file on disk has another size than it had when it was fetched.
    #[error(
        "{}: the file is there with {found_bytes} bytes, expected {expected_bytes}; move or delete it to fetch it again",
        path.display()
    )]
    ExistingSizeMismatch {
        /// The file.
        path: PathBuf,
        /// Size when fetched, or as listed.
        expected_bytes: u64,
        /// Size now.
        found_bytes: u64,
    },
    /// A file on disk came from elsewhere.
    #[error("{}: the file is there, but it is from {recorded}, not from {requested}; move or delete it to fetch it again", path.display())]
    ExistingFileFromOtherUrl {
        /// The file.
        path: PathBuf,
        /// Where it is from.
        recorded: HttpUrl,
        /// What was asked for.
        requested: HttpUrl,
    },
    /// A file without a published checksum is another than the one first fetched.
    #[error(
        "{url}: the SHA-256 is {}, but {} when the file was first fetched; the publisher may have a new release",
        found.hex(), first.hex()
    )]
    ChangedSinceFirstDownload {
        /// The address.
        url: HttpUrl,
        /// The checksum of the first time.
        first: Checksum,
        /// The checksum now.
        found: Checksum,
    },
    /// A list of checksums without a line of the expected shape.
    #[error("{url}: not a list of checksums: {problem}; expected lines of md5sum or sha256sum")]
    InvalidChecksumList {
        /// The address.
        url: HttpUrl,
        /// What was found.
        problem: String,
    },
    /// A list of checksums that lacks the file.
    #[error("{url}: {name} is not in the publisher's list of {entries} checksums; the release may have moved")]
    NotListed {
        /// The address.
        url: HttpUrl,
        /// Name looked for.
        name: String,
        /// Number of names in the list.
        entries: usize,
    },
    /// Every address failed.
    #[error("no address of {name} works: {}", failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    AllUrlsFailed {
        /// The source.
        name: String,
        /// One failure an address.
        failures: Vec<DownloadError>,
    },
}

impl DownloadError {
    /// Whether the same request may do better a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connection { .. }
            | Self::Stalled { .. }
            | Self::ConnectionClosed { .. }
            | Self::WrongRange { .. }
            | Self::ChangedDuringDownload { .. } => true,
            // Request timeout, too many requests, and what a server says of itself.
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..=599),
            _ => false,
        }
    }

    /// Whether the bytes that came are not those that were meant.
    pub(crate) fn is_corruption(&self) -> bool {
        matches!(self, Self::ChecksumMismatch { .. } | Self::CorruptGzip { .. })
    }

    /// Whether the fault lies on this machine, so that another address would not help.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::DiskFull { .. } | Self::FolderLocked { .. } | Self::CorruptRecord { .. })
    }
}

fn describe_status(status: u16) -> &'static str {
    match status {
        401 | 403 => " (access refused)",
        404 | 410 => " (not found; the release may have moved)",
        408 => " (request timeout)",
        416 => " (no such part of the file)",
        429 => " (too many requests)",
        500..=599 => " (an error of the server)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let url: HttpUrl = "https://example.org/a".parse().unwrap();
        let passes = |status| DownloadError::Status { url: url.clone(), status, retry_after: None }.is_transient();
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(passes(status), "{status}");
        }
        for status in [400, 401, 403, 404, 410, 416, 451] {
            assert!(!passes(status), "{status}");
        }
    }
}
