/** The server serves the panel at this path: src/roles/panel.ts. */
export const BASE = '/admin';
