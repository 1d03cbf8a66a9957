// Words of imports: the file of another system, what its report says, and the exchange of its codes.

import { count, counted } from '../../card/figures.js';
import { lang, learn } from '../../card/language.js';

learn({
  import_new: ['Import cards of another system', 'استيراد بطاقات من نظام آخر'],
  import_lead: [
    'Cards that your former system has sold, with what is left on them. Nobody can spend them yet: whoever brings an old code is given a new one, under Cards.',
    'بطاقات باعها نظامك السابق مع ما تبقى فيها. لا تُنفق بعد استيرادها مباشرة: من يُحضر رمزه القديم يأخذ بدله رمزًا جديدًا من شاشة البطاقات.',
  ],
  import_file: ['CSV file', 'ملف CSV'],
  import_choose: ['Choose a file', 'اختيار ملف'],
  import_drop: ['or drop it here', 'أو أفلته هنا'],
  import_paste: ['Paste its lines instead', 'لصق محتواه بدلًا من ذلك'],
  import_lines: ['Lines of the file', 'أسطر الملف'],
  import_columns: [
    'The first line is {columns}. Amounts are in the smallest unit of the currency: {minor} means {example}.',
    'السطر الأول {columns}. المبالغ بأصغر وحدة للعملة: {minor} تعني {example}.',
  ],
  import_or: ['or', 'أو'],
  import_template: ['Download a template', 'تنزيل نموذج'],
  import_nothing: ['Choose a file, or paste its lines.', 'اختر ملفًا أو ألصق محتواه.'],
  import_empty: ['There are no cards in this file.', 'لا بطاقات في هذا الملف.'],
  import_ends: [
    'A card whose line names no expiry ends as the programme says, on {date}.',
    'البطاقة التي لا يذكر سطرها تاريخ انتهاء تنتهي حسب البرنامج في {date}.',
  ],
  import_unread: ['The browser cannot read this file. Choose it again.', 'تعذّر على المتصفح قراءة هذا الملف. اختره مجددًا.'],
  import_large: [
    'This is over 1 MB, the most at a time. Import it in parts: each with the same first line, and with a count and a total of its own.',
    'هذا أكبر من ١ ميغابايت، وهو الحد في كل مرة. استورده على أجزاء: لكل جزء السطر الأول نفسه، وعدد ومجموع خاصان به.',
  ],
  import_has: ['In the file: {cards}, {total} in all', 'في الملف: {cards}، والمجموع {total}'],
  import_first: ['The first lines of the file', 'أول أسطر الملف'],
  import_some: ['The first {shown} of {all} are shown.', 'المعروض أول {shown} من {all}.'],
  import_line: ['Line {line}: {why}', 'السطر {line}: {why}'],
  col_line: ['Line', 'السطر'],
  col_old_code: ['Old code', 'الرمز القديم'],
  col_amount: ['Amount', 'المبلغ'],
  col_expires: ['Expires', 'تنتهي'],
  why_head: ['The first line must be {columns}, with commas between.', 'يجب أن يكون السطر الأول {columns} وبينها فواصل إنجليزية.'],
  why_columns: ['It does not have the columns that the first line names; an amount has no commas.', 'عدد أعمدته ليس كما في السطر الأول؛ والمبلغ يُكتب بلا فواصل.'],
  why_old_code: [
    'An old code has 4 to 64 letters and digits; spaces and dashes do not count.',
    'الرمز القديم من ٤ إلى ٦٤ حرفًا إنجليزيًا ورقمًا، ولا تُحسب المسافات والشرطات.',
  ],
  why_doubled: ['This code stands in an earlier line already.', 'هذا الرمز مذكور في سطر سابق.'],
  why_amount: [
    'An amount is a whole number in the smallest unit, such as {minor} for {example}.',
    'المبلغ عدد صحيح بأصغر وحدة للعملة، فيُكتب {example} هكذا: {minor}.',
  ],
  why_expires_at: ['An expiry is a moment to come, such as {moment}, or empty.', 'تاريخ الانتهاء وقت قادم مثل {moment}، أو فارغ.'],
  import_report: ['What the report of your former system says', 'ما جاء في تقرير نظامك السابق'],
  import_report_hint: [
    'Take both figures from the report and not from the file: so a file that was cut short is noticed.',
    'انقل الرقمين من التقرير لا من الملف، ليُكتشف الملف الناقص.',
  ],
  import_count: ['Number of cards', 'عدد البطاقات'],
  import_total: ['Total in {currency}', 'المجموع بعملة {currency}'],
  import_count_bad: ['Type how many cards the report has.', 'اكتب عدد البطاقات في التقرير.'],
  import_differs: ['The report has {said}, the file {has}. Find out why before you import.', 'في التقرير {said} وفي الملف {has}. اعرف السبب قبل الاستيراد.'],
  import_agrees: ['The file comes to what the report says.', 'الملف مطابق للتقرير.'],
  import_plain: ['No programme', 'بلا برنامج'],
  import_reference_hint: ['Your own name for this import', 'اسمك الخاص لهذا الاستيراد'],
  import_go: ['Import the cards', 'استيراد البطاقات'],
  import_begun: ['The import has begun.', 'بدأ الاستيراد.'],
  batch_imported: ['Imported', 'استُوردت'],
  batch_stopped: ['Stopped', 'توقفت'],
  exchange: ['Exchange an old code', 'استبدال رمز قديم'],
  exchange_lead: [
    'For a card of your former system: type the code that the shopper brings, and hand over the new one.',
    'لبطاقة من نظامك السابق: اكتب الرمز الذي أحضره المتسوق وسلّمه الرمز الجديد.',
  ],
  old_code: ['Old code', 'الرمز القديم'],
  old_code_needed: ['Type the old code.', 'اكتب الرمز القديم.'],
  exchange_go: ['Exchange it', 'استبدال الرمز'],
  exchange_another: ['Exchange another', 'استبدال رمز آخر'],
  exchanged_title: ['The new code is ready', 'الرمز الجديد جاهز'],
  exchanged_before: [
    'This code was exchanged before. If its new code did not reach the shopper, replace the card:',
    'استُبدل هذا الرمز من قبل. إن لم يصل الرمز الجديد إلى صاحبه فاستبدل البطاقة:',
  ],
  exchanged_card: ['open the card', 'افتح البطاقة'],
  exchange_unknown: ['No card with this code was imported. Compare it with the card.', 'لم تُستورد بطاقة بهذا الرمز. قارنه بالمكتوب على البطاقة.'],
  f_old_code: ['4 to 64 letters and digits, as they stand on the card.', 'من ٤ إلى ٦٤ حرفًا إنجليزيًا ورقمًا كما في البطاقة.'],
});

const pick = (forms) => forms[lang() === 'ar' ? 1 : 0];

const WRONG = [
  '{count} line needs mending first:|{count} lines need mending first:',
  'لا أسطر تحتاج إلى تصحيح|سطر واحد يحتاج إلى تصحيح أولًا:|سطران يحتاجان إلى تصحيح أولًا:|{count} أسطر تحتاج إلى تصحيح أولًا:' +
    '|{count} سطرًا يحتاج إلى تصحيح أولًا:|{count} سطر يحتاج إلى تصحيح أولًا:',
];

/** That so many lines are wrong. */
export const wrongLines = (number) => counted(number, pick(WRONG));

const REFUSED = [
  '{count} code was imported before, so its line made no card: line {lines}.|{count} codes were imported before, so their lines made no cards: lines {lines}.',
  'لا رموز مستوردة من قبل.|رمز واحد استُورد من قبل، فلم تُنشأ له بطاقة: السطر {lines}.|رمزان استُوردا من قبل، فلم تُنشأ لهما بطاقتان: السطران {lines}.' +
    '|{count} رموز استُوردت من قبل، فلم تُنشأ لها بطاقات: الأسطر {lines}.|{count} رمزًا استُورد من قبل، فلم تُنشأ لها بطاقات: الأسطر {lines}.' +
    '|{count} رمز استُورد من قبل، فلم تُنشأ لها بطاقات: الأسطر {lines}.',
];

/** That so many lines of an import made no card, and which. Not all of them are told when there are very many. */
export function refusedLines(number, lines) {
  const named = lines.map(count).join(lang() === 'ar' ? '، ' : ', ') + (lines.length < number ? '…' : '');
  return counted(number, pick(REFUSED)).replace('{lines}', `\u2068${named}\u2069`);
}
