//! Reading and writing SQLite rows without surprises: integers bind as integers, a missing row is `None`, a value of another type is a fault.

use crate::meter;
use crate::problem::Fault;
use serde::de::DeserializeOwned;
use shared::money::Amount;
use shared::wire::document;
use worker::{SqlStorage, SqlStorageValue};

/// A value to bind. Numbers go through `Amount` or `number`, so none is rounded on its way through JavaScript.
pub fn number(value: u64) -> Result<SqlStorageValue, Fault> {
    let signed = i64::try_from(value).map_err(|_| Fault::Corrupt("number"))?;
    Ok(SqlStorageValue::try_from_i64(signed)?)
}

/// An amount to bind: always in range.
pub fn amount(value: Amount) -> SqlStorageValue {
    SqlStorageValue::Integer(value.signed())
}

/// A number or NULL to bind.
pub fn optional_number(value: Option<u64>) -> Result<SqlStorageValue, Fault> {
    value.map_or(Ok(SqlStorageValue::Null), number)
}

/// A flag to bind: STRICT tables know no booleans.
pub fn flag(value: bool) -> SqlStorageValue {
    SqlStorageValue::Integer(i64::from(value))
}

/// A text to bind.
pub fn text(value: &str) -> SqlStorageValue {
    SqlStorageValue::String(value.into())
}

/// Runs a statement that returns nothing.
pub fn execute(sql: &SqlStorage, query: &str, bindings: Vec<SqlStorageValue>) -> Result<(), Fault> {
    let cursor = sql.exec(query, bindings)?;
    meter::rows_written(|| cursor.rows_written());
    Ok(())
}

/// The first row of a query, where there is one.
pub fn first(sql: &SqlStorage, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Option<Row>, Fault> {
    let cursor = sql.exec(query, bindings)?;
    let row = cursor.raw().next().transpose();
    meter::rows_read(|| cursor.rows_read());
    Ok(row?.map(Row::new))
}

/// All rows of a query.
pub fn all(sql: &SqlStorage, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Vec<Row>, Fault> {
    let cursor = sql.exec(query, bindings)?;
    let rows = cursor.raw().map(|values| values.map(Row::new).map_err(Fault::from)).collect();
    meter::rows_read(|| cursor.rows_read());
    rows
}

/// The columns of one row, taken from left to right.
pub struct Row(std::vec::IntoIter<SqlStorageValue>);

impl Row {
    fn new(values: Vec<SqlStorageValue>) -> Self {
        Self(values.into_iter())
    }

    /// A column that is a non-negative integer.
    pub fn number(&mut self) -> Result<u64, Fault> {
        self.optional_number()?.ok_or(Fault::Corrupt("NULL"))
    }

    /// A column that is a non-negative integer or NULL.
    pub fn optional_number(&mut self) -> Result<Option<u64>, Fault> {
        match self.0.next() {
            Some(SqlStorageValue::Integer(value)) => {
                u64::try_from(value).map(Some).map_err(|_| Fault::Corrupt("negative"))
            }
            Some(SqlStorageValue::Null) => Ok(None),
            _ => Err(Fault::Corrupt("not an integer")),
        }
    }

    /// A column that is a sum, read as text: sums of many amounts pass what a number of JavaScript holds exactly.
    pub fn sum(&mut self) -> Result<i64, Fault> {
        self.text()?.parse().map_err(|_| Fault::Corrupt("not a sum"))
    }

    /// A column that is a small number.
    pub fn small<T: TryFrom<u64>>(&mut self) -> Result<T, Fault> {
        T::try_from(self.number()?).map_err(|_| Fault::Corrupt("out of range"))
    }

    /// A column that is an amount.
    pub fn amount(&mut self) -> Result<Amount, Fault> {
        Amount::new(self.number()?).ok_or(Fault::Corrupt("amount"))
    }

    /// A column that is 0 or 1.
    pub fn flag(&mut self) -> Result<bool, Fault> {
        Ok(self.number()? != 0)
    }

    /// A column that is a text.
    pub fn text(&mut self) -> Result<String, Fault> {
        self.optional_text()?.ok_or(Fault::Corrupt("NULL"))
    }

    /// A column that is a JSON document of ours. It is read as calls are, from bytes: reading it from text would carry every type's reader twice.
    pub fn document<T: DeserializeOwned>(&mut self, what: &'static str) -> Result<T, Fault> {
        document::read(self.text()?.as_bytes()).ok_or(Fault::Corrupt(what))
    }

    /// A column that is a text or NULL.
    pub fn optional_text(&mut self) -> Result<Option<String>, Fault> {
        match self.0.next() {
            Some(SqlStorageValue::String(value)) => Ok(Some(value)),
            Some(SqlStorageValue::Null) => Ok(None),
            _ => Err(Fault::Corrupt("not a text")),
        }
    }
}
