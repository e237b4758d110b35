//! Files that are refused, each with words that say why.

use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::guest::{Guest, description, property};
use crate::{atoms, host, job, load};
use plugin_host::{
    Compiler, Description, Host, HostOptions, Limits, ParameterKind, ParameterValue, Session,
};

/// The message on loading these bytes.
fn refused(bytes: &[u8]) -> String {
    match host().load(bytes, "test") {
        Ok(plugin) => panic!("{plugin:?} loads"),
        Err(e) => e.to_string(),
    }
}

fn refused_guest(guest: &Guest) -> String {
    refused(&guest.wasm())
}

fn refused_description(change: impl FnOnce(&mut Description)) -> String {
    let mut d = description();
    change(&mut d);
    refused_guest(&Guest {
        description: d,
        ..Guest::default()
    })
}

pub fn assert_says(message: &str, words: &str) {
    assert!(
        message.contains(words),
        "{message:?} does not say {words:?}"
    );
}

#[test]
fn what_is_not_webassembly_is_said_to_be_not_webassembly() {
    assert_says(&refused(b""), "nor WebAssembly at all: the file is empty");
    assert_says(
        &refused(b"formula,price\nFe,1\n"),
        "it does not begin like WebAssembly",
    );
    assert_says(
        &refused(b" (component)"),
        "text format; give the binary component",
    );
    assert_says(
        &refused(b"\x7fELF\x02\x01\x01"),
        "precompiled plugins are never accepted",
    );
}

#[test]
fn a_file_cut_off_anywhere_is_refused_and_said_to_be_cut_off() {
    let whole = Guest::default().wasm();
    let mut truncated = 0;
    for at in (4..whole.len()).step_by(97) {
        let message = refused(&whole[..at]);
        truncated += usize::from(message.contains("the file is cut off after"));
    }
    // a cut between two sections leaves a component that lacks its export
    let cuts = (4..whole.len()).step_by(97).count();
    assert!(truncated + 3 >= cuts, "{truncated} of {cuts}");
    assert_says(&refused(&whole[..6]), "the file is cut off after 6 bytes");
}

#[test]
fn a_core_module_is_told_from_a_component() {
    let module = wat::parse_str(Guest::default().core()).expect("a module");
    assert_says(
        &refused(&module),
        "this is a core WebAssembly module, not a component",
    );
}

#[test]
fn imports_are_refused_with_the_list_of_what_was_wanted() {
    let message = refused_guest(&Guest {
        imports: r#"(import "wasi:filesystem/preopens@0.2.0" (instance))
                    (import "wasi:clocks/wall-clock@0.2.0" (instance))
                    (import "acme:telemetry/report" (instance))"#,
        ..Guest::default()
    });
    assert_says(
        &message,
        "it imports what no plugin gets: acme:telemetry/report",
    );
    assert_says(
        &message,
        "wasi:clocks/wall-clock@0.2.0 (plugins get no clock)",
    );
    assert_says(
        &message,
        "wasi:filesystem/preopens@0.2.0 (plugins get no files)",
    );
    assert_says(&message, "a plugin imports nothing");
}

#[test]
fn another_interface_version_is_refused_with_the_one_spoken() {
    for version in ["0.2.0", "1.0.0", "0.10.0"] {
        let message = refused_guest(&Guest {
            version,
            ..Guest::default()
        });
        assert_says(
            &message,
            &format!("built for version {version} of the plugin interface"),
        );
        assert_says(&message, "this host speaks 0.1");
    }
    let patch = Guest {
        version: "0.1.7",
        ..Guest::default()
    };
    assert_eq!(load(&patch).expect("a later patch").interface(), "0.1.7");
}

/// A component with further custom sections behind it.
fn with_sections(guest: &Guest, sections: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = guest.wasm();
    for (name, data) in sections {
        let length = 1 + name.len() + data.len();
        assert!(length < 128, "one byte holds the length");
        bytes.extend([0, length as u8, name.len() as u8]);
        bytes.extend(name.as_bytes());
        bytes.extend(*data);
    }
    bytes
}

#[test]
fn the_section_that_names_the_interface_version_must_agree_with_the_export() {
    let name = plugin_host::INTERFACE_SECTION;
    let good = Guest::default();
    assert!(!plugin_host::has_interface_section(&good.wasm()));
    let named = with_sections(&good, &[(name, b"0.1.0"), ("other", b"9.9.9")]);
    assert!(plugin_host::has_interface_section(&named));
    let plugin = host().load(&named, "test").expect("they agree");
    assert_eq!(plugin.interface(), "0.1.0");
    let message = refused(&with_sections(&good, &[(name, b"0.2.0")]));
    assert_says(&message, "names version 0.2.0 of the plugin interface");
    assert_says(&message, "exports version 0.1.0");
    let message = refused(&with_sections(&good, &[(name, b"0.1.0"), (name, b"0.1.1")]));
    assert_says(&message, "name versions 0.1.0 and 0.1.1");
    for bad in [&b""[..], b"0.1.0 \x1b[2J", b"\xff\xfe", &[b'1'; 33]] {
        let message = refused(&with_sections(&good, &[(name, bad)]));
        assert_says(&message, "holds no version such as 0.1.0");
    }
}

#[test]
fn a_component_for_another_interface_is_refused_before_it_is_compiled() {
    // Where the compiler does not exist, only what is decided before compiling is told.
    let host = Host::new(HostOptions {
        compiler: Compiler::Child {
            program: "/nowhere/compiler".into(),
            args: vec![],
        },
        ..HostOptions::default()
    })
    .expect("a host");
    let other = Guest {
        version: "0.2.0",
        ..Guest::default()
    };
    let sections = [(plugin_host::INTERFACE_SECTION, &b"0.2.0"[..])];
    let refusal = |bytes: &[u8]| host.load(bytes, "test").unwrap_err().to_string();
    assert_says(
        &refusal(&with_sections(&other, &sections)),
        "built for version 0.2.0 of the plugin interface",
    );
    assert_says(
        &refusal(&with_sections(&Guest::default(), &sections)),
        "names version 0.2.0",
    );
}

#[test]
fn a_component_without_the_interface_is_refused_with_what_it_exports() {
    let component = |text: &str| wat::parse_str(text).expect("valid text");
    let message = refused(&component("(component)"));
    assert_says(
        &message,
        "does not export lodestone:plugin/model; it exports nothing",
    );
    let other =
        component(r#"(component (instance $i) (export "acme:other/thing@1.0.0" (instance $i)))"#);
    assert_says(&refused(&other), "it exports: acme:other/thing@1.0.0");
    let hollow = component(
        r#"(component (instance $i) (export "lodestone:plugin/model@0.1.0" (instance $i)))"#,
    );
    assert_says(
        &refused(&hollow),
        "it exports the interface by name, but not by type",
    );
}

#[test]
fn what_differs_between_machines_is_refused() {
    let memories = Guest {
        extra: "(memory 1)".to_owned(),
        ..Guest::default()
    };
    assert_says(
        &refused_guest(&memories),
        "not a valid plugin component: multiple memories",
    );
    let relaxed = Guest {
        extra: "(func (drop (f32x4.relaxed_min (v128.const f32x4 0 0 0 0) (v128.const f32x4 0 0 0 0))))".to_owned(),
        ..Guest::default()
    };
    assert_says(
        &refused_guest(&relaxed),
        "relaxed SIMD support is not enabled",
    );
    let atomics = Guest {
        extra: "(func (drop (i32.atomic.load (i32.const 0))))".to_owned(),
        ..Guest::default()
    };
    assert_says(&refused_guest(&atomics), "threads support is not enabled");
}

#[test]
fn too_much_to_compile_is_refused_before_compiling() {
    let wasm = Guest::default().wasm();
    let with = |limits: Limits| {
        let options = HostOptions {
            limits,
            ..HostOptions::default()
        };
        let host = Host::new(options).expect("a host");
        host.load(&wasm, "test").expect_err("refused").to_string()
    };
    let message = with(Limits {
        component_bytes: 500,
        ..Limits::default()
    });
    assert_says(&message, "bytes; the limit is 500 bytes");
    let message = with(Limits {
        functions: 3,
        ..Limits::default()
    });
    assert_says(&message, "functions or more; the limit is 3 functions");
    // one function of a megabyte, which would keep the compiler busy for long
    let bomb = Guest {
        extra: format!(
            "(func $bomb (param i32) {})",
            "(local.set 0 (i32.mul (local.get 0) (local.get 0)))".repeat(160_000)
        ),
        ..Guest::default()
    };
    let started = Instant::now();
    let message = refused_guest(&bomb);
    assert_says(&message, "one of its functions has");
    assert_says(&message, "the limit is 524288 bytes a function");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_plugin_that_fails_while_starting_or_describing_is_refused() {
    let start = Guest {
        extra: "(func $begin unreachable) (start $begin)".to_owned(),
        ..Guest::default()
    };
    assert_says(
        &refused_guest(&start),
        "it crashed while starting (wasm `unreachable` instruction executed)",
    );
    let describe = |body| {
        refused_guest(&Guest {
            describe: body,
            ..Guest::default()
        })
    };
    assert_says(
        &describe("(loop $l (br $l)) (unreachable)"),
        "asked to describe itself: it used up its fuel",
    );
    assert_says(
        &describe("unreachable"),
        "asked to describe itself: it crashed",
    );
    assert_says(&describe("(i32.const -4)"), "something malformed");
    assert_says(
        &describe("(drop (memory.grow (i32.const 60000))) (i32.const 0)"),
        "256 MiB of memory",
    );
}

#[test]
fn a_description_that_changes_is_refused() {
    let message = refused_guest(&Guest {
        extra: "(global $asked (mut i32) (i32.const 0))".to_owned(),
        // the second time, the summary is one letter shorter
        describe: "
            (if (global.get $asked) (then (i32.store offset=20 (global.get $description)
              (i32.sub (i32.load offset=20 (global.get $description)) (i32.const 1)))))
            (global.set $asked (i32.const 1))
            (global.get $description)",
        ..Guest::default()
    });
    assert_says(
        &message,
        "describes itself differently each time it is asked (other texts)",
    );
}

#[test]
fn a_huge_description_is_refused() {
    let message = refused_description(|d| d.summary = "a".repeat(2 << 20));
    assert_says(
        &message,
        "asked to describe itself: it returned more than 1 MiB of data",
    );
    let message = refused_description(|d| d.summary = "a".repeat(20_000));
    assert_says(&message, "the summary is longer than 8192 characters");
    let message = refused_description(|d| {
        d.properties = (0..65).map(|k| property(&format!("p{k}"))).collect()
    });
    assert_says(&message, "it declares 65 properties; 64 are allowed");
}

#[test]
fn every_fault_of_a_description_is_named() {
    let says = |change: fn(&mut Description), words: &str| {
        assert_says(&refused_description(change), words)
    };
    says(
        |d| d.properties.push(property("atoms")),
        "property \"atoms\" is declared twice",
    );
    says(
        |d| d.properties.push(property("atoms_std")),
        "has the name of the standard deviation of property \"atoms\"",
    );
    says(|d| d.properties.clear(), "it declares no property");
    says(
        |d| d.id = "Battery!".to_owned(),
        "the id \"Battery!\" is not 1 to 64 lower-case letters",
    );
    says(
        |d| d.version = "one".to_owned(),
        "version \"one\" is not a semantic version",
    );
    let forged = "nice\nsigned by   key 0000000000000000, trusted";
    let changes: [fn(&mut Description, &str); 7] = [
        |d, text| d.summary = text.to_owned(),
        |d, text| d.licence = text.to_owned(),
        |d, text| d.authors = vec![text.to_owned()],
        |d, text| d.extensions = vec![(text.to_owned(), String::new())],
        |d, text| d.extensions = vec![("key".to_owned(), text.to_owned())],
        |d, text| d.parameters[0].summary = text.to_owned(),
        |d, text| d.properties[0].summary = text.to_owned(),
    ];
    for change in changes {
        assert_says(
            &refused_description(|d| change(d, forged)),
            "holds a line break",
        );
    }
    says(
        |d| d.domain = "a\u{1b}[2J".to_owned(),
        "the domain holds the control character",
    );
    says(
        |d| d.properties[0].unit = "[g]".to_owned(),
        "its unit \"[g]\" holds a bracket",
    );
    says(
        |d| d.properties[0].valid_min = Some(f64::NAN),
        "its valid range NaN to inf is not a range",
    );
    says(
        |d| (d.properties[0].valid_min, d.properties[0].valid_max) = (Some(2.0), Some(1.0)),
        "its valid range 2 to 1 is not a range from low to high",
    );
    says(
        |d| d.properties[0].direction = plugin_host::Direction::None,
        "is ranked by unless the user names an objective, but says no direction",
    );
    says(
        |d| d.parameters[0].default = ParameterValue::Number(9.0),
        "parameter \"scale\": its default 9 is refused: must be a number from 0.5 to 4",
    );
    says(
        |d| {
            d.parameters[0].kind = ParameterKind::Number {
                min: 1.0,
                max: f64::INFINITY,
            }
        },
        "its range 1 to inf is not a finite range",
    );
    says(
        |d| {
            d.parameters[0].kind = ParameterKind::Choice {
                words: vec!["a".to_owned()],
            }
        },
        "its default 1 is refused: must be one of: a",
    );
    says(
        |d| d.inputs.composition = plugin_host::Need::Unused,
        "it uses no input at all",
    );
    says(
        |d| d.inputs.descriptors = vec!["x".to_owned(); 2],
        "input \"x\" is declared twice",
    );
}

#[test]
fn a_missing_file_and_a_folder_are_explained() {
    let error = |path: &Path| host().load_file(path).expect_err("refused").to_string();
    assert_says(
        &error(Path::new("/nowhere/battery.wasm")),
        "cannot read /nowhere/battery.wasm: No such file",
    );
    let folder = tempfile::tempdir().expect("a folder");
    assert_says(&error(folder.path()), "Is a directory");
    #[cfg(unix)]
    {
        let pipe = folder.path().join("pipe.wasm");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo").success());
        assert_says(&error(&pipe), "it is a pipe or a device");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_load_nor_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), header in 0..3) {
        let mut file = match header {
            0 => b"\0asm\x0d\0\x01\0".to_vec(),
            1 => b"\0asm\x01\0\0\0".to_vec(),
            _ => Vec::new(),
        };
        file.extend(bytes);
        prop_assert!(host().load(&file, "test").is_err());
    }

    #[test]
    fn a_plugin_with_flipped_bits_never_panics(flips in proptest::collection::vec((any::<prop::sample::Index>(), 0..8u8), 1..4)) {
        let mut wasm = Guest::default().wasm();
        for (index, bit) in flips {
            let at = index.index(wasm.len());
            wasm[at] ^= 1 << bit;
        }
        // it may load: a flipped bit in a text or a constant is another plugin
        if let Ok(plugin) = host().load(&wasm, "test")
            && let Ok(session) = Session::new(&plugin, &[])
        {
            let _ = session.predict(&atoms([1.0, 2.0]).batch(), &job());
        }
    }
}
