//! Addresses of files.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ureq::http::Uri;

use crate::file_name::is_file_name;
use crate::{Checksum, DownloadError};

/// An absolute address of HTTP or HTTPS, without a fragment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HttpUrl {
    text: String,
    path_at: usize,
}

impl HttpUrl {
    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The last part of the path, as a name for a file; none where the path ends with a slash.
    pub fn file_name(&self) -> Option<&str> {
        let path = self.text[self.path_at..].split('?').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        is_file_name(name).then_some(name)
    }

    /// The same path below a mirror: host and scheme give way to `mirror`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tatabox_download::HttpUrl;
    ///
    /// let publisher: HttpUrl = "https://example.org/pub/a.gz".parse()?;
    /// let mirror: HttpUrl = "http://mirror.local/bio/".parse()?;
    /// assert_eq!(publisher.below(&mirror)?.as_str(), "http://mirror.local/bio/pub/a.gz");
    /// # Ok::<(), tatabox_download::DownloadError>(())
    /// ```
    pub fn on_mirror(&self, mirror: &HttpUrl) -> Result<Self, DownloadError> {
        format!("{}{}", mirror.text.trim_end_matches('/'), &self.text[self.path_at..]).parse()
    }

    /// An address that may carry its checksum as a fragment: `https://example.org/a.gz#sha256=...`.
    pub fn with_checksum(text: &str) -> Result<(Self, Option<Checksum>), DownloadError> {
        let Some((address, fragment)) = text.split_once('#') else { return Ok((text.parse()?, None)) };
        let checksum = Checksum::from_fragment(fragment).ok_or_else(|| DownloadError::InvalidUrl {
            text: text.to_owned(),
            problem: format!("#{fragment} is neither #sha256= with 64 hexadecimal digits nor #md5= with 32"),
        })?;
        Ok((address.parse()?, Some(checksum)))
    }
}

impl FromStr for HttpUrl {
    type Err = DownloadError;

    fn from_str(text: &str) -> Result<Self, DownloadError> {
        let refused = |problem: &str| DownloadError::InvalidUrl { text: text.to_owned(), problem: problem.to_owned() };
        if text.contains('#') {
            return Err(refused("a fragment (#) names no file"));
        }
        let uri: Uri = text.parse().map_err(|error| refused(&format!("{error}")))?;
        match uri.scheme_str() {
            Some("http" | "https") => {}
            Some(other) => return Err(refused(&format!("{other} is not spoken"))),
            None => return Err(refused("it lacks http:// or https://")),
        }
        let authority = uri.authority().filter(|authority| !authority.host().is_empty());
        let authority = authority.ok_or_else(|| refused("it lacks a host"))?;
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

    fn address(text: &str) -> HttpUrl {
        text.parse().unwrap()
    }

    #[test]
    fn the_name_of_a_file_is_the_end_of_its_path() {
        assert_eq!(address("https://h/a/b.gz").file_name(), Some("b.gz"));
        assert_eq!(address("https://h/a/b.gz?download=1").file_name(), Some("b.gz"));
        assert_eq!(address("https://h/a+new_b.bed.gz").file_name(), Some("a+new_b.bed.gz"));
        for nameless in ["https://h/a/", "https://h", "https://h/a/..", "https://h/.hidden"] {
            assert_eq!(address(nameless).file_name(), None, "{nameless}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_the_reason() {
        let refused = |text: &str| text.parse::<HttpUrl>().expect_err(text).to_string();
        assert!(refused("ftp://h/a").contains("ftp is not spoken"));
        assert!(refused("h/a").contains("no address"));
        assert!(refused("/a/b").contains("http://"));
        assert!(refused("https://h/a#b").contains("fragment"));
        assert!(refused("https://h/a b").contains("no address"));
    }

    #[test]
    fn a_checksum_may_follow_an_address() {
        let md5 = "0123456789abcdef0123456789abcdef";
        let (found, checksum) = HttpUrl::with_checksum(&format!("https://h/a#md5={md5}")).unwrap();
        assert_eq!((found.as_str(), checksum.unwrap().hex()), ("https://h/a", md5));
        assert!(HttpUrl::with_checksum("https://h/a").unwrap().1.is_none());
        assert!(HttpUrl::with_checksum("https://h/a#md5=12").is_err());
    }

    #[test]
    fn a_mirror_takes_the_place_of_the_host() {
        let file = address("https://h:8080/pub/a.gz?x=1");
        assert_eq!(file.on_mirror(&address("http://m")).unwrap().as_str(), "http://m/pub/a.gz?x=1");
        assert_eq!(file.on_mirror(&address("http://m/deep/")).unwrap().as_str(), "http://m/deep/pub/a.gz?x=1");
    }
}
