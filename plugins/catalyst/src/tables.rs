//! The static tables that `build.rs` makes of `datasets/`.

/// What the models need of an element; NaN where unknown.
#[derive(Clone, Copy, Debug)]
pub struct Constants {
    /// Column of the periodic table, 1 to 18.
    pub group: f64,
    /// Metallic radius for twelve neighbours, Å.
    pub metallic_radius: f64,
    /// K.
    pub boiling_point: f64,
    /// Pauling electronegativity.
    pub pauling: f64,
    /// Mulliken electronegativity, eV.
    pub mulliken: f64,
}

impl Constants {
    const UNKNOWN: Self = Self {
        group: f64::NAN,
        metallic_radius: f64::NAN,
        boiling_point: f64::NAN,
        pauling: f64::NAN,
        mulliken: f64::NAN,
    };
}

/// A measured flat-band potential of `datasets/flat_band_potentials.csv`.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Copy, Debug)]
pub struct FlatBand {
    /// The semiconductor.
    pub formula: &'static str,
    /// Whether it is p-type, so that the potential marks the valence band; otherwise it marks the conduction band.
    pub conducts_holes: bool,
    /// eV.
    pub band_gap: f64,
    /// V against the standard hydrogen electrode.
    pub potential: f64,
    /// pH of the measurement.
    pub ph: f64,
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// The constants of an element by atomic number; unknown ones for a number that no element has.
pub fn constants(z: u8) -> &'static Constants {
    ELEMENTS.get(usize::from(z)).unwrap_or(&ELEMENTS[0])
}

/// Ruban's segregation energy, eV; `alternative` asks for iron's (100) instead of its (110).
pub fn segregation_energy(host: u8, alternative: bool, dopant: u8) -> Option<f64> {
    let key = (host, u8::from(alternative), dopant);
    SEGREGATION
        .binary_search_by_key(&key, |(k, _)| *k)
        .ok()
        .map(|i| SEGREGATION[i].1)
}

/// Whether Ruban's table has this host.
pub fn is_host(z: u8) -> bool {
    SEGREGATION
        .binary_search_by_key(&z, |((host, ..), _)| *host)
        .is_ok()
}

/// Every entry of Ruban's table for the most closely packed facets: host, dopant, eV.
#[cfg(not(target_arch = "wasm32"))]
pub fn segregation_energies() -> impl Iterator<Item = (u8, u8, f64)> {
    SEGREGATION
        .iter()
        .filter(|((_, facet, _), _)| *facet == 0)
        .map(|&((host, _, dopant), energy)| (host, dopant, energy))
}

/// Rao's class of a pair, 0 to 1.
pub fn stability_class(host: u8, dopant: u8) -> Option<f64> {
    STABILITY_CLASS
        .binary_search_by_key(&(host, dopant), |(k, _)| *k)
        .ok()
        .map(|i| STABILITY_CLASS[i].1)
}

/// Castelli's energy of ABX3 over competing phases, eV/atom, the lower of the two ways to put the cations on
/// their sites; `anions`: atoms of O, N, S and F.
pub fn perovskite_energy(cations: [u8; 2], anions: [u8; 4]) -> Option<f64> {
    let place = |z: u8| CATIONS.binary_search(&z).ok();
    let (i, j) = (place(cations[0])?, place(cations[1])?);
    let (low, high) = (i.min(j), i.max(j));
    let k = ANIONS.binary_search(&anions).ok()?;
    let energy = *PEROVSKITES.get((high * (high + 1) / 2 + low) * ANIONS.len() + k)?;
    // meV per five-atom cell
    (energy != i16::MIN).then(|| f64::from(energy) / 5000.0)
}

/// Shannon's radii of an ion: coordination number and Å, by rising coordination.
pub fn radii(z: u8, charge: i8) -> impl Iterator<Item = (u8, f64)> {
    let start = RADII.partition_point(|((element, state, _), _)| (*element, *state) < (z, charge));
    RADII[start..]
        .iter()
        .take_while(move |((e, s, _), _)| (*e, *s) == (z, charge))
        .map(|&((.., n), r)| (n, r))
}

/// The positive oxidation states of an element that have a radius, rising.
pub fn cation_states(z: u8) -> impl Iterator<Item = i8> {
    let start = RADII.partition_point(|((element, state, _), _)| (*element, *state) < (z, 1));
    let mut last = 0;
    RADII[start..]
        .iter()
        .take_while(move |((element, ..), _)| *element == z)
        .map(|&((_, state, _), _)| state)
        .filter(move |state| std::mem::replace(&mut last, *state) != *state)
}

/// The measured flat-band potentials.
#[cfg(not(target_arch = "wasm32"))]
pub fn flat_bands() -> &'static [FlatBand] {
    &FLAT_BANDS
}
