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

#[test]
fn kernels_are_valid_and_as_their_descriptions_say() {
    use naga::{AddressSpace, StorageAccess};
    use shaders::{Binding, KERNELS};
    for kernel in KERNELS {
        assert_eq!(entry_points(kernel.source), [kernel.entry]);
        let module = naga::front::wgsl::parse_str(kernel.source).expect("parsed above");
        assert_eq!(
            module.entry_points[0].workgroup_size,
            [kernel.workgroup, 1, 1]
        );
        let mut found: Vec<_> = module
            .global_variables
            .iter()
            .filter_map(|(_, variable)| {
                let at = variable.binding?;
                let kind = match variable.space {
                    AddressSpace::Uniform => "parameters",
                    AddressSpace::Storage { access } if access == StorageAccess::LOAD => "read",
                    AddressSpace::Storage { .. } => "write",
                    _ => "other",
                };
                Some((at.group, at.binding, kind))
            })
            .collect();
        found.sort_unstable();
        let said: Vec<_> = (0..)
            .zip(kernel.bindings)
            .map(|(binding, kind)| {
                let kind = match kind {
                    Binding::Parameters => "parameters",
                    Binding::Constant | Binding::Input => "read",
                    Binding::Output => "write",
                };
                (0, binding, kind)
            })
            .collect();
        assert_eq!(found, said, "{}", kernel.name);
        // What every adapter must offer.
        let shared: u32 = module
            .global_variables
            .iter()
            .filter(|(_, variable)| variable.space == AddressSpace::WorkGroup)
            .map(|(_, variable)| module.types[variable.ty].inner.size(module.to_ctx()))
            .sum();
        assert!(
            kernel.workgroup <= 256 && shared <= 16_384,
            "{}",
            kernel.name
        );
    }
    let mut names: Vec<_> = KERNELS.iter().map(|kernel| kernel.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KERNELS.len());
}
