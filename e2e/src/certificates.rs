// SPDX-License-Identifier: Apache-2.0

//! Certificates for scenarios: authorities of their own, made by openssl as in `docker/rehearse.sh`.

use anyhow::{ensure, Result};
use std::{
    fs,
    net::IpAddr,
    path::{Path, PathBuf},
    process::Command,
};

/// An authority that signs certificates.
pub struct CertificateAuthority {
    folder: PathBuf,
}

impl CertificateAuthority {
    /// A new one, with its files in `folder`.
    pub fn make(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let authority = Self { folder: folder.to_owned() };
        let extensions = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"];
        let mut command = openssl(&["req", "-x509", "-days", "30", "-subj", "/CN=Scenario"]);
        command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]).args(extensions);
        run(command.arg("-keyout").arg(authority.key()).arg("-out").arg(authority.certificate()))?;
        Ok(authority)
    }

    /// Its own certificate, which clients have to trust.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("authority.crt")
    }

    fn key(&self) -> PathBuf {
        self.folder.join("authority.key")
    }

    /// Certificate and key for the service at `host`, for so many days, in `folder`; the lines of configuration that name them.
    pub fn sign(&self, host: IpAddr, days: u32, folder: &Path) -> Result<String> {
        fs::create_dir_all(folder)?;
        let place = |name: &str| folder.join(name);
        let mut request = openssl(&["req", "-new", "-subj", "/CN=Vault", "-nodes"]);
        request.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]);
        run(request.arg("-keyout").arg(place("vault.key")).arg("-out").arg(place("vault.request")))?;
        let extensions =
            format!("subjectAltName=IP:{host}\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n");
        fs::write(place("vault.extensions"), extensions)?;
        let mut sign = openssl(&["x509", "-req", "-CAcreateserial", "-days", &days.to_string()]);
        sign.arg("-in").arg(place("vault.request")).arg("-CA").arg(self.certificate()).arg("-CAkey").arg(self.key());
        run(sign.arg("-extfile").arg(place("vault.extensions")).arg("-out").arg(place("vault.crt")))?;
        Ok("[tls]\ncertificate = \"vault.crt\"\nkey = \"vault.key\"\n".to_owned())
    }
}

fn openssl(arguments: &[&str]) -> Command {
    let mut command = Command::new("openssl");
    command.args(arguments);
    command
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output()?;
    ensure!(output.status.success(), "openssl: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
