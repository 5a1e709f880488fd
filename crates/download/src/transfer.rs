//! Transfer of files over HTTP: requests, retries, resumption, mirrors, and the checks before and after.

mod client;
mod disk;
mod downloader;
mod event;
mod lock;
mod network;
mod partial;
mod plan;
mod report;
mod retry;

pub use downloader::{Downloader, Settings};
pub use event::{Event, Fetched, Outcome};
pub use lock::FolderLock;
pub use network::{Network, Proxy};
pub use plan::{PlannedFile, Presence};
pub use report::{DownloadReport, FileReport};
pub use retry::RetryPolicy;
