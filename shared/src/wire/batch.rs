//! Batches: the request that orders one, the calls to its object, and what is told of it.

use super::json::Fields;
use super::request::IssueGiftCard;
use super::settings::Settings;
use crate::batch::Batch;
use crate::card::Facts;
use crate::limits::BATCH_CARDS_MAX;
use crate::money::{Amount, Currency};
use crate::program::Kind;
use crate::rejection::Rejection;
use crate::time;
use serde::{Deserialize, Serialize};

/// `POST /v1/gift-card-batches`: one card, so many times.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct OrderBatch {
    pub count: u32,
    pub card: IssueGiftCard,
}

impl OrderBatch {
    /// Reads the request.
    pub fn read(mut fields: Fields) -> Result<Self, Rejection> {
        let count = fields.optional_integer("count", &(1..=BATCH_CARDS_MAX))?;
        let count = count.and_then(|count| u32::try_from(count).ok()).ok_or_else(|| Rejection::field("count"))?;
        let card = IssueGiftCard::read(fields)?;
        // Words for one person on each of many cards are a mistake.
        if card.gift.is_some() {
            return Err(Rejection::UnknownField { field: "gift".into() });
        }
        Ok(Self { count, card })
    }

    /// What all its cards come to.
    pub fn total(&self) -> Result<Amount, Rejection> {
        let total = self.card.amount.minor().checked_mul(u64::from(self.count)).and_then(Amount::new);
        total.ok_or_else(|| Rejection::amount("amount"))
    }

    /// The batch that it makes. All its cards together must be an amount as well, or no report could tell their sum.
    pub fn order(self, settings: &Settings, key_id: u8, id: &str, now_ms: u64) -> Result<Batch, Rejection> {
        let (amount, total) = (self.card.amount, self.total()?);
        let (facts, note) = self.card.terms(settings, key_id, now_ms)?;
        let facts = Facts { batch: Some(id.into()), ..facts };
        Batch::new((self.count, Some(amount), total), (facts, note), now_ms)
    }
}

/// A call to a `BatchObject`: one flat form for all of them, since each form costs the Worker its reader.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BatchCall {
    /// What to do.
    pub act: BatchAct,
    /// `{env}/{merchant}`: where its cards are.
    pub scope: String,
    /// The batch's id.
    pub batch: String,
    /// Of an order or an import: the request as it came; of codes: what their cards' links begin with.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub body: String,
    /// Of an order or an import: what stands for the request.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub fingerprint: String,
    /// Of codes: the place of the first one.
    #[serde(default)]
    pub from: u32,
}

/// What a batch is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum BatchAct {
    Order,
    Import,
    Read,
    /// A page of codes, a line of JSON each.
    Codes,
    /// A page of codes with commas.
    CodesCsv,
}

/// A batch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct BatchAnswer<'a> {
    pub id: &'a str,
    #[serde(rename = "type")]
    pub origin: &'static str,
    pub status: &'static str,
    pub count: u32,
    pub issued: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    pub currency: Currency,
    pub total: Amount,
    pub kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<&'a str>,
    /// How many places have no card: of an import those whose codes were imported before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused_lines: Vec<u32>,
    /// Why it is stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<&'a str>,
    pub created_at: String,
    pub finished_at: Option<String>,
}

impl<'a> BatchAnswer<'a> {
    /// The batch as it stands.
    pub fn new(id: &'a str, batch: &'a Batch) -> Self {
        Self {
            id,
            origin: if batch.is_import() { "import" } else { "issue" },
            status: batch.status(),
            count: batch.count,
            issued: batch.done.saturating_sub(batch.refused),
            amount: batch.amount,
            currency: batch.facts.currency,
            total: batch.total,
            kind: batch.facts.kind,
            program: batch.facts.program.as_deref(),
            campaign: batch.note.campaign.as_deref(),
            reference: batch.note.reference.as_deref(),
            refused: (batch.is_import() || batch.refused > 0).then_some(batch.refused),
            refused_lines: if batch.is_import() { batch.exceptions.refused_lines() } else { Vec::new() },
            cause: batch.stopped.as_deref(),
            created_at: time::write(batch.created_at_ms),
            finished_at: batch.finished_at_ms.map(time::write),
        }
    }
}

/// What a page of codes tells of each card; with commas, its first page begins with these names.
pub const CODE_COLUMNS: [&str; 6] = ["id", "code", "last4", "amount", "currency", "link"];

/// Adds a card to a page of codes. Nothing of it needs to be escaped, in one form or the other.
pub fn write_code(text: &mut String, csv: bool, cells: [&str; 6]) {
    for (name, cell) in CODE_COLUMNS.iter().zip(cells) {
        let is_first = *name == "id";
        let quote = if *name == "amount" { "" } else { "\"" };
        let parts = match (csv, is_first) {
            (true, true) => [cell, "", "", "", "", ""],
            (true, false) => [",", cell, "", "", "", ""],
            (false, _) => [if is_first { "{\"" } else { ",\"" }, name, "\":", quote, cell, quote],
        };
        parts.iter().for_each(|part| text.push_str(part));
    }
    text.push_str(if csv { "\n" } else { "}\n" });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Placed;

    fn read(body: &str) -> Result<Batch, Rejection> {
        OrderBatch::read(Fields::read(body.as_bytes()).unwrap())?.order(&Settings::default(), 1, "gb_1", 7)
    }

    #[test]
    fn batch_is_so_many_times_one_card_and_its_sum_an_amount() {
        let batch =
            read(r#"{"count":3,"amount":5000,"currency":"SAR","campaign":"eid","reference":"po-7","active":false}"#)
                .unwrap();
        assert_eq!((batch.count, batch.total.minor(), batch.facts.active), (3, 15_000, false));
        assert_eq!(batch.facts.batch.as_deref(), Some("gb_1"));
        let body = |count: &str, amount: &str| format!(r#"{{"count":{count},"amount":{amount},"currency":"SAR"}}"#);
        for count in ["0", "-1", "1.5", "\"3\"", "null", "100001"] {
            assert_eq!(read(&body(count, "1")), Err(Rejection::field("count")), "{count}");
        }
        assert_eq!(read(&body("100000", "90071992547")).unwrap().total.minor(), 9_007_199_254_700_000);
        assert_eq!(read(&body("100000", "90071992548")), Err(Rejection::amount("amount")));
        assert_eq!(read(&body("2", "0")), Err(Rejection::amount("amount")));
        assert_eq!(read(r#"{"count":1,"amount":1}"#), Err(Rejection::field("currency")));
        for (field, value) in [("code", "\"x\""), ("gift", "{}")] {
            let refused = read(&format!(r#"{{"count":1,"amount":1,"currency":"SAR","{field}":{value}}}"#));
            assert_eq!(refused, Err(Rejection::UnknownField { field: field.into() }));
        }
    }

    #[test]
    fn batch_answer_format_unchanged() {
        let mut batch =
            read(r#"{"count":3,"amount":5000,"currency":"SAR","campaign":"eid","reference":"po-7"}"#).unwrap();
        let text = |batch: &Batch| serde_json::to_string(&BatchAnswer::new("gb_1", batch)).unwrap();
        assert_eq!(
            text(&batch),
            r#"{"id":"gb_1","type":"issue","status":"issuing","count":3,"issued":0,"amount":5000,"currency":"SAR","total":15000,"kind":"paid_gift","campaign":"eid","reference":"po-7","created_at":"1970-01-01T00:00:00.007Z","finished_at":null}"#
        );
        batch.amount = None;
        batch.advance(&[Placed::Issued { retry: 0 }, Placed::Refused], 9);
        batch.stop("card_closed");
        assert_eq!(
            text(&batch),
            r#"{"id":"gb_1","type":"import","status":"stopped","count":3,"issued":1,"currency":"SAR","total":15000,"kind":"paid_gift","campaign":"eid","reference":"po-7","refused":1,"refused_lines":[3],"cause":"card_closed","created_at":"1970-01-01T00:00:00.007Z","finished_at":null}"#
        );
    }

    #[test]
    fn batch_call_format_unchanged() {
        let call = BatchCall {
            act: BatchAct::Order,
            scope: "test/noor".into(),
            batch: "gb_1".into(),
            body: "{}".into(),
            fingerprint: "f".into(),
            from: 0,
        };
        let bare = |act, from| BatchCall { act, body: String::new(), fingerprint: String::new(), from, ..call.clone() };
        for (call, text) in [
            (
                call.clone(),
                r#"{"act":"order","scope":"test/noor","batch":"gb_1","body":"{}","fingerprint":"f","from":0}"#,
            ),
            (bare(BatchAct::Read, 0), r#"{"act":"read","scope":"test/noor","batch":"gb_1","from":0}"#),
            (bare(BatchAct::CodesCsv, 7), r#"{"act":"codes_csv","scope":"test/noor","batch":"gb_1","from":7}"#),
        ] {
            assert_eq!(serde_json::to_string(&call).unwrap(), text);
            assert_eq!(serde_json::from_str::<BatchCall>(text).unwrap(), call);
        }
        assert_eq!(serde_json::to_string(&[BatchAct::Import, BatchAct::Codes]).unwrap(), r#"["import","codes"]"#);
    }

    #[test]
    fn code_lines_format_unchanged() {
        let (mut csv, mut ndjson) = (String::new(), String::new());
        write_code(&mut csv, true, CODE_COLUMNS);
        for (csv, text) in [(true, &mut csv), (false, &mut ndjson)] {
            write_code(text, csv, ["gc_1", "7NPK-1", "NPK1", "5000", "SAR", "https://edge.example/card/#gl_1"]);
        }
        assert_eq!(
            csv,
            "id,code,last4,amount,currency,link\ngc_1,7NPK-1,NPK1,5000,SAR,https://edge.example/card/#gl_1\n"
        );
        assert_eq!(
            ndjson,
            "{\"id\":\"gc_1\",\"code\":\"7NPK-1\",\"last4\":\"NPK1\",\"amount\":5000,\"currency\":\"SAR\",\"link\":\"https://edge.example/card/#gl_1\"}\n"
        );
        assert!(serde_json::from_str::<serde_json::Value>(&ndjson).is_ok());
    }
}
