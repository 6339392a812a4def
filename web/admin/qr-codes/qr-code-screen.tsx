import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { QrCode } from '../../../sdk/src/api.generated.ts';
import { buttonClass } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { FactsCard } from '../../ui/facts.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Copyable, Time } from '../../ui/value.tsx';
import { QrCode as Drawn } from '../entry/qr-code.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { ScreenHead } from '../frame/screen-head.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { QrCodeActions } from './qr-code-actions.tsx';
import { QrCodeAmount, QrCodeStatus } from './qr-code-status.tsx';
import { useQrCodeTexts } from './use-qr-code-texts.ts';

const LIVE_INTERVAL_MS = 10_000;

/** One code: its image, what it asks for, and what came of it. */
export function QrCodeScreen() {
  const { may } = useHere();
  return may('qr-code:read') ? <OpenQrCode /> : <NoPermission permission="qr-code:read" />;
}

function OpenQrCode() {
  const words = useQrCodeTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { qrCodeId } = useParams({ from: '/inside/$tenantId/$mode/qr-codes/$qrCodeId' });
  const found = useQuery({
    queryKey: [...key, 'qr-codes', qrCodeId],
    queryFn: ({ signal }) => api.qRCodes.getQrCode(qrCodeId, { signal }),
    refetchInterval: LIVE_INTERVAL_MS,
  });
  return (
    <>
      <BackLink to="/$tenantId/$mode/qr-codes" params={place}>
        {words.back}
      </BackLink>
      <ReadResult of={found} isPage>
        {(code) => <Whole code={code} />}
      </ReadResult>
    </>
  );
}

function Whole({ code }: { readonly code: QrCode }) {
  const words = useQrCodeTexts();
  const { place } = useHere();
  const name = code.reference ?? code.description ?? words.noReference;
  return (
    <div className="grid gap-4">
      <ScreenHead title={name} beside={<QrCodeStatus status={code.status} />} />
      <QrCodeActions code={code} />
      <div className="grid items-start gap-4 md:grid-cols-[auto_1fr]">
        <section aria-label={words.code} className="card grid justify-items-center gap-3 p-4">
          <Drawn text={code.payload} label={words.codeLabel(name)} />
          <div className="flex flex-wrap justify-center gap-2">
            <ImageLink href={code.imageUrl} label={words.downloadSvg} />
            <ImageLink href={code.imagePngUrl} label={words.downloadPng} />
          </div>
        </section>
        <FactsCard
          shape="pairs"
          title={words.about}
          facts={[
            [words.amount, <QrCodeAmount key="amount" code={code} />],
            [words.kind, words.kinds[code.kind]],
            [words.content, words.contents[code.content]],
            [words.description, code.description],
            [words.uses, words.usesOf(code.usesMade, code.usesMax)],
            [words.expires, code.expiresAt === null ? words.never : <Time key="expires" at={code.expiresAt} />],
            [words.created, <Time key="created" at={code.createdAt} />],
            [words.id, <Copyable key="id" text={code.id} what={words.id} />],
            [words.url, <Copyable key="url" text={code.url} what={words.url} />],
          ]}
        >
          <div className="flex flex-wrap gap-2">
            <a href={code.url} target="_blank" rel="noreferrer noopener" className={buttonClass()}>
              <Icon name="external" />
              {words.open}
            </a>
            <Link
              to="/$tenantId/$mode/payments"
              params={place}
              search={{ orderId: code.orderId }}
              className={buttonClass()}
            >
              {words.payments}
            </Link>
          </div>
        </FactsCard>
      </div>
    </div>
  );
}

function ImageLink({ href, label }: { readonly href: string; readonly label: string }) {
  return (
    <a href={href} target="_blank" rel="noreferrer noopener" download className={buttonClass()}>
      <Icon name="download" />
      {label}
    </a>
  );
}
