// SPDX-License-Identifier: Apache-2.0

//! Refuses to start a node where another program already listens.
//!
//! The SDK is lenient. When the RPC port is in use, it takes a random one. It shares a peer port with the node that has
//! it, and skips metrics when their port is in use. It logs none of this. So operators would query and watch one node,
//! and take it for another.

use sc_network::{multiaddr::Protocol, Multiaddr};
use sc_service::Configuration;
use socket2::{Domain, Socket, Type};
use std::{
    io,
    net::{IpAddr, SocketAddr},
};

/// Checks every port that the command line names, and makes the RPC server insist on its port.
pub(crate) fn claim(config: &mut Configuration) -> Result<(), String> {
    for endpoint in config.rpc.addr.iter_mut().flatten() {
        // Another program may take the port between this check and the start of the server.
        endpoint.retry_random_port = false;
        refuse_if_taken(Listener::Clients, Type::STREAM, endpoint.listen_addr)?;
    }
    if let Some(metrics) = &config.prometheus_config {
        refuse_if_taken(Listener::Metrics, Type::STREAM, metrics.port)?;
    }
    for address in &config.network.listen_addresses {
        if let Some((kind, address)) = socket_of(address) {
            refuse_if_taken(Listener::Peers, kind, address)?;
        }
    }
    Ok(())
}

/// The use of a port.
#[derive(Clone, Copy)]
enum Listener {
    Clients,
    Metrics,
    Peers,
}

impl Listener {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Clients => "clients (RPC)",
            Self::Metrics => "metrics (Prometheus)",
            Self::Peers => "other nodes",
        }
    }

    const fn option(self) -> &'static str {
        match self {
            Self::Clients => "--rpc-port",
            Self::Metrics => "--prometheus-port",
            Self::Peers => "--port` or `--listen-addr",
        }
    }
}

fn refuse_if_taken(listener: Listener, kind: Type, address: SocketAddr) -> Result<(), String> {
    match try_to_listen(kind, address) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(format!(
            "the port for {}, `{address}`, is in use on this machine\n\
             hint: stop the other program, perhaps a node that still runs, or name a free port with `{}`",
            listener.purpose(),
            listener.option(),
        )),
        // The SDK reports every other reason, or does without IPv6 where the machine has none.
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Listens for a moment, without sharing the port.
fn try_to_listen(kind: Type, address: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if kind == Type::STREAM {
        // A node can start while connections of the previous one are still closing.
        socket.set_reuse_address(true)?;
    }
    socket.bind(&address.into())?;
    match kind {
        Type::STREAM => socket.listen(1),
        _ => Ok(()),
    }
}

/// Returns the socket that listens at a network address; `None` for an address of no interface of this machine.
fn socket_of(address: &Multiaddr) -> Option<(Type, SocketAddr)> {
    let mut parts = address.iter();
    let host: IpAddr = match parts.next()? {
        Protocol::Ip4(host) => host.into(),
        Protocol::Ip6(host) => host.into(),
        _ => return None,
    };
    match parts.next()? {
        Protocol::Tcp(port) => Some((Type::STREAM, SocketAddr::new(host, port))),
        Protocol::Udp(port) => Some((Type::DGRAM, SocketAddr::new(host, port))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal_of(kind: Type, address: SocketAddr) -> Option<String> {
        refuse_if_taken(Listener::Peers, kind, address).err()
    }

    #[test]
    fn a_port_is_refused_while_another_program_listens_and_free_afterwards() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let refusal = refusal_of(Type::STREAM, address).unwrap();
        assert!(refusal.contains(&address.to_string()) && refusal.contains("\nhint: "), "{refusal}");
        // The check also finds a program that listens on all addresses.
        assert!(refusal_of(Type::STREAM, SocketAddr::new([0, 0, 0, 0].into(), address.port())).is_some());
        assert_eq!(refusal_of(Type::DGRAM, address), None);
        drop(listener);
        assert_eq!(refusal_of(Type::STREAM, address), None);
    }

    #[test]
    fn a_port_that_would_be_shared_is_refused() {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.set_reuse_address(true).unwrap();
        listener.set_reuse_port(true).unwrap();
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        listener.listen(1).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        assert!(refusal_of(Type::STREAM, address).is_some());
    }

    #[test]
    fn connections_that_a_node_leaves_behind_do_not_count() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let client = std::net::TcpStream::connect(address).unwrap();
        let (server, _) = listener.accept().unwrap();
        // The side that closes first keeps the connection in its wait state.
        drop((listener, server));
        drop(client);
        assert_eq!(refusal_of(Type::STREAM, address), None);
    }

    #[test]
    fn any_port_is_free() {
        assert_eq!(refusal_of(Type::STREAM, ([127, 0, 0, 1], 0).into()), None);
    }

    #[test]
    fn sockets_are_those_of_the_addresses() {
        let of = |text: &str| socket_of(&text.parse().unwrap()).map(|(kind, address)| (kind, address.to_string()));
        assert_eq!(of("/ip4/0.0.0.0/tcp/30333"), Some((Type::STREAM, "0.0.0.0:30333".into())));
        assert_eq!(of("/ip6/::/tcp/30333/ws"), Some((Type::STREAM, "[::]:30333".into())));
        assert_eq!(of("/ip4/127.0.0.1/udp/30333/webrtc-direct"), Some((Type::DGRAM, "127.0.0.1:30333".into())));
        assert_eq!(of("/dns/localhost/tcp/30333"), None);
    }
}
