// Messages along angles, to bonds or to the angles themselves: a workgroup takes 32 angles. After the parameters of the gated
// layer stand the matrix of the angle's own features, and its transpose (2048 each).

struct Parameters { rows: u32, start: u32, bonds: u32, layer: u32, to_bonds: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
// Of an angle: its undirected short bonds, its atom.
@group(0) @binding(2) var<storage, read> angles: array<vec4u>;
// What the first linear layer gives by short bond: as first (bonds x 128), as second (bonds x 128).
@group(0) @binding(3) var<storage, read> by_bond: array<vec4f>;
// The same by atom (x 128).
@group(0) @binding(4) var<storage, read> by_atom: array<vec4f>;
// The features of angles.
@group(0) @binding(5) var<storage, read> features: array<vec4f>;
// The weight of messages by short bond, and its derivative by length (x 128).
@group(0) @binding(6) var<storage, read> factors: array<vec4f>;
// Weighted messages of these rows (x 64), or the features of all angles after the layer.
@group(0) @binding(7) var<storage, read_write> out: array<vec4f>;

const ANGLE: u32 = 4192u;

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

fn put(row: u32, angle: vec4u, message: vec4f, strip: u32) {
    if row >= parameters.rows {
        return;
    }
    if parameters.to_bonds == 1u {
        out[row * 16u + strip] = message * factors[angle.x * 32u + strip] * factors[angle.y * 32u + strip];
    } else {
        let at = (parameters.start + row) * 16u + strip;
        out[at] = features[at] + message;
    }
}

@compute @workgroup_size(128)
fn angle_messages(
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
    let known = forth(z, parameters.layer, parameters.to_bonds == 1u, block, strip);
    let message = transpose(known.message);
    put(row, a, message[0], strip);
    put(row + 1u, b, message[1], strip);
    put(row + 2u, c, message[2], strip);
    put(row + 3u, d, message[3], strip);
}
