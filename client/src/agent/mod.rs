// SPDX-License-Identifier: Apache-2.0

//! A member at work: keys, a chain and the services of vaults, and everything that members do with them.
//!
//! Each act is prepared completely before anything is written: first what has to be sealed goes into a vault, then one
//! transaction makes it count. An act that is cut off in between leaves sealed objects that nothing refers to, never a
//! reference to something that is not there.

mod applications;
mod asking;
mod authorities;
mod batches;
mod certificate;
mod charts;
mod comparing;
mod compartments;
mod consents;
mod corrections;
mod council;
mod disclosing;
mod error;
mod grants;
mod holders;
mod import_memory;
mod importing;
mod joining;
mod life;
mod logs;
mod notes;
mod obstacle;
mod patients;
mod plain_text;
mod readers;
mod reading;
mod receipts;
mod record_files;
mod requests;
mod resuming;
mod rotation;
mod sessions;
mod shredding;
mod staging;
mod states;
mod storing;
mod upgrades;
mod uses;
mod writing;

pub use applications::{Application, ApplicationFault, LONGEST_APPLICATION};
pub use authorities::Replaced;
pub use certificate::{
    CertifiedAttestation, CertifiedBlock, CertifiedEntry, CertifiedInstitution, CertifiedLog, CertifiedShredding,
    CertifiedVersion, CheckedCertificate, Form, ShreddingCertificate, StateSince, UngovernedCopies, Word,
};
pub use charts::ChartSummary;
pub use comparing::ImportState;
pub use compartments::{CompartmentProfile, NamedCompartment};
pub use consents::{Accepted, ConsentForm};
pub use corrections::{CorrectionAnswered, CorrectionRequested, StatementAttached};
pub use council::{Progress, Waiting};
pub use error::{AccessDenied, AgentError};
pub use grants::{GrantWish, Revoked, SealedGrant};
pub use import_memory::{forget_if_shredded, ImportMemory, Remembered};
pub use importing::{Import, ImportOptions, Imported};
pub use joining::{
    admitting, answer_challenges, issue_voucher, redeem, redemption, Answered, Commitment, Offer, ProfileOpening,
    VoucherFile,
};
pub use life::{About, Life, RanOut};
pub use logs::{NewestEntries, VerifiedLog};
pub use notes::Note;
pub use obstacle::Obstacle;
pub use reading::{FileContent, Opened, RecordContent};
pub use receipts::{compare_receipts, ComparedReceipts, OpeningReceipts, PostedReceipts, ReceiptsFault, ReceiptsState};
pub use record_files::{compare_record_file, RecordFileFault, WrittenRecordFile};
pub use sessions::{ReadingSession, RunningSession};
pub use shredding::{RecordRetained, RecordShredded, ShreddingRequested, ShreddingStatus, TakenBack};
pub use staging::{Held, Staged, WaitingRecord};
pub use states::StateChanged;
pub use writing::{Content, Written};

use crate::services::Services;
use salus_chain::{At, Call, Chain, Outcome, Until};
use salus_primitives::{charts::Chart, membership::Member, ChartId, Digest, InstitutionId, MemberId};
use salus_sealing::keys::Identity;
use std::sync::{Arc, Mutex, PoisonError};

/// A member at work.
pub struct Agent {
    chain: Chain,
    services: Arc<dyn Services>,
    identity: Identity,
    id: MemberId,
    until: Until,
    /// The finalized block that gates have to know, since this member's last transaction.
    known_block: Mutex<Option<u32>>,
}

impl Agent {
    /// The member whose account `identity` signs with, who reaches vaults through `services`.
    pub async fn new(chain: Chain, services: Arc<dyn Services>, identity: Identity) -> Result<Self, AgentError> {
        let account = identity.transaction().public();
        let id = chain.member_of_account(At::Finalized, account).await?.ok_or(AgentError::NotMember(account))?;
        Ok(Self { chain, services, identity, id, until: Until::Final, known_block: Mutex::default() })
    }

    /// The same, but not waiting until transactions are final, and asking the best block: for deciding what is to be done
    /// while nothing becomes final.
    pub fn without_finality(self) -> Self {
        Self { until: Until::Included, ..self }
    }

    /// The member's number.
    pub fn id(&self) -> MemberId {
        self.id
    }

    /// The chain.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// The member's keys.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The member, as the chain knows it.
    pub async fn member(&self) -> Result<Member, AgentError> {
        self.member_of(self.id).await
    }

    /// Signs `call` with the transaction key, submits it, and waits until it is finalized.
    pub async fn submit(&self, call: &Call) -> Result<Outcome, AgentError> {
        let outcome = self.chain.submit_until(call, self.identity.transaction(), self.until).await?;
        *self.known_block.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(outcome)
    }

    /// The block to which questions about the council are put: one that has what this agent waited for.
    fn view(&self) -> At {
        match self.until {
            Until::Final => At::Finalized,
            Until::Included => At::Best,
        }
    }

    async fn member_of(&self, member: MemberId) -> Result<Member, AgentError> {
        self.chain.member(At::Finalized, member).await?.ok_or(AgentError::NoMember(member))
    }

    async fn chart(&self, chart: ChartId) -> Result<Chart, AgentError> {
        self.chain.chart(At::Finalized, chart).await?.ok_or(AgentError::NoChart(chart))
    }

    /// The institution that keeps a chart's own objects (secrets, links, profiles, grants' envelopes): it admitted the chart's
    /// controller. Records lie in the vaults of their custodians.
    async fn home_of(&self, chart: &Chart) -> Result<InstitutionId, AgentError> {
        Ok(self.member_of(chart.controller).await?.admitted_by)
    }

    /// The institution whose vault takes what this member writes.
    async fn own_institution(&self) -> Result<InstitutionId, AgentError> {
        Ok(self.member().await?.admitted_by)
    }

    fn genesis(&self) -> Digest {
        self.chain.genesis()
    }
}
