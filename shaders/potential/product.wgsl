// Rows of 32, 64 or 128 features times a matrix with a whole number of 64 columns: a workgroup takes 32 rows and 64 columns.
// All strides and places are in groups of 4.

struct Parameters {
    rows: u32,
    depth: u32,
    // 64s of columns.
    blocks: u32,
    // 0: the rows in order; 1: row `list[i]`; 2: the sum of rows `list[2 i]` and `list[2 i + 1]`.
    gather: u32,
    x_stride: u32,
    x_from: u32,
    matrix: u32,
    // What every row begins with; NONE: nothing.
    bias: u32,
    out_stride: u32,
    out_from: u32,
    // 1: added to what is there; 2: added to the same rows of `before`.
    adds: u32,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
@group(0) @binding(2) var<storage, read> list: array<u32>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> before: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> out: array<vec4f>;

fn part(row: u32, group: u32) -> vec4f {
    let number = min(row, parameters.rows - 1u);
    if parameters.gather == 0u {
        return x[parameters.x_from + number * parameters.x_stride + group];
    }
    if parameters.gather == 1u {
        return x[parameters.x_from + list[number] * parameters.x_stride + group];
    }
    let first = x[parameters.x_from + list[2u * number] * parameters.x_stride + group];
    return first + x[parameters.x_from + list[2u * number + 1u] * parameters.x_stride + group];
}

fn put(row: u32, value: vec4f, column: u32) {
    if row >= parameters.rows {
        return;
    }
    let at = parameters.out_from + row * parameters.out_stride + column;
    switch parameters.adds {
        case 1u: { out[at] += value; }
        case 2u: { out[at] = before[at] + value; }
        default: { out[at] = value; }
    }
}

@compute @workgroup_size(128)
fn product(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let number = group.x + group.y * groups.x;
    let start = number / parameters.blocks * ROWS;
    if start >= parameters.rows {
        return;
    }
    let block = local / 16u;
    let strip = local % 16u;
    let row = start + 4u * block;
    for (var base = 0u; base < parameters.depth; base += 64u) {
        if base + 4u * strip < parameters.depth {
            let at = base / 4u + strip;
            let rows = mat4x4f(part(row, at), part(row + 1u, at), part(row + 2u, at), part(row + 3u, at));
            store(transpose(rows), base, block, strip);
        }
    }
    workgroupBarrier();
    let column = number % parameters.blocks * 16u + strip;
    var sums = mat4x4f();
    if parameters.bias != NONE {
        sums = affine(sums, vec4f(), weights[parameters.bias + column]);
    }
    let matrix = parameters.matrix + column;
    sums = transpose(multiply(sums, 0u, parameters.depth, matrix, parameters.blocks * 16u, block));
    put(row, sums[0], column);
    put(row + 1u, sums[1], column);
    put(row + 2u, sums[2], column);
    put(row + 3u, sums[3], column);
}
