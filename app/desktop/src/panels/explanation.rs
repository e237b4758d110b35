//! Why a model predicts what it predicts: what each input adds, as bars, and the nearest training materials.

use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::{Button, Grid, Rect, Sense, Ui, Vec2, WidgetInfo, pos2};
use workbench::{Command, Explained, Explanation, State, TaskKind};

/// Inputs that are shown; the others are summed.
const SHOWN: usize = 10;

/// Draws the explanation of the selected row, or a button to ask for it.
pub fn explanation_ui(
    ui: &mut Ui,
    state: &State,
    row: u32,
    words: Words,
    commands: &mut Vec<Command>,
) {
    if state.models.used.iter().all(|used| used.model.is_err()) {
        return;
    }
    ui.separator();
    let busy = state.is_busy(TaskKind::Explain);
    ui.horizontal(|ui| {
        ui.strong(words.get(Text::Why));
        if ui
            .add_enabled(!busy, Button::new(words.get(Text::Explain)))
            .clicked()
        {
            commands.push(Command::ExplainSelected);
        }
        if busy {
            ui.spinner();
        }
    });
    let explained = state.models.explained.as_ref().filter(|e| e.row == row);
    for model in explained.iter().flat_map(|explained| &explained.models) {
        match &model.explanation {
            Ok(explanation) => model_ui(ui, model, explanation, words),
            Err(why) => {
                ui.label(&model.property);
                ui.colored_label(look::warning(ui), why);
            }
        }
    }
}

fn model_ui(ui: &mut Ui, model: &Explained, explanation: &Explanation, words: Words) {
    let unit = model.unit.as_str();
    let amount = |value: f64| [&numbers::plain(value, 3), " ", unit].concat();
    ui.label(words.fill(
        Text::ExplainedAs,
        &[
            &model.property,
            &amount(explanation.prediction.mean),
            &amount(explanation.base),
        ],
    ));
    let all = &explanation.contributions;
    let rest: f64 = all.iter().skip(SHOWN).map(|c| c.amount).sum();
    let amounts = all.iter().map(|c| c.amount.abs());
    let largest = amounts.fold(rest.abs(), f64::max);
    Grid::new(&model.property).num_columns(3).show(ui, |ui| {
        for contribution in all.iter().take(SHOWN) {
            let value = match contribution.value.is_nan() {
                true => String::new(),
                false => [" = ", &numbers::plain(contribution.value, 4)].concat(),
            };
            let name = format!("{}{value}", contribution.name);
            ui.label(&name);
            let mut text = amount(contribution.amount);
            if contribution.error > 0.0 {
                text = [&text, " ± ", &numbers::plain(contribution.error, 2)].concat();
            }
            bar_ui(
                ui,
                contribution.amount,
                largest,
                &[&name, ": ", &text].concat(),
            );
            ui.label(text);
            ui.end_row();
        }
        if all.len() > SHOWN {
            let name = words.fill(Text::OtherInputs, &[&(all.len() - SHOWN)]);
            ui.weak(&name);
            bar_ui(ui, rest, largest, &[&name, ": ", &amount(rest)].concat());
            ui.weak(amount(rest));
            ui.end_row();
        }
    });
    ui.small(&explanation.method);
    if !explanation.nearest.is_empty() {
        ui.label(words.get(Text::NearestRows));
        Grid::new([&model.property, " nearest"].concat()).show(ui, |ui| {
            for text in [
                Text::ColumnMaterial,
                Text::ColumnValue,
                Text::ColumnDistance,
            ] {
                ui.weak(words.get(text));
            }
            ui.end_row();
            for nearest in &explanation.nearest {
                ui.label(&nearest.name);
                ui.label(amount(nearest.target));
                ui.label(numbers::plain(nearest.distance, 3));
                ui.end_row();
            }
        });
    }
}

/// A bar to the right of the middle for what adds, to the left for what takes away.
fn bar_ui(ui: &mut Ui, amount: f64, largest: f64, name: &str) {
    let size = Vec2::new(120.0, ui.text_style_height(&egui::TextStyle::Body));
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, name));
    let middle = rect.center().x;
    let length = match largest > 0.0 {
        true => (amount / largest) as f32 * rect.width() / 2.0,
        false => 0.0,
    };
    let (from, to) = (middle.min(middle + length), middle.max(middle + length));
    let bar = Rect::from_min_max(pos2(from, rect.top() + 2.0), pos2(to, rect.bottom() - 2.0));
    let role = match amount < 0.0 {
        true => workbench::chart::Role::Front,
        false => workbench::chart::Role::Point,
    };
    let dark = ui.visuals().dark_mode;
    let painter = ui.painter();
    painter.rect_filled(bar, 0.0, look::role(role, dark));
    let axis = look::role(workbench::chart::Role::Axis, dark);
    painter.vline(middle, rect.y_range(), egui::Stroke::new(1.0, axis));
}
