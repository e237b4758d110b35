// Translucent faces: polyhedra and lattice planes. They are blended without being sorted: M. McGuire, L. Bavoil, Weighted
// Blended Order-Independent Transparency, Journal of Computer Graphics Techniques 2 (2), 122 (2013).
struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) point: vec3<f32>,
    @location(1) @interpolate(flat) normal: vec3<f32>,
    @location(2) @interpolate(flat) colour: vec4<f32>,
}

@vertex
fn face_corner(
    @location(0) position: vec3<f32>,
    @location(1) normal: vec3<f32>,
    @location(2) colour: vec4<f32>,
) -> Corner {
    let point = (frame.view * vec4(position, 1.0)).xyz;
    let turned = (frame.view * vec4(normal, 0.0)).xyz;
    return Corner(frame.projection * vec4(point, 1.0), point, turned, colour);
}

struct Layers { @location(0) sum: vec4<f32>, @location(1) cover: vec4<f32> }

@fragment
fn face_pixel(v: Corner) -> Layers {
    let direction = ray_through(v.point).direction;
    let normal = select(v.normal, -v.normal, dot(v.normal, direction) > 0.0);
    let colour = faded(lit(v.colour.rgb, normal, direction), v.point);
    let alpha = v.colour.a * frame.range.w;
    // Nearer faces weigh more; t runs from 0 at the front of the scene to 1 at its back.
    let t = clamp((-v.point.z - frame.range.x) / max(frame.range.y - frame.range.x, 1e-6), 0.0, 1.0);
    let weight = alpha * clamp(pow(1.0 - t, 3.0) * 100.0, 0.1, 100.0);
    return Layers(vec4(colour * alpha, alpha) * weight, vec4(alpha));
}
