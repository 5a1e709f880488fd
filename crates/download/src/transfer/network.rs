//! Network settings: timeouts, redirects, proxy and certificates.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use crate::DownloadError;

/// How servers are spoken to.
#[derive(Clone, Debug)]
pub struct Network {
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for the next byte.
    pub stall_timeout: Duration,
    /// Redirects followed.
    pub max_redirects: u32,
    /// The way out.
    pub proxy: Proxy,
    /// Certificates to trust in place of those that come with the program, in PEM.
    pub certificates: Option<PathBuf>,
}

/// The way out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the variables `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say, in capitals or not.
    #[default]
    FromEnvironment,
    /// None.
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
        return Err(refused("none is in it".to_owned()));
    }
    Ok(RootCerts::from(found))
}
