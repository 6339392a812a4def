/** `next`: known to everybody and signs nothing yet; `primary`: signs; `readable`: what it signed is good until it ends. */
export type SigningKeyState = 'next' | 'primary' | 'readable';
