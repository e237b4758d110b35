//! Plugins from files and registries: who vouches for them, what is refused, what is installed.

use crate::{apply, errors, host, settle, shelf, starting_in, workbench_in};
use job::Job;
use registry::{NewKey, Publication, SecretKey, sign_file};
use std::path::{Path, PathBuf};
use workbench::shelf::{Home, Standing};
use workbench::{Command, Subject, Workbench};

/// A component that is not shipped, kept for later hosts by the host's own tests.
const COMPONENT: &[u8] = include_bytes!("../../../plugin_host/tests/fixtures/interface-0.1.0.wasm");

/// An author with a key, and a folder to put files in.
struct Author {
    folder: tempfile::TempDir,
    key: NewKey,
    secret: SecretKey,
}

impl Author {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("author.key");
        let key = SecretKey::create(&path, None).unwrap();
        let secret = SecretKey::read(&path, || unreachable!("it has no password")).unwrap();
        Self {
            folder,
            key,
            secret,
        }
    }

    fn public(&self) -> String {
        self.key.public.to_base64()
    }

    /// The component as a file, signed.
    fn signed(&self) -> PathBuf {
        let path = self.unsigned();
        let (id, version) = said();
        sign_file(&self.secret, &path, COMPONENT, &id, &version).unwrap();
        path
    }

    fn unsigned(&self) -> PathBuf {
        let path = self.folder.path().join("plugin.wasm");
        std::fs::write(&path, COMPONENT).unwrap();
        path
    }

    /// A registry that has the component.
    fn registry(&self) -> PathBuf {
        let folder = self.folder.path().join("shop");
        let plugin = host().unwrap().load(COMPONENT, "test").unwrap();
        let d = plugin.description();
        let publication = Publication {
            entry: registry::Entry {
                name: d.id.clone(),
                version: d.version.clone(),
                file: String::new(),
                size: 0,
                sha256: String::new(),
                interface: plugin.interface().to_owned(),
                licence: d.licence.clone(),
                summary: d.summary.clone(),
                authors: d.authors.clone(),
                properties: Vec::new(),
            },
            bytes: COMPONENT,
            signature: None,
            shipped: &[],
            force: false,
        };
        registry::publish(&folder, &self.secret, publication, None, &Job::new()).unwrap();
        folder
    }
}

/// What the component says that it is.
fn said() -> (String, String) {
    let plugin = host().unwrap().load(COMPONENT, "test").unwrap();
    let d = plugin.description();
    (d.id.clone(), d.version.clone())
}

fn drop_file(workbench: &mut Workbench, path: &Path) {
    let path = Some(path.to_path_buf());
    apply(workbench, Command::Open { path });
}

fn trust(workbench: &mut Workbench, author: &Author) {
    let command = Command::TrustKey {
        key: author.public(),
        label: "alice".into(),
    };
    apply(workbench, command);
}

fn revoke(workbench: &mut Workbench, author: &Author) {
    let key = author.public();
    apply(workbench, Command::RevokeKey { key });
}

fn has(workbench: &Workbench, id: &str) -> bool {
    let mut plugins = workbench.state().plugins.iter();
    plugins.any(|loaded| loaded.plugin.id() == id)
}

#[test]
fn a_file_of_a_revoked_key_is_refused_in_the_words_of_the_command_line() {
    let (folder, author) = (tempfile::tempdir().unwrap(), Author::new());
    let mut workbench = workbench_in(Some(folder.path()));
    trust(&mut workbench, &author);
    revoke(&mut workbench, &author);
    assert!(errors(&workbench).is_empty(), "{:?}", errors(&workbench));
    let path = author.signed();
    drop_file(&mut workbench, &path);
    // `lodestone rank -p plugin.wasm` loads it so, and says this.
    let home = folder.path().join("home");
    let refused = shelf(Some(&home)).file(&path).load(&host().unwrap());
    let words = refused.unwrap_err().words();
    let id = author.key.public.id();
    assert!(
        words.starts_with(&format!("plugin {} is refused: ", path.display()))
            && words.contains(&format!(
                "signed by key {id} (alice), whose trust was revoked"
            )),
        "{words}"
    );
    assert_eq!(errors(&workbench).join("\n"), words);
    let offer = workbench.state().shelf.offer.as_ref().expect("the dialog");
    assert_eq!(offer.looked.as_ref().unwrap().as_ref().unwrap_err(), &words);
    // Nor is there a way around the dialog.
    apply(&mut workbench, Command::AddPlugin { path: Some(path) });
    assert!(!has(&workbench, &said().0));
    assert_eq!(errors(&workbench), vec![words; 2]);
}

#[test]
fn a_signature_that_does_not_fit_its_file_is_refused() {
    let (folder, author) = (tempfile::tempdir().unwrap(), Author::new());
    let mut workbench = workbench_in(Some(folder.path()));
    trust(&mut workbench, &author);
    let path = author.signed();
    // The plugin was changed, its signature is that of before: a custom section more is still a component.
    let changed = [COMPONENT, &[0, 2, 1, b'x']].concat();
    std::fs::write(&path, changed).unwrap();
    apply(&mut workbench, Command::AddPlugin { path: Some(path) });
    assert!(!has(&workbench, &said().0));
    let told = errors(&workbench).join("\n");
    assert!(told.contains("is not what key"), "{told}");
}

#[test]
fn an_unsigned_file_is_marked_and_undo_takes_it_out_again() {
    let (folder, author) = (tempfile::tempdir().unwrap(), Author::new());
    let mut workbench = workbench_in(Some(folder.path()));
    let path = author.unsigned();
    drop_file(&mut workbench, &path);
    let offer = workbench.state().shelf.offer.clone().expect("the dialog");
    let offered = offer.looked.expect("it was looked at").expect("sound");
    assert_eq!(offered.standing, Standing::Unsigned);
    let (id, version) = said();
    assert_eq!(
        (&offered.description.id, &offered.description.version),
        (&id, &version)
    );
    // Looking at it does not let it take part.
    assert!(!has(&workbench, &id));
    apply(&mut workbench, Command::AddPlugin { path: Some(path) });
    assert!(has(&workbench, &id) && workbench.state().shelf.offer.is_none());
    let log = workbench.state().log.iter();
    assert!(log.clone().any(|line| line.text.contains("UNSIGNED")));
    apply(&mut workbench, Command::Undo);
    assert!(!has(&workbench, &id));
    apply(&mut workbench, Command::Redo);
    assert!(has(&workbench, &id));
}

#[test]
fn an_installed_file_takes_part_in_every_session_until_its_key_is_revoked() {
    let (folder, author) = (tempfile::tempdir().unwrap(), Author::new());
    let (id, version) = said();
    let mut workbench = workbench_in(Some(folder.path()));
    let path = author.signed();
    let what = path.display().to_string();
    let new_owner = false;
    let install = Command::InstallPlugin { what, new_owner };
    drop_file(&mut workbench, &path);
    apply(&mut workbench, install.clone());
    // Its signature is by a key that nobody trusts yet.
    let subject = Subject::Install(path.display().to_string());
    let problem = workbench.state().problem(&subject).expect("beside it");
    assert!(problem.text.contains("not trusted"), "{}", problem.text);
    trust(&mut workbench, &author);
    apply(&mut workbench, install);
    assert!(has(&workbench, &id) && workbench.state().shelf.offer.is_none());
    assert_eq!(workbench.state().problem(&subject), None);
    let mut again = workbench_in(Some(folder.path()));
    let plugins = &again.state().plugins;
    let loaded = plugins.iter().find(|p| p.plugin.id() == id).unwrap();
    assert!(matches!(&loaded.standing, Standing::Signed(key) if key.label == "alice"));
    assert_eq!(loaded.installed_as.as_deref(), Some(id.as_str()));
    assert_eq!(again.state().shelf.records[0].version, version);
    revoke(&mut again, &author);
    assert!(!has(&again, &id));
    let refused = &again.state().refused_plugins[0];
    assert!(refused.why.contains("revoked"), "{}", refused.why);
    let name = id.clone();
    apply(&mut again, Command::UninstallPlugin { name });
    assert!(again.state().refused_plugins.is_empty());
    assert!(again.state().shelf.records.is_empty());
}

#[test]
fn a_registry_is_listed_and_a_plugin_of_it_installed_and_asked_for_news() {
    let (folder, author) = (tempfile::tempdir().unwrap(), Author::new());
    let (id, version) = said();
    let place = author.registry().canonicalize().unwrap();
    let place = place.display().to_string();
    let mut workbench = workbench_in(Some(folder.path()));
    let browse = Command::BrowseRegistry {
        place: place.clone(),
    };
    apply(&mut workbench, browse.clone());
    let subject = Subject::Registry(place.clone());
    let problem = workbench.state().problem(&subject).expect("beside it");
    assert!(problem.text.contains("not trusted"), "{}", problem.text);
    trust(&mut workbench, &author);
    apply(&mut workbench, browse);
    assert_eq!(workbench.state().registries(), [place.as_str()]);
    let listing = &workbench.state().shelf.listings[&place];
    let offered = &listing.plugins[0];
    assert_eq!((&offered.entry.name, &offered.installed), (&id, &None));
    let what = format!("{place}/{id}");
    let new_owner = false;
    apply(&mut workbench, Command::InstallPlugin { what, new_owner });
    assert!(has(&workbench, &id), "{:?}", errors(&workbench));
    let listing = &workbench.state().shelf.listings[&place];
    assert_eq!(listing.plugins[0].installed.as_ref(), Some(&version));
    let name = id.clone();
    apply(&mut workbench, Command::UpdatePlugin { name });
    let log = workbench.state().log.last().unwrap();
    assert!(log.text.contains("is the newest that fits"), "{}", log.text);
    // The place is known in the next session, too.
    let again = workbench_in(Some(folder.path()));
    assert_eq!(again.state().registries(), [place]);
}

#[test]
fn a_name_that_belongs_to_another_key_is_given_away_only_when_the_user_says_so() {
    let (folder, alice, mallory) = (tempfile::tempdir().unwrap(), Author::new(), Author::new());
    let mut workbench = workbench_in(Some(folder.path()));
    trust(&mut workbench, &alice);
    let key = mallory.public();
    let label = "mallory".to_owned();
    apply(&mut workbench, Command::TrustKey { key, label });
    let install = |path: PathBuf, new_owner: bool| Command::InstallPlugin {
        what: path.display().to_string(),
        new_owner,
    };
    apply(&mut workbench, install(alice.signed(), false));
    let theirs = mallory.signed();
    apply(&mut workbench, install(theirs.clone(), false));
    let subject = Subject::Install(theirs.display().to_string());
    let problem = workbench.state().problem(&subject).expect("beside it");
    assert!(problem.about_owner, "{}", problem.text);
    let key = |workbench: &Workbench| workbench.state().shelf.records[0].key.clone();
    assert_eq!(key(&workbench), Some(alice.public()));
    apply(&mut workbench, install(theirs, true));
    assert_eq!(key(&workbench), Some(mallory.public()));
}

#[test]
fn a_plugin_that_was_brought_before_any_candidates_takes_part_in_those_that_come() {
    let (folder, author) = (tempfile::tempdir().unwrap(), Author::new());
    let mut workbench = workbench_in(Some(folder.path()));
    let path = Some(author.unsigned());
    apply(&mut workbench, Command::AddPlugin { path });
    let challenge = workbench::Challenge::RareEarthFreeMagnet;
    apply(&mut workbench, Command::OpenChallenge { challenge });
    assert!(has(&workbench, &said().0));
    // Without objectives all plugins are asked.
    apply(&mut workbench, Command::RemoveConstraint { index: 0 });
    for _ in 0..2 {
        apply(&mut workbench, Command::RemoveObjective { index: 0 });
    }
    let results = workbench.state().results.clone().unwrap();
    let run = results.coverage().iter().find(|c| c.plugin == said().0);
    let run = run.expect("it took part");
    assert!(run.time > Some(std::time::Duration::ZERO) && run.fault.is_none());
}

#[test]
fn without_a_home_plugins_are_used_but_not_installed() {
    let author = Author::new();
    let mut workbench = workbench_in(None);
    let path = author.signed();
    let what = path.display().to_string();
    let new_owner = false;
    apply(&mut workbench, Command::InstallPlugin { what, new_owner });
    assert!(errors(&workbench)[0].contains("LODESTONE_HOME"));
    apply(&mut workbench, Command::AddPlugin { path: Some(path) });
    settle(&mut workbench);
    let plugins = &workbench.state().plugins;
    let loaded = plugins.iter().find(|p| p.plugin.id() == said().0).unwrap();
    let id = author.key.public.id();
    assert_eq!(loaded.standing, Standing::UnknownSigner(id));
    assert!(Home::from_environment(|_| None).is_none());
}

#[test]
fn plugins_whose_loading_was_cancelled_are_told() {
    let mut workbench = starting_in(None);
    workbench.apply(Command::CancelAll);
    settle(&mut workbench);
    let state = workbench.state();
    let refused = &state.refused_plugins;
    assert_eq!(refused.len() + state.plugins.len(), 3);
    let last = refused.last().expect("a plugin that is not loaded");
    assert!(last.name.contains("magnet") && last.why.contains("cancelled"));
    assert!(
        errors(&workbench)
            .iter()
            .any(|text| text.contains("cancelled"))
    );
}
