//! The controls of the points: a slider, a box, fewer and more, all and none, and what it comes to.
//!
//! A sentence takes their place where nothing can be used, and another that of the worth while there is something to mend; so the block keeps its height
//! whatever happens. Nothing is disabled: a control at its end says so and does nothing, and the focus stays where it is.

use crate::copy::{self, Figures, pick};
use crate::dom::{Parts, Shell};
use crate::locale::Locale;
use crate::state::{Notice, Points, State};

/// Renders the controls, or takes them away where points play no part. `covered`: nothing remains to pay.
pub(super) fn render(shell: &Shell, parts: &Parts, state: &State, covered: bool, locale: &Locale) {
    let set = |name, attribute, value| shell.set(parts, name, attribute, Some(value));
    let Some(terms) = state.terms() else {
        // What stands there, be it only room, stays until it is known whether there is anything to put into it.
        if state.checkout.is_some() || !state.asks() {
            set("points", "data-is", "absent");
        }
        return;
    };
    let shown = state.points_shown();
    let usable = terms.last_place() > 0 || shown > 0;
    set("points", "data-is", if usable { "usable" } else { "unusable" });
    set("points", "aria-busy", truth(state.points_wish().is_some()));
    for (name, words) in
        [("points-label", copy::POINTS_LABEL), ("points-all", copy::POINTS_ALL), ("points-none", copy::POINTS_NONE)]
    {
        shell.text(parts, name, pick(words, locale.language()));
    }
    shell.text(parts, "points-balance", &locale.count(terms.available));
    shell.text(parts, "points-unusable", &copy::points_unusable(&terms, covered, locale));
    render_controls(shell, parts, state, &terms, locale);
    let said = state.notice.as_ref();
    let notice = said.and_then(Notice::problem).filter(|problem| problem.points.is_some());
    let message = said.filter(|_| notice.is_some()).map(|said| copy::notice(said, locale)).unwrap_or_default();
    let worth = if message.is_empty() { copy::points_worth(shown, &terms, locale) } else { String::new() };
    shell.text(parts, "points-worth", &worth);
    shell.text(parts, "points-message", &message);
    // A wish that was made smaller by itself is a note; everything else is to be mended.
    let is_note = notice.is_some_and(|notice| notice.code.is_empty());
    let is_late = state.points_wish().is_some();
    set(
        "points-message",
        "data-tone",
        if is_note {
            "note"
        } else if is_late {
            "late"
        } else {
            "error"
        },
    );
    let is_wrong = notice.is_some_and(|notice| !notice.code.is_empty() && !notice.retryable);
    set("points-field", "aria-invalid", truth(is_wrong));
}

fn render_controls(shell: &Shell, parts: &Parts, state: &State, terms: &Points, locale: &Locale) {
    let set = |name, attribute, value: &str| shell.set(parts, name, attribute, Some(value));
    let shown = state.points_shown();
    let (place, last) = (terms.place_of(shown), terms.last_place());
    set("points-range", "max", &last.to_string());
    shell.value(parts, "points-range", &place.to_string());
    set("points-range", "aria-valuetext", &copy::points_value(shown, terms, locale));
    set("points-field", "placeholder", &locale.count(0));
    if state.draft.as_ref().is_none_or(|draft| !draft.typed) {
        let text = if shown == 0 { String::new() } else { locale.count(shown) };
        shell.value(parts, "points-field", &text);
    }
    for (name, words, at_end) in
        [("points-less", copy::POINTS_LESS, place == 0), ("points-more", copy::POINTS_MORE, place == last)]
    {
        set(name, "aria-label", pick(words, locale.language()));
        set(name, "aria-disabled", truth(at_end));
    }
}

fn truth(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}
