//! Downloads from servers that cut, lie, stall and mislead: each ends in the right file or a clear error.

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

/// A gzip file of some 300,000 bytes.
static GENES: LazyLock<Vec<u8>> = LazyLock::new(|| packed(1));

/// Numbers that do not compress well, packed.
fn packed(mut state: u32) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..65_536 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        packer.write_all(format!("{state:08x}").as_bytes()).expect("memory takes it");
    }
    packer.finish().expect("memory takes it")
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

/// A folder, a downloader that does not wait, and what it says.
struct Bench {
    folder: TempDir,
    settings: Settings,
    pauses: Arc<Mutex<Vec<Duration>>>,
    free_bytes: u64,
    told: Vec<String>,
}

impl Bench {
    fn new() -> Self {
        let network = Network {
            stall_timeout: Duration::from_millis(300),
            connect_timeout: Duration::from_secs(5),
            max_redirects: 5,
            proxy: Proxy::Direct,
            certificates: None,
        };
        // Progress of any size counts, since the files are small.
        let retry = RetryPolicy { progress_bytes: 1, ..RetryPolicy::default() };
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            settings: Settings { network, retry, ..Settings::default() },
            pauses: Arc::default(),
            free_bytes: 1 << 40,
            told: Vec::new(),
        }
    }

    fn fetch(&mut self, source: &Source) -> Result<Fetched, DownloadError> {
        let (pauses, free_bytes) = (Arc::clone(&self.pauses), self.free_bytes);
        let downloader = Downloader::new(self.settings.clone())?
            .with_sleep(move |pause| pauses.lock().expect("no test panics within").push(pause))
            .with_free_space(move |_| Ok(free_bytes));
        downloader.fetch(source, self.folder.path(), &mut |event| match event {
            Event::Restart { bytes } => self.told.push(format!("restart after {bytes}")),
            Event::NextUrl { error } => self.told.push(format!("next: {error}")),
            Event::Pause { error, .. } => self.told.push(format!("again: {error}")),
            _ => {}
        })
    }

    /// Fetches the genes and holds the file against them.
    fn fetch_genes(&mut self, source: &Source) -> Fetched {
        let fetched = self.fetch(source).expect("fetched");
        assert_eq!(fs::read(self.path(&source.file)).expect("it is there"), *GENES);
        assert_eq!(fetched.file.bytes, GENES.len() as u64);
        assert_eq!(fetched.file.sha256.hex(), sha256(&GENES));
        assert_eq!(self.names(), ["downloads.json", &source.file], "nothing else is left");
        fetched
    }

    /// Fails to fetch; nothing stands under the final name. Returns what is said.
    fn refused(&mut self, source: &Source) -> String {
        let error = self.fetch(source).expect_err("refused");
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
        self.pauses.lock().expect("no test panics within").clone()
    }
}

/// A source as a catalogue would describe it; `more` holds further fields.
fn source(url: &str, more: &str) -> Source {
    let text = format!(
        "[[set]]\nname = \"s\"\nabout = \"a\"\nsources = [\"genes\"]\n[[source]]\nname = \"genes\"\nabout = \"genes\"\n\
         url = \"{url}\"\nlicence = \"free\"\ncitation = \"none\"\nhomepage = \"none\"\nfetched = false\n{more}"
    );
    let catalogue = Catalogue::parse(&text, "test").expect("as catalogues are");
    catalogue.select("s", &[]).expect("there").1.remove(0)
}

/// The genes with their SHA-256 known.
fn known(url: &str) -> Source {
    source(url, &format!("sha256 = \"{}\"", sha256(&GENES)))
}

fn honest(request: &Request) -> Reply {
    Reply::file(request, &GENES, ETAG)
}

#[test]
fn an_honest_server_gives_the_file_in_one_request() {
    let server = Server::start(honest);
    let mut bench = Bench::new();
    let genes = known(&server.url("/genes.gz"));
    let fetched = bench.fetch_genes(&genes);
    assert_eq!(fetched.outcome, Outcome::Fetched);
    assert_eq!(fetched.file.etag.as_deref(), Some(ETAG));
    assert_eq!(server.asked(), [("/genes.gz".to_owned(), None)]);

    assert_eq!(bench.fetch(&genes).unwrap().outcome, Outcome::AlreadyPresent);
    bench.settings.verify = true;
    assert_eq!(bench.fetch(&genes).unwrap().outcome, Outcome::Verified);
    assert_eq!(server.asked().len(), 1, "what is there is not fetched again");
}

#[test]
fn a_connection_cut_again_and_again_is_taken_up_where_it_broke() {
    let server = Server::start(|request| match request.nth {
        nth @ 0..7 => honest(request).cut_after(30_000 + nth),
        _ => honest(request),
    });
    let mut bench = Bench::new();
    // Without a published checksum too: If-Range vouches for the parts.
    bench.fetch_genes(&source(&server.url("/genes.gz"), ""));
    let asked: Vec<Option<usize>> = server.asked().into_iter().map(|(_, range)| range).collect();
    let expected = [None, Some(30_000), Some(60_001), Some(90_003), Some(120_006)];
    assert_eq!(asked[..5], expected, "seven cuts are more than five attempts, but each brought something");
    assert_eq!(asked.len(), 8);
    assert!(bench.told[0].contains("the connection ended after 30000 of"), "{:?}", bench.told);
}

#[test]
fn a_server_without_progress_is_given_up_and_the_part_is_kept() {
    let server = Server::start(|request| match request.nth {
        0 => honest(request).cut_after(50_000),
        1..=5 => honest(request).cut_after(0),
        _ => honest(request),
    });
    let mut bench = Bench::new();
    let genes = known(&server.url("/genes.gz"));
    let message = bench.refused(&genes);
    assert!(message.contains("the connection ended after 50000 of"), "{message}");
    assert_eq!(bench.names(), ["genes.gz.partial", "genes.gz.partial.json"]);
    let pauses = bench.pauses();
    assert!(pauses.len() == 4 && pauses.is_sorted() && pauses[0] >= Duration::from_millis(500), "{pauses:?}");

    // Another run goes on with the part.
    bench.fetch_genes(&genes);
    assert_eq!(server.asked().last().unwrap().1, Some(50_000));
}

#[test]
fn a_server_that_knows_no_ranges_sends_all_again() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::whole(&GENES).header("ETag", ETAG).cut_after(40_000),
        _ => Reply::whole(&GENES).header("ETag", ETAG),
    });
    let mut bench = Bench::new();
    bench.fetch_genes(&known(&server.url("/genes.gz")));
    assert_eq!(server.asked()[1].1, Some(40_000), "a range was asked for");
    assert!(bench.told.contains(&"restart after 40000".to_owned()), "{:?}", bench.told);
}

#[test]
fn a_server_that_always_cuts_and_knows_no_ranges_is_given_up() {
    let server = Server::start(|_| Reply::whole(&GENES).header("ETag", ETAG).cut_after(40_000));
    let message = Bench::new().refused(&known(&server.url("/genes.gz")));
    assert!(message.contains("the connection ended after 40000 of"), "{message}");
    // The first 40,000 bytes are progress once and never again.
    assert_eq!(server.asked().len(), 5);
}

#[test]
fn the_wrong_part_is_not_taken_for_the_right_one() {
    for told in ["bytes 10-99/100", "bytes 0-1", ""] {
        let server = Server::start(move |request| match request.range() {
            None if request.nth == 0 => honest(request).cut_after(70_000),
            None => honest(request),
            Some(_) => Reply::new(206, vec![7; 90]).header("Content-Range", told),
        });
        let mut bench = Bench::new();
        bench.fetch_genes(&known(&server.url("/genes.gz")));
        let said = bench.told.join("\n");
        assert!(said.contains("requested bytes from 70000 on, but the server sends"), "{said}");
        assert!(said.contains("restart after 70000"), "{said}");
    }
}

#[test]
fn a_file_that_changes_between_two_parts_is_fetched_anew() {
    // A server that heeds If-Range sends the new file whole.
    let before = packed(2);
    let server = Server::start(move |request| match request.nth {
        0 => Reply::file(request, &before, "\"old\"").cut_after(60_000),
        _ => honest(request),
    });
    let mut bench = Bench::new();
    bench.fetch_genes(&source(&server.url("/genes.gz"), ""));
    assert_eq!(bench.told.len(), 2, "{:?}", bench.told);
    assert_eq!(bench.told[1], "restart after 60000");
    assert_eq!(server.asked().len(), 2);

    // One that does not sends the rest of the new one, and says so in its tag.
    let before = packed(2);
    let server = Server::start(move |request| {
        let mut heedless = request.clone();
        heedless.headers.remove("if-range");
        match request.nth {
            0 => Reply::file(&heedless, &before, "\"old\"").cut_after(60_000),
            _ => Reply::file(&heedless, &GENES, ETAG),
        }
    });
    let mut bench = Bench::new();
    bench.fetch_genes(&source(&server.url("/genes.gz"), ""));
    let said = bench.told.join("\n");
    assert!(said.contains("the file changed on the server while it was fetched"), "{said}");
}

#[test]
fn a_file_that_became_shorter_than_its_part_is_fetched_anew() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::whole(&[&GENES[..], &vec![0; 50_000]].concat()).header("ETag", ETAG).cut_after(GENES.len() + 10),
        _ => honest(request),
    });
    let mut bench = Bench::new();
    bench.fetch_genes(&known(&server.url("/genes.gz")));
    assert!(bench.told.iter().any(|told| told.starts_with("restart after")), "{:?}", bench.told);
}

#[test]
fn a_part_without_any_mark_is_gone_on_with_only_if_the_checksum_is_known() {
    let unmarked = |request: &Request| {
        let reply = match request.range() {
            Some(from) => Reply::new(206, &GENES[from..])
                .header("Content-Range", &format!("bytes {from}-{}/{}", GENES.len() - 1, GENES.len())),
            None => Reply::whole(&GENES),
        };
        if request.nth == 0 { reply.cut_after(20_000) } else { reply }
    };
    let server = Server::start(unmarked);
    Bench::new().fetch_genes(&known(&server.url("/genes.gz")));
    assert_eq!(server.asked()[1].1, Some(20_000));

    let server = Server::start(unmarked);
    Bench::new().fetch_genes(&source(&server.url("/genes.gz"), ""));
    assert_eq!(server.asked()[1].1, None, "nobody could tell whether the rest belongs to the part");
}

#[test]
fn a_length_told_too_long_ends_in_an_error() {
    let server = Server::start(|_| Reply::whole(&GENES).tell_length(GENES.len() + 1_000));
    let message = Bench::new().refused(&known(&server.url("/genes.gz")));
    let expected = format!("the connection ended after {} of {} bytes", GENES.len(), GENES.len() + 1_000);
    assert!(message.contains(&expected), "{message}");

    // Where the size is known, one look at the header is enough.
    let server = Server::start(|_| Reply::whole(&GENES).tell_length(GENES.len() + 1_000));
    let message = Bench::new().refused(&source(&server.url("/genes.gz"), &format!("bytes = {}", GENES.len())));
    assert!(message.contains(&format!("bytes, expected {}", GENES.len())), "{message}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_length_told_too_short_ends_in_an_error() {
    let short = |_: &Request| Reply::whole(&GENES).tell_length(GENES.len() - 1_000);
    let server = Server::start(short);
    let message = Bench::new().refused(&known(&server.url("/genes.gz")));
    assert!(message.contains("SHA-256 is") && message.contains(&sha256(&GENES)), "{message}");

    // Without size or checksum the gzip stream itself tells.
    let server = Server::start(short);
    let message = Bench::new().refused(&source(&server.url("/genes.gz"), ""));
    assert!(message.contains("the gzip stream is damaged"), "{message}");
}

#[test]
fn without_a_length_the_end_is_believed_only_if_the_content_agrees() {
    let server = Server::start(|_| Reply::whole(&GENES).tell_no_length());
    Bench::new().fetch_genes(&known(&server.url("/genes.gz")));
    let server = Server::start(|_| Reply::whole(&GENES).tell_no_length().cut_after(1_000));
    let message = Bench::new().refused(&source(&server.url("/genes.gz"), ""));
    assert!(message.contains("the gzip stream is damaged"), "{message}");
    // Nor may a body go on for ever.
    let server = Server::start(|_| Reply::whole(&GENES).tell_no_length());
    let message = Bench::new().refused(&source(&server.url("/genes.gz"), "bytes = 1000"));
    assert!(message.contains("expected 1000"), "{message}");
    assert!(!message.contains(&GENES.len().to_string()), "it is left before its end: {message}");
}

#[test]
fn damage_is_fetched_once_more_and_then_told_with_both_checksums() {
    let mut damaged = GENES.clone();
    damaged[1_234] ^= 1;
    let twin = damaged.clone();
    let server = Server::start(move |request| match request.nth {
        0 => Reply::file(request, &twin, ETAG),
        _ => honest(request),
    });
    let mut bench = Bench::new();
    bench.fetch_genes(&known(&server.url("/genes.gz")));
    assert_eq!(server.asked(), vec![("/genes.gz".to_owned(), None); 2], "a clean try from the beginning");

    let twin = damaged.clone();
    let server = Server::start(move |request| Reply::file(request, &twin, ETAG));
    let mut bench = Bench::new();
    let message = bench.refused(&known(&server.url("/genes.gz")));
    assert!(message.contains(&sha256(&GENES)) && message.contains(&sha256(&damaged)), "{message}");
    assert!(bench.names().is_empty(), "damaged bytes are deleted");
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn redirects_are_followed_to_their_end_or_a_limit() {
    let server = Server::start(|request| match request.path.as_str() {
        "/a/genes.gz" => Reply::redirect("/b"),
        "/b" => Reply::redirect("/c"),
        "/c" if request.nth == 0 => honest(request).cut_after(10_000),
        "/c" => honest(request),
        _ => Reply::redirect("/round"),
    });
    Bench::new().fetch_genes(&known(&server.url("/a/genes.gz")));
    assert_eq!(server.asked().last().unwrap(), &("/c".to_owned(), Some(10_000)), "the range goes along");
    let message = Bench::new().refused(&known(&server.url("/round/genes.gz")));
    assert!(message.contains("more than 5 redirects"), "{message}");
}

#[test]
fn what_is_not_there_is_taken_from_a_mirror() {
    let server = Server::start(|request| match request.path.as_str() {
        "/mirror/genes.gz" => honest(request),
        _ => Reply::new(404, "not here"),
    });
    let mirrored = |mirror: &str| {
        source(&server.url("/genes.gz"), &format!("sha256 = \"{}\"\nmirrors = [\"{mirror}\"]", sha256(&GENES)))
    };
    let mut bench = Bench::new();
    let fetched = bench.fetch_genes(&mirrored(&server.url("/mirror/genes.gz")));
    assert!(fetched.file.fetched_from.unwrap().as_str().ends_with("/mirror/genes.gz"));
    assert!(bench.told[0].contains("the server answers 404"), "{:?}", bench.told);
    assert_eq!(server.asked().len(), 2, "404 is not asked twice");

    let message = Bench::new().refused(&mirrored(&server.url("/elsewhere/genes.gz")));
    assert!(message.contains("no address of genes works"), "{message}");
    assert!(message.matches("the server answers 404 (not found").count() == 2, "{message}");
}

#[test]
fn a_mirror_goes_on_with_the_part_of_a_server_that_died() {
    let server = Server::start(|request| match (request.path.as_str(), request.nth) {
        ("/genes.gz", 0) => honest(request).cut_after(80_000),
        ("/genes.gz", _) => Reply::new(503, ""),
        _ => Reply::file(request, &GENES, "\"its own tag\""),
    });
    let more = format!("sha256 = \"{}\"\nmirrors = [\"{}\"]", sha256(&GENES), server.url("/mirror/genes.gz"));
    Bench::new().fetch_genes(&source(&server.url("/genes.gz"), &more));
    assert_eq!(server.asked().last().unwrap(), &("/mirror/genes.gz".to_owned(), Some(80_000)));
}

#[test]
fn a_server_in_trouble_is_asked_again() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::new(500, "oops"),
        1 => Reply::new(503, "later"),
        _ => honest(request),
    });
    let mut bench = Bench::new();
    bench.fetch_genes(&known(&server.url("/genes.gz")));
    let pauses = bench.pauses();
    assert_eq!(pauses.len(), 2);
    assert!(pauses[0] <= Duration::from_secs(1) && pauses[1] <= Duration::from_secs(2), "{pauses:?}");
}

#[test]
fn a_server_is_given_the_time_that_it_asks_for() {
    let server = Server::start(|request| match request.nth {
        0 => Reply::new(429, "").header("Retry-After", "7"),
        _ => honest(request),
    });
    let mut bench = Bench::new();
    bench.fetch_genes(&known(&server.url("/genes.gz")));
    assert_eq!(bench.pauses(), [Duration::from_secs(7)]);

    let server = Server::start(|_| Reply::new(429, "").header("Retry-After", "86400"));
    let mut bench = Bench::new();
    let message = bench.refused(&known(&server.url("/genes.gz")));
    assert!(message.contains("asks to wait 86400 s, longer than the 60 s"), "{message}");
    assert!(bench.pauses().is_empty());
}

#[test]
fn a_silent_server_is_not_waited_for() {
    let server = Server::start(|request| match request.nth {
        0 => honest(request).cut_after(25_000).stall(),
        _ => honest(request),
    });
    let mut bench = Bench::new();
    let started = Instant::now();
    bench.fetch_genes(&known(&server.url("/genes.gz")));
    assert!(started.elapsed() < Duration::from_millis(1_400), "{:?}", started.elapsed());
    assert!(bench.told[0].contains("nothing came for"), "{:?}", bench.told);
    assert_eq!(server.asked()[1].1, Some(25_000));
}

#[test]
fn a_server_that_is_not_there_is_named() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/genes.gz", listener.local_addr().unwrap());
    drop(listener);
    let message = Bench::new().refused(&known(&url));
    assert!(message.contains(&url) && message.contains("refused"), "{message}");
}

#[test]
fn a_login_page_is_not_taken_for_the_file_and_costs_no_part() {
    let page = "<!DOCTYPE html><html><head><title>Hotel network</title></head></html>";
    let server = Server::start(move |request| match request.nth {
        0 => honest(request).cut_after(90_000),
        1 => Reply::whole(page.as_bytes()).header("Content-Type", "text/html"),
        _ => honest(request),
    });
    let mut bench = Bench::new();
    let genes = known(&server.url("/genes.gz"));
    let message = bench.refused(&genes);
    assert!(message.contains("sends a web page (Hotel network) in place of the file"), "{message}");
    assert_eq!(fs::metadata(bench.path("genes.gz.partial")).unwrap().len(), 90_000);
    bench.fetch_genes(&genes);
}

#[test]
fn content_of_another_format_is_refused() {
    let server = Server::start(|_| Reply::whole(b"chr1\t1\t2\n"));
    let message = Bench::new().refused(&source(&server.url("/genes.gz"), ""));
    assert!(message.contains("not a gzip file: it begins with \"chr1"), "{message}");
    let server = Server::start(|_| Reply::whole(b""));
    let message = Bench::new().refused(&source(&server.url("/genes.tsv"), ""));
    assert!(message.contains("it is empty"), "{message}");
}

#[test]
fn too_little_room_is_found_before_the_first_byte() {
    let server = Server::start(honest);
    let mut bench = Bench::new();
    bench.free_bytes = 1_000_000;
    let more = format!("mirrors = [\"{}\"]", server.url("/mirror/genes.gz"));
    let message = bench.refused(&source(&server.url("/genes.gz"), &more));
    assert!(message.contains("1000000 are free; make room"), "{message}");
    assert!(bench.names().is_empty());
    assert_eq!(server.asked().len(), 1, "another address would not help");
}

#[test]
fn a_publishers_list_is_fetched_and_held_against_the_file() {
    let list = |sum: String| format!("{}  other.gz\n{sum}  ./genes.gz\n", "0".repeat(32));
    let serve = move |sum: fn(&[u8]) -> String| {
        Server::start(move |request| match (request.path.as_str(), request.nth) {
            ("/MD5SUMS", 0) => Reply::new(502, ""),
            ("/MD5SUMS", _) => Reply::whole(list(sum(&GENES)).as_bytes()),
            _ => honest(request),
        })
    };
    let listed =
        |server: &Server| source(&server.url("/genes.gz"), &format!("checksums = \"{}\"", server.url("/MD5SUMS")));
    let server = serve(md5);
    let fetched = Bench::new().fetch_genes(&listed(&server));
    assert!(matches!(fetched.file.checked_against, ChecksumOrigin::PublishersList { .. }));

    let server = serve(|_| "1".repeat(32));
    let mut bench = Bench::new();
    let message = bench.refused(&listed(&server));
    let expected = format!("the MD5 is {}, expected {} (from {})", md5(&GENES), "1".repeat(32), server.url("/MD5SUMS"));
    assert!(message.contains(&expected), "{message}");
    assert!(bench.names().is_empty());
}

#[test]
fn a_list_that_is_none_is_refused_before_the_file_is_fetched() {
    let cases: [(&str, &str); 3] = [
        ("<html><title>Log in</title>", "a web page (Log in)"),
        ("no sums today", "not a list of checksums"),
        ("00000000000000000000000000000000  other.gz", "genes.gz is not in the publisher's list of 1 checksums"),
    ];
    for (list, told) in cases {
        let server = Server::start(move |_| Reply::whole(list.as_bytes()));
        let more = format!("checksums = \"{}\"", server.url("/SUMS"));
        let message = Bench::new().refused(&source(&server.url("/genes.gz"), &more));
        assert!(message.contains(told), "{message}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[test]
fn without_a_published_checksum_the_first_one_is_kept_and_held_against_later_files() {
    let after = packed(3);
    let twin = after.clone();
    let server = Server::start(move |request| match request.nth {
        0 => honest(request),
        _ => Reply::file(request, &twin, "\"two\""),
    });
    let mut bench = Bench::new();
    let genes = source(&server.url("/genes.gz"), "");
    assert_eq!(bench.fetch_genes(&genes).file.checked_against, ChecksumOrigin::FirstSeen);

    fs::remove_file(bench.path("genes.gz")).unwrap();
    let message = bench.refused(&genes);
    assert!(message.contains(&sha256(&after)) && message.contains(&sha256(&GENES)), "{message}");
    assert!(message.contains("may have a new release"), "{message}");

    bench.settings.accept_changed = true;
    assert_eq!(bench.fetch(&genes).unwrap().file.sha256.hex(), sha256(&after));
    let record = DownloadRecord::load(bench.folder.path()).unwrap();
    assert_eq!(record.files["genes.gz"].sha256.hex(), sha256(&after));
}

#[test]
fn a_file_that_is_there_is_never_written_over() {
    let server = Server::start(honest);
    let genes = known(&server.url("/genes.gz"));
    let put = |bytes: &[u8]| {
        let bench = Bench::new();
        fs::write(bench.path("genes.gz"), bytes).unwrap();
        bench
    };
    // The right file from elsewhere is taken in, another is left alone.
    let mut bench = put(&GENES);
    let fetched = bench.fetch(&genes).unwrap();
    assert_eq!((fetched.outcome, fetched.file.fetched_from), (Outcome::Verified, None));
    let mut bench = put(b"mine");
    let message = bench.fetch(&genes).unwrap_err().to_string();
    assert!(message.contains("move or delete it to fetch it again"), "{message}");
    assert_eq!(fs::read(bench.path("genes.gz")).unwrap(), b"mine");
    assert_eq!(server.asked().len(), 0);

    // One that changed since: its size tells at once, its content with `verify`.
    let mut bench = Bench::new();
    bench.fetch_genes(&genes);
    let mut changed = GENES.clone();
    changed[99] ^= 1;
    fs::write(bench.path("genes.gz"), &changed).unwrap();
    bench.settings.verify = true;
    let message = bench.fetch(&genes).unwrap_err().to_string();
    assert!(message.contains(&sha256(&changed)) && message.contains("listed with the address"), "{message}");
    bench.settings.verify = false;
    fs::write(bench.path("genes.gz"), &changed[1..]).unwrap();
    let message = bench.fetch(&genes).unwrap_err().to_string();
    assert!(message.contains(&format!("with {} bytes, expected {}", GENES.len() - 1, GENES.len())), "{message}");
}

#[test]
fn a_file_from_another_address_is_told_apart() {
    let server = Server::start(honest);
    let mut bench = Bench::new();
    bench.fetch_genes(&known(&server.url("/v49/genes.gz")));
    let message = bench.fetch(&known(&server.url("/v50/genes.gz"))).unwrap_err().to_string();
    assert!(message.contains("/v49/genes.gz, not from") && message.contains("/v50/genes.gz"), "{message}");
}

#[test]
fn a_whole_part_is_not_fetched_again() {
    // As a program leaves it that ends between the last byte and the new name.
    let server = Server::start(honest);
    let mut bench = Bench::new();
    let url = server.url("/genes.gz");
    fs::write(bench.path("genes.gz.partial"), &*GENES).unwrap();
    let state = format!(r#"{{"url": "{url}", "etag": null, "last_modified": null, "total_bytes": {}}}"#, GENES.len());
    fs::write(bench.path("genes.gz.partial.json"), state).unwrap();
    bench.fetch_genes(&known(&url));
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn two_runs_cannot_share_a_folder() {
    let bench = Bench::new();
    let folder: &Path = bench.folder.path();
    let _first = FolderLock::take(folder).unwrap();
    assert!(matches!(FolderLock::take(folder), Err(DownloadError::FolderLocked { .. })));
}

#[test]
fn a_checksum_given_with_the_address_is_heeded() {
    let server = Server::start(honest);
    let mut genes = source("https://example.org/old.gz", "bytes = 3");
    let wrong = Checksum::from_hex(&"0".repeat(64)).unwrap();
    genes.replace_url(server.url("/genes.gz").parse().unwrap(), Some(wrong));
    let message = Bench::new().refused(&genes);
    assert!(message.contains("listed with the address"), "{message}");
    genes.replace_url(server.url("/genes.gz").parse().unwrap(), None);
    Bench::new().fetch_genes(&genes);
}
