// Run by `node --test`: no WebAssembly is needed.

import assert from "node:assert/strict";
import test from "node:test";
import { trial } from "./lodestone_plugin.js";
import { description, predict } from "./plugin.js";

const near = (value, expected) => assert.ok(Math.abs(value - expected) < 1e-9, `${value} is not ${expected}`);

test("magnesium hydride holds 7.66 percent", () => {
  const out = trial(description, predict, ["MgH2"]);
  near(out.value(0, "hydrogen_mass_fraction"), (2 * 1.008) / (24.305 + 2 * 1.008));
  assert.deepEqual(out.notes(0), []);
});

test("half of it released counts half", () => {
  const out = trial(description, predict, ["MgH2"], { parameters: { released: 0.5 } });
  near(out.value(0, "hydrogen_mass_fraction"), 1.008 / (24.305 + 2 * 1.008));
});

test("iron is missing, with a reason", () => {
  const out = trial(description, predict, ["Fe"]);
  assert.ok(Number.isNaN(out.value(0, "hydrogen_mass_fraction")));
  assert.deepEqual(out.notes(0), ["no hydrogen"]);
});
