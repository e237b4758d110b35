//! Axes with their grid, numbers and names.

use super::{Anchor, Drawing, Frame, Mark, Role};

/// Draws the axes of a frame behind everything; `titles` of x and y.
pub(super) fn axes(drawing: &mut Drawing, frame: &Frame, [x, y]: [String; 2], text: f32) {
    let height = drawing.size[1];
    let (left, right, top, bottom) = (frame.min[0], frame.max[0], frame.min[1], frame.max[1]);
    let marks = &mut drawing.behind;
    let line = |from, to, role| Mark::Line { from, to, role };
    for (value, label) in frame.x_ticks() {
        let x = frame.place_x(value);
        marks.push(line([x, top], [x, bottom], Role::Grid));
        marks.push(Mark::Text {
            at: [x, bottom + 3.0],
            text: label,
            anchor: Anchor::Below,
        });
    }
    for (value, label) in frame.y_ticks() {
        let y = frame.place_y(value);
        marks.push(line([left, y], [right, y], Role::Grid));
        marks.push(Mark::Text {
            at: [left - 4.0, y],
            text: label,
            anchor: Anchor::Left,
        });
    }
    marks.push(line([left, bottom], [right, bottom], Role::Axis));
    marks.push(line([left, top], [left, bottom], Role::Axis));
    marks.push(Mark::Text {
        at: [(left + right) / 2.0, height - 1.4 * text],
        text: x,
        anchor: Anchor::Below,
    });
    marks.push(Mark::Text {
        at: [0.7 * text, (top + bottom) / 2.0],
        text: y,
        anchor: Anchor::Upwards,
    });
}
