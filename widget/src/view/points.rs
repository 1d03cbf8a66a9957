//! The controls of the points: a slider, a box, fewer and more, all and none, and what it comes to.
//!
//! One sentence says what that is worth, or what is to be mended, or that nothing can be used; so the block keeps its height whatever happens. Nothing is
//! disabled: a control at its end says so and does nothing, and the focus stays where it is. The nodes have so many attributes that they are written in
//! one call (`form.js`): one by one they weighed a kilobyte.

use crate::copy::{self, Figures, pick};
use crate::dom::{self, PANEL};
use crate::locale::Locale;
use crate::state::{Notice, State, Status};

/// How many lines `form.js` expects behind the names.
const LINES: usize = 13;

/// Renders the controls, or takes them away where points play no part.
pub(super) fn render(state: &State, locale: &Locale) {
    let Some(terms) = state.terms() else {
        // What stands there, be it only room, stays until it is known whether there is anything to put into it. Of an order that is being paid the room
        // stays as well: it is empty, and nothing moves.
        if state.checkout.as_ref().map_or(!state.asks(), |checkout| checkout.status != Status::Locked) {
            dom::set(PANEL, "points", "class", "absent");
        }
        return;
    };
    let shown = state.points_shown();
    let notice = state.notice.as_ref().filter(|notice| notice.about_points());
    let message = notice.map(|notice| copy::notice(notice, terms, locale)).unwrap_or_default();
    // A wish that was made smaller by itself is a note; everything else is to be mended.
    let is = match notice.and_then(Notice::problem) {
        None => "usable",
        Some(notice) if notice.code.is_empty() => "note",
        _ => "wrong",
    };
    let worth = copy::points_worth(shown, terms, locale);
    // What is being typed stays.
    let text = match &state.draft {
        Some(draft) if draft.typed => "*".into(),
        _ if shown == 0 => String::new(),
        _ => locale.count(shown),
    };
    let none = copy::so_many(0, locale);
    let (place, last) = (terms.place_of(shown), terms.last_place);
    let mut lines = String::from(pick(copy::POINTS_NAMES, locale.language()));
    let values: [&str; LINES] = [
        &*locale.count(terms.available),
        &locale.count(0),
        if shown == 0 { &none } else { &worth },
        &dom::digits(last as f64),
        &dom::digits(place as f64),
        &text,
        is,
        truth(state.points.is_some()),
        truth(place == 0),
        truth(place == last),
        truth(is == "wrong"),
        &message,
        &worth,
    ];
    for line in values {
        #[expect(
            clippy::single_char_add_str,
            reason = "what writes a character is not here otherwise, and costs bytes"
        )]
        lines.push_str("\n");
        lines.push_str(line);
    }
    dom::points(&lines);
}

fn truth(is: bool) -> &'static str {
    if is { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copy::Language;

    #[test]
    fn form_takes_as_many_lines_as_are_written() {
        let form = include_str!("../../form.js");
        let list = form.split("const LINES = [").nth(1).and_then(|rest| rest.split("];").next()).unwrap();
        let names = pick(copy::POINTS_NAMES, Language::English).lines().count();
        assert_eq!(list.split('\'').count() / 2, names + LINES);
    }
}
