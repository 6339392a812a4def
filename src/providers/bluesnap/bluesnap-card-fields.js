// @ts-check
/** Puts BlueSnap's Hosted Payment Fields into the hosted page; provider-card-fields.ts says what the page relies on. */

/** @typedef {'number' | 'expiry' | 'code'} Place */
/** @typedef {{ readonly tagId?: string }} FieldError */
/** @typedef {{ readonly cardData?: object | null, readonly error?: readonly FieldError[] }} Submitted */

/** What BlueSnap calls the fields. @type {Readonly<Record<Place, string>>} */
const TAGS = { number: 'ccn', expiry: 'exp', code: 'cvv' };

/** @param {{ secret: string, places: Readonly<Record<Place, HTMLElement>>, color: string }} page */
export async function mountFields({ secret, places, color }) {
  const { bluesnap } = /** @type {any} */ (globalThis);
  for (const [place, tag] of Object.entries(TAGS)) {
    places[/** @type {Place} */ (place)].dataset.bluesnap = tag;
  }
  await new Promise((resolve) => {
    bluesnap.hostedPaymentFieldsCreate({
      token: secret,
      onFieldEventHandler: { setupComplete: resolve },
      style: { input: { 'font-size': '16px', color } },
      ccnPlaceHolder: '',
      cvvPlaceHolder: '',
      expPlaceHolder: 'MM / YY',
    });
  });
  return {
    /** @param {{ firstName: string, lastName: string }} holder */
    submit: (holder) =>
      new Promise((resolve, reject) => {
        bluesnap.hostedPaymentFieldsSubmitData((/** @type {Submitted} */ { cardData, error }) => {
          if (cardData != null && error == null) resolve({ pfToken: secret, ...holder });
          else reject(Object.assign(new Error('The card was not taken'), { fields: placesOf(error ?? []) }));
        });
      }),
  };
}

/** The places that errors are about, of those that name one. @param {readonly FieldError[]} errors */
function placesOf(errors) {
  const wrong = new Set(errors.map(({ tagId }) => tagId));
  return Object.entries(TAGS).flatMap(([place, tag]) => (wrong.has(tag) ? [place] : []));
}
