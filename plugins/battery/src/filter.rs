// Which sets of elements have known voltages, coarsely: one bit for many sets. The build script includes this file too.

/// Words of the filter.
pub const WORDS: usize = 64;

/// The bit of the filter that a set of elements has, as word and bit; `set` has a bit for each atomic number.
pub const fn place(set: u128) -> (usize, u32) {
    let (low, high) = (set as u64, (set >> 64) as u64);
    let mixed = (low ^ high.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed >> 58) as usize, (mixed >> 52) as u32 & 63)
}
