// Words of the frame: signing in, the ways through the console, and what all screens say.

import { counted } from '../../card/figures.js';
import { lang, learn } from '../../card/language.js';

learn({
  console: ['Raseed console', 'لوحة رصيد'],
  skip: ['Skip to content', 'انتقل إلى المحتوى'],
  menu: ['Menu', 'القائمة'],
  nav: ['Console', 'لوحة التحكم'],
  language: ['العربية', 'English'],
  test_mode: ['Test', 'تجريبي'],
  sign_out: ['Sign out', 'تسجيل الخروج'],
  cancel: ['Go back', 'تراجع'],
  close: ['Close', 'إغلاق'],
  save: ['Save', 'حفظ'],
  saved: ['Saved', 'حُفظ'],
  copy: ['Copy', 'نسخ'],
  copied: ['Copied', 'نُسخ'],
  retry: ['Try again', 'حاول مجددًا'],
  loading: ['Loading…', 'جارٍ التحميل…'],
  more: ['Show more', 'عرض المزيد'],
  optional: ['optional', 'اختياري'],
  none: ['None', 'لا يوجد'],
  never: ['Never', 'أبدًا'],
  reason: ['Reason', 'السبب'],
  reason_hint: ['Stays in the card’s history', 'يبقى في سجل البطاقة'],
  sign_in_title: ['Sign in', 'تسجيل الدخول'],
  sign_in_lead: [
    'You need your console key and the six digits that your authenticator shows.',
    'تحتاج إلى مفتاح لوحة التحكم والأرقام الستة التي يعرضها تطبيق المصادقة.',
  ],
  sign_in_again: ['Your session has ended', 'انتهت جلستك'],
  sign_in_again_lead: [
    'A session lasts half an hour. Sign in again and go on where you were: nothing is lost.',
    'تدوم الجلسة نصف ساعة. سجّل الدخول مجددًا وأكمل من حيث كنت، فلم يضِع شيء.',
  ],
  console_key: ['Console key', 'مفتاح لوحة التحكم'],
  console_key_hint: ['Begins with rk_ and contains “console”', 'يبدأ بـ \u2066rk_\u2069 ويحتوي على «console»'],
  totp: ['Six digits from your authenticator', 'ستة أرقام من تطبيق المصادقة'],
  totp_short: ['Enter all six digits.', 'أدخل الأرقام الستة كلها.'],
  key_empty: ['Paste your console key.', 'الصق مفتاح لوحة التحكم.'],
  go_issue: ['Issue a card', 'إصدار بطاقة'],
  go_cards: ['Cards', 'البطاقات'],
  go_batches: ['Batches', 'الدفعات'],
  go_reports: ['Reports', 'التقارير'],
  go_settings: ['Settings', 'الإعدادات'],
  go_webhooks: ['Webhooks', 'الإشعارات البرمجية'],
  go_keys: ['Keys', 'المفاتيح'],
  go_history: ['Change log', 'سجل التغييرات'],
});

const MINUTES = ['{count} minute|{count} minutes', '{count} دقيقة|دقيقة واحدة|دقيقتين|{count} دقائق|{count} دقيقة|{count} دقيقة'];

/** So many minutes, in words. */
export const minutes = (number) => counted(number, MINUTES[lang() === 'ar' ? 1 : 0]);

const CARDS = ['{count} card|{count} cards', 'لا بطاقات|بطاقة واحدة|بطاقتان|{count} بطاقات|{count} بطاقة|{count} بطاقة'];

/** So many cards, in words. */
export const cards = (number) => counted(number, CARDS[lang() === 'ar' ? 1 : 0]);

const DAYS = ['{count} day|{count} days', 'لا أيام|يوم واحد|يومان|{count} أيام|{count} يومًا|{count} يوم'];

/** So many days, in words. */
export const days = (number) => counted(number, DAYS[lang() === 'ar' ? 1 : 0]);
