// A gated layer: `silu(norm(core)) * sigmoid(norm(gate))`, where both branches first pass a silu and a second linear layer if
// there is one. Its parameters, in groups of 4: second matrices of core and gate, then both transposed (1024 each), biases,
// scales and shifts of both branches (32 each).

const SECOND: u32 = 1024u;
const BIAS: u32 = 4096u;
const SCALE: u32 = 4128u;
const SHIFT: u32 = 4160u;
const GROUND: f32 = 1e-5;

struct Branches { core: mat4x4f, gate: mat4x4f }

// What a layer makes of `z` on the way forth, kept for the way back.
struct Gated {
    // Normalised, and one over the spread before.
    core: mat4x4f,
    gate: mat4x4f,
    core_inverse: vec4f,
    gate_inverse: vec4f,
    // The core after scale and shift, and the logistic function of both.
    value: mat4x4f,
    core_open: mat4x4f,
    gate_open: mat4x4f,
    message: mat4x4f,
}

// The tile may be in use by others before; it is free for others after a barrier.
fn forth(z: Branches, layer: u32, has_second: bool, block: u32, strip: u32) -> Gated {
    var core = z.core;
    var gate = z.gate;
    workgroupBarrier();
    if has_second {
        store(times(core, opened(core)), 0u, block, strip);
        store(times(gate, opened(gate)), 64u, block, strip);
        workgroupBarrier();
        let core_bias = weights[layer + BIAS + strip];
        let gate_bias = weights[layer + BIAS + 16u + strip];
        core = affine(mat4x4f(), vec4f(), core_bias);
        gate = affine(mat4x4f(), vec4f(), gate_bias);
        core = multiply(core, 0u, 64u, layer + strip, 16u, block);
        gate = multiply(gate, 64u, 64u, layer + SECOND + strip, 16u, block);
        workgroupBarrier();
    }
    let sums = sum_over_features(across(core), across(gate), 0u, block, strip);
    let core_mean = sums.first / 64.0;
    let gate_mean = sums.second / 64.0;
    core = mat4x4f(core[0] - core_mean, core[1] - core_mean, core[2] - core_mean, core[3] - core_mean);
    gate = mat4x4f(gate[0] - gate_mean, gate[1] - gate_mean, gate[2] - gate_mean, gate[3] - gate_mean);
    let squares = sum_over_features(across(times(core, core)), across(times(gate, gate)), 1u, block, strip);
    var out: Gated;
    out.core_inverse = 1.0 / sqrt(squares.first / 64.0 + GROUND);
    out.gate_inverse = 1.0 / sqrt(squares.second / 64.0 + GROUND);
    out.core = by_row(core, out.core_inverse);
    out.gate = by_row(gate, out.gate_inverse);
    out.value = affine(out.core, weights[layer + SCALE + strip], weights[layer + SHIFT + strip]);
    let gate_value = affine(out.gate, weights[layer + SCALE + 16u + strip], weights[layer + SHIFT + 16u + strip]);
    out.core_open = opened(out.value);
    out.gate_open = opened(gate_value);
    out.message = times(times(out.value, out.core_open), out.gate_open);
    return out;
}
