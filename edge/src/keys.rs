//! The only place that reads secrets. They are parsed once in an isolate's life; a merchant's derived keys are kept, so a request costs no derivation.

use crate::bindings;
use shared::rejection::Rejection;
use shared::seal::{Env as Mode, Keys, Merchant, MerchantKeys};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use worker::Env;

/// Merchants whose keys are kept: more than one isolate ever serves at a time; a few kilobytes each.
const MERCHANTS_KEPT: usize = 1_000;

/// The keys of one merchant in one environment.
type Kept = ((Mode, Merchant), Rc<MerchantKeys>);

thread_local! {
    static KEYS: OnceCell<Option<Rc<Keys>>> = const { OnceCell::new() };
    /// In order, to be found by halving: a tree of its own would be more code than all of this.
    static MERCHANTS: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// The deployment's keys; `signing_unavailable` when a secret is missing or malformed.
pub fn keys(env: &Env) -> Result<Rc<Keys>, Rejection> {
    KEYS.with(|cell| cell.get_or_init(|| read(env)).clone()).ok_or(Rejection::SigningUnavailable)
}

fn read(env: &Env) -> Option<Rc<Keys>> {
    // Read past the binding's own type: a plain workerd binds `null` to a variable that is not set, and on that the type traps.
    let secret = |name: &str| {
        js_sys::Reflect::get(env.as_ref(), &JsValue::from_str(name)).ok().and_then(|value| value.as_string())
    };
    let (signing, auth, index) =
        (secret(bindings::SIGNING_ROOTS)?, secret(bindings::AUTH_ROOTS)?, secret(bindings::INDEX_ROOT)?);
    Keys::from_env(&signing, &auth, &index).ok().map(Rc::new)
}

/// The keys of a merchant that has proved who it is. Asked before that, strangers could fill the memory with invented names.
pub fn merchant(env: &Env, mode: Mode, merchant: &Merchant) -> Result<Rc<MerchantKeys>, Rejection> {
    let keys = keys(env)?;
    if !keys.serve(mode) {
        return Err(Rejection::SigningUnavailable);
    }
    MERCHANTS.with_borrow_mut(|kept| {
        if kept.len() >= MERCHANTS_KEPT {
            kept.clear();
        }
        let place = kept.binary_search_by(|((other, name), _)| (*other, name).cmp(&(mode, merchant)));
        if let Some((_, known)) = place.ok().and_then(|place| kept.get(place)) {
            return Ok(known.clone());
        }
        let made = Rc::new(keys.merchant(mode, merchant));
        kept.insert(place.unwrap_or_else(|place| place), ((mode, merchant.clone()), made.clone()));
        Ok(made)
    })
}
