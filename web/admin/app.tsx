import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { startTransition, useMemo, useState } from 'react';
import { ToastProvider } from '../ui/toast.tsx';
import { SpeechProvider } from '../ui/words.tsx';
import { ApiProblem } from './api/problem.ts';
import { sessionQuery } from './api/session.ts';
import { StepUpProvider } from './frame/step-up.tsx';
import { createPanelRouter } from './router.tsx';
import type { Texts } from './texts/en.ts';
import { keepLanguage, type Language, loadTexts, TextsProvider } from './texts/use-texts.tsx';

const RETRIES_MAX = 2;

/** Reads are repeated where no answer came or the server was away; refusals stand. */
function createQueryClient(onRefused: (error: unknown) => void): QueryClient {
  const isPassing = (error: unknown) => error instanceof ApiProblem && (error.status === 0 || error.status === 503);
  return new QueryClient({
    queryCache: new QueryCache({ onError: onRefused }),
    mutationCache: new MutationCache({ onError: onRefused }),
    defaultOptions: {
      queries: {
        retry: (count, error) => count < RETRIES_MAX && isPassing(error),
        staleTime: 5_000,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
}

/** The addresses and what was read for them. Where a session turns out to be over, they lead to the sign-in and back. */
function createPanel() {
  const client = createQueryClient((error) => {
    const isOver = error instanceof ApiProblem && error.status === 401;
    if (!isOver || client.getQueryData(sessionQuery.queryKey) == null) return;
    client.setQueryData(sessionQuery.queryKey, null);
    void router.invalidate();
  });
  const router = createPanelRouter(client);
  return { client, router };
}

interface Speaking {
  readonly language: Language;
  readonly texts: Texts;
}

/** Everything that all screens share: texts, what was read, messages, the second factor, the address. */
export function App(start: Speaking) {
  const [speaking, setSpeaking] = useState<Speaking>(start);
  const [{ client, router }] = useState(createPanel);
  const { language, texts } = speaking;
  const spoken = useMemo(() => {
    document.documentElement.lang = language;
    // The region of the browser decides how numbers and times look, where it speaks the same language.
    const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
    const setLanguage = (next: Language) => {
      keepLanguage(next);
      // What is shown stays until the texts of its area have come as well.
      void loadTexts(next).then((loaded) => startTransition(() => setSpeaking({ language: next, texts: loaded })));
    };
    return { speech: { locale, words: texts.ui }, texts: { texts, language, setLanguage } };
  }, [language, texts]);
  return (
    <TextsProvider value={spoken.texts}>
      <SpeechProvider value={spoken.speech}>
        <QueryClientProvider client={client}>
          <ToastProvider>
            <StepUpProvider>
              <RouterProvider router={router} />
            </StepUpProvider>
          </ToastProvider>
        </QueryClientProvider>
      </SpeechProvider>
    </TextsProvider>
  );
}
