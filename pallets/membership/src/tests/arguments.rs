// SPDX-License-Identifier: Apache-2.0

//! Property tests: any sequence of calls with any arguments, from any origin (B3 classes 2, 3, 13, 14 and 20).

use super::*;
use crate::{NextMember, Redeemed, RequiredVerifications};
use codec::{Decode, Encode};
use frame_support::BoundedVec;
use proptest::{collection::vec, prelude::*, sample::select};
use sp_runtime::{AccountId32, StateVersion};

/// Of the institutions of the genesis.
const KINDS: [InstitutionKind; 3] = [InstitutionKind::Hospital, InstitutionKind::Clinic, InstitutionKind::Laboratory];

const CAROL: Person = Person("carol");
const DAVID: Person = Person("david");

/// Members, newcomers and strangers.
const PEOPLE: [Person; 13] = [
    ISSUER,
    VERIFIER,
    DOCTOR,
    PATIENT,
    CLINIC_ISSUER,
    CLINIC_VERIFIER,
    LAB_VERIFIER,
    NURSE,
    ALICE,
    BOB,
    CAROL,
    DAVID,
    STRANGER,
];

/// The origin of a call.
#[derive(Clone, Copy, Debug)]
enum Caller {
    Unsigned,
    Council,
    Authorized,
    Person(Person),
}

impl Caller {
    fn origin(self) -> RuntimeOrigin {
        match self {
            Self::Unsigned => RuntimeOrigin::none(),
            Self::Council => council(),
            Self::Authorized => authorized(),
            Self::Person(person) => signed(person),
        }
    }
}

/// The fault of a redemption, besides its voucher.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Flaw {
    None,
    TakenKey,
    ZeroKey,
    OneKeyForBoth,
    UnknownSuite,
    ForeignIssuer,
    ForeignVoucherKey,
    OtherChain,
}

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "there are a few at a time")]
enum Step {
    Call(Caller, Call<Test>),
    Redeem(Person, Voucher, Flaw),
    /// An answer by this person's membership key; without a person, by the member's own, to an open challenge if there
    /// is one.
    Answer(MemberId, InstitutionId, Option<Person>),
    /// The number is the right one if none is given.
    AddKey(Person, Person, &'static str, Option<u32>),
    RemoveKey(Person, Person, SigningKey, Option<u32>),
    NextBlock,
    Wait(Moment),
}

fn person() -> impl Strategy<Value = Person> {
    select(PEOPLE.to_vec())
}

/// Mostly one of those who may call.
fn caller(able: Vec<Caller>) -> impl Strategy<Value = Caller> {
    prop_oneof![
        16 => select(able),
        2 => person().prop_map(Caller::Person),
        1 => select(vec![Caller::Unsigned, Caller::Council, Caller::Authorized]),
    ]
}

fn an_institution() -> impl Strategy<Value = InstitutionId> {
    let wrong = vec![InstitutionId(3), InstitutionId(u32::MAX)];
    prop_oneof![6 => select(vec![HOSPITAL, HOSPITAL, CLINIC, LAB]), 1 => select(wrong)]
}

fn a_member() -> impl Strategy<Value = MemberId> {
    let newcomers = [0, 0, 1, 1, 2, 3].map(|later| MemberId(NEWCOMER.0 + later)).to_vec();
    let members = (0..NEWCOMER.0).map(MemberId).collect::<Vec<_>>();
    prop_oneof![6 => select(newcomers), 2 => select(members), 1 => Just(MemberId(u64::MAX))]
}

fn digest() -> impl Strategy<Value = Digest> {
    select([0, 1, 9, 0xff].map(|byte| Digest([byte; 32])).to_vec())
}

fn a_quota() -> impl Strategy<Value = Quota> {
    let edge = || select(vec![0, 1, 1_000, u64::MAX]);
    (edge(), edge(), edge()).prop_map(|(time, bytes, refill)| Quota { time, bytes, refill })
}

fn a_profile() -> impl Strategy<Value = InstitutionProfile> {
    use InstitutionKind::{Clinic, Hospital, Laboratory, Pharmacy, Regulator, ResearchInstitute};
    let kind = select(vec![Hospital, Hospital, Clinic, Laboratory, Pharmacy, Regulator, ResearchInstitute]);
    let issuing_key = prop_oneof![
        6 => an_institution().prop_map(|of| key_of(&issuing(of))),
        1 => select(vec![SigningKey([0; 32]), SigningKey([0xff; 32])])
    ];
    let unusable = vec![EncryptionKey::x25519([0; 32]), EncryptionKey { suite: 0, key: [1; 32] }];
    let encryption_key = prop_oneof![6 => Just(EncryptionKey::x25519([7; 32])), 1 => select(unusable)];
    let address = |byte: u8, length: u32| BoundedVec::truncate_from(vec![byte; length as usize]);
    let address = select(vec![address(b'v', 0), address(b'v', 1), address(b'v', MAX_VAULT_ADDRESS), address(0xff, 1)]);
    let quota = select(vec![0, 1, 5, 6, 7, 100, u32::MAX]);
    (kind, issuing_key, encryption_key, address, quota, a_quota()).prop_map(
        |(kind, issuing_key, encryption_key, vault_address, admission_quota, traffic_quota)| InstitutionProfile {
            kind,
            issuing_key,
            encryption_key,
            vault_address,
            admission_quota,
            traffic_quota,
        },
    )
}

/// Any call of the council.
fn councils_call() -> impl Strategy<Value = Call<Test>> {
    let key = select(vec![SigningKey([0; 32]), SigningKey([5; 32]), key_of(&issuing(HOSPITAL))]);
    prop_oneof![
        1 => a_profile().prop_map(|profile| Call::admit_institution { profile }),
        2 => (an_institution(), a_profile(), any::<bool>())
            .prop_map(|(institution, profile, kept)| {
                // Kind and issuing key have to stay.
                let (kind, issuing_key) = (KINDS[institution.0 as usize % KINDS.len()], key_of(&issuing(institution)));
                let profile = if kept { InstitutionProfile { kind, issuing_key, ..profile } } else { profile };
                Call::update_institution { institution, profile }
            }),
        1 => (an_institution(), key)
            .prop_map(|(institution, issuing_key)| Call::rotate_issuing_key { institution, issuing_key }),
        1 => an_institution().prop_map(|institution| Call::suspend_institution { institution }),
        3 => an_institution().prop_map(|institution| Call::reinstate_institution { institution }),
        1 => an_institution().prop_map(|institution| Call::remove_institution { institution }),
        2 => select(vec![0, 1, 2, 4, 5, u32::MAX]).prop_map(|count| Call::set_required_verifications { count }),
    ]
}

/// Any call of an issuer or the council about staff.
fn superiors_call() -> impl Strategy<Value = Call<Test>> {
    let staff = || {
        let able = [id_of(DOCTOR), id_of(NURSE), MemberId(NEWCOMER.0 + 1)];
        prop_oneof![4 => select(able.to_vec()), 1 => a_member()]
    };
    prop_oneof![
        1 => digest().prop_map(|application| Call::refuse_applicant { application }),
        3 => staff().prop_map(|member| Call::suspend_member { member }),
        4 => staff().prop_map(|member| Call::reinstate_member { member }),
        1 => staff().prop_map(|member| Call::revoke_member { member }),
        2 => (staff(), select(vec![None, Some(0), Some(START + HOUR), Some(Moment::MAX)]))
            .prop_map(|(member, valid_until)| Call::renew_member { member, valid_until }),
    ]
}

fn a_voucher() -> impl Strategy<Value = Voucher> {
    let epoch = prop_oneof![6 => Just(0), 1 => select(vec![1, u32::MAX])];
    let serial = select(vec![0, 1, 2, 3, 4, NEWCOMER.0, u64::MAX]);
    let good = vec![START + DAY, START + MAX_VOUCHER_LIFE];
    let expires_at = prop_oneof![
        8 => select(good),
        1 => select(vec![0, START, START + 1, START + MAX_VOUCHER_LIFE + 1, Moment::MAX])
    ];
    let ends = [0, START, START + 1, START + HOUR, Moment::MAX];
    let valid_until = prop_oneof![6 => Just(None), 1 => select(ends.map(Some).to_vec())];
    let role = prop_oneof![2 => Just(Role::Patient), 2 => Just(Role::Clinician), 3 => select(Role::ALL.to_vec())];
    (an_institution(), epoch, serial, role, digest(), expires_at, valid_until).prop_map(
        |(institution, issuing_epoch, serial, role, profile, expires_at, valid_until)| Voucher {
            institution,
            issuing_epoch,
            serial,
            role,
            profile,
            expires_at,
            valid_until,
            voucher_key: key_of(&voucher_pair(serial)),
        },
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    use Flaw::{
        ForeignIssuer, ForeignVoucherKey, None as NoFlaw, OneKeyForBoth, OtherChain, TakenKey, UnknownSuite, ZeroKey,
    };
    let flaws = vec![TakenKey, ZeroKey, OneKeyForBoth, UnknownSuite, ForeignIssuer, ForeignVoucherKey, OtherChain];
    let flaw = prop_oneof![3 => Just(NoFlaw), 1 => select(flaws)];
    let newcomer = prop_oneof![6 => select(vec![CAROL, DAVID, STRANGER]), 1 => person()];
    let by = prop_oneof![5 => Just(None), 1 => newcomer.clone().prop_map(Some)];
    let superiors = vec![Caller::Council, Caller::Person(ISSUER), Caller::Person(CLINIC_ISSUER)];
    let verifiers = [VERIFIER, VERIFIER, CLINIC_VERIFIER, LAB_VERIFIER].map(Caller::Person).to_vec();
    let number = || prop_oneof![6 => Just(None), 1 => select(vec![Some(0), Some(1), Some(u32::MAX)])];
    let device = || select(vec!["phone", "tablet", "transaction", "membership"]);
    // Mostly the caller changes its own keys.
    let change = || (person(), prop_oneof![4 => Just(None), 1 => person().prop_map(Some)], device(), number());
    let step = prop_oneof![
        3 => (caller(vec![Caller::Council]), councils_call()).prop_map(|(caller, call)| Step::Call(caller, call)),
        3 => (caller(superiors), superiors_call()).prop_map(|(caller, call)| Step::Call(caller, call)),
        6 => (caller(verifiers), a_member(), digest())
            .prop_map(|(caller, member, nonce)| Step::Call(caller, Call::challenge { member, nonce })),
        4 => (newcomer.clone(), a_voucher(), flaw).prop_map(|(person, voucher, flaw)| Step::Redeem(person, voucher, flaw)),
        7 => (a_member(), an_institution(), by).prop_map(|(id, of, person)| Step::Answer(id, of, person)),
        2 => change().prop_map(|(caller, of, device, number)| {
            Step::AddKey(caller, of.unwrap_or(caller), device, number)
        }),
        1 => change().prop_map(|(caller, of, device, number)| {
            let of = of.unwrap_or(caller);
            Step::RemoveKey(caller, of, key_of(&of.device(device)), number)
        }),
        3 => Just(Step::NextBlock),
        1 => select(vec![1, HOUR, CHALLENGE_LIFE - 1, CHALLENGE_LIFE, DAY]).prop_map(Step::Wait),
    ];
    vec(step, 0..60)
}

fn root() -> Vec<u8> {
    sp_io::storage::root(StateVersion::V1)
}

/// Dispatches `call` and checks that it failed without a trace, or has one entry in the log and at least one event.
///
/// An entry written before a failed check counts, although the state loses it again.
fn perform(caller: Caller, call: &Call<Test>) -> DispatchResult {
    let (before, written, told) = (root(), Log::written(), System::event_count());
    let result = dispatch(call.clone(), caller.origin());
    match result {
        Err(error) => {
            assert_eq!(root(), before, "{call:?} failed with {error:?} and left something behind");
            assert_eq!(Log::written(), written, "{call:?} failed with {error:?} and was logged");
        }
        Ok(()) => {
            assert_eq!(Log::written(), written + 1, "{call:?} has no entry, or several");
            assert!(System::event_count() > told, "{call:?} has no event");
        }
    }
    Membership::do_try_state().unwrap();
    result
}

/// Pool and dispatch agree: dispatch accepts an accepted call once, and refuses a refused call for the same reason.
fn perform_authorized(call: &Call<Test>) {
    let before = root();
    let pool = call.authorize(TransactionSource::External).expect("it authorizes itself");
    assert_eq!(root(), before, "the pool changes nothing");
    let block = perform(Caller::Authorized, call);
    match pool {
        Ok((validity, _)) => {
            assert_ok!(block);
            assert!(!validity.provides.is_empty());
            assert!(call.authorize(TransactionSource::External).unwrap().is_err(), "{call:?} can be replayed");
            assert!(perform(Caller::Authorized, call).is_err(), "{call:?} can be replayed");
        }
        Err(TransactionValidityError::Invalid(InvalidTransaction::Custom(code))) => {
            let refusal = Refusal::from_code(code).expect("a documented code");
            assert_eq!(block, Err(Error::<Test>::from(refusal).into()));
        }
        Err(other) => panic!("{call:?} is refused without a code: {other:?}"),
    }
}

fn redemption(person: Person, voucher: &Voucher, flaw: Flaw) -> Call<Test> {
    let own = person.newcomer();
    let newcomer = match flaw {
        Flaw::TakenKey => Newcomer { membership_key: DOCTOR.newcomer().transaction_key, ..own },
        Flaw::ZeroKey => Newcomer { transaction_key: SigningKey([0; 32]), ..own },
        Flaw::OneKeyForBoth => Newcomer { membership_key: own.transaction_key, ..own },
        Flaw::UnknownSuite => Newcomer { encryption_key: EncryptionKey { suite: 2, key: [1; 32] }, ..own },
        _ => own,
    };
    let genesis = if flaw == Flaw::OtherChain { Digest([70; 32]) } else { genesis_hash() };
    let mut redemption = Redemption::on_chain(genesis, voucher, newcomer, person);
    match flaw {
        Flaw::ForeignIssuer => redemption.issuer_signature = issuing(CLINIC).sign(&[1]),
        Flaw::ForeignVoucherKey => redemption.signatures.voucher_key = redemption.signatures.membership_key,
        _ => (),
    }
    redemption.call()
}

/// An answer, also without a challenge.
fn any_answer(member: MemberId, institution: InstitutionId, person: Option<Person>) -> Call<Test> {
    let key = Members::<Test>::get(member).map(|member| member.membership_key);
    let holder = PEOPLE.into_iter().find(|person| Some(key_of(&person.membership())) == key);
    let open = Challenges::<Test>::iter_key_prefix(member).next().filter(|_| person.is_none());
    let (institution, person) = (open.unwrap_or(institution), person.or(holder).unwrap_or(STRANGER));
    if Challenges::<Test>::contains_key(member, institution) {
        return answer_call(member, institution, person);
    }
    let signature = person.membership().sign(&NONCE.0);
    Call::answer { member, verifier_institution: institution, signature }
}

/// The payload that the membership key of `person` and a device sign.
fn key_change(person: Person, number: Option<u32>, change: KeyChange) -> Vec<u8> {
    let id = AccountOwners::<Test>::get(person.account()).map_or(MemberId(u64::MAX), |owner| owner.member);
    let next = Members::<Test>::get(id).map_or(0, |member| member.key_changes);
    key_change_payload(&genesis_hash(), id, number.unwrap_or(next), &change)
}

fn take(step: Step) {
    match step {
        Step::Call(caller, call) => _ = perform(caller, &call),
        Step::Redeem(person, voucher, flaw) => perform_authorized(&redemption(person, &voucher, flaw)),
        Step::Answer(member, institution, person) => perform_authorized(&any_answer(member, institution, person)),
        Step::AddKey(caller, of, device, number) => {
            let device = of.device(device);
            let key = key_of(&device);
            let payload = key_change(of, number, KeyChange::Add(key));
            let (key_signature, membership_signature) = (device.sign(&payload), of.membership().sign(&payload));
            let call = Call::add_transaction_key { key, key_signature, membership_signature };
            _ = perform(Caller::Person(caller), &call);
        }
        Step::RemoveKey(caller, of, key, number) => {
            let payload = key_change(of, number, KeyChange::Remove(key));
            let call = Call::remove_transaction_key { key, membership_signature: of.membership().sign(&payload) };
            _ = perform(Caller::Person(caller), &call);
        }
        Step::NextBlock => next_block(),
        Step::Wait(time) => Clock::wait(time),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn calls_with_any_arguments_fail_without_a_trace_or_are_logged(steps in steps()) {
        Builder::default().test(|| {
            // Two are on their way already.
            join(ALICE, Role::Patient);
            let clinician = join(BOB, Role::Clinician);
            assert_ok!(Membership::challenge(signed(VERIFIER), clinician, NONCE));
            assert_ok!(Membership::challenge(signed(LAB_VERIFIER), clinician, NONCE));
            next_block();
            for step in steps {
                take(step);
            }
            // Each account that was ever bound has one provider, whatever the member's status. No other account has
            // any.
            let accounts: Vec<AccountId32> = frame_system::Account::<Test>::iter()
                .map(|(account, info)| {
                    assert_eq!((info.providers, info.consumers, info.sufficients), (1, 0, 0));
                    account
                })
                .collect();
            assert_eq!(accounts.len(), AccountOwners::<Test>::iter_keys().count());
            assert!(accounts.iter().all(AccountOwners::<Test>::contains_key));
            // Each newcomer had a voucher, and no voucher admitted two.
            let joined = Redeemed::<Test>::iter_values().count() as u64;
            assert_eq!(NextMember::<Test>::get(), MemberId(NEWCOMER.0 + joined));
        });
    }
}

/// The steps above come through to the end: otherwise the property would say nothing.
#[test]
fn calls_with_good_arguments_succeed() {
    Builder::default().test(|| {
        let voucher = voucher_for(Role::Clinician);
        take(Step::Redeem(ALICE, voucher.clone(), Flaw::None));
        take(Step::Redeem(BOB, voucher, Flaw::None));
        for (verifier, institution) in [(VERIFIER, HOSPITAL), (CLINIC_VERIFIER, CLINIC)] {
            take(Step::Call(Caller::Person(verifier), Call::challenge { member: NEWCOMER, nonce: NONCE }));
            take(Step::Answer(NEWCOMER, institution, None));
            take(Step::NextBlock);
            take(Step::Answer(NEWCOMER, institution, Some(BOB)));
            take(Step::Answer(NEWCOMER, institution, None));
        }
        take(Step::AddKey(ALICE, ALICE, "phone", None));
        take(Step::RemoveKey(ALICE, ALICE, key_of(&ALICE.transaction()), None));
        assert_eq!((status_of(NEWCOMER), member(NEWCOMER).key_changes), (MemberStatus::Active, 2));
        assert_eq!(entries(), 7);
    });
}

/// B3 class 10: decoding refuses arguments that are too long or not values of their type.
#[test]
fn calls_with_arguments_past_their_bounds_do_not_decode() {
    let decodes = |call: Vec<u8>| Call::<Test>::decode(&mut &call[..]).is_ok();
    let admit = |length: u32, kind: u8| {
        let InstitutionProfile { issuing_key, encryption_key, admission_quota, traffic_quota, .. } =
            profile(HOSPITAL, InstitutionKind::Hospital);
        let address = vec![b'v'; length as usize];
        (0u8, kind, issuing_key, encryption_key, address, admission_quota, traffic_quota).encode()
    };
    let last = InstitutionKind::Regulator as u8;
    assert!(decodes(admit(0, last)));
    assert!(decodes(admit(MAX_VAULT_ADDRESS, last)));
    assert!(!decodes(admit(MAX_VAULT_ADDRESS + 1, last)));
    assert!(!decodes(admit(0, last + 1)));
}

/// B3 class 8: with a thousand more members and challenges to others, a call reads no more than without.
#[test]
fn calls_read_no_more_when_the_chain_holds_much() {
    let nodes = |others: u64| {
        let mut chain = Builder::default().build();
        let id = chain.execute_with(|| {
            let id = join(ALICE, Role::Patient);
            for number in 0..others {
                let key = |purpose: &str| SigningKey(sp_io::hashing::blake2_256(&(purpose, number).encode()));
                let newcomer = Newcomer {
                    transaction_key: key("transaction"),
                    membership_key: key("membership"),
                    encryption_key: EncryptionKey::x25519([1; 32]),
                };
                let (role, status) = (Role::Patient, MemberStatus::Pending);
                let other = Membership::register(LAB, role, &newcomer, Digest([1; 32]), None, status);
                assert_ok!(Membership::challenge(signed(CLINIC_VERIFIER), other, NONCE));
            }
            assert_ok!(Membership::challenge(signed(VERIFIER), id, NONCE));
            RequiredVerifications::<Test>::put(1);
            next_block();
            System::reset_events();
            Log::take();
            id
        });
        chain.commit_all().unwrap();
        let (_, proof) = chain.execute_and_prove(|| {
            let next = Voucher { serial: 77, voucher_key: key_of(&voucher_pair(77)), ..voucher_for(Role::Patient) };
            assert_ok!(redeem(&next, BOB));
            assert_ok!(Membership::challenge(signed(LAB_VERIFIER), id, NONCE));
            // The last answer forgets the challenges that are left.
            accept(answer_call(id, HOSPITAL, ALICE));
            assert_eq!(status_of(id), MemberStatus::Active);
        });
        proof.iter_nodes().count()
    };
    let (few, many) = (nodes(0), nodes(1_000));
    // The trie is deeper by a few branches, for each of some twenty keys.
    assert!(many < few + 100, "{many} nodes instead of {few}");
}
