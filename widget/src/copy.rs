//! Every word that a shopper meets, in English and Arabic. The loader repeats the five that stand before the Wasm is there; a test compares them.
//!
//! In scope: which sentence, and which form of a counted word. Out of scope: how numbers, amounts and dates are written (`locale.rs`, which asks the
//! browser). Sentences are whole, so that each language keeps its own order; `{name}` is a value.

use crate::state::{Notice, Points, Problem, Reason, Said};
use shared::code::SYMBOLS;
use shared::limits::TENDERS_MAX;
use shared::money::Amount;

/// A language that has words here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    English,
    Arabic,
}

/// The plural categories of CLDR. Arabic has all six.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Plural {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

/// What the words need of a locale.
pub(crate) trait Figures {
    fn language(&self) -> Language;
    fn count(&self, number: u64) -> String;
    fn plural(&self, number: u64) -> Plural;
    fn amount(&self, amount: Amount) -> String;
    fn date(&self, at_ms: u64) -> String;
}

/// A sentence in both languages.
type Words = (&'static str, &'static str);

pub(crate) const TITLE: Words = ("Gift card", "بطاقة هدية");
pub(crate) const LABEL: Words = ("Gift card code", "رمز بطاقة الهدية");
pub(crate) const APPLY: Words = ("Apply", "تطبيق");
pub(crate) const APPLYING: Words = ("Checking…", "جارٍ التحقق…");
pub(crate) const REMOVE: Words = ("Remove", "إزالة");
/// Before an amount, which stands apart so that its currency can be smaller.
pub(crate) const LEAVES: Words = ("leaves", "يتبقى فيها");
pub(crate) const EXPIRES: Words = ("expires {date}", "تنتهي {date}");
pub(crate) const REMAINING: Words = ("Remaining to pay", "المتبقي للدفع");
pub(crate) const NOT_APPLIED: Words = ("not applied", "لم تُطبَّق");
/// Nothing is taken before the order is placed, so nothing is called paid.
pub(crate) const COVERED_FULL: Words =
    ("Your balance covers this order. Place it to finish.", "رصيدك يغطي الطلب كاملًا. أكمل الطلب لإتمامه.");
const LOCKED: Words = ("This order is already being paid.", "يجري دفع هذا الطلب الآن.");
const CHANGED: Words =
    ("One of your cards changed. Here is what applies now.", "تغيّر رصيد إحدى بطاقاتك. هذا ما ينطبق الآن.");
pub(crate) const TITLE_POINTS: Words = ("Gift card or points", "بطاقة هدية أو نقاط");
pub(crate) const POINTS_LABEL: Words = ("Your points", "نقاطك");
pub(crate) const POINTS_LESS: Words = ("Fewer points", "نقاط أقل");
pub(crate) const POINTS_MORE: Words = ("More points", "نقاط أكثر");
pub(crate) const POINTS_ALL: Words = ("Use all", "استخدام الكل");
pub(crate) const POINTS_NONE: Words = ("None", "بدون");
const POINTS_LEAVE: Words = ("leaves {points}", "تبقى {points}");
const POINTS_LEAVE_NONE: Words = ("leaves no points", "لا تبقى نقاط");
const POINTS_REMOVE: Words = ("Remove {points}", "إزالة {such}");
const POINTS_WORTH: Words = ("{points} worth {amount}", "{points} بقيمة {amount}");
const POINTS_UP_TO: Words = ("Up to {points} worth {amount}", "حتى {such} بقيمة {amount}");
const POINTS_UNNEEDED: Words = ("No points are needed for this order.", "لا حاجة إلى النقاط في هذا الطلب.");
const POINTS_TOO_FEW: Words = ("You can use points from {least} on.", "يمكنك استخدام النقاط ابتداءً من {least}.");
const EARN: Words = ("You will earn {points} with this order", "ستكسب {such} من هذا الطلب");
const SAID_POINTS: Words = ("{points} worth {amount} applied.", "طُبّقت {points} بقيمة {amount}.");
const SAID_NO_POINTS: Words = ("Points removed.", "أُزيلت النقاط.");
const SAID_APPLIED: Words =
    ("{amount} from card ending {last4} applied.", "طُبّق {amount} من البطاقة المنتهية بـ {last4}.");
const SAID_REMOVED: Words = ("Card ending {last4} removed.", "أُزيلت البطاقة المنتهية بـ {last4}.");
const SAID_REMAINING: Words = ("{amount} remaining to pay.", "المتبقي للدفع {amount}.");

/// The words for each reason.
fn words_of(reason: Reason) -> Words {
    match reason {
        Reason::CodeMalformed => (
            "Enter the {count} characters printed on the card.",
            "أدخل الرمز المكوّن من {count} خانة كما هو مكتوب على البطاقة.",
        ),
        Reason::CodeCheckFailed => {
            ("Check the code: one character looks wrong.", "تحقّق من الرمز: يبدو أن أحد الأحرف غير صحيح.")
        }
        Reason::LooksLikePaymentCard => (
            "This looks like a bank card. Enter a gift card code here.",
            "يبدو أن هذا رقم بطاقة مصرفية. أدخل هنا رمز بطاقة الهدية.",
        ),
        Reason::CardNotUsable => {
            ("We could not find this gift card. Check the code.", "لم نعثر على بطاقة الهدية هذه. تحقّق من الرمز.")
        }
        Reason::CardExpired => ("This gift card expired on {date}.", "انتهت صلاحية بطاقة الهدية في {date}."),
        Reason::CardInactive => (
            "This gift card is not active yet. Ask where you bought it.",
            "لم تُفعَّل بطاقة الهدية بعد. راجع الجهة التي اشتريتها منها.",
        ),
        Reason::CardFrozen => {
            ("This gift card is on hold. Contact the shop.", "بطاقة الهدية موقوفة مؤقتًا. تواصل مع المتجر.")
        }
        Reason::CardReplaced => ("This gift card was replaced by a new one.", "استُبدلت بطاقة الهدية هذه ببطاقة جديدة."),
        Reason::InsufficientBalance => ("This gift card has no balance left.", "لم يتبقَّ رصيد في بطاقة الهدية."),
        Reason::CardHeldElsewhere => (
            "This card is being used in another order. Try again in {minutes}.",
            "هذه البطاقة مستخدمة الآن في طلب آخر. حاول بعد {minutes}.",
        ),
        Reason::CurrencyMismatch => (
            "This card is in {currency} and cannot pay this order.",
            "هذه البطاقة بعملة {currency} ولا يمكن استخدامها لهذا الطلب.",
        ),
        Reason::AlreadyApplied => ("This card is already applied.", "هذه البطاقة مطبّقة بالفعل."),
        Reason::TooManyTenders => ("You can use up to {cards}.", "يمكنك استخدام {cards} كحد أقصى."),
        Reason::QuotaExceeded => {
            ("Too many tries. Wait {minutes} and try again.", "محاولات كثيرة. انتظر {minutes} ثم حاول مجددًا.")
        }
        Reason::Unreachable => (
            "We cannot reach the gift card service. You can still pay another way.",
            "تعذّر الاتصال بخدمة بطاقات الهدايا. ما زال بإمكانك الدفع بوسيلة أخرى.",
        ),
        Reason::PointsUnreadable => ("Enter a number of points.", "أدخل عدد النقاط بالأرقام."),
        Reason::PointsLeast => ("Use {points} or more.", "استخدم {such} أو أكثر."),
        Reason::PointsMost => {
            ("You can use up to {points} on this order.", "يمكنك استخدام {such} كحد أقصى في هذا الطلب.")
        }
        Reason::PointsStep => ("Points are used in steps of {step}.", "تُستخدم النقاط بمضاعفات {step}."),
        Reason::PointsUnusable => ("Points cannot be used on this order.", "لا يمكن استخدام النقاط في هذا الطلب."),
    }
}

/// The same where the server did not say what the sentence tells.
const EXPIRED_SOME_DAY: Words = ("This gift card has expired.", "انتهت صلاحية بطاقة الهدية.");
const OTHER_CURRENCY: Words = (
    "This card is in another currency and cannot pay this order.",
    "هذه البطاقة بعملة أخرى ولا يمكن استخدامها لهذا الطلب.",
);

/// More minutes than this are hours to anybody, and more hours than that are days.
const MINUTES_MAX: u32 = 90;
const HOURS_MAX: u32 = 36;

/// A counted word: zero, one, two, few, many, other.
type Counted = [&'static str; 6];

fn minutes(language: Language) -> Counted {
    match language {
        Language::English => english("1 minute", "{count} minutes"),
        Language::Arabic => arabic(["{count} دقيقة", "دقيقة واحدة", "دقيقتين", "{count} دقائق"], "{count} دقيقة"),
    }
}

fn hours(language: Language) -> Counted {
    match language {
        Language::English => english("1 hour", "{count} hours"),
        Language::Arabic => arabic(["{count} ساعة", "ساعة واحدة", "ساعتين", "{count} ساعات"], "{count} ساعة"),
    }
}

fn days(language: Language) -> Counted {
    match language {
        Language::English => english("1 day", "{count} days"),
        // From eleven to ninety-nine this word's mark is a letter.
        Language::Arabic => ["{count} يوم", "يوم واحد", "يومين", "{count} أيام", "{count} يومًا", "{count} يوم"],
    }
}

/// How long that is, rounded up: in minutes as long as nobody has to reckon, then in hours, then in days.
fn while_of(seconds: u32, figures: &impl Figures) -> String {
    let minutes_left = seconds.div_ceil(60).max(1);
    let hours_left = minutes_left.div_ceil(60);
    let (number, words): (_, fn(Language) -> Counted) = match (minutes_left, hours_left) {
        (..=MINUTES_MAX, _) => (minutes_left, minutes),
        (_, ..=HOURS_MAX) => (hours_left, hours),
        _ => (hours_left.div_ceil(24), days),
    };
    counted(number.into(), words, figures)
}

fn cards(language: Language) -> Counted {
    match language {
        Language::English => english("1 card", "{count} cards"),
        Language::Arabic => arabic(["{count} بطاقة", "بطاقة واحدة", "بطاقتين", "{count} بطاقات"], "{count} بطاقة"),
    }
}

/// Points as a subject, or alone.
fn points(language: Language) -> Counted {
    match language {
        Language::English => english("1 point", "{count} points"),
        Language::Arabic => arabic(["لا نقاط", "نقطة واحدة", "نقطتان", "{count} نقاط"], "{count} نقطة"),
    }
}

/// Points after a verb or a preposition, where Arabic has another dual.
fn such_points(language: Language) -> Counted {
    match (language, points(language)) {
        (Language::Arabic, [zero, one, _, few, many, other]) => [zero, one, "نقطتين", few, many, other],
        (Language::English, counted) => counted,
    }
}

fn english(one: &'static str, other: &'static str) -> Counted {
    [other, one, other, other, other, other]
}

/// From eleven on the word stands in the singular; that it has one more mark from eleven to ninety-nine is not written.
fn arabic([zero, one, two, few]: [&'static str; 4], many: &'static str) -> Counted {
    [zero, one, two, few, many, many]
}

fn counted(number: u64, words: fn(Language) -> Counted, figures: &impl Figures) -> String {
    let [zero, one, two, few, many, other] = words(figures.language());
    let form = match figures.plural(number) {
        Plural::Zero => zero,
        Plural::One => one,
        Plural::Two => two,
        Plural::Few => few,
        Plural::Many => many,
        Plural::Other => other,
    };
    fill(form, &|_| figures.count(number))
}

/// The words in that language.
pub(crate) fn pick(words: Words, language: Language) -> &'static str {
    match language {
        Language::English => words.0,
        Language::Arabic => words.1,
    }
}

/// Puts values into a sentence; each is worked out only where the sentence names it.
pub(crate) fn fill(sentence: &str, value: &dyn Fn(&str) -> String) -> String {
    let mut text = String::new();
    let mut name = String::new();
    let mut naming = false;
    for character in sentence.chars() {
        match character {
            '{' => naming = true,
            '}' => {
                text.push_str(&value(&core::mem::take(&mut name)));
                naming = false;
            }
            _ if naming => name.push(character),
            _ => text.push(character),
        }
    }
    text
}

/// The sentence beside the field, or beside the controls of the points.
pub(crate) fn notice(notice: &Notice, figures: &impl Figures) -> String {
    match notice {
        Notice::Problem(problem) => of_problem(problem, figures),
        Notice::Changed => pick(CHANGED, figures.language()).into(),
        Notice::Locked => pick(LOCKED, figures.language()).into(),
    }
}

fn of_problem(notice: &Problem, figures: &impl Figures) -> String {
    let words = match (notice.reason, &notice.currency, notice.expired_at_ms) {
        (Reason::CardExpired, _, None) => EXPIRED_SOME_DAY,
        (Reason::CurrencyMismatch, None, _) => OTHER_CURRENCY,
        (reason, ..) => words_of(reason),
    };
    let count = |number: usize| u64::try_from(number).unwrap_or_default();
    let terms = |of: fn(&Points) -> u64| notice.points.as_ref().map(of).unwrap_or_default();
    let bound = || if notice.reason == Reason::PointsLeast { terms(Points::least) } else { terms(Points::most) };
    fill(pick(words, figures.language()), &|name| match name {
        "count" => figures.count(count(SYMBOLS)),
        "cards" => counted(count(TENDERS_MAX), cards, figures),
        "minutes" => while_of(notice.retry_after_seconds.unwrap_or_default(), figures),
        "points" => counted(bound(), points, figures),
        "such" => counted(bound(), such_points, figures),
        "step" => figures.count(terms(|terms| terms.step)),
        "date" => notice.expired_at_ms.map(|at_ms| figures.date(at_ms)).unwrap_or_default(),
        _ => notice.currency.clone().unwrap_or_default(),
    })
}

/// A text of a card's own, such as its last four: nothing around it can reorder it.
pub(crate) fn isolated(text: &str) -> String {
    let mut isolated = String::from('\u{2068}');
    isolated.push_str(text);
    isolated.push('\u{2069}');
    isolated
}

/// So many points, as a text of their own.
pub(crate) fn so_many(number: u64, figures: &impl Figures) -> String {
    counted(number, points, figures)
}

/// A sentence that counts points and may name what they are worth.
fn of_points(words: Words, number: u64, worth: Amount, figures: &impl Figures) -> String {
    fill(pick(words, figures.language()), &|name| match name {
        "points" => counted(number, points, figures),
        "such" => counted(number, such_points, figures),
        "least" => figures.count(number),
        _ => figures.amount(worth),
    })
}

/// What points leave.
pub(crate) fn points_leave(left: u64, figures: &impl Figures) -> String {
    of_points(if left == 0 { POINTS_LEAVE_NONE } else { POINTS_LEAVE }, left, Amount::ZERO, figures)
}

/// The name of the Remove of points.
pub(crate) fn points_remove(number: u64, figures: &impl Figures) -> String {
    of_points(POINTS_REMOVE, number, Amount::ZERO, figures)
}

/// What the order will bring.
pub(crate) fn earn(number: u64, figures: &impl Figures) -> String {
    of_points(EARN, number, Amount::ZERO, figures)
}

/// What the slider's place means, in points and money. Nothing is worth nothing, which nobody needs to hear.
pub(crate) fn points_value(number: u64, terms: &Points, figures: &impl Figures) -> String {
    match number {
        0 => so_many(0, figures),
        _ => of_points(POINTS_WORTH, number, terms.worth(number), figures),
    }
}

/// The same in writing; where nothing is used yet, what could be.
pub(crate) fn points_worth(number: u64, terms: &Points, figures: &impl Figures) -> String {
    match number {
        0 => of_points(POINTS_UP_TO, terms.most(), terms.worth(terms.most()), figures),
        _ => points_value(number, terms, figures),
    }
}

/// Why there is nothing to choose.
pub(crate) fn points_unusable(terms: &Points, covered: bool, figures: &impl Figures) -> String {
    let words = match () {
        () if covered => POINTS_UNNEEDED,
        () if terms.available < terms.least() => POINTS_TOO_FEW,
        () => words_of(Reason::PointsUnusable),
    };
    of_points(words, terms.least(), Amount::ZERO, figures)
}

/// What the status region says.
pub(crate) fn said(said: &Said, figures: &impl Figures) -> String {
    let language = figures.language();
    let of_card = |words, amount, last4: &String| {
        fill(pick(words, language), &|name| match name {
            "last4" => isolated(last4),
            _ => figures.amount(amount),
        })
    };
    let (mut text, remaining) = match said {
        Said::Checking => return pick(APPLYING, language).into(),
        Said::Applied { amount, last4, remaining } => (of_card(SAID_APPLIED, *amount, last4), *remaining),
        Said::Removed { last4, remaining } => (of_card(SAID_REMOVED, Amount::ZERO, last4), *remaining),
        Said::Points { points, amount, remaining } => (of_points(SAID_POINTS, *points, *amount, figures), *remaining),
        Said::NoPoints { remaining } => (pick(SAID_NO_POINTS, language).into(), *remaining),
    };
    let rest = if remaining.is_zero() { COVERED_FULL } else { SAID_REMAINING };
    text.push(' ');
    text.push_str(&fill(pick(rest, language), &|_| figures.amount(remaining)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Plain(Language);

    impl Figures for Plain {
        fn language(&self) -> Language {
            self.0
        }
        fn count(&self, number: u64) -> String {
            number.to_string()
        }
        /// As `Intl.PluralRules` has it for small numbers.
        fn plural(&self, number: u64) -> Plural {
            match (self.0, number) {
                (_, 1) => Plural::One,
                (Language::English, _) | (_, 100) => Plural::Other,
                (_, 0) => Plural::Zero,
                (_, 2) => Plural::Two,
                (_, 3..=10) => Plural::Few,
                _ => Plural::Many,
            }
        }
        fn amount(&self, amount: Amount) -> String {
            format!("SAR {}", amount.minor() / 100)
        }
        fn date(&self, _: u64) -> String {
            "1 Jan 2027".into()
        }
    }

    const LANGUAGES: [Language; 2] = [Language::English, Language::Arabic];

    fn problem(code: &str) -> Problem {
        Problem { expired_at_ms: Some(1), currency: Some("KWD".into()), ..Problem::of(code) }
    }

    #[test]
    fn every_reason_has_whole_words_in_both_languages() {
        for (code, _) in Reason::CODES.into_iter().chain([("fault", Reason::Unreachable)]) {
            let both = LANGUAGES.map(|language| of_problem(&problem(code), &Plain(language)));
            check_whole(&both);
        }
        for told in [Notice::Changed, Notice::Locked] {
            check_whole(&LANGUAGES.map(|language| notice(&told, &Plain(language))));
        }
    }

    #[track_caller]
    fn check_whole(both: &[String; 2]) {
        {
            let [english, arabic] = both;
            assert!(english.is_ascii(), "{english}");
            assert!(arabic.contains('ا'), "{arabic}");
            for text in both {
                assert!(!text.contains(['{', '}']) && !text.contains("  ") && text.ends_with('.'), "{text}");
            }
        }
    }

    #[test]
    fn what_the_server_does_not_say_is_not_told() {
        let bare = |code: &str| of_problem(&Problem::of(code), &Plain(Language::English));
        assert_eq!(bare("card_expired"), "This gift card has expired.");
        assert_eq!(bare("currency_mismatch"), "This card is in another currency and cannot pay this order.");
        assert_eq!(bare("quota_exceeded"), "Too many tries. Wait 1 minute and try again.");
    }

    #[test]
    fn minutes_are_rounded_up_and_counted_in_arabic() {
        let text = |seconds| {
            let problem = Problem { retry_after_seconds: Some(seconds), ..Problem::of("card_held_elsewhere") };
            of_problem(&problem, &Plain(Language::Arabic))
        };
        for (seconds, words) in [(1, "دقيقة واحدة"), (61, "دقيقتين"), (180, "3 دقائق"), (660, "11 دقيقة")]
        {
            assert!(text(seconds).ends_with(&format!("حاول بعد {words}.")), "{}", text(seconds));
        }
    }

    #[test]
    fn long_waits_are_told_in_hours_and_days() {
        let text = |seconds, language| {
            let problem = Problem { retry_after_seconds: Some(seconds), ..Problem::of("card_held_elsewhere") };
            of_problem(&problem, &Plain(language))
        };
        let hour = 3_600;
        for (seconds, english, arabic) in [
            (90 * 60, "90 minutes", "90 دقيقة"),
            (90 * 60 + 1, "2 hours", "ساعتين"),
            (3 * hour, "3 hours", "3 ساعات"),
            (36 * hour, "36 hours", "36 ساعة"),
            (36 * hour + 1, "2 days", "يومين"),
            (3 * 24 * hour, "3 days", "3 أيام"),
            (7 * 24 * hour, "7 days", "7 أيام"),
            (11 * 24 * hour, "11 days", "11 يومًا"),
            (100 * 24 * hour, "100 days", "100 يوم"),
            (u32::MAX, "49711 days", "49711 يومًا"),
        ] {
            let expected = format!("This card is being used in another order. Try again in {english}.");
            assert_eq!(text(seconds, Language::English), expected);
            assert!(text(seconds, Language::Arabic).ends_with(&format!("حاول بعد {arabic}.")), "{seconds}");
        }
    }

    #[test]
    fn said_tells_what_was_done_and_what_remains() {
        let amount = |minor| Amount::new(minor).unwrap();
        let applied =
            |remaining| Said::Applied { amount: amount(10_000), last4: "D5VV".into(), remaining: amount(remaining) };
        let english = |value: &Said| said(value, &Plain(Language::English));
        assert_eq!(
            english(&applied(15_000)),
            "SAR 100 from card ending \u{2068}D5VV\u{2069} applied. SAR 150 remaining to pay."
        );
        assert_eq!(
            english(&applied(0)),
            "SAR 100 from card ending \u{2068}D5VV\u{2069} applied. Your balance covers this order. Place it to finish."
        );
        let removed = Said::Removed { last4: "D5VV".into(), remaining: amount(25_000) };
        assert_eq!(english(&removed), "Card ending \u{2068}D5VV\u{2069} removed. SAR 250 remaining to pay.");
    }

    #[test]
    fn the_loader_says_the_same_words() {
        let loader = include_str!("../loader.js");
        for words in [TITLE, LABEL, APPLY, REMAINING, words_of(Reason::Unreachable)] {
            for language in LANGUAGES {
                let quoted = format!("'{}'", pick(words, language));
                assert!(loader.contains(&quoted), "{quoted}");
            }
        }
    }
}
