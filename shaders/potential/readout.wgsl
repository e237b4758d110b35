// From the last features of atoms to energies and moments, and the first step of the way back: a workgroup takes 32 atoms.
// Parameters, in groups of 4: scale and shift of the norm (16 each), three times a matrix, its transpose (1024 each) and a bias
// (16), the last row (16), that of moments (16), the biases of both (1).

struct Parameters { rows: u32, layer: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
// The features of atoms that energies are read from, and those that moments are read from.
@group(0) @binding(2) var<storage, read> features: array<vec4f>;
@group(0) @binding(3) var<storage, read> magnetic: array<vec4f>;
// The derivative of the energy by the features.
@group(0) @binding(4) var<storage, read_write> slopes: array<vec4f>;
// Energy (eV) and moment (µB) come first of 16 numbers an atom.
@group(0) @binding(5) var<storage, read_write> results: array<f32>;

const INNER: u32 = 32u;
const STEP: u32 = 2064u;
const LAST: u32 = 6224u;
const GROUND: f32 = 1e-5;

fn atom(row: u32) -> u32 {
    return min(row, parameters.rows - 1u);
}

// What a hidden layer gives before its silu.
fn hidden(x: mat4x4f, number: u32, block: u32, strip: u32) -> mat4x4f {
    let at = parameters.layer + INNER + number * STEP;
    workgroupBarrier();
    store(x, 0u, block, strip);
    workgroupBarrier();
    let start = affine(mat4x4f(), vec4f(), weights[at + 2048u + strip]);
    return multiply(start, 0u, 64u, at + strip, 16u, block);
}

fn hidden_back(slope: mat4x4f, z: mat4x4f, number: u32, block: u32, strip: u32) -> mat4x4f {
    let at = parameters.layer + INNER + number * STEP;
    workgroupBarrier();
    store(times(slope, silu_slope(z, opened(z))), 0u, block, strip);
    workgroupBarrier();
    return multiply(mat4x4f(), 0u, 64u, at + 1024u + strip, 16u, block);
}

fn silu(x: mat4x4f) -> mat4x4f {
    return times(x, opened(x));
}

fn repeated(row: vec4f) -> mat4x4f {
    return mat4x4f(vec4f(row.x), vec4f(row.y), vec4f(row.z), vec4f(row.w));
}

@compute @workgroup_size(128)
fn readout(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let start = (group.x + group.y * groups.x) * ROWS;
    if start >= parameters.rows {
        return;
    }
    let block = local / 16u;
    let strip = local % 16u;
    let row = start + 4u * block;
    var x = transpose(mat4x4f(
        features[atom(row) * 16u + strip],
        features[atom(row + 1u) * 16u + strip],
        features[atom(row + 2u) * 16u + strip],
        features[atom(row + 3u) * 16u + strip],
    ));
    let moments = transpose(mat4x4f(
        magnetic[atom(row) * 16u + strip],
        magnetic[atom(row + 1u) * 16u + strip],
        magnetic[atom(row + 2u) * 16u + strip],
        magnetic[atom(row + 3u) * 16u + strip],
    ));
    let by_moment = repeated(weights[parameters.layer + LAST + 16u + strip]);
    let sums = sum_over_features(across(x), across(times(moments, by_moment)), 0u, block, strip);
    let mean = sums.first / 64.0;
    x = mat4x4f(x[0] - mean, x[1] - mean, x[2] - mean, x[3] - mean);
    let squares = sum_over_features(across(times(x, x)), vec4f(), 1u, block, strip).first;
    let inverse = 1.0 / sqrt(squares / 64.0 + GROUND);
    let normal = by_row(x, inverse);
    let scale = weights[parameters.layer + strip];
    x = affine(normal, scale, weights[parameters.layer + 16u + strip]);
    let first = hidden(x, 0u, block, strip);
    let second = hidden(silu(first), 1u, block, strip);
    let third = hidden(silu(second), 2u, block, strip);
    let last = repeated(weights[parameters.layer + LAST + strip]);
    workgroupBarrier();
    let energies = sum_over_features(across(times(silu(third), last)), vec4f(), 0u, block, strip).first;
    if strip < 4u && row + strip < parameters.rows {
        let biases = weights[parameters.layer + LAST + 32u];
        results[(row + strip) * 16u] = energies[strip] + biases.x;
        results[(row + strip) * 16u + 1u] = abs(sums.second[strip] + biases.y);
    }
    var slope = hidden_back(last, third, 2u, block, strip);
    slope = hidden_back(slope, second, 1u, block, strip);
    slope = hidden_back(slope, first, 0u, block, strip);
    slope = affine(slope, scale, vec4f());
    workgroupBarrier();
    let along = sum_over_features(across(slope), across(times(slope, normal)), 0u, block, strip);
    let slope_mean = along.first / 64.0;
    let product = along.second / 64.0;
    slope = transpose(mat4x4f(
        (slope[0] - slope_mean - normal[0] * product) * inverse,
        (slope[1] - slope_mean - normal[1] * product) * inverse,
        (slope[2] - slope_mean - normal[2] * product) * inverse,
        (slope[3] - slope_mean - normal[3] * product) * inverse,
    ));
    for (var at = 0u; at < 4u; at++) {
        if row + at < parameters.rows {
            slopes[(row + at) * 16u + strip] = slope[at];
        }
    }
}
