import { useAdvice } from '../failure.tsx';

interface Act {
  readonly error: unknown;
  readonly isPending: boolean;
}

/** How a form stands that checks by itself: what was refused is said at its end, unless its fields say it. */
export function useFormEnd(): (
  act: Act,
  errors?: object,
) => { readonly error: string | undefined; readonly isBusy: boolean } {
  const advise = useAdvice();
  return ({ error, isPending }, errors = {}) => ({
    isBusy: isPending,
    error: error == null || Object.keys(errors).length > 0 ? undefined : advise(error),
  });
}
