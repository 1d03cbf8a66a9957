//! The widget that ships, on a merchant's page that is not the demo shop, in a real browser.

mod appearance;
mod arrival;
mod attributes;
mod bar;
mod containers;
mod contract;
mod disclosures;
mod field;
mod frameworks;
mod integrity;
mod keyboard;
mod languages;
mod layout;
mod locks;
mod mounts;
mod old_codes;
mod outages;
mod points;
mod policy;
mod refusals;
mod remainder;
mod replays;
mod samples;
mod sessions;
mod silence;
mod spellings;

use serde_json::{Value, json};
use tests::api::Api;
use tests::browser::{Browser, Engine};
use tests::page::{Page, Pages};
use tests::server::{Server, Settings};
use tests::widget::Widget;
use tests::words::Language;

/// The merchant's name for what the element hands to the form.
const FIELD: &str = "raseed";

/// A browser, an origin with pages, and the Worker; they end in this order.
struct Stage {
    browser: Browser,
    pages: Pages,
    server: Server,
    api: Api,
}

impl Stage {
    fn start() -> Self {
        Self::start_in(Engine::Chromium)
    }

    fn start_in(engine: Engine) -> Self {
        let pages = Pages::start();
        let server = Server::start_with(Settings { origins: vec![pages.url.clone()], ..Settings::default() });
        Self { browser: Browser::start_engine(engine), api: server.api(), pages, server }
    }

    /// A page with a checkout that the merchant's server made. `order` is the body of its request.
    fn page(&self, order: &Value, language: Language) -> (String, Page) {
        let mut order = order.clone();
        order["origin"] = self.pages.url.as_str().into();
        let checkout = self.api.post("/v1/checkouts", &order).expect(201);
        let text = |name: &str| checkout[name].as_str().map(String::from).unwrap();
        let mut page = self.page_without_checkout(&order, language);
        page.attributes.extend([("checkout", text("id")), ("token", text("token"))]);
        (text("id"), page)
    }

    /// A page that leaves it to the widget to start a checkout.
    fn page_without_checkout(&self, order: &Value, language: Language) -> Page {
        Page {
            lang: language.tag().into(),
            script: format!("{}/widget/v1/raseed.js", self.server.ready.url),
            key: self.server.ready.publishable_key.clone(),
            attributes: vec![
                ("total", order["total"].to_string()),
                ("currency", order["currency"].as_str().unwrap().into()),
                ("reference", order["reference"].as_str().unwrap().into()),
                ("name", FIELD.into()),
            ],
            ..Page::default()
        }
    }

    /// Opens a page and waits for its widget.
    fn show(&self, page: Page) -> Widget<'_> {
        self.browser.open(&self.pages.put(page));
        Widget::of(&self.browser).ready()
    }

    /// Opens a page for an order of 250.00 SAR and waits for its widget; returns the checkout's id with it.
    fn show_order(&self, reference: &str, language: Language) -> (String, Widget<'_>) {
        let (id, page) = self.page(&order(25_000, "SAR", reference), language);
        (id, self.show(page))
    }

    /// The checkout, as the API says.
    fn checkout(&self, id: &str) -> Value {
        self.api.get(&format!("/v1/checkouts/{id}")).expect(200)
    }

    /// Issues a card and returns its code.
    fn card(&self, amount: u64, currency: &str) -> String {
        let card = self.issue(&json!({"amount": amount, "currency": currency}));
        card["code"].as_str().unwrap().into()
    }

    fn issue(&self, card: &Value) -> Value {
        self.api.post("/v1/gift-cards", card).expect(201)
    }

    /// Sends the merchant's form and returns its fields.
    fn send_form(&self) -> String {
        let before = self.pages.sent().len();
        self.browser.click("#pay");
        self.browser.until("the order has gone out", "return document.getElementById('ordered')", &[]);
        let sent = self.pages.sent();
        assert_eq!(sent.len(), before + 1);
        sent[before].clone()
    }
}

/// The body of a request for a checkout.
fn order(total: u64, currency: &str, reference: &str) -> Value {
    json!({"total": total, "currency": currency, "reference": reference})
}
