//! The Rust side and the WGSL side of every kernel describe the same thing, and
//! every shading language of the backends takes it. Needs no device.

use naga::back::{hlsl, msl, spv};
use naga::front::wgsl;
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, Module, StorageAccess, TypeInner};
use tallyho::kernel::{self, Access, Kernel};

fn parsed(kernel: &Kernel) -> Module {
    let source = kernel.source();
    wgsl::parse_str(&source).unwrap_or_else(|error| panic!("{}", error.emit_to_string(&source)))
}

/// Only what the kernel says it needs is allowed.
fn validated(kernel: &Kernel, module: &Module) -> ModuleInfo {
    let capabilities =
        if kernel.subgroups { Capabilities::SUBGROUP } else { Capabilities::empty() };
    let mut validator = Validator::new(ValidationFlags::all(), capabilities);
    if kernel.subgroups {
        validator
            .subgroup_stages(naga::valid::ShaderStages::COMPUTE)
            .subgroup_operations(naga::valid::SubgroupOperationSet::all());
    }
    let validated = validator.validate(module);
    validated.unwrap_or_else(|error| panic!("{}: {error:?}", kernel.name))
}

#[test]
fn shaders_declare_what_the_kernels_bind() {
    for kernel in kernel::ALL {
        let module = parsed(kernel);
        let mut declared: Vec<_> = module
            .global_variables
            .iter()
            .filter_map(|(_, variable)| Some((variable.binding?.binding, variable)))
            .collect();
        declared.sort_by_key(|(binding, _)| *binding);
        let accesses: Vec<Access> = declared
            .iter()
            .map(|(_, variable)| match variable.space {
                AddressSpace::Uniform => Access::Uniform,
                AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => {
                    Access::ReadWrite
                }
                AddressSpace::Storage { .. } => Access::Read,
                other => panic!("{}: unexpected address space {other:?}", kernel.name),
            })
            .collect();
        assert_eq!(accesses, kernel.bindings, "{}", kernel.name);
        let TypeInner::Struct { members, span } = &module.types[declared[0].1.ty].inner else {
            panic!("{}: binding 0 must be the parameters", kernel.name)
        };
        assert_eq!(*span as usize, kernel.params_size, "{}: size of Params", kernel.name);
        let fields = members.iter().map(|it| (it.name.as_deref().unwrap(), it.offset as usize));
        let fields: Vec<_> = fields.filter(|(name, _)| !name.starts_with("pad")).collect();
        assert_eq!(fields, kernel.params_fields, "{}: fields of Params", kernel.name);
    }
}

/// A binding of scores as `f32` would let a driver assume that there is no NaN.
#[test]
fn no_shader_binds_floats() {
    for kernel in kernel::ALL {
        let module = parsed(kernel);
        for (_, variable) in module.global_variables.iter().filter(|(_, it)| it.binding.is_some()) {
            let mut ty = &module.types[variable.ty].inner;
            while let TypeInner::Array { base, .. } = ty {
                ty = &module.types[*base].inner;
            }
            if let Some(scalar) = ty.scalar() {
                assert_eq!(scalar.kind, naga::ScalarKind::Uint, "{}: {variable:?}", kernel.name);
            }
        }
    }
}

#[test]
fn every_kernel_has_one_entry_point_called_main() {
    for kernel in kernel::ALL {
        let module = parsed(kernel);
        let names: Vec<_> = module.entry_points.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["main"], "{}", kernel.name);
    }
}

#[test]
fn names_of_kernels_are_unique_and_begin_with_their_stem() {
    let mut names: Vec<_> = kernel::ALL.iter().map(|kernel| kernel.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), kernel::ALL.len());
}

#[test]
fn every_shader_translates_to_spirv_metal_and_hlsl() {
    for kernel in kernel::ALL {
        let module = parsed(kernel);
        let info = validated(kernel, &module);
        let constants = kernel
            .launch
            .constants
            .iter()
            .copied()
            .chain([("WORKGROUP", kernel.launch.workgroup)])
            .map(|(name, value)| (name.to_owned(), f64::from(value)))
            .collect();
        let (module, info) = naga::back::pipeline_constants::process_overrides(
            &module,
            &info,
            Some((naga::ShaderStage::Compute, "main")),
            &constants,
        )
        .unwrap_or_else(|error| panic!("{}: {error:?}", kernel.name));

        let options = spv::Options { lang_version: (1, 3), ..spv::Options::default() };
        let words = spv::write_vec(&module, &info, &options, None);
        assert!(!words.unwrap_or_else(|error| panic!("{}: {error:?}", kernel.name)).is_empty());

        let options = msl::Options {
            lang_version: (2, 4),
            fake_missing_bindings: true,
            ..msl::Options::default()
        };
        let pipeline = msl::PipelineOptions::default();
        let written = msl::write_string(&module, &info, &options, &pipeline);
        assert!(!written.unwrap_or_else(|error| panic!("{}: {error:?}", kernel.name)).0.is_empty());

        let options = hlsl::Options {
            shader_model: hlsl::ShaderModel::V6_0,
            fake_missing_bindings: true,
            ..hlsl::Options::default()
        };
        let mut text = String::new();
        let pipeline = hlsl::PipelineOptions::default();
        let written = hlsl::Writer::new(&mut text, &options, &pipeline).write(&module, &info, None);
        written.unwrap_or_else(|error| panic!("{}: {error:?}", kernel.name));
    }
}
