// Sums of an ensemble's leaves: an invocation takes a row through all trees, eight outputs at a time.

struct Parameters { rows: u32, width: u32, trees: u32, outputs: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> roots: array<u32>;
// Input (all bits set: a leaf), threshold (bits of an f32), left child or leaf, 0.
@group(0) @binding(2) var<storage, read> nodes: array<vec4u>;
@group(0) @binding(3) var<storage, read> payload: array<f32>;
// Bits of f32: comparisons of NaN may be anything in a shader.
@group(0) @binding(4) var<storage, read> inputs: array<u32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

const LEAF: u32 = 0xffffffffu;

@compute @workgroup_size(64)
fn trees(@builtin(global_invocation_id) id: vec3u) {
    let row = id.x;
    if row >= parameters.rows {
        return;
    }
    for (var block = 0u; block < parameters.outputs; block += 8u) {
        var sums = array<f32, 8>();
        let count = min(8u, parameters.outputs - block);
        for (var tree = 0u; tree < parameters.trees; tree++) {
            var node = nodes[roots[tree]];
            while node.x != LEAF {
                let bits = inputs[row * parameters.width + node.x];
                let unknown = (bits & 0x7fffffffu) > 0x7f800000u;
                let left = !unknown && bitcast<f32>(bits) <= bitcast<f32>(node.y);
                node = nodes[node.z + select(1u, 0u, left)];
            }
            for (var i = 0u; i < count; i++) {
                sums[i] += payload[node.z * parameters.outputs + block + i];
            }
        }
        for (var i = 0u; i < count; i++) {
            out[row * parameters.outputs + block + i] = sums[i];
        }
    }
}
