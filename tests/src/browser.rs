//! A real browser, driven through WebDriver: Chromium, or Firefox or WebKit where a test asks for it.
//!
//! In scope: starting the browser and its driver (`driver.rs`) on a free port with a fresh profile, ending them by their ids, and what tests do in a page:
//! open, run a script, wait, click, press keys, paste, look. Every page is watched from before its first script on (`watch.js`). What WebDriver leaves to
//! each engine stands in `chromium.rs`, `firefox.rs` and `webkit.rs`. Out of scope: what stands in the pages (`shop.rs`, `page.rs`, `widget.rs`).
//!
//! Waiting is polling with a bound. What a wait was for, and what the page says instead, is in its failure.

mod chromium;
mod driver;
mod firefox;
mod webkit;

use driver::Driver;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use ureq::http::Method;
use url::Url;

/// How long anything may take before it counts as never. Ours takes milliseconds; the rest is a machine that compiles beside the test.
const PATIENCE: Duration = Duration::from_secs(20);

/// What every page begins with.
const WATCH: &str = include_str!("watch.js");

/// Between two looks.
const INTERVAL: Duration = Duration::from_millis(10);

/// Which browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The one that every test of the widget runs in.
    Chromium,
    /// The one that the main flow, axe and what depends most on an engine run in as well: policies, integrity, the keyboard, and what a page goes through.
    Firefox,
    /// Safari's engine. The same runs in it, but for axe.
    WebKit,
}

/// A running browser with one window. It ends with this value, and its profile with it.
#[derive(Debug)]
pub struct Browser {
    engine: Engine,
    runtime: Runtime,
    client: Client,
    _driver: Driver,
    program: Option<Pid>,
    profile: TempDir,
}

impl Browser {
    /// Starts a Chromium with a fresh profile.
    pub fn start() -> Self {
        Self::start_engine(Engine::Chromium)
    }

    /// Starts a browser with a fresh profile.
    pub fn start_engine(engine: Engine) -> Self {
        let profile = TempDir::new().unwrap();
        let driver = Driver::start(engine, profile.path());
        let capabilities = match engine {
            Engine::Chromium => chromium::capabilities(profile.path()),
            Engine::Firefox => firefox::capabilities(),
            Engine::WebKit => webkit::capabilities(),
        };
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime
            .block_on(ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(&driver.url))
            .unwrap_or_else(|error| panic!("{engine:?} does not start; `cargo xtask test` installs it: {error}"));
        let granted = |id: &str| client.capabilities().and_then(|granted| granted.get(id)).and_then(Value::as_i64);
        let program = match engine {
            Engine::Chromium => granted("goog:processID"),
            Engine::Firefox => granted("moz:processID"),
            Engine::WebKit => driver.child(),
        };
        let program = program.and_then(|id| Pid::from_raw(id.try_into().ok()?));
        let browser = Self { engine, runtime, client, program, profile, _driver: driver };
        // WebKit was started with it.
        if engine != Engine::WebKit {
            browser.begin_pages_with(WATCH);
        }
        if engine == Engine::Chromium {
            browser.permit_clipboard();
        }
        browser
    }

    /// Opens an address and waits until the document and its scripts are there.
    pub fn open(&self, url: &str) {
        self.runtime.block_on(self.client.goto(url)).unwrap();
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.runtime.block_on(self.client.refresh()).unwrap();
    }

    /// Goes back to the page before.
    pub fn back(&self) {
        self.runtime.block_on(self.client.back()).unwrap();
    }

    /// Runs a script before the first one of every page that is opened from now on. Not in WebKit.
    pub fn begin_pages_with(&self, script: &str) {
        match self.engine {
            Engine::Chromium => self.add_script(script),
            Engine::Firefox => self.add_content_script(script),
            Engine::WebKit => panic!("WebKit takes its pages' script only when it is started"),
        }
    }

    /// Runs the body of a function in the page; its arguments are `arguments[0]` and so on. A promise is waited for.
    #[track_caller]
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.try_run(script, arguments).unwrap_or_else(|error| panic!("{error}\nin: {script}"))
    }

    fn try_run(&self, script: &str, arguments: &[Value]) -> Result<Value, CmdError> {
        // The other drivers take the body of an asynchronous function, Firefox's that of a plain one.
        let script = match self.engine {
            Engine::Chromium | Engine::WebKit => script,
            Engine::Firefox => &format!("return (async () => {{\n{script}\n}})();"),
        };
        self.runtime.block_on(self.client.execute(script, arguments.to_vec()))
    }

    /// Runs the body of a function again and again until it returns something: not `null`, `false`, `0` or an empty text.
    #[track_caller]
    pub fn until(&self, what: &str, script: &str, arguments: &[Value]) -> Value {
        let start = Instant::now();
        loop {
            // While a page goes away there is nothing to ask.
            let last = self.try_run(script, arguments);
            match last {
                Ok(value) if is_something(&value) => return value,
                last if start.elapsed() > PATIENCE => panic!("{what}: {last:?}\n{}", self.told()),
                _ => self.runtime.block_on(async { tokio::time::sleep(INTERVAL).await }),
            }
        }
    }

    /// What a failure should show of the page.
    fn told(&self) -> String {
        let page = self.try_run("return location.href + '\\n' + document.body?.innerText", &[]);
        let page = page.ok().and_then(|page| page.as_str().map(String::from)).unwrap_or_default();
        format!("{page}\n{}", self.complaints().join("\n"))
    }

    /// Clicks with the mouse on what the selector finds.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        self.within(self.client.find(Locator::Css(selector)), Press::Click);
    }

    /// Types into what the selector finds, in place of what is there.
    #[track_caller]
    pub fn replace(&self, selector: &str, text: &str) {
        let keys = format!("{}{text}", with_control('a'));
        self.within(self.client.find(Locator::Css(selector)), Press::Keys(keys));
    }

    /// Chooses a file in the field that the selector finds, as its dialog would.
    #[track_caller]
    pub fn choose_file(&self, selector: &str, file: &Path) {
        let path = file.to_str().unwrap().to_owned();
        self.within(self.client.find(Locator::Css(selector)), Press::Keys(path));
    }

    /// Runs a script as [`Browser::run`] does, in the first frame of the page.
    #[track_caller]
    pub fn run_in_frame(&self, script: &str, arguments: &[Value]) -> Value {
        self.runtime.block_on(self.client.enter_frame(0)).unwrap();
        let told = self.try_run(script, arguments);
        self.runtime.block_on(self.client.enter_parent_frame()).unwrap();
        told.unwrap_or_else(|error| panic!("{error}\nin: {script}"))
    }

    /// Clicks with the mouse in the open shadow root of `host`.
    #[track_caller]
    pub fn click_inside(&self, host: &str, selector: &str) {
        self.within(self.inside(host, selector), Press::Click);
    }

    /// Presses keys in a field in the open shadow root of `host`.
    #[track_caller]
    pub fn press_inside(&self, host: &str, selector: &str, keys: &str) {
        self.within(self.inside(host, selector), Press::Keys(keys.into()));
    }

    /// Presses keys on the keyboard, whatever has the focus: the first ones are held while the last one is pressed.
    #[track_caller]
    pub fn press(&self, keys: &[char]) {
        let down = keys.iter().map(|key| KeyAction::Down { value: *key });
        let up = keys.iter().rev().map(|key| KeyAction::Up { value: *key });
        let actions = down.chain(up).fold(KeyActions::new("keyboard".into()), KeyActions::then);
        self.runtime.block_on(self.client.perform_actions(actions)).unwrap();
    }

    /// Pastes into a field in the open shadow root of `host`, in place of what is there, by the clipboard and the keyboard.
    #[track_caller]
    pub fn paste_inside(&self, host: &str, selector: &str, text: &str) {
        self.run("return navigator.clipboard.writeText(arguments[0])", &[text.into()]);
        // Control is held throughout: in Firefox it cannot be held twice in one text.
        let keys = [Key::Control.into(), 'a', 'v', Key::Null.into()];
        self.press_inside(host, selector, &keys.iter().collect::<String>());
    }

    async fn inside(&self, host: &str, selector: &str) -> Result<Element, CmdError> {
        let root = self.client.find(Locator::Css(host)).await?.shadow_root().await?;
        root.find(Locator::Css(selector)).await
    }

    #[track_caller]
    fn within(&self, element: impl Future<Output = Result<Element, CmdError>>, press: Press) {
        let pressed = self.runtime.block_on(async {
            let element = element.await?;
            match &press {
                Press::Click => element.click().await,
                Press::Keys(keys) => element.send_keys(keys).await,
            }
        });
        pressed.unwrap_or_else(|error| panic!("{error}\n{}", self.told()));
    }

    /// Gives the page a screen of that width, as a phone has one below 600 pixels. It is as high as the page. Not in WebKit.
    pub fn resize(&self, width: u32, height: u32) {
        match self.engine {
            Engine::Chromium => self.emulate_screen(width, height),
            Engine::Firefox => self.resize_viewport(width, height),
            Engine::WebKit => panic!("WebKit's window is never as narrow as a phone"),
        }
    }

    /// What is wider than the window, and what has moved by itself since this was last asked (`layout.js`).
    pub fn layout_faults(&self) -> Vec<String> {
        serde_json::from_value(self.run(include_str!("layout.js"), &[])).unwrap()
    }

    /// Forgets what has moved so far.
    pub fn forgive_moves(&self) {
        self.run("watched.shifts.length = 0", &[]);
    }

    /// A picture of the window as a PNG.
    pub fn picture(&self) -> Vec<u8> {
        self.runtime.block_on(self.client.screenshot()).unwrap()
    }

    /// What the console has to complain about since this was last asked: errors and warnings of scripts and policies; in Chromium also of the network,
    /// and what scripts log themselves.
    pub fn complaints(&self) -> Vec<String> {
        match self.engine {
            Engine::Chromium => self.logged(),
            Engine::Firefox => self.console(),
            Engine::WebKit => self.printed(),
        }
    }

    fn extension(&self, path: &'static str, body: Value) -> Value {
        self.runtime.block_on(self.client.issue_cmd(Extension { path, body })).unwrap()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let close = self.client.clone().close();
        let _ = self.runtime.block_on(async { tokio::time::timeout(PATIENCE, close).await });
        // Gone already, unless the driver was stuck.
        if let Some(program) = self.program {
            let _ = kill_process(program, Signal::KILL);
        }
    }
}

enum Press {
    Click,
    Keys(String),
}

/// A key while Control is held.
fn with_control(key: char) -> String {
    [Key::Control.into(), key, Key::Null.into()].iter().collect()
}

/// The program that the variable names, else the usual one.
fn named(variable: &str, usual: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| usual.into())
}

fn is_something(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false)) && *value != json!(0) && *value != json!("")
}

/// A command that WebDriver leaves to the browser.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base_url: &Url, session_id: Option<&str>) -> Result<Url, url::ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
