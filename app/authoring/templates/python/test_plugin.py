"""Run by `python3 -m unittest`: no WebAssembly is needed."""

import math
import unittest

from lodestone_plugin import trial
from plugin import DESCRIPTION, predict


class HydrogenByWeight(unittest.TestCase):
    def test_magnesium_hydride_holds_7_66_percent(self):
        out = trial(DESCRIPTION, predict, ["MgH2"])
        self.assertAlmostEqual(out.value(0, "hydrogen_mass_fraction"), 2 * 1.008 / (24.305 + 2 * 1.008))
        self.assertEqual(out.notes(0), [])

    def test_half_of_it_released_counts_half(self):
        out = trial(DESCRIPTION, predict, ["MgH2"], parameters={"released": 0.5})
        self.assertAlmostEqual(out.value(0, "hydrogen_mass_fraction"), 1.008 / (24.305 + 2 * 1.008))

    def test_iron_is_missing_with_a_reason(self):
        out = trial(DESCRIPTION, predict, ["Fe"])
        self.assertTrue(math.isnan(out.value(0, "hydrogen_mass_fraction")))
        self.assertEqual(out.notes(0), ["no hydrogen"])


if __name__ == "__main__":
    unittest.main()
