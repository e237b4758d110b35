//! Files that lie: indexes that a robbed or careless publisher signed, links, and files of the user's own that were damaged.

use crate::{World, bytes_of, entry, new_key, says};
use proptest::prelude::*;
use registry::{Home, Index, Signature, sign_file};

fn parse(world: &World, bytes: &[u8]) -> Result<Index, registry::RegistryError> {
    Index::parse(bytes, world.key.public(), "the shop")
}

#[test]
fn an_index_that_names_a_path_outside_is_refused() {
    for path in [
        "../outside.wasm",
        "/etc/passwd",
        "sum/../../outside.wasm",
        "..\\outside.wasm",
        "C:/outside.wasm",
        "C:outside.wasm",
        "sum//x",
        "./x",
        "%2e%2e/x",
        "x\0",
        "",
    ] {
        let world = World::new();
        world.forge(|index| index.plugins[0].file = path.to_owned());
        says(world.open_folder(), &["shop", "sum 0.1.0", "path"]);
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_in_a_registry_is_not_followed() {
    use std::os::unix::fs::symlink;
    let world = World::new();
    let outside = world.path("outside.wasm");
    std::fs::write(&outside, bytes_of("0.1.0")).unwrap();
    let inside = world.shop().join("sum/0.1.0/sum.wasm");
    std::fs::remove_file(&inside).unwrap();
    symlink(&outside, &inside).unwrap();
    says(
        world.fetch_folder(),
        &["sum/0.1.0/sum.wasm", "symbolic link"],
    );
    let world = World::new();
    std::fs::rename(world.shop().join("sum"), world.path("moved")).unwrap();
    symlink(world.path("moved"), world.shop().join("sum")).unwrap();
    says(
        world.fetch_folder(),
        &["sum/0.1.0/sum.wasm", "symbolic link"],
    );
}

#[test]
fn an_index_that_contradicts_itself_is_refused() {
    type Change = fn(&mut Index);
    let changes: [(Change, &str); 12] = [
        (|i| i.plugins.push(i.plugins[0].clone()), "twice"),
        (
            |i| {
                // differs in what does not order versions
                let mut entry = i.plugins[0].clone();
                entry.version = "0.1.0+other".to_owned();
                entry.file = "other.wasm".to_owned();
                i.plugins.push(entry);
            },
            "twice",
        ),
        (
            |i| {
                let mut entry = i.plugins[0].clone();
                entry.version = "0.2.0".to_owned();
                entry.file = entry.file.to_uppercase();
                i.plugins.push(entry);
            },
            "twice",
        ),
        (|i| i.plugins[0].name = "../sum".to_owned(), "../sum"),
        (|i| i.plugins[0].name = "Sum".to_owned(), "Sum"),
        (
            |i| i.plugins[0].version = "1".to_owned(),
            "semantic version",
        ),
        (
            |i| i.plugins[0].version = "9".repeat(1000),
            "semantic version",
        ),
        (|i| i.plugins[0].sha256 = "abc".to_owned(), "sha256"),
        (
            |i| i.plugins[0].summary = "x".repeat(5000),
            "4000 characters",
        ),
        (|i| i.plugins[0].summary = "\u{1b}[2J".to_owned(), "control"),
        (|i| i.plugins[0].authors = vec![String::new(); 300], "256"),
        (|i| i.format = 2, "format 2"),
    ];
    for (change, said) in changes {
        let world = World::new();
        world.forge(change);
        says(world.open_folder(), &["shop", said]);
    }
    let world = World::new();
    let other = new_key(&world.path("other.key"));
    world.forge(|index| index.key = other.public().to_base64());
    says(world.open_folder(), &["publisher", &world.key_id()]);
}

#[test]
fn sizes_and_hashes_that_the_index_invents_are_refused() {
    let world = World::new();
    world.forge(|index| index.plugins[0].size = u64::MAX);
    says(world.fetch_folder(), &["sum", "18446744073709551615 bytes"]);
    for size in [0, 10] {
        world.forge(|index| index.plugins[0].size = size);
        says(world.fetch_folder(), &["sum.wasm", &world.key_id()]);
    }
    let world = World::new();
    world.forge(|index| index.plugins[0].sha256 = "0".repeat(64));
    says(
        world.fetch_folder(),
        &["sum.wasm", "SHA-256", &world.key_id()],
    );
}

#[test]
fn deep_wide_and_duplicate_json_is_refused() {
    let world = World::new();
    let deep = "[".repeat(200_000);
    let nested = format!("{{\"format\":1,\"more\":{deep}");
    let twice = "{\"format\":1,\"format\":1}".to_owned();
    let negative =
        "{\"format\":1,\"key\":\"\",\"serial\":-1,\"date\":\"\",\"plugins\":[]}".to_owned();
    let chatty = format!("{{\"format\":\"{}\"}}", "\u{1b}[2J".repeat(100_000));
    for text in [
        chatty,
        deep,
        nested,
        twice,
        negative,
        "null".to_owned(),
        String::new(),
    ] {
        says(parse(&world, text.as_bytes()), &["the shop"]);
        world.sign_index(text.as_bytes());
        says(world.open_folder(), &["shop"]);
    }
}

#[test]
fn a_signature_for_another_file_does_not_serve() {
    // The publisher's own signature of another version, and of the index.
    let world = World::new();
    world.publish("0.2.0").unwrap();
    let shop = world.shop();
    let (old, new) = (
        shop.join("sum/0.1.0"),
        shop.join("sum/0.2.0/sum.wasm.minisig"),
    );
    std::fs::copy(old.join("sum.wasm.minisig"), &new).unwrap();
    says(world.fetch_folder(), &["sum.wasm", "author", "altered"]);
    // Right bytes under a wrong version: what 0.1.0 was signed as cannot be sold as 0.3.0.
    let world = World::new();
    world.forge(|index| index.plugins[0].version = "0.3.0".to_owned());
    says(world.fetch_folder(), &["author", "version 0.1.0", "0.3.0"]);
    // A component signed by another key than the index.
    let world = World::new();
    let other = new_key(&world.path("other.key"));
    let component = world.shop().join("sum/0.1.0/sum.wasm");
    sign_file(&other, &component, &bytes_of("0.1.0"), "sum", "0.1.0").unwrap();
    says(
        world.fetch_folder(),
        &["sum.wasm", &other.public().id(), &world.key_id()],
    );
    std::fs::remove_file(world.shop().join("sum/0.1.0/sum.wasm.minisig")).unwrap();
    says(world.fetch_folder(), &["no signature", "sum.wasm.minisig"]);
}

#[test]
fn damaged_files_of_the_user_are_named() {
    for damage in ["", "{", "[]", "{\"keys\":[{\"key\":\"x\"}]}", "\0\0"] {
        let world = World::new();
        let home = world.home.folder();
        world.fetch_folder().unwrap();
        std::fs::write(home.join("pins.json"), damage).unwrap();
        says(world.open_folder(), &["pins.json", "mend"]);
        std::fs::write(home.join("trust.json"), damage).unwrap();
        says(world.open_folder(), &["trust.json", "mend"]);
        std::fs::create_dir_all(home.join("plugins/sum")).unwrap();
        std::fs::write(home.join("plugins/sum/record.json"), damage).unwrap();
        says(
            world.home.load("sum", 1 << 20).map(|_| ()),
            &["record.json"],
        );
        assert_eq!(world.home.names().unwrap(), ["sum"]);
        assert_eq!(world.home.remove("sum").unwrap(), None);
        assert_eq!(world.home.names().unwrap(), [""; 0]);
    }
}

#[test]
fn a_record_cannot_point_outside_its_folder() {
    let world = World::new();
    let folder = world.home.folder().join("plugins/sum");
    std::fs::create_dir_all(&folder).unwrap();
    for files in ["../../x", "files-/../../x", "/etc", "files-.."] {
        let record = format!(
            "{{\"name\":\"sum\",\"version\":\"0.1.0\",\"sha256\":\"\",\"key\":null,\"source\":\"\",\
             \"from_registry\":false,\"installed\":\"\",\"files\":\"{files}\"}}"
        );
        std::fs::write(folder.join("record.json"), record).unwrap();
        says(
            world.home.load("sum", 10).map(|_| ()),
            &["record.json", "no folder"],
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_of_an_index_or_a_record_are_too_strange(
        cut in 0usize..2000,
        at in 0usize..2000,
        insert in proptest::collection::vec(any::<u8>(), 0..30),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let key = new_key(&folder.path().join("k"));
        let index = serde_json::json!({
            "format": 1, "key": key.public().to_base64(), "serial": 5, "date": "2026-01-01",
            "plugins": [entry("sum", "0.1.0"), entry("sum", "0.2.0")],
        });
        let mut bytes = index.to_string().into_bytes();
        let at = at.min(bytes.len());
        let end = (at + cut % 40).min(bytes.len());
        bytes.splice(at..end, insert.iter().copied());
        let _ = Index::parse(&bytes, key.public(), "here");
        let _ = Signature::parse(&bytes, "here");
        let home = Home::new(folder.path());
        let plugin = folder.path().join("plugins/sum");
        std::fs::create_dir_all(&plugin).unwrap();
        std::fs::write(plugin.join("record.json"), &bytes).unwrap();
        prop_assert!(home.load("sum", 100).is_err());
        std::fs::write(folder.path().join("trust.json"), &bytes).unwrap();
        prop_assert!(home.trust().is_err());
    }
}
