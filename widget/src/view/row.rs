//! One row of the list: a tender, a code that is being checked or was refused, or points that were refused.
//!
//! Both have the same height, as has the room that the loader keeps for rows to come, so that one can take the place of another without a jump.

use crate::copy::{self, Figures, fill, pick};
use crate::dom::{self, join};
use crate::locale::Locale;
use crate::state::{Row, Slot};

/// What a row shows.
pub(super) enum Content<'a> {
    /// A tender, whether it may be removed, and where its share of the bar begins and ends.
    Tender(&'a Row<'a>, bool, u32, u32),
    Slot(&'a Slot),
}

impl Content<'_> {
    /// What tells this row from the others. Tender ids begin with `tn_`.
    fn key(&self) -> &str {
        match self {
            Self::Tender(row, ..) => row.tender.key(),
            Self::Slot(_) => "slot",
        }
    }
}

/// The nodes of one row.
pub(super) struct RowView {
    key: String,
    is_tender: bool,
    /// The number by which the loader knows its nodes.
    row: u32,
}

impl RowView {
    pub(super) fn new(content: &Content<'_>) -> Self {
        let colour = match content {
            Content::Tender(row, ..) => Some(row.tender.colour),
            Content::Slot(_) => None,
        };
        Self { key: content.key().into(), is_tender: colour.is_some(), row: dom::row(colour) }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Whether it pays something, so that it can be removed.
    pub(super) fn is_tender(&self) -> bool {
        self.is_tender
    }

    pub(super) fn is_for(&self, content: &Content<'_>) -> bool {
        self.key == content.key()
    }

    pub(super) fn remove(&self) {
        dom::take(self.row);
    }

    pub(super) fn focus(&self) {
        dom::focus(self.row, "remove");
    }

    pub(super) fn render(&self, content: &Content<'_>, locale: &Locale) {
        let word = |words| pick(words, locale.language());
        let text = |name, text: &str| dom::text(self.row, name, text);
        let set = |name, attribute, value: &str| dom::set(self.row, name, attribute, value);
        let is = match content {
            Content::Tender(Row { tender, points, applied, balance_after }, editable, from, to) => {
                dom::place(self.row, *from, *to);
                set("remove", "data-tender", if *editable { tender.key() } else { "" });
                text("remove", word(copy::REMOVE));
                let many = points.map(|points| copy::so_many(points, locale));
                let name = many.as_ref().unwrap_or(&tender.last4);
                set("remove", "aria-label", &join(&[word(copy::REMOVE), " ", name]));
                if let Some(points) = *points {
                    self.count(points, locale);
                    text("words", &copy::points_leave(balance_after.minor(), locale));
                } else {
                    text("last4", &tender.last4);
                    text("words", word(copy::LEAVES));
                    locale.show(self.row, "balance", Some(*balance_after));
                }
                if let Some(at_ms) = tender.expires_at_ms {
                    text("expires", &fill(word(copy::EXPIRES), &|_| locale.date(at_ms)));
                }
                text("disclosure", pick(&tender.disclosure, locale.language()));
                locale.show(self.row, "applied", Some(*applied));
                "applied"
            }
            Content::Slot(slot) => {
                if slot.points > 0 {
                    self.count(slot.points, locale);
                } else {
                    text("last4", &slot.last4);
                }
                text("words", word(if slot.refused { copy::NOT_APPLIED } else { copy::APPLYING }));
                if slot.refused { "refused" } else { "checking" }
            }
        };
        set("tender", "data-is", is);
    }

    /// Points have a number where a card has its last four, and it is written as the language is.
    fn count(&self, points: u64, locale: &Locale) {
        dom::set(self.row, "number", "dir", "");
        dom::text(self.row, "dots", "");
        dom::text(self.row, "last4", &copy::so_many(points, locale));
    }
}
