// The way back through a gated layer, after the way forth.

// The derivative by what was normalised, from that by the normalised rows, its sum and its product with them (over 64).
fn norm_back(slope: mat4x4f, normal: mat4x4f, inverse: vec4f, mean: vec4f, along: vec4f) -> mat4x4f {
    return mat4x4f(
        (slope[0] - mean - normal[0] * along) * inverse,
        (slope[1] - mean - normal[1] * along) * inverse,
        (slope[2] - mean - normal[2] * along) * inverse,
        (slope[3] - mean - normal[3] * along) * inverse,
    );
}

// From the derivative by the message to that by `z`. The tile is free for others after a barrier.
fn back(slope: mat4x4f, z: Branches, known: Gated, layer: u32, has_second: bool, block: u32, strip: u32) -> Branches {
    let part = times(slope, known.gate_open);
    var core = times(part, silu_slope(known.value, known.core_open));
    core = affine(core, weights[layer + SCALE + strip], vec4f());
    let closed = mat4x4f(vec4f(1.0), vec4f(1.0), vec4f(1.0), vec4f(1.0)) - known.gate_open;
    var gate = times(times(part, closed), times(known.value, known.core_open));
    gate = affine(gate, weights[layer + SCALE + 16u + strip], vec4f());
    let sums = sum_over_features(across(core), across(gate), 2u, block, strip);
    let products = sum_over_features(across(times(core, known.core)), across(times(gate, known.gate)), 3u, block, strip);
    core = norm_back(core, known.core, known.core_inverse, sums.first / 64.0, products.first / 64.0);
    gate = norm_back(gate, known.gate, known.gate_inverse, sums.second / 64.0, products.second / 64.0);
    if has_second {
        workgroupBarrier();
        store(core, 0u, block, strip);
        store(gate, 64u, block, strip);
        workgroupBarrier();
        core = multiply(mat4x4f(), 0u, 64u, layer + 2u * SECOND + strip, 16u, block);
        gate = multiply(mat4x4f(), 64u, 64u, layer + 3u * SECOND + strip, 16u, block);
        core = times(core, silu_slope(z.core, opened(z.core)));
        gate = times(gate, silu_slope(z.gate, opened(z.gate)));
    }
    return Branches(core, gate);
}
