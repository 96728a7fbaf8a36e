// SPDX-License-Identifier: Apache-2.0

//! The lines about requests in the service's log.

use crate::messages::{answer, custody, get, message, settings};
use salus_gate::protocol::{AnnouncedObject, StageRequest};
use salus_gate_testing::{World, CHART, DOCTOR};
use salus_vault::object_id;
use salus_vault_service::{Metrics, Service};

#[tokio::test]
async fn one_line_has_all_served_and_refused_requests_and_names_no_reader() {
    let world = World::new().await;
    let service = Service::new(world.gate(), custody(&world), Metrics::new().unwrap(), settings());
    let router = service.router();
    assert_eq!(service.next_log_line(), None);
    for size in [3, 0, 3] {
        let objects = vec![AnnouncedObject { id: object_id(b"abc"), size, record: None }];
        let request = StageRequest { chart: CHART, scope: None, writer: DOCTOR, objects };
        answer(&router, message(&world.signed(request))).await;
    }
    // A message that the gate cannot judge counts as invalid; another path is none of the service's.
    let upload = axum::http::Request::head("/v1/uploads/name-of-a-patient").body(axum::body::Body::empty()).unwrap();
    answer(&router, upload).await;
    answer(&router, get("/name-of-a-patient")).await;
    let line = service.next_log_line().unwrap();
    assert_eq!(line, "requests: /v1/stage served 2, /v1/stage unacceptable 1, /v1/uploads invalid 1");
    assert_eq!(service.next_log_line(), None);
}
