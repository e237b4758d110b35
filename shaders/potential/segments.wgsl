// Sums of rows, each over a segment: in order, or by a list. An invocation takes 4 features of one sum. Only rows from `low`
// on and below `high` count, and lie from 0 on: so sums over rows that come in portions are those over all at once.

struct Parameters {
    rows: u32,
    // Groups of 4 features of a row.
    width: u32,
    // The first segment, and where its sum goes.
    start: u32,
    out_start: u32,
    low: u32,
    high: u32,
    // 1: added to what is there.
    adds: u32,
    // 1: by the list.
    listed: u32,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
// Where segments start; one more than there are segments.
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> list: array<u32>;
@group(0) @binding(3) var<storage, read> rows: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(64)
fn segments(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let number = (group.x + group.y * groups.x) * 64u + local;
    let row = number / parameters.width;
    if row >= parameters.rows {
        return;
    }
    let column = number % parameters.width;
    let place = (parameters.out_start + row) * parameters.width + column;
    var sum = vec4f();
    if parameters.adds == 1u {
        sum = out[place];
    }
    let end = starts[parameters.start + row + 1u];
    for (var at = starts[parameters.start + row]; at < end; at++) {
        var base = at;
        if parameters.listed == 1u {
            base = list[at];
        }
        if base >= parameters.low && base < parameters.high {
            sum += rows[(base - parameters.low) * parameters.width + column];
        }
    }
    out[place] = sum;
}
