//! `MerchantObject`: one merchant's settings, versioned: a change appends, nothing is overwritten.

use super::row::{first, number, text};
use super::{read_call, respond};
use crate::clock;
use crate::meter;
use crate::problem::{Failure, Fault};
use crate::reply::Reply;
use shared::wire::call::MerchantCall;
use shared::wire::request::Settings;
use worker::{DurableObject, Env, Request, Response, SqlStorage, State, durable_object};

/// One merchant.
#[durable_object(fetch)]
pub struct MerchantObject {
    sql: SqlStorage,
}

impl DurableObject for MerchantObject {
    fn new(state: State, env: Env) -> Self {
        meter::look(&env);
        Self { sql: state.storage().sql() }
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let outcome = match read_call(&mut request).await {
            Ok(MerchantCall::Read) => self.read(),
            Ok(MerchantCall::Write { settings }) => self.write(&settings),
            Err(failure) => Err(failure),
        };
        respond(outcome)
    }
}

impl MerchantObject {
    /// The newest version; the defaults when nothing was ever written. Reading writes nothing.
    fn read(&self) -> Result<Reply, Failure> {
        let table =
            first(&self.sql, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'settings'", Vec::new())?;
        let row = if table.is_some() {
            first(&self.sql, "SELECT document FROM settings ORDER BY version DESC LIMIT 1", Vec::new())?
        } else {
            None
        };
        let settings = match row {
            None => Settings::default(),
            Some(mut row) => serde_json::from_str(&row.text()?).map_err(|_| Fault::Corrupt("settings"))?,
        };
        Ok(Reply::json(200, &settings))
    }

    fn write(&self, settings: &Settings) -> Result<Reply, Failure> {
        let document = serde_json::to_string(settings).map_err(|_| Fault::Corrupt("settings"))?;
        self.sql.exec("CREATE TABLE IF NOT EXISTS settings (version INTEGER PRIMARY KEY, document TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT", None)?;
        self.sql.exec(
            "INSERT INTO settings (document, at_ms) VALUES (?, ?)",
            vec![text(&document), number(clock::now_ms())?],
        )?;
        Ok(Reply::json(200, settings))
    }
}
