//! What is read from a component before anything of it is compiled: form, size, imports, interface version.

use std::collections::BTreeSet;

use wasmparser::{Parser, Payload, Validator, WasmFeatures};

use crate::LoadError;
use crate::limits::Limits;

/// The interface's name, without its version.
pub const INTERFACE: &str = "lodestone:plugin/model";
/// The released interface versions this host speaks, as texts for messages.
pub const SPOKEN: &str = "0.1";

/// The custom section in which a component names the interface version it was built for: `0.1.0`. The SDK for Rust puts
/// it into the core module, `lodestone plugin build` behind the components of other languages.
pub const INTERFACE_SECTION: &str = "lodestone-interface";

/// Longest version that a component may name, bytes.
const VERSION_BYTES: usize = 32;

/// What a plugin's code may use of WebAssembly: what is deterministic on every machine. No relaxed SIMD, no threads, no
/// component async, no second memory in a module.
const FEATURES: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG)
    .union(WasmFeatures::BULK_MEMORY_OPT)
    .union(WasmFeatures::COMPONENT_MODEL);

/// What was read from a component before it is compiled.
#[derive(Debug)]
pub(crate) struct Read {
    /// The version of the interface that it was built for: `0.1.0`.
    pub version: String,
    /// The code of all its functions, bytes.
    pub code_bytes: usize,
}

/// Reads `bytes`, or says why they are refused.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Read, LoadError> {
    form(bytes, limits)?;
    let outline = Outline::read(bytes, limits)?;
    if !outline.imports.is_empty() {
        return Err(LoadError::Imports {
            wanted: outline.imports.iter().map(|name| in_words(name)).collect(),
        });
    }
    let version = outline.version()?;
    Validator::new_with_features(FEATURES)
        .validate_all(bytes)
        .map_err(|e| LoadError::Invalid {
            why: e.message().to_owned(),
            offset: e.offset(),
        })?;
    Ok(Read {
        version,
        code_bytes: outline.code_bytes,
    })
}

/// Whether a component names the interface version it was built for, in a section of its own.
pub fn has_interface_section(bytes: &[u8]) -> bool {
    let mut parser = Parser::new(0);
    parser.set_features(FEATURES);
    let named =
        |payload| matches!(payload, Ok(Payload::CustomSection(s)) if s.name() == INTERFACE_SECTION);
    parser.parse_all(bytes).any(named)
}

/// Whether the bytes can be a component at all, by their first eight.
fn form(bytes: &[u8], limits: &Limits) -> Result<(), LoadError> {
    if bytes.is_empty() {
        return Err(LoadError::NotWasm("the file is empty"));
    }
    if bytes.starts_with(b"\x7fELF") {
        return Err(LoadError::NotWasm(
            "it is machine code; precompiled plugins are never accepted, give the component itself",
        ));
    }
    let text = bytes.trim_ascii_start();
    if text.starts_with(b"(component") || text.starts_with(b"(module") || text.starts_with(b";;") {
        return Err(LoadError::NotWasm(
            "it is WebAssembly's text format; give the binary component",
        ));
    }
    if !bytes.starts_with(&b"\0asm"[..bytes.len().min(4)]) {
        return Err(LoadError::NotWasm("it does not begin like WebAssembly"));
    }
    if bytes.len() > limits.component_bytes {
        return Err(LoadError::TooBig {
            what: format!("the file has {} bytes", bytes.len()),
            limit: format!("{} bytes", limits.component_bytes),
        });
    }
    match bytes.get(4..8) {
        None => Err(LoadError::Truncated {
            offset: bytes.len(),
        }),
        Some([1, 0, 0, 0]) => Err(LoadError::CoreModule),
        Some([0x0d, 0, 1, 0]) => Ok(()),
        Some(other) => Err(LoadError::Invalid {
            why: format!("unknown WebAssembly encoding {other:02x?}"),
            offset: 4,
        }),
    }
}

/// The names at a component's border.
#[derive(Default)]
struct Outline {
    imports: BTreeSet<String>,
    exports: Vec<String>,
    /// The version that sections called [`INTERFACE_SECTION`] name.
    section: Option<String>,
    code_bytes: usize,
}

impl Outline {
    fn read(bytes: &[u8], limits: &Limits) -> Result<Self, LoadError> {
        let mut outline = Self::default();
        let mut functions = 0u32;
        let mut depth = 0usize;
        let mut parser = Parser::new(0);
        parser.set_features(FEATURES);
        for payload in parser.parse_all(bytes) {
            match payload.map_err(broken(bytes))? {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
                Payload::End(_) => depth = depth.saturating_sub(1),
                Payload::ComponentImportSection(section) if depth == 0 => {
                    for import in section {
                        let name = import.map_err(broken(bytes))?.name.name;
                        outline.imports.insert(name.to_owned());
                    }
                }
                Payload::ComponentExportSection(section) if depth == 0 => {
                    for export in section {
                        let name = export.map_err(broken(bytes))?.name.name;
                        outline.exports.push(name.to_owned());
                    }
                }
                Payload::CustomSection(section) if section.name() == INTERFACE_SECTION => {
                    outline.take_section(section.data(), section.data_offset())?;
                }
                Payload::CodeSectionStart { count, .. } => {
                    functions = functions.saturating_add(count);
                    if functions > limits.functions {
                        return Err(LoadError::TooBig {
                            what: format!("it has {functions} functions or more"),
                            limit: format!("{} functions", limits.functions),
                        });
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let size = body.range().len();
                    outline.code_bytes += size;
                    if size > limits.function_bytes {
                        return Err(LoadError::TooBig {
                            what: format!("one of its functions has {size} bytes of code"),
                            limit: format!("{} bytes a function", limits.function_bytes),
                        });
                    }
                }
                _ => {}
            }
        }
        Ok(outline)
    }

    /// Reads a section that names the interface version; several must name the same.
    fn take_section(&mut self, data: &[u8], offset: usize) -> Result<(), LoadError> {
        let invalid = |why: String| LoadError::Invalid { why, offset };
        let plain = |b: &u8| b.is_ascii_graphic();
        let version = match std::str::from_utf8(data) {
            Ok(text) if (1..=VERSION_BYTES).contains(&data.len()) && data.iter().all(plain) => text,
            _ => {
                let why = format!("its section {INTERFACE_SECTION} holds no version such as 0.1.0");
                return Err(invalid(why));
            }
        };
        match &self.section {
            Some(other) if other != version => Err(invalid(format!(
                "its sections {INTERFACE_SECTION} name versions {other} and {version}"
            ))),
            _ => {
                self.section = Some(version.to_owned());
                Ok(())
            }
        }
    }

    /// The version of the interface that is exported; a section that names another one is refused.
    fn version(&self) -> Result<String, LoadError> {
        let exported = self.exported_version()?;
        match &self.section {
            Some(section) if *section != exported => Err(LoadError::InterfaceMismatch {
                section: section.clone(),
                exported,
            }),
            _ => Ok(exported),
        }
    }

    fn exported_version(&self) -> Result<String, LoadError> {
        let versions: Vec<&str> = self
            .exports
            .iter()
            .filter_map(|name| name.strip_prefix(INTERFACE)?.strip_prefix('@'))
            .collect();
        let spoken = versions.iter().find(|v| {
            let patch = v.strip_prefix(SPOKEN).and_then(|v| v.strip_prefix('.'));
            patch.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
        });
        match (spoken, versions.first()) {
            (Some(version), _) => Ok((*version).to_owned()),
            (None, Some(other)) => Err(LoadError::InterfaceVersion {
                found: crate::text::clean(other, 40),
            }),
            (None, None) => Err(LoadError::NoInterface {
                exports: self
                    .exports
                    .iter()
                    .take(10)
                    .map(|name| crate::text::clean(name, 100))
                    .collect(),
            }),
        }
    }
}

/// A reading error as "truncated" where the file ends too early.
fn broken(bytes: &[u8]) -> impl Fn(wasmparser::BinaryReaderError) -> LoadError + '_ {
    move |e| {
        if e.message().contains("unexpected end") || e.offset() >= bytes.len() {
            LoadError::Truncated { offset: e.offset() }
        } else {
            LoadError::Invalid {
                why: e.message().to_owned(),
                offset: e.offset(),
            }
        }
    }
}

/// An import with what it would mean, for people who never heard of WASI.
fn in_words(name: &str) -> String {
    let meaning = [
        ("wasi:filesystem", "files"),
        ("wasi:sockets", "network"),
        ("wasi:http", "network"),
        ("wasi:clocks", "clock"),
        ("wasi:random", "random numbers"),
        ("wasi:cli", "environment, arguments or terminal"),
        ("wasi:io", "streams"),
        ("wasi:", "system interface"),
    ];
    let name = crate::text::clean(name, 100);
    match meaning.iter().find(|(prefix, _)| name.starts_with(prefix)) {
        Some((_, what)) => format!("{name} (plugins get no {what})"),
        None => name,
    }
}
