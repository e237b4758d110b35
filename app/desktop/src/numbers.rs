//! Numbers as people write them: a value with its standard deviation, to the digits that mean something.

use workbench::Value;

/// A value: `720 ± 160`, `0.183`, `1.2×10⁻⁵`. With a known standard deviation, two digits of it decide where the value is
/// cut; otherwise four digits are shown. An exact number is shown as it is, an unknown deviation not at all.
pub fn text(value: Value) -> String {
    let Value { mean, std } = value;
    if mean.is_nan() {
        return String::new();
    }
    if std > 0.0 && std.is_finite() {
        let decimals = 1 - std.log10().floor() as i32;
        if (-4..=6).contains(&decimals) && mean.abs() < 1e7 {
            let rounded = |x: f64| {
                let unit = 10_f64.powi(-decimals);
                let places = decimals.max(0) as usize;
                minus(format!("{:.places$}", (x / unit).round() * unit))
            };
            return format!("{} ± {}", rounded(mean), rounded(std));
        }
        return format!("{} ± {}", plain(mean, 4), plain(std, 2));
    }
    plain(mean, 4)
}

/// A number to so many digits, without zeros that say nothing.
pub fn plain(x: f64, digits: i32) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    if x.is_infinite() {
        return if x > 0.0 { "∞" } else { "−∞" }.to_owned();
    }
    let magnitude = x.abs().log10().floor() as i32;
    if !(-4..=6).contains(&magnitude) {
        let text = format!("{x:.*e}", (digits - 1) as usize);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}×10{}", minus(trimmed(mantissa)), raised(exponent));
    }
    let decimals = (digits - 1 - magnitude).max(0) as usize;
    minus(trimmed(&format!("{x:.decimals$}")))
}

fn trimmed(number: &str) -> String {
    if number.contains('.') {
        let number = number.trim_end_matches('0');
        number.trim_end_matches('.').to_owned()
    } else {
        number.to_owned()
    }
}

/// The minus sign that is as wide as a plus.
fn minus(number: String) -> String {
    number.replace('-', "−")
}

fn raised(exponent: &str) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raise = |c: char| match c.to_digit(10) {
        Some(digit) => DIGITS[digit as usize],
        None => '⁻',
    };
    exponent.chars().map(raise).collect()
}

/// A count, with thin spaces between thousands: `1 000 000`.
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// A time: `4 s`, `3 min 20 s`.
pub fn seconds(time: std::time::Duration) -> String {
    let whole = time.as_secs_f32().ceil() as u64;
    if whole < 60 {
        format!("{whole} s")
    } else {
        format!("{} min {} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(mean: f64, std: f64) -> String {
        text(Value { mean, std })
    }

    #[test]
    fn the_deviation_decides_which_digits_of_the_value_are_shown() {
        assert_eq!(shown(718.3, 163.2), "720 ± 160");
        assert_eq!(shown(1.2345, 0.28), "1.23 ± 0.28");
        assert_eq!(shown(-0.58231, 0.26), "−0.58 ± 0.26");
        assert_eq!(shown(5.0, 0.0012), "5.0000 ± 0.0012");
    }

    #[test]
    fn without_a_deviation_four_digits_are_shown_and_no_idle_zeros() {
        assert_eq!(shown(0.5, f64::NAN), "0.5");
        assert_eq!(shown(10831.4, f64::NAN), "10831");
        assert_eq!(shown(0.33, 0.0), "0.33");
        assert_eq!(shown(0.0, 0.0), "0");
        assert_eq!(shown(3.4e-9, f64::NAN), "3.4×10⁻⁹");
        assert_eq!(shown(-2.5e12, f64::NAN), "−2.5×10¹²");
        assert_eq!(shown(f64::NAN, 1.0), "");
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000_000), "1\u{a0}000\u{a0}000");
    }
}
