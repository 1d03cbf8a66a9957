//! The journal as `edge/src/objects/journal` drives it: lines come at least once and are kept exactly once, with running totals.

use crate::guard::Guard;
use crate::message::{Message, Tell, Turn};
use shared::journal::{Account, ExportLine, ExportRow, Known, Line, Step, receive};
use shared::money::Currency;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the journal has on disk, which is all of it.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub known: BTreeMap<String, Known>,
    pub rows: Vec<Rc<ExportRow>>,
    pub totals: BTreeMap<(Currency, Account), i128>,
}

impl Book {
    /// Takes a hand-off over, whole or not at all.
    pub fn on_ask(&mut self, turn: &mut Turn, message: &Message, lines: &[Line]) {
        let Some(card) = lines.first().map(|line| line.card.clone()) else { return };
        let mut known = self.known.get(&card).cloned();
        // Without the chain: whatever the next line names is taken for right.
        if let Some(known) = known.as_mut().filter(|_| !turn.guards.on(Guard::Chain))
            && let Some(line) = lines.iter().find(|line| line.seq == known.seq + 1)
        {
            known.hash.clone_from(&line.previous);
        }
        let Some(taken) = receive(known.as_ref(), lines) else {
            return turn.tell((message.from, message.call), Tell::Lost);
        };
        for Step { line, postings, known, .. } in taken.steps {
            let number = u64::try_from(self.rows.len()).unwrap() + 1;
            self.rows.push(Rc::new(ExportRow { number, hash: known.hash.clone(), line }));
            for posting in postings {
                *self.totals.entry((known.currency, posting.account)).or_default() += i128::from(posting.change);
            }
            self.known.insert(card.clone(), known);
        }
        turn.tell((message.from, message.call), Tell::Received(taken.answer));
    }

    /// The lines of a whole export.
    pub fn export(&self) -> impl Iterator<Item = String> {
        let watermark = u64::try_from(self.rows.len()).unwrap();
        let rows = self.rows.iter().map(|row| ExportLine::Row(Box::new(ExportRow::clone(row))));
        let all = [ExportLine::Begin { watermark }].into_iter().chain(rows).chain([ExportLine::End { watermark }]);
        all.map(|line| serde_json::to_string(&line).unwrap())
    }
}
