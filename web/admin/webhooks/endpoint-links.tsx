import { Link } from '@tanstack/react-router';
import { buttonClass } from '../../ui/button.tsx';
import { useHere } from '../frame/use-place.ts';
import { useEditorTexts } from './use-editor-texts.ts';

/** To the screens that do more with an endpoint. */
export function EndpointLinks({ endpointId }: { readonly endpointId: string }) {
  const words = useEditorTexts();
  const { place } = useHere();
  return (
    <>
      <Link to="/$tenantId/$mode/webhooks/$endpointId/edit" params={{ ...place, endpointId }} className={buttonClass()}>
        {words.edit}
      </Link>
      <Link to="/$tenantId/$mode/simulator" params={place} search={{ endpointId }} className={buttonClass()}>
        {words.simulate}
      </Link>
      <Link to="/$tenantId/$mode/replays/new" params={place} search={{ endpointId }} className={buttonClass()}>
        {words.replay}
      </Link>
      <Link
        to="/$tenantId/$mode/notifications/effective"
        params={place}
        search={{ endpointId }}
        className={buttonClass()}
      >
        {words.effective}
      </Link>
    </>
  );
}
