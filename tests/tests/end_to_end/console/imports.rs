//! Cards of another system at the console: the file is seen before it is sent, reconciled with the former system's report, and its codes are exchanged one
//! by one.

use super::{Desk, shop};
use serde_json::{Value, json};
use std::fmt::Write as _;
use tests::batch::Batch;
use tests::words::Language;

const TAB: char = '\u{e004}';
const ENTER: char = '\u{e007}';

const FILE: &str =
    "old_code,amount,expires_at\nNR-1042-8817,5000,\nNR-1042-8818,10000,2040-12-31T20:59:59Z\nNR-1042-8819,250,\n";

/// What is said of the file, without the marks that isolate amounts.
const PLAIN: &str = "const plain = (text) => text.replace(/[\\u2066-\\u2069]/g, '').replace(/\\u00a0/g, ' ');";

impl Desk {
    /// Opens the screen of the batches with the form for an import.
    #[track_caller]
    fn begin_import(&self) {
        self.go("batches");
        self.browser.click(".import_new > summary");
    }

    /// Chooses a file of that text, as its dialog would.
    #[track_caller]
    fn choose(&self, csv: &str) {
        let folder = tempfile::Builder::new().prefix("cards-").tempdir().unwrap();
        let name = format!("{}.csv", folder.path().file_name().unwrap().to_str().unwrap());
        let file = folder.path().join(&name);
        std::fs::write(&file, csv).unwrap();
        self.browser.choose_file(".import_new input[type=file]", &file);
        // Its name is told when it has been read, and then the folder may go.
        let read = "return document.querySelector('.import_new .drop').textContent.includes(arguments[0])";
        self.browser.until("the file is read", read, &[name.into()]);
    }

    /// Types what the former system's report says.
    #[track_caller]
    fn report(&self, count: &str, total: &str) {
        self.browser.replace(".import_new [data-field=count] input", count);
        self.browser.replace(".import_new [data-field=total] input", total);
    }

    #[track_caller]
    fn send_import(&self) {
        self.browser.click(".import_new .main");
    }

    /// What is wrong, wherever it is said.
    fn wrong(&self) -> Vec<String> {
        let script = format!(
            "{PLAIN}\nreturn [...document.querySelectorAll('.import_new .field .error:not([hidden])')].map((each) => plain(each.textContent))"
        );
        serde_json::from_value(self.browser.run(&script, &[])).unwrap()
    }

    fn imports_sent(&self) -> Value {
        self.browser.run("return watched.requests.filter(({ path }) => path === '/v1/imports/gift-cards').length", &[])
    }

    /// Waits until the newest batch is imported, and returns it.
    #[track_caller]
    fn imported(&self) -> Value {
        let done = "return document.querySelector('.batches li .badge')?.dataset.status";
        self.browser.until("the import is done", done, &[]);
        self.server.api().get("/v1/gift-card-batches").expect(200)["data"][0].clone()
    }

    /// Types an old code where it is exchanged, and presses.
    #[track_caller]
    fn exchange(&self, code: &str) {
        self.browser.replace(".exchange input", code);
        self.browser.click(".exchange .main");
    }
}

fn import(desk: &Desk, csv: &str, count: u64, total: u64) -> Value {
    let api = desk.server.api();
    let body = json!({"csv": csv, "count": count, "total": total, "currency": "SAR", "program": "gift"});
    Batch::import(&api, &body).finish(&api)
}

#[test]
fn file_is_seen_first_and_goes_out_only_when_it_comes_to_what_the_report_says() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.begin_import();
    desk.send_import();
    assert_eq!(desk.wrong(), ["Choose a file, or paste its lines."]);
    desk.choose(&FILE.replace('\n', "\r\n"));
    assert_eq!(desk.wrong(), Vec::<String>::new());
    let seen = format!(
        "{PLAIN}\nreturn [...document.querySelectorAll('.import_new .strong, .import_new tbody tr')].map((each) => plain(each.innerText))"
    );
    let seen: Vec<String> = serde_json::from_value(desk.browser.run(&seen, &[])).unwrap();
    assert_eq!(seen.len(), 4, "{seen:?}");
    assert_eq!(seen[0], "In the file: 3 cards, SAR 152.50 in all");
    for part in ["3", "NR-1042-8818", "SAR 100.00", "2040"] {
        assert!(seen[2].contains(part), "{seen:?}");
    }
    // Nothing is filled in from the file, which would agree with itself.
    let filled = r"
    const names = ['count', 'total'].map((name) => `.import_new [data-field=${name}] input`);
    return names.map((name) => document.querySelector(name).value);";
    assert_eq!(desk.browser.run(filled, &[]), json!(["", ""]));
    desk.send_import();
    assert_eq!(desk.wrong(), ["Type how many cards the report has.", "Type an amount such as 150 or 99.50."]);
    desk.report("4", "152");
    let differs = [
        "The report has 4 cards, the file 3 cards. Find out why before you import.",
        "The report has SAR 152.00, the file SAR 152.50. Find out why before you import.",
    ];
    assert_eq!(desk.wrong(), differs, "told as it is typed");
    desk.send_import();
    assert_eq!((desk.wrong(), desk.imports_sent()), (differs.map(String::from).to_vec(), json!(0)));
    desk.report("3", "152.50");
    assert_eq!(desk.wrong(), Vec::<String>::new());
    assert_eq!(desk.text(".import_new .good"), "The file comes to what the report says.");
    desk.browser.replace(".import_new [data-field=reference] input", "old-shop-1");
    desk.send_import();
    let done = desk.imported();
    let told = ["type", "count", "issued", "total", "program", "reference"].map(|name| done[name].clone());
    assert_eq!(told, [json!("import"), json!(3), json!(3), json!(15_250), json!("gift"), json!("old-shop-1")]);
    assert_eq!(desk.imports_sent(), json!(1));
    assert_eq!(desk.browser.run("return document.querySelector('.import_new').open", &[]), json!(false));
}

#[test]
fn line_that_the_server_would_refuse_is_shown_with_its_reason_before_anything_is_sent() {
    let desk = Desk::start();
    let api = desk.server.api();
    desk.sign_in(Language::English);
    desk.begin_import();
    let head = "old_code,amount,expires_at";
    for (line, told) in [
        ("ABCDE,7", "It does not have the columns"),
        ("AB_CDE,7,", "An old code has 4 to 64"),
        ("a-b-c-d,8,", "This code stands in an earlier line"),
        ("ABCDE,50.00,", "An amount is a whole number in the smallest unit, such as 5000 for SAR 50.00."),
        ("ABCDE,7,31/12/2030", "An expiry is a moment to come"),
        ("ABCDE,7,2020-01-01T00:00:00Z", "An expiry is a moment to come"),
    ] {
        let csv = format!("{head}\nABCD,7,\n{line}\n");
        desk.choose(&csv);
        let shown = desk.text(".wrong-lines");
        let shown = shown.replace(['\u{2066}', '\u{2068}', '\u{2069}'], "").replace('\u{a0}', " ");
        assert!(shown.contains("1 line needs mending first") && shown.contains(&format!("Line 3: {told}")), "{shown}");
        assert!(shown.ends_with(line), "{shown}");
        // It is the server that decides, and it says the same.
        let refused =
            api.post("/v1/imports/gift-cards", &json!({"csv": csv, "count": 2, "total": 14, "currency": "SAR"}));
        assert_eq!(refused.status, 422, "{line}");
        assert!(refused.json["field"].as_str().unwrap().starts_with("csv[line 3]"), "{line}: {}", refused.json);
    }
    desk.report("2", "0.14");
    desk.send_import();
    assert!(desk.wrong()[0].starts_with("Line 3: An expiry"), "{:?}", desk.wrong());
    assert_eq!(desk.imports_sent(), json!(0));
    desk.choose("code;value\nABCD;7\n");
    assert!(desk.text(".wrong-lines").contains("Line 1: The first line must be"));
    assert_eq!(desk.axe(), Vec::<String>::new());
}

#[test]
fn refusal_that_names_a_line_shows_the_line_and_the_law() {
    let desk = Desk::start();
    let mut document = shop();
    document["programs"][0]["jurisdiction"] = json!("IE");
    desk.server.api().change("PUT", "/v1/settings", &document).expect(200);
    desk.sign_in(Language::English);
    desk.begin_import();
    let soon = "return `${new Date(Date.now() + 40 * 86400000).toISOString().slice(0, 19)}Z`";
    let soon = desk.browser.run(soon, &[]).as_str().unwrap().to_owned();
    desk.choose(&format!("old_code,amount,expires_at\nABCD,700,\nABCE,800,{soon}\n"));
    desk.report("2", "15");
    desk.send_import();
    let told = desk.text(".import_new [data-field=csv] .error:not([hidden])");
    assert!(told.starts_with("Line 3: The law does not allow an expiry that early."), "{told}");
    assert!(told.contains("IE/expiry/") && told.ends_with(&format!("ABCE,800,{soon}")), "{told}");
    assert_eq!(desk.axe(), Vec::<String>::new());
}

#[test]
fn file_over_a_megabyte_is_to_be_imported_in_parts() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.begin_import();
    let mut csv = String::from("old_code,amount\n");
    let rows: u64 = 60_000;
    for number in 0..rows {
        writeln!(csv, "OLD{number:012},100").unwrap();
    }
    assert!(csv.len() > 1_048_576);
    desk.choose(&csv);
    let parts = "This is over 1 MB, the most at a time. Import it in parts: each with the same first line, and with a count and a total of its own.";
    assert_eq!(desk.wrong(), [parts]);
    desk.send_import();
    assert_eq!((desk.wrong(), desk.imports_sent()), (vec![parts.into()], json!(0)));
}

#[test]
fn import_whose_answer_was_lost_is_the_same_import_after_a_reload_and_no_code_is_kept() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.begin_import();
    desk.choose(FILE);
    desk.report("3", "152.5");
    let lose = r"
    watched.meet = async ({ path }, go) => {
      const answer = await go();
      if (path !== '/v1/imports/gift-cards') return answer;
      throw new TypeError('lost');
    };";
    desk.browser.run(lose, &[]);
    desk.send_import();
    assert!(desk.told().contains("nothing happens twice"));
    let kept = "return JSON.stringify([location.href, { ...sessionStorage }, { ...localStorage }])";
    let kept = desk.browser.run(kept, &[]).as_str().unwrap().to_owned();
    assert!(kept.contains("raseed-pending") && !kept.contains("1042-8817"), "{kept}");
    desk.browser.reload();
    desk.until_shown("batches");
    desk.browser.click(".import_new > summary");
    desk.choose(FILE);
    desk.report("3", "152.5");
    desk.send_import();
    desk.imported();
    let batches = desk.server.api().get("/v1/gift-card-batches").expect(200);
    assert_eq!(batches["data"].as_array().unwrap().len(), 1, "{batches}");
}

#[test]
fn codes_that_were_imported_before_are_told_with_their_lines() {
    let desk = Desk::start();
    import(&desk, FILE, 3, 15_250);
    for (line, refused) in [
        ("NR10428817,5000", 1),
        ("NR10428817,5000\nNR10428818,10000", 2),
        ("NR10428817,5000\nNR10428818,10000\nNR10428819,250", 3),
    ] {
        let csv = format!("old_code,amount\n{line}\n");
        let total = [5_000, 15_000, 15_250][refused - 1];
        let done = import(&desk, &csv, u64::try_from(refused).unwrap(), total);
        assert_eq!(done["refused"], json!(refused));
    }
    let told = "return [...document.querySelectorAll('.refused-lines')].map((each) => each.textContent.replace(/[\\u2066-\\u2069]/g, ''))";
    desk.sign_in(Language::Arabic);
    desk.go("batches");
    assert_eq!(
        desk.browser.run(told, &[]),
        json!([
            "٣ رموز استُوردت من قبل، فلم تُنشأ لها بطاقات: الأسطر ٢، ٣، ٤.",
            "رمزان استُوردا من قبل، فلم تُنشأ لهما بطاقتان: السطران ٢، ٣.",
            "رمز واحد استُورد من قبل، فلم تُنشأ له بطاقة: السطر ٢.",
        ])
    );
    desk.sign_in(Language::English);
    desk.go("batches");
    assert_eq!(
        desk.browser.run(told, &[]),
        json!([
            "3 codes were imported before, so their lines made no cards: lines 2, 3, 4.",
            "2 codes were imported before, so their lines made no cards: lines 2, 3.",
            "1 code was imported before, so its line made no card: line 2.",
        ])
    );
}

#[test]
fn old_code_is_exchanged_once_and_its_card_handed_over() {
    let desk = Desk::start();
    import(&desk, FILE, 3, 15_250);
    desk.sign_in(Language::English);
    desk.go("cards?exchange");
    desk.browser.click(".exchange .main");
    assert_eq!(desk.text(".exchange .error:not([hidden])"), "Type the old code.");
    for (code, told) in [
        ("abc", "4 to 64 letters and digits, as they stand on the card."),
        ("NR-9999-9999", "No card with this code was imported. Compare it with the card."),
    ] {
        desk.exchange(code);
        let said = "return document.querySelector('.exchange .error:not([hidden])')?.textContent === arguments[0]";
        desk.browser.until(told, said, &[told.into()]);
    }
    // The answer is lost, and so is the page: the same press again tells the same code.
    let lose = r"
    watched.meet = async ({ path }, go) => {
      const answer = await go();
      if (path !== '/v1/imports/exchange') return answer;
      watched.lost = (await answer.json()).code;
      throw new TypeError('lost');
    };";
    desk.browser.run(lose, &[]);
    desk.exchange("nr 1042 8817");
    assert!(desk.text(".exchange .notice:not([hidden])").contains("nothing happens twice"));
    let lost = desk.browser.run("return watched.lost", &[]);
    let kept = "return JSON.stringify([location.href, { ...sessionStorage }, { ...localStorage }])";
    let kept = desk.browser.run(kept, &[]).as_str().unwrap().to_owned();
    assert!(!kept.contains("1042 8817") && !kept.contains(lost.as_str().unwrap()), "{kept}");
    desk.browser.reload();
    desk.until_shown("cards");
    desk.exchange("nr 1042 8817");
    desk.until_shown("issued");
    assert_eq!(json!(desk.text(".hand-over .code")), lost);
    assert_eq!(desk.browser.run("return document.querySelectorAll('.hand-over svg.mark').length", &[]), json!(2));
    let balance = desk.server.api().post("/v1/balances", &json!({"code": lost})).expect(200);
    assert_eq!((&balance["available"], &balance["status"]), (&json!(5_000), &json!("active")));
    // The next one, and the same once more.
    desk.browser.click(".screen > .row button");
    desk.exchange("NR-1042-8817");
    let told =
        "This code was exchanged before. If its new code did not reach the shopper, replace the card: open the card";
    let said = "return document.querySelector('.exchange .error:not([hidden])')?.textContent === arguments[0]";
    desk.browser.until(told, said, &[told.into()]);
    assert_eq!(desk.look("exchanged-before", 1280), Vec::<String>::new());
    desk.browser.click(".exchange .error a");
    let last4 = &lost.as_str().unwrap()[20..];
    let is_there = "return document.querySelector('h1')?.textContent.includes(arguments[0])";
    desk.browser.until("the card that it was exchanged to", is_there, &[last4.into()]);
}

#[test]
fn preview_says_when_cards_end_whose_lines_do_not() {
    let desk = Desk::start();
    let mut document = shop();
    document["programs"][0]["validity_days"] = json!(90);
    desk.server.api().change("PUT", "/v1/settings", &document).expect(200);
    desk.sign_in(Language::English);
    desk.begin_import();
    desk.choose("old_code,amount\nNR-1042-8817,5000\n");
    let said = "return document.querySelector('.import_new').textContent.includes('ends as the programme says, on ')";
    desk.browser.until("it is said", said, &[]);
    let cells = "return [...document.querySelectorAll('.import_new td')].some((cell) => cell.textContent === 'Never')";
    assert_eq!(desk.browser.run(cells, &[]), json!(false));
    assert_eq!(desk.look("import-ends", 1280), Vec::<String>::new());
}

#[test]
fn file_without_cards_agrees_with_nothing() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    desk.begin_import();
    desk.choose("old_code,amount\n");
    let said = "return [...document.querySelectorAll('.import_new .error:not([hidden])')].some((each) => each.textContent === arguments[0])";
    desk.browser.until("it is said", said, &["There are no cards in this file.".into()]);
    desk.report("0", "0");
    let agrees = "return document.querySelector('.import_new .good').textContent";
    assert_eq!(desk.browser.run(agrees, &[]), json!(""));
}

#[test]
fn cards_are_imported_and_exchanged_by_keyboard_alone() {
    let desk = Desk::start();
    desk.sign_in(Language::English);
    let type_keys = |text: &str| text.chars().for_each(|key| desk.browser.press(&[key]));
    let reach = |name: &str| {
        for _ in 0..30 {
            let focus = r"
            const node = document.activeElement;
            return node.labels?.[0]?.textContent || node.getAttribute('aria-label') || node.textContent.slice(0, 40);";
            if desk.browser.run(focus, &[]) == name {
                return;
            }
            desk.browser.press(&[TAB]);
        }
        panic!("{name} is not reached");
    };
    desk.go("batches");
    reach("Import cards of another system");
    desk.browser.press(&[ENTER]);
    reach("CSV file");
    reach("Paste its lines instead");
    desk.browser.press(&[ENTER]);
    reach("Lines of the file");
    type_keys("old_code,amount");
    desk.browser.press(&[ENTER]);
    type_keys("ABCD-1,700");
    reach("Number of cards");
    type_keys("1");
    reach("Total in SAR");
    type_keys("7");
    desk.browser.press(&[ENTER]);
    assert_eq!(desk.imported()["total"], 700);
    desk.go("cards");
    reach("Exchange an old code");
    desk.browser.press(&[ENTER]);
    reach("Old code");
    type_keys("abcd1");
    desk.browser.press(&[ENTER]);
    desk.until_shown("issued");
    assert_eq!(desk.text("h1"), "The new code is ready");
}

#[test]
fn screens_of_an_import_are_clean_and_fit() {
    let desk = Desk::start();
    import(&desk, FILE, 3, 15_250);
    import(&desk, FILE, 3, 15_250);
    let mut faults = Vec::new();
    let mut rows = String::from("old_code,amount,expires_at\n");
    for number in 0..14 {
        writeln!(rows, "GIFT-{number:04}-2024-{},{}.50,", "X".repeat(number % 9 * 5), number * 500).unwrap();
    }
    let mut exchanged = ["NR10428817", "NR10428818", "NR10428819"].into_iter();
    desk.in_every_view(|theme, width| {
        desk.begin_import();
        faults.extend(desk.look(&format!("import-{theme}"), width));
        desk.choose(FILE);
        desk.report("4", "152.5");
        faults.extend(desk.look(&format!("import-differs-{theme}"), width));
        desk.report("3", "152.5");
        faults.extend(desk.look(&format!("import-agrees-{theme}"), width));
        desk.choose(&rows);
        desk.send_import();
        faults.extend(desk.look(&format!("import-wrong-{theme}"), width));
        desk.go("cards?exchange");
        desk.exchange("NR-9999");
        desk.browser.until("it is refused", "return document.querySelector('.exchange .error:not([hidden])')", &[]);
        faults.extend(desk.look(&format!("exchange-{theme}"), width));
        if theme == "dark"
            && let Some(code) = exchanged.next()
        {
            desk.exchange(code);
            desk.until_shown("issued");
            faults.extend(desk.look("exchanged-dark", width));
        }
    });
    assert_eq!(faults, Vec::<String>::new());
}
