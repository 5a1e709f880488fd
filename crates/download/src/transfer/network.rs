//! Network settings: timeouts, redirects, proxy and certificates.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use crate::DownloadError;

/// Network settings.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tatabox_download::Network;
///
/// assert_eq!(Network::default().stall_timeout, Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
pub struct Network {
    /// Timeout of a connection attempt.
    pub connect_timeout: Duration,
    /// Timeout of a connection without data.
    pub stall_timeout: Duration,
    /// Maximum number of redirects.
    pub max_redirects: u32,
    /// Proxy.
    pub proxy: Proxy,
    /// PEM file of trusted certificates, which replace the built-in ones.
    pub certificates: Option<PathBuf>,
}

/// Source of the proxy settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// Environment variables `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in upper or lower case.
    #[default]
    FromEnvironment,
    /// No proxy.
    Direct,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(30),
            stall_timeout: Duration::from_mins(1),
            max_redirects: 10,
            proxy: Proxy::default(),
            certificates: None,
        }
    }
}

/// Certificates of a PEM file.
pub(super) fn certificates(path: &Path) -> Result<RootCerts, DownloadError> {
    let refused = |message: String| DownloadError::InvalidCertificates { path: path.to_owned(), message };
    let pem = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
    let mut found: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| refused(error.to_string()))? {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(refused("the file contains none".to_owned()));
    }
    Ok(RootCerts::from(found))
}
