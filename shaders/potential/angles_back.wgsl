// The derivative by each angle from that by its first features: a workgroup takes 32.

struct Parameters { rows: u32, start: u32, frequencies: u32, matrix: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
// The derivative of each angle by the vector of its first bond, 1/Å; the angle.
@group(0) @binding(2) var<storage, read> geometry: array<vec4f>;
// The derivative by the features of angles.
@group(0) @binding(3) var<storage, read> slopes: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> by_angle: array<f32>;

fn slope_of(row: u32, strip: u32) -> vec4f {
    return slopes[(parameters.start + min(row, parameters.rows - 1u)) * 16u + strip];
}

@compute @workgroup_size(128)
fn angles_back(
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
    fill(row, block, strip, true);
    let sums = multiply(mat4x4f(), 0u, 32u, parameters.matrix + strip, 16u, block);
    let slope = transpose(mat4x4f(
        slope_of(row, strip),
        slope_of(row + 1u, strip),
        slope_of(row + 2u, strip),
        slope_of(row + 3u, strip),
    ));
    workgroupBarrier();
    let whole = sum_over_features(across(times(sums, slope)), vec4f(), 0u, block, strip).first;
    if strip < 4u && row + strip < parameters.rows {
        by_angle[parameters.start + row + strip] = whole[strip];
    }
}
