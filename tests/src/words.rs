//! The words that a shopper must meet, in English and Arabic, and how amounts are written in them.
//!
//! They are written down here a second time on purpose: what the widget says is compared with what it was meant to say, not with itself.

/// A language of the widget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Left to right, the currency before the number.
    English,
    /// Right to left, Arabic-Indic digits, the currency after the number.
    Arabic,
}

use Language::{Arabic, English};

/// Both, for tests that hold in each.
pub const LANGUAGES: [Language; 2] = [English, Arabic];

/// A sentence in both languages.
pub type Words = (&'static str, &'static str);

/// The name of the code field.
pub const LABEL: Words = ("Gift card code", "رمز بطاقة الهدية");
/// The words before the amount that remains.
pub const REMAINING: Words = ("Remaining to pay", "المتبقي للدفع");
/// While a code is being checked.
pub const CHECKING: Words = ("Checking…", "جارٍ التحقق…");
/// When nothing remains.
pub const COVERED_FULL: Words =
    ("Your balance covers this order. Place it to finish.", "رصيدك يغطي الطلب كاملًا. أكمل الطلب لإتمامه.");
/// When the order is being paid, so nothing can be changed.
pub const LOCKED: Words = ("This order is already being paid.", "يجري دفع هذا الطلب الآن.");
/// When a card pays something else than before.
pub const CHANGED: Words =
    ("One of your cards changed. Here is what applies now.", "تغيّر رصيد إحدى بطاقاتك. هذا ما ينطبق الآن.");
/// When the service does not answer.
pub const UNREACHABLE: Words = (
    "We cannot reach the gift card service. You can still pay another way.",
    "تعذّر الاتصال بخدمة بطاقات الهدايا. ما زال بإمكانك الدفع بوسيلة أخرى.",
);

/// When the service answers and will not have it, for nothing that a shopper can mend.
pub const REFUSED: Words = (
    "Gift cards cannot be used here. You can still pay another way.",
    "لا يمكن استخدام بطاقات الهدايا هنا. ما زال بإمكانك الدفع بوسيلة أخرى.",
);

/// What is said for each code of a refusal that needs no value.
const REFUSALS: [(&str, Words); 12] = [
    (
        "code_malformed",
        ("Enter the 20 characters printed on the card.", "أدخل الرمز المكوّن من ٢٠ خانة كما هو مكتوب على البطاقة."),
    ),
    ("code_check_failed", ("Check the code: one character looks wrong.", "تحقّق من الرمز: يبدو أن أحد الأحرف غير صحيح.")),
    (
        "looks_like_payment_card",
        (
            "This looks like a bank card. Enter a gift card code here.",
            "يبدو أن هذا رقم بطاقة مصرفية. أدخل هنا رمز بطاقة الهدية.",
        ),
    ),
    (
        "card_not_usable",
        ("We could not find this gift card. Check the code.", "لم نعثر على بطاقة الهدية هذه. تحقّق من الرمز."),
    ),
    (
        "card_inactive",
        (
            "This gift card is not active yet. Ask where you bought it.",
            "لم تُفعَّل بطاقة الهدية بعد. راجع الجهة التي اشتريتها منها.",
        ),
    ),
    ("card_frozen", ("This gift card is on hold. Contact the shop.", "بطاقة الهدية موقوفة مؤقتًا. تواصل مع المتجر.")),
    ("insufficient_balance", ("This gift card has no balance left.", "لم يتبقَّ رصيد في بطاقة الهدية.")),
    (
        "currency_mismatch",
        ("This card is in KWD and cannot pay this order.", "هذه البطاقة بعملة KWD ولا يمكن استخدامها لهذا الطلب."),
    ),
    ("location_not_allowed", ("This gift card cannot be used here.", "لا يمكن استخدام بطاقة الهدية هذه هنا.")),
    ("checkout_broken", REFUSED),
    ("already_applied", ("This card is already applied.", "هذه البطاقة مطبّقة بالفعل.")),
    ("too_many_tenders", ("You can use up to 10 cards.", "يمكنك استخدام ١٠ بطاقات كحد أقصى.")),
];

impl Language {
    /// The tag of the language.
    pub fn tag(self) -> &'static str {
        self.pick(("en", "ar"))
    }

    /// The words in this language.
    pub fn pick(self, words: Words) -> &'static str {
        match self {
            English => words.0,
            Arabic => words.1,
        }
    }

    /// What is said for a refusal with that code.
    #[track_caller]
    pub fn refusal(self, code: &str) -> &'static str {
        let (_, words) = REFUSALS.iter().find(|(name, _)| *name == code).unwrap();
        self.pick(*words)
    }

    /// What is said for a card that another order holds for so many minutes, at least eleven: fewer are counted in other words.
    #[track_caller]
    pub fn held_elsewhere(self, minutes: u64) -> String {
        assert!(minutes > 10);
        let words = self.pick((
            "This card is being used in another order. Try again in {} minutes.",
            "هذه البطاقة مستخدمة الآن في طلب آخر. حاول بعد {} دقيقة.",
        ));
        words.replace("{}", &self.number(minutes, 0))
    }

    /// What is said for a card that pays only for orders from that amount on.
    pub fn min_spend(self, minor: u64, currency: &str) -> String {
        let words = self
            .pick(("This gift card is for orders of {} or more.", "بطاقة الهدية هذه مخصّصة للطلبات بقيمة {} فأكثر."));
        words.replace("{}", &self.money_within(minor, currency))
    }

    /// What is said when a card was applied.
    pub fn said_applied(self, minor: u64, last4: &str, remaining: u64, currency: &str) -> String {
        let last4 = isolated(last4);
        let amount = self.money_within(minor, currency);
        let applied = match self {
            English => format!("{amount} from card ending {last4} applied."),
            Arabic => format!("طُبّق {amount} من البطاقة المنتهية بـ {last4}."),
        };
        format!("{applied} {}", self.said_remaining(remaining, currency))
    }

    /// What is said when a card was removed.
    pub fn said_removed(self, last4: &str, remaining: u64, currency: &str) -> String {
        let last4 = isolated(last4);
        let removed = match self {
            English => format!("Card ending {last4} removed."),
            Arabic => format!("أُزيلت البطاقة المنتهية بـ {last4}."),
        };
        format!("{removed} {}", self.said_remaining(remaining, currency))
    }

    fn said_remaining(self, minor: u64, currency: &str) -> String {
        let amount = self.money_within(minor, currency);
        match self {
            _ if minor == 0 => self.pick(COVERED_FULL).into(),
            English => format!("{amount} remaining to pay."),
            Arabic => format!("المتبقي للدفع {amount}."),
        }
    }

    /// An amount as the widget writes it, such as `SAR 1,234.50`; the sign and the number never part.
    pub fn money(self, minor: u64, currency: &str) -> String {
        let number = self.number(minor, places(currency));
        match self {
            English => format!("{currency}\u{a0}{number}"),
            Arabic => format!("{number}\u{a0}{}", sign(currency)),
        }
    }

    /// The same inside a sentence, isolated from the words around it.
    pub fn money_within(self, minor: u64, currency: &str) -> String {
        format!("\u{2068}{}\u{2069}", self.money(minor, currency))
    }

    /// A number of minor units with that many digits after the point, in the digits and with the marks of the language.
    fn number(self, minor: u64, places: usize) -> String {
        let digits = format!("{minor:0>width$}", width = places.saturating_add(1));
        let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
        let mut text = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && whole.len().saturating_sub(place).is_multiple_of(3) {
                text.push_str(self.pick((",", "\u{66c}")));
            }
            text.push(self.digit(digit));
        }
        if places > 0 {
            text.push_str(self.pick((".", "\u{66b}")));
            text.extend(fraction.chars().map(|digit| self.digit(digit)));
        }
        text
    }

    fn digit(self, digit: char) -> char {
        match self {
            English => digit,
            Arabic => arabic_indic(digit),
        }
    }
}

/// A digit as an Arabic keyboard types it; anything else as it is.
pub fn arabic_indic(character: char) -> char {
    character.to_digit(10).and_then(|digit| char::from_u32(0x660_u32.saturating_add(digit))).unwrap_or(character)
}

/// Digits after the point.
fn places(currency: &str) -> usize {
    match currency {
        "JPY" => 0,
        "KWD" => 3,
        _ => 2,
    }
}

/// The currency in Arabic; its code where Arabic has no letters of its own for it.
fn sign(currency: &str) -> &str {
    match currency {
        "SAR" => "ر.س",
        "KWD" => "د.ك",
        other => other,
    }
}

/// A text that nothing around it can reorder.
fn isolated(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}
