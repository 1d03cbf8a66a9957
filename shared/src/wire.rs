//! What crosses a boundary: requests, answers, refusals, and the calls between objects. Together with the stored checkout and the programmes of
//! the settings these are the only serialisable types.
//!
//! Requests are read by hand from strict JSON, so that a refusal names its field; answers are plain structs. Out of scope: decisions.

pub mod answer;
#[cfg(feature = "journal")]
pub mod call;
#[cfg(feature = "journal")]
pub mod card_act;
#[cfg(feature = "journal")]
pub mod courier;
pub mod document;
pub mod json;
pub mod problem;
pub mod request;
pub mod row;
pub mod settings;
