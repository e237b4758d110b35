// The derivative by the length of each short bond through its first features, an invocation for each; it goes to the first of
// its two directions.

struct Parameters { rows: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
// The two short directed bonds of each.
@group(0) @binding(1) var<storage, read> ends: array<u32>;
// The derivative of the features by length, and the derivative by the features (x 64).
@group(0) @binding(2) var<storage, read> features: array<vec4f>;
@group(0) @binding(3) var<storage, read> slopes: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> by_length: array<f32>;

@compute @workgroup_size(64)
fn short_features(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let row = (group.x + group.y * groups.x) * 64u + local;
    if row >= parameters.rows {
        return;
    }
    var sum = 0.0;
    for (var at = 0u; at < 16u; at++) {
        sum += dot(features[row * 16u + at], slopes[row * 16u + at]);
    }
    by_length[ends[2u * row]] += sum;
}
