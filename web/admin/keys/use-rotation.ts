import type { RotatedKeys, RotateKeys } from '../../../sdk/src/api.generated.ts';
import { useSpeech } from '../../ui/words.tsx';
import { isApprovalRequested } from '../api/approval-requested.ts';
import { useAct } from '../frame/use-act.ts';
import { useApi } from '../frame/use-api.ts';
import { useAnywhere } from '../frame/use-place.ts';
import { useEncryptionTexts } from './use-encryption-texts.ts';

export interface RotationProgress {
  readonly changed: number;
  readonly remaining: number;
}

/** Repeats a rotation until nothing remains: the API works for some seconds at a time and says what is left. */
export function useRotation(onProgress: (progress: RotationProgress) => void, onDone: () => void) {
  const words = useEncryptionTexts();
  const { locale } = useSpeech();
  const api = useApi();
  const { key } = useAnywhere();
  const number = new Intl.NumberFormat(locale);
  return useAct({
    async run(body: RotateKeys) {
      let all: RotatedKeys = { changed: 0, remaining: 0, refused: [] };
      for (;;) {
        const answer = await api.operator.rotateKeys(body);
        if (isApprovalRequested(answer)) return answer;
        all = { ...answer, changed: all.changed + answer.changed };
        onProgress(all);
        // What cannot be unwrapped remains however often it is tried.
        if (answer.remaining === 0 || answer.changed === 0) return all;
      }
    },
    done: ({ changed, refused }) =>
      refused.length === 0 ? words.done(number.format(changed)) : words.refused(refused.length),
    refreshes: [[...key, 'encryption-keys']],
    saysErrors: true,
    onDone,
  });
}
