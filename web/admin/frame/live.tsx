import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { useAnywhere } from './use-place.ts';

/** `off`: nobody tells what changes here, or they may not know; lists look by themselves. */
type LiveState = 'live' | 'away' | 'off';

const LiveContext = createContext<LiveState>('off');

/** Many changes at once are one reason to read anew. */
const GATHER_MS = 1_000;

/** Keeps what is shown as it is now: reads anew what is on the screen when the API says that something has changed. */
export function Live({ children }: { readonly children: ReactNode }) {
  const { place, may, key } = useAnywhere();
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('off');
  const isVisible = useVisible();
  const mayListen = may('event:read');
  useEffect(() => {
    if (place === null || !mayListen || !isVisible) return;
    const stop = new AbortController();
    let gathering: ReturnType<typeof setTimeout> | null = null;
    const onChange = () => {
      gathering ??= setTimeout(() => {
        gathering = null;
        void client.invalidateQueries({ queryKey: key, predicate: ({ meta }) => meta?.isStill !== true });
      }, GATHER_MS);
    };
    void import('./follow-changes.ts').then(({ followChanges }) =>
      followChanges(place, { onChange, onState: setState }, stop.signal),
    );
    return () => {
      stop.abort();
      if (gathering !== null) clearTimeout(gathering);
      setState('off');
    };
  }, [place, key, mayListen, isVisible, client]);
  return <LiveContext value={state}>{children}</LiveContext>;
}

export function useLive(): LiveState {
  return useContext(LiveContext);
}

/** Browsers open few connections to a host: a window that nobody sees gives its own up, and asks when it is seen again. */
function useVisible(): boolean {
  const [isVisible, setVisible] = useState(document.visibilityState === 'visible');
  useEffect(() => {
    const look = () => setVisible(document.visibilityState === 'visible');
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return isVisible;
}
