//! Units of the field, and conversions between them.
//!
//! A unit is a product of symbols with exponents: `Wh/kg`, `g/cm3`, `g cm^-3`, `mA h g⁻¹`, `kJ/mol`, `1/nm`, `%`. Each
//! symbol may carry an SI prefix. Atoms, cells and formula units are dimensions of their own, so that eV/atom never turns
//! into eV/cell; currencies are too.
//!
//! Constants are those of the 2019 SI (e, N_A exact) and CODATA 2022 (µ0, Bohr magneton); E. Tiesinga et al., "The 2022
//! CODATA recommended values of the fundamental physical constants", <https://physics.nist.gov/constants>.

use std::f64::consts::PI;

/// Elementary charge in units of 1e-19 C, exact.
const ELEMENTARY_CHARGE: f64 = 1.602_176_634;
/// Avogadro constant in units of 1e23 /mol, exact.
const AVOGADRO: f64 = 6.022_140_76;
/// Vacuum permeability in N/A2.
const VACUUM_PERMEABILITY: f64 = 1.256_637_061_27e-6;

/// How a value in one unit becomes one in another: `scale * value + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conversion {
    pub scale: f64,
    /// Not zero only between temperature scales.
    pub offset: f64,
    /// True where a magnetisation M in A/m was taken for the polarisation µ0·M in T, or the other way round.
    pub by_vacuum_permeability: bool,
}

impl Conversion {
    /// Leaves values as they are.
    pub const IDENTITY: Self = Self {
        scale: 1.0,
        offset: 0.0,
        by_vacuum_permeability: false,
    };

    /// A value; NaN stays NaN.
    pub fn apply(&self, value: f64) -> f64 {
        value * self.scale + self.offset
    }

    /// A standard deviation, which no offset shifts.
    pub fn apply_std(&self, std: f64) -> f64 {
        std * self.scale.abs()
    }
}

/// Why a unit cannot be converted into another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    #[error(
        "unit `{unit}` is not known; write it as in Wh/kg, mAh/g, V, eV/atom, g/cm3, T, kA/m, kJ/m3, K, USD/kg or %"
    )]
    Unknown { unit: String },
    #[error("`{from}` cannot be converted to `{to}`: they measure different things")]
    Different { from: String, to: String },
}

/// The conversion from one unit to another. The empty unit, `1`, `-`, `fraction` and `ratio` are pure numbers.
///
/// A magnetisation in A/m, kA/m or emu/cm3 becomes a polarisation in T as µ0·M, and the other way round; the field units
/// Oe and G likewise.
///
/// ```
/// let conversion = table::convert_factor("meV", "eV")?;
/// assert_eq!(conversion.apply(250.0), 0.25);
/// assert_eq!(table::convert_factor("°C", "K")?.apply(25.0), 298.15);
/// assert!(table::convert_factor("V", "Wh/kg").is_err());
/// # Ok::<(), table::UnitError>(())
/// ```
pub fn convert_factor(from: &str, to: &str) -> Result<Conversion, UnitError> {
    let parse_known = |text: &str| {
        parse(text).ok_or_else(|| UnitError::Unknown {
            unit: text.to_owned(),
        })
    };
    if from.trim() == to.trim() {
        return Ok(Conversion::IDENTITY);
    }
    let (source, target) = (parse_known(from)?, parse_known(to)?);
    let ratio = source.mantissa / target.mantissa * power_of_ten(source.exponent - target.exponent);
    if source.dimensions == target.dimensions {
        // (value * source.scale + source.offset) is in the base unit, K.
        let target_scale = target.mantissa * power_of_ten(target.exponent);
        let offset = (source.offset - target.offset) / target_scale;
        return Ok(Conversion {
            scale: ratio,
            offset,
            by_vacuum_permeability: false,
        });
    }
    let scale = match (source.dimensions, target.dimensions) {
        (MAGNETISATION, POLARISATION) => ratio * VACUUM_PERMEABILITY,
        (POLARISATION, MAGNETISATION) => ratio / VACUUM_PERMEABILITY,
        _ => {
            return Err(UnitError::Different {
                from: from.trim().to_owned(),
                to: to.trim().to_owned(),
            });
        }
    };
    Ok(Conversion {
        scale,
        offset: 0.0,
        by_vacuum_permeability: true,
    })
}

/// Whether a text is a unit of this module, other than a pure number's empty one.
pub fn is_known(unit: &str) -> bool {
    !unit.trim().is_empty() && parse(unit).is_some()
}

/// Exponents of: kg, m, s, A, K, USD, EUR, atom, cell, formula unit.
type Dimensions = [i8; 10];

const NONE: Dimensions = [0; 10];
const MAGNETISATION: Dimensions = [0, -1, 0, 1, 0, 0, 0, 0, 0, 0];
const POLARISATION: Dimensions = [1, 0, -2, -1, 0, 0, 0, 0, 0, 0];

/// `mantissa * 10^exponent` base units. Powers of ten are kept apart so that 1 meV is exactly 1e-3 eV.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Unit {
    mantissa: f64,
    exponent: i32,
    /// Of the scale's zero, in K.
    offset: f64,
    dimensions: Dimensions,
}

fn power_of_ten(exponent: i32) -> f64 {
    // Parsing rounds correctly; powi does not.
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}

/// A symbol without prefix, and whether it takes SI prefixes.
fn symbol(text: &str) -> Option<(Unit, bool)> {
    const MASS: Dimensions = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    const LENGTH: Dimensions = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    const TIME: Dimensions = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    const CURRENT: Dimensions = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const TEMPERATURE: Dimensions = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0];
    const ENERGY: Dimensions = [1, 2, -2, 0, 0, 0, 0, 0, 0, 0];
    const POWER: Dimensions = [1, 2, -3, 0, 0, 0, 0, 0, 0, 0];
    const VOLTAGE: Dimensions = [1, 2, -3, -1, 0, 0, 0, 0, 0, 0];
    const CHARGE: Dimensions = [0, 0, 1, 1, 0, 0, 0, 0, 0, 0];
    const PRESSURE: Dimensions = [1, -1, -2, 0, 0, 0, 0, 0, 0, 0];
    const FORCE: Dimensions = [1, 1, -2, 0, 0, 0, 0, 0, 0, 0];
    const FREQUENCY: Dimensions = [0, 0, -1, 0, 0, 0, 0, 0, 0, 0];
    const VOLUME: Dimensions = [0, 3, 0, 0, 0, 0, 0, 0, 0, 0];
    const ENERGY_DENSITY: Dimensions = PRESSURE;
    const MOMENT: Dimensions = [0, 2, 0, 1, 0, 0, 0, 0, 0, 0];
    const DOLLAR: Dimensions = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    const EURO: Dimensions = [0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
    const ATOM: Dimensions = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0];
    const CELL: Dimensions = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
    const FORMULA_UNIT: Dimensions = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let (mantissa, exponent, dimensions, prefixes) = match text {
        "g" => (1.0, -3, MASS, true),
        "m" => (1.0, 0, LENGTH, true),
        "s" => (1.0, 0, TIME, true),
        "A" => (1.0, 0, CURRENT, true),
        "K" => (1.0, 0, TEMPERATURE, true),
        "eV" => (ELEMENTARY_CHARGE, -19, ENERGY, true),
        "J" => (1.0, 0, ENERGY, true),
        "cal" => (4.184, 0, ENERGY, true),
        "Wh" => (3.6, 3, ENERGY, true),
        "W" => (1.0, 0, POWER, true),
        "V" => (1.0, 0, VOLTAGE, true),
        "C" => (1.0, 0, CHARGE, true),
        "Ah" => (3.6, 3, CHARGE, true),
        "Pa" => (1.0, 0, PRESSURE, true),
        "bar" => (1.0, 5, PRESSURE, true),
        "N" => (1.0, 0, FORCE, true),
        "Hz" => (1.0, 0, FREQUENCY, true),
        "T" => (1.0, 0, POLARISATION, true),
        "G" | "Gs" => (1.0, -4, POLARISATION, true),
        "Oe" => (1.0 / (4.0 * PI), 3, MAGNETISATION, true),
        "GOe" => (1.0 / (4.0 * PI), -1, ENERGY_DENSITY, true),
        "emu" => (1.0, -3, MOMENT, true),
        "µB" | "muB" | "uB" | "mu_B" => (9.274_010_065_7, -24, MOMENT, false),
        "mol" => (AVOGADRO, 23, NONE, true),
        "L" | "l" => (1.0, -3, VOLUME, true),
        "h" | "hr" => (3.6, 3, TIME, false),
        "min" => (6.0, 1, TIME, false),
        "t" | "tonne" => (1.0, 3, MASS, false),
        "Å" | "Ang" | "ang" | "Angstrom" | "angstrom" => (1.0, -10, LENGTH, false),
        "USD" | "$" | "US$" => (1.0, 0, DOLLAR, true),
        "EUR" | "€" => (1.0, 0, EURO, true),
        "atom" | "atoms" => (1.0, 0, ATOM, false),
        "cell" => (1.0, 0, CELL, false),
        "fu" | "f.u." => (1.0, 0, FORMULA_UNIT, false),
        "%" | "percent" => (1.0, -2, NONE, false),
        "‰" => (1.0, -3, NONE, false),
        "ppm" => (1.0, -6, NONE, false),
        "ppb" => (1.0, -9, NONE, false),
        "1" | "-" | "fraction" | "ratio" | "dimensionless" => (1.0, 0, NONE, false),
        _ => return None,
    };
    Some((
        Unit {
            mantissa,
            exponent,
            offset: 0.0,
            dimensions,
        },
        prefixes,
    ))
}

fn prefixed(text: &str) -> Option<Unit> {
    if let Some((unit, _)) = symbol(text) {
        return Some(unit);
    }
    const PREFIXES: [(&str, i32); 14] = [
        ("da", 1),
        ("f", -15),
        ("p", -12),
        ("n", -9),
        ("µ", -6),
        ("u", -6),
        ("m", -3),
        ("c", -2),
        ("d", -1),
        ("h", 2),
        ("k", 3),
        ("M", 6),
        ("G", 9),
        ("T", 12),
    ];
    PREFIXES.iter().find_map(|(prefix, power)| {
        let (mut unit, takes_prefixes) = symbol(text.strip_prefix(prefix)?)?;
        unit.exponent += power;
        takes_prefixes.then_some(unit)
    })
}

/// Reads a unit; `None` where it is not one of ours.
fn parse(text: &str) -> Option<Unit> {
    let text = normalised(text.trim());
    let mut product = Unit {
        mantissa: 1.0,
        exponent: 0,
        offset: 0.0,
        dimensions: NONE,
    };
    if text.is_empty() {
        return Some(product);
    }
    if matches!(text.as_str(), "°C" | "degC" | "deg C" | "℃") {
        product.offset = 273.15;
        product.dimensions[4] = 1;
        return Some(product);
    }
    let mut sign = 1;
    let mut rest = text.as_str();
    let mut expects_symbol = true;
    while !rest.is_empty() {
        let next = rest.chars().next()?;
        if next == '/' {
            if expects_symbol {
                return None;
            }
            // Everything behind the first solidus divides: J/g/K and J/(g K) are both J g-1 K-1.
            sign = -1;
            expects_symbol = true;
            rest = rest[1..].trim_start();
            continue;
        }
        if next == '*' || next == ' ' {
            rest = &rest[1..];
            continue;
        }
        let end = rest.find(['/', '*', ' ']).unwrap_or(rest.len());
        let (factor, exponent) = split_exponent(&rest[..end])?;
        multiply(&mut product, prefixed(factor)?, sign * exponent)?;
        expects_symbol = false;
        rest = &rest[end..];
    }
    (!expects_symbol).then_some(product)
}

/// One spelling for what is written in several ways.
fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'μ' => out.push('µ'),
            '\u{212B}' => out.push('Å'),
            '·' | '⋅' | '×' | '\u{a0}' | '\u{202f}' | '_' if !out.ends_with("mu") => {
                out.push(' ')
            }
            '⁻' | '\u{2212}' => out.push('-'),
            '⁰' => out.push('0'),
            '¹' => out.push('1'),
            '²' => out.push('2'),
            '³' => out.push('3'),
            '⁴' => out.push('4'),
            '⁵' => out.push('5'),
            '⁶' => out.push('6'),
            '(' | ')' | '^' => {}
            other => out.push(other),
        }
    }
    out
}

/// `cm3`, `cm-3` and `g` into symbol and exponent.
fn split_exponent(factor: &str) -> Option<(&str, i32)> {
    if matches!(factor, "1" | "-") {
        return Some((factor, 1));
    }
    let digits = factor.bytes().rev().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return Some((factor, 1));
    }
    let mut at = factor.len() - digits;
    at -= usize::from(factor[..at].ends_with(['-', '+']));
    let exponent: i32 = factor[at..].parse().ok()?;
    let symbol = &factor[..at];
    (!symbol.is_empty() && (-9..=9).contains(&exponent)).then_some((symbol, exponent))
}

fn multiply(product: &mut Unit, factor: Unit, exponent: i32) -> Option<()> {
    product.mantissa *= factor.mantissa.powi(exponent);
    product.exponent += factor.exponent * exponent;
    for (total, dimension) in product.dimensions.iter_mut().zip(factor.dimensions) {
        let power = i32::from(*total) + i32::from(dimension) * exponent;
        *total = i8::try_from(power).ok()?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn assert_converts(value: f64, from: &str, to: &str, expected: f64, relative: f64) {
        let found = convert_factor(from, to).unwrap().apply(value);
        assert!(
            (found - expected).abs() <= relative * expected.abs(),
            "{value} {from} = {found} {to}, not {expected}"
        );
    }

    #[test]
    fn decimal_conversions_are_exact() {
        for (value, from, to, expected) in [
            (1.0, "eV", "meV", 1000.0),
            (4200.0, "mV", "V", 4.2),
            (1.0, "nm", "Å", 10.0),
            (250.0, "pm", "Å", 2.5),
            (5.0, "g/cm3", "kg/m3", 5000.0),
            (0.5, "kWh/kg", "Wh/kg", 500.0),
            (1.0, "Ah/kg", "mAh/g", 1.0),
            (12.0, "kG", "T", 1.2),
            (300.0, "mT", "T", 0.3),
            (4.9, "MJ/m3", "kJ/m3", 4900.0),
            (200.0, "GPa", "MPa", 200_000.0),
            (12.5, "%", "fraction", 0.125),
            (20.0, "°C", "K", 293.15),
            (0.0, "K", "°C", -273.15),
            (1.0, "USD/t", "USD/kg", 0.001),
            (3.0, "", "fraction", 3.0),
        ] {
            assert_converts(value, from, to, expected, 1e-15);
        }
    }

    #[test]
    fn physical_conversions_agree_with_published_factors() {
        // 1 eV per particle is 96.485 332 12 kJ/mol (CODATA 2022); 1 MGOe is 100/(4 pi) kJ/m3; 1 Oe is 79.577 47 A/m;
        // 1 T is 795.774 7 kA/m of mu0 M; the Faraday constant is 96 485.332 12 C/mol = 26 801.481 mAh/mol.
        assert_converts(1.0, "eV", "kJ/mol", 96.485_332_12, 1e-9);
        assert_converts(50.0, "MGOe", "kJ/m3", 397.887, 1e-5);
        assert_converts(1.0, "Oe", "A/m", 79.577_47, 1e-6);
        assert_converts(1280.0, "kA/m", "T", 1.608_495, 1e-6);
        assert_converts(1.0, "T", "kA/m", 795.774_7, 1e-6);
        assert_converts(1280.0, "emu/cm3", "kA/m", 1280.0, 1e-12);
        assert_converts(3.6, "J/g", "Wh/kg", 1.0, 1e-12);
        assert_converts(96_485.332_12, "C/mol", "mAh/mol", 26_801.481, 1e-7);
        assert_converts(1.0, "µB", "J/T", 9.274_010_065_7e-24, 1e-12);
        assert_converts(1.0, "kcal/mol", "kJ/mol", 4.184, 1e-12);
        assert_converts(100.0, "USD/kWh", "USD/MJ", 100.0 / 3.6, 1e-12);
    }

    #[test]
    fn spellings_of_one_unit_are_equal() {
        for spellings in [
            &[
                "g/cm3",
                "g/cm^3",
                "g cm-3",
                "g·cm⁻³",
                "g/cm³",
                "g cm^-3",
                "g*cm-3",
            ][..],
            &["mAh/g", "mA h/g", "mAh g-1", "mA·h·g⁻¹", "mA h g^-1"],
            &["µm", "μm", "um"],
            &["Å", "\u{212B}", "angstrom"],
            &["J/g/K", "J/(g K)", "J g-1 K-1"],
            &["µB/f.u.", "muB/fu", "mu_B/f.u."],
        ] {
            for other in spellings {
                assert_converts(1.0, spellings[0], other, 1.0, 1e-15);
            }
        }
    }

    #[test]
    fn what_measures_different_things_is_refused_with_both_names() {
        for (from, to) in [
            ("V", "eV"),
            ("eV/atom", "eV/cell"),
            ("eV/atom", "eV"),
            ("EUR/kg", "USD/kg"),
            ("Wh/kg", "Wh/L"),
            ("mAh/g", "mAh/cm3"),
            ("emu/g", "T"),
            ("K", "T"),
            ("%", "V"),
        ] {
            let error = convert_factor(from, to).unwrap_err();
            let text = error.to_string();
            assert!(
                matches!(error, UnitError::Different { .. }),
                "{from} -> {to}"
            );
            assert!(text.contains(from) && text.contains(to), "{text}");
        }
        for unknown in ["Ry", "wt%", "foo", "eV//atom", "/", "eV/", "m99", "°F"] {
            assert!(
                matches!(convert_factor(unknown, "V"), Err(UnitError::Unknown { .. })),
                "{unknown}"
            );
        }
    }

    #[test]
    fn a_standard_deviation_is_not_shifted() {
        let conversion = convert_factor("°C", "K").unwrap();
        assert_eq!(conversion.apply_std(2.0), 2.0);
        assert!(conversion.apply(f64::NAN).is_nan());
    }

    proptest! {
        #[test]
        fn no_text_panics(from in ".{0,12}", to in "[a-zA-Zµ/0-9 ^-]{0,12}") {
            let _ = convert_factor(&from, &to);
        }
    }
}
