import { useParams, useRouteContext } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import type { Place } from '../api/send.ts';
import { mayDo, type Session } from '../api/session.ts';

interface Here {
  readonly place: Place;
  readonly session: Session;
  /** Whether the person may do something here; the server has the last word. */
  readonly may: (permission: Permission) => boolean;
  /** The beginning of every key under which something of this place is kept. */
  readonly key: readonly [string, string];
}

/** The tenant and mode of the address, and who is looking. */
export function useHere(): Here {
  const { tenantId, mode } = useParams({ from: '/inside/$tenantId/$mode' });
  const { session } = useRouteContext({ from: '/inside' });
  return useMemo(() => {
    const place: Place = { tenantId, mode: mode === 'live' ? 'live' : 'test' };
    return {
      place,
      session,
      may: (permission) => mayDo(session, tenantId, permission),
      key: [place.tenantId, place.mode],
    };
  }, [tenantId, mode, session]);
}
