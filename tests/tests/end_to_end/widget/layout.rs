//! Nothing jumps and nothing sticks out: at any width, in both languages, however late an answer is.

use super::{Stage, order};
use tests::words::{COVERED_FULL, LANGUAGES};

const WIDTHS: [u32; 4] = [320, 439, 600, 1280];

/// Answers come later than any move could still be taken for the click's own, which is half a second.
const LATE: &str = "watched.meet = (_, go) => new Promise((wake) => setTimeout(wake, 600)).then(go)";

/// Sends answers at once again.
const PROMPT: &str = "watched.meet = null";

#[test]
fn widget_fits_every_width_and_appears_without_a_jump() {
    let stage = Stage::start();
    let mut faults = Vec::new();
    for language in LANGUAGES {
        for width in WIDTHS {
            stage.browser.resize(width, 800);
            let name = format!("{}-{width}", language.tag());
            let (_, page) = stage.page(&order(25_000, "SAR", &name), language);
            let widget = stage.show(page);
            let mut found = stage.browser.layout_faults();
            widget.apply_by_hand(&stage.card(10_000, "SAR"));
            widget.apply_by_hand("7684-VTF2");
            found.extend(stage.browser.layout_faults());
            faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn late_answers_move_nothing() {
    let stage = Stage::start();
    let frozen = stage.issue(&serde_json::json!({"amount": 5_000, "currency": "SAR"}));
    stage
        .api
        .post(&format!("/v1/gift-cards/{}/freeze", frozen["id"].as_str().unwrap()), &serde_json::json!({}))
        .expect(200);
    let mut faults = Vec::new();
    for (language, width) in LANGUAGES.into_iter().zip([375, 1280]) {
        stage.browser.resize(width, 800);
        let (_, page) = stage.page(&order(25_000, "SAR", &format!("late-{width}")), language);
        let widget = stage.show(page);
        stage.browser.forgive_moves();
        stage.browser.run(LATE, &[]);
        let mut look = |what: &str| {
            let found = stage.browser.layout_faults();
            faults.extend(found.into_iter().map(|fault| format!("{what} at {width}: {fault}")));
        };
        widget.apply_by_hand(&stage.card(10_000, "SAR"));
        look("applied");
        let face = widget.apply_by_hand(frozen["code"].as_str().unwrap());
        assert_eq!(face.message, language.refusal("card_frozen"));
        look("refused");
        widget.apply_by_hand(&stage.card(30_000, "SAR"));
        look("covered");
        assert_eq!(widget.remove(1).rows.len(), 1);
        look("removed");
        // The page comes back with what it had; the room for it is kept from the start.
        stage.browser.run(PROMPT, &[]);
        stage.browser.reload();
        let face = widget.ready().settled();
        assert_eq!((face.rows.len(), face.covered.is_some()), (1, false), "{}", language.pick(COVERED_FULL));
        look("reloaded");
    }
    assert_eq!(faults, Vec::<String>::new());
}
