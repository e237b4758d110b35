//! `lodestone about`: what this program is, whose work it carries, and under which licences.

use super::print;
use crate::Failure;
use crate::args::AboutArgs;
use ::potential::Model;

/// The licence of the fonts in the window.
const FONTS: &str = include_str!("../../../desktop/fonts/OFL.txt");

pub fn run(args: &AboutArgs) -> Result<(), Failure> {
    let mut text = format!(
        "Lodestone {}: a workbench for discovering materials. Licence: {}, at your choice.\n\nIt carries\n",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_LICENSE")
    );
    for model in Model::ALL {
        let errors = model.typical_errors();
        text += &format!(
            "\nthe potential {model}: {}.\n    Mean absolute errors as its authors state them: {} eV/atom, {} eV/Å, {} GPa, {} µB\n",
            model.method(),
            errors.energy_per_atom,
            errors.force,
            errors.stress,
            errors.moment
        );
    }
    text += &format!(
        "    Copyright (c) 2023, The Regents of the University of California, through Lawrence Berkeley National Laboratory\n    \
         Licence: Modified BSD. Cite {}\n",
        Model::CITATION
    );
    text += "\nfonts: Noto Sans, Noto Sans Math, Noto Sans Symbols 2, copyright 2010-2020 Google LLC; Noto Sans CJK JP, copyright \
             2014-2021 Adobe.\n    Licence: SIL Open Font License 1.1\n";
    if args.licences {
        text += &format!(
            "\n== Licence of the potentials\n\n{}\n== Licence of the fonts\n\n{FONTS}",
            Model::LICENCE
        );
    } else {
        text += "\nThe full texts: lodestone about --licences\n";
    }
    print(&text)
}
