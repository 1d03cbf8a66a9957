//! Every word that a shopper meets, in English and Arabic. The loader has the title and the label, which never change, and repeats the four that stand
//! before the Wasm is there; a test compares them.
//!
//! In scope: which sentence, and which form of a counted word. Out of scope: how numbers, amounts and dates are written (`locale.rs`, which asks the
//! browser). Sentences are whole, so that each language keeps its own order; `{name}` is a value.

use crate::dom::join;
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

/// What the words need of a locale.
pub(crate) trait Figures {
    fn language(&self) -> Language;
    fn count(&self, number: u64) -> String;
    /// A counted word in the form that the number asks for.
    fn counted(&self, number: u64, forms: &str) -> String;
    fn amount(&self, amount: Amount) -> String;
    fn date(&self, at_ms: u64) -> String;
    /// Where the shop's old codes are exchanged, in its own words.
    fn exchange(&self) -> String;
}

/// A sentence in English and in Arabic. It is one text with a tabulator between them, for every text costs its address and its length wherever it is used.
type Words = &'static str;

macro_rules! both {
    ($english:literal, $arabic:literal) => {
        concat!($english, "\t", $arabic)
    };
}

pub(crate) const APPLY: Words = both!("Apply", "تطبيق");
pub(crate) const APPLYING: Words = both!("Checking…", "جارٍ التحقق…");
pub(crate) const REMOVE: Words = both!("Remove", "إزالة");
/// Before an amount, which stands apart so that its currency can be smaller.
pub(crate) const LEAVES: Words = both!("leaves", "يتبقى فيها");
pub(crate) const EXPIRES: Words = both!("expires {date}", "تنتهي {date}");
pub(crate) const REMAINING: Words = both!("Remaining to pay", "المتبقي للدفع");
pub(crate) const NOT_APPLIED: Words = both!("not applied", "لم تُطبَّق");
/// Nothing is taken before the order is placed, so nothing is called paid.
pub(crate) const COVERED_FULL: Words =
    both!("Your balance covers this order. Place it to finish.", "رصيدك يغطي الطلب كاملًا. أكمل الطلب لإتمامه.");
const LOCKED: Words = both!("This order is already being paid.", "يجري دفع هذا الطلب الآن.");
const CHANGED: Words =
    both!("One of your cards changed. Here is what applies now.", "تغيّر رصيد إحدى بطاقاتك. هذا ما ينطبق الآن.");
/// The names of the controls, a line for each as `form.js` has them: the group, fewer, more, none, all.
pub(crate) const POINTS_NAMES: Words =
    both!("Your points\nFewer points\nMore points\nNone\nUse all", "نقاطك\nنقاط أقل\nنقاط أكثر\nبدون\nاستخدام الكل");
const POINTS_LEAVE: Words = both!("leaves {points}", "المتبقي: {points}");
const SAID_NO_POINTS: Words = both!("Points removed.", "أُزيلت النقاط.");
const POINTS_WORTH: Words = both!("{points} worth {amount}", "{points} بقيمة {amount}");
const POINTS_UP_TO: Words = both!("Up to {points} worth {amount}", "حتى {such} بقيمة {amount}");
const POINTS_UNUSABLE: Words = both!("No points can be used now.", "لا يمكن استخدام النقاط الآن.");
const EARN: Words = both!("You will earn {points} with this order", "ستكسب {such} من هذا الطلب");
const SAID_POINTS: Words = both!("{points} worth {amount} applied.", "طُبّقت {points} بقيمة {amount}.");
const SAID_APPLIED: Words =
    both!("{amount} from card ending {last4} applied.", "طُبّق {amount} من البطاقة المنتهية بـ {last4}.");
const SAID_REMOVED: Words = both!("Card ending {last4} removed.", "أُزيلت البطاقة المنتهية بـ {last4}.");
const SAID_REMAINING: Words = both!("{amount} remaining to pay.", "المتبقي للدفع {amount}.");

const UNREACHABLE: Words = both!(
    "We cannot reach the gift card service. You can still pay another way.",
    "تعذّر الاتصال بخدمة بطاقات الهدايا. ما زال بإمكانك الدفع بوسيلة أخرى."
);
const REFUSED: Words = both!(
    "Gift cards cannot be used here. You can still pay another way.",
    "لا يمكن استخدام بطاقات الهدايا هنا. ما زال بإمكانك الدفع بوسيلة أخرى."
);
const POINTS_BOUNDS: Words =
    both!("You can use {least} to {points}, {step} at a time.", "يمكنك استخدام {least} إلى {such}، {step} في كل مرة.");

/// The words for each reason.
fn words_of(reason: Reason) -> Words {
    match reason {
        Reason::CodeMalformed => {
            both!(
                "Enter the {count} characters printed on the card.",
                "أدخل الرمز المكوّن من {count} خانة كما هو مكتوب على البطاقة."
            )
        }
        Reason::CodeCheckFailed => {
            both!("Check the code: one character looks wrong.", "تحقّق من الرمز: يبدو أن أحد الأحرف غير صحيح.")
        }
        Reason::LooksLikePaymentCard => {
            both!(
                "This looks like a bank card. Enter a gift card code here.",
                "يبدو أن هذا رقم بطاقة مصرفية. أدخل هنا رمز بطاقة الهدية."
            )
        }
        Reason::CardNotUsable => {
            both!("We could not find this gift card. Check the code.", "لم نعثر على بطاقة الهدية هذه. تحقّق من الرمز.")
        }
        Reason::CardExpired => both!("This gift card expired on {date}.", "انتهت صلاحية بطاقة الهدية في {date}."),
        Reason::CardInactive => {
            both!(
                "This gift card is not active yet. Ask where you bought it.",
                "لم تُفعَّل بطاقة الهدية بعد. راجع الجهة التي اشتريتها منها."
            )
        }
        Reason::CardFrozen => {
            both!("This gift card is on hold. Contact the shop.", "بطاقة الهدية موقوفة مؤقتًا. تواصل مع المتجر.")
        }
        Reason::CardReplaced => {
            both!("This gift card was replaced by a new one.", "استُبدلت بطاقة الهدية هذه ببطاقة جديدة.")
        }
        Reason::InsufficientBalance => both!("This gift card has no balance left.", "لم يتبقَّ رصيد في بطاقة الهدية."),
        Reason::CardHeldElsewhere => {
            both!(
                "This card is being used in another order. Try again in {minutes}.",
                "هذه البطاقة مستخدمة الآن في طلب آخر. حاول بعد {minutes}."
            )
        }
        Reason::CurrencyMismatch => {
            both!(
                "This card is in {currency} and cannot pay this order.",
                "هذه البطاقة بعملة {currency} ولا يمكن استخدامها لهذا الطلب."
            )
        }
        Reason::LocationNotAllowed => {
            both!("This gift card cannot be used here.", "لا يمكن استخدام بطاقة الهدية هذه هنا.")
        }
        Reason::MinSpendNotMet => {
            both!(
                "This gift card is for orders of {minimum} or more.",
                "بطاقة الهدية هذه مخصّصة للطلبات بقيمة {minimum} فأكثر."
            )
        }
        Reason::AlreadyApplied => both!("This card is already applied.", "هذه البطاقة مطبّقة بالفعل."),
        Reason::TooManyTenders => both!("You can use up to {cards} cards.", "يمكنك استخدام {cards} بطاقات كحد أقصى."),
        Reason::QuotaExceeded => {
            both!("Too many tries. Wait {minutes} and try again.", "محاولات كثيرة. انتظر {minutes} ثم حاول مجددًا.")
        }
        Reason::Unreachable => UNREACHABLE,
        // The shop has the words for the former.
        Reason::OldCode | Reason::Refused => REFUSED,
        Reason::PointsBounds => POINTS_BOUNDS,
    }
}

/// The same where the server did not say what the sentence tells.
const EXPIRED_SOME_DAY: Words = both!("This gift card has expired.", "انتهت صلاحية بطاقة الهدية.");
const OTHER_CURRENCY: Words = both!(
    "This card is in another currency and cannot pay this order.",
    "هذه البطاقة بعملة أخرى ولا يمكن استخدامها لهذا الطلب."
);

/// Counted words: one, two, zero, few, many, any other; a form that is left out at the end is like the last one before it, so English has the first and
/// the last. In Arabic the word stands in the singular from eleven on; its one more mark up to ninety-nine is not written, but where it is a letter.
const MINUTES: Words =
    both!("1 minute|{count} minutes", "دقيقة واحدة|دقيقتين|{count} دقيقة|{count} دقائق|{count} دقيقة");
const HOURS: Words = both!("1 hour|{count} hours", "ساعة واحدة|ساعتين|{count} ساعة|{count} ساعات|{count} ساعة");
const DAYS: Words = both!("1 day|{count} days", "يوم واحد|يومين|{count} يوم|{count} أيام|{count} يومًا|{count} يوم");
/// As a subject, or alone.
const POINTS: Words = both!("1 point|{count} points", "نقطة واحدة|نقطتان|لا نقاط|{count} نقاط|{count} نقطة");
/// After a verb or a preposition, where Arabic has another dual.
const SUCH_POINTS: Words = both!("1 point|{count} points", "نقطة واحدة|نقطتين|لا نقاط|{count} نقاط|{count} نقطة");

/// More minutes than this are hours to anybody, and more hours than that are days.
const MINUTES_MAX: u32 = 90;
const HOURS_MAX: u32 = 36;

/// How long that is, rounded up: in minutes as long as nobody has to reckon, then in hours, then in days.
fn while_of(seconds: u32, figures: &impl Figures) -> String {
    let minutes = seconds.div_ceil(60).max(1);
    let hours = minutes.div_ceil(60);
    let (number, words) = match (minutes, hours) {
        (..=MINUTES_MAX, _) => (minutes, MINUTES),
        (_, ..=HOURS_MAX) => (hours, HOURS),
        _ => (hours.div_ceil(24), DAYS),
    };
    counted(number.into(), words, figures)
}

fn counted(number: u64, words: Words, figures: &impl Figures) -> String {
    figures.counted(number, pick(words, figures.language()))
}

/// The words in that language.
#[inline(never)]
pub(crate) fn pick(words: &str, language: Language) -> &str {
    // The library's search weighs more than all the lengths that it saves.
    let end = words.bytes().position(|byte| byte == b'\t').unwrap_or_default();
    let part = match language {
        Language::English => words.get(..end),
        Language::Arabic => words.get(end.saturating_add(1)..),
    };
    part.unwrap_or_default()
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
pub(crate) fn notice(notice: &Notice, terms: &Points, figures: &impl Figures) -> String {
    match notice {
        Notice::Problem(problem) => of_problem(problem, terms, figures),
        Notice::Changed => pick(CHANGED, figures.language()).into(),
        Notice::Locked => pick(LOCKED, figures.language()).into(),
    }
}

fn of_problem(notice: &Problem, terms: &Points, figures: &impl Figures) -> String {
    if notice.reason == Reason::OldCode {
        return isolated(&figures.exchange());
    }
    let words = match (notice.reason, &notice.currency, notice.expired_at_ms) {
        (Reason::CardExpired, _, None) => EXPIRED_SOME_DAY,
        (Reason::CurrencyMismatch, None, _) => OTHER_CURRENCY,
        (Reason::MinSpendNotMet, ..) if notice.minimum.is_none() => words_of(Reason::LocationNotAllowed),
        (reason, ..) => words_of(reason),
    };
    let count = |number: usize| u64::try_from(number).unwrap_or_default();
    fill(pick(words, figures.language()), &|name| match name {
        "count" => figures.count(count(SYMBOLS)),
        "cards" => figures.count(count(TENDERS_MAX)),
        "minutes" => while_of(notice.retry_after_seconds.unwrap_or_default(), figures),
        "points" => counted(terms.most(), POINTS, figures),
        "such" => counted(terms.most(), SUCH_POINTS, figures),
        "step" => figures.count(terms.step),
        "least" => figures.count(terms.least),
        "minimum" => notice.minimum.map(|minimum| figures.amount(minimum)).unwrap_or_default(),
        "date" => notice.expired_at_ms.map(|at_ms| figures.date(at_ms)).unwrap_or_default(),
        _ => notice.currency.clone().unwrap_or_default(),
    })
}

/// A text of a card's own, such as its last four: nothing around it can reorder it.
pub(crate) fn isolated(text: &str) -> String {
    join(&["\u{2068}", text, "\u{2069}"])
}

/// So many points, as a text of their own.
pub(crate) fn so_many(number: u64, figures: &impl Figures) -> String {
    counted(number, POINTS, figures)
}

/// A sentence that counts points and may name what they are worth.
fn of_points(words: Words, number: u64, worth: Amount, figures: &impl Figures) -> String {
    fill(pick(words, figures.language()), &|name| match name {
        "points" => counted(number, POINTS, figures),
        "such" => counted(number, SUCH_POINTS, figures),
        _ => figures.amount(worth),
    })
}

/// What points leave.
pub(crate) fn points_leave(left: u64, figures: &impl Figures) -> String {
    of_points(POINTS_LEAVE, left, Amount::ZERO, figures)
}

/// What the order will bring.
pub(crate) fn earn(number: u64, figures: &impl Figures) -> String {
    of_points(EARN, number, Amount::ZERO, figures)
}

/// What so many points are worth; of none, what all that can be used would be.
pub(crate) fn points_worth(number: u64, terms: &Points, figures: &impl Figures) -> String {
    let (words, number) = match number {
        0 if terms.last_place == 0 => (POINTS_UNUSABLE, 0),
        0 => (POINTS_UP_TO, terms.most()),
        _ => (POINTS_WORTH, number),
    };
    of_points(words, number, terms.worth(number), figures)
}

/// What the status region says. `covered` is said where nothing remains to pay.
pub(crate) fn said(said: &Said, covered: Words, figures: &impl Figures) -> String {
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
    let rest = if remaining.is_zero() { covered } else { SAID_REMAINING };
    if !rest.is_empty() {
        #[expect(
            clippy::single_char_add_str,
            reason = "what writes a character is not here otherwise, and costs bytes"
        )]
        text.push_str(" ");
        text.push_str(&fill(pick(rest, language), &|_| figures.amount(remaining)));
    }
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
        /// As `Intl.PluralRules` has it, and `figures.js` picks.
        fn counted(&self, number: u64, forms: &str) -> String {
            let forms: Vec<_> = forms.split('|').collect();
            let last = forms.len() - 1;
            let place = match (self.0, number, number % 100) {
                (_, 1, _) => 0,
                (Language::Arabic, 2, _) => 1,
                (Language::Arabic, 0, _) => 2,
                (Language::Arabic, _, 3..=10) => 3,
                (Language::Arabic, _, 11..) => 4,
                _ => last,
            };
            forms[place.min(last)].replace("{count}", &self.count(number))
        }
        fn amount(&self, amount: Amount) -> String {
            format!("SAR {}", amount.minor() / 100)
        }
        fn date(&self, _: u64) -> String {
            "1 Jan 2027".into()
        }
        fn exchange(&self) -> String {
            pick("Exchange it at {any} till.\tاستبدله في {any} فرع.", self.0).into()
        }
    }

    const LANGUAGES: [Language; 2] = [Language::English, Language::Arabic];

    fn problem(code: &str) -> Problem {
        Problem {
            expired_at_ms: Some(1),
            currency: Some("KWD".into()),
            minimum: Amount::new(30_000),
            ..Problem::of(code)
        }
    }

    #[test]
    fn every_reason_has_whole_words_in_both_languages() {
        let own = |(_, reason): &(&str, Reason)| *reason != Reason::OldCode;
        for (code, _) in Reason::CODES.into_iter().filter(own).chain([("checkout_broken", Reason::Refused)]) {
            let both = LANGUAGES.map(|language| of_problem(&problem(code), &Points::default(), &Plain(language)));
            check_whole(&both);
        }
        for told in [Notice::Changed, Notice::Locked] {
            check_whole(&LANGUAGES.map(|language| notice(&told, &Points::default(), &Plain(language))));
        }
    }

    #[test]
    fn old_code_is_told_in_the_shops_own_words_as_they_are() {
        let both = LANGUAGES.map(|language| of_problem(&problem("old_code"), &Points::default(), &Plain(language)));
        assert_eq!(both, ["Exchange it at {any} till.", "استبدله في {any} فرع."].map(isolated));
    }

    #[test]
    fn bound_of_cards_has_the_form_that_its_number_asks_for() {
        assert!((3..=10).contains(&TENDERS_MAX), "few, as Arabic counts");
    }

    #[test]
    fn order_that_is_too_small_is_told_what_it_must_come_to() {
        let told = |minimum| {
            let problem = Problem { minimum, ..Problem::of("min_spend_not_met") };
            LANGUAGES.map(|language| of_problem(&problem, &Points::default(), &Plain(language)))
        };
        assert_eq!(told(Amount::new(30_000))[0], "This gift card is for orders of SAR 300 or more.");
        let here = LANGUAGES.map(|language| pick(words_of(Reason::LocationNotAllowed), language));
        assert_eq!(told(None), here, "an answer that names no amount");
    }

    #[track_caller]
    fn check_whole(both: &[String; 2]) {
        let [english, arabic] = both;
        assert!(english.is_ascii(), "{english}");
        assert!(arabic.contains('ا'), "{arabic}");
        for text in both {
            assert!(!text.contains(['{', '}']) && !text.contains("  ") && text.ends_with('.'), "{text}");
        }
    }

    /// Everything that stands in `both!`, English first.
    fn all_words() -> Vec<[String; 2]> {
        let source = include_str!("copy.rs").split("#[cfg(test)]").next().unwrap();
        let literals =
            |text: &str| text.split('"').skip(1).step_by(2).take(2).map(|text| text.replace("\\n", "\n")).collect();
        let words: Vec<Vec<String>> = source.split("both!(").skip(1).map(literals).collect();
        words.into_iter().map(|words| words.try_into().unwrap()).collect()
    }

    /// The values that a text names, in order of their letters. What follows a verb in Arabic is the same value in another form.
    fn named(text: &str) -> Vec<String> {
        let pieces: Vec<&str> = text.split(['{', '}']).collect();
        assert!(pieces.len() % 2 == 1, "a brace is left over: {text}");
        let mut names: Vec<String> =
            pieces.iter().skip(1).step_by(2).map(|name| name.replace("such", "points")).collect();
        names.sort();
        names
    }

    #[test]
    fn both_languages_say_the_same_and_every_form_is_there() {
        const NAMES: [&str; 12] = [
            "amount", "cards", "count", "currency", "date", "last4", "least", "minimum", "minutes", "points", "step",
            "such",
        ];
        let all = all_words();
        assert!(all.len() > 40, "{}", all.len());
        for [english, arabic] in all {
            assert!(english.replace('…', "").is_ascii() && !english.is_empty(), "{english}");
            assert!(arabic.contains(|letter| ('ء'..='ي').contains(&letter)), "{arabic}");
            assert!(!english.contains('\t') && !arabic.contains('\t'), "{english}");
            assert_eq!(english.lines().count(), arabic.lines().count(), "{english}");
            let names = named(&english);
            assert!(names.iter().all(|name| NAMES.contains(&name.as_str())), "nobody knows a value of: {english}");
            match (english.split('|').count(), arabic.split('|').count()) {
                (1, 1) => assert_eq!(names, named(&arabic), "{english}"),
                // One and any other; one, two, zero, few, many, and any other where it is not like many.
                (2, 5 | 6) => {
                    assert!(!english.starts_with("{count}") && english.contains("|{count}"), "{english}");
                    for form in arabic.split('|').skip(3) {
                        assert_eq!(named(form), ["count"], "{arabic}");
                    }
                }
                forms => panic!("{english} has {forms:?} forms"),
            }
        }
    }

    #[test]
    fn bounds_of_points_are_told_in_whole_words() {
        let terms = Points::new(1_240, 100, 10, 1_240, (100, 500));
        let problem = Notice::Problem(Problem { reason: Reason::PointsBounds, ..Problem::default() });
        let both = LANGUAGES.map(|language| notice(&problem, &terms, &Plain(language)));
        check_whole(&both);
        assert_eq!(both[0], "You can use 100 to 1240 points, 10 at a time.");
    }

    #[test]
    fn what_the_server_does_not_say_is_not_told() {
        let bare = |code: &str| of_problem(&Problem::of(code), &Points::default(), &Plain(Language::English));
        assert_eq!(bare("card_expired"), "This gift card has expired.");
        assert_eq!(bare("currency_mismatch"), "This card is in another currency and cannot pay this order.");
        assert_eq!(bare("quota_exceeded"), "Too many tries. Wait 1 minute and try again.");
    }

    #[test]
    fn minutes_are_rounded_up_and_counted_in_arabic() {
        let text = |seconds| {
            let problem = Problem { retry_after_seconds: Some(seconds), ..Problem::of("card_held_elsewhere") };
            of_problem(&problem, &Points::default(), &Plain(Language::Arabic))
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
            of_problem(&problem, &Points::default(), &Plain(language))
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
        let english = |value: &Said| said(value, COVERED_FULL, &Plain(Language::English));
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
        for words in [APPLY, APPLYING, REMAINING, words_of(Reason::Unreachable)] {
            for language in LANGUAGES {
                let quoted = format!("'{}'", pick(words, language));
                assert!(loader.contains(&quoted), "{quoted}");
            }
        }
    }
}
