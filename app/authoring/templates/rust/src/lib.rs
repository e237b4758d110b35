//! The density of an alloy, by mixing the volumes of its elements.

use plugin_sdk::matter::CompositionRef;
use plugin_sdk::{
    Batch, Description, DomainModel, Need, Parameter, Parameters, Predictions, Property,
    export_plugin,
};

/// The plugin.
pub struct {{Name}};

/// Index of the property, in the order of `describe`.
const DENSITY: usize = 0;

/// K; an element that boils below is a gas, whose density says nothing of a solid.
const ROOM_TEMPERATURE: f64 = 298.15;

/// g/cm3, from mass and volume of each element by itself; or why it is not known.
fn mixed_density(composition: CompositionRef<'_>) -> Result<f64, String> {
    let (mut mass, mut volume) = (0.0, 0.0);
    for (element, amount) in composition.iter() {
        let data = element.data();
        let name = element.name().to_lowercase();
        if data.boiling_point_k.is_some_and(|t| t < ROOM_TEMPERATURE) {
            return Err(format!("{name} is a gas: it has no volume to mix"));
        }
        let Some(density) = data.density_g_cm3 else {
            return Err(format!("the density of {name} is not known"));
        };
        let grams = amount * element.atomic_weight();
        mass += grams;
        volume += grams / density;
    }
    Ok(mass / volume)
}

impl DomainModel for {{Name}} {
    fn describe() -> Description {
        Description::new("{{name}}", env!("CARGO_PKG_VERSION"))
            .summary("Density of alloys by the rule of mixtures")
            .domain("alloys and mixtures of elements that are solid or liquid at 298 K; no compounds of gases")
            .licence("Apache-2.0 OR MIT")
            .author("A. Author")
            .citation("A. Author, {{name}}, 2026")
            .composition(Need::Required)
            .parameter(Parameter::number(
                "porosity",
                "",
                0.0..=0.9,
                0.0,
                "share of the volume that is pores",
            ))
            .property(
                Property::new("density", "g/cm3", "mass per volume at 298 K")
                    .minimize()
                    .default_objective()
                    .predicted()
                    .method("sum of the elements' masses over the sum of their volumes, less the pores")
                    .source("densities and atomic weights of the elements: sdk/datasets/elements.csv")
                    .uncertainty("not known: the excess volume of mixing is left out")
                    .range(0.01, 30.0),
            )
    }

    fn predict(batch: &Batch, parameters: &Parameters) -> Result<Predictions, String> {
        let mut out = Predictions::new(&Self::describe(), batch.len());
        let solid = 1.0 - parameters.number("porosity");
        for row in 0..batch.len() {
            let composition = batch.composition(row);
            if composition.is_empty() {
                out.not_applicable(row, "no composition");
                continue;
            }
            match mixed_density(composition) {
                Ok(density) => out.set(row, DENSITY, solid * density, f64::NAN),
                Err(reason) => out.missing(row, DENSITY, reason),
            }
        }
        Ok(out)
    }
}

export_plugin!({{Name}});

#[cfg(test)]
mod tests {
    use super::*;
    use plugin_sdk::testing::predict;

    #[test]
    fn a_gas_gives_a_reason_instead_of_a_density() {
        let table = predict::<{{Name}}>(&["Cu", "CuO"], &[("porosity", "0.5")]).unwrap();
        assert!((table.value(0, "density").unwrap() - 8.96 / 2.0).abs() < 0.005);
        assert_eq!(table.value(1, "density"), None);
        assert_eq!(table.notes(1), ["oxygen is a gas: it has no volume to mix"]);
    }
}
