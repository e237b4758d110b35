// What the sums over angles say of the lengths of short directed bonds, an invocation for each: those of the first bond of
// angles and of the second come behind 128 other numbers.

struct Parameters { rows: u32, start: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> first: array<vec4f>;
@group(0) @binding(2) var<storage, read> second: array<vec4f>;
// The derivative by the length of each short directed bond, added to.
@group(0) @binding(3) var<storage, read_write> by_length: array<f32>;

@compute @workgroup_size(64)
fn short_lengths(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let row = (group.x + group.y * groups.x) * 64u + local;
    if row < parameters.rows {
        by_length[row] += first[row * 33u + 32u].x + second[row * 33u + 32u].y;
    }
}
