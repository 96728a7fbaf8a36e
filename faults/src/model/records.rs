// SPDX-License-Identifier: Apache-2.0

//! Creating records.

use super::{
    chart::Refused,
    clock::Now,
    people::Person,
    state::{Expected, Model},
};
use salus_primitives::{
    access::{Permission, Scope},
    audit::{Action, Reason, Subject},
    records::{NewRecord, Record, RecordState, Version},
    ChartId, Digest, InstitutionId, RecordId,
};

impl Model {
    /// Creates a record with its first version.
    pub(super) fn create(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        custodian: InstitutionId,
        new: NewRecord,
    ) -> Result<Expected, Refused> {
        if me.institution().is_some_and(|own| own != custodian) {
            return Err("staff have their own institution keep records");
        }
        let scope = Scope::Compartment(new.compartment);
        let basis =
            self.decide(me, chart, scope, Permission::Create, None, now.at).map_err(|_| "it is not permitted")?;
        let state = self.charts.get_mut(&chart).ok_or("there is no such chart")?;
        let (_, epoch) = state.compartment(new.compartment).ok_or("there is no such compartment")?;
        let NewRecord { key, compartment, version } = new;
        if state.records.contains_key(&key) {
            return Err("the key is taken");
        }
        let zero = Digest::default();
        if version.epoch != epoch || version.size == 0 || version.content == zero || version.key_envelope == zero {
            return Err("the version is not in order");
        }
        let record = Record {
            compartment,
            author: me.member,
            custodian,
            state: RecordState::Active,
            versions: 1,
            created_at: now.at,
        };
        state.records.insert(key, record);
        let version = Version {
            author: me.member,
            content: version.content,
            key_envelope: version.key_envelope,
            epoch: version.epoch,
            size: version.size,
            at: now.at,
            previous: zero,
            grant_envelopes: Default::default(),
        };
        state.versions.insert(key, vec![version]);
        let subject = Subject::Record(RecordId { chart, key }, 0);
        state.log(me, now, Action::RecordCreated, subject, None, Some(Reason::Basis(basis)));
        Ok(Expected::Nothing)
    }
}
