import type { Trial } from '../../../sdk/src/api.generated.ts';
import { Badge } from '../../ui/badge.tsx';
import { CodeBlock } from '../../ui/code-block.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { TextLink } from '../frame/links.tsx';
import { useHere } from '../frame/use-place.ts';
import { useToolTexts } from './use-tool-texts.ts';

/** What a test or a simulation sent and what came back, to the last byte. */
export function TrialView({ trial }: { readonly trial: Trial }) {
  const { trial: words } = useToolTexts();
  const { place } = useHere();
  const { passed, problem, probe, request, response } = trial;
  return (
    <section role="status" aria-label={words.title} className="card grid gap-3 p-4">
      <div className="flex flex-wrap items-center gap-2">
        <Badge
          tone={passed ? 'good' : 'bad'}
          label={passed ? words.passed(response?.durationMs ?? 0) : words.notPassed}
        />
        <code className="text-sm">{trial.eventType}</code>
        <TextLink to="/$tenantId/$mode/deliveries/$deliveryId" params={{ ...place, deliveryId: trial.deliveryId }}>
          {words.delivery}
        </TextLink>
      </div>
      {problem !== null && <p className="text-bad [overflow-wrap:anywhere]">{problem}</p>}
      {probe !== null && <p className="text-muted">{words.probed(String(probe.status ?? probe.error))}</p>}
      <Tabs
        label={words.title}
        tabs={[
          {
            name: 'request',
            title: words.request,
            content: <CodeBlock label={words.request} text={messageText(`POST ${request.url}`, request)} />,
          },
          {
            name: 'response',
            title: words.response,
            content:
              response === null ? (
                <p className="text-muted">{words.noResponse}</p>
              ) : (
                <CodeBlock label={words.response} text={messageText(`HTTP ${response.status}`, response)} />
              ),
          },
          { name: 'signed', title: words.signed, content: <Signed request={request} /> },
        ]}
      />
    </section>
  );
}

function Signed({ request }: Pick<Trial, 'request'>) {
  const { trial: words } = useToolTexts();
  if (request.signedText === null) return <p className="text-muted">{words.encrypted}</p>;
  return (
    <div className="grid gap-2">
      <CodeBlock label={words.signed} text={request.signedText} />
      {request.signatureVerifies === true && <p className="text-sm text-muted">{words.verifies}</p>}
    </div>
  );
}

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function messageText(first: string, { headers, body }: Message): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [first, ...lines, '', body].join('\n').trimEnd();
}
