//! A lab node by REST that fails in many ways, played by a thread: what `RestLab` and the desk make of it.

use crate::lab::{Book, patience};
use campaign::lab::{Desk, Halt, Lab, LabError, Ledger, Patience, RestLab};
use job::Job;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tempfile::TempDir;

/// What a node remembers, and how it fails.
#[derive(Default)]
struct Node {
    /// Reserved: action_id to x.
    reserved: HashMap<String, f64>,
    /// Begun: x of each, in order, and how often it was asked for.
    begun: Vec<(String, f64, u32)>,
    named: u32,
    /// So many requests are answered by this status and page.
    broken: Option<(u32, u16, &'static str)>,
    /// It does one thing at a time.
    blocking: bool,
    /// It forgets everything as soon as this x begins.
    forgets: Option<f64>,
}

struct Server {
    address: String,
    node: Arc<Mutex<Node>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start(node: Node) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (node, over) = (Arc::new(Mutex::new(node)), Arc::new(AtomicBool::new(false)));
        let (shared, stop) = (node.clone(), over.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                if let Ok(stream) = stream {
                    serve(stream, &shared);
                }
            }
        });
        Server {
            address,
            node,
            over,
            thread: Some(thread),
        }
    }

    fn lab(&self) -> RestLab {
        RestLab::new(&format!("http://{}/action/measure", self.address)).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(&self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut stream: TcpStream, node: &Mutex<Node>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    if reader.read_line(&mut first).unwrap_or(0) == 0 {
        return;
    }
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let path = first.split(' ').nth(1).unwrap_or("/").to_owned();
    let (status, page) = node
        .lock()
        .unwrap()
        .answer(&path, &String::from_utf8_lossy(&body));
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
        page.len()
    );
}

impl Node {
    fn answer(&mut self, path: &str, body: &str) -> (u16, String) {
        if let Some((left, status, page)) = &mut self.broken {
            *left = left.saturating_sub(1);
            let answer = (*status, (*page).to_owned());
            if *left == 0 {
                self.broken = None;
            }
            return answer;
        }
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match parts.as_slice() {
            ["info"] => (200, r#"{"actions":{"measure":{}}}"#.to_owned()),
            ["action", "measure"] => {
                let request: serde_json::Value = serde_json::from_str(body).unwrap();
                let x = request["args"]["x"].as_f64().unwrap();
                if x == 66.0 {
                    return (422, r#"{"detail":"x is out of range"}"#.to_owned());
                }
                self.named += 1;
                let id = format!("JOB{}", self.named);
                self.reserved.insert(id.clone(), x);
                (200, format!(r#"{{"action_id":"{id}"}}"#))
            }
            ["action", "measure", id, "start"] => {
                let Some(x) = self.reserved.remove(*id) else {
                    return (
                        200,
                        r#"{"status":"failed","errors":[{"message":"not found"}]}"#.to_owned(),
                    );
                };
                if self.blocking && self.begun.iter().any(|(_, _, asked)| *asked < 3) {
                    self.begun.push(((*id).to_owned(), -1.0, 9));
                    return (200, r#"{"status":"not_ready"}"#.to_owned());
                }
                self.begun.push(((*id).to_owned(), x, 0));
                if self.forgets == Some(x) {
                    self.begun.retain(|(_, other, _)| *other != x);
                }
                (200, r#"{"status":"running"}"#.to_owned())
            }
            ["action", id, "status"] => {
                let Some((_, x, asked)) = self.begun.iter_mut().find(|(it, _, _)| it == id) else {
                    return (200, r#""unknown""#.to_owned());
                };
                *asked += 1;
                let word = match (*x, *asked) {
                    (x, _) if x < 0.0 => "not_ready",
                    (_, 0..3) => "running",
                    (13.0, _) => "failed",
                    (14.0, _) => "cancelled",
                    _ => "succeeded",
                };
                (200, format!("\"{word}\""))
            }
            ["action", id, "result"] => {
                let x = self
                    .begun
                    .iter()
                    .find(|(it, _, _)| it == id)
                    .map_or(0.0, |it| it.1);
                let result = match x {
                    15.0 => "\"a picture\"".to_owned(),
                    16.0 => r#"{"colour":"red"}"#.to_owned(),
                    x => format!(
                        r#"{{"yield":{x},"yield_std":0.5,"cost":{},"picture":"a.png"}}"#,
                        2.0 * x
                    ),
                };
                (
                    200,
                    format!(
                        r#"{{"status":"?","json_result":{result},"errors":[{{"message":"it melted"}}]}}"#
                    ),
                )
            }
            _ => (404, r#"{"detail":"Not Found"}"#.to_owned()),
        }
    }
}

fn run(book: &mut Book, lab: &mut dyn Lab, count: u64, patience: Patience) -> Result<(), Halt> {
    let ids = book.suggest(count);
    let job = Job::new();
    let mut desk = Desk::open(book, lab, patience, &job)?;
    desk.submit(book, &ids, &job)?;
    desk.wait(book, &job)
}

/// The x of everything that was begun.
fn begun(server: &Server) -> Vec<f64> {
    let node = server.node.lock().unwrap();
    let all = node.begun.iter().map(|(_, x, _)| *x).filter(|x| *x >= 0.0);
    all.collect()
}

#[test]
fn a_node_measures_and_what_it_says_wrong_is_told() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(Node::default());
    let mut book = Book::open(&Book::create(folder.path()));
    let result = run(&mut book, &mut server.lab(), 16, patience());
    assert!(result.is_ok(), "{result:?}");
    for x in 1..=12 {
        assert_eq!(book.value(&format!("s{x}")), f64::from(x));
    }
    let first = &book.state().experiments[0].values;
    assert_eq!(first[0], (1.0, 0.5));
    assert!(first[1].0 == 2.0 && first[1].1.is_nan());
    assert_eq!(book.standing("s13"), "failed");
    assert_eq!(book.standing("s14"), "abandoned");
    assert_eq!(book.standing("s15"), "abandoned");
    assert_eq!(book.standing("s16"), "abandoned");
    assert!(
        book.has("s15 wrong") && book.has("s16 wrong"),
        "{:?}",
        book.noted()
    );
    assert_eq!(begun(&server).len(), 16);
}

#[test]
fn a_node_that_stumbles_is_asked_again_and_makes_nothing_twice() {
    for (status, page) in [(503, "busy"), (429, "too many"), (200, "<html>"), (500, "")] {
        let folder = TempDir::new().unwrap();
        let node = Node {
            broken: Some((5, status, page)),
            ..Node::default()
        };
        let server = Server::start(node);
        let mut book = Book::open(&Book::create(folder.path()));
        let result = run(&mut book, &mut server.lab(), 3, patience());
        assert!(result.is_ok(), "{status}: {result:?}");
        assert!(
            book.has("- away") && book.has("- back"),
            "{:?}",
            book.noted()
        );
        assert_eq!(book.has("- garbage"), page == "<html>");
        let mut all = begun(&server);
        all.sort_by(f64::total_cmp);
        assert_eq!(all, [1.0, 2.0, 3.0]);
    }
}

#[test]
fn a_node_that_does_one_thing_at_a_time_gets_one_after_the_other() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(Node {
        blocking: true,
        ..Node::default()
    });
    let mut book = Book::open(&Book::create(folder.path()));
    let long = Patience {
        answer: Duration::from_secs(60),
        ..patience()
    };
    let result = run(&mut book, &mut server.lab(), 4, long);
    assert!(result.is_ok(), "{result:?}");
    assert!(
        (1..=4).all(|x| book.standing(&format!("s{x}")) == "measured"),
        "{:?}",
        book.noted()
    );
    let mut all = begun(&server);
    all.sort_by(f64::total_cmp);
    assert_eq!(all, [1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn what_a_node_forgot_is_lost_and_not_begun_again() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(Node {
        forgets: Some(2.0),
        ..Node::default()
    });
    let mut book = Book::open(&Book::create(folder.path()));
    let result = run(&mut book, &mut server.lab(), 3, patience());
    assert!(result.is_ok(), "{result:?}");
    assert!(book.has("s2 lost"), "{:?}", book.noted());
    assert_eq!(
        (book.standing("s2"), book.standing("s3")),
        ("abandoned", "measured")
    );
    assert_eq!(server.node.lock().unwrap().named, 3);
}

#[test]
fn a_node_that_is_gone_stops_the_run_and_the_next_one_takes_it_up() {
    let folder = TempDir::new().unwrap();
    let path = Book::create(folder.path());
    let server = Server::start(Node::default());
    let mut book = Book::open(&path);
    let ids = book.suggest(2);
    let job = Job::new();
    let mut lab = server.lab();
    let short = Patience {
        away: Duration::from_millis(200),
        ..patience()
    };
    let mut desk = Desk::open(&mut book, &mut lab, short, &job).unwrap();
    desk.submit(&mut book, &ids, &job).unwrap();
    desk.step(&mut book, &job).unwrap();
    server.node.lock().unwrap().broken = Some((u32::MAX, 503, "down"));
    let Err(Halt::Stopped(why)) = desk.wait(&mut book, &job) else {
        panic!()
    };
    assert!(why.contains("did not respond"), "{why}");
    drop(desk);
    drop(book);
    server.node.lock().unwrap().broken = None;
    let mut book = Book::open(&path);
    let mut lab = server.lab();
    let mut desk = Desk::open(&mut book, &mut lab, patience(), &job).unwrap();
    assert_eq!(desk.summary.resumed, 2);
    desk.wait(&mut book, &job).unwrap();
    assert_eq!(
        (book.standing("s1"), book.standing("s2")),
        ("measured", "measured")
    );
    assert_eq!(begun(&server).len(), 2);
}

#[test]
fn a_node_with_one_action_needs_no_name_and_a_refusal_names_the_reason() {
    let server = Server::start(Node::default());
    let mut lab = RestLab::new(&format!("http://{}", server.address)).unwrap();
    let mut order = crate::lab::order("1");
    assert_eq!(lab.reserve(&order).unwrap(), "JOB1");
    order.inputs[0].text = "66".into();
    let error = lab.reserve(&order).unwrap_err();
    assert!(
        matches!(&error, LabError::Refused { why, .. } if why.contains("x is out of range")),
        "{error}"
    );
    let mut lab = RestLab::new(&format!("http://{}/action/anneal", server.address)).unwrap();
    assert!(
        lab.reserve(&order)
            .unwrap_err()
            .to_string()
            .contains("status 404")
    );
}
