// The first k of each block of 1024 keys: larger keys first, of equal ones the earlier. Integers only, so every adapter
// agrees with the processor. Key 0 stands for "not known" and is never given.

struct Parameters { rows: u32, k: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> keys: array<u32>;
// Places within the block; 1024 where there is none.
@group(0) @binding(2) var<storage, read_write> out: array<u32>;

const BLOCK: u32 = 1024u;

var<workgroup> key: array<u32, 1024>;
var<workgroup> place: array<u32, 1024>;

@compute @workgroup_size(256)
fn top_k(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) local: u32) {
    for (var i = local; i < BLOCK; i += 256u) {
        key[i] = keys[group.x * BLOCK + i];
        place[i] = i;
    }
    workgroupBarrier();
    // Bitonic sort (K. E. Batcher, 1968).
    for (var size = 2u; size <= BLOCK; size *= 2u) {
        for (var stride = size / 2u; stride > 0u; stride /= 2u) {
            for (var pair = local; pair < BLOCK / 2u; pair += 256u) {
                let low = pair / stride * stride * 2u + pair % stride;
                let high = low + stride;
                let first = (low & size) == 0u;
                let before = key[low] > key[high] || (key[low] == key[high] && place[low] < place[high]);
                if before != first {
                    let other_key = key[low];
                    let other_place = place[low];
                    key[low] = key[high];
                    place[low] = place[high];
                    key[high] = other_key;
                    place[high] = other_place;
                }
            }
            workgroupBarrier();
        }
    }
    for (var i = local; i < parameters.k; i += 256u) {
        var found = BLOCK;
        if key[i] != 0u {
            found = place[i];
        }
        out[group.x * parameters.k + i] = found;
    }
}
