// Run by `node --test` in a project that `lodestone plugin new` made: no WebAssembly is needed.

import assert from "node:assert/strict";
import test from "node:test";
import { trial } from "./lodestone_plugin.js";
import { description, predict } from "./plugin.js";

const near = (value, expected, tolerance) => assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected}`);

test("the alloy of Cantor has eight valence electrons and the entropy of five equal parts", () => {
  const out = trial(description, predict, ["CrMnFeCoNi"]);
  near(out.value(0, "valence_electrons"), 8, 1e-9); // (6 + 7 + 8 + 9 + 10) / 5
  near(out.value(0, "mixing_entropy"), 13.38, 0.005); // R ln 5
  near(out.value(0, "size_mismatch"), 1.122, 0.001); // radii 128, 127, 126, 125, 124: sqrt(2) / 126
  assert.deepEqual(out.notes(0), ["fcc expected of a solid solution"]);
});

test("copper and gold differ as calculated by hand", () => {
  const out = trial(description, predict, ["CuAu", "Cu3Au"], { parameters: { largest_mismatch: 5.8 } });
  near(out.value(0, "size_mismatch"), 5.882, 0.001); // 8 / 136
  near(out.value(1, "size_mismatch"), 5.249, 0.001); // sqrt(0.75 (4/132)^2 + 0.25 (12/132)^2)
  assert.deepEqual(out.notes(0), ["no single solid solution expected", "fcc expected of a solid solution"]);
  assert.deepEqual(out.notes(1), ["fcc expected of a solid solution"]);
});

test("the scale of a formula does not matter", () => {
  const out = trial(description, predict, ["NbMo", "Nb50Mo50"]);
  for (const { name } of description.properties) near(out.value(0, name), out.value(1, name), 1e-12);
  near(out.value(0, "valence_electrons"), 5.5, 1e-12);
});

test("what is no alloy is missing with a reason", () => {
  const out = trial(description, predict, ["Fe2O3", "Fe"]);
  assert.ok(Number.isNaN(out.value(0, "size_mismatch")) && Number.isNaN(out.value(1, "size_mismatch")));
  assert.deepEqual(out.notes(0), ["O is not among the metals of this plugin"]);
  assert.deepEqual(out.notes(1), ["not an alloy: fewer than two elements"]);
});
