//! One element on a page: it turns what happens into events, and effects into what the browser does.
//!
//! Events wait in a line and are handled one after another. So when the page answers a `raseed-change` by calling back into the element, that call
//! waits its turn, and no state is ever seen half changed.
//!
//! Out of scope: when an element is mounted and put to rest, listeners, and carrying out a request: the loader's class has what only JavaScript can
//! hold, and calls the methods below.

use crate::api;
use crate::dom::Shell;
use crate::field::regroup;
use crate::pending::{self, Kept, Session};
use crate::state::{Effect, Event, Member, Notice, Outcome, Setup, State, update};
use crate::view::View;
use core::cell::{Cell, RefCell};
use shared::money::{Amount, Currency};
use wasm_bindgen::prelude::*;

/// What the loader's class holds while it stands in a page.
#[wasm_bindgen]
pub struct Widget {
    shell: Shell,
    state: RefCell<State>,
    view: RefCell<View>,
    inbox: RefCell<Vec<Event>>,
    running: Cell<bool>,
}

#[wasm_bindgen]
impl Widget {
    /// Takes over the nodes that the loader made.
    #[wasm_bindgen(constructor)]
    pub fn new(shell: Shell) -> Self {
        Self {
            state: RefCell::default(),
            view: RefCell::new(View::new(shell.clone())),
            inbox: RefCell::default(),
            running: Cell::new(false),
            shell,
        }
    }

    /// Reads the attributes again.
    pub fn attributes_changed(&self) {
        let (setup, kept) = self.setup();
        self.send(Event::Setup(setup, kept));
    }

    /// Reads the attributes again, and the checkout, which may have changed as well.
    pub fn refresh(&self) {
        let (setup, kept) = self.setup();
        self.send(Event::Refresh(setup, kept));
    }

    /// Apply was pressed.
    pub fn apply(&self) {
        self.send(Event::Apply { typed: self.shell.typed(), spare: self.shell.chance() });
    }

    /// Remove was pressed on that tender.
    pub fn remove(&self, id: String) {
        self.send(Event::Remove(id));
    }

    /// The controls of the points say something else: a place of the slider, or what was typed, and whether that is more than a tick on the way.
    pub fn points(&self, text: String, typed: bool, done: bool) {
        self.send(Event::Points { text, typed, done });
    }

    /// The text of the field changed. `caret` stands in it; `forward` when something behind it was deleted.
    pub fn typed(&self, caret: usize, forward: bool) {
        let typed = self.shell.typed();
        if let Some((text, caret)) = regroup(&typed, caret, forward)
            && text != typed
        {
            self.shell.retype(&text, u32::try_from(caret).unwrap_or(u32::MAX));
        }
        self.send(Event::Typed(typed));
    }

    /// A request ended: the status, 0 without an answer. The shell has the body.
    pub fn ended(&self, ticket: u32, status: u16) {
        let Ok(state) = self.state.try_borrow() else { return };
        let outcome = api::read(&self.shell, status, state.session.as_ref());
        let is_word = match &outcome {
            Outcome::Checkout(..) => true,
            Outcome::Problem(problem) => problem.checkout.is_some(),
            Outcome::Silence => false,
        };
        if is_word && ticket == state.ticket && state.believes() {
            self.shell.learn();
        }
        drop(state);
        self.send(Event::Ended(ticket, outcome));
    }

    /// The page wants no tenders any more.
    pub fn clear(&self) {
        self.send(Event::Clear);
    }

    /// The page reset its form.
    pub fn reset(&self) {
        self.send(Event::Reset);
    }

    /// Whether the page may know what was learnt: not before the first answer, and not after the checkout was given up.
    pub fn knows(&self) -> bool {
        self.state.try_borrow().is_ok_and(|state| state.checkout.is_some())
    }
}

impl Widget {
    fn setup(&self) -> (Setup, Kept) {
        let attribute = |name| self.shell.attribute(name);
        let name = self.shell.record();
        let (id, key) = (attribute("checkout"), attribute("key"));
        let (total, currency) = (minor_units(&attribute("total")), Currency::parse(&attribute("currency")));
        let is_unreadable = [
            ("checkout", !id.is_empty() && !is_name(&id)),
            ("key", key.is_empty()),
            ("total", total.is_none()),
            ("currency", currency.is_none()),
        ];
        // What is not there may still come, one by one.
        let unreadable = is_unreadable.into_iter().find(|(name, is)| *is && self.shell.has(name));
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
        let kept = Kept::load(&self.shell, &setup.name);
        (setup, kept)
    }

    /// Puts an event in line and, unless somebody is at it already, works the line off.
    fn send(&self, event: Event) {
        if let Ok(mut inbox) = self.inbox.try_borrow_mut() {
            inbox.push(event);
        }
        if self.running.replace(true) {
            return;
        }
        while let Some(event) = self.next_event() {
            let mut effects = Vec::new();
            if let Ok(mut state) = self.state.try_borrow_mut() {
                (*state, effects) = update(core::mem::take(&mut *state), event);
            }
            self.render();
            for effect in effects {
                self.perform(effect);
            }
        }
        self.running.set(false);
    }

    fn next_event(&self) -> Option<Event> {
        let mut inbox = self.inbox.try_borrow_mut().ok()?;
        if inbox.is_empty() { None } else { Some(inbox.remove(0)) }
    }

    fn render(&self) {
        let Ok(state) = self.state.try_borrow() else { return };
        if let Ok(mut view) = self.view.try_borrow_mut() {
            view.render(&state);
        }
        let session = state.session.as_ref().filter(|_| !state.tenders().is_empty());
        self.shell.submit(session.map(|session| session.id.as_str()));
    }

    fn perform(&self, effect: Effect) {
        let (Ok(state), Ok(view)) = (self.state.try_borrow(), self.view.try_borrow()) else { return };
        match effect {
            Effect::Send { ticket, call, delay_ms } => api::send(&self.shell, &state, call, ticket, delay_ms),
            Effect::Keep => {
                let session = state.session.as_ref().filter(|_| state.setup.served.is_none());
                pending::save(&self.shell, &state.setup.name, session, state.tenders().len(), state.pending.as_ref());
            }
            Effect::ClearField => self.shell.retype("", 0),
            Effect::Focus(id) => view.focus(id.as_deref()),
            Effect::Ready => self.shell.tell("raseed-ready", "", false),
            Effect::Change => self.shell.tell("raseed-change", "", false),
            Effect::Error => {
                let problem = state.notice.as_ref().and_then(Notice::problem);
                // Of a locked checkout the shopper reads, and whoever wished to change it is refused.
                let told = problem.map_or(("checkout_not_open", false), |problem| (&problem.code, problem.retryable));
                self.shell.tell("raseed-error", told.0, told.1);
            }
            Effect::Warn(attribute) => self.shell.warn(attribute),
        }
    }
}

/// Reads an amount as an attribute has it: digits and nothing else.
fn minor_units(text: &str) -> Option<Amount> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain).and_then(Amount::new)
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
