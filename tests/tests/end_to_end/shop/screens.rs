//! The shop on a phone and on a desk, in both languages: pictures to look at, and what a picture need not tell.

use super::Sale;
use std::path::{Path, PathBuf};
use tests::card::Card;
use tests::words::{LANGUAGES, Language};

const WIDTHS: [u32; 2] = [1280, 375];

/// Where the pictures go.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/raseed/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What is wider than the page, and what has moved by itself. Entries of the layout reach their observer after the frame that they belong to; what moves
/// because somebody has just clicked is no surprise.
const FAULTS: &str = r"
const node = (each) => each.outerHTML.slice(0, 90);
const outside = (each) => {
  const { left, right, width } = each.getBoundingClientRect();
  return width > 0 && each.checkVisibility() && (right > innerWidth + 1 || left < -1);
};
const wide = [...document.querySelectorAll('body *')].filter(outside).map(node);
if (document.documentElement.scrollWidth > innerWidth) wide.push('the page');
// A picture of something half faded in shows nobody what it looks like.
const roots = [document, ...[...document.querySelectorAll('raseed-checkout')].map((host) => host.shadowRoot)];
await Promise.allSettled(roots.flatMap((root) => root.getAnimations()).map(({ finished }) => finished));
return new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
  const moved = watched.shifts.splice(0).filter(({ hadRecentInput }) => !hadRecentInput);
  done([...wide.map((each) => 'too wide: ' + each), ...moved.map((each) => 'moved: ' + JSON.stringify(each))]);
})));";

impl Sale {
    /// Takes the picture of the page from top to bottom, and returns what is wrong with it.
    fn picture(&self, name: &str, language: Language, width: u32) -> Vec<String> {
        let name = format!("{name}-{}-{width}", language.tag());
        let faults: Vec<String> = serde_json::from_value(self.browser.run(FAULTS, &[])).unwrap();
        let height = self.browser.run("return document.documentElement.scrollHeight", &[]);
        self.browser.resize(width, height.as_u64().unwrap().try_into().unwrap());
        let picture = self.browser.picture();
        assert!(picture.starts_with(b"\x89PNG"));
        std::fs::write(folder().join(format!("{name}.png")), picture).unwrap();
        self.resize(width);
        self.browser.run("watched.shifts.length = 0", &[]);
        faults.into_iter().map(|fault| format!("{name}: {fault}")).collect()
    }

    fn resize(&self, width: u32) {
        self.browser.resize(width, if width < 600 { 812 } else { 900 });
    }
}

#[test]
fn shop_fits_every_screen_and_nothing_moves() {
    let sale = Sale::start();
    let cards = [10_000, 3_000, 30_000].map(|amount| sale.card(amount));
    let mut faults = Vec::new();
    for language in LANGUAGES {
        for width in WIDTHS {
            sale.resize(width);
            faults.extend(checkout(&sale, &cards, language, width));
            faults.extend(receipt(&sale, language, width));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

fn checkout(sale: &Sale, cards: &[Card; 3], language: Language, width: u32) -> Vec<String> {
    let picture = |name: &str| sale.picture(name, language, width);
    let widget = sale.order_with_widget(language);
    let mut faults = picture("1-empty");
    widget.paste("0000-0000-0000-0000-0001");
    assert!(widget.face().invalid);
    faults.extend(picture("2-slip"));
    widget.apply_by_hand(&cards[0].code);
    sale.until_data("#pay", "150.00");
    faults.extend(picture("3-part"));
    widget.apply_by_hand(&cards[1].code);
    widget.apply_by_hand(&cards[2].code);
    sale.browser.until("no bank card is asked for", "return document.querySelector('#bank-cards').hidden", &[]);
    faults.extend(picture("4-covered"));
    widget.remove(2);
    sale.until_data("#pay", "120.00");
    faults.extend(picture("5-two-cards"));
    // Nothing is taken from the cards, so that the next round finds them as this one did.
    sale.browser.click("input[name=card][value=declined]");
    sale.browser.click("#pay");
    sale.browser.until("the notice", "return document.querySelector('.notice.bad')", &[]);
    sale.widget();
    faults.extend(picture("6-declined"));
    faults
}

fn receipt(sale: &Sale, language: Language, width: u32) -> Vec<String> {
    let card = sale.card(10_000);
    sale.widget().apply_by_hand(&card.code);
    sale.until_data("#pay", "150.00");
    sale.pay();
    let mut faults = sale.picture("7-receipt", language, width);
    sale.browser.replace("#refund-amount", "40.00");
    sale.browser.click("#refund");
    sale.until_data(".refunds", "40.00");
    faults.extend(sale.picture("8-refunded", language, width));
    faults
}
