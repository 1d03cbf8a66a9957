//! The SQL of the totals that reports are made of. What is counted, and what a report makes of it, `shared::journal` and `shared::report` say; here are rows.
//!
//! A line adds to one row of `days`, however many figures it changes, and to at most two of `standing`.

use super::super::row::{Row, all, execute, number, text};
use super::store::Store;
use crate::problem::Fault;
use shared::journal::{FIGURES, Known, STANDING, Standing, Step};
use shared::report::{Kept, Plan};
use shared::time;
use worker::SqlStorageValue;

/// The tables, with a column for each figure.
pub fn schema() -> String {
    let mut schema = String::from(
        "CREATE TABLE IF NOT EXISTS days (
          day TEXT NOT NULL, currency TEXT NOT NULL, kind TEXT NOT NULL, location TEXT NOT NULL, campaign TEXT NOT NULL, program TEXT NOT NULL,
          jurisdiction TEXT NOT NULL, ",
    );
    write_columns(&FIGURES, &mut schema);
    schema.push_str(
        "PRIMARY KEY (day, currency, kind, location, campaign, program, jurisdiction)) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS standing (
          month TEXT NOT NULL, currency TEXT NOT NULL, kind TEXT NOT NULL, program TEXT NOT NULL, jurisdiction TEXT NOT NULL, moved TEXT NOT NULL, ",
    );
    write_columns(&STANDING, &mut schema);
    schema.push_str("PRIMARY KEY (month, currency, kind, program, jurisdiction, moved)) STRICT, WITHOUT ROWID;");
    schema
}

fn write_columns(names: &[&str], schema: &mut String) {
    for name in names {
        schema.push_str(name);
        schema.push_str(" INTEGER NOT NULL DEFAULT 0, ");
    }
}

impl Store {
    /// Adds what a line comes to.
    pub(super) fn count(&self, step: &Step) -> Result<(), Fault> {
        let (line, known) = (&step.line, &step.known);
        if !step.tallies.is_empty() {
            let location = line.detail.note.location.as_deref().unwrap_or_default();
            let keys = [
                &time::day(line.at_ms),
                known.currency.code(),
                known.kind.name(),
                location,
                &known.campaign,
                &known.program,
                &known.jurisdiction,
            ];
            self.add("days (day, currency, kind, location, campaign, program, jurisdiction", &keys, &step.tallies)?;
        }
        step.standing.iter().try_for_each(|change| self.put_standing(known, change))
    }

    fn put_standing(&self, known: &Known, Standing { month, moved, sums }: &Standing) -> Result<(), Fault> {
        let keys =
            [month, known.currency.code(), known.kind.name(), &known.program, &known.jurisdiction, moved.as_str()];
        let sums: Vec<(&str, i64)> = STANDING.into_iter().zip(*sums).filter(|(_, sum)| *sum != 0).collect();
        self.add("standing (month, currency, kind, program, jurisdiction, moved", &keys, &sums)
    }

    /// Adds to the row of those keys, which is made when it is not there.
    fn add(&self, table: &str, keys: &[&str], sums: &[(&str, i64)]) -> Result<(), Fault> {
        let mut query = ["INSERT INTO ", table].concat();
        for (name, _) in sums {
            query.push_str(", ");
            query.push_str(name);
        }
        query.push_str(") VALUES (?");
        for _ in keys.iter().skip(1).map(|_| ()).chain(sums.iter().map(|_| ())) {
            query.push_str(", ?");
        }
        query.push_str(") ON CONFLICT DO UPDATE SET ");
        for (place, (name, _)) in sums.iter().enumerate() {
            query.push_str(if place == 0 { "" } else { ", " });
            query.push_str(&[name, " = ", name, " + excluded.", name].concat());
        }
        let mut values: Vec<SqlStorageValue> = keys.iter().map(|key| text(key)).collect();
        for (_, sum) in sums {
            values.push(SqlStorageValue::try_from_i64(*sum)?);
        }
        execute(&self.sql, &query, values)
    }

    /// The totals that a plan asks for, in the order of its keys: of the days in a range, or of all months up to that of its last day.
    pub fn totals(&self, plan: &Plan, from: &str, to: &str, most: usize) -> Result<Vec<Kept>, Fault> {
        if !self.exists()? {
            return Ok(Vec::new());
        }
        let most = u64::try_from(most).map_err(|_| Fault::Corrupt("limit"))?;
        let keys = plan.keys.join(", ");
        let mut query = ["SELECT ", &keys].concat();
        for sum in &plan.sums {
            // As text: sums of many amounts pass what a number of JavaScript holds exactly.
            query.push_str(&[", CAST(sum(", sum, ") AS TEXT)"].concat());
        }
        query.push_str(if plan.of_standing {
            " FROM standing WHERE month >= ? AND month <= ?"
        } else {
            " FROM days WHERE day >= ? AND day <= ?"
        });
        query.push_str(&[" GROUP BY ", &keys, " ORDER BY ", &keys, " LIMIT ?"].concat());
        let (from, to) = if plan.of_standing { ("", to.get(..7).unwrap_or_default()) } else { (from, to) };
        let read = |mut row: Row| {
            let keys = plan.keys.iter().map(|_| row.text()).collect::<Result<_, _>>()?;
            let sums = plan.sums.iter().map(|_| row.sum()).collect::<Result<_, _>>()?;
            Ok(Kept { keys, sums })
        };
        all(&self.sql, &query, vec![text(from), text(to), number(most)?])?.into_iter().map(read).collect()
    }
}
