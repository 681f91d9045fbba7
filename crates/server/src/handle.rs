//! The region as a desk sees it, in the same process: what tests put where the network would be.

use crate::region::Region;
use esik_domain::ids::{CaseId, DeviceId};
use esik_wire::{
    EnrollRequest, EnrollResponse, FeedPage, FeedRequest, HelloRequest, HelloResponse,
    PushResponse, Segment, SignedPublication, SyncApi, SyncFailure,
};
use std::sync::Arc;

/// A desk's line to a region in the same process. The device counts as authenticated.
#[derive(Clone)]
pub struct RegionHandle {
    pub region: Arc<Region>,
    pub device: DeviceId,
}

impl SyncApi for RegionHandle {
    async fn enroll(&self, r: EnrollRequest) -> Result<EnrollResponse, SyncFailure> {
        Ok(self.region.enroll(r, self.device.to_string()).await?)
    }
    async fn hello(&self, r: HelloRequest) -> Result<HelloResponse, SyncFailure> {
        Ok(self.region.hello(self.device, r).await?)
    }
    async fn push(&self, r: Segment) -> Result<PushResponse, SyncFailure> {
        Ok(self.region.push(self.device, r).await?)
    }
    async fn feed(&self, r: FeedRequest) -> Result<FeedPage, SyncFailure> {
        Ok(self.region.feed(self.device, r).await?)
    }
    async fn case_events(&self, case: CaseId) -> Result<FeedPage, SyncFailure> {
        Ok(self.region.case_events(self.device, case).await?)
    }
    async fn publication(&self, hash: String) -> Result<SignedPublication, SyncFailure> {
        Ok(self.region.publication(self.device, hash).await?)
    }
    async fn file(&self, hash: String) -> Result<Vec<u8>, SyncFailure> {
        Ok(self.region.file(self.device, hash).await?)
    }
}
