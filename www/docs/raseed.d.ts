// What <raseed-checkout> is to TypeScript: attributes, events, methods, properties. Amounts are integers in minor units.
//
// Copy this file into your project, or name it in `types`. It imports nothing; `widget.md` shows it with React and Vue.

/** One card of the order. */
export interface RaseedTender {
  /** Begins with `tn_`. */
  id: string;
  /** Such as `paid_gift`; later versions may know more. */
  kind: string;
  /** The last four characters of its code. No event has more of it. */
  last4: string;
  /** What the card was asked for, when it was not all that it can pay. */
  requested: number | null;
  /** What it pays. */
  applied: number;
  /** What it keeps. */
  balance_after: number;
  /** RFC 3339; null for never. */
  expires_at: string | null;
  /** What the law asks to be told of the card where it pays; left out where there is nothing. */
  disclosures?: RaseedDisclosure[];
}

/** A sentence that the law asks for, by its stable name and in words. */
export interface RaseedDisclosure {
  /** Such as `promotional`. */
  name: string;
  ar: string;
  en: string;
}

/** The points of the order. There is one such tender at most. */
export interface RaseedPointsTender {
  /** Begins with `tn_`. */
  id: string;
  kind: 'points';
  /** How many are used. */
  points: number;
  requested: null;
  /** What they pay. */
  applied: number;
  /** How many points the member keeps. */
  balance_after: number;
}

/** What may be used of a member's points: nothing, or a multiple of `step` from `minimum` to `maximum`. */
export interface RaseedPoints {
  /** What the member has. */
  available: number;
  minimum: number;
  step: number;
  /** What this order may take at most now, with those that it takes already among them. */
  maximum: number;
  /** So many points are worth so many minor units; n points are worth ⌊n · amount / points⌋. */
  rate: { points: number; amount: number };
}

/** What the cards pay, as the server last said it. */
export interface RaseedQuote {
  /** The checkout's id, `co_…`: what the shop's server needs. */
  checkout: string;
  total: number;
  covered: number;
  /** What is to be charged by other means. */
  remaining: number;
  /** ISO 4217. */
  currency: string;
  tenders: (RaseedTender | RaseedPointsTender)[];
}

/** What a quote says besides where the checkout knows its member. */
export interface RaseedMemberQuote extends RaseedQuote {
  points?: RaseedPoints;
  /** How many points the order will bring. */
  earns?: number;
}

/** Why something did not happen. */
export interface RaseedError {
  /** A stable code of `api.md`, or one of the widget's own: `unreachable`, `unavailable`, `old_code`. `field_invalid` without a request: an attribute cannot be read. */
  code: string;
  /** Whether the same may succeed later. */
  retryable: boolean;
}

/** The attributes, as they stand in markup. */
export interface RaseedAttributes {
  /** The publishable key; `data-key` of the script is the default. */
  key?: string;
  /** The checkout that the shop's server made, with its token. */
  checkout?: string;
  token?: string;
  /** The member's token, `mt_…`, made by the shop's server: with it, points can pay as well. */
  'member-token'?: string;
  /** What the order costs, in minor units. */
  total?: number | string;
  /** ISO 4217. */
  currency?: string;
  reference?: string;
  /** The form field that takes the checkout's id. */
  name?: string;
  /** The page's language when left out. */
  lang?: 'ar' | 'en' | (string & {});
  numerals?: 'auto' | 'latn' | 'arab';
  theme?: 'auto' | 'light' | 'dark';
}

/** The events. They bubble and cross shadow roots. */
export interface RaseedEventMap {
  /** The first lasting state is reached; null where there is no checkout: the service cannot be reached, an attribute cannot be read, nothing is to be paid. */
  'raseed-ready': CustomEvent<RaseedMemberQuote | null>;
  /** The checkout, its total or its cards are not what was told last; null at once when a checkout is given up: by `clear`, another `reference`, or its end. */
  'raseed-change': CustomEvent<RaseedMemberQuote | null>;
  'raseed-error': CustomEvent<RaseedError>;
}

export interface RaseedCheckoutElement extends HTMLElement {
  /** The same as the detail of `raseed-change`, as a copy; null before the first answer, and after a checkout was given up until the next one answers. */
  readonly quote: RaseedMemberQuote | null;
  /** Resolves with the element when its first lasting state is reached, also when that is "not available". */
  readonly ready: Promise<RaseedCheckoutElement>;
  /** Reads the checkout again; `total` is what the order costs now. */
  refresh(order?: { total?: number }): void;
  /** Removes every card, from every element of this order in the page. */
  clear(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'raseed-checkout': RaseedCheckoutElement;
  }
  interface HTMLElementEventMap extends RaseedEventMap {}
}
