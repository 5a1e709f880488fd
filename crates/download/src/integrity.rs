//! Integrity of downloaded files: checksums, file signatures, and the record of downloads.

mod atomic_write;
mod checksum;
mod checksum_list;
pub(crate) mod content;
mod record;

pub(crate) use atomic_write::atomic_write;
pub(crate) use checksum::Checksums;
pub use checksum::{Algorithm, Checksum};
pub use checksum_list::ChecksumList;
pub use record::{ChecksumOrigin, DownloadRecord, FetchedFile};
