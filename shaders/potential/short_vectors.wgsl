// The derivative by the vector of each short directed bond through its angles, eV/Å, and that by its length, an invocation for
// each. The two angles of a pair of bonds are one, so that derivatives by both count.

struct Parameters { rows: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
// Where the angles of a short directed bond as first start.
@group(0) @binding(1) var<storage, read> starts: array<u32>;
// Of an angle: the one with its bonds exchanged.
@group(0) @binding(2) var<storage, read> twins: array<u32>;
// The derivative of each angle by the vector of its first bond, 1/Å; the angle.
@group(0) @binding(3) var<storage, read> geometry: array<vec4f>;
@group(0) @binding(4) var<storage, read> by_angle: array<f32>;
@group(0) @binding(5) var<storage, read> by_length: array<f32>;
@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64)
fn short_vectors(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let row = (group.x + group.y * groups.x) * 64u + local;
    if row >= parameters.rows {
        return;
    }
    var sum = vec3f();
    for (var angle = starts[row]; angle < starts[row + 1u]; angle++) {
        sum += geometry[angle].xyz * (by_angle[angle] + by_angle[twins[angle]]);
    }
    out[row] = vec4f(sum, by_length[row]);
}
