//! HTTP client: requests for files and parts of files.

use std::io::{self, Read};
use std::time::SystemTime;

use ureq::http::{HeaderMap, Response, header};
use ureq::tls::TlsConfig;
use ureq::{Agent, Body, Timeout};

use super::network::{Network, Proxy, certificates};
use super::partial::PartialState;
use super::retry::retry_after;
use crate::{DownloadError, HttpUrl};

/// HTTP client.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    network: Network,
}

/// Successful response with an unread body.
pub(crate) struct FileResponse {
    /// Whether the body is a part of the file (status 206).
    pub(crate) is_partial: bool,
    /// Offset of the body in the file, in bytes.
    pub(crate) offset: u64,
    /// File metadata that the server reported.
    pub(crate) state: PartialState,
    body: Body,
}

impl Client {
    /// Client with the given settings.
    pub(crate) fn new(network: Network) -> Result<Self, DownloadError> {
        let mut config = Agent::config_builder()
            .user_agent(concat!("tatabox/", env!("CARGO_PKG_VERSION")))
            // Files are stored unchanged, so no transfer compression.
            .accept_encoding("identity")
            .http_status_as_error(false)
            .max_redirects(network.max_redirects)
            .max_redirects_will_error(true)
            .timeout_resolve(Some(network.connect_timeout))
            .timeout_connect(Some(network.connect_timeout))
            .timeout_per_read(Some(network.stall_timeout))
            .timeout_per_write(Some(network.stall_timeout))
            // A connection of a broken transfer may contain unread data, so connections are not reused.
            .max_idle_connections(0);
        if network.proxy == Proxy::Direct {
            config = config.proxy(None);
        }
        if let Some(path) = &network.certificates {
            config = config.tls_config(TlsConfig::builder().root_certs(certificates(path)?).build());
        }
        Ok(Self { agent: config.build().into(), network })
    }

    /// Requests a file from byte `from` on. With a validator, the server returns the complete file if it has changed.
    ///
    /// # Errors
    ///
    /// Network errors, and responses that are neither the file nor the requested part.
    pub(crate) fn get(&self, url: &HttpUrl, from: u64, validator: Option<&str>) -> Result<FileResponse, DownloadError> {
        let mut request = self.agent.get(url.as_str());
        if from > 0 {
            request = request.header(header::RANGE, format!("bytes={from}-"));
            if let Some(validator) = validator {
                request = request.header(header::IF_RANGE, validator);
            }
        }
        let response = request.call().map_err(|error| self.failure(url, error))?;
        file_response(url, from, response)
    }

    /// Downloads a text of at most `max_bytes` bytes.
    pub(crate) fn get_text(&self, url: &HttpUrl, max_bytes: u64) -> Result<String, DownloadError> {
        let mut response = self.get(url, 0, None)?;
        let mut bytes = Vec::new();
        let read = response.reader().take(max_bytes + 1).read_to_end(&mut bytes);
        let bytes_read = bytes.len() as u64;
        read.map_err(|error| self.read_failure(&response.state, bytes_read, error))?;
        if bytes_read > max_bytes {
            let problem = format!("it is longer than {max_bytes} bytes");
            return Err(DownloadError::InvalidChecksumList { url: url.clone(), problem });
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Error for a body that ends at byte `position` of the file.
    pub(crate) fn read_failure(&self, state: &PartialState, position: u64, error: io::Error) -> DownloadError {
        let url = &state.url;
        if error.kind() == io::ErrorKind::UnexpectedEof
            && let Some(expected_bytes) = state.total_bytes
        {
            return DownloadError::ConnectionClosed { url: url.clone(), received_bytes: position, expected_bytes };
        }
        match error.downcast::<ureq::Error>() {
            Ok(error) => self.failure(url, error),
            Err(error) => DownloadError::Connection { url: url.clone(), message: error.to_string() },
        }
    }

    /// Error for a failed request.
    fn failure(&self, url: &HttpUrl, error: ureq::Error) -> DownloadError {
        let url = url.clone();
        match error {
            ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
                let message =
                    format!("no connection within {:.0} s", self.network.connect_timeout.as_secs_f64().ceil());
                DownloadError::Connection { url, message }
            }
            ureq::Error::Timeout(_) => DownloadError::Stalled { url, waited: self.network.stall_timeout },
            ureq::Error::TooManyRedirects => DownloadError::TooManyRedirects { url, limit: self.network.max_redirects },
            ureq::Error::Rustls(error) => DownloadError::Tls { url, message: error.to_string() },
            ureq::Error::Tls(message) => DownloadError::Tls { url, message: message.to_owned() },
            // rustls reports an untrusted certificate during the handshake as this kind.
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                DownloadError::Tls { url, message: error.to_string() }
            }
            ureq::Error::Io(error) => DownloadError::Connection { url, message: error.to_string() },
            ureq::Error::HostNotFound => DownloadError::Connection {
                url,
                message: "host not found; check the URL and the network connection".to_owned(),
            },
            other => DownloadError::Connection { url, message: other.to_string() },
        }
    }
}

impl FileResponse {
    /// Reader of the body.
    pub(crate) fn reader(&mut self) -> impl Read {
        self.body.as_reader()
    }
}

/// Response to a request for the bytes from `from` on.
fn file_response(url: &HttpUrl, from: u64, response: Response<Body>) -> Result<FileResponse, DownloadError> {
    let status = response.status().as_u16();
    let (head, body) = response.into_parts();
    let text = |name| text(&head.headers, name);
    let (offset, total_bytes) = match status {
        200 => (0, body.content_length()),
        206 => {
            let sent = text(header::CONTENT_RANGE).unwrap_or_default();
            match content_range(&sent) {
                Some((offset, total)) if offset == from => (offset, total),
                _ => {
                    let sent = if sent.is_empty() { "a part without a Content-Range header".to_owned() } else { sent };
                    return Err(DownloadError::WrongRange { url: url.clone(), requested: from, sent });
                }
            }
        }
        416 if from > 0 => return Err(DownloadError::ChangedDuringDownload { url: url.clone() }),
        _ => {
            let wait = text(header::RETRY_AFTER).and_then(|requested| retry_after(&requested, SystemTime::now()));
            return Err(DownloadError::Status { url: url.clone(), status, retry_after: wait });
        }
    };
    let (etag, last_modified) = (text(header::ETAG), text(header::LAST_MODIFIED));
    let state = PartialState { url: url.clone(), etag, last_modified, total_bytes };
    Ok(FileResponse { is_partial: status == 206, offset, state, body })
}

/// Offset and, if given, file size of a `Content-Range` header such as `bytes 100-199/1000`.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let total = if total == "*" { None } else { Some(total.parse::<u64>().ok()?) };
    (first <= last && total.is_none_or(|total| last < total)).then_some((first, total))
}

/// Header value as text.
fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_range_malformed_values_are_rejected() {
        assert_eq!(content_range("bytes 100-199/1000"), Some((100, Some(1000))));
        assert_eq!(content_range("bytes 0-0/*"), Some((0, None)));
        for wrong in ["", "bytes */1000", "bytes 5-3/10", "bytes 0-10/10", "items 0-1/2", "bytes 0-1"] {
            assert_eq!(content_range(wrong), None, "{wrong}");
        }
    }
    #[test]
    fn client_certificate_file_without_certificate_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let network = Network { certificates: Some(file.path().to_owned()), ..Network::default() };
        let message = Client::new(network).unwrap_err().to_string();
        assert!(message.contains("cannot read certificates: the file contains none"), "{message}");
    }
}
