// The radial functions of bonds and their derivatives by length, an invocation one of 32 of a bond: `sqrt(2/c) sin(f x) / r` with
// `x = r/c`, times an envelope that is zero from the cutoff on.

struct Parameters { rows: u32, reach: f32, frequencies: u32 }

@group(0) @binding(0) var<uniform> parameters: Parameters;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
@group(0) @binding(2) var<storage, read> lengths: array<f32>;
// Values, then derivatives, of each bond (x 64).
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(64)
fn radial(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let number = (group.x + group.y * groups.x) * 64u + local;
    let bond = number / 32u;
    let n = number % 32u;
    if bond >= parameters.rows {
        return;
    }
    let length = lengths[bond];
    let reach = parameters.reach;
    let x = length / reach;
    let left = max(1.0 - x, 0.0);
    let scale = sqrt(2.0 / reach);
    // 1 - 45 x^8 + 80 x^9 - 36 x^10, with its threefold root taken out: no digits are lost near the cutoff.
    let rest = 1.0 + x * (3.0 + x * (6.0 + x * (10.0 + x * (15.0 + x * (21.0 + x * (28.0 + x * 36.0))))));
    let envelope = scale * left * left * left * rest;
    let x3 = x * x * x;
    let envelope_slope = -360.0 * scale * x3 * x3 * x * left * left / reach;
    let frequency = weights[parameters.frequencies + n / 4u][n % 4u];
    let wave = sine_cosine(frequency * x);
    out[bond * 64u + n] = envelope * wave.x / length;
    let along = envelope * (frequency / reach * wave.y - wave.x / length);
    out[bond * 64u + 32u + n] = (envelope_slope * wave.x + along) / length;
}
