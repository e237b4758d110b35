// The way back through messages along bonds: a workgroup takes 32 directed bonds.

struct Parameters { rows: u32, start: u32, atoms: u32, layer: u32, short_bonds: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
// Of a directed bond: centre, neighbour, undirected bond, reverse.
@group(0) @binding(2) var<storage, read> bonds: array<vec4u>;
// What the first linear layer gives by atom: as centres (atoms x 128), as neighbours (atoms x 128); then the derivative by the
// sum of messages (atoms x 64).
@group(0) @binding(3) var<storage, read> by_atom: array<vec4f>;
// What the first linear layer gives by undirected bond (x 128).
@group(0) @binding(4) var<storage, read> by_bond: array<vec4f>;
// The weight of messages by undirected bond, and its derivative by length (x 128).
@group(0) @binding(5) var<storage, read> factors: array<vec4f>;
// The derivative of `by_bond` by length, of long bonds (x 128).
@group(0) @binding(6) var<storage, read> bond_slopes: array<vec4f>;
// The derivative by the first layer's sum (rows x 128).
@group(0) @binding(7) var<storage, read_write> out: array<vec4f>;
// The derivative by the length of each directed bond, added to.
@group(0) @binding(8) var<storage, read_write> by_length: array<f32>;

struct Row { core: vec4f, gate: vec4f }

fn first_layer(bond: vec4u, strip: u32) -> Row {
    let centre = bond.x * 32u + strip;
    let neighbour = (parameters.atoms + bond.y) * 32u + strip;
    let middle = bond.z * 32u + strip;
    return Row(
        by_atom[centre] + by_bond[middle] + by_atom[neighbour],
        by_atom[centre + 16u] + by_bond[middle + 16u] + by_atom[neighbour + 16u],
    );
}

fn bond_of(row: u32) -> vec4u {
    return bonds[parameters.start + min(row, parameters.rows - 1u)];
}

fn sum_slope(bond: vec4u, strip: u32) -> vec4f {
    return by_atom[parameters.atoms * 64u + bond.x * 16u + strip];
}

// This strip's part of how the weight of the message, and the bond's features, change with its length.
fn length_part(bond: vec4u, by_weight: vec4f, core: vec4f, gate: vec4f, strip: u32) -> f32 {
    var sum = dot(by_weight, factors[bond.z * 32u + 16u + strip]);
    if bond.z >= parameters.short_bonds {
        let at = (bond.z - parameters.short_bonds) * 32u + strip;
        sum += dot(core, bond_slopes[at]) + dot(gate, bond_slopes[at + 16u]);
    }
    return sum;
}

fn put(row: u32, core: vec4f, gate: vec4f, strip: u32) {
    if row < parameters.rows {
        out[row * 32u + strip] = core;
        out[row * 32u + 16u + strip] = gate;
    }
}

@compute @workgroup_size(128)
fn bond_messages_back(
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
    let a = bond_of(row);
    let b = bond_of(row + 1u);
    let c = bond_of(row + 2u);
    let d = bond_of(row + 3u);
    let za = first_layer(a, strip);
    let zb = first_layer(b, strip);
    let zc = first_layer(c, strip);
    let zd = first_layer(d, strip);
    let z = Branches(
        transpose(mat4x4f(za.core, zb.core, zc.core, zd.core)),
        transpose(mat4x4f(za.gate, zb.gate, zc.gate, zd.gate)),
    );
    let known = forth(z, parameters.layer, true, block, strip);
    let sums = mat4x4f(sum_slope(a, strip), sum_slope(b, strip), sum_slope(c, strip), sum_slope(d, strip));
    let weight = mat4x4f(
        factors[a.z * 32u + strip],
        factors[b.z * 32u + strip],
        factors[c.z * 32u + strip],
        factors[d.z * 32u + strip],
    );
    let by_weight = times(sums, transpose(known.message));
    let slope = back(transpose(times(sums, weight)), z, known, parameters.layer, true, block, strip);
    let core = transpose(slope.core);
    let gate = transpose(slope.gate);
    put(row, core[0], gate[0], strip);
    put(row + 1u, core[1], gate[1], strip);
    put(row + 2u, core[2], gate[2], strip);
    put(row + 3u, core[3], gate[3], strip);
    let parts = vec4f(
        length_part(a, by_weight[0], core[0], gate[0], strip),
        length_part(b, by_weight[1], core[1], gate[1], strip),
        length_part(c, by_weight[2], core[2], gate[2], strip),
        length_part(d, by_weight[3], core[3], gate[3], strip),
    );
    workgroupBarrier();
    let whole = sum_over_features(parts, vec4f(), 0u, block, strip).first;
    if strip < 4u && row + strip < parameters.rows {
        by_length[parameters.start + row + strip] += whole[strip];
    }
}
