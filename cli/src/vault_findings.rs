// SPDX-License-Identifier: Apache-2.0

//! The findings of `salus doctor` about vault services.

use crate::{
    findings::{worst, Finding, Verdict},
    output::duration,
    vaults::{Seen, SeenVault},
};
use salus_primitives::{
    time::{DAY, MINUTE, SECOND},
    Digest, InstitutionId, Moment,
};
use salus_vault_client::{Look, VaultClientError};
use serde::Serialize;

/// A certificate that ends this soon is to be renewed.
const ENDS_SOON: Moment = 10 * DAY;
/// A clock that differs by more than this is off.
const CLOCK_OFF: u64 = 3 * SECOND;
/// A gate whose clock is this far behind, or that far ahead, refuses each request as too new or too old.
const TOO_FAR_BEHIND: u64 = 10 * SECOND;
const TOO_FAR_AHEAD: u64 = 2 * MINUTE;
/// Vault services that one finding names.
const NAMED: usize = 5;

/// A vault service, for programs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct VaultReport {
    /// The institution.
    institution: InstitutionId,
    /// Its vault address on the chain.
    address: String,
    /// Whether it is the operator's own.
    own: bool,
    /// How well it is.
    verdict: Verdict,
    /// Whether it answered as a vault service does.
    answers: bool,
    /// Whether it is ready; none if it does not say.
    ready: Option<bool>,
    /// How far its clock is ahead of this machine's, in milliseconds.
    ahead: Option<i64>,
    /// When its certificate ends.
    certificate_ends: Option<Moment>,
    /// Each thing that is not as it should be, in words.
    faults: Vec<String>,
}

/// Where and when the services were looked at.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    /// The genesis hash of the chain.
    pub(crate) genesis: Digest,
    /// This machine's time.
    pub(crate) now: Moment,
}

/// The findings about the vault of the operator's own institution. `asked` says that the operator named the institution.
pub(crate) fn own(vaults: &[SeenVault], own: InstitutionId, asked: bool, setting: Setting) -> Vec<Finding> {
    let Some(vault) = vaults.iter().find(|vault| vault.institution == own) else {
        let says = format!("the chain has no institution `{own}`");
        return vec![Finding::failure("vault", says, "salus institution list shows them")];
    };
    match vault.seen {
        Seen::NoAddress if !asked => {
            vec![Finding::ok("vault", format!("institution {own} has no vault address on the chain"))]
        }
        _ => of(vault, setting),
    }
}

/// The finding about the vaults of all other institutions. Their faults are warnings: other people have to act.
pub(crate) fn others(
    vaults: &[SeenVault],
    own: Option<InstitutionId>,
    setting: Setting,
    name: &dyn Fn(InstitutionId) -> String,
) -> Finding {
    let others = vaults.iter().filter(|vault| Some(vault.institution) != own && !vault.has_no_address());
    let (mut total, mut faults) = (0_usize, Vec::new());
    for vault in others {
        total = total.saturating_add(1);
        if let Some(fault) = of(vault, setting).into_iter().find(|finding| finding.verdict != Verdict::Ok) {
            faults.push(format!("{}: {}", name(vault.institution), fault.says));
        }
    }
    let well = total.saturating_sub(faults.len());
    let more = faults.len().saturating_sub(NAMED);
    faults.truncate(NAMED);
    if more > 0 {
        faults.push(format!("and {more} more (--json names all)"));
    }
    match faults.as_slice() {
        [] if total == 0 => Finding::ok("other vaults", "no other institution has a vault address"),
        [] => Finding::ok("other vaults", format!("all {total} answer, and are ready")),
        faults => Finding::warning(
            "other vaults",
            format!("{well} of {total} are well; {}", faults.join("; ")),
            "tell these institutions. If all seem away, look at this machine's own line, proxy and trusted certificates \
             (SSL_CERT_FILE)",
        ),
    }
}

/// All vault services that have an address, for programs.
pub(crate) fn reports(vaults: &[SeenVault], own: Option<InstitutionId>, setting: Setting) -> Vec<VaultReport> {
    let with_address = vaults.iter().filter(|vault| !vault.has_no_address());
    with_address.map(|vault| report(vault, own == Some(vault.institution), setting)).collect()
}

fn report(vault: &SeenVault, own: bool, setting: Setting) -> VaultReport {
    let findings = of(vault, setting);
    let look = match &vault.seen {
        Seen::Answered(look) => Some(look),
        _ => None,
    };
    VaultReport {
        institution: vault.institution,
        address: vault.address.clone(),
        own,
        verdict: worst(&findings),
        answers: look.is_some(),
        ready: look.and_then(|look| look.introduction.as_ref()).map(|introduction| introduction.ready),
        ahead: look.and_then(|look| look.ahead),
        certificate_ends: look.and_then(|look| look.certificate_ends),
        faults: findings
            .into_iter()
            .filter(|finding| finding.verdict != Verdict::Ok)
            .map(|finding| finding.says)
            .collect(),
    }
}

/// All findings about one vault.
fn of(vault: &SeenVault, setting: Setting) -> Vec<Finding> {
    let mut findings = vec![service(vault, setting.genesis)];
    if let Seen::Answered(look) = &vault.seen {
        findings.push(certificate(vault, look, setting.now));
        findings.push(clock(look));
    }
    findings.push(key(vault));
    findings
}

/// Whether the service answers, for this institution and chain, and is ready.
fn service(vault: &SeenVault, genesis: Digest) -> Finding {
    let SeenVault { institution, address, .. } = vault;
    let enter = format!("the council enters it: salus institution update {institution} --vault-address https://HOST");
    let look = match &vault.seen {
        Seen::NoAddress => {
            let says = format!(
                "institution {institution} has no vault address on the chain, so members do not find its vault"
            );
            return Finding::warning("vault", says, enter);
        }
        Seen::Unusable => {
            let says = format!("the address on the chain is `{address}`, which is neither https nor on this machine");
            return Finding::failure("vault", says, enter);
        }
        Seen::Failed(error) => return Finding::failure("vault", error.to_string(), after(error)),
        Seen::Answered(look) => look,
    };
    let Some(introduction) = &look.introduction else {
        let says =
            format!("`{address}` answers, and does not say which institution it serves: it is of an older version");
        return Finding::warning("vault", says, "install the `salus-vault` of the newest release there");
    };
    if introduction.genesis != genesis {
        let says = format!("`{address}` serves another chain, with the genesis hash {}", introduction.genesis);
        return Finding::failure("vault", says, "`node` in its vault.toml names a node of another network");
    }
    if introduction.institution != *institution {
        let says = format!("`{address}` is the vault of institution {}", introduction.institution);
        let advice =
            format!("the address on the chain or `institution` in vault.toml is wrong. For the address, {enter}");
        return Finding::failure("vault", says, advice);
    }
    match (introduction.ready, introduction.reason.as_deref().unwrap_or("it does not say why")) {
        (true, _) => Finding::ok("vault", format!("answers at {address}, for institution {institution}, and is ready")),
        (false, reason) => Finding::failure(
            "vault",
            format!("answers at {address}, and is not ready: {reason}"),
            "run this again in ten seconds, and then look at the node that the service asks, and into the service's log \
             (journalctl -u salus-vault)",
        ),
    }
}

/// The next step after a service did not answer as it should.
fn after(error: &VaultClientError) -> &'static str {
    match error {
        VaultClientError::Certificate { .. } => {
            "renew the certificate, with the name of the address, from an authority that members trust; SSL_CERT_FILE names \
             further certificates to trust here"
        }
        VaultClientError::Problem { status: 421, .. } => {
            "`authority` in vault.toml has to be host and port of the address on the chain (salus-vault check), and a proxy has to \
             leave `Host` as it is"
        }
        VaultClientError::Unreachable { .. } => {
            "see whether it runs (systemctl status salus-vault), whether its port is open to members, and whether the name \
             leads to its machine"
        }
        _ => "see what answers there: a proxy whose vault service is away, or another web server",
    }
}

/// Until when the certificate holds. One that does not hold is a connection that fails.
fn certificate(vault: &SeenVault, look: &Look, now: Moment) -> Finding {
    let Some(end) = look.certificate_ends else {
        return match vault.address.to_ascii_lowercase().starts_with("https:") {
            true => Finding::ok("vault certificate", "holds; when it ends could not be seen"),
            false => Finding::warning(
                "vault certificate",
                format!("none: `{}` is for this machine alone, and members on others do not reach it", vault.address),
                "give the service a certificate (`tls` in vault.toml), or a proxy, and have the council enter its https address",
            ),
        };
    };
    let left = end.saturating_sub(now);
    match left < ENDS_SOON {
        true => Finding::warning(
            "vault certificate",
            format!("ends in {}", duration(left)),
            "renew it, and restart the service: members do not reach it once it has ended",
        ),
        false => Finding::ok("vault certificate", format!("holds for {} more", duration(left))),
    }
}

/// Whether the service's clock agrees with this machine's.
fn clock(look: &Look) -> Finding {
    let Some(ahead) = look.ahead else { return Finding::ok("vault clock", "the service does not tell its time") };
    let off = ahead.unsigned_abs();
    let (direction, refused_from) = if ahead > 0 { ("ahead of", TOO_FAR_AHEAD) } else { ("behind", TOO_FAR_BEHIND) };
    let says = format!("is {} {direction} this machine's", duration(off));
    let advice = "look at the time service of both machines (timedatectl); `clock` above says whether this one is off";
    match off {
        off if off > refused_from => Finding::failure("vault clock", format!("{says}: the gate refuses all"), advice),
        off if off > CLOCK_OFF => Finding::warning("vault clock", says, advice),
        _ => Finding::ok("vault clock", "agrees with this machine's"),
    }
}

/// Whether members can seal something to the institution, and its service opens it.
fn key(vault: &SeenVault) -> Finding {
    let update = format!("salus institution update {} --encryption-key KEY", vault.institution);
    if !vault.encryption_key.is_acceptable() {
        let says = "the chain has no encryption key for the institution, so nothing can be granted to it";
        return Finding::warning(
            "vault key",
            says,
            format!("make one (salus-vault key), and the council enters it: {update}"),
        );
    }
    let introduction = match &vault.seen {
        Seen::Answered(look) => look.introduction.as_ref(),
        _ => None,
    };
    match introduction.map(|introduction| introduction.encryption_key) {
        None => Finding::ok("vault key", "the chain has an encryption key for the institution"),
        Some(None) => {
            Finding::ok("vault key", "the chain has one; the service opens nothing with it, for want of `key`")
        }
        Some(Some(key)) if key == vault.encryption_key => {
            Finding::ok("vault key", "the service has the one on the chain")
        }
        Some(Some(_)) => Finding::failure(
            "vault key",
            "the service has another than the chain: what is granted to the institution does not open there",
            format!("`key` in vault.toml names the wrong file, or the council enters the service's: {update}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::EncryptionKey;
    use salus_vault_client::Introduction;
    use Verdict::{Failure, Ok, Warning};

    const NOW: Moment = 1_000 * DAY;
    const SETTING: Setting = Setting { genesis: Digest([7; 32]), now: NOW };
    const KEY: EncryptionKey = EncryptionKey::x25519([5; 32]);

    fn introduction(institution: u32) -> Introduction {
        Introduction {
            institution: InstitutionId(institution),
            genesis: SETTING.genesis,
            encryption_key: Some(KEY),
            ready: true,
            reason: None,
        }
    }

    fn look(institution: u32) -> Look {
        let introduction = Some(introduction(institution));
        Look { introduction, ahead: Some(0), certificate_ends: Some(NOW + 60 * DAY) }
    }

    fn vault(institution: u32, seen: Seen) -> SeenVault {
        let address = format!("https://vault-{institution}.example");
        SeenVault { institution: InstitutionId(institution), address, encryption_key: KEY, seen }
    }

    fn unreachable() -> Seen {
        let cause = "Connection refused".to_owned();
        Seen::Failed(VaultClientError::Unreachable { authority: "vault-1.example".to_owned(), cause })
    }

    fn name(institution: InstitutionId) -> String {
        format!("Hospital {institution}")
    }

    /// The verdict about the own vault, with the words of the worst finding.
    fn judged(vault: SeenVault) -> (Verdict, String, Option<String>) {
        let findings = own(&[vault], InstitutionId(1), true, SETTING);
        let verdict = worst(&findings);
        let worst = findings.into_iter().find(|finding| finding.verdict == verdict).unwrap();
        (verdict, format!("{}: {}", worst.subject, worst.says), worst.advice)
    }

    #[test]
    fn a_vault_that_is_well_has_four_good_findings() {
        let findings = own(&[vault(1, Seen::Answered(look(1)))], InstitutionId(1), true, SETTING);
        let subjects: Vec<_> = findings.iter().map(|finding| finding.subject).collect();
        assert_eq!(subjects, ["vault", "vault certificate", "vault clock", "vault key"]);
        assert!(worst(&findings) == Ok && findings.iter().all(|finding| finding.advice.is_none()), "{findings:?}");
        assert!(findings[1].says.contains("60 d"), "{findings:?}");
    }

    #[test]
    fn each_fault_of_an_own_vault_is_named_with_the_next_step() {
        let introduced = |change: &dyn Fn(&mut Introduction)| {
            let mut introduction = introduction(1);
            change(&mut introduction);
            Seen::Answered(Look { introduction: Some(introduction), ..look(1) })
        };
        let problem = |status| VaultClientError::Problem { authority: "a".to_owned(), status, detail: "d".to_owned() };
        let certificate = VaultClientError::Certificate { authority: "a".to_owned(), cause: "Expired".to_owned() };
        let not_ready =
            |it: &mut Introduction| (it.ready, it.reason) = (false, Some("the node does not answer".to_owned()));
        for (seen, verdict, words, advice) in [
            (Seen::NoAddress, Warning, "vault: institution 1 has no vault address", "--vault-address"),
            (Seen::Unusable, Failure, "neither https", "--vault-address"),
            (unreachable(), Failure, "cannot be reached: Connection refused", "systemctl status salus-vault"),
            (Seen::Failed(certificate), Failure, "does not hold: Expired", "SSL_CERT_FILE"),
            (Seen::Failed(problem(421)), Failure, "answered 421", "`authority` in vault.toml"),
            (Seen::Failed(problem(502)), Failure, "answered 502", "a proxy"),
            (Seen::Answered(Look { introduction: None, ..look(1) }), Warning, "older version", "newest release"),
            (introduced(&|it| it.genesis = Digest([9; 32])), Failure, "another chain", "vault.toml"),
            (introduced(&|it| it.institution.0 = 2), Failure, "the vault of institution 2", "--vault-address"),
            (introduced(&not_ready), Failure, "not ready: the node does not answer", "journalctl"),
            (introduced(&|it| it.encryption_key = Some(EncryptionKey::x25519([6; 32]))), Failure, "vault key: ", "KEY"),
            (
                Seen::Answered(Look { certificate_ends: Some(NOW + 3 * DAY), ..look(1) }),
                Warning,
                "ends in 3 d",
                "renew",
            ),
            (Seen::Answered(Look { ahead: Some(4_000), ..look(1) }), Warning, "4 s ahead of", "timedatectl"),
            (Seen::Answered(Look { ahead: Some(-11_000), ..look(1) }), Failure, "11 s behind", "timedatectl"),
            (Seen::Answered(Look { ahead: Some(121_000), ..look(1) }), Failure, "ahead of", "timedatectl"),
        ] {
            let found = judged(vault(1, seen));
            assert_eq!(found.0, verdict, "{found:?}");
            assert!(found.1.contains(words) && found.2.as_ref().unwrap().contains(advice), "{found:?}");
        }
        let local = SeenVault {
            address: "http://127.0.0.1:1".to_owned(),
            ..vault(1, Seen::Answered(Look { certificate_ends: None, ..look(1) }))
        };
        assert_eq!(judged(local).0, Warning);
        let keyless = SeenVault { encryption_key: EncryptionKey::x25519([0; 32]), ..vault(1, unreachable()) };
        let findings = own(&[keyless], InstitutionId(1), true, SETTING);
        assert!(findings.iter().any(|finding| finding.subject == "vault key" && finding.verdict == Warning));
    }

    #[test]
    fn a_service_without_a_key_of_its_own_is_well() {
        let introduction = Some(Introduction { encryption_key: None, ..introduction(1) });
        assert_eq!(judged(vault(1, Seen::Answered(Look { introduction, ..look(1) }))).0, Ok);
    }

    #[test]
    fn a_hospital_without_a_vault_is_well_unless_the_operator_asks_for_it() {
        let vaults = [vault(1, Seen::NoAddress)];
        assert_eq!(worst(&own(&vaults, InstitutionId(1), false, SETTING)), Ok);
        assert_eq!(worst(&own(&vaults, InstitutionId(1), true, SETTING)), Warning);
        assert_eq!(worst(&own(&vaults, InstitutionId(2), true, SETTING)), Failure);
    }

    #[test]
    fn faults_of_other_vaults_are_one_warning() {
        let vaults = [
            vault(0, Seen::Answered(look(0))),
            vault(1, unreachable()),
            vault(2, Seen::NoAddress),
            vault(3, Seen::Answered(look(3))),
        ];
        let found = others(&vaults, Some(InstitutionId(0)), SETTING, &name);
        assert_eq!(found.verdict, Warning);
        assert!(found.says.starts_with("1 of 2 are well; Hospital 1: the vault service at"), "{found:?}");
        let found = others(&vaults, Some(InstitutionId(1)), SETTING, &name);
        assert!(found.verdict == Ok && found.says.contains("all 2"), "{found:?}");
        assert_eq!(others(&[], None, SETTING, &name).verdict, Ok);
        let many: Vec<_> = (0..9).map(|number| vault(number, unreachable())).collect();
        let found = others(&many, None, SETTING, &name);
        assert!(found.says.contains("0 of 9") && found.says.ends_with("and 4 more (--json names all)"), "{found:?}");
    }

    #[test]
    fn programs_get_every_vault_that_has_an_address() {
        let vaults = [vault(0, Seen::Answered(look(0))), vault(1, unreachable()), vault(2, Seen::NoAddress)];
        let reports = reports(&vaults, Some(InstitutionId(0)), SETTING);
        let seen: Vec<_> = reports.iter().map(|it| (it.institution.0, it.own, it.answers, it.verdict)).collect();
        assert_eq!(seen, [(0, true, true, Ok), (1, false, false, Failure)]);
        assert_eq!(reports[0].certificate_ends, Some(NOW + 60 * DAY));
        assert_eq!(reports[1].faults.len(), 1);
    }
}
