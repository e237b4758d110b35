//! Files that are held over the window: what will happen to each when it is dropped.

use crate::texts::{Text, Words};
use egui::{Align2, Area, Context, Frame, Id, Order, Vec2};
use workbench::FileKind;

/// Says what dropping will do, where files are held over the window.
pub fn dropping_ui(ctx: &Context, words: Words) {
    let files = ctx.input(|input| input.raw.hovered_files.clone());
    if files.is_empty() {
        return;
    }
    let area = Area::new(Id::unique("files held over the window"));
    let area = area.order(Order::Foreground).interactable(false);
    area.anchor(Align2::CENTER_CENTER, Vec2::ZERO)
        .show(ctx, |ui| {
            Frame::popup(ui.style()).inner_margin(18.0).show(ui, |ui| {
                for file in files {
                    let path = file.path.unwrap_or_default();
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    // Some systems tell the name only when the file is dropped.
                    let text = match path.as_os_str().is_empty() {
                        true => words.get(Text::DropToOpen).to_owned(),
                        false => words.fill(what(FileKind::of(&path)), &[&name]),
                    };
                    ui.heading(text);
                }
            });
        });
}

fn what(kind: FileKind) -> Text {
    match kind {
        FileKind::Project => Text::DropProject,
        FileKind::Plugin => Text::DropAsPlugin,
        FileKind::Table => Text::DropTable,
        FileKind::Structures => Text::DropStructures,
        FileKind::Campaign => Text::DropCampaign,
        FileKind::Unknown => Text::DropUnknown,
    }
}
