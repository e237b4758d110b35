// Messages along bonds: a workgroup takes 32 directed bonds.

struct Parameters { rows: u32, start: u32, atoms: u32, layer: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
// Of a directed bond: centre, neighbour, undirected bond, reverse.
@group(0) @binding(2) var<storage, read> bonds: array<vec4u>;
// What the first linear layer gives by atom: as centres (atoms x 128), as neighbours (atoms x 128).
@group(0) @binding(3) var<storage, read> by_atom: array<vec4f>;
// The same by undirected bond (x 128).
@group(0) @binding(4) var<storage, read> by_bond: array<vec4f>;
// The weight of messages by undirected bond, and its derivative by length (x 128).
@group(0) @binding(5) var<storage, read> factors: array<vec4f>;
// Weighted messages (rows x 64).
@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;

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

fn put(row: u32, bond: vec4u, message: vec4f, strip: u32) {
    if row < parameters.rows {
        out[row * 16u + strip] = message * factors[bond.z * 32u + strip];
    }
}

@compute @workgroup_size(128)
fn bond_messages(
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
    let message = transpose(known.message);
    put(row, a, message[0], strip);
    put(row + 1u, b, message[1], strip);
    put(row + 2u, c, message[2], strip);
    put(row + 3u, d, message[3], strip);
}
