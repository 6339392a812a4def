import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { QrCode } from '../../../sdk/src/api.generated.ts';
import { Button } from '../../ui/button.tsx';
import { NoPermission } from '../../ui/condition.tsx';
import { QrCode as Drawn } from '../entry/qr-code.tsx';
import { BackLink } from '../frame/links.tsx';
import { ReadResult } from '../frame/read-result.tsx';
import { useApi } from '../frame/use-api.ts';
import { useHere } from '../frame/use-place.ts';
import { QrCodeAmount } from './qr-code-status.tsx';
import { useQrCodeTexts } from './use-qr-code-texts.ts';

/** A code as it is printed and put up: the name, the code, the amount, and nothing of the panel. */
export function QrSheetScreen() {
  const { may } = useHere();
  return may('qr-code:read') ? <OpenSheet /> : <NoPermission permission="qr-code:read" />;
}

function OpenSheet() {
  const words = useQrCodeTexts();
  const api = useApi();
  const { key, place } = useHere();
  const { qrCodeId } = useParams({ from: '/inside/$tenantId/$mode/qr-codes/$qrCodeId/sheet' });
  const found = useQuery({
    queryKey: [...key, 'qr-codes', qrCodeId],
    queryFn: ({ signal }) => api.qRCodes.getQrCode(qrCodeId, { signal }),
  });
  return (
    <>
      <div className="flex flex-wrap items-center gap-3 print:hidden">
        <BackLink to="/$tenantId/$mode/qr-codes/$qrCodeId" params={{ ...place, qrCodeId }}>
          {words.printBack}
        </BackLink>
        <span className="grow" />
        <Button
          look="primary"
          whyNot={found.data === undefined ? words.printHint : null}
          onClick={() => window.print()}
        >
          {words.printNow}
        </Button>
      </div>
      <ReadResult of={found} isPage>
        {(code) => <Sheet code={code} />}
      </ReadResult>
    </>
  );
}

/** Black on white, also in the dark: it is for paper. */
function Sheet({ code }: { readonly code: QrCode }) {
  const words = useQrCodeTexts();
  const { session, place } = useHere();
  const name = session.memberships.find(({ tenantId }) => tenantId === place.tenantId)?.tenantName;
  return (
    <article className="mx-auto mt-4 grid max-w-md justify-items-center gap-5 rounded-lg border border-line bg-[#fff] px-6 py-10 text-center text-[#000] print:mt-0 print:border-0">
      {name !== undefined && <p className="text-2xl font-semibold [overflow-wrap:anywhere]">{name}</p>}
      <h1 className="text-lg">{words.printHint}</h1>
      <div className="w-full max-w-72 [&>svg]:w-full">
        <Drawn text={code.payload} label={words.codeLabel(code.reference ?? code.description ?? '')} />
      </div>
      {code.amount !== null && (
        <p className="text-2xl font-semibold">
          <QrCodeAmount code={code} />
        </p>
      )}
      {code.description !== null && <p className="[overflow-wrap:anywhere]">{code.description}</p>}
      {code.reference !== null && <p className="text-sm [overflow-wrap:anywhere]">{code.reference}</p>}
    </article>
  );
}
