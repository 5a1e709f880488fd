//! HTTP and HTTPS URLs of files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ureq::http::Uri;

use crate::file_name::is_file_name;
use crate::{Checksum, DownloadError};

/// Absolute HTTP or HTTPS URL without a fragment.
///
/// # Examples
///
/// ```
/// use tatabox_download::HttpUrl;
///
/// let url: HttpUrl = "https://example.org/pub/hg38.2bit".parse()?;
/// assert_eq!(url.file_name(), Some("hg38.2bit"));
/// assert!("ftp://example.org/hg38.2bit".parse::<HttpUrl>().is_err());
/// # Ok::<(), tatabox_download::DownloadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpUrl {
    text: String,
    path_at: usize,
}

impl HttpUrl {
    /// URL text, unchanged.
    ///
    /// # Examples
    ///
    /// ```
    /// let url: tatabox_download::HttpUrl = "https://example.org/a.gz?x=1".parse()?;
    /// assert_eq!(url.as_str(), "https://example.org/a.gz?x=1");
    /// # Ok::<(), tatabox_download::DownloadError>(())
    /// ```
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Last segment of the path, as a file name; `None` if the path ends with a slash or the name is not a valid file name.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_download::HttpUrl;
    ///
    /// let name = |text: &str| text.parse::<HttpUrl>().ok()?.file_name().map(str::to_owned);
    /// assert_eq!(name("https://example.org/a.gz?download=1").as_deref(), Some("a.gz"));
    /// assert_eq!(name("https://example.org/a/"), None);
    /// ```
    pub fn file_name(&self) -> Option<&str> {
        let path = self.text[self.path_at..].split('?').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        is_file_name(name).then_some(name)
    }

    /// Same path on a mirror: `mirror` replaces the scheme and the host.
    ///
    /// # Errors
    ///
    /// [`DownloadError::InvalidUrl`] if the combined text is not a URL.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_download::HttpUrl;
    ///
    /// let publisher: HttpUrl = "https://example.org/pub/a.gz".parse()?;
    /// let mirror: HttpUrl = "http://mirror.local/bio/".parse()?;
    /// assert_eq!(publisher.on_mirror(&mirror)?.as_str(), "http://mirror.local/bio/pub/a.gz");
    /// # Ok::<(), tatabox_download::DownloadError>(())
    /// ```
    pub fn on_mirror(&self, mirror: &HttpUrl) -> Result<Self, DownloadError> {
        format!("{}{}", mirror.text.trim_end_matches('/'), &self.text[self.path_at..]).parse()
    }

    /// URL with an optional checksum as its fragment: `https://example.org/a.gz#sha256=...`.
    ///
    /// # Errors
    ///
    /// [`DownloadError::InvalidUrl`] if the text is not a URL or the fragment is not a checksum.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_download::{Algorithm, HttpUrl};
    ///
    /// let (url, checksum) = HttpUrl::with_checksum("https://example.org/a.gz#md5=0123456789abcdef0123456789abcdef")?;
    /// assert_eq!(url.as_str(), "https://example.org/a.gz");
    /// assert_eq!(checksum.map(|checksum| checksum.algorithm()), Some(Algorithm::Md5));
    /// # Ok::<(), tatabox_download::DownloadError>(())
    /// ```
    pub fn with_checksum(text: &str) -> Result<(Self, Option<Checksum>), DownloadError> {
        let Some((address, fragment)) = text.split_once('#') else { return Ok((text.parse()?, None)) };
        let checksum = Checksum::from_fragment(fragment).ok_or_else(|| DownloadError::InvalidUrl {
            text: text.to_owned(),
            problem: format!(
                "the fragment #{fragment} is neither #sha256= with 64 hexadecimal digits nor #md5= with 32"
            ),
        })?;
        Ok((address.parse()?, Some(checksum)))
    }
}

impl FromStr for HttpUrl {
    type Err = DownloadError;

    fn from_str(text: &str) -> Result<Self, DownloadError> {
        let rejected = |problem: &str| DownloadError::InvalidUrl { text: text.to_owned(), problem: problem.to_owned() };
        if text.contains('#') {
            return Err(rejected("a fragment (#) is not part of a file URL"));
        }
        let uri: Uri = text.parse().map_err(|error| rejected(&format!("{error}")))?;
        match uri.scheme_str() {
            Some("http" | "https") => {}
            Some(other) => return Err(rejected(&format!("the scheme {other} is not supported"))),
            None => return Err(rejected("the scheme is missing")),
        }
        let authority = uri.authority().filter(|authority| !authority.host().is_empty());
        let authority = authority.ok_or_else(|| rejected("the host is missing"))?;
        let host_at = text.find("://").map_or(0, |at| at + "://".len());
        Ok(Self { text: text.to_owned(), path_at: host_at + authority.as_str().len() })
    }
}

impl TryFrom<String> for HttpUrl {
    type Error = DownloadError;

    fn try_from(text: String) -> Result<Self, DownloadError> {
        text.parse()
    }
}

impl From<HttpUrl> for String {
    fn from(address: HttpUrl) -> Self {
        address.text
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> HttpUrl {
        text.parse().unwrap()
    }

    #[test]
    fn file_name_is_last_path_segment() {
        assert_eq!(url("https://h/a/b.gz").file_name(), Some("b.gz"));
        assert_eq!(url("https://h/a/b.gz?download=1").file_name(), Some("b.gz"));
        assert_eq!(url("https://h/a+new_b.bed.gz").file_name(), Some("a+new_b.bed.gz"));
        for nameless in ["https://h/a/", "https://h", "https://h/a/..", "https://h/.hidden"] {
            assert_eq!(url(nameless).file_name(), None, "{nameless}");
        }
    }

    #[test]
    fn parse_invalid_url_names_reason() {
        let rejected = |text: &str| text.parse::<HttpUrl>().expect_err(text).to_string();
        assert!(rejected("ftp://h/a").contains("ftp is not supported"));
        assert!(rejected("h/a").contains("not a URL"));
        assert!(rejected("/a/b").contains("the scheme is missing"));
        assert!(rejected("https://h/a#b").contains("fragment"));
        assert!(rejected("https://h/a b").contains("not a URL"));
    }

    #[test]
    fn with_checksum_fragment_is_optional() {
        let md5 = "0123456789abcdef0123456789abcdef";
        let (found, checksum) = HttpUrl::with_checksum(&format!("https://h/a#md5={md5}")).unwrap();
        assert_eq!((found.as_str(), checksum.unwrap().hex()), ("https://h/a", md5));
        assert!(HttpUrl::with_checksum("https://h/a").unwrap().1.is_none());
        assert!(HttpUrl::with_checksum("https://h/a#md5=12").is_err());
    }

    #[test]
    fn on_mirror_replaces_scheme_and_host() {
        let file = url("https://h:8080/pub/a.gz?x=1");
        assert_eq!(file.on_mirror(&url("http://m")).unwrap().as_str(), "http://m/pub/a.gz?x=1");
        assert_eq!(file.on_mirror(&url("http://m/deep/")).unwrap().as_str(), "http://m/deep/pub/a.gz?x=1");
    }
}
