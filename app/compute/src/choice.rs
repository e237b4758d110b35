//! What the user may ask for.

use std::fmt;
use std::str::FromStr;

/// On which device to compute: `--device auto|cpu|gpu`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Choice {
    /// Each kernel where it was measured to be fastest.
    #[default]
    Auto,
    /// The processor alone; no adapter is touched.
    Cpu,
    /// The best adapter, software ones included; fails where there is none.
    Gpu,
}

impl Choice {
    /// Every choice, in the order of help texts.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Cpu, Self::Gpu];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|choice| choice.name() == text)
            .ok_or_else(|| format!("'{text}' is no device; choose auto, cpu or gpu"))
    }
}
