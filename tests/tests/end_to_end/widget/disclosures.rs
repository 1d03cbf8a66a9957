//! What the law asks to be told of a card stands in its row, where the card pays.

use super::{Stage, order};
use serde_json::{Value, json};
use tests::words::{LANGUAGES, Language, Words};

const PROMOTIONAL: Words = ("This card was issued for promotional purposes.", "صدرت هذه البطاقة لأغراض ترويجية.");

/// Where each row begins and how high it is, from the top of the element.
const ROWS: &str = r"
const host = document.querySelector('raseed-checkout');
const { top } = host.getBoundingClientRect();
return [...host.shadowRoot.querySelectorAll('.tender')].map((row) => {
  const box = row.getBoundingClientRect();
  return [Math.round(box.top - top), Math.round(box.height)];
});";

impl Stage {
    fn rows(&self) -> Vec<[u64; 2]> {
        serde_json::from_value(self.browser.run(ROWS, &[])).unwrap()
    }

    /// The code of a promotional card of New York, and of one of a place without such a rule.
    pub(super) fn promotional(&self) -> [String; 2] {
        let program = |id: &str, jurisdiction: &str| json!({"id": id, "kind": "promo", "currency": "SAR", "validity_days": 30, "jurisdiction": jurisdiction});
        let settings =
            json!({"origins": [self.pages.url], "programs": [program("york", "US-NY"), program("riyadh", "SA")]});
        self.api.change("PUT", "/v1/settings", &settings).expect(200);
        ["york", "riyadh"].map(|program| {
            let card = self.issue(&json!({"program": program, "amount": 5_000}));
            card["code"].as_str().unwrap().into()
        })
    }
}

#[test]
fn promotional_card_says_so_in_its_row_where_the_law_asks_for_it() {
    let stage = Stage::start();
    let [york, riyadh] = stage.promotional();
    for (language, width) in LANGUAGES.into_iter().zip([375, 600]) {
        stage.browser.resize(width, 800);
        let (id, widget) = stage.show_order(&format!("promo-{width}"), language);
        widget.apply_by_hand(&stage.card(1_000, "SAR"));
        widget.apply_by_hand(&riyadh);
        let before = stage.rows();
        stage.browser.layout_faults();
        let face = widget.apply_by_hand(&york);
        let told: Vec<&str> = face.rows.iter().map(|row| row.disclosure.as_str()).collect();
        assert_eq!(told, ["", "", language.pick(PROMOTIONAL)]);
        assert!(!face.rows[2].expires.is_empty(), "{face:?}");
        assert_eq!(stage.rows()[..2], before, "the others stay where they are");
        let disclosures = json!([{"name": "promotional", "en": PROMOTIONAL.0, "ar": PROMOTIONAL.1}]);
        assert_eq!(face.quote["tenders"][2]["disclosures"], disclosures);
        let asked = stage.checkout(&id);
        let told: Vec<&Value> = (0..3).map(|place| &asked["quote"]["tenders"][place]["disclosures"]).collect();
        assert_eq!(told, [&Value::Null, &Value::Null, &disclosures]);
        // Room for it is kept from the first paint on when the page comes back.
        stage.browser.reload();
        assert_eq!(widget.ready().settled().rows[2].disclosure, language.pick(PROMOTIONAL));
        assert_eq!(stage.browser.layout_faults(), Vec::<String>::new());
        for _ in 0..3 {
            widget.remove(0);
        }
    }
}

#[test]
fn disclosure_follows_the_language_and_outlives_a_refusal() {
    let stage = Stage::start();
    let [york, _] = stage.promotional();
    let page = stage.page_without_checkout(&order(25_000, "SAR", "languages"), Language::English);
    let widget = stage.show(page);
    assert_eq!(widget.apply(&york).rows[0].disclosure, PROMOTIONAL.0);
    assert_eq!(widget.apply(&york).rows[0].disclosure, PROMOTIONAL.0, "refused a second time");
    assert_eq!(widget.last_event("raseed-error")["code"], "already_applied");
    widget.set(&[("lang", "ar")]);
    let shown = "return document.querySelector('raseed-checkout').shadowRoot.querySelector('.disclosure').textContent === arguments[0]";
    stage.browser.until("the sentence is in Arabic", shown, &[PROMOTIONAL.1.into()]);
}
