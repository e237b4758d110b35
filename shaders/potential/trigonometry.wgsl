// Sine and cosine for arguments from 0 to some hundreds, to 1 part in 10^7: WGSL promises 2^-11, between -pi and pi alone.

fn sine_cosine(x: f32) -> vec2f {
    let whole = floor(x * 0.63661977 + 0.5);
    // Half of pi in three parts, the first two so short that products with whole numbers below 2^12 are exact.
    var r = x - whole * 1.5703125;
    r = r - whole * 4.8351288e-4;
    r = r - whole * 3.1385847e-7;
    let square = r * r;
    let sine = r + r * square * (-1.6666654611e-1 + square * (8.3321608736e-3 - square * 1.9515295891e-4));
    let cosine = 1.0 - 0.5 * square
        + square * square * (4.166664568298827e-2 + square * (-1.388731625493765e-3 + square * 2.443315711809948e-5));
    let quarter = u32(whole) & 3u;
    let swapped = select(vec2f(sine, cosine), vec2f(cosine, sine), (quarter & 1u) == 1u);
    let sine_sign = select(1.0, -1.0, quarter >= 2u);
    let cosine_sign = select(1.0, -1.0, quarter == 1u || quarter == 2u);
    return swapped * vec2f(sine_sign, cosine_sign);
}
