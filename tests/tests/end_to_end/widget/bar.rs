//! The coverage bar: who pays how much, without a number.

use super::Stage;
use tests::words::LANGUAGES;

#[test]
fn bar_shows_every_share_at_its_place_in_the_colour_of_its_card() {
    let stage = Stage::start();
    for language in LANGUAGES {
        let (_, widget) = stage.show_order(&format!("bar-{}", language.tag()), language);
        assert_eq!(widget.bar(&[1, 50, 99]), ["", "", ""]);
        // Of 250.00: 40 and 10 of a hundred, then 50 that remain.
        widget.apply(&stage.card(10_000, "SAR"));
        let face = widget.apply(&stage.card(2_500, "SAR"));
        let [first, second] = [0, 1].map(|place| face.rows[place].colour.clone());
        assert_ne!(first, second);
        for colour in [&first, &second] {
            assert!(colour.starts_with("rgb(") && *colour != "rgb(0, 0, 0)", "{colour} is no colour of a card");
        }
        assert_eq!(widget.bar(&[1, 39, 42, 48, 52, 99]), [first.as_str(), &first, &second, &second, "", ""]);

        // The second moves to the front and stays what it was.
        let face = widget.remove(0);
        assert_eq!(face.rows[0].colour, second);
        assert_eq!(widget.bar(&[1, 8, 12, 45, 99]), [second.as_str(), &second, "", "", ""]);

        // Covered: the whole bar is paid, and the newcomer has the colour that is free.
        let face = widget.apply(&stage.card(50_000, "SAR"));
        assert_eq!(face.rows[1].colour, first);
        assert_eq!(widget.bar(&[1, 8, 13, 50, 98]), [second.as_str(), &second, &first, &first, &first]);
    }
}
