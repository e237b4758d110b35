// Lines of a constant width in pixels: edges of cells and polyhedra.
struct Corner {
    @builtin(position) position: vec4<f32>,
    @location(0) point: vec3<f32>,
    @location(1) @interpolate(flat) colour: vec4<f32>,
}

@vertex
fn line_corner(
    @builtin(vertex_index) i: u32,
    @location(0) first: vec3<f32>,
    @location(1) second: vec3<f32>,
    @location(2) colour: vec4<f32>,
) -> Corner {
    var start = (frame.view * vec4(first, 1.0)).xyz;
    var end = (frame.view * vec4(second, 1.0)).xyz;
    if frame.range.z < 0.5 {
        // What lies behind the viewer would come out on the wrong side: cut there.
        let near = -0.01;
        if start.z > near && end.z < near {
            start = mix(start, end, (start.z - near) / (start.z - end.z));
        } else if end.z > near && start.z < near {
            end = mix(end, start, (end.z - near) / (end.z - start.z));
        }
    }
    let p = frame.projection * vec4(start, 1.0);
    let q = frame.projection * vec4(end, 1.0);
    let along = (q.xy / q.w - p.xy / p.w) * frame.picture.xy;
    let direction = select(vec2(1.0, 0.0), normalize(along), dot(along, along) > 1e-12);
    let c = corner(i);
    var clip = select(p, q, c.x > 0.0);
    let across = vec2(-direction.y, direction.x) * c.y + direction * c.x * 0.5;
    clip += vec4(across * frame.picture.z / frame.picture.xy * clip.w, 0.0, 0.0);
    return Corner(clip, select(start, end, c.x > 0.0), colour);
}

@fragment
fn line_pixel(v: Corner) -> @location(0) vec4<f32> {
    return vec4(faded(v.colour.rgb, v.point), 1.0);
}
