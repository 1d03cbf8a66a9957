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
use crate::state::{Effect, Event, Member, Outcome, Setup, State, update};
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

    /// Reads the attributes again. `changed`: the checkout may have changed as well, so it is read, too.
    pub fn attributes_changed(&self, changed: bool) {
        let setup = self.setup();
        let kept = Kept::load(&self.shell, &setup.name);
        self.send(Event::Setup(setup, kept, changed));
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
        if is_word && ticket == state.ticket {
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
    fn setup(&self) -> Setup {
        let attribute = |name| self.shell.attribute(name);
        let id = attribute("checkout");
        Setup {
            name: self.shell.record(),
            key: attribute("key"),
            served: if id.is_empty() { None } else { Some(Session { id, token: attribute("token") }) },
            total: attribute("total").parse().ok().and_then(Amount::new),
            currency: Currency::parse(&attribute("currency")),
            reference: attribute("reference"),
            member: Member(attribute("member-token")),
        }
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
                if let Some(notice) = &state.notice {
                    self.shell.tell("raseed-error", &notice.code, notice.retryable);
                }
            }
        }
    }
}
