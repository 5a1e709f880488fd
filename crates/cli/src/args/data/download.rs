//! `tatabox download`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use tatabox_download::{Checksum, HttpUrl, Network, RetryPolicy, Settings};

use crate::terminal::failure::usage;

/// Default parent folder of downloads.
const DOWNLOADS_DIR: &str = "data/downloads";

/// Download public data: genome, gene annotation, expression tables, TSS peaks.
///
/// Fetches the files of a named set from their publishers. An interrupted transfer resumes where it stopped, in the same
/// run or the next one; failing servers are retried after increasing pauses, then their mirrors. A file gets its name only
/// when its size and checksum are correct. Where no checksum is published, that of the first download is stored in
/// downloads.json and compared with later ones. Files that are present are not fetched again. Ends with exit code 1 if a
/// file fails; the others are fetched nevertheless.
#[derive(Debug, Args)]
#[command(after_long_help = "\
EXAMPLES
  tatabox download --list
  tatabox download hg38 --dry-run
  tatabox download hg38
  tatabox download hg38 --prepare && tatabox train --gene-features
  tatabox download hg38 --only gencode --dest data/annotation
  tatabox download hg38 --url gencode=https://example.org/gencode.v50.gtf.gz
  tatabox download hg38 --mirror http://mirror.example.org/bio

NETWORK
  The variables HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are respected.
  SSL_CERT_FILE names certificates (PEM) to trust instead of the default ones.

FILES IN --dest
  NAME                the complete, verified file
  NAME.partial        the part fetched so far, and its state in NAME.partial.json
  downloads.json      addresses, sizes, checksums and dates of all files

OTHER ADDRESSES
  With --url the listed size and checksum of NAME are ignored. Append the new
  checksum: --url gencode=https://example.org/a.gtf.gz#md5=DIGITS (or
  #sha256=DIGITS). --sources FILE describes other sets, in the format of
  data/sources.toml.")]
pub(crate) struct DownloadArgs {
    /// Set of files to fetch; --list shows the sets
    #[arg(value_name = "SET", required_unless_present = "list")]
    pub(crate) set: Option<String>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    /// Only these files of the set; comma-separated
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "list")]
    pub(crate) only: Vec<String>,

    /// Fetch NAME from this address only
    #[arg(long, value_name = "NAME=URL", help_heading = "Sources", conflicts_with = "list")]
    url: Vec<String>,
    /// Try this server before the publishers, with their paths below URL
    #[arg(long, value_name = "URL", help_heading = "Sources", conflicts_with = "list")]
    mirror: Vec<HttpUrl>,
    /// Catalogue of sets and addresses that replaces the built-in one
    #[arg(long, value_name = "TOML", help_heading = "Sources")]
    pub(crate) sources: Option<PathBuf>,

    /// Attempts per address without progress
    #[arg(long, value_name = "N", help_heading = "Network", default_value_t = RetryPolicy::default().attempts,
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    attempts: u32,
    /// Timeout for the next byte, in seconds
    #[arg(long, value_name = "S", help_heading = "Network", default_value_t = Network::default().stall_timeout.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,

    /// Then run the `tatabox prepare` command of the set
    #[arg(long, help_heading = "Output", conflicts_with_all = ["list", "dry_run", "only", "json"])]
    pub(crate) prepare: bool,
    /// Output folder [default: data/downloads/SET]
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    dest: Option<PathBuf>,
    #[command(flatten)]
    checks: CheckArgs,
    /// Print JSON
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

/// Output without a download.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Show the sets with files, sizes, licences and citations; fetch nothing
    #[arg(long, conflicts_with_all = ["dry_run", "verify"])]
    pub(crate) list: bool,
    /// Show the files to fetch, their addresses, and the files that are present; fetch nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Verification of files.
#[derive(Debug, Args)]
struct CheckArgs {
    /// Also verify the checksums of files that are present
    #[arg(long, help_heading = "Output")]
    verify: bool,
    /// Accept a file without a published checksum that differs from the first download
    #[arg(long, help_heading = "Output")]
    accept_changed: bool,
}

/// HttpUrl that replaces that of the catalogue.
#[derive(Debug)]
pub(crate) struct Replacement {
    pub(crate) name: String,
    pub(crate) url: HttpUrl,
    pub(crate) checksum: Option<Checksum>,
}

impl DownloadArgs {
    /// Output folder of a set.
    pub(crate) fn folder(&self, set: &str) -> PathBuf {
        self.dest.clone().unwrap_or_else(|| Path::new(DOWNLOADS_DIR).join(set))
    }

    /// HttpUrles of --url.
    pub(crate) fn replacements(&self) -> Result<Vec<Replacement>> {
        let read = |text: &String| {
            let Some((name, address)) = text.split_once('=').filter(|(name, _)| !name.contains('/')) else {
                return Err(usage(format!("--url {text}: expected NAME=URL")));
            };
            let (url, checksum) =
                HttpUrl::with_checksum(address).map_err(|error| usage(format!("--url {name}: {error}")))?;
            Ok(Replacement { name: name.to_owned(), url, checksum })
        };
        self.url.iter().map(read).collect()
    }

    /// Servers of --mirror, in order.
    pub(crate) fn mirrors(&self) -> &[HttpUrl] {
        &self.mirror
    }

    /// Settings of the download; proxies and certificates are those of the environment.
    pub(crate) fn settings(&self) -> Settings {
        let certificates = std::env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
        let network = Network { stall_timeout: Duration::from_secs(self.timeout), certificates, ..Network::default() };
        // Pauses are random so that many programs do not retry at once; the seed must differ between runs.
        let retry =
            RetryPolicy { attempts: self.attempts, seed: u64::from(std::process::id()), ..RetryPolicy::default() };
        Settings { network, retry, verify: self.checks.verify, accept_changed: self.checks.accept_changed }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        args: DownloadArgs,
    }

    fn args(line: &str) -> Result<DownloadArgs> {
        Ok(Line::try_parse_from(format!("download {line}").split_whitespace())?.args)
    }

    #[test]
    fn download_args_require_a_set_unless_listing() {
        assert!(args("").is_err());
        assert!(args("--list").is_ok());
        assert_eq!(args("hg38").expect("valid").folder("hg38"), Path::new("data/downloads/hg38"));
        assert_eq!(args("hg38 --dest x").expect("valid").folder("hg38"), Path::new("x"));
    }

    #[test]
    fn download_args_url_may_contain_a_checksum() {
        let md5 = "0".repeat(32);
        let given = args(&format!("hg38 --url a=https://h/x?y=1 --url b=https://h/z#md5={md5}")).expect("valid");
        let replacements = given.replacements().expect("valid");
        assert_eq!(replacements[0].url.as_str(), "https://h/x?y=1");
        assert_eq!(replacements[1].checksum.as_ref().map(Checksum::hex), Some(md5.as_str()));
        for wrong in ["https://h/x?y=1", "a", "a=h", "a=https://h/x#md5=1"] {
            let refused = args(&format!("hg38 --url {wrong}")).expect("syntax").replacements();
            assert!(refused.expect_err(wrong).to_string().starts_with("--url"), "{wrong}");
        }
    }

    #[test]
    fn download_args_mirror_must_be_an_address() {
        assert!(args("hg38 --mirror ftp://h").is_err());
        assert_eq!(args("hg38 --mirror http://h/x").expect("valid").mirrors()[0].as_str(), "http://h/x");
    }
}
