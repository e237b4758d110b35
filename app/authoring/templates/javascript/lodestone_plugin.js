// What a Lodestone plugin in JavaScript is written with.
//
// It stands between your `plugin.js` and the plugin interface (`wit/domain-model.wit`, version 0.1), and needs nothing
// but JavaScript: your unit tests run in Node, the plugin itself inside WebAssembly. You need not change it.

/** Standard atomic weights, g/mol (Meija et al., Pure Appl. Chem. 88, 265 (2016), doi:10.1515/pac-2015-0305), by symbol in
 * the order of the atomic numbers; the mass of a long-lived isotope where there is no standard weight. */
export const ATOMIC_WEIGHT = {
  H: 1.008, He: 4.002602, Li: 6.94, Be: 9.0121831, B: 10.81, C: 12.011, N: 14.007, O: 15.999, F: 18.99840316,
  Ne: 20.1797, Na: 22.98976928, Mg: 24.305, Al: 26.9815385, Si: 28.085, P: 30.973762, S: 32.06, Cl: 35.45, Ar: 39.948,
  K: 39.0983, Ca: 40.078, Sc: 44.955908, Ti: 47.867, V: 50.9415, Cr: 51.9961, Mn: 54.938044, Fe: 55.845,
  Co: 58.933194, Ni: 58.6934, Cu: 63.546, Zn: 65.38, Ga: 69.723, Ge: 72.63, As: 74.921595, Se: 78.971, Br: 79.904,
  Kr: 83.798, Rb: 85.4678, Sr: 87.62, Y: 88.90584, Zr: 91.224, Nb: 92.90637, Mo: 95.95, Tc: 97.90721, Ru: 101.07,
  Rh: 102.9055, Pd: 106.42, Ag: 107.8682, Cd: 112.414, In: 114.818, Sn: 118.71, Sb: 121.76, Te: 127.6, I: 126.90447,
  Xe: 131.293, Cs: 132.905452, Ba: 137.327, La: 138.90547, Ce: 140.116, Pr: 140.90766, Nd: 144.242, Pm: 144.91276,
  Sm: 150.36, Eu: 151.964, Gd: 157.25, Tb: 158.92535, Dy: 162.5, Ho: 164.93033, Er: 167.259, Tm: 168.93422,
  Yb: 173.045, Lu: 174.9668, Hf: 178.49, Ta: 180.94788, W: 183.84, Re: 186.207, Os: 190.23, Ir: 192.217, Pt: 195.084,
  Au: 196.966569, Hg: 200.592, Tl: 204.38, Pb: 207.2, Bi: 208.9804, Po: 209, At: 210, Rn: 222, Fr: 223, Ra: 226,
  Ac: 227, Th: 232.0377, Pa: 231.03588, U: 238.02891, Np: 237, Pu: 244, Am: 243, Cm: 247, Bk: 247, Cf: 251, Es: 252,
  Fm: 257, Md: 258, No: 259, Lr: 262, Rf: 267, Db: 268, Sg: 271, Bh: 274, Hs: 269, Mt: 276, Ds: 281, Rg: 281, Cn: 285,
  Nh: 286, Fl: 289, Mc: 288, Lv: 293, Ts: 294, Og: 294
};
/** Symbols by atomic number: SYMBOLS[8] is "O". */
export const SYMBOLS = ["", ...Object.keys(ATOMIC_WEIGHT)];

/** Standard deviation of exact arithmetic, and one that is not known. */
export const EXACT = 0;
export const UNKNOWN = NaN;
const WHOLE_CANDIDATE = 0xffffffff;

/** A message for the user: the host then looks for the candidates that cause it, and only they are lost. */
export class PluginError extends Error {}

// ---- candidates in, predictions out ---------------------------------------------------------------------------------

/** Up to 4096 candidates; `for (const [row, composition] of batch)` visits them. */
export class Batch {
  #columns;

  constructor(offsets, atomicNumbers, amounts, columns) {
    this.length = offsets.length - 1;
    this.offsets = offsets;
    this.atomicNumbers = atomicNumbers;
    this.amounts = amounts;
    this.#columns = columns;
  }

  *[Symbol.iterator]() {
    for (let row = 0; row < this.length; row++) yield [row, this.composition(row)];
  }

  /** Atoms in the formula by symbol, a Map in the order of the atomic numbers: O => 3, Ti => 1, Sr => 1. */
  composition(row) {
    const composition = new Map();
    for (let i = this.offsets[row]; i < this.offsets[row + 1]; i++) {
      composition.set(SYMBOLS[this.atomicNumbers[i]], this.amounts[i]);
    }
    return composition;
  }

  /** A wanted column or descriptor, one number a candidate, NaN where missing; undefined if the table has none. */
  column(name) {
    return this.#columns.get(name)?.mean;
  }

  /** The standard deviations of a wanted column, NaN where unknown; undefined if none is known. */
  columnStd(name) {
    return this.#columns.get(name)?.std;
  }
}

/** What the plugin says of a batch. Every value is missing until `set` gives it; say why with `missing`. */
export class Predictions {
  #index;
  #columns;
  #texts = new Map();
  #notes = [];

  constructor(description, batch) {
    const names = description.properties.map((property) => property.name);
    this.#index = new Map(names.map((name, index) => [name, index]));
    this.#columns = names.map(() => ({
      mean: new Float64Array(batch.length).fill(NaN),
      std: new Float64Array(batch.length).fill(UNKNOWN),
    }));
  }

  #place(name) {
    const index = this.#index.get(name);
    if (index === undefined) throw new Error(`the description has no property "${name}"`);
    return index;
  }

  /** A value and its standard deviation: `EXACT` for exact arithmetic, `UNKNOWN` where it is not known. */
  set(row, name, mean, std = UNKNOWN) {
    const column = this.#columns[this.#place(name)];
    column.mean[row] = mean;
    column.std[row] = std;
  }

  /** Says why a value is missing. */
  missing(row, name, reason) {
    this.#columns[this.#place(name)].mean[row] = NaN;
    this.note(row, reason, name);
  }

  /** Says why the plugin does not apply to a candidate: all its values are missing. */
  notApplicable(row, reason) {
    for (const { mean } of this.#columns) mean[row] = NaN;
    this.note(row, reason);
  }

  /** A remark on a candidate, or on one of its properties. */
  note(row, text, name) {
    if (!this.#texts.has(text)) this.#texts.set(text, this.#texts.size);
    this.#notes.push([row, this.#texts.get(text), name === undefined ? WHOLE_CANDIDATE : this.#place(name)]);
  }

  value(row, name) {
    return this.#columns[this.#place(name)].mean[row];
  }

  std(row, name) {
    return this.#columns[this.#place(name)].std[row];
  }

  notes(row) {
    const texts = [...this.#texts.keys()];
    return this.#notes.filter(([r]) => r === row).map(([, text]) => texts[text]);
  }

  /** As the interface wants it. */
  toWit() {
    const part = (index) => Uint32Array.from(this.#notes, (note) => note[index]);
    return {
      columns: this.#columns.map(({ mean, std }) => ({
        mean,
        std: std.every((s) => s === EXACT) ? { tag: "exact" } : { tag: "each", val: std },
      })),
      notes: { texts: [...this.#texts.keys()], row: part(0), text: part(1), property: part(2) },
    };
  }
}

// ---- tests without WebAssembly --------------------------------------------------------------------------------------

/** Atoms by symbol, for tests: elements, amounts and round brackets, nothing else. */
export function parseFormula(formula) {
  const stack = [new Map()];
  for (const [, open, close, symbol, amount, other] of formula.matchAll(/(\()|(?:(\))|([A-Z][a-z]?))([0-9.]*)|(\S)/g)) {
    if (open) {
      stack.push(new Map());
      continue;
    }
    if (other || (symbol && !(symbol in ATOMIC_WEIGHT))) throw new Error(`${formula}: "${symbol ?? other}" is no element`);
    const group = close ? stack.pop() : new Map([[symbol, 1]]);
    const sum = stack.at(-1);
    for (const [s, n] of group) sum.set(s, (sum.get(s) ?? 0) + n * (amount === "" ? 1 : Number(amount)));
  }
  return stack[0];
}

/** Runs `predict` here and now. `columns`: arrays of numbers by name; `parameters`: those that are not the default. */
export function trial(description, predict, formulas, { columns = {}, parameters = {} } = {}) {
  const offsets = [0];
  const numbers = [];
  const amounts = [];
  for (const formula of formulas) {
    const parts = [...parseFormula(formula)].map(([s, n]) => [SYMBOLS.indexOf(s), n]).sort((a, b) => a[0] - b[0]);
    numbers.push(...parts.map(([z]) => z));
    amounts.push(...parts.map(([, n]) => n));
    offsets.push(numbers.length);
  }
  const settings = Object.fromEntries((description.parameters ?? []).map((p) => [p.name, p.default]));
  for (const [name, value] of Object.entries(parameters)) {
    if (!(name in settings)) throw new Error(`no parameter "${name}"`);
    settings[name] = value;
  }
  const given = new Map(Object.entries(columns).map(([name, mean]) => [name, { mean }]));
  return predict(new Batch(offsets, numbers, amounts, given), settings);
}

// ---- the plugin interface -------------------------------------------------------------------------------------------

/** What componentize-js looks for as `export const model`; `predict(batch, parameters)` returns `Predictions`. */
export function exportPlugin(description, predict) {
  const ready = described(description);
  return {
    describe: () => ready,
    models: () => [],
    predict(candidates, parameters) {
      const { offsets, atomicNumbers, amounts } = candidates.compositions;
      const columns = new Map(candidates.columns.map((column) => [column.name, column]));
      const settings = Object.fromEntries(parameters.map(([name, value]) => [name, value.val]));
      try {
        return predict(new Batch(offsets, atomicNumbers, amounts, columns), settings).toWit();
      } catch (error) {
        // A plugin has no terminal: the place of the mistake goes to the user.
        throw error instanceof PluginError ? error.message : `${error} (${String(error?.stack).split("\n")[0]})`;
      }
    },
  };
}

/** `type` of a parameter: "number" with `minimum` and `maximum`, "choice" with `words`, or "flag". */
function parameter({ name, unit = "", summary, type, minimum, maximum, words, default: value }) {
  const kind = { number: [minimum, maximum], choice: words }[type];
  return { name, unit, summary, kind: { tag: type, val: kind }, default: { tag: type, val: value } };
}

function described(description) {
  const { parameters = [], properties, composition = "required", columns = [], descriptors = [], ...texts } = description;
  const property = { unit: "", direction: "none", defaultObjective: false, origin: "predicted" };
  return {
    ...texts,
    inputs: {
      composition,
      structure: "unused",
      columns: columns.map((column) => ({ unit: "", need: "required", ...column })),
      descriptors,
      potential: [],
    },
    parameters: parameters.map(parameter),
    properties: properties.map((given) => ({ ...property, ...given })),
    extensions: [],
  };
}
