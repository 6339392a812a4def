import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { BackLink, TextLink } from '../frame/links.tsx';
import { useHere } from '../frame/use-place.ts';
import { KeyDetail } from './key-detail.tsx';
import { KeysList } from './keys-list.tsx';
import { useApiKeyTexts } from './use-api-key-texts.ts';
import type { ShownKey } from './use-key-shelf.ts';

/** The keys of a tenant. */
export function ApiKeysScreen() {
  const { place } = useHere();
  const search = useSearch({ from: '/inside/$tenantId/$mode/api-keys' });
  const navigate = useNavigate();
  const linkTo = useCallback(
    ({ id, name }: ShownKey) => (
      <TextLink to="/$tenantId/$mode/api-keys/$keyId" params={{ ...place, keyId: id }}>
        {name}
      </TextLink>
    ),
    [place],
  );
  return (
    <KeysList
      search={search}
      onSearch={(next) => void navigate({ to: '/$tenantId/$mode/api-keys', params: place, search: next })}
      linkTo={linkTo}
    />
  );
}

/** One key of a tenant. */
export function ApiKeyScreen() {
  const words = useApiKeyTexts();
  const { place } = useHere();
  const { keyId } = useParams({ from: '/inside/$tenantId/$mode/api-keys/$keyId' });
  const back = (
    <BackLink to="/$tenantId/$mode/api-keys" params={place}>
      {words.back}
    </BackLink>
  );
  return <KeyDetail keyId={keyId} back={back} />;
}

/** The keys of those who run the installation. */
export function OperatorKeysScreen() {
  const search = useSearch({ from: '/inside/operator/keys' });
  const navigate = useNavigate();
  return (
    <KeysList
      search={search}
      onSearch={(next) => void navigate({ to: '/operator/keys', search: next })}
      linkTo={linkToOperatorKey}
    />
  );
}

function linkToOperatorKey({ id, name }: ShownKey) {
  return (
    <TextLink to="/operator/keys/$keyId" params={{ keyId: id }}>
      {name}
    </TextLink>
  );
}

/** One key of the operator. */
export function OperatorKeyScreen() {
  const words = useApiKeyTexts();
  const { keyId } = useParams({ from: '/inside/operator/keys/$keyId' });
  return <KeyDetail keyId={keyId} back={<BackLink to="/operator/keys">{words.back}</BackLink>} />;
}
