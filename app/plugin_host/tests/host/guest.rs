//! Makes plugin components out of a description and a few lines of WebAssembly text, good ones and hostile ones.
//!
//! The layouts are those of the component model's canonical ABI; the description is laid out here and put into the
//! guest's memory as data, so a test can claim anything in it.

use plugin_host::{
    Description, Direction, Need, Origin, Parameter, ParameterKind, ParameterValue, Property,
    WantedInputs,
};

/// Where the description lies in the guest's memory.
const DATA: u32 = 1024;

/// A component in the making; the default is the good plugin `sum`.
pub struct Guest {
    pub description: Description,
    /// The interface's version in the export name.
    pub version: &'static str,
    /// Component-level imports.
    pub imports: &'static str,
    /// Body of `describe() -> pointer`; `$description` is a global with the right answer.
    pub describe: &'static str,
    /// Body of `predict($in: pointer) -> pointer`.
    pub predict: &'static str,
    /// Body of `value($in, $row) -> f64`, which the default `predict` calls for each row.
    pub value: &'static str,
    /// More of the core module: globals, functions, a start function.
    pub extra: String,
    /// The models it carries: names and bytes.
    pub models: Vec<(String, Vec<u8>)>,
}

/// Result with one column for each property, filled by `$value`.
const PREDICT: &str = "
    (local $r i32) (local $rows i32)
    (local.set $rows (call $rows (local.get $in)))
    (local.set $r (call $answer (i32.const 1)))
    (call $fill (local.get $in) (call $column (local.get $r) (i32.const 0) (local.get $rows)) (local.get $rows))
    (local.get $r)";

/// The molar sum: atoms in the formula, times parameter `scale` (the first parameter, a number).
const VALUE: &str =
    "(f64.mul (call $sum (local.get $in) (local.get $row)) (call $number (local.get $in)))";

impl Default for Guest {
    fn default() -> Self {
        Self {
            description: description(),
            version: "0.1.0",
            imports: "",
            describe: "(global.get $description)",
            predict: PREDICT,
            value: VALUE,
            extra: String::new(),
            models: Vec::new(),
        }
    }
}

/// What the good plugin says of itself.
pub fn description() -> Description {
    let text = |s: &str| s.to_owned();
    Description {
        id: text("sum"),
        version: text("0.1.0"),
        summary: text("Counts atoms"),
        domain: text("any composition"),
        licence: text("Apache-2.0 OR MIT"),
        authors: vec![text("A. Author")],
        citation: text("none needed: arithmetic"),
        inputs: WantedInputs {
            composition: Need::Required,
            structure: Need::Unused,
            columns: vec![],
            descriptors: vec![],
            potential: vec![],
        },
        parameters: vec![Parameter {
            name: text("scale"),
            unit: text("1/atom"),
            summary: text("What one atom counts"),
            kind: ParameterKind::Number { min: 0.5, max: 4.0 },
            default: ParameterValue::Number(1.0),
        }],
        properties: vec![property("atoms")],
        extensions: vec![(text("colour"), text("blue"))],
    }
}

pub fn property(name: &str) -> Property {
    let text = |s: &str| s.to_owned();
    Property {
        name: text(name),
        unit: text("1"),
        summary: text("Atoms in the formula as written"),
        direction: Direction::Maximize,
        default_objective: true,
        origin: Origin::Predicted,
        method: text("sum of the amounts"),
        source: text("the formula"),
        uncertainty: text("not known"),
        valid_min: None,
        valid_max: None,
    }
}

impl Guest {
    /// The component in binary form.
    pub fn wasm(&self) -> Vec<u8> {
        wat::parse_str(self.text()).unwrap_or_else(|e| panic!("{e}"))
    }

    fn text(&self) -> String {
        let core = self.core().replacen("(module", "", 1);
        let outer = types("o", |_| String::new());
        let (imported, exported) = (
            types("i", |name| {
                format!("(import \"import-type-{name}\" (type $i-{name} (eq $i0-{name})))")
            }),
            types("e", |name| {
                format!("(export $e-{name} \"{name}\" (type $e0-{name}))")
            }),
        );
        let mut lifted = String::new();
        let mut funcs_in = String::new();
        let mut funcs_out = String::new();
        let mut with = String::new();
        for (name, signature) in FUNCTIONS {
            let of = |p: &str| signature.replace('@', p);
            lifted += &format!(
                "(func $f-{name} {} (canon lift (core func $i \"{name}\") (memory (core memory $m)) (realloc (core func $realloc))))\n",
                of("o")
            );
            funcs_in += &format!(
                "(import \"import-func-{name}\" (func $s-{name} {}))\n",
                of("i")
            );
            funcs_out += &format!("(export \"{name}\" (func $s-{name}) (func {}))\n", of("e"));
            with += &format!("(with \"import-func-{name}\" (func $f-{name}))\n");
        }
        for (name, _) in TYPES {
            with += &format!("(with \"import-type-{name}\" (type $o-{name}))\n");
        }
        format!(
            "(component {imports}
             (core module $core {core}
             (core instance $i (instantiate $core))
             (alias core export $i \"memory\" (core memory $m))
             (alias core export $i \"cabi_realloc\" (core func $realloc))
             {outer} {lifted}
             (component $shim {imported} {funcs_in} {exported} {funcs_out})
             (instance $plugin (instantiate $shim {with}))
             (export \"lodestone:plugin/model@{version}\" (instance $plugin)))",
            imports = self.imports,
            version = self.version,
        )
    }

    /// The core module alone.
    pub fn core(&self) -> String {
        let mut image = Image::default();
        let root = image.description(&self.description);
        let models = image.room(8);
        image.list(models, &self.models, 16, |image, at, (name, bytes)| {
            image.string(at, name);
            image.list(at + 8, bytes, 1, |image, at, byte| image.bytes[at] = *byte);
        });
        let models = DATA + models as u32;
        let data: String = image
            .bytes
            .iter()
            .map(|byte| format!("\\{byte:02x}"))
            .collect();
        let heap = DATA + image.bytes.len() as u32 + 16;
        let pages = heap / 65536 + 1;
        format!(
            "(module
               (memory (export \"memory\") {pages})
               (data (i32.const {DATA}) \"{data}\")
               (global $heap (mut i32) (i32.const {heap}))
               (global $description i32 (i32.const {root}))
               {SUPPORT}
               (func (export \"describe\") (result i32) {describe})
               (func (export \"models\") (result i32) (i32.const {models}))
               (func $value (param $in i32) (param $row i32) (result f64) {value})
               (func (export \"predict\") (param $in i32) (result i32) {predict})
               {extra})",
            describe = self.describe,
            value = self.value,
            predict = self.predict,
            extra = self.extra,
        )
    }
}

/// The mean of the first input column, where `$value` is to be that.
pub const FIRST_COLUMN: &str = "
    (f64.load (i32.add
        (i32.load offset=16 (i32.load offset=84 (local.get $in)))
        (i32.shl (local.get $row) (i32.const 3))))";

/// Helpers every guest has. Memory is fresh in each instance, so whatever `$alloc` gives is zero.
const SUPPORT: &str = r#"
  (func $alloc (param $size i32) (param $align i32) (result i32)
    (local $at i32) (local $end i32)
    (local.set $at (i32.and (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
                            (i32.sub (i32.const 0) (local.get $align))))
    (local.set $end (i32.add (local.get $at) (local.get $size)))
    (if (i32.gt_u (local.get $end) (i32.shl (memory.size) (i32.const 16)))
      (then (if (i32.eq (i32.const -1) (memory.grow
              (i32.add (i32.const 1) (i32.sub (i32.shr_u (local.get $end) (i32.const 16)) (memory.size)))))
        (then unreachable))))
    (global.set $heap (local.get $end))
    (local.get $at))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (call $alloc (local.get 3) (local.get 2)))
  ;; candidates in the batch
  (func $rows (param $in i32) (result i32)
    (i32.sub (i32.load offset=4 (local.get $in)) (i32.const 1)))
  ;; atoms of one candidate
  (func $sum (param $in i32) (param $row i32) (result f64)
    (local $at i32) (local $end i32) (local $sum f64)
    (local.set $at (i32.add (i32.load (local.get $in)) (i32.shl (local.get $row) (i32.const 2))))
    (local.set $end (i32.load offset=4 (local.get $at)))
    (local.set $at (i32.load (local.get $at)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (local.set $sum (f64.add (local.get $sum)
        (f64.load (i32.add (i32.load offset=16 (local.get $in)) (i32.shl (local.get $at) (i32.const 3))))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
    (local.get $sum))
  ;; the first parameter, a number
  (func $number (param $in i32) (result f64)
    (f64.load offset=16 (i32.load offset=92 (local.get $in))))
  ;; value of the first input column
  (func $input (param $in i32) (param $row i32) (result f64)
    (f64.load (i32.add (i32.load offset=16 (i32.load offset=84 (local.get $in))) (i32.shl (local.get $row) (i32.const 3)))))
  ;; an answer with so many empty columns and no notes
  (func $answer (param $columns i32) (result i32)
    (local $r i32)
    (local.set $r (call $alloc (i32.const 48) (i32.const 8)))
    (i32.store offset=4 (local.get $r) (call $alloc (i32.mul (local.get $columns) (i32.const 20)) (i32.const 8)))
    (i32.store offset=8 (local.get $r) (local.get $columns))
    (local.get $r))
  ;; gives a column room for so many values, and its standard deviation as unknown
  (func $column (param $r i32) (param $index i32) (param $rows i32) (result i32)
    (local $c i32) (local $m i32)
    (local.set $m (call $alloc (i32.shl (local.get $rows) (i32.const 3)) (i32.const 8)))
    (local.set $c (i32.add (i32.load offset=4 (local.get $r)) (i32.mul (local.get $index) (i32.const 20))))
    (i32.store (local.get $c) (local.get $m))
    (i32.store offset=4 (local.get $c) (local.get $rows))
    (i32.store8 offset=8 (local.get $c) (i32.const 1))
    (local.get $m))
  (func $fill (param $in i32) (param $m i32) (param $rows i32)
    (local $row i32)
    (block $done (loop $next
      (br_if $done (i32.ge_s (local.get $row) (local.get $rows)))
      (f64.store (i32.add (local.get $m) (i32.shl (local.get $row) (i32.const 3)))
        (call $value (local.get $in) (local.get $row)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br $next))))
  ;; so many notes: note k is on candidate k mod rows, its text the bytes from $text on
  (func $notes (param $r i32) (param $rows i32) (param $count i32) (param $text i32) (param $length i32)
    (local $k i32) (local $row i32) (local $code i32) (local $property i32) (local $texts i32)
    (local.set $texts (call $alloc (i32.const 8) (i32.const 4)))
    (i32.store (local.get $texts) (local.get $text))
    (i32.store offset=4 (local.get $texts) (local.get $length))
    (local.set $row (call $alloc (i32.shl (local.get $count) (i32.const 2)) (i32.const 4)))
    (local.set $code (call $alloc (i32.shl (local.get $count) (i32.const 2)) (i32.const 4)))
    (local.set $property (call $alloc (i32.shl (local.get $count) (i32.const 2)) (i32.const 4)))
    (i32.store offset=12 (local.get $r) (local.get $texts))    (i32.store offset=16 (local.get $r) (i32.const 1))
    (i32.store offset=20 (local.get $r) (local.get $row))      (i32.store offset=24 (local.get $r) (local.get $count))
    (i32.store offset=28 (local.get $r) (local.get $code))     (i32.store offset=32 (local.get $r) (local.get $count))
    (i32.store offset=36 (local.get $r) (local.get $property)) (i32.store offset=40 (local.get $r) (local.get $count))
    (block $done (loop $next
      (br_if $done (i32.ge_s (local.get $k) (local.get $count)))
      (i32.store (i32.add (local.get $row) (i32.shl (local.get $k) (i32.const 2))) (i32.rem_u (local.get $k) (local.get $rows)))
      (i32.store (i32.add (local.get $property) (i32.shl (local.get $k) (i32.const 2))) (i32.const -1))
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (br $next))))
"#;

/// The interface's types, `@` standing for the scope's prefix.
const TYPES: [(&str, &str); 20] = [
    ("direction", r#"(enum "maximize" "minimize" "none")"#),
    (
        "origin",
        r#"(enum "exact" "measured" "computed" "predicted")"#,
    ),
    (
        "property",
        r#"(record (field "name" string) (field "unit" string) (field "summary" string) (field "direction" $@-direction)
            (field "default-objective" bool) (field "origin" $@-origin) (field "method" string) (field "source" string)
            (field "uncertainty" string) (field "valid-min" (option f64)) (field "valid-max" (option f64)))"#,
    ),
    (
        "parameter-kind",
        r#"(variant (case "number" (tuple f64 f64)) (case "choice" (list string)) (case "flag"))"#,
    ),
    (
        "parameter-value",
        r#"(variant (case "number" f64) (case "choice" string) (case "flag" bool))"#,
    ),
    (
        "parameter",
        r#"(record (field "name" string) (field "unit" string) (field "summary" string) (field "kind" $@-parameter-kind)
            (field "default" $@-parameter-value))"#,
    ),
    ("need", r#"(enum "unused" "optional" "required")"#),
    (
        "wanted-column",
        r#"(record (field "name" string) (field "unit" string) (field "summary" string) (field "need" $@-need))"#,
    ),
    (
        "wanted-inputs",
        r#"(record (field "composition" $@-need) (field "structure" $@-need) (field "columns" (list $@-wanted-column))
            (field "descriptors" (list string)) (field "potential" (list string)))"#,
    ),
    (
        "description",
        r#"(record (field "id" string) (field "version" string) (field "summary" string) (field "domain" string)
            (field "licence" string) (field "authors" (list string)) (field "citation" string)
            (field "inputs" $@-wanted-inputs) (field "parameters" (list $@-parameter))
            (field "properties" (list $@-property)) (field "extensions" (list (tuple string string))))"#,
    ),
    (
        "model-file",
        r#"(record (field "name" string) (field "bytes" (list u8)))"#,
    ),
    (
        "compositions",
        r#"(record (field "offsets" (list u32)) (field "atomic-numbers" (list u8)) (field "amounts" (list f64)))"#,
    ),
    (
        "structures",
        r#"(record (field "lattices" (list f64)) (field "site-offsets" (list u32)) (field "positions" (list f64))
            (field "species-offsets" (list u32)) (field "atomic-numbers" (list u8)) (field "occupancies" (list f64))
            (field "site-moments" (list f64)))"#,
    ),
    (
        "input-column",
        r#"(record (field "name" string) (field "unit" string) (field "mean" (list f64)) (field "std" (option (list f64))))"#,
    ),
    (
        "batch",
        r#"(record (field "compositions" $@-compositions) (field "structures" (option $@-structures))
            (field "columns" (list $@-input-column)))"#,
    ),
    (
        "spread",
        r#"(variant (case "exact") (case "unknown") (case "each" (list f64)))"#,
    ),
    (
        "column",
        r#"(record (field "mean" (list f64)) (field "std" $@-spread))"#,
    ),
    (
        "notes",
        r#"(record (field "texts" (list string)) (field "row" (list u32)) (field "text" (list u32))
            (field "property" (list u32)))"#,
    ),
    (
        "predictions",
        r#"(record (field "columns" (list $@-column)) (field "notes" $@-notes))"#,
    ),
    // a name for a type without one keeps the table regular
    ("setting", r#"(tuple string $@-parameter-value)"#),
];

const FUNCTIONS: [(&str, &str); 3] = [
    ("describe", "(result $@-description)"),
    ("models", "(result (list $@-model-file))"),
    (
        "predict",
        r#"(param "candidates" $@-batch) (param "parameters" (list $@-setting)) (result (result $@-predictions (error string)))"#,
    ),
];

/// All types in one scope: `$p-name`; with a line of its own after each, the definition is `$p0-name`.
fn types(p: &str, line: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for (name, definition) in TYPES {
        let line = line(name);
        let own = if line.is_empty() {
            p.to_owned()
        } else {
            format!("{p}0")
        };
        out += &format!(
            "(type ${own}-{name} {})\n{line}\n",
            definition.replace('@', p)
        );
    }
    out
}

/// A description as it lies in linear memory.
#[derive(Default)]
struct Image {
    bytes: Vec<u8>,
}

impl Image {
    fn room(&mut self, size: usize) -> usize {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let at = self.bytes.len();
        self.bytes.resize(at + size, 0);
        at
    }

    fn u32(&mut self, at: usize, x: u32) {
        self.bytes[at..at + 4].copy_from_slice(&x.to_le_bytes());
    }

    fn f64(&mut self, at: usize, x: f64) {
        self.bytes[at..at + 8].copy_from_slice(&x.to_le_bytes());
    }

    fn pair(&mut self, at: usize, data: usize, len: usize) {
        self.u32(at, DATA + data as u32);
        self.u32(at + 4, len as u32);
    }

    fn string(&mut self, at: usize, text: &str) {
        let data = self.room(text.len());
        self.bytes[data..data + text.len()].copy_from_slice(text.as_bytes());
        self.pair(at, data, text.len());
    }

    fn list<T>(&mut self, at: usize, items: &[T], size: usize, put: impl Fn(&mut Self, usize, &T)) {
        let data = self.room(items.len() * size);
        for (k, item) in items.iter().enumerate() {
            put(self, data + k * size, item);
        }
        self.pair(at, data, items.len());
    }

    fn strings(&mut self, at: usize, items: &[String]) {
        self.list(at, items, 8, |image, at, text| image.string(at, text));
    }

    fn option(&mut self, at: usize, x: Option<f64>) {
        if let Some(x) = x {
            self.bytes[at] = 1;
            self.f64(at + 8, x);
        }
    }

    fn value(&mut self, at: usize, value: &ParameterValue) {
        match value {
            ParameterValue::Number(x) => self.f64(at + 8, *x),
            ParameterValue::Choice(word) => {
                self.bytes[at] = 1;
                self.string(at + 8, word);
            }
            ParameterValue::Flag(yes) => {
                self.bytes[at] = 2;
                self.bytes[at + 8] = u8::from(*yes);
            }
        }
    }

    fn parameter(&mut self, at: usize, p: &Parameter) {
        self.string(at, &p.name);
        self.string(at + 8, &p.unit);
        self.string(at + 16, &p.summary);
        match &p.kind {
            ParameterKind::Number { min, max } => {
                self.f64(at + 32, *min);
                self.f64(at + 40, *max);
            }
            ParameterKind::Choice { words } => {
                self.bytes[at + 24] = 1;
                self.strings(at + 32, words);
            }
            ParameterKind::Flag => self.bytes[at + 24] = 2,
        }
        self.value(at + 48, &p.default);
    }

    fn property(&mut self, at: usize, p: &Property) {
        self.string(at, &p.name);
        self.string(at + 8, &p.unit);
        self.string(at + 16, &p.summary);
        self.bytes[at + 24] = p.direction as u8;
        self.bytes[at + 25] = u8::from(p.default_objective);
        self.bytes[at + 26] = p.origin as u8;
        self.string(at + 28, &p.method);
        self.string(at + 36, &p.source);
        self.string(at + 44, &p.uncertainty);
        self.option(at + 56, p.valid_min);
        self.option(at + 72, p.valid_max);
    }

    /// The address of the record.
    fn description(&mut self, d: &Description) -> u32 {
        let at = self.room(108);
        self.string(at, &d.id);
        self.string(at + 8, &d.version);
        self.string(at + 16, &d.summary);
        self.string(at + 24, &d.domain);
        self.string(at + 32, &d.licence);
        self.strings(at + 40, &d.authors);
        self.string(at + 48, &d.citation);
        self.bytes[at + 56] = d.inputs.composition as u8;
        self.bytes[at + 57] = d.inputs.structure as u8;
        self.list(at + 60, &d.inputs.columns, 28, |image, at, c| {
            image.string(at, &c.name);
            image.string(at + 8, &c.unit);
            image.string(at + 16, &c.summary);
            image.bytes[at + 24] = c.need as u8;
        });
        self.strings(at + 68, &d.inputs.descriptors);
        self.strings(at + 76, &d.inputs.potential);
        self.list(at + 84, &d.parameters, 64, Self::parameter);
        self.list(at + 92, &d.properties, 88, Self::property);
        self.list(at + 100, &d.extensions, 16, |image, at, (key, value)| {
            image.string(at, key);
            image.string(at + 8, value);
        });
        DATA + at as u32
    }
}
