// SPDX-License-Identifier: Apache-2.0

//! Letters about notices, over a real mail server and a real web server in the test's own process.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
    Router,
};
use base64::{prelude::BASE64_STANDARD, Engine};
use hmac::{Hmac, KeyInit, Mac};
use salus_chain::{ReadMark, ReadMarks};
use salus_mail_testing::{Certificates, MailPlace, ReceivedMail, Security};
use salus_primitives::{
    notices::NoticeKind,
    time::{DAY, HOUR, MINUTE, SECOND},
    ChartId, Digest, MemberId, Moment,
};
use salus_vault_service::{
    notices::{folder_of, Desk, Found, NoticeSource, NoticesConfig, NoticesStatus, Way},
    Metrics,
};
use salus_vault_testing::disk::{self, Disk};
use sha2::Sha256;
use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const GENESIS: Digest = Digest([7; 32]);
/// Numbers that occur nowhere by chance.
const ANNA: MemberId = MemberId(9_182_736_451);
const BERT: MemberId = MemberId(9_182_736_452);
const CARA: MemberId = MemberId(9_182_736_453);
const CHART: ChartId = ChartId(8_273_645_198);
const NOON: Moment = 20_000 * DAY + 12 * HOUR;
const USER: (&str, &str) = ("salus-service", "correct horse");
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

thread_local! {
    /// The clock of a test. Its tasks share its thread.
    static CLOCK: Cell<Moment> = const { Cell::new(NOON) };
}

fn now() -> Moment {
    CLOCK.get()
}

fn later(by: Moment) {
    CLOCK.set(now() + by);
}

/// The chain: notices of each member, in order.
#[derive(Default)]
struct Chain {
    happened: Mutex<BTreeMap<MemberId, Vec<NoticeKind>>>,
    inactive: Mutex<BTreeSet<MemberId>>,
    elsewhere: Mutex<BTreeSet<MemberId>>,
}

impl Chain {
    fn happens(&self, member: MemberId, kinds: &[NoticeKind]) {
        self.happened.lock().unwrap().entry(member).or_default().extend(kinds);
    }
}

impl NoticeSource for Chain {
    type Error = Infallible;

    async fn since(&self, member: MemberId, marks: &ReadMarks) -> Result<Found, Infallible> {
        if self.elsewhere.lock().unwrap().contains(&member) {
            return Ok(Found::Elsewhere);
        }
        if self.inactive.lock().unwrap().contains(&member) {
            return Ok(Found::Inactive);
        }
        let happened = self.happened.lock().unwrap().get(&member).cloned().unwrap_or_default();
        let next = marks.get(&CHART).map_or(0, |mark| mark.next);
        let kinds = happened[next as usize..].to_vec();
        let marks = ReadMarks::from([(CHART, ReadMark { next: happened.len() as u64, at: now() })]);
        Ok(Found::Notices { kinds, marks, block: Digest([3; 32]), at: now() })
    }
}

/// An institution that writes letters.
struct Office {
    folder: TempDir,
    chain: Chain,
    config: NoticesConfig,
    desk: Desk,
}

impl Office {
    /// An office with these sections beneath `[notices]`, and these addressees. It has looked at the chain once.
    async fn open(sections: &str, addressees: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let within = |name: &str| folder.path().join(name);
        private(&within("mail.key"), &format!("{}\n{}\n", USER.0, USER.1));
        private(&within("wrong.key"), &format!("{}\nwrong\n", USER.0));
        private(&within("webhook.key"), &format!("{SECRET}\n"));
        private(&within("addressees.toml"), addressees);
        let text = format!("addressees = \"addressees.toml\"\ngreeting = \"Hospital A\"\n{sections}");
        let mut config: NoticesConfig = toml::from_str(&text).unwrap();
        let place = |path: &mut PathBuf| *path = folder.path().join(&path);
        place(&mut config.addressees);
        config.webhook.iter_mut().for_each(|webhook| place(&mut webhook.secret));
        if let Some(mail) = &mut config.mail {
            mail.credentials.iter_mut().for_each(place);
            mail.trust.iter_mut().for_each(place);
        }
        let desk =
            Desk::open(&config, folder.path(), GENESIS, "vault.hospital.example").unwrap_or_else(|e| panic!("{e}"));
        let office = Self { folder, chain: Chain::default(), config, desk };
        assert_eq!(office.desk.look(&office.chain, now()).await, [""; 0]);
        office
    }

    /// Something happens to the members, and the desk looks.
    async fn happens(&self, members: &[MemberId], kinds: &[NoticeKind]) {
        members.iter().for_each(|member| self.chain.happens(*member, kinds));
        assert_eq!(self.desk.look(&self.chain, now()).await, [""; 0]);
    }

    /// The service is killed, and starts again.
    fn restart(self) -> Self {
        let Self { folder, chain, config, .. } = self;
        let desk =
            Desk::open(&config, folder.path(), GENESIS, "vault.hospital.example").unwrap_or_else(|e| panic!("{e}"));
        Self { folder, chain, config, desk }
    }

    fn addressees(&self, text: &str) {
        private(&self.config.addressees, text);
    }

    fn pages(&self) -> usize {
        fs::read_dir(folder_of(self.folder.path())).unwrap().count()
    }

    fn status(&self) -> NoticesStatus {
        self.desk.status()
    }
}

fn private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

/// The section for a mail server at `place`, with the authority's certificate in a file that lives as long as the folder.
fn mail_section(place: &MailPlace, tls: &str, credentials: &str, trust: &Path) -> String {
    let port = place.address().port();
    format!(
        "[mail]\nserver = \"127.0.0.1\"\nport = {port}\ntls = \"{tls}\"\nfrom = \"Salus <salus@hospital.example>\"\n\
         credentials = \"{credentials}\"\ntrust = \"{}\"\n",
        trust.display()
    )
}

fn to_mail(member: MemberId, name: &str) -> String {
    format!("[[addressee]]\nmember = {member}\nmail = \"{name}@people.example\"\n")
}

/// A mail server over STARTTLS with a user, and the section for it.
struct Post {
    place: MailPlace,
    section: String,
    _trust: TempDir,
}

impl Post {
    fn new(security: Security, tls: &str, credentials: &str) -> Self {
        let certificates = Certificates::make();
        let trust = tempfile::tempdir().unwrap();
        let file = trust.path().join("authority.pem");
        fs::write(&file, certificates.authority()).unwrap();
        let place = MailPlace::prepare(security, &certificates, Some(USER));
        let section = mail_section(&place, tls, credentials, &file);
        Self { place, section, _trust: trust }
    }

    fn usual() -> Self {
        Self::new(Security::StartTls, "starttls", "mail.key")
    }

    /// How many notices the mails to `name` tell of, each letter counted once; and how many mails there were.
    fn told(&self, name: &str) -> (u64, usize) {
        let address = format!("{name}@people.example");
        let mails: Vec<_> = self.place.received().into_iter().filter(|mail| mail.to == [address.clone()]).collect();
        let by_id: BTreeMap<_, _> = mails.iter().map(|mail| (id(mail), count(mail))).collect();
        for mail in &mails {
            assert_eq!(by_id[&id(mail)], count(mail), "a letter that came again says something else");
        }
        (by_id.values().sum(), mails.len())
    }
}

fn id(mail: &ReceivedMail) -> String {
    let id = mail.header("Message-ID").unwrap();
    assert!(id.ends_with("@hospital.example>") && id.len() == 1 + 32 + 1 + 16 + 1, "{id}");
    id.to_owned()
}

fn count(mail: &ReceivedMail) -> u64 {
    mail.header("Subject").unwrap().split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_notice_that_is_due_arrives_once() {
    let post = Post::usual();
    let _server = post.place.start();
    let people = [(ANNA, "anna"), (BERT, "bert"), (CARA, "cara")];
    let addressees: String = people.map(|(member, name)| to_mail(member, name)).concat();
    let office =
        Office::open(&post.section, &(addressees + "prefer = { reading = \"urgent\", denial = \"off\" }\n")).await;
    let mut due = 0;
    for round in 0..5 {
        let kinds = [NoticeKind::Denial, NoticeKind::Request, NoticeKind::Reading];
        office.happens(&[ANNA, BERT, CARA], &kinds[..=round % 3]).await;
        due += [1, 2, 2][round % 3];
        let delivered = office.desk.deliver(Way::Mail, now).await;
        assert_eq!((delivered.failed, delivered.given_up, delivered.complaints.len()), (0, 0, 0));
        later(30 * SECOND);
    }
    assert_eq!((post.told("anna"), post.told("bert")), ((due, 5), (due, 5)));
    // Cara wants no denials, and readings at once: of the five rounds, three bring something.
    assert_eq!(post.told("cara"), (4, 3));
    let before = post.place.received().len();
    assert_eq!(office.desk.deliver(Way::Mail, now).await, Default::default());
    later(DAY);
    office.happens(&[], &[]).await;
    office.desk.deliver(Way::Mail, now).await;
    assert_eq!(post.place.received().len(), before + 2, "one digest each for Anna and Bert");
    assert_eq!((post.told("anna").0, post.told("cara").0), (due + 1, 4));
    for mail in post.place.received() {
        assert!(mail.is_encrypted && mail.user.as_deref() == Some(USER.0) && mail.from == "salus@hospital.example");
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
    }
    assert_eq!((office.status().sent, office.status().failed, office.status().mail_waiting), (15, 0, 0));
}

#[tokio::test]
async fn every_way_to_protect_a_connection_works() {
    for (security, tls) in
        [(Security::Implicit, "implicit"), (Security::StartTls, "starttls"), (Security::None, "none")]
    {
        let post = Post::new(security, tls, "mail.key");
        let _server = post.place.start();
        let office = Office::open(&post.section, &to_mail(ANNA, "anna")).await;
        office.desk.try_mail().await.unwrap();
        office.happens(&[ANNA], &[NoticeKind::Denial]).await;
        office.desk.deliver(Way::Mail, now).await;
        assert_eq!(post.told("anna"), (1, 1), "{tls}");
        assert_eq!(post.place.received()[0].is_encrypted, tls != "none");
    }
}

#[tokio::test]
async fn a_mail_server_that_is_killed_loses_nothing_and_a_letter_that_comes_again_has_its_id() {
    let post = Post::usual();
    let people: Vec<_> = (0..10).map(|number| (MemberId(9_000_000_000 + number), format!("p{number}"))).collect();
    let addressees: String = people.iter().map(|(member, name)| to_mail(*member, name)).collect();
    let mut office = Office::open(&post.section, &addressees).await;
    let members: Vec<_> = people.iter().map(|(member, _)| *member).collect();
    let mut due = 0;
    for round in 0..4 {
        // The server has the mail after four others, and ends before it says so.
        post.place.break_after(4);
        let server = post.place.start();
        office.happens(&members, &[NoticeKind::Denial, NoticeKind::Answer]).await;
        due += 2;
        office.desk.deliver(Way::Mail, now).await;
        drop(server);
        office.happens(&members, &[NoticeKind::Request]).await;
        due += 1;
        let away = office.desk.deliver(Way::Mail, now).await;
        assert_eq!(away.sent, 0);
        if round % 2 == 0 {
            office = office.restart();
        }
        later(HOUR);
        let _server = post.place.start();
        for _ in 0..3 {
            assert_eq!(office.desk.deliver(Way::Mail, now).await.failed, 0);
            later(HOUR);
        }
    }
    let mut came_again = 0;
    for (_, name) in &people {
        let (told, mails) = post.told(name);
        let letters = post
            .place
            .received()
            .iter()
            .filter(|mail| mail.to[0].starts_with(&format!("{name}@")))
            .map(id)
            .collect::<BTreeSet<_>>();
        assert_eq!(told, due, "{name}");
        came_again += mails - letters.len();
    }
    assert_eq!(came_again, 4, "one in each round, with the id that it had");
    assert_eq!(office.status().mail_waiting, 0);
}

#[tokio::test]
async fn a_service_that_is_killed_goes_on_where_it_was() {
    let post = Post::usual();
    let mut office = Office::open(&post.section, &to_mail(ANNA, "anna")).await;
    let kinds = [NoticeKind::Denial, NoticeKind::Reading, NoticeKind::Use];
    for _ in 0..10 {
        office.happens(&[ANNA], &kinds).await;
        office = office.restart();
        // It looks at the same again.
        office.happens(&[], &[]).await;
    }
    let _server = post.place.start();
    later(DAY);
    for _ in 0..3 {
        office.happens(&[], &[]).await;
        office.desk.deliver(Way::Mail, now).await;
        office = office.restart();
    }
    assert_eq!(post.told("anna").0, 30);
}

#[tokio::test]
async fn while_a_server_is_away_two_letters_wait_at_most_and_all_else_goes_on() {
    let post = Post::usual();
    let hook = Hook::start().await;
    let both = to_mail(ANNA, "anna") + &format!("webhook = \"{}\"\n", hook.url);
    let sections = format!("{}[webhook]\nsecret = \"webhook.key\"\n", post.section);
    let office = Office::open(&sections, &both).await;
    for _ in 0..50 {
        office.happens(&[ANNA], &[NoticeKind::Denial]).await;
        office.desk.deliver(Way::Mail, now).await;
        office.desk.deliver(Way::Webhook, now).await;
        later(10 * SECOND);
    }
    let status = office.status();
    assert_eq!((status.mail_waiting, status.webhook_waiting), (2, 0));
    // Five hundred seconds with pauses of 30, 60, 120 and 240 seconds.
    assert!((2..=6).contains(&status.failed), "{}", status.failed);
    assert_eq!(status.complaints, ["the mail server does not answer"]);
    assert_eq!(hook.count(), 50);
    let _server = post.place.start();
    later(HOUR);
    office.desk.deliver(Way::Mail, now).await;
    office.desk.deliver(Way::Mail, now).await;
    assert_eq!(post.told("anna"), (50, 2));
    let metrics = Metrics::new().unwrap();
    metrics.count_letters(Way::Mail, &office.desk.deliver(Way::Mail, now).await);
    assert!(metrics.text().unwrap().contains("salus_vault_letters_total{outcome=\"given-up\",way=\"mail\"} 0"));
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_is_not_the_right_one() {
    let wrong_password = Post::new(Security::StartTls, "starttls", "wrong.key");
    let no_tls = Post::new(Security::None, "starttls", "mail.key");
    let mut untrusted = Post::usual();
    untrusted.section =
        untrusted.section.lines().filter(|line| !line.starts_with("trust")).collect::<Vec<_>>().join("\n");
    for (post, word) in [(wrong_password, "its code 535"), (no_tls, "does not offer"), (untrusted, "certificate")] {
        let _server = post.place.start();
        let office = Office::open(&post.section, &to_mail(ANNA, "anna")).await;
        let fault = office.desk.try_mail().await.unwrap_err().to_string();
        office.happens(&[ANNA], &[NoticeKind::Denial]).await;
        let delivered = office.desk.deliver(Way::Mail, now).await;
        assert_eq!((delivered.sent, delivered.failed, &delivered.complaints[..]), (0, 1, &[fault.clone()][..]));
        assert!(fault.contains(word) && !fault.contains("anna"), "{fault}");
        assert!(post.place.received().is_empty());
    }
}

#[tokio::test]
async fn an_address_that_a_server_refuses_keeps_no_other_waiting_and_is_given_up() {
    let post = Post::usual();
    let _server = post.place.start();
    post.place.know("anna@people.example", false);
    let office = Office::open(&post.section, &(to_mail(ANNA, "anna") + &to_mail(BERT, "bert"))).await;
    office.happens(&[ANNA, BERT], &[NoticeKind::Denial]).await;
    let delivered = office.desk.deliver(Way::Mail, now).await;
    assert_eq!((delivered.sent, delivered.failed), (1, 1));
    assert_eq!(delivered.complaints, ["the mail server refused a letter, by its code 550"]);
    later(6 * HOUR - 1);
    assert_eq!(office.desk.deliver(Way::Mail, now).await.failed, 0);
    let (mut attempts, mut given_up) = (1, 0);
    for _ in 0..100 {
        later(HOUR);
        let delivered = office.desk.deliver(Way::Mail, now).await;
        (attempts, given_up) = (attempts + delivered.failed, given_up + delivered.given_up);
    }
    assert_eq!((attempts, given_up, office.status().mail_waiting), (13, 1, 0));
    // It is known again, and gets what happens from then on.
    post.place.know("anna@people.example", true);
    office.happens(&[ANNA], &[NoticeKind::Answer]).await;
    office.desk.deliver(Way::Mail, now).await;
    assert_eq!((post.told("anna"), post.told("bert")), ((1, 1), (1, 1)));
}

#[tokio::test]
async fn the_file_of_addressees_is_read_again() {
    let post = Post::usual();
    let _server = post.place.start();
    let office = Office::open(&post.section, &to_mail(ANNA, "anna")).await;
    office.happens(&[ANNA, BERT], &[NoticeKind::Denial]).await;
    office.addressees(&to_mail(BERT, "bert"));
    office.happens(&[], &[]).await;
    assert_eq!(office.pages(), 1, "the page of Anna is gone");
    office.happens(&[ANNA, BERT], &[NoticeKind::Answer]).await;
    office.addressees("[[addressee]]\nmember = \"anna@people.example\"\n");
    office.chain.happens(BERT, &[NoticeKind::Request]);
    let complaints = office.desk.look(&office.chain, now()).await;
    assert!(
        complaints.len() == 1 && complaints[0].contains("line 2 ") && !complaints[0].contains("anna"),
        "{complaints:?}"
    );
    office.desk.deliver(Way::Mail, now).await;
    office.desk.deliver(Way::Mail, now).await;
    // Bert was added after the first notice.
    assert_eq!((post.told("anna").0, post.told("bert").0), (0, 2));
}

#[tokio::test]
async fn who_is_not_active_or_at_home_elsewhere_is_told_nothing() {
    let post = Post::usual();
    let _server = post.place.start();
    let office = Office::open(&post.section, &(to_mail(ANNA, "anna") + &to_mail(BERT, "bert"))).await;
    office.chain.inactive.lock().unwrap().insert(ANNA);
    office.chain.elsewhere.lock().unwrap().insert(BERT);
    [ANNA, BERT].iter().for_each(|member| office.chain.happens(*member, &[NoticeKind::Denial]));
    let complaints = office.desk.look(&office.chain, now()).await;
    assert!(complaints.len() == 1 && complaints[0].starts_with("1 addressees are not members"), "{complaints:?}");
    assert!(!complaints[0].contains(&BERT.to_string()));
    office.chain.inactive.lock().unwrap().clear();
    office.desk.look(&office.chain, now()).await;
    office.desk.deliver(Way::Mail, now).await;
    assert_eq!((post.told("anna").0, post.told("bert").0), (1, 0), "Anna is active again");
}

#[tokio::test]
async fn no_identifier_occurs_in_what_is_sent_or_said() {
    let post = Post::usual();
    let server = post.place.start();
    let hook = Hook::start().await;
    let both = to_mail(ANNA, "anna") + &format!("webhook = \"{}\"\n", hook.url);
    let sections = format!("{}[webhook]\nsecret = \"webhook.key\"\n", post.section);
    let office = Office::open(&sections, &both).await;
    office.happens(&[ANNA], &NoticeKind::ALL).await;
    later(DAY);
    office.happens(&[], &[]).await;
    let mut said = Vec::new();
    for way in [Way::Mail, Way::Webhook, Way::Mail, Way::Webhook] {
        said.extend(office.desk.deliver(way, now).await.complaints);
    }
    drop(server);
    hook.answer_with(500);
    office.happens(&[ANNA], &NoticeKind::ALL).await;
    for way in Way::ALL {
        said.extend(office.desk.deliver(way, now).await.complaints);
    }
    assert_eq!(said.len(), 2, "{said:?}");
    let status = office.status();
    said.extend([status.to_string(), serde_json::to_string(&status).unwrap()]);
    let mails: Vec<_> = post.place.received().into_iter().map(|mail| mail.text).collect();
    let calls: Vec<_> = hook.calls().into_iter().map(|(fields, body)| format!("{fields}{body}")).collect();
    assert_eq!((mails.len(), calls.len()), (2, 3));
    let identifiers = [
        ANNA.to_string(),
        CHART.to_string(),
        GENESIS.to_string(),
        Digest([3; 32]).to_string(),
        hex::encode(ANNA.0.to_le_bytes()),
        hex::encode(CHART.0.to_le_bytes()),
        USER.1.to_owned(),
        SECRET.to_owned(),
    ];
    for text in mails.iter().chain(&calls).chain(&said) {
        let whole = text.replace("=\r\n", "");
        for identifier in &identifiers {
            assert!(!whole.contains(identifier.as_str()), "{identifier} occurs in {text}");
        }
    }
    for text in &said {
        assert!(!text.contains("anna") && !text.contains("127.0.0.1"), "{text}");
    }
    // All that a letter says is the greeting, the numbers, and rows of the table of kinds.
    let body = post.place.received()[0].body().replace("=\r\n", "");
    for line in body.lines().filter(|line| !line.trim().is_empty()) {
        let is_of_table = NoticeKind::ALL.iter().any(|kind| {
            line.trim().trim_start_matches(char::is_numeric).trim() == format!("{}: {}", kind.word(), kind.text())
        });
        let is_frame = ["Hospital A", "To read them: salus notices"].contains(&line) || line.starts_with("There are ");
        assert!(is_of_table || is_frame, "{line}");
    }
}

#[tokio::test]
async fn a_webhook_is_signed_and_a_letter_that_comes_again_has_its_id() {
    let hook = Hook::start().await;
    let office = Office::open(
        "[webhook]\nsecret = \"webhook.key\"\n",
        &format!("[[addressee]]\nmember = {ANNA}\nwebhook = \"{}\"\n", hook.url),
    )
    .await;
    hook.answer_with(500);
    office.happens(&[ANNA], &[NoticeKind::Denial]).await;
    office.desk.deliver(Way::Webhook, now).await;
    hook.answer_with(302);
    later(MINUTE);
    let delivered = office.desk.deliver(Way::Webhook, now).await;
    assert_eq!(delivered.complaints, ["the server of a webhook answers with status 302"]);
    hook.answer_with(204);
    office.happens(&[ANNA], &[NoticeKind::Answer]).await;
    later(HOUR);
    office.desk.deliver(Way::Webhook, now).await;
    office.desk.deliver(Way::Webhook, now).await;
    let calls = hook.calls();
    let bodies: Vec<serde_json::Value> = calls.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    assert_eq!(bodies.len(), 4);
    assert!(bodies[0] == bodies[1] && bodies[1] == bodies[2] && bodies[2]["id"] != bodies[3]["id"]);
    assert_eq!((&bodies[0]["count"], &bodies[3]["kinds"]["answer"]), (&1.into(), &1.into()));
    assert_eq!(hook.forgeries(), 0);
}

#[test]
fn a_power_failure_leaves_every_letter_that_was_written() {
    let name = "letters::a_power_failure_leaves_every_letter_that_was_written";
    let watched = Disk::of(name, |folder| {
        Runtime::new().unwrap().block_on(async {
            let (config, chain) = (paper(folder), Chain::default());
            let desk = Desk::open(&config, folder, GENESIS, "vault.example").unwrap_or_else(|e| panic!("{e}"));
            desk.look(&chain, NOON).await;
            disk::begin();
            for number in 0..3 {
                chain.happens(ANNA, &[NoticeKind::Denial]);
                assert_eq!(desk.look(&chain, NOON).await, [""; 0]);
                disk::answered(number);
            }
        });
    });
    let Some(watched) = watched else { return };
    watched.after_each_call(|left, answers| {
        let page = folder_of(left).join(format!("{ANNA}.json"));
        let bytes = fs::read(page).unwrap_or_default();
        assert!(!bytes.is_empty() || answers == 0, "the page is lost after {answers} looks");
        if !bytes.is_empty() {
            let page: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            let count = |place: &str| page.pointer(place).and_then(serde_json::Value::as_u64).unwrap_or_default();
            let told = count("/webhook/sending/kinds/denial") + count("/webhook/waiting/denial");
            assert!(told >= answers as u64, "{told} of {answers}: {page}");
            assert_eq!(told, count(&format!("/marks/{CHART}/next")), "marks and letters are of one write");
        }
    });
}

/// A configuration in `folder`, for letters that are not sent.
fn paper(folder: &Path) -> NoticesConfig {
    let within = |name: &str| folder.join(name);
    private(&within("webhook.key"), SECRET);
    private(&within("addressees.toml"), &format!("[[addressee]]\nmember = {ANNA}\nwebhook = \"http://127.0.0.1:1\"\n"));
    let (addressees, secret) = (within("addressees.toml"), within("webhook.key"));
    let text = format!("addressees = \"{}\"\n[webhook]\nsecret = \"{}\"\n", addressees.display(), secret.display());
    toml::from_str(&text).unwrap()
}

/// A web server that keeps what it is called with.
struct Hook {
    url: String,
    kept: Arc<Mutex<HookKept>>,
}

#[derive(Default)]
struct HookKept {
    calls: Vec<(String, String)>,
    forgeries: usize,
    status: u16,
}

impl Hook {
    async fn start() -> Self {
        let kept = Arc::new(Mutex::new(HookKept { status: 200, ..HookKept::default() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().route("/hook", post(take)).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, kept }
    }

    fn answer_with(&self, status: u16) {
        self.kept.lock().unwrap().status = status;
    }

    fn calls(&self) -> Vec<(String, String)> {
        self.kept.lock().unwrap().calls.clone()
    }

    fn count(&self) -> u64 {
        let counts = self
            .calls()
            .into_iter()
            .map(|(_, body)| serde_json::from_str::<serde_json::Value>(&body).unwrap()["count"].as_u64().unwrap());
        counts.sum()
    }

    fn forgeries(&self) -> usize {
        self.kept.lock().unwrap().forgeries
    }
}

async fn take(State(kept): State<Arc<Mutex<HookKept>>>, fields: HeaderMap, body: Bytes) -> StatusCode {
    let field = |name: &str| fields.get(name).unwrap().to_str().unwrap();
    let secret = BASE64_STANDARD.decode(SECRET.trim_start_matches("whsec_")).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
    mac.update(format!("{}.{}.", field("webhook-id"), field("webhook-timestamp")).as_bytes());
    mac.update(&body);
    let signed = BASE64_STANDARD.decode(field("webhook-signature").trim_start_matches("v1,")).unwrap();
    let is_good = mac.verify_slice(&signed).is_ok() && field("content-type") == "application/json";
    let mut kept = kept.lock().unwrap();
    kept.forgeries += usize::from(!is_good);
    let shown = fields.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap())).collect();
    kept.calls.push((shown, String::from_utf8(body.to_vec()).unwrap()));
    StatusCode::from_u16(kept.status).unwrap()
}
