import { Badge } from '../../ui/badge.tsx';

/** What was refused is the caller's matter up to 499, and ours from there. */
export function RequestStatus({ status }: { readonly status: number }) {
  const tone = status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good';
  return <Badge tone={tone} label={String(status)} />;
}
