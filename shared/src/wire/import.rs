//! Cards that were sold elsewhere: the file of an import, and the code that is exchanged.
//!
//! A file either is taken whole or refused whole, and a refusal names the line as an editor counts: the first one names the columns. What it comes to must be
//! what the request says, in number and in sum, so a file that was cut short on its way makes nothing.
//!
//! Codes are compared as `old_code` says.

use super::json::Fields;
use super::request::{IssueGiftCard, Note, read_jurisdiction, read_kind};
use super::settings::Settings;
use crate::batch::{Batch, check_expiry, line_of};
use crate::card::Facts;
use crate::limits::BATCH_CARDS_MAX;
use crate::money::Amount;
use crate::old_code::normalise;
use crate::rejection::Rejection;
use crate::time;
use std::collections::BTreeSet;

/// The columns of a file; the last one may be left out.
const COLUMNS: [&str; 3] = ["old_code", "amount", "expires_at"];

/// A row of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OldCard {
    /// The code as it is compared; in rows, what stands for it.
    pub old: String,
    /// What is on the card.
    pub amount: Amount,
    /// When it ends.
    pub expires_at_ms: Option<u64>,
}

impl OldCard {
    /// The form in rows: `old_… 5000` or `old_… 5000 1795305600000`, a line each.
    pub fn write(&self, text: &mut String) {
        text.push_str(&self.old);
        for number in [Some(self.amount.minor()), self.expires_at_ms].into_iter().flatten() {
            text.push(' ');
            text.push_str(&number.to_string());
        }
        text.push('\n');
    }

    /// Reads a line of what [`OldCard::write`] wrote.
    pub fn parse(line: &str) -> Option<Self> {
        let mut cells = line.split(' ');
        let (old, amount) = (cells.next()?.to_owned(), Amount::new(cells.next()?.parse().ok()?)?);
        let expires_at_ms = match cells.next() {
            None => None,
            Some(text) => Some(text.parse().ok()?),
        };
        Some(Self { old, amount, expires_at_ms })
    }
}

/// `POST /v1/imports/gift-cards`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "api.md explains each field")]
pub struct Import {
    pub rows: Vec<OldCard>,
    pub total: Amount,
    pub cards: IssueGiftCard,
}

impl Import {
    /// Reads the request.
    pub fn read(mut fields: Fields) -> Result<Self, Rejection> {
        let csv = fields.lines("csv")?;
        let count = fields.optional_integer("count", &(1..=BATCH_CARDS_MAX))?;
        let total = fields.amount("total")?;
        let cards = IssueGiftCard {
            amount: Amount::ZERO,
            program: fields.optional_text("program")?,
            currency: Some(fields.currency("currency")?),
            kind: read_kind(&mut fields)?,
            active: false,
            expires_at_ms: None,
            balance_max: None,
            jurisdiction: read_jurisdiction(&mut fields)?,
            note: Note {
                reference: fields.optional_text("reference")?,
                location: fields.optional_text("location")?,
                campaign: fields.optional_text("campaign")?,
                ..Note::default()
            },
            buyer: None,
            gift: None,
        };
        fields.finish()?;
        let rows = read_rows(&csv)?;
        if count != u64::try_from(rows.len()).ok() {
            return Err(Rejection::field("count"));
        }
        if Amount::sum(rows.iter().map(|row| row.amount)) != Some(total) {
            return Err(Rejection::amount("total"));
        }
        Ok(Self { rows, total, cards })
    }

    /// The batch that it makes, and its rows.
    pub fn order(
        self,
        settings: &Settings,
        key_id: u8,
        id: &str,
        now_ms: u64,
    ) -> Result<(Batch, Vec<OldCard>), Rejection> {
        let (facts, note) = self.cards.terms(settings, key_id, now_ms)?;
        // Of all rows the one that ends first is the one that a law could be against.
        let ends = |(place, row): (usize, &OldCard)| row.expires_at_ms.map(|at_ms| (at_ms, place));
        if let Some((at_ms, place)) = self.rows.iter().enumerate().filter_map(ends).min() {
            check_expiry(&facts, Some(at_ms), &at(place, "expires_at"), now_ms)?;
        }
        let count = u32::try_from(self.rows.len()).map_err(|_| Rejection::field("count"))?;
        let facts = Facts { batch: Some(id.into()), ..facts };
        Ok((Batch::new((count, None, self.total), (facts, note), now_ms)?, self.rows))
    }
}

/// `POST /v1/imports/exchange`: the code as it is compared.
pub fn read_exchange(mut fields: Fields) -> Result<String, Rejection> {
    let typed = fields.text("old_code")?;
    fields.finish()?;
    normalise(&typed).ok_or_else(|| Rejection::field("old_code"))
}

fn read_rows(csv: &str) -> Result<Vec<OldCard>, Rejection> {
    let mut lines = csv.trim_start_matches('\u{FEFF}').trim_end().lines();
    let columns = lines.next().map_or(0, |head| {
        let named = head.split(',').zip(COLUMNS).take_while(|(cell, name)| unquote(cell) == *name).count();
        if named == head.split(',').count() { named } else { 0 }
    });
    if columns < 2 {
        return Err(Rejection::field("csv[line 1]"));
    }
    let (mut rows, mut seen) = (Vec::new(), BTreeSet::new());
    for (place, line) in lines.enumerate() {
        let cells: Vec<&str> = line.split(',').map(unquote).collect();
        let (old, amount, expires_at) = match *cells.as_slice() {
            [old, amount] if columns == 2 => (old, amount, ""),
            [old, amount, expires_at] if columns == 3 => (old, amount, expires_at),
            _ => return Err(Rejection::field(at(place, "").trim_end_matches('.'))),
        };
        let old = normalise(old).ok_or_else(|| Rejection::field(&at(place, "old_code")))?;
        if !seen.insert(old.clone()) {
            return Err(Rejection::OldCodeDoubled { field: at(place, "old_code") });
        }
        let is_number = !amount.is_empty() && amount.bytes().all(|digit| digit.is_ascii_digit());
        let amount = amount.parse().ok().filter(|_| is_number).and_then(Amount::new);
        let amount =
            amount.filter(|amount| !amount.is_zero()).ok_or_else(|| Rejection::amount(&at(place, "amount")))?;
        let expires_at_ms = match expires_at {
            "" => None,
            text => Some(time::read(text).ok_or_else(|| Rejection::field(&at(place, "expires_at")))?),
        };
        rows.push(OldCard { old, amount, expires_at_ms });
    }
    Ok(rows)
}

/// How refusals name a cell.
fn at(place: usize, column: &str) -> String {
    let line = line_of(u32::try_from(place).unwrap_or(u32::MAX));
    format!("csv[line {line}].{column}")
}

/// A cell without the quotes that spreadsheets write. None of the columns can hold a comma or a quote of its own.
fn unquote(cell: &str) -> &str {
    let cell = cell.trim();
    cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(csv: &str, count: u64, total: u64) -> Result<Import, Rejection> {
        let body = serde_json::json!({"csv": csv, "count": count, "total": total, "currency": "SAR"});
        Import::read(Fields::read(body.to_string().as_bytes()).unwrap())
    }

    fn rows(csv: &str) -> Result<Vec<(String, u64, Option<u64>)>, Rejection> {
        let row = |row: OldCard| (row.old, row.amount.minor(), row.expires_at_ms);
        read_rows(csv).map(|rows| rows.into_iter().map(row).collect())
    }

    #[test]
    fn file_is_read_as_spreadsheets_write_it() {
        let expected = Ok(vec![("AB12CD".into(), 5_000, None), ("00917".into(), 1, Some(1_795_305_600_000))]);
        for csv in [
            "old_code,amount,expires_at\nab12-cd,5000,\n00917,1,2026-11-22T00:00:00Z\n",
            "\u{FEFF}old_code,amount,expires_at\r\n\"AB12 CD\",\"5000\",\"\"\r\n\"٠٠٩١٧\",1,2026-11-22T03:00:00+03:00",
        ] {
            assert_eq!(rows(csv), expected, "{csv}");
        }
        assert_eq!(rows("old_code,amount\nABCD,7"), Ok(vec![("ABCD".into(), 7, None)]));
    }

    #[test]
    fn bad_row_is_named_by_its_line() {
        let field = |name: &str| Rejection::field(name);
        let old = "old_code,amount,expires_at\nABCD,7,\n";
        for (row, refusal) in [
            ("ABCDE", field("csv[line 3]")),
            ("ABCDE,7", field("csv[line 3]")),
            ("ABCDE,7,,", field("csv[line 3]")),
            ("\nABCDE,7,", field("csv[line 3]")),
            ("ABC,7,", field("csv[line 3].old_code")),
            (",7,", field("csv[line 3].old_code")),
            ("AB_CDE,7,", field("csv[line 3].old_code")),
            ("a-b-c-d,7,", Rejection::OldCodeDoubled { field: "csv[line 3].old_code".into() }),
            ("ABCDE,,", Rejection::amount("csv[line 3].amount")),
            ("ABCDE,0,", Rejection::amount("csv[line 3].amount")),
            ("ABCDE,-7,", Rejection::amount("csv[line 3].amount")),
            ("ABCDE,+7,", Rejection::amount("csv[line 3].amount")),
            ("ABCDE,7.50,", Rejection::amount("csv[line 3].amount")),
            ("ABCDE,9007199254740992,", Rejection::amount("csv[line 3].amount")),
            ("ABCDE,7,2030-01-01", field("csv[line 3].expires_at")),
        ] {
            assert_eq!(rows(&format!("{old}{row}\n")), Err(refusal), "{row}");
        }
        for csv in ["", "ABCD,7", "amount,old_code\n7,ABCD", "old_code\nABCD", "old_code,amount,expires_at,note\n"] {
            assert_eq!(rows(csv), Err(field("csv[line 1]")), "{csv}");
        }
    }

    #[test]
    fn file_that_does_not_come_to_what_the_request_says_is_refused() {
        let csv = "old_code,amount\nABCD,7\nABCE,8\n";
        assert_eq!(read(csv, 2, 15).unwrap().rows.len(), 2);
        assert_eq!(read(csv, 3, 15), Err(Rejection::field("count")));
        assert_eq!(read(csv, 2, 16), Err(Rejection::amount("total")));
        assert_eq!(read("old_code,amount\n", 0, 15), Err(Rejection::field("count")));
        let huge = "old_code,amount\nABCD,9007199254740991\nABCE,1\n";
        assert_eq!(read(huge, 2, 9_007_199_254_740_991), Err(Rejection::amount("total")), "no amount holds the sum");
    }

    #[test]
    fn row_that_would_break_a_law_is_named_by_its_line() {
        let now_ms = time::read("2026-11-22T00:00:00Z").unwrap();
        let (settings, csv) = (Settings::default(), "old_code,amount,expires_at\nABCD,7,2040-01-01T00:00:00Z\nABCE,8,");
        for (expires, place, refusal) in [
            ("2031-11-22T00:00:00Z", "IE", None),
            ("2031-11-21T00:00:00Z", "IE", Some("expiry_too_short")),
            ("2031-11-21T00:00:00Z", "SA", None),
            ("2026-11-22T00:00:00Z", "SA", Some("field_invalid")),
        ] {
            let mut import = read(&format!("{csv}{expires}"), 2, 15).unwrap();
            import.cards.jurisdiction = Some(place.into());
            match (import.order(&settings, 0, "gb_1", now_ms), refusal) {
                (Ok((batch, _)), None) => {
                    assert_eq!((batch.count, batch.facts.active, batch.amount), (2, false, None));
                }
                (Err(rejection), Some(code)) => {
                    assert_eq!(rejection.code(), code);
                    let (Rejection::FieldInvalid { field } | Rejection::ExpiryTooShort { field, .. }) = rejection
                    else {
                        panic!("{rejection:?}")
                    };
                    assert_eq!(field, "csv[line 3].expires_at");
                }
                (other, _) => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn old_card_format_unchanged() {
        let row = |expires_at_ms| OldCard { old: "old_1".into(), amount: Amount::new(7).unwrap(), expires_at_ms };
        let mut text = String::new();
        [row(None), row(Some(9))].iter().for_each(|row| row.write(&mut text));
        assert_eq!(text, "old_1 7\nold_1 7 9\n");
        let read: Option<Vec<OldCard>> = text.lines().map(OldCard::parse).collect();
        assert_eq!(read, Some(vec![row(None), row(Some(9))]));
        for line in ["", "old_1", "old_1 x", "old_1 7 x", "old_1 9007199254740992"] {
            assert_eq!(OldCard::parse(line), None, "{line}");
        }
    }
}
