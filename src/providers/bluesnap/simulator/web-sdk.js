// @ts-check
/** What the simulated BlueSnap serves as bluesnap.js: it puts a frame of the simulator's into each place of the page. */
(() => {
  const [script] = /** @type {HTMLScriptElement[]} */ ([document.currentScript]);
  const { origin } = new URL(script.src);
  /** @type {Map<string, HTMLIFrameElement>} */
  const frames = new Map();
  /** What each frame said of its field since the last submission. @type {Map<string, string | null>} */
  const errors = new Map();
  /** @type {any} */
  let options = {};
  /** @type {((result: object) => void) | null} */
  let submitted = null;

  /** @type {any} */ (globalThis).bluesnap = {
    /** @param {any} given */
    hostedPaymentFieldsCreate(given) {
      options = given;
      for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-bluesnap]'))) {
        const tag = place.dataset.bluesnap ?? '';
        const frame = document.createElement('iframe');
        frame.title = tag;
        frame.src = `${origin}/hosted-fields/${options.token}/frame/${tag}`;
        place.append(frame);
        frames.set(tag, frame);
      }
    },
    /** @param {(result: object) => void} callback */
    hostedPaymentFieldsSubmitData(callback) {
      submitted = callback;
      errors.clear();
      for (const frame of frames.values()) frame.contentWindow?.postMessage('submit', origin);
    },
  };

  const ready = new Set();
  addEventListener('message', ({ origin: from, data }) => {
    if (from !== origin) return;
    if (data.ready !== undefined) {
      ready.add(data.ready);
      if (ready.size === frames.size) options.onFieldEventHandler?.setupComplete?.();
    }
    if (data.tagId !== undefined) {
      errors.set(data.tagId, data.errorCode);
      if (errors.size === frames.size) finish();
    }
  });

  function finish() {
    const found = [...errors].filter(([, errorCode]) => errorCode !== null);
    const transactionFraudInfo = { fraudSessionId: 'simulated' };
    const error = found.map(([tagId, errorCode]) => ({ tagId, errorCode, errorDescription: 'invalid' }));
    if (error.length > 0) submitted?.({ statusCode: error[0]?.errorCode, error, transactionFraudInfo });
    else submitted?.({ statusCode: '1', cardData: { ccType: 'VISA', last4Digits: '9299' }, transactionFraudInfo });
    submitted = null;
  }
})();
