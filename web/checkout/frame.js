// @ts-check
/**
 * In a frame: tells the page around it how the payment stands and how high the frame should be. Only pages of origins that
 * the tenant has listed hear of it; the browser sees to that, since each message is for one exact origin.
 */
const [main] = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('main'));
const { origins = '', paymentId, reference, status, kind } = main.dataset;
const [around] = /** @type {{ ancestorOrigins?: ArrayLike<string> }} */ (location).ancestorOrigins ?? [];
// Browsers that do not name the page around let each listed origin be tried, and deliver to none but the right one.
const listeners = origins.split(' ').filter((origin) => around === undefined || origin === around);

/** @param {'status' | 'resize'} what @param {Record<string, unknown>} facts */
function tell(what, facts) {
  for (const origin of listeners) parent.postMessage({ type: `tollgate.${what}`, paymentId, ...facts }, origin);
}

document.documentElement.classList.add('framed');
tell('status', { reference, status, state: kind });
new ResizeObserver(() => {
  tell('resize', { height: Math.ceil(document.body.getBoundingClientRect().height) });
}).observe(document.body);
