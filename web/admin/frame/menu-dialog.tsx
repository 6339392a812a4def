import { Dialog } from '../../ui/dialog.tsx';
import { useTexts } from '../texts/use-texts.tsx';
import { Destinations } from './destinations.tsx';

/** The menu, where there is no room for it beside the screen. */
export function MenuDialog({ onClose }: { readonly onClose: () => void }) {
  const { frame } = useTexts();
  return (
    <Dialog title={frame.menu} isOpen onClose={onClose}>
      <nav aria-label={frame.menu}>
        <Destinations onGo={onClose} />
      </nav>
    </Dialog>
  );
}
