//! `lodestone plugin keygen | sign | trust | publish | install | update | remove`, as an author and a stranger use them.

use crate::guest::{Guest, description};
use crate::{Desk, Ran};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// A component of that id and version, which counts atoms.
fn component(id: &str, version: &str) -> Vec<u8> {
    let mut description = description();
    description.id = id.to_owned();
    description.version = version.to_owned();
    Guest {
        description,
        ..Guest::default()
    }
    .wasm()
}

/// A desk at which several people work, each with a data folder of their own.
struct Office(Desk);

impl Office {
    fn new() -> Self {
        Self(Desk::with("formula\nLiCoO2\nNaCl\n"))
    }

    /// Runs the program as that person.
    fn run(&self, person: &str, args: &[&str]) -> Ran {
        Ran::of(self.command(person).args(args))
    }

    fn command(&self, person: &str) -> assert_cmd::Command {
        let mut command = self.0.command();
        command
            .env("LODESTONE_HOME", self.home(person))
            .env_remove("LODESTONE_KEY_PASSWORD");
        command
    }

    fn home(&self, person: &str) -> PathBuf {
        self.0.path(&format!("home-{person}"))
    }

    /// Makes a key for that person, `PERSON.pub` on the desk.
    fn keygen(&self, person: &str) -> String {
        let ran = self
            .run(person, &["plugin", "keygen", "--no-password", "--json"])
            .ok();
        let json: Value = serde_json::from_str(ran.out()).unwrap();
        let public = json["public_key_file"].as_str().unwrap();
        fs::copy(public, self.0.path(&format!("{person}.pub"))).unwrap();
        json["id"].as_str().unwrap().to_owned()
    }

    /// Publishes a component of that id and version as that person.
    fn publish(&self, person: &str, id: &str, version: &str, folder: &str) -> Ran {
        self.0.put("new.wasm", component(id, version));
        let _ = fs::remove_file(self.0.path("new.wasm.minisig"));
        self.run(person, &["plugin", "publish", "new.wasm", "--to", folder])
    }

    fn trust(&self, person: &str, whom: &str) {
        let key = format!("{whom}.pub");
        self.run(person, &["plugin", "trust", &key, "--label", whom])
            .ok();
    }

    /// An author with a registry `shop` that has `tally` 0.1.0, and a user who trusts the author.
    fn with_shop() -> (Self, String) {
        let office = Self::new();
        let id = office.keygen("alice");
        office.publish("alice", "tally", "0.1.0", "shop").ok();
        office.trust("bob", "alice");
        (office, id)
    }

    fn rank(&self, person: &str) -> Ran {
        self.run(person, &["rank", "in.csv", "-p", "tally"])
    }

    fn alter(&self, file: &str) {
        alter(&self.0.path(file));
    }
}

/// Changes one byte in the middle of a file.
pub fn alter(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_published_plugin_ranks_for_a_stranger_who_trusts_its_key() {
    let (office, id) = Office::with_shop();
    let installed = office.run("bob", &["plugin", "install", "shop/tally"]).ok();
    assert!(
        installed.out().contains("tally 0.1.0 installed"),
        "{}",
        installed.out()
    );
    assert!(installed.out().contains(&id) && installed.out().contains("alice"));
    let ranked = office.rank("bob");
    assert!(!ranked.err.contains("UNSIGNED"), "{}", ranked.err);
    let sheet = ranked.sheet();
    assert_eq!(sheet.formulas(), ["LiCoO2", "NaCl"]);
    let header = sheet.header.iter().find(|h| h.starts_with("tally.atoms"));
    assert_eq!(sheet.numbers(header.unwrap()), [4.0, 2.0]);
    let info = office.run("bob", &["plugin", "info", "tally"]).ok();
    let said = info.out().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains(&format!("key {id} (alice), trusted since 2")),
        "{said}"
    );
    let json = office
        .run("bob", &["plugin", "info", "tally", "--json"])
        .ok();
    let json: Value = serde_json::from_str(json.out()).unwrap();
    assert_eq!(json["trust"]["standing"], "signed");
    assert_eq!(json["trust"]["key"]["id"], id.as_str());
    assert_eq!(json["trust"]["key"]["label"], "alice");
    // Carol trusts nobody.
    office
        .run("carol", &["plugin", "install", "shop/tally"])
        .fails(1, &["index.json", &id, "not trusted", "plugin trust"]);
    office
        .run("carol", &["rank", "in.csv", "-p", "tally"])
        .fails(2, &["no plugin \"tally\""]);
}

#[test]
fn one_altered_byte_anywhere_in_a_registry_is_refused_naming_the_key() {
    for (file, said) in [
        ("shop/index.json", "index.json"),
        ("shop/index.json.minisig", "index.json"),
        ("shop/tally/0.1.0/tally.wasm", "SHA-256"),
        ("shop/tally/0.1.0/tally.wasm.minisig", "tally.wasm"),
    ] {
        let (office, id) = Office::with_shop();
        office.alter(file);
        let ran = office.run("bob", &["plugin", "install", "shop/tally"]);
        // An altered byte in a signature may hit its form, and then nobody can say whose it was.
        let whose = ran.err.contains(&id) || ran.err.contains(".minisig is no minisign signature");
        assert!(ran.err.contains(said) && whose, "{file}: {}", ran.err);
        ran.fails(1, &["shop"]);
        assert!(!office.home("bob").join("plugins").exists(), "{file}");
    }
}

#[test]
fn an_installed_plugin_that_was_altered_or_whose_key_was_revoked_is_not_loaded() {
    let (office, id) = Office::with_shop();
    office.run("bob", &["plugin", "install", "shop/tally"]).ok();
    let folder = office.home("bob").join("plugins/tally");
    let files = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path());
    let files: Vec<PathBuf> = files.filter(|path| path.is_dir()).collect();
    assert_eq!(files.len(), 1);
    let component = files[0].join("tally.wasm");
    let sound = fs::read(&component).unwrap();
    alter(&component);
    office
        .rank("bob")
        .fails(1, &["tally", "altered since it was installed"]);
    fs::write(&component, sound).unwrap();
    assert_eq!(office.rank("bob").sheet().len(), 2);
    office
        .run("bob", &["plugin", "trust", "--revoke", &id])
        .ok();
    office
        .rank("bob")
        .fails(1, &["tally", &id, "alice", "revoked on 2"]);
    let list = office.run("bob", &["plugin", "list"]).ok();
    let line = list.out().lines().find(|l| l.starts_with("tally")).unwrap();
    assert!(
        line.contains("refused") && line.contains(&id) && line.contains("revoked"),
        "{line}"
    );
    // The files stay, the shipped plugins work, and nothing of that key is installed any more.
    assert!(component.exists());
    assert!(
        office
            .run("bob", &["rank", "in.csv", "-p", "battery"])
            .ok()
            .err
            .contains("battery")
    );
    office
        .run("bob", &["plugin", "install", "shop/tally"])
        .fails(1, &[&id, "revoked"]);
    office
        .run("bob", &["plugin", "trust", "alice.pub"])
        .fails(1, &[&id, "revoked"]);
}

#[test]
fn an_older_index_and_a_name_that_changed_owner_are_refused() {
    let (office, id) = Office::with_shop();
    let keep = |from: &str, to: &str| {
        let to = office.0.path(to);
        fs::create_dir_all(&to).unwrap();
        for file in ["index.json", "index.json.minisig"] {
            fs::copy(office.0.path(from).join(file), to.join(file)).unwrap();
        }
    };
    keep("shop", "old");
    office.publish("alice", "tally", "0.2.0", "shop").ok();
    office
        .run("bob", &["plugin", "install", "shop/tally@0.1.0"])
        .ok();
    keep("shop", "new");
    keep("old", "shop");
    office
        .run("bob", &["plugin", "update", "tally"])
        .fails(1, &["older index", &id, "alice"]);
    keep("new", "shop");
    // Mallory is trusted too, but the name is Alice's.
    let other = office.keygen("mallory");
    office.publish("mallory", "tally", "9.0.0", "market").ok();
    office.trust("bob", "mallory");
    office
        .run("bob", &["plugin", "install", "market/tally"])
        .fails(1, &["tally", &id, &other, "--new-owner"]);
    // So is an unsigned file of that name.
    office.0.put("tally.wasm", component("tally", "1.0.0"));
    office
        .run("bob", &["plugin", "install", "tally.wasm"])
        .fails(1, &["tally", &id, "unsigned"]);
    office
        .run("bob", &["plugin", "install", "market/tally", "--new-owner"])
        .ok();
}

#[test]
fn an_update_takes_the_newest_version_and_never_an_older_one() {
    let (office, _) = Office::with_shop();
    office.run("bob", &["plugin", "install", "shop/tally"]).ok();
    let ran = office.run("bob", &["plugin", "update"]).ok();
    assert_eq!(ran.out(), "tally 0.1.0 is the newest that fits\n");
    office.publish("alice", "tally", "0.10.0", "shop").ok();
    office
        .publish("alice", "tally", "0.9.0", "shop")
        .fails(1, &["0.10.0", "--force"]);
    office.publish("alice", "tally", "1.0.0-rc.1", "shop").ok();
    let ran = office.run("bob", &["plugin", "update"]).ok();
    assert!(
        ran.out()
            .starts_with("tally 0.1.0 -> 0.10.0; signed by key"),
        "{}",
        ran.out()
    );
    // The version before a release is there for those who ask for it; back from it only on request.
    office
        .run("bob", &["plugin", "install", "shop/tally@1.0.0-rc.1"])
        .ok();
    let ran = office.run("bob", &["plugin", "update", "tally"]).ok();
    assert!(
        ran.out().starts_with("tally 1.0.0-rc.1 is the newest"),
        "{}",
        ran.out()
    );
    office
        .run("bob", &["plugin", "install", "shop/tally"])
        .fails(1, &["1.0.0-rc.1 is installed", "older", "tally@0.10.0"]);
    office.publish("alice", "tally", "1.0.0-rc.2", "shop").ok();
    let ran = office
        .run("bob", &["plugin", "list", "--available", "shop"])
        .ok();
    assert!(ran.out().contains("1.0.0-rc.2"), "{}", ran.out());
    let ran = office.run("bob", &["plugin", "update", "tally"]).ok();
    assert!(
        ran.out().starts_with("tally 1.0.0-rc.1 -> 1.0.0-rc.2;"),
        "{}",
        ran.out()
    );
    office
        .run("bob", &["plugin", "install", "shop/tally@1.0.0-rc.1"])
        .ok();
    let json = office
        .run("bob", &["plugin", "list", "--available", "shop", "--json"])
        .ok();
    let json: Value = serde_json::from_str(json.out()).unwrap();
    assert_eq!(json["plugins"][0]["newest"]["version"], "1.0.0-rc.2");
    assert_eq!(json["plugins"][0]["installed"], "1.0.0-rc.1");
    assert_eq!(
        json["plugins"][0]["newest"]["properties"][0]["name"],
        "atoms"
    );
    let list = office
        .run("bob", &["plugin", "list", "--available", "shop"])
        .ok();
    assert!(list.out().contains("tally") && list.out().contains("1.0.0-rc.1 is installed"));
    office.run("bob", &["plugin", "remove", "tally"]).ok();
    office
        .run("bob", &["plugin", "info", "tally"])
        .fails(2, &["no plugin \"tally\""]);
    office
        .run("bob", &["plugin", "remove", "tally"])
        .fails(1, &["tally"]);
    office
        .run("bob", &["plugin", "remove", "../tally"])
        .fails(2, &["../tally"]);
    office
        .run("bob", &["plugin", "remove", "battery"])
        .fails(2, &["shipped"]);
}

#[test]
fn publishing_refuses_changed_bytes_foreign_keys_and_shipped_names() {
    let (office, id) = Office::with_shop();
    // The same again changes nothing.
    let again = office.publish("alice", "tally", "0.1.0", "shop").ok();
    assert!(again.out().contains("already"), "{}", again.out());
    let mut changed = description();
    changed.id = "tally".to_owned();
    changed.summary = "Counts atoms otherwise".to_owned();
    let changed = Guest {
        description: changed,
        ..Guest::default()
    }
    .wasm();
    office.0.put("new.wasm", changed);
    office
        .run("alice", &["plugin", "publish", "new.wasm", "--to", "shop"])
        .fails(1, &["tally 0.1.0", "other bytes"]);
    let other = office.keygen("mallory");
    office
        .publish("mallory", "mine", "0.1.0", "shop")
        .fails(1, &[&id, &other, "index.json"]);
    office
        .publish("alice", "battery", "9.0.0", "shop")
        .fails(1, &["battery", "shipped"]);
    // A stale signature beside the component is not published.
    office.0.put("new.wasm", component("tally", "0.2.0"));
    office.run("alice", &["plugin", "sign", "new.wasm"]).ok();
    office.0.put("new.wasm", component("tally", "0.3.0"));
    office
        .run("alice", &["plugin", "publish", "new.wasm", "--to", "shop"])
        .fails(1, &["tally.wasm", &id, "altered"]);
}

#[test]
fn a_local_file_runs_signed_or_with_a_visible_mark() {
    let (office, id) = Office::with_shop();
    office.0.put("tally.wasm", component("tally", "0.1.0"));
    let ran = office
        .run("bob", &["rank", "in.csv", "-p", "tally.wasm"])
        .ok();
    assert!(
        ran.err.contains("tally (tally.wasm) is UNSIGNED"),
        "{}",
        ran.err
    );
    let ran = office.run("bob", &["plugin", "install", "tally.wasm"]).ok();
    assert!(ran.out().contains("UNSIGNED"), "{}", ran.out());
    assert!(office.rank("bob").ok().err.contains("UNSIGNED"));
    let list = office.run("bob", &["plugin", "list"]).ok();
    assert!(
        list.out()
            .lines()
            .any(|l| l.starts_with("tally") && l.contains("UNSIGNED"))
    );
    let info = office.run("bob", &["plugin", "info", "tally"]).ok();
    assert!(info.out().contains("UNSIGNED"), "{}", info.out());
    // Signed by a key that Carol does not know, then one byte altered.
    office.run("alice", &["plugin", "sign", "tally.wasm"]).ok();
    office
        .run("carol", &["plugin", "install", "tally.wasm"])
        .fails(1, &["tally.wasm", &id, "not trusted"]);
    let ran = office
        .run("carol", &["rank", "in.csv", "-p", "tally.wasm"])
        .ok();
    assert!(
        ran.err.contains(&id) && ran.err.contains("UNSIGNED"),
        "{}",
        ran.err
    );
    let ran = office.run("bob", &["plugin", "install", "tally.wasm"]).ok();
    assert!(ran.out().contains(&id), "{}", ran.out());
    let ranked = office.rank("bob").ok();
    assert!(!ranked.err.contains("UNSIGNED"), "{}", ranked.err);
    office.alter("tally.wasm");
    for args in [
        &["plugin", "install", "tally.wasm"][..],
        &["rank", "in.csv", "-p", "tally.wasm"],
    ] {
        office
            .run("bob", args)
            .fails(1, &["tally.wasm", &id, "alice", "altered"]);
    }
}

#[test]
fn a_key_with_a_password_signs_only_with_it() {
    let office = Office::new();
    office.0.put("tally.wasm", component("tally", "0.1.0"));
    let with = |password: &str, args: &[&str]| {
        Ran::of(
            office
                .command("alice")
                .env("LODESTONE_KEY_PASSWORD", password)
                .args(args),
        )
    };
    office
        .run("alice", &["plugin", "keygen"])
        .fails(2, &["LODESTONE_KEY_PASSWORD", "--no-password"]);
    with("correct horse", &["plugin", "keygen", "-o", "lab.key"]).ok();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(office.0.path("lab.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    with("another", &["plugin", "keygen", "-o", "lab.key"]).fails(1, &["lab.key", "there already"]);
    let sign = ["plugin", "sign", "tally.wasm", "-k", "lab.key"];
    with("battery staple", &sign).fails(1, &["lab.key", "password is wrong"]);
    office
        .run("alice", &sign)
        .fails(1, &["lab.key", "LODESTONE_KEY_PASSWORD"]);
    with("correct horse", &sign).ok();
    let signature = office.0.read("tally.wasm.minisig");
    let comment = signature.lines().nth(2).unwrap();
    assert!(
        comment.starts_with("trusted comment: file:tally.wasm id:tally version:0.1.0 sha256:"),
        "{comment}"
    );
    office
        .run("alice", &["plugin", "sign", "tally.wasm"])
        .fails(1, &["keygen"]);
}

#[test]
fn what_cannot_be_a_plugin_of_a_registry_is_refused_before_anything_is_read() {
    let (office, _) = Office::with_shop();
    for (what, status, said) in [
        ("tally", 2, "where from"),
        ("shop/../home-bob/etc", 1, "home-bob is refused"),
        ("shop/Tally", 2, "Tally"),
        ("shop/..", 2, ".."),
        ("shop/tally@latest", 2, "latest"),
        ("shop/absent", 1, "it has tally"),
        ("shop/tally@7.0.0", 1, "it has 0.1.0"),
        ("shop/battery", 1, "shipped"),
        ("nowhere/tally", 1, "nowhere"),
        ("https://user:pass@localhost/tally", 1, "user"),
        ("http://localhost/?x=/tally", 1, "'?'"),
    ] {
        office
            .run("bob", &["plugin", "install", what])
            .fails(status, &[said]);
    }
    office.0.put("notes.wasm", "not WebAssembly");
    office
        .run("bob", &["plugin", "install", "notes.wasm"])
        .fails(1, &["notes.wasm"]);
    office
        .run("bob", &["plugin", "trust", "RWnonsense"])
        .fails(2, &["RWnonsense", "56"]);
    office
        .run("bob", &["plugin", "trust", "alice.pub"])
        .fails(1, &["trusted since"]);
}

#[test]
fn a_component_for_another_interface_is_not_published() {
    let office = Office::new();
    office.keygen("alice");
    let newer = Guest {
        description: {
            let mut d = description();
            (d.id, d.version) = ("tally".to_owned(), "0.2.0".to_owned());
            d
        },
        version: "0.2.0",
        ..Guest::default()
    };
    office.0.put("new.wasm", newer.wasm());
    office
        .run("alice", &["plugin", "publish", "new.wasm", "--to", "shop"])
        .fails(1, &["0.2.0", "interface"]);
}

/// Serves a folder as a static web server does, until the test's process ends; gives its address.
pub fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let first = lines.next().unwrap_or_default();
            let _ = lines.by_ref().find(String::is_empty);
            drop(lines);
            let path = first.split(' ').nth(1).unwrap_or_default();
            let (status, body) = match fs::read(folder.join(path.trim_start_matches('/'))) {
                Ok(body) => ("200 OK", body),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
            );
            let _ = stream.write_all(&body);
        }
    });
    address
}

#[test]
fn a_registry_behind_a_web_server_is_installed_from_and_updated() {
    let (office, id) = Office::with_shop();
    let url = serve(office.0.path("shop"));
    let run = |args: &[&str]| {
        // A proxy that the environment names is not asked: this one would refuse.
        let proxies = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
        Ran::of(
            office
                .command("bob")
                .envs(proxies.map(|name| (name, "http://127.0.0.1:1")))
                .args(args),
        )
    };
    let ran = run(&["plugin", "install", &format!("{url}/tally"), "--json"]).ok();
    let json: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(
        (&json["version"], &json["source"]),
        (&"0.1.0".into(), &url.as_str().into())
    );
    assert_eq!(office.rank("bob").sheet().len(), 2);
    office.publish("alice", "tally", "0.2.0", "shop").ok();
    let list = run(&["plugin", "list", "--available", &url]).ok();
    assert!(
        list.out().contains("tally") && list.out().contains("0.1.0 is installed"),
        "{}",
        list.out()
    );
    let ran = run(&["plugin", "update"]).ok();
    assert!(
        ran.out().starts_with("tally 0.1.0 -> 0.2.0; signed by key"),
        "{}",
        ran.out()
    );
    office.publish("alice", "tally", "0.3.0", "shop").ok();
    office.alter("shop/tally/0.3.0/tally.wasm");
    run(&["plugin", "update", "tally"]).fails(1, &["0.3.0/tally.wasm", "SHA-256", &id, "alice"]);
    assert_eq!(office.rank("bob").sheet().len(), 2);
    run(&["plugin", "install", &format!("{url}/elsewhere/tally")])
        .fails(1, &["elsewhere", "index.json"]);
}

#[test]
fn a_kill_at_any_moment_of_an_installation_leaves_a_plugin_that_ranks() {
    let (office, _) = Office::with_shop();
    office.publish("alice", "tally", "0.2.0", "shop").ok();
    office
        .run("bob", &["plugin", "install", "shop/tally@0.1.0"])
        .ok();
    let home = office.home("bob");
    for round in 0u64..20 {
        let what = ["shop/tally@0.2.0", "shop/tally@0.1.0"][round as usize % 2];
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_lodestone"))
            .args(["plugin", "install", what])
            .env("LODESTONE_HOME", &home)
            .env("LODESTONE_CACHE", crate::home())
            .current_dir(office.0.path(""))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(3 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(office.rank("bob").sheet().len(), 2, "round {round}");
    }
    office
        .run("bob", &["plugin", "install", "shop/tally@0.2.0"])
        .ok();
    let left = fs::read_dir(home.join("plugins/tally")).unwrap().count();
    assert_eq!(left, 2, "the record and one folder of files");
}

#[test]
fn a_registry_without_a_plugin_is_told_what_to_add() {
    for address in ["https://example.org", "https://example.org/plugins/"] {
        let desk = crate::Desk::new();
        let hint = format!("{}/NAME", address.trim_end_matches('/'));
        desk.run(&["plugin", "install", address])
            .fails(2, &["none of its plugins", &hint]);
    }
}
