//! A report as rows of cells, and the two forms in which it is told: JSON and CSV, with the same columns.

/// A value of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    /// A name, a day, a code.
    Text(String),
    /// A count, or an amount in minor units.
    Number(i64),
}

/// Rows under columns. Every row has a cell for each.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "see above")]
pub struct Table {
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Adds columns; a row that has nothing to say there is left out.
    pub(super) fn widen(&mut self, columns: &[&'static str], cells: impl Fn(&[Cell]) -> Option<Vec<Cell>>) {
        self.columns.extend(columns);
        self.rows.retain_mut(|row| {
            let Some(more) = cells(row) else { return false };
            row.extend(more);
            true
        });
    }

    /// A JSON array with an object for each row.
    pub fn json(&self) -> String {
        let mut text = String::from("[");
        for (place, row) in self.rows.iter().enumerate() {
            text.push_str(if place == 0 { "{" } else { ",{" });
            for (place, (column, cell)) in self.columns.iter().zip(row).enumerate() {
                text.push_str(if place == 0 { "\"" } else { ",\"" });
                text.push_str(column);
                text.push_str("\":");
                match cell {
                    Cell::Text(value) => text.push_str(&serde_json::to_string(value).unwrap_or_default()),
                    Cell::Number(value) => text.push_str(&value.to_string()),
                }
            }
            text.push('}');
        }
        text.push(']');
        text
    }

    /// CSV as RFC 4180 has it, with a line of names first.
    pub fn csv(&self) -> String {
        let mut text = self.columns.join(",");
        text.push_str("\r\n");
        for row in &self.rows {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                match cell {
                    Cell::Text(value) => write_field(value, &mut text),
                    Cell::Number(value) => text.push_str(&value.to_string()),
                }
            }
            text.push_str("\r\n");
        }
        text
    }
}

/// A text as a field. One that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets show as the text that follows: names
/// of campaigns and locations come from requests, and must do nothing on the machine of whoever opens the file.
fn write_field(value: &str, text: &mut String) {
    let is_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let is_quoted = value.contains(['"', ',', '\r', '\n']);
    if is_quoted {
        text.push('"');
    }
    if is_formula {
        text.push('\'');
    }
    for character in value.chars() {
        if character == '"' {
            text.push('"');
        }
        text.push(character);
    }
    if is_quoted {
        text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(texts: &[&str]) -> Table {
        let row = |text: &&str| vec![Cell::Text((*text).into()), Cell::Number(-5)];
        Table { columns: vec!["campaign", "amount"], rows: texts.iter().map(row).collect() }
    }

    #[test]
    fn report_format_unchanged() {
        let table = table(&["Eid \"26\", north", ""]);
        assert_eq!(table.json(), r#"[{"campaign":"Eid \"26\", north","amount":-5},{"campaign":"","amount":-5}]"#);
        assert_eq!(table.csv(), "campaign,amount\r\n\"Eid \"\"26\"\", north\",-5\r\n,-5\r\n");
        assert_eq!((self::table(&[]).json(), self::table(&[]).csv()), ("[]".into(), "campaign,amount\r\n".into()));
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_is_told_as_a_text() {
        for (told, field) in [
            ("=1+1", "'=1+1"),
            ("+966", "'+966"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("=cmd|'/c calc',\"x\"", "\"'=cmd|'/c calc',\"\"x\"\"\""),
            ("رمضان", "رمضان"),
            ("a=b", "a=b"),
        ] {
            assert_eq!(table(&[told]).csv(), format!("campaign,amount\r\n{field},-5\r\n"), "{told}");
        }
    }
}
