import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { Icon } from './icon.tsx';
import { useSpeech } from './words.tsx';

interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

type Tell = (text: string, tone?: Toast['tone']) => void;

const ToastContext = createContext<Tell>(() => {});

/** Long enough to read two lines; what went wrong stays until it is closed. */
const SHOWN_MS = 6_000;

/** Tells what came of something in the corner, and to readers of screens when they are done with their sentence. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const { words } = useSpeech();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const count = useRef(0);
  const close = useCallback((id: number) => setToasts((shown) => shown.filter((one) => one.id !== id)), []);
  const tell = useCallback<Tell>(
    (text, tone = 'good') => {
      const id = ++count.current;
      setToasts((shown) => [...shown.slice(-2), { id, tone, text }]);
      if (tone === 'good') setTimeout(() => close(id), SHOWN_MS);
    },
    [close],
  );
  return (
    <ToastContext value={tell}>
      {children}
      <section
        aria-label={words.notifications}
        aria-live="polite"
        className="pointer-events-none fixed inset-x-3 bottom-3 z-60 grid justify-items-end gap-2"
      >
        {toasts.map(({ id, tone, text }) => (
          <div
            key={id}
            className="pointer-events-auto flex w-full max-w-md items-start gap-3 rounded-lg border border-line bg-raised p-3 shadow-float"
          >
            <span className={tone === 'good' ? 'text-good' : 'text-bad'}>
              <Icon name={tone === 'good' ? 'check' : 'warning'} className="size-5" />
            </span>
            <p className="min-w-0 grow [overflow-wrap:anywhere]">{text}</p>
            <button
              type="button"
              className="-m-1 grid size-8 place-items-center rounded text-muted hover:bg-idle-soft"
              aria-label={words.close}
              onClick={() => close(id)}
            >
              <Icon name="cross" />
            </button>
          </div>
        ))}
      </section>
    </ToastContext>
  );
}

export function useToast(): Tell {
  return useContext(ToastContext);
}
