//! The panel of plugins: files that are dropped, keys, registries, what is installed.

use crate::{Window, folders_in};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use registry::{SecretKey, sign_file};
use std::path::{Path, PathBuf};
use workbench::{Challenge, Command, Panel};

/// A component that is not shipped, kept for later hosts by the host's own tests.
const COMPONENT: &[u8] = include_bytes!("../../../plugin_host/tests/fixtures/interface-0.1.0.wasm");

/// What the component says that it is.
fn said() -> (String, String) {
    let host = plugin_host::Host::new(plugin_host::HostOptions::default()).unwrap();
    let plugin = host.load(COMPONENT, "test").unwrap();
    let d = plugin.description();
    (d.id.clone(), d.version.clone())
}

/// The component as a file in a folder, signed by a new key; the key.
fn signed(folder: &Path) -> (PathBuf, String) {
    let path = folder.join("author.key");
    let key = SecretKey::create(&path, None).unwrap().public.to_base64();
    let secret = SecretKey::read(&path, || unreachable!("it has no password")).unwrap();
    let path = folder.join("plugin.wasm");
    std::fs::write(&path, COMPONENT).unwrap();
    let (id, version) = said();
    sign_file(&secret, &path, COMPONENT, &id, &version).unwrap();
    (path, key)
}

fn open(folder: &Path) -> Window {
    let mut window = Window::open(folders_in(folder));
    let challenge = Challenge::RareEarthFreeMagnet;
    window.apply(Command::OpenChallenge { challenge });
    let panel = Panel::Plugins;
    window.apply(Command::ShowPanel { panel });
    window
}

fn drop_file(window: &mut Window, path: &Path) {
    let path = Some(path.to_path_buf());
    window.apply(Command::Open { path });
}

fn scroll_and_click(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).scroll_to_me();
    window.harness.run_steps(4);
    window.click(label);
    window.settle();
}

#[test]
fn a_dropped_plugin_is_said_to_be_unsigned_and_used_in_this_project() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plugin.wasm");
    std::fs::write(&path, COMPONENT).unwrap();
    let mut window = open(folder.path());
    drop_file(&mut window, &path);
    window
        .harness
        .get_by_label("UNSIGNED: nobody vouches for it");
    window.picture("offer");
    window.click("Use in this project");
    window.settle();
    let (id, version) = said();
    let name = format!("{id} {version}");
    window.harness.get_by_label(&name);
    window.picture("plugins_unsigned");
    // Where a value comes from, too; without objectives all plugins are asked.
    window.apply(Command::RemoveConstraint { index: 0 });
    for _ in 0..2 {
        window.apply(Command::RemoveObjective { index: 0 });
    }
    let row = window.state().rows[0];
    window.apply(Command::Select {
        rows: std::sync::Arc::new(vec![row]),
        mode: workbench::SelectMode::Replace,
    });
    let marks = window
        .harness
        .get_all_by_label("UNSIGNED: nobody vouches for it");
    assert_eq!(
        marks.count(),
        2,
        "in the panel of plugins and in the inspector"
    );
    scroll_and_click(&mut window, &format!("Remove {id} from this project"));
    assert!(window.harness.query_by_label(&name).is_none());
}

#[test]
fn a_key_is_trusted_a_plugin_installed_and_both_taken_back_by_their_buttons() {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = signed(folder.path());
    let (id, _) = said();
    let mut window = open(folder.path());
    scroll_and_click(&mut window, "Keys that you trust");
    window.harness.run_steps(10);
    for (label, text) in [
        ("Public key to trust, or its .pub file", key.as_str()),
        ("Whose key it is", "alice"),
    ] {
        window.harness.get_by_label(label).scroll_to_me();
        window.harness.run_steps(4);
        window.click(label);
        window.harness.get_by_label(label).type_text(text);
        window.harness.run_steps(2);
    }
    scroll_and_click(&mut window, "Trust this key");
    assert_eq!(window.state().shelf.keys[0].label, "alice");
    drop_file(&mut window, &path);
    window.harness.get_by_label_contains("signed by key");
    window.click("Install");
    window.settle();
    assert_eq!(window.state().shelf.records[0].name, id);
    window.picture("plugins_installed");
    let describe = window.state().shelf.keys[0].describe();
    scroll_and_click(&mut window, &format!("Revoke the trust in {describe}"));
    assert_eq!(window.state().shelf.keys[0].revoked, None, "it takes two");
    scroll_and_click(
        &mut window,
        &format!("Really revoke the trust in {describe}"),
    );
    let refused = window.harness.get_by_label_contains("is refused");
    let text = refused.accesskit_node().value().unwrap_or_default();
    assert!(text.contains("revoked"), "{text}");
    window.picture("plugins_revoked");
    drop_file(&mut window, &path);
    let words = window.state().shelf.offer.clone().unwrap().looked.unwrap();
    let words = words.unwrap_err();
    assert!(words.contains("whose trust was revoked on"), "{words}");
    window.harness.get_by_label(&words);
    window.picture("offer_revoked");
    window.click("Cancel");
    scroll_and_click(&mut window, &format!("Uninstall {id} (installed)"));
    assert!(window.state().refused_plugins.is_empty());
}

#[test]
fn a_registry_that_is_none_says_so_beside_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path());
    scroll_and_click(&mut window, "Available in registries");
    window.harness.run_steps(10);
    let place = "Folder or address of a registry";
    window.harness.get_by_label(place).scroll_to_me();
    window.harness.run_steps(4);
    window.click(place);
    let empty = folder.path().display().to_string();
    window.harness.get_by_label(place).type_text(&empty);
    window.harness.run_steps(2);
    scroll_and_click(&mut window, "Look in this registry");
    window.picture("plugins_registry");
    let problems = &window.state().shelf.problems;
    assert_eq!(problems.len(), 1, "{:?}", window.state().log);
    let said = window
        .harness
        .get_by_label_contains("there is no index.json");
    let below = said.rect().top() - window.harness.get_by_label(place).rect().bottom();
    assert!((0.0..60.0).contains(&below), "{below} points below");
}
