// The derivative by the vector of each directed bond, eV/Å, an invocation for each.

struct Parameters { rows: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
// Of an atom: where its directed bonds start, and its short ones.
@group(0) @binding(1) var<storage, read> atoms: array<vec2u>;
// Of a directed bond: centre, neighbour, undirected bond, reverse.
@group(0) @binding(2) var<storage, read> bonds: array<vec4u>;
// Centre minus neighbour, Å, and the length.
@group(0) @binding(3) var<storage, read> vectors: array<vec4f>;
@group(0) @binding(4) var<storage, read> by_length: array<f32>;
// Of short directed bonds: the derivative through angles, and that by length.
@group(0) @binding(5) var<storage, read> short_vectors: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64)
fn bond_vectors(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let bond = (group.x + group.y * groups.x) * 64u + local;
    if bond >= parameters.rows {
        return;
    }
    let centre = bonds[bond].x;
    let short = atoms[centre].y + bond - atoms[centre].x;
    var slope = by_length[bond];
    var sum = vec3f();
    // An atom's short bonds come first.
    if short < atoms[centre + 1u].y {
        sum = short_vectors[short].xyz;
        slope += short_vectors[short].w;
    }
    let vector = vectors[bond];
    out[bond] = vec4f(sum + vector.xyz * (slope / vector.w), 0.0);
}
