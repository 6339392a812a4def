import { stripVTControlCharacters, styleText } from 'node:util';
import type { ListenNews } from './listen.ts';

/** What a developer reads of it: one line each, in color where a terminal shows it. */
export function listenLine(news: ListenNews, color: boolean): string {
  const line = lineOf(news);
  return color ? line : stripVTControlCharacters(line);
}

function lineOf(news: ListenNews): string {
  switch (news.kind) {
    case 'ready':
      return [
        `Events are forwarded to ${news.forwardTo}, signed as Standard Webhooks with`,
        `${style('bold', news.secret)} (for as long as this runs). Ctrl-C ends it.`,
      ].join('\n');
    case 'waiting':
      return style('yellow', `${news.because}. Trying again; nothing is lost meanwhile.`);
    case 'forwarded': {
      const { createdAt, type, eventId, outcome } = news;
      return `${style('dim', createdAt)}  ${type.padEnd(24)} ${eventId}  ${outcomeOf(outcome)}`;
    }
  }
}

function outcomeOf(outcome: Extract<ListenNews, { kind: 'forwarded' }>['outcome']): string {
  const took = style('dim', `${Math.round(outcome.timings.totalMs)} ms`);
  if (outcome.kind !== 'answered') return `${style('red', `${outcome.reason}: ${outcome.detail}`)}  ${took}`;
  const good = outcome.status >= 200 && outcome.status < 300;
  return `${style(good ? 'green' : 'red', String(outcome.status))}  ${took}`;
}

/** Colored whatever the streams of this process are: who prints decides. */
function style(format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { validateStream: false });
}

/** The same for programs: one object a line. */
export function listenJson(news: ListenNews): string {
  if (news.kind !== 'forwarded') return JSON.stringify(news);
  const { outcome, ...event } = news;
  const durationMs = Math.round(outcome.timings.totalMs);
  const came =
    outcome.kind === 'answered'
      ? { status: outcome.status, error: null, durationMs }
      : { status: null, error: `${outcome.reason}: ${outcome.detail}`, durationMs };
  return JSON.stringify({ ...event, ...came });
}
