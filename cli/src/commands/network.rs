// SPDX-License-Identifier: Apache-2.0

//! `salus network`: how hospitals begin a network, without any of them seeing another's private keys.
//!
//! 1. Each hospital, on its own machine: `keys`. Its entry, with public keys only, goes to the others.
//! 2. Any of them, from the list of all entries: `init`. The same list gives the same files.
//! 3. Each hospital, on its own machine: `check`. Its entry is in the list, and the list gives these files.

use crate::{
    context::Context,
    failure::Failure,
    files,
    hospitals::{hospital_in, list_in},
    output::{fields, table, Output},
    parse,
};
use salus_chain::Chain;
use salus_client::{authority_files::write_authority_keys, keystore::Keystore};
use salus_founding::{
    folders::{self, File, NewFolder},
    list::{self, Entry, Hospital, List},
    naming,
    program::NodeProgram,
};
use salus_primitives::{membership::InstitutionKind, Digest, InstitutionId};
use salus_sealing::keys::{AuthorityKeys, Identity, Mnemonic};
use serde::Serialize;
use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a hospital's own keys, on its own machine, and its public entry for the list
    Keys(Keys),
    /// Write specification, node configurations and packet filters from the list of all hospitals' entries
    Init(Init),
    /// Say whether folders, specifications and nodes are of one network, and whether the list gives these files
    Check(Check),
}

#[derive(clap::Args)]
pub(crate) struct Keys {
    /// The hospital's name
    #[arg(long)]
    name: String,
    /// The IP address at which the other hospitals reach its node
    #[arg(long, value_name = "IP")]
    address: IpAddr,
    /// The port at which the other hospitals reach its node
    #[arg(long, default_value_t = 30333, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// The IP address on which its node listens [default: all of the machine]
    #[arg(long, value_name = "IP")]
    listen: Option<IpAddr>,
    /// The kind of institution
    #[arg(long, value_parser = parse::word::<InstitutionKind>(), default_value = "hospital")]
    kind: InstitutionKind,
    /// Where its vault answers
    #[arg(long, value_name = "URL", value_parser = parse::line, default_value = "")]
    vault_address: String,
    /// Where to write the node's keys and the entry
    #[arg(long, value_name = "FOLDER", default_value = "salus-keys")]
    out: PathBuf,
    /// Write the phrases that restore the identities to this file instead of showing them
    #[arg(long, value_name = "FILE")]
    phrase_file: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct Init {
    /// The list of hospitals, in TOML
    list: PathBuf,
    /// Where to write [default: a folder here, named as the network's id]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// The specification of a network that runs already: after a hospital joined or left, its files are made again
    #[arg(long, value_name = "FILE")]
    chain_spec: Option<PathBuf>,
    /// The node, whose runtime the network begins with [default: salus-node beside this program, or on the PATH]
    #[arg(long, env = "SALUS_NODE_PROGRAM", value_name = "FILE")]
    node_program: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(crate) struct Check {
    /// Folders that `init` wrote, specification files, or nodes (ws://...)
    #[arg(required = true, value_name = "PLACE")]
    places: Vec<String>,
    /// A hospital's entry that has to stand in the folders' lists, unchanged
    #[arg(long, value_name = "FILE")]
    hospital: Option<PathBuf>,
    /// The node that makes specifications again [default: salus-node beside this program, or on the PATH]
    #[arg(long, env = "SALUS_NODE_PROGRAM", value_name = "FILE")]
    node_program: Option<PathBuf>,
}

pub(crate) async fn run(command: Command, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    match command {
        Command::Keys(arguments) => keys(arguments, context, out),
        Command::Init(arguments) => init(arguments, out),
        Command::Check(arguments) => check(arguments, out).await,
    }
}

/// The staff that a hospital begins with, by the names of their tables in the list.
const STAFF: [&str; 4] = ["issuer", "verifier", "delegate", "service"];
/// Bytes of a specification, at most: its runtime's code has five million at most, and is written with two digits a byte.
const LONGEST_SPECIFICATION: usize = 64 << 20;
/// A hospital's public entry.
const ENTRY: &str = "hospital.toml";

#[derive(Serialize)]
struct MadeKeys {
    entry: PathBuf,
    folder: PathBuf,
    peer_id: String,
    identities: Vec<String>,
}

fn keys(arguments: Keys, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    naming::check_name(&arguments.name).map_err(Failure::input)?;
    if arguments.vault_address.contains(['"', '\\']) || arguments.vault_address.contains(char::is_control) {
        return Err(Failure::input("a vault address has no quotes, backslashes or line ends"));
    }
    let own = naming::identifier(&arguments.name);
    let names: Vec<_> = std::iter::once(own.clone()).chain(STAFF.map(|role| format!("{own}-{role}"))).collect();
    let places = names.iter().map(|name| free(context, name)).collect::<Result<Vec<_>, _>>()?;
    for path in arguments.phrase_file.iter().chain([&arguments.out]) {
        if path.symlink_metadata().is_ok() {
            return Err(Failure::input(format!("`{}` exists already, and nothing is overwritten", path.display())));
        }
    }

    let (node, made) = (AuthorityKeys::generate(), made_identities()?);
    let publics = made.each_ref().map(|(identity, _)| identity.public());
    let [institution, issuer, verifier, delegate, service] = &publics;
    let entry = Entry {
        name: &arguments.name,
        kind: arguments.kind,
        address: SocketAddr::new(arguments.address, arguments.port),
        listen: arguments.listen,
        vault_address: &arguments.vault_address,
        node: &node.public(),
        institution,
        staff: [("issuer", issuer), ("verifier", verifier), ("delegate", delegate), ("service", service)],
    };
    let entry = format!(
        "# The public entry of {} for `salus network init`: nothing in it is secret.\n{}",
        arguments.name,
        entry.to_toml()
    );
    // An entry that the list would refuse is refused before anything is written.
    list::read_hospital(&entry, Path::new(ENTRY))?;
    let password = context.new_password()?;

    if let Some(path) = &arguments.phrase_file {
        files::write_new(path, phrases(&names, &made).as_bytes())?;
    }
    let mut written = Vec::new();
    let write = || -> Result<(), Failure> {
        for ((name, place), (identity, _)) in names.iter().zip(&places).zip(&made) {
            Keystore::create(place, name, identity, &password)?;
            written.push(place);
        }
        Ok(write_authority_keys(&node, &arguments.out, &[(ENTRY, entry)])?)
    };
    if let Err(failure) = write() {
        for place in written {
            // Made a moment ago, and worth nothing without the rest.
            let _ = std::fs::remove_dir_all(place);
        }
        return Err(failure);
    }

    let secret = match (&arguments.phrase_file, out.is_human()) {
        (Some(path), _) => format!("phrases     in {} (print them, then delete the file)", path.display()),
        (None, true) => format!(
            "\nWrite these words on paper. They restore the identities. A person who has them can act as that identity:\n\n{}",
            phrases(&names, &made).as_str()
        ),
        (None, false) => {
            // Programs get them on standard error, so that they do not end up in a file by accident.
            eprint!("{}", phrases(&names, &made).as_str());
            String::new()
        }
    };
    let shown = MadeKeys {
        entry: arguments.out.join(ENTRY),
        folder: arguments.out,
        peer_id: node.public().peer_id.to_string(),
        identities: names,
    };
    out.show(&shown, |shown| {
        let fields = fields(&[
            ("entry", format!("{} (public: send it to the others)", shown.entry.display())),
            ("node keys", format!("{} (secret: stays on this machine)", shown.folder.display())),
            ("peer id", shown.peer_id.clone()),
            ("identities", shown.identities.join(", ")),
        ]);
        format!("{fields}{secret}")
    })
}

/// Where the identity `name` will lie; it must not be there.
fn free(context: &Context, name: &str) -> Result<PathBuf, Failure> {
    let folder = context.folder(name)?;
    match folder.exists() {
        true => Err(Failure::input(format!(
            "there is an identity `{name}` already\nhint: choose another name, or another --home"
        ))),
        false => Ok(folder),
    }
}

type Made = [(Identity, Mnemonic); 5];

/// The institution's own identity, and those of its staff.
fn made_identities() -> Result<Made, Failure> {
    let made = || Identity::generate().map_err(Failure::from);
    Ok([made()?, made()?, made()?, made()?, made()?])
}

fn phrases(names: &[String], made: &Made) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(2048));
    for (name, (_, mnemonic)) in names.iter().zip(made) {
        for part in [name, ": ", mnemonic.expose().as_str(), "\n"] {
            text.push_str(part);
        }
    }
    text
}

#[derive(Serialize)]
struct Written {
    name: String,
    id: String,
    genesis: Digest,
    folder: PathBuf,
    hospitals: Vec<WrittenHospital>,
}

#[derive(Serialize)]
struct WrittenHospital {
    institution: InstitutionId,
    name: String,
    address: SocketAddr,
    peer_id: String,
    folder: PathBuf,
}

fn init(arguments: Init, out: &mut Output<'_>) -> Result<(), Failure> {
    let (list, text) = list_in(&arguments.list)?;
    let place = arguments.out.unwrap_or_else(|| PathBuf::from(&list.network.id));
    let node = NodeProgram::find(arguments.node_program);
    let folder = NewFolder::begin(&place)?;
    let specification = match arguments.chain_spec {
        Some(path) => existing(&path, &list)?,
        None if list.network.founders.len() < list.hospitals.len() => {
            return Err(Failure::input(
                "a hospital joined this network, so it has a specification already\nhint: name it with --chain-spec; another \
                 salus-node than the one that founded the network would make another specification",
            ))
        }
        None => specify(&node, &list, &folder)?,
    };
    let shared = [File::text(folders::SPECIFICATION, specification), File::text(folders::LIST, text)];
    folder.write(None, &shared)?;
    let genesis = node.genesis_hash(&folder.path(folders::SPECIFICATION))?;
    let mut hospitals = Vec::new();
    for hospital in list.present() {
        let name = folders::folder_name(hospital);
        let files = [folders::files(&list, hospital).as_slice(), &shared].concat();
        folder.write(Some(&name), &files)?;
        hospitals.push(WrittenHospital {
            institution: hospital.institution,
            name: hospital.name.clone(),
            address: hospital.address,
            peer_id: hospital.peer_id.to_string(),
            folder: place.join(name),
        });
    }
    folder.finish()?;
    let List { network, .. } = list;
    let written = Written { name: network.name, id: network.id, genesis, folder: place, hospitals };
    out.show(&written, |written| {
        let head = fields(&[
            ("network", format!("{} ({})", written.name, written.id)),
            ("genesis", written.genesis.to_string()),
            ("folder", written.folder.display().to_string()),
            ("finality", tolerance(written.hospitals.len())),
        ]);
        let rows = written.hospitals.iter().map(|hospital| {
            vec![
                hospital.institution.to_string(),
                hospital.name.clone(),
                hospital.address.to_string(),
                hospital.folder.display().to_string(),
            ]
        });
        format!("{head}\n{}", table(&["institution", "name", "address", "folder"], rows))
    })
}

/// The specification of a network that runs, if it can be this one's.
fn existing(path: &Path, list: &List) -> Result<String, Failure> {
    let bytes = files::read(path, LONGEST_SPECIFICATION)?;
    let text = String::from_utf8(bytes.to_vec())
        .map_err(|_| Failure::input(format!("`{}` is not a specification: it is not text", path.display())))?;
    let json: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| Failure::input(format!("`{}` is not a specification: {error}", path.display())))?;
    match json.get("id").and_then(serde_json::Value::as_str) {
        Some(id) if id == list.network.id => Ok(text),
        Some(id) => Err(Failure::input(format!(
            "`{}` specifies the network `{id}`, and the list is of `{}`",
            path.display(),
            list.network.id
        ))),
        None => Err(Failure::input(format!("`{}` is not a specification: it has no id", path.display()))),
    }
}

/// Has the node make the specification; its input stays in the folder.
fn specify(node: &NodeProgram, list: &List, folder: &NewFolder) -> Result<String, Failure> {
    let description = serde_json::to_string_pretty(&list.network)? + "\n";
    folder.write(None, &[File::text(folders::DESCRIPTION, description)])?;
    Ok(node.specification(&folder.path(folders::DESCRIPTION))?)
}

fn tolerance(hospitals: usize) -> String {
    match crate::findings::may_fail(hospitals) {
        0 => "stops as soon as one hospital fails".to_owned(),
        1 => "goes on while one hospital fails".to_owned(),
        many => format!("goes on while {many} hospitals fail"),
    }
}

#[derive(Serialize)]
struct Checked {
    genesis: Digest,
    places: Vec<String>,
}

async fn check(arguments: Check, out: &mut Output<'_>) -> Result<(), Failure> {
    let node = NodeProgram::find(arguments.node_program);
    let own = arguments.hospital.as_deref().map(hospital_in).transpose()?;
    let (mut found, mut lists): (Vec<(String, Digest)>, usize) = (Vec::new(), 0);
    for place in arguments.places {
        let path = Path::new(&place);
        let genesis = match place.contains("://") {
            true => Chain::connect(&place).await?.genesis(),
            false if path.is_dir() => {
                lists = lists.saturating_add(1);
                check_folder(&node, path, own.as_ref())?;
                node.genesis_hash(&path.join(folders::SPECIFICATION))?
            }
            false if path.is_file() => node.genesis_hash(path)?,
            false => {
                let hint = "name folders that `salus network init` wrote, specification files or nodes (ws://...)";
                return Err(Failure::input(format!("there is nothing at `{place}`\nhint: {hint}")));
            }
        };
        found.push((place, genesis));
    }
    if own.is_some() && lists == 0 {
        return Err(Failure::input("--hospital looks into the list of a folder, and no folder is named"));
    }
    let Some((_, genesis)) = found.first().cloned() else { return Err(Failure::input("nothing is named")) };
    if found.iter().any(|(_, other)| *other != genesis) {
        let lines: Vec<_> = found.iter().map(|(place, genesis)| format!("{genesis}  {place}")).collect();
        return Err(refused(format!("these are different networks:\n{}", lines.join("\n"))));
    }
    let checked = Checked { genesis, places: found.into_iter().map(|(place, _)| place).collect() };
    out.show(&checked, |checked| {
        let own = own.as_ref().map(|hospital| ("hospital", format!("{} stands in the list as it is", hospital.name)));
        let head = [("genesis", checked.genesis.to_string()), ("one network", checked.places.join(", "))];
        fields(&head.into_iter().chain(own).collect::<Vec<_>>())
    })
}

/// Whether the folder's list gives the folder's specification, and has `own` in it.
fn check_folder(node: &NodeProgram, place: &Path, own: Option<&Hospital>) -> Result<(), Failure> {
    let (list, _) = list_in(&place.join(folders::LIST))?;
    if let Some(own) = own {
        if !list.hospitals.iter().any(|hospital| hospital.is_entry_of(own)) {
            let named = list.hospitals.iter().find(|hospital| hospital.name == own.name);
            return Err(refused(match named {
                Some(_) => format!(
                    "the entry of {} in the list of `{}` is not the one that it made\nhint: do not start; the list \
                     was altered, or is an old one",
                    own.name,
                    place.display()
                ),
                None => format!("{} is not in the list of `{}`", own.name, place.display()),
            }));
        }
    }
    let scratch = std::env::temp_dir().join(format!("salus-check-{}-{}", std::process::id(), own_random()));
    let folder = NewFolder::begin(&scratch)?;
    let expected = specify(node, &list, &folder)?;
    let path = place.join(folders::SPECIFICATION);
    let actual = std::fs::read_to_string(&path)
        .map_err(|error| Failure::input(format!("`{}` cannot be read: {error}", path.display())))?;
    if expected == actual {
        return Ok(());
    }
    let reason = match without_code(&expected)? == without_code(&actual)? {
        true => {
            "only the runtime differs\nhint: this salus-node is of another build than the one that made the network; \
             compare with that one"
        }
        false => "the founders differ\nhint: do not start; run `salus network init` with the list that all agreed on",
    };
    Err(refused(format!("`{}` is not what the list beside it gives: {reason}", path.display())))
}

/// Tells two checks of one process apart.
fn own_random() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

/// The specification without its runtime.
fn without_code(specification: &str) -> Result<serde_json::Value, Failure> {
    let mut json: serde_json::Value = serde_json::from_str(specification)?;
    if let Some(top) = json.pointer_mut("/genesis/raw/top").and_then(serde_json::Value::as_object_mut) {
        top.remove("0x3a636f6465");
    }
    Ok(json)
}

fn refused(reason: String) -> Failure {
    Failure::Refused(anyhow::anyhow!(reason))
}
