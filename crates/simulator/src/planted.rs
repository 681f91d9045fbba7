//! The bugs that are planted in the shipped crates, and the accident that brings each to light.

use crate::swarm::Fault;

/// A bug by its name at `esik_wire::planted::is`.
#[derive(Clone, Copy, Debug)]
pub struct Bug {
    pub name: &'static str,
    /// Only seeds with all these accidents are tried.
    pub under: &'static [Fault],
}

const fn bug(name: &'static str) -> Bug {
    Bug { name, under: &[] }
}

const fn under(faults: &'static [Fault], name: &'static str) -> Bug {
    Bug { name, under: faults }
}

/// Every one of them; a test holds this list against the sources.
pub const BUGS: &[Bug] = &[
    bug("ack_before_commit"),
    bug("refused_cuts_batch"),
    bug("cursor_ahead_of_rows"),
    bug("own_not_refolded"),
    bug("order_by_arrival"),
    bug("order_by_clock"),
    bug("circle_leaks"),
    bug("page_goes_to_the_head"),
    under(&[Fault::Poison], "id_used_twice"),
    under(&[Fault::Poison], "fork_taken"),
    under(&[Fault::Clone], "other_bytes_are_a_duplicate"),
    under(&[Fault::Clone], "branch_on_the_chain"),
    under(&[Fault::Clone], "copies_share_numbers"),
    under(&[Fault::LateVoucher], "no_second_look"),
    under(&[Fault::NewOfficers], "poison_stops_feed"),
    under(&[Fault::Future], "unknown_reserialised"),
    under(&[Fault::Liar], "forged_taken"),
    under(&[Fault::Liar], "nobody_vouches"),
    under(&[Fault::RestoreDesk], "same_life_after_restore"),
    under(&[Fault::RestoreDesk], "numbers_go_on"),
    under(&[Fault::RestoreRegion], "no_second_push"),
    under(&[Fault::RestoreRegion], "history_ignored"),
    under(&[Fault::RestoreRegion], "same_epoch_after_restore"),
    under(&[Fault::SilentRestore], "cut_round_unproven"),
    under(&[Fault::TwoRegions], "another_order_believed"),
    under(&[Fault::Clone, Fault::ThirdCopy], "parts_where_it_begins"),
    under(&[Fault::FlipBit], "flipped_bit_is_served"),
    under(&[Fault::LoseFiles], "lost_file_not_sent_again"),
    under(&[Fault::Publications], "published_once"),
    under(&[Fault::Restrict], "case_left_not_told"),
    under(&[Fault::Restrict], "case_entered_not_told"),
    under(&[Fault::Restrict], "left_case_stays"),
    under(&[Fault::Restrict], "hidden_too_early"),
    under(&[Fault::Restrict, Fault::Leaving], "answered_part_stays"),
    under(&[Fault::Circles], "lost_circle_stays"),
    under(&[Fault::Circles, Fault::TwoRegions], "refused_of_others_stays"),
    under(&[Fault::Rot], "mended_reads_on"),
    under(&[Fault::Rot], "nothing_spared"),
];
