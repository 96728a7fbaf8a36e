// SPDX-License-Identifier: Apache-2.0

//! One reader cannot take the places of all, and a connection that takes no bytes ends.

use crate::messages::{answer, custody, message, problem, settings};
use axum::http::{header, StatusCode};
use axum_server::Handle;
use salus_gate::protocol::{GateRefusal, GateRequest, Signed, CONTENT_DIGEST, GENESIS};
use salus_gate_testing::{by_doctor, by_patient, forged, World, GATE, GENESIS as CHAIN};
use salus_vault_service::{connections::Connections, limits::ServiceLimits, Metrics, Service, ServiceSettings};
use std::{net::SocketAddr, num::NonZeroU32, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout, Instant},
};
use tower::ServiceExt;

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

fn few() -> ServiceLimits {
    ServiceLimits {
        under_way_of_one: number(2),
        connections: number(2),
        stalled_seconds: number(1),
        hourly_mebibytes_of_one: number(1),
    }
}

fn service(world: &World, metrics: &Metrics) -> axum::Router {
    Service::new(world.gate(), custody(world), metrics.clone(), ServiceSettings { limits: few(), ..settings() })
        .router()
}

#[tokio::test]
async fn one_reader_has_so_many_answers_under_way_and_others_have_theirs() {
    let world = World::new().await;
    let metrics = Metrics::new().unwrap();
    let router = service(&world, &metrics);
    let mut under_way = Vec::new();
    for _ in 0..2 {
        under_way.push(router.clone().oneshot(message(&world.signed(by_patient(0)))).await.unwrap());
    }
    let (status, headers, _) = answer(&router, message(&world.signed(by_patient(0)))).await;
    assert_eq!((status, &headers[header::RETRY_AFTER]), (StatusCode::TOO_MANY_REQUESTS, &"10".parse().unwrap()));
    let refused = problem(&router, message(&world.signed(by_patient(0)))).await;
    assert_eq!(refused.refusal, Some(GateRefusal::TooManyUnderWay));
    // Requests in the patient's name, by another key or by none, are refused as ever, and take none of the patient's places.
    assert_eq!(problem(&router, message(&forged(&world.signed(by_patient(0))))).await.status, 401);
    assert_eq!(answer(&router, message(&world.signed(by_doctor(0)))).await.0, StatusCode::OK);
    under_way.pop();
    assert_eq!(answer(&router, message(&world.signed(by_patient(0)))).await.0, StatusCode::OK);
    assert!(metrics.text().unwrap().contains("outcome=\"too-many-under-way\",path=\"/v1/release\"} 2"));
}

#[tokio::test]
async fn who_read_as_much_as_one_may_within_an_hour_is_told_how_long_to_wait() {
    let world = World::new().await;
    let large = world.version(salus_gate_testing::record(0), 0, 0, &vec![7; 3 << 19]).await;
    world.change(|state| {
        state.versions.insert((salus_gate_testing::record(0), 0), large.clone());
    });
    let router = service(&world, &Metrics::new().unwrap());
    assert_eq!(answer(&router, message(&world.signed(by_patient(0)))).await.0, StatusCode::OK);
    let (status, headers, body) = answer(&router, message(&world.signed(by_patient(0)))).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    let told: salus_gate::protocol::Problem = serde_json::from_slice(&body).unwrap();
    let Some(GateRefusal::ReadTooMuch(seconds)) = told.refusal else { panic!("{told:?}") };
    assert_eq!(headers[header::RETRY_AFTER], seconds.to_string());
    // Half of what may be read within an hour is to wear off, and the padding of the blob.
    assert!((1_800..2_500).contains(&seconds), "{seconds}");
    assert_eq!(answer(&router, message(&world.signed(by_doctor(0)))).await.0, StatusCode::OK);
}

/// The service on a port of this machine.
async fn listening(world: &World, metrics: &Metrics) -> SocketAddr {
    let handle = Handle::new();
    let connections = Connections::new(&few(), metrics.clone());
    let server = axum_server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).acceptor(connections).handle(handle.clone());
    tokio::spawn(server.serve(service(world, metrics).into_make_service()));
    handle.listening().await.unwrap()
}

/// The bytes of a message on a connection.
fn bytes_of<R: GateRequest>(signed: &Signed<R>) -> Vec<u8> {
    let (fields, body) = (signed.fields(), signed.body());
    let digest = salus_gate::protocol::content_digest(body);
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {GATE}\r\n{GENESIS}: {CHAIN}\r\n{CONTENT_DIGEST}: {digest}\r\n\
         Signature-Input: {}\r\nSignature: {}\r\nContent-Length: {}\r\n\r\n",
        R::PATH,
        fields.input,
        fields.signature,
        body.len()
    );
    [head.as_bytes(), body].concat()
}

async fn until(metrics: &Metrics, line: &str) {
    let end = Instant::now() + Duration::from_secs(20);
    while !metrics.text().unwrap().lines().any(|found| found == line) {
        assert!(Instant::now() < end, "{line} in {}", metrics.text().unwrap());
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_reader_who_stops_reading_loses_its_place() {
    let world = Arc::new(World::new().await);
    // More than the buffers of both ends take.
    let large = world.version(salus_gate_testing::record(0), 0, 0, &vec![7; 32 << 20]).await;
    world.change(|state| {
        state.versions.insert((salus_gate_testing::record(0), 0), large.clone());
    });
    let metrics = Metrics::new().unwrap();
    let address = listening(&world, &metrics).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let mut stalled = socket.connect(address).await.unwrap();
    stalled.write_all(&bytes_of(&world.signed(by_doctor(0)))).await.unwrap();
    let mut begun = [0; 12];
    stalled.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
    until(&metrics, "salus_vault_connections 1").await;
    until(&metrics, "salus_vault_closed_connections_total{reason=\"stalled\"} 1").await;
    until(&metrics, "salus_vault_connections 0").await;
    // The rest of what was under way arrives, and then the connection ends in the midst of the answer.
    let mut rest = Vec::new();
    let _ = timeout(Duration::from_secs(20), stalled.read_to_end(&mut rest)).await.unwrap();
    assert!(rest.len() < 32 << 20);
}

#[tokio::test]
async fn a_reader_who_reads_slowly_is_served_to_the_end() {
    let world = World::new().await;
    let large = world.version(salus_gate_testing::record(0), 0, 0, &vec![7; 16 << 20]).await;
    world.change(|state| {
        state.versions.insert((salus_gate_testing::record(0), 0), large.clone());
    });
    let metrics = Metrics::new().unwrap();
    let address = listening(&world, &metrics).await;
    let mut slow = TcpStream::connect(address).await.unwrap();
    let message = String::from_utf8(bytes_of(&world.signed(by_doctor(0)))).unwrap();
    slow.write_all(message.replacen("\r\n", "\r\nConnection: close\r\n", 1).as_bytes()).await.unwrap();
    let (began, mut read, mut piece) = (Instant::now(), 0, vec![0; 1 << 20]);
    loop {
        match slow.read(&mut piece).await.unwrap() {
            0 => break,
            bytes => read += bytes,
        }
        // Longer in all than a connection may stand still.
        sleep(Duration::from_millis(20)).await;
    }
    assert!(read > 16 << 20 && began.elapsed() > Duration::from_millis(300));
    assert!(metrics.text().unwrap().contains("salus_vault_closed_connections_total{reason=\"stalled\"} 0"));
}

#[tokio::test]
async fn connections_are_bounded_before_anything_comes_over_them() {
    let world = World::new().await;
    let metrics = Metrics::new().unwrap();
    let address = listening(&world, &metrics).await;
    let mut silent = vec![TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap()];
    until(&metrics, "salus_vault_connections 2").await;
    let mut third = TcpStream::connect(address).await.unwrap();
    let ended = timeout(Duration::from_secs(20), third.read(&mut [0; 1])).await.unwrap();
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    until(&metrics, "salus_vault_closed_connections_total{reason=\"too-many\"} 1").await;
    silent.pop();
    until(&metrics, "salus_vault_connections 1").await;
    let mut reader = TcpStream::connect(address).await.unwrap();
    reader.write_all(&bytes_of(&world.signed(by_doctor(0)))).await.unwrap();
    let mut begun = [0; 12];
    reader.read_exact(&mut begun).await.unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
}
