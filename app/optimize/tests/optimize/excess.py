# Makes excess.csv: ln psi(u) with psi(u) = phi(u) + u Phi(u), and ln Phi(u), at 60 digits. Needs mpmath 1.3.
from mpmath import mp, mpf, erfc, exp, log, pi, sqrt

mp.dps = 60
# Beyond |u| = 30 the cancellation in psi costs more digits than that.
print("# u, ln psi(u), ln Phi(u); mpmath, see excess.py")
grid = [mpf(i) / 4 - 12 for i in range(0, 88)] + [mpf(x) for x in (-0.9999, -1.0001, -19.999, -20.001, 0.0078125, 1e-9)]
grid += [mpf(-x) for x in (15, 25, 30, 40, 100, 1000, 12345, 1e6, 1e8)] + [mpf(x) for x in (10.5, 37, 1e3)]
for u in sorted(grid):
    mp.dps = 60 if u > -50 else 120
    cdf = erfc(-u / sqrt(2)) / 2
    psi = exp(-u * u / 2) / sqrt(2 * pi) + u * cdf
    print("%r,%s,%s" % (float(u), mp.nstr(log(psi), 20), mp.nstr(log(cdf), 20)))
