//! Charge balance and redox limits of an insertion host: which elements give or take electrons, and how many.
//!
//! Every element but the redox-active ones keeps its usual charge; what is left over is the sum of the oxidation states
//! of the redox-active elements. That sum is shared out along a ladder of couples, the lowest potential first: charging
//! oxidises up the ladder, discharging reduces down it. The order is that of the couples in octahedral oxides
//! (Goodenough and Kim, Chem. Mater. 22, 587 (2010)); the potentials themselves come from the regression.

use crate::elements::Elements;
use crate::ion::{IONS, Ion};
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
        const LIMITS: [Limits; REDOX] = [$(limits!(@row $symbol $($state)*)),*];
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

/// The kinds of hosts that [`Limits`] tells apart.
#[derive(Clone, Copy)]
enum Kind {
    Oxide,
    Polyanion,
    Halide,
    Sulfide,
}

/// The highest states in hosts of each [`Kind`]: without and with vanadium held to [`VANADIUM_WITHOUT_VANADYL`], and of
/// these without and with iron held to [`IRON_WITHOUT_SODIUM`].
static HIGHEST: [[[[i8; REDOX]; 2]; 2]; 4] = [
    highest(Kind::Oxide),
    highest(Kind::Polyanion),
    highest(Kind::Halide),
    highest(Kind::Sulfide),
];

const fn highest(kind: Kind) -> [[[i8; REDOX]; 2]; 2] {
    let mut states = [[[0; REDOX]; 2]; 2];
    let mut held = 0;
    while held < 4 {
        let (vanadium, iron) = (held / 2, held % 2);
        let mut element = 0;
        while element < REDOX {
            let limits = LIMITS[element];
            states[vanadium][iron][element] = match kind {
                Kind::Oxide => limits.oxide,
                Kind::Polyanion => limits.polyanion,
                Kind::Halide => limits.halide,
                Kind::Sulfide => limits.sulfide,
            };
            element += 1;
        }
        if vanadium == 1 {
            states[vanadium][iron][V] = VANADIUM_WITHOUT_VANADYL;
        }
        if iron == 1 && states[vanadium][iron][FE] > IRON_WITHOUT_SODIUM {
            states[vanadium][iron][FE] = IRON_WITHOUT_SODIUM;
        }
        held += 1;
    }
    states
}

/// The lowest states, where the ladder starts.
static LOWEST: [i8; REDOX] = {
    let mut states = [0; REDOX];
    let mut element = 0;
    while element < REDOX {
        states[element] = LIMITS[element].low;
        element += 1;
    }
    states
};

/// One more than the highest upper state of [`LADDER`].
const STATES: usize = 8;

/// For each element, the rungs of [`LADDER`] up to each of its states, a bit for each rung.
static RUNGS: [[u64; STATES]; REDOX] = {
    let mut rungs = [[0; STATES]; REDOX];
    let mut rung = 0;
    while rung < LADDER.len() {
        let (element, upper) = LADDER[rung];
        let mut state = upper as usize;
        while state < STATES {
            rungs[element][state] |= 1 << rung;
            state += 1;
        }
        rung += 1;
    }
    rungs
};

/// [`LADDER`] for look-up by rung; as long as a word has bits, so that no look-up needs a check.
static LADDER_BY_RUNG: [(u8, u8); 64] = {
    let mut rungs = [(0, 0); 64];
    let mut rung = 0;
    while rung < LADDER.len() {
        rungs[rung] = (LADDER[rung].0 as u8, LADDER[rung].1 as u8);
        rung += 1;
    }
    rungs
};

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

/// As long as there are bytes, so that no look-up needs a check.
static ROLES: [Role; 256] = roles();

const fn roles() -> [Role; 256] {
    let mut roles = [Role::Unknown; 256];
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
    /// The redox-active elements are at their highest state.
    NothingToGive,
    /// The redox-active elements are at the lowest state that insertion reaches.
    NothingToTake,
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
            Self::NothingToGive => {
                "the redox-active elements are at their highest counted state: no electron to give".into()
            }
            Self::NothingToTake => "the redox-active elements are at the lowest state that insertion reaches".into(),
        }
    }
}

/// The chemistry of a composition, as far as its redox goes. Amounts are per formula as given.
#[derive(Clone, Debug)]
pub struct Host {
    /// Amounts of the redox-active elements, by index of the limits.
    amounts: [f64; REDOX],
    /// Which of them are there, a bit for each index.
    present: u32,
    /// Sum of the lowest and of the highest counted states of the redox-active elements.
    lowest_charge: f64,
    highest_charge: f64,
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
    /// Charge of Li, Na, K, Mg and Ca.
    pub ion_charge: f64,
    /// The rungs of the ladder that are open to them, a bit for each.
    rungs: u64,
}

impl Default for Host {
    fn default() -> Self {
        Self {
            amounts: [0.0; REDOX],
            present: 0,
            lowest_charge: 0.0,
            highest_charge: 0.0,
            charge: 0.0,
            redox_atoms: 0.0,
            anions: 0.0,
            anion_fractions: [0.0; 6],
            polyanions: [0.0; 5],
            ion_charge: 0.0,
            rungs: 0,
        }
    }
}

/// As [`f64::min`] of numbers, which in WebAssembly is a call.
pub(crate) fn lesser(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// As [`f64::max`] of numbers.
fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The numbers of the bits that are set, ascending.
fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let next = (set != 0).then(|| set.trailing_zeros() as usize);
        set &= set.wrapping_sub(1);
        next
    })
}

impl Host {
    /// Balances the charges of a composition from which, or into which, `ion` moves.
    ///
    /// # Errors
    ///
    /// Why the composition is no insertion host. Whether the states are in range is asked by [`Host::check`].
    pub fn new(composition: CompositionRef<'_>, ion: &'static Ion) -> Result<Self, Unsuited> {
        let (mut elements, mut host) = (Elements::default(), Self::default());
        // Amounts that cannot be reckoned with show in the balance.
        let _ = elements.read(composition);
        host.balance(composition, &elements, ion)?;
        Ok(host)
    }

    /// As [`Host::new`], in the place of the host before; `elements` is what was read of the composition.
    pub fn balance(
        &mut self,
        composition: CompositionRef<'_>,
        elements: &Elements,
        ion: &Ion,
    ) -> Result<(), Unsuited> {
        let of = |z: u8| elements.amount(z);
        let (hydrogen, boron, carbon, nitrogen, oxygen) = (of(1), of(5), of(6), of(7), of(8));
        let cyanide = carbon > 0.0 && (nitrogen - carbon).abs() < 1e-6 * carbon;
        for element in bits(self.present.into()) {
            self.amounts[element] = 0.0;
        }
        let mut present = 0;
        let (mut rest, mut redox_atoms, mut oxo_sulfur, mut unknown) = (0.0, 0.0, 0.0, None);
        for (&z, &n) in composition.atomic_numbers.iter().zip(composition.amounts) {
            rest += n * match (ROLES[usize::from(z)], z) {
                (Role::Fixed(charge), _) => f64::from(charge),
                (Role::Redox(index), _) => {
                    self.amounts[index as usize] = n;
                    present |= 1 << index;
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
        self.present = present;
        let (fluoride, sulfide) = (of(9), of(16) - oxo_sulfur);
        let selenide = |z| {
            let n = of(z);
            if oxygen < 3.0 * n { n } else { 0.0 }
        };
        let selenide = selenide(34) + selenide(52);
        let nitride = if cyanide || (oxygen >= 3.0 * nitrogen && hydrogen < 3.0 * nitrogen) {
            0.0
        } else {
            nitrogen
        };
        let halide = of(17) + of(35) + of(53);
        let cyanide_atoms = if cyanide { carbon } else { 0.0 };
        let anions = oxygen + fluoride + sulfide + selenide + nitride + halide + cyanide_atoms;
        if anions <= 0.0 {
            return Err(Unsuited::NoAnion);
        }
        if let Some(z) = unknown {
            return Err(Unsuited::UnknownCharge(z));
        }
        if redox_atoms <= 0.0 {
            return Err(Unsuited::NoRedoxElement);
        }
        // Most of these are zero, and a division costs more than to see that.
        let fraction = |n: f64| if n == 0.0 { 0.0 } else { n / anions };
        let anion_fractions = [
            fraction(fluoride),
            fraction(sulfide),
            fraction(selenide),
            fraction(nitride),
            fraction(halide),
            fraction(cyanide_atoms),
        ];
        let held = |n: f64| {
            if cyanide || oxygen <= 0.0 || n == 0.0 {
                0.0
            } else {
                lesser(4.0 * n / anions, 1.0)
            }
        };
        let (phosphorus, silicon, arsenic) = (of(15), of(14), of(33));
        let polyanions = [
            held(phosphorus),
            held(oxo_sulfur),
            held(silicon),
            held(boron),
            held(arsenic),
        ];
        let bound = 4.0 * (phosphorus + oxo_sulfur + silicon + arsenic) + 3.0 * boron;
        let vanadyl = oxygen > bound + 1e-6 * oxygen;
        let [fluoride, sulfide, selenide, _, halide, cyanide] = anion_fractions;
        let polyanionic = polyanions.iter().sum::<f64>() > 0.25;
        let kind = if sulfide + selenide > 0.5 {
            Kind::Sulfide
        } else if polyanionic || cyanide > 0.5 {
            Kind::Polyanion
        } else if fluoride + halide > 0.5 {
            Kind::Halide
        } else {
            Kind::Oxide
        };
        let vanadium_is_held = !vanadyl && polyanionic;
        let iron_is_held = !matches!(ion.atomic_number, 11 | 19);
        let highest =
            &HIGHEST[kind as usize][usize::from(vanadium_is_held)][usize::from(iron_is_held)];
        let (mut lowest_charge, mut highest_charge) = (0.0, 0.0);
        let mut rungs = 0;
        for element in bits(present.into()) {
            let (n, upper) = (self.amounts[element], highest[element]);
            lowest_charge += n * f64::from(LOWEST[element]);
            highest_charge += n * f64::from(upper);
            rungs |= RUNGS[element][upper as usize % STATES];
        }
        self.rungs = rungs;
        (self.lowest_charge, self.highest_charge) = (lowest_charge, highest_charge);
        (self.charge, self.redox_atoms, self.anions) = (-rest, redox_atoms, anions);
        (self.anion_fractions, self.polyanions) = (anion_fractions, polyanions);
        self.ion_charge = IONS[..5]
            .iter()
            .map(|ion| ion.charge * of(ion.atomic_number))
            .sum();
        Ok(())
    }

    /// Whether the redox-active elements are between their lowest and highest states.
    ///
    /// # Errors
    ///
    /// Which way they are out of range.
    pub fn check(&self) -> Result<(), Unsuited> {
        let tolerance = 1e-6 * self.redox_atoms;
        if self.charge < self.lowest_charge - tolerance {
            Err(Unsuited::TooReduced)
        } else if self.charge > self.highest_charge + tolerance {
            Err(Unsuited::TooOxidised)
        } else {
            Ok(())
        }
    }

    /// Electrons that the redox-active elements can still give up, per formula; at least 0.
    pub fn electrons_to_give(&self) -> f64 {
        greater(self.highest_charge - self.charge, 0.0)
    }

    /// Electrons that the redox-active elements take up on insertion, per formula: down to the lowest state that
    /// insertion reaches, at most one for each redox-active atom (V2O5 takes two, MnO2 and TiS2 one).
    pub fn electrons_to_take(&self) -> f64 {
        let oxide = self.anion_fractions.iter().sum::<f64>() < 0.25
            && self.polyanions.iter().sum::<f64>() < 0.25;
        let mut lowest = 0.0;
        for element in bits(self.present.into()) {
            let limits = &LIMITS[element];
            let state = if oxide {
                limits.insertion_oxide
            } else {
                limits.insertion
            };
            lowest += self.amounts[element] * f64::from(state);
        }
        greater(lesser(self.charge - lowest, self.redox_atoms), 0.0)
    }

    /// The share of each couple of [`LADDER`] when `electrons` (positive, per formula) are taken away. `None` if the
    /// states leave their range.
    pub fn couples(&self, electrons: f64) -> Option<[f64; LADDER.len()]> {
        let mut shares = [0.0; LADDER.len()];
        self.pass_couples(electrons, |rung, _, share| shares[rung] = share)
            .then_some(shares)
    }

    /// Calls `pass` with the rung, the upper state and the share of each couple that is passed when `electrons` (positive,
    /// per formula) are taken away, up the ladder. False if the states leave their range.
    pub fn pass_couples(&self, electrons: f64, mut pass: impl FnMut(usize, u8, f64)) -> bool {
        let tolerance = 1e-6 * self.redox_atoms;
        let mut before = self.charge - self.lowest_charge;
        let mut after = before + electrons;
        if before < -tolerance {
            return false;
        }
        for rung in bits(self.rungs) {
            if before <= 0.0 && after <= 0.0 {
                break;
            }
            let (element, upper) = LADDER_BY_RUNG[rung];
            let n = self.amounts[element as usize];
            let (low, high) = (
                lesser(greater(before, 0.0), n),
                lesser(greater(after, 0.0), n),
            );
            if high != low {
                pass(rung, upper, (high - low) / electrons);
            }
            before -= low;
            after -= high;
        }
        after <= tolerance
    }
}

/// The symbol of a redox element by its index in [`LADDER`].
pub fn symbol(element: usize) -> &'static str {
    LIMITS[element].symbol
}

/// The name of a couple: `Fe3+/Fe2+`.
pub fn couple_name(rung: usize) -> String {
    let (element, upper) = LADDER[rung];
    let symbol = symbol(element);
    format!("{symbol}{upper}+/{symbol}{}+", upper - 1)
}
