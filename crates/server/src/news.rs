//! Who waits for news of which feed. A commit wakes those alone whom it concerns: woken for each push of the region,
//! four hundred desks that listen would ask the store more than those that push.

use esik_domain::ids::Scope;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// A bell for each feed that somebody listens to.
#[derive(Debug, Default)]
pub struct News(Mutex<HashMap<Scope, watch::Sender<()>>>);

/// Hears of one feed, until it is dropped.
#[derive(Debug)]
pub struct Listener {
    news: Arc<News>,
    scope: Scope,
    bell: watch::Receiver<()>,
}

impl News {
    /// Listens from now on: what is committed after this call is heard, also when it was read meanwhile.
    #[must_use]
    pub fn listen(self: &Arc<Self>, scope: &Scope) -> Listener {
        let mut bells = self.bells();
        let bell = bells.entry(scope.clone()).or_insert_with(|| watch::Sender::new(()));
        Listener { news: Arc::clone(self), scope: scope.clone(), bell: bell.subscribe() }
    }

    /// Something came into these feeds, and can be read.
    pub fn ring<'a>(&self, scopes: impl IntoIterator<Item = &'a Scope>) {
        let bells = self.bells();
        for bell in scopes.into_iter().filter_map(|s| bells.get(s)) {
            bell.send_replace(());
        }
    }

    /// How many listen now.
    #[must_use]
    pub fn listening(&self) -> usize {
        self.bells().values().map(watch::Sender::receiver_count).sum()
    }

    fn bells(&self) -> MutexGuard<'_, HashMap<Scope, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// What came until now is being read.
    pub fn heard(&mut self) {
        self.bell.mark_unchanged();
    }

    /// Until something came that was not heard.
    pub async fn something(&mut self) {
        if self.bell.changed().await.is_err() {
            // Not while this listens: the bell goes with its last listener.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut bells = self.news.bells();
        // This one is counted still.
        if bells.get(&self.scope).is_some_and(|bell| bell.receiver_count() <= 1) {
            bells.remove(&self.scope);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    /// S30 (part): a bell wakes those who listen to it and no others, what rang before it was waited for is heard, and
    /// nothing is kept of a feed that nobody listens to.
    #[test]
    fn a_commit_wakes_those_whom_it_concerns() {
        let news = Arc::new(News::default());
        let (here, there) = (Scope("station:07".to_owned()), Scope("station:08".to_owned()));
        let (mut a, mut b, mut c) = (news.listen(&here), news.listen(&here), news.listen(&there));
        assert_eq!(news.listening(), 3);
        news.ring([&here]);
        assert!(a.something().now_or_never().is_some());
        assert!(a.something().now_or_never().is_none(), "once");
        b.heard();
        assert!(b.something().now_or_never().is_none());
        assert!(c.something().now_or_never().is_none());
        drop((a, c));
        news.ring([&here, &there]);
        assert!(b.something().now_or_never().is_some());
        drop(b);
        assert_eq!(news.bells().len(), 0);
    }
}
