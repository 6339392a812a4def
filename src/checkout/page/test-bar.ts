import { type Html, html } from '../../platform/html.ts';
import { stateField } from './forms.ts';
import type { CheckoutView } from './view.ts';

/** What a tester can make the sandbox do. In English like the rest of the developer's tools, so in no catalogue. */
const TEST_ACTIONS = {
  pay: 'Pay',
  decline: 'Decline',
  cancel: 'Cancel',
  expire: 'Expire now',
  callback_twice: 'Pay, callback twice',
  callback_before_redirect: 'Pay, callback first',
  no_callback: 'Pay, no callback',
  bank_page: 'Open bank page',
} as const;

/** What the page's test bar posts as `action` to `{path}/test`. */
export type TestAction = keyof typeof TEST_ACTIONS;

export const TEST_ACTION_NAMES = Object.keys(TEST_ACTIONS) as readonly TestAction[];

/** The buttons that play the bank; only ever rendered for test payments. */
export function renderTestBar(view: CheckoutView): Html {
  return html`<aside class="test-bar" lang="en" dir="ltr" aria-label="Test tools">
<form method="post" action="${view.path}/test">
${stateField(view)}
<fieldset>
<legend>Test tools: play the bank</legend>
${TEST_ACTION_NAMES.map((action) => html`<button type="submit" name="action" value="${action}">${TEST_ACTIONS[action]}</button>`)}
</fieldset>
</form>
</aside>`;
}
