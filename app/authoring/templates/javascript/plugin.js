// {{name}}: hydrogen stored by weight. Put your own model here.

import { ATOMIC_WEIGHT, EXACT, Predictions, exportPlugin } from "./lodestone_plugin.js";

export const description = {
  id: "{{name}}",
  version: "0.1.0",
  summary: "Hydrogen stored by weight",
  domain: "compounds with hydrogen; others get no value",
  licence: "CC0-1.0",
  authors: ["A. Author"],
  citation: "none needed: arithmetic",
  parameters: [
    { type: "number", name: "released", minimum: 0, maximum: 1, default: 1, summary: "share of the hydrogen that comes out again" },
  ],
  properties: [
    {
      name: "hydrogen_mass_fraction",
      summary: "mass of released hydrogen per mass of material",
      direction: "maximize",
      defaultObjective: true,
      origin: "exact",
      method: "standard atomic weights",
      source: "Meija et al., Pure Appl. Chem. 88, 265 (2016)",
      uncertainty: "none: arithmetic on the formula",
      validMin: 0,
      validMax: 1,
    },
  ],
};

export function predict(batch, parameters) {
  const out = new Predictions(description, batch);
  for (const [row, composition] of batch) {
    if (!composition.has("H")) {
      out.missing(row, "hydrogen_mass_fraction", "no hydrogen");
      continue;
    }
    let mass = 0;
    for (const [symbol, amount] of composition) mass += ATOMIC_WEIGHT[symbol] * amount;
    const hydrogen = ATOMIC_WEIGHT.H * composition.get("H") * parameters.released;
    out.set(row, "hydrogen_mass_fraction", hydrogen / mass, EXACT);
    if (composition.has("O")) out.note(row, "holds oxygen: the hydrogen may come out as water");
  }
  return out;
}

export const model = exportPlugin(description, predict);
