// @ts-check
/** Lets the shopper pay by card in fields of the provider's; what they enter there never reaches this script. */

const [form] = /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('form[data-module]'));
const [main] = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('main'));
const [button] = /** @type {NodeListOf<HTMLButtonElement>} */ (form.querySelectorAll('[type=submit]'));
const [notice] = /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll('[role=alert]'));
const { module = '', script = '', secret = '', complete = '', check = '', failed = '' } = form.dataset;
const { path = '', oneMoment = '' } = main.dataset;
const label = button.textContent;

/** A provider's script says when its fields are there, and nothing when they never come. */
const SETUP_MS = 20_000;

/** @type {{ submit: (holder: Record<string, string>) => Promise<Record<string, string>> } | undefined} */
let fields;
let busy = false;

async function start() {
  try {
    const [{ mountFields }] = await Promise.all([import(module), load(script)]);
    const late = new Promise((_, reject) => setTimeout(reject, SETUP_MS));
    fields = await Promise.race([mountFields({ secret, places: places(), color: getComputedStyle(form).color }), late]);
    form.dataset.ready = '';
    button.ariaDisabled = 'false';
  } catch {
    say(failed);
  }
}

/** @param {string} src */
function load(src) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');
    Object.assign(element, { src, onload: resolve, onerror: reject });
    document.head.append(element);
  });
}

function places() {
  const slots = /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll('[data-place]'));
  return Object.fromEntries([...slots].map((slot) => [slot.dataset.place, slot]));
}

/** Once, however often the button is pressed. @param {SubmitEvent} event */
async function pay(event) {
  event.preventDefault();
  // The page's own guard would hold the button for a while also where the card has to be looked at again.
  event.stopPropagation();
  if (busy || fields === undefined) return;
  setBusy(true);
  say('');
  try {
    const holder = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(form)));
    await send(await fields.submit(holder));
  } catch (error) {
    const { fields: wrong = [] } = /** @type {{ fields?: readonly string[] }} */ (error);
    mark(wrong);
    say(wrong.length > 0 ? check : failed);
    setBusy(false);
  }
}

/** Whatever is answered, the page of the payment tells it. @param {Record<string, string>} clientData */
async function send(clientData) {
  const answer = await fetch(complete, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ clientData }),
    cache: 'no-store',
    credentials: 'omit',
  }).catch(() => null);
  if (answer?.status === 422 || answer?.status === 429) throw new Error('The gateway did not take it');
  if (answer !== null || navigator.onLine) location.replace(path);
  else addEventListener('online', () => location.replace(path), { once: true });
}

/** @param {readonly string[]} wrong */
function mark(wrong) {
  for (const [place, slot] of Object.entries(places())) slot.classList.toggle('wrong', wrong.includes(place));
}

/** @param {string} text */
function say(text) {
  notice.textContent = text;
  notice.hidden = text === '';
}

/** @param {boolean} on */
function setBusy(on) {
  busy = on;
  button.textContent = on ? oneMoment : label;
  button.ariaDisabled = String(on);
  if (on) mark([]);
}

form.addEventListener('submit', pay);
form.hidden = false;
await start();
