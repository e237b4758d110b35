//! What a host must know of a compute kernel.

/// What a binding of group 0 holds. Bindings are numbered from 0 in the order of [`Kernel::bindings`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A uniform buffer of 32-bit words; the first is the number of rows of this dispatch.
    Parameters,
    /// A read-only storage buffer, the same for all rows.
    Constant,
    /// A read-only storage buffer with the rows of this dispatch.
    Input,
    /// A storage buffer for the results of the rows of this dispatch.
    Output,
}

/// A compute kernel.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    /// Unique; names its pipeline, and its measurements.
    pub name: &'static str,
    pub source: &'static str,
    pub entry: &'static str,
    /// Invocations of a workgroup, in x.
    pub workgroup: u32,
    pub bindings: &'static [Binding],
}
