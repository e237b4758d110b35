//! Publishing: a plugin into a registry's folder, and the index signed anew.

use crate::catalogue::{INDEX, INDEX_SIGNATURE, NEXT_SIGNATURE, check_owner, read_index};
use crate::index::{Entry, INDEX_BYTES, Index};
use crate::key::{PublicKey, SecretKey};
use crate::pins::Pins;
use crate::signature::{SIGNATURE_BYTES, Signature, sign, sign_plugin, signature_file};
use crate::{Home, RegistryError, Source, file};
use job::Job;
use std::fs;
use std::path::Path;

/// A plugin to publish: read by the plugin host, described by itself.
pub struct Publication<'a> {
    /// Name, version, interface and texts; `file`, `size` and `sha256` are filled in here.
    pub entry: Entry,
    pub bytes: &'a [u8],
    /// The signature file that lies beside the component, if there is one: it is published as it is.
    pub signature: Option<Vec<u8>>,
    /// Names of plugins that are shipped with this program.
    pub shipped: &'a [&'a str],
    /// Publish although a newer version is published already.
    pub force: bool,
}

/// What was published.
#[derive(Debug, PartialEq)]
pub struct Published {
    pub entry: Entry,
    /// Serial number of the index.
    pub serial: u64,
    /// The same bytes were published before: nothing was changed.
    pub unchanged: bool,
}

/// Adds a plugin to the registry in `folder`, which is made if there is none. `home`: whose trust and pins speak.
pub fn publish(
    folder: &Path,
    key: &SecretKey,
    publication: Publication,
    home: Option<&Home>,
    job: &Job,
) -> Result<Published, RegistryError> {
    let mut entry = publication.entry;
    let place = folder.display().to_string();
    if publication.shipped.contains(&entry.name.as_str()) {
        return Err(RegistryError::Shipped(entry.name));
    }
    entry.size = publication.bytes.len() as u64;
    entry.sha256 = file::sha256(publication.bytes);
    entry.file = format!("{0}/{1}/{0}.wasm", entry.name, entry.version);
    entry.check().map_err(|why| RegistryError::Index {
        place: place.clone(),
        why,
    })?;
    if let Some(home) = home {
        let pins = Pins::open(home.folder())?;
        check_owner(&pins, &home.trust()?, &entry.name, Some(key.public()))?;
    }
    let signature = plugin_signature(key, &entry, publication.bytes, publication.signature)?;
    file::make_folder(folder)?;
    let _lock = file::lock(&folder.join(".lock"))?;
    let mut index = present_index(folder, key.public(), job)?;
    if let Some(old) = same_version(&index, &entry) {
        if old.sha256 != entry.sha256 {
            return Err(RegistryError::Republished {
                folder: place,
                name: entry.name,
                version: entry.version,
            });
        }
        let entry = old.clone();
        write_component(folder, &entry, publication.bytes, &signature)?;
        return Ok(Published {
            entry,
            serial: index.serial,
            unchanged: true,
        });
    }
    let newest = index
        .plugins
        .iter()
        .filter(|e| e.name == entry.name)
        .map(Entry::semver)
        .max();
    if let Some(newest) = newest
        && newest > entry.semver()
        && !publication.force
    {
        return Err(RegistryError::OlderVersion {
            folder: place,
            name: entry.name,
            version: entry.version,
            newest: newest.to_string(),
        });
    }
    write_component(folder, &entry, publication.bytes, &signature)?;
    index.plugins.push(entry.clone());
    index.plugins.sort_by_key(|e| (e.name.clone(), e.semver()));
    // The clock gives a number above those of a registry that was lost and begun anew with the same key.
    index.serial = file::seconds().max(index.serial.saturating_add(1));
    index.date = file::today();
    write_index(folder, key, &index)?;
    Ok(Published {
        entry,
        serial: index.serial,
        unchanged: false,
    })
}

fn same_version<'a>(index: &'a Index, entry: &Entry) -> Option<&'a Entry> {
    let precedence = entry.semver();
    index.plugins.iter().find(|e| {
        e.name == entry.name && e.semver().cmp_precedence(&precedence) == std::cmp::Ordering::Equal
    })
}

/// The signature that lies beside the component, if it is the publisher's, or a new one.
fn plugin_signature(
    key: &SecretKey,
    entry: &Entry,
    bytes: &[u8],
    given: Option<Vec<u8>>,
) -> Result<Vec<u8>, RegistryError> {
    let name = format!("{}.wasm", entry.name);
    let Some(given) = given else {
        return Ok(sign_plugin(key, bytes, &name, &entry.name, &entry.version)?.into_bytes());
    };
    let id = key.public().id();
    let what = format!("{name}.minisig");
    let signature = Signature::parse(&given, &what)?;
    if signature.key_id() != id {
        return Err(RegistryError::WrongKey {
            what: name,
            found: signature.key_id(),
            wanted: id,
            why: "which publishes it; remove the signature, or use its key",
        });
    }
    if !signature.fits(key.public(), bytes) {
        return Err(RegistryError::BadSignature {
            what: format!("{name} (sign it again if you have changed it)"),
            key: id,
        });
    }
    signature.check_said(&id, &entry.name, &entry.version)?;
    Ok(given)
}

/// The registry's index, verified to be this key's; an empty one where nothing was published yet.
fn present_index(folder: &Path, key: &PublicKey, job: &Job) -> Result<Index, RegistryError> {
    if file::is_absent(&folder.join(INDEX)) {
        return Ok(Index::new(key));
    }
    let source = Source::folder(folder)?;
    let (bytes, ()) = read_index(&source, job, |signature, bytes, what| {
        if signature.key_id() != key.id() {
            return Err(RegistryError::WrongKey {
                what: what.to_owned(),
                found: signature.key_id(),
                wanted: key.id(),
                why: "the one that you publish with; each registry has one publisher",
            });
        }
        if !signature.fits(key, bytes) {
            return Err(RegistryError::BadSignature {
                what: what.to_owned(),
                key: key.id(),
            });
        }
        Ok(())
    })?;
    Index::parse(&bytes, key, &source.place())
}

fn write_component(
    folder: &Path,
    entry: &Entry,
    bytes: &[u8],
    signature: &[u8],
) -> Result<(), RegistryError> {
    let path = folder.join(&entry.file);
    file::write(&signature_file(&path), signature)?;
    file::write(&path, bytes)
}

/// Puts the index and its signature into place. At every moment the index that is there is signed by the signature that is
/// there or by the one announced as next.
fn write_index(folder: &Path, key: &SecretKey, index: &Index) -> Result<(), RegistryError> {
    let bytes = index.to_bytes()?;
    if bytes.len() as u64 > INDEX_BYTES {
        return Err(RegistryError::TooBig {
            what: folder.join(INDEX).display().to_string(),
            limit: INDEX_BYTES,
        });
    }
    let comment = format!("file:{INDEX} serial:{}", index.serial);
    let signature = sign(key, &bytes, &comment)?.into_bytes();
    let (next, present) = (folder.join(NEXT_SIGNATURE), folder.join(INDEX_SIGNATURE));
    // An interrupted publication's signature, which may be the only one of the present index, becomes the present one first.
    let old = folder.join(INDEX);
    if let (Ok(next_bytes), Ok(old_bytes)) = (
        file::read(&next, SIGNATURE_BYTES),
        file::read(&old, INDEX_BYTES),
    ) && let Ok(next_signature) = Signature::parse(&next_bytes, "")
        && next_signature.fits(key.public(), &old_bytes)
    {
        fs::rename(&next, &present).map_err(|e| RegistryError::file("rename", &next, e))?;
    }
    file::write(&next, &signature)?;
    file::write(&old, &bytes)?;
    fs::rename(&next, &present).map_err(|e| RegistryError::file("rename", &next, e))?;
    file::sync_folder(folder);
    Ok(())
}
