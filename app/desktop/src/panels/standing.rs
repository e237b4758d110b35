//! Who vouches for a plugin, in a line.

use crate::look;
use crate::texts::{Text, Words};
use egui::{Label, Ui};
use workbench::shelf::Standing;

/// Says who vouches for a plugin; what nobody vouches for stands out.
pub fn standing_ui(ui: &mut Ui, standing: &Standing, words: Words) {
    let text = match standing {
        Standing::Shipped => words.get(Text::StandingShipped).to_owned(),
        Standing::Signed(key) => words.fill(Text::StandingSigned, &[&key.describe(), &key.since]),
        Standing::UnknownSigner(id) => words.fill(Text::StandingUnknown, &[id]),
        Standing::Unsigned => words.get(Text::StandingUnsigned).to_owned(),
    };
    match standing {
        Standing::Shipped | Standing::Signed(_) => ui.add(Label::new(text).wrap()),
        Standing::UnknownSigner(_) | Standing::Unsigned => {
            ui.colored_label(look::warning(ui), text)
        }
    };
}
