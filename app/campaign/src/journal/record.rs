//! One event as it lies in the file, and the hash that chains it to the one before.

use crate::{CampaignError, Event};
use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub type Digest = [u8; 32];

/// What every hash begins with, so that the hash of an event is never that of something else.
const DOMAIN: &[u8] = b"lodestone campaign event 1\n";

/// An event with its place in the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// 1, 2, ...
    pub number: u64,
    /// When it was acknowledged, in UTC.
    pub at: String,
    /// The version of SQLite that wrote it, as its header has it.
    pub writer: i32,
    pub event: Event,
    /// The event as JSON, exactly as it lies in the file and was hashed.
    pub body: String,
    /// The hash of the event before; zeros for the first.
    pub previous: Digest,
    pub hash: Digest,
}

impl Record {
    /// The record behind `last` (number and hash) of an event's text.
    pub(super) fn next(
        last: Option<(u64, Digest)>,
        at: String,
        writer: i32,
        body: String,
    ) -> Result<Self, CampaignError> {
        let (number, previous) = last.map_or((1, [0; 32]), |(number, hash)| (number + 1, hash));
        let event = serde_json::from_str(&body).map_err(|error| CampaignError::Event {
            number,
            why: error.to_string(),
        })?;
        let mut hasher = Sha256::new();
        hasher.update(DOMAIN);
        hasher.update(previous);
        hasher.update(number.to_be_bytes());
        hasher.update(writer.to_be_bytes());
        for text in [&at, &body] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        Ok(Self {
            number,
            at,
            writer,
            event,
            body,
            previous,
            hash: hasher.finalize().into(),
        })
    }

    /// The hash as 64 lower-case hexadecimal digits.
    pub fn hash_hex(&self) -> String {
        hex(&self.hash)
    }
}

/// The text of an event: JSON with its members in the order of the types, without spaces.
pub(crate) fn body_of(event: &Event) -> Result<String, CampaignError> {
    serde_json::to_string(event).map_err(|error| CampaignError::Event {
        number: 0,
        why: error.to_string(),
    })
}

/// The SHA-256 of some bytes as 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
