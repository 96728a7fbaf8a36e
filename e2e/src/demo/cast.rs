// SPDX-License-Identifier: Apache-2.0

//! Who takes part, and how they join.

use super::machines::Machines;
use crate::{
    salus::Salus,
    steps::Steps,
    vault_service::{enter_address, member_key, ServicePlace, VaultService},
};
use anyhow::{bail, ensure, Context, Result};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::time::sleep;

/// All people, each with a computer of their own, and the vault services of the institutions. No computer has another's disk.
pub(super) struct Cast {
    /// Staff of the two hospitals of the `dev` chain, and later of the laboratory.
    pub(super) staff: Salus,
    pub(super) patient: Salus,
    pub(super) doctor_a: Salus,
    pub(super) doctor_b: Salus,
    pub(super) technician: Salus,
    pub(super) other_patient: Salus,
    pub(super) stranger: Salus,
    machines: Machines,
    services: Vec<VaultService>,
    pub(super) ids: Members,
    /// The patient's chart.
    pub(super) chart: String,
    /// The grants with which the patient approved doctor B's request.
    pub(super) grants_to_b: Vec<u64>,
    /// The number of the chart's compartment for laboratory results.
    pub(super) laboratory: u64,
}

/// The members' numbers.
#[derive(Default)]
pub(super) struct Members {
    pub(super) doctor_a: u64,
    pub(super) doctor_b: u64,
    pub(super) technician: u64,
}

/// The institutions' numbers: two stand in the genesis, the third is admitted.
pub(super) const HOSPITAL_1: u32 = 0;
pub(super) const HOSPITAL_2: u32 = 1;
const LABORATORY: u32 = 2;

/// The name under which each person keeps their own identity.
const OWN: &str = "me";

impl Cast {
    /// Makes all identities, starts the vault services, admits the laboratory, and lets all but the stranger join.
    ///
    /// The people of hospital 1 ask the first node of `nodes`, all others the second one.
    pub(super) async fn enter(folder: &Path, machines: Machines, nodes: [&str; 2], steps: &mut Steps) -> Result<Self> {
        let [one, two] = nodes;
        let computer = |name: &str, node| {
            anyhow::Ok(Salus::with_services(&machines.computer(name), node)?.within(machines.around_computer(name)?))
        };
        let mut cast = Self {
            staff: computer("staff", one)?,
            patient: computer("patient", one)?.acting_as(OWN),
            doctor_a: computer("doctor-a", one)?.acting_as(OWN),
            doctor_b: computer("doctor-b", two)?.acting_as(OWN),
            technician: computer("technician", two)?.acting_as(OWN),
            other_patient: computer("other-patient", two)?.acting_as(OWN),
            stranger: computer("stranger", two)?.acting_as(OWN),
            services: Vec::new(),
            ids: Members::default(),
            chart: String::new(),
            grants_to_b: Vec::new(),
            laboratory: 0,
            machines,
        };
        cast.make_identities(steps).await?;
        cast.start_hospitals_services(nodes, steps).await?;
        cast.admit_laboratory(two, steps).await?;

        steps.begin("vouchers, joining, two verifiers");
        let invitations = folder.join("vouchers");
        std::fs::create_dir_all(&invitations)?;
        let mut newcomers = Vec::new();
        for (name, institution, role, person) in [
            ("patient", HOSPITAL_1, "patient", &cast.patient),
            ("other-patient", HOSPITAL_2, "patient", &cast.other_patient),
            ("doctor-a", HOSPITAL_1, "clinician", &cast.doctor_a),
            ("doctor-b", HOSPITAL_2, "clinician", &cast.doctor_b),
            ("technician", LABORATORY, "laboratory", &cast.technician),
        ] {
            let voucher = invitations.join(format!("{name}.json"));
            issue(&cast.staff, institution, role, &voucher).await?;
            newcomers.push((person.clone(), voucher));
        }
        let joined = join(&cast.staff, &newcomers).await?;
        let [_, _, doctor_a, doctor_b, technician] = joined[..] else { bail!("five join: {joined:?}") };
        cast.ids = Members { doctor_a, doctor_b, technician };
        steps.check("five members are active, each verified by two institutions", true)?;
        let voucher = invitations.join("patient.json");
        let reason = cast.stranger.refused(&["join", text(&voucher)?]).await?;
        steps.check("a voucher that was redeemed is refused", reason.contains("redeemed already"))?;
        Ok(cast)
    }

    /// Lets an auditor join hospital 1, on a computer of its staff.
    pub(super) async fn admit_auditor(&self, folder: &Path) -> Result<Salus> {
        let auditor = self.staff.acting_as("auditor-1");
        auditor.json(&["key", "new", "auditor-1"]).await?;
        let voucher = folder.join("vouchers/auditor.json");
        issue(&self.staff, HOSPITAL_1, "auditor", &voucher).await?;
        join(&self.staff, &[(auditor.clone(), voucher)]).await?;
        Ok(auditor)
    }

    async fn make_identities(&self, steps: &mut Steps) -> Result<()> {
        steps.begin("keys for all people, each on a computer of their own");
        for hospital in ["1", "2"] {
            let uri = format!("//Hospital{hospital}");
            self.staff.json(&["key", "import", &format!("hospital-{hospital}"), "--uri", &uri]).await?;
            for (name, role) in [("issuer", "Issuer"), ("verifier", "Verifier"), ("delegate", "Delegate")] {
                let name = format!("{name}-{hospital}");
                self.staff.json(&["key", "import", &name, "--uri", &format!("{uri}//{role}")]).await?;
            }
        }
        self.staff.json(&["key", "new", "laboratory"]).await?;
        for person in
            [&self.patient, &self.doctor_a, &self.doctor_b, &self.technician, &self.other_patient, &self.stranger]
        {
            person.json(&["key", "new", OWN]).await?;
        }
        steps.note("the hospitals' staff uses the development keys that the chain begins with");
        Ok(())
    }

    /// The folder of an institution's vault.
    pub(super) fn vault_of(&self, institution: u32) -> PathBuf {
        self.machines.institution(institution).join("vault")
    }

    fn place(&self, institution: u32, node: &str) -> Result<ServicePlace> {
        let folder = self.machines.institution(institution);
        // The laboratory, which joins later, has no member with the role service.
        let further = match institution {
            LABORATORY => String::new(),
            hospital => {
                member_key(&folder, &format!("//Hospital{}//Service//transaction", hospital.saturating_add(1)))?
            }
        };
        let place = ServicePlace::prepare(&folder, institution, node, &further)?;
        Ok(place.within(self.machines.around_institution(institution)?))
    }

    /// The folder with those of all institutions: vaults, configurations and logs.
    pub(super) fn institutions(&self) -> PathBuf {
        self.machines.institutions()
    }

    /// Ends the vault services.
    pub(super) async fn stop_services(&mut self) -> Result<()> {
        for service in self.services.drain(..) {
            service.stop().await?;
        }
        Ok(())
    }

    async fn start_hospitals_services(&mut self, nodes: [&str; 2], steps: &mut Steps) -> Result<()> {
        steps.begin("each hospital starts its vault service, and the council enters its address");
        for (name, institution, node) in [("1", HOSPITAL_1, nodes[0]), ("2", HOSPITAL_2, nodes[1])] {
            let place = self.place(institution, node)?;
            self.services.push(place.start().await?);
            let delegates = ["delegate-1", "delegate-2"].map(|delegate| self.staff.acting_as(delegate));
            let address = place.address();
            let entered = enter_address(&delegates, institution, &address, None).await;
            steps.check(&format!("hospital {name}: {address}, before a disk of its own"), entered.is_ok())?;
        }
        self.machines.show_walls(steps).await
    }

    async fn admit_laboratory(&mut self, node: &str, steps: &mut Steps) -> Result<()> {
        steps.begin("the council admits a laboratory");
        let keys = self.staff.json(&["key", "show", "laboratory"]).await?;
        let (issuing, encryption) = (string(&keys, "/membership")?, string(&keys, "/encryption/key")?);
        let proposer = self.staff.acting_as("delegate-1");
        let admit = ["institution", "admit", "--kind", "laboratory", "--issuing-key", &issuing];
        let place = self.place(LABORATORY, node)?;
        let further = ["--encryption-key", &encryption, "--vault-address", &place.address()];
        let proposed = proposer.json(&[&admit[..], &further].concat()).await?;
        let proposal = string(&proposed, "/progress/waiting/proposal")?;
        steps.check("one vote is not enough", proposed.pointer("/institution") == Some(&Value::Null))?;
        let decided = self.staff.acting_as("delegate-2").json(&["council", "approve", &proposal, "--yes"]).await?;
        steps.check(
            "with the second hospital's vote it is admitted",
            number(&decided, "/institution")? == u64::from(LABORATORY),
        )?;
        // A service wants to find its institution on the chain; hospital 2's node may be a block behind.
        self.services.push(started(&place).await?);
        Ok(())
    }
}

/// The service at `place`, once its node knows the institution.
async fn started(place: &ServicePlace) -> Result<VaultService> {
    for _ in 0..20 {
        match place.start().await {
            Err(error) if error.to_string().contains("no institution") => sleep(Duration::from_millis(500)).await,
            started => return started,
        }
    }
    place.start().await
}

/// Issues a voucher into `file`.
async fn issue(staff: &Salus, institution: u32, role: &str, file: &Path) -> Result<()> {
    let issuer = match institution {
        HOSPITAL_1 => "hospital-1",
        HOSPITAL_2 => "hospital-2",
        _ => "laboratory",
    };
    let institution = institution.to_string();
    let issue = ["voucher", "issue", "--institution", &institution, "--role", role, "--out", text(file)?];
    staff.acting_as(issuer).json(&issue).await?;
    Ok(())
}

/// Lets newcomers redeem their vouchers and answer two challenges each, all at once; the numbers of the new members.
async fn join(staff: &Salus, newcomers: &[(Salus, PathBuf)]) -> Result<Vec<u64>> {
    let redeem =
        newcomers.iter().map(|(person, voucher)| Ok((person, vec!["join".to_owned(), text(voucher)?.to_owned()])));
    let redeemed = at_once(redeem.collect::<Result<Vec<_>>>()?).await?;
    let members = redeemed.iter().map(|joined| number(joined, "/member")).collect::<Result<Vec<_>>>()?;
    // Each verifier signs one transaction after the other.
    let [one, two] = ["verifier-1", "verifier-2"].map(|verifier| challenge(staff.acting_as(verifier), &members));
    tokio::try_join!(one, two)?;
    let answer = newcomers.iter().map(|(person, _)| (person, vec!["verify".to_owned(), "answer".to_owned()]));
    for (answered, member) in at_once(answer.collect()).await?.iter().zip(&members) {
        let status = answered.pointer("/status").and_then(Value::as_str);
        ensure!(status == Some("active"), "member {member} is {status:?} after two answers");
    }
    Ok(members)
}

async fn challenge(verifier: Salus, members: &[u64]) -> Result<()> {
    for member in members {
        verifier.json(&["verify", "challenge", &member.to_string()]).await?;
    }
    Ok(())
}

/// Runs a command of each person at once, each on the own computer; the answers in the same order.
async fn at_once(commands: Vec<(&Salus, Vec<String>)>) -> Result<Vec<Value>> {
    let run = |(person, arguments): (&Salus, Vec<String>)| {
        let person = person.clone();
        tokio::spawn(async move { person.json(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await })
    };
    let mut answers = Vec::new();
    for running in commands.into_iter().map(run).collect::<Vec<_>>() {
        answers.push(running.await??);
    }
    Ok(answers)
}

pub(super) fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("`{}` is not UTF-8", path.display()))
}

pub(super) fn string(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    Ok(found.with_context(|| format!("there is no text at {pointer} of {value}"))?.to_owned())
}

pub(super) fn number(value: &Value, pointer: &str) -> Result<u64> {
    value
        .pointer(pointer)
        .and_then(Value::as_u64)
        .with_context(|| format!("there is no number at {pointer} of {value}"))
}

pub(super) fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().with_context(|| format!("this is not a list: {value}"))
}
