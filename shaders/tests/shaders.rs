//! Every source must be valid WGSL with the entry points that its documentation names.

use naga::valid::{Capabilities, ValidationFlags, Validator};

fn entry_points(source: &str) -> Vec<String> {
    let module = naga::front::wgsl::parse_str(source)
        .unwrap_or_else(|error| panic!("{}", error.emit_to_string(source)));
    Validator::new(ValidationFlags::all(), Capabilities::empty())
        .validate(&module)
        .unwrap_or_else(|error| panic!("{}", error.emit_to_string(source)));
    module.entry_points.into_iter().map(|e| e.name).collect()
}

#[test]
fn structure_shaders_are_valid_without_optional_capabilities() {
    use shaders::structure::*;
    let of = |source| entry_points(&with_frame(source));
    assert_eq!(of(SPHERE), ["sphere_corner", "sphere_pixel", "halo_pixel"]);
    assert_eq!(of(BOND), ["bond_corner", "bond_pixel"]);
    assert_eq!(of(LINE), ["line_corner", "line_pixel"]);
    assert_eq!(of(FACE), ["face_corner", "face_pixel"]);
    assert_eq!(
        entry_points(BLEND),
        ["whole", "lay_over", "show_picture", "show_picture_linear"]
    );
}

#[test]
fn texture_layout_of_looks_is_the_same_in_shader_and_host() {
    use shaders::structure::*;
    assert!(SPHERE.contains(&format!("SECTORS: u32 = {SECTORS}u")));
    assert!(SPHERE.contains(&format!("LOOKS_A_ROW: u32 = {LOOKS_A_ROW}u")));
}
