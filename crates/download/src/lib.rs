//! Public data, fetched whole and checked.
//!
//! A [`Catalogue`] names files with their addresses, sizes, checksums and licences. A [`Downloader`] fetches one
//! [`Source`] into a folder: it resumes what was begun, tries again with growing pauses, goes on to mirrors, and gives a
//! file its final name only when its size and checksum are right. What was fetched is kept in `downloads.json`.

mod address;
mod catalogue;
mod checksum;
mod checksum_list;
mod content;
mod disk;
mod downloader;
mod error;
mod event;
mod exchange;
mod lock;
mod plan;
mod record;
mod resume;
mod retry;
mod source;

pub use address::Address;
pub use catalogue::{Catalogue, SourceSet};
pub use checksum::{Algorithm, Checksum};
pub use checksum_list::ChecksumList;
pub use downloader::{Downloader, Settings};
pub use error::DownloadError;
pub use event::{Event, Fetched, Outcome};
pub use exchange::{Network, Proxy};
pub use lock::FolderLock;
pub use plan::{PlannedFile, Presence};
pub use record::{ChecksumOrigin, DownloadRecord, FetchedFile};
pub use retry::RetryPolicy;
pub use source::Source;
