import { createElement, type ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { MultiChoiceField, Switch, toggled } from './choice.tsx';
import { CodeBlock } from './code-block.tsx';
import { Progress } from './progress.tsx';
import { SpeechProvider, type UiWords } from './words.tsx';

const drawn = (element: ReactElement) => renderToStaticMarkup(element);

test('a switch says whether it is on, and why it cannot be switched', () => {
  const markup = drawn(
    createElement(Switch, { label: 'Receive', isOn: true, onSwitch: () => {}, whyNot: 'Not your role' }),
  );
  expect(markup).toContain('role="switch" aria-checked="true"');
  expect(markup).toContain('aria-disabled="true"');
  expect(markup).toContain('Not your role');
});

test('what is chosen of many comes out in the order of the choices', () => {
  const choices = ['paid', 'failed', 'refunded'].map((value) => ({ value, label: value }));
  expect(toggled(choices, ['refunded'], 'paid')).toEqual(['paid', 'refunded']);
  expect(toggled(choices, ['paid', 'refunded'], 'paid')).toEqual(['refunded']);
  const field = { label: 'Events', choices, values: ['refunded'], onChange: () => {}, error: 'Choose one' };
  const markup = drawn(createElement(MultiChoiceField, field));
  expect(markup.match(/checked=""/g)).toHaveLength(1);
  expect(markup).toContain('role="alert"');
});

test('progress is told in words and as a number', () => {
  const markup = drawn(createElement(Progress, { label: 'Replay', done: 3, total: 12, says: '3 of 12 sent' }));
  expect(markup).toContain('value="3" max="12"');
  expect(markup).toContain('3 of 12 sent');
});

test('code is shown as it is, and can be copied by whoever cannot see it', () => {
  const words = { copy: 'Copy' } as UiWords;
  const block = createElement(CodeBlock, { text: '<script>', label: 'The answer' });
  const markup = drawn(createElement(SpeechProvider, { value: { locale: 'en', words } }, block));
  expect(markup).toContain('&lt;script&gt;');
  expect(markup).toContain('aria-label="Copy: The answer"');
});
