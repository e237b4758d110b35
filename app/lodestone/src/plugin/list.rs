//! `lodestone plugin list`: the installed plugins, a line each.

use super::{pretty, print};
use crate::Failure;
use crate::plugins::{host, installed};
use serde_json::json;

pub(super) fn list(as_json: bool) -> Result<(), Failure> {
    let host = host()?;
    let (mut lines, mut entries) = (String::new(), Vec::new());
    for (id, location) in installed()? {
        match location.load(&host) {
            Ok(plugin) => {
                let d = plugin.description();
                lines.push_str(&format!(
                    "{:<12} {:<8} {} ({} properties, {}, {})\n",
                    d.id,
                    d.version,
                    d.summary,
                    d.properties.len(),
                    d.licence,
                    plugin.origin()
                ));
                entries.push(json!({ "origin": plugin.origin(), "sha256": plugin.sha256(), "description": d }));
            }
            Err(error) => {
                lines.push_str(&format!("{id:<12} refused: {error:#}\n"));
                entries.push(json!({ "id": id, "origin": location.describe(), "refused": format!("{error:#}") }));
            }
        }
    }
    print(if as_json {
        pretty(&json!(entries))?
    } else {
        lines
    })
}
