// SPDX-License-Identifier: Apache-2.0

use super::*;

fn deny() {
    Audit::append_denial(CHART, DOCTOR, denied());
}

fn deny_for(purpose: Purpose) {
    Audit::append_denial(CHART, DOCTOR, denied().for_purpose(purpose));
}

fn run(since: u64, repeated: u32, purposes: &[Purpose]) -> DenialRun {
    DenialRun { since, repeated, institution: Some(CLINIC), purposes: Purposes::of(purposes) }
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
        assert_eq!(Denials::<Test>::get(CHART, DOCTOR), Some(run(START, 2, &[Purpose::Treatment])));
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
        assert_eq!(Denials::<Test>::get(CHART, DOCTOR), Some(run(at, 0, &[Purpose::Treatment])));
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
fn append_denial_appends_the_first_with_each_purpose() {
    Builder.test(|| {
        deny();
        deny();
        wait(1);
        deny_for(Purpose::Research);
        deny_for(Purpose::Research);
        deny();

        let entries = Audit::page(LOG, 0, 10);
        let said: Vec<_> = entries.iter().map(|entry| (entry.action, entry.purpose, entry.reason)).collect();
        let denial = |purpose| (Action::ReadDenied, Some(purpose), denied().reason);
        let repeated = (Action::DenialsRepeated, None, Some(Reason::Count(1)));
        assert_eq!(said, [denial(Purpose::Treatment), repeated, denial(Purpose::Research)]);
        let purposes = [Purpose::Treatment, Purpose::Research];
        // The hour is that of the first denial.
        assert_eq!(Denials::<Test>::get(CHART, DOCTOR), Some(run(START, 2, &purposes)));
    });
}

#[test]
fn append_denial_appends_no_more_within_the_hour_than_there_are_purposes() {
    Builder.test(|| {
        for _ in 0..100 {
            Purpose::ALL.into_iter().for_each(deny_for);
        }
        assert_eq!(Audit::head(LOG).length as usize, Purpose::ALL.len());
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
