//! Nothing jumps and nothing sticks out: at any width, in both languages, however late an answer is.

use super::{Stage, order};
use serde_json::json;
use std::time::Duration;
use tests::patience::until;
use tests::widget::{Face, Widget};
use tests::words::{CHANGED, COVERED_FULL, LANGUAGES, UNREACHABLE};

const WIDTHS: [u32; 4] = [320, 439, 600, 1280];

/// Answers come later than any move could still be taken for the click's own, which is half a second.
const LATE: &str = "watched.meet = (_, go) => new Promise((wake) => setTimeout(wake, 600)).then(go)";

/// No answer is one, and each comes late.
const BROKEN: &str =
    "watched.meet = () => new Promise((wake) => setTimeout(() => wake(new Response('', { status: 500 })), 600))";

/// The first card pays 40.00 less from now on.
const POORER: &str = "watched.meet = async (_, go) => {
    const answer = await (await go()).json();
    await new Promise((wake) => setTimeout(wake, 600));
    answer.quote.tenders[0].applied -= 4000;
    answer.quote.covered -= 4000;
    answer.quote.remaining += 4000;
    return Response.json(answer);
}";

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

/// Asks the element to read its checkout, and waits until it shows what it should.
fn refresh(widget: Widget<'_>, what: &str, shows: fn(&Face) -> bool, stage: &Stage) -> Face {
    stage.browser.run("document.querySelector('raseed-checkout').refresh()", &[]);
    until(Duration::from_secs(20), what, || Some(widget.face()).filter(shows))
}

#[test]
fn what_comes_over_a_covered_or_locked_order_is_seen_and_moves_nothing() {
    let stage = Stage::start();
    for (language, width) in LANGUAGES.into_iter().zip([375, 1280]) {
        stage.browser.resize(width, 800);
        let reference = format!("over-{width}");
        let order = order(25_000, "SAR", &reference);
        let (id, page) = stage.page(&order, language);
        let widget = stage.show(page);
        widget.apply_by_hand(&stage.card(30_000, "SAR"));
        assert_eq!(stage.browser.layout_faults(), Vec::<String>::new());
        stage.browser.run(BROKEN, &[]);
        let face = refresh(widget, "the error is told", |face| !face.message.is_empty(), &stage);
        assert_eq!(
            (face.message.as_str(), face.covered.as_deref()),
            (language.pick(UNREACHABLE), Some(language.pick(COVERED_FULL)))
        );
        assert_eq!(stage.browser.layout_faults(), Vec::<String>::new(), "an error at {width}");
        stage.browser.run(LATE, &[]);
        stage.api.post(&format!("/v1/checkouts/{id}/authorize"), &order).expect(200);
        let face = refresh(widget, "the order is locked", |face| face.covered.is_none(), &stage);
        assert_eq!((face.open, face.rows.len()), (false, 1));
        assert_eq!(stage.browser.layout_faults(), Vec::<String>::new(), "locked at {width}");
        stage.browser.run(BROKEN, &[]);
        let unreachable: fn(&Face) -> bool = |face| LANGUAGES.iter().any(|each| face.message == each.pick(UNREACHABLE));
        let face = refresh(widget, "the error is told", unreachable, &stage);
        assert_eq!((face.open, face.message.as_str()), (false, language.pick(UNREACHABLE)));
        assert_eq!(stage.browser.layout_faults(), Vec::<String>::new(), "an error over a locked order at {width}");
    }
}

#[test]
fn open_order_that_locks_itself_moves_nothing() {
    let stage = Stage::start();
    stage.browser.resize(375, 800);
    for language in LANGUAGES {
        let order = order(25_000, "SAR", &format!("locks-{}", language.tag()));
        let (id, page) = stage.page(&order, language);
        let widget = stage.show(page);
        widget.apply_by_hand(&stage.card(10_000, "SAR"));
        stage.browser.layout_faults();
        stage.browser.run(LATE, &[]);
        stage.api.post(&format!("/v1/checkouts/{id}/authorize"), &order).expect(200);
        refresh(widget, "the order is locked", |face| !face.open, &stage);
        assert_eq!(stage.browser.layout_faults(), Vec::<String>::new());
        assert_eq!(stage.browser.run(FOCUS, &[]), "title", "the field had the focus");
    }
}

/// What has the focus in the element.
const FOCUS: &str = "return document.querySelector('raseed-checkout').shadowRoot.activeElement?.id";

#[test]
fn refusals_and_changes_that_come_late_move_nothing() {
    let stage = Stage::start();
    for (language, width) in LANGUAGES.into_iter().zip([375, 320]) {
        stage.browser.resize(width, 800);
        let (_, page) = stage.page(&order(25_000, "SAR", &format!("changes-{width}")), language);
        let widget = stage.show(page);
        let code = stage.card(10_000, "SAR");
        widget.apply_by_hand(&code);
        stage.browser.forgive_moves();
        stage.browser.run(LATE, &[]);
        for (reason, code) in [
            (
                "card_inactive",
                stage.issue(&json!({"amount": 5_000, "currency": "SAR", "active": false}))["code"].clone(),
            ),
            ("currency_mismatch", stage.card(5_000, "KWD").into()),
            ("already_applied", code.as_str().into()),
        ] {
            let face = widget.apply_by_hand(code.as_str().unwrap());
            assert_eq!(face.message, language.refusal(reason));
            assert_eq!(stage.browser.layout_faults(), Vec::<String>::new(), "{reason} at {width}");
        }
        stage.browser.run(POORER, &[]);
        // What was refused goes with the next thing that is done; what remains is what comes by itself.
        widget.paste("");
        stage.browser.layout_faults();
        let face = refresh(widget, "the change is told", |face| face.quote["remaining"] == 19_000, &stage);
        assert_eq!(face.message, language.pick(CHANGED));
        assert_eq!(stage.browser.layout_faults(), Vec::<String>::new(), "changed at {width}");
        stage.browser.run(BROKEN, &[]);
        widget.apply_by_hand(&stage.card(1_000, "SAR"));
        assert_eq!(stage.browser.layout_faults(), Vec::<String>::new(), "unreachable at {width}");
    }
}

#[test]
fn longest_message_in_twice_the_text_on_the_smallest_phone_moves_nothing() {
    let stage = Stage::start();
    stage.browser.resize(320, 800);
    for language in LANGUAGES {
        let (_, page) = stage.page(&order(25_000, "SAR", &format!("twice-{}", language.tag())), language);
        let widget = stage.show(page);
        stage.browser.run("document.documentElement.style.fontSize = '200%'", &[]);
        let height = || stage.browser.run("return document.querySelector('raseed-checkout').offsetHeight", &[]);
        let before = height();
        stage.browser.run(BROKEN, &[]);
        let face = refresh(widget, "the error is told", |face| !face.message.is_empty(), &stage);
        assert_eq!((face.message.as_str(), height()), (language.pick(UNREACHABLE), before));
    }
}
