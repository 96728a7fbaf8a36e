// SPDX-License-Identifier: Apache-2.0

//! Creating and amending records.

use super::{
    chart::Refused,
    clock::Now,
    people::Person,
    state::{Expected, Model},
};
use salus_primitives::{
    access::{Permission, Scope},
    audit::{Action, Reason, Subject},
    records::{NewRecord, NewVersion, Record, RecordGrantEnvelopes, RecordState, Version},
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
            hold: None,
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

    /// Adds a version to a record. The load gives no grants over single records, so a version brings no envelopes for any.
    pub(super) fn amend(
        &mut self,
        me: Person,
        now: Now,
        id: RecordId,
        number: u32,
        new: NewVersion,
        envelopes: RecordGrantEnvelopes,
    ) -> Result<Expected, Refused> {
        let scope = Scope::Record(id.key);
        let basis =
            self.decide(me, id.chart, scope, Permission::Amend, None, now.at).map_err(|_| "it is not permitted")?;
        let state = self.charts.get_mut(&id.chart).ok_or("there is no such chart")?;
        let known = state.records.get(&id.key).ok_or("there is no such record")?;
        let compartment = known.compartment;
        // No laboratory takes part, whose institution would be as good as the author.
        if known.author != me.member {
            return Err("only the author may add a version");
        }
        let (_, epoch) = state.compartment(compartment).ok_or("there is no such compartment")?;
        let record = state.records.get_mut(&id.key).ok_or("there is no such record")?;
        let versions = state.versions.get_mut(&id.key).ok_or("there is no such version")?;
        let last = versions.last().ok_or("there is no such version")?;
        if number != record.versions {
            return Err("another version was added before");
        }
        let zero = Digest::default();
        if new.epoch != epoch || new.size == 0 || new.content == zero || new.key_envelope == zero {
            return Err("the version is not in order");
        }
        if new.content == last.content || !envelopes.is_empty() {
            return Err("the version is as the last one, or has envelopes");
        }
        let NewVersion { content, key_envelope, epoch, size } = new;
        let (author, at, previous) = (me.member, now.at, last.hash());
        let grant_envelopes = Default::default();
        versions.push(Version { author, content, key_envelope, epoch, size, at, previous, grant_envelopes });
        record.versions = number.saturating_add(1);
        state.log(me, now, Action::RecordAmended, Subject::Record(id, number), None, Some(Reason::Basis(basis)));
        Ok(Expected::Nothing)
    }
}
