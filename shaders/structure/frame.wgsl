// What all shaders of the structure view share; put before each of them.
// Viewer's coordinates: origin at the viewer, x to the right, y up, z towards the viewer; Å.
struct Frame {
    view: mat4x4<f32>,
    projection: mat4x4<f32>,
    // Colour that far atoms fade into, and how far: 0 not at all, 1 wholly at the far end.
    fog: vec4<f32>,
    // Distance where fading begins, where it ends; 1 for orthographic, 0 for perspective; opacity of translucent faces.
    range: vec4<f32>,
    // Width and height of the picture in pixels (of all tiles), width of lines in pixels, unused.
    picture: vec4<f32>,
}
@group(0) @binding(0) var<uniform> frame: Frame;

struct Ray { origin: vec3<f32>, direction: vec3<f32> }

// The line of sight through a point in the viewer's coordinates.
fn ray_through(p: vec3<f32>) -> Ray {
    if frame.range.z > 0.5 {
        return Ray(vec3(p.xy, 0.0), vec3(0.0, 0.0, -1.0));
    }
    return Ray(vec3(0.0), normalize(p));
}

fn depth_of(p: vec3<f32>) -> f32 {
    let clip = frame.projection * vec4(p, 1.0);
    return clip.z / clip.w;
}

fn faded(colour: vec3<f32>, p: vec3<f32>) -> vec3<f32> {
    let t = clamp((-p.z - frame.range.x) / max(frame.range.y - frame.range.x, 1e-6), 0.0, 1.0);
    return mix(colour, frame.fog.rgb, t * frame.fog.a);
}

// A matt surface with a highlight, lit from the upper left behind the viewer.
fn lit(colour: vec3<f32>, normal: vec3<f32>, direction: vec3<f32>) -> vec3<f32> {
    let light = normalize(vec3(-0.4, 0.6, 0.8));
    let diffuse = max(dot(normal, light), 0.0);
    let highlight = pow(max(dot(reflect(-light, normal), -direction), 0.0), 32.0);
    return min(colour * (0.42 + 0.62 * diffuse) + vec3(0.28 * highlight), vec3(1.0));
}

fn corner(i: u32) -> vec2<f32> {
    return vec2(f32(i & 1u) * 2.0 - 1.0, f32(i >> 1u) * 2.0 - 1.0);
}
