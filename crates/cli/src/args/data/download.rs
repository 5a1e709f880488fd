//! `tatabox download`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use tatabox_download::{Address, Checksum, Network, RetryPolicy, Settings};

use crate::terminal::failure::usage;

/// Folder for downloads, from the root of the project.
const DOWNLOADS_DIR: &str = "data/downloads";

/// Fetch public data: genome, gene annotation, expression tables, TSS peaks.
///
/// Takes the files of a named set from their publishers. What breaks off is taken up where it broke, here or at the next
/// run; servers in trouble are asked again after growing pauses, then their mirrors. A file gets its name only when its
/// size and checksum are right. Where the publisher gives no checksum, that of the first download is kept in
/// downloads.json and held against later ones. Files that are there already are not fetched again. Ends with exit code 1
/// where a file could not be had; the others are fetched all the same.
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

THE NETWORK
  The variables HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY are respected.
  SSL_CERT_FILE names certificates (PEM) to trust in place of the usual ones.

FILES IN --dest
  NAME                the file, whole and checked
  NAME.partial        what is there of it so far, and NAME.partial.json
  downloads.json      addresses, sizes, checksums and dates of all files

ANOTHER ADDRESS
  With --url the size and the checksum listed for NAME no longer hold. Give the
  new one along: --url gencode=https://example.org/a.gtf.gz#md5=DIGITS (or
  #sha256=DIGITS). With --sources FILE whole sets can be described; the format
  is that of data/sources.toml.")]
pub(crate) struct DownloadArgs {
    /// The set of files to fetch; --list names them
    #[arg(value_name = "SET", required_unless_present = "list")]
    pub(crate) set: Option<String>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    /// Only these files of the set; several separated by commas
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "list")]
    pub(crate) only: Vec<String>,

    /// Take NAME from this address alone
    #[arg(long, value_name = "NAME=URL", help_heading = "Sources", conflicts_with = "list")]
    url: Vec<String>,
    /// Try this server before the publishers: their paths are looked for below URL
    #[arg(long, value_name = "URL", help_heading = "Sources", conflicts_with = "list")]
    mirror: Vec<Address>,
    /// Sets and addresses in place of those that come with the program
    #[arg(long, value_name = "TOML", help_heading = "Sources")]
    pub(crate) sources: Option<PathBuf>,

    /// Attempts at one address without progress
    #[arg(long, value_name = "N", help_heading = "Network", default_value_t = RetryPolicy::default().attempts,
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    attempts: u32,
    /// Seconds to wait for the next byte
    #[arg(long, value_name = "S", help_heading = "Network", default_value_t = Network::default().stall_timeout.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    timeout: u64,

    /// Go on with the set's `tatabox prepare` once every file is there
    #[arg(long, help_heading = "Output", conflicts_with_all = ["list", "dry_run", "only", "json"])]
    pub(crate) prepare: bool,
    /// Folder to write [default: data/downloads/SET]
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    dest: Option<PathBuf>,
    #[command(flatten)]
    checks: CheckArgs,
    /// Print JSON instead of a table
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

/// What is shown in place of fetching.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Show the sets with their files, sizes, licences and citations; fetch nothing
    #[arg(long, conflicts_with_all = ["dry_run", "verify"])]
    pub(crate) list: bool,
    /// Show what would be fetched, from where to where, and what is there; fetch nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What is taken for right.
#[derive(Debug, Args)]
struct CheckArgs {
    /// Compute the checksums of files that are there already, too
    #[arg(long, help_heading = "Output")]
    verify: bool,
    /// Take a file without a published checksum though it is not the one first fetched
    #[arg(long, help_heading = "Output")]
    accept_changed: bool,
}

/// An address that takes the place of the catalogue's.
#[derive(Debug)]
pub(crate) struct Replacement {
    pub(crate) name: String,
    pub(crate) url: Address,
    pub(crate) checksum: Option<Checksum>,
}

impl DownloadArgs {
    /// Where the files of `set` go.
    pub(crate) fn folder(&self, set: &str) -> PathBuf {
        self.dest.clone().unwrap_or_else(|| Path::new(DOWNLOADS_DIR).join(set))
    }

    /// The addresses given with --url.
    pub(crate) fn replacements(&self) -> Result<Vec<Replacement>> {
        let read = |text: &String| {
            let Some((name, address)) = text.split_once('=').filter(|(name, _)| !name.contains('/')) else {
                return Err(usage(format!("--url {text}: expected NAME=URL")));
            };
            let (url, checksum) =
                Address::with_checksum(address).map_err(|error| usage(format!("--url {name}: {error}")))?;
            Ok(Replacement { name: name.to_owned(), url, checksum })
        };
        self.url.iter().map(read).collect()
    }

    /// The servers given with --mirror, the first one first.
    pub(crate) fn mirrors(&self) -> &[Address] {
        &self.mirror
    }

    /// How to fetch; proxies and certificates are those of the environment.
    pub(crate) fn settings(&self) -> Settings {
        let certificates = std::env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
        let network = Network { stall_timeout: Duration::from_secs(self.timeout), certificates, ..Network::default() };
        // Pauses are random so that many programs do not come back at once: the one draw that must differ between runs.
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
    fn a_set_is_needed_but_for_the_list() {
        assert!(args("").is_err());
        assert!(args("--list").is_ok());
        assert_eq!(args("hg38").expect("valid").folder("hg38"), Path::new("data/downloads/hg38"));
        assert_eq!(args("hg38 --dest x").expect("valid").folder("hg38"), Path::new("x"));
    }

    #[test]
    fn another_address_may_bring_its_checksum() {
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
    fn a_mirror_is_an_address() {
        assert!(args("hg38 --mirror ftp://h").is_err());
        assert_eq!(args("hg38 --mirror http://h/x").expect("valid").mirrors()[0].as_str(), "http://h/x");
    }
}
