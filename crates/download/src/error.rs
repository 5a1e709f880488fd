//! Errors of catalogues, downloads and download records.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::{Checksum, HttpUrl};

/// Error of a catalogue, a download or a download record.
///
/// # Examples
///
/// ```
/// use tatabox_download::{DownloadError, HttpUrl};
///
/// let error = "example.org/a.gz".parse::<HttpUrl>().expect_err("the scheme is missing");
/// assert!(matches!(error, DownloadError::InvalidUrl { .. }));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DownloadError {
    /// Catalogue that is not TOML of the expected format.
    #[error("{origin}: {message}")]
    CatalogueSyntax {
        /// Name of the catalogue.
        origin: String,
        /// Message of the parser, with line and column.
        message: String,
    },
    /// Invalid value in a catalogue.
    #[error("{origin}: {entry}: {field}: {problem}")]
    CatalogueField {
        /// Name of the catalogue.
        origin: String,
        /// Set or source, such as `source gencode`.
        entry: String,
        /// Field of the entry.
        field: &'static str,
        /// Found and expected value.
        problem: String,
    },
    /// Unknown set.
    #[error("unknown set {name}; use one of: {}", known.join(", "))]
    UnknownSet {
        /// Requested name.
        name: String,
        /// Names of all sets.
        known: Vec<String>,
    },
    /// Unknown source of a set.
    #[error("unknown source {name} in set {set}; use one of: {}", known.join(", "))]
    UnknownSource {
        /// Name of the set.
        set: String,
        /// Requested name.
        name: String,
        /// Names of the sources of the set.
        known: Vec<String>,
    },
    /// Text that is not an HTTP URL.
    #[error("{text} is not a URL: {problem}; expected https://HOST/PATH or http://HOST/PATH")]
    InvalidUrl {
        /// Text.
        text: String,
        /// Reason.
        problem: String,
    },
    /// Failed file operation.
    #[error("{}: {source}", path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// Malformed download record.
    #[error("{}: {message}; delete the file to start a new record", path.display())]
    CorruptRecord {
        /// Path of the file.
        path: PathBuf,
        /// Message of the parser.
        message: String,
    },
    /// Unreadable certificates.
    #[error("{}: cannot read certificates: {message}; expected PEM", path.display())]
    InvalidCertificates {
        /// Path of the file.
        path: PathBuf,
        /// Message of the parser.
        message: String,
    },
    /// Folder in use by another download.
    #[error("{}: another download into this folder is in progress; wait for it or choose another folder", folder.display())]
    FolderLocked {
        /// Download folder.
        folder: PathBuf,
    },
    /// Insufficient disk space.
    #[error("{}: the download requires {needed_bytes} bytes, but only {free_bytes} are free; free disk space or choose another folder", folder.display())]
    DiskFull {
        /// Download folder.
        folder: PathBuf,
        /// Remaining bytes to write, including a reserve.
        needed_bytes: u64,
        /// Free bytes.
        free_bytes: u64,
    },
    /// Failed or broken connection.
    #[error("{url}: {message}")]
    Connection {
        /// Requested URL.
        url: HttpUrl,
        /// Message of the network layer.
        message: String,
    },
    /// Connection without data until the timeout.
    #[error("{url}: no data received for {:.0} s", waited.as_secs_f64().ceil())]
    Stalled {
        /// Requested URL.
        url: HttpUrl,
        /// Timeout.
        waited: Duration,
    },
    /// Connection closed before the end of the file.
    #[error("{url}: the connection ended after {received_bytes} of {expected_bytes} bytes")]
    ConnectionClosed {
        /// Requested URL.
        url: HttpUrl,
        /// Received bytes.
        received_bytes: u64,
        /// File size that the server reported.
        expected_bytes: u64,
    },
    /// HTTP status other than success.
    #[error("{url}: the server answers {status}{}", describe_status(*status))]
    Status {
        /// Requested URL.
        url: HttpUrl,
        /// HTTP status code.
        status: u16,
        /// Delay requested by the server.
        retry_after: Option<Duration>,
    },
    /// `Retry-After` delay longer than the maximum pause.
    #[error(
        "{url}: the server answers {status} and asks to wait {} s, more than the maximum of {} s; try again later",
        wait.as_secs(), max_wait.as_secs()
    )]
    RetryAfterTooLong {
        /// Requested URL.
        url: HttpUrl,
        /// HTTP status code.
        status: u16,
        /// Delay requested by the server.
        wait: Duration,
        /// Maximum pause.
        max_wait: Duration,
    },
    /// Too many redirects.
    #[error("{url}: more than {limit} redirects; check the URL")]
    TooManyRedirects {
        /// Requested URL.
        url: HttpUrl,
        /// Maximum number of redirects.
        limit: u32,
    },
    /// Response with another part of the file than requested.
    #[error("{url}: requested bytes from {requested} on, but the server sends {sent}")]
    WrongRange {
        /// Requested URL.
        url: HttpUrl,
        /// Requested offset.
        requested: u64,
        /// `Content-Range` header of the response.
        sent: String,
    },
    /// File size that differs from the expected size.
    #[error(
        "{url}: the file has {found_bytes} bytes, expected {expected_bytes}; the publisher may have changed the file"
    )]
    SizeMismatch {
        /// Requested URL.
        url: HttpUrl,
        /// Expected size.
        expected_bytes: u64,
        /// Found size.
        found_bytes: u64,
    },
    /// Web page in place of the file, such as a login page of the network or an error page.
    #[error(
        "{url}: the server sends a web page ({title}) in place of the file; open the URL in a browser and check whether the network requires a login"
    )]
    WebPage {
        /// Requested URL.
        url: HttpUrl,
        /// Title or first characters of the page.
        title: String,
    },
    /// Content that does not match the format of the file name.
    #[error("{url}: not a {format} file: it starts with {found}")]
    WrongFormat {
        /// Requested URL.
        url: HttpUrl,
        /// Format according to the file name.
        format: &'static str,
        /// First bytes of the content.
        found: String,
    },
    /// Corrupt gzip file.
    #[error("{url}: the gzip file is corrupt: {message}")]
    CorruptGzip {
        /// Requested URL.
        url: HttpUrl,
        /// Message of the decompressor.
        message: String,
    },
    /// File that changed on the server between two requests.
    #[error("{url}: the file changed on the server during the download")]
    ChangedDuringDownload {
        /// Requested URL.
        url: HttpUrl,
    },
    /// Failed TLS handshake or certificate verification.
    #[error(
        "{url}: no secure connection: {message}; behind a proxy that intercepts TLS, set SSL_CERT_FILE to its certificates"
    )]
    Tls {
        /// Requested URL.
        url: HttpUrl,
        /// Message of the TLS library.
        message: String,
    },
    /// Downloaded file with another checksum than expected.
    #[error("{url}: the {} is {}, expected {} ({origin}); the file was deleted", found.algorithm(), found.hex(), expected.hex())]
    ChecksumMismatch {
        /// Requested URL.
        url: HttpUrl,
        /// Origin of the expected checksum.
        origin: String,
        /// Expected checksum.
        expected: Checksum,
        /// Found checksum.
        found: Checksum,
    },
    /// Existing file with another checksum than expected.
    #[error(
        "{}: the {} of the existing file is {}, expected {} ({origin}); move or delete the file to download it again",
        path.display(), found.algorithm(), found.hex(), expected.hex()
    )]
    ExistingFileMismatch {
        /// Path of the file.
        path: PathBuf,
        /// Origin of the expected checksum.
        origin: String,
        /// Expected checksum.
        expected: Checksum,
        /// Found checksum.
        found: Checksum,
    },
    /// Existing file with another size than expected.
    #[error(
        "{}: the existing file has {found_bytes} bytes, expected {expected_bytes}; move or delete the file to download it again",
        path.display()
    )]
    ExistingSizeMismatch {
        /// Path of the file.
        path: PathBuf,
        /// Size at download, or as listed.
        expected_bytes: u64,
        /// Current size.
        found_bytes: u64,
    },
    /// Existing file from another URL.
    #[error("{}: the existing file is from {recorded}, not from {requested}; move or delete the file to download it again", path.display())]
    ExistingFileFromOtherUrl {
        /// Path of the file.
        path: PathBuf,
        /// Recorded URL.
        recorded: HttpUrl,
        /// Requested name.
        requested: HttpUrl,
    },
    /// File without a published checksum that differs from the first download.
    #[error(
        "{url}: the SHA-256 is {}, but was {} at the first download; the publisher may have a new release",
        found.hex(), first.hex()
    )]
    ChangedSinceFirstDownload {
        /// Requested URL.
        url: HttpUrl,
        /// Checksum of the first download.
        first: Checksum,
        /// Current checksum.
        found: Checksum,
    },
    /// Malformed checksum list.
    #[error("{url}: not a checksum list: {problem}; expected lines in the format of md5sum or sha256sum")]
    InvalidChecksumList {
        /// Requested URL.
        url: HttpUrl,
        /// Reason.
        problem: String,
    },
    /// Checksum list without the file.
    #[error("{url}: {name} is not among the {entries} entries of the checksum list; the release may have moved")]
    NotListed {
        /// Requested URL.
        url: HttpUrl,
        /// Requested name.
        name: String,
        /// Number of entries of the list.
        entries: usize,
    },
    /// Failure of all URLs of a file.
    #[error("all URLs of {name} failed: {}", failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    AllUrlsFailed {
        /// Name of the source.
        name: String,
        /// One error per URL.
        failures: Vec<DownloadError>,
    },
}

impl DownloadError {
    /// Whether the same request may succeed later.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_download::DownloadError;
    ///
    /// let status = |status| DownloadError::Status {
    ///     url: "https://example.org/a".parse().expect("valid"),
    ///     status,
    ///     retry_after: None,
    /// };
    /// assert!(status(503).is_transient());
    /// assert!(!status(404).is_transient());
    /// ```
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Connection { .. }
            | Self::Stalled { .. }
            | Self::ConnectionClosed { .. }
            | Self::WrongRange { .. }
            | Self::ChangedDuringDownload { .. } => true,
            // Request timeout, too many requests, and server errors.
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..=599),
            _ => false,
        }
    }

    /// Whether the downloaded bytes are corrupt.
    pub(crate) fn is_corruption(&self) -> bool {
        matches!(self, Self::ChecksumMismatch { .. } | Self::CorruptGzip { .. })
    }

    /// Whether the cause is local, so that another URL cannot help.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::DiskFull { .. } | Self::FolderLocked { .. } | Self::CorruptRecord { .. })
    }
}

/// Explanation of an HTTP status.
fn describe_status(status: u16) -> &'static str {
    match status {
        401 | 403 => " (access denied)",
        404 | 410 => " (not found; the release may have moved)",
        408 => " (request timeout)",
        416 => " (range not satisfiable)",
        429 => " (too many requests)",
        500..=599 => " (server error)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_transient_selects_retryable_statuses() {
        let url: HttpUrl = "https://example.org/a".parse().unwrap();
        let is_transient =
            |status| DownloadError::Status { url: url.clone(), status, retry_after: None }.is_transient();
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(is_transient(status), "{status}");
        }
        for status in [400, 401, 403, 404, 410, 416, 451] {
            assert!(!is_transient(status), "{status}");
        }
    }
}
