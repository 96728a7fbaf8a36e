// SPDX-License-Identifier: Apache-2.0

//! Who read a record before it was shredded.

use salus_primitives::{
    access::Scope,
    audit::{Action, Actor, Entry, Subject},
    records::Record,
    MemberId, RecordId,
};

/// Whether `member` opened the record while others than the patient could read it, by the entries of its chart's log in order.
///
/// A member who was granted something and opened nothing has no copy. One who opened the compartment while the record was staged or
/// restricted never knew of it, and is not to learn of it now.
pub(super) fn opened_while_active(log: &[Entry], id: RecordId, record: &Record, member: MemberId) -> bool {
    let mut is_active = false;
    for entry in log {
        match (entry.action, entry.subject) {
            (Action::ReadPermitted, Subject::Scope(scope)) if is_active && entry.actor == Actor::Member(member) => {
                let covers = match scope {
                    Scope::Compartment(compartment) => compartment == record.compartment,
                    Scope::Record(key) => key == id.key,
                };
                if covers {
                    return true;
                }
            }
            (action, Subject::Record(about, _)) if about == id => match action {
                Action::RecordCreated | Action::RecordAccepted | Action::RestrictionLifted => is_active = true,
                Action::RecordRestricted | Action::RecordWithdrawn | Action::RecordEnteredInError => is_active = false,
                _ => {}
            },
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{audit::AuditEvent, records::RecordState, ChartId, CompartmentId, InstitutionId, RecordKey};

    const DOCTOR: MemberId = MemberId(2);
    const ID: RecordId = RecordId { chart: ChartId(1), key: RecordKey([5; 16]) };

    fn opened(actions: &[(Action, Subject)]) -> bool {
        let entries = actions.iter().zip(0..).map(|((action, subject), place)| {
            Entry::new(place, place, 1, AuditEvent::by_member(DOCTOR, None, *action, *subject))
        });
        let record = Record {
            compartment: CompartmentId(4),
            author: MemberId(3),
            custodian: InstitutionId(0),
            state: RecordState::Shredded,
            versions: 1,
            created_at: 0,
            hold: None,
        };
        opened_while_active(&entries.collect::<Vec<_>>(), ID, &record, DOCTOR)
    }

    #[test]
    fn who_opened_the_record_while_it_was_active_read_it() {
        let record = |action| (action, Subject::Record(ID, 0));
        let open = |scope| (Action::ReadPermitted, Subject::Scope(scope));
        let (whole, alone) = (Scope::Compartment(CompartmentId(4)), Scope::Record(ID.key));
        let (created, restricted) = (record(Action::RecordCreated), record(Action::RecordRestricted));
        for scope in [whole, alone] {
            assert!(opened(&[created, open(scope)]));
            assert!(!opened(&[open(scope), created]), "before it was there");
            assert!(!opened(&[created, restricted, open(scope)]), "while the patient restricted it");
            assert!(opened(&[created, restricted, record(Action::RestrictionLifted), open(scope)]));
            assert!(!opened(&[record(Action::RecordStaged), open(scope)]), "before the patient accepted it");
            assert!(opened(&[record(Action::RecordStaged), record(Action::RecordAccepted), open(scope)]));
        }
        assert!(!opened(&[created, open(Scope::Compartment(CompartmentId(5)))]), "another compartment");
        assert!(!opened(&[created, (Action::ReadDenied, Subject::Scope(alone))]));
    }
}
