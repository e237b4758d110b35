// 32 rows of 64 or 128 features and 128 invocations: an invocation holds 4 rows (its block) by 4 features (its strip) as the
// columns of a matrix, one a feature. Rows pass between invocations through workgroup memory, feature after feature.

const ROWS: u32 = 32u;
const NONE: u32 = 0xffffffffu;

// 128 features of 32 rows: 16 KiB, what every adapter has.
var<workgroup> tile: array<vec4f, 1024>;

// Where a block's 4 rows of a feature stand: turned, so that invocations that write side by side use different banks.
fn place(feature: u32, block: u32) -> u32 {
    return feature * 8u + (block ^ ((feature >> 2u) & 7u));
}

fn store(x: mat4x4f, base: u32, block: u32, strip: u32) {
    let feature = base + 4u * strip;
    tile[place(feature, block)] = x[0];
    tile[place(feature + 1u, block)] = x[1];
    tile[place(feature + 2u, block)] = x[2];
    tile[place(feature + 3u, block)] = x[3];
}

// `sums` plus the product of `depth` features of the tile (from a multiple of 4 on, a whole number of 4s) with a matrix that has
// `stride` groups of 4 columns. Four features at a time: drivers get loops with a count of their own, which they do not unroll.
fn multiply(sums: mat4x4f, base: u32, depth: u32, matrix: u32, stride: u32, block: u32) -> mat4x4f {
    var all = sums;
    for (var k = 0u; k < depth; k += 4u) {
        let x = place(base + k, block);
        let w = matrix + k * stride;
        all = with_feature(all, tile[x], weights[w]);
        all = with_feature(all, tile[x + 8u], weights[w + stride]);
        all = with_feature(all, tile[x + 16u], weights[w + 2u * stride]);
        all = with_feature(all, tile[x + 24u], weights[w + 3u * stride]);
    }
    return all;
}

fn with_feature(sums: mat4x4f, x: vec4f, w: vec4f) -> mat4x4f {
    return mat4x4f(
        fma(x, vec4f(w.x), sums[0]),
        fma(x, vec4f(w.y), sums[1]),
        fma(x, vec4f(w.z), sums[2]),
        fma(x, vec4f(w.w), sums[3]),
    );
}

// The 4 features added, for each row.
fn across(x: mat4x4f) -> vec4f {
    return x[0] + x[1] + x[2] + x[3];
}

fn times(x: mat4x4f, y: mat4x4f) -> mat4x4f {
    return mat4x4f(x[0] * y[0], x[1] * y[1], x[2] * y[2], x[3] * y[3]);
}

// Each row by its own factor.
fn by_row(x: mat4x4f, factor: vec4f) -> mat4x4f {
    return mat4x4f(x[0] * factor, x[1] * factor, x[2] * factor, x[3] * factor);
}

// Each feature by its own factor, and something added.
fn affine(x: mat4x4f, scale: vec4f, shift: vec4f) -> mat4x4f {
    return mat4x4f(
        x[0] * scale.x + vec4f(shift.x),
        x[1] * scale.y + vec4f(shift.y),
        x[2] * scale.z + vec4f(shift.z),
        x[3] * scale.w + vec4f(shift.w),
    );
}

// Two sums over all 64 features. `region` 0 to 3 keeps sums that follow each other apart; what stood in the tile is lost.
struct Pair { first: vec4f, second: vec4f }

fn sum_over_features(first: vec4f, second: vec4f, region: u32, block: u32, strip: u32) -> Pair {
    let base = region * 256u + block;
    tile[base + strip * 8u] = first;
    tile[base + 128u + strip * 8u] = second;
    workgroupBarrier();
    var pair = Pair(vec4f(), vec4f());
    for (var at = 0u; at < 16u; at++) {
        pair.first += tile[base + at * 8u];
        pair.second += tile[base + 128u + at * 8u];
    }
    return pair;
}

// The logistic function.
fn open_of(x: vec4f) -> vec4f {
    return 1.0 / (1.0 + exp(clamp(-x, vec4f(-87.0), vec4f(87.0))));
}

fn opened(x: mat4x4f) -> mat4x4f {
    return mat4x4f(open_of(x[0]), open_of(x[1]), open_of(x[2]), open_of(x[3]));
}

// The derivative of `x open(x)`, where `open` is known.
fn silu_slope(x: mat4x4f, open: mat4x4f) -> mat4x4f {
    return mat4x4f(
        open[0] * (1.0 + x[0] * (1.0 - open[0])),
        open[1] * (1.0 + x[1] * (1.0 - open[1])),
        open[2] * (1.0 + x[2] * (1.0 - open[2])),
        open[3] * (1.0 + x[3] * (1.0 - open[3])),
    );
}
