import { type Html, html } from '../platform/html.ts';

/** What is said in a mail, before it is text or markup. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, value: string])[] }
  /** Shown as it stands, line by line. */
  | { readonly kind: 'verbatim'; readonly text: string };

export interface MailContent {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** One content twice, as plain text and as markup that loads nothing: no images, no links, no way to see who reads it. */
export function layOutMail(subject: string, blocks: readonly Block[], foot: string): MailContent {
  const all: readonly Block[] = [...blocks, { kind: 'text', text: foot }];
  const markup = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${subject}</title></head>
<body style="font-family: sans-serif; line-height: 1.5; max-width: 42em">
${all.map(asMarkup)}
</body></html>
`;
  return { subject: oneLine(subject), text: `${all.map(asText).join('\n\n')}\n`, html: markup.toString() };
}

function asText(block: Block): string {
  if (block.kind === 'facts') return block.facts.map(([name, value]) => `  ${name}: ${oneLine(value)}`).join('\n');
  if (block.kind === 'verbatim') return block.text.replace(/^/gm, '  ');
  return block.text;
}

function asMarkup(block: Block): Html {
  if (block.kind === 'facts') {
    const rows = block.facts.map(
      ([name, value]) =>
        html`<tr><th style="text-align: left; padding-right: 1em; vertical-align: top">${name}</th><td>${value}</td></tr>\n`,
    );
    return html`<table>${rows}</table>\n`;
  }
  if (block.kind === 'verbatim') return html`<pre style="white-space: pre-wrap">${block.text}</pre>\n`;
  return html`<p>${block.text}</p>\n`;
}

/** A receiver's words must not begin a header or a fact of their own. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
