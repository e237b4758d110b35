//! `plugin check`: everything the host can find out about a plugin before anybody relies on it.

mod report;
mod trial;

pub use report::{CheckReport, Finding, Severity};

use job::{Cancelled, Job};

use crate::description::{
    Description, Need, Origin, ParameterKind, ParameterValue, WantedColumn, WantedInputs,
};
use crate::host::{Host, HostOptions, Plugin};
use crate::outcome::{BatchOutcome, NoteKind, Spread};
use crate::session::{PredictError, Session};
use report::advice;
use trial::Trial;

/// Settings of the parameters that are tried at most.
const SETTINGS: usize = 64;

/// The settings together may take this many times the fuel that one call over all candidates may take: an honest plugin
/// takes a hundredth of that for a call.
const BUDGET: u64 = 40;

/// An input column that a model becomes, as the plugin could have asked for it.
pub fn carried_column(name: &str, unit: &str) -> WantedColumn {
    WantedColumn {
        name: name.to_owned(),
        unit: unit.to_owned(),
        summary: "of a model that the plugin carries".to_owned(),
        need: Need::Required,
    }
}

/// A plugin under trial.
struct Examination<'a> {
    plugin: Plugin,
    /// Fuel that was spent on it.
    spent: u64,
    /// What it wants, and the columns that its models become.
    inputs: WantedInputs,
    job: &'a Job,
    report: CheckReport,
}

impl Host {
    /// Loads the component and tries it on about 500 random and hostile candidates under every parameter's extremes:
    /// does it load, does it hold what it declares, does it give the same values whatever the batch around a candidate.
    ///
    /// The models that it carries are not evaluated: columns of their names hold random and hostile numbers. What reads
    /// models can do better with [`Host::check_carrying`].
    pub fn check(&self, bytes: &[u8], origin: &str, job: &Job) -> Result<CheckReport, Cancelled> {
        let columns = |plugin: &Plugin| {
            let names = plugin.models().iter().map(|m| m.name.as_str());
            Ok(names.map(|name| carried_column(name, "")).collect())
        };
        self.check_carrying(bytes, origin, &columns, job)
    }

    /// As [`Host::check`], where `carried` tells the columns that the plugin's models become, or why they are refused.
    pub fn check_carrying(
        &self,
        bytes: &[u8],
        origin: &str,
        carried: &dyn Fn(&Plugin) -> Result<Vec<WantedColumn>, String>,
        job: &Job,
    ) -> Result<CheckReport, Cancelled> {
        let mut report = CheckReport {
            origin: origin.to_owned(),
            ..CheckReport::default()
        };
        let plugin = match self.load(bytes, origin) {
            Ok(plugin) => plugin,
            Err(e) => {
                let fix = advice(&e);
                report.error(e.to_string(), fix);
                return Ok(report);
            }
        };
        report.interface = Some(plugin.interface().to_owned());
        report.sha256 = Some(plugin.sha256().to_owned());
        report.description = Some(plugin.description().clone());
        report.passed.push(
            "a component that imports nothing, within the limits, and describes itself in order"
                .to_owned(),
        );
        let mut inputs = plugin.description().inputs.clone();
        match carried(&plugin) {
            Ok(columns) if columns.is_empty() => {}
            Ok(columns) => {
                let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
                report.passed.push(format!(
                    "the models it carries can be read: {}",
                    names.join(", ")
                ));
                inputs.columns.extend(columns);
            }
            Err(why) => {
                report.error(
                    format!("a model that it carries is refused: {why}"),
                    "carry model files as `lodestone model train` writes them",
                );
                return Ok(report);
            }
        }
        let mut examination = Examination {
            plugin,
            spent: 0,
            inputs,
            job,
            report,
        };
        examination.texts();
        let sound = examination.predictions()?;
        if sound {
            examination.canonical_nans(self, bytes)?;
        }
        Ok(examination.report)
    }

    /// The same plugin where every NaN it computes has the same bits.
    fn with_canonical_nans(&self, bytes: &[u8], origin: &str) -> Result<Plugin, String> {
        let options = HostOptions {
            limits: self.limits().clone(),
            cache_dir: None,
            compiler: self.compiler().clone(),
        };
        let host = Host::with_nans(options, true)?;
        host.load(bytes, origin).map_err(|e| e.to_string())
    }
}

impl Examination<'_> {
    /// Whether people are told what they need to know.
    fn texts(&mut self) {
        let d = self.plugin.description().clone();
        let before = self.report.findings.len();
        for (what, text) in [
            ("summary", &d.summary),
            ("domain", &d.domain),
            ("licence", &d.licence),
            ("citation", &d.citation),
        ] {
            if text.trim().is_empty() {
                let what = format!("the description has no {what}");
                self.report
                    .warning(what, "fill it in; `plugin info` shows it");
            }
        }
        if d.authors.is_empty() {
            self.report
                .warning("the description names no author", "name whom to ask");
        }
        for p in &d.properties {
            for (what, text) in [
                ("summary", &p.summary),
                ("method", &p.method),
                ("source", &p.source),
                ("uncertainty", &p.uncertainty),
            ] {
                if text.trim().is_empty() {
                    let what = format!("property {:?} has no text on its {what}", p.name);
                    self.report.warning(
                        what,
                        "say it in one line; nobody can judge a value without it",
                    );
                }
            }
        }
        for p in &d.parameters {
            if p.summary.trim().is_empty() {
                let what = format!("parameter {:?} has no summary", p.name);
                self.report.warning(what, "say in one line what it does");
            }
        }
        if self.report.findings.len() == before {
            self.report.passed.push("every text is there".to_owned());
        }
    }

    /// Whether all trials ended with an outcome for every row.
    fn predictions(&mut self) -> Result<bool, Cancelled> {
        let trial = Trial::new(&self.inputs, 2);
        let errors = self.errors();
        let all = settings(self.plugin.description());
        let chosen = spread(all.len(), SETTINGS);
        let budget = self
            .plugin
            .0
            .limits
            .fuel(trial.rows())
            .saturating_mul(BUDGET);
        self.job.stage("checking", Some(chosen.len() as u64));
        let mut n = 0;
        for &at in &chosen {
            if self.spent > budget {
                self.report.warning(
                    format!(
                        "trying it takes very long: only {n} settings of its parameters were tried"
                    ),
                    "make it faster: people wait for it on millions of candidates",
                );
                break;
            }
            self.setting(&trial, &all[at])?;
            self.job.advance(1);
            n += 1;
        }
        if self.errors() > errors {
            return Ok(false);
        }
        let rows = trial.rows();
        let left = match all.len() - n {
            0 => String::new(),
            left => format!(" ({left} more were left out)"),
        };
        self.report.passed.push(format!(
            "{rows} random and hostile candidates under {n} settings of its parameters{left}: an outcome for each, twice the same"
        ));
        self.neighbours(&trial)?;
        Ok(self.errors() == errors)
    }

    fn errors(&self) -> usize {
        let is_error = |f: &&Finding| f.severity == Severity::Error;
        self.report.findings.iter().filter(is_error).count()
    }

    /// The trial under one setting of the parameters, twice.
    fn setting(
        &mut self,
        trial: &Trial,
        setting: &[(String, ParameterValue)],
    ) -> Result<(), Cancelled> {
        let with = match setting {
            [(name, value)] => format!(" with {name} = {value}"),
            _ => String::new(),
        };
        let Some(first) = self.predict(&self.plugin.clone(), trial, true, setting)? else {
            return Ok(());
        };
        if let Some(&row) = first.lost.first() {
            let why = first.notes_at(row).find(|(n, _)| n.kind == NoteKind::Lost);
            self.report.error(
                format!(
                    "it fails on {} of {} candidates{with}, first on {}: {}",
                    first.lost.len(),
                    trial.rows(),
                    trial.name(row as usize),
                    why.map_or("", |(_, text)| text),
                ),
                "never panic on a candidate: leave the value missing, with a note that says why",
            );
            return Ok(());
        }
        let again = self.predict(&self.plugin.clone(), trial, true, setting)?;
        let same: Vec<usize> = (0..trial.rows()).collect();
        if let Some(again) = again
            && let Some(row) = difference(&first, &again, &same)
        {
            self.report.error(
                format!(
                    "it gives two answers to the same question{with}, on {}",
                    trial.name(row)
                ),
                "a prediction must depend on the candidate and the parameters alone",
            );
        }
        self.judge(trial, &first, &with);
        if let Some(bare) = self.predict(&self.plugin.clone(), trial, false, setting)?
            && let Some(&row) = bare.lost.first()
        {
            self.report.error(
                format!(
                    "without its optional inputs it fails{with}, first on {}",
                    trial.name(row as usize)
                ),
                "an optional input may be absent: do without, or leave the value missing with a note",
            );
        }
        Ok(())
    }

    /// Whether values keep to what is declared, and whether what is missing says why.
    fn judge(&mut self, trial: &Trial, outcome: &BatchOutcome, with: &str) {
        for (note, text) in (0..trial.rows() as u32).flat_map(|row| outcome.notes_at(row)) {
            if note.kind == NoteKind::Withheld {
                let property = note.property.map_or("", |p| self.property(p as usize));
                let what = format!("{property}: a value had to be withheld");
                let name = trial.name(note.row as usize);
                self.report.warning_once(
                    &what,
                    &format!("{with}, on {name}: {text}"),
                    "leave such values missing with a note of your own, or declare the true valid range",
                );
            }
        }
        if outcome.dropped_notes > 0 {
            let max = self.plugin.0.limits.notes_per_row;
            self.report.warning(
                format!(
                    "{} notes were left out: more than {max} on a candidate",
                    outcome.dropped_notes
                ),
                "say it in fewer notes",
            );
        }
        for index in 0..outcome.columns.len() {
            let column = &outcome.columns[index];
            let silent = |row: &usize| {
                column.mean[*row].is_nan()
                    && !outcome
                        .notes_at(*row as u32)
                        .any(|(n, _)| n.property.is_none_or(|p| p as usize == index))
            };
            let rows: Vec<usize> = (0..trial.rows()).filter(silent).collect();
            let name = self.property(index).to_owned();
            if let Some(&row) = rows.first() {
                self.report.warning_once(
                    &format!("{name}: missing without a note"),
                    &format!(
                        " on {} candidates{with}, first on {}",
                        rows.len(),
                        trial.name(row)
                    ),
                    "say with a note why a value is missing",
                );
            }
            if column.mean.iter().all(|x| x.is_nan()) {
                self.report.warning_once(
                    &format!("{name}: not one value"),
                    &format!(" on {} trial candidates{with}", trial.rows()),
                    "look whether this is meant",
                );
            }
            let origin = self.plugin.description().properties[index].origin;
            let inexact = (0..trial.rows())
                .any(|row| !column.mean[row].is_nan() && column.std_at(row) != 0.0);
            if origin == Origin::Exact && inexact {
                self.report.warning(
                    format!("{name}: declared exact, but its standard deviation is not zero"),
                    "exact values have the spread `exact`; otherwise declare another origin",
                );
            } else if origin != Origin::Exact && column.std == Spread::Exact {
                self.report.warning(
                    format!("{name}: declared {origin}, but its standard deviation is zero"),
                    "give the error, or say that it is unknown",
                );
            }
        }
    }

    /// Whether a candidate's values depend on the batch it is in.
    fn neighbours(&mut self, trial: &Trial) -> Result<(), Cancelled> {
        let plugin = self.plugin.clone();
        let Some(whole) = self.predict(&plugin, trial, true, &[])? else {
            return Ok(());
        };
        let rows = trial.rows();
        let shuffled = trial.shuffled(3);
        let third = rows / 3;
        let mut selections = vec![
            shuffled,
            (0..third).collect(),
            (third..rows).collect(),
            Vec::new(),
        ];
        selections.extend((0..rows).step_by(17).map(|row| vec![row]));
        let errors = self.errors();
        for selection in selections {
            let Some(part) = self.predict(&plugin, &trial.pick(&selection), true, &[])? else {
                return Ok(());
            };
            if !part.lost.is_empty() {
                self.report.error(
                    format!(
                        "it fails on {} of these candidates in one batch but not in another",
                        selection.len()
                    ),
                    "a prediction must not depend on the batch around the candidate",
                );
            } else if let Some(row) = difference(&whole, &part, &selection) {
                self.report.error(
                    format!("it gives another value in another batch, on {}", trial.name(row)),
                    "a prediction must not depend on the order or the number of the candidates in a batch",
                );
            }
        }
        if self.errors() == errors {
            self.report.passed.push(
                "the same values in another order, in split batches, alone, and no trouble with an empty batch".to_owned(),
            );
        }
        Ok(())
    }

    fn canonical_nans(&mut self, host: &Host, bytes: &[u8]) -> Result<(), Cancelled> {
        let twin = match host.with_canonical_nans(bytes, self.plugin.origin()) {
            Ok(twin) => twin,
            Err(why) => {
                self.report.error(
                    format!("with canonical NaN bits it does not load: {why}"),
                    "never look at the bits of a NaN",
                );
                return Ok(());
            }
        };
        let trial = Trial::new(&self.inputs, 2);
        let plugin = self.plugin.clone();
        let (Some(a), Some(b)) = (
            self.predict(&plugin, &trial, true, &[])?,
            self.predict(&twin, &trial, true, &[])?,
        ) else {
            return Ok(());
        };
        let same: Vec<usize> = (0..trial.rows()).collect();
        match difference(&a, &b, &same) {
            Some(row) => self.report.error(
                format!(
                    "its values depend on the bits of a NaN, on {}",
                    trial.name(row)
                ),
                "never look at the bits of a NaN: they differ between machines",
            ),
            None => self
                .report
                .passed
                .push("the same values whatever the bits of a NaN".to_owned()),
        }
        Ok(())
    }

    /// One batch in a run of its own; `None` where a finding says why there is no outcome.
    fn predict(
        &mut self,
        plugin: &Plugin,
        trial: &Trial,
        optional: bool,
        setting: &[(String, ParameterValue)],
    ) -> Result<Option<BatchOutcome>, Cancelled> {
        let session = match Session::new(plugin, setting) {
            Ok(session) => session,
            Err(e) => {
                self.report.error(
                    e.to_string(),
                    "declare parameters whose own extremes are allowed",
                );
                return Ok(None);
            }
        };
        let outcome = session.predict(&trial.batch(optional), self.job);
        self.spent = self.spent.saturating_add(session.fuel_spent());
        match outcome {
            Ok(outcome) => {
                // An empty batch has no row to lose, and halves may pass where the whole does not.
                if outcome.lost.is_empty()
                    && let Some(why) = session.example_fault()
                {
                    self.report.error(
                        format!(
                            "it fails on a batch of {} candidates, though on none by itself: {why}",
                            trial.rows()
                        ),
                        "a batch may be empty, and have 4096 candidates",
                    );
                    return Ok(None);
                }
                Ok(Some(outcome))
            }
            Err(PredictError::Cancelled) => Err(Cancelled),
            Err(PredictError::Input(why)) => {
                self.report.error(
                    format!("no trial batch can be made for its inputs: {why}"),
                    "look at the names of its inputs",
                );
                Ok(None)
            }
        }
    }

    fn property(&self, index: usize) -> &str {
        &self.plugin.description().properties[index].name
    }
}

/// No setting at all, then one parameter at a time at each of its extremes and words.
fn settings(description: &Description) -> Vec<Vec<(String, ParameterValue)>> {
    let mut settings = vec![Vec::new()];
    for p in &description.parameters {
        let values = match &p.kind {
            ParameterKind::Number { min, max } => {
                vec![ParameterValue::Number(*min), ParameterValue::Number(*max)]
            }
            ParameterKind::Choice { words } => {
                words.iter().cloned().map(ParameterValue::Choice).collect()
            }
            ParameterKind::Flag => vec![ParameterValue::Flag(false), ParameterValue::Flag(true)],
        };
        settings.extend(
            values
                .into_iter()
                .map(|value| vec![(p.name.clone(), value)]),
        );
    }
    settings
}

/// At most `most` of the numbers below `n`, the first among them, evenly spread.
fn spread(n: usize, most: usize) -> Vec<usize> {
    match n <= most {
        true => (0..n).collect(),
        false => (0..most).map(|k| k * n / most).collect(),
    }
}

/// The first row of `a` that has other values in `b`, whose row i is row `rows[i]` of `a`.
fn difference(a: &BatchOutcome, b: &BatchOutcome, rows: &[usize]) -> Option<usize> {
    let same = |x: f64, y: f64| x.to_bits() == y.to_bits() || x.is_nan() && y.is_nan();
    rows.iter().enumerate().find_map(|(in_b, &in_a)| {
        let differs = a.columns.iter().zip(&b.columns).any(|(ca, cb)| {
            !same(ca.mean[in_a], cb.mean[in_b]) || !same(ca.std_at(in_a), cb.std_at(in_b))
        });
        differs.then_some(in_a)
    })
}
