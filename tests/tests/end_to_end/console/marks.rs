//! The QR code and the barcode of a card, read back from a picture of the screen by a decoder that knows nothing of us.

use super::Desk;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use tests::words::Language;

/// A picture of the whole page as screens show it that people hold to a reader, with two dots for each pixel. A bar of a single dot is at the end of what the
/// decoder can tell.
fn picture(desk: &Desk, name: &str, width: u32) -> PathBuf {
    let height = desk.browser.run("return document.documentElement.scrollHeight", &[]);
    let screen = json!({"width": width, "height": height, "deviceScaleFactor": 2, "mobile": false});
    desk.browser.protocol("Emulation.setDeviceMetricsOverride", screen);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/raseed/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("console-{name}.png"));
    std::fs::write(&file, desk.browser.picture()).unwrap();
    file
}

/// What the decoder finds in a picture: the kind of each mark, and its text.
fn read(picture: &Path) -> Vec<String> {
    let program = std::env::var_os("ZBARIMG").unwrap_or_else(|| "zbarimg".into());
    let output = Command::new(program)
        .args(["--quiet", "-Sdisable", "-Sqrcode.enable", "-Scode128.enable"])
        .arg(picture)
        .output();
    let output = output.unwrap_or_else(|error| panic!("`cargo xtask test` installs zbarimg: {error}"));
    let mut found: Vec<String> = String::from_utf8(output.stdout).unwrap().lines().map(String::from).collect();
    found.sort();
    found
}

#[test]
fn marks_of_an_issued_card_are_read_back_as_its_code() {
    let desk = Desk::start();
    for width in [1280, 375] {
        desk.browser.resize(width, 860);
        desk.sign_in(Language::English);
        desk.browser.click(".chips .option:nth-child(1)");
        desk.browser.click(".issue-form .main");
        desk.until_shown("issued");
        let code = desk.text(".hand-over .code");
        let found = read(&picture(&desk, &format!("marks-{width}"), width));
        assert_eq!(found, [format!("CODE-128:{}", code.replace('-', "")), format!("QR-Code:{code}")], "at {width}");
        let pasted = desk.server.api().post("/v1/balances", &json!({"code": code.replace('-', "")})).expect(200);
        assert_eq!(pasted["available"], 5_000, "what the barcode says is a code as well");
    }
}

#[test]
fn marks_of_the_card_page_are_read_back_in_the_dark_too() {
    let desk = Desk::start();
    let issued = desk.server.api().post("/v1/gift-cards", &json!({"amount": 25_000, "program": "gift"})).expect(201);
    let (_, link) = issued["link"].as_str().unwrap().split_once('#').unwrap();
    for theme in ["light", "dark"] {
        desk.theme(theme);
        desk.browser.resize(375, 812);
        desk.open(&format!("/card/#{link}"), Language::Arabic);
        desk.browser.until("the card is shown", "return document.getElementById('reveal')", &[]);
        assert_eq!(
            read(&picture(&desk, "card-page-hidden", 375)),
            Vec::<String>::new(),
            "nothing to read before the tap"
        );
        desk.browser.click("#reveal");
        let code = desk.text("#code");
        assert_eq!(json!(code), issued["code"]);
        let found = read(&picture(&desk, "card-page-marks", 375));
        assert_eq!(found, [format!("CODE-128:{}", code.replace('-', "")), format!("QR-Code:{code}")], "{theme}");
    }
}
