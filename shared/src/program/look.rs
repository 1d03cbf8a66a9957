//! How a programme's cards look: a colour, the text on it, a pattern and a line of words. Whatever a shop chooses, the text on a card can be read: a
//! pair of colours below the contrast of WCAG 2.2 (4.5:1, success criterion 1.4.3) is refused. Out of scope: drawing it.

use super::{Kind, Words};
use serde::{Deserialize, Serialize};

/// A colour, `#rrggbb`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour([u8; 3]);

/// What text on a card is written in when the shop does not say: the first of them that can be read on the card's colour.
/// White, the ink of the widget, and black, which reads on everything that white does not.
const INKS: [Colour; 3] = [Colour([0xff, 0xff, 0xff]), Colour([0x14, 0x17, 0x1a]), Colour([0, 0, 0])];

impl Colour {
    /// Reads `#rrggbb` in either case; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let mut nibbles = digits.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()));
        let mut channel = || Some((nibbles.next()?? << 4) | nibbles.next()??);
        Some(Self([channel()?, channel()?, channel()?]))
    }

    /// Whether text of one of the two can be read on the other.
    pub fn reads_on(self, other: Self) -> bool {
        let (lighter, darker) = (self.luminance().max(other.luminance()), self.luminance().min(other.luminance()));
        let with_flare = |luminance: u64| luminance.saturating_add(500_000_000);
        // (lighter + 0.05) / (darker + 0.05) >= 4.5, in whole numbers.
        with_flare(lighter).saturating_mul(2) >= with_flare(darker).saturating_mul(9)
    }

    /// The colour of text that can be read on this one.
    pub fn ink(self) -> Self {
        let [white, ..] = INKS;
        INKS.into_iter().find(|ink| ink.reads_on(self)).unwrap_or(white)
    }

    /// Relative luminance, times 10¹⁰. Integers, so that browser and edge never disagree about a colour at the border.
    fn luminance(self) -> u64 {
        let Self([red, green, blue]) = self;
        let weighted = |channel: u8, weight: u64| {
            let linear = LINEAR.get(usize::from(channel)).copied().unwrap_or_default();
            u64::from(linear).saturating_mul(weight)
        };
        weighted(red, 2_126).saturating_add(weighted(green, 7_152)).saturating_add(weighted(blue, 722))
    }
}

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a colour")
    }
}

impl From<Colour> for String {
    fn from(Colour([red, green, blue]): Colour) -> Self {
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// What is drawn over the colour. The list is closed: each must be drawn by every card page, and look right with any colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Pattern {
    #[default]
    Plain,
    Stripes,
    Dots,
    Waves,
    Stars,
    Lattice,
}

impl Pattern {
    const NAMES: [(Self, &'static str); 6] = [
        (Self::Plain, "plain"),
        (Self::Stripes, "stripes"),
        (Self::Dots, "dots"),
        (Self::Waves, "waves"),
        (Self::Stars, "stars"),
        (Self::Lattice, "lattice"),
    ];

    /// The pattern of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, other)| *other == name).map(|(pattern, _)| *pattern)
    }

    /// The stable name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(pattern, _)| *pattern == self).map_or("", |(_, name)| name)
    }
}

/// How a programme's cards look.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Look {
    /// The card's own colour.
    pub colour: Colour,
    /// The colour of text on it.
    pub on_colour: Colour,
    /// What is drawn over the colour.
    pub pattern: Pattern,
    /// A line of words on the card.
    #[serde(default)]
    pub texts: Option<Words>,
}

impl Look {
    /// `None` when text of `on_colour` could not be read on the card. Left out, it is chosen so that it can.
    pub fn new(colour: Colour, on_colour: Option<Colour>, pattern: Pattern, texts: Option<Words>) -> Option<Self> {
        let on_colour = on_colour.unwrap_or_else(|| colour.ink());
        on_colour.reads_on(colour).then_some(Self { colour, on_colour, pattern, texts })
    }

    /// The colour of a kind whose programme has none: one for each, so that a list of cards is told apart at a glance.
    pub fn colour_of(kind: Kind) -> Colour {
        match kind {
            Kind::PaidGift => Colour([0x0f, 0x76, 0x6e]),
            Kind::Promo => Colour([0xc2, 0x41, 0x0c]),
            Kind::RefundCredit => Colour([0x1d, 0x4e, 0xd8]),
            Kind::Reward => Colour([0x7c, 0x3a, 0xed]),
            Kind::Donated => Colour([0x4d, 0x7c, 0x0f]),
        }
    }
}

/// The light of each value of a channel, times 10⁶: the transfer curve of sRGB (IEC 61966-2-1).
const LINEAR: [u32; 256] = [
    0, 304, 607, 911, 1_214, 1_518, 1_821, 2_125, 2_428, 2_732, 3_035, 3_347, 3_677, 4_025, 4_391, 4_777, 5_182, 5_605,
    6_049, 6_512, 6_995, 7_499, 8_023, 8_568, 9_134, 9_721, 10_330, 10_960, 11_612, 12_286, 12_983, 13_702, 14_444,
    15_209, 15_996, 16_807, 17_642, 18_500, 19_382, 20_289, 21_219, 22_174, 23_153, 24_158, 25_187, 26_241, 27_321,
    28_426, 29_557, 30_713, 31_896, 33_105, 34_340, 35_601, 36_889, 38_204, 39_546, 40_915, 42_311, 43_735, 45_186,
    46_665, 48_172, 49_707, 51_269, 52_861, 54_480, 56_128, 57_805, 59_511, 61_246, 63_010, 64_803, 66_626, 68_478,
    70_360, 72_272, 74_214, 76_185, 78_187, 80_220, 82_283, 84_376, 86_500, 88_656, 90_842, 93_059, 95_307, 97_587,
    99_899, 102_242, 104_616, 107_023, 109_462, 111_932, 114_435, 116_971, 119_538, 122_139, 124_772, 127_438, 130_136,
    132_868, 135_633, 138_432, 141_263, 144_128, 147_027, 149_960, 152_926, 155_926, 158_961, 162_029, 165_132,
    168_269, 171_441, 174_647, 177_888, 181_164, 184_475, 187_821, 191_202, 194_618, 198_069, 201_556, 205_079,
    208_637, 212_231, 215_861, 219_526, 223_228, 226_966, 230_740, 234_551, 238_398, 242_281, 246_201, 250_158,
    254_152, 258_183, 262_251, 266_356, 270_498, 274_677, 278_894, 283_149, 287_441, 291_771, 296_138, 300_544,
    304_987, 309_469, 313_989, 318_547, 323_143, 327_778, 332_452, 337_164, 341_914, 346_704, 351_533, 356_400,
    361_307, 366_253, 371_238, 376_262, 381_326, 386_429, 391_572, 396_755, 401_978, 407_240, 412_543, 417_885,
    423_268, 428_690, 434_154, 439_657, 445_201, 450_786, 456_411, 462_077, 467_784, 473_531, 479_320, 485_150,
    491_021, 496_933, 502_886, 508_881, 514_918, 520_996, 527_115, 533_276, 539_479, 545_724, 552_011, 558_340,
    564_712, 571_125, 577_580, 584_078, 590_619, 597_202, 603_827, 610_496, 617_207, 623_960, 630_757, 637_597,
    644_480, 651_406, 658_375, 665_387, 672_443, 679_542, 686_685, 693_872, 701_102, 708_376, 715_694, 723_055,
    730_461, 737_910, 745_404, 752_942, 760_525, 768_151, 775_822, 783_538, 791_298, 799_103, 806_952, 814_847,
    822_786, 830_770, 838_799, 846_873, 854_993, 863_157, 871_367, 879_622, 887_923, 896_269, 904_661, 913_099,
    921_582, 930_111, 938_686, 947_307, 955_973, 964_686, 973_445, 982_251, 991_102, 1_000_000,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn colour_is_read_in_one_form_and_written_in_one() {
        assert_eq!(String::from(colour("#0F766e")), "#0f766e");
        for bad in ["", "0f766e", "#0f766", "#0f766e0", "#0f76g0", "teal", "#+f766e", "rgb(0,0,0)", "#٠٠٠٠٠٠"] {
            assert_eq!(Colour::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_accessibility_guidelines() {
        // #767676 is the lightest grey that reads on white, #777777 the first that does not.
        assert!(colour("#767676").reads_on(colour("#ffffff")));
        assert!(!colour("#777777").reads_on(colour("#ffffff")));
        assert!(colour("#ffffff").reads_on(colour("#767676")), "it is the same in both directions");
        assert!(!colour("#0f766e").reads_on(colour("#0f766e")));
    }

    #[test]
    fn every_colour_has_an_ink_that_reads_on_it() {
        for red in (0..=255).step_by(5) {
            for green in (0..=255).step_by(5) {
                for blue in (0..=255).step_by(15) {
                    let colour = Colour([red, green, blue]);
                    assert!(colour.ink().reads_on(colour), "{colour:?}");
                }
            }
        }
        assert_eq!(colour("#0f766e").ink(), colour("#ffffff"));
        assert_eq!(colour("#facc15").ink(), colour("#14171a"));
    }

    #[test]
    fn look_that_cannot_be_read_is_none() {
        let look = |on_colour: Option<&str>| Look::new(colour("#facc15"), on_colour.map(colour), Pattern::Dots, None);
        assert_eq!(look(Some("#ffffff")), None);
        assert_eq!(look(None).unwrap().on_colour, colour("#14171a"));
        for kind in Kind::ALL {
            assert!(Look::new(Look::colour_of(kind), None, Pattern::Plain, None).is_some());
        }
    }

    #[test]
    fn pattern_has_one_name_everywhere() {
        for (pattern, name) in Pattern::NAMES {
            assert_eq!(serde_json::to_string(&pattern).unwrap(), format!("\"{name}\""));
            assert_eq!((Pattern::parse(name), pattern.name()), (Some(pattern), name));
        }
    }
}
