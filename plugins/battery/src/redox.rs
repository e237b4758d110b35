//! Charge balance and redox limits of an insertion host: which elements give or take electrons, and how many.
//!
//! Every element but the redox-active ones keeps its usual charge; what is left over is the sum of the oxidation states
//! of the redox-active elements. That sum is shared out along a ladder of couples, the lowest potential first: charging
//! oxidises up the ladder, discharging reduces down it. The order is that of the couples in octahedral oxides
//! (Goodenough and Kim, Chem. Mater. 22, 587 (2010)); the potentials themselves come from the regression.

use crate::ion::Ion;
use matter::CompositionRef;

/// Couples, named by element and upper oxidation state, in the order in which charging passes them.
pub const LADDER: [(usize, i8); 41] = [
    (TA, 4),
    (TA, 5),
    (NB, 3),
    (NB, 4),
    (NB, 5),
    (TI, 3),
    (TI, 4),
    (W, 4),
    (W, 5),
    (W, 6),
    (V, 3),
    (RE, 4),
    (RE, 5),
    (RE, 6),
    (RE, 7),
    (MO, 3),
    (MO, 4),
    (MO, 5),
    (MO, 6),
    (V, 4),
    (V, 5),
    (CR, 3),
    (CE, 4),
    (CU, 2),
    (FE, 3),
    (MN, 3),
    (CO, 3),
    (RU, 4),
    (RU, 5),
    (IR, 4),
    (IR, 5),
    (MN, 4),
    (CR, 4),
    (RH, 4),
    (NI, 3),
    (NI, 4),
    (FE, 4),
    (CO, 4),
    (CU, 3),
    (PD, 3),
    (PD, 4),
];

/// How far an element goes. `low` is where the ladder starts; `oxide`, `polyanion`, `halide` and `sulfide` are the
/// highest states counted in those hosts; `insertion` the lowest one that insertion reaches (`insertion_oxide` where
/// oxygen is the only anion and no polyanion is present).
#[derive(Clone, Copy)]
struct Limits {
    symbol: &'static str,
    low: i8,
    oxide: i8,
    polyanion: i8,
    halide: i8,
    sulfide: i8,
    insertion: i8,
    insertion_oxide: i8,
}

macro_rules! limits {
    ($($index:ident $symbol:literal $($state:literal)*;)*) => {
        limits!(@index 0; $($index)*);
        static LIMITS: [Limits; REDOX] = [$(limits!(@row $symbol $($state)*)),*];
    };
    (@index $n:expr; $first:ident $($rest:ident)*) => {
        const $first: usize = $n;
        limits!(@index $n + 1; $($rest)*);
    };
    (@index $n:expr;) => { const REDOX: usize = $n; };
    (@row $symbol:literal $low:literal $oxide:literal $polyanion:literal $halide:literal $sulfide:literal $insertion:literal
     $insertion_oxide:literal) => {
        Limits { symbol: $symbol, low: $low, oxide: $oxide, polyanion: $polyanion, halide: $halide, sulfide: $sulfide,
                 insertion: $insertion, insertion_oxide: $insertion_oxide }
    };
}

// low, then highest in oxide, polyanion, halide, sulfide, then lowest by insertion: in general, in oxides
limits! {
    TI "Ti" 2  4 4 4 4  3 3;
    V  "V"  2  5 5 5 4  3 3;
    CR "Cr" 2  4 4 4 4  2 3;
    MN "Mn" 2  4 4 4 4  2 3;
    FE "Fe" 2  4 3 3 3  2 2;
    CO "Co" 2  4 3 4 4  2 3;
    NI "Ni" 2  4 3 4 4  2 3;
    CU "Cu" 1  3 2 3 2  1 1;
    NB "Nb" 2  5 5 5 5  3 3;
    MO "Mo" 2  6 6 6 4  2 3;
    RU "Ru" 3  5 5 5 4  3 3;
    RH "Rh" 3  4 4 4 4  3 3;
    PD "Pd" 2  4 4 4 4  2 2;
    TA "Ta" 3  5 5 5 5  3 3;
    W  "W"  3  6 6 6 4  4 4;
    RE "Re" 3  7 7 7 5  4 4;
    IR "Ir" 3  5 5 5 4  3 3;
    CE "Ce" 3  4 4 4 4  3 3;
}

/// The highest state of vanadium in a polyanion compound without oxygen of its own (no V=O): V5+ is only reached where
/// a vanadyl oxygen can bind it, so Na3V2(PO4)3 gives two electrons and LiVOPO4 one.
const VANADIUM_WITHOUT_VANADYL: i8 = 4;

/// The highest state of iron in an oxide: Fe4+ is reached on sodium or potassium extraction (NaFeO2: Yabuuchi et al.,
/// Electrochemistry 80, 716 (2012)), not on that of lithium or multivalent ions.
const IRON_WITHOUT_SODIUM: i8 = 3;

/// What an element does in a host.
#[derive(Clone, Copy)]
enum Role {
    /// Keeps its usual charge.
    Fixed(i8),
    /// Takes part in the redox, at this index of [`LIMITS`].
    Redox(u8),
    /// Charge depends on its neighbours: H, C, N, P, S, As, Se, Te.
    Ambivalent,
    /// No charge that could be taken for granted.
    Unknown,
}

static ROLES: [Role; 119] = roles();

const fn roles() -> [Role; 119] {
    let mut roles = [Role::Unknown; 119];
    let fixed: [(i8, &[u8]); 6] = [
        (1, &[1, 3, 11, 19, 37, 55]),
        (2, &[4, 12, 20, 38, 56, 30, 48]),
        (
            3,
            &[
                5, 13, 31, 49, 21, 39, 57, 59, 60, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 83,
            ],
        ),
        (4, &[14, 22, 32, 40, 50, 72, 90]),
        (5, &[51]),
        (-1, &[9, 17, 35, 53]),
    ];
    let mut i = 0;
    while i < fixed.len() {
        let mut j = 0;
        while j < fixed[i].1.len() {
            roles[fixed[i].1[j] as usize] = Role::Fixed(fixed[i].0);
            j += 1;
        }
        i += 1;
    }
    roles[8] = Role::Fixed(-2);
    let ambivalent = [6, 7, 15, 16, 33, 34, 52];
    let mut i = 0;
    while i < ambivalent.len() {
        roles[ambivalent[i]] = Role::Ambivalent;
        i += 1;
    }
    let redox = [
        22, 23, 24, 25, 26, 27, 28, 29, 41, 42, 44, 45, 46, 73, 74, 75, 77, 58,
    ];
    let mut i = 0;
    while i < redox.len() {
        roles[redox[i]] = Role::Redox(i as u8);
        i += 1;
    }
    roles
}

/// Why there is no redox balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsuited {
    /// No O, F, S, ...: a metal or an alloy.
    NoAnion,
    /// None of the elements that change their charge on insertion.
    NoRedoxElement,
    /// An element of no settled charge, by atomic number.
    UnknownCharge(u8),
    /// The redox-active elements would be below their lowest state.
    TooReduced,
    /// The redox-active elements would be above their highest state.
    TooOxidised,
}

impl Unsuited {
    /// The reason, for the user.
    pub fn reason(self) -> std::borrow::Cow<'static, str> {
        match self {
            Self::NoAnion => "no anion: a metal or an alloy, not an insertion host".into(),
            Self::NoRedoxElement => "no redox-active element".into(),
            Self::UnknownCharge(z) => match matter::Element::new(z) {
                Some(element) => format!("no settled oxidation state for {} in this compound", element.symbol()).into(),
                None => "an unknown element".into(),
            },
            Self::TooReduced => "oxidation states do not balance: too few anions for the metals".into(),
            Self::TooOxidised => "oxidation states do not balance: the metals would exceed their highest counted state".into(),
        }
    }
}

/// The chemistry of a composition, as far as its redox goes. Amounts are per formula as given.
#[derive(Clone, Debug)]
pub struct Host {
    /// Amounts of the redox-active elements, by index of the limits.
    amounts: [f64; REDOX],
    /// Sum of the oxidation states of the redox-active elements.
    pub charge: f64,
    /// The redox-active atoms.
    pub redox_atoms: f64,
    /// All anions: O, F, S, Se, Te, Cl, Br, I, N outside of polyanions, and cyanide carbon and nitrogen.
    pub anions: f64,
    /// Fractions of the anions: F, S, Se and Te, N, heavier halogens, cyanide.
    pub anion_fractions: [f64; 6],
    /// Share of the oxygen held by P, S, Si, B and As, four a centre, at most 1.
    pub polyanions: [f64; 5],
    /// The highest states counted in this host, by index of the limits.
    highest: [i8; REDOX],
}

impl Host {
    /// Balances the charges of a composition from which, or into which, `ion` moves.
    ///
    /// # Errors
    ///
    /// Why the composition is no insertion host. Whether the states are in range is asked by [`Host::check`].
    pub fn new(composition: CompositionRef<'_>, ion: &'static Ion) -> Result<Self, Unsuited> {
        let mut of = [0.0_f64; 119];
        for (&z, &n) in composition.atomic_numbers.iter().zip(composition.amounts) {
            if let Some(slot) = of.get_mut(z as usize) {
                *slot += n;
            }
        }
        let (hydrogen, boron, carbon, nitrogen, oxygen) = (of[1], of[5], of[6], of[7], of[8]);
        let cyanide = carbon > 0.0 && (nitrogen - carbon).abs() < 1e-6 * carbon;
        let mut amounts = [0.0; REDOX];
        let (mut rest, mut redox_atoms, mut oxo_sulfur, mut unknown) = (0.0, 0.0, 0.0, None);
        for &z in composition.atomic_numbers {
            let Some((&n, role)) = of.get(z as usize).zip(ROLES.get(z as usize)) else {
                continue;
            };
            rest += n * match (*role, z) {
                (Role::Fixed(charge), _) => f64::from(charge),
                (Role::Redox(index), _) => {
                    amounts[index as usize] = n;
                    redox_atoms += n;
                    0.0
                }
                (Role::Ambivalent, 6) if cyanide => 2.0,
                (Role::Ambivalent, 6) if oxygen >= 2.5 * n => 4.0,
                (Role::Ambivalent, 6) if oxygen >= 1.5 * n => 3.0,
                (Role::Ambivalent, 7) if oxygen >= 3.0 * n && hydrogen < 3.0 * n && !cyanide => 5.0,
                (Role::Ambivalent, 7) => -3.0,
                (Role::Ambivalent, 15 | 33) if oxygen >= 3.0 * n => 5.0,
                (Role::Ambivalent, 16 | 34 | 52) if oxygen >= 3.0 * n => {
                    oxo_sulfur += if z == 16 { n } else { 0.0 };
                    6.0
                }
                (Role::Ambivalent, 16 | 34 | 52) => -2.0,
                _ => {
                    unknown = unknown.or(Some(z));
                    0.0
                }
            };
        }
        let sulfide = of[16] - oxo_sulfur;
        let selenide = [34, 52]
            .iter()
            .filter(|&&z| oxygen < 3.0 * of[z])
            .map(|&z| of[z])
            .sum::<f64>();
        let nitride = if cyanide || (oxygen >= 3.0 * nitrogen && hydrogen < 3.0 * nitrogen) {
            0.0
        } else {
            nitrogen
        };
        let halide = of[17] + of[35] + of[53];
        let cyanide_atoms = if cyanide { carbon } else { 0.0 };
        let anions = oxygen + of[9] + sulfide + selenide + nitride + halide + cyanide_atoms;
        if anions <= 0.0 {
            return Err(Unsuited::NoAnion);
        }
        if let Some(z) = unknown {
            return Err(Unsuited::UnknownCharge(z));
        }
        if redox_atoms <= 0.0 {
            return Err(Unsuited::NoRedoxElement);
        }
        let anion_fractions =
            [of[9], sulfide, selenide, nitride, halide, cyanide_atoms].map(|n| n / anions);
        let held = |n: f64| {
            if cyanide || oxygen <= 0.0 {
                0.0
            } else {
                (4.0 * n / anions).min(1.0)
            }
        };
        let polyanions = [
            held(of[15]),
            held(oxo_sulfur),
            held(of[14]),
            held(boron),
            held(of[33]),
        ];
        let bound = 4.0 * (of[15] + oxo_sulfur + of[14] + of[33]) + 3.0 * boron;
        let vanadyl = oxygen > bound + 1e-6 * oxygen;
        let [fluoride, sulfide, selenide, _, halide, cyanide] = anion_fractions;
        let mut highest = if sulfide + selenide > 0.5 {
            LIMITS.map(|l| l.sulfide)
        } else if polyanions.iter().sum::<f64>() > 0.25 || cyanide > 0.5 {
            LIMITS.map(|l| l.polyanion)
        } else if fluoride + halide > 0.5 {
            LIMITS.map(|l| l.halide)
        } else {
            LIMITS.map(|l| l.oxide)
        };
        if !vanadyl && polyanions.iter().sum::<f64>() > 0.25 {
            highest[V] = VANADIUM_WITHOUT_VANADYL;
        }
        if !matches!(ion.symbol, "Na" | "K") {
            highest[FE] = highest[FE].min(IRON_WITHOUT_SODIUM);
        }
        Ok(Self {
            amounts,
            charge: -rest,
            redox_atoms,
            anions,
            anion_fractions,
            polyanions,
            highest,
        })
    }

    fn sum_of_states(&self, state: impl Fn(usize) -> i8) -> f64 {
        self.amounts
            .iter()
            .enumerate()
            .filter(|(_, n)| **n > 0.0)
            .map(|(e, n)| n * f64::from(state(e)))
            .sum()
    }

    /// Whether the redox-active elements are between their lowest and highest states.
    ///
    /// # Errors
    ///
    /// Which way they are out of range.
    pub fn check(&self) -> Result<(), Unsuited> {
        let tolerance = 1e-6 * self.redox_atoms;
        if self.charge < self.sum_of_states(|e| LIMITS[e].low) - tolerance {
            Err(Unsuited::TooReduced)
        } else if self.charge > self.sum_of_states(|e| self.highest[e]) + tolerance {
            Err(Unsuited::TooOxidised)
        } else {
            Ok(())
        }
    }

    /// Electrons that the redox-active elements can still give up, per formula; at least 0.
    pub fn electrons_to_give(&self) -> f64 {
        (self.sum_of_states(|e| self.highest[e]) - self.charge).max(0.0)
    }

    /// Electrons that the redox-active elements take up on insertion, per formula: down to the lowest state that
    /// insertion reaches, at most one for each redox-active atom (V2O5 takes two, MnO2 and TiS2 one).
    pub fn electrons_to_take(&self) -> f64 {
        let oxide = self.anion_fractions.iter().sum::<f64>() < 0.25
            && self.polyanions.iter().sum::<f64>() < 0.25;
        let lowest = |e: usize| {
            if oxide {
                LIMITS[e].insertion_oxide
            } else {
                LIMITS[e].insertion
            }
        };
        (self.charge - self.sum_of_states(lowest))
            .min(self.redox_atoms)
            .max(0.0)
    }

    /// The share of each couple of [`LADDER`] when `electrons` (positive, per formula) are taken away. `None` if the
    /// states leave their range.
    pub fn couples(&self, electrons: f64) -> Option<[f64; LADDER.len()]> {
        let tolerance = 1e-6 * self.redox_atoms;
        let mut before = self.charge - self.sum_of_states(|e| LIMITS[e].low);
        let mut after = before + electrons;
        if before < -tolerance {
            return None;
        }
        let mut shares = [0.0; LADDER.len()];
        for (share, &(element, upper)) in shares.iter_mut().zip(&LADDER) {
            let n = self.amounts[element];
            if n > 0.0 && upper <= self.highest[element] {
                let (low, high) = (before.clamp(0.0, n), after.clamp(0.0, n));
                *share = (high - low) / electrons;
                before -= low;
                after -= high;
            }
        }
        (after <= tolerance).then_some(shares)
    }
}

/// The name of a couple: `Fe3+/Fe2+`.
pub fn couple_name(rung: usize) -> String {
    let (element, upper) = LADDER[rung];
    let symbol = LIMITS[element].symbol;
    format!("{symbol}{upper}+/{symbol}{}+", upper - 1)
}
