import { useParams, useRouteContext } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Session } from '../../../sdk/src/api.generated.ts';
import type { Permission } from '../../../src/kernel/endpoint.ts';
import type { Place } from '../api/send.ts';
import { mayDo } from '../api/session.ts';

interface Anywhere {
  /** null: the whole installation. */
  readonly place: Place | null;
  readonly session: Session;
  /** Whether the person may do something here; the server has the last word. */
  readonly may: (permission: Permission) => boolean;
  /** The beginning of every key under which something of this place is kept. */
  readonly key: readonly [string, string];
}

interface Here extends Anywhere {
  readonly place: Place;
}

/** Where the address is, a tenant or the installation, and who is looking: for what both places have in common. */
export function useAnywhere(): Anywhere {
  const { tenantId, mode } = useParams({ strict: false });
  const { session } = useRouteContext({ from: '/inside' });
  return useMemo(() => {
    const place = tenantId === undefined ? null : placeOf(tenantId, mode);
    return {
      place,
      session,
      may: (permission) => mayDo(session, place?.tenantId ?? null, permission),
      key: place === null ? ['operator', ''] : [place.tenantId, place.mode],
    };
  }, [tenantId, mode, session]);
}

/** The tenant and mode of the address, and who is looking. */
export function useHere(): Here {
  const here = useAnywhere();
  if (here.place === null) throw new Error('This screen is about a tenant, and stands at the place of the operator');
  return here as Here;
}

function placeOf(tenantId: string, mode: string | undefined): Place {
  return { tenantId, mode: mode === 'live' ? 'live' : 'test' };
}
