//! What is on the screen: the state as a patch of the loader's nodes.
//!
//! Rows and shares are keyed by their tender, so a change touches only what it changes, and a focused button stays the same node. Nothing is rendered
//! that the state does not say; the one thing that the view decides is where the focus goes when the node that had it disappears.

mod bar;
mod points;
mod row;

use crate::copy::{self, Figures, pick};
use crate::dom::{self, PANEL};
use crate::locale::Locale;
use crate::state::{Notice, Points, Reason, Shown, State};
use bar::steps;
use row::{Content, RowView};
use shared::money::Amount;

/// What stands in the nodes of one element.
pub(crate) struct View {
    rows: Vec<RowView>,
    /// What stands where a code is typed: the field (`open`), that it is `covered`, or only what there is to tell (`locked`).
    entry: &'static str,
    /// That it is covered has the focus or had it, so it has been spoken.
    heard_sentence: bool,
    /// What there was to say last, be it by the status region or by the focus.
    said: String,
}

impl View {
    pub(crate) fn new() -> Self {
        Self { rows: Vec::new(), entry: "open", heard_sentence: false, said: String::new() }
    }

    pub(crate) fn render(&mut self, state: &State) {
        let currency = state.checkout.as_ref().map(|checkout| checkout.currency).or(state.setup.currency);
        let locale = &Locale::new(currency);
        let shown = state.shown();
        self.render_form(state, locale);
        self.render_entry(state, &shown);
        points::render(state, locale);
        self.render_rows(state, &shown, locale);
        let earns = state.checkout.as_ref().map(|checkout| checkout.earns).filter(|earns| *earns > 0);
        dom::text(PANEL, "earn", &earns.map(|earns| copy::earn(earns, locale)).unwrap_or_default());
        dom::set(PANEL, "bar", "aria-label", &bar::described(&shown, locale));
        locale.show(PANEL, "amount", shown.remaining());
        self.render_said(state, locale);
    }

    /// What the status region says. What the focus has spoken by going there is not said a second time.
    fn render_said(&mut self, state: &State, locale: &Locale) {
        let say = |covered| state.said.as_ref().map(|said| copy::said(said, covered, locale)).unwrap_or_default();
        let said = say(copy::COVERED_FULL);
        if said != self.said {
            dom::text(PANEL, "said", &if self.heard_sentence { say("") } else { said.clone() });
            self.said = said;
        }
    }

    fn render_form(&self, state: &State, locale: &Locale) {
        let busy = state.apply.is_some();
        for (name, words) in
            [("apply", if busy { copy::APPLYING } else { copy::APPLY }), ("covered", copy::COVERED_FULL)]
        {
            dom::text(PANEL, name, pick(words, locale.language()));
        }
        let set = |name, attribute, value| dom::set(PANEL, name, attribute, value);
        set("apply", "aria-busy", if busy { "true" } else { "false" });
        // What is about points stands beside them.
        let notice = state.notice.as_ref().filter(|notice| !notice.about_points());
        let reason = notice.and_then(Notice::problem).map(|problem| problem.reason);
        set("code", "aria-invalid", if reason.is_some_and(Reason::is_about_code) { "true" } else { "false" });
        let tone = match (notice, reason) {
            (Some(Notice::Changed | Notice::Locked), _) => "note",
            (_, Some(Reason::Unreachable)) if busy => "late",
            _ => "error",
        };
        set("message", "data-tone", tone);
        let message = notice.map(|notice| copy::notice(notice, &Points::default(), locale)).unwrap_or_default();
        dom::text(PANEL, "message", &message);
    }

    /// The field, or in its place that it is covered, or what stands beside it otherwise.
    fn render_entry(&mut self, state: &State, shown: &Shown<'_>) {
        let entry = match (state.editable(), shown.covered) {
            (false, _) => "locked",
            (true, true) => "covered",
            (true, false) => "open",
        };
        // The focus must not fall back to the start of the page when the node that has it goes.
        let moves = entry != self.entry && dom::has_focus("#entry, #covered");
        self.entry = entry;
        dom::set(PANEL, "panel", "data-entry", entry);
        if moves {
            self.focus_entry();
        }
        self.heard_sentence = entry == "covered" && (moves || self.heard_sentence);
    }

    fn render_rows(&mut self, state: &State, shown: &Shown<'_>, locale: &Locale) {
        let mut contents = Vec::new();
        let mut from = Amount::ZERO;
        for row in &shown.rows {
            let to = from.plus(row.applied).unwrap_or(from);
            let total = shown.total.unwrap_or_default();
            contents.push(Content::Tender(row, state.editable(), steps(from, total), steps(to, total)));
            from = to;
        }
        if let Some(slot) = &state.slot {
            contents.push(Content::Slot(slot));
        }
        self.rows.retain(|row| {
            let stays = contents.iter().any(|content| row.is_for(content));
            if !stays {
                row.remove();
            }
            stays
        });
        for content in &contents {
            let known = self.rows.iter().position(|row| row.is_for(content));
            if known.is_none() {
                self.rows.push(RowView::new(content));
            }
            if let Some(row) = known.map_or(self.rows.last(), |place| self.rows.get(place)) {
                row.render(content, locale);
            }
        }
    }

    /// Focuses the Remove of that tender, else the field; where that does not stand, the last Remove.
    pub(crate) fn focus(&self, id: Option<&str>) {
        let next = id.and_then(|id| self.rows.iter().find(|row| row.key() == id));
        let last = || self.rows.iter().rev().find(|row| row.is_tender() && self.entry == "covered");
        match next.or_else(last) {
            Some(row) if self.entry != "locked" => row.focus(),
            _ => self.focus_entry(),
        }
    }

    /// Focuses what stands where a code is typed. With nothing there the title has it, so that Tab goes on from here.
    fn focus_entry(&self) {
        let name = match self.entry {
            "open" => "code",
            "covered" => "covered",
            _ => "title",
        };
        dom::focus(PANEL, name);
    }
}
