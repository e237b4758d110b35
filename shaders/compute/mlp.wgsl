// A dense network: a workgroup takes 8 rows through all layers, an invocation one unit after the other for all 8. What passes
// between layers stays in workgroup memory, so hidden layers have 256 units at most.

struct Parameters { rows: u32, width: u32, layers: u32, outputs: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
// For each layer: inputs, outputs, activation (0 none, 1 relu, 2 silu, 3 tanh), first weight.
@group(0) @binding(1) var<storage, read> layers: array<vec4u>;
// For each layer its weights, input after input, then its biases.
@group(0) @binding(2) var<storage, read> weights: array<f32>;
// Standardised already.
@group(0) @binding(3) var<storage, read> inputs: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

const ROWS: u32 = 8u;
const WIDEST: u32 = 256u;

// Two times 8 rows of 256: what one layer gives and what the next one takes.
var<workgroup> between: array<f32, 4096>;

fn activated(x: f32, activation: u32) -> f32 {
    switch activation {
        case 1u: { return max(x, 0.0); }
        case 2u: { return x / (1.0 + exp(clamp(-x, -80.0, 80.0))); }
        case 3u: { return tanh(clamp(x, -15.0, 15.0)); }
        default: { return x; }
    }
}

@compute @workgroup_size(64)
fn mlp(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
    for (var at = 0u; at < parameters.layers; at++) {
        let layer = layers[at];
        let here = at % 2u * ROWS * WIDEST;
        let before = (at + 1u) % 2u * ROWS * WIDEST;
        for (var unit = local; unit < layer.y; unit += 64u) {
            var sums = array<f32, 8>();
            for (var i = 0u; i < layer.x; i++) {
                let weight = weights[layer.w + i * layer.y + unit];
                for (var row = 0u; row < ROWS; row++) {
                    var x = 0.0;
                    if at == 0u {
                        let whole = min(group.x * ROWS + row, parameters.rows - 1u);
                        x = inputs[whole * parameters.width + i];
                    } else {
                        x = between[before + row * WIDEST + i];
                    }
                    sums[row] += weight * x;
                }
            }
            let bias = weights[layer.w + layer.x * layer.y + unit];
            for (var row = 0u; row < ROWS; row++) {
                let value = activated(sums[row] + bias, layer.z);
                let whole = group.x * ROWS + row;
                if at + 1u < parameters.layers {
                    between[here + row * WIDEST + unit] = value;
                } else if whole < parameters.rows {
                    out[whole * parameters.outputs + unit] = value;
                }
            }
        }
        workgroupBarrier();
    }
}
