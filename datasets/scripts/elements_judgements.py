"""What elements.py decides about single elements: lists with their reasons.

The sources of the lists are in datasets/SOURCES.md.
"""

# IUPAC's seventeen.
RARE_EARTHS = set("Sc Y La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu".split())

NOBLE_METALS = set("Ru Rh Pd Ag Os Ir Pt Au".split())

# Regulation (EU) 2024/1252, annex II, read as elements: bauxite -> Al, baryte -> Ba, fluorspar -> F, phosphate rock
# and phosphorus -> P, light and heavy rare earths -> all stable ones, platinum group metals -> six. Titanium and silicon
# are listed as metals and nickel in battery grade; graphite, coking coal and feldspar name no element and are left out.
CRITICAL_EU_2023 = set(
    "Sb As Al Ba Be Bi B Co Cu F Ga Ge Hf He Li Mg Mn Ni Nb P Ru Rh Pd Os Ir Pt Sc Si Sr Ta Ti W V "
    "Y La Ce Pr Nd Sm Eu Gd Tb Dy Ho Er Tm Yb Lu".split()
)

# C1, C2A: carcinogen of IARC group 1 or 2A; R: toxic for reproduction 1A or 1B; T: fatal (H300, H310 or H330); each for
# the element or a usual class of its compounds (fluorine, bromine and white phosphorus are fatal only as elements and are
# left out). Empty means not assessed.
HAZARDS = {
    "Be": "C1;T",
    "B": "R",
    "Cr": "C1",
    "Co": "C2A;R",
    "Ni": "C1",
    "As": "C1;T",
    "Cd": "C1;T",
    "Sb": "C2A",
    "Os": "T",
    "Hg": "R;T",
    "Tl": "T",
    "Pb": "C2A;R",
    "U": "T",
}

# Prices that are not those of a raw material: single isotopes; gram or kilogram lots for laboratories; older than 2001.
UNUSABLE_PRICES = set("Ne Kr Xe Rb Cs Tc Tm Tl Np".split())

# USD/kg, year, source. Vanadium is traded as pentoxide and ferrovanadium; the table's 371 USD/kg is that of the pure metal.
# 11.8 USD/lb V2O5 (estimate for 2019); 0.45359237 kg/lb; V is 56.02 % of V2O5 by mass.
OTHER_PRICES = {"V": (46.4, 2019, "USGS MCS 2020")}

# Kyle and Laby give radii for twelve neighbours to these too; no metal is meant.
NONMETALS = set("H He C N P S Cl Se Br I".split())

# The spelling of IUPAC.
NAMES = {"Al": "Aluminium", "Cs": "Caesium"}

# No bound anion was measured reliably: accelerator mass spectrometry values of 2001-2004 that later work contradicts.
DOUBTFUL_AFFINITIES = set("Pr Nd Tb Tm".split())

# Calculated or estimated, not measured.
ESTIMATED_AFFINITIES = set("Tc Re Po At Fr Ra Ac Og".split())

# Newer measurements, eV: Ce from Fu 2020, Eu from Cheng 2015, Lu from Fu 2019.
MEASURED_AFFINITIES = {"Ce": 0.600160, "Eu": 0.116, "Lu": 0.23882}

# eV. Atoms that bind no extra electron have no measured affinity; these are the electronegativities of Pearson 1988, whose
# affinities are estimates (negative), as band-edge work uses them.
PEARSON_ELECTRONEGATIVITIES = {"Be": 4.9, "N": 7.30, "Mg": 3.75, "Mn": 3.72, "Zn": 4.45, "Cd": 4.33, "Hg": 4.91}

# Never seen in bulk: densities and transition temperatures are estimates.
ESTIMATED_BULK = {"At", "Fr"}
