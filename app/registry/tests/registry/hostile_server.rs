//! Servers that stall, drip, lie about length, send everyone round in circles or break off.

use crate::server::{Request, Server, answer, send};
use crate::{World, bytes_of, says};
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

fn is_component(request: &Request) -> bool {
    request.path.ends_with(".wasm")
}

impl World {
    fn served(
        &self,
        hostile: impl Fn(&Request, &mut TcpStream) -> bool + Send + Sync + 'static,
    ) -> Server {
        Server::of(self.shop(), hostile)
    }

    /// How many downloads are kept to go on with.
    fn parts(&self) -> usize {
        let folder = self.home.folder().join("downloads");
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }
}

/// Sends a byte now and then for as long as anybody listens.
fn drip(stream: &mut TcpStream) {
    send(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while stream.write_all(b"x").is_ok() {
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Sends nothing more, and keeps the connection.
fn stall() {
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn an_honest_server_is_as_good_as_a_folder() {
    let world = World::new();
    let server = Server::honest(world.shop());
    assert_eq!(world.fetch(&server.url()).unwrap(), bytes_of("0.1.0"));
    assert_eq!(
        world.fetch(&format!("{}/", server.url())).unwrap(),
        bytes_of("0.1.0")
    );
    assert_eq!(world.parts(), 0);
    says(
        world.fetch(&format!("{}/elsewhere", server.url())),
        &["elsewhere", "index.json"],
    );
}

#[test]
fn errors_of_the_server_are_told_with_the_address() {
    for status in [
        "500 Internal Server Error",
        "403 Forbidden",
        "204 No Content",
        "304 Not Modified",
    ] {
        for of_component in [false, true] {
            let world = World::new();
            let server = world.served(move |request, stream| {
                let hit = is_component(request) == of_component;
                if hit {
                    answer(stream, status, "", b"");
                }
                hit
            });
            let file = if of_component {
                "sum.wasm"
            } else {
                "index.json"
            };
            says(
                world.fetch(&server.url()),
                &["127.0.0.1", file, &status[..3]],
            );
        }
    }
    let world = World::new();
    std::fs::remove_file(world.shop().join("sum/0.1.0/sum.wasm")).unwrap();
    let server = Server::honest(world.shop());
    says(
        world.fetch(&server.url()),
        &["sum/0.1.0/sum.wasm", "no such file"],
    );
}

#[test]
fn a_page_instead_of_an_index_is_no_index() {
    let world = World::new();
    let server = world.served(|_, stream| {
        answer(
            stream,
            "200 OK",
            "",
            b"<!DOCTYPE html><title>Please log in</title>",
        );
        true
    });
    says(
        world.fetch(&server.url()),
        &["index.json.minisig", "no minisign signature"],
    );
}

#[test]
fn a_server_that_stalls_is_given_up() {
    let world = World::new();
    let mute = world.served(|_, _| {
        stall();
        true
    });
    says(world.fetch(&mute.url()), &["index.json", "stalled"]);
    let half = world.served(|request, stream| {
        if is_component(request) {
            send(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: 38000\r\n\r\nhalf a compo",
            );
            stall();
        }
        is_component(request)
    });
    says(world.fetch(&half.url()), &["sum.wasm", "stalled"]);
    let header = world.served(|_, stream| {
        send(stream, "HTTP/1.1 200 OK\r\nX-Long: ");
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
        true
    });
    says(world.fetch(&header.url()), &["index.json", "too slow"]);
}

#[test]
fn a_server_that_drips_is_given_up() {
    let world = World::new();
    let server = world.served(|_, stream| {
        drip(stream);
        true
    });
    says(world.fetch(&server.url()), &["index.json", "too slow"]);
    let server = world.served(|request, stream| {
        if is_component(request) {
            drip(stream);
        }
        is_component(request)
    });
    says(world.fetch(&server.url()), &["sum.wasm", "too slow"]);
}

#[test]
fn nobody_listening_is_told() {
    let world = World::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    says(world.fetch(&url), &[&url, "refused"]);
}

#[test]
fn more_than_announced_is_refused() {
    let world = World::new();
    let id = world.key_id();
    for length in ["", "Content-Length: 999999999\r\n"] {
        let server = world.served(move |request, stream| {
            if is_component(request) {
                send(
                    stream,
                    &format!("HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n"),
                );
                while stream.write_all(&[7; 4096]).is_ok() {}
            }
            is_component(request)
        });
        says(
            world.fetch(&server.url()),
            &["sum.wasm", "has more bytes", &id],
        );
    }
    let server = world.served(|request, stream| {
        send(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while request.path == "index.json" && stream.write_all(&[b'['; 65536]).is_ok() {}
        true
    });
    says(world.fetch(&server.url()), &["index.json", "larger than"]);
    let server = world.served(|_, stream| {
        send(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n[",
        );
        true
    });
    says(world.fetch(&server.url()), &["index.json", "larger than"]);
}

#[test]
fn fewer_bytes_than_the_index_says_are_refused() {
    let world = World::new();
    let server = world.served(|request, stream| {
        if is_component(request) {
            answer(stream, "200 OK", "", b"short");
        }
        is_component(request)
    });
    says(
        world.fetch(&server.url()),
        &["sum.wasm", "has 5 bytes", &world.key_id()],
    );
}

#[test]
fn an_interrupted_download_goes_on_where_it_stopped() {
    let world = World::new();
    let whole = bytes_of("0.1.0");
    let half = whole.len() / 2;
    let sent = whole.clone();
    let server = world.served(move |request, stream| {
        let breaks = is_component(request) && request.earlier == 0;
        if breaks {
            let length = sent.len();
            send(
                stream,
                &format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"),
            );
            let _ = stream.write_all(&sent[..half]);
        }
        breaks
    });
    says(
        world.fetch(&server.url()),
        &["sum.wasm", "before its announced end"],
    );
    assert_eq!(world.parts(), 1);
    assert_eq!(world.fetch(&server.url()).unwrap(), whole);
    assert_eq!(server.asked("sum.wasm"), [None, Some(half as u64)]);
    assert_eq!(world.parts(), 0);
}

/// Leaves the first half of a download behind, of these bytes.
fn leave_half(world: &World, bytes: &[u8]) -> u64 {
    let folder = world.home.folder().join("downloads");
    std::fs::create_dir_all(&folder).unwrap();
    let name = format!("{}.part", registry::sha256(&bytes_of("0.1.0")));
    std::fs::write(folder.join(name), bytes).unwrap();
    bytes.len() as u64
}

#[test]
fn a_kept_part_that_does_not_fit_is_fetched_anew() {
    let world = World::new();
    let whole = bytes_of("0.1.0");
    let server = Server::honest(world.shop());
    // Other bytes; all of them, but others; more than there are.
    for kept in [100, whole.len(), whole.len() + 5] {
        leave_half(&world, &vec![b'?'; kept]);
        assert_eq!(world.fetch(&server.url()).unwrap(), whole, "{kept}");
        assert_eq!(world.parts(), 0);
    }
    // All of it, and right: nothing is asked for.
    let before = server.asked("sum.wasm").len();
    leave_half(&world, &whole);
    assert_eq!(world.fetch(&server.url()).unwrap(), whole);
    assert_eq!(server.asked("sum.wasm").len(), before);
}

#[test]
fn servers_that_cannot_or_will_not_give_a_part_give_the_whole() {
    for (status, headers) in [
        ("200 OK", ""),
        ("206 Partial Content", "Content-Range: bytes 0-9/38000\r\n"),
        ("206 Partial Content", ""),
        ("416 Range Not Satisfiable", ""),
    ] {
        let world = World::new();
        let whole = bytes_of("0.1.0");
        leave_half(&world, &whole[..1000]);
        let sent = whole.clone();
        let server = world.served(move |request, stream| {
            let asked = is_component(request) && request.from.is_some();
            if asked {
                answer(stream, status, headers, &sent);
            }
            asked
        });
        assert_eq!(world.fetch(&server.url()).unwrap(), whole, "{status}");
        assert_eq!(server.asked("sum.wasm")[0], Some(1000));
    }
}

#[test]
fn endless_redirects_end() {
    let world = World::new();
    let server = world.served(|request, stream| {
        let next = format!("Location: /{}x\r\n", request.path);
        answer(stream, "302 Found", &next, b"");
        true
    });
    says(
        world.fetch(&server.url()),
        &["index.json", "redirected more than 5 times"],
    );
    for to in ["file:///etc/passwd", "ftp://127.0.0.1/x", "://", ""] {
        let server = world.served(move |_, stream| {
            answer(stream, "302 Found", &format!("Location: {to}\r\n"), b"");
            true
        });
        says(world.fetch(&server.url()), &["index.json"]);
    }
}

#[test]
fn a_redirect_to_another_server_is_followed_and_verified_as_ever() {
    let world = World::new();
    let other = Server::honest(world.shop());
    let target = other.url();
    let server = world.served(move |request, stream| {
        let location = format!("Location: {target}/{}\r\n", request.path);
        answer(stream, "301 Moved Permanently", &location, b"");
        true
    });
    assert_eq!(world.fetch(&server.url()).unwrap(), bytes_of("0.1.0"));
}

#[test]
fn answers_that_are_no_http_are_errors() {
    for text in [
        "\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nxx\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nxx",
        "HTTP/1.1 999 What\r\n\r\n",
        "",
    ] {
        let world = World::new();
        let server = world.served(move |_, stream| {
            send(stream, text);
            true
        });
        says(world.fetch(&server.url()), &["index.json"]);
    }
    let world = World::new();
    let server = world.served(|_, stream| {
        send(stream, "HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-Header: 0123456789\r\n").is_ok() {}
        true
    });
    says(world.fetch(&server.url()), &["index.json"]);
}

#[test]
fn an_altered_component_is_refused_and_the_right_one_then_taken() {
    let world = World::new();
    let mut altered = bytes_of("0.1.0");
    altered[77] ^= 1;
    let server = world.served(move |request, stream| {
        let first = is_component(request) && request.earlier == 0;
        if first {
            answer(stream, "200 OK", "", &altered);
        }
        first
    });
    says(
        world.fetch(&server.url()),
        &["sum.wasm", "SHA-256", &world.key_id()],
    );
    assert_eq!(world.fetch(&server.url()).unwrap(), bytes_of("0.1.0"));
}

#[test]
fn addresses_that_are_no_folders_are_refused() {
    let world = World::new();
    for (url, said) in [
        ("http://", "no address"),
        ("http://user:secret@127.0.0.1/x", "user"),
        ("http://127.0.0.1/x?y=1", "'?'"),
        ("http://127.0.0.1/x#y", "'#'"),
        ("http://127.0.0.1/a b", "no address"),
        ("https://127.0.0.1:1/shop", "127.0.0.1:1/shop/index.json"),
    ] {
        says(world.open(url), &[said]);
    }
}

#[test]
fn authorities_come_from_a_file_of_certificates_alone() {
    let world = World::new();
    let file = world.path("ca.pem");
    let options = registry::WebOptions {
        authorities: Some(file.clone()),
        ..crate::impatient()
    };
    let open = || registry::Source::parse("https://127.0.0.1:1/shop", &options);
    says(open(), &["ca.pem"]);
    std::fs::write(&file, "no certificate").unwrap();
    says(open(), &["ca.pem", "there is none"]);
}
