//! Public data, fetched whole and checked.
//!
//! A [`Catalogue`] names files with their addresses, sizes, checksums and licences. A [`Downloader`] fetches one
//! [`Source`] into a folder: it resumes what was begun, tries again with growing pauses, goes on to mirrors, and gives a
//! file its final name only when its size and checksum are right. What was fetched is kept in `downloads.json`.

mod catalogue;
mod error;
mod file_name;
mod integrity;
mod transfer;
mod url;

pub use catalogue::{Catalogue, Source, SourceSet};
pub use error::DownloadError;
pub use integrity::{Algorithm, Checksum, ChecksumList, ChecksumOrigin, DownloadRecord, FetchedFile};
pub use transfer::{
    Downloader, Event, Fetched, FolderLock, Network, Outcome, PlannedFile, Presence, Proxy, RetryPolicy, Settings,
};
pub use url::HttpUrl;
