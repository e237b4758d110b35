// Magpie's statistics of compositions: an invocation takes one property of one composition.
//
// Values are summed as distances from the smallest, which keeps the mean absolute deviation accurate where it is small beside
// the values themselves.

struct Parameters { rows: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
// Property after property of each atomic number; 0 in gaps.
@group(0) @binding(1) var<storage, read> elements: array<f32>;
// For each atomic number a bit for each property that is not known.
@group(0) @binding(2) var<storage, read> gaps: array<u32>;
// Where each composition's parts begin, and where the last end.
@group(0) @binding(3) var<storage, read> offsets: array<u32>;
// For each part its atomic number, plus 256 if it is among the most abundant; and its atomic fraction (bits of an f32).
@group(0) @binding(4) var<storage, read> parts: array<vec2u>;
// Bits of f32.
@group(0) @binding(5) var<storage, read_write> out: array<u32>;

const PROPERTIES: u32 = 22u;
const UNKNOWN: u32 = 0x7fc00000u;

@compute @workgroup_size(64)
fn magpie(@builtin(global_invocation_id) id: vec3u) {
    let row = id.x / PROPERTIES;
    let property = id.x % PROPERTIES;
    if row >= parameters.rows {
        return;
    }
    let start = offsets[row];
    let end = offsets[row + 1u];
    var lacking = 0u;
    var least = 3e38;
    var most = -3e38;
    var mode = 3e38;
    for (var i = start; i < end; i++) {
        let element = parts[i].x & 255u;
        let value = elements[element * PROPERTIES + property];
        lacking |= gaps[element];
        least = min(least, value);
        most = max(most, value);
        if parts[i].x >= 256u {
            mode = min(mode, value);
        }
    }
    let first = 6u * id.x;
    if start == end || (lacking >> property & 1u) == 1u {
        for (var i = 0u; i < 6u; i++) {
            out[first + i] = UNKNOWN;
        }
        return;
    }
    var above = 0.0;
    for (var i = start; i < end; i++) {
        let value = elements[(parts[i].x & 255u) * PROPERTIES + property];
        above += bitcast<f32>(parts[i].y) * (value - least);
    }
    var deviation = 0.0;
    for (var i = start; i < end; i++) {
        let value = elements[(parts[i].x & 255u) * PROPERTIES + property];
        deviation += bitcast<f32>(parts[i].y) * abs(value - least - above);
    }
    out[first] = bitcast<u32>(least);
    out[first + 1u] = bitcast<u32>(most);
    out[first + 2u] = bitcast<u32>(most - least);
    out[first + 3u] = bitcast<u32>(least + above);
    out[first + 4u] = bitcast<u32>(deviation);
    out[first + 5u] = bitcast<u32>(mode);
}
