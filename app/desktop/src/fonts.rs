//! The fonts that the window carries, so that it shows the same signs everywhere. `fonts/make_fonts.py` made them.

use egui::{FontData, FontDefinitions, FontFamily};
use std::sync::Arc;

/// Latin and Greek with raised and lowered digits; signs of mathematics and geometry; Japanese.
pub const FONTS: [&[u8]; 4] = [
    include_bytes!("../fonts/NotoSans.ttf"),
    include_bytes!("../fonts/NotoSansMath.ttf"),
    include_bytes!("../fonts/NotoSansSymbols2.ttf"),
    include_bytes!("../fonts/NotoSansJP.otf"),
];

/// The fonts as egui takes them, the first that has a sign shows it.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let names: Vec<String> = (0..FONTS.len()).map(|n| format!("noto{n}")).collect();
    for (name, bytes) in names.iter().zip(FONTS) {
        let data = Arc::new(FontData::from_static(bytes));
        fonts.font_data.insert(name.clone(), data);
    }
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        fonts.families.insert(family, names.clone());
    }
    fonts
}
