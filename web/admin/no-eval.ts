/**
 * zod tries whether it may make functions of texts. A page under `require-trusted-types-for 'script'` may not, and each
 * try is reported; so it is told before it is loaded. https://zod.dev/api#zodconfig
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
