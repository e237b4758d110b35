//! The plugins that may take part: handed in by the program, or added to a project as files.

use plugin_host::{Host, Plugin};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Loads a plugin; what went wrong comes back in words.
pub type LoadPlugin = Arc<dyn Fn(&Host) -> Result<Plugin, String> + Send + Sync>;

/// Where a plugin comes from. The program that opens the workbench knows where its plugins are; the workbench does not.
#[derive(Clone)]
pub struct PluginSource {
    /// As messages show it: `battery (shipped)`, or a file's name.
    pub name: String,
    /// The component's file, where the user added it to the project.
    pub file: Option<PathBuf>,
    pub load: LoadPlugin,
}

impl PluginSource {
    /// A component file.
    pub fn of_file(path: &Path) -> Self {
        let file = path.to_path_buf();
        Self {
            name: path.display().to_string(),
            file: Some(file.clone()),
            load: Arc::new(move |host| host.load_file(&file).map_err(|error| error.to_string())),
        }
    }
}

/// A plugin that is ready.
#[derive(Clone, Debug)]
pub struct LoadedPlugin {
    pub plugin: Plugin,
    /// The component's file, where the user added it to the project.
    pub file: Option<PathBuf>,
}

/// What came of loading plugins.
pub(crate) struct Loaded {
    pub plugins: Vec<LoadedPlugin>,
    /// Name and reason.
    pub refused: Vec<(String, String)>,
    /// What the user should hear.
    pub messages: Vec<String>,
}

/// Loads all plugins, leaving out those that are refused and those whose id another has already.
pub(crate) fn load(host: &Host, sources: &[PluginSource], job: &job::Job) -> Loaded {
    job.stage("loading plugins", Some(sources.len() as u64));
    let mut loaded = Loaded {
        plugins: Vec::new(),
        refused: Vec::new(),
        messages: host.messages().to_vec(),
    };
    for source in sources {
        if job.is_cancelled() {
            break;
        }
        match (source.load)(host) {
            Ok(plugin) if loaded.plugins.iter().any(|p| p.plugin.id() == plugin.id()) => {
                let why = format!("there already is a plugin {}", plugin.id());
                loaded.refused.push((source.name.clone(), why));
            }
            Ok(plugin) => {
                loaded.messages.extend(plugin.messages().iter().cloned());
                loaded.plugins.push(LoadedPlugin {
                    plugin,
                    file: source.file.clone(),
                });
            }
            Err(why) => loaded.refused.push((source.name.clone(), why)),
        }
        job.advance(1);
    }
    loaded
}
