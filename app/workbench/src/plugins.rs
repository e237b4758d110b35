//! The plugins that may take part: loading them, looking at one before it is taken in, and changing what is installed and
//! whom the user trusts.

use crate::error::WorkbenchError;
use crate::shelf::{
    Catalogues, Listing, Location, Record, Shelf, ShelfError, Standing, TrustedKey, Updated, Wanted,
};
use crate::state::{LogLevel, State, TaskKind};
use crate::work::{Done, Workbench};
use job::Job;
use plugin_host::{Description, Host, Plugin};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Registries that are remembered.
const REGISTRIES: usize = 12;

/// A plugin that is ready.
#[derive(Clone, Debug)]
pub struct LoadedPlugin {
    pub plugin: Plugin,
    /// Who vouches for it.
    pub standing: Standing,
    /// The component's file, where the user added it to the project.
    pub file: Option<PathBuf>,
    /// The name under which it is installed, where the user installed it.
    pub installed_as: Option<String>,
}

/// A plugin that does not take part, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedPlugin {
    /// As messages show it.
    pub name: String,
    pub why: String,
    /// As of a [`LoadedPlugin`].
    pub file: Option<PathBuf>,
    pub installed_as: Option<String>,
}

/// A component file that the user brought, looked at before it is taken in.
#[derive(Clone, Debug)]
pub struct Offer {
    pub path: PathBuf,
    /// `None` while it is being looked at.
    pub looked: Option<Result<Box<Offered>, String>>,
}

/// What a component file says of itself, and who vouches for it.
#[derive(Clone, Debug)]
pub struct Offered {
    pub description: Description,
    pub standing: Standing,
    /// The version of the same name that is there already.
    pub there: Option<String>,
    /// Whether the program carries a plugin of that name, so that this one can be neither used nor installed.
    pub is_shipped: bool,
}

/// What an error about the plugins' places stands beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The keys that are trusted.
    Keys,
    /// A registry, by its place.
    Registry(String),
    /// An installed plugin, by its name.
    Plugin(String),
    /// What was to be installed, as the command named it.
    Install(String),
}

/// An error about the plugins' places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub subject: Subject,
    pub text: String,
    /// The name belongs to another key: the user may say that its owner changed.
    pub about_owner: bool,
}

/// What is known of the plugins' places.
#[derive(Clone, Debug, Default)]
pub struct ShelfState {
    pub keys: Vec<TrustedKey>,
    /// What the user installed.
    pub records: Vec<Record>,
    /// What registries have that were looked at in this session, by their places.
    pub listings: BTreeMap<String, Listing>,
    pub problems: Vec<Problem>,
    pub offer: Option<Offer>,
}

impl State {
    /// The places of registries that the user has used.
    pub fn registries(&self) -> Vec<String> {
        let from = self.shelf.records.iter().filter(|r| r.from_registry);
        let mut places = self.preferences.registries.clone();
        for record in from {
            if !places.contains(&record.source) {
                places.push(record.source.clone());
            }
        }
        places
    }

    /// The error beside something, where there is one.
    pub fn problem(&self, subject: &Subject) -> Option<&Problem> {
        let mut problems = self.shelf.problems.iter();
        problems.find(|problem| problem.subject == *subject)
    }
}

/// What came of loading plugins.
pub(crate) struct Loaded {
    plugins: Vec<LoadedPlugin>,
    refused: Vec<RefusedPlugin>,
    /// What the user should hear.
    messages: Vec<String>,
    keys: Result<Vec<TrustedKey>, String>,
    records: Vec<Record>,
}

/// What came of changing or asking the plugins' places.
pub(crate) enum ShelfDone {
    /// Something is different now; says what.
    Changed(String),
    /// Nothing is; says why.
    Same(String),
    Listing(Box<Listing>),
}

/// Why not, and whether only because the name belongs to another key.
type Refusal = (String, bool);

/// Loads all plugins, leaving out those that are refused and those whose id another has already.
fn load(host: &Host, shelf: &Shelf, files: &[PathBuf], job: &Job) -> Loaded {
    let mut messages = host.messages().to_vec();
    let installed = shelf.installed(|message| messages.push(message));
    let installed = installed.unwrap_or_else(|error| {
        messages.push(format!("installed plugins are left out: {}", error.words()));
        Vec::new()
    });
    let of_project = files.iter().map(|path| (shelf.file(path), Some(path)));
    let installed = installed.into_iter().map(|(_, location)| (location, None));
    let all: Vec<(Location, Option<&PathBuf>)> = installed.chain(of_project).collect();
    job.stage("loading plugins", Some(all.len() as u64));
    let mut loaded = Loaded {
        plugins: Vec::new(),
        refused: Vec::new(),
        messages,
        keys: shelf.keys().map_err(|error| error.words()),
        records: shelf.records(),
    };
    for (location, file) in all {
        if job.is_cancelled() {
            loaded.refused.push(RefusedPlugin {
                name: location.describe(),
                why: "its loading was cancelled; start the program again to load it".to_owned(),
                file: file.cloned(),
                installed_as: location.installed_as().map(str::to_owned),
            });
            continue;
        }
        let is_there = |id: &str| loaded.plugins.iter().any(|p| p.plugin.id() == id);
        let installed_as = location.installed_as().map(str::to_owned);
        let why = match location.checked(host) {
            Ok((plugin, _)) if is_there(plugin.id()) => {
                format!("there already is a plugin {}", plugin.id())
            }
            Ok((plugin, standing)) => {
                loaded.messages.extend(plugin.messages().iter().cloned());
                loaded.plugins.push(LoadedPlugin {
                    plugin,
                    standing,
                    file: file.cloned(),
                    installed_as,
                });
                job.advance(1);
                continue;
            }
            Err(why) => why.words(),
        };
        loaded.refused.push(RefusedPlugin {
            name: location.describe(),
            why,
            file: file.cloned(),
            installed_as,
        });
        job.advance(1);
    }
    loaded
}

/// Looks at a component file.
fn look(host: &Host, shelf: &Shelf, path: &Path) -> Result<Box<Offered>, String> {
    let (plugin, standing) = shelf.file(path).load(host).map_err(|e| e.words())?;
    let description = plugin.description().clone();
    let records = shelf.records();
    let there = records.into_iter().find(|r| r.name == description.id);
    Ok(Box::new(Offered {
        is_shipped: standing != Standing::Shipped
            && shelf.shipped_ids().contains(&description.id.as_str()),
        there: there.map(|record| record.version),
        description,
        standing,
    }))
}

impl Workbench {
    pub(crate) fn load_plugins(&mut self) {
        self.plugins_ready = false;
        let (files, shelf) = (
            self.state.project.plugin_files.clone(),
            self.setup.shelf.clone(),
        );
        let host = self.host.clone();
        self.start(TaskKind::LoadPlugins, move |job| {
            Done::Plugins(
                host.get()
                    .map(|host| Box::new(load(host, &shelf, &files, job))),
            )
        });
    }

    pub(crate) fn take_plugins(&mut self, loaded: Result<Box<Loaded>, String>) {
        self.plugins_ready = true;
        match loaded {
            Ok(loaded) => {
                for message in loaded.messages {
                    self.log(LogLevel::Note, message);
                }
                for RefusedPlugin { name, why, .. } in &loaded.refused {
                    let text = format!("plugin {name} is refused: {why}");
                    self.log(LogLevel::Error, text);
                }
                let marks = loaded.plugins.iter().filter_map(|loaded| {
                    let mark = loaded.standing.mark()?;
                    let (id, origin) = (loaded.plugin.id(), loaded.plugin.origin());
                    Some(format!("plugin {id} ({origin}) is {mark}"))
                });
                for mark in marks.collect::<Vec<_>>() {
                    self.log(LogLevel::Warning, mark);
                }
                match loaded.keys {
                    Ok(keys) => self.state.shelf.keys = keys,
                    Err(error) => self.problem(Subject::Keys, (error, false)),
                }
                self.state.shelf.records = loaded.records;
                self.state.plugins = loaded.plugins;
                self.state.refused_plugins = loaded.refused;
            }
            Err(error) => self.log(LogLevel::Error, format!("plugins cannot run: {error}")),
        }
        self.screen();
    }

    /// Looks at a component file that was dropped on the window or chosen, for the user to say what is to become of it.
    pub(crate) fn offer_plugin(&mut self, path: PathBuf) {
        self.state.shelf.offer = Some(Offer {
            path: path.clone(),
            looked: None,
        });
        let (host, shelf) = (self.host.clone(), self.setup.shelf.clone());
        self.start(TaskKind::LookAtPlugin, move |_| {
            Done::Looked(host.get().and_then(|host| look(host, &shelf, &path)))
        });
    }

    pub(crate) fn take_look(&mut self, looked: Result<Box<Offered>, String>) {
        if let Err(why) = &looked {
            self.log(LogLevel::Error, why.clone());
        }
        if let Some(offer) = &mut self.state.shelf.offer {
            offer.looked = Some(looked);
        }
    }

    /// The plugin that is offered is no longer.
    pub(crate) fn close_offer(&mut self) {
        self.stop(TaskKind::LookAtPlugin);
        if let Some(offer) = self.state.shelf.offer.take() {
            let what = Subject::Install(offer.path.display().to_string());
            self.state.shelf.problems.retain(|p| p.subject != what);
        }
    }

    pub(crate) fn install_plugin(
        &mut self,
        what: String,
        new_owner: bool,
    ) -> Result<(), WorkbenchError> {
        let subject = Subject::Install(what.clone());
        self.at_shelf(subject, move |shelf, host, job| {
            let done = shelf.install(&Wanted::parse(&what)?, host, new_owner, job)?;
            Ok(match done.unchanged {
                true => ShelfDone::Same(done.words()),
                false => ShelfDone::Changed(done.words()),
            })
        })
    }

    pub(crate) fn update_plugin(&mut self, name: String) -> Result<(), WorkbenchError> {
        self.at_shelf(Subject::Plugin(name.clone()), move |shelf, host, job| {
            let updated = shelf.update(&name, true, &mut Catalogues::new(), host, job)?;
            Ok(match updated {
                Updated::Newer(done) => ShelfDone::Changed(done.words()),
                Updated::Newest(version) => {
                    ShelfDone::Same(format!("{name} {version} is the newest that fits"))
                }
                // An error where the plugin is named.
                Updated::Local(source) => return Err(ShelfError::Local(source)),
            })
        })
    }

    pub(crate) fn uninstall_plugin(&mut self, name: String) -> Result<(), WorkbenchError> {
        self.at_shelf(Subject::Plugin(name.clone()), move |shelf, _, _| {
            shelf.remove(&name)?;
            Ok(ShelfDone::Changed(format!("removed {name}")))
        })
    }

    pub(crate) fn trust_key(&mut self, key: String, label: String) -> Result<(), WorkbenchError> {
        self.at_shelf(Subject::Keys, move |shelf, _, _| {
            let key = shelf.trust(key.trim(), label.trim())?;
            let (key, since) = (key.describe(), &key.since);
            Ok(ShelfDone::Changed(format!(
                "key {key} is trusted since {since}: what it signed may be installed"
            )))
        })
    }

    pub(crate) fn revoke_key(&mut self, key: String) -> Result<(), WorkbenchError> {
        self.at_shelf(Subject::Keys, move |shelf, _, _| {
            let key = shelf.revoke(&key)?;
            let date = key.revoked.clone().unwrap_or_default();
            let key = key.describe();
            Ok(ShelfDone::Changed(format!(
                "key {key} is trusted no more, since {date}: plugins that it signed are not loaded"
            )))
        })
    }

    pub(crate) fn browse_registry(&mut self, place: String) -> Result<(), WorkbenchError> {
        let place = place.trim().to_owned();
        self.at_shelf(Subject::Registry(place.clone()), move |shelf, host, job| {
            let listing = shelf.listing(&place, host, job)?;
            Ok(ShelfDone::Listing(Box::new(listing)))
        })
    }

    /// Changes or asks the plugins' places on a worker thread, one thing after the other: an installation is not cut short
    /// by the next.
    fn at_shelf(
        &mut self,
        subject: Subject,
        work: impl FnOnce(&Shelf, &Host, &Job) -> Result<ShelfDone, ShelfError> + Send + 'static,
    ) -> Result<(), WorkbenchError> {
        if self.state.is_busy(TaskKind::Shelf) {
            return Err(WorkbenchError::ShelfBusy);
        }
        self.state.shelf.problems.retain(|p| p.subject != subject);
        let (host, shelf) = (self.host.clone(), self.setup.shelf.clone());
        self.start(TaskKind::Shelf, move |job| {
            let done = host.get().map_err(|error| (error, false)).and_then(|host| {
                let done = work(&shelf, host, job);
                done.map_err(|error| (error.words(), error.is_about_owner()))
            });
            Done::Shelf(subject, done)
        });
        Ok(())
    }

    pub(crate) fn take_shelf(&mut self, subject: Subject, done: Result<ShelfDone, Refusal>) {
        let message = match done {
            Err(refusal) => {
                self.log(LogLevel::Error, refusal.0.clone());
                self.problem(subject, refusal);
                return;
            }
            Ok(ShelfDone::Listing(listing)) => {
                self.remember_registry(listing.place.clone());
                let shelf = &mut self.state.shelf;
                shelf.listings.insert(listing.place.clone(), *listing);
                return;
            }
            Ok(ShelfDone::Same(message) | ShelfDone::Changed(message)) => message,
        };
        self.log(LogLevel::Note, message);
        if let Subject::Install(what) = &subject {
            // What is installed need not be a file of the project any more.
            let path = Path::new(what);
            let files = &mut self.state.project.plugin_files;
            if files.iter().any(|file| file == path) {
                files.retain(|file| file != path);
                self.mark_changed();
            }
            if self
                .state
                .shelf
                .offer
                .as_ref()
                .is_some_and(|o| o.path == path)
            {
                self.close_offer();
            }
        }
        self.load_plugins();
        self.note_installed();
    }

    /// Brings what registries were seen to have in line with what is installed now.
    fn note_installed(&mut self) {
        let records = self.setup.shelf.records().into_iter();
        let records: BTreeMap<_, _> = records.map(|r| (r.name, r.version)).collect();
        let listings = self.state.shelf.listings.values_mut();
        for available in listings.flat_map(|listing| &mut listing.plugins) {
            available.installed = records.get(&available.entry.name).cloned();
        }
    }

    fn problem(&mut self, subject: Subject, (text, about_owner): Refusal) {
        let problems = &mut self.state.shelf.problems;
        problems.retain(|problem| problem.subject != subject);
        problems.push(Problem {
            subject,
            text,
            about_owner,
        });
    }

    fn remember_registry(&mut self, place: String) {
        let places = &mut self.state.preferences.registries;
        places.retain(|known| *known != place);
        places.insert(0, place);
        places.truncate(REGISTRIES);
        self.write_preferences();
    }

    pub(crate) fn forget_registry(&mut self, place: &str) {
        self.state.preferences.registries.retain(|p| p != place);
        self.state.shelf.listings.remove(place);
        let subject = Subject::Registry(place.to_owned());
        self.state.shelf.problems.retain(|p| p.subject != subject);
        self.write_preferences();
    }
}
