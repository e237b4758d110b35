//! The candidates as a table: as many rows as there are, of which only the visible ones are drawn.

use super::filters::filters_ui;
use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{
    Align, Color32, EventFilter, Key, Layout, Modifiers, PopupCloseBehavior, Rect, RichText, Sense,
    TextEdit, Ui, WidgetInfo,
};
use egui_table::{CellInfo, HeaderCellInfo, HeaderRow, Table, TableDelegate};
use std::sync::Arc;
use workbench::{
    Column, ColumnKind, Command, Comparison, Filter, Results, SelectMode, Sort, State, TaskKind,
};

/// Room at the sides of a cell.
const MARGIN: f32 = 5.0;

/// Characters of a text that a column is made wide enough for by itself.
const WIDE: usize = 22;

/// Draws the panel.
pub fn candidates_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    let Some(results) = &state.results else {
        nothing_yet(ui, state, words);
        return commands;
    };
    toolbar_ui(ui, state, results, words, &mut commands);
    filters_ui(ui, state, results, words, &mut commands);
    table_ui(ui, state, results, words, &mut commands);
    commands
}

fn nothing_yet(ui: &mut Ui, state: &State, words: Words) {
    if let Some(error) = &state.table_error {
        ui.colored_label(look::error(ui), error);
    } else if state.project.source.is_some() {
        ui.horizontal(|ui| {
            ui.spinner();
            ui.label(words.get(Text::Reading));
        });
    } else {
        ui.weak(words.get(Text::NothingOpen));
    }
}

fn toolbar_ui(
    ui: &mut Ui,
    state: &State,
    results: &Results,
    words: Words,
    commands: &mut Vec<Command>,
) {
    ui.horizontal_wrapped(|ui| {
        let mut search = state.project.search.clone();
        let edit = TextEdit::singleline(&mut search)
            .hint_text(words.get(Text::SearchHint))
            .desired_width(170.0);
        let edit = ui.add(edit).accessible_name(words.get(Text::Search));
        if edit.on_hover_text(words.get(Text::SearchHelp)).changed() {
            commands.push(Command::SetSearch { text: search });
        }
        ui.menu_button(words.get(Text::AddFilter), |ui| {
            scrolled(ui, |ui| {
                for column in results.columns() {
                    if ui.button(label(column, words)).clicked() {
                        commands.push(Command::AddFilter {
                            filter: Filter {
                                column: column.name.clone(),
                                comparison: match column.is_number {
                                    true => Comparison::AtLeast,
                                    false => Comparison::Contains,
                                },
                                value: String::new(),
                            },
                        });
                    }
                }
            });
        });
        lasting_menu(words.get(Text::Columns)).ui(ui, |ui| {
            scrolled(ui, |ui| {
                columns_menu_ui(ui, state, results, words, commands)
            });
        });
        ui.menu_button(words.get(Text::ColourBy), |ui| {
            scrolled(ui, |ui| {
                let chosen = state.project.coloured_column.as_deref();
                if ui
                    .radio(chosen.is_none(), words.get(Text::NoColour))
                    .clicked()
                {
                    commands.push(Command::ColourColumn { column: None });
                }
                for column in results.columns().iter().filter(|c| c.is_number) {
                    let is_chosen = chosen == Some(column.name.as_str());
                    if ui.radio(is_chosen, label(column, words)).clicked() {
                        let column = Some(column.name.clone());
                        commands.push(Command::ColourColumn { column });
                    }
                }
            });
        });
        let selected = !state.project.selection.is_empty();
        ui.menu_button(words.get(Text::Take), |ui| {
            for (text, selected, enabled) in [
                (Text::CopyShown, false, true),
                (Text::CopySelected, true, selected),
            ] {
                let button = egui::Button::new(words.get(text));
                if ui.add_enabled(enabled, button).clicked() {
                    commands.push(Command::CopyRows { selected });
                }
            }
            for (text, selected, enabled) in [
                (Text::ExportShown, false, true),
                (Text::ExportSelected, true, selected),
            ] {
                let button = egui::Button::new(words.get(text));
                if ui.add_enabled(enabled, button).clicked() {
                    let path = None;
                    commands.push(Command::ExportTable { path, selected });
                }
            }
        });
        let shown = numbers::count(state.rows.len());
        let all = numbers::count(results.table().len());
        ui.label(words.fill(Text::RowsShown, &[&shown, &all]));
        if selected {
            let count = numbers::count(state.project.selection.len());
            ui.label(words.fill(Text::RowsSelected, &[&count]));
            if ui.small_button(words.get(Text::ClearSelection)).clicked() {
                commands.push(Command::ClearSelection);
            }
        }
        if state.is_busy(TaskKind::Sort) || state.is_busy(TaskKind::Screen) {
            ui.spinner();
        }
    });
}

/// A menu that stays open while things in it are clicked.
pub fn lasting_menu(name: &str) -> MenuButton<'_> {
    let behaviour = PopupCloseBehavior::CloseOnClickOutside;
    MenuButton::new(name).config(MenuConfig::new().close_behavior(behaviour))
}

/// A menu's contents, which may be longer than the screen is high.
fn scrolled(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    egui::ScrollArea::vertical()
        .max_height(420.0)
        .show(ui, contents);
}

fn columns_menu_ui(
    ui: &mut Ui,
    state: &State,
    results: &Results,
    words: Words,
    commands: &mut Vec<Command>,
) {
    for column in results.columns() {
        let mut shown = !state.project.hidden_columns.contains(&column.name);
        let checkbox = ui.checkbox(&mut shown, label(column, words));
        let checkbox = match column.summary.is_empty() {
            true => checkbox,
            false => checkbox.on_hover_text(&column.summary),
        };
        if checkbox.changed() {
            let column = column.name.clone();
            commands.push(Command::ShowColumn { column, shown });
        }
    }
}

/// A column's name and unit in the words of the window.
pub fn label(column: &Column, words: Words) -> String {
    let name = match column.kind {
        ColumnKind::Rank => words.get(Text::Rank),
        ColumnKind::Front => words.get(Text::Front),
        ColumnKind::FrontProbability => words.get(Text::FrontProbability),
        ColumnKind::Input(_) | ColumnKind::Property(_) => &column.name,
    };
    match column.unit.as_str() {
        "" => name.to_owned(),
        unit => format!("{name} [{unit}]"),
    }
}

fn table_ui(
    ui: &mut Ui,
    state: &State,
    results: &Arc<Results>,
    words: Words,
    commands: &mut Vec<Command>,
) {
    let hidden = &state.project.hidden_columns;
    let columns: Vec<&Column> = results
        .columns()
        .iter()
        .filter(|column| !hidden.contains(&column.name))
        .collect();
    let row_height = ui.text_style_height(&egui::TextStyle::Body) + 6.0;
    let header_height = 2.0 * row_height;
    let coloured = state.project.coloured_column.as_deref();
    let spread = coloured
        .and_then(|name| results.column(name))
        .map(|column| (column.name.clone(), spread(ui, state, results, column)));
    let widths = columns.iter().map(|column| {
        let width = match column.kind {
            ColumnKind::Rank | ColumnKind::Front => 56.0,
            _ if column.is_number => 128.0,
            _ => 112.0,
        };
        egui_table::Column::new(width)
            .range(40.0..=600.0)
            .id(egui::Id::unique(&column.name))
    });
    let table = Table::new()
        .id_salt("candidates")
        .num_rows(state.rows.len() as u64)
        .columns(widths.collect::<Vec<_>>())
        .num_sticky_cols(1.min(columns.len()))
        .headers([HeaderRow::new(header_height)]);
    let id = egui::Id::unique("row that the keyboard goes to");
    let keyboard: Option<usize> = ui.data(|data| data.get_temp(id)).flatten();
    let keyboard = keyboard.filter(|&place| place < state.rows.len());
    let table = match newly_selected(ui, state) {
        Some(place) => table.scroll_to_row(place as u64, None),
        None => table,
    };
    let table = match keyboard {
        Some(place) => table.scroll_to_row(place as u64, None),
        None => table,
    };
    let page = ((ui.available_height() - header_height) / row_height) as usize;
    let mut delegate = Rows {
        state,
        results,
        words,
        columns,
        row_height,
        spread,
        page: page.saturating_sub(1).max(1),
        keyboard,
        goal: None,
        commands,
    };
    table.show(ui, &mut delegate);
    let keyboard = delegate.goal.or(delegate.keyboard);
    ui.data_mut(|data| data.insert_temp(id, keyboard));
}

/// The place of the first selected row where the selection changed, perhaps in another panel.
fn newly_selected(ui: &Ui, state: &State) -> Option<usize> {
    let id = egui::Id::unique("selection that the table shows");
    let selection = &state.project.selection;
    let shown = ui.data(|data| data.get_temp::<Arc<Vec<u32>>>(id));
    if shown.is_some_and(|shown| Arc::ptr_eq(&shown, selection)) {
        return None;
    }
    ui.data_mut(|data| data.insert_temp(id, selection.clone()));
    match selection.as_slice() {
        // Most often one, which is found by a look along the rows.
        [only] => state.rows.iter().position(|row| row == only),
        _ => state.rows.iter().position(|&row| state.is_selected(row)),
    }
}

/// The least and the greatest value of a column, without the outermost twentieths, from at most 10,000 of the rows.
fn spread(ui: &Ui, state: &State, results: &Results, column: &Column) -> [f64; 2] {
    const LOOKED_AT: usize = 10_000;
    let key = (results.generation, column.name.clone(), state.rows.len());
    let id = egui::Id::unique("spread of the coloured column");
    type Known = ((u64, String, usize), [f64; 2]);
    let known = ui.data(|data| data.get_temp::<Known>(id));
    if let Some((known_key, spread)) = known
        && known_key == key
    {
        return spread;
    }
    let step = state.rows.len().div_ceil(LOOKED_AT).max(1);
    let rows = state.rows.iter().step_by(step);
    let values = rows.map(|&row| results.value(column, row).mean);
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (share * values.len().saturating_sub(1) as f64) as usize;
        values.get(place).copied().unwrap_or(0.0)
    };
    let spread = [at(0.05), at(0.95)];
    ui.data_mut(|data| data.insert_temp(id, (key, spread)));
    spread
}

struct Rows<'a> {
    state: &'a State,
    results: &'a Arc<Results>,
    words: Words,
    columns: Vec<&'a Column>,
    row_height: f32,
    /// The coloured column and its range.
    spread: Option<(String, [f64; 2])>,
    /// Rows that a page key goes by.
    page: usize,
    /// The place of the row that the keyboard was asked to go to, until that row is drawn.
    keyboard: Option<usize>,
    /// Where it was asked to go in this frame.
    goal: Option<usize>,
    commands: &'a mut Vec<Command>,
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
