// Arrows as a cylinder and a cone: a rectangle that faces the viewer, also from their ends, and the exact hit of the line of
// sight with the nearest of shaft, head, and the flat ends of both.
struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) point: vec3<f32>,
    @location(1) @interpolate(flat) start: vec3<f32>,
    @location(2) @interpolate(flat) end: vec3<f32>,
    // Radius of the shaft, length and radius of the head.
    @location(3) @interpolate(flat) sizes: vec3<f32>,
    @location(4) @interpolate(flat) colour: vec4<f32>,
}

@vertex
fn arrow_corner(
    @builtin(vertex_index) i: u32,
    @location(0) first: vec3<f32>,
    @location(1) second: vec3<f32>,
    @location(2) sizes: vec3<f32>,
    @location(3) colour: vec4<f32>,
) -> Corner {
    let start = (frame.view * vec4(first, 1.0)).xyz;
    let end = (frame.view * vec4(second, 1.0)).xyz;
    let radius = max(sizes.x, sizes.z);
    let middle = (start + end) * 0.5;
    let half = (end - start) * 0.5;
    let distance = length(middle);
    var towards = vec3(0.0, 0.0, 1.0);
    if frame.range.z < 0.5 {
        towards = -middle / distance;
    }
    // Across the line of sight, the first side along what is seen of the axis; any will do where it points at the viewer.
    var right = half - towards * dot(half, towards);
    let seen = length(right);
    if seen < 1e-4 * length(half) {
        right = cross(towards, select(vec3(1.0, 0.0, 0.0), vec3(0.0, 1.0, 0.0), abs(towards.y) < 0.7));
    }
    right = normalize(right);
    let up = cross(towards, right);
    var size = vec2(seen + radius, radius);
    if frame.range.z < 0.5 {
        // What lies before the middle is seen larger.
        let before = abs(dot(half, towards)) + radius;
        size *= 1.05 * distance / max(distance - before, 0.1 * distance);
    }
    let c = corner(i) * size;
    let point = middle + right * c.x + up * c.y;
    return Corner(frame.projection * vec4(point, 1.0), point, start, end, sizes, colour);
}

struct Pixel { @location(0) colour: vec4<f32>, @builtin(frag_depth) depth: f32 }

struct Hit { t: f32, normal: vec3<f32> }

const FAR: f32 = 1e30;

fn nearer(a: Hit, b: Hit) -> Hit {
    if b.t < a.t {
        return b;
    }
    return a;
}

// Where a line through `offset` (from a point of the axis) along `direction` meets a flat end at `at` along the axis, whose radii
// are from `inner` to `outer`.
fn flat_end(offset: vec3<f32>, direction: vec3<f32>, axis: vec3<f32>, at: f32, inner: f32, outer: f32) -> Hit {
    let slope = dot(direction, axis);
    // It is seen from behind alone.
    if slope < 1e-6 {
        return Hit(FAR, axis);
    }
    let t = (at - dot(offset, axis)) / slope;
    let place = offset + direction * t - axis * at;
    let r = length(place);
    if r > outer || r < inner {
        return Hit(FAR, axis);
    }
    return Hit(t, -axis);
}

@fragment
fn arrow_pixel(v: Corner) -> Pixel {
    let ray = ray_through(v.point);
    let whole = v.end - v.start;
    let size = length(whole);
    let axis = whole / size;
    let neck = size - v.sizes.y;
    // From the point of the ray nearest the tail, so that small arrows far away keep their digits.
    let nearest = dot(v.start - ray.origin, ray.direction);
    let offset = ray.origin + ray.direction * nearest - v.start;
    let o = dot(offset, axis);
    let d = dot(ray.direction, axis);
    let f = offset - axis * o;
    let e = ray.direction - axis * d;
    let a = dot(e, e);
    let b = dot(f, e);
    var best = Hit(FAR, axis);
    // The shaft: |f + e t| = r.
    let shaft = b * b - a * (dot(f, f) - v.sizes.x * v.sizes.x);
    if shaft >= 0.0 && a > 1e-9 {
        let t = (-b - sqrt(shaft)) / a;
        let along = o + d * t;
        if along >= 0.0 && along <= neck {
            best = Hit(t, (f + e * t) / v.sizes.x);
        }
    }
    // The head: |f + e t| = k (size - o - d t).
    let k = v.sizes.z / v.sizes.y;
    let left = size - o;
    let aa = a - k * k * d * d;
    let bb = b + k * k * left * d;
    let cc = dot(f, f) - k * k * left * left;
    let cone = bb * bb - aa * cc;
    if cone >= 0.0 {
        // Both roots, since either may lie on the mirror image of the head beyond its tip.
        let root = sqrt(cone);
        let safe = select(aa, select(-1e-9, 1e-9, aa >= 0.0), abs(aa) < 1e-9);
        for (var i = 0; i < 2; i += 1) {
            let t = (-bb + select(root, -root, i == 0)) / safe;
            let along = o + d * t;
            if along >= neck && along <= size {
                let side = f + e * t;
                let normal = normalize(side / max(length(side), 1e-9) + axis * k);
                best = nearer(best, Hit(t, normal));
            }
        }
    }
    best = nearer(best, flat_end(offset, ray.direction, axis, neck, v.sizes.x, v.sizes.z));
    best = nearer(best, flat_end(offset, ray.direction, axis, 0.0, 0.0, v.sizes.x));
    if best.t >= FAR {
        discard;
    }
    let hit = v.start + offset + ray.direction * best.t;
    let shaded = faded(lit(v.colour.rgb, best.normal, ray.direction), hit);
    return Pixel(vec4(shaded, 1.0), clamp(depth_of(hit), 0.0, 1.0));
}
