// @ts-check
/** What the checkout page gains from a script; it works without. No cookies, storage or device clock. */
const POLL_MS = { first: 1_000, max: 5_000, factor: 1.5, timeout: 10_000 };
/** A smaller correction is network delay; the timer would jump. */
const DRIFT_MS = 2_000;
/** Then a stopped submission can be repeated; the server guards by itself as well. */
const BUSY_MS = 15_000;

/** @param {string} selector */
const all = (selector) => [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector))];
const [{ dataset: page }] = all('main');
const [speech] = all('[role=status]');
const [offline] = all('.offline');
const { path = '', poll = '', oneMoment = '' } = page;
const framed = parent !== window;
let busy = false;

/** Shows the server's state; not while a form is on its way, nor offline, which would end the page. */
function reload() {
  if (busy) return;
  if (navigator.onLine) location.replace(path);
  else addEventListener('online', reload, { once: true });
}

/** For screen readers. */
function say(text = '') {
  speech.textContent = text;
}

/** @param {HTMLElement} timer @returns {(secondsLeft: number) => void} takes a newer word of the server */
function countDown(timer) {
  const [navigation] = performance.getEntriesByType('navigation');
  // Zero from the start never reloads: with a server a moment late, that would not end.
  let before = Number(timer.dataset.secondsLeft);
  // The server counted when it answered; this script may have come much later.
  let deadline = (navigation?.toJSON().responseStart ?? 0) + before * 1_000;

  function tick() {
    const left = Math.max(0, Math.ceil((deadline - performance.now()) / 1_000));
    for (const mark of [300, 60, 0]) if (before > mark && left <= mark) say(timer.dataset[`say-${mark}`]);
    if (before > 0 && left === 0) setTimeout(reload, 1_000);
    before = left;
    timer.hidden = left >= 86400;
    timer.textContent = clockText(left);
    timer.parentElement?.classList.toggle('soon', left <= 120);
  }

  tick();
  setInterval(tick, 250);
  return (told) => {
    const newer = performance.now() + told * 1_000;
    if (Math.abs(newer - deadline) > DRIFT_MS) deadline = newer;
  };
}

/** @param {number} seconds */
function clockText(seconds) {
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'));
  return (seconds >= 3_600 ? [Math.floor(seconds / 3_600), ...parts] : parts).join(':');
}

/** Asks for the payment's state until it differs. @param {(secondsLeft: number) => void} resync */
function watch(resync) {
  let delay = POLL_MS.first;
  let failures = 0;
  let next = setTimeout(ask, delay);

  async function ask() {
    if (document.hidden || busy) return plan();
    try {
      const signal = AbortSignal.timeout?.(POLL_MS.timeout);
      const answer = await fetch(poll, { cache: 'no-store', credentials: 'omit', signal });
      if (answer.status >= 500) throw answer;
      failures = 0;
      if (answer.ok) {
        const { stateKey, secondsLeft, status } = await answer.json();
        // Half-entered cards are lost with a reload: only where they are good for nothing any more.
        const kept = page.kind === 'card' && status === 'processing';
        if (stateKey !== page.stateKey && !kept) reload();
        resync(secondsLeft);
      }
    } catch {
      failures++;
    }
    offline.hidden = failures < 2;
    plan();
  }

  function plan() {
    delay = Math.min(delay * POLL_MS.factor, POLL_MS.max);
    clearTimeout(next);
    next = setTimeout(ask, delay);
  }

  new EventSource(`${poll}/events`).onmessage = ask;
  document.addEventListener('visibilitychange', () => {
    delay = POLL_MS.first;
    plan();
  });
}

/** One click, one form. @param {SubmitEvent} event */
function guard(event) {
  if (busy) return event.preventDefault();
  const button = event.submitter;
  const label = button?.textContent;
  setBusy(true, oneMoment);
  say(oneMoment);
  setTimeout(setBusy, BUSY_MS, false, label);

  /** @param {boolean} on @param {string} text */
  function setBusy(on, text) {
    busy = on;
    if (button) button.textContent = text;
    for (const one of all('[type=submit]')) one.ariaDisabled = String(on);
  }
}

/** @param {HTMLElement} button */
function offerCopy(button) {
  const { copy = '', copied = '' } = button.dataset;
  button.hidden = !navigator.clipboard;
  button.onclick = async () => {
    await navigator.clipboard.writeText(copy);
    button.textContent = copied;
    say(copied);
  };
}

/** Goes back to the shop by itself unless the page is in use. @param {HTMLElement} link */
function leaveSoon(link) {
  const timer = setTimeout(() => link.click(), Number(link.dataset.leaveAfter) * 1_000);
  function stay() {
    clearTimeout(timer);
    link.nextElementSibling?.remove();
  }
  // The page around the frame is told, and decides; browsers let no frame lead it away unasked.
  if (framed) return stay();
  for (const sign of ['keydown', 'pointerdown', 'wheel']) addEventListener(sign, stay, { once: true });
}

if (framed && page.frame) void import(page.frame);
const [resync = () => {}] = all('[role=timer]').map(countDown);
if (poll) watch(resync);
addEventListener('submit', guard);
all('[data-copy]').forEach(offerCopy);
all('[data-leave-after]').forEach(leaveSoon);
// The back button may bring back the page as it was, forms half sent.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.replace(path);
});
