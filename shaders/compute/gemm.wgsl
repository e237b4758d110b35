// C = A B in f32, matrices row after row. A workgroup computes a tile of 64 x 64, an invocation 4 x 4 of it; A and B pass
// through workgroup memory 16 columns of A at a time.

struct Parameters { rows: u32, k: u32, n: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> a: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;

const TILE: u32 = 64u;
const DEPTH: u32 = 16u;

// Row after row of the transposed A tile, and of the B tile.
var<workgroup> a_tile: array<f32, 1024>;
var<workgroup> b_tile: array<f32, 1024>;

@compute @workgroup_size(256)
fn gemm(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
    let across = (parameters.n + TILE - 1u) / TILE;
    let row = group.x / across * TILE;
    let column = group.x % across * TILE;
    let my_row = local / 16u * 4u;
    let my_column = local % 16u * 4u;
    var sums = mat4x4f();
    for (var depth = 0u; depth < parameters.k; depth += DEPTH) {
        for (var part = 0u; part < 4u; part++) {
            let at = local + part * 256u;
            let a_row = row + at / DEPTH;
            let a_column = depth + at % DEPTH;
            var value = 0.0;
            if a_row < parameters.rows && a_column < parameters.k {
                value = a[a_row * parameters.k + a_column];
            }
            a_tile[at % DEPTH * TILE + at / DEPTH] = value;
            let b_row = depth + at / TILE;
            let b_column = column + at % TILE;
            value = 0.0;
            if b_row < parameters.k && b_column < parameters.n {
                value = b[b_row * parameters.n + b_column];
            }
            b_tile[at] = value;
        }
        workgroupBarrier();
        for (var step = 0u; step < DEPTH; step++) {
            let from_a = step * TILE + my_row;
            let from_b = step * TILE + my_column;
            let along = vec4f(b_tile[from_b], b_tile[from_b + 1u], b_tile[from_b + 2u], b_tile[from_b + 3u]);
            sums[0] += a_tile[from_a] * along;
            sums[1] += a_tile[from_a + 1u] * along;
            sums[2] += a_tile[from_a + 2u] * along;
            sums[3] += a_tile[from_a + 3u] * along;
        }
        workgroupBarrier();
    }
    for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
            if row + my_row + i < parameters.rows && column + my_column + j < parameters.n {
                c[(row + my_row + i) * parameters.n + column + my_column + j] = sums[i][j];
            }
        }
    }
}
