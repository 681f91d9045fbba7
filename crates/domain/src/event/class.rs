//! How a kind of event is treated, and who may author it.

/// How concurrent events of a kind are treated (`architecture.md` §3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// All stay.
    Fact,
    /// Server order wins; a stale `base` marks the case *needs review*.
    Amendment,
    /// Valid only when the server accepted it; until then it waits for the region.
    Decision,
}

/// Who may author a kind. Every kind of the list below names one: without it nothing compiles, so no kind is anybody's
/// by default (`reliability.md` S13).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// The region alone (`settled.md` 8).
    Region,
    /// The head or the deputy: the law wants a decision of theirs (АППК art. 76), and a dispute between bodies is
    /// their business.
    Head,
    /// Every officer of a desk.
    Desk,
    /// The same, and the consultant in the hall.
    Hall,
}
