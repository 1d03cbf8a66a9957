// What a refusal means to the person at the console, by its stable code. A code without words here is shown as what it is: a fault with a number for support.

import { day, money } from '../card/figures.js';
import { knows, learn, t } from '../card/language.js';
import { minutes } from './words/shell.js';

learn({
  r_offline: [
    'We cannot reach the server. Check the connection and press again; nothing happens twice.',
    'تعذّر الاتصال بالخادم. تحقّق من الاتصال واضغط مجددًا، فلن يحدث شيء مرتين.',
  ],
  r_fault: ['Something went wrong at the server. Press again; nothing happens twice.', 'حدث خطأ في الخادم. اضغط مجددًا، فلن يحدث شيء مرتين.'],
  r_fault_ref: [
    'Something went wrong at the server. Press again; nothing happens twice. For support: {reference}.',
    'حدث خطأ في الخادم. اضغط مجددًا، فلن يحدث شيء مرتين. للدعم: {reference}.',
  ],
  r_overloaded: ['The server is busy. Press again in a moment.', 'الخادم مشغول. اضغط مجددًا بعد لحظة.'],
  r_operation_in_progress: ['The card is busy with another request. Press again in a moment.', 'البطاقة مشغولة بطلب آخر. اضغط مجددًا بعد لحظة.'],
  r_signing_unavailable: ['The server lacks its secrets for this. Whoever runs it must set them.', 'تنقص الخادم أسراره لهذا الأمر. على من يشغّله ضبطها.'],
  r_method_not_allowed: ['This server cannot do that yet. Whoever runs it can update it.', 'لا يستطيع هذا الخادم ذلك بعد. يمكن لمن يشغّله تحديثه.'],
  r_not_found: ['There is nothing under that number.', 'لا يوجد شيء بهذا الرقم.'],
  r_old_server: ['This server cannot do that yet. Whoever runs it can update it.', 'لا يستطيع هذا الخادم ذلك بعد. يمكن لمن يشغّله تحديثه.'],
  r_key_scope: ['Your session may not do that.', 'لا تملك جلستك صلاحية ذلك.'],
  r_origin_not_allowed: [
    'This page may not use that key. Open the console from the server’s own address, or add this address to the origins in the settings.',
    'لا يُسمح لهذه الصفحة باستخدام المفتاح. افتح اللوحة من عنوان الخادم نفسه، أو أضف هذا العنوان إلى العناوين المسموحة في الإعدادات.',
  ],
  r_key_invalid: [
    'This is not a console key of this server. It begins with rk_ and contains “console”.',
    'هذا ليس مفتاح لوحة تحكم لهذا الخادم. يبدأ المفتاح بـ rk_ ويحتوي على «console».',
  ],
  r_sign_in_scope: [
    'This key does not open the console. Use the one that contains “console”.',
    'هذا المفتاح لا يفتح لوحة التحكم. استخدم المفتاح الذي يحتوي على «console».',
  ],
  r_key_revoked: ['This key was revoked.', 'أُلغي هذا المفتاح.'],
  r_totp_invalid: [
    'That code does not count: it is wrong, too old, or was used already. Wait for the next one in your authenticator.',
    'هذا الرمز غير مقبول: إما خاطئ أو قديم أو استُخدم من قبل. انتظر الرمز التالي في تطبيق المصادقة.',
  ],
  r_quota_exceeded: ['Too many tries. Wait {minutes} and try again.', 'محاولات كثيرة. انتظر {minutes} ثم حاول مجددًا.'],
  r_field_invalid: ['This is not filled in as it must be.', 'هذه الخانة غير مكتملة كما يجب.'],
  r_field_named: ['“{field}” is not filled in as it must be.', 'الخانة «{field}» غير مكتملة كما يجب.'],
  r_unknown_field: [
    'This server does not know “{field}” yet. Leave it out, or have the server updated.',
    'هذا الخادم لا يعرف «{field}» بعد. اتركه فارغًا أو اطلب تحديث الخادم.',
  ],
  r_amount_invalid: ['This amount is not allowed here.', 'هذا المبلغ غير مسموح هنا.'],
  r_fee_not_allowed: ['Fees are not allowed.', 'الرسوم غير مسموحة.'],
  r_program_removed: [
    'A programme is never removed, since there may be cards of it. Archive it instead.',
    'لا يُحذف البرنامج لأن بطاقاته قد تكون موجودة. أرشفه بدلًا من ذلك.',
  ],
  r_currency_mismatch: ['The card is in {currency}.', 'البطاقة بعملة {currency}.'],
  r_expiry_too_short: ['The expiry may only be later than the card’s own.', 'لا يجوز أن يكون تاريخ الانتهاء أقرب من تاريخ البطاقة.'],
  r_expiry_too_short_law: ['The law does not allow an expiry that early ({rule}, {source}).', 'لا يسمح القانون بانتهاء مبكر كهذا ({rule}، {source}).'],
  r_law: ['The law does not allow that ({rule}, {source}).', 'لا يسمح القانون بذلك ({rule}، {source}).'],
  r_code_malformed: ['A code has 20 characters.', 'يتكوّن الرمز من ٢٠ خانة.'],
  r_code_check_failed: ['Check the code: one character looks wrong.', 'تحقّق من الرمز: يبدو أن أحد الأحرف غير صحيح.'],
  r_looks_like_payment_card: ['This looks like a bank card, not a gift card.', 'يبدو أن هذا رقم بطاقة مصرفية لا بطاقة هدية.'],
  r_code_not_verified: ['This code is not one of yours.', 'هذا الرمز ليس من رموزك.'],
  r_card_unknown: ['No card was issued with this code.', 'لم تُصدر بطاقة بهذا الرمز.'],
  r_settings_conflict: ['Somebody else has saved the settings meanwhile.', 'حفظ شخص آخر الإعدادات في هذه الأثناء.'],
  r_key_revokes_itself: [
    'This is the key that you are signed in with. Sign in with another one to revoke it.',
    'هذا هو المفتاح الذي سجّلت الدخول به. سجّل الدخول بمفتاح آخر لإلغائه.',
  ],
  r_card_inactive: ['The card is not active yet. Activate it first.', 'البطاقة غير مفعّلة بعد. فعّلها أولًا.'],
  r_card_frozen: ['The card is frozen. Unfreeze it first.', 'البطاقة مجمّدة. ألغِ تجميدها أولًا.'],
  r_card_not_frozen: ['The card is not frozen.', 'البطاقة غير مجمّدة.'],
  r_card_forked: [
    'Two copies of this card contradict one another, so it stays frozen. Whoever runs the server must look at it.',
    'توجد نسختان متعارضتان من هذه البطاقة، لذا تبقى مجمّدة. على من يشغّل الخادم فحصها.',
  ],
  r_card_replaced: ['The card was replaced; its successor has the value.', 'استُبدلت البطاقة، والقيمة في البطاقة البديلة.'],
  r_card_closed: ['The card is closed: it was paid out or cancelled.', 'البطاقة مغلقة: صُرفت أو أُلغيت.'],
  r_card_used: [
    'Something of the card has been spent, so it cannot be cancelled. You can adjust it or freeze it.',
    'أُنفق جزء من البطاقة، لذا لا يمكن إلغاؤها. يمكنك تعديلها أو تجميدها.',
  ],
  r_card_has_holds: [
    'An order is being paid with this card at the moment. Try again when it is done.',
    'تُستخدم البطاقة الآن لدفع طلب. حاول مجددًا بعد انتهائه.',
  ],
  r_card_already_active: ['The card is active already.', 'البطاقة مفعّلة من قبل.'],
  r_card_expired: ['The card has expired. Extend it first.', 'انتهت صلاحية البطاقة. مدّدها أولًا.'],
  r_not_reloadable: ['Cards of this programme are not loaded again.', 'بطاقات هذا البرنامج لا تُشحن مجددًا.'],
  r_insufficient_balance: ['There is not that much on the card.', 'لا يوجد هذا المبلغ في البطاقة.'],
  r_insufficient_left: ['There is only {available} on the card.', 'لا يوجد في البطاقة سوى {available}.'],
  r_not_cash_redeemable: ['Neither law nor kind of this card gives its holder a right to cash.', 'لا يمنح القانون ولا نوع البطاقة حاملها حق الصرف نقدًا.'],
  r_limit_exceeded: ['That would be more than is allowed.', 'هذا أكثر من المسموح.'],
  r_idempotency_key_reused: ['This was sent before with other contents. Press again.', 'أُرسل هذا من قبل بمحتوى آخر. اضغط مجددًا.'],
  r_body_too_large: ['That is too large.', 'هذا أكبر من المسموح.'],
  r_other: ['The server refused: {code}.', 'رفض الخادم: {code}.'],
});

/** A sentence for a problem. */
export function explain(problem) {
  const { code = 'fault', field, rule, source, reference, available, currency, retry_after_seconds: wait } = problem;
  const places = { code, field, rule, source, reference, currency, minutes: minutes(Math.ceil((wait ?? 60) / 60)) };
  if (code === 'fault' && reference) return t('r_fault_ref', places);
  if (code === 'field_invalid' && field && !problem.near) return t('r_field_named', places);
  if (rule) return t(code === 'expiry_too_short' ? 'r_expiry_too_short_law' : knows(`r_${code}_law`) ? `r_${code}_law` : 'r_law', places);
  if (code === 'insufficient_balance' && Number.isInteger(available) && currency) return t('r_insufficient_left', { available: money(available, currency) });
  if (code === 'card_expired' && problem.expired_at) return `${t('r_card_expired')} (${day(problem.expired_at)})`;
  return t(knows(`r_${code}`) ? `r_${code}` : 'r_other', places);
}

/** For lists and reports that an older server does not have: there, `not_found` speaks of the page and not of a card. */
export const explainPage = (answer) => explain(answer.status === 404 || answer.status === 405 ? { code: 'old_server' } : answer.body);
