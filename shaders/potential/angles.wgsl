// The first features of angles: a workgroup takes 32.

struct Parameters { rows: u32, start: u32, frequencies: u32, matrix: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
// The derivative of each angle by the vector of its first bond, 1/Å; the angle.
@group(0) @binding(2) var<storage, read> geometry: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> features: array<vec4f>;

fn put(row: u32, value: vec4f, strip: u32) {
    if row < parameters.rows {
        features[(parameters.start + row) * 16u + strip] = value;
    }
}

@compute @workgroup_size(128)
fn angles(
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
    fill(row, block, strip, false);
    let sums = transpose(multiply(mat4x4f(), 0u, 32u, parameters.matrix + strip, 16u, block));
    put(row, sums[0], strip);
    put(row + 1u, sums[1], strip);
    put(row + 2u, sums[2], strip);
    put(row + 3u, sums[3], strip);
}
