//! Verified and resumable downloads of public genome data.
//!
//! A [`Catalogue`] lists files with their URLs, sizes, checksums and licences. A [`Downloader`] transfers one [`Source`]
//! into a folder: it resumes partial files, retries with exponential backoff, falls back to mirrors, and renames a file to
//! its final name only after its size and checksum match. `downloads.json` records every file of a folder.
//!
//! # Examples
//!
//! ```no_run
//! use std::path::Path;
//! use tatabox_download::{Catalogue, Downloader, FolderLock, Settings};
//!
//! let catalogue = Catalogue::parse(&std::fs::read_to_string("sources.toml")?, "sources.toml")?;
//! let (_, sources) = catalogue.select("hg38", &[])?;
//! let folder = Path::new("data/downloads/hg38");
//! let _lock = FolderLock::take(folder)?;
//! let downloader = Downloader::new(Settings::default())?;
//! for source in &sources {
//!     downloader.fetch(source, folder, &mut |event| eprintln!("{event:?}"))?;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
    DownloadReport, Downloader, Event, Fetched, FileReport, FolderLock, Network, Outcome, PlannedFile, Presence, Proxy,
    RetryPolicy, Settings,
};
pub use url::HttpUrl;
