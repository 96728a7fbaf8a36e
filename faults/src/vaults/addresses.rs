// SPDX-License-Identifier: Apache-2.0

//! The ports of a run's vault services, and the addresses that the chain has.

/// The first of the ports at which readers reach the services.
pub(super) const PUBLIC: u16 = 18_000;
/// The first of the ports at which the services listen.
pub(super) const BEHIND: u16 = 18_100;
/// The first of the ports for monitoring.
pub(super) const MONITORING: u16 = 18_200;
/// The first of the ports at which services reach their nodes.
pub(super) const NODES: u16 = 18_300;
/// The address of a hospital's vault service, as the chain has it.
pub fn address(hospital: usize) -> String {
    format!("http://{}", authority(hospital))
}

/// Host and port of a hospital's vault service, as the chain has them.
pub(super) fn authority(hospital: usize) -> String {
    format!("127.0.0.1:{}", port(PUBLIC, hospital))
}

/// The port of a hospital, among those from `first` on.
pub(super) fn port(first: u16, hospital: usize) -> u16 {
    first.saturating_add(u16::try_from(hospital).unwrap_or(u16::MAX))
}
