import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { UpdateSettings } from '../../../sdk/src/api.generated.ts';
import { Loading } from '../../ui/condition.tsx';
import { requestText } from '../api/send.ts';
import { Failure, useAdvice } from '../failure.tsx';
import { useHere } from '../frame/use-place.ts';
import { useBrandingTexts } from './use-branding-texts.ts';

interface PagePreviewProps {
  readonly patch: UpdateSettings;
  readonly state: string;
  readonly language: string;
}

/** The real page under settings that are not saved yet. */
export function PagePreview({ patch, state, language }: PagePreviewProps) {
  const words = useBrandingTexts();
  const { key, place } = useHere();
  const advise = useAdvice();
  const shown = useQuery({
    queryKey: [...key, 'settings', 'preview', state, language, patch],
    queryFn: ({ signal }) => {
      const query = { state, lang: language, nonce: pageNonce() };
      return requestText({ method: 'POST', path: '/api/v1/settings/preview', query, body: patch }, place, signal);
    },
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <>
      {shown.isError && shown.data !== undefined && (
        <p role="alert" className="font-medium text-bad">
          {advise(shown.error)}
        </p>
      )}
      {shown.isPending && <Loading rows={8} />}
      {shown.isError && shown.data === undefined && (
        <Failure error={shown.error} onRetry={() => void shown.refetch()} />
      )}
      {shown.data !== undefined && <SandboxedPage title={words.preview} page={shown.data} />}
    </>
  );
}

/** A frame that a script has filled goes by this page's policy as well, so that its style has to carry this nonce. */
function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

interface PagePolicy {
  createHTML(text: string): string;
}

/**
 * Says that a text may fill a frame. It is safe there, whatever it holds: the frame is sandboxed, so that no script runs and
 * nothing is sent, and the policies of both pages forbid the same. https://www.w3.org/TR/trusted-types/
 */
function trustedPage(text: string): string {
  const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: PagePolicy): PagePolicy } })
    .trustedTypes;
  const policy = factory?.createPolicy('sandboxed-page', { createHTML: (page) => page });
  return policy === undefined ? text : policy.createHTML(text);
}

function SandboxedPage({ title, page }: { readonly title: string; readonly page: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    if (frame.current !== null) frame.current.srcdoc = trustedPage(page);
  }, [page]);
  return (
    <iframe
      ref={frame}
      title={title}
      sandbox=""
      className="h-[640px] w-[360px] max-w-full rounded-xl border border-line-strong"
    />
  );
}
