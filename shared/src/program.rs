//! Programmes: what a merchant sells or gives. A programme's `kind` and `currency` never change, since the cards that were issued of it follow from them;
//! everything else may.
//!
//! Pure data and the rules that need nothing else. Out of scope: who may change them (`wire::settings` reads and compares), what a card does with them
//! (`card`), and the rules of a country (`law`), which [`Programme::check_law`] asks.

use crate::law::{Jurisdiction, Law};
use crate::limits::{DAY_MS, MAJOR_UNITS_MAX};
use crate::money::{Amount, Currency};
use crate::rejection::Rejection;
use serde::{Deserialize, Serialize};

mod caps;
mod look;

pub use caps::{Caps, Count};
pub use look::{Colour, Look, Pattern};

/// Why a card exists.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Sold: the buyer paid for it.
    PaidGift,
    /// Given by the shop without consideration.
    Promo,
    /// A refund kept as balance.
    RefundCredit,
    /// From points or a referral.
    Reward,
    /// Donated by the shop to somebody else's cause.
    Donated,
}

impl Kind {
    /// Every kind with its name in requests, answers and rows.
    const NAMES: [(Self, &'static str); 5] = [
        (Self::PaidGift, "paid_gift"),
        (Self::Promo, "promo"),
        (Self::RefundCredit, "refund_credit"),
        (Self::Reward, "reward"),
        (Self::Donated, "donated"),
    ];

    /// Every kind.
    pub const ALL: [Self; 5] = [Self::PaidGift, Self::Promo, Self::RefundCredit, Self::Reward, Self::Donated];

    /// The stable name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, other)| *other == name).map(|(kind, _)| *kind)
    }

    /// Whether somebody pays for the card. Nobody may pay for any other kind: consideration would make it a paid card, with a paid card's law.
    pub fn is_paid(self) -> bool {
        self == Self::PaidGift
    }

    /// What a programme of this kind is called until the shop gives it a name.
    fn words(self) -> Words {
        let (ar, en) = match self {
            Self::PaidGift => ("بطاقة هدية", "Gift card"),
            Self::Promo => ("بطاقة ترويجية", "Promotional card"),
            Self::RefundCredit => ("رصيد مسترد", "Store credit"),
            Self::Reward => ("مكافأة", "Reward"),
            Self::Donated => ("بطاقة تبرع", "Donated card"),
        };
        Words { ar: ar.into(), en: en.into() }
    }
}

/// The same in Arabic and in English. Neither is ever empty.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Words {
    pub ar: String,
    pub en: String,
}

impl Words {
    /// One language stands for the other where only one is given; `None` when there is none.
    pub fn new(ar: Option<String>, en: Option<String>) -> Option<Self> {
        Some(match (ar, en) {
            (Some(ar), Some(en)) => Self { ar, en },
            (Some(both), None) | (None, Some(both)) => Self { ar: both.clone(), en: both },
            (None, None) => return None,
        })
    }
}

/// When value-added tax is due: on a voucher whose rate is known when it is sold, or on what it is spent for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VatMode {
    /// A single-purpose voucher: taxed when sold.
    Spv,
    /// A multi-purpose voucher: taxed when spent.
    #[default]
    Mpv,
}

impl VatMode {
    /// The mode of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "spv" => Some(Self::Spv),
            "mpv" => Some(Self::Mpv),
            _ => None,
        }
    }
}

/// Which amounts a card may be issued over: some, or any within a range.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Amounts {
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    preset: Vec<Amount>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    minimum: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    maximum: Option<Amount>,
}

impl Amounts {
    /// One of these, each at least one minor unit; `None` when there are none.
    pub fn preset(preset: Vec<Amount>) -> Option<Self> {
        let some = !preset.is_empty() && preset.iter().all(|amount| !amount.is_zero());
        some.then_some(Self { preset, minimum: None, maximum: None })
    }

    /// Any from the one to the other; `None` when there is none between them.
    pub fn range(minimum: Amount, maximum: Amount) -> Option<Self> {
        let some = !minimum.is_zero() && minimum <= maximum;
        some.then_some(Self { preset: Vec::new(), minimum: Some(minimum), maximum: Some(maximum) })
    }

    /// What a programme allows that does not say: from one unit of its currency to a sum that no typing error should pass.
    fn usual(currency: Currency) -> Self {
        let unit = 10_u64.saturating_pow(u32::from(currency.exponent()));
        let maximum = Amount::new(unit.saturating_mul(MAJOR_UNITS_MAX));
        Self { preset: Vec::new(), minimum: Amount::new(unit), maximum }
    }

    /// Whether a card may be issued over that much.
    pub fn allow(&self, amount: Amount) -> bool {
        match (self.minimum, self.maximum) {
            (Some(minimum), Some(maximum)) => (minimum..=maximum).contains(&amount),
            _ => self.preset.contains(&amount),
        }
    }

    /// The largest amount.
    fn largest(&self) -> Amount {
        self.maximum.or_else(|| self.preset.iter().max().copied()).unwrap_or_default()
    }
}

/// One programme.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Programme {
    /// Its name among machines. It never changes and is never given to another.
    pub id: String,
    /// Why its cards exist.
    pub kind: Kind,
    /// What its cards are in.
    pub currency: Currency,
    /// Its name among people.
    pub name: Words,
    /// Which amounts a card may be issued over.
    pub amounts: Amounts,
    /// How many days a card can be spent; `None` for ever.
    pub validity_days: Option<u64>,
    /// Where its cards may be spent: ids of locations; everywhere when there are none.
    pub locations: Vec<String>,
    /// How much an order must come to before a card may pay for it.
    pub min_spend: Option<Amount>,
    /// When tax is due.
    pub vat_mode: VatMode,
    /// Whether a card may be loaded again.
    pub reloadable: bool,
    /// The most that a card may have, loads included.
    pub balance_max: Option<Amount>,
    /// The most that is issued of it.
    pub caps: Option<Caps>,
    /// Whose law it is under; the shop's when it does not say.
    pub jurisdiction: Option<String>,
    /// What its cards are counted under in reports.
    pub campaign: Option<String>,
    /// How its cards look.
    pub look: Look,
    /// Whether nothing is issued of it any more. Its cards stay what they are.
    pub archived: bool,
}

impl Programme {
    /// A programme that says nothing but what it must.
    ///
    /// Any amount that is not a mistake, spent anywhere, without an end, taxed when spent: what no law that we know of forbids.
    pub fn new(id: &str, kind: Kind, currency: Currency) -> Self {
        let colour = Look::colour_of(kind);
        Self {
            id: id.into(),
            kind,
            currency,
            name: kind.words(),
            amounts: Amounts::usual(currency),
            validity_days: None,
            locations: Vec::new(),
            min_spend: None,
            vat_mode: VatMode::default(),
            reloadable: false,
            balance_max: None,
            caps: None,
            jurisdiction: None,
            campaign: None,
            look: Look { colour, on_colour: colour.ink(), pattern: Pattern::default(), texts: None },
            archived: false,
        }
    }

    /// The programme that a new shop has until it says otherwise.
    pub fn first() -> Option<Self> {
        let currency = Currency::parse("SAR")?;
        let preset = [5_000, 10_000, 25_000, 50_000].into_iter().filter_map(Amount::new).collect();
        Some(Self { amounts: Amounts::preset(preset)?, ..Self::new("gift", Kind::PaidGift, currency) })
    }

    /// The first field that contradicts another.
    pub fn contradiction(&self) -> Option<&'static str> {
        let under_largest = |cap: Option<Amount>| cap.is_some_and(|cap| cap < self.amounts.largest());
        [
            // A load is a payment, so only what is paid for may be loaded.
            (self.reloadable && !self.kind.is_paid(), "reloadable"),
            // A cap below an amount that may be chosen would refuse what the shop offers.
            (under_largest(self.balance_max), "balance_max"),
        ]
        .into_iter()
        .chain(self.caps.iter().flat_map(Caps::named).map(|(field, cap)| (under_largest(cap), field)))
        .find_map(|(is_wrong, field)| is_wrong.then_some(field))
    }

    /// Whether it may become `next`, of the same id: its cards follow from kind and currency. The field that may not change, else.
    pub fn check_change(&self, next: &Self) -> Result<(), &'static str> {
        match () {
            () if self.kind != next.kind => Err("kind"),
            () if self.currency != next.currency => Err("currency"),
            () => Ok(()),
        }
    }

    /// Whether a card that is issued now may expire when the programme says, by the law of its jurisdiction or else of the shop's. `path` is how refusals
    /// name the programme, `programs[2].` for one.
    pub fn check_law(&self, shop: Option<&str>, now_ms: u64, path: &str) -> Result<(), Rejection> {
        let place = Jurisdiction::nearest(self.jurisdiction.as_deref().or(shop));
        Law::of(place, now_ms)
            .check_expiry(self.kind, now_ms, None, self.expires_at_ms(now_ms))
            .map_err(|breach| Rejection::ExpiryTooShort { field: format!("{path}validity_days"), breach: Some(breach) })
    }

    /// Whether its cards may be spent there. A place that nobody names is no place of a programme that names some.
    pub fn may_be_spent_at(&self, location: Option<&str>) -> bool {
        self.locations.is_empty() || location.is_some_and(|place| self.locations.iter().any(|own| own == place))
    }

    /// When a card ends that is issued at that moment.
    pub fn expires_at_ms(&self, issued_at_ms: u64) -> Option<u64> {
        self.validity_days.map(|days| issued_at_ms.saturating_add(days.saturating_mul(DAY_MS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(minor: u64) -> Amount {
        Amount::new(minor).unwrap()
    }

    fn programme(kind: Kind) -> Programme {
        Programme::new("gift", kind, Currency::parse("KWD").unwrap())
    }

    #[test]
    fn defaults_contradict_nothing() {
        for kind in Kind::ALL {
            assert_eq!(programme(kind).contradiction(), None);
        }
        let first = Programme::first().unwrap();
        assert_eq!((first.contradiction(), first.kind), (None, Kind::PaidGift));
        assert!(first.amounts.allow(amount(10_000)) && !first.amounts.allow(amount(10_001)));
    }

    #[test]
    fn usual_amounts_follow_the_currency() {
        let usual = programme(Kind::PaidGift).amounts;
        assert!(!usual.allow(amount(999)) && usual.allow(amount(1_000)), "one dinar has a thousand fils");
        assert!(usual.allow(amount(5_000_000)) && !usual.allow(amount(5_000_001)));
    }

    #[test]
    fn amounts_are_some_or_a_range_that_has_any() {
        assert_eq!(Amounts::preset(Vec::new()), None);
        assert_eq!(Amounts::preset(vec![amount(100), Amount::ZERO]), None);
        assert_eq!(Amounts::range(Amount::ZERO, amount(5)), None);
        assert_eq!(Amounts::range(amount(6), amount(5)), None);
        assert!(Amounts::range(amount(5), amount(5)).unwrap().allow(amount(5)));
    }

    #[test]
    fn only_what_is_paid_for_may_be_loaded() {
        for kind in Kind::ALL {
            let reloadable = Programme { reloadable: true, ..programme(kind) };
            assert_eq!(reloadable.contradiction(), (!kind.is_paid()).then_some("reloadable"), "{kind:?}");
        }
    }

    #[test]
    fn cap_below_what_is_offered_is_a_contradiction() {
        let base =
            Programme { amounts: Amounts::preset(vec![amount(100), amount(500)]).unwrap(), ..programme(Kind::Promo) };
        for cap in [499, 500] {
            let cap = Some(amount(cap));
            let is_under = cap < Some(amount(500));
            let capped = Programme { balance_max: cap, ..base.clone() };
            assert_eq!(capped.contradiction(), is_under.then_some("balance_max"));
            let caps = Some(Caps { buyer_day: cap, ..Caps::default() });
            let capped = Programme { caps, ..base.clone() };
            assert_eq!(capped.contradiction(), is_under.then_some("caps.buyer_day"));
        }
    }

    #[test]
    fn kind_and_currency_never_change() {
        let gift = programme(Kind::PaidGift);
        assert_eq!(gift.check_change(&Programme { archived: true, name: Kind::Promo.words(), ..gift.clone() }), Ok(()));
        assert_eq!(gift.check_change(&programme(Kind::Promo)), Err("kind"));
        let other = Programme { currency: Currency::parse("SAR").unwrap(), ..gift.clone() };
        assert_eq!(gift.check_change(&other), Err("currency"));
    }

    #[test]
    fn card_is_spent_where_its_programme_says_and_ends_when_it_says() {
        let anywhere = programme(Kind::Promo);
        assert!(anywhere.may_be_spent_at(None) && anywhere.may_be_spent_at(Some("riyadh")));
        assert_eq!(anywhere.expires_at_ms(7), None);
        let riyadh = Programme { locations: vec!["riyadh".into()], validity_days: Some(2), ..anywhere };
        assert!(riyadh.may_be_spent_at(Some("riyadh")));
        assert!(!riyadh.may_be_spent_at(Some("jeddah")) && !riyadh.may_be_spent_at(None));
        assert_eq!(riyadh.expires_at_ms(7), Some(172_800_007));
    }

    #[test]
    fn one_language_stands_for_the_other() {
        assert_eq!(Words::new(None, None), None);
        assert_eq!(Words::new(None, Some("Noor".into())), Words::new(Some("Noor".into()), Some("Noor".into())));
    }
}
