//! A web server in the test's process that answers as it is told.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What it does with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Status, one more header line or none, body.
    Say(u16, &'static str, &'static str),
    /// Reads the request and never answers.
    Hang,
    /// Begins an answer and sends a byte of it now and then, for ever.
    Trickle,
    /// Closes the connection without a word.
    HangUp,
    /// Answers with what it was asked for: path, headers and body.
    Echo,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub when: Instant,
    pub method: String,
    pub path: String,
    /// By name in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// A server on a port of its own, until it is dropped.
pub struct Server {
    host: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    closed: Arc<AtomicBool>,
}

impl Server {
    /// Answers requests one after another as `replies` say, and all further ones
    /// as the last.
    pub fn start(replies: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let (asked, closed) = (Arc::default(), Arc::default());
        let server = Self { host, asked: Arc::clone(&asked), closed: Arc::clone(&closed) };
        let replies = replies.to_vec();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if closed.load(Ordering::Relaxed) {
                    return;
                }
                let (asked, closed) = (Arc::clone(&asked), Arc::clone(&closed));
                let (stream, replies) = (stream.unwrap(), replies.clone());
                thread::spawn(move || serve(stream, &replies, &asked, &closed));
            }
        });
        server
    }

    /// The address of `path`, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host)
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        drop(TcpStream::connect(&self.host));
    }
}

fn serve(stream: TcpStream, replies: &[Reply], asked: &Mutex<Vec<Asked>>, closed: &AtomicBool) {
    let Some(request) = read(&stream) else { return };
    let place = {
        let mut asked = asked.lock().unwrap();
        asked.push(request.clone());
        asked.len() - 1
    };
    // The other side may be gone.
    drop(answer(stream, &replies[place.min(replies.len() - 1)], &request, closed));
}

fn answer(
    mut stream: TcpStream,
    reply: &Reply,
    request: &Asked,
    closed: &AtomicBool,
) -> std::io::Result<()> {
    let open = || !closed.load(Ordering::Relaxed);
    match reply {
        Reply::Say(status, header, body) => say(&mut stream, *status, header, body),
        Reply::Echo => {
            let Asked { path, headers, body, .. } = request;
            say(&mut stream, 404, "", &format!("cannot POST {path} {headers:?} {body}"))
        }
        Reply::HangUp => Ok(()),
        Reply::Hang => {
            while open() {
                thread::sleep(Duration::from_millis(10));
            }
            Ok(())
        }
        Reply::Trickle => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
            while open() {
                stream.write_all(b"z")?;
                thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        }
    }
}

fn say(stream: &mut TcpStream, status: u16, header: &str, body: &str) -> std::io::Result<()> {
    let header = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} So\r\nContent-Length: {length}\r\nConnection: close\r\n{header}\r\n{body}"
    )?;
    stream.flush()
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        lines.read_line(&mut line).ok()?;
        Some(line.trim_end().to_owned())
    };
    let first = line()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    while let Some((name, value)) = line()?.split_once(": ") {
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |it| it.parse().unwrap());
    let mut body = vec![0; length];
    lines.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).unwrap();
    Some(Asked { when: Instant::now(), method, path, headers, body })
}
