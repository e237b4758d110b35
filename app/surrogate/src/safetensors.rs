//! The safetensors container: eight bytes with the length of a JSON header, the header, and the numbers of all tensors.
//!
//! Only what model files need: little-endian tensors of five types, one text of metadata. Written in the order given, so
//! that the same model gives the same bytes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::SurrogateError;

/// The numbers of one tensor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Numbers {
    F64(Vec<f64>),
    F32(Vec<f32>),
    U32(Vec<u32>),
    U16(Vec<u16>),
    U8(Vec<u8>),
}

/// The key of the metadata.
const META: &str = "lodestone";
/// A header longer than this is not ours.
const LONGEST_HEADER: u64 = 16 << 20;

/// The bytes of a file with this metadata and these tensors, each a list.
pub(crate) fn write(metadata: &str, tensors: &[(String, Numbers)]) -> Vec<u8> {
    // Spelled out, so that the order never depends on how the JSON library was built.
    let mut header = format!("{{\"__metadata__\":{}", json!({ META: metadata }));
    let mut body = Vec::new();
    for (name, numbers) in tensors {
        let start = body.len();
        let (kind, count) = match numbers {
            Numbers::F64(v) => {
                v.iter().for_each(|x| body.extend(x.to_le_bytes()));
                ("F64", v.len())
            }
            Numbers::F32(v) => {
                v.iter().for_each(|x| body.extend(x.to_le_bytes()));
                ("F32", v.len())
            }
            Numbers::U32(v) => {
                v.iter().for_each(|x| body.extend(x.to_le_bytes()));
                ("U32", v.len())
            }
            Numbers::U16(v) => {
                v.iter().for_each(|x| body.extend(x.to_le_bytes()));
                ("U16", v.len())
            }
            Numbers::U8(v) => {
                body.extend(v);
                ("U8", v.len())
            }
        };
        let end = body.len();
        header.push_str(&format!(
            ",\"{name}\":{{\"dtype\":\"{kind}\",\"shape\":[{count}],\"data_offsets\":[{start},{end}]}}"
        ));
    }
    header.push('}');
    let mut text = header.into_bytes();
    // Readers that map the file want aligned numbers.
    while text.len() % 8 != 0 {
        text.push(b' ');
    }
    let mut out = (text.len() as u64).to_le_bytes().to_vec();
    out.extend(text);
    out.extend(body);
    out
}

fn bad(reason: impl Into<String>) -> SurrogateError {
    SurrogateError::File {
        reason: reason.into(),
    }
}

/// The metadata and the tensors of a file.
///
/// # Errors
///
/// Anything that [`write`] would not have written.
pub(crate) fn read(bytes: &[u8]) -> Result<(String, BTreeMap<String, Numbers>), SurrogateError> {
    let (length, rest) = bytes
        .split_first_chunk::<8>()
        .ok_or_else(|| bad("it is shorter than eight bytes"))?;
    let length = u64::from_le_bytes(*length);
    if length > LONGEST_HEADER || length > rest.len() as u64 {
        return Err(bad("its first eight bytes are not the length of a header"));
    }
    let (header, body) = rest.split_at(length as usize);
    let header: Map<String, Value> =
        serde_json::from_slice(header).map_err(|e| bad(format!("its header is no JSON: {e}")))?;
    let mut metadata = None;
    let mut tensors = BTreeMap::new();
    for (name, value) in header {
        if name == "__metadata__" {
            metadata = value[META].as_str().map(str::to_owned);
            continue;
        }
        let offset = |k: usize| {
            value["data_offsets"][k]
                .as_u64()
                .and_then(|x| usize::try_from(x).ok())
        };
        let part = offset(0)
            .zip(offset(1))
            .and_then(|(start, end)| body.get(start..end))
            .ok_or_else(|| bad(format!("its tensor `{name}` lies outside the file")))?;
        let numbers = match value["dtype"].as_str() {
            Some("F64") => Numbers::F64(
                part.as_chunks()
                    .0
                    .iter()
                    .map(|b| f64::from_le_bytes(*b))
                    .collect(),
            ),
            Some("F32") => Numbers::F32(
                part.as_chunks()
                    .0
                    .iter()
                    .map(|b| f32::from_le_bytes(*b))
                    .collect(),
            ),
            Some("U32") => Numbers::U32(
                part.as_chunks()
                    .0
                    .iter()
                    .map(|b| u32::from_le_bytes(*b))
                    .collect(),
            ),
            Some("U16") => Numbers::U16(
                part.as_chunks()
                    .0
                    .iter()
                    .map(|b| u16::from_le_bytes(*b))
                    .collect(),
            ),
            Some("U8") => Numbers::U8(part.to_vec()),
            _ => return Err(bad(format!("its tensor `{name}` is of an unknown type"))),
        };
        let size = match &numbers {
            Numbers::F64(v) => 8 * v.len(),
            Numbers::F32(v) => 4 * v.len(),
            Numbers::U32(v) => 4 * v.len(),
            Numbers::U16(v) => 2 * v.len(),
            Numbers::U8(v) => v.len(),
        };
        if size != part.len() {
            return Err(bad(format!("its tensor `{name}` is cut off")));
        }
        tensors.insert(name, numbers);
    }
    let metadata = metadata.ok_or_else(|| bad("it has no description of a model"))?;
    Ok((metadata, tensors))
}
