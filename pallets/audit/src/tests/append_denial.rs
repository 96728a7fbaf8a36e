// SPDX-License-Identifier: Apache-2.0

use super::*;

fn deny() {
    Audit::append_denial(CHART, DOCTOR, denied());
}

#[test]
fn append_denial_appends_the_first_and_counts_the_rest_of_the_hour() {
    Builder.test(|| {
        deny();
        assert_eq!(Audit::page(LOG, 0, 10), [Entry::new(0, START, 1, denied())]);
        let head = Audit::head(LOG);

        wait(1);
        deny();
        System::assert_last_event(Event::DenialRepeated { chart: CHART, member: DOCTOR, count: 1 }.into());
        wait(HOUR - 2);
        deny();
        System::assert_last_event(Event::DenialRepeated { chart: CHART, member: DOCTOR, count: 2 }.into());

        assert_eq!(Audit::head(LOG), head);
        assert_eq!(
            Denials::<Test>::get(CHART, DOCTOR),
            Some(DenialRun { since: START, repeated: 2, institution: Some(CLINIC) })
        );
    });
}

#[test]
fn append_denial_writes_the_count_down_when_the_hour_is_over() {
    Builder.test(|| {
        deny();
        deny();
        deny();
        wait(HOUR);
        deny();

        let entries = Audit::page(LOG, 0, 10);
        let repeated = AuditEvent {
            action: Action::DenialsRepeated,
            subject: Subject::Chart(CHART),
            purpose: None,
            reason: Some(Reason::Count(2)),
            ..denied()
        };
        let at = START + HOUR;
        assert_eq!(entries[1..], [Entry::new(1, at, 2, repeated), Entry::new(2, at, 2, denied())]);
        assert_eq!(
            Denials::<Test>::get(CHART, DOCTOR),
            Some(DenialRun { since: at, repeated: 0, institution: Some(CLINIC) })
        );
        assert_eq!(verify(LOG), Ok(()));
    });
}

#[test]
fn append_denial_writes_no_count_when_nothing_was_repeated() {
    Builder.test(|| {
        deny();
        wait(HOUR);
        deny();
        assert_eq!(
            Audit::page(LOG, 0, 10).iter().map(|entry| entry.action).collect::<Vec<_>>(),
            [Action::ReadDenied; 2]
        );
    });
}

#[test]
fn append_denial_counts_each_member_and_chart_apart() {
    Builder.test(|| {
        let other = ChartId(9);
        deny();
        Audit::append_denial(CHART, PATIENT, denied());
        Audit::append_denial(other, DOCTOR, denied());
        assert_eq!(Audit::head(LOG).length, 2);
        assert_eq!(Audit::head(LogId::Chart(other)).length, 1);
    });
}
