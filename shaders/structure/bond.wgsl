// Bonds as cylinders: a box of four corners that faces the viewer, and the exact hit of the line of sight. Each half has the
// colour of its atom.
struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) point: vec3<f32>,
    @location(1) @interpolate(flat) start: vec3<f32>,
    @location(2) @interpolate(flat) end: vec3<f32>,
    @location(3) @interpolate(flat) radius: f32,
    @location(4) @interpolate(flat) colours: vec2<u32>,
}

@vertex
fn bond_corner(
    @builtin(vertex_index) i: u32,
    @location(0) first: vec4<f32>,
    @location(1) second: vec3<f32>,
    @location(2) colours: vec2<u32>,
) -> Corner {
    let start = (frame.view * vec4(first.xyz, 1.0)).xyz;
    let end = (frame.view * vec4(second, 1.0)).xyz;
    let radius = first.w;
    let axis = normalize(end - start);
    let middle = (start + end) * 0.5;
    var towards = vec3(0.0, 0.0, 1.0);
    if frame.range.z < 0.5 {
        towards = normalize(-middle);
    }
    // Sideways is across both the axis and the line of sight; any side will do where the bond points at the viewer.
    var side = cross(axis, towards);
    if dot(side, side) < 1e-6 {
        side = cross(axis, select(vec3(1.0, 0.0, 0.0), vec3(0.0, 1.0, 0.0), abs(axis.y) < 0.7));
    }
    side = normalize(side);
    let front = normalize(cross(side, axis));
    let facing = select(-front, front, dot(front, towards) >= 0.0);
    let c = corner(i);
    // The rectangle touches the near side of the cylinder; it is widened, as perspective spreads it, and lengthened, as
    // a slanting view shows the round ends beyond it.
    let half_length = length(end - start) * 0.5 + radius;
    let point = middle + axis * (c.x * half_length) + side * (c.y * radius * 1.15) + facing * radius;
    return Corner(frame.projection * vec4(point, 1.0), point, start, end, radius, colours);
}

struct Pixel { @location(0) colour: vec4<f32>, @builtin(frag_depth) depth: f32 }

fn unpacked(c: u32) -> vec3<f32> {
    return vec3(f32(c >> 16u & 255u), f32(c >> 8u & 255u), f32(c & 255u)) / 255.0;
}

@fragment
fn bond_pixel(v: Corner) -> Pixel {
    let ray = ray_through(v.point);
    let whole = v.end - v.start;
    let size = length(whole);
    let axis = whole / size;
    // In the plane across the axis the cylinder is a circle about the origin.
    let nearest = dot(v.start - ray.origin, ray.direction);
    let offset = ray.origin + ray.direction * nearest - v.start;
    let f = offset - axis * dot(offset, axis);
    let d = ray.direction - axis * dot(ray.direction, axis);
    let a = dot(d, d);
    let b = dot(f, d);
    let h = b * b - a * (dot(f, f) - v.radius * v.radius);
    if h < 0.0 || a < 1e-9 {
        discard;
    }
    let t = (-b - sqrt(h)) / a;
    let along = dot(offset + ray.direction * t, axis);
    if along < 0.0 || along > size {
        discard;
    }
    let hit = v.start + offset + ray.direction * t;
    let normal = (f + d * t) / v.radius;
    let colour = unpacked(select(v.colours.y, v.colours.x, along < size * 0.5));
    let shaded = faded(lit(colour, normal, ray.direction), hit);
    return Pixel(vec4(shaded, 1.0), clamp(depth_of(hit), 0.0, 1.0));
}
