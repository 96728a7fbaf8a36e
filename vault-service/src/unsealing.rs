// SPDX-License-Identifier: Apache-2.0

//! Content keys, and names of compartments, for members, of what was granted to their institution.

use super::service::{json, Served, Service};
use axum::response::Response;
use salus_gate::{
    protocol::{GateRefusal, Signed, UnsealProfileRequest, UnsealRequest},
    ChainView, GateError,
};

impl<C: ChainView + Send> Served<C> for UnsealRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        let custody = &service.custody;
        let key = custody.key.as_ref().ok_or(GateRefusal::CannotUnseal)?;
        Ok(json(&service.gate.unseal(signed, custody.institution, key).await?))
    }
}

impl<C: ChainView + Send> Served<C> for UnsealProfileRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        let custody = &service.custody;
        let key = custody.key.as_ref().ok_or(GateRefusal::CannotUnseal)?;
        Ok(json(&service.gate.unseal_profile(signed, custody.institution, key).await?))
    }
}
