import './no-eval.ts';
import { createRoot } from 'react-dom/client';
import '../ui/theme.css';
import { App } from './app.tsx';
import { loadTexts, startLanguage } from './texts/use-texts.tsx';
import { applyTheme, keptTheme } from './theme.ts';

// The scroll lock of dialogs writes a style element, and asks for the nonce of the page under this name.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
Object.assign(globalThis, { __webpack_nonce__: nonce });

applyTheme(keptTheme());

const language = startLanguage();
const texts = await loadTexts(language);
const place = document.getElementById('panel');
if (place !== null) createRoot(place).render(<App language={language} texts={texts} />);
