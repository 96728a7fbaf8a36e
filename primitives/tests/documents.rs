// SPDX-License-Identifier: Apache-2.0

//! Checks the tables of `docs/architecture.md` against the vocabularies. `UPDATE=1` writes them; without it, a table
//! that differs fails the test.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use salus_primitives::{
    access::{Permission, Purpose},
    audit::Action,
    decision::Denial,
    membership::{InstitutionKind, MemberStatus, Role},
    notices::NoticeKind,
    records::RecordState,
    refusal::Refusal,
    shredding::{RetentionGround, StoreKind},
    vocabulary::Vocabulary,
};
use std::{fs, path::Path};

/// The page, from this crate's folder.
const PAGE: &str = "../docs/architecture.md";
/// The command that writes the tables.
const COMMAND: &str = "UPDATE=1 cargo test -p salus-primitives --test documents";

/// Name and lines of each table.
fn tables() -> Vec<(&'static str, Vec<String>)> {
    vec![
        ("roles", roles()),
        ("kinds-of-institutions", meanings::<InstitutionKind>(["kind", "what it is"])),
        ("member-states", meanings::<MemberStatus>(["status", "what it means"])),
        ("permissions", permissions()),
        ("purposes", purposes()),
        ("record-states", meanings::<RecordState>(["state", "what it means"])),
        ("retention-grounds", meanings::<RetentionGround>(["ground", "what it means"])),
        ("store-kinds", meanings::<StoreKind>(["kind of store", "what it is"])),
        ("roles-and-permissions", roles_and_permissions()),
        ("denials", meanings::<Denial>(["denial", "what it means"])),
        ("actions", meanings::<Action>(["action", "what happened"])),
        ("notices", notices()),
        ("refusals", refusals()),
    ]
}

fn table<const COLUMNS: usize>(
    headings: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> Vec<String> {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let mut lines = vec![line(&headings.map(str::to_owned)), format!("|{}", "---|".repeat(COLUMNS))];
    lines.extend(rows.into_iter().map(|row| line(&row)));
    lines
}

fn meanings<T: Vocabulary>(headings: [&str; 2]) -> Vec<String> {
    table(headings, T::ROWS.iter().map(|row| [format!("`{}`", row.word), row.text.to_owned()]))
}

fn roles() -> Vec<String> {
    let admits = |role: Role| {
        let kinds: Vec<_> = InstitutionKind::ALL.into_iter().filter(|kind| kind.may_admit(role)).collect();
        match kinds.len() == InstitutionKind::ALL.len() {
            true => "every kind".to_owned(),
            false => kinds.into_iter().map(InstitutionKind::word).collect::<Vec<_>>().join(", "),
        }
    };
    table(
        ["role", "what a member with it does", "kinds of institutions that may admit it"],
        Role::ALL.map(|role| [format!("`{}`", role.word()), role.text().to_owned(), admits(role)]),
    )
}

fn permissions() -> Vec<String> {
    table(
        ["permission", "bit", "what it lets the grantee do"],
        Permission::ALL.map(|item| [format!("`{}`", item.word()), item.code().to_string(), item.text().to_owned()]),
    )
}

fn purposes() -> Vec<String> {
    table(
        ["purpose", "bit", "HL7 v3 ActReason", "what it means"],
        Purpose::ALL.map(|item| {
            [format!("`{}`", item.word()), item.code().to_string(), item.act_reason().into(), item.text().into()]
        }),
    )
}

fn roles_and_permissions() -> Vec<String> {
    let headings = ["role", "read", "create", "amend", "withdraw", "disclose", "use"];
    assert_eq!(
        headings[1..],
        Permission::ALL.map(Permission::word),
        "the headings name the permissions in their order"
    );
    let cell = |role: Role, permission| if role.may(permission) { "by grant" } else { "–" }.to_owned();
    table(
        headings,
        Role::ALL.map(|role| {
            let [read, create, amend, withdraw, disclose, r#use] = Permission::ALL.map(|item| cell(role, item));
            [format!("`{}`", role.word()), read, create, amend, withdraw, disclose, r#use]
        }),
    )
}

fn notices() -> Vec<String> {
    let urgency = |kind: NoticeKind| if kind.is_urgent() { "urgent" } else { "digest" }.to_owned();
    table(
        ["kind", "what it tells", "unless preferred otherwise"],
        NoticeKind::ALL.map(|kind| [format!("`{}`", kind.word()), kind.text().to_owned(), urgency(kind)]),
    )
}

fn refusals() -> Vec<String> {
    table(
        ["code", "refusal", "meaning"],
        Refusal::ALL.map(|item| [item.code().to_string(), format!("`{}`", item.word()), item.text().to_owned()]),
    )
}

/// Returns `page` with the lines between the markers of `name` replaced by `lines`.
fn with_table(page: &str, name: &str, lines: &[String]) -> String {
    let (begin, end) = (format!("<!-- table {name}: {COMMAND} -->\n"), format!("<!-- end of {name} -->\n"));
    let parts = page.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = parts.unwrap_or_else(|| panic!("{PAGE} lacks the markers\n{begin}{end}"));
    format!("{before}{begin}{}\n{end}{after}", lines.join("\n"))
}

#[test]
fn the_tables_of_the_architecture_are_those_of_the_vocabularies() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let next = tables().iter().fold(page.clone(), |page, (name, lines)| with_table(&page, name, lines));
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, next).unwrap();
        return;
    }
    let differs = page.lines().zip(next.lines()).find(|(old, new)| old != new);
    assert_eq!(differs, None, "{PAGE} is stale\nhint: {COMMAND}");
    assert_eq!(page, next, "{PAGE} is stale\nhint: {COMMAND}");
}
