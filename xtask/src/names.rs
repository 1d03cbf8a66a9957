//! The names by which the widget's Wasm and its glue call each other, made short.
//!
//! wasm-bindgen gives every function that one lends to the other a name with a hash, in the glue and in the Wasm: a kilobyte, brotli, that tells a
//! browser nothing. The optimiser renames its side and says how; here the glue is made to follow: esbuild renames what the glue calls in the Wasm, and
//! a small script hands the Wasm what it calls in the glue.
//!
//! Left out: what the loader calls in the glue, which the bundler shortens by itself.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// What the optimiser calls the one module that is left.
const MODULE: &str = "a";

/// What the names of the Wasm's functions for the loader begin with.
const CALLED: &str = "widget_";

/// Every new name, as the optimiser tells it.
pub(crate) struct Names {
    /// The old module, the old name, the new name.
    imports: Vec<(String, String, String)>,
    /// The old name, the new name.
    exports: Vec<(String, String)>,
}

impl Names {
    /// Reads what the optimiser printed.
    pub(crate) fn parse(printed: &str) -> Result<Self> {
        let mut names: Value = serde_json::from_str(printed).context("wasm-opt did not print its new names")?;
        let mut list = |name: &str| names.get_mut(name).map(Value::take).unwrap_or_default();
        let imports: Vec<_> = serde_json::from_value(list("imports")).context("wasm-opt names no imports")?;
        let exports: Vec<_> = serde_json::from_value(list("exports")).context("wasm-opt names no exports")?;
        if imports.is_empty() || exports.is_empty() {
            bail!("wasm-opt renamed nothing");
        }
        Ok(Self { imports, exports })
    }

    /// The script that joins glue and Wasm: what the loader calls, what the Wasm imports, and what is to be done once it stands.
    /// Nothing but that has to be: there is no table for values of JavaScript to be filled.
    pub(crate) fn joint(&self) -> String {
        let (mut from_glue, mut lent) = (String::new(), String::new());
        for (_, old, new) in &self.imports {
            // Writing to a string cannot fail.
            let _ = write!(from_glue, "{old} as {new}, ");
            let _ = write!(lent, "{new}, ");
        }
        // The rest is between the two.
        let called: Vec<&str> =
            self.exports.iter().map(|(old, _)| old.as_str()).filter(|old| old.starts_with(CALLED)).collect();
        let called = called.join(", ");
        format!(
            "import {{ {from_glue}__wbg_set_wasm as lend }} from './raseed_bg.js';\n\
             export {{ {called} }} from './raseed_bg.js';\n\
             export const imports = {{ {MODULE}: {{ {lent}}} }};\n\
             export function start({{ exports }}) {{\n  lend(exports);\n}}\n"
        )
    }

    /// The new names of what the glue calls in the Wasm, as esbuild reads them.
    pub(crate) fn cache(&self) -> String {
        let names = self.exports.iter().map(|(old, new)| (old.clone(), new.as_str().into()));
        Value::Object(names.collect::<Map<_, _>>()).to_string()
    }

    /// A pattern of the old ones.
    pub(crate) fn pattern(&self) -> String {
        let old: Vec<&str> = self.exports.iter().map(|(old, _)| old.as_str()).collect();
        format!("^({})$", old.join("|"))
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    const PRINTED: &str = r#"{"imports": [["./raseed_bg.js", "__wbg_ask_01", "b"]], "exports": [["memory", "c"], ["widget_apply", "d"]]}"#;

    #[test]
    fn glue_follows_the_wasm() {
        let names = Names::parse(PRINTED).unwrap();
        let joint = names.joint();
        assert!(joint.contains("__wbg_ask_01 as b, ") && joint.contains("{ a: { b, } }"), "{joint}");
        assert!(joint.contains("export { widget_apply } from"), "{joint}");
        assert_eq!(names.cache(), r#"{"memory":"c","widget_apply":"d"}"#);
        assert_eq!(names.pattern(), "^(memory|widget_apply)$");
    }

    #[test]
    fn an_optimiser_that_renamed_nothing_is_noticed() {
        for printed in ["", "{}", r#"{"imports": [], "exports": []}"#] {
            assert!(Names::parse(printed).is_err(), "{printed}");
        }
    }
}
