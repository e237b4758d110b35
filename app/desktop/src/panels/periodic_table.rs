//! The periodic table: which elements must, may or must not occur, and what speaks for and against each.

use crate::texts::{Text, Words};
use crate::{look, numbers};
use egui::{Color32, Rect, Sense, Stroke, Ui, Vec2, WidgetInfo};
use workbench::{ColourBy, Command, Element, ElementRule, State};

/// Draws the panel.
pub fn periodic_table_ui(ui: &mut Ui, state: &State) -> Vec<Command> {
    let words = Words(state.preferences.language);
    let mut commands = Vec::new();
    ui.horizontal_wrapped(|ui| {
        for by in ColourBy::ALL {
            let chosen = state.project.element_colours == by;
            if ui
                .selectable_label(chosen, words.get(colour_name(by)))
                .clicked()
            {
                commands.push(Command::ColourElements { by });
            }
        }
        let button = egui::Button::new(words.get(Text::ClearElements));
        if ui
            .add_enabled(!state.project.elements.is_empty(), button)
            .clicked()
        {
            commands.push(Command::ClearElements);
        }
        ui.weak(words.get(Text::ElementHelp));
    });
    let available = ui.available_size();
    let cell = (available.x / 18.2)
        .min(available.y / 9.4)
        .clamp(16.0, 54.0);
    let (area, _) = ui.allocate_exact_size(Vec2::new(18.0 * cell, 9.3 * cell), Sense::empty());
    let scale = range_of(state);
    for element in Element::all() {
        let (column, row) = place(element);
        let corner = area.min + Vec2::new(column as f32, row) * cell;
        let rect = Rect::from_min_size(corner, Vec2::splat(cell)).shrink(1.0);
        element_ui(ui, state, element, rect, scale, words, &mut commands);
    }
    commands
}

/// What a choice of colours is called.
pub fn colour_name(by: ColourBy) -> Text {
    match by {
        ColourBy::Occurrence => Text::Occurrence,
        ColourBy::Price => Text::Price,
        ColourBy::SupplyRisk => Text::SupplyRisk,
        ColourBy::Abundance => Text::Abundance,
        ColourBy::Hazard => Text::Hazard,
    }
}

/// Column and row in the long form with lanthanides and actinides below.
fn place(element: Element) -> (u8, f32) {
    match element.atomic_number() {
        z @ 57..=71 => (z - 57 + 2, 7.3),
        z @ 89..=103 => (z - 89 + 2, 8.3),
        z => {
            let data = element.data();
            let group = data.group.map_or_else(|| group_of(z), |group| group as u8);
            let period = data.period.map_or(7.0, |period| period as f32);
            (group.clamp(1, 18) - 1, period - 1.0)
        }
    }
}

/// The group of the elements of the seventh period that the data has none for.
fn group_of(z: u8) -> u8 {
    z.saturating_sub(100).clamp(1, 18)
}

/// The number that an element's colour tells, where it is known; larger is worse or more.
fn figure(state: &State, element: Element) -> Option<f64> {
    let data = element.data();
    match state.project.element_colours {
        ColourBy::Occurrence => {
            let counts = &state.element_counts;
            let count = counts.get(usize::from(element.atomic_number())).copied();
            count.filter(|&count| count > 0).map(f64::from)
        }
        ColourBy::Price => data.price_usd_per_kg,
        ColourBy::SupplyRisk => data.hhi_production,
        ColourBy::Abundance => data.abundance_crust_mg_kg.filter(|&a| a > 0.0),
        ColourBy::Hazard => data.hazard.map(|_| 1.0),
    }
}

/// The least and greatest figure, by powers of ten where they span many.
fn range_of(state: &State) -> [f64; 2] {
    let figures = Element::all().filter_map(|element| figure(state, element));
    let figures = figures.map(|value| along(state, value));
    figures.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| {
        [low.min(v), high.max(v)]
    })
}

fn along(state: &State, value: f64) -> f64 {
    match state.project.element_colours {
        ColourBy::Price | ColourBy::Abundance => value.log10(),
        ColourBy::Occurrence | ColourBy::SupplyRisk | ColourBy::Hazard => value,
    }
}

fn element_ui(
    ui: &mut Ui,
    state: &State,
    element: Element,
    rect: Rect,
    [low, high]: [f64; 2],
    words: Words,
    commands: &mut Vec<Command>,
) {
    let symbol = element.symbol();
    let rule = state.project.elements.get(symbol).copied();
    let response = ui.interact(
        rect,
        ui.scope_id().with(("element", symbol)),
        Sense::click(),
    );
    let said = words.get(rule_name(rule));
    response.widget_info(|| {
        let name = [symbol, " ", element.name(), ", ", said].concat();
        WidgetInfo::labeled(egui::Role::Button, true, name)
    });
    let value = figure(state, element);
    let fill = match value {
        Some(_) if state.project.element_colours == ColourBy::Hazard => {
            Color32::from_rgb(204, 121, 167)
        }
        Some(value) if high > low => {
            look::scale(((along(state, value) - low) / (high - low)) as f32)
        }
        Some(_) => look::scale(0.5),
        None => ui.visuals().widgets.inactive.weak_bg_fill,
    };
    let painter = ui.painter();
    painter.rect_filled(rect, 2.0, fill);
    let ink = match value {
        Some(_) => look::ink_on(fill),
        None => ui.visuals().text_color(),
    };
    let font = egui::FontId::proportional(rect.height() * 0.42);
    painter.text(
        rect.center(),
        egui::Align2::CENTER_CENTER,
        symbol,
        font,
        ink,
    );
    draw_rule(painter, rect, rule, look::ink_on(fill));
    if response.hovered() || response.has_focus() {
        let stroke = ui.visuals().widgets.hovered.fg_stroke;
        painter.rect_stroke(rect, 2.0, stroke, egui::StrokeKind::Outside);
    }
    if response.clicked() {
        commands.push(Command::SetElement {
            symbol: symbol.to_owned(),
            rule: next_rule(rule),
        });
    }
    response.context_menu(|ui| {
        let rules = [
            Some(ElementRule::Require),
            Some(ElementRule::Allow),
            Some(ElementRule::Exclude),
            None,
        ];
        for choice in rules {
            let name = words.get(rule_name(choice));
            if ui.radio(rule == choice, name).clicked() {
                commands.push(Command::SetElement {
                    symbol: symbol.to_owned(),
                    rule: choice,
                });
                ui.close();
            }
        }
    });
    response.on_hover_ui(|ui| facts_ui(ui, state, element, words));
}

/// Excluded elements are crossed out, required ones framed, allowed ones underlined: not by colour, which tells something
/// else.
fn draw_rule(painter: &egui::Painter, rect: Rect, rule: Option<ElementRule>, ink: Color32) {
    let stroke = Stroke::new(2.0, ink);
    match rule {
        Some(ElementRule::Exclude) => {
            let inner = rect.shrink(3.0);
            painter.line_segment([inner.left_top(), inner.right_bottom()], stroke);
            painter.line_segment([inner.right_top(), inner.left_bottom()], stroke);
        }
        Some(ElementRule::Require) => {
            painter.rect_stroke(rect.shrink(1.5), 2.0, stroke, egui::StrokeKind::Inside);
        }
        Some(ElementRule::Allow) => {
            let inner = rect.shrink(4.0);
            painter.line_segment([inner.left_bottom(), inner.right_bottom()], stroke);
        }
        None => {}
    }
}

/// A click goes from nothing to excluded, required, allowed, and back.
fn next_rule(rule: Option<ElementRule>) -> Option<ElementRule> {
    match rule {
        None => Some(ElementRule::Exclude),
        Some(ElementRule::Exclude) => Some(ElementRule::Require),
        Some(ElementRule::Require) => Some(ElementRule::Allow),
        Some(ElementRule::Allow) => None,
    }
}

fn rule_name(rule: Option<ElementRule>) -> Text {
    match rule {
        Some(ElementRule::Require) => Text::RuleRequire,
        Some(ElementRule::Allow) => Text::RuleAllow,
        Some(ElementRule::Exclude) => Text::RuleExclude,
        None => Text::RuleNone,
    }
}

fn facts_ui(ui: &mut Ui, state: &State, element: Element, words: Words) {
    let data = element.data();
    ui.strong([element.symbol(), "  ", element.name()].concat());
    let mut fact = |text: Text, value: Option<String>| {
        if let Some(value) = value {
            ui.label(words.fill(text, &[&value]));
        }
    };
    let number = |value: Option<f64>| value.map(|value| numbers::plain(value, 3));
    let counts = &state.element_counts;
    let count = counts.get(usize::from(element.atomic_number())).copied();
    fact(
        Text::FactOccurrence,
        count.map(|count| numbers::count(count as usize)),
    );
    fact(Text::FactPrice, number(data.price_usd_per_kg));
    fact(Text::FactAbundance, number(data.abundance_crust_mg_kg));
    fact(Text::FactConcentration, number(data.hhi_production));
    let producer = data.top_producer.zip(data.top_producer_share_percent);
    fact(
        Text::FactProducer,
        producer.map(|(country, share)| [country, " ", &numbers::plain(share, 2)].concat()),
    );
    fact(Text::FactHazard, data.hazard.map(str::to_owned));
    if data.critical {
        ui.label(words.get(Text::FactCritical));
    }
    if data.radioactive {
        ui.label(words.get(Text::FactRadioactive));
    }
}
