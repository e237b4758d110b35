"""Run by `python3 -m unittest` in a project that `lodestone plugin new` made: no WebAssembly is needed."""

import math
import unittest

from lodestone_plugin import trial
from plugin import DESCRIPTION, IONS, RADII, predict

NAN = math.nan


def predictions(*rows, **parameters):
    columns = dict(zip(RADII + IONS, zip(*rows)))
    return trial(DESCRIPTION, predict, [""] * len(rows), columns=columns, parameters=parameters)


SRTIO3 = (1.44, 0.605, 1.40, 38, 2, 22, 4)
MGSIO3 = (0.89, 0.40, 1.40, 12, 2, 14, 4)


class TolerancesOfPerovskites(unittest.TestCase):
    def test_strontium_titanate_is_as_calculated_by_hand(self):
        out = predictions(SRTIO3)
        self.assertAlmostEqual(out.value(0, "tolerance_factor"), 1.002, places=3)  # 2.84 / (1.41421 * 2.005)
        self.assertAlmostEqual(out.value(0, "octahedral_factor"), 0.432, places=3)  # 0.605 / 1.40
        # 1.40/0.605 - 2 (2 - 2.38017 / ln 2.38017) = 2.31405 - 2 (2 - 2.74476)
        self.assertAlmostEqual(out.value(0, "tau"), 3.804, places=3)
        self.assertEqual(out.notes(0), ["A is Sr2+, B is Ti4+"])

    def test_a_b_ion_below_the_radius_ratio_of_the_octahedron_is_noted(self):
        out = predictions(MGSIO3)
        self.assertIn("B is too small for an octahedron", out.notes(0))

    def test_the_limit_of_tau_is_a_parameter(self):
        self.assertNotIn("no perovskite expected", predictions(SRTIO3).notes(0))
        self.assertIn("no perovskite expected", predictions(SRTIO3, largest_tau=3.8).notes(0))

    def test_what_is_not_abx3_is_missing_with_a_reason(self):
        out = predictions((NAN,) * 7, SRTIO3)
        self.assertTrue(math.isnan(out.value(0, "tau")))
        self.assertEqual(out.notes(0), ["not ABX3, or no Shannon radius for one of its ions"])
        self.assertFalse(math.isnan(out.value(1, "tau")))

    def test_tau_needs_the_larger_ion_on_a(self):
        out = predictions((0.6, 0.6, 1.4, 38, 2, 22, 4))
        self.assertTrue(math.isnan(out.value(0, "tau")))
        self.assertAlmostEqual(out.value(0, "tolerance_factor"), 0.7071, places=4)


if __name__ == "__main__":
    unittest.main()
