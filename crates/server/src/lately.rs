//! Figures that are dear to come by are told again for a while: a region of millions is not counted at each scrape.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What took less is looked up each time.
const CHEAP: Duration = Duration::from_millis(50);
/// For so many times as long as it took it is told again: looking up takes a twentieth of one thread at most.
const TIMES: u32 = 20;

/// The last answer, and until when it does.
#[derive(Debug, Default)]
pub struct Lately<T>(Mutex<Option<(T, Instant)>>);

impl<T: Clone> Lately<T> {
    /// The last answer while it does, else a new one. Who asks meanwhile waits for it: it is looked up once.
    ///
    /// # Errors
    /// Those of the looking up; nothing is kept then.
    pub fn get<E>(&self, look: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let began = Instant::now();
        if let Some((answer, until)) = &*last
            && began < *until
        {
            return Ok(answer.clone());
        }
        let answer = look()?;
        let took = began.elapsed();
        *last = (took >= CHEAP).then(|| (answer.clone(), began + took * TIMES));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P7 (part): what was dear is told again, what was cheap is looked up, and a failure is kept by nobody.
    #[test]
    fn only_what_was_dear_is_told_again() {
        let lately = Lately::default();
        let slow = |n: u32| {
            std::thread::sleep(CHEAP);
            Ok::<_, ()>(n)
        };
        assert_eq!(lately.get(|| Ok::<_, ()>(1)), Ok(1));
        assert_eq!(lately.get(|| Err(2)), Err(2));
        assert_eq!(lately.get(|| slow(3)), Ok(3));
        assert_eq!(lately.get(|| slow(4)), Ok(3));
        if let Some((_, until)) = &mut *lately.0.lock().unwrap() {
            *until = Instant::now();
        }
        assert_eq!(lately.get(|| Ok::<_, ()>(5)), Ok(5));
        assert_eq!(lately.get(|| Ok::<_, ()>(6)), Ok(6));
    }
}
