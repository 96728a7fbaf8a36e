// SPDX-License-Identifier: Apache-2.0

//! An IPFS node that finds no others, and tells none what it has.

use std::fmt;
use std::io;
use std::time::Duration;

use futures::TryStreamExt;
use opendal::Operator;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::{OpenError, VaultError};
use crate::kubo::{is_leftover, Kubo};
use crate::{layout, remote, server};

/// Where a vault lies in an IPFS node.
#[derive(Clone)]
pub struct IpfsSettings {
    /// The node's RPC, such as `http://127.0.0.1:5001`.
    pub endpoint: String,
    /// The folder in the node's tree of files (MFS); empty for all of it.
    pub prefix: String,
    /// The secret of a user of the RPC, if it has users. It is never shown.
    pub token: Option<Zeroizing<String>>,
    /// How long an answer without a body may take. The next bytes may take three times as long, in either direction.
    pub timeout: Duration,
}

impl fmt::Debug for IpfsSettings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "IpfsSettings({})", self.place())
    }
}

impl IpfsSettings {
    /// Where the vault is, in words.
    pub fn place(&self) -> String {
        let prefix = self.prefix.trim_matches('/');
        format!("{}/{prefix}", self.endpoint.trim_end_matches('/'))
    }

    /// Asks the node, and writes, reads and deletes a few bytes there; whether there is a vault already.
    pub async fn try_out(&self) -> Result<bool, OpenError> {
        remote::try_out(&self.operator().await?, &self.place()).await
    }

    /// The way to the node, if it is private.
    pub(crate) async fn operator(&self) -> Result<Operator, OpenError> {
        let failed = |source| OpenError::Io { path: self.place().into(), source };
        let away = |error| failed(io::Error::other(VaultError::remote(error)));
        let transport = server::transport(&self.endpoint, self.timeout).map_err(failed)?;
        let kubo = Kubo::new(&self.endpoint, &self.prefix, self.token.clone());
        let configuration = match tokio::time::timeout(self.timeout, kubo.configuration(&transport)).await {
            Ok(configuration) => configuration.map_err(away)?,
            Err(late) => return Err(failed(io::Error::other(VaultError::Away(io::Error::other(late))))),
        };
        let wanted = wanted(&configuration);
        if !wanted.is_empty() {
            return Err(OpenError::NotPrivate { place: self.place().into(), settings: wanted.join(", ") });
        }
        let operator = Operator::new(kubo).map_err(away)?;
        Ok(server::patient(operator, transport, self.timeout))
    }
}

/// Removes uploads that were cut off long ago. Newer ones may still be arriving, from another process.
pub(crate) async fn sweep(operator: &Operator) -> io::Result<()> {
    let failed = |error| io::Error::other(VaultError::remote(error));
    let mut entries = operator.lister(&format!("{}/", layout::INCOMING)).await.map_err(failed)?;
    while let Some(entry) = entries.try_next().await.map_err(failed)? {
        if is_leftover(entry.path()) {
            operator.delete(entry.path()).await.map_err(failed)?;
        }
    }
    Ok(())
}

/// The settings that the configuration of a node lacks for a node that finds no others, and tells none what it has.
///
/// Whether the swarm has a key is not in the configuration.
fn wanted(configuration: &Value) -> Vec<&'static str> {
    let at = |path: &str| configuration.pointer(path);
    let is_off = |path: &str| at(path) == Some(&Value::Bool(false));
    let mut wanted = Vec::new();
    if at("/Routing/Type").and_then(Value::as_str) != Some("none") {
        wanted.push("`Routing.Type` to \"none\"");
    }
    // The first is the setting of today. Older nodes have one of the others, and newer ones do not start with them.
    let never = |interval: &str| matches!(interval, "0" | "0s" | "0m" | "0h");
    let is_silent = is_off("/Provide/Enabled")
        || is_off("/Provider/Enabled")
        || at("/Reprovider/Interval").and_then(Value::as_str).is_some_and(never);
    if !is_silent {
        wanted.push("`Provide.Enabled` to false (before Kubo 0.38: `Reprovider.Interval` to \"0\")");
    }
    if at("/Bootstrap").is_some_and(|peers| !peers.is_null() && peers.as_array().is_none_or(|peers| !peers.is_empty()))
    {
        wanted.push("`Bootstrap` to []");
    }
    if !is_off("/Discovery/MDNS/Enabled") {
        wanted.push("`Discovery.MDNS.Enabled` to false");
    }
    // A node that does not write blocks that it has cannot heal a damaged one.
    if is_off("/Datastore/WriteThrough") {
        wanted.push("`Datastore.WriteThrough` to true");
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn private() -> Value {
        serde_json::from_str(
            r#"{"Routing":{"Type":"none"},"Provide":{"Enabled":false},"Bootstrap":[],"Discovery":{"MDNS":{"Enabled":false}}}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_private_node_lacks_nothing() {
        assert_eq!(wanted(&private()), Vec::<&str>::new());
        let mut older = private();
        older["Provide"] = Value::Null;
        older["Reprovider"]["Interval"] = "0".into();
        older["Bootstrap"] = Value::Null;
        assert_eq!(wanted(&older), Vec::<&str>::new());
    }

    #[test]
    fn each_setting_that_shows_the_node_to_others_is_named() {
        let cases: [(&str, Value, &str); 10] = [
            ("/Routing/Type", "auto".into(), "Routing.Type"),
            ("/Routing/Type", "custom".into(), "Routing.Type"),
            ("/Routing", Value::Null, "Routing.Type"),
            ("/Provide/Enabled", true.into(), "Provide.Enabled"),
            ("/Provide", Value::Null, "Provide.Enabled"),
            ("/Bootstrap", vec!["auto"].into(), "Bootstrap"),
            ("/Bootstrap", "auto".into(), "Bootstrap"),
            ("/Discovery/MDNS/Enabled", true.into(), "MDNS"),
            ("/Discovery", Value::Null, "MDNS"),
            ("/Provide", "off".into(), "Provide.Enabled"),
        ];
        for (path, value, named) in cases {
            let mut open = private();
            *open.pointer_mut(path).unwrap() = value;
            let wanted = wanted(&open);
            assert!(wanted.len() == 1 && wanted[0].contains(named), "{path}: {wanted:?}");
        }
        assert_eq!(wanted(&Value::Null).len(), 3);
        let mut careless = private();
        careless["Datastore"]["WriteThrough"] = false.into();
        assert_eq!(wanted(&careless), ["`Datastore.WriteThrough` to true"]);
    }

    #[test]
    fn settings_show_no_token() {
        let (endpoint, prefix) = ("http://127.0.0.1:5001/".to_owned(), "/salus/vault/".to_owned());
        let token = Some("the-token".to_owned().into());
        let settings = IpfsSettings { endpoint, prefix, token, timeout: Duration::from_secs(1) };
        assert_eq!(format!("{settings:?}"), "IpfsSettings(http://127.0.0.1:5001/salus/vault)");
        let kubo = Kubo::new(&settings.endpoint, &settings.prefix, settings.token.clone());
        assert_eq!(format!("{kubo:?}"), "Kubo(http://127.0.0.1:5001/salus/vault/)");
    }
}
