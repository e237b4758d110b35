//! What the author of a Lodestone plugin depends on.
//!
//! A plugin knows one field: it says in [`DomainModel::describe`] which properties it predicts, from what and how well,
//! and computes them in [`DomainModel::predict`] for a batch of candidates at a time. It runs as a WebAssembly component
//! in a sandbox that gives it nothing but its input: no file, no clock, no network.
//!
//! A whole plugin:
//!
//! ```
//! use plugin_sdk::{Batch, Description, DomainModel, Need, Parameters, Predictions, Property, export_plugin};
//!
//! struct Hydrogen;
//!
//! impl DomainModel for Hydrogen {
//!     fn describe() -> Description {
//!         Description::new("hydrogen", "0.1.0")
//!             .summary("Hydrogen stored by weight")
//!             .domain("compounds with hydrogen")
//!             .licence("CC0-1.0")
//!             .author("A. Author")
//!             .citation("none needed: arithmetic")
//!             .composition(Need::Required)
//!             .property(
//!                 Property::new("hydrogen_mass_fraction", "", "mass of hydrogen per mass of material")
//!                     .maximize()
//!                     .default_objective()
//!                     .exact()
//!                     .method("standard atomic weights")
//!                     .source("IUPAC 2021")
//!                     .uncertainty("none: arithmetic on the formula")
//!                     .range(0.0, 1.0),
//!             )
//!     }
//!
//!     fn predict(batch: &Batch, _: &Parameters) -> Result<Predictions, String> {
//!         let mut out = Predictions::new(&Self::describe(), batch.len());
//!         for row in 0..batch.len() {
//!             match batch.composition(row).mass_fraction(matter::Element::H) {
//!                 0.0 => out.missing(row, 0, "no hydrogen"),
//!                 fraction => out.set(row, 0, fraction, 0.0),
//!             }
//!         }
//!         Ok(out)
//!     }
//! }
//!
//! export_plugin!(Hydrogen);
//!
//! // Unit tests need no WebAssembly:
//! use plugin_sdk::testing::predict;
//! let table = predict::<Hydrogen>(&["MgH2", "Fe"], &[]).unwrap();
//! assert!((table.value(0, "hydrogen_mass_fraction").unwrap() - 0.0766).abs() < 1e-4);
//! assert_eq!(table.value(1, "hydrogen_mass_fraction"), None);
//! assert_eq!(table.notes(1), ["no hydrogen"]);
//! ```
//!
//! `Cargo.toml` of such a plugin has `crate-type = ["cdylib", "rlib"]`; with `linker = "wasm-component-ld"` set for the
//! target, `cargo build --release --target wasm32-unknown-unknown` writes the component.
//!
//! # The rules
//!
//! - **Columns.** A batch is at most 4096 candidates; every property is a column of means and standard deviations.
//! - **Missing is not zero.** A candidate that the plugin does not apply to gets no value and a reason
//!   ([`Predictions::missing`]), never a zero.
//! - **Say how sure.** A standard deviation is 0 for exact arithmetic, NaN where nothing is known of the error.
//! - **Origin.** Looked-up measurements, looked-up simulations and estimates are different properties, never mixed in one.
//! - **No hidden state.** Each batch meets a fresh instance, so tables belong in `static` data made at build time.
//! - **A panic costs rows.** The host finds the rows that cause it and drops just those, but others wait meanwhile.

mod batch;
mod description;
mod predictions;
pub mod testing;

#[doc(hidden)]
pub mod bindings {
    #![allow(clippy::all)]
    wit_bindgen::generate!({
        path: "wit/v0.1",
        world: "domain-model",
        pub_export_macro: true,
        default_bindings_module: "plugin_sdk::bindings",
        export_macro_name: "export_component",
    });
}

pub use batch::{Batch, InputColumn, Parameters, Structure};
pub use bindings::exports::lodestone::plugin::model::ModelFile;
pub use description::{Description, Need, Parameter, Property};
pub use matter;
pub use predictions::Predictions;

/// The version of the plugin interface that this crate is for: that of the package in `wit/v0.1`.
pub const INTERFACE_VERSION: &str = "0.1.0";

/// The bytes of a text, as a section of a component holds them.
#[doc(hidden)]
pub const fn bytes_of<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(text.as_bytes());
    bytes
}

/// A domain expert's model: what it gives, and how it is computed.
pub trait DomainModel {
    /// Says what the plugin is and gives. Must always return the same.
    fn describe() -> Description;

    /// Predicts every property of [`DomainModel::describe`] for the candidates of `batch`.
    ///
    /// # Errors
    ///
    /// A message for the user when the whole batch cannot be predicted. For a single candidate use
    /// [`Predictions::missing`] instead.
    fn predict(batch: &Batch, parameters: &Parameters) -> Result<Predictions, String>;

    /// Trained models carried as data, which the host evaluates before `predict`. Most plugins have none.
    fn models() -> Vec<ModelFile> {
        Vec::new()
    }
}

/// Makes the component out of a [`DomainModel`]; call it once, at the top level of the plugin.
///
/// Outside of WebAssembly it does nothing, so that the same crate runs its unit tests natively.
#[macro_export]
macro_rules! export_plugin {
    ($model:ident) => {
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::export_component!($model with_types_in $crate::bindings);

        // By this the host knows the interface version before it compiles anything.
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            #[used]
            #[unsafe(link_section = "lodestone-interface")]
            static INTERFACE: [u8; $crate::INTERFACE_VERSION.len()] =
                $crate::bytes_of($crate::INTERFACE_VERSION);
        };
    };
}

/// A [`DomainModel`] is what the interface asks a component to export.
impl<M: DomainModel> bindings::exports::lodestone::plugin::model::Guest for M {
    fn describe() -> bindings::exports::lodestone::plugin::model::Description {
        <M as DomainModel>::describe().into_wit()
    }

    fn models() -> Vec<ModelFile> {
        <M as DomainModel>::models()
    }

    fn predict(
        candidates: bindings::exports::lodestone::plugin::model::Batch,
        parameters: Vec<(
            String,
            bindings::exports::lodestone::plugin::model::ParameterValue,
        )>,
    ) -> Result<bindings::exports::lodestone::plugin::model::Predictions, String> {
        let (batch, parameters) = (
            Batch::from_wit(candidates),
            Parameters::from_wit(parameters),
        );
        <M as DomainModel>::predict(&batch, &parameters).map(Predictions::into_wit)
    }
}
