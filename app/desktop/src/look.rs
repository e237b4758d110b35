//! Colours, light and dark, sizes of text.

use egui::{Color32, Context, FontFamily, FontId, TextStyle, ThemePreference};
use workbench::chart::{Role, scale_colour};
use workbench::{Preferences, Theme};

/// Brings the window's look in line with the preferences.
pub fn apply(ctx: &Context, preferences: &Preferences) {
    ctx.set_theme(match preferences.theme {
        Theme::Light => ThemePreference::Light,
        Theme::Dark => ThemePreference::Dark,
        Theme::System => ThemePreference::System,
    });
    let size = preferences.font_size;
    ctx.all_styles_mut(|style| {
        let font = |factor: f32| FontId::new(size * factor, FontFamily::Proportional);
        style.text_styles = [
            (TextStyle::Small, font(0.8)),
            (TextStyle::Body, font(1.0)),
            (TextStyle::Button, font(1.0)),
            (TextStyle::Heading, font(1.4)),
            (TextStyle::Monospace, font(1.0)),
        ]
        .into();
        style.spacing.item_spacing = egui::vec2(8.0, 5.0);
        style.spacing.button_padding = egui::vec2(7.0, 3.0);
    });
}

/// A colour of the scale from 0 to 1, as plots have it.
pub fn scale(share: f32) -> Color32 {
    let [r, g, b] = scale_colour(share);
    Color32::from_rgb(r, g, b)
}

/// Black or white, whichever is read better on a colour.
pub fn ink_on(background: Color32) -> Color32 {
    let [r, g, b, _] = background.to_array().map(f32::from);
    if 0.299 * r + 0.587 * g + 0.114 * b > 140.0 {
        Color32::BLACK
    } else {
        Color32::WHITE
    }
}

/// The colour of what a plot shows (Okabe & Ito 2008, told apart with any colour vision).
pub fn role(role: Role, dark: bool) -> Color32 {
    let pick = |light: Color32, dark_colour: Color32| if dark { dark_colour } else { light };
    match role {
        Role::Axis | Role::Text => pick(Color32::from_gray(32), Color32::from_gray(210)),
        Role::Grid => pick(Color32::from_gray(228), Color32::from_gray(58)),
        Role::Point => pick(
            Color32::from_rgb(0, 114, 178),
            Color32::from_rgb(86, 180, 233),
        ),
        Role::ErrorBar => pick(
            Color32::from_rgb(143, 184, 208),
            Color32::from_rgb(58, 98, 122),
        ),
        Role::Front => pick(
            Color32::from_rgb(213, 94, 0),
            Color32::from_rgb(230, 159, 0),
        ),
        Role::Dominated => pick(Color32::from_gray(240), Color32::from_gray(34)),
        Role::Selected => pick(Color32::BLACK, Color32::WHITE),
        Role::Candidate => pick(
            Color32::from_rgb(166, 203, 227),
            Color32::from_rgb(40, 82, 110),
        ),
        Role::Shade(shade) => scale(f32::from(shade) / 255.0),
        Role::Brush => pick(Color32::from_gray(179), Color32::from_gray(110)),
    }
}

/// The colour of something that is wrong, and of something to beware of.
pub fn error(ui: &egui::Ui) -> Color32 {
    ui.visuals().error_fg_color
}

/// The colour of something to beware of.
pub fn warning(ui: &egui::Ui) -> Color32 {
    if ui.visuals().dark_mode {
        Color32::from_rgb(230, 159, 0)
    } else {
        Color32::from_rgb(150, 84, 0)
    }
}
