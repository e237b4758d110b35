// Spheres as squares that face the viewer; the fragment shader finds where the line of sight meets the sphere, so that
// outline and depth are exact at any size. A site that elements share is a pie: its sectors stand in a texture.
@group(0) @binding(1) var looks: texture_2d<f32>;

const SECTORS: u32 = 16u;
const LOOKS_A_ROW: u32 = 64u;
const TURN: f32 = 6.283185307;

struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) point: vec3<f32>,
    @location(1) @interpolate(flat) centre: vec3<f32>,
    @location(2) @interpolate(flat) radius: f32,
    @location(3) @interpolate(flat) look: u32,
}

@vertex
fn sphere_corner(
    @builtin(vertex_index) i: u32,
    @location(0) sphere: vec4<f32>,
    @location(1) look: u32,
) -> Corner {
    let centre = (frame.view * vec4(sphere.xyz, 1.0)).xyz;
    let radius = sphere.w;
    var size = radius;
    var right = vec3(1.0, 0.0, 0.0);
    var up = vec3(0.0, 1.0, 0.0);
    if frame.range.z < 0.5 {
        // The cone that touches the sphere cuts the plane through its centre in a circle of this radius.
        let d2 = dot(centre, centre);
        size = radius * sqrt(d2 / max(d2 - radius * radius, 1e-3 * d2));
        let towards = -centre * inverseSqrt(d2);
        right = normalize(cross(vec3(0.0, 1.0, 0.0), towards));
        up = cross(towards, right);
    }
    let c = corner(i) * size * 1.01;
    let point = centre + right * c.x + up * c.y;
    return Corner(frame.projection * vec4(point, 1.0), point, centre, radius, look);
}

struct Pixel { @location(0) colour: vec4<f32>, @builtin(frag_depth) depth: f32 }

struct Hit { met: bool, point: vec3<f32>, direction: vec3<f32> }

fn meet(v: Corner) -> Hit {
    let ray = ray_through(v.point);
    // From the point of the ray nearest the centre: no difference of large squares, so that far spheres keep their edge.
    let middle = dot(v.centre - ray.origin, ray.direction);
    let offset = ray.origin + ray.direction * middle - v.centre;
    let h = v.radius * v.radius - dot(offset, offset);
    return Hit(h >= 0.0, v.centre + offset - ray.direction * sqrt(max(h, 0.0)), ray.direction);
}

@fragment
fn sphere_pixel(v: Corner) -> Pixel {
    let hit = meet(v);
    if !hit.met {
        discard;
    }
    let normal = (hit.point - v.centre) / v.radius;
    let row = v.look / LOOKS_A_ROW;
    let first = (v.look % LOOKS_A_ROW) * SECTORS;
    var colour = textureLoad(looks, vec2<u32>(first, row), 0);
    if colour.a < 0.999 {
        // Clockwise from the top, as pies are read.
        let turn = fract(atan2(normal.x, normal.y) / TURN);
        for (var s = 1u; s < SECTORS && turn > colour.a; s += 1u) {
            colour = textureLoad(looks, vec2<u32>(first + s, row), 0);
        }
    }
    let shaded = faded(lit(colour.rgb, normal, hit.direction), hit.point);
    return Pixel(vec4(shaded, 1.0), clamp(depth_of(hit.point), 0.0, 1.0));
}

// A ring of one colour round the spheres that are selected; the colour is the low 24 bits of `look`.
@fragment
fn halo_pixel(v: Corner) -> Pixel {
    let hit = meet(v);
    if !hit.met {
        discard;
    }
    let rgb = vec3(f32(v.look >> 16u & 255u), f32(v.look >> 8u & 255u), f32(v.look & 255u)) / 255.0;
    return Pixel(vec4(rgb, 1.0), clamp(depth_of(v.centre), 0.0, 1.0));
}
