/** One of a stream of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
interface StreamEvent {
  readonly id: string | null;
  readonly data: string;
}

/**
 * Takes a stream of events apart as it comes. The API ends lines with a line feed and sends one line of data with each
 * event; a comment is an event of nothing, so that whoever reads sees that the stream lives.
 */
export function createEventReader(): (chunk: string) => readonly StreamEvent[] {
  let rest = '';
  return (chunk) => {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() ?? '';
    return parts.flatMap((part) => {
      const fields = new Map(part.split('\n').map((line) => fieldOf(line)));
      const data = fields.get('data');
      return data === undefined ? [] : [{ id: fields.get('id') ?? null, data }];
    });
  };
}

function fieldOf(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
}
