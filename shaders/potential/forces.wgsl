// The force on each atom, and its part of the derivative by strain, an invocation for each.

struct Parameters { rows: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
// Of an atom: where its directed bonds start, and its short ones.
@group(0) @binding(1) var<storage, read> atoms: array<vec2u>;
// Of a directed bond: centre, neighbour, undirected bond, reverse.
@group(0) @binding(2) var<storage, read> bonds: array<vec4u>;
// Centre minus neighbour, Å, and the length; the derivative by it, eV/Å.
@group(0) @binding(3) var<storage, read> vectors: array<vec4f>;
@group(0) @binding(4) var<storage, read> by_vector: array<vec4f>;
// Of 16 numbers an atom, the third to fifth are the force, eV/Å, and the nine that follow the derivative by strain, eV, row
// after row.
@group(0) @binding(5) var<storage, read_write> results: array<f32>;

@compute @workgroup_size(64)
fn forces(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let atom = (group.x + group.y * groups.x) * 64u + local;
    if atom >= parameters.rows {
        return;
    }
    var force = vec3f();
    var x = vec3f();
    var y = vec3f();
    var z = vec3f();
    for (var bond = atoms[atom].x; bond < atoms[atom + 1u].x; bond++) {
        let slope = by_vector[bond].xyz;
        let vector = vectors[bond].xyz;
        force += by_vector[bonds[bond].w].xyz - slope;
        x += vector.x * slope;
        y += vector.y * slope;
        z += vector.z * slope;
    }
    for (var axis = 0u; axis < 3u; axis++) {
        results[atom * 16u + 2u + axis] = force[axis];
        results[atom * 16u + 5u + axis] = x[axis];
        results[atom * 16u + 8u + axis] = y[axis];
        results[atom * 16u + 11u + axis] = z[axis];
    }
}
