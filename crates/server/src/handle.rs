//! The region as a desk sees it, in the same process: what tests put where the network would be.

use crate::region::Region;
use esik_domain::ids::{CaseId, DeviceId};
use esik_wire::bundle::SignedReceipt;
use esik_wire::{
    BlobStatus, EnrollRequest, EnrollResponse, FeedPage, FeedRequest, GiveBack, GivenBack,
    HelloRequest, HelloResponse, PushResponse, Segment, SignedPublication, SyncApi, SyncFailure,
    TreeProof, TreeProofRequest,
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
    async fn tree_proof(&self, r: TreeProofRequest) -> Result<TreeProof, SyncFailure> {
        Ok(self.region.tree_proof(self.device, r).await?)
    }
    async fn file(&self, hash: String) -> Result<Vec<u8>, SyncFailure> {
        Ok(self.region.file(self.device, hash).await?)
    }
    async fn blob(&self, hash: String) -> Result<BlobStatus, SyncFailure> {
        Ok(self.region.blob(self.device, hash).await?)
    }
    async fn put_blob_chunk(
        &self,
        hash: String,
        n: u32,
        bytes: Vec<u8>,
    ) -> Result<BlobStatus, SyncFailure> {
        Ok(self.region.put_blob_chunk(self.device, hash, n, bytes.into()).await?)
    }
    async fn commit_blob(&self, hash: String) -> Result<BlobStatus, SyncFailure> {
        Ok(self.region.commit_blob(self.device, hash).await?)
    }
    async fn bundle(&self, bytes: Vec<u8>) -> Result<SignedReceipt, SyncFailure> {
        Ok(self.region.carry_bundle(self.device, bytes).await?)
    }
    async fn give_back(&self, r: GiveBack) -> Result<GivenBack, SyncFailure> {
        Ok(self.region.give_back(self.device, r).await?)
    }
    async fn blob_chunk(&self, hash: String, n: u32) -> Result<Vec<u8>, SyncFailure> {
        Ok(self.region.blob_chunk(self.device, hash, n).await?.to_vec())
    }
}
