//! The verbs of `lodestone plugin` that sign, trust, publish and install.

use clap::Args;
use std::path::PathBuf;

pub const KEYGEN_EXAMPLE: &str = "\
Example:
  lodestone plugin keygen                    # asks for a password, twice
  lodestone plugin sign redox.wasm
  # give author.pub, or the line it prints, to those who are to trust you

The key is minisign's: `minisign -Vm redox.wasm -p author.pub` verifies the signature too.
LODESTONE_KEY_PASSWORD gives the password where there is no terminal to ask on.";

#[derive(Args)]
pub struct KeygenArgs {
    /// Where to put the secret key; the public one goes beside it, with the ending .pub.
    /// Default: keys/author.key in the folder of installed plugins
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Do not protect the secret key by a password: whoever reads the file can sign
    #[arg(long)]
    pub no_password: bool,
    /// Machine-readable
    #[arg(long)]
    pub json: bool,
}

pub const SIGN_EXAMPLE: &str = "\
Example:
  lodestone plugin sign redox.wasm           # writes redox.wasm.minisig
  lodestone plugin sign redox.wasm --key ~/keys/lab.key";

#[derive(Args)]
pub struct SignArgs {
    /// The component
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Your secret key. Default: the one that keygen made
    #[arg(short, long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Machine-readable
    #[arg(long)]
    pub json: bool,
}

pub const TRUST_EXAMPLE: &str = "\
Example:
  lodestone plugin trust alice.pub --label 'Alice, Example University'
  lodestone plugin trust RW...               # the 56 characters themselves
  lodestone plugin trust --list
  lodestone plugin trust --revoke alice.pub

Get a key from its owner by a way you trust (a talk, a paper, a colleague), not from where the plugins are.";

#[derive(Args)]
#[command(arg_required_else_help = true)]
pub struct TrustArgs {
    /// A public key (56 characters that begin with RW), or its .pub file
    #[arg(value_name = "KEY", conflicts_with_all = ["list", "revoke"])]
    pub key: Option<String>,
    /// Whose key it is, in your words
    #[arg(long, value_name = "TEXT", requires = "key")]
    pub label: Option<String>,
    /// The keys that are trusted, and those that no longer are
    #[arg(long, conflicts_with = "revoke")]
    pub list: bool,
    /// Trust this key no more: a key, its .pub file, its identifier or label. What it signed is no longer loaded
    #[arg(long, value_name = "KEY")]
    pub revoke: Option<String>,
    /// Machine-readable
    #[arg(long)]
    pub json: bool,
}

pub const INSTALL_EXAMPLE: &str = "\
Example:
  lodestone plugin trust alice.pub --label Alice
  lodestone plugin install https://example.org/plugins/redox
  lodestone plugin install https://example.org/plugins/redox@0.2.0
  lodestone plugin install /media/stick/plugins/redox
  lodestone plugin install ./redox.wasm      # with redox.wasm.minisig beside it, or unsigned

LODESTONE_PROXY names a proxy (http://host:port, asked to CONNECT); no other setting of proxies is looked at.
LODESTONE_CA names a PEM file of the authorities that certify your https server, if browsers do not know them.";

#[derive(Args)]
pub struct InstallArgs {
    /// A component file, or a plugin of a registry: FOLDER-OR-URL/NAME[@VERSION]
    #[arg(value_name = "FILE | SOURCE/NAME[@VERSION]")]
    pub what: String,
    /// Accept that the plugin's name now belongs to another key than before
    #[arg(long)]
    pub new_owner: bool,
    /// Machine-readable
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct RemoveArgs {
    /// An installed plugin's id
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Machine-readable
    #[arg(long)]
    pub json: bool,
}

pub const UPDATE_EXAMPLE: &str = "\
Example:
  lodestone plugin update                    # all that came from a registry
  lodestone plugin update redox";

#[derive(Args)]
pub struct UpdateArgs {
    /// An installed plugin's id. Default: every installed plugin that came from a registry
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Machine-readable
    #[arg(long)]
    pub json: bool,
}

pub const PUBLISH_EXAMPLE: &str = "\
Example:
  lodestone plugin publish redox.wasm --to ~/public_html/plugins
  # any web server can serve the folder; users then run
  lodestone plugin trust author.pub
  lodestone plugin install https://example.org/~alice/plugins/redox";

#[derive(Args)]
pub struct PublishArgs {
    /// The component; its signature FILE.minisig is used if it is there, else it is signed
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The registry's folder; made if there is none
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    /// Your secret key. Default: the one that keygen made
    #[arg(short, long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Publish although a newer version is published already
    #[arg(long)]
    pub force: bool,
    /// Machine-readable
    #[arg(long)]
    pub json: bool,
}
