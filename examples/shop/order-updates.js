// Turns an open order page to "Paid" without a reload. The page works without this file: it then reloads itself.
const panel = document.querySelector('[data-updates]');

if (panel instanceof HTMLElement && panel.dataset.updates) {
  const updates = new EventSource(panel.dataset.updates);
  let shown = '';
  updates.addEventListener('message', ({ data }) => {
    // The stream repeats itself after every reconnection; a screen reader should not.
    if (data === shown) return;
    const first = shown === '';
    shown = data;
    const update = JSON.parse(data);
    document.title = update.title;
    if (first && panel.innerHTML === normalized(update.panel)) return;
    panel.innerHTML = update.panel;
  });
}

/** Markup as the browser writes it back. */
function normalized(markup) {
  const template = document.createElement('template');
  template.innerHTML = markup;
  return template.innerHTML;
}
