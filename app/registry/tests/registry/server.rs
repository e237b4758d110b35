//! A small web server on loopback that serves a folder, and misbehaves where a test says so.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

pub struct Request {
    /// Without the slash at its beginning.
    pub path: String,
    /// The byte from which a part is asked for.
    pub from: Option<u64>,
    /// How many requests for this path came before.
    pub earlier: usize,
}

/// The first byte that was asked for, with each path.
type Log = Arc<Mutex<Vec<(String, Option<u64>)>>>;

pub struct Server {
    address: SocketAddr,
    log: Log,
}

impl Server {
    /// Serves the folder; `hostile` says whether it has dealt with a request itself.
    pub fn of(
        folder: PathBuf,
        hostile: impl Fn(&Request, &mut TcpStream) -> bool + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Log::default();
        let (seen, hostile) = (log.clone(), Arc::new(hostile));
        // The threads end with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, hostile, folder) = (seen.clone(), hostile.clone(), folder.clone());
                std::thread::spawn(move || {
                    let mut stream = stream;
                    let Some(request) = read(&stream, &seen) else {
                        return;
                    };
                    if !hostile(&request, &mut stream) {
                        serve(&folder, &request, &mut stream);
                    }
                });
            }
        });
        Self { address, log }
    }

    pub fn honest(folder: PathBuf) -> Self {
        Self::of(folder, |_, _| false)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From where each request for a path with this ending asked for bytes.
    pub fn asked(&self, ending: &str) -> Vec<Option<u64>> {
        let log = self.log.lock().unwrap();
        let of_path = log.iter().filter(|(path, _)| path.ends_with(ending));
        of_path.map(|(_, from)| *from).collect()
    }
}

fn read(stream: &TcpStream, log: &Log) -> Option<Request> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let path = first.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let mut from = None;
    for line in lines {
        let line = line.ok()?.to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().ok();
        }
    }
    let mut log = log.lock().ok()?;
    let earlier = log.iter().filter(|(p, _)| *p == path).count();
    log.push((path.clone(), from));
    Some(Request {
        path,
        from,
        earlier,
    })
}

fn serve(folder: &Path, request: &Request, stream: &mut TcpStream) {
    match (std::fs::read(folder.join(&request.path)), request.from) {
        (Err(_), _) => answer(stream, "404 Not Found", "", b"no such file"),
        (Ok(bytes), None) => answer(stream, "200 OK", "", &bytes),
        (Ok(bytes), Some(from)) if from < bytes.len() as u64 => {
            let range = format!(
                "Content-Range: bytes {from}-{}/{}\r\n",
                bytes.len() - 1,
                bytes.len()
            );
            answer(
                stream,
                "206 Partial Content",
                &range,
                &bytes[from as usize..],
            );
        }
        (Ok(_), Some(_)) => answer(stream, "416 Range Not Satisfiable", "", b""),
    }
}

pub fn answer(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    let length = body.len();
    send(
        stream,
        &format!(
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
        ),
    );
    let _ = stream.write_all(body);
}

/// Sends text as it is.
pub fn send(stream: &mut TcpStream, text: &str) {
    // Whoever gave up does not listen any more.
    let _ = stream.write_all(text.as_bytes());
}
