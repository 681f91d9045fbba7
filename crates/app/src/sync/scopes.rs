//! Which feeds this desk follows from a greeting on (docs/adr/0046).

use esik_domain::ids::{CaseId, DeviceId};
use esik_store::{StoreError, Tx, log};
use esik_wire::HelloResponse;

/// What this desk may no longer follow is hidden at once, and erased when nobody can need it from here; what it follows
/// from now on is read as it is. Gives the cases that look otherwise.
pub(super) fn follow(
    tx: &mut Tx<'_>,
    own: DeviceId,
    hello: &HelloResponse,
) -> Result<Vec<CaseId>, StoreError> {
    let touched = log::follow_only(tx, &hello.scopes)?;
    for scope in &hello.scopes {
        log::read_first(tx, scope, hello.region_pos)?;
    }
    if let Some(durable) = hello.durable_pos {
        log::erase_gone(tx, own, durable, hello.server_time)?;
    }
    Ok(touched)
}
