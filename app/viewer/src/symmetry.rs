//! The space group and the Wyckoff positions beside a structure.

use crate::texts::Text;
use crate::view::Shown;
use crystal::symmetry::Symmetry;
use egui::Ui;

/// Sites listed at most: beyond, the table would no longer be read, and slow the window.
const MAX_ROWS: usize = 200;

/// Draws the table; `None` while the search is under way.
pub(crate) fn symmetry_ui(
    ui: &mut Ui,
    shown: &Shown<'_>,
    found: Option<&Result<Symmetry, String>>,
) {
    let text = |t: Text| t.get(shown.language);
    ui.heading(text(Text::Symmetry));
    let symmetry = match found {
        None => {
            ui.horizontal(|ui| {
                ui.spinner();
                ui.label(text(Text::Searching));
            });
            return;
        }
        Some(Err(error)) => {
            ui.colored_label(ui.visuals().error_fg_color, error);
            return;
        }
        Some(Ok(symmetry)) => symmetry,
    };
    egui::Grid::new("space group").show(ui, |ui| {
        let mut row = |name: Text, value: String| {
            ui.label(text(name));
            ui.label(value);
            ui.end_row();
        };
        let group = format!("{} ({})", symmetry.hermann_mauguin, symmetry.number);
        row(Text::SpaceGroup, group);
        row(Text::PointGroup, symmetry.point_group.clone());
        row(Text::CrystalSystem, symmetry.crystal_system.to_string());
    });
    ui.separator();
    egui::Grid::new("Wyckoff positions")
        .striped(true)
        .show(ui, |ui| {
            for title in [
                Text::Site,
                Text::Species,
                Text::Wyckoff,
                Text::SiteSymmetry,
                Text::Position,
            ] {
                ui.strong(text(title));
            }
            ui.end_row();
            let sites = &shown.structure.sites;
            let first = (0..sites.len()).filter(|&i| symmetry.orbits.get(i) == Some(&i));
            for i in first.take(MAX_ROWS) {
                let site = &sites[i];
                let size = symmetry.orbits.iter().filter(|&&orbit| orbit == i).count();
                let species: Vec<_> = site.species.iter().map(|s| s.element.symbol()).collect();
                ui.label(&site.label);
                ui.label(species.join(" "));
                let letter = symmetry
                    .wyckoff
                    .get(i)
                    .map(char::to_string)
                    .unwrap_or_default();
                ui.label(format!("{letter} (×{size})"));
                ui.label(symmetry.site_symmetry.get(i).cloned().unwrap_or_default());
                let p = site.position;
                ui.monospace(format!("{:.4} {:.4} {:.4}", p.x, p.y, p.z));
                ui.end_row();
            }
        });
}
