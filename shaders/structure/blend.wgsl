// Whole-picture passes: laying the translucent faces over the rest, and showing the picture.
@group(0) @binding(0) var first: texture_2d<f32>;
@group(0) @binding(1) var second: texture_2d<f32>;

@vertex
fn whole(@builtin(vertex_index) i: u32) -> @builtin(position) vec4<f32> {
    return vec4(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

// `first` holds weighted sums, `second` the part of the background that is covered, as it was blended: 1 - cover is left.
@fragment
fn lay_over(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let sum = textureLoad(first, vec2<i32>(at.xy), 0);
    let left = textureLoad(second, vec2<i32>(at.xy), 0).r;
    let colour = sum.rgb / max(sum.a, 1e-5);
    // Premultiplied: colour by cover, and the cover.
    return vec4(colour * (1.0 - left), 1.0 - left);
}

// Shows the picture `first`, `scale` of whose pixels make one of the target's along each side.
struct Show { origin: vec2<f32>, scale: u32, unused: u32 }
@group(0) @binding(2) var<uniform> show: Show;

fn shown(at: vec4<f32>) -> vec4<f32> {
    let size = vec2<i32>(textureDimensions(first));
    let scale = i32(show.scale);
    let corner = vec2<i32>(at.xy - show.origin) * scale;
    var sum = vec4(0.0);
    for (var y = 0; y < scale; y += 1) {
        for (var x = 0; x < scale; x += 1) {
            sum += textureLoad(first, clamp(corner + vec2(x, y), vec2(0), size - 1), 0);
        }
    }
    return sum / f32(scale * scale);
}

@fragment
fn show_picture(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    return shown(at);
}

// For targets that turn linear into sRGB values by themselves.
@fragment
fn show_picture_linear(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let c = shown(at);
    let plain = c.rgb / max(c.a, 1e-5);
    let linear = select(pow((plain + 0.055) / 1.055, vec3(2.4)), plain / 12.92, plain <= vec3(0.04045));
    return vec4(linear * c.a, c.a);
}
