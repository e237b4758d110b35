"""What a Lodestone plugin in Python is written with.

It stands between your `plugin.py` and the plugin interface (`wit/domain-model.wit`, version 0.1), and needs nothing but
Python 3.10 or newer: your unit tests run natively, the plugin itself inside WebAssembly. You need not change it.
"""

import builtins
import re
import sys
from dataclasses import dataclass
from dataclasses import field as _field

try:  # made by componentize-py; there are none in a native test
    from componentize_py_types import Err
    from wit_world.exports import model as _wit
except ImportError:
    _wit = None

#: Standard atomic weights, g/mol (Meija et al., Pure Appl. Chem. 88, 265 (2016), doi:10.1515/pac-2015-0305), by symbol in
#: the order of the atomic numbers; the mass of a long-lived isotope where there is no standard weight.
ATOMIC_WEIGHT = {
    "H": 1.008, "He": 4.002602, "Li": 6.94, "Be": 9.0121831, "B": 10.81, "C": 12.011, "N": 14.007, "O": 15.999,
    "F": 18.99840316, "Ne": 20.1797, "Na": 22.98976928, "Mg": 24.305, "Al": 26.9815385, "Si": 28.085,
    "P": 30.973762, "S": 32.06, "Cl": 35.45, "Ar": 39.948, "K": 39.0983, "Ca": 40.078, "Sc": 44.955908,
    "Ti": 47.867, "V": 50.9415, "Cr": 51.9961, "Mn": 54.938044, "Fe": 55.845, "Co": 58.933194, "Ni": 58.6934,
    "Cu": 63.546, "Zn": 65.38, "Ga": 69.723, "Ge": 72.63, "As": 74.921595, "Se": 78.971, "Br": 79.904, "Kr": 83.798,
    "Rb": 85.4678, "Sr": 87.62, "Y": 88.90584, "Zr": 91.224, "Nb": 92.90637, "Mo": 95.95, "Tc": 97.90721,
    "Ru": 101.07, "Rh": 102.9055, "Pd": 106.42, "Ag": 107.8682, "Cd": 112.414, "In": 114.818, "Sn": 118.71,
    "Sb": 121.76, "Te": 127.6, "I": 126.90447, "Xe": 131.293, "Cs": 132.905452, "Ba": 137.327, "La": 138.90547,
    "Ce": 140.116, "Pr": 140.90766, "Nd": 144.242, "Pm": 144.91276, "Sm": 150.36, "Eu": 151.964, "Gd": 157.25,
    "Tb": 158.92535, "Dy": 162.5, "Ho": 164.93033, "Er": 167.259, "Tm": 168.93422, "Yb": 173.045, "Lu": 174.9668,
    "Hf": 178.49, "Ta": 180.94788, "W": 183.84, "Re": 186.207, "Os": 190.23, "Ir": 192.217, "Pt": 195.084,
    "Au": 196.966569, "Hg": 200.592, "Tl": 204.38, "Pb": 207.2, "Bi": 208.9804, "Po": 209, "At": 210, "Rn": 222,
    "Fr": 223, "Ra": 226, "Ac": 227, "Th": 232.0377, "Pa": 231.03588, "U": 238.02891, "Np": 237, "Pu": 244,
    "Am": 243, "Cm": 247, "Bk": 247, "Cf": 251, "Es": 252, "Fm": 257, "Md": 258, "No": 259, "Lr": 262, "Rf": 267,
    "Db": 268, "Sg": 271, "Bh": 274, "Hs": 269, "Mt": 276, "Ds": 281, "Rg": 281, "Cn": 285, "Nh": 286, "Fl": 289,
    "Mc": 288, "Lv": 293, "Ts": 294, "Og": 294
}
#: Symbols by atomic number: SYMBOLS[8] is "O".
SYMBOLS = ("", *ATOMIC_WEIGHT)

#: Standard deviation of exact arithmetic, and one that is not known.
EXACT, UNKNOWN = 0.0, float("nan")
MISSING = float("nan")
_WHOLE_CANDIDATE = 0xFFFFFFFF


class PluginError(Exception):
    """A message for the user: the host then looks for the candidates that cause it, and only they are lost."""


# ---- what a plugin says of itself ------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Property:
    """Something the plugin gives for a candidate. `direction`: which way is better, "maximize", "minimize" or "none".
    `origin`: "exact" arithmetic, "measured" or "computed" where it is looked up, "predicted" by a model."""

    name: str
    unit: str = ""
    summary: str
    direction: str = "none"
    default_objective: bool = False
    origin: str = "predicted"
    method: str
    source: str
    uncertainty: str
    valid_min: float | None = None
    valid_max: float | None = None


@dataclass(kw_only=True)
class Number:
    """A parameter that is any number from `minimum` to `maximum`."""

    name: str
    unit: str = ""
    summary: str
    minimum: float
    maximum: float
    default: float


@dataclass(kw_only=True)
class Choice:
    """A parameter that is one of `words`."""

    name: str
    summary: str
    words: list[str]
    default: str
    unit: str = ""


@dataclass(kw_only=True)
class Flag:
    """A parameter that is yes or no."""

    name: str
    summary: str
    default: bool
    unit: str = ""


@dataclass(kw_only=True)
class Column:
    """A numeric column of the user's table, found by name and converted to `unit`; `need`: "required" or "optional"."""

    name: str
    unit: str = ""
    summary: str
    need: str = "required"


@dataclass(kw_only=True)
class Description:
    """What the plugin is. `composition`: "required", "optional" or "unused"; `descriptors`: names of the host's
    descriptors, which arrive as columns of these names; `licence`: an SPDX expression."""

    id: str
    version: str
    summary: str
    domain: str
    licence: str
    authors: list[str]
    citation: str
    properties: list[Property]
    parameters: list[Number | Choice | Flag] = _field(default_factory=list)
    composition: str = "required"
    columns: list[Column] = _field(default_factory=list)
    descriptors: list[str] = _field(default_factory=list)


# ---- candidates in, predictions out ----------------------------------------------------------------------------------


class Batch:
    """Up to 4096 candidates. `len(batch)` counts them, `for row, composition in enumerate(batch)` visits them."""

    def __init__(self, offsets, atomic_numbers, amounts, columns):
        self.offsets, self.atomic_numbers, self.amounts = offsets, atomic_numbers, amounts
        self._columns = columns

    def __len__(self):
        return len(self.offsets) - 1

    def __iter__(self):
        return map(self.composition, range(len(self)))

    def composition(self, row):
        """Atoms in the formula by symbol, in the order of the atomic numbers: {"O": 3.0, "Ti": 1.0, "Sr": 1.0}."""
        start, end = self.offsets[row], self.offsets[row + 1]
        return {SYMBOLS[z]: n for z, n in zip(self.atomic_numbers[start:end], self.amounts[start:end])}

    def column(self, name):
        """A wanted column or descriptor, one number a candidate, NaN where missing; None if the table has none."""
        return self._columns.get(name, (None, None))[0]

    def column_std(self, name):
        """The standard deviations of a wanted column, NaN where unknown; None if none is known."""
        return self._columns.get(name, (None, None))[1]


class Predictions:
    """What the plugin says of a batch. Every value is missing until `set` gives it; say why with `missing`."""

    def __init__(self, description, batch):
        self._index = {p.name: i for i, p in enumerate(description.properties)}
        self._mean = [[MISSING] * len(batch) for _ in self._index]
        self._std = [[UNKNOWN] * len(batch) for _ in self._index]
        self._texts, self._notes = {}, []

    def set(self, row, name, mean, std=UNKNOWN):
        """A value and its standard deviation: `EXACT` for exact arithmetic, `UNKNOWN` where it is not known."""
        self._mean[self._index[name]][row] = mean
        self._std[self._index[name]][row] = std

    def missing(self, row, name, reason):
        """Says why a value is missing."""
        self._mean[self._index[name]][row] = MISSING
        self.note(row, reason, name)

    def not_applicable(self, row, reason):
        """Says why the plugin does not apply to a candidate: all its values are missing."""
        for mean in self._mean:
            mean[row] = MISSING
        self.note(row, reason)

    def note(self, row, text, name=None):
        """A remark on a candidate, or on one of its properties."""
        place = _WHOLE_CANDIDATE if name is None else self._index[name]
        self._notes.append((row, self._texts.setdefault(text, len(self._texts)), place))

    def value(self, row, name):
        return self._mean[self._index[name]][row]

    def std(self, row, name):
        return self._std[self._index[name]][row]

    def notes(self, row):
        texts = list(self._texts)
        return [texts[text] for r, text, _ in self._notes if r == row]


# ---- tests without WebAssembly ---------------------------------------------------------------------------------------


def parse_formula(formula):
    """Atoms by symbol, for tests: elements, amounts and round brackets, nothing else."""
    tokens = re.findall(r"[A-Z][a-z]?|[0-9.]+|\S", formula)
    stack = [{}]
    for at, token in enumerate(tokens):
        amount = float(tokens[at + 1]) if at + 1 < len(tokens) and tokens[at + 1][0] in "0123456789." else 1.0
        if token == "(":
            stack.append({})
        elif token == ")" or token in ATOMIC_WEIGHT:
            group = stack.pop() if token == ")" else {token: 1.0}
            for symbol, count in group.items():
                stack[-1][symbol] = stack[-1].get(symbol, 0.0) + count * amount
        elif token[0] not in "0123456789.":
            raise ValueError(f"{formula}: {token!r} is no element")
    (composition,) = stack
    return composition


def trial(description, predict, formulas, *, columns=None, parameters=None):
    """Runs `predict` here and now. `columns`: lists of numbers by name; `parameters`: those that are not the default."""
    offsets, numbers, amounts = [0], [], []
    for formula in formulas:
        parts = sorted((SYMBOLS.index(s), n) for s, n in parse_formula(formula).items())
        numbers += [z for z, _ in parts]
        amounts += [n for _, n in parts]
        offsets.append(len(numbers))
    settings = {p.name: p.default for p in description.parameters}
    for name, value in (parameters or {}).items():
        if name not in settings:
            raise KeyError(f"no parameter {name!r}")
        settings[name] = value
    given = {name: (list(values), None) for name, values in (columns or {}).items()}
    return predict(Batch(offsets, bytes(numbers), amounts, given), settings)


# ---- the plugin interface --------------------------------------------------------------------------------------------


def export_plugin(description, predict):
    """The class `Model` that componentize-py looks for; `predict(batch, parameters)` returns `Predictions`."""
    ready = _described(description) if _wit else None

    class Model:
        def describe(self):
            return ready

        def models(self):
            return []

        def predict(self, candidates, parameters):
            _say_what_there_is_not()
            c = candidates.compositions
            columns = {column.name: (column.mean, column.std) for column in candidates.columns}
            batch = Batch(c.offsets, c.atomic_numbers, c.amounts, columns)
            try:
                return _predicted(predict(batch, {name: value.value for name, value in parameters}))
            except PluginError as error:
                raise Err(str(error)) from None
            except Exception as error:  # a plugin has no terminal: the line of the mistake goes to the user
                raise Err(f"{_place(error)}{type(error).__name__}: {error}") from None

    return Model


class _NoLateImport:
    @staticmethod
    def find_spec(name, path, target=None):
        raise ImportError(f"a plugin has no files: import {name} at the top of plugin.py")


def _no_print(*_, **__):
    raise RuntimeError("a plugin has no terminal to print to: use Predictions.note")


def _say_what_there_is_not():
    """Messages instead of the crash that ends whatever asks for the system inside WebAssembly."""
    builtins.print = _no_print
    if _NoLateImport not in sys.meta_path:
        sys.meta_path.insert(0, _NoLateImport)


def _place(error):
    trace, place = error.__traceback__, ""
    while trace:
        code = trace.tb_frame.f_code
        if not code.co_filename.endswith("lodestone_plugin.py"):
            place = f"{code.co_filename.rsplit('/', 1)[-1]}, line {trace.tb_lineno}: "
        trace = trace.tb_next
    return place


def _need(word):
    return _wit.Need[word.upper()]


def _parameter(p):
    match p:
        case Number():
            kind = _wit.ParameterKind_Number((p.minimum, p.maximum)), _wit.ParameterValue_Number(p.default)
        case Choice():
            kind = _wit.ParameterKind_Choice(p.words), _wit.ParameterValue_Choice(p.default)
        case Flag():
            kind = _wit.ParameterKind_Flag(), _wit.ParameterValue_Flag(p.default)
    return _wit.Parameter(p.name, p.unit, p.summary, *kind)


def _property(p):
    values = {**vars(p), "direction": _wit.Direction[p.direction.upper()], "origin": _wit.Origin[p.origin.upper()]}
    return _wit.Property(**values)


def _described(d):
    columns = [_wit.WantedColumn(c.name, c.unit, c.summary, _need(c.need)) for c in d.columns]
    inputs = _wit.WantedInputs(_need(d.composition), _wit.Need.UNUSED, columns, d.descriptors, [])
    texts = (d.id, d.version, d.summary, d.domain, d.licence, d.authors, d.citation)
    return _wit.Description(*texts, inputs, [_parameter(p) for p in d.parameters], [_property(p) for p in d.properties], [])


def _spread(std):
    if not any(std):  # neither a number but zero nor NaN
        return _wit.Spread_Exact()
    return _wit.Spread_Each(std)


def _predicted(out):
    columns = [_wit.Column(mean, _spread(std)) for mean, std in zip(out._mean, out._std)]
    row, text, place = map(list, zip(*out._notes)) if out._notes else ([], [], [])
    return _wit.Predictions(columns, _wit.Notes(list(out._texts), row, text, place))
