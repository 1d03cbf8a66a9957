//! What is on the screen: the state as a patch of the loader's nodes.
//!
//! Rows and shares are keyed by their tender, so a change touches only what it changes, and a focused button stays the same node. Nothing is rendered
//! that the state does not say; the one thing that the view decides is where the focus goes when the node that had it disappears.

mod bar;
mod points;
mod row;

use crate::copy::{self, Figures, pick};
use crate::dom::{Parts, Shell};
use crate::locale::Locale;
use crate::state::{Notice, Reason, Shown, State};
use bar::steps;
use row::{Content, RowView};
use shared::money::Amount;

/// The nodes of one element.
pub(crate) struct View {
    shell: Shell,
    parts: Parts,
    rows: Vec<RowView>,
}

impl View {
    /// Takes over the loader's nodes. Loader and Wasm are built together, so every part is there.
    pub(crate) fn new(shell: Shell) -> Self {
        Self { parts: shell.parts(), rows: Vec::new(), shell }
    }

    pub(crate) fn render(&mut self, state: &State) {
        let currency = state.checkout.as_ref().map(|checkout| checkout.currency).or(state.setup.currency);
        let locale = &Locale::new(self.shell.clone(), currency);
        let shown = state.shown();
        self.render_form(state, locale);
        let covered = self.render_entry(state, &shown);
        points::render(&self.shell, &self.parts, state, covered, locale);
        self.render_rows(state, &shown, locale);
        let earns = state.checkout.as_ref().map(|checkout| checkout.earns).filter(|earns| *earns > 0);
        self.shell.text(&self.parts, "earn", &earns.map(|earns| copy::earn(earns, locale)).unwrap_or_default());
        self.shell.set(&self.parts, "bar", "aria-label", Some(&bar::described(&shown, locale)));
        locale.show(&self.parts, "amount", shown.remaining());
        let said = state.said.as_ref().map(|said| copy::said(said, locale)).unwrap_or_default();
        self.shell.text(&self.parts, "said", &said);
    }

    fn render_form(&self, state: &State, locale: &Locale) {
        let busy = state.apply.is_some();
        for (name, words) in [
            ("title", if state.terms().is_some() { copy::TITLE_POINTS } else { copy::TITLE }),
            ("label", copy::LABEL),
            ("apply", if busy { copy::APPLYING } else { copy::APPLY }),
            ("covered", copy::COVERED_FULL),
            ("remaining", copy::REMAINING),
        ] {
            self.shell.text(&self.parts, name, pick(words, locale.language()));
        }
        let set = |name, attribute, value| self.shell.set(&self.parts, name, attribute, Some(value));
        set("apply", "aria-busy", if busy { "true" } else { "false" });
        // What is about points stands beside them.
        let beside_points = |notice: &Notice| notice.problem().is_some_and(|problem| problem.points.is_some());
        let notice = state.notice.as_ref().filter(|notice| !beside_points(notice));
        let reason = notice.and_then(Notice::problem).map(|problem| problem.reason);
        set("code", "aria-invalid", if reason.is_some_and(Reason::is_about_code) { "true" } else { "false" });
        let tone = match (notice, reason) {
            (Some(Notice::Changed | Notice::Locked), _) => "note",
            (_, Some(Reason::Unreachable)) if busy => "late",
            _ => "error",
        };
        set("message", "data-tone", tone);
        let message = notice.map(|notice| copy::notice(notice, locale)).unwrap_or_default();
        self.shell.text(&self.parts, "message", &message);
    }

    /// The field, or "covered" in its place, or neither. Whether it is covered.
    fn render_entry(&self, state: &State, shown: &Shown<'_>) -> bool {
        let covered = shown.covered;
        let entry = match (covered, state.editable()) {
            (true, _) => "covered",
            (false, true) => "open",
            (false, false) => "locked",
        };
        // The focus must not fall back to the start of the page when the node that has it goes.
        let leaves_entry = covered && self.shell.focused();
        self.shell.set(&self.parts, "panel", "data-entry", Some(entry));
        if leaves_entry {
            self.shell.focus(&self.parts, "covered");
        }
        covered
    }

    fn render_rows(&mut self, state: &State, shown: &Shown<'_>, locale: &Locale) {
        if state.settled {
            self.shell.settle(&self.parts);
        }
        let mut contents = Vec::new();
        let mut from = Amount::ZERO;
        for row in &shown.rows {
            let to = from.plus(row.applied).unwrap_or(from);
            let total = shown.total.unwrap_or_default();
            contents.push(Content::Tender(row, state.editable(), steps(from, total), steps(to, total)));
            from = to;
        }
        if let Some(wish) = state.points.as_ref().filter(|wish| wish.refused && state.points_tender().is_none()) {
            contents.push(Content::Refused(wish.points()));
        }
        if let Some(slot) = &state.slot {
            contents.push(Content::Slot(slot));
        }
        self.rows.retain(|row| {
            let stays = contents.iter().any(|content| row.is_for(content));
            if !stays {
                row.remove(&self.shell);
            }
            stays
        });
        for content in &contents {
            let known = self.rows.iter().position(|row| row.is_for(content));
            if known.is_none() {
                self.rows.push(RowView::new(&self.shell, &self.parts, content));
            }
            if let Some(row) = known.map_or(self.rows.last(), |place| self.rows.get(place)) {
                row.render(&self.shell, content, locale);
            }
        }
    }

    /// Focuses the Remove of that tender, else the field.
    pub(crate) fn focus(&self, id: Option<&str>) {
        let row = id.and_then(|id| self.rows.iter().find(|row| row.key() == id));
        match row {
            Some(row) => self.shell.focus(row.parts(), "remove"),
            None => self.shell.focus(&self.parts, "code"),
        }
    }
}
