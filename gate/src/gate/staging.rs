// SPDX-License-Identifier: Apache-2.0

//! Who may put objects into a vault before the chain names them, and who may copy what lies there.

use salus_primitives::access::{Permission, Scope};
use salus_primitives::decision::{Ask, Decision};
use salus_primitives::membership::{InstitutionStatus, Member, MemberStatus, Role};
use salus_primitives::{ChartId, Digest, InstitutionId, MemberId, RecordId};

use super::error::GateError;
use super::release_gate::{DecisionTime, ReleaseGate};
use super::view::{ChainView, Head};
use crate::protocol::{CopyRequest, GateRefusal, GateRequest, HeldRequest, Signed, StageRequest, MAX_OBJECTS};

/// Leave to stage objects.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StagingPermit {
    /// The writer.
    pub writer: MemberId,
    /// The institution that admitted the writer.
    pub institution: InstitutionId,
    /// How much trust the writer has at this vault.
    pub kind: WriterKind,
}

/// How a writer stands to the institution whose vault it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WriterKind {
    /// One of the institution's staff.
    Staff,
    /// A patient whom the institution admitted.
    Patient,
    /// A member of another institution who may add to a chart that is at home here, or amend a record that lies here.
    Author,
    /// Another member. A request for access brings a note, and nothing else.
    Guest,
}

impl<C: ChainView, S: Sync> ReleaseGate<C, S> {
    /// Whether the writer may stage objects in the vault of `institution`, and as whom.
    ///
    /// A member of another institution may where the chart's own objects lie here, or the record that it may amend. How much anyone may stage is for the service to say.
    pub async fn permit_staging(
        &self,
        signed: &Signed<StageRequest>,
        institution: InstitutionId,
    ) -> Result<StagingPermit, GateError<C::Error>> {
        let moment = self.admit(signed).await?;
        let StageRequest { chart, writer, ref objects, .. } = *signed.request();
        if objects.is_empty() || objects.len() > MAX_OBJECTS {
            return Err(GateRefusal::Unacceptable.into());
        }
        let member = self.active(&moment.finalized, writer, &moment).await?.ok_or(GateRefusal::MayNotStage)?;
        self.active(&moment.best, writer, &moment).await?.ok_or(GateRefusal::MayNotStage)?;
        let is_home = self.is_home(&moment.finalized, chart, institution).await?;
        let is_here = is_home || self.is_custodian(&moment.finalized, signed.request(), institution).await?;
        let kind = match member.institution() {
            Some(of) if of == institution => WriterKind::Staff,
            None if member.admitted_by == institution => WriterKind::Patient,
            _ if is_here && self.may_write(&moment, signed.request()).await? => WriterKind::Author,
            _ if is_home => WriterKind::Guest,
            _ => return Err(GateRefusal::MayNotStage.into()),
        };
        self.use_up(signed, &moment)?;
        Ok(StagingPermit { writer, institution: member.admitted_by, kind })
    }

    /// Whether the asker is a service of one of `partners`, which exchange copies with this vault; of which one.
    ///
    /// Copies are sealed bytes, and a partner's gate decides as this one does. So no chart is asked about.
    pub async fn permit_copy(
        &self,
        signed: &Signed<CopyRequest>,
        partners: &[InstitutionId],
    ) -> Result<InstitutionId, GateError<C::Error>> {
        self.permit_service(signed, &signed.request().objects, partners).await
    }

    /// Likewise, for a question which objects the vault keeps copies of.
    pub async fn permit_held(
        &self,
        signed: &Signed<HeldRequest>,
        partners: &[InstitutionId],
    ) -> Result<InstitutionId, GateError<C::Error>> {
        self.permit_service(signed, &signed.request().objects, partners).await
    }

    async fn permit_service<R: GateRequest + Sync>(
        &self,
        signed: &Signed<R>,
        objects: &[Digest],
        partners: &[InstitutionId],
    ) -> Result<InstitutionId, GateError<C::Error>> {
        let moment = self.admit(signed).await?;
        let service = signed.request().asker();
        if objects.is_empty() || objects.len() > MAX_OBJECTS {
            return Err(GateRefusal::Unacceptable.into());
        }
        let mut institution = None;
        for head in [&moment.finalized, &moment.best] {
            let member = self.active(head, service, &moment).await?.ok_or(GateRefusal::MayNotCopy)?;
            let is_same = institution.is_none_or(|of| of == member.admitted_by);
            if member.role != Role::Service || !partners.contains(&member.admitted_by) || !is_same {
                return Err(GateRefusal::MayNotCopy.into());
            }
            institution = Some(member.admitted_by);
        }
        self.use_up(signed, &moment)?;
        Ok(institution.ok_or(GateRefusal::MayNotCopy)?)
    }

    /// The member, if it may act at this block.
    async fn active(
        &self,
        at: &Head,
        id: MemberId,
        moment: &DecisionTime,
    ) -> Result<Option<Member>, GateError<C::Error>> {
        let member = self.ask(self.chain.member(at, id)).await?.ok_or(GateRefusal::NotTheMember(id))?;
        let may_act = member.status == MemberStatus::Active && member.valid_until.is_none_or(|end| moment.latest < end);
        let institution_may_act = match member.institution() {
            Some(of) => {
                self.ask(self.chain.institution(at, of)).await?.is_some_and(|of| of.status == InstitutionStatus::Active)
            }
            None => true,
        };
        Ok((may_act && institution_may_act).then_some(member))
    }

    /// Whether the writer may add to or amend the part of the chart that the request names, in both blocks.
    async fn may_write(&self, moment: &DecisionTime, request: &StageRequest) -> Result<bool, GateError<C::Error>> {
        let Some(scope) = request.scope else { return Ok(false) };
        let mut may = false;
        for permission in [Permission::Create, Permission::Amend] {
            let ask = Ask { permission, scope, purpose: None, at: moment.latest, version: None };
            let mut everywhere = true;
            for head in [&moment.finalized, &moment.best] {
                let decision = self.ask(self.chain.decide(head, request.writer, request.chart, &ask)).await?;
                everywhere &= matches!(decision, Decision::Permitted(_));
            }
            may |= everywhere;
        }
        Ok(may)
    }

    /// Whether the record that the request names lies in the vault of `institution`.
    async fn is_custodian(
        &self,
        at: &Head,
        request: &StageRequest,
        institution: InstitutionId,
    ) -> Result<bool, GateError<C::Error>> {
        let Some(Scope::Record(key)) = request.scope else { return Ok(false) };
        let record = self.ask(self.chain.record(at, RecordId { chart: request.chart, key })).await?;
        Ok(record.is_some_and(|record| record.custodian == institution))
    }

    /// Whether the chart's own objects lie in the vault of `institution`: it admitted the controller.
    async fn is_home(
        &self,
        at: &Head,
        chart: ChartId,
        institution: InstitutionId,
    ) -> Result<bool, GateError<C::Error>> {
        let Some(chart) = self.ask(self.chain.chart(at, chart)).await? else { return Ok(false) };
        let controller = self.ask(self.chain.member(at, chart.controller)).await?;
        Ok(controller.is_some_and(|controller| controller.admitted_by == institution))
    }
}
