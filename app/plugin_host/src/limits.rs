//! What a plugin may cost at most.

use std::time::Duration;

/// The bounds every plugin runs under. The defaults leave an honest plugin a hundredfold of what it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Size of the component file, bytes.
    pub component_bytes: usize,
    /// Functions in all core modules of a component together.
    pub functions: u32,
    /// Size of one function's code, bytes; the time to compile grows faster than this.
    pub function_bytes: usize,
    /// Compiling takes at most this much processor time, and ten times as long on the clock; enforced when it happens in a
    /// child process. Python or JavaScript takes 20 s.
    pub compile_time: Duration,
    /// Resident memory of the compiling child process, bytes; enforced where `/proc` tells it.
    pub compile_bytes: u64,
    /// Linear memory of one instance, all its memories together, bytes.
    pub memory_bytes: usize,
    /// Entries of one table.
    pub table_elements: usize,
    /// WebAssembly stack of one call, bytes.
    pub stack_bytes: usize,
    /// Fuel (about one unit an instruction) of any call, before the part that grows with the rows.
    pub fuel_per_call: u64,
    /// Fuel added for each row of a batch.
    pub fuel_per_row: u64,
    /// A component with more code than this, bytes, carries the interpreter of a language. Data (models, tables) do not
    /// count: they make nothing slower.
    pub interpreter_bytes: usize,
    /// It gets this many times the fuel, for it spends some hundred instructions where compiled code spends one.
    pub interpreter_fuel: u64,
    /// Backstop on the time of one call. Fuel decides long before, and the same way on every machine.
    pub wall: Duration,
    /// Data copied out of a plugin in one `predict`, bytes.
    pub result_bytes: usize,
    /// Data copied out of a plugin in one `describe`, bytes.
    pub description_bytes: usize,
    /// Models that a plugin may carry.
    pub models: usize,
    /// Data copied out of a plugin by `models`, bytes.
    pub model_bytes: usize,
    /// Properties, parameters, and wanted inputs of each kind a plugin may declare.
    pub declarations: usize,
    /// Length of a name or a unit, characters.
    pub name_chars: usize,
    /// Length of a declared text, characters.
    pub text_chars: usize,
    /// Notes kept on one row of a batch.
    pub notes_per_row: usize,
    /// Length a note is cut to, characters.
    pub note_chars: usize,
    /// After this many faulty batches the plugin is switched off for the run.
    pub faulty_batches: u32,
    /// Calls spent at most on finding the rows that make a batch fail.
    pub bisect_calls: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            component_bytes: 32 << 20,
            functions: 50_000,
            function_bytes: 512 << 10,
            compile_time: Duration::from_secs(60),
            compile_bytes: 2 << 30,
            memory_bytes: 256 << 20,
            table_elements: 100_000,
            stack_bytes: 1 << 20,
            fuel_per_call: 20_000_000,
            fuel_per_row: 400_000,
            interpreter_bytes: 4 << 20,
            interpreter_fuel: 10,
            wall: Duration::from_secs(60),
            result_bytes: 32 << 20,
            description_bytes: 1 << 20,
            models: 16,
            model_bytes: 32 << 20,
            declarations: 64,
            name_chars: 64,
            text_chars: 8192,
            notes_per_row: 8,
            note_chars: 300,
            faulty_batches: 3,
            bisect_calls: 256,
        }
    }
}

impl Limits {
    /// The limits of a component with so many bytes of code.
    pub(crate) fn of_component(&self, code_bytes: usize) -> Self {
        let mut limits = self.clone();
        if code_bytes > self.interpreter_bytes {
            limits.fuel_per_call = self.fuel_per_call.saturating_mul(self.interpreter_fuel);
            limits.fuel_per_row = self.fuel_per_row.saturating_mul(self.interpreter_fuel);
        }
        limits
    }

    /// Fuel of a `predict` over `rows` rows.
    pub(crate) fn fuel(&self, rows: usize) -> u64 {
        let per_row = self.fuel_per_row.saturating_mul(rows as u64);
        // wasmtime reckons what is left in a signed number
        self.fuel_per_call
            .saturating_add(per_row)
            .min(i64::MAX as u64)
    }

    /// Fuel for finding the rows that make a batch of `rows` fail: enough for two rows with an endless loop each.
    pub(crate) fn bisect_fuel(&self, rows: usize) -> u64 {
        let calls = self.fuel_per_call.saturating_mul(50);
        self.fuel(rows).saturating_mul(2).saturating_add(calls)
    }
}

#[cfg(test)]
mod tests {
    use super::Limits;

    #[test]
    fn a_component_with_an_interpreter_gets_more_fuel_and_nothing_else() {
        let plain = Limits::default();
        assert_eq!(plain.of_component(plain.interpreter_bytes), plain);
        let large = plain.of_component(plain.interpreter_bytes + 1);
        assert_eq!(large.fuel(1), plain.interpreter_fuel * plain.fuel(1));
        let same = Limits {
            fuel_per_call: plain.fuel_per_call,
            fuel_per_row: plain.fuel_per_row,
            ..large
        };
        assert_eq!(same, plain);
    }
}
