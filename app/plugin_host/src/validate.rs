//! Whether a plugin's description of itself can be believed and shown.

use crate::description::{Description, Direction, Need, ParameterKind, ParameterValue};
use crate::limits::Limits;
use crate::text::is_hidden;

/// Everything that is wrong with `d`, each as one sentence for the plugin's author; empty when it is in order.
pub(crate) fn faults(d: &Description, limits: &Limits) -> Vec<String> {
    let mut check = Check {
        limits,
        faults: Vec::new(),
    };
    check.header(d);
    check.parameters(d);
    check.properties(d);
    check.inputs(d);
    check.faults
}

/// Everything that is wrong with the names of the models that a plugin carries; empty when they are in order.
pub(crate) fn model_faults<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    d: &Description,
    limits: &Limits,
) -> Vec<String> {
    let mut check = Check {
        limits,
        faults: Vec::new(),
    };
    let count = names.clone().count();
    if count > limits.models {
        check.fault(format!("{count} models; the limit is {}", limits.models));
    }
    check.unique("model", names.clone());
    for name in names.take(limits.models) {
        check.identifier("a model's name", name);
        let i = &d.inputs;
        let columns = i.columns.iter().map(|c| &c.name);
        let mut inputs = columns.chain(&i.descriptors).chain(&i.potential);
        if inputs.any(|input| input == name) {
            check.fault(format!(
                "model {name:?} has the name of an input that the plugin asks for"
            ));
        }
    }
    check.faults
}

struct Check<'a> {
    limits: &'a Limits,
    faults: Vec<String>,
}

impl Check<'_> {
    fn fault(&mut self, text: String) {
        // A description may hold thousands of faults; the first ones are enough to act on.
        if self.faults.len() < 20 {
            self.faults.push(crate::text::clean(&text, 400));
        }
    }

    fn header(&mut self, d: &Description) {
        self.identifier("the id", &d.id);
        if !is_version(&d.version) {
            self.fault(format!(
                "version {:?} is not a semantic version such as 0.1.0",
                d.version
            ));
        }
        for (what, text) in [("summary", &d.summary), ("licence", &d.licence)] {
            self.line(&format!("the {what}"), text);
        }
        self.text("the domain", &d.domain);
        self.text("the citation", &d.citation);
        self.count("authors", d.authors.len());
        for author in d.authors.iter().take(self.limits.declarations) {
            self.line("an author", author);
        }
        self.count("extensions", d.extensions.len());
        for (key, value) in d.extensions.iter().take(self.limits.declarations) {
            self.line("an extension's key", key);
            self.line("an extension's value", value);
        }
    }

    fn parameters(&mut self, d: &Description) {
        self.count("parameters", d.parameters.len());
        self.unique("parameter", d.parameters.iter().map(|p| p.name.as_str()));
        for p in d.parameters.iter().take(self.limits.declarations) {
            let what = format!("parameter {:?}", p.name);
            self.identifier("a parameter's name", &p.name);
            self.unit(&what, &p.unit);
            self.line(&format!("{what}: its summary"), &p.summary);
            if let ParameterKind::Number { min, max } = p.kind
                && !(min.is_finite() && max.is_finite() && min <= max)
            {
                self.fault(format!(
                    "{what}: its range {min} to {max} is not a finite range from low to high"
                ));
                continue;
            }
            if let ParameterKind::Choice { words } = &p.kind {
                self.count(&format!("words of {what}"), words.len());
                self.unique(&format!("{what}: word"), words.iter().map(String::as_str));
                if words.is_empty() {
                    self.fault(format!("{what} offers no word to choose"));
                    continue;
                }
                for word in words.iter().take(self.limits.declarations) {
                    self.name(&format!("{what}: a word"), word);
                }
            }
            if let Err(why) = crate::parameter::fits(&p.kind, &p.default) {
                let default = shown(&p.default);
                self.fault(format!("{what}: its default {default} is refused: {why}"));
            }
        }
    }

    fn properties(&mut self, d: &Description) {
        if d.properties.is_empty() {
            self.fault("it declares no property".to_owned());
        }
        self.count("properties", d.properties.len());
        self.unique("property", d.properties.iter().map(|p| p.name.as_str()));
        for p in d.properties.iter().take(self.limits.declarations) {
            let what = format!("property {:?}", p.name);
            self.identifier("a property's name", &p.name);
            self.unit(&what, &p.unit);
            self.line(&format!("{what}: its summary"), &p.summary);
            for (part, text) in [
                ("method", &p.method),
                ("source", &p.source),
                ("uncertainty", &p.uncertainty),
            ] {
                self.text(&format!("{what}: its {part}"), text);
            }
            let (min, max) = (
                p.valid_min.unwrap_or(f64::NEG_INFINITY),
                p.valid_max.unwrap_or(f64::INFINITY),
            );
            let finite = [p.valid_min, p.valid_max]
                .iter()
                .flatten()
                .all(|x| x.is_finite());
            if !finite || min > max {
                self.fault(format!(
                    "{what}: its valid range {min} to {max} is not a range from low to high; leave an open end out"
                ));
            }
            if p.default_objective && p.direction == Direction::None {
                self.fault(format!(
                    "{what} is ranked by unless the user names an objective, but says no direction"
                ));
            }
            let clashes = |other: &str| other.strip_suffix("_std") == Some(p.name.as_str());
            if d.properties.iter().any(|q| clashes(&q.name)) {
                self.fault(format!(
                    "property \"{0}_std\" has the name of the standard deviation of property {0:?}",
                    p.name
                ));
            }
        }
    }

    fn inputs(&mut self, d: &Description) {
        let inputs = &d.inputs;
        self.count("input columns", inputs.columns.len());
        self.count("descriptors", inputs.descriptors.len());
        self.count("potential outputs", inputs.potential.len());
        let columns = inputs.columns.iter().map(|c| &c.name);
        let names = columns.chain(&inputs.descriptors).chain(&inputs.potential);
        self.unique("input", names.clone().map(String::as_str));
        for name in names.take(3 * self.limits.declarations) {
            self.name("an input's name", name);
        }
        for c in inputs.columns.iter().take(self.limits.declarations) {
            let what = format!("input column {:?}", c.name);
            self.unit(&what, &c.unit);
            self.line(&format!("{what}: its summary"), &c.summary);
        }
        let unused = inputs.columns.iter().all(|c| c.need == Need::Unused)
            && inputs.composition == Need::Unused
            && inputs.structure == Need::Unused
            && inputs.descriptors.is_empty()
            && inputs.potential.is_empty();
        if unused {
            self.fault("it uses no input at all".to_owned());
        }
    }

    fn count(&mut self, what: &str, n: usize) {
        let max = self.limits.declarations;
        if n > max {
            self.fault(format!("it declares {n} {what}; {max} are allowed"));
        }
    }

    fn unique<'n>(&mut self, what: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen = std::collections::BTreeSet::new();
        for name in names.take(4 * self.limits.declarations) {
            if !seen.insert(name) {
                self.fault(format!("{what} {name:?} is declared twice"));
            }
        }
    }

    fn identifier(&mut self, what: &str, name: &str) {
        let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !plain || name.len() > self.limits.name_chars {
            let max = self.limits.name_chars;
            self.fault(format!(
                "{what} {name:?} is not 1 to {max} lower-case letters, digits and underscores that begin with a letter"
            ));
        }
    }

    fn name(&mut self, what: &str, name: &str) {
        let max = self.limits.name_chars;
        if name.trim().is_empty() || name.trim() != name {
            self.fault(format!(
                "{what} {name:?} is empty or begins or ends with a space"
            ));
        } else if name.chars().any(is_hidden) || name.chars().take(max + 1).count() > max {
            self.fault(format!(
                "{what} {name:?} has a control character or more than {max} characters"
            ));
        }
    }

    fn unit(&mut self, what: &str, unit: &str) {
        if !unit.is_empty() {
            self.name(&format!("{what}: its unit"), unit);
        }
        if unit.contains(['[', ']']) {
            self.fault(format!("{what}: its unit {unit:?} holds a bracket"));
        }
    }

    /// A text that is shown within a line of others: a line break in it could pass for what the program says.
    fn line(&mut self, what: &str, text: &str) {
        if text.contains('\n') {
            self.fault(format!("{what} holds a line break"));
        } else {
            self.text(what, text);
        }
    }

    fn text(&mut self, what: &str, text: &str) {
        let max = self.limits.text_chars;
        if text.chars().take(max + 1).count() > max {
            self.fault(format!("{what} is longer than {max} characters"));
        } else if let Some(c) = text.chars().find(|&c| is_hidden(c) && c != '\n') {
            self.fault(format!("{what} holds the control character {c:?}"));
        }
    }
}

fn shown(value: &ParameterValue) -> String {
    match value {
        ParameterValue::Choice(word) => format!("{word:?}"),
        other => other.to_string(),
    }
}

/// A semantic version: `major.minor.patch`, then perhaps `-pre` or `+build` (semver.org, 2.0.0).
fn is_version(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    // A number is written in one way only: without zeros in front.
    let number = |part: &str| digits(part) && (part == "0" || !part.starts_with('0'));
    let word = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let (version, build) = match text.split_once('+') {
        Some((version, build)) => (version, Some(build)),
        None => (text, None),
    };
    let (numbers, before) = match version.split_once('-') {
        Some((numbers, before)) => (numbers, Some(before)),
        None => (version, None),
    };
    text.len() <= 64
        && numbers.split('.').count() == 3
        && numbers
            .split('.')
            .all(|part| number(part) && part.len() <= 9)
        && before.is_none_or(|b| {
            b.split('.')
                .all(|part| word(part) && (!digits(part) || number(part)))
        })
        && build.is_none_or(|b| b.split('.').all(word))
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn semantic_versions_are_told_from_other_texts() {
        for good in [
            "0.1.0",
            "12.0.3-rc.1",
            "1.2.3+build5",
            "1.0.0-0.x-y.0a+001.b",
        ] {
            assert!(is_version(good), "{good}");
        }
        for bad in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "v1.2.3",
            "1.2.3-",
            "1..3",
            "1.2.3 ",
            "01.2.3",
            "1.2.03",
            "1.2.3-01",
            "1.2.3-a..b",
            "1.2.3+",
            "1.2.3+a+b",
            "1.2.3-a_b",
        ] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
