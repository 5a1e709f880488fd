//! A server of HTTP on this machine that does what servers should not do.

// Tests of two crates read this file, and neither needs all of it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What a client asks for.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, or CONNECT of a proxy.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// How often this path was asked for before.
    pub nth: usize,
    /// Header fields by lower-case name.
    pub headers: BTreeMap<String, String>,
}

impl Request {
    /// Offset of `Range: bytes=N-`.
    pub fn range(&self) -> Option<usize> {
        self.headers.get("range")?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
    }
}

/// What the server answers, honest or not.
#[derive(Clone, Debug)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    told_length: Option<usize>,
    sent_bytes: usize,
    stalls: bool,
}

impl Reply {
    /// An answer with its true length.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let (told_length, sent_bytes) = (Some(body.len()), body.len());
        Self { status, headers: Vec::new(), body, told_length, sent_bytes, stalls: false }
    }

    /// A whole file, whatever part was asked for.
    pub fn whole(body: &[u8]) -> Self {
        Self::new(200, body)
    }

    /// The file as an honest server gives it: parts, entity tags, `If-Range`.
    pub fn file(request: &Request, body: &[u8], etag: &str) -> Self {
        let same = request.headers.get("if-range").is_none_or(|asked| asked == etag);
        let reply = match request.range().filter(|_| same) {
            Some(from) if from >= body.len() => {
                Self::new(416, "").header("Content-Range", &format!("bytes */{}", body.len()))
            }
            Some(from) => {
                let told = format!("bytes {from}-{}/{}", body.len() - 1, body.len());
                Self::new(206, &body[from..]).header("Content-Range", &told)
            }
            None => Self::whole(body),
        };
        reply.header("ETag", etag).header("Accept-Ranges", "bytes")
    }

    /// Sends the client elsewhere.
    pub fn redirect(to: &str) -> Self {
        Self::new(302, "").header("Location", to)
    }

    /// Adds a header field.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Ends the connection after that many bytes of the body.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.sent_bytes = bytes.min(self.body.len());
        self
    }

    /// Tells another length than that of the body.
    pub fn tell_length(mut self, bytes: usize) -> Self {
        self.told_length = Some(bytes);
        self
    }

    /// Tells no length; the end of the connection is the end of the body.
    pub fn tell_no_length(mut self) -> Self {
        self.told_length = None;
        self
    }

    /// Keeps the connection open after the last byte sent, without a word.
    pub fn stall(mut self) -> Self {
        self.stalls = true;
        self
    }

    fn send(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        write!(stream, "HTTP/1.1 {} Told\r\nConnection: close\r\n", self.status)?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        if let Some(length) = self.told_length {
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

/// A running server. It ends with the test program.
pub struct Server {
    root: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Answers every request by `answer`.
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
                            let mut log = log.lock().expect("no test panics within");
                            request.nth = log.iter().filter(|earlier: &&Request| earlier.path == request.path).count();
                            log.push(request.clone());
                        }
                        if request.method == "CONNECT" {
                            // As a proxy does that is the far end of the tunnel, too.
                            let _ = write!(stream, "HTTP/1.1 200 Connected\r\n\r\n");
                            continue;
                        }
                        // A client that goes away early is none of the server's business.
                        let _ = answer(&request).send(&mut stream);
                        return;
                    }
                });
            }
        });
        Self { root, requests }
    }

    /// Address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    /// What was asked for so far: path and offset.
    pub fn asked(&self) -> Vec<(String, Option<usize>)> {
        let log = self.requests.lock().expect("no test panics within");
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
