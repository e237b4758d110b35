// The way back through messages along angles, to bonds or to the angles themselves: a workgroup takes 32 angles. After the
// parameters of the gated layer stand the matrix of the angle's own features, and its transpose (2048 each).

struct Parameters { rows: u32, start: u32, bonds: u32, layer: u32, to_bonds: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
// Of an angle: its undirected short bonds, its atom.
@group(0) @binding(2) var<storage, read> angles: array<vec4u>;
// What the first linear layer gives by short bond: as first (bonds x 128), as second (bonds x 128); then the derivative by the
// sum of messages (bonds x 64).
@group(0) @binding(3) var<storage, read> by_bond: array<vec4f>;
// The first layer by atom (x 128).
@group(0) @binding(4) var<storage, read> by_atom: array<vec4f>;
// The features of angles.
@group(0) @binding(5) var<storage, read> features: array<vec4f>;
// The weight of messages by short bond, and its derivative by length (x 128).
@group(0) @binding(6) var<storage, read> factors: array<vec4f>;
// The derivative by the features of angles, added to.
@group(0) @binding(7) var<storage, read_write> slopes: array<vec4f>;
// The derivative by the first layer's sum, then those by the lengths of both bonds through the weights (rows x 132).
@group(0) @binding(8) var<storage, read_write> out: array<vec4f>;

const ANGLE: u32 = 4192u;
const ANGLE_BACK: u32 = 6240u;

struct Row { core: vec4f, gate: vec4f }

fn number(row: u32) -> u32 {
    return parameters.start + min(row, parameters.rows - 1u);
}

fn first_layer(angle: vec4u, strip: u32) -> Row {
    let first = angle.x * 32u + strip;
    let second = (parameters.bonds + angle.y) * 32u + strip;
    let centre = angle.z * 32u + strip;
    return Row(
        by_bond[first] + by_bond[second] + by_atom[centre],
        by_bond[first + 16u] + by_bond[second + 16u] + by_atom[centre + 16u],
    );
}

// The derivative by the message; and this strip's part of those by both lengths.
struct Slope { by_message: vec4f, by_first: f32, by_second: f32 }

fn slope_of(row: u32, angle: vec4u, message: vec4f, strip: u32) -> Slope {
    if parameters.to_bonds == 0u {
        return Slope(slopes[number(row) * 16u + strip], 0.0, 0.0);
    }
    let sum = by_bond[parameters.bonds * 64u + angle.x * 16u + strip];
    let first = factors[angle.x * 32u + strip];
    let second = factors[angle.y * 32u + strip];
    let by_weight = sum * message;
    return Slope(
        sum * first * second,
        dot(by_weight * second, factors[angle.x * 32u + 16u + strip]),
        dot(by_weight * first, factors[angle.y * 32u + 16u + strip]),
    );
}

fn put(row: u32, core: vec4f, gate: vec4f, strip: u32) {
    if row < parameters.rows {
        out[row * 33u + strip] = core;
        out[row * 33u + 16u + strip] = gate;
    }
}

fn add(row: u32, slope: vec4f, strip: u32) {
    if row < parameters.rows {
        slopes[(parameters.start + row) * 16u + strip] += slope;
    }
}

@compute @workgroup_size(128)
fn angle_messages_back(
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
    let x = mat4x4f(
        features[number(row) * 16u + strip],
        features[number(row + 1u) * 16u + strip],
        features[number(row + 2u) * 16u + strip],
        features[number(row + 3u) * 16u + strip],
    );
    store(transpose(x), 0u, block, strip);
    let a = angles[number(row)];
    let b = angles[number(row + 1u)];
    let c = angles[number(row + 2u)];
    let d = angles[number(row + 3u)];
    let za = first_layer(a, strip);
    let zb = first_layer(b, strip);
    let zc = first_layer(c, strip);
    let zd = first_layer(d, strip);
    workgroupBarrier();
    let matrix = parameters.layer + ANGLE + strip;
    let z = Branches(
        multiply(transpose(mat4x4f(za.core, zb.core, zc.core, zd.core)), 0u, 64u, matrix, 32u, block),
        multiply(transpose(mat4x4f(za.gate, zb.gate, zc.gate, zd.gate)), 0u, 64u, matrix + 16u, 32u, block),
    );
    let has_second = parameters.to_bonds == 1u;
    let known = forth(z, parameters.layer, has_second, block, strip);
    let message = transpose(known.message);
    let sa = slope_of(row, a, message[0], strip);
    let sb = slope_of(row + 1u, b, message[1], strip);
    let sc = slope_of(row + 2u, c, message[2], strip);
    let sd = slope_of(row + 3u, d, message[3], strip);
    let by_message = transpose(mat4x4f(sa.by_message, sb.by_message, sc.by_message, sd.by_message));
    let slope = back(by_message, z, known, parameters.layer, has_second, block, strip);
    let core = transpose(slope.core);
    let gate = transpose(slope.gate);
    put(row, core[0], gate[0], strip);
    put(row + 1u, core[1], gate[1], strip);
    put(row + 2u, core[2], gate[2], strip);
    put(row + 3u, core[3], gate[3], strip);
    workgroupBarrier();
    let firsts = vec4f(sa.by_first, sb.by_first, sc.by_first, sd.by_first);
    let seconds = vec4f(sa.by_second, sb.by_second, sc.by_second, sd.by_second);
    let lengths = sum_over_features(firsts, seconds, 0u, block, strip);
    if strip < 4u && row + strip < parameters.rows {
        out[(row + strip) * 33u + 32u] = vec4f(lengths.first[strip], lengths.second[strip], 0.0, 0.0);
    }
    workgroupBarrier();
    store(slope.core, 0u, block, strip);
    store(slope.gate, 64u, block, strip);
    workgroupBarrier();
    let by_angle = transpose(multiply(mat4x4f(), 0u, 128u, parameters.layer + ANGLE_BACK + strip, 16u, block));
    add(row, by_angle[0], strip);
    add(row + 1u, by_angle[1], strip);
    add(row + 2u, by_angle[2], strip);
    add(row + 3u, by_angle[3], strip);
}
