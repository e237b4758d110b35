//! The rows of the table: what a header and a cell show, what clicks and keys select.

use super::label;
use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::{
    Align, Color32, EventFilter, Key, Layout, Modifiers, Rect, RichText, Sense, Ui, WidgetInfo,
};
use egui_table::{CellInfo, HeaderCellInfo, TableDelegate};
use std::sync::Arc;
use workbench::{Column, ColumnKind, Command, Results, SelectMode, Sort, State};

/// Room at the sides of a cell.
const MARGIN: f32 = 5.0;

/// Characters of a text that a column is made wide enough for by itself.
const WIDE: usize = 22;

/// The rows that are in view, and what is done with them.
pub(super) struct Rows<'a> {
    pub state: &'a State,
    pub results: &'a Arc<Results>,
    pub words: Words,
    pub columns: Vec<&'a Column>,
    pub row_height: f32,
    /// The coloured column and its range.
    pub spread: Option<(String, [f64; 2])>,
    /// Rows that a page key goes by.
    pub page: usize,
    /// The place of the row that the keyboard was asked to go to, until that row is drawn.
    pub keyboard: Option<usize>,
    /// Where it was asked to go in this frame.
    pub goal: Option<usize>,
    pub commands: &'a mut Vec<Command>,
}

impl Rows<'_> {
    /// The next order when a header is clicked: best first, the other way round, as ranked.
    fn next_sort(&self, column: &Column) -> Option<Sort> {
        let best_is_high = matches!(column.direction, Some(workbench::Direction::Maximize));
        let first = Sort {
            column: column.name.clone(),
            descending: best_is_high,
        };
        match &self.state.project.sort {
            Some(sort) if *sort == first => Some(Sort {
                descending: !first.descending,
                ..first
            }),
            Some(sort) if sort.column == column.name => None,
            _ => Some(first),
        }
    }

    fn colour(&self, column: &Column, value: f64) -> Option<Color32> {
        let (name, [low, high]) = self.spread.as_ref()?;
        if *name != column.name || value.is_nan() {
            return None;
        }
        let share = if high > low {
            (value - low) / (high - low)
        } else {
            0.5
        };
        Some(look::scale(share as f32))
    }

    /// The formula and the values shown of a row, as a screen reader says them.
    fn spoken(&self, row: u32) -> String {
        let mut text = self.results.formula(row);
        for &column in &self.columns {
            let value = match column.kind {
                ColumnKind::Input(_) => self.results.text(column, row).unwrap_or_default(),
                _ => numbers::text(self.results.value(column, row)),
            };
            let value = match value.trim() {
                "" => self.words.get(Text::NotKnown),
                value if value == self.results.formula(row) => continue,
                value => value,
            };
            text.push_str(&[", ", &label(column, self.words), " ", value].concat());
        }
        text
    }

    /// Arrows, page keys, Home and End go from row to row and select; with Shift they select more.
    fn keys(&mut self, ui: &Ui, response: &egui::Response, at: usize) {
        let filter = EventFilter {
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let last = self.state.rows.len().saturating_sub(1);
        let goals = [
            (Key::ArrowDown, at + 1),
            (Key::ArrowUp, at.saturating_sub(1)),
            (Key::PageDown, at + self.page),
            (Key::PageUp, at.saturating_sub(self.page)),
            (Key::Home, 0),
            (Key::End, last),
        ];
        let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
        for (key, goal) in goals {
            let more = pressed(Modifiers::SHIFT, key);
            if !more && !pressed(Modifiers::NONE, key) {
                continue;
            }
            let goal = goal.min(last);
            let rows = match more {
                true => self.state.rows[goal.min(at)..=goal.max(at)].to_vec(),
                false => vec![self.state.rows[goal]],
            };
            let mode = match more {
                true => SelectMode::Add,
                false => SelectMode::Replace,
            };
            let rows = Arc::new(rows);
            self.commands.push(Command::Select { rows, mode });
            self.goal = Some(goal);
        }
    }

    /// What a click on a row selects: with Shift all from the last selected one on, with Ctrl or Cmd one more or less.
    fn clicked(&mut self, at: usize, row: u32, modifiers: Modifiers) {
        let selection = &self.state.project.selection;
        let (rows, mode) = if modifiers.shift && !selection.is_empty() {
            let from = self
                .state
                .rows
                .iter()
                .position(|r| selection.first() == Some(r));
            let from = from.unwrap_or(at);
            let range = from.min(at)..=from.max(at);
            (self.state.rows[range].to_vec(), SelectMode::Add)
        } else if modifiers.command {
            (vec![row], SelectMode::Toggle)
        } else {
            (vec![row], SelectMode::Replace)
        };
        self.commands.push(Command::Select {
            rows: Arc::new(rows),
            mode,
        });
    }
}

impl TableDelegate for Rows<'_> {
    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &HeaderCellInfo) {
        let Some(&column) = self.columns.get(cell.col_range.start) else {
            return;
        };
        let sort = self.state.project.sort.as_ref();
        let sign = match sort.filter(|sort| sort.column == column.name) {
            Some(sort) if sort.descending => self.words.get(Text::DescendingSign),
            Some(_) => self.words.get(Text::AscendingSign),
            None => "",
        };
        let label = label(column, self.words);
        let (name, unit) = match label.split_once(" [") {
            Some((name, unit)) => (name, format!("[{unit}")),
            None => (label.as_str(), String::new()),
        };
        // A property's last part matters most in a narrow column; its plugin is told below.
        let (plugin, short) = name.rsplit_once('.').unwrap_or(("", name));
        let response = ui.interact(ui.max_rect(), ui.scope_id().with("header"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &label));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(
                ui.max_rect(),
                2.0,
                ui.visuals().widgets.hovered.weak_bg_fill,
            );
        }
        let (title, below) = (
            RichText::new([short, " ", sign].concat()).strong(),
            RichText::new([plugin, unit.as_str()].join(" ").trim())
                .weak()
                .small(),
        );
        if ui.is_sizing_pass() {
            let widest = [title, below].map(|text| {
                let label = egui::Label::new(text).extend();
                ui.add(label).rect.width()
            });
            ui.set_min_width(widest[0].max(widest[1]) + 3.0 * MARGIN);
            return;
        }
        ui.add_space(MARGIN);
        ui.vertical(|ui| {
            ui.style_mut().interaction.selectable_labels = false;
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.add(egui::Label::new(title).truncate());
            if !below.is_empty() {
                ui.add(egui::Label::new(below).truncate());
            }
        });
        if response.clicked() {
            let sort = self.next_sort(column);
            self.commands.push(Command::SortBy { sort });
        }
        response.on_hover_ui(|ui| {
            ui.strong(&label);
            if !column.summary.is_empty() {
                ui.label(&column.summary);
            }
            ui.weak(self.words.get(Text::SortHelp));
        });
    }

    fn row_ui(&mut self, ui: &mut Ui, row_nr: u64) {
        let Some(&row) = self.state.rows.get(row_nr as usize) else {
            return;
        };
        if self.state.is_selected(row) {
            let fill = ui.visuals().selection.bg_fill;
            ui.painter().rect_filled(ui.max_rect(), 0.0, fill);
        } else if row_nr % 2 == 1 {
            let fill = ui.visuals().faint_bg_color;
            ui.painter().rect_filled(ui.max_rect(), 0.0, fill);
        }
    }

    fn cell_ui(&mut self, ui: &mut Ui, cell: &CellInfo) {
        let at = cell.row_nr as usize;
        let (Some(&row), Some(&column)) = (self.state.rows.get(at), self.columns.get(cell.col_nr))
        else {
            return;
        };
        let rect = ui.max_rect();
        let response = cell_response(ui, rect, cell.col_nr == 0);
        let missing = draw_cell(self, ui, rect, column, row);
        if cell.col_nr == 0 {
            let selected = self.state.is_selected(row);
            response.widget_info(|| {
                WidgetInfo::selected(egui::Role::Row, true, selected, self.spoken(row))
            });
            if self.keyboard.take_if(|place| *place == at).is_some() {
                response.request_focus();
            }
            if response.has_focus() {
                self.keys(ui, &response, at);
                let stroke = ui.visuals().selection.stroke;
                ui.painter()
                    .rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
            }
        }
        if response.clicked() {
            let modifiers = ui.input(|input| input.modifiers);
            self.clicked(at, row, modifiers);
            // The keyboard goes on from here.
            self.goal = Some(at);
        }
        if missing {
            response.on_hover_ui(|ui| {
                ui.strong(self.words.get(Text::NotKnown));
                let notes = self.results.notes_of(column, row);
                for note in &notes {
                    ui.label(note);
                }
                if notes.is_empty() {
                    ui.label(self.words.get(Text::NoReason));
                }
            });
        }
    }

    fn default_row_height(&self) -> f32 {
        self.row_height
    }
}

/// A cell reacts to clicks; the first of a row is also reached by the keyboard.
fn cell_response(ui: &Ui, rect: Rect, reachable: bool) -> egui::Response {
    let sense = if reachable {
        Sense::click()
    } else {
        Sense::CLICK
    };
    ui.interact(rect, ui.scope_id().with("cell"), sense)
}

/// Draws what is in a cell; whether it lacks a value.
fn draw_cell(rows: &Rows, ui: &mut Ui, rect: Rect, column: &Column, row: u32) -> bool {
    ui.style_mut().interaction.selectable_labels = false;
    let inner = rect.shrink2(egui::vec2(MARGIN, 0.0));
    let own = match column.kind {
        ColumnKind::Input(_) => rows.results.text(column, row),
        _ => None,
    };
    let value = rows.results.value(column, row);
    let text = match &own {
        // The user's own numbers stay as written, with the deviation that stands beside them.
        Some(_) if column.is_number && value.std > 0.0 => numbers::text(value),
        Some(text) => text.trim().to_owned(),
        None => numbers::text(value),
    };
    let missing = match &own {
        Some(text) => text.trim().is_empty() || (column.is_number && value.mean.is_nan()),
        None => value.mean.is_nan(),
    };
    let layout = match column.is_number {
        true => Layout::right_to_left(Align::Center),
        false => Layout::left_to_right(Align::Center),
    };
    let colour = rows.colour(column, value.mean);
    if let Some(colour) = colour {
        ui.painter().rect_filled(rect.shrink(1.0), 2.0, colour);
    }
    let rich = if missing && text.is_empty() {
        RichText::new(rows.words.get(Text::MissingSign)).weak()
    } else {
        RichText::new(text)
    };
    let rich = match colour {
        Some(colour) => rich.color(look::ink_on(colour)),
        None if missing => rich.weak(),
        None => rich,
    };
    if ui.is_sizing_pass() {
        // The table asks how wide its first rows are: as wide as they are, with the room at both sides.
        let start: String = rich.text().chars().take(WIDE).collect();
        ui.horizontal(|ui| {
            ui.add_space(2.0 * MARGIN);
            ui.add(egui::Label::new(start).extend());
        });
        return missing;
    }
    let mut cell = ui.new_child(egui::UiBuilder::new().max_rect(inner).layout(layout));
    cell.add(egui::Label::new(rich).truncate());
    missing
}
