//! Every bound of the system, each with its reason. Settings that a merchant may change do not live here.

/// The largest amount in minor units, and the largest count of points: 2⁵³ − 1. JSON numbers and SQLite values cross JavaScript, which counts exactly only up to here.
pub const AMOUNT_MAX: u64 = 9_007_199_254_740_991;

/// Tenders in one checkout. A shopper with more cards than this merges them first; each is a leg that must be held within one round trip.
pub const TENDERS_MAX: usize = 10;

/// Calls to cards that a checkout may owe before it starts another attempt: ten attempts of a full one. Its document stays a row of some kilobytes.
pub const PENDING_CALLS_MAX: usize = 100;

/// Refunds of one checkout. Nobody gives an order back in more parts, and each is a part of the checkout's one row.
pub const REFUNDS_MAX: usize = 100;

/// Bytes of a request body. The largest honest request is a few hundred bytes; imports have their own bound.
pub const BODY_BYTES_MAX: usize = 16_384;

/// Bytes of the settings, the only request that is a document: [`PROGRAMS_MAX`] programmes and [`LOCATIONS_MAX`] locations with names in Arabic fit.
/// Every isolate that serves the merchant holds them in memory.
pub const SETTINGS_BYTES_MAX: usize = 262_144;

/// Bytes of an import, whose body is a file: some 25,000 rows, which the Worker reads at once beside everything else that its memory is for. A shop with more
/// cards imports them in parts, each of which must reconcile by itself.
pub const IMPORT_BYTES_MAX: usize = 1_048_576;

/// Levels of nesting in a request. The deepest honest request, settings, has five.
pub const JSON_DEPTH_MAX: usize = 16;

/// Characters of an `Idempotency-Key`: long enough that nobody guesses another's key, short enough to index.
pub const IDEMPOTENCY_KEY_CHARS: core::ops::RangeInclusive<usize> = 16..=255;

/// Characters of an order reference, a location, a campaign or a reason. They are copied into every entry.
pub const TEXT_CHARS_MAX: usize = 128;

/// Characters of who a gift is for or from. Longer names do not fit on a card.
pub const GIFT_NAME_CHARS_MAX: usize = 60;

/// Characters of a gift's message: what fits on a printed page beside the card.
pub const GIFT_MESSAGE_CHARS_MAX: usize = 500;

/// Characters of an origin. A host name has at most 253.
pub const ORIGIN_CHARS_MAX: usize = 300;

/// Origins of one merchant: they are held in memory by every isolate.
pub const ORIGINS_MAX: usize = 50;

/// Programmes of one merchant, archived ones included: a card names its programme for ever, so none is ever removed.
pub const PROGRAMS_MAX: usize = 100;

/// Locations of one merchant: a large chain. Reports have a line for each.
pub const LOCATIONS_MAX: usize = 500;

/// Amounts that a programme offers: more than anybody chooses from.
pub const PRESETS_MAX: usize = 20;

/// Characters of the id of a programme or a location: it is copied into every card and entry.
pub const SLUG_CHARS_MAX: usize = 32;

/// The bounds of a programme's validity in days: a century is as good as for ever, which has a form of its own.
pub const VALIDITY_DAYS_RANGE: core::ops::RangeInclusive<u64> = 1..=36_500;

/// The largest amount, in units of the currency, of a programme that names none: beyond it a typing error is likelier than a gift.
pub const MAJOR_UNITS_MAX: u64 = 5_000;

/// Revoked keys of one merchant: they are looked through at every request.
pub const REVOKED_KEYS_MAX: usize = 1_000;

/// How long a console session lasts: a sitting. Whoever finds the page open later must sign in again.
pub const SESSION_MS: u64 = 1_800_000;

/// Wrong codes that lock a console key. A person needs two or three tries; three codes of a million are right at any moment, so a guesser who comes back after
/// every lock needs a year for one chance in ten.
pub const TOTP_WRONG_MAX: u64 = 10;

/// How long such a lock lasts.
pub const TOTP_LOCK_MS: u64 = 900_000;

/// Versions in one page of the history of the settings: each is read whole to tell what changed.
pub const HISTORY_VERSIONS_MAX: usize = 20;

/// Characters of a merchant's name in keys and object names.
pub const MERCHANT_CHARS_MAX: usize = 32;

/// Characters of a code as typed. 20 symbols with generous separators; a longer text is no code, and is not worth reading to its end.
pub const CODE_TYPED_CHARS_MAX: usize = 512;

/// How long an open checkout lives unless the request says otherwise: a shopper comes back the same day.
pub const CHECKOUT_TTL_SECONDS: u64 = 86_400;

/// The bounds of `ttl_seconds`: shorter cannot be typed through, longer outlives its prices.
pub const CHECKOUT_TTL_SECONDS_RANGE: core::ops::RangeInclusive<u64> = 60..=604_800;

/// How long an authorized checkout keeps its value held unless the request says otherwise: longer than any payment page lasts.
pub const HOLD_SECONDS: u64 = 900;

/// The bounds of `hold_seconds`: up to a week, as card networks allow.
pub const HOLD_SECONDS_RANGE: core::ops::RangeInclusive<u64> = 10..=604_800;

/// How long after a card takes no debits any more what is left of it goes: longer than any clock is wrong.
pub const EXPIRY_GRACE_MS: u64 = 86_400_000;

/// How long after the coordinator's deadline a card asks what became of a hold. The coordinator's own alarm comes first.
pub const HOLD_GRACE_MS: u64 = 30_000;

/// How long a coordinator lets an attempt run before its alarm takes it for crashed. A leg answers in milliseconds.
pub const ATTEMPT_PATIENCE_MS: u64 = 10_000;

/// Wait between two tries of an alarm that could not reach the other side.
pub const RETRY_MS: u64 = 2_000;

/// How long a refusal is replayed for its idempotency key: as long as any client retries.
pub const REFUSAL_KEPT_MS: u64 = 30 * 86_400_000;

/// How many refusals one object keeps; older ones go first, so that a client in a loop cannot fill a card.
pub const REFUSALS_KEPT: usize = 1_000;

/// Cards of one batch: what a printer delivers on a pallet. Their codes are told in a hundred pages, and whoever wants more orders another batch.
pub const BATCH_CARDS_MAX: u64 = 100_000;

/// Cards that a batch issues in one go, after which it notes how far it has come. Each is a request to an object, of which the platform allows a thousand for
/// one alarm; a break costs at most so many questions that are answered already.
pub const BATCH_STEP_CARDS: u32 = 500;

/// Cards that a batch issues at once. A network answers many together; a single machine makes one after the other, about a hundredth of a second each, and
/// whoever else asks it waits for so many at the most.
pub const BATCH_CARDS_IN_FLIGHT: usize = 8;

/// How long a batch then waits. Objects of one machine call one another without its ever looking for other requests; for a timer it must.
pub const BATCH_PAUSE_MS: u64 = 1;

/// Codes in one page: three hashes and some hundred bytes each.
pub const BATCH_CODES_PAGE: u32 = 1_000;

/// Batches in one page of their list: each is asked how far it has come.
pub const BATCHES_PAGE_MAX: u64 = 20;

/// Lines of an import that are told as refused; beyond them only their number is. Whoever has that many has sent the wrong file.
pub const REFUSED_LINES_KEPT: u32 = 100;

/// Letters and digits of a code of another system: shorter ones are guessed, longer ones are nobody's.
pub const OLD_CODE_SYMBOLS: core::ops::RangeInclusive<usize> = 4..=64;

/// Patterns of old codes in the settings: more systems than a shop has left behind. Each answer to a page carries them.
pub const OLD_CODE_PATTERNS_MAX: usize = 10;

/// Letters, digits and `#` that a pattern as long as our own codes has at least: a mistyped code of ours meets it once in a million times.
pub const OLD_CODE_KNOWN_MIN: usize = 12;

/// Symbols of an old code's pattern that says fewer than two of them: more than three groups of one of our codes, so that nobody meets it half-way through one.
pub const OLD_CODE_OPEN_MIN: usize = 13;

/// Ids to try when an id belongs to another key's card. With 2⁴⁵ ids even a merchant with a billion cards meets one collision in 30,000 issues.
pub const CARD_ID_TRIES: u8 = 8;

/// Rows of totals that a report is made of: a year of thirty places by day. They are in memory together, in the object that takes the sales; whoever asks for more
/// asks for fewer days at a time.
pub const REPORT_ROWS_MAX: usize = 12_000;

/// Rows in one page of a list.
pub const PAGE_ROWS_MAX: usize = 100;

/// How long an isolate trusts the merchant's settings before it asks again.
pub const SETTINGS_FRESH_MS: u64 = 30_000;

/// A day. Leap seconds do not exist in the time that systems keep.
pub const DAY_MS: u64 = 86_400_000;

/// How long a rule of law is taken for true since somebody last compared it with its source. Legislatures change gift card law about once a year.
pub const LAW_REVIEW_MS_MAX: u64 = 366 * DAY_MS;

/// How old settings may be that count while the merchant's object cannot be reached. They hold the revoked keys, so whoever may do more than a page is
/// refused beyond it.
pub const SETTINGS_STALE_MS: u64 = 300_000;

/// The latest moment that a date in a request may name: the year 9999, the last that RFC 3339 can write.
pub const TIME_MS_MAX: u64 = 253_402_300_799_999;

/// How long entries wait to be handed to the journal together. Reports are seconds old; a busy card hands over once, not for every sale.
pub const HAND_OFF_DELAY_MS: u64 = 1_000;

/// Lines in one hand-off: a few tens of kilobytes, written in one transaction.
pub const HAND_OFF_LINES_MAX: usize = 200;

/// Wait before a hand-off is tried again that the journal did not take, doubled each time up to the second bound.
pub const HAND_OFF_RETRY_MS: core::ops::RangeInclusive<u64> = 2_000..=300_000;

/// Lines in one page of an export.
pub const EXPORT_LINES_MAX: usize = 500;

/// Lines that a book of an older version reads again with one call: some seconds of work, of the half minute that the platform gives.
pub const REBUILD_LINES_MAX: usize = 10_000;

/// How long a card of a captured checkout may be missing from the book before the audit calls it lost. Entries wait for minutes at the most, and a coordinator
/// asks again every few seconds; what is missing for longer needs a person.
pub const SPLIT_UNFINISHED_MS: u64 = 3_600_000;

/// Webhook endpoints of one merchant. Each is a request to an object for every hand-off to the book that means an event.
pub const ENDPOINTS_MAX: usize = 10;

/// Characters of an endpoint's address: room for a path with a secret of the receiver's own.
pub const ENDPOINT_URL_CHARS_MAX: usize = 500;

/// How long a receiver may take to answer. Standard Webhooks asks for 15 to 30 s at the most; who works for longer answers first.
pub const DELIVERY_TIMEOUT_MS: u32 = 10_000;

/// Deliveries to one endpoint at once: enough for a receiver that answers in a second and a merchant that sells four times in one.
pub const DELIVERIES_IN_FLIGHT_MAX: usize = 4;

/// Waits between the attempts of a delivery; the last one again and again.
pub const DELIVERY_RETRY_MS: [u64; 7] = [5_000, 30_000, 120_000, 600_000, 3_600_000, 10_800_000, 21_600_000];

/// How long a delivery is tried: a weekend and a day.
pub const DELIVERY_PATIENCE_MS: u64 = 3 * 86_400_000;

/// Failures in a row after which an endpoint is called failing. Two may be a restart.
pub const ENDPOINT_FAILING_AFTER: u64 = 3;

/// Deliveries that wait at one endpoint. What comes after them waits in the book.
pub const DELIVERIES_WAITING_MAX: u64 = 10_000;

/// How long a delivery that has ended can be looked at and repeated.
pub const DELIVERY_KEPT_MS: u64 = 30 * 86_400_000;

/// Attempts of one delivery that are kept: more than the schedule has, so only one that is repeated by hand again and again loses its oldest.
pub const ATTEMPTS_KEPT: u64 = 50;

/// Bytes read of a receiver's answer: 200 characters of four bytes.
pub const DELIVERY_ANSWER_BYTES_MAX: usize = 800;

/// Characters kept of a receiver's answer: an error's first line.
pub const DELIVERY_ANSWER_CHARS_MAX: usize = 200;

/// How long the secret before a rotation still signs beside the new one: a working day to roll the new one out, and the night.
pub const ROTATION_OVERLAP_MS: u64 = 86_400_000;

/// How often a courier asks for events that nobody told it of, as after a crash between an entry and the word of it. Each time is a row and two requests.
pub const COURIER_POLL_MS: u64 = 300_000;

/// Rounds of deliveries in one alarm: at ten seconds each they stay within the quarter of an hour that the platform gives.
pub const COURIER_ROUNDS_MAX: u32 = 30;
