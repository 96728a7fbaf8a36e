// SPDX-License-Identifier: Apache-2.0

//! Applications for membership: as files have them, and as people read them.

use crate::{
    failure::Failure,
    files,
    output::{fields, moment, quoted, word},
};
use salus_client::agent::{AgentError, Application, LONGEST_APPLICATION};
use salus_primitives::{Digest, SigningKey};
use salus_sealing::keys::address;
use serde::Serialize;
use std::path::Path;

/// An application, and the hash by which the log and a member's profile name it.
#[derive(Serialize)]
pub(crate) struct ShownApplication {
    application: Digest,
    #[serde(flatten)]
    asked: Application,
}

impl From<Application> for ShownApplication {
    fn from(asked: Application) -> Self {
        Self { application: asked.hash(), asked }
    }
}

impl ShownApplication {
    pub(crate) fn human(&self) -> String {
        let Self { application, asked } = self;
        let facts = fields(&[
            ("application", application.to_string()),
            ("institution", asked.institution.to_string()),
            ("role", word(&asked.role)),
            ("applied at", moment(asked.at)),
            ("address", address(&asked.transaction_key)),
            ("membership key", asked.membership_key.to_string()),
            ("encryption key", SigningKey(asked.encryption_key.key).to_string()),
            ("criteria shown", asked.criteria.to_string()),
            ("data policy shown", asked.data_policy.to_string()),
        ]);
        match asked.statement.is_empty() {
            true => facts,
            false => format!("{facts}statement\n{}\n", quoted(&asked.statement)),
        }
    }
}

/// The application in a file, which its membership key has to have signed.
pub(crate) fn load(path: &Path) -> Result<Application, Failure> {
    let file = files::read(path, LONGEST_APPLICATION)?;
    Application::read(files::without_mark(&file)).map_err(|fault| {
        let error = anyhow::Error::from(AgentError::from(fault));
        error.context(format!("`{}` is not accepted", path.display())).into()
    })
}
