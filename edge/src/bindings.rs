//! The names under which the deployment binds objects, files and secrets: `wrangler.toml` and `workerd.capnp` use the same.

pub const CARD: &str = "CARD";
pub const CHECKOUT: &str = "CHECKOUT";
pub const MERCHANT: &str = "MERCHANT";
pub const JOURNAL: &str = "JOURNAL";
pub const COURIER: &str = "COURIER";
pub const BATCH: &str = "BATCH";

/// The files of the widget, the console and the card page.
pub const FILES: &str = "FILES";

pub const SIGNING_ROOTS: &str = "RASEED_SIGNING_ROOTS";
pub const AUTH_ROOTS: &str = "RASEED_AUTH_ROOTS";
pub const INDEX_ROOT: &str = "RASEED_INDEX_ROOT";

/// `on` where `/healthz` tells what was counted.
pub const METER: &str = "RASEED_METER";
