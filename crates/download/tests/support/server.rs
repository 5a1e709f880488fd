//! Local HTTP server for tests that can drop connections, stall, misreport lengths and redirect.

// Tests of two crates include this file, and neither uses all of it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Request of a client.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, or CONNECT to a proxy.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Number of earlier requests for this path.
    pub nth: usize,
    /// Headers by lower-case name.
    pub headers: BTreeMap<String, String>,
}

impl Request {
    /// Offset N of the header `Range: bytes=N-`.
    pub fn range(&self) -> Option<usize> {
        self.headers.get("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// Response of the server, correct or faulty.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    reported_length: Option<usize>,
    sent_bytes: usize,
    stalls: bool,
}

impl Reply {
    /// Response with the correct length.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let (reported_length, sent_bytes) = (Some(body.len()), body.len());
        Self { status, headers: Vec::new(), body, reported_length, sent_bytes, stalls: false }
    }

    /// Complete file, regardless of the requested range.
    pub fn whole(body: &[u8]) -> Self {
        Self::new(200, body)
    }

    /// File from a correct server with ranges, entity tags and `If-Range`.
    pub fn file(request: &Request, body: &[u8], etag: &str) -> Self {
        let same = request.headers.get("if-range").is_none_or(|asked| asked == etag);
        let reply = match request.range().filter(|_| same) {
            Some(from) if from >= body.len() => {
                Self::new(416, "").header("Content-Range", &format!("bytes */{}", body.len()))
            }
            Some(from) => {
                let content_range = format!("bytes {from}-{}/{}", body.len() - 1, body.len());
                Self::new(206, &body[from..]).header("Content-Range", &content_range)
            }
            None => Self::whole(body),
        };
        reply.header("ETag", etag).header("Accept-Ranges", "bytes")
    }

    /// Redirect to another URL.
    pub fn redirect(to: &str) -> Self {
        Self::new(302, "").header("Location", to)
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Closes the connection after `bytes` bytes of the body.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.sent_bytes = bytes.min(self.body.len());
        self
    }

    /// Reports another length than that of the body.
    pub fn report_length(mut self, bytes: usize) -> Self {
        self.reported_length = Some(bytes);
        self
    }

    /// Omits the length; the end of the connection is the end of the body.
    pub fn omit_length(mut self) -> Self {
        self.reported_length = None;
        self
    }

    /// Keeps the connection open after the last byte, without sending data.
    pub fn stall(mut self) -> Self {
        self.stalls = true;
        self
    }

    fn send(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        write!(stream, "HTTP/1.1 {} Status\r\nConnection: close\r\n", self.status)?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        if let Some(length) = self.reported_length {
            write!(stream, "Content-Length: {length}\r\n")?;
        }
        write!(stream, "\r\n")?;
        stream.write_all(&self.body[..self.sent_bytes])?;
        stream.flush()?;
        if self.stalls {
            thread::sleep(Duration::from_millis(1_500));
        }
        Ok(())
    }
}

/// Running server, which ends with the test program.
pub struct Server {
    root: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts a server that answers every request with `answer`.
    pub fn start(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let root = format!("http://{}", listener.local_addr().expect("a bound port"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), Arc::clone(&requests));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                thread::spawn(move || {
                    let mut stream = stream;
                    while let Some(mut request) = read_request(&stream) {
                        {
                            let mut log = log.lock().expect("no thread panics while it holds the lock");
                            request.nth = log.iter().filter(|earlier: &&Request| earlier.path == request.path).count();
                            log.push(request.clone());
                        }
                        if request.method == "CONNECT" {
                            // This proxy is also the target of the tunnel.
                            let _ = write!(stream, "HTTP/1.1 200 Connected\r\n\r\n");
                            continue;
                        }
                        // A client may close the connection early.
                        let _ = answer(&request).send(&mut stream);
                        return;
                    }
                });
            }
        });
        Self { root, requests }
    }

    /// URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    /// Path and offset of all requests so far.
    pub fn asked(&self) -> Vec<(String, Option<usize>)> {
        let log = self.requests.lock().expect("no thread panics while it holds the lock");
        log.iter().map(|request| (request.path.clone(), request.range())).collect()
    }
}

fn read_request(stream: &TcpStream) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    for line in lines {
        let line = line.ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Some(Request { method, path, nth: 0, headers })
}
