//! One element on a page: it turns what happens into events, and effects into what the browser does.
//!
//! The loader calls one function at a time: when the page answers a `raseed-change` by calling back into the element, that call waits its turn
//! (`shell.js`). So no state is ever seen half changed, and what is borrowed here is never borrowed twice.
//!
//! Out of scope: when an element is mounted and put to rest, listeners, and carrying out a request: the loader's class has what only JavaScript can
//! hold, and calls the functions below.

use crate::api;
use crate::dom;
use crate::field::regroup;
use crate::pending::{self, Kept, Session};
use crate::state::{Effect, Event, Member, Notice, Outcome, Setup, State, number, update};
use crate::view::View;
use core::cell::RefCell;
use shared::money::{Amount, Currency};
use shared::old_code::is_like;
use wasm_bindgen::prelude::*;

/// One element, as long as it stands in a page.
struct Widget {
    state: State,
    view: View,
}

thread_local! {
    /// All of them; a number is one more than a place. Those that went leave an empty place, which is four bytes.
    ///
    /// The loader knows them by number: as a class that it could hold, each would come with counters and a finalizer, which weigh four hundred bytes.
    static WIDGETS: RefCell<Vec<Option<Box<Widget>>>> = const { RefCell::new(Vec::new()) };
}

/// An element is mounted: it takes over the nodes that the loader made, and has this number.
#[wasm_bindgen]
pub fn widget_open() -> usize {
    with_all(|widgets| {
        widgets.push(Some(Box::new(Widget { state: State::new(), view: View::new() })));
        widgets.len()
    })
}

/// It is put to rest.
#[wasm_bindgen]
pub fn widget_close(number: usize) {
    with_all(|widgets| {
        if let Some(widget) = widgets.get_mut(number.wrapping_sub(1)) {
            *widget = None;
        }
    });
}

fn with(number: usize, act: impl FnOnce(&mut Widget)) {
    with_all(|widgets| {
        if let Some(Some(widget)) = widgets.get_mut(number.wrapping_sub(1)) {
            act(widget);
        }
    });
}

fn with_all<T: Default>(act: impl FnOnce(&mut Vec<Option<Box<Widget>>>) -> T) -> T {
    WIDGETS.with(|widgets| widgets.try_borrow_mut().map(|mut widgets| act(&mut widgets)).unwrap_or_default())
}

fn send(number: usize, event: Event) {
    with(number, |widget| widget.send(event, false));
}

/// Reads the attributes again.
#[wasm_bindgen]
pub fn widget_attributes_changed(number: usize) {
    let (setup, kept) = setup();
    send(number, Event::Setup(setup, kept));
}

/// Reads the attributes again, and the checkout, which may have changed as well.
#[wasm_bindgen]
pub fn widget_refresh(number: usize) {
    let (setup, kept) = setup();
    send(number, Event::Refresh(setup, kept));
}

/// Apply was pressed.
#[wasm_bindgen]
pub fn widget_apply(number: usize) {
    let typed = dom::value("code");
    let old = is_old(&typed);
    send(number, Event::Apply { typed, old, spare: dom::chance() });
}

/// Remove was pressed on that tender.
#[wasm_bindgen]
pub fn widget_remove(number: usize, id: String) {
    send(number, Event::Remove(id));
}

/// The controls of the points say something else: a place of the slider, or what was typed, and whether that is more than a tick on the way.
#[wasm_bindgen]
pub fn widget_points(number: usize, text: String, typed: bool, done: bool) {
    send(number, Event::Points { text, typed, done });
}

/// The text of the field changed. `caret` stands in it; `forward` when something behind it was deleted.
#[wasm_bindgen]
pub fn widget_typed(number: usize, caret: usize, forward: bool) {
    let typed = dom::value("code");
    if let Some((text, caret)) = regroup(&typed, caret, forward)
        && text != typed
    {
        dom::retype(&text, u32::try_from(caret).unwrap_or(u32::MAX));
    }
    let old = is_old(&typed);
    send(number, Event::Typed { typed, old });
}

/// Whether it looks like a code that the shop had in another system. The list comes with commas between.
fn is_old(typed: &str) -> bool {
    is_like(&dom::answered("old_codes.patterns"), typed)
}

/// A request ended: the status, 0 without an answer. The shell has the body.
#[wasm_bindgen]
pub fn widget_ended(number: usize, ticket: u32, status: u16) {
    with(number, |widget| {
        let outcome = api::read(status, widget.state.session.as_ref());
        let is_word = match &outcome {
            Outcome::Checkout(..) => true,
            Outcome::Problem(problem) => problem.checkout.is_some(),
            Outcome::Silence => false,
        };
        let learns = is_word && ticket == widget.state.ticket && widget.state.believes();
        widget.send(Event::Ended(ticket, outcome), learns);
    });
}

/// The page wants no tenders any more.
#[wasm_bindgen]
pub fn widget_clear(number: usize) {
    send(number, Event::Clear);
}

/// The page reset its form.
#[wasm_bindgen]
pub fn widget_reset(number: usize) {
    send(number, Event::Reset);
}

/// What the attributes say now, and what is kept for them.
fn setup() -> (Setup, Kept) {
    let attribute = |name| dom::attribute(name);
    let name = dom::record();
    let (id, key) = (attribute("checkout"), attribute("key"));
    let (total, currency) = (minor_units(&attribute("total")), Currency::parse(&attribute("currency")));
    let is_unreadable = [
        ("checkout", !id.is_empty() && !is_name(&id)),
        ("key", key.is_empty()),
        ("total", total.is_none()),
        ("currency", currency.is_none()),
    ];
    // What is not there may still come, one by one.
    let unreadable = is_unreadable.into_iter().find(|(name, is)| *is && dom::has(name));
    let setup = Setup {
        key,
        served: is_name(&id).then(|| Session { id, token: attribute("token") }),
        total,
        currency,
        reference: attribute("reference"),
        member: Member(attribute("member-token")),
        unreadable: unreadable.map(|(name, _)| name),
        name,
    };
    let kept = Kept::load(&setup.name);
    (setup, kept)
}

impl Widget {
    /// `learns`: the page may know the newest answer.
    fn send(&mut self, event: Event, learns: bool) {
        let effects = update(&mut self.state, event);
        let state = &self.state;
        self.view.render(state);
        let session = state.session.as_ref().filter(|_| !state.tenders().is_empty());
        let submitted = session.map(|session| session.id.as_str()).unwrap_or_default();
        dom::show(submitted, state.checkout.is_some(), learns);
        for effect in effects {
            self.perform(effect);
        }
    }

    fn perform(&self, effect: Effect) {
        let Self { state, view } = self;
        match effect {
            Effect::Send { ticket, call, delay_ms } => api::send(state, call, ticket, delay_ms),
            Effect::Keep => {
                let session = state.session.as_ref().filter(|_| state.setup.served.is_none());
                pending::save(&state.setup.name, session, state.pending.as_ref());
            }
            Effect::ClearField => dom::retype("", 0),
            Effect::Focus(id) => view.focus(id.as_deref()),
            Effect::Ready => dom::tell("raseed-ready", "", false),
            Effect::Change => dom::tell("raseed-change", "", false),
            Effect::Error => {
                let problem = state.notice.as_ref().and_then(Notice::problem);
                // Of a locked checkout the shopper reads, and whoever wished to change it is refused.
                let told = problem.map_or(("checkout_not_open", false), |problem| (&problem.code, problem.retryable));
                dom::tell("raseed-error", told.0, told.1);
            }
            Effect::Warn(attribute) => dom::warn(attribute),
        }
    }
}

/// Reads an amount as an attribute has it: digits and nothing else.
fn minor_units(text: &str) -> Option<Amount> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    number(text).filter(|_| is_plain).and_then(Amount::new)
}

/// Whether that can be the id of a checkout. It becomes part of an address, and must not lead elsewhere.
fn is_name(id: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !id.is_empty() && id.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn total_is_digits_and_nothing_else() {
        for text in ["", "abc", "250.00", "-1", "+25", " 25", "2 5", "٢٥", "1e3", "99999999999999999999"] {
            assert_eq!(minor_units(text), None, "{text}");
        }
        assert_eq!([minor_units("0"), minor_units("25000")], [Amount::new(0), Amount::new(25_000)]);
    }

    #[test]
    fn id_of_a_checkout_leads_nowhere_else() {
        for id in ["", "../../healthz", "co_1/tenders", "co_1?x", "co_1#", "..", "co 1", "co_\u{661}"] {
            assert!(!is_name(id), "{id}");
        }
        assert!(is_name("co_4TC4YKS2NGMSVWXK3AEZ7PQDM0"));
    }
}
