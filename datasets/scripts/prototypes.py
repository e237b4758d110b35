"""Writes datasets/prototypes/: crystal structure types, their index, and the statistics of ionic substitution.

    python prototypes.py MATMINER MAMMOS LODESTONE OUT

with pymatgen 2026.10.24 (which holds AFLOW's prototypes and Hautier's table), the folder of matminer's `*_with_poscar.csv`, the
folder `mammos-dft` and the program `lodestone`, which relaxes what is built here from Wyckoff positions; the names of their
packages stand in datasets/SOURCES.md.
"""
import csv, gzip, json, os, re, subprocess, sys, tempfile, warnings
from pathlib import Path

import pymatgen.analysis.prototypes as prototypes_module
import pymatgen.core.structure_prediction as prediction_module
from pymatgen.core import Lattice, Species, Structure
from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

warnings.simplefilter("ignore")
csv.field_size_limit(10**9)
matminer, mammos, lodestone, out = sys.argv[1:]
out = Path(out)
out.mkdir(exist_ok=True)

# What people call a structure type beside its Strukturbericht symbol, mineral, label and formula.
CALLED = {
    "A1": "fcc", "A2": "bcc", "A3": "hcp", "A4": "diamond", "A15": "Cr3Si",
    "B1": "rocksalt", "B2": "CsCl", "B3": "zincblende", "B4": "wurtzite", "B8_1": "NiAs", "B8_2": "Ni2In", "B20": "FeSi",
    "B35": "CoSn", "C1": "fluorite", "C1_b": "half-Heusler", "C4": "rutile", "C14": "Laves, MgZn2", "C15": "Laves, MgCu2",
    "C16": "CuAl2", "C22": "Fe2P", "C32": "AlB2", "C36": "Laves, MgNi2", "C38": "Cu2Sb, Mn2Sb", "D0_3": "BiF3", "D0_11": "cementite, Fe3C",
    "D0_19": "Ni3Sn", "D0_22": "TiAl3", "D2_b": "ThMn12", "D2_d": "CaCu5", "D5_1": "corundum", "D8_4": "Cr23C6", "D8_b": "sigma",
    "E1_1": "chalcopyrite", "E2_1": "perovskite", "F5_1": "alpha-NaFeO2, layered oxide", "H1_1": "spinel", "H2_6": "stannite, kesterite type",
    "L1_0": "CuAu, AuCu", "L1_2": "Cu3Au", "L2_1": "Heusler, full Heusler", "AB2C4_tI14_139_a_e_ce": "K2NiF4, Ruddlesden-Popper",
    "AB4C3_cI16_229_a_c_b": "", "A4BC_tI24_141_h_b_a": "zircon", "AB3C_oP20_62_c_cd_a": "GdFeO3, orthorhombic perovskite",
}

# Arrangements from the literature: cell and free positions serve as a start and are relaxed with the program's potential, space
# group kept; name, what it is called, space group, cell, sites, citation.
BUILT = [
    ("elpasolite", "double perovskite", 225, (8.12, 8.12, 8.12, 90, 90, 90),
     [("K", .25, .25, .25), ("Na", .5, .5, .5), ("Al", 0, 0, 0), ("F", .219, 0, 0)],
     "L. R. Morss, J. Inorg. Nucl. Chem. 36, 3876 (1974)"),
    ("NASICON", "NZP", 167, (8.804, 8.804, 22.758, 90, 90, 120),
     [("Na", 0, 0, 0), ("Zr", 0, 0, .1457), ("P", .291, 0, .25), ("O", .186, -.015, .195), ("O", .191, .168, .087)],
     "L.-O. Hagman, P. Kierkegaard, Acta Chem. Scand. 22, 1822 (1968), doi:10.3891/acta.chem.scand.22-1822"),
    ("tavorite", "", 2, (5.171, 5.308, 7.263, 107.58, 107.95, 98.45),
     [("V", 0, 0, 0), ("V", 0, 0, .5), ("P", .319, .646, .251), ("F", -.120, .092, .244), ("O", .369, .245, .581),
      ("O", .114, .670, .363), ("O", .321, .338, .139), ("O", .278, .797, .092), ("Li", .709, .393, .221)],
     "J.-M. Ateba Mba et al., Chem. Mater. 24, 1223 (2012), doi:10.1021/cm3003996"),
    ("magnetoplumbite", "M-type hexaferrite", 194, (5.892, 5.892, 23.183, 90, 90, 120),
     [("Ba", 2 / 3, 1 / 3, .25), ("Fe", 0, 0, 0), ("Fe", 0, 0, .25), ("Fe", 1 / 3, 2 / 3, .027), ("Fe", 1 / 3, 2 / 3, .190),
      ("Fe", .169, .338, .892), ("O", 0, 0, .151), ("O", 1 / 3, 2 / 3, .945), ("O", .182, .364, .25), ("O", .156, .312, .052),
      ("O", .502, .004, .149)],
     "X. Obradors et al., J. Solid State Chem. 56, 171 (1985), doi:10.1016/0022-4596(85)90054-4"),
    ("garnet", "grossular", 230, (11.85, 11.85, 11.85, 90, 90, 90),
     [("Ca", .125, 0, .25), ("Al", 0, 0, 0), ("Si", .375, 0, .25), ("O", .038, .045, .651)],
     "G. A. Novak, G. V. Gibbs, Am. Mineral. 56, 791 (1971)"),
    ("pyrochlore", "", 227, (10.10, 10.10, 10.10, 90, 90, 90),
     [("Y", .5, .5, .5), ("Ti", 0, 0, 0), ("O", .329, .125, .125), ("O", .375, .375, .375)],
     "M. A. Subramanian, G. Aravamudan, G. V. Subba Rao, Prog. Solid State Chem. 15, 55 (1983), doi:10.1016/0079-6786(83)90001-8"),
    ("inverse_Heusler", "X_a, Hg2CuTi", 216, (5.76, 5.76, 5.76, 90, 90, 90),
     [("Mn", 0, 0, 0), ("Mn", .25, .25, .25), ("Co", .5, .5, .5), ("Al", .75, .75, .75)],
     "T. Graf, C. Felser, S. S. P. Parkin, Prog. Solid State Chem. 39, 1 (2011), doi:10.1016/j.progsolidstchem.2011.02.001"),
    ("quaternary_Heusler", "LiMgPdSn", 216, (5.65, 5.65, 5.65, 90, 90, 90),
     [("Co", 0, 0, 0), ("Mn", .25, .25, .25), ("Fe", .5, .5, .5), ("Si", .75, .75, .75)],
     "T. Graf, C. Felser, S. S. P. Parkin, Prog. Solid State Chem. 39, 1 (2011), doi:10.1016/j.progsolidstchem.2011.02.001"),
]

# Types that no other source holds, of the files of datasets/structures: file, name, what else it is called.
BUNDLED = [
    ("LiFePO4", "olivine", "triphylite"),
    ("Nd2Fe14B", "Nd2Fe14B", "neodymium magnet"),
    ("Li3V2P3O12", "Li3V2P3O12", "anti-NASICON"),
    ("Be3Al2Si6O18", "beryl", ""),
    ("Si3N4_beta", "Si3N4", "phenakite type"),
    ("Ga2O3", "Ga2O3", ""),
    ("V2O5", "V2O5", "shcherbinaite"),
    ("MoO3", "MoO3", "molybdite"),
    ("Li3N", "Li3N", ""),
]

index = []
blocks = []


def tidy(x):
    """A coordinate within 0 and 1, with fractions of 2, 3, 4, 6, 8 and 12 exact to eight digits."""
    x = x % 1.0
    for part in (2, 3, 4, 6, 8, 12, 16):
        if abs(x * part - round(x * part)) < 3e-5 * part:
            x = round(x * part) / part
    return f"{x % 1.0:.8f}".rstrip("0").rstrip(".")


def add(name, called, structure, group, label, strukturbericht, mineral, origin, source):
    """Adds the primitive cell with the symmetry that it has within 0.1 A; told where that is not the group expected."""
    analyser = SpacegroupAnalyzer(structure, 0.1)
    if group and analyser.get_space_group_number() != group:
        analyser = SpacegroupAnalyzer(structure, 0.01)
    found = analyser.get_space_group_number()
    if group and found != group:
        print(f"{name}: space group {found}, {group} expected")
    primitive = SpacegroupAnalyzer(analyser.get_refined_structure(), 0.01).find_primitive()
    rows = [f"{s.specie.symbol} {s.specie.symbol} {' '.join(tidy(x) for x in s.frac_coords)}" for s in primitive]
    cell = [f"_cell_length_{n} {x:.6f}" for n, x in zip("abc", primitive.lattice.abc)]
    cell += [f"_cell_angle_{n} {x:.6f}" for n, x in zip(("alpha", "beta", "gamma"), primitive.lattice.angles)]
    head = "loop_\n_atom_site_label\n_atom_site_type_symbol\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z"
    blocks.append("\n".join([f"data_{name}", *cell, "_space_group_name_H-M_alt 'P 1'", head, *rows]))
    pairs = [primitive.distance_matrix[i, j] for i in range(len(primitive)) for j in range(i)]
    if pairs and min(pairs) < 0.7:
        print(f"{name}: two sites are {min(pairs):.2f} A apart")
    index.append([name, called, label, strukturbericht, mineral, found, analyser.get_space_group_symbol(), origin, source])


with gzip.open(Path(prototypes_module.__path__[0]) / "aflow_prototypes.json.gz") as file:
    aflow = json.load(file)
labels = [p["tags"]["aflow"] for p in aflow]
symbols = [p["tags"]["strukturbericht"] for p in aflow]
for entry in aflow:
    tags = entry["tags"]
    structure = Structure.from_dict({**entry["snl"], "@class": "Structure", "@module": "pymatgen.core.structure"})
    label = tags["aflow"]
    symbol = re.sub(r'[\\"]', "", tags["strukturbericht"]).replace("None", "")
    if symbol == "40":
        symbol = ""
    mineral = re.sub(r"[\\${}]", "", tags["mineral"])
    name = symbol if symbol and symbols.count(tags["strukturbericht"]) == 1 else label
    if labels.count(label) > 1 and name == label:
        name = f"{label}-{structure.composition.reduced_formula}"
    group = int(label.split("_")[2]) if not label.startswith("sigma") else 136
    add(name.replace("'", "prime"), CALLED.get(symbol) or CALLED.get(label, ""), structure, group, label, symbol, mineral, "compiled", "AFLOW")

with open(Path(matminer) / "mp_elastic_1181_with_poscar.csv") as file:
    for row in csv.DictReader(file):
        if row["material_id"] == "mp-17639":
            structure = Structure.from_str(row["poscar"].replace("\\n", "\n"), fmt="poscar")
            add("Th2Zn17", "Sm2Co17", structure, 166, "A17B2_hR19_166_cdfh_c", "", "", "computed", "mp-17639")

nitride = Structure.from_file(Path(mammos) / "Fe16N2" / "structure.cif")
add("Fe16N2", "alpha'' iron nitride, D2_g", nitride.get_primitive_structure(0.01), 139, "A8B_tI18_139_deh_a", "D2_g", "", "computed", "mammos-dft")

with tempfile.TemporaryDirectory() as folder:
    for name, called, group, cell, sites, citation in BUILT:
        setting = "Fd-3m:2" if group == 227 else group
        structure = Structure.from_spacegroup(setting, Lattice.from_parameters(*cell), [s[0] for s in sites], [s[1:] for s in sites])
        start = SpacegroupAnalyzer(structure, 0.01).find_primitive()
        path = f"{folder}/{name}.cif"
        start.to(filename=path, fmt="cif")
        command = [lodestone, "relax", path, "-o", f"{folder}/relaxed", "--keep-symmetry", "--fmax", "0.01", "--smax", "0.01", "--json"]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)[0]
        relaxed = Structure.from_file(f"{folder}/relaxed/{name}.cif")
        print(f"{name}: {start.composition.formula}, {told['ending']} after {told['steps']} steps, volume x {told['volume_ratio']:.3f}, "
              f"{start.density:.3f} -> {relaxed.density:.3f} g/cm3")
        add(name, called, relaxed, group, "", "", "", "computed", citation)

for file, name, called in BUNDLED:
    structure = Structure.from_file(out.parent / "structures" / f"{file}.cif")
    add(name, called, structure, 0, "", "", "", "see structures/index.csv", f"structures/{file}.cif")

names = [row[0].lower() for row in index]
assert len(set(names)) == len(names), [n for n in names if names.count(n) > 1]
(out / "prototypes.cif").write_text("\n".join(blocks) + "\n")
with open(out / "index.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow("name,called,aflow_label,strukturbericht,mineral,space_group,space_group_symbol,origin,source".split(","))
    writer.writerows(index)
print(f"{len(index)} prototypes")

# Hautier's weights, sorted; deuterium is no element here.
data = json.loads((Path(prediction_module.__path__[0]) / "data" / "lambda.json").read_text())
rows = []
for a, b, weight in data:
    if "D1+" in (a, b):
        continue
    a, b = sorted((Species.from_str(a), Species.from_str(b)), key=lambda s: (s.Z, s.oxi_state))
    rows.append((a.Z, int(a.oxi_state), b.Z, int(b.oxi_state), a.symbol, b.symbol, weight))
rows.sort()
with open(out / "ionic_substitutions.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["element_1", "charge_1", "element_2", "charge_2", "weight"])
    writer.writerows((a, p, b, q, repr(w)) for _, p, _, q, a, b, w in rows)
print(f"{len(rows)} pairs of ions")
