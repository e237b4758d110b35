//! Dividing rows into folds for cross-validation.

use std::collections::BTreeMap;

/// The folds of scikit-learn's `KFold(folds, shuffle=True, random_state=seed)`: for each row the number of the fold in which
/// it is tested. Matbench's five folds are `k_folds(n, 5, 18012019)` (A. Dunn et al., npj Computational Materials 6, 138
/// (2020), doi:10.1038/s41524-020-00406-3).
///
/// More folds than rows leave some empty.
pub fn k_folds(rows: usize, folds: usize, seed: u32) -> Vec<usize> {
    let folds = folds.max(1);
    let order = Twister::new(seed).permutation(rows);
    let mut fold_of = vec![0; rows];
    let mut start = 0;
    for fold in 0..folds {
        let size = rows / folds + usize::from(fold < rows % folds);
        for row in &order[start..start + size] {
            fold_of[*row] = fold;
        }
        start += size;
    }
    fold_of
}

/// Folds that keep rows of the same group together: groups in a random order, each into the fold that has the fewest rows.
pub fn grouped_folds<G: Ord>(groups: &[G], folds: usize, seed: u32) -> Vec<usize> {
    let mut members: BTreeMap<&G, Vec<usize>> = BTreeMap::new();
    for (row, group) in groups.iter().enumerate() {
        members.entry(group).or_default().push(row);
    }
    let members: Vec<Vec<usize>> = members.into_values().collect();
    let mut sizes = vec![0; folds.max(1)];
    let mut fold_of = vec![0; groups.len()];
    for group in Twister::new(seed).permutation(members.len()) {
        let fold = (0..sizes.len())
            .min_by_key(|fold| sizes[*fold])
            .unwrap_or(0);
        sizes[fold] += members[group].len();
        members[group].iter().for_each(|row| fold_of[*row] = fold);
    }
    fold_of
}

/// The Mersenne Twister MT19937 (M. Matsumoto, T. Nishimura, ACM Transactions on Modeling and Computer Simulation 8, 3
/// (1998)), seeded and used as numpy's `RandomState` does.
struct Twister {
    state: [u32; 624],
    index: usize,
}

impl Twister {
    fn new(seed: u32) -> Self {
        let mut state = [0; 624];
        let mut word = seed;
        for (i, slot) in state.iter_mut().enumerate() {
            *slot = word;
            word = 1_812_433_253_u32
                .wrapping_mul(word ^ (word >> 30))
                .wrapping_add(i as u32 + 1);
        }
        Self { state, index: 624 }
    }

    fn next(&mut self) -> u32 {
        if self.index == 624 {
            for i in 0..624 {
                let both =
                    (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % 624] & 0x7fff_ffff);
                let odd = if both & 1 == 1 { 0x9908_b0df } else { 0 };
                self.state[i] = self.state[(i + 397) % 624] ^ (both >> 1) ^ odd;
            }
            self.index = 0;
        }
        let mut word = self.state[self.index];
        self.index += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    }

    /// A whole number up to and with `limit`: the low bits of draws, until one is small enough.
    fn up_to(&mut self, limit: u32) -> u32 {
        let mask = u32::MAX.checked_shr(limit.leading_zeros()).unwrap_or(0);
        loop {
            let word = self.next() & mask;
            if word <= limit {
                return word;
            }
        }
    }

    /// `numpy.random.RandomState(seed).permutation(n)`.
    fn permutation(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            let j = self.up_to(i as u32) as usize;
            order.swap(i, j);
        }
        order
    }
}
