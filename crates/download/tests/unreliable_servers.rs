//! Downloads from servers that drop connections, misreport sizes, stall and corrupt data.
//!
//! Each download ends with the correct file or a clear error.

#[path = "support/server.rs"]
mod server;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use server::{Reply, Request, Server};
use sha2::Digest;
use tatabox_download::{
    Catalogue, Checksum, ChecksumOrigin, DownloadError, DownloadRecord, Downloader, Event, Fetched, FolderLock,
    Network, Outcome, Proxy, RetryPolicy, Settings, Source,
};
use tempfile::TempDir;

const ETAG: &str = "\"one\"";

/// Gzip file of about 300,000 bytes.
static GENES: LazyLock<Vec<u8>> = LazyLock::new(|| gzip_of(1));

/// Gzip file of pseudorandom numbers, which compress poorly.
fn gzip_of(mut state: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..65_536 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        encoder.write_all(format!("{state:08x}").as_bytes()).expect("writing to memory is infallible");
    }
    encoder.finish().expect("writing to memory is infallible")
}

fn sha256(bytes: &[u8]) -> String {
    hex(&sha2::Sha256::digest(bytes))
}

fn md5(bytes: &[u8]) -> String {
    hex(&md5::Md5::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).expect("below 16"));
    bytes.iter().flat_map(digits).collect()
}

/// Temporary folder with a downloader that does not wait, and its reported events.
struct Fixture {
    folder: TempDir,
    settings: Settings,
    pauses: Arc<Mutex<Vec<Duration>>>,
    free_bytes: u64,
    events: Vec<String>,
}

impl Fixture {
    fn new() -> Self {
        let network = Network {
            stall_timeout: Duration::from_millis(300),
            connect_timeout: Duration::from_secs(5),
            max_redirects: 5,
            proxy: Proxy::Direct,
            certificates: None,
        };
        // The files are small, so a single byte counts as progress.
        let retry = RetryPolicy { progress_bytes: 1, ..RetryPolicy::default() };
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            settings: Settings { network, retry, ..Settings::default() },
            pauses: Arc::default(),
            free_bytes: 1 << 40,
            events: Vec::new(),
        }
    }

    fn fetch(&mut self, source: &Source) -> Result<Fetched, DownloadError> {
        let (pauses, free_bytes) = (Arc::clone(&self.pauses), self.free_bytes);
        let downloader = Downloader::new(self.settings.clone())?
            .with_sleep(move |pause| pauses.lock().expect("no thread panics while it holds the lock").push(pause))
            .with_free_space(move |_| Ok(free_bytes));
        downloader.fetch(source, self.folder.path(), &mut |event| match event {
            Event::Restart { bytes } => self.events.push(format!("restart after {bytes}")),
            Event::NextUrl { error } => self.events.push(format!("next URL: {error}")),
            Event::Pause { error, .. } => self.events.push(format!("retry: {error}")),
            _ => {}
        })
    }

    /// Downloads the genes and compares the file with them.
    fn fetch_genes(&mut self, source: &Source) -> Fetched {
        let fetched = self.fetch(source).expect("fetched");
        assert_eq!(fs::read(self.path(&source.file)).expect("the file exists"), *GENES);
        assert_eq!(fetched.file.bytes, GENES.len() as u64);
        assert_eq!(fetched.file.sha256.hex(), sha256(&GENES));
        assert_eq!(self.names(), ["downloads.json", &source.file], "no other file remains");
        fetched
    }

    /// Error message of a failing download; the final file must not exist.
    fn error(&mut self, source: &Source) -> String {
        let error = self.fetch(source).expect_err("rejected");
        assert!(!self.path(&source.file).exists());
        error.to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("readable");
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    fn pauses(&self) -> Vec<Duration> {
        self.pauses.lock().expect("no thread panics while it holds the lock").clone()
    }
}

/// Source of a catalogue; `more` contains additional fields.
fn source(url: &str, more: &str) -> Source {
    let text = format!(
        "[[set]]\nname = \"s\"\nabout = \"a\"\nsources = [\"genes\"]\n[[source]]\nname = \"genes\"\nabout = \"genes\"\n\
         url = \"{url}\"\nlicence = \"free\"\ncitation = \"none\"\nhomepage = \"none\"\nfetched = false\n{more}"
    );
    let catalogue = Catalogue::parse(&text, "test").expect("a valid catalogue");
    catalogue.select("s", &[]).expect("a known set").1.remove(0)
}

/// Source of the genes with their SHA-256.
fn known(url: &str) -> Source {
    source(url, &format!("sha256 = \"{}\"", sha256(&GENES)))
}

fn correct(request: &Request) -> Reply {
    Reply::file(request, &GENES, ETAG)
}

#[test]
fn fetch_correct_server_takes_one_request() {
    let server = Server::start(correct);
    let mut fixture = Fixture::new();
    let genes = known(&server.url("/genes.gz"));
    let fetched = fixture.fetch_genes(&genes);
    assert_eq!(fetched.outcome, Outcome::Fetched);
    assert_eq!(fetched.file.etag.as_deref(), Some(ETAG));
    assert_eq!(server.asked(), [("/genes.gz".to_owned(), None)]);

    assert_eq!(fixture.fetch(&genes).unwrap().outcome, Outcome::AlreadyPresent);
    fixture.settings.verify = true;
    assert_eq!(fixture.fetch(&genes).unwrap().outcome, Outcome::Verified);
    assert_eq!(server.asked().len(), 1, "existing files are not downloaded again");
}

#[test]
fn fetch_repeatedly_dropped_connection_is_resumed() {
    let server = Server::start(|request| match request.nth {
        nth @ 0..7 => correct(request).cut_after(30_000 + nth),
        _ => correct(request),
    });
    let mut fixture = Fixture::new();
    // Without a published checksum, If-Range ensures that the parts match.
    fixture.fetch_genes(&source(&server.url("/genes.gz"), ""));
    let asked: Vec<Option<usize>> = server.asked().into_iter().map(|(_, range)| range).collect();
    let expected = [None, Some(30_000), Some(60_001), Some(90_003), Some(120_006)];
    assert_eq!(asked[..5], expected, "seven drops exceed five attempts, but each made progress");
    assert_eq!(asked.len(), 8);
    assert!(fixture.events[0].contains("the connection ended after 30000 of"), "{:?}", fixture.events);
}

#[test]
fn fetch_no_progress_fails_and_keeps_partial_file() {
    let server = Server::start(|request| match request.nth {
        0 => correct(request).cut_after(50_000),
        1..=5 => correct(request).cut_after(0),
        _ => correct(request),
    });
    let mut fixture = Fixture::new();
    let genes = known(&server.url("/genes.gz"));
    let message = fixture.error(&genes);
    assert!(message.contains("the connection ended after 50000 of"), "{message}");
    assert_eq!(fixture.names(), ["genes.gz.partial", "genes.gz.partial.json"]);
    let pauses = fixture.pauses();
    assert!(pauses.len() == 4 && pauses.is_sorted() && pauses[0] >= Duration::from_millis(500), "{pauses:?}");

    // The next run resumes the partial file.
    fixture.fetch_genes(&genes);
    assert_eq!(server.asked().last().unwrap().1, Some(50_000));
}

#[test]
fn fetch_server_without_ranges_restarts() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::whole(&GENES).header("ETag", ETAG).cut_after(40_000),
        _ => Reply::whole(&GENES).header("ETag", ETAG),
    });
    let mut fixture = Fixture::new();
    fixture.fetch_genes(&known(&server.url("/genes.gz")));
    assert_eq!(server.asked()[1].1, Some(40_000), "a range was requested");
    assert!(fixture.events.contains(&"restart after 40000".to_owned()), "{:?}", fixture.events);
}

#[test]
fn fetch_server_without_ranges_that_drops_every_connection_fails() {
    let server = Server::start(|_| Reply::whole(&GENES).header("ETag", ETAG).cut_after(40_000));
    let message = Fixture::new().error(&known(&server.url("/genes.gz")));
    assert!(message.contains("the connection ended after 40000 of"), "{message}");
    // The first 40,000 bytes count as progress only once.
    assert_eq!(server.asked().len(), 5);
}

#[test]
fn fetch_response_with_wrong_range_is_rejected() {
    for range in ["bytes 10-99/100", "bytes 0-1", ""] {
        let server = Server::start(move |request| match request.range() {
            None if request.nth == 0 => correct(request).cut_after(70_000),
            None => correct(request),
            Some(_) => Reply::new(206, vec![7; 90]).header("Content-Range", range),
        });
        let mut fixture = Fixture::new();
        fixture.fetch_genes(&known(&server.url("/genes.gz")));
        let events = fixture.events.join("\n");
        assert!(events.contains("requested bytes from 70000 on, but the server sends"), "{events}");
        assert!(events.contains("restart after 70000"), "{events}");
    }
}

#[test]
fn fetch_file_changed_between_requests_restarts() {
    // A server that supports If-Range sends the complete new file.
    let before = gzip_of(2);
    let server = Server::start(move |request| match request.nth {
        0 => Reply::file(request, &before, "\"old\"").cut_after(60_000),
        _ => correct(request),
    });
    let mut fixture = Fixture::new();
    fixture.fetch_genes(&source(&server.url("/genes.gz"), ""));
    assert_eq!(fixture.events.len(), 2, "{:?}", fixture.events);
    assert_eq!(fixture.events[1], "restart after 60000");
    assert_eq!(server.asked().len(), 2);

    // A server that ignores If-Range sends the rest of the new file, with its entity tag.
    let before = gzip_of(2);
    let server = Server::start(move |request| {
        let mut without_if_range = request.clone();
        without_if_range.headers.remove("if-range");
        match request.nth {
            0 => Reply::file(&without_if_range, &before, "\"old\"").cut_after(60_000),
            _ => Reply::file(&without_if_range, &GENES, ETAG),
        }
    });
    let mut fixture = Fixture::new();
    fixture.fetch_genes(&source(&server.url("/genes.gz"), ""));
    let events = fixture.events.join("\n");
    assert!(events.contains("the file changed on the server during the download"), "{events}");
}

#[test]
fn fetch_file_shorter_than_partial_file_restarts() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::whole(&[&GENES[..], &vec![0; 50_000]].concat()).header("ETag", ETAG).cut_after(GENES.len() + 10),
        _ => correct(request),
    });
    let mut fixture = Fixture::new();
    fixture.fetch_genes(&known(&server.url("/genes.gz")));
    assert!(fixture.events.iter().any(|event| event.starts_with("restart after")), "{:?}", fixture.events);
}

#[test]
fn fetch_partial_file_without_validator_is_resumed_only_with_checksum() {
    let without_validator = |request: &Request| {
        let reply = match request.range() {
            Some(from) => Reply::new(206, &GENES[from..])
                .header("Content-Range", &format!("bytes {from}-{}/{}", GENES.len() - 1, GENES.len())),
            None => Reply::whole(&GENES),
        };
        if request.nth == 0 { reply.cut_after(20_000) } else { reply }
    };
    let server = Server::start(without_validator);
    Fixture::new().fetch_genes(&known(&server.url("/genes.gz")));
    assert_eq!(server.asked()[1].1, Some(20_000));

    let server = Server::start(without_validator);
    Fixture::new().fetch_genes(&source(&server.url("/genes.gz"), ""));
    assert_eq!(server.asked()[1].1, None, "without validator and checksum, the parts may not match");
}

#[test]
fn fetch_reported_length_too_long_fails() {
    let server = Server::start(|_| Reply::whole(&GENES).report_length(GENES.len() + 1_000));
    let message = Fixture::new().error(&known(&server.url("/genes.gz")));
    let expected = format!("the connection ended after {} of {} bytes", GENES.len(), GENES.len() + 1_000);
    assert!(message.contains(&expected), "{message}");

    // A known size is compared with the header.
    let server = Server::start(|_| Reply::whole(&GENES).report_length(GENES.len() + 1_000));
    let message = Fixture::new().error(&source(&server.url("/genes.gz"), &format!("bytes = {}", GENES.len())));
    assert!(message.contains(&format!("bytes, expected {}", GENES.len())), "{message}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn fetch_reported_length_too_short_fails() {
    let short = |_: &Request| Reply::whole(&GENES).report_length(GENES.len() - 1_000);
    let server = Server::start(short);
    let message = Fixture::new().error(&known(&server.url("/genes.gz")));
    assert!(message.contains("SHA-256 is") && message.contains(&sha256(&GENES)), "{message}");

    // Without size and checksum, the gzip stream detects the error.
    let server = Server::start(short);
    let message = Fixture::new().error(&source(&server.url("/genes.gz"), ""));
    assert!(message.contains("the gzip file is corrupt"), "{message}");
}

#[test]
fn fetch_without_length_verifies_content() {
    let server = Server::start(|_| Reply::whole(&GENES).omit_length());
    Fixture::new().fetch_genes(&known(&server.url("/genes.gz")));
    let server = Server::start(|_| Reply::whole(&GENES).omit_length().cut_after(1_000));
    let message = Fixture::new().error(&source(&server.url("/genes.gz"), ""));
    assert!(message.contains("the gzip file is corrupt"), "{message}");
    // A body may not exceed the expected size.
    let server = Server::start(|_| Reply::whole(&GENES).omit_length());
    let message = Fixture::new().error(&source(&server.url("/genes.gz"), "bytes = 1000"));
    assert!(message.contains("expected 1000"), "{message}");
    assert!(!message.contains(&GENES.len().to_string()), "the transfer stops before the end: {message}");
}

#[test]
fn fetch_corrupt_file_is_downloaded_twice_and_error_names_both_checksums() {
    let mut corrupt = GENES.clone();
    corrupt[1_234] ^= 1;
    let body = corrupt.clone();
    let server = Server::start(move |request| match request.nth {
        0 => Reply::file(request, &body, ETAG),
        _ => correct(request),
    });
    let mut fixture = Fixture::new();
    fixture.fetch_genes(&known(&server.url("/genes.gz")));
    assert_eq!(
        server.asked(),
        vec![("/genes.gz".to_owned(), None); 2],
        "the second attempt restarts from the first byte"
    );

    let body = corrupt.clone();
    let server = Server::start(move |request| Reply::file(request, &body, ETAG));
    let mut fixture = Fixture::new();
    let message = fixture.error(&known(&server.url("/genes.gz")));
    assert!(message.contains(&sha256(&GENES)) && message.contains(&sha256(&corrupt)), "{message}");
    assert!(fixture.names().is_empty(), "corrupt bytes are deleted");
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn fetch_redirects_are_followed_up_to_limit() {
    let server = Server::start(|request| match request.path.as_str() {
        "/a/genes.gz" => Reply::redirect("/b"),
        "/b" => Reply::redirect("/c"),
        "/c" if request.nth == 0 => correct(request).cut_after(10_000),
        "/c" => correct(request),
        _ => Reply::redirect("/round"),
    });
    Fixture::new().fetch_genes(&known(&server.url("/a/genes.gz")));
    assert_eq!(server.asked().last().unwrap(), &("/c".to_owned(), Some(10_000)), "the range is sent to the target");
    let message = Fixture::new().error(&known(&server.url("/round/genes.gz")));
    assert!(message.contains("more than 5 redirects"), "{message}");
}

#[test]
fn fetch_missing_file_falls_back_to_mirror() {
    let server = Server::start(|request| match request.path.as_str() {
        "/mirror/genes.gz" => correct(request),
        _ => Reply::new(404, "not here"),
    });
    let mirrored = |mirror: &str| {
        source(&server.url("/genes.gz"), &format!("sha256 = \"{}\"\nmirrors = [\"{mirror}\"]", sha256(&GENES)))
    };
    let mut fixture = Fixture::new();
    let fetched = fixture.fetch_genes(&mirrored(&server.url("/mirror/genes.gz")));
    assert!(fetched.file.fetched_from.unwrap().as_str().ends_with("/mirror/genes.gz"));
    assert!(fixture.events[0].contains("the server answers 404"), "{:?}", fixture.events);
    assert_eq!(server.asked().len(), 2, "status 404 is not retried");

    let message = Fixture::new().error(&mirrored(&server.url("/elsewhere/genes.gz")));
    assert!(message.contains("all URLs of genes failed"), "{message}");
    assert!(message.matches("the server answers 404 (not found").count() == 2, "{message}");
}

#[test]
fn fetch_mirror_resumes_partial_file_of_failed_server() {
    let server = Server::start(|request| match (request.path.as_str(), request.nth) {
        ("/genes.gz", 0) => correct(request).cut_after(80_000),
        ("/genes.gz", _) => Reply::new(503, ""),
        _ => Reply::file(request, &GENES, "\"another tag\""),
    });
    let more = format!("sha256 = \"{}\"\nmirrors = [\"{}\"]", sha256(&GENES), server.url("/mirror/genes.gz"));
    Fixture::new().fetch_genes(&source(&server.url("/genes.gz"), &more));
    assert_eq!(server.asked().last().unwrap(), &("/mirror/genes.gz".to_owned(), Some(80_000)));
}

#[test]
fn fetch_server_errors_are_retried() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::new(500, "oops"),
        1 => Reply::new(503, "later"),
        _ => correct(request),
    });
    let mut fixture = Fixture::new();
    fixture.fetch_genes(&known(&server.url("/genes.gz")));
    let pauses = fixture.pauses();
    assert_eq!(pauses.len(), 2);
    assert!(pauses[0] <= Duration::from_secs(1) && pauses[1] <= Duration::from_secs(2), "{pauses:?}");
}

#[test]
fn fetch_retry_after_is_respected_up_to_maximum_pause() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::new(429, "").header("Retry-After", "7"),
        _ => correct(request),
    });
    let mut fixture = Fixture::new();
    fixture.fetch_genes(&known(&server.url("/genes.gz")));
    assert_eq!(fixture.pauses(), [Duration::from_secs(7)]);

    let server = Server::start(|_| Reply::new(429, "").header("Retry-After", "86400"));
    let mut fixture = Fixture::new();
    let message = fixture.error(&known(&server.url("/genes.gz")));
    assert!(message.contains("asks to wait 86400 s, more than the maximum of 60 s"), "{message}");
    assert!(fixture.pauses().is_empty());
}

#[test]
fn fetch_stalled_connection_times_out_and_is_resumed() {
    let server = Server::start(|request| match request.nth {
        0 => correct(request).cut_after(25_000).stall(),
        _ => correct(request),
    });
    let mut fixture = Fixture::new();
    let started = Instant::now();
    fixture.fetch_genes(&known(&server.url("/genes.gz")));
    assert!(started.elapsed() < Duration::from_millis(1_400), "{:?}", started.elapsed());
    assert!(fixture.events[0].contains("no data received for"), "{:?}", fixture.events);
    assert_eq!(server.asked()[1].1, Some(25_000));
}

#[test]
fn fetch_refused_connection_names_url() {
    // An unused port.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/genes.gz", listener.local_addr().unwrap());
    drop(listener);
    let message = Fixture::new().error(&known(&url));
    assert!(message.contains(&url) && message.contains("refused"), "{message}");
}

#[test]
fn fetch_login_page_is_rejected_and_keeps_partial_file() {
    let page = "<!DOCTYPE html><html><head><title>Hotel network</title></head></html>";
    let server = Server::start(move |request| match request.nth {
        0 => correct(request).cut_after(90_000),
        1 => Reply::whole(page.as_bytes()).header("Content-Type", "text/html"),
        _ => correct(request),
    });
    let mut fixture = Fixture::new();
    let genes = known(&server.url("/genes.gz"));
    let message = fixture.error(&genes);
    assert!(message.contains("sends a web page (Hotel network) in place of the file"), "{message}");
    assert_eq!(fs::metadata(fixture.path("genes.gz.partial")).unwrap().len(), 90_000);
    fixture.fetch_genes(&genes);
}

#[test]
fn fetch_content_of_other_format_is_rejected() {
    let server = Server::start(|_| Reply::whole(b"chr1\t1\t2\n"));
    let message = Fixture::new().error(&source(&server.url("/genes.gz"), ""));
    assert!(message.contains("not a gzip file: it starts with \"chr1"), "{message}");
    let server = Server::start(|_| Reply::whole(b""));
    let message = Fixture::new().error(&source(&server.url("/genes.tsv"), ""));
    assert!(message.contains("it is empty"), "{message}");
}

#[test]
fn fetch_insufficient_disk_space_fails_before_first_byte() {
    let server = Server::start(correct);
    let mut fixture = Fixture::new();
    fixture.free_bytes = 1_000_000;
    let more = format!("mirrors = [\"{}\"]", server.url("/mirror/genes.gz"));
    let message = fixture.error(&source(&server.url("/genes.gz"), &more));
    assert!(message.contains("only 1000000 are free; free disk space"), "{message}");
    assert!(fixture.names().is_empty());
    assert_eq!(server.asked().len(), 1, "another URL cannot help");
}

#[test]
fn fetch_file_is_compared_with_checksum_list() {
    let list = |sum: String| format!("{}  other.gz\n{sum}  ./genes.gz\n", "0".repeat(32));
    let serve = move |sum: fn(&[u8]) -> String| {
        Server::start(move |request| match (request.path.as_str(), request.nth) {
            ("/MD5SUMS", 0) => Reply::new(502, ""),
            ("/MD5SUMS", _) => Reply::whole(list(sum(&GENES)).as_bytes()),
            _ => correct(request),
        })
    };
    let listed =
        |server: &Server| source(&server.url("/genes.gz"), &format!("checksums = \"{}\"", server.url("/MD5SUMS")));
    let server = serve(md5);
    let fetched = Fixture::new().fetch_genes(&listed(&server));
    assert!(matches!(fetched.file.checked_against, ChecksumOrigin::PublishersList { .. }));

    let server = serve(|_| "1".repeat(32));
    let mut fixture = Fixture::new();
    let message = fixture.error(&listed(&server));
    let expected = format!("the MD5 is {}, expected {} (from {})", md5(&GENES), "1".repeat(32), server.url("/MD5SUMS"));
    assert!(message.contains(&expected), "{message}");
    assert!(fixture.names().is_empty());
}

#[test]
fn fetch_invalid_checksum_list_fails_before_download() {
    let cases: [(&str, &str); 3] = [
        ("<html><title>Log in</title>", "a web page (Log in)"),
        ("no sums today", "not a checksum list"),
        ("00000000000000000000000000000000  other.gz", "genes.gz is not among the 1 entries of the checksum list"),
    ];
    for (list, expected) in cases {
        let server = Server::start(move |_| Reply::whole(list.as_bytes()));
        let more = format!("checksums = \"{}\"", server.url("/SUMS"));
        let message = Fixture::new().error(&source(&server.url("/genes.gz"), &more));
        assert!(message.contains(expected), "{message}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[test]
fn fetch_without_published_checksum_compares_with_first_download() {
    let after = gzip_of(3);
    let body = after.clone();
    let server = Server::start(move |request| match request.nth {
        0 => correct(request),
        _ => Reply::file(request, &body, "\"two\""),
    });
    let mut fixture = Fixture::new();
    let genes = source(&server.url("/genes.gz"), "");
    assert_eq!(fixture.fetch_genes(&genes).file.checked_against, ChecksumOrigin::FirstSeen);

    fs::remove_file(fixture.path("genes.gz")).unwrap();
    let message = fixture.error(&genes);
    assert!(message.contains(&sha256(&after)) && message.contains(&sha256(&GENES)), "{message}");
    assert!(message.contains("may have a new release"), "{message}");

    fixture.settings.accept_changed = true;
    assert_eq!(fixture.fetch(&genes).unwrap().file.sha256.hex(), sha256(&after));
    let record = DownloadRecord::load(fixture.folder.path()).unwrap();
    assert_eq!(record.files["genes.gz"].sha256.hex(), sha256(&after));
}

#[test]
fn fetch_existing_file_is_never_overwritten() {
    let server = Server::start(correct);
    let genes = known(&server.url("/genes.gz"));
    let fixture_with = |bytes: &[u8]| {
        let fixture = Fixture::new();
        fs::write(fixture.path("genes.gz"), bytes).unwrap();
        fixture
    };
    // An existing file with the expected checksum is recorded; any other is left unchanged.
    let mut fixture = fixture_with(&GENES);
    let fetched = fixture.fetch(&genes).unwrap();
    assert_eq!((fetched.outcome, fetched.file.fetched_from), (Outcome::Verified, None));
    let mut fixture = fixture_with(b"mine");
    let message = fixture.fetch(&genes).unwrap_err().to_string();
    assert!(message.contains("move or delete the file to download it again"), "{message}");
    assert_eq!(fs::read(fixture.path("genes.gz")).unwrap(), b"mine");
    assert_eq!(server.asked().len(), 0);

    // A file that changed since the download: size is always compared, content with `verify`.
    let mut fixture = Fixture::new();
    fixture.fetch_genes(&genes);
    let mut changed = GENES.clone();
    changed[99] ^= 1;
    fs::write(fixture.path("genes.gz"), &changed).unwrap();
    fixture.settings.verify = true;
    let message = fixture.fetch(&genes).unwrap_err().to_string();
    assert!(message.contains(&sha256(&changed)) && message.contains("given with the URL"), "{message}");
    fixture.settings.verify = false;
    fs::write(fixture.path("genes.gz"), &changed[1..]).unwrap();
    let message = fixture.fetch(&genes).unwrap_err().to_string();
    assert!(message.contains(&format!("has {} bytes, expected {}", GENES.len() - 1, GENES.len())), "{message}");
}

#[test]
fn fetch_existing_file_from_other_url_is_rejected() {
    let server = Server::start(correct);
    let mut fixture = Fixture::new();
    fixture.fetch_genes(&known(&server.url("/v49/genes.gz")));
    let message = fixture.fetch(&known(&server.url("/v50/genes.gz"))).unwrap_err().to_string();
    assert!(message.contains("/v49/genes.gz, not from") && message.contains("/v50/genes.gz"), "{message}");
}

#[test]
fn fetch_complete_partial_file_is_not_downloaded_again() {
    // State after a crash between the last byte and the renaming.
    let server = Server::start(correct);
    let mut fixture = Fixture::new();
    let url = server.url("/genes.gz");
    fs::write(fixture.path("genes.gz.partial"), &*GENES).unwrap();
    let state = format!(r#"{{"url": "{url}", "etag": null, "last_modified": null, "total_bytes": {}}}"#, GENES.len());
    fs::write(fixture.path("genes.gz.partial.json"), state).unwrap();
    fixture.fetch_genes(&known(&url));
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn folder_lock_second_lock_is_rejected() {
    let fixture = Fixture::new();
    let folder: &Path = fixture.folder.path();
    let _first = FolderLock::take(folder).unwrap();
    assert!(matches!(FolderLock::take(folder), Err(DownloadError::FolderLocked { .. })));
}

#[test]
fn replace_url_checksum_is_verified() {
    let server = Server::start(correct);
    let mut genes = source("https://example.org/old.gz", "bytes = 3");
    let wrong = Checksum::from_hex(&"0".repeat(64)).unwrap();
    genes.replace_url(server.url("/genes.gz").parse().unwrap(), Some(wrong));
    let message = Fixture::new().error(&genes);
    assert!(message.contains("given with the URL"), "{message}");
    genes.replace_url(server.url("/genes.gz").parse().unwrap(), None);
    Fixture::new().fetch_genes(&genes);
}
