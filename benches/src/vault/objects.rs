// SPDX-License-Identifier: Apache-2.0

//! Many small objects, put into vault services as an import puts them, beside the same files on the disk.

use super::{Options, Service, CLOSED};
use crate::{person::Person, report::Spread};
use anyhow::{Context, Result};
use rustix::fs::syncfs;
use salus_gate::{
    protocol::{AnnouncedObject, GateRequest, StageRequest},
    system_now,
};
use salus_primitives::{ChartId, Digest, MemberId};
use salus_sealing::keys::Identity;
use salus_vault_client::{Address, SealedObject, VaultClient};
use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// Objects of one upload: an import sends a blob and an envelope for each of 64 records.
const OF_ONE_UPLOAD: usize = 128;
/// The least and the most bytes of an object.
const SIZES: [usize; 2] = [1024, 4096];

/// A vault service, and what it took in each turn.
struct Measured {
    name: &'static str,
    address: Address,
    took: Vec<Duration>,
    _service: Service,
}

/// Puts `count` objects into each service, and into plain files, in turn; prints.
pub(super) async fn run(count: u32, options: &Options, person: &Person, folder: &Path) -> Result<()> {
    let programs = [("baseline", options.baseline_salus_vault.as_ref()), ("this version", Some(&options.salus_vault))];
    let mut measured = Vec::new();
    for (name, program) in programs {
        let Some(program) = program else { continue };
        let (own, listen) = (folder.join(name.replace(' ', "-")), super::free_address()?);
        fs::create_dir(&own)?;
        let address = Address::parse(&format!("http://{listen}")).context("no address")?;
        let service = Service::start(program, &own, &listen, person.node())?;
        measured.push(Measured { name, address, took: Vec::new(), _service: service });
    }
    sleep(CLOSED).await;
    let writer = Writer::of(person).await?;
    println!(
        "{count} objects of {} to {} bytes, in uploads of {OF_ONE_UPLOAD}, one after the other",
        SIZES[0], SIZES[1]
    );
    let mut files = Vec::new();
    for turn in 0..options.times {
        let begun = Instant::now();
        write_files(&folder.join(format!("files-{turn}")), &contents(count, turn))?;
        files.push(begun.elapsed());
        for service in &mut measured {
            let objects: Vec<_> = contents(count, turn).into_iter().map(SealedObject::of).collect();
            let begun = Instant::now();
            for part in objects.chunks(OF_ONE_UPLOAD) {
                writer.put(&service.address, part).await?;
            }
            service.took.push(begun.elapsed());
        }
    }
    let files = Spread::of(files).percentile(50);
    let told = |name: &str, took: Duration| {
        let (speed, ratio) = (f64::from(count) / took.as_secs_f64(), took.as_secs_f64() / files.as_secs_f64());
        println!("{name}: {speed:.0} objects/s, {ratio:.1} times as long as the files");
    };
    told("plain files, one sync for all", files);
    let medians = measured.into_iter().map(|it| (it.name, Spread::of(it.took).percentile(50)));
    let medians: Vec<_> = medians.inspect(|(name, took)| told(name, *took)).collect();
    if let [(_, baseline), (_, now)] = medians[..] {
        println!("ratio to the baseline: {:.2} times as fast", baseline.as_secs_f64() / now.as_secs_f64());
    }
    Ok(())
}

/// Objects that no other turn has.
fn contents(count: u32, turn: u32) -> Vec<Vec<u8>> {
    let sizes: Vec<_> = (SIZES[0]..=SIZES[1]).collect();
    let content = |(number, size): (u32, &usize)| {
        let mut content = vec![7; *size];
        let place = ((u64::from(turn) << 32) | u64::from(number)).to_be_bytes();
        content.iter_mut().zip(place).for_each(|(byte, of_place)| *byte = of_place);
        content
    };
    // A step that has no divisor in common with the number of sizes: neighbors differ much, and each size comes up.
    (0..count).zip(sizes.iter().cycle().step_by(997)).map(content).collect()
}

/// A file for each content, and one sync for all.
fn write_files(folder: &Path, contents: &[Vec<u8>]) -> Result<()> {
    fs::create_dir(folder)?;
    for (number, content) in contents.iter().enumerate() {
        fs::write(folder.join(number.to_string()), content)?;
    }
    Ok(syncfs(File::open(folder)?)?)
}

/// The patient, who stages what the chart will name.
struct Writer {
    client: VaultClient,
    genesis: Digest,
    identity: Identity,
    member: MemberId,
    chart: ChartId,
}

impl Writer {
    async fn of(person: &Person) -> Result<Self> {
        let genesis = person.genesis().await?;
        let member = person.member.parse().ok().context("no member")?;
        let chart = person.chart.parse().ok().context("no chart")?;
        Ok(Self { client: VaultClient::new(genesis)?, genesis, identity: person.identity()?, member, chart })
    }

    /// Returns once the service says that the objects are on its disk.
    async fn put(&self, address: &Address, objects: &[SealedObject]) -> Result<()> {
        let announced = objects.iter().map(|it| AnnouncedObject { id: it.id(), size: it.size(), record: None });
        let request =
            StageRequest { chart: self.chart, scope: None, writer: self.member, objects: announced.collect() };
        let signed = request.sign(&self.genesis, address.authority(), self.identity.transaction(), system_now());
        Ok(self.client.store(address, &signed, objects).await?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_object_occurs_twice_and_all_are_small() {
        let all: Vec<_> = (0..3).flat_map(|turn| contents(5_000, turn)).collect();
        assert!(all.iter().all(|content| (SIZES[0]..=SIZES[1]).contains(&content.len())));
        assert!([SIZES[0], SIZES[1]].iter().all(|size| all.iter().any(|content| content.len() == *size)));
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
