"""Writes datasets/structures/: CIF files and their index.

    python structures.py AVOGADRO PYMATGEN_UTIL MATMINER OUT

with pymatgen 2026.10.24 and the folders named in datasets/SOURCES.md: `crystals` of libavogadro-data, pymatgen's
`util/structures`, and matminer's `*_with_poscar.csv`. Files of the Crystallography Open Database are copied as
they are; the others are written as CIF files of their conventional cell.
"""
import csv, glob, json, os, shutil, sys, warnings

from pymatgen.core import Lattice, Structure
from pymatgen.io.cif import CifWriter

warnings.simplefilter("ignore")
csv.field_size_limit(10**9)
avogadro, util, matminer, out = sys.argv[1:]

# File of the Crystallography Open Database: group, name here, title.
COD = """
elements/C-Diamond C_diamond Diamond
elements/C-Graphite C_graphite Graphite
elements/Si-Silicon Si Silicon
elements/Ge-Germanium Ge Germanium
elements/Fe-Iron-alpha Fe_alpha Iron, body-centred
elements/Co-Cobalt Co Cobalt, hexagonal
elements/Ni-Nickel Ni Nickel
elements/Cu-Copper Cu Copper
elements/Ag-Silver Ag Silver
elements/Au-Gold Au Gold
elements/Pd-Palladium Pd Palladium
elements/Pt-Platinum Pt Platinum
elements/Ti-Titanium-alpha Ti_alpha Titanium
halides/NaCl-Halite NaCl Halite
halides/CsCl CsCl Caesium chloride
halides/CaF2-Fluorite CaF2 Fluorite
oxides/MgO-Periclase MgO Periclase
oxides/NiO-Bunsenite NiO Bunsenite
oxides/Al2O3-Corundum Al2O3 Corundum
oxides/Fe2O3-Hematite Fe2O3 Hematite
oxides/Fe3O4-Magnetite Fe3O4 Magnetite
oxides/Cr2O3-Eskolaite Cr2O3 Eskolaite
oxides/(MgAl2)O4-Spinel MgAl2O4 Spinel
oxides/TiO2-Rutile TiO2_rutile Rutile
oxides/TiO2-Anatase TiO2_anatase Anatase
oxides/TiO2-Brookite TiO2_brookite Brookite
oxides/SnO2-Cassiterite SnO2 Cassiterite
oxides/MnO2-Pyrolusite MnO2 Pyrolusite
oxides/V2O5-Shcherbinaite V2O5 Shcherbinaite
oxides/MoO3-Molybdite MoO3 Molybdite
oxides/SiO2-Quartz-alpha SiO2_quartz Quartz
oxides/ZnO-Zincite ZnO Zincite
oxides/Cu2O-Cuprite Cu2O Cuprite
oxides/CuO-Tenorite CuO Tenorite
oxides/CeO2-Cerianite CeO2 Ceria
oxides/ZrO2-Cubic ZrO2_cubic Zirconia, cubic
oxides/In2O3-IndiumOxide In2O3 Indium oxide
oxides/RuO2 RuO2 Ruthenium oxide
titanates/SrTiO3-Tausonite SrTiO3 Strontium titanate
titanates/BaTiO3 BaTiO3 Barium titanate
titanates/CaTiO3-Perovskite CaTiO3 Perovskite
other/LiNbO3-LithiumNiobate LiNbO3 Lithium niobate
other/YBa2Cu3O6.9-YBCO YBa2Cu3O6.9 YBCO
nitrides/GaN GaN Gallium nitride
nitrides/AlN AlN Aluminium nitride
nitrides/Si3N4-beta Si3N4_beta Silicon nitride
arsenides/GaAs GaAs Gallium arsenide
arsenides/CoAs3-Skutterudite CoAs3 Skutterudite
carbides/SiC-6H-alpha SiC_6H Silicon carbide 6H
carbides/WC WC Tungsten carbide
sulfides/FeS2-Pyrite FeS2_pyrite Pyrite
sulfides/PbS-Galena PbS Galena
sulfides/ZnS-Sphalerite ZnS_sphalerite Sphalerite
sulfides/ZnS-Wurtzite-2H ZnS_wurtzite Wurtzite
telurides/Bi2Te3 Bi2Te3 Bismuth telluride
telurides/CdTe CdTe Cadmium telluride
intermetallics/FePt-Tetraferroplatinum FePt Tetraferroplatinum
intermetallics/(Cu0.5Fe0.5)Pt-Tulameenite Cu0.5Fe0.5Pt Tulameenite, disordered
intermetallics/CoFe-Wairauite CoFe Wairauite
intermetallics/Cu2MnAl-Heusler Cu2MnAl Heusler's alloy
intermetallics/AuCu-Tetraauricupride AuCu Tetraauricupride
carbonates/CaCO3-Calcite CaCO3 Calcite
silicates/Be3Al2(SiO3)6-Beryl Be3Al2Si6O18 Beryl
"""
# Computed structures of matminer's tables: material number, name here, title.
MATMINER = """
mp-2827 YCo5 Yttrium cobalt magnet
mp-2831 FePd Iron palladium, ordered
mp-949 CoPt Cobalt platinum, ordered
mp-771 MnAl Manganese aluminium, tau phase
mp-510623 Fe3C Cementite
mp-886 Ga2O3 Gallium oxide, beta
mp-614013 CsSnI3_cubic Caesium tin iodide, cubic
mp-7375 KNbO3 Potassium niobate
mp-2251 Li3N Lithium nitride
mp-1960 Li2O Lithium oxide
"""
# Computed structures that pymatgen ships: file without extension, name here, title.
UTIL = """
LiFePO4 LiFePO4 Lithium iron phosphate, triphylite
NaFePO4 NaFePO4 Sodium iron phosphate
Li3V2(PO4)3 Li3V2P3O12 Lithium vanadium phosphate
"""
# What pymatgen does not read right: a remark in the space group symbol.
FORMULAS = {"LiNbO3": "LiNbO3"}


def rows(text):
    return [line.split(" ", 2) for line in text.strip().splitlines()]


def write(structure, name, title, remarks):
    structure.remove_oxidation_states()
    for key in list(structure.site_properties):
        structure.remove_site_property(key)
    text = str(CifWriter(structure, symprec=0.01, significant_figures=6))
    head = "".join(f"# {line}\n" for line in remarks)
    body = text.split("\n", 1)[1].replace("_symmetry_space_group", f"_chemical_name_common   '{title}'\n_symmetry_space_group", 1)
    with open(os.path.join(out, name + ".cif"), "w") as f:
        f.write(head + body)


os.makedirs(out, exist_ok=True)
index = []
for source, name, title in rows(COD):
    path = os.path.join(avogadro, source + ".cif")
    text = open(path, encoding="utf-8", errors="replace").read()
    assert "Crystallography Open Database" in text, path
    code = next(line.split()[1] for line in text.splitlines() if line.startswith("_cod_database_code"))
    shutil.copyfile(path, os.path.join(out, name + ".cif"))
    index.append([name, title, f"Crystallography Open Database {code}", "public domain", "measured"])
tables = {}
for path in sorted(glob.glob(os.path.join(matminer, "mp_*_with_poscar.csv"))):
    for row in csv.DictReader(open(path)):
        tables.setdefault(row["material_id"], row["poscar"])
for number, name, title in rows(MATMINER):
    remarks = [f"{title}: {number}, computed (PBE), from matminer 0.3.9.", "M. de Jong et al., Sci. Data 2, 150009 (2015), doi:10.1038/sdata.2015.9, and related sets; see datasets/SOURCES.md."]
    write(Structure.from_str(tables[number], fmt="poscar"), name, title, remarks)
    index.append([name, title, f"matminer 0.3.9 ({number})", "BSD-3-Clause-LBNL; CC BY 4.0", "computed"])
for source, name, title in rows(UTIL):
    data = json.load(open(os.path.join(util, source + ".json")))
    for site in data["sites"]:
        site["properties"] = {}
    remarks = [f"{title}: computed, from pymatgen 2026.10.24 (util/structures/{source}.json)."]
    write(Structure.from_dict(data), name, title, remarks)
    index.append([name, title, f"pymatgen 2026.10.24 (util/structures/{source}.json)", "MIT", "computed"])


def published(name, title, group, lattice, species, coordinates, remarks, source):
    write(Structure.from_spacegroup(group, lattice, species, coordinates), name, title, remarks)
    index.append([name, title, source, "numbers of a published paper", "measured"])


published(
    "LiCoO2", "Lithium cobalt oxide", "R-3m", Lattice.hexagonal(2.816, 14.052), ["Co", "Li", "O"], [[0, 0, 0], [0, 0, 0.5], [0, 0, 0.2603]],
    ["Cell: H. J. Orman, P. J. Wiseman, Acta Crystallogr. C 40, 12 (1984), as quoted by K. Teshima et al., Cryst. Growth Des. 10, 4471", "(2010), doi:10.1021/cg100705d. The oxygen parameter follows from the O-O distance across the layer, 2.618 Å, of Y. Takahashi et al.,", "J. Solid State Chem. 180, 313 (2007)."],
    "Orman and Wiseman 1984; Takahashi et al. 2007",
)
published(
    "Nd2Fe14B", "Neodymium magnet", "P4_2/mnm", Lattice.tetragonal(8.80, 12.20), ["Nd", "Nd", "Fe", "Fe", "Fe", "Fe", "Fe", "Fe", "B"],
    [[0.268, 0.268, 0], [0.140, -0.140, 0], [0.223, 0.567, 0.127], [0.037, 0.360, 0.176], [0.098, 0.098, 0.204], [0.317, 0.317, 0.246], [0.5, 0.5, 0.114], [0, 0.5, 0], [0.371, -0.371, 0]],
    ["J. F. Herbst, J. J. Croat, F. E. Pinkerton, W. B. Yelon, Phys. Rev. B 29, 4176 (1984), doi:10.1103/PhysRevB.29.4176."],
    "Herbst et al. 1984",
)
with open(os.path.join(out, "index.csv"), "w", newline="") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(["formula", "file", "title", "origin", "source", "licence"])
    for name, title, source, licence, origin in sorted(index):
        formula = Structure.from_file(os.path.join(out, name + ".cif"), occupancy_tolerance=1.05).composition.reduced_formula
        w.writerow([FORMULAS.get(name, formula), name + ".cif", title, origin, source, licence])
