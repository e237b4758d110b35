// The Fourier series of 32 angles in the tile: `1/sqrt 2`, 15 sines, 15 cosines, all over `sqrt pi`.

const SCALE_OF_SERIES: f32 = 0.5641896;

fn angle_of(row: u32) -> f32 {
    return geometry[parameters.start + min(row, parameters.rows - 1u)].w;
}

// One function of 4 angles, or its derivative.
fn series_of(n: u32, angles: vec4f, derivative: bool) -> vec4f {
    if n == 0u || n == 31u {
        return vec4f(select(0.0, SCALE_OF_SERIES * 0.70710678, n == 0u && !derivative));
    }
    let k = (n - 1u) % 15u;
    let is_sine = n < 16u;
    let frequency = weights[parameters.frequencies + k / 4u][k % 4u];
    let a = sine_cosine(frequency * angles.x);
    let b = sine_cosine(frequency * angles.y);
    let c = sine_cosine(frequency * angles.z);
    let d = sine_cosine(frequency * angles.w);
    let sines = vec4f(a.x, b.x, c.x, d.x);
    let cosines = vec4f(a.y, b.y, c.y, d.y);
    if derivative {
        return SCALE_OF_SERIES * frequency * select(-sines, cosines, is_sine);
    }
    return SCALE_OF_SERIES * select(cosines, sines, is_sine);
}

fn fill(row: u32, block: u32, strip: u32, derivative: bool) {
    let angles = vec4f(angle_of(row), angle_of(row + 1u), angle_of(row + 2u), angle_of(row + 3u));
    tile[place(strip, block)] = series_of(strip, angles, derivative);
    tile[place(strip + 16u, block)] = series_of(strip + 16u, angles, derivative);
    workgroupBarrier();
}
