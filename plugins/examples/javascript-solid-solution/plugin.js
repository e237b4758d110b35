// Will metals mix? Size mismatch, mixing entropy and valence electrons of alloys, after Hume-Rothery.

import { EXACT, Predictions, exportPlugin } from "./lodestone_plugin.js";

// Metallic radius for twelve neighbours, pm (Kaye and Laby, Tables of Physical and Chemical Constants), and valence
// electrons: s + d of the transition metals, s + p of the others.
const METALS = {
  Mg: [160, 2], Al: [143, 3], Sc: [162, 3], Ti: [147, 4], V: [134, 5], Cr: [128, 6], Mn: [127, 7], Fe: [126, 8],
  Co: [125, 9], Ni: [124, 10], Cu: [128, 11], Zn: [134, 12], Y: [180, 3], Zr: [160, 4], Nb: [146, 5], Mo: [139, 6],
  Ru: [134, 8], Rh: [134, 9], Pd: [137, 10], Ag: [144, 11], Sn: [163, 4], Hf: [159, 4], Ta: [146, 5], W: [139, 6],
  Re: [137, 7], Pt: [139, 10], Au: [144, 11],
};
const GAS_CONSTANT = 8.31446261815324; // J/mol/K, exact since 2019

export const description = {
  id: "solid_solution",
  version: "0.1.0",
  summary: "Whether metals form one solid solution: size mismatch, mixing entropy, valence electrons",
  domain: `alloys of two or more of ${Object.keys(METALS).join(", ")}`,
  licence: "Apache-2.0 OR MIT",
  authors: ["Lodestone contributors"],
  citation: "Y. Zhang et al., Adv. Eng. Mater. 10, 534 (2008), doi:10.1002/adem.200700240; S. Guo et al., J. Appl. Phys. 109, 103505 (2011), doi:10.1063/1.3587228",
  parameters: [
    {
      type: "number", name: "largest_mismatch", unit: "%", minimum: 0, maximum: 100, default: 6.6,
      summary: "above this size mismatch a note says that no single solid solution is expected (6.6: X. Yang, Y. Zhang, Mater. Chem. Phys. 132, 233 (2012), doi:10.1016/j.matchemphys.2011.11.021)",
    },
  ],
  properties: [
    {
      name: "size_mismatch",
      unit: "%",
      summary: "spread of the atomic radii; the smaller, the easier the metals mix",
      direction: "minimize",
      defaultObjective: true,
      origin: "exact",
      method: "delta = 100 sqrt(sum c (1 - r/mean r)^2), c: atomic fractions, r: metallic radii for twelve neighbours",
      source: "Y. Zhang et al., Adv. Eng. Mater. 10, 534 (2008), doi:10.1002/adem.200700240; radii: Kaye and Laby",
      uncertainty: "none: arithmetic on tabulated radii; other tables of radii give other values (Mn, Cr above all)",
      validMin: 0,
      validMax: 100,
    },
    {
      name: "mixing_entropy",
      unit: "J/mol/K",
      summary: "ideal entropy of mixing, per mole of atoms",
      direction: "maximize",
      origin: "exact",
      method: "-R sum c ln c",
      source: "statistical mechanics",
      uncertainty: "none: arithmetic on the formula",
      validMin: 0,
    },
    {
      name: "valence_electrons",
      summary: "valence electron concentration; from 8 on fcc is expected, below 6.87 bcc",
      origin: "exact",
      method: "mean over the atoms of s + d electrons (transition metals) or s + p electrons (others)",
      source: "S. Guo et al., J. Appl. Phys. 109, 103505 (2011), doi:10.1063/1.3587228",
      uncertainty: "none: arithmetic on the formula",
    },
  ],
};

export function predict(batch, parameters) {
  const out = new Predictions(description, batch);
  for (const [row, composition] of batch) {
    const other = [...composition.keys()].find((symbol) => !(symbol in METALS));
    if (other !== undefined || composition.size < 2) {
      out.notApplicable(row, other === undefined ? "not an alloy: fewer than two elements" : `${other} is not among the metals of this plugin`);
      continue;
    }
    let atoms = 0;
    for (const amount of composition.values()) atoms += amount;
    let [radius, electrons, entropy, square] = [0, 0, 0, 0];
    for (const [symbol, amount] of composition) {
      const fraction = amount / atoms;
      radius += fraction * METALS[symbol][0];
      electrons += fraction * METALS[symbol][1];
      if (fraction > 0) entropy -= GAS_CONSTANT * fraction * Math.log(fraction);
    }
    for (const [symbol, amount] of composition) square += (amount / atoms) * (1 - METALS[symbol][0] / radius) ** 2;
    const mismatch = 100 * Math.sqrt(square);
    out.set(row, "size_mismatch", mismatch, EXACT);
    out.set(row, "mixing_entropy", entropy, EXACT);
    out.set(row, "valence_electrons", electrons, EXACT);
    if (mismatch > parameters.largest_mismatch) out.note(row, "no single solid solution expected", "size_mismatch");
    const phase = electrons >= 8 ? "fcc" : electrons < 6.87 ? "bcc" : "fcc and bcc";
    out.note(row, `${phase} expected of a solid solution`, "valence_electrons");
  }
  return out;
}

export const model = exportPlugin(description, predict);
