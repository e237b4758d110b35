// Mean and variance of a Gaussian process, fused: kernel values live in workgroup memory, 16 observations by 64 candidates at
// a time, and nothing of the size of candidates times observations is stored.
//
// A workgroup takes 64 candidates. For each panel of 64 rows of the inverse factor it sums v = L⁻¹ k in registers, 4 x 4 an
// invocation, computing k again: that is (n / 64 + 1) / 2 times, cheaper than n numbers a candidate in memory.

struct Parameters { rows: u32, observations: u32, dimensions: u32, kernel: u32, mean: f32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
// Observation after observation, scaled.
@group(0) @binding(1) var<storage, read> inputs: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
// Column after column, lower triangular.
@group(0) @binding(3) var<storage, read> factor: array<f32>;
// Candidate after candidate, scaled.
@group(0) @binding(4) var<storage, read> candidates: array<f32>;
// Standardised mean, and |v|².
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

const TILE: u32 = 64u;
const DEPTH: u32 = 16u;

var<workgroup> factor_tile: array<f32, 1024>;
var<workgroup> k_tile: array<f32, 1024>;

fn correlation(r2: f32) -> f32 {
    switch parameters.kernel {
        case 0u: { return exp(-sqrt(r2)); }
        case 1u: {
            let s = 1.7320508 * sqrt(r2);
            return (1.0 + s) * exp(-s);
        }
        case 2u: {
            let s = 2.236068 * sqrt(r2);
            return (1.0 + s + s * s * (1.0 / 3.0)) * exp(-s);
        }
        default: { return exp(-0.5 * r2); }
    }
}

@compute @workgroup_size(256)
fn posterior(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
    let n = parameters.observations;
    let d = parameters.dimensions;
    let my_row = local / 16u * 4u;
    let my_column = local % 16u * 4u;
    // The candidate whose kernel values this invocation computes; beyond the last one it repeats that.
    let candidate = min(group.x * TILE + local % TILE, parameters.rows - 1u);
    var squares = vec4f();
    var mean = 0.0;
    for (var panel = 0u; panel < n; panel += TILE) {
        let reach = min(n, panel + TILE);
        var sums = mat4x4f();
        for (var depth = 0u; depth < reach; depth += DEPTH) {
            for (var part = 0u; part < 4u; part++) {
                let at = local + part * 256u;
                let observation = depth + at / TILE;
                let row = panel + at % TILE;
                var value = 0.0;
                if observation < n && row < n {
                    value = factor[observation * n + row];
                }
                factor_tile[at] = value;
                var k = 0.0;
                if observation < n {
                    var r2 = 0.0;
                    for (var i = 0u; i < d; i++) {
                        let off = candidates[candidate * d + i] - inputs[observation * d + i];
                        r2 += off * off;
                    }
                    // Far enough for nothing to be left.
                    k = correlation(min(r2, 1e4));
                    if reach == n {
                        mean += weights[observation] * k;
                    }
                }
                k_tile[at] = k;
            }
            workgroupBarrier();
            for (var step = 0u; step < DEPTH; step++) {
                let from_factor = step * TILE + my_row;
                let from_k = step * TILE + my_column;
                let k = vec4f(k_tile[from_k], k_tile[from_k + 1u], k_tile[from_k + 2u], k_tile[from_k + 3u]);
                sums[0] += factor_tile[from_factor] * k;
                sums[1] += factor_tile[from_factor + 1u] * k;
                sums[2] += factor_tile[from_factor + 2u] * k;
                sums[3] += factor_tile[from_factor + 3u] * k;
            }
            workgroupBarrier();
        }
        squares += sums[0] * sums[0] + sums[1] * sums[1] + sums[2] * sums[2] + sums[3] * sums[3];
    }
    // 16 partial sums of squares and 4 of the mean for each candidate.
    for (var i = 0u; i < 4u; i++) {
        factor_tile[local / 16u * TILE + my_column + i] = squares[i];
    }
    k_tile[local] = mean;
    workgroupBarrier();
    if local < TILE && group.x * TILE + local < parameters.rows {
        var square = 0.0;
        for (var part = 0u; part < 16u; part++) {
            square += factor_tile[part * TILE + local];
        }
        let whole = k_tile[local] + k_tile[TILE + local] + k_tile[2u * TILE + local] + k_tile[3u * TILE + local];
        out[2u * candidate] = parameters.mean + whole;
        out[2u * candidate + 1u] = square;
    }
}
